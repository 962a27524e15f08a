//! Word pieces: words cut into units of a closed vocabulary (WordPiece, Wu et al. 2016), as uncased BERT models have it.
//!
//! In: a word. Out: ids. Words are lower-cased, stripped of diacritics and cut at white space, punctuation and CJK characters; each
//! part is then taken apart greedily, the longest unit first.

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use watchkeeper_nn::WeightError;

/// Longest part, in characters, that is taken apart; a longer one is unknown.
const PART_MAX: usize = 100;

/// A vocabulary of word pieces.
#[derive(Debug)]
pub struct Pieces {
    ids: FxHashMap<String, u32>,
    unknown: u32,
    /// The piece that opens a window.
    pub first: u32,
    /// The piece that closes a window.
    pub last: u32,
}

impl Pieces {
    /// Reads a vocabulary, one unit a line, ids by line.
    ///
    /// # Errors
    /// When it lacks `[UNK]`, `[CLS]` or `[SEP]`.
    pub fn new(vocabulary: &[u8]) -> Result<Self, WeightError> {
        let text = String::from_utf8_lossy(vocabulary);
        let ids: FxHashMap<String, u32> =
            text.lines().enumerate().map(|(id, unit)| (unit.to_owned(), id as u32)).collect();
        let id = |unit: &str| ids.get(unit).copied().ok_or_else(|| WeightError::Missing(unit.to_owned()));
        let (unknown, first, last) = (id("[UNK]")?, id("[CLS]")?, id("[SEP]")?);
        Ok(Self { ids, unknown, first, last })
    }

    /// Cuts a word; never empty: a word of nothing that can be read is one unknown piece.
    #[must_use]
    pub fn of(&self, word: &str) -> Vec<u32> {
        let mut out = Vec::new();
        let mut part = String::new();
        let plain = word.chars().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c));
        for c in plain {
            if c.is_whitespace() {
                self.cut(&mut part, &mut out);
            } else if c.is_control()
                || matches!(c, '\u{fffd}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
            {
                // Nothing to read.
            } else if is_punctuation(c) || is_ideograph(c) {
                self.cut(&mut part, &mut out);
                part.push(c);
                self.cut(&mut part, &mut out);
            } else {
                part.push(c);
            }
        }
        self.cut(&mut part, &mut out);
        if out.is_empty() {
            out.push(self.unknown);
        }
        out
    }

    /// Takes one part apart and empties it.
    fn cut(&self, part: &mut String, out: &mut Vec<u32>) {
        if part.is_empty() {
            return;
        }
        let length = out.len();
        let mut at = 0;
        let mut unit = String::new();
        while at < part.len() && part.chars().count() <= PART_MAX {
            let mut end = part.len();
            let found = loop {
                if end == at {
                    break None;
                }
                unit.clear();
                if at > 0 {
                    unit.push_str("##");
                }
                unit.push_str(&part[at..end]);
                if let Some(&id) = self.ids.get(&unit) {
                    break Some(id);
                }
                end = part[..end].char_indices().next_back().map_or(at, |(before, _)| before.max(at));
            };
            match found {
                Some(id) => {
                    out.push(id);
                    at = end;
                }
                None => break,
            }
        }
        if at < part.len() {
            out.truncate(length);
            out.push(self.unknown);
        }
        part.clear();
    }
}

/// ASCII symbols count as punctuation, as in BERT's basic tokeniser.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{2010}'..='\u{2027}'
            | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{66a}'..='\u{66d}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_greedily() {
        let pieces = Pieces::new("[UNK]\n[CLS]\n[SEP]\nkid\n##napp\n##ed\n##er\n-\nbogota\nm\n16".as_bytes())
            .expect("reads");
        assert_eq!(pieces.of("Kidnapped"), [3, 4, 5]);
        assert_eq!(pieces.of("BOGOTÁ"), [8]);
        assert_eq!(pieces.of("M-16"), [9, 7, 10]);
        assert_eq!(pieces.of("kidnappings"), [0]);
        assert_eq!(pieces.of(""), [0]);
        assert_eq!(pieces.of(&"é".repeat(500)), [0]);
    }

    #[test]
    fn a_vocabulary_without_its_marks_is_refused() {
        assert!(Pieces::new(b"a\nb").is_err());
    }
}
