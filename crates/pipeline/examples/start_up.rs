//! Where the time of a cold start goes: `cargo run --release -p watchkeeper-pipeline --example start_up -- FILE`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;

use watchkeeper_pipeline::{Engine, ReadOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: start_up FILE")?;
    let bytes = std::fs::read(file)?;
    let start = Instant::now();
    let engine = Engine::embedded()?;
    println!("engine        {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    for round in ["first cleaning", "second        "] {
        let start = Instant::now();
        let article = watchkeeper_article::extract(&bytes, &watchkeeper_article::ArticleOptions::default())?;
        println!("{round} {:>7.1} ms, {} blocks", start.elapsed().as_secs_f64() * 1e3, article.blocks.len());
    }
    let start = Instant::now();
    let codebook = watchkeeper_extraction::Codebook::english()?;
    println!("codebook again {:>7.1} ms", start.elapsed().as_secs_f64() * 1e3);
    drop(codebook);
    let mut worker = engine.worker();
    for round in ["first reading", "second       "] {
        let start = Instant::now();
        let reading = worker.read_bytes(&bytes, &ReadOptions::default())?;
        println!("{round} {:>8.1} ms, {} events", start.elapsed().as_secs_f64() * 1e3, reading.events.len());
    }
    Ok(())
}
