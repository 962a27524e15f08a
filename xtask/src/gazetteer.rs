//! Builds `data/gazetteer/places.wkg` from GeoNames and Who's On First tables and the hand-kept files beside it.
//!
//! `cargo xtask gazetteer --source FOLDER`. In: the gzipped tables of FOLDER (`cities500`, `admin1_geonames`, `admin2`,
//! `countries`, `wof_conflict`, `wof_more`, `wof_more_src`). Out: the file, drawn in `data/gazetteer/README.md`, and its counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use watchkeeper_linkage::fold::{fold, loose};
use watchkeeper_linkage::gazetteer::{
    DEMONYM, HEADER_BYTES, Kind, LOOSE, MAGIC, NameKind, POPULATION_STEPS, ROW_BYTES,
};

/// Longest alternate name that is kept, in bytes.
const NAME_BYTES_MAX: usize = 40;
/// Most places kept for one name.
const POSTINGS_MAX: usize = 200;
/// Countries beside those of `wof_conflict` whose villages are kept.
const MORE_VILLAGES: &str = "SS CD ET TD CF MZ";
/// Countries at peace whose small towns need no alternate names.
const PLAIN: &str = "US CA GB IE AU NZ DE FR ES IT AT CH BE NL LU PT BR AR CL UY PL CZ SK HU RO BG GR SE NO FI DK IS EE LV LT SI HR CR PA JP KR TW MG";
/// Population below which such a town's alternate names are left out.
const PLAIN_POPULATION: u64 = 15_000;
/// Countries whose names come from Arabic and related scripts, where one name has many spellings.
const RESPELLED: &str = "SY IQ YE LY SD SS SO LB PS JO EG DZ TN MA MR ML NE TD AF IR PK SA AE OM QA KW BH BF NG ER DJ ET TR IL TJ UZ TM";

/// One place while the file is built.
#[derive(Debug, Clone)]
struct Entry {
    id: u32,
    source: Source,
    name: String,
    lat: f64,
    lon: f64,
    kind: Kind,
    country: u8,
    admin1: u16,
    admin2: u16,
    population: u64,
    radius_km: u16,
    names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    GeoNames = 0,
    WhosOnFirst = 1,
    Own = 2,
}

/// Runs the builder.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.iter();
    let mut source = None;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--source" => source = args.next(),
            other => bail!("unknown argument `{other}`; usage: cargo xtask gazetteer --source FOLDER"),
        }
    }
    let source = Path::new(source.context("usage: cargo xtask gazetteer --source FOLDER")?);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    let features = hand_kept(&data.join("lexicon/en/place_features.tsv"), 3)?;
    let mut build =
        Build { features: features.into_iter().map(|row| row[0].clone()).collect(), ..Build::default() };
    build.countries(source, &hand_kept(&data.join("gazetteer/countries.tsv"), 5)?)?;
    build.units(source)?;
    for row in hand_kept(&data.join("gazetteer/aliases.tsv"), 2)? {
        let number =
            *build.admin1_of.get(&row[0]).with_context(|| format!("aliases.tsv: no unit {}", row[0]))?;
        let entry = build.admin1[usize::from(number) - 1];
        build.entries[entry].names.extend(row[1].split('|').map(str::to_owned));
        build.aliased.insert(entry);
    }
    for row in table(source, "wof_more_src")? {
        let who = row.number("wof_id")?;
        if matches!(row.get("src_geom")?, "none" | "unknown") {
            build.unlicensed.insert(who);
        }
        if !matches!(row.get("src_population")?, "geonames" | "wikidata" | "wd" | "naturalearth") {
            build.unlicensed_population.insert(who);
        }
    }
    build.who_units(source)?;
    build.cities(source)?;
    build.villages(source)?;
    build.own(&hand_kept(&data.join("gazetteer/extra.tsv"), 8)?)?;
    build.points();
    let (bytes, report) = build.write()?;
    let out = data.join("gazetteer/places.wkg");
    std::fs::write(&out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
    for line in report {
        eprintln!("{line}");
    }
    eprintln!("wrote {} bytes", bytes.len());
    Ok(())
}

/// Everything gathered so far.
#[derive(Debug, Default)]
struct Build {
    entries: Vec<Entry>,
    features: BTreeSet<String>,
    /// (alpha-2, alpha-3, entry) by country number.
    country_rows: Vec<(String, String, usize)>,
    country_of: HashMap<String, u8>,
    country_of3: HashMap<String, u8>,
    /// Country points given by hand.
    fixed_points: BTreeSet<usize>,
    /// Units with names given by hand, which are kept however short.
    aliased: BTreeSet<usize>,
    capitals: HashMap<u8, String>,
    demonyms: BTreeMap<String, u8>,
    /// Entry of each first-order unit; numbers count from 1.
    admin1: Vec<usize>,
    admin1_of: HashMap<String, u16>,
    admin1_of_id: HashMap<u32, u16>,
    admin1_of_name: HashMap<(u8, String), u16>,
    admin2: Vec<usize>,
    admin2_of: HashMap<String, u16>,
    admin2_of_name: HashMap<(u8, String), u16>,
    /// Who's On First unit id → number.
    who_admin1: HashMap<u64, u16>,
    who_admin2: HashMap<u64, u16>,
    /// GeoNames ids taken.
    known: HashMap<u32, usize>,
    /// Places by country and folded name, to know a village from two tables as one.
    near: HashMap<(u8, String), Vec<(f64, f64)>>,
    /// Who's On First rows whose coordinates, or populations, come from a source without a clear licence.
    unlicensed: BTreeSet<u64>,
    unlicensed_population: BTreeSet<u64>,
    log: Vec<String>,
}

impl Build {
    fn countries(&mut self, source: &Path, own: &[Vec<String>]) -> Result<()> {
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
            self.entries.push(Entry {
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
                radius_km: 0,
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
                self.demonyms.entry(fold(word)).or_insert(country);
            }
        }
        self.log.push(format!("countries {}", self.country_rows.len()));
        Ok(())
    }

    fn units(&mut self, source: &Path) -> Result<()> {
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
        admin1: u16,
        name: &str,
        mut names: Vec<String>,
    ) -> Result<u16> {
        let short = self.without_feature(name);
        let index = self.entries.len();
        names.extend(short.clone());
        let (list, by_name) = match kind {
            Kind::Admin1 => (&mut self.admin1, &mut self.admin1_of_name),
            _ => (&mut self.admin2, &mut self.admin2_of_name),
        };
        list.push(index);
        let number = u16::try_from(list.len()).context("more units than the format can number")?;
        for name in names.iter().map(String::as_str).chain([name]) {
            by_name.entry((country, fold(name))).or_insert(number);
        }
        self.entries.push(Entry {
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
            radius_km: 0,
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

    /// Names, points and further units from Who's On First.
    fn who_units(&mut self, source: &Path) -> Result<()> {
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
                    let name = row.get("name")?;
                    let names: Vec<String> = latin_names(row.get("names")?);
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
                        self.admin1[usize::from(number) - 1]
                    } else {
                        let parent =
                            row.number("region_id").ok().and_then(|id| self.who_admin1.get(&id)).copied();
                        let known = keys
                            .iter()
                            .find_map(|key| self.admin2_of_name.get(&(country, key.clone())).copied());
                        let number = match known {
                            Some(number) => number,
                            None => {
                                added += 1;
                                self.unit(Kind::Admin2, id, country, parent.unwrap_or(0), name, Vec::new())?
                            }
                        };
                        self.who_admin2.insert(who, number);
                        self.admin2[usize::from(number) - 1]
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

    fn cities(&mut self, source: &Path) -> Result<()> {
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
            self.near.entry((country, fold(name))).or_default().push((lat, lon));
            let id = row.number("geonameid")? as u32;
            self.known.insert(id, self.entries.len());
            self.entries.push(Entry {
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
                radius_km: 0,
                names: latin_names(row.get("alternatenames")?),
            });
            count += 1;
        }
        self.log.push(format!("settlements of GeoNames {count}"));
        Ok(())
    }

    fn villages(&mut self, source: &Path) -> Result<()> {
        let (mut count, mut joined) = (0, 0);
        let more = table(source, "wof_more")?
            .into_iter()
            .filter(|row| row.get("cc").is_ok_and(|cc| MORE_VILLAGES.split(' ').any(|known| known == cc)));
        for row in table(source, "wof_conflict")?.into_iter().chain(more) {
            if row.number("wof_id").is_ok_and(|who| self.unlicensed.contains(&who)) {
                continue;
            }
            let kind = match row.get("placetype")? {
                "locality" | "localadmin" => Kind::Village,
                "neighbourhood" => Kind::Quarter,
                "campus" => Kind::Site,
                _ => continue,
            };
            let Some(&country) = self.country_of.get(row.get("cc")?) else { continue };
            let name = row.get("name")?;
            if !is_latin(name) || fold(name).len() < 2 {
                continue;
            }
            let id = row.number("geonames_id").unwrap_or(0) as u32;
            let names = latin_names(row.get("names")?);
            if id != 0 && self.known.contains_key(&id) {
                let known = self.known[&id];
                if self.entries[known].kind >= Kind::Capital {
                    self.entries[known].names.extend(names);
                    self.entries[known].names.push(name.to_owned());
                    joined += 1;
                }
                continue;
            }
            let (lat, lon): (f64, f64) = (row.get("lat")?.parse()?, row.get("lon")?.parse()?);
            let near = self.near.entry((country, fold(name))).or_default();
            if near.iter().any(|&(a, b)| (a - lat).abs() < 0.04 && (b - lon).abs() < 0.04) {
                joined += 1;
                continue;
            }
            near.push((lat, lon));
            let who = row.number("wof_id")?;
            let unit = |column: &str, table: &HashMap<u64, u16>| {
                row.number(column).ok().and_then(|id| table.get(&id)).copied().unwrap_or(0)
            };
            let (id, source) = match (id, u32::try_from(who)) {
                (0, Ok(who)) => (who, Source::WhosOnFirst),
                (0, Err(_)) => continue,
                (id, _) => (id, Source::GeoNames),
            };
            let admin2 = unit("county_id", &self.who_admin2);
            let mut admin1 = unit("region_id", &self.who_admin1);
            if admin1 == 0 && admin2 != 0 {
                admin1 = self.entries[self.admin2[usize::from(admin2) - 1]].admin1;
            }
            if source == Source::GeoNames {
                self.known.insert(id, self.entries.len());
            }
            self.entries.push(Entry {
                id,
                source,
                name: name.to_owned(),
                lat,
                lon,
                kind,
                country: country + 1,
                admin1,
                admin2,
                population: if self.unlicensed_population.contains(&who) {
                    0
                } else {
                    row.number("population").unwrap_or(0)
                },
                radius_km: 0,
                names,
            });
            count += 1;
        }
        self.log.push(format!("villages of Who's On First {count}, known already {joined}"));
        Ok(())
    }

    fn own(&mut self, rows: &[Vec<String>]) -> Result<()> {
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
                let index = self.admin1[usize::from(number) - 1];
                self.entries[index].names.push(row[0].clone());
                self.entries[index].names.extend(names);
                self.aliased.insert(index);
                continue;
            }
            self.entries.push(Entry {
                id: 0,
                source: Source::Own,
                name: row[0].clone(),
                lat: if row[4].is_empty() { f64::NAN } else { row[4].parse()? },
                lon: if row[5].is_empty() { f64::NAN } else { row[5].parse()? },
                kind,
                country,
                admin1: 0,
                admin2: 0,
                // As prominent as a large city: these are the names the press uses.
                population: 1_000_000,
                radius_km: row[6].parse()?,
                names,
            });
        }
        self.log.push(format!("kept by hand {}", rows.len()));
        Ok(())
    }

    /// Points and populations of units: the middle of the rectangle that holds four fifths of their settlements each way
    /// (a few lie in the wrong unit).
    fn points(&mut self) {
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
                entry.admin1.checked_sub(1).map(|number| self.admin1[usize::from(number)]),
                entry.admin2.checked_sub(1).map(|number| self.admin2[usize::from(number)]),
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

    fn write(mut self) -> Result<(Vec<u8>, Vec<String>)> {
        // In order of names, so that the index holds its numbers in few bytes.
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        let sort_key: Vec<String> = self.entries.iter().map(|entry| fold(&entry.name)).collect();
        order.sort_by(|&a, &b| {
            let (one, other) = (&self.entries[a], &self.entries[b]);
            (&sort_key[a], std::cmp::Reverse(one.population), one.source as u8, one.id, a).cmp(&(
                &sort_key[b],
                std::cmp::Reverse(other.population),
                other.source as u8,
                other.id,
                b,
            ))
        });
        let mut row_of = vec![0u32; order.len()];
        for (row, &index) in order.iter().enumerate() {
            row_of[index] = u32::try_from(row)?;
        }
        let (names, name_at) = self.pool()?;
        let mut rows = Vec::with_capacity(order.len() * ROW_BYTES);
        for &index in &order {
            rows.extend(self.row(&self.entries[index], name_at[&self.entries[index].name]));
        }
        let mut countries = Vec::new();
        for (iso2, iso3, index) in &self.country_rows {
            ensure!(iso2.len() == 2 && iso3.len() == 3, "codes of {iso3}");
            countries.extend(iso2.bytes().chain(iso3.bytes()).chain([0; 3]));
            countries.extend(row_of[*index].to_le_bytes());
        }
        let table = |units: &[usize]| -> Vec<u8> {
            units.iter().flat_map(|&index| row_of[index].to_le_bytes()).collect()
        };
        let (admin1, admin2) = (table(&self.admin1), table(&self.admin2));
        let (index, postings) = self.index(&row_of)?;
        let sections = [countries, admin1, admin2, rows, names, postings, index];
        let mut header = Vec::from(*MAGIC);
        header.extend([0; 32]);
        let mut at = HEADER_BYTES;
        for section in &sections {
            header.extend(u32::try_from(at)?.to_le_bytes());
            header.extend(u32::try_from(section.len())?.to_le_bytes());
            at += section.len().next_multiple_of(8);
        }
        header.resize(HEADER_BYTES, 0);
        let mut body = Vec::with_capacity(at);
        for section in &sections {
            body.extend(section);
            body.resize(body.len().next_multiple_of(8), 0);
        }
        header[8..40].copy_from_slice(&Sha256::digest(&body));
        for (name, section) in
            ["countries", "admin1", "admin2", "rows", "names", "postings", "index"].iter().zip(&sections)
        {
            self.log.push(format!("section {name}: {} bytes", section.len()));
        }
        header.extend(body);
        Ok((header, self.log))
    }

    /// Every main name once: its length in one byte, then the name.
    fn pool(&self) -> Result<(Vec<u8>, BTreeMap<String, u32>)> {
        let mut pool = Vec::new();
        let mut at = BTreeMap::new();
        for name in self.entries.iter().map(|entry| &entry.name).collect::<BTreeSet<_>>() {
            at.insert(name.clone(), u32::try_from(pool.len())?);
            pool.push(u8::try_from(name.len()).with_context(|| format!("name too long: {name}"))?);
            pool.extend(name.bytes());
        }
        Ok((pool, at))
    }

    fn row(&self, entry: &Entry, name_at: u32) -> [u8; ROW_BYTES] {
        let degrees = |value: f64| if value.is_nan() { i32::MIN } else { (value * 100_000.0).round() as i32 };
        let mut row = [0; ROW_BYTES];
        row[0..4].copy_from_slice(&entry.id.to_le_bytes());
        row[4..8].copy_from_slice(&degrees(entry.lat).to_le_bytes());
        row[8..12].copy_from_slice(&degrees(entry.lon).to_le_bytes());
        row[12..16].copy_from_slice(&name_at.to_le_bytes());
        row[16..18].copy_from_slice(&entry.admin1.to_le_bytes());
        let second =
            if matches!(entry.kind, Kind::Region | Kind::Nature) { entry.radius_km } else { entry.admin2 };
        row[18..20].copy_from_slice(&second.to_le_bytes());
        row[20] = entry.country;
        row[21] = entry.kind as u8;
        row[22] = ((entry.population as f64 + 1.0).ln() * POPULATION_STEPS).round().min(255.0) as u8;
        row[23] = entry.source as u8;
        row
    }

    /// The name index and its postings.
    fn index(&self, row_of: &[u32]) -> Result<(Vec<u8>, Vec<u8>)> {
        let respelled: BTreeSet<u8> = RESPELLED
            .split(' ')
            .filter_map(|cc| self.country_of.get(cc))
            .map(|country| country + 1)
            .collect();
        let plain: BTreeSet<u8> =
            PLAIN.split(' ').filter_map(|cc| self.country_of.get(cc)).map(|country| country + 1).collect();
        let mut keys: BTreeMap<Vec<u8>, BTreeMap<usize, NameKind>> = BTreeMap::new();
        let mut add = |key: Vec<u8>, index: usize, name: NameKind| {
            let kind = keys.entry(key).or_default().entry(index).or_insert(name);
            *kind = name.min(*kind);
        };
        for (index, entry) in self.entries.iter().enumerate() {
            let main = fold(&entry.name);
            if main.is_empty() {
                continue;
            }
            let mut folded: BTreeSet<String> = BTreeSet::new();
            let small = entry.kind >= Kind::Capital
                && entry.source == Source::GeoNames
                && plain.contains(&entry.country)
                && entry.population < PLAIN_POPULATION;
            for name in entry.names.iter().filter(|_| !small) {
                let key = fold(name);
                let own = entry.source == Source::Own
                    || entry.kind == Kind::Country
                    || self.aliased.contains(&index);
                if key != main && !key.is_empty() && (own || keeps(name, &key)) {
                    folded.insert(key);
                }
            }
            if respelled.contains(&entry.country) {
                let mut loosened: BTreeSet<String> = BTreeSet::from([loose(&main)]);
                if entry.kind < Kind::Capital || entry.population >= 5_000 {
                    loosened.extend(folded.iter().map(|key| loose(key)));
                }
                for key in loosened.into_iter().filter(|key| key.len() >= 4) {
                    add([&[LOOSE], key.as_bytes()].concat(), index, NameKind::Loose);
                }
            }
            add(main.into_bytes(), index, NameKind::Main);
            for key in folded {
                add(key.into_bytes(), index, NameKind::Alternate);
            }
        }
        let mut postings: Vec<u8> = Vec::new();
        let mut values: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for (key, places) in &keys {
            let mut places: Vec<(usize, NameKind)> =
                places.iter().map(|(&index, &name)| (index, name)).collect();
            places.sort_by_key(|&(index, name)| {
                (std::cmp::Reverse(self.entries[index].population), name, row_of[index])
            });
            places.truncate(POSTINGS_MAX);
            let posting = |(index, name): (usize, NameKind)| row_of[index] << 2 | name as u32;
            let value = if let [one] = places[..] {
                u64::from(posting(one)) << 1 | 1
            } else {
                let at = postings.len() as u64;
                postings.push(u8::try_from(places.len())?);
                for place in places {
                    postings.extend(posting(place).to_le_bytes());
                }
                at << 1
            };
            values.insert(key.clone(), value);
        }
        for (word, &country) in &self.demonyms {
            values.insert([&[DEMONYM], word.as_bytes()].concat(), u64::from(country));
        }
        let map = fst::Map::from_iter(values)?;
        Ok((map.into_fst().into_inner(), postings))
    }
}

/// The middle between the first and the ninth tenth of some numbers, and how far these are apart.
fn middle(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |tenth: usize| values[(values.len() - 1) * tenth / 10];
    let (low, high) = (at(1), at(9));
    ((low + high) / 2.0, high - low)
}

/// Whether an alternate name is worth a key: no code, no sentence.
fn keeps(name: &str, key: &str) -> bool {
    let code =
        name.len() <= 4 && name.chars().all(|character| character.is_uppercase() || character.is_numeric());
    key.len() >= 3 && !code && name.len() <= NAME_BYTES_MAX && key.split(' ').count() <= 5
}

/// Whether every letter of a name is Latin.
fn is_latin(name: &str) -> bool {
    name.chars().all(|letter| {
        !letter.is_alphabetic()
            || (letter as u32) < 0x2B0
            || (0x1E00..0x1F00).contains(&(letter as u32))
            || matches!(letter, 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ')
    })
}

fn latin_names(joined: &str) -> Vec<String> {
    joined.split('|').filter(|name| !name.is_empty() && is_latin(name)).map(str::to_owned).collect()
}

/// One row of a table with its column names.
#[derive(Debug)]
struct Row {
    columns: std::rc::Rc<HashMap<String, usize>>,
    cells: Vec<String>,
}

impl Row {
    fn get(&self, column: &str) -> Result<&str> {
        let at = *self.columns.get(column).with_context(|| format!("no column {column}"))?;
        Ok(self.cells.get(at).map_or("", String::as_str))
    }

    fn number(&self, column: &str) -> Result<u64> {
        let text = self.get(column)?;
        text.parse::<u64>().with_context(|| format!("column {column}: `{text}` is no number"))
    }
}

fn table(source: &Path, name: &str) -> Result<Vec<Row>> {
    let path = source.join(format!("{name}.tsv.gz"));
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .with_context(|| format!("cannot unpack {}", path.display()))?;
    let mut lines = text.lines();
    let head = lines.next().context("empty table")?;
    let columns = std::rc::Rc::new(
        head.split('\t').enumerate().map(|(at, name)| (name.to_owned(), at)).collect::<HashMap<_, _>>(),
    );
    Ok(lines
        .map(|line| Row {
            columns: std::rc::Rc::clone(&columns),
            cells: line.split('\t').map(str::to_owned).collect(),
        })
        .collect())
}

fn hand_kept(path: &Path, columns: usize) -> Result<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        ensure!(cells.len() == columns, "{}: a row has not {columns} columns: {line}", path.display());
        rows.push(cells);
    }
    Ok(rows)
}
