//! Words as a condition: which rows belong to documents that have them.
//!
//! The index of words is kept in the order of days ([`crate::write::word_row`]). To ask it for one document opens every segment of it
//! (some 60 rows' worth, measured); to go on from there to the next hit costs next to nothing. So rare words are listed at once and
//! become a set like any other; common ones are asked of many rows together, sorted, in one walk that leaps over wide gaps.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::filter::{Filter, Key, Sort};
use crate::found::Query;
use crate::plan::{Condition, Driver, Kind, newest, text};
use crate::write::{DOCUMENT_BITS, word_row};

/// The document of a row of the index of words.
const DOCUMENT_MASK: i64 = (1 << DOCUMENT_BITS) - 1;
/// Rows that are asked together: at first, and at most.
const TOGETHER: (usize, usize) = (128, 4_096);
/// Hits that are walked over before the walk leaps to the next row that is asked for: a leap costs as much as some 500 (measured).
const STEPS_MAX: usize = 400;
/// Cost of a leap and of walking over a hit, in rows (measured).
const LEAP_COST: f64 = 30.0;
const HIT_COST: f64 = 0.05;
/// Cost of a document to which the index of words leads.
pub(crate) const DOCUMENT_COST: f64 = 6.0;
/// Cost of a listed document, in rows: its records are found by its number and sorted.
pub(crate) const LISTED_COST: f64 = 10.0;
/// Documents that are counted at most to tell how common words are.
const COUNT_MAX: i64 = 60_000;
/// Of so many of the latest documents with the words.
const SAMPLE: usize = 200;

/// Whether rows come in an order that isn't that of days: neighbours lie far apart in the index of words, and each wants a leap.
fn is_scattered(query: &Query<'_>) -> bool {
    matches!(query.window.sort, Sort::Killed | Sort::Score)
}

/// Words that documents must have, and when these must have been known.
pub(crate) struct Words {
    expression: String,
    /// First and last row of the index.
    first: i64,
    last: i64,
}

impl Words {
    pub(crate) fn new(expression: &str, filter: &Filter) -> Self {
        let row = |day: i64| (day + 1_000_000) << DOCUMENT_BITS;
        let oldest = filter.known_since.map(|date| i64::from(date.days()));
        Self {
            expression: expression.to_owned(),
            first: oldest.map_or(i64::MIN, row),
            last: newest(filter).map_or(i64::MAX, |day| row(day + 1) - 1),
        }
    }

    /// The parameters `expression, first, last`.
    pub(crate) fn params(&self) -> [Value; 3] {
        [text(self.expression.clone()), Value::Integer(self.first), Value::Integer(self.last)]
    }

    /// Rows of the index, the latest first, at most so many.
    pub(crate) fn latest(&self, db: &Connection, most: u32) -> rusqlite::Result<Vec<i64>> {
        db.prepare_cached(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 ORDER BY rowid DESC LIMIT ?4",
        )?
        .query_map(params![self.expression, self.first, self.last, most], |row| row.get(0))?
        .collect()
    }

    /// The latest documents with the words and how well each fits (bm25, the better the smaller; a title counts four times): `most`, and
    /// one more where there are more.
    pub(crate) fn fits(&self, db: &Connection, most: usize) -> rusqlite::Result<Vec<(i64, f64)>> {
        db.prepare_cached(&format!(
            "SELECT rowid & {DOCUMENT_MASK}, bm25(words, 4.0, 1.0) FROM words
             WHERE words MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 ORDER BY rowid DESC LIMIT {}",
            most + 1
        ))?
        .query_map(params![self.expression, self.first, self.last], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
    }

    /// What asking some `rows` for the words costs, in rows, where so many documents have them.
    pub(crate) fn cost(&self, query: &Query<'_>, rows: f64, documents: f64) -> f64 {
        let apart = if is_scattered(query) { (rows * LEAP_COST).min(documents * HIT_COST) } else { 0.0 };
        rows + apart
    }

    /// Which share of the documents have the words, 0..=1, and how many these are, by the latest that do.
    pub(crate) fn shares(&self, db: &Connection, latest: &[i64]) -> rusqlite::Result<(f64, f64)> {
        let latest = &latest[..latest.len().min(SAMPLE)];
        let (Some(new), Some(old)) = (latest.first(), latest.last()) else { return Ok((0.01, 1.0)) };
        let day = |row: i64| (row >> DOCUMENT_BITS) - 1_000_000;
        let among: i64 = db
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM document INDEXED BY document_known
                 WHERE (known, id) >= (?1, ?2) AND (known, id) <= (?3, ?4) LIMIT ?5)",
            )?
            .query_row(
                params![day(*old), old & DOCUMENT_MASK, day(*new), new & DOCUMENT_MASK, COUNT_MAX],
                |row| row.get(0),
            )?;
        let share = (latest.len() as f64 / among.max(1) as f64).clamp(1e-6, 1.0);
        let documents: i64 = db.query_row("SELECT ifnull(max(id), 0) FROM document", [], |row| row.get(0))?;
        Ok((share, share * documents as f64))
    }

    /// Rows of a few documents, which have the words.
    pub(crate) fn listed(kind: Kind, rows: &[i64]) -> Condition {
        let ids: Vec<i64> = rows.iter().map(|row| row & DOCUMENT_MASK).collect();
        let list = text(crate::prepare::json(&ids));
        let (table, document) = (kind.table(), kind.document());
        let join = if kind == Kind::Document { "" } else { &format!(" INDEXED BY {table}_document") };
        Condition {
            sql: format!("f.{document} IN (SELECT value FROM json_each(?))"),
            params: vec![list.clone()],
            share: 0.1,
            cost: 0.5,
            driver: Some(Driver {
                from: format!("json_each(?) s CROSS JOIN {table} f{join} ON f.{document} = s.value"),
                params: vec![list.clone()],
                count: "SELECT 1 FROM json_each(?)".to_owned(),
                count_params: vec![list],
                order: None,
                checks: false,
            }),
            narrows: None,
        }
    }

    /// The words asked of one row.
    pub(crate) fn test(&self, kind: Kind) -> Condition {
        let sql = format!(
            "EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = ((f.known + 1000000) << {DOCUMENT_BITS} | f.{}))",
            kind.document()
        );
        Condition::plain(sql, vec![text(self.expression.clone())], 0.1)
    }

    /// Documents along the index of words, which holds them in the order of days.
    pub(crate) fn documents(
        &self,
        db: &Connection,
        all: &[Condition],
        after: Option<(i64, i64)>,
        query: &Query<'_>,
    ) -> rusqlite::Result<Vec<(i64, Key)>> {
        let mut sql = format!(
            "SELECT f.id, f.known FROM words w CROSS JOIN document f ON f.id = w.rowid & {DOCUMENT_MASK}
             WHERE w.words MATCH ? AND w.rowid >= ? AND w.rowid <= ?"
        );
        let mut params: Vec<Value> = self.params().into();
        if let Some((known, id)) = after {
            let at = word_row(i32::try_from(known).unwrap_or(i32::MIN), id);
            let bound = if query.window.ascending { &mut params[1] } else { &mut params[2] };
            *bound = match bound {
                Value::Integer(bound) if query.window.ascending => {
                    Value::Integer(at.saturating_add(1).max(*bound))
                }
                Value::Integer(bound) => Value::Integer(at.saturating_sub(1).min(*bound)),
                _ => Value::Integer(at),
            };
        }
        for condition in all {
            sql.push_str(&format!(" AND {}", condition.sql));
            params.extend(condition.params.iter().cloned());
        }
        let way = if query.window.ascending { "ASC" } else { "DESC" };
        sql.push_str(&format!(" ORDER BY w.rowid {way} LIMIT {}", query.wanted()));
        let mut select = db.prepare_cached(&sql)?;
        select.query_map(params_from_iter(params), |row| query.row(row))?.collect()
    }

    /// The first rows of a statement ([`Query::select`]) whose documents have the words, of which some `rows` must be asked; some
    /// `documents` have them.
    pub(crate) fn keep(
        &self,
        db: &Connection,
        query: &Query<'_>,
        (sql, params): (&str, Vec<Value>),
        (rows, documents): (f64, f64),
    ) -> rusqlite::Result<Vec<(i64, Key)>> {
        let every = if is_scattered(query) && rows * STEPS_MAX as f64 > documents {
            let mut every = self.latest(db, u32::MAX)?;
            every.reverse();
            Some(every)
        } else {
            None
        };
        let mut select = db.prepare_cached(sql)?;
        let mut rows = select.query(params_from_iter(params))?;
        let mut kept = Vec::new();
        let mut most = TOGETHER.0;
        loop {
            let mut together = Vec::with_capacity(most);
            while together.len() < most
                && let Some(row) = rows.next()?
            {
                together.push((query.row(row)?, word_row(row.get(2)?, row.get(3)?)));
            }
            let has = match &every {
                Some(every) => every,
                None => &self.among(db, together.iter().map(|(_, row)| *row).collect())?,
            };
            let hits = together.iter().filter(|(_, row)| has.binary_search(row).is_ok());
            kept.extend(hits.map(|(row, _)| *row));
            if together.len() < most || kept.len() >= query.wanted() {
                kept.truncate(query.wanted());
                return Ok(kept);
            }
            most = (most * 2).min(TOGETHER.1);
        }
    }

    /// Which of these rows of the index have the words, sorted.
    fn among(&self, db: &Connection, mut asked: Vec<i64>) -> rusqlite::Result<Vec<i64>> {
        asked.sort_unstable();
        asked.dedup();
        let Some(end) = asked.last().copied() else { return Ok(Vec::new()) };
        let mut walk = db.prepare_cached(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 ORDER BY rowid",
        )?;
        let mut has = Vec::new();
        let mut asked = asked.into_iter().peekable();
        'leaps: while let Some(from) = asked.peek().copied() {
            let mut hits = walk.query(params![self.expression, from, end])?;
            let mut steps = 0;
            while let Some(hit) = hits.next()? {
                let hit: i64 = hit.get(0)?;
                while asked.next_if(|row| *row < hit).is_some() {
                    steps = 0;
                }
                if asked.next_if_eq(&hit).is_some() {
                    steps = 0;
                    has.push(hit);
                }
                if asked.peek().is_none() {
                    break 'leaps;
                }
                steps += 1;
                if steps > STEPS_MAX {
                    continue 'leaps;
                }
            }
            break;
        }
        Ok(has)
    }
}
