//! Presentation of readings: what a person sees.
//!
//! In: a [`watchkeeper_record::Reading`] with byte spans. Out: text for a terminal ([`Screen`]), one self-contained HTML page
//! ([`Page`]), or the trace of one record ([`Trace`]). Names of private persons are hidden in all of them unless the caller asks
//! otherwise ([`Privacy`]). [`export`] hands incidents over to other programs. This crate decides nothing about a reading, knows no file and no terminal.

#![warn(clippy::disallowed_methods)]

pub mod compared;
pub mod export;
mod map;
pub mod network;
mod page;
mod picture;
pub mod plot;
mod privacy;
mod screen;
pub mod timeline;
mod trace;
mod words;

pub use page::Page;
pub use privacy::Privacy;
pub use screen::Screen;
pub use trace::Trace;
