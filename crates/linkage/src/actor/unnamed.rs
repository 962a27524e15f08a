//! Phrases that no name heads: by which name they go, and recipients that nothing else accounts for.
//!
//! `A group that has branded itself X`, `a force called X` go by the name in their own clause. Recipients that no registry and no
//! lexicon of nouns knows (`three fishermen`, `a convoy of trucks`, `the displacement site`) are actors of the reading all the
//! same: people where the act's losses count them or its targets are persons, the security force where the targets say so, else
//! a thing of kind `other`.

use watchkeeper_record::codebook::{ActorKind, Sector, TargetType};
use watchkeeper_record::document::{Dep, Tag, TokenIndex};
use watchkeeper_record::mention::EventMention;
use watchkeeper_record::reading::Count;
use watchkeeper_record::{Document, Mentions, Span};

use super::names::{Name, Names};

/// Which phrases are recipients of which event: `(phrase, event)`, sorted.
pub(super) fn recipients(mentions: &Mentions) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (number, event) in mentions.events.iter().enumerate() {
        pairs.extend(event.recipients.iter().map(|phrase| (*phrase as usize, number)));
    }
    pairs.sort_unstable();
    pairs
}

/// Phrases that hold or lose ground or stand in a relation, sorted: what they denote acts, whatever its noun.
pub(super) fn parties(mentions: &Mentions) -> Vec<usize> {
    let holders = mentions.control.iter().flat_map(|control| [Some(control.holder), control.counterpart]);
    let related = mentions.relations.iter().flat_map(|relation| [Some(relation.from), Some(relation.to)]);
    let mut phrases: Vec<usize> = holders.chain(related).flatten().map(|phrase| phrase as usize).collect();
    phrases.sort_unstable();
    phrases.dedup();
    phrases
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

/// Verbs by which a body goes by a name.
const NAMING: &[&str] =
    &["call", "name", "know", "dub", "brand", "rebrand", "style", "rename", "term", "label", "title"];

/// The name in a clause on `head` that says what it is called: `a group that calls itself X`, `militants known as X`.
pub(super) fn called<'n>(doc: &Document, names: &'n Names, head: TokenIndex) -> Option<&'n Name> {
    let sentence = &doc.sentences()[doc.sentence_of(head) as usize];
    let near = head + 1..sentence.tokens.end.min(head + 12);
    for verb in near.filter(|token| NAMING.contains(&&*doc.token(*token).lemma)) {
        let word = doc.token(verb);
        let clause = matches!(word.dep, Dep::Relcl | Dep::Acl) && word.head == head;
        // `a small force, called the X, has …`: the parser often makes the noun the participle's subject.
        let participle =
            doc.token(head).head == verb && word.tag == Tag::Vbn && &*doc.token(verb - 1).text == ",";
        // `was formerly known as X` isn't what it is called today; `never called itself X` is no name at all.
        let denied = doc.children(verb).iter().any(|child| {
            let word = doc.token(*child);
            word.dep == Dep::Neg
                || matches!(&*word.lemma, "formerly" | "previously" | "once" | "wrongly" | "falsely")
        });
        if denied || !(clause || participle) {
            continue;
        }
        let named = names.within(verb + 1..sentence.tokens.end.min(verb + 6)).first();
        // Nothing but light words between verb and name; the name itself may hang elsewhere in the tree.
        let light = |token: TokenIndex| {
            let word = doc.token(token);
            word.dep == Dep::Punct
                || matches!(
                    &*word.lemma.to_lowercase(),
                    "itself" | "themselves" | "as" | "the" | "\"" | "“" | "'" | "‘"
                )
        };
        if let Some(name) = named.filter(|name| (verb + 1..name.tokens.start).all(light)) {
            return Some(name);
        }
    }
    None
}
