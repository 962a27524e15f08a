//! Clean text of one document, with what is not reading matter masked by ranges.

use serde::{Deserialize, Serialize};

use crate::codebook::{DateBasis, MaskKind};
use crate::diagnostic::Diagnostic;
use crate::map::TextMap;
use crate::span::Span;

/// A document's text with its metadata and masks; what leaves the room `article`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// SHA-256 of the input bytes, 64 lower-case hex digits.
    pub id: String,
    /// Path or URL as given.
    pub origin: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Authors' names, in order.
    pub byline: Vec<Byline>,
    /// When it was published.
    pub published: Option<Published>,
    /// When it was last changed, as its page or feed says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Date>,
    /// Its own address: what its page calls canonical, or the address it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Dateline of the first paragraph, e.g. `NAIROBI, Kenya, 3 May (Agency) —`.
    pub dateline: Option<Dateline>,
    /// BCP 47 primary language, e.g. `en`; `und` where it can't be told.
    pub language: String,
    /// The text, never rewritten after decoding. Every span points into it.
    pub text: String,
    /// Debris: sorted, not overlapping. Nothing is extracted from these ranges.
    pub masked: Vec<Mask>,
    /// Units of reading, in order: paragraphs, headings, list items. A sentence never crosses from one to the next.
    pub blocks: Vec<Block>,
    /// Remarks on the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The way from the text back to the bytes of the page; `None` where the text is the decoded input itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<TextMap>,
}

impl Article {
    /// An English article of nothing but text in blocks: no origin, date, author or masked range, and an empty id.
    #[must_use]
    pub fn of_blocks(text: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self {
            id: String::new(),
            origin: None,
            outlet: None,
            title: None,
            byline: Vec::new(),
            published: None,
            updated: None,
            url: None,
            dateline: None,
            language: "en".to_owned(),
            text: text.into(),
            masked: Vec::new(),
            blocks,
            diagnostics: Vec::new(),
            map: None,
        }
    }

    /// Whether a span touches a masked range.
    #[must_use]
    pub fn is_masked(&self, span: Span) -> bool {
        let first = self.masked.partition_point(|mask| mask.span.end() <= span.start());
        self.masked.get(first).is_some_and(|mask| mask.span.overlaps(span))
    }
}

/// An author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Byline {
    /// The name, without `By` and without the office.
    pub name: String,
    /// Where the text gives it; `None` when it comes from metadata.
    pub span: Option<Span>,
}

/// Date of publication, a closed range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// First possible day.
    pub start: Date,
    /// Last possible day.
    pub end: Date,
    /// Where it comes from.
    pub basis: DateBasis,
}

/// A day of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl Date {
    /// Makes a day, if it exists: year 1..=9999.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let in_range = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1;
        if !in_range || day > days_in_month(year, month) {
            return None;
        }
        Some(Self {
            year: i16::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// Year, 1..=9999.
    #[must_use]
    pub fn year(self) -> i32 {
        i32::from(self.year)
    }

    /// Month, 1..=12.
    #[must_use]
    pub fn month(self) -> u32 {
        u32::from(self.month)
    }

    /// Day of the month, 1..=31.
    #[must_use]
    pub fn day(self) -> u32 {
        u32::from(self.day)
    }

    /// Days since 1970-01-01 (negative before). Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    #[must_use]
    pub fn days(self) -> i32 {
        let year = self.year() - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted = (self.month() as i32 + 9) % 12;
        let day_of_year = (153 * shifted + 2) / 5 + self.day() as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The day that lies `days` after 1970-01-01; `None` outside the years 1..=9999.
    #[must_use]
    pub fn from_days(days: i32) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_index + 2) / 5 + 1;
        let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        Self::new(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
    }

    /// The day `days` later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Self> {
        Self::from_days(self.days().checked_add(days)?)
    }

    /// Day of the week, 0 = Monday … 6 = Sunday.
    #[must_use]
    pub fn weekday(self) -> u32 {
        (self.days() + 3).rem_euclid(7) as u32
    }
}

/// Number of days of a month of the proleptic Gregorian calendar; 0 for a month that doesn't exist.
#[must_use]
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;
    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl std::str::FromStr for Date {
    type Err = NotADate;
    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let bad = || NotADate(text.to_owned());
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(bad());
        }
        let number = |range: std::ops::Range<usize>| -> Result<u32, NotADate> {
            let digits = text.get(range).ok_or_else(bad)?;
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad());
            }
            digits.parse().map_err(|_| bad())
        };
        Self::new(number(0..4)? as i32, number(5..7)?, number(8..10)?).ok_or_else(bad)
    }
}

/// A text that isn't an existing day written `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotADate(pub String);

impl std::fmt::Display for NotADate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not a day written YYYY-MM-DD", self.0)
    }
}

impl std::error::Error for NotADate {}

/// The dateline that opens a report. Its place is where it was written, not where a thing happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dateline {
    /// The whole dateline, up to and with its dash.
    pub span: Span,
    /// The place words, if any.
    pub place: Option<Span>,
    /// The date words, if any.
    pub date: Option<Span>,
    /// The agency in brackets, if any.
    pub agency: Option<Span>,
}

/// A masked range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask {
    /// What is masked.
    pub span: Span,
    /// Which kind of debris.
    pub kind: MaskKind,
    /// The rule that decided it.
    pub why: String,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The headline.
    Title,
    /// A sub-heading, or a line that stands alone and isn't a sentence.
    Heading,
    /// Running text.
    Paragraph,
    /// An item of a list.
    ListItem,
}

/// A unit of reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The readable pieces of text in order, sorted and not overlapping: masks, datelines and list bullets are left out.
    /// At least one, none empty.
    pub pieces: Vec<Span>,
}

impl Block {
    /// The text as the language layer reads it: pieces joined, every run of white space one space, none at either end.
    /// Control characters and marks without width (soft hyphens, direction marks) are left out.
    ///
    /// Hard-wrapped lines thus become one line. Each character keeps its source offset through [`View::source`].
    #[must_use]
    pub fn view(&self, text: &str) -> View {
        let mut view = View { text: String::new(), anchors: Vec::new() };
        for piece in &self.pieces {
            let mut gap = true;
            let mut expected = usize::MAX;
            for (offset, character) in piece.of(text).char_indices() {
                if character.is_whitespace() {
                    gap = true;
                    continue;
                }
                if character.is_control() || without_width(character) {
                    continue;
                }
                let source = piece.start() + offset;
                if gap && !view.text.is_empty() {
                    view.text.push(' ');
                }
                if gap || source != expected {
                    view.anchors.push((view.text.len(), source));
                }
                gap = false;
                view.text.push(character);
                expected = source + character.len_utf8();
            }
        }
        view
    }
}

/// Whether a character leaves no mark on paper: zero-width and direction marks, soft hyphen, byte order mark.
#[must_use]
pub fn without_width(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// A block's text as the language layer reads it, aligned to the article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The text. It may be re-cased in place as long as no character's byte length changes.
    pub text: String,
    /// (offset in the view, offset in the article), one for each run that was taken over unbroken.
    anchors: Vec<(usize, usize)>,
}

impl View {
    /// The source span of view bytes `start..end`, which must not be empty and must begin and end outside white space.
    ///
    /// # Panics
    /// When the range is empty or past the view.
    #[must_use]
    pub fn source(&self, start: usize, end: usize) -> Span {
        assert!(start < end && end <= self.text.len(), "range {start}..{end} is not in the view");
        Span::from_range(self.offset(start)..self.offset(end - 1) + 1)
    }

    fn offset(&self, at: usize) -> usize {
        let run = self.anchors.partition_point(|anchor| anchor.0 <= at).saturating_sub(1);
        let (view, source) = self.anchors[run];
        source + (at - view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_round_trip() {
        for days in (-719_162..2_932_896).step_by(997) {
            let date = Date::from_days(days).expect("inside years 1 to 9999");
            assert_eq!(date.days(), days);
            assert_eq!(date.to_string().parse::<Date>(), Ok(date));
        }
        assert_eq!("2017-10-20".parse::<Date>().expect("a day").weekday(), 4);
        assert!("2017-02-29".parse::<Date>().is_err());
        assert!("2017-+1-01".parse::<Date>().is_err());
        assert!("２０17-1-1".parse::<Date>().is_err());
    }

    #[test]
    fn a_view_leaves_out_what_is_not_seen() {
        let text = "\u{200F}Co\u{AD}op\0s in\u{200B}side";
        let block = Block { kind: BlockKind::Paragraph, pieces: vec![Span::from_range(0..text.len())] };
        let view = block.view(text);
        assert_eq!(view.text, "Coops inside");
        assert_eq!(view.source(0, 5).of(text), "Co\u{AD}op\0s");
    }

    #[test]
    fn a_view_joins_pieces_and_lines() {
        let text = "Mr  Orlov Orlov wins MORE said\nit was “over”.";
        let block = Block {
            kind: BlockKind::Paragraph,
            pieces: vec![Span::new(0, 9), Span::new(25, text.len() as u32)],
        };
        let view = block.view(text);
        assert_eq!(view.text, "Mr Orlov said it was “over”.");
        for (offset, word) in [(0, "Mr"), (3, "Orlov"), (9, "said"), (14, "it"), (21, "“over”.")] {
            assert_eq!(view.source(offset, offset + word.len()).of(text), word);
        }
    }
}
