//! What can go wrong outside the rooms.

use std::fmt;
use std::path::PathBuf;

/// The engine can't start: its weights or data, or files the user named, are unusable.
#[derive(Debug)]
#[non_exhaustive]
pub enum EngineError {
    /// A file that the user named can't be read.
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A weight or data file is damaged or foreign.
    Data {
        /// Which.
        name: String,
        /// Why.
        message: String,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Data { name, message } => write!(f, "{name}: {message}"),
        }
    }
}

impl std::error::Error for EngineError {}

/// One input wasn't read. The others were.
#[derive(Debug)]
pub struct Failure {
    /// The input as it was named.
    pub origin: String,
    /// Stable kebab-case word for counting, e.g. `too-large`.
    pub code: &'static str,
    /// Why, in one line.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

impl std::error::Error for Failure {}
