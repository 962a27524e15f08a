//! The whole pipeline against spaCy 3.8.18 with the package in `weights/`: every token boundary, tag, coarse tag, feature,
//! lemma, head, label, sentence start and entity of the fixture must be equal.
//!
//! Fixture: `testdata/nlp/parity.jsonl.gz` (own reports and generated stress texts), made with
//! `python training/parity/make_fixture.py testdata/nlp/parity.jsonl.gz`; no decision in it has a margin under 1e-5.
//! The comparison at full size is `training/parity/README.md`.

use std::io::Read;

use serde::Deserialize;
use watchkeeper_nlp::{Annotator, Language, Options, TextAnnotation};

static WEIGHTS: &[u8] = include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw");
static FIXTURE: &[u8] = include_bytes!("../../../testdata/nlp/parity.jsonl.gz");
/// Fewest tokens that the fixture must hold.
const TOKENS_MIN: usize = 8_000;

#[derive(Deserialize)]
struct Row {
    name: String,
    text: String,
    start: Vec<u32>,
    len: Vec<u32>,
    space_after: Vec<bool>,
    tag: Vec<String>,
    pos: Vec<String>,
    morph: Vec<String>,
    lemma: Vec<String>,
    head: Vec<u32>,
    dep: Vec<String>,
    sent_start: Vec<bool>,
    ents: Vec<(u32, u32, String)>,
}

fn rows() -> Vec<Row> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(FIXTURE).read_to_string(&mut text).expect("the fixture unpacks");
    text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

fn differences(row: &Row, ours: &TextAnnotation) -> Vec<String> {
    let mut out = Vec::new();
    let tokens = &ours.tokens;
    let boundaries: Vec<_> = tokens.iter().map(|t| (t.start, t.len, t.space_after)).collect();
    let expected: Vec<_> =
        row.start.iter().zip(&row.len).zip(&row.space_after).map(|((&s, &l), &a)| (s, l, a)).collect();
    if boundaries != expected {
        let at = boundaries.iter().zip(&expected).take_while(|(a, b)| a == b).count();
        return vec![format!("tokens from {at}: {:?}, expected {:?}", boundaries.get(at), expected.get(at))];
    }
    for (i, token) in tokens.iter().enumerate() {
        let mut check = |what: &str, ours: &str, expected: &str| {
            if ours != expected {
                out.push(format!("{what} of token {i}: {ours}, expected {expected}"));
            }
        };
        check("tag", token.tag.as_str(), &row.tag[i]);
        check("coarse tag", token.pos.as_str(), &row.pos[i]);
        check("morphology", &token.morph, &row.morph[i]);
        check("lemma", &token.lemma, &row.lemma[i]);
        check("label", token.dep.as_str(), &row.dep[i]);
        check("head", &token.head.to_string(), &row.head[i].to_string());
        check("sentence start", &token.sentence_start.to_string(), &row.sent_start[i].to_string());
    }
    let entities: Vec<_> = ours.entities.iter().map(|&(s, e, l)| (s, e, l.as_str().to_owned())).collect();
    if entities != row.ents {
        out.push(format!("entities: {entities:?}, expected {:?}", row.ents));
    }
    out
}

#[test]
fn equals_spacy_on_the_fixture() {
    let rows = rows();
    assert!(rows.iter().map(|row| row.start.len()).sum::<usize>() >= TOKENS_MIN);
    let language = Language::from_weights(WEIGHTS).expect("the shipped weights load");
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let annotations = Annotator::new(&language, &Options::default()).annotate_texts(&texts);
    let mut report = Vec::new();
    for (row, ours) in rows.iter().zip(&annotations) {
        report.extend(
            differences(row, ours).into_iter().map(|difference| format!("{}: {difference}", row.name)),
        );
    }
    assert!(report.is_empty(), "{} differences\n{}", report.len(), report[..report.len().min(20)].join("\n"));
}
