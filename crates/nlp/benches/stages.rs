//! Each stage of the language layer on our own example reports: `cargo bench -p watchkeeper-nlp`.
//!
//! Throughput is in tokens, so `elem/s` reads as tokens a second on one core. Stages after the tokenizer get a warm
//! lexicon; `vectors/new words` begins with an empty word cache each time, `vectors/known words` with a full one.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use watchkeeper_nlp::entity::Recogniser;
use watchkeeper_nlp::lexeme::LexicalTables;
use watchkeeper_nlp::package::Config;
use watchkeeper_nlp::parse::Parser;
use watchkeeper_nlp::ruler::{Ruler, RulerState};
use watchkeeper_nlp::shares::Shares;
use watchkeeper_nlp::tok2vec::{Piece, Scratch, StaticVectors, Tok2Vec, WordCache};
use watchkeeper_nlp::tokenize::{Tokenizer, TokenizerState};
use watchkeeper_nlp::{Annotator, Language, Options};
use watchkeeper_nn::WeightFile;
use watchkeeper_record::document::Dep;

static WEIGHTS: &[u8] = include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw");

/// Nearly a thousand words of the reports that ship with the project.
const TEXT: &str = concat!(
    include_str!("../../../examples/reports/agency-brief-kunduz.txt"),
    "\n",
    include_str!("../../../examples/reports/aid-convoy-tigray.txt"),
);

fn stages(c: &mut Criterion) {
    let file = WeightFile::parse(WEIGHTS).expect("the shipped weights");
    let config: Config =
        serde_json::from_slice(file.blob("config").expect("a blob")).expect("the configuration");
    let blob = |name| file.blob(name).expect("a blob");
    let tables =
        LexicalTables::new(blob("symbols"), blob("base_norms"), blob("lexeme_norm")).expect("tables");
    let tokenizer = Tokenizer::new(blob("tokenizer")).expect("a tokenizer");
    let vectors = StaticVectors::load(&file).expect("no vectors").map(Arc::new);
    let tok2vec = Tok2Vec::load(&file, "tok2vec", &config.tok2vec, vectors.as_ref()).expect("a network");
    let ner = Tok2Vec::load(&file, "ner", &config.ner, vectors.as_ref()).expect("a network");
    let parser = Parser::load(&file, &config.parser_actions).expect("a parser");
    let recogniser = Recogniser::load(&file, &config.ner_actions).expect("a recogniser");
    let tags: Vec<&str> = config.tags.iter().map(String::as_str).collect();
    let deps: Vec<&str> = Dep::ALL.iter().map(|dep| dep.as_str()).collect();
    let ruler = Ruler::new(blob("attribute_ruler"), &tags, &deps).expect("a ruler");

    let mut state = TokenizerState::default();
    let mut tokens = Vec::new();
    tokenizer.tokenize(&tables, TEXT, &mut state, &mut tokens);
    let piece = [Piece { tokens: &tokens, start: 0, end: tokens.len() }];
    let (mut cache, mut scratch) = (WordCache::default(), Scratch::default());
    let (mut vectors, mut projected) = (Vec::new(), Vec::new());

    let mut group = c.benchmark_group("stages");
    group.throughput(Throughput::Elements(tokens.len() as u64)).sample_size(20);
    group.bench_function("tokenize/new words", |b| {
        b.iter_batched(
            TokenizerState::default,
            |mut state| tokenizer.tokenize(&tables, black_box(TEXT), &mut state, &mut Vec::new()),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("tokenize/known words", |b| {
        let mut out = Vec::new();
        b.iter(|| tokenizer.tokenize(&tables, black_box(TEXT), &mut state, &mut out));
    });
    group.bench_function("vectors/new words", |b| {
        b.iter_batched(
            WordCache::default,
            |mut cache| tok2vec.encode(&piece, &state.lexicon, &mut cache, &mut scratch, &mut vectors),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("vectors/known words", |b| {
        b.iter(|| tok2vec.encode(&piece, &state.lexicon, &mut cache, &mut scratch, &mut vectors));
    });
    parser.project(&vectors, &mut projected);
    let mut shares = Shares::default();
    group.bench_function("parse", |b| b.iter(|| parser.parse(&projected, |_| false, &mut shares)));
    let parse = parser.parse(&projected, |_| false, &mut shares);
    let words: Vec<_> = tokens.iter().map(|token| token.lexeme).collect();
    let labels: Vec<u16> = parse.deps.iter().map(|&dep| dep as u16).collect();
    let (mut rules, mut ruled) = (RulerState::default(), Vec::new());
    let numbers = vec![0u16; words.len()];
    group.bench_function("rule", |b| {
        b.iter(|| ruler.apply(&state.lexicon, &words, &numbers, &labels, &mut rules, &mut ruled));
    });
    let mut cache = WordCache::default();
    ner.encode(&piece, &state.lexicon, &mut cache, &mut scratch, &mut vectors);
    projected.clear();
    recogniser.project(&vectors, &mut projected);
    let (mut shares, mut found) = (Shares::default(), Vec::new());
    group.bench_function("entities", |b| {
        b.iter(|| {
            found.clear();
            recogniser.recognise(&projected, |_| false, &parse.starts, &mut shares, &mut found);
        });
    });
    let language = Language::from_weights(WEIGHTS).expect("the shipped weights");
    group.bench_function("all/new words", |b| {
        b.iter(|| Annotator::new(&language, &Options::default()).annotate_text(black_box(TEXT)));
    });
    let mut worker = Annotator::new(&language, &Options::default());
    group.bench_function("all/known words", |b| b.iter(|| worker.annotate_text(black_box(TEXT))));
    group.finish();
    c.bench_function("load", |b| b.iter(|| Language::from_weights(black_box(WEIGHTS))));
}

criterion_group!(benches, stages);
criterion_main!(benches);
