//! A second look at each wording, knowing what the first said of everything else: who else is likely to have which part, in its own
//! sentence, beside it, in its own group of wordings, and what kinds of incident the document tells.

use watchkeeper_record::roles::{KINDS, ROLES};

use super::kinds::Telling;
use super::rows::{ROLE_NAMES, Row};
use super::sparse::slot;

/// Further features of every wording of a document.
#[must_use]
pub fn second_rows(
    telling: &Telling<'_>,
    kinds: &[f32; KINDS],
    mut names: Option<&mut Vec<String>>,
) -> Vec<Vec<f32>> {
    let doc = telling.doc;
    let count = telling.wordings.len();
    let mention = |at: usize| &telling.candidates[telling.wordings[at].best as usize];
    let places: Vec<(u32, Option<u32>, u64)> = (0..count)
        .map(|at| {
            let head = mention(at).head;
            let stands = slot(doc, head);
            (doc.sentence_of(head), stands.governor, stands.class())
        })
        .collect();
    let overlaps = |a: usize, b: usize| {
        telling.wordings[a].mentions.iter().any(|&x| {
            telling.wordings[b].mentions.iter().any(|&y| {
                let (x, y) = (&telling.candidates[x as usize].tokens, &telling.candidates[y as usize].tokens);
                x.start < y.end && y.start < x.end
            })
        })
    };
    (0..count)
        .map(|at| {
            let wanted = if at == 0 { names.take() } else { None };
            let mut row = Row { values: Vec::with_capacity(64), names: wanted };
            let own = telling.probabilities[at];
            let mut near = [[0.0_f32; ROLES]; 4];
            let (mut longer, mut shorter) = ([0.0_f32; ROLES], [0.0_f32; ROLES]);
            let length = mention(at).tokens.end - mention(at).tokens.start;
            for other in (0..count).filter(|&other| other != at) {
                let theirs = &telling.probabilities[other];
                if overlaps(at, other) {
                    let tokens = &mention(other).tokens;
                    let into = if tokens.end - tokens.start > length { &mut longer } else { &mut shorter };
                    raise(into, theirs);
                    continue;
                }
                raise(&mut near[0], theirs);
                match places[at].0.abs_diff(places[other].0) {
                    0 => raise(&mut near[1], theirs),
                    1 => raise(&mut near[2], theirs),
                    _ => {}
                }
                if places[at].1.is_some() && places[at].1 == places[other].1 {
                    raise(&mut near[3], theirs);
                }
            }
            for role in 0..ROLES {
                let name = ROLE_NAMES[role];
                row.put(|| format!("again.{name}"), own[role]);
                row.put(|| format!("again.{name}.longer"), longer[role] - own[role]);
                row.put(|| format!("again.{name}.shorter"), shorter[role] - own[role]);
                for (place, near) in ["document", "sentence", "beside", "governor"].iter().zip(&near) {
                    row.put(|| format!("again.{name}.{place}"), near[role]);
                }
            }
            for (kind, probability) in kinds.iter().enumerate() {
                row.put(|| format!("again.kind.{kind}"), *probability);
            }
            for (kind, affinity) in telling.affinity[at].iter().enumerate() {
                row.put(|| format!("again.affinity.{kind}"), *affinity);
            }
            let fit = (0..KINDS).map(|kind| kinds[kind] * telling.affinity[at][kind]).fold(0.0, f32::max);
            row.put(|| "again.fit".to_owned(), fit);
            row.put(|| "again.told".to_owned(), kinds.iter().copied().fold(0.0, f32::max));
            row.values
        })
        .collect()
}

fn raise(most: &mut [f32; ROLES], by: &[f32; ROLES]) {
    for (most, by) in most.iter_mut().zip(by) {
        *most = most.max(*by);
    }
}
