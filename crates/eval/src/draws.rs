//! Official draws and changes through our own scores: do they give what the benchmark's own scorer gives?
//!
//! In: the folder of the benchmark `forecast`. Out: CRPS, CRPS of ln(1 + x) and Brier score of the official draws of each year, and TADDA of
//! "no change". Only the draws that are there as CSV are read (`conflictology`, 12 draws a cell); the two larger sets are parquet.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};
use watchkeeper_forecast::scoring::{Tadda, score, summary, tadda};

use crate::metric::Figures;
use crate::outlook::unpacked;

/// Years with official draws.
const YEARS: std::ops::RangeInclusive<i32> = 2018..=2021;
/// Months ahead that TADDA is asked for.
const STEPS: std::ops::RangeInclusive<usize> = 2..=7;

/// All figures: `crps_2018`, `crps_ln_2018`, `brier_2018`, …, `tadda1_s2`, `tadda2_s2`, ….
///
/// # Errors
/// When a file can't be read or a row isn't what the folder's README says.
pub(crate) fn figures(folder: &Path) -> Result<Figures> {
    let mut out = Figures::new();
    for year in YEARS {
        let mut draws: BTreeMap<(u32, u32), Vec<f64>> = BTreeMap::new();
        rows(&folder.join(format!("draws/conflictology_{year}.csv.gz")), 4, |row| {
            draws.entry((row[0] as u32, row[1] as u32)).or_default().push(row[3]);
        })?;
        let mut cells = Vec::new();
        let path = folder.join(format!("gold_{year}.csv"));
        rows(&path, 3, |row| {
            let mut cell = draws.remove(&(row[0] as u32, row[1] as u32)).unwrap_or_default();
            cell.sort_by(f64::total_cmp);
            cells.push(score(&cell, row[2]));
        })?;
        ensure!(!cells.is_empty(), "{}: no rows", path.display());
        let sum = summary(&cells);
        for (name, figure) in [("crps", sum.crps), ("crps_ln", sum.crps_log), ("brier", sum.brier)] {
            out.insert(format!("{name}_{year}"), figure);
        }
    }
    let path = folder.join("tadda/gold_2017_2019.csv");
    let (mut sums, mut count) = (BTreeMap::<String, f64>::new(), 0.0);
    rows(&path, 8, |row| {
        count += 1.0;
        for step in STEPS {
            for (name, kind) in [("tadda1", Tadda::One), ("tadda2", Tadda::Two)] {
                *sums.entry(format!("{name}_s{step}")).or_default() += tadda(row[step], 0.0, kind);
            }
        }
    })?;
    ensure!(count > 0.0, "{}: no rows", path.display());
    out.extend(sums.into_iter().map(|(name, sum)| (name, sum / count)));
    Ok(out)
}

/// Calls `each` with the numbers of every row but the first line; text counts as 0.
fn rows(path: &Path, fields: usize, mut each: impl FnMut(&[f64])) -> Result<()> {
    let name = path.display();
    let text = unpacked(path)?;
    for (number, line) in text.lines().enumerate().skip(1) {
        let row: Vec<f64> = line.split(',').map(|field| field.trim().parse().unwrap_or(0.0)).collect();
        ensure!(row.len() >= fields, "{name}: line {}: {} fields, {fields} wanted", number + 1, row.len());
        each(&row);
    }
    Ok(())
}
