//! The gate: figures once reached may not be lost.
//!
//! `evaluation/baseline.json` holds for each task its files and for each figure a floor (`min`) or a ceiling (`max`).
//! Files are in the folder of the benchmarks; those of an entry with `"own": true` are in the baseline's own folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::metric::Figures;
use crate::task::{Task, keyed, lines, predictions};
use crate::{
    actors, attribution, clean, distance, draws, metric, muc4, outlook, partition, re3d, realis, timex,
    toponyms,
};

/// The file of floors.
#[derive(Deserialize)]
pub(crate) struct Baseline {
    /// Entries by name.
    pub(crate) tasks: BTreeMap<String, TaskFloors>,
}

/// One entry: what is scored, on what, and what is asked of it.
#[derive(Deserialize)]
pub(crate) struct TaskFloors {
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

impl TaskFloors {
    /// Where its files are.
    fn folder<'a>(&self, data: &'a Path, baseline: &'a Path) -> &'a Path {
        if self.own { baseline.parent().unwrap_or(Path::new("")) } else { data }
    }

    /// Its input, where it has one.
    pub(crate) fn input(&self, data: &Path, baseline: &Path) -> Option<PathBuf> {
        (!self.input.is_empty()).then(|| self.folder(data, baseline).join(&self.input))
    }
}

/// Scores every task of the baseline and prints a line a figure. Returns whether every figure holds.
///
/// # Errors
/// When the baseline or a benchmark can't be read, or names a task or figure that doesn't exist.
pub(crate) fn run(data: &Path, baseline: &Path) -> Result<bool> {
    let (mut held, mut broken) = (0, 0);
    for (name, task) in &read(baseline)?.tasks {
        let figures = score(name, task, data, baseline)?;
        compare(name, task, &figures, &mut held, &mut broken, baseline)?;
    }
    println!("gate: {held} figures held, {broken} broken");
    Ok(broken == 0 && held > 0)
}

/// Reads the file of floors.
///
/// # Errors
/// When it can't be read, is malformed or holds no task.
pub(crate) fn read(baseline: &Path) -> Result<Baseline> {
    let text =
        std::fs::read_to_string(baseline).with_context(|| format!("cannot read {}", baseline.display()))?;
    let floors: Baseline =
        serde_json::from_str(&text).with_context(|| format!("{}: malformed", baseline.display()))?;
    if floors.tasks.is_empty() {
        bail!("{}: no task", baseline.display());
    }
    Ok(floors)
}

/// Scores one entry of the baseline.
///
/// # Errors
/// When a benchmark can't be read, or the entry names no task.
pub(crate) fn score(name: &str, task: &TaskFloors, data: &Path, baseline: &Path) -> Result<Figures> {
    let kind = <Task as clap::ValueEnum>::from_str(task.task.as_ref().unwrap_or(&name.to_owned()), false)
        .map_err(|_| anyhow!("{}: `{name}` names no task", baseline.display()))?;
    if let Some(folds) = task.folds {
        if kind != Task::Toponyms {
            bail!("{}: `{name}` can't be cross-validated", baseline.display());
        }
        return toponyms::out_of_fold_figures(data, folds);
    }
    let folder = task.folder(data, baseline);
    // Forecasts are files of draws; what is held is that the scores are the benchmark's own.
    if kind == Task::Forecast {
        return draws::figures(&folder.join(&task.input));
    }
    let input = lines(&folder.join(&task.input))?;
    let gold = keyed(lines(&folder.join(&task.gold))?)?;
    let predicted = keyed(predictions(kind, &input)?)?;
    match kind {
        Task::Actors => actors::score(&gold, &predicted),
        Task::Attribution | Task::Statements => attribution::score(&gold, &predicted),
        Task::Duplicates | Task::Merge => partition::score(&gold, &predicted),
        Task::Clean => {
            let figures = clean::score(&gold.into_values().collect::<Vec<_>>(), &predicted);
            Ok(figures.into_iter().map(|(name, figure)| (name.to_owned(), figure)).collect())
        }
        Task::Debris => metric::debris(&gold, &predicted),
        Task::Muc4 => Ok(muc4::score::sheet(&gold, &predicted)?.figures()),
        Task::Plover => metric::plover(&gold, &predicted),
        Task::Re3d => re3d::score(&gold, &predicted),
        Task::Realis => realis::score(&gold, &predicted),
        Task::Timex => timex::score(&gold, &predicted),
        Task::Toponyms => distance::score(&gold, &predicted),
        Task::Severity => outlook::score_severity(&gold, &predicted),
        Task::Hawkes => outlook::score_hawkes(&gold, &predicted),
        Task::Forecast => bail!("{}: `{name}` has no lines to score", baseline.display()),
    }
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
