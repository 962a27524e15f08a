//! What common nouns denote: reads `noun_kinds_own.tsv` and `noun_kinds.tsv`.

use rustc_hash::FxHashMap;

use crate::codebook::{CodebookError, Words, parse};
use serde::Deserialize;

/// What a common noun denotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NounKind {
    /// A person.
    Person,
    /// Several persons by a singular word.
    People,
    /// An organised body.
    Body,
    /// Somewhere.
    Place,
    /// A weapon.
    Weapon,
    /// A military platform.
    Platform,
    /// Another vehicle.
    Vehicle,
    /// Something written.
    Document,
    /// Money.
    Money,
    /// A unit of measure.
    Unit,
    /// A number word.
    Number,
    /// A stretch of time.
    Time,
    /// No thing that one could point to.
    Nothing,
}

/// Words that decide whether a country acts; see `data/lexicon/en/thing.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lists {
    /// Nouns for acts and stands, which a country's name before them does or takes.
    pub(crate) acts: Words,
    /// Last words of names of places, which a recogniser may take for a person's.
    pub(crate) ends_place: Words,
    /// Last words of names of bodies.
    pub(crate) ends_body: Words,
    /// Prepositions after which a country is a party.
    pub(crate) party_preps: Words,
    /// Verbs whose object, if a country, is a party.
    pub(crate) done_to: Words,
}

/// What things go by.
#[derive(Debug)]
pub(crate) struct Lexicon {
    nouns: FxHashMap<&'static str, NounKind>,
    pub(crate) lists: Lists,
}

impl Lexicon {
    /// Reads the tables that ship with the program.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub(crate) fn shipped() -> Result<Self, CodebookError> {
        let own = include_str!("../../../../data/lexicon/en/noun_kinds_own.tsv");
        let common = include_str!("../../../../data/lexicon/en/noun_kinds.tsv");
        let mut nouns = FxHashMap::default();
        for (file, text) in [("lexicon/en/noun_kinds_own.tsv", own), ("lexicon/en/noun_kinds.tsv", common)] {
            let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
            for line in rows {
                let mut cells = line.split('\t');
                let (words, kind) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
                let kind = Self::kind(kind)
                    .ok_or_else(|| CodebookError { file, message: format!("`{line}`: no such kind") })?;
                for word in words.split('|') {
                    nouns.entry(word).or_insert(kind);
                }
            }
        }
        let lists = parse("lexicon/en/thing.toml", include_str!("../../../../data/lexicon/en/thing.toml"))?;
        Ok(Self { nouns, lists })
    }

    fn kind(word: &str) -> Option<NounKind> {
        Some(match word {
            "person" => NounKind::Person,
            "people" => NounKind::People,
            "body" => NounKind::Body,
            "place" => NounKind::Place,
            "weapon" => NounKind::Weapon,
            "platform" => NounKind::Platform,
            "vehicle" => NounKind::Vehicle,
            "document" => NounKind::Document,
            "money" => NounKind::Money,
            "unit" => NounKind::Unit,
            "number" => NounKind::Number,
            "time" => NounKind::Time,
            "none" => NounKind::Nothing,
            _ => return None,
        })
    }

    /// Whether a noun in lower case denotes persons or a body.
    pub(crate) fn party(&self, noun: &str) -> bool {
        matches!(self.get(noun), Some(NounKind::Person | NounKind::People | NounKind::Body))
    }

    /// Whether a noun in lower case denotes weapons or military platforms.
    pub(crate) fn arms(&self, noun: &str) -> bool {
        matches!(self.get(noun), Some(NounKind::Weapon | NounKind::Platform))
    }

    /// What a noun in lower case denotes.
    pub(crate) fn get(&self, noun: &str) -> Option<NounKind> {
        self.nouns.get(noun).copied()
    }
}
