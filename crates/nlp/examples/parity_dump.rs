//! Annotates documents for the parity comparison (`training/parity/README.md`).
//!
//! In: a weight file or a package directory, and JSON lines with the keys `id` and `text`. Out: JSON lines with the
//! annotation in the shape that `training/parity/compare.py` reads.
//!
//!     cargo run --release -p watchkeeper-nlp --example parity_dump -- WEIGHTS|DIR INPUT.jsonl OUTPUT.jsonl

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use watchkeeper_nlp::{Annotator, Language, Options, TextAnnotation, TextToken};

#[derive(Deserialize)]
struct Input {
    id: String,
    text: String,
}

#[derive(Serialize)]
struct Output<'a> {
    id: &'a str,
    start: Vec<u32>,
    len: Vec<u32>,
    space_after: Vec<bool>,
    attrs: Vec<(u64, u64, u64, u64, u64, u8, u8)>,
    tag: Vec<&'a str>,
    pos: Vec<&'a str>,
    morph: Vec<&'a str>,
    lemma: Vec<&'a str>,
    head: Vec<u32>,
    dep: Vec<&'a str>,
    sent_start: Vec<bool>,
    ents: Vec<(u32, u32, &'a str)>,
}

fn output<'a>(id: &'a str, annotation: &'a TextAnnotation, language: &Language, text: &str) -> Output<'a> {
    fn column<'a, T>(annotation: &'a TextAnnotation, value: impl Fn(&'a TextToken) -> T) -> Vec<T> {
        annotation.tokens.iter().map(value).collect()
    }
    Output {
        id,
        start: column(annotation, |token| token.start),
        len: column(annotation, |token| token.len),
        space_after: column(annotation, |token| token.space_after),
        attrs: language
            .lexical_attributes(text)
            .into_iter()
            .map(|(a, space)| {
                (a.orth, a.norm, a.prefix, a.suffix, a.shape, u8::from(space), u8::from(a.is_space))
            })
            .collect(),
        tag: column(annotation, |token| token.tag.as_str()),
        pos: column(annotation, |token| token.pos.as_str()),
        morph: column(annotation, |token| token.morph.as_str()),
        lemma: column(annotation, |token| token.lemma.as_str()),
        head: column(annotation, |token| token.head),
        dep: column(annotation, |token| token.dep.as_str()),
        sent_start: column(annotation, |token| token.sentence_start),
        ents: annotation.entities.iter().map(|&(start, end, label)| (start, end, label.as_str())).collect(),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, input, out] = args.as_slice() else {
        return Err("usage: parity_dump WEIGHTS|DIR INPUT.jsonl OUTPUT.jsonl".into());
    };
    let language = if Path::new(model).is_dir() {
        Language::from_package(&|path| fs::read(Path::new(model).join(path)).ok())?
    } else {
        Language::from_weights(&fs::read(model)?)?
    };
    let rows: Vec<Input> = BufReader::new(File::open(input)?)
        .lines()
        .map(|line| Ok::<_, Box<dyn Error>>(serde_json::from_str(&line?)?))
        .collect::<Result<_, _>>()?;
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let annotations = Annotator::new(&language, &Options::default()).annotate_texts(&texts);
    let mut file = BufWriter::new(File::create(out)?);
    for (row, annotation) in rows.iter().zip(&annotations) {
        serde_json::to_writer(&mut file, &output(&row.id, annotation, &language, &row.text))?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    Ok(())
}
