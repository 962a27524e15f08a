//! The page and its map: well-formed, every link leads somewhere, nothing unescaped, nothing hidden shown, no country as a point.

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper_record::codebook::{ActorKind, Category, ControlStatus, Precision, Realis};
use watchkeeper_record::reading::{
    Actor, Candidate, Control, DocumentHead, Event, Incident, Place, ProducedBy, SCHEMA, Toll,
};
use watchkeeper_record::{Reading, Span};
use watchkeeper_report::Page;

const TEXT: &str = "Gunmen attacked a post near Ansongo. Rut Sandvik was hurt.";

fn reading(places: Vec<Place>, events: Vec<Event>) -> Reading {
    Reading {
        schema: SCHEMA.to_owned(),
        produced_by: ProducedBy {
            version: "0".to_owned(),
            weights: Vec::new(),
            options: BTreeMap::default(),
        },
        document: DocumentHead {
            id: "00".to_owned(),
            origin: None,
            outlet: None,
            title: Some("A <title> & \"more\"".to_owned()),
            byline: Vec::new(),
            published: None,
            language: "en".to_owned(),
            text: TEXT.to_owned(),
            masked: Vec::new(),
        },
        actors: Vec::new(),
        places,
        times: Vec::new(),
        events,
        relations: Vec::new(),
        control: Vec::new(),
        statements: Vec::new(),
        incidents: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn place(id: &str, name: &str, point: Option<(f64, f64)>, precision: Precision, country: &str) -> Place {
    Place {
        id: id.to_owned(),
        name: name.to_owned(),
        geonames: None,
        wof: None,
        lat: point.map(|(lat, _)| lat),
        lon: point.map(|(_, lon)| lon),
        country: (!country.is_empty()).then(|| country.to_owned()),
        admin1: None,
        precision,
        radius_km: None,
        score: 0.9,
        candidates: Vec::new(),
        mentions: vec![Span::new(28, 35)],
        why: vec!["a <reason>".to_owned()],
    }
}

fn event(id: &str, place: &str) -> Event {
    Event {
        id: id.to_owned(),
        category: Category::Assault,
        mode: None,
        contexts: Vec::new(),
        incident_type: None,
        trigger: Span::new(7, 15),
        actors: Vec::new(),
        recipients: Vec::new(),
        place: Some(place.to_owned()),
        time: None,
        weapons: Vec::new(),
        targets: Vec::new(),
        toll: Toll::default(),
        realis: Realis::Actual,
        background: false,
        asserted_by: None,
        score: 0.9,
        why: vec!["frame \"attack\" <v>".to_owned()],
        evidence: vec![Span::new(0, 36)],
    }
}

fn render(readings: &[Reading]) -> String {
    let page = Page { reveal_private: false }.render(readings);
    check(&page);
    page
}

/// Whether the page's body is well-formed, its ids are unique, its links lead somewhere, and it loads nothing.
fn check(page: &str) {
    let from = page.find("<main").expect("a page has a main part");
    let to = page.find("</main>").expect("the main part ends") + "</main>".len();
    let main = roxmltree::Document::parse(&page[from..to]).expect("the main part is well-formed");
    let mut ids = BTreeSet::new();
    for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.insert(id.to_owned()), "id {id} twice");
    }
    for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let target = link.strip_prefix('#').expect("links stay on the page");
        assert!(ids.contains(target), "no {target}");
    }
    for word in ["http:", "https:", "<script", "<img", "url(", "@import", "xlink"] {
        assert!(!page.contains(word), "the page holds {word}");
    }
    let headings: Vec<u32> = main
        .descendants()
        .filter_map(|node| node.tag_name().name().strip_prefix('h')?.parse().ok())
        .collect();
    for pair in headings.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "headings {headings:?} leave a level out");
    }
    for map in main
        .descendants()
        .filter(|node| node.attribute("class").is_some_and(|class| class.starts_with("map")))
    {
        if map.tag_name().name() == "svg" {
            let named: Vec<&str> = map.children().map(|node| node.tag_name().name()).collect();
            assert!(named.contains(&"title") && named.contains(&"desc"));
        }
    }
}

/// Class and place of the signs of the first map, at full size.
fn signs(page: &str) -> Vec<String> {
    let svg = page.split("<svg class=\"map").nth(1).unwrap_or_default();
    let svg = svg.split("<g class=\"large\">").nth(1).unwrap_or_default();
    let large = svg.split("<g class=\"small\">").next().unwrap_or_default();
    large.split("class=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn count(page: &str, class: &str) -> usize {
    signs(page).iter().filter(|sign| sign.starts_with(class)).count()
}

#[test]
fn a_country_is_an_outline_and_no_point() {
    let mali = place("p1", "Mali", Some((17.0, -4.0)), Precision::Country, "MLI");
    let page = render(&[reading(vec![mali], vec![event("e1", "p1")])]);
    assert_eq!(count(&page, "sign "), 0);
    assert_eq!(count(&page, "disc "), 0);
    assert!(page.contains("class=\"shade g-attack\""));
    assert_eq!(count(&page, "name "), 1);
    assert!(page.contains("known only to be in the country"));
    // A small one is ringed so that it is seen, and still no sign.
    let far = place("p2", "Kano", Some((12.0, 8.5)), Precision::Exact, "NGA");
    let gambia = place("p1", "Gambia", Some((13.4, -15.5)), Precision::Country, "GMB");
    let page = render(&[reading(vec![gambia, far], vec![event("e1", "p1"), event("e2", "p2")])]);
    assert_eq!(count(&page, "sign "), 1);
    assert!(page.contains("class=\"shade g-attack\""));
    // One that has no outline is listed.
    let nowhere = place("p1", "Nowhere", Some((1.0, 1.0)), Precision::Country, "QQQ");
    let page = render(&[reading(vec![nowhere], vec![event("e1", "p1")])]);
    assert!(!page.contains("<svg class=\"map") && page.contains("no outline of it here"));
}

#[test]
fn precision_gives_the_form() {
    let mut near = place("p2", "Ansongo", Some((15.67, 0.5)), Precision::Near, "MLI");
    near.radius_km = Some(20.0);
    near.candidates.push(Candidate {
        geonames: None,
        wof: None,
        name: "Ansongo".to_owned(),
        lat: 15.67,
        lon: 0.3,
        score: 0.9,
    });
    let places = vec![
        place("p1", "Gao", Some((16.27, -0.05)), Precision::Exact, "MLI"),
        near,
        place("p3", "Gao region", Some((16.9, 0.6)), Precision::Admin1, "MLI"),
        place("p4", "Ménaka circle", Some((15.9, 2.2)), Precision::Admin2, "MLI"),
    ];
    let events = vec![event("e1", "p1"), event("e2", "p2"), event("e3", "p3"), event("e4", "p4")];
    let page = render(&[reading(places, events)]);
    assert_eq!((count(&page, "sign "), count(&page, "disc within"), count(&page, "disc about")), (1, 1, 2));
    assert!(page.contains("21 km E of Ansongo</a> <span class=\"faint\">(within 20 km)"));
    assert!(page.contains("somewhere in the province") && page.contains("somewhere in the district"));
}

#[test]
fn events_at_one_place_are_one_mark_with_a_count() {
    let gao = place("p1", "Gao", Some((16.27, -0.05)), Precision::Exact, "MLI");
    let mut one = reading(vec![gao], vec![event("e1", "p1"), event("e2", "p1")]);
    one.control.push(Control {
        id: "c1".to_owned(),
        place: "p1".to_owned(),
        holder: "a1".to_owned(),
        status: ControlStatus::Holds,
        counterpart: None,
        time: None,
        realis: Realis::Actual,
        asserted_by: None,
        score: 0.9,
        why: Vec::new(),
        evidence: vec![Span::new(0, 6)],
    });
    one.actors.push(person("a1", "Gunmen", Span::new(0, 6), false));
    one.incidents.push(Incident {
        id: "i1".to_owned(),
        r#type: None,
        events: vec!["e1".to_owned(), "e2".to_owned()],
        place: Some("p1".to_owned()),
        time: None,
        perpetrators: Vec::new(),
        victims: Vec::new(),
        targets: Vec::new(),
        weapons: Vec::new(),
        toll: Toll::default(),
        why: Vec::new(),
        evidence: vec![Span::new(0, 36)],
    });
    let page = render(&[one]);
    assert_eq!((count(&page, "sign "), count(&page, "count ")), (1, 1));
    assert!(page.contains(">3</text>") && page.contains("class=\"sign g-attack\""));
    assert!(page.contains("href=\"#d0-p1-map\"") && page.contains("<a href=\"#d0-p1\" tabindex=\"-1\">"));
}

#[test]
fn what_did_not_happen_looks_otherwise() {
    let gao = place("p1", "Gao", Some((16.27, -0.05)), Precision::Exact, "MLI");
    let mut planned = event("e1", "p1");
    planned.realis = Realis::Planned;
    let page = render(&[reading(vec![gao], vec![planned])]);
    assert!(signs(&page).iter().any(|class| class == "sign g-unreal"));
    assert!(!page.contains("class=\"sign g-attack\""));
}

#[test]
fn no_place_gives_no_map_but_says_so() {
    let page = render(&[reading(Vec::new(), Vec::new())]);
    assert!(!page.contains("<svg") && page.contains("No map: "));
    let unknown = place("p1", "Zzyx <b>", None, Precision::Region, "");
    let page = render(&[reading(vec![unknown], vec![event("e1", "p1")])]);
    assert!(!page.contains("<svg") && page.contains("Zzyx &lt;b&gt;</a></span> (not in the gazetteer)"));
}

#[test]
fn foreign_words_are_escaped_everywhere() {
    let evil = "</text><script>x</script>\"'&\u{0}\u{1b}[31m";
    let mut all = Vec::new();
    for (number, precision) in Precision::ALL.iter().enumerate() {
        let lat = 10.0 + number as f64;
        all.push(place(&format!("p{number}"), evil, Some((lat, 10.0)), *precision, "NGA"));
    }
    let events = (0..all.len()).map(|number| event(&format!("e{number}"), &format!("p{number}"))).collect();
    let mut evil_reading = reading(all, events);
    evil_reading.document.title = Some(evil.to_owned());
    evil_reading.document.origin = Some(evil.to_owned());
    let other = evil_reading.clone();
    render(&[evil_reading, other]);
}

#[test]
fn points_that_are_none_are_listed() {
    let places = [f64::NAN, f64::INFINITY, 91.0, -1e300]
        .into_iter()
        .enumerate()
        .map(|(number, lat)| place(&format!("p{number}"), "X", Some((lat, 0.0)), Precision::Exact, "FRA"))
        .collect();
    assert!(!render(&[reading(places, Vec::new())]).contains("<svg"));
}

#[test]
fn the_antimeridian_does_not_tear_a_map() {
    let places = vec![
        place("p1", "Suva", Some((-18.1, 178.4)), Precision::Exact, "FJI"),
        place("p2", "Apia", Some((-13.8, -171.8)), Precision::Exact, "WSM"),
    ];
    let page = render(&[reading(places, vec![event("e1", "p1"), event("e2", "p2")])]);
    assert_eq!(count(&page, "sign "), 2);
    assert_eq!(page.matches("<svg class=\"map").count(), 1);
    assert!(page.contains("Mercator"));
}

#[test]
fn scattered_places_give_a_wide_view_and_clusters_a_second_map() {
    let one = |id: &str, lat: f64, lon: f64| place(id, id, Some((lat, lon)), Precision::Exact, "");
    let scattered = vec![one("p1", 40.0, -100.0), one("p2", -30.0, 20.0), one("p3", 35.0, 140.0)];
    let events = vec![event("e1", "p1"), event("e2", "p2"), event("e3", "p3")];
    let page = render(&[reading(scattered, events)]);
    assert!(page.contains("quirectangular") && page.matches("<svg class=\"map").count() == 1);
    assert_eq!(count(&page, "sign "), 3);
    let together = vec![one("p1", 34.0, 44.0), one("p2", 35.0, 45.0), one("p3", 40.0, -74.0)];
    let events = vec![event("e1", "p1"), event("e2", "p2"), event("e3", "p3")];
    let page = render(&[reading(together, events)]);
    assert!(page.contains("class=\"map overview\"") && page.contains("outside the first map"));
    assert_eq!(count(&page, "sign "), 2);
}

fn person(id: &str, name: &str, span: Span, private: bool) -> Actor {
    Actor {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: ActorKind::Person,
        country: None,
        sector: None,
        registry: None,
        aliases: Vec::new(),
        private,
        role: None,
        mentions: vec![span],
        why: Vec::new(),
    }
}

#[test]
fn private_names_stay_hidden_on_the_map() {
    let mut private = reading(
        vec![
            place("p1", "Sandvik", None, Precision::Region, ""),
            place("p2", "Skien", Some((59.2, 9.6)), Precision::Exact, "NOR"),
        ],
        vec![event("e1", "p1"), event("e2", "p2")],
    );
    private.actors.push(person("a1", "Rut Sandvik", Span::new(37, 48), true));
    let page = render(&[private.clone()]);
    assert!(!page.contains("Sandvik") && page.contains("[name hidden]</a></span> (not in the gazetteer)"));
    assert!(Page { reveal_private: true }.render(&[private]).contains("Sandvik"));
}

#[test]
fn only_events_are_tab_stops_in_the_text() {
    let gao = place("p1", "Ansongo", Some((16.27, -0.05)), Precision::Exact, "MLI");
    let page = render(&[reading(vec![gao], vec![event("e1", "p1")])]);
    let text = page.split("<div class=\"text\">").nth(1).and_then(|rest| rest.split("</div>").next());
    let text = text.expect("the page has the text");
    let links: Vec<&str> = text.split("<a ").skip(1).filter_map(|rest| rest.split('>').next()).collect();
    assert_eq!(links.len(), 2);
    assert_eq!(links.iter().filter(|link| !link.contains("tabindex=\"-1\"")).count(), 1);
}

#[test]
fn a_page_is_the_same_every_time_and_no_giant() {
    let many: Vec<Place> = (0..2_000)
        .map(|number| {
            let (lat, lon) = (f64::from(number % 140) - 60.0, f64::from(number % 359) - 179.0);
            place(
                &format!("p{number}"),
                &format!("Place {number}"),
                Some((lat, lon)),
                Precision::ALL[number as usize % 6],
                "RUS",
            )
        })
        .collect();
    let events = (0..2_000).map(|number| event(&format!("e{number}"), &format!("p{number}"))).collect();
    let many = [reading(many, events)];
    let page = render(&many);
    assert_eq!(page, render(&many));
    let map = page.split("<section class=\"where\"").nth(1).and_then(|rest| rest.split("</figure>").next());
    let map = map.expect("the page has a map");
    assert!(map.len() < 600_000, "{}", map.len());
    let one = place("p1", "Gao", Some((16.27, -0.05)), Precision::Exact, "MLI");
    let page = render(&[reading(vec![one], vec![event("e1", "p1")])]);
    assert!(page.len() < 40_000, "{}", page.len());
}
