//! English language layer: exact inference of spaCy's CNN pipelines.
//!
//! In: articles (or plain text) and a loaded language package. Out: documents with tokens, sentences, tags, lemmas,
//! dependencies and entities, equal to those of spaCy 3.8. It opens no files and starts no threads.
#![warn(clippy::disallowed_methods)]

pub mod annotate;
pub mod chars;
pub mod entity;
pub mod language;
pub mod lemma;
pub mod lexeme;
pub mod msgpack;
pub mod package;
pub mod parse;
pub mod pieces;
pub mod pyre;
pub mod roles;
pub mod ruler;
pub mod shares;
pub mod tok2vec;
pub mod tokenize;
pub mod truecase;
mod unicode_tables;

pub use annotate::{Annotator, Options, TextAnnotation, TextToken, annotate};
pub use language::{Language, LanguageError};
