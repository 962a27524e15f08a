//! Which accounts are compared at all, so that merging costs no more than the happenings that could be one.

use watchkeeper_record::incident::Account;

use super::account::hash;

/// Days of one cell of time.
const CELL_DAYS: i32 = 4;
/// How many days before its report a happening without a time may lie.
const LOOK_BACK_DAYS: i32 = 10;
/// The longest range of days, above which an account is compared with those of exactly the same range alone.
const RANGE_MAX_DAYS: i32 = 45;

/// One cell that an account falls into. Two accounts are compared when they share a cell and one of them is `open` in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Hash of what the accounts of a cell have in common.
    pub key: u64,
    /// Whether the account is compared with everything in the cell; else with the open ones alone.
    pub open: bool,
}

/// The cells of an account: by time and place, by time and country (open for those placed no finer), by time and named party
/// (open for those without a place). Sorted; empty for history without a time.
#[must_use]
pub fn cells(account: &Account) -> Vec<Cell> {
    let mut cells = Vec::new();
    for time in time_cells(account) {
        let mut add = |kind: &str, what: &str, open: bool| {
            cells.push(Cell { key: hash(format!("{kind}|{what}|{time}").as_bytes()), open });
        };
        if let Some(place) = &account.place {
            let fine = place.is_fine();
            if let Some((lat, lon)) = place.point().filter(|_| fine) {
                // Cells of a degree, and the neighbours that lie within some 60 km.
                let rows = [(lat - 0.55).floor() as i32, (lat + 0.55).floor() as i32];
                let slack = 0.55 / lat.to_radians().cos().abs().max(0.2);
                let columns = [(lon - slack).floor() as i32, (lon + slack).floor() as i32];
                for row in rows[0]..=rows[1] {
                    for column in columns[0]..=columns[1] {
                        add("point", &format!("{row},{}", (column + 540).rem_euclid(360)), true);
                    }
                }
            }
            if let Some(country) = &place.country {
                add("country", country, !fine);
            } else if !fine {
                add("nowhere", "", true);
            }
        }
        for party in account.perpetrators.iter().chain(&account.victims) {
            if let Some(key) = &party.key {
                add("party", key, account.place.is_none());
            }
        }
        if account.story != account.document {
            add("story", &account.story, true);
        }
    }
    cells.sort_unstable();
    cells.dedup_by_key(|cell| cell.key);
    cells
}

/// The cells of time, as words.
fn time_cells(account: &Account) -> Vec<String> {
    let (start, end) = match account.time {
        Some((start, end)) if end.days() - start.days() <= RANGE_MAX_DAYS => (start.days(), end.days()),
        Some((start, end)) => return vec![format!("{start}/{end}")],
        None if account.background => return Vec::new(),
        None => (account.known.days() - LOOK_BACK_DAYS, account.known.days()),
    };
    // Two days of slack on either side: a happening is told a day late or early.
    ((start - 1).div_euclid(CELL_DAYS)..=(end + 1).div_euclid(CELL_DAYS))
        .map(|cell| cell.to_string())
        .collect()
}
