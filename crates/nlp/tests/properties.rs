//! What holds for any text: tokens tile it, indexes stay inside, a second reading gives the same, case restoration keeps
//! every character's place.

use std::sync::LazyLock;

use proptest::prelude::*;
use watchkeeper_nlp::truecase::model::Model;
use watchkeeper_nlp::truecase::restore;
use watchkeeper_nlp::{Annotator, Language, Options, TextAnnotation};

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    Language::from_weights(include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw"))
        .expect("the shipped weights load")
});
static TRUECASER: LazyLock<Model> = LazyLock::new(|| {
    Model::from_weights(include_bytes!("../../../weights/truecase-en.wkw")).expect("the shipped weights load")
});

/// Any characters, mixed with what the tokenizer has rules for.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "\\PC{0,12}",
        2 => any::<String>(),
        4 => prop::sample::select(vec![
            " ", "  ", "\n", "\r\n\r\n", "\u{a0}", "\u{200b}", "don't", "U.S.", "a.m.", ":-)", "...", "http://a.b/c", "10km.", "’s", "(", "\"",
            "THE ARMY", "NAIROBI, May 3 – ", "İ", "ΑΣ", "e\u{301}", "🧑🏿‍🚀", "-", "_", "'", "\u{1c}",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn check(text: &str, annotation: &TextAnnotation) -> Result<(), TestCaseError> {
    let mut at = 0;
    for (i, token) in annotation.tokens.iter().enumerate() {
        prop_assert_eq!(token.start, at, "token {} begins where the one before ends", i);
        prop_assert!(token.len > 0);
        at += token.len;
        prop_assert!(text.is_char_boundary(at as usize));
        if token.space_after {
            prop_assert_eq!(text.as_bytes()[at as usize], b' ');
            at += 1;
        }
        prop_assert!((token.head as usize) < annotation.tokens.len());
    }
    prop_assert_eq!(at as usize, text.len());
    let mut last = 0;
    for &(start, end, _) in &annotation.entities {
        prop_assert!(last <= start && start < end && end as usize <= annotation.tokens.len());
        last = end;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn tokens_tile_any_text(texts in prop::collection::vec(texts(), 1..4)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut annotator = Annotator::new(&LANGUAGE, &Options::default());
        let annotations = annotator.annotate_texts(&texts);
        for (text, annotation) in texts.iter().zip(&annotations) {
            check(text, annotation)?;
            // Neither company nor memory changes a text's annotation.
            prop_assert_eq!(&annotator.annotate_text(text), annotation);
        }
    }

    #[test]
    fn case_restoration_moves_nothing(text in texts(), capitals in any::<bool>()) {
        let text = if capitals { text.to_uppercase() } else { text };
        if let Some(restored) = restore(&text, &TRUECASER) {
            prop_assert_eq!(restored.len(), text.len());
            for ((i, a), (j, b)) in text.char_indices().zip(restored.char_indices()) {
                prop_assert_eq!(i, j);
                prop_assert!(a == b || a.to_lowercase().eq(b.to_lowercase()));
            }
        }
    }
}
