//! Debris inside running text: notices in brackets, and plugs behind the last sentence of a paragraph.

use watchkeeper_record::Span;
use watchkeeper_record::codebook::MaskKind;

use super::Masks;
use crate::lexicon::LEXICON;

/// How much of a paragraph's end is looked at, in bytes.
const TAIL_MAX: usize = 400;
/// Longest pointer inside a sentence, in bytes.
const POINTER_MAX: usize = 220;
/// How many sentences from the end may be plugs.
const SENTENCES_MAX: usize = 3;

/// Masks the debris inside one block.
pub(super) fn find(text: &str, block: Span, masks: &mut Masks) {
    let line = block.of(text);
    for (label, pattern) in &LEXICON.inline {
        for found in pattern.find_iter(line) {
            masks.label(Span::from_range(block.start() + found.start()..block.start() + found.end()), label);
        }
    }
    pointers(line, block, masks);
    let from = line.ceil_char_boundary(line.len().saturating_sub(TAIL_MAX));
    let tail = &line[from..];
    let mut starts: Vec<usize> = Vec::new();
    let mut before = [' '; 3];
    for (i, c) in tail.char_indices() {
        let gap = before[2].is_whitespace();
        let stop = |c: char| matches!(c, '.' | '!' | '?' | '…');
        if gap
            && !c.is_whitespace()
            && (stop(before[1]) || (matches!(before[1], '”' | '"' | ')' | '’') && stop(before[0])))
        {
            starts.push(i);
        }
        if !(gap && c.is_whitespace()) {
            before = [before[1], before[2], c];
        }
    }
    let first = starts.len().saturating_sub(SENTENCES_MAX);
    for &start in &starts[first..] {
        if let Some((label, _)) = LEXICON.tails.iter().find(|(_, pattern)| pattern.is_match(&tail[start..])) {
            masks.label(Span::from_range(block.start() + from + start..block.end()), label);
            return;
        }
    }
}

/// Masks `READ ALSO: Ten beaches you must see?` that was scraped into a sentence, where its end can be told.
fn pointers(line: &str, block: Span, masks: &mut Masks) {
    let mut at = 0;
    while let Some(found) = LEXICON.pointer.find_at(line, at) {
        let limit = line[found.end()..].floor_char_boundary(POINTER_MAX) + found.end();
        let rest = &line[found.end()..limit];
        at = found.end();
        let Some(mark) = rest.find(['?', '!', '…', '\n', '\r']) else { continue };
        let close = mark + rest[mark..].chars().next().map_or(0, char::len_utf8);
        let sentence = rest[..mark].contains(". ");
        if !sentence && mark > 0 {
            masks.add(
                Span::from_range(block.start() + found.start()..block.start() + found.end() + close),
                MaskKind::Widget,
                "pointer to another text inside a sentence",
            );
            at = found.end() + close;
        }
    }
}
