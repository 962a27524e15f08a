//! Searching for common words among records that aren't documents: along the index of words, which is kept in the order of days,
//! until what is older can't enter the window any more.
//!
//! Neither way of [`crate::plan`] is good there: to gather every document that has the words costs as much as they are common, to ask
//! the index of words for each row of another condition costs a seek each.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::filter::{Key, Sort, Window};
use crate::plan::Kind;
use crate::write::DOCUMENT_BITS;

/// Days that an incident may lie after its report and still be found by walking back; those further ahead have an index of their own.
const AHEAD_DAYS: i64 = 31;
/// Documents after which the walk is given up: the other conditions are too rare for it.
const STEPS_MAX: usize = 20_000;

/// The conditions besides the words, as SQL on `f`, and their parameters.
pub(crate) struct Others {
    pub(crate) tests: Vec<String>,
    pub(crate) params: Vec<Value>,
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
/// `column` is the key of the order, `words` the expression and the last row of the index of words.
pub(crate) fn rows(
    db: &Connection,
    kind: Kind,
    column: &str,
    words: (&Value, &Value),
    others: &Others,
    window: &Window,
) -> rusqlite::Result<Option<Vec<(i64, Key)>>> {
    let table = kind.table();
    let and = |tests: &[String]| tests.iter().map(|test| format!(" AND {test}")).collect::<String>();
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
        let sql = format!(
            "SELECT {column}, f.id FROM {table} f INDEXED BY {table}_ahead WHERE f.day_start > f.known + {AHEAD_DAYS}{}
             AND EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = ((f.known + 1000000) << {DOCUMENT_BITS} | f.document))
             ORDER BY f.day_start DESC LIMIT ?",
            and(&others.tests)
        );
        let mut params = others.params.clone();
        params.extend([words.0.clone(), Value::Integer(wanted as i64)]);
        let mut select = db.prepare_cached(&sql)?;
        let mut found = select.query(params_from_iter(params))?;
        while let Some(row) = found.next()? {
            keep(&mut best, (row.get(0)?, row.get(1)?));
        }
    }
    let near = if slack > 0 {
        format!(" AND (f.day_start IS NULL OR f.day_start <= f.known + {AHEAD_DAYS})")
    } else {
        String::new()
    };
    let mut of_document = db.prepare_cached(&format!(
        "SELECT {column}, f.id FROM {table} f INDEXED BY {table}_document WHERE f.document = ?{near}{}",
        and(&others.tests)
    ))?;
    let mut params: Vec<Value> = vec![Value::Integer(0)];
    params.extend(others.params.iter().cloned());
    let mut walk =
        db.prepare_cached("SELECT rowid FROM words WHERE words MATCH ? AND rowid <= ? ORDER BY rowid DESC")?;
    let mut documents = walk.query([words.0, words.1])?;
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
