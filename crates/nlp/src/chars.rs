//! Python's Unicode semantics for single characters and for lower-casing.
//!
//! In: characters and strings. Out: what `str.isspace`, `str.isalpha`, `str.isupper`,
//! `str.isdigit`, `\w`, `\d`, `\s` and `str.lower` answer in the Python of the reference.
//! Not here: anything about tokens.

use std::borrow::Cow;

use crate::unicode_tables::{ALNUM, ALPHA, DECIMAL, DIGIT, LOWERED, UPPER};

fn contains(table: &[(u32, u32)], c: char) -> bool {
    let c = u32::from(c);
    let after = table.partition_point(|&(start, _)| start <= c);
    after > 0 && c <= table[after - 1].1
}

/// Tells whether Python's `str.isspace` holds: bidirectional class WS, B or S, or category Zs.
#[inline]
pub fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | '\u{1c}'..='\u{20}'
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// Tells whether Python's `str.isalpha` holds (category L*).
#[inline]
pub fn is_alpha(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { contains(ALPHA, c) }
}

/// Tells whether Python's `str.isupper` holds for one character.
#[inline]
pub fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { contains(UPPER, c) }
}

/// Tells whether Python's `str.isdigit` holds (Numeric_Type Decimal or Digit).
#[inline]
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { contains(DIGIT, c) }
}

/// Tells whether `\d` of Python's `re` matches (category Nd).
#[inline]
pub fn is_decimal(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { contains(DECIMAL, c) }
}

/// Tells whether `\w` of Python's `re` matches.
#[inline]
pub fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { contains(ALNUM, c) }
}

/// Lower-cases as Python's `str.lower` does, with full mappings and the final-sigma rule.
pub fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    if !text.chars().any(|c| contains(LOWERED, c)) {
        return Cow::Borrowed(text);
    }
    if text.contains('Σ') {
        // The standard library applies the final-sigma rule on whole strings only.
        return Cow::Owned(text.to_lowercase());
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if contains(LOWERED, c) {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowers_like_python() {
        assert_eq!(lower("NAIROBI"), "nairobi");
        assert_eq!(lower("ΟΔΟΣ ΣΑΣ"), "οδος σας");
        assert_eq!(lower("İstanbul"), "i\u{307}stanbul");
        assert_eq!(lower("straße"), "straße");
        assert_eq!(lower("ẞ"), "ß");
    }

    #[test]
    fn classes_follow_python() {
        assert!(is_digit('²') && is_digit('①') && !is_digit('½') && !is_digit('Ⅷ'));
        assert!(!is_alpha('Ⅷ') && is_alpha('ª') && is_alpha('ʰ') && !is_alpha('\u{301}'));
        assert!(is_upper('Ⓐ') && !is_alpha('Ⓐ') && !is_upper('ǅ'));
        assert!(is_space('\u{1c}') && is_space('\u{a0}') && !is_space('\u{200b}'));
        assert!(is_word('_') && is_word('½') && !is_word('\u{301}'));
    }
}
