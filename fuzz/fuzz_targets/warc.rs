//! Bytes after the opening of a WARC → pages: never panics, ends.

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use watchkeeper_intake::{Limits, Options, Source, read};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { page_bytes: 1_000_000, slack_bytes: 4_000_000, ..Limits::default() };
    let bytes = [b"WARC/1.0\r\n".as_slice(), bytes].concat();
    let source = Source::Bytes { name: "x.warc".to_owned(), bytes };
    let _ = read(source, &limits, &Options::default(), &mut |_| ControlFlow::Continue(()));
});
