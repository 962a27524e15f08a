//! Task `duplicates`: copies of one story. In: `{id, text}` lines. Out: `{id, cluster}`, the cluster named by its representative.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use watchkeeper_article::near::{DocumentId, Index, NearOptions};

use crate::metric::Figures;
use crate::partition;
use crate::task::{keyed, lines};

/// Predicts on all lines together.
///
/// # Errors
/// When a line lacks its id or text.
pub(crate) fn predict(lines: &[Value], options: NearOptions) -> Result<Vec<Value>> {
    let mut index = Index::new(options);
    let mut ids = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let id = line["id"].as_str().context("a line has no id")?;
        let text = line["text"].as_str().with_context(|| format!("line {id} has no text"))?;
        let _ = index.add(DocumentId(at as u64), text);
        ids.push(id);
    }
    let mut predicted = vec![Value::Null; ids.len()];
    for cluster in &index.clusters().clusters {
        let name = ids[cluster.representative.0 as usize];
        for member in &cluster.members {
            let at = member.id.0 as usize;
            predicted[at] = json!({"id": ids[at], "cluster": name, "why": member.why()});
        }
    }
    Ok(predicted)
}

/// Chooses the options on all folds of base stories but one and scores that one, for each; prints the figures of all folds together.
///
/// # Errors
/// When the benchmark can't be read.
pub(crate) fn cross_validate(data: &Path, folds: usize) -> Result<()> {
    let folder = data.join("duplicates");
    let input = lines(&folder.join("docs.in.jsonl"))?;
    let gold = keyed(lines(&folder.join("docs.gold.jsonl"))?)?;
    // Clusters are dealt to folds in order of their names, which say nothing of the story.
    let mut names: Vec<&str> = gold.values().filter_map(|line| line["cluster"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let fold_of = |line: &Value| {
        names.binary_search(&line["cluster"].as_str().unwrap_or_default()).unwrap_or(0) % folds
    };
    let part = |keep: &dyn Fn(usize) -> bool| -> Vec<Value> {
        input
            .iter()
            .filter(|line| keep(fold_of(&gold[line["id"].as_str().unwrap_or_default()])))
            .cloned()
            .collect()
    };
    let score = |rows: &[Value], options: NearOptions| -> Result<(Figures, BTreeMap<String, Value>)> {
        let predicted = keyed(predict(rows, options)?)?;
        let wanted = gold
            .iter()
            .filter(|(id, _)| predicted.contains_key(*id))
            .map(|(id, line)| (id.clone(), line.clone()))
            .collect();
        Ok((partition::score(&wanted, &predicted)?, predicted))
    };
    let mut all = BTreeMap::new();
    for fold in 0..folds {
        let rest = part(&|other| other != fold);
        let mut best: Option<(f64, NearOptions)> = None;
        for contained_min in [0.5, 0.54, 0.58, 0.62, 0.66, 0.7] {
            for covered_min in [0.32, 0.36, 0.4, 0.44] {
                for own_max in [0.24, 0.28, 0.32] {
                    let options =
                        NearOptions { contained_min, covered_min, own_max, ..NearOptions::default() };
                    let f1 = score(&rest, options)?.0["pair_f1"];
                    if best.is_none_or(|(most, _)| f1 > most) {
                        best = Some((f1, options));
                    }
                }
            }
        }
        let (_, options) = best.context("no options to choose from")?;
        let (figures, mut predicted) = score(&part(&|other| other == fold), options)?;
        println!("fold {fold}: {options:?} pair F1 {:.4}", figures["pair_f1"]);
        for line in predicted.values_mut() {
            line["cluster"] = json!(format!("{fold} {}", line["cluster"].as_str().unwrap_or_default()));
        }
        all.extend(predicted);
    }
    for (name, value) in partition::score(&gold, &all)? {
        println!("{name:12} {value:.4}");
    }
    Ok(())
}
