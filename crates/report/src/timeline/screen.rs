//! The timeline for a terminal.

use std::fmt::Write as _;

use super::{Timeline, plural};

/// Marks shown under one bin.
const MARKS_MAX: usize = 4;
/// Empty bins in a row that are shown one by one.
const EMPTY_MAX: usize = 2;

/// Bars in at most so many columns (20 and more), marks as lines under their bin; lines of marks are cut, not wrapped.
#[must_use]
pub fn screen(timeline: &Timeline, width: usize) -> String {
    let width = width.max(20);
    let mut out = String::new();
    let most = timeline.most();
    let label = 10.min(width / 2);
    let counts = |bin: &super::Bin, all: bool| {
        let killed = if all && bin.killed > 0 { format!(" · {} killed", bin.killed) } else { String::new() };
        format!("{}{killed}", bin.incidents.len())
    };
    let longest =
        |all: bool| timeline.bins.iter().map(|bin| counts(bin, all).chars().count()).max().unwrap_or(0);
    // Deaths stand beside the bars only where at least four blocks fit before them.
    let all = label + longest(true) + 6 <= width;
    let tail = longest(all);
    let room = width.saturating_sub(label + tail + 3).clamp(4, 60);
    // A whole block an incident where there is room, else so many to a block.
    let scale = if most <= room { 1.0 } else { room as f64 / most as f64 };
    let mut empty = 0;
    let flush = |out: &mut String, empty: &mut usize, names: &[String]| {
        if *empty > EMPTY_MAX {
            let _ = writeln!(
                out,
                "{:label$} {}",
                "…",
                cut(
                    &format!("{} without anything", plural(*empty, timeline.step.as_str())),
                    width.saturating_sub(label + 1)
                )
            );
        } else {
            for name in names {
                let _ = writeln!(out, "{name:label$} 0");
            }
        }
        *empty = 0;
    };
    let mut names = Vec::new();
    for bin in &timeline.bins {
        let name: String = match timeline.step {
            super::Step::Month => bin.name.clone(),
            _ => bin.start.to_string(),
        };
        if bin.incidents.is_empty() && bin.marks.is_empty() {
            empty += 1;
            names.push(name);
            continue;
        }
        flush(&mut out, &mut empty, &names);
        names.clear();
        let count = bin.incidents.len();
        let blocks = if count == 0 { 0 } else { ((count as f64 * scale).round() as usize).max(1) };
        let bar = "█".repeat(blocks);
        let gap = if blocks > 0 { " " } else { "" };
        let _ = writeln!(out, "{name:label$} {bar}{gap}{}", counts(bin, all));
        for mark in bin.marks.iter().take(MARKS_MAX) {
            let text = format!("{} {}  {}  “{}”", mark.what.sign(), mark.day, mark.words, mark.quote);
            let _ = writeln!(out, "  {}", cut(&text, width - 2));
        }
        if bin.marks.len() > MARKS_MAX {
            let _ = writeln!(out, "  … {} more marks", bin.marks.len() - MARKS_MAX);
        }
    }
    if scale < 1.0 {
        let _ = writeln!(out, "One block: {:.1} incidents.", 1.0 / scale);
    }
    let signs: Vec<String> = [super::What::Control, super::What::Claim, super::What::Statement]
        .into_iter()
        .filter(|what| timeline.bins.iter().flat_map(|bin| &bin.marks).any(|mark| mark.what == *what))
        .map(|what| format!("{} {}", what.sign(), what.as_str()))
        .collect();
    if !signs.is_empty() {
        let _ = writeln!(out, "{}", signs.join("   "));
    }
    let total: usize = timeline.bins.iter().map(|bin| bin.incidents.len()).sum();
    let _ = writeln!(out, "{} by {}", plural(total, "incident"), timeline.step.as_str());
    if !timeline.vague.is_empty() {
        let _ = writeln!(
            out,
            "{} known within more than a month only: in no bar",
            plural(timeline.vague.len(), "incident")
        );
    }
    for note in &timeline.notes {
        let _ = writeln!(out, "{note}");
    }
    out
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fit_narrow_terminals() {
        let timeline = super::super::tests::example();
        let wide = screen(&timeline, 80);
        assert!(wide.starts_with("2021-03-08 ██ 2 · 3 killed\n2021-03-15 0\n  ▲ 2021-03-17"), "{wide}");
        assert!(wide.contains("5 weeks without anything") && wide.contains("3 incidents by week"), "{wide}");
        for width in [20, 30, 80] {
            let text = screen(&timeline, width);
            let bars = text.lines().filter(|line| line.starts_with("2021") || line.starts_with("  "));
            assert!(bars.into_iter().all(|line| line.chars().count() <= width), "{width}: {text}");
        }
    }
}
