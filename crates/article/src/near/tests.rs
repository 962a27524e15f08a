//! Copies that must join, stories that must stay apart, and any order of arrival.

use proptest::prelude::*;

use super::*;

/// Numbers from a seed (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as usize % below
    }

    /// A sentence of made-up words.
    fn sentence(&mut self, words: usize) -> String {
        let list: Vec<String> = (0..words).map(|_| format!("w{}", self.next(4000))).collect();
        format!("{}.", list.join(" "))
    }

    fn story(&mut self, sentences: usize) -> Vec<String> {
        (0..sentences).map(|_| self.sentence(18)).collect()
    }
}

fn index(texts: &[String]) -> Index {
    let mut index = Index::new(NearOptions::default());
    for (at, text) in texts.iter().enumerate() {
        let _ = index.add(DocumentId(at as u64), text);
    }
    index
}

/// Clusters as lists of ids.
fn sets(texts: &[String]) -> Vec<Vec<u64>> {
    let clusters = index(texts).clusters();
    clusters
        .clusters
        .iter()
        .map(|cluster| cluster.members.iter().map(|member| member.id.0).collect())
        .collect()
}

fn edited(sentences: &[String], every: usize) -> String {
    let text = sentences.join(" ");
    let words: Vec<String> = text
        .split(' ')
        .enumerate()
        .map(|(at, word)| if at % every == every - 1 { format!("changed{at}") } else { word.to_owned() })
        .collect();
    words.join(" ")
}

#[test]
fn copies_join_however_they_were_changed() {
    let mut draw = Draw(1);
    let story = draw.story(14);
    let mut reordered = story.clone();
    reordered[3..].reverse();
    let texts = [
        story.join(" "),
        story[..8].join(" "),
        reordered.join("\n\n"),
        edited(&story, 9),
        format!("QUITE ANOTHER HEADLINE OVER IT\n\nPORT SELMA (Own agency) - {}", story.join("\n\n")),
        format!("{}\n\n{}", story.join(" "), draw.sentence(40)),
        story.join("\r\n").to_uppercase(),
    ];
    assert_eq!(sets(&texts), [[0, 1, 2, 3, 4, 5, 6]]);
    let clusters = index(&texts).clusters();
    assert_eq!(clusters.clusters[0].members.iter().filter(|member| member.link.is_none()).count(), 1);
    assert_eq!(clusters.clusters[0].members[6].link, Some(Link::Exact));
}

#[test]
fn a_borrowed_background_joins_nothing() {
    let mut draw = Draw(2);
    let (story, other) = (draw.story(8), draw.story(16));
    // The whole of the first at the end of the second; half of it in a third.
    let carrier = format!("{} {}", other.join(" "), story.join(" "));
    let third = format!("{} {}", draw.story(10).join(" "), story[3..7].join(" "));
    assert_eq!(sets(&[story.join(" "), carrier, third]), [[0], [1], [2]]);
}

#[test]
fn standing_text_joins_nothing_above_or_below() {
    let mut draw = Draw(3);
    let notice = draw.story(6).join(" ");
    let mut texts: Vec<String> =
        (0..12).map(|_| format!("{}\n\n{notice}", draw.story(5).join(" "))).collect();
    texts.extend((0..12).map(|_| format!("{notice}\n\n{}", draw.story(5).join(" "))));
    assert_eq!(sets(&texts).len(), 24);
    // In one collection or in two, and beside a copy, a decision is the same.
    texts.push(texts[0].replace("\n\n", " A line between. "));
    assert_eq!(sets(&texts).len(), 24);
    assert_eq!(sets(&[texts[0].clone(), texts[24].clone(), texts[1].clone()]), [vec![0, 1], vec![2]]);
}

#[test]
fn a_verdict_says_what_it_is_like_and_why() {
    let mut draw = Draw(4);
    let story = draw.story(10);
    let mut index = Index::new(NearOptions::default());
    assert_eq!(index.add(DocumentId(7), &story.join(" ")), Verdict::New);
    assert_eq!(index.add(DocumentId(8), &draw.story(10).join(" ")), Verdict::New);
    let exact = index.add(DocumentId(9), &story.join("\n"));
    assert_eq!(exact, Verdict::Copy { of: DocumentId(7), link: Link::Exact });
    let Verdict::Copy { of: DocumentId(7), link } = index.add(DocumentId(10), &story[..6].join(" ")) else {
        panic!("a trimmed copy is a copy")
    };
    let said = "100 % of its words are in common stretches (60 % of the other's), longest run 108 words";
    assert_eq!(link.words(), said);
    assert_eq!(index.len(), 4);
}

#[test]
fn versions_of_an_address_are_tied_where_text_alone_would_not() {
    let mut draw = Draw(5);
    let (story, update) = (draw.story(6), draw.story(12));
    let texts =
        [story.join(" "), format!("{} {}", update.join(" "), story[..5].join(" ")), draw.story(9).join(" ")];
    assert_eq!(sets(&texts).len(), 3);
    let mut index = Index::new(NearOptions::default());
    for (at, text) in texts.iter().enumerate() {
        let verdict = index.add_from(DocumentId(at as u64), text, Some("https://example.org/live"));
        assert_eq!(matches!(verdict, Verdict::Copy { link: Link::Version(_), .. }), at == 1, "{verdict:?}");
    }
    let clusters = index.clusters();
    assert_eq!(clusters.clusters.len(), 2, "a page whose text was wholly replaced is another document");
    assert!(clusters.clusters[0].members.iter().any(|member| matches!(member.link, Some(Link::Version(_)))));
}

/// Forty stories with copies of all kinds, standing text, exact doubles and addresses.
fn collection() -> Vec<(DocumentId, String, Option<String>)> {
    let mut draw = Draw(6);
    let notice = draw.story(3).join(" ");
    let mut all: Vec<(DocumentId, String, Option<String>)> = Vec::new();
    let mut add = |text: String, address: Option<String>| {
        all.push((DocumentId(1000 + all.len() as u64), text, address));
    };
    for at in 0..40 {
        let count = 4 + draw.next(12);
        let story = draw.story(count);
        for _ in 0..1 + draw.next(4) {
            let kept = story.len() - draw.next(story.len() / 2 + 1);
            let mut text = story[..kept].to_vec();
            if draw.next(2) == 0 {
                text[1..].reverse();
            }
            if draw.next(3) == 0 {
                text.push(notice.clone());
            }
            let text = if draw.next(3) == 0 { edited(&text, 8 + draw.next(9)) } else { text.join(" ") };
            if draw.next(4) == 0 {
                add(text.clone(), None);
            }
            add(text, (draw.next(3) == 0).then(|| format!("https://example.org/{}", at % 13)));
        }
    }
    // Many texts with the same key shingles, more than are compared with each other.
    for _ in 0..60 {
        add(format!("{} {notice}", draw.story(4).join(" ")), None);
    }
    all
}

#[test]
fn the_clusters_are_the_same_for_fifty_orders_of_arrival() {
    let mut documents = collection();
    let mut draw = Draw(7);
    let mut first: Option<Clusters> = None;
    for _ in 0..50 {
        for at in (1..documents.len()).rev() {
            documents.swap(at, draw.next(at + 1));
        }
        let mut index = Index::new(NearOptions::default());
        for (id, text, address) in &documents {
            let _ = index.add_from(*id, text, address.as_deref());
        }
        let clusters = index.clusters();
        let sizes = clusters.clusters.iter().map(|cluster| cluster.members.len());
        assert_eq!(sizes.sum::<usize>(), documents.len(), "no document is dropped");
        let Some(first) = &first else {
            assert!(
                clusters.clusters.len() > 90 && clusters.clusters.len() < 125,
                "{}",
                clusters.clusters.len()
            );
            first = Some(clusters);
            continue;
        };
        assert_eq!(format!("{:?}", first.clusters), format!("{:?}", clusters.clusters));
    }
}

#[test]
fn many_copies_of_one_story_cost_little_and_stay_one_cluster() {
    let mut draw = Draw(8);
    let story = draw.story(12);
    let texts: Vec<String> =
        (0..600).map(|at| edited(&story, 20 + at % 40) + &format!(" more{at}")).collect();
    let clusters = index(&texts).clusters();
    assert_eq!(clusters.clusters.len(), 1);
    assert!(clusters.compared < 20_000, "{}", clusters.compared);
}

#[test]
fn texts_with_nothing_in_them_are_only_like_themselves() {
    let texts: Vec<String> = ["", " \n", "one", "one two", "One, two!", "??"].map(str::to_owned).to_vec();
    assert_eq!(sets(&texts), [vec![0, 1, 5], vec![2], vec![3, 4]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_texts_are_taken_and_none_is_lost(texts in prop::collection::vec("(?s)[a-c \\n]{0,80}|\\PC{0,60}", 0..20)) {
        let mut members: Vec<u64> = sets(&texts).concat();
        members.sort_unstable();
        prop_assert_eq!(members, (0..texts.len() as u64).collect::<Vec<_>>());
    }

    #[test]
    fn shares_are_shares(a in "[a-d ]{0,200}", b in "[a-d ]{0,200}") {
        let mut one = index(&[a]);
        let _ = one.add(DocumentId(1), &b);
        let words = [one.words_of(0).to_vec(), one.words_of((one.texts.len() - 1) as u32).to_vec()];
        let overlap = super::compare::Comparer::default().compare(&words[0], &words[1]);
        let turned = super::compare::Comparer::default().compare(&words[1], &words[0]);
        prop_assert_eq!(overlap.shared, turned.turned().shared);
        for side in 0..2 {
            prop_assert!((0.0..=1.0).contains(&overlap.share(side)));
            prop_assert!(overlap.own[side] <= overlap.words[side] && overlap.lead[side] <= overlap.words[side]);
        }
    }
}
