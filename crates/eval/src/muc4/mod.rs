//! Task `muc4`: incidents with their roles, against the templates of the MUC-4 key.
//!
//! In: the benchmark's documents. Out: predictions, figures, and the weights of `watchkeeper_extraction::incident`. The mapping of the
//! product's roles and kinds to the benchmark's names lives here only.

pub(crate) mod docs;
pub(crate) mod linear;
pub(crate) mod score;
pub(crate) mod stages;
pub(crate) mod train;

use serde_json::{Value, json};
use watchkeeper_extraction::incident::reader::ToldIncident;
use watchkeeper_extraction::incident::strings::{plain, source};
use watchkeeper_record::Document;

use score::{Answer, KIND_KEYS, ROLE_KEYS, Template};

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
