//! The probability of a size that may never have been seen.

use std::num::NonZeroUsize;

use super::{Error, Family, FittedTail, Sample, fit, scan};
use crate::numeric::quantile;
use crate::parallel;
use crate::random::Stream;

/// The probability of at least one event of `size` or more among `events` further ones, each of which is of the tail with the share that the
/// sample has: `1 - (1 - share * P(X >= size))^events`.
#[must_use]
pub fn at_least_one(sample: &Sample, fitted: &FittedTail, size: u64, events: f64) -> f64 {
    let share = if size >= fitted.tail.xmin {
        fitted.events as f64 / sample.events().max(1) as f64 * fitted.tail.above(size)
    } else {
        // Below the tail the sample itself tells.
        sample.events_from(size) as f64 / sample.events().max(1) as f64
    };
    -(events * (-share).ln_1p()).exp_m1()
}

/// A probability with what bootstraps say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Exceedance {
    /// From the fit to the sample itself.
    pub point: f64,
    /// Mean over the bootstraps.
    pub mean: f64,
    /// Central 90 % of the bootstraps.
    pub interval: (f64, f64),
    /// The probability in each bootstrap, ascending.
    pub draws: Vec<f64>,
}

/// The probability of at least one event of `size` or more among `events` further ones under a family, with its spread over `rounds`
/// samples drawn with replacement and fitted anew (Clauset and Woodard 2013, §2.2). With `xmin` not given, the power law's is found anew in
/// every sample and other families keep that of the sample itself.
///
/// # Errors
/// When the tail holds fewer than two different sizes.
#[expect(clippy::too_many_arguments, reason = "each is a choice of the caller")]
pub fn exceedance(
    sample: &Sample,
    family: Family,
    xmin: Option<u64>,
    size: u64,
    events: f64,
    rounds: usize,
    seed: u64,
    workers: NonZeroUsize,
) -> Result<Exceedance, Error> {
    let held = match xmin {
        Some(xmin) => xmin,
        None => scan(sample)?.xmin,
    };
    let fitted = fit(sample, family, held, None)?;
    let near = (family != Family::PowerLaw).then_some(fitted.tail.parameters);
    let draws: Vec<Option<f64>> = parallel::map(workers, rounds, |round| {
        let mut stream = Stream::new(seed, &[0x6578_6365, round as u64]);
        let drawn = sample.resampled(&mut stream);
        let at = match xmin {
            None if family == Family::PowerLaw => scan(&drawn).ok()?.xmin,
            _ => held,
        };
        let fitted = fit(&drawn, family, at, near).ok()?;
        Some(at_least_one(&drawn, &fitted, size, events))
    });
    let mut draws: Vec<f64> = draws.into_iter().flatten().collect();
    draws.sort_by(f64::total_cmp);
    Ok(Exceedance {
        point: at_least_one(sample, &fitted, size, events),
        mean: draws.iter().sum::<f64>() / draws.len().max(1) as f64,
        interval: (quantile(&draws, 0.05), quantile(&draws, 0.95)),
        draws,
    })
}
