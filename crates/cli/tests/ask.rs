//! Asking the record: beside a coded table, by samples, by doubt, over time, as a graph.

mod common;

use std::process::Command;

use common::{Folder, messages};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

/// Reports of four happenings, two of them of one.
fn with_reports(folder: &Folder) {
    let rows = [
        (
            "Gunmen killed nine soldiers in an ambush near the town of Menaka in Mali on Tuesday, officials said.",
            "2021-03-10",
            "Meridian News",
        ),
        (
            "Fourteen soldiers died in Tuesday's ambush on a patrol near Menaka in Mali, the army said, raising a toll of nine. Witness Moussa Dembele told reporters that he heard shots.",
            "2021-03-11",
            "Sahel Courier",
        ),
        (
            "A car bomb killed three people in Baidoa in Somalia on Monday, police said. Al-Shabaab claimed responsibility for the attack.",
            "2021-03-16",
            "Coast Wire",
        ),
        (
            "Jama'at Nasr al-Islam wal Muslimin, an affiliate of al-Qaeda, seized the town of Farabougou in Mali on Wednesday, residents said. The group is fighting the Islamic State in the Greater Sahara.",
            "2021-03-18",
            "Sahel Courier",
        ),
    ];
    let mut table = "text,date,outlet\n".to_owned();
    for (text, date, outlet) in rows {
        table.push_str(&format!("\"{}\",{date},{outlet}\n", text.replace('"', "\"\"")));
    }
    let file = folder.file("reports.csv", &table);
    let output = folder.run(&["add", &file]);
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
}

#[test]
fn a_coded_table_is_matched_with_the_record() {
    let folder = Folder::new("compare");
    with_reports(&folder);
    folder.file(
        "acled.csv",
        "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,country,admin1,location,latitude,longitude,geo_precision,fatalities\n\
         MLI1,09 March 2021,1,Battles,Armed clash,Islamic State (Sahel Province),Military Forces of Mali (2020-),Mali,Menaka,Menaka,15.92,2.40,1,22\n\
         SOM1,2021-03-15,1,Explosions/Remote violence,Remote explosive/landmine/IED,Al Shabaab,Civilians (Somalia),Somalia,Bay,Baidoa,3.11,43.65,1,3\n\
         SOM2,2021-03-15,1,Violence against civilians,Abduction/forced disappearance,Al Shabaab,Civilians (Somalia),Somalia,Bay,Baidoa,3.11,43.65,1,0\n",
    );
    let told = json(&folder.out(&["compare", "acled.csv", "--json"]));
    assert_eq!(told["recall"]["all"]["hits"], 2, "{told}");
    assert_eq!(told["recall"]["all"]["of"], 3);
    let differences = told["found"][0]["differences"].as_array().expect("differences");
    let toll =
        differences.iter().find(|one| one["field"] == "toll").expect("22 is outside the range of figures");
    assert!(toll["evidence"][0].as_str().is_some_and(|id| id.contains("#i")), "{toll}");
    assert_eq!(told["missed"][0]["coded"]["id"], "SOM2");
    assert!(told["missed"][0]["why"][0].as_str().is_some_and(|why| why.contains("bombing is not")), "{told}");
    let text = folder.out(&["compare", "acled.csv"]);
    assert!(
        text.contains("3 rows (acled): 2 found, 1 missed") && text.contains("Recall by country"),
        "{text}"
    );
    let csv = folder.out(&["compare", "acled.csv", "--csv"]);
    assert!(csv.starts_with("outcome,row,coded_id,incident") && csv.lines().count() >= 4, "{csv}");
    // What is known as of the first day has no second toll.
    let then = json(&folder.out(&["compare", "acled.csv", "--json", "--as-of", "2021-03-10"]));
    assert_eq!(then["recall"]["all"]["hits"], 1, "{then}");

    folder.file(
        "own.csv",
        "Datum;Ort;Land;Tote\n2021-03-15;Baidoa;Somalia;drei\n2021-03-15;Baidoa;Somalia;3\n",
    );
    let mapped = [
        "compare",
        "own.csv",
        "--column",
        "date=Datum",
        "--column",
        "place=Ort",
        "--column",
        "country=Land",
        "--column",
        "killed=Tote",
    ];
    let output = folder.run(&mapped);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        messages(&output).contains("own.csv: row 2, column `Tote`: `drei` is no number"),
        "{}",
        messages(&output)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 row (mapped): 1 found"));
    let unmapped = folder.run(&["compare", "own.csv"]);
    assert_eq!(unmapped.status.code(), Some(3));
    assert!(messages(&unmapped).contains("Datum, Ort, Land, Tote"), "{}", messages(&unmapped));
    // The record's own list finds itself whole.
    let own = folder.out(&["incidents", "--csv", "--since", "2000-01-01"]);
    folder.file("ours.csv", &own);
    let told = json(&folder.out(&["compare", "ours.csv", "--json"]));
    assert_eq!(
        (&told["recall"]["all"]["share"], &told["precision"]["all"]["share"]),
        (&1.0.into(), &1.0.into()),
        "{told}"
    );
}

#[test]
fn a_sample_is_drawn_once_judged_and_reported() {
    let folder = Folder::new("sample");
    with_reports(&folder);
    let nobody = folder.run(&["review", "sample", "--size", "2"]);
    assert_eq!(nobody.status.code(), Some(3));
    assert!(messages(&nobody).contains("--author"), "{}", messages(&nobody));
    assert!(messages(&folder.run(&["review", "sample", "--report"])).contains("no sample was drawn yet"));
    let draw = ["review", "sample", "--size", "2", "--seed", "5", "--author", "ana", "--json"];
    let first = folder.out(&draw);
    assert_eq!(first, folder.out(&draw), "the same seed draws the same");
    assert_eq!(folder.out(&["review", "log"]).lines().count(), 1, "and is kept once");
    let ids: Vec<String> =
        first.lines().map(|line| json(line)["id"].as_str().expect("an id").to_owned()).collect();
    let signed = ["--reason", "read it", "--author", "ana"];
    folder.out(&[&["review", "judge", &ids[0], "right"][..], &signed[..]].concat());
    folder.out(&[&["review", "judge", &ids[0], "wrong", "--field", "toll"][..], &signed[..]].concat());
    let report = json(&folder.out(&["review", "sample", "--report", "--json"]));
    assert_eq!((&report["drawn"], &report["judged"]), (&2.into(), &1.into()), "{report}");
    let whole = report["aspects"].as_array().expect("aspects").iter().find(|one| one["aspect"] == "whole");
    assert_eq!(whole.expect("judged")["all"]["share"], 1.0, "{report}");
    let text = folder.out(&["review", "sample", "--report"]);
    assert!(text.contains("not judged to its end") && text.contains("toll: .00"), "{text}");
    // A judgement that is taken back counts no more.
    let log = folder.out(&["review", "log", "--json"]);
    let toll = log.lines().map(json).find(|one| one["action"]["aspect"] == "toll").expect("the judgement");
    folder.out(&[&["review", "undo", toll["id"].as_str().expect("an id")][..], &signed[..]].concat());
    assert!(!folder.out(&["review", "sample", "--report"]).contains("toll"));
    assert!(
        folder.out(&["review", "sample", "--report", "--csv"]).starts_with("field,part,name,right,judged")
    );
    let statements = folder.out(&["review", "sample", "--of", "statements", "--author", "ana", "--json"]);
    assert!(!statements.contains("Dembele"), "{statements}");
    assert!(folder.out(&["verify"]).contains("all is well"));
}

#[test]
fn the_queue_says_why() {
    let folder = Folder::new("queue");
    with_reports(&folder);
    let queue = folder.out(&["review", "queue", "--json"]);
    let ranks: Vec<f64> = queue.lines().filter_map(|line| json(line)["rank"].as_f64()).collect();
    assert!(ranks.len() >= 2 && ranks.is_sorted_by(|a, b| a >= b), "{ranks:?}");
    let text = folder.out(&["review", "queue"]);
    assert!(
        text.contains("doubted: ")
            && text.contains("matters: ")
            && queue.contains("killed 9 by one report, 14 by another"),
        "{text}"
    );
    let first = json(queue.lines().next().expect("one waits"));
    let id = first["incident"]["id"].as_str().expect("an id");
    folder.out(&["review", "judge", id, "right", "--reason", "read it", "--author", "ana"]);
    assert!(!folder.out(&["review", "queue"]).contains(id), "what was judged doesn't wait");
    let none = folder.run(&["review", "queue", "--country", "PER"]);
    assert!(none.stdout.is_empty() && messages(&none).contains("nothing waits"));
}

#[test]
fn time_and_ties_are_shown() {
    let folder = Folder::new("views");
    with_reports(&folder);
    let text = folder.out(&["timeline", "--by", "week"]);
    assert!(text.contains("2021-03-08 █ 1") && text.contains("●"), "{text}");
    let told = json(&folder.out(&["timeline", "--by", "month", "--json"]));
    assert_eq!(told["bins"].as_array().map(Vec::len), Some(1));
    assert!(
        folder
            .out(&["timeline", "--csv"])
            .starts_with("start,end,incidents,killed,control,claims,statements,ids\n")
    );
    let none = folder.run(&["timeline", "--country", "PER"]);
    assert!(none.stdout.is_empty() && messages(&none).contains("nothing to show"), "{}", messages(&none));
    let graph = folder.out(&["graph"]);
    assert!(graph.contains("→") && graph.contains("1 incident"), "{graph}");
    assert!(folder.out(&["graph", "--csv"]).starts_with("from,kind,to,family,realis,reports,first,last"));
    assert_eq!(folder.out(&["graph", "--as-of", "2021-03-01"]), "");
    for view in ["timeline", "graph"] {
        folder.out(&[view, "--html", "page.html"]);
        let page = std::fs::read_to_string(folder.0.join("page.html")).expect("the page");
        assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("Dembele"));
        let again = page.clone();
        folder.out(&[view, "--html", "page.html"]);
        assert_eq!(again, std::fs::read_to_string(folder.0.join("page.html")).expect("the page"));
    }
}

#[test]
fn helps_are_as_written() {
    for command in [
        vec!["compare"],
        vec!["timeline"],
        vec!["graph"],
        vec!["review", "queue"],
        vec!["review", "sample"],
        vec!["review", "judge"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_watchkeeper"))
            .args(&command)
            .arg("--help")
            .env("COLUMNS", "100")
            .env_remove("WATCHKEEPER_DB")
            .env_remove("WATCHKEEPER_AUTHOR")
            .output()
            .expect("the program starts");
        insta::assert_snapshot!(command.join("_"), String::from_utf8_lossy(&output.stdout));
    }
}
