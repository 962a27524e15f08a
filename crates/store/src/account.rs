//! Accounts: what single reports tell of happenings, kept so that a new one is compared with those alone that it could join.
//!
//! What cells mean and when two accounts are linked is decided elsewhere; here a cell is a number and a set of linked accounts has
//! the least id among them as its name.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use watchkeeper_record::incident::Account;

use crate::error::{Error, damaged};
use crate::open::Store;
use crate::pack::hex;
use crate::write::DocumentId;

/// An account with the cells it lies in and the set it is linked to.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed {
    /// The account.
    pub account: Account,
    /// Cells, each with whether the account is compared with everything in it.
    pub cells: Vec<(u64, bool)>,
    /// The least id of the accounts that it is linked to, itself included.
    pub linked: String,
}

impl Store {
    /// Documents that were added or read anew since their accounts were last filed, in order, at most `most`.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn unfiled(&self, most: usize) -> Result<Vec<DocumentId>, Error> {
        self.asked(|db| {
            let mut find =
                db.prepare_cached("SELECT id FROM document WHERE merged = 0 ORDER BY id LIMIT ?1")?;
            let rows = find.query_map([most as i64], |row| row.get(0).map(DocumentId))?;
            rows.collect()
        })
    }

    /// The accounts that documents had when they were last filed.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn accounts_of(&self, documents: &[DocumentId]) -> Result<Vec<Filed>, Error> {
        self.asked(|db| {
            let mut find =
                db.prepare_cached("SELECT json, linked FROM account WHERE document = ?1 ORDER BY id")?;
            let mut found = Vec::new();
            for document in documents {
                let rows = find.query_map([document.0], read)?;
                found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
            }
            Ok(found)
        })
    }

    /// The accounts that share a cell with given ones, one of the two being open in it.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn accounts_near(&self, cells: &[(u64, bool)]) -> Result<Vec<Filed>, Error> {
        self.asked(|db| {
            let mut wanted: BTreeMap<u64, bool> = BTreeMap::new();
            for (key, open) in cells {
                *wanted.entry(*key).or_default() |= open;
            }
            let mut ids: BTreeSet<String> = BTreeSet::new();
            let mut find =
                db.prepare_cached("SELECT account FROM account_cell WHERE key = ?1 AND shut <= ?2")?;
            for (key, open) in wanted {
                let rows = find.query_map(params![key as i64, open], |row| row.get(0))?;
                for id in rows {
                    ids.insert(id?);
                }
            }
            let mut get = db.prepare_cached("SELECT json, linked FROM account WHERE id = ?1")?;
            ids.iter().map(|id| get.query_row([id], read)).collect()
        })
    }

    /// Every account of sets of linked ones, in order of id.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn accounts_linked(&self, sets: &BTreeSet<String>) -> Result<Vec<Filed>, Error> {
        self.asked(|db| {
            let mut find =
                db.prepare_cached("SELECT json, linked FROM account WHERE linked = ?1 ORDER BY id")?;
            let mut found = Vec::new();
            for set in sets {
                let rows = find.query_map([set], read)?;
                found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
            }
            Ok(found)
        })
    }

    /// How many accounts are filed.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn count_accounts(&self) -> Result<u64, Error> {
        self.asked(|db| {
            db.query_row("SELECT count(*) FROM account", [], |row| row.get::<_, i64>(0)).map(|n| n as u64)
        })
    }
}

/// Replaces the accounts of documents, and tells the documents filed.
pub(crate) fn file(db: &Connection, documents: &[DocumentId], filed: &[Filed]) -> rusqlite::Result<()> {
    let mut numbers: BTreeMap<String, i64> = BTreeMap::new();
    let mut find = db.prepare_cached("SELECT sha256 FROM document WHERE id = ?1")?;
    for document in documents {
        let sha: Vec<u8> = find.query_row([document.0], |row| row.get(0))?;
        numbers.insert(hex(&sha), document.0);
    }
    for document in documents {
        db.prepare_cached(
            "DELETE FROM account_cell WHERE account IN (SELECT id FROM account WHERE document = ?1)",
        )?
        .execute([document.0])?;
        db.prepare_cached("DELETE FROM account WHERE document = ?1")?.execute([document.0])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO account (id, document, local, linked, json) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut cell = db.prepare_cached("INSERT INTO account_cell (key, shut, account) VALUES (?1, ?2, ?3)")?;
    let mut link = db.prepare_cached("UPDATE account SET linked = ?2 WHERE id = ?1 AND linked <> ?2")?;
    for one in filed {
        match numbers.get(&one.account.document) {
            Some(document) => {
                let json = serde_json::to_string(&one.account).map_err(|error| damaged(error.to_string()))?;
                insert.execute(params![one.account.id, document, one.account.local, one.linked, json])?;
                for (key, open) in &one.cells {
                    cell.execute(params![*key as i64, !open, one.account.id])?;
                }
            }
            // An account filed before whose set has changed.
            None => {
                link.execute(params![one.account.id, one.linked])?;
            }
        }
    }
    let mut done = db.prepare_cached("UPDATE document SET merged = 1 WHERE id = ?1")?;
    for document in documents {
        done.execute([document.0])?;
    }
    Ok(())
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Filed> {
    let json: String = row.get(0)?;
    let account =
        serde_json::from_str(&json).map_err(|error| damaged(format!("an account can't be read: {error}")))?;
    Ok(Filed { account, cells: Vec::new(), linked: row.get(1)? })
}
