//! What the search for attributions knows of a document before it looks at any cue.
//!
//! In: the annotated document. Out: quotations by token, counts of words, lemmas in lower case. No decision is taken here.

use std::ops::Range;

use compact_str::CompactString;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};

use super::senses::Senses;
use crate::frame;
use crate::statement::quotes::{self, Quotation};

/// A document prepared for the search.
pub struct Scene<'a> {
    pub(super) doc: &'a Document,
    pub(super) senses: &'a Senses,
    pub(super) quotations: Vec<Quotation>,
    /// Number of the quotation that holds each token, from 1; 0 for none.
    quotation_of: Vec<u32>,
    /// Number of words (tokens with a letter or digit) before each token, and their number at the end.
    words_before: Vec<u32>,
    /// Number of words in quotation marks before each token, and their number at the end.
    quoted_before: Vec<u32>,
    /// Lemmas in lower case.
    lemmas: Vec<CompactString>,
    labels: Vec<Option<EntityLabel>>,
}

impl<'a> Scene<'a> {
    /// Prepares a document. Cost: linear.
    pub(crate) fn new(doc: &'a Document, senses: &'a Senses) -> Self {
        let count = doc.tokens().len();
        let quotations = quotes::quotations(doc);
        let mut quotation_of = vec![0; count];
        for (number, quotation) in quotations.iter().enumerate() {
            for index in quotation.inner.clone() {
                quotation_of[index as usize] = number as u32 + 1;
            }
        }
        let mut words_before = Vec::with_capacity(count + 1);
        let mut quoted_before = Vec::with_capacity(count + 1);
        let (mut words, mut quoted) = (0, 0);
        let mut lemmas = Vec::with_capacity(count);
        for (at, tok) in doc.tokens().iter().enumerate() {
            words_before.push(words);
            quoted_before.push(quoted);
            if tok.text.chars().any(char::is_alphanumeric) {
                words += 1;
                quoted += u32::from(quotation_of[at] != 0);
            }
            let mut lemma = tok.lemma.clone();
            lemma.make_ascii_lowercase();
            lemmas.push(lemma);
        }
        words_before.push(words);
        quoted_before.push(quoted);
        let mut labels = vec![None; count];
        for entity in doc.entities() {
            for index in entity.tokens.clone() {
                labels[index as usize] = Some(entity.label);
            }
        }
        Self { doc, senses, quotations, quotation_of, words_before, quoted_before, lemmas, labels }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.doc
    }

    pub(super) fn lemma(&self, index: TokenIndex) -> &str {
        &self.lemmas[index as usize]
    }

    pub(super) fn label(&self, index: TokenIndex) -> Option<EntityLabel> {
        self.labels[index as usize]
    }

    /// Number of the quotation that holds a token.
    pub(super) fn quotation(&self, index: TokenIndex) -> Option<usize> {
        (self.quotation_of[index as usize] as usize).checked_sub(1)
    }

    /// Number of words in a range.
    #[must_use]
    pub fn words(&self, tokens: &Range<TokenIndex>) -> u32 {
        if tokens.is_empty() {
            return 0;
        }
        self.words_before[tokens.end as usize] - self.words_before[tokens.start as usize]
    }

    /// Number of words in quotation marks in a range.
    pub(super) fn quoted(&self, tokens: &Range<TokenIndex>) -> u32 {
        if tokens.is_empty() {
            return 0;
        }
        self.quoted_before[tokens.end as usize] - self.quoted_before[tokens.start as usize]
    }

    pub(super) fn sentence(&self, index: TokenIndex) -> Range<TokenIndex> {
        self.doc.sentences()[self.doc.sentence_of(index) as usize].tokens.clone()
    }

    pub(super) fn block(&self, index: TokenIndex) -> u32 {
        self.doc.sentences()[self.doc.sentence_of(index) as usize].block
    }

    /// A range without punctuation and white space at its edges; may become empty.
    pub(super) fn trimmed(&self, mut tokens: Range<TokenIndex>) -> Range<TokenIndex> {
        while tokens.start < tokens.end && self.words(&(tokens.start..tokens.start + 1)) == 0 {
            tokens.start += 1;
        }
        while tokens.start < tokens.end && self.words(&(tokens.end - 1..tokens.end)) == 0 {
            tokens.end -= 1;
        }
        tokens
    }

    /// The end of the chain of quotations that begins with one: those that follow it with nothing but marks between, in the same
    /// block or as the next one.
    pub(super) fn chain_end(&self, number: usize) -> usize {
        let mut last = number;
        while let Some(next) = self.quotations.get(last + 1) {
            let (this, other) = (&self.quotations[last], next);
            if self.words(&(this.inner.end..other.inner.start)) > 0
                || self.block(other.inner.start) > self.block(this.inner.end - 1) + 1
            {
                break;
            }
            last += 1;
        }
        last
    }

    /// The subject of a token, if any of its dependents is one.
    pub(super) fn subject(&self, index: TokenIndex) -> Option<TokenIndex> {
        frame::subject(self.doc, index)
    }

    /// What a label in a key stands for a token: what it names, its pronoun, or its lemma.
    pub(super) fn word_class(&self, index: TokenIndex) -> &str {
        let tok = self.doc.token(index);
        match (tok.pos, self.label(index)) {
            (Pos::Pron, _) => self.lemma(index),
            (_, Some(label)) => label.as_str(),
            (Pos::Propn, None) => "NAME",
            (Pos::Num, None) => "NUMBER",
            _ => self.lemma(index),
        }
    }

    /// The frame that a token stands in: which kinds of complements it has, as letters.
    pub(super) fn frame(&self, index: TokenIndex) -> CompactString {
        let doc = self.doc;
        let mut letters = CompactString::default();
        let mut put = |letter: char| {
            if !letters.contains(letter) {
                letters.push(letter);
            }
        };
        let mut prep = None;
        for &member in doc.children(index) {
            let right = member > index;
            match doc.token(member).dep {
                Dep::Ccomp => put(if right { 'c' } else { 'C' }),
                Dep::Xcomp => put('x'),
                Dep::Dobj | Dep::Oprd => put('o'),
                Dep::Dative => put('d'),
                Dep::Acomp | Dep::Attr => put('a'),
                Dep::Nsubjpass => put('v'),
                Dep::Acl | Dep::Relcl if right => put('l'),
                Dep::Pcomp | Dep::Pobj => put('q'),
                Dep::Prep if right && prep.is_none() => {
                    put('p');
                    prep = Some(member);
                }
                _ => {}
            }
        }
        letters
    }

    /// The first preposition behind a token that depends on it.
    pub(super) fn first_prep(&self, index: TokenIndex) -> &str {
        self.doc
            .children(index)
            .iter()
            .copied()
            .find(|&member| {
                member > index && matches!(self.doc.token(member).dep, Dep::Prep | Dep::Prt | Dep::Agent)
            })
            .map_or("-", |member| self.lemma(member))
    }

    /// The words of a cue: its verb with auxiliaries, negation, adverbs and particle beside it.
    pub(super) fn cue_range(&self, index: TokenIndex) -> Range<TokenIndex> {
        let doc = self.doc;
        let (mut start, mut end) = (index, index + 1);
        let members = doc.children(index);
        let goes = |member: TokenIndex| {
            matches!(doc.token(member).dep, Dep::Aux | Dep::Auxpass | Dep::Neg | Dep::Prt | Dep::Advmod)
                && doc.token(member).tag != Tag::To
                && doc.children(member).is_empty()
        };
        while start > 0 && members.contains(&(start - 1)) && goes(start - 1) {
            start -= 1;
        }
        while (end as usize) < doc.tokens().len()
            && members.contains(&end)
            && matches!(doc.token(end).dep, Dep::Prt)
        {
            end += 1;
        }
        start..end
    }

    /// The stretch between commas and quotation marks that a cue stands in, with its subject: what it parts a content with.
    pub(super) fn segment(&self, index: TokenIndex) -> Range<TokenIndex> {
        let sentence = self.sentence(index);
        let inside = self.quotation(index);
        let mut range = self.cue_range(index);
        if let Some(subject) = self.subject(index)
            && self.quotation(subject) == inside
        {
            let own = self.doc.subtree(subject);
            if !own.contains(&index) {
                range = range.start.min(own.start)..range.end.max(own.end);
            }
        }
        let bound = |at: TokenIndex| {
            self.quotation(at) != inside
                || self.doc.token(at).pos == Pos::Punct
                    && !matches!(self.doc.token(at).text.as_str(), "-" | "'" | ".")
        };
        while range.start > sentence.start && !bound(range.start - 1) {
            range.start -= 1;
        }
        while range.end < sentence.end && !bound(range.end) {
            range.end += 1;
        }
        range
    }
}
