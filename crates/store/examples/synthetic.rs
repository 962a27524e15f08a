//! Loads invented readings and measures: `cargo run --release -p watchkeeper-store --example synthetic -- FILE DOCUMENTS [QUERIES]`.
//!
//! Prints rate and size of loading, then the time on the processor of each kind of query, warm. Two threads prepare, one writes.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that measures")]

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use synthetic::{COUNTRIES, Dice, FIRST_DAY, group, make, outlet, published, where_is, word};
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{IncidentType, Realis, StatementKind};
use watchkeeper_store::{
    Area, Entry, Filter, Mode, OpenOptions, Prepared, Sort, Store, Who, Window, prepare,
};

type Run = Result<(), Box<dyn std::error::Error>>;

fn main() -> Run {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = Path::new(arguments.first().ok_or("FILE DOCUMENTS [QUERIES]")?);
    let documents: u64 = arguments.get(1).ok_or("FILE DOCUMENTS [QUERIES]")?.parse()?;
    let queries: u64 = arguments.get(2).map_or(Ok(60), |text| text.parse())?;
    let mut store =
        Store::open_with(path, &OpenOptions { cache_kib: 262_144, ..OpenOptions::new(Mode::Create) })?;
    let there = store.count()?;
    if there < documents {
        load(&mut store, there, documents)?;
    }
    let size = std::fs::metadata(path)?.len();
    println!("size {} MB, {} bytes a document", size / 1_000_000, size / documents.max(1));
    drop(store);
    let store = Store::open(path, Mode::Read)?;
    measure(&store, queries)?;
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
    Ok(())
}

fn load(store: &mut Store, from: u64, to: u64) -> Run {
    let start = Instant::now();
    let moment = Moment::start_of(Date::from_days(FIRST_DAY + 5_000).ok_or("a day")?);
    // In the order of their days, as archives come.
    let mut numbers: Vec<u64> = (0..to).collect();
    numbers.sort_by_key(|number| (published(1, *number), *number));
    let numbers = &numbers[from as usize..];
    let (send, receive) = mpsc::sync_channel::<Prepared>(512);
    std::thread::scope(|scope| -> Run {
        for worker in 0..2 {
            let send = send.clone();
            scope.spawn(move || {
                for number in numbers.iter().skip(worker).step_by(2) {
                    let made = make(1, *number);
                    let ready = prepare(Entry { page: &made.page, reading: &made.reading, moment });
                    if ready.is_ok_and(|ready| send.send(ready).is_err()) {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut writer = store.writer();
        for (done, prepared) in receive.iter().enumerate() {
            writer.put(&prepared)?;
            if writer.pending() >= 4_096 {
                writer.commit()?;
            }
            if (done + 1) % 20_000 == 0 {
                let seconds = start.elapsed().as_secs_f64();
                println!(
                    "{} documents in {seconds:.0} s, {:.0} a second",
                    done + 1,
                    (done + 1) as f64 / seconds
                );
            }
        }
        writer.commit()?;
        Ok(())
    })?;
    store.optimise()?;
    println!("loaded {} in {:.1} s", to - from, start.elapsed().as_secs_f64());
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
        for pass in 0..2 {
            let mut dice = Dice(42);
            times.clear();
            for _ in 0..queries {
                let filter = ask(&mut dice);
                let start = on_cpu();
                // An actor or place that was never drawn is an error in words, and costs a look-up.
                let _ = run(&filter, &Window::first(sort));
                times.push(on_cpu() - start);
            }
            let _ = pass;
        }
        times
    };
    for (name, sort, ask) in &asks() {
        row(name, timed(*sort, ask, &|filter, window| Ok(store.incidents(filter, window)?.items.len())));
    }
    for (name, sort, ask) in &searches() {
        row(name, timed(*sort, ask, &|filter, window| Ok(store.documents(filter, window)?.items.len())));
    }
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
    print("all", every);
    Ok(())
}
