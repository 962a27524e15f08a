//! Parts that people, bodies and things play in an incident, and what an encoder says of them token by token.
//!
//! The five roles and six kinds are those of the MUC-4 task (Sundheim 1992), in the product's words.

use serde::{Deserialize, Serialize};

use crate::mention::PhraseIndex;

/// Number of roles.
pub const ROLES: usize = 5;
/// Number of kinds of incident.
pub const KINDS: usize = 6;

/// What part somebody or something plays in an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person or unnamed persons who did it.
    PerpetratorIndividual,
    /// A group, force or body that did it.
    PerpetratorOrganisation,
    /// A building, vehicle or thing that was attacked.
    PhysicalTarget,
    /// A named person who was attacked.
    Victim,
    /// What it was done with.
    Weapon,
}

impl Role {
    /// Every role, in the order of the rows of [`TokenRoles`].
    pub const ALL: [Self; ROLES] = [
        Self::PerpetratorIndividual,
        Self::PerpetratorOrganisation,
        Self::PhysicalTarget,
        Self::Victim,
        Self::Weapon,
    ];

    /// Its place in [`Role::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// What kind of happening an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Violence against people or things that is none of the others.
    Attack,
    /// With an explosive.
    Bombing,
    /// Abduction and the taking of hostages.
    Kidnapping,
    /// Setting fire.
    Arson,
    /// Armed robbery.
    Robbery,
    /// Work stopped by force.
    ForcedWorkStoppage,
}

impl IncidentKind {
    /// Every kind, in the order of [`TokenRoles::kinds`].
    pub const ALL: [Self; KINDS] =
        [Self::Attack, Self::Bombing, Self::Kidnapping, Self::Arson, Self::Robbery, Self::ForcedWorkStoppage];

    /// Its place in [`IncidentKind::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Somebody to whom learned weights give a part in an incident of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleFiller {
    /// The part.
    pub role: Role,
    /// The kind of incident.
    pub kind: IncidentKind,
    /// The words: an index into `Mentions::phrases`.
    pub phrase: PhraseIndex,
    /// Probability of the part, 0..=1, as the weights have it for the texts they learned from.
    pub score: f32,
    /// The weights and what spoke most for it.
    pub why: String,
}

/// What an encoder says of one document, for the tokens of its [`crate::Document`] in order. Probabilities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TokenRoles {
    /// `[tokens, 5]`: that the token lies inside a filler of each role, in the order of [`Role::ALL`].
    pub rows: Vec<[f32; ROLES]>,
    /// `[tokens, 5]`: that it is a filler's first token.
    pub begins: Vec<[f32; ROLES]>,
    /// That the document tells an incident of each kind, in the order of [`IncidentKind::ALL`].
    pub kinds: [f32; KINDS],
}
