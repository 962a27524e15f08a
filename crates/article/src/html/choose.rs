//! Which blocks are the article: two forests of boosted trees, the second of which sees what the first said of the blocks around.

use std::sync::LazyLock;

use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_nn::weights::{WeightError, WeightFile};

use super::context;
use super::features::Rows;

/// Weights of the judge of blocks (see weights.toml).
static WEIGHTS: &[u8] = include_bytes!("../../../../weights/pages.wkw");

/// Probability from which a block is kept.
pub(crate) const KEEP: f32 = 0.5;
/// Kept text, in bytes, under which weaker blocks are taken too.
const LITTLE: u32 = 150;
/// Length from which a text that stood before isn't taken again, in characters.
const AGAIN: u32 = 40;

struct Judge {
    first: Forest,
    second: Forest,
}

static JUDGE: LazyLock<Judge> =
    LazyLock::new(|| open().expect("the weights of pages are part of the program and tested"));

fn open() -> Result<Judge, WeightError> {
    let file = WeightFile::parse(WEIGHTS)?;
    Ok(Judge { first: Forest::from_weights(&file, "first")?, second: Forest::from_weights(&file, "second")? })
}

/// The probability of each block that it is part of the article.
pub(crate) fn scores(rows: &Rows) -> Vec<f32> {
    let judge = &*JUDGE;
    let score = |rows: &[f32], forest: &Forest| -> Vec<f32> {
        forest.scores(rows, forest.features().len()).into_iter().map(logistic).collect()
    };
    let first = score(&rows.values, &judge.first);
    let second = score(&context::extend(rows, &first, judge.first.features().len()), &judge.second);
    both(&first, &second)
}

/// The scores of both looks as one: their mean errs less than either.
pub(crate) fn both(first: &[f32], second: &[f32]) -> Vec<f32> {
    first.iter().zip(second).map(|(first, second)| (first + second) / 2.0).collect()
}

/// The blocks to keep, in order: those that score enough; where they are hardly a text, weaker ones too, so that a short page
/// isn't empty. Widgets never are taken, and what stood on the page before isn't taken again.
pub(crate) fn choose(rows: &Rows, scores: &[f32], keep: f32) -> Vec<usize> {
    let take = |least: f32| -> Vec<usize> {
        (0..scores.len())
            .filter(|&i| scores[i] >= least && !rows.widget[i] && !(rows.again[i] && rows.chars[i] >= AGAIN))
            .collect()
    };
    let kept = take(keep);
    let text: u32 = kept.iter().map(|&i| rows.chars[i]).sum();
    if text >= LITTLE { kept } else { take(keep * 0.4) }
}

#[cfg(test)]
mod tests {
    use super::super::features;
    use super::*;

    #[test]
    fn the_weights_know_these_features() {
        let judge = open().expect("sound weights");
        assert_eq!(judge.first.features(), features::names(), "retrain: training/pages");
        let second: Vec<String> = features::names().into_iter().chain(context::names()).collect();
        assert_eq!(judge.second.features(), second, "retrain: training/pages");
    }
}
