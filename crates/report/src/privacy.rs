//! Hiding the names of private persons.
//!
//! Victims, witnesses, suspects and others without public office or group leadership are marked `private` by the linkage. Their
//! names are hidden wherever a view shows words of the text, also where a mention of them wasn't resolved: every whole-word
//! occurrence of the full name, of another name used for them, or of the surname.

use aho_corasick::{AhoCorasick, MatchKind};
use watchkeeper_record::codebook::ActorKind;
use watchkeeper_record::reading::Actor;
use watchkeeper_record::span::Quote;
use watchkeeper_record::{Reading, Span};

/// What stands in the place of a hidden name.
pub(crate) const HIDDEN: &str = "[name hidden]";

/// Which ranges of one document's text are hidden.
#[derive(Debug)]
pub struct Privacy {
    matcher: Option<AhoCorasick>,
    ranges: Vec<Span>,
}

impl Privacy {
    /// Finds the names to hide in a reading; none when they are to be revealed.
    #[must_use]
    pub fn of(reading: &Reading, reveal: bool) -> Self {
        let text = &reading.document.text;
        let names = if reveal { Vec::new() } else { names(&reading.actors, |span| span.of(text)) };
        Self::hiding(names, text)
    }

    /// The same of a published reading.
    #[must_use]
    pub fn of_quoted(reading: &Reading<Quote>, reveal: bool) -> Self {
        let names = if reveal { Vec::new() } else { names(&reading.actors, |quote| &quote.quote) };
        Self::hiding(names, &reading.document.text)
    }

    /// Hides names wherever they stand in a text.
    fn hiding(mut names: Vec<String>, text: &str) -> Self {
        names.sort();
        names.dedup();
        let matcher = if names.is_empty() {
            None
        } else {
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names).ok()
        };
        let mut privacy = Self { matcher, ranges: Vec::new() };
        privacy.ranges = privacy.find(text);
        privacy
    }

    /// Ranges of the document's text that are hidden: sorted, not overlapping.
    #[must_use]
    pub fn ranges(&self) -> &[Span] {
        &self.ranges
    }

    /// Words of the record (a name, a trace) with the hidden names replaced.
    #[must_use]
    pub fn words(&self, words: &str) -> String {
        replace(words, 0, &self.find(words))
    }

    /// A piece of the document's text with the hidden names replaced.
    ///
    /// # Panics
    /// When the span isn't one of this text.
    #[must_use]
    pub fn slice(&self, text: &str, span: Span) -> String {
        let first = self.ranges.partition_point(|range| range.end() <= span.start());
        let inside: Vec<Span> =
            self.ranges[first..].iter().copied().take_while(|range| range.start() < span.end()).collect();
        replace(span.of(text), span.start(), &inside)
    }

    fn find(&self, text: &str) -> Vec<Span> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        matcher
            .find_iter(text)
            .filter(|found| {
                let before = text[..found.start()].chars().next_back();
                let after = text[found.end()..].chars().next();
                !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
            })
            .map(|found| Span::from_range(found.range()))
            .collect()
    }
}

/// The names of private persons, and their surnames.
fn names<'r, S>(actors: &'r [Actor<S>], words: impl Fn(&'r S) -> &'r str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for actor in actors.iter().filter(|actor| actor.private && actor.kind == ActorKind::Person) {
        let mentions = actor.mentions.iter().map(&words);
        let all =
            [actor.name.as_str()].into_iter().chain(actor.aliases.iter().map(String::as_str)).chain(mentions);
        for name in all.filter(|name| is_name(name)) {
            names.push(name.to_owned());
            if let Some(surname) = surname(name) {
                names.push(surname.to_owned());
            }
        }
    }
    names
}

/// Whether words are a name: they hold a capital letter that isn't all of a pronoun at the start of a sentence.
pub(crate) fn is_name(words: &str) -> bool {
    const NO_NAMES: &[&str] = &[
        "He", "She", "They", "Him", "Her", "His", "Hers", "Their", "Them", "It", "I", "We", "You", "The",
        "A", "An", "Who", "One",
    ];
    words.split_whitespace().any(|word| word.starts_with(char::is_uppercase) && !NO_NAMES.contains(&word))
}

pub(crate) fn surname(name: &str) -> Option<&str> {
    let last = name.split_whitespace().next_back()?;
    let last = last.trim_end_matches("'s").trim_end_matches("’s");
    (name.contains(char::is_whitespace) && last.chars().count() >= 3 && last.starts_with(char::is_uppercase))
        .then_some(last)
}

/// Replaces ranges (absolute, `offset` being the start of `words`) by the sign of a hidden name.
fn replace(words: &str, offset: usize, ranges: &[Span]) -> String {
    let mut out = String::with_capacity(words.len());
    let mut at = 0;
    for range in ranges {
        let start = range.start().saturating_sub(offset).clamp(at, words.len());
        let end = range.end().saturating_sub(offset).min(words.len());
        out.push_str(&words[at..start]);
        out.push_str(HIDDEN);
        at = end.max(start);
    }
    out.push_str(&words[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_inside_slices() {
        let text = "Police said Ana Lind, 34, died. Lind had called.";
        let privacy = Privacy {
            matcher: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(["Ana Lind", "Lind"])
                .ok(),
            ranges: vec![Span::new(12, 20), Span::new(32, 36)],
        };
        assert_eq!(privacy.find(text), privacy.ranges());
        assert_eq!(privacy.slice(text, Span::new(7, 25)), "said [name hidden], 34,");
        assert_eq!(privacy.slice(text, Span::new(16, 31)), "[name hidden], 34, died.");
        assert_eq!(privacy.words("Lindholm of Lind"), "Lindholm of [name hidden]");
    }

    #[test]
    fn pronouns_are_no_names() {
        assert!(!is_name("He") && !is_name("the victim") && is_name("the Lind family"));
        assert_eq!(surname("Ana Lind"), Some("Lind"));
        assert_eq!(surname("Lind"), None);
    }
}
