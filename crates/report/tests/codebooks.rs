//! The CSV exports against what the codebooks allow (`checks/codebooks.tsv`): every column in its place, every cell of its kind, and
//! what cells say together, for incidents of every type, side, place, day and toll.

use std::collections::BTreeMap;

use proptest::prelude::*;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{ActorKind, Claim, IncidentType, Precision, TargetType};
use watchkeeper_record::incident::{Accused, Incident, Party, TollHistory, Whereabouts};
use watchkeeper_report::export::{Actor, Export, Exported, Format, Options, Report};

const TABLE: &str = include_str!("../../../checks/codebooks.tsv");

struct Rule {
    column: &'static str,
    rule: &'static str,
    values: &'static str,
    need: bool,
}

fn rules(scheme: &str) -> Vec<Rule> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| fields[0] == scheme)
        .map(|fields| {
            assert_eq!(fields.len(), 5, "{fields:?}");
            Rule { column: fields[1], rule: fields[2], values: fields[3], need: fields[4] == "yes" }
        })
        .collect()
}

/// Whether a cell is as its rule says.
fn keeps(rule: &Rule, cell: &str) -> bool {
    if cell.is_empty() {
        return !rule.need;
    }
    let range = || rule.values.split_once("..").expect("a range");
    match rule.rule {
        "empty" => false,
        "text" => cell.trim() == cell && !cell.contains(['\n', '\r']),
        "day" => cell.parse::<Date>().is_ok(),
        "midnight" => cell.strip_suffix(" 00:00:00.000").is_some_and(|day| day.parse::<Date>().is_ok()),
        "integer" => {
            let (low, high) = range();
            let (low, high): (i64, i64) = (low.parse().expect("low"), high.parse().expect("high"));
            cell.parse::<i64>()
                .is_ok_and(|number| (low..=high).contains(&number) && number.to_string() == cell)
        }
        "number" => {
            let (low, high) = range();
            let (low, high): (f64, f64) = (low.parse().expect("low"), high.parse().expect("high"));
            cell.parse::<f64>().is_ok_and(|number| (low..=high).contains(&number))
        }
        "one" => rule.values.split('|').any(|value| value == cell),
        other => panic!("no rule `{other}`"),
    }
}

type Row = BTreeMap<String, String>;

fn rows(format: Format, incidents: &[Exported]) -> (Vec<String>, Vec<Row>) {
    let options = Options {
        reveal_private: false,
        as_of: None,
        coarsen_km: None,
        query: None,
        made: "2021-04-01T12:00:00Z".parse().expect("a moment"),
        version: "0.1.0".to_owned(),
    };
    let mut out = Vec::new();
    let mut export = Export::begin(format, options, &mut out).expect("begins");
    for incident in incidents {
        export.incident(incident).expect("written");
    }
    export.end().expect("ends");
    let mut reader = csv::Reader::from_reader(out.as_slice());
    let names: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| {
        let row = row.expect("a row as long as the header");
        names.iter().cloned().zip(row.iter().map(str::to_owned)).collect()
    });
    let rows = rows.collect();
    (names, rows)
}

fn checked(format: Format, scheme: &str, incidents: &[Exported]) -> Result<Vec<Row>, TestCaseError> {
    let rules = rules(scheme);
    let (names, rows) = rows(format, incidents);
    let wanted: Vec<&str> = rules.iter().map(|rule| rule.column).collect();
    prop_assert_eq!(names, wanted);
    for row in &rows {
        for rule in &rules {
            let cell = &row[rule.column];
            prop_assert!(keeps(rule, cell), "{scheme} {}: `{cell}`", rule.column);
        }
    }
    Ok(rows)
}

fn number(row: &Row, column: &str) -> Option<u64> {
    row[column].parse().ok()
}

/// What the cells of a row of GED say together.
fn ged(row: &Row) -> Result<(), TestCaseError> {
    let (low, best, high) = (number(row, "low"), number(row, "best"), number(row, "high"));
    prop_assert!(low <= best || best.is_none(), "{row:?}");
    prop_assert!(best.is_none() || best <= high, "{row:?}");
    let told = ["deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"].map(|name| number(row, name));
    prop_assert_eq!(best, told.into_iter().flatten().reduce(|sum, one| sum + one));
    prop_assert_eq!(row["latitude"].is_empty(), row["longitude"].is_empty());
    prop_assert_eq!(row["latitude"].is_empty(), row["priogrid_gid"].is_empty());
    if !row["latitude"].is_empty() {
        prop_assert_eq!(&row["geom_wkt"], &format!("POINT ({} {})", row["longitude"], row["latitude"]));
        prop_assert!(!row["where_prec"].is_empty());
    }
    prop_assert_eq!(&row["year"], row["date_start"].split('-').next().unwrap_or_default());
    prop_assert!(row["date_start"] <= row["date_end"]);
    prop_assert_eq!(row["date_start"].is_empty(), row["date_prec"].is_empty());
    if row["type_of_violence"] == "3" {
        prop_assert_eq!(&row["side_b"], "Civilians");
    }
    let both = !row["side_a"].is_empty() && !row["side_b"].is_empty();
    let dyad = if both { format!("{} - {}", row["side_a"], row["side_b"]) } else { String::new() };
    // Each cell is guarded against formulas for itself.
    prop_assert_eq!(row["dyad_name"].replace('\'', ""), dyad.replace('\'', ""));
    Ok(())
}

/// What the cells of a row of ACLED say together.
fn acled(row: &Row) -> Result<(), TestCaseError> {
    let (event, sub) = (row["event_type"].as_str(), row["sub_event_type"].as_str());
    let subs: &[&str] = match event {
        "Battles" => &["Government regains territory", "Non-state actor overtakes territory", "Armed clash"],
        "Explosions/Remote violence" => &[
            "Chemical weapon",
            "Air/drone strike",
            "Suicide bomb",
            "Shelling/artillery/missile attack",
            "Remote explosive/landmine/IED",
            "Grenade",
        ],
        "Violence against civilians" => &["Sexual violence", "Attack", "Abduction/forced disappearance"],
        "Protests" => {
            &["Excessive force against protesters", "Protest with intervention", "Peaceful protest"]
        }
        "Riots" => &["Violent demonstration", "Mob violence"],
        "Strategic developments" => &[
            "Agreement",
            "Arrests",
            "Change to group/activity",
            "Disrupted weapons use",
            "Headquarters or base established",
            "Looting/property destruction",
            "Non-violent transfer of territory",
            "Other",
        ],
        _ => &[""],
    };
    prop_assert!(subs.contains(&sub), "{event}: {sub}");
    let disorder = match (event, sub) {
        ("", _) => "",
        ("Strategic developments", _) => "Strategic developments",
        (_, "Excessive force against protesters") => "Political violence; Demonstrations",
        ("Protests", _) | (_, "Violent demonstration") => "Demonstrations",
        _ => "Political violence",
    };
    prop_assert_eq!(&row["disorder_type"], disorder);
    // Civilians don't act; two codes make an interaction, the smaller one first, one alone with 0 where there is no second actor.
    prop_assert_ne!(&row["inter1"], "7");
    let codes = (number(row, "inter1"), number(row, "inter2"));
    let wanted = match codes {
        (Some(one), Some(two)) => format!("{}{}", one.min(two), one.max(two)),
        (Some(one), None) if row["actor2"].is_empty() => format!("{one}0"),
        _ => String::new(),
    };
    prop_assert_eq!(&row["interaction"], &wanted);
    for side in ["1", "2"] {
        let is_empty = |column: &str| row[&format!("{column}{side}")].is_empty();
        let named = !is_empty("actor");
        prop_assert!(named || is_empty("inter"));
        prop_assert!(named || is_empty("assoc_actor_"));
    }
    let targeting = row["civilian_targeting"] == "Civilian targeting";
    prop_assert!(targeting || event != "Violence against civilians");
    prop_assert!(!targeting || matches!(event, "Violence against civilians" | "Explosions/Remote violence"));
    if event == "Violence against civilians" && sub == "Attack" {
        // An attack on soldiers, police or fighters is a battle. International bodies (8) have forces and staff.
        prop_assert!(!matches!(row["inter2"].as_str(), "1" | "2"), "{row:?}");
    }
    if sub == "Looting/property destruction" {
        prop_assert!(number(row, "fatalities").unwrap_or(0) == 0, "{row:?}");
    }
    prop_assert_eq!(&row["year"], row["event_date"].split('-').next().unwrap_or_default());
    prop_assert_eq!(row["latitude"].is_empty(), row["longitude"].is_empty());
    prop_assert!(row["latitude"].is_empty() || !row["geo_precision"].is_empty());
    Ok(())
}

fn party(which: usize) -> (Party, Option<Actor>) {
    use ActorKind as K;
    const WHO: [(&str, Option<K>, &str, &str); 9] = [
        ("River Front", Some(K::ArmedGroup), "MLI", "REB"),
        ("Hill Militia", Some(K::ArmedGroup), "MLI", "UAF"),
        ("Malian Armed Forces", Some(K::Military), "MLI", "MIL"),
        ("Nigerien Police", Some(K::Police), "NER", "COP"),
        ("villagers", Some(K::PopulationGroup), "MLI", "CVL"),
        ("World Body", Some(K::InternationalOrg), "", "IGO"),
        ("Astrid Lindqvist", Some(K::Person), "", "CVL"),
        ("=gunmen", None, "", ""),
        ("convoy", None, "", ""),
    ];
    let (name, kind, country, sector) = WHO[which % WHO.len()];
    let key = kind.map(|_| name.to_lowercase().replace(' ', "-"));
    let private = kind == Some(K::Person);
    let actor = key.clone().map(|key| Actor {
        key,
        name: name.to_owned(),
        kind,
        country: (!country.is_empty()).then(|| country.to_owned()),
        sector: Some(sector.to_owned()),
        private,
    });
    (Party { key, name: name.to_owned(), private, claim: Claim::Accused }, actor)
}

fn told() -> impl Strategy<Value = Exported> {
    let kind = proptest::option::of(proptest::sample::select(IncidentType::ALL));
    let who = || proptest::collection::vec(0usize..9, 0..4);
    let targets = proptest::collection::vec(proptest::sample::select(TargetType::ALL), 0..3);
    let place = proptest::option::of((
        proptest::sample::select(Precision::ALL),
        proptest::option::of((-90.0..=90.0f64, -180.0..=180.0f64)),
        proptest::option::of(0.0..900.0f64),
        proptest::sample::select(&["MLI", "NER", "XKX", "ZZZ"][..]),
    ));
    let days = proptest::option::of((0i32..20_000, 0i32..400));
    let figure = || proptest::option::of(0u32..500);
    let toll = || proptest::option::of((figure(), figure(), figure()));
    (kind, who(), who(), targets, place, days, toll(), toll()).prop_map(
        |(kind, did, suffered, targets, place, days, killed, wounded)| {
            let day =
                |from: i32| "1970-01-01".parse::<Date>().expect("a day").plus_days(from).expect("a day");
            let mut actors = Vec::new();
            let mut parties = |which: Vec<usize>| {
                let (parties, known): (Vec<Party>, Vec<_>) = which.into_iter().map(party).unzip();
                actors.extend(known.into_iter().flatten());
                parties
            };
            let did = parties(did);
            let victims = parties(suffered);
            // What merging makes of figures: lowest, newest, highest of those that stand, in order where several are told.
            let history = |(a, b, c): (Option<u32>, Option<u32>, Option<u32>)| {
                let mut sorted: Vec<u32> = [a, b, c].into_iter().flatten().collect();
                sorted.sort_unstable();
                let mut sorted = sorted.into_iter();
                TollHistory {
                    low: a.and_then(|_| sorted.next()),
                    best: b.and_then(|_| sorted.next()),
                    high: c.and_then(|_| sorted.next()),
                    told: Vec::new(),
                }
            };
            let known = "2021-03-20".parse().expect("a day");
            let incident = Incident {
                id: "I1".to_owned(),
                kind,
                place: place.map(|(precision, at, radius_km, country)| Whereabouts {
                    name: "Talmara".to_owned(),
                    geonames: None,
                    lat: at.map(|at| at.0),
                    lon: at.map(|at| at.1),
                    country: Some(country.to_owned()),
                    admin1: Some("Gao".to_owned()),
                    precision,
                    radius_km,
                    score: 0.9,
                }),
                time: days.map(|(from, length)| (day(from), day(from + length))),
                perpetrators: did
                    .into_iter()
                    .map(|party| Accused { party, accounts: vec!["a1".to_owned()] })
                    .collect(),
                victims,
                targets,
                weapons: Vec::new(),
                killed: killed.map(history),
                wounded: wounded.map(history),
                abducted: None,
                accounts: vec!["a1".to_owned()],
                independent: 1,
                outlets: Vec::new(),
                joins: Vec::new(),
                undated: Vec::new(),
                known: (known, known),
            };
            let report = Report {
                document: "ab".repeat(32),
                title: Some("@title;".to_owned()),
                outlet: None,
                grade: 'F',
                credibility: 6,
                known,
                dated: true,
                url: None,
                quote: None,
            };
            Exported {
                incident,
                accounts: Vec::new(),
                reports: vec![report],
                actors,
                statements: Vec::new(),
                private_names: Vec::new(),
                corrected: false,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cell_is_what_the_codebooks_allow(told in told()) {
        for row in checked(Format::Ged, "ged", std::slice::from_ref(&told))? {
            ged(&row)?;
        }
        for row in checked(Format::Acled, "acled", std::slice::from_ref(&told))? {
            acled(&row)?;
        }
    }
}

#[test]
fn a_cell_of_another_kind_is_seen() {
    let rules = rules("acled");
    let rule = |column: &str| rules.iter().find(|rule| rule.column == column).expect("a rule");
    for (column, bad) in [
        ("inter1", "9"),
        ("interaction", "77"),
        ("event_type", "battles"),
        ("iso", "004"),
        ("event_date", "9 March 2021"),
        ("latitude", "91"),
        ("fatalities", "-1"),
        ("region", "Western Africa"),
        ("event_id_cnty", ""),
    ] {
        assert!(!keeps(rule(column), bad), "{column} takes `{bad}`");
    }
}
