//! The wordings of `data/lexicon/en/debris.toml`, compiled once.
//!
//! The patterns are constant data of the program; a broken one is caught by this module's test.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;
use watchkeeper_record::codebook::MaskKind;

/// The compiled wordings for English.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("../../../data/lexicon/en/debris.toml"))
        .expect("the debris lexicon is part of the program and tested");
    Lexicon::compile(file).expect("the patterns of the debris lexicon are tested")
});

#[derive(Deserialize)]
struct File {
    line: Vec<LineRow>,
    plug: Vec<PlugRow>,
    tail: Vec<Row>,
    inline: Vec<Row>,
    read_also: ReadAlso,
    lists: Lists,
    captions: Captions,
    bio: Bio,
    words: Words,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct LineRow {
    kind: MaskKind,
    name: String,
    pattern: String,
    guard: Option<String>,
    words_max: Option<usize>,
    #[serde(default)]
    case: bool,
}

#[derive(Deserialize)]
struct PlugRow {
    kind: MaskKind,
    name: String,
    start: String,
    context: String,
    words_max: usize,
    hits_min: usize,
}

#[derive(Deserialize)]
struct Row {
    kind: MaskKind,
    name: String,
    pattern: String,
}

#[derive(Deserialize)]
struct ReadAlso {
    strong: Vec<String>,
    capitals: Vec<String>,
    weak: Vec<String>,
}

#[derive(Deserialize)]
struct Lists {
    headings: String,
}

#[derive(Deserialize)]
struct Captions {
    prefixes: Vec<String>,
    credit_words: Vec<String>,
    agencies: Vec<String>,
}

#[derive(Deserialize)]
struct Bio {
    roles: String,
    verbs: String,
    strong: String,
}

#[derive(Deserialize)]
struct Words {
    reporting: String,
    violence: String,
}

#[derive(Deserialize)]
struct Metadata {
    months: String,
    outlet_words: Vec<String>,
    line_words: String,
    not_places: Vec<String>,
    not_names: Vec<String>,
}

/// A kind of debris with the name of its rule.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) kind: MaskKind,
    pub(crate) name: String,
}

/// A plug: how it begins, what it has to hold, how long it may be.
#[derive(Debug)]
pub(crate) struct Plug {
    pub(crate) label: Label,
    pub(crate) start: Regex,
    pub(crate) context: Regex,
    pub(crate) words_max: usize,
    hits_min: usize,
}

impl Plug {
    /// Whether the line holds enough different words of such plugs.
    pub(crate) fn hits(&self, line: &str) -> bool {
        let hits: BTreeSet<String> =
            self.context.find_iter(line).map(|hit| hit.as_str().to_lowercase()).collect();
        hits.len() >= self.hits_min
    }
}

/// Conditions of a whole-line rule beyond its pattern.
#[derive(Debug)]
struct LineRule {
    label: Label,
    guard: Option<Regex>,
    words_max: usize,
}

/// Compiled wordings; fields follow the sections of the file.
#[derive(Debug)]
pub(crate) struct Lexicon {
    line_set: RegexSet,
    lines: Vec<LineRule>,
    pub(crate) plugs: Vec<Plug>,
    pub(crate) tails: Vec<(Label, Regex)>,
    pub(crate) inline: Vec<(Label, Regex)>,
    /// `ALSO READ:`, with its separator.
    pub(crate) read_also_strong: Regex,
    /// `READ ALSO:` in capitals, inside a paragraph.
    pub(crate) pointer: Regex,
    /// `Related:`, with its separator.
    pub(crate) read_also_weak: Regex,
    pub(crate) list_heading: Regex,
    /// `FILE PHOTO:` and the like, with the colon.
    pub(crate) caption_prefix: Regex,
    /// A word that says that what stands with it is a picture credit.
    pub(crate) credit_word: Regex,
    /// An agency or picture library, in its own spelling.
    pub(crate) agency: Regex,
    pub(crate) bio_roles: Regex,
    pub(crate) bio_verbs: Regex,
    pub(crate) bio_strong: Regex,
    /// A verb that passes on somebody's words: it makes a line article text.
    pub(crate) reporting: Regex,
    /// A word of violence or arrest: it makes a note on a person news.
    pub(crate) violence: Regex,
    /// Alternatives of month names, for use inside other patterns.
    pub(crate) months: String,
    pub(crate) outlet_words: BTreeSet<String>,
    pub(crate) line_words: BTreeSet<String>,
    pub(crate) not_places: BTreeSet<String>,
    pub(crate) not_names: BTreeSet<String>,
}

impl Lexicon {
    fn compile(file: File) -> Result<Self, regex::Error> {
        let agencies = alternatives(&file.captions.agencies);
        let whole: Vec<String> = file
            .line
            .iter()
            .map(|row| {
                let flags = if row.case { "(?s)" } else { "(?si)" };
                format!("{flags}^(?:{})$", row.pattern.replace("AGENCY", &agencies))
            })
            .collect();
        let mut lines = Vec::new();
        for row in file.line {
            lines.push(LineRule {
                label: Label { kind: row.kind, name: row.name },
                guard: row.guard.map(|guard| compile(&format!("(?i){guard}"))).transpose()?,
                words_max: row.words_max.unwrap_or(usize::MAX),
            });
        }
        let mut plugs = Vec::new();
        for row in file.plug {
            plugs.push(Plug {
                label: Label { kind: row.kind, name: row.name },
                start: compile(&format!("(?si)^(?:{})", row.start))?,
                context: compile(&format!("(?si){}", row.context))?,
                words_max: row.words_max,
                hits_min: row.hits_min,
            });
        }
        let rows = |rows: Vec<Row>, open: &str, close: &str| -> Result<Vec<(Label, Regex)>, regex::Error> {
            rows.into_iter()
                .map(|row| {
                    let regex = compile(&format!("{open}{}{close}", row.pattern))?;
                    Ok((Label { kind: row.kind, name: row.name }, regex))
                })
                .collect()
        };
        let mark = r"^(?:[»>►▶→•*|-]+\s*)?";
        let pointer = |words: &[String], separators: &str| {
            compile(&format!(r"(?i){mark}(?:{})\s*(?:{separators})\s*", alternatives(words)))
        };
        Ok(Self {
            line_set: RegexSet::new(whole.iter().map(|pattern| lean(pattern)))?,
            lines,
            plugs,
            tails: rows(file.tail, "(?si)^(?:", ")$")?,
            inline: rows(file.inline, "", "")?,
            read_also_strong: pointer(&file.read_also.strong, r"[:|»>→]+|\s[–—-]\s")?,
            pointer: compile(&format!(r"\b(?:{})\s*[:|]\s*", alternatives(&file.read_also.capitals)))?,
            read_also_weak: pointer(&file.read_also.weak, r"[:|»>→]+")?,
            list_heading: compile(&format!("(?si)^(?:{})$", file.lists.headings))?,
            caption_prefix: compile(&format!(
                r"(?i)^[(\[]?(?:{})(?:\s*(?:\([^()]{{1,30}}\)|[|/–-]\s*\S{{2,20}}))?\s*:\s*",
                alternatives(&file.captions.prefixes)
            ))?,
            credit_word: compile(&format!(
                r"(?i)(?:^|[^\p{{L}}])(?:{})(?:$|[^\p{{L}}])",
                alternatives(&file.captions.credit_words)
            ))?,
            agency: compile(&format!(r"(?:^|[^\p{{L}}-])(?:{agencies})(?:$|[^\p{{L}}-])"))?,
            bio_roles: compile(&format!(r"(?si)\b(?:{})\b", file.bio.roles))?,
            bio_verbs: compile(&format!(r"(?s)^(?:{})\b", file.bio.verbs))?,
            bio_strong: compile(&format!(r"(?si)(?:^|\b|\s)(?:{})", file.bio.strong))?,
            reporting: compile(&format!(r"(?i)\b(?:{})\b", file.words.reporting))?,
            violence: compile(&format!(r"(?i)\b(?:{})\b", file.words.violence))?,
            months: file.metadata.months,
            outlet_words: file.metadata.outlet_words.into_iter().collect(),
            line_words: file.metadata.line_words.split('|').map(str::to_owned).collect(),
            not_places: file.metadata.not_places.into_iter().collect(),
            not_names: file.metadata.not_names.into_iter().collect(),
        })
    }

    /// The rule that a whole line matches, first in the file's order.
    pub(crate) fn whole_line(&self, line: &str) -> Option<&Label> {
        let words = line.split_whitespace().count();
        self.line_set
            .matches(line)
            .into_iter()
            .map(|i| &self.lines[i])
            .find(|rule| {
                words <= rule.words_max && rule.guard.as_ref().is_none_or(|guard| guard.is_match(line))
            })
            .map(|rule| &rule.label)
    }
}

/// Compiles a pattern in its lean form.
///
/// # Errors
/// When it isn't well-formed.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&lean(pattern))
}

/// Narrows Unicode classes to Latin letters and ASCII figures: the full ones take a hundred times as long to compile, and
/// what these patterns describe is written in Latin letters.
fn lean(pattern: &str) -> String {
    pattern
        .replace(r"\p{Lu}", "[A-ZÀ-ÞĀ-ɏḀ-ỿ]")
        .replace(r"\p{L}", "[A-Za-zÀ-ɏḀ-ỿ]")
        .replace(r"\p{M}", "\u{300}-\u{36F}")
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"\d", "[0-9]")
        .replace(r"\w", "[A-Za-z0-9_]")
}

/// Words as alternatives of a pattern, longest first so that `AP Photo` wins over `AP`.
fn alternatives(words: &[String]) -> String {
    let mut words: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_compiles() {
        assert!(LEXICON.whole_line("All rights reserved.").is_some());
        assert!(LEXICON.whole_line("The rebels reserved all rights to the port.").is_none());
    }
}
