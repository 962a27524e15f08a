//! What can go wrong with a record, and on what.

use std::path::{Path, PathBuf};

/// Why the record could not do what was asked. Every variant that concerns the file names it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file, and it was not to be made.
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    NotARecord {
        /// The file.
        path: PathBuf,
        /// What it is instead, as far as can be told.
        what: String,
    },
    /// The file was written by a later version of the program.
    Future {
        /// The file.
        path: PathBuf,
        /// Number of its schema.
        found: u32,
        /// Highest number known here.
        known: u32,
    },
    /// Another process or thread holds the right to write.
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file, its folder or the way it was opened allows no writing.
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No room is left on the disk, or a limit of size was met. What was committed before stands.
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The reading breaks its contract and was refused.
    Breach {
        /// SHA-256 of the document, hex.
        document: String,
        /// What it breaks.
        breaches: Vec<String>,
    },
    /// The text to search for can't be understood.
    Search {
        /// The text.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A filter that means nothing, or a cursor that belongs to another query.
    Query(String),
    /// Nothing has this id.
    Unknown {
        /// The id as given.
        id: String,
    },
    /// Several things have an id that begins so.
    Ambiguous {
        /// The id as given.
        id: String,
        /// Some of them.
        candidates: Vec<String>,
    },
    /// A correction that can't be entered.
    Correction(String),
    /// The database refused something else.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// The database's own error.
        source: rusqlite::Error,
    },
}

impl Error {
    /// Sorts an error of the database by what the user can do about it.
    pub(crate) fn of(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_path_buf();
        let (inner, message) = match &source {
            rusqlite::Error::SqliteFailure(inner, message) => (inner, message),
            rusqlite::Error::FromSqlConversionFailure(_, _, what) => {
                return Self::Damaged { what: what.to_string(), path };
            }
            _ => return Self::Sqlite { path, source },
        };
        let said = || message.clone().unwrap_or_else(|| inner.to_string());
        match inner.code {
            Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy { path },
            Code::ReadOnly | Code::PermissionDenied => Self::ReadOnly { path },
            Code::DiskFull => Self::Full { path },
            Code::DatabaseCorrupt => Self::Damaged { path, what: said() },
            Code::NotADatabase => Self::NotARecord {
                path,
                what: "the file is not a database, or its head is damaged".to_owned(),
            },
            _ => Self::Sqlite { path, source },
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "{}: no such record", path.display()),
            Self::NotARecord { path, what } => {
                write!(f, "{}: not a record of watchkeeper: {what}", path.display())
            }
            Self::Future { path, found, known } => write!(
                f,
                "{}: written by a later version of watchkeeper (schema {found}; this version knows up to {known}); update watchkeeper to open it",
                path.display()
            ),
            Self::Busy { path } => write!(
                f,
                "{}: another process is writing to the record; wait for it to end, or stop it, and try again",
                path.display()
            ),
            Self::ReadOnly { path } => {
                write!(
                    f,
                    "{}: the file or its folder can't be written, or it was opened for reading",
                    path.display()
                )
            }
            Self::Full { path } => write!(
                f,
                "{}: no room left on the disk; everything committed before is safe, the rest was not added",
                path.display()
            ),
            Self::Damaged { path, what } => {
                write!(
                    f,
                    "{}: the record is damaged ({what}); restore a backup, or see `doctor`",
                    path.display()
                )
            }
            Self::Breach { document, breaches } => {
                write!(f, "document {document}: the reading breaks its contract: {}", breaches.join("; "))
            }
            Self::Search { text, why } => write!(f, "search text `{text}`: {why}"),
            Self::Query(why) => write!(f, "{why}"),
            Self::Unknown { id } => write!(f, "nothing in the record has the id `{id}`"),
            Self::Ambiguous { id, candidates } => {
                write!(f, "`{id}` begins several ids: {}", candidates.join(", "))
            }
            Self::Correction(why) => write!(f, "correction refused: {why}"),
            Self::Sqlite { path, source } => write!(f, "{}: {source}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sqlite { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A row that doesn't hold what was once written there, as an error that [`Error::of`] tells as damage.
pub(crate) fn damaged(what: impl Into<String>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, what.into().into())
}
