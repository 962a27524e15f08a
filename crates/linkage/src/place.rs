//! Place mentions → places.

use std::collections::BTreeMap;

use watchkeeper_record::codebook::Precision;
use watchkeeper_record::reading::Place;
use watchkeeper_record::{Document, Mentions};

use crate::LinkOptions;
use crate::actor::ActorLinks;
use crate::gazetteer::Gazetteer;

/// The places of a document and which mention denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaceLinks {
    /// Places; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub places: Vec<Place>,
    /// For each mention of [`Mentions::places`] the index of its place in `places`; `None` where it is no place after all.
    pub of_mention: Vec<Option<usize>>,
}

/// Puts every place mention of a document on the map.
#[must_use]
pub fn link_places(
    doc: &Document,
    mentions: &Mentions,
    _actors: &ActorLinks,
    _gazetteer: &Gazetteer,
    _options: &LinkOptions,
) -> PlaceLinks {
    let mut links = PlaceLinks::default();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for mention in &mentions.places {
        let name = mention.span.of(doc.text()).split_whitespace().collect::<Vec<_>>().join(" ");
        let index = *known.entry(name.to_lowercase()).or_insert_with(|| {
            links.places.push(Place {
                id: String::new(),
                name,
                geonames: None,
                wof: None,
                lat: None,
                lon: None,
                country: None,
                admin1: None,
                precision: Precision::Region,
                radius_km: None,
                score: 0.5,
                candidates: Vec::new(),
                mentions: Vec::new(),
                why: vec!["not looked up".to_owned()],
            });
            links.places.len() - 1
        });
        links.places[index].mentions.push(mention.span);
        links.of_mention.push(Some(index));
    }
    links
}
