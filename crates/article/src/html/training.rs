//! For whoever trains the judge of blocks: the rows that it sees, with the blocks' texts. Not for reading pages.

use watchkeeper_nn::trees::{Forest, logistic};

use super::features;
use super::{choose, context};

/// A page as the judge of blocks sees it.
#[derive(Debug, Clone)]
pub struct Page {
    /// The text of each block.
    pub texts: Vec<String>,
    rows: features::Rows,
}

/// Names of the features of a row: of the first look, or of the second one.
#[must_use]
pub fn names(second: bool) -> Vec<String> {
    let mut names = features::names();
    if second {
        names.extend(context::names());
    }
    names
}

impl Page {
    /// Reads a page's bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let decoded = super::decode::decode(bytes, None);
        let page = super::Markup::read(&decoded.text);
        let texts = page.blocks.list.iter().map(|block| page.blocks.words(block).to_owned()).collect();
        Self { texts, rows: page.rows() }
    }

    /// Rows of the first look.
    #[must_use]
    pub fn rows(&self) -> &[f32] {
        &self.rows.values
    }

    /// Rows of the second look, by the scores of the first.
    #[must_use]
    pub fn second_rows(&self, scores: &[f32]) -> Vec<f32> {
        context::extend(&self.rows, scores, features::names().len())
    }

    /// The blocks that are kept, by their scores.
    #[must_use]
    pub fn choose(&self, scores: &[f32], keep: f32) -> Vec<usize> {
        choose::choose(&self.rows, scores, keep)
    }
}

/// Probabilities of rows of a width by a forest.
#[must_use]
pub fn scores(rows: &[f32], width: usize, forest: &Forest) -> Vec<f32> {
    forest.scores(rows, width).into_iter().map(logistic).collect()
}

/// The scores of both looks as one.
#[must_use]
pub fn both(first: &[f32], second: &[f32]) -> Vec<f32> {
    choose::both(first, second)
}
