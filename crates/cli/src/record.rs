//! What the commands on the record share: opening it, filters as arguments, lists as text, JSON lines or CSV.

use std::collections::BTreeMap;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;
use watchkeeper_pipeline::{LookUp, look_up};
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{IncidentType, Realis};
use watchkeeper_report::Privacy;
use watchkeeper_report::export::country_code;
use watchkeeper_store::{Area, Error, Filter, Grade, Mode, Sort, Store, Who, Window};

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::stop::now;

/// Which record.
#[derive(Args)]
pub(crate) struct Database {
    /// The record.
    #[arg(long, value_name = "FILE", default_value = "watchkeeper.db", env = "WATCHKEEPER_DB")]
    pub(crate) db: PathBuf,
}

impl Database {
    /// Opens it; what stops it is said.
    pub(crate) fn open(&self, mode: Mode) -> Result<Store, Outcome> {
        Store::open(&self.db, mode).map_err(|error| fail(&error))
    }

    /// Opens it to show what it holds. Where names of private persons are asked for, that is entered into the record's log first, with
    /// who asked and the command; where it can't be entered nothing is shown.
    pub(crate) fn open_to_show(&self, reveal_private: bool) -> Result<Store, Outcome> {
        if reveal_private {
            let mut store = Store::open(&self.db, Mode::Write).map_err(|error| unlogged(&error))?;
            store.log_reveal(&author(), &asked(), now()).map_err(|error| unlogged(&error))?;
        }
        self.open(Mode::Read)
    }
}

/// The command as it was given, without the program's name.
fn asked() -> Vec<String> {
    std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Who uses the program: as they call themselves, else as the system calls them.
fn author() -> String {
    ["WATCHKEEPER_AUTHOR", "USER", "LOGNAME", "USERNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Says why a look at private names can't be logged, and how the command ends.
fn unlogged(error: &Error) -> Outcome {
    match error {
        Error::ReadOnly { path } => {
            complain(&format!(
                "{}: read-only, so that it can't be logged who looks at the names of private persons; nothing is shown: leave out --reveal-private, or use a copy that can be written",
                path.display()
            ));
            Outcome::Unwritten
        }
        other => fail(other),
    }
}

/// Says an error of the record, and how the command ends.
pub(crate) fn fail(error: &Error) -> Outcome {
    match error {
        Error::Missing { path } => complain(&format!(
            "{}: no such record; `watchkeeper add FILES` makes one, --db (or WATCHKEEPER_DB) names another",
            path.display()
        )),
        other => complain(&other.to_string()),
    }
    match error {
        Error::Full { .. } | Error::ReadOnly { .. } | Error::Busy { .. } => Outcome::Unwritten,
        _ => Outcome::Nothing,
    }
}

/// What is asked for.
#[derive(Args)]
pub(crate) struct Narrow {
    /// It happened on this day or later.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Filters")]
    since: Option<Date>,
    /// It happened on this day or earlier.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Filters")]
    until: Option<Date>,
    /// What was known then: nothing published (undated: added) later is used.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Filters")]
    as_of: Option<Date>,
    /// A country: its code (ISO 3166-1, `MLI`) or its short English name.
    #[arg(long, value_name = "COUNTRY", conflicts_with_all = ["place", "near"], help_heading = "Filters")]
    country: Option<String>,
    /// A place by its name in the gazetteer, or its GeoNames id.
    #[arg(long, value_name = "NAME", conflicts_with = "near", help_heading = "Filters")]
    place: Option<String>,
    /// Degrees north and east and a distance, e.g. 16.27,-0.04,50.
    #[arg(long, value_name = "LAT,LON,KM", value_parser = near, allow_hyphen_values = true, help_heading = "Filters")]
    near: Option<Area>,
    /// An actor by its key or name.
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    actor: Option<String>,
    /// With the actor also its wings and parts.
    #[arg(long, requires = "actor", help_heading = "Filters")]
    wings: bool,
    /// A type of incident, e.g. bombing. May be given again.
    #[arg(long = "type", value_name = "TYPE", help_heading = "Filters")]
    types: Vec<String>,
    /// At least so many killed.
    #[arg(long, value_name = "N", help_heading = "Filters")]
    killed_min: Option<u32>,
    /// Whether it happened: actual, planned, foiled … May be given again.
    #[arg(long, value_name = "REALIS", help_heading = "Filters")]
    realis: Vec<String>,
    /// Who published it.
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    outlet: Option<String>,
    /// Outlets of this grade or better, A to F.
    #[arg(long, value_name = "GRADE", help_heading = "Filters")]
    grade: Option<String>,
    /// Reports of this credibility or better, 1 to 6.
    #[arg(long, value_name = "1-6", value_parser = clap::value_parser!(u8).range(1..=6), help_heading = "Filters")]
    credibility: Option<u8>,
    /// Score at least so high, 0 to 1.
    #[arg(long, value_name = "SCORE", value_parser = score, help_heading = "Filters")]
    score_min: Option<f64>,
}

/// Code of a country.
pub(crate) fn country(given: &str) -> Result<&'static str, Error> {
    country_code(given).ok_or_else(|| {
        Error::Query(format!(
            "`{given}` is no country: wanted a code of ISO 3166-1, as `SYR`, or a short English name"
        ))
    })
}

/// Whether what a filter names is in the record.
fn is_known(store: &Store, filter: Filter) -> Result<bool, Error> {
    match store.reports(&filter, &Window { limit: 1, ..Window::first(Sort::Known) }) {
        Ok(_) => Ok(true),
        Err(Error::Unknown { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes sure that the record knows an actor.
pub(crate) fn known_actor(store: &Store, name: &str) -> Result<(), Error> {
    let who = Some(Who { actor: name.to_owned(), wings: false });
    if is_known(store, Filter { who, ..Filter::default() })? {
        return Ok(());
    }
    Err(Error::Query(format!(
        "no actor `{name}` in the record: --actor takes a name or a key as `watchkeeper actors` lists them"
    )))
}

/// What the record calls a place: by its name in the gazetteer or GeoNames id; else what another spelling of it leads to.
fn place(store: &Store, name: &str) -> Result<String, Error> {
    let named = |name: &str| Filter { area: Some(Area::Named(name.to_owned())), ..Filter::default() };
    if is_known(store, named(name))? {
        return Ok(name.to_owned());
    }
    let asked = LookUp { name: name.to_owned(), ..LookUp::default() };
    let looked = look_up(&asked).map_err(|error| Error::Query(error.to_string()))?;
    for found in &looked.found {
        let Some(id) = found.id.strip_prefix("geonames:") else { continue };
        if is_known(store, named(id))? {
            let country = found.country.as_deref().unwrap_or("?");
            complain(&format!("--place {name}: taken for {} ({country}, GeoNames {id})", found.name));
            return Ok(id.to_owned());
        }
    }
    let why = match looked.found.first() {
        Some(best) => format!(
            "the gazetteer knows it ({}, {}), but no report that was read tells of it",
            best.name,
            best.country.as_deref().unwrap_or("?")
        ),
        None => {
            "the gazetteer doesn't know it either (`watchkeeper gazetteer NAME` looks names up)".to_owned()
        }
    };
    Err(Error::Query(format!("no place `{name}` in the record: {why}")))
}

/// What is listed.
#[derive(Args)]
pub(crate) struct Filters {
    #[command(flatten)]
    narrow: Narrow,
    /// By what the list is ordered [default: happened; statements and relations: known; search: relevance].
    #[arg(long, value_name = "BY", value_enum)]
    sort: Option<By>,
    /// Smallest, earliest first.
    #[arg(long)]
    ascending: bool,
    /// Most results [default: 50; of an export: all].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: Option<u32>,
    /// Go on where an earlier list ended: the cursor that it gave (with --json also `next` of its last object).
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    #[command(flatten)]
    pub(crate) shape: Shape,
}

/// Results that are listed unless more or less is asked for.
pub(crate) const LISTED: u32 = 50;

/// How a list is printed.
#[derive(Args)]
pub(crate) struct Shape {
    /// Print one JSON object a line.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print CSV with a header.
    #[arg(long)]
    pub(crate) csv: bool,
    /// Show the names of private persons, which are hidden otherwise. It is logged who asks (`WATCHKEEPER_AUTHOR`, else the user), when and for what.
    #[arg(long)]
    pub(crate) reveal_private: bool,
}

/// Orders of a list.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum By {
    /// Day on which it happened.
    Happened,
    /// Day of publication.
    Known,
    /// Number killed.
    Killed,
    /// Score of the reading.
    Score,
}

/// Reads a day.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|error: watchkeeper_record::article::NotADate| error.to_string())
}

fn score(text: &str) -> Result<f64, String> {
    let score = text.parse().ok().filter(|score| (0.0..=1.0).contains(score));
    score.ok_or_else(|| "wanted: a number between 0 and 1".to_owned())
}

fn near(text: &str) -> Result<Area, String> {
    let parts: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match parts.as_deref() {
        Some([lat, lon, km]) if lat.abs() <= 90.0 && lon.abs() <= 180.0 && *km > 0.0 => {
            Ok(Area::Near { lat: *lat, lon: *lon, km: *km })
        }
        _ => Err("wanted: degrees north, degrees east, kilometres, e.g. 16.27,-0.04,50".to_owned()),
    }
}

impl Narrow {
    /// The filter that these arguments ask for.
    pub(crate) fn filter(&self, store: &Store) -> Result<Filter, Error> {
        let words = |wrong: &dyn std::fmt::Display| Error::Query(wrong.to_string());
        if let (Some(since), Some(until)) = (self.since, self.until)
            && since > until
        {
            return Err(Error::Query(format!("--since {since} lies after --until {until}: nothing is both")));
        }
        let area = match (&self.country, &self.place, &self.near) {
            (Some(given), ..) => Some(Area::Country(country(given)?.to_owned())),
            (_, Some(name), _) => Some(Area::Named(place(store, name)?)),
            (.., near) => near.clone(),
        };
        if let Some(name) = &self.actor {
            known_actor(store, name)?;
        }
        Ok(Filter {
            since: self.since,
            until: self.until,
            as_of: self.as_of,
            area,
            who: self.actor.clone().map(|actor| Who { actor, wings: self.wings }),
            types: self
                .types
                .iter()
                .map(|name| name.parse::<IncidentType>().map_err(|error| words(&error)))
                .collect::<Result<_, _>>()?,
            killed_min: self.killed_min,
            realis: self
                .realis
                .iter()
                .map(|name| name.parse::<Realis>().map_err(|error| words(&error)))
                .collect::<Result<_, _>>()?,
            outlet: self.outlet.clone(),
            grade: self.grade.as_deref().map(str::parse::<Grade>).transpose()?,
            credibility: self.credibility,
            score_min: self.score_min,
            ..Filter::default()
        })
    }

    /// The day as of which is asked.
    pub(crate) fn as_of(&self) -> Option<Date> {
        self.as_of
    }
}

impl Filters {
    /// The query that these arguments ask.
    pub(crate) fn query(&self, store: &Store, otherwise: Sort) -> Result<(Filter, Window), Error> {
        let filter = self.narrow.filter(store)?;
        let sort = match self.sort {
            None => otherwise,
            Some(By::Happened) => Sort::Happened,
            Some(By::Known) => Sort::Known,
            Some(By::Killed) => Sort::Killed,
            Some(By::Score) => Sort::Score,
        };
        let limit = self.limit.unwrap_or(LISTED);
        Ok((filter, Window { sort, ascending: self.ascending, limit, after: self.after.clone() }))
    }

    /// Most results that were asked for, where that was said.
    pub(crate) fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// Says that nothing fits, and what may be the cause.
    pub(crate) fn nothing(&self, store: &Store) {
        if self.after.is_some() {
            return complain("nothing follows");
        }
        let first = Window { limit: 1, ascending: true, ..Window::first(Sort::Known) };
        let mut hint = String::new();
        match store
            .documents(&Filter::default(), &first)
            .ok()
            .and_then(|found| found.items.into_iter().next())
        {
            None => hint.push_str(": it holds no document yet (`watchkeeper add FILES`)"),
            Some(earliest) => {
                if let Some(day) = self.narrow.as_of.filter(|day| *day < earliest.source.known) {
                    hint = format!(
                        ": on {day} no document of it was known; the earliest is of {}",
                        earliest.source.known
                    );
                }
            }
        }
        if let Some(name) = &self.narrow.outlet {
            let outlets = store.outlets().unwrap_or_default();
            if !outlets.iter().any(|outlet| outlet.name.eq_ignore_ascii_case(name)) {
                hint = format!(": it has no report of an outlet `{name}`");
            }
        }
        complain(&format!("nothing in the record fits{hint}"));
    }

    /// What is asked for, in words for the head of an export; nothing where all is. A private person asked for stays unnamed unless
    /// revealed.
    pub(crate) fn told(&self, store: &Store) -> Option<String> {
        let narrow = &self.narrow;
        let mut parts = Vec::new();
        let mut put = |name: &str, value: Option<String>| {
            parts.extend(value.map(|value| format!("--{name} {value}")));
        };
        put("since", narrow.since.map(|day| day.to_string()));
        put("until", narrow.until.map(|day| day.to_string()));
        put("as-of", narrow.as_of.map(|day| day.to_string()));
        put("country", narrow.country.as_ref().map(|code| code.to_ascii_uppercase()));
        put("place", narrow.place.clone());
        if let Some(Area::Near { lat, lon, km }) = &narrow.near {
            put("near", Some(format!("{lat},{lon},{km}")));
        }
        let known_public = |name: &String| {
            store.actor(name, None).is_ok_and(|actor| !actor.private) || self.shape.reveal_private
        };
        let actor = narrow.actor.clone();
        put("actor", actor.map(|name| if known_public(&name) { name } else { "[name hidden]".to_owned() }));
        if narrow.wings {
            put("wings", Some(String::new()));
        }
        for name in &narrow.types {
            put("type", Some(name.clone()));
        }
        put("killed-min", narrow.killed_min.map(|count| count.to_string()));
        for name in &narrow.realis {
            put("realis", Some(name.clone()));
        }
        put("outlet", narrow.outlet.clone());
        put("grade", narrow.grade.clone());
        put("credibility", narrow.credibility.map(|grade| grade.to_string()));
        put("score-min", narrow.score_min.map(|score| score.to_string()));
        let told = parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join(" ");
        (!told.is_empty()).then_some(told)
    }

    /// The day as of which is asked.
    pub(crate) fn as_of(&self) -> Option<Date> {
        self.narrow.as_of
    }
}

/// One line of a list: a text line for people, the whole for programs, and the document whose private persons are hidden.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) whole: Value,
    pub(crate) cells: Vec<(&'static str, String)>,
    pub(crate) documents: Vec<String>,
}

/// Prints a list and where it goes on. `columns` are those of CSV, so that a header stands above nothing too; none: those of the first line.
pub(crate) fn print(
    store: &Store,
    shape: &Shape,
    columns: &[&str],
    lines: Vec<Line>,
    next: Option<&str>,
) -> Outcome {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut hidden = Hidden { store, reveal: shape.reveal_private, known: BTreeMap::new() };
    let wide = width(std::io::stdout().is_terminal());
    let write = || -> std::io::Result<()> {
        if shape.csv {
            let own: Vec<&str> = match lines.first() {
                Some(line) => line.cells.iter().map(|(name, _)| *name).collect(),
                None => columns.to_vec(),
            };
            writeln!(out, "{}", own.join(","))?;
        }
        let last = lines.len().saturating_sub(1);
        for (at, mut line) in lines.into_iter().enumerate() {
            if shape.json {
                hidden.value(&mut line.whole, &line.documents);
                if let (Some(next), Value::Object(fields), true) = (next, &mut line.whole, at == last) {
                    fields.insert("next".to_owned(), Value::String(next.to_owned()));
                }
                writeln!(out, "{}", line.whole)?;
            } else if shape.csv {
                let cells = line.cells.iter().map(|(_, cell)| csv_cell(&hidden.words(cell, &line.documents)));
                writeln!(out, "{}", cells.collect::<Vec<_>>().join(","))?;
            } else {
                let text = plain(&hidden.words(&line.text, &line.documents));
                for (row, text) in text.lines().enumerate() {
                    let bare = text.trim_start();
                    let lead = if row == 0 { "" } else { &text[..text.len() - bare.len()] };
                    let text = if row == 0 { text } else { bare };
                    write!(out, "{}", crate::text::wrapped(text, lead, &format!("{lead}      "), wide))?;
                }
            }
        }
        out.flush()
    };
    let written = write();
    if let Some(next) = next {
        complain(&format!("more: --after {next}"));
    }
    Outcome::of_writing(written)
}

/// Control characters of foreign words never reach a terminal; line ends stay.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() && character != '\n' { ' ' } else { character })
        .collect()
}

/// A cell of CSV that no spreadsheet takes for a formula.
pub(crate) fn csv_cell(cell: &str) -> String {
    // A spreadsheet takes such a beginning for a formula.
    let cell = if cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err() {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// Hides the private persons of documents.
pub(crate) struct Hidden<'s> {
    store: &'s Store,
    reveal: bool,
    known: BTreeMap<String, Option<Privacy>>,
}

impl<'s> Hidden<'s> {
    pub(crate) fn new(store: &'s Store, reveal: bool) -> Self {
        Self { store, reveal, known: BTreeMap::new() }
    }

    fn of(&mut self, document: &str) -> Option<&Privacy> {
        if self.reveal {
            return None;
        }
        if !self.known.contains_key(document) {
            let found = self.store.find_document(document).and_then(|number| self.store.reading(number));
            let privacy = found.ok().map(|reading| Privacy::of_quoted(&reading, false));
            self.known.insert(document.to_owned(), privacy);
        }
        self.known.get(document)?.as_ref()
    }

    /// Words with the names hidden.
    pub(crate) fn words(&mut self, words: &str, documents: &[String]) -> String {
        let mut words = words.to_owned();
        for document in documents {
            if let Some(privacy) = self.of(document) {
                words = privacy.words(&words);
            }
        }
        words
    }

    /// Hides names in every text of a value.
    pub(crate) fn value(&mut self, value: &mut Value, documents: &[String]) {
        match value {
            Value::String(text) => *text = self.words(text, documents),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item, documents)),
            Value::Object(fields) => fields.iter_mut().for_each(|(_, item)| self.value(item, documents)),
            _ => {}
        }
    }
}

/// Writes a file beside its place first: a failed run leaves no half file.
pub(crate) fn write_beside(path: &std::path::Path, bytes: &[u8]) -> Outcome {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".partial");
    let beside = PathBuf::from(beside);
    match std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path)) {
        Ok(()) => {
            complain(&format!("{}: written", path.display()));
            Outcome::Complete
        }
        Err(error) => {
            let _ = std::fs::remove_file(&beside);
            complain(&format!("cannot write {}: {error}", path.display()));
            Outcome::Unwritten
        }
    }
}
