//! Checking what stands over single readings: heads of documents, accounts with their cells, merged incidents.

use rusqlite::{Connection, params};
use watchkeeper_record::incident::{Account, Incident};

use crate::over::unpacked;
use crate::verify::Verified;

/// Whether a document's head says what the article in use says.
pub(crate) fn head(db: &Connection, document: i64, name: &str, done: &mut Verified) {
    let same = db
        .prepare_cached(
            "SELECT d.title IS a.title AND d.language IS a.language AND d.url IS a.url AND d.published_start IS a.published_start
               AND d.published_end IS a.published_end AND (SELECT name FROM outlet WHERE id = d.outlet) IS a.outlet
               AND d.dated = (a.published_end IS NOT NULL) AND d.known = ifnull(a.published_end, d.known)
             FROM document d JOIN reading r ON r.id = d.reading JOIN article a ON a.id = r.article WHERE d.id = ?1",
        )
        .and_then(|mut select| select.query_row([document], |row| row.get::<_, bool>(0)));
    match same {
        Ok(true) => {}
        Ok(false) => done.found("rows", name, "its head isn't that of its article"),
        Err(error) => done.found("rows", name, error.to_string()),
    }
}

/// Accounts and the incidents made of them.
pub(crate) fn merged(db: &Connection, done: &mut Verified) {
    if let Err(error) = accounts(db, done).and_then(|()| incidents(db, done)) {
        done.found("incidents", "the file", error.to_string());
    }
}

fn accounts(db: &Connection, done: &mut Verified) -> rusqlite::Result<()> {
    let mut select = db.prepare(
        "SELECT a.id, a.local, a.known, a.size, a.json, length(a.cells), (SELECT count(*) FROM incident i WHERE i.document = a.document
           AND i.local = a.local AND i.over IS a.over) + (SELECT merged = 0 FROM document d WHERE d.id = a.document) FROM account a",
    )?;
    let mut cells = 0;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        cells += row.get::<_, i64>(5)? / 8;
        match unpacked::<Account>(row.get(3)?, row.get_ref(4)?.as_blob()?) {
            Ok(account)
                if account.id == id
                    && account.local == row.get::<_, String>(1)?
                    && account.known.days() == row.get::<_, i32>(2)?
                    && row.get::<_, i64>(6)? >= 1 => {}
            Ok(_) => done.found("incidents", &id, "the account isn't that of its document"),
            Err(error) => done.found("incidents", &id, error.to_string()),
        }
    }
    let held: i64 = db.query_row("SELECT count(*) FROM account_cell", [], |row| row.get(0))?;
    if held != cells {
        done.found(
            "incidents",
            "the file",
            format!("accounts have {cells} cells, the index of cells holds {held}"),
        );
    }
    Ok(())
}

fn incidents(db: &Connection, done: &mut Verified) -> rusqlite::Result<()> {
    let mut members = db.prepare("SELECT id FROM account WHERE over = ?1 ORDER BY id")?;
    // What waits for merging may lag behind.
    let mut waits = db.prepare(
        "SELECT 1 FROM account a JOIN account_fresh f ON f.known = a.known AND f.account = a.number WHERE a.over = ?1",
    )?;
    let mut select = db.prepare("SELECT id, key, size, json FROM incident_over")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (over, key): (i64, String) = (row.get(0)?, row.get(1)?);
        let there: Vec<String> =
            members.query_map([over], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if there.is_empty() || waits.exists(params![over])? {
            continue;
        }
        match unpacked::<Incident>(row.get(2)?, row.get_ref(3)?.as_blob()?) {
            Ok(incident) => {
                let mut told = incident.accounts;
                told.sort();
                if incident.id != key || told != there {
                    done.found("incidents", &key, "it doesn't rest on the accounts that are filed under it");
                }
            }
            Err(error) => done.found("incidents", &key, error.to_string()),
        }
    }
    Ok(())
}
