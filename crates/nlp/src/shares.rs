//! Each token's shares of the hidden layer of a transition system, computed when first needed and kept for a while.
//!
//! In: projected token vectors of one document. Out: `[features, 2, 64]` values a token. A ring of blocks bounds memory for
//! documents of any length; a value computed again equals the first bit for bit.

use watchkeeper_nn::layers::{HIDDEN, StateScorer};

/// Tokens computed together.
const BLOCK: usize = 32;
/// Blocks kept: 2,048 tokens.
const BLOCKS: usize = 64;
const NONE: usize = usize::MAX;
const FEATURES_MAX: usize = 8;

/// The kept shares of one worker, for one transition system.
#[derive(Debug, Default)]
pub struct Shares {
    /// Which block of the document each place holds.
    held: Vec<usize>,
    /// `[BLOCKS * BLOCK][features][128]`
    values: Vec<[f32; 128]>,
    /// Copies of a state's shares, used when two of them compete for one place.
    copies: Vec<[f32; 128]>,
}

impl Shares {
    /// Forgets the last document.
    pub fn begin(&mut self) {
        self.held.clear();
    }

    /// Computes the scores of a state. `features` are token indices or `None`; `projected` is `[tokens, 64]`.
    pub fn score<'o>(
        &mut self,
        scorer: &StateScorer,
        projected: &[f32],
        features: &[Option<usize>],
        out: &'o mut [f32; 128],
    ) -> &'o [f32] {
        const EMPTY: [f32; 128] = [0.0; 128];
        let count = features.len();
        let mut clash = false;
        for &token in features.iter().flatten() {
            self.ensure(scorer, projected, token);
        }
        for &token in features.iter().flatten() {
            clash |= self.held[(token / BLOCK) % BLOCKS] != token / BLOCK;
        }
        let mut parts: [&[f32; 128]; FEATURES_MAX] = [&EMPTY; FEATURES_MAX];
        if clash {
            self.copies.clear();
            for (f, &token) in features.iter().enumerate() {
                let part = match token {
                    Some(token) => {
                        self.ensure(scorer, projected, token);
                        self.values[place(token) * count + f]
                    }
                    None => *scorer.pad(f),
                };
                self.copies.push(part);
            }
            for (part, copy) in parts.iter_mut().zip(&self.copies) {
                *part = copy;
            }
        } else {
            for (f, &token) in features.iter().enumerate() {
                parts[f] = match token {
                    Some(token) => &self.values[place(token) * count + f],
                    None => scorer.pad(f),
                };
            }
        }
        scorer.score(&parts[..count], out)
    }

    /// Makes sure that the block of a token is held.
    fn ensure(&mut self, scorer: &StateScorer, projected: &[f32], token: usize) {
        let block = token / BLOCK;
        let slot = block % BLOCKS;
        if self.held.get(slot) == Some(&block) {
            return;
        }
        let features = scorer.features();
        if self.held.len() <= slot {
            self.held.resize(slot + 1, NONE);
        }
        let end = (slot + 1) * BLOCK * features;
        if self.values.len() < end {
            self.values.resize(end, [0.0; 128]);
        }
        let first = block * BLOCK * HIDDEN;
        let last = projected.len().min(first + BLOCK * HIDDEN);
        let rows = (last - first) / HIDDEN;
        let at = slot * BLOCK * features;
        let values = self.values[at..at + rows * features].as_flattened_mut();
        scorer.precompute(&projected[first..last], values);
        self.held[slot] = block;
    }
}

/// Place of a token in the ring.
fn place(token: usize) -> usize {
    token % (BLOCK * BLOCKS)
}
