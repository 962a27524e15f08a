//! Who looked at the names of private persons: an entry of the audit log each time.

use serde::{Deserialize, Serialize};
use watchkeeper_record::Moment;

use crate::audit;
use crate::error::Error;
use crate::open::Store;

/// One look at the names of private persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revealed {
    /// Number in the audit log.
    pub entry: i64,
    /// When.
    pub moment: Moment,
    /// Who looked, as they named themselves.
    pub author: String,
    /// The command with its filters.
    pub command: Vec<String>,
}

/// The entry's detail.
#[derive(Serialize, Deserialize)]
struct Detail {
    author: String,
    command: Vec<String>,
}

impl Store {
    /// Enters into the audit log that somebody asked for the names of private persons, before they are shown: `author` as they name
    /// themselves, `command` with its filters. Durable when it returns.
    ///
    /// # Errors
    /// As [`crate::Writer::put`]; [`Error::ReadOnly`] where nothing can be entered: show no names then.
    pub fn log_reveal(&mut self, author: &str, command: &[String], moment: Moment) -> Result<(), Error> {
        let path = self.path.clone();
        let detail = Detail { author: author.to_owned(), command: command.to_vec() };
        self.within(|db| {
            audit::append(db, moment, "reveal", &crate::prepare::json(&detail))
                .map_err(|source| Error::of(&path, source))
        })
    }

    /// Every look at the names of private persons, oldest first.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn reveals(&self) -> Result<Vec<Revealed>, Error> {
        self.asked(|db| {
            let mut select = db
                .prepare_cached("SELECT seq, moment, detail FROM audit WHERE what = 'reveal' ORDER BY seq")?;
            let rows =
                select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
            let mut found = Vec::new();
            for row in rows {
                let (entry, moment, detail): (i64, i64, String) = row?;
                // `verify` finds what can't be read.
                let Ok(Detail { author, command }) = serde_json::from_str(&detail) else { continue };
                found.push(Revealed { entry, moment: crate::get::moment(moment)?, author, command });
            }
            Ok(found)
        })
    }
}
