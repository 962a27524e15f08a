//! From the index to clusters that don't depend on the order of arrival.

use super::compare::Comparer;
use super::index::{Index, enough};
use super::{DocumentId, Link, Overlap};

/// Texts that share a key and are all compared with each other; of more, each is compared with a few.
const GROUP_MAX: usize = 24;
/// Neighbours by rank that a text of a larger group is compared with.
const NEIGHBOURS: usize = 4;
/// Pairs held at once.
const PAIRS_MAX: usize = 24_000_000;
/// Members that are tried when the representative itself doesn't explain a member.
const TRIED_MAX: usize = 64;

/// A document and why it is in its cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// The document.
    pub id: DocumentId,
    /// The document it is tied to, mostly the representative; `None` for the representative itself.
    pub of: Option<DocumentId>,
    /// In what way.
    pub link: Option<Link>,
}

impl Member {
    /// Why it is in the cluster, in words.
    #[must_use]
    pub fn why(&self) -> String {
        self.link.map_or_else(|| "stands for the cluster".to_owned(), |link| link.words())
    }
}

/// Documents that tell one story.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The members in order of id; one at least.
    pub members: Vec<Member>,
    /// The document that stands for the cluster: the one that has most words in common with the others, then the longest, then the least id.
    pub representative: DocumentId,
}

/// All clusters, in order of their least id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clusters {
    /// Clusters, those of one document too.
    pub clusters: Vec<Cluster>,
    /// Pairs of texts that were compared word by word.
    pub compared: u64,
}

impl Index {
    /// The clusters of all documents so far: the same for every order of arrival.
    ///
    /// Cost: grows with the number of sampled shingles (a sort) and of likely pairs.
    #[must_use]
    pub fn clusters(&self) -> Clusters {
        let count = self.texts.len();
        // Texts by content: a numbering that no order of arrival can change.
        let mut by_rank: Vec<u32> = (0..count as u32).collect();
        by_rank.sort_unstable_by_key(|&text| self.texts[text as usize].whole);
        let mut rank = vec![0_u32; count];
        for (at, &text) in by_rank.iter().enumerate() {
            rank[text as usize] = at as u32;
        }
        let mut keys: Vec<u64> = (0..self.keys.len())
            .map(|at| {
                let key = self.keys.get(at);
                u64::from(key.key) << 32 | u64::from(rank[key.text as usize])
            })
            .collect();
        keys.sort_unstable();
        let mut sets = Sets::new(count);
        let mut comparer = Comparer::default();
        let mut compared = 0;
        let mut alike = |a: u32, b: u32, sets: &mut Sets, version: bool| {
            if sets.find(a) == sets.find(b) {
                return;
            }
            let overlap =
                comparer.compare(self.words_of(by_rank[a as usize]), self.words_of(by_rank[b as usize]));
            compared += 1;
            if self.options().alike(&overlap) || (version && self.options().versions(&overlap)) {
                sets.join(a, b);
            }
        };
        let mut pairs: Vec<u64> = Vec::new();
        for range in ranges(&keys, count as u32) {
            pairs.clear();
            each_pair(&keys, |low, high| {
                if range.contains(&high) {
                    pairs.push(u64::from(high) << 32 | u64::from(low));
                }
            });
            pairs.sort_unstable();
            for group in pairs.chunk_by(|a, b| a == b) {
                let (high, low) = ((group[0] >> 32) as u32, group[0] as u32);
                let length = |at: u32| self.length(by_rank[at as usize]);
                if enough(group.len(), length(low), length(high)) {
                    alike(low, high, &mut sets, false);
                }
            }
        }
        drop((keys, pairs));
        let mut addresses: Vec<(u64, u32)> = (0..self.addresses.len())
            .map(|at| self.addresses.get(at))
            .map(|(address, text)| (address, rank[text as usize]))
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        let same = |a: &(u64, u32), b: &(u64, u32)| a.0 == b.0;
        for group in addresses.chunk_by(same) {
            for (at, one) in group.iter().enumerate() {
                for other in group.iter().skip(at + 1).take(GROUP_MAX) {
                    alike(one.1, other.1, &mut sets, true);
                }
            }
        }
        let clusters = self.gather(&by_rank, &rank, &mut sets, &mut comparer);
        Clusters { clusters, compared }
    }

    /// Puts the documents of each set together.
    fn gather(
        &self,
        by_rank: &[u32],
        rank: &[u32],
        sets: &mut Sets,
        comparer: &mut Comparer,
    ) -> Vec<Cluster> {
        let mut copies: Vec<(u32, DocumentId)> = (0..self.copies.len())
            .map(|at| self.copies.get(at))
            .map(|(id, text)| (rank[text as usize], id))
            .collect();
        copies.sort_unstable();
        let mut order: Vec<(u32, u32)> = (0..by_rank.len() as u32).map(|at| (sets.find(at), at)).collect();
        order.sort_unstable();
        let mut clusters: Vec<Cluster> = order
            .chunk_by(|a, b| a.0 == b.0)
            .map(|set| {
                let texts: Vec<u32> = set.iter().map(|&(_, at)| by_rank[at as usize]).collect();
                self.cluster(&texts, rank, &copies, comparer)
            })
            .collect();
        clusters.sort_unstable_by_key(|cluster| cluster.members.first().map(|member| member.id));
        clusters
    }

    /// Makes the cluster of some texts, which are in order of rank.
    fn cluster(
        &self,
        texts: &[u32],
        rank: &[u32],
        copies: &[(u32, DocumentId)],
        comparer: &mut Comparer,
    ) -> Cluster {
        let id = |text: u32| self.texts[text as usize].id;
        let mut links: Vec<Vec<(usize, Overlap)>> = vec![Vec::new(); texts.len()];
        for at in 0..texts.len() {
            for other in (at + 1..texts.len()).take(TRIED_MAX) {
                let overlap = comparer.compare(self.words_of(texts[at]), self.words_of(texts[other]));
                links[at].push((other, overlap));
                links[other].push((at, overlap.turned()));
            }
        }
        let common =
            |at: usize| links[at].iter().map(|(_, overlap)| u64::from(overlap.shared[0])).sum::<u64>();
        let best = (0..texts.len())
            .max_by_key(|&at| (common(at), self.length(texts[at]), std::cmp::Reverse(id(texts[at]))))
            .unwrap_or(0);
        let mut members = Vec::new();
        for (at, &text) in texts.iter().enumerate() {
            if at == best {
                members.push(Member { id: id(text), of: None, link: None });
            } else {
                // The representative where it is like the text, else whoever is most like it.
                let alike = |overlap: &Overlap| self.options().alike(overlap);
                let tie = links[at].iter().max_by_key(|(other, overlap)| {
                    (alike(overlap), *other == best, overlap.shared[0], std::cmp::Reverse(*other))
                });
                let of = tie.map(|&(other, _)| id(texts[other]));
                let link =
                    tie.map(
                        |&(_, overlap)| {
                            if alike(&overlap) { Link::Near(overlap) } else { Link::Version(overlap) }
                        },
                    );
                members.push(Member { id: id(text), of, link });
            }
            let from = copies.partition_point(|&(other, _)| other < rank[text as usize]);
            for &(_, copy) in copies[from..].iter().take_while(|&&(other, _)| other == rank[text as usize]) {
                members.push(Member { id: copy, of: Some(id(text)), link: Some(Link::Exact) });
            }
        }
        members.sort_by_key(|member| member.id);
        Cluster { members, representative: texts.get(best).map_or(DocumentId(0), |&text| id(text)) }
    }
}

/// Calls with the ranks of every pair of texts to be counted, the lower first.
fn each_pair(keys: &[u64], mut found: impl FnMut(u32, u32)) {
    for group in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
        for (at, &high) in group.iter().enumerate() {
            let from = if group.len() <= GROUP_MAX { 0 } else { at.saturating_sub(NEIGHBOURS) };
            if from > 0 {
                found(group[0] as u32, high as u32);
            }
            for &low in &group[from..at] {
                found(low as u32, high as u32);
            }
        }
    }
}

/// Parts the ranks so that no part has more pairs than may be held at once.
fn ranges(keys: &[u64], count: u32) -> Vec<std::ops::Range<u32>> {
    let mut all = 0_usize;
    each_pair(keys, |_, _| all += 1);
    let parts = (all / PAIRS_MAX + 1) as u64;
    // A text of a higher rank has more pairs; ranks are spread by a square root to even that out.
    let bound = |part: u64| ((part as f64 / parts as f64).sqrt() * f64::from(count)) as u32;
    (0..parts).map(|part| bound(part)..if part + 1 == parts { count } else { bound(part + 1) }).collect()
}

/// Disjoint sets; a set is named by its least member.
struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { parents: (0..count as u32).collect() }
    }

    fn find(&mut self, mut at: u32) -> u32 {
        while self.parents[at as usize] != at {
            let above = self.parents[self.parents[at as usize] as usize];
            self.parents[at as usize] = above;
            at = above;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }
}
