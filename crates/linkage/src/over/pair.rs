//! What speaks for and against two accounts telling of one happening.

use std::fmt;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Claim, IncidentType, Precision};
use watchkeeper_record::incident::{Account, Figure, Party, Whereabouts};

use crate::incident::kinship::{Kinship, kinship};
use crate::place::distance_km;

/// What two accounts weigh that contradict each other in what no report mistakes.
pub(super) const APART: f64 = -6.0;

/// The weight of a pair, and the reasons in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Sum of the reasons' weights.
    pub sum: f64,
    /// In words, what weighs most first.
    pub reasons: Vec<String>,
}

/// What the whole texts of two reports say of whether they tell of one happening ([`merge`](crate::merge) judges them; the caller keeps them).
pub trait Likeness {
    /// The probability, 0..=1, that the two accounts' reports tell of one happening; `None` where the texts aren't at hand.
    /// Symmetric, and a function of the two reports alone.
    fn probability(&self, one: &Account, other: &Account) -> Option<f64>;

    /// Told of pairs that will be asked for, so that they can be judged together, on several threads.
    fn prepare(&self, _pairs: &[(&Account, &Account)]) {}
}

/// Where no texts are at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTexts;

impl Likeness for NoTexts {
    fn probability(&self, _: &Account, _: &Account) -> Option<f64> {
        None
    }
}

/// Share of the logit that the texts' likeness weighs, and what it weighs at least and at most.
const TEXTS_SHARE: f64 = 0.8;
const TEXTS_LEAST: f64 = -1.0;
const TEXTS_MOST: f64 = 3.5;
/// The weight of all that speaks against a pair below which its texts aren't looked at: they couldn't make it one happening.
const TEXTS_FROM: f64 = -1.0;

/// Collects reasons; the sum doesn't depend on who is first.
#[derive(Default)]
struct Scale {
    sum: f64,
    apart: bool,
    /// Whether reasons are put into words.
    worded: bool,
    reasons: Vec<(f64, String)>,
}

impl Scale {
    fn add(&mut self, weight: f64, words: impl fmt::Display) {
        self.sum += weight;
        if self.worded {
            self.reasons.push((weight, words.to_string()));
        }
    }

    /// A contradiction that parts whatever else agrees.
    fn part(&mut self, words: impl fmt::Display) {
        self.apart = true;
        self.add(APART, words);
    }

    /// What it weighs in all.
    fn total(&self) -> f64 {
        if self.apart { self.sum.min(APART) } else { self.sum }
    }

    fn weight(mut self) -> Weight {
        let sum = self.total();
        self.reasons
            .sort_by(|one, other| other.0.abs().total_cmp(&one.0.abs()).then_with(|| one.1.cmp(&other.1)));
        let words = self.reasons.into_iter().map(|(_, words)| words);
        Weight { sum, reasons: words.filter(|words| !words.is_empty()).collect() }
    }
}

/// Weighs two accounts. Symmetric: the order of the two changes nothing.
#[must_use]
pub fn weigh(one: &Account, other: &Account, texts: &dyn Likeness) -> Weight {
    let mut scale = Scale { worded: true, ..Scale::default() };
    put(one, other, texts, TEXTS_FROM, &mut scale);
    scale.weight()
}

/// The sum that [`weigh`] gives, without putting reasons into words.
pub(super) fn sum(one: &Account, other: &Account, texts: &dyn Likeness) -> f64 {
    let mut scale = Scale::default();
    put(one, other, texts, TEXTS_FROM, &mut scale);
    scale.total()
}

/// The sum that [`weigh`] gives where it reaches `least`. Texts that couldn't make it so aren't looked at.
pub(super) fn reaching(least: f64, one: &Account, other: &Account, texts: &dyn Likeness) -> Option<f64> {
    let mut scale = Scale::default();
    // A hair less: sums are rounded.
    put(one, other, texts, TEXTS_FROM.max(least - TEXTS_MOST - 1e-9), &mut scale);
    Some(scale.total()).filter(|sum| *sum >= least)
}

/// Whether [`reaching`] asks for the texts of two accounts.
pub(super) fn asks_texts(least: f64, one: &Account, other: &Account) -> bool {
    struct Asked(std::cell::Cell<bool>);
    impl Likeness for Asked {
        fn probability(&self, _: &Account, _: &Account) -> Option<f64> {
            self.0.set(true);
            None
        }
    }
    let asked = Asked(std::cell::Cell::new(false));
    put(one, other, &asked, TEXTS_FROM.max(least - TEXTS_MOST - 1e-9), &mut Scale::default());
    asked.0.get()
}

/// Puts on the scale what speaks for and against two accounts; their texts where the rest weighs `from` and more.
fn put(one: &Account, other: &Account, texts: &dyn Likeness, from: f64, scale: &mut Scale) {
    let (one, other) =
        if (one.known, &one.id) <= (other.known, &other.id) { (one, other) } else { (other, one) };
    let shared = shared_words(&one.words, &other.words);
    times(one, other, scale);
    places(one.place.as_ref(), other.place.as_ref(), scale);
    kinds(one.kind, other.kind, scale);
    parties(one, other, scale);
    tolls(one, other, scale);
    if shared >= 0.3 {
        scale.add(
            ((shared - 0.2) * 2.5).min(1.5),
            format_args!("{:.0} % of the words of evidence", shared * 100.0),
        );
    }
    if one.targets.iter().any(|target| other.targets.contains(target)) {
        scale.add(0.3, "same kind of target");
    } else if !one.targets.is_empty() && !other.targets.is_empty() {
        scale.add(-0.3, "different kinds of target");
    }
    if one.weapons.iter().any(|weapon| other.weapons.contains(weapon)) {
        scale.add(0.3, "same kind of weapon");
    }
    if one.document == other.document {
        scale.add(-2.5, "told apart in one report");
    } else if one.story == other.story && shared >= 0.5 {
        scale.add(4.0, "copies of one story");
    }
    if one.document != other.document && !scale.apart && scale.sum >= from {
        alike(one, other, texts.probability(one, other), scale);
    }
}

/// What the likeness of whole texts weighs: less than its logit, since a text tells of more than one happening.
///
/// Reports of like happenings are alike too: texts that are far apart in time say little for one happening where neither gives its day.
fn alike(one: &Account, other: &Account, probability: Option<f64>, scale: &mut Scale) {
    let Some(probability) = probability else { return };
    let one_day =
        one.time.zip(other.time).is_some_and(|(a, b)| gap(a, b) == 0 && length(a).max(length(b)) <= 31);
    let near = match (one.known.days() - other.known.days()).abs() {
        _ if one_day || !one.dated || !other.dated => 1.0,
        0..=3 => 1.0,
        4..=14 => 0.5,
        _ => 0.25,
    };
    let bounded = probability.clamp(0.001, 0.999);
    let weight = ((bounded / (1.0 - bounded)).ln() * TEXTS_SHARE).clamp(TEXTS_LEAST, TEXTS_MOST);
    let weight = if weight > 0.0 { weight * near } else { weight };
    let likeness = if probability >= 0.5 { "alike" } else { "unlike" };
    scale.add(weight, format_args!("texts {likeness} ({:.0} %)", probability * 100.0));
}

/// How much of the smaller set of words the larger one holds, 0..=1; 0 where there are too few to tell.
fn shared_words(one: &[u64], other: &[u64]) -> f64 {
    let smaller = one.len().min(other.len());
    if smaller < 4 {
        return 0.0;
    }
    let (mut at, mut both) = (0, 0usize);
    for word in one {
        while other.get(at).is_some_and(|next| next < word) {
            at += 1;
        }
        both += usize::from(other.get(at) == Some(word));
    }
    both as f64 / smaller as f64
}

/// Days between two ranges; 0 where they touch.
fn gap(one: (Date, Date), other: (Date, Date)) -> i32 {
    (other.0.days() - one.1.days()).max(one.0.days() - other.1.days()).max(0)
}

fn length(range: (Date, Date)) -> i32 {
    range.1.days() - range.0.days() + 1
}

fn times(one: &Account, other: &Account, scale: &mut Scale) {
    let refers = one.refers.as_ref().or(other.refers.as_ref());
    match (one.time, other.time) {
        (Some(a), Some(b)) => {
            let (apart, longest) = (gap(a, b), length(a).max(length(b)));
            match (apart, longest) {
                (0, 1) => scale.add(2.5, "same day"),
                (0, 2..=7) => scale.add(1.4, "same days"),
                (0, 8..=31) => scale.add(0.9, "same month or so"),
                (0, _) => scale.add(0.3, "a span of time that holds both"),
                (1, _) => scale.add(-1.0, "1 day apart"),
                (2, _) => scale.add(-3.0, "2 days apart"),
                (days, _) => scale.part(format_args!("{days} days apart")),
            }
            if let Some(words) = refers.filter(|_| apart == 0) {
                scale.add(0.8, format_args!("“{words}”"));
            }
        }
        (Some(time), None) | (None, Some(time)) => {
            let undated = if one.time.is_none() { one } else { other };
            // A report is of the days before it, unless it tells history.
            let before = undated.known.days() - time.1.days();
            match before {
                _ if undated.background => {}
                // The day on which a report without a date was added says only that it isn't older than what it tells of.
                days if !undated.dated && days >= -1 => {}
                -1..=3 => scale.add(0.6, format_args!("reported within {} days of it", before.max(0) + 1)),
                4..=10 => scale.add(-0.2, format_args!("reported {before} days after it")),
                11..=40 => scale.add(-0.5, format_args!("reported {before} days after it")),
                days if days < -1 => scale.part("reported before it"),
                days => scale.add(-2.5, format_args!("reported {days} days after it")),
            }
        }
        (None, None) => {
            let days = (one.known.days() - other.known.days()).abs();
            match days {
                _ if one.background || other.background || !one.dated || !other.dated => {}
                0..=3 => scale.add(0.5, "reported within 3 days"),
                4..=14 => {}
                _ => scale.add(-2.0, format_args!("reported {days} days apart")),
            }
        }
    }
}

/// How far from its point a place may be, km.
pub(super) fn reach(place: &Whereabouts) -> f64 {
    match place.precision {
        Precision::Exact => 4.0,
        Precision::Near => place.radius_km.unwrap_or(15.0).max(10.0),
        Precision::Admin2 => place.radius_km.unwrap_or(40.0),
        Precision::Admin1 => place.radius_km.unwrap_or(120.0),
        Precision::Region => place.radius_km.unwrap_or(300.0),
        Precision::Country => place.radius_km.unwrap_or(500.0),
    }
}

fn places(one: Option<&Whereabouts>, other: Option<&Whereabouts>, scale: &mut Scale) {
    let (Some(one), Some(other)) = (one, other) else { return };
    let name = if one.name <= other.name { &one.name } else { &other.name };
    let sure = one.score.min(other.score) >= 0.6;
    let unlike = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    if one.is_fine() && other.is_fine() {
        let km = one.point().zip(other.point()).map_or(f64::INFINITY, |(a, b)| distance_km(a, b));
        if one.geonames.is_some() && one.geonames == other.geonames || km < 1.0 {
            scale.add(3.0, format_args!("same town ({name})"));
        } else if km <= 6.0 + reach(one) + reach(other) {
            scale.add(2.0, format_args!("{km:.0} km apart"));
        } else if km <= 60.0 || !sure {
            scale.add(-1.5, format_args!("{km:.0} km apart"));
        } else {
            scale.part(format_args!("{km:.0} km apart"));
        }
        return;
    }
    if unlike(&one.country, &other.country) {
        return if sure { scale.part("different countries") } else { scale.add(-2.0, "different countries") };
    }
    let country = [one, other].iter().any(|place| place.precision == Precision::Country);
    if !country && one.admin1.is_some() && one.admin1 == other.admin1 && one.country == other.country {
        let unit = one.admin1.as_deref().unwrap_or_default();
        return scale.add(1.0, format_args!("within {unit}"));
    }
    if country && one.country.is_some() && one.country == other.country {
        return scale.add(0.6, format_args!("within {}", one.country.as_deref().unwrap_or_default()));
    }
    match one.point().zip(other.point()).map(|(a, b)| distance_km(a, b)) {
        Some(km) if km <= reach(one).max(reach(other)) => {
            scale.add(0.5, format_args!("{km:.0} km apart, within reach"))
        }
        Some(km) => scale.add(-1.5, format_args!("{km:.0} km apart")),
        None => {}
    }
}

fn kinds(one: Option<IncidentType>, other: Option<IncidentType>, scale: &mut Scale) {
    let (Some(one), Some(other)) = (one, other) else { return };
    match kinship(one, other) {
        Kinship::Same => scale.add(1.2, format_args!("both {}", one.as_str().replace('_', " "))),
        Kinship::Compatible => {
            let (first, second) = (one.as_str().min(other.as_str()), one.as_str().max(other.as_str()));
            scale.add(0.7, format_args!("{} and {}", first.replace('_', " "), second.replace('_', " ")));
        }
        Kinship::Foreign => {
            let (first, second) = (one.as_str().min(other.as_str()), one.as_str().max(other.as_str()));
            scale.add(-2.5, format_args!("{} is not {}", first.replace('_', " "), second.replace('_', " ")));
        }
    }
}

/// The named ones of a list.
fn named(parties: &[Party]) -> Vec<&Party> {
    parties.iter().filter(|party| party.key.is_some()).collect()
}

fn both<'p>(one: &[&'p Party], other: &[&Party]) -> Option<&'p Party> {
    one.iter()
        .copied()
        .filter(|party| other.iter().any(|second| second.key == party.key))
        .min_by(|a, b| a.name.cmp(&b.name))
}

fn shown(party: &Party) -> &str {
    if party.private { "a private person" } else { &party.name }
}

fn parties(one: &Account, other: &Account, scale: &mut Scale) {
    let (a, b) = (named(&one.perpetrators), named(&other.perpetrators));
    if let Some(party) = both(&a, &b) {
        scale.add(1.5, format_args!("both name {}", shown(party)));
    } else if !a.is_empty() && !b.is_empty() {
        let sure = |parties: &[&Party]| parties.iter().any(|party| party.claim == Claim::Confirmed);
        // Who did it is what reports disagree on.
        let (weight, words) =
            if sure(&a) && sure(&b) { (-1.2, "different perpetrators") } else { (-0.4, "different accused") };
        scale.add(weight, words);
    } else {
        scale.add(0.0, "actors compatible");
    }
    let (a, b) = (named(&one.victims), named(&other.victims));
    if let Some(party) = both(&a, &b) {
        // Armies and police are hit every day, a person or people with a name of their own seldom twice.
        let own = party.key.as_ref().is_some_and(|key| key.starts_with('~'));
        scale.add(if own { 1.2 } else { 0.7 }, format_args!("{} hit in both", shown(party)));
    } else if !a.is_empty() && !b.is_empty() {
        scale.add(-0.6, "different victims");
    }
}

fn tolls(one: &Account, other: &Account, scale: &mut Scale) {
    for (word, a, b, weight) in [
        ("killed", &one.killed, &other.killed, 1.0),
        ("wounded", &one.wounded, &other.wounded, 0.6),
        ("abducted", &one.abducted, &other.abducted, 0.8),
    ] {
        let number = |figure: &Option<Figure>| figure.as_ref().and_then(Figure::number);
        let (Some(a), Some(b)) = (number(a), number(b)) else { continue };
        let (low, high) = (a.min(b), a.max(b));
        let ratio = f64::from(high + 1) / f64::from(low + 1);
        let points = match (high - low, ratio) {
            (0, _) if high == 0 => 0.2,
            (0, _) if high >= 3 => 1.5,
            (0, _) => 0.7,
            (1..=2, ratio) if ratio <= 1.5 => 0.7,
            (_, ratio) if ratio <= 1.35 => 0.7,
            (_, ratio) if ratio <= 2.0 => 0.2,
            (1..=4, _) => -0.6,
            (_, ratio) if ratio <= 4.0 => -1.0,
            _ => -2.0,
        };
        // Tolls rise from report to report: a later and higher figure is no contradiction.
        let rising = b > a && one.known < other.known && points < 0.0;
        let points = points * weight * if rising { 0.5 } else { 1.0 };
        match low == high {
            true => scale.add(points, format_args!("{word} {low} in both")),
            false => scale.add(points, format_args!("{word} {a} v {b}")),
        }
    }
}
