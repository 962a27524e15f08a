//! Sentences of the kinds that reports are made of, and what a reading must say of them: where, when, how many.

use watchkeeper_pipeline::{Engine, Gathered, ReadOptions};
use watchkeeper_record::Reading;
use watchkeeper_record::page::{Form, RawPage, Told};

fn read(engine: &Engine, text: &str) -> Reading {
    let mut page = RawPage::new("report.txt", Form::Text, text.as_bytes().to_vec());
    page.told = Told { published: Some("2021-03-12".parse().expect("a day")), ..Told::default() };
    let gathered = Gathered { page, remarks: Vec::new() };
    engine.worker().read_page(gathered, &ReadOptions::default()).expect("it is text").reading
}

/// Each incident: its place, its first day, its deaths.
fn incidents(reading: &Reading) -> Vec<(String, String, Option<u32>)> {
    let place = |id: &Option<String>| {
        let place = reading.places.iter().find(|place| Some(&place.id) == id.as_ref());
        place.map_or(String::new(), |place| place.name.clone())
    };
    let day = |id: &Option<String>| {
        let time = reading.times.iter().find(|time| Some(&time.id) == id.as_ref());
        time.and_then(|time| time.start.clone()).unwrap_or_default()
    };
    let told = reading.incidents.iter();
    told.map(|one| (place(&one.place), day(&one.time), one.toll.killed.as_ref().and_then(|count| count.best)))
        .collect()
}

#[test]
fn where_when_and_how_many() {
    let engine = Engine::embedded().expect("the embedded data are whole");
    for (text, expected) in [
        // A part of a count is not added to it.
        (
            "A car bomb exploded in Baidoa on Tuesday, killing 11 people, seven of them police officers.",
            vec![("Baidoa", "2021-03-09", Some(11))],
        ),
        // A happening told by its distance from another has its own day.
        (
            "A car bomb killed six people in Baidoa on Tuesday. It came four days after gunmen killed two traders in Afgooye.",
            vec![("Baidoa", "2021-03-09", Some(6)), ("Afgooye", "2021-03-05", Some(2))],
        ),
        // What somebody died of later is no other happening.
        (
            "A mayor died in Baidoa on Tuesday, two days after gunmen shot him.",
            vec![("Baidoa", "2021-03-09", Some(1))],
        ),
        // A vehicle that hits a mine; a time that ends a relative clause.
        (
            "Nine people died when a minibus hit a landmine near Kantchari on Monday.",
            vec![("Kantchari", "2021-03-08", Some(9))],
        ),
        // Two towns in one sentence.
        (
            "In Pulwama gunmen shot dead two policemen on Tuesday; in Sopore militants killed a councillor.",
            vec![("Pulwama", "2021-03-09", Some(2)), ("Sopore", "", Some(1))],
        ),
        // The capital, and a village that no gazetteer knows.
        (
            "A bomb in the Malian capital killed four soldiers on Tuesday.",
            vec![("Bamako", "2021-03-09", Some(4))],
        ),
        ("Fighters killed 13 people in Otomabere on Tuesday.", vec![("Otomabere", "2021-03-09", Some(13))]),
        // Sums over a time are no incident.
        ("More than 5,400 people have been killed in Mali this year, a monitoring group said.", vec![]),
        ("Some 300 soldiers have been killed in Mali since January.", vec![]),
        ("Twelve people have been killed in Gao this week.", vec![("Gao", "2021-03-08", Some(12))]),
        (
            "Gunmen attacked the provincial capital on Tuesday and killed two guards.",
            vec![("", "2021-03-09", Some(2))],
        ),
    ] {
        let reading = read(&engine, text);
        let found = incidents(&reading);
        let expected: Vec<(String, String, Option<u32>)> = expected
            .into_iter()
            .map(|(place, day, killed)| (place.to_owned(), day.to_owned(), killed))
            .collect();
        assert_eq!(
            found,
            expected,
            "{text}\n{:#?}",
            reading.events.iter().map(|event| &event.why).collect::<Vec<_>>()
        );
    }
}
