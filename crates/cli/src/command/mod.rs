//! One file a command.

pub(crate) mod add;
pub(crate) mod codebook;
pub(crate) mod gazetteer;
pub(crate) mod read;
pub(crate) mod watch;
