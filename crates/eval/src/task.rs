//! Tasks: how each benchmark's input becomes predictions.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use watchkeeper_article::near::NearOptions;
use watchkeeper_linkage::merge::Merger;
use watchkeeper_pipeline::{Engine, ReadOptions};
use watchkeeper_record::span::CodePoints;

use crate::muc4::command::{self, Sources, Tier};
use crate::{
    actors, attribution, clean_task, debris, duplicates, merge, outlook, plover, re3d, realis, timex,
    toponyms,
};

/// A benchmark this program predicts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Task {
    /// Actor phrases: `{id, phrase, context, date, country_hint}` to `{id, country, sector, sector2, name}`.
    Actors,
    /// Who said or thought what: `{id, text}` to `{id, attributions}`.
    Attribution,
    /// The same from the statements of a reading, for comparison.
    Statements,
    /// Pages to clean text: `{id, html_path, url}` to `{id, text, title, published, authors}`; paths from the input's folder.
    Clean,
    /// Debris in plain text: `{id, title, text}` to `{id, mask}`.
    Debris,
    /// Copies of one story: `{id, text}` to `{id, cluster}`.
    Duplicates,
    /// Which articles tell of the same happening: `{id, text}` to `{id, cluster, why}`.
    Merge,
    /// Incidents with their roles: `{id, text}` to `{id, templates}`.
    Muc4,
    /// Single sentences: `{id, text}` to `{id, events}`.
    Plover,
    /// Entities and relations: `{id, text}` to `{id, entities, relations}`.
    Re3d,
    /// Whether a told thing happened: the tables of `evaluation/realis` to `{id, realis, why}`.
    Realis,
    /// Time expressions: `{id, text, dct}` to `{id, timexes}`.
    Timex,
    /// Place names: `{id, text}` to `{id, toponyms}`.
    Toponyms,
    /// Tails of sizes: `{id, values, fix_xmin, exceed}` to `{id, alpha, xmin, n_tail, ks, gof_p, family, exceed}`.
    Severity,
    /// Self-exciting days: `{id, counts}` to `{id, mu, branching, half_life_days, dll_per_day}`.
    Hawkes,
    /// Deaths by country and month: `{id, months, countries, history, history_until, draws}` to a file `<id>.csv.gz` of draws in the
    /// folder that `--output` names.
    Forecast,
}

/// Predicts on a file.
///
/// # Errors
/// When a file can't be read or written, or a line isn't what the task's README says.
pub(crate) fn predict(task: Task, input: &Path, output: &Path, sources: &Sources) -> Result<()> {
    let lines = lines(input)?;
    if task == Task::Forecast {
        return outlook::forecast(&lines, input, output);
    }
    let mut file = std::io::BufWriter::new(
        std::fs::File::create(output).with_context(|| format!("cannot write {}", output.display()))?,
    );
    let predicted =
        if task == Task::Muc4 { command::predictions(&lines, sources)? } else { predictions(task, &lines)? };
    for line in predicted {
        writeln!(file, "{line}").with_context(|| format!("cannot write {}", output.display()))?;
    }
    file.flush().with_context(|| format!("cannot write {}", output.display()))
}

/// Writes the tokens of the texts in a file.
///
/// # Errors
/// When a file can't be read or written, or a line lacks its id or text.
pub(crate) fn tokens(input: &Path, output: &Path) -> Result<()> {
    let engine = Engine::embedded()?;
    let mut worker = engine.worker();
    let mut text = String::new();
    for line in lines(input)? {
        let id = line["id"].as_str().context("a line has no id")?;
        let bytes = line["text"].as_str().with_context(|| format!("line {id} has no text"))?.as_bytes();
        let (doc, _) = worker.passages(bytes, &ReadOptions::default())?;
        let points = CodePoints::new(doc.text());
        let tokens: Vec<Value> = (0..doc.tokens().len())
            .map(|at| {
                let span = doc.span(at as u32..at as u32 + 1);
                json!([points.at(span.start()), points.at(span.end()), doc.token(at as u32).text.as_str()])
            })
            .collect();
        let sentences: Vec<Value> =
            doc.sentences().iter().map(|sent| json!([sent.tokens.start, sent.tokens.end])).collect();
        text.push_str(&json!({"id": id, "tokens": tokens, "sentences": sentences}).to_string());
        text.push('\n');
    }
    std::fs::write(output, text).with_context(|| format!("cannot write {}", output.display()))
}

/// Predicts on lines already read, in their order.
///
/// # Errors
/// When a line lacks its id or text, or the engine's own data is damaged.
pub(crate) fn predictions(task: Task, lines: &[Value]) -> Result<Vec<Value>> {
    if task == Task::Muc4 {
        return command::predictions(lines, &Sources { tier: Some(Tier::Fast), ..Sources::default() });
    }
    if task == Task::Clean {
        return lines.iter().map(clean_task::predict_row).collect();
    }
    if task == Task::Duplicates {
        return duplicates::predict(lines, NearOptions::default());
    }
    if task == Task::Merge {
        return merge::predict(lines, &Merger::parse(merge::WEIGHTS)?);
    }
    let engine = match task {
        Task::Clean
        | Task::Debris
        | Task::Muc4
        | Task::Duplicates
        | Task::Merge
        | Task::Severity
        | Task::Hawkes
        | Task::Forecast => None,
        Task::Actors
        | Task::Attribution
        | Task::Statements
        | Task::Plover
        | Task::Re3d
        | Task::Realis
        | Task::Timex
        | Task::Toponyms => Some(Engine::embedded()?),
    };
    let mut worker = engine.as_ref().map(Engine::worker);
    let mut predicted = Vec::with_capacity(lines.len());
    for line in lines {
        let id = line["id"].as_str().context("a line has no id")?;
        if let (Task::Actors, Some(engine)) = (task, &engine) {
            predicted.push(actors::predict(id, line, engine.resources())?);
            continue;
        }
        if matches!(task, Task::Severity | Task::Hawkes) {
            predicted.push(if task == Task::Severity {
                outlook::severity(id, line)?
            } else {
                outlook::hawkes(id, line)?
            });
            continue;
        }
        let text = line["text"].as_str().with_context(|| format!("line {id} has no text"))?;
        predicted.push(match &mut worker {
            Some(worker) => {
                let published = timex::creation(line["dct"].as_str());
                let options = ReadOptions { published, ..ReadOptions::default() };
                let (doc, mut mentions) = worker.passages(text.as_bytes(), &options)?;
                match task {
                    Task::Timex => timex::predict(id, &doc, &mentions),
                    Task::Toponyms => {
                        mentions.places = worker.toponyms(&doc);
                        toponyms::predict(id, &doc, &mentions, worker.resources())
                    }
                    Task::Re3d => {
                        let things = worker.things(&doc, &mentions);
                        let ties = worker.ties(&doc, &things);
                        re3d::predict(id, &doc, &things, &ties)
                    }
                    Task::Attribution => attribution::predict(id, &doc, &worker.attributions(&doc)),
                    Task::Statements => attribution::predict_statements(id, &doc, &mentions),
                    Task::Realis => realis::predict(id, line, &doc, &mentions)?,
                    _ => plover::predict(id, &doc, &mentions, |_| None),
                }
            }
            None => json!({"id": id, "mask": debris::predict(text, line["title"].as_str())}),
        });
    }
    Ok(predicted)
}

/// Reads a file of one JSON object a line, or a table of clauses (`.tsv`).
///
/// # Errors
/// When it can't be read or a line isn't JSON; the message names file and line.
pub(crate) fn lines(path: &Path) -> Result<Vec<Value>> {
    if path.extension().is_some_and(|extension| extension == "tsv") {
        return realis::table(path);
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}: not JSON", path.display(), number + 1))
        })
        .collect::<Result<Vec<Value>>>()?;
    // Pages stand beside the file that lists them.
    for row in &mut rows {
        if let Some(page) = row["html_path"].as_str() {
            row["html_path"] = json!(path.with_file_name("").join(page).to_string_lossy());
        }
    }
    Ok(rows)
}

/// Keys lines by their id.
///
/// # Errors
/// When an id is missing or given twice.
pub(crate) fn keyed(lines: Vec<Value>) -> Result<BTreeMap<String, Value>> {
    let mut map = BTreeMap::new();
    for line in lines {
        let id = line["id"].as_str().context("a line has no id")?.to_owned();
        if map.insert(id.clone(), line).is_some() {
            bail!("id {id} is given twice");
        }
    }
    Ok(map)
}
