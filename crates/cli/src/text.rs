//! Text for the terminal.

/// Lines of at most `width` columns where words allow.
pub(crate) fn wrapped(text: &str, first: &str, next: &str, width: usize) -> String {
    let mut out = first.to_owned();
    let mut column = first.chars().count();
    let mut empty = true;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if !empty && column + 1 + letters > width {
            out.push('\n');
            out.push_str(next);
            column = next.chars().count();
            empty = true;
        }
        if !empty {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += letters;
        empty = false;
    }
    out.push('\n');
    out
}

/// Lines wrapped each for itself, what is indented four columns further where it goes on.
pub(crate) fn block(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if line.chars().count() <= width {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let bare = line.trim_start();
        let lead = &line[..line.len() - bare.len()];
        out.push_str(&wrapped(bare, lead, &format!("{lead}    "), width));
    }
    out
}
