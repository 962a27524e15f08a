//! Perpetrators for events that tell none: what the reader's learned scores are used for in a reading.
//!
//! In: a document with its mentions, and the reader. Out: fillers beside the mentions; `linkage` decides which incident they belong to.
//! The weights learned from one region and time, so they only fill what the clauses of a violent event leave open.

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::Phrase;
use watchkeeper_record::roles::{Role, RoleFiller, TokenRoles};
use watchkeeper_record::{Document, Mentions};

use super::reader::{Filler, Reader};

/// Most tokens of a document that is read so: the reader compares wordings in pairs, and learned from reports of a page or two.
const TOKENS_MAX: usize = 12_000;
/// Least probability of a part.
const SCORE_MIN: f32 = 0.6;

/// Adds perpetrators where an event that happened names none.
pub(crate) fn run(
    doc: &Document,
    reader: &Reader,
    name: &str,
    roles: impl FnOnce() -> Option<TokenRoles>,
    mentions: &mut Mentions,
) {
    let open = mentions.events.iter().any(|event| {
        event.incident_type.is_some()
            && event.actors.is_empty()
            && matches!(event.realis, Realis::Actual | Realis::Foiled)
    });
    if !open || doc.tokens().len() > TOKENS_MAX {
        return;
    }
    let mut fillers = Vec::new();
    for incident in reader.read(doc, roles().as_ref()) {
        for filler in &incident.fillers {
            let perpetrator =
                matches!(filler.role, Role::PerpetratorIndividual | Role::PerpetratorOrganisation);
            if !perpetrator || filler.score < SCORE_MIN {
                continue;
            }
            let Some(head) = head(doc, filler) else { continue };
            let phrase = mentions.phrase(Phrase { tokens: filler.tokens.clone(), head });
            let why = format!("{name} {:.2}: {}", filler.score, reasons(filler));
            fillers.push(RoleFiller {
                role: filler.role,
                kind: incident.kind,
                phrase,
                score: filler.score,
                why,
            });
        }
    }
    fillers.sort_by_key(|filler| mentions.phrases[filler.phrase as usize].head);
    fillers.dedup_by(|a, b| a.phrase == b.phrase && a.kind == b.kind);
    mentions.fillers = fillers;
}

/// The token of a filler whose governor lies outside it, if it is a noun or a name.
fn head(doc: &Document, filler: &Filler) -> Option<TokenIndex> {
    let tokens = filler.tokens.clone();
    tokens.clone().find(|&at| {
        let tok = doc.token(at);
        let outside = tok.dep == Dep::Root || !tokens.contains(&tok.head);
        outside && matches!(tok.pos, Pos::Noun | Pos::Propn)
    })
}

/// The strongest features, as `name +weight`.
fn reasons(filler: &Filler) -> String {
    let parts: Vec<String> =
        filler.why.iter().map(|(feature, added)| format!("{feature} {added:+.2}")).collect();
    if parts.is_empty() { "nothing stands out".to_owned() } else { parts.join(", ") }
}
