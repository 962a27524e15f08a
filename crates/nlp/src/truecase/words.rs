//! Words for case restoration, blind to case: the same text in any case gives the same words.

/// Words after which a full stop does not end a sentence.
const ABBREVIATIONS: &str = include_str!("../../../../data/language/abbreviations.tsv");

/// A word: letters and digits with apostrophes inside, or letters with full stops ("U.S.").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Begins a sentence, as far as punctuation tells.
    pub starts_sentence: bool,
    /// Has letters, none of them in lower case.
    pub capitals: bool,
}

/// Returns the words of a text that hold a letter, in order.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(char::is_alphanumeric) {
        let start = at + offset;
        let end = word_end(text, start);
        let word = &text[start..end];
        if word.contains(char::is_alphabetic) {
            let starts_sentence = out.last().is_none_or(|last| ends_sentence(text, last, start));
            let capitals = !word.contains(char::is_lowercase);
            out.push(Word { start, end, starts_sentence, capitals });
        }
        at = end;
    }
    out
}

fn word_end(text: &str, start: usize) -> usize {
    if let Some(end) = dotted_end(text, start) {
        return end;
    }
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let inside = matches!(c, '\'' | '’') && chars.peek().is_some_and(|&(_, next)| next.is_alphabetic());
        // Combining marks belong to their letter.
        if !(c.is_alphanumeric() || inside || ('\u{300}'..='\u{36f}').contains(&c)) {
            break;
        }
        end = start + offset + c.len_utf8();
    }
    end
}

/// Returns the end of single letters with full stops between, at least two ("U.S.", "a.m").
fn dotted_end(text: &str, start: usize) -> Option<usize> {
    let (mut end, mut letters, mut at) = (start, 0, start);
    loop {
        let mut chars = text[at..].chars();
        let (Some(letter), dot) = (chars.next(), chars.next()) else {
            break;
        };
        if !letter.is_alphabetic() {
            break;
        }
        let after = at + letter.len_utf8();
        if dot == Some('.') {
            (end, letters, at) = (after + 1, letters + 1, after + 1);
        } else {
            if letters > 0 && !dot.is_some_and(char::is_alphanumeric) {
                (end, letters) = (after, letters + 1);
            }
            break;
        }
    }
    (letters >= 2).then_some(end)
}

/// Tells whether a sentence ends between a word and the next, which begins at `next`.
fn ends_sentence(text: &str, last: &Word, next: usize) -> bool {
    let between = &text[last.end..next];
    if between.contains("\n\n") || between.contains(['!', '?', '•', '…']) {
        return true;
    }
    // A list item on a line of its own.
    if between.contains('\n') && between.contains(['*', '-', '–', '—']) {
        return true;
    }
    let word = &text[last.start..last.end];
    let Some(stop) = between.find('.') else {
        return word.ends_with('.') && between.contains('\n');
    };
    let spaced = between[stop..].contains(char::is_whitespace);
    // A number may stand between the word and the full stop ("IN 1989. THE").
    let abbreviated = stop == 0 && (word.chars().count() == 1 || is_abbreviation(word));
    spaced && !abbreviated
}

fn is_abbreviation(word: &str) -> bool {
    let word = word.to_lowercase();
    ABBREVIATIONS.lines().any(|line| line == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_and_sentence_starts() {
        let text = "GEN. SMITH SAID ON JAN. 5 THE U.S. ARMY LEFT. IT'S OVER!\n\nO'BRIEN: 20TH AK-47 3.";
        let found: Vec<_> = words(text).iter().map(|w| (&text[w.start..w.end], w.starts_sentence)).collect();
        let starts: Vec<_> = found.iter().filter(|w| w.1).map(|w| w.0).collect();
        assert_eq!(starts, ["GEN", "IT'S", "O'BRIEN"]);
        let all: Vec<_> = found.iter().map(|w| w.0).collect();
        assert_eq!(
            all,
            [
                "GEN", "SMITH", "SAID", "ON", "JAN", "THE", "U.S.", "ARMY", "LEFT", "IT'S", "OVER",
                "O'BRIEN", "20TH", "AK"
            ]
        );
    }

    #[test]
    fn case_changes_no_boundary() {
        let text = "In Niger, U.S. troops and a.m. talks: the 3rd army's van… É. Macron don't.";
        let bounds =
            |text: &str| words(text).iter().map(|w| (w.start, w.end, w.starts_sentence)).collect::<Vec<_>>();
        assert_eq!(bounds(text), bounds(&text.to_uppercase()));
    }
}
