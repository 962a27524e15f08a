//! Times 1,000 bootstraps that scan for the smallest size. `severity_bench VALUES.jsonl THREADS`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measuring program"
)]
use std::num::NonZeroUsize;
use std::time::Instant;

use watchkeeper_forecast::severity::{Sample, goodness, scan};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let text = std::fs::read_to_string(arguments.next().unwrap()).unwrap();
    let threads: usize = arguments.next().unwrap().parse().unwrap();
    let row: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let sizes = row["values"].as_array().unwrap().iter().map(|value| value.as_u64().unwrap()).collect();
    let sample = Sample::new(sizes);
    let law = scan(&sample).unwrap();
    let begun = Instant::now();
    let tested = goodness(&sample, &law, true, 1_000, 1, NonZeroUsize::new(threads).unwrap());
    println!(
        "watchkeeper: alpha {:.4} xmin {}, 1,000 bootstraps on {threads} threads {:.2} s, p {:.3}",
        law.alpha,
        law.xmin,
        begun.elapsed().as_secs_f64(),
        tested.p
    );
}
