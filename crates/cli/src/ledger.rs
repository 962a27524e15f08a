//! The ledger of forecasts on the command line: what is issued, and how it turned out.

use std::collections::BTreeMap;

use serde_json::json;
use watchkeeper_forecast::ledger::{Issue, Resolution, Standing, calibration};
use watchkeeper_forecast::panel::{Month, Panel};
use watchkeeper_record::Moment;
use watchkeeper_record::article::{Date, days_in_month};
use watchkeeper_report::plot::{Piece, Sheet, percent};
use watchkeeper_store::{Issued, Mode, Settled};

use crate::Outcome;
use crate::command::read::complain;
use crate::outlook::{Told, fitted};
use crate::record::{Database, fail};

/// Writes forecasts down. Those whose month has ended are hindcasts and are left out.
pub(crate) fn issue(database: &Database, forecasts: &[Issue], moment: Moment) -> Result<(), Outcome> {
    let mut store = database.open(Mode::Create)?;
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

/// What was said last of each unit and month, on other figures than these: the probability and the day. Empty where there is no record.
pub(crate) fn last_said(database: &Database, input: &str) -> BTreeMap<(String, String), (f64, Date)> {
    let mut last = BTreeMap::new();
    if !database.db.exists() {
        return last;
    }
    let Ok(store) = database.open(Mode::Read) else { return last };
    // Oldest first, so that the latest stays.
    for (issued, _) in store.forecasts().unwrap_or_default() {
        if let Ok(issue) = serde_json::from_str::<Issue>(&issued.forecast)
            && issue.input != input
        {
            last.insert((issue.unit, issue.target), (issue.reaches, issued.issued.date()));
        }
    }
    last
}

/// Settles what the panel can settle and tells how all issued forecasts fared.
pub(crate) fn settle(
    database: &Database,
    panel: &Panel,
    name: &str,
    moment: Moment,
) -> Result<Told, Outcome> {
    let mut store = database.open(Mode::Write)?;
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
        text.push_str(&fitted(&rows));
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
    pub(crate) fn issue(self, panel: &Panel, known_until: Month, seed: u64, moment: Moment) -> Issue {
        Issue {
            question: format!("deaths in {} in {}", self.unit, self.target),
            unit: self.unit.to_owned(),
            target: self.target.to_string(),
            horizon: self.horizon,
            standing: Standing::Issued,
            made: moment.to_string(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use watchkeeper_forecast::panel::{Options, Row};

    const TOTALS: Options = Options { as_of: None, until: None, sum: false, zero_fill: false };

    /// Deaths of one unit from January 2026 on.
    fn panel(values: &[f64]) -> Panel {
        let first = Month::of(2026, 1).expect("a month").0;
        let rows: Vec<Row> = values
            .iter()
            .enumerate()
            .map(|(at, value)| Row {
                line: at + 2,
                unit: "Aland".to_owned(),
                month: Month(first + at as i32),
                value: *value,
                released: None,
            })
            .collect();
        Panel::from_rows(&rows, &TOTALS).0
    }

    fn moment(text: &str) -> Moment {
        let day: Date = text.parse().expect("a day");
        Moment::from_unix(i64::from(day.days()) * 86_400 + 3_600).expect("a moment")
    }

    fn said(panel: &Panel, target: &str, reaches: f64, made: Moment) -> Issue {
        let target = crate::outlook::month(target).expect("a month");
        let known = panel.last().expect("months");
        let said = Said {
            unit: "Aland",
            target,
            horizon: (target.0 - known.0) as usize,
            quantiles: (0..50).map(f64::from).collect(),
            reaches,
            base_rate: 0.1,
        };
        said.issue(panel, known, 1, made)
    }

    #[test]
    fn what_is_issued_is_settled_once_when_its_time_has_come() {
        let db = std::env::temp_dir().join(format!("watchkeeper-ledger-{}.db", std::process::id()));
        let database = Database { db: db.clone() };
        let known = panel(&[3.0, 0.0, 7.0]);
        let may = moment("2026-04-10");
        let issues: Vec<Issue> = ["2026-03", "2026-04", "2026-05", "2026-06"]
            .into_iter()
            .map(|month| said(&known, month, 0.4, may))
            .collect();
        issue(&database, &issues, may).expect("issued");
        // March had ended: what is said of it then is no forecast.
        let settled = |panel: &Panel, day: &str| {
            let told = settle(&database, panel, "fixture", moment(day)).expect("settled");
            (told.json["issued"].as_u64(), told.json["settled"].as_u64(), told.json["settled_now"].as_u64())
        };
        let later = panel(&[3.0, 0.0, 7.0, 30.0, 2.0]);
        // April's figure may be there, but April isn't over.
        assert_eq!(settled(&later, "2026-04-20"), (Some(3), Some(0), Some(0)));
        assert_eq!(settled(&known, "2026-06-02"), (Some(3), Some(0), Some(0)), "no figures, no outcome");
        assert_eq!(settled(&later, "2026-06-02"), (Some(3), Some(2), Some(2)));
        assert_eq!(settled(&later, "2026-06-03"), (Some(3), Some(2), Some(0)), "once");
        // A later revision changes nothing that was settled.
        let revised = panel(&[3.0, 0.0, 7.0, 0.0, 0.0, 0.0]);
        assert_eq!(settled(&revised, "2026-07-05"), (Some(3), Some(3), Some(1)));
        let told = settle(&database, &revised, "fixture", moment("2026-07-06")).expect("settled");
        let brier = told.json["brier_25"].as_f64().expect("a figure");
        // April reached 25 (30 deaths), May (2) and June (0) didn't; all were given .4.
        assert!((brier - (0.36 + 0.16 + 0.16) / 3.0).abs() < 1e-9, "{brier}");
        assert!(told.text.contains("deaths in Aland in 2026-04"), "{}", told.text);
        let last = last_said(&database, "other figures");
        let june = last.get(&("Aland".to_owned(), "2026-06".to_owned())).expect("June");
        assert_eq!((june.0, june.1.to_string()), (0.4, "2026-04-10".to_owned()));
        assert!(last_said(&database, &known.digest()).is_empty(), "the same figures are no change");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", db.display()));
        }
    }
}
