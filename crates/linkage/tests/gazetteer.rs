//! The shipped gazetteer and the reader: names lead to places, foreign bytes to none, and nothing panics.

use proptest::prelude::*;
use watchkeeper_linkage::Gazetteer;
use watchkeeper_linkage::fold::{fold, loose};
use watchkeeper_linkage::gazetteer::{Extra, Kind, NameKind, Place, RowIndex};

const GAZETTEER: &[u8] = include_bytes!("../../../data/gazetteer/places.wkg");

fn gazetteer() -> Gazetteer {
    Gazetteer::open(GAZETTEER).expect("the shipped gazetteer opens")
}

/// Name, country, kind, and about where the first place of that kind and country lies.
#[test]
fn names_lead_to_places() {
    let gazetteer = gazetteer();
    for (name, country, kind, lat, lon) in [
        ("Deir ez-Zor", "SYR", Kind::Admin1, 35.3, 40.1),
        ("Dayr az Zawr", "SYR", Kind::Seat1, 35.3, 40.1),
        ("Kiev", "UKR", Kind::Capital, 50.5, 30.5),
        ("Kyiv", "UKR", Kind::Capital, 50.5, 30.5),
        ("Kharkov", "UKR", Kind::Seat1, 50.0, 36.2),
        ("Kamishly", "SYR", Kind::Seat2, 37.1, 41.2),
        ("Tal Abiad", "SYR", Kind::Seat2, 36.7, 38.9),
        ("Al Mawsil", "IRQ", Kind::Seat1, 36.3, 43.1),
        ("Laurel County", "USA", Kind::Admin2, 37.1, -84.1),
        ("W.Va.", "USA", Kind::Admin1, 38.6, -80.6),
        ("U.S.", "USA", Kind::Country, 39.8, -98.5),
        ("UAE", "ARE", Kind::Country, 24.0, 54.0),
        ("DRC", "COD", Kind::Country, 0.0, 25.0),
        ("NSW", "AUS", Kind::Admin1, -32.0, 148.0),
    ] {
        let hits = gazetteer.find_all(name);
        let places: Vec<Place<'_>> = hits.iter().filter_map(|hit| gazetteer.place(hit.row)).collect();
        let fits = |place: &&Place<'_>| {
            place.kind == kind && place.country.and_then(|country| gazetteer.iso3(country)) == Some(country)
        };
        let place = places.iter().find(fits);
        assert!(
            place.is_some(),
            "{name}: {:?}",
            places.iter().map(|place| (place.name, place.kind)).collect::<Vec<_>>()
        );
        let off = place.map(|place| (place.lat - lat).abs().max((place.lon - lon).abs()));
        assert!(off.is_some_and(|off| off < 2.0), "{name}: {place:?}");
    }
}

#[test]
fn words_for_people_and_postal_codes_lead_to_countries_and_units() {
    let gazetteer = gazetteer();
    let name =
        |row: Option<RowIndex>| row.and_then(|row| gazetteer.place(row)).map(|place| place.name.to_owned());
    for (word, place) in [
        ("Nigerien", "Niger"),
        ("Nigerian", "Nigeria"),
        ("Emirati", "United Arab Emirates"),
        ("Texan", "Texas"),
        ("Parisian", "Paris"),
    ] {
        assert_eq!(name(gazetteer.demonym_row(word)).as_deref(), Some(place), "{word}");
    }
    let usa = gazetteer.country("USA");
    assert!(usa.is_some() && gazetteer.demonym("Texan") == usa);
    assert_eq!(name(gazetteer.state_code("KY").first().copied()).as_deref(), Some("Kentucky"));
    assert_eq!(gazetteer.state_code("WA").len(), 2, "Washington and Western Australia");
    assert!(gazetteer.state_code("ky").is_empty(), "codes are in capitals");
    assert!(gazetteer.find("zzyrvantobad").is_empty());
    let like = gazetteer.near_spellings("Bakhmutt", 3);
    assert!(like.iter().any(|hit| gazetteer.place(hit.row).is_some_and(|place| place.name == "Bakhmut")));
}

/// Every row of the file can be read, and is found by its own main name.
#[test]
fn rows_are_whole() {
    let gazetteer = gazetteer();
    let count = u32::try_from(gazetteer.len()).expect("rows are numbered in 32 bits");
    assert!(count > 1_000_000);
    for row in (0..count).step_by(97).map(RowIndex) {
        let place = gazetteer.place(row).expect("a row");
        assert!(
            place.lat.is_nan()
                || (-90.0..=90.0).contains(&place.lat) && (-180.0..=180.0).contains(&place.lon)
        );
        let hits = gazetteer.find_spelled(place.name);
        assert!(
            hits.len() == 200 || hits.iter().any(|hit| hit.row == row && hit.name == NameKind::Main),
            "{row:?} {}",
            place.name
        );
        for unit in [place.admin1, place.admin2].into_iter().flatten() {
            let unit = gazetteer.place(unit).expect("a unit's row");
            assert!(matches!(unit.kind, Kind::Admin1 | Kind::Admin2) && unit.country == place.country);
        }
    }
}

#[test]
fn a_users_places_stand_beside_the_built_in_ones() {
    let gazetteer = gazetteer();
    let table = "# ours\nname\tlat\tlon\tcountry\tkind\tnames\n\
                 Tamarisk Depot\t33.4\t43.1\tIRQ\tsite\tDepot T.|Tamarisk\nGao\t16.27\t-0.04\tMLI\t\t\n";
    let before = gazetteer.find_spelled("Gao").len();
    let extra = Extra::parse(table, &gazetteer).expect("a good table");
    assert_eq!(extra.len(), 2);
    let gazetteer = gazetteer.with_extra(extra);
    let hit = gazetteer.find("depot t")[0];
    assert!(gazetteer.is_users(hit.row));
    assert_eq!(hit.name, NameKind::Alternate);
    let place = gazetteer.place(hit.row).expect("a place");
    assert_eq!((place.name, place.kind, place.lat), ("Tamarisk Depot", Kind::Site, 33.4));
    let gao = gazetteer.find_spelled("Gao");
    assert!(gazetteer.is_users(gao[0].row), "the user's Gao comes first");
    assert!(gao.len() <= before, "the town of Gao is the user's; others of the name stay");
}

#[test]
fn bad_rows_are_refused_with_line_and_column() {
    let gazetteer = gazetteer();
    for (table, told) in [
        ("", "line 1: no line that names the columns"),
        ("name\tlat\n", "line 1, column `lon`: missing"),
        ("name\tlat\tlon\tcolour\n", "line 1, column `colour`: not a column"),
        ("name\tlat\tlon\tlat\n", "line 1, column `lat`: named twice"),
        ("name\tlat\tlon\nA place\t91\t0\n", "line 2, column `lat`: `91` is no number from -90 to 90"),
        ("name\tlat\tlon\nA place\t9,1\t0\n", "line 2, column `lat`: `9,1` is no number"),
        ("name\tlat\tlon\nA place\tNaN\t0\n", "line 2, column `lat`: `NaN` is no number"),
        ("name\tlat\tlon\n\n#\nA place\t9\n", "line 4, column `lon`: `` is no number"),
        ("name\tlat\tlon\n!\t9\t0\n", "line 2, column `name`: `!` is no name"),
        ("name\tlat\tlon\tcountry\nA place\t9\t0\tXXX\n", "line 2, column `country`: `XXX` is no ISO"),
        ("name\tlat\tlon\tkind\nA place\t9\t0\tbar\n", "line 2, column `kind`: `bar` is no kind"),
        ("name\tlat\tlon\nA place\t9\t0\t7\n", "line 2: 4 cells, but 3 columns"),
    ] {
        let error = Extra::parse(table, &gazetteer).expect_err(told).to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

/// A part of the file large enough to hold every section's beginning, with every look-up the reader has.
fn look(bytes: Vec<u8>) {
    let Ok(gazetteer) = Gazetteer::open(bytes) else { return };
    for name in ["Gao", "san jose", "Kamishly", "x"] {
        for hit in gazetteer.find_all(name) {
            let _ = gazetteer.place(hit.row);
        }
    }
    let _ = gazetteer.demonym("Syrian");
    let _ = gazetteer.state_code("KY");
    for row in [0, 1, 500_000, u32::MAX] {
        let _ = gazetteer.place(RowIndex(row));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bytes_never_panic(
        cut in prop::option::of(0_usize..GAZETTEER.len()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 0..400),
    ) {
        let mut bytes = GAZETTEER[..cut.unwrap_or(GAZETTEER.len())].to_vec();
        let length = bytes.len();
        if length > 0 {
            for (index, byte, in_header) in flips {
                let at = index.index(if in_header { length.min(128) } else { length });
                bytes[at] = byte;
            }
        }
        // The magic stays, or little else is tried.
        for (byte, good) in bytes.iter_mut().zip(GAZETTEER.iter().take(8)) {
            *byte = *good;
        }
        look(bytes);
    }

    #[test]
    fn folding_is_settled_and_never_panics(name in "\\PC{0,40}") {
        let key = fold(&name);
        prop_assert_eq!(fold(&name), key.clone());
        prop_assert!(!key.starts_with(' ') && !key.ends_with(' ') && !key.contains("  "));
        prop_assert_eq!(loose(&key), loose(&key));
    }

    #[test]
    fn any_table_is_read_or_refused(table in "(name|lat|lon|names|kind|[\t\n#|a-z0-9.-]){0,60}") {
        let _ = Extra::parse(&table, &Gazetteer::empty());
    }
}
