//! Corrections: what a human says of a reading, laid over it. The reading itself is never changed.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use watchkeeper_record::Moment;
use watchkeeper_record::check;
use watchkeeper_record::correction::{Action, Correction, RecordKind, Target};
use watchkeeper_record::reading::Reading;
use watchkeeper_record::span::Quote;

use crate::error::{Error, damaged};
use crate::open::Store;
use crate::pack::{hex, sha256, unhex};
use crate::prepare::json;
use crate::rows::{Rows, rows};
use crate::write::DocumentId;
use crate::{audit, get, write};

/// A correction with its id and whether it holds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Entered {
    /// The first 16 hex digits of the SHA-256 of its JSON.
    pub id: String,
    /// The correction.
    #[serde(flatten)]
    pub correction: Correction,
    /// Not undone.
    pub holds: bool,
}

/// A field that a human set.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Edited {
    /// Local id of the record, `e1`.
    pub local: String,
    /// JSON pointer into it.
    pub field: String,
    /// As read.
    pub was: Value,
    /// As set.
    pub now: Value,
    /// Id of the correction.
    pub by: String,
}

/// A reading with its corrections laid over.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The reading with edited fields; rejected records are still in it.
    pub reading: Reading<Quote>,
    /// What was edited.
    pub edited: Vec<Edited>,
    /// Local ids of records that a human accepted.
    pub accepted: BTreeSet<String>,
    /// Local ids of records that a human rejected: queries leave them out.
    pub rejected: BTreeSet<String>,
    /// Ids of corrections that find nothing to correct in this reading (a later version reads otherwise), and why.
    pub unresolved: Vec<(String, String)>,
}

/// What humans said of which accounts belong together: for merging.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Ties {
    /// Accounts that tell of one happening.
    pub together: Vec<Vec<String>>,
    /// Accounts of the first list never go with those of the second.
    pub apart: Vec<(Vec<String>, Vec<String>)>,
    /// Every account that was ever named so, also by what was undone since.
    pub named: BTreeSet<String>,
}

/// The id of a correction.
fn id_of(correction: &Correction) -> String {
    hex(&sha256(json(correction).as_bytes())[..8])
}

impl Store {
    /// Enters a correction: checks that it can be done, keeps it, and lays it over what queries see.
    ///
    /// # Errors
    /// [`Error::Correction`] when it makes no sense (no author or reason, a target that isn't there, a value that isn't allowed),
    /// [`Error::Unknown`] for a document that isn't there; else as [`crate::Writer::put`].
    pub fn correct(&mut self, correction: &Correction) -> Result<Entered, Error> {
        let path = self.path.clone();
        self.within(|db| {
            let id = id_of(correction);
            let of = |source| Error::of(&path, source);
            let before = all(db).map_err(of)?;
            if before.iter().any(|entered| entered.id == id) {
                return Err(Error::Correction("the very same correction was entered before".to_owned()));
            }
            let target = target_of(&correction.action);
            plausible(correction, &before)?;
            let document = match target {
                None => None,
                Some(target) => {
                    Some(find(db, &target.document).map_err(of)?.ok_or_else(|| Error::Unknown { id: target.document.clone() })?)
                }
            };
            for actor in actors_named(&correction.action) {
                let there = db
                    .prepare_cached("SELECT 1 FROM actor_over WHERE key = ?1")
                    .and_then(|mut select| select.exists([actor]))
                    .map_err(of)?;
                if !there {
                    return Err(Error::Unknown { id: actor.clone() });
                }
            }
            let undone = undone_target(&correction.action, &before);
            let sha = target.or(undone).and_then(|target| unhex(&target.document));
            db.execute(
                "INSERT INTO correction (id, document, author, moment, reason, action) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![id, sha, correction.author, correction.moment.unix(), correction.reason, json(&correction.action)],
            )
            .map_err(of)?;
            audit::append(db, correction.moment, "correct", &format!("{id} {}", json(correction))).map_err(of)?;
            if let Some(document) = document {
                let laid = overlay_of(db, document).map_err(of)?;
                if let Some((_, why)) = laid.unresolved.iter().find(|(other, _)| *other == id) {
                    return Err(Error::Correction(why.clone()));
                }
            }
            let redo = match (document, undone) {
                (Some(document), _) => Some(document),
                (None, Some(target)) => find(db, &target.document).map_err(of)?,
                _ => None,
            };
            if let Some(document) = redo {
                rebuild(db, document).map_err(of)?;
            }
            apply_actors(db).map_err(of)?;
            Ok(Entered { id, correction: correction.clone(), holds: true })
        })
    }

    /// Every correction, first first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn corrections(&self) -> Result<Vec<Entered>, Error> {
        self.asked(all)
    }

    /// The reading that queries use, with its corrections laid over.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`].
    pub fn corrected(&self, document: DocumentId) -> Result<Corrected, Error> {
        self.asked(|db| overlay_of(db, document.0).optional())?
            .ok_or_else(|| Error::Unknown { id: document.0.to_string() })
    }

    /// Whether a human said anything of a document, even if it was undone since.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn is_corrected(&self, document: DocumentId) -> Result<bool, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT 1 FROM correction WHERE document = (SELECT sha256 FROM document WHERE id = ?1)",
            )?
            .exists([document.0])
        })
    }

    /// Corrections that find nothing to correct in the readings that queries use now: (id, why). After reading with a later
    /// version a human should look at these.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn unresolved(&self) -> Result<Vec<(String, String)>, Error> {
        self.asked(|db| {
            let documents: Vec<i64> = db
                .prepare_cached("SELECT DISTINCT d.id FROM correction c JOIN document d ON d.sha256 = c.document ORDER BY d.id")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut found = Vec::new();
            for document in documents {
                found.extend(overlay_of(db, document)?.unresolved);
            }
            Ok(found)
        })
    }

    /// What humans said of accounts, for merging.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn ties(&self) -> Result<Ties, Error> {
        let mut ties = Ties::default();
        for entered in self.asked(all)? {
            if let Action::Merge { accounts: one } | Action::Split { accounts: one, .. } =
                &entered.correction.action
            {
                ties.named.extend(one.iter().cloned());
            }
            if let Action::Split { from, .. } = &entered.correction.action {
                ties.named.extend(from.iter().cloned());
            }
            if !entered.holds {
                continue;
            }
            match entered.correction.action {
                Action::Merge { accounts } => ties.together.push(accounts),
                Action::Split { accounts, from } => ties.apart.push((accounts, from)),
                _ => {}
            }
        }
        Ok(ties)
    }

    /// The target that names a record of the reading in use by its local id (`e1`).
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn target(&self, document: DocumentId, local: &str) -> Result<Target, Error> {
        let unknown = || Error::Unknown { id: local.to_owned() };
        let kind = RecordKind::of_local(local).ok_or_else(unknown)?;
        let reading = serde_json::to_value(self.reading(document)?).map_err(|_| unknown())?;
        let records = reading[kind.list()].as_array().ok_or_else(unknown)?;
        let evidence = |record: &Value| {
            let first = record[kind.evidence()][0].clone();
            (first["quote"].as_str().unwrap_or("").to_owned(), first["start"].as_u64().unwrap_or(0))
        };
        let at = records.iter().position(|record| record["id"] == local).ok_or_else(unknown)?;
        let (quote, start) = evidence(&records[at]);
        let same = records[..at].iter().filter(|record| evidence(record) == (quote.clone(), start)).count();
        Ok(Target {
            document: self.sha256(document)?,
            kind,
            quote,
            start: u32::try_from(start).unwrap_or(0),
            nth: u32::try_from(same).unwrap_or(0),
        })
    }
}

fn target_of(action: &Action) -> Option<&Target> {
    match action {
        Action::Accept { target } | Action::Edit { target, .. } | Action::Reject { target } => Some(target),
        _ => None,
    }
}

fn actors_named(action: &Action) -> Vec<&String> {
    match action {
        Action::MergeActors { from, into } => vec![from, into],
        Action::AcceptActor { actor } | Action::RejectActor { actor } => vec![actor],
        _ => Vec::new(),
    }
}

/// The record that an undoing brings back to what it was, through undoings of undoings.
fn undone_target<'b>(action: &Action, before: &'b [Entered]) -> Option<&'b Target> {
    let Action::Undo { correction } = action else { return None };
    let mut entered = before.iter().find(|entered| entered.id == *correction)?;
    // A correction only undoes an earlier one, so this ends.
    while let Action::Undo { correction } = &entered.correction.action {
        entered = before.iter().find(|entered| entered.id == *correction)?;
    }
    target_of(&entered.correction.action)
}

/// Refuses what makes no sense whatever the record holds.
fn plausible(correction: &Correction, before: &[Entered]) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::Correction(why.to_owned()));
    if correction.author.trim().is_empty() {
        return refuse("it has no author");
    }
    if correction.reason.trim().is_empty() {
        return refuse("it has no reason");
    }
    match &correction.action {
        Action::Edit { field, .. } => {
            let fixed =
                ["id", "span", "spans", "evidence", "mentions", "trigger", "cue", "content", "why", "quote"];
            if !field.starts_with('/') || field.split('/').skip(1).any(|part| fixed.contains(&part)) {
                return refuse(
                    "only what was coded can be edited, by its path as `/realis`, not ids or words of the text",
                );
            }
        }
        Action::Merge { accounts } if accounts.len() < 2 => {
            return refuse("at least two accounts can be one");
        }
        Action::Split { accounts, from } if accounts.is_empty() || from.is_empty() => {
            return refuse("a split needs accounts on both sides");
        }
        Action::Split { accounts, from } if accounts.iter().any(|one| from.contains(one)) => {
            return refuse("an account can't be parted from itself");
        }
        Action::MergeActors { from, into } if from == into => return refuse("an actor is itself already"),
        Action::Draw { sample } if sample.strata.iter().all(|stratum| stratum.drawn.is_empty()) => {
            return refuse("nothing was drawn");
        }
        Action::Undo { correction } => match before.iter().find(|entered| entered.id == *correction) {
            None => return Err(Error::Unknown { id: correction.clone() }),
            Some(entered) if !entered.holds => return refuse("it is undone already"),
            Some(_) => {}
        },
        _ => {}
    }
    Ok(())
}

fn find(db: &Connection, sha: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM document WHERE sha256 = ?1")?
        .query_row([unhex(sha).unwrap_or_default()], |row| row.get(0))
        .optional()
}

/// Reads corrections and tells which hold: those that no later one that holds undoes.
fn read(db: &Connection, condition: &str, value: Option<Vec<u8>>) -> rusqlite::Result<Vec<Entered>> {
    let mut select = db.prepare_cached(&format!(
        "SELECT id, author, moment, reason, action FROM correction WHERE {condition} ORDER BY seq"
    ))?;
    let mut entered: Vec<Entered> = select
        .query_map(rusqlite::params_from_iter(value), |row| {
            let action: String = row.get(4)?;
            Ok(Entered {
                id: row.get(0)?,
                correction: Correction {
                    author: row.get(1)?,
                    moment: get::moment(row.get(2)?)?,
                    reason: row.get(3)?,
                    action: serde_json::from_str(&action)
                        .map_err(|error| damaged(format!("a correction: {error}")))?,
                },
                holds: true,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut undone = BTreeSet::new();
    for one in entered.iter_mut().rev() {
        one.holds = !undone.contains(&one.id);
        if let (Action::Undo { correction }, true) = (&one.correction.action, one.holds) {
            undone.insert(correction.clone());
        }
    }
    Ok(entered)
}

fn all(db: &Connection) -> rusqlite::Result<Vec<Entered>> {
    read(db, "1", None)
}

/// The current reading of a document with what holds of its corrections.
fn overlay_of(db: &Connection, document: i64) -> rusqlite::Result<Corrected> {
    let sha: Vec<u8> = db
        .prepare_cached("SELECT sha256 FROM document WHERE id = ?1")?
        .query_row([document], |row| row.get(0))?;
    let reading = get::reading(db, document)?;
    // An undoing carries the document of what it undoes.
    let entered = read(db, "document = ?1", Some(sha.clone()))?;
    Ok(overlay(reading, &hex(&sha), entered.iter().filter(|one| one.holds)))
}

/// Lays corrections over a reading, in their order; the later of two edits of one field stands.
fn overlay<'c>(
    reading: Reading<Quote>,
    sha: &str,
    corrections: impl Iterator<Item = &'c Entered>,
) -> Corrected {
    let mut laid = Corrected {
        reading,
        edited: Vec::new(),
        accepted: BTreeSet::new(),
        rejected: BTreeSet::new(),
        unresolved: Vec::new(),
    };
    let mut corrections = corrections.peekable();
    if corrections.peek().is_none() {
        return laid;
    }
    let Ok(mut value) = serde_json::to_value(&laid.reading) else { return laid };
    for entered in corrections {
        let Some(target) = target_of(&entered.correction.action) else { continue };
        if target.document != sha {
            continue;
        }
        let Some(at) = resolve(&value, target) else {
            let why =
                format!("no {} has the evidence “{}” in the reading now in use", target.kind, target.quote);
            laid.unresolved.push((entered.id.clone(), why));
            continue;
        };
        let local = value[target.kind.list()][at]["id"].as_str().unwrap_or_default().to_owned();
        match &entered.correction.action {
            Action::Accept { .. } => {
                laid.rejected.remove(&local);
                laid.accepted.insert(local);
            }
            Action::Reject { .. } => {
                laid.accepted.remove(&local);
                laid.rejected.insert(local);
            }
            Action::Edit { field, value: now, .. } => match edit(&value, target.kind, at, field, now) {
                Ok((edited, was, reading)) => {
                    value = edited;
                    laid.reading = reading;
                    laid.edited.push(Edited {
                        local,
                        field: field.clone(),
                        was,
                        now: now.clone(),
                        by: entered.id.clone(),
                    });
                }
                Err(why) => laid.unresolved.push((entered.id.clone(), why)),
            },
            _ => {}
        }
    }
    laid
}

/// Index of the record that a target names: the same evidence at the same place, else the same words nearest to it.
fn resolve(reading: &Value, target: &Target) -> Option<usize> {
    let records = reading[target.kind.list()].as_array()?;
    let mut found: Vec<(u64, usize)> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let first = &record[target.kind.evidence()][0];
        if first["quote"] == target.quote.as_str() {
            found.push((first["start"].as_u64()?.abs_diff(u64::from(target.start)), index));
        }
    }
    let nearest = found.iter().map(|(far, _)| *far).min()?;
    let mut near = found.into_iter().filter(|(far, _)| *far == nearest).map(|(_, index)| index);
    near.nth(target.nth as usize)
}

/// Sets a field, if the reading keeps its contract then.
fn edit(
    reading: &Value,
    kind: RecordKind,
    at: usize,
    field: &str,
    now: &Value,
) -> Result<(Value, Value, Reading<Quote>), String> {
    let mut edited = reading.clone();
    let record = &mut edited[kind.list()][at];
    let words = record[kind.evidence()][0].clone();
    let place = record
        .pointer_mut(field)
        .ok_or_else(|| format!("a {kind} has no field `{field}` that could be set"))?;
    let was = place.take();
    *place = now.clone();
    // A count that the text doesn't give gets the record's evidence for its span.
    if let Some(count) =
        place.as_object_mut().filter(|count| count.contains_key("best") && !count.contains_key("span"))
    {
        count.insert("span".to_owned(), words);
    }
    let parsed: Reading<Quote> = Reading::<Quote>::deserialize_value(&edited)
        .map_err(|error| format!("`{field}` can't be {now}: {error}"))?;
    let breaches = check::breaches(&parsed);
    if breaches.is_empty() { Ok((edited, was, parsed)) } else { Err(breaches.join("; ")) }
}

/// Deserialising from a borrowed value, by one name.
trait FromValue: Sized {
    fn deserialize_value(value: &Value) -> serde_json::Result<Self>;
}

impl FromValue for Reading<Quote> {
    fn deserialize_value(value: &Value) -> serde_json::Result<Self> {
        serde::Deserialize::deserialize(value)
    }
}

/// The rows of a document's current reading with its corrections laid over, or `None` where it has none.
pub(crate) fn corrected_rows(db: &Connection, document: i64) -> rusqlite::Result<Option<Rows>> {
    let any = db
        .prepare_cached(
            "SELECT 1 FROM correction c JOIN document d ON d.sha256 = c.document WHERE d.id = ?1",
        )?
        .exists([document])?;
    if !any {
        return Ok(None);
    }
    let laid = overlay_of(db, document)?;
    let mut made = rows(&laid.reading);
    let edited: BTreeSet<&str> = laid.edited.iter().map(|one| one.local.as_str()).collect();
    let flag = |local: &String| match (edited.contains(local.as_str()), laid.accepted.contains(local)) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    };
    let kept = |local: &String| !laid.rejected.contains(local);
    made.events.retain(|row| kept(&row.local));
    made.incidents.retain(|row| kept(&row.local));
    made.statements.retain(|row| kept(&row.local));
    made.relations.retain(|row| kept(&row.local));
    made.control.retain(|row| kept(&row.local));
    made.events.iter_mut().chain(&mut made.incidents).for_each(|row| row.corrected = flag(&row.local));
    made.statements.iter_mut().for_each(|row| row.corrected = flag(&row.local));
    made.relations.iter_mut().for_each(|row| row.corrected = flag(&row.local));
    made.control.iter_mut().for_each(|row| row.corrected = flag(&row.local));
    Ok(Some(made))
}

/// Makes a document's rows anew after a correction; its incidents wait for merging again.
fn rebuild(db: &Connection, document: i64) -> rusqlite::Result<()> {
    let rows = match corrected_rows(db, document)? {
        Some(rows) => rows,
        None => rows(&get::reading(db, document)?),
    };
    write::clear(db, document)?;
    write::insert_rows(db, document, &rows)?;
    db.prepare_cached("UPDATE document SET merged = 0 WHERE id = ?1")?.execute([document])?;
    Ok(())
}

/// Sets states and forwards of actors to what the corrections that hold say.
fn apply_actors(db: &Connection) -> rusqlite::Result<()> {
    let mut states: BTreeMap<String, (&str, Option<String>)> = BTreeMap::new();
    let mut touched = BTreeSet::new();
    for entered in all(db)? {
        let (actor, state) = match entered.correction.action {
            Action::MergeActors { from, into } => (from, ("accepted", Some(into))),
            Action::AcceptActor { actor } => (actor, ("accepted", None)),
            Action::RejectActor { actor } => (actor, ("rejected", None)),
            _ => continue,
        };
        touched.insert(actor.clone());
        if entered.holds {
            states.insert(actor, state);
        }
    }
    for actor in touched {
        // A key of the registry has no `~`.
        let untouched = if actor.starts_with('~') { "new" } else { "registry" };
        let (state, into) = states.remove(&actor).unwrap_or((untouched, None));
        let state = if untouched == "registry" && state == "accepted" { "registry" } else { state };
        db.prepare_cached("UPDATE actor_over SET state = ?2, into_key = ?3 WHERE key = ?1")?
            .execute(params![actor, state, into])?;
    }
    Ok(())
}

impl Entered {
    /// When it was entered.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.correction.moment
    }
}
