//! Character references (`&eacute;`, `&#8217;`, `&#x2019;`), as the HTML standard decodes them.

use std::borrow::Cow;

use memchr::memchr;

/// Longest name in the standard's table, with `&` and `;`.
const NAME_MAX: usize = 33;
/// Most digits that are looked at; more are still swallowed.
const DIGITS_MAX: usize = 64;

/// A decoded reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Bytes of the page that it takes.
    pub(crate) length: usize,
    /// What it stands for: one character, seldom two.
    pub(crate) text: Text,
}

/// What a reference stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// A character by number.
    Char(char),
    /// Characters by name.
    Name(&'static str),
}

impl Text {
    /// Its characters.
    pub(crate) fn chars(self) -> impl Iterator<Item = char> {
        let (one, name) = match self {
            Self::Char(c) => (Some(c), ""),
            Self::Name(name) => (None, name),
        };
        one.into_iter().chain(name.chars())
    }
}

/// The reference that opens `text`, which begins with `&`; `None` where the `&` stands for itself. Looks at a bounded stretch.
pub(crate) fn reference(text: &str) -> Option<Reference> {
    let bytes = text.as_bytes();
    if bytes.get(1) == Some(&b'#') {
        return number(bytes);
    }
    let letters = bytes[1..].iter().take(NAME_MAX).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let known = |length: usize| {
        let found = htmlize::ENTITIES.get(&bytes[..length])?;
        Some(Reference { length, text: Text::Name(std::str::from_utf8(found).ok()?) })
    };
    if letters == 0 {
        return None;
    }
    if bytes.get(1 + letters) == Some(&b';')
        && let Some(found) = known(2 + letters)
    {
        return Some(found);
    }
    // Old names stand without a semicolon too; the longest is `&thetasym`'s elder, seven letters.
    (2..=letters.min(7)).rev().find_map(|length| known(1 + length))
}

fn number(bytes: &[u8]) -> Option<Reference> {
    let hex = matches!(bytes.get(2), Some(b'x' | b'X'));
    let start = if hex { 3 } else { 2 };
    let digits = bytes[start.min(bytes.len())..]
        .iter()
        .take(DIGITS_MAX)
        .take_while(|byte| if hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() })
        .count();
    if digits == 0 {
        return None;
    }
    let value = bytes[start..start + digits].iter().fold(0_u32, |value, &byte| {
        let digit = char::from(byte).to_digit(16).unwrap_or(0);
        value.saturating_mul(if hex { 16 } else { 10 }).saturating_add(digit)
    });
    let semicolon = usize::from(bytes.get(start + digits) == Some(&b';'));
    Some(Reference { length: start + digits + semicolon, text: Text::Char(character(value)) })
}

/// The character of a number. Numbers 0x80 to 0x9F mean windows-1252, as in browsers.
fn character(value: u32) -> char {
    if let (Ok(byte), 0x80..=0x9F) = (u8::try_from(value), value) {
        let one = [byte];
        return encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(&one)
            .0
            .chars()
            .next()
            .unwrap_or('\u{FFFD}');
    }
    char::from_u32(value).filter(|&c| c != '\0').unwrap_or('\u{FFFD}')
}

/// Decodes all references of a string.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut at = first;
    while let Some(next) = memchr(b'&', &text.as_bytes()[at..]) {
        out.push_str(&text[at..at + next]);
        at += next;
        match reference(&text[at..]) {
            Some(found) => {
                out.extend(found.text.chars());
                at += found.length;
            }
            None => {
                out.push('&');
                at += 1;
            }
        }
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_as_browsers_do() {
        for (raw, want) in [
            ("a &amp; b", "a & b"),
            ("&lt;p&gt;", "<p>"),
            ("caf&eacute", "café"),
            ("&copy2020", "©2020"),
            ("&nbsp;", "\u{A0}"),
            ("&#8217;&#x2019;&#X2019", "’’’"),
            ("&#150;", "–"),
            ("&#0;&#xD800;&#99999999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("R&D &; & &#; &#x; &unknown;", "R&D &; & &#; &#x; &unknown;"),
            ("&NotEqualTilde;", "≂\u{338}"),
            ("&amp", "&"),
            ("&ampé", "&é"),
        ] {
            assert_eq!(decode(raw), want, "{raw}");
        }
    }

    #[test]
    fn endless_digits_and_names_cost_little() {
        let digits = format!("&#{}", "9".repeat(1_000_000));
        assert!(decode(&digits).starts_with('\u{FFFD}'));
        let names = "&a".repeat(500_000);
        assert_eq!(decode(&names), names);
    }
}
