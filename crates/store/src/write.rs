//! Adding documents: one writer, many documents a transaction, nothing twice.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::audit;
use crate::error::Error;
use crate::open::Store;
use crate::pack::hex;
use crate::prepare::{ArticlePart, PipelinePart, Prepared};
use crate::rows::{ActorRow, FactRow, PlaceRow, Rows};

/// Number of a document in this file. Other files number otherwise; across files a document is its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct DocumentId(pub i64);

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was not in the record.
    New(DocumentId),
    /// Its bytes were there, read by another version, other weights or with other options. Queries now use this reading; the
    /// older ones are kept.
    Reread(DocumentId),
    /// Bytes and reading were there; the first reading stays.
    Same {
        /// Which.
        document: DocumentId,
        /// Whether it came from an origin that was not known yet.
        new_origin: bool,
    },
}

impl Put {
    /// The document.
    #[must_use]
    pub fn document(self) -> DocumentId {
        match self {
            Self::New(document) | Self::Reread(document) | Self::Same { document, .. } => document,
        }
    }
}

/// Documents after which [`Writer::is_due`] asks for a commit.
const DUE_DOCUMENTS: usize = 256;
/// Bytes of text after which [`Writer::is_due`] asks for a commit.
const DUE_BYTES: usize = 16 << 20;

/// The right to write. Nothing is acknowledged before [`Writer::commit`] returns; dropping undoes what wasn't committed.
///
/// A commit is durable against the loss of power (`synchronous = FULL`): one sync for a batch costs a few milliseconds, and an
/// analyst who saw "added" must find it again.
#[derive(Debug)]
pub struct Writer<'s> {
    store: &'s mut Store,
    open: bool,
    /// Text of this transaction for the index of words, which wants its rows in order.
    words: BTreeMap<i64, (Option<String>, String)>,
    bytes: usize,
    documents: usize,
    pipelines: BTreeMap<[u8; 32], i64>,
}

impl Store {
    /// Takes the right to write with the first [`Writer::put`].
    pub fn writer(&mut self) -> Writer<'_> {
        Writer {
            store: self,
            open: false,
            words: BTreeMap::new(),
            bytes: 0,
            documents: 0,
            pipelines: BTreeMap::new(),
        }
    }

    /// Runs `deed` in one durable transaction.
    pub(crate) fn within<T>(
        &mut self,
        deed: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let of = |source| Error::of(&self.path, source);
        self.db.execute_batch("BEGIN IMMEDIATE").map_err(of)?;
        let done =
            deed(&self.db).and_then(|value| self.db.execute_batch("COMMIT").map(|()| value).map_err(of));
        if done.is_err() && !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        done
    }
}

/// All that is read while it lives is of one state of the record, and costs no lock a query.
#[derive(Debug)]
pub struct Snapshot<'s> {
    store: &'s Store,
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        let _ = self.store.db.execute_batch("COMMIT");
    }
}

impl Store {
    /// Begins to read one state of the record; nothing can be written through this store before it ends. One at a time.
    ///
    /// # Errors
    /// When the file can't be read, or another snapshot of this store lives.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, Error> {
        self.db.execute_batch("BEGIN").map_err(|source| Error::of(&self.path, source))?;
        Ok(Snapshot { store: self })
    }
}

impl Writer<'_> {
    /// Adds a document to the open transaction, idempotently: the same bytes twice are one document with two origins.
    ///
    /// Cost: about a millisecond.
    ///
    /// # Errors
    /// [`Error::Busy`] when another writer doesn't end in time, [`Error::Full`], [`Error::ReadOnly`], [`Error::Damaged`]. After an
    /// error all that was put since the last commit is undone: a savepoint a document would cost a tenth of writing it.
    pub fn put(&mut self, prepared: &Prepared) -> Result<Put, Error> {
        self.put_inner(prepared).map_err(|source| {
            if !self.store.db.is_autocommit() {
                let _ = self.store.db.execute_batch("ROLLBACK");
            }
            self.forget();
            Error::of(&self.store.path, source)
        })
    }

    fn put_inner(&mut self, prepared: &Prepared) -> rusqlite::Result<Put> {
        if !self.open {
            self.store.db.execute_batch("BEGIN IMMEDIATE")?;
            self.open = true;
        }
        let (put, words) = self.write(prepared)?;
        if let Some(rowid) = words {
            let article = &prepared.article;
            self.bytes += article.text.len();
            self.words.insert(rowid, (article.title.clone(), article.text.clone()));
        }
        self.documents += 1;
        Ok(put)
    }

    /// Whether a commit would be timely: the batch is large enough to be worth its sync.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.documents >= DUE_DOCUMENTS || self.bytes >= DUE_BYTES
    }

    /// Documents put since the last commit.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.documents
    }

    /// Makes all that was put durable. Only now may it be acknowledged.
    ///
    /// # Errors
    /// As [`Writer::put`]; nothing since the last commit was kept then.
    pub fn commit(&mut self) -> Result<(), Error> {
        if !self.open {
            return Ok(());
        }
        let committed =
            flush(&self.store.db, &mut self.words).and_then(|()| self.store.db.execute_batch("COMMIT"));
        if committed.is_err() && !self.store.db.is_autocommit() {
            let _ = self.store.db.execute_batch("ROLLBACK");
        }
        self.forget();
        committed.map_err(|source| Error::of(&self.store.path, source))
    }

    fn forget(&mut self) {
        self.open = false;
        self.words.clear();
        self.bytes = 0;
        self.documents = 0;
        // Rows of a transaction that was undone are gone.
        self.pipelines.clear();
    }

    /// Returns what was put and the row of the index of words that is to be written.
    fn write(&mut self, one: &Prepared) -> rusqlite::Result<(Put, Option<i64>)> {
        let known_document: Option<(i64, i32)> = self
            .store
            .db
            .prepare_cached("SELECT id, known FROM document WHERE sha256 = ?1")?
            .query_row([one.sha256.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let pipeline = match self.pipelines.get(&one.pipeline.digest) {
            Some(id) => *id,
            None => {
                let id = pipeline(&self.store.db, &one.pipeline)?;
                self.pipelines.insert(one.pipeline.digest, id);
                id
            }
        };
        let db = &self.store.db;
        let document = match known_document {
            Some((document, _)) => document,
            None => insert_document(db, one)?,
        };
        let origin = &one.origin;
        let new_origin = db
            .prepare_cached("INSERT OR IGNORE INTO origin (document, origin, fetched, http, told, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![document, origin.origin, origin.fetched, origin.http, origin.told, one.moment.unix()])?
            > 0;
        let read = db
            .prepare_cached("SELECT 1 FROM reading WHERE document = ?1 AND pipeline = ?2")?
            .exists(params![document, pipeline])?;
        if read {
            return Ok((Put::Same { document: DocumentId(document), new_origin }, None));
        }
        let article = article(db, document, &one.article)?;
        db.prepare_cached("INSERT INTO reading (document, article, pipeline, made, size, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![document, article, pipeline, one.moment.unix(), one.json_size, one.json])?;
        let reading = db.last_insert_rowid();
        let what = if known_document.is_some() { "reread" } else { "add" };
        let detail =
            format!("{} pipeline {pipeline} json {}", hex(&one.sha256), hex(&crate::pack::sha256(&one.json)));
        audit::append(db, one.moment, what, &detail)?;
        let known = one.known().0.days();
        if let Some((_, before)) = known_document {
            db.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([word_row(before, document)])?;
            self.words.remove(&word_row(before, document));
            clear(db, document)?;
            // Its incidents may be others now: they wait for merging.
            crate::accounts::forget_all(db, document)?;
        }
        set_head(db, document, reading, known, one)?;
        let mut rows = None;
        if known_document.is_some() {
            rows = crate::correct::corrected_rows(db, document)?;
        }
        insert_rows(db, document, rows.as_ref().unwrap_or(&one.rows))?;
        let put = match known_document {
            Some(_) => Put::Reread(DocumentId(document)),
            None => Put::New(DocumentId(document)),
        };
        Ok((put, Some(word_row(known, document))))
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if !self.store.db.is_autocommit() {
            let _ = self.store.db.execute_batch("ROLLBACK");
        }
    }
}

/// Writes the waiting texts into the index of words, in order of its rows.
fn flush(db: &Connection, words: &mut BTreeMap<i64, (Option<String>, String)>) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached("INSERT INTO words (rowid, title, text) VALUES (?1, ?2, ?3)")?;
    for (rowid, (title, text)) in std::mem::take(words) {
        insert.execute(params![rowid, title.unwrap_or_default(), text])?;
    }
    Ok(())
}

/// Bits of the row of the index of words that hold the document.
pub(crate) const DOCUMENT_BITS: u32 = 26;
/// Added to days, so that rows are positive from the year 1 on.
const DAY_SHIFT: i64 = 1_000_000;

/// Row of the index of words: ordered by the day the document was known, then by document.
pub(crate) fn word_row(known: i32, document: i64) -> i64 {
    ((i64::from(known) + DAY_SHIFT) << DOCUMENT_BITS) | document
}

fn pipeline(db: &Connection, part: &PipelinePart) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO pipeline (version, weights, options, digest) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![part.version, part.weights, part.options, part.digest.as_slice()])?;
    db.prepare_cached("SELECT id FROM pipeline WHERE digest = ?1")?
        .query_row([part.digest.as_slice()], |row| row.get(0))
}

fn insert_document(db: &Connection, one: &Prepared) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO document (sha256, added, known, dated, language) VALUES (?1, ?2, 0, 0, '')",
    )?
    .execute(params![one.sha256.as_slice(), one.moment.unix()])?;
    let document = db.last_insert_rowid();
    let page = &one.page;
    let body = page.body.as_ref();
    db.prepare_cached("INSERT INTO page (document, form, size, bytes, body_form, body_by, body_size, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![
            document,
            page.form,
            page.size,
            page.bytes,
            body.map(|body| &body.0),
            body.map(|body| &body.1),
            body.map(|body| body.2),
            body.map(|body| &body.3),
        ])?;
    Ok(document)
}

fn article(db: &Connection, document: i64, part: &ArticlePart) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO article (document, digest, reading_id, title, byline, outlet, published_start, published_end,
           published_basis, updated, language, url, size, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        document,
        part.digest.as_slice(),
        part.reading_id,
        part.title,
        part.byline,
        part.outlet,
        part.published.map(|published| published.0),
        part.published.map(|published| published.1),
        part.published.map(|published| published.2),
        part.updated,
        part.language,
        part.url,
        part.text.len() as i64,
        part.packed,
    ])?;
    db.prepare_cached("SELECT id FROM article WHERE document = ?1 AND digest = ?2")?
        .query_row(params![document, part.digest.as_slice()], |row| row.get(0))
}

/// The number of an outlet, made on first need.
pub(crate) fn outlet(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    let mut find = db.prepare_cached("SELECT id FROM outlet WHERE name = ?1")?;
    if let Some(id) = find.query_row([name], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO outlet (name) VALUES (?1)")?.execute([name])?;
    Ok(db.last_insert_rowid())
}

fn set_head(
    db: &Connection,
    document: i64,
    reading: i64,
    known: i32,
    one: &Prepared,
) -> rusqlite::Result<()> {
    let part = &one.article;
    let outlet = part.outlet.as_deref().map(|name| outlet(db, name)).transpose()?;
    db.prepare_cached(
        "UPDATE document SET known = ?2, dated = ?3, outlet = ?4, title = ?5, language = ?6, published_start = ?7,
           published_end = ?8, url = ?9, reading = ?10, merged = 0 WHERE id = ?1",
    )?
    .execute(params![
        document,
        known,
        part.published.is_some(),
        outlet,
        part.title,
        part.language,
        part.published.map(|published| published.0),
        part.published.map(|published| published.1),
        part.url,
        reading,
    ])?;
    Ok(())
}

/// Removes the rows that queries use; readings stay.
pub(crate) fn clear(db: &Connection, document: i64) -> rusqlite::Result<()> {
    for statement in [
        "DELETE FROM event_actor WHERE event IN (SELECT id FROM event WHERE document = ?1)",
        "DELETE FROM incident_actor WHERE incident IN (SELECT id FROM incident WHERE document = ?1)",
        "DELETE FROM statement_about WHERE statement IN (SELECT id FROM statement WHERE document = ?1)",
        "DELETE FROM event WHERE document = ?1",
        "DELETE FROM incident WHERE document = ?1",
        "DELETE FROM statement WHERE document = ?1",
        "DELETE FROM relation WHERE document = ?1",
        "DELETE FROM control WHERE document = ?1",
        "UPDATE actor_over SET documents = documents - 1 WHERE id IN (SELECT over FROM actor WHERE document = ?1)",
        "DELETE FROM actor WHERE document = ?1",
        "DELETE FROM place WHERE document = ?1",
    ] {
        db.prepare_cached(statement)?.execute([document])?;
    }
    Ok(())
}

/// Writes the rows of a document whose head is set.
pub(crate) fn insert_rows(db: &Connection, document: i64, rows: &Rows) -> rusqlite::Result<()> {
    let (known, outlet): (i32, Option<i64>) = db
        .prepare_cached("SELECT known, outlet FROM document WHERE id = ?1")?
        .query_row([document], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut overs = Vec::with_capacity(rows.actors.len());
    for actor in &rows.actors {
        let over = actor_over(db, actor)?;
        db.prepare_cached(
            "INSERT INTO actor (document, local, over, name, known) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![document, actor.local, over, actor.name, known])?;
        if !overs.contains(&over) {
            db.prepare_cached("UPDATE actor_over SET documents = documents + 1 WHERE id = ?1")?
                .execute([over])?;
        }
        overs.push(over);
    }
    let mut sites = Vec::with_capacity(rows.places.len());
    for place in &rows.places {
        let site = site(db, place)?;
        db.prepare_cached(
            "INSERT INTO place (document, local, site, name, score, known) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![document, place.local, site, place.name, place.score, known])?;
        sites.push(site);
    }
    let at = |place: Option<usize>| -> (Option<i64>, Option<&str>) {
        match place {
            Some(index) => (Some(sites[index]), rows.places[index].country.as_deref()),
            None => (None, None),
        }
    };
    for event in &rows.events {
        let (site, country) = at(event.place);
        db.prepare_cached(
            "INSERT INTO event (document, local, category, type, day_start, day_end, site, country, killed_low, killed,
               killed_high, wounded, realis, background, score, known, outlet, corrected, mode, incident)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )?
        .execute(params![
            document, event.local, event.category, event.r#type, event.days.0, event.days.1, site, country,
            event.killed.0, event.killed.1, event.killed.2, event.wounded, event.realis, event.background, event.score,
            known, outlet, event.corrected, event.mode, event.incident
        ])?;
        let id = db.last_insert_rowid();
        let mut insert =
            db.prepare_cached("INSERT OR IGNORE INTO event_actor (over, event, role) VALUES (?1, ?2, ?3)")?;
        for (actor, role, _) in &event.actors {
            insert.execute(params![overs[*actor], id, role])?;
        }
    }
    for incident in &rows.incidents {
        insert_incident(db, document, (known, outlet), incident, at(incident.place), &overs)?;
    }
    for one in &rows.statements {
        let sure = one.certainty.as_ref();
        db.prepare_cached(
            "INSERT INTO statement (document, local, kind, speaker, author, anonymous, quoted, polarity, certainty,
               certainty_low, certainty_high, scale, threat, score, content, known, outlet, corrected)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            document, one.local, one.kind, one.speaker.map(|index| overs[index]), one.author, one.anonymous, one.quoted,
            one.polarity, sure.map(|sure| &sure.0), sure.and_then(|sure| sure.1), sure.and_then(|sure| sure.2),
            sure.and_then(|sure| sure.3.as_ref()), one.threat, one.score, one.content, known, outlet, one.corrected
        ])?;
        let id = db.last_insert_rowid();
        let mut insert =
            db.prepare_cached("INSERT OR IGNORE INTO statement_about (over, statement) VALUES (?1, ?2)")?;
        for actor in &one.about {
            insert.execute(params![overs[*actor], id])?;
        }
    }
    for one in &rows.relations {
        db.prepare_cached(
            "INSERT INTO relation (document, local, kind, from_over, to_over, realis, since_start, since_end, until_start,
               until_end, score, quote, known, outlet, corrected)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            document, one.local, one.kind, overs[one.from], overs[one.to], one.realis, one.since.0, one.since.1,
            one.until.0, one.until.1, one.score, one.quote, known, outlet, one.corrected
        ])?;
    }
    for one in &rows.control {
        let (site, country) = at(Some(one.place));
        db.prepare_cached(
            "INSERT INTO control (document, local, site, country, holder, status, counterpart, day_start, day_end, realis,
               score, quote, known, outlet, corrected)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            document, one.local, site, country, overs[one.holder], one.status, one.counterpart.map(|index| overs[index]),
            one.days.0, one.days.1, one.realis, one.score, one.quote, known, outlet, one.corrected
        ])?;
    }
    Ok(())
}

fn insert_incident(
    db: &Connection,
    document: i64,
    (known, outlet): (i32, Option<i64>),
    incident: &FactRow,
    (site, country): (Option<i64>, Option<&str>),
    overs: &[i64],
) -> rusqlite::Result<()> {
    let over: Option<i64> = db
        .prepare_cached("SELECT over FROM account WHERE document = ?1 AND local = ?2")?
        .query_row(params![document, incident.local], |row| row.get(0))
        .optional()?
        .flatten();
    db.prepare_cached(
        "INSERT INTO incident (document, local, category, type, day_start, day_end, site, country, killed_low, killed,
           killed_high, wounded, realis, background, score, known, outlet, corrected, quote, over)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    )?
    .execute(params![
        document, incident.local, incident.category, incident.r#type, incident.days.0, incident.days.1, site, country,
        incident.killed.0, incident.killed.1, incident.killed.2, incident.wounded, incident.realis, incident.background,
        incident.score, known, outlet, incident.corrected, incident.quote, over
    ])?;
    let id = db.last_insert_rowid();
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO incident_actor (over, incident, role, claim) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (actor, role, claim) in &incident.actors {
        insert.execute(params![overs[*actor], id, role, claim])?;
    }
    Ok(())
}

fn actor_over(db: &Connection, actor: &ActorRow) -> rusqlite::Result<i64> {
    let mut find = db.prepare_cached("SELECT id FROM actor_over WHERE key = ?1")?;
    if let Some(id) = find.query_row([&actor.key], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    let state = if actor.registry { "registry" } else { "new" };
    db.prepare_cached("INSERT INTO actor_over (key, name, kind, country, sector, private, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![actor.key, actor.name, actor.kind, actor.country, actor.sector, actor.private, state])?;
    Ok(db.last_insert_rowid())
}

fn site(db: &Connection, place: &PlaceRow) -> rusqlite::Result<i64> {
    let mut find = db.prepare_cached("SELECT id FROM site WHERE digest = ?1")?;
    if let Some(id) = find.query_row([&place.digest], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    db.prepare_cached(
        "INSERT INTO site (digest, geonames, wof, name, lat, lon, country, admin1, precision, radius_km)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        place.digest,
        place.geonames,
        place.wof,
        place.site_name,
        place.lat,
        place.lon,
        place.country,
        place.admin1,
        place.precision,
        place.radius_km
    ])?;
    let id = db.last_insert_rowid();
    if let (Some(lat), Some(lon)) = (place.lat, place.lon) {
        db.prepare_cached("INSERT INTO site_box (id, south, north, west, east) VALUES (?1, ?2, ?2, ?3, ?3)")?
            .execute(params![id, lat, lon])?;
    }
    Ok(id)
}
