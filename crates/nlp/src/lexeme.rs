//! String ids and lexical attributes.
//!
//! In: the reserved symbols, the norm tables and the text of a token. Out: the 64-bit id that
//! spaCy gives a string (MurmurHash64A with seed 1, but for reserved symbols) and a token's
//! lexical attributes, interned once per distinct word in a [`Lexicon`].
//! Not here: splitting text into tokens.

use std::borrow::Cow;

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::chars;

/// Words of this many characters or more have the shape "LONG".
const SHAPE_LONG_CHARS: usize = 100;
/// A run of equal shape characters is cut to this length.
const SHAPE_RUN_MAX: usize = 4;
/// A lexicon above either bound is to be cleared between documents.
const LEXICON_WORDS_MAX: usize = 150_000;
const LEXICON_BYTES_MAX: usize = 16 << 20;

/// Failure to read a lexical table.
#[derive(Debug)]
pub struct TableError {
    /// Which table was read.
    pub table: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for TableError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot read {}: {}", self.table, self.message)
    }
}

impl std::error::Error for TableError {}

/// Hashes bytes with MurmurHash64A (Appleby; the 64-bit platform variant).
pub fn murmur64a(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let (blocks, tail) = bytes.as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k ^= k >> R;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    if !tail.is_empty() {
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(M);
    }
    hash ^= hash >> R;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> R)
}

/// The tables behind string ids and norms. Shared between workers.
#[derive(Debug)]
pub struct LexicalTables {
    reserved: FxHashMap<CompactString, u64>,
    reserved_len_max: usize,
    lexeme_norm: FxHashMap<u64, CompactString>,
    base_norms: FxHashMap<CompactString, CompactString>,
}

impl LexicalTables {
    /// Reads the tables.
    ///
    /// `symbols` and `base_norms` are JSON objects (string to integer, string to string);
    /// `lookups` is the package's `vocab/lookups.bin`, a msgpack map with the table `lexeme_norm`.
    ///
    /// # Errors
    /// Names the table that cannot be read.
    pub fn new(symbols: &[u8], base_norms: &[u8], lookups: &[u8]) -> Result<Self, TableError> {
        #[derive(Deserialize)]
        struct Lookups {
            #[serde(default)]
            lexeme_norm: FxHashMap<u64, CompactString>,
        }
        let reserved: FxHashMap<CompactString, u64> = serde_json::from_slice(symbols)
            .map_err(|e| TableError { table: "symbols", message: e.to_string() })?;
        let base_norms = serde_json::from_slice(base_norms)
            .map_err(|e| TableError { table: "base norms", message: e.to_string() })?;
        let lookups: Lookups = rmp_serde::from_slice(lookups)
            .map_err(|e| TableError { table: "vocabulary look-ups", message: e.to_string() })?;
        let reserved_len_max = reserved.keys().map(|symbol| symbol.len()).max().unwrap_or(0);
        Ok(Self { reserved, reserved_len_max, lexeme_norm: lookups.lexeme_norm, base_norms })
    }

    /// Returns the id of a string: 0 for "", a small number for a reserved symbol, else its hash.
    pub fn string_id(&self, text: &str) -> u64 {
        if text.is_empty() {
            return 0;
        }
        if text.len() <= self.reserved_len_max
            && let Some(&id) = self.reserved.get(text)
        {
            return id;
        }
        murmur64a(text.as_bytes(), 1)
    }

    /// Returns the norm of a word without an exception norm.
    fn norm<'a>(&'a self, text: &'a str, orth: u64, lower: &'a str) -> &'a str {
        self.lexeme_norm.get(&orth).or_else(|| self.base_norms.get(text)).map_or(lower, CompactString::as_str)
    }
}

/// Index of a word in a [`Lexicon`]; meaningless after the lexicon is cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LexemeId(pub u32);

impl LexemeId {
    /// Returns the id as an index.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The lexical attributes of a word, as the ids that enter the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributes {
    /// Id of the text itself.
    pub orth: u64,
    /// Id of the norm (the exception's norm where the tokenizer gave one).
    pub norm: u64,
    /// Id of the first character.
    pub prefix: u64,
    /// Id of the last three characters.
    pub suffix: u64,
    /// Id of the shape ("Xxxx", "dd", …).
    pub shape: u64,
    /// All characters are white space.
    pub is_space: bool,
}

#[derive(Debug)]
struct Lexeme {
    text: CompactString,
    /// None where lower-casing changes nothing.
    lower: Option<CompactString>,
    attributes: Attributes,
}

/// The distinct words seen by one worker.
///
/// Grows with the number of distinct words; a worker clears it between documents when
/// [`Lexicon::is_large`], which bounds memory over any number of documents.
#[derive(Debug, Default)]
pub struct Lexicon {
    lexemes: Vec<Lexeme>,
    ids: FxHashMap<(u64, Option<u64>), LexemeId>,
    bytes: usize,
    generation: u64,
}

impl Lexicon {
    /// Returns the id of a word, making it known if it is new.
    ///
    /// `norm` is the norm given by a tokenizer exception; the same text with another norm is
    /// another word. Words are told apart by string id, as in spaCy.
    pub fn intern(&mut self, tables: &LexicalTables, text: &str, norm: Option<&str>) -> LexemeId {
        let orth = tables.string_id(text);
        let norm_id = norm.map(|norm| tables.string_id(norm));
        if let Some(&id) = self.ids.get(&(orth, norm_id)) {
            return id;
        }
        let lower = chars::lower(text);
        let attributes = Attributes {
            orth,
            norm: norm_id.unwrap_or_else(|| tables.string_id(tables.norm(text, orth, &lower))),
            prefix: tables.string_id(prefix(text)),
            suffix: tables.string_id(suffix(text)),
            shape: tables.string_id(&shape(text)),
            is_space: text.chars().all(chars::is_space),
        };
        let lower = match lower {
            Cow::Borrowed(_) => None,
            Cow::Owned(lower) => Some(CompactString::from(lower)),
        };
        let id = LexemeId(u32::try_from(self.lexemes.len()).expect("fewer than 2^32 words"));
        self.bytes += text.len() + lower.as_ref().map_or(0, |lower| lower.len());
        self.lexemes.push(Lexeme { text: text.into(), lower, attributes });
        self.ids.insert((orth, norm_id), id);
        id
    }

    /// Returns the text of a word.
    pub fn text(&self, id: LexemeId) -> &str {
        &self.lexemes[id.index()].text
    }

    /// Returns the lower-cased text of a word.
    pub fn lower(&self, id: LexemeId) -> &str {
        let lexeme = &self.lexemes[id.index()];
        lexeme.lower.as_ref().unwrap_or(&lexeme.text)
    }

    /// Returns the attributes of a word.
    pub fn attributes(&self, id: LexemeId) -> Attributes {
        self.lexemes[id.index()].attributes
    }

    /// Returns the number of words; ids are below it.
    pub fn len(&self) -> usize {
        self.lexemes.len()
    }

    /// Tells whether no word is known.
    pub fn is_empty(&self) -> bool {
        self.lexemes.is_empty()
    }

    /// Returns a number that changes whenever ids lose their meaning.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Tells whether the lexicon should be cleared before the next document.
    pub fn is_large(&self) -> bool {
        self.lexemes.len() > LEXICON_WORDS_MAX || self.bytes > LEXICON_BYTES_MAX
    }

    /// Forgets all words and frees their memory.
    pub fn clear(&mut self) {
        *self = Self { generation: self.generation + 1, ..Self::default() };
    }
}

/// Returns the first character.
fn prefix(text: &str) -> &str {
    text.chars().next().map_or("", |c| &text[..c.len_utf8()])
}

/// Returns the last three characters.
fn suffix(text: &str) -> &str {
    text.char_indices().rev().nth(2).map_or(text, |(start, _)| &text[start..])
}

/// Returns the shape: letters as "X" or "x", digits as "d", runs cut to four.
fn shape(text: &str) -> CompactString {
    if text.chars().nth(SHAPE_LONG_CHARS - 1).is_some() {
        return CompactString::const_new("LONG");
    }
    let mut out = CompactString::default();
    let (mut last, mut run) = (None, 0);
    for c in text.chars() {
        let mapped = if chars::is_alpha(c) {
            if chars::is_upper(c) { 'X' } else { 'x' }
        } else if chars::is_digit(c) {
            'd'
        } else {
            c
        };
        if last == Some(mapped) {
            run += 1;
        } else {
            (last, run) = (Some(mapped), 1);
        }
        if run <= SHAPE_RUN_MAX {
            out.push(mapped);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> LexicalTables {
        // {"lexeme_norm": {id("Iraq"): "mesopotamia"}}
        let lookups = rmp_serde::to_vec(&std::collections::BTreeMap::from([(
            "lexeme_norm",
            std::collections::BTreeMap::from([(6_082_155_222_106_332_043_u64, "mesopotamia")]),
        )]));
        LexicalTables::new(
            br#"{"dep": 414, "agent": 401}"#,
            r#"{"—": "-"}"#.as_bytes(),
            &lookups.expect("encodes"),
        )
        .expect("tables")
    }

    #[test]
    fn string_ids_equal_the_reference() {
        let tables = tables();
        assert_eq!(tables.string_id("Iraq"), 6_082_155_222_106_332_043);
        assert_eq!(tables.string_id("the"), 7_425_985_699_627_899_538);
        assert_eq!(tables.string_id("Zürich"), 9_452_955_988_637_137_518);
        assert_eq!(tables.string_id("dep"), 414);
        assert_eq!(tables.string_id(""), 0);
    }

    #[test]
    fn attributes_follow_the_order_of_norms() {
        let (tables, mut lexicon) = (tables(), Lexicon::default());
        let norm = |lexicon: &mut Lexicon, text: &str, norm: Option<&str>| {
            let id = lexicon.intern(&tables, text, norm);
            lexicon.attributes(id).norm
        };
        assert_eq!(norm(&mut lexicon, "Iraq", None), tables.string_id("mesopotamia"));
        assert_eq!(norm(&mut lexicon, "Iraq", Some("x")), tables.string_id("x"));
        assert_eq!(norm(&mut lexicon, "—", None), tables.string_id("-"));
        assert_eq!(norm(&mut lexicon, "IRAQ", None), tables.string_id("iraq"));
        assert_eq!(lexicon.len(), 4);
        lexicon.clear();
        assert!(lexicon.is_empty() && lexicon.generation() == 1);
    }

    #[test]
    fn shapes() {
        assert_eq!(shape("Abcdefg12345-²①½x"), "Xxxxxdddd-dd½x");
        assert_eq!(shape("U.S."), "X.X.");
        assert_eq!(shape(&"é".repeat(99)), "xxxx");
        assert_eq!(shape(&"é".repeat(100)), "LONG");
        assert_eq!(suffix("abcd"), "bcd");
        assert_eq!(suffix("é"), "é");
        assert_eq!(prefix("éa"), "é");
    }
}
