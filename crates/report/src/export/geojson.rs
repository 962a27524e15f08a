//! A GeoJSON collection (RFC 7946): WGS 84, longitude before latitude.
//!
//! Only towns and spots become points. A unit, a country or a region has no geometry, and says so: its centre would be read as a place
//! where something happened.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Claim, IncidentType, Precision, TargetType, WeaponType};

use super::input::{Exported, Report};
use super::{ATTRIBUTION, Error, LICENCE, Options, common};

#[derive(Serialize)]
struct Head<'a> {
    generator: String,
    made: Moment,
    as_of: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    licence: &'static str,
    attribution: &'static [&'static str],
}

#[derive(Serialize)]
struct Feature<'a> {
    r#type: &'static str,
    id: &'a str,
    geometry: Option<Point>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Point {
    r#type: &'static str,
    coordinates: [f64; 2],
}

#[derive(Serialize)]
struct Properties<'a> {
    name: String,
    incident_type: Option<IncidentType>,
    start: Option<Date>,
    end: Option<Date>,
    place: Option<&'a str>,
    geonames: Option<u64>,
    country: Option<&'a str>,
    admin1: Option<&'a str>,
    precision: Option<Precision>,
    radius_km: Option<f64>,
    /// Why there is no point.
    geometry_note: Option<String>,
    perpetrators: Vec<Did<'a>>,
    victims: Vec<&'a str>,
    targets: &'a [TargetType],
    weapons: &'a [WeaponType],
    killed_low: Option<u32>,
    killed_best: Option<u32>,
    killed_high: Option<u32>,
    wounded_best: Option<u32>,
    abducted_best: Option<u32>,
    independent_reports: usize,
    known_from: Date,
    known_until: Date,
    corrected: bool,
    sources: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Did<'a> {
    name: &'a str,
    claim: Claim,
}

#[derive(Serialize)]
struct Source<'a> {
    outlet: Option<&'a str>,
    known: Date,
    title: Option<&'a str>,
    url: Option<&'a str>,
    document: &'a str,
    reliability: char,
    credibility: u8,
}

/// A collection under way: the points that its box must hold.
#[derive(Debug, Default)]
pub(super) struct Geojson {
    count: usize,
    /// Lowest and highest degrees north.
    north: Option<(f64, f64)>,
    /// Degrees east, in hundred-thousandths: as many as there are places.
    east: BTreeSet<i64>,
}

impl Geojson {
    pub(super) fn incident(&mut self, told: &Exported, out: &mut impl Write) -> Result<(), Error> {
        out.write_all(if self.count == 0 { b"\n" } else { b",\n" })?;
        self.count += 1;
        let feature = feature(told);
        if let Some(Point { coordinates: [lon, lat], .. }) = &feature.geometry {
            let (low, high) = self.north.unwrap_or((*lat, *lat));
            self.north = Some((low.min(*lat), high.max(*lat)));
            self.east.insert((lon * 1e5).round() as i64);
        }
        Ok(serde_json::to_writer(out, &feature)?)
    }

    /// Ends the collection. Its box comes last, where all points are known; without a point there is none.
    pub(super) fn end(&self, out: &mut impl Write) -> Result<(), Error> {
        out.write_all(b"\n]")?;
        if let Some((south, north)) = self.north {
            let (west, east) = widths(&self.east);
            let bbox = serde_json::to_string(&[west, south, east, north])?;
            write!(out, ",\"bbox\":{bbox}")?;
        }
        Ok(out.write_all(b"}\n")?)
    }
}

/// The narrowest range of degrees east that holds all; its west is greater than its east where it crosses the antimeridian (RFC 7946,
/// section 5.2).
fn widths(east: &BTreeSet<i64>) -> (f64, f64) {
    const ROUND: i64 = 360 * 100_000;
    let (Some(first), Some(last)) = (east.first().copied(), east.last().copied()) else { return (0.0, 0.0) };
    let gaps = east.iter().zip(east.iter().skip(1)).map(|(from, to)| (to - from, *to, *from));
    let around = (ROUND - (last - first), first, last);
    let (_, west, east) = gaps.fold(around, |widest, gap| if gap.0 > widest.0 { gap } else { widest });
    (west as f64 / 1e5, east as f64 / 1e5)
}

pub(super) fn begin(options: &Options, out: &mut impl Write) -> Result<(), Error> {
    let head = Head {
        generator: format!("watchkeeper {}", options.version),
        made: options.made,
        as_of: options.as_of,
        query: options.query.as_deref(),
        licence: LICENCE,
        attribution: ATTRIBUTION,
    };
    let head = serde_json::to_string(&head)?;
    let members = head.strip_prefix('{').and_then(|head| head.strip_suffix('}')).unwrap_or_default();
    Ok(write!(out, "{{\"type\":\"FeatureCollection\",{members},\"features\":[")?)
}

fn feature(told: &Exported) -> Feature<'_> {
    let incident = &told.incident;
    let place = incident.place.as_ref();
    let point = place.filter(|place| place.is_fine()).and_then(|place| place.point());
    let note = match place {
        _ if point.is_some() => None,
        None => Some("no place is told".to_owned()),
        Some(place) if matches!(place.precision, Precision::Exact | Precision::Near) => {
            Some("the coordinates of the place aren't known".to_owned())
        }
        Some(place) => {
            let unit = match place.precision {
                Precision::Country => "country",
                Precision::Admin1 => "first-order unit",
                Precision::Admin2 => "second-order unit",
                Precision::Region | Precision::Exact | Precision::Near => "region",
            };
            Some(format!("known to the {unit} only: no point"))
        }
    };
    let sources = told.reports.iter().map(|report: &Report| Source {
        outlet: report.outlet.as_deref(),
        known: report.known,
        title: report.title.as_deref(),
        url: report.url.as_deref(),
        document: &report.document,
        reliability: report.grade,
        credibility: report.credibility,
    });
    let killed = incident.killed.as_ref();
    Feature {
        r#type: "Feature",
        id: &incident.id,
        geometry: point.map(|(lat, lon)| Point { r#type: "Point", coordinates: [lon, lat] }),
        properties: Properties {
            name: common::heading(incident),
            incident_type: incident.kind,
            start: incident.time.map(|(start, _)| start),
            end: incident.time.map(|(_, end)| end),
            place: place.map(|place| place.name.as_str()),
            geonames: place.and_then(|place| place.geonames),
            country: place.and_then(|place| place.country.as_deref()),
            admin1: place.and_then(|place| place.admin1.as_deref()),
            precision: place.map(|place| place.precision),
            radius_km: place.and_then(|place| place.radius_km),
            geometry_note: note,
            perpetrators: incident
                .perpetrators
                .iter()
                .map(|accused| Did { name: &accused.party.name, claim: accused.party.claim })
                .collect(),
            victims: common::names(incident.victims.iter()),
            targets: &incident.targets,
            weapons: &incident.weapons,
            killed_low: killed.and_then(|toll| toll.low),
            killed_best: killed.and_then(|toll| toll.best),
            killed_high: killed.and_then(|toll| toll.high),
            wounded_best: incident.wounded.as_ref().and_then(|toll| toll.best),
            abducted_best: incident.abducted.as_ref().and_then(|toll| toll.best),
            independent_reports: incident.independent,
            known_from: incident.known.0,
            known_until: incident.known.1,
            corrected: told.corrected,
            sources: sources.collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_narrow_also_across_the_antimeridian() {
        let of = |degrees: &[i64]| widths(&degrees.iter().map(|degree| degree * 100_000).collect());
        assert_eq!(of(&[2, 44, -5]), (-5.0, 44.0));
        assert_eq!(of(&[7]), (7.0, 7.0));
        assert_eq!(of(&[170, 175, -178, -160]), (170.0, -160.0));
    }
}
