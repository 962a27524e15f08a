//! The driver: runs the rooms one after another, over one document or many.
//!
//! In: paths, standard input or bytes, and the options of a run. Out: one [`watchkeeper_record::Reading`] per document, in
//! the order of the inputs whatever the number of threads, or a [`Failure`] that names the input.
//! This is where files are read and threads are started; the rooms below have neither. It knows no rule of any room,
//! no screen and no exit code.
//!
//! ```no_run
//! use watchkeeper_pipeline::{Engine, ReadOptions};
//! let engine = Engine::embedded()?;
//! let reading = engine.read_bytes(b"Gunmen killed four soldiers near Gao on Tuesday.", &ReadOptions::default())?;
//! assert_eq!(reading.events.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod coded;
mod compare;
mod engine;
mod error;
mod gather;
mod look_up;
mod prose;
mod queue;
mod recorder;
mod run;
mod sample;
mod settle;
mod texts;
mod told;

pub use coded::{CodedTable, FIELDS, Fault, TableError, read_coded};
pub use compare::compare;
pub use engine::{Engine, EngineOptions, ReadOptions, Worker};
pub use error::{EngineError, Failure};
pub use gather::{Doors, Fetch, Gathered, Input, InputError, gather, inputs, page_digest, text_digest};
pub use look_up::{Found, LookUp, LookUpError, LookedUp, look_up};
pub use prose::WORDS_MAX;
pub use queue::{Ground, Waiting, queue};
pub use recorder::{Ready, Recorded, Recorder, ready};
pub use run::{Read, RunOptions, read_pages, read_pages_then};
pub use sample::{Appraisal, Appraised, Item, appraise, draw, draws, judged};
pub use settle::{Settled, Settling, incident_of};
pub use texts::Texts;
