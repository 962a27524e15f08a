//! Classes of words that hold beyond the texts learned from: what a noun denotes, and what kind of event a trigger tells.
//!
//! In: `data/lexicon/en/nouns.tsv` and `data/codebook/events.tsv` at the time of training; the classes are kept with the weights, so that a
//! later change of the tables changes nothing that was learned. Out: small numbers by lemma; 0 is none.

use rustc_hash::FxHashMap;
use watchkeeper_nn::weights::{WeightError, WeightFile, WeightFileBuilder};
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
        let rows = include_str!("../../../../data/lexicon/en/nouns.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'));
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
            let class =
                if category == "ASSAULT" { format!("{category}.{mode}.{kind}") } else { category.to_owned() };
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

    /// Reads the entries under a prefix: blobs of lines `word<tab>class`.
    ///
    /// # Errors
    /// When one is missing.
    pub fn from_weights(file: &WeightFile<'_>, prefix: &str) -> Result<Self, WeightError> {
        let table = |name: &str| -> Result<FxHashMap<String, u8>, WeightError> {
            let text = String::from_utf8_lossy(file.blob(&format!("{prefix}.{name}"))?);
            Ok(text
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .map(|(word, class)| (word.to_owned(), class.parse().unwrap_or(0)))
                .collect())
        };
        Ok(Self { nouns: table("nouns")?, verbs: table("verbs")?, event_nouns: table("event_nouns")? })
    }

    /// Writes the entries under a prefix, by word.
    pub fn write(&self, prefix: &str, file: &mut WeightFileBuilder) {
        for (name, table) in
            [("nouns", &self.nouns), ("verbs", &self.verbs), ("event_nouns", &self.event_nouns)]
        {
            let mut rows: Vec<String> =
                table.iter().map(|(word, class)| format!("{word}\t{class}")).collect();
            rows.sort_unstable();
            file.blob(&format!("{prefix}.{name}"), rows.join("\n").as_bytes());
        }
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
