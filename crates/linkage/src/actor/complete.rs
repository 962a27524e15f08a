//! What the linked actors of a document still lack: country and sector of persons by the office they held on the document's day,
//! and of bodies that only the text names by the words of their names.
//!
//! A person is taken for a known one only where the text names the country of the office otherwise, or the office is an
//! international or a religious one: names are shared.

use std::collections::BTreeSet;

use watchkeeper_record::Document;
use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::reading::Actor;

use super::resolve::{Asked, resolve};
use crate::gazetteer::Gazetteer;
use crate::registry::holders::day_number;
use crate::registry::{Registry, pieces_of};

/// Actors without a registry row whose names are looked at; the time it takes grows with them.
const BODIES_MAX: usize = 400;

/// Completes actors in place.
pub(crate) fn complete(doc: &Document, actors: &mut [Actor], registry: &Registry) {
    // A body's country is told by names of states and bodies alone: a town of that name would be a guess.
    let gazetteer = Gazetteer::empty();
    let date = doc.article().published.map(|published| published.end);
    let day = date.map(day_number);
    let named: BTreeSet<String> = actors.iter().filter_map(|actor| actor.country.clone()).collect();
    let mut bodies = 0;
    for actor in actors {
        if actor.kind == ActorKind::Person {
            person(actor, &named, registry, day);
        } else if actor.registry.is_none()
            && actor.kind != ActorKind::Other
            && (actor.sector.is_none() || actor.country.is_none() && names_itself(actor))
            && bodies < BODIES_MAX
        {
            bodies += 1;
            let asked = Asked { phrase: &actor.name, date, ..Asked::default() };
            let found = resolve(&asked, registry, &gazetteer);
            if actor.sector.is_none() && !matches!(found.sector, None | Some(Sector::Unk)) {
                actor.sector = found.sector;
                actor.why.push(format!("sector by its words: {}", found.why.join(", ")));
            }
            if actor.country.is_none() && found.sector == actor.sector && names_itself(actor) {
                actor.country = found.country;
            }
        }
    }
}

/// Whether an actor is one whose name tells where it belongs: an organ of a state or a body, no crowd.
fn names_itself(actor: &Actor) -> bool {
    matches!(
        actor.kind,
        ActorKind::Government
            | ActorKind::Military
            | ActorKind::Police
            | ActorKind::Intelligence
            | ActorKind::Judiciary
            | ActorKind::Party
    )
}

/// A person as of the document's day.
fn person(actor: &mut Actor, named: &BTreeSet<String>, registry: &Registry, day: Option<u32>) {
    let pieces: Vec<String> = pieces_of(&actor.name).map(|(piece, _)| piece.into_owned()).collect();
    if pieces.len() < 2 && actor.registry.is_none() {
        return;
    }
    let known = registry.holders(&pieces);
    let fits = |country: &Option<String>| match (country, &actor.country) {
        (Some(country), Some(own)) => country == own,
        (Some(country), None) => named.contains(country),
        (None, own) => own.is_none(),
    };
    let mut fitting = known.iter().filter(|holder| fits(&holder.country));
    let Some(holder) = fitting.next() else { return };
    if fitting.next().is_some() {
        return;
    }
    let standing = holder.standing(day);
    // The text's own office says more than a table: only what isn't told is filled in.
    let told = actor.role.is_some() && !matches!(actor.sector, None | Some(Sector::Cvl));
    if !told && standing.sector.is_some() {
        actor.sector = standing.sector;
    }
    if actor.country.is_none() {
        actor.country.clone_from(&holder.country);
    }
    actor.private = false;
    actor.why.push(standing.why);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::draft::plain;
    use crate::registry::tests::shipped;

    #[test]
    fn a_person_is_what_they_were_on_the_day() {
        let registry = shipped();
        let on = |countries: &[&str], day| {
            let mut actor = plain("Hissène Habré".to_owned(), ActorKind::Person);
            actor.private = true;
            let named = countries.iter().map(|code| (*code).to_owned()).collect();
            person(&mut actor, &named, &registry, day);
            (actor.country, actor.sector, actor.private)
        };
        let chad = Some("TCD".to_owned());
        assert_eq!(on(&["TCD"], Some(19_880_101)), (chad.clone(), Some(Sector::Gov), false));
        assert_eq!(on(&["TCD"], Some(20_150_720)), (chad, Some(Sector::Eli), false));
        // A namesake in a text on another country stays private.
        assert_eq!(on(&["PER"], Some(19_880_101)), (None, None, true));
    }

    #[test]
    fn the_office_in_the_text_goes_before_the_table() {
        let registry = shipped();
        let mut actor = plain("Hissène Habré".to_owned(), ActorKind::Person);
        actor.role = Some("defendant's general".to_owned());
        actor.sector = Some(Sector::Mil);
        actor.country = Some("TCD".to_owned());
        person(&mut actor, &BTreeSet::new(), &registry, Some(20_150_720));
        assert_eq!(actor.sector, Some(Sector::Mil));
        assert!(!actor.private);
    }
}
