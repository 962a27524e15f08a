//! The words of relations: reads `relation_verbs.tsv`, `relation_nouns.tsv` and `relation.toml`.

use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use watchkeeper_record::codebook::RelationKind;

use crate::codebook::{CodebookError, Words, parse};

/// How a verb relates its arguments; see the header of `relation_verbs.tsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VerbFrame {
    Object,
    Prep(Vec<&'static str>),
    Noun(Vec<&'static str>),
    SplitIn,
    Side,
    Join,
}

#[derive(Debug, Clone)]
pub(super) struct VerbRow {
    pub(super) kind: RelationKind,
    pub(super) frame: VerbFrame,
    pub(super) condition: Vec<&'static str>,
}

/// Who the owner of a relational noun may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Any,
    Group,
    NamedGroup,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct NounRow {
    pub(super) kind: RelationKind,
    /// Whether the noun denotes the first actor.
    pub(super) denotes_from: bool,
    pub(super) owner: Owner,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) loyal: Words,
    pub(super) ties: Words,
    pub(super) named: Words,
    pub(super) renamed: Words,
    pub(super) former: Words,
    pub(super) not_led: Words,
    pub(super) groups: Words,
    pub(super) province: Words,
    pub(super) umbrella: Words,
    pub(super) enmity: Words,
    pub(super) support: Words,
    pub(super) umbrella_nouns: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) before: std::collections::BTreeMap<String, Vec<String>>,
    pub(super) after: std::collections::BTreeMap<String, Vec<String>>,
    pub(super) words: Lists,
}

/// What relations go by.
#[derive(Debug)]
pub(crate) struct Lexicon {
    pub(super) verbs: FxHashMap<CompactString, Vec<VerbRow>>,
    pub(super) nouns: FxHashMap<CompactString, NounRow>,
    /// Participle after a hyphen → kind, and whether the one before the hyphen is the first actor.
    pub(super) participles: FxHashMap<CompactString, (RelationKind, bool)>,
    pub(super) lists: Lists,
    /// Names of armed groups in lower case, those left out that mean other things too.
    pub(super) known_groups: FxHashSet<String>,
}

impl Lexicon {
    /// Reads the tables that ship with the program.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub(crate) fn shipped() -> Result<Self, CodebookError> {
        let file: File =
            parse("lexicon/en/relation.toml", include_str!("../../../../data/lexicon/en/relation.toml"))?;
        let mut participles = FxHashMap::default();
        for (table, before) in [(&file.before, true), (&file.after, false)] {
            for (kind, words) in table {
                let kind = kind.parse::<RelationKind>().map_err(|error| CodebookError {
                    file: "lexicon/en/relation.toml",
                    message: error.to_string(),
                })?;
                for word in words {
                    participles.insert(CompactString::from(word.as_str()), (kind, before));
                }
            }
        }
        let mut verbs: FxHashMap<CompactString, Vec<VerbRow>> = FxHashMap::default();
        for line in rows(include_str!("../../../../data/lexicon/en/relation_verbs.tsv")) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let bad = || CodebookError { file: "lexicon/en/relation_verbs.tsv", message: line.to_owned() };
            let (Some(&word), Some(&kind), Some(&frame)) = (columns.first(), columns.get(1), columns.get(2))
            else {
                return Err(bad());
            };
            let frame = match frame.split_once(':') {
                Some(("prep", words)) => VerbFrame::Prep(words.split('|').collect()),
                Some(("noun", words)) => VerbFrame::Noun(words.split('|').collect()),
                None if frame == "object" => VerbFrame::Object,
                None if frame == "split-in" => VerbFrame::SplitIn,
                None if frame == "side" => VerbFrame::Side,
                None if frame == "join" => VerbFrame::Join,
                _ => return Err(bad()),
            };
            verbs.entry(CompactString::from(word)).or_default().push(VerbRow {
                kind: kind.parse().map_err(|_| bad())?,
                frame,
                condition: columns.get(3).map(|words| words.split_whitespace().collect()).unwrap_or_default(),
            });
        }
        let mut nouns = FxHashMap::default();
        for line in rows(include_str!("../../../../data/lexicon/en/relation_nouns.tsv")) {
            let bad = || CodebookError { file: "lexicon/en/relation_nouns.tsv", message: line.to_owned() };
            let columns: Vec<&str> = line.split('\t').collect();
            let [word, kind, side, owner] = columns[..] else { return Err(bad()) };
            nouns.insert(
                CompactString::from(word),
                NounRow {
                    kind: kind.parse().map_err(|_| bad())?,
                    denotes_from: side == "from",
                    owner: match owner {
                        "any" => Owner::Any,
                        "group" => Owner::Group,
                        "named-group" | "group-only" => Owner::NamedGroup,
                        _ => return Err(bad()),
                    },
                },
            );
        }
        Ok(Self { verbs, nouns, participles, lists: file.words, known_groups: known_groups() })
    }
}

/// The plain names of the registry's groups: columns `name` and `aliases` of `data/registry/groups.tsv`; an alias with a mark needs
/// more than itself.
fn known_groups() -> FxHashSet<String> {
    let mut names = FxHashSet::default();
    for line in rows(include_str!("../../../../data/registry/groups.tsv")).skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns.get(2) != Some(&"armed_group") {
            continue;
        }
        let aliases = columns.get(7).copied().unwrap_or_default().split('|');
        for name in columns.get(1).copied().into_iter().chain(aliases) {
            if name.len() > 2 && !name.contains(['~', '@', '(']) {
                names.insert(name.to_lowercase());
            }
        }
    }
    names
}

pub(super) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}
