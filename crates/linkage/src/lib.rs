//! From mentions to a reading: names become actors, places and times, and events on one happening become incidents.
//!
//! In: an annotated [`Document`], the [`Mentions`] of its passages, the actor registry and the gazetteer (bytes, opened by
//! the caller). Out: a [`Reading`] with ids in text order and every record backed by at least one span.
//! Not here: finding mentions (`extraction`), reading files. Incidents over documents are in [`over`].
//!
//! Order of work: actors → times → places (which use the actors' countries) → the assembled records → events without a place of
//! their own get one → incidents. `produced_by` is left for the caller, which knows the program's version and weights.

#![warn(clippy::disallowed_methods)]

pub mod actor;
mod assemble;
mod attach;
mod beside;
pub mod fold;
pub mod gazetteer;
mod incident;
mod mask;
pub mod merge;
pub mod over;
pub mod place;
pub mod registry;
pub mod time;

pub use gazetteer::Gazetteer;
pub use registry::Registry;

use watchkeeper_record::reading::{DocumentHead, Masked, ProducedBy, PublishedRange, SCHEMA};
use watchkeeper_record::{Document, Mentions, Reading};

/// What names are looked up in. Opened once, used for every document, from any thread.
#[derive(Debug)]
pub struct Resources {
    /// Places.
    pub gazetteer: Gazetteer,
    /// The model that ranks places of one name.
    pub ranker: place::Ranker,
    /// Armed groups, states, offices and other actors.
    pub registry: Registry,
}

/// What changes a reading beside the resources.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkOptions {
    /// A place whose best candidate scores below this falls back to its first-order unit or country, 0..=1.
    pub place_score_min: f64,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self { place_score_min: 0.35 }
    }
}

/// Makes the reading of one document. The time it takes grows with the length of the text.
#[must_use]
pub fn link(doc: &Document, mentions: Mentions, resources: &Resources, options: &LinkOptions) -> Reading {
    let mut actors = actor::link_actors(doc, &mentions, &resources.registry);
    actor::complete(doc, &mut actors.actors, &resources.registry);
    let times = time::link_times(doc, &mentions);
    let places =
        place::link_places(doc, &mentions, &actors, &resources.gazetteer, &resources.ranker, options);
    let mut reading = Reading {
        schema: SCHEMA.to_owned(),
        produced_by: ProducedBy {
            version: String::new(),
            weights: Vec::new(),
            options: std::collections::BTreeMap::new(),
        },
        document: head(doc),
        actors: Vec::new(),
        places: Vec::new(),
        times: Vec::new(),
        events: Vec::new(),
        relations: Vec::new(),
        control: Vec::new(),
        statements: Vec::new(),
        incidents: Vec::new(),
        diagnostics: doc.article().diagnostics.clone(),
    };
    reading.diagnostics.extend(mentions.diagnostics.iter().cloned());
    let mut traces = assemble::assemble(doc, &mentions, actors, places, times, &mut reading);
    attach::attach(doc, &mentions, &mut traces, &mut reading);
    reading.incidents = incident::incidents(doc, &mentions, &traces, &reading);
    incident::learned::complete(doc, &mentions, &traces, &mut reading);
    reading
}

/// The document's own description.
fn head(doc: &Document) -> DocumentHead {
    let article = doc.article();
    DocumentHead {
        id: article.id.clone(),
        origin: article.origin.clone(),
        outlet: article.outlet.clone(),
        title: article.title.clone(),
        byline: article.byline.iter().map(|author| author.name.clone()).collect(),
        published: article.published.map(|published| PublishedRange {
            start: published.start.to_string(),
            end: published.end.to_string(),
            basis: published.basis,
        }),
        language: article.language.clone(),
        text: article.text.clone(),
        masked: article
            .masked
            .iter()
            .map(|mask| Masked { span: mask.span, kind: mask.kind, why: mask.why.clone() })
            .collect(),
    }
}
