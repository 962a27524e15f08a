//! Fits every series of a file of daily counts, or simulates with `--recover`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a developer's loop"
)]
use std::num::NonZeroUsize;
use watchkeeper_forecast::excitation::{Background, fit, simulate};
use watchkeeper_forecast::parallel;
use watchkeeper_forecast::random::Stream;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    if path == "--recover" {
        for (mu, branching, half_life, days) in
            [(0.1, 0.3, 3.0, 4000), (0.05, 0.6, 10.0, 5000), (0.05, 0.87, 35.0, 5000), (0.2, 0.5, 1.5, 2500)]
        {
            let inside = parallel::map(NonZeroUsize::new(2).unwrap(), 100, |round| {
                let counts = simulate(
                    |_| mu,
                    branching,
                    half_life,
                    days,
                    &mut Stream::new(5, &[round as u64, days as u64]),
                );
                let found = fit(&counts, Background::Constant).unwrap();
                let own = [found.mu, found.branching, found.half_life_days];
                let mut hits = [0_u32; 4];
                for (at, truth) in [mu, branching, half_life].into_iter().enumerate() {
                    hits[at] = found.errors[at].map_or(0, |e| u32::from((own[at] - truth).abs() <= 2.0 * e));
                }
                hits[3] = u32::from(found.diagnostics.unwrap().drift);
                hits
            });
            let sum: Vec<u32> = (0..4).map(|at| inside.iter().map(|h| h[at]).sum()).collect();
            println!(
                "mu {mu} branching {branching} half-life {half_life}: within 2 errors {:?} of 100, drift flagged {}",
                &sum[..3],
                sum[3]
            );
        }
        return;
    }
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let counts: Vec<u32> =
            row["counts"].as_array().unwrap().iter().map(|c| c.as_u64().unwrap() as u32).collect();
        let found = fit(&counts, Background::Constant).unwrap();
        eprintln!("{} {found:?}", row["id"]);
        println!(
            "{}",
            serde_json::json!({"id": row["id"], "mu": found.mu, "branching": found.branching, "half_life_days": found.half_life_days, "dll_per_day": found.gain_per_day})
        );
    }
}
