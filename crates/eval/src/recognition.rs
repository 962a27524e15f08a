//! The recogniser of place names: its training and its cross-validation over documents.
//!
//! In: texts with gold toponyms. Out: boosted trees over candidates, a weight file, out-of-fold figures. Resolution is not here.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use watchkeeper_extraction::{Codebook, PLACE_FEATURES, PLACE_WEIGHTS, PlaceCandidate};
use watchkeeper_nn::WeightFileBuilder;
use watchkeeper_nn::trees::Forest;
use watchkeeper_pipeline::{Engine, EngineOptions, ReadOptions};
use watchkeeper_record::Document;
use watchkeeper_record::mention::{PlaceKind, PlaceMention};
use watchkeeper_record::span::CodePoints;

use crate::boost::{self, Objective};
use crate::task::{keyed, lines};

/// The development sets, and whether each counts people and things of a place (`Russian`) as toponyms.
const SETS: [(&str, bool); 2] = [("lgl", true), ("geovirus", false)];
/// Least share of its union with a gold span that a candidate must cover to stand for one that no candidate equals.
const LIKENESS: f64 = 0.4;

/// How the recogniser's trees are grown.
fn options() -> boost::Options {
    boost::Options {
        trees: 260,
        leaves: 15,
        rate: 0.07,
        ridge: 5.0,
        least_weight: 2.0,
        ..boost::Options::default()
    }
}

/// Code points of a name.
type Points = (u32, u32);

/// One document with its candidates and which of them are right.
struct Taught {
    doc: Document,
    gold: Vec<Points>,
    candidates: Vec<PlaceCandidate>,
    right: Vec<bool>,
    demonyms: bool,
}

impl Taught {
    /// Marks the candidates that are gold toponyms.
    fn new(doc: Document, candidates: Vec<PlaceCandidate>, gold: &Value, demonyms: bool) -> Self {
        let points = CodePoints::new(doc.text());
        let spans: Vec<Points> = candidates
            .iter()
            .map(|candidate| {
                let span = doc.span(candidate.tokens.clone());
                (points.at(span.start()), points.at(span.end()))
            })
            .collect();
        let number = |value: &Value| value.as_u64().and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
        let rows = gold["toponyms"].as_array().map(Vec::as_slice).unwrap_or_default();
        let gold: Vec<Points> = rows.iter().map(|row| (number(&row["start"]), number(&row["end"]))).collect();
        let mut right = vec![false; spans.len()];
        for &wanted in &gold {
            let likeness = |span: &Points| {
                let common = overlap(*span, wanted);
                let whole = span.1.max(wanted.1) - span.0.min(wanted.0);
                f64::from(common) / f64::from(whole.max(1))
            };
            let best = (0..spans.len()).max_by(|&a, &b| likeness(&spans[a]).total_cmp(&likeness(&spans[b])));
            if let Some(best) = best.filter(|&best| likeness(&spans[best]) >= LIKENESS) {
                right[best] = true;
            }
        }
        Self { doc, gold, candidates, right, demonyms }
    }
}

fn overlap(a: Points, b: Points) -> u32 {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}

/// An engine that needs no weights of the recogniser, which may be for other features than are now.
fn engine() -> Result<Engine> {
    Ok(Engine::open(&EngineOptions { places_by_rules: true, ..EngineOptions::default() })?)
}

/// Reads a development set.
///
/// # Errors
/// When a file can't be read or a line lacks what it should hold.
fn load(engine: &Engine, data: &Path, set: &str, demonyms: bool) -> Result<Vec<Taught>> {
    let gold = keyed(lines(&data.join(format!("toponyms/{set}.gold.jsonl")))?)?;
    let mut worker = engine.worker();
    lines(&data.join(format!("toponyms/{set}.in.jsonl")))?
        .iter()
        .map(|line| {
            let id = line["id"].as_str().context("a line has no id")?;
            let text = line["text"].as_str().context("a line has no text")?;
            let (doc, candidates) = worker.place_candidates(text.as_bytes(), &ReadOptions::default())?;
            Ok(Taught::new(doc, candidates, &gold[id], demonyms))
        })
        .collect()
}

/// Grows the recogniser's trees on documents.
///
/// # Errors
/// When the trees break their own rules, which would be a fault of the trainer.
fn train<'a>(docs: impl Iterator<Item = &'a Taught>) -> Result<Forest> {
    let (mut rows, mut right) = (Vec::new(), Vec::new());
    for doc in docs {
        for (candidate, &is_right) in doc.candidates.iter().zip(&doc.right) {
            // A set that doesn't count demonyms teaches nothing about them.
            if doc.demonyms || candidate.kind != PlaceKind::Demonym {
                rows.extend_from_slice(&candidate.features);
                right.push(is_right);
            }
        }
    }
    boost::train(&PLACE_FEATURES, &rows, None, &Objective::Binary(&right), &options())
}

/// Trains on all documents and writes the weight file.
///
/// # Errors
/// When the benchmarks can't be read or the file can't be written.
pub(crate) fn train_all(data: &Path, output: &Path) -> Result<()> {
    let engine = engine()?;
    let mut docs = Vec::new();
    for (set, demonyms) in SETS {
        docs.extend(load(&engine, data, set, demonyms)?);
    }
    let forest = train(docs.iter())?;
    let mut file = WeightFileBuilder::new();
    forest.write(PLACE_WEIGHTS, &mut file);
    let bytes = file.finish();
    std::fs::write(output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
    println!("{} documents, {} trees, {} bytes", docs.len(), forest.len(), bytes.len());
    Ok(())
}

/// Place mentions of every document of the development sets, of all kinds, by a recogniser that was trained on the other folds;
/// document `n` of a set is in fold `n % folds`.
///
/// # Errors
/// When the benchmarks can't be read.
pub(crate) fn out_of_fold(data: &Path, folds: usize) -> Result<Vec<Vec<Vec<PlaceMention>>>> {
    let (engine, sets, codebooks) = by_fold(data, folds)?;
    let names = &engine.resources().gazetteer;
    let found = |number: usize, doc: &Taught| {
        watchkeeper_extraction::place_mentions(&doc.doc, &codebooks[number % folds], names, &KINDS)
    };
    Ok(sets
        .iter()
        .map(|(_, docs)| docs.iter().enumerate().map(|(number, doc)| found(number, doc)).collect())
        .collect())
}

/// Every kind of mention.
const KINDS: [PlaceKind; 3] = [PlaceKind::Name, PlaceKind::Inside, PlaceKind::Demonym];

/// The sets, and for each fold a codebook with trees trained on the others.
type ByFold = (Engine, Vec<(&'static str, Vec<Taught>)>, Vec<Codebook>);

fn by_fold(data: &Path, folds: usize) -> Result<ByFold> {
    let engine = engine()?;
    let mut sets = Vec::new();
    for (set, demonyms) in SETS {
        sets.push((set, load(&engine, data, set, demonyms)?));
    }
    let mut codebooks = Vec::new();
    for fold in 0..folds {
        let others = sets.iter().flat_map(|(_, docs)| {
            docs.iter().enumerate().filter(|(number, _)| number % folds != fold).map(|(_, doc)| doc)
        });
        codebooks.push(Codebook::english()?.with_place_forest(train(others)?)?);
    }
    Ok((engine, sets, codebooks))
}

/// Prints out-of-fold figures of both sets, with and without demonyms.
///
/// # Errors
/// When the benchmarks can't be read.
pub(crate) fn cross_validate(data: &Path, folds: usize) -> Result<()> {
    let (engine, sets, codebooks) = by_fold(data, folds)?;
    let names = &engine.resources().gazetteer;
    println!("set        demonyms  match     precision recall   F1");
    for (set, docs) in &sets {
        for demonyms in [true, false] {
            let kinds = if demonyms { &KINDS[..] } else { &KINDS[..2] };
            let (mut exact, mut overlapping) = (Counts::default(), Counts::default());
            for (number, doc) in docs.iter().enumerate() {
                let codebook = &codebooks[number % folds];
                let found = watchkeeper_extraction::place_mentions(&doc.doc, codebook, names, kinds);
                let points = CodePoints::new(doc.doc.text());
                let found: Vec<Points> = found
                    .iter()
                    .map(|place| (points.at(place.span.start()), points.at(place.span.end())))
                    .collect();
                exact.add(&doc.gold, &found, true);
                overlapping.add(&doc.gold, &found, false);
            }
            for (name, counts) in [("exact", exact), ("overlap", overlapping)] {
                let (precision, recall, f1) = counts.figures();
                println!("{set:<10} {demonyms:<9} {name:<9} {precision:.4}    {recall:.4}   {f1:.4}");
            }
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    right: usize,
    found: usize,
    gold: usize,
}

impl Counts {
    /// Counts one document; pairs one to one, equal spans first, then the longest overlap, as the scorer does.
    fn add(&mut self, gold: &[Points], found: &[Points], exact: bool) {
        self.found += found.len();
        self.gold += gold.len();
        let (mut used_gold, mut used) = (vec![false; gold.len()], vec![false; found.len()]);
        for (at, wanted) in gold.iter().enumerate() {
            if let Some(same) = (0..found.len()).find(|&same| !used[same] && found[same] == *wanted) {
                (used_gold[at], used[same]) = (true, true);
                self.right += 1;
            }
        }
        if exact {
            return;
        }
        let mut pairs = Vec::new();
        for (at, wanted) in gold.iter().enumerate().filter(|(at, _)| !used_gold[*at]) {
            for (other, span) in found.iter().enumerate().filter(|(other, _)| !used[*other]) {
                let common = overlap(*span, *wanted);
                if common > 0 {
                    pairs.push((std::cmp::Reverse(common), at, other));
                }
            }
        }
        pairs.sort_unstable();
        for (_, at, other) in pairs {
            if !used_gold[at] && !used[other] {
                (used_gold[at], used[other]) = (true, true);
                self.right += 1;
            }
        }
    }

    fn figures(self) -> (f64, f64, f64) {
        let share = |whole: usize| if whole == 0 { 0.0 } else { self.right as f64 / whole as f64 };
        let (precision, recall) = (share(self.found), share(self.gold));
        let sum = precision + recall;
        (precision, recall, if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 })
    }
}
