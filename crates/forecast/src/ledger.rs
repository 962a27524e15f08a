//! What was said before its time came: an issued forecast and how it turned out, as plain values. Keeping them is the store's business.
//!
//! A forecast is named by the hash of all that it says, so that it can't be changed after; a hindcast says that it is one and is never
//! counted with what was issued.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::numeric::quantile;
use crate::scoring::{Reliability, THRESHOLD, score};

/// Whether a forecast was made before its time or tried on the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Made before its time.
    Issued,
    /// Tried on the past.
    Hindcast,
}

/// A forecast of one figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// The question, in words that can be settled: "deaths in `unit` in `target`".
    pub question: String,
    /// The unit.
    pub unit: String,
    /// The month it is about, `YYYY-MM`.
    pub target: String,
    /// Months ahead of the last month that was known.
    pub horizon: usize,
    /// Whether it was made before its time.
    pub standing: Standing,
    /// When it was made, as the caller's clock says (RFC 3339).
    pub made: String,
    /// The last month that was known, `YYYY-MM`.
    pub known_until: String,
    /// SHA-256 of the panel.
    pub input: String,
    /// Program version and method.
    pub version: String,
    /// Seed of the draws.
    pub seed: u64,
    /// The distribution at 1 %, 3 %, … 99 %.
    pub quantiles: Vec<f64>,
    /// Probability of `scoring::THRESHOLD` or more.
    pub reaches: f64,
    /// Share of the unit's own months of that size, on which the probability is to be set.
    pub base_rate: f64,
}

impl Issue {
    /// SHA-256 of the forecast's JSON, in hexadecimal: its name.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        // Field by field in a fixed order, each with its length, so that no two forecasts share a text.
        let numbers: Vec<String> = self.quantiles.iter().map(|value| format!("{value:?}")).collect();
        for part in [
            self.question.as_str(),
            &self.unit,
            &self.target,
            &self.horizon.to_string(),
            match self.standing {
                Standing::Issued => "issued",
                Standing::Hindcast => "hindcast",
            },
            &self.made,
            &self.known_until,
            &self.input,
            &self.version,
            &self.seed.to_string(),
            &numbers.join(" "),
            &format!("{:?}", self.reaches),
            &format!("{:?}", self.base_rate),
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Settles it by what came.
    #[must_use]
    pub fn resolve(&self, outcome: f64, source: &str, resolved: &str) -> Resolution {
        let mut sorted = self.quantiles.clone();
        sorted.sort_by(f64::total_cmp);
        let cell = score(&sorted, outcome);
        Resolution {
            issue: self.id(),
            standing: self.standing,
            outcome,
            source: source.to_owned(),
            resolved: resolved.to_owned(),
            crps: cell.crps,
            crps_log: cell.crps_log,
            covered: (quantile(&sorted, 0.05)..=quantile(&sorted, 0.95)).contains(&outcome),
            reaches: self.reaches,
            reached: outcome >= THRESHOLD,
            brier: (self.reaches - f64::from(u8::from(outcome >= THRESHOLD))).powi(2),
        }
    }
}

/// How a forecast turned out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// `Issue::id`.
    pub issue: String,
    /// As the forecast says.
    pub standing: Standing,
    /// What came.
    pub outcome: f64,
    /// Data and release that say so.
    pub source: String,
    /// When that was known to the store, as the caller's clock says (RFC 3339).
    pub resolved: String,
    /// CRPS of the kept quantiles.
    pub crps: f64,
    /// The same on `ln(1 + x)`.
    pub crps_log: f64,
    /// Whether the central 90 % held it.
    pub covered: bool,
    /// The probability given to `scoring::THRESHOLD` or more.
    pub reaches: f64,
    /// Whether that came.
    pub reached: bool,
    /// Brier score of that, 0 to 1.
    pub brier: f64,
}

/// Calibration over resolved forecasts that were issued; hindcasts are left out.
#[must_use]
pub fn calibration(resolutions: &[Resolution]) -> Reliability {
    let pairs: Vec<(f64, bool)> = resolutions
        .iter()
        .filter(|one| one.standing == Standing::Issued)
        .map(|one| (one.reaches, one.reached))
        .collect();
    Reliability::of(&pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue() -> Issue {
        Issue {
            question: "deaths in MLI in 2026-12".to_owned(),
            unit: "MLI".to_owned(),
            target: "2026-12".to_owned(),
            horizon: 2,
            standing: Standing::Issued,
            made: "2026-11-22T10:00:00Z".to_owned(),
            known_until: "2026-10".to_owned(),
            input: "00".to_owned(),
            version: "0.1.0 mixture".to_owned(),
            seed: 1,
            quantiles: (0..50).map(f64::from).collect(),
            reaches: 0.5,
            base_rate: 0.4,
        }
    }

    #[test]
    fn a_changed_forecast_has_another_name() {
        let one = issue();
        let mut other = issue();
        other.quantiles[49] += 1.0;
        assert_ne!(one.id(), other.id());
        assert_eq!(one.id(), issue().id());
    }

    #[test]
    fn hindcasts_are_not_counted_with_issued_ones() {
        let mut hindcast = issue();
        hindcast.standing = Standing::Hindcast;
        let all = [
            issue().resolve(30.0, "own", "2027-01-20T00:00:00Z"),
            hindcast.resolve(0.0, "own", "2027-01-20T00:00:00Z"),
        ];
        let table = calibration(&all);
        assert_eq!(table.bins.iter().map(|bin| bin.forecasts).sum::<usize>(), 1);
        assert!(all[0].covered && all[0].reached && (all[0].brier - 0.25).abs() < 1e-12);
    }
}
