//! Place mentions → places on the map.
//!
//! In: the mentions, the gazetteer, the document's actors (their countries are a hint). Out: one [`Place`] for each distinct
//! place with all its mentions. Candidates are ranked by how prominent they are, by the countries that the document speaks of,
//! by the place a name is said to lie in, and by the common noun beside it. A name that can't be told apart keeps its candidates
//! and falls back to the first-order unit or country they share. Nothing is guessed for a name that the gazetteer lacks.
//! Not here: where an event happened (`attach`). The country of a place never comes from an actor's nationality alone.

mod capital;
mod context;
pub mod explain;
mod model;
mod rank;
mod scene;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use watchkeeper_record::codebook::{ActorKind, Precision};
use watchkeeper_record::document::EntityLabel;
use watchkeeper_record::mention::PlaceMention;
use watchkeeper_record::reading::{Candidate, Place};
use watchkeeper_record::{Document, Mentions, Span};

use crate::LinkOptions;
use crate::actor::ActorLinks;
use crate::fold::fold;
use crate::gazetteer::{Gazetteer, Kind, NameKind, PlaceId, RowIndex};
use context::Context;
pub use model::{Ranker, Shares, rule_weight, trust_features};
pub use rank::distance_km;
use rank::{FeatureClass, Query, Ranked};
use scene::Scene;
pub use scene::{FEATURES, Studied, rows_km};

/// Most candidates that are published for a place.
const CANDIDATES_MAX: usize = 5;
/// Candidates below this are not published, 0..=1.
const CANDIDATE_SCORE_MIN: f64 = 0.01;
/// What `near` without a distance means, in kilometres.
const NEAR_KM: f64 = 15.0;
/// What a bearing without a distance means, or a way that leads there, in kilometres.
const BEARING_KM: f64 = 50.0;

/// Prepositions before a name that show it to be a place even where no gazetteer knows it.
const LOCATED: [&str; 12] = [
    "in",
    "at",
    "near",
    "outside",
    "inside",
    "around",
    "across",
    "throughout",
    "into",
    "from",
    "to",
    "towards",
];

/// The places of a document and which mention denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaceLinks {
    /// Places; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub places: Vec<Place>,
    /// For each mention of [`Mentions::places`] the index of its place in `places`; `None` where it is no place after all.
    pub of_mention: Vec<Option<usize>>,
}

/// Puts every place mention of a document on the map.
#[must_use]
pub fn link_places(
    doc: &Document,
    mentions: &Mentions,
    actors: &ActorLinks,
    gazetteer: &Gazetteer,
    ranker: &Ranker,
    options: &LinkOptions,
) -> PlaceLinks {
    let survey = Survey::new(doc, mentions, actors, gazetteer);
    let (context, found) = survey.rank();
    let studied = survey.study(&context, &found);
    put_all(survey, found, &studied, actors, ranker, options)
}

/// Puts every place mention on the map by what was studied of it before ([`study`]).
#[must_use]
pub fn link_studied(
    doc: &Document,
    mentions: &Mentions,
    actors: &ActorLinks,
    gazetteer: &Gazetteer,
    ranker: &Ranker,
    studied: &[Studied],
    options: &LinkOptions,
) -> PlaceLinks {
    let survey = Survey::new(doc, mentions, actors, gazetteer);
    let (_, mut found) = survey.rank();
    for (ranked, studied) in found.iter_mut().zip(studied) {
        ranked.candidates.retain(|candidate| studied.rows.contains(&candidate.row));
    }
    put_all(survey, found, studied, actors, ranker, options)
}

fn put_all(
    survey: Survey<'_>,
    mut found: Vec<Ranked>,
    studied: &[Studied],
    actors: &ActorLinks,
    ranker: &Ranker,
    options: &LinkOptions,
) -> PlaceLinks {
    let Survey { doc, mentions, gazetteer, names, .. } = survey;
    for (ranked, studied) in found.iter_mut().zip(studied) {
        ranker.apply(ranked, studied, gazetteer);
    }
    share_senses(&names, mentions, &mut found);
    let named_actors = named_actors(actors);
    let capitals = capital::capitals(doc, mentions, &found, gazetteer);
    let mut links = PlaceLinks::default();
    let mut known: BTreeMap<Identity, usize> = BTreeMap::new();
    for (number, (mention, name)) in mentions.iter().zip(&names).enumerate() {
        let container = mention.within.and_then(|within| found.get(within as usize)).and_then(Ranked::best);
        let unknown = found[number].candidates.is_empty();
        let landmark = mentions.get(number + 1).filter(|next| unknown && follows(doc, mention, next));
        let landmark = landmark.and_then(|next| {
            let mut place = resolve(gazetteer, &found[number + 1], next, &names[number + 1], None, options)?;
            place.name.clone_from(&name.text);
            place.geonames = None;
            place.wof = None;
            place.candidates.clear();
            place.why.push("not in the gazetteer: placed by the distance told".to_owned());
            (place.precision == Precision::Near).then_some(place)
        });
        let actor = actor_over(&named_actors, mention.span);
        let place = match actor {
            _ if capitals.contains_key(&number) => {
                capitals.get(&number).and_then(|&row| capital::place(gazetteer, row))
            }
            Some(Covered::Inside) => None,
            Some(Covered::Whole) if unknown => None,
            _ => landmark.or_else(|| resolve(gazetteer, &found[number], mention, name, container, options)),
        };
        let Some(place) = place else {
            links.of_mention.push(None);
            continue;
        };
        let identity = Identity {
            row: capitals
                .get(&number)
                .copied()
                .or_else(|| found[number].best())
                .filter(|_| place.lat.is_some()),
            name: if place.lat.is_some() { String::new() } else { name.key.clone() },
            precision: place.precision,
            offset: mention.offset.filter(|_| place.precision == Precision::Near).map(|offset| {
                (offset.km.map(|km| (km * 10.0) as i64), offset.bearing_degrees.map(|degrees| degrees as i64))
            }),
        };
        let index = *known.entry(identity).or_insert_with(|| {
            links.places.push(place);
            links.places.len() - 1
        });
        links.places[index].mentions.push(mention.span);
        links.of_mention.push(Some(index));
    }
    in_the_only_country(&mut links.places);
    links
}

/// Places that no gazetteer knows lie in the country that all the others of the text lie in.
fn in_the_only_country(places: &mut [Place]) {
    let mut countries =
        places.iter().filter(|place| place.lat.is_some()).filter_map(|place| place.country.clone());
    let Some(first) = countries.next() else { return };
    if !countries.all(|country| country == first) {
        return;
    }
    for place in places.iter_mut().filter(|place| place.lat.is_none() && place.country.is_none()) {
        place.country = Some(first.clone());
        place.why.push("the only country that the text's places lie in".to_owned());
    }
}

/// The names of a document and what each may mean.
struct Survey<'a> {
    doc: &'a Document,
    mentions: &'a [PlaceMention],
    gazetteer: &'a Gazetteer,
    names: Vec<Name>,
    searches: BTreeMap<String, rank::Search>,
    /// What everything but the places tells.
    hints: Context,
}

impl<'a> Survey<'a> {
    fn new(doc: &'a Document, mentions: &'a Mentions, actors: &ActorLinks, gazetteer: &'a Gazetteer) -> Self {
        let mentions = &mentions.places;
        let names: Vec<Name> = mentions.iter().map(|mention| Name::new(doc, mention)).collect();
        let mut searches = BTreeMap::new();
        for name in &names {
            if !searches.contains_key(&name.key) {
                searches.insert(name.key.clone(), rank::search(gazetteer, &name.text));
            }
        }
        let hints = Context::of_document(doc, actors, gazetteer);
        Self { doc, mentions, gazetteer, names, searches, hints }
    }

    /// The hints and what the places found tell.
    fn context(&self, found: &[Ranked]) -> Context {
        let mut context = self.hints.clone();
        context.add_places(self.gazetteer, self.names.iter().map(|name| name.key.as_str()).zip(found));
        context
    }

    /// Ranks every name by the plain rule. `found` is what the names were thought to mean before, or empty.
    fn by_rule(&self, context: &Context, found: &[Ranked]) -> Vec<Ranked> {
        let best = |number: usize| found.get(number).and_then(Ranked::best);
        let ranked = |number: usize, mention: &PlaceMention, name: &Name| {
            let landmark = self.mentions.get(number + 1).filter(|next| follows(self.doc, mention, next));
            let container = mention.within.and_then(|within| best(within as usize));
            let query = Query {
                key: &name.key,
                feature: name.feature,
                container: container.or_else(|| landmark.and_then(|_| best(number + 1))),
                weak: name.weak,
                text: &name.text,
                context,
            };
            rank::rank(self.gazetteer, &self.searches[&name.key], &query)
        };
        let numbered = self.mentions.iter().zip(&self.names).enumerate();
        numbered.map(|(number, (mention, name))| ranked(number, mention, name)).collect()
    }

    /// What the model sees of every mention.
    fn study(&self, context: &Context, ranked: &[Ranked]) -> Vec<Studied> {
        let mut scene = Scene::new(self.doc, self.gazetteer, context, &self.names, self.mentions, ranked);
        (0..self.names.len()).map(|mention| scene.study(mention)).collect()
    }

    /// The names as the plain rule ranks them, with the context that it comes to.
    fn rank(&self) -> (Context, Vec<Ranked>) {
        let found = self.by_rule(&self.hints, &[]);
        let context = self.context(&found);
        let found = self.by_rule(&context, &found);
        (context, found)
    }
}

/// What the ranking model sees of each mention of a document: for training it. `without` leaves a part of the gazetteer out,
/// to measure what the part brings.
#[must_use]
pub fn study(
    doc: &Document,
    mentions: &Mentions,
    actors: &ActorLinks,
    gazetteer: &Gazetteer,
    without: Option<Part>,
) -> Vec<Studied> {
    let mut survey = Survey::new(doc, mentions, actors, gazetteer);
    if let Some(part) = without {
        for search in survey.searches.values_mut() {
            search.hits.retain(|hit| !part.holds(gazetteer, hit));
        }
    }
    let (context, found) = survey.rank();
    survey.study(&context, &found)
}

/// A part of the gazetteer, to be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who's On First's villages, quarters and sites.
    Villages,
    /// Rows without an id: those kept by hand and most units of the second order.
    Own,
    /// Names other than the main one.
    Alternates,
    /// Spellings of names from other scripts that are only like a name known.
    Loose,
    /// Units of the second order.
    Admin2,
    /// Units of the first order.
    Admin1,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Villages, Self::Own, Self::Alternates, Self::Loose, Self::Admin2, Self::Admin1];

    fn holds(self, gazetteer: &Gazetteer, hit: &crate::gazetteer::Hit) -> bool {
        let place = gazetteer.place(hit.row);
        let kind = |kind: Kind| place.is_some_and(|place| place.kind == kind);
        match self {
            Self::Villages => place.is_some_and(|place| matches!(place.id, PlaceId::WhosOnFirst(_))),
            Self::Own => place.is_some_and(|place| place.id == PlaceId::Own),
            Self::Alternates => hit.name == NameKind::Alternate,
            Self::Loose => hit.name == NameKind::Loose,
            Self::Admin2 => kind(Kind::Admin2),
            Self::Admin1 => kind(Kind::Admin1),
        }
    }
}

/// How the name of an actor covers the name of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Covered {
    /// The place name is a part of a registered group's name: `Islamic State in the Greater Sahara`.
    Inside,
    /// The two are the same words.
    Whole,
}

/// Where registered actors and persons are named, by their names; sorted.
fn named_actors(actors: &ActorLinks) -> Vec<(Span, bool)> {
    let mut spans: Vec<(Span, bool)> = Vec::new();
    for actor in &actors.actors {
        let registered = actor.registry.is_some()
            && matches!(
                actor.kind,
                ActorKind::ArmedGroup | ActorKind::Party | ActorKind::Media | ActorKind::InternationalOrg
            );
        let longest = actor.aliases.iter().map(String::len).chain([actor.name.len()]).max().unwrap_or(0);
        if registered || actor.kind == ActorKind::Person || actor.kind == ActorKind::ArmedGroup {
            // Only what is as short as a name: `fighters of the group from Gao` is a phrase.
            let named = actor.mentions.iter().filter(|mention| mention.len() <= longest + 4);
            spans.extend(named.map(|&mention| (mention, registered)));
        }
    }
    spans.sort_unstable();
    spans
}

fn actor_over(named: &[(Span, bool)], place: Span) -> Option<Covered> {
    let after = named.partition_point(|(span, _)| span.start() <= place.start());
    let cover = named[after.saturating_sub(4)..after].iter().rev().find(|(span, _)| span.contains(place))?;
    match cover {
        (span, true) if span.len() > place.len() + 3 => Some(Covered::Inside),
        _ => Some(Covered::Whole),
    }
}

/// Whether the next mention is the landmark of a distance phrase about this one: `Dalori, 12 km from Maiduguri`.
fn follows(doc: &Document, mention: &PlaceMention, next: &PlaceMention) -> bool {
    next.offset.is_some_and(|offset| {
        let between = doc.text().get(mention.span.end()..offset.span.start()).unwrap_or("x");
        offset.km.is_some()
            && between.len() < 24
            && between.trim_start().starts_with([',', '('])
            && !between.contains('.')
    })
}

/// What makes two mentions one place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    row: Option<RowIndex>,
    name: String,
    precision: Precision,
    offset: Option<(Option<i64>, Option<i64>)>,
}

/// The recogniser's score from which a name is a place, whatever else calls it so or not.
const SURE: f32 = 0.75;

/// A mention's name and what the text says about it.
#[derive(Debug)]
struct Name {
    text: String,
    key: String,
    feature: Option<FeatureClass>,
    /// Neither the entity recogniser nor a feature word calls it a place, and the recogniser of places isn't sure.
    weak: bool,
    /// A preposition of place stands before it.
    located: bool,
    /// The entity recogniser's label.
    label: Option<EntityLabel>,
}

impl Name {
    fn new(doc: &Document, mention: &PlaceMention) -> Self {
        // The tokens, not the text: a text in capitals is re-cased there.
        let mut text = String::new();
        for index in mention.tokens.clone() {
            let tok = doc.token(index);
            text.push_str(&tok.text);
            if tok.space_after && index + 1 < mention.tokens.end {
                text.push(' ');
            }
        }
        let first = doc.entities().partition_point(|entity| entity.tokens.end <= mention.tokens.start);
        let label = doc
            .entities()
            .get(first)
            .filter(|entity| entity.tokens.start < mention.tokens.end)
            .map(|entity| entity.label);
        let place_label = matches!(label, Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac));
        let feature = mention.feature.as_deref().and_then(rank::feature_class);
        let start = mention.tokens.start;
        let sentence = &doc.sentences()[doc.sentence_of(start) as usize].tokens;
        let located = (1..4).any(|back| {
            start.checked_sub(back).filter(|index| sentence.contains(index)).is_some_and(|index| {
                let tok = doc.token(index);
                LOCATED.contains(&tok.text.to_lowercase().as_str())
                    && (back == 1 || doc.subtree(index).contains(&start))
            })
        });
        Self {
            key: fold(&text),
            text,
            feature,
            weak: mention.score < SURE
                && !place_label
                && (mention.feature.is_none() || label == Some(EntityLabel::Person)),
            located,
            label,
        }
    }
}

/// Mentions of one name without words of their own take the sense of those that have them.
fn share_senses(names: &[Name], mentions: &[PlaceMention], found: &mut [Ranked]) {
    let mut told: FxHashMap<&str, usize> = FxHashMap::default();
    for (number, name) in names.iter().enumerate() {
        let informed = mentions[number].within.is_some() || name.feature.is_some();
        let best = told.get(name.key.as_str()).copied();
        let better = best.is_none_or(|best| found[number].score() > found[best].score());
        if informed && better && found[number].score() > 0.5 {
            told.insert(&name.key, number);
        }
    }
    for (number, name) in names.iter().enumerate() {
        let informed = mentions[number].within.is_some() || name.feature.is_some();
        if let Some(&best) = told.get(name.key.as_str())
            && !informed
            && found[best].score() >= found[number].score()
        {
            found[number] = found[best].clone();
        }
    }
}

/// The place that a mention denotes, without its mention; `None` when nothing shows that it is a place.
fn resolve(
    gazetteer: &Gazetteer,
    ranked: &Ranked,
    mention: &PlaceMention,
    name: &Name,
    container: Option<RowIndex>,
    options: &LinkOptions,
) -> Option<Place> {
    let mut place = blank(name.text.clone(), ranked.score());
    let candidates = ranked.candidates.iter().filter(|candidate| candidate.score >= CANDIDATE_SCORE_MIN);
    place.candidates = candidates
        .take(CANDIDATES_MAX)
        .filter_map(|candidate| published(gazetteer, candidate.row, candidate.score))
        .collect();
    if !name.text.chars().any(char::is_uppercase) {
        // `the homeland`, `the capital`: a description that another record points to.
        place.score = 0.3;
        place.candidates.clear();
        place.why.push("a description, not a name".to_owned());
        return Some(place);
    }
    if name.weak && (ranked.by_rule < 0.5 || ranked.rejected_when_weak) {
        return None;
    }
    if let Some(best) = ranked.best().filter(|_| ranked.score() >= options.place_score_min) {
        put(gazetteer, best, &mut place);
        place.why.extend(ranked.why.iter().cloned());
        offset(mention, name, gazetteer.place(best).map(|place| place.kind), &mut place);
        return Some(place);
    }
    if let Some((row, score)) = ranked.shared(gazetteer) {
        place.score = score;
        put(gazetteer, row, &mut place);
        place.why.push("several places bear this name: the unit they share is given".to_owned());
        return Some(place);
    }
    if !ranked.candidates.is_empty() && !name.weak {
        place.why.push("several places bear this name and nothing tells them apart".to_owned());
        return (name.located || name.feature.is_some()).then_some(place);
    }
    let acronym = !name.text.chars().any(char::is_lowercase);
    let said = mention.feature.is_some() || (name.located && !name.weak && !acronym);
    if let Some(row) = container.filter(|_| said) {
        place.score = 0.5;
        put(gazetteer, row, &mut place);
        if place.precision == Precision::Exact {
            place.precision = Precision::Near;
            place.radius_km = Some(NEAR_KM);
        }
        place.why.push("not in the gazetteer: the place it is said to lie in is given".to_owned());
        return Some(place);
    }
    place.score = 0.3;
    place.why.push("not in the gazetteer".to_owned());
    said.then_some(place)
}

/// A place of which only the name is known.
fn blank(name: String, score: f64) -> Place {
    Place {
        id: String::new(),
        name,
        geonames: None,
        wof: None,
        lat: None,
        lon: None,
        country: None,
        admin1: None,
        precision: Precision::Region,
        radius_km: None,
        score,
        candidates: Vec::new(),
        mentions: Vec::new(),
        why: Vec::new(),
    }
}

/// Fills a place from a row of the gazetteer.
fn put(gazetteer: &Gazetteer, row: RowIndex, place: &mut Place) {
    let Some(known) = gazetteer.place(row) else { return };
    match known.id {
        PlaceId::GeoNames(id) => place.geonames = Some(u64::from(id)),
        PlaceId::WhosOnFirst(id) => place.wof = Some(u64::from(id)),
        PlaceId::Own => {}
    }
    if !known.lat.is_nan() {
        place.lat = Some(known.lat);
        place.lon = Some(known.lon);
    }
    place.country = known.country.and_then(|country| gazetteer.iso3(country)).map(str::to_owned);
    place.admin1 = match known.kind {
        Kind::Admin1 => Some(known.name.to_owned()),
        _ => known.admin1.and_then(|unit| gazetteer.place(unit)).map(|unit| unit.name.to_owned()),
    };
    place.precision = match known.kind {
        Kind::Country => Precision::Country,
        Kind::Admin1 => Precision::Admin1,
        Kind::Admin2 => Precision::Admin2,
        Kind::Region | Kind::Nature => Precision::Region,
        _ => Precision::Exact,
    };
    // How far a region or water reaches; a view needs it to draw more than a point.
    place.radius_km = known.radius_km.filter(|km| *km > 0.0);
    if gazetteer.is_users(row) {
        place.why.push("a place of the user's own table".to_owned());
    }
    let unit = place.admin1.as_deref().filter(|unit| *unit != known.name).map(|unit| format!("{unit}, "));
    place.why.push(format!(
        "gazetteer: {} ({}{})",
        known.name,
        unit.unwrap_or_default(),
        place.country.as_deref().unwrap_or("no single country")
    ));
}

/// Moves a place by the distance phrase before its name, and widens sites that only their town is known of.
fn offset(mention: &PlaceMention, name: &Name, kind: Option<Kind>, place: &mut Place) {
    if let Some(offset) = mention.offset {
        let point = matches!(place.precision, Precision::Exact);
        let (Some(lat), Some(lon)) = (place.lat, place.lon) else { return };
        let km = offset.km.map(f64::from).filter(|km| (0.0..=2000.0).contains(km));
        match (km, offset.bearing_degrees) {
            (Some(km), Some(bearing)) => {
                let (lat, lon) = destination(lat, lon, km, f64::from(bearing));
                place.lat = Some(lat);
                place.lon = Some(lon);
                place.radius_km = Some((km * 0.25).clamp(5.0, 50.0).round());
            }
            (Some(km), None) => place.radius_km = Some(km.max(1.0).round()),
            (None, bearing) if point => {
                let far = bearing.is_some() || offset.way;
                place.radius_km = Some(if far { BEARING_KM } else { NEAR_KM });
            }
            _ => return,
        }
        place.precision = Precision::Near;
        // The point is beside the place, not the place: its own names and ids stay with the candidates.
        place.why.push("distance phrase before the name".to_owned());
    } else if name.feature == Some(FeatureClass::Site)
        && kind.is_some_and(|kind| kind != Kind::Site)
        && place.precision == Precision::Exact
    {
        place.precision = Precision::Near;
        place.radius_km = Some(NEAR_KM);
        place.why.push("a site named after the place".to_owned());
    }
}

/// The point `km` away on a sphere, and five digits of it.
fn destination(lat: f64, lon: f64, km: f64, bearing_degrees: f64) -> (f64, f64) {
    let (phi, lambda, theta) = (lat.to_radians(), lon.to_radians(), bearing_degrees.to_radians());
    let delta = km / 6371.0;
    let to = (phi.sin() * delta.cos() + phi.cos() * delta.sin() * theta.cos()).asin();
    let east = (theta.sin() * delta.sin() * phi.cos()).atan2(delta.cos() - phi.sin() * to.sin());
    let lon = (lambda + east).to_degrees();
    let round = |degrees: f64| (degrees * 1000.0).round() / 1000.0;
    (round(to.to_degrees()), round((lon + 540.0).rem_euclid(360.0) - 180.0))
}

fn published(gazetteer: &Gazetteer, row: RowIndex, score: f64) -> Option<Candidate> {
    let place = gazetteer.place(row).filter(|place| !place.lat.is_nan())?;
    let (geonames, wof) = match place.id {
        PlaceId::GeoNames(id) => (Some(u64::from(id)), None),
        PlaceId::WhosOnFirst(id) => (None, Some(u64::from(id))),
        PlaceId::Own => (None, None),
    };
    Some(Candidate { geonames, wof, name: place.name.to_owned(), lat: place.lat, lon: place.lon, score })
}
