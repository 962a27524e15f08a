//! Which place mention a token belongs to, and which entity: lookups that relations, control and statements share.
//!
//! In: the mentions found so far. Out: indices. A place that nothing has mentioned yet is added at the end of the list.

use std::ops::Range;

use serde::Deserialize;
use watchkeeper_record::Mentions;
use watchkeeper_record::document::{Document, EntityLabel, TokenIndex};
use watchkeeper_record::mention::{PlaceIndex, PlaceKind, PlaceMention, TimeIndex, TimeUnit, TimeValue};

use crate::codebook::Words;
use crate::frame::{self, is_verb, parent};

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

/// Most times of one sentence that are tried.
const TIMES_MAX: usize = 24;
const NONE: u32 = u32::MAX;
/// How sure it is that ground which only a clause about control names is a place.
pub(crate) const GROUND: (f32, &str) = (0.5, "ground that is held or lost");

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

    /// Adds a place mention; a feature word says that it is a place though no gazetteer knows it. With how sure
    /// that is, and why.
    pub(crate) fn add(
        &mut self,
        doc: &Document,
        mentions: &mut Mentions,
        tokens: Range<TokenIndex>,
        feature: Option<String>,
        (score, why): (f32, &str),
    ) -> PlaceIndex {
        let number = mentions.places.len() as u32;
        for index in tokens.clone() {
            self.of_token[index as usize] = number;
        }
        mentions.places.push(PlaceMention {
            kind: PlaceKind::Name,
            score,
            why: format!("recognised: {why}"),
            span: doc.span(tokens.clone()),
            tokens,
            feature,
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

/// The time that the clause of a word tells: one that hangs on the word itself first, then on its verb.
pub(crate) fn time_of(doc: &Document, mentions: &Mentions, site: TokenIndex) -> Option<TimeIndex> {
    let verb = if is_verb(doc, site) { Some(site) } else { frame::governing_verb(doc, site) };
    let sentence = doc.sentences()[doc.sentence_of(site) as usize].tokens.clone();
    let first = mentions.times.partition_point(|time| time.tokens.start < sentence.start);
    // The finest grain wins: `this year on 18 August`.
    let mut best: Option<((bool, u32), TimeIndex)> = None;
    for (offset, time) in mentions.times[first..].iter().enumerate() {
        if time.tokens.start >= sentence.end || offset >= TIMES_MAX {
            break;
        }
        if matches!(time.value, TimeValue::Duration { .. } | TimeValue::Set { .. }) {
            continue;
        }
        let index = TimeIndex::try_from(first + offset).ok()?;
        // Up to the verb that the time belongs to.
        let mut at = time.tokens.end - 1;
        for _ in 0..frame::CLIMB_MAX {
            let Some(head) = parent(doc, at) else { break };
            at = head;
            if head == site {
                break;
            }
            if is_verb(doc, at) {
                break;
            }
        }
        let rank = (at != site, grain(&time.value));
        if (at == site || Some(at) == verb) && best.is_none_or(|(other, _)| rank < other) {
            best = Some((rank, index));
        }
    }
    best.map(|(_, index)| index)
}

/// How coarse a time is: 0 a day or less, 1 a week or month, 2 more, 3 words only.
fn grain(value: &TimeValue) -> u32 {
    match value {
        TimeValue::Calendar { day: Some(_), .. }
        | TimeValue::Weekday { .. }
        | TimeValue::WeekdayOfWeek { .. }
        | TimeValue::Clock { .. } => 0,
        TimeValue::Offset { unit, .. } | TimeValue::Period { unit, .. } => match unit {
            TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day => 0,
            TimeUnit::Week | TimeUnit::Month => 1,
            _ => 2,
        },
        TimeValue::Calendar { month: Some(_), .. } => 1,
        TimeValue::Range { start, end } => start.iter().chain(end).map(|side| grain(side)).max().unwrap_or(2),
        TimeValue::Vague { .. } => 3,
        _ => 2,
    }
}
