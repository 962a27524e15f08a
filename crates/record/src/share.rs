//! Shares with intervals: how many of so many, and how far that may be from the truth.

use serde::{Deserialize, Serialize};

/// Quantile of the normal distribution for 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its interval of 95 % after Wilson (1927, "Probable inference, the law of succession, and statistical inference").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
    /// The share, 0..=1; weighted where the cases count differently. `None` of none.
    pub share: Option<f64>,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of equal cases that would tell as much: `of` where all count alike, less else (Kish 1965, §8.2).
    pub effective: f64,
}

impl Share {
    /// So many of so many; of none the interval is all of 0..=1.
    #[must_use]
    pub fn of(hits: usize, of: usize) -> Self {
        Self::weighted((0..of).map(|at| (1.0, at < hits)))
    }

    /// Cases with their weights (more than 0; others are left out): the share is the weighted one, the interval Wilson's for the
    /// effective number of cases `(Σw)² / Σw²`.
    #[must_use]
    pub fn weighted(cases: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let (mut hits, mut of, mut sum, mut squares, mut right) = (0, 0, 0.0, 0.0, 0.0);
        for (weight, hit) in cases {
            if !(weight > 0.0 && weight.is_finite()) {
                continue;
            }
            of += 1;
            hits += usize::from(hit);
            sum += weight;
            squares += weight * weight;
            right += if hit { weight } else { 0.0 };
        }
        if of == 0 {
            return Self { hits, of, share: None, low: 0.0, high: 1.0, effective: 0.0 };
        }
        let share = right / sum;
        let effective = (sum * sum / squares).min(of as f64);
        let (low, high) = wilson(share, effective);
        Self { hits, of, share: Some(share), low, high, effective }
    }
}

impl std::fmt::Display for Share {
    /// `.82 [.71, .90]`, or `–` of none.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plain = |share: f64| {
            let text = format!("{share:.2}");
            text.strip_prefix('0').map_or(text.clone(), str::to_owned)
        };
        match self.share {
            None => f.pad("–"),
            Some(share) => f.pad(&format!("{} [{}, {}]", plain(share), plain(self.low), plain(self.high))),
        }
    }
}

fn wilson(share: f64, cases: f64) -> (f64, f64) {
    let square = Z * Z;
    let middle = share + square / (2.0 * cases);
    let half = Z * (share * (1.0 - share) / cases + square / (4.0 * cases * cases)).sqrt();
    let under = 1.0 + square / cases;
    (((middle - half) / under).clamp(0.0, share), ((middle + half) / under).clamp(share, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        // Newcombe 1998, table I, method 3: 81 of 263 gives .2553 to .3662; 0 of 20 gives 0 to .1611.
        let share = Share::of(81, 263);
        assert!((share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5, "{share:?}");
        let none = Share::of(0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5, "{none:?}");
        assert_eq!(Share::of(0, 0).to_string(), "–");
        assert_eq!(Share::of(20, 20).to_string(), "1.00 [.84, 1.00]");
    }

    #[test]
    fn unequal_weights_widen_the_interval() {
        let even = Share::of(8, 10);
        let uneven = Share::weighted((0..10).map(|at| (if at == 0 { 20.0 } else { 1.0 }, at < 8)));
        assert!(uneven.high - uneven.low > even.high - even.low);
        assert!(uneven.effective < 10.0 && uneven.share > even.share);
    }
}
