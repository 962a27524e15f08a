//! Goes through the names and phrases of a document in text order and links each to an actor.
//!
//! Names decide by themselves. Nouns take the body, state or owner that they name; pointing nouns (`the group`, `the army`)
//! and pronouns go back to the last actor of a fitting kind within three sentences, subjects first, never to an argument
//! of the same verb. What finds nothing keeps an actor of its own (nouns) or none (pronouns).

use std::collections::BTreeMap;
use std::ops::Range;

use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::{Document, Mentions, Span};

use super::ActorLinks;
use super::draft::{self, Draft, Drafts, Identity};
use super::names::{Meaning, Name, Names};
use super::noun::{self, Pointing};
use super::person::{self, Persons};
use super::phrase::{self, Bearer, Described};
use super::unnamed;
use crate::registry::{ActorIndex, AgentClass, Registry, StateIndex};

/// A mention that later words may point to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) draft: usize,
    pub(super) head: TokenIndex,
    pub(super) sentence: u32,
    pub(super) subject: bool,
    pub(super) plural: bool,
}

/// What stands at one place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Phrase(usize),
    Name(usize),
    Person(usize, usize),
}

/// The state of one document's linking.
pub(super) struct Linker<'a> {
    pub(super) doc: &'a Document,
    pub(super) mentions: &'a Mentions,
    pub(super) registry: &'a Registry,
    pub(super) names: &'a Names,
    persons: &'a Persons,
    pub(super) drafts: Drafts,
    pub(super) seen: Vec<Seen>,
    pub(super) of_phrase: Vec<Option<usize>>,
    /// Phrase by its head.
    phrase_at: BTreeMap<TokenIndex, usize>,
    /// Draft of what a head token was linked to.
    pub(super) linked: BTreeMap<TokenIndex, usize>,
    /// The organ of each kind that was named last.
    last_organ: BTreeMap<&'static str, ActorIndex>,
    /// Phrases that are recipients, each with its event, sorted.
    recipients: Vec<(usize, usize)>,
    /// Tokens of place names.
    places: std::collections::BTreeSet<TokenIndex>,
    /// Phrases that hold ground or stand in a relation, sorted.
    parties: Vec<usize>,
}

impl<'a> Linker<'a> {
    pub(super) fn new(
        doc: &'a Document,
        mentions: &'a Mentions,
        registry: &'a Registry,
        names: &'a Names,
        persons: &'a Persons,
    ) -> Self {
        let phrase_at =
            mentions.phrases.iter().enumerate().map(|(index, phrase)| (phrase.head, index)).collect();
        Self {
            doc,
            mentions,
            registry,
            names,
            persons,
            drafts: Drafts::default(),
            seen: Vec::new(),
            of_phrase: vec![None; mentions.phrases.len()],
            phrase_at,
            linked: BTreeMap::new(),
            last_organ: BTreeMap::new(),
            recipients: unnamed::recipients(mentions),
            places: mentions.places.iter().flat_map(|place| place.tokens.clone()).collect(),
            parties: unnamed::parties(mentions),
        }
    }

    /// Links everything.
    pub(super) fn link(mut self) -> ActorLinks {
        for (_, item) in self.items() {
            match item {
                Item::Phrase(index) => {
                    self.phrase(index);
                    self.suffered(index);
                }
                Item::Name(index) => self.bare_name(index),
                Item::Person(person, mention) => {
                    let tokens = self.persons.list[person].mentions[mention].clone();
                    let draft = self.person(person);
                    // A private person in no role is listed all the same, so that every view knows to hide the name;
                    // but a single word or a town that was taken for a person must stay readable.
                    let full = self.persons.list[person].name.contains(' ');
                    if full && self.drafts.list[draft].actor.private && !self.places.contains(&tokens.start) {
                        self.drafts.list[draft].used = true;
                    }
                    self.note(draft, person::root(self.doc, &tokens), self.doc.span(tokens), true);
                }
            }
        }
        self.first_persons();
        for draft in self.of_phrase.iter().flatten() {
            self.drafts.list[*draft].used = true;
        }
        let (actors, order) = self.drafts.finish();
        let of_phrase = self.of_phrase.iter().map(|draft| order[(*draft)?]).collect();
        ActorLinks { actors, of_phrase, outlet_country: None }
    }

    /// Phrases, and the names that no phrase is headed by, in text order.
    fn items(&self) -> Vec<(TokenIndex, Item)> {
        let mut items: Vec<(TokenIndex, Item)> = Vec::new();
        let mut headed = vec![false; self.names.list.len()];
        for (index, phrase) in self.mentions.phrases.iter().enumerate() {
            items.push((phrase.head, Item::Phrase(index)));
            if let Some(name) = self.names.index_at(phrase.head) {
                headed[name] = true;
            }
        }
        for (index, name) in self.names.list.iter().enumerate() {
            if !headed[index] && self.persons.at(name.tokens.start).is_none() {
                items.push((name.tokens.start, Item::Name(index)));
            }
        }
        for (index, person) in self.persons.list.iter().enumerate() {
            for (mention, tokens) in person.mentions.iter().enumerate() {
                if !tokens.clone().any(|token| self.phrase_at.contains_key(&token)) {
                    items.push((tokens.start, Item::Person(index, mention)));
                }
            }
        }
        items.sort_unstable();
        items
    }

    /// A name in no role: an antecedent, and an actor of the reading where it is one of its own accord.
    fn bare_name(&mut self, index: usize) {
        let name = self.names.list[index].clone();
        let head = person::root(self.doc, &name.tokens);
        let draft = match name.meaning {
            Meaning::Actor(actor) => {
                let draft = self.known(actor);
                let kind = self.registry.actor(actor).kind;
                if !matches!(
                    kind,
                    ActorKind::Media
                        | ActorKind::Company
                        | ActorKind::PopulationGroup
                        | ActorKind::Person
                        | ActorKind::CivilSociety
                ) {
                    self.drafts.list[draft].used = true;
                }
                draft
            }
            Meaning::State(state) => self.known(self.registry.states()[state as usize].actor),
            Meaning::New(body) => self.new_body(body),
            Meaning::People(_) | Meaning::Seat(_) | Meaning::Region(_) => return,
        };
        self.note(draft, head, self.doc.span(name.tokens), true);
    }

    /// Notes a mention and makes it an antecedent.
    fn note(&mut self, draft: usize, head: TokenIndex, span: Span, is_name: bool) {
        self.drafts.mention(self.doc, draft, span, is_name);
        self.linked.insert(head, draft);
        self.seen.push(Seen {
            draft,
            head,
            sentence: self.doc.sentence_of(head),
            subject: noun::is_subject(self.doc, head),
            plural: noun::is_plural(self.doc, head),
        });
    }

    pub(super) fn known(&mut self, actor: ActorIndex) -> usize {
        let registry = self.registry;
        let row = registry.actor(actor);
        if let Some((_, organ)) = row.key.split_once('-')
            && let Some(organ) = crate::registry::ORGANS.iter().find(|known| **known == organ)
        {
            self.last_organ.insert(organ, actor);
        }
        self.drafts.of(Identity::Known(actor), || draft::known(registry, actor))
    }

    fn person(&mut self, index: usize) -> usize {
        let person = &self.persons.list[index];
        let author =
            self.doc.article().byline.iter().any(|byline| byline.name.eq_ignore_ascii_case(&person.name));
        let registry = self.registry;
        self.drafts.of(Identity::Person(index), || draft::person(registry, person, author))
    }

    pub(super) fn code(&self, state: Option<StateIndex>) -> Option<String> {
        state.map(|state| self.registry.states()[state as usize].iso3.clone())
    }

    /// Links one phrase.
    fn phrase(&mut self, index: usize) {
        let phrase = &self.mentions.phrases[index];
        let head = phrase.head;
        let word = self.doc.token(head);
        if matches!(word.tag, Tag::Prp | Tag::PrpS | Tag::Wp | Tag::WpS | Tag::Wdt) || word.pos == Pos::Pron {
            if let Some(draft) = self.pronoun(head) {
                self.note(draft, head, word.span, false);
                self.of_phrase[index] = Some(draft);
            }
            return;
        }
        if let Some(person) = self.persons.at(head) {
            let draft = self.person(person);
            let mention = self.persons.list[person].mentions.iter().find(|tokens| tokens.contains(&head));
            let tokens = mention.cloned().unwrap_or(head..head + 1);
            self.note(draft, head, self.doc.span(tokens), true);
            self.of_phrase[index] = Some(draft);
            return;
        }
        if let Some(name) = self.names.at(head).cloned() {
            self.of_phrase[index] = self.name_phrase(&name, head, phrase.tokens.clone());
            return;
        }
        let tokens = phrase.tokens.clone();
        if let Some(name) = unnamed::called(self.doc, self.names, head).cloned()
            && let Some(draft) = self.name_phrase(&name, name.tokens.start, name.tokens.clone())
        {
            self.note(draft, head, self.doc.span(tokens), false);
            self.of_phrase[index] = Some(draft);
            return;
        }
        if let Some(described) = phrase::describe(self.doc, self.registry, self.names, &tokens, head) {
            let draft = self.described(&described, &tokens, index);
            if let Some(draft) = draft {
                let span = if tokens.contains(&described.head) {
                    self.doc.span(tokens.start..tokens.end)
                } else {
                    self.doc.span(tokens.start..described.head + 1)
                };
                self.note(draft, head, span, false);
                self.of_phrase[index] = Some(draft);
            }
            return;
        }
        if word.pos == Pos::Propn && !self.is_place(head) {
            let draft = self.unlabelled(&tokens, head);
            self.note(draft, head, self.doc.span(noun::name_tokens(self.doc, tokens, head)), true);
            self.of_phrase[index] = Some(draft);
        }
    }

    /// Makes an actor of a recipient, holder of ground or party to a relation that nothing else accounts for.
    fn suffered(&mut self, index: usize) {
        let phrase = &self.mentions.phrases[index];
        let word = self.doc.token(phrase.head);
        if self.of_phrase[index].is_some()
            || !matches!(word.pos, Pos::Noun | Pos::Propn | Pos::Num)
            || self.is_place(phrase.head)
        {
            return;
        }
        let first = self.recipients.partition_point(|(other, _)| *other < index);
        let event = self.recipients.get(first).filter(|(other, _)| *other == index).map(|(_, event)| *event);
        if event.is_none() && self.parties.binary_search(&index).is_err() {
            return;
        }
        let definite = matches!(
            &*self.doc.token(phrase.tokens.start).lemma.to_lowercase(),
            "the" | "that" | "this" | "those" | "these"
        );
        let span = self.doc.span(phrase.tokens.clone());
        let lemma = word.lemma.to_lowercase();
        // Looking far back costs time and finds strangers.
        let before = self.drafts.list.iter().enumerate().rev().take(200);
        let before = before
            .filter(|_| definite)
            .find(|(_, draft)| draft.noun == lemma.as_str())
            .map(|(index, _)| index);
        let draft = before.unwrap_or_else(|| {
            let (kind, sector) = event
                .map_or((ActorKind::Other, None), |event| unnamed::kind(&self.mentions.events[event], span));
            let name =
                person::words(self.doc, noun::name_tokens(self.doc, phrase.tokens.clone(), phrase.head));
            self.drafts.of(Identity::Alone(index), || {
                let mut actor = draft::plain(name, kind);
                actor.sector = sector;
                actor.why.push("named by its part in an event, relation or control alone".to_owned());
                Draft { actor, used: false, noun: lemma.to_string() }
            })
        });
        self.note(draft, phrase.head, span, false);
        self.of_phrase[index] = Some(draft);
    }

    /// Whether the language layer takes a token for a part of a place's name, and it isn't the subject of a clause.
    fn is_place(&self, token: TokenIndex) -> bool {
        let entities = self.doc.entities();
        let index = entities.partition_point(|ent| ent.tokens.end <= token);
        let place = entities.get(index).is_some_and(|ent| {
            ent.tokens.contains(&token)
                && matches!(
                    ent.label,
                    EntityLabel::Gpe
                        | EntityLabel::Loc
                        | EntityLabel::Fac
                        | EntityLabel::Date
                        | EntityLabel::Time
                        | EntityLabel::Event
                )
        });
        place && !noun::is_subject(self.doc, token)
    }

    /// A phrase headed by a name.
    fn name_phrase(&mut self, name: &Name, head: TokenIndex, tokens: Range<TokenIndex>) -> Option<usize> {
        let (draft, tokens) = match name.meaning {
            Meaning::Actor(actor) => (self.known(actor), name.tokens.clone()),
            Meaning::New(body) => (self.new_body(body), name.tokens.clone()),
            Meaning::State(state) => {
                (self.known(self.registry.states()[state as usize].actor), name.tokens.clone())
            }
            Meaning::Seat(state) => {
                let code = self.registry.states()[state as usize].iso3.clone();
                let last = self.last_organ.get("government").copied();
                let draft = self.known(self.registry.organ(&code, "government")?);
                // A capital that speaks isn't what later `officials` point to.
                match last {
                    Some(last) => self.last_organ.insert("government", last),
                    None => self.last_organ.remove("government"),
                };
                (draft, name.tokens.clone())
            }
            Meaning::People(state) => {
                // `Burkinabe Armed Forces`: the adjective isn't the head of a longer noun.
                let code = self.registry.states()[state as usize].iso3.clone();
                let tokens = noun::name_tokens(self.doc, tokens, head);
                let words = person::words(self.doc, tokens.clone());
                (
                    self.describe_as(
                        &words,
                        ActorKind::PopulationGroup,
                        Some(Sector::Cvl),
                        Some(code),
                        "people",
                    ),
                    tokens,
                )
            }
            Meaning::Region(_) if !noun::is_subject(self.doc, head) => return None,
            Meaning::Region(state) => {
                let code = self.registry.states()[state as usize].iso3.clone();
                let words = person::words(self.doc, name.tokens.clone());
                (self.describe_as(&words, ActorKind::Other, None, Some(code), "region"), name.tokens.clone())
            }
        };
        self.note(draft, head, self.doc.span(tokens), true);
        Some(draft)
    }

    /// An actor made from words.
    pub(super) fn describe_as(
        &mut self,
        words: &str,
        kind: ActorKind,
        sector: Option<Sector>,
        country: Option<String>,
        noun: &str,
    ) -> usize {
        let key = format!(
            "{kind} {} {} {}",
            sector.map_or("", Sector::as_str),
            country.as_deref().unwrap_or(""),
            words.to_lowercase()
        );
        self.drafts.of(Identity::Described(key), || {
            let mut actor = draft::plain(words.to_owned(), kind);
            actor.sector = sector;
            actor.country = country;
            actor.why.push(format!("described by the text: {noun}"));
            Draft { actor, used: false, noun: noun.to_owned() }
        })
    }

    /// The words that name what a phrase describes, without counts and articles.
    fn words(&self, described: &Described, tokens: &Range<TokenIndex>) -> String {
        let head = described.head;
        if !tokens.contains(&head) {
            let from = self.doc.subtree(head).start.max(head.saturating_sub(6));
            return person::words(self.doc, noun::name_tokens(self.doc, from..head + 1, head));
        }
        let from = tokens.start.max(self.doc.subtree(head).start);
        person::words(self.doc, noun::name_tokens(self.doc, from.min(head)..tokens.end, head))
    }

    /// Links a phrase headed by a common noun.
    fn described(
        &mut self,
        described: &Described,
        tokens: &Range<TokenIndex>,
        index: usize,
    ) -> Option<usize> {
        if let Some(draft) = self.same_as_name(described.head) {
            return Some(draft);
        }
        let owner = described.owner.and_then(|owner| self.owner(owner));
        if described.office.is_some() {
            return Some(self.bearer(described, tokens, owner, index));
        }
        match described.agent.class {
            AgentClass::Quantity => None,
            AgentClass::Nominal => self.nominal(described, tokens, owner),
            AgentClass::Organ => Some(self.organ(described, tokens, owner)),
            AgentClass::Group => Some(self.group(described, tokens, owner)),
            AgentClass::Body | AgentClass::People => {
                Some(self.body_or_people(described, tokens, owner, index))
            }
        }
    }

    /// `ISGS, an affiliate of …`, `a group called X`: the name that the noun stands beside.
    fn same_as_name(&self, head: TokenIndex) -> Option<usize> {
        let word = self.doc.token(head);
        if word.dep == Dep::Appos {
            if let Some(&draft) = self.linked.get(&word.head) {
                return Some(draft);
            }
            if let Some(name) = self.names.index_at(word.head) {
                let start = person::root(self.doc, &self.names.list[name].tokens);
                if let Some(&draft) = self.linked.get(&start) {
                    return Some(draft);
                }
            }
        }
        None
    }

    /// The actor that an owner (`its`, `the group's`) denotes.
    fn owner(&mut self, owner: TokenIndex) -> Option<usize> {
        let word = self.doc.token(owner);
        if matches!(word.tag, Tag::PrpS | Tag::Prp | Tag::WpS) {
            return self.pronoun(owner);
        }
        if let Some(&draft) = self.linked.get(&owner) {
            return Some(draft);
        }
        if let Some(person) = self.persons.at(owner) {
            return Some(self.person(person));
        }
        let tokens = self.doc.subtree(owner).start.max(owner.saturating_sub(8))..owner + 1;
        let described = phrase::describe(self.doc, self.registry, self.names, &tokens, owner)?;
        match described.agent.class {
            AgentClass::Nominal => self.back_to(&described),
            AgentClass::Group if described.pointing == Pointing::Definite => self.back_to(&described),
            AgentClass::Body if described.office.is_none() => self.called(&described.noun, owner),
            AgentClass::Organ if described.office.is_none() => {
                let organ = self.organ_row(&described)?;
                Some(self.known(organ))
            }
            _ => None,
        }
    }

    /// `the group`, `the country`: back to an actor of a fitting kind, else an actor of its own where it says enough.
    fn nominal(
        &mut self,
        described: &Described,
        tokens: &Range<TokenIndex>,
        owner: Option<usize>,
    ) -> Option<usize> {
        if let Some(body) = described.body {
            // `the Hamas movement`, `the NFU's network`, but not `an affiliate of the NFU`.
            let before =
                self.names.within(tokens.start..described.head).iter().any(|name| name.meaning == body);
            let other = matches!(
                described.noun.as_str(),
                "affiliate" | "branch" | "offshoot" | "wing" | "arm" | "franchise" | "side"
            );
            if before && !other {
                return Some(self.meaning(body));
            }
        }
        let empty = described.body.is_none() && described.state.is_none() && owner.is_none();
        if described.pointing == Pointing::Definite && empty && !self.is_qualified(described) {
            return self.back_to(described);
        }
        if described.agent.kind == ActorKind::State {
            return described.state.map(|state| self.known(self.registry.states()[state as usize].actor));
        }
        let kind = described.agent.kind;
        let country = self.country(described);
        let named = noun::name_tokens(self.doc, tokens.clone(), described.head);
        let others = owner.is_some_and(|owner| self.drafts.kind(owner) != ActorKind::ArmedGroup)
            || described.owner.is_some_and(|owner| {
                noun::agent(self.doc, self.registry, owner, owner)
                    .is_some_and(|(_, agent)| agent.class == AgentClass::Organ)
            });
        let named_body = kind == ActorKind::InternationalOrg && named.len() > 1;
        let armed = kind == ActorKind::ArmedGroup && (named.len() > 1 || described.body.is_some()) && !others;
        if !armed && !named_body {
            return None;
        }
        let words = person::words(self.doc, named);
        let sector =
            Some(self.sector(described).unwrap_or(if named_body { Sector::Igo } else { Sector::Reb }));
        Some(self.describe_as(&words, kind, sector, country, &described.noun))
    }

    /// Whether adjectives say more than that the noun points back: `the rival group`.
    fn is_qualified(&self, described: &Described) -> bool {
        self.doc.children(described.head).iter().any(|&child| {
            let word = self.doc.token(child);
            child < described.head
                && matches!(word.dep, Dep::Amod | Dep::Compound)
                && (described.agent.kind == ActorKind::State
                    || matches!(
                        &*word.lemma.to_lowercase(),
                        "rival"
                            | "other"
                            | "another"
                            | "new"
                            | "unknown"
                            | "second"
                            | "different"
                            | "opposing"
                            | "neighboring"
                            | "neighbouring"
                            | "several"
                    ))
        })
    }

    fn meaning(&mut self, meaning: Meaning) -> usize {
        match meaning {
            Meaning::New(body) => self.new_body(body),
            Meaning::Actor(actor) => self.known(actor),
            Meaning::State(state)
            | Meaning::People(state)
            | Meaning::Seat(state)
            | Meaning::Region(state) => self.known(self.registry.states()[state as usize].actor),
        }
    }

    /// ISO code of the state that the phrase's own words or body name.
    fn country(&self, described: &Described) -> Option<String> {
        let body = described.known_body().and_then(|actor| self.registry.actor(actor).country.clone());
        self.code(described.state).or(body)
    }

    /// ISO code of the state that a body of a state without one of its own belongs to.
    fn context(&self, described: &Described) -> Option<String> {
        let state = || {
            self.local_state(described.head).or_else(|| self.names.context_state(self.doc, described.head))
        };
        if described.foreign { None } else { self.code(state()) }
    }

    fn sector(&self, described: &Described) -> Option<Sector> {
        let body = described.known_body().and_then(|actor| self.registry.actor(actor).sector);
        described.agent.sector.or(body)
    }

    /// Soldiers, police, officials: the organ of the state they belong to, or the body that the phrase names.
    fn organ(&mut self, described: &Described, tokens: &Range<TokenIndex>, owner: Option<usize>) -> usize {
        if let Some(body) = described.body.filter(|_| !described.local) {
            return self.meaning(body);
        }
        if let Some(owner) = owner {
            let actor = &self.drafts.list[owner].actor;
            let kind = actor.kind;
            if matches!(
                kind,
                ActorKind::ArmedGroup
                    | ActorKind::InternationalOrg
                    | ActorKind::Military
                    | ActorKind::Police
                    | ActorKind::Intelligence
            ) {
                return owner;
            }
            let organ =
                actor.country.clone().filter(|_| matches!(kind, ActorKind::State | ActorKind::Government));
            if let Some(row) = organ.and_then(|code| self.registry.organ(&code, described.agent.organ?)) {
                return self.known(row);
            }
        }
        if !described.local
            && let Some(row) = self.organ_row(described)
        {
            return self.known(row);
        }
        let country = self
            .country(described)
            .or_else(|| self.code(self.local_state(described.head)).filter(|_| !described.foreign));
        let words = self.words(described, tokens);
        self.describe_as(&words, described.agent.kind, described.agent.sector, country, &described.noun)
    }

    /// The registry's organ for a noun: of the state named with it, else told as a place in its sentence, else (where it points)
    /// the same organ before, else that of the state the text is about, else the one named last.
    fn organ_row(&self, described: &Described) -> Option<ActorIndex> {
        let organ = described.agent.organ?;
        let of = |state: StateIndex| self.registry.organ(&self.registry.states()[state as usize].iso3, organ);
        if let Some(state) = described.state.or_else(|| self.local_state(described.head)) {
            return of(state);
        }
        let last = self.last_organ.get(organ).copied();
        let before = last.filter(|_| described.pointing == Pointing::Definite && described.plural);
        before.or_else(|| self.names.context_state(self.doc, described.head).and_then(of)).or(last)
    }

    /// The one state that the words of a token's sentence name as a place (not as somebody else's adjective).
    fn local_state(&self, token: TokenIndex) -> Option<StateIndex> {
        let sentence = &self.doc.sentences()[self.doc.sentence_of(token) as usize].tokens;
        let window = sentence.start.max(token.saturating_sub(40))..sentence.end.min(token + 40);
        let mut found = None;
        for name in self.names.within(window) {
            if let Meaning::State(state) | Meaning::Region(state) | Meaning::Seat(state) = name.meaning {
                // Only where things are: `in Mali`, `in Gao, Mali`.
                let root = person::root(self.doc, &name.tokens);
                let word = self.doc.token(root);
                let place = matches!(word.dep, Dep::Pobj | Dep::Appos | Dep::Npadvmod | Dep::Conj)
                    && self.is_in_place(root);
                if !place {
                    continue;
                }
                match found {
                    None => found = Some(state),
                    Some(known) if known == state => {}
                    Some(_) => return None,
                }
            }
        }
        found
    }

    fn is_in_place(&self, token: TokenIndex) -> bool {
        let mut at = token;
        for _ in 0..4 {
            let word = self.doc.token(at);
            if word.dep == Dep::Pobj {
                return matches!(
                    &*self.doc.token(word.head).lemma.to_lowercase(),
                    "in" | "near" | "at" | "outside" | "across" | "around" | "inside" | "of"
                );
            }
            if word.head == at {
                return false;
            }
            at = word.head;
        }
        false
    }

    /// Rebels, militants, gunmen: the body that the phrase names, back to the last group where it points, else a group of its own.
    fn group(&mut self, described: &Described, tokens: &Range<TokenIndex>, owner: Option<usize>) -> usize {
        if let Some(body) = described.body {
            let before =
                self.names.within(tokens.start..described.head).iter().any(|name| name.meaning == body);
            let row = described.known_body().map(|actor| self.registry.actor(actor).kind);
            let armed = matches!(
                row,
                None | Some(
                    ActorKind::ArmedGroup
                        | ActorKind::Party
                        | ActorKind::Military
                        | ActorKind::Police
                        | ActorKind::InternationalOrg
                        | ActorKind::Government
                        | ActorKind::Intelligence
                )
            );
            if armed && (before || self.member_of(described)) {
                return self.meaning(body);
            }
        }
        if let Some(owner) = owner
            && matches!(self.drafts.kind(owner), ActorKind::ArmedGroup | ActorKind::Party)
        {
            return owner;
        }
        if described.agent.organ.is_some()
            && described.body.is_none()
            && described.state.is_some()
            && let Some(row) = self.organ_row(described)
        {
            return self.known(row);
        }
        let unqualified = described.state.is_none() && !self.is_qualified(described);
        if described.pointing == Pointing::Definite
            && unqualified
            && described.body.is_none()
            && let Some(draft) = self.back_to(described)
        {
            return draft;
        }
        let country = self.country(described);
        let words = self.words(described, tokens);
        self.describe_as(&words, described.agent.kind, described.agent.sector, country, &described.noun)
    }

    /// `fighters of X`, `militants from X`, not `rebels with X`.
    fn member_of(&self, described: &Described) -> bool {
        self.doc.children(described.head).iter().any(|&child| {
            let word = self.doc.token(child);
            child > described.head && word.dep == Dep::Prep && matches!(&*word.lemma, "of" | "from")
        })
    }

    /// Ministries, companies, civilians, students: by their own words.
    fn body_or_people(
        &mut self,
        described: &Described,
        tokens: &Range<TokenIndex>,
        owner: Option<usize>,
        index: usize,
    ) -> usize {
        let people = described.agent.class == AgentClass::People;
        let plain_body = |actor: ActorIndex| {
            matches!(
                self.registry.actor(actor).kind,
                ActorKind::InternationalOrg
                    | ActorKind::Intelligence
                    | ActorKind::Police
                    | ActorKind::Military
                    | ActorKind::Media
            )
        };
        if let Some(actor) = described.known_body().filter(|actor| !people && plain_body(*actor)) {
            let own = matches!(described.agent.kind, ActorKind::Government | ActorKind::Judiciary)
                && self.registry.actor(actor).kind != ActorKind::InternationalOrg;
            if !own {
                return self.known(actor);
            }
        }
        // `the man`, `the company`: what was called so before.
        let bare = described.state.is_none() && described.body.is_none() && owner.is_none();
        if described.pointing == Pointing::Definite
            && bare
            && let Some(draft) = self.called(&described.noun, described.head)
        {
            return draft;
        }
        let mut country = self
            .country(described)
            .or_else(|| owner.and_then(|owner| self.drafts.list[owner].actor.country.clone()));
        if country.is_none() && !people {
            country = self.context(described);
        }
        let words = self.words(described, tokens);
        let (kind, sector) = (described.agent.kind, described.agent.sector);
        if people && !described.plural && described.pointing != Pointing::Bare {
            // One person more each time: `a man` here and `a man` there.
            let noun = described.noun.clone();
            return self.drafts.of(Identity::Alone(index), || {
                let mut actor = draft::plain(words.clone(), kind);
                actor.sector = sector;
                actor.country = country.clone();
                actor.why.push(format!("described by the text: {noun}"));
                Draft { actor, used: false, noun }
            });
        }
        self.describe_as(&words, kind, sector, country, &described.noun.clone())
    }

    /// The holder of an office who isn't named: the body itself where the office speaks for it, else a person.
    fn bearer(
        &mut self,
        described: &Described,
        tokens: &Range<TokenIndex>,
        owner: Option<usize>,
        index: usize,
    ) -> usize {
        let person = described.office == Some(Bearer::Person) || described.former;
        if !person || described.plural && described.body.is_some() {
            if let Some(body) = described.body {
                return self.meaning(body);
            }
            if let Some(owner) = owner.filter(|owner| {
                !matches!(
                    self.drafts.kind(*owner),
                    ActorKind::State | ActorKind::Person | ActorKind::PopulationGroup
                )
            }) {
                return owner;
            }
            if described.agent.class == AgentClass::Organ {
                return self.organ(described, tokens, owner);
            }
            if described.agent.class == AgentClass::Body
                && described.agent.organ.is_some()
                && let Some(row) = self.organ_row(described).filter(|_| !described.local)
            {
                return self.known(row);
            }
            if described.agent.class == AgentClass::Group {
                return self.group(described, tokens, owner);
            }
        }
        if described.pointing == Pointing::Definite && described.body.is_none() && described.state.is_none() {
            if let Some(draft) = self.office_holder(&described.noun, described.head) {
                return draft;
            }
            if let Some(draft) = self.called(&described.noun, described.head) {
                return draft;
            }
        }
        let owned = owner.map(|owner| self.drafts.list[owner].actor.clone());
        let country =
            self.country(described).or_else(|| owned.as_ref().and_then(|actor| actor.country.clone()));
        let body_sector = described.known_body().and_then(|actor| self.registry.actor(actor).sector);
        let sector =
            described.agent.sector.or(body_sector).or_else(|| owned.as_ref().and_then(|actor| actor.sector));
        let of_state = matches!(
            sector,
            Some(Sector::Gov | Sector::Mil | Sector::Cop | Sector::Jud | Sector::Leg | Sector::Spy)
        );
        let country = country.or_else(|| self.context(described).filter(|_| of_state && owner.is_none()));
        let sector = sector.or(country.as_ref().map(|_| Sector::Gov));
        let words = self.words(described, tokens);
        let lone = described.agent.kind == ActorKind::Other;
        let kind =
            if (person || lone) && !described.plural { ActorKind::Person } else { described.agent.kind };
        let role = (kind == ActorKind::Person).then(|| words.clone());
        let identity = if described.pointing == Pointing::Indefinite && person {
            Identity::Alone(index)
        } else {
            Identity::Described(format!(
                "office {} {}",
                country.as_deref().unwrap_or(""),
                words.to_lowercase()
            ))
        };
        let noun = described.noun.clone();
        self.drafts.of(identity, || {
            let mut actor = draft::plain(words, kind);
            actor.sector = sector;
            actor.country = country;
            actor.role = role;
            actor.why.push(format!("office without a name: {noun}"));
            Draft { actor, used: false, noun }
        })
    }
}
