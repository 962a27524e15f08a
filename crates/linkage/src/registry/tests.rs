use super::*;

pub(crate) fn shipped() -> Registry {
    macro_rules! tables {
        ($($name:literal)*) => { [$(($name, include_str!(concat!("../../../../data/", $name)))),*] };
    }
    let tables = tables![
        "registry/states.tsv" "registry/groups.tsv" "registry/organs.tsv" "registry/international.tsv" "registry/media.tsv"
        "registry/figures.tsv" "registry/organisations.tsv" "registry/office_holders.tsv" "registry/ucdp.tsv" "registry/communities.tsv" "registry/relations.tsv"
        "registry/ucdp_relations.tsv" "lexicon/en/agents.tsv" "lexicon/en/offices.tsv" "lexicon/en/body_words.tsv"
        "lexicon/en/actor_words.tsv"
    ];
    assert_eq!(tables.map(|(name, _)| name), TABLES);
    let archive = include_str!("../../../../data/registry/ministers.tsv");
    Registry::from_tables(&tables).expect("the shipped tables load").with_archive(archive)
}

fn keys(registry: &Registry, text: &str) -> Vec<String> {
    let pieces: Vec<Piece<'_>> =
        pieces_of(text).map(|(folded, case)| Piece { folded, case, token: 0 }).collect();
    registry
        .find(&pieces)
        .iter()
        .map(|hit| {
            let actors = hit.actors.iter().map(|(actor, _)| registry.actor(*actor).key.clone());
            let states = hit.states.iter().map(|(state, _)| registry.states()[*state as usize].iso3.clone());
            let people =
                hit.people.iter().map(|state| format!("{}+", registry.states()[*state as usize].iso3));
            let seats =
                hit.seats.iter().map(|(state, _)| format!("{}*", registry.states()[*state as usize].iso3));
            actors.chain(states).chain(people).chain(seats).collect::<Vec<_>>().join(" ")
        })
        .filter(|keys| !keys.is_empty())
        .collect()
}

#[test]
fn the_shipped_registry_is_large_enough() {
    let registry = shipped();
    let groups = registry.actors().iter().filter(|actor| actor.kind == ActorKind::ArmedGroup).count();
    assert!(groups >= 1000, "{groups} armed groups");
    assert!(registry.states().len() >= 195);
    assert!(registry.actors().iter().all(|actor| !actor.source.is_empty()));
}

#[test]
fn names_are_found_however_they_are_written() {
    let registry = shipped();
    for (text, expected) in [
        ("Da'esh and ISIS", vec!["islamic-state", "islamic-state"]),
        ("the Islamic State in the Greater Sahara", vec!["isgs"]),
        ("Jama’at Nusrat al-Islam wal Muslimin", vec!["jnim"]),
        ("Jamaat Nusrat al Islam wal-Muslimin", vec!["jnim"]),
        ("Kurdistan Workers’ Party", vec!["pkk"]),
        ("People's Protection Units", vec!["ypg"]),
        ("U.S. and French soldiers", vec!["USA", "FRA+"]),
        ("tell us more about it", vec![]),
        ("CPI (Maoist)", vec!["cpi-maoist"]),
        ("Sendero Luminoso", vec!["shining-path"]),
        ("Central African Republic", vec!["CAF"]),
        ("South Sudan", vec!["SSD"]),
        ("Farc and the Haqqani network", vec!["farc", "haqqani-network"]),
    ] {
        assert_eq!(keys(&registry, text), expected, "{text}");
    }
}

#[test]
fn a_users_table_is_merged_over_the_shipped_one() {
    let mut registry = shipped();
    let own = "key\tname\tkind\taliases\nnorth-valley-front\tNorth Valley Front\tarmed_group\tNVF\njnim\t\t\tThe Support Group of Ours\n";
    registry.add_table("mine.tsv", own).expect("a good table");
    assert_eq!(keys(&registry, "NVF and the Support Group of Ours"), ["north-valley-front", "jnim"]);
    assert_eq!(registry.actor(registry.by_key("jnim").expect("known")).country.as_deref(), Some("MLI"));
}

#[test]
fn errors_name_file_and_line() {
    let mut registry = Registry::default();
    for (text, message) in [
        ("", "no header line"),
        ("name\nFront\n", "no table of the registry has these columns"),
        ("key\tname\nnvf\n", "mine.tsv:2: 1 fields, but the header names 2 columns"),
        ("# c\nkey\tname\n\nNVF!\tFront\n", "mine.tsv:4: `NVF!` is not a key"),
        ("key\tname\tkind\nnvf\tFront\tarmy\n", "mine.tsv:2: `kind`: `army` is none of armed_group, state"),
        ("key\tname\tcountry\nnvf\tFront\tMali\n", "`Mali` is not an ISO"),
        ("key\tname\tstart\nnvf\tFront\t1.5.2020\n", "is not YYYY"),
        ("key\tname\nnvf\t\n", "a new actor needs a `name`"),
        ("from\tkind\tto\na\twing_of\tb\n", "no actor has the key `a`"),
    ] {
        let error = registry.add_table("mine.tsv", text).expect_err("a bad table").to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn any_text_has_pieces_and_marks_are_taken_off() {
    for text in [
        "",
        "'",
        "''''",
        "-–/",
        "U.S.",
        "a.b.c.d.e.f",
        "’s",
        "É\u{301}\u{301}",
        "\u{200b}\u{ad}",
        "日本 Δ ß İ",
    ] {
        assert!(pieces_of(text).all(|(piece, _)| !piece.is_empty() || !text.is_ascii()), "{text}");
    }
    let folded: Vec<String> =
        pieces_of("The People’s U.S. N'Djamena").map(|(piece, _)| piece.into_owned()).collect();
    assert_eq!(folded, ["the", "people", "s", "us", "ndjamena"]);
    assert_eq!(alias::parse("ISI~~@2006..2013"), ("ISI", Mark::Introduced));
    assert_eq!(alias::parse("IS~"), ("IS", Mark::Country));
    assert_eq!(alias::parse("a@b"), ("a@b", Mark::Plain));
}

#[test]
fn the_archive_is_sorted_by_the_keys_that_are_searched() {
    let text = include_str!("../../../../data/registry/ministers.tsv");
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("key\t"));
    let mut before = "";
    let (mut count, mut same) = (0, 0);
    for row in rows {
        let key = row.split('\t').next().unwrap_or_default();
        assert!(before <= key, "{before} before {key}");
        // Further spellings of a person have rows with the same name to show.
        let name = row.split('\t').nth(1).unwrap_or_default();
        let pieces: Vec<String> = pieces_of(name).map(|(piece, _)| piece.into_owned()).collect();
        same += usize::from(holders::spelling(&pieces) == key);
        before = key;
        count += 1;
    }
    assert!(
        count > 10_000 && same * 10 > count * 8,
        "the program makes the recipe's key of {same} of {count} names"
    );
    let registry = shipped();
    assert!(registry.holder_count() > 2000);
    let find = |name: &str| {
        let pieces: Vec<String> = pieces_of(name).map(|(piece, _)| piece.into_owned()).collect();
        registry.holders(&pieces).first().map(|holder| holder.name.clone())
    };
    assert!(find("Mamdouh Riyadh Tadros").is_some());
    assert_eq!(find("Tadros Riyadh Mamdouh"), None);
    assert_eq!(find("Sergey Lavrov").as_deref(), Some("Sergei Lavrov"));
}
