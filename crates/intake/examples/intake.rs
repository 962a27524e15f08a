//! Reads whatever is named and lists what was found: `intake [--text-column NAME] [--text] NAME...`. For trying and for `cargo xtask hostile`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::ops::ControlFlow;
use std::process::ExitCode;

use watchkeeper_intake::{Columns, ExpandOptions, Limits, Options, Outcome, PdfReader, expand, pdf, read};

fn main() -> ExitCode {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if names.first().is_some_and(|name| name == "pdf-child") {
        let done = pdf::child_main(std::io::stdin().lock(), std::io::stdout().lock());
        return if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let mut columns = Columns::default();
    if let Some(at) = names.iter().position(|name| name == "--text-column") {
        columns.text = names.drain(at..names.len().min(at + 2)).nth(1);
    }
    let shown = names.iter().position(|name| name == "--text").map(|at| names.remove(at)).is_some();
    let quiet = names.iter().position(|name| name == "--quiet").map(|at| names.remove(at)).is_some();
    let reader = std::env::current_exe()
        .ok()
        .map(|program| PdfReader { program, arguments: vec!["pdf-child".to_owned()] });
    let tables = columns.any();
    let options = Options { columns, pdf: reader };
    let (mut pages, mut refused) = (0, 0);
    for source in expand(&names, ExpandOptions { tables }) {
        let source = match source {
            Ok(source) => source,
            Err(error) => {
                eprintln!("{error}");
                refused += 1;
                continue;
            }
        };
        let summary = read(source, &Limits::default(), &options, &mut |outcome| {
            if quiet {
                return ControlFlow::Continue(());
            }
            match outcome {
                Outcome::Page(found) => {
                    let (form, bytes) = found.page.readable();
                    println!("{}: {} of {} bytes", found.page.origin, form.word(), bytes.len());
                    if shown {
                        println!("{:?}\n{}", found.page.told, String::from_utf8_lossy(bytes));
                    }
                    for remark in found.remarks {
                        println!("  {}: {}", remark.code, remark.message);
                    }
                }
                Outcome::Feed(feed) => println!("{}: feed of {} bytes", feed.origin, feed.bytes.len()),
                Outcome::Link(link) => println!("{}: link to {}", link.origin, link.url),
                Outcome::Refused(refusal) => eprintln!("{refusal}"),
            }
            ControlFlow::Continue(())
        });
        pages += summary.pages;
        refused += summary.refused;
        for (what, count) in &summary.skipped {
            println!("passed over: {count} × {what}");
        }
    }
    println!("{pages} pages, {refused} refused");
    if refused > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
