//! Where reports come from: grades of outlets, credibility of reports, copies of one story, later versions of a page.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use watchkeeper_record::Moment;

use crate::audit;
use crate::error::Error;
use crate::filter::Grade;
use crate::open::Store;
use crate::write::{self, DocumentId};

/// An outlet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outlet {
    /// Name.
    pub name: String,
    /// How far it may be relied on, `A` to `F`.
    pub grade: String,
    /// Documents of it.
    pub documents: i64,
}

/// A grade or credibility that a human set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graded {
    /// Number in the audit log.
    pub entry: i64,
    /// Who.
    pub author: String,
    /// When.
    pub moment: Moment,
    /// Why.
    pub reason: String,
    /// What was set, of what.
    pub action: Grading,
    /// No later one stands in its place.
    pub holds: bool,
}

/// What was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Grading {
    /// How far an outlet may be relied on.
    Grade {
        /// Its name.
        outlet: String,
        /// `A` to `F`.
        grade: String,
    },
    /// How credible a report is.
    Credibility {
        /// SHA-256 of the document, hex.
        document: String,
        /// 1 to 6.
        credibility: u8,
    },
}

/// A document that stands for its copies.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The one that stands for all.
    pub representative: DocumentId,
    /// The others: which, how alike (0..=1), why.
    pub copies: Vec<(DocumentId, f64, String)>,
}

/// A later version of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The earlier document.
    pub older: DocumentId,
    /// The later.
    pub newer: DocumentId,
    /// `update`, `correction` or whatever the finder tells apart.
    pub kind: String,
    /// How sure, 0..=1.
    pub score: f64,
    /// Why.
    pub why: String,
}

impl Store {
    /// Every outlet, by name.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn outlets(&self) -> Result<Vec<Outlet>, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT name, grade, (SELECT count(*) FROM document d WHERE d.outlet = o.id) FROM outlet o ORDER BY name",
            )?
            .query_map([], |row| Ok(Outlet { name: row.get(0)?, grade: row.get(1)?, documents: row.get(2)? }))?
            .collect()
        })
    }

    /// Sets how far an outlet may be relied on; it need not have published yet. Kept in the audit log with author and reason.
    ///
    /// # Errors
    /// As [`crate::Writer::put`].
    pub fn set_grade(
        &mut self,
        outlet: &str,
        grade: Grade,
        author: &str,
        reason: &str,
        moment: Moment,
    ) -> Result<(), Error> {
        let path = self.path.clone();
        self.within(|db| {
            (|| {
                let id = write::outlet(db, outlet)?;
                db.prepare_cached("UPDATE outlet SET grade = ?2 WHERE id = ?1")?
                    .execute(params![id, grade.as_str()])?;
                let detail = crate::prepare::json(&(outlet, grade.as_str(), author, reason));
                audit::append(db, moment, "grade", &detail)
            })()
            .map_err(|source| Error::of(&path, source))
        })
    }

    /// Sets how credible a report is: 1 confirmed by others, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 can't be judged.
    ///
    /// # Errors
    /// [`Error::Query`] outside 1 to 6; [`Error::Unknown`]; else as [`crate::Writer::put`].
    pub fn set_credibility(
        &mut self,
        document: DocumentId,
        credibility: u8,
        author: &str,
        reason: &str,
        moment: Moment,
    ) -> Result<(), Error> {
        if !(1..=6).contains(&credibility) {
            return Err(Error::Query(format!(
                "credibility {credibility}: it goes from 1 (confirmed) to 6 (can't be judged)"
            )));
        }
        let sha = self.sha256(document)?;
        let path = self.path.clone();
        self.within(|db| {
            (|| {
                db.prepare_cached("UPDATE document SET credibility = ?2 WHERE id = ?1")?
                    .execute(params![document.0, credibility])?;
                let detail = crate::prepare::json(&(sha, credibility, author, reason));
                audit::append(db, moment, "credibility", &detail)
            })()
            .map_err(|source| Error::of(&path, source))
        })
    }

    /// Every grade of an outlet and credibility of a report that was set, oldest first; later ones stand in place of earlier ones.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn gradings(&self) -> Result<Vec<Graded>, Error> {
        self.asked(|db| {
            let mut select = db.prepare_cached(
                "SELECT seq, moment, what, detail FROM audit WHERE what IN ('grade', 'credibility') ORDER BY seq",
            )?;
            let mut rows = select.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let (what, detail): (String, String) = (row.get(2)?, row.get(3)?);
                // `verify` finds what can't be read.
                let told = if what == "grade" {
                    serde_json::from_str(&detail).ok().map(|(outlet, grade, author, reason)| {
                        (Grading::Grade { outlet, grade }, author, reason)
                    })
                } else {
                    serde_json::from_str(&detail).ok().map(|(document, credibility, author, reason)| {
                        (Grading::Credibility { document, credibility }, author, reason)
                    })
                };
                let Some((action, author, reason)) = told else { continue };
                let moment = crate::get::moment(row.get(1)?)?;
                let same = |other: &Grading| match (other, &action) {
                    (Grading::Grade { outlet: other, .. }, Grading::Grade { outlet, .. }) => other == outlet,
                    (
                        Grading::Credibility { document: other, .. },
                        Grading::Credibility { document, .. },
                    ) => other == document,
                    _ => false,
                };
                found.iter_mut().for_each(|one: &mut Graded| one.holds &= !same(&one.action));
                found.push(Graded { entry: row.get(0)?, author, moment, reason, action, holds: true });
            }
            Ok(found)
        })
    }

    /// Keeps clusters of near-copies in place of those that held any of their documents. Their documents wait for merging then.
    ///
    /// # Errors
    /// As [`crate::Writer::put`]; a document that isn't there breaks a foreign key.
    pub fn put_clusters(&mut self, clusters: &[Cluster], moment: Moment) -> Result<(), Error> {
        let path = self.path.clone();
        self.within(|db| {
            (|| {
                let mut left: Vec<i64> = Vec::new();
                for cluster in clusters {
                    let all: Vec<i64> = [cluster.representative.0]
                        .into_iter()
                        .chain(cluster.copies.iter().map(|copy| copy.0.0))
                        .collect();
                    for document in &all {
                        let held: Option<i64> = db
                            .prepare_cached("SELECT cluster FROM cluster_member WHERE document = ?1")?
                            .query_row([document], |row| row.get(0))
                            .optional()?;
                        let Some(held) = held else { continue };
                        for sql in [
                            "UPDATE document SET cluster = NULL, copy = 0 WHERE cluster = ?1",
                            "DELETE FROM cluster_member WHERE cluster = ?1",
                        ] {
                            db.prepare_cached(sql)?.execute([held])?;
                        }
                        left.push(held);
                    }
                    db.prepare_cached("INSERT INTO cluster (representative, made) VALUES (?1, ?2)")?
                        .execute(params![cluster.representative.0, moment.unix()])?;
                    let id = db.last_insert_rowid();
                    let mut member = db.prepare_cached(
                        "INSERT INTO cluster_member (cluster, document, score, why) VALUES (?1, ?2, ?3, ?4)",
                    )?;
                    let mut mark = db.prepare_cached(
                        "UPDATE document SET cluster = ?2, copy = ?3, merged = 0 WHERE id = ?1",
                    )?;
                    member.execute(params![id, cluster.representative.0, 1.0, "stands for the others"])?;
                    mark.execute(params![cluster.representative.0, id, 0])?;
                    for (document, score, why) in &cluster.copies {
                        member.execute(params![id, document.0, score, why])?;
                        mark.execute(params![document.0, id, 1])?;
                    }
                }
                for cluster in left {
                    db.prepare_cached("DELETE FROM cluster WHERE id = ?1")?.execute([cluster])?;
                }
                audit::append(db, moment, "clusters", &clusters.len().to_string())
            })()
            .map_err(|source| Error::of(&path, source))
        })
    }

    /// The documents of the cluster that holds this one, the representative first; empty where it has no copies.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn copies(&self, document: DocumentId) -> Result<Vec<(DocumentId, f64, String)>, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT m.document, m.score, m.why FROM cluster_member m JOIN cluster c ON c.id = m.cluster
                 WHERE m.cluster = (SELECT cluster FROM cluster_member WHERE document = ?1)
                 ORDER BY m.document <> c.representative, m.document",
            )?
            .query_map([document.0], |row| Ok((DocumentId(row.get(0)?), row.get(1)?, row.get(2)?)))?
            .collect()
        })
    }

    /// The SHA-256 (hex) of the document that stands for this one and its copies; `None` where it has no copies.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn story(&self, document: DocumentId) -> Result<Option<String>, Error> {
        self.asked(|db| {
            db.prepare_cached(
                "SELECT lower(hex(d.sha256)) FROM cluster_member m JOIN cluster c ON c.id = m.cluster
                 JOIN document d ON d.id = c.representative WHERE m.document = ?1",
            )?
            .query_row([document.0], |row| row.get(0))
            .optional()
        })
    }

    /// Keeps that documents are versions of one page.
    ///
    /// # Errors
    /// As [`crate::Writer::put`].
    pub fn put_versions(&mut self, versions: &[Version], moment: Moment) -> Result<(), Error> {
        let path = self.path.clone();
        self.within(|db| {
            (|| {
                let mut insert = db.prepare_cached(
                    "INSERT OR REPLACE INTO version_link (older, newer, kind, score, why, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?;
                for one in versions {
                    insert.execute(params![one.older.0, one.newer.0, one.kind, one.score, one.why, moment.unix()])?;
                }
                audit::append(db, moment, "versions", &versions.len().to_string())
            })()
            .map_err(|source| Error::of(&path, source))
        })
    }

    /// The versions of a page before and after this document.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn versions(&self, document: DocumentId) -> Result<Vec<Version>, Error> {
        self.asked(|db| {
            db.prepare_cached("SELECT older, newer, kind, score, why FROM version_link WHERE older = ?1 OR newer = ?1 ORDER BY older, newer, kind")?
                .query_map([document.0], |row| {
                    Ok(Version {
                        older: DocumentId(row.get(0)?),
                        newer: DocumentId(row.get(1)?),
                        kind: row.get(2)?,
                        score: row.get(3)?,
                        why: row.get(4)?,
                    })
                })?
                .collect()
        })
    }
}
