//! Trains boosted trees (gradient boosting with Newton leaves, Friedman 2001; second-order form as in Chen and Guestrin 2016).
//!
//! In: rows of features with labels, alone ([`Objective::Binary`]) or in groups of which one or more rows are right
//! ([`Objective::Groups`]). Out: a [`Forest`]. Same rows and options, same forest: what is drawn
//! (rows and features of a tree, where not all are taken) is drawn from a fixed seed.

use watchkeeper_nn::trees::{Forest, Node, leaf_of};

/// How a forest is grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Number of trees.
    pub(crate) trees: usize,
    /// Most leaves of a tree.
    pub(crate) leaves: usize,
    /// Share of each tree's values that is kept.
    pub(crate) rate: f64,
    /// Added to a leaf's second derivative.
    pub(crate) ridge: f64,
    /// Least second derivative of a leaf.
    pub(crate) least_weight: f64,
    /// Share of the rows that each tree sees.
    pub(crate) sample: f64,
    /// Share of the features that each tree sees.
    pub(crate) columns: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { trees: 150, leaves: 12, rate: 0.1, ridge: 2.0, least_weight: 3.0, sample: 1.0, columns: 1.0 }
    }
}

/// What the rows are to be taught.
pub(crate) enum Objective<'a> {
    /// Each row by itself: right or wrong; logistic loss.
    Binary(&'a [bool]),
    /// Rows `starts[i]..starts[i + 1]` compete, `right` ones share the win; softmax loss. Groups without a right row teach nothing.
    Groups {
        /// First row of each group, and the number of rows at the end.
        starts: &'a [usize],
        /// Which rows are right.
        right: &'a [bool],
    },
}

/// Most values that a feature is split between.
const BINS: usize = 96;

/// Grows a forest on rows of `names.len()` features each; `offsets` is the score that a row has before any tree and that
/// whoever uses the forest adds again.
///
/// # Errors
/// When the forest breaks the rules of [`Forest::new`], which would be a fault here.
pub(crate) fn train(
    names: &[&str],
    rows: &[f32],
    offsets: Option<&[f32]>,
    objective: &Objective<'_>,
    options: &Options,
) -> anyhow::Result<Forest> {
    let width = names.len();
    let count = rows.len() / width;
    let binned = Binned::new(rows, width, count);
    let base = match objective {
        Objective::Binary(right) => {
            let won = right.iter().filter(|right| **right).count() as f64 + 0.5;
            (won / (count as f64 + 1.0 - won)).ln()
        }
        Objective::Groups { .. } => 0.0,
    };
    let mut scores: Vec<f64> =
        (0..count).map(|row| base + offsets.map_or(0.0, |offsets| f64::from(offsets[row]))).collect();
    let (mut first, mut second) = (vec![0.0; count], vec![0.0; count]);
    let mut nodes: Vec<Node> = Vec::new();
    let mut roots = Vec::with_capacity(options.trees);
    let mut draw = Draw(0x2026_1122);
    for _ in 0..options.trees {
        derivatives(objective, &scores, &mut first, &mut second);
        if options.sample < 1.0 {
            for (one, two) in first.iter_mut().zip(&mut second) {
                if draw.next() >= options.sample {
                    (*one, *two) = (0.0, 0.0);
                }
            }
        }
        let columns: Vec<usize> =
            (0..width).filter(|_| options.columns >= 1.0 || draw.next() < options.columns).collect();
        let tree = grow(&binned, &columns, &first, &second, options);
        roots.push(u32::try_from(nodes.len())?);
        let offset = u32::try_from(nodes.len())?;
        for (row, score) in scores.iter_mut().enumerate() {
            *score += f64::from(leaf_of(&tree, 0, &rows[row * width..][..width]).value);
        }
        nodes.extend(tree.into_iter().map(|node| Node {
            low: node.low + offset,
            high: node.high + offset,
            ..node
        }));
    }
    let names = names.iter().map(|&name| name.to_owned()).collect();
    Ok(Forest::new(names, base as f32, roots, nodes)?)
}

/// Numbers in `0.0..1.0` from a fixed seed (xorshift).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn derivatives(objective: &Objective<'_>, scores: &[f64], first: &mut [f64], second: &mut [f64]) {
    match objective {
        Objective::Binary(right) => {
            for (row, &score) in scores.iter().enumerate() {
                let share = 1.0 / (1.0 + (-score).exp());
                first[row] = share - f64::from(u8::from(right[row]));
                second[row] = (share * (1.0 - share)).max(1e-6);
            }
        }
        Objective::Groups { starts, right } => {
            for group in starts.windows(2) {
                let range = group[0]..group[1];
                if !right[range.clone()].contains(&true) {
                    first[range.clone()].fill(0.0);
                    second[range].fill(0.0);
                    continue;
                }
                let top = scores[range.clone()].iter().copied().fold(f64::MIN, f64::max);
                let (mut all, mut won) = (0.0, 0.0);
                for row in range.clone() {
                    let mass = (scores[row] - top).exp();
                    all += mass;
                    won += if right[row] { mass } else { 0.0 };
                }
                for row in range {
                    let mass = (scores[row] - top).exp();
                    let share = mass / all;
                    let target = if right[row] { mass / won.max(1e-12) } else { 0.0 };
                    first[row] = share - target;
                    second[row] = (share * (1.0 - share)).max(1e-6);
                }
            }
        }
    }
}

/// Rows with each value replaced by its bin.
struct Binned {
    /// Upper bounds of each feature's bins but the last.
    bounds: Vec<Vec<f32>>,
    /// Bins, feature after feature.
    bins: Vec<u8>,
    count: usize,
}

impl Binned {
    fn new(rows: &[f32], width: usize, count: usize) -> Self {
        let mut bounds = Vec::with_capacity(width);
        let mut bins = vec![0_u8; width * count];
        for feature in 0..width {
            let mut values: Vec<f32> = (0..count).map(|row| rows[row * width + feature]).collect();
            values.sort_by(f32::total_cmp);
            let mut distinct = values.clone();
            distinct.dedup();
            let between = |a: f32, b: f32| a + (b - a) / 2.0;
            let mut list: Vec<f32> = if distinct.len() <= BINS {
                distinct.windows(2).map(|pair| between(pair[0], pair[1])).collect()
            } else {
                (1..BINS).map(|bin| values[bin * count / BINS]).collect()
            };
            list.dedup();
            for row in 0..count {
                let value = rows[row * width + feature];
                bins[feature * count + row] = list.partition_point(|&bound| bound < value) as u8;
            }
            bounds.push(list);
        }
        Self { bounds, bins, count }
    }
}

/// A leaf that may be split further.
struct Open {
    node: usize,
    rows: Vec<u32>,
    best: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    bin: u8,
}

/// Grows one tree, the best split first.
fn grow(binned: &Binned, columns: &[usize], first: &[f64], second: &[f64], options: &Options) -> Vec<Node> {
    let rows: Vec<u32> = (0..binned.count as u32).filter(|&row| second[row as usize] > 0.0).collect();
    let mut nodes = vec![leaf(&rows, first, second, options)];
    let best = best_split(binned, columns, &rows, first, second, options);
    let mut open = vec![Open { node: 0, rows, best }];
    let mut leaves = 1;
    while leaves < options.leaves {
        let gain = |open: &Open| open.best.map_or(f64::MIN, |split| split.gain);
        let Some(at) =
            (0..open.len()).max_by(|&a, &b| gain(&open[a]).total_cmp(&gain(&open[b])).then(b.cmp(&a)))
        else {
            break;
        };
        let Some(split) = open[at].best else { break };
        let Open { node, rows, .. } = open.swap_remove(at);
        let bins = &binned.bins[split.feature * binned.count..][..binned.count];
        let (low, high): (Vec<u32>, Vec<u32>) =
            rows.iter().partition(|&&row| bins[row as usize] <= split.bin);
        nodes[node].feature = Some(split.feature as u16);
        nodes[node].threshold = binned.bounds[split.feature][usize::from(split.bin)];
        for (side, rows) in [low, high].into_iter().enumerate() {
            let child = nodes.len();
            nodes.push(leaf(&rows, first, second, options));
            if side == 0 {
                nodes[node].low = child as u32;
            } else {
                nodes[node].high = child as u32;
            }
            let best = best_split(binned, columns, &rows, first, second, options);
            open.push(Open { node: child, rows, best });
        }
        leaves += 1;
    }
    nodes
}

fn leaf(rows: &[u32], first: &[f64], second: &[f64], options: &Options) -> Node {
    let sum = |of: &[f64]| rows.iter().map(|&row| of[row as usize]).sum::<f64>();
    let value = -options.rate * sum(first) / (sum(second) + options.ridge);
    Node { feature: None, threshold: 0.0, low: 0, high: 0, value: value as f32 }
}

fn best_split(
    binned: &Binned,
    columns: &[usize],
    rows: &[u32],
    first: &[f64],
    second: &[f64],
    options: &Options,
) -> Option<Split> {
    let (mut g, mut h) = (0.0, 0.0);
    for &row in rows {
        g += first[row as usize];
        h += second[row as usize];
    }
    if h < 2.0 * options.least_weight {
        return None;
    }
    let worth = |g: f64, h: f64| g * g / (h + options.ridge);
    let mut best: Option<Split> = None;
    for &feature in columns {
        let bounds = binned.bounds[feature].len();
        if bounds == 0 {
            continue;
        }
        let bins = &binned.bins[feature * binned.count..][..binned.count];
        let mut sums = [(0.0, 0.0); BINS + 1];
        for &row in rows {
            let sum = &mut sums[usize::from(bins[row as usize])];
            sum.0 += first[row as usize];
            sum.1 += second[row as usize];
        }
        let (mut low_g, mut low_h) = (0.0, 0.0);
        for (bin, sum) in sums[..bounds].iter().enumerate() {
            low_g += sum.0;
            low_h += sum.1;
            if low_h < options.least_weight || h - low_h < options.least_weight {
                continue;
            }
            let gain = worth(low_g, low_h) + worth(g - low_g, h - low_h) - worth(g, h);
            if gain > 1e-9 && best.is_none_or(|best| gain > best.gain) {
                best = Some(Split { gain, feature, bin: bin as u8 });
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_of_two_features_is_learned() {
        let rows: Vec<f32> =
            (0..400).flat_map(|i| [(i % 20) as f32, (i / 20) as f32, (i % 7) as f32]).collect();
        let right: Vec<bool> = rows.chunks(3).map(|row| (row[0] > 9.5) != (row[1] > 12.0)).collect();
        let forest =
            train(&["a", "b", "noise"], &rows, None, &Objective::Binary(&right), &Options::default())
                .expect("trains");
        let wrong =
            rows.chunks(3).zip(&right).filter(|(row, right)| (forest.score(row) > 0.0) != **right).count();
        assert_eq!(wrong, 0);
    }

    #[test]
    fn the_right_row_of_a_group_wins() {
        // The row with the largest first feature is right, whatever the group's level.
        let mut rows = Vec::new();
        let (mut right, mut starts) = (Vec::new(), vec![0]);
        for group in 0..80_u32 {
            for row in 0..4_u32 {
                rows.extend([f32::from(u8::from(row == group % 4)), (group % 10) as f32]);
                right.push(row == group % 4);
            }
            starts.push(right.len());
        }
        let objective = Objective::Groups { starts: &starts, right: &right };
        let forest = train(&["a", "level"], &rows, None, &objective, &Options::default()).expect("trains");
        for group in starts.windows(2) {
            let score = |row: usize| forest.score(&rows[row * 2..][..2]);
            let best = (group[0]..group[1]).max_by(|&a, &b| score(a).total_cmp(&score(b)));
            assert!(right[best.expect("four rows")]);
        }
    }
}
