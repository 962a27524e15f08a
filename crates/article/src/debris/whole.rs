//! Blocks that are debris as a whole: repeated headlines, notices, pointers to other texts, plugs, lists of stories.

use watchkeeper_record::codebook::MaskKind;

use super::{Masks, Page};
use crate::lexicon::LEXICON;
use crate::lines::ends_sentence;
use crate::title::{folded, headline_like};

/// Longest list of other stories, in lines.
const ITEMS_MAX: usize = 40;
/// Longest block, in bytes, that is compared with whole-line patterns.
const LINE_MAX: usize = 600;

/// Masks every printing of the headline but the title block.
pub(super) fn repeated_headlines(page: &mut Page<'_>, title: Option<&str>, masks: &mut Masks) {
    let Some(title) = title else { return };
    let wanted = folded(title);
    if wanted.chars().count() < 8 {
        return;
    }
    for i in 0..page.raws.len() {
        let line = page.line(i);
        if page.done[i] || page.title_block == Some(i) || line.len() > title.len() * 2 + 80 {
            continue;
        }
        let line = folded(line);
        // A site's name may follow: `Headline | Daily`.
        let suffixed = line.strip_prefix(&wanted).is_some_and(|rest| {
            rest.chars().count() <= 30
                && [" | ", " - ", " – ", " — "].iter().any(|bar| page.line(i).contains(bar))
        });
        // Scrapers cut long headlines: `Rebels lose bridge town after week of…`.
        let cut =
            page.line(i).ends_with(['…', '.']) && line.chars().count() >= 24 && wanted.starts_with(&line);
        if line == wanted || suffixed || cut {
            page.mask(i, MaskKind::RepeatedHeadline, "same words as the headline", masks);
        }
    }
}

/// Masks lines that match a whole-line pattern, point to other texts, or are plugs.
pub(super) fn lines(page: &mut Page<'_>, masks: &mut Masks) {
    for i in 0..page.raws.len() {
        let line = page.line(i);
        if page.done[i] || page.title_block == Some(i) || line.len() > LINE_MAX {
            continue;
        }
        if let Some(label) = LEXICON.whole_line(line) {
            page.mask(i, label.kind, &label.name, masks);
            page.pointer[i] = true;
        } else if points_elsewhere(line) {
            page.mask(i, MaskKind::Boilerplate, "pointer to another text", masks);
        } else if let Some(label) = plug(line) {
            page.mask(i, label.kind, &label.name, masks);
        }
    }
}

/// `ALSO READ: …`, and `Related: …` where what follows is a headline and no sentence.
pub(super) fn points_elsewhere(line: &str) -> bool {
    if let Some(found) = LEXICON.read_also_strong.find(line) {
        let rest = &line[found.end()..];
        return rest.split_whitespace().count() <= 40 && inner_stops(rest) <= 1;
    }
    if let Some(found) = LEXICON.read_also_weak.find(line) {
        let rest = &line[found.end()..];
        let begins = rest.chars().next().is_some_and(|c| !c.is_lowercase())
            || line.starts_with(['»', '>', '►', '▶', '→']);
        let ends = rest.trim_end_matches(['"', '\'', '”', '’']).ends_with(['.', ';', ':', ',']);
        return (1..=22).contains(&rest.split_whitespace().count())
            && begins
            && !ends
            && inner_stops(rest) == 0;
    }
    false
}

/// Stops in the middle of a line that end a sentence: a small letter, a stop, white space, a capital.
fn inner_stops(line: &str) -> usize {
    let mut stops = 0;
    let characters: Vec<char> = line.chars().collect();
    for window in characters.windows(4) {
        stops += usize::from(
            window[0].is_lowercase() && window[1] == '.' && window[2] == ' ' && window[3].is_uppercase(),
        );
    }
    stops
}

/// A plug for a newsletter, a subscription, an app, a channel.
fn plug(line: &str) -> Option<&'static crate::lexicon::Label> {
    if line.starts_with(['“', '"', '‘', '\'', '«']) {
        return None;
    }
    let words = line.split_whitespace().count();
    LEXICON
        .plugs
        .iter()
        .find(|plug| {
            words <= plug.words_max
                && plug.start.is_match(line)
                && plug.hits(line)
                && !LEXICON.reporting.is_match(line)
        })
        .map(|plug| &plug.label)
}

/// Masks lists of other stories: a heading such as `Most read`, and the headlines under it.
pub(super) fn lists(page: &mut Page<'_>, masks: &mut Masks) {
    let raws = page.raws;
    for (i, raw) in raws.iter().enumerate() {
        let line = raw.body_span().of(page.text);
        if (page.done[i] && !page.pointer[i])
            || line.len() > 80
            || page.title_block == Some(i)
            || !LEXICON.list_heading.is_match(line)
        {
            continue;
        }
        let items = list_items(page, i + 1, raw.chunk);
        if items == 0 {
            continue;
        }
        for j in i..=i + items {
            if !page.done[j] {
                page.mask(j, MaskKind::Widget, "list of other stories", masks);
            }
        }
    }
}

/// How many blocks from `first` on are headlines of a list whose heading is in chunk `heading`.
fn list_items(page: &Page<'_>, first: usize, heading: usize) -> usize {
    let raws = page.raws;
    let fits = |i: usize| {
        let line = raws[i].body_span().of(page.text);
        page.done[i]
            || (headline_like(line)
                && line.split_whitespace().count() <= 22
                && (!ends_sentence(line) || line.ends_with(['?', '!', '…'])))
    };
    let end = raws.len().min(first + ITEMS_MAX);
    let together = (first..end).take_while(|&i| raws[i].chunk == heading);
    let in_chunk = together.clone().count();
    if in_chunk > 0 {
        // Under the heading without a blank line: the run of headlines there.
        return together.take_while(|&i| fits(i)).count();
    }
    let bulleted = raws.get(first).is_some_and(|raw| raw.item);
    let run = (first..end).take_while(|&i| fits(i) && (!bulleted || raws[i].item || page.done[i])).count();
    if bulleted || run == 0 || first + run == raws.len() {
        return run;
    }
    // The last headline before running text may be a sub-heading of the article.
    let last = first + run - 1;
    let one_chunk = raws[first].chunk == raws[last].chunk && run > 1;
    if one_chunk {
        run
    } else if run > 2 {
        run - 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_told_from_sentences() {
        for line in [
            "ALSO READ: What the ceasefire says, article by article",
            "READ MORE | The general who would not retire",
            "Related: Timeline of attacks in the province",
            "» Watch: inside the creeks where the Guard hides",
            "Read more: Why did they fight?",
        ] {
            assert!(points_elsewhere(line), "{line}");
        }
        for line in [
            "Related: the two officers are cousins, the police said.",
            "Watch: a man who stands on a roof and counts the planes.",
            "“Read more, write less,” he said.",
            "Related questions were put to the minister: none was answered",
            "More: he asked for it",
        ] {
            assert!(!points_elsewhere(line), "{line}");
        }
    }
}
