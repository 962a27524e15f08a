//! What of a reading queries ask for: plain rows, computed without a database.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Realis;
use watchkeeper_record::reading::{Actor, Event, Place, Reading, Toll};
use watchkeeper_record::span::Quote;

use crate::pack::digest;

/// Longest evidence kept beside a row, in code points; the reading has all of it.
const QUOTE_MAX: usize = 400;

/// The rows of one reading.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) actors: Vec<ActorRow>,
    pub(crate) places: Vec<PlaceRow>,
    pub(crate) events: Vec<FactRow>,
    pub(crate) incidents: Vec<FactRow>,
    pub(crate) statements: Vec<StatementRow>,
    pub(crate) relations: Vec<RelationRow>,
    pub(crate) control: Vec<ControlRow>,
}

/// An actor of the document. Other rows name it by its index.
#[derive(Debug, Clone)]
pub(crate) struct ActorRow {
    pub(crate) local: String,
    pub(crate) key: String,
    pub(crate) registry: bool,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) country: Option<String>,
    pub(crate) sector: Option<&'static str>,
    pub(crate) private: bool,
}

/// A place of the document with the site that it names. Other rows name it by its index.
#[derive(Debug, Clone)]
pub(crate) struct PlaceRow {
    pub(crate) local: String,
    pub(crate) name: String,
    pub(crate) score: f64,
    pub(crate) digest: Vec<u8>,
    pub(crate) site_name: String,
    pub(crate) geonames: Option<i64>,
    pub(crate) wof: Option<i64>,
    pub(crate) lat: Option<f64>,
    pub(crate) lon: Option<f64>,
    pub(crate) country: Option<String>,
    pub(crate) admin1: Option<String>,
    pub(crate) precision: &'static str,
    pub(crate) radius_km: Option<f64>,
}

/// An event or an incident.
#[derive(Debug, Clone)]
pub(crate) struct FactRow {
    pub(crate) local: String,
    pub(crate) category: Option<&'static str>,
    pub(crate) mode: Option<&'static str>,
    pub(crate) r#type: Option<&'static str>,
    pub(crate) days: (Option<i32>, Option<i32>),
    pub(crate) place: Option<usize>,
    pub(crate) killed: (Option<u32>, Option<u32>, Option<u32>),
    pub(crate) wounded: Option<u32>,
    pub(crate) realis: &'static str,
    pub(crate) background: bool,
    pub(crate) score: f64,
    /// Events: the incident that holds it.
    pub(crate) incident: Option<String>,
    /// Incidents: the first evidence.
    pub(crate) quote: String,
    /// (index of the actor, role: 0 who did it, 1 to whom; incidents: how it is known).
    pub(crate) actors: Vec<(usize, i64, Option<&'static str>)>,
    /// 0: as read; 1: accepted by a human; 2: edited by one.
    pub(crate) corrected: u8,
}

/// Hedging words, the range that a scale gives them, and the scale.
pub(crate) type Hedge = (String, Option<f64>, Option<f64>, Option<String>);

/// A statement.
#[derive(Debug, Clone)]
pub(crate) struct StatementRow {
    pub(crate) local: String,
    pub(crate) kind: &'static str,
    pub(crate) speaker: Option<usize>,
    pub(crate) author: bool,
    pub(crate) anonymous: bool,
    pub(crate) quoted: bool,
    pub(crate) polarity: &'static str,
    pub(crate) certainty: Option<Hedge>,
    pub(crate) threat: Option<String>,
    pub(crate) score: f64,
    pub(crate) content: String,
    pub(crate) about: Vec<usize>,
    pub(crate) corrected: u8,
}

/// A relation.
#[derive(Debug, Clone)]
pub(crate) struct RelationRow {
    pub(crate) local: String,
    pub(crate) kind: &'static str,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) realis: &'static str,
    pub(crate) since: (Option<i32>, Option<i32>),
    pub(crate) until: (Option<i32>, Option<i32>),
    pub(crate) score: f64,
    pub(crate) quote: String,
    pub(crate) corrected: u8,
}

/// A change or state of control.
#[derive(Debug, Clone)]
pub(crate) struct ControlRow {
    pub(crate) local: String,
    pub(crate) place: usize,
    pub(crate) holder: usize,
    pub(crate) status: &'static str,
    pub(crate) counterpart: Option<usize>,
    pub(crate) days: (Option<i32>, Option<i32>),
    pub(crate) realis: &'static str,
    pub(crate) score: f64,
    pub(crate) quote: String,
    pub(crate) corrected: u8,
}

/// Makes the rows of a reading that keeps its contract.
pub(crate) fn rows(reading: &Reading<Quote>) -> Rows {
    let actor_of: BTreeMap<&str, usize> =
        reading.actors.iter().enumerate().map(|(index, one)| (one.id.as_str(), index)).collect();
    let place_of: BTreeMap<&str, usize> =
        reading.places.iter().enumerate().map(|(index, one)| (one.id.as_str(), index)).collect();
    let event_of: BTreeMap<&str, &Event<Quote>> =
        reading.events.iter().map(|one| (one.id.as_str(), one)).collect();
    let times: BTreeMap<&str, (Option<i32>, Option<i32>)> =
        reading.times.iter().map(|one| (one.id.as_str(), (day(&one.start), day(&one.end)))).collect();
    let actor = |id: &String| actor_of.get(id.as_str()).copied();
    let place = |id: &String| place_of.get(id.as_str()).copied();
    let days = |id: &Option<String>| {
        id.as_ref().and_then(|id| times.get(id.as_str()).copied()).unwrap_or((None, None))
    };
    let mut incident_of: BTreeMap<&str, &str> = BTreeMap::new();
    for incident in &reading.incidents {
        for event in &incident.events {
            incident_of.entry(event).or_insert(&incident.id);
        }
    }
    let events = reading.events.iter().map(|event| {
        let who = event.actors.iter().filter_map(&actor).map(|index| (index, 0, None));
        let whom = event.recipients.iter().filter_map(&actor).map(|index| (index, 1, None));
        FactRow {
            local: event.id.clone(),
            category: Some(event.category.as_str()),
            mode: event.mode.map(|mode| mode.as_str()),
            r#type: event.incident_type.map(|kind| kind.as_str()),
            days: days(&event.time),
            place: event.place.as_ref().and_then(&place),
            killed: killed(&event.toll),
            wounded: event.toll.wounded.as_ref().and_then(|count| count.best),
            realis: event.realis.as_str(),
            background: event.background,
            score: event.score,
            incident: incident_of.get(event.id.as_str()).map(|id| (*id).to_owned()),
            quote: String::new(),
            actors: once_each(who.chain(whom)),
            corrected: 0,
        }
    });
    let incidents = reading.incidents.iter().map(|incident| {
        let tellings: Vec<&Event<Quote>> =
            incident.events.iter().filter_map(|id| event_of.get(id.as_str()).copied()).collect();
        // The surest telling of what happened speaks for the incident.
        let best = tellings.iter().copied().max_by(|a, b| {
            let rank = |event: &Event<Quote>| (event.realis == Realis::Actual, event.score);
            let (a, b) = (rank(a), rank(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let who = incident
            .perpetrators
            .iter()
            .filter_map(|who| Some((actor(who.actor.as_ref()?)?, 0, Some(who.claim.as_str()))));
        let whom = incident.victims.iter().filter_map(|whom| Some((actor(whom.actor.as_ref()?)?, 1, None)));
        FactRow {
            local: incident.id.clone(),
            category: best.map(|event| event.category.as_str()),
            mode: None,
            r#type: incident.r#type.map(|kind| kind.as_str()),
            days: days(&incident.time),
            place: incident.place.as_ref().and_then(&place),
            killed: killed(&incident.toll),
            wounded: incident.toll.wounded.as_ref().and_then(|count| count.best),
            realis: best.map_or(Realis::Actual, |event| event.realis).as_str(),
            background: !tellings.is_empty() && tellings.iter().all(|event| event.background),
            score: best.map_or(0.0, |event| event.score),
            incident: None,
            quote: first(&incident.evidence),
            actors: once_each(who.chain(whom)),
            corrected: 0,
        }
    });
    let statements = reading.statements.iter().map(|one| {
        let mut about: Vec<usize> = one.about.iter().filter_map(&actor).collect();
        about.sort_unstable();
        about.dedup();
        StatementRow {
            local: one.id.clone(),
            kind: one.kind.as_str(),
            speaker: one.speaker.actor.as_ref().and_then(&actor),
            author: one.speaker.author,
            anonymous: one.speaker.anonymous,
            quoted: one.quoted,
            polarity: one.polarity.as_str(),
            certainty: one.certainty.clone().map(|sure| (sure.words, sure.low, sure.high, sure.scale)),
            threat: one.threat.as_ref().map(|threat| threat.words.clone().unwrap_or_default()),
            score: one.score,
            content: cut(&one.content.quote),
            about,
            corrected: 0,
        }
    });
    let relations = reading.relations.iter().filter_map(|one| {
        Some(RelationRow {
            local: one.id.clone(),
            kind: one.kind.as_str(),
            from: actor(&one.from)?,
            to: actor(&one.to)?,
            realis: one.realis.as_str(),
            since: days(&one.since),
            until: days(&one.until),
            score: one.score,
            quote: first(&one.evidence),
            corrected: 0,
        })
    });
    let control = reading.control.iter().filter_map(|one| {
        Some(ControlRow {
            local: one.id.clone(),
            place: place(&one.place)?,
            holder: actor(&one.holder)?,
            status: one.status.as_str(),
            counterpart: one.counterpart.as_ref().and_then(&actor),
            days: days(&one.time),
            realis: one.realis.as_str(),
            score: one.score,
            quote: first(&one.evidence),
            corrected: 0,
        })
    });
    Rows {
        actors: reading.actors.iter().map(actor_row).collect(),
        places: reading.places.iter().map(place_row).collect(),
        events: events.collect(),
        incidents: incidents.collect(),
        statements: statements.collect(),
        relations: relations.collect(),
        control: control.collect(),
    }
}

fn day(text: &Option<String>) -> Option<i32> {
    text.as_ref()?.parse::<Date>().ok().map(Date::days)
}

fn killed(toll: &Toll<Quote>) -> (Option<u32>, Option<u32>, Option<u32>) {
    toll.killed.as_ref().map_or((None, None, None), |count| (count.low, count.best.or(count.low), count.high))
}

/// Each (actor, role) once, the first stays.
fn once_each(
    all: impl Iterator<Item = (usize, i64, Option<&'static str>)>,
) -> Vec<(usize, i64, Option<&'static str>)> {
    let mut kept: Vec<(usize, i64, Option<&'static str>)> = Vec::new();
    for one in all {
        if !kept.iter().any(|other| (other.0, other.1) == (one.0, one.1)) {
            kept.push(one);
        }
    }
    kept
}

fn first(evidence: &[Quote]) -> String {
    evidence.first().map(|quote| cut(&quote.quote)).unwrap_or_default()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(QUOTE_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Folds a name: no case, no marks, words of letters and digits joined by single hyphens.
pub(crate) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.nfkd().filter(|character| !is_combining_mark(*character)) {
        if character.is_alphanumeric() {
            folded.extend(character.to_lowercase());
        } else if !matches!(character, '\'' | '’') && !folded.is_empty() && !folded.ends_with('-') {
            folded.push('-');
        }
    }
    folded.truncate(folded.trim_end_matches('-').len());
    folded
}

fn actor_row(one: &Actor<Quote>) -> ActorRow {
    let key = one.registry.clone().unwrap_or_else(|| {
        format!("~{}:{}:{}", one.kind.as_str(), one.country.as_deref().unwrap_or("-"), fold(&one.name))
    });
    ActorRow {
        local: one.id.clone(),
        key,
        registry: one.registry.is_some(),
        name: one.name.clone(),
        kind: one.kind.as_str(),
        country: one.country.clone(),
        sector: one.sector.map(|sector| sector.as_str()),
        private: one.private,
    }
}

fn place_row(one: &Place<Quote>) -> PlaceRow {
    let listed = one
        .candidates
        .iter()
        .find(|candidate| candidate.geonames == one.geonames && candidate.wof == one.wof)
        .filter(|_| one.geonames.is_some() || one.wof.is_some());
    let site_name = listed.map_or_else(|| one.name.clone(), |candidate| candidate.name.clone());
    let number = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.6}"));
    let digest = digest(&[
        format!(
            "{:?} {:?} {} {} {}",
            one.geonames,
            one.wof,
            number(one.lat),
            number(one.lon),
            number(one.radius_km)
        )
        .as_bytes(),
        site_name.as_bytes(),
        one.country.as_deref().unwrap_or("").as_bytes(),
        one.admin1.as_deref().unwrap_or("").as_bytes(),
        one.precision.as_str().as_bytes(),
    ]);
    PlaceRow {
        local: one.id.clone(),
        name: one.name.clone(),
        score: one.score,
        digest: digest[..16].to_vec(),
        site_name,
        geonames: one.geonames.and_then(|id| i64::try_from(id).ok()),
        wof: one.wof.and_then(|id| i64::try_from(id).ok()),
        lat: one.lat,
        lon: one.lon,
        country: one.country.clone(),
        admin1: one.admin1.clone(),
        precision: one.precision.as_str(),
        radius_km: one.radius_km,
    }
}
