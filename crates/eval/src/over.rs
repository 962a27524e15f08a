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
use serde_json::Value;
use watchkeeper_linkage::merge::{Merger, ReportFeatures};
use watchkeeper_linkage::over::{Counted, GIST, Likeness, NoTexts, Said, accounts, merge, weigh};
use watchkeeper_pipeline::{Engine, ReadOptions, Worker};
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Account;

use crate::merge::{Set, WEIGHTS};
use crate::task::{keyed, lines};

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
    muc4(data, &mut worker, &Merger::parse(WEIGHTS)?)?;
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
        let mut found = accounts(&reading.quoted(), counted);
        let gist = ReportFeatures::read(text, day, set.background()).gist(GIST);
        for account in &mut found {
            account.gist.clone_from(&gist);
        }
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

/// A template of the key of task `muc4`, as far as it says which happening it is.
struct Key {
    kinds: BTreeSet<String>,
    /// First and last possible day; a key may know the last alone.
    days: (Option<Date>, Option<Date>),
    /// From the country down.
    place: Vec<String>,
    /// Words of victims, targets and perpetrating organisations.
    words: BTreeSet<String>,
}

impl Key {
    fn of(template: &Value) -> Option<Self> {
        let strings = |value: &Value| -> Vec<String> {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect()
        };
        let day = |name: &str| template["date_norm"][0][name].as_str().and_then(|day| day.parse().ok());
        let place = strings(&template["location"]).into_iter().next()?;
        let bare = |part: &str| part.split('(').next().unwrap_or_default().trim().to_owned();
        let mut words = BTreeSet::new();
        for role in ["Victim", "VictimDesc", "Target", "PerpOrg"] {
            for entity in template["roles"][role].as_array().into_iter().flatten() {
                for string in strings(entity) {
                    let long =
                        string.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.len() > 3);
                    words.extend(long.map(|word| word.trim_end_matches('S').to_owned()));
                }
            }
        }
        Some(Self {
            kinds: strings(&template["incident_type"]).into_iter().collect(),
            days: (day("earliest"), day("latest")),
            place: place.split(':').map(bare).collect(),
            words,
        })
    }

    /// Whether two templates may be one happening: nothing in the key contradicts it.
    fn fits(&self, other: &Self) -> bool {
        let before = |one: Option<Date>, other: Option<Date>| match (one, other) {
            (Some(last), Some(first)) => last.days() + 2 < first.days(),
            _ => false,
        };
        let depth = self.place.len().min(other.place.len());
        // A place may be told without the unit it lies in: one of the finer names must be the other's.
        let place = self.place[0] == other.place[0]
            && (depth == 1 || self.place[1..].iter().any(|name| other.place[1..].contains(name)));
        !self.kinds.is_disjoint(&other.kinds)
            && place
            && !before(self.days.1, other.days.0)
            && !before(other.days.1, self.days.0)
    }

    /// Whether the key lets one think that they are: they fit, both to the day, in one town or unit, with a victim, target or organisation in common.
    fn same(&self, other: &Self) -> bool {
        let exact = |days: &(Option<Date>, Option<Date>)| matches!(days, (Some(first), Some(last)) if last.days() - first.days() <= 2);
        self.fits(other)
            && exact(&self.days)
            && exact(&other.days)
            && self.place.len().min(other.place.len()) > 1
            && !self.words.is_disjoint(&other.words)
    }
}

/// The same on the texts of task `muc4`: whether the templates of reports that share an incident can be of one happening, as far as date, place
/// and type of the key say so. What texts say comes from the shipped weights, which saw none of these.
fn muc4(data: &Path, worker: &mut Worker<'_>, merger: &Merger) -> Result<()> {
    let mut told: Vec<Account> = Vec::new();
    let mut keys: BTreeMap<String, Vec<Key>> = BTreeMap::new();
    let mut features: BTreeMap<String, ReportFeatures> = BTreeMap::new();
    for name in ["muc4/train", "muc4/dev"] {
        let inputs = lines(&data.join(format!("{name}.in.jsonl")))?;
        let full = keyed(lines(&data.join(format!("{name}.full.jsonl")))?)?;
        for line in &inputs {
            let (id, text) =
                (line["id"].as_str().unwrap_or_default(), line["text"].as_str().unwrap_or_default());
            let Ok(reading) = worker.read_bytes(text.as_bytes(), &ReadOptions::default()) else { continue };
            let Some(day) =
                reading.document.published.as_ref().and_then(|published| published.end.parse::<Date>().ok())
            else {
                continue;
            };
            let counted = Counted { known: day, dated: true };
            let mut found = accounts(&reading.quoted(), counted);
            let Some(document) = found.first().map(|account| account.document.clone()) else { continue };
            if keys.contains_key(&document) {
                continue;
            }
            let templates = full.get(id).and_then(|full| full["templates"].as_array());
            keys.insert(document.clone(), templates.into_iter().flatten().filter_map(Key::of).collect());
            let read = ReportFeatures::read(text, Some(day), merger.background());
            for account in &mut found {
                account.gist = read.gist(GIST);
            }
            features.insert(document, read);
            told.extend(found);
        }
    }
    let texts = Judged { merger, features: &features };
    for (label, texts) in [("without texts", &NoTexts as &dyn Likeness), ("with texts", &texts)] {
        let incidents = merge(&told, &Said::default(), texts);
        let document: BTreeMap<&str, &String> =
            told.iter().map(|account| (account.id.as_str(), &account.document)).collect();
        let mut joined: BTreeSet<(&String, &String)> = BTreeSet::new();
        for incident in &incidents {
            let documents: BTreeSet<&String> =
                incident.accounts.iter().map(|id| document[id.as_str()]).collect();
            for (at, &a) in documents.iter().enumerate() {
                joined.extend(documents.iter().skip(at + 1).map(|&b| (a, b)));
            }
        }
        let any = |a: &String, b: &String, rule: fn(&Key, &Key) -> bool| {
            keys[a].iter().any(|one| keys[b].iter().any(|other| rule(one, other)))
        };
        let judged: Vec<_> =
            joined.iter().filter(|(a, b)| !keys[*a].is_empty() && !keys[*b].is_empty()).collect();
        let fit = judged.iter().filter(|(a, b)| any(a, b, Key::fits)).count();
        let (mut wanted, mut found) = (0, 0);
        let names: Vec<&String> = keys.keys().collect();
        for (at, &a) in names.iter().enumerate() {
            for &b in &names[at + 1..] {
                if any(a, b, Key::same) {
                    wanted += 1;
                    found += usize::from(joined.contains(&(a, b)));
                }
            }
        }
        println!(
            "muc4, {label:14} {} accounts, {} incidents; pairs of reports: {} joined, {} of {} with a key fit it ({:.3}); {found} of {wanted} that the key makes one ({:.3})",
            told.len(),
            incidents.len(),
            joined.len(),
            fit,
            judged.len(),
            fit as f64 / judged.len().max(1) as f64,
            found as f64 / f64::from(wanted.max(1) as u32)
        );
    }
    Ok(())
}

/// What shipped weights say of texts.
struct Judged<'a> {
    merger: &'a Merger,
    features: &'a BTreeMap<String, ReportFeatures>,
}

impl Likeness for Judged<'_> {
    fn probability(&self, one: &Account, other: &Account) -> Option<f64> {
        let (one, other) = (self.features.get(&one.document)?, self.features.get(&other.document)?);
        Some(self.merger.probability(one, other))
    }
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
