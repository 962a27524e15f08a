//! Accounts → groups that tell of one happening, whatever the order in which they came.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use watchkeeper_record::incident::{Account, Join, Whereabouts};

use super::block::cells;
use super::pair::{APART, Likeness, Weight, sum, weigh};

/// The weight from which two accounts are linked: what isn't linked, even over others, is never one happening.
pub const LINKED: f64 = 4.0;
/// The largest set of linked accounts that is compared pair by pair; of a larger one the weaker links are cut first.
const SET_MAX: usize = 1200;
/// What a pair weighs that a human has put together: more than any mean of others takes away.
const SAID: f64 = 1e6;

/// A pair of accounts, by their indices (the smaller first), with the weight that links them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    pub(crate) one: usize,
    pub(crate) other: usize,
    pub(crate) weight: f64,
}

/// What humans said of accounts, which goes before every weight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Accounts (by their ids) that tell of one happening.
    pub together: Vec<Vec<String>>,
    /// Accounts none of which tells of the happening that any of the others tells of.
    pub apart: Vec<(Vec<String>, Vec<String>)>,
}

/// Accounts, sorted by id, with what is needed to find out which could be one happening.
pub(crate) struct Field<'a> {
    accounts: &'a [Account],
    texts: &'a dyn Likeness,
    /// (cell, whether it is shut to the account, account), sorted: the open ones first within a cell.
    rows: Vec<(u64, bool, usize)>,
    together: BTreeSet<(usize, usize)>,
    apart: BTreeSet<(usize, usize)>,
}

impl<'a> Field<'a> {
    pub(crate) fn new(accounts: &'a [Account], said: &Said, texts: &'a dyn Likeness) -> Self {
        let mut rows: Vec<(u64, bool, usize)> = Vec::new();
        for (index, account) in accounts.iter().enumerate() {
            rows.extend(cells(account).into_iter().map(|cell| (cell.key, !cell.open, index)));
        }
        rows.sort_unstable();
        Self { rows, ..Self::of_linked(accounts, said, texts) }
    }

    /// A field whose links are found otherwise.
    pub(crate) fn of_linked(accounts: &'a [Account], said: &Said, texts: &'a dyn Likeness) -> Self {
        let index = |id: &String| accounts.binary_search_by(|account| account.id.cmp(id)).ok();
        let mut field =
            Self { accounts, texts, rows: Vec::new(), together: BTreeSet::new(), apart: BTreeSet::new() };
        for group in &said.together {
            let members: Vec<usize> = group.iter().filter_map(index).collect();
            for pair in members.windows(2).filter(|pair| pair[0] != pair[1]) {
                field.together.insert((pair[0].min(pair[1]), pair[0].max(pair[1])));
            }
        }
        for (ones, others) in &said.apart {
            for one in ones.iter().filter_map(index) {
                for other in others.iter().filter_map(index).filter(|other| *other != one) {
                    field.apart.insert((one.min(other), one.max(other)));
                }
            }
        }
        field
    }

    /// What a pair weighs: infinitely much or little where a human has said so.
    fn weight(&self, one: usize, other: usize) -> f64 {
        let pair = (one.min(other), one.max(other));
        if self.apart.contains(&pair) {
            return f64::NEG_INFINITY;
        }
        if self.together.contains(&pair) {
            return SAID;
        }
        sum(&self.accounts[one], &self.accounts[other], self.texts).max(APART)
    }

    /// Every link, sorted by the pair.
    fn links(&self) -> Vec<Link> {
        let mut pairs: Vec<(usize, usize)> = self.together.iter().copied().collect();
        for cell in self.rows.chunk_by(|one, other| one.0 == other.0) {
            let open = cell.partition_point(|(_, shut, _)| !shut);
            for (at, (_, _, one)) in cell[..open].iter().enumerate() {
                for (_, _, other) in &cell[at + 1..] {
                    pairs.push((*one.min(other), *one.max(other)));
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
            .into_iter()
            .filter_map(|(one, other)| {
                let weight = self.weight(one, other);
                (weight >= LINKED).then_some(Link { one, other, weight })
            })
            .collect()
    }

    /// Groups of accounts (indices, sorted) that tell of one happening. Every account is in exactly one.
    pub(crate) fn groups(&self) -> Vec<Vec<usize>> {
        self.groups_by(&self.links())
    }

    /// As [`Field::groups`], of links that were found without asking what humans said.
    pub(crate) fn groups_of(&self, found: Vec<Link>) -> Vec<Vec<usize>> {
        let said = |pair: &(usize, usize)| self.together.contains(pair) || self.apart.contains(pair);
        let mut links: Vec<Link> = found.into_iter().filter(|link| !said(&(link.one, link.other))).collect();
        let together = self.together.iter().filter(|pair| !self.apart.contains(pair));
        links.extend(together.map(|(one, other)| Link { one: *one, other: *other, weight: SAID }));
        links.sort_unstable_by_key(|link| (link.one, link.other));
        links.dedup_by_key(|link| (link.one, link.other));
        self.groups_by(&links)
    }

    fn groups_by(&self, links: &[Link]) -> Vec<Vec<usize>> {
        let members: Vec<usize> = (0..self.accounts.len()).collect();
        let links = &kept(self.accounts, links);
        let known = links.iter().map(|link| ((link.one, link.other), link.weight)).collect();
        let mut groups = Vec::new();
        for set in sets(&members, links, LINKED) {
            if set.len() == 1 {
                groups.push(set);
            } else {
                groups.extend(self.average_linkage(&set, &known));
            }
        }
        groups.sort();
        groups
    }
}

/// Days that a firm account's time spans at most.
const FIRM_DAYS: i32 = 2;

/// Whether an account says where and when well enough to stand for a happening; else it is *loose*.
pub(super) fn is_firm(account: &Account) -> bool {
    account.time.is_some_and(|(start, end)| end.days() - start.days() < FIRM_DAYS)
        && account.place.as_ref().is_some_and(Whereabouts::is_fine)
}

/// Whether two firm accounts have a day in common.
pub(super) fn is_one_day(one: &Account, other: &Account) -> bool {
    is_firm(one) && is_firm(other) && one.time.zip(other.time).is_some_and(|(a, b)| a.0 <= b.1 && b.0 <= a.1)
}

/// What an account hangs on, of what it is linked with: a firm one that shares a day with others stands by itself; any other hangs on
/// the firm account that it is linked with most strongly (of equals, the one whose id comes first).
pub(super) fn anchor(
    accounts: &[Account],
    one: usize,
    linked: impl Iterator<Item = (usize, f64)>,
) -> Option<usize> {
    let mut nearest: Option<(usize, f64)> = None;
    for (other, weight) in linked.filter(|(other, _)| is_firm(&accounts[*other])) {
        if is_one_day(&accounts[one], &accounts[other]) {
            return None;
        }
        let nearer = |(before, least): (usize, f64)| {
            weight.total_cmp(&least).then_with(|| accounts[before].id.cmp(&accounts[other].id)).is_gt()
        };
        if nearest.is_none_or(nearer) {
            nearest = Some((other, weight));
        }
    }
    nearest.map(|(other, _)| other)
}

/// Whether a link holds a set together, given what its two accounts hang on ([`anchor`]): firm ones of one day are held, what hangs on
/// another with that, and loose ones with their like where both hang on nothing.
///
/// Without this, reports that give no day or no town would tie a whole war together: each is linked with every like happening of
/// the days before it, and these over others with those of all years; so would attacks of one kind, day by day, on one town.
pub(super) fn holds(
    accounts: &[Account],
    (one, of_one): (usize, Option<usize>),
    (other, of_other): (usize, Option<usize>),
) -> bool {
    let free = |at: usize, anchor: Option<usize>| anchor.is_none() && !is_firm(&accounts[at]);
    of_one == Some(other)
        || of_other == Some(one)
        || is_one_day(&accounts[one], &accounts[other])
        || free(one, of_one) && free(other, of_other)
}

/// The links that hold sets together; what humans said holds always.
fn kept(accounts: &[Account], links: &[Link]) -> Vec<Link> {
    let mut linked: Vec<Vec<(usize, f64)>> = vec![Vec::new(); accounts.len()];
    for link in links {
        linked[link.one].push((link.other, link.weight));
        linked[link.other].push((link.one, link.weight));
    }
    let anchors: Vec<Option<usize>> = linked
        .iter()
        .enumerate()
        .map(|(one, linked)| anchor(accounts, one, linked.iter().copied()))
        .collect();
    let is_kept = |link: &&Link| {
        let [one, other] = [link.one, link.other].map(|at| (at, anchors[at]));
        link.weight >= SAID || holds(accounts, one, other)
    };
    links.iter().filter(is_kept).copied().collect()
}

/// Sets of accounts that links of at least `least` hold together. One that is too large is cut by a higher line.
fn sets(members: &[usize], links: &[Link], least: f64) -> Vec<Vec<usize>> {
    let mut root: BTreeMap<usize, usize> = members.iter().map(|member| (*member, *member)).collect();
    fn find(root: &mut BTreeMap<usize, usize>, mut at: usize) -> usize {
        while root[&at] != at {
            let up = root[&root[&at]];
            root.insert(at, up);
            at = up;
        }
        at
    }
    for link in links.iter().filter(|link| link.weight >= least) {
        let (a, b) = (find(&mut root, link.one), find(&mut root, link.other));
        root.insert(a.max(b), a.min(b));
    }
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in members {
        let first = find(&mut root, *member);
        sets.entry(first).or_default().push(*member);
    }
    let mut done = Vec::new();
    for set in sets.into_values() {
        if set.len() <= SET_MAX || least > 40.0 {
            done.push(set);
            continue;
        }
        let inside: Vec<Link> =
            links.iter().copied().filter(|link| set.binary_search(&link.one).is_ok()).collect();
        done.extend(self::sets(&set, &inside, least + 1.0));
    }
    done
}

impl Field<'_> {
    /// Joins the two nearest groups again and again while the mean weight of their pairs reaches [`Join::NEEDED`].
    /// Ties go to the group that comes first, so the result is a function of the set alone.
    /// `known` holds the weights of pairs (the smaller first) that were found out before.
    fn average_linkage(&self, set: &[usize], known: &FxHashMap<(usize, usize), f64>) -> Vec<Vec<usize>> {
        let count = set.len();
        let mut mean = vec![APART; count * count];
        for one in 0..count {
            for other in one + 1..count {
                let known = known.get(&(set[one], set[other])).copied();
                let weight = known.unwrap_or_else(|| self.weight(set[one], set[other]));
                mean[one * count + other] = weight;
                mean[other * count + one] = weight;
            }
        }
        let mut groups: Vec<Option<Vec<usize>>> = set.iter().map(|member| Some(vec![*member])).collect();
        let nearest = |groups: &[Option<Vec<usize>>], mean: &[f64], one: usize| {
            let others = (0..count).filter(|other| *other != one && groups[*other].is_some());
            others.max_by(|a, b| mean[one * count + a].total_cmp(&mean[one * count + b]).then(b.cmp(a)))
        };
        let mut best: Vec<Option<usize>> = (0..count).map(|one| nearest(&groups, &mean, one)).collect();
        loop {
            let pair = (0..count)
                .filter(|one| groups[*one].is_some())
                .filter_map(|one| {
                    best[one].map(|other| (mean[one * count + other], one.min(other), one.max(other)))
                })
                .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (b.1, b.2).cmp(&(a.1, a.2))));
            let Some((_, one, other)) = pair.filter(|(weight, ..)| *weight >= Join::NEEDED) else {
                break;
            };
            let taken = groups[other].take().unwrap_or_default();
            let (a, b) = (groups[one].as_ref().map_or(0, Vec::len) as f64, taken.len() as f64);
            for third in 0..count {
                if third != one && groups[third].is_some() {
                    let joint = (a * mean[one * count + third] + b * mean[other * count + third]) / (a + b);
                    mean[one * count + third] = joint;
                    mean[third * count + one] = joint;
                }
            }
            if let Some(group) = &mut groups[one] {
                group.extend(taken);
                group.sort_unstable();
            }
            best[other] = None;
            best[one] = nearest(&groups, &mean, one);
            for third in (0..count).filter(|third| *third != one) {
                let Some(before) = best[third] else { continue };
                if before == one || before == other {
                    best[third] = nearest(&groups, &mean, third);
                } else {
                    // A mean passes the larger of its two by rounding at most; a tie goes to the first.
                    let (new, old) = (mean[third * count + one], mean[third * count + before]);
                    if new.total_cmp(&old).then(before.cmp(&one)).is_gt() {
                        best[third] = Some(one);
                    }
                }
            }
        }
        groups.into_iter().flatten().collect()
    }
}

/// For each member but the first, the one before it in `order` that it agrees with best, and why.
pub(crate) fn joins(accounts: &[&Account], texts: &dyn Likeness) -> Vec<Join> {
    accounts
        .iter()
        .enumerate()
        .skip(1)
        .filter_map(|(at, account)| {
            let weighed = accounts[..at].iter().map(|before| (weigh(before, account, texts), *before));
            let (weight, with): (Weight, &Account) =
                weighed.reduce(|best, next| if next.0.sum > best.0.sum { next } else { best })?;
            Some(Join {
                account: account.id.clone(),
                with: with.id.clone(),
                weight: (weight.sum * 100.0).round() / 100.0,
                reasons: weight.reasons,
            })
        })
        .collect()
}
