//! The shipped truecaser on texts of our own, and its place in the annotation of articles.

use std::sync::LazyLock;

use watchkeeper_nlp::truecase::model::Model;
use watchkeeper_nlp::truecase::restore;

static WEIGHTS: &[u8] = include_bytes!("../../../weights/truecase-en.wkw");
static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::from_weights(WEIGHTS).expect("the shipped weights load"));

/// Paragraphs in ordinary case, written for this test.
const PARAGRAPHS: [&str; 4] = [
    "The United Nations said on Tuesday that two peacekeepers from Bangladesh were wounded when their convoy hit a mine near Gao in northern Mali.",
    "Militants of al-Shabaab attacked an army base outside Baidoa before dawn, killing at least seven soldiers, a regional official told reporters. The group claimed responsibility on its radio station.",
    "President Bola Tinubu met the governor of Borno State in Abuja, and promised more troops for the Lake Chad region. He did not say when they would arrive.",
    "In October the Syrian Democratic Forces, backed by the United States, took the city after four months of fighting. The Islamic State lost its last stronghold there, the Pentagon said.",
];

#[test]
fn restores_most_words_of_paragraphs_in_capitals() {
    let (mut right, mut total) = (0, 0);
    for text in PARAGRAPHS {
        let restored = restore(&text.to_uppercase(), &MODEL).expect("the text is in capitals");
        assert_eq!(restored.to_lowercase(), text.to_lowercase());
        for (ours, theirs) in restored.split(' ').zip(text.split(' ')) {
            total += 1;
            right += usize::from(ours == theirs);
        }
    }
    assert!(right * 100 >= total * 95, "{right} of {total}");
}

#[test]
fn leaves_ordinary_text_alone() {
    for text in PARAGRAPHS {
        assert_eq!(restore(text, &MODEL), None, "{text}");
    }
    assert_eq!(restore("The UN, EU, AU, NATO and ECOWAS condemned the coup.", &MODEL), None);
    assert_eq!(restore("ISIS", &MODEL), None);
}

#[test]
fn damage_is_an_error() {
    assert!(Model::from_weights(&WEIGHTS[..1000]).is_err());
    assert!(Model::from_weights(b"").is_err());
}
