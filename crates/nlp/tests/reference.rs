//! The pipeline against values made with spaCy 3.8.18 and the package in `weights/`.

use std::sync::LazyLock;

use watchkeeper_nlp::{Annotator, Language, Options};

static WEIGHTS: &[u8] = include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw");
static LANGUAGE: LazyLock<Language> =
    LazyLock::new(|| Language::from_weights(WEIGHTS).expect("the shipped weights load"));

#[test]
fn reference_sentences() {
    let text = "Rebels killed 12 soldiers in Aleppo on Friday. Apple denied it.";
    let doc = Annotator::new(&LANGUAGE, &Options::default()).annotate_text(text);
    let words: Vec<_> = doc.tokens.iter().map(|t| &text[t.start as usize..][..t.len as usize]).collect();
    assert_eq!(words.join(" "), "Rebels killed 12 soldiers in Aleppo on Friday . Apple denied it .");
    let join = |f: &dyn Fn(&watchkeeper_nlp::TextToken) -> String| {
        doc.tokens.iter().map(f).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(join(&|t| t.tag.to_string()), "NNS VBD CD NNS IN NNP IN NNP . NNP VBD PRP .");
    assert_eq!(join(&|t| t.head.to_string()), "1 1 3 1 1 4 1 6 1 10 10 10 10");
    assert_eq!(
        join(&|t| t.dep.to_string()),
        "nsubj ROOT nummod dobj prep pobj prep pobj punct nsubj ROOT dobj punct"
    );
    assert_eq!(join(&|t| u8::from(t.sentence_start).to_string()), "1 0 0 0 0 0 0 0 0 1 0 0 0");
    let entities: Vec<_> = doc.entities.iter().map(|e| (e.0, e.1, e.2.as_str())).collect();
    assert_eq!(entities, [(2, 3, "CARDINAL"), (5, 6, "NORP"), (7, 8, "DATE"), (9, 10, "ORG")]);
}
