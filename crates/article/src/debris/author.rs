//! Notes on the author at the end of a text.

use std::sync::LazyLock;

use regex::Regex;
use watchkeeper_record::article::Byline;
use watchkeeper_record::codebook::MaskKind;

use super::{Masks, Page};
use crate::lexicon::LEXICON;

/// How many readable blocks from the end are looked at.
const BLOCKS_MAX: usize = 4;
/// Longest note, in words.
const WORDS_MAX: usize = 130;

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let token = r"\p{Lu}[\p{L}\p{M}'’.-]*";
    let particles = r"(?:(?:de|da|do|dos|van|von|der|den|al|el|bin|ibn|ben|la|le|ould)\s+){0,2}";
    let titles =
        r"(?:(?:Dr|Prof|Professor|Sir|Dame|Mr|Mrs|Ms|Col|Gen|Lt|Maj|Capt|Amb|Ambassador|Rev)\.?\s+){0,2}";
    crate::lexicon::compile(&format!(r"^(?:[—–*•-]\s*)?{titles}({token}(?:\s+{particles}{token}){{1,3}})(?:,? (?:PhD|Jr\.?|MP|OBE|[A-Z]{{2,4}}))?")).expect("a constant pattern")
});

/// Masks the notes on the authors: the last readable blocks, as long as they are such notes.
pub(super) fn notes(page: &mut Page<'_>, byline: &[Byline], masks: &mut Masks) {
    let mut looked_at = 0;
    for i in (1..page.raws.len()).rev() {
        if page.done[i] {
            continue;
        }
        looked_at += 1;
        if looked_at > BLOCKS_MAX || !is_note(page, i, byline) {
            return;
        }
        page.mask(i, MaskKind::AuthorBio, "note on the author", masks);
    }
}

fn is_note(page: &Page<'_>, i: usize, byline: &[Byline]) -> bool {
    let line = page.line(i);
    if line.len() > 1600 || line.split_whitespace().count() > WORDS_MAX || page.title_block == Some(i) {
        return false;
    }
    let Some(found) = NAME.captures(line) else { return false };
    let name = found.get(1).map_or("", |name| name.as_str());
    let rest = line[found.get(0).map_or(0, |whole| whole.end())..].trim_start();
    let signed = byline.iter().any(|author| same_person(&author.name, name));
    // `NAME is …`, `NAME and NAME are …`, `NAME, a columnist, writes …`
    let rest = joined_names(rest);
    let appositive = rest.starts_with(',')
        && LEXICON.bio_roles.is_match(rest.get(..rest.floor_char_boundary(120)).unwrap_or(rest));
    if !LEXICON.bio_verbs.is_match(rest) && !appositive {
        return false;
    }
    let sentence_end = rest.find(". ").map_or(rest.len(), |at| at + 1);
    let (first, role) = (&rest[..sentence_end], LEXICON.bio_roles.is_match(rest));
    if signed {
        // An author who is also the subject of the text keeps what happened to them.
        let told = LEXICON.violence.is_match(rest)
            && (named_before(page, i, name) || !LEXICON.bio_strong.is_match(first));
        return (role || LEXICON.bio_strong.is_match(rest)) && !told;
    }
    let first = first.trim_start_matches(',');
    let strong = LEXICON.bio_strong.is_match(first) || (appositive && LEXICON.bio_strong.is_match(rest));
    strong
        && !LEXICON.violence.is_match(rest)
        && (rest.starts_with("reported from") || !LEXICON.reporting.is_match(rest))
        && !named_before(page, i, name)
}

/// Skips further names: ` and Imi Dane are`.
fn joined_names(mut rest: &str) -> &str {
    for _ in 0..4 {
        let joint = [" and ", "and ", ", and ", ", ", "& "]
            .iter()
            .find(|joint| rest.starts_with(**joint))
            .map_or(0, |joint| joint.len());
        if joint == 0 {
            break;
        }
        let Some(found) = NAME.find(rest[joint..].trim_start()) else { break };
        rest = rest[joint..].trim_start()[found.end()..].trim_start();
    }
    rest
}

fn same_person(author: &str, name: &str) -> bool {
    let (author, name) = (author.to_lowercase(), name.to_lowercase());
    let last = |words: &str| words.rsplit(' ').next().map(str::to_owned);
    let first = |words: &str| words.split(' ').next().map(str::to_owned);
    author == name || (last(&author) == last(&name) && first(&author) == first(&name))
}

/// Whether the person's full name or surname stands in readable text before block `i`.
fn named_before(page: &Page<'_>, i: usize, name: &str) -> bool {
    let surname = name.rsplit([' ', '\u{a0}']).next().unwrap_or(name);
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    (0..i).filter(|&j| !page.done[j]).any(|j| {
        let line = page.line(j);
        line.match_indices(surname).any(|(at, _)| {
            !is_letter(line[..at].chars().next_back())
                && !is_letter(line[at + surname.len()..].chars().next())
        })
    })
}
