//! The gazetteer, as the program looks places up in it: used in place from its bytes, nothing is unpacked.
//!
//! In: the bytes of `data/gazetteer/places.wkg` (drawn byte by byte in `data/gazetteer/README.md`) and names. Out: places.
//! Not here: deciding which of several places is meant ([`crate::place`]), or building the file (`cargo xtask gazetteer`).

use std::borrow::Cow;
use std::sync::Arc;

use crate::fold;

/// First bytes of the file.
pub const MAGIC: &[u8; 8] = b"WKGAZ\x00\x00\x01";
/// Bytes of the header.
pub const HEADER_BYTES: usize = 128;
/// Bytes of one place row.
pub const ROW_BYTES: usize = 24;
/// Bytes of one country row.
pub const COUNTRY_BYTES: usize = 12;
/// First byte of a key made by [`fold::loose`].
pub const LOOSE: u8 = 1;
/// First byte of the key of a demonym.
pub const DEMONYM: u8 = 2;
/// What a population is stored as: `round(POPULATION_STEPS · ln(1 + population))`, one byte.
pub const POPULATION_STEPS: f64 = 12.0;

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
    /// The name index is damaged.
    Index(String),
}

impl std::fmt::Display for GazetteerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("not a gazetteer of this version"),
            Self::Section(name) => write!(f, "gazetteer section `{name}` lies outside the file"),
            Self::Index(message) => write!(f, "gazetteer name index is damaged: {message}"),
        }
    }
}

impl std::error::Error for GazetteerError {}

/// A part of the file.
#[derive(Debug, Clone)]
struct Part {
    bytes: Arc<Cow<'static, [u8]>>,
    start: usize,
    end: usize,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }
}

impl Part {
    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.as_ref().get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn i32(&self, at: usize) -> Option<i32> {
        self.array(at).map(i32::from_le_bytes)
    }
}

/// Places of the world by name. Opening costs nothing; a look-up about a microsecond.
#[derive(Debug)]
pub struct Gazetteer {
    digest: [u8; 32],
    countries: Part,
    admin1: Part,
    admin2: Part,
    rows: Part,
    names: Part,
    postings: Part,
    index: fst::Map<Part>,
}

impl Gazetteer {
    /// Opens a gazetteer. The rows are not read; a damaged file can make look-ups find nothing, but never panic.
    ///
    /// # Errors
    /// When the bytes aren't a gazetteer of this version, or are cut short.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, GazetteerError> {
        let bytes = Arc::new(bytes.into());
        let header = Part { bytes: Arc::clone(&bytes), start: 0, end: bytes.len().min(HEADER_BYTES) };
        if bytes.len() < HEADER_BYTES || header.array::<8>(0) != Some(*MAGIC) {
            return Err(GazetteerError::Header);
        }
        let part = |number: usize, name: &'static str| -> Result<Part, GazetteerError> {
            let at = 40 + number * 8;
            let start = header.u32(at).ok_or(GazetteerError::Header)? as usize;
            let length = header.u32(at + 4).ok_or(GazetteerError::Header)? as usize;
            let end = start.checked_add(length).filter(|&end| end <= bytes.len());
            let end = end.ok_or(GazetteerError::Section(name))?;
            Ok(Part { bytes: Arc::clone(&bytes), start, end })
        };
        let index =
            fst::Map::new(part(6, "index")?).map_err(|error| GazetteerError::Index(error.to_string()))?;
        Ok(Self {
            digest: header.array(8).ok_or(GazetteerError::Header)?,
            countries: part(0, "countries")?,
            admin1: part(1, "admin1")?,
            admin2: part(2, "admin2")?,
            rows: part(3, "rows")?,
            names: part(4, "names")?,
            postings: part(5, "postings")?,
            index,
        })
    }

    /// A gazetteer without any place: nothing is found in it.
    #[must_use]
    pub fn empty() -> Self {
        let part = Part { bytes: Arc::new(Cow::Borrowed(&[])), start: 0, end: 0 };
        let index = fst::Map::default().into_fst().into_inner();
        let end = index.len();
        let index = fst::Map::new(Part { bytes: Arc::new(Cow::Owned(index)), start: 0, end })
            .expect("an empty map is a map");
        Self {
            digest: [0; 32],
            countries: part.clone(),
            admin1: part.clone(),
            admin2: part.clone(),
            rows: part.clone(),
            names: part.clone(),
            postings: part,
            index,
        }
    }

    /// SHA-256 of everything behind the header, as the builder wrote it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Number of places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.as_ref().len() / ROW_BYTES
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
        if key.is_empty() {
            return Vec::new();
        }
        let mut hits = self.get(key.as_bytes());
        if hits.is_empty() {
            let mut loose = vec![LOOSE];
            loose.extend(fold::loose(&key).into_bytes());
            hits = self.get(&loose);
        }
        hits
    }

    /// Every place that a name may mean, by its spelling and by a loose one, each place once.
    #[must_use]
    pub fn find_all(&self, name: &str) -> Vec<Hit> {
        let key = fold::fold(name);
        if key.is_empty() {
            return Vec::new();
        }
        let mut hits = self.get(key.as_bytes());
        let mut loose = vec![LOOSE];
        loose.extend(fold::loose(&key).into_bytes());
        let spelled: rustc_hash::FxHashSet<RowIndex> = hits.iter().map(|hit| hit.row).collect();
        hits.extend(self.get(&loose).into_iter().filter(|hit| !spelled.contains(&hit.row)));
        hits
    }

    /// Every place whose name is this but for case, accents and punctuation.
    #[must_use]
    pub fn find_spelled(&self, name: &str) -> Vec<Hit> {
        self.get(fold::fold(name).as_bytes())
    }

    /// The country whose people or things a word denotes: `Syrian`.
    #[must_use]
    pub fn demonym(&self, word: &str) -> Option<CountryIndex> {
        let mut key = vec![DEMONYM];
        key.extend(fold::fold(word).into_bytes());
        u8::try_from(self.index.get(key)?).ok().map(CountryIndex)
    }

    fn get(&self, key: &[u8]) -> Vec<Hit> {
        let Some(value) = self.index.get(key) else { return Vec::new() };
        let hit = |posting: u32| Hit {
            row: RowIndex(posting >> 2),
            name: match posting & 3 {
                0 => NameKind::Main,
                1 => NameKind::Alternate,
                _ => NameKind::Loose,
            },
        };
        if value & 1 == 1 {
            return u32::try_from(value >> 1).map(hit).into_iter().collect();
        }
        let Ok(at) = usize::try_from(value >> 1) else { return Vec::new() };
        let count = self.postings.array::<1>(at).map_or(0, |[count]| usize::from(count));
        (0..count).filter_map(|number| self.postings.u32(at + 1 + 4 * number)).map(hit).collect()
    }

    /// One place; `None` when there is no such row.
    #[must_use]
    pub fn place(&self, row: RowIndex) -> Option<Place<'_>> {
        let at = (row.0 as usize).checked_mul(ROW_BYTES)?;
        let [country, kind, population, flags] = self.rows.array::<4>(at + 20)?;
        let kind = Kind::from_byte(kind)?;
        let id = self.rows.u32(at)?;
        let name_at = self.rows.u32(at + 12)? as usize;
        let [length] = self.names.array::<1>(name_at)?;
        let name = self.names.as_ref().get(name_at + 1..name_at + 1 + usize::from(length))?;
        let degrees = |value: i32| if value == i32::MIN { f64::NAN } else { f64::from(value) / 100_000.0 };
        let second = self.rows.u16(at + 18)?;
        let reaches = matches!(kind, Kind::Region | Kind::Nature);
        Some(Place {
            id: match flags & 3 {
                0 => PlaceId::GeoNames(id),
                1 => PlaceId::WhosOnFirst(id),
                _ => PlaceId::Own,
            },
            name: std::str::from_utf8(name).ok()?,
            lat: degrees(self.rows.i32(at + 4)?),
            lon: degrees(self.rows.i32(at + 8)?),
            kind,
            country: country.checked_sub(1).map(CountryIndex),
            admin1: unit(&self.admin1, self.rows.u16(at + 16)?),
            admin2: if reaches { None } else { unit(&self.admin2, second) },
            ln_population: f64::from(population) / POPULATION_STEPS,
            radius_km: reaches.then(|| f64::from(second)),
        })
    }

    /// ISO 3166-1 alpha-3 of a country.
    #[must_use]
    pub fn iso3(&self, country: CountryIndex) -> Option<&str> {
        let at = usize::from(country.0) * COUNTRY_BYTES;
        std::str::from_utf8(self.countries.as_ref().get(at + 2..at + 5)?).ok()
    }

    /// The row of a country.
    #[must_use]
    pub fn country_row(&self, country: CountryIndex) -> Option<RowIndex> {
        self.countries.u32(usize::from(country.0) * COUNTRY_BYTES + 8).map(RowIndex)
    }

    /// The country with an ISO 3166-1 alpha-3 code.
    #[must_use]
    pub fn country(&self, iso3: &str) -> Option<CountryIndex> {
        let count = self.countries.as_ref().len() / COUNTRY_BYTES;
        (0..count)
            .filter_map(|number| u8::try_from(number).ok().map(CountryIndex))
            .find(|&country| self.iso3(country) == Some(iso3))
    }
}

/// The row of a unit by its number, which counts from 1; 0 is none.
fn unit(table: &Part, number: u16) -> Option<RowIndex> {
    table.u32(usize::from(number).checked_sub(1)? * 4).map(RowIndex)
}
