use std::collections::BTreeSet;

use proptest::prelude::*;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Claim, IncidentType, Precision};
use watchkeeper_record::incident::{Account, Figure, Party, Whereabouts};

use super::{NoTexts, Said, merge, merge_around};

fn day(number: i32) -> Date {
    Date::from_days(18_000 + number).expect("a day of our time")
}

/// An account of a bombing in one of a few towns on one of a few days.
fn account(number: usize, town: u8, when: Option<i32>, killed: Option<u32>, group: Option<u8>) -> Account {
    let known = day(when.unwrap_or(3) + 1 + number as i32 % 3);
    Account {
        id: format!("I{:014x}", (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8),
        document: format!("{number:064x}"),
        local: "i1".to_owned(),
        story: format!("{:064x}", number / 2),
        outlet: Some(format!("Outlet {}", number % 4)),
        known,
        dated: !number.is_multiple_of(5),
        kind: Some(if number.is_multiple_of(3) {
            IncidentType::SuicideBombing
        } else {
            IncidentType::Bombing
        }),
        place: (town < 5).then(|| Whereabouts {
            name: format!("Town {town}"),
            geonames: Some(100 + u64::from(town)),
            lat: Some(10.0 + f64::from(town)),
            lon: Some(20.0),
            country: Some("MLI".to_owned()),
            admin1: Some("Gao".to_owned()),
            precision: if town == 4 { Precision::Admin1 } else { Precision::Exact },
            radius_km: None,
            score: 0.9,
        }),
        time: when.map(|when| (day(when), day(when))),
        perpetrators: group
            .map(|group| Party {
                key: Some(format!("group-{group}")),
                name: format!("Group {group}"),
                private: false,
                claim: Claim::Accused,
            })
            .into_iter()
            .collect(),
        victims: Vec::new(),
        targets: Vec::new(),
        weapons: Vec::new(),
        killed: killed.map(|killed| Figure { low: Some(killed), best: Some(killed), high: Some(killed) }),
        wounded: None,
        abducted: None,
        background: false,
        refers: None,
        gist: Vec::new(),
        words: (0..8).map(|word| u64::from(town) * 10 + word + number as u64 % 2).collect(),
    }
}

fn some() -> impl Strategy<Value = Vec<Account>> {
    let one =
        (0..6u8, prop::option::weighted(0.5, 0..9i32), prop::option::of(0..40u32), prop::option::of(0..3u8));
    prop::collection::vec(one, 1..40).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(number, (town, when, killed, group))| account(number, town, when, killed, group))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_changes_nothing(accounts in some(), seed in any::<u64>()) {
        let whole = merge(&accounts, &Said::default(), &NoTexts);
        let mut turned = accounts.clone();
        turned.sort_by_key(|account| super::account::hash(format!("{seed}{}", account.id).as_bytes()));
        prop_assert_eq!(&whole, &merge(&turned, &Said::default(), &NoTexts));
        let members: usize = whole.iter().map(|incident| incident.accounts.len()).sum();
        prop_assert_eq!(members, accounts.len());
    }

    #[test]
    fn what_comes_in_parts_ends_as_what_comes_at_once(accounts in some(), parts in 1..8usize) {
        let whole = merge(&accounts, &Said::default(), &NoTexts);
        let mut known: Vec<Account> = Vec::new();
        let mut record = std::collections::BTreeMap::new();
        for part in accounts.chunks(accounts.len().div_ceil(parts)) {
            known.extend_from_slice(part);
            let fresh: BTreeSet<String> = part.iter().map(|account| account.id.clone()).collect();
            for incident in merge_around(&known, &fresh, &Said::default(), &NoTexts) {
                for account in &incident.accounts {
                    record.insert(account.clone(), incident.clone());
                }
            }
        }
        let mut incidents: Vec<_> = record.into_values().collect();
        incidents.sort_by(|a, b| a.id.cmp(&b.id));
        incidents.dedup_by(|a, b| a.id == b.id);
        prop_assert_eq!(whole, incidents);
    }

    #[test]
    fn nothing_known_later_shows_as_of_a_day(accounts in some(), until in 0..12i32) {
        let until = day(until);
        let before: Vec<Account> = accounts.iter().filter(|account| account.known <= until).cloned().collect();
        for incident in merge(&before, &Said::default(), &NoTexts) {
            prop_assert!(incident.known.1 <= until);
        }
    }
}

#[test]
fn what_a_human_said_goes_before_what_agrees() {
    let accounts = vec![
        account(1, 0, Some(1), Some(5), None),
        account(3, 0, Some(1), Some(5), None),
        account(5, 3, Some(8), Some(1), None),
    ];
    let ids: Vec<String> = accounts.iter().map(|account| account.id.clone()).collect();
    let count = |said: &Said| merge(&accounts, said, &NoTexts).len();
    assert_eq!(count(&Said::default()), 2);
    let apart = Said { apart: vec![(vec![ids[0].clone()], vec![ids[1].clone()])], ..Said::default() };
    assert_eq!(count(&apart), 3);
    let together = Said { together: vec![ids.clone()], ..Said::default() };
    assert_eq!(count(&together), 1);
}

#[test]
fn neighbouring_days_in_one_town_are_two_happenings_and_a_rising_toll_is_one() {
    let mut reports = vec![
        account(1, 0, Some(1), Some(9), None),
        account(3, 0, Some(2), Some(2), None),
        account(5, 0, Some(1), Some(14), None),
    ];
    for report in &mut reports {
        report.kind = Some(IncidentType::Bombing);
        report.story.clone_from(&report.document);
    }
    reports[2].known = day(6);
    let incidents = merge(&reports, &Said::default(), &NoTexts);
    assert_eq!(incidents.len(), 2, "{incidents:#?}");
    let risen =
        incidents.iter().find(|incident| incident.accounts.len() == 2).expect("two reports of one day");
    let killed = risen.killed.as_ref().expect("a toll");
    assert_eq!(
        (killed.low, killed.best, killed.high),
        (Some(14), Some(14), Some(14)),
        "one outlet's newest figure stands"
    );
    assert!(risen.joins[0].reasons.iter().any(|reason| reason == "killed 9 v 14"), "{:?}", risen.joins);
}

#[test]
fn a_new_report_stirs_its_own_days_alone() {
    // Every second day a bombing in one town with a day, and a report of that day that gives none.
    let told = |number: usize| {
        let at = number as i32 / 2 * 2;
        let mut account = account(number, 0, (number.is_multiple_of(2)).then_some(at), Some(7), Some(1));
        (account.known, account.dated) = (day(at + 1), true);
        account.story.clone_from(&account.document);
        account
    };
    let accounts: Vec<Account> = (0..400).map(told).collect();
    let fresh = BTreeSet::from([accounts[399].id.clone()]);
    let stirred = merge_around(&accounts, &fresh, &Said::default(), &NoTexts);
    let stirred: BTreeSet<&String> = stirred.iter().flat_map(|incident| &incident.accounts).collect();
    assert!(stirred.contains(&accounts[399].id));
    assert!(stirred.len() < 40, "{} of 400 accounts", stirred.len());
    assert!(accounts[..360].iter().all(|account| !stirred.contains(&account.id)));
}
