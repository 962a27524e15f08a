//! Exports: golden files, nothing hidden shown, every format well-formed whatever the words, the same bytes every time.
//!
//! The golden files are `tests/exports/sample.*` and `hostile.*`; `UPDATE_GOLDEN=1 cargo test -p watchkeeper-report --test export` writes them anew.
//! `checks/clients.py crates/report/tests/exports` shows them to the programs that they are for.

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{
    ActorKind, Claim, IncidentType, Polarity, Precision, Realis, RelationKind, StatementKind, TargetType,
    WeaponType,
};
use watchkeeper_record::incident::{
    Account, Accused, Figure, Incident, Join, Party, Told, TollHistory, Whereabouts,
};
use watchkeeper_report::export::{
    Actor, Error, Export, Exported, Format, Options, Relation, Report, Statement, graph,
};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn options() -> Options {
    Options {
        reveal_private: false,
        as_of: None,
        coarsen_km: None,
        query: None,
        made: "2021-04-01T12:00:00Z".parse().expect("a moment"),
        version: "0.1.0".to_owned(),
    }
}

fn party(key: Option<&str>, name: &str, private: bool, claim: Claim) -> Party {
    Party { key: key.map(str::to_owned), name: name.to_owned(), private, claim }
}

fn actor(key: &str, name: &str, kind: ActorKind, country: Option<&str>, sector: &str) -> Actor {
    Actor {
        key: key.to_owned(),
        name: name.to_owned(),
        kind: Some(kind),
        country: country.map(str::to_owned),
        sector: Some(sector.to_owned()),
        private: kind == ActorKind::Person,
    }
}

fn place(name: &str, at: Option<(f64, f64)>, precision: Precision, radius_km: Option<f64>) -> Whereabouts {
    Whereabouts {
        name: name.to_owned(),
        geonames: at.map(|_| 2_460_000),
        lat: at.map(|at| at.0),
        lon: at.map(|at| at.1),
        country: Some("MLI".to_owned()),
        admin1: Some("Gao".to_owned()),
        precision,
        radius_km,
        score: 0.9,
    }
}

fn document(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

fn report(number: u8, outlet: Option<&str>, title: &str, known: &str, quote: &str) -> Report {
    Report {
        document: document(number),
        title: Some(title.to_owned()),
        outlet: outlet.map(str::to_owned),
        grade: 'B',
        credibility: number.clamp(1, 6),
        known: day(known),
        dated: true,
        url: Some(format!("https://news.example/{number}")),
        quote: Some(quote.to_owned()),
    }
}

fn account(number: u8, told: &Incident, known: &str) -> Account {
    Account {
        id: format!("a{number}"),
        document: document(number),
        local: "i1".to_owned(),
        story: document(number),
        outlet: Some("Sahel Wire".to_owned()),
        known: day(known),
        dated: true,
        kind: told.kind,
        place: told.place.clone(),
        time: told.time,
        perpetrators: told.perpetrators.iter().map(|accused| accused.party.clone()).collect(),
        victims: told.victims.clone(),
        targets: told.targets.clone(),
        weapons: told.weapons.clone(),
        killed: None,
        wounded: None,
        abducted: None,
        background: false,
        refers: (number < 3).then(|| "the blast that killed Lindqvist".to_owned()),
        words: vec![1, 2, 3],
        gist: vec![3, 4],
    }
}

fn empty(id: &str, known: &str) -> Incident {
    Incident {
        id: id.to_owned(),
        kind: None,
        place: None,
        time: None,
        perpetrators: Vec::new(),
        victims: Vec::new(),
        targets: Vec::new(),
        weapons: Vec::new(),
        killed: None,
        wounded: None,
        abducted: None,
        accounts: vec![id.to_owned()],
        independent: 1,
        outlets: Vec::new(),
        joins: Vec::new(),
        undated: Vec::new(),
        known: (day(known), day(known)),
    }
}

fn bare(incident: Incident) -> Exported {
    Exported {
        incident,
        accounts: Vec::new(),
        reports: Vec::new(),
        actors: Vec::new(),
        statements: Vec::new(),
        private_names: Vec::new(),
        corrected: false,
    }
}

fn history(figures: &[(&str, u32, bool)]) -> TollHistory {
    let told = figures.iter().map(|(known, count, current)| Told {
        known: day(known),
        account: "a1".to_owned(),
        outlet: Some("Sahel Wire".to_owned()),
        figure: Figure { low: None, best: Some(*count), high: None },
        current: *current,
    });
    let current = || figures.iter().filter(|figure| figure.2).map(|figure| figure.1);
    TollHistory {
        low: current().min(),
        best: figures.last().map(|figure| figure.1),
        high: current().max(),
        told: told.collect(),
    }
}

/// A bombing of civilians with a private victim, a private witness, two tolls and a title that is a formula.
fn bombing() -> Exported {
    let group = party(Some("river-front"), "River Front", false, Claim::Claimed);
    let incident = Incident {
        kind: Some(IncidentType::SuicideBombing),
        place: Some(place("Talmara", Some((15.661_47, 0.502_18)), Precision::Exact, None)),
        time: Some((day("2021-03-12"), day("2021-03-12"))),
        perpetrators: vec![Accused {
            party: group.clone(),
            accounts: vec!["a1".to_owned(), "a2".to_owned()],
        }],
        victims: vec![
            party(Some("~person::astrid-lindqvist"), "Astrid Lindqvist", true, Claim::Unknown),
            party(None, "market traders", false, Claim::Unknown),
        ],
        targets: vec![TargetType::Civilians, TargetType::Business],
        weapons: vec![WeaponType::Explosive],
        killed: Some(history(&[("2021-03-12", 5, false), ("2021-03-13", 8, true), ("2021-03-14", 7, true)])),
        wounded: Some(history(&[("2021-03-13", 20, true)])),
        accounts: vec!["a1".to_owned(), "a2".to_owned()],
        independent: 2,
        outlets: vec!["Gao Post".to_owned(), "Sahel Wire".to_owned()],
        joins: vec![Join {
            account: "a2".to_owned(),
            with: "a1".to_owned(),
            weight: 7.5,
            reasons: vec!["same town".to_owned(), "both name Lindqvist".to_owned(), "toll 8 v 7".to_owned()],
        }],
        known: (day("2021-03-12"), day("2021-03-14")),
        ..empty("a1", "2021-03-12")
    };
    let mut second = report(
        2,
        Some("Gao Post"),
        "=HYPERLINK(\"x\"); ASTRID LINDQVIST among <dead>",
        "2021-03-14",
        "Seven people, among them Astrid Lindqvist, died,\n“a cousin”, Rut Sandvik, said.",
    );
    second.url = Some("https://news.example/2021/03/astrid-lindqvist-dead".to_owned());
    Exported {
        accounts: vec![account(1, &incident, "2021-03-12"), account(2, &incident, "2021-03-14")],
        reports: vec![
            report(
                1,
                Some("Sahel Wire"),
                "Blast at market in Talmara",
                "2021-03-13",
                "A bomber killed eight at a market, the River Front said.",
            ),
            second,
        ],
        actors: vec![
            actor("river-front", "River Front", ActorKind::ArmedGroup, Some("MLI"), "REB"),
            actor("~person::astrid-lindqvist", "Astrid Lindqvist", ActorKind::Person, None, "CVL"),
        ],
        statements: vec![Statement {
            id: format!("{}#s1", document(1)),
            document: document(1),
            kind: StatementKind::ResponsibilityClaim,
            speaker: Some(group),
            author: false,
            polarity: Polarity::Affirms,
            certainty: None,
            content: "our man struck the market where Lindqvist sold".to_owned(),
            known: day("2021-03-13"),
        }],
        private_names: vec!["Rut Sandvik".to_owned()],
        corrected: true,
        incident,
    }
}

/// An attack on soldiers near a town, by an accused group, over a week.
fn ambush() -> Exported {
    let incident = Incident {
        kind: Some(IncidentType::ArmedAssault),
        place: Some(place("Orsika", Some((-12.5, -45.25)), Precision::Near, Some(30.0))),
        time: Some((day("2021-03-08"), day("2021-03-14"))),
        perpetrators: vec![Accused {
            party: party(Some("river-front"), "River Front", false, Claim::Accused),
            accounts: vec!["b1".to_owned()],
        }],
        victims: vec![party(Some("mli-military"), "Malian Armed Forces", false, Claim::Unknown)],
        targets: vec![TargetType::Military],
        weapons: vec![WeaponType::Firearm],
        killed: Some(history(&[("2021-03-15", 3, true)])),
        ..empty("b1", "2021-03-15")
    };
    Exported {
        accounts: vec![account(3, &incident, "2021-03-15")],
        reports: vec![report(
            6,
            Some("Sahel Wire"),
            "Soldiers ambushed",
            "2021-03-15",
            "Three soldiers died near Orsika last week.",
        )],
        actors: vec![
            actor("river-front", "River Front", ActorKind::ArmedGroup, Some("MLI"), "REB"),
            actor("mli-military", "Malian Armed Forces", ActorKind::Military, Some("MLI"), "MIL"),
        ],
        ..bare(incident)
    }
}

/// Gunmen in a region, from a page without date, outlet and address.
fn raid() -> Exported {
    let incident = Incident {
        kind: Some(IncidentType::Kidnapping),
        place: Some(place("Gao", Some((16.0, 0.0)), Precision::Admin1, None)),
        perpetrators: vec![Accused {
            party: party(None, "gunmen", false, Claim::Confirmed),
            accounts: vec!["c1".to_owned()],
        }],
        undated: vec!["c1".to_owned()],
        ..empty("c1", "2021-03-20")
    };
    let report = Report {
        dated: false,
        url: None,
        title: None,
        quote: None,
        grade: 'F',
        credibility: 6,
        ..report(7, None, "", "2021-03-20", "")
    };
    Exported { reports: vec![report], ..bare(incident) }
}

fn sample() -> Vec<Exported> {
    vec![bombing(), ambush(), raid(), bare(empty("d1", "2021-03-21"))]
}

fn bytes(format: Format, options: &Options, incidents: &[Exported]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut export = Export::begin(format, options.clone(), &mut out).expect("begins");
    for incident in incidents {
        export.incident(incident).expect("written");
    }
    assert_eq!(export.end().expect("ends"), incidents.len() as u64);
    out
}

/// An export as text; Parquet as its metadata and rows, read back.
fn write(format: Format, options: &Options, incidents: &[Exported]) -> String {
    let out = bytes(format, options, incidents);
    if format != Format::Parquet {
        return String::from_utf8(out).expect("UTF-8");
    }
    let file = SerializedFileReader::new(Bytes::from(out)).expect("a Parquet file");
    let meta = file.metadata().file_metadata();
    let mut text = format!("{}\n", meta.created_by().expect("a maker"));
    for pair in meta.key_value_metadata().expect("metadata") {
        text.push_str(&format!("{}: {}\n", pair.key, pair.value.as_deref().unwrap_or_default()));
    }
    for row in file.get_row_iter(None).expect("rows") {
        for (name, field) in row.expect("a row").get_column_iter() {
            text.push_str(&format!("{name} = {field}\n"));
        }
        text.push('\n');
    }
    text
}

fn relations() -> (Vec<Actor>, Vec<Relation>) {
    let actors = vec![
        actor("river-front", "River Front", ActorKind::ArmedGroup, Some("MLI"), "REB"),
        actor("~person::astrid-lindqvist", "Astrid Lindqvist", ActorKind::Person, None, "CVL"),
    ];
    let relation = |number: u8, from: &str, to: &str, kind| Relation {
        id: format!("{}#r1", document(number)),
        from: from.to_owned(),
        to: to.to_owned(),
        kind,
        realis: Realis::Actual,
        since: Some(day("2019-01-01")),
        until: None,
        score: 0.75,
        report: report(
            number,
            Some("Sahel Wire"),
            "Who <is> who",
            "2021-03-13",
            "Lindqvist & the River Front",
        ),
    };
    let relations = vec![
        relation(1, "river-front", "northern-union", RelationKind::PledgedTo),
        relation(2, "river-front", "northern-union", RelationKind::SplitFrom),
        relation(3, "~person::astrid-lindqvist", "river-front", RelationKind::Opposes),
    ];
    (actors, relations)
}

fn write_graph(options: &Options) -> String {
    let (actors, relations) = relations();
    let mut out = Vec::new();
    assert_eq!(graph(&actors, &relations, options, &mut out).expect("written"), 3);
    String::from_utf8(out).expect("UTF-8")
}

/// How a golden file is named: Parquet is kept as the text that it is read back to.
fn kept(format: Format) -> &'static str {
    if format == Format::Parquet { "parquet.txt" } else { format.suffix() }
}

fn golden(name: &str, suffix: &str, text: &str) {
    let path = format!("{}/tests/exports/{name}.{suffix}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).expect("golden file written");
    }
    let kept = std::fs::read_to_string(&path).expect("golden file");
    assert!(kept == text, "{name}.{suffix} differs from its golden file; it is now:\n{text}");
}

#[test]
fn every_format_is_as_reviewed() {
    for format in Format::ALL {
        let text = write(*format, &options(), &sample());
        golden("sample", kept(*format), &text);
        let again = bytes(*format, &options(), &sample());
        assert_eq!(bytes(*format, &options(), &sample()), again, "{format:?}");
    }
    golden("sample", "graphml", &write_graph(&options()));
}

#[test]
fn private_persons_are_hidden_unless_revealed() {
    let reveal = Options { reveal_private: true, ..options() };
    for format in Format::ALL {
        let hidden = write(*format, &options(), &sample()).to_lowercase();
        for name in ["lindqvist", "astrid", "sandvik"] {
            assert!(!hidden.contains(name), "{format:?} shows {name}");
        }
        assert!(write(*format, &reveal, &sample()).to_lowercase().contains("lindqvist"), "{format:?}");
    }
    assert!(!write_graph(&options()).to_lowercase().contains("lindqvist"));
    assert!(write_graph(&reveal).contains("Astrid Lindqvist"));
}

#[test]
fn a_public_actor_keeps_its_name_though_it_be_a_surname() {
    let mut told = ambush();
    told.private_names.push("Ana Front".to_owned());
    told.private_names.push("River Front".to_owned());
    let text = write(Format::Geojson, &options(), &[told]);
    assert!(text.contains("\"name\":\"River Front\""), "{text}");
}

#[test]
fn words_that_only_stand_for_somebody_hide_nothing() {
    let mut told = ambush();
    told.private_names.extend(["the", "He", "soldiers died", "山田"].map(str::to_owned));
    told.reports[0].quote = Some("He said the soldiers died; 山田, too.".to_owned());
    let text =
        write(Format::Geojson, &options(), &[told.clone()]) + &write(Format::Jsonl, &options(), &[told]);
    assert!(text.contains("He said the soldiers died; [name hidden], too."), "{text}");
}

#[test]
fn coarse_places_lose_name_and_point() {
    let coarse = Options { coarsen_km: Some(50.0), ..options() };
    for format in Format::ALL {
        let text = write(*format, &coarse, &[bombing()]);
        assert!(
            !text.contains("Talmara") && !text.contains("15.66147") && !text.contains("2460000"),
            "{format:?}"
        );
    }
    let told: serde_json::Value =
        serde_json::from_str(&write(Format::Geojson, &coarse, &[bombing()])).expect("JSON");
    let feature = &told["features"][0];
    let at = &feature["geometry"]["coordinates"];
    let (lon, lat) = (at[0].as_f64().expect("east"), at[1].as_f64().expect("north"));
    let north = (lat - 15.661_47) * 111.32;
    let east = (lon - 0.502_18) * 111.32 * lat.to_radians().cos();
    let moved = north.hypot(east);
    let radius = feature["properties"]["radius_km"].as_f64().expect("a radius");
    assert!(moved > 0.1 && moved <= radius, "{moved} km, radius {radius}");
}

#[test]
fn nothing_later_than_asked_for_comes_out() {
    for format in Format::ALL {
        let mut out = Vec::new();
        let as_of = Options { as_of: Some(day("2021-03-13")), ..options() };
        let mut export = Export::begin(*format, as_of, &mut out).expect("begins");
        let error = export.incident(&bombing()).expect_err("a report of the 14th");
        assert!(matches!(error, Error::Late { known, .. } if known == day("2021-03-14")));
        export.end().expect("ends");
        assert!(!String::from_utf8_lossy(&out).contains("River Front"));
    }
    let as_of = Options { as_of: Some(day("2021-03-12")), ..options() };
    let (actors, relations) = relations();
    assert!(graph(&actors, &relations, &as_of, &mut Vec::new()).is_err());
}

#[test]
fn only_towns_and_spots_become_points() {
    let told: serde_json::Value =
        serde_json::from_str(&write(Format::Geojson, &options(), &sample())).expect("JSON");
    let features = told["features"].as_array().expect("features");
    let points: Vec<bool> = features.iter().map(|feature| !feature["geometry"].is_null()).collect();
    assert_eq!(points, [true, true, false, false]);
    for feature in features {
        assert_ne!(feature["geometry"].is_null(), feature["properties"]["geometry_note"].is_null());
    }
    assert_eq!(features[0]["geometry"]["coordinates"], serde_json::json!([0.502_18, 15.661_47]));
}

#[test]
fn stix_writes_no_confidence_and_refers_to_nothing_outside() {
    let told: serde_json::Value =
        serde_json::from_str(&write(Format::Stix, &options(), &sample())).expect("JSON");
    let objects = told["objects"].as_array().expect("objects");
    let ids: std::collections::BTreeSet<&str> =
        objects.iter().map(|object| object["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), objects.len(), "an id stands twice");
    for object in objects {
        assert!(object.get("confidence").is_none());
        let refs = ["created_by_ref", "source_ref", "target_ref"].map(|name| object[name].as_str());
        let lists = ["object_refs", "object_marking_refs"].map(|name| object[name].as_array());
        let lists = lists.into_iter().flatten().flatten().map(|id| id.as_str().expect("an id"));
        for id in refs.into_iter().flatten().chain(lists) {
            assert!(ids.contains(id), "{id}");
        }
    }
    // The same happening keeps its id whatever else is exported and whenever.
    let later = Options { made: "2022-01-01T00:00:00Z".parse().expect("a moment"), ..options() };
    let alone = write(Format::Stix, &later, &[ambush()]);
    let own = objects.iter().filter(|object| object["type"] == "incident").nth(1).expect("the ambush");
    assert!(alone.contains(own["id"].as_str().expect("an id")));
}

/// Rows of a CSV file by the names of their columns.
fn rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().expect("a header").clone();
    let own =
        |row: csv::StringRecord| names.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|row| own(row.expect("a row as long as the header"))).collect()
}

#[test]
fn ged_codes_follow_sides_and_precision() {
    let rows = rows(&write(Format::Ged, &options(), &sample()));
    let column = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    assert_eq!(column("type_of_violence"), ["3", "1", "", ""]);
    assert_eq!(column("side_a")[1], "Malian Armed Forces");
    assert_eq!(column("where_prec"), ["1", "5", "4", ""]);
    assert_eq!(column("date_prec"), ["1", "3", "", ""]);
    assert_eq!((column("low")[0], column("best")[0], column("high")[0]), ("7", "7", "8"));
    assert_eq!(column("deaths_civilians"), ["7", "", "", ""]);
    assert_eq!(column("deaths_unknown"), ["", "3", "", ""]);
}

#[test]
fn acled_codes_follow_the_crosswalk() {
    let rows = rows(&write(Format::Acled, &options(), &sample()));
    let column = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    assert_eq!(
        column("sub_event_type"),
        ["Suicide bomb", "Armed clash", "Abduction/forced disappearance", ""]
    );
    assert_eq!(column("interaction"), ["27", "12", "", ""]);
    assert_eq!(column("fatalities"), ["7", "3", "", ""]);
    assert_eq!(column("iso")[0], "466");
    assert_eq!(column("geo_precision"), ["1", "2", "3", ""]);
}

#[test]
fn every_format_says_whose_its_parts_are() {
    for format in Format::ALL {
        // Of nothing there is nothing to attribute where it stands in each row.
        let text = write(*format, &options(), &sample());
        for whose in
            ["GeoNames", "CC BY 4.0", "Who's On First", "UCDP Actor Dataset", "belong to their publishers"]
        {
            let escaped = whose.replace('\'', "&#39;");
            assert!(text.contains(whose) || text.contains(&escaped), "{format:?} lacks {whose}");
        }
    }
    let text = write_graph(&options());
    assert!(text.contains("GeoNames") && text.contains("UCDP Actor Dataset"));
}

#[test]
fn what_was_asked_for_stands_in_the_head() {
    let options = Options { query: Some("--country MLI".to_owned()), ..options() };
    for format in [Format::Parquet, Format::Geojson, Format::Html] {
        assert!(write(format, &options, &[]).contains("--country MLI"), "{format:?}");
    }
}

#[test]
fn rows_go_out_in_groups_without_loss() {
    let told: Vec<Exported> = (0..5_000)
        .map(|number| {
            let mut one = if number % 2 == 0 { ambush() } else { bare(empty("x", "2021-03-01")) };
            one.incident.id = format!("I{number}");
            one
        })
        .collect();
    let file =
        SerializedFileReader::new(Bytes::from(bytes(Format::Parquet, &options(), &told))).expect("a file");
    assert_eq!(file.metadata().num_row_groups(), 2);
    let mut rows = 0;
    for (number, row) in file.get_row_iter(None).expect("rows").enumerate() {
        let row = row.expect("a row");
        let (name, id) = row.get_column_iter().next().expect("a column");
        assert_eq!((name.as_str(), id.to_string()), ("id", format!("\"I{number}\"")));
        rows += 1;
    }
    assert_eq!(rows, 5_000);
}

#[test]
fn an_export_of_nothing_is_well_formed() {
    for format in Format::ALL {
        let text = write(*format, &options(), &[]);
        match format {
            Format::Geojson | Format::Stix => {
                serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
            }
            Format::Ged | Format::Acled => assert!(rows(&text).is_empty() && text.ends_with("\r\n")),
            Format::Jsonl => assert!(text.is_empty()),
            Format::Parquet => assert!(text.contains("watchkeeper.attribution") && !text.contains("id =")),
            Format::Html => assert!(text.ends_with("</html>\n")),
        }
    }
}

/// The sample with other words wherever words come from outside.
fn with_words(words: &str) -> Exported {
    let mut told = bombing();
    let own = || words.to_owned();
    told.reports[0].title = Some(own());
    told.reports[0].outlet = Some(own());
    told.reports[0].quote = Some(own());
    told.reports[0].url = Some(format!("https://x/{words}"));
    told.reports[0].document = own();
    told.statements[0].content = own();
    told.incident.perpetrators[0].party.name = own();
    told.incident.perpetrators[0].party.key = None;
    told.incident.victims[1].name = own();
    told.private_names.push(own());
    if let Some(place) = &mut told.incident.place {
        place.name = own();
        place.country = Some(own());
        place.admin1 = Some(own());
    }
    told
}

/// So that `checks/clients.py` shows hostile words to real clients too.
#[test]
fn hostile_words_are_as_reviewed() {
    let mut told = with_words("=1+1;\"<b>'&\u{7},\r\n@x");
    told.reports[1].document = String::new();
    told.reports[1].url = Some("javascript:alert(1)".to_owned());
    told.reports[1].outlet = Some(String::new());
    told.statements[0].certainty = Some(String::new());
    if let Some(place) = &mut told.incident.place {
        place.lat = Some(f64::NAN);
    }
    for format in Format::ALL {
        golden("hostile", kept(*format), &write(*format, &options(), &[told.clone()]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_words_leave_every_format_well_formed(words in "(?s).{0,12}|[=+@-].{0,6}|[<>&\"';,\r\n\t\u{0}-\u{1f}]{0,8}", reveal: bool) {
        let options = Options { reveal_private: reveal, ..options() };
        let told = [with_words(&words)];
        for format in Format::ALL {
            let text = write(*format, &options, &told);
            match format {
                Format::Geojson | Format::Stix => { serde_json::from_str::<serde_json::Value>(&text).expect("JSON"); }
                Format::Jsonl => {
                    prop_assert_eq!(text.lines().count(), 1);
                    serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
                }
                Format::Ged | Format::Acled => for cell in rows(&text).into_iter().flat_map(|row| row.into_values()) {
                    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
                    prop_assert!(!formula, "{:?}", cell);
                },
                Format::Parquet => prop_assert!(text.contains("\nid = ")),
                Format::Html => {
                    // Words add no tag: titles, quotes and the like are there either way.
                    let plain = write(*format, &options, &[with_words("zzzzz")]);
                    let tags = |text: &str, tag: &str| text.matches(tag).count();
                    prop_assert_eq!(tags(&text, "</section>"), tags(&plain, "</section>"));
                    for tag in ["<script", "<img", "onerror=\""] {
                        prop_assert_eq!(tags(&text, tag), 0);
                    }
                    prop_assert!(words.is_empty() || !words.contains('<') || !text.contains(&words));
                }
            }
        }
        let (mut actors, mut relations) = relations();
        actors[0].name.clone_from(&words);
        relations[0].report.quote = Some(words.clone());
        relations[0].from.clone_from(&words);
        let mut out = Vec::new();
        graph(&actors, &relations, &options, &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        prop_assert!(roxmltree::Document::parse(&text).is_ok(), "{}", text);
    }
}
