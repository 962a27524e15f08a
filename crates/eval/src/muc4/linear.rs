//! Trains linear models over hashed features: logistic regression with L2, one target against the rest, by dual coordinate ascent
//! (Yu, Huang and Lin 2011): exact, with no learning rate. Same rows, same weights.

use watchkeeper_extraction::incident::linear::Linear;
use watchkeeper_extraction::incident::sparse::BUCKETS;

/// One row.
pub(crate) struct Row<'a> {
    /// Hashed features.
    pub(crate) indices: &'a [u32],
    /// Number of its document: a feature of one document only is left out.
    pub(crate) document: u32,
    /// Bit `t`: whether the row is right for target `t`.
    pub(crate) right: u8,
    /// How often it counts.
    pub(crate) weight: f32,
}

/// Passes over the rows.
const PASSES: usize = 12;
/// Most targets.
const WIDTH: usize = 8;

/// Trains weights for `targets` targets. `cost` is liblinear's C.
pub(crate) fn train(rows: &[Row<'_>], targets: usize, cost: f32) -> Linear {
    assert!(targets <= WIDTH, "targets fit a row of weights");
    // Features of at least two documents get a dense number.
    let mut last = vec![u32::MAX; BUCKETS];
    let mut common = vec![false; BUCKETS];
    for row in rows {
        for &index in row.indices {
            let at = index as usize;
            if last[at] == u32::MAX {
                last[at] = row.document;
            } else if last[at] != row.document {
                common[at] = true;
            }
        }
    }
    let mut dense = vec![u32::MAX; BUCKETS];
    let mut count = 1_u32;
    for (number, _) in dense.iter_mut().zip(&common).filter(|(_, common)| **common) {
        *number = count;
        count += 1;
    }
    let mut starts = vec![0_usize];
    let mut features: Vec<u32> = Vec::new();
    for row in rows {
        features.push(0);
        let first = features.len();
        features.extend(
            row.indices.iter().map(|&index| dense[index as usize]).filter(|&number| number != u32::MAX),
        );
        features[first..].sort_unstable();
        // A feature that is there twice counts once.
        let mut end = first;
        for at in first..features.len() {
            if at == first || features[at] != features[end - 1] {
                features[end] = features[at];
                end += 1;
            }
        }
        features.truncate(end);
        starts.push(features.len());
    }
    let mut weights = vec![[0.0_f32; WIDTH]; count as usize];
    let mut duals: Vec<[f32; WIDTH]> = rows.iter().map(|row| [0.001 * cost * row.weight; WIDTH]).collect();
    for (at, row) in rows.iter().enumerate() {
        let own = &features[starts[at]..starts[at + 1]];
        for &number in own {
            for (target, weight) in weights[number as usize].iter_mut().enumerate().take(targets) {
                *weight += sign(row, target) * duals[at][target];
            }
        }
    }
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut state = 0x9E37_79B9_u64;
    for _ in 0..PASSES {
        for at in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(at, (state >> 11) as usize % (at + 1));
        }
        for &at in &order {
            let at = at as usize;
            let row = &rows[at];
            let own = &features[starts[at]..starts[at + 1]];
            let square = own.len() as f32;
            let mut sums = [0.0_f32; WIDTH];
            for &number in own {
                for (sum, weight) in sums.iter_mut().zip(&weights[number as usize]) {
                    *sum += weight;
                }
            }
            let most = cost * row.weight;
            let mut changes = [0.0_f32; WIDTH];
            for target in 0..targets {
                let old = duals[at][target];
                let new = solve(old, most, sign(row, target) * sums[target], square);
                changes[target] = (new - old) * sign(row, target);
                duals[at][target] = new;
            }
            if changes.iter().any(|change| change.abs() > 1e-6) {
                for &number in own {
                    for (weight, change) in weights[number as usize].iter_mut().zip(&changes) {
                        *weight += change;
                    }
                }
            }
        }
    }
    let mut table = vec![0.0; BUCKETS * targets];
    for (bucket, &number) in dense.iter().enumerate() {
        if number != u32::MAX {
            table[bucket * targets..][..targets].copy_from_slice(&weights[number as usize][..targets]);
        }
    }
    Linear::new(targets, &table, &weights[0][..targets])
}

fn sign(row: &Row<'_>, target: usize) -> f32 {
    if row.right >> target & 1 == 1 { 1.0 } else { -1.0 }
}

/// The dual variable in `0..most` that is best for one row, all others held: Newton on its logit, kept within bounds.
fn solve(old: f32, most: f32, margin: f32, square: f32) -> f32 {
    let (mut low, mut high) = (-40.0_f32, 40.0_f32);
    let share = (old / most).clamp(1e-9, 1.0 - 1e-7);
    let mut z = (share / (1.0 - share)).ln();
    for _ in 0..12 {
        let s = 1.0 / (1.0 + (-z).exp());
        let value = -z - margin - (most * s - old) * square;
        if value > 0.0 {
            low = z;
        } else {
            high = z;
        }
        let slope = -1.0 - most * square * s * (1.0 - s);
        let next = z - value / slope;
        let next = if next <= low || next >= high { f32::midpoint(low, high) } else { next };
        if (next - z).abs() < 1e-4 {
            z = next;
            break;
        }
        z = next;
    }
    most / (1.0 + (-z).exp())
}
