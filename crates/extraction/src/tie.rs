//! Ties: what a sentence says two things have to do with each other: where a thing is, who fights, commands, helps or addresses whom,
//! what belongs to what, what is another name or the count of what.
//!
//! In: the annotated document, its things and the words of `data/lexicon/en/tie.toml`. Out: [`Tie`]s between things. They are coarser
//! than the relations of a reading (`relation`): any two things may be tied, and whether it happened isn't asked.
//! Not here: who the things are (`linkage`).

mod clause;
mod noun;
mod place;

use std::collections::BTreeSet;

use serde::Deserialize;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::{Thing, ThingKind, Tie, TieKind};

use crate::codebook::{Codebook, Words};
use crate::frame::{self, children_with};

/// Words that tie things; see `data/lexicon/en/tie.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    fight_verbs: Words,
    fight_nouns: Words,
    undoing_nouns: Words,
    take_verbs: Words,
    take_nouns: Words,
    command_verbs: Words,
    use_verbs: Words,
    ally_verbs: Words,
    ally_nouns: Words,
    talk_verbs: Words,
    like_verbs: Words,
    dislike_verbs: Words,
    like_adjectives: Words,
    belong_verbs: Words,
    whole_verbs: Words,
    leave_verbs: Words,
    arrive_verbs: Words,
    #[serde(rename = "where")]
    places: Words,
    whereabouts: Words,
    speech: Words,
}

/// Finds the ties between things. The time it takes grows with the number of tokens and things.
#[must_use]
pub fn ties(doc: &Document, codebook: &Codebook, things: &[Thing]) -> Vec<Tie> {
    let mut finder = Finder {
        doc,
        codebook,
        lexicon: &codebook.ties,
        things,
        headed: vec![0; doc.tokens().len()],
        covered: vec![0; doc.tokens().len()],
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    for (number, thing) in things.iter().enumerate() {
        let number = number as u32 + 1;
        if matches!(thing.kind, ThingKind::Time) {
            continue;
        }
        let headed = &mut finder.headed[thing.head as usize];
        // The wider phrase comes first.
        if *headed == 0 {
            *headed = number;
        }
        for token in thing.tokens.clone() {
            finder.covered[token as usize] = number;
        }
    }
    for index in 0..doc.tokens().len() as TokenIndex {
        match doc.token(index).pos {
            Pos::Verb | Pos::Aux => finder.verb(index),
            Pos::Noun | Pos::Propn => finder.noun(index),
            Pos::Adj => finder.adjective(index),
            Pos::Punct => finder.bracket(index),
            _ => {}
        }
    }
    for (number, thing) in things.iter().enumerate() {
        match thing.kind {
            ThingKind::Place => finder.place(number),
            ThingKind::Quantity => finder.counted(number),
            ThingKind::Nationality => finder.national(number),
            _ => {}
        }
    }
    finder.found
}

/// What the steps share.
struct Finder<'a> {
    doc: &'a Document,
    codebook: &'a Codebook,
    lexicon: &'a Lexicon,
    things: &'a [Thing],
    /// For each token 1 + the thing that it heads, or 0.
    headed: Vec<u32>,
    /// For each token 1 + the innermost thing that covers it, or 0.
    covered: Vec<u32>,
    seen: BTreeSet<(TieKind, usize, usize)>,
    found: Vec<Tie>,
}

impl Finder<'_> {
    /// The thing that a token heads, or whose name it is in.
    fn thing(&self, token: TokenIndex) -> Option<usize> {
        let headed = *self.headed.get(token as usize)? as usize;
        let covered = self.covered[token as usize] as usize;
        headed.checked_sub(1).or_else(|| covered.checked_sub(1).filter(|&it| self.things[it].head >= token))
    }

    fn kind(&self, thing: usize) -> ThingKind {
        self.things[thing].kind
    }

    /// Whether a thing can act.
    fn acts(&self, thing: usize) -> bool {
        matches!(
            self.kind(thing),
            ThingKind::Person | ThingKind::People | ThingKind::Body | ThingKind::Platform
        )
    }

    /// Whether a thing is a party, one that can fight, help and speak.
    fn party(&self, thing: usize) -> bool {
        matches!(self.kind(thing), ThingKind::Person | ThingKind::People | ThingKind::Body)
    }

    /// The things of some heads: their own, or where a head points to none (`U.S. airstrikes`, `the group's efforts`) the parties
    /// that own or modify it.
    fn things_of(&self, heads: &[TokenIndex]) -> Vec<usize> {
        let mut found = Vec::new();
        for &head in heads {
            match self.thing(head) {
                Some(thing) => found.push(thing),
                None => found.extend(self.owners(head)),
            }
        }
        found.dedup();
        found
    }

    /// Parties that own or modify a noun: `U.S.` in `U.S. airstrikes`, `a series of U.S. airstrikes`.
    fn owners(&self, noun: TokenIndex) -> Vec<usize> {
        let doc = self.doc;
        let noun = frame::denoted(doc, &self.codebook.frame, noun);
        let mut found = Vec::new();
        for &member in doc.children(noun) {
            if matches!(doc.token(member).dep, Dep::Poss | Dep::Compound | Dep::Amod | Dep::Nmod) {
                for head in frame::conjuncts(doc, member) {
                    if let Some(thing) = self.thing(head)
                        && self.things[thing].head != noun
                        && self.party(thing)
                    {
                        found.push(thing);
                    }
                }
            }
        }
        for object in frame::prep_objects(doc, noun, &["by"]) {
            found.extend(self.thing(object).filter(|&thing| self.party(thing)));
        }
        found
    }

    fn tie(&mut self, kind: TieKind, from: usize, to: usize, why: &'static str) {
        let overlap = {
            let (a, b) = (&self.things[from].tokens, &self.things[to].tokens);
            a.start < b.end && b.start < a.end
        };
        if from == to || overlap && !matches!(kind, TieKind::Counts) || !self.seen.insert((kind, from, to)) {
            return;
        }
        self.found.push(Tie { kind, from, to, why });
    }

    fn tie_all(&mut self, kind: TieKind, froms: &[usize], tos: &[usize], why: &'static str) {
        for &from in froms {
            for &to in tos {
                self.tie(kind, from, to, why);
            }
        }
    }

    /// Objects of prepositions of a token, as things.
    fn prep_things(&self, token: TokenIndex, words: &[&str]) -> Vec<usize> {
        self.things_of(&frame::prep_objects(self.doc, token, words))
    }

    /// A count and what it counts.
    fn counted(&mut self, count: usize) {
        let doc = self.doc;
        let head = self.things[count].head;
        let tok = doc.token(head);
        let mut noun = tok.head;
        if tok.pos == Pos::Noun {
            // `dozens of villages`
            if let Some(&object) = frame::prep_objects(doc, head, &["of"]).first() {
                noun = object;
            }
        }
        let measured = self.things[count].tokens.end > head + 1;
        if measured {
            // `700 square miles of terrain`
            let unit = self.things[count].tokens.end - 1;
            if let Some(&object) = frame::prep_objects(doc, unit, &["of"]).first() {
                noun = object;
            }
        }
        let counted = (self.headed[noun as usize] as usize).checked_sub(1);
        if let Some(thing) = counted.filter(|&thing| thing != count) {
            self.tie(TieKind::Counts, thing, count, "count");
        }
    }

    /// An adjective of nation before what it describes.
    fn national(&mut self, adjective: usize) {
        let doc = self.doc;
        let tok = doc.token(self.things[adjective].head);
        if !matches!(tok.dep, Dep::Amod | Dep::Compound | Dep::Nmod) {
            return;
        }
        let noun = tok.head;
        let described = children_with(doc, noun, Dep::Appos).find_map(|other| self.thing(other));
        if let Some(thing) = described.or_else(|| self.thing(noun)) {
            self.tie(TieKind::Counts, thing, adjective, "nationality");
        }
    }
}
