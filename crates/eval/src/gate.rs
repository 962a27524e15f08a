//! The gate: figures once reached may not be lost.
//!
//! `evaluation/baseline.json` holds for each task its files and for each figure a floor (`min`) or a ceiling (`max`).
//! Files are in the folder of the benchmarks; those of an entry with `"own": true` are in the baseline's own folder.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::metric::Figures;
use crate::task::{Task, keyed, lines, predictions};
use crate::{distance, metric, re3d, realis, timex, toponyms};

#[derive(Deserialize)]
struct Baseline {
    tasks: BTreeMap<String, TaskFloors>,
}

#[derive(Deserialize)]
struct TaskFloors {
    /// What is predicted, where the entry's name doesn't say it: several entries may share a task.
    task: Option<String>,
    /// Whether its files are the project's own, beside the baseline, and not among the benchmarks.
    #[serde(default)]
    own: bool,
    /// Number of folds, where the figures are out of fold and not of the shipped model.
    folds: Option<usize>,
    #[serde(default)]
    input: String,
    #[serde(default)]
    gold: String,
    #[serde(default)]
    min: BTreeMap<String, f64>,
    #[serde(default)]
    max: BTreeMap<String, f64>,
}

/// Scores every task of the baseline and prints a line a figure. Returns whether every figure holds.
///
/// # Errors
/// When the baseline or a benchmark can't be read, or names a task or figure that doesn't exist.
pub(crate) fn run(data: &Path, baseline: &Path) -> Result<bool> {
    let text =
        std::fs::read_to_string(baseline).with_context(|| format!("cannot read {}", baseline.display()))?;
    let floors: Baseline =
        serde_json::from_str(&text).with_context(|| format!("{}: malformed", baseline.display()))?;
    if floors.tasks.is_empty() {
        bail!("{}: no task", baseline.display());
    }
    let (mut held, mut broken) = (0, 0);
    for (name, task) in &floors.tasks {
        let kind = <Task as clap::ValueEnum>::from_str(task.task.as_ref().unwrap_or(name), false)
            .map_err(|_| anyhow!("{}: `{name}` names no task", baseline.display()))?;
        if let Some(folds) = task.folds {
            if kind != Task::Toponyms {
                bail!("{}: `{name}` can't be cross-validated", baseline.display());
            }
            let figures = toponyms::out_of_fold_figures(data, folds)?;
            compare(name, task, &figures, &mut held, &mut broken, baseline)?;
            continue;
        }
        let folder = if task.own { baseline.parent().unwrap_or(Path::new("")) } else { data };
        let input = lines(&folder.join(&task.input))?;
        let gold = keyed(lines(&folder.join(&task.gold))?)?;
        let predicted = keyed(predictions(kind, &input)?)?;
        let figures = match kind {
            Task::Debris => metric::debris(&gold, &predicted)?,
            Task::Plover => metric::plover(&gold, &predicted)?,
            Task::Re3d => re3d::score(&gold, &predicted)?,
            Task::Realis => realis::score(&gold, &predicted)?,
            Task::Timex => timex::score(&gold, &predicted)?,
            Task::Toponyms => distance::score(&gold, &predicted)?,
        };
        compare(name, task, &figures, &mut held, &mut broken, baseline)?;
    }
    println!("gate: {held} figures held, {broken} broken");
    Ok(broken == 0 && held > 0)
}

/// Prints the figures of one entry beside their bounds and counts those that hold.
fn compare(
    name: &str,
    task: &TaskFloors,
    figures: &Figures,
    held: &mut u32,
    broken: &mut u32,
    baseline: &Path,
) -> Result<()> {
    for (figure, value) in figures {
        let floor = task.min.get(figure);
        let ceiling = task.max.get(figure);
        let fine = floor.is_none_or(|floor| value >= floor) && ceiling.is_none_or(|ceiling| value <= ceiling);
        let bound = match (floor, ceiling) {
            (Some(floor), _) => format!("at least {floor}"),
            (_, Some(ceiling)) => format!("at most {ceiling}"),
            _ => "not bound".to_owned(),
        };
        println!("{} {name:16} {figure:30} {value:8.4}  {bound}", if fine { "ok    " } else { "BROKEN" });
        if floor.is_some() || ceiling.is_some() {
            *held += u32::from(fine);
            *broken += u32::from(!fine);
        }
    }
    for figure in task.min.keys().chain(task.max.keys()) {
        if !figures.contains_key(figure) {
            bail!("{}: task `{name}` has no figure `{figure}`", baseline.display());
        }
    }
    Ok(())
}
