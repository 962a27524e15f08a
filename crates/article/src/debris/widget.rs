//! Related-stories widgets glued into a sentence: a name, the same person's fuller name glued to it, headlines of
//! other stories, `MORE`; and the same cut off before `MORE`.
//!
//! `Sen. Ann LeeAnn Mary LeeLee backs billThe war in five chartsMORE said`: all from the second `Ann` to `MORE` goes.

use watchkeeper_record::Span;
use watchkeeper_record::codebook::MaskKind;

use super::Masks;
use crate::lines::ends_sentence;

/// Longest widget, in bytes.
const WIDGET_MAX: usize = 900;
/// Most words of a fuller name.
const NAME_WORDS_MAX: usize = 8;

/// Masks the widgets of one block. Linear: every junction is looked at over a bounded stretch.
pub(super) fn related(text: &str, block: Span, masks: &mut Masks) {
    let line = block.of(text);
    let mut at = 0;
    let mut before = None;
    for (i, c) in line.char_indices() {
        let junction = i >= at && c.is_uppercase() && before.is_some_and(closes_name);
        before = Some(c);
        if !junction {
            continue;
        }
        if let Some((end, why)) = widget(line, i) {
            masks.add(Span::from_range(block.start() + i..block.start() + end), MaskKind::Widget, why);
            at = end;
        }
    }
}

fn closes_name(c: char) -> bool {
    c.is_lowercase() || matches!(c, '.' | ')' | '”' | '"' | '’')
}

/// The widget that begins at `glue`, with the rule that found it.
fn widget(line: &str, glue: usize) -> Option<(usize, &'static str)> {
    let surname = surname_before(&line[..glue])?;
    let limit = line[glue..].floor_char_boundary(WIDGET_MAX) + glue;
    let name = fuller_name(&line[glue..limit], surname, line[..glue].ends_with('.'))?;
    let after = glue + name.end;
    if let Some(end) = more(&line[..limit], after) {
        return Some((end, "widget: a name, its fuller form glued to it, headlines, MORE"));
    }
    // Without MORE there has to be a second sign: the same first name twice, or the surname again behind the glue.
    if line[..glue].ends_with('.')
        || !(same_first_name(&line[..glue], &line[glue..]) || line[after..].starts_with(surname))
    {
        return None;
    }
    let rest = &line[after..];
    if name.glued {
        // Cut off before MORE: to the cut, if the block ends in one.
        if let Some(at) = rest[..limit - after].find(['…']).or_else(|| rest[..limit - after].find("...")) {
            let dots = if rest[at..].starts_with('…') { '…'.len_utf8() } else { 3 };
            if !sentence_within(&rest[..at]) {
                return Some((
                    after + at + dots,
                    "widget: a name, its fuller form glued to it, headlines, cut off",
                ));
            }
        }
        if limit == line.len() && !ends_sentence(line) && !sentence_within(rest) {
            return Some((line.len(), "widget: a name, its fuller form glued to it, headlines, cut off"));
        }
        // The sentence goes on behind it. What is sure: the name, and the headlines that another one is glued to.
        let end = last_junction(rest).map_or(after, |at| after + at);
        return Some((end, "widget: a name, its fuller form glued to it, headlines; its end can't be told"));
    }
    // The fuller name alone: a duplicate of at least two words.
    let whole = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    (name.words >= 2 && whole).then_some((after, "a name glued to itself"))
}

/// The last word of the name that ends at the junction, without `Jr.`.
fn surname_before(before: &str) -> Option<&str> {
    let mut words =
        before[before.ceil_char_boundary(before.len().saturating_sub(80))..].rsplit([' ', '\u{a0}', '\n']);
    let mut last = words.next()?;
    if is_suffix(last) {
        last = words.next()?.trim_end_matches(',');
    }
    let last = last.trim_start_matches(['(', '“', '"', '‘']).trim_end_matches(['”', '"', ')', '’']);
    let letters = last.chars().count();
    let capital = last.chars().any(char::is_uppercase);
    let plain = last.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\'' | '.'));
    (letters >= 2 && capital && plain && !last.ends_with('.')).then_some(last)
}

/// Whether the word behind the junction stands in the name before it too, brackets and quotes apart.
fn same_first_name(before: &str, rest: &str) -> bool {
    let first = rest.split(char::is_whitespace).next().unwrap_or("");
    let tail = &before[before.ceil_char_boundary(before.len().saturating_sub(80))..];
    let mut words =
        tail.rsplit(char::is_whitespace).map(|word| word.trim_matches(['(', ')', '“', '”', '"', ',']));
    words.next();
    first.chars().count() > 1
        && words.take_while(|word| word.starts_with(char::is_uppercase)).take(4).any(|word| word == first)
}

fn is_suffix(word: &str) -> bool {
    matches!(word.trim_end_matches(['.', ',']), "Jr" | "Sr" | "II" | "III" | "IV")
}

struct Name {
    /// Where it ends, behind `Jr.`.
    end: usize,
    words: usize,
    /// Whether a headline (or MORE) is glued to it.
    glued: bool,
}

/// Reads words from a junction on until the surname: `Ann (Annie) Mary Lee`.
fn fuller_name(rest: &str, surname: &str, after_stop: bool) -> Option<Name> {
    let mut at = 0;
    for words in 1..=NAME_WORDS_MAX {
        let word_end = rest[at..].find(char::is_whitespace).map_or(rest.len(), |end| at + end);
        let word = &rest[at..word_end];
        let core = word.trim_start_matches(['(', '“', '"', '‘', '[']);
        let opened = word.len() - core.len();
        // The first word is glued by being the junction; a surname alone there is `LeeLee …`.
        if core.starts_with(surname) {
            let mut end = at + opened + surname.len();
            let mut next = rest[end..].chars();
            let mut glued = next.clone().next().is_some_and(glues);
            if !glued {
                // `Lee Jr.Lee backs bill`
                let behind = rest[end..].trim_start_matches(',').trim_start();
                let skipped = rest[end..].len() - behind.len();
                if let Some(suffix) = ["Jr.", "Sr.", "III", "II", "IV", "Jr", "Sr"]
                    .iter()
                    .find(|suffix| behind.starts_with(**suffix))
                {
                    if skipped > 0 {
                        end += skipped + suffix.len();
                        next = rest[end..].chars();
                        glued = next.next().is_some_and(glues);
                    }
                } else if behind.starts_with("MORE") && skipped > 0 {
                    glued = true;
                }
            }
            let boundary = rest[end..].chars().next().is_none_or(|c| !c.is_lowercase());
            if boundary && !(after_stop && words == 1 && !glued) {
                return Some(Name { end, words, glued });
            }
        }
        let initial = core.chars().next()?;
        let particle = matches!(
            word,
            "de" | "da"
                | "do"
                | "dos"
                | "del"
                | "della"
                | "di"
                | "du"
                | "van"
                | "von"
                | "der"
                | "den"
                | "al"
                | "el"
                | "bin"
                | "ibn"
                | "la"
                | "le"
        );
        let name_like = (initial.is_uppercase() || particle)
            && core
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\'' | '.' | ')' | '”' | '"' | ']'));
        if !name_like || word_end == rest.len() {
            return None;
        }
        at = word_end + rest[word_end..].chars().next().map_or(0, char::len_utf8);
        if rest[word_end..at].contains(['\n', '\r']) && rest[at..].starts_with(char::is_whitespace) {
            return None;
        }
    }
    None
}

fn glues(c: char) -> bool {
    c.is_uppercase() || c.is_ascii_digit() || matches!(c, '“' | '"' | '‘' | '\'' | '«' | '[' | '$' | '(')
}

/// The end of the `MORE` that closes a widget.
fn more(line: &str, from: usize) -> Option<usize> {
    for (at, _) in line[from..].match_indices("MORE") {
        let (start, end) = (from + at, from + at + 4);
        let before = line[..start].chars().next_back();
        let rest = &line[end..];
        let word_goes_on = rest.chars().next().is_some_and(|c| c.is_uppercase());
        let inside_word = before.is_some_and(char::is_uppercase);
        if word_goes_on || inside_word {
            continue;
        }
        if sentence_within(&line[from..start]) {
            return None;
        }
        // `MORE TIME`: capitals for emphasis.
        let spaced = before.is_some_and(char::is_whitespace);
        let next = rest.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let shouted = rest.starts_with(char::is_whitespace)
            && next.chars().count() > 1
            && next.chars().all(char::is_uppercase);
        if spaced && shouted {
            return None;
        }
        return Some(end);
    }
    None
}

/// Whether a sentence ends inside: a small letter, a stop, white space, a capital.
fn sentence_within(part: &str) -> bool {
    let mut last = ['\0'; 4];
    part.chars().any(|c| {
        last = [last[1], last[2], last[3], c];
        last[0].is_lowercase() && last[1].is_lowercase() && last[2] == '.' && c.is_whitespace()
    })
}

/// The last place before a sentence's end where a small letter, figure or mark is followed by a capital without a blank.
fn last_junction(rest: &str) -> Option<usize> {
    let mut before = ' ';
    let mut found = None;
    for (i, c) in rest.char_indices().take(WIDGET_MAX) {
        if before.is_lowercase() && c.is_uppercase() && !name_inside(rest, i) {
            found = Some(i);
        }
        if before == '.' && c.is_whitespace() {
            break;
        }
        before = c;
    }
    found
}

/// Whether a junction is inside a name such as `McCraig` or `MacDonald`.
fn name_inside(rest: &str, at: usize) -> bool {
    let start = rest[..at]
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |i| i + rest[i..].chars().next().map_or(1, char::len_utf8));
    matches!(
        &rest[start..at],
        "Mc" | "Mac" | "De" | "Di" | "La" | "Le" | "Van" | "O" | "i" | "e" | "You" | "Face"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(line: &str) -> Vec<String> {
        let mut masks = Masks::default();
        related(line, Span::from_range(0..line.len()), &mut masks);
        masks.finish(line, None).iter().map(|mask| mask.span.of(line).to_owned()).collect()
    }

    #[test]
    fn widgets_are_masked() {
        for (line, want) in [
            (
                "Sen. Ann LeeAnn Mary LeeLee backs billThe war in five chartsMORE (I-Wend) said no.",
                "Ann Mary LeeLee backs billThe war in five chartsMORE",
            ),
            (
                "Chief Bob ReyRobert (Bob) Juan ReyRey asked to goMORE left.",
                "Robert (Bob) Juan ReyRey asked to goMORE",
            ),
            (
                "Minister Pia LundPia LundA new plan for the coast Lund to speak on war MORE has cited plots.",
                "Pia LundA new plan for the coast Lund to speak on war MORE",
            ),
            ("Then Joe Orr Jr.Joseph Orr Jr.Orr winsMORE came.", "Joseph Orr Jr.Orr winsMORE"),
            (
                "President Vail’s aide met Otto VailOtto VailVail: no talks before MayVail trip put o…",
                "Otto VailVail: no talks before MayVail trip put o…",
            ),
        ] {
            assert_eq!(masked(line), [want], "{line}");
        }
    }

    #[test]
    fn other_junctions_are_left_alone() {
        for line in [
            "The dead were Adair Adair, 34, and Colm Colm.",
            "He met Joren Haskel.Joren Haskel then left.",
            "YouTube and LinkedIn took down MacDonald McCraig’s page.",
            "It was sent to RadioSelva and NewsNow. They want MORE TIME.",
        ] {
            assert!(masked(line).is_empty(), "{line}");
        }
    }
}
