//! Fits every series of a file of daily counts, or simulates: `--recover`, and `--design` or `--spread` for how far off the half-life must be expected to be.
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
    if path == "--design" || path == "--spread" {
        design(path == "--spread");
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

/// Sets of five series like those of the benchmark, drawn anew: the mean error of log2 half-life of each set, by maximum likelihood and drawn
/// towards a half-life of 8 days (standard deviation of its logarithm 1.2) by the fit's own error; and by the middle of the posterior, with
/// half-lives as likely in each doubling from .5 days to a tenth of the series, or from 1 to 60 days, or about 8 days as before (and its mean).
/// Where the design is `spread`, parameters are drawn too: branching .3 to .9, half-life 1 to 60 days by its logarithm, background .03 to .2.
fn design(spread: bool) {
    let cells = [
        (0.1, 0.3, 3.0, 4000),
        (0.05, 0.6, 10.0, 5000),
        (0.03, 0.8, 20.0, 5000),
        (0.05, 0.87, 35.0, 5000),
        (0.2, 0.5, 1.5, 2500),
    ];
    let sets = parallel::map(NonZeroUsize::new(2).unwrap(), 60, |round| {
        let mut off = [0.0; 6];
        for (cell, (mu, branching, half_life, days)) in cells.into_iter().enumerate() {
            let mut stream = Stream::new(71, &[round as u64, cell as u64]);
            let (mu, branching, half_life) = if spread {
                let mut at = |low: f64, high: f64| low + (high - low) * stream.unit();
                (at(0.03, 0.2), at(0.3, 0.9), at(0.0, 60.0_f64.ln()).exp())
            } else {
                (mu, branching, half_life)
            };
            let counts = simulate(|_| mu, branching, half_life, days, &mut stream);
            let found = fit(&counts, Background::Constant).unwrap();
            let own = found.half_life_days.ln();
            let spread = found.errors[2].map_or(1.0, |error| error / found.half_life_days);
            let (weight, prior) = (spread.powi(-2), 1.2_f64.powi(-2));
            let drawn = (own * weight + 8.0_f64.ln() * prior) / (weight + prior);
            let [even, within, about, about_mean] = posterior(&counts);
            for (sum, said) in off.iter_mut().zip([own, drawn, even, within, about, about_mean]) {
                *sum += ((said - half_life.ln()) / 2.0_f64.ln()).abs().min(4.0) / cells.len() as f64;
            }
        }
        off
    });
    for (at, name) in NAMES.into_iter().enumerate() {
        let mut all: Vec<f64> = sets.iter().map(|set| set[at]).collect();
        all.sort_by(f64::total_cmp);
        println!(
            "{name}: mean {:.3}, middle {:.3}, {} of {} sets at .2 or less",
            all.iter().sum::<f64>() / all.len() as f64,
            all[all.len() / 2],
            all.iter().filter(|off| **off <= 0.2).count(),
            all.len()
        );
    }
}

const NAMES: [&str; 6] = [
    "maximum likelihood",
    "drawn to a prior",
    "posterior middle, even",
    "posterior middle, even from 1 to 60 days",
    "posterior middle, about 8 days",
    "posterior mean, about 8 days",
];

/// Middles (and one mean) of the posterior of the logarithm of the half-life, for three priors, summed over a grid: branching even from 0 to 1, background
/// even in its logarithm about what the mean leaves for it.
fn posterior(counts: &[u32]) -> [f64; 4] {
    let mean = counts.iter().map(|count| f64::from(*count)).sum::<f64>() / counts.len() as f64;
    let ends = (0.5_f64.ln(), (counts.len() as f64 / 10.0).ln());
    let places: Vec<f64> =
        (0..40).map(|at| ends.0 + (ends.1 - ends.0) * (f64::from(at) + 0.5) / 40.0).collect();
    let mut ln_sums = Vec::new();
    for place in &places {
        let e = 0.5_f64.powf(1.0 / place.exp());
        let mut all = Vec::new();
        // What the past adds to the rate, for a branching of 1.
        let mut past = Vec::with_capacity(counts.len());
        let mut r = 0.0;
        for count in counts {
            past.push((1.0 - e) / e * r);
            r = e * (r + f64::from(*count));
        }
        for at in 0..20 {
            let branching = (f64::from(at) + 0.5) / 20.0;
            for step in -2..=2 {
                let mu = mean * (1.0 - branching) * (0.15 * f64::from(step)).exp();
                let mut ln = 0.0;
                for (count, past) in counts.iter().zip(&past) {
                    let rate = mu + branching * past;
                    ln -= rate;
                    if *count > 0 {
                        ln += f64::from(*count) * rate.ln();
                    }
                }
                all.push(ln);
            }
        }
        let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        ln_sums.push(most + all.iter().map(|ln| (ln - most).exp()).sum::<f64>().ln());
    }
    let most = ln_sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let of = |prior: &dyn Fn(f64) -> f64| {
        let weights: Vec<f64> =
            ln_sums.iter().zip(&places).map(|(ln, place)| (ln - most).exp() * prior(*place)).collect();
        let total: f64 = weights.iter().sum();
        let mean = weights.iter().zip(&places).map(|(weight, place)| weight * place).sum::<f64>() / total;
        let mut sum = 0.0;
        let width = places[1] - places[0];
        let middle = weights.iter().zip(&places).find_map(|(weight, place)| {
            sum += weight / total;
            (sum >= 0.5).then(|| place + width * (0.5 - (sum - 0.5) / (weight / total)))
        });
        [middle.unwrap_or(mean), mean]
    };
    let even = of(&|_| 1.0);
    let within = of(&|place: f64| f64::from(u8::from((0.0..=60.0_f64.ln()).contains(&place))));
    let about = of(&|place: f64| (-0.5 * ((place - 8.0_f64.ln()) / 1.2).powi(2)).exp());
    [even[0], within[0], about[0], about[1]]
}
