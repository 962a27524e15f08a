//! Writes the hostile inputs into a folder, one a file, and lists `name<TAB>class<TAB>bytes`: `hostile FOLDER`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: hostile FOLDER");
        return ExitCode::from(2);
    };
    if let Err(error) = watchkeeper_intake::hostile::write_to(folder.as_ref()) {
        eprintln!("{folder}: {error}");
        return ExitCode::FAILURE;
    }
    for hostile in watchkeeper_intake::hostile::all() {
        println!("{}\t{}\t{}", hostile.name, hostile.class, hostile.bytes.len());
    }
    ExitCode::SUCCESS
}
