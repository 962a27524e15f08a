//! What a user types to search, made into an expression of the index of words.
//!
//! Words stand for themselves, in any case and without marks; `"several words"` for a phrase; `word*` for what begins so;
//! `AND` (understood between words), `OR` and `NOT` in capitals, a leading `-` for `NOT`, brackets. Nothing else has a meaning, so
//! nothing typed can break the query: every word reaches the database between quotation marks.

use crate::error::Error;

/// Most words of one search.
const WORDS_MAX: usize = 64;
/// Deepest brackets.
const DEPTH_MAX: usize = 16;

#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Word { words: String, prefix: bool, quoted: bool },
    And,
    Or,
    Not,
    Open,
    Close,
}

/// Makes the expression.
///
/// # Errors
/// [`Error::Search`] when there is nothing to look for, only words to leave out, or far too much.
pub(crate) fn expression(text: &str) -> Result<String, Error> {
    let refuse = |why: &str| Error::Search { text: text.to_owned(), why: why.to_owned() };
    let marks = marks(text);
    let words = marks.iter().filter(|mark| matches!(mark, Mark::Word { .. })).count();
    if words == 0 {
        return Err(refuse("holds no word to look for"));
    }
    if words > WORDS_MAX {
        return Err(refuse("holds more than 64 words"));
    }
    let mut parser = Parser { marks: &marks, at: 0 };
    let mut found = Vec::new();
    while parser.at < marks.len() {
        match parser.either(0) {
            Side::Some(part) => found.push(part),
            Side::Without(_) => {
                return Err(refuse("only says what to leave out; name what to look for, too"));
            }
            Side::Nothing => {}
        }
        // A bracket too many.
        parser.at += 1;
    }
    match found.len() {
        0 => Err(refuse("holds no word to look for")),
        1 => Ok(found.swap_remove(0)),
        _ => Ok(found.join(" AND ")),
    }
}

/// A word that a search looks for: what a view may point out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    /// In lower case.
    pub(crate) word: String,
    /// Whether words that begin so are meant, too.
    pub(crate) begins: bool,
}

/// The single words that a search looks for; none that it leaves out.
pub(crate) fn sought(text: &str) -> Vec<Sought> {
    let mut negated = false;
    let mut found = Vec::new();
    for mark in marks(text) {
        match mark {
            Mark::Not => negated = true,
            Mark::Word { words, prefix, .. } if !std::mem::take(&mut negated) => {
                let parts = words.split(|character: char| !character.is_alphanumeric());
                let mut parts: Vec<Sought> = parts
                    .filter(|part| !part.is_empty())
                    .map(|part| Sought { word: part.to_lowercase(), begins: false })
                    .collect();
                // The star stands behind the last of them.
                if let Some(last) = parts.last_mut() {
                    last.begins = prefix;
                }
                found.extend(parts);
            }
            _ => {}
        }
    }
    found
}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut rest = text.trim_start();
    let quotes = ['"', '“', '”', '„', '«', '»'];
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if quotes.contains(&first) {
            let end = after.find(quotes).unwrap_or(after.len());
            push_word(&mut marks, &after[..end], true);
            rest = after[end..].strip_prefix(quotes).unwrap_or("");
        } else if first == '(' || first == ')' {
            marks.push(if first == '(' { Mark::Open } else { Mark::Close });
            rest = after;
        } else if first == '-'
            && after.starts_with(|next: char| next.is_alphanumeric() || quotes.contains(&next))
        {
            marks.push(Mark::Not);
            rest = after;
        } else {
            let stop = |character: char| {
                character.is_whitespace() || quotes.contains(&character) || matches!(character, '(' | ')')
            };
            let end = rest.find(stop).unwrap_or(rest.len());
            match &rest[..end] {
                "AND" => marks.push(Mark::And),
                "OR" => marks.push(Mark::Or),
                "NOT" => marks.push(Mark::Not),
                word => push_word(&mut marks, word, false),
            }
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    marks
}

fn push_word(marks: &mut Vec<Mark>, word: &str, quoted: bool) {
    if word.chars().any(char::is_alphanumeric) {
        let prefix = !quoted && word.ends_with('*');
        let words: String = word
            .chars()
            .map(|character| if character.is_control() || character == '"' { ' ' } else { character })
            .collect();
        marks.push(Mark::Word { words, prefix, quoted });
    }
}

/// What a part of a search asks for.
enum Side {
    /// This.
    Some(String),
    /// Anything but this.
    Without(String),
    /// Nothing.
    Nothing,
}

struct Parser<'m> {
    marks: &'m [Mark],
    at: usize,
}

impl Parser<'_> {
    fn either(&mut self, depth: usize) -> Side {
        let mut sides = Vec::new();
        let mut without = Vec::new();
        loop {
            match self.all(depth) {
                Side::Some(part) => sides.push(part),
                Side::Without(part) => without.push(part),
                Side::Nothing => {}
            }
            if self.marks.get(self.at) != Some(&Mark::Or) {
                break;
            }
            self.at += 1;
        }
        joined(sides, without)
    }

    fn all(&mut self, depth: usize) -> Side {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        let mut negated = false;
        while let Some(mark) = self.marks.get(self.at) {
            let side = match mark {
                Mark::Or | Mark::Close => break,
                Mark::And => {
                    self.at += 1;
                    continue;
                }
                Mark::Not => {
                    self.at += 1;
                    negated = !negated;
                    continue;
                }
                Mark::Word { words, prefix, .. } => {
                    self.at += 1;
                    Side::Some(format!(
                        "\"{}\"{}",
                        words.trim_end_matches('*'),
                        if *prefix { "*" } else { "" }
                    ))
                }
                Mark::Open => {
                    self.at += 1;
                    if depth >= DEPTH_MAX {
                        continue;
                    }
                    let inner = self.either(depth + 1);
                    if self.marks.get(self.at) == Some(&Mark::Close) {
                        self.at += 1;
                    }
                    inner
                }
            };
            match (side, negated) {
                (Side::Some(part), false) | (Side::Without(part), true) => with.push(part),
                (Side::Some(part), true) | (Side::Without(part), false) => without.push(part),
                (Side::Nothing, _) => {}
            }
            negated = false;
        }
        if with.is_empty() {
            return if without.is_empty() { Side::Nothing } else { Side::Without(bracket(without, " OR ")) };
        }
        let with = bracket(with, " AND ");
        Side::Some(if without.is_empty() {
            with
        } else {
            format!("({with} NOT {})", bracket(without, " OR "))
        })
    }
}

fn joined(sides: Vec<String>, without: Vec<String>) -> Side {
    match (sides.is_empty(), without.is_empty()) {
        (true, true) => Side::Nothing,
        (true, false) => Side::Without(bracket(without, " OR ")),
        // `a OR NOT b` has no sensible answer in an index; what is to be left out is left out.
        (false, true) => Side::Some(bracket(sides, " OR ")),
        (false, false) => {
            Side::Some(format!("({} NOT {})", bracket(sides, " OR "), bracket(without, " OR ")))
        }
    }
}

fn bracket(mut parts: Vec<String>, between: &str) -> String {
    if parts.len() == 1 { parts.swap_remove(0) } else { format!("({})", parts.join(between)) }
}

#[cfg(test)]
mod tests {
    use super::{expression, sought};

    #[test]
    fn searches_become_expressions() {
        for (text, made) in [
            ("truck bomb", r#"("truck" AND "bomb")"#),
            ("“car bomb” OR ied", r#"("car bomb" OR "ied")"#),
            ("al-Shabaab -Kenya", r#"("al-Shabaab" NOT "Kenya")"#),
            (
                "bomb* AND (market OR mosque) NOT foiled",
                r#"(("bomb"* AND ("market" OR "mosque")) NOT "foiled")"#,
            ),
            ("title:x \"a\" NEAR(b c)", r#"("title:x" AND "a" AND "NEAR" AND ("b" AND "c"))"#),
            ("AND OR ) raid ) (", r#""raid""#),
            ("unclosed \"quote here", r#"("unclosed" AND "quote here")"#),
            ("a ) b", r#""a" AND "b""#),
        ] {
            assert_eq!(expression(text).expect("there is something to look for"), made, "{text}");
        }
        for text in ["", "  ", "* ^ ' ;--", "NOT raid", "-raid", "()", "AND"] {
            assert!(expression(text).is_err(), "{text}");
        }
        let told = |text: &str| -> Vec<String> {
            let star = |begins: bool| if begins { "*" } else { "" };
            sought(text).into_iter().map(|one| one.word + star(one.begins)).collect()
        };
        assert_eq!(told("Truck \"car bomb\" -Kenya"), ["truck", "car", "bomb"]);
        assert_eq!(told("Bomb* al-Shab* \"a b*\" NOT x*"), ["bomb*", "al", "shab*", "a", "b"]);
    }
}
