//! Where violent events were that the recogniser of places leaves without one: in a town that no gazetteer knows, in `the capital`.
//!
//! In: the events and places found so far. Out: place mentions added at the end of the list and set as the events' own. Only what a
//! preposition of place ties to the event's own words counts, or what was attacked and is called a village, a town or the capital.

use std::ops::Range;

use watchkeeper_record::codebook::Category;
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{Mentions, PlaceIndex};

use crate::frame;
use crate::ground::{PlaceMap, entity_label};

/// Prepositions before where something happens.
const WHERE: [&str; 7] = ["in", "near", "at", "outside", "inside", "around", "across"];
/// Nouns that say that the name beside them is a place's.
const FEATURES: [&str; 10] = [
    "village",
    "town",
    "hamlet",
    "settlement",
    "city",
    "district",
    "suburb",
    "locality",
    "island",
    "neighbourhood",
];

/// How sure it is that a name is a place's which only a violent event's own words say to be one.
const LOCALITY: (f32, &str) = (0.75, "where a deed was");

/// Gives events without a place the one that their words name.
pub(crate) fn run(doc: &Document, mentions: &mut Mentions) {
    let mut map = PlaceMap::new(doc, mentions);
    for number in 0..mentions.events.len() {
        let event = &mentions.events[number];
        if !matches!(event.category, Category::Assault | Category::Coerce) {
            continue;
        }
        if let Some(&place) = event.places.first() {
            let mention = &mut mentions.places[place as usize];
            if mention.score < LOCALITY.0 && is_led(doc, mention.tokens.start) {
                mention.score = LOCALITY.0;
                mention.why = format!("{}, {}", mention.why, LOCALITY.1);
            }
            continue;
        }
        let mut heads: Vec<TokenIndex> = event.trigger.clone().collect();
        // "Heavy gunfire erupted in the capital": what the noun's verb says of where.
        let trigger = event.trigger.start;
        if doc.token(trigger).pos == Pos::Noun {
            heads.extend(frame::governing_verb(doc, trigger).filter(|&verb| doc.token(trigger).head == verb));
        }
        // "A bomb in the capital killed four": what did it is where it was.
        heads.extend(frame::subject(doc, trigger));
        let mut suffering: Vec<TokenIndex> =
            event.recipients.iter().map(|&phrase| mentions.phrases[phrase as usize].head).collect();
        suffering.extend(frame::children_with(doc, trigger, Dep::Dobj));
        heads.extend(&suffering);
        let led = heads.iter().flat_map(|&head| {
            frame::preps(doc, head)
                .filter(|&(prep, _)| frame::word_is(doc, prep, &WHERE))
                .filter_map(move |(prep, object)| Some((object?, frame::word_is(doc, prep, &["at"]))))
        });
        let found = led
            .map(|(object, at)| (object, !at))
            .chain(suffering.iter().map(|&head| (head, false)))
            .find_map(|(object, named)| place(doc, &map, object, named));
        let Some((tokens, feature)) = found else { continue };
        let known = map.at(tokens.start);
        let place: PlaceIndex = known.unwrap_or_else(|| map.add(doc, mentions, tokens, feature, LOCALITY));
        mentions.events[number].places.push(place);
    }
}

/// Whether a preposition of place stands before a name: `in Otomabere`, `in the village of Otomabere`.
fn is_led(doc: &Document, name: TokenIndex) -> bool {
    let word = |back: TokenIndex| name.checked_sub(back).map(|at| doc.token(at).text.to_lowercase());
    let led = |back| word(back).is_some_and(|word| WHERE.contains(&word.as_str()));
    let feature = || word(2).is_some_and(|word| FEATURES.contains(&word.as_str()));
    led(1) || word(1).as_deref() == Some("of") && feature()
}

/// The words of a place that a noun names: the capital, a name beside `village`, or, where that is enough, a name alone.
fn place(
    doc: &Document,
    map: &PlaceMap,
    noun: TokenIndex,
    name_alone: bool,
) -> Option<(Range<TokenIndex>, Option<String>)> {
    if is_capital(doc, noun) {
        return Some((noun..noun + 1, None));
    }
    let lemma = frame::lemma(doc, noun);
    let (last, feature) = if FEATURES.contains(&lemma.as_ref()) {
        (noun.checked_sub(1)?, Some(lemma.into_owned()))
    } else {
        (noun, None)
    };
    if !is_name(doc, last) || map.at(last).is_some() || feature.is_none() && !name_alone {
        return None;
    }
    let mut first = last;
    while let Some(before) = first.checked_sub(1) {
        let joined = doc.token(before).text == "-" && !doc.token(before).space_after;
        let inside = joined || is_name(doc, before) && doc.token(before).dep == Dep::Compound;
        if !inside || doc.sentence_of(before) != doc.sentence_of(last) || last - before > 4 {
            break;
        }
        first = before;
    }
    let tokens = first..last + 1;
    let other = tokens.clone().any(|at| {
        map.at(at).is_some()
            || !matches!(
                entity_label(doc, at),
                None | Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac)
            )
    });
    // A sentence all in capitals, and acronyms, tell nothing by their letters.
    let text = &doc.token(last).text;
    let spelled = text.chars().any(char::is_lowercase) && text.chars().count() > 2;
    (spelled && !other && doc.token(first).text != "-").then_some((tokens, feature))
}

fn is_name(doc: &Document, at: TokenIndex) -> bool {
    let token = doc.token(at);
    matches!(token.tag, Tag::Nnp | Tag::Nnps) && token.text.starts_with(char::is_uppercase)
}

/// `the capital`, `Mali's capital`, `the Malian capital`, where no name stands beside it; not `the provincial capital`, not money.
fn is_capital(doc: &Document, noun: TokenIndex) -> bool {
    let token = doc.token(noun);
    let children = doc.children(noun);
    let plain = |&child: &TokenIndex| {
        let other = doc.token(child);
        match other.dep {
            Dep::Det => other.text.eq_ignore_ascii_case("the"),
            Dep::Poss => true,
            Dep::Amod | Dep::Compound | Dep::Nmod => other.text.starts_with(char::is_uppercase),
            Dep::Prep => !frame::word_is(doc, child, &["of"]),
            Dep::Punct | Dep::Case => true,
            _ => false,
        }
    };
    let owned = |&child: &TokenIndex| {
        matches!(doc.token(child).dep, Dep::Det | Dep::Poss | Dep::Amod | Dep::Compound)
    };
    let next = doc.tokens().get(noun as usize + 1).is_some_and(|next| next.pos == Pos::Propn);
    token.text == "capital"
        && token.tag == Tag::Nn
        && !next
        && children.iter().all(plain)
        && children.iter().any(owned)
}
