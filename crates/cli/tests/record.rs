//! The record as a user meets it: add, list, show, correct, check; and a feed that is watched.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use common::{Folder, messages};

const FIRST: &str =
    "Gunmen killed nine soldiers in an ambush near the town of Menaka in Mali on Tuesday, officials said.";
const SECOND: &str = "Fourteen soldiers died in Tuesday's ambush on a patrol near Menaka in Mali, the army said, raising a toll of nine. \
    Witness Moussa Dembele told reporters that he heard shots.";

/// Two reports of one ambush, as a table.
fn with_two_reports(folder: &Folder) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let table = format!(
        "text,date,outlet\n{},2021-03-10,Meridian News\n{},2021-03-11,Sahel Courier\n",
        quoted(FIRST),
        quoted(SECOND)
    );
    let file = folder.file("reports.csv", &table);
    let output = folder.run(&["add", &file]);
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    assert!(messages(&output).contains("2 added"), "{}", messages(&output));
}

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).expect("JSON")
}

#[test]
fn two_reports_of_one_ambush_are_one_incident_that_can_be_parted_and_joined_again() {
    let folder = Folder::new("merge");
    with_two_reports(&folder);
    let again = folder.run(&["add", "reports.csv"]);
    assert!(messages(&again).contains("0 added, 2 there already"), "{}", messages(&again));
    let listed = folder.out(&["incidents", "--json"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let incident = json(&listed);
    assert_eq!(incident["killed"]["best"], 14);
    assert_eq!(incident["killed"]["told"].as_array().map(Vec::len), Some(2));
    let id = incident["id"].as_str().expect("an id");
    let shown = folder.out(&["show", id]);
    assert!(
        shown.contains("same day") && shown.contains("killed 9 v 14") && shown.contains("Sahel Courier"),
        "{shown}"
    );
    // As of the first day nothing of the second report is known.
    let then = json(&folder.out(&["incidents", "--json", "--as-of", "2021-03-10"]));
    assert_eq!(then["killed"]["best"], 9);
    assert_eq!(then["accounts"].as_array().map(Vec::len), Some(1));

    let other = incident["accounts"].as_array().expect("accounts")[1].as_str().expect("an id").to_owned();
    let signed = ["--reason", "two ambushes", "--author", "ana"];
    folder.out(&[&["review", "split", id, &other][..], &signed[..]].concat());
    assert_eq!(folder.out(&["incidents", "--json"]).lines().count(), 2);
    let log = folder.out(&["review", "log", "--json"]);
    let correction = json(&log)["id"].as_str().expect("an id").to_owned();
    folder.out(&[&["review", "undo", &correction][..], &signed[..]].concat());
    assert_eq!(folder.out(&["incidents", "--json"]).lines().count(), 1);
    assert_eq!(folder.out(&["review", "log"]).lines().count(), 2, "nothing is lost");
    assert!(folder.out(&["verify"]).contains("all is well"));
}

/// A year of ambushes, one a month: nine killed in Mali in odd months, five in Niger in even ones.
fn with_a_year_of_reports(folder: &Folder) {
    let mut table = "text,date,outlet\n".to_owned();
    for month in 1..=12 {
        let (killed, town, country) =
            if month % 2 == 1 { ("nine", "Menaka", "Mali") } else { ("five", "Diffa", "Niger") };
        table.push_str(&format!(
            "\"Gunmen killed {killed} soldiers in an ambush near the town of {town} in {country} on Tuesday, officials said.\",2020-{month:02}-16,Meridian News\n"
        ));
    }
    let file = folder.file("year.csv", &table);
    let output = folder.run(&["add", &file]);
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
}

#[test]
fn the_record_is_counted_by_country_and_month_with_what_it_is_not() {
    let folder = Folder::new("outlook");
    with_a_year_of_reports(&folder);
    let arguments = ["forecast", "--from-record", "--horizon", "2", "--json"];
    let told = json(&folder.out(&arguments));
    assert_eq!(told["known_until"], "2020-12");
    let recent = |told: &serde_json::Value, unit: &str| {
        let units = told["units"].as_array().expect("units").clone();
        units.iter().find(|one| one["unit"] == unit).map(|one| one["recent_mean"].as_f64().expect("a mean"))
    };
    // Six months of nine deaths, six without.
    assert_eq!(recent(&told, "MLI"), Some(4.5));
    assert_eq!(recent(&told, "NER"), Some(2.5));
    assert!(told["note"].as_str().expect("a note").contains("no census"), "{told}");
    let printed = folder.run(&["forecast", "--from-record", "--horizon", "2"]);
    assert!(messages(&printed).contains("12 counted in 2 countries"), "{}", messages(&printed));
    assert!(messages(&printed).contains("no census"), "{}", messages(&printed));
    // As of the middle of the year nothing later is known.
    let then = json(&folder.out(&[&arguments[..], &["--as-of", "2020-06-30"]].concat()));
    assert_eq!(then["known_until"], "2020-06");
    let provinces = json(&folder.out(&[&arguments[..], &["--admin1"]].concat()));
    let first = provinces["units"][0]["unit"].as_str().expect("a unit").to_owned();
    assert!(first.contains('/'), "{first}");
    let tails = folder.run(&["severity", "--from-record", "--rounds", "20"]);
    assert_eq!(tails.status.code(), Some(0), "{}", messages(&tails));
    assert!(messages(&tails).contains("no census"), "{}", messages(&tails));
    assert!(String::from_utf8_lossy(&tails.stdout).contains("12 events of 1 to 9"));
    assert!(String::from_utf8_lossy(&tails.stdout).contains("in the tail are few"));
    let excited = folder.run(&["excitation", "--from-record", "--rounds", "19", "--json"]);
    assert_eq!(excited.status.code(), Some(0), "{}", messages(&excited));
    assert!(messages(&excited).contains("no census"), "{}", messages(&excited));
    assert_eq!(json(&String::from_utf8_lossy(&excited.stdout))["events"], 12);
    let stranger = folder.run(&["excitation", "--from-record", "--actor", "Nobody at all"]);
    assert_eq!(stranger.status.code(), Some(3));
    assert!(messages(&stranger).contains("no actor `Nobody at all`"), "{}", messages(&stranger));
    let few = folder.run(&["severity", "--from-record", "--as-of", "2020-01-31"]);
    assert_eq!(few.status.code(), Some(3));
    assert!(messages(&few).contains("too few events for a tail"), "{}", messages(&few));
    let wrong = folder.run(&["forecast", "--from-record", "--as-of", "June"]);
    assert!(messages(&wrong).contains("`June` is no day YYYY-MM-DD"), "{}", messages(&wrong));
    let nothing = folder.run(&["forecast", "--from-record", "--as-of", "2019-01-01"]);
    assert_eq!(nothing.status.code(), Some(3));
    assert!(messages(&nothing).contains("nothing to count"), "{}", messages(&nothing));
}

#[test]
fn lists_filter_hide_private_persons_and_go_on_where_they_ended() {
    let folder = Folder::new("lists");
    with_two_reports(&folder);
    for hidden in [
        vec!["search", "shots"],
        vec!["statements"],
        vec!["statements", "--json"],
        vec!["search", "Dembele", "--csv"],
    ] {
        let text = folder.out(&hidden);
        assert!(!text.contains("Dembele"), "{hidden:?}: {text}");
    }
    assert!(folder.out(&["search", "Dembele", "--reveal-private", "--json"]).contains("Dembele"));
    assert_eq!(folder.out(&["incidents", "--country", "NER"]), "");
    assert_eq!(folder.out(&["incidents", "--near", "15.92,2.40,50", "--json"]).lines().count(), 1);
    let csv = folder.out(&["incidents", "--csv"]);
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.starts_with("id,start,end,type,place"), "{csv}");
    let first = folder.run(&["search", "soldiers", "--limit", "1", "--json"]);
    let told = messages(&first);
    let cursor = told.split("--after ").nth(1).expect("a cursor").trim();
    let second = folder.out(&["search", "soldiers", "--limit", "1", "--json", "--after", cursor]);
    assert_ne!(String::from_utf8_lossy(&first.stdout), second);
    assert_eq!(second.lines().count(), 1);
}

#[test]
fn looking_at_private_names_is_logged_first_or_refused() {
    let folder = Folder::new("reveal");
    with_two_reports(&folder);
    assert_eq!(folder.out(&["review", "log", "--reveals"]), "");
    let asked: [&[&str]; 5] = [
        &["search", "Dembele", "--reveal-private", "--json"],
        &["statements", "--outlet", "Sahel Courier", "--reveal-private"],
        &["actors", "--reveal-private"],
        &["review", "queue", "--reveal-private"],
        &["export", "--format", "parquet", "-o", "named.parquet", "--reveal-private"],
    ];
    for command in asked {
        folder.out(command);
    }
    folder.out(&["statements"]);
    let log = folder.out(&["review", "log", "--reveals", "--json"]);
    let looks: Vec<serde_json::Value> = log.lines().map(json).collect();
    let told: Vec<Vec<&str>> = looks
        .iter()
        .map(|look| {
            look["command"].as_array().expect("a command").iter().filter_map(|word| word.as_str()).collect()
        })
        .collect();
    assert_eq!(told, asked, "every look, no other");
    assert!(looks.iter().all(|look| !look["author"].as_str().unwrap_or_default().is_empty()));
    assert!(folder.out(&["verify"]).contains("all is well"));

    let mut rights = std::fs::metadata(folder.0.join("record.db")).expect("there").permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(folder.0.join("record.db"), rights).expect("rights");
    let can_write = std::fs::OpenOptions::new().append(true).open(folder.0.join("record.db")).is_ok();
    if !can_write {
        for command in asked {
            let refused = folder.run(command);
            assert_eq!(refused.status.code(), Some(4), "{command:?}: {}", messages(&refused));
            assert!(refused.stdout.is_empty() && messages(&refused).contains("read-only"), "{command:?}");
        }
        assert!(!folder.out(&["search", "shots"]).contains("Dembele"), "without names it is shown");
    }
}

#[test]
fn exports_go_where_they_are_told_and_replace_no_database() {
    let folder = Folder::new("export");
    with_two_reports(&folder);
    for format in ["jsonl", "ged", "acled", "geojson", "parquet", "stix", "html", "graphml"] {
        let piped = folder.run(&["export", "--format", format, "-o", "-"]);
        assert_eq!(piped.status.code(), Some(0), "{format}: {}", messages(&piped));
        assert!(!piped.stdout.is_empty(), "{format}");
        let file = format!("out.{format}");
        for _ in 0..2 {
            let written = folder.run(&["export", "--format", format, "-o", &file]);
            assert!(messages(&written).contains(" written"), "{format}: {}", messages(&written));
        }
        assert!(!std::fs::read(folder.0.join(&file)).expect("written").is_empty());
    }
    assert!(!folder.0.join("-").exists());
    for (to, word) in [("record.db", "database"), (".", "folder"), ("none/x.jsonl", "no folder none")] {
        let refused = folder.run(&["export", "--format", "jsonl", "-o", to]);
        assert_eq!(refused.status.code(), Some(4), "{to}");
        assert!(messages(&refused).contains(word), "{to}: {}", messages(&refused));
    }
    let none = folder.run(&["export", "--format", "geojson", "--country", "NER", "-o", "none.geojson"]);
    assert!(messages(&none).contains("0 incidents written: nothing"), "{}", messages(&none));
    let form = folder.run(&["export", "--format", "jsonl", "--csv"]);
    assert!(messages(&form).contains("--format"), "{}", messages(&form));
    assert!(folder.out(&["verify"]).contains("all is well"));
}

#[test]
fn refusals_are_clear() {
    let folder = Folder::new("refusals");
    let missing = folder.run(&["incidents"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(messages(&missing).contains("record.db"), "{}", messages(&missing));
    folder.file("record.db", "no database at all, only words of some length to be read as one");
    let other = folder.run(&["incidents"]);
    assert_eq!(other.status.code(), Some(3), "{}", messages(&other));
    let folder = Folder::new("refusals-2");
    with_two_reports(&folder);
    for (arguments, word) in [
        (vec!["incidents", "--type", "explosion"], "bombing"),
        (vec!["show", "I00000000000000"], "I00000000000000"),
        (vec!["incidents", "--actor", "Nobody At All"], "Nobody At All"),
        (vec!["incidents", "--after", "xyz"], "cursor"),
        (vec!["review", "accept", "e1", "--reason", "r", "--author", "a"], "DOCUMENT#e1"),
    ] {
        let output = folder.run(&arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(messages(&output).contains(word), "{arguments:?}: {}", messages(&output));
    }
}

/// Answers every request with what stands under its path, and 404 where nothing does.
fn serve(pages: Vec<(&'static str, &'static str, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let mut request = String::new();
            let _ = reader.read_line(&mut request);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
                    break;
                }
            }
            let path = request.split(' ').nth(1).unwrap_or("/");
            let (status, kind, body) = pages
                .iter()
                .find(|page| page.0 == path)
                .map_or(("404 Not Found", "text/plain", ""), |page| ("200 OK", page.1, &page.2));
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        }
    });
    format!("http://{address}")
}

#[test]
fn a_feed_is_watched_into_the_record_and_private_addresses_only_on_demand() {
    let folder = Folder::new("watch");
    let feed = |base: &str| {
        format!(
            "<rss version=\"2.0\"><channel><title>Meridian News</title><item><title>Ambush near Menaka</title>\
             <link>{base}/ambush.txt</link><pubDate>Wed, 10 Mar 2021 08:00:00 GMT</pubDate><description>{FIRST}</description></item>\
             </channel></rss>"
        )
    };
    // The pages hold no address of the server, so a first server may serve for its name alone.
    let base = serve(vec![("/ambush.txt", "text/plain; charset=utf-8", FIRST.to_owned())]);
    let feeds = serve(vec![("/feed", "application/rss+xml", feed(&base))]);
    let url = format!("{feeds}/feed");
    let refused = folder.run(&["watch", &url, "--once"]);
    assert_ne!(refused.status.code(), Some(0), "{}", messages(&refused));
    assert!(messages(&refused).contains("0 added"), "{}", messages(&refused));
    let page = folder.run(&["read", &format!("{base}/ambush.txt"), "--json"]);
    assert_eq!(page.status.code(), Some(3), "{}", messages(&page));
    let _ = std::fs::remove_file(folder.0.join("watchkeeper.watch.json"));
    let watched = folder.run(&["watch", &url, "--once", "--allow-private"]);
    assert_eq!(watched.status.code(), Some(0), "{}", messages(&watched));
    assert!(messages(&watched).contains("1 added"), "{}", messages(&watched));
    assert!(folder.out(&["watch", "--health"]).contains("Meridian News: well"));
    let listed = json(&folder.out(&["incidents", "--json"]));
    assert_eq!(listed["killed"]["best"], 9);
    assert_eq!(listed["time"][0], "2021-03-09", "the feed tells the day that Tuesday counts from");
    let page = folder.run(&["read", &format!("{base}/ambush.txt"), "--json", "--allow-private"]);
    assert_eq!(page.status.code(), Some(0), "{}", messages(&page));
}

#[test]
fn forecasts_are_issued_before_their_time_and_wait_for_it() {
    let folder = Folder::new("ledger");
    let days =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs()
            / 86_400;
    let today = watchkeeper_record::article::Date::from_days(days as i32).expect("a day");
    let this = today.year() * 12 + today.month() as i32 - 1;
    let mut table = "unit,month,deaths\n".to_owned();
    for back in (1..=60).rev() {
        let month = this - back;
        for (unit, deaths) in [("Arda", back % 7 * 9), ("Belor", 0), ("Corva", back % 3)] {
            table.push_str(&format!("{unit},{:04}-{:02},{deaths}\n", month / 12, month % 12 + 1));
        }
    }
    let file = folder.file("months.csv", &table);
    let issued = folder.run(&["forecast", &file, "--horizon", "3", "--issue"]);
    assert_eq!(issued.status.code(), Some(0), "{}", messages(&issued));
    assert!(messages(&issued).contains("9 forecasts issued"), "{}", messages(&issued));
    let scored = folder.out(&["score", &file, "--ledger"]);
    assert!(scored.starts_with("9 forecasts issued, 0 settled"), "{scored}");
    assert!(folder.out(&["verify"]).contains("all is well"));
    // What has ended can't be issued any more.
    let old: String = table.lines().take(1 + 3 * 50).map(|line| line.to_owned() + "\n").collect();
    let old = folder.file("old.csv", &old);
    let late = folder.run(&["forecast", &old, "--horizon", "3", "--issue"]);
    assert!(
        messages(&late).contains("0 forecasts issued") && messages(&late).contains("9 months have ended"),
        "{}",
        messages(&late)
    );
}
