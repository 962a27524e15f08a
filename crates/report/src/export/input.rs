//! What an export is made of: plain structures that whoever holds the record fills in.

use serde::Serialize;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{ActorKind, Polarity, Realis, RelationKind, StatementKind};
use watchkeeper_record::incident::{Account, Incident, Party};

/// One incident with all that the record holds of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exported {
    /// The incident over reports.
    pub incident: Incident,
    /// What each report tells, in the order of [`Incident::accounts`].
    pub accounts: Vec<Account>,
    /// The reports themselves, each once, in order of the day they are known from, then id.
    pub reports: Vec<Report>,
    /// What is known of the actors among perpetrators and victims, by [`Party::key`].
    pub actors: Vec<Actor>,
    /// What somebody says of it.
    pub statements: Vec<Statement>,
    /// Names of further private persons in these reports (witnesses, relatives): hidden in quotes and titles.
    #[serde(skip)]
    pub private_names: Vec<String>,
    /// Whether a human changed or confirmed it.
    pub corrected: bool,
}

/// A report that tells of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// SHA-256 of the document's bytes, hex.
    pub document: String,
    /// Headline.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// How far the outlet may be relied on, `A` to `F` (Admiralty; `F`: can't be judged).
    pub grade: char,
    /// How credible the report is, 1 to 6 (Admiralty; 6: can't be judged).
    pub credibility: u8,
    /// The day from which it is known.
    pub known: Date,
    /// Whether that day is its own; else the day it was added.
    pub dated: bool,
    /// Address, where there is one.
    pub url: Option<String>,
    /// Its words of evidence.
    pub quote: Option<String>,
}

/// What is known of an actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// Key in the record.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: Option<ActorKind>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// PLOVER sector, e.g. `REB`.
    pub sector: Option<String>,
    /// A private person.
    pub private: bool,
}

/// What somebody says, in one report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// Id in the record, `SHA-256#s1`.
    pub id: String,
    /// SHA-256 of the document, hex.
    pub document: String,
    /// Kind.
    pub kind: StatementKind,
    /// Who says it; `None` where unnamed or the writer of the report.
    pub speaker: Option<Party>,
    /// The writer's own judgement.
    pub author: bool,
    /// Affirmed or denied.
    pub polarity: Polarity,
    /// Hedging words.
    pub certainty: Option<String>,
    /// What is said.
    pub content: String,
    /// The day from which it is known.
    pub known: Date,
}

/// A relation between two actors, as one report tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relation {
    /// Id in the record, `SHA-256#r1`.
    pub id: String,
    /// Key of the actor from whom.
    pub from: String,
    /// Key of the actor to whom.
    pub to: String,
    /// Kind.
    pub kind: RelationKind,
    /// Whether it holds.
    pub realis: Realis,
    /// First day.
    pub since: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Calibrated probability that it was read rightly, 0..=1.
    pub score: f64,
    /// The report with its words of evidence.
    pub report: Report,
}
