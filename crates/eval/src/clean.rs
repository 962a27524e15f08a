//! Scores of pages read: the measures of the benchmark `clean`, equal to its scorer's.
//!
//! Text: 4-gram shingles with counts, precision and recall as means over pages. Segments: whether given pieces are found, micro
//! F1. Metadata: title, day and authors of the pages that have them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Words that join names.
const JOIN: [&str; 14] =
    ["and", "und", "et", "y", "von", "by", "par", "por", "di", "the", "mit", "with", "autor", "author"];

/// Figures of one run, by name.
pub(crate) type Figures = BTreeMap<&'static str, f64>;

/// Whether Python's `\w` matches: letters, digits, other numbers and the underscore (marks aren't).
fn is_word(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_other_alphabetic(c))
}

/// Characters that Rust calls alphabetic (Other_Alphabetic: vowel signs and the like) and Python's `isalnum` doesn't.
fn is_other_alphabetic(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The runs of word characters of a text.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect()
}

fn shingles<'t>(tokens: &'t [&'t str]) -> BTreeMap<&'t [&'t str], u32> {
    let mut counts = BTreeMap::new();
    for at in 0..(tokens.len().saturating_sub(3)).max(1) {
        let shingle = &tokens[at..(at + 4).min(tokens.len())];
        if !shingle.is_empty() {
            *counts.entry(shingle).or_insert(0) += 1;
        }
    }
    counts
}

/// True positives, false positives and false negatives of a page's 4-grams.
pub(crate) fn overlap(gold: &str, found: &str) -> (u32, u32, u32) {
    let (gold, found) = (tokens(gold), tokens(found));
    let (gold, found) = (shingles(&gold), shingles(&found));
    let shared: u32 =
        gold.iter().map(|(shingle, count)| (*count).min(found.get(shingle).copied().unwrap_or(0))).sum();
    (shared, found.values().sum::<u32>() - shared, gold.values().sum::<u32>() - shared)
}

fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits, caseless.
fn norm(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect::<String>().replace('ß', "ss");
    tokens(&folded).join(" ")
}

fn name_words(names: &Value) -> BTreeSet<String> {
    let list: Vec<&str> = match names {
        Value::String(one) => vec![one],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    list.iter()
        .flat_map(|name| norm(name).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty() && !JOIN.contains(&word.as_str()))
        .collect()
}

/// Scores predictions (by id) against gold rows.
pub(crate) fn score(gold: &[Value], found: &BTreeMap<String, Value>) -> Figures {
    let mut figures = Figures::new();
    let empty = Value::Null;
    let prediction =
        |row: &Value| found.get(row["id"].as_str().unwrap_or_default()).unwrap_or(&empty).clone();
    let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
    let (mut tp, mut fp, mut fneg) = (0.0, 0.0, 0.0);
    for row in gold {
        let predicted = prediction(row);
        let text = predicted["text"].as_str().unwrap_or_default();
        if let Some(want) = row["text"].as_str() {
            let (shared, wrong, missed) = overlap(want, text);
            let rate = |other: u32| f64::from(shared) / f64::from(shared + other).max(1.0);
            if wrong == 0 && missed == 0 {
                precisions.extend((shared > 0).then_some(1.0));
                recalls.extend((shared > 0).then_some(1.0));
                continue;
            }
            if shared + wrong > 0 {
                precisions.push(rate(wrong));
            }
            if shared + missed > 0 {
                recalls.push(rate(missed));
            }
        }
        if let (Some(with), Some(without)) = (row["with"].as_array(), row["without"].as_array()) {
            let text = squeeze(text);
            let has = |segment: &Value| text.contains(&squeeze(segment.as_str().unwrap_or_default()));
            tp += with.iter().filter(|segment| has(segment)).count() as f64;
            fneg += with.iter().filter(|segment| !has(segment)).count() as f64;
            fp += without.iter().filter(|segment| has(segment)).count() as f64;
        }
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / (list.len() as f64).max(1.0);
    if !recalls.is_empty() {
        figures.insert("precision", mean(&precisions));
        figures.insert("recall", mean(&recalls));
        figures.insert("f1", f1(mean(&precisions), mean(&recalls)));
    }
    if tp + fneg > 0.0 {
        let (precision, recall) = (tp / (tp + fp).max(1.0), tp / (tp + fneg));
        figures.insert("segment_precision", precision);
        figures.insert("segment_recall", recall);
        figures.insert("segment_f1", f1(precision, recall));
    }
    metadata(gold, prediction, &mut figures);
    figures
}

fn metadata(gold: &[Value], prediction: impl Fn(&Value) -> Value, figures: &mut Figures) {
    let mut sums: BTreeMap<&'static str, (f64, f64)> = BTreeMap::new();
    let mut count = |name: &'static str, right: bool| {
        let sum = sums.entry(name).or_default();
        sum.0 += f64::from(u8::from(right));
        sum.1 += 1.0;
    };
    for row in gold {
        let predicted = prediction(row);
        let string = |key: &str| predicted[key].as_str().unwrap_or_default();
        if let Some(title) = row["title"].as_str().filter(|title| !title.is_empty()) {
            count("title_exact", squeeze(string("title")) == squeeze(title));
            count("title_norm", norm(string("title")) == norm(title));
        }
        let day = |text: &str| text.chars().take(10).collect::<String>();
        match row.get("published") {
            Some(Value::String(want)) if !want.is_empty() => {
                count("published_exact", day(string("published")) == day(want));
            }
            Some(_) => count("published_false", !string("published").is_empty()),
            None => {}
        }
        match row.get("authors") {
            Some(want)
                if want.as_array().is_some_and(|list| !list.is_empty())
                    || want.as_str().is_some_and(|name| !name.is_empty()) =>
            {
                count("authors_exact", name_words(want) == name_words(&predicted["authors"]));
            }
            Some(_) => {
                count("authors_false", predicted["authors"].as_array().is_some_and(|list| !list.is_empty()))
            }
            None => {}
        }
    }
    for (name, (right, all)) in sums {
        figures.insert(name, right / all);
    }
}
