//! Phrases → actors.

use std::collections::BTreeMap;

use watchkeeper_record::codebook::ActorKind;
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

/// Links every phrase of a document to an actor.
#[must_use]
pub fn link_actors(doc: &Document, mentions: &Mentions, _registry: &Registry) -> ActorLinks {
    let mut links = ActorLinks::default();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for phrase in &mentions.phrases {
        let span = doc.span(phrase.tokens.clone());
        let name = span.of(doc.text()).split_whitespace().collect::<Vec<_>>().join(" ");
        let index = *known.entry(name.to_lowercase()).or_insert_with(|| {
            links.actors.push(Actor {
                id: String::new(),
                name,
                kind: ActorKind::Other,
                country: None,
                sector: None,
                registry: None,
                aliases: Vec::new(),
                private: false,
                role: None,
                mentions: Vec::new(),
                why: vec!["named by its words".to_owned()],
            });
            links.actors.len() - 1
        });
        links.actors[index].mentions.push(span);
        links.of_phrase.push(Some(index));
    }
    links
}
