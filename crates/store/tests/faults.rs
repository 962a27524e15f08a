//! What may go wrong around a record: killed writers, a full disk, files that can't be written, damage, other programs' files.
//!
//! The fast part of the fault campaign; `cargo run -p watchkeeper-store --example faults` is the long one.

mod synthetic;

use std::path::Path;

use proptest::prelude::*;
use rusqlite::Connection;
use synthetic::make;
use watchkeeper_record::Moment;
use watchkeeper_store::{
    DocumentId, Entry, Error, Filter, Mode, OpenOptions, SCHEMA, Sort, Store, Weight, Window, doctor, prepare,
};

fn moment() -> Moment {
    Moment::from_unix(1_700_000_000).expect("a moment")
}

fn add(store: &mut Store, from: u64, to: u64) -> Result<(), Error> {
    let mut writer = store.writer();
    for number in from..to {
        let made = make(5, number);
        writer.put(&prepare(Entry { page: &made.page, reading: &made.reading, moment: moment() })?)?;
    }
    writer.commit()
}

fn record(path: &Path, documents: u64) {
    let mut store = Store::open(path, Mode::Create).expect("a new record");
    add(&mut store, 0, documents).expect("room");
}

#[test]
fn what_is_no_record_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    assert!(matches!(Store::open(&path("none.db"), Mode::Read), Err(Error::Missing { .. })));
    assert!(matches!(Store::open(&path("none.db"), Mode::Write), Err(Error::Missing { .. })));
    assert!(matches!(Store::open(folder.path(), Mode::Create), Err(Error::NotARecord { .. })));
    assert!(matches!(Store::open(&path("no/such/folder.db"), Mode::Create), Err(Error::ReadOnly { .. })));
    std::fs::write(path("text.db"), "This is a text of some length, not a database.\n".repeat(50))
        .expect("written");
    std::fs::write(path("empty.db"), "").expect("written");
    for mode in [Mode::Read, Mode::Write, Mode::Create] {
        assert!(matches!(Store::open(&path("text.db"), mode), Err(Error::NotARecord { .. })), "{mode:?}");
    }
    assert!(matches!(Store::open(&path("empty.db"), Mode::Read), Err(Error::NotARecord { .. })));
    assert!(Store::open(&path("empty.db"), Mode::Create).is_ok());
    let other = Connection::open(path("other.db")).expect("a database");
    other.execute_batch("CREATE TABLE t (a)").expect("a table");
    drop(other);
    for mode in [Mode::Read, Mode::Write, Mode::Create] {
        assert!(matches!(Store::open(&path("other.db"), mode), Err(Error::NotARecord { .. })), "{mode:?}");
    }
    let message = Store::open(&path("text.db"), Mode::Read).expect_err("no database").to_string();
    assert!(message.contains("text.db") && message.contains("not a record"), "{message}");
}

#[test]
fn a_schema_from_the_future_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.db");
    record(&path, 2);
    Connection::open(&path).expect("a database").execute_batch("PRAGMA user_version = 99").expect("set");
    for mode in [Mode::Read, Mode::Write, Mode::Create] {
        let error = Store::open(&path, mode).expect_err("refused");
        assert!(matches!(error, Error::Future { found: 99, .. }), "{mode:?}");
        assert!(error.to_string().contains("update watchkeeper"), "{error}");
    }
    assert_eq!(doctor(&path)[0].weight, Weight::Trouble);
}

#[test]
fn two_writers_and_readers_in_peace() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.db");
    record(&path, 3);
    let mut first = Store::open(&path, Mode::Write).expect("it opens");
    let mut writer = first.writer();
    let made = make(5, 10);
    writer
        .put(&prepare(Entry { page: &made.page, reading: &made.reading, moment: moment() }).expect("sound"))
        .expect("room");
    let mut second = Store::open_with(&path, &OpenOptions { busy_ms: 50, ..OpenOptions::new(Mode::Write) })
        .expect("it opens");
    let error = add(&mut second, 20, 21).expect_err("the first writes");
    assert!(matches!(error, Error::Busy { .. }) && error.to_string().contains("another process"), "{error}");
    let reader = Store::open(&path, Mode::Read).expect("readers are never blocked");
    assert_eq!(reader.count().expect("readable"), 3);
    assert_eq!(
        reader.documents(&Filter::default(), &Window::first(Sort::Known)).expect("readable").items.len(),
        3
    );
    let copy = reader.backup(&folder.path().join("copy.db")).expect("a copy while another writes");
    assert_eq!(copy.documents, 3);
    assert!(
        matches!(reader.backup(&folder.path().join("copy.db")), Err(Error::Query(_))),
        "nothing is overwritten"
    );
    writer.commit().expect("durable");
    assert_eq!(reader.count().expect("readable"), 4);
    add(&mut second, 20, 21).expect("free again");
    let copy = Store::open(&folder.path().join("copy.db"), Mode::Read).expect("the copy opens");
    assert_eq!(copy.verify(&mut |_, _| {}).expect("readable").findings, []);
    let mut reader = reader;
    assert!(matches!(add(&mut reader, 30, 31), Err(Error::ReadOnly { .. })));
}

#[test]
fn a_full_disk_keeps_what_was_committed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.db");
    let mut store = Store::open(&path, Mode::Create).expect("a new record");
    add(&mut store, 0, 20).expect("room");
    // Stands for a full disk: SQLite refuses new pages with the same error.
    store.pages_max(150).expect("set");
    let mut committed = 20;
    let error = loop {
        match add(&mut store, committed, committed + 5) {
            Ok(()) => committed += 5,
            Err(error) => break error,
        }
        assert!(committed < 2_000, "the limit was never met");
    };
    assert!(matches!(error, Error::Full { .. }), "{error}");
    assert_eq!(store.count().expect("readable"), committed);
    assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);
    store.pages_max(1_000_000).expect("set");
    add(&mut store, 0, committed + 5).expect("room again");
    assert_eq!(store.count().expect("readable"), committed + 5);
}

#[test]
fn damage_is_told_and_never_a_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = folder.path().join("whole.db");
    record(&whole, 25);
    let bytes = std::fs::read(&whole).expect("readable");
    let path = folder.path().join("hurt.db");
    let mut told = 0;
    let mut cases = Vec::new();
    for part in 1..8 {
        cases.push(bytes[..bytes.len() * part / 8].to_vec());
    }
    let mut dice = synthetic::Dice(11);
    for _ in 0..25 {
        let mut hurt = bytes.clone();
        // Most of a small file is room to grow, where a bit means nothing.
        let mut at = 0;
        while hurt[at] == 0 || at < 100 {
            at = dice.below(bytes.len() as u64) as usize;
        }
        hurt[at] ^= 1 << dice.below(8);
        cases.push(hurt);
    }
    for hurt in &cases {
        std::fs::write(&path, hurt).expect("written");
        let outcome = Store::open(&path, Mode::Read).and_then(|store| {
            // Whatever is asked, an answer or an error in words.
            let _ = store.incidents(&Filter::default(), &Window::first(Sort::Happened));
            let _ = store.show("group-1");
            store.verify(&mut |_, _| {})
        });
        match outcome {
            Ok(verified) => told += usize::from(!verified.findings.is_empty()),
            Err(error) => {
                told += 1;
                assert!(error.to_string().contains("hurt.db"), "{error}");
            }
        }
        let _ = doctor(&path);
    }
    // A bit in the unused part of a page changes nothing that anybody reads.
    assert!(told * 10 >= cases.len() * 6, "{told} of {}", cases.len());
    for cut in &cases[..7] {
        std::fs::write(&path, cut).expect("written");
        let sound = Store::open(&path, Mode::Read)
            .and_then(|store| store.verify(&mut |_, _| {}))
            .is_ok_and(|verified| verified.findings.is_empty());
        assert!(!sound, "a cut file never passes");
    }
}

#[cfg(unix)]
#[test]
fn files_and_folders_that_can_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("archive");
    std::fs::create_dir(&inner).expect("made");
    let path = inner.join("w #1?.db");
    record(&path, 3);
    let set = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
            .expect("permissions can be set");
    };
    set(&path, 0o444);
    set(&inner, 0o555);
    // A superuser may write anywhere; nothing can be shown then but that reading works.
    let superuser = std::fs::write(inner.join("probe"), "").is_ok();
    let store = Store::open(&path, Mode::Read).expect("reading needs no right to write");
    assert_eq!(store.count().expect("readable"), 3);
    if !superuser {
        assert!(matches!(Store::open(&path, Mode::Write), Err(Error::ReadOnly { .. })));
        assert!(matches!(Store::open(&inner.join("new.db"), Mode::Create), Err(Error::ReadOnly { .. })));
        assert!(matches!(store.backup(&inner.join("copy.db")), Err(Error::ReadOnly { .. })));
    }
    set(&inner, 0o755);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_changed_byte_of_the_log_is_found(entry in 1i64..12, column in 0usize..4, at in 0usize..200, bit in 0u8..7) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("w.db");
        record(&path, 12);
        let db = Connection::open(&path).expect("a database");
        let refused = db.execute("UPDATE audit SET what = 'x' WHERE seq = 1", []).is_err() && db.execute("DELETE FROM audit", []).is_err();
        prop_assert!(refused, "the log is append-only");
        db.execute_batch("DROP TRIGGER audit_keeps_update; DROP TRIGGER audit_keeps_delete").expect("a forger can");
        let name = ["what", "detail", "hash", "moment"][column];
        if name == "moment" {
            db.execute("UPDATE audit SET moment = moment + ?1 WHERE seq = ?2", (1 + at as i64, entry)).expect("changed");
        } else {
            let mut bytes: Vec<u8> = db.query_row(&format!("SELECT CAST({name} AS BLOB) FROM audit WHERE seq = ?1"), [entry], |row| row.get(0)).expect("there");
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let kind = if name == "hash" { "BLOB" } else { "TEXT" };
            db.execute(&format!("UPDATE audit SET {name} = CAST(?1 AS {kind}) WHERE seq = ?2"), (bytes, entry)).expect("changed");
        }
        drop(db);
        let found = Store::open(&path, Mode::Read).expect("it opens").verify(&mut |_, _| {}).expect("readable").findings;
        prop_assert!(found.iter().any(|finding| finding.check == "audit"), "{:?}", found);
    }
}

#[test]
fn a_cut_log_a_changed_page_and_a_changed_quote_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.db");
    for (check, sql) in [
        (
            "audit",
            "DROP TRIGGER audit_keeps_delete; DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        ),
        ("audit", "DROP TRIGGER audit_keeps_delete; DELETE FROM audit WHERE seq = 2"),
        (
            "page",
            "UPDATE page SET bytes = (SELECT bytes FROM page WHERE document = 2), size = (SELECT size FROM page WHERE document = 2) WHERE document = 1",
        ),
        (
            "reading",
            "UPDATE reading SET json = (SELECT json FROM reading WHERE id = 2), size = (SELECT size FROM reading WHERE id = 2) WHERE id = 1",
        ),
        ("rows", "DELETE FROM event_actor; DELETE FROM event WHERE document = 3"),
        ("words", "DELETE FROM words WHERE rowid = (SELECT min(id) FROM words_docsize)"),
    ] {
        let _ = std::fs::remove_file(&path);
        record(&path, 4);
        Connection::open(&path).expect("a database").execute_batch(sql).expect("damage is done");
        let found = Store::open(&path, Mode::Read)
            .expect("it opens")
            .verify(&mut |_, _| {})
            .expect("readable")
            .findings;
        assert!(found.iter().any(|finding| finding.check == check), "{check}: {found:?}");
    }
}

#[test]
fn records_of_every_schema_open_for_ever() {
    let kept = |schema: u32| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/v{schema}.db.zst"));
    if std::env::var_os("UPDATE_FIXTURE").is_some() {
        // Only today's is ever written anew.
        let plain = tempfile::tempdir().expect("a folder");
        let plain = plain.path().join("plain.db");
        record(&plain, 3);
        Connection::open(&plain)
            .expect("a database")
            .execute_batch("PRAGMA journal_mode = DELETE; VACUUM")
            .expect("one file");
        let packed = zstd::bulk::compress(&std::fs::read(&plain).expect("readable"), 19).expect("packed");
        std::fs::write(kept(SCHEMA), packed).expect("written");
    }
    for schema in 1..=SCHEMA {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("old.db");
        let packed = std::fs::read(kept(schema)).expect("the fixture is there");
        std::fs::write(&path, zstd::bulk::decompress(&packed, 1 << 24).expect("packed whole"))
            .expect("written");
        if schema < SCHEMA {
            let error = Store::open(&path, Mode::Read).expect_err("of an older schema").to_string();
            assert!(error.contains("old.db") && error.contains("open it once for writing"), "{error}");
        }
        let mut store = Store::open(&path, Mode::Write).expect("it opens, migrated where need be");
        assert_eq!(store.count().expect("readable"), 3);
        for document in (1..4).map(DocumentId) {
            let reading = store.reading(document).expect("a reading");
            assert!(
                !reading.events.is_empty()
                    && store.page(document).expect("a page").bytes == reading.document.text.as_bytes()
            );
        }
        assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, [], "schema {schema}");
        let listed = store.incidents(&Filter::default(), &Window::first(Sort::Happened)).expect("readable");
        assert!(!listed.items.is_empty());
        let words = Filter { text: Some("front".to_owned()), ..Filter::default() };
        assert!(!store.documents(&words, &Window::first(Sort::Known)).expect("readable").items.is_empty());
        add(&mut store, 100, 102).expect("it can be written");
        assert_eq!(store.waiting().expect("readable").len(), 5, "all still wait to be merged");
        drop(store);
        let store = Store::open(&path, Mode::Read).expect("migrated for good");
        assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);
    }
}

/// What `killed_writers_lose_nothing` starts and kills; does nothing by itself.
#[test]
fn adds_until_it_is_killed() {
    let Some(path) = std::env::var_os("STORE_TEST_ADD") else { return };
    let path = std::path::PathBuf::from(path);
    let mut store = Store::open(&path, Mode::Create).expect("it opens");
    let mut number = store.count().expect("readable").saturating_sub(3);
    loop {
        add(&mut store, number, number + 3).expect("room");
        number += 3;
        // By another name first: a number cut in the middle would be a smaller one.
        std::fs::write(path.with_extension("new"), number.to_string()).expect("written");
        std::fs::rename(path.with_extension("new"), path.with_extension("acknowledged")).expect("renamed");
    }
}

#[test]
fn killed_writers_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.db");
    let mut dice = synthetic::Dice(1);
    let mut sure = 0;
    for _ in 0..8 {
        let mut child = std::process::Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "adds_until_it_is_killed"])
            .env("STORE_TEST_ADD", &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(100 + dice.below(300)));
        assert!(child.try_wait().expect("known").is_none(), "it never ends by itself");
        child.kill().expect("killed");
        child.wait().expect("gone");
        let said = std::fs::read_to_string(path.with_extension("acknowledged")).unwrap_or_default();
        sure = said.parse::<u64>().unwrap_or(0).max(sure);
        let Ok(store) = Store::open(&path, Mode::Read) else {
            assert_eq!(sure, 0, "an acknowledged record opens");
            continue;
        };
        assert!(store.count().expect("readable") >= sure);
        for number in 0..sure {
            let made = make(5, number);
            assert!(
                store.find_document(&made.reading.document.id).is_ok(),
                "document {number} was acknowledged"
            );
        }
        assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);
    }
}
