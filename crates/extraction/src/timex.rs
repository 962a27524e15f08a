//! Time expressions: which words tell a time, and what they say before they are anchored.
//!
//! In: the annotated document. Out: [`TimeMention`]s in text order, never overlapping. The vocabulary is data
//! (`data/lexicon/en/time.tsv`, `time_phrases.tsv`), the grammar is in `timex/grammar.rs`. Values follow TIMEX3 (ISO 24617-1).
//! Not here: turning them into dates, which needs the date of publication and the times told before (`linkage::time`).

mod grammar;
mod quantity;
mod words;

use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{TimeMention, TimeValue, Which};
use watchkeeper_record::{Document, Mentions};

use crate::codebook::Codebook;
use grammar::Scan;
pub(crate) use words::Lexicon;

/// Finds every time expression. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, mentions: &mut Mentions) {
    let lexicon = &codebook.timex;
    let lower = words::lower_case(doc);
    let classes: Vec<words::Word> = lower.iter().map(|word| lexicon.class(word)).collect();
    let mut labels: Vec<Option<EntityLabel>> = vec![None; lower.len()];
    for entity in doc.entities() {
        for index in entity.tokens.clone() {
            labels[index as usize] = Some(entity.label);
        }
    }
    for sentence in doc.sentences() {
        let (start, end) = (sentence.tokens.start as usize, sentence.tokens.end as usize);
        let scan = Scan { doc, lexicon, lower: &lower, words: &classes, labels: &labels, start, end };
        let mut at = start;
        while at < end {
            let Some((stop, mut value)) = scan.expression(at) else {
                at += 1;
                continue;
            };
            if is_ahead(doc, at as TokenIndex, stop as TokenIndex) {
                point_ahead(&mut value);
            }
            let tokens = at as TokenIndex..stop as TokenIndex;
            mentions.times.push(TimeMention { span: doc.span(tokens.clone()), tokens, value });
            at = stop;
        }
    }
}

/// Whether the clause of a time tells what is to come: `will meet on Friday`, `is due in May`.
fn is_ahead(doc: &Document, start: TokenIndex, stop: TokenIndex) -> bool {
    // The head of the expression is the token whose governor lies outside.
    let Some(mut at) = (start..stop).find(|&index| {
        let head = doc.token(index).head;
        !(start..stop).contains(&head) || head == index
    }) else {
        return false;
    };
    for _ in 0..12 {
        let tok = doc.token(at);
        if matches!(tok.pos, Pos::Verb | Pos::Aux) {
            let aux = |lemmas: &[&str]| {
                doc.children(at).iter().any(|&child| {
                    let child = doc.token(child);
                    child.dep == Dep::Aux && lemmas.contains(&child.lemma.as_str())
                })
            };
            if aux(&["will", "shall", "’ll", "'ll"]) {
                return true;
            }
            if matches!(tok.tag, Tag::Vbd) {
                return false;
            }
            let to = tok.tag == Tag::Vb && aux(&["to"]);
            let governor = doc.token(tok.head);
            if to && tok.head != at {
                return matches!(
                    governor.lemma.as_str(),
                    "plan"
                        | "expect"
                        | "schedule"
                        | "set"
                        | "due"
                        | "go"
                        | "intend"
                        | "prepare"
                        | "hope"
                        | "aim"
                );
            }
            if matches!(tok.lemma.as_str(), "schedule" | "slate" | "plan") && tok.tag == Tag::Vbn {
                return true;
            }
            if tok.dep == Dep::Root || !matches!(tok.dep, Dep::Conj | Dep::Xcomp | Dep::Pcomp) {
                return false;
            }
        } else if matches!(tok.lemma.as_str(), "due" | "upcoming") {
            return true;
        }
        if tok.head == at {
            return false;
        }
        at = tok.head;
    }
    false
}

/// Makes an unmarked weekday or calendar date one to come.
fn point_ahead(value: &mut TimeValue) {
    match value {
        TimeValue::Calendar { year: None, which, .. }
        | TimeValue::Weekday { which, .. }
        | TimeValue::QuarterOfYear { year: None, which, .. }
        | TimeValue::Season { year: None, which, .. }
            if *which == Which::Unmarked =>
        {
            *which = Which::Next;
        }
        TimeValue::Clock { day, .. } => point_ahead(day),
        TimeValue::Range { start, end } => {
            for side in [start, end].into_iter().flatten() {
                point_ahead(side);
            }
        }
        _ => {}
    }
}
