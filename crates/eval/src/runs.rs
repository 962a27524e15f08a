//! A run: every task that is there scored at once, and the figures kept with date, machine and version.
//!
//! In: the benchmarks and the file of floors. Out: `evaluation/runs/<date>-<machine>.json` and a Markdown table beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use watchkeeper_record::article::Date;

use crate::gate;
use crate::metric::Figures;

/// Scores all tasks of the baseline whose files are there and writes what came out into a folder. Returns the table.
///
/// # Errors
/// When a file is malformed or can't be written, or no task is there.
pub(crate) fn run(data: &Path, baseline: &Path, machine: &str, folder: &Path) -> Result<String> {
    let mut tasks: BTreeMap<String, (Figures, f64, Option<String>)> = BTreeMap::new();
    for (name, task) in &gate::read(baseline)?.tasks {
        let input = task.input(data, baseline);
        if input.as_ref().is_some_and(|input| !input.is_file()) {
            eprintln!("watchkeeper-eval: {name}: no input, left out");
            continue;
        }
        let begun = Instant::now();
        let figures = gate::score(name, task, data, baseline)?;
        let digest = match input {
            Some(input) => Some(digest(&input)?),
            None => None,
        };
        eprintln!("watchkeeper-eval: {name} scored");
        tasks.insert(name.clone(), (figures, begun.elapsed().as_secs_f64(), digest));
    }
    if tasks.is_empty() {
        bail!("{}: no task's files are there", data.display());
    }
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let date = i32::try_from(seconds / 86_400)
        .ok()
        .and_then(Date::from_days)
        .context("the clock is out of range")?
        .to_string();
    let processor = processor();
    let table = table(&tasks, &date, &processor);
    let told: BTreeMap<&String, Value> = tasks
        .iter()
        .map(|(name, (figures, seconds, digest))| {
            let rounded: BTreeMap<&String, f64> =
                figures.iter().map(|(figure, value)| (figure, (value * 1e4).round() / 1e4)).collect();
            (name, json!({"figures": rounded, "seconds": (seconds * 10.0).round() / 10.0, "input_sha256": digest}))
        })
        .collect();
    let kept = json!({
        "date": date,
        "machine": {"name": machine, "processor": processor, "cores": std::thread::available_parallelism().map_or(1, usize::from)},
        "version": env!("CARGO_PKG_VERSION"),
        "command": "watchkeeper-eval run",
        "tasks": told,
    });
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (extension, text) in [("json", format!("{kept:#}\n")), ("md", table.clone())] {
        let path = folder.join(format!("{date}-{machine}.{extension}"));
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(table)
}

/// One row a figure.
fn table(tasks: &BTreeMap<String, (Figures, f64, Option<String>)>, date: &str, processor: &str) -> String {
    let mut out = format!(
        "# Figures of {date}\n\n`watchkeeper-eval run` on {processor}.\n\n| task | figure | value |\n| --- | --- | --- |\n"
    );
    for (name, (figures, _, _)) in tasks {
        for (figure, value) in figures {
            let _ = writeln!(out, "| {name} | {} | {value:.4} |", figure.replace('_', " "));
        }
    }
    out
}

/// What the machine says of its processor.
fn processor() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn digest(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_row_a_figure() {
        let figures = Figures::from([("value_f1".to_owned(), 0.5), ("strict_f1".to_owned(), 0.25)]);
        let tasks = BTreeMap::from([("timex".to_owned(), (figures, 1.0, None))]);
        let table = table(&tasks, "2026-11-22", "a processor");
        assert!(
            table.ends_with("| timex | strict f1 | 0.2500 |\n| timex | value f1 | 0.5000 |\n"),
            "{table}"
        );
    }
}
