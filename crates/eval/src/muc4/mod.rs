//! Task `muc4`: incidents with their roles, against the templates of the MUC-4 key.
//!
//! In: the benchmark's documents. Out: predictions, figures, and the weights of `watchkeeper_extraction::incident`. The mapping of the
//! product's roles and kinds to the benchmark's names lives here only.

pub(crate) mod causes;
pub(crate) mod command;
pub(crate) mod docs;
pub(crate) mod linear;
pub(crate) mod score;
pub(crate) mod stages;
pub(crate) mod templates;
pub(crate) mod train;
