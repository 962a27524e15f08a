//! Task `actors`: the country and sector of a phrase, in the benchmark's codes, and its score.
//!
//! In: lines `{id, phrase, context, date, country_hint}`. Out: `{id, country, sector, sector2, name}`. The benchmark tells
//! international bodies by its country codes (IGO, UNO, EUR; null is accepted), and their sector by what they do: so their
//! second sector is given here. A missing date is about when its questions were written.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use watchkeeper_linkage::Resources;
use watchkeeper_linkage::actor::{Asked, resolve};
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Sector;

use crate::metric::Figures;

/// The day on which a question without a date is taken to be asked.
const DAY: (i32, u32, u32) = (2022, 12, 1);

/// Makes the prediction for one phrase.
///
/// # Errors
/// When the line has no phrase.
pub(crate) fn predict(id: &str, line: &Value, resources: &Resources) -> Result<Value> {
    let phrase = line["phrase"].as_str().with_context(|| format!("line {id} has no phrase"))?;
    let date = line["date"].as_str().and_then(date).or_else(|| Date::new(DAY.0, DAY.1, DAY.2));
    let asked =
        Asked { phrase, context: line["context"].as_str(), date, country: line["country_hint"].as_str() };
    let found = resolve(&asked, &resources.registry, &resources.gazetteer);
    let (sector, sector2) = match (found.sector, found.sector2) {
        // A body for health among the international ones has the code of CAMEO.
        (Some(Sector::Igo), Some(Sector::Med)) => (Some("HLH"), None),
        (Some(Sector::Igo), second) => (second.map(Sector::as_str), None),
        (first, second) => (first.map(Sector::as_str), second.map(Sector::as_str)),
    };
    Ok(json!({
        "id": id, "country": found.country, "sector": sector, "sector2": sector2, "name": found.name, "why": found.why,
    }))
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    Date::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
}

/// Right cases and cases.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += u32::from(right);
        self.all += 1;
    }

    fn value(self) -> f64 {
        if self.all == 0 { 0.0 } else { f64::from(self.right) / f64::from(self.all) }
    }
}

/// The figures of `tools/score_actors.py`.
///
/// # Errors
/// When a gold line is malformed.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let [mut case, mut country, mut sector, mut lenient, mut second, mut none, mut wiki] =
        [Share::default(); 7];
    let (mut true_positives, mut given, mut stated) = (0u32, 0u32, 0u32);
    for (id, line) in gold {
        let found = predicted.get(id);
        let here = found.is_some();
        let field = |name: &str| {
            let value = found.and_then(|found| found[name].as_str());
            value.filter(|text| !text.is_empty())
        };
        let accepted = |name: &str| -> Result<Option<BTreeSet<Option<String>>>> {
            let Some(value) = line.get(name) else { return Ok(None) };
            let list = value.as_array().with_context(|| format!("{id}: `{name}` is no list"))?;
            Ok(Some(list.iter().map(|value| value.as_str().map(str::to_owned)).collect()))
        };
        let holds =
            |set: &BTreeSet<Option<String>>, value: Option<&str>| set.contains(&value.map(str::to_owned));
        let mut fine = here;
        if let Some(set) = accepted("country")? {
            let right = here && holds(&set, field("country"));
            country.add(right);
            fine &= right;
            stated += u32::from(set.iter().any(Option::is_some));
            if field("country").is_some() {
                given += 1;
                true_positives += u32::from(holds(&set, field("country")));
            }
        }
        if let Some(set) = accepted("sector")? {
            let right = here && holds(&set, field("sector"));
            sector.add(right);
            fine &= right;
            let mut wide = set;
            wide.extend(accepted("sector2")?.unwrap_or_default().into_iter().filter(Option::is_some));
            let also = field("sector2").is_some() && holds(&wide, field("sector2"));
            lenient.add(here && (holds(&wide, field("sector")) || also));
        }
        if let Some(set) = accepted("sector2")? {
            second.add(here && holds(&set, field("sector2")));
        }
        if line["none"].as_bool() == Some(true) {
            let right = here && field("country").is_none() && field("sector").is_none();
            none.add(right);
            fine &= right;
        }
        for (name, value) in [("not_country", field("country")), ("not_sector", field("sector"))] {
            if let Some(set) = accepted(name)? {
                fine &= !holds(&set, value);
            }
        }
        case.add(fine);
        let titles: BTreeSet<String> =
            accepted("wiki")?.unwrap_or_default().into_iter().flatten().map(|title| plain(&title)).collect();
        if !titles.is_empty() {
            wiki.add(field("name").is_some_and(|name| titles.contains(&plain(name))));
        }
    }
    let ratio = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
    let (precision, recall) = (ratio(true_positives, given), ratio(true_positives, stated));
    let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    let mut figures = Figures::new();
    for (name, value) in [
        ("case", case.value()),
        ("country", country.value()),
        ("country_f1", f1),
        ("none", none.value()),
        ("sector", sector.value()),
        ("sector2", second.value()),
        ("sector_lenient", lenient.value()),
        ("wiki", wiki.value()),
    ] {
        figures.insert(name.into(), value);
    }
    Ok(figures)
}

/// A page title without accents, case, punctuation and a bracketed suffix.
fn plain(title: &str) -> String {
    let bare = title.trim_end();
    let bare =
        bare.strip_suffix(')').and_then(|text| text.rsplit_once('(')).map_or(bare, |(before, _)| before);
    let folded: String = bare
        .nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character.is_alphanumeric() || character == '_' { character } else { ' ' })
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_as_the_script_does() {
        let gold = [
            (
                "1",
                json!({"id":"1","country":["FRA"],"sector":["COP"],"sector2":[null],"wiki":["Police (France)"],"none":false}),
            ),
            ("2", json!({"id":"2","country":["IGO",null],"sector":[null],"none":false})),
            ("3", json!({"id":"3","none":true})),
        ];
        let gold: BTreeMap<String, Value> =
            gold.into_iter().map(|(id, line)| (id.to_owned(), line)).collect();
        let predicted = |lines: &[(&str, Value)]| -> BTreeMap<String, Value> {
            lines.iter().map(|(id, line)| ((*id).to_owned(), line.clone())).collect()
        };
        let all = predicted(&[
            ("1", json!({"country":"FRA","sector":"COP","sector2":null,"name":"police"})),
            ("2", json!({"country":"IGO","sector":null})),
            ("3", json!({"country":null,"sector":null})),
        ]);
        let figures = score(&gold, &all).expect("score");
        assert!(figures.values().all(|value| (value - 1.0).abs() < 1e-9), "{figures:?}");
        let figures = score(&gold, &BTreeMap::new()).expect("score");
        assert!(figures.values().all(|value| value.abs() < 1e-9), "{figures:?}");
    }
}
