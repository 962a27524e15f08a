//! A record beside a coded table, for a terminal and as rows.

use std::fmt::Write as _;

use watchkeeper_record::article::Date;
use watchkeeper_record::coded::{Coded, Compared, Group, Shares};
use watchkeeper_record::incident::Whereabouts;

/// Parts shown of each list of shares.
const GROUPS_MAX: usize = 12;
/// Rows shown of each list of cases.
const CASES_MAX: usize = 20;

fn days((start, end): (Date, Date)) -> String {
    if start == end { start.to_string() } else { format!("{start}..{end}") }
}

fn site(place: Option<&Whereabouts>) -> String {
    place.map_or_else(
        || "place unknown".to_owned(),
        |place| match &place.country {
            Some(country) => format!("{}, {country}", place.name),
            None => place.name.clone(),
        },
    )
}

fn row_words(coded: &Coded) -> String {
    let killed = coded.killed.and_then(|figure| figure.number());
    let killed = killed.map_or_else(String::new, |killed| format!("  killed {killed}"));
    let kind = if coded.kind.is_empty() { String::new() } else { format!("  {}", coded.kind) };
    format!("{}  {}  {}{kind}{killed}", coded.id, days(coded.time), site(coded.place.as_ref()))
}

/// `b2f0c1d4#i1`: an id as lists show it.
fn short(id: &str) -> String {
    let (sha, local) = id.split_once('#').unwrap_or((id, ""));
    format!("{}#{local}", sha.get(..8).unwrap_or(sha))
}

/// The comparison in lines for a terminal, not wrapped; what is indented goes with what stands above. With `all` no list is cut.
#[must_use]
pub fn screen(compared: &Compared, all: bool) -> String {
    let mut out = String::new();
    let most = if all { usize::MAX } else { CASES_MAX };
    let (rows, found) = (compared.recall.all.of, compared.recall.all.hits);
    let _ = writeln!(
        out,
        "{rows} {} ({}): {found} found, {} missed; {} incidents extra",
        if rows == 1 { "row" } else { "rows" },
        compared.scheme,
        compared.missed.len(),
        compared.extra.len()
    );
    let _ = writeln!(out, "recall     {}  of the rows", compared.recall.all);
    let _ = writeln!(
        out,
        "precision  {}  of {} incidents in the table's days and countries",
        compared.precision.all, compared.precision.all.of
    );
    let _ = writeln!(
        out,
        "paired where days differ by {} at most and places by {:.0} km; intervals: 95 %, Wilson",
        compared.days_max, compared.km_max
    );
    for note in &compared.notes {
        let _ = writeln!(out, "note: {note}");
    }
    groups(&mut out, compared, |shares| &shares.countries, "country");
    groups(&mut out, compared, |shares| &shares.admin1, "first-order unit");
    groups(&mut out, compared, |shares| &shares.types, "type");
    if !compared.differing.is_empty() {
        let fields: Vec<String> =
            compared.differing.iter().map(|(field, count)| format!("{field} {count}")).collect();
        let _ = writeln!(out, "\nPairs that differ: {}", fields.join(", "));
    }
    let more = |out: &mut String, count: usize| {
        if count > most {
            let _ = writeln!(out, "  … {} more (--all)", count - most);
        }
    };
    if !compared.found.is_empty() {
        let _ = writeln!(out, "\nFound ({})", compared.found.len());
    }
    for pair in compared.found.iter().take(most) {
        let _ = writeln!(out, "  {}", row_words(&pair.coded));
        let _ = writeln!(out, "    = {} ({:+.1}): {}", pair.incident, pair.weight, pair.reasons.join(", "));
        for difference in &pair.differences {
            let evidence: Vec<String> = difference.evidence.iter().map(|id| short(id)).collect();
            let _ = writeln!(
                out,
                "    ≠ {}: here {} [{}]; there {}",
                difference.field,
                difference.ours,
                evidence.join(" "),
                difference.theirs
            );
        }
    }
    more(&mut out, compared.found.len());
    if !compared.missed.is_empty() {
        let _ = writeln!(out, "\nMissed ({})", compared.missed.len());
    }
    for missed in compared.missed.iter().take(most) {
        let _ = writeln!(out, "  {}", row_words(&missed.coded));
        match &missed.nearest {
            Some(near) => {
                let _ = writeln!(out, "    nearest {near}: {}", missed.why.join(", "));
            }
            None => out.push_str("    nothing near it in the record\n"),
        }
    }
    more(&mut out, compared.missed.len());
    if !compared.extra.is_empty() {
        let _ = writeln!(out, "\nExtra ({})", compared.extra.len());
    }
    for extra in compared.extra.iter().take(most) {
        let killed = extra.killed.map_or_else(String::new, |killed| format!("  killed {killed}"));
        let _ = writeln!(
            out,
            "  {}  {}  {}  {}{killed}  {} independent",
            extra.incident,
            extra.time.map_or_else(|| "day unknown".to_owned(), days),
            site(extra.place.as_ref()),
            extra.kind.map_or("incident", |kind| kind.as_str()),
            extra.independent
        );
    }
    more(&mut out, compared.extra.len());
    out
}

fn groups(out: &mut String, compared: &Compared, of: impl Fn(&Shares) -> &Vec<Group>, name: &str) {
    for (what, shares) in [("Recall", &compared.recall), ("Precision", &compared.precision)] {
        let groups = of(shares);
        if groups.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{what} by {name}");
        for group in groups.iter().take(GROUPS_MAX) {
            let Group { name, share } = group;
            let _ = writeln!(out, "  {share:<18}  {:>4} of {:<4}  {name}", share.hits, share.of);
        }
        if groups.len() > GROUPS_MAX {
            let _ = writeln!(out, "  … {} more (--json has all)", groups.len() - GROUPS_MAX);
        }
    }
}

/// Names of the cells of [`rows`].
pub const COLUMNS: [&str; 15] = [
    "outcome",
    "row",
    "coded_id",
    "incident",
    "weight",
    "date_coded",
    "place_coded",
    "country",
    "type_coded",
    "killed_coded",
    "date",
    "place",
    "type",
    "killed",
    "why",
];

/// One row a case: found, missed, extra.
#[must_use]
pub fn rows(compared: &Compared) -> Vec<Vec<String>> {
    let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let coded = |outcome: &str, one: &Coded, incident: &str, weight: String| {
        vec![
            outcome.to_owned(),
            one.row.to_string(),
            one.id.clone(),
            incident.to_owned(),
            weight,
            days(one.time),
            one.place.as_ref().map_or_else(String::new, |place| place.name.clone()),
            one.place.as_ref().and_then(|place| place.country.clone()).unwrap_or_default(),
            one.kind.clone(),
            number(one.killed.and_then(|figure| figure.number())),
        ]
    };
    let mut rows = Vec::new();
    for pair in &compared.found {
        let mut row = coded("found", &pair.coded, &pair.incident, format!("{:.1}", pair.weight));
        let ours = |field| {
            let found = pair.differences.iter().find(|difference| difference.field == field);
            found.map_or_else(String::new, |difference| difference.ours.clone())
        };
        row.extend([ours("date"), ours("place"), ours("type"), ours("toll"), pair.reasons.join("; ")]);
        rows.push(row);
    }
    for missed in &compared.missed {
        let mut row =
            coded("missed", &missed.coded, missed.nearest.as_deref().unwrap_or_default(), String::new());
        row.extend(std::iter::repeat_n(String::new(), 4));
        row.push(missed.why.join("; "));
        rows.push(row);
    }
    for extra in &compared.extra {
        let mut row = vec![String::new(); COLUMNS.len()];
        row[0] = "extra".to_owned();
        row[3].clone_from(&extra.incident);
        row[7] = extra.place.as_ref().and_then(|place| place.country.clone()).unwrap_or_default();
        row[10] = extra.time.map_or_else(String::new, days);
        row[11] = extra.place.as_ref().map_or_else(String::new, |place| place.name.clone());
        row[12] = extra.kind.map_or_else(String::new, |kind| kind.as_str().to_owned());
        row[13] = number(extra.killed);
        rows.push(row);
    }
    rows
}
