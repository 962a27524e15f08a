//! From probabilities of pairs to groups: average linkage that doesn't depend on the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

/// Units of a probability: sums of whole numbers are the same in any order.
const UNITS: f64 = 1_048_576.0;

/// Two items and how likely they belong together, 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tie {
    /// The lower item.
    pub a: u32,
    /// The higher item.
    pub b: u32,
    /// Probability, 0..=1.
    pub probability: f64,
}

/// Groups items `0..count`: the two groups with the highest mean probability over all their pairs are joined until that mean is below `least`.
/// Pairs not given count as 0. Ties between equal means go to the group with the lowest item. Groups and members are in order.
///
/// Cost: `n log n` in the number of ties between groups; groups that share no tie are never looked at.
#[must_use]
pub fn average_linkage(count: u32, ties: &[Tie], least: f64) -> Vec<Vec<u32>> {
    let mut members: Vec<Vec<u32>> = (0..count).map(|item| vec![item]).collect();
    let mut links: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); count as usize];
    for tie in ties.iter().filter(|tie| tie.a != tie.b && tie.a < count && tie.b < count) {
        let units = (tie.probability.clamp(0.0, 1.0) * UNITS).round() as u64;
        if units > 0 {
            links[tie.a as usize].insert(tie.b, units);
            links[tie.b as usize].insert(tie.a, units);
        }
    }
    // Mean in units, rounded down; the pair with the highest mean and then the lowest items is last.
    let mut queue: BTreeSet<(u64, std::cmp::Reverse<(u32, u32)>)> = BTreeSet::new();
    let mean = |sum: u64, a: &[u32], b: &[u32]| sum / (a.len() * b.len()).max(1) as u64;
    let entry = |members: &[Vec<u32>], a: u32, b: u32, sum: u64| {
        (mean(sum, &members[a as usize], &members[b as usize]), std::cmp::Reverse((a.min(b), a.max(b))))
    };
    let bound = (least * UNITS).ceil() as u64;
    for a in 0..count {
        for (&b, &sum) in links[a as usize].range(a + 1..) {
            queue.insert(entry(&members, a, b, sum));
        }
    }
    while let Some((height, std::cmp::Reverse((a, b)))) = queue.pop_last() {
        if height < bound {
            break;
        }
        // The group keeps the name of its lowest item, so a < b stays a.
        let of_b = std::mem::take(&mut links[b as usize]);
        let of_a = std::mem::take(&mut links[a as usize]);
        for (from, of) in [(a, &of_a), (b, &of_b)] {
            for (&other, &sum) in of {
                queue.remove(&entry(&members, from, other, sum));
                links[other as usize].remove(&from);
            }
        }
        let joined = std::mem::take(&mut members[b as usize]);
        members[a as usize].extend(joined);
        let mut sums = of_a;
        for (other, sum) in of_b {
            *sums.entry(other).or_insert(0) += sum;
        }
        sums.remove(&a);
        sums.remove(&b);
        for (&other, &sum) in &sums {
            links[other as usize].insert(a, sum);
            queue.insert(entry(&members, a, other, sum));
        }
        links[a as usize] = sums;
    }
    let mut groups: Vec<Vec<u32>> = members.into_iter().filter(|group| !group.is_empty()).collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(a: u32, b: u32, probability: f64) -> Tie {
        Tie { a, b, probability }
    }

    #[test]
    fn the_mean_over_all_pairs_decides() {
        // 0, 1 and 2 are one; 3 is tied to 2 alone, so the mean to the group is a third of that.
        let ties = [tie(0, 1, 0.9), tie(1, 2, 0.9), tie(0, 2, 0.8), tie(2, 3, 0.8)];
        assert_eq!(average_linkage(5, &ties, 0.5), [vec![0, 1, 2], vec![3], vec![4]]);
        assert_eq!(average_linkage(5, &ties, 0.25), [vec![0, 1, 2, 3], vec![4]]);
        assert_eq!(average_linkage(3, &[], 0.0), [[0], [1], [2]]);
    }

    #[test]
    fn the_order_of_ties_does_not_matter() {
        let mut ties: Vec<Tie> = (0..40_u32)
            .flat_map(|a| (a + 1..40).map(move |b| tie(a, b, f64::from((a * 7 + b * 13) % 11) / 11.0)))
            .collect();
        let first = average_linkage(40, &ties, 0.55);
        for turn in 1..20 {
            ties.rotate_left(turn * 7);
            ties.reverse();
            assert_eq!(average_linkage(40, &ties, 0.55), first);
        }
        assert!(first.len() > 1 && first.len() < 40);
    }
}
