//! Which candidates are taken: their scores, and the best set of spans that don't overlap.
//!
//! In: candidates with a probability each. Out: indices of those taken, in text order. A span is as sure as all spans that overlap it
//! are together: where only the ends of a name are in doubt, a name is there.

use std::ops::Range;

use watchkeeper_record::document::TokenIndex;

/// Candidates less probable than this count for nothing.
const LEAST: f32 = 0.03;

/// The most probable set of spans that don't overlap, each with the probability that a name is there at all, which is at least
/// `enough`. `spans` are in order of start, then end. Cost: linear in their number, as no token is in more than a few dozen.
pub(super) fn choose(spans: &[(Range<TokenIndex>, f32)], enough: f32) -> Vec<(usize, f32)> {
    let mut none = vec![0.0_f32; spans.len()];
    for (at, (span, probability)) in spans.iter().enumerate() {
        if *probability < LEAST {
            continue;
        }
        let miss = (1.0 - probability).max(1e-4).ln();
        none[at] += miss;
        for (other, (next, chance)) in spans.iter().enumerate().skip(at + 1) {
            if next.start >= span.end {
                break;
            }
            if *chance >= LEAST {
                none[at] += (1.0 - chance).max(1e-4).ln();
                none[other] += miss;
            }
        }
    }
    let there = |at: usize| 1.0 - none[at].exp();
    let mut kept: Vec<usize> =
        (0..spans.len()).filter(|&at| spans[at].1 >= LEAST && there(at) >= enough).collect();
    kept.sort_by_key(|&at| (spans[at].0.end, spans[at].0.start));
    // Weighted interval scheduling: best[n] is the most that the first n spans by end can add up to.
    let mut best = vec![0.0_f32; kept.len() + 1];
    let mut taken = vec![None; kept.len() + 1];
    for (number, &at) in kept.iter().enumerate() {
        let (span, probability) = &spans[at];
        let before = kept[..number].partition_point(|&other| spans[other].0.end <= span.start);
        let with = best[before] + probability;
        if with > best[number] {
            best[number + 1] = with;
            taken[number + 1] = Some(before);
        } else {
            best[number + 1] = best[number];
        }
    }
    let mut chosen = Vec::new();
    let mut number = kept.len();
    while number > 0 {
        match taken[number] {
            Some(before) => {
                chosen.push((kept[number - 1], there(kept[number - 1])));
                number = before;
            }
            None => number -= 1,
        }
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_spans_that_do_not_overlap_are_taken() {
        let spans = [(0..1, 0.3), (0..2, 0.6), (1..2, 0.2), (4..5, 0.2), (6..8, 0.9), (7..9, 0.5)];
        let chosen: Vec<usize> = choose(&spans, 0.4).into_iter().map(|(at, _)| at).collect();
        assert_eq!(chosen, [1, 4]);
    }

    #[test]
    fn a_name_whose_ends_are_in_doubt_is_a_name() {
        let spans = [(0..1, 0.3), (0..2, 0.35)];
        let chosen = choose(&spans, 0.5);
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen[0].0, 1);
        assert!(chosen[0].1 > 0.5);
    }
}
