//! Task `re3d`: entities and relations of documents on Syria and Iraq, in the benchmark's own types.
//!
//! In: a document's things, ties and mentions. Out: `{id, entities: [{start, end, type}], relations: [{type, source, target}]}` in code
//! points. The mapping of our kinds to the benchmark's is here and nowhere else. The figures are those of `score_re3d.py`, which they
//! must equal.

mod score;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use watchkeeper_record::Document;
use watchkeeper_record::mention::{Thing, ThingKind, Tie, TieKind};
use watchkeeper_record::span::CodePoints;

pub(crate) use score::score;

/// Makes the prediction for one document.
#[must_use]
pub(crate) fn predict(id: &str, doc: &Document, things: &[Thing], ties: &[Tie]) -> Value {
    let points = CodePoints::new(doc.text());
    let mut entities = Vec::new();
    let mut seen = BTreeSet::new();
    for thing in things {
        let span = doc.span(thing.tokens.clone());
        let (start, end) = (points.at(span.start()), points.at(span.end()));
        let kind = entity_type(thing.kind);
        if seen.insert((start, end, kind)) {
            entities.push(json!({"start": start, "end": end, "type": kind, "why": thing.why}));
        }
    }
    let span = |thing: usize| {
        let span = doc.span(things[thing].tokens.clone());
        (points.at(span.start()), points.at(span.end()))
    };
    let mut relations = Vec::new();
    let mut seen = BTreeSet::new();
    for tie in ties {
        let (from, to, kind) = (span(tie.from), span(tie.to), relation_type(tie.kind));
        if from != to && seen.insert((kind, from, to)) {
            relations.push(json!({
                "type": kind, "source": [from.0, from.1], "target": [to.0, to.1], "why": tie.why,
            }));
        }
    }
    json!({"id": id, "entities": entities, "relations": relations})
}

/// The benchmark's type for a thing.
fn entity_type(kind: ThingKind) -> &'static str {
    match kind {
        ThingKind::Person => "Person",
        ThingKind::People | ThingKind::Body => "Organisation",
        ThingKind::Place => "Location",
        ThingKind::Nationality => "Nationality",
        ThingKind::Weapon => "Weapon",
        ThingKind::Platform => "MilitaryPlatform",
        ThingKind::Vehicle => "Vehicle",
        ThingKind::Document => "DocumentReference",
        ThingKind::Money => "Money",
        ThingKind::Quantity => "Quantity",
        ThingKind::Frequency => "Frequency",
        ThingKind::Url => "Url",
        ThingKind::Contact => "CommsIdentifier",
        ThingKind::Time => "Temporal",
    }
}

/// The benchmark's type for a tie.
fn relation_type(kind: TieKind) -> &'static str {
    match kind {
        TieKind::At => "CoLocated",
        TieKind::Apart => "Apart",
        TieKind::PartOf => "BelongsTo",
        TieKind::Commands => "InChargeOf",
        TieKind::Counts => "HasAttrOf",
        TieKind::Same => "IsSynonymOf",
        TieKind::Fights => "FightingAgainst",
        TieKind::Helps => "AlliesOf",
        TieKind::Addresses => "CommWith",
        TieKind::Likes => "Likes",
        TieKind::Dislikes => "Dislikes",
    }
}
