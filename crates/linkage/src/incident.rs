//! Events on one happening → incidents.
//!
//! In: the assembled reading and the mentions behind it. Out: incidents, each with its events, perpetrators, victims, targets,
//! weapons, losses and the reasons for every join. Only violent (incident-typed) events that are actual or foiled form
//! incidents; history is never joined with news. Two events are joined when what speaks for one happening (a definite
//! description, place, day, actors, numbers) outweighs what speaks against it; a different day or place always parts them.
//! Not here: incidents over several documents.

mod compose;
mod evidence;
pub(crate) mod kinship;
pub(crate) mod learned;

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::reading::Incident;
use watchkeeper_record::{Document, Mentions, Reading};

use crate::assemble::Traces;
use evidence::{Telling, Weight};

/// Weight that joins an event to a happening told before.
const JOIN: f64 = 2.2;
/// Weight that joins two happenings once all is told.
const MERGE: f64 = 3.0;
/// What speaks for the happening that headline or lead tells, where a later one is only `the attack`.
const MAIN: f64 = 1.8;
/// How many tellings of a later happening are compared before two are joined.
const MERGED: usize = 8;
/// How many happenings back an event is compared with.
const LOOK_BACK: usize = 48;

/// One happening: its tellings in text order and why each was joined.
#[derive(Debug, Default)]
pub(crate) struct Cluster<'a> {
    tellings: Vec<Telling<'a>>,
    why: Vec<String>,
}

/// Whether an event tells who did it, who suffered it, or how many, or else when and where it was: without any, `fighting` is background noise.
fn tells_something(telling: &Telling<'_>) -> bool {
    let event = telling.event;
    !event.actors.is_empty()
        || !event.recipients.is_empty()
        || !event.toll.is_empty()
        || telling.is_when_and_where()
}

/// Joins happenings that turn out to be one: something speaks for it strongly, nothing parts any two of their tellings.
fn merge(clusters: &mut Vec<Cluster<'_>>) {
    let mut later = 1;
    while later < clusters.len() {
        let mut best: Option<(Weight, usize, usize)> = None;
        for earlier in later.saturating_sub(LOOK_BACK)..later {
            let (one, other) = (&clusters[earlier], &clusters[later]);
            let mut strongest: Option<(Weight, usize)> = None;
            let parted = other.tellings.iter().enumerate().take(MERGED).any(|(at, telling)| {
                match evidence::weigh(telling, &one.tellings) {
                    // What points back has been led to its happening already.
                    Some(_) if at > 0 && telling.points_back() => false,
                    Some(weight) => {
                        if strongest.as_ref().is_none_or(|(known, _)| weight.sum > known.sum) {
                            strongest = Some((weight, at));
                        }
                        false
                    }
                    None => true,
                }
            });
            if let Some((weight, at)) = strongest.filter(|(weight, _)| !parted && weight.sum >= MERGE)
                && best.as_ref().is_none_or(|(known, ..)| weight.sum > known.sum)
            {
                best = Some((weight, at, earlier));
            }
        }
        match best {
            Some((weight, at, earlier)) => {
                let cluster = clusters.remove(later);
                let with = clusters[earlier].tellings[weight.with].event.id.clone();
                let one = &cluster.tellings[at].event.id;
                let why = format!("{one} joined {with}: {}", weight.reasons.join(", "));
                clusters[earlier].why.extend(cluster.why);
                clusters[earlier].why.push(why);
                clusters[earlier].tellings.extend(cluster.tellings);
                clusters[earlier].tellings.sort_by_key(|telling| telling.mention.trigger.start);
            }
            None => later += 1,
        }
    }
}

/// Joins the events of a reading that tell one happening.
pub(crate) fn incidents(
    doc: &Document,
    mentions: &Mentions,
    traces: &Traces,
    reading: &Reading,
) -> Vec<Incident> {
    let mut clusters: Vec<Cluster<'_>> = Vec::new();
    for (index, event) in reading.events.iter().enumerate() {
        let happened = matches!(event.realis, Realis::Actual | Realis::Foiled);
        let mention = &mentions.events[traces.mention_of_event[index]];
        if event.incident_type.is_none() && happened {
            let telling = Telling::new(doc, reading, event, mention, mentions, traces.beside[index]);
            if let Some(cluster) = clusters.last_mut()
                && telling.is_aftermath_of(doc, &cluster.tellings)
            {
                let with = cluster.tellings.last().map_or("", |last| last.event.id.as_str());
                cluster.why.push(format!("{} joined {with}: losses told right after", event.id));
                cluster.tellings.push(telling);
            }
        }
        if event.incident_type.is_none() || !happened {
            continue;
        }
        let telling = Telling::new(doc, reading, event, mention, mentions, traces.beside[index]);
        if telling.is_sum(doc) {
            continue;
        }
        let first = clusters.len().saturating_sub(LOOK_BACK);
        let mut best: Option<(Weight, usize)> = None;
        for number in (first..clusters.len()).rev() {
            // `the raid` is none of which nothing was told but that it was.
            if telling.points_back() && !clusters[number].tellings.iter().any(tells_something) {
                continue;
            }
            let Some(mut weight) = evidence::weigh(&telling, &clusters[number].tellings) else { continue };
            if number == 0 && telling.points_back() && !clusters[0].tellings[0].event.background {
                weight.sum += MAIN;
                weight.reasons.push("the happening that the text begins with");
            }
            if best.as_ref().is_none_or(|(known, _)| weight.sum > known.sum) {
                best = Some((weight, number));
            }
        }
        match best.filter(|(weight, _)| weight.sum >= JOIN) {
            Some((weight, number)) => {
                let cluster = &mut clusters[number];
                let with = &cluster.tellings[weight.with].event.id;
                cluster.why.push(format!("{} joined {with}: {}", event.id, weight.reasons.join(", ")));
                cluster.tellings.push(telling);
            }
            None => clusters.push(Cluster { tellings: vec![telling], why: Vec::new() }),
        }
    }
    merge(&mut clusters);
    clusters.retain(|cluster| cluster.tellings.iter().any(tells_something));
    let claims = compose::claims(doc, mentions, traces, reading, &clusters);
    clusters
        .iter()
        .enumerate()
        .map(|(number, cluster)| {
            compose::incident(doc, mentions, traces, reading, cluster, &claims[number], number)
        })
        .collect()
}
