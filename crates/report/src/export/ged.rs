//! CSV with the columns of the UCDP Georeferenced Event Dataset (GED codebook, versions 24 and 25).
//!
//! Columns and order are GED's; four of our own follow. What only UCDP can know (its ids, conflicts, dyads, Gleditsch and Ward numbers,
//! clarity) stays empty.

use std::io::Write;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Precision;
use watchkeeper_record::incident::{Incident, Party, Whereabouts};

use super::Error;
use super::common::{self, Side, cell, number};
use super::input::Exported;

const COLUMNS: &[&str] = &[
    "id",
    "relid",
    "year",
    "active_year",
    "code_status",
    "type_of_violence",
    "conflict_dset_id",
    "conflict_new_id",
    "conflict_name",
    "dyad_dset_id",
    "dyad_new_id",
    "dyad_name",
    "side_a_dset_id",
    "side_a_new_id",
    "side_a",
    "side_b_dset_id",
    "side_b_new_id",
    "side_b",
    "number_of_sources",
    "source_article",
    "source_office",
    "source_date",
    "source_headline",
    "source_original",
    "where_prec",
    "where_coordinates",
    "where_description",
    "adm_1",
    "adm_2",
    "latitude",
    "longitude",
    "geom_wkt",
    "priogrid_gid",
    "country",
    "country_id",
    "region",
    "event_clarity",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_a",
    "deaths_b",
    "deaths_civilians",
    "deaths_unknown",
    "best",
    "high",
    "low",
    "gwnoa",
    "gwnob",
    // Ours.
    "watchkeeper_type",
    "source_grades",
    "corrected",
    "attribution",
];

pub(super) fn begin(out: &mut impl Write) -> Result<(), Error> {
    common::header(COLUMNS, out)
}

pub(super) fn incident(told: &Exported, out: &mut impl Write) -> Result<(), Error> {
    let incident = &told.incident;
    let violence = type_of_violence(told);
    let (side_a, side_b) = sides(told, violence);
    let dyad =
        if side_a.is_empty() || side_b.is_empty() { String::new() } else { format!("{side_a} - {side_b}") };
    let reports = &told.reports;
    let join = |fields: Vec<String>| fields.join(";");
    let place = incident.place.as_ref();
    let point = place.and_then(Whereabouts::point);
    let country = place.and_then(|place| place.country.as_deref());
    let toll = incident.killed.as_ref();
    // Of an upper bound alone nothing but `high` is known.
    let best = toll.and_then(|toll| toll.best.or(toll.low));
    let civilians = common::only_civilians(&incident.targets);
    let text = |place: Option<&String>| place.map_or_else(String::new, |text| cell(text));
    let mut row = Row(Vec::with_capacity(COLUMNS.len()));
    row.put("id", String::new());
    row.put("relid", cell(&incident.id));
    row.put("year", incident.time.map_or_else(String::new, |(start, _)| start.year().to_string()));
    row.none(&["active_year", "code_status"]);
    row.put("type_of_violence", violence.map_or_else(String::new, |kind| kind.to_string()));
    row.none(&["conflict_dset_id", "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id"]);
    row.put("dyad_name", cell(&dyad));
    row.none(&["side_a_dset_id", "side_a_new_id"]);
    row.put("side_a", cell(&side_a));
    row.none(&["side_b_dset_id", "side_b_new_id"]);
    row.put("side_b", cell(&side_b));
    row.put("number_of_sources", incident.independent.to_string());
    row.put(
        "source_article",
        cell(&join(
            reports
                .iter()
                .map(|report| {
                    let outlet = report.outlet.as_deref().unwrap_or("unknown");
                    let title = report.title.as_deref().unwrap_or("untitled");
                    format!("\"{}\"", format!("{outlet},{},{title}", report.known).replace('"', "'"))
                })
                .collect(),
        )),
    );
    // Each piece is guarded: a spreadsheet may take the semicolons for borders of cells.
    let listed = |text: Option<&str>| cell(&text.unwrap_or("unknown").replace(';', ","));
    row.put("source_office", join(reports.iter().map(|report| listed(report.outlet.as_deref())).collect()));
    row.put("source_date", join(reports.iter().map(|report| report.known.to_string()).collect()));
    row.put("source_headline", join(reports.iter().map(|report| listed(report.title.as_deref())).collect()));
    let speakers = told.statements.iter().filter_map(|statement| statement.speaker.as_ref());
    row.put("source_original", join(common::names(speakers).into_iter().map(cell).collect()));
    row.put("where_prec", place.map_or_else(String::new, |place| where_prec(place).to_string()));
    row.put("where_coordinates", text(place.map(|place| &place.name)));
    row.put("where_description", place.map_or_else(String::new, |place| cell(&common::whereabouts(place))));
    row.put("adm_1", text(place.and_then(|place| place.admin1.as_ref())));
    let admin2 = place.filter(|place| place.precision == Precision::Admin2);
    row.put("adm_2", text(admin2.map(|place| &place.name)));
    row.put("latitude", point.map_or_else(String::new, |(lat, _)| lat.to_string()));
    row.put("longitude", point.map_or_else(String::new, |(_, lon)| lon.to_string()));
    row.put("geom_wkt", point.map_or_else(String::new, |(lat, lon)| format!("POINT ({lon} {lat})")));
    row.put("priogrid_gid", point.map_or_else(String::new, |point| priogrid(point).to_string()));
    let country_name = country.map(|iso3| common::country(iso3).map_or(iso3, |country| country.name));
    row.put("country", country_name.map_or_else(String::new, cell));
    row.none(&["country_id", "region", "event_clarity"]);
    row.put("date_prec", incident.time.map_or_else(String::new, |time| date_prec(time).to_string()));
    let midnight = |day: Date| format!("{day} 00:00:00.000");
    row.put("date_start", incident.time.map_or_else(String::new, |(start, _)| midnight(start)));
    row.put("date_end", incident.time.map_or_else(String::new, |(_, end)| midnight(end)));
    row.none(&["deaths_a", "deaths_b"]);
    row.put("deaths_civilians", number(best.filter(|_| civilians)));
    row.put("deaths_unknown", number(best.filter(|_| !civilians)));
    row.put("best", number(best));
    row.put("high", number(toll.and_then(|toll| toll.high).or(best)));
    row.put("low", number(toll.and_then(|toll| toll.low).or(best)));
    row.none(&["gwnoa", "gwnob"]);
    row.put("watchkeeper_type", incident.kind.map_or_else(String::new, |kind| kind.to_string()));
    row.put("source_grades", grades(told));
    row.put("corrected", told.corrected.to_string());
    row.put("attribution", cell(&common::attribution()));
    common::row(&row.0, out)
}

/// Admiralty grades in the order of the sources: `B2;F6`.
pub(super) fn grades(told: &Exported) -> String {
    let grades = told.reports.iter().map(|report| format!("{}{}", report.grade, report.credibility));
    grades.collect::<Vec<_>>().join(";")
}

/// Fields of a row under the names of their columns.
struct Row(Vec<String>);

impl Row {
    fn put(&mut self, column: &str, field: String) {
        debug_assert_eq!(COLUMNS.get(self.0.len()), Some(&column));
        self.0.push(field);
    }

    fn none(&mut self, columns: &[&str]) {
        for column in columns {
            self.put(column, String::new());
        }
    }
}

/// 1 state-based, 2 non-state, 3 one-sided; `None` where the sides don't tell.
fn type_of_violence(told: &Exported) -> Option<u8> {
    match (common::striking(told), common::struck(told)) {
        (Side::State | Side::Group, Side::Civilian) => Some(3),
        (Side::State, Side::State | Side::Group) | (Side::Group, Side::State) => Some(1),
        (Side::Group, Side::Group) => Some(2),
        (Side::Civilian | Side::Unknown, _) | (_, Side::Unknown) => None,
    }
}

/// Side A is the state in state-based conflict, else who did it; the other side of one-sided violence is `Civilians`.
fn sides(told: &Exported, violence: Option<u8>) -> (String, String) {
    let incident: &Incident = &told.incident;
    let named = |parties: Vec<&Party>| common::names(parties.into_iter()).join(", ");
    let did = named(common::actors(told, incident.perpetrators.iter().map(|accused| &accused.party)));
    let suffered = named(common::actors(told, incident.victims.iter()));
    match violence {
        Some(3) => (did, "Civilians".to_owned()),
        Some(1) if common::striking(told) != Side::State => (suffered, did),
        _ => (did, suffered),
    }
}

/// GED: 1 the place itself, 2 within about 25 km, 3 second-order unit, 4 first-order unit, 5 larger or vague area, 6 country.
fn where_prec(place: &Whereabouts) -> u8 {
    match place.precision {
        Precision::Exact => 1,
        Precision::Near if place.radius_km.is_none_or(|km| km <= 25.0) => 2,
        Precision::Near | Precision::Region => 5,
        Precision::Admin2 => 3,
        Precision::Admin1 => 4,
        Precision::Country => 6,
    }
}

/// GED: 1 the day, 2 within two to six days, 3 a week, 4 eight to 31 days, 5 longer.
pub(super) fn date_prec((start, end): (Date, Date)) -> u8 {
    match i64::from(end.days()) - i64::from(start.days()) + 1 {
        ..=1 => 1,
        2..=6 => 2,
        7 => 3,
        8..=31 => 4,
        _ => 5,
    }
}

/// Number of the cell of PRIO-GRID (Tollefsen and others 2012): half degrees, from 1 at the south-west, row by row.
fn priogrid((lat, lon): (f64, f64)) -> u32 {
    // The conversions saturate; points are on earth.
    let row = (((lat + 90.0) * 2.0).floor() as u32).min(359);
    let column = (((lon + 180.0) * 2.0).floor() as u32).min(719);
    row * 720 + column + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_those_of_the_codebook() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let prec = |start, end| date_prec((day(start), day(end)));
        assert_eq!(prec("2021-03-05", "2021-03-05"), 1);
        assert_eq!(prec("2021-03-05", "2021-03-06"), 2);
        assert_eq!(prec("2021-03-01", "2021-03-07"), 3);
        assert_eq!(prec("2021-03-01", "2021-03-31"), 4);
        assert_eq!(prec("2021-01-01", "2021-12-31"), 5);
        // Corners of the grid.
        assert_eq!(priogrid((-90.0, -180.0)), 1);
        assert_eq!(priogrid((90.0, 180.0)), 259_200);
        assert_eq!(priogrid((0.25, 0.25)), 180 * 720 + 361);
    }

    #[test]
    fn there_are_the_columns_of_ged() {
        assert_eq!(COLUMNS.len(), 49 + 4);
    }
}
