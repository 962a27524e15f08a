//! Several reports, one record: the scenarios of `examples/scenarios` against what an analyst expects of them, whatever the order in
//! which the reports come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use watchkeeper_pipeline::{Engine, Gathered, Read, ReadOptions, Recorder};
use watchkeeper_record::Moment;
use watchkeeper_record::incident::{Account, Incident};
use watchkeeper_record::page::{Form, RawPage, Told};

/// Of the incidents expected, how many come out with exactly their reports. Raise it with the program, never lower it.
const WHOLE_MIN: usize = 26;

static READ: LazyLock<Vec<Scenario>> = LazyLock::new(read);

struct Scenario {
    name: String,
    expected: toml::Table,
    /// File, document id, what was read.
    reports: Vec<(String, Read, Moment)>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/scenarios")
}

fn read() -> Vec<Scenario> {
    let engine = Engine::embedded().expect("the embedded data are whole");
    let mut worker = engine.worker();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the scenarios are there")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut scenarios = Vec::new();
    for path in folders {
        let text = std::fs::read_to_string(path.join("scenario.toml")).expect("a scenario");
        let expected: toml::Table = text.parse().expect("TOML");
        let mut reports = Vec::new();
        for report in expected["report"].as_array().expect("reports") {
            let file = report["file"].as_str().expect("a file");
            let bytes = std::fs::read(path.join(file)).expect("a report");
            let mut page = RawPage::new(file, Form::Text, bytes);
            page.told = Told {
                outlet: report["outlet"].as_str().map(str::to_owned),
                published: report
                    .get("published")
                    .map(|day| day.as_str().expect("a day").parse().expect("a day")),
                ..Told::default()
            };
            let added =
                report.get("added").or(report.get("published")).and_then(|day| day.as_str()).expect("a day");
            let read = worker
                .read_page(Gathered { page, remarks: Vec::new() }, &ReadOptions::default())
                .expect("the reports are text");
            reports.push((file.to_owned(), read, Moment::start_of(added.parse().expect("a day"))));
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        scenarios.push(Scenario { name, expected, reports });
    }
    scenarios
}

/// Puts reports into a record of their own in an order, settled after each part, and gives its incidents.
fn record(reports: &[&(String, Read, Moment)], parts: usize) -> (Vec<Incident>, Vec<Account>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut recorder = Recorder::open(&folder.path().join("record.db")).expect("a new record");
    for part in reports.chunks(reports.len().div_ceil(parts).max(1)) {
        for (_, read, moment) in part {
            recorder.add(read, *moment).expect("it can be written");
        }
        recorder.commit().expect("it can be written");
        recorder.settle(Moment::from_unix(0).expect("1970")).expect("it can be written");
    }
    let accounts = recorder.store().accounts(None).expect("it can be read");
    let ids: BTreeSet<String> = accounts
        .iter()
        .map(|account| recorder.store().incident(&account.id).expect("every account has one").id)
        .collect();
    let incidents = ids.iter().map(|id| recorder.store().incident(id).expect("it is there")).collect();
    (incidents, accounts)
}

#[test]
fn reports_of_one_happening_are_put_together() {
    let mut found = 0;
    let mut wanted = 0;
    for scenario in READ.iter() {
        let all: Vec<_> = scenario.reports.iter().collect();
        let (incidents, accounts) = record(&all, 1);
        let file: BTreeMap<&str, &str> = scenario
            .reports
            .iter()
            .map(|(file, read, _)| (read.reading.document.id.as_str(), file.as_str()))
            .collect();
        let files = |incident: &Incident| -> BTreeSet<String> {
            let members = accounts.iter().filter(|account| incident.accounts.contains(&account.id));
            members.map(|account| file[account.document.as_str()].to_owned()).collect()
        };
        let mut text = String::new();
        for incident in &incidents {
            let _ = writeln!(
                text,
                "{}  {}  {}  {:?}",
                incident.kind.map_or("incident", |kind| kind.as_str()),
                incident.place.as_ref().map_or("place unknown", |place| &place.name),
                incident
                    .time
                    .map_or_else(|| "day unknown".to_owned(), |(start, end)| format!("{start}..{end}")),
                files(incident)
            );
            if let Some(killed) = &incident.killed {
                let _ = writeln!(text, "  killed {:?} {:?} {:?}", killed.low, killed.best, killed.high);
                for told in &killed.told {
                    let _ = writeln!(
                        text,
                        "    {} {:?} {}",
                        told.known,
                        told.figure.number(),
                        told.outlet.as_deref().unwrap_or("?")
                    );
                }
            }
            for who in &incident.perpetrators {
                let _ = writeln!(text, "  by {} ({})", who.party.name, who.party.claim);
            }
            for join in &incident.joins {
                let _ = writeln!(text, "  joined {:+.1}: {}", join.weight, join.reasons.join(", "));
            }
        }
        for expected in scenario.expected["incident"].as_array().expect("incidents") {
            wanted += 1;
            let reports: BTreeSet<String> = expected["reports"]
                .as_array()
                .expect("reports")
                .iter()
                .map(|file| file.as_str().expect("a file").to_owned())
                .collect();
            let day = expected["time"].as_str().expect("a day");
            let whole = incidents.iter().any(|incident| {
                files(incident) == reports && incident.time.is_some_and(|(start, _)| start.to_string() == day)
            });
            found += usize::from(whole);
            let _ = writeln!(text, "{} {}", if whole { "whole " } else { "MISSED" }, expected["name"]);
        }
        let golden = folder().join(&scenario.name).join("incidents.golden");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &text).expect("the golden file can be written");
        }
        let known = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(
            text, known,
            "{}: UPDATE_GOLDEN=1 writes it anew; say in the commit what changed",
            scenario.name
        );
    }
    assert!(found >= WHOLE_MIN, "{found} of {wanted} expected incidents are whole, {WHOLE_MIN} were");
}

#[test]
fn neither_order_nor_parts_change_an_incident() {
    let all: Vec<&(String, Read, Moment)> = READ.iter().flat_map(|scenario| &scenario.reports).collect();
    let known = record(&all, 1);
    let lines = |incidents: &[Incident]| serde_json::to_string(incidents).expect("JSON");
    let mut seed = 7_u64;
    for round in 0..50 {
        let mut shuffled = all.clone();
        for at in (1..shuffled.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (seed >> 33) as usize % (at + 1));
        }
        let parts = [1, 2, 8][round % 3];
        assert_eq!(lines(&known.0), lines(&record(&shuffled, parts).0), "round {round}, {parts} parts");
    }
}

#[test]
fn raw_pages_read_again_give_the_same_record() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut recorder = Recorder::open(&folder.path().join("record.db")).expect("a new record");
    let reports = &READ[0].reports;
    for (_, read, moment) in reports {
        recorder.add(read, *moment).expect("it can be written");
    }
    recorder.commit().expect("it can be written");
    let engine = Engine::embedded().expect("the embedded data are whole");
    let mut worker = engine.worker();
    for (_, read, _) in reports {
        let number = recorder.store().find_document(&read.reading.document.id).expect("it is there");
        let page = recorder.store().page(number).expect("the page is kept");
        let again = worker
            .read_page(Gathered { page, remarks: Vec::new() }, &ReadOptions::default())
            .expect("it was read before");
        assert_eq!(again.reading.quoted(), recorder.store().reading(number).expect("a reading"));
    }
}
