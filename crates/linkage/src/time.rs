//! Time mentions → dates.
//!
//! In: what each time expression says ([`TimeValue`]), in text order, and the date of publication. Out: closed ranges of days with
//! their grain and TIMEX3 value (ISO 24617-1). A time that can't be told for want of an anchor keeps its words and has no dates.
//! Not here: finding the expressions (`extraction::timex`).

mod anchor;
mod feast;
#[cfg(test)]
mod tests;
mod units;

use std::collections::BTreeMap;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Granularity, TimeAnchor};
use watchkeeper_record::mention::TimeValue;
use watchkeeper_record::reading::Time;
use watchkeeper_record::{Document, Mentions, Span};

use anchor::Anchors;

/// The times of a document and which mention denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeLinks {
    /// Times; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub times: Vec<Time>,
    /// For each mention of [`Mentions::times`] the index of its time in `times`.
    pub of_mention: Vec<Option<usize>>,
    /// The text's TIMEX3 tags in text order, as the standard sets them: a range that names two dates is two.
    pub tags: Vec<Timex>,
}

/// One TIMEX3 tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timex {
    /// The words.
    pub span: Span,
    /// Type.
    pub kind: TimexType,
    /// Value.
    pub value: String,
}

/// The type of a TIMEX3 expression (ISO 24617-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimexType {
    /// A calendar date, or one of the `_REF`s.
    Date,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// A recurring time.
    Set,
}

impl TimexType {
    /// The type of a resolved time, from its grain and TIMEX3 value.
    #[must_use]
    pub fn of(granularity: Granularity, value: &str) -> Self {
        match granularity {
            Granularity::Set => Self::Set,
            _ if value.ends_with("_REF") => Self::Date,
            _ if value.starts_with('P') => Self::Duration,
            _ if value.contains('T') => Self::Time,
            _ => Self::Date,
        }
    }

    /// As TIMEX3 writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Duration => "DURATION",
            Self::Set => "SET",
        }
    }
}

/// Anchors every time mention of a document. Mentions that resolve to the same dates become one time.
#[must_use]
pub fn link_times(doc: &Document, mentions: &Mentions) -> TimeLinks {
    let mut links = TimeLinks::default();
    let mut known: BTreeMap<(Date, Date, Granularity, TimeAnchor, String), usize> = BTreeMap::new();
    let published = doc.article().published.map(|published| (published.start, published.end));
    links.tags.extend(dateline(doc, published));
    let mut anchors = Anchors::new(published);
    for mention in &mentions.times {
        anchors.sentence = doc.sentence_of(mention.tokens.start);
        anchors.block = doc.sentences()[anchors.sentence as usize].block;
        let told = anchors.resolve(&mention.value);
        links.tags.extend(tags(&anchors, mention.span, &mention.sides, &mention.value, &told));
        anchors.remember(&mention.value, &told, mention.saying);
        let key = told.days.map(|(start, end)| {
            (start, end, told.granularity, told.anchor, told.timex3.clone().unwrap_or_default())
        });
        let index = match key.as_ref().and_then(|key| known.get(key)) {
            Some(&index) => index,
            None => {
                let index = links.times.len();
                links.times.push(Time {
                    id: String::new(),
                    start: told.days.filter(|_| !told.open_start).map(|days| days.0.to_string()),
                    end: told.days.filter(|_| !told.open_end).map(|days| days.1.to_string()),
                    granularity: told.granularity,
                    timex3: told.timex3.clone(),
                    anchor: told.anchor,
                    mentions: Vec::new(),
                });
                if let Some(key) = key.filter(|_| !told.open_start && !told.open_end) {
                    known.insert(key, index);
                }
                index
            }
        };
        links.times[index].mentions.push(mention.span);
        links.of_mention.push(Some(index));
    }
    links
}

/// The TIMEX3 tags of one mention.
fn tags(anchors: &Anchors, span: Span, sides: &[Span], value: &TimeValue, told: &Told) -> Vec<Timex> {
    let tag = |span, told: &Told| {
        let value = told.timex3.clone()?;
        Some(Timex { span, kind: TimexType::of(told.granularity, &value), value })
    };
    if let (&[first, second], TimeValue::Range { start: Some(start), end: Some(end) }) = (sides, value) {
        let [start, end] = [start, end].map(|side| anchors.resolve(side));
        return [tag(first, &start), tag(second, &end)].into_iter().flatten().collect();
    }
    tag(span, told).into_iter().collect()
}

/// The tag of the dateline's date, which is the day of publication or one shortly before it.
fn dateline(doc: &Document, published: Option<(Date, Date)>) -> Option<Timex> {
    let span = doc.article().dateline.as_ref()?.date?;
    let words = doc.text().get(span.start()..span.end())?;
    let number = words.split(|c: char| !c.is_ascii_digit()).find(|part| (1..=2).contains(&part.len()))?;
    let number: u32 = number.parse().ok()?;
    let (_, now) = published?;
    let date = (0..28).filter_map(|back| now.plus_days(-back)).find(|date| date.day() == number)?;
    Some(Timex { span, kind: TimexType::Date, value: date.to_string() })
}

/// What a time expression comes to.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    /// First and last day; `None` where it can't be told.
    days: Option<(Date, Date)>,
    /// The first day isn't bounded: `until May`.
    open_start: bool,
    /// The last day isn't bounded: `since 2014`.
    open_end: bool,
    granularity: Granularity,
    timex3: Option<String>,
    anchor: TimeAnchor,
}

impl Told {
    fn new(days: Option<(Date, Date)>, granularity: Granularity, timex3: String, anchor: TimeAnchor) -> Self {
        Self { days, open_start: false, open_end: false, granularity, timex3: Some(timex3), anchor }
    }
}
