//! Names in filters to numbers in the file: sites of an area, actors with their wings.

use rusqlite::{Connection, params};
use watchkeeper_record::article::Date;

use crate::error::Error;
use crate::filter::{Area, Who};
use crate::plan::Asked;

/// Mean radius of the earth, km (IUGG).
const EARTH_KM: f64 = 6_371.008_8;
/// Kilometres of one degree of latitude.
const DEGREE_KM: f64 = 111.195;

/// Sites of an area.
pub(crate) struct Sites {
    /// A whole country, which rows name themselves.
    pub(crate) country: Option<String>,
    pub(crate) ids: Vec<i64>,
}

/// Precisions whose point is where they are.
const POINTS: &str = "('exact', 'near', 'admin2')";

/// Finds the sites of an area.
pub(crate) fn sites(db: &Connection, area: &Area) -> Result<Sites, Asked> {
    let refuse = |why: String| Asked::Refused(Error::Query(why));
    let ids = |sql: &str, params: &[&dyn rusqlite::ToSql]| -> rusqlite::Result<Vec<i64>> {
        db.prepare_cached(sql)?.query_map(params, |row| row.get(0))?.collect()
    };
    let in_box = |south: f64, north: f64, west: f64, east: f64| -> rusqlite::Result<Vec<(i64, f64, f64)>> {
        let mut select = db.prepare_cached(&format!(
            "SELECT s.id, s.lat, s.lon FROM site_box b JOIN site s ON s.id = b.id
             WHERE b.south <= ?2 AND b.north >= ?1 AND b.west <= ?4 AND b.east >= ?3 AND s.precision IN {POINTS}"
        ))?;
        let rows = select
            .query_map([south, north, west, east], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    };
    match area {
        Area::Country(code) => {
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Err(refuse(format!(
                    "`{code}` is no country code: three letters of ISO 3166-1, as `SYR`"
                )));
            }
            let code = code.to_ascii_uppercase();
            let ids = ids("SELECT id FROM site WHERE country = ?1", &[&code])?;
            Ok(Sites { country: Some(code), ids })
        }
        Area::Admin1 { country, name } => {
            let country = country.to_ascii_uppercase();
            let sql = "SELECT id FROM site WHERE country = ?1 AND admin1 = ?2 COLLATE NOCASE";
            Ok(Sites { country: None, ids: ids(sql, &[&country, name])? })
        }
        Area::Named(name) => {
            let found = match name.parse::<i64>() {
                Ok(geonames) => ids("SELECT id FROM site WHERE geonames = ?1", &[&geonames])?,
                Err(_) => ids("SELECT id FROM site WHERE name = ?1 COLLATE NOCASE", &[name])?,
            };
            if found.is_empty() {
                return Err(Asked::Refused(Error::Unknown { id: name.clone() }));
            }
            Ok(Sites { country: None, ids: found })
        }
        Area::Box { south, north, west, east } => {
            let sane = [south, north, west, east].iter().all(|number| number.is_finite())
                && (-90.0..=90.0).contains(south)
                && south <= north
                && *north <= 90.0;
            if !sane {
                return Err(refuse("a box goes from south to north, in degrees".to_owned()));
            }
            let mut found = if west <= east {
                in_box(*south, *north, *west, *east)?
            } else {
                let mut found = in_box(*south, *north, *west, 180.0)?;
                found.extend(in_box(*south, *north, -180.0, *east)?);
                found
            };
            // The tree keeps degrees in four bytes, rounded outwards.
            found.retain(|(_, lat, lon)| {
                let between =
                    if west <= east { lon >= west && lon <= east } else { lon >= west || lon <= east };
                lat >= south && lat <= north && between
            });
            Ok(Sites { country: None, ids: sorted(found) })
        }
        Area::Near { lat, lon, km } => {
            let sane = lat.is_finite() && lat.abs() <= 90.0 && lon.is_finite() && lon.abs() <= 180.0;
            if !sane || !km.is_finite() || *km <= 0.0 {
                return Err(refuse("a circle has its middle in degrees and more than 0 km".to_owned()));
            }
            let high = km / DEGREE_KM + 0.01;
            let (south, north) = (lat - high, lat + high);
            let widest = south.abs().max(north.abs());
            let wide = if widest >= 89.0 { 360.0 } else { high / widest.to_radians().cos() };
            let mut found = Vec::new();
            if wide >= 180.0 {
                found = in_box(south, north, -180.0, 180.0)?;
            } else {
                for turn in [-360.0, 0.0, 360.0] {
                    found.extend(in_box(south, north, lon - wide + turn, lon + wide + turn)?);
                }
            }
            found.retain(|(_, other_lat, other_lon)| distance_km(*lat, *lon, *other_lat, *other_lon) <= *km);
            Ok(Sites { country: None, ids: sorted(found) })
        }
    }
}

fn sorted(found: Vec<(i64, f64, f64)>) -> Vec<i64> {
    let mut ids: Vec<i64> = found.into_iter().map(|(id, _, _)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Great-circle distance (haversine), km.
fn distance_km(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    let (a, b) = (lat.to_radians(), other_lat.to_radians());
    let half = ((b - a) / 2.0).sin().powi(2)
        + a.cos() * b.cos() * ((other_lon - lon).to_radians() / 2.0).sin().powi(2);
    2.0 * EARTH_KM * half.sqrt().min(1.0).asin()
}

/// Finds the numbers of an actor: its own, of what was merged into it, and with `wings` of what belongs to it by relations known by `as_of`.
pub(crate) fn overs(db: &Connection, who: &Who, as_of: Option<Date>) -> Result<Vec<i64>, Asked> {
    let mut keys: Vec<String> = db
        .prepare_cached("SELECT key FROM actor_over WHERE key = ?1 OR name = ?1 COLLATE NOCASE")?
        .query_map([&who.actor], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if keys.is_empty() {
        return Err(Asked::Refused(Error::Unknown { id: who.actor.clone() }));
    }
    let mut found = Vec::new();
    let mut forward = db.prepare_cached("SELECT into_key FROM actor_over WHERE key = ?1")?;
    let mut merged = db.prepare_cached("SELECT key FROM actor_over WHERE into_key = ?1")?;
    let mut id_of = db.prepare_cached("SELECT id FROM actor_over WHERE key = ?1")?;
    let mut wings = db.prepare_cached(
        "SELECT DISTINCT a.key FROM relation r JOIN actor_over a ON a.id = r.from_over
         WHERE r.to_over = ?1 AND r.kind IN ('wing_of', 'part_of') AND r.realis = 'actual' AND r.known <= ?2
         UNION SELECT DISTINCT a.key FROM relation r JOIN actor_over a ON a.id = r.from_over
         WHERE r.to_over = ?1 AND r.kind IN ('alias_of', 'formerly_named') AND r.realis = 'actual' AND r.known <= ?2
         UNION SELECT DISTINCT a.key FROM relation r JOIN actor_over a ON a.id = r.to_over
         WHERE r.from_over = ?1 AND r.kind IN ('alias_of', 'formerly_named') AND r.realis = 'actual' AND r.known <= ?2",
    )?;
    let mut seen = std::collections::BTreeSet::new();
    let latest = as_of.map_or(i64::MAX, |date| i64::from(date.days()));
    while let Some(key) = keys.pop() {
        if !seen.insert(key.clone()) {
            continue;
        }
        let id: i64 = id_of.query_row([&key], |row| row.get(0))?;
        found.push(id);
        keys.extend(forward.query_row([&key], |row| row.get::<_, Option<String>>(0))?);
        let others = merged.query_map([&key], |row| row.get(0))?;
        keys.extend(others.collect::<rusqlite::Result<Vec<String>>>()?);
        if who.wings {
            let others = wings.query_map(params![id, latest], |row| row.get(0))?;
            keys.extend(others.collect::<rusqlite::Result<Vec<String>>>()?);
        }
    }
    found.sort_unstable();
    Ok(found)
}
