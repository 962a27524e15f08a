//! The stages of training: linear models, then trees over wordings; each stage learns from what the one before says of documents
//! that it hasn't seen.

use std::collections::BTreeSet;

use anyhow::Result;
use watchkeeper_extraction::incident::choose::{Chosen, choose};
use watchkeeper_extraction::incident::known::Known;
use watchkeeper_extraction::incident::linear::Linear;
use watchkeeper_extraction::incident::reader::affinity;
use watchkeeper_extraction::incident::rows::{Scene, TARGETS, TOLD, Wording, wordings};
use watchkeeper_extraction::incident::strings::{plain, source};
use watchkeeper_nn::trees::Forest;
use watchkeeper_record::roles::{KINDS, ROLES};

use super::docs::{Taught, wording_kinds, wording_roles};
use super::linear::{self, Row};
use super::score::{Answer, Counts, Sheet, Template, ree};
use crate::boost::{self, Objective};

/// liblinear's C of the models of roles and of documents.
const COST_ROLES: f32 = 0.1;
const COST_TOLD: f32 = 0.05;
/// Of candidates that fill no role, one in so many is learned from.
const THIN: usize = 3;

/// liblinear's C of the model of affinity.
const COST_AFFINITY: f32 = 0.1;

/// The linear models.
pub(crate) struct First {
    pub(crate) roles: Linear,
    pub(crate) told: Linear,
    pub(crate) affinity: Linear,
    pub(crate) known: Known,
}

/// Trains the linear models and, where wanted, counts the wordings that filled roles.
pub(crate) fn first(docs: &[&Taught], with_known: bool) -> First {
    let mut rows = Vec::new();
    for (number, doc) in docs.iter().enumerate() {
        for (at, (sparse, &right)) in doc.sparse.iter().zip(&doc.right).enumerate() {
            if right != 0 || (at + number).is_multiple_of(THIN) {
                let weight = if right == 0 { THIN as f32 } else { 1.0 };
                rows.push(Row { indices: &sparse.indices, document: number as u32, right, weight });
            }
        }
    }
    let roles = linear::train(&rows, TARGETS, COST_ROLES);
    let rows: Vec<Row<'_>> = docs
        .iter()
        .enumerate()
        .map(|(number, doc)| Row {
            indices: &doc.told,
            document: number as u32,
            right: doc.kinds,
            weight: 1.0,
        })
        .collect();
    let told = linear::train(&rows, TOLD, COST_TOLD);
    let mut rows = Vec::new();
    for (number, doc) in docs.iter().enumerate() {
        for ((sparse, candidate), &right) in doc.sparse.iter().zip(&doc.candidates).zip(&doc.right) {
            if right & 31 != 0 {
                let words = plain(source(&doc.doc, candidate.tokens.clone()));
                let right = wording_kinds(&doc.gold, &words);
                rows.push(Row { indices: &sparse.indices, document: number as u32, right, weight: 1.0 });
            }
        }
    }
    let mut known = Known::default();
    for doc in docs.iter().filter(|_| with_known) {
        let mut seen = BTreeSet::new();
        for (candidate, &right) in doc.candidates.iter().zip(&doc.right) {
            let words = plain(source(&doc.doc, candidate.tokens.clone()));
            if seen.insert(words.clone()) {
                known.add(&words, right);
            }
        }
    }
    known.prune();
    First { roles, told, affinity: linear::train(&rows, KINDS, COST_AFFINITY), known }
}

/// A document with its wordings.
pub(crate) struct Read {
    pub(crate) wordings: Vec<Wording>,
    pub(crate) told: [f32; TOLD],
    /// Roles of each wording by the key, as bits.
    pub(crate) right: Vec<u8>,
    /// Affinity of each wording to each kind.
    pub(crate) affinity: Vec<[f32; KINDS]>,
}

/// Reads a document with linear models.
pub(crate) fn read(doc: &Taught, first: &First, names: Option<&mut Vec<String>>) -> Read {
    let parts: Vec<Vec<f32>> = doc.sparse.iter().map(|sparse| first.roles.parts(sparse)).collect();
    let told = first.told.score(&doc.told);
    let told = std::array::from_fn(|at| told[at]);
    let scene = Scene {
        doc: &doc.doc,
        words: &doc.words,
        candidates: &doc.candidates,
        parts: &parts,
        bias: std::array::from_fn(|target| first.roles.bias(target)),
        told,
        known: &first.known,
        roles: doc.roles.as_ref(),
    };
    let wordings = wordings(&scene, names);
    let right = wordings.iter().map(|wording| wording_roles(&doc.gold, &wording.plain)).collect();
    let affinity = wordings.iter().map(|wording| affinity(&first.affinity, &doc.sparse, wording)).collect();
    Read { wordings, told, right, affinity }
}

/// How the trees of roles are grown.
pub(crate) fn options() -> boost::Options {
    boost::Options {
        trees: 240,
        leaves: 8,
        rate: 0.03,
        ridge: 5.0,
        least_weight: 3.0,
        sample: 0.5,
        columns: 0.2,
    }
}

/// Trees of each role.
pub(crate) type Forests = Vec<Forest>;

/// Trains the trees of every role.
///
/// # Errors
/// When the trees break their own rules, which would be a fault of the trainer.
pub(crate) fn second(reads: &[&Read], names: &[String], options: &boost::Options) -> Result<Forests> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    (0..ROLES)
        .map(|role| {
            let (mut rows, mut right) = (Vec::new(), Vec::new());
            for read in reads {
                for (wording, bits) in read.wordings.iter().zip(&read.right) {
                    if wording.open[role] {
                        rows.extend_from_slice(&wording.features);
                        right.push(bits >> role & 1 == 1);
                    }
                }
            }
            boost::train(&names, &rows, None, &Objective::Binary(&right), options)
        })
        .collect()
}

/// The chosen entities of a document.
pub(crate) fn entities(
    doc: &Taught,
    read: &Read,
    probabilities: &[[f32; ROLES]],
    least: &[f32; ROLES],
) -> Vec<Chosen> {
    choose(&doc.doc, &doc.candidates, &read.wordings, probabilities, least)
}

/// Entities as one template, for scoring by document.
pub(crate) fn flat(read: &Read, chosen: &[Chosen]) -> Answer {
    let mut template = Template { kind: "attack".to_owned(), ..Template::default() };
    for entity in chosen {
        template.roles[entity.role].push(vec![read.wordings[entity.wording].plain.clone()]);
    }
    Answer::of(if chosen.is_empty() { Vec::new() } else { vec![template] })
}

/// Thresholds that give the best F1 over entities of all roles, found role by role.
pub(crate) fn thresholds(docs: &[&Taught], reads: &[&Read], all: &[Vec<[f32; ROLES]>]) -> [f32; ROLES] {
    let grid: Vec<f32> = (4..34).map(|step| step as f32 * 0.02).collect();
    // Counts of each role at each threshold: roles don't touch each other.
    let mut counts = vec![[Counts::default(); ROLES]; grid.len()];
    for (step, &least) in grid.iter().enumerate() {
        let mut rows = Vec::new();
        for ((doc, read), probabilities) in docs.iter().zip(reads).zip(all) {
            rows.push(ree(&doc.gold, &flat(read, &entities(doc, read, probabilities, &[least; ROLES]))));
        }
        for role in 0..ROLES {
            let own: Vec<[Counts; 1]> = rows.iter().map(|row| [row[role]]).collect();
            counts[step][role] = Sheet::total(&own);
        }
    }
    let mut best = [10_usize; ROLES];
    for _ in 0..4 {
        for role in 0..ROLES {
            let value = |step: usize| {
                let row: [Counts; ROLES] = std::array::from_fn(|other| {
                    counts[if other == role { step } else { best[other] }][other]
                });
                Sheet::total(&[row]).figures().2
            };
            best[role] = (0..grid.len())
                .fold(best[role], |top, step| if value(step) > value(top) { step } else { top });
        }
    }
    std::array::from_fn(|role| grid[best[role]])
}
