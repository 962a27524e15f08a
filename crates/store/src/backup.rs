//! A consistent copy of a record while others write.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::Backup;
use serde::Serialize;

use crate::error::Error;
use crate::open::Store;

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Where it is.
    pub to: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Documents in it.
    pub documents: u64,
}

impl Store {
    /// Copies the record as it stands at this moment; writers go on writing. The copy is complete under its name or not there at all.
    ///
    /// All pages go in one step on one snapshot: in smaller steps SQLite would start over whenever another process writes.
    ///
    /// # Errors
    /// [`Error::Query`] when `to` exists already; [`Error::Full`], [`Error::ReadOnly`] about the copy; [`Error::Damaged`] when the copy
    /// doesn't pass SQLite's quick check.
    pub fn backup(&self, to: &Path) -> Result<Copied, Error> {
        if to.exists() {
            return Err(Error::Query(format!("{}: exists already and is not overwritten", to.display())));
        }
        let mut partial = to.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let _ = std::fs::remove_file(&partial);
        let copied = self.copy(&partial).and_then(|documents| {
            std::fs::rename(&partial, to).map_err(|_| Error::ReadOnly { path: to.to_path_buf() })?;
            Ok(documents)
        });
        if copied.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        let documents = copied?;
        let bytes = std::fs::metadata(to).map(|data| data.len()).unwrap_or(0);
        Ok(Copied { to: to.to_path_buf(), bytes, documents })
    }

    fn copy(&self, partial: &Path) -> Result<u64, Error> {
        let of = |source| match Error::of(partial, source) {
            Error::Sqlite { source: rusqlite::Error::SqliteFailure(inner, _), path }
                if inner.code == rusqlite::ErrorCode::CannotOpen =>
            {
                Error::ReadOnly { path }
            }
            error => error,
        };
        let mut copy = Connection::open(partial).map_err(of)?;
        Backup::new(&self.db, &mut copy).and_then(|backup| backup.step(-1).map(drop)).map_err(of)?;
        // One file, with nothing beside it.
        copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(of)?;
        let said: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(of)?;
        if said != "ok" {
            return Err(Error::Damaged { path: partial.to_path_buf(), what: said });
        }
        let documents: i64 =
            copy.query_row("SELECT count(*) FROM document", [], |row| row.get(0)).map_err(of)?;
        copy.close().map_err(|(_, source)| of(source))?;
        Ok(u64::try_from(documents).unwrap_or(0))
    }
}
