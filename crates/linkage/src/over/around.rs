//! Merging around some accounts, where all the others lie in an index of cells and few of them are needed.

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper_record::incident::{Account, Incident};

use super::block::cells;
use super::cluster::{Field, LINKED, Link, Said};
use super::pair::{Likeness, reaching};

/// Finds the sets of linked accounts that hold fresh ones, asking for no more than the cells that these fall into.
///
/// It does no reading itself: call [`Around::wanted`], look up what it names, hand it to [`Around::take`], until nothing is wanted.
/// Then [`Around::incidents`] is what [`super::merge`] of all accounts gives for these sets.
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
    members: Vec<bool>,
    expanded: Vec<bool>,
    /// Members that were not compared yet.
    open: Vec<usize>,
    links: Vec<Link>,
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
            members: Vec::new(),
            expanded: Vec::new(),
            open: Vec::new(),
            links: Vec::new(),
        };
        for account in fresh {
            if let Some(number) = around.keep(account) {
                around.join(number);
            }
        }
        around
    }

    /// Keeps an account; `None` where it is there already.
    fn keep(&mut self, account: Account) -> Option<usize> {
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
        self.members.push(false);
        self.expanded.push(false);
        Some(number)
    }

    fn join(&mut self, number: usize) {
        if !std::mem::replace(&mut self.members[number], true) {
            self.open.push(number);
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

    /// Takes the accounts that were wanted; those that are there already do no harm.
    pub fn take(&mut self, found: Vec<Account>, texts: &dyn Likeness) {
        for account in found {
            self.keep(account);
        }
        for one in std::mem::take(&mut self.open) {
            for other in self.near(one) {
                let linked = reaching(LINKED, &self.accounts[one], &self.accounts[other], texts);
                if let Some(weight) = linked {
                    self.links.push(Link { one, other, weight });
                    self.join(other);
                }
            }
            self.expanded[one] = true;
            let together = self.said.together.iter().filter(|group| group.contains(&self.accounts[one].id));
            let tied: Vec<usize> =
                together.flatten().filter_map(|id| self.numbers.get(id).copied()).collect();
            tied.into_iter().for_each(|other| self.join(other));
        }
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
        let links = self
            .links
            .into_iter()
            .map(|link| {
                let (one, other) = (place[link.one], place[link.other]);
                Link { one: one.min(other), other: one.max(other), weight: link.weight }
            })
            .collect();
        super::incidents(&members, Field::of_linked(&members, self.said, texts).groups_of(links), texts)
    }
}
