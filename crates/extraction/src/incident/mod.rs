//! Who did what to whom with what: roles of people, bodies and things in the incidents of a document, by learned scores.
//!
//! In: a [`watchkeeper_record::Document`] and, where an encoder has read it, its [`watchkeeper_record::roles::TokenRoles`]. Out:
//! incidents of a kind with their fillers. Steps: `candidates` (spans), `sparse` and `linear` (what their words and surroundings say),
//! `rows` (one row of numbers a wording, for boosted trees), `choose` (one wording an entity). Training is in `watchkeeper-eval`.

pub mod candidates;
pub mod choose;
pub mod compose;
pub(crate) mod fill;
pub mod kinds;
pub mod known;
pub mod lexicon;
pub mod linear;
pub mod reader;
pub mod rows;
pub mod sparse;
pub mod strings;
