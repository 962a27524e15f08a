//! Byte spans into an article's text, and their published form in code points.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A half-open range of UTF-8 byte offsets into [`crate::Article::text`].
///
/// Invariant: `start <= end`. Both lie on character boundaries of the text they were made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Makes a span of bytes `start..end`.
    ///
    /// # Panics
    /// When `start > end`: a bug of the caller.
    #[must_use]
    pub fn new(start: u32, end: u32) -> Self {
        assert!(start <= end, "span runs backwards: {start}..{end}");
        Self { start, end }
    }

    /// Makes a span from `usize` offsets.
    ///
    /// # Panics
    /// When `start > end`, or an offset exceeds `u32` (texts are refused far below that size).
    #[must_use]
    pub fn from_range(range: std::ops::Range<usize>) -> Self {
        let start = u32::try_from(range.start).expect("texts are far smaller than 4 GiB");
        let end = u32::try_from(range.end).expect("texts are far smaller than 4 GiB");
        Self::new(start, end)
    }

    /// First byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last byte.
    #[must_use]
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The range as `usize` offsets.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start()..self.end()
    }

    /// The text it covers.
    ///
    /// # Panics
    /// When it doesn't lie on character boundaries of `text`: it was made for another text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A span as it is published: code points, with the words it covers (READING.md, "Offsets").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// First code point, counted from 0.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// Exactly the text between them.
    pub quote: String,
}

/// Turns byte offsets of one text into code point offsets, each in constant time.
#[derive(Debug)]
pub struct CodePoints<'a> {
    text: &'a str,
    /// Code points before byte `64 * i`, counting the character that covers that byte as before it.
    marks: Vec<u32>,
    ascii: bool,
}

impl<'a> CodePoints<'a> {
    /// Indexes a text: one pass, 4 bytes for each 64 bytes of text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let ascii = text.is_ascii();
        let mut marks = Vec::new();
        if !ascii {
            let mut count = 0u32;
            for (i, byte) in text.bytes().enumerate() {
                if i % 64 == 0 {
                    marks.push(count);
                }
                count += u32::from(byte & 0xC0 != 0x80);
            }
            marks.push(count);
        }
        Self { text, marks, ascii }
    }

    /// Number of code points before byte `offset`.
    ///
    /// # Panics
    /// When `offset` is past the end of the text.
    #[must_use]
    pub fn at(&self, offset: usize) -> u32 {
        assert!(offset <= self.text.len(), "offset {offset} is past the text");
        if self.ascii {
            return u32::try_from(offset).expect("texts are far smaller than 4 GiB");
        }
        let block = offset / 64;
        let mut count = self.marks[block.min(self.marks.len() - 1)];
        if block < self.marks.len() {
            for byte in &self.text.as_bytes()[block * 64..offset] {
                count += u32::from(byte & 0xC0 != 0x80);
            }
        }
        count
    }

    /// The published form of a span.
    ///
    /// # Panics
    /// When the span wasn't made for this text.
    #[must_use]
    pub fn quote(&self, span: Span) -> Quote {
        Quote { start: self.at(span.start()), end: self.at(span.end()), quote: span.of(self.text).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_agree_with_a_plain_count() {
        let text = "Заявление: “ISIS” — ok. ".repeat(20) + "é";
        let index = CodePoints::new(&text);
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(index.at(offset) as usize, text[..offset].chars().count());
        }
    }

    #[test]
    fn a_quote_is_its_slice() {
        let text = "Ünal said: «no».";
        let quote = CodePoints::new(text).quote(Span::new(12, 18));
        assert_eq!((quote.start, quote.end, quote.quote.as_str()), (11, 15, "«no»"));
    }
}
