//! Spans of a document that may name somebody or something with a part in an incident.
//!
//! In: a [`Document`]. Out: spans, each once, in text order. Made generously: base noun phrases with every shorter form that ends in
//! their head, words inside them, prepositional and participial extensions one by one, named entities and their ends, runs of
//! capitalised words joined by Romance particles, and what stands in brackets. Choosing among them is not done here.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};

/// Most tokens of a span.
const LENGTH_MAX: u32 = 14;
/// Most words before its head that a base noun phrase is read to have.
const CHUNK_MAX: u32 = 10;
/// Most extensions behind a head.
const EXTENSIONS_MAX: usize = 3;

/// How a span came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A base noun phrase.
    Whole,
    /// The end of one.
    Suffix,
    /// A noun phrase with what follows its head.
    Extended,
    /// Words inside a noun phrase, before its head.
    Inside,
    /// A named entity, or the end of one.
    Entity,
    /// A run of capitalised words.
    Run,
    /// What brackets enclose.
    Bracket,
}

/// A span that may be a filler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its tokens.
    pub tokens: Range<TokenIndex>,
    /// Its head.
    pub head: TokenIndex,
    /// The base noun phrase that it is part of.
    pub chunk: Range<TokenIndex>,
    /// How it came about.
    pub form: Form,
}

/// Every candidate of a document, by start and then end. Cost: linear in the document, some dozens a noun phrase at most.
#[must_use]
pub fn candidates(doc: &Document) -> Vec<Candidate> {
    let mut found = Vec::new();
    for sent in doc.sentences() {
        let range = sent.tokens.clone();
        for head in range.clone() {
            if is_head(doc, head) {
                phrase(doc, &range, head, &mut found);
            }
        }
        runs(doc, &range, &mut found);
        brackets(doc, &range, &mut found);
    }
    for entity in doc.entities() {
        if !is_quantity(entity.label) {
            let head = head_of(doc, &entity.tokens);
            for start in entity.tokens.clone() {
                add(doc, start..entity.tokens.end, head, entity.tokens.clone(), Form::Entity, &mut found);
            }
        }
    }
    found.retain(|candidate: &Candidate| {
        let tokens = &candidate.tokens;
        let sent = doc.sentence_of(tokens.start);
        tokens.end - tokens.start <= LENGTH_MAX
            && doc.sentence_of(tokens.end - 1) == sent
            && !is_edge(doc, tokens.start)
            && !is_edge(doc, tokens.end - 1)
    });
    found.sort_by_key(|candidate| (candidate.tokens.start, candidate.tokens.end, candidate.form));
    found.dedup_by(|next, first| next.tokens == first.tokens);
    found
}

/// Labels of measures, which fill no role by themselves.
pub(crate) fn is_quantity(label: EntityLabel) -> bool {
    matches!(
        label,
        EntityLabel::Date
            | EntityLabel::Time
            | EntityLabel::Money
            | EntityLabel::Percent
            | EntityLabel::Ordinal
            | EntityLabel::Cardinal
            | EntityLabel::Quantity
    )
}

/// Words at which no span begins or ends: punctuation, articles' positions are skipped elsewhere.
fn is_edge(doc: &Document, index: TokenIndex) -> bool {
    let tok = doc.token(index);
    matches!(tok.pos, Pos::Punct | Pos::Space | Pos::Cconj | Pos::Adp | Pos::Sconj)
        && !tok.text.ends_with('.')
        || tok.dep == Dep::Case
}

fn is_article(doc: &Document, index: TokenIndex) -> bool {
    matches!(doc.token(index).text.to_ascii_lowercase().as_str(), "the" | "a" | "an")
}

fn is_head(doc: &Document, index: TokenIndex) -> bool {
    let tok = doc.token(index);
    matches!(tok.pos, Pos::Noun | Pos::Propn)
        || matches!(tok.tag, Tag::Cd | Tag::Jj | Tag::Dt | Tag::Vbg | Tag::Vbn)
            && matches!(
                tok.dep,
                Dep::Nsubj | Dep::Nsubjpass | Dep::Dobj | Dep::Pobj | Dep::Dative | Dep::Attr | Dep::Appos
            )
}

/// The head of a range: the last token that depends on one outside.
pub(crate) fn head_of(doc: &Document, range: &Range<TokenIndex>) -> TokenIndex {
    range
        .clone()
        .rev()
        .find(|&index| {
            let head = doc.token(index).head;
            head == index || !range.contains(&head)
        })
        .unwrap_or(range.end - 1)
}

/// First token of the base noun phrase of a head.
pub(crate) fn left_edge(doc: &Document, sent: &Range<TokenIndex>, head: TokenIndex) -> TokenIndex {
    let mut left = head;
    'words: while left > sent.start && head - left < CHUNK_MAX {
        let mut at = left - 1;
        for _ in 0..5 {
            let tok = doc.token(at);
            let belongs = matches!(
                tok.dep,
                Dep::Det
                    | Dep::Amod
                    | Dep::Compound
                    | Dep::Nummod
                    | Dep::Poss
                    | Dep::Nmod
                    | Dep::Quantmod
                    | Dep::Predet
                    | Dep::Case
                    | Dep::Advmod
                    | Dep::Npadvmod
                    | Dep::Punct
                    | Dep::Cc
                    | Dep::Conj
                    | Dep::Dep
            );
            let bad = tok.dep == Dep::Punct
                && matches!(tok.text.as_str(), "," | "(" | ")" | "[" | "]" | ";" | ":" | "--");
            let crosses = tok.head < at && tok.dep != Dep::Case;
            if !belongs || bad || crosses || tok.head > head {
                break 'words;
            }
            if tok.head == head {
                left -= 1;
                continue 'words;
            }
            if tok.head == at {
                break 'words;
            }
            at = tok.head;
        }
        break;
    }
    left
}

fn add(
    doc: &Document,
    tokens: Range<TokenIndex>,
    head: TokenIndex,
    chunk: Range<TokenIndex>,
    form: Form,
    found: &mut Vec<Candidate>,
) {
    let mut tokens = tokens;
    while tokens.start < tokens.end && is_article(doc, tokens.start) {
        tokens.start += 1;
    }
    if !tokens.is_empty() && tokens.end - tokens.start <= LENGTH_MAX {
        let head = if tokens.contains(&head) { head } else { head_of(doc, &tokens) };
        found.push(Candidate { tokens, head, chunk, form });
    }
}

/// The candidates of one noun phrase.
fn phrase(doc: &Document, sent: &Range<TokenIndex>, head: TokenIndex, found: &mut Vec<Candidate>) {
    let left = left_edge(doc, sent, head);
    let chunk = left..head + 1;
    add(doc, chunk.clone(), head, chunk.clone(), Form::Whole, found);
    for start in left + 1..=head {
        add(doc, start..head + 1, head, chunk.clone(), Form::Suffix, found);
    }
    for end in left..head {
        if matches!(doc.token(end).pos, Pos::Noun | Pos::Propn | Pos::Adj) {
            for start in left.max(end.saturating_sub(5))..=end {
                add(doc, start..end + 1, end, chunk.clone(), Form::Inside, found);
            }
        }
    }
    let mut end = head + 1;
    let mut ends = Vec::new();
    for _ in 0..EXTENSIONS_MAX {
        let Some(next) = extension(doc, sent, head, end) else { break };
        end = next;
        ends.push(end);
    }
    for end in ends {
        for start in left..=head {
            add(doc, start..end, head, chunk.clone(), Form::Extended, found);
        }
    }
}

/// Where the next piece behind a noun phrase ends, if it follows at once and hangs on a token of the phrase.
fn extension(
    doc: &Document,
    sent: &Range<TokenIndex>,
    head: TokenIndex,
    end: TokenIndex,
) -> Option<TokenIndex> {
    if end >= sent.end {
        return None;
    }
    let tok = doc.token(end);
    let hangs = tok.head >= head && tok.head < end;
    match tok.dep {
        Dep::Prep | Dep::Agent if hangs => {
            let object = doc.children(end).iter().copied().find(|&o| doc.token(o).dep == Dep::Pobj)?;
            (object > end).then_some(object + 1)
        }
        Dep::Acl | Dep::Relcl if hangs => {
            let subtree = doc.subtree(end);
            (subtree.start == end).then_some(subtree.end)
        }
        Dep::Nummod | Dep::Nmod | Dep::Appos | Dep::Npadvmod if hangs => Some(end + 1),
        Dep::Cc if hangs => {
            let conjunct = doc
                .children(tok.head)
                .iter()
                .copied()
                .find(|&other| other > end && doc.token(other).dep == Dep::Conj)?;
            (left_edge(doc, sent, conjunct) == end + 1).then_some(conjunct + 1)
        }
        // A number or name after "no.", and other words whose governor lies a few words on.
        _ if tok.head > end && tok.head - end <= 3 => {
            let target = doc.token(tok.head);
            let fits = matches!(target.dep, Dep::Appos | Dep::Nmod | Dep::Nummod)
                && target.head >= head
                && target.head < end
                && left_edge(doc, sent, tok.head) == end
                && tok.dep != Dep::Punct;
            fits.then_some(tok.head + 1)
        }
        _ => None,
    }
}

fn is_capitalised(doc: &Document, index: TokenIndex) -> bool {
    doc.token(index).text.starts_with(char::is_uppercase)
}

/// Particles that join the parts of Romance names.
fn is_particle(doc: &Document, index: TokenIndex) -> bool {
    matches!(
        doc.token(index).text.to_ascii_lowercase().as_str(),
        "de" | "la"
            | "del"
            | "los"
            | "las"
            | "el"
            | "y"
            | "e"
            | "da"
            | "do"
            | "dos"
            | "van"
            | "von"
            | "di"
            | "al"
            | "of"
    )
}

fn runs(doc: &Document, sent: &Range<TokenIndex>, found: &mut Vec<Candidate>) {
    let mut at = sent.start;
    while at < sent.end {
        if !is_capitalised(doc, at) || is_article(doc, at) {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at + 1;
        let mut next = end;
        while next < sent.end {
            let hyphen = doc.token(next).text == "-" && !doc.token(next - 1).space_after;
            if is_capitalised(doc, next) {
                next += 1;
                end = next;
            } else if (is_particle(doc, next) || hyphen) && next - end < 3 {
                next += 1;
            } else {
                break;
            }
        }
        let run = start..end;
        for first in start..end.min(start + 5) {
            add(doc, first..end, head_of(doc, &(first..end)), run.clone(), Form::Run, found);
        }
        for last in (start + 1..end).rev().take(3) {
            add(doc, start..last, head_of(doc, &(start..last)), run.clone(), Form::Run, found);
        }
        at = end;
    }
}

fn brackets(doc: &Document, sent: &Range<TokenIndex>, found: &mut Vec<Candidate>) {
    for open in sent.clone() {
        if !matches!(doc.token(open).text.as_str(), "[" | "(" | "\"" | "``" | "“") {
            continue;
        }
        let close = (open + 1..sent.end.min(open + 8))
            .find(|&index| matches!(doc.token(index).text.as_str(), "]" | ")" | "\"" | "''" | "”"));
        if let Some(close) = close.filter(|&close| close > open + 1) {
            let tokens = open + 1..close;
            add(doc, tokens.clone(), head_of(doc, &tokens), tokens, Form::Bracket, found);
        }
    }
}
