//! From glyphs that stand somewhere to paragraphs.
//!
//! The order in which a PDF draws is kept, for most producers draw in reading order; only where lines alternate between two columns
//! is it mended. Lines are glyphs on one baseline; paragraphs end where the distance between lines grows, the type changes, a line is
//! indented or a line stops short after a full stop.

use std::collections::{BTreeMap, BTreeSet};

/// Where one glyph stands, in points along and across its baseline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) end: f64,
    pub(super) size: f64,
    /// Quarter turns of its baseline.
    pub(super) turn: u8,
}

/// One page: glyphs while it is drawn, lines afterwards.
#[derive(Debug, Default)]
pub(super) struct Page {
    height: f64,
    pub(super) glyphs: Vec<(Glyph, u32, bool)>,
    text: String,
    word: bool,
    lines: Vec<Line>,
}

/// A run of glyphs on one baseline without a wide gap.
#[derive(Debug, Clone)]
struct Line {
    text: String,
    x: f64,
    end: f64,
    y: f64,
    size: f64,
}

impl Page {
    /// An empty page, its height in points.
    pub(super) fn of_height(height: f64) -> Self {
        Self { height, ..Self::default() }
    }

    pub(super) fn push(&mut self, glyph: Glyph, character: &str) {
        self.text.push_str(character);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.glyphs.push((glyph, end, std::mem::take(&mut self.word)));
    }

    /// Marks that the next glyph opens a string of its own.
    pub(super) fn word(&mut self) {
        self.word = true;
    }

    /// Turns the glyphs into lines and lets go of them.
    pub(super) fn lined(mut self) -> Self {
        let mut turns = [0usize; 4];
        for (glyph, _, _) in &self.glyphs {
            turns[usize::from(glyph.turn & 3)] += 1;
        }
        let main = (0..4).max_by_key(|turn| (turns[*turn], 4 - *turn)).unwrap_or(0);
        let mut line: Option<Line> = None;
        let mut start = 0usize;
        for (glyph, end, word) in &self.glyphs {
            let end = *end as usize;
            let character = self.text.get(start..end).unwrap_or_default();
            start = end;
            // Stamps across or along the margin.
            if usize::from(glyph.turn) != main || character.is_empty() {
                continue;
            }
            let blank = character.chars().all(|c| c.is_whitespace() || c == '\u{0}');
            if let Some(open) = &mut line {
                let em = open.size.max(glyph.size);
                let gap = glyph.x - open.end;
                let same = (glyph.y - open.y).abs() < 0.35 * em && gap > -0.6 * em && gap < 2.2 * em;
                // Raised and lowered signs stay in their line.
                let raised = glyph.size < 0.85 * open.size
                    && (glyph.y - open.y).abs() < 0.6 * em
                    && gap.abs() < 0.5 * em;
                if same || raised {
                    let least = if *word { 0.11 } else { 0.2 };
                    if blank {
                        push_blank(&mut open.text);
                    } else {
                        if gap > least * em {
                            push_blank(&mut open.text);
                        }
                        push(&mut open.text, character);
                    }
                    open.end = open.end.max(glyph.end);
                    continue;
                }
            }
            if blank {
                continue;
            }
            self.lines.extend(line.take());
            let mut text = String::new();
            push(&mut text, character);
            line = Some(Line { text, x: glyph.x, end: glyph.end, y: glyph.y, size: glyph.size });
        }
        self.lines.extend(line.take());
        for line in &mut self.lines {
            line.text.truncate(line.text.trim_end().len());
        }
        self.lines.retain(|line| !matches!(line.text.as_str(), "" | "•" | "◦" | "▪" | "●" | "‣"));
        self.glyphs = Vec::new();
        self.text = String::new();
        in_columns(&mut self.lines);
        self
    }
}

fn push_blank(text: &mut String) {
    if !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// Appends a glyph's text, ligatures as letters.
fn push(text: &mut String, character: &str) {
    for c in character.chars() {
        match c {
            '\u{fb00}' => text.push_str("ff"),
            '\u{fb01}' => text.push_str("fi"),
            '\u{fb02}' => text.push_str("fl"),
            '\u{fb03}' => text.push_str("ffi"),
            '\u{fb04}' => text.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
            '\u{a0}' | '\u{2007}' | '\u{202f}' => push_blank(text),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
}

/// Mends the order where lines alternate between two columns: left first, then right.
fn in_columns(lines: &mut [Line]) {
    if lines.len() < 12 {
        return;
    }
    let (left, right) = lines
        .iter()
        .fold((f64::MAX, f64::MIN), |(left, right), line| (left.min(line.x), right.max(line.end)));
    let middle = (left + right) / 2.0;
    let side = |line: &Line| {
        if line.end <= middle + 1.0 {
            0
        } else if line.x >= middle - 1.0 {
            1
        } else {
            2
        }
    };
    let sides: Vec<u8> = lines.iter().map(side).collect();
    let count = |which: u8| sides.iter().filter(|side| **side == which).count();
    let jumps = sides.windows(2).filter(|pair| pair[0] != pair[1] && pair[0] < 2 && pair[1] < 2).count();
    if count(0) >= 5 && count(1) >= 5 && count(2) * 5 <= lines.len() && jumps * 3 > lines.len() {
        // What spans both columns stays above what is below it.
        let spans: Vec<f64> =
            lines.iter().zip(&sides).filter(|(_, side)| **side == 2).map(|(line, _)| line.y).collect();
        let band = |y: f64| spans.iter().filter(|span| **span < y).count();
        let mut keyed: Vec<(usize, u8, Line)> =
            lines.iter().map(|line| (band(line.y), side(line), line.clone())).collect();
        // A spanning line opens the band that it is above of.
        keyed.sort_by(|a, b| {
            let of = |key: &(usize, u8, Line)| {
                (key.0 + usize::from(key.1 == 2), if key.1 == 2 { 0 } else { key.1 + 1 })
            };
            of(a).cmp(&of(b)).then(a.2.y.total_cmp(&b.2.y))
        });
        for (line, (_, _, sorted)) in lines.iter_mut().zip(keyed) {
            *line = sorted;
        }
    }
}

/// The text of all pages, and the lines left out because they repeat.
pub(super) fn text(pages: &[Page]) -> (String, Vec<String>) {
    let running = running(pages);
    let mut dropped = Vec::new();
    let mut lines: Vec<(usize, &Line)> = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let edges = edges(page);
        for (at, line) in page.lines.iter().enumerate() {
            if edges.contains(&at)
                && (running.contains(&key(&line.text)) || (pages.len() > 1 && is_number(&line.text)))
            {
                dropped.push(line.text.chars().take(80).collect());
            } else {
                lines.push((number, line));
            }
        }
    }
    let leading = leading(&lines);
    let vocabulary = vocabulary(&lines);
    let mut text = String::new();
    let mut before: Option<(usize, &Line)> = None;
    let column = columns(&lines);
    for (at, (page, line)) in lines.iter().enumerate() {
        if let Some((page_before, previous)) = before {
            if begins(previous, line, *page != page_before, leading, column[at]) {
                text.push_str("\n\n");
            } else {
                join(&mut text, &line.text, &vocabulary);
            }
        }
        text.push_str(&line.text);
        before = Some((*page, line));
    }
    (text, dropped)
}

/// Whether a line opens a paragraph. `column`: where its column begins and ends.
fn begins(previous: &Line, line: &Line, new_page: bool, leading: f64, column: (f64, f64)) -> bool {
    let down = line.y - previous.y;
    let em = line.size;
    let bullet = line.text.starts_with(['•', '◦', '▪', '●', '‣', '–', '*'])
        || (line.text.starts_with("- ") && line.text.len() > 2);
    let ended = previous.text.ends_with(['.', '!', '?', ':', '”', '"', '’', ')', ';']);
    let lower = line.text.chars().next().is_some_and(char::is_lowercase);
    let hyphen = previous.text.ends_with(['-', '\u{2010}', '\u{ad}']);
    let resized = (previous.size - line.size).abs() > 0.08 * previous.size.max(line.size);
    if bullet || resized {
        return true;
    }
    // The same baseline: a cell, or a piece after a wide gap.
    if !new_page && down.abs() < 0.35 * em {
        return line.x < previous.x || line.x - previous.end > 4.0 * em;
    }
    if new_page || down < 0.0 || down > 8.0 * leading {
        // The next column or page goes on with a sentence, or opens a paragraph.
        return !hyphen && !lower && (ended || short(previous, column));
    }
    if down > 1.45 * leading.max(em) {
        return true;
    }
    let indented =
        line.x - column.0 > 0.8 * em && line.x - previous.x > 0.8 * em && line.x - column.0 < 5.0 * em;
    !lower && (indented || short(previous, column))
}

/// Whether a line stops well before its column's right edge.
fn short(line: &Line, column: (f64, f64)) -> bool {
    line.end < column.1 - 0.2 * (column.1 - column.0)
}

/// For each line the left and right edge of its column: of the lines around it that begin about where it does.
fn columns(lines: &[(usize, &Line)]) -> Vec<(f64, f64)> {
    const AROUND: usize = 12;
    lines
        .iter()
        .enumerate()
        .map(|(at, (_, line))| {
            let near = &lines[at.saturating_sub(AROUND)..lines.len().min(at + AROUND)];
            let same = near.iter().filter(|(_, other)| (other.x - line.x).abs() < 4.0 * line.size);
            let (left, right) = same.fold((line.x, line.end), |(left, right), (_, other)| {
                (left.min(other.x), right.max(other.end))
            });
            (left, right)
        })
        .collect()
}

/// The usual distance from line to line: the median of the plausible ones.
fn leading(lines: &[(usize, &Line)]) -> f64 {
    let mut steps: Vec<f64> = lines
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| (pair[1].1.y - pair[0].1.y, pair[1].1.size))
        .filter(|(step, size)| *step > 0.7 * size && *step < 2.5 * size)
        .map(|(step, _)| step)
        .collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(12.0)
}

/// Words with and without hyphens that stand inside of lines: they tell whether a hyphen at a line's end belongs to its word.
fn vocabulary(lines: &[(usize, &Line)]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (_, line) in lines {
        let mut inside =
            line.text.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).peekable();
        while let Some(word) = inside.next() {
            if inside.peek().is_some() && word.len() > 3 && words.len() < 200_000 {
                words.insert(word.to_lowercase());
            }
        }
    }
    words
}

/// Prepares `text` for the next line of the same paragraph: a blank, or the hyphen undone.
fn join(text: &mut String, next: &str, vocabulary: &BTreeSet<String>) {
    let hyphen = text.chars().next_back().filter(|c| matches!(c, '-' | '\u{2010}' | '\u{ad}'));
    let Some(hyphen) = hyphen else {
        text.push(' ');
        return;
    };
    let stem_end = text.len() - hyphen.len_utf8();
    let stem =
        text[..stem_end].rsplit(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
    let rest = next.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
    let broken =
        stem.chars().next_back().is_some_and(char::is_alphabetic) && rest.starts_with(char::is_lowercase);
    if stem.is_empty() {
        text.push(' ');
        return;
    }
    let (whole, kept) = (format!("{stem}{rest}").to_lowercase(), format!("{stem}-{rest}").to_lowercase());
    if hyphen == '\u{ad}' || (broken && (vocabulary.contains(&whole) || !vocabulary.contains(&kept))) {
        text.truncate(stem_end);
    }
}

/// Lines at a page's upper and lower edge: the two outermost baselines on each side within its outer eighths.
fn edges(page: &Page) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..page.lines.len()).collect();
    order.sort_by(|a, b| page.lines[*a].y.total_cmp(&page.lines[*b].y));
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return BTreeSet::new() };
    let (top, bottom) = (page.lines[*first].y, page.lines[*last].y);
    let zone = (page.height / 8.0).max(1.0);
    let mut found = BTreeSet::new();
    for (lines, at_top) in [(order.clone(), true), (order.into_iter().rev().collect::<Vec<_>>(), false)] {
        let mut baselines: Vec<f64> = Vec::new();
        for at in lines {
            let line = &page.lines[at];
            let inside = if at_top { line.y - top < zone } else { bottom - line.y < zone };
            if !baselines.iter().any(|y| (y - line.y).abs() < 0.4 * line.size) {
                baselines.push(line.y);
            }
            if !inside || baselines.len() > 2 {
                break;
            }
            found.insert(at);
        }
    }
    found
}

/// Lines that stand at the edges of at least three pages and three in ten, numbers aside.
fn running(pages: &[Page]) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in pages {
        let keys: BTreeSet<String> = edges(page).into_iter().map(|at| key(&page.lines[at].text)).collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    let least = (pages.len() * 3).div_ceil(10).max(if pages.len() == 2 { 2 } else { 3 });
    counts.into_iter().filter(|(key, count)| *count >= least && !key.is_empty()).map(|(key, _)| key).collect()
}

/// A line with its numbers as `#`, in lower case.
fn key(text: &str) -> String {
    let mut key = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_digit() {
            if !key.ends_with('#') {
                key.push('#');
            }
        } else {
            key.push(c);
        }
    }
    key
}

/// A page's number and nothing else: `7`, `- 7 -`, `Page 7 of 9`.
fn is_number(text: &str) -> bool {
    let key = key(text);
    let bare: String = key.chars().filter(|c| c.is_alphanumeric() || *c == '#').collect();
    matches!(bare.as_str(), "#" | "page#" | "page#of#" | "p#" | "##" | "#of#")
}
