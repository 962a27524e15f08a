//! The reader: weights, and the way of a document through the steps.

use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_nn::weights::{WeightError, WeightFile, WeightFileBuilder};
use watchkeeper_record::Document;
use watchkeeper_record::document::TokenIndex;
use watchkeeper_record::roles::{IncidentKind, KINDS, ROLES, Role, TokenRoles};

use super::candidates::candidates;
use super::choose::{Chosen, choose};
use super::compose::{Composed, Limits, compose};
use super::kinds::{Telling, kind_row, member_row, pair_row};
use super::known::Known;
use super::lexicon::Lexicon;
use super::linear::Linear;
use super::rows::{ROLE_NAMES, Scene, TOLD, Wording, wordings};
use super::sparse::{self, Sparse, Words};

/// Everything learned: linear models over words, trees over rows of numbers, and where lines are drawn.
#[derive(Debug)]
pub struct Reader {
    /// Roles of a candidate, from hashed features.
    pub roles: Linear,
    /// Relevance, kinds and repetition, from the document's hashed features.
    pub told: Linear,
    /// Kinds of incident that a filler is part of, from its hashed features.
    pub affinity: Linear,
    /// Trees of each role, over wordings.
    pub forests: Vec<Forest>,
    /// Trees over (document, kind).
    pub kinds: Forest,
    /// Trees over (entity, kind).
    pub members: Forest,
    /// Trees over pairs of entities of one kind.
    pub pairs: Forest,
    /// Wordings that filled roles.
    pub known: Known,
    /// Classes of words.
    pub lexicon: Lexicon,
    /// Where lines are drawn.
    pub limits: Limits,
}

/// Somebody or something with a part in an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Filler {
    /// The part.
    pub role: Role,
    /// The mention that stands for it.
    pub tokens: std::ops::Range<TokenIndex>,
    /// Probability that it has the part and is worded so.
    pub score: f32,
    /// What spoke most for it, strongest first: feature and what it added to the score.
    pub why: Vec<(String, f32)>,
}

/// An incident that a document tells.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldIncident {
    /// Its kind.
    pub kind: IncidentKind,
    /// Probability that the document tells one of this kind.
    pub score: f32,
    /// Who and what has a part, by role and then score.
    pub fillers: Vec<Filler>,
}

impl Reader {
    /// Reads a document.
    #[must_use]
    pub fn read(&self, doc: &Document, roles: Option<&TokenRoles>) -> Vec<ToldIncident> {
        let words = Words::new(doc, &self.lexicon);
        let candidates = candidates(doc);
        let sparse: Vec<Sparse> =
            candidates.iter().map(|candidate| sparse::features(doc, &words, candidate)).collect();
        let parts: Vec<Vec<f32>> = sparse.iter().map(|sparse| self.roles.parts(sparse)).collect();
        let told = self.told.score(&sparse::document(doc, &words));
        let told: [f32; TOLD] = std::array::from_fn(|at| told.get(at).copied().unwrap_or_default());
        let scene = Scene {
            doc,
            words: &words,
            candidates: &candidates,
            parts: &parts,
            bias: std::array::from_fn(|target| self.roles.bias(target)),
            told,
            known: &self.known,
            roles,
        };
        let wordings = wordings(&scene, None);
        let probabilities = probabilities(&wordings, &self.forests);
        let affinity: Vec<[f32; KINDS]> =
            wordings.iter().map(|wording| affinity(&self.affinity, &sparse, wording)).collect();
        let telling = Telling {
            doc,
            words: &words,
            candidates: &candidates,
            wordings: &wordings,
            probabilities: &probabilities,
            affinity: &affinity,
            told: &told,
            roles,
        };
        let mut chosen = choose(doc, &candidates, &wordings, &probabilities, &self.limits.roles);
        keep_strongest(&mut chosen);
        let kinds = std::array::from_fn(|kind| logistic(self.kinds.score(&kind_row(&telling, kind, None))));
        let composed = self.compose(&telling, &chosen, &kinds);
        composed.iter().map(|incident| self.tell(&telling, &chosen, incident)).collect()
    }

    /// Composes incidents by the trees of members and pairs.
    #[must_use]
    pub fn compose(&self, telling: &Telling<'_>, chosen: &[Chosen], kinds: &[f32; KINDS]) -> Vec<Composed> {
        compose(
            chosen,
            kinds,
            &self.limits,
            &mut |entity, kind| {
                logistic(self.members.score(&member_row(telling, &chosen[entity], kind, kinds, None)))
            },
            &mut |kind, a, b| {
                logistic(self.pairs.score(&pair_row(telling, kind, &chosen[a], &chosen[b], None)))
            },
        )
    }

    fn tell(&self, telling: &Telling<'_>, chosen: &[Chosen], incident: &Composed) -> ToldIncident {
        let mut fillers: Vec<Filler> = incident
            .entities
            .iter()
            .map(|&at| {
                let entity = &chosen[at];
                let wording = &telling.wordings[entity.wording];
                let tokens = telling.candidates[wording.best as usize].tokens.clone();
                let why = self.explain(entity.role, wording);
                Filler { role: Role::ALL[entity.role], tokens, score: entity.score, why }
            })
            .collect();
        fillers.sort_by(|a, b| a.role.cmp(&b.role).then(b.score.total_cmp(&a.score)));
        ToldIncident { kind: IncidentKind::ALL[incident.kind], score: incident.score, fillers }
    }

    /// The three features that spoke most for a wording in a role.
    fn explain(&self, role: usize, wording: &Wording) -> Vec<(String, f32)> {
        let forest = &self.forests[role];
        let added = forest.explain(&wording.features);
        let mut order: Vec<usize> = (0..added.len()).filter(|&at| added[at] > 0.0).collect();
        order.sort_by(|&a, &b| added[b].total_cmp(&added[a]).then(a.cmp(&b)));
        order.into_iter().take(3).map(|at| (forest.features()[at].clone(), added[at])).collect()
    }

    /// Reads weights.
    ///
    /// # Errors
    /// When an entry is missing or has another shape.
    pub fn from_weights(bytes: &[u8]) -> Result<Self, WeightError> {
        let file = WeightFile::parse(bytes)?;
        let forests = ROLE_NAMES
            .iter()
            .map(|name| Forest::from_weights(&file, &format!("role.{name}")))
            .collect::<Result<Vec<_>, _>>()?;
        let limits = file.tensor_of("limits", &[ROLES + KINDS + 4])?;
        Ok(Self {
            roles: Linear::from_weights(&file, "linear.roles")?,
            told: Linear::from_weights(&file, "linear.told")?,
            affinity: Linear::from_weights(&file, "linear.affinity")?,
            forests,
            known: Known::from_weights(&file, "known")?,
            lexicon: Lexicon::from_weights(&file, "lexicon")?,
            kinds: Forest::from_weights(&file, "kinds")?,
            members: Forest::from_weights(&file, "members")?,
            pairs: Forest::from_weights(&file, "pairs")?,
            limits: Limits {
                roles: std::array::from_fn(|at| limits[at]),
                kinds: std::array::from_fn(|at| limits[ROLES + at]),
                forced: limits[ROLES + KINDS],
                member: limits[ROLES + KINDS + 1],
                together: limits[ROLES + KINDS + 2],
                shared: limits[ROLES + KINDS + 3],
            },
        })
    }

    /// Writes weights.
    #[must_use]
    pub fn to_weights(&self) -> Vec<u8> {
        let mut file = WeightFileBuilder::new();
        self.roles.write("linear.roles", &mut file);
        self.told.write("linear.told", &mut file);
        self.affinity.write("linear.affinity", &mut file);
        for (forest, name) in self.forests.iter().zip(ROLE_NAMES) {
            forest.write(&format!("role.{name}"), &mut file);
        }
        self.known.write("known", &mut file);
        self.lexicon.write("lexicon", &mut file);
        self.kinds.write("kinds", &mut file);
        self.members.write("members", &mut file);
        self.pairs.write("pairs", &mut file);
        let mut limits = self.limits.roles.to_vec();
        limits.extend(self.limits.kinds);
        limits.extend([self.limits.forced, self.limits.member, self.limits.together, self.limits.shared]);
        file.tensor("limits", &[limits.len()], &limits);
        file.finish()
    }
}

/// Most entities that are compared in pairs; a report of two pages has some twenty.
const ENTITIES_MAX: usize = 64;

/// Keeps the entities of highest score where there are many, in their order: lists of names would be compared each with each.
fn keep_strongest(chosen: &mut Vec<Chosen>) {
    if chosen.len() <= ENTITIES_MAX {
        return;
    }
    let mut scores: Vec<f32> = chosen.iter().map(|entity| entity.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    let least = scores[ENTITIES_MAX - 1];
    // Of equals at the border the first ones.
    let mut room = ENTITIES_MAX - scores.iter().filter(|score| score.total_cmp(&least).is_gt()).count();
    chosen.retain(|entity| match entity.score.total_cmp(&least) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal if room > 0 => {
            room -= 1;
            true
        }
        _ => false,
    });
}

/// Probability of each role for each wording.
#[must_use]
pub fn probabilities(wordings: &[Wording], forests: &[Forest]) -> Vec<[f32; ROLES]> {
    wordings
        .iter()
        .map(|wording| {
            std::array::from_fn(|role| {
                if wording.open[role] { logistic(forests[role].score(&wording.features)) } else { 0.0 }
            })
        })
        .collect()
}

/// Affinity of a wording to each kind: the most of its mentions, as probabilities.
#[must_use]
pub fn affinity(linear: &Linear, sparse: &[Sparse], wording: &Wording) -> [f32; KINDS] {
    let mut most = [0.0_f32; KINDS];
    for &mention in &wording.mentions {
        let scores = linear.score(&sparse[mention as usize].indices);
        for (most, score) in most.iter_mut().zip(scores) {
            *most = most.max(logistic(score));
        }
    }
    most
}
