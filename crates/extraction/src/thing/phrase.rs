//! The bounds of a noun phrase that points to a thing: without its possessor and its count, with the name it holds.

use std::ops::Range;

use watchkeeper_record::document::{Dep, Document, Pos, Tag, TokenIndex};

use super::lexicon::NounKind;
use super::name::NameKind;
use super::{Finder, label};
use crate::frame::{self, child};

/// Bounds of a phrase.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// All of it.
    pub(super) whole: Range<TokenIndex>,
    /// Tokens after the head that point to nothing of their own.
    pub(super) consumed: Range<TokenIndex>,
}

/// The topmost token of a range.
pub(super) fn root(doc: &Document, tokens: &Range<TokenIndex>) -> TokenIndex {
    tokens
        .clone()
        .find(|&at| !tokens.contains(&doc.token(at).head) || doc.token(at).head == at)
        .unwrap_or(tokens.end.saturating_sub(1))
}

impl Finder<'_> {
    /// The bounds of the phrase of a head.
    pub(super) fn bounds(&self, head: TokenIndex) -> Bounds {
        let doc = self.doc;
        let phrase = frame::noun_phrase(doc, &self.codebook.frame, head).tokens;
        let sentence = doc.sentences()[doc.sentence_of(head) as usize].tokens.clone();
        let (mut start, mut end) = (phrase.start.max(sentence.start), phrase.end.min(sentence.end));
        if let Some(name) = self.names.at(head) {
            start = start.min(name.tokens.start);
            end = end.max(name.tokens.end);
        }
        // The possessor is a thing of its own, a possessive pronoun isn't.
        for &member in doc.children(head) {
            let tok = doc.token(member);
            if tok.dep == Dep::Poss && member < head && tok.tag != Tag::PrpS {
                let after = doc.subtree(member).end;
                if after <= head {
                    start = start.max(after);
                }
            }
        }
        start = self.after_count(start, head);
        while start < head && matches!(doc.token(start).pos, Pos::Punct | Pos::Space | Pos::Adp | Pos::Sconj)
        {
            start += 1;
        }
        let mut consumed = head + 1..head + 1;
        let person = matches!(self.noun_kind(head), Some(NounKind::Person));
        if end > head + 1 && !person {
            consumed = head + 1..end;
        }
        // `the city of X`, `the province of X`.
        if self.noun_kind(head) == Some(NounKind::Place)
            && let Some(of) = child(doc, head, Dep::Prep).filter(|&prep| frame::word_is(doc, prep, &["of"]))
            && of == head + 1
            && let Some(object) = child(doc, of, Dep::Pobj)
            && self
                .names
                .at(object)
                .is_some_and(|name| matches!(name.kind, NameKind::Place | NameKind::Country))
        {
            end = end.max(self.names.at(object).map_or(object + 1, |name| name.tokens.end));
            consumed = head + 1..end;
        }
        // `Brandon, Florida`: a place in the place that follows the comma.
        let place = self.names.at(head).is_some_and(|name| name.kind == NameKind::Place);
        if place
            && end + 1 < sentence.end
            && frame::word_is(doc, end, &[","])
            && let Some(next) = self.names.at(end + 1)
            && next.tokens.start == end + 1
            && matches!(next.kind, NameKind::Place | NameKind::Country)
            && self.within(head, next.tokens.end - 1)
        {
            end = next.tokens.end;
            consumed = head + 1..end;
        }
        // `our allies and friends`: bare nouns for people that follow are said of the same ones.
        if end == head + 1
            && matches!(self.noun_kind(head), Some(NounKind::Person | NounKind::Body | NounKind::People))
        {
            for member in frame::conjuncts(doc, head) {
                let people = matches!(
                    self.noun_kind(member),
                    Some(NounKind::Person | NounKind::People | NounKind::Body)
                );
                let bare = doc.token(member).pos == Pos::Noun
                    && !doc
                        .children(member)
                        .iter()
                        .any(|&other| other < member && doc.token(other).dep != Dep::Punct);
                if member > head && member <= end + 1 && people && bare {
                    end = member + 1;
                    consumed = head + 1..end;
                }
            }
        }
        Bounds { whole: start..end.max(head + 1), consumed }
    }

    /// Whether a name after a comma says where the one before it lies: it hangs on it, and no list goes on.
    fn within(&self, head: TokenIndex, next: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(next);
        let listed = doc.children(head).iter().any(|&other| doc.token(other).dep == Dep::Conj)
            || matches!(tok.dep, Dep::Conj)
            || doc.children(next).iter().any(|&other| doc.token(other).dep == Dep::Conj);
        !listed && (tok.head == head || matches!(tok.dep, Dep::Appos | Dep::Npadvmod | Dep::Nmod))
    }

    /// Where a phrase begins after the count that stands first in it: `two` tanks. After an article the count stays.
    fn after_count(&self, start: TokenIndex, head: TokenIndex) -> TokenIndex {
        let doc = self.doc;
        let mut at = start;
        let counts = |at: TokenIndex| {
            let tok = doc.token(at);
            !self.in_name(at)
                && (tok.tag == Tag::Cd
                    || matches!(tok.dep, Dep::Quantmod)
                    || frame::word_is(
                        doc,
                        at,
                        &[
                            "more",
                            "than",
                            "at",
                            "least",
                            "about",
                            "some",
                            "nearly",
                            "over",
                            "approximately",
                            "around",
                            "almost",
                            "up",
                            "to",
                            "roughly",
                        ],
                    ))
        };
        let mut number = None;
        while at < head && counts(at) {
            if doc.token(at).tag == Tag::Cd {
                number = Some(at);
            }
            at += 1;
        }
        number.map_or(start, |number| number + 1)
    }

    fn in_name(&self, at: TokenIndex) -> bool {
        self.names.at(at).is_some()
    }

    /// The tokens of a count that ends in a numeral: `more than 20`, `7.5 kilometers`. None in a name, a date or a numbered name.
    pub(super) fn count_bounds(&self, index: TokenIndex) -> Option<Range<TokenIndex>> {
        let doc = self.doc;
        let tok = doc.token(index);
        if self.in_name(index)
            && !matches!(
                label(doc, index),
                Some(
                    watchkeeper_record::document::EntityLabel::Cardinal
                        | watchkeeper_record::document::EntityLabel::Quantity
                )
            )
        {
            return None;
        }
        let sentence = doc.sentences()[doc.sentence_of(index) as usize].tokens.clone();
        let mut start = index;
        while start > sentence.start
            && (doc.token(start - 1).tag == Tag::Cd || doc.token(start - 1).tag == Tag::Dollar)
            && !self.timed[(start - 1) as usize]
        {
            start -= 1;
        }
        if doc.token(start).tag == Tag::Dollar {
            return None;
        }
        // `more than`, `at least`, `some`
        let before =
            |at: TokenIndex, words: &[&str]| at > sentence.start && frame::word_is(doc, at - 1, words);
        let mut whole = start;
        if before(whole, &["than", "least", "most", "to"])
            && before(whole - 1, &["more", "less", "fewer", "at", "up", "close"])
        {
            whole -= 2;
        } else if before(whole, &["about", "nearly", "over", "approximately", "around", "almost", "roughly"])
        {
            whole -= 1;
        }
        let mut end = index + 1;
        let next = index + 1;
        if next < sentence.end {
            let unit = self.noun_kind(next) == Some(NounKind::Unit)
                || frame::word_is(doc, next, &["percent", "%", "square", "cubic"])
                    && (doc.token(next).text == "%"
                        || doc.token(next).text == "percent"
                        || next + 1 < sentence.end && self.noun_kind(next + 1) == Some(NounKind::Unit));
            if unit {
                end = if frame::word_is(doc, next, &["square", "cubic"]) { next + 2 } else { next + 1 };
            }
        }
        let counts = matches!(tok.dep, Dep::Nummod | Dep::Compound)
            && tok.head > index
            && matches!(doc.token(tok.head).pos, Pos::Noun | Pos::Propn)
            || end > index + 1
            || tok.tag == Tag::Nns;
        // Degrees of a coordinate are no count.
        let degrees = doc.token(index).text.contains(['°', '′', '″'])
            || next < sentence.end && doc.token(next).text.starts_with(['°', '′', '″']);
        if degrees {
            return None;
        }
        let one = end == index + 1 && frame::word_is(doc, index, &["one", "1"]);
        (counts && !one).then_some(whole..end)
    }
}
