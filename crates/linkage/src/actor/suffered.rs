//! Recipients that no registry and no lexicon of nouns knows: `three fishermen`, `a convoy of trucks`, `the displacement site`.
//!
//! Who or what suffers an act is an actor of the reading all the same: people where the act's losses count them or its targets
//! are persons, the security force where the targets say so, else a thing of kind `other`.

use watchkeeper_record::codebook::{ActorKind, Sector, TargetType};
use watchkeeper_record::mention::EventMention;
use watchkeeper_record::reading::Count;
use watchkeeper_record::{Mentions, Span};

/// Which phrases are recipients of which event: `(phrase, event)`, sorted.
pub(super) fn recipients(mentions: &Mentions) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (number, event) in mentions.events.iter().enumerate() {
        pairs.extend(event.recipients.iter().map(|phrase| (*phrase as usize, number)));
    }
    pairs.sort_unstable();
    pairs
}

/// Kind and sector of a recipient by what the event says of its losses and targets.
pub(super) fn kind(event: &EventMention, phrase: Span) -> (ActorKind, Option<Sector>) {
    let touches =
        |count: &Option<Count<Span>>| count.as_ref().is_some_and(|count| count.span.overlaps(phrase));
    let toll = &event.toll;
    let people = [&toll.killed, &toll.wounded, &toll.abducted, &toll.arrested, &toll.displaced]
        .into_iter()
        .any(touches);
    let target = event.targets.iter().find(|target| target.span.overlaps(phrase)).map(|target| target.r#type);
    match target {
        Some(TargetType::Military) => (ActorKind::Military, Some(Sector::Mil)),
        Some(TargetType::Police) => (ActorKind::Police, Some(Sector::Cop)),
        Some(TargetType::Government) => (ActorKind::Government, Some(Sector::Gov)),
        Some(TargetType::Person | TargetType::Civilians) => (ActorKind::PopulationGroup, Some(Sector::Cvl)),
        _ if people => (ActorKind::PopulationGroup, Some(Sector::Cvl)),
        _ => (ActorKind::Other, None),
    }
}
