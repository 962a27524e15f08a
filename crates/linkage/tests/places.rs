//! From passages to places and incidents on the shipped gazetteer: text in, record out.

use serde::Deserialize;
use watchkeeper_extraction::{Codebook, extract};
use watchkeeper_linkage::place::Ranker;
use watchkeeper_linkage::{Gazetteer, LinkOptions, Registry, Resources, link};
use watchkeeper_record::codebook::Precision;
use watchkeeper_record::document::{Document, Entity, Sentence, Token};
use watchkeeper_record::{Article, Reading};

/// Own passages, annotated (testdata/linkage/README.md).
const DOCUMENTS: &str = include_str!("../../../testdata/linkage/documents.jsonl");
const GAZETTEER: &[u8] = include_bytes!("../../../data/gazetteer/places.wkg");

const WEIGHTS: &[u8] = include_bytes!("../../../weights/places-recognise.wkw");

#[derive(Deserialize)]
struct Annotated {
    id: String,
    article: Article,
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    entities: Vec<Entity>,
}

fn gazetteer() -> Gazetteer {
    Gazetteer::open(GAZETTEER).expect("the shipped gazetteer opens")
}

fn readings() -> Vec<(String, Reading)> {
    let ranker = Ranker::from_weights(include_bytes!("../../../weights/places-en.wkw"))
        .expect("the shipped model is sound");
    let resources = Resources { gazetteer: gazetteer(), ranker, registry: Registry::default() };
    let codebook = Codebook::english()
        .and_then(|codebook| codebook.with_place_weights(WEIGHTS))
        .expect("the shipped codebook and weights are well-formed");
    DOCUMENTS
        .lines()
        .map(|line| {
            let one: Annotated = serde_json::from_str(line).expect("a document");
            let doc = Document::new(one.article, one.tokens, one.sentences, one.entities);
            let mentions = extract(&doc, &codebook, &resources.gazetteer);
            (one.id, link(&doc, mentions, &resources, &LinkOptions::default()))
        })
        .collect()
}

fn reading(id: &str) -> Reading {
    readings().into_iter().find(|(known, _)| known == id).expect("a document of that name").1
}

/// Document, name, precision, country, latitude and longitude to a degree; no point where none is known.
#[test]
fn places_are_put_where_the_text_means() {
    let expected = [
        ("ambush", "Ansongo", Precision::Near, Some("MLI"), Some((15.7, 0.5))),
        ("ambush", "Gao", Precision::Admin1, Some("MLI"), Some((16.0, 0.0))),
        ("ambush", "Bamako", Precision::Exact, Some("MLI"), Some((12.6, -8.0))),
        ("ambush", "Niger", Precision::Country, Some("NER"), Some((16.0, 8.0))),
        ("villages", "Dalori", Precision::Exact, Some("NGA"), Some((11.8, 13.2))),
        ("villages", "Borno", Precision::Admin1, Some("NGA"), Some((11.9, 13.1))),
        ("villages", "Bama", Precision::Exact, Some("NGA"), Some((11.5, 13.7))),
        ("georgia", "Georgia", Precision::Country, Some("GEO"), Some((42.0, 43.5))),
        ("georgia", "Gori", Precision::Exact, Some("GEO"), Some((42.0, 44.1))),
        ("respelled", "Deir al-Zour", Precision::Near, Some("SYR"), Some((35.3, 40.1))),
        ("respelled", "Al-Raqqah", Precision::Admin1, Some("SYR"), Some((36.0, 38.9))),
        ("unknown", "Zzyrvanto", Precision::Region, None, None),
    ];
    let readings = readings();
    let mut wrong = Vec::new();
    for (id, name, precision, country, point) in expected {
        let reading = &readings.iter().find(|(known, _)| known == id).expect("a document").1;
        let Some(place) = reading.places.iter().find(|place| place.name == name) else {
            wrong.push(format!("{id}: no place {name}"));
            continue;
        };
        let near = match (point, place.lat.zip(place.lon)) {
            (Some(a), Some(b)) => (a.0 - b.0).abs() < 1.5 && (a.1 - b.1).abs() < 1.5,
            (None, None) => true,
            _ => false,
        };
        if place.precision != precision || place.country.as_deref() != country || !near {
            wrong.push(format!(
                "{id}: {name} is {:?} {:?} {:?}, {:?}",
                place.precision, place.country, place.lat, place.lon
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_place_in_a_groups_name_is_no_place() {
    let reading = reading("group-name");
    let names: Vec<&str> = reading.places.iter().map(|place| place.name.as_str()).collect();
    assert!(!names.contains(&"Greater Sahara") && !names.contains(&"Sahara"), "{names:?}");
    let mali = reading.places.iter().find(|place| place.name == "Mali").expect("Mali");
    assert_eq!(mali.mentions.len(), 1, "not the front that bears its name");
}

#[test]
fn different_days_and_places_are_different_incidents() {
    let reading = reading("two-days");
    let incidents: Vec<Vec<&str>> = reading
        .incidents
        .iter()
        .map(|incident| {
            incident
                .events
                .iter()
                .map(|id| reading.events.iter().find(|event| event.id == *id).expect("an event"))
                .filter_map(|event| event.place.as_ref())
                .filter_map(|id| reading.places.iter().find(|place| place.id == *id))
                .map(|place| place.name.as_str())
                .collect()
        })
        .collect();
    assert!(
        !incidents.iter().any(|places| places.contains(&"Kandahar") && places.contains(&"Herat")),
        "{incidents:?}"
    );
    assert_eq!(incidents.len(), 2, "{incidents:?}");
}

#[test]
fn one_happening_told_thrice_is_one_incident() {
    let reading = reading("claim");
    assert_eq!(reading.incidents.len(), 1, "{:#?}", reading.incidents);
    let incident = &reading.incidents[0];
    assert_eq!(incident.toll.killed.as_ref().and_then(|count| count.low), Some(8));
    let place = reading.places.iter().find(|place| Some(&place.id) == incident.place.as_ref());
    assert_eq!(place.map(|place| place.name.as_str()), Some("Mogadishu"));
}

#[test]
fn what_did_not_happen_makes_no_incident() {
    assert!(reading("plans").incidents.is_empty());
}

#[test]
fn records_hold_together() {
    for (id, reading) in readings() {
        let length = reading.document.text.len();
        let has = |list: &[String], known: &dyn Fn(&str) -> bool| list.iter().all(|id| known(id));
        let actor = |id: &str| reading.actors.iter().any(|actor| actor.id == id);
        let place = |id: &str| reading.places.iter().any(|place| place.id == id);
        let time = |id: &str| reading.times.iter().any(|time| time.id == id);
        for event in &reading.events {
            assert!(has(&event.actors, &actor) && has(&event.recipients, &actor), "{id}");
            assert!(
                event.place.as_deref().is_none_or(place) && event.time.as_deref().is_none_or(time),
                "{id}"
            );
            assert!(!event.evidence.is_empty() && !event.why.is_empty(), "{id}");
        }
        for incident in &reading.incidents {
            assert!(
                incident.events.iter().all(|id| reading.events.iter().any(|event| event.id == *id)),
                "{id}"
            );
            assert!(incident.place.as_deref().is_none_or(place) && incident.time.as_deref().is_none_or(time));
            assert!(!incident.evidence.is_empty() && !incident.why.is_empty(), "{id}");
        }
        for place in &reading.places {
            assert!(
                !place.mentions.is_empty() && !place.why.is_empty() && place.candidates.len() <= 5,
                "{id}"
            );
            assert!((0.0..=1.0).contains(&place.score), "{id}: {}", place.score);
            for mention in &place.mentions {
                assert!(mention.end() <= length && reading.document.text.is_char_boundary(mention.start()));
            }
        }
        // Every span lies on character boundaries: quoting panics else.
        let _ = reading.quoted();
    }
}

#[test]
fn the_same_bytes_give_the_same_reading() {
    assert_eq!(readings(), readings());
}

#[test]
fn a_damaged_gazetteer_is_refused_or_finds_nothing() {
    assert!(Gazetteer::open(&b"WKGAZ"[..]).is_err());
    assert!(Gazetteer::open(&GAZETTEER[..200]).is_err());
    let mut bytes = GAZETTEER[..4096].to_vec();
    bytes[5] = 9;
    assert!(Gazetteer::open(bytes).is_err());
    assert!(Gazetteer::empty().find("Mali").is_empty());
    let gazetteer = gazetteer();
    assert!(gazetteer.len() > 500_000);
    for name in ["", "’", "\u{0}", "🦀", "a", &"x".repeat(100_000)] {
        let _ = gazetteer.find(name);
    }
}
