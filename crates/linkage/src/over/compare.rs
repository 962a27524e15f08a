//! Which incident of the record is which row of somebody else's table.
//!
//! A row and an incident may be one where their days are at most [`Allowed::days`] apart, their places at most [`Allowed::km`] (more
//! where either is vague), their countries the same and their types akin. What speaks for it is weighed as for two reports; from
//! [`NEEDED`] on it is a pair, and of all ways to pair rows and incidents one to one the heaviest is taken.

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Precision;
use watchkeeper_record::coded::Coded;
use watchkeeper_record::incident::{Incident, Party, Whereabouts};

use super::pair::reach;
use crate::fold::fold;
use crate::incident::kinship::{Kinship, kinship};
use crate::place::distance_km;

/// The weight from which a row and an incident may be one.
pub const NEEDED: f64 = 3.0;
/// Work (rows² × incidents) up to which the best choice over all is computed; beyond it is greedy.
const WORK_MAX: usize = 200_000_000;
/// Months an incident may last to be filed by month.
const MONTHS_MAX: i32 = 36;

/// How far a row and an incident may lie apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowed {
    /// Days between the nearest days of both.
    pub days: u32,
    /// Kilometres between two exact places; vague ones get their reach beside.
    pub km: f64,
}

/// A row and the incident that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// Number of the row among those given.
    pub coded: usize,
    /// Number of the incident among those given.
    pub incident: usize,
    /// Sum of the reasons' weights.
    pub weight: f64,
    /// What speaks for and against it, what weighs most first.
    pub reasons: Vec<String>,
    /// Chosen greedily.
    pub greedy: bool,
}

/// The incident that comes nearest to a row without a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Number of the incident.
    pub incident: usize,
    /// Why it isn't the row's.
    pub why: Vec<String>,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pairing {
    /// Pairs in the order of rows.
    pub pairs: Vec<Paired>,
    /// For each row without a pair what comes nearest.
    pub nearest: BTreeMap<usize, Nearest>,
}

/// What speaks for and against one pair.
#[derive(Debug, Default)]
struct Fit {
    reasons: Vec<(f64, String)>,
    /// What rules it out.
    out: Vec<String>,
}

impl Fit {
    fn add(&mut self, weight: f64, words: impl Into<String>) {
        self.reasons.push((weight, words.into()));
    }

    fn sum(&self) -> f64 {
        self.reasons.iter().map(|(weight, _)| weight).sum()
    }

    fn is_allowed(&self) -> bool {
        self.out.is_empty() && self.sum() >= NEEDED
    }

    fn words(mut self) -> Vec<String> {
        self.reasons.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then_with(|| a.1.cmp(&b.1)));
        self.reasons.into_iter().map(|(_, words)| words).collect()
    }
}

/// Pairs rows with incidents, one to one. No order of rows shows: of equal choices that row comes first whose days, place, id, type and
/// deaths do; the earlier line only where all of these are the same. Among incidents the earlier one of those given.
#[must_use]
pub fn pair(coded: &[Coded], incidents: &[Incident], allowed: Allowed) -> Pairing {
    let shelf = Shelf::new(incidents);
    let mut order: Vec<usize> = (0..coded.len()).collect();
    let site = |one: &Coded| one.place.as_ref().map(|place| place.name.clone());
    order.sort_by_cached_key(|row| {
        let one = &coded[*row];
        let killed = one.killed.map(|figure| (figure.best, figure.low, figure.high));
        (one.time, site(one), one.id.clone(), one.kind.clone(), killed, *row)
    });
    let mut edges: Vec<(usize, usize, f64)> = Vec::new();
    for (rank, row) in order.iter().enumerate() {
        let one = &coded[*row];
        for incident in shelf.around(one.time, allowed.days) {
            let fit = fit(one, &incidents[incident], allowed);
            if fit.is_allowed() {
                edges.push((rank, incident, fit.sum()));
            }
        }
    }
    let mut pairing = Pairing::default();
    for part in parts(&edges) {
        let (chosen, greedy) = choose(&part);
        for (rank, incident, weight) in chosen {
            let row = order[rank];
            let reasons = fit(&coded[row], &incidents[incident], allowed).words();
            pairing.pairs.push(Paired { coded: row, incident, weight, reasons, greedy });
        }
    }
    pairing.pairs.sort_by_key(|pair| pair.coded);
    let taken: BTreeMap<usize, usize> =
        pairing.pairs.iter().map(|pair| (pair.incident, pair.coded)).collect();
    let paired: BTreeSet<usize> = pairing.pairs.iter().map(|pair| pair.coded).collect();
    for (row, one) in coded.iter().enumerate().filter(|(row, _)| !paired.contains(row)) {
        let near = shelf
            .around(one.time, allowed.days.saturating_add(7))
            .into_iter()
            .map(|incident| (incident, fit(one, &incidents[incident], allowed)))
            .filter(|(_, fit)| fit.out.len() <= 1 && fit.sum() > 0.5)
            .min_by(|(one, a), (other, b)| {
                (a.out.len()).cmp(&b.out.len()).then(b.sum().total_cmp(&a.sum())).then(one.cmp(other))
            });
        if let Some((incident, fit)) = near {
            let why = match taken.get(&incident) {
                Some(other) if fit.is_allowed() => vec![format!("row {} fits it better", coded[*other].row)],
                _ if fit.out.is_empty() => {
                    let mut why = vec![format!("too little agrees ({:.1} of {NEEDED:.1})", fit.sum())];
                    why.extend(fit.words());
                    why
                }
                _ => fit.out,
            };
            pairing.nearest.insert(row, Nearest { incident, why });
        }
    }
    pairing
}

/// Incidents by the months they touch.
struct Shelf<'i> {
    incidents: &'i [Incident],
    months: BTreeMap<i32, Vec<usize>>,
    long: Vec<usize>,
}

fn month(day: i32) -> i32 {
    day.div_euclid(30)
}

impl<'i> Shelf<'i> {
    fn new(incidents: &'i [Incident]) -> Self {
        let mut shelf = Self { incidents, months: BTreeMap::new(), long: Vec::new() };
        for (number, incident) in incidents.iter().enumerate() {
            let Some((start, end)) = incident.time else { continue };
            let (first, last) = (month(start.days()), month(end.days()));
            if last - first > MONTHS_MAX {
                shelf.long.push(number);
                continue;
            }
            for month in first..=last {
                shelf.months.entry(month).or_default().push(number);
            }
        }
        shelf
    }

    /// Those at most so many days from a range, in their order.
    fn around(&self, (start, end): (Date, Date), days: u32) -> Vec<usize> {
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        let (from, to) = (start.days().saturating_sub(days), end.days().saturating_add(days));
        let filed = self.months.range(month(from)..=month(to)).flat_map(|(_, numbers)| numbers);
        let mut found: Vec<usize> = filed.chain(&self.long).copied().collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|number| {
            self.incidents[*number].time.is_some_and(|(a, b)| a.days() <= to && b.days() >= from)
        });
        found
    }
}

fn fit(coded: &Coded, incident: &Incident, allowed: Allowed) -> Fit {
    let mut fit = Fit::default();
    times(coded.time, incident.time, allowed.days, &mut fit);
    places(coded.place.as_ref(), incident.place.as_ref(), allowed.km, &mut fit);
    kinds(coded, incident, &mut fit);
    match sides(coded, incident) {
        Sides::Shared(name) => fit.add(1.5, format!("both name {name}")),
        Sides::Other => fit.add(-0.8, "no named actor in common"),
        Sides::Open => {}
    }
    tolls(coded, incident, &mut fit);
    fit
}

fn times(theirs: (Date, Date), ours: Option<(Date, Date)>, days: u32, fit: &mut Fit) {
    let Some(ours) = ours else { return fit.out.push("its day is unknown".to_owned()) };
    let gap = (theirs.0.days() - ours.1.days()).max(ours.0.days() - theirs.1.days()).max(0);
    let longest = [theirs, ours].map(|(start, end)| end.days() - start.days() + 1).into_iter().max();
    match (gap, longest.unwrap_or(1)) {
        (0, 1) => fit.add(2.5, "same day"),
        (0, 2..=7) => fit.add(1.6, "same days"),
        (0, 8..=31) => fit.add(1.0, "same month or so"),
        (0, _) => fit.add(0.4, "a span of time that holds both"),
        _ => {
            let words = if gap == 1 { "1 day apart".to_owned() } else { format!("{gap} days apart") };
            if u32::try_from(gap).is_ok_and(|gap| gap > days) {
                fit.out.push(words.clone());
            }
            fit.add((1.2 - 0.4 * f64::from(gap)).max(-1.5), words);
        }
    }
}

fn places(theirs: Option<&Whereabouts>, ours: Option<&Whereabouts>, km_max: f64, fit: &mut Fit) {
    let (Some(theirs), Some(ours)) = (theirs, ours) else { return fit.add(-1.0, "place unknown") };
    if let (Some(a), Some(b)) = (&theirs.country, &ours.country)
        && a != b
    {
        return fit.out.push(format!("another country ({b}, not {a})"));
    }
    let same_name = !theirs.name.is_empty() && fold(&theirs.name) == fold(&ours.name);
    let units = [theirs, ours].map(|place| place.admin1.as_deref().map(unit).unwrap_or_default());
    let same_unit = !units[0].is_empty() && units[0] == units[1];
    let km = theirs.point().zip(ours.point()).map(|(a, b)| distance_km(a, b));
    if theirs.is_fine() && ours.is_fine() {
        let Some(km) = km else { return };
        let slack: f64 = [theirs, ours]
            .into_iter()
            .filter(|place| place.precision == Precision::Near)
            .map(|place| place.radius_km.unwrap_or(15.0))
            .sum();
        let most = km_max + slack;
        if km > most {
            fit.out.push(format!("{km:.0} km apart"));
        } else if km < 1.0 || (same_name && km < km_max) {
            fit.add(3.0, format!("same place ({})", ours.name));
        } else {
            fit.add((2.6 * (1.0 - km / most)).max(0.6), format!("{km:.0} km apart"));
        }
        return;
    }
    let coarse = [theirs, ours].iter().any(|place| place.precision == Precision::Country);
    match km {
        _ if same_name => fit.add(2.2, format!("same name of place ({})", ours.name)),
        _ if same_unit && !coarse => {
            fit.add(1.2, format!("within {}", ours.admin1.as_deref().unwrap_or_default()))
        }
        _ if coarse && theirs.country.is_some() && theirs.country == ours.country => {
            fit.add(0.6, format!("within {}", ours.country.as_deref().unwrap_or_default()))
        }
        Some(km) if km <= km_max + reach(theirs).max(reach(ours)) => {
            fit.add(0.6, format!("{km:.0} km apart, within reach"));
        }
        Some(km) => fit.out.push(format!("{km:.0} km apart")),
        None if theirs.country.is_some() && theirs.country == ours.country => {
            fit.add(0.0, "same country, places not comparable");
        }
        None => fit.add(-1.0, "places not comparable"),
    }
}

/// A unit's name without the words for what it is: `Gao Region` and `Gao` are one.
#[must_use]
pub fn unit(name: &str) -> String {
    const WORDS: [&str; 12] = [
        "region",
        "province",
        "governorate",
        "state",
        "district",
        "oblast",
        "department",
        "county",
        "prefecture",
        "wilayat",
        "the",
        "of",
    ];
    let folded = fold(name);
    let left: Vec<&str> = folded.split(' ').filter(|word| !WORDS.contains(word)).collect();
    if left.is_empty() { folded } else { left.join(" ") }
}

fn kinds(coded: &Coded, incident: &Incident, fit: &mut Fit) {
    let Some(ours) = incident.kind else { return };
    let near = coded.kinds.iter().map(|theirs| (kinship(*theirs, ours), *theirs));
    let words = |kind: watchkeeper_record::codebook::IncidentType| kind.as_str().replace('_', " ");
    match near.min_by_key(|(near, _)| match near {
        Kinship::Same => 0,
        Kinship::Compatible => 1,
        Kinship::Foreign => 2,
    }) {
        None => {}
        Some((Kinship::Same, kind)) if coded.kinds.len() == 1 => {
            fit.add(1.2, format!("both {}", words(kind)));
        }
        // A code of the table may mean several types of ours.
        Some((Kinship::Same, kind)) => fit.add(1.2, format!("{} may be {}", coded.kind, words(kind))),
        Some((Kinship::Compatible, kind)) => fit.add(0.6, format!("{} and {}", words(kind), words(ours))),
        Some((Kinship::Foreign, _)) => {
            fit.out.push(format!("{} is not {}", words(ours), coded.kind));
        }
    }
}

/// Whether both name somebody in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sides {
    /// They do; private persons without their name.
    Shared(String),
    /// Both name somebody, nobody in common.
    Other,
    /// One of them names nobody.
    Open,
}

/// Compares who took part. Organs of one state count as one: tables often write `Government of X`.
#[must_use]
pub fn sides(coded: &Coded, incident: &Incident) -> Sides {
    let ours: Vec<&Party> = incident
        .perpetrators
        .iter()
        .map(|who| &who.party)
        .chain(&incident.victims)
        .filter(|party| party.key.is_some())
        .collect();
    let theirs: Vec<&Party> = coded.parties.iter().filter(|party| party.key.is_some()).collect();
    if ours.is_empty() || theirs.is_empty() {
        return Sides::Open;
    }
    let key = |party: &Party| party.key.as_deref().map(root).unwrap_or_default().to_owned();
    let shared = ours.iter().find(|one| theirs.iter().any(|other| key(one) == key(other)));
    match shared {
        Some(party) if party.private => Sides::Shared("a private person".to_owned()),
        Some(party) => Sides::Shared(party.name.clone()),
        None => Sides::Other,
    }
}

/// The state of one of its organs (`mli-military` → `mli`), else the key itself.
fn root(key: &str) -> &str {
    match key.split_once('-') {
        Some((state, organ)) if state.len() == 3 && crate::registry::ORGANS.contains(&organ) => state,
        _ => key,
    }
}

fn tolls(coded: &Coded, incident: &Incident, fit: &mut Fit) {
    let Some(theirs) = coded.killed.and_then(|figure| figure.number()) else { return };
    let Some(toll) = &incident.killed else { return };
    let Some(best) = toll.best.or(toll.low).or(toll.high) else { return };
    let (low, high) = (toll.low.unwrap_or(best).min(best), toll.high.unwrap_or(best).max(best));
    let words = if theirs == best {
        format!("killed {best} in both")
    } else {
        format!("killed {best} here, {theirs} there")
    };
    let away = if theirs < low { low - theirs } else { theirs.saturating_sub(high) };
    let ratio = f64::from(theirs.max(best) + 1) / f64::from(theirs.min(best) + 1);
    let points = match (away, ratio) {
        // The very figure is worth a little more than one in its range, so that it decides between rows that are alike otherwise.
        (0, _) if theirs >= 3 => {
            if theirs == best {
                1.0
            } else {
                0.9
            }
        }
        (0, _) => 0.5,
        (1..=2, ratio) if ratio <= 2.0 => 0.5,
        (_, ratio) if ratio <= 1.5 => 0.4,
        (_, ratio) if ratio <= 2.5 => 0.0,
        (_, ratio) if ratio <= 5.0 => -0.6,
        _ => -1.2,
    };
    fit.add(points, words);
}

type Edge = (usize, usize, f64);

/// Edges that hang together, each part in order of rows.
fn parts(edges: &[Edge]) -> Vec<Vec<Edge>> {
    // Rows and incidents in one forest: rows even, incidents odd.
    let mut parent: BTreeMap<usize, usize> = BTreeMap::new();
    fn find(parent: &mut BTreeMap<usize, usize>, node: usize) -> usize {
        let mut at = node;
        while let Some(&up) = parent.get(&at).filter(|up| **up != at) {
            at = up;
        }
        let root = at;
        at = node;
        while let Some(up) = parent.insert(at, root).filter(|up| *up != at) {
            at = up;
        }
        root
    }
    for (row, incident, _) in edges {
        let (a, b) = (find(&mut parent, row * 2), find(&mut parent, incident * 2 + 1));
        let (low, high) = (a.min(b), a.max(b));
        parent.insert(high, low);
    }
    let mut parts: BTreeMap<usize, Vec<Edge>> = BTreeMap::new();
    for edge in edges {
        parts.entry(find(&mut parent, edge.0 * 2)).or_default().push(*edge);
    }
    parts.into_values().collect()
}

/// Chooses pairs of one part; whether it was done greedily.
fn choose(edges: &[Edge]) -> (Vec<Edge>, bool) {
    if let [only] = edges {
        return (vec![*only], false);
    }
    let rows: Vec<usize> = edges.iter().map(|edge| edge.0).collect::<BTreeSet<_>>().into_iter().collect();
    let columns: Vec<usize> = edges.iter().map(|edge| edge.1).collect::<BTreeSet<_>>().into_iter().collect();
    let work = rows.len().saturating_mul(rows.len()).saturating_mul(columns.len() + rows.len());
    if work > WORK_MAX {
        return (greedy(edges), true);
    }
    (heaviest(edges, &rows, &columns), false)
}

fn greedy(edges: &[Edge]) -> Vec<Edge> {
    let mut sorted = edges.to_vec();
    sorted.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    let (mut rows, mut columns) = (BTreeSet::new(), BTreeSet::new());
    sorted.retain(|(row, column, _)| {
        let free = !rows.contains(row) && !columns.contains(column);
        if free {
            rows.insert(*row);
            columns.insert(*column);
        }
        free
    });
    sorted
}

/// The heaviest pairing (Kuhn 1955, in the form with potentials). Each row also has a column of its own that stands for "no pair"
/// and weighs nothing.
fn heaviest(edges: &[Edge], rows: &[usize], columns: &[usize]) -> Vec<Edge> {
    let (height, width) = (rows.len(), columns.len() + rows.len());
    let mut cost = vec![0.0_f64; height * width];
    for (row, column, weight) in edges {
        let (Ok(row), Ok(column)) = (rows.binary_search(row), columns.binary_search(column)) else {
            continue;
        };
        cost[row * width + column] = -weight;
    }
    // 1-based, after the usual formulation: `matched[column]` is the row on it.
    let (mut u, mut v) = (vec![0.0; height + 1], vec![0.0; width + 1]);
    let (mut matched, mut way) = (vec![0usize; width + 1], vec![0usize; width + 1]);
    for row in 1..=height {
        matched[0] = row;
        let mut at = 0;
        let (mut least, mut used) = (vec![f64::INFINITY; width + 1], vec![false; width + 1]);
        loop {
            used[at] = true;
            let (current, mut delta, mut next) = (matched[at], f64::INFINITY, 0);
            for column in 1..=width {
                if used[column] {
                    continue;
                }
                let reduced = cost[(current - 1) * width + column - 1] - u[current] - v[column];
                if reduced < least[column] {
                    least[column] = reduced;
                    way[column] = at;
                }
                if least[column] < delta {
                    delta = least[column];
                    next = column;
                }
            }
            for column in 0..=width {
                if used[column] {
                    u[matched[column]] += delta;
                    v[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            at = next;
            if matched[at] == 0 {
                break;
            }
        }
        while at != 0 {
            let before = way[at];
            matched[at] = matched[before];
            at = before;
        }
    }
    let mut chosen: Vec<Edge> = Vec::new();
    for column in 1..=columns.len() {
        if matched[column] == 0 {
            continue;
        }
        let (row, column) = (rows[matched[column] - 1], columns[column - 1]);
        chosen.extend(edges.iter().find(|edge| (edge.0, edge.1) == (row, column)));
    }
    chosen.sort_by_key(|edge| edge.0);
    chosen
}

#[cfg(test)]
mod tests {
    use watchkeeper_record::incident::{Figure, TollHistory};

    use super::*;

    #[test]
    fn the_heaviest_choice_beats_the_greedy_one() {
        let edges = [(0, 0, 6.0), (0, 1, 5.0), (1, 0, 5.5)];
        let (chosen, greedily) = choose(&edges);
        assert!(!greedily);
        assert_eq!(chosen, [(0, 1, 5.0), (1, 0, 5.5)]);
        assert_eq!(greedy(&edges), [(0, 0, 6.0)]);
    }

    #[test]
    fn the_heaviest_choice_is_that_of_trying_all() {
        // Every pairing of five rows with four incidents, by brute force.
        let mut seed = 7_u64;
        for _ in 0..200 {
            let mut edges = Vec::new();
            for row in 0..5 {
                for column in 0..4 {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    if seed >> 62 != 0 {
                        edges.push((row, column, 3.0 + (seed >> 40) as f64 / f64::from(1 << 22)));
                    }
                }
            }
            fn best(edges: &[Edge], row: usize, taken: u32) -> f64 {
                if row == 5 {
                    return 0.0;
                }
                let mut most = best(edges, row + 1, taken);
                for (_, column, weight) in edges.iter().filter(|edge| edge.0 == row) {
                    if taken & (1 << column) == 0 {
                        most = most.max(weight + best(edges, row + 1, taken | 1 << column));
                    }
                }
                most
            }
            let chosen: f64 = parts(&edges).iter().flat_map(|part| choose(part).0).map(|edge| edge.2).sum();
            assert!((chosen - best(&edges, 0, 0)).abs() < 1e-9, "{edges:?}");
        }
    }

    fn site(name: &str) -> Whereabouts {
        Whereabouts {
            name: name.to_owned(),
            geonames: None,
            lat: Some(15.0),
            lon: Some(45.0),
            country: Some("YEM".to_owned()),
            admin1: None,
            precision: Precision::Exact,
            radius_km: None,
            score: 1.0,
        }
    }

    /// Rows and incidents of one town in one week, alike but for days and deaths.
    fn week() -> (Vec<Coded>, Vec<Incident>) {
        let day = |number: u32| Date::new(2021, 3, number).expect("a day");
        let figure = |count| Figure { low: None, best: Some(count), high: None };
        let rows = [(1, 5), (1, 5), (2, 5), (2, 9), (3, 4), (3, 4), (3, 30)];
        let rows = rows.iter().enumerate().map(|(at, (number, count))| Coded {
            row: at as u64 + 2,
            id: format!("R{at}"),
            time: (day(*number), day(*number)),
            place: Some(site("Taiz")),
            kind: String::new(),
            kinds: Vec::new(),
            parties: Vec::new(),
            killed: Some(figure(*count)),
        });
        let incidents = [(1, 5), (2, 6), (3, 4), (3, 28)].iter().enumerate().map(|(at, (number, count))| {
            let toll =
                TollHistory { low: Some(*count), best: Some(*count), high: Some(*count), told: Vec::new() };
            Incident {
                id: format!("I{at}"),
                kind: None,
                place: Some(site("Taiz")),
                time: Some((day(*number), day(*number))),
                perpetrators: Vec::new(),
                victims: Vec::new(),
                targets: Vec::new(),
                weapons: Vec::new(),
                killed: Some(toll),
                wounded: None,
                abducted: None,
                accounts: Vec::new(),
                independent: 1,
                outlets: Vec::new(),
                joins: Vec::new(),
                undated: Vec::new(),
                known: (day(4), day(4)),
            }
        });
        (rows.collect(), incidents.collect())
    }

    #[test]
    fn no_order_of_rows_shows() {
        let (rows, incidents) = week();
        let allowed = Allowed { days: 2, km: 40.0 };
        let named = |rows: &[Coded]| {
            let pairing = pair(rows, &incidents, allowed);
            let pairs = pairing.pairs.iter().map(|one| (rows[one.coded].id.clone(), one.incident));
            pairs.collect::<BTreeMap<_, _>>()
        };
        let first = named(&rows);
        assert_eq!(first.len(), incidents.len());
        assert_eq!(first.get("R6"), Some(&3), "thirty is told as twenty-eight: {first:?}");
        let mut seed = 3_u64;
        for _ in 0..100 {
            let mut mixed = rows.clone();
            for at in (1..mixed.len()).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                mixed.swap(at, (seed >> 33) as usize % (at + 1));
            }
            assert_eq!(named(&mixed), first);
        }
    }

    #[test]
    fn units_are_one_with_or_without_their_kind() {
        assert_eq!(unit("Gao Region"), unit("Gao"));
        assert_eq!(unit("Région"), "region");
        assert_ne!(unit("Gao"), unit("Mopti"));
    }
}
