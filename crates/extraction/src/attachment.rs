//! Where and when: the places and the time that an event's own clause ties to it.
//!
//! In: the draft of an event, the places and times of its sentence. Out: the places, nearest first, and the nearest time. What is tied to
//! another clause (what is said, what was before, what a relative clause ends) is none of its own.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{Mentions, TimeValue};

use crate::argument::Scene;
use crate::codebook::Kind;
use crate::event::Draft;
use crate::{frame, join};

/// The places and the time that the clause itself ties to the trigger, nearest first.
pub(crate) fn attachments(
    scene: &Scene<'_>,
    mentions: &Mentions,
    draft: &Draft<'_>,
) -> (Vec<u32>, Option<u32>) {
    let doc = scene.doc;
    let mut anchors = vec![draft.site.head];
    anchors.extend(draft.site.light.map(|(verb, _)| verb));
    anchors.extend(draft.joined.iter().copied());
    anchors.extend(draft.recipients.iter().copied());
    // "The mine near Kantchari killed nine": what did it is where it was.
    anchors.extend(draft.site.roles.doers().iter().filter(|doer| !draft.actors.contains(doer)));
    let governor = frame::governing_verb(doc, draft.site.head).filter(|_| {
        draft.site.kind == Kind::Noun
            || matches!(doc.token(draft.site.head).dep, Dep::Conj | Dep::Xcomp | Dep::Advcl)
                && !join::is_counted_from(doc, draft.site.head)
    });
    // How far a token hangs from the event: steps up to an anchor; a governing verb counts more.
    let distance = |from: TokenIndex| -> Option<u32> {
        let mut at = from;
        for steps in 0..10u32 {
            if let Some(rank) = anchors.iter().position(|&anchor| anchor == at) {
                return Some(steps + 2 * u32::from(rank > 0));
            }
            if governor == Some(at) {
                return Some(steps + GOVERNOR_STEPS);
            }
            let tok = doc.token(at);
            if steps > 0 && matches!(tok.dep, Dep::Relcl | Dep::Ccomp) && frame::is_verb(doc, at) {
                return None;
            }
            if steps > 0 && tok.dep == Dep::Advcl && join::is_counted_from(doc, at) {
                return None;
            }
            // "the worst since the truce was agreed in March"
            let aside = ["since", "before", "until", "although", "though", "because", "while"];
            if steps > 0
                && tok.dep == Dep::Advcl
                && doc.children(at).iter().any(|&member| frame::word_is(doc, member, &aside))
            {
                return None;
            }
            // `according to a statement read on Wednesday in Bamako` is when and where it was said.
            if frame::word_is(doc, at, &["according"]) {
                return None;
            }
            at = frame::parent(doc, at)?;
        }
        None
    };
    let sentence = &doc.sentences()[doc.sentence_of(draft.site.head) as usize].tokens;
    let mut places: Vec<(u32, u32)> = Vec::new();
    let first = mentions.places.partition_point(|place| place.tokens.end <= sentence.start);
    for (number, place) in mentions.places.iter().enumerate().skip(first) {
        if place.tokens.start >= sentence.end {
            break;
        }
        let head = phrase_head(scene, &place.tokens);
        // A place that acts or undergoes is no locality: "Israel bombed".
        let acts = draft.actors.contains(&head);
        let number = u32::try_from(number).expect("fewer places than tokens");
        if let Some(steps) = distance(head).filter(|_| !acts) {
            let modifier = matches!(doc.token(head).dep, Dep::Amod | Dep::Compound | Dep::Poss);
            places.push((steps + 6 * u32::from(modifier), number));
        }
    }
    places.sort_unstable();
    let first = mentions.times.partition_point(|time| time.tokens.end <= sentence.start);
    let mut times: Vec<(u32, u32)> = Vec::new();
    for (number, time) in mentions.times.iter().enumerate().skip(first) {
        if time.tokens.start >= sentence.end {
            break;
        }
        let number = u32::try_from(number).expect("fewer times than tokens");
        // A length of time or a habit tells no when; words without a date tell it worse than a date.
        let vague = match time.value {
            TimeValue::Duration { .. } | TimeValue::Set { .. } => continue,
            TimeValue::Vague { .. } => 12,
            _ => 0,
        };
        let head = phrase_head(scene, &time.tokens);
        // `The following year the group bombed a church`, `the day the bomb went off`: the clause may be read as the time's own.
        let site = doc.token(draft.site.head);
        let own = site.dep == Dep::Relcl && time.tokens.contains(&site.head);
        if let Some(verb) = ends_relative_clause(doc, &time.tokens, head) {
            if verb == draft.site.head {
                times.push((1, number));
            }
        } else if own || leads_to_when(doc, draft.site.head, time.tokens.end) {
            times.push((1, number));
        } else if let Some(steps) = distance(head).filter(|&steps| !(time.saying && steps >= GOVERNOR_STEPS))
        {
            times.push((steps + vague, number));
        }
    }
    times.sort_unstable();
    (places.into_iter().map(|(_, number)| number).collect(), times.first().map(|&(_, number)| number))
}

/// The verb of the clause that a time ends, where parsers hang it on the verb after: `traders who were kidnapped near the town last weekend said`.
/// No comma parts it from that clause, which ends the subject of the verb after.
fn ends_relative_clause(doc: &Document, time: &Range<TokenIndex>, head: TokenIndex) -> Option<TokenIndex> {
    let parent = frame::parent(doc, head)?;
    let (verb, start) = if doc.token(parent).pos == Pos::Adp {
        (frame::parent(doc, parent)?, time.start.min(parent))
    } else {
        (parent, time.start)
    };
    let last = start.checked_sub(1)?;
    if !frame::is_verb(doc, verb) || time.end > verb || doc.token(last).pos == Pos::Punct {
        return None;
    }
    let subject = frame::subject(doc, verb).filter(|&subject| doc.subtree(subject).end == start)?;
    let mut at = last;
    for _ in 0..frame::CLIMB_MAX {
        if at == subject {
            return None;
        }
        if matches!(doc.token(at).dep, Dep::Relcl | Dep::Acl) && frame::is_verb(doc, at) {
            return Some(at);
        }
        at = frame::parent(doc, at)?;
    }
    None
}

/// Whether a time leads to the clause of a verb: `in December 2016, when a man drove a lorry into a market`.
fn leads_to_when(doc: &Document, verb: TokenIndex, time_end: TokenIndex) -> bool {
    let children = doc.children(verb);
    let word = |index: TokenIndex| doc.token(index).text.to_lowercase();
    let first = children.iter().copied().take(8).find(|&child| word(child) == "when");
    first.is_some_and(|when| {
        when < verb && (when == time_end || when == time_end + 1 && word(time_end) == ",")
    })
}

/// How much farther than a word of its own a governing verb's is.
const GOVERNOR_STEPS: u32 = 8;

/// The token of a range that hangs outside it.
pub(crate) fn phrase_head(scene: &Scene<'_>, tokens: &Range<TokenIndex>) -> TokenIndex {
    let doc = scene.doc;
    tokens
        .clone()
        .find(|&index| {
            let head = doc.token(index).head;
            (head == index || !tokens.contains(&head)) && doc.token(index).tag != Tag::Hyph
        })
        .unwrap_or(tokens.start)
}
