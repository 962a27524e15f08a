//! Incidents over reports: accounts waiting to be merged, what merging made of them, and queries over it.
//!
//! Merging itself is done elsewhere (`linkage::merge`); it is a function of the accounts and of what humans said of them
//! ([`crate::Ties`]), so taking back a correction and merging again takes back its effect. An incident's key is the id of its
//! founding account; a key whose incident went into another one leads there ([`Store::incident`]).

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::{Account, Incident};

use crate::audit;
use crate::error::{Error, damaged};
use crate::filter::{Filter, Key, Listed, Window, cursor, query_mark};
use crate::items::{Fact, fact};
use crate::open::Store;
use crate::pack::{pack, unhex, unpack};
use crate::plan::Kind;
use crate::prepare::json;
use crate::write::DocumentId;

/// An incident in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverItem {
    /// Key of the incident; `None`: a report that was not merged yet, standing for itself.
    pub key: Option<String>,
    /// The report for whose sake it stands here in the order: the first that keeps the filter.
    pub lead: Fact,
    /// Reports known by [`Filter::as_of`].
    pub reports: usize,
    /// The incident as it was merged; `None` where it rests on reports that were not known by [`Filter::as_of`]: merge
    /// [`OverItem::accounts`] to tell what was known then.
    pub whole: Option<Incident>,
    /// Where `whole` is `None`: the accounts known by then.
    pub accounts: Vec<Account>,
}

impl Store {
    /// Documents whose incidents wait for merging: new ones, reread ones, corrected ones. At most `limit`, first first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn unmerged(&self, limit: u32) -> Result<Vec<DocumentId>, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT id FROM document INDEXED BY document_unmerged WHERE merged = 0 ORDER BY id LIMIT ?1",
            )?
            .query_map([limit], |row| Ok(DocumentId(row.get(0)?)))?
            .collect()
        })
    }

    /// Keeps what merging made, whose accounts are no longer fresh then: each incident takes its accounts out of whatever held them. An incident that loses all its
    /// accounts is kept and leads to the one that holds its founding account.
    ///
    /// Give all incidents that changed. Returns how many were new or changed.
    ///
    /// # Errors
    /// [`Error::Unknown`] for an account that was not put; else as [`crate::Writer::put`].
    pub fn put_incidents(&mut self, incidents: &[Incident], moment: Moment) -> Result<usize, Error> {
        let path = self.path.clone();
        self.within(|db| {
            let mut left = BTreeSet::new();
            let mut changed = 0;
            for incident in incidents {
                changed +=
                    usize::from(put_incident(db, incident, moment, &mut left).map_err(
                        |failure| match failure {
                            Failure::Unknown(id) => Error::Unknown { id },
                            Failure::Sqlite(source) => Error::of(&path, source),
                        },
                    )?);
            }
            forward(db, &left, moment).map_err(|source| Error::of(&path, source))?;
            Ok(changed)
        })
    }

    /// An incident by its key, by the key of one that went into it, or by the id of one of its accounts.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`].
    pub fn incident(&self, key: &str) -> Result<Incident, Error> {
        self.asked(|db| {
            let over = over_of(db, key)?;
            over.map(|over| whole(db, over)).transpose()
        })?
        .ok_or_else(|| Error::Unknown { id: key.to_owned() })
    }

    /// The reports of an incident (given as for [`Store::incident`]), in order of the day they were known; those known by `as_of` only.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`].
    pub fn reports_of(&self, key: &str, as_of: Option<Date>) -> Result<Vec<Fact>, Error> {
        self.asked(|db| {
            let Some(over) = over_of(db, key)? else { return Ok(None) };
            let ids: Vec<i64> = db
                .prepare_cached("SELECT id FROM incident WHERE over = ?1 AND known <= ?2 ORDER BY known, id")?
                .query_map(params![over, as_of.map_or(i32::MAX, Date::days)], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            ids.into_iter()
                .map(|id| fact(db, Kind::Incident, id))
                .collect::<rusqlite::Result<Vec<Fact>>>()
                .map(Some)
        })?
        .ok_or_else(|| Error::Unknown { id: key.to_owned() })
    }

    /// Lists incidents over reports. Filters ask single reports: an incident is listed once, where the first of its reports that
    /// keeps the filter stands in the order. Reports that were not merged yet stand for themselves.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn incidents(&self, filter: &Filter, window: &Window) -> Result<Listed<OverItem>, Error> {
        let of = |source| Error::of(&self.path, source);
        let transaction = self.db.unchecked_transaction().map_err(of)?;
        let mut items = Vec::new();
        let mut part = window.clone();
        if (1..10_000).contains(&part.limit) {
            // Several rows may be of one incident.
            part.limit = (part.limit + part.limit / 4 + 4).min(10_000);
        }
        let latest = filter.as_of.map_or(i32::MAX, Date::days);
        let mark = query_mark(Kind::Incident.table(), filter, window.sort, window.ascending);
        let mut seen: BTreeSet<i64> = BTreeSet::new();
        let next = 'windows: loop {
            let found = self.rows(Kind::Incident, filter, &part)?;
            for id in &found.ids {
                let over: Option<i64> = self.asked(|db| {
                    db.prepare_cached("SELECT over FROM incident WHERE id = ?1")?
                        .query_row([id], |row| row.get(0))
                })?;
                if let Some(over) = over {
                    if seen.contains(&over)
                        || (window.after.is_some() && self.stands_before(filter, window, over, *id)?)
                    {
                        continue;
                    }
                    seen.insert(over);
                }
                if items.len() == window.limit as usize {
                    let last: &OverItem = items.last().expect("a window holds at least one");
                    break 'windows Some(cursor(
                        &mark,
                        key_of(&last.lead, window),
                        self.number_of(&last.lead)?,
                    ));
                }
                items.push(self.asked(|db| item(db, *id, over, latest))?);
            }
            match found.next {
                None => break None,
                next => part.after = next,
            }
        };
        transaction.commit().map_err(of)?;
        Ok(Listed { items, next, capped: false })
    }

    /// Whether another report of the incident keeps the filter and stands before this one.
    fn stands_before(&self, filter: &Filter, window: &Window, over: i64, id: i64) -> Result<bool, Error> {
        let first = self.rows_of(
            Kind::Incident,
            filter,
            &Window { limit: 1, after: None, ..window.clone() },
            Some(over),
        )?;
        Ok(first.ids.first() != Some(&id))
    }

    fn number_of(&self, lead: &Fact) -> Result<i64, Error> {
        let (sha, local) = lead.id.split_once('#').unwrap_or((&lead.id, ""));
        self.asked(|db| {
            db.prepare_cached("SELECT i.id FROM document d JOIN incident i ON i.document = d.id WHERE d.sha256 = ?1 AND i.local = ?2")?
                .query_row(params![unhex(sha).unwrap_or_default(), local], |row| row.get(0))
        })
    }
}

fn key_of(lead: &Fact, window: &Window) -> Key {
    match window.sort {
        crate::Sort::Happened => Key::Whole(lead.start.map_or(-1_000_000, |day| i64::from(day.days()))),
        crate::Sort::Killed => Key::Whole(lead.killed[1].map_or(-1, i64::from)),
        crate::Sort::Score => Key::Real(lead.score),
        _ => Key::Whole(i64::from(lead.source.known.days())),
    }
}

pub(crate) fn unpacked<T: serde::de::DeserializeOwned>(size: i64, packed: &[u8]) -> rusqlite::Result<T> {
    let bytes = unpack(packed, size, "an incident")?;
    serde_json::from_slice(&bytes).map_err(|error| damaged(format!("an incident: {error}")))
}

enum Failure {
    Unknown(String),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sqlite(source)
    }
}

/// Writes one incident; adds those that lost accounts to `left`. Tells whether anything changed.
fn put_incident(
    db: &Connection,
    incident: &Incident,
    moment: Moment,
    left: &mut BTreeSet<i64>,
) -> Result<bool, Failure> {
    let text = json(incident);
    let known: Option<(i64, Option<String>, i64, Vec<u8>)> = db
        .prepare_cached("SELECT id, into_key, size, json FROM incident_over WHERE key = ?1")?
        .query_row([&incident.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let same = match &known {
        Some((_, None, size, packed)) => {
            unpack(packed, *size, "an incident").is_ok_and(|bytes| bytes == text.as_bytes())
        }
        _ => false,
    };
    let new = known.is_none();
    let over = match known {
        Some((over, ..)) => {
            if !same {
                let packed = pack(text.as_bytes());
                db.prepare_cached("UPDATE incident_over SET size = ?2, json = ?3, changed = ?4, into_key = NULL WHERE id = ?1")?
                    .execute(params![over, text.len() as i64, packed, moment.unix()])?;
            }
            over
        }
        None => {
            let packed = pack(text.as_bytes());
            db.prepare_cached(
                "INSERT INTO incident_over (key, size, json, created, changed) VALUES (?1, ?2, ?3, ?4, ?4)",
            )?
            .execute(params![incident.id, text.len() as i64, packed, moment.unix()])?;
            db.last_insert_rowid()
        }
    };
    let mut moved = false;
    for id in &incident.accounts {
        let account: Option<(i64, i32, i64, String, Option<i64>)> = db
            .prepare_cached("SELECT number, known, document, local, over FROM account WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .optional()?;
        let (number, day, document, local, before) = account.ok_or_else(|| Failure::Unknown(id.clone()))?;
        db.prepare_cached("DELETE FROM account_fresh WHERE known = ?1 AND account = ?2")?
            .execute(params![day, number])?;
        if before == Some(over) {
            continue;
        }
        moved = true;
        left.extend(before);
        db.prepare_cached("UPDATE account SET over = ?2 WHERE number = ?1")?
            .execute(params![number, over])?;
        db.prepare_cached("UPDATE incident SET over = ?3 WHERE document = ?1 AND local = ?2")?
            .execute(params![document, local, over])?;
    }
    if same && !moved {
        return Ok(false);
    }
    if !new {
        db.prepare_cached("DELETE FROM incident_over_join WHERE over = ?1")?.execute([over])?;
        db.prepare_cached("DELETE FROM incident_over_toll WHERE over = ?1")?.execute([over])?;
    }
    for join in &incident.joins {
        db.prepare_cached("INSERT OR REPLACE INTO incident_over_join (over, account, with_account, weight, reasons) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![over, join.account, join.with, join.weight, json(&join.reasons)])?;
    }
    let parts =
        [("killed", &incident.killed), ("wounded", &incident.wounded), ("abducted", &incident.abducted)];
    for (part, history) in parts {
        for (seq, told) in history.iter().flat_map(|history| &history.told).enumerate() {
            db.prepare_cached(
                "INSERT INTO incident_over_toll (over, part, seq, account, known, outlet, low, best, high, current)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                over, part, seq as i64, told.account, told.known.days(), told.outlet, told.figure.low, told.figure.best,
                told.figure.high, told.current
            ])?;
        }
    }
    let detail = format!("{} {}", incident.id, json(&incident.accounts));
    audit::append(db, moment, "incident", &detail)?;
    Ok(true)
}

/// Makes incidents without accounts lead to where their founding account went.
fn forward(db: &Connection, left: &BTreeSet<i64>, moment: Moment) -> rusqlite::Result<()> {
    for over in left {
        let any = db.prepare_cached("SELECT 1 FROM account WHERE over = ?1")?.exists([over])?;
        if any {
            continue;
        }
        let key: String = db
            .prepare_cached("SELECT key FROM incident_over WHERE id = ?1")?
            .query_row([over], |row| row.get(0))?;
        let into: Option<String> = db
            .prepare_cached(
                "SELECT o.key FROM account a JOIN incident_over o ON o.id = a.over WHERE a.id = ?1",
            )?
            .query_row([&key], |row| row.get(0))
            .optional()?;
        db.prepare_cached("UPDATE incident_over SET into_key = ?2, changed = ?3 WHERE id = ?1")?
            .execute(params![over, into, moment.unix()])?;
        audit::append(db, moment, "forward", &format!("{key} {}", into.unwrap_or_default()))?;
    }
    Ok(())
}

/// The incident that a key, an old key or an account leads to.
fn over_of(db: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let mut key = key.to_owned();
    let mut seen = BTreeSet::new();
    while seen.insert(key.clone()) {
        let found: Option<(i64, Option<String>)> = db
            .prepare_cached("SELECT id, into_key FROM incident_over WHERE key = ?1")?
            .query_row([&key], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            Some((_, Some(into))) => key = into,
            Some((over, None)) => {
                let live = db.prepare_cached("SELECT 1 FROM account WHERE over = ?1")?.exists([over])?;
                return Ok(live.then_some(over));
            }
            None => break,
        }
    }
    db.prepare_cached("SELECT over FROM account WHERE id = ?1")?
        .query_row([&key], |row| row.get(0))
        .optional()
        .map(Option::flatten)
}

fn whole(db: &Connection, over: i64) -> rusqlite::Result<Incident> {
    db.prepare_cached("SELECT size, json FROM incident_over WHERE id = ?1")?
        .query_row([over], |row| unpacked(row.get(0)?, row.get_ref(1)?.as_blob()?))
}

fn item(db: &Connection, id: i64, over: Option<i64>, latest: i32) -> rusqlite::Result<OverItem> {
    let lead = fact(db, Kind::Incident, id)?;
    let Some(over) = over else {
        return Ok(OverItem { key: None, lead, reports: 1, whole: None, accounts: Vec::new() });
    };
    let (seen, hidden): (i64, i64) = db
        .prepare_cached("SELECT count(*) FILTER (WHERE known <= ?2), count(*) FILTER (WHERE known > ?2) FROM account WHERE over = ?1")?
        .query_row(params![over, latest], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut accounts = Vec::new();
    if hidden > 0 {
        accounts = db
            .prepare_cached(
                "SELECT size, json FROM account WHERE over = ?1 AND known <= ?2 ORDER BY known, id",
            )?
            .query_map(params![over, latest], |row| unpacked(row.get(0)?, row.get_ref(1)?.as_blob()?))?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(OverItem {
        key: lead.over.clone(),
        lead,
        reports: usize::try_from(seen).unwrap_or(0),
        whole: if hidden == 0 { Some(whole(db, over)?) } else { None },
        accounts,
    })
}
