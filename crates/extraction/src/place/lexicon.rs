//! The vocabulary of place phrases: what a word does beside a place name.
//!
//! In: tables under `data/lexicon/en`, built into the program. Out: maps keyed by lower-case word. Not here: any rule.

use rustc_hash::{FxHashMap, FxHashSet};
use watchkeeper_nn::trees::Forest;

use super::features::PLACE_FEATURES;

/// What a word does beside a place name.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Word {
    pub(super) direction: Option<f32>,
    pub(super) kilometres: Option<f32>,
    pub(super) locative: bool,
    pub(super) motion: bool,
    pub(super) near: bool,
    pub(super) body: bool,
    pub(super) part: bool,
    pub(super) never: bool,
    pub(super) feature_before: bool,
    pub(super) feature_after: bool,
}

/// What a word tells of a name beside it: its class of a word in `place_context.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Title,
    People,
    Organ,
    Street,
    Said,
    Month,
    Near,
    Born,
    Versus,
    Company,
    Feature,
}

/// What is known of a word by itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Known {
    /// How common it is as a given name, 0..=3.
    pub(super) given: u8,
    /// How common it is as a family name, 0..=3.
    pub(super) family: u8,
    /// How common it is in lower case: 0 not, 1 common, 2 among the commonest.
    pub(super) common: u8,
    /// What it tells of a name beside it.
    pub(super) beside: Option<Beside>,
}

/// The vocabulary of place phrases.
#[derive(Debug)]
pub(crate) struct Lexicon {
    pub(super) words: FxHashMap<&'static str, Word>,
    /// Scores candidates; without it the rules decide alone.
    pub(super) forest: Option<Forest>,
    /// Words by themselves.
    pub(super) known: FxHashMap<&'static str, Known>,
    /// Abbreviations of states and provinces, as written.
    pub(super) abbreviations: FxHashMap<&'static str, &'static str>,
    /// Feature words of two or three words.
    pub(super) long_features: Vec<Vec<&'static str>>,
    /// Unions of states: actors, where a reading asks for places.
    pub(super) actors: FxHashSet<&'static str>,
    /// Place names that end names of groups.
    pub(super) tails: FxHashSet<&'static str>,
    /// Lemmas of verbs whose object may be a place.
    pub(super) verbs: FxHashSet<&'static str>,
}

impl Lexicon {
    /// Reads the tables that are built into the program.
    pub(crate) fn shipped() -> Self {
        let mut lexicon = Self {
            words: FxHashMap::default(),
            forest: None,
            known: FxHashMap::default(),
            abbreviations: FxHashMap::default(),
            long_features: Vec::new(),
            tails: FxHashSet::default(),
            actors: FxHashSet::default(),
            verbs: FxHashSet::default(),
        };
        for row in rows(include_str!("../../../../data/lexicon/en/place_features.tsv")) {
            let (word, side) = (row[0], row.get(2).copied().unwrap_or("both"));
            if word.contains(' ') {
                lexicon.long_features.push(word.split(' ').collect());
                continue;
            }
            let entry = lexicon.words.entry(word).or_default();
            entry.feature_before = side != "after";
            entry.feature_after = side != "before";
        }
        for row in rows(include_str!("../../../../data/lexicon/en/place_words.tsv")) {
            if row.get(1) == Some(&"verb") {
                lexicon.verbs.insert(row[0]);
                continue;
            }
            if row.get(1) == Some(&"actor") {
                lexicon.actors.insert(row[0]);
                continue;
            }
            if row.get(1) == Some(&"tail") {
                lexicon.tails.insert(row[0]);
                continue;
            }
            let entry = lexicon.words.entry(row[0]).or_default();
            let number = row.get(2).and_then(|value| value.parse().ok());
            match row.get(1).copied().unwrap_or("") {
                "direction" => entry.direction = number,
                "kilometres" => entry.kilometres = number,
                "in" => entry.locative = true,
                "motion" => entry.motion = true,
                "near" => entry.near = true,
                "body" => entry.body = true,
                "part" => entry.part = true,
                "not" => entry.never = true,
                _ => {}
            }
        }
        lexicon.read_known();
        lexicon
    }

    /// Takes weights that score candidates.
    ///
    /// # Errors
    /// When they were made for other features than these.
    pub(crate) fn set_forest(&mut self, forest: Forest) -> Result<(), String> {
        if forest.features() != PLACE_FEATURES {
            return Err("weights for other features of place names than the program has".to_owned());
        }
        self.forest = Some(forest);
        Ok(())
    }

    fn read_known(&mut self) {
        let digit = |row: &[&str], column: usize| row.get(column).and_then(|cell| cell.parse::<u8>().ok());
        for row in rows(include_str!("../../../../data/lexicon/en/person_names.tsv")) {
            let entry = self.known.entry(row[0]).or_default();
            entry.given = digit(&row, 1).unwrap_or(0);
            entry.family = digit(&row, 2).unwrap_or(0);
        }
        for row in rows(include_str!("../../../../data/lexicon/en/common_words.tsv")) {
            self.known.entry(row[0]).or_default().common = 3 - digit(&row, 1).unwrap_or(3).min(3);
        }
        for row in rows(include_str!("../../../../data/lexicon/en/place_context.tsv")) {
            self.known.entry(row[0]).or_default().beside = match row.get(1).copied().unwrap_or("") {
                "title" => Some(Beside::Title),
                "people" => Some(Beside::People),
                "organ" => Some(Beside::Organ),
                "street" => Some(Beside::Street),
                "said" => Some(Beside::Said),
                "month" => Some(Beside::Month),
                "near" => Some(Beside::Near),
                "born" => Some(Beside::Born),
                "vs" => Some(Beside::Versus),
                "company" => Some(Beside::Company),
                "feature" => Some(Beside::Feature),
                _ => None,
            };
        }
        for row in rows(include_str!("../../../../data/lexicon/en/place_abbreviations.tsv")) {
            if row.len() > 1 {
                self.abbreviations.insert(row[0], row[1]);
            }
        }
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}
