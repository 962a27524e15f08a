//! Perpetrators that learned weights find where the events of an incident name none.
//!
//! In: an incident, the events that tell it, and the fillers of [`Mentions`]. Out: the incident with perpetrators whose `claim` stays
//! unknown and a reason that names the weights, the score and what spoke for it. Never a perpetrator beside one that the text's own
//! clauses tell, never one of the victims, never one far from the telling.

use watchkeeper_record::codebook::{ActorKind, Claim, IncidentType, PerpetratorKind};
use watchkeeper_record::reading::{Event, Incident, Perpetrator};
use watchkeeper_record::roles::{IncidentKind, Role};
use watchkeeper_record::{Document, Mentions, Reading};

use crate::assemble::Traces;
use crate::mask;

/// How many sentences from the nearest telling a perpetrator may stand.
const SENTENCES_MAX: u32 = 2;

/// Whether the weights' kind of incident may be ours.
fn fits(kind: IncidentKind, ours: Option<IncidentType>) -> bool {
    use IncidentType as I;
    let Some(ours) = ours else { return kind == IncidentKind::Attack };
    match kind {
        IncidentKind::Bombing => {
            matches!(ours, I::Bombing | I::SuicideBombing | I::FacilityAttack | I::Shelling | I::ArmedAssault)
        }
        IncidentKind::Kidnapping => matches!(ours, I::Kidnapping | I::HostageTaking),
        IncidentKind::Arson => matches!(ours, I::Arson | I::FacilityAttack),
        IncidentKind::Attack => !matches!(ours, I::Kidnapping | I::HostageTaking),
        IncidentKind::Robbery | IncidentKind::ForcedWorkStoppage => false,
    }
}

/// Fills the perpetrators of incidents that have none.
pub(crate) fn complete(doc: &Document, mentions: &Mentions, traces: &Traces, reading: &mut Reading) {
    if mentions.fillers.is_empty() {
        return;
    }
    let mut incidents = std::mem::take(&mut reading.incidents);
    for incident in incidents.iter_mut().filter(|incident| incident.perpetrators.is_empty()) {
        let events: Vec<(&Event, u32)> = reading
            .events
            .iter()
            .zip(&traces.mention_of_event)
            .filter(|(event, _)| incident.events.contains(&event.id))
            .map(|(event, &mention)| (event, mentions.events[mention].sentence))
            .collect();
        let found = find(doc, mentions, traces, reading, incident, &events);
        for (perpetrator, why) in found {
            if !incident.perpetrators.iter().any(|known| known.actor == perpetrator.actor) {
                incident.evidence.extend(perpetrator.spans.iter().copied());
                incident.perpetrators.push(perpetrator);
                incident.why.push(why);
            }
        }
        incident.evidence.sort_unstable();
        incident.evidence.dedup();
    }
    reading.incidents = incidents;
}

/// The perpetrators of one incident, in text order, each with its reason.
fn find(
    doc: &Document,
    mentions: &Mentions,
    traces: &Traces,
    reading: &Reading,
    incident: &Incident,
    events: &[(&Event, u32)],
) -> Vec<(Perpetrator, String)> {
    let mut found = Vec::new();
    for filler in &mentions.fillers {
        let kind = match filler.role {
            Role::PerpetratorIndividual => PerpetratorKind::Individual,
            Role::PerpetratorOrganisation => PerpetratorKind::Organization,
            Role::PhysicalTarget | Role::Victim | Role::Weapon => continue,
        };
        if !fits(filler.kind, incident.r#type) {
            continue;
        }
        let phrase = &mentions.phrases[filler.phrase as usize];
        let sentence = doc.sentence_of(phrase.head);
        if !events.iter().any(|(_, told)| told.abs_diff(sentence) <= SENTENCES_MAX) {
            continue;
        }
        let Some(actor) = traces.actor_of_phrase.get(filler.phrase as usize).copied().flatten() else {
            continue;
        };
        let actor = &reading.actors[actor];
        let suffers = incident.victims.iter().any(|victim| victim.actor.as_ref() == Some(&actor.id))
            || events.iter().any(|(event, _)| event.recipients.contains(&actor.id));
        if suffers || actor.kind == ActorKind::Media {
            continue;
        }
        let Some(span) = mask::clip(doc.article(), doc.span(phrase.tokens.clone())) else { continue };
        let why = format!("perpetrator {}: {}", actor.id, filler.why);
        let perpetrator =
            Perpetrator { kind, actor: Some(actor.id.clone()), spans: vec![span], claim: Claim::Unknown };
        found.push((perpetrator, why));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_the_weights_meet_ours() {
        assert!(fits(IncidentKind::Kidnapping, Some(IncidentType::HostageTaking)));
        assert!(!fits(IncidentKind::Attack, Some(IncidentType::Kidnapping)));
        assert!(!fits(IncidentKind::ForcedWorkStoppage, None));
    }
}
