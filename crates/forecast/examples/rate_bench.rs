//! Times a whole forecast of a made-up world: 190 units, 400 months of history, 14 horizons, 1,000 draws a cell. `rate_bench THREADS`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measuring program"
)]
use std::num::NonZeroUsize;
use std::time::Instant;

use watchkeeper_forecast::panel::{Month, Options, Panel, Row};
use watchkeeper_forecast::random::Stream;
use watchkeeper_forecast::rate::{Forecaster, Method, Settings, draws};

fn main() {
    let threads: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut rows = Vec::new();
    for unit in 0..190_u64 {
        let mut stream = Stream::new(1, &[unit]);
        // A fifth of the units are at war most of the time, as in the real world.
        let usual = if unit % 5 == 0 { 30.0 * stream.gamma(0.5) } else { 0.0 };
        let mut level = usual;
        for month in 1..=400 {
            level = if stream.unit() < 0.003 {
                50.0 * stream.gamma(0.4)
            } else {
                level * (0.3 * stream.normal()).exp() * 0.9 + 0.1 * usual
            };
            rows.push(Row {
                line: rows.len() + 2,
                unit: format!("U{unit:03}"),
                month: Month(month),
                value: stream.poisson(level) as f64,
                released: None,
            });
        }
    }
    let options = Options { as_of: None, until: None, sum: false, zero_fill: false };
    let begun = Instant::now();
    let (panel, _) = Panel::from_rows(&rows, &options);
    let forecaster = Forecaster::new(&panel, 14, Settings::default(), NonZeroUsize::new(threads).unwrap());
    let all = forecaster.forecast(Method::Mixture, panel.months() - 1);
    let mut sum = 0.0;
    let mut cells = 0;
    for (unit, by_horizon) in all.iter().enumerate() {
        for (ahead, atoms) in by_horizon.iter().enumerate() {
            sum += draws(atoms, 1_000, 1, &[unit as u64, ahead as u64]).iter().sum::<f64>();
            cells += 1;
        }
    }
    println!(
        "{cells} cells of 1,000 draws on {threads} threads: {:.2} s (mean {:.2})",
        begun.elapsed().as_secs_f64(),
        sum / f64::from(cells) / 1_000.0
    );
}
