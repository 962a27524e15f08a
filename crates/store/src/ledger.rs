//! The ledger of forecasts: written down before their time comes, settled once after, never changed.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;

use crate::audit;
use crate::error::Error;
use crate::items::date;
use crate::open::Store;

/// A forecast as it was issued.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Issued {
    /// Its name: the hash of all that it says.
    pub id: String,
    /// The question, in words that can be settled.
    pub question: String,
    /// When it was written down.
    pub issued: Moment,
    /// Last day of what was known.
    pub as_of: Date,
    /// Last day of what it is about; after [`Issued::issued`].
    pub horizon_end: Date,
    /// Method and version.
    pub forecaster: String,
    /// All that it says, as JSON.
    pub forecast: String,
}

/// How a forecast turned out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settled {
    /// [`Issued::id`].
    pub id: String,
    /// When that was written down.
    pub resolved: Moment,
    /// Outcome and scores, as JSON.
    pub outcome: String,
    /// The data that say so.
    pub why: String,
}

impl Store {
    /// Writes forecasts down; one that is there already stays as it is. Returns how many are new.
    ///
    /// # Errors
    /// [`Error::Query`] for a forecast whose time has come already; else as [`crate::Writer::put`].
    pub fn issue(&mut self, forecasts: &[Issued]) -> Result<usize, Error> {
        if let Some(late) = forecasts.iter().find(|one| one.horizon_end < one.issued.date()) {
            return Err(Error::Query(format!(
                "`{}`: its time ended on {}, before it was issued",
                late.question, late.horizon_end
            )));
        }
        let path = self.path.clone();
        self.within(|db| {
            (|| {
                let mut new = 0;
                for one in forecasts {
                    let added = db
                        .prepare_cached(
                            "INSERT OR IGNORE INTO forecast_issued (id, question, issued, as_of, horizon_end, forecaster, forecast)
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        )?
                        .execute(params![
                            one.id, one.question, one.issued.unix(), one.as_of.days(), one.horizon_end.days(), one.forecaster, one.forecast
                        ])?;
                    if added > 0 {
                        new += added;
                        audit::append(db, one.issued, "forecast", &format!("{} {}", one.id, one.forecast))?;
                    }
                }
                Ok(new)
            })()
            .map_err(|source| Error::of(&path, source))
        })
    }

    /// Every forecast, oldest first, with how it turned out where that is known.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn forecasts(&self) -> Result<Vec<(Issued, Option<Settled>)>, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT i.id, i.question, i.issued, i.as_of, i.horizon_end, i.forecaster, i.forecast, r.resolved, r.outcome, r.why
                 FROM forecast_issued i LEFT JOIN forecast_resolved r ON r.forecast = i.id ORDER BY i.issued, i.horizon_end, i.id",
            )?
            .query_map([], |row| {
                let id: String = row.get(0)?;
                let settled = match row.get::<_, Option<i64>>(7)? {
                    Some(resolved) => Some(Settled {
                        id: id.clone(),
                        resolved: crate::get::moment(resolved)?,
                        outcome: row.get(8)?,
                        why: row.get(9)?,
                    }),
                    None => None,
                };
                let issued = Issued {
                    id,
                    question: row.get(1)?,
                    issued: crate::get::moment(row.get(2)?)?,
                    as_of: date(row.get(3)?)?,
                    horizon_end: date(row.get(4)?)?,
                    forecaster: row.get(5)?,
                    forecast: row.get(6)?,
                };
                Ok((issued, settled))
            })?
            .collect()
        })
    }

    /// Writes down how forecasts turned out; what was settled before stays so. Returns how many are new.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a forecast that was not issued; [`Error::Query`] for one whose time hasn't ended by `resolved`; else as
    /// [`crate::Writer::put`].
    pub fn settle_forecasts(&mut self, settled: &[Settled]) -> Result<usize, Error> {
        let path = self.path.clone();
        self.within(|db| {
            let of = |source| Error::of(&path, source);
            let mut new = 0;
            for one in settled {
                let end: Option<i32> = db
                    .prepare_cached("SELECT horizon_end FROM forecast_issued WHERE id = ?1")
                    .and_then(|mut select| select.query_row([&one.id], |row| row.get(0)).optional())
                    .map_err(of)?;
                let end = end.ok_or_else(|| Error::Unknown { id: one.id.clone() })?;
                if one.resolved.date().days() <= end {
                    return Err(Error::Query(format!("forecast {}: its time hasn't ended", one.id)));
                }
                let added = db
                    .prepare_cached("INSERT OR IGNORE INTO forecast_resolved (forecast, resolved, outcome, why) VALUES (?1, ?2, ?3, ?4)")
                    .and_then(|mut insert| insert.execute(params![one.id, one.resolved.unix(), one.outcome, one.why]))
                    .map_err(of)?;
                if added > 0 {
                    new += added;
                    audit::append(db, one.resolved, "resolve", &format!("{} {}", one.id, one.outcome)).map_err(of)?;
                }
            }
            Ok(new)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::open::Mode;

    fn issued(id: &str, end: &str) -> Issued {
        Issued {
            id: id.to_owned(),
            question: "deaths in Mali in 2027-01".to_owned(),
            issued: "2026-11-22T10:00:00Z".parse().unwrap(),
            as_of: "2026-10-31".parse().unwrap(),
            horizon_end: end.parse().unwrap(),
            forecaster: "mixture 0.1.0".to_owned(),
            forecast: "{}".to_owned(),
        }
    }

    #[test]
    fn forecasts_are_written_before_and_settled_after_their_time_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("r.db"), Mode::Create).unwrap();
        assert!(store.issue(&[issued("late", "2026-10-31")]).is_err(), "its time has come");
        let one = issued("one", "2027-01-31");
        assert_eq!(store.issue(std::slice::from_ref(&one)).unwrap(), 1);
        assert_eq!(store.issue(std::slice::from_ref(&one)).unwrap(), 0, "the first stays");
        let settled = |moment: &str, outcome: &str| Settled {
            id: "one".to_owned(),
            resolved: moment.parse().unwrap(),
            outcome: outcome.to_owned(),
            why: "table".to_owned(),
        };
        assert!(
            store.settle_forecasts(&[settled("2027-01-31T10:00:00Z", "4")]).is_err(),
            "its time hasn't ended"
        );
        assert_eq!(store.settle_forecasts(&[settled("2027-02-20T10:00:00Z", "4")]).unwrap(), 1);
        assert_eq!(store.settle_forecasts(&[settled("2027-03-20T10:00:00Z", "5")]).unwrap(), 0);
        let kept = store.forecasts().unwrap();
        assert_eq!(kept[0].0, one);
        assert_eq!(kept[0].1.as_ref().unwrap().outcome, "4");
        assert!(store.verify(&mut |_, _| {}).unwrap().findings.is_empty());
    }
}
