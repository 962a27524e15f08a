//! Counts: what number a noun phrase gives, with its lowest, best and highest reading.
//!
//! In: the head of a counted phrase. Out: [`Amount`] after the contract's "toll": `at least 28` is low 28, best 28; `dozens`
//! is low 24 and no best. It counts nothing that the words don't count: a bare plural has no amount.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};

use crate::frame;

/// Words of counting; see `data/lexicon/en/quantity.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    numbers: FxHashMap<String, u32>,
    scales: FxHashMap<String, u32>,
    vague: FxHashMap<String, u32>,
    bounds: BTreeMap<Bound, Vec<String>>,
}

/// What the words before a number make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Bound {
    LowAndBest,
    LowOnly,
    HighOnly,
    BestOnly,
}

/// A count with its lowest, best and highest reading; each only where told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Amount {
    pub(crate) low: Option<u32>,
    pub(crate) best: Option<u32>,
    pub(crate) high: Option<u32>,
}

impl Amount {
    fn exact(value: u32) -> Self {
        Self { low: Some(value), best: Some(value), high: Some(value) }
    }

    /// The sum of two counts; a part that either lacks is lost, but a lowest reading never is.
    pub(crate) fn plus(self, other: Self) -> Self {
        let both = |a: Option<u32>, b: Option<u32>| Some(a?.saturating_add(b?));
        let low = self.low.unwrap_or(0).saturating_add(other.low.unwrap_or(0));
        Self {
            low: (low > 0).then_some(low),
            best: both(self.best, other.best),
            high: both(self.high, other.high),
        }
    }
}

/// The amount of a phrase by its head; `None` where it gives none.
pub(crate) fn amount(doc: &Document, lexicon: &Lexicon, head: TokenIndex) -> Option<Amount> {
    let tok = doc.token(head);
    if let Some(vague) = vague(doc, lexicon, head) {
        return Some(vague);
    }
    if tok.tag == Tag::Cd {
        return number(doc, lexicon, head);
    }
    for &member in doc.children(head) {
        let dep = doc.token(member).dep;
        if member < head && dep == Dep::Nummod && doc.token(member).tag == Tag::Cd {
            // "between 10 and 15": the number ends with its conjunct.
            let last = frame::children_with(doc, member, Dep::Conj)
                .find(|&other| doc.token(other).tag == Tag::Cd && other < head)
                .unwrap_or(member);
            return number(doc, lexicon, last);
        }
        if member < head && matches!(dep, Dep::Amod | Dep::Nummod) {
            let word = doc.token(member).text.to_ascii_lowercase();
            if let Some(&low) = lexicon.vague.get(word.as_str()) {
                return Some(Amount { low: Some(low), best: None, high: None });
            }
            if let Some(&value) = lexicon.numbers.get(word.as_str()).filter(|_| dep == Dep::Nummod) {
                return Some(Amount::exact(value));
            }
        }
    }
    one(doc, head)
}

/// One by its grammar: a singular with an article or a name, a singular pronoun.
fn one(doc: &Document, head: TokenIndex) -> Option<Amount> {
    let tok = doc.token(head);
    if tok.pos == Pos::Pron {
        let single = ["he", "she", "him", "her", "one", "himself", "herself", "another"];
        return frame::word_is(doc, head, &single).then(|| Amount::exact(1));
    }
    if tok.tag == Tag::Nnp {
        let person = doc.entities().binary_search_by(|ent| {
            if ent.tokens.end <= head {
                std::cmp::Ordering::Less
            } else if ent.tokens.start > head {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        });
        return person
            .ok()
            .filter(|&at| doc.entities()[at].label == EntityLabel::Person)
            .map(|_| Amount::exact(1));
    }
    if tok.tag != Tag::Nn {
        return None;
    }
    let crowd = [
        "people",
        "crowd",
        "group",
        "family",
        "crew",
        "number",
        "population",
        "team",
        "convoy",
        "patrol",
        "police",
        "staff",
        "personnel",
    ];
    if frame::word_is(doc, head, &crowd) {
        return None;
    }
    doc.children(head)
        .iter()
        .any(|&member| {
            member < head
                && (doc.token(member).dep == Dep::Det
                    && frame::word_is(doc, member, &["a", "an", "the", "another", "one"])
                    || doc.token(member).dep == Dep::Poss)
        })
        .then(|| Amount::exact(1))
}

fn vague(doc: &Document, lexicon: &Lexicon, head: TokenIndex) -> Option<Amount> {
    let word = doc.token(head).text.to_ascii_lowercase();
    let &low = lexicon.vague.get(word.as_str())?;
    let mut low = low;
    if head >= 2 {
        let before = doc.token(head - 2).text.to_ascii_lowercase();
        let phrase = format!("{before} of {word}");
        if doc.token(head - 1).text.eq_ignore_ascii_case("of") {
            low = lexicon.vague.get(&phrase).copied().unwrap_or(low);
        }
    }
    if doc.token(head).tag == Tag::Cd {
        return None;
    }
    Some(Amount { low: Some(low), best: None, high: None })
}

/// The number that ends in this token, with the words before it.
fn number(doc: &Document, lexicon: &Lexicon, last: TokenIndex) -> Option<Amount> {
    let (value, start) = value(doc, lexicon, last)?;
    let first_of_sentence = doc.sentences()[doc.sentence_of(last) as usize].tokens.start;
    // Ranges: "10 to 15", "between 10 and 15", "10-15".
    if start >= first_of_sentence + 2 {
        let joint = doc.token(start - 1).text.as_str();
        if matches!(joint, "to" | "-" | "–" | "and" | "or")
            && let Some((low, from)) = value_at(doc, lexicon, start - 2, first_of_sentence)
        {
            let between = from > first_of_sentence && frame::word_is(doc, from - 1, &["between"]);
            if low < value && (joint != "and" || between) {
                return Some(Amount { low: Some(low), best: None, high: Some(value) });
            }
        }
    }
    let mut words = String::new();
    let from = start.saturating_sub(4).max(first_of_sentence);
    for index in from..start {
        words.push(' ');
        words.push_str(&doc.token(index).text.to_ascii_lowercase());
    }
    let mut bound: Option<(usize, Bound)> = None;
    for (&kind, phrases) in &lexicon.bounds {
        for phrase in phrases {
            let ends = words.strip_suffix(phrase.as_str()).is_some_and(|rest| rest.ends_with(' '));
            if ends && bound.is_none_or(|(length, _)| phrase.len() > length) {
                bound = Some((phrase.len(), kind));
            }
        }
    }
    Some(match bound.map(|(_, kind)| kind) {
        None => Amount::exact(value),
        Some(Bound::LowAndBest) => Amount { low: Some(value), best: Some(value), high: None },
        Some(Bound::LowOnly) => Amount { low: Some(value), best: None, high: None },
        Some(Bound::HighOnly) => Amount { low: None, best: None, high: Some(value) },
        Some(Bound::BestOnly) => Amount { low: None, best: Some(value), high: None },
    })
}

fn value(doc: &Document, lexicon: &Lexicon, last: TokenIndex) -> Option<(u32, TokenIndex)> {
    let first = doc.sentences()[doc.sentence_of(last) as usize].tokens.start;
    value_at(doc, lexicon, last, first)
}

/// Reads a number backwards from its last token: its value and first token.
fn value_at(
    doc: &Document,
    lexicon: &Lexicon,
    last: TokenIndex,
    first: TokenIndex,
) -> Option<(u32, TokenIndex)> {
    let single = |index: TokenIndex| -> Option<(f64, bool)> {
        let text = doc.token(index).text.to_ascii_lowercase();
        if let Some(&scale) = lexicon.scales.get(text.as_str()) {
            return Some((f64::from(scale), true));
        }
        if text.starts_with(|character: char| character.is_ascii_digit()) {
            let plain: String = text.chars().filter(|&character| character != ',').collect();
            return plain.parse::<f64>().ok().filter(|value| *value <= 1e9).map(|value| (value, false));
        }
        if let Some((tens, units)) = text.split_once('-') {
            let tens = lexicon.numbers.get(tens)?;
            let units = lexicon.numbers.get(units)?;
            return Some((f64::from(tens + units), false));
        }
        lexicon.numbers.get(text.as_str()).map(|&value| (f64::from(value), false))
    };
    single(last)?;
    let mut start = last;
    while start > first && last - start < 6 {
        let before = start - 1;
        // "two hundred", "1.2 million", but not "2018 two".
        let scaled =
            single(start).is_some_and(|(_, scale)| scale) || single(before).is_some_and(|(_, scale)| scale);
        if scaled && single(before).is_some() && !frame::word_is(doc, before, &["no"]) {
            start = before;
        } else if matches!(doc.token(before).text.as_str(), "-" | "and") && before > first && last > before {
            // "twenty-nine", "two hundred and six"
            let hyphen = doc.token(before).text.as_str() == "-";
            let units = single(start).is_some_and(|(value, scale)| !scale && value < 100.0);
            let other = single(before - 1);
            let fits = if hyphen {
                other.is_some_and(|(value, scale)| {
                    !scale && (20.0..=90.0).contains(&value) && value % 10.0 == 0.0
                }) && single(start).is_some_and(|(value, _)| value < 10.0)
                    && doc.token(before - 1).text.starts_with(|character: char| character.is_alphabetic())
            } else {
                other.is_some_and(|(_, scale)| scale)
            };
            if !(fits && units) {
                break;
            }
            start = before - 1;
        } else {
            break;
        }
    }
    let mut total = 0.0f64;
    let mut current = 0.0f64;
    for index in start..=last {
        match single(index) {
            Some((scale, true)) if scale >= 1000.0 => {
                total += current.max(1.0) * scale;
                current = 0.0;
            }
            Some((scale, true)) => current = current.max(1.0) * scale,
            Some((value, false)) => current += value,
            None => {}
        }
    }
    let value = (total + current).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
    (value <= 4e9).then_some((value as u32, start))
}
