//! `watchkeeper forecast`: how many deaths each unit may see in coming months.

use clap::Args;
use serde_json::json;
use watchkeeper_forecast::numeric::quantile;
use watchkeeper_forecast::panel::{Month, Panel};
use watchkeeper_forecast::rate::{Atoms, Forecaster, Method, Part, Settings};
use watchkeeper_forecast::scoring::THRESHOLD;
use watchkeeper_record::article::Date;
use watchkeeper_report::plot::{
    Chart, Piece, Scale, Series, Shape, Sheet, Surroundings, World, doubtful, likelihood, percent, stated,
    surroundings,
};

use crate::Outcome;
use crate::command::read::complain;
use crate::ledger::{self, Said};
use crate::outlook::{Gathered, Given, Tables, Told, around, complain_of, fitted, grouped, workers};
use crate::record::Database;
use crate::stop::now;

/// Forecast deaths, or events, by unit and month, with uncertainty and a ranked table of warnings.
///
/// A mixture of the unit's own past, pooled counts and what came after histories like this one anywhere, weighted by what would have scored
/// best on months already past. Nothing after the last month of the tables, or after --until and --as-of, is used. For days in place of months,
/// and how far attacks bring attacks, see `watchkeeper excitation`.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    tables: Tables,
    /// Months ahead.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u8).range(1..=36))]
    horizon: u8,
    /// Draws behind quantiles.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    draws: u32,
    /// Show these units alone.
    #[arg(long, value_name = "UNIT")]
    only: Vec<String>,
    /// Most units that are shown in text and as charts; JSON and CSV hold all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Write the forecasts into the record's ledger, to be scored when their time has come (`score --ledger`).
    #[arg(long)]
    issue: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    given: Given,
}

const EXAMPLES: &str = "Examples:
  watchkeeper forecast GEDEvent.csv --violence 1 --html outlook.html
          Deaths of the coming year by country, from UCDP GED
  watchkeeper forecast GEDEvent.csv --admin1 --only Mali/Gao --horizon 3 --png gao.png
          One province, as a picture
  watchkeeper forecast months.csv --columns unit=land,month=when,value=dead --until 2024-06
          A table of one's own, as if it were the end of June 2024
  watchkeeper forecast GEDEvent.csv --issue --db news.db
          Writes the forecasts down; `score --ledger` tells later how they did";

/// Months of which the first past forecasts can be scored, and weights learned.
const LEARNT_FROM: usize = 26;

/// One unit's forecast.
struct Outlook<'a> {
    place: usize,
    name: &'a str,
    months: &'a [Atoms],
    /// Probability of the threshold in each month.
    reaches: Vec<f64>,
    /// Change of the first month's probability against what would have been said a month earlier.
    change: Option<f64>,
    /// What was issued last of the first month, and when.
    issued: Option<(f64, Date)>,
    /// Share of its last sixty months that reached the threshold, and how many were known.
    base: (f64, usize),
    recent: f64,
    /// How far the methods disagree on each month's probability.
    spreads: Vec<(f64, f64)>,
    /// Its region of the world, where it names a country.
    region: Option<&'static str>,
    /// What weighs most, how its own months run, and what goes on around it.
    why: [String; 3],
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Some(gathered) = arguments.tables.gather(&arguments.database) else { return Outcome::Nothing };
    if !gathered.note.is_empty() {
        complain(&gathered.note);
    }
    let (panel, problems) = Panel::from_rows(&gathered.rows, &gathered.options);
    complain_of(std::path::Path::new(&gathered.name), &problems);
    for unit in doubtful(panel.units()) {
        let line = gathered.rows.iter().find(|row| row.unit == unit).map_or(0, |row| row.line);
        complain(&format!(
            "{}: line {line}, column `unit`: `{unit}` is no country that is known; correct it if it is misspelt (it is forecast as it stands)",
            gathered.name
        ));
    }
    let Some(last) = panel.last() else {
        complain("no month before the date asked for");
        return Outcome::Nothing;
    };
    for name in &arguments.only {
        if panel.unit(name).is_none() {
            let like: Vec<&str> =
                panel.units().iter().map(String::as_str).filter(|unit| near(unit, name)).take(5).collect();
            let like =
                if like.is_empty() { String::new() } else { format!("; like it: {}", like.join(", ")) };
            complain(&format!("no unit `{name}` in the tables{like}"));
            return Outcome::Nothing;
        }
    }
    let horizon = usize::from(arguments.horizon);
    let origin = panel.months() - 1;
    // One month more, so that what would have been said a month ago is at hand.
    let surroundings = surroundings(panel.units());
    let around = around(panel.units(), &surroundings);
    let forecaster = Forecaster::with_around(&panel, &around, horizon + 1, Settings::default(), workers());
    let all = forecaster.forecast(Method::Mixture, origin);
    let parts = forecaster.explained(origin, &(1..=horizon).collect::<Vec<_>>());
    let before = origin.checked_sub(1).map(|origin| forecaster.forecast_at(Method::Mixture, origin, 2));
    let last_said = ledger::last_said(&arguments.database, &panel.digest());
    let first = Month(last.0 + 1).to_string();
    let mut outlooks: Vec<Outlook<'_>> = all
        .iter()
        .enumerate()
        .filter(|(unit, _)| arguments.only.is_empty() || arguments.only.contains(&panel.units()[*unit]))
        .map(|(unit, months)| {
            let beside = (&parts[unit][..], &surroundings[unit]);
            let mut one = outlook(&panel, beside, before.as_deref(), unit, &months[..horizon]);
            one.issued = last_said.get(&(one.name.to_owned(), first.clone())).copied();
            one
        })
        .collect();
    let order = |one: &Outlook<'_>| -> f64 { one.reaches.iter().sum::<f64>() };
    outlooks.sort_by(|one, two| {
        order(two)
            .total_cmp(&order(one))
            .then(two.months[0].mean().total_cmp(&one.months[0].mean()))
            .then(one.name.cmp(two.name))
    });
    if arguments.issue {
        let moment = now();
        let said = outlooks.iter().flat_map(|one| {
            one.months.iter().enumerate().map(|(at, atoms)| {
                let draws = atoms.quantiles(arguments.draws as usize);
                Said {
                    unit: one.name,
                    target: Month(last.0 + 1 + at as i32),
                    horizon: at + 1,
                    quantiles: (0..50).map(|step| quantile(&draws, 0.01 + 0.02 * f64::from(step))).collect(),
                    reaches: one.reaches[at],
                    base_rate: one.base.0,
                }
            })
        });
        let issues: Vec<_> = said.map(|one| one.issue(&panel, last, arguments.given.seed, moment)).collect();
        if let Err(outcome) = ledger::issue(&arguments.database, &issues, moment) {
            return outcome;
        }
    }
    if panel.revised() > 0 {
        complain(&format!(
            "{} months of a unit had events in an earlier release and have none in a later one that covers them: they count as 0",
            panel.revised()
        ));
    }
    let told = told(arguments, &panel, last, &outlooks, &gathered);
    arguments.given.tell(&told, gathered.poor || !problems.is_empty())
}

fn near(unit: &str, name: &str) -> bool {
    let (unit, name) = (unit.to_lowercase(), name.to_lowercase());
    let head: String = name.chars().take(3).collect();
    unit.contains(&name) || unit.starts_with(&head)
}

/// Central 90 % of the mixture's weight over what its parts say of the threshold: how far the methods disagree.
fn spread(parts: &[Part]) -> (f64, f64) {
    let mut said: Vec<(f64, f64)> =
        parts.iter().map(|part| (part.said.at_least(THRESHOLD), part.weight)).collect();
    said.sort_by(|one, two| one.0.total_cmp(&two.0));
    let reach = |share: f64| {
        let mut sum = 0.0;
        said.iter()
            .find(|(_, weight)| {
                sum += weight;
                sum >= share
            })
            .or(said.last())
            .map_or(0.0, |(p, _)| *p)
    };
    // What all say together lies within.
    let together: f64 = said.iter().map(|(p, weight)| p * weight).sum();
    (reach(0.05).min(together), reach(0.95).max(together))
}

/// Means of the last three months and of the twelve before; none where either isn't known.
fn lately(panel: &Panel, unit: usize) -> Option<(f64, f64)> {
    let mean = |from: usize, to: usize| {
        let months: Vec<f64> =
            (from..to).filter_map(|back| panel.at(unit, panel.months().checked_sub(back + 1)?)).collect();
        (!months.is_empty()).then(|| months.iter().sum::<f64>() / months.len() as f64)
    };
    Some((mean(0, 3)?, mean(3, 15)?))
}

/// How many of its months reached the threshold.
fn based(one: &Outlook<'_>, whose: &str) -> String {
    format!("{:.0} of {whose}{} months", one.base.0 * one.base.1 as f64, one.base.1)
}

/// A mean of deaths: tenths where they tell something.
fn monthly(mean: f64) -> String {
    if mean < 10.0 { format!("{mean:.1}") } else { grouped(mean) }
}

/// How a series runs, in a word: by a third up or down, and by at least one death a month.
fn running((now, before): (f64, f64)) -> &'static str {
    match now - before {
        change if change.abs() < 1.0 || change.abs() < before / 3.0 => "steady",
        change if change > 0.0 => "rising",
        _ => "falling",
    }
}

/// Neighbours with deaths in the last three months, the worst first.
fn beside(panel: &Panel, surroundings: &Surroundings) -> String {
    let mut near: Vec<(&str, (f64, f64))> = surroundings
        .neighbours
        .iter()
        .filter_map(|unit| Some((panel.units()[*unit].as_str(), lately(panel, *unit)?)))
        .filter(|(_, (now, _))| *now >= 1.0)
        .collect();
    near.sort_by(|one, two| two.1.0.total_cmp(&one.1.0).then(one.0.cmp(two.0)));
    let told: Vec<String> = near
        .iter()
        .take(2)
        .map(|(name, means)| format!("{name} {} ({} a month)", running(*means), monthly(means.0)))
        .collect();
    told.join(", ")
}

fn outlook<'a>(
    panel: &'a Panel,
    (parts, surroundings): (&[Vec<Part>], &Surroundings),
    before: Option<&[Atoms]>,
    unit: usize,
    months: &'a [Atoms],
) -> Outlook<'a> {
    let origin = panel.months() - 1;
    let past: Vec<f64> =
        (0..60.min(panel.months())).filter_map(|back| panel.at(unit, origin - back)).collect();
    let hits = past.iter().filter(|value| **value >= THRESHOLD).count();
    let year: Vec<f64> = past.iter().copied().take(12).collect();
    let reaches: Vec<f64> = months.iter().map(|atoms| atoms.at_least(THRESHOLD)).collect();
    let mut weights: Vec<(Method, f64)> =
        parts.first().into_iter().flatten().map(|part| (part.method, part.weight)).collect();
    weights.sort_by(|one, two| two.1.total_cmp(&one.1));
    let weights: Vec<String> = weights
        .iter()
        .take(2)
        .map(|(method, weight)| format!("{} {:.0} %", words(*method), weight * 100.0))
        .collect();
    let own = lately(panel, unit).map_or_else(String::new, |means| match means {
        (now, before) if now <= 0.0 && before <= 0.0 => "no deaths in 15 months".to_owned(),
        (now, before) => {
            let (now, before) = (monthly(now), monthly(before));
            format!("{} ({now} a month in the last 3, {before} in the 12 before)", running(means))
        }
    });
    Outlook {
        place: unit,
        name: &panel.units()[unit],
        change: before.map(|before| reaches[0] - before[unit].at_least(THRESHOLD)),
        issued: None,
        reaches,
        months,
        base: (hits as f64 / past.len().max(1) as f64, past.len()),
        spreads: parts.iter().map(|parts| spread(parts)).collect(),
        region: surroundings.region,
        recent: year.iter().sum::<f64>() / year.len().max(1) as f64,
        why: [weights.join(", "), own, beside(panel, surroundings)],
    }
}

fn words(method: Method) -> &'static str {
    match method {
        Method::Zero => "quiet",
        Method::LastValue => "last month",
        Method::Last3 => "last 3 months",
        Method::Last12 => "last 12 months",
        Method::Long => "last 5 years",
        Method::Climatology => "all years",
        Method::NegativeBinomial | Method::Hurdle => "pooled counts",
        Method::Analog => "like histories",
        Method::AnalogLast => "like histories, latest level",
        Method::Mixture => "mixture",
    }
}

fn told(
    arguments: &Arguments,
    panel: &Panel,
    last: Month,
    outlooks: &[Outlook<'_>],
    gathered: &Gathered,
) -> Told {
    let (name, note) = (&gathered.name, &gathered.note);
    let draws = arguments.draws as usize;
    let first = Month(last.0 + 1);
    let vintage = panel.vintage().and_then(|day| Date::from_days(day.0));
    let head = format!(
        "{name}: {} units, known to {last}{}; {} months from {first} on; panel {}\n",
        panel.units().len(),
        vintage.map_or_else(String::new, |day| format!(" as released by {day}")),
        arguments.horizon,
        &panel.digest()[..12]
    );
    let few = if panel.months() < LEARNT_FROM {
        format!(
            "{} months are too few to learn from which method to trust: all count alike, and the interval is a guess.\n",
            panel.months()
        )
    } else {
        String::new()
    };
    let mut text = format!("{head}{few}");
    let names = [
        "unit",
        "last 12, mean",
        "expected",
        "90 % interval",
        "25 or more",
        "its interval",
        "term (ICD 203)",
        "change",
        "base rate",
        "reasons",
    ];
    let mut rows = vec![names.map(str::to_owned).to_vec()];
    let (mut csv_rows, mut records, mut charts) = (Vec::new(), Vec::new(), Vec::new());
    for (rank, one) in outlooks.iter().enumerate() {
        let sorted: Vec<Vec<f64>> = one.months.iter().map(|atoms| atoms.quantiles(draws)).collect();
        let interval = |at: usize| (quantile(&sorted[at], 0.05), quantile(&sorted[at], 0.95));
        let (low, high) = interval(0);
        let base = based(one, "");
        if rank < arguments.limit {
            rows.push(vec![
                one.name.to_owned(),
                monthly(one.recent),
                monthly(one.months[0].mean()),
                format!("{} to {}", grouped(low), grouped(high)),
                percent(one.reaches[0]),
                format!("{} to {}", percent(one.spreads[0].0), percent(one.spreads[0].1)),
                likelihood(one.reaches[0]).to_owned(),
                changed(one),
                base.clone(),
                reasons(one),
            ]);
            if charts.len() < 24 {
                charts.push(Piece::Chart(fan(panel, last, one, &sorted)));
            }
        }
        let mut months = Vec::new();
        for (at, atoms) in one.months.iter().enumerate() {
            let month = Month(last.0 + 1 + at as i32);
            let (low, high) = interval(at);
            let median = quantile(&sorted[at], 0.5);
            csv_rows.push(vec![
                one.name.to_owned(),
                month.to_string(),
                (at + 1).to_string(),
                format!("{:.3}", atoms.mean()),
                median.to_string(),
                low.to_string(),
                high.to_string(),
                format!("{:.4}", atoms.at_least(0.5)),
                format!("{:.4}", one.reaches[at]),
                format!("{:.4}", one.spreads[at].0),
                format!("{:.4}", one.spreads[at].1),
                likelihood(one.reaches[at]).to_owned(),
                format!("{:.4}", one.base.0),
            ]);
            months.push(json!({
                "month": month.to_string(), "horizon": at + 1, "mean": atoms.mean(), "median": median, "interval90": [low, high],
                "any": atoms.at_least(0.5), "at_least_25": {"probability": one.reaches[at], "interval90": [one.spreads[at].0, one.spreads[at].1], "term": likelihood(one.reaches[at]), "base_rate": one.base.0},
            }));
        }
        records.push(json!({
            "unit": one.name, "rank": rank + 1, "recent_mean": one.recent, "base_rate_25": one.base.0, "base_months": one.base.1,
            "change_25": one.change, "last_issued": one.issued.map(|(reaches, day)| json!({"probability": reaches, "day": day.to_string(), "change": one.reaches[0] - reaches})), "spread_25": [one.spreads[0].0, one.spreads[0].1], "region": one.region,
            "why": {"weights": one.why[0], "own": one.why[1], "neighbours": one.why[2]}, "months": months,
        }));
    }
    text.push_str(&format!("Figures are for {first}; units in order of the probability of {THRESHOLD} or more over all {} months.\n\n", arguments.horizon));
    text.push_str(&fitted(&rows));
    if outlooks.len() > arguments.limit {
        text.push_str(&format!("{} more units (--limit)\n", outlooks.len() - arguments.limit));
    }
    if let Some(one) = outlooks.first() {
        text.push_str(&format!(
            "\n{}, {THRESHOLD} or more in {first}: {}.\n",
            one.name,
            stated(one.reaches[0], Some(one.spreads[0]), &based(one, "its last "))
        ));
    }
    let header = rows.remove(0);
    let mut pieces = vec![Piece::Text(format!("{head}{few}{note}"))];
    pieces.push(Piece::Map(World {
        title: format!("Probability of {THRESHOLD} or more deaths in {first}."),
        units: outlooks.iter().map(|one| (one.name.to_owned(), one.reaches[0], on_map(one))).collect(),
    }));
    pieces.extend([
        Piece::Heading(format!("Warnings for {first}")),
        Piece::Table(header, rows),
        Piece::Heading("Fan charts".to_owned()),
    ]);
    pieces.extend(charts);
    Told {
        text,
        json: json!({
            "known_until": last.to_string(), "vintage": vintage.map(|day| day.to_string()), "input_sha256": panel.digest(), "seed": arguments.given.seed, "draws": draws,
            "method": "mixture", "note": note, "version": env!("CARGO_PKG_VERSION"), "units": records,
        }),
        csv: (
            vec![
                "unit",
                "month",
                "horizon",
                "mean",
                "median",
                "low90",
                "high90",
                "p_any",
                "p_25",
                "p_25_low90",
                "p_25_high90",
                "term",
                "base_rate_25",
            ],
            csv_rows,
        ),
        sheet: Sheet { title: format!("Outlook from {first}"), pieces },
    }
}

/// The change of the first month's probability: against what was issued last, else against what would have been said a month ago.
fn changed(one: &Outlook<'_>) -> String {
    // Rounded first, so that nothing is told as "-0".
    let points = |change: f64| match (change * 100.0).round() {
        points if points.abs() < 0.5 => "+0 points".to_owned(),
        points => format!("{points:+.0} points"),
    };
    match (one.issued, one.change) {
        (Some((reaches, day)), _) => format!("{} since {day}", points(one.reaches[0] - reaches)),
        (None, Some(change)) => points(change),
        (None, None) => "—".to_owned(),
    }
}

/// What weighs most, and where it is known how its own months run and what its neighbours see.
fn reasons(one: &Outlook<'_>) -> String {
    let [weights, own, beside] = &one.why;
    let own = if own.is_empty() { String::new() } else { format!("{own}; ") };
    let beside = if beside.is_empty() { String::new() } else { format!("; beside it: {beside}") };
    format!("{own}weighed: {weights}{beside}")
}

fn on_map(one: &Outlook<'_>) -> String {
    let base = based(one, "its last ");
    format!("{THRESHOLD} or more: {}", stated(one.reaches[0], Some(one.spreads[0]), &base))
}

/// The last three years and the months ahead.
fn fan(panel: &Panel, last: Month, one: &Outlook<'_>, sorted: &[Vec<f64>]) -> Chart {
    let origin = panel.months() - 1;
    let past: Vec<(f64, f64)> = (0..36.min(panel.months()))
        .rev()
        .filter_map(|back| Some((f64::from(last.0 - back as i32), panel.at(one.place, origin - back)?)))
        .collect();
    let at = |share: f64| -> Vec<(f64, f64)> {
        sorted
            .iter()
            .enumerate()
            .map(|(at, draws)| (f64::from(last.0 + 1 + at as i32), quantile(draws, share)))
            .collect()
    };
    let band = |low: f64, high: f64| -> Vec<(f64, f64, f64)> {
        at(low).into_iter().zip(at(high)).map(|((x, low), (_, high))| (x, low, high)).collect()
    };
    let from = past.first().map_or(last.0, |(x, _)| *x as i32);
    Chart {
        title: format!("{}: what was counted and what may come.", one.name),
        across: ("month".to_owned(), Scale::Linear),
        up: ("deaths".to_owned(), Scale::Log1p),
        words: (from..=last.0 + sorted.len() as i32)
            .map(|month| (f64::from(month), Month(month).to_string()))
            .collect(),
        series: vec![
            Series { name: Some("90 %".to_owned()), colour: 1, shape: Shape::Band(band(0.05, 0.95)) },
            Series { name: Some("50 %".to_owned()), colour: 1, shape: Shape::Band(band(0.25, 0.75)) },
            Series { name: Some("median".to_owned()), colour: 1, shape: Shape::Dashes(at(0.5)) },
            Series { name: Some("counted".to_owned()), colour: 0, shape: Shape::Line(past) },
        ],
    }
}
