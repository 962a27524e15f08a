//! The encoder's probabilities are those of the reference, and only there where they are asked for.
//!
//! `testdata/roles/expected.jsonl` is what `training/incidents/encoder.py` (PyTorch, unpacked weights) gives for the same tokens; made by
//! `training/incidents/fixture.sh`. Tolerance .03: the program's weights are signed bytes with one factor a row.

use std::path::{Path, PathBuf};

use serde_json::Value;
use watchkeeper_pipeline::{Engine, EngineOptions, ReadOptions};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/roles")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|value| value.as_f64().expect("a number")).collect()
}

#[test]
fn probabilities_are_those_of_the_reference() {
    let engine = Engine::open(&EngineOptions { deep: true, ..EngineOptions::default() })
        .expect("the embedded data are sound");
    let mut worker = engine.worker();
    let text = std::fs::read(folder().join("report.txt")).expect("a report");
    let (doc, _) = worker.passages(&text, &ReadOptions::default()).expect("reads");
    let roles = worker.token_roles(&doc).expect("an encoder is loaded");
    let expected = std::fs::read_to_string(folder().join("expected.jsonl")).expect("the reference");
    let expected: Vec<Value> =
        expected.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(expected.len(), 2, "one line a tagger");
    let mean = |key: &str, at: Option<usize>| -> Vec<f64> {
        let of = |line: &Value| numbers(at.map_or(&line[key], |at| &line[key][at]));
        let (a, b) = (of(&expected[0]), of(&expected[1]));
        a.iter().zip(b).map(|(a, b)| (a + b) / 2.0).collect()
    };
    assert_eq!(expected[0]["rows"].as_array().expect("rows").len(), doc.tokens().len(), "the same tokens");
    let mut sure = 0;
    for at in 0..doc.tokens().len() {
        for (key, found) in [("rows", roles.rows[at]), ("begins", roles.begins[at])] {
            for (found, exact) in found.iter().zip(mean(key, Some(at))) {
                assert!((f64::from(*found) - exact).abs() < 0.03, "token {at} {key}: {found} for {exact}");
                sure += usize::from(exact > 0.5);
            }
        }
    }
    assert!(sure > 10, "the reference finds something");
    for (found, exact) in roles.kinds.iter().zip(mean("kinds", None)) {
        assert!((f64::from(*found) - exact).abs() < 0.03, "kinds: {found} for {exact}");
    }
}

#[test]
fn without_being_asked_for_no_encoder_is_loaded() {
    let engine = Engine::embedded().expect("the embedded data are sound");
    let mut worker = engine.worker();
    let (doc, _) =
        worker.passages(b"A bomb exploded in the market.", &ReadOptions::default()).expect("reads");
    assert!(worker.token_roles(&doc).is_none());
}
