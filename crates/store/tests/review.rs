//! Corrections laid over readings, incidents over reports, grades, copies; and checking it all.

mod synthetic;

use std::collections::BTreeSet;

use serde_json::json;
use synthetic::{Made, make};
use watchkeeper_record::Moment;
use watchkeeper_record::correction::{Action, Correction};
use watchkeeper_record::incident::{Account, Figure, Incident, Join, Told, TollHistory};
use watchkeeper_store::{
    Cluster, DocumentId, Entry, Error, Filed, Filter, Grade, Mode, Put, Shown, Sort, Store, Version, Weight,
    Window, doctor, prepare,
};

fn moment(seconds: i64) -> Moment {
    Moment::from_unix(1_700_000_000 + seconds).expect("a moment")
}

fn with(documents: u64) -> (tempfile::TempDir, Store, Vec<Made>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(&folder.path().join("w.db"), Mode::Create).expect("a new record");
    let made: Vec<Made> = (0..documents).map(|number| make(3, number)).collect();
    let mut writer = store.writer();
    for one in &made {
        let entry = Entry { page: &one.page, reading: &one.reading, moment: moment(0) };
        writer.put(&prepare(entry).expect("sound")).expect("room");
    }
    writer.commit().expect("durable");
    drop(writer);
    (folder, store, made)
}

fn say(seconds: i64, action: Action) -> Correction {
    Correction {
        author: "an analyst".to_owned(),
        moment: moment(seconds),
        reason: "the text says so".to_owned(),
        action,
    }
}

fn events(store: &Store) -> Vec<watchkeeper_store::Fact> {
    let window = Window { limit: 1_000, ..Window::first(Sort::Known) };
    store.events(&Filter::default(), &window).expect("events").items
}

#[test]
fn corrections_overlay_undo_and_replay() {
    let (_folder, mut store, made) = with(2);
    let before = events(&store);
    let document = DocumentId(1);
    let reading = store.reading(document).expect("a reading");
    let first = store.target(document, "e1").expect("there");
    let second = store.target(document, "e2").expect("there");
    let edit = |value| Action::Edit { target: first.clone(), field: "/realis".to_owned(), value };
    let edited = store.correct(&say(1, edit(json!("foiled")))).expect("it can be");
    let rejected = store.correct(&say(2, Action::Reject { target: second.clone() })).expect("it can be");
    let after = events(&store);
    assert_eq!(after.len(), before.len() - 1);
    let sha = store.sha256(document).expect("there");
    let one = after.iter().find(|event| event.id == format!("{sha}#e1")).expect("there");
    assert_eq!((one.realis.as_str(), one.corrected), ("foiled", Some("edited")));
    assert!(store.reading(document).expect("a reading") == reading, "the reading itself never changes");
    let laid = store.corrected(document).expect("readable");
    assert_eq!(laid.edited[0].was, json!(reading.events[0].realis.as_str()));
    assert!(laid.rejected.contains("e2"));

    // What makes no sense is refused and leaves no trace.
    for (action, what) in [
        (edit(json!("perhaps")), "a word outside the vocabulary"),
        (
            Action::Edit { target: first.clone(), field: "/nothing".to_owned(), value: json!(1) },
            "no such field",
        ),
        (
            Action::Edit { target: first.clone(), field: "/evidence/0/start".to_owned(), value: json!(1) },
            "the text's words",
        ),
        (
            Action::Edit { target: first.clone(), field: "/place".to_owned(), value: json!("p99") },
            "a place that isn't there",
        ),
        (Action::Undo { correction: "feed".to_owned() }, "no such correction"),
        (Action::MergeActors { from: "nobody".to_owned(), into: "group-1".to_owned() }, "no such actor"),
    ] {
        assert!(store.correct(&say(3, action)).is_err(), "{what}");
    }
    let nameless = Correction { author: " ".to_owned(), ..say(3, edit(json!("actual"))) };
    assert!(matches!(store.correct(&nameless), Err(Error::Correction(_))));
    assert_eq!(store.corrections().expect("readable").len(), 2);

    // A toll that the text doesn't give.
    let toll = Action::Edit {
        target: store.target(document, "e3").expect("there"),
        field: "/toll/killed".to_owned(),
        value: json!({"low": 7, "best": 7, "high": null}),
    };
    store.correct(&say(4, toll)).expect("it can be");
    assert_eq!(
        store.corrected(document).expect("readable").reading.events[2]
            .toll
            .killed
            .as_ref()
            .and_then(|count| count.best),
        Some(7)
    );

    // Undoing, and undoing that.
    let undo = store.correct(&say(5, Action::Undo { correction: rejected.id.clone() })).expect("it can be");
    assert_eq!(events(&store).len(), before.len());
    store.correct(&say(6, Action::Undo { correction: undo.id })).expect("it can be");
    assert_eq!(events(&store).len(), before.len() - 1);
    assert!(store.correct(&say(7, Action::Undo { correction: edited.id.clone() })).is_ok());
    assert!(events(&store).iter().any(|event| event.id == format!("{sha}#e1") && event.realis == before_realis(&before, &event.id)));

    // A later version reads the document anew: ids move, one record is gone.
    let mut reading = made[0].reading.clone();
    reading.produced_by.version = "9".to_owned();
    let gone = reading.events.remove(1);
    reading.incidents.retain(|incident| !incident.events.contains(&gone.id));
    reading.events.reverse();
    let put = {
        let mut writer = store.writer();
        let entry = Entry { page: &made[0].page, reading: &reading, moment: moment(8) };
        let put = writer.put(&prepare(entry).expect("sound")).expect("room");
        writer.commit().expect("durable");
        put
    };
    assert_eq!(put, Put::Reread(document));
    let laid = store.corrected(document).expect("readable");
    assert_eq!(laid.edited.len(), 1, "the toll is found by its words");
    assert_eq!(laid.edited[0].local, "e3");
    assert_eq!(laid.unresolved.len(), 1, "the rejected event is not read any more");
    assert_eq!(store.unresolved().expect("readable")[0].0, rejected.id);
    let told = doctor(store.path());
    assert!(told.iter().any(|advice| advice.weight == Weight::Hint && advice.what.contains(&rejected.id)));
    assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);
}

fn before_realis(before: &[watchkeeper_store::Fact], id: &str) -> String {
    before.iter().find(|event| event.id == id).expect("there").realis.clone()
}

#[test]
fn looks_at_private_names_are_kept_in_the_chain() {
    let (_folder, mut store, _) = with(1);
    let command = vec!["export".to_owned(), "--reveal-private".to_owned()];
    store.log_reveal("ana", &command, moment(1)).expect("entered");
    store.log_reveal("bo \"x\"", &[], moment(2)).expect("entered");
    let looks = store.reveals().expect("read");
    let told: Vec<_> =
        looks.iter().map(|look| (look.author.as_str(), look.command.len(), look.moment)).collect();
    assert_eq!(told, [("ana", 2, moment(1)), ("bo \"x\"", 0, moment(2))]);
    assert!(store.verify(&mut |_, _| {}).expect("checked").findings.is_empty());
}

#[test]
fn actors_wait_for_review_and_merge() {
    let (_folder, mut store, _) = with(30);
    let new = store.actors(true, None, 1_000, None).expect("readable").items;
    assert!(new.len() >= 2 && new.iter().all(|actor| actor.state == "new"));
    assert!(new.windows(2).all(|pair| pair[0].documents >= pair[1].documents));
    let (from, into) = (new[1].key.clone(), new[0].key.clone());
    let of = |store: &Store, key: &str| {
        let who = Some(watchkeeper_store::Who { actor: key.to_owned(), wings: false });
        let window = Window { limit: 1_000, ..Window::first(Sort::Known) };
        store.documents(&Filter { who, ..Filter::default() }, &window).expect("readable").items.len()
    };
    let (one, other) = (of(&store, &from), of(&store, &into));
    let merged = store
        .correct(&say(1, Action::MergeActors { from: from.clone(), into: into.clone() }))
        .expect("it can be");
    assert!(of(&store, &into) > other.max(one) || of(&store, &into) == other.max(one));
    assert_eq!(of(&store, &into), of(&store, &from));
    assert_eq!(store.actors(true, None, 1_000, None).expect("readable").items.len(), new.len() - 1);
    store.correct(&say(2, Action::Undo { correction: merged.id })).expect("it can be");
    assert_eq!((of(&store, &from), of(&store, &into)), (one, other));
    assert_eq!(store.actors(true, None, 1_000, None).expect("readable").items.len(), new.len());
}

/// An account as linking would make it.
fn account(store: &Store, document: DocumentId, local: &str) -> Account {
    let sha = store.sha256(document).expect("there");
    let item = store.show_document(document).expect("there").item;
    Account {
        id: format!("acc-{}-{local}", &sha[..12]),
        document: sha.clone(),
        local: local.to_owned(),
        story: sha,
        outlet: item.source.outlet,
        known: item.source.known,
        dated: item.source.dated,
        kind: None,
        place: None,
        time: None,
        perpetrators: Vec::new(),
        victims: Vec::new(),
        targets: Vec::new(),
        weapons: Vec::new(),
        killed: None,
        wounded: None,
        abducted: None,
        background: false,
        refers: None,
        gist: Vec::new(),
        words: Vec::new(),
    }
}

/// An incident as merging would make it.
fn incident(accounts: &[&Account]) -> Incident {
    let first =
        accounts.iter().min_by_key(|account| (account.known, account.id.clone())).expect("one at least");
    let figure = Figure { low: Some(1), best: Some(2), high: None };
    let known = accounts.iter().map(|account| account.known);
    Incident {
        id: first.id.clone(),
        kind: None,
        place: None,
        time: None,
        perpetrators: Vec::new(),
        victims: Vec::new(),
        targets: Vec::new(),
        weapons: Vec::new(),
        killed: Some(TollHistory {
            low: Some(1),
            best: Some(2),
            high: None,
            told: vec![Told {
                known: first.known,
                account: first.id.clone(),
                outlet: None,
                figure,
                current: true,
            }],
        }),
        wounded: None,
        abducted: None,
        accounts: accounts.iter().map(|account| account.id.clone()).collect(),
        independent: accounts.len(),
        outlets: Vec::new(),
        joins: accounts
            .iter()
            .skip(1)
            .map(|account| Join {
                account: account.id.clone(),
                with: first.id.clone(),
                weight: 5.0,
                reasons: vec!["same town".to_owned()],
            })
            .collect(),
        undated: Vec::new(),
        known: (known.clone().min().expect("one"), known.max().expect("one")),
    }
}

#[test]
fn incidents_over_reports_join_lead_on_and_part() {
    let (_folder, mut store, made) = with(12);
    let waiting = store.unmerged(100).expect("readable");
    assert_eq!(waiting.len(), 12);
    let told: Vec<(DocumentId, Vec<Account>)> = waiting
        .iter()
        .map(|document| {
            let reading = store.reading(*document).expect("a reading");
            (*document, reading.incidents.iter().map(|one| account(&store, *document, &one.id)).collect())
        })
        .collect();
    let filed: Vec<(DocumentId, Vec<Filed>)> = told
        .iter()
        .map(|(document, accounts)| {
            let filed = accounts.iter().map(|account| Filed {
                account: account.clone(),
                rows: vec![i64::from(account.known.days())],
            });
            (*document, filed.collect())
        })
        .collect();
    store.put_accounts(&filed).expect("room");
    assert_eq!(
        store.fresh_accounts(1_000).expect("readable").len(),
        told.iter().map(|(_, accounts)| accounts.len()).sum::<usize>()
    );
    assert!(store.unmerged(100).expect("readable").is_empty());
    let mut all: Vec<Account> = told.iter().flat_map(|(_, accounts)| accounts.clone()).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(store.accounts(None).expect("readable"), all);
    // Those of different days first, so that the first three are.
    all.sort_by_key(|account| (account.known, account.id.clone()));
    let mut days = BTreeSet::new();
    all.sort_by_key(|account| !days.insert(account.known));

    // Each alone, then the first three together, then the first and the third parted again.
    let single: Vec<Incident> = all.iter().map(|one| incident(&[one])).collect();
    assert_eq!(store.put_incidents(&single, moment(1)).expect("room"), all.len());
    assert_eq!(store.put_incidents(&single, moment(2)).expect("room"), 0, "nothing changed");
    assert_eq!(store.fresh_count().expect("readable"), 0, "what is merged is fresh no more");
    let same_day = all.iter().filter(|other| other.known == all[0].known).count();
    assert_eq!(store.numbers_of(&[i64::from(all[0].known.days())], &[]).expect("readable").len(), same_day);
    let three = incident(&[&all[0], &all[1], &all[2]]);
    assert_eq!(store.put_incidents(std::slice::from_ref(&three), moment(3)).expect("room"), 1);
    for one in &all[..3] {
        assert_eq!(store.incident(&one.id).expect("it leads on").id, three.id);
    }
    assert_eq!(store.reports_of(&three.id, None).expect("reports").len(), 3);
    assert!(
        matches!(store.show(&all[1].id).expect("there"), Shown::Incident { reports, .. } if reports.len() == 3)
    );
    assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);

    // Lists: each once, in every order; as of the day before the last report it isn't whole.
    for sort in [Sort::Known, Sort::Happened, Sort::Killed, Sort::Score] {
        let mut window = Window { limit: 4, ..Window::first(sort) };
        let mut keys = Vec::new();
        loop {
            let listed = store.incidents(&Filter::default(), &window).expect("a good query");
            keys.extend(listed.items.into_iter().map(|item| item.key.expect("merged")));
            match listed.next {
                None => break,
                next => window.after = next,
            }
        }
        let once: BTreeSet<&String> = keys.iter().collect();
        assert_eq!((once.len(), keys.len()), (all.len() - 2, all.len() - 2), "{sort:?}");
    }
    let last = all[..3].iter().map(|account| account.known).max().expect("three");
    let first = all[..3].iter().map(|account| account.known).min().expect("three");
    assert!(first < last, "the world spreads its documents over years");
    let day = last.plus_days(-1).expect("a day");
    let filter = Filter { as_of: Some(day), ..Filter::default() };
    let items = store
        .incidents(&filter, &Window { limit: 1_000, ..Window::first(Sort::Known) })
        .expect("a query")
        .items;
    let cut =
        items.iter().find(|item| item.key.as_ref() == Some(&three.id)).expect("known by its first report");
    assert!(cut.whole.is_none() && !cut.accounts.is_empty() && cut.reports < 3);
    assert!(cut.accounts.iter().all(|account| account.known <= day));
    assert!(
        store
            .reports_of(&three.id, Some(day))
            .expect("reports")
            .iter()
            .all(|report| report.source.known <= day)
    );

    let parted = [incident(&[&all[0], &all[1]]), incident(&[&all[2]])];
    assert_eq!(store.put_incidents(&parted, moment(4)).expect("room"), 2);
    assert_eq!(store.incident(&all[2].id).expect("its own again").accounts, vec![all[2].id.clone()]);
    let unknown = Incident { accounts: vec!["acc-none".to_owned()], ..three };
    assert!(matches!(store.put_incidents(&[unknown], moment(5)), Err(Error::Unknown { .. })));

    // What humans say of accounts reaches merging, until undone.
    let tie = store
        .correct(&say(6, Action::Merge { accounts: vec![all[0].id.clone(), all[2].id.clone()] }))
        .expect("ok");
    let split = Action::Split { accounts: vec![all[0].id.clone()], from: vec![all[3].id.clone()] };
    store.correct(&say(7, split)).expect("ok");
    assert_eq!(store.ties().expect("readable").together.len(), 1);
    store.correct(&say(8, Action::Undo { correction: tie.id })).expect("ok");
    let ties = store.ties().expect("readable");
    assert!(ties.together.is_empty() && ties.apart.len() == 1);

    // Reading anew sends a document's incidents back to the queue.
    let mut reading = made[0].reading.clone();
    reading.produced_by.version = "9".to_owned();
    let mut writer = store.writer();
    writer
        .put(&prepare(Entry { page: &made[0].page, reading: &reading, moment: moment(9) }).expect("sound"))
        .expect("room");
    writer.commit().expect("durable");
    drop(writer);
    assert_eq!(store.unmerged(100).expect("readable"), [DocumentId(1)]);
    let companions: BTreeSet<String> =
        store.fresh_accounts(1_000).expect("readable").into_iter().map(|(_, account)| account.id).collect();
    let own = |account: &&Account| account.document == store.sha256(DocumentId(1)).expect("there");
    for account in all[..2].iter().filter(|account| !own(account)) {
        let was_with = all[..2].iter().any(|other| own(&other));
        assert!(!was_with || companions.contains(&account.id), "who lost a companion is looked at anew");
    }
}

#[test]
fn sources_are_graded_and_copies_stand_back() {
    let (_folder, mut store, made) = with(20);
    let name = made[0].reading.document.outlet.clone().expect("the world names them");
    let window = Window { limit: 1_000, ..Window::first(Sort::Known) };
    let count =
        |store: &Store, filter: &Filter| store.documents(filter, &window).expect("readable").items.len();
    let good = Filter { grade: Some(Grade::B), ..Filter::default() };
    assert_eq!(count(&store, &good), 0);
    store.set_grade(&name, Grade::B, "an analyst", "a record of years", moment(1)).expect("room");
    let of_it = made.iter().filter(|one| one.reading.document.outlet.as_ref() == Some(&name)).count();
    assert_eq!(count(&store, &good), of_it);
    store.set_credibility(DocumentId(2), 1, "an analyst", "two others say so", moment(2)).expect("room");
    assert_eq!(count(&store, &Filter { credibility: Some(2), ..Filter::default() }), 1);
    assert!(store.set_credibility(DocumentId(2), 7, "an analyst", "no", moment(2)).is_err());
    let cluster = Cluster {
        representative: DocumentId(3),
        copies: vec![(DocumentId(4), 0.97, "same words".to_owned())],
    };
    store.put_clusters(&[cluster], moment(3)).expect("room");
    assert_eq!(count(&store, &Filter { without_copies: true, ..Filter::default() }), 19);
    assert_eq!(store.copies(DocumentId(4)).expect("readable")[0].0, DocumentId(3));
    let other = Cluster {
        representative: DocumentId(4),
        copies: vec![(DocumentId(5), 0.9, "same words".to_owned())],
    };
    store.put_clusters(&[other], moment(4)).expect("room");
    assert!(
        store.copies(DocumentId(3)).expect("readable").is_empty(),
        "a cluster that lost a document is taken apart"
    );
    let version = Version {
        older: DocumentId(6),
        newer: DocumentId(7),
        kind: "update".to_owned(),
        score: 0.9,
        why: "same address".to_owned(),
    };
    store.put_versions(std::slice::from_ref(&version), moment(5)).expect("room");
    assert_eq!(store.versions(DocumentId(7)).expect("readable"), [version]);
    assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);
}
