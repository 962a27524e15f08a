//! Incidents over reports: the accounts of many readings → happenings in the world.
//!
//! In: [`Account`]s (made of readings by [`accounts`]). Out: [`Incident`]s, each with its accounts, the reasons that join them, and
//! how its tolls changed. A pure function of the *set* of accounts: neither their order nor how they came in parts shows in the result.
//!
//! Accounts that share a cell of time and place, country or party ([`cells`]) are weighed ([`weigh`]): day, place with its precision,
//! type, parties, tolls, words, references such as `Tuesday's ambush`. Links of [`LINKED`] and more make sets; inside a set the
//! nearest groups are joined while the mean weight of their pairs reaches [`watchkeeper_record::incident::Join::NEEDED`] (average
//! linkage). An account that lacks a day or a town hangs on the one account with both that it is linked with most strongly, and is
//! linked with its like only where there is none: else such accounts would tie all happenings of a war to one set. So a new account
//! changes nothing but the sets it is linked to and those it takes a loose account from: [`Around`] merges these sets alone, and asks
//! for the accounts of their cells only.
//!
//! Not here: reading files or tables, near-copies of a story (the caller says them by [`Account::story`]).

mod account;
mod around;
mod block;
mod cluster;
pub mod compare;
mod compose;
mod pair;

pub use account::{Counted, GIST, accounts};
pub use around::{Around, Wanted};
pub use block::{CELLS, Cell, cells};
pub use cluster::{LINKED, Said};
pub use pair::{Likeness, NoTexts, Weight, weigh};

use std::collections::{BTreeMap, BTreeSet};

use cluster::Field;
use watchkeeper_record::incident::{Account, Incident};

/// Puts accounts together to incidents, sorted by their ids. Accounts given twice (same id) count once.
#[must_use]
pub fn merge(accounts: &[Account], said: &Said, texts: &dyn Likeness) -> Vec<Incident> {
    let sorted = sorted(accounts);
    incidents(&sorted, Field::new(&sorted, said, texts).groups(), texts)
}

/// The incidents that may have changed since the accounts with these ids came, changed, or lost one that was with them: as
/// [`merge`] of all accounts gives them. The form of [`Around`] for accounts that are all in memory.
#[must_use]
pub fn merge_around(
    accounts: &[Account],
    fresh: &BTreeSet<String>,
    said: &Said,
    texts: &dyn Likeness,
) -> Vec<Incident> {
    let sorted = sorted(accounts);
    let mut rows: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, account) in sorted.iter().enumerate() {
        for cell in cells(account) {
            rows.entry(cell.row()).or_default().push(index);
        }
    }
    let mut around =
        Around::new(sorted.iter().filter(|account| fresh.contains(&account.id)).cloned().collect(), said);
    while let Some(wanted) = around.wanted() {
        let by_row = wanted.rows.iter().filter_map(|row| rows.get(row)).flatten().copied();
        let by_id =
            wanted.ids.iter().filter_map(|id| sorted.binary_search_by(|account| account.id.cmp(id)).ok());
        let found: BTreeSet<usize> = by_row.chain(by_id).collect();
        let told = |index: usize| (sorted[index].clone(), fresh.contains(&sorted[index].id));
        around.take(found.into_iter().map(told).collect(), texts);
    }
    around.incidents(texts)
}

fn sorted(accounts: &[Account]) -> Vec<Account> {
    let mut sorted = accounts.to_vec();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    sorted.dedup_by(|a, b| a.id == b.id);
    sorted
}

fn incidents(accounts: &[Account], groups: Vec<Vec<usize>>, texts: &dyn Likeness) -> Vec<Incident> {
    let mut incidents: Vec<Incident> = groups
        .into_iter()
        .map(|group| {
            compose::incident(&group.iter().map(|index| &accounts[*index]).collect::<Vec<_>>(), texts)
        })
        .collect();
    incidents.sort_by(|a, b| a.id.cmp(&b.id));
    incidents
}

#[cfg(test)]
mod tests;
