//! Trains the judge of blocks and measures it out of fold, by domain.
//!
//! `pages_train DATA_DIR weights OUT.wkw [OOF.jsonl]`. `DATA_DIR` holds `scrapinghub` and `evaldata` of the benchmark `clean`.
//! `pages_train DATA_DIR score OOF.jsonl` scores such predictions again, after a change of what is kept by which score.
//! Labels: a block of a page with a gold text is right when most of its 4-grams are in that text (short ones: when they stand in
//! the gold text between their neighbours); of a page with segments only the blocks that hold one are labelled at first, the
//! others where a first forest is sure.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a recipe, run by hand")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};
use watchkeeper_article::html::training;
use watchkeeper_nn::trees::Forest;
use watchkeeper_nn::weights::WeightFileBuilder;

#[path = "../../eval/src/boost.rs"]
#[expect(dead_code, reason = "shared with the evaluation program, which uses more of it")]
mod boost;
#[path = "../../eval/src/clean.rs"]
mod clean;

const FOLDS: u64 = 5;

struct Page {
    set: usize,
    gold: Value,
    fold: u64,
    page: training::Page,
    id: String,
    /// `Some` where the label is known.
    labels: Vec<Option<bool>>,
}

fn load(dir: &Path, set: usize) -> Vec<Page> {
    let lines = |name: &str| -> Vec<Value> {
        std::fs::read_to_string(dir.join(name))
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let gold: BTreeMap<String, Value> =
        lines("gold.jsonl").into_iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect();
    lines("in.jsonl")
        .iter()
        .map(|row| {
            let page = training::Page::new(&unpack(&dir.join(row["html_path"].as_str().unwrap())));
            let gold = gold[row["id"].as_str().unwrap()].clone();
            let labels = if set == 0 {
                full_labels(gold["text"].as_str().unwrap(), &page.texts)
            } else {
                sparse_labels(&gold, &page.texts)
            };
            let host = row["url"].as_str().and_then(|url| url.split('/').nth(2)).unwrap_or_default();
            let domain = gold["domain"].as_str().map_or_else(|| registered(host), str::to_owned);
            let fold = domain.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            }) >> 7;
            Page { set, id: row["id"].as_str().unwrap().to_owned(), gold, fold: fold % FOLDS, page, labels }
        })
        .collect()
}

fn registered(host: &str) -> String {
    let parts: Vec<&str> = host.split('.').collect();
    let second = parts.len() >= 3 && parts[parts.len() - 2].len() <= 3 && parts[parts.len() - 1].len() == 2;
    parts[parts.len().saturating_sub(if second { 3 } else { 2 })..].join(".")
}

fn unpack(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .take(40_000_000)
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

fn full_labels(gold: &str, texts: &[String]) -> Vec<Option<bool>> {
    let gold = clean::tokens(gold);
    let grams: BTreeMap<&[&str], usize> =
        gold.windows(4).enumerate().rev().map(|(at, gram)| (gram, at)).collect();
    // (first, behind last) of the gold text that a block stands for.
    let mut places: Vec<Option<(usize, usize)>> = vec![None; texts.len()];
    let mut labels = vec![false; texts.len()];
    for (i, text) in texts.iter().enumerate() {
        let words = clean::tokens(text);
        if words.len() < 4 {
            continue;
        }
        let found: Vec<usize> = words.windows(4).filter_map(|gram| grams.get(gram).copied()).collect();
        if found.len() * 2 > words.len() - 3 {
            labels[i] = true;
            places[i] = Some((*found.iter().min().unwrap(), *found.iter().max().unwrap() + 4));
        }
    }
    for i in 0..texts.len() {
        let words = clean::tokens(&texts[i]);
        if words.len() >= 4 || words.is_empty() {
            continue;
        }
        let before = places[..i].iter().rev().flatten().next().map(|place| place.1);
        let after = places[i + 1..].iter().flatten().next().map(|place| place.0);
        let (Some(from), Some(to)) = (before.or(Some(0)), after.or(Some(gold.len()))) else { continue };
        if (before.is_some() || after.is_some()) && from <= to && to - from <= 60 {
            labels[i] = gold[from..to].windows(words.len()).any(|window| window == words);
        }
    }
    labels.into_iter().map(Some).collect()
}

fn sparse_labels(gold: &Value, texts: &[String]) -> Vec<Option<bool>> {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let list = |key: &str| -> Vec<String> {
        gold[key].as_array().unwrap().iter().map(|segment| squeeze(segment.as_str().unwrap())).collect()
    };
    let (with, without) = (list("with"), list("without"));
    texts
        .iter()
        .map(|text| {
            let holds = |segment: &String| {
                text.contains(segment) || (text.len() > 25 && segment.contains(text.as_str()))
            };
            if without.iter().any(holds) && !with.iter().any(|segment| text.contains(segment)) {
                Some(false)
            } else if with.iter().any(holds) {
                Some(true)
            } else {
                None
            }
        })
        .collect()
}

/// Labels by page where a forest was sure, and scores of a first look.
type ByPage<T> = BTreeMap<String, Vec<T>>;

/// Rows and labels of pages; long blocks and known segments count more.
fn examples(
    pages: &[&Page],
    sure: &ByPage<Option<bool>>,
    first: Option<&ByPage<f32>>,
) -> (Vec<f32>, Vec<bool>) {
    let width = training::names(first.is_some()).len();
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for page in pages {
        let second = first.map(|scores| page.page.second_rows(&scores[&page.id]));
        let values = second.as_deref().unwrap_or(page.page.rows());
        let guessed = sure.get(&page.id);
        let right =
            |i: usize| page.labels[i].or_else(|| guessed.and_then(|guessed| guessed[i])) == Some(true);
        let total: usize =
            (0..page.page.texts.len()).filter(|&i| right(i)).map(|i| page.page.texts[i].len()).sum();
        for (i, text) in page.page.texts.iter().enumerate() {
            let known = page.labels[i];
            let Some(label) = known.or_else(|| guessed.and_then(|guessed| guessed[i])) else { continue };
            // What a block counts for is its share of the page's text.
            let share = text.len() * 30 / total.max(1);
            let copies = if page.set == 1 && known.is_some() { 3 } else { 1 + share.min(4) };
            for _ in 0..copies {
                rows.extend_from_slice(&values[i * width..][..width]);
                labels.push(label);
            }
        }
    }
    (rows, labels)
}

fn grow(pages: &[&Page], trees: usize, sure: &ByPage<Option<bool>>, first: Option<&ByPage<f32>>) -> Forest {
    let names = training::names(first.is_some());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (rows, labels) = examples(pages, sure, first);
    let options = boost::Options {
        trees,
        leaves: 12,
        rate: 0.08,
        ridge: 5.0,
        least_weight: 6.0,
        sample: 0.6,
        columns: 0.2,
    };
    boost::train(&names, &rows, None, &boost::Objective::Binary(&labels), &options).unwrap()
}

/// Labels where scores are sure; known ones stay.
fn sure_labels(pages: &[&Page], scores: &ByPage<f32>, high: f32, low: f32) -> ByPage<Option<bool>> {
    let label = |&score: &f32| {
        if score > high {
            Some(true)
        } else if score < low {
            Some(false)
        } else {
            None
        }
    };
    pages
        .iter()
        .filter(|page| page.set == 1)
        .map(|page| (page.id.clone(), scores[&page.id].iter().map(label).collect()))
        .collect()
}

/// Scores of pages by a forest, out of fold where `folds`.
fn out_of_fold(
    pages: &[Page],
    trees: usize,
    sure: &ByPage<Option<bool>>,
    first: Option<&ByPage<f32>>,
) -> ByPage<f32> {
    let width = training::names(first.is_some()).len();
    let one = |fold: u64| -> ByPage<f32> {
        let others: Vec<&Page> = pages.iter().filter(|page| page.fold != fold).collect();
        let forest = grow(&others, trees, sure, first);
        let score = |page: &Page| {
            let second = first.map(|scores| page.page.second_rows(&scores[&page.id]));
            training::scores(second.as_deref().unwrap_or(page.page.rows()), width, &forest)
        };
        pages.iter().filter(|page| page.fold == fold).map(|page| (page.id.clone(), score(page))).collect()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..FOLDS).map(|fold| scope.spawn(move || one(fold))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let data = Path::new(&arguments[0]);
    let trees: usize = std::env::var("TREES").ok().and_then(|trees| trees.parse().ok()).unwrap_or(120);
    let started = std::time::Instant::now();
    let mut pages = load(&data.join("scrapinghub"), 0);
    pages.extend(load(&data.join("evaldata"), 1));
    let known: BTreeSet<&str> = pages.iter().map(|page| page.id.as_str()).collect();
    assert_eq!(known.len(), pages.len());
    if arguments[1] == "score" {
        let kept = std::fs::read_to_string(&arguments[2]).unwrap();
        let scores: ByPage<f32> = kept
            .lines()
            .map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                let scores = row["blocks"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|block| block[0].as_f64().unwrap() as f32)
                    .collect();
                (row["id"].as_str().unwrap().to_owned(), scores)
            })
            .collect();
        pages.retain(|page| scores[&page.id].len() == page.page.texts.len());
        println!("{} pages have the same blocks", pages.len());
        report(&pages, &scores, "");
        return;
    }
    let all: Vec<&Page> = pages.iter().collect();
    println!("{} pages, {:?}", pages.len(), started.elapsed());
    // Out of fold: blocks without a label get one where a forest that never saw the page is sure.
    let bare = out_of_fold(&pages, 60, &BTreeMap::new(), None);
    let sure = sure_labels(&all, &bare, 0.85, 0.1);
    let first = out_of_fold(&pages, trees, &sure, None);
    println!("first look, {:?}", started.elapsed());
    report(&pages, &first, "");
    let sure = sure_labels(&all, &first, 0.8, 0.2);
    let second = out_of_fold(&pages, trees, &sure, Some(&first));
    println!("second look, {:?}", started.elapsed());
    report(&pages, &second, "");
    let both: ByPage<f32> =
        first.iter().map(|(id, scores)| (id.clone(), training::both(scores, &second[id]))).collect();
    println!("both looks");
    report(&pages, &both, arguments.get(2).map_or("", String::as_str));
    if arguments[1] != "-" {
        let mut file = WeightFileBuilder::new();
        grow(&all, trees, &sure, None).write("first", &mut file);
        grow(&all, trees, &sure, Some(&first)).write("second", &mut file);
        std::fs::write(&arguments[1], file.finish()).unwrap();
    }
}

fn report(pages: &[Page], scores: &ByPage<f32>, output: &str) {
    for keep in [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7] {
        for set in 0..2 {
            let gold: Vec<Value> =
                pages.iter().filter(|page| page.set == set).map(|page| page.gold.clone()).collect();
            let mut found = BTreeMap::new();
            for page in pages.iter().filter(|page| page.set == set) {
                let kept = page.page.choose(&scores[&page.id], keep);
                let text: Vec<&str> = kept.iter().map(|&i| page.page.texts[i].as_str()).collect();
                found.insert(page.id.clone(), json!({"text": text.join("\n")}));
            }
            let figures = clean::score(&gold, &found);
            let figure = |name: &str| figures.get(name).copied().unwrap_or(0.0);
            if set == 0 {
                print!(
                    "{keep:.2} text {:.4} {:.4} {:.4}",
                    figure("precision"),
                    figure("recall"),
                    figure("f1")
                );
            } else {
                println!(
                    "  segments {:.4} {:.4} {:.4}",
                    figure("segment_precision"),
                    figure("segment_recall"),
                    figure("segment_f1")
                );
            }
        }
    }
    if !output.is_empty() {
        let line = |page: &Page| {
            let blocks: Vec<Value> = page
                .page
                .texts
                .iter()
                .zip(&scores[&page.id])
                .zip(&page.labels)
                .map(|((text, score), label)| json!([score, label, text]))
                .collect();
            format!(
                "{}\n",
                json!({"id": page.id, "set": page.set, "url": page.gold["url"], "blocks": blocks})
            )
        };
        std::fs::write(output, pages.iter().map(line).collect::<String>()).unwrap();
    }
}
