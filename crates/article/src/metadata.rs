//! Title, byline, outlet, publication date and dateline, as far as the text gives them.
//!
//! In: the raw blocks. Out: [`Metadata`], with the blocks that hold nothing but metadata. It guesses nothing: what the
//! text doesn't say is `None`.

use std::sync::LazyLock;

use regex::Regex;
use watchkeeper_record::Span;
use watchkeeper_record::article::{Byline, Date, Dateline, Published};
use watchkeeper_record::codebook::{DateBasis, MaskKind};

use crate::dateline;
use crate::dates::find_dates;
use crate::debris::Masks;
use crate::lexicon::LEXICON;
use crate::lines::{Raw, ends_sentence};
use crate::title;

/// Blocks from the beginning in which metadata is looked for.
const HEAD_BLOCKS: usize = 10;
/// Longest line, in bytes, that can be metadata.
pub(crate) const LINE_MAX: usize = 300;

/// What the text says about itself.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    /// The block that is the title.
    pub(crate) title_block: Option<usize>,
    pub(crate) byline: Vec<Byline>,
    pub(crate) published: Option<Published>,
    pub(crate) outlet: Option<String>,
    pub(crate) dateline: Option<Dateline>,
    /// Time stamps of a live page, in order.
    pub(crate) stamps: Vec<Span>,
}

struct Patterns {
    byline: Regex,
    names: Regex,
    name: Regex,
    reporting: Regex,
    time: Regex,
    published: Regex,
    rights: Regex,
    staff: Regex,
}

const TOKEN: &str = r"\p{Lu}[\p{L}\p{M}'’.-]*";
const PARTICLES: &str = r"(?:de|da|do|dos|das|del|della|di|du|van|von|der|den|ter|al|el|bin|ibn|bint|ben|la|le|y|e|ag|ould|abu|of)";

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compile = |pattern: String| crate::lexicon::compile(&pattern).expect("a constant pattern");
    let name = format!(r"{TOKEN}(?:\s+(?:{PARTICLES}\s+){{0,2}}{TOKEN}){{1,4}}");
    let joint = r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|AND|with|And)\s+|\s*[&/;]\s*)";
    Patterns {
        byline: compile(format!(
            r"^(?i:(?:(?:written|reported|story|report|words|text|analysis|opinion|commentary|compiled|edited)\s+)?by|author|authors)\s*:?\s+(?P<names>{TOKEN}.*)$"
        )),
        names: compile(format!(r"^{name}(?:{joint}{name})*")),
        name: compile(name.clone()),
        reporting: compile(format!(r"(?i:\breporting by)\s+(?P<names>{name}(?:{joint}{name})*)")),
        time: compile(r"(?i)\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?\b|\b\d{1,2}\s*[ap]\.?m\.?\b|\b\d+\b".to_owned()),
        published: compile(
            r"(?i)^\W*(?:first |last |originally |date )?(?:published|posted|updated|modified|issued|released|created|filed|date)(?: (?:on|at|date))?\b".to_owned(),
        ),
        rights: compile(r"(?i)(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*(?P<years>(?:19|20)\d{2}(?:\s*[-–]\s*(?:19|20)?\d{2})?,?)?\s*(?:by\s+)?(?P<holder>\p{Lu}[^.|,;()\n]{1,50})".to_owned()),
        staff: compile(format!(
            r"\b(?:is|as) (?:a|an|the) (?P<outlet>{TOKEN}(?: {TOKEN}){{0,3}}) (?:(?:\w+ )?correspondent|reporter|columnist|bureau chief|staff writer)\b"
        )),
    }
});

/// What the caller knows already.
pub(crate) struct Given<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) outlet: Option<&'a str>,
    pub(crate) published: Option<Date>,
}

/// Reads the metadata and masks the lines that hold nothing else.
pub(crate) fn read(
    text: &str,
    blocks: &[Raw],
    given: &Given<'_>,
    capitals: bool,
    masks: &mut Masks,
) -> Metadata {
    let mut found = Metadata::default();
    // A live page stamps its entries; one number that looks like a time of day in a text isn't a stamp.
    let stamps: Vec<(Span, bool)> =
        blocks.iter().filter_map(|block| dateline::stamp(text, block.span)).collect();
    let live = stamps.len() >= 3;
    found.stamps = stamps.into_iter().filter(|(_, sure)| *sure || live).map(|(span, _)| span).collect();

    let head = read_head(text, blocks, masks, &mut found);
    read_datelines(text, blocks, capitals, masks, &mut found);
    title::find(text, blocks, given.title, masks, &mut found);
    let masthead = found.outlet.take();
    let signed = read_end(text, blocks, masks, &mut found);
    let agency =
        found.dateline.as_ref().and_then(|dateline| dateline.agency).map(|agency| squeeze(agency.of(text)));
    found.outlet = given.outlet.map(str::to_owned).or(masthead).or(head.outlet).or(signed).or(agency);
    let dateline_days = found
        .dateline
        .as_ref()
        .and_then(|dateline| dateline.date)
        .and_then(|date| find_dates(date.of(text)).first()?.days);
    found.published = match (given.published, head.days.or(dateline_days)) {
        (Some(day), _) => Some(Published { start: day, end: day, basis: DateBasis::Given }),
        (None, Some((start, end))) => Some(Published { start, end, basis: DateBasis::Text }),
        (None, None) => None,
    };
    found
}

/// Bylines and publication lines among the first blocks.
fn read_head(text: &str, blocks: &[Raw], masks: &mut Masks, found: &mut Metadata) -> PublicationLine {
    let mut head = PublicationLine { days: None, published: false, outlet: None };
    let mut open_date = None;
    for (i, block) in blocks.iter().enumerate().take(HEAD_BLOCKS) {
        let line = block.span.of(text);
        if line.len() > LINE_MAX {
            continue;
        }
        if let Some(names) = byline(line, block.span.start()) {
            found.byline.extend(names);
            masks.add(block.span, MaskKind::Credit, "byline");
            head.days = head.days.or_else(|| find_dates(line).iter().find_map(|date| date.days));
        } else if let Some(names) = unmarked_byline(text, blocks, i) {
            found.byline.extend(names);
            masks.add(block.span, MaskKind::Credit, "byline");
        } else if let Some(read) = publication_line(line) {
            if (read.published && read.days.is_some()) || head.days.is_none() {
                head.days = read.days.or(head.days);
            }
            if read.days.is_none() {
                let open = || find_dates(line).into_iter().find(|date| date.days.is_none());
                open_date = open_date.or_else(|| open().map(|date| line[date.range].to_owned()));
            }
            head.outlet = head.outlet.take().or(read.outlet);
            masks.add(block.span, MaskKind::Boilerplate, "publication line");
        }
    }
    // `Updated 22 August` under a headline with `22 August 2016`.
    if let (None, Some(open)) = (head.days, open_date) {
        let near = blocks
            .iter()
            .take(HEAD_BLOCKS)
            .map(|block| block.span.of(text))
            .filter(|line| line.len() <= LINE_MAX);
        head.days = near
            .flat_map(|line| find_dates(line).into_iter().map(move |date| (line, date)))
            .find(|(line, date)| date.days.is_some() && line[date.range.clone()].starts_with(&open))
            .and_then(|(_, date)| date.days);
    }
    head
}

/// The dateline of the first paragraph; datelines of later ones are debris.
fn read_datelines(text: &str, blocks: &[Raw], capitals: bool, masks: &mut Masks, found: &mut Metadata) {
    let mut running = 0;
    let mut weak = false;
    for (i, block) in blocks.iter().enumerate() {
        let line = block.span.of(text);
        if block.item || (i < HEAD_BLOCKS && masks.covers(block.span)) {
            continue;
        }
        if let Some((dateline, form)) = dateline::find(text, block.span, capitals) {
            let first = running == 0 && i < HEAD_BLOCKS;
            let full = form == dateline::Form::Full;
            if first && (found.dateline.is_none() || (weak && full)) {
                weak = !full;
                found.dateline = Some(dateline);
            } else if dateline.span.len() < line.len()
                && (same_place(&dateline, found.dateline.as_ref(), text)
                    || (full && repeats(&dateline, found.dateline.as_ref(), text, capitals)))
            {
                masks.add(dateline.span, MaskKind::Boilerplate, "repeated dateline");
            }
        }
        running += usize::from(ends_sentence(line) && line.len() > 80);
    }
}

/// Whether a later dateline is one: with a place, a dash, and a date or an agency that is known or was given above.
fn repeats(dateline: &Dateline, first: Option<&Dateline>, text: &str, capitals: bool) -> bool {
    let agency = |dateline: &Dateline| dateline.agency.map(|agency| squeeze(agency.of(text)));
    let known = agency(dateline).is_some_and(|name| {
        LEXICON.agency.is_match(&name) || first.and_then(agency).as_deref() == Some(&name)
    });
    let dash = !dateline.span.of(text).ends_with(':');
    dateline.place.is_some() && dash && (known || (dateline.date.is_some() && !capitals))
}

/// Whether a later dateline names the place of the first one: the scraper printed it twice.
fn same_place(dateline: &Dateline, first: Option<&Dateline>, text: &str) -> bool {
    let place = |dateline: &Dateline| dateline.place.map(|place| place.of(text));
    let dash = !dateline.span.of(text).ends_with(':');
    dash && first.is_some_and(|first| place(first).is_some() && place(first) == place(dateline))
}

/// Authors and outlet as the end of the text gives them.
fn read_end(text: &str, blocks: &[Raw], masks: &Masks, found: &mut Metadata) -> Option<String> {
    let mut outlet = None;
    for block in blocks.iter().rev().take(6) {
        let line = block.span.of(text);
        if line.len() > 1500 || masks.covers(block.span) {
            continue;
        }
        if found.byline.is_empty()
            && let Some(reporting) = PATTERNS.reporting.captures(line)
            && let Some(names) = reporting.name("names")
        {
            found.byline = split_names(names.as_str(), block.span.start() + names.start());
        }
        if outlet.is_none()
            && let Some(rights) = PATTERNS.rights.captures(line)
        {
            let holder = rights["holder"].trim().trim_end_matches("All rights reserved").trim();
            let dated = rights.name("years").is_some() || line.to_lowercase().contains("all rights reserved");
            if dated || (outlet_like(holder) && !LEXICON.agency.is_match(holder)) {
                outlet = Some(squeeze(holder));
            }
        }
    }
    let last = blocks.iter().rev().take(3).map(|block| block.span.of(text)).filter(|line| line.len() < 800);
    outlet.or_else(|| {
        last.filter_map(|line| PATTERNS.staff.captures(line)).map(|staff| squeeze(&staff["outlet"])).next()
    })
}

/// A line of names without `By`, if one of the last blocks tells who these people are.
fn unmarked_byline(text: &str, blocks: &[Raw], i: usize) -> Option<Vec<Byline>> {
    let block = blocks[i];
    let line = block.span.of(text);
    if line.len() > 120 || block.item || PATTERNS.names.find(line)?.len() != line.len() {
        return None;
    }
    let names = split_names(line, block.span.start());
    let last =
        blocks[i + 1..].iter().rev().take(6).map(|block| block.span.of(text)).filter(|end| end.len() < 1600);
    let known = last.into_iter().any(|end| {
        names.iter().any(|by| {
            let rest = end.strip_prefix(by.name.as_str()).map(str::trim_start);
            rest.is_some_and(|rest| LEXICON.bio_verbs.is_match(rest) && LEXICON.bio_roles.is_match(rest))
        })
    });
    (known && !names.is_empty()).then_some(names)
}

pub(crate) fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn outlet_like(words: &str) -> bool {
    words
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| LEXICON.outlet_words.contains(&word.to_lowercase()))
        && words.chars().next().is_some_and(char::is_uppercase)
}

/// Reads `By NAME and NAME, office`; `None` for anything else that begins with `By`.
fn byline(line: &str, offset: usize) -> Option<Vec<Byline>> {
    let found = PATTERNS.byline.captures(line)?;
    let names = found.name("names")?;
    if names.as_str().to_lowercase().starts_with("the ") {
        return None;
    }
    if line.split_whitespace().count() > 24 || line.len() > 200 {
        return None;
    }
    let Some(list) = PATTERNS.names.find(names.as_str()) else {
        // `By Staff Reporter`, `By Reuters`: an office, no person.
        let office = names
            .as_str()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>();
        let known =
            office.iter().any(|word| LEXICON.not_names.contains(&word.to_lowercase())) && office.len() <= 4;
        let weekday = office.first().is_some_and(|word| word.to_lowercase().ends_with("day"));
        return (known && !weekday && !ends_sentence(line)).then(Vec::new);
    };
    let tail = names.as_str()[list.end()..].trim();
    let tail_fits = tail.is_empty()
        || tail.starts_with([',', '|', '–', '—', '-', '/', ';', '(', '@', '•', '·', '.'])
        || ["in ", "at ", "from ", "for ", "of ", "and ", "with ", "on "]
            .iter()
            .any(|word| tail.starts_with(word));
    if !tail_fits || tail.len() > 120 || (ends_sentence(line) && !line.ends_with("Jr.")) {
        return None;
    }
    let split = split_names(list.as_str(), offset + names.start());
    let office = list
        .as_str()
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| LEXICON.not_names.contains(&word.to_lowercase()));
    (!split.is_empty() || office).then_some(split)
}

/// Splits a list of names; what follows the last comma without an `and` is an office (`Jane Doe, New York`).
fn split_names(list: &str, offset: usize) -> Vec<Byline> {
    let mut names: Vec<Byline> = PATTERNS
        .name
        .find_iter(list)
        .filter(|name| {
            !name.as_str().split(['.', ' ']).any(|word| LEXICON.not_names.contains(&word.to_lowercase()))
        })
        .flat_map(|name| {
            // Names in capitals run over a joining `AND`.
            let mut parts = Vec::new();
            let mut start = name.start();
            for part in name.as_str().split(" AND ") {
                parts.push((start, part));
                start += part.len() + 5;
            }
            parts
        })
        .map(|(start, name)| Byline {
            name: squeeze(name.trim_end_matches('.')),
            span: Some(Span::from_range(offset + start..offset + start + name.len())),
        })
        .collect();
    let joined = list.contains(" and ") || list.contains('&') || list.contains(" AND ") || list.contains(';');
    if names.len() == 2 && !joined && list.contains(',') {
        names.truncate(1);
    }
    names
}

struct PublicationLine {
    days: Option<(Date, Date)>,
    /// It says when the text was published, not when it was changed.
    published: bool,
    outlet: Option<String>,
}

/// Reads a line that holds a date of publication and nothing of the article.
fn publication_line(line: &str) -> Option<PublicationLine> {
    if line.len() > 220 || (ends_sentence(line) && line.split_whitespace().count() > 8) {
        return None;
    }
    let segments: Vec<&str> =
        line.split(['|', '•', '·']).map(str::trim).filter(|segment| !segment.is_empty()).collect();
    let mut read = PublicationLine { days: None, published: false, outlet: None };
    let mut dated = 0;
    for segment in &segments {
        let dates = find_dates(segment);
        let labelled = PATTERNS.published.is_match(segment) && segment.split_whitespace().count() <= 14;
        let office = !dates.is_empty()
            && LEXICON
                .whole_line(segment[..dates[0].range.start].trim_end_matches([' ', ',', '–', '—', '-']))
                .is_some_and(|label| label.name == "office line");
        if office
            || furniture(segment)
            || (labelled && (!dates.is_empty() || PATTERNS.time.is_match(segment)))
        {
            if !dates.is_empty() || labelled || segment.to_lowercase().contains("min") {
                dated += 1;
            }
            // `1–15 June 2022` is what a report covers.
            let covers = |at: usize| {
                segment[..at].trim_end().ends_with(['–', '-', '—'])
                    && segment[..at].contains(|c: char| c.is_ascii_digit())
            };
            if dates.len() == 1 && covers(dates[0].range.start) {
                continue;
            }
            if read.days.is_none() && dates.len() == 1 {
                read.days = dates[0].days;
                read.published = !segment.to_lowercase().contains("updated")
                    && !segment.to_lowercase().contains("modified");
            } else if read.days.is_none() {
                // `Published 3 May 2021, updated 4 May 2021`: the first one.
                read.days = dates.iter().find_map(|date| date.days);
                read.published = labelled;
            }
        } else if outlet_like(segment) && segment.split_whitespace().count() <= 8 {
            read.outlet = Some(squeeze(segment));
        } else if segments.len() == 1 || segment.split_whitespace().count() > 14 || ends_sentence(segment) {
            return None;
        }
    }
    (dated > 0).then_some(read)
}

/// Whether nothing is left of a segment when dates, times and the words of such lines are taken out.
fn furniture(segment: &str) -> bool {
    let mut rest = String::new();
    let mut at = 0;
    for date in find_dates(segment) {
        rest.push_str(&segment[at..date.range.start]);
        rest.push(' ');
        at = date.range.end;
    }
    let any = at > 0;
    rest.push_str(&segment[at..]);
    let rest = PATTERNS.time.replace_all(&rest, " ");
    let mut words = rest.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let known = words.clone().count() > 0 && segment.to_lowercase().contains(" read");
    (any || known) && words.all(|word| LEXICON.line_words.contains(&word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_are_read() {
        let check = |line: &str| {
            byline(line, 0).map(|names| names.into_iter().map(|name| name.name).collect::<Vec<_>>())
        };
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(check("By Mara Ellisand and Imi Dane"), names(&["Mara Ellisand", "Imi Dane"]));
        assert_eq!(check("By Terhemen Akpusu, Makurdi"), names(&["Terhemen Akpusu"]));
        assert_eq!(check("By Jane Doe, New York"), names(&["Jane Doe"]));
        assert_eq!(check("BY JOHN SMITH AND ANN LEE"), names(&["JOHN SMITH", "ANN LEE"]));
        assert_eq!(check("By Callum Threadgill at the Harbour Stadium"), names(&["Callum Threadgill"]));
        assert_eq!(
            check("By A. B. Okafor, Luis de la Cruz and Mai Vu | 3 May 2021"),
            names(&["A. B. Okafor", "Luis de la Cruz", "Mai Vu"])
        );
        assert_eq!(check("By Staff Reporter"), names(&[]));
        assert_eq!(check("By Wednesday the rebels had taken the town."), None);
        assert_eq!(check("By Land and Sea"), names(&[]).filter(|_| false));
        assert_eq!(check("By then Mara Ellisand had left."), None);
    }

    #[test]
    fn publication_lines_are_read() {
        let day =
            |line: &str| publication_line(line).and_then(|line| line.days).map(|days| days.0.to_string());
        assert_eq!(day("12 February 2019").as_deref(), Some("2019-02-12"));
        assert_eq!(day("Published: 3 May 2021, 10:14 GMT").as_deref(), Some("2021-05-03"));
        assert_eq!(
            day("Commentary | Haldane Institute for Security Policy | 4 September 2015").as_deref(),
            Some("2015-09-04")
        );
        assert_eq!(
            day("October 23, 2023 | 5 min read | Photo: A boat (Commons/J. Tavares)").as_deref(),
            Some("2023-10-23")
        );
        assert_eq!(day("On 3 May 2021 the army left the town"), None);
        assert_eq!(day("Massacre of 12 February 2019"), None);
        assert_eq!(
            publication_line("Orontes Monitor | Map and change log | Updated 22 August, 18:00 Damascus time")
                .and_then(|line| line.outlet)
                .as_deref(),
            Some("Orontes Monitor")
        );
    }
}
