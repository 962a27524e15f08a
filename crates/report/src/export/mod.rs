//! The record handed to the tools that analysts use.
//!
//! In: incidents one after another ([`Exported`]) or the actors and relations ([`graph`]). Out: bytes of one format, written as they come,
//! the same for the same input. Names of private persons are hidden before any format sees them; places can be made coarse the same
//! way. Every output says under which licences its parts stand. `docs/exports.md` tells the columns and how they differ from those of
//! the data sets they are named after. Not here: choosing incidents, files, a clock.

mod acled;
mod common;
mod ged;
mod geojson;
mod graphml;
mod hide;
mod html;
mod input;
mod jsonl;
mod parquet;
mod stix;

use std::io::Write;

use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;

pub use graphml::graph;
pub use input::{Actor, Exported, Relation, Report, Statement};

/// A format that incidents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// One JSON object a line: everything.
    Jsonl,
    /// CSV with the columns of the UCDP Georeferenced Event Dataset, versions 24 and 25.
    Ged,
    /// CSV with the columns of ACLED.
    Acled,
    /// GeoJSON (RFC 7946).
    Geojson,
    /// Apache Parquet, one row an incident.
    Parquet,
    /// A STIX 2.1 bundle.
    Stix,
    /// One page to print.
    Html,
}

impl Format {
    /// Every format, by name.
    pub const ALL: &'static [Self] =
        &[Self::Acled, Self::Ged, Self::Geojson, Self::Html, Self::Jsonl, Self::Parquet, Self::Stix];

    /// The name that a user gives.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Ged => "ged",
            Self::Acled => "acled",
            Self::Geojson => "geojson",
            Self::Parquet => "parquet",
            Self::Stix => "stix",
            Self::Html => "html",
        }
    }

    /// How a file of it is named, e.g. `ged.csv`.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Ged => "ged.csv",
            Self::Acled => "acled.csv",
            Self::Geojson => "geojson",
            Self::Parquet => "parquet",
            Self::Stix => "stix.json",
            Self::Html => "html",
        }
    }
}

/// How to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Whether to show the names of private persons.
    pub reveal_private: bool,
    /// The day as of which the record was asked; nothing known later may come in.
    pub as_of: Option<Date>,
    /// Makes towns and spots coarse: points to a grid of this many kilometres, their names to that of the unit. Greater than 0.
    pub coarsen_km: Option<f64>,
    /// What was asked for, in the user's words (`--country MLI`); nothing where all was.
    pub query: Option<String>,
    /// When the export is made.
    pub made: Moment,
    /// Version of the program.
    pub version: String,
}

/// ISO 3166-1 alpha-3 of a country given by that code, by alpha-2 or by its short English name (`data/codebook/countries.tsv`), in any
/// case.
#[must_use]
pub fn country_code(given: &str) -> Option<&'static str> {
    common::country_code(given)
}

/// Why an export stopped.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The output can't be written.
    Write(std::io::Error),
    /// A report was known only after the day that was asked for.
    Late {
        /// Id of the incident.
        incident: String,
        /// The day from which the report is known.
        known: Date,
        /// The day that was asked for.
        as_of: Date,
    },
    /// A built-in table can't be read: a fault of the build.
    Table(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Write(error) => write!(f, "export can't be written: {error}"),
            Self::Late { incident, known, as_of } => {
                write!(f, "incident {incident} has a report known from {known}, after {as_of}")
            }
            Self::Table(message) => write!(f, "built-in table: {message}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write(error) => Some(error),
            Self::Late { .. } | Self::Table(_) => None,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Under which licences the parts of an export stand; `THIRD_PARTY.md` says more.
pub const ATTRIBUTION: &[&str] = &[
    "Read by watchkeeper from the reports named as sources; quoted words belong to their publishers.",
    "Coordinates and names of places: GeoNames (https://www.geonames.org), CC BY 4.0, changed; parts by way of Who's On First (https://whosonfirst.org), CC0 and the licences it lists.",
    "Names of armed groups: UCDP Actor Dataset 22.1 (Uppsala Conflict Data Program), CC BY 4.0, changed; cite Davies, Pettersson & Öberg (2022).",
];

/// The licences of [`ATTRIBUTION`] in one line, for formats that have a field for it.
pub const LICENCE: &str = "CC-BY-4.0 for places (GeoNames) and names of armed groups (UCDP); quoted words belong to their publishers";

enum State {
    Jsonl,
    Ged,
    Acled(Box<acled::Acled>),
    Geojson(Box<geojson::Geojson>),
    Parquet(Box<parquet::Parquet>),
    Stix(Box<stix::Stix>),
    Html(Box<html::Html>),
}

/// An export under way. Memory: for [`Format::Stix`] an id for each object, for [`Format::Html`] a line for each report, for
/// [`Format::Parquet`] some thousand incidents, else one incident.
pub struct Export<'a, W: Write> {
    out: &'a mut W,
    options: Options,
    state: State,
    written: u64,
}

impl<'a, W: Write> Export<'a, W> {
    /// Starts an export.
    ///
    /// # Errors
    /// [`Error::Write`], [`Error::Table`].
    pub fn begin(format: Format, options: Options, out: &'a mut W) -> Result<Self, Error> {
        let state = match format {
            Format::Jsonl => State::Jsonl,
            Format::Ged => {
                ged::begin(out)?;
                State::Ged
            }
            Format::Acled => State::Acled(Box::new(acled::Acled::begin(out)?)),
            Format::Geojson => {
                geojson::begin(&options, out)?;
                State::Geojson(Box::default())
            }
            Format::Parquet => State::Parquet(Box::new(parquet::Parquet::begin(&options, out)?)),
            Format::Stix => State::Stix(Box::new(stix::Stix::begin(&options, out)?)),
            Format::Html => State::Html(Box::new(html::Html::begin(&options, out)?)),
        };
        Ok(Self { out, options, state, written: 0 })
    }

    /// Writes one incident.
    ///
    /// # Errors
    /// [`Error::Write`]; [`Error::Late`] when it holds anything not known by [`Options::as_of`]: nothing of it is written then.
    pub fn incident(&mut self, exported: &Exported) -> Result<(), Error> {
        if let Some(as_of) = self.options.as_of {
            let accounts = exported.accounts.iter().map(|account| account.known);
            let reports = exported.reports.iter().map(|report| report.known);
            let statements = exported.statements.iter().map(|statement| statement.known);
            let days = accounts.chain(reports).chain(statements).chain([exported.incident.known.1]);
            if let Some(known) = days.filter(|known| *known > as_of).max() {
                return Err(Error::Late { incident: exported.incident.id.clone(), known, as_of });
            }
        }
        let told = hide::hidden(exported, &self.options);
        let (options, out) = (&self.options, &mut *self.out);
        match &mut self.state {
            State::Jsonl => jsonl::incident(&told, options, out),
            State::Ged => ged::incident(&told, out),
            State::Acled(acled) => acled.incident(&told, options, out),
            State::Geojson(geojson) => geojson.incident(&told, out),
            State::Parquet(parquet) => parquet.incident(&told, out),
            State::Stix(stix) => stix.incident(&told, options, out),
            State::Html(html) => html.incident(&told, out),
        }?;
        self.written += 1;
        Ok(())
    }

    /// Ends the export and returns the number of incidents written.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn end(self) -> Result<u64, Error> {
        match self.state {
            State::Jsonl | State::Ged | State::Acled(_) => {}
            State::Geojson(geojson) => geojson.end(self.out)?,
            State::Parquet(parquet) => parquet.end(self.out)?,
            State::Stix(_) => self.out.write_all(b"\n]}\n")?,
            State::Html(html) => html.end(self.out)?,
        }
        self.out.flush()?;
        Ok(self.written)
    }
}
