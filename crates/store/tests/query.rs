//! Queries give what a plain search through all readings gives, in every order, window by window, as of any day.

mod synthetic;

use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use synthetic::{COUNTRIES, Dice, FIRST_DAY, Made, group, make, town, where_is, word};
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Category, IncidentType, Realis, StatementKind};
use watchkeeper_store::{
    Area, Entry, Error, Fact, Filter, Mode, OpenOptions, Sort, Store, Who, Window, prepare,
};

const DOCUMENTS: u64 = 250;

struct World {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
    made: Vec<Made>,
    shas: Vec<String>,
}

fn added() -> Moment {
    Moment::start_of(Date::from_days(FIRST_DAY + 2_500).expect("a day"))
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("w.db");
        let mut store = Store::open(&path, Mode::Create).expect("a new record");
        let mut writer = store.writer();
        let mut made: Vec<Made> = (0..DOCUMENTS).map(|number| make(7, number)).collect();
        // Some tell of what will be: a day far ahead of the report.
        for one in made.iter_mut().step_by(7) {
            let ahead = Date::from_days(known(one) + 50).expect("a day").to_string();
            let time = &mut one.reading.times[0];
            (time.start, time.end) = (Some(ahead.clone()), Some(ahead));
        }
        let mut shas = Vec::new();
        for one in &made {
            let entry = Entry { page: &one.page, reading: &one.reading, moment: added() };
            let prepared = prepare(entry).expect("sound");
            writer.put(&prepared).expect("room");
            shas.push(prepared.sha256());
            if writer.pending() > 60 {
                writer.commit().expect("durable");
            }
        }
        writer.commit().expect("durable");
        drop(writer);
        World { _folder: folder, path, made, shas }
    })
}

fn known(one: &Made) -> i32 {
    match &one.reading.document.published {
        Some(range) => range.end.parse::<Date>().expect("a day").days(),
        None => added().date().days(),
    }
}

fn days(one: &Made, time: &Option<String>) -> Option<(i32, i32)> {
    let time = one.reading.times.iter().find(|other| Some(&other.id) == time.as_ref())?;
    let day = |text: &Option<String>| Some(text.as_ref()?.parse::<Date>().ok()?.days());
    Some((day(&time.start)?, day(&time.end)?))
}

/// A filter for incidents and what it means, from a few numbers.
fn filter_of(dice: &mut Dice) -> Filter {
    let mut filter = Filter::default();
    let maybe = |dice: &mut Dice| dice.below(4) == 0;
    if maybe(dice) {
        let first = FIRST_DAY + dice.below(4_000) as i32;
        filter.since = Date::from_days(first);
        filter.until = Date::from_days(first + 900);
    }
    if maybe(dice) {
        filter.as_of = Date::from_days(FIRST_DAY + 1_000 + dice.below(4_000) as i32);
    }
    if maybe(dice) {
        filter.known_since = Date::from_days(FIRST_DAY + dice.below(3_000) as i32);
    }
    match dice.below(6) {
        0 => filter.area = Some(Area::Country(COUNTRIES[dice.below(20) as usize].to_owned())),
        1 => {
            let (lat, lon, ..) = where_is(dice.below(6_000));
            filter.area = Some(Area::Near { lat, lon, km: 50.0 + dice.below(900) as f64 });
        }
        2 => {
            let (lat, lon, ..) = where_is(dice.below(6_000));
            filter.area =
                Some(Area::Box { south: lat - 3.0, north: lat + 3.0, west: lon - 4.0, east: lon + 4.0 });
        }
        _ => {}
    }
    if maybe(dice) {
        filter.types = (0..1 + dice.below(2)).map(|_| IncidentType::ALL[dice.below(8) as usize]).collect();
        filter.types.dedup();
    }
    if maybe(dice) {
        filter.categories = vec![Category::Assault];
    }
    if maybe(dice) {
        filter.killed_min = Some(dice.below(60) as u32);
    }
    if maybe(dice) {
        filter.realis = vec![Realis::Actual];
    }
    if maybe(dice) {
        filter.score_min = Some(0.7);
    }
    if maybe(dice) {
        filter.who = Some(Who { actor: world_actor(dice), wings: false });
    }
    if maybe(dice) {
        filter.text = Some(word(dice.zipf(300)));
    }
    filter
}

fn world_actor(dice: &mut Dice) -> String {
    let made = &world().made[dice.below(DOCUMENTS) as usize];
    made.reading.actors[0].name.clone()
}

fn has_word(one: &Made, word: &str) -> bool {
    let text = one.reading.document.text.to_lowercase();
    let word = word.to_lowercase();
    text.split(|character: char| !character.is_alphanumeric()).any(|other| other == word)
}

fn expected(filter: &Filter) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (one, sha) in world().made.iter().zip(&world().shas) {
        let day = known(one);
        let late = filter.as_of.is_some_and(|date| day > date.days());
        let early = filter.known_since.is_some_and(|date| day < date.days());
        let wordless = filter.text.as_ref().is_some_and(|word| !has_word(one, word));
        if late || early || wordless {
            continue;
        }
        for incident in &one.reading.incidents {
            let event =
                one.reading.events.iter().find(|event| event.id == incident.events[0]).expect("there");
            let place = one.reading.places.iter().find(|place| Some(&place.id) == incident.place.as_ref());
            let place = place.expect("every incident of the world has one");
            let (lat, lon) = (place.lat.expect("north"), place.lon.expect("east"));
            let when = days(one, &incident.time);
            let in_time = match (filter.since, filter.until) {
                (Some(since), Some(until)) => {
                    when.is_some_and(|(start, end)| start <= until.days() && end >= since.days())
                }
                _ => true,
            };
            let in_area = match &filter.area {
                Some(Area::Country(code)) => place.country.as_ref() == Some(code),
                Some(Area::Box { south, north, west, east }) => {
                    lat >= *south && lat <= *north && lon >= *west && lon <= *east
                }
                Some(Area::Near { lat: y, lon: x, km }) => {
                    let (a, b) = (y.to_radians(), lat.to_radians());
                    let cos = a.sin() * b.sin() + a.cos() * b.cos() * (lon - x).to_radians().cos();
                    6_371.008_8 * cos.clamp(-1.0, 1.0).acos() <= *km
                }
                _ => true,
            };
            let killed = incident.toll.killed.as_ref().and_then(|count| count.best);
            let named = |id: &Option<String>, name: &str| {
                one.reading.actors.iter().any(|actor| Some(&actor.id) == id.as_ref() && actor.name == name)
            };
            let by = filter.who.as_ref().is_none_or(|who| {
                named(&incident.perpetrators[0].actor, &who.actor)
                    || named(&incident.victims[0].actor, &who.actor)
            });
            let kept = in_time
                && in_area
                && by
                && (filter.types.is_empty()
                    || incident.r#type.is_some_and(|kind| filter.types.contains(&kind)))
                && (filter.categories.is_empty() || filter.categories.contains(&event.category))
                && filter.killed_min.is_none_or(|least| killed.is_some_and(|killed| killed >= least))
                && (filter.realis.is_empty() || filter.realis.contains(&event.realis))
                && filter.score_min.is_none_or(|least| event.score >= least);
            if kept {
                found.insert(format!("{sha}#{}", incident.id));
            }
        }
    }
    found
}

fn all(store: &Store, filter: &Filter, sort: Sort, ascending: bool, limit: u32) -> Vec<Fact> {
    let mut window = Window { ascending, limit, ..Window::first(sort) };
    let mut items = Vec::new();
    loop {
        let listed = store.reports(filter, &window).expect("a good query");
        assert!(listed.items.len() <= limit as usize);
        items.extend(listed.items);
        match listed.next {
            None => return items,
            next => window.after = next,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn incidents_are_found_as_a_plain_search_finds_them(seed in any::<u64>(), order in 0..4usize, ascending: bool, limit in 1..40u32, few_rows in prop_oneof![Just(0u32), Just(40), Just(1_500)]) {
        // Whichever way a query goes, its answer is the same.
        let options = OpenOptions { few_rows, ..OpenOptions::new(Mode::Read) };
        let store = Store::open_with(&world().path, &options).expect("it opens");
        let filter = filter_of(&mut Dice(seed));
        let sort = [Sort::Known, Sort::Happened, Sort::Killed, Sort::Score][order];
        let items = all(&store, &filter, sort, ascending, limit);
        let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
        let once: BTreeSet<String> = ids.iter().cloned().collect();
        prop_assert_eq!(once.len(), ids.len(), "an incident came twice");
        prop_assert_eq!(&once, &expected(&filter), "{:?}", filter);
        let key = |item: &Fact| match sort {
            Sort::Known => f64::from(item.source.known.days()),
            Sort::Happened => item.start.map_or(-1e6, |day| f64::from(day.days())),
            Sort::Killed => item.killed[1].map_or(-1.0, f64::from),
            _ => item.score,
        };
        for pair in items.windows(2) {
            let (low, high) = if ascending { (&pair[0], &pair[1]) } else { (&pair[1], &pair[0]) };
            prop_assert!(key(low) <= key(high), "out of order");
        }
    }

    #[test]
    fn nothing_later_than_the_day_asked_for_shows(seed in any::<u64>(), offset in 0..6_000i32) {
        let options = OpenOptions { few_rows: (seed % 2) as u32 * 1_500, ..OpenOptions::new(Mode::Read) };
        let store = Store::open_with(&world().path, &options).expect("it opens");
        let mut dice = Dice(seed);
        let mut filter = filter_of(&mut dice);
        let day = Date::from_days(FIRST_DAY - 100 + offset).expect("a day");
        filter.as_of = Some(day);
        let window = Window { limit: 500, ..Window::first(Sort::Known) };
        let mut known = Vec::new();
        known.extend(store.documents(&filter, &window).expect("documents").items.into_iter().map(|item| item.source.known));
        known.extend(store.events(&filter, &window).expect("events").items.into_iter().map(|item| item.source.known));
        known.extend(store.reports(&filter, &window).expect("incidents").items.into_iter().map(|item| item.source.known));
        known.extend(store.statements(&filter, &window).expect("statements").items.into_iter().map(|item| item.source.known));
        known.extend(store.relations(&filter, &window).expect("relations").items.into_iter().map(|item| item.source.known));
        known.extend(store.control(&filter, &window).expect("control").items.into_iter().map(|item| item.source.known));
        if filter.text.is_some() {
            let ranked = Window { limit: 500, ..Window::first(Sort::Relevance) };
            known.extend(store.documents(&filter, &ranked).expect("search").items.into_iter().map(|item| item.source.known));
        }
        for actor in store.actors(false, Some(day), 1_000, None).expect("actors").items {
            known.extend(actor.first);
            known.extend(actor.last);
            prop_assert!(actor.documents > 0);
        }
        prop_assert!(known.into_iter().all(|one| one <= day));
    }

    #[test]
    fn no_text_breaks_a_search(text in "(\\PC|[\"'()*^:;+~\\-]| AND | OR | NOT | NEAR\\(){0,40}") {
        let store = Store::open(&world().path, Mode::Read).expect("it opens");
        let filter = Filter { text: Some(text), ..Filter::default() };
        for sort in [Sort::Known, Sort::Relevance] {
            match store.documents(&filter, &Window::first(sort)) {
                Ok(_) | Err(Error::Search { .. }) => {}
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }
}

#[test]
fn searches_are_ranked_and_covered_once() {
    let store = Store::open(&world().path, Mode::Read).expect("it opens");
    let common = word(2);
    let filter = Filter { text: Some(common.clone()), ..Filter::default() };
    let wanted = world().made.iter().filter(|one| has_word(one, &common)).count();
    assert!(wanted > 30);
    for sort in [Sort::Known, Sort::Relevance] {
        let mut window = Window { limit: 7, ..Window::first(sort) };
        let mut seen = BTreeSet::new();
        loop {
            let listed = store.documents(&filter, &window).expect("a search");
            for item in &listed.items {
                assert!(seen.insert(item.source.document.clone()), "twice");
                let snippet = item.snippet.as_ref().expect("a hit").to_lowercase();
                assert!(snippet.contains(&format!("[{}", common.to_lowercase())), "{snippet}");
            }
            match listed.next {
                None => break,
                next => window.after = next,
            }
        }
        assert_eq!(seen.len(), wanted);
    }
    let other = Filter { text: Some(word(3)), ..Filter::default() };
    let first =
        store.documents(&filter, &Window { limit: 5, ..Window::first(Sort::Known) }).expect("a search");
    let foreign = Window { after: first.next, ..Window::first(Sort::Known) };
    assert!(matches!(store.documents(&other, &foreign), Err(Error::Query(_))));
}

#[test]
fn statements_and_actors_of_a_person_or_group() {
    let store = Store::open(&world().path, Mode::Read).expect("it opens");
    let name = group(0);
    let filter = Filter { who: Some(Who { actor: name.clone(), wings: false }), ..Filter::default() };
    let window = Window { limit: 10_000, ..Window::first(Sort::Known) };
    let wanted: usize = world()
        .made
        .iter()
        .flat_map(|one| {
            let is =
                |id: &String| one.reading.actors.iter().any(|actor| actor.id == *id && actor.name == name);
            one.reading
                .statements
                .iter()
                .filter(move |saying| saying.speaker.actor.iter().chain(&saying.about).any(is))
        })
        .count();
    assert_eq!(store.statements(&filter, &window).expect("statements").items.len(), wanted);
    let wide = Filter { who: Some(Who { actor: name.clone(), wings: true }), ..Filter::default() };
    assert!(store.statements(&wide, &window).expect("statements").items.len() >= wanted);
    let kinds = Filter { statement_kinds: vec![StatementKind::Denial, StatementKind::Threat], ..filter };
    let some = store.statements(&kinds, &window).expect("statements").items;
    assert!(!some.is_empty() && some.iter().all(|one| one.kind == "denial" || one.kind == "threat"));
    let actor = store.actor(&name, None).expect("known");
    let naming =
        world().made.iter().filter(|one| one.reading.actors.iter().any(|actor| actor.name == name)).count();
    assert_eq!(actor.documents, naming as i64);
    assert!(matches!(store.actor("nobody of that name", None), Err(Error::Unknown { .. })));
    let history = Filter { area: Some(Area::Named(town(0))), ..Filter::default() };
    assert!(store.control(&history, &Window::first(Sort::Happened)).is_ok());
}
