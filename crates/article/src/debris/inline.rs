//! Debris inside running text: notices in brackets, and plugs behind the last sentence of a paragraph.

use watchkeeper_record::Span;

use super::Masks;
use crate::lexicon::LEXICON;

/// How much of a paragraph's end is looked at, in bytes.
const TAIL_MAX: usize = 400;
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
