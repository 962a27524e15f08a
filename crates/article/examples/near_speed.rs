//! Measures the speed and memory of finding copies.
//!
//! `near_speed repeat FILE.jsonl COPIES`: the file's documents again and again under new ids;
//! `near_speed synthetic COUNT [write FILE]`: made-up stories (lengths, shared notices and copies as on the wire).
//! Prints one JSON line: documents, seconds of adding and of making clusters, documents a second over both, peak memory.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring tool")]

use std::io::Write;
use std::time::Instant;
use watchkeeper_article::near::{DocumentId, Index, NearOptions, Verdict};

/// Numbers from a seed (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// A word of a vocabulary of 60,000, the frequent ones short (about Zipf's law).
fn word(draw: &mut Draw, text: &mut String) {
    let share = (draw.next() >> 11) as f64 / (1_u64 << 53) as f64;
    let mut number = (60_000_f64.powf(share)) as u64;
    loop {
        text.push(char::from(b'a' + (number % 20) as u8));
        text.push(char::from(b"aeiou"[(number / 20 % 5) as usize]));
        number /= 100;
        if number == 0 {
            break;
        }
    }
    text.push(' ');
}

fn sentences(seed: u64, count: u64) -> Vec<String> {
    let mut draw = Draw(seed);
    (0..count)
        .map(|_| {
            let mut text = String::new();
            for _ in 0..10 + draw.below(20) {
                word(&mut draw, &mut text);
            }
            text
        })
        .collect()
}

/// Document `at`: one in four is a copy (trimmed, reordered, edited) of an earlier story, one in three carries one of forty notices.
fn document(at: u64) -> String {
    let mut draw = Draw(at ^ 0x5eed);
    let copy = at > 100 && draw.below(4) == 0;
    let story = if copy { at - 1 - draw.below(at.min(50_000)) } else { at };
    let mut parts = sentences(story.wrapping_mul(77), 6 + Draw(story).below(14));
    if copy {
        parts.truncate(parts.len() - draw.below(parts.len() as u64 / 2) as usize);
        let last = parts.len() - 1;
        let other = draw.below(parts.len() as u64) as usize;
        parts.swap(other, last);
        for part in parts.iter_mut().filter(|_| at.is_multiple_of(3)) {
            word(&mut draw, part);
        }
    }
    if draw.below(3) == 0 {
        parts.extend(sentences(1_000_000_007 + draw.below(40), 3));
    }
    parts.join("\n")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let count: u64 = arguments[if arguments[1] == "repeat" { 3 } else { 2 }].parse().unwrap();
    if arguments.get(3).is_some_and(|word| word == "write") {
        let mut file = std::io::BufWriter::new(std::fs::File::create(&arguments[4]).unwrap());
        for at in 0..count {
            let row = serde_json::json!({ "id": at.to_string(), "text": document(at) });
            writeln!(file, "{row}").unwrap();
        }
        return;
    }
    let mut index = Index::new(NearOptions::default());
    let (mut adding, mut copies, mut documents, mut bytes) = (0.0, 0_u64, 0_u64, 0_usize);
    let mut add = |index: &mut Index, text: &str| {
        let start = Instant::now();
        let verdict = index.add(DocumentId(documents), text);
        adding += start.elapsed().as_secs_f64();
        copies += u64::from(verdict != Verdict::New);
        documents += 1;
        bytes += text.len();
    };
    if arguments[1] == "repeat" {
        let texts: Vec<String> = std::fs::read_to_string(&arguments[2])
            .unwrap()
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned()
            })
            .collect();
        for _ in 0..count {
            for text in &texts {
                add(&mut index, text);
            }
        }
    } else {
        for at in 0..count {
            add(&mut index, &document(at));
        }
    }
    let start = Instant::now();
    let clusters = index.clusters();
    let clustering = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("").replace("VmHWM:", "");
    println!(
        "{}",
        serde_json::json!({
            "documents": documents, "bytes": bytes, "adding_s": adding, "clustering_s": clustering,
            "documents_per_s": documents as f64 / (adding + clustering), "copies_at_once": copies,
            "clusters": clusters.clusters.len(), "compared": clusters.compared, "index_bytes": index.bytes(), "peak": peak.trim(),
        })
    );
}
