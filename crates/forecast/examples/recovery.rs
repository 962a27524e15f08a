//! Simulates series of each family, fits them and counts how often 90 % intervals hold the truth.
//! `cargo run --example recovery`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a developer's loop")]
use std::num::NonZeroUsize;
use watchkeeper_forecast::numeric::quantile;
use watchkeeper_forecast::parallel;
use watchkeeper_forecast::random::Stream;
use watchkeeper_forecast::severity::{Family, Sample, Tail, at_least_one, exceedance, fit, scan};

fn main() {
    let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let rounds = 300;
    for (family, parameters) in [
        (Family::PowerLaw, [2.5, 0.0]),
        (Family::CutOff, [1.6, 0.02]),
        (Family::LogNormal, [1.5, 0.9]),
        (Family::StretchedExponential, [4.0, 0.7]),
        (Family::Exponential, [0.12, 0.0]),
    ] {
        let truth = Tail::new(family, 1, parameters);
        let mut size = 1;
        while truth.above(size) > 5e-4 {
            size += 1;
        }
        let real = -(1000.0 * (-truth.above(size)).ln_1p()).exp_m1();
        let hits = parallel::map(workers, rounds, |round| {
            let mut stream = Stream::new(42, &[round as u64, parameters[0].to_bits()]);
            let sample = Sample::new((0..1_000).map(|_| truth.draw(&mut stream)).collect());
            let fitted = fit(&sample, family, 1, None).unwrap();
            let inside = |at: usize| {
                let (low, high) = fitted.intervals[at];
                u32::from(low <= parameters[at] && parameters[at] <= high)
            };
            let e = exceedance(&sample, family, Some(1), size, 1_000.0, 200, round as u64, NonZeroUsize::MIN)
                .unwrap();
            [inside(0), inside(1), u32::from(e.interval.0 <= real && real <= e.interval.1)]
        });
        let sum = |at: usize| hits.iter().map(|hit| hit[at]).sum::<u32>() as f64 / rounds as f64;
        println!(
            "{:24} {:?} {:.3} {:.3}  P(>= {size}) {:.3}",
            family.name(),
            family.parameters(),
            sum(0),
            sum(1),
            sum(2)
        );
    }
    // A power law over a body of 70 %, its smallest size to be found.
    let law = Tail::new(Family::PowerLaw, 10, [2.5, 0.0]);
    let hits = parallel::map(workers, rounds, |round| {
        let mut stream = Stream::new(7, &[round as u64]);
        let sizes = (0..2_000)
            .map(|_| {
                if stream.unit() < 0.3 {
                    law.draw(&mut stream)
                } else {
                    1 + (9.0 * stream.unit().powf(1.4)) as u64
                }
            })
            .collect();
        let sample = Sample::new(sizes);
        let found = scan(&sample).unwrap();
        let mut alphas: Vec<f64> = (0..200)
            .map(|at| scan(&sample.resampled(&mut Stream::new(round as u64, &[at]))).unwrap().alpha)
            .collect();
        alphas.sort_by(f64::total_cmp);
        let fitted = fit(&sample, Family::PowerLaw, found.xmin, None).unwrap();
        let p = at_least_one(&sample, &fitted, 1_000, 2_000.0);
        [
            u32::from(quantile(&alphas, 0.05) <= 2.5 && 2.5 <= quantile(&alphas, 0.95)),
            u32::from((found.alpha - 2.5).abs() <= 2.0 * found.alpha_error),
            u32::from(p > 0.0),
        ]
    });
    let sum = |at: usize| hits.iter().map(|hit| hit[at]).sum::<u32>() as f64 / rounds as f64;
    println!("scanned power law: alpha in bootstrap interval {:.3}, within 2 errors {:.3}", sum(0), sum(1));
}
