//! Annotates a JSON list of texts and prints how long it took: `annotate_texts WEIGHTS TEXTS.json [REPEATS]`.
//!
//! One line of JSON: wall seconds to load; medians over the repeats (a fresh annotator each time) of the wall and processor
//! seconds to annotate everything; tokens.
//! Used by `benches/vs_spacy`.

use std::io::Write as _;
use std::time::Instant;

use watchkeeper_nlp::{Annotator, Language, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let (Some(weights), Some(texts)) = (args.get(1), args.get(2)) else {
        return Err("usage: annotate_texts WEIGHTS TEXTS.json [REPEATS]".into());
    };
    let repeats: usize = args.get(3).map_or(Ok(1), |n| n.parse())?;
    let repeats = repeats.max(1);
    let texts: Vec<String> = serde_json::from_slice(&std::fs::read(texts)?)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let begin = Instant::now();
    let language = Language::from_weights(&std::fs::read(weights)?)?;
    let load = begin.elapsed().as_secs_f64();
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    let mut tokens = 0;
    for _ in 0..repeats {
        let (begin, begin_cpu) = (Instant::now(), cpu_seconds());
        let docs = Annotator::new(&language, &Options::default()).annotate_texts(&texts);
        wall.push(begin.elapsed().as_secs_f64());
        cpu.push(cpu_seconds() - begin_cpu);
        tokens = docs.iter().map(|doc| doc.tokens.len()).sum();
    }
    let median = |mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    };
    let (wall, cpu) = (median(wall), median(cpu));
    let report = serde_json::json!({"load": load, "wall": wall, "cpu": cpu, "tokens": tokens});
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

/// Processor seconds of this process so far (Linux; elsewhere 0).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // User and system time, fields 14 and 15 of the line, in ticks of 10 ms.
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
