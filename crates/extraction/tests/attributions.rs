//! Text in, attributions out: own sentences, the shipped language layer and weights.

use std::sync::LazyLock;

use proptest::prelude::*;
use watchkeeper_extraction::Codebook;
use watchkeeper_extraction::attribution::{Attribution, find};
use watchkeeper_nlp::{Language, Options, annotate};
use watchkeeper_record::article::{Block, BlockKind};
use watchkeeper_record::{Article, Document, Span};

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    Language::from_weights(include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw"))
        .expect("shipped weights")
});
static CODEBOOK: LazyLock<Codebook> = LazyLock::new(|| {
    Codebook::english()
        .and_then(|codebook| {
            codebook.with_attribution_weights(include_bytes!("../../../weights/statements-en.wkw"))
        })
        .expect("shipped codebook and weights")
});

fn document(text: &str) -> Document {
    let range = 0..text.len();
    let block = Block { kind: BlockKind::Paragraph, pieces: vec![Span::from_range(range)] };
    let article = Article::of_blocks(text, vec![block]);
    annotate(&[article], &LANGUAGE, &Options::default()).pop().expect("one document")
}

/// `source | cue | content`, the pieces of a content parted by ` + `.
fn shown(doc: &Document, one: &Attribution) -> String {
    let words = |tokens: &std::ops::Range<u32>| doc.span(tokens.clone()).of(doc.text()).to_owned();
    let content: Vec<String> = one.content.iter().map(words).collect();
    format!(
        "{} | {} | {}",
        one.source.as_ref().map_or_else(String::new, words),
        words(&one.cue),
        content.join(" + ")
    )
}

#[test]
fn sayings_thoughts_and_accusations() {
    let cases: &[(&str, &[&str])] = &[
        (
            "The governor said on Monday that the bridge would stay closed. According to the brigade's spokesman, two drones were shot down.",
            &[
                "The governor | said | that the bridge would stay closed",
                "the brigade's spokesman | According | two drones were shot down",
            ],
        ),
        (
            "\"We saw three trucks on the road,\" the shepherd told the patrol. \"They had no lights. They drove north.\"",
            &["the shepherd | told | We saw three trucks on the road + They had no lights. They drove north"],
        ),
        (
            "The envoy's claim that both sides had agreed was met with silence. Villagers fear that the dam will burst.",
            &[
                "The envoy's | claim | that both sides had agreed",
                "Villagers | fear | that the dam will burst",
            ],
        ),
        (
            "The commander was accused of selling fuel to smugglers.",
            &[" | was accused | The commander + of selling fuel to smugglers"],
        ),
    ];
    for (text, wanted) in cases {
        let doc = document(text);
        let found: Vec<String> = find(&doc, &CODEBOOK, None).iter().map(|one| shown(&doc, one)).collect();
        assert_eq!(found, *wanted, "{text}");
    }
}

#[test]
fn every_attribution_says_why() {
    let doc = document("The mayor denied that the depot had burned.");
    let found = find(&doc, &CODEBOOK, None);
    assert_eq!(found.len(), 1);
    assert!(found[0].why.starts_with("weights statements-en 0."), "{}", found[0].why);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn soups_of_words_and_marks(words in prop::collection::vec(
        prop::sample::select(vec![
            "\"", "“", "”", "''", "``", ":", ";", "—", ",", ".", "said", "he", "that", "according", "to", "claim", "the",
            "reportedly", "was", "accused", "of", "army", "denied", "who", "fears", "(", ")", "?", "I", "told", "us",
        ]),
        1..60,
    )) {
        let text = words.join(" ");
        let doc = document(&text);
        for one in find(&doc, &CODEBOOK, Some(0.0)) {
            prop_assert!(!one.content.is_empty());
            prop_assert!(one.content.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(one.content.iter().all(|piece| !piece.is_empty() && piece.end as usize <= doc.tokens().len()));
            prop_assert!((0.0..=1.0).contains(&one.score));
        }
    }
}
