//! Bytes → the PDF child's answer, in this process and without limits on it: an answer always comes. Panics of the PDF reader are
//! caught there, as in the child; hangs and memory are the parent's to end, so run with `-timeout=10 -rss_limit_mb=2048`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchkeeper_intake::pdf::child_main_unconfined;

fuzz_target!(|bytes: &[u8]| {
    let ask = b"{\"memory\":1000000000,\"milliseconds\":2000,\"pages\":20,\"text\":1000000}\n".as_slice();
    let mut answer = Vec::new();
    let done = child_main_unconfined([ask, bytes].concat().as_slice(), &mut answer);
    assert!(done.is_ok() && !answer.is_empty());
});
