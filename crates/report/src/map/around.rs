//! Which units border on one another, and in which region of the world each lies.
//!
//! In: units named by code or name. Out: for each the others that share a land border with it, by the outlines' common lines, and its region. What it
//! does not do: tell what lies across a strait.

use std::collections::{BTreeMap, BTreeSet};

use super::outlines::Outlines;
use super::world::code_of;

/// Codes and their regions (UN M49).
static REGIONS: &str = include_str!("../../../../data/map/regions.tsv");

/// What lies around a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// Places of the units whose countries border on this one's, ascending.
    pub neighbours: Vec<usize>,
    /// Its region (sub-region of UN M49); none of a unit that names no country.
    pub region: Option<&'static str>,
}

/// The region of a country.
fn region(code: &str) -> Option<&'static str> {
    REGIONS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .find(|(other, _)| *other == code)
        .map(|(_, region)| region)
}

/// Pairs of countries whose outlines share a line.
fn borders(outlines: &Outlines) -> BTreeSet<(&str, &str)> {
    let mut owners: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for shape in outlines.shapes.iter().filter(|shape| !shape.code.is_empty()) {
        for arc in shape.polygons.iter().flat_map(|polygon| &polygon.rings).flatten() {
            owners.entry(arc / 2).or_default().insert(shape.code);
        }
    }
    let mut pairs = BTreeSet::new();
    for owners in owners.values() {
        for one in owners {
            pairs.extend(owners.iter().filter(|other| *other != one).map(|other| (*one, *other)));
        }
    }
    pairs
}

/// Surroundings of units, each in the place of its unit. A unit is an ISO 3166-1 alpha-3 code, a country's name, or `country/province`;
/// provinces have no neighbours here, since which borders on which isn't known.
#[must_use]
pub fn surroundings(units: &[String]) -> Vec<Surroundings> {
    let outlines = Outlines::built_in();
    let codes: Vec<Option<String>> = units.iter().map(|unit| code_of(&outlines, unit)).collect();
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, code) in codes.iter().enumerate() {
        // Which province borders on which isn't known.
        if let Some(code) = code.as_ref().filter(|_| !units[place].contains('/')) {
            places.entry(code).or_default().push(place);
        }
    }
    let mut around: Vec<Surroundings> = codes
        .iter()
        .map(|code| Surroundings { neighbours: Vec::new(), region: code.as_deref().and_then(region) })
        .collect();
    for (one, other) in borders(&outlines) {
        if let (Some(here), Some(there)) = (places.get(one), places.get(other)) {
            for place in here {
                around[*place].neighbours.extend(there);
            }
        }
    }
    for one in &mut around {
        one.neighbours.sort_unstable();
    }
    around
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_a_border_and_go_both_ways() {
        let names =
            ["Mali", "NER", "Burkina Faso", "Japan", "Cascadia", "Niger/Tillaberi", "Spain", "Portugal"];
        let units: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let around = surroundings(&units);
        assert_eq!(around[0].neighbours, [1, 2]);
        assert_eq!(around[1].neighbours, [0, 2]);
        assert!([3, 4, 5].iter().all(|place| around[*place].neighbours.is_empty()));
        assert_eq!(around[7].neighbours, [6]);
        assert_eq!(around[0].region, Some("Western Africa"));
        assert_eq!((around[3].region, around[4].region), (Some("Eastern Asia"), None));
        for (place, one) in around.iter().enumerate() {
            for other in &one.neighbours {
                assert!(around[*other].neighbours.contains(&place));
            }
        }
    }

    #[test]
    fn every_outline_has_a_region() {
        for shape in Outlines::built_in().shapes.iter().filter(|shape| !shape.code.is_empty()) {
            assert!(region(shape.code).is_some(), "{}", shape.code);
        }
    }
}
