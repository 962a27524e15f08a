//! Boosted decision trees: a sum of small trees over a row of named features.
//!
//! In: a weight file's entries, or nodes made by a trainer; then rows of `f32` features in the order of [`Forest::features`].
//! Out: one raw score a row (a logit), and for an explanation what each feature added to it. Knows nothing of what the
//! features mean. Training is in `watchkeeper-eval`.
//!
//! # In a weight file
//!
//! Under a prefix `P`: blob `P.features` (names, one a line), tensor `P.roots` (`[trees]`, index of each tree's first node),
//! tensor `P.nodes` (`[nodes, 5]`: feature or −1 for a leaf, threshold, index where `x ≤ threshold`, index elsewhere, value),
//! tensor `P.base` (`[1]`). A node's value is what the tree would add were it cut there; children lie behind their parent.

use crate::weights::{WeightError, WeightFile, WeightFileBuilder};

/// Numbers of a node in the file.
const NODE_NUMBERS: usize = 5;

/// One node of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The feature that is asked for; `None` in a leaf.
    pub feature: Option<u16>,
    /// Rows with `x <= threshold` go to `low`, others, and NaN, to `high`.
    pub threshold: f32,
    /// Index of the node for low values.
    pub low: u32,
    /// Index of the node for high values.
    pub high: u32,
    /// What the tree adds if it ends here.
    pub value: f32,
}

/// Trees that a row goes down at once: while one waits for its next node, the others go on.
const TREES_AT_ONCE: usize = 8;

/// A node as a row passes it. A leaf leads to itself, so that a row may take more steps than a tree is deep.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    feature: u32,
    threshold: f32,
    /// Where high values go, and low ones.
    next: [u32; 2],
}

/// A sum of trees.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forest {
    features: Vec<String>,
    base: f32,
    roots: Vec<u32>,
    nodes: Vec<Node>,
    /// Of each node.
    steps: Vec<Step>,
    /// The most steps to a leaf, for every [`TREES_AT_ONCE`] trees.
    depths: Vec<usize>,
}

impl Forest {
    /// Puts trees together.
    ///
    /// # Errors
    /// When a node's feature or child doesn't exist, or a child doesn't lie behind its parent.
    pub fn new(
        features: Vec<String>,
        base: f32,
        roots: Vec<u32>,
        nodes: Vec<Node>,
    ) -> Result<Self, WeightError> {
        for (at, node) in nodes.iter().enumerate() {
            let Some(feature) = node.feature else { continue };
            let fine = |child: u32| child as usize > at && (child as usize) < nodes.len();
            if usize::from(feature) >= features.len() || !fine(node.low) || !fine(node.high) {
                return Err(WeightError::Index(at));
            }
        }
        if let Some(root) = roots.iter().find(|&&root| root as usize >= nodes.len()) {
            return Err(WeightError::Index(*root as usize));
        }
        // Children lie behind their parents.
        let mut below = vec![0; nodes.len()];
        for (at, node) in nodes.iter().enumerate().rev().filter(|(_, node)| node.feature.is_some()) {
            below[at] = 1 + below[node.low as usize].max(below[node.high as usize]);
        }
        let deepest = |roots: &[u32]| roots.iter().map(|&root| below[root as usize]).max().unwrap_or(0);
        let depths = roots.chunks(TREES_AT_ONCE).map(deepest).collect();
        let step = |(at, node): (usize, &Node)| match node.feature {
            Some(feature) => {
                Step { feature: feature.into(), threshold: node.threshold, next: [node.high, node.low] }
            }
            None => Step { feature: 0, threshold: 0.0, next: [at as u32; 2] },
        };
        let steps = nodes.iter().enumerate().map(step).collect();
        Ok(Self { features, base, roots, nodes, steps, depths })
    }

    /// Reads the entries under a prefix.
    ///
    /// # Errors
    /// When one is missing, has another shape, or leads nowhere.
    pub fn from_weights(file: &WeightFile<'_>, prefix: &str) -> Result<Self, WeightError> {
        let name = |part: &str| format!("{prefix}.{part}");
        let features = String::from_utf8_lossy(file.blob(&name("features"))?)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let base = file.tensor(&name("base"))?.data.first().copied().unwrap_or(0.0);
        // Indices below 2^24 are exact in an `f32`.
        let roots = file.tensor(&name("roots"))?.data.iter().map(|&root| root as u32).collect();
        let nodes = file.tensor(&name("nodes"))?;
        if nodes.shape.len() != 2 || nodes.shape[1] != NODE_NUMBERS {
            return Err(WeightError::Shape {
                name: name("nodes"),
                expected: vec![nodes.data.len() / NODE_NUMBERS, NODE_NUMBERS],
                found: nodes.shape,
            });
        }
        let nodes = nodes
            .data
            .chunks_exact(NODE_NUMBERS)
            .map(|n| Node {
                feature: (n[0] >= 0.0).then_some(n[0] as u16),
                threshold: n[1],
                low: n[2] as u32,
                high: n[3] as u32,
                value: n[4],
            })
            .collect();
        Self::new(features, base, roots, nodes)
    }

    /// Writes the entries under a prefix.
    pub fn write(&self, prefix: &str, file: &mut WeightFileBuilder) {
        let name = |part: &str| format!("{prefix}.{part}");
        file.blob(&name("features"), self.features.join("\n").as_bytes());
        file.tensor(&name("base"), &[1], &[self.base]);
        let roots: Vec<f32> = self.roots.iter().map(|&root| root as f32).collect();
        file.tensor(&name("roots"), &[roots.len()], &roots);
        let mut nodes = Vec::with_capacity(self.nodes.len() * NODE_NUMBERS);
        for node in &self.nodes {
            let feature = node.feature.map_or(-1.0, f32::from);
            nodes.extend([feature, node.threshold, node.low as f32, node.high as f32, node.value]);
        }
        file.tensor(&name("nodes"), &[self.nodes.len(), NODE_NUMBERS], &nodes);
    }

    /// Names of the features, in the order of a row.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Number of trees.
    #[must_use]
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Whether it has no tree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// The raw score of a row. A feature that the row lacks counts as 0.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f32 {
        let mut sum = self.base;
        for (roots, &depth) in self.roots.chunks(TREES_AT_ONCE).zip(&self.depths) {
            let mut at = [0; TREES_AT_ONCE];
            at[..roots.len()].copy_from_slice(roots);
            for _ in 0..depth {
                for at in &mut at {
                    let step = &self.steps[*at as usize];
                    let low = row.get(step.feature as usize).copied().unwrap_or(0.0) <= step.threshold;
                    *at = step.next[usize::from(low)];
                }
            }
            sum = at[..roots.len()].iter().fold(sum, |sum, &leaf| sum + self.nodes[leaf as usize].value);
        }
        sum
    }

    /// The raw scores of rows of a width, as [`Self::score`] gives them, tree by tree over many rows: faster for more than a few.
    #[must_use]
    pub fn scores(&self, rows: &[f32], width: usize) -> Vec<f32> {
        /// Rows at once: few enough for the processor's cache.
        const AT_ONCE: usize = 64;
        let mut sums = vec![self.base; rows.len() / width.max(1)];
        for (rows, sums) in rows.chunks(width.max(1) * AT_ONCE).zip(sums.chunks_mut(AT_ONCE)) {
            for &root in &self.roots {
                for (row, sum) in rows.chunks_exact(width.max(1)).zip(&mut *sums) {
                    *sum += leaf_of(&self.nodes, root, row).value;
                }
            }
        }
        sums
    }

    /// What each feature added to the score of a row, in the order of [`Self::features`]: the change of the nodes' values along
    /// the row's path (Saabas). Base and root values are nobody's.
    #[must_use]
    pub fn explain(&self, row: &[f32]) -> Vec<f32> {
        let mut added = vec![0.0; self.features.len()];
        for &root in &self.roots {
            let mut node = &self.nodes[root as usize];
            while let Some(feature) = node.feature {
                let next = next(&self.nodes, node, feature, row);
                added[usize::from(feature)] += next.value - node.value;
                node = next;
            }
        }
        added
    }
}

/// The leaf that a row falls in from a root. A feature that the row lacks counts as 0.
///
/// # Panics
/// When a node leads out of `nodes`, which [`Forest::new`] refuses.
#[must_use]
pub fn leaf_of<'a>(nodes: &'a [Node], root: u32, row: &[f32]) -> &'a Node {
    let mut node = &nodes[root as usize];
    while let Some(feature) = node.feature {
        node = next(nodes, node, feature, row);
    }
    node
}

fn next<'a>(nodes: &'a [Node], node: &Node, feature: u16, row: &[f32]) -> &'a Node {
    let low = row.get(usize::from(feature)).copied().unwrap_or(0.0) <= node.threshold;
    // Picked by index: which way a row goes is hard to foretell, and a wrong guess costs more than the node.
    &nodes[[node.high, node.low][usize::from(low)] as usize]
}

/// The logistic function: a probability of a raw score.
#[must_use]
pub fn logistic(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(value: f32) -> Node {
        Node { feature: None, threshold: 0.0, low: 0, high: 0, value }
    }

    fn forest() -> Forest {
        let nodes = vec![
            Node { feature: Some(1), threshold: 0.5, low: 1, high: 2, value: 0.25 },
            leaf(-1.0),
            Node { feature: Some(0), threshold: 2.0, low: 3, high: 4, value: 1.0 },
            leaf(0.5),
            leaf(3.0),
        ];
        Forest::new(vec!["one".to_owned(), "two".to_owned()], 0.125, vec![0, 3], nodes).expect("sound")
    }

    #[test]
    fn a_score_is_the_sum_of_the_leaves() {
        assert_eq!(forest().score(&[0.0, 0.0]), 0.125 - 1.0 + 0.5);
        assert_eq!(forest().score(&[3.0, 1.0]), 0.125 + 3.0 + 0.5);
        assert_eq!(forest().score(&[2.0, f32::NAN]), 0.125 + 0.5 + 0.5, "NaN goes high");
        assert_eq!(forest().score(&[]), 0.125 - 1.0 + 0.5, "what lacks counts as 0");
    }

    #[test]
    fn many_rows_score_as_each_does() {
        let rows: Vec<f32> = (0..300).map(|i| (i * 7 % 11) as f32 / 3.0).collect();
        let each: Vec<f32> = rows.chunks_exact(2).map(|row| forest().score(row)).collect();
        assert_eq!(forest().scores(&rows, 2), each);
        assert!(forest().scores(&[], 2).is_empty());
    }

    #[test]
    fn an_explanation_sums_to_the_change_from_the_roots() {
        assert_eq!(forest().explain(&[3.0, 1.0]), [2.0, 0.75]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut file = WeightFileBuilder::new();
        forest().write("rank", &mut file);
        let bytes = file.finish();
        let file = WeightFile::parse(&bytes).expect("sound");
        assert_eq!(Forest::from_weights(&file, "rank").expect("sound"), forest());
        assert!(Forest::from_weights(&file, "other").is_err());
    }

    #[test]
    fn nodes_that_lead_nowhere_are_refused() {
        let back = vec![leaf(0.0), Node { feature: Some(0), threshold: 0.0, low: 0, high: 0, value: 0.0 }];
        assert_eq!(Forest::new(vec!["one".to_owned()], 0.0, vec![1], back), Err(WeightError::Index(1)));
        assert_eq!(Forest::new(Vec::new(), 0.0, vec![4], vec![leaf(0.0)]), Err(WeightError::Index(4)));
    }
}
