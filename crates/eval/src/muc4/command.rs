//! The commands of the task: train, cross-validate, predict.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use watchkeeper_extraction::incident::lexicon::Lexicon;
use watchkeeper_extraction::incident::reader::Reader;
use watchkeeper_extraction::incident::sparse::{GROUP_NAMES, Sparse};
use watchkeeper_pipeline::{Engine, EngineOptions, ReadOptions};
use watchkeeper_record::roles::TokenRoles;

use super::docs::{Taught, described};
use super::score::{Answer, Sheet};
use super::templates::{answer, line};
use super::train;
use crate::task::{keyed, lines};

/// Weights of the reader without an encoder (see weights.toml).
const FAST: &[u8] = include_bytes!("../../../../weights/incidents-fast.wkw");

/// Weights of the reader with an encoder (see weights.toml).
const DEEP: &[u8] = include_bytes!("../../../../weights/incidents-deep.wkw");

/// Which reader predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Tier {
    /// Features alone.
    Fast,
    /// With what an encoder says.
    #[default]
    Deep,
}

/// Where a prediction's learned parts come from, if not from the program.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Sources {
    /// Which reader of incidents (task muc4); deep where not said.
    #[arg(long)]
    pub(crate) tier: Option<Tier>,
    /// What an encoder says of the documents: `{id, rows, begins, kinds}` a line (task muc4).
    #[arg(long)]
    pub(crate) marginals: Option<PathBuf>,
    /// Weights of the reader in place of the embedded ones (task muc4).
    #[arg(long)]
    pub(crate) weights: Option<PathBuf>,
}

/// A line of a file of marginals.
#[derive(Deserialize)]
struct Marginals {
    id: String,
    #[serde(flatten)]
    roles: TokenRoles,
}

/// Reads what an encoder says, by document.
fn marginals(path: Option<&Path>) -> Result<BTreeMap<String, TokenRoles>> {
    let Some(path) = path else { return Ok(BTreeMap::new()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let row: Marginals = serde_json::from_str(line)
                .with_context(|| format!("{}:{}: no marginals", path.display(), number + 1))?;
            Ok((row.id, row.roles))
        })
        .collect()
}

/// Reads a split with its key.
fn load(
    engine: &Engine,
    data: &Path,
    split: &str,
    said: &mut BTreeMap<String, TokenRoles>,
) -> Result<Vec<Taught>> {
    let gold = keyed(lines(&data.join(format!("muc4/{split}.gold.jsonl")))?)?;
    let full = keyed(lines(&data.join(format!("muc4/{split}.full.jsonl")))?)?;
    let lexicon = Lexicon::shipped();
    let mut worker = engine.worker();
    lines(&data.join(format!("muc4/{split}.in.jsonl")))?
        .iter()
        .map(|line| {
            let id = line["id"].as_str().context("a line has no id")?;
            let text = line["text"].as_str().with_context(|| format!("line {id} has no text"))?;
            let doc = worker.document(text.as_bytes(), &ReadOptions::default())?;
            // Where the engine has an encoder, it reads what the file lacks.
            let roles = said.remove(id).or_else(|| worker.token_roles(&doc));
            if let Some(roles) = &roles {
                let (given, needed) = (roles.rows.len(), doc.tokens().len());
                anyhow::ensure!(
                    given == needed,
                    "{id}: marginals of {given} tokens, the document has {needed}"
                );
            }
            let described = full.get(id).map(described).unwrap_or_default();
            let gold = Answer::parse(gold.get(id).with_context(|| format!("line {id} has no key"))?)?;
            Ok(Taught::new(doc, gold, &described, &lexicon, roles))
        })
        .collect()
}

/// Prints out-of-fold figures on the training split and figures on the development split, and, if `ablate`, out-of-fold figures without
/// each group of hashed features.
///
/// # Errors
/// When the benchmark can't be read.
pub(crate) fn cross_validate(data: &Path, folds: usize, ablate: bool, said: Option<&Path>) -> Result<()> {
    let deep = said.is_some();
    let mut said = marginals(said)?;
    let mut docs = load(&Engine::embedded()?, data, "train", &mut said)?;
    let engine = Engine::open(&EngineOptions { deep, ..EngineOptions::default() })?;
    let dev = load(&engine, data, "dev", &mut said)?;
    let trained = train::train(&docs, folds, true, &mut |message| eprintln!("{message}"))?;
    println!("train, out of fold ({folds} folds)\n{}", trained.sheet.table(1000));
    println!("dev\n{}", sheet(&trained.reader, &dev).table(1000));
    if ablate {
        let show = |name: &str, trained: &train::Trained| {
            let (ree, gtt) = trained.sheet.headline();
            println!("without {name:<16} REE {:.2}  GTT {:.2}", 100.0 * ree, 100.0 * gtt);
        };
        show("known wordings", &train::train(&docs, folds, false, &mut |_| {})?);
        for (group, name) in GROUP_NAMES.iter().enumerate() {
            let whole: Vec<Vec<Sparse>> = docs
                .iter_mut()
                .map(|doc| {
                    let less = doc.without(group);
                    std::mem::replace(&mut doc.sparse, less)
                })
                .collect();
            // A filler's own words are in the table of known wordings as well.
            let known = *name != GROUP_NAMES[0];
            show(name, &train::train(&docs, folds, known, &mut |_| {})?);
            for (doc, whole) in docs.iter_mut().zip(whole) {
                doc.sparse = whole;
            }
        }
    }
    Ok(())
}

/// Scores a reader on documents.
fn sheet(reader: &Reader, docs: &[Taught]) -> Sheet {
    let mut sheet = Sheet::default();
    for doc in docs {
        sheet.add(&doc.gold, &answer(&doc.doc, &reader.read(&doc.doc, doc.roles.as_ref())));
    }
    sheet
}

/// Trains on the training split and writes the weights.
///
/// # Errors
/// When the benchmark can't be read or the file can't be written.
pub(crate) fn train_all(data: &Path, output: &Path, said: Option<&Path>) -> Result<()> {
    let engine = Engine::embedded()?;
    let docs = load(&engine, data, "train", &mut marginals(said)?)?;
    let trained = train::train(&docs, FOLDS, true, &mut |message| eprintln!("{message}"))?;
    let bytes = trained.reader.to_weights();
    std::fs::write(output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
    println!("{} documents, {} bytes\n{}", docs.len(), bytes.len(), trained.sheet.table(1000));
    Ok(())
}

/// Folds of training.
const FOLDS: usize = 5;

/// Predicts on lines already read, in their order.
///
/// # Errors
/// When a line lacks its id or text, or weights or marginals can't be read.
pub(crate) fn predictions(lines: &[Value], sources: &Sources) -> Result<Vec<Value>> {
    let said = marginals(sources.marginals.as_deref())?;
    let tier = sources.tier.unwrap_or_default();
    let deep = tier == Tier::Deep;
    let encoder = deep && sources.marginals.is_none();
    let engine = Engine::open(&EngineOptions { deep: encoder, ..EngineOptions::default() })?;
    let mut worker = engine.worker();
    let own;
    let bytes = match &sources.weights {
        None if deep => DEEP,
        None => FAST,
        Some(path) => {
            own = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            &own
        }
    };
    let reader = Reader::from_weights(bytes).context("weights of the reader of incidents")?;
    lines
        .iter()
        .map(|given| {
            let id = given["id"].as_str().context("a line has no id")?;
            let text = given["text"].as_str().with_context(|| format!("line {id} has no text"))?;
            let doc = worker.document(text.as_bytes(), &ReadOptions::default())?;
            let roles = if deep { said.get(id).cloned().or_else(|| worker.token_roles(&doc)) } else { None };
            anyhow::ensure!(roles.is_some() == deep, "{id}: no marginals");
            Ok(line(id, &doc, &reader.read(&doc, roles.as_ref())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use watchkeeper_extraction::incident::strings::source;
    use watchkeeper_record::roles::{IncidentKind, Role};

    use super::*;

    #[test]
    fn the_embedded_readers_open() {
        for bytes in [FAST, DEEP] {
            let reader = Reader::from_weights(bytes).expect("weights of this version");
            assert_eq!(
                Reader::from_weights(&reader.to_weights()).expect("what is written is read").limits,
                reader.limits
            );
        }
    }

    #[test]
    fn odd_texts_are_read() {
        let engine = Engine::embedded().expect("sound data");
        let mut worker = engine.worker();
        let readers = [FAST, DEEP].map(|bytes| Reader::from_weights(bytes).expect("weights of this version"));
        for text in [
            "A",
            "[[[ ]]] (",
            "THE THE THE.",
            "MEN OF OF OF THE [X] [Y",
            "\u{301}\u{301} bomb's 's",
            "killed killed. By by,",
        ] {
            let Ok(doc) = worker.document(text.as_bytes(), &ReadOptions::default()) else { continue };
            let _ = readers[0].read(&doc, None);
            let _ = readers[1].read(&doc, Some(&TokenRoles::default()));
        }
    }

    #[test]
    fn a_bombing_is_told_with_what_spoke_for_it() {
        let engine = Engine::embedded().expect("sound data");
        let text = "Two guerrillas of the Red Orchard Front set off a bomb at the Ministry of Canals in the capital last night. \
                    The blast damaged the ministry building. The Red Orchard Front claimed the attack.";
        let doc = engine.worker().document(text.as_bytes(), &ReadOptions::default()).expect("a text");
        let told = Reader::from_weights(FAST).expect("weights of this version").read(&doc, None);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind, IncidentKind::Bombing);
        let weapon = told[0].fillers.iter().find(|filler| filler.role == Role::Weapon).expect("a weapon");
        assert_eq!(source(&doc, weapon.tokens.clone()), "bomb");
        assert!(!weapon.why.is_empty());
    }
}
