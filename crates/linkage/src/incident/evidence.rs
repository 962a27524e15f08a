//! What speaks for and against two events telling one happening.

use watchkeeper_record::article::BlockKind;
use watchkeeper_record::codebook::{Granularity, IncidentType, Precision};
use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::EventMention;
use watchkeeper_record::reading::{Event, Place, Time};
use watchkeeper_record::{Document, Reading};

use crate::place::distance_km;

/// Places nearer than this may be one, in kilometres.
const SAME_PLACE_KM: f64 = 20.0;
/// How many tellings of a happening an event is compared with: the first and the last ones.
const COMPARED: usize = 6;

/// One event with what is needed to compare it.
#[derive(Debug)]
pub(crate) struct Telling<'a> {
    pub(crate) event: &'a Event,
    pub(crate) mention: &'a EventMention,
    pub(crate) place: Option<&'a Place>,
    pub(crate) time: Option<&'a Time>,
    sentence: u32,
    block: u32,
    title: bool,
    head: TokenIndex,
    governor: TokenIndex,
    reference: Reference,
    plural: bool,
    lasting: bool,
    lemma: &'a str,
}

/// How the trigger refers to its happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reference {
    /// A verb, or a noun without a determiner.
    Plain,
    /// `the attack`, `this blast`, `Tuesday's ambush`.
    Definite,
    /// `a bombing`.
    Indefinite,
    /// `another attack`, `a separate incident`, `a second blast`.
    Other,
}

impl<'a> Telling<'a> {
    pub(crate) fn new(
        doc: &'a Document,
        reading: &'a Reading,
        event: &'a Event,
        mention: &'a EventMention,
    ) -> Self {
        let head = mention
            .trigger
            .clone()
            .find(|&index| {
                !mention.trigger.contains(&doc.token(index).head) || doc.token(index).head == index
            })
            .unwrap_or(mention.trigger.start);
        let tok = doc.token(head);
        let block = doc.sentences()[mention.sentence as usize].block;
        Self {
            event,
            mention,
            place: event.place.as_ref().and_then(|id| reading.places.get(position(id)?)),
            time: event.time.as_ref().and_then(|id| reading.times.get(position(id)?)),
            sentence: mention.sentence,
            block,
            title: doc
                .article()
                .blocks
                .get(block as usize)
                .is_some_and(|block| block.kind == BlockKind::Title),
            head,
            governor: tok.head,
            reference: reference(doc, head),
            plural: tok.pos == Pos::Noun && tok.morph.contains("Number=Plur"),
            lasting: lasting(&tok.lemma),
            lemma: &tok.lemma,
        }
    }
}

/// The index of a record by its id, `p3` → 2.
fn position(id: &str) -> Option<usize> {
    id.get(1..)?.parse::<usize>().ok()?.checked_sub(1)
}

fn reference(doc: &Document, head: TokenIndex) -> Reference {
    let tok = doc.token(head);
    if !matches!(tok.pos, Pos::Noun | Pos::Propn) || lasting(&tok.lemma) {
        return Reference::Plain;
    }
    let mut found = Reference::Plain;
    for &child in doc.children(head) {
        let tok = doc.token(child);
        let word = tok.text.to_lowercase();
        match word.as_str() {
            "another" | "separate" | "second" | "third" | "other" | "further" | "similar" | "earlier"
            | "previous" | "subsequent" => {
                return Reference::Other;
            }
            "the" | "this" | "that" | "these" | "those" => found = Reference::Definite,
            "a" | "an" | "one" if found == Reference::Plain => found = Reference::Indefinite,
            _ if tok.dep == Dep::Poss => found = Reference::Definite,
            _ => {}
        }
    }
    found
}

/// Whether a noun names a state of affairs over many days.
fn lasting(lemma: &str) -> bool {
    include_str!("../../../../data/lexicon/en/incident_words.tsv").lines().any(|line| line == lemma)
}

/// A sum of reasons.
#[derive(Debug)]
pub(crate) struct Weight {
    pub(crate) sum: f64,
    pub(crate) reasons: Vec<&'static str>,
    /// Which of the tellings compared spoke most for the join.
    pub(crate) with: usize,
}

/// Weighs whether an event tells the happening of earlier ones; `None` when something parts them for certain.
pub(crate) fn weigh(new: &Telling<'_>, cluster: &[Telling<'_>]) -> Option<Weight> {
    let count = cluster.len();
    let compared = (0..count).filter(|&index| index < COMPARED / 2 || index + COMPARED / 2 >= count);
    let mut best: Option<Weight> = None;
    for index in compared {
        let mut weight = pair(new, &cluster[index])?;
        weight.with = index;
        // A description at a distance means what the text is about.
        if new.reference == Reference::Definite {
            weight.sum += 0.2 * count.min(4) as f64;
        }
        if best.as_ref().is_none_or(|known| weight.sum > known.sum) {
            best = Some(weight);
        }
    }
    best
}

/// Weighs two events; `None` when they can't be one happening.
fn pair(new: &Telling<'_>, old: &Telling<'_>) -> Option<Weight> {
    if new.event.realis != old.event.realis || new.event.background != old.event.background {
        return None;
    }
    let mut weight = Weight { sum: 0.0, reasons: Vec::new(), with: 0 };
    let mut add = |points: f64, reason: &'static str| {
        weight.sum += points;
        if points > 0.0 {
            weight.reasons.push(reason);
        }
    };
    let (one, other) = (new.event.incident_type?, old.event.incident_type?);
    match kinship(one, other) {
        Kinship::Same => add(1.0, "same type"),
        Kinship::Compatible => {}
        Kinship::Foreign => return None,
    }
    match places(new.place, old.place)? {
        Agreement::Same => add(2.0, "same place"),
        Agreement::Contains => add(0.5, "one place in the other"),
        Agreement::Unknown => {}
    }
    match times(new.time, old.time)? {
        Agreement::Same => add(1.5, "same day"),
        Agreement::Contains => add(0.3, "times that agree"),
        Agreement::Unknown => {}
    }
    let distance = new.sentence.abs_diff(old.sentence);
    let sibling = distance == 0
        && (new.governor == old.head || old.governor == new.head || new.governor == old.governor);
    match distance {
        0 if sibling => add(2.5, "clauses of one sentence"),
        0 => add(1.5, "same sentence"),
        1 => add(1.0, "next sentence"),
        2 | 3 => add(0.5, "near in the text"),
        _ => {}
    }
    if old.title != new.title && distance <= 4 {
        add(1.5, "headline and lead");
    }
    match new.reference {
        Reference::Definite if !new.plural || old.plural => {
            add(if distance <= 3 { 3.5 } else { 3.0 }, "definite description");
            if new.lemma == old.lemma {
                add(0.5, "same word");
            }
        }
        Reference::Indefinite if distance > 0 && !old.title => add(-2.0, ""),
        Reference::Other => add(-5.0, ""),
        _ => {}
    }
    if new.plural != old.plural && new.reference != Reference::Definite {
        add(-1.0, "");
    }
    match shared(&new.event.actors, &old.event.actors) {
        Some(true) => add(1.5, "same actor"),
        Some(false) if shared(&new.event.actors, &old.event.recipients) == Some(true) => {
            add(0.5, "two sides")
        }
        Some(false) => add(-1.5, ""),
        None => {}
    }
    match shared(&new.event.recipients, &old.event.recipients) {
        Some(true) => add(1.5, "same victims"),
        Some(false) if distance > 0 => add(-0.5, ""),
        _ => {}
    }
    let killed =
        |telling: &Telling<'_>| telling.event.toll.killed.as_ref().and_then(|count| count.best.or(count.low));
    match (killed(new), killed(old)) {
        (Some(a), Some(b)) if a == b => add(2.0, "same number of deaths"),
        (Some(_), Some(_)) if new.reference != Reference::Definite && distance > 0 => add(-1.5, ""),
        _ => {}
    }
    let weapons = |telling: &Telling<'_>| telling.event.weapons.first().map(|weapon| weapon.r#type);
    if weapons(new).is_some() && weapons(new) == weapons(old) {
        add(0.5, "same weapon");
    }
    if new.block != old.block && new.reference != Reference::Definite {
        add(-0.5, "");
    }
    // `the fighting` is no telling of one attack.
    if new.lasting != old.lasting && distance > 0 {
        add(-1.0, "");
    }
    Some(weight)
}

/// How two answers to one question agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    Same,
    Contains,
    Unknown,
}

/// `None`: different places.
fn places(one: Option<&Place>, other: Option<&Place>) -> Option<Agreement> {
    let (Some(one), Some(other)) = (one, other) else { return Some(Agreement::Unknown) };
    if one.id == other.id {
        let coarse = matches!(one.precision, Precision::Country | Precision::Region);
        return Some(if coarse { Agreement::Contains } else { Agreement::Same });
    }
    let (Some(a), Some(b)) = (point(one), point(other)) else { return Some(Agreement::Unknown) };
    for (outer, inner) in [(one, other), (other, one)] {
        let inside = match outer.precision {
            Precision::Country => outer.country == inner.country,
            Precision::Admin1 => outer.country == inner.country && outer.admin1 == inner.admin1,
            Precision::Admin2 => outer.country == inner.country && distance_km(a, b) < 120.0,
            Precision::Region => distance_km(a, b) < 400.0,
            Precision::Near => distance_km(a, b) <= outer.radius_km.unwrap_or(SAME_PLACE_KM) + SAME_PLACE_KM,
            Precision::Exact => false,
        };
        if inside {
            return Some(Agreement::Contains);
        }
    }
    (distance_km(a, b) <= SAME_PLACE_KM).then_some(Agreement::Contains)
}

fn point(place: &Place) -> Option<(f64, f64)> {
    Some((place.lat?, place.lon?))
}

/// `None`: different times.
fn times(one: Option<&Time>, other: Option<&Time>) -> Option<Agreement> {
    let (Some(one), Some(other)) = (one, other) else { return Some(Agreement::Unknown) };
    let ((Some(a), Some(b)), (Some(c), Some(d))) = ((&one.start, &one.end), (&other.start, &other.end))
    else {
        return Some(Agreement::Unknown);
    };
    // ISO days compare as text.
    if b < c || d < a {
        return None;
    }
    let fine = |time: &Time| matches!(time.granularity, Granularity::Day | Granularity::Instant);
    Some(if fine(one) && fine(other) { Agreement::Same } else { Agreement::Contains })
}

/// Whether two lists share a member; `None` when one is empty.
fn shared(one: &[String], other: &[String]) -> Option<bool> {
    (!one.is_empty() && !other.is_empty()).then(|| one.iter().any(|id| other.contains(id)))
}

/// How near two types of incident are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinship {
    Same,
    Compatible,
    Foreign,
}

fn kinship(one: IncidentType, other: IncidentType) -> Kinship {
    use IncidentType as I;
    if one == other {
        return Kinship::Same;
    }
    let family = |kind: I| match kind {
        I::Bombing | I::SuicideBombing => 1,
        I::Kidnapping | I::HostageTaking | I::Hijacking => 2,
        I::Airstrike | I::DroneStrike | I::Shelling => 3,
        I::ArmedAssault | I::FacilityAttack | I::Battle | I::Raid | I::Assassination | I::UnarmedAssault => 4,
        I::VehicleAttack => 5,
        I::Stabbing => 6,
        I::Arson => 7,
    };
    let any = |kind: I| matches!(kind, I::ArmedAssault | I::FacilityAttack);
    if family(one) == family(other) || any(one) || any(other) {
        return Kinship::Compatible;
    }
    match (family(one).min(family(other)), family(one).max(family(other))) {
        // A bomb in a battle or an assassination by bomb; people taken in a raid; ramming, then stabbing; fire set in a raid.
        (1, 4 | 5) | (2, 4) | (3, 4) | (4, 5..=7) | (5, 6) => Kinship::Compatible,
        _ => Kinship::Foreign,
    }
}
