//! Task `realis`: whether what a clause tells happened, on the project's own labelled clauses (`evaluation/realis`).
//!
//! In: a table of clauses, each with one trigger word and its realis. Out: `{id, realis}` of the event that the trigger word tells,
//! null where no event was found there; figures and a table of confusions. What kind of event it is isn't judged.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use watchkeeper_record::Document;
use watchkeeper_record::codebook::{Category, Realis};
use watchkeeper_record::mention::{EventMention, Mentions};

use crate::metric::Figures;
use crate::task::{Task, keyed, predictions};

/// The values, in the order of the table.
const VALUES: [&str; 7] = ["actual", "negated", "planned", "threatened", "foiled", "hypothetical", "generic"];

/// Reads a table of clauses: id, clause, trigger, realis, half, tab-separated, lines of `#` aside.
///
/// # Errors
/// When it can't be read, a line hasn't five fields, its value is none of the seven or its clause doesn't hold its trigger.
pub(crate) fn table(path: &Path) -> Result<Vec<Value>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let at = || format!("{}:{}", path.display(), number + 1);
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, clause, trigger, realis, half] = fields[..] else { bail!("{}: not five fields", at()) };
        if !VALUES.contains(&realis) {
            bail!("{}: `{realis}` is no realis", at());
        }
        let Some(start) = position(clause, trigger) else { bail!("{}: no `{trigger}` in the clause", at()) };
        rows.push(json!({
            "id": id, "text": clause, "start": start, "end": start + trigger.len(), "realis": realis, "half": half,
        }));
    }
    Ok(rows)
}

/// Byte at which a word stands in a clause, as a word of its own where there is one.
fn position(clause: &str, word: &str) -> Option<usize> {
    let letter = |other: Option<char>| other.is_some_and(char::is_alphanumeric);
    let alone = clause.match_indices(word).find(|&(start, found)| {
        !letter(clause[..start].chars().next_back()) && !letter(clause[start + found.len()..].chars().next())
    });
    alone.map(|(start, _)| start).or_else(|| clause.find(word))
}

/// Makes the prediction for one clause: the event whose trigger covers the word, else one that the word was joined to.
///
/// # Errors
/// When the line lacks the place of its trigger.
pub(crate) fn predict(id: &str, line: &Value, doc: &Document, mentions: &Mentions) -> Result<Value> {
    let field = |name: &str| line[name].as_u64().and_then(|at| usize::try_from(at).ok());
    let start = field("start").context("a clause has no trigger")?;
    let end = field("end").context("a clause has no trigger")?;
    let told = |event: &&EventMention| {
        let span = doc.span(event.trigger.clone());
        span.start() < end && span.end() > start
    };
    let word = line["text"].as_str().and_then(|text| text.get(start..end)).unwrap_or("");
    let joined = |event: &&EventMention| {
        event.why.iter().any(|why| {
            let other = why.strip_prefix("joined: ").or_else(|| why.strip_prefix("with: "));
            other.is_some_and(|other| other == word)
        })
    };
    let event = mentions.events.iter().find(told).or_else(|| mentions.events.iter().find(joined));
    let why = event.map(|event| {
        let rules = event.why.iter().filter(|why| {
            why.starts_with("realis") || why.starts_with("category") || why.starts_with("trigger")
        });
        rules.cloned().collect::<Vec<_>>().join("; ")
    });
    // "The banner promised death": the threat was made, what it holds is threatened.
    let content = |event: &EventMention| {
        event.category == Category::Threaten && event.realis == Realis::Actual && !told(&event)
    };
    let realis = event.map(|event| if content(event) { json!(Realis::Threatened) } else { value(event) });
    Ok(json!({"id": id, "realis": realis, "why": why}))
}

/// The realis of the deed that the trigger names. PLOVER codes a deed that its doer announces, agrees on or refuses as an event of words
/// (THREATEN, AGREE, REJECT), which did happen; the deed itself is then threatened, planned or negated.
fn value(event: &EventMention) -> Value {
    let shifted =
        |category: &str| event.why.iter().any(|why| why.starts_with(&format!("category {category}:")));
    if event.realis == Realis::Actual {
        for (category, realis) in
            [("THREATEN", Realis::Threatened), ("AGREE", Realis::Planned), ("REJECT", Realis::Negated)]
        {
            if shifted(category) {
                return json!(realis);
            }
        }
    }
    json!(event.realis)
}

/// Share of triggers found, accuracy over the found and over all, share of what isn't actual that was read as actual.
///
/// # Errors
/// When a line of the gold has no realis.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let (mut found, mut right, mut other, mut taken) = (0, 0, 0, 0);
    for (id, line) in gold {
        let wanted = line["realis"].as_str().with_context(|| format!("{id} has no realis"))?;
        let told = predicted.get(id).and_then(|line| line["realis"].as_str());
        found += usize::from(told.is_some());
        right += usize::from(told == Some(wanted));
        if wanted != "actual" {
            other += 1;
            taken += usize::from(told == Some("actual"));
        }
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    Ok(BTreeMap::from([
        ("found".to_owned(), share(found, gold.len())),
        ("accuracy_found".to_owned(), share(right, found)),
        ("accuracy_all".to_owned(), share(right, gold.len())),
        ("not_actual_as_actual".to_owned(), share(taken, other)),
    ]))
}

/// The table of confusions of a file of clauses, its figures and, where asked for, its misses with the rule that decided.
/// The misses of half b stay hidden: it is a second reader's, and nobody tunes on its single clauses.
///
/// # Errors
/// When the file can't be read or the engine's own data is damaged.
pub(crate) fn confusion(input: &Path, misses: bool) -> Result<String> {
    let rows = table(input)?;
    let told = keyed(predictions(Task::Realis, &rows)?)?;
    let gold = keyed(rows)?;
    let mut cells: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut out = String::new();
    for (id, line) in &gold {
        let wanted = line["realis"].as_str().unwrap_or_default();
        let got = told[id]["realis"].as_str().unwrap_or("none");
        *cells.entry((wanted, got)).or_default() += 1;
        if misses && wanted != got && line["half"] != "b" {
            let text = line["text"].as_str().unwrap_or_default();
            let word = line["start"].as_u64().and_then(|start| text.get(usize::try_from(start).ok()?..));
            let word = word.and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            writeln!(out, "{id} {wanted} read as {got}: {text} [{word}] ({})", told[id]["why"])?;
        }
    }
    write!(out, "{:14}", "told \\ read")?;
    for value in VALUES.iter().chain(&["none"]) {
        write!(out, "{value:>13}")?;
    }
    for wanted in VALUES {
        write!(out, "\n{wanted:14}")?;
        for got in VALUES.iter().chain(&["none"]) {
            write!(out, "{:13}", cells.get(&(wanted, *got)).copied().unwrap_or(0))?;
        }
    }
    for (figure, value) in score(&gold, &told)? {
        write!(out, "\n{figure:24} {value:.4}")?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_count_what_is_not_found_as_wrong() {
        let gold = [("1", "actual"), ("2", "planned"), ("3", "negated"), ("4", "generic")];
        let told = [("1", Some("actual")), ("2", Some("actual")), ("3", None), ("4", Some("generic"))];
        let gold = gold.iter().map(|(id, realis)| ((*id).to_owned(), json!({"realis": realis}))).collect();
        let told = told.iter().map(|(id, realis)| ((*id).to_owned(), json!({"realis": realis}))).collect();
        let figures = score(&gold, &told).expect("scored");
        for (figure, value) in [
            ("found", 0.75),
            ("accuracy_found", 2.0 / 3.0),
            ("accuracy_all", 0.5),
            ("not_actual_as_actual", 1.0 / 3.0),
        ] {
            assert!((figures[figure] - value).abs() < 1e-9, "{figure}: {figures:?}");
        }
    }

    #[test]
    fn a_trigger_is_a_word_of_its_own() {
        assert_eq!(position("The attackers said an attack was near.", "attack"), Some(22));
        assert_eq!(position("The counterattack began.", "attack"), Some(11));
        assert_eq!(position("All was calm.", "attack"), None);
    }
}
