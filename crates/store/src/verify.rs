//! Checking a record from end to end: file, pages, readings, quotes, log, indexes.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use watchkeeper_record::check;

use crate::audit;
use crate::error::Error;
use crate::get;
use crate::open::Store;
use crate::pack::{hex, sha256};
use crate::rows::{FactRow, Rows, rows};

/// What a check found wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Which check: `file`, `keys`, `page`, `reading`, `quote`, `rows`, `incidents`, `audit`, `words`, `places`.
    pub check: &'static str,
    /// On what: a document's SHA-256, a number in the log, or the file.
    pub on: String,
    /// What, in words.
    pub what: String,
}

/// What was checked and found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verified {
    /// Documents whose bytes were hashed anew.
    pub documents: u64,
    /// Readings whose every quote was compared with its text, those no longer in use too.
    pub readings: u64,
    /// Entries of the log whose hashes were computed anew.
    pub entries: u64,
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
}

/// Findings kept at most: a file full of damage says the same over and over.
const FINDINGS_MAX: usize = 1_000;

impl Store {
    /// Checks everything. Reads the whole file; works on a record opened for reading, beside a writer, on one state of the file.
    ///
    /// `progress` is told (documents done, documents there). Damage is a finding, not an error.
    ///
    /// # Errors
    /// When the file can't be read at all.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, Error> {
        let mut done = Verified::default();
        let of = |source| Error::of(&self.path, source);
        let transaction = self.db.unchecked_transaction().map_err(of)?;
        let db = &self.db;
        file(db, &mut done);
        let hashes = log(db, &mut done);
        crate::verify_over::merged(db, &mut done);
        let documents: Vec<(i64, Vec<u8>)> = db
            .prepare("SELECT id, sha256 FROM document ORDER BY id")
            .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(of)?;
        let total = documents.len() as u64;
        for (document, sha) in documents {
            one(db, document, &sha, &hashes, &mut done);
            done.documents += 1;
            progress(done.documents, total);
            if done.findings.len() >= FINDINGS_MAX {
                break;
            }
        }
        done.findings.truncate(FINDINGS_MAX);
        drop(transaction);
        Ok(done)
    }
}

impl Verified {
    pub(crate) fn found(&mut self, check: &'static str, on: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding { check, on: on.into(), what: what.into() });
    }
}

/// The file's own order: pages, indexes, foreign keys, the index of words and the tree of places.
fn file(db: &Connection, done: &mut Verified) {
    let said = db.prepare("PRAGMA integrity_check(100)").and_then(|mut check| {
        check.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
    });
    match said {
        Ok(lines) => {
            for line in lines.into_iter().filter(|line| line != "ok") {
                done.found("file", "the file", line);
            }
        }
        Err(error) => done.found("file", "the file", error.to_string()),
    }
    let broken = db.prepare("PRAGMA foreign_key_check").and_then(|mut check| {
        check
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?))
            })?
            .take(100)
            .collect::<rusqlite::Result<Vec<_>>>()
    });
    match broken {
        Ok(rows) => {
            for (table, row, parent) in rows {
                done.found(
                    "keys",
                    format!("{table} {}", row.unwrap_or(0)),
                    format!("names a row of `{parent}` that isn't there"),
                );
            }
        }
        Err(error) => done.found("keys", "the file", error.to_string()),
    }
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0));
    let pairs = [
        (
            "words",
            "SELECT count(*) FROM document WHERE reading IS NOT NULL",
            "SELECT count(*) FROM words_docsize",
            "documents are read, but the index of words holds",
        ),
        (
            "places",
            "SELECT count(*) FROM site WHERE lat IS NOT NULL AND lon IS NOT NULL",
            "SELECT count(*) FROM site_box",
            "sites have degrees, but the tree of places holds",
        ),
    ];
    for (check, there, held, what) in pairs {
        match (count(there), count(held)) {
            (Ok(there), Ok(held)) if there == held => {}
            (Ok(there), Ok(held)) => done.found(check, "the file", format!("{there} {what} {held}")),
            (Err(error), _) | (_, Err(error)) => done.found(check, "the file", error.to_string()),
        }
    }
}

/// The log's chain. Returns the hash that it holds of each reading: (document, pipeline) → hash of the packed JSON.
fn log(db: &Connection, done: &mut Verified) -> BTreeMap<(String, i64), String> {
    let mut hashes = BTreeMap::new();
    let mut before = audit::ROOT.to_vec();
    let mut last = 0;
    let walked = (|| {
        let mut select = db.prepare("SELECT seq, moment, what, detail, hash FROM audit ORDER BY seq")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            // Whatever was changed in a row, even to another type, breaks the chain; it must not end the walk.
            let moment: i64 = row.get(1).unwrap_or(i64::MIN);
            let what: String = row.get(2).unwrap_or_default();
            let detail: String = row.get(3).unwrap_or_default();
            let hash: Vec<u8> = row.get(4).unwrap_or_default();
            if seq != last + 1 {
                done.found("audit", seq.to_string(), format!("follows entry {last}: entries are missing"));
            }
            if audit::link(&before, seq, moment, &what, &detail).as_slice() != hash.as_slice() {
                done.found(
                    "audit",
                    seq.to_string(),
                    "its hash isn't that of its words and of the entry before",
                );
            }
            if let ("add" | "reread", [sha, "pipeline", pipeline, "json", json]) =
                (what.as_str(), detail.split(' ').collect::<Vec<_>>().as_slice())
            {
                hashes.insert(((*sha).to_owned(), pipeline.parse().unwrap_or(0)), (*json).to_owned());
            }
            before = hash;
            last = seq;
            done.entries += 1;
            if done.findings.len() > FINDINGS_MAX {
                break;
            }
        }
        let head: Option<String> = db
            .query_row("SELECT value FROM meta WHERE key = 'audit_head'", [], |row| row.get(0))
            .optional()?;
        let should = (last > 0).then(|| format!("{last} {}", hex(&before)));
        if head != should {
            done.found(
                "audit",
                last.to_string(),
                "isn't the last entry that was written: the end of the log is missing or changed",
            );
        }
        Ok::<_, rusqlite::Error>(())
    })();
    if let Err(error) = walked {
        done.found("audit", last.to_string(), error.to_string());
    }
    hashes
}

/// One document: its bytes, its readings, their quotes, the rows made of them.
fn one(
    db: &Connection,
    document: i64,
    sha: &[u8],
    hashes: &BTreeMap<(String, i64), String>,
    done: &mut Verified,
) {
    let name = hex(sha);
    match get::page(db, document) {
        Ok(page) if sha256(&page.bytes).as_slice() == sha => {}
        Ok(_) => done.found("page", &name, "its bytes aren't those that were added"),
        Err(error) => done.found("page", &name, error.to_string()),
    }
    let readings = (|| {
        db.prepare_cached("SELECT r.id, r.pipeline, r.json, r.id = d.reading FROM reading r JOIN document d ON d.id = r.document WHERE r.document = ?1 ORDER BY r.id")?
            .query_map([document], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<rusqlite::Result<Vec<(i64, i64, Vec<u8>, bool)>>>()
    })();
    let readings = match readings {
        Ok(readings) => readings,
        Err(error) => return done.found("reading", name, error.to_string()),
    };
    if !readings.iter().any(|reading| reading.3) {
        done.found("reading", &name, "the reading that queries use isn't there");
    }
    for (id, pipeline, packed, current) in readings {
        done.readings += 1;
        if hashes.get(&(name.clone(), pipeline)) != Some(&hex(&sha256(&packed))) {
            done.found("reading", &name, "isn't the one that the log says was added");
        }
        let reading = match get::reading_by_id(db, id) {
            Ok(reading) => reading,
            Err(error) => {
                done.found("reading", &name, error.to_string());
                continue;
            }
        };
        for breach in check::breaches(&reading) {
            done.found("quote", &name, breach);
        }
        if !current {
            continue;
        }
        crate::verify_over::head(db, document, &name, done);
        let made = match crate::correct::corrected_rows(db, document) {
            Ok(made) => made.unwrap_or_else(|| rows(&reading)),
            Err(error) => {
                done.found("reading", &name, error.to_string());
                continue;
            }
        };
        for (table, wanted) in told(&made) {
            match held(db, table, document) {
                Ok(there) if there == wanted => {}
                Ok(there) => {
                    let differ = there.iter().zip(&wanted).filter(|(there, wanted)| there != wanted).count();
                    let what = format!(
                        "{} rows of `{table}` where its reading has {}, {differ} of them other than read",
                        there.len(),
                        wanted.len()
                    );
                    done.found("rows", &name, what);
                }
                Err(error) => done.found("rows", &name, error.to_string()),
            }
        }
    }
}

/// The columns by which rows are compared with the reading, and each row's values as text.
const COMPARED: [(&str, &str); 7] = [
    (
        "event",
        "category, mode, type, day_start, day_end, killed_low, killed, killed_high, wounded, realis, background, score, incident, corrected",
    ),
    (
        "incident",
        "category, type, day_start, day_end, killed_low, killed, killed_high, wounded, realis, background, score, quote, corrected",
    ),
    (
        "statement",
        "kind, author, anonymous, quoted, polarity, certainty, certainty_low, certainty_high, scale, threat, score, content, corrected",
    ),
    ("relation", "kind, realis, since_start, since_end, until_start, until_end, score, quote, corrected"),
    ("control", "status, day_start, day_end, realis, score, quote, corrected"),
    ("actor", "name, (SELECT key FROM actor_over WHERE id = over)"),
    ("place", PLACED),
];

/// A place with its site.
const PLACED: &str = "name, score, (SELECT name FROM site WHERE id = site), (SELECT geonames FROM site WHERE id = site),
  (SELECT lat FROM site WHERE id = site), (SELECT lon FROM site WHERE id = site), (SELECT country FROM site WHERE id = site),
  (SELECT admin1 FROM site WHERE id = site), (SELECT precision FROM site WHERE id = site), (SELECT radius_km FROM site WHERE id = site)";

/// Rows as they are kept, in order of their local ids.
fn held(db: &Connection, table: &str, document: i64) -> rusqlite::Result<Vec<String>> {
    let columns = COMPARED.iter().find(|(name, _)| *name == table).map_or("1", |(_, columns)| *columns);
    let mut select =
        db.prepare_cached(&format!("SELECT local, known = (SELECT known FROM document WHERE id = document), {columns} FROM {table} WHERE document = ?1"))?;
    let width = select.column_count();
    let rows = select.query_map([document], |row| {
        let mut text = String::new();
        for column in 0..width {
            use rusqlite::types::ValueRef as V;
            match row.get_ref(column)? {
                V::Null => text.push('-'),
                V::Integer(number) => text += &number.to_string(),
                V::Real(number) => text += &format!("{number:?}"),
                V::Text(bytes) | V::Blob(bytes) => text += &String::from_utf8_lossy(bytes),
            }
            text.push('|');
        }
        Ok(text)
    })?;
    let mut rows: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    rows.sort();
    Ok(rows)
}

/// Rows as the reading tells them.
fn told(made: &Rows) -> Vec<(&'static str, Vec<String>)> {
    fn line(local: &str, values: &[&dyn Cell]) -> String {
        let mut text = format!("{local}|1|");
        for value in values {
            value.write(&mut text);
            text.push('|');
        }
        text
    }
    let fact = |row: &FactRow, event: bool| {
        let (start, end) = row.days;
        let (low, best, high) = row.killed;
        let head: [&dyn Cell; 3] = [&row.category, &row.mode, &row.r#type];
        let mut values: Vec<&dyn Cell> = if event { head.to_vec() } else { vec![&row.category, &row.r#type] };
        values.extend([
            &start as &dyn Cell,
            &end,
            &low,
            &best,
            &high,
            &row.wounded,
            &row.realis,
            &row.background,
            &row.score,
        ]);
        values.push(if event { &row.incident } else { &row.quote });
        values.push(&row.corrected);
        line(&row.local, &values)
    };
    let mut all: Vec<(&'static str, Vec<String>)> = vec![
        ("event", made.events.iter().map(|row| fact(row, true)).collect()),
        ("incident", made.incidents.iter().map(|row| fact(row, false)).collect()),
        (
            "statement",
            made.statements
                .iter()
                .map(|row| {
                    let sure = row.certainty.clone();
                    let words = sure.as_ref().map(|sure| sure.0.clone());
                    let (low, high) =
                        (sure.as_ref().and_then(|sure| sure.1), sure.as_ref().and_then(|sure| sure.2));
                    let scale = sure.and_then(|sure| sure.3);
                    line(
                        &row.local,
                        &[
                            &row.kind,
                            &row.author,
                            &row.anonymous,
                            &row.quoted,
                            &row.polarity,
                            &words,
                            &low,
                            &high,
                            &scale,
                            &row.threat,
                            &row.score,
                            &row.content,
                            &row.corrected,
                        ],
                    )
                })
                .collect(),
        ),
        (
            "relation",
            made.relations
                .iter()
                .map(|row| {
                    let (since, until) = (row.since, row.until);
                    let values: [&dyn Cell; 9] = [
                        &row.kind,
                        &row.realis,
                        &since.0,
                        &since.1,
                        &until.0,
                        &until.1,
                        &row.score,
                        &row.quote,
                        &row.corrected,
                    ];
                    line(&row.local, &values)
                })
                .collect(),
        ),
        (
            "control",
            made.control
                .iter()
                .map(|row| {
                    let days = row.days;
                    line(
                        &row.local,
                        &[&row.status, &days.0, &days.1, &row.realis, &row.score, &row.quote, &row.corrected],
                    )
                })
                .collect(),
        ),
        ("actor", made.actors.iter().map(|row| line(&row.local, &[&row.name, &row.key])).collect()),
        (
            "place",
            made.places
                .iter()
                .map(|row| {
                    let values: [&dyn Cell; 10] = [
                        &row.name,
                        &row.score,
                        &row.site_name,
                        &row.geonames,
                        &row.lat,
                        &row.lon,
                        &row.country,
                        &row.admin1,
                        &row.precision,
                        &row.radius_km,
                    ];
                    line(&row.local, &values)
                })
                .collect(),
        ),
    ];
    all.iter_mut().for_each(|(_, rows)| rows.sort());
    all
}

/// A value as a row keeps it.
trait Cell {
    fn write(&self, text: &mut String);
}

impl Cell for &str {
    fn write(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Cell for String {
    fn write(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Cell for bool {
    fn write(&self, text: &mut String) {
        text.push(if *self { '1' } else { '0' });
    }
}

impl Cell for f64 {
    fn write(&self, text: &mut String) {
        text.push_str(&format!("{self:?}"));
    }
}

impl Cell for u8 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

impl Cell for u32 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

impl Cell for i64 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

impl Cell for i32 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

impl<T: Cell> Cell for Option<T> {
    fn write(&self, text: &mut String) {
        match self {
            Some(value) => value.write(text),
            None => text.push('-'),
        }
    }
}
