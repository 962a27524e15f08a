//! Readable pieces: what is left of the raw blocks without masks, datelines, stamps, bullets and stray tags.

use std::sync::LazyLock;

use regex::Regex;
use watchkeeper_record::Span;
use watchkeeper_record::article::{Block, BlockKind, Mask};

use crate::lines::{Raw, ends_sentence, visible};
use crate::metadata::Metadata;
use crate::title::headline_like;

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    crate::lexicon::compile(r#"(?i)</?(?:a|abbr|b|big|blockquote|br|center|cite|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|q|s|small|span|strong|sub|sup|u|ul)(?:\s[^<>\n]{0,300})?/?>"#)
        .expect("a constant pattern")
});

/// Makes the blocks of an article. `masks` are sorted and disjoint. Linear.
pub(crate) fn blocks(text: &str, raws: &[Raw], masks: &[Mask], found: &Metadata) -> Vec<Block> {
    let mut holes: Vec<Span> = masks.iter().map(|mask| mask.span).collect();
    holes.extend(found.dateline.as_ref().map(|dateline| dateline.span));
    holes.extend(&found.stamps);
    if text.contains('<') {
        holes.extend(TAG.find_iter(text).map(|tag| Span::from_range(tag.range())));
    }
    holes.sort_unstable();
    let mut first = 0;
    let mut blocks = Vec::new();
    for (i, raw) in raws.iter().enumerate() {
        while first < holes.len() && holes[first].end() <= raw.body {
            first += 1;
        }
        let mut pieces = Vec::new();
        let mut at = raw.body;
        for hole in holes[first..].iter().take_while(|hole| hole.start() < raw.span.end()) {
            push_piece(text, at, hole.start(), &mut pieces);
            at = at.max(hole.end());
        }
        push_piece(text, at, raw.span.end(), &mut pieces);
        if pieces.is_empty() {
            continue;
        }
        let line = raw.body_span().of(text);
        let kind = if found.title_block == Some(i) {
            BlockKind::Title
        } else if raw.item {
            BlockKind::ListItem
        } else if headline_like(line) && !ends_sentence(line) && line.len() <= 150 {
            BlockKind::Heading
        } else {
            BlockKind::Paragraph
        };
        blocks.push(Block { kind, pieces });
    }
    blocks
}

/// Adds `start..end` without white space around it, if anything visible is in it.
fn push_piece(text: &str, start: usize, end: usize, pieces: &mut Vec<Span>) {
    if start >= end {
        return;
    }
    let part = &text[start..end];
    let (Some(first), Some(last)) = (part.find(visible), part.rfind(visible)) else { return };
    let last = last + part[last..].chars().next().map_or(0, char::len_utf8);
    pieces.push(Span::from_range(start + first..start + last));
}
