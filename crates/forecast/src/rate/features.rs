//! What is known of a unit at the end of a month, from that month and those before it alone.

use super::around::Around;
use crate::panel::Panel;

/// Half-lives of the memories, in months.
pub(crate) const HALF_LIVES: [f64; 3] = [1.0, 5.0, 30.0];
/// Number of features.
pub(crate) const FEATURES: usize = 5;

/// Features of every unit and month of a panel.
pub(crate) struct Features {
    months: usize,
    rows: Vec<[f32; FEATURES]>,
}

impl Features {
    /// Works through each series once, forwards: a row depends on nothing after its month. The memories of 1, 5 and 30 months, the share of
    /// months with deaths, and the greatest memory of 5 months among the neighbours.
    pub(crate) fn of(panel: &Panel, around: &Around) -> Self {
        let months = panel.months();
        let keep = HALF_LIVES.map(|half| 0.5_f64.powf(1.0 / half));
        let mut rows = Vec::with_capacity(panel.units().len() * months);
        for unit in 0..panel.units().len() {
            let (mut sums, mut weights) = ([0.0; 3], [0.0; 3]);
            let (mut seen, mut seen_weight) = (0.0, 0.0);
            for month in 0..months {
                let value = panel.at(unit, month);
                if let Some(value) = value {
                    for at in 0..3 {
                        sums[at] = keep[at] * sums[at] + (1.0 - keep[at]) * value.ln_1p();
                        weights[at] = keep[at] * weights[at] + 1.0 - keep[at];
                    }
                    let held = 0.5_f64.powf(1.0 / 12.0);
                    seen = held * seen + (1.0 - held) * f64::from(u8::from(value > 0.0));
                    seen_weight = held * seen_weight + 1.0 - held;
                }
                let level = |at: usize| if weights[at] > 0.0 { (sums[at] / weights[at]) as f32 } else { 0.0 };
                let share = if seen_weight > 0.0 { (seen / seen_weight) as f32 } else { 0.0 };
                rows.push([level(0), level(1), level(2), share, 0.0]);
            }
        }
        for (unit, others) in around.places(panel).iter().enumerate() {
            for month in 0..months {
                // The worst of them; of the mean, of a rise, and of the whole region less could be told (evaluation/forecast.md).
                let levels = others.iter().map(|other| rows[other * months + month][1]);
                rows[unit * months + month][4] = levels.fold(0.0, f32::max);
            }
        }
        Self { months, rows }
    }

    /// The features of a unit at the end of a month.
    pub(crate) fn at(&self, unit: usize, month: usize) -> &[f32; FEATURES] {
        &self.rows[unit * self.months + month]
    }
}
