//! Broad senses of words: how much of a word's use is saying, thinking, feeling; a person, a body of people.
//!
//! In: `data/lexicon/en/senses.tsv` (WordNet). Out: shares, 0..=1. No word in context is told apart.

use rustc_hash::FxHashMap;

/// The classes of a verb: cognition, communication, emotion, perception, social; of a noun: person, group, communication, cognition,
/// feeling, act.
pub(crate) const CLASSES: usize = 6;

/// Shares of a word's classes.
pub(crate) type Shares = [f32; CLASSES];

/// The table of senses.
#[derive(Debug)]
pub(crate) struct Senses {
    verbs: FxHashMap<&'static str, Shares>,
    nouns: FxHashMap<&'static str, Shares>,
}

impl Senses {
    /// Reads the table that ships with the program. A row that isn't three columns is left out.
    pub(crate) fn shipped() -> Self {
        let (mut verbs, mut nouns) = (FxHashMap::default(), FxHashMap::default());
        let table: &'static str = include_str!("../../../../data/lexicon/en/senses.tsv");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(word), Some(letter), Some(digits)) = (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            let mut shares = [0.0; CLASSES];
            for (share, digit) in shares.iter_mut().zip(digits.bytes()) {
                *share = f32::from(digit.saturating_sub(b'0').min(9)) / 9.0;
            }
            let map = if letter == "v" { &mut verbs } else { &mut nouns };
            map.insert(word, shares);
        }
        Self { verbs, nouns }
    }

    /// Shares of a verb's senses: cognition, communication, emotion, perception, social.
    pub(crate) fn verb(&self, lemma: &str) -> Shares {
        self.verbs.get(lemma).copied().unwrap_or_default()
    }

    /// Shares of a noun's senses: person, group, communication, cognition, feeling, act.
    pub(crate) fn noun(&self, lemma: &str) -> Shares {
        self.nouns.get(lemma).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_main_senses() {
        let senses = Senses::shipped();
        assert!(senses.verb("allege")[1] > 0.5);
        assert!(senses.verb("believe")[0] > 0.5);
        assert!(senses.noun("policeman")[0] > 0.5);
        assert_eq!(senses.noun("no-such-word"), [0.0; CLASSES]);
    }
}
