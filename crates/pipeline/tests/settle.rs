//! Settling many invented documents: neither the order in which they come, nor the parts, nor stops in the middle change an incident.

#[path = "../../store/tests/synthetic/mod.rs"]
mod synthetic;

use std::collections::BTreeSet;
use std::path::Path;

use synthetic::{Dice, Made, make};
use watchkeeper_pipeline::Recorder;
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::correction::{Action, Correction};
use watchkeeper_store::{Entry, prepare};

fn moment() -> Moment {
    Moment::from_unix(1_700_000_000).expect("a moment")
}

/// Documents of a few weeks, so that many tell of one happening; every fourth is a copy of the one before it, some days later.
fn world(documents: u64) -> Vec<Made> {
    let mut all: Vec<Made> = Vec::new();
    for number in 0..documents {
        let copy = number % 4 == 3;
        // Towns of Zipf's law: the first few come again and again.
        let mut made = make(21, if copy { number - 1 } else { number });
        let mut dice = Dice(number);
        let day =
            15_000 + (number / 12 * 3 + dice.below(3)) as i32 + if copy { dice.below(12) as i32 } else { 0 };
        let text = |shift: i32| Date::from_days(day - shift).expect("a day").to_string();
        if copy {
            let more = format!("\n\nFirst carried elsewhere, number {number}.");
            made.page.bytes.extend_from_slice(more.as_bytes());
            made.reading.document.text += &more;
        } else {
            for (shift, time) in made.reading.times.iter_mut().enumerate() {
                (time.start, time.end) = (Some(text(shift as i32)), Some(text(shift as i32)));
            }
        }
        made.page.origin = format!("made/{number}.txt");
        made.reading.document.id = format!("{number:064x}");
        if let Some(range) = &mut made.reading.document.published {
            (range.start, range.end) = (text(0), text(0));
        }
        all.push(made);
    }
    // A copy tells the days of what it copies.
    for number in 1..all.len() {
        if number % 4 == 3 {
            let times = all[number - 1].reading.times.clone();
            all[number].reading.times = times;
        }
    }
    all
}

fn put(recorder: &mut Recorder, part: &[&Made]) {
    let mut writer = recorder.store_mut().writer();
    for one in part {
        let entry = Entry { page: &one.page, reading: &one.reading, moment: moment() };
        writer.put(&prepare(entry).expect("sound")).expect("room");
    }
    writer.commit().expect("durable");
}

/// Every incident, as JSON, in order of its id.
fn incidents(recorder: &Recorder) -> Vec<String> {
    let store = recorder.store();
    assert_eq!(store.fresh_count().expect("readable"), 0, "all is merged");
    let accounts = store.accounts(None).expect("readable");
    let ids: BTreeSet<String> = accounts
        .iter()
        .map(|account| store.incident(&account.id).expect("every account has one").id)
        .collect();
    ids.iter().map(|id| serde_json::to_string(&store.incident(id).expect("there")).expect("JSON")).collect()
}

fn settled(path: &Path, made: &[&Made], parts: usize, stops: u64, jobs: usize) -> Vec<String> {
    let mut recorder = Recorder::open(path).expect("a record").with_jobs(jobs);
    let mut dice = Dice(stops);
    for part in made.chunks(made.len().div_ceil(parts)) {
        put(&mut recorder, part);
        for _ in 0..stops {
            // Stopped after some steps, and begun again by another process.
            let mut steps = dice.below(6);
            recorder
                .settle_with(moment(), &mut |_| {
                    steps = steps.saturating_sub(1);
                    steps > 0
                })
                .expect("room");
            drop(recorder);
            recorder = Recorder::open(path).expect("a record").with_jobs(jobs);
        }
        recorder.settle(moment()).expect("room");
    }
    let found = incidents(&recorder);
    assert_eq!(recorder.store().verify(&mut |_, _| {}).expect("readable").findings, []);
    found
}

#[test]
fn order_parts_stops_and_threads_change_nothing() {
    let made = world(160);
    let folder = tempfile::tempdir().expect("a folder");
    let all: Vec<&Made> = made.iter().collect();
    let whole = settled(&folder.path().join("whole.db"), &all, 1, 0, 1);
    let joined = whole.iter().filter(|incident| !incident.contains("\"joins\":[]")).count();
    assert!(joined >= 30, "{joined} of {} incidents rest on several reports", whole.len());
    let mut dice = Dice(5);
    for (round, (parts, stops)) in
        [(1, 0), (2, 0), (8, 0), (1, 3), (3, 2), (8, 1), (40, 0)].into_iter().enumerate()
    {
        let mut order = all.clone();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at as u64 + 1) as usize);
        }
        let path = folder.path().join(format!("{round}.db"));
        let jobs = 1 + round % 4;
        assert_eq!(
            settled(&path, &order, parts, stops, jobs),
            whole,
            "{parts} parts, {stops} stops, {jobs} threads"
        );
    }
}

#[test]
fn what_humans_said_and_took_back_leaves_no_trace() {
    let made = world(60);
    let all: Vec<&Made> = made.iter().collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mut recorder = Recorder::open(&folder.path().join("w.db")).expect("a record");
    put(&mut recorder, &all);
    recorder.settle(moment()).expect("room");
    let before = incidents(&recorder);
    let accounts = recorder.store().accounts(None).expect("readable");
    let say = |action: Action| Correction {
        author: "an analyst".to_owned(),
        moment: moment(),
        reason: "the texts say so".to_owned(),
        action,
    };
    let tied = vec![accounts[0].id.clone(), accounts[accounts.len() / 2].id.clone(), accounts[7].id.clone()];
    let entered =
        recorder.store_mut().correct(&say(Action::Merge { accounts: tied.clone() })).expect("it holds");
    recorder.settle_said(moment()).expect("room");
    let one = recorder.store().incident(&tied[0]).expect("there");
    assert!(tied.iter().all(|id| one.accounts.contains(id)), "{one:?}");
    recorder.store_mut().correct(&say(Action::Undo { correction: entered.id })).expect("it holds");
    recorder.settle_said(moment()).expect("room");
    assert_eq!(incidents(&recorder), before);
    // Read anew by another version that finds less: who lost a companion is merged anew.
    let mut less = make(21, 0);
    less.page = made[0].page.clone();
    less.reading = made[0].reading.clone();
    less.reading.produced_by.version = "9".to_owned();
    less.reading.incidents.clear();
    put(&mut recorder, &[&less]);
    recorder.settle(moment()).expect("room");
    let mut fresh = Recorder::open(&folder.path().join("fresh.db")).expect("a record");
    let mut others: Vec<&Made> = all[1..].to_vec();
    others.push(&less);
    put(&mut fresh, &others);
    fresh.settle(moment()).expect("room");
    assert_eq!(incidents(&recorder), incidents(&fresh));
}

#[test]
fn a_record_that_was_merged_in_another_way_is_merged_anew() {
    let made = world(60);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("record.db");
    let whole = settled(&path, &made.iter().collect::<Vec<_>>(), 1, 0, 1);
    let mut recorder = Recorder::open(&path).expect("a record");
    recorder.store_mut().refile("the way of an older version", |_| Vec::new()).expect("room");
    assert!(recorder.store().fresh_count().expect("readable") > 0, "nothing is settled any more");
    recorder.settle(moment()).expect("room");
    assert_eq!(incidents(&recorder), whole);
}
