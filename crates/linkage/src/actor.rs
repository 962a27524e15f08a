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
mod coref;
mod draft;
mod names;
mod noun;
mod person;
mod phrase;
mod unnamed;

use watchkeeper_record::reading::Actor;
use watchkeeper_record::{Document, Mentions};

use crate::registry::Registry;

/// The actors of a document and which phrase denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActorLinks {
    /// Actors; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub actors: Vec<Actor>,
    /// For each phrase of [`Mentions::phrases`] the index of its actor in `actors`.
    pub of_phrase: Vec<Option<usize>>,
}

/// Links every phrase of a document to an actor, where the text tells which.
#[must_use]
pub fn link_actors(doc: &Document, mentions: &Mentions, registry: &Registry) -> ActorLinks {
    let names = names::find(doc, registry);
    let persons = person::find(doc, registry, &names, &mentions.places);
    coref::Linker::new(doc, mentions, registry, &names, &persons).link()
}

#[cfg(test)]
mod tests;
