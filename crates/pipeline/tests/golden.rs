//! Golden readings of the example reports: what the program says of them today, reviewed by eye.
//!
//! `examples/readings/<name>.txt` is the terminal view of `examples/reports/<name>.txt`. A change to one says in words, in its commit message, what got better
//! or worse. To renew them: `UPDATE_GOLDEN=1 cargo test -p watchkeeper-pipeline --test golden`, then read the difference. What an analyst
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
