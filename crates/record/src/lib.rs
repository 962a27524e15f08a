//! Domain types of watchkeeper: the corridors between its rooms.
//!
//! What comes in and goes out of every room is one of these plain types:
//! [`article::Article`] (clean text with masks) → [`document::Document`] (tokens, dependencies, entities)
//! → [`mention::Mentions`] (what passages say) → [`reading::Reading`] (the published record of one document).
//!
//! This crate knows no disk, no network, no weights and no rule of any room. Spans are half-open UTF-8 byte
//! ranges into [`article::Article::text`]; only [`reading::Reading::quoted`] turns them into code points, at the edge.

#![warn(clippy::disallowed_methods)]

pub mod article;
pub mod check;
pub mod codebook;
pub mod coded;
pub mod correction;
pub mod crosswalk;
pub mod diagnostic;
pub mod document;
pub mod incident;
pub mod map;
pub mod mention;
pub mod moment;
pub mod names;
pub mod page;
pub mod reading;
pub mod roles;
pub mod sample;
pub mod share;
pub mod span;

pub use article::Article;
pub use diagnostic::Diagnostic;
pub use document::Document;
pub use mention::Mentions;
pub use moment::Moment;
pub use page::RawPage;
pub use reading::Reading;
pub use span::Span;
