//! Text for the terminal.

/// Lines of at most `width` columns where words allow.
pub(crate) fn wrapped(text: &str, first: &str, next: &str, width: usize) -> String {
    let mut out = first.to_owned();
    let mut column = first.chars().count();
    let mut empty = true;
    // Blanks between words, which are dropped where a line ends.
    let mut blanks = 0;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if letters == 0 {
            blanks += 1;
            continue;
        }
        if !empty && column + 1 + blanks + letters > width {
            out.push('\n');
            out.push_str(next);
            column = next.chars().count();
        } else if !empty {
            out.extend(std::iter::repeat_n(' ', 1 + blanks));
            column += 1 + blanks;
        }
        out.push_str(word);
        column += letters;
        (empty, blanks) = (false, 0);
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

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_end_without_blanks_and_keep_those_within() {
        assert_eq!(wrapped("one  two  three  four", "", "    ", 12), "one  two\n    three\n    four\n");
        assert_eq!(wrapped("", "", "  ", 10), "\n");
    }
}
