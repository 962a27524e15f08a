//! The headline: which line it is, and what stands above it (the outlet's name, a kicker).

use watchkeeper_record::Span;
use watchkeeper_record::codebook::MaskKind;

use crate::debris::Masks;
use crate::lexicon::LEXICON;
use crate::lines::Raw;
use crate::metadata::{LINE_MAX, Metadata, outlet_like, squeeze};

/// Blocks from the beginning among which the headline is looked for.
const BLOCKS_MAX: usize = 8;

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

/// Finds the headline, unless the caller gave one. A text that opens with running text has none.
pub(crate) fn find(text: &str, blocks: &[Raw], given: Option<&str>, masks: &mut Masks, found: &mut Metadata) {
    if let Some(title) = given.map(str::trim).filter(|title| !title.is_empty()) {
        found.title = Some(title.to_owned());
        return;
    }
    if blocks.len() < 2 {
        return;
    }
    for (i, block) in blocks.iter().enumerate().take(BLOCKS_MAX) {
        let line = block.span.of(text);
        let dateline =
            found.dateline.as_ref().is_some_and(|dateline| dateline.span.start() == block.span.start());
        if masks.covers(block.span)
            || (dateline && found.dateline.as_ref().is_some_and(|d| d.span == block.span))
        {
            continue;
        }
        if dateline || block.item {
            return;
        }
        if line.len() <= LINE_MAX && LEXICON.whole_line(line).is_some() {
            continue;
        }
        let rest = || blocks[i + 1..].iter().take(4).map(|next| next.span.of(text));
        if i == 0
            && capitals(line)
            && words(line) <= 6
            && outlet_like(line)
            && rest().next().is_some_and(headline_like)
        {
            found.outlet = Some(squeeze(line));
            masks.add(block.span, MaskKind::Boilerplate, "name of the outlet");
            continue;
        }
        // A kicker (`LONG READ`, `FILM`) or an office in capitals above the headline.
        let kicker = capitals(line) && words(line) <= 4;
        if kicker
            && rest().find(|next| next.len() > 20).is_some_and(|next| headline_like(next) && !capitals(next))
        {
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
        let end = without_site(line, block.span, masks, found);
        found.title = Some(squeeze(&line[..end]));
        found.title_block = Some(i);
        return;
    }
}

/// Masks the name of the site behind a headline (`Headline | Daily Post`); the headline's length without it.
fn without_site(line: &str, block: Span, masks: &mut Masks, found: &mut Metadata) -> usize {
    let bars = [" | ", " - ", " – ", " — "];
    let Some(at) = bars.iter().filter_map(|bar| line.rfind(bar)).max().filter(|at| *at > 20) else {
        return line.len();
    };
    let site = line[at..].trim_start_matches([' ', '|', '-', '–', '—']);
    if !outlet_like(site) || site.split_whitespace().count() > 5 {
        return line.len();
    }
    found.outlet = found.outlet.take().or_else(|| Some(squeeze(site)));
    masks.add(Span::from_range(block.start() + at..block.end()), MaskKind::Boilerplate, "name of the outlet");
    at
}

fn capitals(line: &str) -> bool {
    line.chars().any(char::is_alphabetic) && !line.chars().any(char::is_lowercase)
}

/// Number of words that hold a letter.
fn words(line: &str) -> usize {
    line.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count()
}
