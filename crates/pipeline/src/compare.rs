//! The record beside a table of incidents that somebody coded: found, missed, extra, and what differs.

use std::collections::BTreeMap;

use watchkeeper_linkage::over::compare::{Allowed, Sides, pair, sides, unit};
use watchkeeper_linkage::place::distance_km;
use watchkeeper_record::article::Date;
use watchkeeper_record::coded::{Coded, Compared, Difference, Extra, Found, Group, Missed, Shares};
use watchkeeper_record::incident::{Incident, Whereabouts};
use watchkeeper_record::share::Share;
use watchkeeper_store::{Area, Error, Fact, Filter, Sort, Store, Window};

use crate::coded::CodedTable;
use crate::settle::incident_of;
use crate::texts::Texts;

/// Kilometres from which two exact places count as a difference.
const KM_DIFFERENT: f64 = 25.0;

/// Compares the incidents that keep a filter with a table's rows. Incidents count as extra when they happened within the table's days
/// and in its countries; undated ones are left out.
///
/// # Errors
/// As [`Store::incidents`].
pub fn compare(
    store: &Store,
    table: &CodedTable,
    filter: &Filter,
    days: u32,
    km: f64,
) -> Result<Compared, Error> {
    let mut notes = table.notes.clone();
    if table.faulty > 0 {
        notes.push(format!("not counted, since they couldn't be read: {} of the table's rows", table.faulty));
    }
    let slack = i32::try_from(days).unwrap_or(0);
    let first = table.rows.iter().map(|row| row.time.0).min();
    let last = table.rows.iter().map(|row| row.time.1).max();
    // A country asked for narrows the table too; other filters are about what the record alone knows.
    let wanted = match &filter.area {
        Some(Area::Country(code)) => Some(code.as_str()),
        _ => None,
    };
    let country = |row: &Coded| row.place.as_ref().and_then(|place| place.country.clone());
    let inside = |row: &Coded| {
        wanted.is_none_or(|wanted| country(row).is_none_or(|own| own == wanted))
            && filter.since.is_none_or(|since| row.time.1 >= since)
            && filter.until.is_none_or(|until| row.time.0 <= until)
    };
    let rows: Vec<Coded> = table.rows.iter().filter(|row| inside(row)).cloned().collect();
    if rows.len() < table.rows.len() {
        notes.push(format!(
            "{} rows lie outside the days or the country asked for",
            table.rows.len() - rows.len()
        ));
    }
    let wide = Filter {
        since: filter.since.max(first.and_then(|day| day.plus_days(-slack))),
        until: [filter.until, last.and_then(|day| day.plus_days(slack))].into_iter().flatten().min(),
        ..filter.clone()
    };
    let incidents = if rows.is_empty() { Vec::new() } else { listed(store, &wide)? };
    let pairing = pair(&rows, &incidents, Allowed { days, km });
    let mut found = Vec::with_capacity(pairing.pairs.len());
    let mut differing: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut incident_of_row: BTreeMap<usize, usize> = BTreeMap::new();
    for one in &pairing.pairs {
        let incident = &incidents[one.incident];
        let reports = store.reports_of(&incident.id, filter.as_of)?;
        let differences = differences(&rows[one.coded], incident, &reports);
        for difference in &differences {
            *differing.entry(difference.field).or_default() += 1;
        }
        incident_of_row.insert(one.coded, one.incident);
        found.push(Found {
            coded: rows[one.coded].clone(),
            incident: incident.id.clone(),
            weight: one.weight,
            reasons: one.reasons.clone(),
            greedy: one.greedy,
            differences,
        });
    }
    let missed =
        rows.iter().enumerate().filter(|(at, _)| !incident_of_row.contains_key(at)).map(|(at, row)| {
            let near = pairing.nearest.get(&at);
            Missed {
                coded: row.clone(),
                nearest: near.map(|near| incidents[near.incident].id.clone()),
                why: near.map(|near| near.why.clone()).unwrap_or_default(),
            }
        });
    let missed: Vec<Missed> = missed.collect();
    // What the table could have held: its days, its countries, and for GED deaths alone.
    let countries: Option<Vec<&str>> =
        rows.iter().map(|row| row.place.as_ref()?.country.as_deref()).collect();
    let row_of: BTreeMap<usize, usize> =
        incident_of_row.iter().map(|(row, incident)| (*incident, *row)).collect();
    let (mut counted, mut extra, mut unplaced) = (Vec::new(), Vec::new(), 0);
    for (at, incident) in incidents.iter().enumerate() {
        let is_found = row_of.contains_key(&at);
        if !is_found {
            let (Some((start, end)), Some(from), Some(to)) = (incident.time, first, last) else { continue };
            let killed = incident.killed.as_ref().and_then(|toll| toll.best.or(toll.low).or(toll.high));
            if end < from || start > to || (table.scheme == "ged" && killed.unwrap_or(0) == 0) {
                continue;
            }
            let country = incident.place.as_ref().and_then(|place| place.country.as_deref());
            match (&countries, country) {
                (Some(known), Some(country)) if !known.contains(&country) => continue,
                (Some(_), None) => {
                    unplaced += 1;
                    continue;
                }
                _ => {}
            }
            extra.push(Extra {
                incident: incident.id.clone(),
                time: incident.time,
                place: incident.place.clone(),
                kind: incident.kind,
                killed,
                independent: incident.independent,
            });
        }
        counted.push((incident, is_found));
    }
    extra.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.incident.cmp(&b.incident)));
    if unplaced > 0 {
        notes.push(if unplaced == 1 {
            "1 incident without a country is not counted as extra".to_owned()
        } else {
            format!("{unplaced} incidents without a country are not counted as extra")
        });
    }
    let greedy = found.iter().filter(|pair| pair.greedy).count();
    if greedy > 0 {
        notes.push(format!(
            "{greedy} pairs were chosen one by one, the heaviest first: too many rows hang together"
        ));
    }
    let recall = shares(rows.iter().enumerate().map(|(at, row)| {
        let kind = if row.kind.is_empty() { "(no type)".to_owned() } else { row.kind.clone() };
        (row.place.as_ref(), kind, incident_of_row.contains_key(&at))
    }));
    let precision = shares(counted.iter().map(|(incident, is_found)| {
        let kind = incident.kind.map_or("(no type)", |kind| kind.as_str()).replace('_', " ");
        (incident.place.as_ref(), kind, *is_found)
    }));
    Ok(Compared {
        scheme: table.scheme,
        days_max: days,
        km_max: km,
        found,
        missed,
        extra,
        recall,
        precision,
        differing: differing.into_iter().collect(),
        notes,
    })
}

/// Every incident that keeps a filter, in order of id.
pub(crate) fn listed(store: &Store, filter: &Filter) -> Result<Vec<Incident>, Error> {
    let mut window = Window { limit: 1000, ..Window::first(Sort::Happened) };
    let mut incidents: BTreeMap<String, Incident> = BTreeMap::new();
    let texts = Texts::new(store);
    loop {
        let part = store.incidents(filter, &window)?;
        for incident in part.items.iter().filter_map(|item| incident_of(&texts, item)) {
            incidents.insert(incident.id.clone(), incident);
        }
        match part.next {
            Some(next) => window.after = Some(next),
            None => return Ok(incidents.into_values().collect()),
        }
    }
}

fn shares<'p>(cases: impl Iterator<Item = (Option<&'p Whereabouts>, String, bool)>) -> Shares {
    type Cases = BTreeMap<String, (String, Vec<bool>)>;
    let (mut all, mut countries, mut admin1, mut types) =
        (Vec::new(), Cases::new(), Cases::new(), Cases::new());
    for (place, kind, hit) in cases {
        all.push(hit);
        let country =
            place.and_then(|place| place.country.clone()).unwrap_or_else(|| "(no country)".to_owned());
        if let Some(name) = place.and_then(|place| place.admin1.as_ref()) {
            let key = format!("{country} {}", unit(name));
            admin1.entry(key).or_insert_with(|| (format!("{name}, {country}"), Vec::new())).1.push(hit);
        }
        countries.entry(country.clone()).or_insert((country, Vec::new())).1.push(hit);
        types.entry(kind.clone()).or_insert((kind, Vec::new())).1.push(hit);
    }
    let share = |hits: &[bool]| Share::of(hits.iter().filter(|hit| **hit).count(), hits.len());
    let groups = |cases: Cases| {
        let mut groups: Vec<Group> =
            cases.into_values().map(|(name, hits)| Group { name, share: share(&hits) }).collect();
        groups.sort_by(|a, b| b.share.of.cmp(&a.share.of).then_with(|| a.name.cmp(&b.name)));
        groups
    };
    Shares { all: share(&all), countries: groups(countries), admin1: groups(admin1), types: groups(types) }
}

fn range((start, end): (Date, Date)) -> String {
    if start == end { start.to_string() } else { format!("{start} to {end}") }
}

fn differences(coded: &Coded, incident: &Incident, reports: &[Fact]) -> Vec<Difference> {
    let mut found = Vec::new();
    let from = |tells: &dyn Fn(&Fact) -> bool| {
        reports.iter().filter(|report| tells(report)).map(|report| report.id.clone()).collect::<Vec<_>>()
    };
    let mut add = |field, ours: String, theirs: String, evidence| {
        found.push(Difference { field, ours, theirs, evidence });
    };
    if let Some(ours) = incident.time
        && (ours.1 < coded.time.0 || ours.0 > coded.time.1)
    {
        add("date", range(ours), range(coded.time), from(&|report| report.start.is_some()));
    }
    if let (Some(ours), Some(theirs)) = (&incident.place, &coded.place) {
        let far = |most: f64| {
            let km = ours.point().zip(theirs.point()).map(|(a, b)| distance_km(a, b));
            km.filter(|km| *km > most).map(|km| format!(", {km:.0} km away"))
        };
        let vague = [ours, theirs].iter().filter_map(|place| place.radius_km).fold(0.0, f64::max);
        let away = if ours.is_fine() && theirs.is_fine() { far(KM_DIFFERENT.max(vague)) } else { None };
        let units = ours.admin1.as_ref().zip(theirs.admin1.as_ref());
        let other_unit = !ours.is_fine() && units.is_some_and(|(a, b)| unit(a) != unit(b));
        if away.is_some() || other_unit {
            let name = |place: &Whereabouts| match &place.admin1 {
                Some(admin1) if *admin1 != place.name => format!("{} ({admin1})", place.name),
                _ => place.name.clone(),
            };
            let ours = format!("{}{}", name(ours), away.unwrap_or_default());
            add("place", ours, name(theirs), from(&|report| report.place.is_some()));
        }
    }
    if let Some(kind) = incident.kind
        && !coded.kinds.is_empty()
        && !coded.kinds.contains(&kind)
    {
        let ours = kind.as_str().replace('_', " ");
        add("type", ours, coded.kind.clone(), from(&|report| report.r#type.is_some()));
    }
    if sides(coded, incident) == Sides::Other {
        let parties = incident.perpetrators.iter().map(|who| &who.party).chain(&incident.victims);
        let mut ours: Vec<&str> = parties
            .filter(|party| party.key.is_some())
            .map(|party| if party.private { "a private person" } else { party.name.as_str() })
            .collect();
        ours.dedup();
        let theirs: Vec<&str> = coded.parties.iter().map(|party| party.name.as_str()).collect();
        add("actors", ours.join("; "), theirs.join("; "), from(&|report| !report.parties.is_empty()));
    }
    if let (Some(toll), Some(figure)) = (&incident.killed, coded.killed)
        && let (Some(best), Some(theirs)) = (toll.best.or(toll.low).or(toll.high), figure.number())
    {
        let (low, high) = (toll.low.unwrap_or(best).min(best), toll.high.unwrap_or(best).max(best));
        let (their_low, their_high) =
            (figure.low.unwrap_or(theirs).min(theirs), figure.high.unwrap_or(theirs).max(theirs));
        if theirs != best && (their_high < low || their_low > high || theirs < low || theirs > high) {
            let span = |best: u32, low: u32, high: u32| {
                if low == high { format!("{best} killed") } else { format!("{best} ({low}–{high}) killed") }
            };
            add(
                "toll",
                span(best, low, high),
                span(theirs, their_low, their_high),
                from(&|report| report.killed.iter().any(Option::is_some)),
            );
        }
    }
    found
}
