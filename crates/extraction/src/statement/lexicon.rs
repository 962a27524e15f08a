//! The words of statements: reads `statement_verbs.tsv`, `statement_nouns.tsv`, `certainty.tsv` and `statement.toml`.

use std::collections::BTreeMap;

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use watchkeeper_record::codebook::{StatementKind, TargetType};

use crate::codebook::{CodebookError, Words, parse};

/// Where the content of a saying stands; see the header of `statement_verbs.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Clause,
    Infinitive,
    Gerund,
    Object,
    ObjectSpeech,
    ObjectAs,
    ObjectPredicate,
    ObjectInfinitive,
    ObjectOf,
    ObjectThreat,
    ObjectSaying,
    ObjectAt,
    ObjectClaim,
    For,
    Of,
    OnInfinitive,
}

/// One row of a cue.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub(super) kind: StatementKind,
    pub(super) places: Vec<Place>,
}

/// What a word of likelihood does in the writer's own voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Voice {
    /// Makes a judgement.
    Strong,
    /// Makes one as the main verb of a clause on what may come.
    Modal,
    /// Only marks one that something else shows.
    Weak,
}

/// One row of `certainty.tsv`.
#[derive(Debug, Clone)]
pub(super) struct Hedge {
    pub(super) words: Vec<CompactString>,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) scale: String,
    pub(super) voice: Voice,
}

/// Word lists of `statement.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) document_nouns: Words,
    pub(super) anonymous_nouns: Words,
    pub(super) anonymity_words: Words,
    pub(super) no_subjects: Words,
    pub(super) not_said_governors: Words,
    pub(super) threat_nouns: Words,
    pub(super) plot_nouns: Words,
    pub(super) level_words: Words,
    pub(super) level_numbers: Words,
    pub(super) level_verbs: Words,
    pub(super) area_words: Words,
    pub(super) deed_nouns: Words,
    pub(super) violent_verbs: Words,
    pub(super) threat_contents: Words,
    pub(super) menace_verbs: Words,
    pub(super) untrue: Words,
    pub(super) speech_nouns: Words,
    pub(super) condemning: Words,
    pub(super) state_words: Words,
    pub(super) ability_verbs: Words,
    targets: BTreeMap<String, Vec<String>>,
}

/// Everything that statements go by.
#[derive(Debug)]
pub(crate) struct Lexicon {
    pub(super) verbs: FxHashMap<CompactString, Vec<Cue>>,
    pub(super) nouns: FxHashMap<CompactString, Vec<Cue>>,
    /// Rows of `certainty.tsv`.
    pub(super) hedges: Vec<Hedge>,
    /// Rows by their first word, longest first.
    pub(super) hedges_by_word: FxHashMap<CompactString, Vec<u32>>,
    pub(super) targets: FxHashMap<CompactString, TargetType>,
    pub(super) lists: Lists,
}

impl Lexicon {
    /// Reads the tables that ship with the program.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub(crate) fn shipped() -> Result<Self, CodebookError> {
        let lists: Lists =
            parse("lexicon/en/statement.toml", include_str!("../../../../data/lexicon/en/statement.toml"))?;
        let mut targets = FxHashMap::default();
        for (name, words) in &lists.targets {
            let target = name.parse::<TargetType>().map_err(|error| CodebookError {
                file: "lexicon/en/statement.toml",
                message: error.to_string(),
            })?;
            for word in words {
                targets.insert(CompactString::from(word.as_str()), target);
            }
        }
        let hedges = hedges(include_str!("../../../../data/lexicon/en/certainty.tsv"))?;
        let mut hedges_by_word: FxHashMap<CompactString, Vec<u32>> = FxHashMap::default();
        for (row, hedge) in hedges.iter().enumerate() {
            hedges_by_word.entry(hedge.words[0].clone()).or_default().push(row as u32);
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is sorted by itself; their order doesn't matter"
        )]
        for rows in hedges_by_word.values_mut() {
            rows.sort_by_key(|&row| std::cmp::Reverse(hedges[row as usize].words.len()));
        }
        Ok(Self {
            verbs: cues(
                "lexicon/en/statement_verbs.tsv",
                include_str!("../../../../data/lexicon/en/statement_verbs.tsv"),
            )?,
            nouns: cues(
                "lexicon/en/statement_nouns.tsv",
                include_str!("../../../../data/lexicon/en/statement_nouns.tsv"),
            )?,
            hedges,
            hedges_by_word,
            targets,
            lists,
        })
    }
}

impl Lexicon {
    /// Whether a lemma is a verb, or a noun, of saying.
    pub(crate) fn knows(&self, lemma: &str, noun: bool) -> bool {
        if noun { self.nouns.contains_key(lemma) } else { self.verbs.contains_key(lemma) }
    }

    /// Whether a word in lower case is one for a deed of violence.
    pub(crate) fn is_deed(&self, word: &str) -> bool {
        self.lists.deed_nouns.contains(word)
    }
}

fn cues(
    file: &'static str,
    table: &'static str,
) -> Result<FxHashMap<CompactString, Vec<Cue>>, CodebookError> {
    let mut cues: FxHashMap<CompactString, Vec<Cue>> = FxHashMap::default();
    for columns in table_rows(table) {
        let bad = || CodebookError { file, message: format!("row {columns:?}") };
        let [lemma, kind, places] = columns[..] else { return Err(bad()) };
        let kind = kind.parse::<StatementKind>().map_err(|_| bad())?;
        let places = places.split(' ').map(place).collect::<Option<Vec<_>>>().ok_or_else(bad)?;
        cues.entry(CompactString::from(lemma)).or_default().push(Cue { kind, places });
    }
    Ok(cues)
}

fn place(name: &str) -> Option<Place> {
    Some(match name {
        "clause" => Place::Clause,
        "infinitive" => Place::Infinitive,
        "gerund" => Place::Gerund,
        "object" => Place::Object,
        "object-speech" => Place::ObjectSpeech,
        "object-as" => Place::ObjectAs,
        "object-predicate" => Place::ObjectPredicate,
        "object-infinitive" => Place::ObjectInfinitive,
        "object-of" => Place::ObjectOf,
        "object-threat" => Place::ObjectThreat,
        "object-saying" => Place::ObjectSaying,
        "object-at" => Place::ObjectAt,
        "object-claim" => Place::ObjectClaim,
        "for" => Place::For,
        "of" => Place::Of,
        "on-infinitive" => Place::OnInfinitive,
        _ => return None,
    })
}

fn hedges(table: &'static str) -> Result<Vec<Hedge>, CodebookError> {
    table_rows(table)
        .map(|columns| {
            let bad =
                || CodebookError { file: "lexicon/en/certainty.tsv", message: format!("row {columns:?}") };
            let [words, low, high, scale, voice, _source] = columns[..] else { return Err(bad()) };
            Ok(Hedge {
                words: words.split(' ').map(CompactString::from).collect(),
                low: low.parse().map_err(|_| bad())?,
                high: high.parse().map_err(|_| bad())?,
                scale: scale.to_owned(),
                voice: match voice {
                    "strong" => Voice::Strong,
                    "modal" => Voice::Modal,
                    "weak" | "no" => Voice::Weak,
                    _ => return Err(bad()),
                },
            })
        })
        .collect()
}

/// The columns of each row of a table that isn't a comment.
fn table_rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}
