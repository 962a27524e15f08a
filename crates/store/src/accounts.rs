//! Accounts as merging needs them: which documents wait, what was told, by which cells it is found, what must be merged anew.
//!
//! Cells are made by `linkage::over`; here they are numbers. An account is *fresh* from the moment it comes, changes or loses a
//! companion or a neighbour until an incident that holds it is put: so a stop at any moment loses no work, and the next call goes on.

use std::collections::BTreeSet;

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, params};
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Account;

use crate::error::Error;
use crate::items::date;
use crate::open::Store;
use crate::over::unpacked;
use crate::pack::pack;
use crate::prepare::json;
use crate::write::DocumentId;

/// What merging needs to know of a document without reading it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// From when it counts: its last possible day of publication, or the day it was added.
    pub known: Date,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// Number in this file.
    pub document: DocumentId,
    /// Whether `known` is its own day.
    pub dated: bool,
    /// Where it was published.
    pub url: Option<String>,
}

/// An account and the rows of the cells under which it is found, sorted, without doubles.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed {
    /// What the document tells.
    pub account: Account,
    /// Numbers of rows.
    pub rows: Vec<i64>,
}

const HEAD: &str = "SELECT id, lower(hex(sha256)), known, dated, url FROM document";

fn head(row: &rusqlite::Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        document: DocumentId(row.get(0)?),
        sha256: row.get(1)?,
        known: date(row.get(2)?)?,
        dated: row.get(3)?,
        url: row.get(4)?,
    })
}

impl Store {
    /// The head of a document.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn head(&self, document: DocumentId) -> Result<Head, Error> {
        self.asked(|db| {
            db.prepare_cached(&format!("{HEAD} WHERE id = ?1"))?.query_row([document.0], head).optional()
        })?
        .ok_or_else(|| Error::Unknown { id: document.0.to_string() })
    }

    /// Documents whose incidents wait for merging, in the order of their days.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn waiting(&self) -> Result<Vec<Head>, Error> {
        let mut found = self.asked(|db| {
            db.prepare_cached(&format!("{HEAD} INDEXED BY document_unmerged WHERE merged = 0"))?
                .query_map([], head)?
                .collect::<rusqlite::Result<Vec<Head>>>()
        })?;
        found.sort();
        Ok(found)
    }

    /// Documents known in a range of days (both ends in it), in the order of their days, then of their SHA-256.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn known_between(&self, since: Date, until: Date) -> Result<Vec<Head>, Error> {
        let mut found = self.asked(|db| {
            db.prepare_cached(&format!("{HEAD} INDEXED BY document_known WHERE known BETWEEN ?1 AND ?2"))?
                .query_map([since.days(), until.days()], head)?
                .collect::<rusqlite::Result<Vec<Head>>>()
        })?;
        found.sort();
        Ok(found)
    }

    /// Keeps what documents tell of happenings, in place of what was kept of them, and takes them off the waiting list. The accounts are
    /// fresh then, and so are those that were in one incident with an account that was there before.
    ///
    /// # Errors
    /// [`Error::Query`] when an account names another document; else as [`crate::Writer::put`].
    pub fn put_accounts(&mut self, told: &[(DocumentId, Vec<Filed>)]) -> Result<(), Error> {
        let path = self.path.clone();
        self.within(|db| {
            let of = |source| Error::of(&path, source);
            for (document, accounts) in told {
                let sha: Option<String> = db
                    .prepare_cached("SELECT lower(hex(sha256)) FROM document WHERE id = ?1")
                    .and_then(|mut select| select.query_row([document.0], |row| row.get(0)).optional())
                    .map_err(of)?;
                let sha = sha.ok_or_else(|| Error::Unknown { id: document.0.to_string() })?;
                let other = |filed: &&Filed| !names(db, *document, &sha, &filed.account.document);
                if let Some(filed) = accounts.iter().find(other) {
                    let id = &filed.account.id;
                    return Err(Error::Query(format!("account {id} is of another document")));
                }
                put(db, *document, accounts).map_err(of)?;
            }
            Ok(())
        })
    }

    /// Every account, in order of its id. With `since`, those known from that day on.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn accounts(&self, since: Option<Date>) -> Result<Vec<Account>, Error> {
        self.asked(|db| {
            db.prepare_cached("SELECT size, json FROM account WHERE known >= ?1 ORDER BY id")?
                .query_map([since.map_or(i32::MIN, Date::days)], |row| {
                    unpacked(row.get(0)?, row.get_ref(1)?.as_blob()?)
                })?
                .collect()
        })
    }

    /// Accounts that must be merged anew, those known first first: their numbers and what they tell. At most `limit`.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn fresh_accounts(&self, limit: u32) -> Result<Vec<(i64, Account)>, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT a.number, a.size, a.json FROM account_fresh f CROSS JOIN account a ON a.number = f.account
                 ORDER BY f.known, f.account LIMIT ?1",
            )?
            .query_map([limit], |row| Ok((row.get(0)?, unpacked(row.get(1)?, row.get_ref(2)?.as_blob()?)?)))?
            .collect()
        })
    }

    /// How many accounts must be merged anew.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn fresh_count(&self) -> Result<usize, Error> {
        self.asked(|db| db.query_row("SELECT count(*) FROM account_fresh", [], |row| row.get::<_, i64>(0)))
            .map(|count| usize::try_from(count).unwrap_or(0))
    }

    /// Numbers of all accounts that must be merged anew.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn fresh_numbers(&self) -> Result<BTreeSet<i64>, Error> {
        self.asked(|db| {
            db.prepare_cached("SELECT account FROM account_fresh")?.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// Makes accounts fresh, as far as they exist.
    ///
    /// # Errors
    /// As [`crate::Writer::put`].
    pub fn make_fresh<'i>(&mut self, ids: impl IntoIterator<Item = &'i String>) -> Result<(), Error> {
        let path = self.path.clone();
        self.within(|db| {
            for id in ids {
                db.prepare_cached(
                    "INSERT OR IGNORE INTO account_fresh SELECT known, number FROM account WHERE id = ?1",
                )
                .and_then(|mut insert| insert.execute([id]))
                .map_err(|source| Error::of(&path, source))?;
            }
            Ok(())
        })
    }

    /// Numbers of the accounts that are kept under any of these rows, and of those with these ids. Sorted, none twice.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn numbers_of(&self, rows: &[i64], ids: &[String]) -> Result<Vec<i64>, Error> {
        self.asked(|db| {
            let mut numbers: Vec<i64> = Vec::new();
            let mut by_row = db.prepare_cached("SELECT account FROM account_cell WHERE cell = ?1")?;
            for row in rows {
                let mut found = by_row.query([row])?;
                while let Some(row) = found.next()? {
                    numbers.push(row.get(0)?);
                }
            }
            let mut by_id = db.prepare_cached("SELECT number FROM account WHERE id = ?1")?;
            for id in ids {
                numbers.extend(by_id.query_row([id], |row| row.get::<_, i64>(0)).optional()?);
            }
            numbers.sort_unstable();
            numbers.dedup();
            Ok(numbers)
        })
    }

    /// Accounts by their numbers.
    ///
    /// # Errors
    /// [`Error::Damaged`] where one can't be unpacked or isn't there.
    pub fn accounts_numbered(&self, numbers: &[i64]) -> Result<Vec<Account>, Error> {
        self.asked(|db| {
            let mut select = db.prepare_cached("SELECT size, json FROM account WHERE number = ?1")?;
            numbers
                .iter()
                .map(|number| {
                    select.query_row([number], |row| unpacked(row.get(0)?, row.get_ref(1)?.as_blob()?))
                })
                .collect()
        })
    }

    /// Accounts by their ids, in order of the day they are known from, then of the id; those that aren't there are left out.
    ///
    /// # Errors
    /// [`Error::Damaged`] where one can't be unpacked.
    pub fn accounts_with(&self, ids: &[String]) -> Result<Vec<Account>, Error> {
        let mut found: Vec<Account> = self.asked(|db| {
            let mut select = db.prepare_cached("SELECT size, json FROM account WHERE id = ?1")?;
            let one = |id| {
                select.query_row([id], |row| unpacked(row.get(0)?, row.get_ref(1)?.as_blob()?)).optional()
            };
            ids.iter().map(one).filter_map(Result::transpose).collect()
        })?;
        found.sort_by(|a, b| (a.known, &a.id).cmp(&(b.known, &b.id)));
        Ok(found)
    }

    /// Files every account anew, and makes it fresh, where the cells that are kept were made in another way than `way` says.
    ///
    /// # Errors
    /// As [`crate::Writer::put`].
    pub fn refile(&mut self, way: &str, rows: impl Fn(&Account) -> Vec<i64>) -> Result<(), Error> {
        let kept: Option<String> = self.asked(|db| {
            db.prepare_cached("SELECT value FROM meta WHERE key = 'cells'")?
                .query_row([], |row| row.get(0))
                .optional()
        })?;
        if kept.as_deref() == Some(way) {
            return Ok(());
        }
        let path = self.path.clone();
        self.within(|db| {
            (|| {
                db.execute("DELETE FROM account_cell", [])?;
                let mut numbers = db.prepare("SELECT number, size, json FROM account")?;
                let mut found = numbers.query([])?;
                while let Some(row) = found.next()? {
                    let account: Account = unpacked(row.get(1)?, row.get_ref(2)?.as_blob()?)?;
                    let number: i64 = row.get(0)?;
                    let cells = rows(&account);
                    db.prepare_cached("UPDATE account SET cells = ?2 WHERE number = ?1")?
                        .execute(params![number, packed(&cells)])?;
                    file(db, number, &cells)?;
                }
                db.execute("INSERT OR IGNORE INTO account_fresh SELECT known, number FROM account", [])?;
                db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('cells', ?1)", [way]).map(drop)
            })()
            .map_err(|source| Error::of(&path, source))
        })
    }
}

/// Whether an account's document is this one: by its bytes, or by the id that its reading has.
fn names(db: &Connection, document: DocumentId, sha: &str, id: &str) -> bool {
    id == sha
        || db
            .prepare_cached("SELECT 1 FROM article WHERE document = ?1 AND reading_id = ?2")
            .and_then(|mut select| select.exists(params![document.0, id]))
            .unwrap_or(false)
}

/// Rows of cells as they stand in `account.cells`: eight bytes each, little-endian.
fn packed(rows: &[i64]) -> Vec<u8> {
    rows.iter().flat_map(|row| row.to_le_bytes()).collect()
}

fn file(db: &Connection, number: i64, rows: &[i64]) -> rusqlite::Result<()> {
    let mut insert =
        db.prepare_cached("INSERT OR IGNORE INTO account_cell (cell, account) VALUES (?1, ?2)")?;
    rows.iter().try_for_each(|row| insert.execute([*row, number]).map(drop))
}

/// Takes an account out of its cells. Those that it was compared with become fresh: they may hang on another now.
fn unfile(db: &Connection, number: i64, cells: &[u8]) -> rusqlite::Result<()> {
    let mut freshen = db.prepare_cached(
        "INSERT OR IGNORE INTO account_fresh SELECT known, number FROM account
         WHERE number IN (SELECT account FROM account_cell WHERE cell BETWEEN ?1 AND ?2) AND number <> ?3",
    )?;
    for row in cells.as_chunks::<8>().0.iter().map(|row| i64::from_le_bytes(*row)) {
        // Rows of the shut lie behind those of the open (`linkage::over::Cell::row`), and are compared with these alone.
        let (first, last) = if row % 2 == 0 { (row, row + 1) } else { (row - 1, row - 1) };
        freshen.execute([first, last, number])?;
    }
    let mut delete = db.prepare_cached("DELETE FROM account_cell WHERE cell = ?1 AND account = ?2")?;
    for row in cells.as_chunks::<8>().0 {
        delete.execute([i64::from_le_bytes(*row), number])?;
    }
    Ok(())
}

/// A kept account: number, id, day, cells.
type Kept = (i64, String, i32, Vec<u8>);

/// The accounts of a document. Where there are any, all that are in an incident with one of them become fresh.
fn kept(db: &Connection, document: i64) -> rusqlite::Result<Vec<Kept>> {
    let kept: Vec<Kept> = db
        .prepare_cached(
            "SELECT number, id, known, cells FROM account INDEXED BY account_report WHERE document = ?1",
        )?
        .query_map([document], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if !kept.is_empty() {
        db.prepare_cached(
            "INSERT OR IGNORE INTO account_fresh SELECT known, number FROM account INDEXED BY account_over WHERE over IN
               (SELECT over FROM account INDEXED BY account_report WHERE document = ?1 AND over IS NOT NULL)",
        )?
        .execute([document])?;
    }
    Ok(kept)
}

fn forget(db: &Connection, (number, _, known, cells): &Kept) -> rusqlite::Result<()> {
    unfile(db, *number, cells)?;
    let values: [&dyn ToSql; 2] = [known, number];
    db.prepare_cached("DELETE FROM account_fresh WHERE known = ?1 AND account = ?2")?.execute(values)?;
    db.prepare_cached("DELETE FROM account WHERE number = ?1")?.execute([number]).map(drop)
}

/// Forgets all accounts of a document, which will be told anew.
pub(crate) fn forget_all(db: &Connection, document: i64) -> rusqlite::Result<()> {
    kept(db, document)?.iter().try_for_each(|one| forget(db, one))
}

fn put(db: &Connection, document: DocumentId, accounts: &[Filed]) -> rusqlite::Result<()> {
    let mut before = kept(db, document.0)?;
    // An account that stays keeps its incident until merging says otherwise.
    for gone in before.extract_if(.., |one| !accounts.iter().any(|filed| filed.account.id == one.1)) {
        forget(db, &gone)?;
    }
    db.prepare_cached("UPDATE incident SET over = NULL WHERE document = ?1 AND over IS NOT NULL")?
        .execute([document.0])?;
    if !before.is_empty() {
        // Local ids may have changed places among them.
        db.prepare_cached("UPDATE account SET local = id WHERE document = ?1")?.execute([document.0])?;
    }
    for Filed { account, rows } in accounts {
        let text = json(account);
        let (blob, size, known) = (pack(text.as_bytes()), text.len() as i64, account.known.days());
        let number = if let Some((number, _, day, cells)) = before.iter().find(|one| one.1 == account.id) {
            unfile(db, *number, cells)?;
            db.prepare_cached("DELETE FROM account_fresh WHERE known = ?1 AND account = ?2")?
                .execute(params![day, number])?;
            db.prepare_cached(
                "UPDATE account SET local = ?2, known = ?3, size = ?4, json = ?5, cells = ?6 WHERE number = ?1",
            )?
            .execute(params![number, account.local, known, size, blob, packed(rows)])?;
            db.prepare_cached(
                "UPDATE incident SET over = (SELECT over FROM account WHERE number = ?1) WHERE document = ?2 AND local = ?3",
            )?
            .execute(params![number, document.0, account.local])?;
            *number
        } else {
            db.prepare_cached(
                "INSERT INTO account (id, document, local, known, size, json, cells) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![account.id, document.0, account.local, known, size, blob, packed(rows)])?;
            db.last_insert_rowid()
        };
        file(db, number, rows)?;
        db.prepare_cached("INSERT OR IGNORE INTO account_fresh (known, account) VALUES (?1, ?2)")?
            .execute(params![known, number])?;
    }
    db.prepare_cached("UPDATE document SET merged = 1 WHERE id = ?1")?.execute([document.0])?;
    Ok(())
}
