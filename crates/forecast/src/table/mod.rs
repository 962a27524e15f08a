//! Tables of events or of totals, from the text of a file: fields parted by commas, tabs or semicolons, quoted where they need it (RFC 4180).
//!
//! In: text and which columns mean what. Out: sizes or rows, and what is wrong, by line and column. Known by themselves: UCDP GED and its
//! candidate releases, with their header or without (49 columns, as in versions 17.1 and later). What it does not do: open files.

mod date;
mod days;

use date::Order;
pub use date::{day_of, written};
pub use days::{DayMapping, DayReading, Days, days};

use watchkeeper_record::article::Date;

use crate::panel::{Day, Month, Problem, Row};

/// Columns of UCDP GED from version 17.1 on, by place; used where a file has no header.
const GED: [(&str, usize); 12] = [
    ("id", 0),
    ("type_of_violence", 5),
    ("side_a", 14),
    ("side_b", 17),
    ("adm_1", 27),
    ("country", 33),
    ("country_id", 34),
    ("date_prec", 37),
    ("date_start", 38),
    ("date_end", 39),
    ("best", 44),
    ("low", 46),
];
/// Number of columns of such a file.
const GED_COLUMNS: usize = 49;

/// Why a table can't be used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The file holds nothing.
    Empty,
    /// A column isn't there.
    Column {
        /// Its name.
        wanted: String,
        /// The names that are there.
        there: Vec<String>,
        /// The option that names it.
        option: &'static str,
    },
    /// The first line holds no names and the file isn't UCDP GED.
    Header {
        /// Number of its columns.
        columns: usize,
    },
    /// No event on a day that is known, of those asked for.
    NoDays {
        /// Unit and actor; empty where none was asked for.
        asked: String,
        /// Names like them, else those met most.
        like: Vec<String>,
        /// Events left out since their day isn't known exactly.
        inexact: usize,
    },
    /// The days lie too far apart.
    Span {
        /// The first, with its line.
        first: (Day, usize),
        /// The last, with its line.
        last: (Day, usize),
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(out, "line 1: the file is empty"),
            Self::Column { wanted, there, option } => write!(
                out,
                "line 1: no column `{wanted}`; there are {}; name the right one with {option}",
                names(there)
            ),
            Self::Header { columns } => write!(
                out,
                "line 1: the header is missing ({columns} columns, all numbers in the first line; UCDP GED without a header has {GED_COLUMNS}); add a first line with the names of the columns"
            ),
            Self::NoDays { asked, like, inexact } => {
                write!(out, "no row")?;
                if !asked.is_empty() {
                    write!(out, " of `{asked}`")?;
                }
                write!(out, " within the days asked for")?;
                if *inexact > 0 {
                    write!(out, " whose day is known exactly ({inexact} without)")?;
                }
                if like.is_empty() { Ok(()) } else { write!(out, "; there are {}", names(like)) }
            }
            Self::Span { first, last } => write!(
                out,
                "column `date`: {} (line {}) to {} (line {}) are more than 200 years: correct the row that is a slip, or cut with --from and --until",
                written(first.0),
                first.1,
                written(last.0),
                last.1
            ),
        }
    }
}

impl std::error::Error for Error {}

/// Names of columns that are shown of many, and letters of each.
const SHOWN: (usize, usize) = (20, 40);

fn names(all: &[String]) -> String {
    let shown = all.iter().take(SHOWN.0).map(|name| {
        let clean: String = name.chars().filter(|letter| !letter.is_control()).take(SHOWN.1).collect();
        format!("`{clean}`")
    });
    let more = if all.len() > SHOWN.0 { format!(" and {} more", all.len() - SHOWN.0) } else { String::new() };
    format!("{}{more}", shown.collect::<Vec<_>>().join(", "))
}

/// Which columns mean what, by name. Unset ones are looked for under usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The unit.
    pub unit: Option<String>,
    /// The month (`YYYY-MM`), the day (`YYYY-MM-DD`) or VIEWS' number of the month (a column `month_id`).
    pub month: Option<String>,
    /// Deaths or events.
    pub value: Option<String>,
    /// The day of release (`YYYY-MM-DD`).
    pub released: Option<String>,
}

/// A table taken apart.
struct Table {
    header: Vec<String>,
    /// Number of the line on which each record begins, and its fields.
    records: Vec<(usize, Vec<String>)>,
    ged: bool,
    acled: bool,
}

/// What parts the fields: of comma, tab and semicolon the one that the first line holds most of, outside quotes.
fn separator(text: &str) -> char {
    let mut quoted = false;
    let mut counts = [(',', 0), ('\t', 0), (';', 0)];
    for letter in text.lines().next().unwrap_or_default().chars() {
        quoted ^= letter == '"';
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && letter == *separator);
        }
    }
    // Of equals the first.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| *separator)
}

/// Records of fields; a quoted field may hold separators, doubled quotes and line ends.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let separator = separator(text);
    let (mut out, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut line, mut begun) = (false, 1, 1);
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                field.push('"');
                letters.next();
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            parting if parting == separator && !quoted => fields.push(std::mem::take(&mut field)),
            '\n' => {
                line += 1;
                if quoted {
                    field.push('\n');
                    continue;
                }
                fields.push(std::mem::take(&mut field).trim_end_matches('\r').to_owned());
                let done = std::mem::take(&mut fields);
                if done.len() > 1 || !done[0].trim().is_empty() {
                    out.push((begun, done));
                }
                begun = line;
            }
            other => field.push(other),
        }
    }
    fields.push(field.trim_end_matches('\r').to_owned());
    if fields.len() > 1 || !fields[0].trim().is_empty() {
        out.push((begun, fields));
    }
    out
}

impl Table {
    fn of(text: &str) -> Result<Self, Error> {
        let mut records = records(text);
        let Some((_, first)) = records.first() else { return Err(Error::Empty) };
        let columns = first.len();
        let is_number = |field: &String| field.trim().parse::<f64>().is_ok();
        let named = !first.iter().any(is_number);
        if named {
            let header: Vec<String> = records.remove(0).1.iter().map(|name| name.trim().to_owned()).collect();
            let has = |wanted: &str| header.iter().any(|name| name == wanted);
            let ged = has("best") && has("date_end") && has("country_id");
            let acled = has("event_date") && has("fatalities") && has("event_id_cnty");
            return Ok(Self { header, records, ged, acled });
        }
        if columns == GED_COLUMNS {
            let mut header: Vec<String> = (0..columns).map(|at| format!("column {}", at + 1)).collect();
            for (name, at) in GED {
                name.clone_into(&mut header[at]);
            }
            return Ok(Self { header, records, ged: true, acled: false });
        }
        if columns == 1 {
            // One number a line needs no name.
            return Ok(Self { header: vec!["value".to_owned()], records, ged: false, acled: false });
        }
        Err(Error::Header { columns })
    }

    /// Place of a column: the one asked for, else the first usual name that is there.
    fn column(&self, asked: Option<&String>, usual: &[&str], option: &'static str) -> Result<usize, Error> {
        let place = |wanted: &str| self.header.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let found = match asked {
            Some(wanted) => place(wanted),
            None => usual.iter().find_map(|wanted| place(wanted)),
        };
        found.ok_or_else(|| Error::Column {
            wanted: asked.cloned().unwrap_or_else(|| usual[0].to_owned()),
            there: self.header.clone(),
            option,
        })
    }
}

fn problem(line: usize, column: &'static str, message: String) -> Problem {
    Problem { line: Some(line), column, message }
}

/// A month as `YYYY-MM`, by its number, or of a day.
fn month(text: &str, numbered: bool, order: Order) -> Result<Month, String> {
    let text = text.trim();
    if numbered {
        return text.parse().map(Month).map_err(|_| format!("`{text}` is no number of a month"));
    }
    let mut parts = text.split('-');
    let year = parts.next().and_then(|year| year.parse().ok());
    let number = parts.next().and_then(|month| month.parse().ok());
    match (year, number) {
        (Some(year), Some(number)) if year > 31 => Month::of(year, number)
            .ok_or_else(|| format!("`{text}` has month {number}; months are 01 to 12: correct the row")),
        _ => match date::read(text, order) {
            Ok(day) => Date::from_days(day.0)
                .and_then(|day| Month::of(day.year(), day.month()))
                .ok_or_else(|| format!("`{text}` is no month")),
            Err(why) if text.contains(|letter: char| letter.is_ascii_digit()) && text.len() > 7 => Err(why),
            Err(_) => Err(format!(
                "`{text}` is no month; write YYYY-MM or YYYY-MM-DD, or number months in a column `month_id`"
            )),
        },
    }
}

/// Sizes of events: whole numbers. Rows of 0 are left out, they are not events with deaths.
///
/// # Errors
/// When the table has no usable column; single rows that can't be used are problems.
pub fn sizes(text: &str, value: Option<&String>) -> Result<(Vec<u64>, Vec<Problem>), Error> {
    let table = Table::of(text)?;
    let at = table.column(value, &["value", "deaths", "best", "size", "fatalities"], "--column NAME")?;
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    for (line, fields) in &table.records {
        let text = fields.get(at).map_or("", |field| field.trim());
        match text.parse::<f64>() {
            Ok(size) if size < 0.0 => {
                problems.push(problem(
                    *line,
                    "value",
                    format!("{size} is negative; sizes are 0 or more: correct or remove the row"),
                ));
            }
            Ok(size) if size.fract() == 0.0 && size < 1e15 => {
                if size > 0.0 {
                    out.push(size as u64);
                }
            }
            _ => problems.push(problem(
                *line,
                "value",
                format!("`{text}` is no whole number; correct or remove the row"),
            )),
        }
    }
    Ok((out, problems))
}

/// What a table of months or events gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether rows are single events, to be summed, with nothing happening in between.
    pub events: bool,
    /// Rows that can't be used.
    pub problems: Vec<Problem>,
}

/// How a table of months or events is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Which columns mean what.
    pub mapping: Mapping,
    /// Units are first-order provinces, `country/province`, where the table tells them.
    pub admin1: bool,
    /// Only this type of UCDP's organised violence: 1 state-based, 2 non-state, 3 one-sided.
    pub violence: Option<u8>,
    /// Rows are single events, to be summed (of UCDP and ACLED they are in any case).
    pub events: bool,
    /// Day of release of all rows, where the table itself tells none.
    pub released: Option<Day>,
}

/// Rows for a panel. An event of UCDP counts in the month in which it ended, as in VIEWS.
///
/// # Errors
/// When the table lacks a header or a column; single rows that can't be used are problems.
pub fn rows(text: &str, how: &Reading) -> Result<Read, Error> {
    let table = Table::of(text)?;
    let unit = table.column(
        how.mapping.unit.as_ref(),
        if table.ged { &["country"] } else { &["unit", "country", "country_id", "country_code"] },
        "--columns unit=NAME",
    )?;
    let at = table.column(
        how.mapping.month.as_ref(),
        match (table.ged, table.acled) {
            (true, _) => &["date_end"],
            (_, true) => &["event_date"],
            _ => &["month", "month_id", "date", "event_date"],
        },
        "--columns month=NAME",
    )?;
    let value = table.column(
        how.mapping.value.as_ref(),
        if table.ged {
            &["best"]
        } else {
            &["value", "deaths", "ged_sb", "best", "count", "events", "fatalities"]
        },
        "--columns value=NAME",
    )?;
    let province = if how.admin1 {
        Some(table.column(None, &["adm_1", "admin1", "province"], "a header that says `adm_1`")?)
    } else {
        None
    };
    let kind = match how.violence {
        Some(_) => Some(table.column(None, &["type_of_violence"], "a header that says so")?),
        None => None,
    };
    let release = match &how.mapping.released {
        Some(name) => Some(table.column(Some(name), &[], "--columns released=NAME")?),
        None => None,
    };
    let numbered = table.header[at].eq_ignore_ascii_case("month_id");
    let order =
        date::order(table.records.iter().filter_map(|(_, fields)| fields.get(at)).map(String::as_str));
    let mut read =
        Read { rows: Vec::new(), events: how.events || table.ged || table.acled, problems: Vec::new() };
    for (line, fields) in &table.records {
        let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
        if fields.len() != table.header.len() {
            read.problems.push(problem(
                *line,
                "unit",
                format!(
                    "{} fields where the header has {}; check quotes and commas",
                    fields.len(),
                    table.header.len()
                ),
            ));
            continue;
        }
        if kind.is_some_and(|at| field(at).parse::<u8>().ok() != how.violence) {
            continue;
        }
        let month = match month(field(at), numbered, order) {
            Ok(month) => month,
            Err(message) => {
                read.problems.push(problem(*line, "month", message));
                continue;
            }
        };
        let count: f64 = match field(value).parse() {
            Ok(count) => count,
            Err(_) => {
                read.problems.push(problem(
                    *line,
                    "value",
                    format!("`{}` is no number; write 0 if nothing happened", field(value)),
                ));
                continue;
            }
        };
        if !(0.0..1e12).contains(&count) {
            read.problems.push(problem(
                *line,
                "value",
                format!("{count} is not a count of 0 or more; correct or remove the row"),
            ));
            continue;
        }
        let released = match release {
            Some(at) => match date::read(field(at), Order::Unknown) {
                Ok(day) => Some(day),
                Err(message) => {
                    read.problems.push(problem(*line, "released", message));
                    continue;
                }
            },
            None => how.released,
        };
        let mut name = field(unit).to_owned();
        if let Some(at) = province {
            let within = field(at);
            name = format!("{name}/{}", if within.is_empty() { "unknown" } else { within });
        }
        if field(unit).is_empty() {
            read.problems.push(problem(*line, "unit", "the unit is empty; name a country".to_owned()));
            continue;
        }
        read.rows.push(Row { line: *line, unit: name, month, value: count, released });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_commas_and_line_ends() {
        let text = "unit,month,value\r\n\"A, B\",2020-01,3\n\"C \"\"D\"\"\nE\",2020-02-11,4";
        let read = rows(text, &Reading::default()).unwrap();
        assert_eq!(read.rows[0].unit, "A, B");
        assert_eq!(read.rows[1].unit, "C \"D\"\nE");
        assert_eq!((read.rows[1].line, read.rows[1].month), (3, Month::of(2020, 2).unwrap()));
    }

    #[test]
    fn tabs_and_semicolons_part_fields_too() {
        for text in ["year\tdeaths\n1990\t4\n1991\t9\n", "year;deaths\n1990;4\n1991;9\n", "deaths\n4\n9\n"] {
            assert_eq!(sizes(text, None).unwrap().0, [4, 9], "{text}");
        }
        let text = "\"a;b;c\",unit,month,value\nx,A,2020-01,3\n";
        assert_eq!(rows(text, &Reading::default()).unwrap().rows[0].unit, "A");
        let Err(error) = sizes("a\tb\n1\t2\n", None) else { panic!("no such column") };
        assert!(
            error.to_string().ends_with("there are `a`, `b`; name the right one with --column NAME"),
            "{error}"
        );
    }

    #[test]
    fn poor_rows_are_told_by_line_and_column() {
        let text =
            "unit,month,value\nA,2020-13,1\nA,2020-01,-4\n,2020-01,1\nA,2020-02,x\nA,2020-03\nA,soon,1\n";
        let read = rows(text, &Reading::default()).unwrap();
        assert!(read.rows.is_empty());
        let told: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
        for (at, words) in [
            "line 2, column `month`: `2020-13` has month 13; months are 01 to 12",
            "line 3, column `value`: -4 is not a count",
            "line 4, column `unit`: the unit is empty",
            "line 5, column `value`: `x` is no number",
            "line 6, column `unit`: 2 fields where the header has 3",
            "line 7, column `month`: `soon` is no month",
        ]
        .iter()
        .enumerate()
        {
            assert!(told[at].starts_with(words), "{}", told[at]);
        }
    }

    #[test]
    fn tables_that_cannot_be_used_say_why() {
        assert_eq!(rows("", &Reading::default()), Err(Error::Empty));
        let none = rows("1,2020-01,3\n", &Reading::default()).unwrap_err();
        assert!(none.to_string().contains("header is missing"), "{none}");
        let wrong = rows("land,month,value\nA,2020-01,1\n", &Reading::default()).unwrap_err();
        assert!(
            wrong.to_string().contains("no column `unit`; there are `land`, `month`, `value`"),
            "{wrong}"
        );
    }

    #[test]
    fn ged_is_known_with_and_without_its_header() {
        let mut fields = vec!["0"; GED_COLUMNS];
        for (at, text) in [
            (5, "1"),
            (27, "North"),
            (33, "Xland"),
            (34, "900"),
            (38, "2020-04-30"),
            (39, "2020-05-01"),
            (44, "7"),
        ] {
            fields[at] = text;
        }
        let line = fields.join(",");
        let read = rows(&line, &Reading { admin1: true, violence: Some(1), ..Reading::default() }).unwrap();
        assert!(read.events);
        assert_eq!(read.rows[0].unit, "Xland/North");
        assert_eq!(read.rows[0].month.to_string(), "2020-05");
        let text =
            "id,type_of_violence,country,country_id,date_end,best\n5,2,Xland,900,2020-05-01 00:00:00,7\n";
        assert!(rows(text, &Reading { violence: Some(1), ..Reading::default() }).unwrap().rows.is_empty());
        assert_eq!(rows(text, &Reading::default()).unwrap().rows[0].value, 7.0);
        assert_eq!(sizes(text, None).unwrap().0, [7]);
    }

    #[test]
    fn sizes_may_stand_alone() {
        let (sizes, problems) = sizes("3\n1\n0\n-2\n2.5\n", None).unwrap();
        assert_eq!(sizes, [3, 1]);
        assert_eq!(problems.len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,300}") {
            let _ = rows(&text, &Reading { admin1: true, ..Reading::default() });
            let _ = sizes(&text, None);
        }
    }
}
