//! Task `merge`: which articles tell of the same happening. In: `{id, text}` lines. Out: `{id, cluster, why}`.
//!
//! Training is out of fold by topic: the probability of a pair of articles comes from weights that saw neither's topic, and all articles are clustered together.
//! How rare words are is counted over the other benchmarks' texts (never over this one or what shares its source).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use watchkeeper_article::ArticleOptions;
use watchkeeper_linkage::merge::{
    Background, FEATURES, GLANCE_MIN, Linear, Merger, PROBABILITY_MIN, ReportFeatures, ReportId, Tie,
    average_linkage, glance, row, stem, words,
};

use crate::boost::{self, Objective};
use crate::metric::Figures;
use crate::partition;
use crate::task::{keyed, lines};

/// What is learned from all topics.
pub(crate) const WEIGHTS: &[u8] = include_bytes!("../../../weights/merge-en.wkw");

/// The texts in which words are counted, and what a document of each counts for: one kind of news shouldn't decide alone.
const COUNTED: [(&str, f32); 10] = [
    ("muc4/train.in.jsonl", 0.4),
    ("muc4/dev.in.jsonl", 0.4),
    ("toponyms/geovirus.in.jsonl", 1.0),
    ("toponyms/lgl.in.jsonl", 1.0),
    ("attribution/dev.in.jsonl", 1.0),
    ("attribution/train300.in.jsonl", 1.0),
    ("timex/aquaint.in.jsonl", 1.0),
    ("timex/timebank.in.jsonl", 1.0),
    ("timex/meantime_a.in.jsonl", 1.0),
    ("re3d/dev.in.jsonl", 1.0),
];

/// Predicts with given weights on all lines together.
///
/// # Errors
/// When a line lacks its id or text.
pub(crate) fn predict(lines: &[Value], merger: &Merger) -> Result<Vec<Value>> {
    let mut reports = Vec::with_capacity(lines.len());
    let mut ids = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let (id, features) = features(line, merger.background())?;
        ids.push(id);
        reports.push((ReportId(at as u64), features));
    }
    let mut predicted = vec![Value::Null; ids.len()];
    for (number, group) in merger.groups(&reports).iter().enumerate() {
        for report in &group.reports {
            let at = report.0 as usize;
            let join = group.joins.iter().find(|join| join.report == *report);
            predicted[at] = json!({
                "id": ids[at],
                "cluster": format!("h{number}"),
                "with": join.map(|join| &ids[join.with.0 as usize]),
                "probability": join.map(|join| (join.probability * 1000.0).round() / 1000.0),
                "why": join.map(|join| &join.why),
            });
        }
    }
    Ok(predicted)
}

fn features(line: &Value, background: &Background) -> Result<(String, ReportFeatures)> {
    let id = line["id"].as_str().context("a line has no id")?;
    let text = line["text"].as_str().with_context(|| format!("line {id} has no text"))?;
    let article = watchkeeper_article::extract(text.as_bytes(), &ArticleOptions::default()).ok();
    let published = article.and_then(|article| article.published).map(|published| published.start);
    Ok((id.to_owned(), ReportFeatures::read(text, published, background)))
}

/// Counts words in the other benchmarks' texts.
fn count(data: &Path) -> Result<Background> {
    let mut documents = 0.0;
    let mut stems: BTreeMap<String, f32> = BTreeMap::new();
    let mut cases: BTreeMap<String, (f32, f32)> = BTreeMap::new();
    for (name, weight) in COUNTED {
        for line in lines(&data.join(name))? {
            let text = line["text"].as_str().unwrap_or_default();
            // Texts in capitals say nothing of case.
            let capitals = !text.chars().any(char::is_lowercase) || name.starts_with("muc4");
            let mut seen = BTreeSet::new();
            for word in words(text) {
                seen.insert(stem(word));
                if !capitals && word.starts_with(char::is_alphabetic) {
                    let case = cases.entry(word.to_lowercase()).or_default();
                    if word.starts_with(char::is_uppercase) { case.1 += 1.0 } else { case.0 += 1.0 }
                }
            }
            for stem in seen {
                *stems.entry(stem).or_default() += weight;
            }
            documents += weight;
        }
    }
    Ok(Background::new(
        documents,
        stems.into_iter(),
        cases.into_iter().map(|(word, (small, large))| (word, small, large)),
    ))
}

/// Articles with their features and what the gold says of them.
pub(crate) struct Set {
    pub(crate) ids: Vec<String>,
    features: Vec<ReportFeatures>,
    pub(crate) clusters: Vec<String>,
    topics: Vec<u64>,
    background: Background,
    /// Pairs worth a look, the lower first, with their rows.
    pub(crate) pairs: Vec<(u32, u32)>,
    rows: Vec<f32>,
}

impl Set {
    pub(crate) fn read(data: &Path) -> Result<Self> {
        let background = count(data)?;
        println!("background: {:?} stems and words", background.len());
        let gold = keyed(lines(&data.join("merge/dev.gold.jsonl"))?)?;
        let mut set = Self {
            ids: Vec::new(),
            features: Vec::new(),
            clusters: Vec::new(),
            topics: Vec::new(),
            background,
            pairs: Vec::new(),
            rows: Vec::new(),
        };
        for line in lines(&data.join("merge/dev.in.jsonl"))? {
            let (id, features) = features(&line, &set.background)?;
            let wanted = gold.get(&id).with_context(|| format!("the gold has no {id}"))?;
            set.clusters.push(wanted["cluster"].as_str().unwrap_or_default().to_owned());
            set.topics.push(wanted["topic"].as_u64().unwrap_or_default());
            set.ids.push(id);
            set.features.push(features);
        }
        for b in 0..set.features.len() {
            for a in 0..b {
                if glance(&set.features[a], &set.features[b]) >= GLANCE_MIN {
                    set.pairs.push((a as u32, b as u32));
                    set.rows.extend(row(&set.features[a], &set.features[b]));
                }
            }
        }
        println!(
            "{} articles, {} pairs worth a look of {}",
            set.ids.len(),
            set.pairs.len(),
            set.ids.len() * (set.ids.len() - 1) / 2
        );
        Ok(set)
    }

    pub(crate) fn background(&self) -> &Background {
        &self.background
    }

    fn right(&self, pair: (u32, u32)) -> bool {
        self.clusters[pair.0 as usize] == self.clusters[pair.1 as usize]
    }

    /// Learns from the pairs of articles that may be used; `without` features count as 0.
    fn learn(&self, usable: &dyn Fn(usize) -> bool, without: &[usize]) -> Result<Merger> {
        let width = FEATURES.len();
        let (mut rows, mut right, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (at, &pair) in self.pairs.iter().enumerate() {
            if usable(pair.0 as usize) && usable(pair.1 as usize) {
                let mut row = self.rows[at * width..][..width].to_vec();
                for &feature in without {
                    row[feature] = 0.0;
                }
                rows.extend(row);
                right.push(self.right(pair));
                let hard = self.topics[pair.0 as usize] == self.topics[pair.1 as usize];
                weights.push(if hard { 1.0 } else { 0.5 });
            }
        }
        let linear = logistic(&rows, &right, &weights);
        let options = boost::Options {
            trees: 130,
            leaves: 8,
            rate: 0.08,
            ridge: 5.0,
            least_weight: 4.0,
            columns: 0.6,
            ..boost::Options::default()
        };
        let forest = boost::train(&FEATURES, &rows, None, &Objective::Binary(&right), &options)?;
        Ok(Merger::new(self.background.clone(), linear, forest)?)
    }

    /// Out-of-fold probability of each pair: from weights that saw the topic of neither article.
    pub(crate) fn out_of_fold(&self, folds: usize, turn: u64, without: &[usize]) -> Result<Vec<f64>> {
        let width = FEATURES.len();
        let mut topics: Vec<u64> = self.topics.clone();
        topics.sort_by_key(|topic| {
            (topic.wrapping_add(turn * 1009).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20, *topic)
        });
        topics.dedup();
        let fold: Vec<usize> = self
            .topics
            .iter()
            .map(|topic| topics.iter().position(|other| other == topic).unwrap_or(0) % folds)
            .collect();
        let mut told = vec![0.0; self.pairs.len()];
        for low in 0..folds {
            for high in low..folds {
                let merger = self.learn(&|at| fold[at] != low && fold[at] != high, without)?;
                for (at, &(a, b)) in self.pairs.iter().enumerate() {
                    let (x, y) = (fold[a as usize], fold[b as usize]);
                    if (x.min(y), x.max(y)) == (low, high) {
                        let mut row = self.rows[at * width..][..width].to_vec();
                        for &feature in without {
                            row[feature] = 0.0;
                        }
                        told[at] = merger.of_row(&row);
                    }
                }
            }
        }
        Ok(told)
    }

    /// Group of each article that `keep` takes.
    fn groups(&self, told: &[f64], least: f64, keep: &dyn Fn(usize) -> bool) -> Vec<u32> {
        let ties: Vec<Tie> = self
            .pairs
            .iter()
            .zip(told)
            .filter(|((a, b), _)| keep(*a as usize) && keep(*b as usize))
            .map(|(&(a, b), &probability)| Tie { a, b, probability })
            .collect();
        let mut of = vec![0; self.ids.len()];
        for (number, group) in average_linkage(self.ids.len() as u32, &ties, least).iter().enumerate() {
            for &at in group {
                of[at as usize] = number as u32;
            }
        }
        of
    }

    /// Prints how many pairs were wrongly joined and missed in each topic, the worst first.
    fn causes(&self, of: &[u32]) {
        let (mut across, mut topics) = (0, BTreeMap::<u64, (u32, u32, u32)>::new());
        for b in 0..of.len() {
            for a in 0..b {
                let right = self.clusters[a] == self.clusters[b];
                if self.topics[a] != self.topics[b] {
                    across += u32::from(of[a] == of[b]);
                    continue;
                }
                let entry = topics.entry(self.topics[a]).or_default();
                entry.0 += u32::from(of[a] == of[b] && !right);
                entry.1 += u32::from(of[a] != of[b] && right);
                entry.2 += u32::from(right);
            }
        }
        println!("wrong pairs across topics: {across}");
        let mut list: Vec<_> = topics.into_iter().collect();
        list.sort_by_key(|(topic, (joined, missed, _))| (std::cmp::Reverse(joined + missed), *topic));
        for (topic, (joined, missed, right)) in list.iter().take(12) {
            println!("topic {topic}: {joined} pairs wrongly joined, {missed} of {right} missed");
        }
    }

    fn figures(&self, told: &[f64], least: f64, keep: &dyn Fn(usize) -> bool) -> Figures {
        let of = self.groups(told, least, keep);
        let names: BTreeSet<&String> = self.clusters.iter().collect();
        let wanted =
            |at: usize| names.iter().position(|name| **name == self.clusters[at]).unwrap_or(0) as u32;
        let items: Vec<(u32, u32)> =
            (0..self.ids.len()).filter(|&at| keep(at)).map(|at| (wanted(at), of[at])).collect();
        partition::figures(&items)
    }
}

fn print(label: &str, figures: &Figures) {
    let value = |name: &str| figures.get(name).copied().unwrap_or(0.0);
    println!(
        "{label:28} pair P {:.4} R {:.4} F1 {:.4}   B3 {:.4}   ARI {:.4}",
        value("pair_p"),
        value("pair_r"),
        value("pair_f1"),
        value("bcubed_f1"),
        value("ari")
    );
}

/// Groups of features that an ablation leaves out, by what their names begin with.
const GROUPS: [(&str, &[&str]); 9] = [
    ("days, weekdays, years", &["days", "years", "weekdays", "day_gap", "published_gap"]),
    ("numbers, tolls", &["numbers", "tolls"]),
    ("names", &["name"]),
    ("weightiest terms", &["top", "name3", "name8", "name16"]),
    ("headline and lead", &["head", "lead"]),
    ("rare words", &["rare"]),
    ("pairs of words", &["pairs", "name_pairs"]),
    ("held shares", &["held"]),
    ("length", &["length"]),
];

/// Prints the figures out of fold by topic, for several ways of dealing topics to folds.
///
/// # Errors
/// When the benchmark can't be read.
pub(crate) fn cross_validate(data: &Path, folds: usize, ablate: bool) -> Result<()> {
    let set = Set::read(data)?;
    for turn in 0..if ablate { 1 } else { 3 } {
        let told = set.out_of_fold(folds, turn, &[])?;
        for least in [0.35, 0.4, 0.45, 0.5, 0.55, 0.6] {
            let mark = if (least - PROBABILITY_MIN).abs() < 1e-9 { " (shipped)" } else { "" };
            print(&format!("deal {turn}, least {least}{mark}"), &set.figures(&told, least, &|_| true));
        }
        // Collections of a third and a ninth of the topics: the same bound must serve.
        for (label, share) in [("a third of the topics", 3), ("a ninth of the topics", 9)] {
            let mut sum = Figures::new();
            for part in 0..share {
                for (name, value) in set.figures(&told, PROBABILITY_MIN, &|at| set.topics[at] % share == part)
                {
                    *sum.entry(name).or_default() += value / share as f64;
                }
            }
            print(&format!("deal {turn}, {label}"), &sum);
        }
        if turn == 0 {
            set.causes(&set.groups(&told, PROBABILITY_MIN, &|_| true));
            let sure = |low: f64, high: f64| {
                let inside: Vec<bool> = set
                    .pairs
                    .iter()
                    .zip(&told)
                    .filter(|(_, told)| **told >= low && **told < high)
                    .map(|(pair, _)| set.right(*pair))
                    .collect();
                println!(
                    "pairs told {low:.1}..{high:.1}: {} of {} right",
                    inside.iter().filter(|right| **right).count(),
                    inside.len()
                );
            };
            for tenth in 0..10 {
                sure(f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
            }
        }
    }
    if ablate {
        for (label, starts) in GROUPS {
            let without: Vec<usize> = (0..FEATURES.len())
                .filter(|&at| starts.iter().any(|start| FEATURES[at].starts_with(start)))
                .collect();
            let told = set.out_of_fold(folds, 0, &without)?;
            print(&format!("without {label}"), &set.figures(&told, PROBABILITY_MIN, &|_| true));
        }
    }
    Ok(())
}

/// Learns from all topics and writes the weights.
///
/// # Errors
/// When the benchmark can't be read or the file can't be written.
pub(crate) fn train(data: &Path, output: &Path) -> Result<()> {
    let set = Set::read(data)?;
    let merger = set.learn(&|_| true, &[])?;
    std::fs::write(output, merger.bytes()).with_context(|| format!("cannot write {}", output.display()))
}

/// Logistic regression with a ridge, by Newton's method.
fn logistic(rows: &[f32], right: &[bool], weights: &[f64]) -> Linear {
    const RIDGE: f64 = 4.0;
    let width = FEATURES.len();
    let count = right.len().max(1) as f64;
    let mut means = vec![0.0_f64; width];
    let mut scales = vec![0.0_f64; width];
    for row in rows.chunks(width) {
        for (mean, value) in means.iter_mut().zip(row) {
            *mean += f64::from(*value) / count;
        }
    }
    for row in rows.chunks(width) {
        for (at, value) in row.iter().enumerate() {
            scales[at] += (f64::from(*value) - means[at]).powi(2) / count;
        }
    }
    for scale in &mut scales {
        *scale = if *scale > 1e-12 { 1.0 / scale.sqrt() } else { 0.0 };
    }
    let size = width + 1;
    let mut line = vec![0.0_f64; size];
    let mut x = vec![1.0_f64; size];
    for _ in 0..12 {
        let mut gradient = vec![0.0_f64; size];
        let mut curve = vec![0.0_f64; size * size];
        for ((row, &right), &weight) in rows.chunks(width).zip(right).zip(weights) {
            for at in 0..width {
                x[at] = (f64::from(row[at]) - means[at]) * scales[at];
            }
            let score: f64 = x.iter().zip(&line).map(|(x, w)| x * w).sum();
            let share = 1.0 / (1.0 + (-score).exp());
            let (g, h) =
                (weight * (share - f64::from(u8::from(right))), weight * (share * (1.0 - share)).max(1e-9));
            for a in 0..size {
                gradient[a] += g * x[a];
                let scaled = h * x[a];
                for (b, value) in x.iter().enumerate().take(a + 1) {
                    curve[a * size + b] += scaled * value;
                }
            }
        }
        for at in 0..width {
            gradient[at] += RIDGE * line[at];
            curve[at * size + at] += RIDGE;
        }
        curve[size * size - 1] += 1e-9;
        for (weight, step) in line.iter_mut().zip(solve(&mut curve, &gradient, size)) {
            *weight -= step;
        }
    }
    Linear {
        weights: line[..width].iter().map(|&weight| weight as f32).collect(),
        base: line[width] as f32,
        means: means.iter().map(|&mean| mean as f32).collect(),
        scales: scales.iter().map(|&scale| scale as f32).collect(),
    }
}

/// Solves a symmetric positive system given by its lower half (Cholesky).
fn solve(matrix: &mut [f64], right: &[f64], size: usize) -> Vec<f64> {
    for a in 0..size {
        for b in 0..=a {
            let inner: f64 = (0..b).map(|k| matrix[a * size + k] * matrix[b * size + k]).sum();
            let value = matrix[a * size + b] - inner;
            matrix[a * size + b] =
                if a == b { value.max(1e-12).sqrt() } else { value / matrix[b * size + b] };
        }
    }
    let mut found = right.to_vec();
    for a in 0..size {
        let inner: f64 = (0..a).map(|k| matrix[a * size + k] * found[k]).sum();
        found[a] = (found[a] - inner) / matrix[a * size + a];
    }
    for a in (0..size).rev() {
        let inner: f64 = (a + 1..size).map(|k| matrix[k * size + a] * found[k]).sum();
        found[a] = (found[a] - inner) / matrix[a * size + a];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let mut matrix = vec![4.0, 0.0, 2.0, 3.0];
        let found = solve(&mut matrix, &[8.0, 7.0], 2);
        assert!((found[0] - 1.25).abs() < 1e-9 && (found[1] - 1.5).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_line_learns_which_feature_tells() {
        let mut rows = Vec::new();
        let mut right = Vec::new();
        for at in 0..200_usize {
            let mut row = vec![0.0; FEATURES.len()];
            row[3] = (at % 10) as f32;
            row[5] = (at % 7) as f32;
            right.push(at % 10 > 4);
            rows.extend(row);
        }
        let line = logistic(&rows, &right, &vec![1.0; 200]);
        let wrong = rows
            .chunks(FEATURES.len())
            .zip(&right)
            .filter(|(row, right)| (line.score(row) > 0.0) != **right)
            .count();
        assert_eq!(wrong, 0);
    }
}
