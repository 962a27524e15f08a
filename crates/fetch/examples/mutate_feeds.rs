//! Damages feeds, lists and robots.txt files at random, in one process and without coverage guidance, where no fuzzer is at hand:
//! `cargo run -p watchkeeper-fetch --example mutate_feeds -- SECONDS [SEED]`. It ends with a panic, or with the number of inputs.
#![expect(clippy::print_stdout, reason = "an example for the terminal")]

use std::time::{Duration, Instant};

use watchkeeper_fetch::feed::{self, FeedItem, ITEMS_MAX};
use watchkeeper_fetch::{Rules, opml};

const SEEDS: [&[u8]; 6] = [
    include_bytes!("../testdata/feeds/rss.xml"),
    include_bytes!("../testdata/feeds/atom.xml"),
    include_bytes!("../testdata/feeds/rdf.xml"),
    include_bytes!("../testdata/feeds/feed.json"),
    include_bytes!("../testdata/feeds/list.opml"),
    include_bytes!("../testdata/feeds/robots.txt"),
];
/// The words of fuzz/feed.dict, still escaped as they are there.
const WORDS: &str = include_str!("../../../fuzz/feed.dict");

fn main() {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<u64>().unwrap_or(1));
    let (seconds, seed) = (arguments.next().unwrap_or(10), arguments.next().unwrap_or(1));
    let words: Vec<String> = WORDS
        .lines()
        .map(|line| line.trim_matches('"').replace("\\\"", "\""))
        .filter(|word| !word.is_empty())
        .collect();
    let mut rng = fastrand::Rng::with_seed(seed);
    let (started, mut inputs, mut feeds, mut slowest) = (Instant::now(), 0u64, 0u64, Duration::ZERO);
    while started.elapsed() < Duration::from_secs(seconds) {
        let bytes = damaged(&mut rng, &words);
        let one = Instant::now();
        feeds += u64::from(check(&bytes));
        slowest = slowest.max(one.elapsed());
        inputs += 1;
    }
    println!("{inputs} inputs, {feeds} read as feeds, the slowest took {slowest:?}; seed {seed}");
}

fn damaged(rng: &mut fastrand::Rng, words: &[String]) -> Vec<u8> {
    let mut bytes = SEEDS[rng.usize(..SEEDS.len())].to_vec();
    for _ in 0..rng.usize(1..24) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(0..200)).min(bytes.len());
        match rng.u8(..8) {
            0 if at < bytes.len() => bytes[at] = rng.u8(..),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = rng.usize(..=bytes.len());
                let times = if rng.u8(..16) == 0 { rng.usize(1..40) } else { 1 };
                bytes.splice(to..to, piece.repeat(times));
            }
            3 | 4 => drop(bytes.splice(at..at, words[rng.usize(..words.len())].bytes())),
            5 => {
                let other = SEEDS[rng.usize(..SEEDS.len())];
                let from = rng.usize(..other.len());
                let until = (from + rng.usize(0..400)).min(other.len());
                bytes.splice(at..end, other[from..until].iter().copied());
            }
            6 => bytes.truncate(at),
            _ => drop(bytes.splice(at..at, "é—\u{202e}\u{10ffff}".bytes().take(rng.usize(1..10)))),
        }
        bytes.truncate(64 << 10);
    }
    bytes
}

/// What the fuzz target `feed` asserts.
fn check(bytes: &[u8]) -> bool {
    let mut is_feed = false;
    for charset in [None, Some("utf-16le")] {
        let Ok(feed) = feed::parse(bytes, Some("https://post.example/feeds/all.xml"), charset) else {
            continue;
        };
        is_feed = true;
        assert!(feed.items.len() <= ITEMS_MAX);
        for item in &feed.items {
            assert!(!item.id.is_empty());
            assert!(
                item.url.as_ref().is_none_or(|url| url.starts_with("http://") || url.starts_with("https://"))
            );
            let page = item.page("https://post.example/feeds/all.xml", feed.title.as_deref());
            let again: FeedItem = serde_json::from_slice(&page.bytes).expect("it was just written");
            assert!(again == *item, "{}", String::from_utf8_lossy(bytes));
        }
    }
    if let Ok(feeds) = opml::parse(bytes) {
        let again = opml::parse(opml::write(&feeds).as_bytes()).expect("it was just written");
        assert_eq!(again.len(), feeds.len(), "{}", String::from_utf8_lossy(bytes));
    }
    let rules = Rules::parse(bytes, "watchkeeper");
    assert!(rules.allows("/robots.txt"));
    let _ = rules.allows("/a/b?c=%64&d=*$");
    is_feed
}
