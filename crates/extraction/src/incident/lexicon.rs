//! Classes of words that hold beyond the texts learned from: what a noun denotes, and what kind of event a trigger tells.
//!
//! In: `data/lexicon/en/nouns.tsv` and `data/codebook/events.tsv`. Out: small numbers by lemma; 0 is none.

use rustc_hash::FxHashMap;
use watchkeeper_record::document::{Document, Pos, TokenIndex};

/// Classes by lemma.
#[derive(Debug)]
pub struct Lexicon {
    nouns: FxHashMap<String, u8>,
    verbs: FxHashMap<String, u8>,
    event_nouns: FxHashMap<String, u8>,
}

impl Lexicon {
    /// The words that are built into the program.
    #[must_use]
    pub fn shipped() -> Self {
        let mut nouns = FxHashMap::default();
        let rows = include_str!("../../../../data/lexicon/en/nouns.tsv").lines().filter(|line| !line.starts_with('#'));
        for (number, row) in rows.filter(|line| !line.trim().is_empty()).enumerate() {
            for word in row.split('\t').next().unwrap_or_default().split('|') {
                nouns.entry(word.to_owned()).or_insert(number as u8 + 1);
            }
        }
        let (mut verbs, mut event_nouns) = (FxHashMap::default(), FxHashMap::default());
        let mut classes: Vec<String> = Vec::new();
        let rows = include_str!("../../../../data/codebook/events.tsv").lines();
        for row in rows.filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let fields: Vec<&str> = row.split('\t').collect();
            let [triggers, _, category, mode, kind, ..] = fields[..] else { continue };
            let Some((part, words)) = triggers.split_once(' ') else { continue };
            if category == "-" || words == "*" {
                continue;
            }
            // Of what is no assault the category is enough.
            let class = if category == "ASSAULT" { format!("{category}.{mode}.{kind}") } else { category.to_owned() };
            let number = classes.iter().position(|known| *known == class).unwrap_or_else(|| {
                classes.push(class);
                classes.len() - 1
            });
            let into = if part == "v" { &mut verbs } else { &mut event_nouns };
            for word in words.split('|') {
                into.entry(word.to_owned()).or_insert(number as u8 + 1);
            }
        }
        Self { nouns, verbs, event_nouns }
    }

    /// What a noun denotes.
    #[must_use]
    pub fn noun(&self, doc: &Document, index: TokenIndex) -> u8 {
        let tok = doc.token(index);
        if !matches!(tok.pos, Pos::Noun | Pos::Propn) {
            return 0;
        }
        let lemma = tok.lemma.to_lowercase();
        self.nouns.get(lemma.as_str()).copied().unwrap_or(0)
    }

    /// What kind of event a verb or noun tells.
    #[must_use]
    pub fn event(&self, doc: &Document, index: TokenIndex) -> u8 {
        let tok = doc.token(index);
        let table = match tok.pos {
            Pos::Verb => &self.verbs,
            Pos::Noun | Pos::Propn | Pos::Adj => &self.event_nouns,
            _ => return 0,
        };
        let lemma = tok.lemma.to_lowercase();
        table.get(lemma.as_str()).copied().unwrap_or(0)
    }
}
