//! One file a command.

pub(crate) mod gazetteer;
pub(crate) mod read;
