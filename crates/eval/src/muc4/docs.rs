//! Documents of the task `muc4` made ready for training: candidates, hashed features and what the key says of each.

use watchkeeper_extraction::incident::candidates::{Candidate, candidates};
use watchkeeper_extraction::incident::sparse::{self, Sparse, Words};
use watchkeeper_extraction::incident::strings::{plain, source};
use watchkeeper_record::Document;
use watchkeeper_record::roles::TokenRoles;

use super::score::{Answer, KIND_KEYS};

/// One document.
pub(crate) struct Taught {
    pub(crate) id: String,
    pub(crate) doc: Document,
    pub(crate) words: Words,
    pub(crate) candidates: Vec<Candidate>,
    /// Hashed features of each candidate.
    pub(crate) sparse: Vec<Sparse>,
    /// Hashed features of the document.
    pub(crate) told: Vec<u32>,
    pub(crate) gold: Answer,
    /// Bit `r` of a candidate: it is a wording of a filler of role `r`.
    pub(crate) right: Vec<u8>,
    /// Bit 0: any template; bit `1 + k`: a template of kind `k`; bit 7: two of one kind.
    pub(crate) kinds: u8,
    /// What an encoder that hasn't seen the document says.
    pub(crate) roles: Option<TokenRoles>,
}

impl Taught {
    /// Makes a document ready.
    pub(crate) fn new(id: String, doc: Document, gold: Answer, roles: Option<TokenRoles>) -> Self {
        let words = Words::new(&doc);
        let candidates = candidates(&doc);
        let sparse = candidates.iter().map(|candidate| sparse::features(&doc, &words, candidate)).collect();
        let told = sparse::document(&doc, &words);
        let right = candidates
            .iter()
            .map(|candidate| wording_roles(&gold, &plain(source(&doc, candidate.tokens.clone()))))
            .collect();
        let mut kinds = u8::from(!gold.templates.is_empty());
        for template in &gold.templates {
            for (kind, key) in KIND_KEYS.iter().enumerate() {
                if template.kind.contains(key) {
                    kinds |= 2 << kind;
                }
            }
        }
        let different = gold.different();
        if different.iter().enumerate().any(|(at, one)| different[..at].iter().any(|two| one.kind == two.kind)) {
            kinds |= 1 << 7;
        }
        Self { id, doc, words, candidates, sparse, told, gold, right, kinds, roles }
    }
}

/// The roles that a wording fills by the key, as bits.
pub(crate) fn wording_roles(gold: &Answer, words: &str) -> u8 {
    let mut bits = 0;
    let all = gold.templates.iter().map(|template| &template.roles).chain([&gold.merged]);
    for roles in all {
        for (role, entities) in roles.iter().enumerate() {
            if entities.iter().flatten().any(|mention| mention == words) {
                bits |= 1 << role;
            }
        }
    }
    bits
}

/// The kinds of templates that a wording fills a role in, as bits.
pub(crate) fn wording_kinds(gold: &Answer, words: &str) -> u8 {
    let mut bits = 0;
    for template in &gold.templates {
        if template.roles.iter().flatten().flatten().any(|mention| mention == words) {
            for (kind, key) in KIND_KEYS.iter().enumerate() {
                if template.kind.contains(key) {
                    bits |= 1 << kind;
                }
            }
        }
    }
    bits
}
