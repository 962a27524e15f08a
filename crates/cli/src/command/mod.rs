//! One file a command.

pub(crate) mod codebook;
pub(crate) mod gazetteer;
pub(crate) mod read;
