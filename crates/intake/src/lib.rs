//! The doors: whatever lies in files, archives and streams becomes [`watchkeeper_record::RawPage`]s.
//!
//! In: a [`Source`] (a file, standard input, bytes with a name) with [`Limits`] and [`Options`]. Out, one after another through a
//! sink: an [`Outcome`] each: a page beside the remarks on it, a feed, a link to be fetched, or a [`Refusal`] that names the input
//! and the place and never takes the rest down. [`expand`] makes sources of the names a user gives.
//!
//! What a run of bytes is, [`sniff`] tells from the bytes; a name only breaks ties. Archives are streamed: memory is bounded by
//! [`Limits`], whatever their size. A PDF's text is read by a child process ([`pdf::child_main`]) with limits of its own.
//!
//! What it does not do: open sockets, parse feeds, read meaning out of pages, write anything a member's name tells it to.
//!
//! ```
//! use std::ops::ControlFlow;
//! use watchkeeper_intake::{Limits, Options, Outcome, Source, read};
//!
//! let source = Source::Bytes { name: "note".into(), bytes: b"Troops crossed the river on Monday.".to_vec() };
//! let mut pages = Vec::new();
//! let summary = read(source, &Limits::default(), &Options::default(), &mut |outcome| {
//!     if let Outcome::Page(found) = outcome {
//!         pages.push(found.page.origin);
//!     }
//!     ControlFlow::Continue(())
//! });
//! assert_eq!((pages, summary.pages), (vec!["note".to_owned()], 1));
//! ```

mod budget;
mod docx;
mod error;
#[cfg(feature = "hostile")]
pub mod hostile;
mod json;
mod limits;
mod mail;
pub mod pdf;
mod rows;
mod sniff;
mod source;
mod stream;
mod table;
mod told;
mod unpack;
mod walk;
mod warc;
mod zip;

pub use error::{Error, Refusal};
pub use limits::{Columns, Limits, Options, PdfReader};
pub use sniff::{Kind, sniff};
pub use source::{ExpandOptions, Source, SourceError, expand};
pub use walk::{Feed, Found, Link, Outcome, Summary, read};
