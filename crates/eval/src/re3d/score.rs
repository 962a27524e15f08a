//! The figures of task `re3d`, as `score_re3d.py` defines them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::metric::Figures;

/// Annotations under this confidence are readings that the annotators voted down.
const CONFIDENCE_MIN: f64 = 0.5;
const CORE: [&str; 3] = ["Location", "Organisation", "Person"];
const CORE_RELATIONS: [&str; 6] =
    ["AlliesOf", "BelongsTo", "CommWith", "FightingAgainst", "InChargeOf", "IsSynonymOf"];
const SYMMETRIC: [&str; 6] = ["AlliesOf", "Apart", "CoLocated", "CommWith", "FightingAgainst", "IsSynonymOf"];
const DETERMINERS: [&str; 9] = ["the", "a", "an", "this", "these", "that", "those", "its", "their"];
/// Words that make no name, whatever their first letter.
const FUNCTION_WORDS: &str = "the a an this these that those its their his her our my your he she it they we i you who which and or of \
    in on at for to from by with as all some many most several more no both each other such any";

type Entity = (usize, usize, String);
type Relation = (String, (usize, usize), (usize, usize));

/// True positives, predicted, gold.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    hit: usize,
    predicted: usize,
    gold: usize,
}

impl Tally {
    fn add(&mut self, hit: usize, predicted: usize, gold: usize) {
        self.hit += hit;
        self.predicted += predicted;
        self.gold += gold;
    }

    fn into_figures(self, name: &str, figures: &mut Figures) {
        let ratio = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
        let precision = ratio(self.hit as f64, self.predicted as f64);
        let recall = ratio(self.hit as f64, self.gold as f64);
        figures.insert(format!("{name}_p"), precision);
        figures.insert(format!("{name}_r"), recall);
        figures.insert(format!("{name}_f1"), ratio(2.0 * precision * recall, precision + recall));
    }
}

/// Scores predictions. `gold` and `predicted` are keyed by document id.
///
/// # Errors
/// When a line isn't what the benchmark's README says.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut kinds: BTreeMap<String, Tally> = BTreeMap::new();
    let nothing = Value::Null;
    for (id, line) in gold {
        let other = predicted.get(id).unwrap_or(&nothing);
        let text: Vec<char> =
            line["text"].as_str().with_context(|| format!("{id}: no text"))?.chars().collect();
        let sure = |value: &Value| value["confidence"].as_f64().is_none_or(|it| it >= CONFIDENCE_MIN);
        let wanted = entities(&line["entities"], sure)?;
        let got = entities(&other["entities"], |_| true)?;
        let mut tally = |name: &'static str, hit: usize, predicted: usize, gold: usize| {
            tallies.entry(name).or_default().add(hit, predicted, gold);
        };
        let count = |got: &[Entity], wanted: &[Entity]| greedy(got, wanted, typed).len();
        tally("overlap", count(&got, &wanted), got.len(), wanted.len());
        let exact = got.iter().filter(|one| wanted.contains(one)).count();
        tally("exact", exact, got.len(), wanted.len());
        let bare = |list: &[Entity]| -> BTreeSet<Entity> {
            list.iter().map(|one| without_determiner(&text, one)).collect()
        };
        let (bare_got, bare_wanted) = (bare(&got), bare(&wanted));
        let exact = bare_got.intersection(&bare_wanted).count();
        tally("exact_nodet", exact, bare_got.len(), bare_wanted.len());
        let untyped = greedy(&got, &wanted, |a, b| jaccard((a.0, a.1), (b.0, b.1))).len();
        tally("untyped", untyped, got.len(), wanted.len());
        let core = |list: &[Entity]| -> Vec<Entity> {
            list.iter().filter(|one| CORE.contains(&one.2.as_str())).cloned().collect()
        };
        let (core_got, core_wanted) = (core(&got), core(&wanted));
        tally("core", count(&core_got, &core_wanted), core_got.len(), core_wanted.len());
        let named_of = |list: &[Entity]| -> Vec<Entity> {
            list.iter().filter(|one| named(&text, one.0, one.1)).cloned().collect()
        };
        let (named_got, named_wanted) = (named_of(&core_got), named_of(&core_wanted));
        tally("core_named", count(&named_got, &named_wanted), named_got.len(), named_wanted.len());

        let wanted = relations(&line["relations"], sure)?;
        let got = relations(&other["relations"], |_| true)?;
        let pairs = greedy(&got, &wanted, |a, b| alike(a, b, true));
        tally("rel", pairs.len(), got.len(), wanted.len());
        let untyped = greedy(&got, &wanted, |a, b| alike(a, b, false)).len();
        tally("rel_untyped", untyped, got.len(), wanted.len());
        for one in &got {
            kinds.entry(one.0.clone()).or_default().predicted += 1;
        }
        for one in &wanted {
            kinds.entry(one.0.clone()).or_default().gold += 1;
        }
        for (_, index) in pairs {
            kinds.entry(wanted[index].0.clone()).or_default().hit += 1;
        }
    }
    let mut figures = Figures::new();
    for (name, tally) in tallies {
        tally.into_figures(name, &mut figures);
    }
    let mut core = Tally::default();
    for (_, tally) in kinds.iter().filter(|(kind, _)| CORE_RELATIONS.contains(&kind.as_str())) {
        core.add(tally.hit, tally.predicted, tally.gold);
    }
    core.into_figures("rel_core", &mut figures);
    Ok(figures)
}

fn entities(value: &Value, keep: impl Fn(&Value) -> bool) -> Result<Vec<Entity>> {
    let mut found = BTreeSet::new();
    for one in value.as_array().map(Vec::as_slice).unwrap_or_default().iter().filter(|one| keep(one)) {
        let number = |key: &str| one[key].as_u64().with_context(|| format!("an entity has no {key}"));
        let kind = one["type"].as_str().context("an entity has no type")?.to_owned();
        found.insert((number("start")? as usize, number("end")? as usize, kind));
    }
    Ok(found.into_iter().collect())
}

fn relations(value: &Value, keep: impl Fn(&Value) -> bool) -> Result<Vec<Relation>> {
    let mut found = BTreeSet::new();
    for one in value.as_array().map(Vec::as_slice).unwrap_or_default().iter().filter(|one| keep(one)) {
        let number = |key: &str, index: usize| {
            one[key][index].as_u64().map(|it| it as usize).with_context(|| format!("a relation has no {key}"))
        };
        let kind = one["type"].as_str().context("a relation has no type")?.to_owned();
        found.insert((
            kind,
            (number("source", 0)?, number("source", 1)?),
            (number("target", 0)?, number("target", 1)?),
        ));
    }
    Ok(found.into_iter().collect())
}

/// Characters shared by the characters from the first to the last.
fn jaccard(a: (usize, usize), b: (usize, usize)) -> f64 {
    let (from, to) = (a.0.max(b.0), a.1.min(b.1));
    if to > from { (to - from) as f64 / (a.1.max(b.1) - a.0.min(b.0)) as f64 } else { 0.0 }
}

fn typed(a: &Entity, b: &Entity) -> f64 {
    if a.2 == b.2 { jaccard((a.0, a.1), (b.0, b.1)) } else { 0.0 }
}

fn alike(a: &Relation, b: &Relation, with_type: bool) -> f64 {
    if with_type && a.0 != b.0 {
        return 0.0;
    }
    let direct = jaccard(a.1, b.1) * jaccard(a.2, b.2);
    if !with_type || SYMMETRIC.contains(&a.0.as_str()) {
        direct.max(jaccard(a.1, b.2) * jaccard(a.2, b.1))
    } else {
        direct
    }
}

/// One-to-one pairs, the likest first; ties in order of the lists.
fn greedy<T>(got: &[T], wanted: &[T], alike: impl Fn(&T, &T) -> f64) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (x, one) in got.iter().enumerate() {
        for (y, other) in wanted.iter().enumerate() {
            let how = alike(one, other);
            if how > 0.0 {
                pairs.push((how, x, y));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut used_got, mut used_wanted) = (vec![false; got.len()], vec![false; wanted.len()]);
    let mut chosen = Vec::new();
    for (_, x, y) in pairs {
        if !used_got[x] && !used_wanted[y] {
            used_got[x] = true;
            used_wanted[y] = true;
            chosen.push((x, y));
        }
    }
    chosen
}

/// An entity without the determiner that begins it.
fn without_determiner(text: &[char], entity: &Entity) -> Entity {
    let (start, end) = (entity.0, entity.1.min(text.len()));
    let word_end = (start..end).find(|&at| text[at].is_whitespace()).unwrap_or(end);
    let word: String = text[start.min(word_end)..word_end].iter().collect::<String>().to_lowercase();
    if !DETERMINERS.contains(&word.as_str()) {
        return entity.clone();
    }
    let next = (word_end..end).find(|&at| !text[at].is_whitespace()).unwrap_or(end);
    if next < end { (next, entity.1, entity.2.clone()) } else { entity.clone() }
}

/// Whether the words are a name, by the benchmark's rule on capitals.
fn named(text: &[char], start: usize, end: usize) -> bool {
    let end = end.min(text.len());
    let inner = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '\'' | '’' | '.' | '-');
    let mut at = start;
    while at < end {
        if !text[at].is_alphanumeric() {
            at += 1;
            continue;
        }
        let from = at;
        while at < end && inner(text[at]) {
            at += 1;
        }
        let word: String = text[from..at].iter().collect();
        let lower = word.to_lowercase();
        let bare = lower.trim_matches(['\'', '’', '.']);
        if !text[from].is_uppercase() || FUNCTION_WORDS.split_whitespace().any(|function| function == bare) {
            continue;
        }
        let before = text[..from]
            .iter()
            .rev()
            .find(|letter| !matches!(letter, ' ' | '"' | '“' | '‘' | '\'' | '(' | '['));
        let opens = before.is_none_or(|letter| matches!(letter, '.' | '!' | '?' | ':' | ';' | '\n' | '•'));
        if opens && occurs(text, &lower) {
            continue;
        }
        return true;
    }
    false
}

/// Whether a word stands in a text, as written and as a whole.
fn occurs(text: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let letter = |at: Option<&char>| at.is_some_and(|letter| letter.is_alphanumeric() || *letter == '_');
    !word.is_empty()
        && text.windows(word.len()).enumerate().any(|(at, window)| {
            window == word
                && !letter(at.checked_sub(1).map(|at| &text[at]))
                && !letter(text.get(at + word.len()))
        })
}
