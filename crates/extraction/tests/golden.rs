//! Text in, events out: the sentences of `testdata/extraction`, annotated by the shipped language layer.

use serde::Deserialize;
use watchkeeper_extraction::{Codebook, extract};
use watchkeeper_nlp::{Language, Options, annotate};
use watchkeeper_record::article::{Block, BlockKind, Date, Published};
use watchkeeper_record::codebook::{Category, Claim, DateBasis, IncidentType, Mode, Realis};
use watchkeeper_record::mention::{EventMention, Mentions, PhraseIndex};
use watchkeeper_record::names::NoNames;
use watchkeeper_record::reading::Count;
use watchkeeper_record::{Article, Document, Span};

const WEIGHTS: &[u8] = include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw");

#[derive(Deserialize)]
struct Clauses {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    text: String,
    trigger: String,
    realis: Realis,
    background: Option<bool>,
    category: Option<Category>,
    fixme: Option<String>,
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    #[serde(default)]
    events: Vec<Expected>,
    #[serde(default)]
    never: Vec<Category>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    trigger: String,
    category: Category,
    mode: Option<Mode>,
    incident: Option<IncidentType>,
    actors: Option<Vec<String>>,
    recipients: Option<Vec<String>>,
    killed: Option<[i64; 3]>,
    abducted: Option<[i64; 3]>,
    arrested: Option<[i64; 3]>,
    claim: Option<Claim>,
}

fn article(text: &str) -> Article {
    let day = Date::new(2024, 6, 10).expect("a day");
    Article {
        id: "0".repeat(64),
        published: Some(Published { start: day, end: day, basis: DateBasis::Given }),
        ..Article::of_blocks(
            text,
            vec![Block { kind: BlockKind::Paragraph, pieces: vec![Span::from_range(0..text.len())] }],
        )
    }
}

fn read(texts: &[String]) -> Vec<(Document, Mentions)> {
    let language = Language::from_weights(WEIGHTS).expect("the shipped weights");
    let codebook = Codebook::english().expect("the built-in data");
    let articles: Vec<Article> = texts.iter().map(|text| article(text)).collect();
    annotate(&articles, &language, &Options::default())
        .into_iter()
        .map(|doc| {
            let mentions = extract(&doc, &codebook, &NoNames);
            (doc, mentions)
        })
        .collect()
}

fn told(doc: &Document, event: &EventMention) -> String {
    format!(
        "{} {} {}{}",
        doc.span(event.trigger.clone()).of(doc.text()),
        event.category,
        event.realis,
        if event.background { " background" } else { "" }
    )
}

fn triggered<'m>(doc: &Document, mentions: &'m Mentions, word: &str) -> Option<&'m EventMention> {
    mentions.events.iter().find(|event| doc.span(event.trigger.clone()).of(doc.text()).contains(word))
}

#[test]
fn realis_of_clauses() {
    let clauses: Clauses =
        toml::from_str(include_str!("../../../testdata/extraction/realis.toml")).expect("well-formed rows");
    assert!(clauses.clause.len() >= 60);
    let texts: Vec<String> = clauses.clause.iter().map(|clause| clause.text.clone()).collect();
    let mut wrong = Vec::new();
    for (clause, (doc, mentions)) in clauses.clause.iter().zip(read(&texts)) {
        let found = triggered(&doc, &mentions, &clause.trigger);
        let right = found.is_some_and(|event| {
            event.realis == clause.realis
                && clause.background.is_none_or(|background| background == event.background)
                && clause.category.is_none_or(|category| category == event.category)
        });
        if right == clause.fixme.is_some() {
            let all: Vec<_> = mentions.events.iter().map(|event| told(&doc, event)).collect();
            wrong.push(format!("{} [{}: {}] got {all:?}", clause.text, clause.trigger, clause.realis));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}

#[test]
fn events_of_sentences() {
    let cases: Cases =
        toml::from_str(include_str!("../../../testdata/extraction/events.toml")).expect("well-formed rows");
    let texts: Vec<String> = cases.case.iter().map(|case| case.text.clone()).collect();
    let mut wrong = Vec::new();
    for (case, (doc, mentions)) in cases.case.iter().zip(read(&texts)) {
        let words = |phrases: &[PhraseIndex]| -> Vec<String> {
            phrases
                .iter()
                .map(|&phrase| {
                    doc.span(mentions.phrases[phrase as usize].tokens.clone()).of(doc.text()).to_owned()
                })
                .collect()
        };
        for expected in &case.events {
            let Some(event) = triggered(&doc, &mentions, &expected.trigger) else {
                wrong.push(format!("{}: no event at {}", case.text, expected.trigger));
                continue;
            };
            let mut check = |name: &str, right: bool, got: String| {
                if !right {
                    wrong.push(format!("{}: {} {name}: got {got}", case.text, expected.trigger));
                }
            };
            let toll = |count: &Option<Count>| {
                let part = |value: Option<u32>| value.map_or(-1, i64::from);
                count.as_ref().map(|count| [part(count.low), part(count.best), part(count.high)])
            };
            check("category", event.category == expected.category, event.category.to_string());
            check("realis", event.realis == Realis::Actual, event.realis.to_string());
            check(
                "mode",
                expected.mode.is_none_or(|mode| Some(mode) == event.mode),
                format!("{:?}", event.mode),
            );
            check(
                "incident",
                expected.incident.is_none_or(|kind| Some(kind) == event.incident_type),
                format!("{:?}", event.incident_type),
            );
            let actors = words(&event.actors);
            let recipients = words(&event.recipients);
            check(
                "actors",
                expected.actors.as_ref().is_none_or(|names| *names == actors),
                format!("{actors:?}"),
            );
            check(
                "recipients",
                expected.recipients.as_ref().is_none_or(|names| *names == recipients),
                format!("{recipients:?}"),
            );
            for (name, wanted, count) in [
                ("killed", expected.killed, &event.toll.killed),
                ("abducted", expected.abducted, &event.toll.abducted),
                ("arrested", expected.arrested, &event.toll.arrested),
            ] {
                check(
                    name,
                    wanted.is_none_or(|wanted| Some(wanted) == toll(count)),
                    format!("{:?}", toll(count)),
                );
            }
            check(
                "claim",
                expected.claim.is_none_or(|claim| claim == event.claim),
                format!("{:?}", event.claim),
            );
        }
        for &category in &case.never {
            let found = mentions
                .events
                .iter()
                .find(|event| event.category == category && event.realis == Realis::Actual);
            if let Some(event) = found {
                wrong.push(format!("{}: must not tell {}", case.text, told(&doc, event)));
            }
        }
        for event in &mentions.events {
            let quoted = event.evidence.iter().all(|span| !span.of(doc.text()).trim().is_empty());
            assert!(quoted && !event.evidence.is_empty() && !event.why.is_empty());
            assert!((0.0..=1.0).contains(&event.score));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
