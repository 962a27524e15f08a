//! Golden readings of the example reports: what the program says of them today, reviewed by eye.
//!
//! `examples/readings/<name>.txt` is the terminal view of `examples/reports/<name>.txt`. A change to one says in words, in its commit message, what got better
//! or worse. To renew them: `UPDATE_GOLDEN=1 cargo test -p watchkeeper-pipeline --test all golden`, then read the difference. What an analyst
//! expects of them, written before and apart from the rules, lies beside the reports in `<name>.expect.toml`.

use std::path::{Path, PathBuf};

use watchkeeper_pipeline::{Engine, ReadOptions};
use watchkeeper_record::check;
use watchkeeper_report::Screen;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/reports")
}

/// The publication day that the expectations name.
fn published(report: &Path) -> Option<String> {
    let expected = std::fs::read_to_string(report.with_extension("expect.toml")).ok()?;
    let line = expected.lines().find(|line| line.starts_with("published"))?;
    Some(line.split('"').nth(1)?.to_owned())
}

#[test]
fn readings_of_the_examples_are_the_golden_ones() {
    let engine = Engine::embedded().expect("the embedded data are sound");
    let mut worker = engine.worker();
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut reports: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder of examples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    reports.sort();
    assert!(reports.len() >= 15, "at least 15 reports");
    let mut changed = Vec::new();
    for report in reports {
        let bytes = std::fs::read(&report).expect("a report");
        let options = ReadOptions {
            published: published(&report).map(|day| day.parse().expect("a day")),
            ..ReadOptions::default()
        };
        let mut reading = worker.read_bytes(&bytes, &options).expect("a readable report");
        let name = report.file_name().expect("a name").to_string_lossy().into_owned();
        reading.document.origin = Some(format!("examples/reports/{name}"));
        assert_eq!(check::breaches(&reading.quoted()), Vec::<String>::new(), "{name}");
        let view = Screen { colour: false, width: 100, reveal_private: false }.render(&reading);
        let golden = folder().join("../readings").join(&name);
        if update {
            std::fs::write(&golden, &view).expect("a golden file can be written");
        }
        let kept = std::fs::read_to_string(&golden).unwrap_or_default();
        if kept != view {
            let line = kept.lines().zip(view.lines()).position(|(old, new)| old != new).unwrap_or(0);
            changed.push(format!(
                "{name}, line {}: `{}` is now `{}`",
                line + 1,
                kept.lines().nth(line).unwrap_or_default(),
                view.lines().nth(line).unwrap_or_default()
            ));
        }
    }
    assert!(changed.is_empty(), "{} golden readings changed:\n{}", changed.len(), changed.join("\n"));
}

/// Sentences, the incident's deaths and wounded, and who is said to have done it.
const LOSSES: &[(&str, Option<u32>, Option<u32>)] = &[
    ("The attack left nine people dead.", Some(9), None),
    ("A bombing in Gao left nine dead.", Some(9), None),
    ("The ambush left nine soldiers dead and 12 wounded.", Some(9), Some(12)),
    ("Gunmen opened fire on a mosque, leaving nine worshippers dead.", Some(9), None),
    ("The raid claimed nine lives.", Some(9), None),
    ("The death toll from the bombing in Gao has risen to 19.", Some(19), None),
    ("Armed men attacked the village of Torodi, killing five people and stealing livestock.", Some(5), None),
    ("A bomb hit a convoy near Makalondi; two soldiers died and four were injured.", Some(2), Some(4)),
    (
        "A roadside bomb struck a police vehicle near Bosso. Three officers died and one was wounded.",
        Some(3),
        Some(1),
    ),
];

#[test]
fn losses_are_read_however_they_are_told() {
    let engine = Engine::embedded().expect("the embedded data are sound");
    let mut worker = engine.worker();
    for (text, killed, wounded) in LOSSES {
        let reading = worker.read_bytes(text.as_bytes(), &ReadOptions::default()).expect("text is read");
        let [incident] = reading.incidents.as_slice() else {
            panic!("{text}: {} incidents", reading.incidents.len());
        };
        let best =
            |count: &Option<watchkeeper_record::reading::Count>| count.as_ref().and_then(|count| count.best);
        assert_eq!(
            (best(&incident.toll.killed), best(&incident.toll.wounded)),
            (*killed, *wounded),
            "{text}"
        );
    }
}

#[test]
fn what_nobody_claims_has_no_claimant_and_a_region_is_not_held_with_its_town() {
    let engine = Engine::embedded().expect("the embedded data are sound");
    let mut worker = engine.worker();
    let mut read =
        |text: &str| worker.read_bytes(text.as_bytes(), &ReadOptions::default()).expect("text is read");
    for text in [
        "A car bomb killed nine people in Gao. Nobody claimed responsibility for the blast.",
        "A car bomb killed nine people in Gao. No group claimed the attack.",
    ] {
        let reading = read(text);
        assert_eq!(reading.incidents.len(), 1, "{text}");
        assert!(reading.incidents[0].perpetrators.is_empty(), "{text}");
    }
    let reading = read(
        "Al-Shabaab fighters attacked an army base on Monday, killing nine soldiers. Government troops recaptured the town of Janale \
         in Lower Shabelle from the militants on Tuesday, the army said.",
    );
    let held: std::collections::BTreeSet<&str> = reading
        .control
        .iter()
        .filter_map(|one| reading.places.iter().find(|place| place.id == one.place))
        .map(|place| place.name.as_str())
        .collect();
    assert_eq!(held.into_iter().collect::<Vec<_>>(), ["Janale"]);
}
