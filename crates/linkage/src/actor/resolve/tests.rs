//! Own phrases and what they resolve to.

use super::*;
use crate::registry::tests::shipped;

fn check(registry: &Registry, phrase: &str, day: Option<(i32, u32, u32)>) -> (String, String) {
    let asked = Asked {
        phrase,
        date: day.and_then(|(year, month, day)| Date::new(year, month, day)),
        ..Asked::default()
    };
    let found = resolve(&asked, registry, &Gazetteer::empty());
    let sector = match (found.sector, found.sector2) {
        (Some(one), Some(two)) => format!("{one}+{two}"),
        (Some(one), None) => one.to_string(),
        _ => String::new(),
    };
    (found.country.unwrap_or_default(), sector)
}

#[test]
fn phrases_are_composed() {
    let registry = shipped();
    for (phrase, country, sector) in [
        ("Burkinabe soldiers", "BFA", "MIL"),
        ("the Peruvian interior minister", "PER", "GOV+COP"),
        ("dozens of Chadian refugees", "TCD", "REF"),
        ("a former Mossad officer", "ISR", "ELI"),
        ("spokesman for the Malian armed forces", "MLI", "MIL"),
        ("U.S.-backed rebels", "", "REB"),
        ("medical personnel", "", "MED"),
        ("state television in Eritrea", "ERI", "GOV+JRN"),
        ("Zambia", "ZMB", ""),
        ("six Fijians", "FJI", ""),
        ("a purple teapot", "", ""),
        ("Xavier Blotz", "", ""),
        ("South Ossetia", "GEO", "PRE"),
        ("they", "", "UNK"),
    ] {
        assert_eq!(check(&registry, phrase, None), (country.to_owned(), sector.to_owned()), "{phrase}");
    }
}

#[test]
fn no_phrase_breaks_it() {
    let registry = shipped();
    for phrase in
        ["", " ", ",", "of", "of of of", "'s", "’s's", "-", "–a–", "the the the", "(", "é́", "1 2 3 4"]
    {
        check(&registry, phrase, None);
    }
}
