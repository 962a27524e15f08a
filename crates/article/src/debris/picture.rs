//! Captions and picture credits.

use std::sync::LazyLock;

use regex::Regex;
use watchkeeper_record::Span;
use watchkeeper_record::codebook::MaskKind;

use super::{Masks, Page};
use crate::lexicon::LEXICON;
use crate::lines::ends_sentence;

/// Longest caption, in words.
const WORDS_MAX: usize = 60;

struct Patterns {
    bracket: Regex,
    opening: Regex,
    trailing: Regex,
    slash: Regex,
    past: Regex,
    /// `Daily Post photo`, `Jo Lund via AFP`.
    named: Regex,
    dated: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compile = |pattern: &str| crate::lexicon::compile(pattern).expect("a constant pattern");
    Patterns {
        bracket: compile(r"[(\[]\s*([^()\[\]]{2,90})\s*[)\]]\.?$"),
        opening: compile(
            r"(?i)^(?:file |handout )?(?:photo(?:graph)?s?|pictures?|pics?|images?|credits?|illustration|graphics?|map|video|footage|screengrab|screenshot|courtesy|©|creative commons|handout)\b",
        ),
        trailing: compile(
            r"(?:^|[.!?”’]\s+|\s[|–—-]\s+|\s{2,})((?i:photo(?:graph)?s?|pictures?|images?|credit|photo credit|image credit|picture credit|illustration|graphics?)(?:\s*(?::|/|©)\s*|(?i:\s+(?:by|courtesy(?: of)?|via|from))\s+)[^.!?]{2,80}[.]?)$",
        ),
        slash: compile(
            r"(?:^|[.!?”’]\s+)((?:\p{Lu}[\p{L}.&’'-]*\s?){1,4}(?:\s?/\s?(?:\p{Lu}[\p{L}.&’'-]*\s?){1,4}){1,2})\.?$",
        ),
        named: compile(
            r"^(?:\p{Lu}[\p{L}.&’'-]*\s){1,4}(?:(?i:file )?(?i:photo|photos|picture|image|images|illustration|graphic)|(?:via|for)\s(?:\p{Lu}[\p{L}.&’'-]*\s?){1,4})$",
        ),
        past: compile(
            r"(?i)\b(?:was|were|had|did|killed|died|left|took|came|went|met|fell|began|\p{L}{3,}ed)\b",
        ),
        dated: compile(
            r"(?i)^in this (?:(?:\w+\.? \d{1,2}(?:, \d{4})?|undated|\w+ \d{4}|file|handout),? )+(?:file )?(?:photo|photograph|picture|image|frame|handout)\b",
        ),
    }
});

/// Masks captions with their credits, and credits that stand in a line of their own or end a paragraph.
pub(super) fn captions(page: &mut Page<'_>, masks: &mut Masks) {
    let credits: Vec<bool> =
        (0..page.raws.len()).map(|i| page.done[i] && is_credit_line(page.line(i))).collect();
    let last = (0..page.raws.len()).rev().find(|&i| !page.done[i]);
    let readable = (0..page.raws.len()).filter(|&i| !page.done[i] && page.line(i).len() > 80).count();
    for i in 0..page.raws.len() {
        let line = page.line(i);
        // A text of one paragraph is no caption.
        let others = readable > usize::from(line.len() > 80);
        if page.done[i] || page.title_block == Some(i) || line.len() > 1000 {
            continue;
        }
        let words = line.split_whitespace().count();
        let told = LEXICON.reporting.is_match(line);
        let quoted = line.contains(['“', '"']);
        if words <= WORDS_MAX && LEXICON.caption_prefix.is_match(line) && !begins_sentence(line) {
            page.mask(i, MaskKind::Caption, "caption: it says that it tells of a picture", masks);
            continue;
        }
        if words <= WORDS_MAX && PATTERNS.dated.is_match(line) {
            page.mask(i, MaskKind::Caption, "caption: it says that it tells of a picture", masks);
            continue;
        }
        if let Some(credit) = trailing_credit(line) {
            let span =
                |start: usize| Span::from_range(page.raws[i].span.start() + start..page.raws[i].span.end());
            // Items of a news digest end with `(Agency)` too: only a photographer or a library beside it makes a caption.
            let shown = credit.person
                && words <= 35
                && !told
                && !quoted
                && !PATTERNS.past.is_match(line)
                && Some(i) != last;
            if credit.start == 0 || (credit.explicit && words <= WORDS_MAX && brief(line) && others) || shown
            {
                page.mask(i, MaskKind::Caption, "caption: it ends with a picture credit", masks);
            } else if credit.sure {
                masks.add(span(credit.start), MaskKind::Credit, "credit at the end of a paragraph");
            }
            continue;
        }
        // A short line directly above a credit line.
        let next = page.raws.get(i + 1);
        let above = next.is_some_and(|next| next.chunk == page.raws[i].chunk) && credits[i + 1];
        let alone = i == 0 || page.raws[i - 1].chunk != page.raws[i].chunk;
        if above && alone && (4..=40).contains(&words) && !told && !quoted {
            page.mask(i, MaskKind::Caption, "caption: a credit line stands under it", masks);
        }
    }
}

/// Whether a line has few sentences: at most three.
fn brief(line: &str) -> bool {
    line.match_indices(". ").filter(|(at, _)| line[..*at].ends_with(char::is_lowercase)).count() <= 2
}

/// Whether what follows the prefix goes on like a sentence (`Left: the rebels who …` does not open with a capital).
fn begins_sentence(line: &str) -> bool {
    let ambiguous = ["left", "right", "above", "below", "top", "file", "video"];
    let prefix = line.split(':').next().unwrap_or("").trim_start_matches(['(', '[']).trim().to_lowercase();
    ambiguous.contains(&prefix.as_str())
        && line.split(':').nth(1).is_some_and(|rest| rest.trim_start().starts_with(char::is_lowercase))
}

/// A line that holds only a picture credit (and not one of reporters or of rights).
fn is_credit_line(line: &str) -> bool {
    let line = line.trim_start_matches(['(', '[', '|', ' ']);
    PATTERNS.opening.is_match(line)
        || (line.len() < 80
            && !ends_sentence(line)
            && LEXICON.agency.is_match(line)
            && line.split_whitespace().count() <= 6)
}

struct Credit {
    /// Where it begins in the line.
    start: usize,
    /// It names itself a photo, a picture, a graphic.
    explicit: bool,
    /// It can't be a part of the sentence.
    sure: bool,
    /// Two names parted by a slash, one of them in small letters and no agency.
    person: bool,
}

/// The picture credit at the end of a line.
fn trailing_credit(line: &str) -> Option<Credit> {
    let p = &*PATTERNS;
    if let Some(found) = p.bracket.captures(line) {
        let (whole, inner) = (found.get(0)?, found.get(1)?.as_str().trim());
        let before = line[..whole.start()].trim_end();
        let closed = before.is_empty() || ends_sentence(before);
        let explicit =
            p.opening.is_match(inner) && inner.split_whitespace().count() <= 14 && credit_form(inner);
        let agency = LEXICON.agency.is_match(inner) && inner.split_whitespace().count() <= 6;
        let slash = inner.contains('/') && p.slash.is_match(inner);
        let word = LEXICON.credit_word.is_match(inner) && (slash || p.named.is_match(inner));
        if explicit || word {
            return Some(Credit { start: whole.start(), explicit: true, sure: true, person: true });
        }
        // `Alliance of Patriots (AP)`: letters in brackets behind a word are their short form.
        if (closed && (agency || (slash && person(inner)))) || (agency && slash) {
            return Some(Credit {
                start: whole.start(),
                explicit: false,
                sure: closed,
                person: slash && person(inner),
            });
        }
        return None;
    }
    if let Some(found) = p.trailing.captures(line) {
        let credit = found.get(1)?;
        return credit_form(credit.as_str()).then_some(Credit {
            start: credit.start(),
            explicit: true,
            sure: true,
            person: true,
        });
    }
    let found = p.slash.captures(line)?.get(1)?;
    let first = found.as_str().split('/').next().unwrap_or("").trim();
    let agency =
        LEXICON.agency.is_match(found.as_str()) || (first.len() > 2 && !first.contains(char::is_lowercase));
    (agency && found.start() > 0).then(|| Credit {
        start: found.start(),
        explicit: false,
        sure: true,
        person: person(found.as_str()),
    })
}

/// Whether a slash form names a person or a library beside an agency: `AFP/Jo Lund`, `AFK/Getz`.
fn person(inner: &str) -> bool {
    let mut parts = inner.split('/').map(str::trim);
    parts.any(|part| {
        part.contains(char::is_lowercase) && !LEXICON.agency.is_match(part) || part.contains("Getty")
    })
}

/// Whether a photo word is followed as in a credit: by a colon, `by`, `courtesy`, a bar, or a name.
fn credit_form(words: &str) -> bool {
    let lower = words.to_lowercase();
    let joint = [":", "/", "|", "©", " by ", "courtesy", " via ", " from ", "commons"]
        .iter()
        .any(|joint| lower.contains(joint));
    joint || words.starts_with('©')
}
