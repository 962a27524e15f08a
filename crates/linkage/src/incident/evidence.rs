//! What speaks for and against two events telling one happening.

use watchkeeper_record::article::BlockKind;
use watchkeeper_record::codebook::{Category, Granularity, Precision, Realis};
use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::EventMention;
use watchkeeper_record::reading::{Event, Place, Time};
use watchkeeper_record::{Document, Mentions, Reading};

use super::kinship::{Kinship, kinship};
use crate::beside::trigger_head;
use crate::place::distance_km;

/// Places nearer than this may be one, in kilometres.
const SAME_PLACE_KM: f64 = 20.0;
/// Least score of a place that parts happenings by its distance.
const SURE_PLACE: f64 = 0.6;
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
    /// It stands in the headline.
    pub(crate) title: bool,
    /// Its own clause names where it was, in a phrase of place and not as the attribute of something.
    placed: bool,
    /// Its own clause names when it was.
    dated: bool,
    /// A noun whose own words name the day and where it was: `Tuesday's ambush near Marib`.
    told_in_full: bool,
    /// Who did it is known by name.
    named: bool,
    /// It is told as another one: `separately`, `elsewhere`.
    apart: bool,
    /// It is told by its distance from another one: `four days after a raid`.
    beside: bool,
    /// It is told with a weapon not told before, in the simple past: `A bomb killed two`.
    fresh_weapon: bool,
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
    /// `have died in the conflict`, `lost their lives in the war`.
    fn of_a_war(&self, doc: &Document) -> bool {
        let wars = [
            "war",
            "conflict",
            "insurgency",
            "rebellion",
            "unrest",
            "violence",
            "crisis",
            "campaign",
            "fighting",
        ];
        let prepositions = doc.children(self.head).iter().filter(|&&child| doc.token(child).dep == Dep::Prep);
        let mut objects = prepositions.flat_map(|&prep| doc.children(prep));
        objects.any(|&object| wars.contains(&doc.token(object).lemma.as_str()))
    }

    /// Whether this tells the losses of what was told just before: `A bomb hit a convoy near X. Two soldiers died.` No day, place or doer of its own,
    /// in the same sentence or the next of the same paragraph, where no losses were told before.
    pub(crate) fn is_aftermath_of(&self, doc: &Document, before: &[Telling<'_>]) -> bool {
        let losses = |event: &Event| event.toll.killed.is_some() || event.toll.wounded.is_some();
        let Some(last) = before.last() else { return false };
        losses(self.event)
            && self.event.realis == Realis::Actual
            && self.event.category == Category::Assault
            && self.event.background == last.event.background
            && self.event.actors.is_empty()
            && !(self.dated || self.placed || self.apart || self.lasting || last.lasting)
            && matches!(doc.token(self.head).dep, Dep::Root | Dep::Conj | Dep::Ccomp)
            && !self.of_a_war(doc)
            && self.block == last.block
            && (last.sentence..=last.sentence + 1).contains(&self.sentence)
            && before.iter().all(|telling| !losses(telling.event) && telling.event.realis == Realis::Actual)
    }

    pub(crate) fn new(
        doc: &'a Document,
        reading: &'a Reading,
        event: &'a Event,
        mention: &'a EventMention,
        mentions: &Mentions,
        beside: bool,
    ) -> Self {
        let head = trigger_head(doc, mention);
        let tok = doc.token(head);
        let block = doc.sentences()[mention.sentence as usize].block;
        let refers = called_so(doc, head) || accused_of(doc, head);
        let reference = if refers { Reference::Definite } else { reference(doc, head) };
        // `… died on Sunday, bringing the toll of the ambush to three`: only its own words date what a description points to.
        let subtree = doc.subtree(head);
        let own = |at: TokenIndex| reference != Reference::Definite || refers || subtree.contains(&at);
        let place = event.place.as_ref().and_then(|id| reading.places.get(position(id)?));
        let time = event.time.as_ref().and_then(|id| reading.times.get(position(id)?));
        let date = mention.time.and_then(|time| mentions.times.get(time as usize));
        let site = mention.places.first().and_then(|&place| doc_place(mentions, place));
        let day =
            time.is_some_and(|time| matches!(time.granularity, Granularity::Day | Granularity::Instant));
        Self {
            event,
            mention,
            place,
            time,
            sentence: mention.sentence,
            block,
            title: doc
                .article()
                .blocks
                .get(block as usize)
                .is_some_and(|block| block.kind == BlockKind::Title),
            placed: place.is_some_and(|place| place.lat.is_some())
                && site.as_ref().is_some_and(|site| own(site.start) && locates(doc, site)),
            dated: date.is_some_and(|date| own(date.tokens.start)) || beside && time.is_some(),
            told_in_full: tok.pos == Pos::Noun
                && day
                && date.is_some_and(|date| subtree.contains(&date.tokens.start))
                && site.is_some_and(|site| subtree.contains(&site.start)),
            named: event
                .actors
                .iter()
                .filter_map(|id| reading.actors.get(position(id)?))
                .any(|actor| actor.registry.is_some())
                && mention.actors.iter().any(|&phrase| {
                    let phrase = mentions.phrases.get(phrase as usize);
                    phrase.is_some_and(|phrase| doc.token(phrase.head).pos == Pos::Propn)
                }),
            apart: told_apart(doc, mention.sentence),
            beside,
            fresh_weapon: fresh_weapon(doc, head),
            head,
            governor: tok.head,
            reference,
            plural: tok.pos == Pos::Noun && tok.morph.contains("Number=Plur"),
            lasting: lasting(&tok.lemma),
            lemma: &tok.lemma,
        }
    }
}

/// `suspected of having thrown the bombs`: what somebody is accused of has been told, where no article makes it new.
fn accused_of(doc: &Document, head: TokenIndex) -> bool {
    if doc.token(head).pos != Pos::Verb || doc.token(head).dep != Dep::Pcomp {
        return false;
    }
    let prep = doc.token(head).head;
    let verb = doc.token(doc.token(prep).head);
    let known = |child: &TokenIndex| {
        let object = doc.token(*child);
        object.dep == Dep::Dobj
            && doc.children(*child).iter().any(|&word| doc.token(word).text.eq_ignore_ascii_case("the"))
    };
    matches!(verb.lemma.as_str(), "suspect" | "accuse" | "convict" | "guilty")
        && doc.children(head).iter().any(known)
}

impl Telling<'_> {
    /// Whether it counts what a longer time has seen, not one happening: `more than 5,000 people have been killed in the province this year`.
    pub(crate) fn is_sum(&self, doc: &Document) -> bool {
        let long = self.time.is_some_and(|time| {
            !matches!(time.granularity, Granularity::Instant | Granularity::Day | Granularity::Week)
                || time.start.is_some() && time.end.is_none()
        });
        let have = |&child: &TokenIndex| {
            doc.token(child).dep == Dep::Aux
                && matches!(doc.token(child).text.to_lowercase().as_str(), "have" | "has")
        };
        let losses = self.event.toll.killed.is_some() || self.event.toll.wounded.is_some();
        long && losses && self.reference != Reference::Definite && doc.children(self.head).iter().any(have)
    }

    /// Whether its own words tell when and where one happening was: `Tuesday's ambush near Marib`.
    pub(crate) fn is_when_and_where(&self) -> bool {
        self.told_in_full
            && self.placed
            && self.reference != Reference::Other
            && !self.lasting
            && !self.plural
    }

    /// Whether the trigger only points back to what was told: `the attack`.
    pub(crate) fn points_back(&self) -> bool {
        self.reference == Reference::Definite && !self.placed && !self.dated
    }
}

/// Whether the name of a place stands in a phrase of place, not as the attribute of something. `In Sopore gunmen killed`: parsers hang the town
/// that opens the clause on the noun after it.
fn locates(doc: &Document, tokens: &std::ops::Range<TokenIndex>) -> bool {
    let head = tokens.clone().find(|&at| !tokens.contains(&doc.token(at).head)).unwrap_or(tokens.start);
    let led = tokens.start.checked_sub(1).is_some_and(|before| {
        let word = doc.token(before);
        word.pos == Pos::Adp && matches!(word.text.to_lowercase().as_str(), "in" | "at" | "near" | "outside")
    });
    led || !matches!(doc.token(head).dep, Dep::Amod | Dep::Compound | Dep::Poss | Dep::Nmod)
}

fn doc_place(mentions: &Mentions, place: u32) -> Option<std::ops::Range<TokenIndex>> {
    mentions.places.get(place as usize).map(|place| place.tokens.clone())
}

/// Whether a verb in the simple past has a single indefinite bomb or grenade as its subject.
fn fresh_weapon(doc: &Document, head: TokenIndex) -> bool {
    let children = doc.children(head);
    doc.token(head).pos == Pos::Verb
        && !children.iter().any(|&child| doc.token(child).text.eq_ignore_ascii_case("had"))
        && children.iter().any(|&child| {
            let subject = doc.token(child);
            matches!(subject.dep, Dep::Nsubj | Dep::Nsubjpass)
                && matches!(
                    subject.lemma.as_str(),
                    "bomb" | "grenade" | "device" | "mine" | "rocket" | "shell" | "explosion"
                )
                && doc
                    .children(child)
                    .iter()
                    .any(|&word| matches!(doc.token(word).text.to_lowercase().as_str(), "a" | "an"))
        })
}

/// Whether the sentence begins as one on something else: `In a separate incident`, `Elsewhere`.
fn told_apart(doc: &Document, sentence: u32) -> bool {
    let tokens = doc.sentences()[sentence as usize].tokens.clone();
    tokens.take(6).any(|at| {
        matches!(
            doc.token(at).text.to_lowercase().as_str(),
            "separate" | "separately" | "elsewhere" | "meanwhile" | "another"
        )
    })
}

/// `It was the third attack this year`, `The shooting was the second attack`: a noun that says what was told before.
fn called_so(doc: &Document, head: TokenIndex) -> bool {
    let tok = doc.token(head);
    let verb = doc.token(tok.head);
    tok.dep == Dep::Attr
        && verb.lemma == "be"
        && doc.children(tok.head).iter().any(|&child| {
            let subject = doc.token(child);
            subject.dep == Dep::Nsubj
                && (matches!(subject.text.to_lowercase().as_str(), "it" | "this" | "that" | "these")
                    || subject.pos == Pos::Noun && reference(doc, child) == Reference::Definite)
        })
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
    /// Whether place or time speak against it, though not for certain.
    disagrees: bool,
    /// Which of the tellings compared spoke most for the join.
    pub(crate) with: usize,
}

/// Why two tellings can't be weighed.
enum Apart {
    /// A place or a day parts them for certain.
    Parted,
    /// Their types say nothing of each other.
    Foreign,
}

/// Weighs whether an event tells the happening of earlier ones; `None` when something parts them for certain or nothing ties them.
pub(crate) fn weigh(new: &Telling<'_>, cluster: &[Telling<'_>]) -> Option<Weight> {
    let count = cluster.len();
    let compared = (0..count).filter(|&index| index < COMPARED / 2 || index + COMPARED / 2 >= count);
    let mut best: Option<Weight> = None;
    let mut disagrees = false;
    for index in compared {
        let mut weight = match pair(new, &cluster[index]) {
            Ok(weight) => weight,
            Err(Apart::Foreign) => continue,
            Err(Apart::Parted) => return None,
        };
        weight.with = index;
        disagrees |= weight.disagrees;
        // A description at a distance means what the text is about.
        if new.reference == Reference::Definite {
            weight.sum += 0.2 * count.min(4) as f64;
        }
        if best.as_ref().is_none_or(|known| weight.sum > known.sum) {
            best = Some(weight);
        }
    }
    if let Some(best) = best.as_mut().filter(|_| disagrees && (new.placed || new.dated)) {
        best.sum -= 3.0;
    }
    best
}

/// Weighs two events.
fn pair(new: &Telling<'_>, old: &Telling<'_>) -> Result<Weight, Apart> {
    if new.event.realis != old.event.realis || new.event.background != old.event.background {
        return Err(Apart::Parted);
    }
    let mut weight = Weight { sum: 0.0, reasons: Vec::new(), disagrees: false, with: 0 };
    let mut add = |points: f64, reason: &'static str| {
        weight.sum += points;
        if points > 0.0 {
            weight.reasons.push(reason);
        }
    };
    let (Some(one), Some(other)) = (new.event.incident_type, old.event.incident_type) else {
        return Err(Apart::Foreign);
    };
    let distance = new.sentence.abs_diff(old.sentence);
    let sibling = distance == 0
        && (new.governor == old.head || old.governor == new.head || new.governor == old.governor);
    match kinship(one, other) {
        Kinship::Same => add(1.0, "same type"),
        Kinship::Compatible => add(0.3, "types that agree"),
        // `attacked the port with drones, setting a terminal on fire`
        Kinship::Foreign if sibling => {}
        Kinship::Foreign => return Err(Apart::Foreign),
    }
    let apart = |known: bool| if known { Err(Apart::Parted) } else { Ok(-2.0) };
    let (mut apart_by_place, mut apart_by_time) = (false, false);
    match places(new.place, old.place) {
        Some(Agreement::Same) if new.placed && old.placed => add(2.0, "same place"),
        Some(Agreement::Same) => add(0.6, "same place, of the surroundings"),
        Some(Agreement::Contains) => add(0.5, "one place in the other"),
        Some(Agreement::Unknown) => {}
        None => {
            apart_by_place = true;
            add(apart(new.placed && old.placed && sure(new.place) && sure(old.place))?, "");
        }
    }
    match times(new.time, old.time) {
        Some(Agreement::Same) if new.dated && old.dated => add(1.5, "same day"),
        Some(Agreement::Same) => add(0.5, "same day, of the surroundings"),
        Some(Agreement::Contains) => add(0.3, "times that agree"),
        Some(Agreement::Unknown) => {}
        None => {
            apart_by_time = true;
            add(apart(new.dated && old.dated)?, "");
        }
    }
    let agrees = !apart_by_place && !apart_by_time;
    match distance {
        0 if sibling => add(2.5, "clauses of one sentence"),
        0 => add(1.5, "same sentence"),
        1 if new.reference == Reference::Definite => add(0.5, "next sentence"),
        1 => add(1.0, "next sentence"),
        2 | 3 => add(0.5, "near in the text"),
        _ => {}
    }
    // Told on without a new place, day or article: the same scene.
    let scene =
        !new.placed && !new.dated && !matches!(new.reference, Reference::Indefinite | Reference::Other);
    if scene && !new.apart && distance <= 3 {
        add(0.8, "told on in the same scene");
    }
    // A new place in another paragraph, a weapon that is new: another scene.
    if new.placed
        && !old.placed
        && new.block != old.block
        && new.reference != Reference::Definite
        && !old.title
    {
        add(-1.0, "");
    }
    if new.fresh_weapon && distance > 0 && !old.title {
        add(-1.0, "");
    }
    if new.apart && distance > 0 && new.reference != Reference::Definite {
        add(-4.0, "");
    }
    // `It came four days after a grenade attack killed three`, and the other way round.
    if new.beside {
        add(-6.0, "");
    } else if old.beside && distance == 0 && new.reference != Reference::Definite {
        add(-4.0, "");
    }
    if old.title != new.title && distance <= 4 {
        add(1.5, "headline and lead");
    }
    match new.reference {
        Reference::Definite if (!new.plural || old.plural) && agrees => {
            add(if distance <= 3 { 3.5 } else { 3.0 }, "definite description");
            if new.lemma == old.lemma {
                add(0.7, "same word");
            }
        }
        Reference::Indefinite if distance > 0 && !old.title => add(-2.0, ""),
        Reference::Other => add(-5.0, ""),
        _ => {}
    }
    let titles = old.title != new.title;
    if new.plural != old.plural && new.reference != Reference::Definite && !titles {
        add(-1.0, "");
    }
    let sides = shared(&new.event.actors, &old.event.recipients) == Some(true)
        || shared(&new.event.recipients, &old.event.actors) == Some(true);
    match shared(&new.event.actors, &old.event.actors) {
        Some(true) => add(1.5, "same actor"),
        _ if sides => add(1.2, "two sides"),
        Some(false) if new.named && old.named => add(-2.0, ""),
        Some(false) => add(-0.3, ""),
        None => {}
    }
    if shared(&new.event.recipients, &old.event.recipients) == Some(true) {
        add(1.5, "same victims");
    }
    let killed =
        |telling: &Telling<'_>| telling.event.toll.killed.as_ref().and_then(|count| count.best.or(count.low));
    match (killed(new), killed(old)) {
        (Some(a), Some(b)) if a == b => add(2.0, "same number of deaths"),
        (Some(a), Some(b)) if new.reference != Reference::Definite && distance > 0 => {
            // A part of those told before is no other number.
            add(if a < b { -0.8 } else { -1.5 }, "");
        }
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
    weight.disagrees = !agrees;
    Ok(weight)
}

/// Whether a place is told apart from others of its name well enough to part happenings.
fn sure(place: Option<&Place>) -> bool {
    place.is_some_and(|place| place.score >= SURE_PLACE)
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
