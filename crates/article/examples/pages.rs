//! Reads pages and writes what a scorer of the benchmark `clean` reads: `pages IN.jsonl OUT.jsonl
//! [GOLD.jsonl]`. Prints pages a second of processor time (of the clock, where the system doesn't tell) without unpacking, and the
//! figures where gold is given. The first page is read once before, so that what is made once for all pages isn't counted.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool, run by hand")]

use std::io::Write;
use std::path::Path;

use serde_json::Value;
#[path = "../../eval/src/clean.rs"]
mod clean;
#[path = "../../eval/src/clean_task.rs"]
#[expect(dead_code, reason = "shared with the evaluation program, which uses more of it")]
mod clean_task;

/// Processor time that this thread has had, where Linux tells it; else what the clock says.
fn spent(started: std::time::Instant) -> std::time::Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat");
    let ran = told.ok().and_then(|told| told.split(' ').next().and_then(|ran| ran.parse().ok()));
    ran.map_or_else(|| started.elapsed(), std::time::Duration::from_nanos)
}

fn main() {
    let started = std::time::Instant::now();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(&arguments[0]).parent().unwrap();
    let mut found = std::collections::BTreeMap::new();
    let mut out = std::fs::File::create(&arguments[1]).unwrap();
    let (mut total, mut pages, mut slowest) = (std::time::Duration::ZERO, 0, std::time::Duration::ZERO);
    for line in std::fs::read_to_string(&arguments[0]).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let bytes = clean_task::unpack(&folder.join(row["html_path"].as_str().unwrap())).unwrap();
        if pages == 0 {
            clean_task::predict(&row, &bytes);
        }
        let before = spent(started);
        let read = clean_task::predict(&row, &bytes);
        let took = spent(started).saturating_sub(before);
        total += took;
        slowest = slowest.max(took);
        pages += 1;
        writeln!(out, "{read}").unwrap();
        found.insert(row["id"].as_str().unwrap().to_owned(), read);
    }
    println!("{pages} pages, {:.1} a second, slowest {slowest:?}", f64::from(pages) / total.as_secs_f64());
    if let Some(path) = arguments.get(2) {
        let gold = std::fs::read_to_string(path).unwrap();
        let gold: Vec<Value> = gold.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (name, figure) in clean::score(&gold, &found) {
            println!("{name} {figure:.6}");
        }
    }
}
