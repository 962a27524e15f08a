//! Showing one thing by its id, with all evidence.

use serde_json::Value;
use watchkeeper_record::incident::Incident;

use crate::correct::{Corrected, Entered};
use crate::error::Error;
use crate::get::{OriginOf, ReadingOf};
use crate::items::{ActorItem, DocumentItem, Fact, document};
use crate::open::Store;
use crate::write::DocumentId;

/// What an id names.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Shown {
    /// A document.
    Document(Box<ShownDocument>),
    /// A record of a document's reading.
    Record {
        /// Its document.
        document: Box<ShownDocument>,
        /// Its local id, `e1`.
        local: String,
        /// The record with its corrections, as it is published: with all its evidence.
        record: Value,
    },
    /// An incident over reports.
    Incident {
        /// The incident: who says what, tolls, joins.
        incident: Box<Incident>,
        /// Its reports.
        reports: Vec<Fact>,
    },
    /// An actor over documents.
    Actor(Box<ActorItem>),
}

/// A document with all that the record holds of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownDocument {
    /// Its head.
    pub item: DocumentItem,
    /// The reading in use with its corrections.
    pub corrected: Corrected,
    /// How it came in.
    pub origins: Vec<OriginOf>,
    /// Which readings are kept.
    pub readings: Vec<ReadingOf>,
    /// Its copies, the representative first.
    pub copies: Vec<(DocumentId, f64, String)>,
    /// Corrections of it.
    pub corrections: Vec<Entered>,
}

impl Store {
    /// Finds what an id names: a document (its SHA-256 or at least six digits that begin only one), `DOCUMENT#e1` a record of it, an
    /// incident (its key, an old key or an account), an actor (its key or name).
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Ambiguous`], [`Error::Damaged`].
    pub fn show(&self, id: &str) -> Result<Shown, Error> {
        match self.incident(id) {
            Ok(incident) => {
                let reports = self.reports_of(id, None)?;
                return Ok(Shown::Incident { incident: Box::new(incident), reports });
            }
            Err(Error::Unknown { .. }) => {}
            Err(error) => return Err(error),
        }
        let (head, local) = id.split_once('#').map_or((id, None), |(head, local)| (head, Some(local)));
        let number = match (self.find_document(head), local) {
            (Err(Error::Unknown { .. }), None) => {
                return self.actor(id, None).map(|actor| Shown::Actor(Box::new(actor)));
            }
            (number, _) => number?,
        };
        let shown = Box::new(self.show_document(number)?);
        let Some(local) = local else { return Ok(Shown::Document(shown)) };
        let unknown = || Error::Unknown { id: id.to_owned() };
        let kind = watchkeeper_record::correction::RecordKind::of_local(local);
        let lists = serde_json::to_value(&shown.corrected.reading).map_err(|_| unknown())?;
        let record = match (kind, local.as_bytes().first()) {
            (Some(kind), _) => lists[kind.list()].as_array(),
            (None, Some(b't')) => lists["times"].as_array(),
            _ => None,
        };
        let record =
            record.and_then(|list| list.iter().find(|record| record["id"] == local)).ok_or_else(unknown)?;
        Ok(Shown::Record { record: record.clone(), local: local.to_owned(), document: shown })
    }

    /// All that the record holds of a document.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Damaged`].
    pub fn show_document(&self, number: DocumentId) -> Result<ShownDocument, Error> {
        let corrected = self.corrected(number)?;
        let item = self.asked(|db| document(db, number.0))?;
        let sha = item.source.document.clone();
        let of_it = |entered: &Entered| {
            use watchkeeper_record::correction::Action;
            match &entered.correction.action {
                Action::Accept { target } | Action::Edit { target, .. } | Action::Reject { target } => {
                    target.document == sha
                }
                _ => false,
            }
        };
        Ok(ShownDocument {
            corrections: self.corrections()?.into_iter().filter(of_it).collect(),
            origins: self.origins(number)?,
            readings: self.readings(number)?,
            copies: self.copies(number)?,
            corrected,
            item,
        })
    }
}
