//! Opening a record: making it, checking that it is one, moving an older one to today's schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Error;

/// Number of the schema that this version writes (`PRAGMA user_version`).
pub const SCHEMA: u32 = 2;

/// `WKR1` in ASCII: tells a record from other SQLite files (`PRAGMA application_id`).
const APPLICATION: i32 = 0x574B_5231;

/// The schemas in order: `MIGRATIONS[n]` brings schema `n` to `n + 1`.
const MIGRATIONS: &[&str] = &[include_str!("schema/v1.sql"), include_str!("schema/v2.sql")];

/// What a record is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To ask only. Never waits for a writer; works on read-only files and folders.
    Read,
    /// To ask and to write; the record must be there.
    Write,
    /// As [`Mode::Write`]; makes the record where there is none.
    Create,
}

/// How a record is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// What for.
    pub mode: Mode,
    /// How long to wait for another writer before [`Error::Busy`], in milliseconds.
    pub busy_ms: u32,
    /// Memory for pages of the file, in KiB.
    pub cache_kib: u32,
    /// A condition with fewer rows than this drives a query without further counting. Changes no answer, only the way to it.
    pub few_rows: u32,
}

impl OpenOptions {
    /// The usual: five seconds of patience, 64 MiB of cache.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self { mode, busy_ms: 5_000, cache_kib: 65_536, few_rows: 1_500 }
    }
}

/// A record, open. One thread at a time; open it again for another.
#[derive(Debug)]
pub struct Store {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
    pub(crate) few_rows: u32,
}

impl Store {
    /// Opens a record with [`OpenOptions::new`].
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::NotARecord`], [`Error::Future`], [`Error::ReadOnly`], [`Error::Busy`], [`Error::Damaged`].
    pub fn open(path: &Path, mode: Mode) -> Result<Self, Error> {
        Self::open_with(path, &OpenOptions::new(mode))
    }

    /// Opens a record.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(path: &Path, options: &OpenOptions) -> Result<Self, Error> {
        let there = std::fs::metadata(path).map(|data| (data.is_file(), data.len())).ok();
        match (there, options.mode) {
            (None, Mode::Read | Mode::Write) => return Err(Error::Missing { path: path.to_path_buf() }),
            (Some((false, _)), _) => return Err(other(path, "it is not a plain file")),
            (Some((_, 0)), Mode::Read | Mode::Write) => return Err(other(path, "the file is empty")),
            _ => {}
        }
        let of = |source| Error::of(path, source);
        let db = match connect(path, options, false) {
            // A folder that can't be written has no room for the files that readers of a live record share. Without a
            // log beside it nobody writes, and the file can be read as it stands.
            Err(rusqlite::Error::SqliteFailure(inner, _))
                if options.mode == Mode::Read
                    && matches!(
                        inner.code,
                        rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly
                    )
                    && !log_of(path).exists() =>
            {
                connect(path, options, true).map_err(of)?
            }
            Err(rusqlite::Error::SqliteFailure(inner, _))
                if inner.code == rusqlite::ErrorCode::CannotOpen =>
            {
                return Err(Error::ReadOnly { path: path.to_path_buf() });
            }
            db => db.map_err(of)?,
        };
        let store = Self { db, path: path.to_path_buf(), few_rows: options.few_rows };
        store.admit(options.mode)?;
        Ok(store)
    }

    /// Takes the log into the file and makes the index of words one piece, which searches walk fastest: after much was added.
    /// Cost: rewrites that index, about 1 KiB a document.
    ///
    /// # Errors
    /// As [`crate::Writer::put`].
    pub fn optimise(&mut self) -> Result<(), Error> {
        self.db
            .execute_batch("INSERT INTO words (words) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE)")
            .map_err(|source| Error::of(&self.path, source))
    }

    /// Bounds the file to so many pages of 8 KiB (`max_page_count`): what would pass it is [`Error::Full`]. Holds until the record is
    /// closed; a bound below today's size is raised to it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn pages_max(&self, pages: u32) -> Result<(), Error> {
        self.asked(|db| db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks what the file is, makes or migrates it.
    fn admit(&self, mode: Mode) -> Result<(), Error> {
        let of = |source| Error::of(&self.path, source);
        let (application, version, tables) = head(&self.db).map_err(of)?;
        if application != APPLICATION && (tables > 0 || mode != Mode::Create) {
            return Err(other(&self.path, "it is a database of another program"));
        }
        let found = u32::try_from(version).unwrap_or(u32::MAX);
        if found > SCHEMA {
            return Err(Error::Future { path: self.path.clone(), found, known: SCHEMA });
        }
        if mode == Mode::Read {
            return if found == SCHEMA {
                Ok(())
            } else {
                Err(Error::Query(format!(
                    "{}: of an older schema ({found}); open it once for writing, which brings it to {SCHEMA}",
                    self.path.display()
                )))
            };
        }
        if self.db.is_readonly("main").map_err(of)? {
            return Err(Error::ReadOnly { path: self.path.clone() });
        }
        if tables == 0 {
            self.db.execute_batch("PRAGMA page_size = 8192").map_err(of)?;
        }
        self.db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").map_err(of)?;
        if found < SCHEMA {
            self.migrate().map_err(of)?;
        }
        Ok(())
    }

    fn migrate(&self) -> rusqlite::Result<()> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let moved = (|| {
            // Another process may have been first.
            let (_, version, _) = head(&self.db)?;
            let from = usize::try_from(version).unwrap_or(usize::MAX);
            for migration in MIGRATIONS.iter().skip(from) {
                self.db.execute_batch(migration)?;
            }
            if from == 0 {
                self.db.execute(
                    "INSERT INTO meta (key, value) VALUES ('created_by', ?1)",
                    [concat!("watchkeeper ", env!("CARGO_PKG_VERSION"))],
                )?;
            }
            self.db.execute_batch(&format!(
                "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA}; COMMIT"
            ))
        })();
        if moved.is_err() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        moved
    }
}

fn other(path: &Path, what: &str) -> Error {
    Error::NotARecord { path: path.to_path_buf(), what: what.to_owned() }
}

/// The write-ahead log beside a file.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Application id, schema number, number of tables.
fn head(db: &Connection) -> rusqlite::Result<(i32, i64, i64)> {
    Ok((
        db.query_row("PRAGMA application_id", [], |row| row.get(0))?,
        db.query_row("PRAGMA user_version", [], |row| row.get(0))?,
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
    ))
}

/// Opens a connection and sets it up; the file is first touched here.
fn connect(path: &Path, options: &OpenOptions, immutable: bool) -> rusqlite::Result<Connection> {
    let access = match options.mode {
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = if immutable {
        Connection::open_with_flags(uri(path), flags | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    db.busy_timeout(Duration::from_millis(u64::from(options.busy_ms)))?;
    db.set_prepared_statement_cache_capacity(128);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.execute_batch(&format!(
        "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{}; PRAGMA journal_size_limit = 67108864",
        options.cache_kib
    ))?;
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(db)
}

/// The path as a URI that promises that nobody writes.
fn uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(*byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}
