//! How much of a text's annotation survives its being put in capitals: the truecaser by itself.
//!
//! In: cased texts. Each is read as it is and again in capitals (ASCII letters, so that offsets stay), which the language layer re-cases.
//! Out: the share of words, tags, heads and labels that are the same, and F1 of entities.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use watchkeeper_pipeline::{Engine, ReadOptions};
use watchkeeper_record::{Document, Span};

use crate::task::lines;

/// Counts over texts.
#[derive(Debug, Default)]
struct Agreement {
    tokens: usize,
    aligned: usize,
    words: usize,
    tags: usize,
    heads: usize,
    labelled: usize,
    entities: [usize; 3],
}

impl Agreement {
    fn add(&mut self, cased: &Document, restored: &Document) {
        let span = |doc: &Document, at: u32| doc.span(at..at + 1);
        let mut other = 0;
        let count = restored.tokens().len() as u32;
        self.tokens += cased.tokens().len();
        for at in 0..cased.tokens().len() as u32 {
            while other < count && span(restored, other).start() < span(cased, at).start() {
                other += 1;
            }
            if other == count || span(restored, other) != span(cased, at) {
                continue;
            }
            let (a, b) = (cased.token(at), restored.token(other));
            self.aligned += 1;
            self.words += usize::from(a.text == b.text);
            self.tags += usize::from(a.tag == b.tag);
            let head = span(cased, a.head) == span(restored, b.head);
            self.heads += usize::from(head);
            self.labelled += usize::from(head && a.dep == b.dep);
        }
        let entities = |doc: &Document| -> BTreeSet<(Span, &'static str)> {
            doc.entities()
                .iter()
                .map(|entity| (doc.span(entity.tokens.clone()), entity.label.as_str()))
                .collect()
        };
        let (gold, found) = (entities(cased), entities(restored));
        self.entities[0] += gold.intersection(&found).count();
        self.entities[1] += found.len();
        self.entities[2] += gold.len();
    }
}

/// Prints agreement over the texts of a file.
///
/// # Errors
/// When the file can't be read or a line has no text.
pub(crate) fn run(input: &Path) -> Result<()> {
    let engine = Engine::embedded()?;
    let mut worker = engine.worker();
    let mut sum = Agreement::default();
    for line in lines(input)? {
        let text = line["text"].as_str().context("a line has no text")?;
        let options = ReadOptions::default();
        let cased = worker.document(text.as_bytes(), &options)?;
        let restored = worker.document(text.to_ascii_uppercase().as_bytes(), &options)?;
        sum.add(&cased, &restored);
    }
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!("tokens {}, aligned {:.1} %", sum.tokens, share(sum.aligned, sum.tokens));
    println!("words as written {:.1} %", share(sum.words, sum.tokens));
    println!(
        "tags {:.1} %, heads {:.1} %, heads with labels {:.1} %",
        share(sum.tags, sum.tokens),
        share(sum.heads, sum.tokens),
        share(sum.labelled, sum.tokens)
    );
    println!("entities F1 {:.1} %", 2.0 * share(sum.entities[0], sum.entities[1] + sum.entities[2]));
    Ok(())
}
