//! Text in, place names out: own sentences, the shipped language layer, gazetteer and weights.

use std::sync::LazyLock;

use proptest::prelude::*;
use watchkeeper_extraction::{Codebook, PLACE_FEATURES, extract, place_candidates, place_mentions};
use watchkeeper_linkage::Gazetteer;
use watchkeeper_nlp::{Language, Options, annotate};
use watchkeeper_record::article::{Block, BlockKind};
use watchkeeper_record::mention::PlaceKind;
use watchkeeper_record::{Article, Document, Span};

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    Language::from_weights(include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw"))
        .expect("shipped weights")
});
static CODEBOOK: LazyLock<Codebook> = LazyLock::new(|| {
    Codebook::english()
        .and_then(|codebook| {
            codebook.with_place_weights(include_bytes!("../../../weights/places-recognise.wkw"))
        })
        .expect("shipped codebook and weights")
});
static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let bytes: &'static [u8] = include_bytes!("../../../data/gazetteer/places.wkg");
    Gazetteer::open(bytes).expect("the shipped gazetteer")
});

fn document(text: &str) -> Document {
    let blocks = text
        .split('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some(start..start + line.len())
        })
        .filter(|range| !range.is_empty())
        .map(|range| Block { kind: BlockKind::Paragraph, pieces: vec![Span::from_range(range)] })
        .collect();
    let article = Article { id: "0".repeat(64), ..Article::of_blocks(text, blocks) };
    annotate(&[article], &LANGUAGE, &Options::default()).pop().expect("one document")
}

fn found(text: &str, kinds: &[PlaceKind]) -> Vec<String> {
    let doc = document(text);
    place_mentions(&doc, &CODEBOOK, &*GAZETTEER, kinds)
        .iter()
        .map(|place| place.span.of(text).to_owned())
        .collect()
}

fn read(text: &str) -> Vec<String> {
    let doc = document(text);
    let mentions = extract(&doc, &CODEBOOK, &*GAZETTEER);
    mentions.places.iter().map(|place| place.span.of(text).to_owned()).collect()
}

#[test]
fn names_of_a_reading() {
    let cases: &[(&str, &[&str])] = &[
        // Towns that the entity recogniser takes for people or organisations.
        (
            "Gunmen on motorcycles attacked Tarkint on Sunday, killing nine people, residents said.",
            &["Tarkint"],
        ),
        (
            "The convoy left Menaka at dawn and was ambushed before it reached Ansongo.",
            &["Menaka", "Ansongo"],
        ),
        ("Soldiers drove the fighters out of Djibo and into the hills near Arbinda.", &["Djibo", "Arbinda"]),
        // Lists and containers.
        ("Shells fell in Avdiivka, Toretsk and Pokrovsk overnight.", &["Avdiivka", "Toretsk", "Pokrovsk"]),
        ("Four men were arrested in Maiduguri, Borno State, on Friday.", &["Maiduguri", "Borno State"]),
        ("A Decatur, Ga., man was charged with arson on Monday.", &["Decatur", "Ga."]),
        // People.
        ("Paris Hilton and Jordan Peterson met in Kampala, officials said.", &["Kampala"]),
        ("Colonel Moussa Traoré told reporters in Bamako that the army had not fired.", &["Bamako"]),
        // Organisations.
        (
            "Islamic State in the Greater Sahara said it had carried out the raid in Tillabéri.",
            &["Tillabéri"],
        ),
        ("Researchers at the University of Kabul counted 40 strikes in Helmand.", &["Helmand"]),
        // Demonyms and unions of states.
        (
            "Russian forces and Syrian rebels clashed again, a European Union envoy said in Geneva.",
            &["Geneva"],
        ),
        ("The Nigerien army said its troops had killed 12 militants near Tera.", &["Tera"]),
        // Weekdays, months and common words in capitals.
        ("The Council met on Friday in March and again in August.", &[]),
    ];
    let mut wrong = String::new();
    for (text, wanted) in cases {
        let got = read(text);
        if got != *wanted {
            wrong.push_str(&format!("{text}\n  wanted {wanted:?}\n  got    {got:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_corpus_may_count_demonyms() {
    let text = "Israeli jets struck a Syrian base near Palmyra, and Russians left the area.";
    assert_eq!(
        found(text, &[PlaceKind::Name, PlaceKind::Inside, PlaceKind::Demonym]),
        ["Israeli", "Syrian", "Palmyra", "Russians"]
    );
    assert_eq!(found(text, &[PlaceKind::Name, PlaceKind::Inside]), ["Palmyra"]);
}

#[test]
fn a_name_told_clearly_once_is_known_elsewhere() {
    let text = "Residents of the village of Tchombangou fled on Saturday.\nTchombangou was empty when troops arrived.";
    assert_eq!(read(text), ["Tchombangou", "Tchombangou"]);
}

#[test]
fn rows_have_the_features_named() {
    let doc = document("Troops from Chad entered the town of Gamboru Ngala on Tuesday.");
    let candidates = place_candidates(&doc, &CODEBOOK, &*GAZETTEER);
    assert!(!candidates.is_empty());
    for candidate in &candidates {
        assert_eq!(candidate.features.len(), PLACE_FEATURES.len());
        assert!(candidate.features.iter().all(|value| value.is_finite()));
    }
}

#[test]
fn every_place_says_why() {
    let doc = document("Mortars hit Sadr City in Baghdad.");
    for place in &extract(&doc, &CODEBOOK, &*GAZETTEER).places {
        assert!(place.why.starts_with("recognised: ") && (0.0..=1.0).contains(&place.score), "{place:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever the text: no panic, spans in order, none over another.
    #[test]
    fn spans_are_sorted_and_apart(
        words in prop::collection::vec(
            prop_oneof![
                "[A-Z][a-z]{1,8}",
                "[a-z]{1,6}",
                "\\PC{1,3}",
                Just("al-".to_owned()),
                Just("of the".to_owned()),
                Just(", Ga.".to_owned()),
                Just("W.Va.".to_owned()),
                Just("Paris Lebanon Highway 12 Street".to_owned()),
                Just("'s \u{2019}s - / -".to_owned()),
                Just("\n".to_owned()),
            ],
            0..60,
        )
    ) {
        let text = words.join(" ");
        let doc = document(&text);
        for kinds in [&[PlaceKind::Name][..], &[PlaceKind::Name, PlaceKind::Inside, PlaceKind::Demonym][..]] {
            let places = place_mentions(&doc, &CODEBOOK, &*GAZETTEER, kinds);
            for pair in places.windows(2) {
                prop_assert!(pair[0].tokens.end <= pair[1].tokens.start);
            }
            for place in &places {
                prop_assert!(!place.tokens.is_empty() && place.tokens.end as usize <= doc.tokens().len());
                prop_assert!(kinds.contains(&place.kind));
            }
        }
        let places = extract(&doc, &CODEBOOK, &*GAZETTEER).places;
        let mut last = 0;
        for place in places.iter().filter(|place| !place.why.contains("ground")) {
            prop_assert!(place.tokens.start >= last);
            last = place.tokens.end;
        }
    }
}
