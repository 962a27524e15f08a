//! Words of likelihood: where they stand, and which of them says how sure a statement is.

use std::ops::Range;

use compact_str::CompactString;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, Tag, TokenIndex};
use watchkeeper_record::reading::Certainty;

use super::lexicon::{Lexicon, Voice};
use crate::frame::parent;

/// One occurrence of a row of `certainty.tsv`.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) tokens: Range<TokenIndex>,
    pub(super) row: u32,
}

/// Every occurrence in order; they don't overlap, and the longest row wins.
pub(super) fn find(doc: &Document, lexicon: &Lexicon, lower: &[CompactString]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut index = 0usize;
    while index < lower.len() {
        let Some(rows) = lexicon.hedges_by_word.get(&lower[index]) else {
            index += 1;
            continue;
        };
        let hit = rows.iter().find_map(|&row| {
            let words = &lexicon.hedges[row as usize].words;
            let end = index + words.len();
            let fits = end <= lower.len()
                && words.iter().zip(&lower[index..end]).all(|(word, token)| word == token)
                && doc.sentence_of(index as TokenIndex) == doc.sentence_of(end as TokenIndex - 1);
            (fits && (words.len() > 1 || alone(doc, index as TokenIndex))).then_some((row, end))
        });
        match hit {
            Some((row, end)) => {
                found.push(Found { tokens: index as TokenIndex..end as TokenIndex, row });
                index = end;
            }
            None => index += 1,
        }
    }
    found
}

/// Whether a single word is used as a word of likelihood: `may` as a modal, `likely` not as in `likely voters`.
fn alone(doc: &Document, index: TokenIndex) -> bool {
    let tok = doc.token(index);
    // `perhaps 150 men`: the number is unsure, not the happening.
    let of_number = doc.token(tok.head).tag == Tag::Cd
        || doc.tokens().get(index as usize + 1).is_some_and(|next| next.tag == Tag::Cd);
    if of_number && matches!(tok.dep, Dep::Advmod | Dep::Quantmod | Dep::Amod) {
        return false;
    }
    match tok.text.to_ascii_lowercase().as_str() {
        "may" | "might" => tok.tag == Tag::Md,
        // "could not": was unable to.
        "could" => {
            let negated = parent(doc, index).is_some_and(|verb| crate::frame::negation(doc, verb).is_some());
            tok.tag == Tag::Md && !negated
        }
        "likely" | "probable" | "possible" => tok.dep != Dep::Amod || doc.token(tok.head).tag != Tag::Nns,
        "remote" => {
            let head = doc.token(tok.head).lemma.as_str();
            tok.dep == Dep::Amod && matches!(head, "chance" | "possibility" | "prospect" | "likelihood")
        }
        "suspected" | "feared" | "doubted" => tok.dep != Dep::Amod,
        _ => true,
    }
}

/// Whether a token stands in the main clause of a token range: no relative or adverbial clause lies between.
pub(super) fn in_main_clause(doc: &Document, index: TokenIndex, range: &Range<TokenIndex>) -> bool {
    let mut at = index;
    for _ in 0..crate::frame::CLIMB_MAX {
        let Some(head) = parent(doc, at) else { return true };
        if !range.contains(&head) {
            return true;
        }
        if matches!(doc.token(at).dep, Dep::Relcl | Dep::Advcl | Dep::Acl) {
            return false;
        }
        at = head;
    }
    false
}

/// The words that say how sure a content is: the first of the strongest kind in its main clause, or in the words of saying.
pub(super) fn certainty(
    doc: &Document,
    lexicon: &Lexicon,
    hedges: &[Found],
    content: &Range<TokenIndex>,
    cue: &Range<TokenIndex>,
) -> Option<(Certainty, Range<TokenIndex>, Voice)> {
    let from = content.start.min(cue.start);
    let to = content.end.max(cue.end);
    let first = hedges.partition_point(|hedge| hedge.tokens.end <= from);
    let mut best: Option<(&Found, (bool, Voice))> = None;
    for hedge in hedges[first..].iter().take_while(|hedge| hedge.tokens.start < to) {
        let row = &lexicon.hedges[hedge.row as usize];
        let of_cue = hedge.tokens.start < cue.end && cue.start < hedge.tokens.end;
        let inside = hedge.tokens.start >= content.start && hedge.tokens.end <= content.end;
        let end = hedge.tokens.end - 1;
        if !(of_cue || inside && in_main_clause(doc, end, content)) {
            continue;
        }
        let rank = (row.scale != "ICD 203", row.voice);
        if best.as_ref().is_none_or(|(_, other)| rank < *other) {
            best = Some((hedge, rank));
        }
    }
    let (hedge, (_, voice)) = best?;
    Some((mapped(doc, lexicon, hedge), hedge.tokens.clone(), voice))
}

/// A hedge with the range of its scale, in the words of the text.
pub(super) fn mapped(doc: &Document, lexicon: &Lexicon, hedge: &Found) -> Certainty {
    let row = &lexicon.hedges[hedge.row as usize];
    let words = doc.span(hedge.tokens.clone()).of(doc.text());
    Certainty {
        words: words.split_whitespace().collect::<Vec<_>>().join(" "),
        low: Some(row.low),
        high: Some(row.high),
        scale: Some(row.scale.clone()),
    }
}
