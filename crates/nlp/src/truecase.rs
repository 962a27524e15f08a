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

use std::collections::BTreeSet;

use model::{Case, Model};
use words::{Word, words};

/// A block with a larger share of lower-case letters than this is not in capitals as a whole.
const LOWER_SHARE_MAX: f64 = 0.12;
/// Fewest words in capitals for a run inside a mixed block to be restored.
const RUN_WORDS_MIN: usize = 4;
/// Most words of a dateline's place.
const DATELINE_WORDS_MAX: usize = 3;
/// Most bytes between a dateline's place and its dash or bracket.
const DATELINE_BYTES_MAX: usize = 40;
/// Most letters of an acronym in brackets.
const ACRONYM_LETTERS_MAX: usize = 7;

/// Restores the blocks of one article: acronyms that one block introduces in brackets stay acronyms in all.
#[derive(Debug)]
pub struct Restorer<'m> {
    model: &'m Model,
    acronyms: BTreeSet<String>,
}

impl<'m> Restorer<'m> {
    /// Looks through the blocks of an article for acronyms in brackets.
    #[must_use]
    pub fn new<'t>(model: &'m Model, blocks: impl IntoIterator<Item = &'t str>) -> Self {
        let mut acronyms = BTreeSet::new();
        for text in blocks {
            if !has_adjacent_capitals(text) || !text.contains(['(', '[']) {
                continue;
            }
            let words = words(text);
            let mut cases = None;
            for (i, word) in words.iter().enumerate() {
                let before = text[..word.start].chars().next_back();
                let after = text[word.end..].chars().next();
                let bracketed = matches!((before, after), (Some('(' | '['), Some(')' | ']')));
                let form = &text[word.start..word.end];
                if !bracketed || !word.capitals || !(2..=ACRONYM_LETTERS_MAX).contains(&letters(text, word)) {
                    continue;
                }
                // The agency of a dateline is told from a body's acronym by the words before it.
                let spelled = spells_initials(text, &words[..i], form);
                if spelled || cases.get_or_insert_with(|| model.predict(text, &words))[i] == Case::Upper {
                    acronyms.insert(form.to_owned());
                }
            }
        }
        Self { model, acronyms }
    }

    /// Restores the case of a block that is in capitals, or of its parts that are.
    ///
    /// Returns nothing where no part is. Acronyms in ordinary text are left alone. The result has the same length in
    /// bytes and the same characters but for their case.
    #[must_use]
    pub fn restore(&self, text: &str) -> Option<String> {
        if !has_adjacent_capitals(text) {
            return None;
        }
        let words = words(text);
        let candidates = words.windows(2).any(|pair| pair[0].capitals && pair[1].capitals);
        if !candidates && !words.first().is_some_and(|word| word.capitals) {
            return None;
        }
        let mut cases = self.model.predict(text, &words);
        for (word, case) in words.iter().zip(&mut cases) {
            let form = &text[word.start..word.end];
            if self.acronyms.contains(&form[..possessive_start(form)]) {
                *case = Case::Upper;
            }
        }
        let runs = capital_runs(text, &words, &mut cases, self.model);
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
}

/// Restores a text on its own; see [`Restorer::restore`].
#[must_use]
pub fn restore(text: &str, model: &Model) -> Option<String> {
    Restorer::new(model, [text]).restore(text)
}

/// Tells whether an acronym is made of the initials of the words before it, small words apart.
fn spells_initials(text: &str, before: &[Word], acronym: &str) -> bool {
    let mut initials = before.iter().rev().take(10).filter_map(|word| {
        let form = &text[word.start..word.end];
        (form.len() > 3).then(|| form.chars().next()).flatten()
    });
    acronym.chars().rev().all(|c| initials.next() == Some(c))
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
fn capital_runs(
    text: &str,
    words: &[Word],
    cases: &mut [Case],
    model: &Model,
) -> Vec<std::ops::Range<usize>> {
    let (mut upper, mut lower) = (0usize, 0usize);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    let plain: Vec<bool> = words
        .iter()
        .zip(&*cases)
        .map(|(word, &case)| case == Case::Lower && letters(text, word) > 1)
        .collect();
    if (lower as f64) <= LOWER_SHARE_MAX * (upper + lower) as f64 {
        // Acronyms and names alone ("NATO", "UN WFP") are no text in capitals.
        let in_capitals = plain.contains(&true) && words.len() >= 2 || words.len() >= RUN_WORDS_MIN;
        return in_capitals.then_some(0..words.len()).into_iter().collect();
    }
    let mut runs = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let end = (i..words.len()).find(|&j| !words[j].capitals).unwrap_or(words.len());
        // Lists of acronyms have commas between, running text mostly blanks.
        let joined = |j: usize| j > i && text[words[j - 1].end..words[j].start].trim().is_empty();
        let plain_words = (i..end).filter(|&j| plain[j] && joined(j)).count();
        if end - i >= RUN_WORDS_MIN
            && plain_words >= 2
            && 2 * (i..end).filter(|&j| joined(j)).count() >= end - i
        {
            runs.push(i..end);
        } else if i == 0
            && is_dateline(text, words, end)
            && is_place(&text[words[0].start..words[end - 1].end], model)
        {
            cases[..end].fill(Case::Title);
            runs.push(0..end);
        }
        i = end.max(i) + 1;
    }
    runs
}

/// Tells whether the first `count` words are a dateline's place: "NAIROBI, May 3 –", "UNITED NATIONS (Agency) –".
fn is_dateline(text: &str, words: &[Word], count: usize) -> bool {
    if count == 0 || count > DATELINE_WORDS_MAX {
        return false;
    }
    let rest = &text[words[count - 1].end..];
    let Some(end) = rest.find(['(', '—', '–', '|']).or_else(|| rest.find(" - ").or_else(|| rest.find("-- ")))
    else {
        return false;
    };
    // Between place and dash stand a comma and a country or a date at most.
    let between = rest[..end].trim();
    end <= DATELINE_BYTES_MAX
        && (between.is_empty()
            || between.starts_with(',')
                && between[1..].split_whitespace().all(|word| !word.starts_with(char::is_lowercase)))
}

/// Tells whether a word or words would be capitalised after "in", as places are and acronyms are not.
fn is_place(name: &str, model: &Model) -> bool {
    let text = format!("in {name}, the");
    let words = words(&text);
    let cases = model.predict(&text, &words);
    cases[1..cases.len() - 1].iter().all(|&case| case == Case::Title)
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::Trainer;

    /// A model of a few sentences, so that the rules around it are tested and not its weights.
    fn model() -> Model {
        let mut trainer = Trainer::new(14);
        for _ in 0..8 {
            for text in [
                "The army said on Monday that rebels from NATO countries left Nairobi in May.",
                "Then the rebels said the army of Kenya and NATO attacked Nairobi on a Monday in May.",
                "In Nairobi the deal between Kenya and the rebels was signed, said General Otieno of NATO.",
                "So it was over, and he said that peace had come.",
            ] {
                trainer.learn(text, &words(text));
            }
        }
        Model::from_weights(&trainer.finish(16.0)).expect("just made")
    }

    #[test]
    fn restores_blocks_in_capitals() {
        let model = model();
        assert_eq!(
            restore(
                "THE ARMY SAID ON MONDAY THAT REBELS LEFT NAIROBI. THE DEAL WITH NATO'S ARMY WAS OVER.",
                &model
            )
            .as_deref(),
            Some("The army said on Monday that rebels left Nairobi. The deal with NATO's army was over.")
        );
        assert_eq!(restore("", &model), None);
        assert_eq!(restore("no capitals at all", &model), None);
        assert_eq!(restore("NATO", &model), None);
    }

    #[test]
    fn leaves_acronyms_of_ordinary_text_alone() {
        let model = model();
        let text = "The army of the UAE, NATO, EU, UN and US said that rebels left Nairobi.";
        assert_eq!(restore(text, &model), None);
    }

    #[test]
    fn restores_leads_and_datelines_of_mixed_blocks() {
        let model = model();
        assert_eq!(
            restore("NAIROBI, May 3 – The army said that NATO left.", &model).as_deref(),
            Some("Nairobi, May 3 – The army said that NATO left.")
        );
        assert_eq!(
            restore(
                "THE ARMY SAID ON MONDAY that rebels left Nairobi, and it was over for the deal.",
                &model
            )
            .as_deref(),
            Some("The army said on Monday that rebels left Nairobi, and it was over for the deal.")
        );
    }

    #[test]
    fn keeps_acronyms_that_another_block_introduces() {
        let model = model();
        let blocks = [
            "THE ARMY LEFT THE SOMALI NATIONAL FRONT (SNF) IN NAIROBI.",
            "THEN THE SNF SAID THE ARMY OF KENYA LEFT.",
        ];
        let restorer = Restorer::new(&model, blocks);
        assert_eq!(restorer.restore(blocks[1]).as_deref(), Some("Then the SNF said the army of Kenya left."));
    }

    #[test]
    fn takes_no_clause_for_a_dateline() {
        let model = model();
        assert_eq!(restore("NAIROBI, which the army – a small one – left, was over.", &model), None);
    }

    #[test]
    fn keeps_the_length_of_every_character() {
        let model = model();
        for text in [
            "İSTANBUL ẞTRASSE ΟΔΟΣ ΣΑΣ ÅSA ÉCOLE ǅ ﬁ",
            "É\u{301}T\u{301}É WAS THE ARMY SAID",
            "Ⅷ ⒶⒷ THE ARMY OF ÇA",
        ] {
            let restored = restore(text, &model).unwrap_or_else(|| text.to_owned());
            let lengths = |text: &str| text.chars().map(char::len_utf8).collect::<Vec<_>>();
            assert_eq!(lengths(text), lengths(&restored), "{restored}");
        }
    }

    #[test]
    fn renders_names_with_inner_capitals() {
        let rendered = |word: &str| {
            let mut out = String::new();
            render(word, Case::Title, &mut out);
            out
        };
        assert_eq!(rendered("MCCAIN"), "McCain");
        assert_eq!(rendered("O'BRIEN'S"), "O'Brien's");
        assert_eq!(rendered("D’AUBUISSON"), "D’Aubuisson");
        assert_eq!(rendered("SYRIA’S"), "Syria’s");
    }
}
