//! Lists as an analyst asks for them: whole tables, named places, plain refusals, and one thing with all that is told of it.

mod common;

use common::{Folder, messages};

const AMBUSH: &str =
    "Gunmen killed nine soldiers in an ambush near the town of Menaka in Mali on Tuesday, officials said.";
const LATER: &str = "Fourteen soldiers died in Tuesday's ambush on a patrol near Menaka in Mali, the army said, raising a toll of nine.";
const FOILED: &str = "Security forces foiled a car bomb attack on a hotel in Baidoa on Monday, police said. Al-Shabaab denied responsibility.";

fn with_reports(name: &str) -> Folder {
    let folder = Folder::new(name);
    let rows = [
        (AMBUSH, "2021-03-10", "Meridian News"),
        (LATER, "2021-03-11", "Sahel Courier"),
        (FOILED, "2021-03-16", "Coast Wire"),
    ];
    let mut table = "text,date,outlet\n".to_owned();
    for (text, date, outlet) in rows {
        table.push_str(&format!("\"{text}\",{date},{outlet}\n"));
    }
    let file = folder.file("reports.csv", &table);
    let output = folder.run(&["add", &file]);
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    folder
}

/// Rows of a CSV, each with as many cells as the header.
fn rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let own = |row: csv::StringRecord| {
        header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|row| own(row.expect("a row as long as the header"))).collect()
}

#[test]
fn tables_are_whole_also_with_what_did_not_happen_and_with_nothing() {
    let folder = with_reports("tables");
    let incidents = rows(&folder.out(&["incidents", "--csv"]));
    assert!(incidents.iter().any(|row| row["realis"] == "actual" && row["killed"] == "14"), "{incidents:?}");
    assert!(incidents.iter().any(|row| row["realis"] != "actual"), "{incidents:?}");
    let json = folder.out(&["incidents", "--json"]);
    for line in json.lines() {
        let whole: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(
            whole["realis"].is_string() && whole["known"].is_array() && !whole["kind"].is_null(),
            "{line}"
        );
    }
    for list in ["incidents", "statements", "relations", "control"] {
        let some = folder.out(&[list, "--csv"]);
        rows(&some);
        let none = folder.run(&[list, "--csv", "--as-of", "2001-01-01"]);
        let header = String::from_utf8_lossy(&none.stdout).into_owned();
        assert_eq!(header.lines().count(), 1, "{header}");
        assert_eq!(some.lines().next(), header.lines().next());
        assert!(messages(&none).contains("the earliest is of 2021-03-10"), "{}", messages(&none));
    }
    assert_eq!(folder.out(&["actors", "--csv", "--name", "nobody at all"]).lines().count(), 1);
    assert_eq!(folder.out(&["search", "--csv", "unheard"]).lines().count(), 1);
}

#[test]
fn places_and_countries_are_found_by_any_name() {
    let folder = with_reports("places");
    let by_code = folder.out(&["incidents", "--country", "MLI"]);
    assert!(by_code.contains("Menaka"), "{by_code}");
    assert_eq!(folder.out(&["incidents", "--country", "mali"]), by_code);
    // The gazetteer's name is `Ménaka`.
    let by_place = folder.run(&["incidents", "--place", "Menaka"]);
    assert_eq!(String::from_utf8_lossy(&by_place.stdout), by_code);
    assert!(messages(&by_place).contains("taken for Ménaka (MLI"), "{}", messages(&by_place));
    for (arguments, told) in [
        (&["--place", "Paris"][..], "the gazetteer knows it (Paris, FRA), but no report"),
        (&["--place", "Qqxq"], "the gazetteer doesn't know it either"),
        (&["--country", "XYZ"], "`XYZ` is no country"),
        (&["--actor", "nobody"], "no actor `nobody` in the record"),
        (&["--since", "2022-01-01", "--until", "2021-01-01"], "lies after --until"),
    ] {
        let output = folder.run(&[&["incidents"][..], arguments].concat());
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(messages(&output).contains(told), "{arguments:?}: {}", messages(&output));
    }
    let output = folder.run(&["incidents", "--outlet", "Nobody Post"]);
    assert!(messages(&output).contains("no report of an outlet `Nobody Post`"), "{}", messages(&output));
    assert_eq!(folder.run(&["incidents", "--score-min", "3"]).status.code(), Some(2));
    let missing = folder.run(&["incidents", "--db", "missing.db"]);
    assert!(messages(&missing).contains("`watchkeeper add FILES` makes one"), "{}", messages(&missing));
}

#[test]
fn actors_are_narrowed_and_windows_meet() {
    let folder = with_reports("actors");
    let all = folder.out(&["actors", "--json"]);
    assert!(all.lines().count() > 3, "{all}");
    let (mut parts, mut after): (String, Option<String>) = (String::new(), None);
    for _ in 0..100 {
        let mut arguments = vec!["actors", "--json", "--limit", "1"];
        if let Some(cursor) = &after {
            arguments.extend(["--after", cursor.as_str()]);
        }
        let output = folder.run(&arguments);
        let told = messages(&output).split("more: --after ").nth(1).map(|cursor| cursor.trim().to_owned());
        // The cursor stands in the last object, too, and nowhere else.
        let mut last: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
        let next = last.as_object_mut().and_then(|fields| fields.remove("next"));
        assert_eq!(next.as_ref().and_then(|next| next.as_str()), told.as_deref());
        parts.push_str(&format!("{last}\n"));
        after = told;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(parts, all);
    assert!(!all.contains("\"next\""), "nothing follows a whole list");
    let military = rows(&folder.out(&["actors", "--csv", "--kind", "military", "--country", "Mali"]));
    assert!(!military.is_empty(), "the Malian army is named");
    assert!(military.iter().all(|row| row["kind"] == "military" && row["country"] == "MLI"), "{military:?}");
    assert_eq!(folder.run(&["actors", "--kind", "armies"]).status.code(), Some(3));
    let denials = rows(&folder.out(&["statements", "--csv", "--kind", "denial"]));
    assert!(denials.iter().all(|row| row["kind"] == "denial"), "{denials:?}");
    // An order that a list doesn't have is refused, not passed over.
    assert_eq!(folder.run(&["statements", "--sort", "killed"]).status.code(), Some(3));
}

#[test]
fn one_thing_is_shown_with_all_that_is_told_of_it() {
    let folder = with_reports("shown");
    let incidents = rows(&folder.out(&["incidents", "--csv", "--country", "MLI"]));
    let id = incidents[0]["id"].clone();
    let shown = folder.out(&["show", &id]);
    for told in
        ["whom      ", "targets   civilians; military", "killed    14 (9–14)", "Who says so", "probability"]
    {
        assert!(shown.contains(told), "{told} in {shown}");
    }
    let then = folder.out(&["show", &id, "--as-of", "2021-03-10"]);
    assert!(then.contains("killed    9\n") && !then.contains("Sahel Courier"), "{then}");
    assert_eq!(folder.run(&["show", &id, "--as-of", "2021-03-09"]).status.code(), Some(3));
    let whole: serde_json::Value = serde_json::from_str(&folder.out(&["show", &id, "--json"])).expect("JSON");
    assert!(!whole["statements"].as_array().expect("statements").is_empty());
    let other = whole["incident"]["accounts"][1].as_str().expect("a second account").to_owned();
    assert!(folder.out(&["show", &other]).contains("an account of it"));
    let record = whole["reports"][0]["id"].as_str().expect("an id").to_owned();
    let told = folder.out(&["show", &record]);
    assert!(told.contains("evidence      “") && !told.contains('{'), "{told}");
    let actor = folder.out(&["show", "mli-military"]);
    assert!(actor.contains("Incidents\n") && actor.contains(&id), "{actor}");

    let signed = ["--reason", "r", "--author", "ana"];
    for (arguments, told) in [
        (&["review", "merge", &id, &other][..], "nothing to merge"),
        (&["review", "split", &id, "nothing"], "is no account of incident"),
        (&["review", "split", &id, &id, &other], "nothing would stay"),
    ] {
        let output = folder.run(&[arguments, &signed[..]].concat());
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(messages(&output).contains(told), "{}", messages(&output));
    }
    let graded = folder.run(&[&["review", "grade", "Sahel Courier", "B"][..], &signed[..]].concat());
    assert!(messages(&graded).contains("grade B kept for Sahel Courier: 1 report"), "{}", messages(&graded));
    assert!(folder.out(&["review", "outlets"]).contains("B      1 report   Sahel Courier"));
    folder.out(&[&["review", "reject", &record][..], &signed[..]].concat());
    let log = folder.out(&["review", "log"]);
    assert!(log.contains("reject incident of ") && log.contains("“r”"), "{log}");
    // Grades and credibility were set by humans, too.
    folder.out(&[&["review", "grade", "Sahel Courier", "C"][..], &signed[..]].concat());
    let document = record.split('#').next().expect("a document");
    folder.out(&[&["review", "credibility", document, "2"][..], &signed[..]].concat());
    let log = folder.out(&["review", "log"]);
    let line = |words: &str| log.lines().find(|line| line.contains(words)).unwrap_or_default();
    assert!(line("grade Sahel Courier: B").ends_with("“r”  (replaced)"), "{log}");
    assert!(line("grade Sahel Courier: C").ends_with("“r”"), "{log}");
    assert!(line(&format!("credibility {}: 2", &document[..8])).contains("entry "), "{log}");
    assert_eq!(folder.out(&["review", "log", "--json"]).lines().count(), log.lines().count());
    let found = folder.out(&["search", "ambus*"]);
    assert!(found.contains("[ambush]"), "{found}");
    assert_eq!(folder.out(&["export", "--format", "jsonl", "--limit", "1"]).lines().count(), 1);
}
