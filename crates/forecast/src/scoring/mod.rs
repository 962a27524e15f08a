//! How good a forecast was, once it is known what happened.
//!
//! In: draws of a forecast and the outcome, or a probability and whether it came. Out: scores of one cell and their means.
//! All are negatively oriented (less is better) but coverage. The definitions are those of the prediction challenge of VIEWS
//! 2023/24 (Hegre and others 2025, "The 2023/24 VIEWS prediction challenge", Journal of Peace Research), and of its first
//! competition for TADDA (Vesco and others 2022).

mod calibration;
mod tadda;

pub use calibration::{PIT_BARS, Reliability, ReliabilityBin, pit, pit_histogram};
pub use tadda::{Tadda, tadda};

use crate::numeric::quantile;

/// Lower bounds of the bins of the ignorance score (VIEWS 2023/24).
pub const BINS: [f64; 11] = [0.0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1_000.5];

/// The threshold of the Brier score: deaths in a month.
pub const THRESHOLD: f64 = 25.0;

/// Scores of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellScore {
    /// Continuous ranked probability score of the ensemble: `mean |X - y| - mean |X - X'| / 2`, not the "fair" one.
    pub crps: f64,
    /// The same on `ln(1 + x)`.
    pub crps_log: f64,
    /// Ignorance: minus the binary logarithm of the outcome's bin, one draw being added to each bin.
    pub ignorance: f64,
    /// Interval score of the central 90 % (Gneiting and Raftery 2007, §6.2).
    pub interval: f64,
    /// Whether the central 90 % hold the outcome.
    pub covered: bool,
    /// Brier score, in its form from 0 to 1, of the probability of `THRESHOLD` or more.
    pub brier: f64,
    /// Whether any draw or the outcome is above 0.
    pub active: bool,
}

/// CRPS of an ensemble, sorted ascending.
#[must_use]
pub fn crps(sorted: &[f64], outcome: f64) -> f64 {
    let m = sorted.len() as f64;
    if sorted.is_empty() {
        return outcome.abs();
    }
    let (mut error, mut spread) = (0.0, 0.0);
    for (at, value) in sorted.iter().enumerate() {
        error += (value - outcome).abs();
        spread += (2.0 * at as f64 - m + 1.0) * value;
    }
    error / m - spread / (m * m)
}

/// Scores draws, sorted ascending and none negative, against the outcome. No draws count as one draw of 0.
#[must_use]
pub fn score(sorted: &[f64], outcome: f64) -> CellScore {
    let sorted = if sorted.is_empty() { &[0.0][..] } else { sorted };
    let logs: Vec<f64> = sorted.iter().map(|value| value.ln_1p()).collect();
    let bin = BINS.partition_point(|bound| *bound <= outcome).saturating_sub(1);
    let below = sorted.partition_point(|value| *value < BINS[bin]);
    let end = BINS.get(bin + 1).map_or(sorted.len(), |next| sorted.partition_point(|value| value < next));
    let m = sorted.len() as f64;
    let (low, high) = (quantile(sorted, 0.05), quantile(sorted, 0.95));
    let share = 1.0 - sorted.partition_point(|value| *value < THRESHOLD) as f64 / m;
    let came = f64::from(u8::from(outcome >= THRESHOLD));
    CellScore {
        crps: crps(sorted, outcome),
        crps_log: crps(&logs, outcome.ln_1p()),
        ignorance: -(((end - below) as f64 + 1.0) / (m + BINS.len() as f64)).log2(),
        interval: high - low + 20.0 * ((low - outcome).max(0.0) + (outcome - high).max(0.0)),
        covered: (low..=high).contains(&outcome),
        brier: (share - came).powi(2),
        active: outcome > 0.0 || sorted[sorted.len() - 1] > 0.0,
    }
}

/// Means over cells.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Summary {
    /// Number of cells.
    pub cells: usize,
    /// Mean CRPS.
    pub crps: f64,
    /// Mean CRPS of `ln(1 + x)`.
    pub crps_log: f64,
    /// Mean ignorance; depends on the number of draws.
    pub ignorance: f64,
    /// Mean interval score of the central 90 %.
    pub interval: f64,
    /// Share of cells inside the central 90 %.
    pub coverage: f64,
    /// The same among active cells; none when there is none.
    pub coverage_active: Option<f64>,
    /// Number of active cells.
    pub active: usize,
    /// Mean Brier score, 0 to 1, of `THRESHOLD` or more; depends on the number of draws.
    pub brier: f64,
}

/// Means of scores.
#[must_use]
pub fn summary<'a>(scores: impl IntoIterator<Item = &'a CellScore>) -> Summary {
    let mut sum = Summary::default();
    let mut covered_active = 0_usize;
    for score in scores {
        sum.cells += 1;
        sum.crps += score.crps;
        sum.crps_log += score.crps_log;
        sum.ignorance += score.ignorance;
        sum.interval += score.interval;
        sum.coverage += f64::from(u8::from(score.covered));
        sum.brier += score.brier;
        sum.active += usize::from(score.active);
        covered_active += usize::from(score.active && score.covered);
    }
    let n = sum.cells.max(1) as f64;
    for mean in [
        &mut sum.crps,
        &mut sum.crps_log,
        &mut sum.ignorance,
        &mut sum.interval,
        &mut sum.coverage,
        &mut sum.brier,
    ] {
        *mean /= n;
    }
    sum.coverage_active = (sum.active > 0).then(|| covered_active as f64 / sum.active as f64);
    sum
}

/// Skill against a baseline's score: 1 is perfect, 0 as good, below 0 worse. None where the baseline is perfect.
#[must_use]
pub fn skill(score: f64, baseline: f64) -> Option<f64> {
    (baseline > 0.0).then(|| 1.0 - score / baseline)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By hand: the values of the Python scorer's own test and of the definition.
    #[test]
    fn small_ensembles() {
        assert!((crps(&[0.0, 2.0], 1.0) - 0.5).abs() < 1e-12);
        let half: Vec<f64> = (0..100).map(|at| f64::from(u8::from(at >= 50))).collect();
        assert!((score(&half, 2.0).ignorance + (51.0_f64 / 111.0).log2()).abs() < 1e-12);
        assert!((score(&[], 3.0).crps - 3.0).abs() < 1e-12);
        assert!((score(&[10.0; 20], 30.0).interval - 400.0).abs() < 1e-9);
        assert!((score(&[0.0, 0.0, 30.0, 30.0], 0.0).brier - 0.25).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn the_definition_holds(mut draws in proptest::collection::vec(0_u32..400, 1..40), outcome in 0_u32..400) {
            draws.sort_unstable();
            let sorted: Vec<f64> = draws.iter().map(|x| f64::from(*x)).collect();
            let m = sorted.len() as f64;
            let y = f64::from(outcome);
            let pairs: f64 = sorted.iter().flat_map(|a| sorted.iter().map(move |b| (a - b).abs())).sum();
            let slow = sorted.iter().map(|x| (x - y).abs()).sum::<f64>() / m - pairs / (2.0 * m * m);
            prop_assert!((crps(&sorted, y) - slow).abs() < 1e-9);
            let cell = score(&sorted, y);
            prop_assert!(cell.crps >= -1e-9 && cell.interval >= 0.0 && (0.0..=1.0).contains(&cell.brier));
            prop_assert!(cell.ignorance >= 0.0);
        }
    }
}
