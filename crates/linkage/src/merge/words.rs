//! Words of a report as terms: stems by hash, with how rare they are in a fixed background and whether they are names.

use watchkeeper_nn::weights::xxh64;
use watchkeeper_nn::{WeightError, WeightFile, WeightFileBuilder};

/// How often words occur in a fixed body of news: what is rare doesn't depend on the collection at hand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Background {
    /// Number of documents counted (some count for less than one).
    documents: f32,
    /// Hash of a stem and the number of documents with it, times 16, by hash.
    stems: Vec<(u32, u32)>,
    /// Hash of a word in lower case and how often it is written small, of 255, by hash.
    cases: Vec<(u32, u8)>,
}

/// Blob of documents' number and stems in the weight file, and of cases.
const BLOBS: [&str; 2] = ["background.stems", "background.cases"];

impl Background {
    /// Puts counts together: `documents` counted, `(stem, documents with it)`, `(word in lower case, written small, written with a capital)`.
    /// Stems of fewer than 1.5 documents and words seen once are left out.
    #[must_use]
    pub fn new(
        documents: f32,
        stems: impl Iterator<Item = (String, f32)>,
        cases: impl Iterator<Item = (String, f32, f32)>,
    ) -> Self {
        let mut stems: Vec<(u32, u32)> = stems
            .filter(|(_, count)| *count >= 1.5)
            .map(|(stem, count)| (hash(&stem), (count * 16.0).round() as u32))
            .collect();
        stems.sort_unstable();
        stems.dedup_by_key(|entry| entry.0);
        let mut cases: Vec<(u32, u8)> = cases
            .filter(|(_, small, large)| small + large >= 2.0)
            .map(|(word, small, large)| (hash(&word), (small / (small + large) * 255.0).round() as u8))
            .collect();
        cases.sort_unstable();
        cases.dedup_by_key(|entry| entry.0);
        Self { documents, stems, cases }
    }

    /// Reads it from a weight file.
    ///
    /// # Errors
    /// When an entry is missing.
    pub fn from_weights(file: &WeightFile<'_>) -> Result<Self, WeightError> {
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte));
        let stems = file.blob(BLOBS[0])?;
        let (count, stems) = stems.split_at(stems.len().min(4));
        Ok(Self {
            documents: number(count) as f32,
            stems: stems.chunks_exact(8).map(|entry| (number(&entry[..4]), number(&entry[4..]))).collect(),
            cases: file
                .blob(BLOBS[1])?
                .chunks_exact(5)
                .map(|entry| (number(&entry[..4]), entry[4]))
                .collect(),
        })
    }

    /// Writes it into a weight file. The number of documents is rounded.
    pub fn write(&self, file: &mut WeightFileBuilder) {
        let mut stems = (self.documents.round() as u32).to_le_bytes().to_vec();
        for (hash, count) in &self.stems {
            stems.extend(hash.to_le_bytes());
            stems.extend(count.to_le_bytes());
        }
        let mut cases = Vec::new();
        for (hash, small) in &self.cases {
            cases.extend(hash.to_le_bytes());
            cases.push(*small);
        }
        file.blob(BLOBS[0], &stems);
        file.blob(BLOBS[1], &cases);
    }

    /// Natural logarithm of how many documents there are to one with the stem, 0 and more; unseen stems have the most.
    #[must_use]
    pub fn rarity(&self, stem: u32) -> f32 {
        let count = match self.stems.binary_search_by_key(&stem, |entry| entry.0) {
            Ok(at) => self.stems[at].1 as f32 / 16.0,
            Err(_) => 0.0,
        };
        ((self.documents + 1.0) / (count + 0.5)).ln().max(0.0)
    }

    /// How often a word is written small, 0..=1; `None` for one never seen.
    #[must_use]
    pub fn small(&self, word: u32) -> Option<f32> {
        let at = self.cases.binary_search_by_key(&word, |entry| entry.0).ok()?;
        Some(f32::from(self.cases[at].1) / 255.0)
    }

    /// Number of stems and of words with a case.
    #[must_use]
    pub fn len(&self) -> (usize, usize) {
        (self.stems.len(), self.cases.len())
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stems.is_empty()
    }
}

/// Hash of a term.
#[must_use]
pub(super) fn hash(term: &str) -> u32 {
    xxh64(term.as_bytes()) as u32
}

/// Parts a line into words: runs of letters, or numbers with their inner points and commas.
#[must_use]
pub fn words(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let digit = first.is_ascii_digit();
        if !digit && !first.is_alphabetic() {
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some(&(at, c)) = chars.peek() {
            let inner = digit
                && matches!(c, '.' | ',')
                && line[at + 1..].starts_with(|next: char| next.is_ascii_digit());
            if (digit && (c.is_ascii_digit() || inner)) || (!digit && c.is_alphabetic()) {
                end = at + c.len_utf8();
                chars.next();
            } else {
                break;
            }
        }
        found.push(&line[start..end]);
    }
    found
}

/// A word without its commonest endings, in lower case: forms of one word mostly share it. Crude on purpose: it only has to be the same on both sides.
#[must_use]
pub fn stem(word: &str) -> String {
    let mut stem = word.to_lowercase();
    if stem.chars().count() > 4 && stem.is_ascii() {
        for ending in ["ing", "edly", "ed", "es", "s", "ly"] {
            if !stem.ends_with(ending) || stem.len() < ending.len() + 3 {
                continue;
            }
            if ending == "s" && stem.as_bytes()[stem.len() - 2] == b's' {
                break;
            }
            stem.truncate(stem.len() - ending.len());
            break;
        }
        if stem.len() > 4 && stem.ends_with('e') {
            stem.pop();
        }
        let bytes = stem.as_bytes();
        if bytes.len() > 3
            && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
            && !matches!(bytes[bytes.len() - 1], b'l' | b's')
        {
            stem.pop();
        }
        if stem.ends_with('i') {
            stem.pop();
            stem.push('y');
        }
    }
    stem
}

/// Number of a month by its name or usual short form.
#[must_use]
pub(super) fn month(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if !word.starts_with(char::is_uppercase) {
        return None;
    }
    let word = word.to_lowercase();
    let at = MONTHS.iter().position(|month| {
        *month == word || month[..3] == word || (*month == "september" && word == "sept")
    })?;
    u8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_or_numbers() {
        assert_eq!(
            words("Mr. O'Hara paid $1,200.50, in 2012."),
            ["Mr", "O", "Hara", "paid", "1,200.50", "in", "2012"]
        );
        assert_eq!(words("ça — 3rd"), ["ça", "3", "rd"]);
    }

    #[test]
    fn forms_of_a_word_share_their_stem() {
        for pair in
            [("killed", "killing"), ("charges", "charged"), ("cities", "city"), ("stopped", "stopping")]
        {
            assert_eq!(stem(pair.0), stem(pair.1), "{pair:?}");
        }
        assert_ne!(stem("police"), stem("policy"));
    }

    #[test]
    fn a_background_survives_its_file() {
        let made = Background::new(
            100.0,
            [("police".to_owned(), 50.0), ("acquit".to_owned(), 2.0), ("once".to_owned(), 1.0)].into_iter(),
            [("police".to_owned(), 9.0, 1.0)].into_iter(),
        );
        let mut file = WeightFileBuilder::new();
        made.write(&mut file);
        let bytes = file.finish();
        let read = Background::from_weights(&WeightFile::parse(&bytes).expect("parses")).expect("reads");
        assert_eq!(made, read);
        assert!(read.rarity(hash("police")) < 1.0 && read.rarity(hash("acquit")) > 3.0);
        assert!(read.rarity(hash("once")) > 5.0 && read.small(hash("police")) > Some(0.8));
    }
}
