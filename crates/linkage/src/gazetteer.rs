//! The gazetteer, as the program looks places up in it: used in place from its bytes, nothing is unpacked.
//!
//! In: the bytes of `data/gazetteer/places.wkg` (drawn byte by byte in `data/gazetteer/README.md`) and names. Out: places.
//! Not here: deciding which of several places is meant ([`crate::place`]), or building the file (`cargo xtask gazetteer`).

pub mod extra;
mod facts;
pub mod format;
mod suggest;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::fold;
pub use extra::{Extra, ExtraError};
use format::{
    CODE, COUNTRY_BYTES, DEMONYM, ENTRY_BYTES, Entry, HEADER_BYTES, LOOSE, MAGIC, MAIN_BYTES, MainEntry,
    NAME_BLOCK, POPULATION_STEPS, ROW_BYTES, Row,
};

/// Most places that are given for one name, the most populous.
const HITS_MAX: usize = 200;
/// Most places of one name that are looked at.
const LOOKED_AT_MAX: usize = 4000;
/// A built-in place of the same name within this many kilometres of a user's own place is that place.
const SAME_KM: f64 = 10.0;

/// What kind of place a row is. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A country or territory with an ISO code.
    Country = 1,
    /// First-order administrative unit.
    Admin1 = 2,
    /// Second-order administrative unit.
    Admin2 = 3,
    /// Capital of a country.
    Capital = 4,
    /// Seat of a first-order unit.
    Seat1 = 5,
    /// Seat of a second-order unit.
    Seat2 = 6,
    /// Seat of a lower unit.
    Seat = 7,
    /// Any other settlement.
    Settlement = 8,
    /// A part of a settlement.
    Quarter = 9,
    /// Settlement known from Who's On First only: mostly villages.
    Village = 10,
    /// A region without an administration of its own, or one over several countries.
    Region = 11,
    /// A base, dam, camp, airport, crossing or another site.
    Site = 12,
    /// A sea, river, lake, strait or mountain range.
    Nature = 13,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Country,
        Self::Admin1,
        Self::Admin2,
        Self::Capital,
        Self::Seat1,
        Self::Seat2,
        Self::Seat,
        Self::Settlement,
        Self::Quarter,
        Self::Village,
        Self::Region,
        Self::Site,
        Self::Nature,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte).checked_sub(1)?).copied()
    }
}

/// How a name led to a place. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// It is the place's main name, but for case, accents and punctuation.
    Main = 0,
    /// It is another name of the place.
    Alternate = 1,
    /// It is like a name of the place: another spelling from another script.
    Loose = 2,
}

/// Number of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowIndex(pub u32);

/// A place that a name may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The place.
    pub row: RowIndex,
    /// How the name led to it.
    pub name: NameKind,
}

/// Where a row's id comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceId {
    /// GeoNames.
    GeoNames(u32),
    /// Who's On First.
    WhosOnFirst(u32),
    /// None: kept by hand.
    Own,
}

/// One row, unpacked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place<'a> {
    /// Its id.
    pub id: PlaceId,
    /// Main name.
    pub name: &'a str,
    /// Degrees north; NaN when unknown.
    pub lat: f64,
    /// Degrees east; NaN when unknown.
    pub lon: f64,
    /// What it is.
    pub kind: Kind,
    /// Country, if it lies in one.
    pub country: Option<CountryIndex>,
    /// Row of its first-order unit.
    pub admin1: Option<RowIndex>,
    /// Row of its second-order unit.
    pub admin2: Option<RowIndex>,
    /// Natural logarithm of one plus the population, to 1/12.
    pub ln_population: f64,
    /// How far it reaches, for [`Kind::Region`] and [`Kind::Nature`].
    pub radius_km: Option<f64>,
}

/// Number of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryIndex(pub u8);

/// Why bytes aren't a gazetteer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GazetteerError {
    /// They don't begin as a gazetteer of this version does.
    Header,
    /// A section lies outside the file.
    Section(&'static str),
}

impl std::fmt::Display for GazetteerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("not a gazetteer of this version"),
            Self::Section(name) => write!(f, "gazetteer section `{name}` lies outside the file"),
        }
    }
}

impl std::error::Error for GazetteerError {}

/// A part of the file: from where to where.
type Part = std::ops::Range<usize>;

/// Places of the world by name. Opening costs nothing; a look-up well under a microsecond.
#[derive(Debug)]
pub struct Gazetteer {
    bytes: Cow<'static, [u8]>,
    digest: [u8; 32],
    countries: Part,
    units: Part,
    rows: Part,
    who: Part,
    reaches: Part,
    blocks: Part,
    names: Part,
    main_buckets: Part,
    mains: Part,
    buckets: Part,
    entries: Part,
    extra: Option<Extra>,
    /// The capital of each country, once it was asked for.
    capitals: OnceLock<BTreeMap<CountryIndex, RowIndex>>,
}

impl Gazetteer {
    /// Opens a gazetteer. The rows are not read; a damaged file can make look-ups find nothing or nonsense, but never panic.
    ///
    /// # Errors
    /// When the bytes aren't a gazetteer of this version, or are cut short.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, GazetteerError> {
        let bytes = bytes.into();
        if bytes.len() < HEADER_BYTES || !bytes.starts_with(MAGIC) {
            return Err(GazetteerError::Header);
        }
        let digest = array(&bytes, 8).ok_or(GazetteerError::Header)?;
        let part = |number: usize, name: &'static str| -> Result<Part, GazetteerError> {
            let at = 40 + number * 8;
            let number = |at| array(&bytes, at).map(u32::from_le_bytes).ok_or(GazetteerError::Header);
            let (start, length) = (number(at)? as usize, number(at + 4)? as usize);
            let end = start.checked_add(length).filter(|&end| end <= bytes.len());
            Ok(start..end.ok_or(GazetteerError::Section(name))?)
        };
        let (countries, units) = (part(0, "countries")?, part(1, "units")?);
        let (rows, who) = (part(2, "rows")?, part(3, "ids of Who's On First")?);
        let (reaches, blocks) = (part(4, "reaches")?, part(5, "name blocks")?);
        let names = part(6, "names")?;
        let (main_buckets, mains) = (part(7, "buckets of main names")?, part(8, "main names")?);
        let (buckets, entries) = (part(9, "buckets of other names")?, part(10, "other names")?);
        Ok(Self {
            bytes,
            digest,
            countries,
            units,
            rows,
            who,
            reaches,
            blocks,
            names,
            main_buckets,
            mains,
            buckets,
            entries,
            extra: None,
            capitals: OnceLock::new(),
        })
    }

    /// A gazetteer without any place: nothing is found in it.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            bytes: Cow::Borrowed(&[]),
            digest: [0; 32],
            countries: 0..0,
            units: 0..0,
            rows: 0..0,
            who: 0..0,
            reaches: 0..0,
            blocks: 0..0,
            names: 0..0,
            main_buckets: 0..0,
            mains: 0..0,
            buckets: 0..0,
            entries: 0..0,
            extra: None,
            capitals: OnceLock::new(),
        }
    }

    /// Adds a user's own places ([`Extra`]). They take the place of those added before.
    #[must_use]
    pub fn with_extra(mut self, extra: Extra) -> Self {
        self.extra = Some(extra);
        self
    }

    /// SHA-256 of everything behind the header, as the builder wrote it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Number of places, the user's own among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.built_in() + self.extra.as_ref().map_or(0, Extra::len)
    }

    /// Whether a row is one of the user's own places.
    #[must_use]
    pub fn is_users(&self, row: RowIndex) -> bool {
        row.0 as usize >= self.built_in()
    }

    /// Number of places in the file.
    fn built_in(&self) -> usize {
        self.rows.len() / ROW_BYTES
    }

    /// Whether it knows no place.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every place that a name may mean, the more populous first; by its spelling or, where that finds nothing, by a loose one.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<Hit> {
        let key = fold::fold(name);
        let hits = self.spelled(&key);
        if hits.is_empty() { self.loose(&key) } else { hits }
    }

    /// Every place that a name may mean, by its spelling and by a loose one, each place once.
    #[must_use]
    pub fn find_all(&self, name: &str) -> Vec<Hit> {
        let key = fold::fold(name);
        let mut hits = self.spelled(&key);
        let loose = self.loose(&key);
        if hits.is_empty() {
            return loose;
        }
        if !loose.is_empty() {
            let spelled: rustc_hash::FxHashSet<RowIndex> = hits.iter().map(|hit| hit.row).collect();
            hits.extend(loose.into_iter().filter(|hit| !spelled.contains(&hit.row)));
        }
        hits
    }

    /// Every place whose name is this but for case, accents and punctuation.
    #[must_use]
    pub fn find_spelled(&self, name: &str) -> Vec<Hit> {
        self.spelled(&fold::fold(name))
    }

    fn spelled(&self, key: &str) -> Vec<Hit> {
        if key.is_empty() {
            return Vec::new();
        }
        let mut hits = self.get(0, key);
        if let Some(extra) = &self.extra {
            let own = extra.find(key);
            if !own.is_empty() {
                let points: Vec<(f64, f64)> = own
                    .iter()
                    .filter_map(|&(number, _)| extra.place(number))
                    .map(|place| (place.lat, place.lon))
                    .collect();
                hits.retain(|hit| {
                    self.place(hit.row).is_none_or(|place| {
                        !points
                            .iter()
                            .any(|&point| crate::place::distance_km(point, (place.lat, place.lon)) <= SAME_KM)
                    })
                });
                let base = self.built_in();
                let own = own.iter().filter_map(|&(number, name)| {
                    Some(Hit { row: RowIndex(u32::try_from(base + number).ok()?), name })
                });
                hits.splice(0..0, own.collect::<Vec<_>>());
            }
        }
        hits
    }

    fn loose(&self, key: &str) -> Vec<Hit> {
        let loose = fold::loose(key);
        if loose.is_empty() { Vec::new() } else { self.get(LOOSE, &loose) }
    }

    /// The country or, for `Texan` and the like, the unit, region or city whose people or things a word denotes.
    #[must_use]
    pub fn demonym_row(&self, word: &str) -> Option<RowIndex> {
        self.get(DEMONYM, &fold::fold(word)).first().map(|hit| hit.row)
    }

    /// The country whose people or things a word denotes: `Syrian`, and the United States for `Texan`.
    #[must_use]
    pub fn demonym(&self, word: &str) -> Option<CountryIndex> {
        self.place(self.demonym_row(word)?)?.country
    }

    /// First-order units with this postal code (`KY`, `ON`, `NSW`; `data/gazetteer/state_codes.tsv`). The code is
    /// taken as it is written, in capitals.
    #[must_use]
    pub fn state_code(&self, code: &str) -> Vec<RowIndex> {
        self.get(CODE, code).into_iter().map(|hit| hit.row).collect()
    }

    /// What a key leads to, the more populous first.
    fn get(&self, class: u8, key: &str) -> Vec<Hit> {
        let (bucket, print) = format::place_of_key(class, key);
        let mut hits: Vec<(u8, Hit)> = Vec::new();
        for packed in
            self.bucket(bucket, &self.main_buckets, &self.mains, MAIN_BYTES).as_chunks::<MAIN_BYTES>().0
        {
            let entry = MainEntry::unpack(*packed);
            if !entry.may_be(print) || !self.bears(entry.row, class, key) {
                continue;
            }
            let name = if class == LOOSE { NameKind::Loose } else { NameKind::Main };
            let mut row = entry.row;
            while let Some(packed) = self.row(row) {
                if row != entry.row && !packed.same || hits.len() >= LOOKED_AT_MAX {
                    break;
                }
                hits.push((packed.population, Hit { row: RowIndex(row), name }));
                if !entry.group {
                    break;
                }
                row += 1;
            }
        }
        for packed in
            self.bucket(bucket, &self.buckets, &self.entries, ENTRY_BYTES).as_chunks::<ENTRY_BYTES>().0
        {
            let entry = Entry::unpack(*packed);
            if entry.print != print {
                continue;
            }
            let name = match entry.how {
                0 => NameKind::Main,
                1 => NameKind::Alternate,
                _ => NameKind::Loose,
            };
            if let Some(packed) = self.row(entry.row) {
                hits.push((packed.population, Hit { row: RowIndex(entry.row), name }));
            }
        }
        hits.sort_unstable_by_key(|&(population, hit)| (std::cmp::Reverse(population), hit.name, hit.row));
        hits.truncate(HITS_MAX);
        hits.into_iter().map(|(_, hit)| hit).collect()
    }

    /// The entries of a bucket.
    fn bucket(&self, number: usize, buckets: &Part, entries: &Part, width: usize) -> &[u8] {
        let at = 4 * number;
        let number = |at| array(&self.bytes[buckets.clone()], at).map(u32::from_le_bytes);
        let (Some(from), Some(to)) = (number(at), number(at + 4)) else { return &[] };
        let span = (from as usize).saturating_mul(width)..(to as usize).saturating_mul(width);
        self.bytes[entries.clone()].get(span).unwrap_or(&[])
    }

    /// Whether a row's main name has this key.
    fn bears(&self, row: u32, class: u8, key: &str) -> bool {
        let Some(name) = self.name(RowIndex(row)).map(fold::fold) else { return false };
        if class == LOOSE { fold::loose(&name) == key } else { class == 0 && name == key }
    }

    /// One place; `None` when there is no such row.
    #[must_use]
    pub fn place(&self, row: RowIndex) -> Option<Place<'_>> {
        if row.0 as usize >= self.built_in() {
            return self.extra.as_ref()?.place(row.0 as usize - self.built_in());
        }
        let packed = self.row(row.0)?;
        let kind = Kind::from_byte(packed.kind)?;
        let (lat, lon) = packed.point();
        let id = match (packed.who, packed.id) {
            (true, number) => PlaceId::WhosOnFirst(self.u32(self.who.start + 4 * number as usize)?),
            (false, 0) => PlaceId::Own,
            (false, id) => PlaceId::GeoNames(id),
        };
        let reaches = matches!(kind, Kind::Region | Kind::Nature);
        let (country, admin1, admin2) = self.units_of(row, packed, kind);
        Some(Place {
            id,
            name: self.name(row)?,
            lat,
            lon,
            kind,
            country,
            admin1,
            admin2,
            ln_population: f64::from(packed.population) / POPULATION_STEPS,
            radius_km: reaches.then(|| self.reach(row)),
        })
    }

    /// Country and units of a row. A unit isn't in itself.
    fn units_of(
        &self,
        row: RowIndex,
        packed: Row,
        kind: Kind,
    ) -> (Option<CountryIndex>, Option<RowIndex>, Option<RowIndex>) {
        let (mut country, mut admin1, mut admin2) = (None, None, None);
        let mut unit = packed.unit;
        // Second-order, first-order, country: three steps at most, whatever a damaged file says.
        for _ in 0..3 {
            let Some(number) = unit.checked_sub(1) else { break };
            let Some(outer) = self.u32(self.units.start + 4 * number as usize) else { break };
            let Some(held) = self.row(outer) else { break };
            match Kind::from_byte(held.kind) {
                Some(Kind::Country) => {
                    country = u8::try_from(number).ok().map(CountryIndex);
                    break;
                }
                Some(Kind::Admin1) => admin1 = Some(RowIndex(outer)),
                Some(Kind::Admin2) => admin2 = Some(RowIndex(outer)),
                _ => break,
            }
            unit = held.unit;
        }
        if kind == Kind::Country && country.and_then(|country| self.country_row(country)) != Some(row) {
            country = None;
        }
        (country, admin1, admin2)
    }

    fn name(&self, row: RowIndex) -> Option<&str> {
        let row = row.0 as usize;
        let mut at = self.u32(self.blocks.start + 4 * (row / NAME_BLOCK))? as usize;
        let names = &self.bytes[self.names.clone()];
        let mut name = "".as_bytes();
        for _ in 0..=row % NAME_BLOCK {
            let length = usize::from(*names.get(at)?);
            at += 1;
            if length > 0 {
                name = names.get(at..at + length)?;
                at += length;
            }
        }
        std::str::from_utf8(name).ok()
    }

    /// Reach of a region or water in kilometres; 0 where none is stored.
    fn reach(&self, row: RowIndex) -> f64 {
        let reaches = self.bytes[self.reaches.clone()].as_chunks::<6>().0;
        let key = |reach: &[u8; 6]| u32::from_le_bytes([reach[0], reach[1], reach[2], reach[3]]);
        let found = reaches.binary_search_by_key(&row.0, key).ok().map(|at| reaches[at]);
        found.map_or(0.0, |reach| f64::from(u16::from_le_bytes([reach[4], reach[5]])))
    }

    fn row(&self, row: u32) -> Option<Row> {
        let rows = self.bytes[self.rows.clone()].as_chunks::<ROW_BYTES>().0;
        rows.get(row as usize).copied().map(Row::unpack)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        array(&self.bytes, at).map(u32::from_le_bytes)
    }

    /// ISO 3166-1 alpha-3 of a country.
    #[must_use]
    pub fn iso3(&self, country: CountryIndex) -> Option<&str> {
        let at = usize::from(country.0) * COUNTRY_BYTES;
        std::str::from_utf8(self.bytes[self.countries.clone()].get(at + 2..at + 5)?).ok()
    }

    /// The row of a country.
    #[must_use]
    pub fn country_row(&self, country: CountryIndex) -> Option<RowIndex> {
        let at = usize::from(country.0) * COUNTRY_BYTES + 8;
        array(&self.bytes[self.countries.clone()], at).map(u32::from_le_bytes).map(RowIndex)
    }

    /// The largest capital of a country.
    ///
    /// Cost: the first call walks all rows, some milliseconds.
    #[must_use]
    pub fn capital(&self, country: CountryIndex) -> Option<RowIndex> {
        let capitals = self.capitals.get_or_init(|| {
            let mut capitals: BTreeMap<CountryIndex, (RowIndex, f64)> = BTreeMap::new();
            for row in (0..self.built_in() as u32).map(RowIndex) {
                let is_capital = |row: &Row| Kind::from_byte(row.kind) == Some(Kind::Capital);
                if self.row(row.0).as_ref().is_none_or(|row| !is_capital(row)) {
                    continue;
                }
                if let Some(place) = self.place(row)
                    && let Some(country) = place.country
                    && capitals.get(&country).is_none_or(|known| place.ln_population > known.1)
                {
                    capitals.insert(country, (row, place.ln_population));
                }
            }
            capitals.into_iter().map(|(country, (row, _))| (country, row)).collect()
        });
        capitals.get(&country).copied()
    }

    /// The country with an ISO 3166-1 alpha-3 code.
    #[must_use]
    pub fn country(&self, iso3: &str) -> Option<CountryIndex> {
        let count = self.countries.len() / COUNTRY_BYTES;
        (0..count)
            .filter_map(|number| u8::try_from(number).ok().map(CountryIndex))
            .find(|&country| self.iso3(country) == Some(iso3))
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
