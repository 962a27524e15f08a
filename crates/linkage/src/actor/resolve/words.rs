//! The words of a phrase, and where it is cut.

use crate::registry::{Case, Piece, pieces_of};

/// A word, or a punctuation mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case, no diacritics or apostrophes.
    pub(super) folded: String,
    pub(super) case: Case,
    /// Hangs on the word before by a hyphen.
    pub(super) hyphen: bool,
    /// The possessive mark.
    pub(super) possessive: bool,
}

impl Word {
    pub(super) fn is_mark(&self) -> bool {
        !self.folded.starts_with(char::is_alphanumeric)
    }

    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.folded.as_str())
    }
}

/// Cuts a phrase into words.
pub(super) fn tokens(phrase: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for chunk in phrase.split_whitespace().take(WORDS_MAX) {
        for (number, part) in chunk.split(['-', '‐', '‑', '–']).enumerate() {
            for (place, (folded, case)) in pieces_of(part).enumerate() {
                let possessive = folded == "s" && (place > 0 || part.starts_with(['\'', '’']));
                words.push(Word {
                    folded: folded.into_owned(),
                    case,
                    hyphen: number > 0 && place == 0,
                    possessive,
                });
            }
        }
    }
    words
}

/// Words of a phrase that are looked at.
const WORDS_MAX: usize = 60;

/// As the registry's search wants them.
pub(super) fn pieces(words: &[Word]) -> Vec<Piece<'_>> {
    (0..)
        .zip(words)
        .map(|(token, word)| Piece { folded: word.folded.as_str().into(), case: word.case, token })
        .collect()
}

/// Words that begin a clause on the noun.
const CLAUSE: &[&str] = &[
    "who",
    "whom",
    "whose",
    "which",
    "that",
    "where",
    "when",
    "while",
    "because",
    "named",
    "called",
    "known",
    "dubbed",
    "accused",
    "suspected",
    "believed",
    "killed",
    "wounded",
    "including",
    "such",
];

/// The parts of a phrase between commas and brackets, each up to its first clause.
pub(super) fn parts(words: &[Word]) -> Vec<&[Word]> {
    words
        .split(|word| word.is(&[",", "(", ")", ";", ":", "\"", "“", "”", "[", "]"]))
        .map(|part| {
            let end = part.iter().skip(1).position(|word| word.is(CLAUSE)).map_or(part.len(), |at| at + 1);
            &part[..end]
        })
        .filter(|part| part.iter().any(|word| !word.is_mark()))
        .collect()
}

/// Prepositions that a noun's complement begins with.
const PREPOSITIONS: &[&str] = &[
    "of",
    "in",
    "from",
    "at",
    "for",
    "across",
    "inside",
    "near",
    "on",
    "with",
    "to",
    "by",
    "against",
    "outside",
    "within",
    "around",
    "under",
    "along",
    "throughout",
    "between",
    "among",
    "into",
    "over",
];

/// Place of the first preposition after the first word, from a word on.
pub(super) fn preposition(words: &[Word], from: usize) -> Option<usize> {
    (from.max(1)..words.len()).find(|&at| {
        words[at].is(PREPOSITIONS) && words[at].case == Case::Lower && !words[at].hyphen
            // `law on order`, `two out of three` have no noun after it.
            && at + 1 < words.len()
    })
}

/// Words that only point or count, at the front.
const POINTING: &[&str] = &[
    "the",
    "a",
    "an",
    "this",
    "that",
    "these",
    "those",
    "some",
    "several",
    "many",
    "both",
    "all",
    "other",
    "another",
    "more",
    "than",
    "at",
    "least",
    "about",
    "nearly",
    "almost",
    "over",
    "around",
    "up",
    "to",
    "most",
    "few",
    "any",
    "no",
    "its",
    "their",
    "his",
    "her",
    "our",
    "my",
    "each",
    "every",
    "certain",
    "various",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "hundred",
    "thousand",
    "million",
    "dozen",
    "half",
    "fellow",
    "so",
    "self",
    "alleged",
    "suspected",
    "purported",
    "largest",
    "biggest",
    "top",
    "senior",
    "leading",
    "high",
    "ranking",
    "mr",
    "mrs",
    "ms",
    "unidentified",
    "unnamed",
    "unknown",
];

/// The words without what only points or counts in front.
pub(super) fn bare(words: &[Word]) -> &[Word] {
    let mut start = 0;
    while start < words.len() {
        let word = &words[start];
        let number = word.folded.starts_with(|first: char| first.is_ascii_digit());
        let points =
            word.is(POINTING) && (word.case == Case::Lower || start == 0) && !next_hyphen(words, start);
        // `unidentified gunmen` may be a phrase of the lexicon; a lone word always stays.
        if !(word.is_mark() || (number || points) && start + 1 < words.len()) {
            break;
        }
        start += 1;
    }
    &words[start..]
}

fn next_hyphen(words: &[Word], at: usize) -> bool {
    words.get(at + 1).is_some_and(|next| next.hyphen) && !words[at].is(&["self", "high", "top", "so"])
}

/// Base forms that a noun may have, the word itself first.
pub(super) fn base_forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if let Some(stem) = word.strip_suffix("ies") {
        forms.push(format!("{stem}y"));
    }
    if let Some(stem) = word.strip_suffix("men").filter(|stem| !stem.is_empty() || word == "men") {
        forms.push(format!("{stem}man"));
    }
    match word {
        "people" => forms.push("person".to_owned()),
        "children" => forms.push("child".to_owned()),
        "wives" => forms.push("wife".to_owned()),
        "thieves" => forms.push("thief".to_owned()),
        "media" => forms.push("medium".to_owned()),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("es").filter(|stem| stem.len() > 2) {
        forms.push(stem.to_owned());
    }
    if let Some(stem) = word.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with('s')) {
        forms.push(stem.to_owned());
    }
    forms
}
