//! Loads invented readings and measures: `cargo run --release -p watchkeeper-store --example synthetic -- FILE DOCUMENTS [QUERIES [KIND]]`.
//!
//! Prints rate and size of loading (two threads prepare, one writes), then the time on the processor of each kind of query, warm. QUERIES 0: loads only. KIND: measures only the kinds of queries whose names hold it.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that measures")]

mod load;
#[path = "../../tests/synthetic/mod.rs"]
mod synthetic;

use std::path::Path;
use std::time::Instant;

use synthetic::{COUNTRIES, Dice, FIRST_DAY, group, outlet, where_is, word};
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{IncidentType, Realis, StatementKind};
use watchkeeper_store::{Area, Filter, Mode, Sort, Store, Who, Window};

type Run = Result<(), Box<dyn std::error::Error>>;

fn main() -> Run {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = Path::new(arguments.first().ok_or("FILE DOCUMENTS [QUERIES]")?);
    let documents: u64 = arguments.get(1).ok_or("FILE DOCUMENTS [QUERIES]")?.parse()?;
    let queries: u64 = arguments.get(2).map_or(Ok(60), |text| text.parse())?;
    let there = Store::open(path, Mode::Create)?.count()?;
    if there < documents {
        load::load(path, there, documents)?;
    }
    let size = std::fs::metadata(path)?.len();
    println!("size {} MB, {} bytes a document", size / 1_000_000, size / documents.max(1));
    if queries > 0 {
        measure(&Store::open(path, Mode::Read)?, queries)?;
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// Milliseconds that this thread has run on a processor: what a query takes on a machine that does nothing else. Elsewhere than on
/// Linux, the clock's.
fn on_cpu() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let clock = START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3;
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|nanoseconds| nanoseconds.parse::<f64>().ok())
        .map_or(clock, |number| number / 1e6)
}

/// A way to ask: its name and the filter that throws of dice make.
type Ask<'a> = (&'a str, Sort, Box<dyn Fn(&mut Dice) -> Filter>);

/// Days from the first to the last document: those that are asked for.
static DAYS: std::sync::OnceLock<u64> = std::sync::OnceLock::new();

/// Whether a kind of queries is to be measured.
fn is_asked(name: &str) -> bool {
    std::env::args().nth(4).is_none_or(|part| name.contains(&part))
}

fn day(dice: &mut Dice) -> Option<Date> {
    Date::from_days(FIRST_DAY + dice.below(*DAYS.get().unwrap_or(&5_000)) as i32)
}

fn country(dice: &mut Dice) -> Area {
    Area::Country(COUNTRIES[dice.below(20) as usize].to_owned())
}

fn near(dice: &mut Dice) -> Area {
    let (lat, lon, ..) = where_is(dice.zipf(6_000));
    Area::Near { lat, lon, km: [25.0, 50.0, 100.0, 200.0][dice.below(4) as usize] }
}

fn asks() -> Vec<Ask<'static>> {
    vec![
        ("newest incidents", Sort::Happened, Box::new(|_| Filter::default())),
        (
            "country",
            Sort::Happened,
            Box::new(|dice| Filter { area: Some(country(dice)), ..Filter::default() }),
        ),
        (
            "country, order known",
            Sort::Known,
            Box::new(|dice| Filter { area: Some(country(dice)), ..Filter::default() }),
        ),
        ("radius", Sort::Happened, Box::new(|dice| Filter { area: Some(near(dice)), ..Filter::default() })),
        (
            "month and country",
            Sort::Happened,
            Box::new(|dice| {
                let since = day(dice);
                Filter {
                    until: since.and_then(|day| day.plus_days(30)),
                    since,
                    area: Some(country(dice)),
                    ..Filter::default()
                }
            }),
        ),
        (
            "type, toll, realis",
            Sort::Killed,
            Box::new(|dice| Filter {
                types: vec![IncidentType::ALL[dice.below(17) as usize]],
                killed_min: Some(dice.below(100) as u32),
                realis: vec![Realis::Actual],
                ..Filter::default()
            }),
        ),
        (
            "actor",
            Sort::Happened,
            Box::new(|dice| Filter {
                who: Some(Who { actor: group(dice.zipf(400)), wings: false }),
                ..Filter::default()
            }),
        ),
        (
            "actor with wings, country, score",
            Sort::Happened,
            Box::new(|dice| Filter {
                who: Some(Who { actor: group(dice.zipf(400)), wings: true }),
                area: Some(country(dice)),
                score_min: Some(0.8),
                ..Filter::default()
            }),
        ),
        (
            "as of, radius, type",
            Sort::Happened,
            Box::new(|dice| Filter {
                as_of: day(dice),
                area: Some(near(dice)),
                types: vec![IncidentType::ALL[dice.below(17) as usize]],
                ..Filter::default()
            }),
        ),
        (
            "outlet, order score",
            Sort::Score,
            Box::new(|dice| Filter { outlet: Some(outlet(dice.zipf(120))), ..Filter::default() }),
        ),
        (
            "words and country",
            Sort::Happened,
            Box::new(|dice| Filter {
                text: Some(format!("{} {}", word(dice.zipf(2_000)), word(dice.zipf(2_000)))),
                area: Some(country(dice)),
                ..Filter::default()
            }),
        ),
        (
            "words and month",
            Sort::Happened,
            Box::new(|dice| {
                let since = day(dice);
                Filter {
                    text: Some(word(dice.zipf(2_000))),
                    until: since.and_then(|day| day.plus_days(30)),
                    since,
                    ..Filter::default()
                }
            }),
        ),
        (
            "words, order known",
            Sort::Known,
            Box::new(|dice| Filter { text: Some(word(dice.zipf(20_000))), ..Filter::default() }),
        ),
        (
            "word and type, order killed",
            Sort::Killed,
            Box::new(|dice| Filter {
                text: Some(word(dice.zipf(5_000))),
                types: vec![IncidentType::ALL[dice.below(17) as usize]],
                ..Filter::default()
            }),
        ),
        (
            "word and actor",
            Sort::Happened,
            Box::new(|dice| Filter {
                text: Some(word(dice.zipf(5_000))),
                who: Some(Who { actor: group(dice.zipf(400)), wings: false }),
                ..Filter::default()
            }),
        ),
        (
            "as of, word and radius",
            Sort::Happened,
            Box::new(|dice| Filter {
                as_of: day(dice),
                text: Some(word(dice.zipf(5_000))),
                area: Some(near(dice)),
                ..Filter::default()
            }),
        ),
        (
            "place by its name",
            Sort::Happened,
            Box::new(|dice| Filter {
                area: Some(Area::Named(synthetic::town(dice.zipf(6_000)))),
                ..Filter::default()
            }),
        ),
        (
            "as of, words and country",
            Sort::Happened,
            Box::new(|dice| Filter {
                as_of: day(dice),
                text: Some(format!("{} {}", word(dice.zipf(2_000)), word(dice.zipf(2_000)))),
                area: Some(country(dice)),
                ..Filter::default()
            }),
        ),
        (
            "as of, actor with wings",
            Sort::Happened,
            Box::new(|dice| Filter {
                as_of: day(dice),
                who: Some(Who { actor: group(dice.zipf(400)), wings: true }),
                ..Filter::default()
            }),
        ),
    ]
}

fn searches() -> Vec<Ask<'static>> {
    vec![
        (
            "beginning of a word, ranked",
            Sort::Relevance,
            Box::new(|dice| Filter {
                text: Some(format!("{}*", word(dice.zipf(5_000)).chars().take(4).collect::<String>())),
                ..Filter::default()
            }),
        ),
        (
            "two words ranked, country, outlet",
            Sort::Relevance,
            Box::new(|dice| Filter {
                text: Some(format!("{} {}", word(dice.zipf(5_000)), word(dice.zipf(5_000)))),
                area: Some(country(dice)),
                outlet: Some(outlet(dice.zipf(120))),
                ..Filter::default()
            }),
        ),
        (
            "two words ranked, as of",
            Sort::Relevance,
            Box::new(|dice| Filter {
                text: Some(format!("{} {}", word(dice.zipf(5_000)), word(dice.zipf(5_000)))),
                as_of: day(dice),
                ..Filter::default()
            }),
        ),
        (
            "one word",
            Sort::Known,
            Box::new(|dice| Filter { text: Some(word(dice.zipf(60_000))), ..Filter::default() }),
        ),
        (
            "one word, ranked",
            Sort::Relevance,
            Box::new(|dice| Filter { text: Some(word(dice.zipf(60_000))), ..Filter::default() }),
        ),
        (
            "two words, ranked",
            Sort::Relevance,
            Box::new(|dice| Filter {
                text: Some(format!("{} {}", word(dice.zipf(5_000)), word(dice.zipf(5_000)))),
                ..Filter::default()
            }),
        ),
        (
            "phrase",
            Sort::Known,
            Box::new(|dice| Filter {
                text: Some(format!("\"{}\"", group(dice.zipf(400)))),
                ..Filter::default()
            }),
        ),
        (
            "word OR word NOT word, as of",
            Sort::Known,
            Box::new(|dice| Filter {
                text: Some(format!(
                    "{} OR {} NOT {}",
                    word(dice.zipf(5_000)),
                    word(dice.zipf(5_000)),
                    word(dice.zipf(5_000))
                )),
                as_of: day(dice),
                ..Filter::default()
            }),
        ),
        (
            "word and radius",
            Sort::Known,
            Box::new(|dice| Filter {
                text: Some(word(dice.zipf(5_000))),
                area: Some(near(dice)),
                ..Filter::default()
            }),
        ),
    ]
}

fn measure(store: &Store, queries: u64) -> Run {
    let mut every: Vec<f64> = Vec::new();
    // What has no day counts by the day of loading, the last of all.
    let dated = Filter { known_until: Date::from_days(FIRST_DAY + 4_999), ..Filter::default() };
    let newest = store.documents(&dated, &Window { limit: 1, ..Window::first(Sort::Known) })?;
    let last = newest
        .items
        .iter()
        .find(|item| item.source.dated)
        .map_or(FIRST_DAY + 5_000, |item| item.source.known.days());
    let _ = DAYS.set((last - FIRST_DAY).max(1) as u64);
    let print = |name: &str, mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("{name:36} p50 {:7.1} ms  p95 {:7.1} ms  max {:7.1} ms", at(0.5), at(0.95), at(1.0));
    };
    let mut row = |name: &str, times: Vec<f64>| {
        every.extend(&times);
        print(name, times);
    };
    let timed = |sort: Sort,
                 ask: &dyn Fn(&mut Dice) -> Filter,
                 run: &dyn Fn(&Filter, &Window) -> Result<usize, watchkeeper_store::Error>| {
        // Once to warm, once to measure; one query repeated is not what is measured, but its rows in memory are.
        let mut times = Vec::new();
        let mut slowest: Vec<(f64, Filter)> = Vec::new();
        for _pass in 0..2 {
            let mut dice = Dice(42);
            times.clear();
            slowest.clear();
            for _ in 0..queries {
                let filter = ask(&mut dice);
                let start = on_cpu();
                // An actor or place that was never drawn is an error in words, and costs a look-up.
                let _ = run(&filter, &Window::first(sort));
                times.push(on_cpu() - start);
                slowest.push((on_cpu() - start, filter));
            }
        }
        if std::env::args().len() > 4 {
            slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
            for (time, filter) in slowest.iter().take(3) {
                println!(
                    "  {time:.0} ms: {:?} {:?} {:?}",
                    filter.text,
                    filter.who,
                    (&filter.types, filter.as_of)
                );
            }
        }
        times
    };
    for (name, sort, ask) in asks().iter().filter(|ask| is_asked(ask.0)) {
        row(name, timed(*sort, ask, &|filter, window| Ok(store.incidents(filter, window)?.items.len())));
    }
    for (name, sort, ask) in searches().iter().filter(|ask| is_asked(ask.0)) {
        row(name, timed(*sort, ask, &|filter, window| Ok(store.documents(filter, window)?.items.len())));
    }
    if std::env::args().len() <= 4 {
        // As who reads on asks for them.
        let deep = Filter { area: Some(Area::Country(COUNTRIES[2].to_owned())), ..Filter::default() };
        let mut times = Vec::new();
        let mut window = Window::first(Sort::Happened);
        for _ in 0..queries {
            let start = on_cpu();
            window.after = store.incidents(&deep, &window)?.next;
            times.push(on_cpu() - start);
        }
        row("country, window after window", times);
        let said: Ask<'_> = (
            "statements with a word",
            Sort::Known,
            Box::new(|dice| Filter { text: Some(word(dice.zipf(5_000))), ..Filter::default() }),
        );
        row(
            said.0,
            timed(said.1, &said.2, &|filter, window| Ok(store.statements(filter, window)?.items.len())),
        );
        let sayings: Ask<'_> = (
            "statements of a kind and actor",
            Sort::Known,
            Box::new(|dice| Filter {
                who: Some(Who { actor: group(dice.zipf(400)), wings: false }),
                statement_kinds: vec![StatementKind::ALL[dice.below(8) as usize]],
                ..Filter::default()
            }),
        );
        row(
            sayings.0,
            timed(sayings.1, &sayings.2, &|filter, window| Ok(store.statements(filter, window)?.items.len())),
        );
        let control: Ask<'_> = (
            "control of a country",
            Sort::Happened,
            Box::new(|dice| Filter { area: Some(country(dice)), ..Filter::default() }),
        );
        row(
            control.0,
            timed(control.1, &control.2, &|filter, window| Ok(store.control(filter, window)?.items.len())),
        );
    }
    if !every.is_empty() {
        print("all", every);
    }
    Ok(())
}
