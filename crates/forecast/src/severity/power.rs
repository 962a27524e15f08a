//! The discrete power law `p(x) = x^-alpha / zeta(alpha, xmin)` for `x >= xmin` (Clauset, Shalizi, Newman 2009, §3).

use std::num::NonZeroUsize;

use super::{Error, Sample};
use crate::numeric::{zeta, zeta_with_derivatives};
use crate::parallel;
use crate::random::Stream;

/// Smallest and largest exponent that is looked for.
const ALPHA: (f64, f64) = (1.000_1, 30.0);

/// A fitted power law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// The exponent, by maximum likelihood.
    pub alpha: f64,
    /// Its standard error by the information at the maximum, `xmin` being held.
    pub alpha_error: f64,
    /// The smallest size of the tail.
    pub xmin: u64,
    /// Number of events in the tail.
    pub tail_events: u64,
    /// Kolmogorov-Smirnov distance of tail and fit, over all whole numbers.
    pub ks: f64,
}

/// Mean of ln(size) and number of events of a tail.
fn mean_ln(tail: &[(u64, u64)]) -> (f64, u64) {
    let (sum, events) = tail.iter().fold((0.0, 0), |(sum, events), (size, count)| {
        (sum + *count as f64 * (*size as f64).ln(), events + count)
    });
    (sum / events as f64, events)
}

/// The exponent at which the mean of ln(size) is that of the law: Newton steps on the score, kept inside a bracket.
/// Gives the exponent and the information of one event.
fn alpha(mean_ln: f64, xmin: f64, start: f64) -> (f64, f64) {
    let (mut low, mut high) = ALPHA;
    let mut at = start.clamp(1.05, 20.0);
    let mut information = 1.0;
    for _ in 0..60 {
        let (value, first, second) = zeta_with_derivatives(at, xmin);
        let expected = -first / value;
        information = second / value - expected * expected;
        // The expected ln(size) falls as the exponent grows.
        if expected > mean_ln {
            low = at;
        } else {
            high = at;
        }
        let step = (expected - mean_ln) / information;
        let next = if (low..=high).contains(&(at + step)) { at + step } else { f64::midpoint(low, high) };
        let done = (next - at).abs() < 1e-10 * at;
        at = next;
        if done {
            break;
        }
    }
    (at, information)
}

/// The greatest distance of the two distribution functions over all whole numbers; gives up beyond `limit`.
fn distance(tail: &[(u64, u64)], events: u64, alpha: f64, xmin: u64, limit: f64) -> f64 {
    let scale = 1.0 / zeta(alpha, xmin as f64);
    let mut worst: f64 = 0.0;
    let mut seen = 0;
    // What the law has at or above the size in hand.
    let mut above = 1.0;
    let mut expected_next = xmin;
    for (size, count) in tail {
        if *size != expected_next {
            above = zeta(alpha, *size as f64) * scale;
            // Just below this size the law has gone on while the sample stood still.
            worst = worst.max((seen as f64 / events as f64 - (1.0 - above)).abs());
        }
        seen += count;
        above = if *size < 12 {
            above - (-alpha * (*size as f64).ln()).exp() * scale
        } else {
            zeta(alpha, size.saturating_add(1) as f64) * scale
        };
        worst = worst.max((seen as f64 / events as f64 - (1.0 - above)).abs());
        if worst > limit {
            return worst;
        }
        expected_next = size.saturating_add(1);
    }
    worst
}

/// Fits the exponent at a given smallest size.
///
/// # Errors
/// When the tail holds fewer than two different sizes.
pub fn fit_at(sample: &Sample, xmin: u64) -> Result<Fit, Error> {
    let xmin = xmin.max(1);
    let tail = sample.from(xmin);
    let (mean, events) = mean_ln(tail);
    if tail.len() < 2 {
        return Err(Error::TooFew { xmin, events, sizes: tail.len() });
    }
    let (alpha, information) = alpha(mean, xmin as f64, 2.5);
    let ks = distance(tail, events, alpha, xmin, f64::INFINITY);
    Ok(Fit { alpha, alpha_error: 1.0 / (information * events as f64).sqrt(), xmin, tail_events: events, ks })
}

/// Fits at every size but the largest and keeps the one of least distance (§3.3); of equals the smallest.
///
/// # Errors
/// When the sample holds fewer than two different sizes.
pub fn scan(sample: &Sample) -> Result<Fit, Error> {
    let counts = sample.counts();
    let too_few = || Error::TooFew { xmin: 1, events: sample.events(), sizes: counts.len() };
    let Some(last) = counts.len().checked_sub(1).filter(|last| *last > 0) else { return Err(too_few()) };
    // Sums over the tail from each size on, from behind.
    let mut sums = vec![(0.0, 0_u64); counts.len()];
    let mut behind = (0.0, 0);
    for (at, (size, count)) in counts.iter().enumerate().rev() {
        behind = (behind.0 + *count as f64 * (*size as f64).ln(), behind.1 + count);
        sums[at] = behind;
    }
    let mut best: Option<Fit> = None;
    let mut start = 2.0;
    for at in 0..last {
        let (xmin, (sum, events)) = (counts[at].0, sums[at]);
        let (alpha, information) = alpha(sum / events as f64, xmin as f64, start);
        start = alpha;
        let limit = best.map_or(f64::INFINITY, |fit| fit.ks);
        let ks = distance(&counts[at..], events, alpha, xmin, limit);
        if ks < limit {
            let alpha_error = 1.0 / (information * events as f64).sqrt();
            best = Some(Fit { alpha, alpha_error, xmin, tail_events: events, ks });
        }
    }
    best.ok_or_else(too_few)
}

/// Whether a power law could have made the sample (§4.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Goodness {
    /// Share of the semi-parametric bootstraps that lie as far from their own fit as the sample, or farther.
    pub p: f64,
    /// The fit of each bootstrap that could be fitted, in order.
    pub fits: Vec<Fit>,
}

/// Tests the fit by `rounds` samples that are power-law above `xmin` and the sample itself below, each fitted anew: with
/// a scan for `xmin`, or at the given one where `scanning` is false.
#[must_use]
pub fn goodness(
    sample: &Sample,
    fit: &Fit,
    scanning: bool,
    rounds: usize,
    seed: u64,
    workers: NonZeroUsize,
) -> Goodness {
    let law = Law::new(fit.alpha, fit.xmin);
    let body: Vec<(u64, u64)> =
        sample.counts().iter().copied().take_while(|(size, _)| *size < fit.xmin).collect();
    let ends: Vec<u64> = body
        .iter()
        .scan(0, |sum, (_, count)| {
            *sum += count;
            Some(*sum)
        })
        .collect();
    let fits: Vec<Option<Fit>> = parallel::map(workers, rounds, |round| {
        let mut stream = Stream::new(seed, &[0x676f_6f64, round as u64]);
        let drawn = law.sample(sample, &body, &ends, &mut stream);
        if scanning { scan(&drawn).ok() } else { fit_at(&drawn, fit.xmin).ok() }
    });
    let fits: Vec<Fit> = fits.into_iter().flatten().collect();
    let far = fits.iter().filter(|other| other.ks >= fit.ks).count();
    Goodness { p: far as f64 / fits.len().max(1) as f64, fits }
}

/// A power law ready for drawing.
struct Law {
    alpha: f64,
    xmin: u64,
    scale: f64,
    /// `P(X >= xmin + k)`, falling.
    above: Vec<f64>,
    /// For shares `k / GUIDE`: the first place in `above` that isn't greater.
    guide: Vec<usize>,
}

const GUIDE: usize = 1_024;

impl Law {
    fn new(alpha: f64, xmin: u64) -> Self {
        let scale = 1.0 / zeta(alpha, xmin as f64);
        let above: Vec<f64> = (0..2_048).map(|k| zeta(alpha, (xmin + k) as f64) * scale).collect();
        let guide =
            (0..=GUIDE).map(|k| above.partition_point(|share| *share > k as f64 / GUIDE as f64)).collect();
        Self { alpha, xmin, scale, above, guide }
    }

    /// One size: the largest `x` with `P(X >= x) > u`.
    fn draw(&self, stream: &mut Stream) -> u64 {
        let u = stream.unit();
        if u < self.above[self.above.len() - 1] {
            return self.far(u);
        }
        let cell = ((u * GUIDE as f64) as usize).min(GUIDE - 1);
        let (low, high) = (self.guide[cell + 1], self.guide[cell]);
        let place = low + self.above[low..high.max(low)].partition_point(|share| *share > u);
        self.xmin + place.saturating_sub(1) as u64
    }

    fn far(&self, u: f64) -> u64 {
        let mut low = self.xmin + self.above.len() as u64 - 1;
        let mut high = low * 2;
        let holds = |x: u64| zeta(self.alpha, x as f64) * self.scale > u;
        while holds(high) && high < 1 << 60 {
            low = high;
            high *= 2;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if holds(middle) { low = middle } else { high = middle }
        }
        low
    }

    /// A sample as large as the given one: each event is of the tail with the tail's share, else one of the body's.
    fn sample(&self, sample: &Sample, body: &[(u64, u64)], ends: &[u64], stream: &mut Stream) -> Sample {
        let body_events = ends.last().copied().unwrap_or(0);
        let mut drawn = vec![0_u64; body.len()];
        let mut tail: Vec<u64> = Vec::with_capacity((sample.events() - body_events) as usize + 64);
        let all = sample.events() as usize;
        for _ in 0..all {
            let at = stream.below(all) as u64;
            if at >= body_events {
                tail.push(self.draw(stream));
            } else if at < ends[0] {
                drawn[0] += 1;
            } else {
                drawn[ends.partition_point(|end| *end <= at)] += 1;
            }
        }
        let mut counts: Vec<(u64, u64)> =
            body.iter().zip(drawn).filter(|(_, n)| *n > 0).map(|((x, _), n)| (*x, n)).collect();
        counts.extend_from_slice(Sample::new(tail).counts());
        Sample::of_counts(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(alpha: f64, xmin: u64, events: usize, seed: u64) -> Sample {
        let law = Law::new(alpha, xmin);
        let mut stream = Stream::new(seed, &[]);
        Sample::new((0..events).map(|_| law.draw(&mut stream)).collect())
    }

    #[test]
    fn draws_follow_the_law() {
        let sample = drawn(1.8, 3, 200_000, 5);
        for x in [3_u64, 4, 10, 100, 3_000, 40_000] {
            let expected = zeta(1.8, x as f64) / zeta(1.8, 3.0);
            let share = sample.events_from(x) as f64 / 200_000.0;
            let spread = (expected * (1.0 - expected) / 200_000.0).sqrt();
            assert!((share - expected).abs() < 5.0 * spread + 1e-9, "{x}: {share} for {expected}");
        }
    }

    #[test]
    fn exponents_are_found_within_their_errors() {
        let mut within = 0;
        for seed in 0..100 {
            let fit = fit_at(&drawn(2.4, 2, 1_000, seed), 2).unwrap();
            within += u32::from((fit.alpha - 2.4).abs() < 1.645 * fit.alpha_error);
        }
        assert!((83..=97).contains(&within), "{within} of 100 inside 90 % intervals");
    }

    #[test]
    fn a_scan_is_the_best_of_all_single_fits() {
        let sample = drawn(2.1, 1, 400, 9);
        let best = scan(&sample).unwrap();
        let counts = sample.counts();
        for (xmin, _) in &counts[..counts.len() - 1] {
            let fit = fit_at(&sample, *xmin).unwrap();
            assert!(best.ks <= fit.ks + 1e-12, "{xmin}");
        }
        let again = fit_at(&sample, best.xmin).unwrap();
        assert!((again.alpha - best.alpha).abs() < 1e-8 && (again.ks - best.ks).abs() < 1e-9);
    }

    #[test]
    fn one_size_is_refused_with_what_to_do() {
        for sizes in [vec![], vec![4; 30]] {
            let error = scan(&Sample::new(sizes)).unwrap_err();
            assert!(error.to_string().contains("at least two different sizes"), "{error}");
        }
    }

    #[test]
    fn threads_do_not_show() {
        let sample = drawn(2.3, 1, 300, 1);
        let fit = scan(&sample).unwrap();
        let of = |workers| goodness(&sample, &fit, true, 40, 11, NonZeroUsize::new(workers).unwrap());
        assert_eq!(of(1), of(3));
    }
}
