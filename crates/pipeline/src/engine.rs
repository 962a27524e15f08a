//! The engine: weights, codebook, registry and gazetteer, opened once; and the way of one article through the rooms.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use watchkeeper_article::ArticleOptions;
use watchkeeper_extraction::attribution::Attribution;
use watchkeeper_extraction::{Codebook, PlaceCandidate};
use watchkeeper_linkage::gazetteer::Extra;
use watchkeeper_linkage::place::Ranker;
use watchkeeper_linkage::{Gazetteer, LinkOptions, Registry, Resources};
use watchkeeper_nlp::roles::RoleTagger;
use watchkeeper_nlp::{Annotator, Language};
use watchkeeper_record::article::Date;
use watchkeeper_record::mention::{PlaceKind, PlaceMention, Thing, Tie};
use watchkeeper_record::reading::ProducedBy;
use watchkeeper_record::roles::TokenRoles;
use watchkeeper_record::{Article, Document, Mentions, RawPage, Reading};

use crate::error::{EngineError, Failure};
use crate::gather::Gathered;
use crate::run::Read;

/// Embedded weights by their names in weights.toml: of the English language layer,
const LANGUAGE: &str = "en_core_web_sm-3.8.0.wkw";
/// of what restores the case of texts in capitals,
const TRUECASER: &str = "truecase-en.wkw";
/// of what ranks the places of one name,
const PLACES: &str = "places-en.wkw";
/// of the recogniser of place names,
const RECOGNISER: &str = "places-recognise.wkw";
/// of the deeper reader, base and taggers, unpacked only where it is asked for,
const ENCODER_BASE: &str = "roles-encoder-base.wkw";
const ENCODER_TAGGERS: [&str; 2] = ["roles-encoder-1.wkw", "roles-encoder-2.wkw"];
/// of the reader of incidents, without and with the encoder,
const INCIDENTS: &str = "incidents-fast.wkw";
const INCIDENTS_DEEP: &str = "incidents-deep.wkw";
/// and of what finds who said what.
const STATEMENTS: &str = "statements-en.wkw";

/// What is recorded of the weight files.
const WEIGHTS_TABLE: &str = include_str!("../../../weights.toml");
/// The tables of the actor registry (data/registry/README.md), in the order in which later rows complete earlier ones.
const REGISTRY: &[(&str, &str)] = &[
    ("data/registry/states.tsv", include_str!("../../../data/registry/states.tsv")),
    ("data/registry/groups.tsv", include_str!("../../../data/registry/groups.tsv")),
    ("data/registry/organs.tsv", include_str!("../../../data/registry/organs.tsv")),
    ("data/registry/international.tsv", include_str!("../../../data/registry/international.tsv")),
    ("data/registry/media.tsv", include_str!("../../../data/registry/media.tsv")),
    ("data/registry/figures.tsv", include_str!("../../../data/registry/figures.tsv")),
    ("data/registry/organisations.tsv", include_str!("../../../data/registry/organisations.tsv")),
    ("data/registry/office_holders.tsv", include_str!("../../../data/registry/office_holders.tsv")),
    ("data/registry/ucdp.tsv", include_str!("../../../data/registry/ucdp.tsv")),
    ("data/registry/communities.tsv", include_str!("../../../data/registry/communities.tsv")),
    ("data/registry/relations.tsv", include_str!("../../../data/registry/relations.tsv")),
    ("data/registry/ucdp_relations.tsv", include_str!("../../../data/registry/ucdp_relations.tsv")),
    ("data/lexicon/en/agents.tsv", include_str!("../../../data/lexicon/en/agents.tsv")),
    ("data/lexicon/en/offices.tsv", include_str!("../../../data/lexicon/en/offices.tsv")),
    ("data/lexicon/en/body_words.tsv", include_str!("../../../data/lexicon/en/body_words.tsv")),
    ("data/lexicon/en/actor_words.tsv", include_str!("../../../data/lexicon/en/actor_words.tsv")),
];

/// What an engine is made of beside the embedded data.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// A spaCy package directory to use in place of the embedded language weights.
    pub language_model: Option<PathBuf>,
    /// Tables of places of the user's own (docs/gazetteer_extra.md), in this order.
    pub gazetteer_extra: Vec<PathBuf>,
    /// Registry files of the user's own, merged over the embedded registry in this order.
    pub registry: Vec<PathBuf>,
    /// A model that ranks places in place of the embedded one, which then isn't read: for training.
    pub ranker: Option<Ranker>,
    /// Reads with the transformer encoder too: better roles in incidents, some forty times slower.
    pub deep: bool,
    /// Recognises places by rules alone; the embedded weights of the recogniser aren't read: for training them.
    pub places_by_rules: bool,
    /// Finds statements by rules alone; the embedded weights of attributions aren't read: for training them.
    pub statements_by_rules: bool,
}

/// Options of reading one document.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Publication date, where the user knows it.
    pub published: Option<Date>,
    /// Longest text that is taken, in bytes of UTF-8.
    pub size_max: usize,
    /// Words of one document that are read; what lies behind them is kept and said to be unread (`cut-at-words`).
    pub words_max: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { published: None, size_max: ArticleOptions::default().size_max, words_max: crate::WORDS_MAX }
    }
}

/// Everything that reading needs, opened once and shared by all threads.
pub struct Engine {
    language: Language,
    codebook: Codebook,
    resources: Resources,
    tagger: Option<RoleTagger>,
    produced_by: ProducedBy,
}

impl Engine {
    /// Opens the embedded weights and data.
    ///
    /// # Errors
    /// When they are damaged: a fault of the build.
    pub fn embedded() -> Result<Self, EngineError> {
        Self::open(&EngineOptions::default())
    }

    /// Opens weights and data.
    ///
    /// # Errors
    /// When a file can't be read, is damaged, or isn't what its option wants; the message names it.
    pub fn open(options: &EngineOptions) -> Result<Self, EngineError> {
        let mut weights = Vec::new();
        let mut told = BTreeMap::new();
        let language = match &options.language_model {
            None => {
                weights.push(recorded(LANGUAGE));
                Language::from_weights(embedded(LANGUAGE))
                    .map_err(|error| damaged("embedded language weights", &error))?
            }
            Some(folder) => {
                told.insert("language_model".to_owned(), folder.display().to_string());
                Language::from_package(&|name| std::fs::read(folder.join(name)).ok())
                    .map_err(|error| damaged(&folder.display().to_string(), &error))?
            }
        };
        weights.push(recorded(TRUECASER));
        let language = language
            .with_truecaser(embedded(TRUECASER))
            .map_err(|error| damaged("embedded truecaser weights", &error))?;
        let mut codebook = Codebook::english().map_err(|error| damaged("embedded codebook", &error))?;
        if !options.places_by_rules {
            codebook = codebook
                .with_place_weights(embedded(RECOGNISER))
                .map_err(|error| damaged("embedded weights", &error))?;
            weights.push(recorded(RECOGNISER));
        }
        if !options.statements_by_rules {
            codebook = codebook
                .with_attribution_weights(embedded(STATEMENTS))
                .map_err(|error| damaged("embedded weights", &error))?;
            weights.push(recorded(STATEMENTS));
        }
        let mut registry = Registry::from_tables(REGISTRY)
            .map_err(|error| damaged("embedded registry", &error))?
            .with_archive(watchkeeper_builtin::ministers());
        for path in &options.registry {
            let text = String::from_utf8(read(path)?)
                .map_err(|error| damaged(&path.display().to_string(), &format!("not UTF-8: {error}")))?;
            weights.push(digest(text.as_bytes()));
            registry
                .add_table(&path.display().to_string(), &text)
                .map_err(|error| damaged("the registry file", &error))?;
        }
        let (gazetteer, digests) = open_gazetteer(&options.gazetteer_extra)?;
        if digests.len() > 1 {
            told.insert("gazetteer_extra".to_owned(), digests[1..].join(" "));
        }
        weights.extend(digests);
        let ranker = match &options.ranker {
            Some(ranker) => ranker.clone(),
            None => {
                weights.push(recorded(PLACES));
                Ranker::from_weights(embedded(PLACES))
                    .map_err(|error| damaged("embedded place weights", &error))?
            }
        };
        let name = if options.deep { INCIDENTS_DEEP } else { INCIDENTS };
        codebook = codebook
            .with_incident_weights(name.trim_end_matches(".wkw"), embedded(name))
            .map_err(|error| damaged("embedded weights", &error))?;
        weights.push(recorded(name));
        let mut tagger = None;
        if options.deep {
            let loaded = RoleTagger::from_weights(embedded(ENCODER_BASE), &ENCODER_TAGGERS.map(embedded))
                .map_err(|error| damaged("embedded encoder weights", &error))?;
            tagger = Some(loaded);
            weights.push(recorded(ENCODER_BASE));
            weights.extend(ENCODER_TAGGERS.map(recorded));
            told.insert("deep".to_owned(), "true".to_owned());
        }
        let produced_by =
            ProducedBy { version: env!("CARGO_PKG_VERSION").to_owned(), weights, options: told };
        Ok(Self {
            language,
            codebook,
            resources: Resources { gazetteer, ranker, registry },
            tagger,
            produced_by,
        })
    }

    /// What names are looked up in: for benchmarks of the rooms below.
    #[must_use]
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Reads one document from its bytes. For many documents keep a [`Worker`], which remembers words.
    ///
    /// # Errors
    /// When the bytes are no text that can be read: empty, binary, too long.
    pub fn read_bytes(&self, bytes: &[u8], options: &ReadOptions) -> Result<Reading, Failure> {
        self.worker().read_bytes(bytes, options)
    }

    /// Makes a worker that has seen nothing yet. Not shared between threads.
    #[must_use]
    pub fn worker(&self) -> Worker<'_> {
        Worker {
            engine: self,
            annotator: Annotator::new(&self.language, &watchkeeper_nlp::Options::default()),
        }
    }

    /// Cleans one document of plain bytes.
    fn text(&self, bytes: &[u8], options: &ReadOptions) -> Result<Article, Failure> {
        let article_options = ArticleOptions {
            published: options.published,
            size_max: options.size_max,
            ..ArticleOptions::default()
        };
        watchkeeper_article::extract(bytes, &article_options).map_err(|error| Failure {
            origin: "input".to_owned(),
            code: error.code(),
            message: error.to_string(),
        })
    }

    /// Cleans one page. What the user says of it wins over what its container says, and that over what the text says.
    pub(crate) fn article(
        &self,
        page: &RawPage,
        options: &ReadOptions,
    ) -> Result<Article, (&'static str, String)> {
        let article_options = ArticleOptions {
            published: options.published,
            size_max: options.size_max,
            ..ArticleOptions::default()
        };
        let mut article = watchkeeper_article::extract_page(page, &article_options)
            .map_err(|error| (error.code(), error.to_string()))?;
        if page.body.is_some() {
            // The document is what came in, not what was made of it.
            article.id = crate::gather::page_digest(page);
        }
        Ok(article)
    }
}

/// One thread's way through the rooms. What it has read before never changes a reading.
pub struct Worker<'e> {
    engine: &'e Engine,
    annotator: Annotator<'e>,
}

impl<'e> Worker<'e> {
    /// What names are looked up in: for benchmarks of the rooms below.
    #[must_use]
    pub fn resources(&self) -> &'e Resources {
        &self.engine.resources
    }

    /// Reads one document from its bytes.
    ///
    /// # Errors
    /// When the bytes are no text that can be read: empty, binary, too long.
    pub fn read_bytes(&mut self, bytes: &[u8], options: &ReadOptions) -> Result<Reading, Failure> {
        let article = self.engine.text(bytes, options)?;
        Ok(self.read_articles(vec![article], options).pop().expect("one reading for each article"))
    }

    /// Reads one page, with what its door remarked on it.
    ///
    /// # Errors
    /// When the page holds no text that can be read.
    pub fn read_page(&mut self, gathered: Gathered, options: &ReadOptions) -> Result<Read, Failure> {
        crate::run::batch(self.engine, self, vec![Ok(gathered)], options)
            .pop()
            .expect("one outcome for each page")
    }

    /// What the passages of one document say, before anything is linked: for benchmarks of the rooms below.
    ///
    /// # Errors
    /// When the bytes are no text that can be read: empty, binary, too long.
    pub fn passages(&mut self, bytes: &[u8], options: &ReadOptions) -> Result<(Document, Mentions), Failure> {
        let article = self.engine.text(bytes, options)?;
        let doc = self.annotator.annotate(&[article]).pop().expect("one document for each article");
        let mentions =
            watchkeeper_extraction::extract(&doc, &self.engine.codebook, &self.engine.resources.gazetteer);
        Ok((doc, mentions))
    }

    /// What the encoder says of a document's tokens; `None` where the engine was opened without it.
    #[must_use]
    pub fn token_roles(&self, doc: &Document) -> Option<TokenRoles> {
        self.engine.tagger.as_ref().map(|tagger| tagger.tag(doc))
    }

    /// One document with its annotation, before anything is extracted: for benchmarks of the rooms below.
    ///
    /// # Errors
    /// When the bytes are no text that can be read: empty, binary, too long.
    pub fn document(&mut self, bytes: &[u8], options: &ReadOptions) -> Result<Document, Failure> {
        let article = self.engine.text(bytes, options)?;
        Ok(self.annotator.annotate(&[article]).pop().expect("one document for each article"))
    }

    /// The place names of a document with those inside other names and demonyms, for benchmarks that count more than a reading.
    #[must_use]
    pub fn toponyms(&self, doc: &Document) -> Vec<PlaceMention> {
        let kinds = [PlaceKind::Name, PlaceKind::Inside, PlaceKind::Demonym];
        let (codebook, names) = (&self.engine.codebook, &self.engine.resources.gazetteer);
        watchkeeper_extraction::place_mentions(doc, codebook, names, &kinds)
    }

    /// Every phrase of a document that points to a thing, with the thing's coarse kind: for benchmarks that count more than a reading.
    #[must_use]
    pub fn things(&self, doc: &Document, mentions: &Mentions) -> Vec<Thing> {
        let known = watchkeeper_linkage::actor::known_names(doc, mentions, &self.engine.resources.registry);
        watchkeeper_extraction::things(doc, &self.engine.codebook, mentions, &known)
    }

    /// What the sentences say those things have to do with each other.
    #[must_use]
    pub fn ties(&self, doc: &Document, things: &[Thing]) -> Vec<Tie> {
        watchkeeper_extraction::ties(doc, &self.engine.codebook, things)
    }

    /// Who said or thought what, by the weights alone and of all kinds, for benchmarks that count more than a reading.
    #[must_use]
    pub fn attributions(&self, doc: &Document) -> Vec<Attribution> {
        watchkeeper_extraction::attribution::find(doc, &self.engine.codebook, None)
    }

    /// Every span that may be a place name with its features: for training and benchmarks of the recogniser.
    ///
    /// # Errors
    /// When the bytes are no text that can be read: empty, binary, too long.
    pub fn place_candidates(
        &mut self,
        bytes: &[u8],
        options: &ReadOptions,
    ) -> Result<(Document, Vec<PlaceCandidate>), Failure> {
        let article = self.engine.text(bytes, options)?;
        let doc = self.annotator.annotate(&[article]).pop().expect("one document for each article");
        let (codebook, names) = (&self.engine.codebook, &self.engine.resources.gazetteer);
        let candidates = watchkeeper_extraction::place_candidates(&doc, codebook, names);
        Ok((doc, candidates))
    }

    /// Takes cleaned articles through the remaining rooms, a reading for each, in order. Neighbours never change a reading.
    #[must_use]
    pub fn read_articles(&mut self, mut articles: Vec<Article>, options: &ReadOptions) -> Vec<Reading> {
        for article in &mut articles {
            if !matches!(article.language.as_str(), "en" | "und") {
                // The article room has remarked on it.
                article.blocks.clear();
            }
            crate::prose::hold(article, options.words_max);
        }
        let engine = self.engine;
        self.annotator
            .annotate(&articles)
            .into_iter()
            .map(|doc| {
                let doc = &crate::prose::cut_sentences(doc);
                let mut mentions =
                    watchkeeper_extraction::extract(doc, &engine.codebook, &engine.resources.gazetteer);
                let roles = || engine.tagger.as_ref().map(|tagger| tagger.tag(doc));
                watchkeeper_extraction::fill_perpetrators(doc, &engine.codebook, roles, &mut mentions);
                let mut reading =
                    watchkeeper_linkage::link(doc, mentions, &engine.resources, &LinkOptions::default());
                reading.produced_by = engine.produced_by.clone();
                if let Some(published) = options.published {
                    reading.produced_by.options.insert("published".to_owned(), published.to_string());
                }
                if options.words_max != crate::WORDS_MAX {
                    reading.produced_by.options.insert("words_max".to_owned(), options.words_max.to_string());
                }
                reading
            })
            .collect()
    }
}

/// Opens the embedded registry alone.
pub(crate) fn open_registry() -> Result<Registry, EngineError> {
    Registry::from_tables(REGISTRY).map_err(|error| damaged("embedded registry", &error))
}

/// Opens the embedded gazetteer with the user's own tables, and the SHA-256 digests of both.
pub(crate) fn open_gazetteer(extra: &[PathBuf]) -> Result<(Gazetteer, Vec<String>), EngineError> {
    let gazetteer = Gazetteer::open(watchkeeper_builtin::gazetteer())
        .map_err(|error| damaged("embedded gazetteer", &error))?;
    let mut digests: Vec<String> =
        vec![gazetteer.digest().iter().map(|byte| format!("{byte:02x}")).collect()];
    let mut own = Extra::default();
    for path in extra {
        let name = path.display().to_string();
        let text =
            String::from_utf8(read(path)?).map_err(|error| damaged(&name, &format!("not UTF-8: {error}")))?;
        digests.push(digest(text.as_bytes()));
        own.add(&text, &gazetteer).map_err(|error| damaged(&name, &error))?;
    }
    Ok((if own.is_empty() { gazetteer } else { gazetteer.with_extra(own) }, digests))
}

fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    std::fs::read(path).map_err(|error| EngineError::Io { path: path.to_path_buf(), error })
}

fn damaged(name: &str, message: &impl ToString) -> EngineError {
    EngineError::Data { name: name.to_owned(), message: message.to_string() }
}

/// The bytes of an embedded file of weights.
fn embedded(name: &str) -> &'static [u8] {
    watchkeeper_builtin::weights(name)
        .expect("the names above are those of embedded files, which a test reads")
}

/// The digest that weights.toml records for an embedded file. Computing it anew would cost a tenth of a cold start; a test holds
/// the two together.
fn recorded(name: &str) -> String {
    let row = WEIGHTS_TABLE.split("[[file]]").find(|row| row.contains(&format!("name = \"{name}\"")));
    let digest = row.and_then(|row| row.lines().find_map(|line| line.strip_prefix("sha256 = ")));
    digest.expect("weights.toml has a row for every embedded file").trim_matches('"').to_owned()
}

/// SHA-256, hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_digests_are_those_of_the_embedded_files() {
        let encoder = [ENCODER_BASE, ENCODER_TAGGERS[0], ENCODER_TAGGERS[1]];
        let others = [LANGUAGE, TRUECASER, PLACES, RECOGNISER, INCIDENTS, INCIDENTS_DEEP, STATEMENTS];
        for name in encoder.iter().chain(&others) {
            assert_eq!(recorded(name), digest(embedded(name)), "{name}");
        }
    }
}
