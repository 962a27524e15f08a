//! Figures of clusterings: pairs, B-cubed and the adjusted Rand index, as `score_duplicates.py` and `score_merge.py` define them.
//!
//! In: for each item its cluster by the gold and by the prediction. An item without a prediction is a cluster of its own.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::metric::Figures;

/// The figures of one clustering against another; `items` are pairs of (gold cluster, predicted cluster).
#[must_use]
pub(crate) fn figures(items: &[(u32, u32)]) -> Figures {
    let mut gold: BTreeMap<u32, u64> = BTreeMap::new();
    let mut predicted: BTreeMap<u32, u64> = BTreeMap::new();
    let mut both: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for &(wanted, said) in items {
        *gold.entry(wanted).or_default() += 1;
        *predicted.entry(said).or_default() += 1;
        *both.entry((wanted, said)).or_default() += 1;
    }
    let pairs = |count: u64| (count * count.saturating_sub(1) / 2) as f64;
    let sum = |counts: &mut dyn Iterator<Item = u64>| counts.map(pairs).sum::<f64>();
    let right = sum(&mut both.values().copied());
    let wanted = sum(&mut gold.values().copied());
    let said = sum(&mut predicted.values().copied());
    let all = pairs(items.len() as u64);
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let f1 = |p: f64, r: f64| ratio(2.0 * p * r, p + r);
    let (p, r) = (ratio(right, said), ratio(right, wanted));
    let expected = ratio(wanted * said, all);
    let top = (wanted + said) / 2.0;
    let ari = if (top - expected).abs() > 0.0 { (right - expected) / (top - expected) } else { 1.0 };
    let (mut cubed_p, mut cubed_r) = (0.0, 0.0);
    for (&(wanted, said), &count) in &both {
        let square = (count * count) as f64;
        cubed_p += square / predicted[&said] as f64;
        cubed_r += square / gold[&wanted] as f64;
    }
    let (cubed_p, cubed_r) = (ratio(cubed_p, items.len() as f64), ratio(cubed_r, items.len() as f64));
    Figures::from([
        ("pair_p".to_owned(), p),
        ("pair_r".to_owned(), r),
        ("pair_f1".to_owned(), f1(p, r)),
        ("bcubed_f1".to_owned(), f1(cubed_p, cubed_r)),
        ("ari".to_owned(), ari),
    ])
}

/// Scores predicted lines `{id, cluster}` against gold ones.
///
/// # Errors
/// When a gold line has no cluster.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let (mut wanted, mut said) = (BTreeMap::new(), BTreeMap::new());
    let mut items = Vec::with_capacity(gold.len());
    for (id, line) in gold {
        let label = line["cluster"].as_str().with_context(|| format!("line {id} has no cluster"))?;
        let next = wanted.len() as u32;
        let cluster = *wanted.entry(label.to_owned()).or_insert(next);
        let label =
            predicted.get(id).map_or_else(|| format!("alone {id}"), |line| line["cluster"].to_string());
        let next = said.len() as u32;
        items.push((cluster, *said.entry(label).or_insert(next)));
    }
    Ok(figures(&items))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(items: &[(u32, u32)]) -> BTreeMap<String, f64> {
        figures(items).into_iter().map(|(name, value)| (name, (value * 1e6).round() / 1e6)).collect()
    }

    #[test]
    fn the_scorers_own_examples_hold() {
        let gold = [0, 0, 0, 1, 1, 1];
        let with = |said: [u32; 6]| rounded(&gold.iter().copied().zip(said).collect::<Vec<_>>());
        assert!(with([7, 7, 7, 8, 8, 8]).values().all(|value| (value - 1.0).abs() < 1e-9));
        let alone = with([0, 1, 2, 3, 4, 5]);
        assert!(alone["pair_f1"].abs() < 1e-9 && alone["ari"].abs() < 1e-9);
        assert!((with([0; 6])["pair_p"] - 0.4).abs() < 1e-6);
        let moved = with([0, 0, 0, 0, 1, 1]);
        assert!((moved["pair_p"] - 4.0 / 7.0).abs() < 1e-6 && (moved["pair_r"] - 4.0 / 6.0).abs() < 1e-6);
    }
}
