//! Packs the gathered places into the file.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use watchkeeper_linkage::fold::{fold, loose};
use watchkeeper_linkage::gazetteer::format::{
    BUCKETS, CODE, DEMONYM, Entry, HEADER_BYTES, LOOSE, MAGIC, MainEntry, NAME_BLOCK, POPULATION_STEPS,
    ROWS_MAX, Row, UNITS_MAX, place_of_key,
};
use watchkeeper_linkage::gazetteer::{Kind, NameKind};

use super::build::{Build, Place, Source};
use super::names::keeps;

/// Most entries kept for one key.
const ENTRIES_MAX: usize = 200;
/// Shortest loose key in bytes: of cities, of towns and units, of others. Short ones lead astray more often.
const LOOSE_BYTES: [usize; 3] = [3, 4, 5];
/// Population of a city.
const CITY_POPULATION: u64 = 50_000;
/// Population of a town: other names of a smaller village are not found loosely.
const TOWN_POPULATION: u64 = 5_000;
/// Countries whose names come from Arabic and related scripts, where one name has many spellings.
const RESPELLED: &str = "SY IQ YE LY SD SS SO LB PS JO EG DZ TN MA MR ML NE TD AF IR PK SA AE OM QA KW BH BF NG ER DJ ET TR IL TJ UZ TM";

/// Countries whose villages are known by their main name alone, for the file's size.
const ONE_NAME: &str = "TH TR CO RS LK KG BD RW CR";

/// An entry of the index with its bucket.
type Placed = (usize, Entry);

impl Build {
    /// The file, and its counts in words.
    pub(super) fn write(mut self) -> Result<(Vec<u8>, Vec<String>)> {
        self.settle_units();
        let keys: Vec<String> = self.entries.iter().map(|place| fold(&place.name)).collect();
        let mut order: Vec<usize> =
            (0..self.entries.len()).filter(|&index| !keys[index].is_empty()).collect();
        order.sort_by_key(|&index| {
            let place = &self.entries[index];
            (&keys[index], std::cmp::Reverse(place.population), place.source as u8, place.id, index)
        });
        ensure!(order.len() < ROWS_MAX, "more places than the format can number");
        let mut row_of = vec![u32::MAX; self.entries.len()];
        for (row, &index) in order.iter().enumerate() {
            row_of[index] = u32::try_from(row)?;
        }
        let (mut rows, mut who, mut reaches) = (Vec::new(), Vec::new(), Vec::new());
        for (at, &index) in order.iter().enumerate() {
            let place = &self.entries[index];
            let same = at > 0 && keys[order[at - 1]] == keys[index];
            rows.extend(self.row(place, same, &mut who)?.pack());
            if matches!(place.kind, Kind::Region | Kind::Nature) {
                reaches.extend(row_of[index].to_le_bytes());
                reaches.extend(place.reach_km.to_le_bytes());
            }
        }
        let mut countries = Vec::new();
        for (iso2, iso3, index) in &self.country_rows {
            ensure!(iso2.len() == 2 && iso3.len() == 3, "codes of {iso3}");
            countries.extend(iso2.bytes().chain(iso3.bytes()).chain([0; 3]));
            countries.extend(row_of[*index].to_le_bytes());
        }
        let of_countries = self.country_rows.iter().map(|row| row.2);
        let units = of_countries.chain(self.admin1.iter().copied()).chain(self.admin2.iter().copied());
        let units: Vec<u8> = units.flat_map(|index| row_of[index].to_le_bytes()).collect();
        let who: Vec<u8> = who.into_iter().flat_map(u32::to_le_bytes).collect();
        let (blocks, names) = self.names(&order)?;
        let Index { main_buckets, mains, buckets, entries, counts } = self.index(&order, &keys, &row_of)?;
        let report: Vec<(&str, usize)> = vec![
            ("countries", countries.len()),
            ("units", units.len()),
            ("rows", rows.len()),
            ("ids of Who's On First", who.len()),
            ("reaches", reaches.len()),
            ("name blocks", blocks.len()),
            ("names", names.len()),
            ("buckets of main names", main_buckets.len()),
            ("main names", mains.len()),
            ("buckets of other names", buckets.len()),
            ("other names", entries.len()),
        ];
        let mut log = self.log;
        log.push(format!("places {}", order.len()));
        log.push(counts);
        log.extend(report.iter().map(|(name, bytes)| format!("  {name}: {bytes} bytes")));
        let sections =
            [countries, units, rows, who, reaches, blocks, names, main_buckets, mains, buckets, entries];
        Ok((file(&sections)?, log))
    }

    /// Makes units agree: a place lies in the first-order unit of its second-order unit, or in no second-order unit.
    fn settle_units(&mut self) {
        for index in 0..self.entries.len() {
            let (admin1, admin2) = (self.entries[index].admin1, self.entries[index].admin2);
            if admin2 == 0 {
                continue;
            }
            let unit = self.admin2[admin2 as usize - 1];
            if self.entries[unit].admin1 == 0 {
                self.entries[unit].admin1 = admin1;
            } else if admin1 == 0 {
                self.entries[index].admin1 = self.entries[unit].admin1;
            } else if self.entries[unit].admin1 != admin1 {
                self.entries[index].admin2 = 0;
            }
        }
    }

    fn row(&self, place: &Place, same: bool, who: &mut Vec<u32>) -> Result<Row> {
        let countries = self.country_rows.len();
        let unit = match (place.country, place.admin1, place.admin2) {
            (0, 0, 0) => 0,
            (country, 0, 0) => usize::from(country),
            (_, admin1, 0) => countries + admin1 as usize,
            (_, _, admin2) => countries + self.admin1.len() + admin2 as usize,
        };
        ensure!(unit < UNITS_MAX, "more units than the format can number");
        let mut id = place.id;
        if place.source == Source::WhosOnFirst {
            id = u32::try_from(who.len())?;
            who.push(place.id);
        }
        ensure!(id < 1 << 24, "an id of {} is too large", place.name);
        Ok(Row {
            id,
            lat: 0,
            lon: 0,
            unit: u32::try_from(unit)?,
            kind: place.kind as u8,
            population: ((place.population as f64 + 1.0).ln() * POPULATION_STEPS).round().min(255.0) as u8,
            same,
            who: place.source == Source::WhosOnFirst,
        }
        .with_point(place.lat, place.lon))
    }

    /// Main names in blocks: for each row the length of its name in one byte and the name; 0 where it is the name before.
    fn names(&self, order: &[usize]) -> Result<(Vec<u8>, Vec<u8>)> {
        let (mut blocks, mut names) = (Vec::new(), Vec::new());
        for block in order.chunks(NAME_BLOCK) {
            blocks.extend(u32::try_from(names.len())?.to_le_bytes());
            let mut before = "";
            for &index in block {
                let name = self.entries[index].name.as_str();
                if name == before {
                    names.push(0);
                } else {
                    names.push(u8::try_from(name.len()).with_context(|| format!("name too long: {name}"))?);
                    names.extend(name.bytes());
                }
                before = name;
            }
        }
        Ok((blocks, names))
    }

    /// Bucket table and entries.
    fn index(&self, order: &[usize], keys: &[String], row_of: &[u32]) -> Result<Index> {
        let respelled: BTreeSet<u8> = RESPELLED
            .split(' ')
            .filter_map(|cc| self.country_of.get(cc))
            .map(|country| country + 1)
            .collect();
        let respelled = |index: usize| respelled.contains(&self.entries[index].country);
        let mut placed: Vec<Placed> = Vec::new();
        let mut mains: Vec<(usize, MainEntry)> = Vec::new();
        let mut add = |class: u8, key: &str, row: u32, how: NameKind| {
            let (bucket, print) = place_of_key(class, key);
            placed.push((bucket, Entry { print, row, how: how as u8 }));
        };
        let mut name = |class: u8, key: &str, row: u32, group: bool| {
            let (bucket, print) = place_of_key(class, key);
            mains.push((bucket, MainEntry { print, row, group }));
        };
        let mut counts = [0usize; 3];
        for group in order.chunk_by(|&a, &b| keys[a] == keys[b]) {
            let first = row_of[group[0]];
            let key = &keys[group[0]];
            counts[0] += 1;
            name(0, key, first, group.len() > 1);
            let like = loose(key);
            if like.len() >= LOOSE_BYTES[2] && group.iter().all(|&index| respelled(index)) {
                counts[2] += 1;
                name(LOOSE, &like, first, group.len() > 1);
            } else {
                let some =
                    group.iter().filter(|&&index| respelled(index) && self.is_loose_enough(index, &like));
                for &index in some.take(ENTRIES_MAX) {
                    counts[2] += 1;
                    name(LOOSE, &like, row_of[index], false);
                }
            }
            for &index in group {
                let mut alike = BTreeSet::from([like.clone()]);
                for other in self.other_keys(index, key) {
                    if self.is_hamlet(index)
                        && respelled(index)
                        && like.len() >= LOOSE_BYTES[2]
                        && loose(&other) == like
                    {
                        // The loose key leads there.
                        continue;
                    }
                    counts[1] += 1;
                    add(0, &other, row_of[index], NameKind::Alternate);
                    let like = loose(&other);
                    if !self.is_hamlet(index)
                        && respelled(index)
                        && self.is_loose_enough(index, &like)
                        && alike.insert(like.clone())
                    {
                        counts[2] += 1;
                        add(LOOSE, &like, row_of[index], NameKind::Loose);
                    }
                }
            }
        }
        for (word, &index) in &self.demonyms {
            add(DEMONYM, word, row_of[index], NameKind::Main);
        }
        for (code, units) in &self.codes {
            for &index in units {
                add(CODE, code, row_of[index], NameKind::Main);
            }
        }
        placed.sort_unstable();
        placed.dedup();
        let placed = self.cut(placed, order);
        mains.sort_unstable();
        let main_buckets = buckets(mains.iter().map(|&(bucket, _)| bucket));
        let mains: Vec<u8> = mains.iter().flat_map(|(_, entry)| entry.pack()).collect();
        let other_buckets = buckets(placed.iter().map(|&(bucket, _)| bucket));
        let entries: Vec<u8> = placed.iter().flat_map(|(_, entry)| entry.pack()).collect();
        let counts = format!(
            "keys: main names {}, other names {}, loose forms {}, demonyms {}, codes {}",
            counts[0],
            counts[1],
            counts[2],
            self.demonyms.len(),
            self.codes.len()
        );
        Ok(Index { main_buckets, mains, buckets: other_buckets, entries, counts })
    }

    /// Whether a loose key is long enough for a place.
    pub(super) fn is_loose_enough(&self, index: usize, like: &str) -> bool {
        let place = &self.entries[index];
        let size = match place.population {
            CITY_POPULATION.. => 0,
            TOWN_POPULATION.. => 1,
            _ if place.kind < Kind::Capital => 1,
            _ => 2,
        };
        like.len() >= LOOSE_BYTES[size]
    }

    /// A village without a population known, a few thousand people or fewer.
    fn is_hamlet(&self, index: usize) -> bool {
        matches!(self.entries[index].kind, Kind::Village | Kind::Quarter)
            && self.entries[index].population < TOWN_POPULATION
    }

    /// Folded other names of a place that are worth a key.
    pub(super) fn other_keys(&self, index: usize, main: &str) -> BTreeSet<String> {
        let place = &self.entries[index];
        let own = place.source == Source::Own || place.kind == Kind::Country || self.aliased.contains(&index);
        let mut keys = BTreeSet::new();
        let country =
            place.country.checked_sub(1).map(|country| self.country_rows[usize::from(country)].0.as_str());
        if self.is_hamlet(index) && country.is_some_and(|cc| ONE_NAME.split(' ').any(|known| known == cc)) {
            return keys;
        }
        for name in
            place.names.iter().map(String::as_str).chain(place.name.split_once(" (").map(|(name, _)| name))
        {
            let key = fold(name);
            if key != main && !key.is_empty() && (own || keeps(name, &key)) {
                keys.insert(key);
            }
        }
        keys
    }

    /// Leaves the entries of the most populous places where a key has too many.
    fn cut(&self, placed: Vec<Placed>, order: &[usize]) -> Vec<Placed> {
        let mut kept = Vec::with_capacity(placed.len());
        for key in placed.chunk_by(|a, b| a.0 == b.0 && a.1.print == b.1.print) {
            if key.len() <= ENTRIES_MAX {
                kept.extend_from_slice(key);
                continue;
            }
            let mut key = key.to_vec();
            key.sort_by_key(|(_, entry)| {
                let place = &self.entries[order[entry.row as usize]];
                (entry.how, std::cmp::Reverse(place.population), entry.row)
            });
            key.truncate(ENTRIES_MAX);
            key.sort_unstable();
            kept.extend(key);
        }
        kept
    }
}

/// The two indexes.
struct Index {
    main_buckets: Vec<u8>,
    mains: Vec<u8>,
    buckets: Vec<u8>,
    entries: Vec<u8>,
    counts: String,
}

/// Where each bucket's entries begin, and where the last one's end, from the sorted buckets of the entries.
fn buckets(of_entries: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut counts = vec![0u32; BUCKETS + 1];
    for bucket in of_entries {
        counts[bucket + 1] += 1;
    }
    let mut sum = 0;
    for count in &mut counts {
        sum += *count;
        *count = sum;
    }
    counts.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Header and sections.
fn file(sections: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut header = Vec::from(*MAGIC);
    header.extend([0; 32]);
    let mut at = HEADER_BYTES;
    for section in sections {
        header.extend(u32::try_from(at)?.to_le_bytes());
        header.extend(u32::try_from(section.len())?.to_le_bytes());
        at += section.len().next_multiple_of(8);
    }
    header.resize(HEADER_BYTES, 0);
    let mut bytes = header;
    for section in sections {
        bytes.extend(section);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    let digest = Sha256::digest(&bytes[HEADER_BYTES..]);
    bytes[8..40].copy_from_slice(&digest);
    Ok(bytes)
}
