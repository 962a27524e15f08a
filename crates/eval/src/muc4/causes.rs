//! Why entities are missed or wrong, counted by cause: no text is shown.

use watchkeeper_extraction::incident::choose::Chosen;
use watchkeeper_record::roles::ROLES;

use super::docs::{Taught, wording_roles};
use super::score::ROLE_KEYS;
use super::stages::Read;

/// Counts by cause, for each role.
#[derive(Debug, Clone, Default)]
pub(crate) struct Causes {
    /// Of predicted entities: right, other words of a right one, another role's filler, in an irrelevant document, nothing.
    wrong: [[u32; 5]; ROLES],
    /// Of gold entities: found, other words chosen, below the line, not among the wordings looked at, no candidate.
    missed: [[u32; 5]; ROLES],
    /// Right wordings below the line by their probability: under .02, .05, .1, .2, and over.
    below: [[u32; 5]; ROLES],
}

impl Causes {
    /// Adds a document.
    pub(crate) fn add(
        &mut self,
        doc: &Taught,
        read: &Read,
        probabilities: &[[f32; ROLES]],
        chosen: &[Chosen],
    ) {
        for entity in chosen {
            let bits = |at: usize| wording_roles(&doc.gold, &read.wordings[at].plain);
            let role = entity.role;
            let cause = if bits(entity.wording) >> role & 1 == 1 {
                0
            } else if entity.group.iter().any(|&at| bits(at) >> role & 1 == 1) {
                1
            } else if entity.group.iter().any(|&at| bits(at) != 0) {
                2
            } else if doc.gold.templates.is_empty() {
                3
            } else {
                4
            };
            self.wrong[role][cause] += 1;
        }
        for role in 0..ROLES {
            for entity in &doc.gold.merged[role] {
                let is = |at: usize| entity.contains(&read.wordings[at].plain);
                let most = probabilities
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| is(*at))
                    .map(|(_, own)| own[role])
                    .fold(f32::MIN, f32::max);
                let own = |chosen: &&Chosen| chosen.role == role;
                let cause = if chosen.iter().filter(own).any(|chosen| is(chosen.wording)) {
                    0
                } else if chosen.iter().filter(own).any(|chosen| chosen.group.iter().any(|&at| is(at))) {
                    1
                } else if most >= 0.0 {
                    let step = [0.02, 0.05, 0.1, 0.2].iter().filter(|&&line| most >= line).count();
                    self.below[role][step] += 1;
                    2
                } else if doc.right.iter().any(|bits| bits >> role & 1 == 1) {
                    3
                } else {
                    4
                };
                self.missed[role][cause] += 1;
            }
        }
    }

    /// As lines of text.
    pub(crate) fn table(&self) -> String {
        let mut out = String::from(
            "predicted: right, other words, other role, irrelevant document, nothing | gold: found, other words, below the line, not looked at, no candidate | below: <.02 <.05 <.1 <.2 more\n",
        );
        for (role, key) in ROLE_KEYS.iter().enumerate() {
            out += &format!(
                "{key:<8} {:?} | {:?} | {:?}\n",
                self.wrong[role], self.missed[role], self.below[role]
            );
        }
        out
    }
}
