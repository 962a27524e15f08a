//! Task `attribution`: who said or thought what, as spans of source, cue and content.
//!
//! In: texts. Out: `{id, attributions: [{source, cue, content}]}`, each part a list of `[start, end]` in code points, and the figures
//! of `score_attribution.py`, which these must equal. Training is in `attribution_training`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use watchkeeper_extraction::attribution::Attribution;
use watchkeeper_record::Document;
use watchkeeper_record::document::TokenIndex;
use watchkeeper_record::mention::{Mentions, Speaker};
use watchkeeper_record::span::{CodePoints, Span};

use crate::metric::Figures;

/// The parts of an attribution, by their names in the files.
pub(crate) const PARTS: [&str; 3] = ["source", "cue", "content"];

/// Makes the prediction for one document of what the weights find.
#[must_use]
pub(crate) fn predict(id: &str, doc: &Document, found: &[Attribution]) -> Value {
    let points = CodePoints::new(doc.text());
    let pieces = |tokens: &[Range<TokenIndex>]| -> Vec<Value> {
        tokens.iter().map(|piece| range(&points, doc.span(piece.clone()))).collect()
    };
    let attributions: Vec<Value> = found
        .iter()
        .map(|one| {
            json!({
                "source": pieces(one.source.as_slice()),
                "cue": pieces(std::slice::from_ref(&one.cue)),
                "content": pieces(&one.content),
            })
        })
        .collect();
    json!({"id": id, "attributions": attributions})
}

/// The same of the statements of a reading, for comparison.
#[must_use]
pub(crate) fn predict_statements(id: &str, doc: &Document, mentions: &Mentions) -> Value {
    let points = CodePoints::new(doc.text());
    let attributions: Vec<Value> = mentions
        .statements
        .iter()
        .map(|statement| {
            let source = match statement.speaker {
                Speaker::Phrase(phrase) | Speaker::Anonymous(Some(phrase)) => {
                    vec![range(&points, doc.span(mentions.phrases[phrase as usize].tokens.clone()))]
                }
                _ => Vec::new(),
            };
            let (cue, content) = (statement.cue, statement.content);
            let mut pieces = vec![content];
            if content.contains(cue) {
                pieces = [(content.start(), cue.start()), (cue.end(), content.end())]
                    .into_iter()
                    .filter(|(start, end)| start < end)
                    .map(|(start, end)| Span::from_range(start..end))
                    .collect();
            }
            let content: Vec<Value> = pieces.into_iter().map(|piece| range(&points, piece)).collect();
            json!({"source": source, "cue": [range(&points, cue)], "content": content})
        })
        .collect();
    json!({"id": id, "attributions": attributions})
}

fn range(points: &CodePoints<'_>, span: Span) -> Value {
    json!([points.at(span.start()), points.at(span.end())])
}

/// Words of a text as the scorer counts them: code points of maximal runs of letters, digits and `_`.
pub(crate) fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut open = None;
    let mut count = 0;
    for (at, character) in text.chars().enumerate() {
        let inside = character.is_alphanumeric() || character == '_';
        match (inside, open) {
            (true, None) => open = Some(at),
            (false, Some(start)) => {
                found.push((start, at));
                open = None;
            }
            _ => {}
        }
        count = at + 1;
    }
    if let Some(start) = open {
        found.push((start, count));
    }
    found
}

/// A word by its number, or a mark without one by its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Word(usize),
    Mark(u64),
}

type Units = BTreeSet<Unit>;

fn units(words: &[(usize, usize)], value: &Value) -> Result<Units> {
    let spans = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found = Units::new();
    let mut starts = Vec::new();
    for span in spans {
        let start = span[0].as_u64().context("a span is not [start, end]")?;
        let end = span[1].as_u64().context("a span is not [start, end]")?;
        starts.push(start);
        let (start, end) = (start as usize, end as usize);
        let first = words.partition_point(|word| word.0 <= start).saturating_sub(1);
        for (number, word) in words.iter().enumerate().skip(first).take_while(|(_, word)| word.0 < end) {
            if word.1 > start {
                found.insert(Unit::Word(number));
            }
        }
    }
    if found.is_empty() {
        found.extend(starts.into_iter().map(Unit::Mark));
    }
    Ok(found)
}

/// One attribution as the scorer sees it: source, cue, content.
type Scored = [Units; 3];

fn scored(words: &[(usize, usize)], line: Option<&Value>) -> Result<Vec<Scored>> {
    let list = line.and_then(|line| line["attributions"].as_array()).map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|one| {
            Ok([units(words, &one[PARTS[0]])?, units(words, &one[PARTS[1]])?, units(words, &one[PARTS[2]])?])
        })
        .collect()
}

fn jaccard(a: &Units, b: &Units) -> f64 {
    let common = a.intersection(b).count();
    let whole = a.len() + b.len() - common;
    if whole == 0 { 0.0 } else { common as f64 / whole as f64 }
}

fn same_source(a: &Scored, b: &Scored) -> bool {
    !a[0].is_disjoint(&b[0]) || a[0].is_empty() && b[0].is_empty()
}

/// Pairs predicted with gold attributions one to one, the most similar first.
fn pairs(
    found: &[Scored],
    gold: &[Scored],
    part: usize,
    fits: impl Fn(&Scored, &Scored) -> bool,
) -> Vec<(usize, usize)> {
    let mut candidates = Vec::new();
    for (i, one) in found.iter().enumerate() {
        for (j, wanted) in gold.iter().enumerate() {
            if fits(one, wanted) {
                candidates.push((jaccard(&one[part], &wanted[part]), i, j));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let (mut used, mut used_gold) = (vec![false; found.len()], vec![false; gold.len()]);
    let mut chosen = Vec::new();
    for (_, i, j) in candidates {
        if !used[i] && !used_gold[j] {
            (used[i], used_gold[j]) = (true, true);
            chosen.push((i, j));
        }
    }
    chosen
}

/// What was right, predicted and wanted.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    right: usize,
    found: usize,
    wanted: usize,
}

impl Tally {
    fn into(self, name: &str, figures: &mut Figures) {
        let ratio = |whole: usize| if whole == 0 { 0.0 } else { self.right as f64 / whole as f64 };
        let (precision, recall) = (ratio(self.found), ratio(self.wanted));
        let sum = precision + recall;
        figures.insert(format!("{name}_precision"), precision);
        figures.insert(format!("{name}_recall"), recall);
        figures.insert(format!("{name}_f1"), if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 });
    }
}

/// Token F1 of the three parts; full, content and cue matches. `gold` (with its text) and `predicted` are keyed by document id.
///
/// # Errors
/// When a span isn't `[start, end]`.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let mut parts = [Tally::default(); 3];
    let [mut full, mut content, mut cue] = [Tally::default(); 3];
    let mut with_source = 0;
    for (id, line) in gold {
        let words = words(line["text"].as_str().unwrap_or_default());
        let wanted = scored(&words, Some(line)).with_context(|| id.clone())?;
        let found = scored(&words, predicted.get(id)).with_context(|| id.clone())?;
        for (part, tally) in parts.iter_mut().enumerate() {
            let all =
                |list: &[Scored]| list.iter().flat_map(|one| one[part].iter().copied()).collect::<Units>();
            let (a, b) = (all(&found), all(&wanted));
            tally.right += a.intersection(&b).count();
            tally.found += a.len();
            tally.wanted += b.len();
        }
        let alike = |a: &Scored, b: &Scored| jaccard(&a[2], &b[2]) >= 0.5;
        let fulls = pairs(&found, &wanted, 2, |a, b| alike(a, b) && same_source(a, b));
        let contents = pairs(&found, &wanted, 2, alike);
        let cues = pairs(&found, &wanted, 1, |a, b| !a[1].is_disjoint(&b[1]));
        with_source += contents.iter().filter(|&&(i, j)| same_source(&found[i], &wanted[j])).count();
        for (tally, matches) in [(&mut full, fulls), (&mut content, contents), (&mut cue, cues)] {
            tally.right += matches.len();
            tally.found += found.len();
            tally.wanted += wanted.len();
        }
    }
    let mut figures = Figures::new();
    for (name, tally) in PARTS.into_iter().zip(parts) {
        tally.into(name, &mut figures);
    }
    full.into("full", &mut figures);
    content.into("content_match", &mut figures);
    cue.into("cue_match", &mut figures);
    let share = if content.right == 0 { 0.0 } else { with_source as f64 / content.right as f64 };
    figures.insert("source_given_content".to_owned(), share);
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Officials said the bridge was closed. It rained, they thought.";

    fn keyed(attributions: Value) -> BTreeMap<String, Value> {
        [("a".to_owned(), json!({"id": "a", "text": TEXT, "attributions": attributions}))].into()
    }

    #[test]
    fn figures_are_those_of_the_scorers_own_test() {
        let gold = keyed(json!([
            {"source": [[0, 9]], "cue": [[10, 14]], "content": [[15, 36]]},
            {"source": [], "cue": [[54, 61]], "content": [[38, 47]]},
        ]));
        let told = keyed(json!([
            {"source": [[0, 9]], "cue": [[10, 14]], "content": [[15, 25]]},
            {"source": [[49, 53]], "cue": [[54, 61]], "content": [[38, 47]]},
        ]));
        let figures = score(&gold, &gold).expect("sound");
        assert!(figures.values().all(|&value| value == 1.0), "{figures:?}");
        let figures = score(&gold, &BTreeMap::new()).expect("sound");
        assert!(figures.values().all(|&value| value == 0.0), "{figures:?}");
        let figures = score(&gold, &told).expect("sound");
        assert_eq!(figures["full_f1"], 0.5);
        assert_eq!(figures["content_match_f1"], 1.0);
        assert_eq!(figures["content_precision"], 1.0);
        assert_eq!(figures["source_precision"], 0.5);
        assert!((figures["content_recall"] - 4.0 / 6.0).abs() < 1e-9);
    }

    #[test]
    fn a_mark_without_letters_counts_by_its_start() {
        let words = words("He: no.");
        assert_eq!(words, [(0, 2), (4, 6)]);
        let colon = units(&words, &json!([[2, 3]])).expect("sound");
        assert_eq!(colon, Units::from([Unit::Mark(2)]));
    }
}
