//! The countries that a document speaks of.

use rustc_hash::FxHashMap;
use watchkeeper_record::Document;

use crate::actor::ActorLinks;
use crate::gazetteer::{CountryIndex, Gazetteer, Kind, RowIndex};
use crate::place::rank::Ranked;

/// How much a dateline counts.
const DATELINE: f64 = 2.0;
/// How much a demonym counts, each time.
const DEMONYM: f64 = 0.6;
/// How much the country of the outlet counts.
const OUTLET: f64 = 0.5;
/// How much an actor of a country counts.
const ACTOR: f64 = 0.3;
/// How much a place in a country counts.
const PLACE: f64 = 1.0;
/// Most that one kind of hint counts for one country.
const HINT_MAX: f64 = 4.0;

/// Weights of countries and first-order units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    countries: FxHashMap<CountryIndex, f64>,
    units: FxHashMap<RowIndex, f64>,
    total: f64,
    /// What each name told.
    votes: FxHashMap<String, Vote>,
    demonyms: FxHashMap<CountryIndex, f64>,
    actors: FxHashMap<CountryIndex, f64>,
    outlet: Option<CountryIndex>,
}

/// What one name told.
#[derive(Debug, Clone, Copy)]
struct Vote {
    country: Option<CountryIndex>,
    unit: Option<RowIndex>,
    weight: f64,
}

impl Context {
    /// What demonyms, the dateline and the actors tell.
    pub(crate) fn of_document(doc: &Document, actors: &ActorLinks, gazetteer: &Gazetteer) -> Self {
        let outlet = actors.outlet_country.as_deref().and_then(|iso3| gazetteer.country(iso3));
        let mut context = Self { outlet, ..Self::default() };
        context.add(context.outlet.map(|country| (country, OUTLET)));
        let mut demonyms: FxHashMap<CountryIndex, f64> = FxHashMap::default();
        let mut seen: FxHashMap<&str, Option<CountryIndex>> = FxHashMap::default();
        for tok in doc.tokens() {
            if !tok.text.starts_with(char::is_uppercase) || tok.text.len() < 4 {
                continue;
            }
            let country = *seen.entry(tok.text.as_str()).or_insert_with(|| {
                gazetteer
                    .demonym(&tok.text)
                    .or_else(|| tok.text.strip_suffix('s').and_then(|word| gazetteer.demonym(word)))
            });
            if let Some(country) = country {
                *demonyms.entry(country).or_default() += DEMONYM;
            }
        }
        context.add(sorted(&demonyms));
        context.demonyms = demonyms;
        if let Some(place) = doc.article().dateline.as_ref().and_then(|dateline| dateline.place) {
            let words = place.of(doc.text());
            for name in std::iter::once(words).chain(words.split(',')) {
                let best = gazetteer
                    .find_spelled(name)
                    .into_iter()
                    .filter_map(|hit| gazetteer.place(hit.row))
                    .max_by(|a, b| {
                        let weight = |kind: Kind| if kind == Kind::Country { 30.0 } else { 0.0 };
                        (a.ln_population + weight(a.kind)).total_cmp(&(b.ln_population + weight(b.kind)))
                    });
                context.add(best.and_then(|place| place.country).map(|country| (country, DATELINE)));
            }
        }
        let mut of_actors: FxHashMap<CountryIndex, f64> = FxHashMap::default();
        for iso3 in actors.actors.iter().filter_map(|actor| actor.country.as_deref()) {
            if let Some(country) = gazetteer.country(iso3) {
                *of_actors.entry(country).or_default() += ACTOR;
            }
        }
        context.add(sorted(&of_actors));
        context.actors = of_actors;
        context
    }

    /// What the document's clear places tell, each name once.
    pub(crate) fn add_places<'a>(
        &mut self,
        gazetteer: &Gazetteer,
        found: impl Iterator<Item = (&'a str, &'a Ranked)>,
    ) {
        for (name, ranked) in found {
            let Some(place) = ranked.best().and_then(|row| gazetteer.place(row)) else { continue };
            let told = self.votes.get(name).copied();
            // A country named again and again is what the text is about; another name counts once.
            let weight = match (place.kind, told) {
                (_, None) => PLACE,
                (Kind::Country, Some(vote)) if vote.weight < HINT_MAX => PLACE / 2.0,
                (_, Some(_)) => continue,
            } * ranked.score();
            if ranked.score() < 0.5 {
                continue;
            }
            let unit = place.admin1.or_else(|| ranked.best().filter(|_| place.kind == Kind::Admin1));
            if let Some(country) = place.country {
                *self.countries.entry(country).or_default() += weight;
                self.total += weight;
            }
            if let Some(unit) = unit {
                *self.units.entry(unit).or_default() += weight;
            }
            let vote = self.votes.entry(name.to_owned()).or_insert(Vote {
                country: place.country,
                unit,
                weight: 0.0,
            });
            vote.weight += weight;
        }
    }

    fn add(&mut self, weights: impl IntoIterator<Item = (CountryIndex, f64)>) {
        for (country, weight) in weights {
            let weight = weight.min(HINT_MAX);
            *self.countries.entry(country).or_default() += weight;
            self.total += weight;
        }
    }

    /// Share of a country in all that is told by other names than `key`, 0..=1, and whether it is told of at all.
    pub(crate) fn share(&self, country: CountryIndex, key: &str) -> (f64, bool) {
        let own = self.votes.get(key).filter(|vote| vote.country.is_some()).copied();
        let mut weight = self.countries.get(&country).copied().unwrap_or(0.0);
        let mut total = self.total;
        if let Some(own) = own {
            total -= own.weight;
            if own.country == Some(country) {
                weight -= own.weight;
            }
        }
        (weight.max(0.0) / total.max(1.5), weight > 0.25)
    }

    /// How much is told of a first-order unit by other names than `key`.
    pub(crate) fn unit(&self, unit: RowIndex, key: &str) -> f64 {
        let own = self.votes.get(key).filter(|vote| vote.unit == Some(unit)).map_or(0.0, |vote| vote.weight);
        (self.units.get(&unit).copied().unwrap_or(0.0) - own).max(0.0)
    }

    /// How much demonyms tell of a country.
    pub(crate) fn demonyms(&self, country: CountryIndex) -> f64 {
        self.demonyms.get(&country).copied().unwrap_or(0.0)
    }

    /// How much actors tell of a country.
    pub(crate) fn actors(&self, country: CountryIndex) -> f64 {
        self.actors.get(&country).copied().unwrap_or(0.0)
    }

    /// How much is told altogether, 0 (nothing) ..= 1 (enough to expect every place in a country told of).
    pub(crate) fn weight(&self) -> f64 {
        (self.total / 4.0).min(1.0)
    }
}

fn sorted(weights: &FxHashMap<CountryIndex, f64>) -> Vec<(CountryIndex, f64)> {
    let mut list: Vec<_> = weights.iter().map(|(&country, &weight)| (country, weight)).collect();
    list.sort_by_key(|&(country, _)| country);
    list
}
