//! Place mentions: which names are said to be places, and the words that lead to them.
//!
//! In: the annotated document. Out: [`PlaceMention`]s in text order, never overlapping: the name itself, the common noun beside
//! it (`village of X`, `X province`), the place it is said to lie in, and distance phrases (`120 km north of X`). The entity
//! recogniser often takes foreign towns for people or organisations, so a locative preposition or a feature word makes a
//! mention too; `linkage` drops those its gazetteer doesn't know. A name inside the name of an organisation is no place.
//! Vocabulary: `data/lexicon/en/place_features.tsv`, `place_words.tsv`.

mod candidate;
mod choose;
mod features;
mod lexicon;
mod phrase;
mod scan;

use std::ops::Range;

use watchkeeper_nn::trees::logistic;
use watchkeeper_record::document::{EntityLabel, TokenIndex};
use watchkeeper_record::mention::{PlaceKind, PlaceMention};
use watchkeeper_record::names::{NameMatch, PlaceClass, PlaceNames};
use watchkeeper_record::{Document, Mentions};

use crate::codebook::Codebook;
use candidate::{Candidates, Draft};
use features::Ground;
pub use features::PLACE_FEATURES;
pub(crate) use lexicon::Lexicon;
use scan::Scan;

/// A span that may be the name of a place, and how sure the program is that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceCandidate {
    /// Its tokens.
    pub tokens: Range<TokenIndex>,
    /// What it is.
    pub kind: PlaceKind,
    /// The rules take it for a place, without any weights.
    pub ruled: bool,
    /// What the weights were told, in the order of [`PLACE_FEATURES`].
    pub features: Vec<f32>,
}

/// Every candidate of a document with its features, for training and benchmarks; in order of start, then end.
#[must_use]
pub fn place_candidates(doc: &Document, codebook: &Codebook, names: &dyn PlaceNames) -> Vec<PlaceCandidate> {
    let (scan, found) = rules(doc, codebook);
    let candidates = Candidates::new(&scan, &found, names);
    let ground = Ground::new(&candidates);
    candidates
        .drafts
        .iter()
        .map(|draft| {
            let mut features = Vec::with_capacity(PLACE_FEATURES.len());
            features::fill(&scan, &candidates, &ground, draft, |_, value| features.push(value));
            let kind = kind(&scan, &candidates, draft);
            PlaceCandidate { tokens: draft.tokens.clone(), kind, ruled: draft.ruled, features }
        })
        .collect()
}

/// The place mentions of a document, of the kinds wanted, for benchmarks that count more than a reading does.
#[must_use]
pub fn place_mentions(
    doc: &Document,
    codebook: &Codebook,
    names: &dyn PlaceNames,
    kinds: &[PlaceKind],
) -> Vec<PlaceMention> {
    let (scan, found) = recognise(doc, codebook, names, kinds, Policy::Corpus);
    mentions(scan, found)
}

/// Finds every place mention of a reading. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, names: &dyn PlaceNames, into: &mut Mentions) {
    let (scan, found) = recognise(doc, codebook, names, &[PlaceKind::Name], Policy::Reading);
    into.places.extend(mentions(scan, found));
}

/// Whom the names are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    /// A benchmark: the scores alone decide.
    Corpus,
    /// A reading: what the rules find stays unless the scores speak clearly against it.
    Reading,
}

/// Least probability that a name is there.
const ENOUGH: f32 = 0.35;
/// Least probability, in a reading, of a name that no rule finds.
const ENOUGH_UNRULED: f32 = 0.5;
/// Least probability, in a reading, of what a rule finds.
const ENOUGH_RULED: f32 = 0.08;
/// The same for `attacked X`: the weights haven't learned from reports of armed conflict, and `linkage` drops such a name if no gazetteer
/// knows it.
const ENOUGH_ATTACKED: f32 = 0.03;
/// What a rule's find counts where no weights are at hand.
const RULED_SCORE: f32 = 0.7;

/// A name that is taken.
#[derive(Debug)]
struct Found {
    tokens: Range<TokenIndex>,
    kind: PlaceKind,
    score: f32,
    why: String,
}

fn recognise<'a>(
    doc: &'a Document,
    codebook: &'a Codebook,
    names: &dyn PlaceNames,
    kinds: &[PlaceKind],
    policy: Policy,
) -> (Scan<'a>, Vec<Found>) {
    let (mut scan, ruled) = rules(doc, codebook);
    let mut found: Vec<Found> = Vec::new();
    if let Some(forest) = &codebook.place.forest {
        let candidates = Candidates::new(&scan, &ruled, names);
        let ground = Ground::new(&candidates);
        let mut row = Vec::with_capacity(PLACE_FEATURES.len());
        let spans: Vec<(Range<TokenIndex>, f32)> = candidates
            .drafts
            .iter()
            .map(|draft| {
                row.clear();
                features::fill(&scan, &candidates, &ground, draft, |_, value| row.push(value));
                (draft.tokens.clone(), logistic(forest.score(&row)))
            })
            .collect();
        for (at, score) in choose::choose(&spans, ENOUGH) {
            let draft = &candidates.drafts[at];
            let kind = kind(&scan, &candidates, draft);
            let enough = policy == Policy::Corpus
                || ((draft.ruled || score >= ENOUGH_UNRULED) && !scan.names_actor(&draft.tokens));
            if kinds.contains(&kind) && enough {
                let why = why(&candidates, draft, score);
                found.push(Found { tokens: draft.tokens.clone(), kind, score, why });
            }
        }
        if policy == Policy::Reading {
            let mut more = Vec::new();
            for (draft, (_, score)) in candidates.drafts.iter().zip(&spans).filter(|(draft, _)| draft.ruled) {
                let at = found.partition_point(|found| found.tokens.end <= draft.tokens.start);
                let free = found.get(at).is_none_or(|found| found.tokens.start >= draft.tokens.end);
                let enough = if scan.is_attacked(&draft.tokens) { ENOUGH_ATTACKED } else { ENOUGH_RULED };
                if free && *score >= enough && !scan.names_actor(&draft.tokens) {
                    let why = why(&candidates, draft, *score);
                    let tokens = draft.tokens.clone();
                    more.push(Found { tokens, kind: PlaceKind::Name, score: *score, why });
                }
            }
            found.extend(more);
            found.sort_by_key(|found| found.tokens.start);
        }
    } else {
        found.extend(ruled.into_iter().map(|tokens| Found {
            tokens,
            kind: PlaceKind::Name,
            score: RULED_SCORE,
            why: "recognised: by rule".to_owned(),
        }));
    }
    scan.taken.fill(false);
    for found in &found {
        scan.take(&found.tokens);
    }
    (scan, found)
}

fn kind(scan: &Scan<'_>, candidates: &Candidates, draft: &Draft) -> PlaceKind {
    let facts = &candidates.keys[draft.key as usize].facts;
    let label = candidates.toks[draft.tokens.start as usize].label;
    let spelled = facts.matched > Some(NameMatch::Loose);
    let demonym = facts.demonym && !(spelled && facts.is(PlaceClass::Country));
    let unknown = label == Some(EntityLabel::Norp) && !spelled;
    if (demonym || unknown) && !draft.ruled {
        PlaceKind::Demonym
    } else if scan.inside_name(&draft.tokens) {
        PlaceKind::Inside
    } else {
        PlaceKind::Name
    }
}

fn why(candidates: &Candidates, draft: &Draft, score: f32) -> String {
    let mut parts: Vec<&str> = Vec::new();
    match candidates.toks[draft.tokens.start as usize].label {
        Some(label) => parts.push(label.as_str()),
        None => parts.push("no entity"),
    }
    let key = &candidates.keys[draft.key as usize];
    match key.facts.matched {
        Some(NameMatch::Main | NameMatch::Alternate) => parts.push("known name"),
        Some(NameMatch::Loose) => parts.push("like a known name"),
        None if key.abbreviation => parts.push("abbreviation"),
        None => {}
    }
    if draft.ruled {
        parts.push("rule");
    } else if key.counts.ruled > 0.0 {
        parts.push("named elsewhere");
    }
    format!("recognised: {} ({score:.2})", parts.join(", "))
}

/// Mentions of what is taken, with the words around each.
fn mentions(scan: Scan<'_>, found: Vec<Found>) -> Vec<PlaceMention> {
    let mut places: Vec<PlaceMention> = found
        .into_iter()
        .map(|found| PlaceMention {
            kind: found.kind,
            score: found.score,
            why: found.why,
            span: scan.doc.span(found.tokens.clone()),
            feature: scan.feature(&found.tokens),
            offset: scan.offset(found.tokens.start),
            within: None,
            tokens: found.tokens,
        })
        .collect();
    for index in 0..places.len() {
        places[index].within = scan.within(&places, index);
    }
    places
}

/// What the rules alone take for places, in text order.
fn rules<'a>(doc: &'a Document, codebook: &'a Codebook) -> (Scan<'a>, Vec<Range<TokenIndex>>) {
    let mut scan = Scan::new(doc, &codebook.place);
    let mut found: Vec<Range<TokenIndex>> = Vec::new();
    for entity in doc.entities() {
        if matches!(entity.label, EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac) {
            found.extend(scan.entity(entity.tokens.clone(), entity.label));
        }
    }
    for range in &found {
        scan.take(range);
    }
    found.extend(scan.runs());
    found.sort_by_key(|range| range.start);
    let repeated = scan.repeated(&found);
    found.extend(repeated);
    found.sort_by_key(|range| range.start);
    (scan, found)
}
