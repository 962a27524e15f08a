//! Phrases that name a known person, body, state, people or place.

use watchkeeper_record::codebook::{ActorKind, Sector};

use super::words::{self, Word};
use super::{Resolved, Resolver};
use crate::gazetteer::{Kind, NameKind};
use crate::registry::{Case, Hit, Holder, KnownActor, Mark, PartlyRecognised};

/// What a known name in a phrase says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// First word.
    pub(super) start: usize,
    /// One past the last word.
    pub(super) end: usize,
    pub(super) what: What,
}

/// Kinds of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A state's name.
    State(String),
    /// Its adjective or people.
    People(String),
    /// Its seat of government.
    Seat(String),
    /// A region of it.
    Region(String),
    /// A known actor.
    Actor(KnownActor),
}

impl What {
    /// ISO 3166-1 alpha-3.
    pub(super) fn country(&self) -> Option<&str> {
        match self {
            Self::State(code) | Self::People(code) | Self::Seat(code) | Self::Region(code) => Some(code),
            Self::Actor(actor) => actor.country.as_deref(),
        }
    }
}

/// How much smaller than its unit a town of the same name may be and still be what the name means.
const SEAT_LN_MAX: f64 = 1.5;
/// Populations from which a town counts that nothing else tells of.
const TOWN_LN_MIN: f64 = 9.2;

impl Resolver<'_> {
    /// The known names in a phrase, left to right. `hint` is the country that decides between bodies of one name.
    pub(super) fn names(&self, list: &[Word], hint: Option<&str>) -> Vec<Meant> {
        let pieces = words::pieces(list);
        let hits = self.registry.find(&pieces);
        let states = self.registry.states();
        let mut named: Vec<String> = hint.map(str::to_owned).into_iter().collect();
        for hit in &hits {
            let of = hit.states.iter().map(|(state, _)| *state).chain(hit.people.iter().copied());
            named.extend(
                of.chain(hit.regions.iter().copied()).map(|state| states[state as usize].iso3.clone()),
            );
        }
        let lone = hits.len() == 1 && hits[0].end - hits[0].start >= words::bare(list).len();
        hits.iter().filter_map(|hit| self.meant(hit, &named, lone)).collect()
    }

    fn meant(&self, hit: &Hit, named: &[String], lone: bool) -> Option<Meant> {
        let code = |state: u16| self.registry.states()[state as usize].iso3.clone();
        let fits = |actor: &KnownActor| actor.country.as_ref().is_some_and(|country| named.contains(country));
        // A shared name stands for one body only where no other of the hand-kept ones has it.
        let bearers = hit
            .actors
            .iter()
            .filter(|(index, mark)| *mark != Mark::Introduced && self.registry.actor(*index).rank == 0);
        let alone = bearers.count() == 1;
        let actor = hit
            .actors
            .iter()
            .map(|(index, mark)| (self.registry.actor(*index), *mark))
            .filter(|(actor, mark)| match mark {
                Mark::Plain => true,
                Mark::Country => fits(actor) || lone && alone && actor.rank == 0,
                Mark::Introduced => fits(actor),
            })
            .min_by_key(|(actor, mark)| (!fits(actor), *mark, actor.rank));
        let what = match actor {
            Some((actor, _)) => What::Actor(actor.clone()),
            None => match (hit.states.first(), hit.people.first(), hit.seats.first(), hit.regions.first()) {
                (Some((state, _)), ..) => What::State(code(*state)),
                (_, Some(state), ..) => What::People(code(*state)),
                (_, _, Some((state, _)), _) => What::Seat(code(*state)),
                (_, _, _, Some(state)) => What::Region(code(*state)),
                _ => return None,
            },
        };
        Some(Meant { start: hit.start, end: hit.end, what })
    }

    /// The country that some words name first.
    pub(super) fn country_named(&self, text: &str) -> Option<String> {
        let list = words::tokens(text);
        self.names(&list, None).iter().find_map(|name| name.what.country().map(str::to_owned))
    }

    /// What a phrase is that is one known name as a whole.
    pub(super) fn whole(&self, list: &[Word], names: &[Meant]) -> Option<Resolved> {
        let partly = PartlyRecognised::of(&words_of(list)).filter(|_| list[0].case != Case::Lower);
        if let Some(known) = partly {
            return Some(Resolved {
                country: Some(known.country.to_owned()),
                sector: Some(Sector::Pre),
                name: Some(known.name.to_owned()),
                why: vec!["partially recognised entity (PLOVER manual)".to_owned()],
                ..Resolved::default()
            });
        }
        if let [only] = names
            && only.start == 0
            && only.end == list.len()
        {
            return Some(self.of_name(&only.what, list));
        }
        self.place(list)
    }

    /// What a known name stands for by itself.
    pub(super) fn of_name(&self, what: &What, list: &[Word]) -> Resolved {
        let mut found = Resolved { country: what.country().map(str::to_owned), ..Resolved::default() };
        match what {
            What::State(code) => {
                found.name = self.registry.state(code).map(|state| state.name.clone());
                found.why.push("name of a state".to_owned());
            }
            What::People(_) => found.why.push("people or adjective of a state".to_owned()),
            What::Seat(_) => {
                found.sector = Some(Sector::Gov);
                found.name = Some(words_of(list));
                found.why.push("seat of a government".to_owned());
            }
            What::Region(_) => {
                if let Some(place) = self.place(list) {
                    return place;
                }
                found.why.push("region of a state".to_owned());
            }
            What::Actor(actor) => {
                found.sector = actor.sector;
                found.name = Some(actor.name.clone());
                found.why.push(format!("registry {}", actor.key));
                if actor.sector == Some(Sector::Igo) {
                    found.sector2 = self.field_of(actor);
                }
                if actor.kind == ActorKind::Person {
                    found.is_person = true;
                    self.dated(actor, &mut found);
                }
                if actor.kind == ActorKind::State {
                    found.sector = None;
                }
            }
        }
        found
    }

    /// A public figure of the registry as the office table knows it on the day.
    fn dated(&self, actor: &KnownActor, found: &mut Resolved) {
        let list = words::tokens(&actor.name);
        let pieces: Vec<String> = list.into_iter().map(|word| word.folded).collect();
        if let [holder] = &self.registry.holders(&pieces)[..] {
            *found = self.of_holder(holder);
        }
    }

    /// The field of an international body, by the words of its name: a court, an assembly, health.
    fn field_of(&self, actor: &KnownActor) -> Option<Sector> {
        let list = words::tokens(&actor.name);
        let european = list.first().is_some_and(|word| word.folded == "european");
        list.iter().find_map(|word| match word.folded.as_str() {
            "commission" => Some(Sector::Gov),
            "council" if european => Some(Sector::Gov),
            "nato" => Some(Sector::Mil),
            "court" | "tribunal" | "criminal" => Some(Sector::Jud),
            "health" | "medical" => Some(Sector::Med),
            "parliament" | "assembly" => Some(Sector::Leg),
            "force" | "forces" | "mission" | "military" => Some(Sector::Mil),
            "refugees" | "refugee" | "migration" => Some(Sector::Ref),
            "labour" | "labor" => Some(Sector::Lab),
            _ => None,
        })
    }

    /// A person as of the day.
    pub(super) fn of_holder(&self, holder: &Holder) -> Resolved {
        let standing = holder.standing(self.day);
        Resolved {
            country: holder.country.clone(),
            sector: standing.sector,
            sector2: standing.sector2,
            name: Some(holder.name.clone()),
            is_person: true,
            why: vec![standing.why],
        }
    }

    /// The longest run of words that is a known person's full name, with its place.
    pub(super) fn person(&self, list: &[Word]) -> Option<(usize, usize, Vec<Holder>)> {
        const LONGEST: usize = 8;
        for length in (2..=list.len().min(LONGEST)).rev() {
            for start in 0..=list.len() - length {
                let run = &list[start..start + length];
                let capital = run.first().is_some_and(|word| word.case != Case::Lower || is_particle(word))
                    && run.last().is_some_and(|word| word.case != Case::Lower);
                if !capital || run.iter().any(|word| word.possessive || word.is_mark()) {
                    continue;
                }
                let pieces: Vec<String> = run.iter().map(|word| word.folded.clone()).collect();
                let mut found = self.registry.holders(&pieces);
                if found.is_empty() && length > 2 {
                    // A middle name or a further surname that the table lacks.
                    let shorter = [&pieces[..1], &pieces[length - 1..]].concat();
                    found = self.registry.holders(&shorter);
                    if found.is_empty() {
                        found = self.registry.holders(&pieces[..length - 1]);
                    }
                }
                if !found.is_empty() {
                    return Some((start, start + length, found));
                }
            }
        }
        None
    }

    /// A place named by these words alone.
    pub(super) fn place(&self, list: &[Word]) -> Option<Resolved> {
        if list.is_empty()
            || list.len() > 5
            || list.iter().any(|word| word.case == Case::Lower && !is_small(word))
        {
            return None;
        }
        let name = words_of(list);
        let (kind, country, shown) = self.best_place(&name, TOWN_LN_MIN)?;
        let sector = match kind {
            Kind::Capital => Some(Sector::Gov),
            Kind::Country | Kind::Admin1 | Kind::Region | Kind::Nature => None,
            _ => Some(Sector::Cvl),
        };
        Some(Resolved {
            country: Some(country),
            sector,
            name: Some(shown),
            why: vec![format!("place: {kind:?}")],
            ..Resolved::default()
        })
    }

    /// The most populous place of a name, where it is known to be large enough.
    pub(super) fn best_place(&self, name: &str, ln_min: f64) -> Option<(Kind, String, String)> {
        let unit =
            |kind| matches!(kind, Kind::Country | Kind::Admin1 | Kind::Admin2 | Kind::Capital | Kind::Seat1);
        let hits = self.gazetteer.find_spelled(name);
        let places = hits.iter().filter_map(|hit| Some((hit, self.gazetteer.place(hit.row)?)));
        let places: Vec<_> = places
            .filter(|(_, place)| place.country.is_some() && !matches!(place.kind, Kind::Site | Kind::Nature))
            .map(|(hit, place)| {
                let size = place.ln_population + if unit(place.kind) { 1.0 } else { 0.0 }
                    - if hit.name == NameKind::Main { 0.0 } else { 1.0 };
                (size, place)
            })
            .filter(|(size, _)| *size >= ln_min)
            .collect();
        let largest = places.iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
        // Of a unit and its seat of one name the town is meant: `Lagos`, `Kharkiv`.
        let seat = places.iter().filter(|(_, place)| {
            matches!(largest.1.kind, Kind::Admin1 | Kind::Admin2)
                && place.country == largest.1.country
                && !matches!(place.kind, Kind::Admin1 | Kind::Admin2 | Kind::Region)
                && largest.1.ln_population - place.ln_population < SEAT_LN_MAX
        });
        let place = seat.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or(largest).1;
        let country = self.gazetteer.iso3(place.country?)?.to_owned();
        Some((place.kind, country, place.name.to_owned()))
    }

    /// The country of an adjective or people below states: `Punjabi`, `Catalan`.
    pub(super) fn demonym(&self, word: &str) -> Option<String> {
        let country = self.gazetteer.demonym(word)?;
        self.gazetteer.iso3(country).map(str::to_owned)
    }
}

/// Small words inside names of places.
fn is_small(word: &Word) -> bool {
    word.is(&["of", "the", "and", "de", "la", "el", "al", "del", "du", "des", "le", "upon", "da", "do"])
}

/// Small words that names of persons begin with.
fn is_particle(word: &Word) -> bool {
    word.is(&["al", "el", "abu", "bin", "ibn", "van", "von", "de", "ben", "abdel", "ould", "ag"])
}

fn words_of(list: &[Word]) -> String {
    list.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}
