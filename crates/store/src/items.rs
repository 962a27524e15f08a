//! Results of queries: plain structures, and how each is loaded from its rows.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use watchkeeper_record::article::Date;

use crate::error::{Error, damaged};
use crate::filter::{Filter, Listed, Window};
use crate::open::Store;
use crate::plan::Kind;
use crate::search_text::Sought;

/// The document that a result comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// SHA-256 of its bytes, hex.
    pub document: String,
    /// Headline.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// How far the outlet may be relied on, `A` to `F`.
    pub grade: String,
    /// How credible the report is, 1 to 6.
    pub credibility: u8,
    /// Day of publication, or of adding where that is unknown.
    pub known: Date,
    /// Whether `known` is the day of publication.
    pub dated: bool,
    /// Address, where there is one.
    pub url: Option<String>,
}

/// A place of a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Site {
    /// Name in the gazetteer.
    pub name: String,
    /// GeoNames id.
    pub geonames: Option<i64>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// First-order unit.
    pub admin1: Option<String>,
    /// How precisely it is known (`exact`, `near`, `admin2`, `admin1`, `country`, `region`).
    pub precision: String,
    /// For `near` and `region`.
    pub radius_km: Option<f64>,
}

/// An actor of a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Party {
    /// Key in the record.
    pub key: String,
    /// Name.
    pub name: String,
    /// `actor` (did it) or `recipient` (to whom).
    pub role: &'static str,
    /// Incidents: how it is known that it did.
    pub claim: Option<String>,
    /// A private person: hidden by default.
    pub private: bool,
}

/// An event or an incident of one document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// `SHA-256#e1` or `SHA-256#i1`.
    pub id: String,
    /// PLOVER category.
    pub category: Option<String>,
    /// PLOVER mode (events).
    pub mode: Option<String>,
    /// Type of incident.
    pub r#type: Option<String>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Where.
    pub place: Option<Site>,
    /// Killed: at least, as told, at most.
    pub killed: [Option<u32>; 3],
    /// Wounded, as told.
    pub wounded: Option<u32>,
    /// Whether it happened.
    pub realis: String,
    /// Told as history.
    pub background: bool,
    /// Calibrated probability, 0..=1.
    pub score: f64,
    /// Who and to whom.
    pub parties: Vec<Party>,
    /// First evidence (incidents), at most 400 characters.
    pub quote: Option<String>,
    /// Incidents: key of the incident over reports that holds it.
    pub over: Option<String>,
    /// `accepted` or `edited` by a human.
    pub corrected: Option<&'static str>,
    /// The document.
    pub source: Source,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Saying {
    /// `SHA-256#s1`.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Who says it; `None` where unnamed or the author.
    pub speaker: Option<Party>,
    /// The writer's own judgement.
    pub author: bool,
    /// Unnamed.
    pub anonymous: bool,
    /// In quotation marks.
    pub quoted: bool,
    /// `affirms` or `denies`.
    pub polarity: String,
    /// Hedging words.
    pub certainty: Option<String>,
    /// Range of the hedge, by `scale`.
    pub certainty_low: Option<f64>,
    /// Upper end.
    pub certainty_high: Option<f64>,
    /// Name of the scale.
    pub scale: Option<String>,
    /// A stated level of a threat (may be empty where only targets are stated).
    pub threat: Option<String>,
    /// 0..=1.
    pub score: f64,
    /// What is said, at most 400 characters.
    pub content: String,
    /// Of whom.
    pub about: Vec<Party>,
    /// `accepted` or `edited` by a human.
    pub corrected: Option<&'static str>,
    /// The document.
    pub source: Source,
}

/// A relation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tie {
    /// `SHA-256#r1`.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// From whom.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// Whether it holds.
    pub realis: String,
    /// First day of `since`.
    pub since: Option<Date>,
    /// Last day of `until`.
    pub until: Option<Date>,
    /// 0..=1.
    pub score: f64,
    /// First evidence.
    pub quote: String,
    /// `accepted` or `edited` by a human.
    pub corrected: Option<&'static str>,
    /// The document.
    pub source: Source,
}

/// Who holds a place, as one document tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hold {
    /// `SHA-256#c1`.
    pub id: String,
    /// Where.
    pub place: Site,
    /// Who.
    pub holder: Party,
    /// `lost`, `gained`, `holds`, `contested`.
    pub status: String,
    /// The other side.
    pub counterpart: Option<Party>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Whether it happened.
    pub realis: String,
    /// 0..=1.
    pub score: f64,
    /// First evidence.
    pub quote: String,
    /// `accepted` or `edited` by a human.
    pub corrected: Option<&'static str>,
    /// The document.
    pub source: Source,
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentItem {
    /// Its number in this file.
    pub number: i64,
    /// Its head.
    pub source: Source,
    /// BCP 47 language.
    pub language: String,
    /// When it was added.
    pub added: watchkeeper_record::Moment,
    /// Its first origin.
    pub origin: String,
    /// Whether another document stands for it.
    pub copy: bool,
    /// Search: words around the first hit, hits between `[` and `]`; where the text itself has none, its beginning.
    pub snippet: Option<String>,
}

pub(crate) fn date(days: i32) -> rusqlite::Result<Date> {
    Date::from_days(days).ok_or_else(|| damaged(format!("{days} is no day")))
}

fn maybe(days: Option<i32>) -> rusqlite::Result<Option<Date>> {
    days.map(date).transpose()
}

fn corrected(code: i64) -> Option<&'static str> {
    match code {
        0 => None,
        1 => Some("accepted"),
        _ => Some("edited"),
    }
}

fn source(db: &Connection, document: i64) -> rusqlite::Result<Source> {
    db.prepare_cached(
        "SELECT lower(hex(d.sha256)), d.title, o.name, ifnull(o.grade, 'F'), d.credibility, d.known, d.dated, d.url
         FROM document d LEFT JOIN outlet o ON o.id = d.outlet WHERE d.id = ?1",
    )?
    .query_row([document], |row| {
        Ok(Source {
            document: row.get(0)?,
            title: row.get(1)?,
            outlet: row.get(2)?,
            grade: row.get(3)?,
            credibility: row.get(4)?,
            known: date(row.get(5)?)?,
            dated: row.get(6)?,
            url: row.get(7)?,
        })
    })
}

fn site(db: &Connection, id: i64) -> rusqlite::Result<Site> {
    db.prepare_cached(
        "SELECT name, geonames, lat, lon, country, admin1, precision, radius_km FROM site WHERE id = ?1",
    )?
    .query_row([id], |row| {
        Ok(Site {
            name: row.get(0)?,
            geonames: row.get(1)?,
            lat: row.get(2)?,
            lon: row.get(3)?,
            country: row.get(4)?,
            admin1: row.get(5)?,
            precision: row.get(6)?,
            radius_km: row.get(7)?,
        })
    })
}

fn party(db: &Connection, over: i64, role: i64, claim: Option<String>) -> rusqlite::Result<Party> {
    db.prepare_cached("SELECT key, name, private FROM actor_over WHERE id = ?1")?.query_row([over], |row| {
        Ok(Party {
            key: row.get(0)?,
            name: row.get(1)?,
            private: row.get(2)?,
            role: if role == 0 { "actor" } else { "recipient" },
            claim,
        })
    })
}

pub(crate) fn fact(db: &Connection, kind: Kind, id: i64) -> rusqlite::Result<Fact> {
    let incident = kind == Kind::Incident;
    let table = kind.table();
    let extra = if incident { "NULL, f.quote, f.over" } else { "f.mode, NULL, NULL" };
    let sql = format!(
        "SELECT f.document, f.local, f.category, f.type, f.day_start, f.day_end, f.site, f.killed_low, f.killed, f.killed_high,
           f.wounded, f.realis, f.background, f.score, f.corrected, {extra} FROM {table} f WHERE f.id = ?1"
    );
    let (mut fact, document, at, over) = db.prepare_cached(&sql)?.query_row([id], |row: &Row<'_>| {
        let fact = Fact {
            id: row.get(1)?,
            category: row.get(2)?,
            r#type: row.get(3)?,
            start: maybe(row.get(4)?)?,
            end: maybe(row.get(5)?)?,
            place: None,
            killed: [row.get(7)?, row.get(8)?, row.get(9)?],
            wounded: row.get(10)?,
            realis: row.get(11)?,
            background: row.get(12)?,
            score: row.get(13)?,
            corrected: corrected(row.get(14)?),
            mode: row.get(15)?,
            quote: row.get(16)?,
            over: None,
            parties: Vec::new(),
            source: Source {
                document: String::new(),
                title: None,
                outlet: None,
                grade: String::new(),
                credibility: 6,
                known: date(0)?,
                dated: false,
                url: None,
            },
        };
        Ok((fact, row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(6)?, row.get::<_, Option<i64>>(17)?))
    })?;
    fact.source = source(db, document)?;
    fact.id = format!("{}#{}", fact.source.document, fact.id);
    fact.place = at.map(|at| site(db, at)).transpose()?;
    if let Some(over) = over {
        fact.over = db
            .prepare_cached("SELECT key FROM incident_over WHERE id = ?1")?
            .query_row([over], |row| row.get(0))
            .optional()?;
    }
    let claim = if incident { "claim" } else { "NULL" };
    let mut select = db.prepare_cached(&format!(
        "SELECT over, role, {claim} FROM {table}_actor INDEXED BY {table}_actor_{table} WHERE {table} = ?1 ORDER BY role, over"
    ))?;
    let parties: Vec<(i64, i64, Option<String>)> = select
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (over, role, claim) in parties {
        fact.parties.push(party(db, over, role, claim)?);
    }
    Ok(fact)
}

fn saying(db: &Connection, id: i64) -> rusqlite::Result<Saying> {
    let (mut saying, document, speaker) = db
        .prepare_cached(
            "SELECT document, local, kind, speaker, author, anonymous, quoted, polarity, certainty, certainty_low,
               certainty_high, scale, threat, score, content, corrected FROM statement WHERE id = ?1",
        )?
        .query_row([id], |row| {
            let document: i64 = row.get(0)?;
            let saying = Saying {
                id: row.get(1)?,
                kind: row.get(2)?,
                speaker: None,
                author: row.get(4)?,
                anonymous: row.get(5)?,
                quoted: row.get(6)?,
                polarity: row.get(7)?,
                certainty: row.get(8)?,
                certainty_low: row.get(9)?,
                certainty_high: row.get(10)?,
                scale: row.get(11)?,
                threat: row.get(12)?,
                score: row.get(13)?,
                content: row.get(14)?,
                about: Vec::new(),
                corrected: corrected(row.get(15)?),
                source: source(db, document)?,
            };
            Ok((saying, document, row.get::<_, Option<i64>>(3)?))
        })?;
    let _ = document;
    saying.id = format!("{}#{}", saying.source.document, saying.id);
    saying.speaker = speaker.map(|over| party(db, over, 0, None)).transpose()?;
    let mut select = db.prepare_cached(
        "SELECT over FROM statement_about INDEXED BY statement_about_statement WHERE statement = ?1 ORDER BY over",
    )?;
    let about: Vec<i64> = select.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for over in about {
        saying.about.push(party(db, over, 1, None)?);
    }
    Ok(saying)
}

fn tie(db: &Connection, id: i64) -> rusqlite::Result<Tie> {
    db.prepare_cached(
        "SELECT document, local, kind, from_over, to_over, realis, since_start, until_end, score, quote, corrected
         FROM relation WHERE id = ?1",
    )?
    .query_row([id], |row| {
        let source = source(db, row.get(0)?)?;
        Ok(Tie {
            id: format!("{}#{}", source.document, row.get::<_, String>(1)?),
            kind: row.get(2)?,
            from: party(db, row.get(3)?, 0, None)?,
            to: party(db, row.get(4)?, 1, None)?,
            realis: row.get(5)?,
            since: maybe(row.get(6)?)?,
            until: maybe(row.get(7)?)?,
            score: row.get(8)?,
            quote: row.get(9)?,
            corrected: corrected(row.get(10)?),
            source,
        })
    })
}

fn hold(db: &Connection, id: i64) -> rusqlite::Result<Hold> {
    db.prepare_cached(
        "SELECT document, local, site, holder, status, counterpart, day_start, day_end, realis, score, quote, corrected
         FROM control WHERE id = ?1",
    )?
    .query_row([id], |row| {
        let source = source(db, row.get(0)?)?;
        Ok(Hold {
            id: format!("{}#{}", source.document, row.get::<_, String>(1)?),
            place: site(db, row.get(2)?)?,
            holder: party(db, row.get(3)?, 0, None)?,
            status: row.get(4)?,
            counterpart: row.get::<_, Option<i64>>(5)?.map(|over| party(db, over, 1, None)).transpose()?,
            start: maybe(row.get(6)?)?,
            end: maybe(row.get(7)?)?,
            realis: row.get(8)?,
            score: row.get(9)?,
            quote: row.get(10)?,
            corrected: corrected(row.get(11)?),
            source,
        })
    })
}

pub(crate) fn document(db: &Connection, id: i64) -> rusqlite::Result<DocumentItem> {
    let source = source(db, id)?;
    db.prepare_cached("SELECT language, added, copy FROM document WHERE id = ?1")?.query_row([id], |row| {
        let origin = db
            .prepare_cached("SELECT origin FROM origin WHERE document = ?1 ORDER BY added, origin LIMIT 1")?
            .query_row([id], |row| row.get(0))?;
        Ok(DocumentItem {
            number: id,
            source,
            language: row.get(0)?,
            added: crate::get::moment(row.get(1)?)?,
            copy: row.get::<_, i64>(2)? != 0,
            origin,
            snippet: None,
        })
    })
}

/// Characters of a snippet before and after its first hit.
const AROUND: (usize, usize) = (60, 140);

/// Words around the first hit, hits between brackets; of the text as it stands, so that it can be found there. Where nothing is hit (the
/// headline alone has the words) its beginning.
fn snippet(text: &str, sought: &[Sought]) -> String {
    let starts: Vec<(usize, usize)> = hits(text, sought);
    let first = starts.first().map_or(0, |hit| hit.0);
    let begin = text[..first].char_indices().rev().nth(AROUND.0).map_or(0, |(at, _)| at);
    let end = text[first..].char_indices().nth(AROUND.1).map_or(text.len(), |(at, _)| first + at);
    let mut made = String::new();
    if begin > 0 {
        made.push('…');
    }
    let mut at = begin;
    for (start, stop) in starts.into_iter().filter(|(_, stop)| *stop <= end) {
        made += &text[at..start];
        made.push('[');
        made += &text[start..stop];
        made.push(']');
        at = stop;
    }
    made += &text[at..end];
    if end < text.len() {
        made.push('…');
    }
    made.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Byte ranges of the words that a search looks for, at most twenty-one.
fn hits(text: &str, sought: &[Sought]) -> Vec<(usize, usize)> {
    let folded: Vec<(String, bool)> = sought
        .iter()
        .map(|one| (crate::rows::fold(&one.word), one.begins))
        .filter(|(word, _)| !word.is_empty())
        .collect();
    let is_hit = |word: &str| {
        if word.is_ascii() {
            let head = |length: usize| word.as_bytes().get(..length);
            return folded.iter().any(|(other, begins)| {
                let part = if *begins { head(other.len()) } else { Some(word.as_bytes()) };
                part.is_some_and(|part| part.eq_ignore_ascii_case(other.as_bytes()))
            });
        }
        let word = crate::rows::fold(word);
        folded.iter().any(|(other, begins)| *other == word || (*begins && word.starts_with(other.as_str())))
    };
    let mut found = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                if is_hit(&text[begin..at]) {
                    found.push((begin, at));
                    if found.len() > 20 {
                        return found;
                    }
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

impl Store {
    fn list<T>(
        &self,
        kind: Kind,
        filter: &Filter,
        window: &Window,
        load: impl Fn(&Connection, i64) -> rusqlite::Result<T>,
    ) -> Result<Listed<T>, Error> {
        // One state of the file for ids and items, whatever is written meanwhile.
        let of = |source| Error::of(&self.path, source);
        let transaction = self.db.unchecked_transaction().map_err(of)?;
        let found = self.rows(kind, filter, window)?;
        let items: rusqlite::Result<Vec<T>> = found.ids.iter().map(|id| load(&self.db, *id)).collect();
        let items = items.map_err(of)?;
        transaction.commit().map_err(of)?;
        Ok(Listed { items, next: found.next, capped: found.capped })
    }

    /// Lists documents; with [`Filter::text`] a search, whose results carry a snippet.
    ///
    /// # Errors
    /// [`Error::Query`], [`Error::Search`], [`Error::Unknown`] (an actor or named place that the record lacks), or when the file can't be read. So for all lists.
    pub fn documents(&self, filter: &Filter, window: &Window) -> Result<Listed<DocumentItem>, Error> {
        let mut listed = self.list(Kind::Document, filter, window, document)?;
        if let Some(text) = &filter.text {
            let sought = crate::search_text::sought(text);
            for item in &mut listed.items {
                let body = self.asked(|db| {
                    let article = db
                        .prepare_cached("SELECT r.article FROM document d JOIN reading r ON r.id = d.reading WHERE d.id = ?1")?
                        .query_row([item.number], |row| row.get(0))?;
                    crate::get::text(db, article)
                })?;
                item.snippet = Some(snippet(&body, &sought));
            }
        }
        Ok(listed)
    }

    /// Lists events.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn events(&self, filter: &Filter, window: &Window) -> Result<Listed<Fact>, Error> {
        self.list(Kind::Event, filter, window, |db, id| fact(db, Kind::Event, id))
    }

    /// Lists incidents as single documents tell them.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn reports(&self, filter: &Filter, window: &Window) -> Result<Listed<Fact>, Error> {
        self.list(Kind::Incident, filter, window, |db, id| fact(db, Kind::Incident, id))
    }

    /// Lists statements.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn statements(&self, filter: &Filter, window: &Window) -> Result<Listed<Saying>, Error> {
        self.list(Kind::Statement, filter, window, saying)
    }

    /// Lists relations, contradictory ones side by side.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn relations(&self, filter: &Filter, window: &Window) -> Result<Listed<Tie>, Error> {
        self.list(Kind::Relation, filter, window, tie)
    }

    /// Lists changes and states of control: with [`crate::Area::Named`] and [`crate::Sort::Happened`] the history of a place.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn control(&self, filter: &Filter, window: &Window) -> Result<Listed<Hold>, Error> {
        self.list(Kind::Control, filter, window, hold)
    }
}

/// An actor over documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActorItem {
    /// Its key: of the registry, or `~kind:country:folded-name`.
    pub key: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// PLOVER sector.
    pub sector: Option<String>,
    /// A private person: hidden by default.
    pub private: bool,
    /// `registry`, `new` (waits for review), `accepted`, `rejected`.
    pub state: String,
    /// Key of the actor that it was merged into.
    pub into: Option<String>,
    /// Documents that name it (by `as_of`).
    pub documents: i64,
    /// First day on which it was known.
    pub first: Option<Date>,
    /// Last.
    pub last: Option<Date>,
    /// Names under which documents know it, at most eight.
    pub names: Vec<String>,
}

impl Store {
    /// Lists actors, those of most documents first; `only_new`: those that wait for review. `as_of` leaves out actors and documents
    /// that were not known then (the order stays that of today's numbers of documents).
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub fn actors(
        &self,
        only_new: bool,
        as_of: Option<Date>,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Listed<ActorItem>, Error> {
        use crate::filter::{Key, Sort, cursor, query_mark, uncursor};
        let filter = Filter { as_of, ..Filter::default() };
        let mark = query_mark(if only_new { "new actors" } else { "actors" }, &filter, Sort::Known, false);
        let (key, id) = match after.map(|text| uncursor(&mark, text)).transpose()? {
            Some((Key::Whole(key), id)) => (key, id),
            _ => (i64::MAX, i64::MAX),
        };
        let latest = as_of.map_or(i32::MAX, Date::days);
        let state = if only_new { "AND state = 'new'" } else { "" };
        self.asked(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT id, documents FROM actor_over a WHERE documents <= ?1 AND (documents < ?1 OR id < ?2) {state}
                   AND EXISTS (SELECT 1 FROM actor x WHERE x.over = a.id AND x.known <= ?3)
                 ORDER BY documents DESC, id DESC LIMIT ?4"
            ))?;
            let mut found: Vec<(i64, i64)> = select
                .query_map(params![key, id, latest, limit + 1], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next = found.last().filter(|_| more).map(|(id, key)| cursor(&mark, Key::Whole(*key), *id));
            let items = found.iter().map(|(id, _)| actor(db, *id, as_of)).collect::<rusqlite::Result<_>>()?;
            Ok(Listed { items, next, capped: false })
        })
    }

    /// One actor by its key, or its name in any case.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Ambiguous`] when several have the name.
    pub fn actor(&self, key: &str, as_of: Option<Date>) -> Result<ActorItem, Error> {
        let found: Vec<(i64, String)> = self.asked(|db| {
            db.prepare_cached("SELECT id, key FROM actor_over WHERE key = ?1 OR name = ?1 COLLATE NOCASE ORDER BY key <> ?1, id LIMIT 5")?
                .query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        match found.as_slice() {
            [] => Err(Error::Unknown { id: key.to_owned() }),
            [(id, first), rest @ ..] if rest.is_empty() || first == key => {
                self.asked(|db| actor(db, *id, as_of))
            }
            many => Err(Error::Ambiguous {
                id: key.to_owned(),
                candidates: many.iter().map(|(_, key)| key.clone()).collect(),
            }),
        }
    }
}

fn actor(db: &Connection, id: i64, as_of: Option<Date>) -> rusqlite::Result<ActorItem> {
    let latest = as_of.map_or(i32::MAX, Date::days);
    let (first, last): (Option<i32>, Option<i32>) = db
        .prepare_cached("SELECT (SELECT min(known) FROM actor WHERE over = ?1 AND known <= ?2), (SELECT max(known) FROM actor WHERE over = ?1 AND known <= ?2)")?
        .query_row(params![id, latest], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let names = db
        .prepare_cached(
            "SELECT DISTINCT name FROM (SELECT name FROM actor WHERE over = ?1 AND known <= ?2 ORDER BY known LIMIT 500) LIMIT 8",
        )?
        .query_map(params![id, latest], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let counted: Option<i64> = as_of
        .map(|_| {
            db.prepare_cached("SELECT count(DISTINCT document) FROM actor WHERE over = ?1 AND known <= ?2")?
                .query_row(params![id, latest], |row| row.get(0))
        })
        .transpose()?;
    db.prepare_cached("SELECT key, name, kind, country, sector, private, state, into_key, documents FROM actor_over WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(ActorItem {
                key: row.get(0)?,
                name: row.get(1)?,
                kind: row.get(2)?,
                country: row.get(3)?,
                sector: row.get(4)?,
                private: row.get(5)?,
                state: row.get(6)?,
                into: row.get(7)?,
                documents: counted.map_or_else(|| row.get(8), Ok)?,
                first: maybe(first)?,
                last: maybe(last)?,
                names,
            })
        })
}
