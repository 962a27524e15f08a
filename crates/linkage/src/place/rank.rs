//! Ranks the places that a name may mean.

use crate::fold::fold;
use crate::gazetteer::{Gazetteer, Hit, Kind, NameKind, RowIndex};
use crate::place::context::Context;

/// Score of `it is none of these` for a name that is called a place by its label or a feature word.
const NONE: f64 = 0.5;
/// The same for a name that only a preposition makes a place.
const NONE_WEAK: f64 = 4.5;
/// Candidates whose score is this far below the best are not looked at any more.
const FAR_BELOW: f64 = 12.0;

/// What a smaller place loses for lying in a country that the document never speaks of.
const UNTOLD: f64 = 3.0;

/// What the common noun beside a name calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeatureClass {
    Admin1,
    Admin2,
    Unit,
    Settlement,
    Quarter,
    Site,
    Nature,
    Region,
}

/// The class of a feature word (`data/lexicon/en/place_features.tsv`).
pub(crate) fn feature_class(word: &str) -> Option<FeatureClass> {
    let table = include_str!("../../../../data/lexicon/en/place_features.tsv");
    table.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let (known, rest) = line.split_once('\t')?;
        if known != word {
            return None;
        }
        Some(match rest.split('\t').next()? {
            "admin1" => FeatureClass::Admin1,
            "admin2" => FeatureClass::Admin2,
            "unit" => FeatureClass::Unit,
            "settlement" => FeatureClass::Settlement,
            "quarter" => FeatureClass::Quarter,
            "site" => FeatureClass::Site,
            "nature" => FeatureClass::Nature,
            _ => FeatureClass::Region,
        })
    })
}

/// What a name was found as.
#[derive(Debug, Default)]
pub(crate) struct Search {
    pub(crate) hits: Vec<Hit>,
    /// The class of a feature word that had to be taken off the name.
    pub(crate) stripped: Option<FeatureClass>,
}

/// Looks a name up, and where it isn't found, without the feature word or direction at one of its ends.
pub(crate) fn search(gazetteer: &Gazetteer, text: &str) -> Search {
    let hits = gazetteer.find_all(text);
    if hits.iter().any(|hit| hit.name != NameKind::Loose) {
        return Search { hits, stripped: None };
    }
    let key = fold(text);
    if let Some((rest, last)) = key.rsplit_once(' ')
        && let Some(class) = feature_class(last)
        && !matches!(
            last,
            "street" | "road" | "square" | "highway" | "junction" | "station" | "market" | "university"
        )
    {
        let hits = gazetteer.find_all(rest);
        if !hits.is_empty() {
            return Search { hits, stripped: Some(class) };
        }
    }
    if let Some((first, rest)) = key.split_once(' ') {
        let rest = rest.strip_prefix("of ").unwrap_or(rest);
        let class = feature_class(first);
        let part = matches!(
            first,
            "northern" | "southern" | "eastern" | "western" | "central" | "greater" | "upper" | "lower"
        );
        if class.is_some() || part {
            let hits = gazetteer.find_spelled(rest);
            if !hits.is_empty() {
                return Search { hits, stripped: class.or(Some(FeatureClass::Region)) };
            }
        }
    }
    if gazetteer.demonym(text).is_some() {
        return Search::default();
    }
    Search { hits, stripped: None }
}

/// What the text says about a name.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    /// The folded name, so that it doesn't vote for itself.
    pub(crate) key: &'a str,
    pub(crate) feature: Option<FeatureClass>,
    pub(crate) container: Option<RowIndex>,
    pub(crate) weak: bool,
    pub(crate) text: &'a str,
    pub(crate) context: &'a Context,
}

/// A place with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    pub(crate) row: RowIndex,
    pub(crate) score: f64,
    /// The score before it became a share of all candidates' scores.
    pub(crate) raw: f64,
    /// How the name led to it.
    pub(crate) how: NameKind,
    /// Whether it lies where the text puts the name.
    pub(crate) inside: bool,
}

/// Places that a name may mean, best first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ranked {
    pub(crate) candidates: Vec<Scored>,
    /// What decided for the first.
    pub(crate) why: Vec<String>,
    /// Probability of the first by the plain rule, before a model ranked them.
    pub(crate) by_rule: f64,
    /// Too small or too far from what the document is about for a name that only a preposition makes a place.
    pub(crate) rejected_when_weak: bool,
}

impl Ranked {
    pub(crate) fn best(&self) -> Option<RowIndex> {
        self.candidates.first().map(|candidate| candidate.row)
    }

    pub(crate) fn score(&self) -> f64 {
        self.candidates.first().map_or(0.0, |candidate| candidate.score)
    }

    /// The first-order unit, or else the country, that holds most of the probability, at least half.
    pub(crate) fn shared(&self, gazetteer: &Gazetteer) -> Option<(RowIndex, f64)> {
        let mut units: Vec<(RowIndex, f64)> = Vec::new();
        let mut countries: Vec<(RowIndex, f64)> = Vec::new();
        let add = |list: &mut Vec<(RowIndex, f64)>, row: Option<RowIndex>, score: f64| {
            let Some(row) = row else { return };
            match list.iter_mut().find(|(known, _)| *known == row) {
                Some((_, sum)) => *sum += score,
                None => list.push((row, score)),
            }
        };
        for candidate in &self.candidates {
            let Some(place) = gazetteer.place(candidate.row) else { continue };
            add(&mut units, place.admin1, candidate.score);
            add(
                &mut countries,
                place.country.and_then(|country| gazetteer.country_row(country)),
                candidate.score,
            );
        }
        let best = |list: Vec<(RowIndex, f64)>| {
            list.into_iter().filter(|(_, score)| *score >= 0.5).max_by(|a, b| a.1.total_cmp(&b.1))
        };
        best(units).or_else(|| best(countries))
    }
}

/// Ranks the hits of a search.
pub(crate) fn rank(gazetteer: &Gazetteer, search: &Search, query: &Query<'_>) -> Ranked {
    let feature = query.feature.or(search.stripped);
    let container = query.container.and_then(|row| gazetteer.place(row).map(|place| (row, place)));
    let mut scored: Vec<(f64, Hit, bool, bool)> = Vec::with_capacity(search.hits.len());
    for hit in &search.hits {
        let Some(place) = gazetteer.place(hit.row) else { continue };
        let mut score = 0.45 * place.ln_population + prior(place.kind) + of_feature(feature, place.kind);
        score += match hit.name {
            NameKind::Main => 0.0,
            NameKind::Alternate => -0.5,
            NameKind::Loose => -2.5,
        };
        if place.name == query.text {
            score += 0.3;
        }
        let mut told = false;
        if let Some(country) = place.country {
            let (share, named) = query.context.share(country, query.key);
            score += 4.5 * share + if named { 1.5 } else { 0.0 };
            told = named;
            let prominent = matches!(place.kind, Kind::Country | Kind::Capital | Kind::Region)
                || place.ln_population > 13.8;
            if !named && !prominent {
                score -= UNTOLD * query.context.weight();
            }
        }
        if let Some(unit) = place.admin1 {
            score += (0.4 * query.context.unit(unit, query.key)).min(1.2);
        }
        let mut inside = false;
        if let Some((row, outer)) = &container
            && *row != hit.row
        {
            inside = match outer.kind {
                Kind::Country => place.country == outer.country && place.kind != Kind::Country,
                Kind::Admin1 => place.admin1 == Some(*row),
                Kind::Admin2 => place.admin2 == Some(*row),
                _ => {
                    let reach = outer.radius_km.unwrap_or(40.0);
                    distance_km((place.lat, place.lon), (outer.lat, outer.lon)) <= reach
                }
            };
            if inside {
                score += 6.0;
            }
        }
        if hit.name == NameKind::Loose && !told && !inside {
            continue;
        }
        scored.push((score, *hit, told, inside));
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let Some(&(best, Hit { row, .. }, told, inside)) = scored.first() else { return Ranked::default() };
    let none = if query.weak { NONE_WEAK } else { NONE };
    scored.retain(|&(score, ..)| score > best - FAR_BELOW);
    // A town and the unit that it is the seat of are one answer: the unit speaks for the town.
    let nested: Vec<bool> =
        scored.iter().map(|(_, other, ..)| other.row != row && nests(gazetteer, other.row, row)).collect();
    let total: f64 =
        scored.iter().map(|&(score, ..)| (score - best).exp()).sum::<f64>() + (none - best).exp();
    let mut ranked = Ranked {
        candidates: scored
            .iter()
            .map(|&(raw, hit, _, inside)| Scored {
                row: hit.row,
                score: (raw - best).exp() / total,
                raw,
                how: hit.name,
                inside,
            })
            .collect::<Vec<_>>(),
        why: Vec::new(),
        by_rule: 0.0,
        rejected_when_weak: false,
    };
    let of_unit: f64 =
        ranked.candidates.iter().zip(&nested).filter(|(_, nested)| **nested).map(|(one, _)| one.score).sum();
    if let Some(first) = ranked.candidates.first_mut() {
        first.score += of_unit;
        ranked.by_rule = first.score;
    }
    if let Some(place) = gazetteer.place(row) {
        let loose = search.hits.iter().any(|hit| hit.row == row && hit.name == NameKind::Loose);
        // `in the ISF` is no place, `in the DRC` is.
        let acronym = query.text.len() <= 6 && !query.text.chars().any(char::is_lowercase);
        ranked.rejected_when_weak = loose
            || !(told || inside || place.ln_population > 11.5)
            || (acronym && !matches!(place.kind, Kind::Country | Kind::Region));
        if told {
            ranked.why.push("the document speaks of its country".to_owned());
        }
        if inside {
            ranked.why.push("lies where the text puts it".to_owned());
        }
        if feature.is_some() {
            ranked.why.push("a feature word beside the name".to_owned());
        }
    }
    ranked
}

/// Whether one of two rows is a unit that holds the other.
pub(crate) fn nests(gazetteer: &Gazetteer, one: RowIndex, other: RowIndex) -> bool {
    let holds = |outer: RowIndex, inner: RowIndex| {
        gazetteer.place(inner).is_some_and(|place| place.admin1 == Some(outer) || place.admin2 == Some(outer))
    };
    holds(one, other) || holds(other, one)
}

/// How readily a bare name means a place of this kind.
pub(crate) fn prior(kind: Kind) -> f64 {
    match kind {
        Kind::Country => 6.0,
        Kind::Admin1 => 0.0,
        Kind::Admin2 => -2.0,
        Kind::Capital => 2.0,
        Kind::Seat1 => 1.2,
        Kind::Seat2 | Kind::Seat | Kind::Settlement | Kind::Site => 0.0,
        Kind::Quarter => -2.0,
        Kind::Village => -0.5,
        Kind::Region => 2.0,
        Kind::Nature => 1.0,
    }
}

/// How well a kind fits the feature word beside the name.
pub(crate) fn of_feature(feature: Option<FeatureClass>, kind: Kind) -> f64 {
    use FeatureClass as F;
    let settlement = matches!(
        kind,
        Kind::Capital | Kind::Seat1 | Kind::Seat2 | Kind::Seat | Kind::Settlement | Kind::Village
    );
    match (feature, kind) {
        (None, _) => 0.0,
        (Some(F::Admin1), Kind::Admin1) => 6.0,
        (Some(F::Admin1), Kind::Admin2 | Kind::Region) => 3.5,
        (Some(F::Admin2), Kind::Admin2) => 6.0,
        (Some(F::Admin2), Kind::Admin1) => 2.0,
        (Some(F::Unit), Kind::Admin1 | Kind::Admin2) => 5.0,
        (Some(F::Region), Kind::Admin1 | Kind::Region) => 3.5,
        (Some(F::Region), Kind::Admin2) => 1.5,
        (Some(F::Nature), Kind::Nature) => 5.0,
        (Some(F::Site), Kind::Site) => 5.0,
        (Some(F::Site), _) if settlement => 1.0,
        (Some(F::Quarter), Kind::Quarter) => 4.0,
        (Some(F::Quarter), _) if settlement => 1.0,
        (Some(F::Settlement), _) if settlement => 3.0,
        (Some(F::Settlement), Kind::Quarter) => 1.0,
        (Some(F::Settlement), Kind::Admin1 | Kind::Admin2 | Kind::Country | Kind::Region) => -3.0,
        _ => -1.0,
    }
}

/// Great-circle distance; infinite where a point is unknown.
#[must_use]
pub fn distance_km(one: (f64, f64), other: (f64, f64)) -> f64 {
    if one.0.is_nan() || other.0.is_nan() {
        return f64::INFINITY;
    }
    let (a, b) = ((one.0.to_radians(), one.1.to_radians()), (other.0.to_radians(), other.1.to_radians()));
    let half = ((b.0 - a.0) / 2.0).sin().powi(2) + a.0.cos() * b.0.cos() * ((b.1 - a.1) / 2.0).sin().powi(2);
    2.0 * 6371.0 * half.min(1.0).sqrt().asin()
}
