//! Prints what is extracted from annotated documents, sentence by sentence: `mentions DOCS.jsonl [--plover]`.
//!
//! Each line of the input holds `id`, `article`, `tokens`, `sentences`, `entities` as the types of `record` read them.

#[path = "../../eval/src/plover.rs"]
mod plover;

use std::io::{BufRead, Write};

use serde::Deserialize;
use watchkeeper_record::document::{Entity, Sentence, Token};
use watchkeeper_record::mention::{Mentions, PhraseIndex};
use watchkeeper_record::names::NoNames;
use watchkeeper_record::reading::Count;
use watchkeeper_record::{Article, Document};

#[derive(Deserialize)]
struct Line {
    id: String,
    article: Article,
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    entities: Vec<Entity>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plover = arguments.iter().any(|argument| argument == "--plover");
    let timing = arguments.iter().any(|argument| argument == "--time");
    let codebook = watchkeeper_extraction::Codebook::english()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut words = 0usize;
    let mut seconds = 0.0;
    for path in arguments.iter().filter(|argument| !argument.starts_with("--")) {
        for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
            let line: Line = serde_json::from_str(&line?)?;
            let doc = Document::new(line.article, line.tokens, line.sentences, line.entities);
            let start = std::time::Instant::now();
            let mentions = watchkeeper_extraction::extract(&doc, &codebook, &NoNames);
            seconds += start.elapsed().as_secs_f64();
            words += doc.tokens().len();
            if plover {
                writeln!(out, "{}", plover::predict(&line.id, &doc, &mentions, |_| None))?;
            } else if !timing {
                print(&mut out, &line.id, &doc, &mentions)?;
            }
        }
    }
    if timing {
        writeln!(
            out,
            "{words} tokens, {seconds:.3} s, {:.2} µs a token",
            1e6 * seconds / words.max(1) as f64
        )?;
    }
    Ok(())
}

fn print(out: &mut impl Write, id: &str, doc: &Document, mentions: &Mentions) -> std::io::Result<()> {
    writeln!(out, "=== {id}")?;
    for (number, sentence) in doc.sentences().iter().enumerate() {
        if sentence.tokens.is_empty() {
            continue;
        }
        let text =
            doc.span(sentence.tokens.clone()).of(doc.text()).split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(out, "\n[{number}] {text}")?;
        for event in mentions.events.iter().filter(|event| event.sentence as usize == number) {
            let words = |phrases: &[PhraseIndex]| {
                let all: Vec<_> = phrases
                    .iter()
                    .map(|&phrase| doc.span(mentions.phrases[phrase as usize].tokens.clone()).of(doc.text()))
                    .collect();
                all.join(" + ")
            };
            writeln!(
                out,
                "    {} {}{} <{}> {}{} | {} -> {} | {:?} {:.2}",
                event.category,
                event.mode.map_or("-", |mode| mode.as_str()),
                event.incident_type.map_or(String::new(), |kind| format!("/{kind}")),
                doc.span(event.trigger.clone()).of(doc.text()),
                event.realis,
                if event.background { " BACKGROUND" } else { "" },
                words(&event.actors),
                words(&event.recipients),
                event.claim,
                event.score,
            )?;
            let toll = &event.toll;
            for (name, count) in [
                ("killed", &toll.killed),
                ("wounded", &toll.wounded),
                ("abducted", &toll.abducted),
                ("arrested", &toll.arrested),
                ("displaced", &toll.displaced),
            ] {
                if let Some(Count { low, best, high, .. }) = count {
                    write!(out, "        {name} {low:?}/{best:?}/{high:?}")?;
                    if name == "killed" {
                        for part in &toll.by {
                            write!(out, " {}:{:?}", part.group, part.low)?;
                        }
                    }
                    writeln!(out)?;
                }
            }
            let weapons: Vec<_> = event
                .weapons
                .iter()
                .map(|weapon| format!("{}={}", weapon.r#type, weapon.span.of(doc.text())))
                .collect();
            let targets: Vec<_> = event
                .targets
                .iter()
                .map(|target| format!("{}={}", target.r#type, target.span.of(doc.text())))
                .collect();
            writeln!(
                out,
                "        weapons {weapons:?} targets {targets:?} contexts {:?} why {}",
                event.contexts.iter().map(|context| context.as_str()).collect::<Vec<_>>(),
                event.why.join("; ")
            )?;
        }
    }
    Ok(())
}
