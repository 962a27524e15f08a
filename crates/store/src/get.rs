//! Getting documents back, whole.

use rusqlite::{Connection, OptionalExtension, params};
use watchkeeper_record::page::{Body, Form};
use watchkeeper_record::reading::Reading;
use watchkeeper_record::span::Quote;
use watchkeeper_record::{Moment, RawPage};

use crate::error::{Error, damaged};
use crate::open::Store;
use crate::pack::{hex, unhex, unpack};
use crate::write::DocumentId;

/// One way a document came in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OriginOf {
    /// Path or URL.
    pub origin: String,
    /// When it was fetched.
    pub fetched: Option<Moment>,
    /// When it came into the record.
    pub added: Moment,
}

/// One reading that the record keeps of a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReadingOf {
    /// Program version.
    pub version: String,
    /// When it was put in.
    pub made: Moment,
    /// Whether queries use it.
    pub current: bool,
}

impl Store {
    /// Finds a document by its SHA-256 (hex), the id of its reading, or at least six digits that begin only one.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Ambiguous`] (at most five are named).
    pub fn find_document(&self, id: &str) -> Result<DocumentId, Error> {
        let unknown = || Error::Unknown { id: id.to_owned() };
        let low = id.to_ascii_lowercase();
        if low.len() < 6 || low.len() > 64 || !low.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let pad = |digit: char| {
            let padded: String = low.chars().chain(std::iter::repeat(digit)).take(64).collect();
            unhex(&padded).unwrap_or_default()
        };
        let found = self.asked(|db| {
            let mut find =
                db.prepare_cached("SELECT id, sha256 FROM document WHERE sha256 BETWEEN ?1 AND ?2 LIMIT 5")?;
            let rows = find
                .query_map(params![pad('0'), pad('f')], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
            let mut found: Vec<(i64, Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
            if found.is_empty() && low.len() == 64 {
                let by_reading: Option<i64> = db
                    .prepare_cached(
                        "SELECT document FROM article WHERE reading_id = ?1 ORDER BY document LIMIT 1",
                    )?
                    .query_row([&low], |row| row.get(0))
                    .optional()?;
                found.extend(by_reading.map(|document| (document, Vec::new())));
            }
            Ok(found)
        })?;
        match found.as_slice() {
            [] => Err(unknown()),
            [(one, _)] => Ok(DocumentId(*one)),
            many => Err(Error::Ambiguous {
                id: id.to_owned(),
                candidates: many.iter().map(|(_, sha)| hex(sha)[..16].to_owned()).collect(),
            }),
        }
    }

    /// The document's SHA-256, hex.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn sha256(&self, document: DocumentId) -> Result<String, Error> {
        self.asked(|db| {
            db.prepare_cached("SELECT lower(hex(sha256)) FROM document WHERE id = ?1")?
                .query_row([document.0], |row| row.get(0))
                .optional()
        })?
        .ok_or_else(|| Error::Unknown { id: document.0.to_string() })
    }

    /// The page as it came in, from its first origin.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`] when its bytes can't be unpacked.
    pub fn page(&self, document: DocumentId) -> Result<RawPage, Error> {
        self.asked(|db| page(db, document.0).optional())?
            .ok_or_else(|| Error::Unknown { id: document.0.to_string() })
    }

    /// The reading that queries use, as the program made it: without corrections.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`] when it can't be unpacked.
    pub fn reading(&self, document: DocumentId) -> Result<Reading<Quote>, Error> {
        self.asked(|db| reading(db, document.0).optional())?
            .ok_or_else(|| Error::Unknown { id: document.0.to_string() })
    }

    /// The text of the reading that queries use.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Damaged`] when it can't be unpacked.
    pub fn text(&self, document: DocumentId) -> Result<String, Error> {
        self.asked(|db| {
            let article: Option<i64> = db
                .prepare_cached(
                    "SELECT r.article FROM document d JOIN reading r ON r.id = d.reading WHERE d.id = ?1",
                )?
                .query_row([document.0], |row| row.get(0))
                .optional()?;
            article.map(|article| text(db, article)).transpose()
        })?
        .ok_or_else(|| Error::Unknown { id: document.0.to_string() })
    }

    /// Every way the document came in, first first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn origins(&self, document: DocumentId) -> Result<Vec<OriginOf>, Error> {
        self.asked(|db| {
            let mut find = db.prepare_cached(
                "SELECT origin, fetched, added FROM origin WHERE document = ?1 ORDER BY added, origin",
            )?;
            let rows = find.query_map([document.0], |row| {
                Ok(OriginOf {
                    origin: row.get(0)?,
                    fetched: row.get::<_, Option<i64>>(1)?.and_then(Moment::from_unix),
                    added: moment(row.get(2)?)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Every reading that is kept of the document, first first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn readings(&self, document: DocumentId) -> Result<Vec<ReadingOf>, Error> {
        self.asked(|db| {
            let mut find = db.prepare_cached(
                "SELECT p.version, r.made, r.id = d.reading FROM reading r JOIN pipeline p ON p.id = r.pipeline
                 JOIN document d ON d.id = r.document WHERE r.document = ?1 ORDER BY r.id",
            )?;
            let rows = find.query_map([document.0], |row| {
                Ok(ReadingOf { version: row.get(0)?, made: moment(row.get(1)?)?, current: row.get(2)? })
            })?;
            rows.collect()
        })
    }

    /// Whether bytes with this SHA-256 (hex) came from this origin before: lets a repeated run skip a file without reading it anew.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn has(&self, sha256: &str, origin: &str) -> Result<bool, Error> {
        let Some(sha) = unhex(sha256) else { return Ok(false) };
        self.asked(|db| {
            db.prepare_cached(
                "SELECT 1 FROM document d JOIN origin o ON o.document = d.id WHERE d.sha256 = ?1 AND o.origin = ?2 AND d.reading IS NOT NULL",
            )?
            .exists(params![sha, origin])
        })
    }

    /// Number of documents.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn count(&self) -> Result<u64, Error> {
        self.asked(|db| db.query_row("SELECT count(*) FROM document", [], |row| row.get::<_, i64>(0)))
            .map(|count| u64::try_from(count).unwrap_or(0))
    }

    /// Asks the database, with errors that name the file.
    pub(crate) fn asked<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        ask(&self.db).map_err(|source| Error::of(&self.path, source))
    }
}

pub(crate) fn moment(seconds: i64) -> rusqlite::Result<Moment> {
    Moment::from_unix(seconds).ok_or_else(|| damaged(format!("{seconds} is no moment")))
}

fn form(word: &str) -> rusqlite::Result<Form> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| damaged(format!("`{word}` is no form of a page")))
}

pub(crate) fn page(db: &Connection, document: i64) -> rusqlite::Result<RawPage> {
    let mut page = db
        .prepare_cached(
            "SELECT form, size, bytes, body_form, body_by, body_size, body FROM page WHERE document = ?1",
        )?
        .query_row([document], |row| {
            let bytes = unpack(row.get_ref(2)?.as_blob()?, row.get(1)?, "the page")?;
            let body = match row.get::<_, Option<String>>(3)? {
                None => None,
                Some(word) => Some(Body {
                    form: form(&word)?,
                    by: row.get(4)?,
                    bytes: unpack(row.get_ref(6)?.as_blob()?, row.get(5)?, "the page's body")?,
                }),
            };
            let mut page = RawPage::new("", form(&row.get::<_, String>(0)?)?, bytes);
            page.body = body;
            Ok(page)
        })?;
    let (origin, fetched, http, told): (String, Option<i64>, Option<String>, Option<String>) = db
        .prepare_cached("SELECT origin, fetched, http, told FROM origin WHERE document = ?1 ORDER BY added, origin LIMIT 1")?
        .query_row([document], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    page.origin = origin;
    page.fetched = fetched.and_then(Moment::from_unix);
    page.http = http.map(|text| parse(&text, "an exchange")).transpose()?;
    page.told = told.map(|text| parse(&text, "what a container tells")).transpose()?.unwrap_or_default();
    Ok(page)
}

fn parse<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| damaged(format!("{what}: {error}")))
}

/// The text of an article.
pub(crate) fn text(db: &Connection, article: i64) -> rusqlite::Result<String> {
    let (document, size, packed): (i64, i64, Option<Vec<u8>>) = db
        .prepare_cached("SELECT document, size, text FROM article WHERE id = ?1")?
        .query_row([article], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let bytes = match packed {
        Some(packed) => unpack(&packed, size, "the text")?,
        None => {
            let page = page(db, document)?;
            page.readable().1.to_vec()
        }
    };
    String::from_utf8(bytes).map_err(|_| damaged("the text is not UTF-8"))
}

/// The current reading of a document.
pub(crate) fn reading(db: &Connection, document: i64) -> rusqlite::Result<Reading<Quote>> {
    let id = db
        .prepare_cached("SELECT reading FROM document WHERE id = ?1 AND reading IS NOT NULL")?
        .query_row([document], |row| row.get(0))?;
    reading_by_id(db, id)
}

/// One of the readings that are kept.
pub(crate) fn reading_by_id(db: &Connection, id: i64) -> rusqlite::Result<Reading<Quote>> {
    let (article, json): (i64, Vec<u8>) = db
        .prepare_cached("SELECT article, size, json FROM reading WHERE id = ?1")?
        .query_row([id], |row| {
            Ok((row.get(0)?, unpack(row.get_ref(2)?.as_blob()?, row.get(1)?, "the reading")?))
        })?;
    let mut reading: Reading<Quote> =
        serde_json::from_slice(&json).map_err(|error| damaged(format!("the reading: {error}")))?;
    reading.document.text = text(db, article)?;
    Ok(reading)
}
