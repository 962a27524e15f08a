//! Which place mention a token belongs to, and which entity: lookups that relations, control and statements share.
//!
//! In: the mentions found so far. Out: indices. A place that nothing has mentioned yet is added at the end of the list.

use std::ops::Range;

use serde::Deserialize;
use watchkeeper_record::Mentions;
use watchkeeper_record::document::{Document, EntityLabel, TokenIndex};
use watchkeeper_record::mention::{PlaceIndex, PlaceMention};

use crate::codebook::Words;

/// Nouns for actors and ground; see `data/lexicon/en/ground.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    /// Persons and bodies that speak or act.
    pub(crate) actors: Words,
    /// Those who can hold ground.
    pub(crate) holders: Words,
    /// Ground that can be held.
    pub(crate) places: Words,
}

const NONE: u32 = u32::MAX;

/// Place mention of each token.
#[derive(Debug)]
pub(crate) struct PlaceMap {
    of_token: Vec<u32>,
}

impl PlaceMap {
    /// Indexes the places found so far. Cost: linear.
    pub(crate) fn new(doc: &Document, mentions: &Mentions) -> Self {
        let mut of_token = vec![NONE; doc.tokens().len()];
        for (number, place) in mentions.places.iter().enumerate() {
            for index in place.tokens.clone() {
                of_token[index as usize] = number as u32;
            }
        }
        Self { of_token }
    }

    /// The place mention that holds a token.
    pub(crate) fn at(&self, index: TokenIndex) -> Option<PlaceIndex> {
        let place = self.of_token[index as usize];
        (place != NONE).then_some(place)
    }

    /// Adds a place mention.
    pub(crate) fn add(
        &mut self,
        doc: &Document,
        mentions: &mut Mentions,
        tokens: Range<TokenIndex>,
    ) -> PlaceIndex {
        let number = mentions.places.len() as u32;
        for index in tokens.clone() {
            self.of_token[index as usize] = number;
        }
        mentions.places.push(PlaceMention {
            span: doc.span(tokens.clone()),
            tokens,
            feature: None,
            within: None,
            offset: None,
        });
        number
    }
}

/// The label of the entity that holds a token. Cost: logarithmic.
pub(crate) fn entity_label(doc: &Document, index: TokenIndex) -> Option<EntityLabel> {
    entity(doc, index).map(|(label, _)| label)
}

/// Label and tokens of the entity that holds a token. Cost: logarithmic.
pub(crate) fn entity(doc: &Document, index: TokenIndex) -> Option<(EntityLabel, Range<TokenIndex>)> {
    let entities = doc.entities();
    let at = entities.partition_point(|entity| entity.tokens.end <= index);
    let entity = entities.get(at).filter(|entity| entity.tokens.contains(&index))?;
    Some((entity.label, entity.tokens.clone()))
}
