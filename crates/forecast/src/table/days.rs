//! A series of days from a table: rows that are single events, or counts of days.
//!
//! Known by themselves: UCDP GED, ACLED and the Global Terrorism Database by the names of their columns. Only events whose day is known
//! exactly count; the others are told with their number.

use std::collections::BTreeMap;

use super::date::{self, Order, day_of, written};
use super::{Error, Table, problem};
use crate::panel::{Day, Problem};

/// Which columns mean what, by name. Unset ones are looked for under usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayMapping {
    /// The day.
    pub date: Option<String>,
    /// Number of events of the row; where there is none each row is one event.
    pub count: Option<String>,
    /// The country or another unit.
    pub unit: Option<String>,
    /// The actor.
    pub actor: Option<String>,
    /// The day of release.
    pub released: Option<String>,
}

/// How a table of days is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayReading {
    /// Which columns mean what.
    pub mapping: DayMapping,
    /// Only this unit, in any case; a name may leave out what stands in brackets.
    pub unit: Option<String>,
    /// Only rows that name this actor as words of a name, in any case.
    pub actor: Option<String>,
    /// Only this type of UCDP's organised violence: 1 state-based, 2 non-state, 3 one-sided.
    pub violence: Option<u8>,
    /// Days without a row count as 0 without a word (of tables of counts; of events they always do).
    pub sparse: bool,
    /// First day of the series; without it the first of the table.
    pub from: Option<Day>,
    /// Last day of the series; nothing later is used. Without it the last of the table.
    pub until: Option<Day>,
    /// What was released later, or happened later, is left out.
    pub as_of: Option<Day>,
}

/// A series of days.
#[derive(Debug, Clone, PartialEq)]
pub struct Days {
    /// The first day.
    pub first: Day,
    /// Events of each day from it on.
    pub counts: Vec<u32>,
    /// Whether rows are single events.
    pub events: bool,
    /// Events whose day isn't known exactly, which are left out.
    pub inexact: usize,
    /// Whether the table tells how exactly days are known.
    pub tells_exactness: bool,
    /// Rows that can't be used, and gaps.
    pub problems: Vec<Problem>,
}

/// More days than this are a slip in some row.
const DAYS_MAX: i32 = 73_050;
/// More events on one day are one, too.
const COUNT_MAX: f64 = 1e6;

/// A row that counts.
struct Entry {
    released: Option<Day>,
    day: Day,
    count: u32,
    line: usize,
}

/// Places of the columns of a table.
struct Places {
    /// One column, or year, month and day.
    date: Vec<usize>,
    end: Option<usize>,
    precision: Option<usize>,
    count: Option<usize>,
    unit: Option<usize>,
    actors: Vec<usize>,
    violence: Option<usize>,
    released: Option<usize>,
    id: Option<usize>,
}

const UNITS: [&str; 6] = ["country", "country_txt", "unit", "country_name", "country_code", "iso3"];
const ACTORS: [&str; 9] =
    ["side_a", "side_b", "actor1", "actor2", "gname", "gname2", "gname3", "actor", "perpetrator"];

impl Places {
    fn of(table: &Table, how: &DayReading) -> Result<Self, Error> {
        let mapping = &how.mapping;
        let there = |name: &str| table.header.iter().position(|own| own.eq_ignore_ascii_case(name));
        let parts = [there("iyear"), there("imonth"), there("iday")];
        let date = match parts {
            [Some(year), Some(month), Some(day)] if mapping.date.is_none() => vec![year, month, day],
            _ => vec![table.column(
                mapping.date.as_ref(),
                &["date", "event_date", "date_start", "day", "start_date"],
                "--columns date=NAME",
            )?],
        };
        let own = |name: &str| mapping.date.is_none().then(|| there(name)).flatten();
        let usual = ["count", "events", "attacks", "incidents", "n"];
        let count = match &mapping.count {
            Some(_) => Some(table.column(mapping.count.as_ref(), &[], "--columns count=NAME")?),
            None => usual.iter().find_map(|name| there(name)),
        };
        let unit = match (&mapping.unit, &how.unit) {
            (None, None) => UNITS.iter().find_map(|name| there(name)),
            (asked, _) => Some(table.column(asked.as_ref(), &UNITS, "--columns unit=NAME")?),
        };
        let actors = match (&mapping.actor, &how.actor) {
            (Some(_), _) => vec![table.column(mapping.actor.as_ref(), &[], "--columns actor=NAME")?],
            (None, None) => Vec::new(),
            (None, Some(_)) => {
                let found: Vec<usize> = ACTORS.iter().filter_map(|name| there(name)).collect();
                if found.is_empty() {
                    table.column(None, &["actor"], "--columns actor=NAME")?;
                }
                found
            }
        };
        let violence = match how.violence {
            Some(_) => Some(table.column(None, &["type_of_violence"], "a header that says so")?),
            None => None,
        };
        let released = match &mapping.released {
            Some(name) => Some(table.column(Some(name), &[], "--columns released=NAME")?),
            None => None,
        };
        let id = if table.ged { there("id") } else { there("event_id_cnty").or_else(|| there("eventid")) };
        Ok(Self {
            end: own("date_start").and_then(|_| there("date_end")),
            precision: own("date_prec").or_else(|| own("time_precision")),
            date,
            count,
            unit,
            actors,
            violence,
            released,
            id: id.filter(|_| count.is_none()),
        })
    }
}

/// Whether a unit is the one asked for: the same in any case, with or without what stands in brackets.
fn is_unit(own: &str, asked: &str) -> bool {
    let bare = |name: &str| name.split(" (").next().unwrap_or(name).trim().to_lowercase();
    own.to_lowercase() == asked.to_lowercase() || bare(own) == asked.trim().to_lowercase()
}

/// Whether a name holds what is asked for, as whole words.
fn names_actor(own: &str, asked: &str) -> bool {
    let (own, asked) = (own.to_lowercase(), asked.trim().to_lowercase());
    if asked.is_empty() {
        return false;
    }
    own.match_indices(&asked).any(|(at, _)| {
        let before = own[..at].chars().next_back();
        let after = own[at + asked.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Names like one asked for that isn't there.
fn like<'a>(names: impl Iterator<Item = &'a str>, asked: &str) -> Vec<String> {
    let asked = asked.trim().to_lowercase();
    let head: String = asked.chars().take(3).collect();
    let mut found: Vec<String> = names
        .filter(|name| {
            let name = name.to_lowercase();
            !head.is_empty() && (name.contains(&asked) || name.starts_with(&head))
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found.truncate(LIKE_MAX);
    found
}

/// Names that are offered in place of one that isn't there.
const LIKE_MAX: usize = 5;

/// The names met most.
fn most<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names.filter(|name| !name.is_empty()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut all: Vec<(&str, usize)> = counts.into_iter().collect();
    all.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(two.0)));
    all.into_iter().take(LIKE_MAX).map(|(name, _)| name.to_owned()).collect()
}

/// The day of a row: exact, or known too loosely (none).
fn day_in(fields: &[String], places: &Places, order: Order) -> Result<Option<Day>, String> {
    let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
    if let [year, month, day] = places.date[..] {
        let number = |at: usize| {
            field(at)
                .parse::<u32>()
                .map_err(|_| format!("`{}` is no number of a year, month or day; correct the row", field(at)))
        };
        let (year, month, day) = (number(year)?, number(month)?, number(day)?);
        if month == 0 || day == 0 {
            return Ok(None);
        }
        return day_of(year as i32, month, day)
            .map(Some)
            .ok_or_else(|| format!("{year}-{month:02}-{day:02} is no day of the calendar; correct the row"));
    }
    let day = date::read(field(places.date[0]), order)?;
    let loose = places.precision.is_some_and(|at| field(at).parse::<f64>().is_ok_and(|value| value > 1.0))
        || places.end.is_some_and(|at| date::read(field(at), order).is_ok_and(|end| end != day));
    Ok((!loose).then_some(day))
}

/// A series of days from the text of a table.
///
/// # Errors
/// When the table lacks a header or a column, holds nothing of what is asked for, or spans more than two hundred years; single rows that
/// can't be used are problems.
pub fn days(text: &str, how: &DayReading) -> Result<Days, Error> {
    let mut table = Table::of(text)?;
    if let [only] = &table.header[..]
        && date::read(only, Order::Unknown).is_ok()
    {
        // Days alone, one a line, need no name.
        table.records.insert(0, (1, vec![only.clone()]));
        table.header = vec!["date".to_owned()];
    }
    let places = Places::of(&table, how)?;
    let column = |fields: &'_ [String], at: usize| fields.get(at).map_or("", |field| field.trim()).to_owned();
    let dates: Vec<String> = table.records.iter().map(|(_, fields)| column(fields, places.date[0])).collect();
    let order = date::order(dates.iter().map(String::as_str));
    let end = [how.until, how.as_of].into_iter().flatten().min();
    let mut problems = Vec::new();
    let mut inexact = 0;
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    // First and last day of all rows, whatever unit they are of, with their lines.
    let mut span: Option<((Day, usize), (Day, usize))> = None;
    let (mut named, mut met) = (Vec::new(), false);
    for (line, fields) in &table.records {
        let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
        if fields.len() != table.header.len() {
            let message = format!(
                "{} fields where the header has {}; check quotes and commas",
                fields.len(),
                table.header.len()
            );
            problems.push(problem(*line, "date", message));
            continue;
        }
        if places.violence.is_some_and(|at| field(at).parse::<u8>().ok() != how.violence) {
            continue;
        }
        let day = match day_in(fields, &places, order) {
            Ok(day) => day,
            Err(message) => {
                problems.push(problem(*line, "date", message));
                continue;
            }
        };
        if day.is_some_and(|day| end.is_some_and(|end| day > end) || how.from.is_some_and(|from| day < from))
        {
            continue;
        }
        let released = match places.released.map(|at| (at, date::read(field(at), Order::Unknown))) {
            None => None,
            Some((_, Ok(day))) => Some(day),
            Some((_, Err(message))) => {
                problems.push(problem(*line, "released", message));
                continue;
            }
        };
        if released.is_some_and(|day| how.as_of.is_some_and(|as_of| day > as_of)) {
            continue;
        }
        let unit = places.unit.map_or("", &field);
        let fits = how.unit.as_ref().is_none_or(|asked| is_unit(unit, asked));
        if !fits {
            named.push(unit);
        } else if let Some(asked) = &how.actor
            && !places.actors.iter().any(|at| names_actor(field(*at), asked))
        {
            named.extend(places.actors.iter().map(|at| field(*at)));
        }
        let fits = fits
            && how
                .actor
                .as_ref()
                .is_none_or(|asked| places.actors.iter().any(|at| names_actor(field(*at), asked)));
        // Of counts a unit's own rows tell where it begins; of events all rows tell what the table covers.
        if let Some(day) = day
            && (fits || places.count.is_none())
        {
            let (first, last) = span.unwrap_or(((day, *line), (day, *line)));
            span = Some((first.min((day, *line)), last.max((day, *line))));
        }
        if !fits {
            continue;
        }
        met = true;
        let count = match places.count.map(|at| (field(at), field(at).parse::<f64>())) {
            None => 1.0,
            Some((_, Ok(count))) if (0.0..=COUNT_MAX).contains(&count) && count.fract() == 0.0 => count,
            Some((text, parsed)) => {
                let message = match parsed {
                    Ok(count) if count < 0.0 => {
                        format!("{text} is negative; counts are 0 or more: correct or remove the row")
                    }
                    Ok(count) if count > COUNT_MAX => {
                        format!("{text} events on one day are too many; correct the row")
                    }
                    _ => format!("`{text}` is no whole number; write 0 if nothing happened"),
                };
                problems.push(problem(*line, "count", message));
                continue;
            }
        };
        let Some(day) = day else {
            inexact += 1;
            continue;
        };
        let key = match (places.count, places.id.map(field)) {
            (Some(_), _) => format!("{unit}\u{0}{}", day.0),
            (None, Some(id)) if !id.is_empty() => id.to_owned(),
            _ => format!("\u{0}{line}"),
        };
        let entry = Entry { released, day, count: count as u32, line: *line };
        match entries.get(&key) {
            Some(other) if other.released == released => {
                let (column, message) = if places.count.is_some() {
                    (
                        "date",
                        format!(
                            "{} is also in line {}; keep one row a day, or give each its release",
                            written(day),
                            other.line
                        ),
                    )
                } else {
                    ("id", format!("event `{key}` is also in line {}; it counts once", other.line))
                };
                problems.push(problem(*line, column, message));
            }
            Some(other) if other.released > released => {}
            _ => {
                entries.insert(key, entry);
            }
        }
    }
    let asked = [&how.unit, &how.actor].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let near = |asked: &[&str]| -> Vec<String> {
        let found: Vec<String> = asked.iter().flat_map(|asked| like(named.iter().copied(), asked)).collect();
        if found.is_empty() { most(named.iter().copied()) } else { found }
    };
    let Some((mut first, mut last)) = span.filter(|_| met && !entries.is_empty()) else {
        return Err(Error::NoDays { asked: asked.join(", "), like: near(&asked), inexact });
    };
    first.0 = how.from.unwrap_or(first.0);
    last.0 = how.until.or(how.as_of.filter(|_| places.released.is_some())).unwrap_or(last.0);
    if last.0.0 - first.0.0 >= DAYS_MAX {
        return Err(Error::Span { first, last });
    }
    let length = usize::try_from(last.0.0 - first.0.0 + 1).unwrap_or(0);
    let mut counts = vec![0_u32; length];
    let mut rows = vec![0_usize; length];
    for entry in entries.values() {
        let at = (entry.day.0 - first.0.0) as usize;
        counts[at] = counts[at].saturating_add(entry.count);
        rows[at] = rows[at].max(entry.line);
    }
    if places.count.is_some() && !how.sparse {
        gaps(first.0, &rows, &mut problems);
    }
    problems.sort_by_key(|problem| problem.line);
    let tells_exactness = places.precision.is_some() || places.end.is_some() || places.date.len() > 1;
    Ok(Days { first: first.0, counts, events: places.count.is_none(), inexact, tells_exactness, problems })
}

/// Runs of days without a row in a table of counts.
fn gaps(first: Day, rows: &[usize], problems: &mut Vec<Problem>) {
    let mut at = 0;
    while at < rows.len() {
        let length = rows[at..].iter().take_while(|line| **line == 0).count();
        if length > 0 {
            let day = written(Day(first.0 + at as i32));
            let days = if length == 1 { "1 day".to_owned() } else { format!("{length} days") };
            let message = format!(
                "{day} has no row ({days} missing): counted as 0; add rows with the counts, or say --sparse if the table lists only days on which something happened"
            );
            problems.push(Problem {
                line: at.checked_sub(1).map(|before| rows[before]).filter(|line| *line > 0),
                column: "date",
                message,
            });
        }
        at += length.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, how: &DayReading) -> (Vec<u32>, Vec<String>) {
        let found = days(text, how).unwrap();
        (found.counts, found.problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn counts_with_gaps_doubles_and_poor_rows() {
        let text = "date,count\n2020-01-01,2\n2020-01-02,-1\n2020-01-04,1\n2020-01-04,3\n2020-02-30,1\n2020-01-05,x\n2020-01-06,1\n2020-01-07\n";
        let (counts, problems) = told(text, &DayReading::default());
        assert_eq!(counts, [2, 0, 0, 1, 0, 1]);
        for words in [
            "line 3, column `count`: -1 is negative",
            "line 2, column `date`: 2020-01-02 has no row (2 days missing): counted as 0",
            "line 5, column `date`: 2020-01-04 is also in line 4",
            "line 6, column `date`: `2020-02-30` is no day of the calendar",
            "line 7, column `count`: `x` is no whole number",
            "line 9, column `date`: 1 fields where the header has 2",
        ] {
            assert!(problems.iter().any(|told| told.starts_with(words)), "{words}: {problems:?}");
        }
        let sparse = DayReading { sparse: true, ..DayReading::default() };
        assert_eq!(told("date,count\n2020-01-01,2\n2020-01-04,1\n", &sparse), (vec![2, 0, 0, 1], vec![]));
    }

    #[test]
    fn events_are_counted_and_those_without_a_day_left_out() {
        let text = "id,country,country_id,side_a,side_b,type_of_violence,date_prec,date_start,date_end,best\n\
            1,Xland (Old),900,Government,Red Front,1,1,2020-01-03 00:00:00.000,2020-01-03 00:00:00.000,0\n\
            2,Xland (Old),900,Government,Red Front,1,1,2020-01-03 00:00:00.000,2020-01-03 00:00:00.000,4\n\
            2,Xland (Old),900,Government,Red Front,1,1,2020-01-03 00:00:00.000,2020-01-03 00:00:00.000,4\n\
            3,Xland (Old),900,Government,Red Fronts,1,4,2020-01-01 00:00:00.000,2020-01-31 00:00:00.000,4\n\
            4,Yland,901,Blue,Red,3,1,2020-01-01 00:00:00.000,2020-01-01 00:00:00.000,4\n";
        let of = |how: &DayReading| days(text, how).unwrap();
        let all = of(&DayReading::default());
        assert_eq!((all.counts, all.inexact), (vec![1, 0, 2], 1));
        assert!(all.problems[0].to_string().starts_with("line 4, column `id`: event `2` is also in line 3"));
        // The table covers the days of all its rows.
        let one = of(&DayReading { unit: Some("xland".to_owned()), ..DayReading::default() });
        assert_eq!(one.counts, [0, 0, 2]);
        let actor = |name: &str| DayReading { actor: Some(name.to_owned()), ..DayReading::default() };
        assert_eq!(of(&actor("red front")).counts, [0, 0, 2]);
        assert_eq!(of(&actor("red")).counts, [1, 0, 2]);
        let type3 = DayReading { violence: Some(3), ..DayReading::default() };
        assert_eq!(of(&type3).counts, [1]);
        let none = days(text, &DayReading { unit: Some("Xlend".to_owned()), ..DayReading::default() });
        assert!(none.unwrap_err().to_string().contains("no row of `Xlend`"));
    }

    #[test]
    fn other_known_tables() {
        let acled = "event_id_cnty,event_date,time_precision,actor1,country,fatalities\n\
            AAA1,03 April 2020,1,Rebels,Xland,0\nAAA2,05 April 2020,1,Rebels,Xland,2\nAAA3,01 April 2020,3,Rebels,Xland,2\n";
        let found = days(acled, &DayReading::default()).unwrap();
        assert_eq!((found.counts, found.inexact, found.events), (vec![1, 0, 1], 1, true));
        let gtd = "eventid,iyear,imonth,iday,country_txt,gname,nkill\n1,2001,2,3,Xland,A,1\n2,2001,2,0,Xland,A,1\n3,2001,2,4,Xland,A,\n";
        let found = days(gtd, &DayReading::default()).unwrap();
        assert_eq!((found.counts, found.inexact), (vec![1, 1], 1));
    }

    #[test]
    fn what_lies_outside_is_left_out_and_what_is_asked_for_is_spanned() {
        let text = "date\n2020-01-03\n2020-01-05\n2020-01-09\n";
        let how = |from, until| DayReading { from, until, ..DayReading::default() };
        let of = |how: &DayReading| days(text, how).unwrap().counts;
        assert_eq!(of(&how(None, day_of(2020, 1, 6))), [1, 0, 1, 0]);
        assert_eq!(of(&how(day_of(2020, 1, 2), None)), [0, 1, 0, 1, 0, 0, 0, 1]);
        let as_of = DayReading { as_of: day_of(2020, 1, 6), ..DayReading::default() };
        assert_eq!(of(&as_of), [1, 0, 1]);
        assert!(days(text, &how(None, day_of(2019, 1, 1))).is_err());
        let slip = days("date\n0202-01-03\n2020-01-05\n", &DayReading::default()).unwrap_err();
        assert!(slip.to_string().contains("0202-01-03 (line 2) to 2020-01-05 (line 3)"), "{slip}");
    }

    #[test]
    fn the_last_release_by_the_day_counts() {
        let text = "date,count,released\n2020-01-01,1,2020-02-01\n2020-01-02,1,2020-02-01\n2020-01-01,5,2020-03-01\n2020-01-02,0,2020-03-01\n";
        let of = |day| {
            let mapping = DayMapping { released: Some("released".to_owned()), ..DayMapping::default() };
            let how = DayReading { mapping, as_of: day, sparse: true, ..DayReading::default() };
            days(text, &how).unwrap().counts[..2].to_vec()
        };
        assert_eq!(of(None), [5, 0]);
        assert_eq!(of(day_of(2020, 2, 15)), [1, 1]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(date|day|count|,|\n|2020-01-0[1-9]|[0-9]{1,4}|[a-z ,\"]){0,40}") {
            let _ = days(&text, &DayReading::default());
            let _ = days(&text, &DayReading { unit: Some("a".to_owned()), ..DayReading::default() });
        }

        #[test]
        fn nothing_after_the_day_shows(counts in proptest::collection::vec(0_u32..4, 40), others in proptest::collection::vec(0_u32..9, 40)) {
            let table = |counts: &[u32]| {
                let mut text = "date,count\n".to_owned();
                for (at, count) in counts.iter().enumerate() {
                    text.push_str(&format!("{},{count}\n", written(Day(18_000 + at as i32))));
                }
                text
            };
            let mut changed = counts.clone();
            changed[25..].copy_from_slice(&others[25..]);
            let how = DayReading { as_of: Some(Day(18_024)), ..DayReading::default() };
            proptest::prop_assert_eq!(days(&table(&counts), &how), days(&table(&changed), &how));
        }
    }
}
