//! Bytes → whole reading: never panics; the reading keeps its contract (every quote is its slice, no id dangles, nothing
//! comes from a masked range), and what was read before changes nothing: a fresh worker reads the same.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use watchkeeper_pipeline::{Engine, ReadOptions, Worker};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::embedded().expect("the embedded data are sound"));

thread_local! {
    /// One worker for all runs: it remembers words, which saves most of the time.
    static WORKER: RefCell<Worker<'static>> = RefCell::new(ENGINE.worker());
}

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { published: "2021-05-03".parse().ok(), size_max: 200_000, ..ReadOptions::default() };
    let Ok(reading) = WORKER.with_borrow_mut(|worker| worker.read_bytes(bytes, &options)) else { return };
    let published = reading.quoted();
    let breaches = watchkeeper_record::check::breaches(&published);
    assert!(breaches.is_empty(), "{breaches:#?}");
    if bytes.len() % 16 == 0 {
        let again = ENGINE.read_bytes(bytes, &options).expect("it was read once");
        assert!(again.quoted() == published, "two readings of the same bytes differ");
    }
});
