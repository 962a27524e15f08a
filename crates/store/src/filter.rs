//! What a query asks for: filters, order and window. Plain data; nothing here becomes SQL but through parameters.

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{
    Category, ControlStatus, IncidentType, Realis, RelationKind, StatementKind,
};

use crate::error::Error;
use crate::pack::{digest, hex};

/// How far an outlet may be relied on (NATO AJP-2.1, the "Admiralty" scale): set by the user, never computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Grade {
    /// Completely reliable.
    A,
    /// Usually reliable.
    B,
    /// Fairly reliable.
    C,
    /// Not usually reliable.
    D,
    /// Unreliable.
    E,
    /// Reliability can't be judged: where nothing was set.
    F,
}

impl Grade {
    /// Every grade, best first.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    /// The letter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }

    /// What the letter means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::A => "completely reliable",
            Self::B => "usually reliable",
            Self::C => "fairly reliable",
            Self::D => "not usually reliable",
            Self::E => "unreliable",
            Self::F => "reliability can't be judged",
        }
    }
}

impl std::str::FromStr for Grade {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|grade| grade.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| Error::Query(format!("`{text}` is no grade: A, B, C, D, E or F")))
    }
}

/// Where.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub enum Area {
    /// Within so many kilometres. Provinces, countries and regions are left out: their point isn't where they are.
    Near {
        /// Degrees north.
        lat: f64,
        /// Degrees east.
        lon: f64,
        /// Kilometres, more than 0.
        km: f64,
    },
    /// Between two parallels and two meridians (`west` > `east`: over the date line). Left out as for `Near`.
    Box {
        /// Degrees north.
        south: f64,
        /// Degrees north.
        north: f64,
        /// Degrees east.
        west: f64,
        /// Degrees east.
        east: f64,
    },
    /// A country, ISO 3166-1 alpha-3.
    Country(String),
    /// A first-order unit by its name, in any case.
    Admin1 {
        /// ISO 3166-1 alpha-3.
        country: String,
        /// Name as the gazetteer has it.
        name: String,
    },
    /// A place by its name in the gazetteer, in any case, or its GeoNames id.
    Named(String),
}

/// Who.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Who {
    /// Key of the actor in the record (a registry key, or as `actors` lists it), or its name in any case.
    pub actor: String,
    /// With what is a wing or part of it, or another name for it, by relations that the record holds.
    pub wings: bool,
}

/// What is asked for. The default asks for everything.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Filter {
    /// It happened on this day or later. What lasted more than a year counts by its first day.
    pub since: Option<Date>,
    /// It happened on this day or earlier.
    pub until: Option<Date>,
    /// Published (undated: added) on this day or later.
    pub known_since: Option<Date>,
    /// Published (undated: added) on this day or earlier.
    pub known_until: Option<Date>,
    /// What was known then: nothing published (undated: added) later is used.
    pub as_of: Option<Date>,
    /// Where.
    pub area: Option<Area>,
    /// Who.
    pub who: Option<Who>,
    /// Any of these types. Documents, statements: that tell of such an incident.
    pub types: Vec<IncidentType>,
    /// Any of these categories.
    pub categories: Vec<Category>,
    /// At least so many killed (as told best).
    pub killed_min: Option<u32>,
    /// Any of these.
    pub realis: Vec<Realis>,
    /// Whether told as history.
    pub background: Option<bool>,
    /// Name of the outlet, in any case.
    pub outlet: Option<String>,
    /// Outlets of this grade or better.
    pub grade: Option<Grade>,
    /// Reports of this credibility or better: 1 (confirmed) to 6 (can't be judged).
    pub credibility: Option<u8>,
    /// Score at least so high, 0..=1.
    pub score_min: Option<f64>,
    /// Statements: any of these kinds.
    pub statement_kinds: Vec<StatementKind>,
    /// Relations: any of these kinds.
    pub relation_kinds: Vec<RelationKind>,
    /// Control: any of these.
    pub control_status: Vec<ControlStatus>,
    /// The document has these words (see `docs/format.md`, "Searching").
    pub text: Option<String>,
    /// Leaves out near-copies of a document that stands for them.
    pub without_copies: bool,
}

/// By what results are ordered. Ties are broken by the order of adding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Sort {
    /// Day of publication (undated: of adding).
    Known,
    /// Day on which it happened; unknown days last (first when ascending).
    Happened,
    /// Number killed; unknown last.
    Killed,
    /// Score.
    Score,
    /// How well the text fits the search (bm25; a title counts four times). Documents only, best first.
    Relevance,
}

/// Which part of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// By what.
    pub sort: Sort,
    /// Smallest first; else largest first.
    pub ascending: bool,
    /// At most so many, 1..=10,000.
    pub limit: u32,
    /// Where the last window ended ([`Listed::next`]).
    pub after: Option<String>,
}

impl Window {
    /// The first 50, largest first.
    #[must_use]
    pub fn first(sort: Sort) -> Self {
        Self { sort, ascending: false, limit: 50, after: None }
    }
}

/// A window of results.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Listed<T> {
    /// The results, in order.
    pub items: Vec<T>,
    /// Where the next window begins; `None` at the end. Holds for this query only. What is added later takes its place in the
    /// order and never makes the following windows repeat or skip anything else.
    pub next: Option<String>,
    /// More documents match than are ranked: relevance was computed over those known last. Narrow the search to rank all.
    pub capped: bool,
}

/// A place in the order of results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Key {
    Whole(i64),
    Real(f64),
}

/// Digest of a query without its window.
pub(crate) fn query_mark(kind: &str, filter: &Filter, sort: Sort, ascending: bool) -> String {
    let text = crate::prepare::json(&(kind, filter, sort, ascending));
    hex(&digest(&[text.as_bytes()])[..6])
}

pub(crate) fn cursor(mark: &str, key: Key, id: i64) -> String {
    let (letter, bits) = match key {
        Key::Whole(number) => ('w', number as u64),
        Key::Real(number) => ('r', number.to_bits()),
    };
    format!("{mark}{letter}{bits:016x}{id:x}")
}

pub(crate) fn uncursor(mark: &str, text: &str) -> Result<(Key, i64), Error> {
    let wrong =
        || Error::Query("the cursor belongs to another query; start from the first window".to_owned());
    let rest = text.strip_prefix(mark).filter(|rest| rest.is_ascii()).ok_or_else(wrong)?;
    let bits = rest.get(1..17).and_then(|bits| u64::from_str_radix(bits, 16).ok()).ok_or_else(wrong)?;
    let id = rest.get(17..).and_then(|id| i64::from_str_radix(id, 16).ok()).ok_or_else(wrong)?;
    match rest.as_bytes().first() {
        Some(b'w') => Ok((Key::Whole(bits as i64), id)),
        Some(b'r') if !f64::from_bits(bits).is_nan() => Ok((Key::Real(f64::from_bits(bits)), id)),
        _ => Err(wrong()),
    }
}
