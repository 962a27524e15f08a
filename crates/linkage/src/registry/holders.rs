//! Who held which office when: office holders by name, and the sector that a day gives them.
//!
//! Two sources: the hand-kept table `data/registry/office_holders.tsv` (and any table of a user's own), held in memory; and
//! an archive of ministers of 2003 to 2014 (`data/registry/ministers.tsv`), sorted by key and searched in place, so that
//! it costs nothing to open.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Sector;

use super::alias::pieces_of;
use super::table::{RegistryError, Row, Rows};

/// A time in which a person belonged to a sector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The sector of the office.
    pub sector: Sector,
    /// The field of the office, as `MIL` of a minister of defence.
    pub sector2: Option<Sector>,
    /// First day as the number `yyyymmdd`.
    pub from: u32,
    /// Last day as the number `yyyymmdd`; [`OPEN`] where the source knows no end.
    pub until: u32,
    /// The office in words; may be empty.
    pub office: String,
}

/// End of a term that hasn't ended.
pub const OPEN: u32 = 99_991_231;

/// A person who holds or held an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The name to show.
    pub name: String,
    /// ISO 3166-1 alpha-3; `None` for officers of international bodies.
    pub country: Option<String>,
    /// Terms in the order of the table.
    pub terms: Vec<Term>,
    /// Last day that the source knows of, where it knows nothing later.
    pub known_until: u32,
}

/// What a person was on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Sector on that day.
    pub sector: Option<Sector>,
    /// Field of the office.
    pub sector2: Option<Sector>,
    /// What decided it.
    pub why: String,
}

/// Sectors whose former members are [`Sector::Eli`].
fn is_official(sector: Sector) -> bool {
    matches!(sector, Sector::Gov | Sector::Mil | Sector::Leg | Sector::Jud | Sector::Cop | Sector::Spy)
}

/// Of two offices held at a time the one earlier in this list counts.
const WEIGHT: [Sector; 8] =
    [Sector::Gov, Sector::Igo, Sector::Mil, Sector::Spy, Sector::Cop, Sector::Jud, Sector::Leg, Sector::Pty];

fn weight(sector: Sector) -> usize {
    WEIGHT.iter().position(|known| *known == sector).unwrap_or(WEIGHT.len())
}

/// A day as a number that compares as days do.
#[must_use]
pub fn day_number(date: Date) -> u32 {
    let year = u32::try_from(date.year()).unwrap_or(0);
    year * 10_000 + date.month() * 100 + date.day()
}

impl Holder {
    /// The sector on a day; without a day only where all offices were of one sector.
    #[must_use]
    pub fn standing(&self, day: Option<u32>) -> Standing {
        let Some(day) = day else {
            let first = self.terms.first().map(|term| term.sector);
            let one = first.filter(|first| self.terms.iter().all(|term| term.sector == *first));
            return Standing { sector: one, sector2: None, why: "office holder, day unknown".to_owned() };
        };
        let now = self.terms.iter().filter(|term| {
            let until = if term.until == OPEN { self.known_until } else { term.until };
            term.from <= day && day <= until
        });
        if let Some(term) = now.min_by_key(|term| weight(term.sector)) {
            let office = if term.office.is_empty() { term.sector.as_str() } else { &term.office };
            let why = format!("office holder: {office} from {}", iso(term.from));
            return Standing { sector: Some(term.sector), sector2: term.sector2, why };
        }
        let past = self.terms.iter().filter(|term| term.until.min(self.known_until) < day);
        match past.min_by_key(|term| weight(term.sector)) {
            Some(term) if is_official(term.sector) => Standing {
                sector: Some(Sector::Eli),
                sector2: None,
                why: format!(
                    "former office holder: {} until {}",
                    term.office,
                    iso(term.until.min(self.known_until))
                ),
            },
            Some(term) => {
                Standing { sector: Some(term.sector), sector2: None, why: "known person".to_owned() }
            }
            // Before the first office: a politician where the office is one of politics.
            None => {
                let sector = self.terms.first().map(|term| match term.sector {
                    Sector::Gov | Sector::Leg => Sector::Pty,
                    other => other,
                });
                Standing { sector, sector2: None, why: "before the first office known".to_owned() }
            }
        }
    }

    /// Whether some term of this sector has begun by a day.
    fn was(&self, sector: Option<Sector>, day: Option<u32>) -> bool {
        let begun = |term: &&Term| day.is_none_or(|day| term.from <= day);
        self.terms.iter().filter(begun).any(|term| sector.is_none_or(|sector| sector == term.sector))
    }
}

fn iso(day: u32) -> String {
    format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)
}

/// Office holders by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Holders {
    list: Vec<Holder>,
    by_name: FxHashMap<String, Vec<u32>>,
    by_surname: FxHashMap<String, Vec<u32>>,
    archive: &'static str,
}

impl Holders {
    pub(super) fn set_archive(&mut self, text: &'static str) {
        // Comments and the header go first; the rest is sorted.
        let mut rest = text;
        while let Some((line, after)) = rest.split_once('\n') {
            if !(line.starts_with('#') || line.starts_with("key\t")) {
                break;
            }
            rest = after;
        }
        self.archive = rest;
    }

    /// Reads a table with the columns `person`, `aliases`, `country`, `terms`.
    pub(super) fn add(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        if self.list.is_empty() {
            self.list.reserve(PERSONS_EXPECTED);
            self.by_name.reserve(3 * PERSONS_EXPECTED);
            self.by_surname.reserve(PERSONS_EXPECTED);
        }
        for row in rows.iter() {
            let row = row?;
            let name = row.get("person");
            let country = row.country("country")?;
            let terms = terms(row.get("terms")).map_err(|error| fault(&row, &error))?;
            if name.is_empty() || terms.is_empty() {
                return Err(row.error("a person needs a name and at least one term".to_owned()));
            }
            let index = u32::try_from(self.list.len()).expect("fewer persons than u32 holds");
            for alias in std::iter::once(name).chain(row.get("aliases").split('|')) {
                self.name(alias, index);
            }
            let surname = pieces_of(name).map(|(piece, _)| piece).last().unwrap_or_default();
            self.by_surname.entry(surname.into_owned()).or_default().push(index);
            self.list.push(Holder { name: name.to_owned(), country, terms, known_until: OPEN });
        }
        Ok(())
    }

    fn name(&mut self, alias: &str, index: u32) {
        let pieces: Vec<String> = pieces_of(alias).map(|(piece, _)| piece.into_owned()).collect();
        let short =
            (pieces.len() > 2).then(|| spelling(&[pieces[0].clone(), pieces[pieces.len() - 1].clone()]));
        for key in std::iter::once(spelling(&pieces)).chain(short).filter(|key| !key.is_empty()) {
            let bearers = self.by_name.entry(key).or_default();
            if !bearers.contains(&index) {
                bearers.push(index);
            }
        }
    }

    /// Who bears a name in full, its parts folded; those of the hand-kept table first.
    pub(super) fn by_name(&self, pieces: &[String]) -> Vec<Holder> {
        let key = spelling(pieces);
        let known = self.by_name.get(&key).map(Vec::as_slice).unwrap_or_default();
        if !known.is_empty() {
            return known.iter().map(|&index| self.list[index as usize].clone()).collect();
        }
        if pieces.len() < 2 { Vec::new() } else { self.archived(&key) }
    }

    /// Who has a surname and has had an office of a sector by a day.
    pub(super) fn by_surname(
        &self,
        surname: &str,
        sector: Option<Sector>,
        day: Option<u32>,
    ) -> impl Iterator<Item = &Holder> {
        let known = self.by_surname.get(surname).map(Vec::as_slice).unwrap_or_default();
        known.iter().map(|&index| &self.list[index as usize]).filter(move |holder| holder.was(sector, day))
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Rows of the archive with a key.
    fn archived(&self, key: &str) -> Vec<Holder> {
        let mut found = Vec::new();
        let mut at = lower_bound(self.archive, key);
        while let Some(line) = self.archive.get(at..).and_then(|rest| rest.lines().next()) {
            let mut fields = line.split('\t');
            if fields.next() != Some(key) || line.is_empty() {
                break;
            }
            let (name, country) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            if let Ok(terms) = terms(fields.next().unwrap_or_default()) {
                found.push(Holder {
                    name: name.to_owned(),
                    country: Some(country.to_owned()).filter(|code| code.len() == 3),
                    terms,
                    known_until: ARCHIVE_KNOWS_UNTIL,
                });
            }
            at += line.len() + 1;
        }
        found
    }
}

/// Room for the shipped table.
const PERSONS_EXPECTED: usize = 3000;

/// The archive's open terms are taken for ended a year after its making.
const ARCHIVE_KNOWS_UNTIL: u32 = 20_150_131;

fn fault(row: &Row<'_>, message: &str) -> RegistryError {
    row.error(format!("`terms`: {message}"))
}

/// Byte of the first line whose key isn't less than `key`, in lines sorted by key.
fn lower_bound(text: &str, key: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = bytes[low..middle].iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
        let end =
            bytes[middle..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| middle + at);
        let line_key = bytes[start..end].split(|byte| *byte == b'\t').next().unwrap_or_default();
        if line_key < key.as_bytes() {
            low = (end + 1).min(bytes.len());
        } else {
            high = start;
        }
    }
    low
}

/// Reads `GOV+MIL 2010-05..2014-02 minister; LEG 2014..`.
fn terms(text: &str) -> Result<Vec<Term>, String> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let mut words = part.splitn(3, ' ');
            let codes = words.next().unwrap_or_default();
            let (first, second) = codes.split_once('+').map_or((codes, None), |(a, b)| (a, Some(b)));
            let sector = first.parse().map_err(|_| format!("`{first}` is no sector"))?;
            let sector2 =
                second.map(|code| code.parse().map_err(|_| format!("`{code}` is no sector"))).transpose()?;
            let span = words.next().unwrap_or("..");
            let (from, until) = span.split_once("..").ok_or_else(|| format!("`{span}` is no FROM..UNTIL"))?;
            let from = if from.is_empty() { 0 } else { day(from, 1, 1)? };
            let until = if until.is_empty() { OPEN } else { day(until, 12, 31)? };
            let office = words.next().unwrap_or_default().to_owned();
            Ok(Term { sector, sector2, from, until, office })
        })
        .collect()
}

/// `2014`, `2014-02`, `2014-02-07` as a number, with what isn't given filled in.
fn day(text: &str, month: u32, day: u32) -> Result<u32, String> {
    let bad = || format!("`{text}` is not YYYY, YYYY-MM or YYYY-MM-DD");
    let parts: Vec<u32> = text.split('-').map(str::parse).collect::<Result<_, _>>().map_err(|_| bad())?;
    match parts[..] {
        [year] => Ok(year * 10_000 + month * 100 + day),
        [year, month] if (1..=12).contains(&month) => {
            Ok(year * 10_000 + month * 100 + if day == 1 { 1 } else { 31 })
        }
        [year, month, day] if (1..=12).contains(&month) && (1..=31).contains(&day) => {
            Ok(year * 10_000 + month * 100 + day)
        }
        _ => Err(bad()),
    }
}

/// A name's parts as one key that doesn't depend on how it is transliterated: `Sergey` and `Sergei`, `Mohammad` and `Mohamed`.
/// `training/registry/make_ministers.py` makes the same keys.
pub(super) fn spelling(pieces: &[String]) -> String {
    let mut key = String::new();
    for piece in pieces {
        if matches!(piece.as_str(), "al" | "el" | "s") && pieces.len() > 1
            || !piece.starts_with(char::is_alphanumeric)
        {
            continue;
        }
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&sound(piece));
    }
    key
}

fn sound(piece: &str) -> Cow<'_, str> {
    if matches!(
        piece,
        "mohammed" | "mohammad" | "mohamed" | "mohamad" | "muhammad" | "muhammed" | "mohamud" | "muhamad"
    ) {
        return Cow::Borrowed("mohamed");
    }
    if !piece.is_ascii() {
        return Cow::Borrowed(piece);
    }
    let bytes = piece.as_bytes();
    let mut out = String::with_capacity(piece.len());
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        let (letter, width) = match (bytes[at], next) {
            (b'p', b'h') => (b'f', 2),
            (b'd', b'j') => (b'j', 2),
            (b'k', b's') => (b'x', 2),
            (b'o', b'u' | b'o') => (b'u', 2),
            (b'e', b'e' | b'i' | b'y') => (b'i', 2),
            (b'c', b'k') => (b'k', 2),
            (b'q', _) => (b'k', 1),
            (b'y', _) => (b'i', 1),
            (other, _) => (other, 1),
        };
        let letter = char::from(letter);
        if !out.ends_with(letter) {
            out.push(letter);
        }
        at += width;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> Holder {
        Holder {
            name: "A B".to_owned(),
            country: None,
            terms: terms("GOV+MIL 2010-05..2014-02 minister of defence; LEG 2014-03..").expect("terms"),
            known_until: OPEN,
        }
    }

    #[test]
    fn a_day_decides_the_sector() {
        let on = |day| holder().standing(Some(day)).sector;
        assert_eq!(on(20_120_101), Some(Sector::Gov));
        assert_eq!(on(20_140_228), Some(Sector::Gov));
        assert_eq!(on(20_200_101), Some(Sector::Leg));
        assert_eq!(on(20_090_101), Some(Sector::Pty));
        assert_eq!(holder().standing(None).sector, None);
        let mut ended = holder();
        ended.terms.pop();
        assert_eq!(ended.standing(Some(20_200_101)).sector, Some(Sector::Eli));
        assert_eq!(ended.standing(Some(20_120_101)).sector2, Some(Sector::Mil));
    }

    #[test]
    fn bad_terms_are_told() {
        for bad in ["XYZ 2010..", "GOV 2010", "GOV 2010-13..", "GOV+ZZZ 2010.."] {
            assert!(terms(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_archive_is_searched_in_place() {
        let text = "# x\nkey\tname\tcountry\tterms\nana b\tAna B\tFRA\tGOV 2003..2005\nana c\tAna C\tITA\tGOV 2003..\nzoe d\tZoe D\tUSA\tMIL 2004..2006\n";
        let mut holders = Holders::default();
        holders.set_archive(text);
        let find = |name: &str| {
            let pieces: Vec<String> = name.split(' ').map(str::to_owned).collect();
            holders.by_name(&pieces).first().and_then(|holder| holder.country.clone())
        };
        assert_eq!(find("ana b").as_deref(), Some("FRA"));
        assert_eq!(find("ana c").as_deref(), Some("ITA"));
        assert_eq!(find("zoe d").as_deref(), Some("USA"));
        assert_eq!(find("aaa"), None);
        assert_eq!(find("zzz y"), None);
        assert_eq!(Holders::default().by_name(&["ana".into(), "b".into()]), Vec::new());
    }

    #[test]
    fn spellings_of_one_name_meet() {
        let key =
            |name: &str| spelling(&pieces_of(name).map(|(piece, _)| piece.into_owned()).collect::<Vec<_>>());
        for (one, other) in [
            ("Sergey Lavrov", "Sergei Lavrov"),
            ("Mohammad al-Halbousi", "Mohammed Halbousi"),
            ("Aleksey Kudrin", "Alexei Kudrin"),
            ("Boyko Borissov", "Boyko Borisov"),
        ] {
            assert_eq!(key(one), key(other));
        }
    }
}
