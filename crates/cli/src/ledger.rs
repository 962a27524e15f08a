//! The ledger of forecasts on the command line: what is issued, and how it turned out.

use std::collections::BTreeMap;

use serde_json::json;
use watchkeeper_forecast::ledger::{Issue, Resolution, Standing, calibration};
use watchkeeper_forecast::numeric::quantile;
use watchkeeper_forecast::panel::{Month, Panel};
use watchkeeper_forecast::scoring::{pit as pit_of, pit_histogram, skill};
use watchkeeper_record::Moment;
use watchkeeper_record::article::{Date, days_in_month};
use watchkeeper_report::plot::{Piece, Sheet, likelihood, percent};
use watchkeeper_store::{Issued, Mode, Settled};

use crate::Outcome;
use crate::command::read::complain;
use crate::outlook::{Told, fitted, grouped, pit, reliability_chart, reliability_rows};
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
    let fates: Vec<Fate> = kept
        .iter()
        .filter_map(|(issued, settled)| {
            let resolution: Resolution = serde_json::from_str(&settled.as_ref()?.outcome).ok()?;
            let issue: Issue = serde_json::from_str(&issued.forecast).ok()?;
            (resolution.standing == Standing::Issued).then_some(Fate { issue, resolution })
        })
        .collect();
    Ok(told(kept.len(), new, &fates))
}

/// An issued forecast and how it turned out.
struct Fate {
    issue: Issue,
    resolution: Resolution,
}

impl Fate {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.issue.quantiles.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// Shares of what was said below the outcome and up to it; none where it was as good as sure that nothing would come.
    fn transform(&self) -> Option<(f64, f64)> {
        let sorted = self.sorted();
        let open = quantile(&sorted, 0.95) > 0.0;
        open.then(|| [0.0, 1.0].map(|split| pit_of(&sorted, self.resolution.outcome, split)).into())
    }

    fn median(&self) -> f64 {
        quantile(&self.sorted(), 0.5)
    }

    fn row(&self) -> Vec<String> {
        let one = &self.resolution;
        vec![
            self.issue.question.clone(),
            grouped(one.outcome),
            grouped(self.median()),
            if one.covered { "yes" } else { "no" }.to_owned(),
            percent(one.reaches),
            likelihood(one.reaches).to_owned(),
            percent(self.issue.base_rate),
            if one.reached { "came" } else { "didn't come" }.to_owned(),
            format!("{:.3}", one.crps),
        ]
    }
}

const FATES: [&str; 9] = [
    "question",
    "came",
    "median said",
    "in 90 %",
    "25 or more",
    "term (ICD 203)",
    "base rate",
    "that",
    "CRPS",
];

/// Questions, units and misses that are named.
const NAMED: usize = 8;

fn mean<T>(all: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    all.iter().map(figure).sum::<f64>() / all.len().max(1) as f64
}

fn table(names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    std::iter::once(names.iter().map(|name| (*name).to_owned()).collect()).chain(rows).collect()
}

/// Units by their share of the whole CRPS.
fn drivers(fates: &[Fate]) -> Vec<Vec<String>> {
    let mut sums: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for one in fates {
        let sum = sums.entry(&one.issue.unit).or_default();
        *sum = (sum.0 + one.resolution.crps, sum.1 + 1);
    }
    let total: f64 = sums.values().map(|(sum, _)| sum).sum();
    let mut order: Vec<_> = sums.into_iter().filter(|(_, (sum, _))| *sum > 0.0).collect();
    order.sort_by(|one, two| two.1.0.total_cmp(&one.1.0).then(one.0.cmp(two.0)));
    let rows = order.into_iter().take(NAMED).map(|(unit, (sum, count))| {
        vec![unit.to_owned(), percent(sum / total.max(1e-300)), count.to_string()]
    });
    table(&["unit", "share of CRPS", "forecasts"], rows)
}

/// The worst on `ln(1 + x)`, both ways.
fn misses(fates: &[Fate]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for more in [true, false] {
        let mut worst: Vec<&Fate> = fates
            .iter()
            .filter(|one| one.resolution.crps_log > 0.0 && (one.resolution.outcome > one.median()) == more)
            .collect();
        worst.sort_by(|one, two| two.resolution.crps_log.total_cmp(&one.resolution.crps_log));
        for one in worst.into_iter().take(NAMED / 2) {
            let mut row = one.row();
            row.insert(1, if more { "more came" } else { "less came" }.to_owned());
            rows.push(row);
        }
    }
    let mut names = FATES.to_vec();
    names.insert(1, "miss");
    table(&names, rows)
}

fn told(issued: usize, new: usize, fates: &[Fate]) -> Told {
    let count = fates.len();
    let all: Vec<Resolution> = fates.iter().map(|one| one.resolution.clone()).collect();
    let (crps, crps_log) = (mean(&all, |one| one.crps), mean(&all, |one| one.crps_log));
    let brier = mean(&all, |one| one.brier);
    let base = mean(fates, |one| (one.issue.base_rate - f64::from(u8::from(one.resolution.reached))).powi(2));
    let covered = mean(&all, |one| f64::from(u8::from(one.covered)));
    let reliability = calibration(&all);
    let transforms: Vec<(f64, f64)> = fates.iter().filter_map(Fate::transform).collect();
    let mut text = format!("{issued} forecasts issued, {count} settled ({new} of them now)\n");
    let mut pieces = Vec::new();
    if count > 0 {
        let skill = skill(brier, base).map_or_else(String::new, |skill| format!(", skill {skill:+.3}"));
        text.push_str(&format!(
            "CRPS {crps:.3}, of ln(1+x) {crps_log:.4}; Brier of 25 or more {brier:.4} (0 to 1; the base rates alone {base:.4}{skill}); in the 90 % interval {}\n",
            percent(covered)
        ));
        pieces.push(Piece::Text(text.clone()));
        let mut add = |words: &str, rows: Vec<Vec<String>>| {
            text.push_str(&format!("\n{words}:\n{}", fitted(&rows)));
            pieces.push(Piece::Heading(words.to_owned()));
            let rest = rows.get(1..).unwrap_or_default().to_vec();
            pieces.push(Piece::Table(rows.into_iter().next().unwrap_or_default(), rest));
        };
        add("All that were settled", table(&FATES, fates.iter().map(Fate::row)));
        add("Units that drive the CRPS", drivers(fates));
        add("Biggest misses", misses(fates));
        add("Calibration of 25 or more", reliability_rows(&reliability, "issued forecasts"));
        let (line, bars) = pit(&transforms, "issued forecasts");
        text.push('\n');
        text.push_str(&line);
        pieces.push(Piece::Chart(reliability_chart(&reliability, "issued forecasts")));
        pieces.push(Piece::Chart(bars));
    } else {
        pieces.push(Piece::Text(text.clone()));
    }
    let rows = fates.iter().map(|Fate { issue, resolution: one }| {
        vec![
            issue.question.clone(),
            one.outcome.to_string(),
            one.reaches.to_string(),
            likelihood(one.reaches).to_owned(),
            issue.base_rate.to_string(),
            one.covered.to_string(),
            one.crps.to_string(),
            one.crps_log.to_string(),
            one.brier.to_string(),
        ]
    });
    Told {
        json: json!({
            "standing": "issued", "issued": issued, "settled": count, "settled_now": new, "crps": crps, "crps_log": crps_log,
            "brier_25": brier, "brier_25_base_rate": base, "covered_90": covered,
            "reliability": reliability, "pit": pit_histogram(&transforms), "forecasts": all,
        }),
        csv: (
            vec![
                "question",
                "outcome",
                "p_25",
                "term",
                "base_rate_25",
                "covered_90",
                "crps",
                "crps_log",
                "brier",
            ],
            rows.collect(),
        ),
        sheet: Sheet { title: "Issued forecasts and how they turned out".to_owned(), pieces },
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
        for words in [
            "Biggest misses",
            "more came",
            "Calibration of 25 or more",
            "(PIT; of 3 issued",
            "the base rates alone",
        ] {
            assert!(told.text.contains(words), "{words}: {}", told.text);
        }
        let bars = told.json["pit"].as_array().expect("bars");
        assert!((bars.iter().filter_map(serde_json::Value::as_f64).sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(told.sheet.pieces.iter().filter(|piece| matches!(piece, Piece::Chart(_))).count(), 2);
        let last = last_said(&database, "other figures");
        let june = last.get(&("Aland".to_owned(), "2026-06".to_owned())).expect("June");
        assert_eq!((june.0, june.1.to_string()), (0.4, "2026-04-10".to_owned()));
        assert!(last_said(&database, &known.digest()).is_empty(), "the same figures are no change");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", db.display()));
        }
    }
}
