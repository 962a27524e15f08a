//! What a role tagger says of texts, written for the training of what stands on it.
//!
//! In: a file of `{id, text}` lines and the weight files of a tagger. Out: one `{id, rows, begins, kinds}` a line, tokens in the order of
//! the program's own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use watchkeeper_nlp::roles::RoleTagger;
use watchkeeper_pipeline::{Engine, ReadOptions};

use crate::task::lines;

/// Tags documents `from..to` of a file.
///
/// # Errors
/// When a file can't be read or written, is damaged, or a line lacks its id or text.
pub(crate) fn run(
    input: &Path,
    output: &Path,
    base: &Path,
    taggers: &[PathBuf],
    (from, to): (usize, usize),
) -> Result<()> {
    let bytes = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let base = bytes(base)?;
    let taggers = taggers.iter().map(|path| bytes(path)).collect::<Result<Vec<_>>>()?;
    let taggers: Vec<&[u8]> = taggers.iter().map(Vec::as_slice).collect();
    let tagger = RoleTagger::from_weights(&base, &taggers)?;
    let engine = Engine::embedded()?;
    let mut worker = engine.worker();
    let mut text = String::new();
    for line in lines(input)?.iter().take(to).skip(from) {
        let id = line["id"].as_str().context("a line has no id")?;
        let bytes = line["text"].as_str().with_context(|| format!("line {id} has no text"))?.as_bytes();
        let (doc, _) = worker.passages(bytes, &ReadOptions::default())?;
        let roles = tagger.tag(&doc);
        let line = json!({"id": id, "rows": roles.rows, "begins": roles.begins, "kinds": roles.kinds});
        text.push_str(&line.to_string());
        text.push('\n');
    }
    std::fs::write(output, text).with_context(|| format!("cannot write {}", output.display()))
}
