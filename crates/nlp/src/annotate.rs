//! The door of the room: articles in, annotated documents out.
//!
//! Every block of an article is a document of its own to the networks, so a sentence never crosses a block. Blocks of many
//! articles are computed together for speed; the result for one never depends on the others, on what a worker did before or
//! on the number of workers. Memory is bounded by the longest block, not by the number of articles.
//!
//! [`Annotator::annotate_text`] is the plain-text door: the same as spaCy's `nlp(text)`.

use std::ops::Range;

use compact_str::CompactString;
use watchkeeper_nn::layers::HIDDEN;
use watchkeeper_record::article::{Article, View};
use watchkeeper_record::document::{Dep, Document, Entity, EntityLabel, Pos, Sentence, Tag, Token as Word};

use crate::language::Language;
use crate::lemma::LemmaMemory;
use crate::package::WIDTH;
use crate::parse::Parse;
use crate::ruler::{Ruled, RulerState};
use crate::shares::Shares;
use crate::tok2vec::{Piece, Scratch, Tok2Vec, WordCache};
use crate::tokenize::{Token, TokenizerState};
use crate::truecase;

/// Tokens computed together: enough to keep the matrix products busy, few enough to stay in the cache.
const BATCH: usize = 1024;
/// About as many tokens of text, in bytes.
const BATCH_BYTES: usize = BATCH * 5;

/// Longest text that is read as a whole, in bytes. spaCy refuses texts of more than 1,000,000 characters; longer ones are
/// read in parts here, cut after white space, so that memory stays bounded.
const TEXT_BYTES_MAX: usize = 1_000_000;

/// How to annotate. There are no options yet that change results.
#[derive(Debug, Clone, Default)]
pub struct Options {}

/// Annotates articles, in order. For many calls keep an [`Annotator`], which remembers words.
#[must_use]
pub fn annotate(articles: &[Article], language: &Language, options: &Options) -> Vec<Document> {
    Annotator::new(language, options).annotate(articles)
}

/// One token of a plain text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextToken {
    /// First byte in the text.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// Whether one U+0020 follows that belongs to no token.
    pub space_after: bool,
    /// Fine tag.
    pub tag: Tag,
    /// Coarse tag.
    pub pos: Pos,
    /// Morphological features, or empty.
    pub morph: CompactString,
    /// Base form.
    pub lemma: CompactString,
    /// Dependency label.
    pub dep: Dep,
    /// Index of the governor; its own for a root.
    pub head: u32,
    /// Whether a sentence begins here.
    pub sentence_start: bool,
}

/// The annotation of a plain text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextAnnotation {
    /// Tokens in order; with the spaces after them they tile the text.
    pub tokens: Vec<TextToken>,
    /// Entities as (first token, one past the last token, label), in order.
    pub entities: Vec<(u32, u32, EntityLabel)>,
}

/// One worker: a language package and what it remembers of the words it has seen. Not shared between threads.
#[derive(Debug)]
pub struct Annotator<'l> {
    language: &'l Language,
    tokenizer: TokenizerState,
    words: WordCache,
    ner_words: WordCache,
    scratch: Scratch,
    vectors: Vec<f32>,
    tag_scores: Vec<f32>,
    parser_shares: Shares,
    ner_shares: Shares,
    ruler: RulerState,
    lemmas: LemmaMemory,
}

/// Everything the networks and the ruler say of one text.
struct Analysis {
    tokens: Vec<Token>,
    parse: Parse,
    ruled: Vec<Ruled>,
    entities: Vec<(u32, u32, EntityLabel)>,
}

impl<'l> Annotator<'l> {
    /// Makes a worker that has seen nothing yet.
    #[must_use]
    pub fn new(language: &'l Language, _options: &Options) -> Self {
        Self {
            language,
            tokenizer: TokenizerState::default(),
            words: WordCache::default(),
            ner_words: WordCache::default(),
            scratch: Scratch::default(),
            vectors: Vec::new(),
            tag_scores: Vec::new(),
            parser_shares: Shares::default(),
            ner_shares: Shares::default(),
            ruler: RulerState::default(),
            lemmas: LemmaMemory::default(),
        }
    }

    /// Annotates articles, in order.
    #[must_use]
    pub fn annotate(&mut self, articles: &[Article]) -> Vec<Document> {
        let mut documents: Vec<Parts> = articles.iter().map(|_| Parts::default()).collect();
        let (mut batch, mut views): (Vec<BlockPart>, Vec<View>) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        for (number, article) in articles.iter().enumerate() {
            let mut own: Vec<View> = article.blocks.iter().map(|block| block.view(&article.text)).collect();
            if let Some(truecaser) = &self.language.truecaser {
                restore_case(truecaser, &mut own);
            }
            for (block, view) in own.into_iter().enumerate() {
                views.push(view);
                let view = views.len() - 1;
                for range in parts(&views[view].text) {
                    bytes += range.len();
                    batch.push(BlockPart { number, block: block as u32, view, range });
                    if bytes >= BATCH_BYTES {
                        self.blocks(&batch, &views, &mut documents);
                        batch.clear();
                        bytes = 0;
                    }
                }
                if batch.is_empty() {
                    views.clear();
                }
            }
        }
        self.blocks(&batch, &views, &mut documents);
        articles.iter().zip(documents).map(|(article, parts)| parts.document(article.clone())).collect()
    }

    /// Annotates plain texts as spaCy's `nlp.pipe` does. Each text must be shorter than 4 GiB.
    #[must_use]
    pub fn annotate_texts(&mut self, texts: &[&str]) -> Vec<TextAnnotation> {
        let mut out = vec![TextAnnotation::default(); texts.len()];
        let mut batch: Vec<TextPart<'_>> = Vec::new();
        let mut bytes = 0;
        for (number, text) in texts.iter().enumerate() {
            for range in parts(text) {
                if bytes + range.len() > BATCH_BYTES && !batch.is_empty() {
                    self.texts(&batch, &mut out);
                    batch.clear();
                    bytes = 0;
                }
                bytes += range.len();
                batch.push(TextPart { number, start: range.start, text: &text[range] });
            }
        }
        self.texts(&batch, &mut out);
        out
    }

    /// Annotates one plain text as spaCy's `nlp(text)` does.
    #[must_use]
    pub fn annotate_text(&mut self, text: &str) -> TextAnnotation {
        self.annotate_texts(&[text]).pop().unwrap_or_default()
    }

    fn texts(&mut self, batch: &[TextPart<'_>], out: &mut [TextAnnotation]) {
        let texts: Vec<&str> = batch.iter().map(|part| part.text).collect();
        let analyses = self.analyse(&texts);
        for (part, analysis) in batch.iter().zip(analyses) {
            self.add_text(part.start, &analysis, &mut out[part.number]);
        }
    }

    fn blocks(&mut self, batch: &[BlockPart], views: &[View], out: &mut [Parts]) {
        let texts: Vec<&str> = batch.iter().map(|part| &views[part.view].text[part.range.clone()]).collect();
        let analyses = self.analyse(&texts);
        for (part, analysis) in batch.iter().zip(analyses) {
            self.add_block(part, &views[part.view], &analysis, &mut out[part.number]);
        }
    }

    /// Runs the pipeline over texts that are computed together.
    fn analyse(&mut self, texts: &[&str]) -> Vec<Analysis> {
        self.tokenizer.clear_if_large();
        let language = self.language;
        let docs: Vec<Vec<Token>> = texts
            .iter()
            .map(|text| {
                let mut tokens = Vec::new();
                language.tokenizer.tokenize(&language.tables, text, &mut self.tokenizer, &mut tokens);
                tokens
            })
            .collect();
        let total: usize = docs.iter().map(Vec::len).sum();
        let mut tags = Vec::with_capacity(total);
        let mut projected = Vec::with_capacity(total * HIDDEN);
        for pieces in chunks(&docs) {
            self.encode(&language.tok2vec, &pieces, false);
            self.tag(&mut tags);
            language.parser.project(&self.vectors, &mut projected);
        }
        let mut out = Vec::with_capacity(docs.len());
        let mut at = 0;
        for tokens in &docs {
            let range = at..at + tokens.len();
            let lexicon = &self.tokenizer.lexicon;
            let is_space = |i: usize| lexicon.attributes(tokens[i].lexeme).is_space;
            let projected = &projected[range.start * HIDDEN..range.end * HIDDEN];
            let parse = language.parser.parse(projected, is_space, &mut self.parser_shares);
            let ruled = self.rule(tokens, &tags[range.clone()], &parse);
            out.push(Analysis { tokens: Vec::new(), parse, ruled, entities: Vec::new() });
            at = range.end;
        }
        projected.clear();
        for pieces in chunks(&docs) {
            self.encode(&language.ner_tok2vec, &pieces, true);
            language.recogniser.project(&self.vectors, &mut projected);
        }
        let mut at = 0;
        for (tokens, analysis) in docs.into_iter().zip(&mut out) {
            let range = at..at + tokens.len();
            let lexicon = &self.tokenizer.lexicon;
            language.recogniser.recognise(
                &projected[range.start * HIDDEN..range.end * HIDDEN],
                |i| lexicon.attributes(tokens[i].lexeme).is_space,
                &analysis.parse.starts,
                &mut self.ner_shares,
                &mut analysis.entities,
            );
            analysis.tokens = tokens;
            at = range.end;
        }
        out
    }

    fn encode(&mut self, network: &Tok2Vec, pieces: &[Piece<'_>], ner: bool) {
        let cache = if ner { &mut self.ner_words } else { &mut self.words };
        network.encode(pieces, &self.tokenizer.lexicon, cache, &mut self.scratch, &mut self.vectors);
    }

    /// Appends the tag of each vector: the first of the best scores.
    fn tag(&mut self, tags: &mut Vec<u16>) {
        let tagger = &self.language.tagger;
        self.tag_scores.clear();
        self.tag_scores.resize(self.vectors.len() / WIDTH * tagger.outputs(), 0.0);
        tagger.apply(&self.vectors, &mut self.tag_scores);
        tags.extend(self.tag_scores.chunks_exact(tagger.outputs()).map(|scores| {
            let mut best = 0;
            for (i, score) in scores.iter().enumerate() {
                if *score > scores[best] {
                    best = i;
                }
            }
            best as u16
        }));
    }

    fn rule(&mut self, tokens: &[Token], tags: &[u16], parse: &Parse) -> Vec<Ruled> {
        let words: Vec<_> = tokens.iter().map(|token| token.lexeme).collect();
        // The ruler was given the labels in the order of the vocabulary.
        let deps: Vec<u16> = parse.deps.iter().map(|&dep| dep as u16).collect();
        let mut ruled = Vec::with_capacity(tokens.len());
        let lexicon = &self.tokenizer.lexicon;
        self.language.ruler.apply(lexicon, &words, tags, &deps, &mut self.ruler, &mut ruled);
        ruled
    }

    fn lemma(&mut self, token: &Token, ruled: &Ruled) -> CompactString {
        let ruler = &self.language.ruler;
        if let Some(lemma) = ruled.lemma {
            return ruler.lemmas()[usize::from(lemma)].clone();
        }
        let pos = (ruled.pos, ruler.coarse_tags()[usize::from(ruled.pos)].as_str());
        let morph = (ruled.morph, ruler.morphs()[usize::from(ruled.morph)].as_str());
        let lexicon = &self.tokenizer.lexicon;
        self.language.lemmatizer.lemma(lexicon, token.lexeme, pos, morph, &mut self.lemmas).clone()
    }

    /// Appends the annotation of a text's part that begins at byte `offset`.
    fn add_text(&mut self, offset: usize, analysis: &Analysis, out: &mut TextAnnotation) {
        let language = self.language;
        let first = out.tokens.len() as u32;
        out.tokens.reserve(analysis.tokens.len());
        for (i, (token, ruled)) in analysis.tokens.iter().zip(&analysis.ruled).enumerate() {
            out.tokens.push(TextToken {
                start: offset as u32 + token.start,
                len: token.len,
                space_after: token.space_after,
                tag: language.tags[usize::from(ruled.tag)],
                pos: language.coarse_tags[usize::from(ruled.pos)],
                morph: language.ruler.morphs()[usize::from(ruled.morph)].clone(),
                lemma: self.lemma(token, ruled),
                dep: language.deps[usize::from(ruled.dep)],
                head: first + analysis.parse.heads[i],
                sentence_start: analysis.parse.starts[i],
            });
        }
        out.entities.extend(analysis.entities.iter().map(|&(a, b, label)| (first + a, first + b, label)));
    }

    /// Appends a block's tokens, sentences and entities to its article's.
    fn add_block(&mut self, part: &BlockPart, view: &View, analysis: &Analysis, parts: &mut Parts) {
        let language = self.language;
        let first = parts.words.len() as u32;
        for (i, (token, ruled)) in analysis.tokens.iter().zip(&analysis.ruled).enumerate() {
            let start = part.range.start + token.start as usize;
            let end = start + token.len as usize;
            parts.words.push(Word {
                span: view.source(start, end),
                text: CompactString::from(&view.text[start..end]),
                lemma: self.lemma(token, ruled),
                morph: language.ruler.morphs()[usize::from(ruled.morph)].clone(),
                tag: language.tags[usize::from(ruled.tag)],
                pos: language.coarse_tags[usize::from(ruled.pos)],
                dep: language.deps[usize::from(ruled.dep)],
                head: first + analysis.parse.heads[i],
                space_after: token.space_after,
            });
        }
        for (start, end) in whole_sentences(&analysis.parse) {
            parts.sentences.push(Sentence { tokens: first + start..first + end, block: part.block });
        }
        for &(start, end, label) in &analysis.entities {
            parts.entities.push(Entity { tokens: first + start..first + end, label });
        }
    }
}

/// A text, or a part of a long one, in a batch.
struct TextPart<'t> {
    /// Which text.
    number: usize,
    /// Where the part begins in it.
    start: usize,
    text: &'t str,
}

/// A block, or a part of a long one, in a batch.
struct BlockPart {
    /// Which article.
    number: usize,
    /// Which block of it.
    block: u32,
    /// Which of the batch's views.
    view: usize,
    /// Bytes of the view.
    range: Range<usize>,
}

/// Splits a text into parts of at most [`TEXT_BYTES_MAX`] bytes, cut after white space where there is any. Nothing for an
/// empty text.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    while text.len() - start > TEXT_BYTES_MAX {
        let limit = text.floor_char_boundary(start + TEXT_BYTES_MAX);
        let cut = text[start..limit].char_indices().rev().find(|(_, c)| c.is_whitespace());
        let end = cut.map_or(limit, |(at, c)| start + at + c.len_utf8());
        out.push(start..end);
        start = end;
    }
    if start < text.len() {
        out.push(start..text.len());
    }
    out
}

/// What a document is made of, while its blocks come in.
#[derive(Default)]
struct Parts {
    words: Vec<Word>,
    sentences: Vec<Sentence>,
    entities: Vec<Entity>,
}

impl Parts {
    fn document(self, article: Article) -> Document {
        Document::new(article, self.words, self.sentences, self.entities)
    }
}

/// Restores the case of an article's blocks that are in capitals.
fn restore_case(truecaser: &truecase::model::Model, views: &mut [View]) {
    let restorer = truecase::Restorer::new(truecaser, views.iter().map(|view| view.text.as_str()));
    for view in views {
        if let Some(restored) = restorer.restore(&view.text) {
            view.text = restored;
        }
    }
}

/// Returns the sentences as token ranges. Where crossing trees leave a head outside its sentence, the sentences between are
/// joined, so that a head always lies in its sentence.
fn whole_sentences(parse: &Parse) -> Vec<(u32, u32)> {
    let count = parse.heads.len() as u32;
    let mut out: Vec<(u32, u32)> = Vec::new();
    let mut reach = 0;
    for i in 0..count {
        if i == 0 || (parse.starts[i as usize] && i >= reach) {
            out.push((i, i));
        }
        let head = parse.heads[i as usize];
        reach = reach.max(head + 1);
        // A head to the left, in an earlier sentence, joins everything since.
        while let [.., previous, last] = out.as_mut_slice() {
            if head >= last.0 {
                break;
            }
            previous.1 = last.1;
            out.pop();
        }
        if let Some(last) = out.last_mut() {
            last.1 = i + 1;
        }
    }
    out
}

/// Splits documents into batches of pieces of at most [`BATCH`] tokens together.
fn chunks(docs: &[Vec<Token>]) -> Vec<Vec<Piece<'_>>> {
    let mut out = vec![Vec::new()];
    let mut room = BATCH;
    for tokens in docs {
        let mut start = 0;
        while start < tokens.len() {
            if room == 0 {
                out.push(Vec::new());
                room = BATCH;
            }
            let end = tokens.len().min(start + room);
            out.last_mut().expect("never empty").push(Piece { tokens, start, end });
            room -= end - start;
            start = end;
        }
    }
    out
}
