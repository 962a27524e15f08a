//! What must hold for any text: independence of neighbours, bounds, odd documents, damaged weight files.

use std::ops::Range;
use std::sync::LazyLock;

use watchkeeper_nlp::{Annotator, Language, LanguageError, Options, TextAnnotation};
use watchkeeper_nn::{WeightFile, WeightFileBuilder};
use watchkeeper_record::Article;
use watchkeeper_record::article::{Block, BlockKind};
use watchkeeper_record::span::Span;

static WEIGHTS: &[u8] = include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw");
static LANGUAGE: LazyLock<Language> =
    LazyLock::new(|| Language::from_weights(WEIGHTS).expect("the shipped weights load"));

const TEXTS: &[&str] = &[
    "The convoy left the port before dawn. Two trucks were stopped at a checkpoint near the river, police said.",
    "",
    "Acting minister Ilse Brandt, who took office in May, denied that the ceasefire had failed:",
    " ",
    "\n\n",
    "x",
    "“We have seen no shelling since Tuesday,” a monitor of the mission told reporters in Port Sabel.",
    "COLUMN OF SMOKE OVER THE DEPOT, SAYS MAYOR",
    "Она сказала: 12,5 % — нет. 🚚🚚 e\u{301}\u{200b}\u{0} \u{feff}a\u{2028}b\u{1c}c",
    "Fighters loyal to the council, which split last year, gave up what they held of the old town on 3 May 2021.",
];

fn annotator() -> Annotator<'static> {
    Annotator::new(&LANGUAGE, &Options::default())
}

/// Tokens and the spaces after them tile the text; heads, entities and sentences are in order.
fn check(text: &str, annotation: &TextAnnotation) {
    let mut at = 0;
    for (i, token) in annotation.tokens.iter().enumerate() {
        let start = token.start as usize;
        assert!(
            start == at || (start == at + 1 && text.as_bytes()[at] == b' '),
            "token {i} begins at {start}"
        );
        at = start + token.len as usize;
        assert!(token.len > 0 && text.is_char_boundary(start) && text.is_char_boundary(at));
        assert!((token.head as usize) < annotation.tokens.len());
        at += usize::from(token.space_after);
    }
    assert!(at == text.len() || (at + 1 == text.len() && text.ends_with(' ')), "{at} of {}", text.len());
    assert!(annotation.tokens.first().is_none_or(|token| token.sentence_start));
    let mut end = 0;
    for &(start, stop, _) in &annotation.entities {
        assert!(end <= start && start < stop && stop as usize <= annotation.tokens.len());
        end = stop;
    }
}

#[test]
fn neighbours_do_not_matter() {
    let alone: Vec<_> = TEXTS.iter().map(|text| annotator().annotate_text(text)).collect();
    for (text, annotation) in TEXTS.iter().zip(&alone) {
        check(text, annotation);
    }
    assert_eq!(annotator().annotate_texts(TEXTS), alone, "in one batch");
    let mut worker = annotator();
    let many: Vec<&str> = TEXTS.iter().copied().cycle().take(400).collect();
    for (i, annotation) in worker.annotate_texts(&many).iter().enumerate() {
        assert_eq!(annotation, &alone[i % TEXTS.len()], "text {i} of many");
    }
    let backwards: Vec<&str> = TEXTS.iter().rev().copied().collect();
    let again = worker.annotate_texts(&backwards);
    assert!(again.iter().rev().eq(&alone), "backwards, by a worker that has seen them");
}

#[test]
fn a_long_document_is_read_as_a_whole() {
    // Longer than a batch and than the ring of kept shares; a new word now and then moves the cache on.
    let sentence = |i: usize| {
        format!("In week {i} the {i}th patrol of unit K{i} crossed the valley, and nobody was hurt. ")
    };
    let text: String = (0..400).map(sentence).collect();
    let whole = annotator().annotate_text(&text);
    check(&text, &whole);
    assert!(whole.tokens.len() > 6000);
    let mut worker = annotator();
    let _ = worker.annotate_texts(&[&text[..text.len() / 2], TEXTS[0]]);
    assert_eq!(worker.annotate_text(&text), whole);
    let starts = whole.tokens.iter().filter(|token| token.sentence_start).count();
    assert!((390..=410).contains(&starts), "{starts} sentences");
}

#[test]
fn odd_documents() {
    let long = "a".repeat(300_000);
    let dots = "._-".repeat(50_000);
    let spaces = " \n".repeat(50_000);
    let brackets = "((((".repeat(2_000);
    let words = "so ".repeat(10_000);
    for text in [&long, &dots, &spaces, &brackets, &words] {
        check(text, &annotator().annotate_text(text));
    }
}

#[test]
fn a_text_over_the_limit_is_read_in_parts() {
    let text = format!("{} ", "w".repeat(199)).repeat(6_000) + "The end.";
    let annotation = annotator().annotate_text(&text);
    check(&text, &annotation);
    assert_eq!(annotation.tokens.len(), 6_003);
}

fn article(text: &str, blocks: &[Range<usize>]) -> Article {
    Article {
        id: "0".repeat(64),
        ..Article::of_blocks(
            text,
            blocks
                .iter()
                .map(|range| Block {
                    kind: BlockKind::Paragraph,
                    pieces: vec![Span::from_range(range.clone())],
                })
                .collect(),
        )
    }
}

#[test]
fn blocks_of_an_article_are_documents_of_their_own() {
    let text = TEXTS.join("\n");
    let mut blocks = Vec::new();
    let mut start = 0;
    for part in TEXTS {
        if !part.trim().is_empty() {
            blocks.push(start..start + part.len());
        }
        start += part.len() + 1;
    }
    let articles = [article(&text, &blocks), article("", &[]), article(&text, &blocks[..1])];
    let docs = annotator().annotate(&articles);
    assert_eq!(docs.len(), 3);
    assert!(docs[1].tokens().is_empty());
    let first = annotator().annotate_text(TEXTS[0]);
    for doc in [&docs[0], &docs[2]] {
        for (word, token) in doc.tokens().iter().zip(&first.tokens) {
            assert_eq!(word.span.of(doc.text()), word.text);
            assert_eq!((word.span.start(), word.span.len()), (token.start as usize, token.len as usize));
            assert_eq!((word.tag, word.head, &word.lemma), (token.tag, token.head, &token.lemma));
        }
    }
    for sentence in docs[0].sentences() {
        let block = &blocks[sentence.block as usize];
        let span = docs[0].span(sentence.tokens.clone());
        assert!(block.start <= span.start() && span.end() <= block.end);
    }
}

#[test]
fn random_articles_become_documents() {
    // `Document::new` asserts that sentences tile the tokens, that heads stay inside and that they form trees.
    const PARTS: &[&str] = &[
        "the",
        "rebels",
        "said",
        "that",
        "killed",
        "who",
        "and",
        "of",
        "which",
        "\"",
        "(",
        ")",
        ",",
        ".",
        "—",
        "–",
        "’s",
        "U.S.",
        "Mr.",
        "12",
        "5.4%",
        "$3m",
        "e.g.",
        "n't",
        "…",
        "?!",
        "ЮЗ",
        "是",
        "\u{301}",
        "\u{1c}",
        "🚚",
        "and/or",
        "RIVER",
        "Iraq",
        "in",
        "2014",
        "http://a.b/c?d=e",
        "@x",
        "#y",
        "-",
        "--",
        "''",
        "``",
        ":)",
        "to",
        "be",
        "taken",
        "it",
    ];
    let mut state = 7u32;
    let mut next = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 10) as usize % n
    };
    let mut articles = Vec::new();
    for _ in 0..150 {
        let (mut text, mut blocks) = (String::new(), Vec::new());
        for _ in 0..1 + next(4) {
            let start = text.len();
            for _ in 0..1 + next(90) {
                text.push_str(PARTS[next(PARTS.len())]);
                if next(6) > 0 {
                    text.push(' ');
                }
            }
            blocks.push(start..text.trim_end().len().max(start + 1));
            text.push('\n');
        }
        articles.push(article(&text, &blocks));
    }
    let docs = annotator().annotate(&articles);
    for doc in &docs {
        for token in doc.tokens() {
            assert!(!token.span.is_empty() && token.span.end() <= doc.text().len());
        }
        for entity in doc.entities() {
            let sentence = |i| doc.sentence_of(i);
            assert_eq!(sentence(entity.tokens.start), sentence(entity.tokens.end - 1));
        }
    }
    let again: Vec<_> = articles.iter().flat_map(|a| annotator().annotate(std::slice::from_ref(a))).collect();
    assert_eq!(docs, again, "one by one");
}

#[test]
fn damaged_weight_files_are_refused() {
    assert!(matches!(Language::from_weights(b""), Err(LanguageError::Weights(_))));
    assert!(matches!(Language::from_weights(&WEIGHTS[..WEIGHTS.len() / 2]), Err(LanguageError::Weights(_))));
    let mut bytes = WEIGHTS.to_vec();
    bytes[7_000_000] ^= 1;
    let error = Language::from_weights(&bytes).expect_err("damaged");
    assert!(error.to_string().contains("checksum"), "{error}");
}

#[test]
fn damaged_tables_with_a_sound_checksum_are_refused_or_read() {
    let file = WeightFile::parse(WEIGHTS).expect("the shipped weights");
    let blobs =
        ["config", "tokenizer", "lexeme_norm", "attribute_ruler", "lemmatizer", "symbols", "base_norms"];
    let mut state = 11u32;
    let mut next = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for round in 0..28 {
        let damaged = blobs[round % blobs.len()];
        let mut out = WeightFileBuilder::new();
        for name in file.names() {
            match (file.blob(name), file.tensor(name)) {
                (Ok(bytes), _) => {
                    let mut bytes = bytes.to_vec();
                    if name == damaged {
                        for _ in 0..1 + round / 7 {
                            let at = next(bytes.len());
                            bytes[at] ^= 1 << next(8);
                        }
                    }
                    out.blob(name, &bytes);
                }
                (_, Ok(tensor)) => out.tensor(name, &tensor.shape, &tensor.data),
                _ => unreachable!("an entry is one of the two"),
            }
        }
        // A changed letter may go unseen; a panic may not happen, here or when the tables are used.
        if let Ok(language) = Language::from_weights(&out.finish()) {
            let _ = Annotator::new(&language, &Options::default()).annotate_texts(TEXTS);
        }
    }
}

#[test]
fn the_weight_file_is_the_one_on_record() {
    use sha2::Digest;
    use std::fmt::Write;
    let digest = sha2::Sha256::digest(WEIGHTS).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    });
    let rows = include_str!("../../../weights.toml");
    let row = rows.split("[[file]]").find(|row| row.contains("en_core_web_sm-3.8.0.wkw")).expect("its row");
    assert!(row.contains(&format!("sha256 = \"{digest}\"")));
    assert!(row.contains(&format!("bytes = {}", WEIGHTS.len())));
}
