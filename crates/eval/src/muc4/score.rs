//! Scorers of the task `muc4`: roles by document (CEAF-REE, Du et al. 2021), templates (Du et al. 2021) and relevance.
//!
//! In: gold lines and predictions in the form of the benchmark's README. Out: counts, figures, a bootstrap interval over documents.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;
use watchkeeper_extraction::incident::strings::plain;

use crate::metric::Figures;

/// Keys of the roles in the benchmark's files, in the product's order of roles.
pub(crate) const ROLE_KEYS: [&str; 5] = ["PerpInd", "PerpOrg", "Target", "Victim", "Weapon"];
/// Names of the kinds, in the product's order.
pub(crate) const KIND_KEYS: [&str; 6] =
    ["attack", "bombing", "kidnapping", "arson", "robbery", "forced work stoppage"];

/// One entity: its wordings, as compared.
pub(crate) type Entity = Vec<String>;
/// The entities of a template or document, by role.
pub(crate) type Fillers = [Vec<Entity>; 5];

/// One template.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Template {
    /// Kind, in lower case; in gold "a / b" is either.
    pub(crate) kind: String,
    /// Entities by role.
    pub(crate) roles: Fillers,
}

/// A document's templates and, in gold, their merged form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// Templates in order.
    pub(crate) templates: Vec<Template>,
    /// All of them in one.
    pub(crate) merged: Fillers,
}

fn fillers(value: &Value) -> Fillers {
    std::array::from_fn(|role| {
        let entities = value[ROLE_KEYS[role]].as_array().map(Vec::as_slice).unwrap_or_default();
        entities
            .iter()
            .map(|entity| match entity {
                Value::String(mention) => vec![plain(mention)],
                Value::Array(mentions) => mentions.iter().filter_map(Value::as_str).map(plain).collect(),
                _ => Vec::new(),
            })
            .filter(|entity: &Entity| !entity.is_empty())
            .collect()
    })
}

impl Answer {
    /// Reads a gold line or a prediction.
    pub(crate) fn parse(line: &Value) -> Result<Self> {
        let templates = line["templates"].as_array().context("a line has no templates")?;
        let templates: Vec<Template> = templates
            .iter()
            .map(|template| Template {
                kind: template["incident_type"].as_str().unwrap_or("attack").to_lowercase(),
                roles: fillers(template),
            })
            .collect();
        let merged = if line["merged"].is_object() { fillers(&line["merged"]) } else { merge(&templates) };
        Ok(Self { templates, merged })
    }

    /// The templates, each once.
    pub(crate) fn different(&self) -> Vec<&Template> {
        let mut out: Vec<&Template> = Vec::new();
        for template in &self.templates {
            if !out.contains(&template) {
                out.push(template);
            }
        }
        out
    }

    /// Makes an answer of templates.
    pub(crate) fn of(templates: Vec<Template>) -> Self {
        let merged = merge(&templates);
        Self { templates, merged }
    }
}

/// Templates as one: an entity that holds or is held by an earlier one of its role is left out.
fn merge(templates: &[Template]) -> Fillers {
    let within = |a: &Entity, b: &Entity| a.iter().all(|mention| b.contains(mention));
    let mut out: Fillers = Default::default();
    for template in templates {
        for (into, entities) in out.iter_mut().zip(&template.roles) {
            for entity in entities {
                if !into.iter().any(|other| within(entity, other) || within(other, entity)) {
                    into.push(entity.clone());
                }
            }
        }
    }
    out
}

/// Right and all predictions, found and all gold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    right: u32,
    predicted: u32,
    found: u32,
    gold: u32,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.predicted += other.predicted;
        self.found += other.found;
        self.gold += other.gold;
    }

    /// Precision, recall and F1.
    pub(crate) fn figures(&self) -> (f64, f64, f64) {
        let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
        let (p, r) = (share(self.right, self.predicted), share(self.found, self.gold));
        (p, r, if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
    }
}

/// Whether every mention of a prediction is one of a gold entity.
fn fits(predicted: &Entity, gold: &Entity) -> bool {
    predicted.iter().all(|mention| gold.contains(mention))
}

/// Largest one-to-one matching (augmenting paths; a few entities each).
fn matching(edges: &[Vec<usize>], right: usize) -> u32 {
    fn augment(at: usize, edges: &[Vec<usize>], seen: &mut [bool], owner: &mut [Option<usize>]) -> bool {
        for &to in &edges[at] {
            if !std::mem::replace(&mut seen[to], true)
                && owner[to].is_none_or(|other| augment(other, edges, seen, owner))
            {
                owner[to] = Some(at);
                return true;
            }
        }
        false
    }
    let mut owner = vec![None; right];
    (0..edges.len()).map(|at| u32::from(augment(at, edges, &mut vec![false; right], &mut owner))).sum()
}

/// Role-filler entities of one document, by role.
pub(crate) fn ree(gold: &Answer, predicted: &Answer) -> [Counts; 5] {
    std::array::from_fn(|role| {
        let (golds, answers) = (&gold.merged[role], &predicted.merged[role]);
        let edges: Vec<Vec<usize>> = answers
            .iter()
            .map(|answer| (0..golds.len()).filter(|&at| fits(answer, &golds[at])).collect())
            .collect();
        let hits = matching(&edges, golds.len());
        Counts { right: hits, predicted: answers.len() as u32, found: hits, gold: golds.len() as u32 }
    })
}

/// Right predictions and found gold of a pair of templates, by slot.
type Hits = [(u32, u32); 6];

/// Most alignments that are tried one by one.
const ALIGNMENTS_MAX: f64 = 20_000.0;

/// Templates of one document: type, then roles.
pub(crate) fn gtt(gold: &Answer, predicted: &Answer) -> [Counts; 6] {
    let golds = gold.different();
    let answers = &predicted.templates;
    let mut out = [Counts::default(); 6];
    for template in answers {
        out[0].predicted += 1;
        for (role, entities) in template.roles.iter().enumerate() {
            out[role + 1].predicted += entities.len() as u32;
        }
    }
    for template in &golds {
        out[0].gold += 1;
        for (role, entities) in template.roles.iter().enumerate() {
            out[role + 1].gold += entities.len() as u32;
        }
    }
    if answers.is_empty() || golds.is_empty() {
        return out;
    }
    let all = |of: fn(&Counts) -> u32| out.iter().map(of).sum::<u32>();
    let (predicted_all, gold_all) = (all(|c| c.predicted), all(|c| c.gold));
    let pair = |answer: &Template, gold: &Template| -> Option<Hits> {
        gold.kind.contains(&answer.kind).then(|| {
            std::array::from_fn(|slot| {
                let Some(role) = slot.checked_sub(1) else { return (1, 1) };
                let (a, g) = (&answer.roles[role], &gold.roles[role]);
                let right = a.iter().filter(|entity| g.iter().any(|other| fits(entity, other))).count();
                let found = g.iter().filter(|entity| a.iter().any(|other| fits(other, entity))).count();
                (right as u32, found as u32)
            })
        })
    };
    let pairs: Vec<Vec<Option<Hits>>> =
        answers.iter().map(|answer| golds.iter().map(|gold| pair(answer, gold)).collect()).collect();
    let sums: Vec<Vec<(u32, u32)>> = pairs
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| {
                    cell.map_or((0, 0), |cell| {
                        (cell.iter().map(|c| c.0).sum::<u32>(), cell.iter().map(|c| c.1).sum::<u32>())
                    })
                })
                .collect()
        })
        .collect();
    let f1 = |alignment: &[Option<usize>]| {
        let (mut right, mut found) = (0, 0);
        for (answer, gold) in alignment.iter().enumerate() {
            if let Some(gold) = gold {
                right += sums[answer][*gold].0;
                found += sums[answer][*gold].1;
            }
        }
        let (p, r) = (f64::from(right) / f64::from(predicted_all), f64::from(found) / f64::from(gold_all));
        if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
    };
    let mut best: (f64, Vec<Option<usize>>) = (-1.0, Vec::new());
    if ((golds.len() + 1) as f64).powi(answers.len() as i32) <= ALIGNMENTS_MAX {
        every(&mut Vec::new(), answers.len(), golds.len(), &mut |alignment| {
            let value = f1(alignment);
            if value > best.0 + 1e-12 {
                best = (value, alignment.to_vec());
            }
        });
    } else {
        best.1 = greedy(&sums, predicted_all, gold_all);
    }
    for (answer, gold) in best.1.iter().enumerate() {
        if let Some(cell) = gold.and_then(|gold| pairs[answer][gold]) {
            for (slot, (right, found)) in cell.into_iter().enumerate() {
                out[slot].right += right;
                out[slot].found += found;
            }
        }
    }
    out
}

/// Every one-to-one alignment; "none" comes last at each place.
fn every(
    so_far: &mut Vec<Option<usize>>,
    answers: usize,
    golds: usize,
    found: &mut impl FnMut(&[Option<usize>]),
) {
    if so_far.len() == answers {
        found(so_far);
        return;
    }
    for gold in (0..golds).map(Some).chain([None]) {
        if gold.is_none() || !so_far.contains(&gold) {
            so_far.push(gold);
            every(so_far, answers, golds, found);
            so_far.pop();
        }
    }
}

/// An alignment for very many templates: best pairs first, then exchanges of two while they help.
fn greedy(sums: &[Vec<(u32, u32)>], predicted: u32, gold: u32) -> Vec<Option<usize>> {
    let worth = |answer: usize, at: Option<usize>| {
        at.map_or(0.0, |at| {
            f64::from(sums[answer][at].0) / f64::from(predicted)
                + f64::from(sums[answer][at].1) / f64::from(gold)
        })
    };
    let golds = sums[0].len();
    let mut out: Vec<Option<usize>> = vec![None; sums.len()];
    let mut cells: Vec<(usize, usize)> =
        (0..sums.len()).flat_map(|answer| (0..golds).map(move |at| (answer, at))).collect();
    cells.sort_by(|a, b| worth(b.0, Some(b.1)).total_cmp(&worth(a.0, Some(a.1))).then(a.cmp(b)));
    for (answer, at) in cells {
        if out[answer].is_none() && !out.contains(&Some(at)) {
            out[answer] = Some(at);
        }
    }
    let mut better = true;
    while better {
        better = false;
        for a in 0..out.len() {
            for b in a + 1..out.len() {
                let now = worth(a, out[a]) + worth(b, out[b]);
                if worth(a, out[b]) + worth(b, out[a]) > now + 1e-12 {
                    out.swap(a, b);
                    better = true;
                }
            }
        }
    }
    out
}

/// Counts over documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// Role-filler entities, by role, one a document.
    pub(crate) ree: Vec<[Counts; 5]>,
    /// Templates, type and roles, one a document.
    pub(crate) gtt: Vec<[Counts; 6]>,
    relevance: Counts,
}

impl Sheet {
    /// Adds a document.
    pub(crate) fn add(&mut self, gold: &Answer, predicted: &Answer) {
        self.ree.push(ree(gold, predicted));
        self.gtt.push(gtt(gold, predicted));
        let (g, p) = (!gold.templates.is_empty(), !predicted.templates.is_empty());
        let both = u32::from(g && p);
        self.relevance.add(Counts { right: both, predicted: u32::from(p), found: both, gold: u32::from(g) });
    }

    /// Sums over documents and slots.
    pub(crate) fn total<const N: usize>(rows: &[[Counts; N]]) -> Counts {
        let mut sum = Counts::default();
        rows.iter().flatten().for_each(|counts| sum.add(*counts));
        sum
    }

    fn slot<const N: usize>(rows: &[[Counts; N]], slot: usize) -> Counts {
        let mut sum = Counts::default();
        rows.iter().for_each(|counts| sum.add(counts[slot]));
        sum
    }

    /// F1 of entities and of templates.
    pub(crate) fn headline(&self) -> (f64, f64) {
        (Self::total(&self.ree).figures().2, Self::total(&self.gtt).figures().2)
    }

    /// Figures for the gate.
    pub(crate) fn figures(&self) -> Figures {
        let mut out = Figures::default();
        let (ree, gtt) = (Self::total(&self.ree).figures(), Self::total(&self.gtt).figures());
        out.insert("ree_p".to_owned(), ree.0);
        out.insert("ree_r".to_owned(), ree.1);
        out.insert("ree_f1".to_owned(), ree.2);
        out.insert("gtt_p".to_owned(), gtt.0);
        out.insert("gtt_r".to_owned(), gtt.1);
        out.insert("gtt_f1".to_owned(), gtt.2);
        out.insert("relevance_f1".to_owned(), self.relevance.figures().2);
        for (role, key) in ROLE_KEYS.iter().enumerate() {
            out.insert(format!("ree_{}", key.to_lowercase()), Self::slot(&self.ree, role).figures().2);
            out.insert(format!("gtt_{}", key.to_lowercase()), Self::slot(&self.gtt, role + 1).figures().2);
        }
        out.insert("gtt_type".to_owned(), Self::slot(&self.gtt, 0).figures().2);
        out
    }

    /// Figures as lines of text, with a 95 % interval from `samples` bootstrap samples of documents.
    pub(crate) fn table(&self, samples: usize) -> String {
        let mut out = String::new();
        let mut line = |name: &str, counts: Counts| {
            let (p, r, f) = counts.figures();
            out += &format!(
                "{name:<22} P {:6.2}  R {:6.2}  F1 {:6.2}   (predicted {}, gold {})\n",
                100.0 * p,
                100.0 * r,
                100.0 * f,
                counts.predicted,
                counts.gold
            );
        };
        for (role, key) in ROLE_KEYS.iter().enumerate() {
            line(&format!("REE {key}"), Self::slot(&self.ree, role));
        }
        line("REE", Self::total(&self.ree));
        line("GTT type", Self::slot(&self.gtt, 0));
        for (role, key) in ROLE_KEYS.iter().enumerate() {
            line(&format!("GTT {key}"), Self::slot(&self.gtt, role + 1));
        }
        line("GTT", Self::total(&self.gtt));
        line("relevance", self.relevance);
        if samples > 0 {
            let (ree, gtt) = (interval(&self.ree, samples), interval(&self.gtt, samples));
            out += &format!(
                "95 % over documents: REE {:.1} to {:.1}, GTT {:.1} to {:.1}\n",
                100.0 * ree.0,
                100.0 * ree.1,
                100.0 * gtt.0,
                100.0 * gtt.1
            );
        }
        out
    }
}

/// Percentile bootstrap of F1 over documents, with a fixed seed.
fn interval<const N: usize>(rows: &[[Counts; N]], samples: usize) -> (f64, f64) {
    let mut state = 0x2026_1122_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % rows.len()
    };
    let mut values: Vec<f64> = (0..samples)
        .map(|_| {
            let sample: Vec<[Counts; N]> = (0..rows.len()).map(|_| rows[draw()]).collect();
            Sheet::total(&sample).figures().2
        })
        .collect();
    values.sort_by(f64::total_cmp);
    (values[samples * 25 / 1000], values[(samples * 975 / 1000).min(samples - 1)])
}

/// Scores predictions.
///
/// # Errors
/// When a line has no templates.
pub(crate) fn sheet(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Sheet> {
    let mut sheet = Sheet::default();
    for (id, line) in gold {
        let gold = Answer::parse(line)?;
        let answer = predicted.get(id).map(Answer::parse).transpose()?.unwrap_or_default();
        sheet.add(&gold, &answer);
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(words: &[&str]) -> Entity {
        words.iter().map(|word| plain(word)).collect()
    }

    fn template(kind: &str, roles: Fillers) -> Template {
        Template { kind: kind.to_owned(), roles }
    }

    fn two() -> Answer {
        let mut first: Fillers = Default::default();
        first[1] = vec![entity(&["the Red Front", "RF"])];
        first[2] = vec![entity(&["embassy"]), entity(&["two buses", "buses"])];
        let mut second: Fillers = Default::default();
        second[3] = vec![entity(&["Jane Roe"])];
        Answer::of(vec![template("bombing", first), template("kidnapping", second)])
    }

    #[test]
    fn the_key_itself_is_right() {
        let mut sheet = Sheet::default();
        sheet.add(&two(), &two());
        assert_eq!(sheet.headline(), (1.0, 1.0));
    }

    #[test]
    fn an_entity_in_two_is_punished_by_document_only() {
        let mut split = two();
        split.templates[0].roles[1] = vec![entity(&["red front"]), entity(&["rf"])];
        let split = Answer::of(split.templates);
        let counts = Sheet::total(&[ree(&two(), &split)]);
        assert_eq!((counts.right, counts.predicted, counts.gold), (4, 5, 4));
        let counts = Sheet::total(&[gtt(&two(), &split)]);
        assert_eq!((counts.right, counts.predicted), (7, 7));
    }

    #[test]
    fn a_wrong_type_costs_the_template() {
        let mut wrong = two();
        wrong.templates[0].kind = "arson".to_owned();
        let counts = Sheet::total(&[gtt(&two(), &wrong)]);
        assert_eq!((counts.right, counts.predicted, counts.found, counts.gold), (2, 6, 2, 6));
    }
}
