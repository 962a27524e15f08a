//! Ties by nouns: what hangs on them, what they are set against, whose they are.

use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::{ThingForm, ThingKind, TieKind};

use super::Finder;
use crate::frame::{self, children_with, lemma};

impl Finder<'_> {
    /// The ties that a noun makes.
    pub(super) fn noun(&mut self, noun: TokenIndex) {
        let doc = self.doc;
        let word = lemma(doc, noun).into_owned();
        self.force(noun, &word);
        if self.lexicon.ally_nouns.contains(word.as_str()) {
            let mut whom = self.prep_things(noun, &["of", "to", "for", "with"]);
            whom.retain(|&it| self.party(it));
            let who = self.who_does(noun);
            let whom: Vec<usize> = whom.into_iter().filter(|it| !who.contains(it)).collect();
            self.tie_all(TieKind::Helps, &who, &whom, "noun of help");
            let between: Vec<usize> =
                self.prep_things(noun, &["between"]).into_iter().filter(|&it| self.party(it)).collect();
            if let [one, other, ..] = between[..] {
                self.tie(TieKind::Helps, one, other, "noun of help");
            }
        }
        self.holds_office(noun);
        let Some(thing) = (self.headed[noun as usize] as usize).checked_sub(1) else { return };
        self.owned(noun, thing);
        self.part(noun, thing);
        self.set_against(noun, thing);
    }

    /// Who does what an act noun says: its owners, or the subject of the verb it is object of.
    pub(super) fn who_does(&self, noun: TokenIndex) -> Vec<usize> {
        let doc = self.doc;
        let mut at = noun;
        for _ in 0..3 {
            let found = self.doers(at);
            if !found.is_empty() {
                return found;
            }
            // `airstrikes in support of X`: whoever does what the phrase hangs on.
            let prep = doc.token(at).head;
            let up = doc.token(prep).head;
            let hangs = matches!(doc.token(up).pos, Pos::Noun | Pos::Propn);
            if doc.token(at).dep != Dep::Pobj || up == prep || !hangs {
                return Vec::new();
            }
            at = up;
        }
        Vec::new()
    }

    fn doers(&self, noun: TokenIndex) -> Vec<usize> {
        let doc = self.doc;
        let mut found = self.owners(noun);
        for clause in children_with(doc, noun, Dep::Acl) {
            // `a raid conducted by X`
            found.extend(self.things_of(&frame::roles(doc, &self.codebook.frame, clause).agents));
        }
        // Who condemns an attack didn't make it.
        let judged = frame::governing_verb(doc, noun).is_some_and(|verb| self.judges(verb));
        if found.is_empty() && !judged {
            let heads = frame::noun_owner(doc, &self.codebook.frame, noun, 4).unwrap_or_default();
            found = self.things_of(&heads);
        }
        found.into_iter().filter(|&thing| self.acts(thing)).collect()
    }

    /// `strikes against X`, `the defeat of X`, `the liberation of X from Y`.
    fn force(&mut self, noun: TokenIndex, word: &str) {
        let mut targets = Vec::new();
        if self.lexicon.fight_nouns.contains(word) {
            targets.extend(self.prep_things(noun, &["against"]));
            if word != "coalition" && word != "weapon" && word != "effort" && word != "mission" {
                let place = matches!(word, "attack" | "assault" | "raid" | "airstrike" | "strike");
                targets.extend(
                    self.prep_things(noun, &["on"])
                        .into_iter()
                        .filter(|&it| place || self.kind(it) != ThingKind::Place),
                );
            }
        }
        if self.lexicon.undoing_nouns.contains(word) {
            targets.extend(
                self.prep_things(noun, &["of"]).into_iter().filter(|&it| self.kind(it) != ThingKind::Place),
            );
        }
        if self.lexicon.take_nouns.contains(word) {
            targets.extend(self.prep_things(noun, &["from"]).into_iter().filter(|&it| self.party(it)));
        }
        targets.retain(|&it| self.harmed(it) && !self.arms(it));
        if targets.is_empty() {
            return;
        }
        let who: Vec<usize> = self.who_does(noun).into_iter().filter(|it| !targets.contains(it)).collect();
        self.tie_all(TieKind::Fights, &who, &targets, "noun of force");
    }

    /// Whose a thing is.
    fn owned(&mut self, noun: TokenIndex, thing: usize) {
        let doc = self.doc;
        let owners: Vec<usize> = children_with(doc, noun, Dep::Poss)
            .filter(|&owner| doc.token(owner).pos != Pos::Pron)
            .filter_map(|owner| self.thing(owner))
            .collect();
        for owner in owners {
            match (self.kind(owner), self.kind(thing)) {
                (ThingKind::Body, ThingKind::Person | ThingKind::People) => {
                    self.tie(TieKind::PartOf, thing, owner, "possessive");
                }
                (ThingKind::Body | ThingKind::Person | ThingKind::People, ThingKind::Body)
                | (
                    ThingKind::Body | ThingKind::People,
                    ThingKind::Weapon | ThingKind::Platform | ThingKind::Vehicle,
                ) => {
                    self.tie(TieKind::Commands, owner, thing, "possessive");
                }
                _ => {}
            }
        }
    }

    /// What a thing is part of: `soldiers from X`, `members of X`, `X, including Y`, `X such as Y`.
    fn part(&mut self, noun: TokenIndex, thing: usize) {
        let doc = self.doc;
        if self.acts(thing) {
            let mut wholes = self.prep_things(noun, &["of", "from", "in", "with", "within"]);
            wholes.retain(|&it| self.kind(it) == ThingKind::Body && it != thing);
            if !self.office(noun) {
                for whole in wholes {
                    // `the Ministry of X` is one name; two names with `of` between are seldom part and whole.
                    self.tie(TieKind::PartOf, thing, whole, "member of a body");
                }
            }
        }
        for &member in doc.children(noun) {
            if frame::word_is(doc, member, &["including", "like", "as"]) && member > noun {
                let such = !frame::word_is(doc, member, &["as"])
                    || doc.children(member).iter().any(|&other| frame::word_is(doc, other, &["such"]));
                if such {
                    let parts: Vec<TokenIndex> = children_with(doc, member, Dep::Pobj)
                        .flat_map(|object| frame::conjuncts(doc, object))
                        .collect();
                    let parts = self.things_of(&parts);
                    self.members(&parts, thing);
                }
            }
        }
    }

    /// `X, commander of Y`, `X, commander, Y`: who bears an office leads the body.
    fn holds_office(&mut self, noun: TokenIndex) {
        if !self.office(noun) {
            return;
        }
        let doc = self.doc;
        let own = (self.headed[noun as usize] as usize).checked_sub(1);
        let Some(bearer) = self.bearer(noun).or(own).filter(|&it| self.kind(it) == ThingKind::Person) else {
            return;
        };
        let mut bodies = self.prep_things(noun, &["of", "for"]);
        bodies.extend(children_with(doc, noun, Dep::Appos).filter_map(|other| self.thing(other)));
        // The parser may hang the body on the name: `X, commander, Y`.
        if doc.token(noun).dep == Dep::Appos {
            let siblings = children_with(doc, doc.token(noun).head, Dep::Appos).find(|&other| other > noun);
            bodies.extend(siblings.and_then(|other| self.thing(other)));
        }
        for body in bodies {
            if self.kind(body) == ThingKind::Body {
                self.tie(TieKind::Commands, bearer, body, "office of a body");
            }
        }
    }

    /// Whether a noun is an office over a body.
    fn office(&self, noun: TokenIndex) -> bool {
        let word = lemma(self.doc, noun);
        matches!(
            word.as_ref(),
            "commander"
                | "leader"
                | "head"
                | "chief"
                | "director"
                | "chairman"
                | "president"
                | "minister"
                | "secretary"
                | "emir"
                | "general"
                | "founder"
                | "king"
                | "ruler"
                | "governor"
                | "commandant"
                | "captain"
        )
    }

    /// Who bears an office: the name that the noun is set against.
    fn bearer(&self, noun: TokenIndex) -> Option<usize> {
        let doc = self.doc;
        let tok = doc.token(noun);
        let name = |it: &usize| self.kind(*it) == ThingKind::Person;
        if tok.dep == Dep::Appos {
            return self.thing(tok.head).filter(name);
        }
        children_with(doc, noun, Dep::Appos).find_map(|other| self.thing(other).filter(name))
    }

    /// Appositions: a name and who or what it is.
    fn set_against(&mut self, noun: TokenIndex, thing: usize) {
        let doc = self.doc;
        if doc.token(noun).dep != Dep::Appos {
            return;
        }
        let Some(other) = self.thing(doc.token(noun).head) else { return };
        let (one, two) = (self.kind(other), self.kind(thing));
        let names = self.things[other].form == ThingForm::Name && self.things[thing].form == ThingForm::Name;
        let (first, second) = if other < thing { (other, thing) } else { (thing, other) };
        let (end, start) = (self.things[first].tokens.end, self.things[second].tokens.start);
        if start > 0 && frame::word_is(doc, start - 1, &["("]) {
            return;
        }
        let near = start == end + 1 || start == end;
        match (one, two) {
            (ThingKind::Person, ThingKind::Person) => self.same(other, thing, "apposition"),
            (ThingKind::Body, ThingKind::Body) if names => {
                self.tie(TieKind::PartOf, other, thing, "apposition of bodies");
            }
            (ThingKind::Body, ThingKind::Body)
                if near && self.things[other].form != self.things[thing].form =>
            {
                self.same(other, thing, "apposition");
            }
            (ThingKind::Person, ThingKind::Body)
                if !children_with(doc, doc.token(noun).head, Dep::Appos).any(|it| self.office(it)) =>
            {
                self.tie(TieKind::PartOf, other, thing, "apposition");
            }
            (ThingKind::Place, ThingKind::Place) if !names && near => self.same(other, thing, "apposition"),
            (ThingKind::Platform, ThingKind::Platform) => self.same(other, thing, "apposition"),
            _ => {}
        }
    }

    /// `the Syrian Democratic Forces (SDF)`: what stands in brackets right after a thing is its other name.
    pub(super) fn bracket(&mut self, open: TokenIndex) {
        let doc = self.doc;
        if open == 0 || !frame::word_is(doc, open, &["("]) || (open + 2) as usize >= doc.tokens().len() {
            return;
        }
        let before = (self.covered[open as usize - 1] as usize).checked_sub(1);
        let after = (self.covered[open as usize + 1] as usize).checked_sub(1);
        let before = before.or_else(|| {
            // `the coalition's (XYZ)`
            (open >= 2).then(|| (self.covered[open as usize - 2] as usize).checked_sub(1)).flatten()
        });
        if let (Some(one), Some(other)) = (before, after)
            && self.kind(one) == self.kind(other)
            && self.things[other].tokens.start == open + 1
            && frame::word_is(
                doc,
                self.things[other].tokens.end.min(doc.tokens().len() as TokenIndex - 1),
                &[")"],
            )
        {
            self.same(one, other, "in brackets");
        }
    }
}
