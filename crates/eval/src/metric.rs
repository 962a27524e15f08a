//! The benchmarks' figures, computed as their scorers define them.
//!
//! `debris`: recall of debris characters and characters wrongly masked. `plover`: category micro F1, top1, role hits, dyad.
//! White space counts for nothing in `debris`; a reciprocal gold event accepts either side in either role in `plover`.
//! The definitions are those of `score_debris.py` and `score_plover.py`, whose figures these must equal.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Named figures of one task.
pub(crate) type Figures = BTreeMap<String, f64>;

type CharRange = (usize, usize);

fn pairs(value: &Value) -> Result<Vec<CharRange>> {
    let mut ranges = Vec::new();
    for pair in value.as_array().map(Vec::as_slice).unwrap_or_default() {
        let number = |index: usize| pair[index].as_u64().context("a span is not [start, end]");
        ranges.push((number(0)? as usize, number(1)? as usize));
    }
    Ok(ranges)
}

fn marked(value: &Value, length: usize) -> Result<Vec<CharRange>> {
    let mut ranges = Vec::new();
    for mask in value.as_array().map(Vec::as_slice).unwrap_or_default() {
        let start = mask["start"].as_u64().context("a mask has no start")? as usize;
        let end = mask["end"].as_u64().context("a mask has no end")? as usize;
        if start >= end || end > length {
            bail!("bad range {start}..{end}");
        }
        ranges.push((start, end));
    }
    Ok(ranges)
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// Scores masks. `gold` and `predicted` are keyed by document id.
///
/// # Errors
/// When a range runs out of its text.
pub(crate) fn debris(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let (mut hit, mut missed, mut wrong, mut decoys, mut decoys_clean, mut clean) =
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (id, entry) in gold {
        let text: Vec<char> = entry["text"].as_str().unwrap_or_default().chars().collect();
        let mut wanted = vec![false; text.len()];
        let mut optional = vec![false; text.len()];
        let mut got = vec![false; text.len()];
        for (start, end) in marked(&entry["mask"], text.len())? {
            wanted[start..end].fill(true);
        }
        for (start, end) in marked(&entry["optional"], text.len())? {
            optional[start..end].fill(true);
        }
        if let Some(prediction) = predicted.get(id) {
            for (start, end) in marked(&prediction["mask"], text.len()).with_context(|| id.clone())? {
                got[start..end].fill(true);
            }
        }
        let mut wrong_here = 0.0;
        for (index, character) in text.iter().enumerate() {
            if character.is_whitespace() || optional[index] {
                continue;
            }
            match (wanted[index], got[index]) {
                (true, true) => hit += 1.0,
                (true, false) => missed += 1.0,
                (false, true) => wrong_here += 1.0,
                (false, false) => {}
            }
        }
        wrong += wrong_here;
        clean += f64::from(u8::from(wrong_here == 0.0));
        if entry["decoy"].as_bool() == Some(true) {
            decoys += 1.0;
            decoys_clean += f64::from(u8::from(wrong_here == 0.0));
        }
    }
    Ok(BTreeMap::from([
        ("recall".to_owned(), ratio(hit, hit + missed)),
        ("precision".to_owned(), ratio(hit, hit + wrong)),
        ("wrong_chars".to_owned(), wrong),
        ("clean_documents".to_owned(), ratio(clean, gold.len() as f64)),
        ("decoys_clean".to_owned(), ratio(decoys_clean, decoys)),
    ]))
}

fn overlap(left: &[CharRange], right: &[CharRange]) -> bool {
    left.iter().any(|a| right.iter().any(|b| a.0 < b.1 && b.0 < a.1))
}

/// Scores coded sentences. `gold` and `predicted` are keyed by sentence id.
///
/// # Errors
/// When a span isn't a pair of numbers.
pub(crate) fn plover(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let mut count: BTreeMap<&str, f64> = BTreeMap::new();
    let mut add =
        |key: &'static str, value: bool| *count.entry(key).or_default() += f64::from(u8::from(value));
    for (id, entry) in gold {
        let told = entry["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        let coded: Vec<&Value> = told.iter().filter(|event| event["category"].is_string()).collect();
        let cares = coded.len() == told.len();
        let found = predicted
            .get(id)
            .and_then(|line| line["events"].as_array())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let category = |event: &Value| event["category"].as_str().unwrap_or_default().to_owned();
        let gold_set: BTreeSet<String> = coded.iter().map(|event| category(event)).collect();
        let found_set: BTreeSet<String> =
            found.iter().map(category).filter(|name| !name.is_empty()).collect();
        for name in &found_set {
            if gold_set.contains(name) || cares {
                add("predicted", true);
            }
            add("right", gold_set.contains(name));
        }
        for _ in &gold_set {
            add("gold", true);
        }
        if !gold_set.is_empty() {
            add("sentences", true);
            add("top", found.first().is_some_and(|event| gold_set.contains(&category(event))));
        }
        let mut used = BTreeSet::new();
        for event in coded {
            let pair =
                (0..found.len()).find(|k| !used.contains(k) && category(&found[*k]) == category(event));
            if let Some(k) = pair {
                used.insert(k);
            }
            if event["mode"].is_string() {
                let same =
                    |other: &Value| category(other) == category(event) && other["mode"] == event["mode"];
                add("mode_gold", true);
                add("mode", pair.is_some() && found.iter().any(same));
            }
            let reciprocal = event["reciprocal"].as_bool() == Some(true);
            let both: Vec<CharRange> = [pairs(&event["actors"])?, pairs(&event["recipients"])?].concat();
            let mut hits = Vec::new();
            for (role, all, hit, given) in [
                ("actors", "actor_gold", "actor_hit", "actor_paired"),
                ("recipients", "recipient_gold", "recipient_hit", "recipient_paired"),
            ] {
                let mut wanted = pairs(&event[role])?;
                if wanted.is_empty() {
                    continue;
                }
                if reciprocal {
                    wanted.clone_from(&both);
                }
                let spans = pair.map_or(Ok(Vec::new()), |k| pairs(&found[k][role]))?;
                let right = overlap(&wanted, &spans);
                add(all, true);
                add(given, pair.is_some());
                add(hit, right);
                hits.push(right);
            }
            if hits.len() == 2 {
                add("dyad_gold", true);
                add("dyad", hits.iter().all(|right| *right));
            }
        }
    }
    let of = |key: &str| count.get(key).copied().unwrap_or_default();
    let precision = ratio(of("right"), of("predicted"));
    let recall = ratio(of("right"), of("gold"));
    Ok(BTreeMap::from([
        ("category_precision".to_owned(), precision),
        ("category_recall".to_owned(), recall),
        ("category_f1".to_owned(), ratio(2.0 * precision * recall, precision + recall)),
        ("top1".to_owned(), ratio(of("top"), of("sentences"))),
        ("actor_hit_given_category".to_owned(), ratio(of("actor_hit"), of("actor_paired"))),
        ("recipient_hit_given_category".to_owned(), ratio(of("recipient_hit"), of("recipient_paired"))),
        ("mode".to_owned(), ratio(of("mode"), of("mode_gold"))),
        ("dyad".to_owned(), ratio(of("dyad"), of("dyad_gold"))),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn keyed(lines: Vec<Value>) -> BTreeMap<String, Value> {
        lines.into_iter().map(|line| (line["id"].as_str().unwrap().to_owned(), line)).collect()
    }

    #[test]
    fn debris_counts_characters() {
        let gold = keyed(vec![
            json!({"id":"a","text":"Real text. READ MORE: junk","mask":[{"start":11,"end":26}],"optional":[]}),
            json!({"id":"d","decoy":true,"text":"plain","mask":[]}),
        ]);
        let right = debris(&gold, &gold).unwrap();
        assert!((right["recall"] - 1.0).abs() < 1e-12 && right["wrong_chars"] == 0.0);
        let all = keyed(vec![
            json!({"id":"a","mask":[{"start":0,"end":26}]}),
            json!({"id":"d","mask":[{"start":0,"end":5}]}),
        ]);
        let harm = debris(&gold, &all).unwrap();
        assert_eq!((harm["wrong_chars"], harm["decoys_clean"]), (14.0, 0.0));
    }

    #[test]
    fn plover_pairs_events_by_category() {
        let gold = keyed(vec![
            json!({"id":"a","events":[{"category":"ASSAULT","actors":[[0,6]],"recipients":[[16,24]],"reciprocal":false}]}),
            json!({"id":"b","events":[{"category":"AGREE","actors":[[0,4],[9,13]],"recipients":[[0,4],[9,13]],"reciprocal":true}]}),
        ]);
        let predicted = keyed(vec![
            json!({"id":"a","events":[{"category":"ASSAULT","actors":[[16,24]],"recipients":[[0,6]]}]}),
            json!({"id":"b","events":[{"category":"AGREE","actors":[[0,4]],"recipients":[[9,13]]},{"category":"CONSULT"}]}),
        ]);
        let figures = plover(&gold, &predicted).unwrap();
        assert!((figures["category_precision"] - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((figures["category_recall"], figures["dyad"], figures["top1"]), (1.0, 0.5, 1.0));
        assert_eq!(figures["recipient_hit_given_category"], 0.5);
    }
}
