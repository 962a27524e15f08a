//! Time expressions: which words tell a time, and what they say before they are anchored.
//!
//! In: the annotated document. Out: [`TimeMention`]s in text order, never overlapping. The vocabulary is data
//! (`data/lexicon/en/time/`), the grammar is in the folder `timex`, a file for each family of rules. Values follow TIMEX3 (ISO 24617-1).
//! Not here: turning them into dates, which needs the date of publication and the times told before (`linkage::time`).

mod calendar;
mod clock;
mod deictic;
mod duration;
mod feast;
mod period;
mod range;
mod scan;
mod set;
mod tense;

mod words;

use watchkeeper_record::document::{EntityLabel, TokenIndex};
use watchkeeper_record::mention::TimeMention;
use watchkeeper_record::{Document, Mentions};

use crate::codebook::Codebook;
use scan::Scan;
pub(crate) use words::Lexicon;

/// Finds every time expression. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, mentions: &mut Mentions) {
    find(doc, &codebook.timex, &mut mentions.times);
}

/// Finds every time expression with a vocabulary.
fn find(doc: &Document, lexicon: &Lexicon, times: &mut Vec<TimeMention>) {
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
            let Some(found) = scan.expression(at) else {
                at += 1;
                continue;
            };
            let tokens = at as TokenIndex..found.end as TokenIndex;
            let (tense, saying) = tense::of_clause(doc, lexicon, tokens.start, tokens.end);
            let mut value = found.value;
            tense::point(&mut value, tense);
            let side =
                |side: std::ops::Range<usize>| doc.span(side.start as TokenIndex..side.end as TokenIndex);
            let sides = found.sides.map(|sides| sides.map(side).to_vec()).unwrap_or_default();
            times.push(TimeMention { span: doc.span(tokens.clone()), tokens, value, sides, saying });
            at = found.end;
        }
    }
}
