//! `watchkeeper excitation`: how far attacks bring attacks, day by day.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use watchkeeper_forecast::excitation::{
    Ahead, Background, Diagnostics, Excitation, Process, Refits, ahead, fit, unevenness, waits,
};
use watchkeeper_forecast::panel::Day;
use watchkeeper_forecast::table::{self, DayMapping, DayReading, written};
use watchkeeper_record::article::Date;
use watchkeeper_report::plot::{Chart, Piece, Scale, Series, Shape, Sheet, likelihood, percent, stated};
use watchkeeper_store::{Area, Error, Mode, Who};

use crate::Outcome;
use crate::command::read::complain;
use crate::counted::daily;
use crate::outlook::{Given, Told, complain_of, fitted as laid_out, grouped, released, text, workers};
use crate::record::{self, Database, country};

/// Tell how far attacks bring further attacks (a self-exciting, or Hawkes, process of days), and what that means for the days ahead.
///
/// Fits a background rate, the branching ratio (how many further events one event brings) and the half-life of that effect, checks the fit, and
/// draws the coming days. A hidden common cause, or reporting that comes in waves, looks the same as attacks that bring attacks.
#[derive(Args)]
#[command(visible_alias = "hawkes", after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A table: a row an event (UCDP GED, ACLED, Global Terrorism Database, or any with a column of days), or a row a day with a count;
    /// - is standard input.
    #[arg(value_name = "FILE", required_unless_present = "from_record", conflicts_with = "from_record")]
    file: Option<PathBuf>,
    /// Take the incidents of the record (--db) instead: those that happened on a day that is known. A record made from reports is no census.
    #[arg(long, conflicts_with_all = ["columns", "violence", "sparse"])]
    from_record: bool,
    /// Which columns mean what, where their names don't tell: date=NAME,count=NAME,unit=NAME,actor=NAME,released=NAME. Without a column of
    /// counts each row is one event.
    #[arg(long, value_name = "MEANING=NAME,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// Only this country, or other unit of the table.
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Only events that name this actor.
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only this type of UCDP's organised violence: 1 state-based, 2 non-state, 3 one-sided.
    #[arg(long, value_name = "TYPE", value_parser = clap::value_parser!(u8).range(1..=3))]
    violence: Option<u8>,
    /// The table of counts lists only days on which something happened: days without a row are no gaps.
    #[arg(long)]
    sparse: bool,
    /// First day of the series [default: the first day of the table].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = released)]
    from: Option<Day>,
    /// Last day of the series; nothing later is used [default: the last day of the table].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = released)]
    until: Option<Day>,
    /// As of this day: what happened later, or was released (of the record: published) later, is left out.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = released)]
    as_of: Option<Day>,
    /// Whether the background may move: auto lets it where a constant one doesn't fit.
    #[arg(long, value_name = "HOW", value_enum, default_value = "auto")]
    background: Moves,
    /// Days ahead.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    horizon: u16,
    /// Series drawn from the fit and fitted anew, for the intervals and the check of the fit.
    #[arg(long, value_name = "N", default_value_t = 199, value_parser = clap::value_parser!(u32).range(19..=10_000))]
    rounds: u32,
    /// Draws of the days ahead.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    draws: u32,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    given: Given,
}

const EXAMPLES: &str = "Examples:
  watchkeeper excitation GEDEvent.csv --country Mali --html mali.html
          How far one event in Mali brings further ones, with charts
  watchkeeper excitation acled.csv --actor 'Boko Haram' --horizon 14
          The coming fortnight of one actor
  watchkeeper excitation days.csv --columns date=when,count=attacks --until 2024-06-30
          Counts of days, as if it were the end of June 2024
  watchkeeper excitation --from-record --db news.db --country SYR
          The incidents of the record";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Moves {
    Auto,
    Constant,
    Moving,
}

/// Knots of a background that moves: its beginning, middle and end.
const KNOTS: usize = 3;

/// A series with where it comes from.
struct Source {
    name: String,
    first: Day,
    counts: Vec<u32>,
    /// What is to be said beside the figures; may be empty.
    note: String,
    poor: bool,
}

/// All that was found.
struct Found {
    source: Source,
    fitted: Excitation,
    /// The fit with a constant background, where the background moves.
    constant: Excitation,
    checks: Diagnostics,
    refits: Option<Refits>,
    ahead: Ahead,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if let (Some(from), Some(end)) =
        (arguments.from, [arguments.until, arguments.as_of].into_iter().flatten().min())
        && from > end
    {
        complain(&format!("--from {} lies after {}: nothing is both", written(from), written(end)));
        return Outcome::Nothing;
    }
    let source = match &arguments.file {
        Some(file) => of_table(arguments, file),
        None => of_record(arguments),
    };
    let Some(source) = source else { return Outcome::Nothing };
    if !source.note.is_empty() {
        complain(&source.note);
    }
    let name = source.name.clone();
    let poor = source.poor;
    match found(arguments, source) {
        Ok(found) => arguments.given.tell(&told(arguments, &found), poor),
        Err(why) => {
            complain(&format!("{name}: {why}; take a longer series, or more than one country or actor"));
            Outcome::Nothing
        }
    }
}

fn of_table(arguments: &Arguments, file: &std::path::Path) -> Option<Source> {
    let mut mapping = DayMapping::default();
    for pair in &arguments.columns {
        let slot = match pair.split_once('=') {
            Some(("date", name)) => (&mut mapping.date, name),
            Some(("count", name)) => (&mut mapping.count, name),
            Some(("unit" | "country", name)) => (&mut mapping.unit, name),
            Some(("actor", name)) => (&mut mapping.actor, name),
            Some(("released", name)) => (&mut mapping.released, name),
            _ => {
                complain(&format!(
                    "--columns `{pair}`: write date=NAME, count=NAME, unit=NAME, actor=NAME or released=NAME"
                ));
                return None;
            }
        };
        *slot.0 = Some(slot.1.to_owned());
    }
    let how = DayReading {
        mapping,
        unit: arguments.country.clone(),
        actor: arguments.actor.clone(),
        violence: arguments.violence,
        sparse: arguments.sparse,
        from: arguments.from,
        until: arguments.until,
        as_of: arguments.as_of,
    };
    let text = text(file)?;
    let name = file.display().to_string();
    let read = match table::days(&text, &how) {
        Ok(read) => read,
        Err(error) => {
            complain(&format!("{name}: {error}"));
            return None;
        }
    };
    complain_of(file, &read.problems);
    let note = match (read.inexact, read.events, read.tells_exactness) {
        (0, true, false) => {
            "no column tells how exactly days are known (date_prec, time_precision): events that were put on a day for want of a better one look like waves".to_owned()
        }
        (0, ..) => String::new(),
        (left, ..) => format!("{} events left out, since their day isn't known exactly", grouped(left as f64)),
    };
    Some(Source { name, first: read.first, counts: read.counts, note, poor: !read.problems.is_empty() })
}

fn of_record(arguments: &Arguments) -> Option<Source> {
    let store = arguments.database.open(Mode::Read).ok()?;
    let date = |day: Day| Date::from_days(day.0);
    let read = || -> Result<_, Error> {
        let area = arguments.country.as_deref().map(country).transpose()?;
        let area = area.map(|code| Area::Country(code.to_owned()));
        let who = arguments.actor.clone().map(|actor| Who { actor, wings: true });
        if let Some(who) = &who {
            record::known_actor(&store, &who.actor)?;
        }
        daily(&store, arguments.as_of.and_then(date), area, who)
    };
    let read = match read() {
        Ok(read) => read,
        Err(error) => {
            record::fail(&error);
            return None;
        }
    };
    let name = format!("record {}", arguments.database.db.display());
    let end = [arguments.until, arguments.as_of].into_iter().flatten().min();
    let days: Vec<i32> = read
        .days
        .iter()
        .map(|day| day.days())
        .filter(|day| arguments.from.is_none_or(|from| *day >= from.0) && end.is_none_or(|end| *day <= end.0))
        .collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        complain(&format!("{name}: nothing to count: {}", read.note));
        return None;
    };
    let first = arguments.from.map_or(*first, |from| from.0);
    // Up to its latest report the record knows of nothing further.
    let last = end.map(|end| end.0).or(read.known.map(Date::days)).unwrap_or(*last).max(*last);
    let mut counts = vec![0_u32; usize::try_from(last - first + 1).unwrap_or(0)];
    for day in &days {
        counts[(day - first) as usize] += 1;
    }
    Some(Source { name, first: Day(first), counts, note: read.note, poor: false })
}

fn found(arguments: &Arguments, source: Source) -> Result<Found, watchkeeper_forecast::excitation::Failure> {
    let counts = &source.counts;
    let constant = fit(counts, Background::Constant)?;
    let checks = constant.diagnostics.unwrap_or(Diagnostics {
        residual_variance: 1.0,
        residual_correlation: 0.0,
        ks: 0.0,
        drift_statistic: 0.0,
        drift_p: 1.0,
        drift: false,
        excitation_statistic: 0.0,
    });
    let moves = match arguments.background {
        // Slow change without excitation is drift only where a moving background says so.
        Moves::Auto => checks.drift && (checks.drift_p < 0.01 || checks.excitation_statistic >= EXCITED),
        Moves::Constant => false,
        Moves::Moving => true,
    };
    let fitted = if moves { fit(counts, Background::Moving(KNOTS))? } else { constant.clone() };
    let seed = arguments.given.seed;
    let refits = Refits::of(counts, &fitted, arguments.rounds as usize, seed, workers());
    let processes = refits.as_ref().map_or(&[][..], |refits| &refits.processes);
    let how = (arguments.draws as usize, seed, workers());
    let ahead = ahead(counts, &fitted, processes, usize::from(arguments.horizon), how);
    Ok(Found { source, fitted, constant, checks, refits, ahead })
}

/// Two or three digits that mean something.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => grouped(value),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size < 0.000_05 => "0".to_owned(),
        size if size >= 0.01 => format!("{value:.3}"),
        _ => format!("{value:.5}"),
    }
}

/// Twice the gain of likelihood beyond which excitation is there in all but a twentieth of series without any: two parameters, one of them at
/// its bound, so the bound of chi-squared with two degrees of freedom is on the safe side.
const EXCITED: f64 = 5.99;

/// Whether excitation shows: of a background that moves by the interval, since drift alone gains likelihood too.
fn excited(found: &Found) -> bool {
    match &found.refits {
        Some(refits) if found.fitted.knots.len() > 1 => refits.interval(|one| one.branching).0 > 0.02,
        _ => found.checks.excitation_statistic >= EXCITED,
    }
}

/// The fit in plain words.
fn plain(found: &Found) -> String {
    let Found { source, fitted, checks, .. } = found;
    let days = source.counts.len();
    let mut out = String::new();
    if !excited(found) {
        out.push_str(
            "One event does not visibly bring others here: the background alone may have brought all, and branching and half-life mean little.\n",
        );
    } else if fitted.branching >= 1.0 {
        out.push_str(
            "Each event brings one more or more than one: such a process would grow without end. The series rises or the background moves; don't take these figures beyond the coming days.\n",
        );
    } else {
        out.push_str(&format!(
            "Of 100 events some {:.0} follow from earlier ones; half of those that follow from an event come within {} days, nine tenths within {}. One event brings {} in all, over generations.\n",
            fitted.branching * 100.0,
            short(fitted.half_life_days),
            short(fitted.half_life_days * 10.0_f64.log2()),
            short(fitted.branching / (1.0 - fitted.branching)),
        ));
    }
    if fitted.knots.len() > 1 {
        out.push_str(&format!(
            "The background moves: {} events a day at the beginning, {} in the middle, {} at the end. Held constant it would give a branching of {} and a half-life of {} days: drift that looks like excitation.\n",
            short(fitted.knots[0].exp()),
            short(fitted.knots[fitted.knots.len() / 2].exp()),
            short(fitted.process().background_last()),
            short(found.constant.branching),
            short(found.constant.half_life_days),
        ));
    } else if checks.drift && (excited(found) || checks.drift_p < 0.01) {
        let why = if checks.drift_p < 0.01 {
            format!("a background that moves fits better (p {})", p_word(checks.drift_p))
        } else if fitted.branching >= 1.0 {
            "there is no steady state".to_owned()
        } else {
            format!("the half-life is above a tenth of the {days} days")
        };
        out.push_str(&format!(
            "Drift: {why}. The branching is then not to be trusted: slow change looks like excitation. Cut the series (--from) or let the background move (--background moving).\n"
        ));
    } else {
        out.push_str("No drift is seen: a constant background serves.\n");
    }
    out
}

fn p_word(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// What the checks say.
fn checked(found: &Found) -> String {
    let Some(refits) = &found.refits else {
        return "No series could be drawn from this fit, so it has no intervals and no test.\n".to_owned();
    };
    let ks = distance(found);
    let verdict = if refits.p < 0.05 {
        "the process does not describe these days well: take the figures as a summary, not as a mechanism"
    } else {
        "nothing speaks against the fit"
    };
    let extra = match found.checks.residual_variance {
        variance if refits.p < 0.05 && variance > 1.3 => {
            " Counts scatter more than the rate explains: attacks on one day that belong together (coordinated, or one reported several times) do that."
        }
        _ => "",
    };
    format!(
        "Fit: waiting times on the clock of the fit (time rescaling) are {ks:.3} from what they should be at most (Kolmogorov-Smirnov, p {} over {} drawn series): {verdict}.{extra}\n",
        p_word(refits.p),
        refits.processes.len()
    )
}

fn distance(found: &Found) -> f64 {
    unevenness(&waits(&found.source.counts, &found.fitted.process()))
}

/// Days ahead of which totals are told.
fn horizons(horizon: usize) -> Vec<usize> {
    let mut all: Vec<usize> = [1, 7, 30, 90, 180].into_iter().filter(|days| *days < horizon).collect();
    all.push(horizon);
    all
}

/// Mean events of all stretches of so many days of the series, and the share of them with any.
fn past(counts: &[u32], days: usize) -> Option<(f64, f64, usize)> {
    let windows = counts.len().checked_sub(days).map(|left| left + 1)?;
    let (mut sum, mut total, mut any) = (0_u64, 0_u64, 0_usize);
    for (at, count) in counts.iter().enumerate() {
        sum += u64::from(*count);
        if at >= days {
            sum -= u64::from(counts[at - days]);
        }
        if at + 1 >= days {
            total += sum;
            any += usize::from(sum > 0);
        }
    }
    Some((total as f64 / windows as f64, any as f64 / windows as f64, windows))
}

/// Key and name of a parameter, its fit and standard error, and what it is of a process.
type Figure<'a> = (&'a str, &'a str, f64, Option<f64>, &'a dyn Fn(&Process) -> f64);

fn told(arguments: &Arguments, found: &Found) -> Told {
    let Found { source, fitted, refits, checks, ahead, .. } = found;
    let Source { name, first, counts, note, .. } = source;
    let process = fitted.process();
    let events: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let last = Day(first.0 + counts.len() as i32 - 1);
    let narrowed: Vec<&str> =
        [&arguments.country, &arguments.actor].into_iter().flatten().map(String::as_str).collect();
    let of = if narrowed.is_empty() { String::new() } else { format!(" ({})", narrowed.join(", ")) };
    let head = format!(
        "{name}{of}: {} events in {} days, {} to {}, {} a day\n",
        grouped(events as f64),
        grouped(counts.len() as f64),
        written(*first),
        written(last),
        short(events as f64 / counts.len() as f64)
    );
    let figures: [Figure<'_>; 3] = [
        ("branching", "branching ratio", fitted.branching, fitted.errors[1], &|one| one.branching),
        ("half_life_days", "half-life, days", fitted.half_life_days, fitted.errors[2], &|one| {
            one.half_life_days
        }),
        ("background", "background, events a day", fitted.mu, fitted.errors[0], &|one| mean_background(one)),
    ];
    let mut rows = vec![["figure", "fit", "standard error", "90 % interval"].map(str::to_owned).to_vec()];
    let mut parameters = serde_json::Map::new();
    for (key, words, value, error, figure) in figures {
        let interval = refits.as_ref().map(|refits| refits.interval(figure));
        let between = interval
            .map_or_else(|| "—".to_owned(), |(low, high)| format!("{} to {}", short(low), short(high)));
        rows.push(vec![
            words.to_owned(),
            short(value),
            error.map_or_else(|| "—".to_owned(), |error| format!("± {}", short(error))),
            between,
        ]);
        let interval = interval.map(|(low, high)| [low, high]);
        parameters
            .insert(key.to_owned(), json!({"value": value, "standard_error": error, "interval90": interval}));
    }
    let fits = laid_out(&rows);
    let carried = process.carried(counts);
    let now = format!(
        "After {} the rate stands at {} events a day, of which the background is {} and {} is left by past events.\n",
        written(last),
        short(process.background_last() + carried),
        short(process.background_last()),
        short(carried)
    );
    let mut coming = vec![
        [
            "ahead",
            "expected",
            "90 % interval",
            "such stretches before, mean",
            "at least one event",
            "its interval",
            "term (ICD 203)",
            "base rate",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let (mut stretches, mut lasting) = (Vec::new(), String::new());
    for days in horizons(usize::from(arguments.horizon)) {
        let total = ahead.totals[days - 1];
        let any = process.any_within(carried, days);
        let spread = refits.as_ref().map(|refits| {
            let (low, high) = refits.interval(|one| one.any_within(one.carried(counts), days));
            (low.min(any), high.max(any))
        });
        let before = past(counts, days);
        let base = before.map_or_else(
            || "none".to_owned(),
            |(_, any, windows)| format!("{} of {} stretches", percent(any), grouped(windows as f64)),
        );
        coming.push(vec![
            if days == 1 { "1 day".to_owned() } else { format!("{days} days") },
            short(total.mean),
            format!("{} to {}", grouped(total.interval.0), grouped(total.interval.1)),
            before.map_or_else(|| "—".to_owned(), |(mean, ..)| short(mean)),
            percent(any),
            spread.map_or_else(
                || "—".to_owned(),
                |(low, high)| format!("{} to {}", percent(low), percent(high)),
            ),
            likelihood(any).to_owned(),
            base.clone(),
        ]);
        lasting = format!(
            "At least one event in the {days} days after {}: {}.\n",
            written(last),
            stated(any, spread, &base)
        );
        stretches.push(json!({
            "days": days, "until": written(Day(last.0 + days as i32)), "mean": total.mean, "median": total.median,
            "interval90": [total.interval.0, total.interval.1], "past_mean": before.map(|(mean, ..)| mean),
            "any": {"probability": any, "interval90": spread.map(|(low, high)| [low, high]), "term": likelihood(any), "base_rate": before.map(|(_, any, _)| any)},
        }));
    }
    let (plain, checked) = (plain(found), checked(found));
    let text = format!("{head}\n{fits}\n{plain}{checked}\n{now}\n{}\n{lasting}", laid_out(&coming));
    let rates = process.rates(counts);
    let table: Vec<Vec<String>> = counts
        .iter()
        .zip(&rates)
        .enumerate()
        .map(|(at, (count, (background, rate)))| {
            let day = written(Day(first.0 + at as i32));
            vec![
                day,
                count.to_string(),
                format!("{rate:.5}"),
                format!("{background:.5}"),
                String::new(),
                String::new(),
            ]
        })
        .chain(ahead.days.iter().enumerate().map(|(at, day)| {
            vec![
                written(Day(last.0 + 1 + at as i32)),
                String::new(),
                format!("{:.5}", day.mean),
                format!("{:.5}", process.background_last()),
                day.interval.0.to_string(),
                day.interval.1.to_string(),
            ]
        }))
        .collect();
    let json = json!({
        "from": written(*first), "to": written(last), "days": counts.len(), "events": events, "country": arguments.country, "actor": arguments.actor,
        "note": note, "seed": arguments.given.seed, "rounds": refits.as_ref().map_or(0, |refits| refits.processes.len()), "draws": arguments.draws,
        "background_moves": fitted.knots.len() > 1, "background_knots": fitted.knots.iter().map(|knot| knot.exp()).collect::<Vec<_>>(),
        "parameters": parameters, "constant_background": {"branching": found.constant.branching, "half_life_days": found.constant.half_life_days, "background": found.constant.mu},
        "checks": {
            "ks": distance(found), "p": refits.as_ref().map(|refits| refits.p), "drift": checks.drift, "drift_p": checks.drift_p,
            "excitation_statistic": checks.excitation_statistic, "residual_variance": checks.residual_variance, "residual_correlation": checks.residual_correlation,
        },
        "words": plain.trim_end().replace('\n', " "),
        "rate_next_day": process.background_last() + carried, "carried": carried, "ahead": stretches,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let (fits, coming) = (split(rows), split(coming));
    let sheet = Sheet {
        title: format!("Self-excitation: {name}{of}"),
        pieces: vec![
            Piece::Text(format!("{head}{note}")),
            Piece::Table(fits.0, fits.1),
            Piece::Text(plain),
            Piece::Chart(history(found, &rates)),
            Piece::Heading(format!("After {}", written(last))),
            Piece::Text(now),
            Piece::Table(coming.0, coming.1),
            Piece::Text(lasting),
            Piece::Chart(fan(found, &rates, last)),
            Piece::Heading("How well it fits".to_owned()),
            Piece::Text(checked),
            Piece::Chart(even(found)),
        ],
    };
    Told { text, json, csv: (vec!["date", "count", "rate", "background", "low90", "high90"], table), sheet }
}

/// Names, then rows.
fn split(mut rows: Vec<Vec<String>>) -> (Vec<String>, Vec<Vec<String>>) {
    let names = rows.remove(0);
    (names, rows)
}

/// Mean of the background over the series: of straight lines in the logarithm between knots, by ten steps each.
fn mean_background(process: &Process) -> f64 {
    if process.knots.len() < 2 {
        return process.background_last();
    }
    let steps: Vec<f64> = process
        .knots
        .windows(2)
        .flat_map(|pair| {
            (0..10).map(|at| (pair[0] + (pair[1] - pair[0]) * (f64::from(at) + 0.5) / 10.0).exp())
        })
        .collect();
    steps.iter().sum::<f64>() / steps.len() as f64
}

/// Bars that a chart of the whole series shows at most.
const BARS_MAX: usize = 260;
/// Past days beside the days ahead.
const PAST_SHOWN: usize = 90;

/// Words for days along an axis.
fn words(first: i32, last: i32) -> Vec<(f64, String)> {
    (first..=last).map(|day| (f64::from(day), written(Day(day)))).collect()
}

/// The whole series: events a day and the fitted rate, both means of some days where it is long.
fn history(found: &Found, rates: &[(f64, f64)]) -> Chart {
    let Source { first, counts, .. } = &found.source;
    let step = counts.len().div_ceil(BARS_MAX).max(1);
    let (mut bars, mut rate, mut background) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (part, said)) in counts.chunks(step).zip(rates.chunks(step)).enumerate() {
        let from = f64::from(first.0) + (at * step) as f64;
        let long = part.len() as f64;
        let middle = from + long / 2.0;
        bars.push((from, from + long, part.iter().map(|count| f64::from(*count)).sum::<f64>() / long));
        rate.push((middle, said.iter().map(|(_, rate)| rate).sum::<f64>() / long));
        background.push((middle, said.iter().map(|(mu, _)| mu).sum::<f64>() / long));
    }
    let over = if step == 1 { "each day".to_owned() } else { format!("means of {step} days") };
    let series = |name: &str, colour, shape| Series { name: Some(name.to_owned()), colour, shape };
    Chart {
        title: format!("Events a day and the fitted rate ({over})."),
        across: ("day".to_owned(), Scale::Linear),
        up: ("events a day".to_owned(), Scale::Linear),
        words: words(first.0, first.0 + counts.len() as i32),
        series: vec![
            series("counted", 0, Shape::Bars(bars)),
            series("rate", 1, Shape::Line(rate)),
            series("background", 2, Shape::Dashes(background)),
        ],
    }
}

/// The last days and those ahead.
fn fan(found: &Found, rates: &[(f64, f64)], last: Day) -> Chart {
    let counts = &found.source.counts;
    let shown = PAST_SHOWN.min(counts.len());
    let from = last.0 + 1 - shown as i32;
    let tail = counts.len() - shown;
    let at = |number: usize| f64::from(from) + number as f64;
    let bars = counts[tail..]
        .iter()
        .enumerate()
        .map(|(day, count)| (at(day), at(day + 1), f64::from(*count)))
        .collect();
    let rate = rates[tail..].iter().enumerate().map(|(day, (_, rate))| (at(day) + 0.5, *rate)).collect();
    let ahead = |day: usize| at(shown + day) + 0.5;
    let days = &found.ahead.days;
    let band =
        days.iter().enumerate().map(|(day, one)| (ahead(day), one.interval.0, one.interval.1)).collect();
    let mean = days.iter().enumerate().map(|(day, one)| (ahead(day), one.mean)).collect();
    let series = |name: &str, colour, shape| Series { name: Some(name.to_owned()), colour, shape };
    Chart {
        title: format!("The last {shown} days and the {} ahead.", days.len()),
        across: ("day".to_owned(), Scale::Linear),
        up: ("events a day".to_owned(), Scale::Linear),
        words: words(from, last.0 + days.len() as i32),
        series: vec![
            series("counted", 0, Shape::Bars(bars)),
            series("90 % of what may come", 1, Shape::Band(band)),
            series("rate", 1, Shape::Line(rate)),
            series("expected", 1, Shape::Dashes(mean)),
        ],
    }
}

/// How evenly waiting times are spread on the clock of the fit.
fn even(found: &Found) -> Chart {
    let all = waits(&found.source.counts, &found.fitted.process());
    let step = all.len().div_ceil(BARS_MAX).max(1);
    let points = all
        .iter()
        .enumerate()
        .step_by(step)
        .map(|(at, wait)| (*wait, (at as f64 + 0.5) / all.len() as f64))
        .collect();
    let series = |name: &str, colour, shape| Series { name: Some(name.to_owned()), colour, shape };
    Chart {
        title: "Waiting times between events on the clock of the fit: along the dashes where it is right."
            .to_owned(),
        across: ("share of waits as short, by the fit".to_owned(), Scale::Linear),
        up: ("share of waits as short, counted".to_owned(), Scale::Linear),
        words: Vec::new(),
        series: vec![
            series("right", 0, Shape::Dashes(vec![(0.0, 0.0), (1.0, 1.0)])),
            series("waits", 1, Shape::Line(points)),
        ],
    }
}
