//! What the gazetteer tells the recogniser of places about a name.

use watchkeeper_record::names::{NameFacts, NameMatch, PlaceClass, PlaceNames, Unit};

use super::{Gazetteer, Kind, NameKind};

/// Places of a name whose units are told; the more populous come first.
const UNITS_MAX: usize = 16;

impl PlaceNames for Gazetteer {
    fn facts(&self, name: &str) -> NameFacts {
        let hits = self.find(name);
        let mut facts = NameFacts {
            places: u16::try_from(hits.len()).unwrap_or(u16::MAX),
            demonym: self.demonym_row(name).is_some()
                || name.strip_suffix('s').is_some_and(|word| self.demonym_row(word).is_some()),
            ..NameFacts::default()
        };
        for hit in hits.iter().take(UNITS_MAX) {
            let Some(place) = self.place(hit.row) else { continue };
            let matched = match hit.name {
                NameKind::Main => NameMatch::Main,
                NameKind::Alternate => NameMatch::Alternate,
                NameKind::Loose => NameMatch::Loose,
            };
            facts.matched = facts.matched.max(Some(matched));
            facts.ln_population = facts.ln_population.max(place.ln_population as f32);
            facts.classes |= class(place.kind).bit();
            let unit = Unit {
                country: place.country.map_or(0, |country| u16::from(country.0) + 1),
                admin1: place.admin1.map_or(0, |row| row.0 + 1),
            };
            if unit.country > 0 {
                facts.units.push(unit);
            }
        }
        facts.units.sort_unstable();
        facts.units.dedup();
        facts
    }
}

fn class(kind: Kind) -> PlaceClass {
    match kind {
        Kind::Country => PlaceClass::Country,
        Kind::Admin1 => PlaceClass::Admin1,
        Kind::Admin2 => PlaceClass::Admin2,
        Kind::Capital => PlaceClass::Capital,
        Kind::Seat1 | Kind::Seat2 | Kind::Seat | Kind::Settlement => PlaceClass::Settlement,
        Kind::Quarter => PlaceClass::Quarter,
        Kind::Village => PlaceClass::Village,
        Kind::Region => PlaceClass::Region,
        Kind::Site => PlaceClass::Site,
        Kind::Nature => PlaceClass::Nature,
    }
}
