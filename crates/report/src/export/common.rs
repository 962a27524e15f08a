//! What several formats ask of an incident.

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{ActorKind, Precision, TargetType};
use watchkeeper_record::incident::{Incident, Party, TollHistory, Whereabouts};

use super::input::{Actor, Exported};

/// Whether degrees north and east are on earth.
pub(super) fn is_on_earth((lat, lon): (f64, f64)) -> bool {
    lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0
}

/// Degrees to five decimals, about a metre.
pub(super) fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

/// Codes of a country.
pub(super) struct Country {
    pub(super) iso2: &'static str,
    pub(super) numeric: &'static str,
    pub(super) name: &'static str,
}

/// Looks a country up by its ISO 3166-1 alpha-3 code.
pub(super) fn country(iso3: &str) -> Option<Country> {
    const TABLE: &str = include_str!("../../../../data/codebook/countries.tsv");
    TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).find_map(|line| {
        let mut fields = line.split('\t');
        if fields.next() != Some(iso3) {
            return None;
        }
        let mut field = || fields.next().map(|field| if field == "-" { "" } else { field });
        Some(Country { iso2: field()?, numeric: field()?, name: field()? })
    })
}

/// ISO 3166-1 alpha-3 of a country given by that code, by alpha-2 or by its short English name, in any case.
pub(crate) fn country_code(given: &str) -> Option<&'static str> {
    const TABLE: &str = include_str!("../../../../data/codebook/countries.tsv");
    let given = given.trim();
    TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [iso3, iso2, _, name] = fields[..] else { return None };
        [iso3, iso2, name]
            .iter()
            .any(|known| *known != "-" && known.eq_ignore_ascii_case(given))
            .then_some(iso3)
    })
}

/// Words on one line: control characters and runs of blanks become one blank.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|character: char| character.is_whitespace() || character.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// A text cell that no spreadsheet takes for a formula: one line, with an apostrophe before `=`, `+`, `-`, `@`.
pub(super) fn cell(text: &str) -> String {
    let text = line(text);
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text }
}

/// Writes one row of a CSV file (RFC 4180, lines end with CR LF).
pub(super) fn row(fields: &[String], out: &mut impl std::io::Write) -> Result<(), super::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(fields)?;
    let bytes = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(out.write_all(&bytes)?)
}

/// Writes the names of columns.
pub(super) fn header(names: &[&str], out: &mut impl std::io::Write) -> Result<(), super::Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    row(&names, out)
}

pub(super) fn number(number: Option<u32>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// The attribution on one line.
pub(super) fn attribution() -> String {
    super::ATTRIBUTION.join(" ")
}

/// A short name: `suicide bombing, Ansongo (MLI), 2017-03-12`.
pub(super) fn heading(incident: &Incident) -> String {
    let kind = incident.kind.map_or("incident", |kind| kind.as_str()).replace('_', " ");
    let mut out = kind;
    if let Some(place) = &incident.place {
        out.push_str(", ");
        out.push_str(&whereabouts(place));
    }
    if let Some(time) = incident.time {
        out.push_str(", ");
        out.push_str(&days(time));
    }
    line(&out)
}

pub(super) fn days((start, end): (Date, Date)) -> String {
    if start == end { start.to_string() } else { format!("{start} to {end}") }
}

pub(super) fn whereabouts(place: &Whereabouts) -> String {
    let name = match (place.precision, place.radius_km) {
        (Precision::Near, Some(km)) => format!("within {km:.0} km of {}", place.name),
        (Precision::Near, None) => format!("near {}", place.name),
        _ => place.name.clone(),
    };
    match &place.country {
        Some(country) if *country != place.name => format!("{name} ({country})"),
        _ => name,
    }
}

/// `3 (2–5)`, or the one number told.
pub(super) fn toll(toll: &TollHistory) -> Option<String> {
    let one = toll.best.or(toll.low).or(toll.high)?;
    Some(match (toll.low, toll.high) {
        (Some(low), Some(high)) if low != high => format!("{one} ({low}–{high})"),
        (Some(low), None) if toll.best.is_none() => format!("at least {low}"),
        (None, Some(high)) if toll.best.is_none() => format!("at most {high}"),
        _ => one.to_string(),
    })
}

/// What a party is, as conflict data sets sort them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    State,
    Group,
    Civilian,
    Unknown,
}

pub(super) fn actor<'a>(told: &'a Exported, party: &Party) -> Option<&'a Actor> {
    let key = party.key.as_deref()?;
    told.actors.iter().find(|actor| actor.key == key)
}

pub(super) fn side(told: &Exported, party: &Party) -> Side {
    use ActorKind as K;
    if party.private {
        return Side::Civilian;
    }
    match actor(told, party).and_then(|actor| actor.kind) {
        Some(K::State | K::Government | K::Military | K::Police | K::Intelligence) => Side::State,
        Some(K::ArmedGroup) => Side::Group,
        Some(K::PopulationGroup | K::CivilSociety | K::Media | K::Company) => Side::Civilian,
        _ => Side::Unknown,
    }
}

/// Whether all that was hit is civilian.
pub(super) fn only_civilians(targets: &[TargetType]) -> bool {
    use TargetType as T;
    const ARMED: &[TargetType] = &[T::Military, T::Police, T::Government, T::Other];
    const PERSONS: &[TargetType] = &[T::Civilians, T::Person];
    targets.iter().any(|target| PERSONS.contains(target))
        && !targets.iter().any(|target| ARMED.contains(target))
}

/// The armed side among victims and targets.
pub(super) fn struck(told: &Exported) -> Side {
    let victims: Vec<Side> = told.incident.victims.iter().map(|party| side(told, party)).collect();
    let targets = &told.incident.targets;
    let first = |wanted| victims.contains(&wanted).then_some(wanted);
    let armed_state =
        targets.iter().any(|target| matches!(target, TargetType::Military | TargetType::Police));
    first(Side::State)
        .or(first(Side::Group))
        .or(armed_state.then_some(Side::State))
        .or(only_civilians(targets).then_some(Side::Civilian))
        .or(first(Side::Civilian))
        .unwrap_or(Side::Unknown)
}

/// The side of those who did it: a state where one is among them.
pub(super) fn striking(told: &Exported) -> Side {
    let sides: Vec<Side> =
        told.incident.perpetrators.iter().map(|accused| side(told, &accused.party)).collect();
    [Side::State, Side::Group].into_iter().find(|side| sides.contains(side)).unwrap_or(Side::Unknown)
}

/// Those parties whose side is known, in their order; all where of none it is. Reports also name what isn't anybody: `convoys`.
pub(super) fn actors<'p>(told: &Exported, parties: impl Iterator<Item = &'p Party>) -> Vec<&'p Party> {
    let parties: Vec<&Party> = parties.collect();
    let known: Vec<&Party> =
        parties.iter().copied().filter(|party| side(told, party) != Side::Unknown).collect();
    if known.is_empty() { parties } else { known }
}

/// Names without doubles, in their order.
pub(super) fn names<'a>(parties: impl Iterator<Item = &'a Party>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for party in parties {
        if !names.contains(&party.name.as_str()) {
            names.push(&party.name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        for bad in ["=1+1", "+1", "-1", "@A1", "\t=1", "\r\n@x", " =x"] {
            assert!(cell(bad).starts_with('\''), "{bad:?}");
        }
        assert_eq!(cell("a\r\nb\u{0}c"), "a b c");
        assert_eq!(cell("plain - text"), "plain - text");
    }

    #[test]
    fn countries_are_found() {
        let mali = country("MLI").expect("in the table");
        assert_eq!((mali.iso2, mali.numeric, mali.name), ("ML", "466", "Mali"));
        for given in ["mli", "ML", "Mali", "mali "] {
            assert_eq!(country_code(given), Some("MLI"), "{given}");
        }
        assert!(country_code("-").is_none() && country_code("").is_none() && country_code("XYZ").is_none());
        assert!(country("ZZZ").is_none() && country("").is_none() && country("iso3").is_none());
    }
}
