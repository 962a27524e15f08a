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

/// Blocks from the beginning in which metadata is looked for.
const HEAD_BLOCKS: usize = 10;
/// Longest line, in bytes, that can be metadata.
const LINE_MAX: usize = 300;

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
    let compile = |pattern: String| Regex::new(&pattern).expect("a constant pattern");
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
    let mut found = Metadata { outlet: given.outlet.map(str::to_owned), ..Metadata::default() };
    let mut text_date: Option<(Date, Date)> = None;
    let mut agency = None;
    // A live page stamps its entries; one number that looks like a time of day in a text isn't a stamp.
    let stamps: Vec<(Span, bool)> =
        blocks.iter().filter_map(|block| dateline::stamp(text, block.span)).collect();
    let live = stamps.len() >= 3;
    found.stamps = stamps.into_iter().filter(|(_, sure)| *sure || live).map(|(span, _)| span).collect();

    let mut running = 0;
    for (i, block) in blocks.iter().enumerate() {
        let line = block.span.of(text);
        if i < HEAD_BLOCKS && line.len() <= LINE_MAX {
            if let Some(names) = byline(line, block.span.start()) {
                found.byline.extend(names);
                masks.add(block.span, MaskKind::Credit, "byline");
                if text_date.is_none() {
                    text_date = find_dates(line).iter().find_map(|date| date.days);
                }
                continue;
            }
            if let Some(line) = publication_line(line) {
                if line.published || text_date.is_none() {
                    text_date = line.days.or(text_date);
                }
                found.outlet = found.outlet.take().or(line.outlet);
                masks.add(block.span, MaskKind::Boilerplate, "publication line");
                continue;
            }
        }
        if block.item {
            continue;
        }
        let dated = dateline::find(text, block.span, capitals);
        if let Some((dateline, form)) = dated {
            let first = running == 0 && i < HEAD_BLOCKS;
            if first && found.dateline.is_none() {
                agency = dateline.agency;
                found.dateline = Some(dateline);
            } else if form == dateline::Form::Full
                && dateline.place.is_some()
                && (!capitals || dateline.agency.is_some())
                && dateline.span.len() < block.span.len()
            {
                masks.add(dateline.span, MaskKind::Boilerplate, "repeated dateline");
            }
        }
        running += usize::from(ends_sentence(line) && line.len() > 80);
    }

    find_title(text, blocks, given.title, masks, &mut found);
    for block in blocks.iter().rev().take(6) {
        let line = block.span.of(text);
        if line.len() > 1500 {
            continue;
        }
        if found.byline.is_empty()
            && let Some(reporting) = PATTERNS.reporting.captures(line)
            && let Some(names) = reporting.name("names")
        {
            found.byline = split_names(names.as_str(), block.span.start() + names.start());
        }
        if found.outlet.is_none()
            && let Some(rights) = PATTERNS.rights.captures(line)
            && (rights.name("years").is_some() || line.to_lowercase().contains("all rights reserved"))
        {
            let holder = rights["holder"].trim();
            found.outlet = Some(holder.trim_end_matches(" All rights reserved").trim().to_owned());
        }
    }
    if found.outlet.is_none() {
        found.outlet = agency.map(|agency| agency.of(text).split_whitespace().collect::<Vec<_>>().join(" "));
    }
    if found.outlet.is_none() {
        let last =
            blocks.iter().rev().take(3).map(|block| block.span.of(text)).filter(|line| line.len() < 800);
        found.outlet = last
            .filter_map(|line| PATTERNS.staff.captures(line))
            .map(|staff| staff["outlet"].to_owned())
            .next();
    }
    let dateline_days = found
        .dateline
        .as_ref()
        .and_then(|dateline| dateline.date)
        .and_then(|date| find_dates(date.of(text)).first()?.days);
    found.published = match (given.published, text_date.or(dateline_days)) {
        (Some(day), _) => Some(Published { start: day, end: day, basis: DateBasis::Given }),
        (None, Some((start, end))) => Some(Published { start, end, basis: DateBasis::Text }),
        (None, None) => None,
    };
    found
}

/// Whether a line reads like a headline: short, no sentence, beginning like a title.
pub(crate) fn headline_like(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let ends = line.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']).ends_with(['.', ';', ',', ':']);
    let begins = line
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_numeric() || "“\"‘'«¿¡(#$€£".contains(c));
    // `U.S.` and `Jr.` end with a stop and yet a headline may end there.
    let abbreviation =
        line.rsplit(' ').next().is_some_and(|last| last.len() <= 5 && last.matches('.').count() >= 2);
    (1..=30).contains(&words) && line.len() <= 250 && begins && (!ends || (abbreviation && words <= 16))
}

/// Letters and figures in lower case: what two printings of a headline share.
pub(crate) fn folded(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn find_title(text: &str, blocks: &[Raw], given: Option<&str>, masks: &mut Masks, found: &mut Metadata) {
    if let Some(title) = given.map(str::trim).filter(|title| !title.is_empty()) {
        found.title = Some(title.to_owned());
        return;
    }
    if blocks.len() < 2 {
        return;
    }
    for (i, block) in blocks.iter().enumerate().take(5) {
        let line = block.span.of(text);
        if masks.covers(block.span) {
            continue;
        }
        if found.dateline.as_ref().is_some_and(|dateline| dateline.span.start() == block.span.start())
            || block.item
        {
            return;
        }
        if LEXICON.whole_line(line).is_some() && line.len() <= LINE_MAX {
            continue;
        }
        let next = blocks.get(i + 1).map(|next| next.span.of(text));
        if i == 0 && masthead(line) && next.is_some_and(headline_like) {
            found.outlet = found.outlet.take().or_else(|| Some(squeeze(line)));
            masks.add(block.span, MaskKind::Boilerplate, "name of the outlet");
            continue;
        }
        let repeated = || {
            line.len() <= 200
                && line.split_whitespace().count() <= 25
                && blocks[i + 1..].iter().take(6).any(|other| folded(other.span.of(text)) == folded(line))
        };
        if !headline_like(line) && !repeated() {
            return;
        }
        let mut end = line.len();
        if let Some(at) = [" | ", " - ", " – ", " — "].iter().filter_map(|bar| line.rfind(bar)).max() {
            let site = line[at..].trim_start_matches([' ', '|', '-', '–', '—']);
            if outlet_like(site) && site.split_whitespace().count() <= 5 && at > 20 {
                end = at;
                found.outlet = found.outlet.take().or_else(|| Some(squeeze(site)));
                masks.add(
                    Span::from_range(block.span.start() + at..block.span.end()),
                    MaskKind::Boilerplate,
                    "name of the outlet",
                );
            }
        }
        found.title = Some(squeeze(&line[..end]));
        found.title_block = Some(i);
        return;
    }
}

fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A short line in capitals with a word that names of outlets have.
fn masthead(line: &str) -> bool {
    let words = line.split_whitespace().count();
    words <= 6
        && line.chars().any(char::is_alphabetic)
        && !line.chars().any(char::is_lowercase)
        && outlet_like(line)
}

fn outlet_like(words: &str) -> bool {
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
    if !tail_fits || tail.len() > 120 || (ends_sentence(line) && tail.split_whitespace().count() > 4) {
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
        if furniture(segment) || (labelled && (!dates.is_empty() || PATTERNS.time.is_match(segment))) {
            if !dates.is_empty() || labelled || segment.to_lowercase().contains("min") {
                dated += 1;
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
