//! What the ranking model sees of every place that a name may mean.
//!
//! In: the document's names with their candidates as the plain rule ranks them. Out: for each mention its candidates with a
//! row of [`FEATURES`] numbers each. The same rows are made for training (`watchkeeper-eval train toponyms`) and for reading.

use rustc_hash::FxHashMap;
use watchkeeper_record::Document;
use watchkeeper_record::mention::PlaceMention;

use crate::gazetteer::{Gazetteer, Kind, NameKind, Place, RowIndex};
use crate::place::Name;
use crate::place::context::Context;
use crate::place::rank::{self, FeatureClass, Ranked, distance_km};

/// Most candidates of a name that the model ranks.
pub(crate) const CANDIDATES_MAX: usize = 24;
/// Most candidates of a name that lend weight to their surroundings.
const NEIGHBOURS_MAX: usize = 10;
/// Most names that lend weight, the most often named first.
const NAMES_MAX: usize = 64;
/// Reach of the three measures of surroundings, in kilometres.
const REACH_KM: [f64; 3] = [40.0, 120.0, 400.0];

/// The features of a candidate, in order.
pub const FEATURES: [&str; 48] = [
    "rule_gap",
    "rule",
    "rule_share",
    "population",
    "population_gap",
    "population_rank",
    "candidates",
    "kind",
    "unit_level",
    "name_match",
    "same_spelling",
    "feature_fit",
    "feature_class",
    "inside_told",
    "inside_anywhere",
    "country_share",
    "country_named",
    "unit_votes",
    "near_40km",
    "near_120km",
    "near_400km",
    "nearest_name_km",
    "before_km",
    "after_km",
    "dateline_km",
    "dateline_country",
    "demonyms",
    "actors",
    "mentions",
    "position",
    "context",
    "names",
    "unit_named",
    "district_named",
    "holds_names",
    "namesake_unit",
    "same_country_rivals",
    "label",
    "weak",
    "located",
    "capitals",
    "words",
    "gap_near",
    "gap_country",
    "reach",
    "dateline_name",
    "of_id",
    "first_of_kind",
];

/// What a feature is about, in words for a reader.
pub(crate) fn words(feature: usize) -> &'static str {
    match FEATURES[feature] {
        "rule_gap" | "rule" | "rule_share" => "the plain rule's rank",
        "population" | "population_gap" | "population_rank" => "its size",
        "candidates" | "same_country_rivals" | "first_of_kind" => "how many places bear the name",
        "kind" | "unit_level" | "reach" | "namesake_unit" | "of_id" => "the kind of place",
        "name_match" | "same_spelling" | "words" | "capitals" => "the spelling of the name",
        "feature_fit" | "feature_class" => "the feature word beside the name",
        "inside_told" | "inside_anywhere" => "the place it is said to lie in",
        "country_share" | "country_named" | "gap_country" | "context" => "the countries the text names",
        "unit_votes" | "unit_named" | "district_named" | "holds_names" => "the units the text names",
        "near_40km" | "near_120km" | "near_400km" | "nearest_name_km" | "gap_near" => {
            "other places of the text near it"
        }
        "before_km" | "after_km" => "the places named next to it",
        "dateline_km" | "dateline_country" | "dateline_name" => "the dateline",
        "demonyms" => "demonyms",
        "actors" => "the actors' countries",
        _ => "how the text uses the name",
    }
}

/// One mention as the model sees it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Studied {
    /// What the name may mean, the plain rule's best first.
    pub rows: Vec<RowIndex>,
    /// `FEATURES.len()` numbers for each of `rows`.
    pub features: Vec<f32>,
}

/// A point on the unit sphere.
type Vector = [f32; 3];

fn vector(place: &Place<'_>) -> Option<Vector> {
    if place.lat.is_nan() {
        return None;
    }
    let (phi, lambda) = (place.lat.to_radians(), place.lon.to_radians());
    Some([(phi.cos() * lambda.cos()) as f32, (phi.cos() * lambda.sin()) as f32, phi.sin() as f32])
}

/// The angle between points as a distance; good to some hundred metres.
fn km(one: Vector, other: Vector) -> f64 {
    let chord = (0..3).map(|axis| f64::from(one[axis] - other[axis]).powi(2)).sum::<f64>().sqrt();
    2.0 * 6371.0 * (chord / 2.0).min(1.0).asin()
}

/// One candidate of a name, for its surroundings.
struct Neighbour {
    at: Vector,
    share: f64,
    kind: Kind,
}

/// What is known of a whole document before its names are studied one by one.
pub(crate) struct Scene<'a> {
    gazetteer: &'a Gazetteer,
    context: &'a Context,
    names: &'a [Name],
    found: &'a [Ranked],
    /// For each distinct name, its number.
    number: FxHashMap<&'a str, usize>,
    /// Candidates of each distinct name that lend weight; empty for names beyond [`NAMES_MAX`].
    neighbours: Vec<Vec<Neighbour>>,
    /// How often each distinct name stands in the text.
    count: Vec<u32>,
    /// Candidates that lie where some mention of the name is put, by name.
    inside: Vec<Vec<RowIndex>>,
    /// Units and countries that other names mean, with the number of the name.
    named: FxHashMap<RowIndex, usize>,
    /// Units and countries that hold the best candidates of names: how many names.
    holds: FxHashMap<RowIndex, Vec<usize>>,
    dateline: Option<(Vector, Option<crate::gazetteer::CountryIndex>, RowIndex)>,
    /// Surroundings of candidates, by name and row: a name's mentions share them.
    around: FxHashMap<(usize, RowIndex), [f64; 4]>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(
        doc: &Document,
        gazetteer: &'a Gazetteer,
        context: &'a Context,
        names: &'a [Name],
        mentions: &[PlaceMention],
        found: &'a [Ranked],
    ) -> Self {
        let mut number: FxHashMap<&str, usize> = FxHashMap::default();
        let mut first: Vec<usize> = Vec::new();
        let mut count: Vec<u32> = Vec::new();
        let mut inside: Vec<Vec<RowIndex>> = Vec::new();
        for (mention, name) in names.iter().enumerate() {
            let at = *number.entry(name.key.as_str()).or_insert_with(|| {
                first.push(mention);
                count.push(0);
                inside.push(Vec::new());
                first.len() - 1
            });
            count[at] += 1;
            for candidate in found[mention].candidates.iter().filter(|candidate| candidate.inside) {
                if !inside[at].contains(&candidate.row) {
                    inside[at].push(candidate.row);
                }
            }
        }
        let mut order: Vec<usize> = (0..first.len()).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(count[at]), at));
        let mut neighbours: Vec<Vec<Neighbour>> = first.iter().map(|_| Vec::new()).collect();
        let mut named = FxHashMap::default();
        let mut holds: FxHashMap<RowIndex, Vec<usize>> = FxHashMap::default();
        for &at in order.iter().take(NAMES_MAX) {
            let ranked = &found[first[at]];
            neighbours[at] = ranked
                .candidates
                .iter()
                .take(NEIGHBOURS_MAX)
                .filter_map(|candidate| {
                    let place = gazetteer.place(candidate.row)?;
                    Some(Neighbour { at: vector(&place)?, share: candidate.score, kind: place.kind })
                })
                .collect();
            let Some(best) = ranked.best() else { continue };
            let Some(place) = gazetteer.place(best) else { continue };
            if matches!(place.kind, Kind::Country | Kind::Admin1 | Kind::Admin2) {
                named.entry(best).or_insert(at);
            }
            for unit in [place.admin1, place.admin2].into_iter().flatten() {
                holds.entry(unit).or_default().push(at);
            }
        }
        let dateline = doc.article().dateline.as_ref().and_then(|dateline| dateline.place).and_then(|span| {
            let text = span.of(doc.text());
            let key = crate::fold::fold(text.split(',').next().unwrap_or(text));
            let at = mentions
                .iter()
                .position(|mention| span.contains(mention.span))
                .or_else(|| names.iter().position(|name| name.key == key))?;
            let row = found[at].best()?;
            let place = gazetteer.place(row)?;
            Some((vector(&place)?, place.country, row))
        });
        Self {
            gazetteer,
            context,
            names,
            found,
            number,
            neighbours,
            count,
            inside,
            named,
            holds,
            dateline,
            around: FxHashMap::default(),
        }
    }

    /// Studies one mention with its candidates.
    pub(crate) fn study(&mut self, mention: usize) -> Studied {
        let (gazetteer, name, ranked) = (self.gazetteer, &self.names[mention], &self.found[mention]);
        let own = self.number[name.key.as_str()];
        let candidates = &ranked.candidates[..ranked.candidates.len().min(CANDIDATES_MAX)];
        let places: Vec<Option<Place<'_>>> =
            candidates.iter().map(|candidate| gazetteer.place(candidate.row)).collect();
        let known = |at: usize| places[at].as_ref();
        let top_population = places.iter().flatten().map(|place| place.ln_population).fold(0.0_f64, f64::max);
        let best_raw = candidates.first().map_or(0.0, |candidate| candidate.raw);
        let mut studied = Studied {
            rows: candidates.iter().map(|candidate| candidate.row).collect(),
            features: Vec::with_capacity(candidates.len() * FEATURES.len()),
        };
        let mut surroundings: Vec<[f64; 4]> = Vec::with_capacity(candidates.len());
        for (candidate, place) in candidates.iter().zip(&places) {
            let key = (own, candidate.row);
            let near = self.around.get(&key).copied().unwrap_or_else(|| {
                place.as_ref().and_then(vector).map_or([0.0; 4], |point| self.surroundings(own, point))
            });
            self.around.insert(key, near);
            surroundings.push(near);
        }
        let shares: Vec<(f64, bool)> = (0..candidates.len())
            .map(|at| {
                let country = known(at).and_then(|place| place.country);
                country.map_or((0.0, false), |country| self.context.share(country, &name.key))
            })
            .collect();
        let top_near = surroundings.iter().map(|near| near[1]).fold(0.0_f64, f64::max);
        let top_share = shares.iter().map(|share| share.0).fold(0.0_f64, f64::max);
        let beside = |step: isize| -> Option<Vector> {
            let mut at = mention;
            for _ in 0..3 {
                at = at.checked_add_signed(step).filter(|&at| at < self.names.len())?;
                if self.names[at].key != name.key {
                    let row = self.found[at].best()?;
                    return vector(&self.gazetteer.place(row)?);
                }
            }
            None
        };
        let (before, after) = (beside(-1), beside(1));
        for (at, candidate) in candidates.iter().enumerate() {
            let Some(place) = known(at) else {
                studied.features.extend([0.0; FEATURES.len()]);
                continue;
            };
            let point = vector(place);
            let log_km = |other: Option<Vector>| match (point, other) {
                (Some(one), Some(other)) => (1.0 + km(one, other)).ln(),
                _ => -1.0,
            };
            let unit_named = |unit: Option<RowIndex>| {
                unit.and_then(|unit| self.named.get(&unit)).is_some_and(|&at| at != own)
            };
            let rivals = places
                .iter()
                .flatten()
                .filter(|other| other.country == place.country && other.ln_population >= place.ln_population)
                .count() as f64;
            let feature = name.feature;
            let holds =
                self.holds.get(&candidate.row).map_or(0, |of| of.iter().filter(|&&at| at != own).count());
            let namesake = candidates.iter().any(|other| {
                other.row != candidate.row && rank::nests(self.gazetteer, other.row, candidate.row)
            });
            let near = surroundings[at];
            let flag = |yes: bool| f64::from(u8::from(yes));
            let values: [f64; FEATURES.len()] = [
                candidate.raw - best_raw,
                candidate.raw,
                candidate.score,
                place.ln_population,
                place.ln_population - top_population,
                f64::from(
                    u8::try_from(
                        places
                            .iter()
                            .flatten()
                            .filter(|other| other.ln_population > place.ln_population)
                            .count(),
                    )
                    .unwrap_or(u8::MAX),
                ),
                candidates.len() as f64,
                f64::from(place.kind as u8),
                match place.kind {
                    Kind::Country => 3.0,
                    Kind::Admin1 => 2.0,
                    Kind::Admin2 => 1.0,
                    Kind::Region | Kind::Nature => 4.0,
                    _ => 0.0,
                },
                match candidate.how {
                    NameKind::Main => 0.0,
                    NameKind::Alternate => 1.0,
                    NameKind::Loose => 2.0,
                },
                flag(place.name == name.text),
                rank::of_feature(feature, place.kind),
                feature.map_or(-1.0, |class: FeatureClass| f64::from(class as u8)),
                if candidate.inside {
                    2.0
                } else if candidates.iter().any(|other| other.inside) {
                    0.0
                } else {
                    1.0
                },
                if self.inside[own].contains(&candidate.row) {
                    2.0
                } else if self.inside[own].is_empty() {
                    1.0
                } else {
                    0.0
                },
                shares[at].0,
                flag(shares[at].1),
                place.admin1.map_or(0.0, |unit| self.context.unit(unit, &name.key)),
                near[0],
                near[1],
                near[2],
                near[3],
                log_km(before),
                log_km(after),
                log_km(self.dateline.map(|dateline| dateline.0)),
                match self.dateline {
                    None => -1.0,
                    Some((_, country, _)) => flag(country.is_some() && country == place.country),
                },
                place.country.map_or(0.0, |country| self.context.demonyms(country)),
                place.country.map_or(0.0, |country| self.context.actors(country)),
                f64::from(self.count[own]),
                mention as f64 / self.names.len() as f64,
                self.context.weight(),
                self.number.len() as f64,
                flag(unit_named(place.admin1)),
                flag(unit_named(place.admin2)),
                holds as f64,
                flag(namesake),
                rivals,
                name.label.map_or(-1.0, |label| f64::from(label as u8)),
                flag(name.weak),
                flag(name.located),
                flag(!name.text.chars().any(char::is_lowercase)),
                name.text.split(' ').count() as f64,
                near[1] - top_near,
                shares[at].0 - top_share,
                place.radius_km.unwrap_or(0.0),
                flag(self.dateline.is_some_and(|(_, _, row)| row == candidate.row)),
                match place.id {
                    crate::gazetteer::PlaceId::GeoNames(_) => 0.0,
                    crate::gazetteer::PlaceId::WhosOnFirst(_) => 1.0,
                    crate::gazetteer::PlaceId::Own => 2.0,
                },
                places[..at].iter().flatten().filter(|other| other.kind == place.kind).count() as f64,
            ];
            studied.features.extend(values.map(|value| value as f32));
        }
        studied
    }

    /// How many other names may well lie within each reach of a point, and the logarithm of the distance to the nearest likely one.
    fn surroundings(&self, own: usize, point: Vector) -> [f64; 4] {
        let mut sums = [0.0_f64; 3];
        let mut nearest = f64::INFINITY;
        for (at, neighbours) in self.neighbours.iter().enumerate() {
            if at == own {
                continue;
            }
            let mut best = [0.0_f64; 3];
            for neighbour in neighbours {
                if matches!(neighbour.kind, Kind::Country | Kind::Region) {
                    continue;
                }
                let away = km(point, neighbour.at);
                for (slot, reach) in best.iter_mut().zip(REACH_KM) {
                    if away <= reach {
                        *slot = slot.max(neighbour.share);
                    }
                }
                if neighbour.share > 0.3 && away < nearest {
                    nearest = away;
                }
            }
            for (sum, best) in sums.iter_mut().zip(best) {
                *sum += best;
            }
        }
        let nearest = if nearest.is_finite() { (1.0 + nearest).ln() } else { 10.0 };
        [sums[0], sums[1], sums[2], nearest]
    }
}

/// Distance of a row from a point in kilometres; infinite where its own is unknown.
#[must_use]
pub fn rows_km(gazetteer: &Gazetteer, row: RowIndex, lat: f64, lon: f64) -> f64 {
    gazetteer.place(row).map_or(f64::INFINITY, |place| distance_km((place.lat, place.lon), (lat, lon)))
}
