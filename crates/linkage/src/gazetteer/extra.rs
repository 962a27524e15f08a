//! A user's own places, beside the built-in ones.
//!
//! In: the text of a table of theirs (format: `docs/gazetteer_extra.md`). Out: [`Extra`], which a [`Gazetteer`] takes with
//! [`Gazetteer::with_extra`]. Not here: reading files; deciding which place is meant.

use std::collections::BTreeMap;

use super::{CountryIndex, Gazetteer, Kind, NameKind, Place, PlaceId};
use crate::fold;

/// Columns a table may have; the first three are required.
pub const COLUMNS: [&str; 9] =
    ["name", "lat", "lon", "names", "kind", "country", "reach_km", "population", "source"];
/// Population of a place whose row gives none: a name that a user adds is one they expect to be meant.
const POPULATION: f64 = 1_000_000.0;
/// Reach of a region or water whose row gives none, in kilometres.
const REACH_KM: f64 = 50.0;

/// A row that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraError {
    /// Line of the file, from 1.
    pub line: usize,
    /// Name of the column at fault; `None` where the line as a whole is.
    pub column: Option<String>,
    /// What is wrong, in lower case.
    pub message: String,
}

impl std::fmt::Display for ExtraError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column `{column}`: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

impl std::error::Error for ExtraError {}

/// One of the user's places.
#[derive(Debug, Clone, PartialEq)]
struct Own {
    name: String,
    lat: f64,
    lon: f64,
    kind: Kind,
    country: Option<CountryIndex>,
    population: f64,
    reach_km: f64,
}

/// A user's own places.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extra {
    places: Vec<Own>,
    /// Folded names, in each the places in order of the file.
    index: BTreeMap<String, Vec<(usize, NameKind)>>,
}

impl Extra {
    /// Reads a table: tab-separated, the first line that is no comment (`#`) names the columns. Countries are ISO 3166-1 alpha-3
    /// codes that `gazetteer` knows.
    ///
    /// # Errors
    /// At the first row that can't be used, by its line and column.
    pub fn parse(table: &str, gazetteer: &Gazetteer) -> Result<Self, ExtraError> {
        let mut extra = Self::default();
        extra.add(table, gazetteer)?;
        Ok(extra)
    }

    /// Reads a further table behind those read before.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn add(&mut self, table: &str, gazetteer: &Gazetteer) -> Result<(), ExtraError> {
        let table = table.strip_prefix('\u{feff}').unwrap_or(table);
        let mut lines = table
            .lines()
            .enumerate()
            .map(|(number, line)| (number + 1, line.trim_end_matches('\r')))
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let wrong = |line: usize, column: Option<&str>, message: String| ExtraError {
            line,
            column: column.map(str::to_owned),
            message,
        };
        let Some((line, head)) = lines.next() else {
            return Err(wrong(1, None, format!("no line that names the columns ({})", COLUMNS.join(", "))));
        };
        let columns: Vec<&str> = head.split('\t').map(str::trim).collect();
        for (at, column) in columns.iter().enumerate() {
            if !COLUMNS.contains(column) {
                let known = COLUMNS.join(", ");
                return Err(wrong(line, Some(column), format!("not a column of this table ({known})")));
            }
            if columns[..at].contains(column) {
                return Err(wrong(line, Some(column), "named twice".to_owned()));
            }
        }
        if let Some(missing) = COLUMNS[..3].iter().find(|column| !columns.contains(column)) {
            return Err(wrong(line, Some(missing), "missing; name, lat and lon are required".to_owned()));
        }
        for (line, row) in lines {
            let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
            if cells.len() > columns.len() {
                let message = format!("{} cells, but {} columns", cells.len(), columns.len());
                return Err(wrong(line, None, message));
            }
            let cell = |column: &str| -> &str {
                let at = columns.iter().position(|known| *known == column);
                at.and_then(|at| cells.get(at)).copied().unwrap_or("")
            };
            let number = |column: &str, low: f64, high: f64, default: Option<f64>| {
                let text = cell(column);
                if let (true, Some(default)) = (text.is_empty(), default) {
                    return Ok(default);
                }
                let value = text.parse::<f64>().ok().filter(|value| (low..=high).contains(value));
                value.ok_or_else(|| {
                    let message = format!("`{text}` is no number from {low} to {high}");
                    wrong(line, Some(column), message)
                })
            };
            let name = cell("name").to_owned();
            let key = fold::fold(&name);
            if key.is_empty() {
                return Err(wrong(line, Some("name"), format!("`{name}` is no name: it has no letter")));
            }
            let kind = match cell("kind") {
                "" | "settlement" => Kind::Settlement,
                "village" => Kind::Village,
                "quarter" => Kind::Quarter,
                "region" => Kind::Region,
                "nature" => Kind::Nature,
                "site" => Kind::Site,
                other => {
                    let message = format!(
                        "`{other}` is no kind (settlement, village, quarter, region, nature or site)"
                    );
                    return Err(wrong(line, Some("kind"), message));
                }
            };
            let country = match cell("country") {
                "" => None,
                code => Some(gazetteer.country(code).ok_or_else(|| {
                    let message = format!("`{code}` is no ISO 3166-1 alpha-3 code of a country");
                    wrong(line, Some("country"), message)
                })?),
            };
            let place = self.places.len();
            self.places.push(Own {
                lat: number("lat", -90.0, 90.0, None)?,
                lon: number("lon", -180.0, 180.0, None)?,
                kind,
                country,
                population: number("population", 0.0, 1e10, Some(POPULATION))?,
                reach_km: number("reach_km", 0.0, 20_000.0, Some(REACH_KM))?,
                name,
            });
            self.index.entry(key.clone()).or_default().push((place, NameKind::Main));
            for other in cell("names").split('|').map(fold::fold).filter(|other| !other.is_empty()) {
                let known = self.index.entry(other).or_default();
                if !known.iter().any(|&(known, _)| known == place) {
                    known.push((place, NameKind::Alternate));
                }
            }
        }
        Ok(())
    }

    /// Number of places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Places of a folded name by their numbers, in order of the file.
    pub(super) fn find(&self, key: &str) -> &[(usize, NameKind)] {
        self.index.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn place(&self, number: usize) -> Option<Place<'_>> {
        let own = self.places.get(number)?;
        let reaches = matches!(own.kind, Kind::Region | Kind::Nature);
        Some(Place {
            id: PlaceId::Own,
            name: &own.name,
            lat: own.lat,
            lon: own.lon,
            kind: own.kind,
            country: own.country,
            admin1: None,
            admin2: None,
            ln_population: own.population.ln_1p(),
            radius_km: reaches.then_some(own.reach_km),
        })
    }
}
