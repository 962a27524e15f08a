//! A reading's incidents → accounts: what merging needs of each.

use std::collections::BTreeMap;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Claim, Realis};
use watchkeeper_record::incident::{Account, Figure, Party, Whereabouts};
use watchkeeper_record::reading::{Actor, Count, Event, Incident, Place, Time};
use watchkeeper_record::span::Quote;

use crate::fold::fold;

/// How many of a report's most telling words an account keeps ([`ReportFeatures::gist`](crate::merge::ReportFeatures::gist)).
pub const GIST: usize = 5;

/// From when a report counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The report's last possible day of publication, or the day it was added where it has none.
    pub known: Date,
    /// Whether that is its own day.
    pub dated: bool,
}

/// What a published reading says of happenings: one account for each of its incidents that took place.
///
/// Incidents that were only foiled give none. `story` is the document itself until somebody finds copies.
#[must_use]
pub fn accounts(reading: &watchkeeper_record::Reading<Quote>, counted: Counted) -> Vec<Account> {
    let actors: BTreeMap<&str, &Actor<Quote>> = by_id(&reading.actors, |actor| &actor.id);
    let places: BTreeMap<&str, &Place<Quote>> = by_id(&reading.places, |place| &place.id);
    let times: BTreeMap<&str, &Time<Quote>> = by_id(&reading.times, |time| &time.id);
    let events: BTreeMap<&str, &Event<Quote>> = by_id(&reading.events, |event| &event.id);
    let mut accounts = Vec::with_capacity(reading.incidents.len());
    for incident in &reading.incidents {
        let told: Vec<&Event<Quote>> =
            incident.events.iter().filter_map(|id| events.get(id.as_str()).copied()).collect();
        if !told.iter().any(|event| event.realis == Realis::Actual) {
            continue;
        }
        let party = |actor: Option<&String>, claim: Claim| {
            party(actor.and_then(|id| actors.get(id.as_str()).copied()), claim)
        };
        let time = incident.time.as_ref().and_then(|id| times.get(id.as_str()));
        accounts.push(Account {
            id: id(&reading.document.id, incident),
            document: reading.document.id.clone(),
            local: incident.id.clone(),
            story: reading.document.id.clone(),
            outlet: reading.document.outlet.clone(),
            known: counted.known,
            dated: counted.dated,
            kind: incident.r#type,
            place: incident
                .place
                .as_ref()
                .and_then(|id| places.get(id.as_str()))
                .map(|place| whereabouts(place)),
            time: time.and_then(|time| {
                Some((time.start.as_ref()?.parse().ok()?, time.end.as_ref()?.parse().ok()?))
            }),
            perpetrators: incident
                .perpetrators
                .iter()
                .filter_map(|who| party(who.actor.as_ref(), who.claim))
                .collect(),
            victims: incident
                .victims
                .iter()
                .filter_map(|who| party(who.actor.as_ref(), Claim::Unknown))
                .collect(),
            targets: incident.targets.iter().map(|target| target.r#type).collect(),
            weapons: incident.weapons.iter().map(|weapon| weapon.r#type).collect(),
            killed: figure(incident.toll.killed.as_ref()),
            wounded: figure(incident.toll.wounded.as_ref()),
            abducted: figure(incident.toll.abducted.as_ref()),
            background: told.iter().all(|event| event.background),
            refers: told.iter().find_map(|event| refers(event)),
            words: words(incident.evidence.iter().chain(told.iter().flat_map(|event| &event.evidence))),
            gist: Vec::new(),
        });
    }
    accounts
}

fn by_id<T>(items: &[T], id: impl Fn(&T) -> &String) -> BTreeMap<&str, &T> {
    items.iter().map(|item| (id(item).as_str(), item)).collect()
}

/// The id: of the document and of where in its text the evidence begins, so that a later version that finds the same words gives the same.
fn id(document: &str, incident: &Incident<Quote>) -> String {
    let first = incident.evidence.iter().min_by_key(|quote| (quote.start, quote.end));
    let mut hash = hash(document.as_bytes());
    if let Some(quote) = first {
        hash = mix(hash ^ u64::from(quote.start));
        hash = mix(hash ^ self::hash(quote.quote.as_bytes()));
    }
    // Two incidents may open with one sentence.
    if let Some(event) = incident.events.first() {
        hash = mix(hash ^ self::hash(event.as_bytes()));
    }
    format!("I{:014x}", hash >> 8)
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    mix(bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

fn whereabouts(place: &Place<Quote>) -> Whereabouts {
    Whereabouts {
        name: place.name.clone(),
        geonames: place.geonames,
        lat: place.lat,
        lon: place.lon,
        country: place.country.clone(),
        admin1: place.admin1.clone(),
        precision: place.precision,
        radius_km: place.radius_km,
        score: place.score,
    }
}

fn figure(count: Option<&Count<Quote>>) -> Option<Figure> {
    count.map(|count| Figure { low: count.low, best: count.best, high: count.high })
}

/// Somebody with a key if they are told by name.
fn party(actor: Option<&Actor<Quote>>, claim: Claim) -> Option<Party> {
    // A claim whose maker nobody names, as in "no group has claimed it", is no party.
    let actor = actor?;
    let key = actor.registry.clone().or_else(|| is_name(actor).then(|| format!("~{}", fold(&actor.name))));
    Some(Party { key, name: actor.name.clone(), private: actor.private, claim })
}

/// Whether an actor is told by a name of its own: two capitalised words or more.
fn is_name(actor: &Actor<Quote>) -> bool {
    let words: Vec<&str> = actor.name.split_whitespace().collect();
    words.len() >= 2
        && words.iter().all(|word| {
            word.chars().next().is_some_and(char::is_uppercase)
                || matches!(*word, "of" | "the" | "de" | "al" | "for" | "and" | "in")
        })
}

/// `Tuesday's ambush`: words that lead to a happening by its day.
fn refers(event: &Event<Quote>) -> Option<String> {
    for evidence in &event.evidence {
        let Some(at) = evidence.quote.find(&event.trigger.quote) else { continue };
        let before: Vec<&str> = evidence.quote[..at].split_whitespace().collect();
        for back in 1..=3.min(before.len()) {
            let word = before[before.len() - back];
            let bare = word.trim_end_matches("'s").trim_end_matches("’s");
            let possessive = bare.len() < word.len();
            if possessive && DAYS.contains(&bare.to_lowercase().as_str()) {
                let mut words = before[before.len() - back..].to_vec();
                words.push(&event.trigger.quote);
                return Some(words.join(" "));
            }
        }
    }
    None
}

const DAYS: [&str; 9] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "yesterday", "weekend"];

/// Words that tell nothing of one happening among others.
const PLAIN: [&str; 64] = [
    "after", "again", "also", "another", "been", "before", "being", "between", "but", "could", "daily",
    "during", "first", "from", "have", "having", "here", "into", "last", "later", "least", "many", "more",
    "most", "near", "next", "only", "other", "others", "over", "people", "person", "said", "saying", "says",
    "second", "several", "some", "still", "than", "that", "their", "them", "then", "there", "these", "they",
    "this", "those", "three", "told", "under", "until", "were", "what", "when", "where", "which", "while",
    "will", "with", "would", "year", "years",
];

/// Hashes of the telling words of evidence, sorted.
fn words<'q>(quotes: impl Iterator<Item = &'q Quote>) -> Vec<u64> {
    let mut hashes = Vec::new();
    for quote in quotes {
        for word in quote.quote.split(|character: char| !character.is_alphanumeric()) {
            let word = word.to_lowercase();
            if word.chars().count() >= 4 && !PLAIN.contains(&word.as_str()) {
                // Plural and singular count as one word.
                hashes.push(hash(word.trim_end_matches('s').as_bytes()));
            }
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}
