//! Counts after a level: negative binomial and hurdle distributions whose spread is pooled over all units of a like level.
//!
//! The pool at an origin holds only pairs of a month and an outcome that were both known then.

use super::atoms::Atoms;
use super::features::Features;
use crate::numeric::{ln_gamma, upper_normal};
use crate::panel::Panel;

/// Sizes of the negative binomial that are tried; small is wide.
const SIZES: [f64; 8] = [0.08, 0.15, 0.25, 0.4, 0.7, 1.2, 2.5, 6.0];
/// Bounds of the bands of level, in deaths a month.
const BANDS: [f64; 6] = [0.3, 1.5, 6.0, 25.0, 100.0, 400.0];
const BAND_COUNT: usize = BANDS.len() + 1;
/// Outcomes that the pool's own prior stands for.
const PRIOR: f64 = 20.0;
/// Months of its own that a unit's share of quiet months must outweigh.
const OWN_PRIOR: f64 = 6.0;

/// Sums over pairs of a month and what came `horizon` months later.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    pairs: f64,
    zeros: f64,
    above: f64,
    step: f64,
    step_square: f64,
    mean: f64,
    outcome: f64,
    ln_likelihood: [f64; SIZES.len()],
}

/// The band of a level.
fn band(level: f64) -> usize {
    BANDS.partition_point(|bound| *bound < level)
}

/// The weighted mean of the last twelve months, half-life six; and the share of them without deaths, with its weight.
pub(crate) fn recent(panel: &Panel, unit: usize, month: usize) -> (f64, f64, f64) {
    let (mut sum, mut zero, mut weight) = (0.0, 0.0, 0.0);
    for back in 0..12.min(month + 1) {
        if let Some(value) = panel.at(unit, month - back) {
            let share = 0.5_f64.powf(back as f64 / 6.0);
            sum += share * value;
            zero += share * f64::from(u8::from(value <= 0.0));
            weight += share;
        }
    }
    if weight > 0.0 { (sum / weight, zero / weight, weight) } else { (0.0, 1.0, 0.0) }
}

/// The pool of one horizon: sums by band of level, cumulated over months.
pub(crate) struct Pool {
    horizon: usize,
    /// By month, then band: sums over all pairs whose first month is at most that month.
    by_month: Vec<[Sums; BAND_COUNT]>,
}

impl Pool {
    /// Works forwards through the panel.
    pub(crate) fn of(panel: &Panel, features: &Features, horizon: usize) -> Self {
        let mut by_month = Vec::with_capacity(panel.months());
        let mut sums = [Sums::default(); BAND_COUNT];
        for month in 0..panel.months() {
            for unit in 0..panel.units().len() {
                let Some(outcome) = panel.at(unit, month + horizon) else { continue };
                let (mean, _, weight) = recent(panel, unit, month);
                if weight <= 0.0 || mean <= 0.0 {
                    continue;
                }
                let sum = &mut sums[band(mean)];
                let level = f64::from(features.at(unit, month)[1]);
                sum.pairs += 1.0;
                sum.zeros += f64::from(u8::from(outcome <= 0.0));
                if outcome > 0.0 {
                    let step = outcome.ln_1p() - level;
                    sum.above += 1.0;
                    sum.step += step;
                    sum.step_square += step * step;
                }
                sum.mean += mean;
                sum.outcome += outcome.min(10.0 * mean + 20.0);
                let k = outcome.round();
                for (at, size) in SIZES.iter().enumerate() {
                    sum.ln_likelihood[at] += ln_gamma(k + size) - ln_gamma(*size)
                        + size * (size / (size + mean)).ln()
                        + k * (mean / (size + mean)).ln();
                }
            }
            by_month.push(sums);
        }
        Self { horizon, by_month }
    }

    fn sums(&self, origin: usize, band: usize) -> Sums {
        origin.checked_sub(self.horizon).map_or(Sums::default(), |month| self.by_month[month][band])
    }

    /// Negative binomial around the unit's recent mean, moved and spread as the pool was.
    pub(crate) fn negative_binomial(&self, panel: &Panel, unit: usize, origin: usize) -> Atoms {
        let (mean, _, weight) = recent(panel, unit, origin);
        if weight <= 0.0 || mean <= 0.0 {
            return Atoms::zero();
        }
        let sums = self.sums(origin, band(mean));
        let ratio = (sums.outcome + PRIOR * mean) / (sums.mean + PRIOR * mean);
        let mut best = 3;
        for at in 0..SIZES.len() {
            if sums.ln_likelihood[at] > sums.ln_likelihood[best] {
                best = at;
            }
        }
        spread(mean * ratio, SIZES[best])
    }

    /// A share of quiet months between the unit's own and the pool's, and log-normal deaths in the others.
    pub(crate) fn hurdle(
        &self,
        panel: &Panel,
        features: &Features,
        unit: usize,
        origin: usize,
        normals: &[f64],
    ) -> Atoms {
        let (mean, zero, weight) = recent(panel, unit, origin);
        if weight <= 0.0 || mean <= 0.0 {
            return Atoms::zero();
        }
        let sums = self.sums(origin, band(mean));
        let pooled = (sums.zeros + 0.5) / (sums.pairs + 1.0);
        let quiet = (weight * zero + OWN_PRIOR * pooled) / (weight + OWN_PRIOR);
        let n = sums.above + PRIOR;
        let step = sums.step / n;
        let variance = ((sums.step_square + PRIOR) / n - step * step).max(0.05);
        let level = f64::from(features.at(unit, origin)[1]) + step;
        let part = (1.0 - quiet) / normals.len() as f64;
        let mut points = vec![(0.0, quiet)];
        points.extend(
            normals.iter().map(|z| ((level + variance.sqrt() * z).exp_m1().round().clamp(1.0, 1e7), part)),
        );
        Atoms::new(points)
    }
}

/// A negative binomial of given mean and size; large means are those of a smaller one, stretched.
fn spread(mean: f64, size: f64) -> Atoms {
    let base = mean.min(60.0);
    let share = base / (size + base);
    let mut weight = (size * (size / (size + base)).ln()).exp();
    let mut points = Vec::new();
    let (mut left, mut k) = (1.0, 0.0_f64);
    while left > 5e-4 && k < 3_000.0 {
        points.push((k * mean / base, weight));
        left -= weight;
        weight *= share * (k + size) / (k + 1.0);
        k += 1.0;
    }
    Atoms::new(points)
}

/// Normal quantiles at the middles of `count` equal shares.
pub(crate) fn normals(count: usize) -> Vec<f64> {
    (0..count)
        .map(|number| {
            let share = (number as f64 + 0.5) / count as f64;
            let (mut low, mut high) = (-9.0, 9.0);
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                if 1.0 - upper_normal(middle) < share { low = middle } else { high = middle }
            }
            f64::midpoint(low, high)
        })
        .collect()
}
