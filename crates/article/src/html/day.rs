//! Days as pages write them: machine forms of attributes, addresses, and visible text in several languages.
//!
//! Only whole calendar days are read. "3 days ago" and its like never are: they count from a moment nobody knows.

use std::sync::LazyLock;

use regex::Regex;
use watchkeeper_record::article::Date;

/// First and last year that a page on the web can give.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2099;
/// Longest stretch of visible text in which a day is looked for, in bytes.
const TEXT_MAX: usize = 400;

/// Names of months by their first letters, longest first where one opens another; English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Polish, Czech, Swedish, Finnish, Turkish, Indonesian, Romanian.
const MONTHS: &[(&str, u32)] = &[
    ("january", 1),
    ("januar", 1),
    ("jänner", 1),
    ("janvier", 1),
    ("janv", 1),
    ("enero", 1),
    ("ene", 1),
    ("gennaio", 1),
    ("gen", 1),
    ("janeiro", 1),
    ("januari", 1),
    ("stycznia", 1),
    ("ledna", 1),
    ("tammikuuta", 1),
    ("ocak", 1),
    ("ianuarie", 1),
    ("jan", 1),
    ("jän", 1),
    ("february", 2),
    ("februar", 2),
    ("feber", 2),
    ("février", 2),
    ("févr", 2),
    ("fevrier", 2),
    ("febrero", 2),
    ("febbraio", 2),
    ("fevereiro", 2),
    ("februari", 2),
    ("lutego", 2),
    ("února", 2),
    ("helmikuuta", 2),
    ("şubat", 2),
    ("februarie", 2),
    ("feb", 2),
    ("fev", 2),
    ("march", 3),
    ("märz", 3),
    ("maerz", 3),
    ("mars", 3),
    ("marzo", 3),
    ("março", 3),
    ("maart", 3),
    ("marca", 3),
    ("března", 3),
    ("maaliskuuta", 3),
    ("mart", 3),
    ("maret", 3),
    ("martie", 3),
    ("mrz", 3),
    ("mär", 3),
    ("mar", 3),
    ("april", 4),
    ("avril", 4),
    ("abril", 4),
    ("aprile", 4),
    ("kwietnia", 4),
    ("dubna", 4),
    ("huhtikuuta", 4),
    ("nisan", 4),
    ("aprilie", 4),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mayo", 5),
    ("maggio", 5),
    ("mag", 5),
    ("maio", 5),
    ("mei", 5),
    ("maja", 5),
    ("května", 5),
    ("maj", 5),
    ("toukokuuta", 5),
    ("mayıs", 5),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("junio", 6),
    ("giugno", 6),
    ("giu", 6),
    ("junho", 6),
    ("czerwca", 6),
    ("června", 6),
    ("kesäkuuta", 6),
    ("haziran", 6),
    ("iunie", 6),
    ("jun", 6),
    ("july", 7),
    ("juli", 7),
    ("juillet", 7),
    ("juil", 7),
    ("julio", 7),
    ("luglio", 7),
    ("lug", 7),
    ("julho", 7),
    ("lipca", 7),
    ("července", 7),
    ("heinäkuuta", 7),
    ("temmuz", 7),
    ("iulie", 7),
    ("jul", 7),
    ("august", 8),
    ("août", 8),
    ("aout", 8),
    ("agosto", 8),
    ("augustus", 8),
    ("augusti", 8),
    ("sierpnia", 8),
    ("srpna", 8),
    ("elokuuta", 8),
    ("ağustos", 8),
    ("agustus", 8),
    ("aug", 8),
    ("ago", 8),
    ("september", 9),
    ("septembre", 9),
    ("septiembre", 9),
    ("setiembre", 9),
    ("settembre", 9),
    ("setembro", 9),
    ("września", 9),
    ("září", 9),
    ("syyskuuta", 9),
    ("eylül", 9),
    ("septembrie", 9),
    ("sept", 9),
    ("sep", 9),
    ("set", 9),
    ("october", 10),
    ("oktober", 10),
    ("octobre", 10),
    ("octubre", 10),
    ("ottobre", 10),
    ("outubro", 10),
    ("października", 10),
    ("října", 10),
    ("lokakuuta", 10),
    ("ekim", 10),
    ("octombrie", 10),
    ("okt", 10),
    ("oct", 10),
    ("ott", 10),
    ("out", 10),
    ("november", 11),
    ("novembre", 11),
    ("noviembre", 11),
    ("novembro", 11),
    ("listopada", 11),
    ("listopadu", 11),
    ("marraskuuta", 11),
    ("kasım", 11),
    ("noiembrie", 11),
    ("nov", 11),
    ("december", 12),
    ("dezember", 12),
    ("décembre", 12),
    ("decembre", 12),
    ("diciembre", 12),
    ("dicembre", 12),
    ("dezembro", 12),
    ("grudnia", 12),
    ("prosince", 12),
    ("joulukuuta", 12),
    ("aralık", 12),
    ("desember", 12),
    ("decembrie", 12),
    ("dez", 12),
    ("dec", 12),
    ("déc", 12),
    ("dic", 12),
    ("des", 12),
    ("января", 1),
    ("февраля", 2),
    ("марта", 3),
    ("апреля", 4),
    ("мая", 5),
    ("июня", 6),
    ("июля", 7),
    ("августа", 8),
    ("сентября", 9),
    ("октября", 10),
    ("ноября", 11),
    ("декабря", 12),
    ("січня", 1),
    ("лютого", 2),
    ("березня", 3),
    ("квітня", 4),
    ("травня", 5),
    ("червня", 6),
    ("липня", 7),
    ("серпня", 8),
    ("вересня", 9),
    ("жовтня", 10),
    ("листопада", 11),
    ("грудня", 12),
];

static DAYS: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<&str> = MONTHS.iter().map(|(name, _)| *name).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let months = names.join("|");
    let pattern = format!(
        r"(?xi)
        \b(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>\d\d?)[-/.](?P<d1>\d\d?)(?:\D|T|$)
        | \b(?P<d2>\d\d?)(?:st|nd|rd|th|er|º|°|ª|a)?\.?[\s-]*(?:of\s+|de\s+|d['’])?(?P<m2>{months})\b\.?,?[\s-]*(?:de\s+|del\s+)?(?P<y2>(?:19|20)\d\d|['’]?\d\d\b)
        | \b(?P<m3>{months})\b\.?\s*(?P<d3>\d\d?)(?:st|nd|rd|th)?\b,?\s+(?P<y3>(?:19|20)\d\d)\b
        | \b(?P<d4>\d\d?)\.\s?(?P<m4>\d\d?)\.\s?(?P<y4>(?:199\d|20\d\d)|\d\d)(?:\b|\d\d:)
        | \b(?P<a5>\d\d?)(?P<s5>[/-])(?P<b5>\d\d?)[/-](?P<y5>(?:19|20)\d\d|\d\d)\b
        | (?P<y6>(?:19|20)\d\d)\s?[年년]\s?(?P<m6>\d\d?)\s?[月월]\s?(?P<d6>\d\d?)\s?[日일]"
    );
    crate::lexicon::compile(&pattern).expect("a constant pattern")
});

/// How figures alone are ordered where a page doesn't say: day first but in American English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// `3/5/2021` is 3 May.
    DayFirst,
    /// `3/5/2021` is 5 March.
    MonthFirst,
}

fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    MONTHS.iter().find(|(month, _)| *month == name).map(|(_, number)| *number)
}

fn make(year: i32, month: u32, day: u32) -> Option<Date> {
    Date::new(year, month, day).filter(|_| YEARS.contains(&year))
}

fn year(text: &str) -> Option<i32> {
    let number: i32 = text.trim_start_matches(['\'', '’']).parse().ok()?;
    Some(match number {
        0..=49 => 2000 + number,
        50..=99 => 1900 + number,
        _ => number,
    })
}

/// All days of a visible text, in order. Looks at a bounded stretch.
pub(crate) fn visible(text: &str, order: Order) -> Vec<Date> {
    let text = &text[..super::features::floor(text, TEXT_MAX)];
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    DAYS.captures_iter(text)
        .filter_map(|found| {
            let part = |name: &str| found.name(name).map(|part| part.as_str());
            let number = |name: &str| part(name).and_then(|part| part.parse::<u32>().ok());
            for (y, m, d) in [("y1", "m1", "d1"), ("y4", "m4", "d4"), ("y6", "m6", "d6")] {
                if let (Some(y), Some(m), Some(d)) = (part(y), number(m), number(d)) {
                    return make(year(y)?, m, d);
                }
            }
            for (y, m, d) in [("y2", "m2", "d2"), ("y3", "m3", "d3")] {
                if let (Some(y), Some(m), Some(d)) = (part(y), part(m), number(d)) {
                    return make(year(y)?, month(m)?, d);
                }
            }
            let (a, b, year) = (number("a5")?, number("b5")?, year(part("y5")?)?);
            let day_first = order == Order::DayFirst || a > 12;
            if day_first && b <= 12 { make(year, b, a) } else { make(year, a, b) }
        })
        .collect()
}

/// The day of a machine-readable value: ISO 8601 in whole or in part, seconds since 1970, or what a person would write.
pub(crate) fn machine(value: &str, order: Order) -> Option<Date> {
    let value = value.trim();
    let bytes = value.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == bytes.len() && (digits == 10 || digits == 13) {
        let seconds: i64 = value.get(..10)?.parse().ok()?;
        return Date::from_days(i32::try_from(seconds.div_euclid(86_400)).ok()?)
            .filter(|day| YEARS.contains(&day.year()));
    }
    if (digits == 8 || digits == 14)
        && (bytes.len() == digits || !bytes[digits].is_ascii_alphanumeric() || bytes[digits] == b'T')
    {
        let number =
            |range: std::ops::Range<usize>| value.get(range).and_then(|part| part.parse::<u32>().ok());
        return make(i32::try_from(number(0..4)?).ok()?, number(4..6)?, number(6..8)?);
    }
    visible(value, order).first().copied()
}

/// The day in an address: `/2019/11/18/`, `/2019-11-18-`, `/20191118/`, `-18-11-2019`.
pub(crate) fn address(url: &str) -> Option<Date> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let path = &path[path.find('/')?..];
    let path = &path[..super::features::floor(path, 1000)];
    let parts: Vec<&str> =
        path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let number = |part: &str, most: usize| -> Option<u32> {
        (part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let full =
        |part: &str| number(part, 4).filter(|_| part.len() == 4).and_then(|year| i32::try_from(year).ok());
    for three in parts.windows(3) {
        if let (Some(year), Some(day)) = (full(three[0]), number(three[2], 2))
            && let Some(date) =
                number(three[1], 2).or_else(|| month(three[1])).and_then(|month| make(year, month, day))
        {
            return Some(date);
        }
        if let (Some(day), Some(month), Some(year)) =
            (number(three[0], 2), number(three[1], 2), full(three[2]))
            && let Some(date) = make(year, month, day)
        {
            return Some(date);
        }
    }
    parts.iter().filter(|part| part.len() == 8 && part.starts_with("20")).find_map(|part| {
        make(i32::try_from(number(&part[..4], 4)?).ok()?, number(&part[4..6], 2)?, number(&part[6..], 2)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_several_languages() {
        for (text, want) in [
            ("Veröffentlicht am 18. November 2019, 10:14 Uhr", Some("2019-11-18")),
            ("Stand: 18.11.2019", Some("2019-11-18")),
            ("18.11.19", Some("2019-11-18")),
            ("18.11.1912:44", Some("2019-11-18")),
            ("18.11.201912:44", Some("2019-11-18")),
            ("18.11.1912", None),
            ("Mo, 4. Mär. 2019", Some("2019-03-04")),
            ("Publié le 1er février 2020 à 6h", Some("2020-02-01")),
            ("3 de mayo de 2021", Some("2021-05-03")),
            ("Posted on May 3rd, 2021", Some("2021-05-03")),
            ("03 May '21", Some("2021-05-03")),
            ("2020年02月19日 10:00", Some("2020-02-19")),
            ("vor 3 Tagen", None),
            ("3 days ago", None),
            ("Version 1.2.3", None),
            ("31. Februar 2020", None),
            ("In 2019 and 2020", None),
        ] {
            let found = visible(text, Order::DayFirst).first().map(ToString::to_string);
            assert_eq!(found.as_deref(), want, "{text}");
        }
        assert_eq!(visible("3/5/2021", Order::MonthFirst)[0].to_string(), "2021-03-05");
        assert_eq!(visible("3/5/2021", Order::DayFirst)[0].to_string(), "2021-05-03");
        assert_eq!(visible("5/23/2021", Order::DayFirst)[0].to_string(), "2021-05-23");
    }

    #[test]
    fn machine_forms_and_addresses_are_read() {
        for (value, want) in [
            ("2019-11-18T23:30:00+01:00", Some("2019-11-18")),
            ("20191118", Some("2019-11-18")),
            ("20191118T101500Z", Some("2019-11-18")),
            ("1574121600", Some("2019-11-19")),
            ("Mon, 18 Nov 2019 10:00:00 GMT", Some("2019-11-18")),
            ("now", None),
            ("", None),
        ] {
            assert_eq!(
                machine(value, Order::DayFirst).map(|day| day.to_string()).as_deref(),
                want,
                "{value}"
            );
        }
        for (url, want) in [
            ("https://post.example/2019/11/18/attack-on-town", Some("2019-11-18")),
            ("https://post.example/2019/nov/18/attack", Some("2019-11-18")),
            ("https://post.example/news-2019-11-18-x.html?d=2020-01-01", Some("2019-11-18")),
            ("https://post.example/a/20191118/x", Some("2019-11-18")),
            ("https://post.example/2019/11/attack", None),
            ("https://post.example/12345678/x", None),
        ] {
            assert_eq!(address(url).map(|day| day.to_string()).as_deref(), want, "{url}");
        }
    }
}
