//! One file a command.

pub(crate) mod add;
pub(crate) mod codebook;
pub(crate) mod compare;
pub(crate) mod excitation;
pub(crate) mod export;
pub(crate) mod forecast;
pub(crate) mod gazetteer;
pub(crate) mod graph;
pub(crate) mod keep;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod review;
pub(crate) mod sample;
pub(crate) mod score;
pub(crate) mod severity;
pub(crate) mod show;
pub(crate) mod timeline;
pub(crate) mod watch;
