//! From chosen entities to incidents: which kinds are told, who and what belongs to each, and how often each kind happened.

use watchkeeper_record::roles::KINDS;

use super::choose::Chosen;
use super::kinds::groups;

/// Most incidents of one kind.
const SAME_KIND_MAX: usize = 6;

/// Where the line is drawn in each decision; found out of fold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Least probability of an entity, by role.
    pub roles: [f32; 5],
    /// Least probability of a kind, by kind.
    pub kinds: [f32; KINDS],
    /// Least score of an entity that makes an incident of the likeliest kind where none is probable enough.
    pub forced: f32,
    /// Least probability that an entity belongs to one of several kinds.
    pub member: f32,
    /// Least mean probability that two groups of entities are one happening.
    pub together: f32,
    /// Least mean probability that a perpetrator or weapon belongs to one of several happenings of a kind.
    pub shared: f32,
}

/// An incident as indices of chosen entities.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// Index of the kind.
    pub kind: usize,
    /// Probability that the document tells one of this kind.
    pub score: f32,
    /// Its entities, as indices of the chosen.
    pub entities: Vec<usize>,
}

/// Composes incidents. `member(entity, kind)` and `together(kind, a, b)` are probabilities.
#[must_use]
pub fn compose(
    chosen: &[Chosen],
    kinds: &[f32; KINDS],
    limits: &Limits,
    member: &mut dyn FnMut(usize, usize) -> f32,
    together: &mut dyn FnMut(usize, usize, usize) -> f32,
) -> Vec<Composed> {
    let mut told: Vec<usize> = (0..KINDS).filter(|&kind| kinds[kind] >= limits.kinds[kind]).collect();
    if told.is_empty()
        && chosen.iter().any(|entity| entity.score >= limits.forced.max(limits.roles[entity.role]))
    {
        told.extend((0..KINDS).reduce(|a, b| if kinds[b] > kinds[a] { b } else { a }));
    }
    let mut belongs: Vec<Vec<usize>> = vec![Vec::new(); told.len()];
    for (entity, own) in chosen.iter().enumerate() {
        if own.score < limits.roles[own.role] {
            continue;
        }
        if told.len() == 1 {
            belongs[0].push(entity);
            continue;
        }
        let scores: Vec<f32> = told.iter().map(|&kind| member(entity, kind)).collect();
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        for (into, score) in belongs.iter_mut().zip(&scores) {
            if *score >= limits.member || *score >= most {
                into.push(entity);
            }
        }
    }
    let mut out = Vec::new();
    for (&kind, entities) in told.iter().zip(belongs) {
        for part in happenings(chosen, kind, &entities, limits, together) {
            out.push(Composed { kind, score: kinds[kind], entities: part });
        }
    }
    out
}

/// Parts the entities of one kind into happenings. Perpetrators and weapons may belong to several.
fn happenings(
    chosen: &[Chosen],
    kind: usize,
    entities: &[usize],
    limits: &Limits,
    together: &mut dyn FnMut(usize, usize, usize) -> f32,
) -> Vec<Vec<usize>> {
    let is_shared: Vec<bool> = entities.iter().map(|&at| matches!(chosen[at].role, 0 | 1 | 4)).collect();
    if is_shared.iter().filter(|shared| !**shared).count() < 2 {
        return vec![entities.to_vec()];
    }
    let count = entities.len();
    let mut table = vec![vec![0.0_f32; count]; count];
    for a in 0..count {
        for b in a + 1..count {
            let score = together(kind, entities[a], entities[b]);
            table[a][b] = score;
            table[b][a] = score;
        }
    }
    let mut parts = groups(&table, &is_shared, limits.together);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    if parts.len() > SAME_KIND_MAX {
        let rest: Vec<usize> = parts.drain(SAME_KIND_MAX..).flatten().collect();
        parts[0].extend(rest);
    }
    if parts.len() > 1 {
        let cores = parts.clone();
        for at in (0..count).filter(|&at| is_shared[at]) {
            let scores: Vec<f32> = cores
                .iter()
                .map(|core| core.iter().map(|&other| table[at][other]).sum::<f32>() / core.len() as f32)
                .collect();
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            for (part, score) in parts.iter_mut().zip(&scores) {
                if *score >= limits.shared || *score >= most {
                    part.push(at);
                }
            }
        }
    } else {
        return vec![entities.to_vec()];
    }
    parts.into_iter().map(|part| part.into_iter().map(|at| entities[at]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(role: usize, score: f32) -> Chosen {
        Chosen { role, wording: 0, score, group: vec![0] }
    }

    const LIMITS: Limits =
        Limits { roles: [0.3; 5], kinds: [0.5; KINDS], forced: 0.8, member: 0.5, together: 0.5, shared: 0.5 };

    #[test]
    fn two_happenings_of_one_kind_share_who_did_both() {
        let chosen = [entity(1, 0.9), entity(2, 0.9), entity(2, 0.8), entity(3, 0.1)];
        let kinds = [0.1, 0.9, 0.0, 0.0, 0.0, 0.0];
        let told = compose(&chosen, &kinds, &LIMITS, &mut |_, _| 1.0, &mut |_, a, b| {
            if a.min(b) == 0 { 0.9 } else { 0.1 }
        });
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|incident| incident.kind == 1 && incident.entities.contains(&0)));
        assert!(told.iter().all(|incident| !incident.entities.contains(&3)), "below its line");
    }

    #[test]
    fn nothing_probable_is_nothing_told() {
        let told = compose(&[entity(0, 0.4)], &[0.2; KINDS], &LIMITS, &mut |_, _| 1.0, &mut |_, _, _| 1.0);
        assert!(told.is_empty());
        let told = compose(&[entity(0, 0.9)], &[0.2; KINDS], &LIMITS, &mut |_, _| 1.0, &mut |_, _, _| 1.0);
        assert_eq!(told.len(), 1, "a very sure entity makes an incident of the likeliest kind");
    }
}
