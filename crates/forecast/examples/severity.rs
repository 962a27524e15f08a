//! Fits every series of a severity file and prints predictions as `watchkeeper-eval predict severity` does, with times.
//! `cargo run --example severity -- severity.in.jsonl > pred.jsonl`
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a developer's loop"
)]
use std::num::NonZeroUsize;
use std::time::Instant;
use watchkeeper_forecast::severity::{Family, Sample, at_least_one, choose, exceedance, fit, goodness, scan};

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let sample =
            Sample::new(row["values"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect());
        let begun = Instant::now();
        let law = scan(&sample).unwrap();
        let scanned = begun.elapsed();
        let tested = goodness(&sample, &law, true, 1_000, 1, workers);
        let good = begun.elapsed() - scanned;
        let choice = choose(
            &sample,
            &[Family::PowerLaw, Family::LogNormal, Family::StretchedExponential, Family::Exponential],
            None,
        )
        .unwrap();
        let chosen = begun.elapsed() - scanned - good;
        let exceed: Vec<f64> = row["exceed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| {
                let (q, m) = (e["q"].as_u64().unwrap(), e["m"].as_f64().unwrap());
                choice.weighed.iter().map(|w| w.weight * at_least_one(&sample, &w.fitted, q, m)).sum()
            })
            .collect();
        eprintln!(
            "{} scan {scanned:.1?} gof {good:.1?} choose {chosen:.1?} ks {:.4} p {:.3} {} xmin {}",
            row["id"],
            law.ks,
            tested.p,
            choice.family.code(),
            choice.weighed[0].fitted.tail.xmin
        );
        if row["id"].as_str().unwrap().starts_with("rand") {
            for family in Family::ALL {
                let f = fit(&sample, family, law.xmin, None).unwrap();
                let begun = Instant::now();
                let e = exceedance(&sample, family, Some(law.xmin), 2749, 1948.0, 500, 1, workers).unwrap();
                eprintln!(
                    "  {} {:?} ll {:.2} ks {:.4} p {:.4} mean {:.4} [{:.4}, {:.4}] {:.1?}",
                    family.name(),
                    f.tail.parameters,
                    f.ln_likelihood,
                    f.ks,
                    e.point,
                    e.mean,
                    e.interval.0,
                    e.interval.1,
                    begun.elapsed()
                );
            }
        }
        println!(
            "{}",
            serde_json::json!({"id": row["id"], "alpha": law.alpha, "xmin": law.xmin, "n_tail": law.tail_events, "ks": law.ks, "gof_p": tested.p, "family": choice.family.code(), "exceed": exceed})
        );
    }
}
