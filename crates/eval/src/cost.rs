//! What finding and placing names and times costs beside the whole of reading.
//!
//! In: texts. Out: seconds of wall time on one thread, the median of some rounds, and shares of `read`.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use watchkeeper_linkage::{LinkOptions, actor, place, time};
use watchkeeper_pipeline::{Engine, ReadOptions};

use crate::task::lines;

/// Measures on the texts of a file of `{id, text}` lines and prints a table.
///
/// # Errors
/// When the file can't be read or holds no text.
pub(crate) fn run(input: &Path, rounds: usize) -> Result<()> {
    let engine = Engine::embedded()?;
    let resources = engine.resources();
    let options = ReadOptions::default();
    let texts = lines(input)?;
    let texts: Vec<&str> = texts.iter().filter_map(|line| line["text"].as_str()).collect();
    if texts.is_empty() {
        bail!("{}: no line has a text", input.display());
    }
    let words: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    let mut told: Vec<[Duration; 4]> = Vec::new();
    for _ in 0..rounds {
        let mut worker = engine.worker();
        let began = Instant::now();
        for text in &texts {
            std::hint::black_box(worker.read_bytes(text.as_bytes(), &options)?);
        }
        let mut spent = [began.elapsed(), Duration::ZERO, Duration::ZERO, Duration::ZERO];
        for text in &texts {
            let (doc, mentions) = worker.passages(text.as_bytes(), &options)?;
            let began = Instant::now();
            std::hint::black_box(worker.toponyms(&doc));
            spent[1] += began.elapsed();
            let actors = actor::link_actors(&doc, &mentions, &resources.registry);
            let began = Instant::now();
            std::hint::black_box(place::link_places(
                &doc,
                &mentions,
                &actors,
                &resources.gazetteer,
                &resources.ranker,
                &LinkOptions::default(),
            ));
            spent[2] += began.elapsed();
            let began = Instant::now();
            std::hint::black_box(time::link_times(&doc, &mentions));
            spent[3] += began.elapsed();
        }
        told.push(spent);
    }
    let median = |part: usize| -> Result<f64> {
        let mut seconds: Vec<f64> = told.iter().map(|spent| spent[part].as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        seconds.get(seconds.len() / 2).copied().context("no round")
    };
    let whole = median(0)?;
    println!("{} texts, {words} words, one thread, median of {rounds} rounds", texts.len());
    println!("read               {whole:8.3} s  {:8.0} words/s", words as f64 / whole);
    for (part, name) in [(1, "places recognised"), (2, "places resolved"), (3, "times resolved")] {
        println!("{name:18} {:8.3} s  {:7.1} % of read", median(part)?, 100.0 * median(part)? / whole);
    }
    Ok(())
}
