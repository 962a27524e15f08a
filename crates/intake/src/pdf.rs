//! PDFs: their text layer, read by a child process.

use std::io::{Read, Write};

/// What the child process does: a PDF on its standard input, its text on its standard output.
///
/// # Errors
/// Where the pipes fail.
pub fn child_main(_input: impl Read, _output: impl Write) -> std::io::Result<()> {
    Ok(())
}
