//! Dates as feeds and HTTP headers write them.

use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;

/// Reads RFC 3339 and ISO 8601 (with or without time, seconds, zone), RFC 822/1123/850 and asctime dates, and the ways in which feeds
/// miss them: long names of months and days, wrong days of the week, two-digit years, zones spelled out. A time without a
/// zone, or with one that isn't known, is taken as UTC. `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.len() > 100 {
        return None;
    }
    text.parse().ok().or_else(|| iso(text)).or_else(|| worded(text))
}

fn at(year: i64, month: i64, day: i64, seconds: i64) -> Option<Moment> {
    let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)?;
    Moment::from_unix(Moment::start_of(date).unix() + seconds)
}

/// `2017-10-20`, `2017-10-20T14:05`, `20171020T140500Z`'s long form with any or no zone.
fn iso(text: &str) -> Option<Moment> {
    let day: Date = text.get(..10)?.parse().ok()?;
    let start = Moment::start_of(day).unix();
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Moment::from_unix(start);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?.trim_start();
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(end)?;
    Moment::from_unix(start + clock(time)? - offset(zone.trim()).unwrap_or(0))
}

/// Words and numbers in any order that leaves no doubt: `Fri, 20 Oct 2017 14:05:00 +0200`, `Friday, 20-Oct-17 14:05:00 GMT`,
/// `Fri Oct 20 14:05:00 2017`, `October 20, 2017`.
fn worded(text: &str) -> Option<Moment> {
    let (mut day, mut month, mut year, mut time, mut zone) = (None, None, None, None, 0);
    for word in text.split(|c: char| c.is_whitespace() || c == ',').flat_map(|word| {
        // `20-Oct-17` is three words, `-0500` is one.
        let dated = word.len() > 6 && word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(':');
        if dated { word.split('-').collect::<Vec<_>>() } else { vec![word] }
    }) {
        if word.is_empty() {
            continue;
        }
        if word.contains(':') && !word.starts_with(['+', '-']) {
            let end =
                word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(word.len());
            time = time.or(Some(clock(&word[..end])?));
            zone = offset(&word[end..]).unwrap_or(zone);
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            let number: i64 = word.parse().ok()?;
            match word.len() {
                4 => year = year.or(Some(number)),
                1 | 2 if day.is_none() => day = Some(number),
                1 | 2 if year.is_none() => {
                    year = Some(if number < 70 { 2000 + number } else { 1900 + number })
                }
                _ => return None,
            }
        } else if let Some(found) = month_of(word) {
            month = month.or(Some(found));
        } else if let Some(found) = offset(word) {
            zone = found;
        }
    }
    at(year?, month?, day?, time.unwrap_or(0) - zone)
}

/// Seconds of `14:05`, `14:05:59` and `14:05:59.25`; 24:00 is the start of the same day, as broken feeds mean it.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split([':', '.', ',']);
    let mut number = |most: i64| -> Option<i64> {
        let part = parts.next()?;
        (part.len() <= 2).then(|| part.parse().ok())?.filter(|number| (0..=most).contains(number))
    };
    let (hour, minute) = (number(24)?, number(59)?);
    let second = number(60).unwrap_or(0).min(59);
    Some(hour % 24 * 3600 + minute * 60 + second)
}

/// Seconds east of Greenwich of `Z`, `GMT`, `+02:00`, `-0500`, `EST`.
fn offset(zone: &str) -> Option<i64> {
    let hours = |hours: i64| Some(hours * 3600);
    match zone.trim_matches(['(', ')']).to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => hours(0),
        "BST" | "CET" | "WEST" => hours(1),
        "CEST" | "EET" | "CAT" => hours(2),
        "EEST" | "MSK" | "EAT" | "TRT" => hours(3),
        "EDT" => hours(-4),
        "EST" | "CDT" => hours(-5),
        "CST" | "MDT" => hours(-6),
        "MST" | "PDT" => hours(-7),
        "PST" => hours(-8),
        other => {
            let other = other.strip_prefix("GMT").or_else(|| other.strip_prefix("UTC")).unwrap_or(other);
            let sign = match other.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let digits: String = other[1..].chars().filter(|c| *c != ':').collect();
            if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let (hour, minute): (i64, i64) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
            (hour < 24 && minute < 60).then_some(sign * (hour * 3600 + minute * 60))
        }
    }
}

fn month_of(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let sept = word == "sept";
    let found = MONTHS
        .iter()
        .position(|month| word.len() >= 3 && month.starts_with(&word) || sept && *month == "september")?;
    i64::try_from(found).ok().map(|found| found + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_wild_are_read() {
        for (text, expected) in [
            ("Fri, 20 Oct 2017 14:05:00 GMT", "2017-10-20T14:05:00Z"),
            ("Fri, 20 Oct 2017 14:05:00 +0200", "2017-10-20T12:05:00Z"),
            ("Tuesday, 20 October 2017 14:05 EST", "2017-10-20T19:05:00Z"),
            ("20 Oct 17 14:05:07 -0000", "2017-10-20T14:05:07Z"),
            ("Friday, 20-Oct-17 14:05:00 GMT", "2017-10-20T14:05:00Z"),
            ("Fri Oct 20 14:05:00 2017", "2017-10-20T14:05:00Z"),
            ("October 20, 2017", "2017-10-20T00:00:00Z"),
            ("Sept 1 2017 9:05", "2017-09-01T09:05:00Z"),
            ("Mon, 01 Jan 2018 24:10:00 +0000", "2018-01-01T00:10:00Z"),
            ("2017-10-20", "2017-10-20T00:00:00Z"),
            ("2017-10-20T14:05", "2017-10-20T14:05:00Z"),
            ("2017-10-20 14:05:00", "2017-10-20T14:05:00Z"),
            ("2017-10-20T14:05:00.123+0200", "2017-10-20T12:05:00Z"),
            ("2017-10-20T14:05:00.5-05:30", "2017-10-20T19:35:00Z"),
        ] {
            assert_eq!(parse(text).map(|moment| moment.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "2017-13-01",
            "31 Feb 2017",
            "Fri, 20 Oct",
            "12:00",
            "99 Oct 2017",
            "20 Oct 12345",
            "é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}", dated in "[0-9a-zA-Z:+,. é-]{0,40}") {
            let _ = parse(&text);
            let _ = parse(&dated);
        }
    }
}
