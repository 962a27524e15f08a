//! Measures how often the loose key of names leads to the right place and how often to a wrong one.
//!
//! Positive pairs: the main name of a settlement and each of its other names that folds to another key and is spelled not too
//! differently (edit distance at most two fifths of the longer). Wrong: a settlement of the same country, another folded name,
//! more than 25 km away, that the loose key of the other name leads to.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use watchkeeper_linkage::fold::{fold, loose};
use watchkeeper_linkage::gazetteer::Kind;

use super::build::Build;

/// Largest edit distance of two spellings of one name, as a share of the longer.
const SPELLING: f64 = 0.4;
/// Kilometres beyond which a place is another one.
const FAR_KM: f64 = 25.0;

const FAMILIES: [(&str, &str); 4] = [
    ("Arabic", "SY IQ YE LY SD SO LB PS JO EG DZ TN MA MR SA AE OM QA KW BH"),
    ("Persian, Urdu, Pashto, Turkic", "IR AF PK TJ TR UZ TM"),
    ("Sahel and Horn", "ML NE TD BF NG ER DJ ET SS"),
    ("Cyrillic and Caucasus", "UA RU BY KZ KG GE AM AZ"),
];

/// A way to make a key of a folded name.
type Key = fn(&str) -> String;

/// What was counted for one family.
#[derive(Debug, Default)]
struct Count {
    pairs: usize,
    found: usize,
    misled: usize,
    beside: usize,
    wrong: usize,
}

/// Prints a table for each way to make a key.
pub(super) fn run(build: &Build) -> Result<()> {
    let keys: [(&str, Key); 2] = [("exact", str::to_owned), ("loose", loose)];
    println!(
        "| names | key | pairs | right place found | only wrong places | wrong places beside | wrong places a query |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (family, countries) in FAMILIES {
        for (name, key) in keys {
            let count = measure(build, countries, key);
            let share = |part: usize| 100.0 * part as f64 / count.pairs.max(1) as f64;
            println!(
                "| {family} | {name} | {} | {:.1} % | {:.1} % | {:.1} % | {:.2} |",
                count.pairs,
                share(count.found),
                share(count.misled),
                share(count.beside),
                count.wrong as f64 / count.pairs.max(1) as f64
            );
        }
    }
    Ok(())
}

fn measure(build: &Build, countries: &str, key: Key) -> Count {
    let mut count = Count::default();
    for country in countries.split(' ').filter_map(|cc| build.country_of.get(cc)) {
        let places: Vec<(usize, String)> = build
            .entries
            .iter()
            .enumerate()
            .filter(|(_, place)| {
                place.country == country + 1 && place.kind >= Kind::Capital && place.kind <= Kind::Village
            })
            .map(|(index, place)| (index, fold(&place.name)))
            .collect();
        let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, (place, name)) in places.iter().enumerate() {
            let like = key(name);
            if like == *name || build.is_loose_enough(*place, &like) {
                index.entry(like).or_default().push(number);
            }
        }
        for (number, (place, name)) in places.iter().enumerate() {
            for other in build.other_keys(*place, name) {
                let most = SPELLING * name.chars().count().max(other.chars().count()) as f64;
                if distance(name, &other) as f64 > most {
                    continue;
                }
                count.pairs += 1;
                let hits = index.get(&key(&other)).map_or(&[][..], Vec::as_slice);
                let right = hits.contains(&number);
                let here = &build.entries[*place];
                let far = |hit: &&usize| {
                    let there = &build.entries[places[**hit].0];
                    let apart = km(here.lat - there.lat, here.lon - there.lon, there.lat);
                    places[**hit].1 != *name && apart > FAR_KM
                };
                let wrong = hits.iter().filter(far).map(|&hit| &places[hit].1).collect::<BTreeSet<_>>().len();
                count.found += usize::from(right);
                count.misled += usize::from(!right && wrong > 0);
                count.beside += usize::from(right && wrong > 0);
                count.wrong += wrong;
            }
        }
    }
    count
}

fn km(north: f64, east: f64, lat: f64) -> f64 {
    111.2 * (north.powi(2) + (east * lat.to_radians().cos()).powi(2)).sqrt()
}

/// Edit distance in letters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, &against) in other.iter().enumerate() {
            let step =
                (corner + usize::from(letter != against)).min(row[column] + 1).min(row[column + 1] + 1);
            corner = row[column + 1];
            row[column + 1] = step;
        }
    }
    row[other.len()]
}
