//! Phrases → actors.
//!
//! In: the phrases that fill a role of some mention, and the names of the whole document. Out: one [`Actor`] for each body,
//! person or group of people, with every name, noun and pronoun that denotes it, and the actor of each phrase.
//! Not here: what phrases there are (`extraction`).
//!
//! Order of work: `names` finds names and settles what each stands for by what else the text names; `person` joins the
//! mentions of persons and reads their offices; `coref` goes through names and phrases in text order and links nouns and
//! pronouns back. A phrase that can't be told stays without an actor or gets one of its own: nothing is forced onto a known one.

mod antecedent;
mod body;
mod complete;
mod coref;
mod draft;
mod names;
mod noun;
mod person;
mod phrase;
mod resolve;
mod unnamed;

use watchkeeper_record::codebook::ActorKind;
use watchkeeper_record::document::EntityLabel;
use watchkeeper_record::mention::{KnownName, NameBearer};
use watchkeeper_record::reading::Actor;
use watchkeeper_record::{Document, Mentions};

pub(crate) use complete::complete;
pub use resolve::{Asked, Resolved, resolve};

use crate::registry::Registry;
use crate::registry::{Piece, pieces_of};
use names::Meaning;

/// The actors of a document and which phrase denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActorLinks {
    /// Actors; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub actors: Vec<Actor>,
    /// For each phrase of [`Mentions::phrases`] the index of its actor in `actors`.
    pub of_phrase: Vec<Option<usize>>,
    /// ISO 3166-1 alpha-3 of the outlet's country, where the registry knows the outlet or its name holds a state or a people.
    pub outlet_country: Option<String>,
}

/// Links every phrase of a document to an actor, where the text tells which.
#[must_use]
pub fn link_actors(doc: &Document, mentions: &Mentions, registry: &Registry) -> ActorLinks {
    let names = names::find(doc, registry);
    let persons = person::find(doc, registry, &names, &mentions.places);
    let links = coref::Linker::new(doc, mentions, registry, &names, &persons).link();
    ActorLinks { outlet_country: outlet_country(doc, registry), ..links }
}

/// What the registry and the text say of each name in a document, in text order: for who wants names and not yet actors.
#[must_use]
pub fn known_names(doc: &Document, mentions: &Mentions, registry: &Registry) -> Vec<KnownName> {
    let names = names::find(doc, registry);
    let persons = person::find(doc, registry, &names, &mentions.places);
    let mut known: Vec<KnownName> = Vec::new();
    for person in &persons.list {
        let sure = person.registry.is_some();
        known.extend(person.mentions.iter().map(|tokens| KnownName {
            tokens: tokens.clone(),
            bearer: NameBearer::Person,
            sure,
        }));
    }
    for name in &names.list {
        let (bearer, sure) = match name.meaning {
            Meaning::Actor(actor) => match registry.actor(actor).kind {
                ActorKind::Person => (NameBearer::Person, true),
                ActorKind::State => (NameBearer::State, true),
                ActorKind::PopulationGroup => (NameBearer::People, true),
                _ => (NameBearer::Body, true),
            },
            Meaning::State(_) => (NameBearer::State, true),
            Meaning::People(_) => (NameBearer::People, true),
            Meaning::Seat(_) | Meaning::Region(_) => (NameBearer::Place, false),
            Meaning::New(index) if names.new_bodies[index].label == EntityLabel::Norp => {
                (NameBearer::People, false)
            }
            Meaning::New(_) => (NameBearer::Body, false),
        };
        known.push(KnownName { tokens: name.tokens.clone(), bearer, sure });
    }
    known.sort_by_key(|name| (name.tokens.start, std::cmp::Reverse(name.tokens.end), name.bearer));
    known
}

/// The country of the outlet that printed a document.
fn outlet_country(doc: &Document, registry: &Registry) -> Option<String> {
    let outlet = doc.article().outlet.as_deref()?;
    let pieces: Vec<Piece<'_>> =
        (0..).zip(pieces_of(outlet)).map(|(token, (folded, case))| Piece { folded, case, token }).collect();
    let hits = registry.find(&pieces);
    let media = hits.iter().flat_map(|hit| &hit.actors).map(|&(actor, _)| registry.actor(actor));
    let state = hits
        .iter()
        .flat_map(|hit| hit.people.iter().copied().chain(hit.states.iter().map(|&(state, _)| state)))
        .map(|state| registry.states()[state as usize].iso3.clone());
    media
        .filter(|actor| actor.kind == ActorKind::Media)
        .find_map(|actor| actor.country.clone())
        .or_else(|| state.take(1).next())
}

#[cfg(test)]
mod tests;
