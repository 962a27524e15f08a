//! The published schema is generated from the types: `docs/reading.schema.json` must be what they say.
//!
//! After an intended change run `UPDATE_SCHEMA=1 cargo test -p watchkeeper-record --test schema` and read the difference.

use watchkeeper_record::reading::{DocumentHead, Event, Masked, ProducedBy, SCHEMA, Toll};
use watchkeeper_record::span::Quote;
use watchkeeper_record::{Reading, Span, check};

#[test]
fn the_schema_file_is_what_the_types_say() {
    let schema = schemars::schema_for!(Reading<Quote>);
    let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reading.schema.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &generated).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == generated,
        "docs/reading.schema.json is not what the types say; see the head of this file"
    );
}

fn reading(text: &str) -> Reading {
    Reading {
        schema: SCHEMA.to_owned(),
        produced_by: ProducedBy {
            version: "0".to_owned(),
            weights: Vec::new(),
            options: std::collections::BTreeMap::new(),
        },
        document: DocumentHead {
            id: String::new(),
            origin: None,
            outlet: None,
            title: None,
            byline: Vec::new(),
            published: None,
            language: "en".to_owned(),
            text: text.to_owned(),
            masked: Vec::new(),
        },
        actors: Vec::new(),
        places: Vec::new(),
        times: Vec::new(),
        events: Vec::new(),
        relations: Vec::new(),
        control: Vec::new(),
        statements: Vec::new(),
        incidents: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn event(trigger: Span) -> Event {
    Event {
        id: "e1".to_owned(),
        category: watchkeeper_record::codebook::Category::Assault,
        mode: None,
        contexts: Vec::new(),
        incident_type: None,
        trigger,
        actors: Vec::new(),
        recipients: Vec::new(),
        place: None,
        time: None,
        weapons: Vec::new(),
        targets: Vec::new(),
        toll: Toll::default(),
        realis: watchkeeper_record::codebook::Realis::Actual,
        background: false,
        asserted_by: None,
        score: 0.5,
        why: Vec::new(),
        evidence: vec![trigger],
    }
}

#[test]
fn a_reading_round_trips_and_breaches_are_found() {
    let mut good = reading("Müller’s guards shot two men.");
    good.events.push(event(Span::new(19, 23)));
    let published = good.quoted();
    assert_eq!(published.events[0].trigger.quote, "shot");
    assert_eq!(published.events[0].trigger.start, 16);
    assert_eq!(check::breaches(&published), Vec::<String>::new());
    let line = serde_json::to_string(&published).expect("a reading is JSON");
    assert_eq!(serde_json::from_str::<Reading<Quote>>(&line).expect("it reads back"), published);

    let mut moved = published.clone();
    moved.events[0].trigger.start += 1;
    assert_eq!(check::breaches(&moved).len(), 1);

    let mut dangling = published.clone();
    dangling.events[0].actors.push("a7".to_owned());
    dangling.events[0].evidence.clear();
    assert_eq!(check::breaches(&dangling).len(), 2);

    let mut masked = published;
    let trigger = masked.events[0].trigger.clone();
    masked.document.masked.push(Masked {
        span: trigger,
        kind: watchkeeper_record::codebook::MaskKind::Widget,
        why: String::new(),
    });
    assert_eq!(check::breaches(&masked).len(), 2, "trigger and evidence touch the mask");
}
