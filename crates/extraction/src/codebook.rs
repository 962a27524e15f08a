//! The words and codes that the extraction goes by, read once from data files.
//!
//! In: the text of files under `data/codebook` and `data/lexicon/en`. Out: maps keyed by lemma. Not in here: any rule.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::{control, frame, ground, place, statement, timex};

/// A set of lemmas.
pub(crate) type Words = FxHashSet<String>;

/// Everything read from data that extraction needs; made once, then shared by all documents.
#[derive(Debug)]
pub struct Codebook {
    pub(crate) frame: frame::Lexicon,
    pub(crate) place: place::Lexicon,
    pub(crate) timex: timex::Lexicon,
    pub(crate) ground: ground::Lexicon,
    pub(crate) control: control::Lexicon,
    pub(crate) statement: statement::Lexicon,
}

/// A data file that can't be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodebookError {
    /// Which file.
    pub file: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for CodebookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "data file {}: {}", self.file, self.message)
    }
}

impl std::error::Error for CodebookError {}

impl Codebook {
    /// Reads the English data that is built into the program.
    ///
    /// Cost: some milliseconds; keep it.
    ///
    /// # Errors
    /// When a data file is malformed: a bug that the tests catch.
    pub fn english() -> Result<Self, CodebookError> {
        Ok(Self {
            frame: parse("lexicon/en/frame.toml", include_str!("../../../data/lexicon/en/frame.toml"))?,
            place: place::Lexicon::shipped(),
            timex: timex::Lexicon::shipped(),
            ground: parse("lexicon/en/ground.toml", include_str!("../../../data/lexicon/en/ground.toml"))?,
            control: control::Lexicon::shipped()?,
            statement: statement::Lexicon::shipped()?,
        })
    }
}

/// Reads one TOML data file.
///
/// # Errors
/// When the text isn't what the type asks for.
pub(crate) fn parse<T: for<'a> Deserialize<'a>>(file: &'static str, text: &str) -> Result<T, CodebookError> {
    toml::from_str(text).map_err(|error| CodebookError { file, message: error.to_string() })
}
