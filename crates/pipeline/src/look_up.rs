//! Looking a name up in the gazetteer, without opening the rest of the engine.

use std::fmt;
use std::path::PathBuf;

use watchkeeper_linkage::Gazetteer;
use watchkeeper_linkage::gazetteer::{CountryIndex, Kind, NameKind, PlaceId, RowIndex};
use watchkeeper_linkage::place::explain::{How, explain};

use crate::engine::open_gazetteer;
use crate::error::EngineError;

/// Most names that are suggested for an unknown one.
const SUGGESTIONS_MAX: usize = 6;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct LookUp {
    /// The name.
    pub name: String,
    /// A place it lies near: `LAT,LON` in degrees, or a name.
    pub near: Option<String>,
    /// The country it lies in: ISO 3166-1 alpha-3, or a name.
    pub country: Option<String>,
    /// Tables of places of the user's own.
    pub extra: Vec<PathBuf>,
}

/// One place that the name may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Main name.
    pub name: String,
    /// What it is, in a word or two.
    pub kind: &'static str,
    /// The first-order unit that holds it.
    pub admin1: Option<String>,
    /// The second-order unit that holds it.
    pub admin2: Option<String>,
    /// ISO 3166-1 alpha-3 of its country.
    pub country: Option<String>,
    /// Degrees north; `None` where unknown.
    pub lat: Option<f64>,
    /// Degrees east; `None` where unknown.
    pub lon: Option<f64>,
    /// How far a region, water or mountain range reaches, in kilometres.
    pub radius_km: Option<f64>,
    /// Population to two digits; `None` where unknown.
    pub population: Option<u64>,
    /// `geonames:…`, `wof:…`, `own:…` (a table of the user's) or `watchkeeper:…` (kept by hand).
    pub id: String,
    /// How the name led to it.
    pub how: &'static str,
    /// Share in all candidates, 0..=1; by the plain rule, not calibrated.
    pub score: f64,
    /// Kilometres to the point asked for.
    pub km: Option<f64>,
    /// What counts for or against it.
    pub why: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LookedUp {
    /// Places, best first.
    pub found: Vec<Found>,
    /// Where [`LookUp::near`] is taken to be: name and point in degrees.
    pub near: Option<(String, f64, f64)>,
    /// Known names like the one asked for, when nothing was found.
    pub suggestions: Vec<String>,
}

/// Why nothing could be looked up.
#[derive(Debug)]
#[non_exhaustive]
pub enum LookUpError {
    /// The gazetteer or a table of the user's is unusable.
    Engine(EngineError),
    /// No country of this name or code is known.
    Country(String),
    /// No place of this name is known, and it is no point.
    Near(String),
}

impl fmt::Display for LookUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(error) => error.fmt(f),
            Self::Country(name) => {
                write!(f, "no country `{name}` is known (an ISO 3166-1 alpha-3 code such as SYR, or a name)")
            }
            Self::Near(name) => write!(f, "no place `{name}` is known (a name, or LAT,LON in degrees)"),
        }
    }
}

impl std::error::Error for LookUpError {}

/// Looks a name up.
///
/// # Errors
/// When a table can't be used, or the country or the place nearby isn't known.
pub fn look_up(asked: &LookUp) -> Result<LookedUp, LookUpError> {
    let (gazetteer, _) = open_gazetteer(&asked.extra).map_err(LookUpError::Engine)?;
    let country = asked
        .country
        .as_deref()
        .map(|name| country(&gazetteer, name).ok_or_else(|| LookUpError::Country(name.to_owned())));
    let country = country.transpose()?;
    let near = asked
        .near
        .as_deref()
        .map(|text| near(&gazetteer, text, country).ok_or_else(|| LookUpError::Near(text.to_owned())));
    let near = near.transpose()?;
    let point = near.as_ref().map(|&(_, lat, lon)| (lat, lon));
    let found: Vec<Found> = explain(&gazetteer, &asked.name, point, country)
        .into_iter()
        .filter_map(|candidate| {
            let mut found = describe(&gazetteer, candidate.row)?;
            found.score = candidate.score;
            found.km = candidate.km;
            found.why = candidate.why;
            found.how = match candidate.how {
                How::Name(NameKind::Main) => "main name",
                How::Name(NameKind::Alternate) => "other name",
                How::Name(NameKind::Loose) => "spelled alike",
                How::Demonym => "demonym",
            };
            Some(found)
        })
        .collect();
    let mut suggestions = Vec::new();
    if found.is_empty() {
        for hit in gazetteer.near_spellings(&asked.name, SUGGESTIONS_MAX * 3) {
            let Some(place) = gazetteer.place(hit.row) else { continue };
            if !suggestions.iter().any(|known| known == place.name) && suggestions.len() < SUGGESTIONS_MAX {
                suggestions.push(place.name.to_owned());
            }
        }
    }
    Ok(LookedUp { found, near, suggestions })
}

/// The country of a code or a name.
fn country(gazetteer: &Gazetteer, name: &str) -> Option<CountryIndex> {
    let by_name = || {
        let hits = gazetteer.find_spelled(name);
        let country = hits.iter().filter_map(|hit| gazetteer.place(hit.row));
        country.filter(|place| place.kind == Kind::Country).find_map(|place| place.country)
    };
    gazetteer.country(&name.to_uppercase()).or_else(by_name)
}

/// The point a user means: degrees, or the best place of a name.
fn near(gazetteer: &Gazetteer, text: &str, country: Option<CountryIndex>) -> Option<(String, f64, f64)> {
    let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    if let [lat, lon] = numbers[..]
        && text.split(',').count() == 2
    {
        let fits = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        return fits.then(|| (text.to_owned(), lat, lon));
    }
    // `Gao, Mali`: what stands behind the comma holds what stands before it.
    let (name, country) = match text.split_once(',') {
        Some((name, holder)) => (name, self::country(gazetteer, holder.trim()).or(country)),
        None => (text, country),
    };
    let best = explain(gazetteer, name.trim(), None, country).into_iter().next()?;
    let place = gazetteer.place(best.row).filter(|place| !place.lat.is_nan())?;
    Some((place.name.to_owned(), place.lat, place.lon))
}

fn describe(gazetteer: &Gazetteer, row: RowIndex) -> Option<Found> {
    let place = gazetteer.place(row)?;
    let name_of =
        |unit: Option<RowIndex>| unit.and_then(|unit| gazetteer.place(unit)).map(|unit| unit.name.to_owned());
    let known = !place.lat.is_nan();
    let slug = || place.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    let population = place.ln_population.exp() - 1.0;
    let step = 10_f64.powf((population.max(1.0).log10().floor() - 1.0).max(0.0));
    Some(Found {
        name: place.name.to_owned(),
        kind: match place.kind {
            Kind::Country => "country",
            Kind::Admin1 => "first-order unit",
            Kind::Admin2 => "second-order unit",
            Kind::Capital => "capital",
            Kind::Seat1 => "seat of a first-order unit",
            Kind::Seat2 => "seat of a second-order unit",
            Kind::Seat => "seat of a lower unit",
            Kind::Settlement => "settlement",
            Kind::Quarter => "quarter",
            Kind::Village => "village",
            Kind::Region => "region",
            Kind::Site => "site",
            Kind::Nature => "water or mountains",
        },
        admin1: name_of(place.admin1),
        admin2: name_of(place.admin2),
        country: place.country.and_then(|country| gazetteer.iso3(country)).map(str::to_owned),
        lat: known.then_some(place.lat),
        lon: known.then_some(place.lon),
        radius_km: place.radius_km,
        // A region's figure is its prominence, not its people.
        population: (population >= 1.0
            && place.radius_km.is_none()
            && place.kind != Kind::Site
            && place.id != PlaceId::Own)
            .then(|| ((population / step).round() * step) as u64),
        id: match place.id {
            PlaceId::GeoNames(id) => format!("geonames:{id}"),
            PlaceId::WhosOnFirst(id) => format!("wof:{id}"),
            PlaceId::Own if gazetteer.is_users(row) => format!("own:{}", slug()),
            PlaceId::Own => format!("watchkeeper:{}", slug()),
        },
        how: "",
        score: 0.0,
        km: None,
        why: Vec::new(),
    })
}
