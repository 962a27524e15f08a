//! Documents of the task `muc4` made ready for training: candidates, hashed features and what the key says of each.

use serde_json::Value;
use watchkeeper_extraction::incident::candidates::{Candidate, candidates};
use watchkeeper_extraction::incident::lexicon::Lexicon;
use watchkeeper_extraction::incident::sparse::{self, Sparse, Words};
use watchkeeper_extraction::incident::strings::{plain, source};
use watchkeeper_record::Document;
use watchkeeper_record::roles::{ROLES, TokenRoles};

use super::score::{Answer, KIND_KEYS};

/// One document.
pub(crate) struct Taught {
    pub(crate) doc: Document,
    pub(crate) words: Words,
    pub(crate) candidates: Vec<Candidate>,
    /// Hashed features of each candidate.
    pub(crate) sparse: Vec<Sparse>,
    /// Hashed features of the document.
    pub(crate) told: Vec<u32>,
    pub(crate) gold: Answer,
    /// Bit `r` of a candidate: it is a wording of a filler of role `r`; bit 5: it describes people who were attacked.
    pub(crate) right: Vec<u8>,
    /// Bit 0: any template; bit `1 + k`: a template of kind `k`; bit 7: two of one kind.
    pub(crate) kinds: u8,
    /// What an encoder that hasn't seen the document says.
    pub(crate) roles: Option<TokenRoles>,
}

impl Taught {
    /// Makes a document ready. `described` are the people whom the key knows by a description only.
    pub(crate) fn new(
        doc: Document,
        gold: Answer,
        described: &[String],
        lexicon: &Lexicon,
        roles: Option<TokenRoles>,
    ) -> Self {
        let words = Words::new(&doc, lexicon);
        let candidates = candidates(&doc);
        let sparse = candidates.iter().map(|candidate| sparse::features(&doc, &words, candidate)).collect();
        let told = sparse::document(&doc, &words);
        let right = candidates
            .iter()
            .map(|candidate| {
                let words = plain(source(&doc, candidate.tokens.clone()));
                wording_roles(&gold, &words) | u8::from(described.contains(&words)) << ROLES
            })
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
        if different
            .iter()
            .enumerate()
            .any(|(at, one)| different[..at].iter().any(|two| one.kind == two.kind))
        {
            kinds |= 1 << 7;
        }
        Self { doc, words, candidates, sparse, told, gold, right, kinds, roles }
    }
}

impl Taught {
    /// Its hashed features without one group of them.
    pub(crate) fn without(&self, group: usize) -> Vec<Sparse> {
        self.sparse
            .iter()
            .map(|sparse| {
                let start = if group == 0 { 0 } else { sparse.ends[group - 1] };
                let gone = sparse.ends[group] - start;
                let mut indices = sparse.indices.clone();
                indices.drain(start as usize..sparse.ends[group] as usize);
                let ends = std::array::from_fn(|at| sparse.ends[at] - if at >= group { gone } else { 0 });
                Sparse { indices, ends }
            })
            .collect()
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

/// The people whom a line of the full key knows by a description only, as compared.
pub(crate) fn described(line: &Value) -> Vec<String> {
    let templates = line["templates"].as_array().map(Vec::as_slice).unwrap_or_default();
    templates
        .iter()
        .filter_map(|template| template["roles"]["VictimDesc"].as_array())
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_str)
        .map(plain)
        .collect()
}
