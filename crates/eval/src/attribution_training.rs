//! Trains the weights that find attributions, with figures out of fold.
//!
//! In: texts with gold attributions (`attribution/README.md` of the benchmarks). Out: a weight file; figures of the articles learned from,
//! each by weights that haven't learned from it, and of the development articles by the final weights. Folds are by article; shares by
//! word are counted on other articles than those whose rows they are features of.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use watchkeeper_extraction::Codebook;
use watchkeeper_extraction::attribution::{
    self as learned, Content, Proposal, Proposer, Rates, Scene, Source, Weights,
};
use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_pipeline::{Engine, EngineOptions, ReadOptions};
use watchkeeper_record::Document;
use watchkeeper_record::document::TokenIndex;
use watchkeeper_record::span::CodePoints;

use crate::attribution::{PARTS, predict, score};
use crate::boost::{self, Objective, Options};
use crate::metric::Figures;
use crate::task::{keyed, lines};

/// Folds by article for the figures and for what the last forest learns from.
const FOLDS: usize = 5;
/// Folds by article for the shares by word.
const RATE_FOLDS: usize = 8;
/// Least likeness of a content that is right.
const RIGHT: f64 = 0.5;

/// How the forest of cues is grown.
fn cue_options() -> Options {
    Options { trees: 300, leaves: 20, rate: 0.06, ridge: 3.0, least_weight: 2.0, ..Options::default() }
}

/// How the forests that rank are grown.
fn rank_options() -> Options {
    Options { trees: 220, leaves: 20, rate: 0.08, ridge: 3.0, least_weight: 2.0, ..Options::default() }
}

/// How the forest that accepts is grown.
fn accept_options() -> Options {
    Options { trees: 220, leaves: 12, rate: 0.045, ridge: 4.0, least_weight: 3.0, ..Options::default() }
}

/// Tokens of the parts of a gold attribution, sorted.
struct Gold {
    source: Vec<TokenIndex>,
    cue: Vec<TokenIndex>,
    content: Vec<TokenIndex>,
}

/// A cue of the gold with the candidates for its parts.
struct Case {
    cue: TokenIndex,
    gold: usize,
    contents: Vec<Content>,
    /// Which contents are as like the gold as any is, if that is enough.
    right: Vec<bool>,
    /// The most like.
    best: Option<usize>,
    sources: Vec<Source>,
    right_sources: Vec<bool>,
}

/// One article.
struct Taught {
    id: String,
    line: Value,
    doc: Document,
    gold: Vec<Gold>,
    cases: Vec<Case>,
    /// Tokens that may be cues, and whether they are; those in a gold cue that aren't its head are left out.
    cues: Vec<(TokenIndex, bool)>,
}

fn tokens_of(doc: &Document, points: &CodePoints<'_>, value: &Value) -> Vec<TokenIndex> {
    let mut found = Vec::new();
    for span in value.as_array().map(Vec::as_slice).unwrap_or_default() {
        let (Some(start), Some(end)) = (span[0].as_u64(), span[1].as_u64()) else { continue };
        let first = doc.tokens().partition_point(|tok| u64::from(points.at(tok.span.end())) <= start);
        for (index, tok) in doc.tokens().iter().enumerate().skip(first) {
            if u64::from(points.at(tok.span.start())) >= end {
                break;
            }
            if tok.text.chars().any(char::is_alphanumeric) || tok.text == ":" {
                found.push(index as TokenIndex);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Words of pieces, those among `gold`, and their likeness to it.
fn likeness(scene: &Scene<'_>, pieces: &[Range<TokenIndex>], gold: &[TokenIndex]) -> f64 {
    let words: u32 = pieces.iter().map(|piece| scene.words(piece)).sum();
    let common: usize = pieces
        .iter()
        .map(|piece| {
            gold.partition_point(|&at| at < piece.end) - gold.partition_point(|&at| at < piece.start)
        })
        .sum();
    let whole = words as usize + gold.len() - common;
    if whole == 0 { 0.0 } else { common as f64 / whole as f64 }
}

fn share_inside(scene: &Scene<'_>, piece: &Range<TokenIndex>, gold: &[TokenIndex]) -> f64 {
    let common = gold.partition_point(|&at| at < piece.end) - gold.partition_point(|&at| at < piece.start);
    common as f64 / f64::from(scene.words(piece).max(1))
}

impl Taught {
    fn new(line: &Value, gold_line: &Value, doc: Document, codebook: &Codebook) -> Result<Self> {
        let id = line["id"].as_str().context("a line has no id")?.to_owned();
        let points = CodePoints::new(doc.text());
        let gold: Vec<Gold> = gold_line["attributions"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|one| Gold {
                source: tokens_of(&doc, &points, &one[PARTS[0]]),
                cue: tokens_of(&doc, &points, &one[PARTS[1]]),
                content: tokens_of(&doc, &points, &one[PARTS[2]]),
            })
            .collect();
        let scene = learned::scene(&doc, codebook);
        let candidates = learned::cue_candidates(&scene, None);
        let mut cases: Vec<Case> = Vec::new();
        for (number, wanted) in gold.iter().enumerate() {
            let mut best: Option<(f64, Case)> = None;
            for &cue in candidates.iter().filter(|cue| wanted.cue.contains(cue)) {
                let case = case(&scene, cue, number, wanted);
                let like =
                    case.best.map_or(0.0, |at| likeness(&scene, &case.contents[at].pieces, &wanted.content));
                // Of cues of like worth the verb, or the first.
                let like = like
                    + if doc.token(cue).pos == watchkeeper_record::document::Pos::Verb { 0.1 } else { 0.0 };
                if best.as_ref().is_none_or(|(other, _)| like > *other + 0.05) {
                    best = Some((like, case));
                }
            }
            cases.extend(best.map(|(_, case)| case));
        }
        let mut cues = Vec::new();
        for &cue in &candidates {
            let head = cases.iter().any(|case| case.cue == cue);
            if head || !gold.iter().any(|wanted| wanted.cue.contains(&cue)) {
                cues.push((cue, head));
            }
        }
        Ok(Self { id, line: gold_line.clone(), gold, cases, cues, doc })
    }
}

fn case(scene: &Scene<'_>, cue: TokenIndex, number: usize, wanted: &Gold) -> Case {
    let contents = learned::contents(scene, cue);
    let like: Vec<f64> =
        contents.iter().map(|content| likeness(scene, &content.pieces, &wanted.content)).collect();
    let best = (0..like.len()).max_by(|&a, &b| like[a].total_cmp(&like[b]).then(b.cmp(&a)));
    let top = best.map_or(0.0, |best| like[best]);
    let right = like.iter().map(|&one| top >= RIGHT && one > top - 0.02).collect();
    let sources = learned::sources(scene, cue);
    let fits: Vec<f64> = sources
        .iter()
        .map(|source| match &source.phrase {
            None => f64::from(u8::from(wanted.source.is_empty())),
            Some((tokens, head)) => {
                let like = likeness(scene, std::slice::from_ref(tokens), &wanted.source);
                if wanted.source.contains(head) { like + 0.3 } else { like }
            }
        })
        .collect();
    let top = fits.iter().copied().fold(0.0, f64::max);
    let right_sources = fits.iter().map(|&one| one > 0.0 && one >= top).collect();
    Case {
        cue,
        gold: number,
        contents,
        right,
        best: best.filter(|_| top_like(&like) > 0.0),
        sources,
        right_sources,
    }
}

fn top_like(like: &[f64]) -> f64 {
    like.iter().copied().fold(0.0, f64::max)
}

/// An engine that needs none of the weights that are trained here.
fn engine() -> Result<Engine> {
    Ok(Engine::open(&EngineOptions { statements_by_rules: true, ..EngineOptions::default() })?)
}

fn load(engine: &Engine, codebook: &Codebook, data: &Path, part: &str) -> Result<Vec<Taught>> {
    let gold = keyed(lines(&data.join(format!("attribution/{part}.gold.jsonl")))?)?;
    let mut worker = engine.worker();
    lines(&data.join(format!("attribution/{part}.in.jsonl")))?
        .iter()
        .map(|line| {
            let id = line["id"].as_str().context("a line has no id")?;
            let text = line["text"].as_str().context("a line has no text")?;
            let (doc, _) = worker.passages(text.as_bytes(), &ReadOptions::default())?;
            Taught::new(line, &gold[id], doc, codebook)
        })
        .collect()
}

/// Counts the shares by word of articles.
fn count<'a>(docs: impl Iterator<Item = &'a Taught>, codebook: &Codebook) -> Rates {
    let mut rates = Rates::default();
    for taught in docs {
        let scene = learned::scene(&taught.doc, codebook);
        for &(cue, hit) in &taught.cues {
            learned::count_cue(&scene, &mut rates, cue, hit);
        }
        for case in &taught.cases {
            let wanted = &taught.gold[case.gold];
            learned::count_contents(&scene, &mut rates, case.cue, &case.contents, &case.right, &|piece| {
                share_inside(&scene, piece, &wanted.content) > 0.5
            });
            learned::count_sources(&scene, &mut rates, case.cue, &case.sources, &case.right_sources);
        }
    }
    rates.prune();
    rates
}

/// Rows with what is right of them.
#[derive(Default)]
struct Rows {
    values: Vec<f32>,
    right: Vec<bool>,
    starts: Vec<usize>,
}

/// Trains what proposes.
fn train_proposer(docs: &[&Taught], codebook: &Codebook) -> Result<Proposer> {
    let names = learned::feature_names(codebook);
    let [mut cues, mut contents, mut sources] = [Rows::default(), Rows::default(), Rows::default()];
    for fold in 0..RATE_FOLDS {
        let others = docs.iter().enumerate().filter(|(at, _)| at % RATE_FOLDS != fold).map(|(_, doc)| *doc);
        let rates = count(others, codebook);
        for taught in docs.iter().enumerate().filter(|(at, _)| at % RATE_FOLDS == fold).map(|(_, doc)| doc) {
            let scene = learned::scene(&taught.doc, codebook);
            let kept = learned::cue_candidates(&scene, Some(&rates));
            for &(cue, hit) in &taught.cues {
                if kept.binary_search(&cue).is_ok() {
                    cues.values.extend(learned::cue_row(&scene, codebook, &rates, cue));
                    cues.right.push(hit);
                }
            }
            for case in &taught.cases {
                let Some(best) = case.best else { continue };
                contents.starts.push(contents.right.len());
                for row in learned::content_rows(&scene, &rates, case.cue, &case.contents) {
                    contents.values.extend(row);
                }
                contents.right.extend(&case.right);
                sources.starts.push(sources.right.len());
                let pieces = &case.contents[best].pieces;
                for row in learned::source_rows(&scene, codebook, &rates, case.cue, pieces, &case.sources) {
                    sources.values.extend(row);
                }
                sources.right.extend(&case.right_sources);
            }
        }
    }
    contents.starts.push(contents.right.len());
    sources.starts.push(sources.right.len());
    println!(
        "rows: {} of cues, {} of contents, {} of sources",
        cues.right.len(),
        contents.right.len(),
        sources.right.len()
    );
    let cue = boost::train(&names.cue, &cues.values, None, &Objective::Binary(&cues.right), &cue_options())?;
    let rank = |names: &[&str], rows: &Rows| {
        let objective = Objective::Groups { starts: &rows.starts, right: &rows.right };
        boost::train(names, &rows.values, None, &objective, &rank_options())
    };
    let content = rank(&names.content, &contents)?;
    let source = rank(&names.source, &sources)?;
    Ok(Proposer { rates: count(docs.iter().copied(), codebook), cue, content, source })
}

/// The proposals of an article and which of them are right: they pair one to one with the gold, contents alike and sources touching.
fn proposals(taught: &Taught, codebook: &Codebook, proposer: &Proposer) -> (Vec<Proposal>, Vec<bool>) {
    let scene = learned::scene(&taught.doc, codebook);
    let proposals = learned::propose(&scene, codebook, proposer);
    let mut pairs = Vec::new();
    for (at, proposal) in proposals.iter().enumerate() {
        let one = proposal.attribution(&scene, 0.0, String::new());
        for (number, wanted) in taught.gold.iter().enumerate() {
            let like = likeness(&scene, &one.content, &wanted.content);
            let source = match &one.source {
                None => wanted.source.is_empty(),
                Some(tokens) => wanted.source.iter().any(|at| tokens.contains(at)),
            };
            if like >= RIGHT && source {
                pairs.push((like + if wanted.cue.contains(&one.head) { 0.5 } else { 0.0 }, at, number));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let (mut right, mut used) = (vec![false; proposals.len()], vec![false; taught.gold.len()]);
    for (_, at, number) in pairs {
        if !right[at] && !used[number] {
            (right[at], used[number]) = (true, true);
        }
    }
    (proposals, right)
}

fn train_accept<'a>(
    lists: impl Iterator<Item = &'a (Vec<Proposal>, Vec<bool>)>,
    codebook: &Codebook,
) -> Result<Forest> {
    let names = learned::feature_names(codebook);
    let mut rows = Rows::default();
    for (proposals, right) in lists {
        for proposal in proposals {
            rows.values.extend_from_slice(&proposal.features);
        }
        rows.right.extend(right);
    }
    let names: Vec<&str> = names.accept.iter().map(String::as_str).collect();
    boost::train(&names, &rows.values, None, &Objective::Binary(&rows.right), &accept_options())
}

/// The predictions for articles from proposals and their scores.
fn lines_of(
    docs: &[&Taught],
    lists: &[&[Proposal]],
    scores: &[Vec<f32>],
    enough: f32,
    codebook: &Codebook,
) -> Vec<Value> {
    docs.iter()
        .zip(lists)
        .zip(scores)
        .map(|((taught, proposals), scores)| {
            let scene = learned::scene(&taught.doc, codebook);
            let found = learned::choose(&scene, proposals, scores, enough, &|_| String::new());
            predict(&taught.id, &taught.doc, &found)
        })
        .collect()
}

fn figures(docs: &[&Taught], predicted: Vec<Value>) -> Result<Figures> {
    let gold = keyed(docs.iter().map(|taught| taught.line.clone()).collect())?;
    score(&gold, &keyed(predicted)?)
}

fn told(figures: &Figures) -> String {
    let part = |name: &str| {
        format!(
            "{name} {:.1}/{:.1}/{:.1}",
            100.0 * figures[&format!("{name}_precision")],
            100.0 * figures[&format!("{name}_recall")],
            100.0 * figures[&format!("{name}_f1")]
        )
    };
    let parts: Vec<String> =
        ["source", "cue", "content", "full", "content_match", "cue_match"].into_iter().map(part).collect();
    format!("{}  source_given_content {:.3}", parts.join("  "), figures["source_given_content"])
}

/// How much of the gold the candidates hold, whatever is chosen of them.
fn coverage(docs: &[Taught], codebook: &Codebook) {
    let [mut all, mut cues, mut contents, mut sources, mut like] = [0.0_f64; 5];
    for taught in docs {
        let scene = learned::scene(&taught.doc, codebook);
        all += taught.gold.len() as f64;
        cues += taught.cases.len() as f64;
        for case in &taught.cases {
            contents += f64::from(u8::from(case.right.contains(&true)));
            sources += f64::from(u8::from(case.right_sources.contains(&true)));
            like += case.best.map_or(0.0, |at| {
                likeness(&scene, &case.contents[at].pieces, &taught.gold[case.gold].content)
            });
        }
    }
    println!(
        "candidates hold: cue {:.3}, content {:.3} (mean likeness {:.3}), source {:.3}",
        cues / all,
        contents / all,
        like / all,
        sources / all
    );
}

/// Trains on the articles for training, prints figures out of fold and of the development articles, writes the weights.
///
/// # Errors
/// When the benchmarks can't be read or the file can't be written.
pub(crate) fn train_all(data: &Path, output: &Path, quick: bool, predictions: Option<&Path>) -> Result<()> {
    let engine = engine()?;
    let codebook = Codebook::english()?;
    let train = load(&engine, &codebook, data, "train300")?;
    let dev = load(&engine, &codebook, data, "dev")?;
    coverage(&train, &codebook);
    coverage(&dev, &codebook);
    let all: Vec<&Taught> = train.iter().collect();
    let folds = if quick { 3 } else { FOLDS };
    let part = |fold: usize, same: bool| -> Vec<&Taught> {
        all.iter().enumerate().filter(|(at, _)| (at % folds == fold) == same).map(|(_, doc)| *doc).collect()
    };
    let mut lists: Vec<(Vec<Proposal>, Vec<bool>)> = vec![(Vec::new(), Vec::new()); all.len()];
    let proposers: Vec<Result<Proposer>> = std::thread::scope(|scope| {
        let mut made = Vec::new();
        let numbers: Vec<usize> = (0..=folds).collect();
        for pair in numbers.chunks(2) {
            let handles: Vec<_> = pair
                .iter()
                .map(|&fold| {
                    let docs = if fold == folds { all.clone() } else { part(fold, false) };
                    let codebook = &codebook;
                    scope.spawn(move || train_proposer(&docs, codebook))
                })
                .collect();
            for handle in handles {
                made.push(handle.join().unwrap_or_else(|_| Err(anyhow::anyhow!("training broke"))));
            }
        }
        made
    });
    let proposers = proposers.into_iter().collect::<Result<Vec<_>>>()?;
    for (at, taught) in all.iter().enumerate() {
        lists[at] = proposals(taught, &codebook, &proposers[at % folds]);
    }
    // Out of fold.
    let mut scores = vec![Vec::new(); all.len()];
    for fold in 0..folds {
        let others = lists.iter().enumerate().filter(|(at, _)| at % folds != fold).map(|(_, list)| list);
        let forest = train_accept(others, &codebook)?;
        for at in (0..all.len()).filter(|at| at % folds == fold) {
            scores[at] = lists[at].0.iter().map(|one| logistic(forest.score(&one.features))).collect();
        }
    }
    let borrowed: Vec<&[Proposal]> = lists.iter().map(|list| list.0.as_slice()).collect();
    let mut best = (0.0, 0.35);
    for step in 4..12 {
        let enough = step as f32 * 0.05;
        let got = figures(&all, lines_of(&all, &borrowed, &scores, enough, &codebook))?;
        println!("out of fold {enough:.2}  {}", told(&got));
        // Full matches lead; the words of the contents must not fall behind.
        let worth = got["full_f1"] + 0.3 * got["content_f1"] + 0.3 * got["source_f1"];
        if worth > best.0 {
            best = (worth, enough);
        }
    }
    if let Some(path) = predictions {
        let told: Vec<String> =
            lines_of(&all, &borrowed, &scores, best.1, &codebook).iter().map(Value::to_string).collect();
        std::fs::write(path, told.join("\n") + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let accept = train_accept(lists.iter(), &codebook)?;
    let proposer = proposers.into_iter().next_back().context("no weights")?;
    let weights = Weights { proposer, accept, enough: best.1 };
    let dev_docs: Vec<&Taught> = dev.iter().collect();
    let dev_lists: Vec<(Vec<Proposal>, Vec<bool>)> =
        dev_docs.iter().map(|taught| proposals(taught, &codebook, &weights.proposer)).collect();
    let dev_scores: Vec<Vec<f32>> = dev_lists
        .iter()
        .map(|list| list.0.iter().map(|one| logistic(weights.accept.score(&one.features))).collect())
        .collect();
    let borrowed: Vec<&[Proposal]> = dev_lists.iter().map(|list| list.0.as_slice()).collect();
    let predicted = lines_of(&dev_docs, &borrowed, &dev_scores, weights.enough, &codebook);
    println!("dev         {:.2}  {}", weights.enough, told(&figures(&dev_docs, predicted)?));
    let right: usize = dev_lists.iter().map(|list| list.1.iter().filter(|right| **right).count()).sum();
    let count: usize = dev_lists.iter().map(|list| list.1.len()).sum();
    println!("dev proposals {count}, right {right}");
    let bytes = weights.write();
    std::fs::write(output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
    println!("{} articles, {} bytes", all.len(), bytes.len());
    Ok(())
}
