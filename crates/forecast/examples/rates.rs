//! Scores methods year by year as the benchmark does (origin October, months 3 to 14 ahead), beside the last twelve months.
//! `cargo run --example rates -- history.csv.gz FIRST LAST [key=value …]`
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a developer's loop"
)]
use std::io::Read;
use std::num::NonZeroUsize;
use watchkeeper_forecast::panel::{Month, Options, Panel, Row};
use watchkeeper_forecast::rate::{Around, Forecaster, Method, Settings};
use watchkeeper_forecast::scoring::{Summary, score, summary};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&std::fs::read(&arguments[0]).unwrap()[..])
        .read_to_string(&mut text)
        .unwrap();
    let (first, last): (i32, i32) = (arguments[1].parse().unwrap(), arguments[2].parse().unwrap());
    let mut settings = Settings::default();
    let mut rolling = None;
    let mut around = Around::default();
    for pair in &arguments[3..] {
        let (key, value) = pair.split_once('=').unwrap();
        match key {
            "raw" => settings.raw_share = value.parse().unwrap(),
            "step" => settings.origin_step = value.parse().unwrap(),
            "back" => settings.origins_back = value.parse().unwrap(),
            "quiet" => settings.quiet_below = value.parse().unwrap(),
            "hedge" => settings.hedge = value.parse().unwrap(),
            "rolling" => rolling = Some(value.parse::<usize>().unwrap()),
            // Lines of a unit's number, a tab, and its neighbours' numbers with commas between.
            "around" => {
                for line in std::fs::read_to_string(value).unwrap().lines() {
                    let mut cells = line.split('\t');
                    let name = |id: &str| format!("{id:0>4}");
                    let unit = name(cells.next().unwrap());
                    let others = cells.next().unwrap().split(',').filter(|id| !id.is_empty());
                    around.neighbours.insert(unit, others.map(name).collect());
                }
            }
            "k" => settings.nearness.neighbours = value.parse().unwrap(),
            "kq" => settings.nearness.neighbours_quiet = value.parse().unwrap(),
            "own" => settings.nearness.own = value.parse().unwrap(),
            "shift" => settings.nearness.shift = value.parse().unwrap(),
            "w" => {
                for (w, v) in settings.nearness.weights.iter_mut().zip(value.split(',')) {
                    *w = v.parse().unwrap()
                }
            }
            _ => panic!("{key}"),
        }
    }
    let rows: Vec<Row> = text
        .lines()
        .enumerate()
        .skip(1)
        .map(|(n, line)| {
            let f: Vec<&str> = line.split(',').collect();
            Row {
                line: n + 1,
                unit: format!("{:0>4}", f[1]),
                month: Month(f[0].parse().unwrap()),
                value: f[2].parse().unwrap(),
                released: None,
            }
        })
        .collect();
    // Nothing after the years asked for is read at all.
    let until = Month::of(last, 12).unwrap();
    let (panel, _) =
        Panel::from_rows(&rows, &Options { as_of: None, until: Some(until), sum: false, zero_fill: false });
    let begun = std::time::Instant::now();
    let forecaster = Forecaster::with_around(&panel, &around, 14, settings, NonZeroUsize::new(2).unwrap());
    eprintln!("made in {:.1?}", begun.elapsed());
    if let Some(horizon) = rolling {
        for method in [Method::Last12, Method::Mixture] {
            let mut cells = Vec::new();
            for target in Month::of(first, 1).unwrap().0..=until.0 {
                let origin = panel.place(Month(target - horizon as i32)).unwrap();
                for (unit, by_horizon) in forecaster.forecast(method, origin).iter().enumerate() {
                    if let Some(outcome) = panel.at(unit, origin + horizon) {
                        cells.push(score(&by_horizon[horizon - 1].quantiles(1000), outcome));
                    }
                }
            }
            println!("{method:?} h {horizon} {:?}", summary(&cells));
        }
        return;
    }
    let mut logs = std::collections::BTreeMap::<String, (f64, f64)>::new();
    for year in first..=last {
        let origin = panel.place(Month::of(year - 1, 10).unwrap()).unwrap();
        let mut base: Option<Summary> = None;
        let mut line = format!("{year}");
        let methods: Vec<Method> = if settings.quiet_below < 0.0 {
            std::iter::once(Method::Last12).chain(Method::PARTS).chain([Method::Mixture]).collect()
        } else {
            vec![Method::Last12, Method::Analog, Method::AnalogLast, Method::Mixture]
        };
        for method in methods {
            let all = forecaster.forecast(method, origin);
            let mut cells = Vec::new();
            for (unit, by_horizon) in all.iter().enumerate() {
                for horizon in 3..=14 {
                    if let Some(outcome) = panel.at(unit, origin + horizon) {
                        cells.push(score(&by_horizon[horizon - 1].quantiles(1000), outcome));
                    }
                }
            }
            let sum = summary(&cells);
            let base = *base.get_or_insert(sum);
            let entry = logs.entry(format!("{method:?}")).or_default();
            entry.0 += (sum.crps / base.crps).ln();
            entry.1 += (sum.crps_log / base.crps_log).ln();
            line += &format!(
                " | {method:?} {:.3} {:.4} ign {:.3} cov {:.3} act {:.3} of {} br {:.4}",
                sum.crps,
                sum.crps_log,
                sum.ignorance,
                sum.coverage,
                sum.coverage_active.unwrap(),
                sum.active,
                sum.brier
            );
        }
        println!("{line}");
    }
    let n = f64::from(last - first + 1);
    for (method, (raw, log)) in logs {
        println!("{method:18} crps x {:.4}  log x {:.4}", (raw / n).exp(), (log / n).exp());
    }
    eprintln!("done in {:.1?}", begun.elapsed());
}
