//! How the gazetteer's file is packed: rows of bits, hashed keys. The builder (`cargo xtask gazetteer`) and the reader share it.
//!
//! In and out: plain numbers. Not here: what the rows mean together ([`super::Gazetteer`]); the file as a whole is drawn byte by
//! byte in `data/gazetteer/README.md`.

/// First bytes of the file.
pub const MAGIC: &[u8; 8] = b"WKGAZ\x00\x00\x02";
/// Bytes of the header.
pub const HEADER_BYTES: usize = 128;
/// Bytes of one place row.
pub const ROW_BYTES: usize = 12;
/// Bytes of one country row.
pub const COUNTRY_BYTES: usize = 12;
/// Bytes of one entry of the index of main names.
pub const MAIN_BYTES: usize = 4;
/// Bytes of one entry of the index of other names.
pub const ENTRY_BYTES: usize = 6;
/// Rows whose names lie together.
pub const NAME_BLOCK: usize = 16;
/// Buckets of each index.
pub const BUCKETS: usize = 1 << 16;
/// Most rows the format can number.
pub const ROWS_MAX: usize = 1 << 21;
/// Most units (countries, first- and second-order units together) the format can number, 0 being none.
pub const UNITS_MAX: usize = 1 << 17;
/// First byte of a key made by [`crate::fold::loose`].
pub const LOOSE: u8 = 1;
/// First byte of the key of a demonym.
pub const DEMONYM: u8 = 2;
/// First byte of the key of a postal code of a first-order unit.
pub const CODE: u8 = 3;
/// What a population is stored as: `round(POPULATION_STEPS · ln(1 + population))`, one byte.
pub const POPULATION_STEPS: f64 = 12.0;
/// Coordinates are multiples of one part of this of a degree.
const GRID: f64 = 5000.0;
const UNKNOWN_LAT: u32 = (1 << 20) - 1;
const UNKNOWN_LON: u32 = (1 << 21) - 1;

/// One row as it is stored: ninety-six bits, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Row {
    /// 24 bits: GeoNames id, 0 for none; with `who` the number of an entry of the table of Who's On First ids.
    pub id: u32,
    /// 20 bits: steps of 1/5000 degree from the south pole; all ones where unknown.
    pub lat: u32,
    /// 21 bits: steps of 1/5000 degree from 180° W; all ones where unknown.
    pub lon: u32,
    /// 17 bits: number of the smallest unit it lies in, from 1; 0 is none or several.
    pub unit: u32,
    /// 4 bits: number of the kind.
    pub kind: u8,
    /// 8 bits: population in steps.
    pub population: u8,
    /// Whether its main name folds to the same key as that of the row before.
    pub same: bool,
    /// Whether the id is one of Who's On First.
    pub who: bool,
}

impl Row {
    /// Packs a row. Fields wider than their bits are cut.
    #[must_use]
    pub fn pack(self) -> [u8; ROW_BYTES] {
        let mut bits: u128 = 0;
        let mut at = 0;
        for (value, width) in [
            (self.id, 24),
            (self.lat, 20),
            (self.lon, 21),
            (self.unit, 17),
            (u32::from(self.kind), 4),
            (u32::from(self.population), 8),
            (u32::from(self.same), 1),
            (u32::from(self.who), 1),
        ] {
            bits |= u128::from(value & ((1 << width) - 1)) << at;
            at += width;
        }
        let mut bytes = [0; ROW_BYTES];
        bytes.copy_from_slice(&bits.to_le_bytes()[..ROW_BYTES]);
        bytes
    }

    /// Unpacks a row.
    #[must_use]
    pub fn unpack(bytes: [u8; ROW_BYTES]) -> Self {
        let mut all = [0; 16];
        all[..ROW_BYTES].copy_from_slice(&bytes);
        let bits = u128::from_le_bytes(all);
        let take = |at: u32, width: u32| ((bits >> at) as u32) & ((1 << width) - 1);
        Self {
            id: take(0, 24),
            lat: take(24, 20),
            lon: take(44, 21),
            unit: take(65, 17),
            kind: take(82, 4) as u8,
            population: take(86, 8) as u8,
            same: take(94, 1) == 1,
            who: take(95, 1) == 1,
        }
    }

    /// The row at a point in degrees; NaN where unknown.
    #[must_use]
    pub fn with_point(mut self, lat: f64, lon: f64) -> Self {
        if lat.is_nan() || lon.is_nan() {
            (self.lat, self.lon) = (UNKNOWN_LAT, UNKNOWN_LON);
        } else {
            self.lat = ((lat.clamp(-90.0, 90.0) + 90.0) * GRID).round() as u32;
            self.lon = ((lon.clamp(-180.0, 180.0) + 180.0) * GRID).round() as u32;
        }
        self
    }

    /// Degrees north and east; NaN where unknown.
    #[must_use]
    pub fn point(&self) -> (f64, f64) {
        if self.lat == UNKNOWN_LAT || self.lon == UNKNOWN_LON {
            return (f64::NAN, f64::NAN);
        }
        // Whole numbers are subtracted first: the degrees come out as they are written in decimals.
        let degrees = |steps: u32, zero: f64| (f64::from(steps) - zero * GRID) / GRID;
        (degrees(self.lat, 90.0), degrees(self.lon, 180.0))
    }
}

/// One entry of the index of main names: what a key may lead to. The row's name, folded, must be the key (or its loose form).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MainEntry {
    /// 10 bits of the key's hash.
    pub print: u32,
    /// 21 bits: the row.
    pub row: u32,
    /// Whether the rows behind it that bear the same main name are meant too.
    pub group: bool,
}

impl MainEntry {
    /// Packs an entry.
    #[must_use]
    pub fn pack(self) -> [u8; MAIN_BYTES] {
        (self.print >> 14 << 22 | u32::from(self.group) << 21 | self.row & 0x1f_ffff).to_le_bytes()
    }

    /// Unpacks an entry. Of the print the ten highest of twenty-four bits are left.
    #[must_use]
    pub fn unpack(bytes: [u8; MAIN_BYTES]) -> Self {
        let bits = u32::from_le_bytes(bytes);
        Self { print: bits >> 22 << 14, row: bits & 0x1f_ffff, group: bits >> 21 & 1 == 1 }
    }

    /// Whether a key of this print may be the entry's.
    #[must_use]
    pub fn may_be(self, print: u32) -> bool {
        self.print >> 14 == print >> 14
    }
}

/// One entry of the index of other names: what a key leads to. Nothing else of the key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// 24 bits of the key's hash.
    pub print: u32,
    /// 21 bits: the row.
    pub row: u32,
    /// 2 bits: number of the [`super::NameKind`].
    pub how: u8,
}

impl Entry {
    /// Packs an entry.
    #[must_use]
    pub fn pack(self) -> [u8; ENTRY_BYTES] {
        let bits = u64::from(self.print & 0xff_ffff)
            | u64::from(self.row & 0x1f_ffff) << 24
            | u64::from(self.how & 3) << 45;
        let mut bytes = [0; ENTRY_BYTES];
        bytes.copy_from_slice(&bits.to_le_bytes()[..ENTRY_BYTES]);
        bytes
    }

    /// Unpacks an entry.
    #[must_use]
    pub fn unpack(bytes: [u8; ENTRY_BYTES]) -> Self {
        let mut all = [0; 8];
        all[..ENTRY_BYTES].copy_from_slice(&bytes);
        let bits = u64::from_le_bytes(all);
        Self {
            print: (bits & 0xff_ffff) as u32,
            row: (bits >> 24 & 0x1f_ffff) as u32,
            how: (bits >> 45 & 3) as u8,
        }
    }
}

/// Bucket and print of a key. Two different keys have the same pair once in 2^40 (FNV-1a, 64 bits, then the finaliser of MurmurHash3).
#[must_use]
pub fn place_of_key(class: u8, key: &str) -> (usize, u32) {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in std::iter::once(class).chain(key.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^= hash >> 33;
    ((hash >> 48) as usize, (hash >> 24) as u32 & 0xff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_entries_come_back() {
        let row = Row {
            id: 12_345_678,
            lat: 1,
            lon: 2,
            unit: 99_999,
            kind: 13,
            population: 200,
            same: true,
            who: false,
        };
        for (lat, lon) in [(0.0, 0.0), (-90.0, -180.0), (90.0, 180.0), (33.3152, 44.3662), (14.5, -0.1)] {
            let back = Row::unpack(row.with_point(lat, lon).pack());
            assert_eq!(back, row.with_point(lat, lon));
            assert_eq!(back.point(), (lat, lon));
        }
        assert!(Row::unpack(row.with_point(f64::NAN, 1.0).pack()).point().0.is_nan());
        let entry = Entry { print: 0xab_cdef, row: 0x1f_fffe, how: 2 };
        assert_eq!(Entry::unpack(entry.pack()), entry);
        let main = MainEntry { print: 0xab_cdef, row: 0x1f_fffe, group: true };
        let back = MainEntry::unpack(main.pack());
        assert_eq!((back.row, back.group), (main.row, main.group));
        assert!(back.may_be(0xab_cdef) && !back.may_be(0xcd_cdef));
    }

    /// The file's keys depend on it: it must never change within a version.
    #[test]
    fn keys_are_hashed_as_ever() {
        assert_eq!(place_of_key(0, "kyiv"), place_of_key(0, "kyiv"));
        assert_ne!(place_of_key(0, "kyiv"), place_of_key(LOOSE, "kyiv"));
    }
}
