//! Actors in the making.

use std::collections::BTreeMap;

use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::reading::Actor;
use watchkeeper_record::{Document, Span};

use super::person::Person;
use crate::registry::{ActorIndex, Registry};

/// What makes two mentions one actor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    /// A row of the registry.
    Known(ActorIndex),
    /// A body that only the text names.
    New(usize),
    /// A named person.
    Person(usize),
    /// What a noun phrase says: sector, country, words.
    Described(String),
    /// This phrase alone.
    Alone(usize),
}

/// An actor in the making.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) actor: Actor,
    /// Whether a phrase denotes it, or it belongs in the reading by itself.
    pub(super) used: bool,
    /// Lower-case base form of the noun that names it, where a noun does.
    pub(super) noun: String,
}

/// The actors of a document in the making.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) list: Vec<Draft>,
    by_identity: BTreeMap<Identity, usize>,
}

impl Drafts {
    /// The draft of an identity, made where there is none.
    pub(super) fn of(&mut self, identity: Identity, make: impl FnOnce() -> Draft) -> usize {
        if let Some(&index) = self.by_identity.get(&identity) {
            return index;
        }
        self.list.push(make());
        self.by_identity.insert(identity, self.list.len() - 1);
        self.list.len() - 1
    }

    pub(super) fn kind(&self, index: usize) -> ActorKind {
        self.list[index].actor.kind
    }

    /// Adds a mention; a name that isn't the actor's own is an alias.
    pub(super) fn mention(&mut self, doc: &Document, index: usize, span: Span, is_name: bool) {
        let actor = &mut self.list[index].actor;
        actor.mentions.push(span);
        if is_name {
            let name = span.of(doc.text()).split_whitespace().collect::<Vec<_>>().join(" ");
            if name != actor.name && !actor.aliases.contains(&name) && actor.aliases.len() < ALIASES_MAX {
                actor.aliases.push(name);
            }
        }
    }

    /// The actors that are used, with the new index of each draft.
    pub(super) fn finish(self) -> (Vec<Actor>, Vec<Option<usize>>) {
        let mut actors = Vec::new();
        let mut order = Vec::with_capacity(self.list.len());
        for mut draft in self.list {
            if !draft.used || draft.actor.mentions.is_empty() {
                order.push(None);
                continue;
            }
            let mentions = &mut draft.actor.mentions;
            mentions.sort_unstable_by_key(|span| (span.start(), std::cmp::Reverse(span.end())));
            mentions.dedup();
            // Of two mentions of which one lies in the other the longer stays.
            let mut end = 0;
            mentions.retain(|span| {
                let outer = span.end() > end;
                end = end.max(span.end());
                outer
            });
            order.push(Some(actors.len()));
            actors.push(draft.actor);
        }
        (actors, order)
    }
}

/// Names of one actor that are kept.
const ALIASES_MAX: usize = 24;

/// An actor with nothing but a name and a kind.
pub(super) fn plain(name: String, kind: ActorKind) -> Actor {
    Actor {
        id: String::new(),
        name,
        kind,
        country: None,
        sector: None,
        registry: None,
        aliases: Vec::new(),
        private: false,
        role: None,
        mentions: Vec::new(),
        why: Vec::new(),
    }
}

/// The draft of a known actor.
pub(super) fn known(registry: &Registry, index: ActorIndex) -> Draft {
    let row = registry.actor(index);
    let mut actor = plain(row.name.clone(), row.kind);
    actor.country.clone_from(&row.country);
    actor.sector = row.sector;
    actor.registry = Some(row.key.clone());
    actor.why.push(format!("registry {}", row.key));
    Draft { actor, used: false, noun: String::new() }
}

/// The draft of a named person.
pub(super) fn person(registry: &Registry, person: &Person, is_author: bool) -> Draft {
    let mut actor = plain(person.name.clone(), ActorKind::Person);
    let public = person.role.as_ref().is_some_and(|role| role.public);
    actor.private = !(public || person.registry.is_some() || is_author);
    if let Some(row) = person.registry.map(|row| registry.actor(row)) {
        actor.country.clone_from(&row.country);
        actor.sector = row.sector;
        actor.registry = Some(row.key.clone());
        actor.why.push(format!("public figure {}", row.key));
    }
    match &person.role {
        Some(role) => {
            actor.role = Some(role.words.clone()).filter(|words| !words.is_empty());
            actor.sector = role.sector.or(actor.sector);
            actor.country = role.country.clone().or(actor.country);
            actor.why.push(format!("office: {}", role.words));
        }
        None if is_author => {
            actor.sector = Some(Sector::Jrn);
            actor.why.push("author".to_owned());
        }
        None if person.registry.is_none() => {
            actor.sector = Some(Sector::Cvl);
            actor.why.push("person without an office in the text".to_owned());
        }
        None => {}
    }
    Draft { actor, used: false, noun: String::new() }
}
