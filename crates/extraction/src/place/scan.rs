//! The rules: names that the entity recogniser calls places, and names that a preposition, a feature word or a list makes one.
//!
//! In: the annotated document and the vocabulary. Out: token ranges. They are features of the scored candidates and, where no
//! weights are at hand, the answer.

use std::ops::Range;

use compact_str::CompactString;
use rustc_hash::FxHashSet;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};

use super::lexicon::{Lexicon, Word};

/// One document while it is scanned.
pub(super) struct Scan<'a> {
    pub(super) doc: &'a Document,
    pub(super) lexicon: &'a Lexicon,
    /// What each token does, by its lower-case form.
    pub(super) words: Vec<Word>,
    pub(super) lower: Vec<CompactString>,
    pub(super) labels: Vec<Option<EntityLabel>>,
    /// Tokens that belong to a mention.
    pub(super) taken: Vec<bool>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(doc: &'a Document, lexicon: &'a Lexicon) -> Self {
        let lower: Vec<CompactString> = doc.tokens().iter().map(|tok| tok.text.to_lowercase()).collect();
        let words = lower
            .iter()
            .map(|word| {
                let known = lexicon.words.get(word.as_str());
                // `provinces` and `towns` are the feature words' own plurals.
                known.or_else(|| lexicon.words.get(word.strip_suffix('s')?).filter(|word| word.feature_after))
            })
            .map(|word| word.copied().unwrap_or_default())
            .collect();
        let mut labels = vec![None; lower.len()];
        for entity in doc.entities() {
            for index in entity.tokens.clone() {
                labels[index as usize] = Some(entity.label);
            }
        }
        Self { doc, lexicon, words, taken: vec![false; lower.len()], lower, labels }
    }

    pub(super) fn take(&mut self, range: &Range<TokenIndex>) {
        for index in range.clone() {
            self.taken[index as usize] = true;
        }
    }

    /// The token's sentence as a range of tokens.
    pub(super) fn sentence(&self, index: TokenIndex) -> Range<TokenIndex> {
        self.doc.sentences()[self.doc.sentence_of(index) as usize].tokens.clone()
    }

    pub(super) fn word(&self, index: TokenIndex) -> Word {
        self.words.get(index as usize).copied().unwrap_or_default()
    }

    pub(super) fn lower(&self, index: TokenIndex) -> &str {
        self.lower.get(index as usize).map_or("", CompactString::as_str)
    }

    /// Whether a token is written as a name: its first letter is a capital.
    pub(super) fn capital(&self, index: TokenIndex) -> bool {
        self.doc
            .tokens()
            .get(index as usize)
            .is_some_and(|tok| tok.text.chars().next().is_some_and(char::is_uppercase))
    }

    /// Whether a token may belong to a name run.
    pub(super) fn name_like(&self, index: TokenIndex) -> bool {
        let tok = self.doc.token(index);
        let proper = tok.pos == Pos::Propn || matches!(tok.tag, Tag::Nnp | Tag::Nnps);
        let known_name = !matches!(
            tok.pos,
            Pos::Det | Pos::Adp | Pos::Pron | Pos::Sconj | Pos::Cconj | Pos::Aux | Pos::Num
        );
        self.capital(index) && (proper || (known_name && index > self.sentence(index).start))
    }

    /// The place name in an entity of a place label, or nothing when it is part of another name.
    pub(super) fn entity(&self, tokens: Range<TokenIndex>, label: EntityLabel) -> Option<Range<TokenIndex>> {
        let mut range = self.trim(tokens)?;
        let feature = range.end - range.start > 1
            && self.word(range.end - 1).feature_after
            && !self.capital(range.end - 1);
        if feature {
            range.end -= 1;
        }
        // Acronyms of bodies are often taken for countries.
        let one = range.end - range.start == 1;
        if one && self.word(range.start).never {
            return None;
        }
        if label == EntityLabel::Fac && one && !self.capital(range.start) {
            return None;
        }
        (!self.inside_name(&range)).then_some(range)
    }

    /// Without articles, parts (`northern`), possessive signs and punctuation at the ends; `None` when no name is left.
    pub(super) fn trim(&self, mut range: Range<TokenIndex>) -> Option<Range<TokenIndex>> {
        while !range.is_empty() {
            let first = range.start;
            let small = !self.capital(first)
                && !self
                    .lower(first)
                    .starts_with(|letter: char| letter.is_alphanumeric() && !letter.is_lowercase());
            let small = small
                && !matches!(self.lower(first), "al" | "el" | "ad" | "ar" | "as" | "at" | "az" | "de" | "la")
                && !self.doc.token(first).text.contains('-');
            let article = matches!(self.lower(first), "the" | "a" | "an") && range.end - range.start > 1;
            let part = small || article;
            if !part {
                break;
            }
            range.start += 1;
        }
        while !range.is_empty() {
            let last = self.doc.token(range.end - 1);
            if matches!(last.tag, Tag::Pos)
                || last.pos == Pos::Punct
                || matches!(last.text.as_str(), "'s" | "’s" | "'" | "’")
            {
                range.end -= 1;
            } else {
                break;
            }
        }
        (!range.is_empty()).then_some(range)
    }

    /// Whether a place name is part of a longer name: `Mali Liberation Front`, `Islamic State in the Greater Sahara`.
    pub(super) fn inside_name(&self, range: &Range<TokenIndex>) -> bool {
        let sentence = self.sentence(range.start);
        let next = range.end;
        if next < sentence.end
            && self.name_like(next)
            && !self.word(next).feature_after
            && self.doc.token(range.end - 1).space_after
        {
            // `Gaza Health Ministry`, `Kabul University`: the run after it ends in the noun of a body.
            let mut end = next;
            while end < sentence.end && end < next + 5 && self.name_like(end) {
                if self.word(end).body {
                    return true;
                }
                end += 1;
            }
        }
        // `Front of X`, `State in X`: a capitalised noun of a body governs it through a preposition.
        let mut at = range.start;
        while at > sentence.start
            && (self.lower(at - 1) == "the"
                || (self.capital(at - 1) && self.word(at - 1).part)
                || matches!(self.lower(at - 1), "greater"))
        {
            at -= 1;
        }
        if at > sentence.start + 1 && matches!(self.lower(at - 1), "of" | "in" | "for") {
            let noun = at - 2;
            let named = self.capital(noun) && self.name_like(noun);
            if named
                && self.word(noun).body
                && !matches!(self.lower(noun), "government" | "embassy" | "mission" | "office" | "war")
            {
                return true;
            }
            let words: Vec<&str> =
                (at..range.end).map(|index| self.lower(index)).filter(|word| *word != "the").collect();
            if named && self.lexicon.tails.contains(words.join(" ").as_str()) {
                return true;
            }
            if named
                && self.lower(noun) == "state"
                && noun > sentence.start
                && self.lower(noun - 1) == "islamic"
            {
                return true;
            }
        }
        false
    }

    /// Whether a name is the object of a verb that is done to places: `attacked Bama`, `overran Kidal`.
    pub(super) fn is_attacked(&self, range: &Range<TokenIndex>) -> bool {
        let tok = self.doc.token(range.end - 1);
        tok.dep == Dep::Dobj && self.lexicon.verbs.contains(self.doc.token(tok.head).lemma.as_str())
    }

    /// Whether the words are the name of a union of states.
    pub(super) fn names_actor(&self, range: &Range<TokenIndex>) -> bool {
        let mut words = String::new();
        for index in range.clone() {
            words.push_str(self.lower(index));
            words.push(' ');
        }
        self.lexicon.actors.contains(words.trim_end())
    }

    /// Names that only their context makes places.
    pub(super) fn runs(&mut self) -> Vec<Range<TokenIndex>> {
        let mut found: Vec<Range<TokenIndex>> = Vec::new();
        for sentence in self.doc.sentences() {
            let mut index = sentence.tokens.start;
            while index < sentence.tokens.end {
                if self.taken[index as usize] || !self.name_like(index) {
                    index += 1;
                    continue;
                }
                let start = index;
                while index < sentence.tokens.end
                    && !self.taken[index as usize]
                    && self.joins(start, index, sentence.tokens.end)
                {
                    index += 1;
                }
                index = index.max(start + 1);
                if let Some(range) = self.run_is_place(start..index, found.last()) {
                    self.take(&range);
                    found.push(range);
                }
            }
        }
        found
    }

    /// Whether the token at `index` continues the name that began at `start`.
    pub(super) fn joins(&self, start: TokenIndex, index: TokenIndex, end: TokenIndex) -> bool {
        if self.name_like(index) {
            return index == start || self.labels[index as usize] == self.labels[start as usize];
        }
        // `Deir ez-Zor`, `Tal al Abyad`, `Ain al-Arab`: hyphens and small articles inside.
        let inside = index > start && index + 1 < end && self.name_like(index + 1);
        inside
            && (self.doc.token(index).text == "-"
                || matches!(
                    self.lower(index),
                    "al" | "el" | "ez" | "az" | "ar" | "as" | "ash" | "at" | "ad" | "de" | "du" | "la"
                ))
    }

    /// Whether a run of names stands where a place must stand, and which of its tokens are the name.
    pub(super) fn run_is_place(
        &self,
        range: Range<TokenIndex>,
        before: Option<&Range<TokenIndex>>,
    ) -> Option<Range<TokenIndex>> {
        let range = self.trim(range)?;
        let sentence = self.sentence(range.start);
        let label = self.labels[range.start as usize];
        if matches!(
            label,
            Some(
                EntityLabel::Time
                    | EntityLabel::Language
                    | EntityLabel::Norp
                    | EntityLabel::Event
                    | EntityLabel::Law
                    | EntityLabel::Cardinal
            )
        ) {
            return None;
        }
        // A country is sometimes taken for a date; months and days are in the table of what names no place.
        let dated = label == Some(EntityLabel::Date);
        let long = range.end - range.start > if dated { 1 } else { 4 };
        let last = range.end - 1;
        if long || self.word(last).body || self.word(range.start).never || self.lower(range.start).len() < 2 {
            return None;
        }
        let mut before_name = range.start;
        while before_name > sentence.start
            && (self.lower(before_name - 1) == "the" || self.word(before_name - 1).part)
        {
            before_name -= 1;
        }
        let article =
            before_name > sentence.start && before_name < range.start && self.lower(range.start - 1) == "the";
        let previous = before_name.checked_sub(1).filter(|&index| index >= sentence.start);
        // `the village of X`, `town of X`.
        let of_feature = previous.is_some_and(|of| {
            self.lower(of) == "of"
                && of > sentence.start
                && self.word(of - 1).feature_before
                && !self.capital(of - 1)
        });
        // `X province`, `X district`; inside the run as `X Province`.
        let then = range.end;
        let feature_after = then < sentence.end
            && self.word(then).feature_after
            && !self.capital(then)
            && self.doc.token(last).space_after;
        let feature_inside = range.end - range.start > 1 && self.word(last).feature_after;
        let nobody = !matches!(label, Some(EntityLabel::Person | EntityLabel::Org));
        let locative =
            previous.is_some_and(|prep| self.word(prep).locative && self.doc.token(prep).pos == Pos::Adp);
        if of_feature
            || (feature_after && (label != Some(EntityLabel::Person) || range.end - range.start == 1))
            || (feature_inside && (nobody || locative))
        {
            return (!self.inside_name(&range)).then_some(range);
        }
        if locative && (nobody || !article) {
            return (!self.inside_name(&range)).then_some(range);
        }
        let single_acronym = range.end - range.start == 1
            && self.doc.token(range.start).text.len() <= 6
            && self.doc.token(range.start).text.chars().all(|letter| letter.is_uppercase() || letter == '.');
        if single_acronym || article {
            return None;
        }
        let motion = previous.is_some_and(|prep| {
            self.word(prep).motion
                && self.doc.token(prep).pos == Pos::Adp
                && self.lower(prep) != "of"
                && self.lower(prep) != "against"
        });
        if motion && !matches!(label, Some(EntityLabel::Person | EntityLabel::Org)) {
            return Some(range);
        }
        // `X, Y` and `X and Y` behind a place, `X, COUNTRY` before one.
        let listed = previous.is_some_and(|comma| {
            matches!(self.lower(comma), "," | "and" | "or")
                && comma > sentence.start
                && self.taken[comma as usize - 1]
                && before.is_some_and(|before| before.end == comma || self.taken[comma as usize - 1])
        });
        let followed = then + 1 < sentence.end && self.lower(then) == "," && self.taken[then as usize + 1];
        let plain = !matches!(label, Some(EntityLabel::Person | EntityLabel::Org));
        let apposed = self.doc.token(last).dep == Dep::Appos
            || self.doc.token(last).dep == Dep::Conj
            || self.doc.token(last).dep == Dep::Npadvmod;
        // `Ménaka, Mali`: one word between commas, whatever it is taken for.
        let ends = then >= sentence.end || self.doc.token(then).pos == Pos::Punct;
        let between = previous.is_some_and(|comma| self.lower(comma) == ",")
            && range.end - range.start == 1
            && ends
            && self.doc.token(last).dep != Dep::Nsubj;
        let object = self.is_attacked(&range);
        (object || (listed && ((plain && apposed) || between)) || (followed && plain)).then_some(range)
    }

    /// Further occurrences of the names found, where nothing says they are something else.
    pub(super) fn repeated(&mut self, found: &[Range<TokenIndex>]) -> Vec<Range<TokenIndex>> {
        let names: FxHashSet<&str> = found
            .iter()
            .filter(|range| range.end - range.start == 1)
            .map(|range| self.doc.token(range.start).text.as_str())
            .filter(|name| name.len() > 3)
            .collect();
        let mut more = Vec::new();
        for index in 0..self.doc.tokens().len() as TokenIndex {
            let tok = self.doc.token(index);
            if self.taken[index as usize] || !names.contains(tok.text.as_str()) || !self.name_like(index) {
                continue;
            }
            let alone = |other: Option<TokenIndex>| {
                other.is_none_or(|other| {
                    !self.sentence(index).contains(&other)
                        || !self.capital(other)
                        || self.doc.token(other).pos == Pos::Punct
                })
            };
            let label = self.labels[index as usize];
            let other_name = matches!(
                label,
                Some(EntityLabel::Norp | EntityLabel::Person | EntityLabel::Language | EntityLabel::Event)
            );
            if !other_name
                && alone(index.checked_sub(1))
                && alone(Some(index + 1))
                && !self.inside_name(&(index..index + 1))
            {
                more.push(index..index + 1);
            }
        }
        for range in &more {
            self.take(range);
        }
        more
    }
}
