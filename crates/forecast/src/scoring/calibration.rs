//! Whether what was given 70 % came in seven cases of ten.

/// One bin of a reliability table.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ReliabilityBin {
    /// Lowest probability of the bin.
    pub from: f64,
    /// Upper end of the bin, not in it but for the last.
    pub to: f64,
    /// Number of forecasts.
    pub forecasts: usize,
    /// Mean probability given.
    pub given: f64,
    /// Share that came.
    pub came: f64,
    /// Wilson's 90 % interval of that share.
    pub interval: (f64, f64),
}

/// A reliability table with the parts of the Brier score.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Reliability {
    /// Bins that hold a forecast.
    pub bins: Vec<ReliabilityBin>,
    /// Mean squared distance of what was given and what came, by bins; 0 is best.
    pub reliability: f64,
    /// How far the bins lie from the base rate; greater is better.
    pub resolution: f64,
    /// Brier score of always giving the base rate.
    pub uncertainty: f64,
    /// Mean Brier score, 0 to 1.
    pub brier: f64,
}

impl Reliability {
    /// Bins pairs of a probability and whether it came. Bounds are narrow near 0 and 1, where most forecasts of rare things lie.
    #[must_use]
    pub fn of(pairs: &[(f64, bool)]) -> Self {
        const BOUNDS: [f64; 10] = [0.0, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0];
        let n = pairs.len().max(1) as f64;
        let base = pairs.iter().filter(|(_, came)| *came).count() as f64 / n;
        let mut out = Self {
            bins: Vec::new(),
            reliability: 0.0,
            resolution: 0.0,
            uncertainty: base * (1.0 - base),
            brier: 0.0,
        };
        for pair in BOUNDS.windows(2) {
            let inside: Vec<&(f64, bool)> = pairs
                .iter()
                .filter(|(p, _)| *p >= pair[0] && (*p < pair[1] || (pair[1] >= 1.0 && *p <= 1.0)))
                .collect();
            if inside.is_empty() {
                continue;
            }
            let m = inside.len() as f64;
            let given = inside.iter().map(|(p, _)| p).sum::<f64>() / m;
            let came = inside.iter().filter(|(_, came)| *came).count() as f64 / m;
            out.reliability += m / n * (given - came).powi(2);
            out.resolution += m / n * (came - base).powi(2);
            out.bins.push(ReliabilityBin {
                from: pair[0],
                to: pair[1],
                forecasts: inside.len(),
                given,
                came,
                interval: wilson(came, m),
            });
        }
        out.brier = pairs.iter().map(|(p, came)| (p - f64::from(u8::from(*came))).powi(2)).sum::<f64>() / n;
        out
    }
}

/// Wilson's interval at 90 %.
fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z = 1.644_853_627_f64;
    let square = z * z / n;
    let middle = (share + square / 2.0) / (1.0 + square);
    let half = z * (share * (1.0 - share) / n + square / (4.0 * n)).sqrt() / (1.0 + square);
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The probability integral transform of an outcome among sorted draws, with ties split at `split` in 0..1 (Czado, Gneiting, Held
/// 2009 for counts): uniform over calibrated forecasts when `split` is.
#[must_use]
pub fn pit(sorted: &[f64], outcome: f64, split: f64) -> f64 {
    let n = sorted.len().max(1) as f64;
    let below = sorted.partition_point(|value| *value < outcome) as f64;
    let up_to = sorted.partition_point(|value| *value <= outcome) as f64;
    (below + split * (up_to - below)) / n
}

/// Number of bars of a histogram of transforms.
pub const PIT_BARS: usize = 10;

/// Shares of forecasts in each tenth of the transform, without chance: an outcome that many draws share is spread over all tenths that it may
/// stand for (Czado, Gneiting and Held 2009, §2.1). Each pair holds the shares of draws below the outcome and up to it. Level bars of a tenth
/// are calibrated; a hollow is too narrow, a hump too wide, a slope leans. All 0 where there is no forecast.
#[must_use]
pub fn pit_histogram(pairs: &[(f64, f64)]) -> [f64; PIT_BARS] {
    let mut bars = [0.0; PIT_BARS];
    for (below, up_to) in pairs {
        // An outcome between draws stands at one place.
        let (low, high) =
            if up_to - below > 1e-9 { (*below, *up_to) } else { (below - 5e-10, below + 5e-10) };
        let (low, high) = (low.clamp(0.0, 1.0 - 1e-9), high.clamp(1e-9, 1.0));
        for (number, bar) in bars.iter_mut().enumerate() {
            let (from, to) = (number as f64 / PIT_BARS as f64, (number + 1) as f64 / PIT_BARS as f64);
            *bar += (high.min(to) - low.max(from)).max(0.0) / (high - low) / pairs.len() as f64;
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_make_the_brier_score_where_bins_hold_one_probability() {
        let pairs: Vec<(f64, bool)> =
            (0..100).map(|at| (if at < 50 { 0.1 } else { 0.8 }, at % 5 == 0)).collect();
        let table = Reliability::of(&pairs);
        assert_eq!(table.bins.len(), 2);
        assert!((table.reliability - table.resolution + table.uncertainty - table.brier).abs() < 1e-12);
    }

    #[test]
    fn histograms_of_transforms_are_whole_and_level_where_forecasts_are_right() {
        // What has half its draws at 0 and comes out 0 in half of all cases.
        let pairs: Vec<(f64, f64)> = (0..100)
            .map(|at| {
                if at % 2 == 0 {
                    (0.0, 0.5)
                } else {
                    (0.5 + f64::from(at) / 200.0, 0.505 + f64::from(at) / 200.0)
                }
            })
            .collect();
        let bars = pit_histogram(&pairs);
        assert!((bars.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(bars.iter().all(|bar| (bar - 0.1).abs() < 0.011), "{bars:?}");
        // All beyond the draws: the last bar. None at all: nothing.
        let beyond = pit_histogram(&[(1.0, 1.0), (1.0, 1.0)]);
        assert!((beyond[9] - 1.0).abs() < 1e-6 && pit_histogram(&[]) == [0.0; 10], "{beyond:?}");
        assert!((pit_histogram(&[(0.0, 0.0)])[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn transforms() {
        assert!((pit(&[0.0, 0.0, 1.0, 5.0], 0.0, 0.5) - 0.25).abs() < 1e-12);
        assert!((pit(&[0.0, 0.0, 1.0, 5.0], 9.0, 0.5) - 1.0).abs() < 1e-12);
    }
}
