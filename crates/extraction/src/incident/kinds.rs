//! What kinds of incident a document tells, which entity belongs to which, and which entities belong to one happening.
//!
//! In: wordings with their probabilities, what the document model says, and each wording's affinity to every kind. Out: rows of numbers
//! for boosted trees: one for each kind, one for each (entity, kind), one for each pair of entities.

use watchkeeper_record::Document;
use watchkeeper_record::document::{EntityLabel, Pos, TokenIndex};
use watchkeeper_record::roles::{KINDS, ROLES, TokenRoles};

use super::candidates::Candidate;
use super::choose::Chosen;
use super::rows::{ROLE_NAMES, Row, TOLD, Wording};
use super::sparse::{Words, slot};

/// Short names of kinds in features.
const KIND_NAMES: [&str; KINDS] = ["attack", "bombing", "kidnapping", "arson", "robbery", "stoppage"];

/// All that rows of kinds are made from.
pub struct Telling<'d> {
    /// The document.
    pub doc: &'d Document,
    /// Its tokens' hashes.
    pub words: &'d Words,
    /// Its candidates.
    pub candidates: &'d [Candidate],
    /// Its wordings.
    pub wordings: &'d [Wording],
    /// Probability of each role for each wording.
    pub probabilities: &'d [[f32; ROLES]],
    /// Affinity of each wording to each kind, a probability.
    pub affinity: &'d [[f32; KINDS]],
    /// Raw scores of the document model.
    pub told: &'d [f32; TOLD],
    /// What an encoder says.
    pub roles: Option<&'d TokenRoles>,
}

/// The row of one kind.
#[must_use]
pub fn kind_row(telling: &Telling<'_>, kind: usize, names: Option<&mut Vec<String>>) -> Vec<f32> {
    let mut row = Row { values: Vec::with_capacity(80), names };
    let told = telling.told;
    row.put(|| "told.own".to_owned(), told[kind + 1]);
    let others = (0..KINDS).filter(|&other| other != kind).map(|other| told[other + 1]);
    row.put(|| "told.others".to_owned(), others.fold(f32::MIN, f32::max));
    for (number, value) in told.iter().enumerate() {
        row.put(|| format!("told.{number}"), *value);
    }
    for (number, name) in KIND_NAMES.iter().enumerate() {
        row.put(|| format!("kind.{name}"), f32::from(u8::from(number == kind)));
    }
    let (mut own_all, mut mass_all) = (0.0, 0.0);
    for role in 0..ROLES {
        let name = ROLE_NAMES[role];
        let (mut most, mut sum, mut own_most, mut own_sum) = (0.0_f32, 0.0, 0.0_f32, 0.0);
        for (probabilities, affinity) in telling.probabilities.iter().zip(telling.affinity) {
            let p = probabilities[role];
            most = most.max(p);
            sum += p;
            own_most = own_most.max(p * affinity[kind]);
            own_sum += p * affinity[kind];
        }
        row.put(|| format!("fillers.{name}.most"), most);
        row.put(|| format!("fillers.{name}.sum"), sum);
        row.put(|| format!("fillers.{name}.own_most"), own_most);
        row.put(|| format!("fillers.{name}.own_sum"), own_sum);
        own_all += own_sum;
        mass_all += sum;
    }
    row.put(|| "fillers.own".to_owned(), own_all);
    row.put(|| "fillers.share".to_owned(), own_all / (mass_all + 0.1));
    row.put(|| "fillers.all".to_owned(), mass_all);
    row.put(|| "place.tokens".to_owned(), telling.doc.tokens().len() as f32);
    row.put(|| "place.sentences".to_owned(), telling.doc.sentences().len() as f32);
    if let Some(roles) = telling.roles {
        row.put(|| "deep.own".to_owned(), roles.kinds[kind]);
        for (number, name) in KIND_NAMES.iter().enumerate() {
            row.put(|| format!("deep.{name}"), roles.kinds[number]);
        }
        for role in 0..ROLES {
            let most = roles.rows.iter().map(|row| row[role]).fold(0.0, f32::max);
            row.put(|| format!("deep.{}", ROLE_NAMES[role]), most);
        }
    }
    row.values
}

/// The row of an entity and a kind that the document tells: whether the entity belongs to an incident of that kind.
#[must_use]
pub fn member_row(
    telling: &Telling<'_>,
    entity: &Chosen,
    kind: usize,
    kinds: &[f32; KINDS],
    names: Option<&mut Vec<String>>,
) -> Vec<f32> {
    let mut row = Row { values: Vec::with_capacity(40), names };
    let affinity = &telling.affinity[entity.wording];
    let others = |of: &[f32; KINDS]| {
        (0..KINDS).filter(|&other| other != kind).map(|other| of[other]).fold(0.0_f32, f32::max)
    };
    row.put(|| "affinity.own".to_owned(), affinity[kind]);
    row.put(|| "affinity.others".to_owned(), others(affinity));
    row.put(|| "kinds.own".to_owned(), kinds[kind]);
    row.put(|| "kinds.others".to_owned(), others(kinds));
    let weighed: [f32; KINDS] = std::array::from_fn(|other| affinity[other] * kinds[other]);
    row.put(|| "weighed.own".to_owned(), weighed[kind]);
    row.put(|| "weighed.others".to_owned(), others(&weighed));
    row.put(|| "score".to_owned(), entity.score);
    for (role, name) in ROLE_NAMES.iter().enumerate() {
        row.put(|| format!("role.{name}"), f32::from(u8::from(role == entity.role)));
        row.put(|| format!("score.{name}"), telling.probabilities[entity.wording][role]);
    }
    for (number, name) in KIND_NAMES.iter().enumerate() {
        row.put(|| format!("kind.{name}"), f32::from(u8::from(number == kind)));
    }
    let mention = &telling.candidates[telling.wordings[entity.wording].best as usize];
    let sent = telling.doc.sentence_of(mention.tokens.start);
    row.put(|| "place.sentence".to_owned(), sent as f32);
    row.put(|| "place.mentions".to_owned(), telling.wordings[entity.wording].mentions.len() as f32);
    // What the other fillers of its sentence and of its neighbours speak for.
    let (mut near, mut mass) = (0.0, 0.01);
    for (number, other) in telling.wordings.iter().enumerate() {
        let place = &telling.candidates[other.best as usize];
        let distance = telling.doc.sentence_of(place.tokens.start).abs_diff(sent);
        if number != entity.wording && distance <= 1 {
            let weight = telling.probabilities[number].iter().copied().fold(0.0, f32::max);
            near += weight * telling.affinity[number][kind];
            mass += weight;
        }
    }
    row.put(|| "near.own".to_owned(), near / mass);
    row.put(|| "near.mass".to_owned(), mass);
    row.values
}

/// Words of the nearest entity with one of these labels in a token's sentence.
fn last_entity(doc: &Document, index: TokenIndex, labels: &[EntityLabel]) -> Option<String> {
    let sent = doc.sentence_of(index);
    let range = &doc.sentences()[sent as usize].tokens;
    doc.entities()
        .iter()
        .filter(|entity| labels.contains(&entity.label) && range.contains(&entity.tokens.start))
        .min_by_key(|entity| entity.tokens.start.abs_diff(index))
        .map(|entity| {
            let words = entity.tokens.clone().map(|at| doc.token(at).text.to_ascii_lowercase());
            words.collect::<Vec<_>>().join(" ")
        })
}

/// The nearest word above a token that tells an event.
fn trigger(telling: &Telling<'_>, index: TokenIndex) -> Option<TokenIndex> {
    let mut at = index;
    for _ in 0..8 {
        let head = telling.doc.token(at).head;
        if head == at {
            return None;
        }
        at = head;
        if telling.words.event[at as usize] != 0 {
            return Some(at);
        }
    }
    None
}

/// Words that begin the telling of something else.
const TURNS: [&str; 9] =
    ["meanwhile", "another", "other", "also", "elsewhere", "later", "second", "earlier", "previous"];

/// The row of two entities of one kind: whether they belong to one happening.
#[must_use]
pub fn pair_row(
    telling: &Telling<'_>,
    kind: usize,
    first: &Chosen,
    second: &Chosen,
    names: Option<&mut Vec<String>>,
) -> Vec<f32> {
    let doc = telling.doc;
    let (first, second) = if first.role <= second.role { (first, second) } else { (second, first) };
    let mut row = Row { values: Vec::with_capacity(50), names };
    for (role, name) in ROLE_NAMES.iter().enumerate() {
        row.put(|| format!("first.{name}"), f32::from(u8::from(role == first.role)));
        row.put(|| format!("second.{name}"), f32::from(u8::from(role == second.role)));
    }
    row.put(|| "same_role".to_owned(), f32::from(u8::from(first.role == second.role)));
    let mentions = |entity: &Chosen| -> Vec<&Candidate> {
        entity
            .group
            .iter()
            .flat_map(|&wording| &telling.wordings[wording].mentions)
            .map(|&at| &telling.candidates[at as usize])
            .collect()
    };
    let (of_first, of_second) = (mentions(first), mentions(second));
    let mut nearest: (u32, TokenIndex, TokenIndex) = (u32::MAX, 0, 0);
    for a in &of_first {
        for b in &of_second {
            let distance = a.tokens.start.abs_diff(b.tokens.start);
            if distance < nearest.0 {
                nearest = (distance, a.head, b.head);
            }
        }
    }
    let best = |entity: &Chosen| telling.candidates[telling.wordings[entity.wording].best as usize].head;
    for (name, a, b) in [("near", nearest.1, nearest.2), ("best", best(first), best(second))] {
        let (from, to) = (a.min(b), a.max(b));
        let (sent_from, sent_to) = (doc.sentence_of(from), doc.sentence_of(to));
        let block = |sent: u32| doc.sentences()[sent as usize].block;
        row.put(|| format!("{name}.tokens"), (to - from) as f32);
        row.put(|| format!("{name}.sentences"), (sent_to - sent_from) as f32);
        row.put(|| format!("{name}.blocks"), (block(sent_to) - block(sent_from)) as f32);
        let between = |label: EntityLabel| {
            doc.entities()
                .iter()
                .filter(|entity| {
                    entity.label == label && entity.tokens.start > from && entity.tokens.start < to
                })
                .count() as f32
        };
        row.put(|| format!("{name}.dates"), between(EntityLabel::Date));
        row.put(|| format!("{name}.places"), between(EntityLabel::Gpe));
        let turns = (from..to)
            .filter(|&at| {
                let word = doc.token(at).text.as_str();
                TURNS.iter().any(|turn| word.eq_ignore_ascii_case(turn))
            })
            .count();
        row.put(|| format!("{name}.turns"), turns as f32);
        let verbs = (from..to).filter(|&at| doc.token(at).pos == Pos::Verb).count();
        row.put(|| format!("{name}.verbs"), verbs as f32);
        let (x, y) = (slot(doc, a), slot(doc, b));
        row.put(
            || format!("{name}.one_governor"),
            f32::from(u8::from(x.governor.is_some() && x.governor == y.governor)),
        );
    }
    let (a, b) = (best(first), best(second));
    for (name, x, y) in [
        (
            "place",
            last_entity(doc, a, &[EntityLabel::Gpe, EntityLabel::Loc, EntityLabel::Fac]),
            last_entity(doc, b, &[EntityLabel::Gpe, EntityLabel::Loc, EntityLabel::Fac]),
        ),
        (
            "date",
            last_entity(doc, a, &[EntityLabel::Date, EntityLabel::Time]),
            last_entity(doc, b, &[EntityLabel::Date, EntityLabel::Time]),
        ),
    ] {
        let known = f32::from(u8::from(x.is_some() && y.is_some()));
        row.put(|| format!("{name}.known"), known);
        row.put(|| format!("{name}.same"), if x == y { known } else { -known });
    }
    let (x, y) = (trigger(telling, a), trigger(telling, b));
    row.put(|| "trigger.known".to_owned(), f32::from(u8::from(x.is_some() && y.is_some())));
    row.put(|| "trigger.same".to_owned(), f32::from(u8::from(x.is_some() && x == y)));
    let lemma = |at: Option<TokenIndex>| at.map(|at| telling.words.lemma[at as usize]);
    let class = |at: Option<TokenIndex>| at.map(|at| telling.words.event[at as usize]);
    row.put(|| "trigger.one_lemma".to_owned(), f32::from(u8::from(x.is_some() && lemma(x) == lemma(y))));
    row.put(|| "trigger.one_class".to_owned(), f32::from(u8::from(x.is_some() && class(x) == class(y))));
    for (name, entity) in [("first", first), ("second", second)] {
        row.put(|| format!("{name}.score"), entity.score);
        row.put(|| format!("{name}.affinity"), telling.affinity[entity.wording][kind]);
        let count: usize = entity.group.iter().map(|&at| telling.wordings[at].mentions.len()).sum();
        row.put(|| format!("{name}.mentions"), count as f32);
        row.put(|| format!("{name}.sentence"), doc.sentence_of(best(entity)) as f32);
    }
    let likeness: f32 =
        (0..KINDS).map(|at| telling.affinity[first.wording][at] * telling.affinity[second.wording][at]).sum();
    row.put(|| "likeness".to_owned(), likeness);
    row.put(|| "told.twice".to_owned(), telling.told[TOLD - 1]);
    for (number, name) in KIND_NAMES.iter().enumerate() {
        row.put(|| format!("kind.{name}"), f32::from(u8::from(number == kind)));
    }
    row.put(|| "place.tokens".to_owned(), doc.tokens().len() as f32);
    for (role, name) in ROLE_NAMES.iter().enumerate() {
        let sum: f32 = telling.probabilities.iter().map(|p| p[role]).sum();
        row.put(|| format!("mass.{name}"), sum);
    }
    row.values
}

/// Parts entities into happenings: single entities are joined while the mean probability that two groups belong together is at least
/// `enough`. `together[a][b]` is symmetric. Entities of perpetrators (`is_shared`) don't form groups; the caller adds them to each.
#[must_use]
pub fn groups(together: &[Vec<f32>], is_shared: &[bool], enough: f32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> =
        (0..together.len()).filter(|&at| !is_shared[at]).map(|at| vec![at]).collect();
    loop {
        let mut best: Option<(f32, usize, usize)> = None;
        for a in 0..groups.len() {
            for b in a + 1..groups.len() {
                let pairs = (groups[a].len() * groups[b].len()) as f32;
                let sum: f32 =
                    groups[a].iter().flat_map(|&x| groups[b].iter().map(move |&y| together[x][y])).sum();
                let mean = sum / pairs;
                if mean >= enough && best.is_none_or(|best| mean > best.0) {
                    best = Some((mean, a, b));
                }
            }
        }
        let Some((_, a, b)) = best else { break };
        let moved = groups.remove(b);
        groups[a].extend(moved);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn what_belongs_together_is_one_group() {
        let table = vec![
            vec![1.0, 0.9, 0.1, 0.5],
            vec![0.9, 1.0, 0.2, 0.5],
            vec![0.1, 0.2, 1.0, 0.5],
            vec![0.5, 0.5, 0.5, 1.0],
        ];
        assert_eq!(groups(&table, &[false, false, false, true], 0.5), [vec![0, 1], vec![2]]);
        assert_eq!(groups(&table, &[false; 4], 0.0).len(), 1);
        assert!(groups(&[], &[], 0.5).is_empty());
    }
}
