//! Python regular expressions as spaCy's tokenizer files use them.
//!
//! In: the `re` source strings of a tokenizer file. Out: the match decisions of Python's
//! `search`, `match` and `finditer` for them, in time linear in the text.
//! Supported: literals, escapes, classes, groups, alternation, greedy and lazy repetition,
//! `^`, `$` and look-around (look-behind of fixed width). Not supported, and refused with an
//! error: back-references, named groups, inline flags other than `(?u)`, `\b`.
//!
//! Patterns are held as a list of top-level alternatives, each compiled to a small program
//! that a breadth-first simulation runs with Python's priorities. A pattern whose every
//! alternative ends in `$` is also compiled backwards, so that a suffix is found by reading
//! from the end of the text and no further than the suffix reaches.

mod class;
mod parse;
mod program;

use class::Class;
use parse::Node;
pub use program::Scratch;
use program::{Direction, Program};

/// Failure to compile a pattern; says what was met at which character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub message: String,
    /// Character offset into the pattern.
    pub position: usize,
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at character {}", self.message, self.position)
    }
}

impl std::error::Error for PatternError {}

/// One top-level alternative.
#[derive(Debug)]
struct Alternative {
    forward: Program,
    backward: Option<Program>,
}

/// Alternatives by the character that their match may begin (or end) with.
#[derive(Debug)]
struct Candidates {
    by_ascii: Vec<Vec<u32>>,
    by_other: Vec<u32>,
}

impl Candidates {
    fn new(nodes: &[Node], classes: &[Class], last: bool) -> Self {
        let mut candidates = Self { by_ascii: vec![Vec::new(); 128], by_other: Vec::new() };
        for (index, node) in (0u32..).zip(nodes) {
            let edge = parse::edge(node, last);
            for (byte, list) in (0u8..).zip(candidates.by_ascii.iter_mut()) {
                if edge.may_be(char::from(byte), classes) {
                    list.push(index);
                }
            }
            if edge.may_be_non_ascii(classes) {
                candidates.by_other.push(index);
            }
        }
        candidates
    }

    fn get(&self, c: Option<char>) -> &[u32] {
        match c {
            Some(c) if c.is_ascii() => &self.by_ascii[c as usize],
            // Where nothing is left to read only an empty match is possible, and alternatives
            // that admit one are in every list.
            _ => &self.by_other,
        }
    }
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    alternatives: Vec<Alternative>,
    classes: Vec<Class>,
    looks: Vec<program::Look>,
    anchored_start: bool,
    anchored_end: bool,
    first: Candidates,
    /// Empty unless `anchored_end`.
    last: Candidates,
    /// Characters without which no match exists.
    required: Vec<char>,
}

impl Pattern {
    /// Compiles a Python `re` source.
    ///
    /// # Errors
    /// Returns the first construct that is malformed or not supported.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        let parsed = parse::parse(source)?;
        let mut required = parse::required(&parsed.root, &parsed.classes);
        required.sort_unstable();
        required.dedup();
        let mut nodes = match parsed.root {
            Node::Alternation(nodes) => nodes,
            node => vec![node],
        };
        let mut classes = parsed.classes;
        parse::merge_single_characters(&mut nodes, &mut classes);
        let anchored_start = nodes.iter().all(parse::begins_anchored);
        let anchored_end = nodes.iter().all(parse::ends_anchored);
        let mut looks = Vec::new();
        let mut alternatives = Vec::with_capacity(nodes.len());
        for node in &nodes {
            let forward = Program::compile(node, Direction::Forward, &mut looks)?;
            let backward = if anchored_end {
                Some(Program::compile(node, Direction::Backward, &mut looks)?)
            } else {
                None
            };
            alternatives.push(Alternative { forward, backward });
        }
        let first = Candidates::new(&nodes, &classes, false);
        let last = Candidates::new(if anchored_end { &nodes } else { &[] }, &classes, true);
        Ok(Self { alternatives, classes, looks, anchored_start, anchored_end, first, last, required })
    }

    fn match_at(&self, text: &str, at: usize, scratch: &mut Scratch) -> Option<usize> {
        let next = text[at..].chars().next();
        for &index in self.first.get(next) {
            let program = &self.alternatives[index as usize].forward;
            if let Some(end) = program.run(text, at, self.env(), scratch) {
                return Some(end);
            }
        }
        None
    }

    fn env(&self) -> program::Env<'_> {
        program::Env { classes: &self.classes, looks: &self.looks }
    }

    /// Returns the leftmost match at or after byte `from`, as byte offsets (`re.search`).
    pub fn search(&self, text: &str, from: usize, scratch: &mut Scratch) -> Option<(usize, usize)> {
        if self.anchored_start {
            return if from == 0 { self.match_at(text, 0, scratch).map(|end| (0, end)) } else { None };
        }
        let mut at = from;
        loop {
            if let Some(end) = self.match_at(text, at, scratch) {
                return Some((at, end));
            }
            at += text[at..].chars().next()?.len_utf8();
        }
    }

    /// Returns the length in bytes of the match of `re.search` in `text`, 0 for none.
    ///
    /// Reads from the end of the text when every alternative is anchored there.
    pub fn search_len(&self, text: &str, scratch: &mut Scratch) -> usize {
        if !self.anchored_end || self.anchored_start {
            return self.search(text, 0, scratch).map_or(0, |(start, end)| end - start);
        }
        // `$` also holds before a final line feed.
        let mut best: Option<(usize, usize)> = None;
        let ends = [Some(text.len()), text.ends_with('\n').then(|| text.len() - 1)];
        for end in ends.into_iter().flatten() {
            let last = text[..end].chars().next_back();
            for &index in self.last.get(last) {
                let program = self.alternatives[index as usize].backward.as_ref();
                let program = program.expect("anchored patterns are compiled backwards");
                if let Some(start) = program.run(text, end, self.env(), scratch)
                    && best.is_none_or(|(other, _)| start < other)
                {
                    best = Some((start, end));
                }
            }
        }
        best.map_or(0, |(start, end)| end - start)
    }

    /// Tells whether the pattern matches at the start of `text` (`re.match`).
    pub fn matches_start(&self, text: &str, scratch: &mut Scratch) -> bool {
        if self.required.iter().any(|&c| !text.contains(c)) {
            return false;
        }
        self.alternatives
            .iter()
            .any(|alternative| alternative.forward.run(text, 0, self.env(), scratch).is_some())
    }

    /// Calls `found` with every non-overlapping match from left to right (`re.finditer`).
    pub fn for_each_match(&self, text: &str, scratch: &mut Scratch, mut found: impl FnMut(usize, usize)) {
        let mut at = 0;
        while let Some((start, end)) = self.search(text, at, scratch) {
            found(start, end);
            at = if end > start {
                end
            } else {
                match text[end..].chars().next() {
                    Some(c) => end + c.len_utf8(),
                    None => return,
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(pattern: &str, text: &str) -> Option<(usize, usize)> {
        Pattern::new(pattern).expect("pattern").search(text, 0, &mut Scratch::default())
    }

    fn suffix(pattern: &str, text: &str) -> usize {
        Pattern::new(pattern).expect("pattern").search_len(text, &mut Scratch::default())
    }

    #[test]
    fn takes_the_first_alternative_at_the_leftmost_place() {
        assert_eq!(search("b|ab|a", "xab"), Some((1, 3)));
        assert_eq!(search("a|ab", "xab"), Some((1, 2)));
        assert_eq!(search("-|--|---", "a---b"), Some((1, 2)));
        assert_eq!(search(r"\.\.+|…", "a....b"), Some((1, 5)));
        assert_eq!(search(r"(?:ab){2,3}?c?", "ababab"), Some((0, 4)));
        assert_eq!(search(r"^\+(?![0-9])|^=", "+1"), None);
        assert_eq!(search(r"^\+(?![0-9])|^=", "+a"), Some((0, 1)));
        assert_eq!(search(r"^n'?t$", "n't"), Some((0, 3)));
        assert_eq!(search(r"x$|'s$", "dog's"), Some((3, 5)));
    }

    #[test]
    fn reads_suffixes_from_the_end() {
        assert_eq!(suffix(r"s$|'s$|(?<=[0-9])(?:m|km)$", "dog's"), 2);
        assert_eq!(suffix(r"s$|'s$|(?<=[0-9])(?:m|km)$", "5km"), 2);
        assert_eq!(suffix(r"s$|'s$|(?<=[0-9])(?:m|km)$", "km"), 0);
        assert_eq!(suffix(r"\.\.+$|(?<=[A-Z][A-Z])\.$", "a..."), 3);
        assert_eq!(suffix(r"\.\.+$|(?<=[A-Z][A-Z])\.$", "UN."), 1);
        assert_eq!(suffix(r"\.\.+$|(?<=[A-Z][A-Z])\.$", "U."), 0);
        assert_eq!(suffix(r"a$", "a\n"), 1);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for pattern in ["(a", "a)", "[a", "(?P<n>a)", r"(a)\1", r"\bx", "*a", "(?<=a+)b", "(?i)a", "a{3,1}"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        let host = Pattern::new(r"(?u)^(?:\S+@)?(?:(?:[a-z][a-z-]{0,62})?[a-z]\.)+(?:[a-z]{2,63})(?:/\S*)?$");
        let host = host.expect("pattern");
        let mut scratch = Scratch::default();
        let text = "a.".repeat(200_000) + "com";
        assert!(host.matches_start(&text, &mut scratch));
        assert!(!host.matches_start(&(text + "!"), &mut scratch));
    }
}
