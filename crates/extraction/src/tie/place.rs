//! Where things are: from a place up to what its preposition hangs on.

use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::{ThingKind, TieKind};

use super::Finder;
use crate::frame::{self, children_with, lemma};

/// Most things that one phrase of place is read to hold.
const HELD_MAX: usize = 24;

impl Finder<'_> {
    /// What is at a place.
    pub(super) fn place(&mut self, place: usize) {
        let doc = self.doc;
        let head = self.things[place].head;
        let first = frame::coordination_head(doc, head);
        let tok = doc.token(first);
        match tok.dep {
            // `Syria's Idlib province`
            Dep::Poss => {
                if let Some(other) =
                    self.thing(tok.head).filter(|&other| self.kind(other) == ThingKind::Place)
                {
                    self.tie(TieKind::At, other, place, "possessive of a place");
                }
            }
            Dep::Appos => {
                // `Brandbergen, south of Stockholm`
                if let Some(other) =
                    self.thing(tok.head).filter(|&other| self.kind(other) == ThingKind::Place)
                    && self.things[other].tokens.end + 1 == self.things[place].tokens.start
                    && self.things[other].form == self.things[place].form
                {
                    self.tie(TieKind::At, other, place, "apposition of places");
                }
            }
            Dep::Pobj => self.after_preposition(place, tok.head),
            Dep::Dobj => {
                let verb = tok.head;
                let word = lemma(doc, verb).into_owned();
                let roles = frame::roles(doc, &self.codebook.frame, verb);
                let subjects = self.things_of(roles.doers());
                if self.lexicon.leave_verbs.contains(word.as_str()) {
                    self.tie_at(TieKind::Apart, &subjects, place, "verb of leaving");
                } else if self.lexicon.arrive_verbs.contains(word.as_str()) {
                    self.tie_at(TieKind::At, &subjects, place, "verb of going");
                }
            }
            _ => {}
        }
        if doc.token(head).pos == Pos::Adv {
            self.around_verb(place, doc.token(head).head, false);
        }
    }

    fn after_preposition(&mut self, place: usize, prep: TokenIndex) {
        let doc = self.doc;
        let word = doc.token(prep).text.to_ascii_lowercase();
        let anchor = doc.token(prep).head;
        if anchor == prep {
            return;
        }
        let anchor_word = lemma(doc, anchor).into_owned();
        let is_verb = frame::is_verb(doc, anchor);
        // `in the vicinity of X`, `from the outskirts of X`
        if word == "of" && self.lexicon.whereabouts.contains(anchor_word.as_str()) {
            if doc.token(anchor).dep == Dep::Pobj && doc.token(anchor).head != anchor {
                self.after_preposition(place, doc.token(anchor).head);
            }
            return;
        }
        if word == "of" {
            // `a hospital of the city`, `people of Iraq`, `the liberation of X`
            if let Some(other) = self.thing(anchor)
                && matches!(self.kind(other), ThingKind::Person | ThingKind::Place)
            {
                self.tie(TieKind::At, other, place, "of a place");
            }
            return;
        }
        if matches!(word.as_str(), "from" | "to" | "toward" | "towards" | "out") {
            if !is_verb {
                // `citizens from Jordan`
                let native = |&other: &usize| {
                    matches!(self.kind(other), ThingKind::Person | ThingKind::Platform | ThingKind::Weapon)
                };
                if word == "from"
                    && let Some(other) = self.thing(anchor).filter(native)
                {
                    self.tie(TieKind::At, other, place, "from a place");
                }
                return;
            }
            let roles = frame::roles(doc, &self.codebook.frame, anchor);
            let mut held = self.things_of(&roles.subjects);
            held.extend(self.things_of(&roles.objects));
            if word == "from" && self.lexicon.leave_verbs.contains(anchor_word.as_str()) {
                self.tie_at(TieKind::Apart, &held, place, "verb of leaving");
            } else if word == "from"
                || word == "to" && self.lexicon.arrive_verbs.contains(anchor_word.as_str())
            {
                self.tie_at(TieKind::At, &held, place, "verb of going");
            }
            return;
        }
        if !self.lexicon.places.contains(word.as_str()) {
            return;
        }
        if is_verb {
            self.around_verb(place, anchor, prep < anchor);
            return;
        }
        if self.thing(anchor).is_some() {
            for head in frame::conjuncts(doc, anchor) {
                // A place after a list says it of the last member only, unless the list is short.
                if let Some(other) =
                    self.thing(head).filter(|_| head == anchor || frame::conjuncts(doc, anchor).len() < 3)
                {
                    self.tie(TieKind::At, other, place, "preposition of place");
                }
            }
            return;
        }
        self.around_noun(place, anchor);
    }

    /// A place told of a noun that is no thing (`the campaign in X`): its owners and objects are there, or its verb's participants.
    fn around_noun(&mut self, place: usize, noun: TokenIndex) {
        let doc = self.doc;
        let mut held = self.owners(noun);
        held.extend(self.prep_things(noun, &["against", "of", "by", "with"]));
        let mut at = noun;
        for _ in 0..4 {
            let up = doc.token(at).head;
            if up == at {
                break;
            }
            at = up;
            if frame::is_verb(doc, at) {
                if held.is_empty() {
                    self.around_verb(place, at, false);
                    return;
                }
                break;
            }
            if held.is_empty()
                && let Some(thing) = self.thing(at)
            {
                held.push(thing);
                break;
            }
        }
        self.tie_at(TieKind::At, &held, place, "noun told of a place");
    }

    /// The participants of a verb told of a place; where the place stands first, those of the verbs coordinated with it too.
    fn around_verb(&mut self, place: usize, verb: TokenIndex, fronted: bool) {
        let doc = self.doc;
        let word = lemma(doc, verb).into_owned();
        let speech = self.lexicon.speech.contains(word.as_str());
        // Who praises or condemns a thing somewhere isn't there.
        let judges = self.judges(verb);
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let mut held = Vec::new();
        if !speech {
            if !judges {
                held.extend(self.things_of(&roles.subjects));
                held.extend(self.things_of(&roles.agents));
            }
            held.extend(self.things_of(&roles.objects));
        }
        // Whom a noun of the clause is done to: `conducted strikes against X`.
        for &object in &roles.objects {
            held.extend(self.prep_things(object, &["against", "on"]));
        }
        held.extend(self.prep_things(verb, &["against", "with"]));
        if fronted {
            let mut at = verb;
            for _ in 0..4 {
                let Some(next) = children_with(doc, at, Dep::Conj).find(|&other| frame::is_verb(doc, other))
                else {
                    break;
                };
                let own = frame::roles(doc, &self.codebook.frame, next);
                held.extend(self.things_of(&own.objects));
                at = next;
            }
        }
        self.tie_at(TieKind::At, &held, place, "place told of a verb");
    }

    fn tie_at(&mut self, kind: TieKind, held: &[usize], place: usize, why: &'static str) {
        for &thing in held.iter().take(HELD_MAX) {
            if !matches!(
                self.kind(thing),
                ThingKind::Quantity | ThingKind::Document | ThingKind::Time | ThingKind::Nationality
            ) {
                self.tie(kind, thing, place, why);
            }
        }
    }
}
