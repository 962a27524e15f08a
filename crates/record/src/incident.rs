//! Incidents over reports: one happening in the world, put together from what single reports tell of it.
//!
//! [`Account`] is what merging needs of one reading's incident; [`Incident`] is the happening. A report is never rewritten or
//! dropped: an incident is a view over accounts that can be taken apart again.

use serde::{Deserialize, Serialize};

use crate::article::Date;
use crate::codebook::{Claim, IncidentType, Precision, TargetType, WeaponType};

/// What one report tells of one happening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Made of the document's id and the words of evidence: the same bytes give the same id.
    pub id: String,
    /// Id of the document (SHA-256 of its bytes, hex).
    pub document: String,
    /// Id of the incident inside its reading, `i1`.
    pub local: String,
    /// Id of the document that stands for all copies of one story; the document's own where there is no copy.
    pub story: String,
    /// Who published the report.
    pub outlet: Option<String>,
    /// The day from which the report is known: its last possible day of publication, or the day it was added.
    pub known: Date,
    /// Whether that day is the report's own; else it is the day it was added.
    pub dated: bool,
    /// Type of incident.
    pub kind: Option<IncidentType>,
    /// Where.
    pub place: Option<Whereabouts>,
    /// When, a closed range of days.
    pub time: Option<(Date, Date)>,
    /// Who did it.
    pub perpetrators: Vec<Party>,
    /// Who suffered it.
    pub victims: Vec<Party>,
    /// What was hit.
    pub targets: Vec<TargetType>,
    /// With what.
    pub weapons: Vec<WeaponType>,
    /// Deaths.
    pub killed: Option<Figure>,
    /// Wounded.
    pub wounded: Option<Figure>,
    /// Abducted.
    pub abducted: Option<Figure>,
    /// Told as history.
    pub background: bool,
    /// Words that refer to a happening by its day, e.g. `Tuesday's ambush`.
    pub refers: Option<String>,
    /// Hashes of the telling words of the evidence, sorted, without doubles.
    pub words: Vec<u64>,
    /// Hashes of the few most telling words of the whole report, so that it is compared with those that share two of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gist: Vec<u64>,
}

/// A place as an account gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// As the report names it.
    pub name: String,
    /// GeoNames id.
    pub geonames: Option<u64>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Name of the first-order unit.
    pub admin1: Option<String>,
    /// How precisely it is known.
    pub precision: Precision,
    /// How far it may be from the point, where that is known.
    pub radius_km: Option<f64>,
    /// Probability that the place is right, 0..=1.
    pub score: f64,
}

impl Whereabouts {
    /// Degrees north and east, where both are known.
    #[must_use]
    pub fn point(&self) -> Option<(f64, f64)> {
        Some((self.lat?, self.lon?))
    }

    /// Whether it is a town or a spot, not a unit, a country or a region.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        matches!(self.precision, Precision::Exact | Precision::Near) && self.point().is_some()
    }
}

/// Somebody named or described in an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Key in the registry, or a folded name; `None` where words only describe (`gunmen`): such are compatible with anybody.
    pub key: Option<String>,
    /// The name or the words.
    pub name: String,
    /// A private person: the name is hidden by default in views and exports.
    pub private: bool,
    /// How it is known that they did it; for victims [`Claim::Unknown`].
    pub claim: Claim,
}

/// A number of persons as one report tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// At least.
    pub low: Option<u32>,
    /// As told.
    pub best: Option<u32>,
    /// At most.
    pub high: Option<u32>,
}

impl Figure {
    /// The one number to compare by: the best, else the bound that is told.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        self.best.or(self.low).or(self.high)
    }
}

/// One happening over all reports known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The id of its founding account: the one known earliest (ties by id). Every other account's id leads here too.
    pub id: String,
    /// Type that most independent reports give, the more special one where they agree.
    pub kind: Option<IncidentType>,
    /// The finest place given.
    pub place: Option<Whereabouts>,
    /// The finest time given, a closed range of days.
    pub time: Option<(Date, Date)>,
    /// Everybody who is said to have done it, the most sure first.
    pub perpetrators: Vec<Accused>,
    /// Who suffered it.
    pub victims: Vec<Party>,
    /// What was hit.
    pub targets: Vec<TargetType>,
    /// With what.
    pub weapons: Vec<WeaponType>,
    /// Deaths over reports.
    pub killed: Option<TollHistory>,
    /// Wounded over reports.
    pub wounded: Option<TollHistory>,
    /// Abducted over reports.
    pub abducted: Option<TollHistory>,
    /// Ids of the accounts, in order of the day they are known from, then id.
    pub accounts: Vec<String>,
    /// Number of reports when copies of one story count once.
    pub independent: usize,
    /// Outlets, sorted.
    pub outlets: Vec<String>,
    /// Why each account but the first belongs here.
    pub joins: Vec<Join>,
    /// Accounts without a date of their own, which count from the day they were added.
    pub undated: Vec<String>,
    /// First and last day from which a report is known.
    pub known: (Date, Date),
}

/// Somebody held responsible, and by which accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accused {
    /// Who, with the strongest claim.
    pub party: Party,
    /// Ids of the accounts that say so.
    pub accounts: Vec<String>,
}

/// How a number changed over reports. Copies of one story count once, and of one outlet the newest figure alone is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TollHistory {
    /// Lowest current figure.
    pub low: Option<u32>,
    /// The newest current figure.
    pub best: Option<u32>,
    /// Highest current figure.
    pub high: Option<u32>,
    /// Every figure told, oldest first.
    pub told: Vec<Told>,
}

/// One figure of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The day from which it is known.
    pub known: Date,
    /// Id of the account.
    pub account: String,
    /// Who published it.
    pub outlet: Option<String>,
    /// The figure.
    pub figure: Figure,
    /// Whether it stands: no newer figure of the same outlet, and no copy of a story counted already.
    pub current: bool,
}

/// Why an account belongs to an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// Id of the account.
    pub account: String,
    /// Id of the account that it agrees with best.
    pub with: String,
    /// Weight of what speaks for it less what speaks against it; joined from [`Join::NEEDED`] on, on average over the incident.
    pub weight: f64,
    /// What speaks for and against it, in words.
    pub reasons: Vec<String>,
}

impl Join {
    /// The weight from which two sets of accounts are taken for one happening.
    pub const NEEDED: f64 = 4.0;
}
