//! Gives events a place and a time of their surroundings where the clause attaches none.
//!
//! In: the assembled reading and the mentions it came from. Out: events with `place` and `time` filled, a lower score and a
//! `why`. A place counts only where a preposition of place leads to it from the event's own clause: never from a relative clause
//! about something else, from a speaker (`a spokesman in X said`), from where the saying took place, or from another event.
//! The dateline is where a report was written: it is never used.

use rustc_hash::FxHashMap;
use watchkeeper_record::codebook::{Category, Granularity, Precision, Realis};
use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::{PlaceMention, Speaker};
use watchkeeper_record::reading::Place;
use watchkeeper_record::{Document, Mentions, Reading};

use crate::assemble::Traces;
use crate::beside::{self, Beside, beside};

/// Times the score for a place of the same sentence.
const SAME_SENTENCE: f64 = 0.95;
/// Times the score for the place of the deed told in the sentence before.
const SENTENCE_BEFORE: f64 = 0.85;
/// How many sentences back a deed's place is looked for.
const SENTENCES_BACK: usize = 2;
/// Times the score for the place of the only deed of the text.
const SCENE: f64 = 0.8;
/// Times the score for the time of the deed told in the sentence before.
const TIME_BEFORE: f64 = 0.95;
/// How far a word is followed up the tree.
const STEPS: usize = 12;
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

/// What a place or time in a sentence belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The trigger of an event mention.
    Event(usize),
    /// A verb that is no trigger; and whether the words stand before its subject.
    Verb(TokenIndex, bool),
    /// Something else.
    None,
}

/// Fills places and times of events from their surroundings.
pub(crate) fn attach(doc: &Document, mentions: &Mentions, traces: &mut Traces, reading: &mut Reading) {
    let mut trigger_of: FxHashMap<TokenIndex, usize> = FxHashMap::default();
    for (number, event) in mentions.events.iter().enumerate() {
        for token in event.trigger.clone() {
            trigger_of.insert(token, number);
        }
    }
    let speakers = speaker_ranges(doc, mentions);
    let mut places_of: Vec<Vec<(usize, Owner)>> = vec![Vec::new(); doc.sentences().len()];
    for (number, mention) in mentions.places.iter().enumerate() {
        let start = mention.tokens.start;
        let told = traces.place_of_mention[number].is_some();
        if told
            && !within_any(&speakers, start)
            && !describes_another(doc, mention)
            && let Some(top) = leads_to(doc, mention.tokens.end - 1)
        {
            places_of[doc.sentence_of(start) as usize].push((number, owner(doc, top, &trigger_of)));
        }
    }
    let mut times_of: Vec<Vec<(usize, Owner)>> = vec![Vec::new(); doc.sentences().len()];
    for (number, mention) in mentions.times.iter().enumerate() {
        let usable = traces.time_of_mention[number].is_some_and(|time| {
            let time = &reading.times[time];
            time.start.is_some() && !matches!(time.granularity, Granularity::Duration | Granularity::Set)
        });
        if usable && !within_any(&speakers, mention.tokens.start) {
            let owner = owner(doc, mention.tokens.end - 1, &trigger_of);
            times_of[doc.sentence_of(mention.tokens.start) as usize].push((number, owner));
        }
    }
    let beside: Vec<Option<Beside>> = traces
        .mention_of_event
        .iter()
        .map(|&number| beside(doc, mentions, &mentions.events[number]))
        .collect();
    traces.beside = beside.iter().map(Option::is_some).collect();
    let traces = &*traces;
    // The place of the last deed of each sentence.
    let mut deed: Vec<Option<String>> = vec![None; doc.sentences().len()];
    // The time of the last deed of each sentence, and whether the deed is history.
    let mut when: Vec<Option<(String, bool)>> = vec![None; doc.sentences().len()];
    for (index, &number) in traces.mention_of_event.iter().enumerate() {
        let told = &mentions.events[number];
        let event = &mut reading.events[index];
        let trigger = told.trigger.start;
        let sentence = told.sentence as usize;
        let somewhere = happens_somewhere(event.category, event.realis);
        if event.place.is_none() && somewhere {
            let here = places_of[sentence]
                .iter()
                .filter(|(_, owner)| belongs(doc, trigger, number, *owner, mentions))
                .map(|&(place, _)| place)
                .min_by_key(|&place| (mentions.places[place].tokens.start.abs_diff(trigger), place))
                .and_then(|place| traces.place_of_mention[place])
                .map(|place| reading.places[place].id.clone());
            let block = doc.sentences()[sentence].block;
            // `the attack` is told of, not told: it needn't be where the last deed was.
            let back = if refers(doc, trigger) { 1 } else { SENTENCES_BACK };
            let before = (1..=back)
                .map_while(|back| sentence.checked_sub(back))
                .take_while(|&before| doc.sentences()[before].block == block)
                .find_map(|before| match (&deed[before], places_of[before].is_empty()) {
                    (Some(place), _) => Some(Some(place.clone())),
                    // Another place has been led to since: the scene may have changed.
                    (None, false) => Some(None),
                    (None, true) => None,
                })
                .flatten();
            let found =
                here.map(|place| (place, SAME_SENTENCE, "place: named in the sentence")).or_else(|| {
                    Some((before?, SENTENCE_BEFORE, "place: of the deed told before in the paragraph"))
                });
            if let Some((place, factor, why)) = found {
                event.place = Some(place);
                event.score = (event.score * factor * 1000.0).round() / 1000.0;
                event.why.push(why.to_owned());
            }
        }
        if somewhere && event.place.is_some() {
            deed[sentence].clone_from(&event.place);
        }
        if let Some(beside) = beside[index] {
            if event.time.is_none()
                && let Some((mention, days)) = beside.days
                && let Some(length) = traces.time_of_mention[mention]
                && let Some(from) = counted_from(doc, mentions, traces, reading, index, beside, &when)
                && let Some(from) = reading.times.iter().find(|time| time.id == from).cloned()
                && beside::count(&mut reading.times[length], &from, days)
            {
                let event = &mut reading.events[index];
                event.time = Some(reading.times[length].id.clone());
                event.why.push("time: counted from the other happening".to_owned());
            }
            // No other time of the surroundings is its own.
            continue;
        }
        if event.time.is_none() && !matches!(event.realis, Realis::Generic | Realis::Hypothetical) {
            let mut here = times_of[sentence]
                .iter()
                .filter(|(_, owner)| belongs(doc, trigger, number, *owner, mentions))
                .filter_map(|&(time, _)| traces.time_of_mention[time]);
            if let (Some(time), None) = (here.next(), here.next()) {
                event.time = Some(reading.times[time].id.clone());
                event.why.push("time: the only one of its clauses in the sentence".to_owned());
            }
        }
        // `On Sunday a bus ran into a roadblock. Three passengers were shot dead.`
        let deeds = somewhere && event.realis == Realis::Actual;
        if event.time.is_none()
            && deeds
            && times_of[sentence].is_empty()
            && let Some(before) = sentence.checked_sub(1)
            && doc.sentences()[before].block == doc.sentences()[sentence].block
            && let Some((time, _)) = when[before].clone().filter(|(_, history)| *history == told.background)
        {
            event.time = Some(time);
            event.score = (event.score * TIME_BEFORE * 1000.0).round() / 1000.0;
            event.why.push("time: of the deed told in the sentence before".to_owned());
        }
        if deeds && let Some(time) = &event.time {
            when[sentence] = Some((time.clone(), told.background));
        }
    }
    spread_the_scene(traces, mentions, reading);
}

/// The time of the happening that another is counted from: of the event that the clause tells, else, where it only refers (`It came`), of
/// the deed told last.
fn counted_from(
    doc: &Document,
    mentions: &Mentions,
    traces: &Traces,
    reading: &Reading,
    index: usize,
    beside: Beside,
    when: &[Option<(String, bool)>],
) -> Option<String> {
    let told =
        traces.mention_of_event.iter().enumerate().find(|&(other, &number)| {
            other != index && mentions.events[number].trigger.contains(&beside.verb)
        });
    if let Some((other, _)) = told {
        return reading.events[other].time.clone();
    }
    let sentence = doc.sentence_of(beside.verb) as usize;
    let before = (sentence.saturating_sub(SENTENCES_BACK)..=sentence).rev();
    before.filter_map(|at| when[at].clone()).map(|(time, _)| time).next().filter(|_| beside.refers)
}

/// Where a text tells of one deed, deeds told without a place are of its place: the first deed told has it, and no other deed has
/// another (a unit or country that holds it is no other).
fn spread_the_scene(traces: &Traces, mentions: &Mentions, reading: &mut Reading) {
    let deed = |index: usize, reading: &Reading| {
        let event = &reading.events[index];
        let told = &mentions.events[traces.mention_of_event[index]];
        !told.background && event.realis == Realis::Actual && happens_somewhere(event.category, event.realis)
    };
    let mut scene: Option<usize> = None;
    for index in (0..reading.events.len()).filter(|&index| deed(index, reading)) {
        let place = reading.events[index].place.as_ref();
        let place = place.and_then(|id| reading.places.iter().position(|place| &place.id == id));
        scene = match (scene, place) {
            (None, None) => return,
            (scene, None) => scene,
            (None, Some(place)) => Some(place),
            (Some(known), Some(place)) => {
                let (one, other) = (&reading.places[known], &reading.places[place]);
                if known == place || holds(other, one) {
                    Some(known)
                } else if holds(one, other) {
                    Some(place)
                } else {
                    return;
                }
            }
        };
    }
    let Some(scene) = scene.filter(|&scene| reading.places[scene].precision != Precision::Country) else {
        return;
    };
    let id = reading.places[scene].id.clone();
    for index in 0..reading.events.len() {
        if deed(index, reading) && reading.events[index].place.is_none() {
            let event = &mut reading.events[index];
            event.place = Some(id.clone());
            event.score = (event.score * SCENE * 1000.0).round() / 1000.0;
            event.why.push("place: of the only deed that the text tells of".to_owned());
        }
    }
}

/// Whether one place is a unit or country that the other lies in.
fn holds(outer: &Place, inner: &Place) -> bool {
    let country = outer.country.is_some() && outer.country == inner.country;
    match outer.precision {
        Precision::Country => country,
        Precision::Admin1 => country && outer.admin1.is_some() && outer.admin1 == inner.admin1,
        _ => false,
    }
}

/// Whether a trigger is a noun that points back: `the attack`, `that raid`.
fn refers(doc: &Document, trigger: TokenIndex) -> bool {
    let definite = |&child: &TokenIndex| {
        let tok = doc.token(child);
        tok.dep == Dep::Det
            && matches!(tok.text.to_lowercase().as_str(), "the" | "that" | "this" | "those" | "these")
    };
    doc.token(trigger).pos == Pos::Noun && doc.children(trigger).iter().any(definite)
}

/// Whether such an event has a place that its surroundings tell: words don't, deeds do.
fn happens_somewhere(category: Category, realis: Realis) -> bool {
    matches!(
        category,
        Category::Assault | Category::Coerce | Category::Protest | Category::Mobilize | Category::Retreat
    ) && matches!(realis, Realis::Actual | Realis::Foiled | Realis::Negated)
}

/// Whether a place is only the landmark of another: `Kunduz, 250 km north of Kabul`.
pub(crate) fn describes_another(doc: &Document, mention: &PlaceMention) -> bool {
    mention.offset.is_some_and(|offset| {
        let before = doc.text()[..offset.span.start()].trim_end();
        offset.km.is_some() && before.ends_with([',', '(', '—', '–'])
    })
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
        .filter(|range| range.end - range.start <= 24)
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges
}

fn within_any(ranges: &[std::ops::Range<TokenIndex>], token: TokenIndex) -> bool {
    let after = ranges.partition_point(|range| range.start <= token);
    ranges[after.saturating_sub(8)..after].iter().any(|range| range.contains(&token))
}

/// The preposition of place that leads to a name, over `the town of`, appositions and lists.
fn leads_to(doc: &Document, name: TokenIndex) -> Option<TokenIndex> {
    let mut at = name;
    for _ in 0..STEPS {
        let tok = doc.token(at);
        if tok.head == at {
            return None;
        }
        match tok.dep {
            Dep::Pobj => {
                let prep = doc.token(tok.head);
                let word = prep.text.to_lowercase();
                if word == "of" && prep.head != tok.head {
                    // `the town of X`, `north of X`: what leads to the noun decides.
                    at = prep.head;
                    if matches!(doc.token(at).dep, Dep::Advmod | Dep::Npadvmod) {
                        return Some(at);
                    }
                    continue;
                }
                return WHERE.contains(&word.as_str()).then_some(tok.head);
            }
            Dep::Appos | Dep::Conj | Dep::Compound | Dep::Nmod => at = tok.head,
            Dep::Npadvmod => return Some(at),
            _ => return None,
        }
    }
    None
}

/// What words belong to: the first trigger or verb above them. A relative clause about something else belongs to nothing.
fn owner(doc: &Document, from: TokenIndex, trigger_of: &FxHashMap<TokenIndex, usize>) -> Owner {
    let mut at = from;
    for _ in 0..STEPS {
        let tok = doc.token(at);
        if at != from {
            if let Some(&event) = trigger_of.get(&at) {
                return Owner::Event(event);
            }
            if matches!(tok.dep, Dep::Relcl | Dep::Acl) {
                return match trigger_of.get(&tok.head) {
                    Some(&event) => Owner::Event(event),
                    None => Owner::None,
                };
            }
            if matches!(tok.pos, Pos::Verb | Pos::Aux) {
                let subject = doc
                    .children(at)
                    .iter()
                    .copied()
                    .find(|&child| matches!(doc.token(child).dep, Dep::Nsubj | Dep::Nsubjpass));
                return Owner::Verb(at, subject.is_some_and(|subject| from < subject));
            }
        }
        if tok.head == at {
            break;
        }
        at = tok.head;
    }
    Owner::None
}

/// Whether words with this owner belong to an event.
fn belongs(doc: &Document, trigger: TokenIndex, number: usize, owner: Owner, mentions: &Mentions) -> bool {
    match owner {
        Owner::Event(other) if other == number => true,
        Owner::Event(other) => {
            let other = mentions.events[other].trigger.start;
            under(doc, trigger, other, false) || under(doc, other, trigger, false)
        }
        Owner::Verb(verb, fronted) => under(doc, trigger, verb, fronted),
        Owner::None => false,
    }
}

/// Whether `low` hangs under `high` in one clause chain; what is said (`ccomp`) only where that is allowed.
fn under(doc: &Document, low: TokenIndex, high: TokenIndex, across_speech: bool) -> bool {
    let mut at = low;
    for _ in 0..STEPS {
        if at == high {
            return true;
        }
        let tok = doc.token(at);
        if tok.head == at || tok.dep == Dep::Relcl || (tok.dep == Dep::Ccomp && !across_speech) {
            return false;
        }
        at = tok.head;
    }
    false
}
