//! What a bare name may mean, with reasons: the door for people who look a name up.
//!
//! In: a name, and where the user says it lies. Out: candidates with shares and reasons. Not here: what a text says about a name
//! ([`super::link_places`]), so the shares are those of the plain rule, not of the trained model.

use crate::gazetteer::{CountryIndex, Gazetteer, Kind, NameKind, RowIndex};
use crate::place::rank::{distance_km, of_feature, prior, search};

/// How a name led to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is a name of the place.
    Name(NameKind),
    /// It is what the place's people or things are called: `Texan`.
    Demonym,
}

/// One place that a name may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The place.
    pub row: RowIndex,
    /// Share in all candidates and "none of these", 0..=1. Not calibrated.
    pub score: f64,
    /// How the name led to it.
    pub how: How,
    /// Kilometres to the point that was asked for.
    pub km: Option<f64>,
    /// What counts for or against it, in words.
    pub why: Vec<String>,
}

/// Weight of "none of these".
const NONE: f64 = 0.5;
/// What lying near the point asked for is worth: within so many kilometres, so much.
const NEAR: [(f64, f64); 4] = [(40.0, 9.0), (120.0, 7.0), (400.0, 4.0), (1000.0, 1.5)];

/// Every place that a name may mean, best first. `near` (degrees north and east) lifts places that lie there, `country` leaves out
/// all others.
#[must_use]
pub fn explain(
    gazetteer: &Gazetteer,
    name: &str,
    near: Option<(f64, f64)>,
    country: Option<CountryIndex>,
) -> Vec<Candidate> {
    let search = search(gazetteer, name);
    let mut found: Vec<(f64, Candidate)> = Vec::new();
    let named = search.hits.iter().map(|hit| (hit.row, How::Name(hit.name)));
    for (row, how) in named.chain(gazetteer.demonym_row(name).map(|row| (row, How::Demonym))) {
        let Some(place) = gazetteer.place(row) else { continue };
        if country.is_some() && place.country != country || found.iter().any(|(_, known)| known.row == row) {
            continue;
        }
        let mut score = 0.45 * place.ln_population + prior(place.kind);
        let mut why = Vec::new();
        let (worth, said) = match how {
            How::Name(NameKind::Main) => (0.0, "its main name"),
            How::Name(NameKind::Alternate) => (-0.5, "another name of it"),
            How::Name(NameKind::Loose) => (-2.5, "spelled alike"),
            How::Demonym => (0.0, "what its people are called"),
        };
        score += worth;
        why.push(said.to_owned());
        if gazetteer.is_users(row) {
            why.push("of your own table".to_owned());
        }
        if place.name == name {
            score += 0.3;
        }
        if search.stripped.is_some() {
            let fit = of_feature(search.stripped, place.kind);
            score += fit;
            let fits = if fit > 0.0 {
                "the word beside the name fits"
            } else {
                "the word beside the name doesn't fit"
            };
            why.push(fits.to_owned());
        }
        if matches!(place.kind, Kind::Country | Kind::Capital | Kind::Region) {
            why.push("prominent by its kind".to_owned());
        }
        let km = near.map(|point| distance_km(point, (place.lat, place.lon))).filter(|km| km.is_finite());
        if let Some(km) = km {
            let reach = place.radius_km.unwrap_or(0.0);
            let worth = NEAR.iter().find(|(most, _)| km - reach <= *most).map_or(-2.0, |(_, worth)| *worth);
            score += worth;
            why.push(if worth > 0.0 { "near the point" } else { "far from the point" }.to_owned());
        }
        found.push((score, Candidate { row, score, how, km, why }));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.row.cmp(&b.1.row)));
    let top = found.first().map_or(0.0, |(score, _)| score.max(NONE));
    let all: f64 = found.iter().map(|(score, _)| (score - top).exp()).sum::<f64>() + (NONE - top).exp();
    found
        .into_iter()
        .map(|(score, mut candidate)| {
            candidate.score = (score - top).exp() / all;
            candidate
        })
        .collect()
}
