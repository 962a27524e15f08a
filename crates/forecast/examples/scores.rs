//! Scores draws against outcomes as the Python scorer does. `cargo run --example scores -- GOLD.csv PRED.csv.gz`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a developer's loop"
)]
use std::collections::BTreeMap;
use std::io::Read;
use watchkeeper_forecast::scoring::{Tadda, score, summary, tadda};

fn read(path: &str) -> String {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    if path.ends_with(".gz") {
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.len() == 1 {
        for step in 0..6 {
            let (mut one, mut two, mut n) = (0.0, 0.0, 0.0);
            for line in read(&arguments[0]).lines().skip(1) {
                let change: f64 = line.split(',').nth(2 + step).unwrap().parse().unwrap();
                one += tadda(change, 0.0, Tadda::One);
                two += tadda(change, 0.0, Tadda::Two);
                n += 1.0;
            }
            println!("s{} {:.3} {:.3}", step + 2, one / n, two / n);
        }
        return;
    }
    let mut draws: BTreeMap<(u32, u32), Vec<f64>> = BTreeMap::new();
    for line in read(&arguments[1]).lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        draws.entry((f[0].parse().unwrap(), f[1].parse().unwrap())).or_default().push(f[3].parse().unwrap());
    }
    let mut all = Vec::new();
    for line in read(&arguments[0]).lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        let mut cell = draws.remove(&(f[0].parse().unwrap(), f[1].parse().unwrap())).unwrap_or_default();
        cell.sort_by(f64::total_cmp);
        all.push(score(&cell, f[2].parse().unwrap()));
    }
    println!("{:?}", summary(&all));
}
