//! From a filter to rows: which index drives the query, which conditions are checked along it.
//!
//! SQLite's own planner knows too little of our data (how many rows a place, a word or an actor has), so each condition that has
//! an index is first counted, at most [`COUNT_MAX`] rows of it, and the cheapest way is written out with `INDEXED BY` and
//! `CROSS JOIN`: along the order asked for, along a condition's index that holds that order, or from a condition's set of rows.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::error::Error;
use crate::filter::{Filter, Grade, Key, Sort, Window, cursor, query_mark, uncursor};
use crate::open::Store;
use crate::resolve::{Sites, overs, sites};
use crate::stream;
use crate::write::DOCUMENT_BITS;

/// Rows that are counted at most to learn how often a condition holds.
const COUNT_MAX: i64 = 20_000;
/// Documents that are ranked at most for relevance.
const RANK_MAX: i64 = 10_000;
/// Cost of asking the index of words for one document, in rows: each time every segment of the index is opened (measured).
const WORD_COST: f64 = 60.0;

/// What rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Event,
    Incident,
    Statement,
    Relation,
    Control,
}

impl Kind {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Event => "event",
            Self::Incident => "incident",
            Self::Statement => "statement",
            Self::Relation => "relation",
            Self::Control => "control",
        }
    }

    /// The column of the document.
    fn document(self) -> &'static str {
        if self == Self::Document { "id" } else { "document" }
    }

    fn is_fact(self) -> bool {
        matches!(self, Self::Event | Self::Incident)
    }

    fn has_days(self) -> bool {
        self.is_fact() || self == Self::Control
    }

    fn sort(self, sort: Sort) -> Option<(&'static str, &'static str)> {
        Some(match sort {
            Sort::Known => ("f.known", "known"),
            Sort::Happened if self.has_days() => (DAY, "day"),
            Sort::Killed if self.is_fact() => ("ifnull(f.killed, -1)", "killed"),
            Sort::Score if self.is_fact() || self == Self::Statement => ("f.score", "score"),
            _ => return None,
        })
    }
}

/// The day of a row as it is indexed.
const DAY: &str = "ifnull(f.day_start, -1000000)";

/// One condition.
struct Condition {
    sql: String,
    params: Vec<Value>,
    /// Share of rows that keep it, 0..=1, guessed until counted.
    share: f64,
    /// Cost of checking it on one row.
    cost: f64,
    driver: Option<Driver>,
    /// The order whose index it narrows.
    narrows: Option<Sort>,
}

/// A way to start from a condition.
struct Driver {
    from: String,
    params: Vec<Value>,
    /// Rows to count: a `SELECT 1 …` without limit.
    count: String,
    count_params: Vec<Value>,
    /// The order in which its rows come.
    order: Option<Sort>,
    /// Whether the condition must still be checked.
    checks: bool,
}

impl Condition {
    fn plain(sql: impl Into<String>, params: Vec<Value>, share: f64) -> Self {
        Self { sql: sql.into(), params, share, cost: 1.0, driver: None, narrows: None }
    }
}

/// The rows of a window: ids in order with their keys.
pub(crate) struct Found {
    pub(crate) ids: Vec<i64>,
    pub(crate) next: Option<String>,
    pub(crate) capped: bool,
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn list(ids: &[i64]) -> Value {
    text(crate::prepare::json(&ids))
}

/// A column that is one of several words; one word can come in the order of the index.
fn one_of(kind: Kind, column: &str, words: Vec<&str>, ordered: Sort, guess: f64) -> Condition {
    let table = kind.table();
    let one = words.len() == 1;
    let (test, param) = if one {
        ("= ?", text(words[0]))
    } else {
        ("IN (SELECT value FROM json_each(?))", text(crate::prepare::json(&words)))
    };
    Condition {
        sql: format!("f.{column} {test}"),
        params: vec![param.clone()],
        share: guess,
        cost: 0.2,
        driver: Some(Driver {
            from: format!("{table} f INDEXED BY {table}_{column}"),
            params: Vec::new(),
            count: format!("SELECT 1 FROM {table} f INDEXED BY {table}_{column} WHERE f.{column} {test}"),
            count_params: vec![param],
            order: one.then_some(ordered),
            checks: true,
        }),
        narrows: None,
    }
}

/// Rows that a set of ids leads to. `set` selects the ids as `id`, with one parameter, a JSON list.
fn from_set(kind: Kind, set: &str, test: String, tests: usize, ids: &[i64]) -> Condition {
    let table = kind.table();
    Condition {
        sql: test,
        params: vec![list(ids); tests],
        share: 0.1,
        cost: 3.0,
        driver: Some(Driver {
            from: format!("(SELECT DISTINCT id FROM ({set})) s CROSS JOIN {table} f ON f.id = s.id"),
            params: vec![list(ids)],
            count: format!("SELECT 1 FROM ({set})"),
            count_params: vec![list(ids)],
            order: None,
            checks: false,
        }),
        narrows: None,
    }
}

/// Documents that lead to rows. `set` selects them as `d`.
fn from_documents(
    kind: Kind,
    set: &str,
    set_params: Vec<Value>,
    test: String,
    test_params: Vec<Value>,
) -> Condition {
    let table = kind.table();
    let join = if kind == Kind::Document {
        format!("CROSS JOIN {table} f ON f.id = s.d")
    } else {
        format!("CROSS JOIN {table} f INDEXED BY {table}_document ON f.document = s.d")
    };
    Condition {
        sql: test,
        params: test_params,
        share: 0.1,
        cost: 3.0,
        driver: Some(Driver {
            from: format!("(SELECT DISTINCT d FROM ({set})) s {join}"),
            params: set_params.clone(),
            count: format!("SELECT 1 FROM ({set})"),
            count_params: set_params,
            order: None,
            checks: false,
        }),
        narrows: None,
    }
}

const IN_LIST: &str = "IN (SELECT value FROM json_each(?))";

fn actors_of(kind: Kind, overs: &[i64]) -> Condition {
    let (set, test, tests) = match kind {
        Kind::Document => {
            let set = format!("SELECT document AS d FROM actor INDEXED BY actor_by_over WHERE over {IN_LIST}");
            let test = format!("EXISTS (SELECT 1 FROM actor x INDEXED BY actor_document WHERE x.document = f.id AND x.over {IN_LIST})");
            return from_documents(kind, &set, vec![list(overs)], test, vec![list(overs)]);
        }
        Kind::Event | Kind::Incident => {
            let table = kind.table();
            (
                format!("SELECT {table} AS id FROM {table}_actor WHERE over {IN_LIST}"),
                format!("EXISTS (SELECT 1 FROM {table}_actor x INDEXED BY {table}_actor_{table} WHERE x.{table} = f.id AND x.over {IN_LIST})"),
                1,
            )
        }
        Kind::Statement => (
            "WITH who (o) AS (SELECT value FROM json_each(?)) SELECT id FROM statement WHERE speaker IN (SELECT o FROM who)
             UNION ALL SELECT statement FROM statement_about WHERE over IN (SELECT o FROM who)"
                .to_owned(),
            format!("(f.speaker {IN_LIST} OR EXISTS (SELECT 1 FROM statement_about x WHERE x.statement = f.id AND x.over {IN_LIST}))"),
            2,
        ),
        Kind::Relation => (
            "WITH who (o) AS (SELECT value FROM json_each(?)) SELECT id FROM relation WHERE from_over IN (SELECT o FROM who)
             UNION ALL SELECT id FROM relation WHERE to_over IN (SELECT o FROM who)"
                .to_owned(),
            format!("(f.from_over {IN_LIST} OR f.to_over {IN_LIST})"),
            2,
        ),
        Kind::Control => (
            "WITH who (o) AS (SELECT value FROM json_each(?)) SELECT id FROM control WHERE holder IN (SELECT o FROM who)
             UNION ALL SELECT id FROM control WHERE counterpart IN (SELECT o FROM who)"
                .to_owned(),
            format!("(f.holder {IN_LIST} OR f.counterpart {IN_LIST})"),
            2,
        ),
    };
    from_set(kind, &set, test, tests, overs)
}

fn area_of(kind: Kind, found: &Sites) -> Condition {
    if let (Some(country), true) = (&found.country, kind.is_fact()) {
        return one_of(kind, "country", vec![country], Sort::Happened, 0.1);
    }
    if let (Some(country), Kind::Control) = (&found.country, kind) {
        return one_of(kind, "country", vec![country], Sort::Known, 0.1);
    }
    let ids = &found.ids;
    if kind.has_days() {
        let table = kind.table();
        return Condition {
            sql: format!("f.site {IN_LIST}"),
            params: vec![list(ids)],
            share: 0.1,
            cost: 0.5,
            driver: Some(Driver {
                from: format!(
                    "json_each(?) s CROSS JOIN {table} f INDEXED BY {table}_site ON f.site = s.value"
                ),
                params: vec![list(ids)],
                count: format!("SELECT 1 FROM {table} INDEXED BY {table}_site WHERE site {IN_LIST}"),
                count_params: vec![list(ids)],
                order: None,
                checks: false,
            }),
            narrows: None,
        };
    }
    let document = kind.document();
    let set = format!("SELECT document AS d FROM place INDEXED BY place_site WHERE site {IN_LIST}");
    let test = format!(
        "EXISTS (SELECT 1 FROM place x INDEXED BY place_document WHERE x.document = f.{document} AND x.site {IN_LIST})"
    );
    from_documents(kind, &set, vec![list(ids)], test, vec![list(ids)])
}

/// A closed range of whole numbers along an order.
fn range(kind: Kind, sort: Sort, low: Option<i64>, high: Option<i64>) -> Option<Condition> {
    let (column, name) = kind.sort(sort)?;
    let mut sql = Vec::new();
    let mut params = Vec::new();
    if let Some(low) = low {
        sql.push(format!("{column} >= ?"));
        params.push(Value::Integer(low));
    }
    if let Some(high) = high {
        sql.push(format!("{column} <= ?"));
        params.push(Value::Integer(high));
    }
    if sql.is_empty() {
        return None;
    }
    let sql = sql.join(" AND ");
    let from = format!("{0} f INDEXED BY {0}_{name}", kind.table());
    Some(Condition {
        driver: Some(Driver {
            count: format!("SELECT 1 FROM {from} WHERE {sql}"),
            count_params: params.clone(),
            from,
            params: Vec::new(),
            order: Some(sort),
            checks: true,
        }),
        sql,
        params,
        share: 0.5,
        cost: 0.1,
        narrows: Some(sort),
    })
}

fn conditions(db: &Connection, kind: Kind, filter: &Filter) -> Result<Vec<Condition>, Asked> {
    let mut all = Vec::new();
    let day = |date: Option<watchkeeper_record::article::Date>| date.map(|date| i64::from(date.days()));
    let newest = [day(filter.known_until), day(filter.as_of)].into_iter().flatten().min();
    all.extend(range(kind, Sort::Known, day(filter.known_since), newest));
    if filter.since.is_some() || filter.until.is_some() {
        // What has no day of its own counts by the day it became known.
        let (column_range, sort) =
            if kind.has_days() { (Sort::Happened, true) } else { (Sort::Known, false) };
        let low = day(filter.since).map(|low| if sort { low - 366 } else { low });
        // An unknown day is no day before another.
        let low = if sort { low.or(Some(-999_999)) } else { low };
        all.extend(range(kind, column_range, low, day(filter.until)));
        if let (true, Some(since)) = (sort, day(filter.since)) {
            all.push(Condition::plain(
                "ifnull(f.day_end, f.day_start) >= ?",
                vec![Value::Integer(since)],
                0.9,
            ));
        }
    }
    if let Some(area) = &filter.area {
        all.push(area_of(kind, &sites(db, area)?));
    }
    if let Some(who) = &filter.who {
        all.push(actors_of(kind, &overs(db, who, filter.as_of)?));
    }
    if kind.is_fact() {
        if !filter.types.is_empty() {
            let words = filter.types.iter().map(|one| one.as_str()).collect();
            all.push(one_of(kind, "type", words, Sort::Happened, 0.2));
        }
        if !filter.categories.is_empty() {
            let words = filter.categories.iter().map(|one| one.as_str()).collect();
            all.push(one_of(kind, "category", words, Sort::Happened, 0.3));
        }
        if let Some(killed) = filter.killed_min {
            all.extend(range(kind, Sort::Killed, Some(i64::from(killed)), None));
        }
        if let Some(background) = filter.background {
            all.push(Condition::plain("f.background = ?", vec![Value::Integer(i64::from(background))], 0.5));
        }
    } else if !filter.types.is_empty() || !filter.categories.is_empty() || filter.killed_min.is_some() {
        all.push(with_incident(kind, filter));
    }
    if !filter.realis.is_empty() && (kind.has_days() || kind == Kind::Relation) {
        let words: Vec<&str> = filter.realis.iter().map(|one| one.as_str()).collect();
        let share = if words.contains(&"actual") { 0.8 } else { 0.1 };
        all.push(Condition::plain(
            format!("f.realis {IN_LIST}"),
            vec![text(crate::prepare::json(&words))],
            share,
        ));
    }
    if let (Some(score), true) = (filter.score_min, kind != Kind::Document) {
        all.push(Condition::plain("f.score >= ?", vec![Value::Real(score)], (1.0 - score).clamp(0.05, 1.0)));
    }
    if kind == Kind::Statement && !filter.statement_kinds.is_empty() {
        let words = filter.statement_kinds.iter().map(|one| one.as_str()).collect();
        all.push(one_of(kind, "kind", words, Sort::Known, 0.1));
    }
    if kind == Kind::Relation && !filter.relation_kinds.is_empty() {
        let words: Vec<&str> = filter.relation_kinds.iter().map(|one| one.as_str()).collect();
        all.push(Condition::plain(
            format!("f.kind {IN_LIST}"),
            vec![text(crate::prepare::json(&words))],
            0.1,
        ));
    }
    if kind == Kind::Control && !filter.control_status.is_empty() {
        let words: Vec<&str> = filter.control_status.iter().map(|one| one.as_str()).collect();
        all.push(Condition::plain(
            format!("f.status {IN_LIST}"),
            vec![text(crate::prepare::json(&words))],
            0.3,
        ));
    }
    sources(db, kind, filter, &mut all)?;
    if let Some(words) = &filter.text {
        all.push(words_of(kind, &crate::search_text::expression(words).map_err(Asked::Refused)?, newest));
    }
    Ok(all)
}

/// Documents and statements: of a document that tells of such an incident.
fn with_incident(kind: Kind, filter: &Filter) -> Condition {
    let mut tests = vec![format!("x.document = f.{}", kind.document())];
    let mut params = Vec::new();
    if !filter.types.is_empty() {
        tests.push(format!("x.type {IN_LIST}"));
        let words: Vec<&str> = filter.types.iter().map(|one| one.as_str()).collect();
        params.push(text(crate::prepare::json(&words)));
    }
    if !filter.categories.is_empty() {
        tests.push(format!("x.category {IN_LIST}"));
        let words: Vec<&str> = filter.categories.iter().map(|one| one.as_str()).collect();
        params.push(text(crate::prepare::json(&words)));
    }
    if let Some(killed) = filter.killed_min {
        tests.push("x.killed >= ?".to_owned());
        params.push(Value::Integer(i64::from(killed)));
    }
    let mut condition = Condition::plain(
        format!(
            "EXISTS (SELECT 1 FROM incident x INDEXED BY incident_document WHERE {})",
            tests.join(" AND ")
        ),
        params,
        0.2,
    );
    condition.cost = 3.0;
    condition
}

/// Outlet, grade, credibility, copies.
fn sources(db: &Connection, kind: Kind, filter: &Filter, all: &mut Vec<Condition>) -> Result<(), Asked> {
    let document = kind.document();
    if let Some(name) = &filter.outlet {
        let mut find = db.prepare_cached("SELECT id FROM outlet WHERE name = ?1 COLLATE NOCASE")?;
        let ids: Vec<i64> = find.query_map([name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if kind == Kind::Document && ids.len() == 1 {
            all.push(Condition {
                sql: "f.outlet = ?".to_owned(),
                params: vec![Value::Integer(ids[0])],
                share: 0.05,
                cost: 0.2,
                driver: Some(Driver {
                    from: "document f INDEXED BY document_outlet".to_owned(),
                    params: Vec::new(),
                    count: "SELECT 1 FROM document INDEXED BY document_outlet WHERE outlet = ?".to_owned(),
                    count_params: vec![Value::Integer(ids[0])],
                    order: Some(Sort::Known),
                    checks: true,
                }),
                narrows: None,
            });
        } else {
            let set =
                format!("SELECT id AS d FROM document INDEXED BY document_outlet WHERE outlet {IN_LIST}");
            all.push(from_documents(
                kind,
                &set,
                vec![list(&ids)],
                format!("f.outlet {IN_LIST}"),
                vec![list(&ids)],
            ));
        }
    }
    if let Some(grade) = filter.grade.filter(|grade| *grade != Grade::F) {
        let sql = "f.outlet IN (SELECT id FROM outlet WHERE grade <= ?)";
        all.push(Condition::plain(sql, vec![text(grade.as_str())], 0.3));
    }
    if let Some(credibility) = filter.credibility.filter(|credibility| *credibility < 6) {
        let sql = format!("(SELECT credibility FROM document x WHERE x.id = f.{document}) <= ?");
        all.push(Condition::plain(sql, vec![Value::Integer(i64::from(credibility))], 0.2));
    }
    if filter.without_copies {
        let sql = if kind == Kind::Document {
            "f.copy = 0".to_owned()
        } else {
            "NOT EXISTS (SELECT 1 FROM document x WHERE x.id = f.document AND x.copy <> 0)".to_owned()
        };
        all.push(Condition::plain(sql, Vec::new(), 0.8));
    }
    Ok(())
}

/// Documents with words.
fn words_of(kind: Kind, expression: &str, newest: Option<i64>) -> Condition {
    let mask = (1i64 << DOCUMENT_BITS) - 1;
    let last = newest.map_or(i64::MAX, |day| ((day + 1_000_001) << DOCUMENT_BITS) - 1);
    let params = vec![text(expression), Value::Integer(last)];
    let set = format!("SELECT rowid & {mask} AS d FROM words WHERE words MATCH ? AND rowid <= ?");
    let document = kind.document();
    let mut condition = from_documents(
        kind,
        &set,
        params.clone(),
        format!(
            "EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = ((f.known + 1000000) << {DOCUMENT_BITS} | f.{document}))"
        ),
        vec![text(expression)],
    );
    condition.cost = WORD_COST;
    if kind == Kind::Document {
        // The index of words is kept in the order of days: its rows come as they are wanted.
        condition.driver = Some(Driver {
            from: format!(
                "words w CROSS JOIN document f ON f.id = w.rowid & {mask} AND w.words MATCH ? AND w.rowid <= ?"
            ),
            params: params.clone(),
            count: set,
            count_params: params,
            order: Some(Sort::Known),
            checks: false,
        });
    }
    condition
}

/// The few reports of one incident.
fn of_incident(over: i64) -> Condition {
    let mut condition = Condition::plain("f.over = ?", vec![Value::Integer(over)], 1e-9);
    condition.driver = Some(Driver {
        from: "incident f INDEXED BY incident_over_reports".to_owned(),
        params: Vec::new(),
        count: String::new(),
        count_params: Vec::new(),
        order: None,
        checks: true,
    });
    condition
}

/// Why a query could not be made.
pub(crate) enum Asked {
    Refused(Error),
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Asked {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
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
    let mut all = conditions(db, kind, filter)?;
    let total: i64 =
        db.query_row(&format!("SELECT ifnull(max(id), 0) FROM {}", kind.table()), [], |row| row.get(0))?;
    // Where an end is asked for, walking back from the newest would pass much for nothing.
    if over.is_none()
        && (filter.until.is_none() || window.sort == Sort::Known)
        && stream::can(kind, window)
        && let Some(found) = streamed(store, kind, &all, column, window, after)?
    {
        return Ok(window_of(found, window, &mark, false));
    }
    let chosen = match over {
        Some(over) => {
            all.push(of_incident(over));
            Some(all.len() - 1)
        }
        None => choose(db, &mut all, window, (total, i64::from(store.few_rows)))?,
    };
    let table = kind.table();
    let mut params = Vec::new();
    let mut tests = Vec::new();
    let from = match chosen {
        None => format!("{table} f INDEXED BY {table}_{name}"),
        Some(index) => {
            let driver = all[index].driver.as_ref().expect("only conditions with one are chosen");
            params.extend(driver.params.iter().cloned());
            driver.from.clone()
        }
    };
    for (index, condition) in all.iter().enumerate() {
        let checks = condition.driver.as_ref().is_none_or(|driver| driver.checks);
        if chosen != Some(index) || checks {
            tests.push(condition.sql.clone());
            params.extend(condition.params.iter().cloned());
        }
    }
    // Documents that come out of the index of words in its order are ordered and cut by its rows.
    let words = kind == Kind::Document && from.starts_with("words ");
    let (sort_by, id) = if words { ("w.rowid", "0") } else { (column, "f.id") };
    if let Some((key, last)) = after {
        let sign = if window.ascending { '>' } else { '<' };
        let (key, key_sql) = match key {
            Key::Whole(number) if words => {
                (Value::Integer(crate::write::word_row(number as i32, last)), "w.rowid")
            }
            Key::Whole(number) => (Value::Integer(number), column),
            Key::Real(number) => (Value::Real(number), column),
        };
        if words {
            tests.push(format!("{key_sql} {sign} ?"));
            params.push(key);
        } else {
            tests.push(format!("{key_sql} {sign}= ? AND ({key_sql} {sign} ? OR f.id {sign} ?)"));
            params.extend([key.clone(), key, Value::Integer(last)]);
        }
    }
    let way = if window.ascending { "ASC" } else { "DESC" };
    let tests = if tests.is_empty() { String::new() } else { format!("WHERE {}", tests.join(" AND ")) };
    let order = if words { format!("{sort_by} {way}") } else { format!("{sort_by} {way}, {id} {way}") };
    let sql =
        format!("SELECT f.id, {column} FROM {from} {tests} ORDER BY {order} LIMIT {}", window.limit + 1);
    let mut select = db.prepare_cached(&sql)?;
    let found: Vec<(i64, Key)> = select
        .query_map(params_from_iter(params), |row| {
            let key =
                if window.sort == Sort::Score { Key::Real(row.get(1)?) } else { Key::Whole(row.get(1)?) };
            Ok((row.get(0)?, key))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(window_of(found, window, &mark, false))
}

/// Rows found along the index of words; `None` where the words or another condition are so rare that there are better ways.
fn streamed(
    store: &Store,
    kind: Kind,
    all: &[Condition],
    column: &str,
    window: &Window,
    after: Option<(Key, i64)>,
) -> Result<Option<Vec<(i64, Key)>>, rusqlite::Error> {
    let few = i64::from(store.few_rows);
    let Some(at) = all.iter().position(|one| one.cost >= WORD_COST) else { return Ok(None) };
    let mut others = stream::Others { tests: Vec::new(), params: Vec::new() };
    for (index, condition) in all.iter().enumerate() {
        if let Some(driver) = condition.driver.as_ref().filter(|_| condition.narrows.is_none()) {
            let sql = format!("SELECT count(*) FROM ({} LIMIT {few})", driver.count);
            let rows: i64 = store
                .db
                .prepare_cached(&sql)?
                .query_row(params_from_iter(driver.count_params.iter()), |row| row.get(0))?;
            if rows < few {
                return Ok(None);
            }
        }
        if index != at {
            others.tests.push(format!("({})", condition.sql));
            others.params.extend(condition.params.iter().cloned());
        }
    }
    if let Some((Key::Whole(key), last)) = after {
        others.tests.push(format!("({column} <= ? AND ({column} < ? OR f.id < ?))"));
        others.params.extend([Value::Integer(key), Value::Integer(key), Value::Integer(last)]);
    }
    let Some(Driver { params, .. }) = &all[at].driver else { return Ok(None) };
    let (Some(words), Some(last)) = (params.first(), params.get(1)) else { return Ok(None) };
    stream::rows(&store.db, kind, column, (words, last), &others, window)
}

fn window_of(mut found: Vec<(i64, Key)>, window: &Window, mark: &str, capped: bool) -> Found {
    let more = found.len() > window.limit as usize;
    found.truncate(window.limit as usize);
    let next = found.last().filter(|_| more).map(|(id, key)| cursor(mark, *key, *id));
    Found { ids: found.into_iter().map(|(id, _)| id).collect(), next, capped }
}

/// Counts what can be counted and chooses the cheapest way; `None`: along the order asked for.
fn choose(
    db: &Connection,
    all: &mut [Condition],
    window: &Window,
    (total, few): (i64, i64),
) -> Result<Option<usize>, rusqlite::Error> {
    let total_rows = (total as f64).max(1.0);
    let mut counts = vec![None; all.len()];
    let count = |driver: &Driver, most: i64| -> rusqlite::Result<i64> {
        let sql = format!("SELECT count(*) FROM ({} LIMIT {most})", driver.count);
        db.prepare_cached(&sql)?.query_row(params_from_iter(driver.count_params.iter()), |row| row.get(0))
    };
    let mut fewest = (few, None);
    for (index, condition) in all.iter().enumerate() {
        let Some(driver) = &condition.driver else { continue };
        let rows = count(driver, fewest.0)?;
        if rows < fewest.0 {
            fewest = (rows, Some(index));
        }
    }
    // The order's own range is no set to start from: it is walked in its order anyway, and ends by itself.
    let costly = |index: usize| all.iter().enumerate().any(|(other, one)| other != index && one.cost > 10.0);
    if let Some(index) = fewest.1.filter(|index| !costly(*index)) {
        return Ok(Some(index).filter(|index| all[*index].narrows != Some(window.sort)));
    }
    for (condition, count_of) in all.iter_mut().zip(&mut counts) {
        let Some(driver) = &condition.driver else { continue };
        let rows = count(driver, COUNT_MAX)?;
        let rows = if rows < COUNT_MAX {
            rows as f64
        } else {
            total_rows.mul_add(0.3, COUNT_MAX as f64).min(total_rows)
        };
        condition.share = (rows / total_rows).clamp(1e-9, 1.0);
        *count_of = Some(rows);
    }
    let wanted = f64::from(window.limit);
    let along = |driving: Option<usize>, rows: f64| {
        let mut cost_of_row = 1.0;
        let mut share = 1.0;
        for (index, condition) in all.iter().enumerate() {
            let free =
                Some(index) == driving || (driving.is_none() && condition.narrows == Some(window.sort));
            if !free {
                cost_of_row += condition.cost * share;
                share *= condition.share;
            }
        }
        ((wanted / share.max(1e-12)).min(rows) * cost_of_row, rows * cost_of_row)
    };
    let narrowed = all
        .iter()
        .filter(|condition| condition.narrows == Some(window.sort))
        .map(|condition| condition.share)
        .fold(1.0, f64::min);
    let mut best = (along(None, total_rows * narrowed).0, None);
    for (index, condition) in all.iter().enumerate() {
        let (Some(driver), Some(rows)) = (&condition.driver, counts[index]) else { continue };
        if condition.narrows == Some(window.sort) {
            continue;
        }
        let (until_full, whole) = along(Some(index), rows);
        let cost = if driver.order == Some(window.sort) { until_full } else { whole * 1.5 + 1.0 };
        if cost < best.0 {
            best = (cost, Some(index));
        }
    }
    Ok(best.1)
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
    let mut rest = filter.clone();
    rest.text = None;
    let newest =
        [filter.known_until, filter.as_of].into_iter().flatten().min().map(|date| i64::from(date.days()));
    let last = newest.map_or(i64::MAX, |day| ((day + 1_000_001) << DOCUMENT_BITS) - 1);
    let first: Option<i64> = {
        let sql = format!(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid <= ?2 ORDER BY rowid DESC LIMIT 1 OFFSET {RANK_MAX}"
        );
        let mut select = db.prepare_cached(&sql)?;
        let mut found = select.query_map((&expression, last), |row| row.get(0))?;
        found.next().transpose()?
    };
    let mut params =
        vec![text(expression), Value::Integer(first.map_or(i64::MIN, |row| row + 1)), Value::Integer(last)];
    let mut tests = Vec::new();
    for condition in conditions(db, kind, &rest)? {
        tests.push(condition.sql);
        params.extend(condition.params);
    }
    let mask = (1i64 << DOCUMENT_BITS) - 1;
    let mut outer = String::new();
    if let Some((Key::Real(key), id)) = after {
        outer = "WHERE fit >= ? AND (fit > ? OR id > ?)".to_owned();
        params.extend([Value::Real(key), Value::Real(key), Value::Integer(id)]);
    }
    let join = if tests.is_empty() { "" } else { "CROSS JOIN document f ON f.id = words.rowid & 67108863" };
    let tests = if tests.is_empty() { String::new() } else { format!("AND {}", tests.join(" AND ")) };
    let sql = format!(
        "SELECT id, fit FROM (SELECT words.rowid & {mask} AS id, bm25(words, 4.0, 1.0) AS fit FROM words {join}
           WHERE words MATCH ? AND words.rowid >= ? AND words.rowid <= ? {tests}) {outer} ORDER BY fit, id LIMIT {}",
        window.limit + 1
    );
    let mut select = db.prepare_cached(&sql)?;
    let found: Vec<(i64, Key)> = select
        .query_map(params_from_iter(params), |row| Ok((row.get(0)?, Key::Real(row.get(1)?))))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(window_of(found, window, mark, first.is_some()))
}
