//! What containers say, made plain: days, names, titles.

use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;

/// Reads a day as programs write it: ISO 8601 with or without a time, `20171020`, mail and HTTP dates, `23 October 2017`,
/// `October 23, 2017`, `23.10.2017`, slashed days where only one reading exists, seconds or milliseconds since 1970. `None` for what
/// could be two days.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    if let Ok(moment) = text.parse::<Moment>() {
        return Some(moment.date());
    }
    if let Some(day) = text.get(..10).and_then(|head| head.parse::<Date>().ok())
        && !text[10..].starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(day);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.len() {
            8 => of(&text[..4], &text[4..6], &text[6..]),
            10 => Moment::from_unix(text.parse().ok()?).map(Moment::date),
            13 => Moment::from_unix(text.parse::<i64>().ok()? / 1000).map(Moment::date),
            _ => None,
        };
    }
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '.' | '-'))
        .filter(|part| !part.is_empty())
        .collect();
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() >= 3 && parts[..3].iter().all(|part| number(part)) {
        let (a, b, c) = (parts[0], parts[1], parts[2]);
        if a.len() == 4 {
            return of(a, b, c);
        }
        if c.len() != 4 {
            return None;
        }
        let (first, second): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
        let dotted = text.contains('.');
        return if dotted || first > 12 || first == second {
            of(c, b, a)
        } else if second > 12 {
            of(c, a, b)
        } else {
            None
        };
    }
    let at = parts.iter().take(3).position(|part| month(part).is_some())?;
    let month = month(parts[at])?.to_string();
    // Day, month, year or month, day, year; a weekday may stand before.
    if at > 0 && number(parts[at - 1]) {
        return of(parts.get(at + 1)?, &month, parts[at - 1]);
    }
    let day = parts.get(at + 1)?.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let year = parts[at + 2..].iter().find(|part| part.len() == 4 && number(part))?;
    of(year, &month, day)
}

fn of(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn month(word: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
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
    let word = word.to_ascii_lowercase();
    let at = NAMES.iter().position(|name| {
        word.len() >= 3 && (name.starts_with(&word) || word == "sept" && *name == "september")
    })?;
    u32::try_from(at + 1).ok()
}

/// A document's title unless a program made it up.
pub(crate) fn plausible_title(text: &str) -> Option<String> {
    let text = one_line(text, 500);
    let lower = text.to_lowercase();
    let made_up = lower.starts_with("microsoft word")
        || lower.starts_with("untitled")
        || lower.starts_with("powerpoint")
        || lower.starts_with("document")
        || ["template", "title", "(anonymous)"].contains(&lower.as_str())
        || [".doc", ".docx", ".pdf", ".indd", ".rtf", ".odt", ".qxd", ".dvi", ".tex", ".html"]
            .iter()
            .any(|ending| lower.ends_with(ending));
    (!made_up && text.chars().filter(|c| c.is_alphabetic()).count() >= 3).then_some(text)
}

/// A name of a person or body unless it is a program's or an account's.
pub(crate) fn plausible_name(text: &str) -> Option<String> {
    let text = one_line(text, 200);
    let lower = text.to_lowercase();
    let account = [
        "user",
        "admin",
        "administrator",
        "owner",
        "author",
        "unknown",
        "anonymous",
        "(anonymous)",
        "root",
        "pc",
        "windows user",
        "microsoft office user",
        "guest",
        "python-docx",
        "unspecified",
        "(unspecified)",
        "hp",
        "dell",
    ]
    .contains(&lower.as_str())
        || lower.contains('@')
        || !lower.contains(|c: char| c.is_alphabetic())
        || lower.contains("microsoft")
        || lower.contains("adobe");
    (!account && text.chars().count() >= 2).then_some(text)
}

/// White space as single blanks, at most `most` characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_doubtful_ones_are_not() {
        for (text, expected) in [
            ("2017-10-23", Some("2017-10-23")),
            ("2017-10-23T14:05:00+02:00", Some("2017-10-23")),
            ("2017-10-23 14:05", Some("2017-10-23")),
            ("20171023", Some("2017-10-23")),
            ("1508767500", Some("2017-10-23")),
            ("1508767500000", Some("2017-10-23")),
            ("Mon, 23 Oct 2017 14:05:00 +0000", Some("2017-10-23")),
            ("October 23rd, 2017", Some("2017-10-23")),
            ("23.10.2017", Some("2017-10-23")),
            ("3.4.2017", Some("2017-04-03")),
            ("23/10/2017", Some("2017-10-23")),
            ("10/23/2017", Some("2017-10-23")),
            ("3/4/2017", None),
            ("2017", None),
            ("soon", None),
            ("é017-10-23é", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn made_up_titles_and_names_are_not_told() {
        assert_eq!(plausible_title("Microsoft Word - report.doc"), None);
        assert_eq!(plausible_title(" A  raid\n in May "), Some("A raid in May".to_owned()));
        assert_eq!(plausible_name("Administrator"), None);
        assert_eq!(plausible_name("Anna Field"), Some("Anna Field".to_owned()));
    }
}
