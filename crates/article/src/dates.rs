//! Dates as datelines and publication lines write them.
//!
//! Only complete calendar dates in figures and month names; time expressions of running text are another room's work.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use watchkeeper_record::article::{Date, days_in_month};

use crate::lexicon::LEXICON;

/// A date found in a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where, in bytes of the string.
    pub(crate) range: Range<usize>,
    /// First and last day it can mean; `None` where it has no year.
    pub(crate) days: Option<(Date, Date)>,
}

/// A pattern for a date with a month name, its year optional: for use inside other patterns.
pub(crate) fn date_pattern() -> String {
    let months = &LEXICON.months;
    format!(
        r"(?:(?i:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{months})\b\.?(?:,?\s+(?:\d{{4}}|'?\d{{2}})\b)?|(?:{months})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?)|\d{{4}}-\d\d-\d\d)"
    )
}

static DATES: LazyLock<Regex> = LazyLock::new(|| {
    let months = &LEXICON.months;
    let pattern = format!(
        r"(?xi)
        \b(?P<y1>\d{{4}})[-/](?P<m1>\d\d)[-/](?P<d1>\d\d)(?:\b|T)
        | \b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<m2>{months})\b\.?(?:,?[\s-]+(?P<y2>\d{{4}})\b|[\s-]+'?(?P<y6>\d{{2}})\b(?P<colon>[:.]\d|\s*(?:am|pm|hrs)\b)?)?
        | \b(?P<m3>{months})\b\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y3>\d{{4}})\b)?
        | \b(?P<m4>{months})\b\.?,?\s+(?P<y4>\d{{4}})\b
        | \b(?P<a5>\d{{1,2}})(?P<s5>[./])(?P<b5>\d{{1,2}})[./](?P<y5>\d{{4}})\b"
    );
    crate::lexicon::compile(&pattern).expect("a constant pattern")
});

/// All dates of a short string, in order.
pub(crate) fn find_dates(line: &str) -> Vec<Found> {
    DATES
        .captures_iter(line)
        .filter_map(|found| {
            let text = |name: &str| found.name(name).map(|part| part.as_str());
            let number = |name: &str| text(name).and_then(|part| part.parse::<u32>().ok());
            let one = |year: u32, month: u32, day: u32| {
                Date::new(i32::try_from(year).ok()?, month, day).map(|date| (date, date))
            };
            let days = if let (Some(y), Some(m), Some(d)) = (number("y1"), number("m1"), number("d1")) {
                Some(one(y, m, d)?)
            } else if let (Some(d), Some(m)) = (number("d2"), text("m2")) {
                let day = (1..=31).contains(&d).then_some(d)?;
                // `22 August 18:00` is a time of day, no year.
                match text("y2").or_else(|| text("y6").filter(|_| text("colon").is_none())) {
                    Some(year) => Some(one(full_year(year)?, month_number(m)?, day)?),
                    None => None,
                }
            } else if let (Some(m), Some(d)) = (text("m3"), number("d3")) {
                let day = (1..=31).contains(&d).then_some(d)?;
                match number("y3") {
                    Some(year) => Some(one(year, month_number(m)?, day)?),
                    None => None,
                }
            } else if let (Some(m), Some(year)) = (text("m4"), number("y4")) {
                let (month, year) = (month_number(m)?, i32::try_from(year).ok()?);
                Some((Date::new(year, month, 1)?, Date::new(year, month, days_in_month(year, month))?))
            } else {
                let (a, b, year) = (number("a5")?, number("b5")?, number("y5")?);
                // `3.5.2021` is day first; `3/5/2021` can't be told unless one of them is no month.
                match (text("s5"), a > 12, b > 12) {
                    (Some("."), _, false) | (_, true, false) => Some(one(year, b, a)?),
                    (_, false, true) => Some(one(year, a, b)?),
                    _ => return None,
                }
            };
            Some(Found { range: found.get(0)?.range(), days })
        })
        .collect()
}

/// Month of an English name or abbreviation.
fn month_number(name: &str) -> Option<u32> {
    const STARTS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = name.get(..3)?.to_ascii_lowercase();
    let index = STARTS.iter().position(|month| *month == start)?;
    u32::try_from(index + 1).ok()
}

/// A year of two or four figures; two figures mean 1950 to 2049.
fn full_year(year: &str) -> Option<u32> {
    let number: u32 = year.parse().ok()?;
    Some(match (year.len(), number) {
        (2, 50..) => 1900 + number,
        (2, _) => 2000 + number,
        _ => number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        let one =
            |text: &str| find_dates(text).first().and_then(|found| found.days).map(|days| days.0.to_string());
        for (text, want) in [
            ("Published: 3 May 2021 10:14", Some("2021-05-03")),
            ("Jul 07, 2012 7:40 PM ET", Some("2012-07-07")),
            ("12 APR 89", Some("1989-04-12")),
            ("2019-02-12T10:00Z", Some("2019-02-12")),
            ("October 23rd, 2023 | 5 min read", Some("2023-10-23")),
            ("17.01.2020", Some("2020-01-17")),
            ("03/05/2021", None),
            ("31 February 2020", None),
            ("May 3", None),
            ("22 August, 18:00", None),
            ("22 August 18:00", None),
        ] {
            assert_eq!(one(text).as_deref(), want, "{text}");
        }
        assert_eq!(find_dates("LAGOS, May 3 (Agency)")[0].range, 7..12);
    }
}
