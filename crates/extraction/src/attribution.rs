//! Attributions: who is said to have said, written, thought, wished or felt what, by learned weights.
//!
//! In: an annotated document. Out: [`Attribution`]s: the words of a cue, the phrase of its source (or none), the pieces of its content.
//! Three boosted forests propose: which words are cues, which of a cue's candidates is its content, which its source; a fourth says
//! which proposals are kept. Their features are shapes of dependencies, quotation marks, broad senses of words, and shares by lemma
//! ([`Rates`]). What kind of statement it is, how sure and of what polarity, is decided in `statement`, by rules.
//!
//! Training is in `watchkeeper-eval`; what it needs is public here.

mod accept;
mod content;
mod cue;
mod rates;
mod scene;
mod senses;
mod source;

use std::ops::Range;

use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_nn::{WeightFile, WeightFileBuilder};
use watchkeeper_record::Document;
use watchkeeper_record::document::TokenIndex;

pub use accept::{Proposal, choose};
pub use content::Content;
pub use rates::Rates;
pub use scene::Scene;
pub(crate) use senses::Senses;
pub use source::Source;

use crate::codebook::Codebook;

/// Cues less likely than this are not followed up, in log-odds.
const CUE_LEAST: f32 = -2.8;

/// Who said or thought what.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// The words that tell of the saying or thinking.
    pub cue: Range<TokenIndex>,
    /// Their head.
    pub head: TokenIndex,
    /// The phrase of whoever says or thinks it; `None` where the text names nobody.
    pub source: Option<Range<TokenIndex>>,
    /// Head of that phrase.
    pub source_head: Option<TokenIndex>,
    /// What is said or thought; never empty.
    pub content: Vec<Range<TokenIndex>>,
    /// Probability that source and content are right.
    pub score: f32,
    /// Weights, score and the features that weighed most.
    pub why: String,
}

/// A row of features, in a fixed order; keeps their names where asked to.
#[derive(Debug, Default)]
pub struct Row {
    /// The values.
    pub values: Vec<f32>,
    names: Option<Vec<&'static str>>,
}

impl Row {
    fn new(named: bool) -> Self {
        Self { values: Vec::with_capacity(64), names: named.then(Vec::new) }
    }

    fn put(&mut self, name: &'static str, value: f32) {
        self.values.push(value);
        if let Some(names) = &mut self.names {
            names.push(name);
        }
    }

    fn flag(&mut self, name: &'static str, value: bool) {
        self.put(name, f32::from(u8::from(value)));
    }
}

/// Shares by word and the three forests that propose.
#[derive(Debug, Clone)]
pub struct Proposer {
    /// Shares by word.
    pub rates: Rates,
    /// Whether a word is a cue.
    pub cue: Forest,
    /// Which candidate is the content.
    pub content: Forest,
    /// Which candidate is the source.
    pub source: Forest,
}

/// All weights.
#[derive(Debug, Clone)]
pub struct Weights {
    /// What proposes.
    pub proposer: Proposer,
    /// Whether a proposal is kept.
    pub accept: Forest,
    /// Least probability of an attribution that is kept, where all kinds are wanted.
    pub enough: f32,
}

/// Names of the features of a cue, a content, a source and a proposal, in the order of their rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeatureNames {
    /// Of a cue.
    pub cue: Vec<&'static str>,
    /// Of a content.
    pub content: Vec<&'static str>,
    /// Of a source.
    pub source: Vec<&'static str>,
    /// Of a proposal: its own, then those of its cue, content and source.
    pub accept: Vec<String>,
}

/// Prepares a document.
#[must_use]
pub fn scene<'a>(doc: &'a Document, codebook: &'a Codebook) -> Scene<'a> {
    Scene::new(doc, &codebook.senses)
}

/// The tokens that may be cues: all of their kinds for counting, or those that the counts leave.
#[must_use]
pub fn cue_candidates(scene: &Scene<'_>, rates: Option<&Rates>) -> Vec<TokenIndex> {
    (0..scene.doc.tokens().len() as TokenIndex).filter(|&index| cue::may_be(scene, rates, index)).collect()
}

/// The features of a cue.
#[must_use]
pub fn cue_row(scene: &Scene<'_>, codebook: &Codebook, rates: &Rates, index: TokenIndex) -> Vec<f32> {
    let mut row = Row::new(false);
    cue::fill(scene, rates, &codebook.statement, index, &mut row);
    row.values
}

/// The candidates for the content of a cue.
#[must_use]
pub fn contents(scene: &Scene<'_>, index: TokenIndex) -> Vec<Content> {
    content::candidates(scene, index, &content::members(scene, &Rates::default(), index))
}

/// The features of the candidates for the content of a cue, row after row.
#[must_use]
pub fn content_rows(
    scene: &Scene<'_>,
    rates: &Rates,
    index: TokenIndex,
    contents: &[Content],
) -> Vec<Vec<f32>> {
    let members = content::members(scene, rates, index);
    let ground = content::ground(scene, rates, index);
    contents
        .iter()
        .map(|content| {
            let mut row = Row::new(false);
            content::fill(scene, rates, &ground, &members, index, content, &mut row);
            row.values
        })
        .collect()
}

/// The candidates for the source of a cue.
#[must_use]
pub fn sources(scene: &Scene<'_>, index: TokenIndex) -> Vec<Source> {
    source::candidates(scene, index)
}

/// The features of the candidates for the source of a cue with its content, row after row.
#[must_use]
pub fn source_rows(
    scene: &Scene<'_>,
    codebook: &Codebook,
    rates: &Rates,
    index: TokenIndex,
    content: &[Range<TokenIndex>],
    sources: &[Source],
) -> Vec<Vec<f32>> {
    let ground = source::ground(scene, rates, &codebook.frame, index, sources);
    sources
        .iter()
        .map(|source| {
            let mut row = Row::new(false);
            source::fill(scene, rates, &ground, index, content, source, &mut row);
            row.values
        })
        .collect()
}

/// Counts a word as a cue or not.
pub fn count_cue(scene: &Scene<'_>, rates: &mut Rates, index: TokenIndex, hit: bool) {
    for chain in cue::chains(scene, index) {
        rates.add(&chain, hit);
    }
}

/// Counts, for a cue, which dependents belong to its content and which candidate that is.
pub fn count_contents(
    scene: &Scene<'_>,
    rates: &mut Rates,
    index: TokenIndex,
    contents: &[Content],
    right: &[bool],
    inside: &dyn Fn(&Range<TokenIndex>) -> bool,
) {
    for member in content::members(scene, &Rates::default(), index) {
        let hit = inside(&member.tokens);
        let [by_cue, by_object] = &member.chains;
        rates.add(by_cue, hit);
        // The general keys are counted once.
        rates.add(&by_object[by_object.len() - 1..], hit);
    }
    for (content, &right) in contents.iter().zip(right) {
        rates.add(&content::kind_chain(scene, index, content), right);
        rates.add(&content::cut_chain(scene, content), right);
    }
}

/// Counts, for a cue, which candidate is its source.
pub fn count_sources(
    scene: &Scene<'_>,
    rates: &mut Rates,
    index: TokenIndex,
    sources: &[Source],
    right: &[bool],
) {
    for (source, &right) in sources.iter().zip(right) {
        rates.add(&source::path_chain(scene, index, source), right);
        rates.add(&source::word_chain(scene, source), right);
        if source.phrase.is_none() {
            rates.add(&source::none_chain(scene, index), right);
        }
    }
}

/// The likely cues of a document, each with the content and source that suit it best.
#[must_use]
pub fn propose(scene: &Scene<'_>, codebook: &Codebook, proposer: &Proposer) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let mut row = Row::new(false);
    for index in cue_candidates(scene, Some(&proposer.rates)) {
        row.values.clear();
        cue::fill(scene, &proposer.rates, &codebook.statement, index, &mut row);
        let cue_logit = proposer.cue.score(&row.values);
        if cue_logit < CUE_LEAST {
            continue;
        }
        let word = row.values.get(2).copied().unwrap_or_default();
        let mut parts = row.values.clone();
        let rates = &proposer.rates;
        let members = content::members(scene, rates, index);
        let contents = content::candidates(scene, index, &members);
        let ground = content::ground(scene, rates, index);
        let scores: Vec<f32> = contents
            .iter()
            .map(|content| {
                row.values.clear();
                content::fill(scene, rates, &ground, &members, index, content, &mut row);
                proposer.content.score(&row.values)
            })
            .collect();
        let Some((best, content_share, content_second)) = leader(&scores) else { continue };
        let content = contents[best].clone();
        row.values.clear();
        content::fill(scene, rates, &ground, &members, index, &content, &mut row);
        parts.extend_from_slice(&row.values);
        let sources = source::candidates(scene, index);
        let ground = source::ground(scene, rates, &codebook.frame, index, &sources);
        let scores: Vec<f32> = sources
            .iter()
            .map(|source| {
                row.values.clear();
                source::fill(scene, rates, &ground, index, &content.pieces, source, &mut row);
                proposer.source.score(&row.values)
            })
            .collect();
        let Some((best, source_share, _)) = leader(&scores) else { continue };
        let source = sources[best].clone();
        row.values.clear();
        source::fill(scene, rates, &ground, index, &content.pieces, &source, &mut row);
        parts.extend_from_slice(&row.values);
        proposals.push(Proposal {
            cue: index,
            cue_logit,
            content,
            content_share,
            content_second,
            source_path: rates.logit(&source::path_chain(scene, index, &source)),
            source,
            source_share,
            word,
            quoted: scene.quotation(index).is_some(),
            parts,
            features: Vec::new(),
        });
    }
    accept::fill(scene, &mut proposals, None);
    proposals
}

/// The highest of scores, its share of the probability and that of the second.
fn leader(scores: &[f32]) -> Option<(usize, f32, f32)> {
    let (at, &top) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))?;
    let all: f32 = scores.iter().map(|score| (score - top).exp()).sum();
    let second = scores
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, score)| (score - top).exp())
        .fold(0.0, f32::max);
    Some((at, 1.0 / all, second / all))
}

/// Most features that an explanation names.
const FEATURES_TOLD: usize = 3;

/// Finds the attributions of a document that are at least as likely as `enough`. Cost: linear in its length.
#[must_use]
pub fn find(doc: &Document, codebook: &Codebook, enough: Option<f32>) -> Vec<Attribution> {
    let Some(weights) = &codebook.attribution else { return Vec::new() };
    let scene = scene(doc, codebook);
    let proposals = propose(&scene, codebook, &weights.proposer);
    let scores: Vec<f32> =
        proposals.iter().map(|proposal| logistic(weights.accept.score(&proposal.features))).collect();
    let why = |at: usize| {
        let added = weights.accept.explain(&proposals[at].features);
        let mut order: Vec<usize> = (0..added.len()).collect();
        order.sort_by(|&a, &b| added[b].abs().total_cmp(&added[a].abs()).then(a.cmp(&b)));
        let told: Vec<String> = order
            .into_iter()
            .take(FEATURES_TOLD)
            .map(|at| format!("{} {:+.1}", weights.accept.features()[at], added[at]))
            .collect();
        format!("weights statements-en {:.2}: {}", scores[at], told.join(", "))
    };
    choose(&scene, &proposals, &scores, enough.unwrap_or(weights.enough), &why)
}

impl Weights {
    /// Reads a weight file.
    ///
    /// # Errors
    /// When it isn't one, or is for other features; in words.
    pub fn read(bytes: &[u8], codebook: &Codebook) -> Result<Self, String> {
        let file = WeightFile::parse(bytes).map_err(|error| error.to_string())?;
        let forest = |name: &str| Forest::from_weights(&file, name).map_err(|error| error.to_string());
        let rates = file.blob("rates").map_err(|error| error.to_string())?;
        let enough = file.tensor("enough").map_err(|error| error.to_string())?;
        let weights = Self {
            proposer: Proposer {
                rates: Rates::from_bytes(rates),
                cue: forest("cue")?,
                content: forest("content")?,
                source: forest("source")?,
            },
            accept: forest("accept")?,
            enough: enough.data.first().copied().unwrap_or(0.5),
        };
        let names = feature_names(codebook);
        let fits = |forest: &Forest, names: &[&str]| {
            forest.features().iter().map(String::as_str).eq(names.iter().copied())
        };
        let all = fits(&weights.proposer.cue, &names.cue)
            && fits(&weights.proposer.content, &names.content)
            && fits(&weights.proposer.source, &names.source)
            && weights.accept.features() == names.accept;
        if !all {
            return Err("they are for other features; train again".to_owned());
        }
        Ok(weights)
    }

    /// Writes a weight file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut file = WeightFileBuilder::new();
        file.blob("rates", &self.proposer.rates.to_bytes());
        file.tensor("enough", &[1], &[self.enough]);
        self.proposer.cue.write("cue", &mut file);
        self.proposer.content.write("content", &mut file);
        self.proposer.source.write("source", &mut file);
        self.accept.write("accept", &mut file);
        file.finish()
    }
}

/// The names of all features, taken from rows for a sentence of two words.
#[must_use]
pub fn feature_names(codebook: &Codebook) -> FeatureNames {
    let doc = two_words();
    let scene = scene(&doc, codebook);
    let rates = Rates::default();
    let mut names = FeatureNames::default();
    let mut own = Vec::new();
    let mut row = Row::new(true);
    cue::fill(&scene, &rates, &codebook.statement, 1, &mut row);
    names.cue = row.names.take().unwrap_or_default();
    let members = content::members(&scene, &rates, 1);
    let candidate = content::Content::of(0..1);
    let mut row = Row::new(true);
    content::fill(&scene, &rates, &content::ground(&scene, &rates, 1), &members, 1, &candidate, &mut row);
    names.content = row.names.take().unwrap_or_default();
    let sources = source::candidates(&scene, 1);
    let ground = source::ground(&scene, &rates, &codebook.frame, 1, &sources);
    let mut row = Row::new(true);
    for source in sources.iter().take(1) {
        source::fill(&scene, &rates, &ground, 1, &[], source, &mut row);
        let proposal = Proposal {
            cue: 1,
            cue_logit: 0.0,
            content: candidate.clone(),
            content_share: 0.0,
            content_second: 0.0,
            source: source.clone(),
            source_share: 0.0,
            source_path: 0.0,
            word: 0.0,
            quoted: false,
            parts: Vec::new(),
            features: Vec::new(),
        };
        accept::fill(&scene, &mut [proposal], Some(&mut own));
    }
    names.source = row.names.take().unwrap_or_default();
    names.accept = own.iter().map(|&name| name.to_owned()).collect();
    for (part, of) in [("cue", &names.cue), ("content", &names.content), ("source", &names.source)] {
        names.accept.extend(of.iter().map(|name| format!("{name} of the {part}")));
    }
    names
}

/// "They said", annotated.
fn two_words() -> Document {
    use watchkeeper_record::article::{Article, Block, BlockKind};
    use watchkeeper_record::document::{Dep, Pos, Sentence, Tag, Token};
    use watchkeeper_record::span::Span;
    let text = "They said";
    let token = |start: u32, end: u32, lemma: &str, tag, pos, dep| Token {
        span: Span::new(start, end),
        text: text[start as usize..end as usize].into(),
        lemma: lemma.into(),
        morph: "".into(),
        tag,
        pos,
        dep,
        head: 1,
        space_after: start == 0,
    };
    let block = Block { kind: BlockKind::Paragraph, pieces: vec![Span::new(0, 9)] };
    Document::new(
        Article::of_blocks(text, vec![block]),
        vec![
            token(0, 4, "they", Tag::Prp, Pos::Pron, Dep::Nsubj),
            token(5, 9, "say", Tag::Vbd, Pos::Verb, Dep::Root),
        ],
        vec![Sentence { tokens: 0..2, block: 0 }],
        Vec::new(),
    )
}
