//! Words by which parts of pages tell what they are (`data/lexicon/pages.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;
use serde::Deserialize;

/// Kinds of words in class names and ids, by bit: the order of the features that are made of them.
pub(crate) const CLASSES: [&str; 24] = [
    "body", "article", "comment", "related", "share", "nav", "footer", "header", "side", "ad", "picture",
    "meta", "author", "signup", "consent", "tags", "title", "lead", "list", "hidden", "embed", "box",
    "notes", "tool",
];
/// Kinds of words in the visible text, by bit.
pub(crate) const CUES: [&str; 11] = [
    "related", "signup", "share", "comment", "picture", "consent", "nav", "byline", "rights", "advert",
    "tags",
];

/// Longest part of a class name that is looked at, in bytes.
const PART_MAX: usize = 32;
/// Most bytes of a class attribute that are looked at.
const ATTRIBUTE_MAX: usize = 400;

#[derive(Deserialize)]
struct Lexicon {
    classes: BTreeMap<String, String>,
    widgets: BTreeMap<String, String>,
    cues: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Languages {
    words: BTreeMap<String, String>,
}

/// The words, by word.
pub(crate) struct Words {
    classes: FxHashMap<String, u32>,
    widgets: AhoCorasick,
    /// Cue bits; bit 31 marks a function word.
    visible: FxHashMap<String, u32>,
}

/// Marks a function word among the bits of [`Words::visible`].
pub(crate) const FUNCTION_WORD: u32 = 1 << 31;

/// The words of the program's own data.
pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let lexicon: Lexicon = toml::from_str(include_str!("../../../../data/lexicon/pages.toml"))
        .expect("the lexicon of pages is part of the program and tested");
    let languages: Languages = toml::from_str(include_str!("../../../../data/lexicon/languages.toml"))
        .expect("the language lexicon is part of the program and tested");
    let list = lexicon.widgets.values().flat_map(|list| list.split_whitespace());
    let mut words = Words {
        classes: FxHashMap::default(),
        widgets: AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(list)
            .expect("a few hundred short words"),
        visible: FxHashMap::default(),
    };
    for (bit, kind) in CLASSES.iter().enumerate() {
        for word in lexicon.classes.get(*kind).map_or("", String::as_str).split_whitespace() {
            *words.classes.entry(word.to_owned()).or_default() |= 1 << bit;
        }
    }
    for (bit, kind) in CUES.iter().enumerate() {
        for word in lexicon.cues.get(*kind).map_or("", String::as_str).split_whitespace() {
            *words.visible.entry(word.to_owned()).or_default() |= 1 << bit;
        }
    }
    for word in languages.words.values().flat_map(|list| list.split_whitespace()) {
        *words.visible.entry(word.to_owned()).or_default() |= FUNCTION_WORD;
    }
    words
});

impl Words {
    /// Bits of a word of visible text, which is in lower case.
    pub(crate) fn visible(&self, word: &str) -> u32 {
        self.visible.get(word).copied().unwrap_or(0)
    }

    /// Whether a class attribute or id names a widget: something that is put into articles and is none of their text.
    pub(crate) fn widget(&self, attribute: &str) -> bool {
        attribute.split_ascii_whitespace().take(12).filter(|name| name.len() <= 60 && !modifies(name)).any(
            |name| {
                self.widgets.find_overlapping_iter(name).any(|found| {
                    let at = found.start();
                    at == 0 || found.len() > 5 || !name.as_bytes()[at - 1].is_ascii_alphanumeric()
                })
            },
        )
    }

    /// Bits of a class attribute or id. Cost: bounded.
    pub(crate) fn classes(&self, attribute: &str) -> u32 {
        let cut = (0..=attribute.len().min(ATTRIBUTE_MAX)).rev().find(|&at| attribute.is_char_boundary(at));
        let attribute = &attribute[..cut.unwrap_or(0)];
        attribute
            .split_ascii_whitespace()
            .filter(|name| !modifies(name))
            .fold(0, |bits, name| bits | self.name(name))
    }

    fn name(&self, name: &str) -> u32 {
        let mut bits = 0;
        let mut part = String::new();
        let mut small = false;
        for c in name.chars() {
            if !c.is_alphanumeric() || (c.is_uppercase() && small) {
                bits |= self.part(&part);
                part.clear();
            }
            small = c.is_lowercase();
            if c.is_alphabetic() {
                part.extend(c.to_lowercase());
            }
        }
        bits | self.part(&part)
    }

    fn part(&self, part: &str) -> u32 {
        if part.is_empty() || part.len() > PART_MAX {
            return 0;
        }
        if let Some(bits) = self.classes.get(part) {
            return *bits;
        }
        let mut bits = 0;
        for (at, _) in part.char_indices().skip(1) {
            if at >= 4 {
                bits |= self.classes.get(&part[..at]).copied().unwrap_or(0);
            }
            if part.len() - at >= 4 {
                bits |= self.classes.get(&part[at..]).copied().unwrap_or(0);
            }
        }
        bits
    }
}

/// Whether a class says what a part has or is filed under, not what it is: `no-sidebar`, `tag-video`, `comments-open`.
fn modifies(name: &str) -> bool {
    const STARTS: [&str; 12] = [
        "no-",
        "has-",
        "with-",
        "without-",
        "tag-",
        "category-",
        "cat-",
        "format-",
        "status-",
        "js-",
        "is-",
        "type-",
    ];
    let starts = |start: &str| name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    STARTS.iter().any(|start| starts(start))
        || (starts("comments-")
            && ["comments-open", "comments-closed", "comments-off", "comments-on"].contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_split() {
        let bit = |kind: &str| 1_u32 << CLASSES.iter().position(|name| *name == kind).expect("a kind");
        for (attribute, kinds) in [
            ("article__body", vec!["article", "body"]),
            ("relatedArticles", vec!["related", "article"]),
            ("SocialShare-list", vec!["share", "list"]),
            ("commentlist", vec!["comment", "list"]),
            ("td-12 x", vec![]),
            ("no-sidebar", vec![]),
        ] {
            let want = kinds.iter().fold(0, |bits, kind| bits | bit(kind));
            assert_eq!(WORDS.classes(attribute) & want, want, "{attribute}");
        }
        assert_eq!(WORDS.classes("td-12 x no-sidebar tag-comment has-video comments-open"), 0);
    }
}
