//! Corrections: what a human says of a reading, an incident or an actor. Nothing read is changed or lost: a correction is laid over
//! it, and taken away by another one.

use serde::{Deserialize, Serialize};

use crate::codebook::{UnknownCode, vocabulary};
use crate::moment::Moment;
use crate::sample::{Aspect, Judged, Sample};

/// One correction, as it is kept for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Who says so. Not empty.
    pub author: String,
    /// When.
    pub moment: Moment,
    /// Why. Not empty.
    pub reason: String,
    /// What.
    pub action: Action,
}

/// What a correction does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// The record is right as read.
    Accept {
        /// Which.
        target: Target,
    },
    /// One field is other than read.
    Edit {
        /// Of which record.
        target: Target,
        /// Where in the record: a JSON pointer (RFC 6901), e.g. `/realis` or `/toll/killed/best`. Not ids, spans or evidence.
        field: String,
        /// What it is instead, in the published spelling.
        value: serde_json::Value,
    },
    /// The record is no such thing: queries leave it out.
    Reject {
        /// Which.
        target: Target,
    },
    /// These accounts tell of one happening.
    Merge {
        /// Ids of accounts, at least two.
        accounts: Vec<String>,
    },
    /// No account of the first list tells of the happening that those of the second tell of.
    Split {
        /// Ids of accounts, not empty.
        accounts: Vec<String>,
        /// Ids of accounts, not empty.
        from: Vec<String>,
    },
    /// One actor is another.
    MergeActors {
        /// Key of the actor that goes.
        from: String,
        /// Key of the actor that stays.
        into: String,
    },
    /// A new actor is one of its own.
    AcceptActor {
        /// Its key.
        actor: String,
    },
    /// What was taken for an actor is none.
    RejectActor {
        /// Its key.
        actor: String,
    },
    /// A random sample was drawn to be judged. Changes nothing that queries see.
    Draw {
        /// The sample.
        sample: Sample,
    },
    /// A thing is right or wrong as the record has it. Changes nothing that queries see: it is counted, not corrected.
    Judge {
        /// What.
        of: Judged,
        /// Which side of it.
        aspect: Aspect,
        /// Right, or wrong.
        right: bool,
    },
    /// An earlier correction no longer holds; undoing an undoing brings it back.
    Undo {
        /// Its id.
        correction: String,
    },
}

/// A record of a reading, named by what stays the same when a later version reads the document anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// SHA-256 of the document's bytes, hex.
    pub document: String,
    /// What it is.
    pub kind: RecordKind,
    /// Its first evidence, to the letter.
    pub quote: String,
    /// Where that begins, in code points: tells two records with the same words apart.
    pub start: u32,
    /// Of several with the same evidence, the how-manieth, counted from 0.
    #[serde(default)]
    pub nth: u32,
}

vocabulary! {
    /// Which list of a reading a record stands in.
    RecordKind {
        /// `actors`.
        Actor = "actor",
        /// `places`.
        Place = "place",
        /// `events`.
        Event = "event",
        /// `relations`.
        Relation = "relation",
        /// `control`.
        Control = "control",
        /// `statements`.
        Statement = "statement",
        /// `incidents`.
        Incident = "incident",
    }
}

impl RecordKind {
    /// Name of the list in the published reading.
    #[must_use]
    pub fn list(self) -> &'static str {
        match self {
            Self::Actor => "actors",
            Self::Place => "places",
            Self::Event => "events",
            Self::Relation => "relations",
            Self::Control => "control",
            Self::Statement => "statements",
            Self::Incident => "incidents",
        }
    }

    /// The kind whose local ids begin with this letter.
    #[must_use]
    pub fn of_local(local: &str) -> Option<Self> {
        Some(match local.as_bytes().first()? {
            b'a' => Self::Actor,
            b'p' => Self::Place,
            b'e' => Self::Event,
            b'r' => Self::Relation,
            b'c' => Self::Control,
            b's' => Self::Statement,
            b'i' => Self::Incident,
            _ => return None,
        })
    }

    /// Key of the list of spans that is the record's evidence.
    #[must_use]
    pub fn evidence(self) -> &'static str {
        match self {
            Self::Actor | Self::Place => "mentions",
            _ => "evidence",
        }
    }
}
