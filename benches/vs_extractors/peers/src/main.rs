//! Reads the pages of a benchmark with other Rust extractors: `watchkeeper-peers dom_smoothie|trafilatura IN.jsonl OUT.jsonl`.
//!
//! One thread; pages are unpacked and decoded (lossily, as UTF-8) before the time runs. Prints pages per processor second.

use std::io::{Read, Write};
use std::path::Path;

fn processor() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn smoothie(page: &str) -> String {
    let read = dom_smoothie::Readability::new(page, None, None).and_then(|mut page| page.parse());
    read.map(|article| article.text_content.to_string()).unwrap_or_default()
}

fn trafilatura(page: &str) -> String {
    let options = trafilatura::Options::default().with_focus(trafilatura::ExtractionFocus::FavorPrecision);
    trafilatura::extract(page, &options).map(|read| read.content_text).unwrap_or_default()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let read = if arguments[0] == "dom_smoothie" { smoothie } else { trafilatura };
    let folder = Path::new(&arguments[1]).parent().expect("a file in a folder");
    let rows = std::fs::read_to_string(&arguments[1]).expect("the input");
    let pages: Vec<(String, String)> = rows
        .lines()
        .map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).expect("a row of JSON");
            let file = std::fs::File::open(folder.join(row["html_path"].as_str().expect("a path"))).expect("a page");
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("a page of gzip");
            (row["id"].as_str().expect("an id").to_owned(), String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect();
    read(&pages[0].1);
    let mut out = std::fs::File::create(&arguments[2]).expect("the output");
    let mut spent = 0.0;
    for (id, page) in &pages {
        let before = processor();
        let text = std::panic::catch_unwind(|| read(page)).unwrap_or_default();
        spent += processor() - before;
        writeln!(out, "{}", serde_json::json!({"id": id, "text": text})).expect("the output");
    }
    println!("{} pages, {:.1} a second", pages.len(), pages.len() as f64 / spent);
}
