//! Bytes under a name → pages: never panics, whatever kind they are taken for. The first byte picks the name, so that one corpus
//! reaches every door: WARC, mail, mailbox, tables, JSON, zip, DOCX, compression, text.

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use watchkeeper_intake::{Limits, Options, Outcome, Source, read};

const NAMES: &[&str] = &["x", "x.csv", "x.tsv", "x.md", "x.html", "x.jsonl"];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let limits = Limits { page_bytes: 1_000_000, slack_bytes: 4_000_000, ..Limits::default() };
    let source = Source::Bytes { name: name.to_owned(), bytes: rest.to_vec() };
    let mut told = 0;
    let summary = read(source, &limits, &Options::default(), &mut |outcome| {
        if let Outcome::Page(found) = outcome {
            told += 1;
            assert!(found.page.readable().1.len() as u64 <= limits.page_bytes);
            assert!(found.page.origin.starts_with(name));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(summary.pages, told);
});
