//! Ties by verbs and by adjectives with a complement.

use watchkeeper_record::document::{Dep, TokenIndex};
use watchkeeper_record::mention::{ThingForm, ThingKind, TieKind};

use super::Finder;
use crate::frame::{self, child, children_with, lemma};

impl Finder<'_> {
    /// The ties of a verb's participants.
    pub(super) fn verb(&mut self, verb: TokenIndex) {
        let doc = self.doc;
        let word = lemma(doc, verb).into_owned();
        let word = word.as_str();
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let doers: Vec<usize> = self.things_of(roles.doers());
        let parties: Vec<usize> = doers.iter().copied().filter(|&thing| self.party(thing)).collect();
        let actors: Vec<usize> = doers.iter().copied().filter(|&thing| self.acts(thing)).collect();
        let done_to: Vec<usize> = self.things_of(roles.undergoers());
        let lexicon = self.lexicon;
        if lexicon.fight_verbs.contains(word) {
            let ground = matches!(
                word,
                "attack"
                    | "strike"
                    | "hit"
                    | "bomb"
                    | "bombard"
                    | "shell"
                    | "destroy"
                    | "target"
                    | "raid"
                    | "invade"
            );
            let mut targets: Vec<usize> = done_to
                .iter()
                .copied()
                .filter(|&thing| {
                    self.harmed(thing)
                        && !matches!(self.kind(thing), ThingKind::Weapon | ThingKind::Platform)
                        && (ground || self.kind(thing) != ThingKind::Place)
                })
                .collect();
            targets.extend(
                self.prep_things(verb, &["against", "on", "at"]).into_iter().filter(|&it| self.party(it)),
            );
            let mut actors = actors;
            if actors.is_empty() && roles.passive {
                // `was killed in a raid conducted by X`
                for noun in frame::prep_objects(doc, verb, &["in", "by", "during"]) {
                    if lexicon.fight_nouns.contains(lemma(doc, noun).as_ref()) {
                        actors.extend(self.who_does(noun));
                    }
                }
            }
            self.tie_all(TieKind::Fights, &actors, &targets, "verb of force");
        }
        if lexicon.take_verbs.contains(word) {
            let held: Vec<usize> = done_to
                .iter()
                .copied()
                .filter(|&thing| self.kind(thing) == ThingKind::Place || self.arms(thing))
                .collect();
            if word != "liberate" && word != "clear" && word != "free" && word != "secure" {
                self.tie_all(TieKind::Commands, &parties, &held, "verb of taking");
            }
            let from: Vec<usize> =
                self.prep_things(verb, &["from"]).into_iter().filter(|&it| self.party(it)).collect();
            self.tie_all(TieKind::Fights, &parties, &from, "taken from");
        }
        if lexicon.command_verbs.contains(word) {
            let held: Vec<usize> = done_to
                .iter()
                .copied()
                .filter(|&it| self.kind(it) != ThingKind::Quantity && self.kind(it) != ThingKind::Document)
                .collect();
            self.tie_all(TieKind::Commands, &parties, &held, "verb of command");
        }
        if lexicon.use_verbs.contains(word) {
            let arms: Vec<usize> = done_to.iter().copied().filter(|&thing| self.arms(thing)).collect();
            self.tie_all(TieKind::Commands, &parties, &arms, "verb of use");
        }
        if lexicon.ally_verbs.contains(word) {
            let mut helped: Vec<usize> = done_to.iter().copied().filter(|&thing| self.party(thing)).collect();
            if matches!(word, "partner" | "ally" | "cooperate" | "collaborate") {
                helped.extend(self.prep_things(verb, &["with"]).into_iter().filter(|&it| self.party(it)));
            }
            self.tie_all(TieKind::Helps, &parties, &helped, "verb of help");
        }
        if word == "work" || word == "stand" || word == "fight" {
            let beside: Vec<usize> = self
                .prep_things(verb, &["with", "alongside", "beside"])
                .into_iter()
                .filter(|&it| self.party(it))
                .collect();
            if word != "fight"
                || child(doc, verb, Dep::Prep).is_some_and(|prep| !frame::word_is(doc, prep, &["with"]))
            {
                self.tie_all(TieKind::Helps, &parties, &beside, "works with");
            }
        }
        if lexicon.talk_verbs.contains(word) {
            let mut told: Vec<usize> = done_to.clone();
            told.extend(self.things_of(&roles.datives));
            told.extend(self.prep_things(verb, &["with", "to"]));
            told.retain(|&it| self.party(it));
            self.tie_all(TieKind::Addresses, &parties, &told, "verb of speech");
            if matches!(word, "meet" | "discuss" | "agree" | "talk" | "consult" | "negotiate" | "speak") {
                self.tie_all(TieKind::Addresses, &told, &parties, "verb of talk");
                if parties.len() == 2 && told.is_empty() {
                    self.tie(TieKind::Addresses, parties[0], parties[1], "verb of talk");
                    self.tie(TieKind::Addresses, parties[1], parties[0], "verb of talk");
                }
            }
        }
        // `will deliver X a lasting defeat`
        if roles.objects.iter().any(|&object| lexicon.undoing_nouns.contains(lemma(doc, object).as_ref())) {
            let mut targets = self.things_of(&roles.datives);
            targets.extend(self.prep_things(verb, &["on", "to", "upon"]));
            targets.retain(|&it| self.party(it));
            self.tie_all(TieKind::Fights, &actors_of(self, &doers), &targets, "deals a defeat");
        }
        // `A is made up of B`, `A consists of B`
        if matches!(word, "make" | "compose") && roles.passive || word == "consist" {
            let parts = self.prep_things(verb, &["of", "by"]);
            let wholes = self.things_of(&roles.subjects);
            for &whole in &wholes {
                self.members(&parts, whole);
            }
        }
        // `will not allow X to …`
        if matches!(word, "allow" | "tolerate" | "permit" | "accept") && frame::negation(doc, verb).is_some()
        {
            let mut whom: Vec<usize> = done_to.iter().copied().filter(|&thing| self.party(thing)).collect();
            for clause in children_with(doc, verb, Dep::Ccomp) {
                let subjects = frame::roles(doc, &self.codebook.frame, clause).subjects;
                whom.extend(self.things_of(&subjects).into_iter().filter(|&it| self.party(it)));
            }
            self.tie_all(TieKind::Dislikes, &parties, &whom, "refusal");
        }
        if lexicon.like_verbs.contains(word) || lexicon.dislike_verbs.contains(word) {
            let whom: Vec<usize> = done_to.iter().copied().filter(|&thing| self.party(thing)).collect();
            let kind = if lexicon.like_verbs.contains(word) { TieKind::Likes } else { TieKind::Dislikes };
            // Thanks to one person are words to that person.
            let (persons, others): (Vec<usize>, Vec<usize>) = whom.into_iter().partition(|&it| {
                self.kind(it) == ThingKind::Person && matches!(word, "thank" | "congratulate" | "commend")
            });
            self.tie_all(TieKind::Addresses, &parties, &persons, "verb of judgement");
            self.tie_all(kind, &parties, &others, "verb of judgement");
        }
        if lexicon.belong_verbs.contains(word) {
            let mut wholes = self.prep_things(verb, &["to", "with", "in", "from", "for", "of"]);
            if word == "join" {
                wholes.extend(self.things_of(&roles.objects));
            }
            wholes.retain(|&it| self.kind(it) == ThingKind::Body);
            let parts: Vec<usize> =
                self.things_of(if roles.passive { &roles.subjects } else { roles.doers() });
            let parts: Vec<usize> = parts.into_iter().filter(|&it| self.acts(it)).collect();
            if !matches!(word, "work")
                || doc.children(verb).iter().any(|&prep| frame::word_is(doc, prep, &["for"]))
            {
                self.tie_all(TieKind::PartOf, &parts, &wholes, "verb of belonging");
            }
        }
        if lexicon.whole_verbs.contains(word) {
            for &whole in &doers {
                for &part in &done_to {
                    match (self.kind(whole), self.kind(part)) {
                        (
                            ThingKind::Body | ThingKind::People,
                            ThingKind::Body | ThingKind::People | ThingKind::Person | ThingKind::Place,
                        ) => {
                            self.tie(TieKind::PartOf, part, whole, "verb of inclusion");
                        }
                        (ThingKind::Place, ThingKind::Place) => {
                            self.tie(TieKind::At, part, whole, "verb of inclusion")
                        }
                        (_, ThingKind::Quantity) => {
                            self.tie(TieKind::Counts, whole, part, "verb of inclusion")
                        }
                        _ => {}
                    }
                }
            }
        }
        if word == "be" {
            self.copula(verb, &roles);
        }
        // `A, including B`: the parser makes `including` a preposition or a participle.
        if frame::word_is(doc, verb, &["including"])
            && doc.token(verb).dep == Dep::Acl
            && let Some(whole) = self.thing(doc.token(verb).head)
        {
            let parts = self.things_of(&roles.objects);
            self.members(&parts, whole);
        }
    }

    /// Who a copula says somebody is: `his chief of staff is X`.
    fn copula(&mut self, verb: TokenIndex, roles: &frame::Roles) {
        let doc = self.doc;
        let subjects = self.things_of(&roles.subjects);
        for attribute in children_with(doc, verb, Dep::Attr) {
            let Some(thing) = (self.headed[attribute as usize] as usize).checked_sub(1) else {
                // `X was a commander in the navy`: no thing by itself, but of a body.
                let wholes: Vec<usize> = self
                    .prep_things(attribute, &["of", "in", "with", "for"])
                    .into_iter()
                    .filter(|&it| self.kind(it) == ThingKind::Body)
                    .collect();
                let who: Vec<usize> = subjects.iter().copied().filter(|&it| self.party(it)).collect();
                self.tie_all(TieKind::PartOf, &who, &wholes, "copula");
                continue;
            };
            for &subject in &subjects {
                let pronoun = self.things[subject].form == ThingForm::Pronoun;
                if !pronoun && self.kind(subject) == self.kind(thing) {
                    self.same(subject, thing, "copula");
                }
            }
        }
    }

    /// `grateful to X`, `loyal to X`.
    pub(super) fn adjective(&mut self, adjective: TokenIndex) {
        let doc = self.doc;
        let word = lemma(doc, adjective).into_owned();
        if !self.lexicon.like_adjectives.contains(word.as_str()) {
            return;
        }
        let Some(verb) = frame::parent(doc, adjective).filter(|&verb| frame::is_verb(doc, verb)) else {
            return;
        };
        let who = self.things_of(&frame::roles(doc, &self.codebook.frame, verb).subjects);
        let mut whom = self.prep_things(adjective, &["to", "of"]);
        // `grateful for the support provided by X`
        for object in frame::prep_objects(doc, adjective, &["for"]) {
            whom.extend(self.owners(object));
            for clause in children_with(doc, object, Dep::Acl) {
                let agents = frame::roles(doc, &self.codebook.frame, clause).agents;
                whom.extend(self.things_of(&agents));
            }
        }
        whom.retain(|&it| self.party(it));
        self.tie_all(TieKind::Likes, &who, &whom, "adjective of judgement");
    }

    /// Whether a verb only says or judges.
    pub(super) fn judges(&self, verb: TokenIndex) -> bool {
        let word = lemma(self.doc, verb);
        let lexicon = self.lexicon;
        lexicon.speech.contains(word.as_ref())
            || lexicon.like_verbs.contains(word.as_ref())
            || lexicon.dislike_verbs.contains(word.as_ref())
            || matches!(
                word.as_ref(),
                "discuss" | "comment" | "call" | "urge" | "mourn" | "regret" | "support"
            )
    }

    /// Whether force can be done to a thing.
    pub(super) fn harmed(&self, thing: usize) -> bool {
        matches!(
            self.kind(thing),
            ThingKind::Person
                | ThingKind::People
                | ThingKind::Body
                | ThingKind::Weapon
                | ThingKind::Platform
                | ThingKind::Vehicle
                | ThingKind::Place
        )
    }

    /// Whether a thing is a weapon or something to ride.
    pub(super) fn arms(&self, thing: usize) -> bool {
        matches!(self.kind(thing), ThingKind::Weapon | ThingKind::Platform | ThingKind::Vehicle)
    }

    pub(super) fn same(&mut self, one: usize, other: usize, why: &'static str) {
        self.tie(TieKind::Same, one, other, why);
        self.tie(TieKind::Same, other, one, why);
    }

    pub(super) fn members(&mut self, parts: &[usize], whole: usize) {
        for &part in parts {
            match (self.kind(part), self.kind(whole)) {
                (ThingKind::Place, ThingKind::Place) => {
                    self.tie(TieKind::At, part, whole, "member of a list")
                }
                (_, ThingKind::Body | ThingKind::People) => {
                    self.tie(TieKind::PartOf, part, whole, "member of a list")
                }
                _ => {}
            }
        }
    }
}

/// Those of some things that can act.
fn actors_of(finder: &Finder<'_>, things: &[usize]) -> Vec<usize> {
    things.iter().copied().filter(|&thing| finder.acts(thing)).collect()
}
