//! Texts made to break readers of language: floods of what a sentence, a name, a date or a heading is made of, each with a report at its
//! beginning.

use super::{Hostile, case};

/// About how many bytes a flood has.
const FLOOD: usize = 4_000_000;

fn flood(opening: &str, part: &str) -> Vec<u8> {
    let said = "The ministry said on Monday that four soldiers had been killed by gunmen near the river.\n\n";
    [said, opening, &part.repeat(FLOOD / part.len())].concat().into_bytes()
}

/// A flood of parts that differ.
fn counted(part: impl Fn(usize) -> String) -> Vec<u8> {
    let mut bytes = flood("", &" ".repeat(FLOOD));
    bytes.truncate(bytes.len() - FLOOD);
    let mut at = 0;
    while bytes.len() < FLOOD {
        bytes.extend_from_slice(part(at).as_bytes());
        at += 1;
    }
    bytes
}

/// A name that differs for each number.
fn name(number: usize) -> String {
    let letter =
        |at: usize| char::from(b'a' + u8::try_from(number / 26_usize.pow(at as u32) % 26).unwrap_or(0));
    format!("{}o{}a{}", letter(0).to_ascii_uppercase(), letter(1), letter(2))
}

/// All of them.
pub(super) fn all() -> Vec<Hostile> {
    let giving = |name, class, bytes| case(name, class, bytes).giving(1).unrefused();
    vec![
        giving(
            "report.txt",
            "size",
            flood("", "Gunmen killed four soldiers near Gao on Tuesday, the army said.\n\n"),
        ),
        giving(
            "one-paragraph.txt",
            "size",
            flood("", "Gunmen killed four soldiers near Gao on Tuesday, he said. "),
        ),
        giving(
            "names.txt",
            "count",
            counted(|at| format!("{} {} met {} of Kano. ", name(at), name(at * 7 + 3), name(at * 3))),
        ),
        giving("names-alone.txt", "count", counted(|at| format!("{} {}, ", name(at), name(at * 7 + 3)))),
        giving("sayings.txt", "depth", flood("", "He said that she said that ")),
        giving("words-without-stop.txt", "size", flood("", "troops came and ")),
        giving("word-without-end.txt", "size", flood("", "abc")),
        giving("digits-without-end.txt", "size", flood("", "1234567")),
        giving("shouting.txt", "size", flood("", "TROOPS KILLED FOUR MEN IN KANO. ")),
        giving("initials.txt", "count", flood("", "A. ")),
        giving("tiny-sentences.txt", "count", flood("", "Go on. ")),
        giving("tiny-paragraphs.txt", "count", flood("", "He died.\n\n")),
        giving("headings.txt", "count", flood("", "Kano Raid\n\n")),
        giving("bullets.txt", "count", flood("", "• four killed in Kano\n")),
        giving("bylines.txt", "count", counted(|at| format!("By {} {}\n\n", name(at), name(at * 7 + 3)))),
        giving("datelines.txt", "count", flood("", "KANO, May 3 (AP) — Troops came.\n\n")),
        giving("days.txt", "count", flood("", "last Tuesday, ")),
        giving("numbers.txt", "count", counted(|at| format!("{at} killed, "))),
        giving("quotes.txt", "structure", flood("", "“fire he ")),
        giving("straight-quotes.txt", "structure", flood("", "\"fire \"he ")),
        giving("brackets.txt", "structure", flood("", "(the [army ")),
        giving("apostrophes.txt", "structure", flood("", "don't'll've ")),
        giving("hyphens.txt", "structure", flood("", "army-rebel-")),
        giving("slashes.txt", "structure", flood("", "army/rebel/")),
        giving("plugs.txt", "count", flood("", "ALSO READ: Bomb kills 12 in Selva\n\n")),
        giving("open-tags.txt", "structure", flood("", "army <b ")),
        giving("cells.txt", "count", flood("", "| Gao | 3 | 4 |\n")),
        giving("hidden-marks.txt", "encoding", flood("", "a\u{200b}r\u{ad}my ")),
        giving("scripts.txt", "encoding", flood("", "troops 軍は شهر ")),
    ]
}
