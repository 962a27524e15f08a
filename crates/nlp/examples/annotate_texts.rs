//! Annotates a JSON list of texts and prints how long it took: `annotate_texts WEIGHTS TEXTS.json [REPEATS]`.
//!
//! One line of JSON: seconds to load, and for each repeat (a fresh annotator each time) the seconds to annotate everything.
//! Used by `benches/vs_spacy`.

use std::time::Instant;

use watchkeeper_nlp::{Annotator, Language, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let (Some(weights), Some(texts)) = (args.get(1), args.get(2)) else {
        return Err("usage: annotate_texts WEIGHTS TEXTS.json [REPEATS]".into());
    };
    let repeats: usize = args.get(3).map_or(Ok(1), |n| n.parse())?;
    let texts: Vec<String> = serde_json::from_slice(&std::fs::read(texts)?)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let begin = Instant::now();
    let language = Language::from_weights(&std::fs::read(weights)?)?;
    let load = begin.elapsed().as_secs_f64();
    let mut seconds = Vec::new();
    let mut tokens = 0;
    for _ in 0..repeats {
        let begin = Instant::now();
        let docs = Annotator::new(&language, &Options::default()).annotate_texts(&texts);
        seconds.push(begin.elapsed().as_secs_f64());
        tokens = docs.iter().map(|doc| doc.tokens.len()).sum();
    }
    let report = serde_json::json!({"load": load, "annotate": seconds, "tokens": tokens});
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

use std::io::Write as _;
