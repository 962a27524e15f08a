//! The second look: what the scores of the blocks around tell of a block.
//!
//! In: rows and first scores. Out: rows to which the neighbours', the containers' and the page's scores are added.

use rustc_hash::FxHashMap;

use super::features::{LEVELS, Rows};

/// Characters beyond which a block's weight doesn't grow.
const WEIGHT_MAX: u32 = 1000;
/// Blocks to each side whose scores are features.
const NEAR: isize = 3;
/// Score and length from which a block counts as sure prose.
const SURE: (f32, u32) = (0.75, 60);
/// Blocks that are not sure, after which a run of sure ones ends.
const GAP: usize = 12;

/// Names of the added features.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = vec!["score".to_owned()];
    for step in (-NEAR..=NEAR).filter(|step| *step != 0) {
        names.push(format!("score{step:+}"));
    }
    names.extend(["window4", "window10"].map(str::to_owned));
    for level in ["up1", "up2", "up3", "branch", "best", "article"] {
        names.push(format!("{level}.score"));
        names.push(format!("{level}.mass"));
    }
    names.extend(
        [
            "template.score",
            "mass.before",
            "mass",
            "sure.before",
            "sure.after",
            "main.inside",
            "main.distance",
            "main.share",
            "mass.title",
        ]
        .map(str::to_owned),
    );
    names
}

/// Rows with the added features.
pub(crate) fn extend(rows: &Rows, scores: &[f32], width: usize) -> Vec<f32> {
    let count = scores.len();
    let weight: Vec<f32> = rows.chars.iter().map(|&chars| chars.min(WEIGHT_MAX) as f32).collect();
    // Sums of weight and of score × weight over all blocks before one.
    let mut sums = Vec::with_capacity(count + 1);
    let mut sum = (0.0_f32, 0.0_f32);
    sums.push(sum);
    for (score, weight) in scores.iter().zip(&weight) {
        sum = (sum.0 + weight, sum.1 + score * weight);
        sums.push(sum);
    }
    let between = |from: usize, to: usize| {
        let (a, b) = (sums[from], sums[to]);
        (b.0 - a.0, b.1 - a.1)
    };
    let mean = |(weight, mass): (f32, f32)| if weight > 0.0 { mass / weight } else { 0.0 };
    let mut templates: FxHashMap<u64, (f32, f32)> = FxHashMap::default();
    for i in 0..count {
        let template = templates.entry(rows.templates[i]).or_default();
        template.0 += weight[i];
        template.1 += scores[i] * weight[i];
    }
    let total = sum.1.max(1.0);
    let sure: Vec<bool> = (0..count).map(|i| scores[i] >= SURE.0 && rows.chars[i] >= SURE.1).collect();
    let (mut before, mut after) = (vec![30.0_f32; count], vec![30.0_f32; count]);
    let mut last = 30.0_f32;
    for i in 0..count {
        before[i] = last;
        last = if sure[i] { 0.0 } else { (last + 1.0).min(30.0) };
    }
    last = 30.0;
    for i in (0..count).rev() {
        after[i] = last;
        last = if sure[i] { 0.0 } else { (last + 1.0).min(30.0) };
    }
    let main = main_run(&sure, &sums);
    let main_share = between(main.0, main.1).1 / total;
    let added = names().len();
    let mut out = Vec::with_capacity(count * (width + added));
    for i in 0..count {
        out.extend_from_slice(&rows.values[i * width..][..width]);
        out.push(scores[i]);
        for step in (-NEAR..=NEAR).filter(|step| *step != 0) {
            out.push(i.checked_add_signed(step).and_then(|at| scores.get(at)).copied().unwrap_or(-1.0));
        }
        for reach in [4, 10] {
            out.push(mean(between(i.saturating_sub(reach), (i + reach + 1).min(count))));
        }
        for level in 0..LEVELS {
            let (from, to) = rows.containers[i][level];
            let sum = between(from as usize, to as usize);
            out.push(mean(sum));
            out.push(sum.1 / total);
        }
        out.push(mean(templates[&rows.templates[i]]));
        out.push(sums[i].1 / total);
        out.push((1.0 + total).ln());
        out.push(before[i]);
        out.push(after[i]);
        let distance = if i < main.0 { main.0 - i } else { (i + 1).saturating_sub(main.1) };
        out.push(f32::from(u8::from(distance == 0)));
        out.push(distance.min(50) as f32);
        out.push(main_share);
        out.push(rows.title.map_or(-1.0, |title| sums[title].1 / total));
    }
    out
}

/// The run of sure blocks with the most mass, gaps allowed: first block and the one behind the last.
fn main_run(sure: &[bool], sums: &[(f32, f32)]) -> (usize, usize) {
    let (mut best, mut best_mass) = ((0, 0), -1.0);
    let mut run: Option<(usize, usize)> = None;
    for i in (0..sure.len()).filter(|&i| sure[i]) {
        run = match run {
            Some((from, to)) if i - to <= GAP => Some((from, i + 1)),
            _ => Some((i, i + 1)),
        };
        if let Some((from, to)) = run {
            let mass = sums[to].1 - sums[from].1;
            if mass > best_mass {
                (best, best_mass) = ((from, to), mass);
            }
        }
    }
    best
}
