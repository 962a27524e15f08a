//! The case of words: an averaged perceptron over hashed features.
//!
//! In: a text and its words. Out: lower case, capitalised or capitals for each, decided from left to right. A feature is a
//! 64-bit hash of its template and the lower-cased words it reads, folded to a slot of a table of `i8` weights; the table
//! holds no words. [`Trainer`] makes such a table from text in ordinary case (`training/truecase`).

use std::fmt;

use watchkeeper_nn::{WeightError, WeightFile, WeightFileBuilder};

use super::words::Word;
use crate::chars;
use crate::lexeme::murmur64a;

/// Number of cases.
const CASES: usize = 3;
/// Largest table accepted: 2^24 slots.
const BITS_MAX: u32 = 24;
/// Longest word form that features read, in bytes.
const FORM_BYTES_MAX: usize = 40;

/// Words that give no letter to an acronym.
const SMALL: [&str; 9] = ["of", "the", "and", "for", "in", "de", "la", "del", "to"];

/// The case of a word in running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// "attack".
    Lower,
    /// "Nairobi", "McCain".
    Title,
    /// "NATO".
    Upper,
}

const ALL: [Case; CASES] = [Case::Lower, Case::Title, Case::Upper];

/// Why a model cannot be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum ModelError {
    /// The file is damaged or lacks something.
    Weights(WeightError),
    /// The table has a size that this program does not use.
    Size(usize),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weights(e) => write!(f, "truecaser weights: {e}"),
            Self::Size(size) => write!(f, "truecaser weights: a table of {size} bytes is not supported"),
        }
    }
}

impl std::error::Error for ModelError {}

impl From<WeightError> for ModelError {
    fn from(e: WeightError) -> Self {
        Self::Weights(e)
    }
}

/// A trained table. Shared between workers.
#[derive(Debug)]
pub struct Model {
    /// `[slots, 3]`.
    weights: Vec<i8>,
    mask: u64,
}

impl Model {
    /// Loads a model from the bytes of a weight file (blob `truecase`, `[2^n, 3]` i8).
    ///
    /// # Errors
    /// When the file is damaged or the table has an impossible size.
    pub fn from_weights(bytes: &[u8]) -> Result<Self, ModelError> {
        let table = WeightFile::parse(bytes)?.blob("truecase")?;
        let slots = table.len() / CASES;
        if !slots.is_power_of_two() || slots * CASES != table.len() || slots.ilog2() > BITS_MAX {
            return Err(ModelError::Size(table.len()));
        }
        let weights = table.iter().map(|&byte| byte.cast_signed()).collect();
        Ok(Self { weights, mask: slots as u64 - 1 })
    }

    /// Predicts the case of every word as if it did not begin a sentence.
    #[must_use]
    pub fn predict(&self, text: &str, words: &[Word]) -> Vec<Case> {
        let forms = Forms::new(text, words);
        let mut features = Vec::new();
        let mut history = History::default();
        let mut out = Vec::with_capacity(words.len());
        for (i, word) in words.iter().enumerate() {
            forms.features(i, history, &mut features);
            let mut scores = [0i32; CASES];
            for feature in &features {
                let slot = (feature & self.mask) as usize * CASES;
                for (score, &weight) in scores.iter_mut().zip(&self.weights[slot..slot + CASES]) {
                    *score += i32::from(weight);
                }
            }
            let case = best(scores);
            history.push(word, case);
            out.push(case);
        }
        out
    }
}

fn best<T: PartialOrd + Copy>(scores: [T; CASES]) -> Case {
    let mut best = 0;
    for i in 1..CASES {
        if scores[i] > scores[best] {
            best = i;
        }
    }
    ALL[best]
}

/// The decisions on the two words before.
#[derive(Debug, Clone, Copy, Default)]
struct History {
    last: u8,
    before: u8,
}

impl History {
    fn push(&mut self, word: &Word, case: Case) {
        self.before = self.last;
        // The capital of a sentence's first word says nothing about the word.
        self.last = if word.starts_sentence && case != Case::Upper { 4 } else { case as u8 + 1 };
    }
}

/// The words of a text as features read them.
struct Forms {
    forms: Vec<String>,
    /// What stands before each word, and after the last.
    gaps: Vec<u8>,
}

impl Forms {
    fn new(text: &str, words: &[Word]) -> Self {
        let mut forms = Vec::with_capacity(words.len());
        let mut gaps = Vec::with_capacity(words.len() + 1);
        let mut at = 0;
        for word in words {
            gaps.push(gap(&text[at..word.start]));
            let mut form = chars::lower(&text[word.start..word.end]).replace('’', "'");
            if form.len() > FORM_BYTES_MAX {
                let end = (0..=FORM_BYTES_MAX).rev().find(|&end| form.is_char_boundary(end)).unwrap_or(0);
                form.truncate(end);
            }
            forms.push(form);
            at = word.end;
        }
        gaps.push(gap(&text[at..]));
        Self { forms, gaps }
    }

    fn form(&self, i: usize, offset: isize) -> &str {
        i.checked_add_signed(offset).and_then(|i| self.forms.get(i)).map_or("", String::as_str)
    }

    /// Tells how a word relates to the initials of those before it: 0 too long or short, 1 not at all, 2 it is made of them.
    fn initials(&self, i: usize, word: &str) -> u8 {
        let length = word.chars().count();
        if !(2..=6).contains(&length) {
            return 0;
        }
        let mut before = self.forms[..i].iter().rev().take(10).filter(|form| !SMALL.contains(&form.as_str()));
        let made = word.chars().rev().all(|c| before.next().is_some_and(|form| form.starts_with(c)));
        1 + u8::from(made)
    }

    /// Replaces `out` by the feature hashes of word `i`.
    fn features(&self, i: usize, history: History, out: &mut Vec<u64>) {
        out.clear();
        let (w, l, ll, r, rr) =
            (self.form(i, 0), self.form(i, -1), self.form(i, -2), self.form(i, 1), self.form(i, 2));
        let (before, after) = (self.gaps[i], self.gaps[i + 1]);
        let (h, hh) = (history.last, history.before);
        let base = w.strip_suffix("'s").unwrap_or(w);
        let (s2, s3, s4, p3) = (tail(base, 2), tail(base, 3), tail(base, 4), head(base, 3));
        let mut add = |template: u64, parts: [&str; 3], bytes: [u8; 3]| {
            let mut hash = template.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ u64::from_le_bytes([bytes[0], bytes[1], bytes[2], 1, 0, 0, 0, 0]);
            for part in parts {
                hash = murmur64a(part.as_bytes(), hash).rotate_left(7);
            }
            out.push(murmur64a(&hash.to_le_bytes(), 3));
        };
        add(0, ["", "", ""], [0, 0, 0]);
        add(1, [base, "", ""], [0, 0, 0]);
        add(2, [l, base, ""], [before, 0, 0]);
        add(3, [base, r, ""], [after, 0, 0]);
        add(4, [l, "", r], [before, after, 0]);
        add(5, [l, "", ""], [before, 0, 0]);
        add(6, [r, "", ""], [after, 0, 0]);
        add(7, [ll, l, ""], [before, 0, 0]);
        add(8, [r, rr, ""], [after, 0, 0]);
        add(9, [s2, "", ""], [0, 0, 0]);
        add(10, [s3, "", ""], [0, 0, 0]);
        add(11, [s4, "", ""], [0, 0, 0]);
        add(12, [p3, "", ""], [0, 0, 0]);
        add(13, [s3, "", ""], [before, after, h]);
        add(14, ["", "", ""], [h, hh, before]);
        add(15, [base, "", ""], [h, 0, 0]);
        add(16, [l, "", ""], [h, before, 1]);
        add(17, [base, "", ""], [before, 0, 2]);
        add(18, [base, "", ""], [after, 0, 3]);
        add(19, [tail(l, 3), s3, ""], [h, 0, 0]);
        add(20, [s3, tail(r, 3), ""], [h, after, 0]);
        add(21, ["", "", ""], [profile(base), h, before]);
        add(22, [r, "", ""], [h, after, 4]);
        add(23, [ll, base, ""], [0, 0, 0]);
        add(24, [l, base, r], [0, 0, 0]);
        add(25, [p3, s3, ""], [0, 0, 0]);
        add(26, [head(base, 4), "", ""], [h, 0, 5]);
        add(27, ["", "", ""], [profile(base), before, after]);
        add(28, ["", "", ""], [self.initials(i, base), after, 6]);
    }
}

fn tail(text: &str, count: usize) -> &str {
    text.char_indices().rev().nth(count - 1).map_or(text, |(start, _)| &text[start..])
}

fn head(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

/// Length, vowels and digits of a word in one byte.
fn profile(word: &str) -> u8 {
    let length = word.chars().count().min(8) as u8;
    let vowels = word.chars().filter(|c| "aeiouyáéíóúäöüàèâêîôû".contains(*c)).count().min(3) as u8;
    let digit = u8::from(word.contains(|c: char| c.is_ascii_digit()));
    let dot = u8::from(word.contains('.'));
    length | vowels << 4 | digit << 6 | dot << 7
}

/// The kind of what stands between two words.
fn gap(text: &str) -> u8 {
    let mut kind = u8::from(text.is_empty());
    for c in text.chars() {
        let found = match c {
            c if c.is_ascii_digit() => 2,
            '-' | '‐' | '‑' if text.len() == c.len_utf8() => 3,
            '"' | '“' | '”' | '«' | '»' => 10,
            '(' | '[' => 9,
            ')' | ']' => 8,
            '.' | '!' | '?' => 7,
            ':' | ';' => 6,
            ',' => 5,
            '–' | '—' | '-' | '/' => 4,
            c if c.is_whitespace() => 0,
            _ => 1,
        };
        kind = kind.max(found);
    }
    kind
}

/// Returns the case that a word of ordinary text has.
#[must_use]
pub fn case_of(word: &str) -> Case {
    let word = ["'s", "’s"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let upper = letters.iter().filter(|c| c.is_uppercase()).count();
    let plural = upper >= 2 && upper + 1 == letters.len() && letters.last() == Some(&'s');
    match letters.first() {
        Some(first) if first.is_uppercase() && letters.len() == 1 => Case::Title,
        Some(_) if upper == letters.len() || plural => Case::Upper,
        Some(first) if first.is_uppercase() => Case::Title,
        _ => Case::Lower,
    }
}

/// Trains a model. Deterministic: the same paragraphs in the same order give the same table.
#[derive(Debug)]
pub struct Trainer {
    weights: Vec<[f32; CASES]>,
    sums: Vec<[f64; CASES]>,
    steps: f64,
    mask: u64,
}

impl Trainer {
    /// Begins with a table of `2^bits` slots.
    ///
    /// # Panics
    /// When `bits` is above 24.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        assert!(bits <= BITS_MAX, "at most 2^24 slots");
        let slots = 1 << bits;
        Self {
            weights: vec![[0.0; CASES]; slots],
            sums: vec![[0.0; CASES]; slots],
            steps: 1.0,
            mask: slots as u64 - 1,
        }
    }

    /// Learns from one paragraph in ordinary case; returns the number of words it got wrong.
    ///
    /// Words that begin a sentence teach only whether they stand in capitals.
    pub fn learn(&mut self, text: &str, words: &[Word]) -> usize {
        let forms = Forms::new(text, words);
        let mut features = Vec::new();
        let mut history = History::default();
        let mut wrong = 0;
        for (i, word) in words.iter().enumerate() {
            let mut gold = case_of(&text[word.start..word.end]);
            forms.features(i, history, &mut features);
            let mut scores = [0.0f32; CASES];
            for feature in &features {
                for (score, weight) in scores.iter_mut().zip(self.weights[(feature & self.mask) as usize]) {
                    *score += weight;
                }
            }
            let case = best(scores);
            if word.starts_sentence && gold != Case::Upper {
                // Its capital may be the sentence's: either is right, as long as it is not in capitals.
                gold = if scores[Case::Title as usize] > scores[Case::Lower as usize] {
                    Case::Title
                } else {
                    Case::Lower
                };
            }
            if case != gold {
                wrong += 1;
                for feature in &features {
                    let slot = (feature & self.mask) as usize;
                    for (which, change) in [(gold, 1.0), (case, -1.0)] {
                        self.weights[slot][which as usize] += change;
                        self.sums[slot][which as usize] += self.steps * f64::from(change);
                    }
                }
            }
            self.steps += 1.0;
            history.push(word, case);
        }
        wrong
    }

    /// Returns the bytes of a weight file with the averaged weights, scaled so that `scale` units are one step.
    #[must_use]
    pub fn finish(&self, scale: f64) -> Vec<u8> {
        let mut table = Vec::with_capacity(self.weights.len() * CASES);
        for (weights, sums) in self.weights.iter().zip(&self.sums) {
            for (weight, sum) in weights.iter().zip(sums) {
                let average = f64::from(*weight) - sum / self.steps;
                table.push(((average * scale).round().clamp(-127.0, 127.0) as i8).cast_unsigned());
            }
        }
        let mut file = WeightFileBuilder::new();
        file.blob("truecase", &table);
        file.finish()
    }
}
