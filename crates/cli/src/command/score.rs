//! `watchkeeper score`: how good forecasts were.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::json;
use watchkeeper_forecast::backtest::{Backtest, Hindcast, Plan, rolling};
use watchkeeper_forecast::panel::{Month, Panel};
use watchkeeper_forecast::rate::{Method, Settings};
use watchkeeper_forecast::scoring::{Reliability, Summary, THRESHOLD, pit_histogram, skill, summary};
use watchkeeper_report::plot::{Piece, Sheet, percent, surroundings};

use crate::Outcome;
use crate::command::read::complain;
use crate::ledger;
use crate::outlook::{
    Given, Tables, Told, around, complain_of, fitted, grouped, month, pit, reliability_chart,
    reliability_rows, workers,
};
use crate::record::Database;
use crate::stop::now;

/// Score forecasts: those that were issued (--ledger), or what each method would have said in the past (--backtest).
///
/// The latter are hindcasts and never mixed with what was issued. Where the tables tell when each row was released, every origin sees only what was
/// out by the last day of its month.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Try the methods on the past of the tables: hindcasts.
    #[arg(long, required_unless_present = "ledger", conflicts_with = "ledger")]
    backtest: bool,
    /// Settle the forecasts of the record's ledger by the tables, and score all that were issued.
    #[arg(long)]
    ledger: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    tables: Tables,
    /// First month that is forecast; the last 24 months where it isn't given.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    from: Option<Month>,
    /// Last month that is forecast.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    to: Option<Month>,
    /// Months ahead.
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,3,12", value_parser = clap::value_parser!(u8).range(1..=36))]
    horizons: Vec<u8>,
    /// Months that pass until a month's figures are published.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=24))]
    lag: u8,
    /// Draws of each hindcast.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    draws: u32,
    #[command(flatten)]
    given: Given,
}

const EXAMPLES: &str = "Examples:
  watchkeeper score --backtest GEDEvent.csv --violence 1 --from 2022-01 --horizons 1,6
          What each method would have said since 2022, one month and six ahead
  watchkeeper score --ledger GEDEvent.csv --db news.db --html scores.html
          How the forecasts that were issued turned out";

/// The methods that are compared; skill is against the first.
const METHODS: [(Method, &str); 7] = [
    (Method::Last12, "last 12 months"),
    (Method::Zero, "zero"),
    (Method::LastValue, "last value"),
    (Method::Climatology, "climatology"),
    (Method::NegativeBinomial, "negative binomial"),
    (Method::Hurdle, "hurdle"),
    (Method::Mixture, "mixture"),
];

/// Units and misses that are named.
const NAMED: usize = 8;

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Some(gathered) = arguments.tables.gather(&arguments.database) else { return Outcome::Nothing };
    if !gathered.note.is_empty() {
        complain(&gathered.note);
    }
    let (panel, problems) = Panel::from_rows(&gathered.rows, &gathered.options);
    complain_of(std::path::Path::new(&gathered.name), &problems);
    let Some(last) = panel.last() else {
        complain("no month before the date asked for");
        return Outcome::Nothing;
    };
    if arguments.ledger {
        return match ledger::settle(&arguments.database, &panel, &gathered.name, now()) {
            Ok(told) => arguments.given.tell(&told, gathered.poor || !problems.is_empty()),
            Err(outcome) => outcome,
        };
    }
    let last = arguments.to.map_or(last, |to| to.min(last));
    let farthest = arguments.horizons.iter().max().copied().unwrap_or(1) + arguments.lag;
    let earliest = Month(panel.month(0).0 + i32::from(farthest) + 12);
    let first = arguments.from.unwrap_or(Month(last.0 - 23)).max(earliest);
    if first > last {
        complain(&format!(
            "the tables hold {} months; {} are needed to try {farthest} months ahead",
            panel.months(),
            usize::from(farthest) + 13
        ));
        return Outcome::Nothing;
    }
    let plan = Plan {
        first,
        last,
        horizons: arguments.horizons.iter().map(|horizon| usize::from(*horizon)).collect(),
        lag: usize::from(arguments.lag),
        draws: arguments.draws as usize,
    };
    let methods = METHODS.map(|(method, _)| method);
    let around = around(panel.units(), &surroundings(panel.units()));
    let settings = Settings::default();
    let found = rolling(&gathered.rows, &gathered.options, &around, &plan, &methods, settings, workers());
    let told = told(&plan, &found, &gathered.name);
    arguments.given.tell(&told, gathered.poor || !problems.is_empty())
}

fn of(found: &Backtest, method: Method, horizon: usize) -> Vec<&Hindcast> {
    found.hindcasts.iter().filter(|one| one.method == method && one.horizon == horizon).collect()
}

fn told(plan: &Plan, found: &Backtest, name: &str) -> Told {
    let head = format!(
        "{name}: hindcasts of {} to {} for {} units, {} draws, lag {} months. Skill is against the last 12 months; Brier is that of {THRESHOLD} or more, 0 to 1.\n",
        plan.first,
        plan.last,
        found.units.len(),
        plan.draws,
        plan.lag
    );
    let names = [
        "method",
        "ahead",
        "cells",
        "CRPS",
        "skill",
        "CRPS ln",
        "skill",
        "ignorance",
        "interval score",
        "in 90 %",
        "of active",
        "Brier",
    ];
    let mut rows = vec![names.map(str::to_owned).to_vec()];
    let (mut csv_rows, mut records) = (Vec::new(), Vec::new());
    for horizon in &plan.horizons {
        let mut base: Option<Summary> = None;
        for (method, words) in METHODS {
            let cells = of(found, method, *horizon);
            let sum = summary(cells.iter().map(|one| &one.score));
            let base = *base.get_or_insert(sum);
            let shown =
                |skill: Option<f64>| skill.map_or_else(|| "—".to_owned(), |skill| format!("{skill:+.3}"));
            rows.push(vec![
                words.to_owned(),
                horizon.to_string(),
                grouped(sum.cells as f64),
                format!("{:.3}", sum.crps),
                shown(skill(sum.crps, base.crps)),
                format!("{:.4}", sum.crps_log),
                shown(skill(sum.crps_log, base.crps_log)),
                format!("{:.3}", sum.ignorance),
                format!("{:.1}", sum.interval),
                percent(sum.coverage),
                sum.coverage_active.map_or_else(|| "—".to_owned(), percent),
                format!("{:.4}", sum.brier),
            ]);
            csv_rows.push(vec![
                words.to_owned(),
                horizon.to_string(),
                sum.cells.to_string(),
                sum.crps.to_string(),
                sum.crps_log.to_string(),
                sum.ignorance.to_string(),
                sum.interval.to_string(),
                sum.coverage.to_string(),
                sum.coverage_active.map_or_else(String::new, |share| share.to_string()),
                sum.brier.to_string(),
            ]);
            records.push(json!({"method": words, "horizon": horizon, "scores": sum, "skill_crps": skill(sum.crps, base.crps), "skill_crps_log": skill(sum.crps_log, base.crps_log)}));
        }
    }
    let mut text = head.clone();
    text.push('\n');
    text.push_str(&fitted(&rows));
    let header = rows.remove(0);
    let mut pieces = vec![Piece::Text(head), Piece::Table(header, rows)];
    let horizon = plan.horizons.first().copied().unwrap_or(1);
    let cells = of(found, Method::Mixture, horizon);
    let drivers = drivers(found, horizon);
    text.push_str(&format!("\nUnits that drive the mixture's CRPS, {horizon} ahead:\n"));
    text.push_str(&fitted(&drivers));
    pieces.push(Piece::Heading("What drove it".to_owned()));
    pieces.push(split(&drivers));
    let misses = misses(found, &cells);
    text.push_str(&format!("\nBiggest misses, {horizon} ahead:\n"));
    text.push_str(&fitted(&misses));
    pieces.push(Piece::Heading("Biggest misses".to_owned()));
    pieces.push(split(&misses));
    let pairs: Vec<(f64, bool)> = cells.iter().map(|one| (one.reaches, one.outcome >= THRESHOLD)).collect();
    let table = Reliability::of(&pairs);
    let reliability = reliability_rows(&table, "hindcasts");
    text.push_str(&format!("\nReliability of {THRESHOLD} or more, mixture, {horizon} ahead:\n"));
    text.push_str(&fitted(&reliability));
    // Months that were as good as sure to be quiet would level the bars.
    let transforms: Vec<(f64, f64)> =
        cells.iter().filter(|one| one.interval.1 > 0.0).map(|one| one.pit).collect();
    let (line, bars) = pit(&transforms, &format!("hindcasts, mixture, {horizon} ahead"));
    text.push('\n');
    text.push_str(&line);
    pieces.push(Piece::Heading("Reliability".to_owned()));
    pieces.push(Piece::Chart(reliability_chart(&table, &format!("hindcasts, mixture, {horizon} ahead"))));
    pieces.push(Piece::Chart(bars));
    pieces.push(split(&reliability));
    Told {
        text,
        json: json!({
            "standing": "hindcast", "first": plan.first.to_string(), "last": plan.last.to_string(), "lag": plan.lag, "draws": plan.draws,
            "methods": records, "reliability": table, "pit": pit_histogram(&transforms),
        }),
        csv: (
            vec![
                "method",
                "horizon",
                "cells",
                "crps",
                "crps_log",
                "ignorance",
                "interval_score",
                "coverage90",
                "coverage90_active",
                "brier25",
            ],
            csv_rows,
        ),
        sheet: Sheet { title: "Hindcasts and their scores".to_owned(), pieces },
    }
}

fn split(rows: &[Vec<String>]) -> Piece {
    Piece::Table(rows.first().cloned().unwrap_or_default(), rows.get(1..).unwrap_or_default().to_vec())
}

/// Units by their share of the whole CRPS, beside that of the baseline.
fn drivers(found: &Backtest, horizon: usize) -> Vec<Vec<String>> {
    let sums = |method| {
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for one in of(found, method, horizon) {
            *sums.entry(one.unit).or_default() += one.score.crps;
        }
        sums
    };
    let (own, base) = (sums(Method::Mixture), sums(Method::Last12));
    let total: f64 = own.values().sum();
    let mut order: Vec<(usize, f64)> = own.into_iter().collect();
    order.sort_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
    let mut rows =
        vec![["unit", "share of CRPS", "skill against the last 12 months"].map(str::to_owned).to_vec()];
    for (unit, sum) in order.into_iter().take(NAMED).filter(|(_, sum)| *sum > 0.0) {
        let skill = base.get(&unit).and_then(|base| skill(sum, *base));
        rows.push(vec![
            found.units[unit].clone(),
            percent(sum / total.max(1e-300)),
            skill.map_or_else(|| "—".to_owned(), |skill| format!("{skill:+.3}")),
        ]);
    }
    rows
}

/// The worst cells on `ln(1 + x)`, both ways.
fn misses(found: &Backtest, cells: &[&Hindcast]) -> Vec<Vec<String>> {
    let mut rows = vec![
        ["unit", "month", "miss", "came", "mean said", "90 % interval said"].map(str::to_owned).to_vec(),
    ];
    for (word, more) in [("more came", true), ("less came", false)] {
        let mut worst: Vec<&&Hindcast> =
            cells.iter().filter(|one| (one.outcome > one.mean) == more).collect();
        worst.sort_by(|one, two| two.score.crps_log.total_cmp(&one.score.crps_log));
        for one in worst.into_iter().take(NAMED / 2) {
            rows.push(vec![
                found.units[one.unit].clone(),
                one.target.to_string(),
                word.to_owned(),
                grouped(one.outcome),
                format!("{:.1}", one.mean),
                format!("{} to {}", grouped(one.interval.0), grouped(one.interval.1)),
            ]);
        }
    }
    rows
}
