//! What the methods would have said, month by month, knowing no more than was known then.
//!
//! In: rows with their releases, and a plan. Out: hindcasts with their scores; they are never forecasts that were issued (`ledger`). What it does
//! not do: choose settings by what it finds.

use std::num::NonZeroUsize;

use crate::panel::{Day, Month, Options, Panel, Row};
use crate::rate::{Around, Forecaster, Method, Settings};
use crate::scoring::{CellScore, pit, score};

/// Which months are forecast, from how far before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// First month that is forecast.
    pub first: Month,
    /// Last month that is forecast.
    pub last: Month,
    /// Months from the one at whose end the forecast is made to the one it is about.
    pub horizons: Vec<usize>,
    /// Months that pass until a month's figures are published: at the end of a month the figures of this many months, itself included, are
    /// missing. 0 where they are there at once.
    pub lag: usize,
    /// Draws of each hindcast.
    pub draws: usize,
}

/// One hindcast and how it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Hindcast {
    /// The method.
    pub method: Method,
    /// Place of the unit in `Backtest::units`.
    pub unit: usize,
    /// The month at whose end it would have been made.
    pub made: Month,
    /// The month it is about.
    pub target: Month,
    /// Months between the two.
    pub horizon: usize,
    /// Its mean.
    pub mean: f64,
    /// The ends of its central 90 %.
    pub interval: (f64, f64),
    /// Its probability of `scoring::THRESHOLD` or more.
    pub reaches: f64,
    /// What came.
    pub outcome: f64,
    /// Its scores.
    pub score: CellScore,
    /// Shares of its draws below the outcome, and up to it.
    pub pit: (f64, f64),
}

/// All hindcasts of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The units.
    pub units: Vec<String>,
    /// Hindcasts by method, horizon, month and unit.
    pub hindcasts: Vec<Hindcast>,
}

/// The last day of a month.
#[must_use]
pub fn last_day(month: Month) -> Day {
    // The day before the first of the next month (Hinnant, "chrono-compatible low-level date algorithms", days_from_civil).
    let (year, number) = Month(month.0 + 1).parts();
    let year = i64::from(year) - i64::from(number <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(number) + 9) % 12) + 2) / 5;
    let days =
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    Day(days as i32 - 1)
}

/// Works through a plan. Outcomes are those of the last release. Where rows have releases, each origin sees only what was released by
/// the last day of its month; else it sees all months up to the lag.
#[must_use]
pub fn rolling(
    rows: &[Row],
    options: &Options,
    around: &Around,
    plan: &Plan,
    methods: &[Method],
    settings: Settings,
    workers: NonZeroUsize,
) -> Backtest {
    let (panel, _) = Panel::from_rows(rows, options);
    let units = panel.units().to_vec();
    let vintages = rows.iter().any(|row| row.released.is_some());
    let farthest = plan.horizons.iter().max().copied().unwrap_or(1) + plan.lag;
    let shared = (!vintages).then(|| Forecaster::with_around(&panel, around, farthest, settings, workers));
    let mut hindcasts = Vec::new();
    for horizon in &plan.horizons {
        for target in plan.first.0..=plan.last.0 {
            let target = Month(target);
            let (Some(place), made) = (panel.place(target), Month(target.0 - *horizon as i32)) else {
                continue;
            };
            let known = Month(made.0 - plan.lag as i32);
            let mut add = |seen: &Panel, forecaster: &Forecaster<'_>, origin: usize, ahead: usize| {
                for method in methods {
                    let all = forecaster.forecast_at(*method, origin, ahead);
                    for (unit, name) in units.iter().enumerate() {
                        let Some(outcome) = panel.at(unit, place) else { continue };
                        let Some(atoms) = seen.unit(name).map(|at| &all[at]) else { continue };
                        let sorted = atoms.quantiles(plan.draws.max(1));
                        hindcasts.push(Hindcast {
                            method: *method,
                            unit,
                            made,
                            target,
                            horizon: *horizon,
                            mean: atoms.mean(),
                            interval: (
                                crate::numeric::quantile(&sorted, 0.05),
                                crate::numeric::quantile(&sorted, 0.95),
                            ),
                            reaches: atoms.at_least(crate::scoring::THRESHOLD),
                            outcome,
                            score: score(&sorted, outcome),
                            pit: (pit(&sorted, outcome, 0.0), pit(&sorted, outcome, 1.0)),
                        });
                    }
                }
            };
            match &shared {
                Some(forecaster) => {
                    if let Some(origin) = panel.place(known) {
                        add(&panel, forecaster, origin, horizon + plan.lag);
                    }
                }
                None => {
                    let limits = Options { as_of: Some(last_day(made)), until: Some(known), ..*options };
                    let (seen, _) = Panel::from_rows(rows, &limits);
                    let Some(last) = seen.last() else { continue };
                    let ahead = (target.0 - last.0) as usize;
                    let forecaster = Forecaster::with_around(&seen, around, ahead, settings, workers);
                    add(&seen, &forecaster, seen.months() - 1, ahead);
                }
            }
        }
    }
    hindcasts.sort_by_key(|one| (one.method, one.horizon, one.target, one.unit));
    Backtest { units, hindcasts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_days_of_months() {
        assert_eq!(last_day(Month(1)), Day(3_682));
        assert_eq!(last_day(Month::of(1970, 1).unwrap()), Day(30));
        assert_eq!(last_day(Month::of(2024, 2).unwrap()), Day(19_782));
        assert_eq!(last_day(Month::of(2023, 12).unwrap()), Day(19_722));
    }
}
