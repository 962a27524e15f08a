//! Random samples that humans judge, so that it can be said how much of the record is right.

use serde::{Deserialize, Serialize};

use crate::codebook::{UnknownCode, vocabulary};
use crate::correction::Target;

vocabulary! {
    /// What a sample is drawn from.
    Sampled {
        /// Incidents over reports.
        Incidents = "incidents",
        /// Statements.
        Statements = "statements",
    }
}

vocabulary! {
    /// What a judgement is about.
    Aspect {
        /// The thing as a whole: it is told, and it is what the record calls it.
        Whole = "whole",
        /// When.
        Date = "date",
        /// Where.
        Place = "place",
        /// Which type or kind.
        Type = "type",
        /// Who, on whatever side.
        Actors = "actors",
        /// How many were killed, wounded, abducted.
        Toll = "toll",
        /// Whether the reports put together are of one happening.
        Merging = "merging",
        /// Who says it.
        Speaker = "speaker",
        /// What is said.
        Content = "content",
        /// How sure, in the speaker's words.
        Certainty = "certainty",
    }
}

/// What is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Judged {
    /// An incident over reports, by its key or the id of one of its accounts: both lead to it for ever.
    Incident {
        /// Which.
        incident: String,
    },
    /// A record of a document.
    Record {
        /// Which.
        target: Target,
    },
}

/// A random sample as it was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// From what.
    pub of: Sampled,
    /// The seed; same record, filter, size and seed draw the same.
    pub seed: u64,
    /// What was asked for, as JSON, for readers.
    pub filter: String,
    /// By what the strata are told apart: `region`, `type`, `outlet`, as many of them as the size bears.
    pub by: Vec<String>,
    /// The strata in order of their names. Together they are all that the filter keeps.
    pub strata: Vec<Stratum>,
}

/// A part of what a sample is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its name: the values of [`Sample::by`], joined by ` · `.
    pub name: String,
    /// How many it held when the sample was drawn.
    pub size: u32,
    /// Those drawn from it.
    pub drawn: Vec<Drawn>,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Its id: an incident's, or `DOCUMENT#s1`.
    pub id: String,
    /// What it is, so that it is found again.
    pub is: Judged,
    /// Country, ISO 3166-1 alpha-3; `-` where the record tells none, and for statements.
    pub region: String,
    /// Type of incident or kind of statement.
    pub kind: String,
    /// Who published the first report of it.
    pub outlet: String,
}
