//! Case restoration for texts in capitals: cables, headlines, bulletins.
//!
//! The networks learned from ordinary text; in capitals almost every word looks like a name to them. In: the text of one
//! block. Out: the same text with the case that its words would have in running text, or nothing where the block is not
//! in capitals. The length in bytes of every character stays, so offsets stay valid; a character whose other case has
//! another length keeps its case.
//!
//! A word becomes lower case, capitalised or stays in capitals by an averaged perceptron over its form and neighbours
//! ([`model`]); words at the start of a sentence are at least capitalised. Not here: what a block is.

pub mod model;
pub mod words;

use model::{Case, Model};
use words::{Word, words};

/// A block with a larger share of lower-case letters than this is not in capitals as a whole.
const LOWER_SHARE_MAX: f64 = 0.12;
/// Fewest words in capitals for a run inside a mixed block to be restored.
const RUN_WORDS_MIN: usize = 4;
/// Most words of a dateline's place.
const DATELINE_WORDS_MAX: usize = 3;

/// Restores the case of a block that is in capitals, or of its parts that are.
///
/// Returns nothing where no part is. Acronyms in ordinary text are left alone. The result has the same length in bytes
/// and the same characters but for their case.
#[must_use]
pub fn restore(text: &str, model: &Model) -> Option<String> {
    if !has_adjacent_capitals(text) {
        return None;
    }
    let words = words(text);
    let candidates = words.windows(2).any(|pair| pair[0].capitals && pair[1].capitals);
    if !candidates && !words.first().is_some_and(|word| word.capitals) {
        return None;
    }
    let cases = model.predict(text, &words);
    let runs = capital_runs(text, &words, &cases);
    if runs.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for run in runs {
        for (word, &case) in words[run.clone()].iter().zip(&cases[run]) {
            out.push_str(&text[at..word.start]);
            let case = if word.starts_sentence && case == Case::Lower { Case::Title } else { case };
            render(&text[word.start..word.end], case, &mut out);
            at = word.end;
        }
    }
    out.push_str(&text[at..]);
    debug_assert_eq!(out.len(), text.len());
    (out != text).then_some(out)
}

/// Tells whether two capitals stand side by side anywhere; without, nothing is in capitals.
fn has_adjacent_capitals(text: &str) -> bool {
    let mut before = false;
    text.chars().any(|c| {
        let upper = c.is_uppercase();
        std::mem::replace(&mut before, upper) && upper
    })
}

/// Returns the ranges of words that stand in capitals because the text does, in order.
fn capital_runs(text: &str, words: &[Word], cases: &[Case]) -> Vec<std::ops::Range<usize>> {
    let (mut upper, mut lower) = (0usize, 0usize);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    let is_plain = |i: usize| cases[i] == Case::Lower && letters(text, &words[i]) > 1;
    if (lower as f64) <= LOWER_SHARE_MAX * (upper + lower) as f64 {
        // Acronyms and names alone ("NATO", "UN WFP") are no text in capitals.
        let plain = (0..words.len()).filter(|&i| is_plain(i)).count();
        let in_capitals = plain >= 1 && words.len() >= 2 || words.len() >= RUN_WORDS_MIN;
        return if in_capitals { vec![0..words.len()] } else { Vec::new() };
    }
    let mut runs = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let end = (i..words.len()).find(|&j| !words[j].capitals).unwrap_or(words.len());
        let plain = (i..end).filter(|&j| is_plain(j)).count();
        if end - i >= RUN_WORDS_MIN && plain >= 2 {
            runs.push(i..end);
        } else if i == 0 && is_dateline(text, words, end) {
            runs.extend(
                (i..end)
                    .filter(|&j| letters(text, &words[j]) > 3 && cases[j] != Case::Upper)
                    .map(|j| j..j + 1),
            );
        }
        i = end.max(i) + 1;
    }
    runs
}

/// Tells whether the first `count` words are a dateline's place: "NAIROBI, May 3", "UNITED NATIONS (Agency) –".
fn is_dateline(text: &str, words: &[Word], count: usize) -> bool {
    if count == 0 || count > DATELINE_WORDS_MAX {
        return false;
    }
    let end = words[count - 1].end;
    let rest = text[end..].trim_start();
    rest.starts_with([',', '(', '—', '–', '-', '|']) && !text[end..].starts_with('-')
}

fn letters(text: &str, word: &Word) -> usize {
    text[word.start..word.end].chars().filter(|c| c.is_alphabetic()).count()
}

/// Appends a word in the given case, character by character.
fn render(word: &str, case: Case, out: &mut String) {
    let possessive = possessive_start(word);
    let mut capital_next = true;
    let chars: Vec<char> = word.chars().collect();
    let mut byte = 0;
    for (i, &c) in chars.iter().enumerate() {
        let lowered = match case {
            Case::Lower => true,
            Case::Upper => byte >= possessive,
            Case::Title => !capital_next || byte >= possessive,
        };
        out.push(if lowered { same_length(c, c.to_lowercase()) } else { c });
        byte += c.len_utf8();
        capital_next &= !c.is_alphabetic();
        if case == Case::Title && capital_after(&chars[..=i], chars.len() - i - 1) {
            capital_next = true;
        }
    }
}

/// Tells whether a name goes on with a capital after these letters: McCain, O'Brien, D'Aubuisson.
fn capital_after(read: &[char], rest: usize) -> bool {
    match read {
        ['M' | 'm', 'C' | 'c'] => rest >= 3,
        ['O' | 'o' | 'D' | 'd', '\'' | '’'] => rest >= 3,
        _ => false,
    }
}

/// Returns the byte at which a trailing 's begins, or the length of the word.
fn possessive_start(word: &str) -> usize {
    ["'S", "’S", "'s", "’s"].iter().find_map(|end| word.strip_suffix(end)).map_or(word.len(), str::len)
}

/// Returns the mapped character where it is one of the same length in bytes, else the character itself.
fn same_length(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(other), None) if other.len_utf8() == c.len_utf8() => other,
        _ => c,
    }
}
