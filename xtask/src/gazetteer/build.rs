//! Gathers places from the tables, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use watchkeeper_linkage::fold::fold;
use watchkeeper_linkage::gazetteer::Kind;

use super::names::{main_name, readable_names};
use super::source::{Row, table};

/// A village of a larger population, known to Who's On First only, has a wrong figure: GeoNames would have it among its towns.
const VILLAGE_POPULATION_MAX: u64 = 20_000;
/// Reach up to which a region, water or site kept by hand is said to lie in a first-order unit.
const WITHIN_UNIT_KM: u16 = 60;
/// Degrees within which two places of one name are one.
const SAME_DEGREES: f64 = 0.04;

/// One place while the file is built.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: u32,
    pub(super) source: Source,
    pub(super) name: String,
    pub(super) lat: f64,
    pub(super) lon: f64,
    pub(super) kind: Kind,
    /// Number of the country, from 1; 0 is none or several.
    pub(super) country: u8,
    /// Number of the first-order unit, from 1; 0 is none.
    pub(super) admin1: u32,
    /// Number of the second-order unit, from 1; 0 is none.
    pub(super) admin2: u32,
    pub(super) population: u64,
    pub(super) reach_km: u16,
    pub(super) names: Vec<String>,
}

/// A country's quarter-degree cell.
type Cell = (u8, i32, i32);
/// A point with something that lies there.
type At<T> = (f64, f64, T);

/// Whose the id is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    GeoNames = 0,
    WhosOnFirst = 1,
    Own = 2,
}

/// Everything gathered so far.
#[derive(Debug, Default)]
pub(super) struct Build {
    pub(super) entries: Vec<Place>,
    pub(super) features: BTreeSet<String>,
    /// (alpha-2, alpha-3, entry) by country number.
    pub(super) country_rows: Vec<(String, String, usize)>,
    pub(super) country_of: HashMap<String, u8>,
    pub(super) country_of3: HashMap<String, u8>,
    /// Country points given by hand.
    pub(super) fixed_points: BTreeSet<usize>,
    /// Units with names given by hand, which are kept however short.
    pub(super) aliased: BTreeSet<usize>,
    pub(super) capitals: HashMap<u8, String>,
    /// Folded demonym → entry.
    pub(super) demonyms: BTreeMap<String, usize>,
    /// Postal code → entries of first-order units.
    pub(super) codes: BTreeMap<String, Vec<usize>>,
    /// Settled points by country and cell of a quarter degree, with their first-order unit.
    pub(super) settled: HashMap<Cell, Vec<At<u32>>>,
    /// Entry of each first-order unit; numbers count from 1.
    pub(super) admin1: Vec<usize>,
    pub(super) admin1_of: HashMap<String, u32>,
    pub(super) admin1_of_id: HashMap<u32, u32>,
    pub(super) admin1_of_name: HashMap<(u8, String), u32>,
    pub(super) admin2: Vec<usize>,
    pub(super) admin2_of: HashMap<String, u32>,
    pub(super) admin2_of_name: HashMap<(u8, String), Vec<u32>>,
    /// Who's On First unit id → number.
    pub(super) who_admin1: HashMap<u64, u32>,
    pub(super) who_admin2: HashMap<u64, u32>,
    /// GeoNames ids taken.
    pub(super) known: HashMap<u32, usize>,
    /// Places by country and folded name, to know a village from two tables as one.
    pub(super) near: HashMap<(u8, String), Vec<At<usize>>>,
    /// Who's On First rows whose coordinates, or populations, come from a source without a clear licence.
    pub(super) unlicensed: BTreeSet<u64>,
    pub(super) unlicensed_population: BTreeSet<u64>,
    pub(super) log: Vec<String>,
}

impl Build {
    pub(super) fn countries(&mut self, source: &Path, own: &[Vec<String>]) -> Result<()> {
        for row in table(source, "countries")? {
            let country = u8::try_from(self.country_rows.len())?;
            let id = row.number("geonameid")? as u32;
            self.country_rows.push((
                row.get("iso")?.to_owned(),
                row.get("iso3")?.to_owned(),
                self.entries.len(),
            ));
            self.country_of.insert(row.get("iso")?.to_owned(), country);
            self.country_of3.insert(row.get("iso3")?.to_owned(), country);
            self.capitals.insert(country, fold(row.get("capital")?));
            self.entries.push(Place {
                id,
                source: Source::GeoNames,
                name: row.get("name")?.to_owned(),
                lat: f64::NAN,
                lon: f64::NAN,
                kind: Kind::Country,
                country: country + 1,
                admin1: 0,
                admin2: 0,
                population: row.number("population").unwrap_or(0),
                reach_km: 0,
                names: Vec::new(),
            });
            self.known.insert(id, self.entries.len() - 1);
        }
        for row in own {
            let country = *self.country_of3.get(&row[0]).with_context(|| format!("no country {}", row[0]))?;
            let index = self.country_rows[usize::from(country)].2;
            let entry = &mut self.entries[index];
            entry.lat = row[1].parse()?;
            entry.lon = row[2].parse()?;
            entry.names.extend(row[3].split('|').filter(|name| !name.is_empty()).map(str::to_owned));
            self.fixed_points.insert(index);
            for word in row[4].split('|').filter(|word| !word.is_empty()) {
                // Congolese and the like: the more populous country, which stands first in the file.
                self.demonyms.entry(fold(word)).or_insert(index);
            }
        }
        self.log.push(format!("countries {}", self.country_rows.len()));
        Ok(())
    }

    pub(super) fn units(&mut self, source: &Path) -> Result<()> {
        for row in table(source, "admin1_geonames")? {
            let code = row.get("code")?;
            let Some(&country) = self.country_of.get(code.split('.').next().unwrap_or("")) else { continue };
            let id = row.number("geonameid")? as u32;
            let number = self.unit(
                Kind::Admin1,
                id,
                country,
                0,
                row.get("name")?,
                vec![row.get("asciiname")?.to_owned()],
            )?;
            self.admin1_of.insert(code.to_owned(), number);
            self.admin1_of_id.insert(id, number);
        }
        for row in table(source, "admin2")? {
            let code = row.get("code")?;
            let mut parts = code.split('.');
            let (Some(cc), Some(first)) = (parts.next(), parts.next()) else { continue };
            let Some(&country) = self.country_of.get(cc) else { continue };
            let admin1 = self.admin1_of.get(&format!("{cc}.{first}")).copied().unwrap_or(0);
            let number = self.unit(Kind::Admin2, 0, country, admin1, row.get("name")?, Vec::new())?;
            self.admin2_of.insert(code.to_owned(), number);
        }
        self.log.push(format!(
            "first-order units {}, second-order units {}",
            self.admin1.len(),
            self.admin2.len()
        ));
        Ok(())
    }

    /// Adds a unit and returns its number.
    fn unit(
        &mut self,
        kind: Kind,
        id: u32,
        country: u8,
        admin1: u32,
        name: &str,
        mut names: Vec<String>,
    ) -> Result<u32> {
        let short = self.without_feature(name);
        let index = self.entries.len();
        names.extend(short.clone());
        let list = if kind == Kind::Admin1 { &mut self.admin1 } else { &mut self.admin2 };
        list.push(index);
        let number = u32::try_from(list.len()).context("more units than can be numbered")?;
        let keys: BTreeSet<String> = names.iter().map(String::as_str).chain([name]).map(fold).collect();
        for key in keys {
            if kind == Kind::Admin1 {
                self.admin1_of_name.entry((country, key)).or_insert(number);
            } else {
                self.admin2_of_name.entry((country, key)).or_default().push(number);
            }
        }
        self.entries.push(Place {
            id,
            source: if id == 0 { Source::Own } else { Source::GeoNames },
            name: name.to_owned(),
            lat: f64::NAN,
            lon: f64::NAN,
            kind,
            country: country + 1,
            admin1,
            admin2: 0,
            population: 0,
            reach_km: 0,
            names,
        });
        if id != 0 {
            self.known.insert(id, index);
        }
        Ok(number)
    }

    /// `Rakhine State` → `Rakhine`, `Departamento de Antioquia` stays.
    fn without_feature(&self, name: &str) -> Option<String> {
        let (rest, last) = name.rsplit_once(' ')?;
        let last = last.to_lowercase();
        if self.features.contains(&last) && !rest.is_empty() {
            return Some(rest.to_owned());
        }
        let (first, rest) = name.split_once(" of ")?;
        self.features.contains(&first.to_lowercase()).then(|| rest.to_owned())
    }

    /// The second-order unit of a name: the one in this first-order unit, else the only one of the country.
    fn second_order(&self, country: u8, parent: Option<u32>, key: &str) -> Option<u32> {
        let known = self.admin2_of_name.get(&(country, key.to_owned()))?;
        let within = |number: &&u32| {
            parent.is_some_and(|parent| self.entries[self.admin2[**number as usize - 1]].admin1 == parent)
        };
        let only = if let [one] = known[..] { Some(one) } else { None };
        known.iter().find(within).copied().or(only)
    }

    /// Names, points and further units from Who's On First.
    pub(super) fn who_units(&mut self, source: &Path) -> Result<()> {
        let mut matched = 0;
        let mut added = 0;
        for file in ["wof_conflict", "wof_more"] {
            let rows: Vec<Row> = table(source, file)?
                .into_iter()
                .filter(|row| matches!(row.get("placetype"), Ok("region" | "county")))
                .collect();
            for first_order in [true, false] {
                for row in
                    rows.iter().filter(|row| (row.get("placetype").ok() == Some("region")) == first_order)
                {
                    let Some(&country) = self.country_of.get(row.get("cc")?) else { continue };
                    let who = row.number("wof_id")?;
                    if self.unlicensed.contains(&who) {
                        continue;
                    }
                    let id = row.number("geonames_id").unwrap_or(0) as u32;
                    let (others, cc) = (row.get("names")?, row.get("cc")?);
                    let Some(name) = main_name(row.get("name")?, others, cc) else { continue };
                    let name = name.as_str();
                    let names = readable_names(others, cc);
                    let keys: Vec<String> = [Some(name.to_owned()), self.without_feature(name)]
                        .into_iter()
                        .flatten()
                        .chain(names.iter().cloned())
                        .map(|name| fold(&name))
                        .collect();
                    let first = self.admin1_of_id.get(&id).copied().filter(|_| first_order).or_else(|| {
                        keys.iter()
                            .filter(|_| first_order)
                            .find_map(|key| self.admin1_of_name.get(&(country, key.clone())).copied())
                    });
                    let index = if let Some(number) = first {
                        self.who_admin1.insert(who, number);
                        self.admin1[number as usize - 1]
                    } else {
                        let parent =
                            row.number("region_id").ok().and_then(|id| self.who_admin1.get(&id)).copied();
                        let known = keys.iter().find_map(|key| self.second_order(country, parent, key));
                        let number = match known {
                            Some(number) => number,
                            None => {
                                added += 1;
                                self.unit(Kind::Admin2, id, country, parent.unwrap_or(0), name, Vec::new())?
                            }
                        };
                        self.who_admin2.insert(who, number);
                        self.admin2[number as usize - 1]
                    };
                    matched += 1;
                    let entry = &mut self.entries[index];
                    if entry.id == 0 {
                        if id != 0 && !self.known.contains_key(&id) {
                            entry.id = id;
                            entry.source = Source::GeoNames;
                            self.known.insert(id, index);
                        } else if who <= u64::from(u32::MAX) {
                            entry.id = who as u32;
                            entry.source = Source::WhosOnFirst;
                        }
                    }
                    entry.names.push(name.to_owned());
                    entry.names.extend(names);
                    if entry.lat.is_nan() {
                        entry.lat = row.get("lat")?.parse()?;
                        entry.lon = row.get("lon")?.parse()?;
                    }
                    if !self.unlicensed_population.contains(&who) {
                        entry.population = entry.population.max(row.number("population").unwrap_or(0));
                    }
                }
            }
        }
        self.log.push(format!("units of Who's On First {matched}, of them new {added}"));
        Ok(())
    }

    pub(super) fn cities(&mut self, source: &Path) -> Result<()> {
        let mut count = 0;
        for row in table(source, "cities500")? {
            let cc = row.get("cc")?;
            let Some(&country) = self.country_of.get(cc) else { continue };
            let (first, second) = (row.get("admin1")?, row.get("admin2")?);
            let name = row.get("name")?;
            let mut kind = match row.get("fcode")? {
                "PPLC" => Kind::Capital,
                "PPLA" => Kind::Seat1,
                "PPLA2" => Kind::Seat2,
                "PPLA3" | "PPLA4" | "PPLA5" => Kind::Seat,
                "PPLX" => Kind::Quarter,
                "PPLQ" | "PPLH" | "PPLW" | "PPLCH" => Kind::Village,
                _ => Kind::Settlement,
            };
            if self.capitals.get(&country).is_some_and(|capital| *capital == fold(name))
                && row.number("population").unwrap_or(0) > 100_000
            {
                kind = Kind::Capital;
            }
            let (lat, lon): (f64, f64) = (row.get("lat")?.parse()?, row.get("lon")?.parse()?);
            self.near.entry((country, fold(name))).or_default().push((lat, lon, self.entries.len()));
            let id = row.number("geonameid")? as u32;
            self.known.insert(id, self.entries.len());
            self.entries.push(Place {
                id,
                source: Source::GeoNames,
                name: name.to_owned(),
                lat,
                lon,
                kind,
                country: country + 1,
                admin1: self.admin1_of.get(&format!("{cc}.{first}")).copied().unwrap_or(0),
                admin2: self.admin2_of.get(&format!("{cc}.{first}.{second}")).copied().unwrap_or(0),
                population: row.number("population").unwrap_or(0),
                reach_km: 0,
                names: readable_names(row.get("alternatenames")?, cc),
            });
            let entry = &self.entries[self.entries.len() - 1];
            if entry.admin1 != 0 {
                let cell = cell(country, lat, lon);
                self.settled.entry(cell).or_default().push((lat, lon, entry.admin1));
            }
            count += 1;
        }
        self.log.push(format!("settlements of GeoNames {count}"));
        Ok(())
    }

    pub(super) fn villages(&mut self, source: &Path) -> Result<()> {
        let (mut count, mut joined) = (0, 0);
        let mut moved = 0;
        for row in table(source, "wof_conflict")?.into_iter().chain(table(source, "wof_more")?) {
            if row.number("wof_id").is_ok_and(|who| self.unlicensed.contains(&who)) {
                continue;
            }
            let kind = match row.get("placetype")? {
                "locality" | "localadmin" => Kind::Village,
                "neighbourhood" | "borough" => Kind::Quarter,
                "campus" => Kind::Site,
                _ => continue,
            };
            let Some(&country) = self.country_of.get(row.get("cc")?) else { continue };
            let (others, cc) = (row.get("names")?, row.get("cc")?);
            let Some(name) = main_name(row.get("name")?, others, cc) else { continue };
            let name = name.as_str();
            if fold(name).chars().filter(|letter| letter.is_alphabetic()).count() < 3 || name.len() > 255 {
                continue;
            }
            let id = row.number("geonames_id").unwrap_or(0) as u32;
            let names = readable_names(others, cc);
            if id != 0 && self.known.contains_key(&id) {
                let known = self.known[&id];
                if self.entries[known].kind >= Kind::Capital {
                    self.entries[known].names.extend(names);
                    self.entries[known].names.push(name.to_owned());
                    joined += 1;
                }
                continue;
            }
            let (lat, lon) = row.point()?;
            let near = self.near.entry((country, fold(name))).or_default();
            let same = near
                .iter()
                .find(|&&(a, b, _)| (a - lat).abs() < SAME_DEGREES && (b - lon).abs() < SAME_DEGREES);
            if let Some(&(_, _, index)) = same {
                self.entries[index].names.extend(names);
                joined += 1;
                continue;
            }
            near.push((lat, lon, self.entries.len()));
            let who = row.number("wof_id")?;
            let unit = |column: &str, table: &HashMap<u64, u32>| {
                row.number(column).ok().and_then(|id| table.get(&id)).copied().unwrap_or(0)
            };
            let (id, source) = match (id, u32::try_from(who)) {
                (0, Ok(who)) => (who, Source::WhosOnFirst),
                (0, Err(_)) => continue,
                (id, _) => (id, Source::GeoNames),
            };
            // Provinces of a country whose first-order units are larger are second-order units here.
            let admin2 = match unit("county_id", &self.who_admin2) {
                0 => unit("region_id", &self.who_admin2),
                county => county,
            };
            let mut admin1 = unit("region_id", &self.who_admin1);
            if admin1 == 0 && admin2 != 0 {
                admin1 = self.entries[self.admin2[admin2 as usize - 1]].admin1;
            }
            if admin1 == 0 {
                admin1 = self.nearest_unit(country, lat, lon);
                moved += usize::from(admin1 != 0);
            }
            if source == Source::GeoNames {
                self.known.insert(id, self.entries.len());
            }
            self.entries.push(Place {
                id,
                source,
                name: name.to_owned(),
                lat,
                lon,
                kind,
                country: country + 1,
                admin1,
                admin2,
                population: row
                    .number("population")
                    .ok()
                    .filter(|&population| {
                        population < VILLAGE_POPULATION_MAX && !self.unlicensed_population.contains(&who)
                    })
                    .unwrap_or(0),
                reach_km: 0,
                names,
            });
            count += 1;
        }
        self.log.push(format!(
            "villages of Who's On First {count}, known already {joined}, in the unit of the nearest town {moved}"
        ));
        Ok(())
    }

    /// The first-order unit of the nearest town within about 40 km, 0 where there is none.
    fn nearest_unit(&self, country: u8, lat: f64, lon: f64) -> u32 {
        let (_, row, column) = cell(country, lat, lon);
        let wide = lat.to_radians().cos();
        (row - 1..=row + 1)
            .flat_map(|row| (column - 1..=column + 1).map(move |column| (country, row, column)))
            .filter_map(|cell| self.settled.get(&cell))
            .flatten()
            .map(|&(a, b, unit)| ((a - lat).powi(2) + ((b - lon) * wide).powi(2), unit))
            .min_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)))
            .map_or(0, |(_, unit)| unit)
    }

    /// Points of units given by outline (`us_points.tsv`, `unit_points.tsv`).
    pub(super) fn outlines(&mut self, table: &str, rows: &[Vec<String>]) -> Result<()> {
        for row in rows {
            let index = match (self.admin1_of.get(&row[0]), self.admin2_of.get(&row[0])) {
                (Some(&number), _) => self.admin1[number as usize - 1],
                (None, Some(&number)) => self.admin2[number as usize - 1],
                _ => bail!("{table}: no unit {}", row[0]),
            };
            self.entries[index].lat = row[2].parse()?;
            self.entries[index].lon = row[3].parse()?;
            self.fixed_points.insert(index);
        }
        self.log.push(format!("points of outlines in {table} {}", rows.len()));
        Ok(())
    }

    /// Press names (`aliases.tsv`) and postal codes (`state_codes.tsv`) of first-order units.
    pub(super) fn names_of_units(&mut self, aliases: &[Vec<String>], codes: &[Vec<String>]) -> Result<()> {
        for row in aliases {
            let number =
                *self.admin1_of.get(&row[0]).with_context(|| format!("aliases.tsv: no unit {}", row[0]))?;
            let entry = self.admin1[number as usize - 1];
            self.entries[entry].names.extend(row[1].split('|').map(str::to_owned));
            self.aliased.insert(entry);
        }
        for row in codes {
            let number = *self
                .admin1_of
                .get(&row[1])
                .with_context(|| format!("state_codes.tsv: no unit {}", row[1]))?;
            self.codes.entry(row[0].clone()).or_default().push(self.admin1[number as usize - 1]);
        }
        self.log.push(format!("press names of units {}, postal codes {}", aliases.len(), codes.len()));
        Ok(())
    }

    /// Words for people of units, regions and cities (`demonyms.tsv`). A country's own words go first.
    pub(super) fn peoples(&mut self, rows: &[Vec<String>]) -> Result<()> {
        for row in rows {
            let target = row[1].as_str();
            let found = if let Some((cc, name)) = target.split_once(':') {
                let country =
                    *self.country_of.get(cc).with_context(|| format!("demonyms.tsv: {target}"))? + 1;
                let key = fold(name);
                let town = |entry: &&(usize, &Place)| {
                    entry.1.country == country && entry.1.kind >= Kind::Capital && fold(&entry.1.name) == key
                };
                self.entries
                    .iter()
                    .enumerate()
                    .filter(|entry| town(&entry))
                    .max_by_key(|(_, place)| place.population)
            } else if let Some(number) = self.admin1_of.get(target) {
                let index = self.admin1[*number as usize - 1];
                Some((index, &self.entries[index]))
            } else {
                let own = |(_, place): &(usize, &Place)| place.source == Source::Own && place.name == target;
                // A region that is a unit has lent the unit its name.
                let lent = |&index: &usize| self.entries[index].names.iter().any(|name| name == target);
                let unit = self.aliased.iter().copied().find(lent);
                self.entries
                    .iter()
                    .enumerate()
                    .find(own)
                    .or_else(|| unit.map(|index| (index, &self.entries[index])))
            };
            let (index, _) = found.with_context(|| format!("demonyms.tsv: no place {target}"))?;
            for word in row[0].split('|') {
                self.demonyms.entry(fold(word)).or_insert(index);
            }
        }
        self.log.push(format!("demonyms {}", self.demonyms.len()));
        Ok(())
    }

    pub(super) fn own(&mut self, rows: &[Vec<String>]) -> Result<()> {
        for row in rows {
            let kind = match row[2].as_str() {
                "region" => Kind::Region,
                "nature" => Kind::Nature,
                "site" => Kind::Site,
                "settlement" => Kind::Settlement,
                other => bail!("extra.tsv: unknown kind `{other}`"),
            };
            let country = match row[3].as_str() {
                "" => 0,
                iso3 => self.country_of3.get(iso3).with_context(|| format!("extra.tsv: {iso3}"))? + 1,
            };
            ensure!(!row[7].is_empty(), "extra.tsv: {} has no source", row[0]);
            let names: Vec<String> =
                row[1].split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            // A region that is a first-order unit lends the unit its names.
            let unit = country
                .checked_sub(1)
                .filter(|_| kind == Kind::Region)
                .and_then(|country| self.admin1_of_name.get(&(country, fold(&row[0]))));
            if let Some(&number) = unit {
                let index = self.admin1[number as usize - 1];
                self.entries[index].names.push(row[0].clone());
                self.entries[index].names.extend(names);
                self.aliased.insert(index);
                continue;
            }
            let (lat, lon) = (degrees(&row[4])?, degrees(&row[5])?);
            let reach_km: u16 = row[6].parse()?;
            // What is small enough to lie in one first-order unit.
            let within = country.checked_sub(1).filter(|_| reach_km <= WITHIN_UNIT_KM && !lat.is_nan());
            let admin1 = within.map_or(0, |country| self.nearest_unit(country, lat, lon));
            self.entries.push(Place {
                id: 0,
                source: Source::Own,
                name: row[0].clone(),
                lat,
                lon,
                kind,
                country,
                admin1,
                admin2: 0,
                // As prominent as a large city: these are the names the press uses.
                population: 1_000_000,
                reach_km,
                names,
            });
        }
        self.log.push(format!("kept by hand {}", rows.len()));
        Ok(())
    }

    /// Points and populations of units: the middle of the rectangle that holds all but a few of their settlements each way
    /// (a few lie in the wrong unit). Measured against other conventions in `data/gazetteer/README.md`.
    pub(super) fn points(&mut self) {
        let mut extents: BTreeMap<usize, (Vec<f64>, Vec<f64>, u64)> = BTreeMap::new();
        for entry in &self.entries {
            if !matches!(
                entry.kind,
                Kind::Capital | Kind::Seat1 | Kind::Seat2 | Kind::Seat | Kind::Settlement | Kind::Village
            ) {
                continue;
            }
            let units = [
                entry.country.checked_sub(1).map(|country| self.country_rows[usize::from(country)].2),
                entry.admin1.checked_sub(1).map(|number| self.admin1[number as usize]),
                entry.admin2.checked_sub(1).map(|number| self.admin2[number as usize]),
            ];
            for unit in units.into_iter().flatten() {
                let (lats, lons, population) = extents.entry(unit).or_default();
                lats.push(entry.lat);
                lons.push(entry.lon);
                *population += entry.population;
            }
        }
        for (index, (lats, lons, population)) in extents {
            let entry = &mut self.entries[index];
            let (lat, _) = middle(lats);
            let (lon, wide) = middle(lons);
            // A unit on both sides of the date line keeps the point it has.
            if !self.fixed_points.contains(&index) && (wide < 180.0 || entry.lat.is_nan()) {
                entry.lat = lat;
                entry.lon = lon;
            }
            entry.population = entry.population.max(population);
        }
    }
}

/// The middle between the first and the last fiftieth of some numbers, and how far these are apart.
fn middle(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |fiftieth: usize| values[(values.len() - 1) * fiftieth / 50];
    let (low, high) = (at(1), at(49));
    ((low + high) / 2.0, high - low)
}

/// Degrees of a cell; unknown where it is empty.
fn degrees(cell: &str) -> Result<f64> {
    if cell.is_empty() { Ok(f64::NAN) } else { Ok(cell.parse()?) }
}

/// Country and quarter-degree cell of a point.
fn cell(country: u8, lat: f64, lon: f64) -> Cell {
    (country, (lat * 4.0).floor() as i32, (lon * 4.0).floor() as i32)
}
