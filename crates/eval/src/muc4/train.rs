//! Training of the whole reader: every stage learns from what the one before says of documents it hasn't seen, and every line is
//! drawn where out-of-fold figures are best.

use anyhow::Result;
use watchkeeper_extraction::incident::choose::Chosen;
use watchkeeper_extraction::incident::compose::{Limits, compose};
use watchkeeper_extraction::incident::kinds::{Telling, kind_row, member_row, pair_row};
use watchkeeper_extraction::incident::lexicon::Lexicon;
use watchkeeper_extraction::incident::reader::{Reader, probabilities};
use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_record::roles::{KINDS, ROLES};

use super::causes::Causes;
use super::docs::Taught;
use super::score::{Answer, KIND_KEYS, Sheet, Template};
use super::stages::{self, Forests, Read, entities, first, flat, options, second, thresholds};
use crate::boost::{self, Objective};

/// Out-of-fold outcome of a training.
pub(crate) struct Trained {
    /// The reader, trained on all.
    pub(crate) reader: Reader,
    /// Figures out of fold.
    pub(crate) sheet: Sheet,
}

/// A document with all that is predicted of it out of fold.
struct Held<'a> {
    doc: &'a Taught,
    read: Read,
    probabilities: Vec<[f32; ROLES]>,
    kinds: [f32; KINDS],
    /// Tables of members and pairs, made once for the entities chosen.
    chosen: Vec<Chosen>,
    member: Vec<[f32; KINDS]>,
    pairs: Vec<Vec<Vec<f32>>>,
}

impl Held<'_> {
    fn telling(&self) -> Telling<'_> {
        Telling {
            doc: &self.doc.doc,
            words: &self.doc.words,
            candidates: &self.doc.candidates,
            wordings: &self.read.wordings,
            probabilities: &self.probabilities,
            affinity: &self.read.affinity,
            told: &self.read.told,
            roles: self.doc.roles.as_ref(),
        }
    }

    fn answer(&self, limits: &Limits) -> Answer {
        let composed = compose(
            &self.chosen,
            &self.kinds,
            limits,
            &mut |entity, kind| self.member[entity][kind],
            &mut |kind, a, b| self.pairs[kind][a.min(b)][a.max(b)],
        );
        Answer::of(
            composed
                .iter()
                .map(|incident| {
                    let mut template =
                        Template { kind: KIND_KEYS[incident.kind].to_owned(), ..Template::default() };
                    for &entity in &incident.entities {
                        let entity = &self.chosen[entity];
                        template.roles[entity.role]
                            .push(vec![self.read.wordings[entity.wording].plain.clone()]);
                    }
                    template
                })
                .collect(),
        )
    }
}

/// How the small forests are grown.
fn small() -> boost::Options {
    boost::Options {
        trees: 120,
        leaves: 8,
        rate: 0.06,
        ridge: 5.0,
        least_weight: 5.0,
        sample: 0.6,
        columns: 0.4,
    }
}

/// Share of a role's line below which an entity takes no part in the drawing of lines.
const FAR: f32 = 0.6;

/// Rows with labels of one document.
type Rows = (Vec<Vec<f32>>, Vec<bool>);

/// Trains trees on documents' rows.
fn grow(rows: &[&Rows], names: &[String]) -> Result<Forest> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let flat: Vec<f32> = rows.iter().flat_map(|(rows, _)| rows.iter().flatten().copied()).collect();
    let right: Vec<bool> = rows.iter().flat_map(|(_, right)| right.iter().copied()).collect();
    boost::train(&names, &flat, None, &Objective::Binary(&right), &small())
}

/// The trees of each fold and of all documents.
fn forests(rows: &[Rows], names: &[String], folds: &Folds) -> Result<(Vec<Forest>, Forest)> {
    let each = (0..folds.count)
        .map(|fold| {
            let part: Vec<&Rows> =
                (0..rows.len()).filter(|&at| folds.of[at] != fold).map(|at| &rows[at]).collect();
            grow(&part, names)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((each, grow(&rows.iter().collect::<Vec<_>>(), names)?))
}

/// Which of a document's different templates an entity fills its role in, as bits.
fn templates_of(held: &Held<'_>, entity: &Chosen) -> u32 {
    let words = &held.read.wordings[entity.wording].plain;
    let mut bits = 0;
    for (number, template) in held.doc.gold.different().iter().enumerate().take(32) {
        if template.roles[entity.role].iter().flatten().any(|mention| mention == words) {
            bits |= 1 << number;
        }
    }
    bits
}

/// The document's templates of a kind, as bits.
fn templates_of_kind(held: &Held<'_>, kind: usize) -> u32 {
    held.doc.gold.different().iter().enumerate().take(32).fold(0, |bits, (number, template)| {
        bits | u32::from(template.kind.contains(KIND_KEYS[kind])) << number
    })
}

/// Which document is held out when.
struct Folds {
    count: usize,
    /// Fold of each document that trees learn from.
    of: Vec<usize>,
}

/// The trees of roles of each fold and of all documents.
fn role_forests(reads: &[&Read], names: &[String], folds: &Folds) -> Result<(Vec<Forests>, Forests)> {
    let each = (0..folds.count)
        .map(|fold| {
            let part: Vec<&Read> =
                (0..reads.len()).filter(|&at| folds.of[at] != fold).map(|at| reads[at]).collect();
            second(&part, names, &options())
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((each, second(reads, names, &options())?))
}

/// F1 of entities by the trees alone, each role's line drawn where it is best.
fn by_trees(held: &[Held<'_>]) -> f64 {
    best_f1(held, held.iter().map(|held| held.probabilities.clone()).collect())
}

/// The same by the linear models alone.
fn by_linear(held: &[Held<'_>]) -> f64 {
    let all = held
        .iter()
        .map(|held| held.read.wordings.iter().map(|wording| wording.linear.map(logistic)).collect());
    best_f1(held, all.collect())
}

fn best_f1(held: &[Held<'_>], all: Vec<Vec<[f32; ROLES]>>) -> f64 {
    let docs: Vec<&Taught> = held.iter().map(|held| held.doc).collect();
    let reads: Vec<&Read> = held.iter().map(|held| &held.read).collect();
    let least = thresholds(&docs, &reads, &all);
    let mut sheet = Sheet::default();
    for (held, probabilities) in held.iter().zip(&all) {
        sheet.add(&held.doc.gold, &flat(&held.read, &entities(held.doc, &held.read, probabilities, &least)));
    }
    sheet.headline().0
}

/// The trees of kinds, and what they say out of fold.
fn learn_kinds(held: &[Held<'_>], folds: &Folds) -> Result<(Forest, Vec<[f32; KINDS]>)> {
    let mut names = Vec::new();
    let rows: Vec<Rows> = held
        .iter()
        .map(|held| {
            let rows = (0..KINDS)
                .map(|kind| {
                    let wanted = names.is_empty().then_some(&mut names);
                    kind_row(&held.telling(), kind, wanted)
                })
                .collect();
            let right = (0..KINDS).map(|kind| held.doc.kinds >> (kind + 1) & 1 == 1).collect();
            (rows, right)
        })
        .collect();
    let (each, all) = forests(&rows, &names, folds)?;
    let said = rows
        .iter()
        .enumerate()
        .map(|(at, (rows, _))| std::array::from_fn(|kind| logistic(each[folds.of[at]].score(&rows[kind]))))
        .collect();
    Ok((all, said))
}

/// Trains on documents, `folds` at a time held out. Fold of document `n` of `m`: `n * folds / m`, so that stories told several times, which
/// lie side by side, are not parted. `with_known`: whether wordings that filled roles are counted.
///
/// # Errors
/// When trees break their own rules, which would be a fault of the trainer.
pub(crate) fn train(
    docs: &[Taught],
    folds: usize,
    with_known: bool,
    log: &mut dyn FnMut(&str),
) -> Result<Trained> {
    let count = docs.len();
    let all_folds: Vec<usize> = (0..count).map(|at| at * folds / count).collect();
    // Where an encoder has read some documents, trees learn from those alone; linear models learn from all.
    let deep = docs.iter().any(|doc| doc.roles.is_some());
    let used: Vec<usize> = (0..count).filter(|&at| docs[at].roles.is_some() == deep).collect();
    let mut names: Vec<String> = Vec::new();
    let mut reads: Vec<Option<Read>> = (0..count).map(|_| None).collect();
    for fold in 0..folds {
        let part: Vec<&Taught> = (0..count).filter(|&at| all_folds[at] != fold).map(|at| &docs[at]).collect();
        let models = first(&part, with_known);
        for &at in used.iter().filter(|&&at| all_folds[at] == fold) {
            let mut own = Vec::new();
            reads[at] = Some(stages::read(&docs[at], &models, Some(&mut own)));
            if names.is_empty() {
                names = own;
            }
        }
    }
    let models = first(&docs.iter().collect::<Vec<_>>(), with_known);
    log("linear models");
    let folds = &Folds { count: folds, of: used.iter().map(|&at| all_folds[at]).collect() };
    let fold_of = |at: usize| folds.of[at];
    let all: Vec<&Taught> = used.iter().map(|&at| &docs[at]).collect();
    let reads: Vec<Read> = reads.into_iter().flatten().collect();
    let (by_fold, role_forests) = role_forests(&reads.iter().collect::<Vec<_>>(), &names, folds)?;
    log("trees of roles");
    let mut held: Vec<Held<'_>> = all
        .iter()
        .zip(reads)
        .enumerate()
        .map(|(at, (&doc, read))| {
            let probabilities = probabilities(&read.wordings, &by_fold[fold_of(at)]);
            Held {
                doc,
                read,
                probabilities,
                kinds: [0.0; KINDS],
                chosen: Vec::new(),
                member: Vec::new(),
                pairs: Vec::new(),
            }
        })
        .collect();
    log(&format!("out of fold: linear {:.4}, first trees {:.4}", by_linear(&held), by_trees(&held)));
    let (kinds, told) = learn_kinds(&held, folds)?;
    for (held, kinds) in held.iter_mut().zip(told) {
        held.kinds = kinds;
    }
    let least = {
        let reads: Vec<&Read> = held.iter().map(|held| &held.read).collect();
        let probabilities: Vec<Vec<[f32; ROLES]>> =
            held.iter().map(|held| held.probabilities.clone()).collect();
        thresholds(&all, &reads, &probabilities)
    };
    for held in &mut held {
        // Lines are drawn anew below; what is far below them isn't looked at.
        held.chosen = entities(held.doc, &held.read, &held.probabilities, &least.map(|least| least * FAR));
    }
    // Members of kinds: learned from entities that fill their role in some template.
    let mut member_names = Vec::new();
    let rows: Vec<Rows> = held
        .iter()
        .map(|held| {
            let (mut rows, mut right) = (Vec::new(), Vec::new());
            for entity in &held.chosen {
                let of = templates_of(held, entity);
                for kind in 0..KINDS {
                    let own = templates_of_kind(held, kind);
                    if of != 0 && (own != 0 || held.kinds[kind] > 0.1) {
                        let wanted = member_names.is_empty().then_some(&mut member_names);
                        rows.push(member_row(&held.telling(), entity, kind, &held.kinds, wanted));
                        right.push(of & own != 0);
                    }
                }
            }
            (rows, right)
        })
        .collect();
    let (each, members) = forests(&rows, &member_names, folds)?;
    for (at, held) in held.iter_mut().enumerate() {
        held.member = held
            .chosen
            .iter()
            .map(|entity| {
                std::array::from_fn(|kind| {
                    logistic(each[fold_of(at)].score(&member_row(
                        &held.telling(),
                        entity,
                        kind,
                        &held.kinds,
                        None,
                    )))
                })
            })
            .collect();
    }
    // Pairs: learned from entities that both are in templates of the kind.
    let mut pair_names = Vec::new();
    let rows: Vec<Rows> = held
        .iter()
        .map(|held| {
            let (mut rows, mut right) = (Vec::new(), Vec::new());
            for kind in 0..KINDS {
                let own = templates_of_kind(held, kind);
                let of: Vec<u32> =
                    held.chosen.iter().map(|entity| templates_of(held, entity) & own).collect();
                for a in 0..of.len() {
                    for b in a + 1..of.len() {
                        if of[a] != 0 && of[b] != 0 {
                            let wanted = pair_names.is_empty().then_some(&mut pair_names);
                            let (x, y) = (&held.chosen[a], &held.chosen[b]);
                            rows.push(pair_row(&held.telling(), kind, x, y, wanted));
                            right.push(of[a] & of[b] != 0);
                        }
                    }
                }
            }
            (rows, right)
        })
        .collect();
    let (each, pairs) = forests(&rows, &pair_names, folds)?;
    for (at, held) in held.iter_mut().enumerate() {
        let forest = &each[fold_of(at)];
        let n = held.chosen.len();
        held.pairs = (0..KINDS)
            .map(|kind| {
                if held.kinds[kind] < 0.1 && held.kinds.iter().any(|&other| other > held.kinds[kind]) {
                    return vec![vec![1.0; n]; n];
                }
                (0..n)
                    .map(|a| {
                        (0..n)
                            .map(|b| {
                                let (x, y) = (&held.chosen[a], &held.chosen[b]);
                                if a < b {
                                    logistic(forest.score(&pair_row(&held.telling(), kind, x, y, None)))
                                } else {
                                    1.0
                                }
                            })
                            .collect()
                    })
                    .collect()
            })
            .collect();
    }
    log("trees of kinds, members and pairs");
    let limits = draw(&held, least);
    log(&format!("{limits:?}"));
    let mut causes = Causes::default();
    for held in &held {
        let chosen: Vec<Chosen> =
            held.chosen.iter().filter(|entity| entity.score >= limits.roles[entity.role]).cloned().collect();
        causes.add(held.doc, &held.read, &held.probabilities, &chosen);
    }
    log(&causes.table());
    let reader = Reader {
        roles: models.roles,
        told: models.told,
        affinity: models.affinity,
        forests: role_forests,
        known: models.known,
        lexicon: Lexicon::shipped(),
        kinds,
        members,
        pairs,
        limits,
    };
    Ok(Trained { reader, sheet: sheet(&held, &limits) })
}

fn sheet(held: &[Held<'_>], limits: &Limits) -> Sheet {
    let mut sheet = Sheet::default();
    for held in held {
        sheet.add(&held.doc.gold, &held.answer(limits));
    }
    sheet
}

/// Draws the lines of kinds and happenings where the sum of both F1 is best, one after another, twice.
fn draw(held: &[Held<'_>], roles: [f32; ROLES]) -> Limits {
    let mut limits =
        Limits { roles, kinds: [0.4; KINDS], forced: 0.6, member: 0.5, together: 0.3, shared: 0.5 };
    let worth = |limits: &Limits| {
        let (ree, gtt) = sheet(held, limits).headline();
        ree + 1.5 * gtt
    };
    type Set = fn(&mut Limits, f32);
    let moves: [(Set, &[f32]); 6] = [
        (|limits, value| limits.kinds[0] = value, &[0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]),
        (|limits, value| limits.kinds[1] = value, &[0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]),
        (|limits, value| limits.kinds[2..].fill(value), &[0.2, 0.3, 0.4, 0.5, 0.6]),
        (|limits, value| limits.forced = value, &[0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.1]),
        (|limits, value| limits.member = value, &[0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
        (
            |limits, value| (limits.together, limits.shared) = (value, value),
            &[0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
        ),
    ];
    let mut best = worth(&limits);
    for _ in 0..2 {
        for (set, grid) in &moves {
            for &value in *grid {
                let mut next = limits;
                set(&mut next, value);
                let value = worth(&next);
                if value > best + 1e-9 {
                    (best, limits) = (value, next);
                }
            }
        }
        for (role, first) in roles.iter().enumerate() {
            for factor in [0.65, 0.75, 0.85, 0.93, 1.08, 1.2, 1.4, 1.7] {
                let mut next = limits;
                next.roles[role] = (limits.roles[role] * factor).max(first * FAR);
                let value = worth(&next);
                if value > best + 1e-9 {
                    (best, limits) = (value, next);
                }
            }
        }
        for shared in [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
            let next = Limits { shared, ..limits };
            let value = worth(&next);
            if value > best + 1e-9 {
                (best, limits) = (value, next);
            }
        }
    }
    limits
}
