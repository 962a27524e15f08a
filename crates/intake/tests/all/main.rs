//! All tests at the doors, in one program.

#![allow(clippy::unwrap_used, reason = "tests")]

mod doors;
mod hostile;

use watchkeeper_intake::{Options, PdfReader};

/// The reader of PDFs is this very test program, asked for one test that is none.
#[test]
fn pdf_child() {
    if std::env::var_os("WATCHKEEPER_PDF_CHILD").is_some() {
        let _ = watchkeeper_intake::pdf::child_main(std::io::stdin().lock(), std::io::stdout());
        std::process::exit(0);
    }
}

fn with_pdf() -> Options {
    let arguments =
        ["WATCHKEEPER_PDF_CHILD=1".to_owned(), std::env::current_exe().unwrap().display().to_string()];
    let arguments =
        arguments.into_iter().chain(["pdf_child", "--exact", "--nocapture"].map(str::to_owned)).collect();
    Options { pdf: Some(PdfReader { program: "env".into(), arguments }), ..Options::default() }
}
