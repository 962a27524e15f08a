//! Task `plover`: the events of a sentence in the form that the benchmark's scorer reads.
//!
//! In: an annotated sentence and its mentions. Out: one prediction, the most confident event first, spans in code points.

use serde_json::{Value, json};
use watchkeeper_record::codebook::{Category, Mode, Realis};
use watchkeeper_record::document::{Dep, EntityLabel, TokenIndex};
use watchkeeper_record::mention::{EventMention, Mentions, PhraseIndex};
use watchkeeper_record::span::CodePoints;
use watchkeeper_record::{Document, Span};

/// Makes the prediction for one sentence. `country` gives the ISO 3166-1 alpha-3 code of a phrase's actor, where linkage knows it.
///
/// PLOVER codes what happened: an event that is only planned, feared or denied is left out where the sentence tells one that is not.
#[must_use]
pub(crate) fn predict(
    id: &str,
    doc: &Document,
    mentions: &Mentions,
    country: impl Fn(PhraseIndex) -> Option<String>,
) -> Value {
    let points = CodePoints::new(doc.text());
    let mut events: Vec<&EventMention> =
        mentions.events.iter().filter(|event| event.realis == Realis::Actual).collect();
    if events.is_empty() {
        events = mentions
            .events
            .iter()
            .filter(|event| !matches!(event.realis, Realis::Negated | Realis::Generic))
            .collect();
    }
    let weight = |event: &EventMention| event.score * salience(doc, event);
    events.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.trigger.start.cmp(&b.trigger.start)));
    // One coding a category; a sentence's main events, not every trigger.
    let best = events.first().map_or(0.0, |event| weight(event));
    let mut seen = Vec::new();
    events.retain(|event| {
        let new =
            !seen.contains(&event.category) && weight(event) >= LEAST_OF_BEST * best && seen.len() < MOST;
        if new {
            seen.push(event.category);
        }
        new
    });
    let span = |phrase: &PhraseIndex| -> Value {
        let span: Span = doc.span(mentions.phrases[*phrase as usize].tokens.clone());
        json!([points.at(span.start()), points.at(span.end())])
    };
    let events: Vec<Value> = events
        .into_iter()
        .map(|event| {
            // A threat of force is coded as the threat.
            let threat = event.category == Category::Assault && event.realis == Realis::Threatened;
            let (category, mode) =
                if threat { (Category::Threaten, Some(Mode::Violence)) } else { (event.category, event.mode) };
            // What two sides do together has both in both roles.
            let mutual = matches!(category, Category::Agree | Category::Consult | Category::Cooperate);
            let several = event.actors.len() > 1;
            let spans = |span: Span| json!([points.at(span.start()), points.at(span.end())]);
            let mut done_to: Vec<Value> = event.recipients.iter().map(span).collect();
            if done_to.is_empty() && !(mutual && several) {
                done_to.extend(named(doc, mentions, event, true).map(spans));
            }
            let recipients =
                if event.recipients.is_empty() && mutual { &event.actors } else { &event.recipients };
            if done_to.is_empty() {
                done_to = recipients.iter().map(span).collect();
            }
            let mut doers: Vec<Value> = event.actors.iter().map(span).collect();
            if doers.is_empty() {
                doers.extend(instrument(doc, event).or_else(|| named(doc, mentions, event, false)).map(spans));
            }
            json!({
                "category": category,
                "mode": mode,
                "actors": doers,
                "recipients": done_to,
                "actor_country": event.actors.iter().filter_map(|&phrase| country(phrase)).collect::<Vec<_>>(),
                "recipient_country": recipients.iter().filter_map(|&phrase| country(phrase)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({"id": id, "events": events})
}

/// Whom the clause of an event names besides its participants: the first name after the trigger (or the last before it). Coders of
/// events take a nation, a body or a town named there for a side where grammar names none; a reading doesn't.
fn named(doc: &Document, mentions: &Mentions, event: &EventMention, after: bool) -> Option<Span> {
    let clause = *event.evidence.first()?;
    let taken = |span: Span| {
        let phrases = event.actors.iter().chain(&event.recipients);
        phrases
            .clone()
            .any(|&phrase| doc.span(mentions.phrases[phrase as usize].tokens.clone()).overlaps(span))
    };
    let fits = |ent: &&watchkeeper_record::document::Entity| {
        matches!(
            ent.label,
            EntityLabel::Gpe | EntityLabel::Norp | EntityLabel::Org | EntityLabel::Person | EntityLabel::Loc
        )
    };
    let free = |span: &Span| clause.contains(*span) && !taken(*span);
    let names = || doc.entities().iter().filter(fits);
    if after {
        let later = names().filter(|ent| ent.tokens.start >= event.trigger.end);
        later.map(|ent| doc.span(ent.tokens.clone())).find(free)
    } else {
        let earlier = names().filter(|ent| ent.tokens.end <= event.trigger.start);
        earlier.map(|ent| doc.span(ent.tokens.clone())).rfind(free)
    }
}

/// The weapon that an attack is told to have been done with: `killed by an improvised bomb` names no other doer.
fn instrument(doc: &Document, event: &EventMention) -> Option<Span> {
    if event.category != Category::Assault {
        return None;
    }
    let verb = |span: Span| {
        let mut tokens = event.trigger.clone();
        tokens.any(|index| {
            doc.token(index).span.overlaps(span)
                && matches!(doc.token(index).pos, watchkeeper_record::document::Pos::Verb)
        })
    };
    event.weapons.iter().map(|weapon| weapon.span).find(|&span| !verb(span))
}

/// How much a sentence is about an event, 0..=1: less in relative clauses, after `following`, and in history.
fn salience(doc: &Document, event: &EventMention) -> f32 {
    let mut at: TokenIndex = event.trigger.end - 1;
    let mut salience = if event.background { 0.85 } else { 1.0 };
    for _ in 0..8 {
        let tok = doc.token(at);
        salience *= match tok.dep {
            Dep::Relcl | Dep::Acl => 0.85,
            Dep::Advcl => 0.92,
            Dep::Prep
                if matches!(
                    tok.text.to_ascii_lowercase().as_str(),
                    "after" | "following" | "since" | "despite" | "over" | "during"
                ) =>
            {
                0.75
            }
            Dep::Root => break,
            _ => 1.0,
        };
        at = tok.head;
    }
    salience
}

/// Least share of the best score that a further event needs.
const LEAST_OF_BEST: f32 = 0.8;
/// Most events of one sentence.
const MOST: usize = 3;
