//! From a filter to a plan: which index drives the query, which conditions are checked along it. Rows are read in [`crate::found`], words
//! asked in [`crate::worded`].
//!
//! SQLite's own planner knows too little of our data (how many rows a place, a word or an actor has), so each condition that has
//! an index is first counted, at most [`COUNT_MAX`] rows of it, and the cheapest way is written out with `INDEXED BY` and
//! `CROSS JOIN`: along the order asked for, along a condition's index that holds that order, or from a condition's set of rows.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::error::Error;
use crate::filter::{Filter, Grade, Sort};
use crate::resolve::{Sites, overs, sites};

/// Rows that are counted at most to learn how often a condition holds.
const COUNT_MAX: i64 = 30_000;
/// Rows, evenly spread over the table, of which what is more common than that is asked.
const SAMPLE: i64 = 200;

/// Cost of a row that is found by its number, beside that of the next one along an index: it lies anywhere, and is sorted later
/// (measured).
const SET_COST: f64 = 6.0;

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
    pub(crate) fn document(self) -> &'static str {
        if self == Self::Document { "id" } else { "document" }
    }

    fn is_fact(self) -> bool {
        matches!(self, Self::Event | Self::Incident)
    }

    fn has_days(self) -> bool {
        self.is_fact() || self == Self::Control
    }

    /// The expression and the index of an order.
    pub(crate) fn sort(self, sort: Sort) -> Option<(&'static str, &'static str)> {
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
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
    /// Share of rows that keep it, 0..=1, guessed until counted.
    pub(crate) share: f64,
    /// Cost of checking it on one row.
    pub(crate) cost: f64,
    pub(crate) driver: Option<Driver>,
    /// The order whose index it narrows.
    pub(crate) narrows: Option<Sort>,
}

/// A way to start from a condition.
pub(crate) struct Driver {
    pub(crate) from: String,
    pub(crate) params: Vec<Value>,
    /// Rows to count: a `SELECT 1 …` without limit.
    pub(crate) count: String,
    pub(crate) count_params: Vec<Value>,
    /// The order in which its rows come.
    pub(crate) order: Option<Sort>,
    /// Whether the condition must still be checked.
    pub(crate) checks: bool,
}

/// The cheapest way to rows.
pub(crate) struct Way {
    /// The condition that drives it; `None`: along the order asked for.
    pub(crate) driving: Option<usize>,
    /// About how many rows are touched until a window is full.
    pub(crate) cost: f64,
    /// About which share of all rows keep the conditions, 0..=1.
    pub(crate) share: f64,
}

impl Condition {
    pub(crate) fn plain(sql: impl Into<String>, params: Vec<Value>, share: f64) -> Self {
        Self { sql: sql.into(), params, share, cost: 1.0, driver: None, narrows: None }
    }
}

pub(crate) fn text(value: impl Into<String>) -> Value {
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
pub(crate) fn from_documents(
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
pub(crate) fn range(kind: Kind, sort: Sort, low: Option<i64>, high: Option<i64>) -> Option<Condition> {
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

/// The last day from which anything may be known.
pub(crate) fn newest(filter: &Filter) -> Option<i64> {
    [filter.known_until, filter.as_of].into_iter().flatten().min().map(|date| i64::from(date.days()))
}

/// The conditions of a filter, but for its words.
pub(crate) fn conditions(db: &Connection, kind: Kind, filter: &Filter) -> Result<Vec<Condition>, Asked> {
    let mut all = Vec::new();
    let day = |date: Option<watchkeeper_record::article::Date>| date.map(|date| i64::from(date.days()));
    all.extend(range(kind, Sort::Known, day(filter.known_since), newest(filter)));
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

/// The few reports of one incident.
pub(crate) fn of_incident(over: i64) -> Condition {
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

/// Which share of a sample of rows keeps a condition, 0..=1.
fn sampled(db: &Connection, kind: Kind, condition: &Condition, total: i64) -> rusqlite::Result<f64> {
    let ids: Vec<i64> = (0..SAMPLE).map(|at| 1 + at * total / SAMPLE).collect();
    let mut params = vec![list(&ids)];
    params.extend(condition.params.iter().cloned());
    let sql = format!(
        "SELECT count(*) FROM json_each(?) s CROSS JOIN {} f ON f.id = s.value WHERE {}",
        kind.table(),
        condition.sql
    );
    let hits: i64 = db.prepare_cached(&sql)?.query_row(params_from_iter(params.iter()), |row| row.get(0))?;
    Ok(hits as f64 / SAMPLE as f64)
}

/// Counts what can be counted and chooses the cheapest way to the first `wanted` rows in the order of `sort`. `few`: a condition with
/// fewer rows drives without further counting.
pub(crate) fn choose(
    db: &Connection,
    kind: Kind,
    all: &mut [Condition],
    (sort, wanted): (Sort, f64),
    (total, few): (i64, i64),
) -> Result<Way, rusqlite::Error> {
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
    if let Some(index) = fewest.1 {
        let rest = all.iter().enumerate().filter(|(other, _)| *other != index);
        let kept: f64 = rest.map(|(_, condition)| condition.share).product();
        let rows = fewest.0 as f64;
        // The order's own range is no set to start from: it is walked in its order anyway, and ends by itself.
        let driving = Some(index).filter(|index| all[*index].narrows != Some(sort));
        return Ok(Way {
            driving,
            cost: rows * SET_COST,
            share: (kept * rows / total_rows).clamp(1e-9, 1.0),
        });
    }
    for (condition, count_of) in all.iter_mut().zip(&mut counts) {
        let Some(driver) = &condition.driver else { continue };
        let rows = count(driver, COUNT_MAX)?;
        let rows = if rows < COUNT_MAX {
            rows as f64
        } else {
            (sampled(db, kind, condition, total)? * total_rows).max(COUNT_MAX as f64).min(total_rows)
        };
        condition.share = (rows / total_rows).clamp(1e-9, 1.0);
        *count_of = Some(rows);
    }
    // Along an index of killed or of scores each row that is looked at lies anywhere; along one of days its neighbours are near.
    let look = if matches!(sort, Sort::Killed | Sort::Score) { SET_COST - 1.0 } else { 0.0 };
    let along = |driving: Option<usize>, rows: f64| {
        let mut cost_of_row = if driving.is_none() { 1.0 + look } else { 1.0 };
        let mut share = 1.0;
        for (index, condition) in all.iter().enumerate() {
            let free = Some(index) == driving || (driving.is_none() && condition.narrows == Some(sort));
            if !free {
                cost_of_row += condition.cost * share;
                share *= condition.share;
            }
        }
        ((wanted / share.max(1e-12)).min(rows) * cost_of_row, rows * cost_of_row)
    };
    let narrowed = all
        .iter()
        .filter(|condition| condition.narrows == Some(sort))
        .map(|condition| condition.share)
        .fold(1.0, f64::min);
    let mut best = (along(None, total_rows * narrowed).0, None);
    for (index, condition) in all.iter().enumerate() {
        let (Some(driver), Some(rows)) = (&condition.driver, counts[index]) else { continue };
        if condition.narrows == Some(sort) {
            continue;
        }
        let (until_full, whole) = along(Some(index), rows);
        let cost = if driver.order == Some(sort) { until_full } else { whole * SET_COST + 1.0 };
        if cost < best.0 {
            best = (cost, Some(index));
        }
    }
    let share: f64 = all.iter().map(|condition| condition.share).product();
    Ok(Way { driving: best.1, cost: best.0, share: share.clamp(1e-9, 1.0) })
}
