//! Shows what the crate makes of documents: reads `{id, title?, text}` lines, writes `{id, mask}` lines; with `--show`
//! prints metadata, masks and blocks to be reviewed by eye.
//!
//!     cargo run --release -p watchkeeper-article --example masks -- [--show] < in.jsonl

use std::io::{BufRead, Write};

use watchkeeper_article::{ArticleOptions, extract};
use watchkeeper_record::span::CodePoints;

fn main() {
    let show = std::env::args().any(|argument| argument == "--show");
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("readable input");
        let row: serde_json::Value = serde_json::from_str(&line).expect("a JSON object a line");
        let text = row["text"].as_str().unwrap_or_default();
        let options =
            ArticleOptions { title: row["title"].as_str().map(str::to_owned), ..ArticleOptions::default() };
        let article = match extract(text.as_bytes(), &options) {
            Ok(article) => article,
            Err(error) => {
                writeln!(out, "{}: {error}", row["id"]).expect("writable output");
                continue;
            }
        };
        let points = CodePoints::new(text);
        if show {
            writeln!(
                out,
                "== {} title={:?} byline={:?} published={:?} outlet={:?} language={} dateline={:?}",
                row["id"],
                article.title,
                article.byline.iter().map(|by| &by.name).collect::<Vec<_>>(),
                article.published.map(|day| day.start.to_string()),
                article.outlet,
                article.language,
                article.dateline.map(|dateline| dateline.span.of(text).to_owned())
            )
            .expect("writable output");
            for mask in &article.masked {
                writeln!(out, "   MASK {} [{}] {:?}", mask.kind, mask.why, mask.span.of(text))
                    .expect("writable output");
            }
            for block in &article.blocks {
                writeln!(out, "   {:?} {:?}", block.kind, block.view(text).text).expect("writable output");
            }
            continue;
        }
        let mask: Vec<serde_json::Value> = article
            .masked
            .iter()
            .map(|mask| {
                serde_json::json!({"start": points.at(mask.span.start()), "end": points.at(mask.span.end()), "kind": mask.kind.as_str()})
            })
            .collect();
        writeln!(out, "{}", serde_json::json!({"id": row["id"], "mask": mask})).expect("writable output");
    }
}
