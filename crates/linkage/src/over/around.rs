//! Merging around some accounts, where all the others lie in an index of cells and few of them are needed.

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper_record::incident::{Account, Incident};

use super::block::cells;
use super::cluster::{Field, LINKED, Link, Said, anchor, holds, is_firm, is_one_day};
use super::pair::{Likeness, asks_texts, reaching};

/// Pairs whose texts are prepared together.
const PREPARED: usize = 1 << 14;

/// Finds the sets of linked accounts that hold fresh ones, asking for no more than the cells that these fall into.
///
/// It does no reading itself: call [`Around::wanted`], look up what it names, hand it to [`Around::take`], until nothing is wanted.
/// Then [`Around::incidents`] is what [`super::merge`] of all accounts gives for these sets.
///
/// What is looked at stays near the fresh accounts, since a set of linked accounts does (see [`super::merge`]): a loose account needs its own
/// neighbours to know what it hangs on, and where something fresh takes it away from another set, that set is looked at as well.
pub struct Around<'s> {
    said: &'s Said,
    accounts: Vec<Account>,
    numbers: BTreeMap<String, usize>,
    /// The rows that each asks for.
    asks: Vec<Vec<i64>>,
    /// Accounts by the number of their cells' rows.
    rows: BTreeMap<i64, Vec<usize>>,
    asked_rows: BTreeSet<i64>,
    asked_ids: BTreeSet<String>,
    fresh: Vec<bool>,
    members: Vec<bool>,
    /// Whether it was compared with all its neighbours.
    expanded: Vec<bool>,
    /// What each is linked with, as far as was compared.
    linked: Vec<Vec<(usize, f64)>>,
    /// Those to be compared next.
    open: Vec<usize>,
    /// Members of which it isn't known yet whom they bring along.
    pending: Vec<usize>,
}

/// What must be looked up before the next step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Rows of cells ([`super::Cell::row`]): all accounts that are kept under one of them. Sorted.
    pub rows: Vec<i64>,
    /// Accounts by their ids, as far as they exist. Sorted.
    pub ids: Vec<String>,
}

impl<'s> Around<'s> {
    /// Begins with the accounts that came or changed, or whose companions did.
    #[must_use]
    pub fn new(fresh: Vec<Account>, said: &'s Said) -> Self {
        let mut around = Self {
            said,
            accounts: Vec::new(),
            numbers: BTreeMap::new(),
            asks: Vec::new(),
            rows: BTreeMap::new(),
            asked_rows: BTreeSet::new(),
            asked_ids: BTreeSet::new(),
            fresh: Vec::new(),
            members: Vec::new(),
            expanded: Vec::new(),
            linked: Vec::new(),
            open: Vec::new(),
            pending: Vec::new(),
        };
        for account in fresh {
            if let Some(number) = around.keep(account, true) {
                around.join(number);
                around.open.push(number);
            }
        }
        around
    }

    /// Keeps an account; `None` where it is there already.
    fn keep(&mut self, account: Account, fresh: bool) -> Option<usize> {
        if self.numbers.contains_key(&account.id) {
            return None;
        }
        let number = self.accounts.len();
        let cells = cells(&account);
        for cell in &cells {
            self.rows.entry(cell.row()).or_default().push(number);
        }
        self.asks.push(cells.into_iter().flat_map(super::Cell::asks).collect());
        self.numbers.insert(account.id.clone(), number);
        self.accounts.push(account);
        self.fresh.push(fresh);
        self.members.push(false);
        self.expanded.push(false);
        self.linked.push(Vec::new());
        Some(number)
    }

    fn join(&mut self, number: usize) {
        if !std::mem::replace(&mut self.members[number], true) {
            self.pending.push(number);
        }
    }

    /// What the next step needs, nothing twice; `None` when the sets are complete. May be empty: then nothing need be looked up, but
    /// [`Around::take`] must be called all the same.
    pub fn wanted(&mut self) -> Option<Wanted> {
        if self.open.is_empty() {
            return None;
        }
        let mut wanted = Wanted::default();
        for number in &self.open {
            let account = &self.accounts[*number];
            let rows = self.asks[*number].iter().copied();
            wanted.rows.extend(rows.filter(|row| self.asked_rows.insert(*row)));
            for group in self.said.together.iter().filter(|group| group.contains(&account.id)) {
                for id in group {
                    if self.asked_ids.insert(id.clone()) && !self.numbers.contains_key(id) {
                        wanted.ids.push(id.clone());
                    }
                }
            }
        }
        wanted.rows.sort_unstable();
        wanted.ids.sort();
        Some(wanted)
    }

    /// Takes the accounts that were wanted, each with whether it is fresh; those that are there already do no harm.
    pub fn take(&mut self, found: Vec<(Account, bool)>, texts: &dyn Likeness) {
        for (account, fresh) in found {
            self.keep(account, fresh);
        }
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for one in std::mem::take(&mut self.open) {
            if !std::mem::replace(&mut self.expanded[one], true) {
                pairs.extend(self.near(one).into_iter().map(|other| (one, other)));
            }
        }
        for pairs in pairs.chunks(PREPARED) {
            let accounts = pairs.iter().map(|(one, other)| (&self.accounts[*one], &self.accounts[*other]));
            let asking: Vec<(&Account, &Account)> =
                accounts.filter(|(one, other)| asks_texts(LINKED, one, other)).collect();
            texts.prepare(&asking);
            for &(one, other) in pairs {
                let linked = reaching(LINKED, &self.accounts[one], &self.accounts[other], texts);
                if let Some(weight) = linked.filter(|_| !self.is_apart(one, other)) {
                    self.linked[one].push((other, weight));
                    self.linked[other].push((one, weight));
                }
            }
        }
        self.spread();
    }

    /// Lets every pending member bring along those whom it stays linked with. What must be compared before that is known is open then.
    fn spread(&mut self) {
        let mut waiting = Vec::new();
        while let Some(one) = self.pending.pop() {
            if !self.expanded[one] {
                self.open.push(one);
                waiting.push(one);
                continue;
            }
            let mut joining: Vec<usize> = self.together(one);
            let (firm, of_one) = (is_firm(&self.accounts[one]), self.anchor(one, |_| true));
            let mut known = true;
            if let Some(anchor) = of_one.filter(|_| !firm) {
                // Nothing hangs on a loose one.
                joining.push(anchor);
            } else {
                for (other, _) in &self.linked[one] {
                    let other = *other;
                    if is_one_day(&self.accounts[one], &self.accounts[other]) {
                        joining.push(other);
                    }
                    if !self.expanded[other] {
                        self.open.push(other);
                        known = false;
                        continue;
                    }
                    let of_other = self.anchor(other, |_| true);
                    if holds(&self.accounts, (one, of_one), (other, of_other)) {
                        joining.push(other);
                    }
                    if firm && self.fresh[one] {
                        joining.extend(self.left_by(other, of_other));
                    }
                }
            }
            joining.into_iter().for_each(|other| self.join(other));
            if !known {
                waiting.push(one);
            }
        }
        self.pending = waiting;
        self.open.sort_unstable();
        self.open.dedup();
    }

    /// Those that a human has put together with one.
    fn together(&self, one: usize) -> Vec<usize> {
        let groups = self.said.together.iter().filter(|group| group.contains(&self.accounts[one].id));
        groups.flatten().filter_map(|id| self.numbers.get(id).copied()).collect()
    }

    /// What one hangs on, of those that are `allowed`.
    fn anchor(&self, one: usize, allowed: impl Fn(usize) -> bool) -> Option<usize> {
        anchor(&self.accounts, one, self.linked[one].iter().copied().filter(|(other, _)| allowed(*other)))
    }

    /// Whom one may have been held together with before something fresh came, and isn't now.
    fn left_by(&self, one: usize, anchor: Option<usize>) -> Vec<usize> {
        match self.anchor(one, |other| !self.fresh[other]) {
            before if before == anchor => Vec::new(),
            Some(before) => vec![one, before],
            None if is_firm(&self.accounts[one]) => Vec::new(),
            None => self.linked[one].iter().map(|(other, _)| *other).chain([one]).collect(),
        }
    }

    fn is_apart(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|number| &self.accounts[number].id);
        let within = |list: &[String], id: &String| list.contains(id);
        self.said.apart.iter().any(|(ones, others)| {
            within(ones, one) && within(others, other) || within(ones, other) && within(others, one)
        })
    }

    /// The accounts that one is compared with and was not yet, sorted.
    fn near(&self, one: usize) -> Vec<usize> {
        let mut near: Vec<usize> = self.asks[one]
            .iter()
            .filter_map(|row| self.rows.get(row))
            .flatten()
            .copied()
            .filter(|other| *other != one && !self.expanded[*other])
            .collect();
        near.sort_unstable();
        near.dedup();
        near
    }

    /// The incidents of the sets, sorted by their ids.
    #[must_use]
    pub fn incidents(self, texts: &dyn Likeness) -> Vec<Incident> {
        let mut order: Vec<usize> = (0..self.accounts.len()).filter(|number| self.members[*number]).collect();
        order.sort_by(|one, other| self.accounts[*one].id.cmp(&self.accounts[*other].id));
        let mut place = vec![usize::MAX; self.accounts.len()];
        order.iter().enumerate().for_each(|(at, number)| place[*number] = at);
        let mut accounts: Vec<Option<Account>> = self.accounts.into_iter().map(Some).collect();
        let members: Vec<Account> = order.iter().filter_map(|number| accounts[*number].take()).collect();
        let place = &place;
        let pairs = self.linked.iter().enumerate().flat_map(|(one, linked)| {
            linked.iter().map(move |(other, weight)| (place[one], place[*other], *weight))
        });
        let links = pairs
            .filter(|(one, other, _)| one < other && *other != usize::MAX)
            .map(|(one, other, weight)| Link { one, other, weight })
            .collect();
        super::incidents(&members, Field::of_linked(&members, self.said, texts).groups_of(links), texts)
    }
}
