//! Invented documents with readings: towns, groups and words that don't exist, the same for the same seed.
//!
//! Shapes follow what the program reads out of an ordinary report of 150 to 400 words: four to nine actors, two to four places,
//! three to eight events, one to three incidents, statements, now and then relations and control. Words follow Zipf's law, so
//! that an index of words has its few very common and many rare entries.

#![allow(dead_code, reason = "each test uses its own part")]

use std::collections::BTreeMap;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{
    ActorKind, Category, Claim, ControlStatus, DateBasis, Granularity, IncidentType, PerpetratorKind,
    Polarity, Precision, Realis, RelationKind, StatementKind, TimeAnchor,
};
use watchkeeper_record::page::{Form, RawPage};
use watchkeeper_record::reading::{
    Actor, Candidate, Certainty, Control, Count, DocumentHead, Event, Incident, Perpetrator, Place,
    ProducedBy, PublishedRange, Reading, Relation, SCHEMA, SpeakerOf, Statement, Time, Toll, Victim,
};
use watchkeeper_record::span::{Quote, Span};

/// First day of the invented world: 2010-01-01.
pub(crate) const FIRST_DAY: i32 = 14_610;
/// Days it lasts.
pub(crate) const DAYS: u64 = 5_000;
/// Countries, by codes that ISO 3166-1 leaves to users.
pub(crate) const COUNTRIES: [&str; 20] = [
    "XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH", "XAI", "XAJ", "XAK", "XAL", "XAM", "XAN", "XAO",
    "XAP", "XAQ", "XAR", "XAS", "XAT",
];
const OUTLETS: u64 = 120;
const TOWNS: u64 = 6_000;
const GROUPS: u64 = 400;
const WORDS: u64 = 60_000;

/// A small generator of numbers (SplitMix64, Steele et al. 2014).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..below`.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    /// A number in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of `0..below`, small ones far more often: the rank of a word or place.
    pub(crate) fn zipf(&mut self, below: u64) -> u64 {
        let rank = ((below as f64).powf(self.unit()) - 1.0) as u64;
        rank.min(below - 1)
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// An invented word.
pub(crate) fn word(rank: u64) -> String {
    const START: [&str; 16] =
        ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "ch"];
    const VOWEL: [&str; 6] = ["a", "e", "i", "o", "u", "ai"];
    let mut dice = Dice(rank.wrapping_mul(0x5851_F42D_4C95_7F2D));
    let mut word = String::new();
    for _ in 0..2 + rank.min(3_000) / 1_000 {
        word += dice.of(&START);
        word += dice.of(&VOWEL);
    }
    word += ["", "n", "r", "s"][(rank % 4) as usize];
    word
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// Name of an invented town.
pub(crate) fn town(number: u64) -> String {
    capital(&word(1_000_000 + number * 7)) + "mar"
}

/// Name of an invented group.
pub(crate) fn group(number: u64) -> String {
    format!("{} Front", capital(&word(2_000_000 + number * 3)))
}

/// The group that this one is a wing of: of every eight groups the second to fourth belong to the first, the fifth to the second. So none
/// has more than four wings, those of its wings with them.
pub(crate) fn leader(number: u64) -> Option<u64> {
    match number % 8 {
        1..=3 => Some(number - number % 8),
        4 => Some(number - 3),
        _ => None,
    }
}

/// Name of an invented outlet.
pub(crate) fn outlet(number: u64) -> String {
    format!("The {} Courier", capital(&word(3_000_000 + number)))
}

/// Degrees north and east, country, and province of a town.
pub(crate) fn where_is(number: u64) -> (f64, f64, &'static str, String) {
    let country = (number % 20) as usize;
    let mut dice = Dice(number ^ 0xABCD);
    let (lat, lon) = ((country / 5) as f64 * 12.0 - 10.0, (country % 5) as f64 * 14.0 - 20.0);
    let province = number / 20 % 12;
    let lat = lat + (province / 4) as f64 * 3.0 + dice.unit() * 3.0;
    let lon = lon + (province % 4) as f64 * 3.0 + dice.unit() * 3.0;
    (lat, lon, COUNTRIES[country], format!("Province {province}"))
}

/// Builds one text and remembers where its parts stand.
struct Writer {
    text: String,
}

impl Writer {
    fn put(&mut self, words: &str) -> Span {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text += words;
        Span::from_range(start..self.text.len())
    }

    fn filler(&mut self, dice: &mut Dice, words: u64) {
        for at in 0..words {
            let one = word(dice.zipf(WORDS));
            self.put(&if at == 0 { capital(&one) } else { one });
        }
        self.text.push('.');
    }
}

/// One invented document.
pub(crate) struct Made {
    /// The page: plain text.
    pub(crate) page: RawPage,
    /// Its reading.
    pub(crate) reading: Reading<Quote>,
}

fn dice_of(seed: u64, number: u64) -> Dice {
    Dice(seed.wrapping_mul(0x1000_0000_01B3) ^ number.wrapping_mul(0x9E37_79B9))
}

/// The day on which document `number` was published, without making it.
pub(crate) fn published(seed: u64, number: u64) -> i32 {
    FIRST_DAY + dice_of(seed, number).below(DAYS) as i32
}

/// Makes document `number` of the world `seed`.
pub(crate) fn make(seed: u64, number: u64) -> Made {
    let mut dice = dice_of(seed, number);
    let published = FIRST_DAY + dice.below(DAYS) as i32;
    let dated = dice.below(20) != 0;
    let outlet_name = outlet(dice.zipf(OUTLETS));
    let mut out = Writer { text: String::new() };
    let home = dice.zipf(TOWNS);
    let title = format!("{} in {} {number}", capital(&word(dice.zipf(WORDS))), town(home));
    out.put(&title);
    out.text.push_str("\n\n");
    let mut reading = blank();
    let mut groups: Vec<u64> = Vec::new();
    for index in 0..4 + dice.below(5) {
        let drawn = dice.zipf(GROUPS);
        // A wing is now and then named together with what it is a wing of.
        let leads = groups.first().and_then(|first| leader(*first)).filter(|_| index == 1);
        let number = leads.filter(|_| drawn.is_multiple_of(4)).unwrap_or(drawn);
        groups.push(number);
        let span = out.put(&group(number));
        out.filler(&mut dice, 6);
        let listed = !number.is_multiple_of(3);
        reading.actors.push(Actor {
            id: format!("a{}", index + 1),
            name: group(number),
            kind: ActorKind::ArmedGroup,
            country: Some(COUNTRIES[(number % 20) as usize].to_owned()),
            sector: None,
            registry: listed.then(|| format!("group-{number}")),
            aliases: Vec::new(),
            private: false,
            role: None,
            mentions: vec![span],
            why: vec!["rule: a name that the registry has".to_owned()],
        });
    }
    let mut towns = Vec::new();
    for index in 0..2 + dice.below(3) {
        // Towns of a document lie in one country: 20 apart.
        let number = if index == 0 { home } else { (home % 20 + 20 * dice.below(TOWNS / 20)) % TOWNS };
        let span = out.put(&town(number));
        out.filler(&mut dice, 5);
        let (lat, lon, country, province) = where_is(number);
        reading.places.push(Place {
            id: format!("p{}", index + 1),
            name: town(number),
            geonames: Some(90_000_000 + number),
            wof: None,
            lat: Some(lat),
            lon: Some(lon),
            country: Some(country.to_owned()),
            admin1: Some(province),
            precision: Precision::Exact,
            radius_km: None,
            score: round(0.5 + dice.unit() / 2.0),
            candidates: vec![Candidate {
                geonames: Some(90_000_000 + number),
                wof: None,
                name: town(number),
                lat,
                lon,
                score: 0.9,
            }],
            mentions: vec![span],
            why: vec!["rank: largest of its name".to_owned()],
        });
        towns.push(number);
    }
    for index in 0..2 {
        let day = Date::from_days(published - dice.below(9) as i32 - index).expect("a day").to_string();
        let span = out.put(&format!("on {day}"));
        out.filler(&mut dice, 4);
        reading.times.push(Time {
            id: format!("t{}", index + 1),
            start: Some(day.clone()),
            end: Some(day.clone()),
            granularity: Granularity::Day,
            timex3: Some(day),
            anchor: TimeAnchor::Published,
            mentions: vec![span],
        });
    }
    let who =
        |dice: &mut Dice, reading: &Reading| format!("a{}", 1 + dice.below(reading.actors.len() as u64));
    let place =
        |dice: &mut Dice, reading: &Reading| format!("p{}", 1 + dice.below(reading.places.len() as u64));
    let incidents = 1 + dice.below(3);
    for index in 0..3 + dice.below(6) {
        let category = if index < incidents { Category::Assault } else { dice.of(Category::ALL) };
        let evidence = out.put("Fighters killed");
        let span = out.put(&format!("{} people", 1 + dice.zipf(200)));
        let filler = 8 + dice.below(10);
        out.filler(&mut dice, filler);
        let killed: u32 =
            span.of(&out.text).split(' ').next().and_then(|digits| digits.parse().ok()).expect("digits");
        let told = dice.below(2) == 0;
        let toll = Toll {
            killed: told.then_some(Count { low: Some(killed), best: Some(killed), high: Some(killed), span }),
            ..Toll::default()
        };
        let score = round(0.4 + dice.unit() * 0.6);
        let kind = dice.of(IncidentType::ALL);
        let at = place(&mut dice, &reading);
        let (actor, recipient) = (who(&mut dice, &reading), who(&mut dice, &reading));
        let time = format!("t{}", 1 + dice.below(2));
        reading.events.push(Event {
            id: format!("e{}", index + 1),
            category,
            mode: None,
            contexts: Vec::new(),
            incident_type: (category == Category::Assault).then_some(kind),
            trigger: evidence,
            actors: vec![actor.clone()],
            recipients: vec![recipient.clone()],
            place: Some(at.clone()),
            time: Some(time.clone()),
            weapons: Vec::new(),
            targets: Vec::new(),
            toll: toll.clone(),
            realis: if dice.below(10) < 8 { Realis::Actual } else { dice.of(Realis::ALL) },
            background: dice.below(10) == 0,
            asserted_by: None,
            score,
            why: vec!["frame kill.v nsubj+dobj".to_owned(), "role recipient: dobj people".to_owned()],
            evidence: vec![evidence.cover(span)],
        });
        if index < incidents {
            reading.incidents.push(Incident {
                id: format!("i{}", index + 1),
                r#type: Some(kind),
                events: vec![format!("e{}", index + 1)],
                place: Some(at),
                time: Some(time),
                perpetrators: vec![Perpetrator {
                    kind: PerpetratorKind::Organization,
                    actor: Some(actor),
                    spans: vec![evidence],
                    claim: Claim::Unknown,
                }],
                victims: vec![Victim { actor: Some(recipient), spans: vec![span], count: None }],
                targets: Vec::new(),
                weapons: Vec::new(),
                toll,
                why: Vec::new(),
                evidence: vec![evidence.cover(span)],
            });
        }
    }
    for index in 0..1 + dice.below(4) {
        let cue = out.put("said");
        let content = out.put(&format!("the {} was likely", word(dice.zipf(WORDS))));
        out.filler(&mut dice, 5);
        let (speaker, about) = (who(&mut dice, &reading), who(&mut dice, &reading));
        reading.statements.push(Statement {
            id: format!("s{}", index + 1),
            speaker: SpeakerOf { actor: Some(speaker), author: false, anonymous: false, span: None },
            kind: dice.of(StatementKind::ALL),
            cue,
            content,
            quoted: false,
            about: vec![about],
            threat: None,
            certainty: Some(Certainty {
                words: "likely".to_owned(),
                low: Some(0.55),
                high: Some(0.8),
                scale: Some("ICD 203".to_owned()),
            }),
            polarity: Polarity::Affirms,
            score: round(dice.unit()),
            why: vec!["verb said".to_owned()],
            evidence: vec![cue.cover(content)],
        });
    }
    if dice.below(3) == 0 {
        // Wings belong to few: else all groups would be wings of all.
        let mut tie = dice.of(RelationKind::ALL);
        let lasting = matches!(
            tie,
            RelationKind::WingOf | RelationKind::PartOf | RelationKind::AliasOf | RelationKind::FormerlyNamed
        );
        if lasting && leader(groups[0]) != Some(groups[1]) {
            tie = RelationKind::Opposes;
        }
        let evidence = out.put("a wing of the movement");
        out.filler(&mut dice, 4);
        reading.relations.push(Relation {
            id: "r1".to_owned(),
            kind: tie,
            from: "a1".to_owned(),
            to: "a2".to_owned(),
            realis: Realis::Actual,
            since: None,
            until: None,
            asserted_by: None,
            score: 0.8,
            why: vec!["pattern wing of".to_owned()],
            evidence: vec![evidence],
        });
    }
    if dice.below(4) == 0 {
        let evidence = out.put("took the town");
        out.filler(&mut dice, 4);
        reading.control.push(Control {
            id: "c1".to_owned(),
            place: place(&mut dice, &reading),
            holder: "a1".to_owned(),
            status: dice.of(ControlStatus::ALL),
            counterpart: Some("a2".to_owned()),
            time: Some("t1".to_owned()),
            realis: Realis::Actual,
            asserted_by: None,
            score: 0.8,
            why: vec!["verb took".to_owned()],
            evidence: vec![evidence],
        });
    }
    for _ in 0..3 + dice.below(8) {
        out.filler(&mut dice, 18);
    }
    let mut page =
        RawPage::new(format!("made/{seed}/{number}.txt"), Form::Text, out.text.clone().into_bytes());
    page.told.outlet = Some(outlet_name.clone());
    let day = Date::from_days(published).expect("a day").to_string();
    reading.document = DocumentHead {
        id: format!("{:064x}", number),
        origin: Some(page.origin.clone()),
        outlet: Some(outlet_name),
        title: Some(title),
        byline: Vec::new(),
        published: dated.then(|| PublishedRange { start: day.clone(), end: day, basis: DateBasis::Given }),
        language: "en".to_owned(),
        text: out.text,
        masked: Vec::new(),
    };
    Made { page, reading: reading.quoted() }
}

fn round(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

/// A reading of nothing.
pub(crate) fn blank() -> Reading {
    Reading {
        schema: SCHEMA.to_owned(),
        produced_by: ProducedBy {
            version: "0.0.0-synthetic".to_owned(),
            weights: vec!["none".to_owned()],
            options: BTreeMap::new(),
        },
        document: DocumentHead {
            id: String::new(),
            origin: None,
            outlet: None,
            title: None,
            byline: Vec::new(),
            published: None,
            language: "en".to_owned(),
            text: String::new(),
            masked: Vec::new(),
        },
        actors: Vec::new(),
        places: Vec::new(),
        times: Vec::new(),
        events: Vec::new(),
        relations: Vec::new(),
        control: Vec::new(),
        statements: Vec::new(),
        incidents: Vec::new(),
        diagnostics: Vec::new(),
    }
}
