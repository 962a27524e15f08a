//! Reading a table of incidents that somebody coded: columns of ACLED, of UCDP GED, of our own lists, or mapped by the user.
//!
//! In: the bytes of a CSV file. Out: [`Coded`] rows, and for each row that can't be used which column is wrong and why. Names of
//! countries, of places without coordinates and of actors are looked up in the gazetteer and the registry.

use std::collections::BTreeMap;
use std::fmt;

use watchkeeper_linkage::fold::fold;
use watchkeeper_linkage::gazetteer::Kind;
use watchkeeper_linkage::place::explain::explain;
use watchkeeper_linkage::registry::{Piece, pieces_of};
use watchkeeper_linkage::{Gazetteer, Registry};
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Claim, IncidentType, Precision};
use watchkeeper_record::coded::Coded;
use watchkeeper_record::crosswalk::{Crosswalks, Scheme, Term};
use watchkeeper_record::incident::{Figure, Party, Whereabouts};

use crate::engine::{open_gazetteer, open_registry};
use crate::error::EngineError;

/// Rows read at most.
const ROWS_MAX: usize = 1_000_000;
/// Faulty rows told one by one.
const FAULTS_MAX: usize = 50;

/// What a column may be for; the names that `--column` takes, each with the headers that are known by themselves.
pub const FIELDS: [(&str, &[&str]); 16] = [
    ("id", &["event_id_cnty", "id", "event_id"]),
    ("date", &["event_date", "date_start", "date", "start"]),
    ("date_end", &["date_end", "end"]),
    ("date_precision", &["time_precision", "date_prec"]),
    ("place", &["location", "where_coordinates", "place"]),
    ("admin1", &["admin1", "adm_1"]),
    ("country", &["country"]),
    ("latitude", &["latitude", "lat"]),
    ("longitude", &["longitude", "lon", "lng"]),
    ("place_precision", &["geo_precision", "where_prec", "precision"]),
    ("type", &["event_type", "type"]),
    ("subtype", &["sub_event_type"]),
    ("actors", &["actor1", "side_a", "actors", "perpetrators"]),
    ("killed", &["fatalities", "best", "killed"]),
    ("killed_low", &["low", "killed_low"]),
    ("killed_high", &["high", "killed_high"]),
];

/// A row that can't be used, or a table that can't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line on which the row begins, the header's being 1.
    pub row: u64,
    /// Name of the column, where one is at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "row {}, column `{column}`: {}", self.row, self.message),
            None => write!(f, "row {}: {}", self.row, self.message),
        }
    }
}

/// Why a table can't be read at all.
#[derive(Debug)]
#[non_exhaustive]
pub enum TableError {
    /// Its header lacks what is needed, or a column that was named.
    Header(String),
    /// The gazetteer or the registry is unusable.
    Engine(EngineError),
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(message) => f.write_str(message),
            Self::Engine(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TableError {}

/// A table as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedTable {
    /// `acled`, `ged`, `watchkeeper` or `mapped`.
    pub scheme: &'static str,
    /// Its rows that can be compared.
    pub rows: Vec<Coded>,
    /// Its rows that can't, the first fifty.
    pub faults: Vec<Fault>,
    /// All rows that can't.
    pub faulty: usize,
    /// What was left out or not understood, in words.
    pub notes: Vec<String>,
}

/// Reads a table. `columns` maps fields (see [`FIELDS`]) to headers, over what the header tells by itself; `actors` may come again.
///
/// # Errors
/// [`TableError::Header`] when no date can be found or a named column isn't there.
pub fn read_coded(bytes: &[u8], columns: &[(String, String)]) -> Result<CodedTable, TableError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let header_fault = |message: &str| TableError::Header(message.to_owned());
    match reader.read_byte_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return Err(header_fault("the table is empty: wanted a header and rows")),
        Err(error) => return Err(TableError::Header(format!("the header can't be read: {error}"))),
    }
    let header: Vec<String> =
        record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
    let layout = Layout::of(&header, columns)?;
    let mut names = Names {
        gazetteer: open_gazetteer(&[]).map_err(TableError::Engine)?.0,
        registry: open_registry().map_err(TableError::Engine)?,
        crosswalks: Crosswalks::built_in().map_err(|error| TableError::Header(error.to_string()))?,
        countries: BTreeMap::new(),
        places: BTreeMap::new(),
        actors: BTreeMap::new(),
    };
    let mut table = CodedTable {
        scheme: layout.scheme,
        rows: Vec::new(),
        faults: Vec::new(),
        faulty: 0,
        notes: Vec::new(),
    };
    let mut tally = Tally::default();
    loop {
        let read = reader.read_byte_record(&mut record);
        let line = record.position().map_or(0, csv::Position::line);
        match read {
            Ok(false) => break,
            Ok(true) if record.iter().all(|cell| cell.trim_ascii().is_empty()) => continue,
            Ok(true) => {}
            Err(error) => {
                fault(&mut table, Fault { row: line, column: None, message: error.to_string() });
                break;
            }
        }
        if table.rows.len() + table.faulty >= ROWS_MAX {
            table.notes.push(format!("only the first {ROWS_MAX} rows were read"));
            break;
        }
        let cells = if record.len() == header.len() {
            Cells::new(line, &header, &layout, &record)
        } else {
            let message = format!("{} cells, but the header has {}", record.len(), header.len());
            Err(Fault { row: line, column: None, message })
        };
        match cells.and_then(|cells| row(&cells, &layout, &mut names, &mut tally)) {
            Ok(Some(coded)) => table.rows.push(coded),
            Ok(None) => {}
            Err(found) => fault(&mut table, found),
        }
    }
    tally.tell(layout.scheme, &mut table.notes);
    Ok(table)
}

fn fault(table: &mut CodedTable, fault: Fault) {
    table.faulty += 1;
    if table.faults.len() < FAULTS_MAX {
        table.faults.push(fault);
    }
}

/// The mark that parts the header's cells most often.
fn delimiter(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
    let found = [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(*mark), *mark == b','));
    found.unwrap_or(b',')
}

/// Which column is for what.
struct Layout {
    scheme: &'static str,
    of: BTreeMap<&'static str, Vec<usize>>,
}

impl Layout {
    fn of(header: &[String], columns: &[(String, String)]) -> Result<Self, TableError> {
        let find = |name: &str| header.iter().position(|own| own.eq_ignore_ascii_case(name));
        let has = |names: &[&str]| names.iter().all(|name| find(name).is_some());
        let scheme = if has(&["event_date", "event_type"]) {
            "acled"
        } else if has(&["date_start", "type_of_violence"]) || has(&["date_start", "side_a", "best"]) {
            "ged"
        } else if has(&["start", "type", "killed_low", "perpetrators"]) {
            "watchkeeper"
        } else {
            "mapped"
        };
        let mut of: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for (field, known) in FIELDS {
            of.extend(known.iter().find_map(|name| find(name)).map(|column| (field, vec![column])));
        }
        let both: &[&str] = match scheme {
            "acled" => &["actor1", "assoc_actor_1", "actor2", "assoc_actor_2"],
            "ged" => &["side_a", "side_b"],
            _ => &[],
        };
        if !both.is_empty() {
            of.insert("actors", both.iter().filter_map(|name| find(name)).collect());
        }
        if scheme == "ged" && find("relid").is_some() {
            // Our own exports in GED's columns leave `id` to UCDP.
            of.entry("id").or_default().extend(find("relid"));
        }
        let mut again: Vec<&str> = Vec::new();
        for (field, name) in columns {
            let Some((field, _)) = FIELDS.iter().find(|(known, _)| known == field) else {
                let known: Vec<&str> = FIELDS.iter().map(|(field, _)| *field).collect();
                return Err(TableError::Header(format!(
                    "--column {field}={name}: there is no field `{field}`; there are: {}",
                    known.join(", ")
                )));
            };
            let Some(column) = find(name) else {
                return Err(TableError::Header(format!(
                    "--column {field}={name}: the table has no column `{name}`; it has: {}",
                    header.join(", ")
                )));
            };
            if *field == "actors" && again.contains(field) {
                of.entry(field).or_default().push(column);
            } else {
                of.insert(field, vec![column]);
                again.push(field);
            }
        }
        if !of.contains_key("date") {
            return Err(TableError::Header(format!(
                "no column tells the date: these are columns neither of ACLED nor of GED; name them, as in `--column date=Datum \
                 --column place=Ort`; the table has: {}",
                header.join(", ")
            )));
        }
        Ok(Self { scheme, of })
    }
}

/// One row's cells by field.
struct Cells<'r> {
    line: u64,
    header: &'r [String],
    layout: &'r Layout,
    record: &'r csv::ByteRecord,
}

impl<'r> Cells<'r> {
    fn new(
        line: u64,
        header: &'r [String],
        layout: &'r Layout,
        record: &'r csv::ByteRecord,
    ) -> Result<Self, Fault> {
        for columns in layout.of.values() {
            for column in columns {
                if record.get(*column).is_some_and(|cell| std::str::from_utf8(cell).is_err()) {
                    let message = "not UTF-8: save the table as UTF-8".to_owned();
                    return Err(Fault { row: line, column: header.get(*column).cloned(), message });
                }
            }
        }
        Ok(Self { line, header, layout, record })
    }

    fn all(&self, field: &str) -> impl Iterator<Item = &'r str> {
        let columns = self.layout.of.get(field).into_iter().flatten();
        columns
            .filter_map(|column| std::str::from_utf8(self.record.get(*column)?).ok())
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
    }

    fn get(&self, field: &str) -> Option<&'r str> {
        self.all(field).next()
    }

    fn wrong(&self, field: &str, message: String) -> Fault {
        let column = self.layout.of.get(field).and_then(|columns| self.header.get(*columns.first()?));
        Fault { row: self.line, column: column.cloned(), message }
    }

    fn number(&self, field: &str) -> Result<Option<u32>, Fault> {
        let Some(cell) = self.get(field) else { return Ok(None) };
        let whole = cell.strip_suffix(".0").unwrap_or(cell);
        whole.parse().map(Some).map_err(|_| self.wrong(field, format!("`{cell}` is no number of persons")))
    }

    fn degrees(&self, field: &str, most: f64) -> Result<Option<f64>, Fault> {
        let Some(cell) = self.get(field) else { return Ok(None) };
        let value: Option<f64> = cell.parse().ok().filter(|value: &f64| value.abs() <= most);
        value
            .map(Some)
            .ok_or_else(|| self.wrong(field, format!("`{cell}` is no degrees between -{most} and {most}")))
    }

    fn day(&self, field: &str) -> Result<Option<Date>, Fault> {
        let Some(cell) = self.get(field) else { return Ok(None) };
        day(cell).map(Some).map_err(|message| self.wrong(field, message))
    }
}

/// A day as tables write it: `2021-03-09`, with a time behind it, `09 March 2021`, `9-Mar-2021`, `2021/03/09`, `09.03.2021`.
fn day(cell: &str) -> Result<Date, String> {
    let wanted = || format!("`{cell}` is no day; wanted: YYYY-MM-DD");
    let first = cell.split(['T', ' ']).next().unwrap_or(cell);
    if let Ok(date) = first.replace('/', "-").parse::<Date>() {
        return Ok(date);
    }
    let parts: Vec<&str> = cell.split([' ', '-', '.', '/']).filter(|part| !part.is_empty()).collect();
    let [one, middle, year, ..] = parts[..] else { return Err(wanted()) };
    let (Ok(one), Ok(year)) = (one.parse::<u32>(), year.trim_end_matches(',').parse::<i32>()) else {
        return Err(wanted());
    };
    if year < 1000 {
        return Err(format!("`{cell}` has a year of two digits; wanted: YYYY-MM-DD"));
    }
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = middle.to_lowercase();
    if let Some(month) = MONTHS.iter().position(|name| lower.starts_with(name)) {
        return Date::new(year, month as u32 + 1, one).ok_or_else(wanted);
    }
    let month: u32 = middle.parse().map_err(|_| wanted())?;
    if cell.contains('/') && one <= 12 && month <= 12 && one != month {
        return Err(format!("`{cell}`: which is the day, which the month? wanted: YYYY-MM-DD"));
    }
    let (day, month) = if cell.contains('/') && month > 12 { (month, one) } else { (one, month) };
    Date::new(year, month, day).ok_or_else(wanted)
}

/// The days that a date with its precision means.
fn days(cells: &Cells<'_>, scheme: &str) -> Result<(Date, Date), Fault> {
    let start = cells.day("date")?.ok_or_else(|| cells.wrong("date", "no day is given".to_owned()))?;
    if let Some(end) = cells.day("date_end")? {
        if end < start {
            return Err(cells.wrong("date_end", format!("{end} lies before the first day, {start}")));
        }
        return Ok((start, end));
    }
    let precision = cells.number("date_precision")?.unwrap_or(1);
    Ok(match (scheme, precision) {
        // ACLED: 1 the day, 2 the week (its day is one of it), 3 the month.
        ("acled", 2) => (plus(start, -6), plus(start, 6)),
        ("acled", 3..) => {
            let first = Date::new(start.year(), start.month(), 1).unwrap_or(start);
            let next = Date::new(start.year() + i32::from(start.month() == 12), start.month() % 12 + 1, 1);
            (first, next.map_or(start, |next| plus(next, -1)))
        }
        _ => (start, start),
    })
}

fn plus(date: Date, days: i32) -> Date {
    date.plus_days(days).unwrap_or(date)
}

/// What names mean, each looked up once.
struct Names {
    gazetteer: Gazetteer,
    registry: Registry,
    crosswalks: Crosswalks,
    countries: BTreeMap<String, Option<String>>,
    places: BTreeMap<(String, Option<String>), Option<Whereabouts>>,
    actors: BTreeMap<String, Vec<Party>>,
}

impl Names {
    /// ISO 3166-1 alpha-3 of a code or a name.
    fn country(&mut self, name: &str) -> Option<String> {
        if let Some(known) = self.countries.get(name) {
            return known.clone();
        }
        // `DR Congo (Zaire)`, `Yemen (North Yemen)`: the name, then what stands in brackets.
        let mut tries = vec![name.to_owned()];
        if let Some((head, tail)) = name.split_once('(') {
            tries.push(head.trim().to_owned());
            tries.push(tail.trim_end_matches(')').trim().to_owned());
        }
        let found = tries.iter().find_map(|name| {
            let code = self.gazetteer.country(&name.to_uppercase());
            let by_name = || {
                let hits = self.gazetteer.find_spelled(name);
                let places = hits.iter().filter_map(|hit| self.gazetteer.place(hit.row));
                places.filter(|place| place.kind == Kind::Country).find_map(|place| place.country)
            };
            self.gazetteer.iso3(code.or_else(by_name)?).map(str::to_owned)
        });
        self.countries.insert(name.to_owned(), found.clone());
        found
    }

    /// The place that a name without coordinates means most probably.
    fn place(&mut self, name: &str, country: Option<&str>) -> Option<Whereabouts> {
        let key = (name.to_owned(), country.map(str::to_owned));
        if let Some(known) = self.places.get(&key) {
            return known.clone();
        }
        let within = country.and_then(|code| self.gazetteer.country(code));
        let best = explain(&self.gazetteer, name, None, within).into_iter().next();
        let found = best.and_then(|best| {
            let place = self.gazetteer.place(best.row).filter(|place| !place.lat.is_nan())?;
            let unit = place.admin1.and_then(|unit| self.gazetteer.place(unit));
            Some(Whereabouts {
                name: name.to_owned(),
                geonames: None,
                lat: Some(place.lat),
                lon: Some(place.lon),
                country: place.country.and_then(|country| self.gazetteer.iso3(country)).map(str::to_owned),
                admin1: unit.map(|unit| unit.name.to_owned()),
                precision: match place.kind {
                    Kind::Country => Precision::Country,
                    Kind::Admin1 => Precision::Admin1,
                    Kind::Admin2 => Precision::Admin2,
                    Kind::Region | Kind::Nature => Precision::Region,
                    _ => Precision::Exact,
                },
                radius_km: place.radius_km,
                score: best.score,
            })
        });
        self.places.insert(key, found.clone());
        found
    }

    /// Who a cell names: `Military Forces of Mali (2020-)`, `JNIM: Group for Support of Islam and Muslims`, lists with `;`.
    fn parties(&mut self, cell: &str) -> Vec<Party> {
        if let Some(known) = self.actors.get(cell) {
            return known.clone();
        }
        let names = cell.split(';').map(str::trim).filter(|name| !name.is_empty());
        let parties: Vec<Party> = names
            .map(|name| Party {
                key: self.key(name),
                name: name.to_owned(),
                private: false,
                claim: Claim::Unknown,
            })
            .collect();
        self.actors.insert(cell.to_owned(), parties.clone());
        parties
    }

    /// The key of a named actor; `None` for who is only described (`Unidentified Armed Group (Mali)`, `Civilians (Niger)`).
    fn key(&mut self, name: &str) -> Option<String> {
        let plain = name.split('(').next().unwrap_or(name).trim();
        // What stands behind the brackets says which: `Military Forces of Yemen (2016-) Supreme Political Council`.
        let tail = name.rsplit_once(')').map_or("", |(_, tail)| tail.trim());
        if let Some(key) = (!tail.is_empty()).then(|| self.registered(tail)).flatten() {
            return Some(key);
        }
        let folded = fold(plain);
        const DESCRIBED: [&str; 12] = [
            "unidentified",
            "civilians",
            "unknown",
            "unnamed",
            "protesters",
            "rioters",
            "militia",
            "gunmen",
            "militants",
            "attackers",
            "supporters of",
            "xxx",
        ];
        if folded.is_empty() || DESCRIBED.iter().any(|word| folded.starts_with(word)) {
            return None;
        }
        const FORCES: [&str; 6] = [
            "government of ",
            "military forces of ",
            "police forces of ",
            "armed forces of ",
            "army of ",
            "security forces of ",
        ];
        if let Some(state) = FORCES.iter().find_map(|forces| folded.strip_prefix(forces)) {
            return self
                .country(state)
                .map(|iso3| format!("{}-military", iso3.to_ascii_lowercase()))
                .or_else(|| Some(format!("~{folded}")));
        }
        let inner = name.split_once('(').map(|(_, inner)| inner.trim_end_matches(')').trim());
        let parts =
            [Some(plain), plain.split(':').next(), plain.split_once(':').map(|(_, long)| long), inner];
        let known = parts.into_iter().flatten().find_map(|part| self.registered(part.trim()));
        known.or_else(|| Some(format!("~{folded}")))
    }

    /// The actor of the registry that a whole name means.
    fn registered(&self, name: &str) -> Option<String> {
        let pieces: Vec<Piece<'_>> =
            pieces_of(name).map(|(folded, case)| Piece { folded, case, token: 0 }).collect();
        let hits = self.registry.find(&pieces);
        let whole = hits.iter().find(|hit| hit.start == 0 && hit.end == pieces.len())?;
        let (actor, _) = whole.actors.first()?;
        Some(self.registry.actor(*actor).key.clone())
    }

    /// Types of ours that a type of the table may be; `None` where it is of what the record doesn't hold.
    fn kinds(&self, kind: &str, scheme: &str) -> Option<Vec<IncidentType>> {
        if kind.is_empty() {
            return Some(Vec::new());
        }
        if let Ok(own) = kind.replace([' ', '-'], "_").to_lowercase().parse::<IncidentType>() {
            return Some(vec![own]);
        }
        let lower = kind.to_lowercase();
        let codes = |whole: bool| {
            let lower = &lower;
            IncidentType::ALL.iter().copied().filter(move |own| {
                self.crosswalks.of(Term::Incident(*own)).any(|link| {
                    link.scheme == Scheme::Acled
                        && link.code.is_some_and(|code| {
                            let (event, sub) = code.split_once(": ").unwrap_or((code, ""));
                            code == lower || (whole && (event == lower || sub == lower))
                        })
                })
            })
        };
        let mut kinds: Vec<IncidentType> = codes(false).collect();
        if kinds.is_empty() {
            kinds = codes(true).collect();
        }
        if kinds.is_empty()
            && let Some((event, _)) = lower.split_once(": ")
        {
            // A sub-event that no type of ours has (`Chemical weapon`): what its event may be.
            let of_event = |link: &str| link.split(": ").next() == Some(event);
            kinds = IncidentType::ALL.to_vec();
            kinds.retain(|own| {
                self.crosswalks
                    .of(Term::Incident(*own))
                    .any(|link| link.scheme == Scheme::Acled && link.code.is_some_and(of_event))
            });
        }
        if scheme != "acled" {
            return Some(kinds);
        }
        // Of ACLED's event types these hold what an incident of ours may be, also by a sub-event that the crosswalk lacks.
        const HELD: [&str; 3] = ["battles", "explosions/remote violence", "violence against civilians"];
        let held = HELD.iter().any(|event| lower.starts_with(event));
        (held || !kinds.is_empty()).then_some(kinds)
    }
}

/// What is told once at the end rather than row by row.
#[derive(Default)]
struct Tally {
    /// Rows of types that the record doesn't hold.
    outside: BTreeMap<String, usize>,
    /// Types that aren't known.
    unknown_types: BTreeMap<String, usize>,
    /// Countries that aren't known.
    countries: BTreeMap<String, usize>,
    /// Rows placed by the gazetteer.
    placed: usize,
    /// Rows whose place isn't known.
    placeless: usize,
}

impl Tally {
    fn tell(&self, scheme: &str, notes: &mut Vec<String>) {
        let list = |counts: &BTreeMap<String, usize>| {
            let named: Vec<String> = counts.iter().map(|(name, count)| format!("{name} ({count})")).collect();
            let more = named.len().saturating_sub(8);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            named.into_iter().take(8).collect::<Vec<_>>().join(", ") + &tail
        };
        let rows = |count: usize| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        if !self.outside.is_empty() {
            let count = self.outside.values().sum();
            notes.push(format!(
                "{} of types that the record has no incidents for, not counted: {}",
                rows(count),
                list(&self.outside)
            ));
        }
        if !self.unknown_types.is_empty() {
            notes.push(format!("types not known here, so not compared: {}", list(&self.unknown_types)));
        }
        if !self.countries.is_empty() {
            notes.push(format!("countries not known here, so not compared: {}", list(&self.countries)));
        }
        if self.placed > 0 {
            notes.push(format!("{} without coordinates, placed by the gazetteer", rows(self.placed)));
        }
        if self.placeless > 0 {
            notes.push(format!(
                "{} without a place that is known: they need more else to be found",
                rows(self.placeless)
            ));
        }
        if scheme == "ged" {
            notes.push("GED codes no type of attack and only events with deaths: types aren't compared, and incidents without known deaths don't count as extra".to_owned());
        }
    }
}

fn row(
    cells: &Cells<'_>,
    layout: &Layout,
    names: &mut Names,
    tally: &mut Tally,
) -> Result<Option<Coded>, Fault> {
    let time = days(cells, layout.scheme)?;
    let kind = match (cells.get("type"), cells.get("subtype")) {
        (Some(event), Some(sub)) => format!("{event}: {sub}"),
        (Some(kind), None) | (None, Some(kind)) => kind.to_owned(),
        _ => String::new(),
    };
    let Some(kinds) = names.kinds(&kind, layout.scheme) else {
        *tally.outside.entry(kind).or_default() += 1;
        return Ok(None);
    };
    let place = place(cells, layout, names, tally)?;
    let (low, best, high) =
        (cells.number("killed_low")?, cells.number("killed")?, cells.number("killed_high")?);
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        return Err(cells.wrong("killed_low", format!("{low} is more than the highest figure, {high}")));
    }
    let figure = Figure { low, best, high };
    if kinds.is_empty() && !kind.is_empty() {
        *tally.unknown_types.entry(kind.clone()).or_default() += 1;
    }
    let mut parties: Vec<Party> = Vec::new();
    for cell in cells.all("actors") {
        for party in names.parties(cell) {
            if !parties.iter().any(|known| known.name == party.name) {
                parties.push(party);
            }
        }
    }
    Ok(Some(Coded {
        row: cells.line,
        id: cells.get("id").map_or_else(|| format!("row {}", cells.line), str::to_owned),
        time,
        place,
        kind,
        kinds,
        parties,
        killed: figure.number().map(|_| figure),
    }))
}

fn place(
    cells: &Cells<'_>,
    layout: &Layout,
    names: &mut Names,
    tally: &mut Tally,
) -> Result<Option<Whereabouts>, Fault> {
    let (lat, lon) = (cells.degrees("latitude", 90.0)?, cells.degrees("longitude", 180.0)?);
    if lat.is_some() != lon.is_some() {
        let field = if lat.is_none() { "latitude" } else { "longitude" };
        return Err(cells.wrong(field, "one coordinate without the other".to_owned()));
    }
    let country = cells.get("country").and_then(|name| {
        let code = names.country(name);
        if code.is_none() {
            *tally.countries.entry(name.to_owned()).or_default() += 1;
        }
        code
    });
    let admin1 = cells.get("admin1").map(str::to_owned);
    let name = cells.get("place").or(cells.get("admin1")).or(cells.get("country"));
    if lat.is_none() {
        let found = name.and_then(|name| names.place(name, country.as_deref()));
        if let Some(mut found) = found {
            tally.placed += 1;
            found.admin1 = admin1.or(found.admin1);
            found.country = country.or(found.country);
            return Ok(Some(found));
        }
        tally.placeless += 1;
        if country.is_none() && name.is_none() {
            return Ok(None);
        }
    }
    let code = cells.get("place_precision");
    let number = code.and_then(|code| code.parse::<u32>().ok());
    let (precision, radius_km) = match (layout.scheme, number, code.and_then(|code| code.parse().ok())) {
        (_, _, Some(own)) => (own, None),
        _ if lat.is_none() => (Precision::Country, None),
        // ACLED: 1 the town, 2 near a town or a small part of a region, 3 a larger region by its capital.
        ("acled", Some(2), _) => (Precision::Near, Some(30.0)),
        ("acled", Some(3), _) => (Precision::Admin1, None),
        // GED: 1 the place, 2 within about 25 km, 3 second-order unit, 4 first-order unit, 5 a line or vague area, 6 country, 7 waters or air.
        ("ged", Some(2), _) => (Precision::Near, Some(25.0)),
        ("ged", Some(3), _) => (Precision::Admin2, None),
        ("ged", Some(4), _) => (Precision::Admin1, None),
        ("ged", Some(5 | 7), _) => (Precision::Region, None),
        ("ged", Some(6), _) => (Precision::Country, None),
        _ => (Precision::Exact, None),
    };
    Ok(Some(Whereabouts {
        name: name.unwrap_or_default().to_owned(),
        geonames: None,
        lat,
        lon,
        country,
        admin1,
        precision,
        radius_km,
        score: 1.0,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_tables_write_them() {
        let wanted: Date = "2021-03-09".parse().expect("a day");
        for text in [
            "2021-03-09",
            "2021-03-09 00:00:00.000",
            "2021-03-09T10:00:00Z",
            "2021/03/09",
            "09 March 2021",
            "9-Mar-2021",
            "09.03.2021",
        ] {
            assert_eq!(day(text), Ok(wanted), "{text}");
        }
        assert_eq!(day("23/03/2021"), day("2021-03-23"));
        for (text, word) in [
            ("09/03/2021", "which"),
            ("9-Mar-21", "two digits"),
            ("soon", "YYYY"),
            ("2021-02-30", "YYYY"),
            ("", "YYYY"),
        ] {
            let wrong = day(text).expect_err(text);
            assert!(wrong.contains(word), "{text}: {wrong}");
        }
    }

    #[test]
    fn acled_and_ged_are_known_by_their_headers() {
        let acled = "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,country,admin1,location,latitude,longitude,geo_precision,fatalities\n\
            MLI1,09 March 2021,1,Battles,Armed clash,JNIM: Group for Support of Islam and Muslims,Military Forces of Mali (2020-),Mali,Menaka,Menaka,15.92,2.40,1,12\n\
            MLI2,2021-03-10,1,Protests,Peaceful protest,Protesters (Mali),,Mali,Gao,Gao,16.27,-0.04,1,0\n\
            MLI3,2021-03-10,3,Violence against civilians,Attack,Unidentified Armed Group (Mali),Civilians (Mali),Mali,Gao,Gao,16.27,-0.04,3,2\n";
        let table = read_coded(acled.as_bytes(), &[]).expect("a table");
        assert_eq!((table.scheme, table.rows.len(), table.faulty), ("acled", 2, 0));
        let first = &table.rows[0];
        assert_eq!((first.id.as_str(), first.row), ("MLI1", 2));
        assert!(first.kinds.contains(&IncidentType::Battle) && !first.kinds.contains(&IncidentType::Bombing));
        assert_eq!(first.place.as_ref().and_then(|place| place.country.as_deref()), Some("MLI"));
        assert_eq!(first.parties[1].key.as_deref(), Some("mli-military"));
        assert!(
            first.parties[0].key.as_deref().is_some_and(|key| !key.starts_with('~')),
            "{:?}",
            first.parties
        );
        let third = &table.rows[1];
        assert_eq!(
            (third.time.0.to_string(), third.time.1.to_string()),
            ("2021-03-01".into(), "2021-03-31".into())
        );
        assert!(third.parties.iter().all(|party| party.key.is_none()));
        assert!(table.notes.iter().any(|note| note.contains("Peaceful protest")), "{:?}", table.notes);

        let ged = "id;relid;type_of_violence;side_a;side_b;where_prec;where_coordinates;adm_1;latitude;longitude;country;date_start;date_end;best;high;low\n\
            77;MLI-1;1;Government of Mali;IS;4;Gao town;Gao region;16.27;-0.04;Mali;2021-03-08 00:00:00.000;2021-03-09 00:00:00.000;12;14;9\n";
        let table = read_coded(ged.as_bytes(), &[]).expect("a table");
        assert_eq!(table.scheme, "ged");
        let row = &table.rows[0];
        assert_eq!(row.place.as_ref().map(|place| place.precision), Some(Precision::Admin1));
        assert_eq!(row.killed, Some(Figure { low: Some(9), best: Some(12), high: Some(14) }));
        assert_eq!(row.time.0.to_string(), "2021-03-08");
    }

    #[test]
    fn codes_and_names_that_no_table_lists_whole_are_read_by_their_parts() {
        let acled = "event_date,event_type,sub_event_type,actor1,actor2,country,location,fatalities\n\
            2021-03-09,Explosions/Remote violence,Grenade,Military Forces of Yemen (2016-) Houthi movement,Civilians (Yemen),Yemen,Taiz,1\n\
            2021-03-09,Explosions/Remote violence,Chemical weapon,Military Forces of Yemen (2016-) Special Brigade,,Yemen,Taiz,1\n";
        let table = read_coded(acled.as_bytes(), &[]).expect("a table");
        assert_eq!(table.rows[0].kinds, [IncidentType::Bombing]);
        assert_eq!(table.rows[0].parties[0].key.as_deref(), Some("houthis"));
        let kinds = &table.rows[1].kinds;
        assert!(
            kinds.contains(&IncidentType::Shelling) && !kinds.contains(&IncidentType::Kidnapping),
            "{kinds:?}"
        );
        assert_eq!(table.rows[1].parties[0].key.as_deref(), Some("yem-military"));
        assert!(!table.notes.iter().any(|note| note.contains("not known here")), "{:?}", table.notes);
    }

    #[test]
    fn faults_name_row_and_column_and_the_rest_is_read() {
        let text = "Datum,Ort,Land,Tote\n2021-03-09,Menaka,Mali,12\nsoon,Gao,Mali,1\n2021-03-11,Gao,Mali,many\n2021-03-12,Gao\n\n2021-03-13,\"Ga\no\",Mali,2\n";
        let columns: Vec<(String, String)> =
            [("date", "Datum"), ("place", "Ort"), ("country", "Land"), ("killed", "Tote")]
                .iter()
                .map(|(field, name)| ((*field).to_owned(), (*name).to_owned()))
                .collect();
        let table = read_coded(text.as_bytes(), &columns).expect("a table");
        assert_eq!((table.rows.len(), table.faulty), (2, 3));
        let told: Vec<String> = table.faults.iter().map(ToString::to_string).collect();
        assert_eq!(told[0], "row 3, column `Datum`: `soon` is no day; wanted: YYYY-MM-DD");
        assert_eq!(told[1], "row 4, column `Tote`: `many` is no number of persons");
        assert_eq!(told[2], "row 5: 2 cells, but the header has 4");
        let place = table.rows[0].place.as_ref().expect("placed by the gazetteer");
        assert!(
            place.point().is_some_and(|(lat, lon)| (lat - 15.9).abs() < 0.5 && (lon - 2.4).abs() < 0.5),
            "{place:?}"
        );
        let unmapped = read_coded(text.as_bytes(), &[]).expect_err("no date");
        assert!(unmapped.to_string().contains("Datum, Ort, Land, Tote"), "{unmapped}");
        let unknown =
            read_coded(text.as_bytes(), &[("when".to_owned(), "Datum".to_owned())]).expect_err("no field");
        assert!(unknown.to_string().contains("date_precision"), "{unknown}");
        let missing =
            read_coded(text.as_bytes(), &[("date".to_owned(), "Tag".to_owned())]).expect_err("no column");
        assert!(missing.to_string().contains("`Tag`"), "{missing}");
        let mut latin = b"date,country\n2021-03-09,C".to_vec();
        latin.extend([0xf4, b't', b'e', b'\n']);
        let table = read_coded(&latin, &[]).expect("a table");
        assert_eq!(
            table.faults[0].to_string(),
            "row 2, column `country`: not UTF-8: save the table as UTF-8"
        );
        assert!(read_coded(b"", &[]).is_err());
    }
}
