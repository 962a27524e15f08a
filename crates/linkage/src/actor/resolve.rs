//! A phrase by itself → country and sector.
//!
//! In: a phrase such as `Burkinabe soldiers`, `a former CIA official`, `the spokesman for the Interior Ministry of Peru`, with
//! the day it was said where that is known and, where there are any, words around it. Out: [`Resolved`]. Nothing is forced: a
//! phrase that names no actor gets neither country nor sector.
//! Not here: which phrases of a text are one actor (`coref`).
//!
//! Order: the phrase is cut at commas, relative clauses and prepositions (`words`); a piece that is a known name as a whole
//! (person, body, state, people, town) is that; else its sector comes from its rightmost word that tells one, passing over
//! light nouns (`official`, `group`), and its country from states, peoples, bodies and places named in it (`compose`).

mod compose;
mod named;
#[cfg(test)]
mod tests;
mod words;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Sector;

use crate::gazetteer::Gazetteer;
use crate::registry::Registry;
use crate::registry::holders::day_number;

/// A phrase to resolve.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The phrase.
    pub phrase: &'a str,
    /// Words around it, which may name its country.
    pub context: Option<&'a str>,
    /// The day on which it was said: offices change hands.
    pub date: Option<Date>,
    /// ISO 3166-1 alpha-3 of the country it most likely belongs to.
    pub country: Option<&'a str>,
}

/// What a phrase denotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolved {
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// PLOVER sector.
    pub sector: Option<Sector>,
    /// A second sector: the field of an office or of an international body.
    pub sector2: Option<Sector>,
    /// Name of the known person, body or place.
    pub name: Option<String>,
    /// Whether that is a known person.
    pub is_person: bool,
    /// What decided it.
    pub why: Vec<String>,
}

impl Resolved {
    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.country.is_none() && self.sector.is_none()
    }
}

/// What phrases are looked up in.
#[derive(Debug, Clone, Copy)]
struct Resolver<'a> {
    registry: &'a Registry,
    gazetteer: &'a Gazetteer,
    day: Option<u32>,
}

/// Resolves a phrase. The time it takes grows with the length of the phrase.
#[must_use]
pub fn resolve(asked: &Asked<'_>, registry: &Registry, gazetteer: &Gazetteer) -> Resolved {
    let resolver = Resolver { registry, gazetteer, day: asked.date.map(day_number) };
    let hint = asked
        .country
        .map(str::to_owned)
        .or_else(|| asked.context.and_then(|context| resolver.country_named(context)));
    let tokens = words::tokens(asked.phrase);
    let mut best = Resolved::default();
    for (number, part) in words::parts(&tokens).into_iter().enumerate() {
        let found = resolver.part(part, hint.as_deref(), 0);
        if number == 0 {
            best = found;
            continue;
        }
        // `Mohammad Arif, the governor's spokesman`: an apposition tells what the name doesn't.
        if best.sector.is_none() && best.name.is_none() || best.is_nothing() {
            best.sector = found.sector;
            best.sector2 = found.sector2;
            best.why.extend(found.why);
            best.name = best.name.or(found.name);
        }
        best.country = best.country.or(found.country);
    }
    if best.country.is_none()
        && best.sector.is_some_and(|sector| !matches!(sector, Sector::Igo | Sector::Unk))
        && let Some(country) = hint
    {
        best.why.push(format!("country {country} from the words around"));
        best.country = Some(country);
    }
    best
}
