//! Reports of one happening join, two of a kind stay two, and the order doesn't matter.

use watchkeeper_nn::trees::Forest;

use super::*;

fn background() -> Background {
    let common = [
        "the", "a", "of", "in", "to", "and", "on", "was", "were", "by", "said", "at", "for", "that", "after",
        "people", "police", "town", "killed", "attack", "market", "who", "had",
    ];
    Background::new(
        1000.0,
        common.iter().map(|word| (stem(word), 600.0)),
        common.iter().map(|word| ((*word).to_owned(), 20.0, 1.0)),
    )
}

/// A line drawn by hand: likeness, first names, days.
fn merger() -> Merger {
    let mut weights = vec![0.0; FEATURES.len()];
    let mut put = |name: &str, weight: f32| {
        weights[FEATURES.iter().position(|feature| *feature == name).expect("a feature")] = weight;
    };
    for (name, weight) in [("all", 12.0), ("name3_min", 6.0), ("days", 2.0)] {
        put(name, weight);
    }
    let ones = vec![1.0; FEATURES.len()];
    let linear = Linear { weights, base: -12.0, means: vec![0.0; FEATURES.len()], scales: ones };
    let names = FEATURES.iter().map(|&name| name.to_owned()).collect();
    Merger::new(background(), linear, Forest::new(names, 0.0, Vec::new(), Vec::new()).expect("no trees"))
        .expect("the features fit")
}

const TEXTS: [&str; 5] = [
    "Gunmen kill 27 at Selma market\nGunmen killed 27 people in the market of Selma on July 7, Captain Harun Dale said.\nThe attack in Selma lasted an hour, Dale said.",
    "Selma market attack leaves 28 dead\nThe toll of the attack on the market of Selma on July 7 rose to 28 dead, Captain Harun Dale said.",
    "Gunmen kill 9 at Varo market\nGunmen killed 9 people in the market of Varo on March 2, Major Ines Quill said.\nThe attack in Varo ended at noon, Quill said.",
    "Varo buries its dead\nVaro buried nine people killed in the market on March 2. Major Ines Quill spoke in Varo.",
    "Parliament votes on the budget\nDeputies passed the budget of the year after a long debate about pensions.",
];

fn reports() -> Vec<(ReportId, ReportFeatures)> {
    let background = background();
    let read = |text: &str| ReportFeatures::read(text, None, &background);
    TEXTS.iter().enumerate().map(|(at, text)| (ReportId(at as u64), read(text))).collect()
}

#[test]
fn two_attacks_of_a_kind_stay_two_and_say_why() {
    let groups = merger().groups(&reports());
    let sets: Vec<Vec<u64>> =
        groups.iter().map(|group| group.reports.iter().map(|id| id.0).collect()).collect();
    assert_eq!(sets, [vec![0, 1], vec![2, 3], vec![4]]);
    let why = &groups[0].joins[0].why;
    assert!(
        why.starts_with("both name ") && why.contains("Selma") && why.contains("same day (7 July)"),
        "{why}"
    );
    assert!(why.contains("toll 27 v 28"), "{why}");
    assert!(groups[2].joins.is_empty());
}

#[test]
fn fifty_orders_and_splits_give_the_same_groups() {
    let merger = merger();
    let mut reports = reports();
    let first = format!("{:?}", merger.groups(&reports));
    for turn in 0..50_usize {
        let len = reports.len();
        reports.rotate_left(turn % len);
        reports.swap(turn % len, (turn * 3 + 1) % len);
        assert_eq!(format!("{:?}", merger.groups(&reports)), first);
    }
}

#[test]
fn a_pair_is_the_same_both_ways_and_in_any_collection() {
    let (merger, reports) = (merger(), reports());
    for (_, a) in &reports {
        for (_, b) in &reports {
            assert_eq!(row(a, b), row(b, a));
            assert!((0.0..=1.0).contains(&merger.probability(a, b)));
        }
    }
}

#[test]
fn weights_survive_their_file_and_refuse_other_features() {
    let merger = merger();
    assert_eq!(Merger::parse(&merger.bytes()).as_ref(), Ok(&merger));
    assert!(Merger::new(background(), Linear::default(), Forest::default()).is_err());
    assert!(Merger::parse(b"nothing").is_err());
}

#[test]
fn any_text_is_read() {
    let background = background();
    for text in [
        "",
        "\n\n",
        "7",
        "July",
        "July 99",
        "ﬀ ß İstanbul 1,2,3.",
        "killed",
        "a\u{0}b 12 dead",
        "May 1 2 3 4",
    ] {
        let report = ReportFeatures::read(text, None, &background);
        assert!(row(&report, &report).iter().all(|value| value.is_finite()), "{text}");
        assert!(!reason(&report, &report).is_empty());
    }
}
