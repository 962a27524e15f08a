//! Incidents in the benchmark's words: templates for scoring and lines of predictions.

use serde_json::{Value, json};
use watchkeeper_extraction::incident::reader::ToldIncident;
use watchkeeper_extraction::incident::strings::{plain, source};
use watchkeeper_record::Document;

use super::score::{Answer, KIND_KEYS, ROLE_KEYS, Template};

/// Incidents as the benchmark's templates.
pub(crate) fn answer(doc: &Document, told: &[ToldIncident]) -> Answer {
    Answer::of(
        told.iter()
            .map(|incident| {
                let mut template =
                    Template { kind: KIND_KEYS[incident.kind.index()].to_owned(), ..Template::default() };
                for filler in &incident.fillers {
                    template.roles[filler.role.index()].push(vec![plain(source(doc, filler.tokens.clone()))]);
                }
                template
            })
            .collect(),
    )
}

/// Incidents as the benchmark's prediction line.
pub(crate) fn line(id: &str, doc: &Document, told: &[ToldIncident]) -> Value {
    let templates: Vec<Value> = told
        .iter()
        .map(|incident| {
            let mut template = json!({"incident_type": KIND_KEYS[incident.kind.index()]});
            for (role, key) in ROLE_KEYS.iter().enumerate() {
                let entities: Vec<Value> = incident
                    .fillers
                    .iter()
                    .filter(|filler| filler.role.index() == role)
                    .map(|filler| {
                        let words = source(doc, filler.tokens.clone());
                        json!([words.split_whitespace().collect::<Vec<_>>().join(" ")])
                    })
                    .collect();
                template[*key] = Value::Array(entities);
            }
            template
        })
        .collect();
    json!({"id": id, "templates": templates})
}
