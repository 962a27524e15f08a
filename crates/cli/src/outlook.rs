//! What the commands about the future share: reading tables, and giving out text, JSON, CSV and pages.

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use watchkeeper_forecast::backtest::last_day;
use watchkeeper_forecast::panel::{Day, Month, Options, Problem, Row};
use watchkeeper_forecast::table::{self, Mapping, Reading};
use watchkeeper_report::plot::Sheet;
use watchkeeper_store::Mode;

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::counted::{Counted, Toll, counted};
use crate::record::{self, Database};
use crate::text::wrapped;

/// Problems of one file that are shown before the rest is only counted.
const SHOWN_MAX: usize = 10;

/// How results are given out.
#[derive(Args)]
pub(crate) struct Given {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the table as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write one self-contained page with charts (SVG) and tables.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Seed of all that is drawn; the same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// A result in all its forms.
pub(crate) struct Told {
    /// For the terminal.
    pub(crate) text: String,
    /// For programs.
    pub(crate) json: serde_json::Value,
    /// Names of columns, then rows.
    pub(crate) csv: (Vec<&'static str>, Vec<Vec<String>>),
    /// The page.
    pub(crate) sheet: Sheet,
}

impl Given {
    /// Writes a result wherever it was asked for; `poor` says that some rows couldn't be used.
    pub(crate) fn tell(&self, told: &Told, poor: bool) -> Outcome {
        let files = [(&self.csv, csv(&told.csv)), (&self.html, told.sheet.render())];
        for (file, text) in files.iter().filter_map(|(file, text)| Some((file.as_ref()?, text))) {
            if let Err(error) = std::fs::write(file, text) {
                complain(&format!("cannot write {}: {error}", file.display()));
                return Outcome::Unwritten;
            }
        }
        let mut out = std::io::stdout().lock();
        let written = if self.json { writeln!(out, "{}", told.json) } else { write!(out, "{}", told.text) };
        match Outcome::of_writing(written.and_then(|()| out.flush())) {
            Outcome::Complete if poor => Outcome::Partial,
            other => other,
        }
    }
}

/// Rows as CSV, quoted where needed.
fn csv((names, rows): &(Vec<&'static str>, Vec<Vec<String>>)) -> String {
    let quoted = |field: &str| {
        if field.contains([',', '"', '\n']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.to_owned()
        }
    };
    let mut out = names.join(",");
    for row in rows {
        out.push('\n');
        out.push_str(&row.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(","));
    }
    out.push('\n');
    out
}

/// Text of a file; `-` is standard input.
pub(crate) fn text(path: &Path) -> Option<String> {
    let read = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    read.map_err(|error| complain(&format!("cannot read {}: {error}", path.display()))).ok()
}

/// Says what is wrong with rows of a file.
pub(crate) fn complain_of(path: &Path, problems: &[Problem]) {
    for problem in problems.iter().take(SHOWN_MAX) {
        complain(&format!("{}: {problem}", path.display()));
    }
    if problems.len() > SHOWN_MAX {
        complain(&format!("{}: {} more rows can't be used", path.display(), problems.len() - SHOWN_MAX));
    }
}

/// How many threads may work.
pub(crate) fn workers() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Tables of months or events.
#[derive(Args)]
pub(crate) struct Tables {
    /// Tables: UCDP GED or its candidate releases (with header or without), or CSV with a unit, a month and a value. Of several that tell of
    /// the same month the later one counts; - is standard input.
    #[arg(required_unless_present = "from_record", conflicts_with = "from_record", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Count the incidents of the record (--db) instead: those that happened, by country and the month in which they ended. A record made from
    /// reports is no census.
    #[arg(long, conflicts_with_all = ["columns", "violence"])]
    pub(crate) from_record: bool,
    /// Which figure of an incident's killed counts.
    #[arg(long, value_name = "FIGURE", value_enum, default_value = "best", requires = "from_record")]
    toll: Toll,
    /// Which columns mean what, where their names don't tell: unit=NAME,month=NAME,value=NAME,released=NAME.
    #[arg(long, value_name = "MEANING=NAME,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// Count by first-order province, where the table tells them.
    #[arg(long)]
    admin1: bool,
    /// Only this type of UCDP's organised violence: 1 state-based, 2 non-state, 3 one-sided.
    #[arg(long, value_name = "TYPE", value_parser = clap::value_parser!(u8).range(1..=3))]
    violence: Option<u8>,
    /// Leave out what was released (of the record: published) after this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<String>,
    /// Leave out later months.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    until: Option<Month>,
}

/// A month of an option.
pub(crate) fn month(text: &str) -> Result<Month, String> {
    let parts =
        text.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
    parts
        .and_then(|(year, month)| Month::of(year, month))
        .ok_or_else(|| format!("`{text}` is no month YYYY-MM"))
}

/// A day of an option.
fn day(text: &str) -> Option<Day> {
    let (months, day) = text.rsplit_once('-')?;
    let (month, day): (Month, i32) = (month(months).ok()?, day.parse().ok()?);
    (1..=31).contains(&day).then(|| Day(last_day(Month(month.0 - 1)).0 + day))
}

/// What the tables gave.
pub(crate) struct Gathered {
    pub(crate) rows: Vec<Row>,
    pub(crate) options: Options,
    /// Whether some rows couldn't be used.
    pub(crate) poor: bool,
    /// Names of the files.
    pub(crate) name: String,
    /// What is to be said beside every figure; may be empty.
    pub(crate) note: String,
}

impl Tables {
    /// Reads all files. None, with a message, where there is nothing to go on.
    pub(crate) fn gather(&self, database: &Database) -> Option<Gathered> {
        if self.from_record {
            return self.gather_record(database);
        }
        let mut mapping = Mapping::default();
        for pair in &self.columns {
            let slot = match pair.split_once('=') {
                Some(("unit", name)) => (&mut mapping.unit, name),
                Some(("month", name)) => (&mut mapping.month, name),
                Some(("value", name)) => (&mut mapping.value, name),
                Some(("released", name)) => (&mut mapping.released, name),
                _ => {
                    complain(&format!(
                        "--columns `{pair}`: write unit=NAME, month=NAME, value=NAME or released=NAME"
                    ));
                    return None;
                }
            };
            *slot.0 = Some(slot.1.to_owned());
        }
        let as_of = match self.as_of.as_deref().map(|text| (text, day(text))) {
            Some((text, None)) => {
                complain(&format!("--as-of `{text}` is no day YYYY-MM-DD"));
                return None;
            }
            Some((_, found)) => found,
            None => None,
        };
        if as_of.is_some() && mapping.released.is_none() {
            complain("--as-of needs a column that tells when each row was released: --columns released=NAME");
            return None;
        }
        let (mut rows, mut events, mut poor) = (Vec::new(), false, false);
        for (number, path) in self.files.iter().enumerate() {
            let Some(text) = text(path) else {
                poor = true;
                continue;
            };
            // Where the tables don't tell releases, the order of the files does.
            let order = (self.files.len() > 1 && mapping.released.is_none()).then_some(Day(number as i32));
            let how = Reading {
                mapping: mapping.clone(),
                admin1: self.admin1,
                violence: self.violence,
                released: order,
            };
            match table::rows(&text, &how) {
                Ok(read) => {
                    complain_of(path, &read.problems);
                    poor |= !read.problems.is_empty();
                    events |= read.events;
                    rows.extend(read.rows);
                }
                Err(error) => {
                    complain(&format!("{}: {error}", path.display()));
                    poor = true;
                }
            }
        }
        if rows.is_empty() {
            complain("no row that could be used");
            return None;
        }
        let options = Options { as_of, until: self.until, sum: events, zero_fill: events };
        if mapping.released.is_none() && self.files.len() > 1 {
            // The order has served to tell which file counts; it is no date of release.
            rows = settle(rows);
        }
        let name = self.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
        Some(Gathered { rows, options, poor, name, note: String::new() })
    }

    fn gather_record(&self, database: &Database) -> Option<Gathered> {
        let counted = from_record(database, self.as_of.as_deref(), self.admin1, self.toll)?;
        if counted.rows.is_empty() {
            complain(&format!("{}: nothing to count: {}", database.db.display(), counted.note));
            return None;
        }
        let options = Options { as_of: None, until: self.until, sum: true, zero_fill: true };
        let name = format!("record {}", database.db.display());
        Some(Gathered { rows: counted.rows, options, poor: false, name, note: counted.note })
    }
}

/// Counts the record; what stops that is said.
pub(crate) fn from_record(
    database: &Database,
    as_of: Option<&str>,
    admin1: bool,
    toll: Toll,
) -> Option<Counted> {
    let as_of = match as_of.map(|text| (text, record::day(text))) {
        Some((text, Err(_))) => {
            complain(&format!("--as-of `{text}` is no day YYYY-MM-DD"));
            return None;
        }
        Some((_, Ok(day))) => Some(day),
        None => None,
    };
    let store = database.open(Mode::Read).ok()?;
    match counted(&store, as_of, admin1, toll) {
        Ok(counted) => Some(counted),
        Err(error) => {
            record::fail(&error);
            None
        }
    }
}

/// Keeps of each unit and month the rows of the last file that tells of it.
fn settle(rows: Vec<Row>) -> Vec<Row> {
    let mut last = std::collections::BTreeMap::new();
    for row in &rows {
        let entry = last.entry((row.unit.clone(), row.month)).or_insert(row.released);
        *entry = (*entry).max(row.released);
    }
    rows.into_iter()
        .filter(|row| last.get(&(row.unit.clone(), row.month)) == Some(&row.released))
        .map(|row| Row { released: None, ..row })
        .collect()
}

/// Rows of cells, the first being names, as columns where they fit the terminal, else a paragraph a row. Where the output is no terminal and
/// COLUMNS isn't set, as columns.
pub(crate) fn fitted(rows: &[Vec<String>]) -> String {
    let terminal = std::io::stdout().is_terminal();
    if terminal || std::env::var_os("COLUMNS").is_some() {
        within(rows, width(terminal))
    } else {
        columns(rows)
    }
}

fn within(rows: &[Vec<String>], width: usize) -> String {
    let table = columns(rows);
    if table.lines().all(|line| line.chars().count() <= width) {
        return table;
    }
    let Some((names, rows)) = rows.split_first() else { return table };
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> =
            names.iter().zip(row).skip(1).map(|(name, cell)| format!("{name}: {cell}")).collect();
        let head = row.first().map_or("", String::as_str);
        out.push_str(&wrapped(&format!("{head}  {}", cells.join("; ")), "", "    ", width));
    }
    out
}

/// Rows of cells as columns of text.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let right = cell.starts_with(|first: char| first.is_ascii_digit() || "-+<>".contains(first));
            let pad = " ".repeat(widths[at] - cell.chars().count());
            line.push_str(&if right { format!("{pad}{cell}  ") } else { format!("{cell}{pad}  ") });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A count with commas between thousands.
pub(crate) fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if value < -0.5 { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_do_not_fit_become_paragraphs() {
        let rows = [["unit", "25 or more", "term"], ["Aland", "54 %", "roughly even chance"]]
            .map(|row| row.map(str::to_owned).to_vec());
        let wide = within(&rows, 80);
        assert_eq!(wide.lines().count(), 2);
        let narrow = within(&rows, 30);
        assert_eq!(narrow, "Aland  25 or more: 54 %; term:\n    roughly even chance\n");
        assert!(narrow.lines().all(|line| line.chars().count() <= 30));
    }
}
