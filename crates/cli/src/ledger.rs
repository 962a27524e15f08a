//! The ledger of forecasts on the command line: what is issued, and how it turned out.

use serde_json::json;
use watchkeeper_forecast::ledger::{Issue, Resolution, Standing, calibration};
use watchkeeper_forecast::panel::{Month, Panel};
use watchkeeper_record::article::{Date, days_in_month};
use watchkeeper_report::plot::{Piece, Sheet, percent};
use watchkeeper_store::{Issued, Mode, Settled};

use crate::Outcome;
use crate::command::read::complain;
use crate::outlook::{Told, columns};
use crate::record::{Database, fail};
use crate::stop::now;

/// Writes forecasts down. Those whose month has ended are hindcasts and are left out.
pub(crate) fn issue(database: &Database, forecasts: &[Issue]) -> Result<(), Outcome> {
    let mut store = database.open(Mode::Create)?;
    let moment = now();
    let mut rows = Vec::new();
    for one in forecasts {
        let (Some(end), Some(as_of)) = (last_day(&one.target), last_day(&one.known_until)) else { continue };
        if end < moment.date() {
            continue;
        }
        rows.push(Issued {
            id: one.id(),
            question: one.question.clone(),
            issued: moment,
            as_of: as_of.min(moment.date()),
            horizon_end: end,
            forecaster: one.version.clone(),
            forecast: serde_json::to_string(one).unwrap_or_default(),
        });
    }
    let past = forecasts.len() - rows.len();
    let new = store.issue(&rows).map_err(|error| fail(&error))?;
    let there =
        if new < rows.len() { format!(", {} there already", rows.len() - new) } else { String::new() };
    complain(&format!("{}: {new} forecasts issued{there}", database.db.display()));
    if past > 0 {
        complain(&format!("{past} months have ended already: a forecast is issued before its time comes"));
    }
    Ok(())
}

/// Settles what the panel can settle and tells how all issued forecasts fared.
pub(crate) fn settle(database: &Database, panel: &Panel, name: &str) -> Result<Told, Outcome> {
    let mut store = database.open(Mode::Write)?;
    let moment = now();
    let kept = store.forecasts().map_err(|error| fail(&error))?;
    let source = format!("{name} (panel {})", &panel.digest()[..12]);
    let mut settled = Vec::new();
    for (issued, before) in &kept {
        let Ok(issue) = serde_json::from_str::<Issue>(&issued.forecast) else { continue };
        let counted = panel
            .unit(&issue.unit)
            .and_then(|unit| {
                Some((unit, (0..panel.months()).find(|at| panel.month(*at).to_string() == issue.target)?))
            })
            .and_then(|(unit, month)| panel.at(unit, month));
        if let (None, Some(counted)) = (before, counted)
            && issued.horizon_end < moment.date()
        {
            let resolution = issue.resolve(counted, &source, &moment.to_string());
            settled.push(Settled {
                id: issued.id.clone(),
                resolved: moment,
                outcome: serde_json::to_string(&resolution).unwrap_or_default(),
                why: source.clone(),
            });
        }
    }
    let new = store.settle_forecasts(&settled).map_err(|error| fail(&error))?;
    let kept = store.forecasts().map_err(|error| fail(&error))?;
    let resolutions: Vec<(String, Resolution)> = kept
        .iter()
        .filter_map(|(issued, settled)| {
            let resolution = serde_json::from_str::<Resolution>(&settled.as_ref()?.outcome).ok()?;
            (resolution.standing == Standing::Issued).then(|| (issued.question.clone(), resolution))
        })
        .collect();
    Ok(told(&kept.len(), new, &resolutions))
}

fn told(issued: &usize, new: usize, resolutions: &[(String, Resolution)]) -> Told {
    let count = resolutions.len();
    let mean = |figure: &dyn Fn(&Resolution) -> f64| {
        resolutions.iter().map(|(_, one)| figure(one)).sum::<f64>() / count.max(1) as f64
    };
    let (crps, crps_log, brier) = (mean(&|one| one.crps), mean(&|one| one.crps_log), mean(&|one| one.brier));
    let covered = mean(&|one| f64::from(u8::from(one.covered)));
    let mut text = format!("{issued} forecasts issued, {count} settled ({new} of them now)\n");
    if count > 0 {
        text.push_str(&format!(
            "CRPS {crps:.3}, of ln(1+x) {crps_log:.4}; Brier of 25 or more {brier:.4} (0 to 1); in the 90 % interval {}\n\n",
            percent(covered)
        ));
        let mut rows =
            vec![["question", "came", "25 or more", "in 90 %", "CRPS"].map(str::to_owned).to_vec()];
        for (question, one) in resolutions {
            rows.push(vec![
                question.clone(),
                one.outcome.to_string(),
                percent(one.reaches),
                if one.covered { "yes" } else { "no" }.to_owned(),
                format!("{:.3}", one.crps),
            ]);
        }
        text.push_str(&columns(&rows));
    }
    let all: Vec<Resolution> = resolutions.iter().map(|(_, one)| one.clone()).collect();
    let reliability = calibration(&all);
    Told {
        json: json!({
            "issued": issued, "settled": count, "settled_now": new, "crps": crps, "crps_log": crps_log, "brier_25": brier, "covered_90": covered,
            "reliability": format!("{reliability:?}"), "forecasts": all,
        }),
        csv: (
            vec!["question", "outcome", "p_25", "covered_90", "crps", "crps_log", "brier"],
            resolutions
                .iter()
                .map(|(question, one)| {
                    vec![
                        question.clone(),
                        one.outcome.to_string(),
                        one.reaches.to_string(),
                        one.covered.to_string(),
                        one.crps.to_string(),
                        one.crps_log.to_string(),
                        one.brier.to_string(),
                    ]
                })
                .collect(),
        ),
        sheet: Sheet {
            title: "Issued forecasts and how they turned out".to_owned(),
            pieces: vec![Piece::Text(text.clone())],
        },
        text,
    }
}

/// The last day of a month written `YYYY-MM`.
fn last_day(month: &str) -> Option<Date> {
    let (year, month) = month.split_once('-')?;
    let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
    Date::new(year, month, days_in_month(year, month))
}

/// The forecast of one unit and month, as it is written down.
pub(crate) struct Said<'a> {
    pub(crate) unit: &'a str,
    pub(crate) target: Month,
    pub(crate) horizon: usize,
    pub(crate) quantiles: Vec<f64>,
    pub(crate) reaches: f64,
    pub(crate) base_rate: f64,
}

impl Said<'_> {
    pub(crate) fn issue(self, panel: &Panel, known_until: Month, seed: u64) -> Issue {
        Issue {
            question: format!("deaths in {} in {}", self.unit, self.target),
            unit: self.unit.to_owned(),
            target: self.target.to_string(),
            horizon: self.horizon,
            standing: Standing::Issued,
            made: now().to_string(),
            known_until: known_until.to_string(),
            input: panel.digest(),
            version: format!("mixture, watchkeeper {}", env!("CARGO_PKG_VERSION")),
            seed,
            quantiles: self.quantiles,
            reaches: self.reaches,
            base_rate: self.base_rate,
        }
    }
}
