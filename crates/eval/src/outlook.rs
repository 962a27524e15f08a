//! What may come: predictions on the benchmarks of tails, of self-excitation and of deaths by country and month.

use std::io::{BufWriter, Read, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use watchkeeper_forecast::excitation::{Background, fit};
use watchkeeper_forecast::panel::{Day, Month, Options, Panel, Row};
use watchkeeper_forecast::rate::{Around, Forecaster, Method, Settings, draws};
use watchkeeper_forecast::severity::{
    Choice, Family, FittedTail, Sample, at_least_one, choose, exceedance, fit_at, goodness, scan,
};
use watchkeeper_report::plot::surroundings;

use crate::metric::Figures;

/// Bootstraps of a goodness of fit and of a probability.
const ROUNDS: usize = 2_000;
/// Seed of everything drawn here.
const SEED: u64 = 20_260_101;
/// Families among which the benchmark asks for one.
const ASKED: [Family; 4] =
    [Family::PowerLaw, Family::LogNormal, Family::StretchedExponential, Family::Exponential];
/// Below this probability of any death a country's month is given as all zero. Chosen on the years 2000 to 2016 so that the central
/// 90 % hold nine in ten of the cells that are left.
const QUIET_BELOW: f64 = 0.03;

/// The table of the countries' numbers, beside the input.
const COUNTRIES: &str = "country_key.csv";

fn workers() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

fn whole(value: &Value, what: &str) -> Result<u64> {
    value.as_u64().with_context(|| format!("`{what}` is not a whole number of 0 or more: {value}"))
}

/// Answers one series of sizes.
///
/// # Errors
/// When the line lacks a field or its sizes have no tail.
pub(crate) fn severity(id: &str, line: &Value) -> Result<Value> {
    let values = line["values"].as_array().with_context(|| format!("line {id} has no values"))?;
    let sizes: Result<Vec<u64>> = values.iter().map(|value| whole(value, "values")).collect();
    let sample = Sample::new(sizes.with_context(|| format!("line {id}"))?);
    let held = line["fix_xmin"].as_u64();
    let law = match held {
        Some(xmin) => fit_at(&sample, xmin),
        None => scan(&sample),
    }
    .with_context(|| format!("line {id}"))?;
    let tested = goodness(&sample, &law, held.is_none(), ROUNDS, SEED, workers());
    let choice = choose(&sample, &ASKED, held).with_context(|| format!("line {id}"))?;
    let mut out = json!({
        "id": id, "alpha": law.alpha, "xmin": law.xmin, "n_tail": law.tail_events, "ks": law.ks, "gof_p": tested.p,
        "family": choice.family.code(),
    });
    let asked = line["exceed"].as_array().map_or(&[][..], Vec::as_slice);
    let mut answers = Vec::with_capacity(asked.len());
    for (number, question) in asked.iter().enumerate() {
        let (size, events) =
            (whole(&question["q"], "q")?, question["m"].as_f64().context("`m` is no number")?);
        // Where the smallest size is held, the power law from there on is asked about; else what speaks for each tail weighs it.
        answers.push(match held {
            Some(xmin) => {
                let fitted = watchkeeper_forecast::severity::fit(&sample, Family::PowerLaw, xmin, None)?;
                at_least_one(&sample, &fitted, size, events)
            }
            None => weighed(&sample, &choice, size, events),
        });
        if let (Some(xmin), 0) = (held, number) {
            let mean = |xmin| {
                exceedance(&sample, Family::PowerLaw, xmin, size, events, ROUNDS, SEED, workers())
                    .map(|p| p.mean)
            };
            out["boot_mean_fixed"] = json!(mean(Some(xmin))?);
            out["boot_mean_free"] = json!(mean(None)?);
        }
    }
    out["exceed"] = json!(answers);
    Ok(out)
}

fn weighed(sample: &Sample, choice: &Choice, size: u64, events: f64) -> f64 {
    let of = |fitted: &FittedTail| at_least_one(sample, fitted, size, events);
    choice.weighed.iter().map(|one| one.weight * of(&one.fitted)).sum()
}

/// Answers one series of days.
///
/// # Errors
/// When the line has no counts or they are too few.
pub(crate) fn hawkes(id: &str, line: &Value) -> Result<Value> {
    let counts = line["counts"].as_array().with_context(|| format!("line {id} has no counts"))?;
    let counts: Result<Vec<u32>> =
        counts.iter().map(|count| Ok(u32::try_from(whole(count, "counts")?)?)).collect();
    let found = fit(&counts?, Background::Constant).with_context(|| format!("line {id}"))?;
    Ok(json!({
        "id": id, "mu": found.mu, "branching": found.branching, "half_life_days": found.half_life_days,
        "dll_per_day": found.gain_per_day, "drift": found.diagnostics.is_some_and(|checks| checks.drift),
    }))
}

/// The text of a file, which may be packed by gzip (`.gz`).
pub(crate) fn unpacked(path: &Path) -> Result<String> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)
    } else {
        (&bytes[..]).read_to_string(&mut text)
    }
    .with_context(|| format!("{name}: unreadable"))?;
    Ok(text)
}

/// Reads the rows of a history that are not after a month. Later rows are dropped before anything is made of them.
fn history(path: &Path, until: Month, release: Day, rows: &mut Vec<Row>) -> Result<()> {
    let name = path.display();
    let text = unpacked(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |wanted: &str| {
        header
            .iter()
            .position(|column| column.trim() == wanted)
            .with_context(|| format!("{name}: line 1: no column `{wanted}`; the header must name it"))
    };
    let (month, country, deaths) = (column("month_id")?, column("country_id")?, column("ged_sb")?);
    for (number, line) in lines.enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').collect();
        let field = |at: usize, column: &str| -> Result<f64> {
            let text = fields.get(at).copied().unwrap_or_default().trim();
            text.parse().with_context(|| {
                format!("{name}: line {}, column `{column}`: `{text}` is no number", number + 2)
            })
        };
        let at = Month(field(month, "month_id")? as i32);
        if at > until {
            continue;
        }
        rows.push(Row {
            line: number + 2,
            unit: unit(field(country, "country_id")? as u64),
            month: at,
            value: field(deaths, "ged_sb")?,
            released: Some(release),
        });
    }
    Ok(())
}

/// A country's number as a name that sorts like it.
fn unit(country: u64) -> String {
    format!("{country:06}")
}

/// Which countries border on one another: the numbers' codes by the table beside the input, the borders by the built-in map. Nothing where
/// there is no table: then histories are compared by themselves alone.
fn around(path: &Path) -> Result<Around> {
    if !path.exists() {
        eprintln!("watchkeeper-eval: no {COUNTRIES} beside the input: neighbours aren't known");
        return Ok(Around::default());
    }
    let text = unpacked(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let column = |wanted: &str| {
        headers
            .iter()
            .position(|name| name == wanted)
            .with_context(|| format!("{}: no column `{wanted}`", path.display()))
    };
    let (number, code) = (column("id")?, column("isoab")?);
    let (mut units, mut codes) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = row.with_context(|| format!("{}: unreadable", path.display()))?;
        if let (Some(number), Some(code)) = (row.get(number).and_then(|id| id.parse().ok()), row.get(code)) {
            units.push(unit(number));
            codes.push(code.to_owned());
        }
    }
    let around = surroundings(&codes);
    Ok(Around::of(&units, around.iter().map(|one| one.neighbours.as_slice())))
}

/// One row's forecast: months, countries and their draws.
struct Forecast {
    cells: Vec<(Month, u64, Vec<f64>)>,
}

fn forecast_of(line: &Value, folder: &Path) -> Result<Forecast> {
    let until =
        Month(i32::try_from(line["history_until"].as_i64().context("`history_until` is no number")?)?);
    let mut rows = Vec::new();
    for (number, file) in line["history"].as_array().context("no `history`")?.iter().enumerate() {
        let file = file.as_str().context("a file of `history` is no string")?;
        history(&folder.join(file), until, Day(i32::try_from(number)?), &mut rows)?;
    }
    let options = Options { as_of: None, until: Some(until), sum: false, zero_fill: false };
    let (panel, problems) = Panel::from_rows(&rows, &options);
    for problem in problems.iter().filter(|problem| problem.line.is_some()).take(5) {
        eprintln!("watchkeeper-eval: history: {problem}");
    }
    let last = panel.last().context("the history holds no row up to `history_until`")?;
    let numbers = |key: &str| -> Result<Vec<u64>> {
        line[key]
            .as_array()
            .with_context(|| format!("no `{key}`"))?
            .iter()
            .map(|value| whole(value, key))
            .collect()
    };
    let (months, countries) = (numbers("months")?, numbers("countries")?);
    let count = usize::try_from(line["draws"].as_u64().unwrap_or(1_000))?.max(1);
    let farthest = months.iter().max().copied().unwrap_or(0) as i64 - i64::from(last.0);
    if !(1..=60).contains(&farthest) {
        bail!("months end {farthest} months after the history; 1 to 60 can be forecast");
    }
    let settings = Settings { quiet_below: QUIET_BELOW, ..Settings::default() };
    let around = around(&folder.join(COUNTRIES))?;
    let forecaster = Forecaster::with_around(&panel, &around, farthest as usize, settings, workers());
    let all = forecaster.forecast(Method::Mixture, panel.months() - 1);
    let mut cells = Vec::with_capacity(months.len() * countries.len());
    for month in &months {
        let horizon = *month as i64 - i64::from(last.0);
        for country in &countries {
            let draws = match (panel.unit(&unit(*country)), horizon) {
                (Some(place), 1..) => {
                    draws(&all[place][horizon as usize - 1], count, SEED, &[*country, *month])
                }
                _ => vec![0.0; count],
            };
            cells.push((Month(*month as i32), *country, draws));
        }
    }
    Ok(Forecast { cells })
}

/// Forecasts every row of the input and writes `<id>.csv.gz` for each into a folder.
///
/// # Errors
/// When a file can't be read or written, or a row lacks a field.
pub(crate) fn forecast(lines: &[Value], input: &Path, output: &Path) -> Result<()> {
    std::fs::create_dir_all(output).with_context(|| format!("cannot make {}", output.display()))?;
    let folder = input.parent().unwrap_or(Path::new(""));
    for line in lines {
        let id = line["id"].as_str().context("a line has no id")?;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            bail!("id `{id}` can't name a file: letters, digits, - and _ only");
        }
        let made = forecast_of(line, folder).with_context(|| format!("line {id}"))?;
        let path = output.join(format!("{id}.csv.gz"));
        let file =
            std::fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let packed = flate2::write::GzEncoder::new(BufWriter::new(file), flate2::Compression::fast());
        let mut out = BufWriter::with_capacity(1 << 16, packed);
        let written = (|| {
            writeln!(out, "month_id,country_id,draw,value")?;
            for (month, country, draws) in &made.cells {
                for (number, value) in draws.iter().enumerate() {
                    writeln!(out, "{},{country},{number},{value}", month.0)?;
                }
            }
            out.into_inner().map_err(std::io::IntoInnerError::into_error)?.finish()?.flush()
        })();
        written.with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// How many required figures of a published series are met.
fn required(gold: &Value, said: &Value) -> f64 {
    let Some(figures) = gold["require"].as_object() else { return 0.0 };
    let met = figures.iter().filter(|(name, asked)| {
        let own = if name.as_str() == "exceed0" { &said["exceed"][0] } else { &said[name.as_str()] };
        let near = |own: f64| {
            let (value, tolerance) = (asked["value"].as_f64(), asked["tol"].as_f64());
            value.zip(tolerance).is_some_and(|(value, tolerance)| (own - value).abs() <= tolerance + 1e-12)
        };
        asked["status"] == "required" && own.as_f64().is_some_and(near)
    });
    met.count() as f64
}

/// Figures of tails, as `score_severity.py` has them: those of the published series or those of the synthetic ones.
///
/// # Errors
/// When a line of the gold lacks a field.
pub(crate) fn score_severity(
    gold: &std::collections::BTreeMap<String, Value>,
    predicted: &std::collections::BTreeMap<String, Value>,
) -> Result<Figures> {
    let (mut alpha, mut xmin, mut family, mut odds, mut apart) = (vec![], vec![], vec![], vec![], vec![]);
    let mut met = 0.0;
    for (id, gold) in gold {
        let said = predicted.get(id).unwrap_or(&Value::Null);
        if gold["kind"] == "real" {
            met += required(gold, said);
            continue;
        }
        let truth = &gold["truth"];
        family.push(f64::from(u8::from(said["family"] == truth["family"])));
        if truth["family"] == "powerlaw" {
            let real = truth["alpha"].as_f64().context("no alpha")?;
            alpha.push(said["alpha"].as_f64().map_or(1.5, |own| (own - real).abs().min(1.5)));
            let real = truth["xmin"].as_f64().context("no xmin")?;
            xmin.push(said["xmin"].as_f64().map_or(4.0, |own| (own / real).log2().abs()));
        }
        for (at, question) in gold["exceed"].as_array().context("no exceed")?.iter().enumerate() {
            let real = question["p"].as_f64().context("no p")?;
            let own = said["exceed"][at].as_f64().unwrap_or(0.5);
            let logit = |p: f64| {
                let p = p.clamp(1e-6, 1.0 - 1e-6);
                (p / (1.0 - p)).log10()
            };
            apart.push((own - real).abs());
            odds.push((logit(own) - logit(real)).abs());
        }
    }
    if family.is_empty() {
        return Ok(Figures::from([("required_met".to_owned(), met)]));
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    Ok(Figures::from([
        ("alpha_mae".to_owned(), mean(&alpha)),
        ("xmin_log2".to_owned(), mean(&xmin)),
        ("family_acc".to_owned(), mean(&family)),
        ("exceed_mae".to_owned(), mean(&apart)),
        ("exceed_log10".to_owned(), mean(&odds)),
    ]))
}

/// Figures of the synthetic series of days, as `score_hawkes.py` has them.
///
/// # Errors
/// When a line of the gold lacks a field.
pub(crate) fn score_hawkes(
    gold: &std::collections::BTreeMap<String, Value>,
    predicted: &std::collections::BTreeMap<String, Value>,
) -> Result<Figures> {
    let (mut branching, mut half_life) = (vec![], vec![]);
    for (id, gold) in gold.iter().filter(|(_, gold)| gold["kind"] != "real") {
        let said = predicted.get(id).unwrap_or(&Value::Null);
        let real = gold["truth"]["branching"].as_f64().context("no branching")?;
        branching.push(said["branching"].as_f64().map_or(1.0, |own| (own - real).abs()));
        if real >= 0.3 {
            let real = gold["truth"]["half_life_days"].as_f64().context("no half-life")?;
            let own = said["half_life_days"].as_f64().filter(|own| *own > 0.0);
            half_life.push(own.map_or(4.0, |own| (own / real).log2().abs().min(4.0)));
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    Ok(Figures::from([
        ("branching_mae".to_owned(), mean(&branching)),
        ("half_life_log2".to_owned(), mean(&half_life)),
    ]))
}
