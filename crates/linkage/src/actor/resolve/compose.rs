//! Sector and country of a phrase by the words and names that it is made of.

use watchkeeper_record::codebook::{ActorKind, Sector};

use super::named::{Meant, What};
use super::words::{self, Word};
use super::{Resolved, Resolver};
use crate::registry::{ActorWord, Case, WordRole};

/// Words after a hyphen that keep a country out of the phrase: `U.S.-backed rebels`.
const NOT_OF: &[&str] = &[
    "backed",
    "supported",
    "allied",
    "trained",
    "aligned",
    "funded",
    "armed",
    "linked",
    "sponsored",
    "friendly",
    "style",
    "made",
    "led",
    "affiliated",
    "supplied",
    "occupied",
    "controlled",
    "held",
    "born",
    "imposed",
    "designated",
    "sanctioned",
    "inspired",
    "loyal",
    "speaking",
    "educated",
    "built",
    "owned",
    "installed",
    "appointed",
    "dominated",
];

/// Adjectives that are towns' names too.
const NO_PLACE: &[&str] = &[
    "western",
    "eastern",
    "northern",
    "southern",
    "central",
    "upper",
    "lower",
    "middle",
    "old",
    "new",
    "great",
    "national",
    "international",
    "global",
    "world",
    "regional",
    "maritime",
    "foreign",
    "general",
    "royal",
    "united",
    "federal",
    "joint",
    "special",
    "young",
    "independent",
    "popular",
    "patriotic",
    "free",
    "first",
];

/// How deep complements of complements are followed.
const DEPTH_MAX: usize = 4;

/// What the words of a noun phrase tell.
#[derive(Debug, Default)]
struct Told {
    sector: Option<Sector>,
    sector2: Option<Sector>,
    /// Counts only where nothing else tells a sector.
    fallback: Option<Sector>,
    fallback2: Option<Sector>,
    generic: bool,
    former: bool,
    /// The head is a noun that the lexicon knows.
    known_head: bool,
    /// The head takes the sector of its complement.
    light_head: bool,
    quantity: bool,
    body: Option<Resolved>,
    /// First word of what told the sector: places after it aren't what the phrase belongs to.
    decided_at: Option<usize>,
    why: Vec<String>,
}

impl Resolver<'_> {
    /// Resolves one part of a phrase: a noun phrase with its complements.
    pub(super) fn part(&self, list: &[Word], hint: Option<&str>, depth: usize) -> Resolved {
        let list = words::bare(list);
        if list.is_empty() {
            return Resolved::default();
        }
        if let [only] = list
            && only
                .is(&["he", "she", "they", "it", "we", "i", "you", "him", "them", "who", "us", "me", "her"])
            && !(only.folded == "us" && only.case == Case::Upper)
        {
            return Resolved {
                sector: Some(Sector::Unk),
                why: vec!["pronoun".to_owned()],
                ..Resolved::default()
            };
        }
        let names = self.names(list, hint);
        if let Some(found) = self.whole(list, &names) {
            return found;
        }
        if let Some(found) = self.named_person(list, &names) {
            return found;
        }
        let inside = |at: usize| names.iter().any(|name| name.start < at && at < name.end);
        let cut = self.cut(list).filter(|&at| !inside(at));
        let (phrase, complement) = match cut {
            Some(at) if depth < DEPTH_MAX => (&list[..at], Some((&list[at], &list[at + 1..]))),
            _ => (list, None),
        };
        let own: Vec<Meant> = names.iter().filter(|name| name.end <= phrase.len()).cloned().collect();
        let mut found = self.noun_phrase(phrase, &own);
        let Some((preposition, rest)) = complement else { return found.finish() };
        let other = self.part(rest, hint, depth + 1);
        if found.told.quantity && preposition.is(&["of"]) {
            let country = found.country.take();
            let former = found.told.former;
            let mut inner = other;
            inner.country = inner.country.or(country);
            if former {
                inner.sector = inner.sector.map(|_| Sector::Eli);
            }
            return inner;
        }
        let from_body = preposition.is(&["of", "for", "from", "at", "with", "in", "to"]);
        if found.told.sector.is_none() && found.told.light_head && from_body && other.sector.is_some() {
            found.told.sector = other.sector;
            found.told.sector2 = other.sector2;
            found.told.why.push("sector of the body it belongs to".to_owned());
            found.told.why.extend(other.why.iter().cloned());
        }
        // `president of the Riigikogu`: of a body that isn't a state's executive the president is that body's.
        let presides = matches!(found.told.sector, Some(Sector::Gov))
            && phrase
                .last()
                .is_some_and(|head| head.is(&["president", "secretary", "speaker", "commissioner"]));
        if presides && preposition.is(&["of"]) && other.name.is_some() {
            match other.sector {
                Some(Sector::Igo) => {
                    found.told.sector = Some(Sector::Igo);
                    found.told.sector2 = Some(Sector::Gov);
                }
                Some(sector) if !matches!(sector, Sector::Gov | Sector::Cvl | Sector::Pre) => {
                    found.told.sector = Some(sector);
                }
                _ => {}
            }
        }
        if found.country.is_none() {
            found.country.clone_from(&other.country);
        }
        if found.told.known_head && other.sector == Some(Sector::Igo) && other.country.is_none() {
            found.international = true;
        }
        found.finish()
    }

    /// Place of the first preposition that no phrase of the lexicons holds: `Minister of Defense of Ukraine` is cut before `of Ukraine`.
    fn cut(&self, list: &[Word]) -> Option<usize> {
        let longest = self.registry.longest_actor_word();
        let mut from = 0;
        while let Some(at) = words::preposition(list, from) {
            let held = (at.saturating_sub(longest)..at).find_map(|start| {
                let ends = (at + 2..=list.len().min(start + longest)).rev();
                ends.filter(|end| *end > start).find(|&end| {
                    let text = list[start..end]
                        .iter()
                        .map(|word| word.folded.as_str())
                        .collect::<Vec<_>>()
                        .join(" ");
                    self.registry.actor_word(&text, false).is_some()
                })
            });
            match held {
                Some(end) => from = end,
                None => return Some(at),
            }
        }
        None
    }

    /// A person known by name in the phrase, with or without title.
    fn named_person(&self, list: &[Word], names: &[Meant]) -> Option<Resolved> {
        let countries: Vec<&str> = names.iter().filter_map(|name| name.what.country()).collect();
        let former = list.iter().any(|word| {
            matches!(
                self.registry.actor_word(&word.folded, false),
                Some(ActorWord { role: WordRole::Former, .. })
            )
        });
        let office = |before: &[Word]| -> Option<Sector> { self.told(before, &[]).sector };
        if let Some((start, end, holders)) = self.person(list) {
            // What follows the name must not be the head: `Merkel's party`, `Biden administration`.
            if end == list.len() {
                let fits = holders
                    .iter()
                    .find(|holder| holder.country.as_deref().is_some_and(|code| countries.contains(&code)));
                let mut found = self.of_holder(fits.or_else(|| holders.first())?);
                if found.sector.is_none() {
                    found.sector = office(&list[..start]);
                }
                if former {
                    found.sector = Some(Sector::Eli);
                }
                return Some(found);
            }
        }
        let last = list.last().filter(|word| word.case != Case::Lower && !word.possessive)?;
        let lone = list.len() == 1;
        if lone {
            let holders = self.registry.holders(std::slice::from_ref(&last.folded));
            if let [holder] = &holders[..] {
                return Some(self.of_holder(holder));
            }
            return None;
        }
        // A surname after a title: whoever of that office has it, of the country named, in office on the day first.
        let title = office(&list[..list.len() - 1])?;
        let wanted = Some(title).filter(|sector| *sector != Sector::Eli);
        let mut bearers: Vec<_> = self
            .registry
            .holders_by_surname(&last.folded, wanted, self.day)
            .filter(|holder| {
                countries.is_empty()
                    || holder.country.as_deref().is_some_and(|code| countries.contains(&code))
            })
            .collect();
        bearers.extend(
            self.registry
                .holders(std::slice::from_ref(&last.folded))
                .iter()
                .filter_map(|known| {
                    self.registry
                        .holders_by_surname(&words::tokens(&known.name).last()?.folded, None, None)
                        .find(|holder| holder.name == known.name)
                })
                .filter(|holder| {
                    countries.is_empty()
                        || holder.country.as_deref().is_some_and(|code| countries.contains(&code))
                }),
        );
        let mut seen: Vec<String> = Vec::new();
        bearers.retain(|holder| {
            let new = !seen.contains(&holder.name);
            seen.push(holder.name.clone());
            new
        });
        // Of several the one who has had this very office: `President Duterte`.
        let words =
            list[..list.len() - 1].iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
        let same: Vec<_> = bearers
            .iter()
            .copied()
            .filter(|holder| {
                holder.terms.iter().any(|term| !term.office.is_empty() && words.ends_with(&term.office))
            })
            .collect();
        if !same.is_empty() {
            bearers = same;
        }
        let serving = |holder: &&&crate::registry::Holder| holder.standing(self.day).sector == wanted;
        let chosen = match &bearers[..] {
            [only] => Some(*only),
            several => {
                let mut now = several.iter().filter(serving);
                now.next().filter(|_| now.next().is_none()).copied()
            }
        }?;
        let mut found = self.of_holder(chosen);
        if former {
            found.sector = Some(Sector::Eli);
        }
        found.why.push("surname after a title".to_owned());
        Some(found)
    }

    /// Sector and country of a noun phrase without complements.
    fn noun_phrase(&self, list: &[Word], names: &[Meant]) -> Composed {
        let told = self.told(list, names);
        let mut composed = Composed { told, ..Composed::default() };
        for name in names {
            let after = list.get(name.end).filter(|word| word.hyphen);
            let against = name
                .start
                .checked_sub(1)
                .and_then(|at| list.get(at))
                .filter(|_| list[name.start].hyphen)
                .is_some_and(|word| word.is(&["pro", "anti", "non", "mid"]));
            if after.is_some_and(|word| word.is(NOT_OF)) || against {
                continue;
            }
            if let Some(code) = name.what.country() {
                composed.country.get_or_insert_with(|| code.to_owned());
            }
            if let What::Actor(actor) = &name.what
                && actor.sector == Some(Sector::Igo)
            {
                composed.international = true;
            }
            composed.people |= matches!(name.what, What::People(_) | What::State(_));
        }
        if composed.country.is_none() && composed.told.known() {
            let before = composed.told.decided_at.unwrap_or(list.len());
            composed.country = self.place_inside(list, 0..before, 1, names);
            // `… Services Alliance Northern Territory`: a place in the rear, but no person's name after an office.
            if composed.country.is_none() && self.without_bearer(list) == list.len() {
                composed.country = self.place_inside(list, before..list.len(), 2, names);
            }
        }
        if composed.told.known_head || composed.told.sector.is_some() {
            composed.head_known = true;
        } else if let Some(name) = names.iter().find(|name| name.end == list.len()) {
            // `two Russians`, `the rebel FDLR`: the name is the head.
            let whole = self.of_name(&name.what, &list[name.start..name.end]);
            composed.told.body.get_or_insert(whole);
        }
        composed
    }

    /// The country of a place or people below states that the phrase names: `Shanghai police`, `Punjabi farmers`.
    fn place_inside(
        &self,
        list: &[Word],
        range: std::ops::Range<usize>,
        shortest: usize,
        names: &[Meant],
    ) -> Option<String> {
        let taken = |at: usize| names.iter().any(|name| name.start <= at && at < name.end);
        for length in (shortest..=3).rev().filter(|length| *length <= range.len()) {
            for start in range.start..=range.end - length {
                let run = &list[start..start + length];
                let free = (start..start + length).all(|at| !taken(at));
                if !free
                    || run.iter().any(|word| word.case == Case::Lower || word.is_mark() || word.possessive)
                {
                    continue;
                }
                if length == 1 && run[0].is(NO_PLACE) {
                    continue;
                }
                // A noun of the lexicon is no place: `Police`, `Minister`.
                if length == 1
                    && words::base_forms(&run[0].folded)
                        .iter()
                        .any(|form| self.registry.actor_word(form, true).is_some())
                {
                    continue;
                }
                let name = run.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
                if length == 1
                    && let Some(code) = self.demonym(&name)
                {
                    return Some(code);
                }
                if let Some((_, code, _)) = self.best_place(&name, PLACE_INSIDE_LN_MIN) {
                    return Some(code);
                }
            }
        }
        None
    }

    /// Goes from the last word to the first for one that tells a sector.
    fn told(&self, list: &[Word], names: &[Meant]) -> Told {
        let mut told = Told::default();
        let mut end = self.without_bearer(list);
        let mut at_head = true;
        while end > 0 {
            if let Some(name) = names.iter().find(|name| name.end == end) {
                if told.sector.is_none()
                    && let What::Actor(actor) = &name.what
                    && !matches!(actor.kind, ActorKind::PopulationGroup | ActorKind::State)
                    && (!at_head || name.start == 0 || actor.kind != ActorKind::Person)
                {
                    let body = self.of_name(&name.what, &list[name.start..name.end]);
                    told.sector = body.sector;
                    told.sector2 = body.sector2;
                    told.why.extend(body.why.clone());
                    told.body = Some(body);
                }
                if told.sector.is_none()
                    && matches!(name.what, What::Seat(_))
                    && (told.light_head || at_head)
                    && list.get(name.end).is_none_or(|word| !word.hyphen)
                {
                    // `a White House official`; but `Minsk police`.
                    told.fallback = Some(Sector::Gov);
                }
                end = name.start;
                at_head = false;
                continue;
            }
            let word = &list[end - 1];
            if word.possessive || word.is_mark() {
                end -= 1;
                continue;
            }
            match self.longest(list, end) {
                Some((start, found)) => {
                    self.take(found, at_head, &mut told);
                    if told.sector.is_some() || told.fallback.is_some() {
                        told.decided_at.get_or_insert(start);
                    }
                    if told.why.len() < WHY_MAX {
                        let text =
                            list[start..end].iter().map(|word| word.folded.as_str()).collect::<Vec<_>>();
                        told.why.push(format!("word {}", text.join(" ")));
                    }
                    end = start;
                }
                None => end -= 1,
            }
            at_head = false;
        }
        if told.sector.is_some() {
            told.fallback = None;
        }
        told
    }

    /// Where a person's name begins that follows an office: `Foreign Minister Park Jin`.
    fn without_bearer(&self, list: &[Word]) -> usize {
        let count = list.len();
        // `Deputy Minister`: the last word is an office itself and no name.
        if list.last().is_some_and(|word| self.registry.office(&word.folded).is_some()) {
            return count;
        }
        for end in (1..count).rev().filter(|end| count - end <= BEARER_WORDS_MAX) {
            if list[end..].iter().any(|word| word.case != Case::Title || word.is_mark()) {
                break;
            }
            let office = (end.saturating_sub(self.registry.longest_office())..end).any(|start| {
                let title =
                    list[start..end].iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
                list[end - 1].case != Case::Lower
                    && self.registry.office(&title).is_some_and(|office| office.sector.is_some())
            });
            if office {
                return end;
            }
        }
        count
    }

    fn take(&self, found: ActorWord, at_head: bool, told: &mut Told) {
        match found.role {
            WordRole::Former => told.former = true,
            _ if told.sector.is_some() => {}
            WordRole::Head => {
                told.sector = found.sector;
                told.sector2 = found.sector2;
                told.known_head |= at_head;
            }
            WordRole::Modifier => {
                told.sector = found.sector;
                told.sector2 = found.sector2;
            }
            WordRole::Light => {
                told.light_head |= at_head;
                told.known_head |= at_head;
                if told.fallback.is_none() {
                    told.fallback = found.sector;
                    told.fallback2 = found.sector2;
                }
            }
            WordRole::Generic => {
                told.generic = true;
                told.known_head |= at_head;
                told.fallback = told.fallback.or(Some(found.sector.unwrap_or(Sector::Unk)));
            }
            WordRole::Quantity => {
                told.quantity |= at_head;
                told.light_head |= at_head;
                told.fallback = told.fallback.or(found.sector);
            }
        }
    }

    /// The longest phrase of the lexicons that ends at a word, in base form.
    fn longest(&self, list: &[Word], end: usize) -> Option<(usize, ActorWord)> {
        let last = &list[end - 1];
        let forms = words::base_forms(&last.folded);
        let first = end.saturating_sub(self.registry.longest_actor_word());
        for start in first..end {
            if list[start..end - 1].iter().any(|word| word.is_mark()) {
                continue;
            }
            let mut front = String::new();
            for word in list[start..end - 1].iter().filter(|word| !word.possessive) {
                front.push_str(&word.folded);
                front.push(' ');
            }
            let capital = last.case != Case::Lower;
            let texts = forms.iter().map(|form| format!("{front}{form}")).collect::<Vec<_>>();
            let own = texts.iter().find_map(|text| self.registry.own_actor_word(text, capital));
            let found = own.or_else(|| texts.iter().find_map(|text| self.registry.actor_word(text, capital)));
            if let Some(found) = found {
                return Some((start, found));
            }
        }
        None
    }
}

/// Populations from which a place inside a phrase counts.
const PLACE_INSIDE_LN_MIN: f64 = 9.9;
/// Words of a person's name after an office.
const BEARER_WORDS_MAX: usize = 4;
/// Words that are told as reasons.
const WHY_MAX: usize = 3;

impl Told {
    /// Whether the words tell that the phrase denotes an actor.
    fn known(&self) -> bool {
        self.sector.is_some() || self.fallback.is_some() || self.known_head
    }
}

/// A noun phrase put together.
#[derive(Debug, Default)]
struct Composed {
    told: Told,
    country: Option<String>,
    /// It belongs to an international body.
    international: bool,
    /// It names a state or its people.
    people: bool,
    head_known: bool,
}

impl Composed {
    fn finish(self) -> Resolved {
        let Self { told, country, international, people, head_known } = self;
        let mut found = Resolved { country, why: told.why, ..Resolved::default() };
        let from_name = !head_known && told.sector.is_none();
        if let Some(body) = told.body {
            if from_name {
                found.sector = body.sector;
                found.sector2 = body.sector2;
                found.country = found.country.or(body.country);
            }
            found.name = body.name;
        }
        if found.sector.is_none() {
            found.sector = told.sector;
            found.sector2 = told.sector2;
        }
        if found.sector.is_none() {
            found.sector = told.fallback;
            found.sector2 = told.fallback2;
            // `four Saudi men` are people of a country, `two men` nobody in particular.
            if told.generic && found.sector == Some(Sector::Unk) && (people || found.country.is_some()) {
                found.sector = Some(Sector::Cvl);
            }
        }
        if told.former
            && matches!(
                found.sector,
                None | Some(
                    Sector::Gov
                        | Sector::Mil
                        | Sector::Leg
                        | Sector::Jud
                        | Sector::Cop
                        | Sector::Spy
                        | Sector::Unk
                )
            )
        {
            found.sector = Some(Sector::Eli);
            found.sector2 = None;
            found.why.push("no longer in office".to_owned());
        }
        if international
            && let Some(
                sector @ (Sector::Gov | Sector::Mil | Sector::Leg | Sector::Jud | Sector::Cop | Sector::Med),
            ) = found.sector
        {
            found.sector = Some(Sector::Igo);
            found.sector2 = Some(sector);
        }
        found
    }
}
