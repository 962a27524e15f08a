//! `watchkeeper severity`: how large the largest event may be.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use watchkeeper_forecast::severity::{
    Error, Exceedance, Family, Fit, FittedTail, Goodness, Sample, choose, exceedance, fit, fit_at, goodness,
    scan, vuong,
};
use watchkeeper_forecast::table;
use watchkeeper_report::plot::{Chart, Piece, Scale, Series, Shape, Sheet, likelihood, percent, stated};

use crate::Outcome;
use crate::command::read::complain;
use crate::counted::Toll;
use crate::outlook::{Given, Told, complain_of, fitted, from_record, grouped, text, workers};
use crate::record::Database;

/// Fit the tail of sizes per event and say how likely a very large one is.
///
/// Fits the power law of Clauset, Shalizi and Newman (2009) and beside it four other tails on the same events, compares them, and gives the
/// probability of at least one event of a size with its spread over bootstraps (Clauset and Woodard 2013). No tail is shown alone: where
/// they disagree, the data don't decide.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A table of events: UCDP GED, CSV with a column of sizes, or one number a line; - is standard input.
    #[arg(value_name = "FILE", required_unless_present = "from_record", conflicts_with = "from_record")]
    file: Option<PathBuf>,
    /// Take the incidents of the record (--db) instead: the killed of each that happened. A record made from reports is no census.
    #[arg(long, conflicts_with = "column")]
    from_record: bool,
    /// Which figure of an incident's killed counts.
    #[arg(long, value_name = "FIGURE", value_enum, default_value = "best", requires = "from_record")]
    toll: Toll,
    /// Leave out what was published after this day.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from_record")]
    as_of: Option<String>,
    #[command(flatten)]
    database: Database,
    /// The column of sizes, where its name doesn't tell.
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// Smallest size of the tail; found by the data where it isn't given.
    #[arg(long, value_name = "SIZE", value_parser = clap::value_parser!(u64).range(1..))]
    xmin: Option<u64>,
    /// The size that is asked about; the largest in the file where it isn't given.
    #[arg(long, value_name = "SIZE", value_parser = clap::value_parser!(u64).range(1..))]
    at_least: Option<u64>,
    /// Number of coming events; as many as in the file where it isn't given.
    #[arg(long, value_name = "N")]
    events: Option<u64>,
    /// Fit without the largest event and ask about its size: was it to be expected?
    #[arg(long)]
    without_largest: bool,
    /// Number of bootstraps.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    rounds: u32,
    #[command(flatten)]
    given: Given,
}

const EXAMPLES: &str = "Examples:
  watchkeeper severity attacks.csv --column killed --at-least 1000 --events 5000
          The probability of 1,000 or more killed in one of the next 5,000 attacks
  watchkeeper severity attacks.csv --without-largest --png tails.png
          Was the largest to be expected from all others? With all tails as a picture
  watchkeeper severity --from-record --db news.db
          The incidents of the record";

/// Events in a tail below which little can be told of its form (Clauset, Shalizi and Newman 2009 give some 50 as a rule of thumb).
const FEW: u64 = 50;

/// Sizes with where they come from.
struct Source {
    name: String,
    sizes: Vec<u64>,
    /// What is to be said beside the figures; may be empty.
    note: String,
    poor: bool,
}

/// All that was found.
struct Found {
    name: String,
    note: String,
    sample: Sample,
    law: Fit,
    tested: Goodness,
    tails: Vec<(FittedTail, Exceedance)>,
    size: u64,
    events: f64,
    seen: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Some(source) = source(arguments) else { return Outcome::Nothing };
    let Source { name, sizes, note, poor } = source;
    match found(arguments, Sample::new(sizes), name.clone(), note) {
        Ok(found) => arguments.given.tell(&told(arguments, &found), poor),
        Err(error) => {
            complain(&format!("{name}: {error}"));
            Outcome::Nothing
        }
    }
}

/// Reads the file, or the record.
fn source(arguments: &Arguments) -> Option<Source> {
    let Some(file) = &arguments.file else {
        let as_of = arguments.as_of.as_deref();
        let counted = from_record(&arguments.database, as_of, false, arguments.toll)?;
        complain(&counted.note);
        let name = format!("record {}", arguments.database.db.display());
        return Some(Source { name, sizes: counted.sizes, note: counted.note, poor: false });
    };
    let text = text(file)?;
    match table::sizes(&text, arguments.column.as_ref()) {
        Ok((sizes, problems)) => {
            complain_of(file, &problems);
            let name = file.display().to_string();
            Some(Source { name, sizes, note: String::new(), poor: !problems.is_empty() })
        }
        Err(error) => {
            complain(&format!("{}: {error}", file.display()));
            None
        }
    }
}

fn found(arguments: &Arguments, whole: Sample, name: String, note: String) -> Result<Found, Error> {
    let size = arguments.at_least.or(whole.largest()).unwrap_or(1);
    let seen = whole.events_from(size);
    let events = arguments.events.unwrap_or(whole.events()) as f64;
    let sample = if arguments.without_largest { whole.without_largest() } else { whole };
    let law = match arguments.xmin {
        Some(xmin) => fit_at(&sample, xmin)?,
        None => scan(&sample)?,
    };
    let (rounds, seed) = (arguments.rounds as usize, arguments.given.seed);
    let tested = goodness(&sample, &law, arguments.xmin.is_none(), rounds, seed, workers());
    let mut tails = Vec::new();
    for family in Family::ALL {
        let fitted = fit(&sample, family, law.xmin, None)?;
        // The power law's own smallest size is part of what isn't known.
        let held = if family == Family::PowerLaw { arguments.xmin } else { Some(law.xmin) };
        let p = exceedance(&sample, family, held, size, events, rounds, seed, workers())?;
        tails.push((fitted, p));
    }
    Ok(Found { name, note, sample, law, tested, tails, size, events, seen })
}

fn told(arguments: &Arguments, found: &Found) -> Told {
    let Found { name, note, sample, law, tested, tails, size, events, seen } = found;
    let all = sample.events();
    let asked = format!("at least one of {} events with {} or more", grouped(*events), grouped(*size as f64));
    let base = format!(
        "{} of {} events in the {}",
        grouped(*seen as f64),
        grouped((all + u64::from(arguments.without_largest)) as f64),
        if arguments.from_record { "record" } else { "file" }
    );
    let verdict = if tested.p > 0.1 { "can't be ruled out" } else { "is doubtful" };
    let mut text = format!(
        "{}: {} events of 1 to {}{}\npower law from {} on: alpha {:.3} ± {:.3}, {} events ({}), distance {:.4}; goodness of fit p {:.2} over {} bootstraps: a power law {verdict}\n\nP({asked}), tail by tail:\n",
        name,
        grouped(all as f64),
        grouped(sample.largest().unwrap_or(0) as f64),
        if arguments.without_largest { ", the largest left out" } else { "" },
        grouped(law.xmin as f64),
        law.alpha,
        law.alpha_error,
        grouped(law.tail_events as f64),
        percent(law.tail_events as f64 / all.max(1) as f64),
        law.ks,
        tested.p,
        tested.fits.len(),
    );
    let power = &tails[0].0;
    let mut rows = vec![
        [
            "tail",
            "parameters",
            "ln L",
            "distance",
            "against the power law",
            "probability",
            "90 % interval",
            "term (ICD 203)",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut records = Vec::new();
    let mut table = Vec::new();
    for (fitted, p) in tails {
        let family = fitted.tail.family;
        let parameters: Vec<String> = family
            .parameters()
            .iter()
            .zip(fitted.tail.parameters)
            .map(|(name, value)| match value.abs() {
                size if size > 0.0 && size < 0.001 => format!("{name} {value:.2e}"),
                _ => format!("{name} {value:.4}"),
            })
            .collect();
        let against = vuong(sample, fitted, power);
        let beside = match family {
            Family::PowerLaw => "—".to_owned(),
            _ if against.p > 0.1 => format!("no difference (p {:.2})", against.p),
            _ => {
                let word = if against.ln_ratio > 0.0 { "better" } else { "worse" };
                let p = if against.p < 0.001 { "< 0.001".to_owned() } else { format!("{:.3}", against.p) };
                format!("{word} (p {p})")
            }
        };
        rows.push(vec![
            family.name().to_owned(),
            parameters.join(", "),
            format!("{:.1}", fitted.ln_likelihood),
            format!("{:.4}", fitted.ks),
            beside.clone(),
            percent(p.point),
            format!("{} to {}", percent(p.interval.0), percent(p.interval.1)),
            likelihood(p.point).to_owned(),
        ]);
        table.push(vec![
            family.code().to_owned(),
            fitted.tail.xmin.to_string(),
            fitted.events.to_string(),
            fitted.tail.parameters[0].to_string(),
            fitted.tail.parameters[1].to_string(),
            fitted.ln_likelihood.to_string(),
            fitted.ks.to_string(),
            p.point.to_string(),
            p.mean.to_string(),
            p.interval.0.to_string(),
            p.interval.1.to_string(),
            likelihood(p.point).to_owned(),
            base.clone(),
        ]);
        records.push(json!({
            "family": family.code(), "parameters": family.parameters().iter().zip(fitted.tail.parameters).map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>(),
            "ln_likelihood": fitted.ln_likelihood, "ks": fitted.ks,
            "against_powerlaw": {"ln_ratio": against.ln_ratio, "p": against.p},
            "probability": {"point": p.point, "bootstrap_mean": p.mean, "interval90": [p.interval.0, p.interval.1], "term": likelihood(p.point)},
        }));
    }
    text.push_str(&fitted(&rows));
    let (low, high) = spread(tails, sample, power);
    let summary = format!(
        "Among tails that the data don't rule out the probability runs from {} to {}. By the power law: {}.\n",
        percent(low),
        percent(high),
        stated(tails[0].1.point, Some(tails[0].1.interval), &base)
    );
    let summary = if law.tail_events < FEW {
        format!(
            "{summary}{} events in the tail are few: below {FEW} the fit and its tests tell little; give a longer series.\n",
            law.tail_events
        )
    } else {
        summary
    };
    text.push('\n');
    text.push_str(&summary);
    let weights = choose(sample, &Family::ALL, arguments.xmin).ok();
    if let Some(choice) = &weights {
        let line = format!(
            "Of all events and not the tail alone most speaks for: {} (Bayesian information criterion, weight {:.2}).\n",
            choice.family.name(),
            choice.weight(choice.family)
        );
        text.push_str(&line);
    }
    let json = json!({
        "events": all, "largest": sample.largest(), "xmin": law.xmin, "alpha": law.alpha, "alpha_error": law.alpha_error,
        "n_tail": law.tail_events, "ks": law.ks, "gof_p": tested.p, "bootstraps": tested.fits.len(),
        "note": note, "question": {"at_least": size, "events": events}, "base_rate": base, "tails": records,
        "whole_sample": weights.as_ref().map(|choice| json!({"family": choice.family.code(), "weight": choice.weight(choice.family)})),
    });
    let csv = (
        vec![
            "tail",
            "xmin",
            "events",
            "parameter1",
            "parameter2",
            "ln_likelihood",
            "ks",
            "probability",
            "bootstrap_mean",
            "low90",
            "high90",
            "term",
            "base_rate",
        ],
        table,
    );
    let names = rows.remove(0);
    let mut head = text.lines().take(2).collect::<Vec<_>>().join(". ");
    if !note.is_empty() {
        head = format!("{head}. {note}");
    }
    let sheet = Sheet {
        title: format!("Tail of sizes: {name}"),
        pieces: vec![
            Piece::Text(head),
            Piece::Chart(chart(found)),
            Piece::Heading(format!("P({asked})")),
            Piece::Table(names, rows),
            Piece::Text(summary),
        ],
    };
    Told { text, json, csv, sheet }
}

/// Lowest and highest probability among tails that Vuong's test doesn't put clearly below the power law.
fn spread(tails: &[(FittedTail, Exceedance)], sample: &Sample, power: &FittedTail) -> (f64, f64) {
    tails
        .iter()
        .filter(|(fitted, _)| {
            let against = vuong(sample, fitted, power);
            fitted.tail.family == Family::PowerLaw || against.ln_ratio > 0.0 || against.p > 0.1
        })
        .fold((1.0, 0.0), |(low, high): (f64, f64), (_, p)| (low.min(p.point), high.max(p.point)))
}

/// The complementary distribution function with all tails, and the band of the power law's bootstraps.
fn chart(found: &Found) -> Chart {
    let all = found.sample.events().max(1) as f64;
    let mut left = all;
    let mut points = Vec::new();
    for (size, count) in found.sample.counts() {
        points.push((*size as f64, left / all));
        left -= *count as f64;
    }
    let reach = found.size.max(found.sample.largest().unwrap_or(1)) as f64 * 1.5;
    let first = found.law.xmin as f64;
    let mut places: Vec<u64> =
        (0..60).map(|at| (first * (reach / first).powf(f64::from(at) / 59.0)).round() as u64).collect();
    places.dedup();
    let share = found.law.tail_events as f64 / all;
    let floor = 0.02 / all;
    let mut series =
        vec![Series { name: Some("events in the file".to_owned()), colour: 0, shape: Shape::Points(points) }];
    let mut band = Vec::new();
    for place in &places {
        let mut above: Vec<f64> = found
            .tested
            .fits
            .iter()
            .take(300)
            .filter(|fit| fit.xmin <= *place)
            .map(|fit| {
                let tail =
                    watchkeeper_forecast::severity::Tail::new(Family::PowerLaw, fit.xmin, [fit.alpha, 0.0]);
                fit.tail_events as f64 / all * tail.above(*place)
            })
            .collect();
        above.sort_by(f64::total_cmp);
        if above.len() > 20 {
            let at = |p| watchkeeper_forecast::numeric::quantile(&above, p).max(floor);
            band.push((*place as f64, at(0.05), at(0.95)));
        }
    }
    series.push(Series {
        name: Some("power law, 90 % of bootstraps".to_owned()),
        colour: 1,
        shape: Shape::Band(band),
    });
    for (number, (fitted, _)) in found.tails.iter().enumerate() {
        let line: Vec<(f64, f64)> = places
            .iter()
            .map(|place| (*place as f64, share * fitted.tail.above(*place)))
            .filter(|(_, above)| *above >= floor)
            .collect();
        series.push(Series {
            name: Some(fitted.tail.family.name().to_owned()),
            colour: number as u8 + 1,
            shape: Shape::Line(line),
        });
    }
    Chart {
        title: "Share of events of at least each size, with all tails.".to_owned(),
        across: ("size (deaths per event)".to_owned(), Scale::Log),
        up: ("share of events".to_owned(), Scale::Log),
        words: Vec::new(),
        series,
    }
}
