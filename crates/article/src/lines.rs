//! Lines and raw blocks: where paragraphs, headings and list items begin and end.
//!
//! In: the text. Out: [`Raw`] blocks in order, each a span without surrounding white space. What is debris in them is
//! decided elsewhere.
//!
//! Line ends are `\n`, `\r\n`, `\r`, form feed, vertical tab, U+0085, U+2028 and U+2029. Blank lines end a block. A
//! single line end ends a block too, unless the text is hard-wrapped there: the line could not have taken the first
//! word of the next one, or the next one goes on in lower case.

use watchkeeper_record::Span;
use watchkeeper_record::article::without_width;

/// Longest line (in characters) of a hard-wrapped text.
const WRAP_MAX: usize = 110;
/// Shortest width at which a text counts as hard-wrapped.
const WRAP_MIN: usize = 38;
/// Widest indentation difference that still belongs to the same paragraph.
const INDENT_SAME: usize = 1;

/// A line without its line end and without white space around it; never empty.
#[derive(Debug, Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    /// Width in characters, with the indentation.
    width: usize,
    indent: usize,
    /// Whether at least one blank line comes before.
    after_blank: bool,
}

/// A block before debris is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw {
    /// From its first visible character to its last one.
    pub(crate) span: Span,
    /// Where its words begin: behind the bullet of a list item.
    pub(crate) body: usize,
    /// Whether it began with a bullet or an item number.
    pub(crate) item: bool,
    /// Number of the run of lines without a blank line between them.
    pub(crate) chunk: usize,
}

impl Raw {
    /// The words, without the bullet.
    pub(crate) fn body_span(&self) -> Span {
        Span::from_range(self.body..self.span.end())
    }
}

/// Splits a text into raw blocks. Linear in its length.
pub(crate) fn raw_blocks(text: &str) -> Vec<Raw> {
    let lines = lines(text);
    let width = wrap_width(text, &lines);
    let mut blocks: Vec<Raw> = Vec::new();
    let mut chunk = 0;
    for (i, line) in lines.iter().enumerate() {
        if line.after_blank && i > 0 {
            chunk += 1;
        }
        let joined = i > 0 && !line.after_blank && continues(text, &lines[i - 1], line, blocks.last(), width);
        match blocks.last_mut() {
            Some(block) if joined => block.span = Span::from_range(block.span.start()..line.end),
            _ => {
                let bullet = bullet(&text[line.start..line.end]);
                blocks.push(Raw {
                    span: Span::from_range(line.start..line.end),
                    body: line.start + bullet.unwrap_or(0),
                    item: bullet.is_some(),
                    chunk,
                });
            }
        }
    }
    blocks
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character is seen: neither white space nor control nor zero-width.
pub(crate) fn visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !without_width(c)
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut after_blank = true;
    let mut rest = 0;
    while rest < text.len() {
        let end = text[rest..].find(is_line_end).map_or(text.len(), |at| rest + at);
        let next = text[end..].chars().next().map_or(end, |c| end + c.len_utf8());
        let next = if text[end..].starts_with("\r\n") { end + 2 } else { next };
        let raw = &text[rest..end];
        match raw.find(visible) {
            None => after_blank = true,
            Some(first) => {
                let last = raw.rfind(visible).expect("a visible character was just found");
                let stop = last + raw[last..].chars().next().map_or(0, char::len_utf8);
                let tab = |c: char| if c == '\t' { 4 } else { 1 };
                lines.push(Line {
                    start: rest + first,
                    end: rest + stop,
                    width: raw[..stop].chars().count(),
                    indent: raw[..first].chars().map(tab).sum(),
                    after_blank,
                });
                after_blank = text[end..next].starts_with('\u{C}');
            }
        }
        rest = next;
    }
    lines
}

/// The column at which the text was wrapped; `None` where its lines are paragraphs.
fn wrap_width(text: &str, lines: &[Line]) -> Option<usize> {
    // Inner lines are those that another one follows directly. Their widths crowd under the wrap column.
    let inner = || lines.windows(2).filter(|pair| !pair[1].after_blank).map(|pair| &pair[0]);
    let mut widths: Vec<usize> = inner().map(|line| line.width).collect();
    if widths.is_empty() || (widths.len() < 3 && widths.iter().all(|&width| width < 55)) {
        return None;
    }
    // Where paragraphs stand in one line, long lines are common; a wrapped text has hardly any (addresses of pages).
    let long = lines.iter().filter(|line| line.width > WRAP_MAX + 20).count();
    if long * 12 > lines.len() {
        return None;
    }
    widths.sort_unstable();
    let width = widths[(widths.len() - 1) * 9 / 10];
    if !(WRAP_MIN..=WRAP_MAX).contains(&width) || widths[widths.len() / 2] * 2 < width {
        return None;
    }
    // Of lines that end in mid-sentence, most must be full; where lines are paragraphs they end with a stop.
    let (mut open, mut all) = (0usize, 0usize);
    for line in inner() {
        all += 1;
        open += usize::from(!ends_sentence(&text[line.start..line.end]));
    }
    (open * 2 > all).then_some(width)
}

/// Whether a line goes on with what the line before began.
fn continues(text: &str, before: &Line, line: &Line, block: Option<&Raw>, width: Option<usize>) -> bool {
    let (last, words) = (&text[before.start..before.end], &text[line.start..line.end]);
    let first_word = words.split_whitespace().next().unwrap_or("");
    let lower = words.chars().next().is_some_and(char::is_lowercase);
    let numbered = words.starts_with(|c: char| c.is_ascii_digit());
    if bullet(words).is_some() && !(numbered && width.is_some_and(|w| full(before, first_word, w))) {
        return false;
    }
    let Some(width) = width else {
        // Lines are paragraphs; only a sentence torn in the middle is mended.
        return lower
            && before.width >= 25
            && !ends_sentence(last)
            && !first_word.contains('-')
            && before.width <= 160;
    };
    let in_item = block.is_some_and(|block| block.item);
    if line.indent > before.indent + INDENT_SAME && !in_item && ends_sentence(last) {
        return false;
    }
    let open = last.ends_with([',', '-', '–', '—'])
        || OPEN_WORDS.contains(&last.rsplit(' ').next().unwrap_or("").to_lowercase().as_str());
    // Bylines and publication lines stand alone.
    let capitals = !last.contains(char::is_lowercase) && !words.contains(char::is_lowercase);
    if !lower && !open && !capitals && [last, words].iter().any(|line| signed(line)) {
        return false;
    }
    if full(before, first_word, width) {
        return true;
    }
    if ends_sentence(last) {
        return false;
    }
    // A short line that opens a run of lines and ends nowhere is a heading, unless it ends with a word that wants more.
    let heading = before.after_blank && !lower && !open;
    !heading && before.width * 2 >= width
}

/// Words after which no line of a heading ends.
const OPEN_WORDS: &[&str] = &[
    "the", "a", "an", "of", "in", "on", "at", "to", "by", "for", "from", "with", "and", "or", "but", "that",
    "which", "who", "is", "was", "were", "are", "has", "have", "had", "be", "been", "as", "into", "its",
    "their", "his", "her",
];

/// Whether a line begins like a byline or a publication line.
fn signed(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(first, rest)| {
        let label = ["By", "BY", "by"].contains(&first) && rest.starts_with(char::is_uppercase);
        let lower = first.to_lowercase();
        label
            || ["published:", "updated:", "posted:", "published", "updated", "posted"]
                .contains(&lower.as_str())
                && rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
    })
}

/// Whether a line could not have taken the next line's first word within the wrap column.
fn full(line: &Line, first_word: &str, width: usize) -> bool {
    line.width <= width + 12 && line.width + 1 + first_word.chars().count().min(width / 3) + 2 > width
}

/// Whether words end like a sentence: a stop, with quotes and brackets behind it allowed.
pub(crate) fn ends_sentence(words: &str) -> bool {
    let closing = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '*') || c.is_whitespace();
    words.trim_end_matches(closing).ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Length of the bullet or item number that opens a line, with the white space behind it.
fn bullet(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let mark = match first {
        '•' | '‣' | '▪' | '·' | '●' | '○' | '◦' | '■' | '□' | '►' | '▶' | '➤' | '✓' | '⁃' | '*' | '-'
        | '–' | '—' | '»' => first.len_utf8(),
        '(' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
            let open = usize::from(first == '(');
            let label = line[open..].bytes().take(4).take_while(u8::is_ascii_alphanumeric).count();
            let core = &line[open..open + label];
            let number = (1..=2).contains(&label) && core.bytes().all(|byte| byte.is_ascii_digit());
            let letter = label == 1 && core.bytes().all(|byte| byte.is_ascii_alphabetic());
            let roman = label > 1 && core.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
            let closing = line[open + label..].chars().next()?;
            let fits = match closing {
                ')' => number || letter || roman,
                '.' => open == 0 && number,
                _ => false,
            };
            if !fits {
                return None;
            }
            open + label + 1
        }
        _ => return None,
    };
    let rest = &line[mark..];
    let words = rest.trim_start();
    (words.len() < rest.len() && !words.is_empty()).then(|| line.len() - words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        raw_blocks(text)
            .iter()
            .map(|raw| raw.body_span().of(text).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn blank_lines_and_lines_make_blocks() {
        let text = "Market bombed\nBy A Person\n\nTwelve people died in Selva on Monday, officials said, when a bomb went off.\nNobody claimed it.\n\n";
        assert_eq!(split(text).len(), 4);
        assert_eq!(split(&text.replace('\n', "\r\n")).len(), 4);
        assert_eq!(split(&text.replace('\n', "\r")).len(), 4);
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let text = "   BOGOTA, 12 APR 89 (AGENCY) -- [TEXT] TWO BOMBS EXPLODED LAST NIGHT\nIN THE CENTER OF THE CAPITAL.  NOBODY WAS HURT, BUT THE FRONT OF A\nBANK WAS DESTROYED.\n\n   THE ARMY SAID THAT IT HAD FOUND A THIRD BOMB IN A PARKED CAR NEAR\nTHE MINISTRY.\n";
        assert_eq!(split(text).len(), 2);
        let indented = "   The rebels left the town on Friday after a week of fights\nin which both sides lost many men.\n   The army did not say how many of its own soldiers it had\nlost there.\n";
        assert_eq!(split(indented).len(), 2);
    }

    #[test]
    fn items_stand_alone() {
        let text = "HIGHLIGHTS\n\n• At least 63 civilians were killed in 21 incidents.\n• Four partners left.\n1. First thing\n2) Second thing\n- Third thing\n(a) fourth";
        assert_eq!(
            split(text),
            [
                "HIGHLIGHTS",
                "At least 63 civilians were killed in 21 incidents.",
                "Four partners left.",
                "First thing",
                "Second thing",
                "Third thing",
                "fourth"
            ]
        );
        assert_eq!(split("2014 was a bad year.\nA. Smith left."), ["2014 was a bad year.", "A. Smith left."]);
    }
}
