//! Two reports compared: a row of features, and the same in words.

use super::features::{ALL, HEAD, Keyed, LEAD, NAMES, PLAIN, ReportFeatures, TOPS, Term, VIEWS, rare_weight};
use super::words::month;

/// Features of a pair, in the order of [`row`]. `min` and `max` are the smaller and the larger of the two directions.
pub const FEATURES: [&str; 47] = [
    "all",
    "names",
    "lead",
    "head",
    "plain",
    "rare",
    "lead_in_min",
    "lead_in_max",
    "head_in_min",
    "head_in_max",
    "names_in_min",
    "names_in_max",
    "held_min",
    "held_max",
    "lead_held_min",
    "lead_held_max",
    "head_held_min",
    "head_held_max",
    "top3_min",
    "top3_max",
    "top8_min",
    "top8_max",
    "top16_min",
    "top16_max",
    "name3_min",
    "name3_max",
    "name8_min",
    "name8_max",
    "name16_min",
    "name16_max",
    "pairs",
    "name_pairs",
    "name_pairs_count",
    "numbers",
    "numbers_weight",
    "rare_count",
    "rarest_count",
    "days",
    "years",
    "weekdays",
    "day_gap",
    "published_gap",
    "tolls",
    "length_min",
    "length_max",
    "names_few",
    "lead_names",
];

/// A term is rare, or very rare, from these logarithms up.
const RARE: [f32; 2] = [5.5, 7.0];

/// Calls with the terms that both have.
fn shared<'a>(a: &'a [Term], b: &'a [Term], mut found: impl FnMut(&'a Term, &'a Term)) {
    let (mut left, mut right) = (0, 0);
    while left < a.len() && right < b.len() {
        match a[left].hash.cmp(&b[right].hash) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                found(&a[left], &b[right]);
                left += 1;
                right += 1;
            }
        }
    }
}

fn dot(a: &[Keyed], b: &[Keyed]) -> (f32, u32) {
    let (mut left, mut right, mut sum, mut count) = (0, 0, 0.0, 0);
    while left < a.len() && right < b.len() {
        match a[left].0.cmp(&b[right].0) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                sum += a[left].1 * b[right].1;
                count += 1;
                left += 1;
                right += 1;
            }
        }
    }
    (sum, count)
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Number of equal elements; −1 where both have some and none is equal.
fn common<T: PartialEq>(a: &[T], b: &[T]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    match a.iter().filter(|one| b.contains(one)).count() {
        0 => -1.0,
        count => (count as f32).min(6.0),
    }
}

/// Days of the year between the two nearest days named, 0..=60; −1 where one report names none.
fn day_gap(a: &[u16], b: &[u16]) -> f32 {
    let of_year = |day: u16| f32::from(day / 32) * 30.5 + f32::from(day % 32);
    a.iter()
        .flat_map(|&one| b.iter().map(move |&two| (of_year(one) - of_year(two)).abs()))
        .map(|gap| gap.min(366.0 - gap))
        .min_by(f32::total_cmp)
        .map_or(-1.0, |gap| gap.clamp(0.0, 60.0))
}

/// How alike two texts are at a glance, 0..=1: the cosine of their terms. Pairs below [`super::GLANCE_MIN`] are never one happening.
#[must_use]
pub fn glance(a: &ReportFeatures, b: &ReportFeatures) -> f32 {
    let mut sum = 0.0;
    shared(&a.terms, &b.terms, |one, two| sum += one.weights[ALL] * two.weights[ALL]);
    share(sum, a.norms[ALL] * b.norms[ALL])
}

/// Compares two reports; the same whichever comes first.
#[must_use]
pub fn row(a: &ReportFeatures, b: &ReportFeatures) -> [f32; FEATURES.len()] {
    // The sums below must not depend on which is which.
    let (a, b) = if (a.whole, a.length) <= (b.whole, b.length) { (a, b) } else { (b, a) };
    let mut views = [0.0_f32; VIEWS];
    let mut into = [[0.0_f32; 2]; 3];
    let mut held = [[0.0_f32; 2]; 3];
    let mut tops = [[0.0_f32; 2]; 6];
    let (mut rare, mut rare_counts, mut names_few, mut lead_names) = (0.0, [0.0_f32; 2], 0.0_f32, 0.0_f32);
    shared(&a.terms, &b.terms, |one, two| {
        for (sum, (x, y)) in views.iter_mut().zip(one.weights.iter().zip(&two.weights)) {
            *sum += x * y;
        }
        let sides = [(one, two), (two, one)];
        let idf = (one.rarity - 0.5).max(0.0);
        for (side, (from, to)) in sides.into_iter().enumerate() {
            for (slot, view) in [LEAD, HEAD, NAMES].into_iter().enumerate() {
                into[slot][side] += from.weights[view] * to.weights[ALL];
            }
            for (slot, view) in [ALL, LEAD, HEAD].into_iter().enumerate() {
                held[slot][side] += if from.weights[view] > 0.0 { idf } else { 0.0 };
            }
            for (bit, sums) in tops.iter_mut().enumerate() {
                if from.top & 1 << bit != 0 {
                    sums[side] += from.weights[if bit < TOPS.len() { ALL } else { NAMES }];
                }
            }
        }
        rare += rare_weight(one.weights[ALL], one.rarity) * rare_weight(two.weights[ALL], two.rarity);
        for (count, least) in rare_counts.iter_mut().zip(RARE) {
            *count += f32::from(u8::from(one.rarity > least));
        }
        if one.weights[NAMES] > 0.0 && two.weights[NAMES] > 0.0 {
            names_few += 1.0;
            lead_names += f32::from(u8::from(one.weights[LEAD] > 0.0 && two.weights[LEAD] > 0.0));
        }
    });
    let (pairs, _) = dot(&a.pairs, &b.pairs);
    let (name_pairs, name_pairs_count) = dot(&a.name_pairs, &b.name_pairs);
    let (mut numbers, mut numbers_weight) = (0.0, 0.0);
    for (key, weight, _) in &a.numbers {
        if let Ok(at) = b.numbers.binary_search_by_key(key, |entry| entry.0) {
            numbers += weight * b.numbers[at].1;
            numbers_weight += weight;
        }
    }
    let mut row = [0.0; FEATURES.len()];
    let mut at = 0;
    let mut put = |value: f32| {
        row[at] = value;
        at += 1;
    };
    for view in [ALL, NAMES, LEAD, HEAD, PLAIN] {
        put(share(views[view], a.norms[view] * b.norms[view]));
    }
    put(share(rare, a.norm_rare * b.norm_rare));
    let mut both = |values: [f32; 2]| {
        put(values[0].min(values[1]));
        put(values[0].max(values[1]));
    };
    for (slot, view) in [LEAD, HEAD, NAMES].into_iter().enumerate() {
        both([
            share(into[slot][0], a.norms[view] * b.norms[ALL]),
            share(into[slot][1], b.norms[view] * a.norms[ALL]),
        ]);
    }
    for (slot, sums) in held.into_iter().enumerate() {
        both([share(sums[0], a.sums[slot]), share(sums[1], b.sums[slot])]);
    }
    for (bit, sums) in tops.into_iter().enumerate() {
        both([share(sums[0], a.tops[bit]), share(sums[1], b.tops[bit])]);
    }
    let weekdays = match (a.weekdays, b.weekdays) {
        (0, _) | (_, 0) => 0.0,
        (one, two) if one & two == 0 => -1.0,
        _ => 1.0,
    };
    let published_gap = match (a.published, b.published) {
        (Some(one), Some(two)) => (one.days() - two.days()).unsigned_abs().min(60) as f32,
        _ => -1.0,
    };
    let logs = [(a.length.max(1) as f32).ln(), (b.length.max(1) as f32).ln()];
    for value in [
        share(pairs, a.pairs_norm * b.pairs_norm),
        share(name_pairs, a.name_pairs_norm * b.name_pairs_norm),
        (name_pairs_count as f32).min(20.0),
        share(numbers, a.numbers_norm * b.numbers_norm),
        f32::min(numbers_weight, 40.0),
        rare_counts[0].min(60.0),
        rare_counts[1].min(60.0),
        common(&a.days, &b.days),
        common(&a.years, &b.years),
        weekdays,
        day_gap(&a.days, &b.days),
        published_gap,
        common(&a.tolls, &b.tolls),
        logs[0].min(logs[1]),
        logs[0].max(logs[1]),
        names_few.min(30.0),
        lead_names.min(15.0),
    ] {
        put(value);
    }
    row
}

/// What speaks for and against one happening, in words, e.g. `both name Selma, Harun and Qadir; same day (7 July); toll 27 v 28`.
#[must_use]
pub fn words(a: &ReportFeatures, b: &ReportFeatures) -> String {
    let mut parts = Vec::new();
    let mut names: Vec<(f32, &str)> = Vec::new();
    let mut others: Vec<(f32, &str)> = Vec::new();
    let mut heads = 0_u32;
    shared(&a.terms, &b.terms, |one, two| {
        let weight = one.weights[ALL] * two.weights[ALL];
        if one.weights[NAMES] > 0.0 && two.weights[NAMES] > 0.0 {
            names.push((weight, &one.word));
        } else if one.rarity > 3.5 && one.word.chars().any(char::is_alphabetic) && month(&one.word).is_none()
        {
            others.push((weight, &one.word));
        }
        heads += u32::from(one.weights[HEAD] > 0.0 && two.weights[HEAD] > 0.0 && one.rarity > 2.0);
    });
    for (list, label) in [(&mut names, "both name"), (&mut others, "both say")] {
        list.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(y.1)));
        let first: Vec<String> = list.iter().take(4).map(|(_, word)| (*word).to_owned()).collect();
        if !first.is_empty() {
            let more = list.len().saturating_sub(4);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            parts.push(format!("{label} {}{tail}", first.join(", ")));
        }
    }
    if heads > 0 {
        parts
            .push(format!("{heads} telling {} in both headlines", if heads == 1 { "word" } else { "words" }));
    }
    if let Some(day) = a.days.iter().find(|day| b.days.contains(day)) {
        parts.push(format!("same day ({} {})", day % 32, MONTHS[usize::from(day / 32).clamp(1, 12) - 1]));
    } else if !a.days.is_empty() && !b.days.is_empty() {
        let gap = day_gap(&a.days, &b.days).round();
        parts.push(format!("days named {}{gap} apart", if gap >= 60.0 { "more than " } else { "" }));
    }
    let list = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join("/");
    if let Some(toll) = a.tolls.iter().find(|toll| b.tolls.contains(toll)) {
        parts.push(format!("toll {toll} in both"));
    } else if !a.tolls.is_empty() && !b.tolls.is_empty() {
        parts.push(format!("toll {} v {}", list(&a.tolls), list(&b.tolls)));
    }
    let numbers: Vec<&str> = a
        .numbers
        .iter()
        .filter(|(key, weight, _)| {
            *weight > 3.0 && b.numbers.binary_search_by_key(key, |entry| entry.0).is_ok()
        })
        .map(|(_, _, word)| word.as_str())
        .take(3)
        .collect();
    if !numbers.is_empty() {
        parts.push(format!("same figures {}", numbers.join(", ")));
    }
    if parts.is_empty() {
        parts.push("alike in their common words only".to_owned());
    }
    parts.join("; ")
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
