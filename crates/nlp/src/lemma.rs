//! Rule lemmatizer: word, coarse tag and morphology to base form.
//!
//! In: the package's look-up tables and a token's text, coarse tag and features. Out: its lemma, as
//! spaCy's `EnglishLemmatizer` in mode "rule" gives it. Not here: the lemmas that the attribute
//! ruler fixes; those come first.

use std::hash::Hasher;

use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHasher};
use serde::Deserialize;

use crate::chars;
use crate::lexeme::{LexemeId, LexicalTables, Lexicon, TableError};

/// Lemmas kept by a worker before the memory is begun anew.
const MEMORY_MAX: usize = 1 << 18;
/// Coarse tags of Universal Dependencies, in lower case as the tables name them.
const COARSE_TAGS: [&str; 17] = [
    "adj", "adp", "adv", "aux", "cconj", "det", "intj", "noun", "num", "part", "pron", "propn", "punct",
    "sconj", "sym", "verb", "x",
];

type Exceptions = FxHashMap<CompactString, Vec<CompactString>>;
type Rules = Vec<(CompactString, CompactString)>;

/// The tables of one coarse tag.
#[derive(Debug)]
struct Tables {
    index: WordSet,
    exceptions: Exceptions,
    rules: Rules,
}

/// A set of words that is quick to make: one buffer and a table of slots.
#[derive(Debug, Default)]
struct WordSet {
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<u32>,
    /// Word number plus one, 0 for empty; the length is a power of two of at least twice the words.
    slots: Vec<u32>,
}

impl WordSet {
    fn new(words: &[&str]) -> Result<Self, String> {
        let bytes = words.iter().map(|word| word.len()).sum();
        u32::try_from(bytes).map_err(|_| "the index of words is too large".to_owned())?;
        let mut set = Self {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(words.len()),
            slots: vec![0; (words.len() * 2).next_power_of_two().max(2)],
        };
        for word in words {
            set.text.push_str(word);
            set.ends.push(set.text.len() as u32);
            let mut slot = set.first_slot(word);
            while set.slots[slot] != 0 {
                slot = (slot + 1) & (set.slots.len() - 1);
            }
            set.slots[slot] = set.ends.len() as u32;
        }
        Ok(set)
    }

    fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn contains(&self, word: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let mut slot = self.first_slot(word);
        while let Some(number) = (self.slots[slot] as usize).checked_sub(1) {
            let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
            if &self.text[start..self.ends[number] as usize] == word {
                return true;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        false
    }

    fn first_slot(&self, word: &str) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(word.as_bytes());
        hasher.finish() as usize & (self.slots.len() - 1)
    }
}

/// The tables of a package. Shared between workers.
#[derive(Debug)]
pub struct Lemmatizer {
    by_tag: FxHashMap<&'static str, Tables>,
}

/// Lemmas found by one worker.
#[derive(Debug, Default)]
pub struct LemmaMemory {
    generation: u64,
    lemmas: FxHashMap<(LexemeId, u16, u16), CompactString>,
}

impl Lemmatizer {
    /// Reads a package's `lemmatizer/lookups/lookups.bin` (msgpack).
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn new(file: &[u8], tables: &LexicalTables) -> Result<Self, TableError> {
        #[derive(Deserialize)]
        struct File<'f> {
            lemma_rules: FxHashMap<u64, Rules>,
            lemma_exc: FxHashMap<u64, Exceptions>,
            #[serde(borrow)]
            lemma_index: FxHashMap<u64, Vec<&'f str>>,
        }
        let error = |message: String| TableError { table: "lemmatizer", message };
        let mut file: File<'_> = rmp_serde::from_slice(file).map_err(|e| error(e.to_string()))?;
        let mut by_tag = FxHashMap::default();
        for tag in COARSE_TAGS {
            let id = tables.string_id(tag);
            let found = Tables {
                index: WordSet::new(&file.lemma_index.remove(&id).unwrap_or_default()).map_err(error)?,
                exceptions: file.lemma_exc.remove(&id).unwrap_or_default(),
                rules: file.lemma_rules.remove(&id).unwrap_or_default(),
            };
            if !(found.index.is_empty() && found.exceptions.is_empty() && found.rules.is_empty()) {
                by_tag.insert(tag, found);
            }
        }
        Ok(Self { by_tag })
    }

    /// Returns the lemma of a word of a lexicon, remembering it.
    ///
    /// `pos` and `morph` are numbers and names of coarse tag and features; equal numbers must
    /// always come with equal names.
    pub fn lemma<'m>(
        &self,
        lexicon: &Lexicon,
        word: LexemeId,
        pos: (u16, &str),
        morph: (u16, &str),
        memory: &'m mut LemmaMemory,
    ) -> &'m CompactString {
        if memory.generation != lexicon.generation() || memory.lemmas.len() > MEMORY_MAX {
            *memory = LemmaMemory { generation: lexicon.generation(), ..LemmaMemory::default() };
        }
        memory
            .lemmas
            .entry((word, pos.0, morph.0))
            .or_insert_with(|| self.find(lexicon.text(word), lexicon.lower(word), pos.1, morph.1))
    }

    /// Returns the lemma; `lower` is the lower-cased `text`.
    pub fn find(&self, text: &str, lower: &str, pos: &str, morph: &str) -> CompactString {
        let pos = chars::lower(pos);
        if matches!(&*pos, "" | "eol" | "space") || is_base_form(&pos, morph) {
            return lower.into();
        }
        let Some(tables) = self.by_tag.get(&*pos) else {
            return if pos == "propn" { text.into() } else { lower.into() };
        };
        let (mut forms, mut unknown): (Vec<CompactString>, Option<CompactString>) = (Vec::new(), None);
        for (old, new) in &tables.rules {
            let Some(stem) = lower.strip_suffix(old.as_str()) else {
                continue;
            };
            let form = compact_str::format_compact!("{stem}{new}");
            if form.is_empty() {
                continue;
            }
            if tables.index.contains(&form) {
                forms.insert(0, form);
            } else if !form.chars().all(chars::is_alpha) {
                forms.push(form);
            } else {
                unknown.get_or_insert(form);
            }
        }
        // Only the first form counts, so doubles need not be removed.
        for form in tables.exceptions.get(lower).into_iter().flatten() {
            if !forms.contains(form) {
                forms.insert(0, form.clone());
            }
        }
        forms.into_iter().next().or(unknown).unwrap_or_else(|| text.into())
    }
}

/// Tells whether the features say that the word is its own base form.
fn is_base_form(pos: &str, morph: &str) -> bool {
    let get = |name: &str| {
        morph.split('|').filter_map(|feature| feature.split_once('=')).find(|f| f.0 == name).map(|f| f.1)
    };
    (pos == "noun" && get("Number") == Some("Sing"))
        || matches!(get("VerbForm"), Some("Inf" | "None"))
        || (pos == "verb"
            && get("VerbForm") == Some("Fin")
            && get("Tense") == Some("Pres")
            && get("Number").is_none())
        || get("Degree") == Some("Pos")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn lemma(text: &str, pos: &str, morph: &str) -> String {
        let empty = rmp_serde::to_vec(&BTreeMap::<u8, u8>::new()).expect("encodes");
        let lexical = LexicalTables::new(b"{}", b"{}", &empty).expect("tables");
        let (verb, noun) = (lexical.string_id("verb"), lexical.string_id("noun"));
        #[derive(serde::Serialize)]
        struct File {
            lemma_rules: BTreeMap<u64, Vec<[&'static str; 2]>>,
            lemma_exc: BTreeMap<u64, BTreeMap<&'static str, Vec<&'static str>>>,
            lemma_index: BTreeMap<u64, Vec<&'static str>>,
        }
        let file = rmp_serde::to_vec_named(&File {
            lemma_rules: BTreeMap::from([
                (verb, vec![["ed", "e"], ["ed", ""], ["s", ""]]),
                (noun, vec![["s", ""]]),
            ]),
            lemma_exc: BTreeMap::from([(verb, BTreeMap::from([("went", vec!["go"])]))]),
            lemma_index: BTreeMap::from([(verb, vec!["attack", "storm"])]),
        });
        let lemmatizer = Lemmatizer::new(&file.expect("encodes"), &lexical).expect("tables");
        lemmatizer.find(text, &chars::lower(text), pos, morph).into()
    }

    #[test]
    fn word_sets_hold_what_they_were_given() {
        let words: Vec<String> = (0..500).map(|i| format!("word{}", i * 7)).collect();
        let set = WordSet::new(&words.iter().map(String::as_str).collect::<Vec<_>>()).expect("small");
        assert!(words.iter().all(|word| set.contains(word)));
        assert!(!set.contains("word1") && !set.contains("") && !WordSet::default().contains("x"));
    }

    #[test]
    fn applies_rules_exceptions_and_base_forms() {
        let past = "Tense=Past|VerbForm=Fin";
        assert_eq!(lemma("Stormed", "VERB", past), "storm");
        assert_eq!(lemma("Went", "VERB", past), "go");
        assert_eq!(lemma("Blitzed", "VERB", past), "blitze");
        assert_eq!(lemma("XYZ", "VERB", past), "XYZ");
        assert_eq!(lemma("x-s", "NOUN", "Number=Plur"), "x-");
        assert_eq!(lemma("Gas", "NOUN", "Number=Sing"), "gas");
        assert_eq!(lemma("Hits", "VERB", "Tense=Pres|VerbForm=Fin"), "hits");
        assert_eq!(lemma("United Nations", "PROPN", "Number=Plur"), "United Nations");
        assert_eq!(lemma("The", "DET", ""), "the");
    }
}
