//! Searching for common words among records that aren't documents: along the index of words, which is kept in the order of days,
//! until what is older can't enter the window any more.
//!
//! Good where the other conditions are common, too, so that a window is full soon; where they are rarer than the words, their rows are asked
//! for the words ([`crate::worded`]).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::filter::{Key, Sort, Window};
use crate::found::Query;
use crate::plan::{Condition, Kind};
use crate::worded::Words;
use crate::write::DOCUMENT_BITS;

/// Days that an incident may lie after its report and still be found by walking back; those further ahead have an index of their own.
pub(crate) const AHEAD_DAYS: i64 = 31;
/// Documents after which the walk is given up: the other conditions are too rare for it.
const STEPS_MAX: usize = 20_000;

/// The conditions besides the words, as SQL on `f`, and their parameters.
pub(crate) struct Others {
    pub(crate) tests: Vec<String>,
    pub(crate) params: Vec<Value>,
}

impl Others {
    /// These conditions, and where the window begins.
    pub(crate) fn of(query: &Query<'_>, all: &[Condition]) -> Self {
        let mut others = Self { tests: Vec::new(), params: Vec::new() };
        for condition in all {
            others.tests.push(format!("({})", condition.sql));
            others.params.extend(condition.params.iter().cloned());
        }
        if let Some((Key::Whole(key), last)) = query.after {
            let column = query.column;
            others.tests.push(format!("({column} <= ? AND ({column} < ? OR f.id < ?))"));
            others.params.extend([Value::Integer(key), Value::Integer(key), Value::Integer(last)]);
        }
        others
    }

    fn sql(&self) -> String {
        self.tests.iter().map(|test| format!(" AND {test}")).collect()
    }
}

/// It didn't happen far ahead of its report.
pub(crate) fn not_ahead() -> Condition {
    let sql = format!("(f.day_start IS NULL OR f.day_start <= f.known + {AHEAD_DAYS})");
    Condition { cost: 0.1, ..Condition::plain(sql, Vec::new(), 1.0) }
}

/// The first incidents in the order of days that happened far ahead of their reports: (id, key).
pub(crate) fn ahead(
    db: &Connection,
    kind: Kind,
    column: &str,
    words: Option<&Words>,
    others: &Others,
    wanted: usize,
) -> rusqlite::Result<Vec<(i64, Key)>> {
    let table = kind.table();
    let (mut sql, mut params) = (others.sql(), others.params.clone());
    if let Some(words) = words {
        let test = words.test(kind);
        sql.push_str(&format!(" AND {}", test.sql));
        params.extend(test.params);
    }
    let sql = format!(
        "SELECT f.id, {column} FROM {table} f INDEXED BY {table}_ahead WHERE f.day_start > f.known + {AHEAD_DAYS}{sql}
         ORDER BY f.day_start DESC, f.id DESC LIMIT {wanted}"
    );
    let mut select = db.prepare_cached(&sql)?;
    select.query_map(params_from_iter(params), |row| Ok((row.get(0)?, Key::Whole(row.get(1)?))))?.collect()
}

/// What the walk costs until `wanted` rows are found, in rows, where this share of all rows keep the other conditions.
pub(crate) fn cost(wanted: usize, share: f64) -> f64 {
    const DOCUMENT: f64 = 7.0;
    wanted as f64 / share * DOCUMENT
}

/// Whether records of a kind can be found so in this order.
pub(crate) fn can(kind: Kind, window: &Window) -> bool {
    !window.ascending
        && match window.sort {
            Sort::Known => kind != Kind::Document,
            Sort::Happened => kind == Kind::Incident,
            _ => false,
        }
}

/// The first rows of a window and one more, in order: (id, key). `None`: given up.
///
/// `column` is the key of the order.
pub(crate) fn rows(
    db: &Connection,
    kind: Kind,
    column: &str,
    words: &Words,
    others: &Others,
    window: &Window,
) -> rusqlite::Result<Option<Vec<(i64, Key)>>> {
    let table = kind.table();
    let wanted = window.limit as usize + 1;
    let slack = if window.sort == Sort::Happened { AHEAD_DAYS } else { 0 };
    let mut best: BinaryHeap<Reverse<(i64, i64)>> = BinaryHeap::new();
    let keep = |best: &mut BinaryHeap<Reverse<(i64, i64)>>, row: (i64, i64)| {
        best.push(Reverse(row));
        if best.len() > wanted {
            best.pop();
        }
    };
    if slack > 0 {
        for (id, key) in ahead(db, kind, column, Some(words), others, wanted)? {
            if let Key::Whole(key) = key {
                keep(&mut best, (key, id));
            }
        }
    }
    let near = if slack > 0 { format!(" AND {}", not_ahead().sql) } else { String::new() };
    let mut of_document = db.prepare_cached(&format!(
        "SELECT {column}, f.id FROM {table} f INDEXED BY {table}_document WHERE f.document = ?{near}{}",
        others.sql()
    ))?;
    let mut params: Vec<Value> = vec![Value::Integer(0)];
    params.extend(others.params.iter().cloned());
    let mut walk = db.prepare_cached(
        "SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid <= ? ORDER BY rowid DESC",
    )?;
    let mut documents = walk.query(words.params())?;
    let mut steps = 0;
    while let Some(row) = documents.next()? {
        let row: i64 = row.get(0)?;
        let known = (row >> DOCUMENT_BITS) - 1_000_000;
        if best.len() == wanted && best.peek().is_some_and(|least| known + slack < least.0.0) {
            break;
        }
        steps += 1;
        if steps > STEPS_MAX {
            return Ok(None);
        }
        params[0] = Value::Integer(row & ((1 << DOCUMENT_BITS) - 1));
        let mut found = of_document.query(params_from_iter(&params))?;
        while let Some(row) = found.next()? {
            keep(&mut best, (row.get(0)?, row.get(1)?));
        }
    }
    let mut rows: Vec<(i64, i64)> = best.into_iter().map(|row| row.0).collect();
    rows.sort_unstable_by(|one, other| other.cmp(one));
    Ok(Some(rows.into_iter().map(|(key, id)| (id, Key::Whole(key))).collect()))
}
