//! The rows of a window: a plan carried out.
//!
//! Three things are not left to one statement: words (see [`crate::worded`]); incidents as of a day in the order of days, which begin
//! where the reports of that day begin instead of walking back from today's; and relevance.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::error::Error;
use crate::filter::{Filter, Key, Sort, Window, cursor, query_mark, uncursor};
use crate::open::Store;
use crate::plan::{Asked, Condition, Kind, Way, choose, conditions, newest, of_incident, range, text};
use crate::stream::{self, AHEAD_DAYS, Others};
use crate::worded::{self, Words};

/// Documents that are ranked at most for relevance.
const RANK_MAX: usize = 10_000;
/// Ranked documents of which the other conditions are asked at once, at first.
const RANKED_TOGETHER: usize = 200;

/// The rows of a window: ids in order with their keys.
pub(crate) struct Found {
    pub(crate) ids: Vec<i64>,
    pub(crate) next: Option<String>,
    pub(crate) capped: bool,
}

impl Store {
    /// The ids of a window, in order.
    pub(crate) fn rows(&self, kind: Kind, filter: &Filter, window: &Window) -> Result<Found, Error> {
        self.rows_of(kind, filter, window, None)
    }

    /// As [`Store::rows`], of one incident over reports (given by its number) only.
    pub(crate) fn rows_of(
        &self,
        kind: Kind,
        filter: &Filter,
        window: &Window,
        over: Option<i64>,
    ) -> Result<Found, Error> {
        match rows(self, kind, filter, window, over) {
            Ok(found) => Ok(found),
            Err(Asked::Refused(error)) => Err(error),
            Err(Asked::Failed(source)) => Err(Error::of(&self.path, source)),
        }
    }
}

/// What is asked of rows: their order, and where the window begins.
pub(crate) struct Query<'q> {
    pub(crate) kind: Kind,
    /// The key of the order.
    pub(crate) column: &'static str,
    /// Its index.
    pub(crate) name: &'static str,
    pub(crate) window: &'q Window,
    pub(crate) after: Option<(Key, i64)>,
}

impl Query<'_> {
    /// Rows that fill the window, and one more.
    pub(crate) fn wanted(&self) -> usize {
        self.window.limit as usize + 1
    }

    /// The statement for rows on one way, in order: id, key, day on which it was known, document.
    pub(crate) fn select(&self, all: &[Condition], driving: Option<usize>) -> (String, Vec<Value>) {
        let table = self.kind.table();
        let column = self.column;
        let (mut params, mut tests) = (Vec::new(), Vec::new());
        let driver = driving.and_then(|index| all[index].driver.as_ref());
        let from = match driver {
            None => format!("{table} f INDEXED BY {table}_{}", self.name),
            Some(driver) => {
                params.extend(driver.params.iter().cloned());
                driver.from.clone()
            }
        };
        for (index, condition) in all.iter().enumerate() {
            if driving != Some(index) || driver.is_none_or(|driver| driver.checks) {
                tests.push(condition.sql.clone());
                params.extend(condition.params.iter().cloned());
            }
        }
        if let Some((key, last)) = self.after {
            let sign = if self.window.ascending { '>' } else { '<' };
            let key = match key {
                Key::Whole(number) => Value::Integer(number),
                Key::Real(number) => Value::Real(number),
            };
            tests.push(format!("{column} {sign}= ? AND ({column} {sign} ? OR f.id {sign} ?)"));
            params.extend([key.clone(), key, Value::Integer(last)]);
        }
        let tests = if tests.is_empty() { String::new() } else { format!("WHERE {}", tests.join(" AND ")) };
        let way = if self.window.ascending { "ASC" } else { "DESC" };
        let document = self.kind.document();
        let sql = format!(
            "SELECT f.id, {column}, f.known, f.{document} FROM {from} {tests} ORDER BY {column} {way}, f.id {way}"
        );
        (sql, params)
    }

    /// A row of [`Query::select`].
    pub(crate) fn row(&self, row: &Row<'_>) -> rusqlite::Result<(i64, Key)> {
        let real = self.window.sort == Sort::Score;
        Ok((row.get(0)?, if real { Key::Real(row.get(1)?) } else { Key::Whole(row.get(1)?) }))
    }
}

fn rows(
    store: &Store,
    kind: Kind,
    filter: &Filter,
    window: &Window,
    over: Option<i64>,
) -> Result<Found, Asked> {
    let db = &store.db;
    let refuse = |why: String| Asked::Refused(Error::Query(why));
    if !(1..=10_000).contains(&window.limit) {
        return Err(refuse(format!("a window of {} results: 1 to 10,000 are given at once", window.limit)));
    }
    if let Some(credibility) = filter.credibility.filter(|one| !(1..=6).contains(one)) {
        return Err(refuse(format!(
            "credibility {credibility}: it goes from 1 (confirmed) to 6 (can't be judged)"
        )));
    }
    let mark = query_mark(kind.table(), filter, window.sort, window.ascending);
    let after =
        window.after.as_deref().map(|text| uncursor(&mark, text)).transpose().map_err(Asked::Refused)?;
    if window.sort == Sort::Relevance {
        return ranked(db, kind, filter, window, &mark, after);
    }
    let Some((column, name)) = kind.sort(window.sort) else {
        return Err(refuse(format!("{} can't be ordered by {:?}", kind.table(), window.sort).to_lowercase()));
    };
    let query = Query { kind, column, name, window, after };
    let mut all = conditions(db, kind, filter)?;
    let mut words = match &filter.text {
        Some(words) => {
            let expression = crate::search_text::expression(words).map_err(Asked::Refused)?;
            Some(Words::new(&expression, filter))
        }
        None => None,
    };
    if let Some(over) = over {
        all.extend(words.map(|words| words.test(kind)));
        all.push(of_incident(over));
        let (sql, params) = query.select(&all, Some(all.len() - 1));
        return Ok(window_of(plain(db, &query, &sql, params)?, window, &mark));
    }
    let total: i64 =
        db.query_row(&format!("SELECT ifnull(max(id), 0) FROM {}", kind.table()), [], |row| row.get(0))?;
    let counted = (total, i64::from(store.few_rows));
    let mut head = Vec::new();
    if let Some(common) = &words {
        head = common.latest(db, store.few_rows)?;
        if head.len() < store.few_rows as usize {
            // Rare words are a set of documents as any other.
            all.push(Words::listed(kind, &head));
            words = None;
        }
    }
    let latest = newest(filter)
        .filter(|_| kind == Kind::Incident && window.sort == Sort::Happened && !window.ascending);
    let own = all.len();
    if let Some(latest) = latest {
        // Nothing happened much later than it was reported, but for the few rows of an index of their own.
        all.extend(range(kind, Sort::Happened, None, Some(latest + AHEAD_DAYS)));
        all.push(stream::not_ahead());
    }
    let mut found = match &words {
        None => {
            let way = choose(db, kind, &mut all, (window.sort, query.wanted() as f64), counted)?;
            let (sql, params) = query.select(&all, way.driving);
            plain(db, &query, &sql, params)?
        }
        Some(words) => {
            let shares = words.shares(db, &head)?;
            let rows = query.wanted() as f64 / shares.0;
            let way = choose(db, kind, &mut all, (window.sort, rows), counted)?;
            // Where an end is asked for, walking back from the newest would pass much for nothing.
            let walks = (filter.until.is_none() || window.sort == Sort::Known) && stream::can(kind, window);
            let listed = shares.1 * worded::LISTED_COST;
            let asked = way.cost + words.cost(&query, rows, shares.1);
            let walked = stream::cost(query.wanted(), way.share);
            let others = Others::of(&query, &all[..own]);
            if walks
                && walked < asked.min(listed)
                && let Some(found) = stream::rows(db, kind, column, words, &others, window)?
            {
                return Ok(window_of(found, window, &mark));
            }
            if kind != Kind::Document && listed < asked {
                all.push(Words::listed(kind, &words.latest(db, u32::MAX)?));
                let (sql, params) = query.select(&all, Some(all.len() - 1));
                plain(db, &query, &sql, params)?
            } else {
                along_words(db, &query, &all, words, &way, (rows, shares.1))?
            }
        }
    };
    if latest.is_some() {
        let others = Others::of(&query, &all[..own]);
        found.extend(stream::ahead(db, kind, column, words.as_ref(), &others, query.wanted())?);
        found
            .sort_by_key(|(id, key)| Reverse((if let Key::Whole(key) = key { *key } else { i64::MIN }, *id)));
        found.truncate(query.wanted());
    }
    Ok(window_of(found, window, &mark))
}

/// All conditions in one statement.
fn plain(
    db: &Connection,
    query: &Query<'_>,
    sql: &str,
    params: Vec<Value>,
) -> rusqlite::Result<Vec<(i64, Key)>> {
    let mut select = db.prepare_cached(&format!("{sql} LIMIT {}", query.wanted()))?;
    select.query_map(params_from_iter(params), |row| query.row(row))?.collect()
}

/// Rows with common words: of documents in the order of days along the index of words, else those that keep all else, asked for words
/// many at a time. `rows` must be asked, about, and so many `documents` have the words.
fn along_words(
    db: &Connection,
    query: &Query<'_>,
    all: &[Condition],
    words: &Words,
    way: &Way,
    (rows, documents): (f64, f64),
) -> rusqlite::Result<Vec<(i64, Key)>> {
    if query.kind == Kind::Document {
        let tests: f64 = all.iter().map(|condition| condition.cost).sum();
        if query.wanted() as f64 / way.share * (worded::DOCUMENT_COST + tests) < way.cost + rows {
            let after = query.after.map(|(key, id)| (if let Key::Whole(key) = key { key } else { 0 }, id));
            return words.documents(db, all, after, query);
        }
    }
    let (sql, params) = query.select(all, way.driving);
    words.keep(db, query, (&sql, params), (rows, documents))
}

fn window_of(mut found: Vec<(i64, Key)>, window: &Window, mark: &str) -> Found {
    let more = found.len() > window.limit as usize;
    found.truncate(window.limit as usize);
    let next = found.last().filter(|_| more).map(|(id, key)| cursor(mark, *key, *id));
    Found { ids: found.into_iter().map(|(id, _)| id).collect(), next, capped: false }
}

/// Documents by how well they fit a search.
fn ranked(
    db: &Connection,
    kind: Kind,
    filter: &Filter,
    window: &Window,
    mark: &str,
    after: Option<(Key, i64)>,
) -> Result<Found, Asked> {
    let Some(words) = filter.text.as_deref().filter(|_| kind == Kind::Document) else {
        return Err(Asked::Refused(Error::Query(
            "only a search for words can be ordered by relevance".to_owned(),
        )));
    };
    let expression = crate::search_text::expression(words).map_err(Asked::Refused)?;
    let mut bare = filter.clone();
    bare.text = None;
    let words = Words::new(&expression, &bare);
    let mut fits = words.fits(db, RANK_MAX)?;
    let capped = fits.len() > RANK_MAX;
    fits.truncate(RANK_MAX);
    fits.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    if let Some((Key::Real(key), id)) = after {
        fits.retain(|(other, fit)| *fit > key || (fit.total_cmp(&key).is_eq() && *other > id));
    }
    // Conditions are asked of the best first, until a window is full.
    let mut all = conditions(db, kind, &bare)?;
    // When documents were known is asked of the index of words.
    all.retain(|condition| condition.narrows.is_none());
    all.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let wanted = window.limit as usize + 1;
    let mut found = Vec::new();
    let (mut rest, mut together) = (fits.as_slice(), wanted.max(RANKED_TOGETHER));
    while found.len() < wanted && !rest.is_empty() {
        let (part, later) = rest.split_at(together.min(rest.len()));
        let ids: Vec<i64> = part.iter().map(|(id, _)| *id).collect();
        let keeps = if all.is_empty() { None } else { Some(keeping(db, &all, &ids)?) };
        let kept = part.iter().filter(|(id, _)| keeps.as_ref().is_none_or(|keeps| keeps.contains(id)));
        found.extend(kept.map(|(id, fit)| (*id, Key::Real(*fit))));
        (rest, together) = (later, together * 2);
    }
    Ok(Found { capped, ..window_of(found, window, mark) })
}

/// Those of some documents that keep all conditions.
fn keeping(db: &Connection, all: &[Condition], ids: &[i64]) -> rusqlite::Result<BTreeSet<i64>> {
    let tests: Vec<&str> = all.iter().map(|condition| condition.sql.as_str()).collect();
    let mut params = vec![text(crate::prepare::json(&ids))];
    params.extend(all.iter().flat_map(|condition| condition.params.iter().cloned()));
    db.prepare_cached(&format!(
        "SELECT f.id FROM json_each(?) s CROSS JOIN document f ON f.id = s.value WHERE {}",
        tests.join(" AND ")
    ))?
    .query_map(params_from_iter(params), |row| row.get(0))?
    .collect()
}
