//! What the commands about the future share: reading tables, and giving out text, JSON, CSV and pages.

use std::io::{IsTerminal, Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use watchkeeper_forecast::panel::{Coverage, Day, Month, Options, Problem, Row};
use watchkeeper_forecast::rate::Around;
use watchkeeper_forecast::scoring::{PIT_BARS, Reliability, THRESHOLD, pit_histogram};
use watchkeeper_forecast::table::{self, Mapping, Reading};
use watchkeeper_report::plot::{Chart, Scale, Series, Shape, Sheet, Surroundings, percent};
use watchkeeper_store::Mode;

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::counted::{Counted, Toll, counted};
use crate::record::{self, Database};
use crate::text::{block, wrapped};

/// Problems of one file that are shown before the rest is only counted.
const SHOWN_MAX: usize = 10;

/// How results are given out.
#[derive(Args)]
pub(crate) struct Given {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the table as CSV; here and below - is standard output, in place of text.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write one self-contained page with charts (SVG) and tables.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the same page as a picture (PNG); where this is a directory, each chart, map and table as a picture of its own.
    #[arg(long, value_name = "FILE|DIR/")]
    png: Option<PathBuf>,
    /// Width of pictures, in pixels.
    #[arg(long, value_name = "PIXELS", default_value_t = 1_600, requires = "png", value_parser = clap::value_parser!(u32).range(200..=8_000))]
    png_width: u32,
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
        let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        files.extend(self.csv.clone().map(|file| (file, csv(&told.csv).into_bytes())));
        files.extend(self.html.clone().map(|file| (file, told.sheet.render().into_bytes())));
        if let Some(path) = &self.png {
            match pictures(path, &told.sheet, self.png_width) {
                Ok(pictures) => files.extend(pictures),
                Err(why) => {
                    complain(&format!("cannot write {}: {why}", path.display()));
                    return Outcome::Unwritten;
                }
            }
        }
        let mut out = std::io::stdout().lock();
        let (piped, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(file, _)| file == Path::new("-"));
        for (file, bytes) in files {
            if let Err(error) = std::fs::write(&file, bytes) {
                complain(&format!("cannot write {}: {error}", file.display()));
                return Outcome::Unwritten;
            }
        }
        // What was asked for on standard output stands there alone.
        if let Some((_, bytes)) = piped.first() {
            return match Outcome::of_writing(out.write_all(bytes).and_then(|()| out.flush())) {
                Outcome::Complete if poor => Outcome::Partial,
                other => other,
            };
        }
        let written =
            if self.json { writeln!(out, "{}", told.json) } else { write!(out, "{}", shown(&told.text)) };
        match Outcome::of_writing(written.and_then(|()| out.flush())) {
            Outcome::Complete if poor => Outcome::Partial,
            other => other,
        }
    }
}

/// Sentences broken where the terminal ends; tables were fitted before.
fn shown(text: &str) -> String {
    let terminal = std::io::stdout().is_terminal();
    if terminal || std::env::var_os("COLUMNS").is_some() {
        block(text, width(terminal))
    } else {
        text.to_owned()
    }
}

/// One picture of all, or one of each view where the path is that of a directory: it is there, or its name ends in a slash.
fn pictures(path: &Path, sheet: &Sheet, width: u32) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let slashed = path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    let large = |error| format!("{error} (--png-width, --limit)");
    if !slashed && !path.is_dir() {
        return Ok(vec![(path.to_owned(), sheet.png(width).map_err(large)?)]);
    }
    let views = sheet.views(width).map_err(large)?;
    std::fs::create_dir_all(path).map_err(|error| error.to_string())?;
    Ok(views.into_iter().map(|view| (path.join(format!("{}.png", view.name)), view.png)).collect())
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

/// Most bytes that a packed table may come to.
const UNPACKED_MAX: u64 = 2_000_000_000;

/// Text of a table, which may be packed by gzip; `-` is standard input. None, with a message, where it is none.
pub(crate) fn text(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|all| bytes = all)
    };
    let read = match read {
        Ok(()) if bytes.starts_with(&[0x1f, 0x8b]) => {
            let packed = std::mem::take(&mut bytes);
            let unpacking = flate2::read::MultiGzDecoder::new(&packed[..]).take(UNPACKED_MAX + 1);
            std::io::BufReader::new(unpacking).read_to_end(&mut bytes).map(|_| ())
        }
        other => other,
    };
    let name = path.display();
    if let Err(error) = read {
        let hint = if path.is_dir() { "; name a file in it" } else { "" };
        complain(&format!("cannot read {name}: {error}{hint}"));
        return None;
    }
    let head = &bytes[..bytes.len().min(4_096)];
    let what = match head {
        _ if bytes.len() as u64 > UNPACKED_MAX => {
            "it is larger than 2 GB when unpacked; cut it into several files"
        }
        [b'P', b'K', 3, 4, ..] => {
            "it is a ZIP archive (or a spreadsheet); unpack it, or save it as CSV, and give that"
        }
        [b'P', b'A', b'R', b'1', ..] => "it is a Parquet file; turn it into CSV first",
        [b'{' | b'[', ..] => "it is JSON; give a table (CSV), or one number a line",
        _ if head.contains(&0) => "it is no text; give a table (CSV)",
        _ => return Some(String::from_utf8_lossy(&bytes).into_owned()),
    };
    complain(&format!("{name}: {what}"));
    None
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

/// Who borders on whom, as the forecaster takes it.
pub(crate) fn around(units: &[String], surroundings: &[Surroundings]) -> Around {
    Around::of(units, surroundings.iter().map(|one| one.neighbours.as_slice()))
}

/// A reliability table as rows, names first; `what` names what was given a probability.
pub(crate) fn reliability_rows(table: &Reliability, what: &str) -> Vec<Vec<String>> {
    let mut rows = vec![["given, mean", "came", "90 % interval", what].map(str::to_owned).to_vec()];
    rows.extend(table.bins.iter().map(|bin| {
        let interval = format!("{} to {}", percent(bin.interval.0), percent(bin.interval.1));
        vec![percent(bin.given), percent(bin.came), interval, grouped(bin.forecasts as f64)]
    }));
    rows
}

/// The same drawn.
pub(crate) fn reliability_chart(table: &Reliability, what: &str) -> Chart {
    let band = table.bins.iter().map(|bin| (bin.given, bin.interval.0, bin.interval.1)).collect();
    let points = table.bins.iter().map(|bin| (bin.given, bin.came)).collect();
    let series = |name: &str, colour, shape| Series { name: Some(name.to_owned()), colour, shape };
    Chart {
        title: format!("Of what was given a probability, how much came ({THRESHOLD} or more, {what})."),
        across: ("probability given".to_owned(), Scale::Linear),
        up: ("share that came".to_owned(), Scale::Linear),
        words: Vec::new(),
        series: vec![
            series("perfect", 0, Shape::Dashes(vec![(0.0, 0.0), (1.0, 1.0)])),
            series("90 %", 1, Shape::Band(band)),
            series(what, 1, Shape::Points(points)),
        ],
    }
}

/// Where outcomes fell in what was said of them: as a line of text, and drawn.
pub(crate) fn pit(pairs: &[(f64, f64)], what: &str) -> (String, Chart) {
    let bars = pit_histogram(pairs);
    let shares: Vec<String> = bars.iter().map(|bar| format!("{:.0}", bar * 100.0)).collect();
    let line = format!(
        "Where outcomes fell in what was said (PIT; of {} {what} whose 90 % interval reaches above 0), % by tenth from lowest to highest, 10 each where calibrated: {}\n",
        grouped(pairs.len() as f64),
        shares.join(" ")
    );
    let place = |at: usize| at as f64 / PIT_BARS as f64;
    let drawn = bars.iter().enumerate().map(|(at, bar)| (place(at), place(at + 1), *bar)).collect();
    let even = vec![(0.0, 1.0 / PIT_BARS as f64), (1.0, 1.0 / PIT_BARS as f64)];
    let chart = Chart {
        title: format!("Where outcomes fell in what was said: probability integral transform ({what})."),
        across: ("share of the forecast below the outcome".to_owned(), Scale::Linear),
        up: ("share of outcomes".to_owned(), Scale::Linear),
        words: Vec::new(),
        series: vec![
            Series { name: Some(what.to_owned()), colour: 1, shape: Shape::Bars(drawn) },
            Series { name: Some("calibrated".to_owned()), colour: 0, shape: Shape::Dashes(even) },
        ],
    };
    (line, chart)
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
    /// Days on which the files were released, in their order, where no column tells (UCDP names the version, not the day). Of a month that
    /// several tell of, the last release by --as-of counts.
    #[arg(long, value_name = "YYYY-MM-DD,…", value_delimiter = ',', value_parser = released, conflicts_with = "from_record")]
    released: Vec<Day>,
    /// Rows are single events: deaths of a month are summed, months without a row are 0. Of UCDP and ACLED they are in any case.
    #[arg(long, conflicts_with = "from_record")]
    events: bool,
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

/// A day of release of an option.
pub(crate) fn released(text: &str) -> Result<Day, String> {
    day(text).ok_or_else(|| format!("`{text}` is no day YYYY-MM-DD"))
}

/// A day of an option.
fn day(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, day) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() { None } else { table::day_of(year, month, day) }
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
        if !self.released.is_empty()
            && (mapping.released.is_some() || self.released.len() != self.files.len())
        {
            complain(&format!(
                "--released tells a day for each file ({} for {} here), or a column does: not both",
                self.released.len(),
                self.files.len()
            ));
            return None;
        }
        if as_of.is_some() && mapping.released.is_none() && self.released.is_empty() {
            complain(
                "--as-of needs to know when rows were released: --columns released=NAME, or --released with a day for each file",
            );
            return None;
        }
        let (mut rows, mut events, mut poor, mut any) = (Vec::new(), false, false, false);
        for (number, path) in self.files.iter().enumerate() {
            let Some(text) = text(path) else {
                poor = true;
                continue;
            };
            // Where the tables don't tell releases, the order of the files does.
            let order = (self.files.len() > 1 && mapping.released.is_none()).then_some(Day(number as i32));
            let order = self.released.get(number).copied().or(order);
            let how = Reading {
                mapping: mapping.clone(),
                admin1: self.admin1,
                violence: self.violence,
                events: self.events,
                released: order,
            };
            match table::rows(&text, &how) {
                Ok(read) => {
                    any = true;
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
            // Of files that couldn't be read enough was said.
            if any {
                complain("no row that could be used");
            }
            return None;
        }
        let options = Options { as_of, until: self.until, sum: events, zero_fill: events };
        if mapping.released.is_none() && self.released.is_empty() && self.files.len() > 1 {
            // The order has served to tell which file counts; it is no date of release.
            rows = settle(rows, events, self.until);
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

/// Keeps of each unit and month the rows of the last file that tells of it; of events as 0 where a later file covers the month without them.
fn settle(rows: Vec<Row>, events: bool, until: Option<Month>) -> Vec<Row> {
    let mut last = std::collections::BTreeMap::new();
    for row in &rows {
        let entry = last.entry((row.unit.clone(), row.month)).or_insert(row.released);
        *entry = (*entry).max(row.released);
    }
    let counted = rows.iter().filter(|row| until.is_none_or(|until| row.month <= until));
    let coverage = if events { Coverage::of(counted) } else { Coverage::default() };
    rows.into_iter()
        .filter(|row| last.get(&(row.unit.clone(), row.month)) == Some(&row.released))
        .map(|row| {
            let value = if coverage.later(row.released, row.month) { 0.0 } else { row.value };
            Row { released: None, value, ..row }
        })
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
