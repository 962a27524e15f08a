//! The log of what was done to the record: appended to in the same transaction as the deed, chained by hashes.

use rusqlite::{Connection, OptionalExtension, params};
use watchkeeper_record::Moment;

use crate::pack::digest;

/// The hash before the first entry.
pub(crate) const ROOT: [u8; 32] = [0; 32];

/// Hash of an entry: of the hash before it, its number, moment, kind and detail.
pub(crate) fn link(before: &[u8], seq: i64, moment: i64, what: &str, detail: &str) -> [u8; 32] {
    digest(&[before, &seq.to_le_bytes(), &moment.to_le_bytes(), what.as_bytes(), detail.as_bytes()])
}

/// Appends an entry and keeps number and hash of the last one in `meta`, so that a cut tail shows.
pub(crate) fn append(db: &Connection, moment: Moment, what: &str, detail: &str) -> rusqlite::Result<()> {
    let last: Option<(i64, Vec<u8>)> = db
        .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, before) = last.map_or((1, ROOT.to_vec()), |(seq, hash)| (seq + 1, hash));
    let hash = link(&before, seq, moment.unix(), what, detail);
    db.prepare_cached("INSERT INTO audit (seq, moment, what, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![seq, moment.unix(), what, detail, hash.as_slice()])?;
    db.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES ('audit_head', ?1)")?
        .execute([format!("{seq} {}", crate::pack::hex(&hash))])?;
    Ok(())
}
