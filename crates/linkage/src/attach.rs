//! Gives events a place and a time of their sentence where the clause attaches none.
//!
//! In: the assembled reading and the mentions it came from. Out: events with `place` and `time` filled, a lower score and a
//! `why`. A place counts only where a preposition of place leads to it, and never when it belongs to a speaker
//! (`a police spokesman in X said`), to a name, or to another event. The dateline is where a report was written: never used.

use rustc_hash::FxHashSet;
use watchkeeper_record::codebook::{Category, Granularity, Realis};
use watchkeeper_record::document::{Dep, TokenIndex};
use watchkeeper_record::mention::Speaker;
use watchkeeper_record::{Document, Mentions, Reading};

use crate::assemble::Traces;

/// Times the score for a place of the same sentence.
const SAME_SENTENCE: f64 = 0.95;
/// Times the score for a place of the sentence before.
const SENTENCE_BEFORE: f64 = 0.85;
/// Prepositions that lead to where something happens.
const WHERE: [&str; 14] = [
    "in",
    "at",
    "near",
    "inside",
    "outside",
    "around",
    "across",
    "throughout",
    "within",
    "on",
    "along",
    "into",
    "from",
    "off",
];

/// Fills places and times of events from their surroundings.
pub(crate) fn attach(doc: &Document, mentions: &Mentions, traces: &Traces, reading: &mut Reading) {
    let speakers = speaker_ranges(doc, mentions);
    let owned: FxHashSet<u32> =
        mentions.events.iter().flat_map(|event| event.places.iter().copied()).collect();
    let owned_times: FxHashSet<u32> = mentions.events.iter().filter_map(|event| event.time).collect();
    let mut places_of: Vec<Vec<usize>> = vec![Vec::new(); doc.sentences().len()];
    for (number, mention) in mentions.places.iter().enumerate() {
        let start = mention.tokens.start;
        let told = traces.place_of_mention[number].is_some();
        if told && !within_any(&speakers, start) && leads_to(doc, mention.tokens.end - 1) {
            places_of[doc.sentence_of(start) as usize].push(number);
        }
    }
    let mut times_of: Vec<Vec<usize>> = vec![Vec::new(); doc.sentences().len()];
    for (number, mention) in mentions.times.iter().enumerate() {
        let usable = traces.time_of_mention[number].is_some_and(|time| {
            let time = &reading.times[time];
            time.start.is_some() && !matches!(time.granularity, Granularity::Duration | Granularity::Set)
        });
        if usable {
            times_of[doc.sentence_of(mention.tokens.start) as usize].push(number);
        }
    }
    for (index, &mention) in traces.mention_of_event.iter().enumerate() {
        let told = &mentions.events[mention];
        let event = &mut reading.events[index];
        let trigger = told.trigger.start;
        let sentence = told.sentence as usize;
        if event.place.is_none() && happens_somewhere(event.category, event.realis) {
            let nearest = |list: &[usize], free: bool| {
                list.iter()
                    .copied()
                    .filter(|&place| !free || !owned.contains(&(place as u32)))
                    .min_by_key(|&place| (mentions.places[place].tokens.start.abs_diff(trigger), place))
            };
            let before = sentence
                .checked_sub(1)
                .filter(|&before| doc.sentences()[before].block == doc.sentences()[sentence].block);
            let here = nearest(&places_of[sentence], true);
            // The sentence's other event may be the same happening: its place serves when it is the only one.
            let here = here.or_else(|| (places_of[sentence].len() == 1).then(|| places_of[sentence][0]));
            let found =
                here.map(|place| (place, SAME_SENTENCE, "place: named in the sentence")).or_else(|| {
                    let place = nearest(&places_of[before?], false)?;
                    Some((place, SENTENCE_BEFORE, "place: named in the sentence before"))
                });
            if let Some((place, factor, why)) = found
                && let Some(place) = traces.place_of_mention[place]
            {
                event.place = Some(reading.places[place].id.clone());
                event.score = (event.score * factor * 1000.0).round() / 1000.0;
                event.why.push(why.to_owned());
            }
        }
        if event.time.is_none() && !matches!(event.realis, Realis::Generic | Realis::Hypothetical) {
            let free: Vec<usize> = times_of[sentence]
                .iter()
                .copied()
                .filter(|&time| !owned_times.contains(&(time as u32)))
                .collect();
            if let ([time], true) = (&free[..], times_of[sentence].len() == 1)
                && let Some(time) = traces.time_of_mention[*time]
            {
                event.time = Some(reading.times[time].id.clone());
                event.why.push("time: the only one in the sentence".to_owned());
            }
        }
    }
}

/// Whether such an event has a place that its surroundings tell: words don't, deeds do.
fn happens_somewhere(category: Category, realis: Realis) -> bool {
    matches!(
        category,
        Category::Assault | Category::Coerce | Category::Protest | Category::Mobilize | Category::Retreat
    ) && matches!(realis, Realis::Actual | Realis::Foiled | Realis::Negated)
}

/// The subtrees of phrases that speak.
fn speaker_ranges(doc: &Document, mentions: &Mentions) -> Vec<std::ops::Range<TokenIndex>> {
    let mut ranges: Vec<_> = mentions
        .statements
        .iter()
        .filter_map(|statement| match statement.speaker {
            Speaker::Phrase(phrase) | Speaker::Anonymous(Some(phrase)) => {
                mentions.phrases.get(phrase as usize).map(|phrase| doc.subtree(phrase.head))
            }
            _ => None,
        })
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges
}

fn within_any(ranges: &[std::ops::Range<TokenIndex>], token: TokenIndex) -> bool {
    let after = ranges.partition_point(|range| range.start <= token);
    ranges[after.saturating_sub(8)..after].iter().any(|range| range.contains(&token))
}

/// Whether a preposition of place leads to a name, over `the town of`, appositions and lists.
fn leads_to(doc: &Document, name: TokenIndex) -> bool {
    let mut at = name;
    for _ in 0..8 {
        let tok = doc.token(at);
        if tok.head == at {
            return false;
        }
        match tok.dep {
            Dep::Pobj => {
                let prep = doc.token(tok.head);
                let word = prep.text.to_lowercase();
                if word == "of" && prep.head != tok.head {
                    // `the town of X`, `north of X`: what leads to the noun decides.
                    at = prep.head;
                    if matches!(doc.token(at).dep, Dep::Advmod | Dep::Npadvmod) {
                        return true;
                    }
                    continue;
                }
                return WHERE.contains(&word.as_str());
            }
            Dep::Appos | Dep::Conj | Dep::Compound | Dep::Nmod => at = tok.head,
            Dep::Npadvmod => return true,
            _ => return false,
        }
    }
    false
}
