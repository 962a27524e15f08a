//! Scores copies of one story against a folder with `docs.in.jsonl` and `docs.gold.jsonl`, and lists what went wrong.
//!
//! `cargo run --profile quick -p watchkeeper-article --example near_duplicates -- ../shared/data/duplicates [--errors]`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring tool")]

use std::collections::BTreeMap;
use watchkeeper_article::near::{DocumentId, Index, NearOptions};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let read = |name: &str| -> Vec<serde_json::Value> {
        std::fs::read_to_string(format!("{}/{name}", arguments[1]))
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let (docs, gold) = (read("docs.in.jsonl"), read("docs.gold.jsonl"));
    let gold: BTreeMap<&str, &serde_json::Value> =
        gold.iter().map(|row| (row["id"].as_str().unwrap(), row)).collect();
    let field = |at: usize, name: &str| {
        gold[docs[at]["id"].as_str().unwrap()][name].as_str().unwrap_or("").to_owned()
    };
    if arguments.iter().any(|a| a == "--pairs") {
        // Every pair that shares something, for looking at.
        for a in 0..docs.len() {
            let mut index = Index::new(NearOptions {
                contained_min: 0.02,
                covered_min: 0.01,
                own_max: 2.0,
                version_min: 0.0,
            });
            let _ = index.add(DocumentId(a as u64), docs[a]["text"].as_str().unwrap());
            for b in 0..a {
                let mut one = Index::new(*index.options());
                let _ = one.add(DocumentId(b as u64), docs[b]["text"].as_str().unwrap());
                if let watchkeeper_article::near::Verdict::Copy {
                    link: watchkeeper_article::near::Link::Near(o),
                    ..
                } = one.add(DocumentId(a as u64), docs[a]["text"].as_str().unwrap())
                {
                    println!(
                        "{} {} {} {} {} {:?} {:?} {:?} {:?} {} {:?}",
                        docs[a]["id"],
                        docs[b]["id"],
                        field(a, "cluster") == field(b, "cluster"),
                        field(a, "made"),
                        field(b, "made"),
                        o.words,
                        o.shared,
                        o.own,
                        o.lead,
                        o.longest,
                        o.changed
                    );
                }
            }
        }
        return;
    }
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<f64>().ok());
    if arguments.iter().any(|a| a == "--grid") {
        for contained_min in [0.5, 0.55, 0.6, 0.65, 0.7, 0.75] {
            for covered_min in [0.3, 0.33, 0.35, 0.38, 0.42, 0.46] {
                for own_max in [0.2, 0.24, 0.26, 0.28, 0.3, 0.34] {
                    let options =
                        NearOptions { contained_min, covered_min, own_max, ..NearOptions::default() };
                    let (p, r) = score(&docs, &field, options, false);
                    println!(
                        "{contained_min} {covered_min} {own_max} P {p:.4} R {r:.4} F1 {:.4}",
                        2.0 * p * r / (p + r)
                    );
                }
            }
        }
        return;
    }
    let mut options = NearOptions::default();
    if let (Some(contained_min), Some(covered_min), Some(own_max)) = (number(2), number(3), number(4)) {
        options = NearOptions { contained_min, covered_min, own_max, ..options };
    }
    let (p, r) = score(&docs, &field, options, true);
    println!("P {p:.4} R {r:.4} F1 {:.4}", 2.0 * p * r / (p + r));
}

/// Pairwise precision and recall; lists wrong pairs.
fn score(
    docs: &[serde_json::Value],
    field: &dyn Fn(usize, &str) -> String,
    options: NearOptions,
    list: bool,
) -> (f64, f64) {
    let mut index = Index::new(options);
    let start = std::time::Instant::now();
    for (at, row) in docs.iter().enumerate() {
        let _ = index.add(DocumentId(at as u64), row["text"].as_str().unwrap());
    }
    let added = start.elapsed();
    let clusters = index.clusters();
    if list {
        println!("added {added:?}, with clusters {:?}, compared {}", start.elapsed(), clusters.compared);
    }
    let mut of = vec![0; docs.len()];
    for (number, cluster) in clusters.clusters.iter().enumerate() {
        for member in &cluster.members {
            of[member.id.0 as usize] = number;
        }
    }
    let (mut right, mut said, mut wanted) = (0, 0, 0);
    for a in 0..docs.len() {
        for b in 0..a {
            let (p, g) = (of[a] == of[b], field(a, "cluster") == field(b, "cluster"));
            right += u32::from(p && g);
            said += u32::from(p);
            wanted += u32::from(g);
            if p != g && list {
                println!(
                    "{} {} {} [{}] [{}]",
                    if p { "joined" } else { "missed" },
                    docs[a]["id"],
                    docs[b]["id"],
                    field(a, "made"),
                    field(b, "made")
                );
            }
        }
    }
    (f64::from(right) / f64::from(said), f64::from(right) / f64::from(wanted))
}
