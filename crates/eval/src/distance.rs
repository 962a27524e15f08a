//! The figures of task `toponyms`, computed as `score_toponyms.py` defines them: recognition by exact and overlapping spans,
//! resolution within 161 km over gold toponyms with a point, log-distance AUC.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;
use watchkeeper_linkage::place::distance_km;

use crate::metric::Figures;

/// First code point and the one after the last.
type CharRange = (usize, usize);

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// Scores toponyms as `score_toponyms.py` does. `gold` and `predicted` are keyed by document id.
///
/// # Errors
/// When a toponym has no span.
pub(crate) fn score(gold: &BTreeMap<String, Value>, predicted: &BTreeMap<String, Value>) -> Result<Figures> {
    let none = Vec::new();
    let mut counts = [[0.0_f64; 3]; 2];
    let (mut with_point, mut recognised, mut resolved, mut right) = (0.0, 0.0, 0.0, 0.0);
    let mut logs = 0.0;
    let longest = 20039_f64.ln();
    for (id, entry) in gold {
        let all = entry["toponyms"].as_array().unwrap_or(&none);
        let (ignored, wanted): (Vec<&Value>, Vec<&Value>) =
            all.iter().partition(|toponym| toponym["ignore"].as_bool().unwrap_or(false));
        let got: Vec<&Value> =
            predicted.get(id).and_then(|doc| doc["toponyms"].as_array()).unwrap_or(&none).iter().collect();
        let ignored = ranges(&ignored)?;
        let (wanted_ranges, got_ranges) = (ranges(&wanted)?, ranges(&got)?);
        let mut pairs = Vec::new();
        for (mode, count) in counts.iter_mut().enumerate() {
            pairs = pair(&wanted_ranges, &got_ranges, mode == 0);
            let used: BTreeSet<usize> = pairs.iter().map(|pair| pair.1).collect();
            let kept = (0..got.len())
                .filter(|at| {
                    used.contains(at) || !ignored.iter().any(|&range| overlap(range, got_ranges[*at]) > 0)
                })
                .count();
            count[0] += pairs.len() as f64;
            count[1] += kept as f64;
            count[2] += wanted.len() as f64;
        }
        let of: BTreeMap<usize, usize> = pairs.into_iter().collect();
        for (at, toponym) in wanted.iter().enumerate() {
            let (Some(lat), Some(lon)) = (toponym["lat"].as_f64(), toponym["lon"].as_f64()) else { continue };
            with_point += 1.0;
            let Some(&predicted) = of.get(&at) else { continue };
            recognised += 1.0;
            let point = got[predicted]["lat"].as_f64().zip(got[predicted]["lon"].as_f64());
            let Some((to_lat, to_lon)) = point else { continue };
            let km = distance_km((lat, lon), (to_lat, to_lon));
            resolved += 1.0;
            right += f64::from(u8::from(km <= 161.0));
            logs += (km + 1.0).ln();
        }
    }
    let mut figures = Figures::new();
    for (name, [hit, got, wanted]) in ["exact", "overlap"].into_iter().zip(counts) {
        figures.insert(format!("{name}_p"), ratio(hit, got));
        figures.insert(format!("{name}_r"), ratio(hit, wanted));
        figures.insert(format!("{name}_f1"), ratio(2.0 * hit, got + wanted));
    }
    figures.insert("acc161_e2e".to_owned(), ratio(right, with_point));
    figures.insert("acc161_recognised".to_owned(), ratio(right, recognised));
    figures.insert("acc161_resolved".to_owned(), ratio(right, resolved));
    figures.insert("auc".to_owned(), ratio(logs / longest, resolved));
    Ok(figures)
}

fn ranges(toponyms: &[&Value]) -> Result<Vec<CharRange>> {
    toponyms
        .iter()
        .map(|toponym| {
            let number = |name: &str| toponym[name].as_u64().context("a toponym has no span");
            Ok((number("start")? as usize, number("end")? as usize))
        })
        .collect()
}

fn overlap(one: CharRange, other: CharRange) -> usize {
    one.1.min(other.1).saturating_sub(one.0.max(other.0))
}

/// One-to-one pairs of gold and predicted ranges: equal ones first, then the longest overlap.
fn pair(gold: &[CharRange], predicted: &[CharRange], exact: bool) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut gold_used, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (at, range) in gold.iter().enumerate() {
        if let Some(other) =
            (0..predicted.len()).find(|other| !used.contains(other) && predicted[*other] == *range)
        {
            pairs.push((at, other));
            gold_used.insert(at);
            used.insert(other);
        }
    }
    if exact {
        return pairs;
    }
    let mut overlaps: Vec<(std::cmp::Reverse<usize>, usize, usize)> = Vec::new();
    for (at, &range) in gold.iter().enumerate().filter(|(at, _)| !gold_used.contains(at)) {
        for (other, &to) in predicted.iter().enumerate().filter(|(other, _)| !used.contains(other)) {
            if overlap(range, to) > 0 {
                overlaps.push((std::cmp::Reverse(overlap(range, to)), at, other));
            }
        }
    }
    overlaps.sort_unstable();
    for (_, at, other) in overlaps {
        if !gold_used.contains(&at) && !used.contains(&other) {
            pairs.push((at, other));
            gold_used.insert(at);
            used.insert(other);
        }
    }
    pairs
}
