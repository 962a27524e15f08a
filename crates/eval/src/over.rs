//! Task `over`: whether reports of one happening meet in one incident of the record, on real texts.
//!
//! In: the articles of task `merge`, whose gold says which tell (mainly) of one happening. Each is read as `add` reads it, and its accounts
//! are merged. Out: over all pairs of articles that hold any account, whether two of one gold cluster share an incident (recall) and
//! whether two that share one are of one cluster (precision). What texts say comes from weights that saw the topic of neither article.
//!
//! The figures are no coreference scores: an article's second happening may rightly meet another cluster's (seldom here), and an
//! article whose incident isn't found at all is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use watchkeeper_linkage::over::{Counted, Likeness, NoTexts, Said, accounts, merge, weigh};
use watchkeeper_pipeline::{Engine, ReadOptions};
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Account;

use crate::merge::Set;
use crate::task::lines;

/// Probabilities of pairs by the ids of their documents, the lower first.
struct Told(BTreeMap<(String, String), f64>);

impl Likeness for Told {
    fn probability(&self, one: &Account, other: &Account) -> Option<f64> {
        let (one, other) = (&one.document, &other.document);
        let pair = if one <= other { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) };
        Some(self.0.get(&pair).copied().unwrap_or(0.0))
    }
}

/// Prints the figures without and with what texts say, and what the pairs that were missed weigh.
///
/// # Errors
/// When the benchmark can't be read.
pub(crate) fn run(data: &Path, folds: usize, list: bool) -> Result<()> {
    let engine = Engine::embedded()?;
    let mut worker = engine.worker();
    let set = Set::read(data)?;
    let added = Date::new(2026, 11, 22).context("a day")?;
    let mut told: Vec<Account> = Vec::new();
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for (at, line) in lines(&data.join("merge/dev.in.jsonl"))?.iter().enumerate() {
        let text = line["text"].as_str().unwrap_or_default();
        let Ok(reading) = worker.read_bytes(text.as_bytes(), &ReadOptions::default()) else { continue };
        let day: Option<Date> =
            reading.document.published.as_ref().and_then(|published| published.end.parse().ok());
        let counted = Counted { known: day.unwrap_or(added), dated: day.is_some() };
        let found = accounts(&reading.quoted(), counted);
        // Copies under another id would be one document.
        if let Some(account) = found.first()
            && of.insert(account.document.clone(), at).is_none()
        {
            told.extend(found);
        }
    }
    let documents: BTreeSet<usize> = of.values().copied().collect();
    println!("{} accounts in {} of {} articles", told.len(), documents.len(), set.ids.len());
    for turn in 0..2 {
        let probabilities = set.out_of_fold(folds, turn, &[])?;
        let name: BTreeMap<usize, &String> = of.iter().map(|(id, at)| (*at, id)).collect();
        let mut texts = Told(BTreeMap::new());
        for (&(a, b), probability) in set.pairs.iter().zip(probabilities) {
            if let (Some(a), Some(b)) = (name.get(&(a as usize)), name.get(&(b as usize))) {
                let pair = if a <= b { ((*a).clone(), (*b).clone()) } else { ((*b).clone(), (*a).clone()) };
                texts.0.insert(pair, probability);
            }
        }
        if turn == 0 {
            figures("without texts", &set, &told, &of, &NoTexts, None);
        }
        let list = (list && turn == 0).then_some(40);
        figures(&format!("with texts, deal {turn}"), &set, &told, &of, &texts, list);
    }
    Ok(())
}

fn figures(
    label: &str,
    set: &Set,
    told: &[Account],
    of: &BTreeMap<String, usize>,
    texts: &dyn Likeness,
    list: Option<usize>,
) {
    let article: BTreeMap<&str, usize> =
        told.iter().map(|account| (account.id.as_str(), of[&account.document])).collect();
    let mut joined: BTreeSet<(usize, usize)> = BTreeSet::new();
    let incidents = merge(told, &Said::default(), texts);
    for incident in &incidents {
        let articles: BTreeSet<usize> = incident.accounts.iter().map(|id| article[id.as_str()]).collect();
        for &a in &articles {
            joined.extend(articles.range(a + 1..).map(|&b| (a, b)));
        }
    }
    let documents: Vec<usize> = of.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let (mut right, mut wanted) = (0, 0);
    let mut missed = Vec::new();
    for (at, &a) in documents.iter().enumerate() {
        for &b in &documents[at + 1..] {
            if set.clusters[a] == set.clusters[b] {
                wanted += 1;
                if joined.contains(&(a, b)) {
                    right += 1;
                } else {
                    missed.push((a, b));
                }
            }
        }
    }
    let precision = f64::from(right) / joined.len().max(1) as f64;
    let recall = f64::from(right) / f64::from(wanted.max(1));
    let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
    println!(
        "{label:22} {} incidents; pairs of articles: P {precision:.3} R {recall:.3} F1 {f1:.3} ({right} right, {} wrong, {} missed)",
        incidents.len(),
        joined.len() - right as usize,
        missed.len()
    );
    let Some(most) = list else { return };
    let mut by: BTreeMap<usize, Vec<&Account>> = BTreeMap::new();
    for account in told {
        by.entry(of[&account.document]).or_default().push(account);
    }
    let best = |a: usize, b: usize| {
        let pairs = by[&a].iter().flat_map(|one| by[&b].iter().map(move |other| (*one, *other)));
        pairs
            .map(|(one, other)| (weigh(one, other, texts), one, other))
            .max_by(|x, y| x.0.sum.total_cmp(&y.0.sum))
    };
    let step = (missed.len() / most).max(1);
    for &(a, b) in missed.iter().step_by(step) {
        if let Some((weight, one, other)) = best(a, b) {
            println!(
                "  missed {} {} ({}): {:.1} {}\n      {}\n      {}",
                set.ids[a],
                set.ids[b],
                set.clusters[a],
                weight.sum,
                weight.reasons.join("; "),
                brief(one),
                brief(other)
            );
        }
    }
    for &(a, b) in joined.iter().filter(|(a, b)| set.clusters[*a] != set.clusters[*b]).take(most) {
        if let Some((weight, ..)) = best(a, b) {
            println!(
                "  wrong {} {}: {:.1} {}",
                set.ids[a],
                set.ids[b],
                weight.sum,
                weight.reasons.join("; ")
            );
        }
    }
}

/// An account in a line.
fn brief(account: &Account) -> String {
    let place = account.place.as_ref().map_or("?", |place| place.name.as_str());
    let time = account.time.map_or("?".to_owned(), |(start, end)| format!("{start}/{end}"));
    let kind = account.kind.map_or("?", |kind| kind.as_str());
    let killed = account.killed.as_ref().and_then(|figure| figure.number());
    format!(
        "{kind} in {place}, {time}, known {}{}, killed {killed:?}{}",
        account.known,
        if account.dated { "" } else { " (added)" },
        if account.background { ", background" } else { "" }
    )
}
