//! Incidents that somebody else coded, as rows of a table, and how a record compares with them.

use serde::Serialize;

use crate::article::Date;
use crate::codebook::IncidentType;
use crate::incident::{Figure, Party, Whereabouts};
use crate::share::Share;

/// One incident as an analyst coded it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coded {
    /// Line of the file on which its row begins, the header's being 1.
    pub row: u64,
    /// Its id in the table; `row N` where it has none.
    pub id: String,
    /// When: a closed range of days, as wide as the table says that the date is vague.
    pub time: (Date, Date),
    /// Where.
    pub place: Option<Whereabouts>,
    /// The type as the table writes it; empty where it tells none.
    pub kind: String,
    /// Types of ours that it may be; empty: not compared.
    pub kinds: Vec<IncidentType>,
    /// Who took part, on whatever side; `key` as the record has it where the name is known.
    pub parties: Vec<Party>,
    /// Deaths.
    pub killed: Option<Figure>,
}

/// Something the table says otherwise than the record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// `date`, `place`, `type`, `actors` or `toll`.
    pub field: &'static str,
    /// As the record has it.
    pub ours: String,
    /// As the table has it.
    pub theirs: String,
    /// Reports (`DOCUMENT#i1`) that the record has it from.
    pub evidence: Vec<String>,
}

/// A row of the table and the incident that it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The row.
    pub coded: Coded,
    /// Id of the incident.
    pub incident: String,
    /// Sum of the reasons' weights.
    pub weight: f64,
    /// What speaks for and against it.
    pub reasons: Vec<String>,
    /// Chosen one by one, the heaviest first, since too many rows hang together for the best choice over all.
    pub greedy: bool,
    /// What they say differently.
    pub differences: Vec<Difference>,
}

/// A row of the table that no incident was found for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missed {
    /// The row.
    pub coded: Coded,
    /// The incident that comes nearest.
    pub nearest: Option<String>,
    /// Why that one isn't it; empty where nothing comes near.
    pub why: Vec<String>,
}

/// An incident that no row was found for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extra {
    /// Its id.
    pub incident: String,
    /// When.
    pub time: Option<(Date, Date)>,
    /// Where.
    pub place: Option<Whereabouts>,
    /// What.
    pub kind: Option<IncidentType>,
    /// Deaths, as told best.
    pub killed: Option<u32>,
    /// Independent reports.
    pub independent: usize,
}

/// A share of a part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Name of the part.
    pub name: String,
    /// The share.
    pub share: Share,
}

/// Shares over all and in parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shares {
    /// Over all.
    pub all: Share,
    /// By country, the largest first.
    pub countries: Vec<Group>,
    /// By first-order unit, the largest first.
    pub admin1: Vec<Group>,
    /// By type, the largest first.
    pub types: Vec<Group>,
}

/// A record beside a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// What the table's columns are: `acled`, `ged`, `watchkeeper` or `mapped`.
    pub scheme: &'static str,
    /// Days by which dates may differ.
    pub days_max: u32,
    /// Kilometres by which exact places may differ.
    pub km_max: f64,
    /// Rows found, in the table's order.
    pub found: Vec<Found>,
    /// Rows missed, in the table's order.
    pub missed: Vec<Missed>,
    /// Incidents of the table's days and countries that it doesn't have, in the order of time.
    pub extra: Vec<Extra>,
    /// How many rows were found.
    pub recall: Shares,
    /// How many incidents of the table's days and countries were found in it.
    pub precision: Shares,
    /// How many pairs differ in each field.
    pub differing: Vec<(&'static str, usize)>,
    /// What was left out and other remarks.
    pub notes: Vec<String>,
}
