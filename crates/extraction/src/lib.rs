//! From annotated text to what its passages say: events, relations, control, statements, places and times.
//!
//! In: a [`Document`] (tokens, dependencies, entities) and the [`Codebook`]. Out: [`Mentions`], still in words: no actor,
//! place or day is resolved here (that is `linkage`). Rules go by dependency frames; their words and codes are data.
//!
//! Order: times and places first (events attach them), then events, relations and control, then statements, and last
//! which statement carries which of the others.

#![warn(clippy::disallowed_methods)]

mod argument;
mod attachment;
pub mod attribution;
mod claim;
mod codebook;
mod coding;
mod control;
mod domain;
mod event;
mod frame;
mod ground;
mod history;
mod implied;
pub mod incident;
mod irrealis;
mod join;
mod locality;
mod modality;
mod place;
mod quantity;
mod realis;
mod relation;
mod statement;
mod thing;
mod tie;
mod timex;
mod toll;

pub use codebook::{Codebook, CodebookError, PLACE_WEIGHTS};
pub use place::{PLACE_FEATURES, PlaceCandidate, place_candidates, place_mentions};
pub use thing::things;
pub use tie::ties;

use watchkeeper_record::names::PlaceNames;
use watchkeeper_record::roles::TokenRoles;
use watchkeeper_record::{Document, Mentions};

/// Reads one document. Cost: linear in its length, about 10 µs a word. Never fails: poor text gives fewer mentions.
#[must_use]
pub fn extract(doc: &Document, codebook: &Codebook, names: &dyn PlaceNames) -> Mentions {
    let mut mentions = Mentions::default();
    timex::run(doc, codebook, &mut mentions);
    place::run(doc, codebook, names, &mut mentions);
    event::run(doc, codebook, &mut mentions);
    locality::run(doc, &mut mentions);
    relation::run(doc, codebook, &mut mentions);
    control::run(doc, codebook, names, &mut mentions);
    statement::run(doc, codebook, &mut mentions);
    statement::attach(doc, &mut mentions);
    mentions
}

/// Fills perpetrators that the clauses of violent events leave open, by learned scores and, where an encoder has read the document, by
/// what it says. After [`extract`]; without weights in the codebook nothing is filled. `roles` is only asked where something is open.
pub fn fill_perpetrators(
    doc: &Document,
    codebook: &Codebook,
    roles: impl FnOnce() -> Option<TokenRoles>,
    mentions: &mut Mentions,
) {
    if let Some((name, reader)) = &codebook.incidents {
        incident::fill::run(doc, reader, name, roles, mentions);
    }
}
