//! The dateline that opens a report (`NAIROBI, Kenya, May 3 (Agency) —`), and the time stamps of live pages.
//!
//! In: the beginning of a block. Out: where the dateline lies. What the place is, linkage decides.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use watchkeeper_record::Span;
use watchkeeper_record::article::Dateline;

use crate::dates::date_pattern;
use crate::lexicon::LEXICON;
use crate::lines::ends_sentence;

/// Longest opening of a block, in bytes, in which a dateline is looked for.
const HEAD_MAX: usize = 400;

/// How a dateline gives itself away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// It has a date or an agency.
    Full,
    /// Only a place and a dash.
    Place,
}

struct Patterns {
    dated: Regex,
    agency: Regex,
    capitals: Regex,
    plain: Regex,
    line: Regex,
    tags: Regex,
    stamp: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let date = date_pattern();
    let word = r"\p{Lu}[\p{L}\p{M}'’.-]*";
    let place =
        format!(r"{word}(?:[ /]+(?:(?:of|the|de|la|el|al|del|du|and|am|an|sur|upon)\s+)?{word}){{0,3}}");
    let region = format!(r"(?:,\s+{place}){{0,2}}");
    let capitals = r"\p{Lu}[\p{Lu}'’.-]+(?:[ /]\p{Lu}[\p{Lu}'’.-]*){0,2}";
    let name = r"\p{Lu}[^()\[\]\n]{1,50}";
    let dash = r"\s*(?:—|–|―|--+|_|\s-)(?:\s+|$)";
    let compile = |pattern: String| crate::lexicon::compile(&pattern).expect("a constant pattern");
    Patterns {
        dated: compile(format!(
            r"^(?P<place>{place}{region}(?:\s+\({word}(?:\s{word}){{0,3}}\))?)?[,.]?\s*(?:(?i:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?P<date>{date})\s*(?:[\(\[](?P<agency>{name})[\)\]]|[,/]\s*(?P<agency2>\p{{Lu}}\p{{L}}+))?(?:{dash}|\s*:\s+)"
        )),
        agency: compile(format!(r"^(?P<place>{place}{region})?,?\s*[\(\[](?P<agency>{name})[\)\]](?:{dash}|\s*:\s+)")),
        capitals: compile(format!(r"^(?P<place>{capitals}{region})(?:{dash}|:\s+)")),
        plain: compile(format!(r"^(?P<place>{word}(?:\s{word}){{0,2}}(?:,\s+{word}(?:\s{word}){{0,2}})?)\s+(?:—|–|―|--+)\s+")),
        line: compile(format!(r"^(?P<place>{place}{region}),?\s+(?P<date>{date})\.?$")),
        tags: compile(r"^(?:\[[\p{Lu}\d][^\[\]a-z]{1,200}\]\s*){1,4}".to_owned()),
        stamp: compile(
            r"(?i)^[\[(]?(?:(?:posted|updated)(?: at)?\s+)?(?:\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.)?|\d{1,2}\s*(?:am|pm))\s*(?P<zone>gmt|bst|utc|cet|cest|est|edt|et|pt|pst|pdt|ist|eat|wat|cat|sast|msk|local time|local)?[\])]?(?P<end>\s*[-–—|:]\s+|\s+|$)".to_owned(),
        ),
    }
});

/// Finds the dateline at the beginning of a block.
pub(crate) fn find(text: &str, block: Span, capitals_text: bool) -> Option<(Dateline, Form)> {
    let patterns = &*PATTERNS;
    let head = head(text, block);
    // A place alone is a dateline only before running text: `WRAP: Techs fall` is a headline.
    let running = ends_sentence(block.of(text)) && head.split_whitespace().count() >= 10;
    let rest_is_text = |end: usize| {
        let rest = head[end..].trim_start();
        let begins = |c: char| c.is_uppercase() || c.is_numeric() || "“\"‘'«[(".contains(c);
        (rest.is_empty() && head.len() == block.len()) || (running && rest.starts_with(begins))
    };
    if let Some(found) = patterns.dated.captures(head)
        && dated_like(&found, capitals_text)
    {
        return Some((dateline(head, block, &found), Form::Full));
    }
    if let Some(found) = patterns.line.captures(head) {
        let whole = head.len() == block.len();
        if whole && place_like(found.name("place").map_or("", |place| place.as_str())) {
            return Some((dateline(head, block, &found), Form::Full));
        }
    }
    if let Some(found) = patterns.agency.captures(head) {
        // `[Speaker]:` is no agency.
        let label = found.name("place").is_none() && found[0].trim_end().ends_with(':');
        if !label && found.name("place").is_none_or(|place| place_like(place.as_str())) {
            return Some((dateline(head, block, &found), Form::Full));
        }
    }
    for pattern in [&patterns.capitals, &patterns.plain] {
        if capitals_text {
            break;
        }
        let Some(found) = pattern.captures(head) else { continue };
        if place_like(&found["place"]) && rest_is_text(found[0].len()) {
            return Some((dateline(head, block, &found), Form::Place));
        }
    }
    None
}

/// Whether a place and a date make a dateline; in a text of capitals a comma has to part them, or an agency to follow.
fn dated_like(found: &Captures<'_>, capitals_text: bool) -> bool {
    let Some(place) = found.name("place") else { return true };
    let apart = found.name("date").is_some_and(|date| date.start() > place.end() + 1);
    place_like(place.as_str()) && (!capitals_text || apart || found.name("agency").is_some())
}

/// The beginning of a block, cut at a character boundary.
fn head(text: &str, block: Span) -> &str {
    let whole = block.of(text);
    &whole[..whole.floor_char_boundary(HEAD_MAX)]
}

fn place_like(place: &str) -> bool {
    let lower = place.to_lowercase();
    let first = lower.split([' ', ',']).next().unwrap_or("");
    !LEXICON.not_places.contains(&lower) && !LEXICON.not_places.contains(first)
}

fn dateline(head: &str, block: Span, found: &Captures<'_>) -> Dateline {
    let whole = found.get(0).map_or(0, |whole| whole.end());
    // Cables put tags behind the dash: `-- [REPORT] [TEXT]`.
    let tags = PATTERNS.tags.find(&head[whole..]).map_or(0, |tags| tags.end());
    let end = head[..whole + tags].trim_end().len();
    let part = |name: &str| {
        found
            .name(name)
            .filter(|part| !part.is_empty())
            .map(|part| Span::from_range(block.start() + part.start()..block.start() + part.end()))
    };
    Dateline {
        span: Span::from_range(block.start()..block.start() + end),
        place: part("place"),
        date: part("date"),
        agency: part("agency").or_else(|| found.name("agency2").and(part("agency2"))),
    }
}

/// A time stamp at the beginning of a block: where it ends, and whether it could be nothing else.
pub(crate) fn stamp(text: &str, block: Span) -> Option<(Span, bool)> {
    let head = head(text, block);
    let found = PATTERNS.stamp.captures(head)?;
    let alone = head.len() == found[0].len() && head.len() == block.len();
    let marked = found.name("zone").is_some() || !found["end"].trim().is_empty();
    let end = found[0].trim_end().len();
    Some((Span::from_range(block.start()..block.start() + end), alone || marked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, Option<&str>, Option<&str>)>) {
        let found = find(text, Span::from_range(0..text.len()), false).map(|(dateline, _)| {
            let of = |span: Option<Span>| span.map(|span| span.of(text));
            (of(dateline.place).unwrap_or(""), of(dateline.date), of(dateline.agency))
        });
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn datelines_are_found() {
        check(
            "NAIROBI, Kenya, May 3 (Agency) — Police said",
            Some(("NAIROBI, Kenya", Some("May 3"), Some("Agency"))),
        );
        check("SELVA — A bomb went off in a market on Monday, officials said.", Some(("SELVA", None, None)));
        check("KABUL: The army said that it had taken the town back.", Some(("KABUL", None, None)));
        check(
            "ORMOC CITY, Philippines – At least nine people died in a fire on Monday.",
            Some(("ORMOC CITY, Philippines", None, None)),
        );
        check("GAO, Mali (Meridian News) - At least 11", Some(("GAO, Mali", None, Some("Meridian News"))));
        check(
            "BOGOTA, 12 APR 89 (AGENCY) -- [TEXT] TWO BOMBS",
            Some(("BOGOTA", Some("12 APR 89"), Some("AGENCY"))),
        );
        check(
            "PRAGUE (CZECHOSLOVAKIA), 21 APR 89 (DAILY) -- [INTERVIEW] [TEXT] MR X",
            Some(("PRAGUE (CZECHOSLOVAKIA)", Some("21 APR 89"), Some("DAILY"))),
        );
        check(
            "N'Djamena – Gunmen killed four soldiers on the road to the east.",
            Some(("N'Djamena", None, None)),
        );
        check("MIAMI _\n", Some(("MIAMI", None, None)));
        check("New York, 27 February 2019", Some(("New York", Some("27 February 2019"), None)));
        check("MARKETS: Techs fall as rates rise", None);
        check("DR Congo – Ituri and North Kivu", None);
        check("UPDATE: Police now say", None);
        check("The army — which lost — left", None);
        check("Monday – Nothing", None);
        check("Officials said the army — or what is left of it — fled", None);
    }

    #[test]
    fn stamps_are_found() {
        let check = |text: &str| {
            stamp(text, Span::from_range(0..text.len())).map(|(span, sure)| (span.of(text).to_owned(), sure))
        };
        assert_eq!(check("10:14 GMT Shelling resumed"), Some(("10:14 GMT".to_owned(), true)));
        assert_eq!(check("[14:20]"), Some(("[14:20]".to_owned(), true)));
        assert_eq!(check("9.30pm – Police say"), Some(("9.30pm –".to_owned(), true)));
        assert_eq!(check("10:30 was the hour"), Some(("10:30".to_owned(), false)));
        assert_eq!(check("12 people died"), None);
    }
}
