//! What a passage is about: armed conflict and politics, or a field whose writers borrow the words of war.
//!
//! In: the lemmas of a document. Out: for each block whether conflict words stand in it figuratively. It counts words; it knows no grammar.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use watchkeeper_record::document::{Document, Pos};

use crate::frame;

/// Words of fields; see `data/lexicon/en/domains.toml`.
#[derive(Debug, Deserialize)]
#[serde(from = "Lists")]
pub(crate) struct Lexicon {
    fields: usize,
    /// Whether a word speaks of conflict, and the fields it belongs to.
    by_word: FxHashMap<String, (bool, Vec<usize>)>,
}

/// The data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    conflict: Vec<String>,
    decoys: BTreeMap<String, Vec<String>>,
}

impl From<Lists> for Lexicon {
    fn from(lists: Lists) -> Self {
        let mut by_word: FxHashMap<String, (bool, Vec<usize>)> = FxHashMap::default();
        for word in lists.conflict {
            by_word.entry(word).or_default().0 = true;
        }
        let fields = lists.decoys.len();
        for (number, words) in lists.decoys.into_values().enumerate() {
            for word in words {
                let known = &mut by_word.entry(word).or_default().1;
                if !known.contains(&number) {
                    known.push(number);
                }
            }
        }
        Self { fields, by_word }
    }
}

/// Below so many words a text is too short to be counted; it is read as it stands.
const SHORT: u32 = 60;
/// The rate that such a text is given.
const RATE_OF_SHORT: f32 = 1.0;

/// Whether words of war are figures of speech here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figurative {
    /// They mean what they say.
    No,
    /// In this passage of a document that is otherwise about conflict or politics.
    Passage,
    /// In the whole document.
    Document,
}

/// What each block of a document is about.
#[derive(Debug)]
pub(crate) struct Domain {
    figurative: Vec<Figurative>,
    /// Conflict words per hundred words of the document.
    pub(crate) conflict_rate: f32,
}

#[derive(Debug, Clone, Default)]
struct Count {
    words: u32,
    conflict: u32,
    decoys: Vec<u32>,
}

impl Count {
    fn figurative(&self, least: u32) -> bool {
        let most = self.decoys.iter().copied().max().unwrap_or(0);
        most >= least && f64::from(most) > 1.5 * f64::from(self.conflict)
    }
}

impl Domain {
    /// Counts a document once.
    pub(crate) fn read(doc: &Document, lexicon: &Lexicon) -> Self {
        let by_word = &lexicon.by_word;
        let blocks = doc.article().blocks.len().max(1);
        let mut counts = vec![Count { decoys: vec![0; lexicon.fields], ..Count::default() }; blocks];
        for sentence in doc.sentences() {
            let count = &mut counts[sentence.block as usize];
            for index in sentence.tokens.clone() {
                if matches!(doc.token(index).pos, Pos::Punct | Pos::Space) {
                    continue;
                }
                count.words += 1;
                let lemma = frame::lemma(doc, index);
                let joined = frame::joined(doc, index);
                let word = joined.as_deref().filter(|word| by_word.contains_key(*word)).unwrap_or(&lemma);
                if let Some((conflict, decoys)) = by_word.get(word) {
                    count.conflict += u32::from(*conflict);
                    for &field in decoys {
                        count.decoys[field] += 1;
                    }
                }
            }
        }
        let mut whole = Count { decoys: vec![0; lexicon.fields], ..Count::default() };
        for count in &counts {
            whole.words += count.words;
            whole.conflict += count.conflict;
            for (sum, part) in whole.decoys.iter_mut().zip(&count.decoys) {
                *sum += part;
            }
        }
        let all = whole.figurative(4);
        let of_block = |count: &Count| match (all && count.conflict < 3, count.figurative(3)) {
            (true, _) => Figurative::Document,
            (false, true) => Figurative::Passage,
            (false, false) => Figurative::No,
        };
        let figurative = counts.iter().map(of_block).collect();
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let conflict_rate = if whole.words < SHORT {
            RATE_OF_SHORT
        } else {
            100.0 * whole.conflict as f32 / whole.words as f32
        };
        Self { figurative, conflict_rate }
    }

    /// Whether words of war in this block are figures of speech.
    pub(crate) fn figurative(&self, block: u32) -> Figurative {
        self.figurative.get(block as usize).copied().unwrap_or(Figurative::No)
    }
}
