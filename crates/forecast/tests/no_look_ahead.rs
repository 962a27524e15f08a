//! Nothing after the as-of date, and no number of threads, changes a forecast's bytes.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::num::NonZeroUsize;

use proptest::prelude::*;
use watchkeeper_forecast::backtest::last_day;
use watchkeeper_forecast::panel::{Day, Month, Options, Panel, Row};
use watchkeeper_forecast::random::Stream;
use watchkeeper_forecast::rate::{Around, Forecaster, Method, Settings, draws};

const OPTIONS: Options = Options { as_of: None, until: None, sum: false, zero_fill: false };

/// A made-up world: some units quiet, some at war now and then.
fn world(seed: u64, units: usize, months: i32) -> Vec<Row> {
    let mut rows = Vec::new();
    for unit in 0..units {
        let mut stream = Stream::new(seed, &[unit as u64]);
        let mut level = if unit % 3 == 0 { 0.0 } else { 20.0 * stream.gamma(0.7) };
        for month in 1..=months {
            level = if stream.unit() < 0.03 {
                40.0 * stream.gamma(0.4)
            } else {
                level * (0.2 * stream.normal()).exp()
            };
            rows.push(Row {
                line: rows.len() + 2,
                unit: format!("U{unit:02}"),
                month: Month(month),
                value: stream.poisson(level) as f64,
                released: None,
            });
        }
    }
    rows
}

fn bytes(rows: &[Row], options: &Options, origin: Month, horizons: usize, workers: usize) -> Vec<u8> {
    let (panel, _) = Panel::from_rows(rows, options);
    let settings = Settings { origin_step: 4, ..Settings::default() };
    // Units stand in a row, each between two neighbours.
    let count = panel.units().len();
    let beside: Vec<Vec<usize>> = (0..count)
        .map(|unit| [unit.wrapping_sub(1), unit + 1].into_iter().filter(|at| *at < count).collect())
        .collect();
    let around = Around::of(panel.units(), beside.iter().map(Vec::as_slice));
    let workers = NonZeroUsize::new(workers).unwrap();
    let forecaster = Forecaster::with_around(&panel, &around, horizons, settings, workers);
    let all = forecaster.forecast(Method::Mixture, panel.place(origin).unwrap());
    let mut out = Vec::new();
    for (unit, by_horizon) in all.iter().enumerate() {
        for (ahead, atoms) in by_horizon.iter().enumerate() {
            for value in draws(atoms, 50, 1, &[unit as u64, ahead as u64]) {
                out.extend(value.to_le_bytes());
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn later_months_do_not_show(seed in 0_u64..1_000, origin in 40_i32..58, factor in 0_u32..50) {
        let rows = world(seed, 9, 64);
        let origin = Month(origin);
        let cut = Options { until: Some(origin), ..OPTIONS };
        let before = bytes(&rows, &cut, origin, 6, 1);
        // Later months are changed at will: behind the cut, and also in a panel that holds them all.
        let mut changed = rows;
        for row in changed.iter_mut().filter(|row| row.month > origin) {
            row.value = f64::from(factor) * 17.0 + f64::from(row.month.0 % 5);
        }
        prop_assert_eq!(&before, &bytes(&changed, &cut, origin, 6, 1));
        prop_assert_eq!(&before, &bytes(&changed, &OPTIONS, origin, 6, 1));
    }

    #[test]
    fn later_releases_do_not_show(seed in 0_u64..1_000, origin in 40_i32..58, added in 1_u32..900) {
        let mut rows = world(seed, 6, 60);
        for row in &mut rows {
            row.released = Some(last_day(row.month));
        }
        let as_of = last_day(Month(origin));
        let cut = Options { as_of: Some(as_of), ..OPTIONS };
        let before = bytes(&rows, &cut, Month(origin), 3, 1);
        // A revision of every month, out one day too late.
        let revised: Vec<Row> = rows
            .iter()
            .map(|row| Row { value: row.value + f64::from(added), released: Some(Day(as_of.0 + 1)), ..row.clone() })
            .collect();
        rows.extend(revised);
        prop_assert_eq!(&before, &bytes(&rows, &cut, Month(origin), 3, 1));
    }

    #[test]
    fn the_number_of_threads_does_not_show(seed in 0_u64..1_000) {
        let rows = world(seed, 7, 50);
        let one = bytes(&rows, &OPTIONS, Month(50), 4, 1);
        for workers in [2, 3, 8] {
            prop_assert_eq!(&one, &bytes(&rows, &OPTIONS, Month(50), 4, workers));
        }
    }
}

#[test]
fn what_came_before_does_show() {
    let mut rows = world(5, 8, 60);
    let before = bytes(&rows, &OPTIONS, Month(60), 3, 1);
    for row in rows.iter_mut().filter(|row| row.unit == "U01" && row.month.0 > 57) {
        row.value += 500.0;
    }
    assert_ne!(before, bytes(&rows, &OPTIONS, Month(60), 3, 1));
}

#[test]
fn a_neighbour_s_war_does_show() {
    let rows = world(8, 8, 60);
    let of = |rows: &[Row], known: bool| {
        let (panel, _) = Panel::from_rows(rows, &OPTIONS);
        let beside: Vec<Vec<usize>> =
            (0..8).map(|unit: usize| if known { vec![unit ^ 1] } else { Vec::new() }).collect();
        let around = Around::of(panel.units(), beside.iter().map(Vec::as_slice));
        let forecaster = Forecaster::with_around(&panel, &around, 2, Settings::default(), NonZeroUsize::MIN);
        forecaster.forecast_at(Method::Analog, 59, 1)[0].clone()
    };
    let mut war = rows.clone();
    for row in war.iter_mut().filter(|row| row.unit == "U01" && row.month.0 > 54) {
        row.value = 900.0;
    }
    assert_ne!(of(&rows, true), of(&war, true));
    assert_ne!(of(&rows, true), of(&rows, false));
}

#[test]
fn poor_panels_are_forecast_without_a_panic() {
    for rows in [vec![], world(1, 1, 1), world(2, 2, 3), world(3, 3, 30)] {
        let (panel, _) = Panel::from_rows(&rows, &OPTIONS);
        let forecaster = Forecaster::new(&panel, 3, Settings::default(), NonZeroUsize::MIN);
        if panel.months() > 0 {
            for method in
                Method::PARTS.into_iter().chain([Method::Mixture, Method::LastValue, Method::Climatology])
            {
                let all = forecaster.forecast(method, panel.months() - 1);
                assert!(all.iter().flatten().all(|atoms| atoms.mean().is_finite()));
            }
        }
    }
}
