//! Who and what fills the slots of a trigger: participants, weapons, targets, the words that conditions ask for.
//!
//! In: a trigger at its place in the tree. Out: heads of phrases. It doesn't decide whether an event is told.

use watchkeeper_record::codebook::{TargetType, WeaponType};
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::PlaceMention;
use watchkeeper_record::reading::{Target, Weapon};

use crate::codebook::{Codebook, Kind, Need, NounSense, Slot};
use crate::frame::{self, Roles};

/// A document under reading with what is looked up often.
pub(crate) struct Scene<'a> {
    pub(crate) doc: &'a Document,
    pub(crate) codebook: &'a Codebook,
    /// Entity label of each token.
    pub(crate) entity: Vec<Option<EntityLabel>>,
    /// Whether a token stands in a place name found before.
    pub(crate) in_place: Vec<bool>,
}

/// A trigger where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Head token of the trigger.
    pub(crate) head: TokenIndex,
    pub(crate) kind: Kind,
    /// Participants of the verb (of the copula's clause, for an adjective).
    pub(crate) roles: Roles,
    /// The light verb of a noun, and whether its subject undergoes.
    pub(crate) light: Option<(TokenIndex, bool)>,
    /// Participants of the light verb.
    pub(crate) light_roles: Roles,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(doc: &'a Document, codebook: &'a Codebook, places: &[PlaceMention]) -> Self {
        let mut in_place = vec![false; doc.tokens().len()];
        for index in places.iter().flat_map(|place| place.tokens.clone()) {
            in_place[index as usize] = true;
        }
        let mut entity = vec![None; doc.tokens().len()];
        for ent in doc.entities() {
            for index in ent.tokens.clone() {
                entity[index as usize] = Some(ent.label);
            }
        }
        Self { doc, codebook, entity, in_place }
    }

    /// The hyphenated form that ends in a token: `cease-fire`.
    pub(crate) fn joined(&self, index: TokenIndex) -> Option<String> {
        frame::joined(self.doc, index)
    }

    /// What the noun denotes.
    pub(crate) fn sense(&self, index: TokenIndex) -> NounSense {
        if let Some(joined) = self.joined(index)
            && let Some(sense) = self.codebook.nouns.sense(&joined)
        {
            return sense;
        }
        let lemma = frame::lemma(self.doc, index);
        if let Some(sense) = self.codebook.nouns.sense(&lemma) {
            return sense;
        }
        let text = self.doc.token(index).text.to_ascii_lowercase();
        if let Some(sense) = self.codebook.nouns.sense(&text) {
            return sense;
        }
        // Taggers take plurals in headlines for names: `Rebels`.
        if matches!(self.doc.token(index).tag, Tag::Nnp | Tag::Nnps)
            && let Some(sense) = text.strip_suffix('s').and_then(|one| self.codebook.nouns.sense(one))
        {
            return sense;
        }
        match self.entity[index as usize] {
            Some(EntityLabel::Person) => {
                NounSense { target: Some(TargetType::Person), human: true, ..NounSense::default() }
            }
            Some(EntityLabel::Norp | EntityLabel::Gpe | EntityLabel::Org) => {
                NounSense { human: true, ..NounSense::default() }
            }
            _ => NounSense::default(),
        }
    }

    fn word_in(&self, index: TokenIndex, need: &Need) -> bool {
        if need.words.is_empty() {
            return true;
        }
        let lemma = frame::lemma(self.doc, index);
        if need.words.contains(lemma.as_ref()) {
            return true;
        }
        let text = self.doc.token(index).text.to_ascii_lowercase();
        if need.words.contains(text.as_str()) {
            return true;
        }
        if self.joined(index).is_some_and(|joined| need.words.contains(&joined)) {
            return true;
        }
        let label = self.entity[index as usize];
        let named_place = matches!(label, Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac))
            || self.in_place[index as usize] && label != Some(EntityLabel::Norp);
        if need.words.contains("town") && need.words.contains("territory") {
            return named_place;
        }
        // "nobody was executed": people, though none of them.
        if need.words.contains("people")
            && need.words.contains("person")
            && matches!(
                text.as_str(),
                "nobody"
                    | "anybody"
                    | "anyone"
                    | "everybody"
                    | "everyone"
                    | "someone"
                    | "somebody"
                    | "none"
                    | "who"
                    | "whoever"
            )
        {
            return true;
        }
        if !(need.words.contains("people") && need.words.contains("person")) || named_place {
            return false;
        }
        // A number without its noun counts people where people are asked for.
        let sense = self.sense(index);
        self.doc.token(index).tag == Tag::Cd
            || label == Some(EntityLabel::Person)
            || sense.human && sense.weapon.is_none() && label != Some(EntityLabel::Org)
    }

    fn phrase_word_in(&self, index: TokenIndex, need: &Need) -> bool {
        // "The bomb was defused before it went off": what the pronoun stands for.
        if let Some(noun) = self.subject_above(index)
            && self.word_in(noun, need)
        {
            return true;
        }
        let denoted = frame::denoted(self.doc, &self.codebook.frame, index);
        self.word_in(index, need) || (denoted != index && self.word_in(denoted, need))
    }

    /// For the pronoun `it` or `they` in a subordinate clause: the subject of the clause above.
    fn subject_above(&self, index: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        if !frame::word_is(doc, index, &["it", "they", "them"]) {
            return None;
        }
        let own = frame::governing_verb(doc, index)?;
        let above = frame::governing_verb(doc, own)?;
        let above =
            if frame::subject(doc, above).is_some() { above } else { frame::governing_verb(doc, above)? };
        let passive = frame::child(doc, above, Dep::Nsubjpass);
        passive
            .or_else(|| frame::subject(doc, above))
            .filter(|&noun| noun < index && doc.token(noun).pos != Pos::Pron)
    }

    /// Whether a condition holds at a trigger.
    pub(crate) fn holds(&self, site: &Site, need: &Need) -> bool {
        let found = match &need.slot {
            Slot::Near => {
                let range = frame::clause(self.doc, site.head);
                let range = range.start.max(site.head.saturating_sub(40))..range.end.min(site.head + 40);
                range.into_iter().any(|index| index != site.head && self.word_in(index, need))
            }
            Slot::Complement => self.complements(site).into_iter().any(|verb| self.word_in(verb, need)),
            Slot::ComplementModal => self.complements(site).into_iter().any(|verb| {
                frame::modal(self.doc, verb).is_some_and(|modal| {
                    self.word_in(modal, need)
                        && frame::child(self.doc, verb, Dep::Nsubj).is_some_and(|subject| subject < modal)
                }) && frame::negation(self.doc, verb).is_none()
                    && frame::children_with(self.doc, verb, Dep::Nsubj).any(|subject| {
                        !frame::word_is(self.doc, subject, &["it", "we", "i", "there", "this", "that"])
                    })
            }),
            Slot::Object => self.fillers(site, &Slot::Object).into_iter().any(|index| {
                self.phrase_word_in(index, need)
                    || !need.words.contains("person")
                        && self
                            .doc
                            .children(frame::denoted(self.doc, &self.codebook.frame, index))
                            .iter()
                            .any(|&member| {
                                self.doc.token(member).dep == Dep::Compound && self.word_in(member, need)
                            })
            }),
            Slot::Modifier => {
                let of =
                    if site.kind == Kind::Noun { vec![site.head] } else { site.roles.undergoers().to_vec() };
                of.into_iter().any(|noun| {
                    self.doc.children(noun).iter().any(|&member| {
                        matches!(
                            self.doc.token(member).dep,
                            Dep::Compound | Dep::Amod | Dep::Nmod | Dep::Npadvmod | Dep::Poss
                        ) && (self.word_in(member, need)
                            || self.doc.children(member).iter().any(|&inner| {
                                self.doc.token(inner).dep == Dep::Compound && self.word_in(inner, need)
                            }))
                    }) || self.joined(noun).is_some_and(|joined| {
                        joined.split_once('-').is_some_and(|(first, _)| need.words.contains(first))
                    })
                })
            }
            slot => self.fillers(site, slot).into_iter().any(|index| self.phrase_word_in(index, need)),
        };
        found != need.absent
    }

    /// Verbs of the complement clauses of a trigger.
    pub(crate) fn complements(&self, site: &Site) -> Vec<TokenIndex> {
        let mut found = Vec::new();
        for &member in self.doc.children(site.head) {
            match self.doc.token(member).dep {
                Dep::Xcomp | Dep::Ccomp | Dep::Acl => found.push(member),
                Dep::Prep | Dep::Prt => {
                    found.extend(frame::children_with(self.doc, member, Dep::Pcomp));
                }
                Dep::Advcl if self.doc.token(member).tag == Tag::Vb => found.push(member),
                Dep::Relcl if self.doc.token(member).tag == Tag::Vb => found.push(member),
                _ => {}
            }
        }
        found
    }

    /// Heads in a slot of a trigger.
    pub(crate) fn fillers(&self, site: &Site, slot: &Slot) -> Vec<TokenIndex> {
        let doc = self.doc;
        match slot {
            Slot::Subject => match site.kind {
                Kind::Noun => Vec::new(),
                Kind::Verb | Kind::Adjective => site.roles.doers().to_vec(),
            },
            Slot::Object => site.roles.undergoers().to_vec(),
            Slot::Dative => site.roles.datives.clone(),
            Slot::Complement => {
                let mut found = Vec::new();
                for verb in self.complements(site) {
                    self.within_clause(verb, 3, &mut found);
                    if !found.is_empty() {
                        break;
                    }
                }
                found
            }
            Slot::Inside => {
                let mut found = Vec::new();
                for &object in site.roles.undergoers() {
                    self.within_noun(object, 2, &mut found);
                }
                found
            }
            Slot::Possessor => frame::child(doc, site.head, Dep::Poss)
                .map(|owner| frame::conjuncts(doc, owner))
                .unwrap_or_default(),
            Slot::Modifier => doc
                .children(site.head)
                .iter()
                .copied()
                .filter(|&member| {
                    let tok = doc.token(member);
                    matches!(tok.dep, Dep::Compound | Dep::Amod | Dep::Nmod)
                        && (matches!(
                            self.entity[member as usize],
                            Some(EntityLabel::Norp | EntityLabel::Org)
                        ) && !self.in_place[member as usize]
                            || self.is_state_name(member)
                            || tok.pos == Pos::Noun && self.sense(member).human
                            || tok.pos == Pos::Propn
                                && self.entity[member as usize].is_none()
                                && !self.in_place[member as usize]
                                && tok.dep == Dep::Compound)
                })
                .collect(),
            Slot::Light => match site.light {
                Some((_, false)) => site.light_roles.doers().to_vec(),
                _ => Vec::new(),
            },
            Slot::Preposition(word) => {
                let word = [word.as_str()];
                let mut found = frame::prep_objects(doc, site.head, &word);
                if found.is_empty() {
                    // "out of the talks": one preposition under another or under the particle.
                    for &member in doc.children(site.head) {
                        if matches!(doc.token(member).dep, Dep::Prep | Dep::Prt | Dep::Advmod) {
                            found.extend(frame::prep_objects(doc, member, &word));
                        }
                    }
                }
                // "the ambush and murder of four soldiers": the phrase after the last noun is shared.
                if found.is_empty() && site.kind == Kind::Noun {
                    for partner in frame::conjuncts(doc, frame::coordination_head(doc, site.head)) {
                        if partner != site.head && found.is_empty() {
                            found.extend(frame::prep_objects(doc, partner, &word));
                        }
                    }
                }
                if found.is_empty() && site.kind != Kind::Noun {
                    for object in &site.roles.objects {
                        found.extend(frame::prep_objects(doc, *object, &word));
                    }
                }
                if found.is_empty()
                    && site.kind == Kind::Adjective
                    && let Some(verb) = frame::parent(doc, site.head)
                {
                    found.extend(frame::prep_objects(doc, verb, &word));
                }
                if found.is_empty()
                    && let Some((verb, _)) = site.light
                {
                    found.extend(frame::prep_objects(doc, verb, &word));
                }
                found
            }
            Slot::Near | Slot::ComplementModal => Vec::new(),
        }
    }

    /// Somebody in a complement clause to whom the matter is addressed: its own subject, else objects and prepositions, else deeper.
    pub(crate) fn within_clause(&self, verb: TokenIndex, depth: u32, found: &mut Vec<TokenIndex>) {
        let doc = self.doc;
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let person = |&head: &TokenIndex| self.is_somebody(head);
        if roles.subject_found == Some(frame::Found::Here) {
            found.extend(roles.subjects.iter().copied().filter(person));
        }
        if found.is_empty() {
            found.extend(roles.datives.iter().copied().filter(person));
        }
        if found.is_empty() {
            found.extend(roles.objects.iter().copied().filter(person));
        }
        if found.is_empty() {
            for word in ["to", "with", "from", "against", "for", "on", "by", "in"] {
                found.extend(frame::prep_objects(doc, verb, &[word]).into_iter().filter(person));
                if !found.is_empty() {
                    return;
                }
            }
            for word in ["for", "on", "against", "over", "to"] {
                for noun in frame::prep_objects(doc, verb, &[word]) {
                    self.within_noun(noun, 2, found);
                }
                if !found.is_empty() {
                    return;
                }
            }
            for &noun in roles.objects.iter().chain(&roles.subjects) {
                if roles.subject_found == Some(frame::Found::Here) || roles.objects.contains(&noun) {
                    self.within_noun(noun, 2, found);
                }
                if !found.is_empty() {
                    return;
                }
            }
        }
        if found.is_empty() && depth > 0 {
            for &member in doc.children(verb) {
                if matches!(doc.token(member).dep, Dep::Xcomp | Dep::Ccomp | Dep::Advcl)
                    && frame::is_verb(doc, member)
                {
                    self.within_clause(member, depth - 1, found);
                    if !found.is_empty() {
                        return;
                    }
                }
            }
        }
    }

    /// Somebody inside what stands in a slot and is nobody itself.
    pub(crate) fn within(&self, site: &Site, slot: &Slot) -> Vec<TokenIndex> {
        let mut found = Vec::new();
        if matches!(slot, Slot::Object | Slot::Dative | Slot::Preposition(_)) {
            for head in self.fillers(site, slot) {
                self.within_noun(head, 2, &mut found);
            }
        }
        found
    }

    /// Somebody inside a noun phrase that is nobody itself: whose it is, by whom, of whom, which nation's.
    pub(crate) fn within_noun(&self, noun: TokenIndex, depth: u32, found: &mut Vec<TokenIndex>) {
        let doc = self.doc;
        if depth == 0 || self.is_somebody(noun) {
            return;
        }
        let person = |&head: &TokenIndex| self.is_somebody(head);
        if let Some(owner) = frame::child(doc, noun, Dep::Poss) {
            found.extend(
                frame::conjuncts(doc, owner)
                    .into_iter()
                    .filter(|&head| person(&head) && doc.token(head).tag != Tag::PrpS),
            );
        }
        for word in ["by", "of", "from", "to", "against", "with", "for"] {
            if !found.is_empty() {
                return;
            }
            found.extend(frame::prep_objects(doc, noun, &[word]).into_iter().filter(person));
        }
        if found.is_empty() {
            found.extend(doc.children(noun).iter().copied().filter(|&member| {
                member < noun
                    && matches!(
                        self.entity[member as usize],
                        Some(EntityLabel::Norp | EntityLabel::Gpe | EntityLabel::Org)
                    )
            }));
        }
        if found.is_empty() {
            for word in ["of", "by", "from", "to", "against", "in", "on"] {
                for object in frame::prep_objects(doc, noun, &[word]) {
                    self.within_noun(object, depth - 1, found);
                }
                if !found.is_empty() {
                    return;
                }
            }
            // "its demand that the council grant …": whoever shall do it.
            for &member in doc.children(noun) {
                if matches!(doc.token(member).dep, Dep::Acl | Dep::Ccomp) && frame::is_verb(doc, member) {
                    self.within_clause(member, depth - 1, found);
                    if !found.is_empty() {
                        return;
                    }
                }
            }
        }
    }

    /// Names of states that stand before what they do: `U.S. strikes`; other place names there say where.
    fn is_state_name(&self, index: TokenIndex) -> bool {
        let text = self.doc.token(index).text.as_str();
        matches!(self.entity[index as usize], Some(EntityLabel::Gpe | EntityLabel::Norp))
            && (text.contains('.') || text.len() <= 3 && text.chars().all(char::is_uppercase))
    }

    /// Whether a head surely denotes somebody: a person, a body of people, a country.
    pub(crate) fn is_somebody(&self, index: TokenIndex) -> bool {
        if !self.is_participant(index, true) {
            return false;
        }
        let denoted = frame::denoted(self.doc, &self.codebook.frame, index);
        let tok = self.doc.token(denoted);
        self.sense(denoted).human
            || tok.pos == Pos::Propn
            || tok.pos == Pos::Pron && !frame::word_is(self.doc, denoted, &["it", "its", "itself"])
            || self.codebook.events.is("bodies", &frame::lemma(self.doc, denoted))
    }

    /// Whether a head may be somebody who acts or is acted upon: not a time, an amount of money, a happening, an abstraction.
    pub(crate) fn is_participant(&self, index: TokenIndex, as_actor: bool) -> bool {
        let tok = self.doc.token(index);
        if matches!(
            self.entity[index as usize],
            Some(
                EntityLabel::Date
                    | EntityLabel::Time
                    | EntityLabel::Money
                    | EntityLabel::Percent
                    | EntityLabel::Ordinal
                    | EntityLabel::Quantity
            )
        ) {
            return false;
        }
        if matches!(
            self.entity[index as usize],
            Some(EntityLabel::Norp | EntityLabel::Gpe | EntityLabel::Org)
        ) && matches!(tok.pos, Pos::Adj | Pos::Propn)
        {
            return true;
        }
        if !frame::is_nominal(self.doc, index) {
            return false;
        }
        if tok.pos == Pos::Pron {
            return !matches!(
                tok.text.to_ascii_lowercase().as_str(),
                "this"
                    | "that"
                    | "these"
                    | "those"
                    | "there"
                    | "what"
                    | "which"
                    | "something"
                    | "nothing"
                    | "anything"
                    | "everything"
                    | "itself"
                    | "whatever"
            );
        }
        let denoted = frame::denoted(self.doc, &self.codebook.frame, index);
        let sense = self.sense(denoted);
        if sense.human || sense.target.is_some() && !as_actor {
            return true;
        }
        if sense.weapon.is_some() {
            return false;
        }
        if self.doc.token(denoted).pos == Pos::Propn {
            return true;
        }
        let lemma = frame::lemma(self.doc, denoted);
        if self.codebook.events.is("bodies", &lemma) {
            return true;
        }
        // "The four are to go on trial": a number without its noun counts people.
        let counts = as_actor && tok.tag == Tag::Cd && matches!(tok.dep, Dep::Nsubj | Dep::Nsubjpass);
        if counts && frame::child(self.doc, index, Dep::Det).is_some() {
            return true;
        }
        if as_actor {
            // What carries arms acts: aircraft, warships, convoys.
            return matches!(
                sense.target,
                Some(
                    TargetType::Military | TargetType::Aviation | TargetType::Government | TargetType::Police
                )
            );
        }
        if self.codebook.events.nouns.contains_key(lemma.as_ref())
            || self.codebook.events.is("causes", &lemma)
        {
            return false;
        }
        const ABSTRACT: [&str; 17] = [
            "tion", "sion", "ment", "ness", "ity", "ism", "ance", "ence", "ship", "ing", "day", "week",
            "month", "year", "way", "time", "hood",
        ];
        !ABSTRACT.iter().any(|ending| lemma.ends_with(ending))
    }

    /// Weapons named at a trigger: as modifier, object, subject or instrument.
    pub(crate) fn weapons(
        &self,
        site: &Site,
        span_of: impl Fn(TokenIndex) -> watchkeeper_record::Span,
    ) -> Vec<Weapon> {
        let doc = self.doc;
        let mut heads: Vec<TokenIndex> = Vec::new();
        heads.extend(
            doc.children(site.head)
                .iter()
                .copied()
                .filter(|&member| matches!(doc.token(member).dep, Dep::Compound | Dep::Amod | Dep::Nmod)),
        );
        let mut verbs = vec![site.head];
        verbs.extend(site.light.map(|(verb, _)| verb));
        for &verb in &verbs {
            for &member in doc.children(verb) {
                let tok = doc.token(member);
                match tok.dep {
                    Dep::Dobj | Dep::Nsubj | Dep::Nsubjpass => heads.extend(frame::conjuncts(doc, member)),
                    Dep::Prep | Dep::Agent
                        if frame::word_is(doc, member, &["with", "by", "from", "in", "using", "of"]) =>
                    {
                        for object in frame::children_with(doc, member, Dep::Pobj) {
                            heads.extend(frame::conjuncts(doc, object));
                        }
                    }
                    Dep::Advcl | Dep::Acl | Dep::Xcomp
                        if frame::word_is(
                            doc,
                            member,
                            &[
                                "using",
                                "firing",
                                "wielding",
                                "throwing",
                                "hurling",
                                "carrying",
                                "detonating",
                                "dropping",
                            ],
                        ) =>
                    {
                        for object in frame::children_with(doc, member, Dep::Dobj) {
                            heads.extend(frame::conjuncts(doc, object));
                        }
                    }
                    Dep::Advcl if frame::word_is(doc, member, &["armed"]) => {
                        heads.extend(frame::prep_objects(doc, member, &["with"]));
                    }
                    _ => {}
                }
            }
        }
        for &object in site.roles.undergoers() {
            heads.extend(frame::prep_objects(doc, object, &["with"]));
        }
        for &subject in site.roles.doers() {
            for &member in doc.children(subject) {
                if doc.token(member).dep == Dep::Acl
                    && frame::word_is(doc, member, &["armed", "wielding", "carrying", "packed"])
                {
                    heads.extend(frame::prep_objects(doc, member, &["with"]));
                    heads.extend(frame::children_with(doc, member, Dep::Dobj));
                }
            }
            heads.push(subject);
        }
        heads.sort_unstable();
        heads.dedup();
        let mut weapons: Vec<Weapon> = Vec::new();
        for head in heads {
            let Some(kind) = self.weapon_type(head) else { continue };
            if !weapons.iter().any(|other| other.r#type == kind) {
                weapons.push(Weapon { r#type: kind, span: span_of(head) });
            }
        }
        weapons
    }

    /// The weapon type of a noun; `car bomb` goes by its head, `bomb-laden` by its parts.
    pub(crate) fn weapon_type(&self, index: TokenIndex) -> Option<WeaponType> {
        let tok = self.doc.token(index);
        if !matches!(tok.pos, Pos::Noun | Pos::Propn | Pos::Adj) {
            return None;
        }
        // Tear gas is no chemical weapon here: it is for crowds.
        let tear = frame::children_with(self.doc, index, Dep::Compound)
            .any(|member| frame::word_is(self.doc, member, &["tear"]));
        if tear && frame::word_is(self.doc, index, &["gas"]) {
            return Some(WeaponType::Other);
        }
        self.sense(index).weapon
    }

    /// Targets among these heads.
    pub(crate) fn targets(
        &self,
        heads: &[TokenIndex],
        span_of: impl Fn(TokenIndex) -> watchkeeper_record::Span,
    ) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for &head in heads {
            let denoted = frame::denoted(self.doc, &self.codebook.frame, head);
            let Some(mut kind) = self.sense(denoted).target else { continue };
            // "police station", "army post", "military vehicle": the modifier says whose.
            for &member in self.doc.children(denoted) {
                if matches!(self.doc.token(member).dep, Dep::Compound | Dep::Amod | Dep::Poss | Dep::Nmod)
                    && let Some(
                        inner @ (TargetType::Military
                        | TargetType::Police
                        | TargetType::Religious
                        | TargetType::Education
                        | TargetType::Medical
                        | TargetType::Media
                        | TargetType::Diplomatic
                        | TargetType::Aviation),
                    ) = self.sense(member).target
                {
                    kind = inner;
                }
            }
            if !targets.iter().any(|other| other.r#type == kind) {
                targets.push(Target { r#type: kind, span: span_of(head) });
            }
        }
        targets
    }
}
