//! Which accounts are compared at all, so that merging costs no more than the happenings that could be one.

use watchkeeper_record::incident::{Account, Whereabouts};

use super::account::hash;

/// Days of one cell of time.
const CELL_DAYS: i32 = 4;
/// How many days before its report a happening without a time may lie.
const LOOK_BACK_DAYS: i32 = 10;
/// The longest range of days, above which an account is compared with those of exactly the same range alone.
const RANGE_MAX_DAYS: i32 = 45;

/// How many telling words of a report are compared whatever the time.
const GIST_EVER: usize = 4;
/// In place of a cell of time.
const EVER: Time = (i32::MIN, i32::MIN, i32::MIN);

/// Bits of a cell's key that hold a hash; above them stands the cell of time, so that cells of one time lie side by side.
const HASH_BITS: u32 = 38;

/// Which way of making cells and of holding sets together this is: whoever keeps cells or incidents makes them anew where it kept
/// those of another.
pub const CELLS: &str = "3";

/// A cell of time: where in time it lies, and what tells it from others there.
type Time = (i32, i32, i32);

/// One cell that an account falls into. Two accounts are compared when they share a cell and one of them is `open` in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Time and hash of what the accounts of a cell have in common, below 2⁶².
    pub key: u64,
    /// Whether the account is compared with everything in the cell; else with the open ones alone.
    pub open: bool,
}

impl Cell {
    /// The number under which the account is kept in an index of cells: the key, then a bit for those that are shut.
    #[must_use]
    pub fn row(self) -> i64 {
        (self.key << 1 | u64::from(!self.open)) as i64
    }

    /// The numbers under which those are found that the account is compared with.
    pub fn asks(self) -> impl Iterator<Item = i64> {
        let open = (self.key << 1) as i64;
        [Some(open), self.open.then_some(open + 1)].into_iter().flatten()
    }
}

/// The cells of an account: by time and place, by time and country (open for those placed no finer), by time and named party
/// (open for those without a place), by time and two telling words of the report (open for those without a fine place). What bears no date at
/// all is compared with everything in its town, or with two of its telling words, whenever it was. Sorted.
#[must_use]
pub fn cells(account: &Account) -> Vec<Cell> {
    let mut cells = Vec::new();
    let fine = account.place.as_ref().is_some_and(Whereabouts::is_fine);
    let mut add = |kind: &str, what: &str, time: Time, open: bool| {
        let front = (i64::from(time.0) + (1 << 23)).clamp(0, (1 << 24) - 1) as u64;
        let hash = hash(format!("{kind}|{what}|{}|{}", time.1, time.2).as_bytes());
        cells.push(Cell { key: front << HASH_BITS | hash & ((1 << HASH_BITS) - 1), open });
    };
    for time in time_cells(account) {
        if let Some(place) = &account.place {
            if let Some((lat, lon)) = place.point().filter(|_| fine) {
                // Cells of a degree, and the neighbours that lie within some 60 km.
                let rows = [(lat - 0.55).floor() as i32, (lat + 0.55).floor() as i32];
                let slack = 0.55 / lat.to_radians().cos().abs().max(0.2);
                let columns = [(lon - slack).floor() as i32, (lon + slack).floor() as i32];
                for row in rows[0]..=rows[1] {
                    for column in columns[0]..=columns[1] {
                        add("point", &format!("{row},{}", (column + 540).rem_euclid(360)), time, true);
                    }
                }
            }
            if let Some(country) = &place.country {
                add("country", country, time, !fine);
            } else if !fine {
                add("nowhere", "", time, true);
            }
        }
        for party in account.perpetrators.iter().chain(&account.victims) {
            if let Some(key) = &party.key {
                add("party", key, time, account.place.is_none());
            }
        }
        for (one, other) in pairs(&account.gist) {
            add("gist", &format!("{one},{other}"), time, !fine);
        }
        if account.story != account.document {
            add("story", &account.story, time, true);
        }
    }
    // The day on which a report without a date was added says nothing of when.
    let ageless = account.time.is_none() && !account.dated;
    if let Some(town) = account.place.as_ref().filter(|_| fine).and_then(|place| place.geonames) {
        add("town", &town.to_string(), EVER, ageless);
    }
    for (one, other) in pairs(&account.gist[..account.gist.len().min(GIST_EVER)]) {
        add("gist", &format!("{one},{other}"), EVER, ageless && !fine);
    }
    cells.sort_unstable();
    cells.dedup_by_key(|cell| cell.key);
    cells
}

/// Every two of some words, the smaller first.
fn pairs(words: &[u64]) -> impl Iterator<Item = (u64, u64)> + '_ {
    words
        .iter()
        .enumerate()
        .flat_map(|(at, one)| words[at + 1..].iter().map(move |other| (*one.min(other), *one.max(other))))
}

/// The cells of time.
fn time_cells(account: &Account) -> Vec<Time> {
    let (start, end) = match account.time {
        Some((start, end)) if end.days() - start.days() <= RANGE_MAX_DAYS => (start.days(), end.days()),
        Some((start, end)) => {
            return vec![(start.days().div_euclid(CELL_DAYS), start.days(), end.days())];
        }
        None if account.background => return Vec::new(),
        None => (account.known.days() - LOOK_BACK_DAYS, account.known.days()),
    };
    // Two days of slack on either side: a happening is told a day late or early.
    ((start - 1).div_euclid(CELL_DAYS)..=(end + 1).div_euclid(CELL_DAYS))
        .map(|cell| (cell, cell, i32::MIN))
        .collect()
}
