//! Task `timex`: time expressions with their TIMEX3 values, and the figures of TempEval-3 task A.
//!
//! In: a document's text and date of creation, which goes in as its date of publication. Out: `{id, timexes: [{start, end, type, value}]}`
//! in code points. The figures are those of `score_timex.py`, which they must equal.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use watchkeeper_linkage::time::link_times;
use watchkeeper_record::mention::Mentions;
use watchkeeper_record::span::CodePoints;
use watchkeeper_record::{Document, article::Date};

use crate::metric::Figures;

/// The day of creation of a document, from `2013-03-22` or `2013-03-22T10:00`.
#[must_use]
pub(crate) fn creation(dct: Option<&str>) -> Option<Date> {
    dct?.get(..10)?.parse().ok()
}

/// Makes the prediction for one document.
#[must_use]
pub(crate) fn predict(id: &str, doc: &Document, mentions: &Mentions) -> Value {
    let points = CodePoints::new(doc.text());
    let links = link_times(doc, mentions);
    let timexes: Vec<Value> = links
        .tags
        .iter()
        .map(|tag| {
            json!({
                "start": points.at(tag.span.start()), "end": points.at(tag.span.end()),
                "type": tag.kind.as_str(), "value": tag.value,
            })
        })
        .collect();
    json!({"id": id, "timexes": timexes})
}

/// One expression of the gold or of a prediction.
struct Timex<'a> {
    start: u64,
    end: u64,
    kind: &'a str,
    value: &'a str,
    ignored: bool,
}

impl Timex<'_> {
    /// Code points shared; 0 or less where they don't touch.
    fn overlap(&self, other: &Timex<'_>) -> i64 {
        self.end.min(other.end).cast_signed() - self.start.max(other.start).cast_signed()
    }
}

fn timexes(line: Option<&Value>) -> Result<Vec<Timex<'_>>> {
    let list = line.and_then(|line| line["timexes"].as_array()).map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|timex| {
            Ok(Timex {
                start: timex["start"].as_u64().context("a timex has no start")?,
                end: timex["end"].as_u64().context("a timex has no end")?,
                kind: timex["type"].as_str().unwrap_or_default().trim(),
                value: timex["value"].as_str().unwrap_or_default().trim(),
                ignored: timex["ignore"].as_bool() == Some(true),
            })
        })
        .collect()
}

/// Pairs gold with predictions one to one: identical spans first, then the longest overlap.
fn pairs(gold: &[&Timex<'_>], predicted: &[Timex<'_>]) -> Vec<(usize, usize)> {
    let mut candidates = Vec::new();
    for (g, wanted) in gold.iter().enumerate() {
        for (p, found) in predicted.iter().enumerate() {
            let overlap = wanted.overlap(found);
            if overlap > 0 {
                let other = wanted.start != found.start || wanted.end != found.end;
                candidates.push((other, -overlap, wanted.start, g, p));
            }
        }
    }
    candidates.sort_unstable();
    let (mut gold_used, mut found_used) = (vec![false; gold.len()], vec![false; predicted.len()]);
    let mut pairs = Vec::new();
    for (_, _, _, g, p) in candidates {
        if !gold_used[g] && !found_used[p] {
            gold_used[g] = true;
            found_used[p] = true;
            pairs.push((g, p));
        }
    }
    pairs
}

/// Strict, relaxed, type and value F1, micro-averaged. `gold` and `predicted` are keyed by document id.
///
/// # Errors
/// When an expression lacks its span.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let (mut strict, mut relaxed, mut types, mut values, mut found, mut wanted) = (0, 0, 0, 0, 0, 0);
    for (id, line) in gold {
        let all = timexes(Some(line)).with_context(|| id.clone())?;
        let told = timexes(predicted.get(id)).with_context(|| id.clone())?;
        let (ignored, counted): (Vec<&Timex<'_>>, Vec<&Timex<'_>>) =
            all.iter().partition(|timex| timex.ignored);
        let matches = pairs(&counted, &told);
        let used = |p: usize| matches.iter().any(|&(_, other)| other == p);
        found += (0..told.len())
            .filter(|&p| used(p) || !ignored.iter().any(|other| told[p].overlap(other) > 0))
            .count();
        wanted += counted.len();
        for &(g, p) in &matches {
            let (gold, told) = (counted[g], &told[p]);
            relaxed += 1;
            strict += usize::from(gold.start == told.start && gold.end == told.end);
            types += usize::from(gold.kind == told.kind);
            values += usize::from(gold.value == told.value);
        }
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let f1 = |right: usize| share(2 * right, found + wanted);
    Ok(BTreeMap::from([
        ("strict_f1".to_owned(), f1(strict)),
        ("relaxed_f1".to_owned(), f1(relaxed)),
        ("type_f1".to_owned(), f1(types)),
        ("value_f1".to_owned(), f1(values)),
        ("relaxed_precision".to_owned(), share(relaxed, found)),
        ("relaxed_recall".to_owned(), share(relaxed, wanted)),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_scorer() {
        // The self-test of `score_timex.py`.
        let gold = json!({"timexes": [
            {"start": 0, "end": 6, "type": "DATE", "value": "2013-03-22"},
            {"start": 10, "end": 20, "type": "DURATION", "value": "P1M"},
            {"start": 30, "end": 40, "type": "DATE", "value": "x", "ignore": true},
        ]});
        let told = json!({"timexes": [
            {"start": 0, "end": 6, "type": "TIME", "value": "2013-03-22T10:00"},
            {"start": 12, "end": 20, "type": "DURATION", "value": "P1M"},
            {"start": 50, "end": 52, "type": "DATE", "value": "q"},
        ]});
        let keyed = |line: &Value| BTreeMap::from([("a".to_owned(), line.clone())]);
        let same = score(&keyed(&gold), &keyed(&gold)).expect("scored");
        assert!(same.values().all(|value| (value - 1.0).abs() < 1e-9), "{same:?}");
        let figures = score(&keyed(&gold), &keyed(&told)).expect("scored");
        for (figure, value) in [("strict_f1", 0.4), ("relaxed_f1", 0.8), ("value_f1", 0.4), ("type_f1", 0.4)]
        {
            assert!((figures[figure] - value).abs() < 1e-9, "{figure}: {figures:?}");
        }
        let none = score(&keyed(&gold), &BTreeMap::new()).expect("scored");
        assert!(none.values().all(|value| value.abs() < 1e-9), "{none:?}");
    }
}
