//! What is wrong with a record, in words, and how to mend it.

use std::path::Path;

use serde::Serialize;

use crate::error::Error;
use crate::open::{Mode, SCHEMA, Store};

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Good to know.
    Fine,
    /// Should be seen to.
    Hint,
    /// Something is broken.
    Trouble,
}

/// One thing to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// How bad.
    pub weight: Weight,
    /// What is so.
    pub what: String,
    /// What to do; empty where nothing need be done.
    pub mend: String,
}

fn advice(weight: Weight, what: impl Into<String>, mend: impl Into<String>) -> Advice {
    Advice { weight, what: what.into(), mend: mend.into() }
}

/// Looks a record over: quick (seconds), reads only. Never fails: what can't be opened is the first thing it tells.
#[must_use]
pub fn doctor(path: &Path) -> Vec<Advice> {
    let store = match Store::open(path, Mode::Read) {
        Ok(store) => store,
        Err(error) => return vec![unopened(&error)],
    };
    let mut told = vec![advice(
        Weight::Fine,
        format!("{} is a record of schema {SCHEMA} and opens", path.display()),
        "",
    )];
    match look(&store) {
        Ok(more) => told.extend(more),
        Err(error) => told.push(unopened(&error)),
    }
    told
}

fn unopened(error: &Error) -> Advice {
    let mend = match error {
        Error::Missing { .. } => "check the path, or make a record by adding documents to it",
        Error::NotARecord { .. } => {
            "check the path; if it was a record, its head was overwritten: restore the newest backup and add what came since"
        }
        Error::Future { .. } => "update watchkeeper; an older version can't know what the newer one wrote",
        Error::Busy { .. } => {
            "wait until the other process has ended; if none runs, a network file system may hold a lock: copy the file to a local disk"
        }
        Error::ReadOnly { .. } => {
            "give yourself the right to write to the file and its folder, or copy it elsewhere"
        }
        Error::Full { .. } => "make room on the disk; nothing that was committed is lost",
        Error::Damaged { .. } => {
            "restore the newest backup and add what came since: adding is idempotent. Without one, `sqlite3 FILE .recover | sqlite3 NEW` saves what can be read; verify NEW then"
        }
        _ => "the message names the cause",
    };
    advice(Weight::Trouble, error.to_string(), mend)
}

fn look(store: &Store) -> Result<Vec<Advice>, Error> {
    let mut told = Vec::new();
    let number = |sql: &str| store.asked(|db| db.query_row(sql, [], |row| row.get::<_, i64>(0)));
    let said: String = store.asked(|db| db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)))?;
    if said != "ok" {
        told.push(unopened(&Error::Damaged { path: store.path().to_path_buf(), what: said }));
    }
    let documents = number("SELECT count(*) FROM document")?;
    let pages = number("PRAGMA page_count")? * number("PRAGMA page_size")?;
    let each = if documents > 0 { pages / documents } else { 0 };
    told.push(advice(
        Weight::Fine,
        format!("{documents} documents in {pages} bytes ({each} a document)"),
        "",
    ));
    let free = number("PRAGMA freelist_count")? * number("PRAGMA page_size")?;
    if free > 64 << 20 && free > pages / 4 {
        told.push(advice(
            Weight::Hint,
            format!("{free} bytes of the file are empty"),
            "a backup isn't smaller, but `sqlite3 FILE 'VACUUM'` gives the room back (needs as much again while it runs)",
        ));
    }
    let mut log = store.path().as_os_str().to_owned();
    log.push("-wal");
    let log = std::fs::metadata(Path::new(&log)).map(|data| data.len()).unwrap_or(0);
    if log > 512 << 20 {
        told.push(advice(
            Weight::Hint,
            format!("the log beside the file holds {log} bytes"),
            "a reader that stays open keeps it from being taken in; close it, then open the record once for writing",
        ));
    }
    let waiting = number("SELECT count(*) FROM document WHERE merged = 0")?;
    if waiting > 0 {
        told.push(advice(
            Weight::Hint,
            format!("the incidents of {waiting} documents wait to be put together with others'"),
            "the next `add` does it",
        ));
    }
    let unread = number("SELECT count(*) FROM document WHERE reading IS NULL")?;
    if unread > 0 {
        told.push(advice(
            Weight::Trouble,
            format!("{unread} documents have no reading"),
            "add their files again",
        ));
    }
    let pipelines =
        number("SELECT count(DISTINCT r.pipeline) FROM document d JOIN reading r ON r.id = d.reading")?;
    if pipelines > 1 {
        told.push(advice(
            Weight::Hint,
            format!("documents were read by {pipelines} versions or with different options"),
            "read all anew with one version where figures are to be compared",
        ));
    }
    let new = number("SELECT count(*) FROM actor_over WHERE state = 'new'")?;
    if new > 0 {
        told.push(advice(
            Weight::Fine,
            format!("{new} actors are not in the registry"),
            "review them when it suits",
        ));
    }
    for (id, why) in store.unresolved()? {
        told.push(advice(
            Weight::Hint,
            format!("correction {id} finds nothing to correct: {why}"),
            "look at the document and correct it anew, or undo the correction",
        ));
    }
    Ok(told)
}
