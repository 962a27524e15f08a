//! The record on disk: one SQLite file with pages, articles, readings, incidents, corrections and an audit log.
//!
//! In: what the other rooms make ([`prepare`] in any thread, then [`Writer::put`] in one). Out: what was put in, and answers to
//! queries ([`Filter`], [`Window`]). What it does not do: read, merge or judge. All SQL of the project lives here, so that
//! another database can come behind the same interface; the file format is drawn in `docs/format.md`.
//!
//! No clock is read: whoever has one passes [`watchkeeper_record::Moment`]s in.

#![warn(clippy::disallowed_methods)]

mod accounts;
mod audit;
mod backup;
mod correct;
mod doctor;
mod error;
mod filter;
mod found;
mod get;
mod items;
mod ledger;
mod open;
mod over;
mod pack;
mod plan;
mod prepare;
mod resolve;
mod reveal;
mod rows;
mod search_text;
mod show;
mod sources;
mod stream;
mod verify;
mod verify_over;
mod worded;
mod write;

pub use accounts::{Filed, Head};
pub use backup::Copied;
pub use correct::{Corrected, Edited, Entered, Ties};
pub use doctor::{Advice, Weight, doctor};
pub use error::Error;
pub use filter::{Area, Filter, Grade, Listed, Sort, Who, Window};
pub use get::{OriginOf, ReadingOf};
pub use items::{ActorItem, DocumentItem, Fact, Hold, Party, Saying, Site, Source, Tie};
pub use ledger::{Issued, Settled};
pub use open::{Mode, OpenOptions, SCHEMA, Store};
pub use over::OverItem;
pub use prepare::{Entry, Prepared, prepare};
pub use reveal::Revealed;
pub use show::{Shown, ShownDocument};
pub use sources::{Cluster, Graded, Grading, Outlet, Version};
pub use verify::{Finding, Verified};
pub use write::{DocumentId, Put, Snapshot, Writer};
