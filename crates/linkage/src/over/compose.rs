//! A group of accounts → one incident.

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper_record::codebook::{Claim, IncidentType, Precision};
use watchkeeper_record::incident::{Account, Accused, Figure, Incident, Party, Told, TollHistory};

use super::cluster::joins;
use super::pair::Likeness;

/// Makes the incident of accounts, which must not be empty; their order doesn't matter.
pub(crate) fn incident(accounts: &[&Account], texts: &dyn Likeness) -> Incident {
    let mut accounts = accounts.to_vec();
    accounts.sort_by(|a, b| (a.known, &a.id).cmp(&(b.known, &b.id)));
    let first = accounts[0];
    let last = accounts[accounts.len() - 1];
    let stories: BTreeSet<&str> = accounts.iter().map(|account| account.story.as_str()).collect();
    let outlets: BTreeSet<&String> = accounts.iter().filter_map(|account| account.outlet.as_ref()).collect();
    Incident {
        id: first.id.clone(),
        kind: kind(&accounts),
        place: accounts
            .iter()
            .filter_map(|account| account.place.as_ref())
            .min_by(|a, b| {
                let rank = |precision: Precision| match precision {
                    Precision::Exact => 0,
                    Precision::Near => 1,
                    Precision::Admin2 => 2,
                    Precision::Admin1 => 3,
                    Precision::Country => 4,
                    Precision::Region => 5,
                };
                rank(a.precision)
                    .cmp(&rank(b.precision))
                    .then_with(|| b.score.total_cmp(&a.score))
                    .then_with(|| a.name.cmp(&b.name))
            })
            .cloned(),
        time: time(&accounts),
        perpetrators: accused(&accounts),
        victims: parties(&accounts),
        targets: union(accounts.iter().flat_map(|account| &account.targets)),
        weapons: union(accounts.iter().flat_map(|account| &account.weapons)),
        killed: history(&accounts, |account| account.killed),
        wounded: history(&accounts, |account| account.wounded),
        abducted: history(&accounts, |account| account.abducted),
        independent: stories.len(),
        outlets: outlets.into_iter().cloned().collect(),
        joins: joins(&accounts, texts),
        undated: accounts.iter().filter(|account| !account.dated).map(|account| account.id.clone()).collect(),
        known: (first.known, last.known),
        accounts: accounts.iter().map(|account| account.id.clone()).collect(),
    }
}

/// The type that most stories give; of equals the more special, then the first in the code's order.
fn kind(accounts: &[&Account]) -> Option<IncidentType> {
    let mut votes: BTreeMap<IncidentType, BTreeSet<&str>> = BTreeMap::new();
    for account in accounts {
        if let Some(kind) = account.kind {
            votes.entry(kind).or_default().insert(&account.story);
        }
    }
    let special = |kind: IncidentType| {
        u32::from(!matches!(
            kind,
            IncidentType::ArmedAssault | IncidentType::FacilityAttack | IncidentType::Raid
        )) + u32::from(matches!(kind, IncidentType::SuicideBombing | IncidentType::DroneStrike))
    };
    let most = votes.iter().max_by(|a, b| {
        a.1.len().cmp(&b.1.len()).then(special(*a.0).cmp(&special(*b.0))).then(b.0.cmp(a.0))
    })?;
    // A bombing that one report knows to be a suicide bombing is one.
    let suicide = *most.0 == IncidentType::Bombing && votes.contains_key(&IncidentType::SuicideBombing);
    Some(if suicide { IncidentType::SuicideBombing } else { *most.0 })
}

/// The shortest range; of equals the one that most stories give, then the earliest.
fn time(
    accounts: &[&Account],
) -> Option<(watchkeeper_record::article::Date, watchkeeper_record::article::Date)> {
    let mut votes: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for account in accounts {
        if let Some(time) = account.time {
            votes.entry(time).or_default().insert(account.story.as_str());
        }
    }
    votes
        .into_iter()
        .min_by_key(|((start, end), stories)| (end.days() - start.days(), usize::MAX - stories.len(), *start))
        .map(|(time, _)| time)
}

/// How much a claim says, most first.
fn strength(claim: Claim) -> u32 {
    match claim {
        Claim::Confirmed => 0,
        Claim::Claimed => 1,
        Claim::Accused => 2,
        Claim::Suspected => 3,
        Claim::Unknown => 4,
    }
}

/// One entry a key, or a folded name where words only describe.
fn key(party: &Party) -> String {
    party.key.clone().unwrap_or_else(|| format!("?{}", crate::fold::fold(&party.name)))
}

fn accused(accounts: &[&Account]) -> Vec<Accused> {
    let mut all: BTreeMap<String, Accused> = BTreeMap::new();
    for account in accounts {
        for party in &account.perpetrators {
            let entry = all
                .entry(key(party))
                .or_insert_with(|| Accused { party: party.clone(), accounts: Vec::new() });
            if strength(party.claim) < strength(entry.party.claim) {
                entry.party.claim = party.claim;
            }
            if !entry.accounts.contains(&account.id) {
                entry.accounts.push(account.id.clone());
            }
        }
    }
    let mut all: Vec<Accused> = all.into_values().collect();
    all.sort_by(|a, b| {
        (a.party.key.is_none(), strength(a.party.claim), usize::MAX - a.accounts.len(), &a.party.name).cmp(&(
            b.party.key.is_none(),
            strength(b.party.claim),
            usize::MAX - b.accounts.len(),
            &b.party.name,
        ))
    });
    all
}

fn parties(accounts: &[&Account]) -> Vec<Party> {
    let mut all: BTreeMap<String, Party> = BTreeMap::new();
    for party in accounts.iter().flat_map(|account| &account.victims) {
        all.entry(key(party)).or_insert_with(|| party.clone());
    }
    let mut all: Vec<Party> = all.into_values().collect();
    all.sort_by(|a, b| (a.key.is_none(), &a.name).cmp(&(b.key.is_none(), &b.name)));
    all
}

fn union<'a, T: Ord + Copy + 'a>(items: impl Iterator<Item = &'a T>) -> Vec<T> {
    items.copied().collect::<BTreeSet<T>>().into_iter().collect()
}

/// The history of one number. `accounts` are sorted by the day they are known from.
fn history(accounts: &[&Account], figure: impl Fn(&Account) -> Option<Figure>) -> Option<TollHistory> {
    let mut told: Vec<Told> = Vec::new();
    let mut stories: BTreeSet<&str> = BTreeSet::new();
    for account in accounts {
        let Some(figure) = figure(account).filter(|figure| figure.number().is_some()) else { continue };
        let fresh = stories.insert(&account.story);
        if fresh {
            // Of one outlet the newest figure stands.
            for older in
                told.iter_mut().filter(|older| older.outlet.is_some() && older.outlet == account.outlet)
            {
                older.current = false;
            }
        }
        told.push(Told {
            known: account.known,
            account: account.id.clone(),
            outlet: account.outlet.clone(),
            figure,
            current: fresh,
        });
    }
    let current: Vec<Figure> = told.iter().filter(|told| told.current).map(|told| told.figure).collect();
    let newest = current.last()?;
    let low = current.iter().filter_map(|figure| figure.low.or(figure.best)).min();
    let high = current.iter().filter_map(|figure| figure.high.or(figure.best).or(figure.low)).max();
    Some(TollHistory { low, best: newest.number(), high, told })
}
