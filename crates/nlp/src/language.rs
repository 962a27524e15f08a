//! A loaded language package: everything the annotator reads and never changes.
//!
//! In: the bytes of a weight file, or a package directory's files. Out: a [`Language`] that any number of workers share.
//!
//! Tensors of the weight file (`f32`): `{tok2vec,ner}.embed.K` `[rows, 96]`, `.static` `[96, width]` (md, lg),
//! `.layer.0.W` `[96, 3, columns · 96]`, `.layer.1–4.W` `[96, 3, 288]`, `.layer.K.b` `[96, 3]`, `.layer.K.{gain,bias}` `[96]`;
//! `tagger.W` `[tags, 96]`, `tagger.b`; `{parser,ner}.projection.W` `[64, 96]`, `.projection.b`, `.lower.W`
//! `[8 or 3, 64, 2, 64]`, `.lower.b` `[64, 2]`, `.lower.pad` `[1, 8 or 3, 64, 2]`, `.upper.W` `[actions, 64]`, `.upper.b`;
//! `vectors` `[rows, width]` (md, lg). The blobs are listed in [`crate::package`].

use std::fmt;
use std::sync::Arc;

use watchkeeper_nn::layers::Linear;
use watchkeeper_nn::{WeightError, WeightFile};
use watchkeeper_record::document::{Dep, Pos, Tag};

use crate::entity::Recogniser;
use crate::lemma::Lemmatizer;
use crate::lexeme::{Attributes, LexicalTables, TableError};
use crate::package::{self, Config, PackageError, WIDTH};
use crate::parse::Parser;
use crate::ruler::Ruler;
use crate::tok2vec::{StaticVectors, Tok2Vec};
use crate::tokenize::{Tokenizer, TokenizerState};
use crate::truecase;

/// Why a language package cannot be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LanguageError {
    /// The weight file is damaged or lacks something.
    Weights(WeightError),
    /// The package is damaged or not supported.
    Package(PackageError),
    /// A table of the tokenizer, attribute ruler or lemmatizer is damaged or not supported.
    Table(TableError),
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weights(e) => write!(f, "language weights: {e}"),
            Self::Package(e) => e.fmt(f),
            Self::Table(e) => write!(f, "language package: {e}"),
        }
    }
}

impl std::error::Error for LanguageError {}

impl From<WeightError> for LanguageError {
    fn from(e: WeightError) -> Self {
        Self::Weights(e)
    }
}

impl From<PackageError> for LanguageError {
    fn from(e: PackageError) -> Self {
        Self::Package(e)
    }
}

impl From<TableError> for LanguageError {
    fn from(e: TableError) -> Self {
        Self::Table(e)
    }
}

/// A loaded language package. Immutable; shared between workers.
#[derive(Debug)]
pub struct Language {
    /// What the package says of itself.
    pub config: Config,
    pub(crate) tables: LexicalTables,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) tok2vec: Tok2Vec,
    pub(crate) tagger: Linear,
    pub(crate) parser: Parser,
    pub(crate) ruler: Ruler,
    pub(crate) lemmatizer: Lemmatizer,
    pub(crate) ner_tok2vec: Tok2Vec,
    pub(crate) recogniser: Recogniser,
    /// Restores the case of blocks in capitals, where one was loaded.
    pub(crate) truecaser: Option<truecase::model::Model>,
    /// Record values of the ruler's numbers.
    pub(crate) tags: Vec<Tag>,
    pub(crate) deps: Vec<Dep>,
    pub(crate) coarse_tags: Vec<Pos>,
}

impl Language {
    /// Loads a package from the bytes of a weight file (see `weights/`). About 20 ms for the small package.
    ///
    /// # Errors
    /// When the file is damaged or holds something this program cannot run.
    pub fn from_weights(bytes: &[u8]) -> Result<Self, LanguageError> {
        let file = WeightFile::parse(bytes)?;
        let config: Config = serde_json::from_slice(file.blob("config")?)
            .map_err(|e| PackageError::Damaged { file: "config".to_owned(), reason: e.to_string() })?;
        let tables =
            LexicalTables::new(file.blob("symbols")?, file.blob("base_norms")?, file.blob("lexeme_norm")?)?;
        let vectors = StaticVectors::load(&file)?.map(Arc::new);
        let dep_names: Vec<&str> = Dep::ALL.iter().map(|dep| dep.as_str()).collect();
        let tag_names: Vec<&str> = config.tags.iter().map(String::as_str).collect();
        let ruler = Ruler::new(file.blob("attribute_ruler")?, &tag_names, &dep_names)?;
        Ok(Self {
            tokenizer: Tokenizer::new(file.blob("tokenizer")?)?,
            tok2vec: Tok2Vec::load(&file, "tok2vec", &config.tok2vec, vectors.as_ref())?,
            tagger: Linear::load(&file, "tagger", WIDTH, config.tags.len())?,
            parser: Parser::load(&file, &config.parser_actions)?,
            lemmatizer: Lemmatizer::new(file.blob("lemmatizer")?, &tables)?,
            ner_tok2vec: Tok2Vec::load(&file, "ner", &config.ner, vectors.as_ref())?,
            recogniser: Recogniser::load(&file, &config.ner_actions)?,
            tags: known("tag", ruler.tags())?,
            deps: known("dependency label", ruler.deps())?,
            coarse_tags: known("coarse tag", ruler.coarse_tags())?,
            ruler,
            tables,
            config,
            truecaser: None,
        })
    }

    /// Adds the truecaser from the bytes of its weight file. Without one, blocks in capitals are read as they stand.
    ///
    /// # Errors
    /// When the file is damaged or its table has an impossible size.
    pub fn with_truecaser(mut self, bytes: &[u8]) -> Result<Self, truecase::model::ModelError> {
        self.truecaser = Some(truecase::model::Model::from_weights(bytes)?);
        Ok(self)
    }

    /// Loads a spaCy `en_core_web_{sm,md,lg}` 3.7/3.8 package directory; `files` maps a relative path to its content.
    ///
    /// # Errors
    /// When the package is damaged or not one this program can run.
    pub fn from_package(files: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Self, LanguageError> {
        Self::from_weights(&package::convert(files)?)
    }

    /// Returns the lexical attributes of a text's tokens, each with whether a space follows. For comparisons with spaCy.
    #[must_use]
    pub fn lexical_attributes(&self, text: &str) -> Vec<(Attributes, bool)> {
        let (mut state, mut tokens) = (TokenizerState::default(), Vec::new());
        self.tokenizer.tokenize(&self.tables, text, &mut state, &mut tokens);
        tokens.iter().map(|token| (state.lexicon.attributes(token.lexeme), token.space_after)).collect()
    }
}

fn known<T: std::str::FromStr>(what: &str, names: &[impl AsRef<str>]) -> Result<Vec<T>, PackageError> {
    names
        .iter()
        .map(|name| {
            let name = name.as_ref();
            name.parse().map_err(|_| PackageError::Unsupported(format!("the {what} `{name}` is not known")))
        })
        .collect()
}
