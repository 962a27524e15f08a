//! Text to tokens, as spaCy's `Tokenizer` does it.
//!
//! In: text and a package's tokenizer file. Out: tokens as words of a lexicon with byte offsets.
//! Every character belongs to a token, except one U+0020 after a token (`space_after`).
//! Cost: linear in the text; a chunk (run without white space) seen before costs one look-up.
//!
//! First pass: chunks are split by exceptions, prefixes, suffixes, URLs and infixes.
//! Second pass: exceptions that the affix rules would split (":-)" style) are found again
//! in the token sequence. Source: spaCy 3.8 `spacy/tokenizer.pyx`, behaviour only.

use std::collections::BTreeMap;

use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::chars;
use crate::lexeme::{LexemeId, LexicalTables, Lexicon, TableError};
use crate::pyre::{Pattern, Scratch};

/// Chunks up to this many bytes are remembered.
const MEMO_CHUNK_BYTES_MAX: usize = 64;
/// spaCy's numbers of the attributes ORTH and NORM.
const ORTH: u64 = 65;
const NORM: u64 = 67;

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its word.
    pub lexeme: LexemeId,
    /// First byte in the text.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// One U+0020 follows that belongs to no token.
    pub space_after: bool,
}

/// One token of an exception: its length in bytes and its norm.
#[derive(Debug)]
struct ExceptionToken {
    len: u32,
    norm: Option<CompactString>,
}

/// One token of a chunk, in order: its length in bytes and its exception norm.
type Piece<'a> = (usize, Option<&'a str>);

/// The rules of a tokenizer file. Shared between workers.
#[derive(Debug)]
pub struct Tokenizer {
    prefix: Option<Pattern>,
    suffix: Option<Pattern>,
    infix: Option<Pattern>,
    token_match: Option<Pattern>,
    url_match: Option<Pattern>,
    exceptions: FxHashMap<CompactString, Vec<ExceptionToken>>,
    exception_bytes_max: usize,
    /// Word sequences of split exceptions after their first word, by their first word.
    split_exceptions: FxHashMap<CompactString, Vec<Vec<CompactString>>>,
}

/// What one worker keeps between documents.
#[derive(Debug, Default)]
pub struct TokenizerState {
    /// The words seen.
    pub lexicon: Lexicon,
    memo: FxHashMap<Box<str>, (u32, u32)>,
    memo_tokens: Vec<(LexemeId, u32)>,
    /// By word: may begin a split exception.
    may_begin: Vec<bool>,
    scratch: Scratch,
}

impl TokenizerState {
    /// Forgets all words if they have become many; call between documents.
    ///
    /// Ids of words lose their meaning then, and [`Lexicon::generation`] changes.
    pub fn clear_if_large(&mut self) {
        if self.lexicon.is_large() {
            self.clear();
        }
    }

    /// Forgets all words.
    pub fn clear(&mut self) {
        self.lexicon.clear();
        self.memo = FxHashMap::default();
        self.memo_tokens = Vec::new();
        self.may_begin = Vec::new();
    }
}

/// A tokenizer file as it lies on disk.
#[derive(Deserialize)]
struct File {
    prefix_search: Option<String>,
    suffix_search: Option<String>,
    infix_finditer: Option<String>,
    token_match: Option<String>,
    url_match: Option<String>,
    exceptions: BTreeMap<String, Vec<BTreeMap<Key, CompactString>>>,
    faster_heuristics: Option<bool>,
}

/// An attribute of an exception token, by number or by name.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
enum Key {
    Number(u64),
    Name(String),
}

impl Key {
    fn is(&self, number: u64, name: &str) -> bool {
        match self {
            Self::Number(other) => *other == number,
            Self::Name(other) => other == name,
        }
    }
}

fn error(message: impl Into<String>) -> TableError {
    TableError { table: "tokenizer", message: message.into() }
}

fn compile(name: &str, source: Option<String>) -> Result<Option<Pattern>, TableError> {
    match source {
        Some(source) if !source.is_empty() => {
            Pattern::new(&source).map(Some).map_err(|e| error(format!("{name}: {e}")))
        }
        _ => Ok(None),
    }
}

fn exception_tokens(
    text: &str,
    tokens: Vec<BTreeMap<Key, CompactString>>,
) -> Result<Vec<ExceptionToken>, TableError> {
    let mut joined = String::new();
    let mut out = Vec::with_capacity(tokens.len());
    for token in tokens {
        let (mut len, mut norm) = (0, None);
        for (key, value) in token {
            if key.is(ORTH, "ORTH") {
                len = u32::try_from(value.len()).map_err(|e| error(e.to_string()))?;
                joined.push_str(&value);
            } else if key.is(NORM, "NORM") {
                norm = Some(value);
            } else {
                return Err(error(format!("exception {text:?} sets an attribute other than ORTH and NORM")));
            }
        }
        out.push(ExceptionToken { len, norm });
    }
    if joined != text || text.is_empty() || out.iter().any(|token| token.len == 0) {
        return Err(error(format!("the tokens of exception {text:?} do not add up to it")));
    }
    Ok(out)
}

impl Tokenizer {
    /// Reads a package's `tokenizer` file (msgpack).
    ///
    /// # Errors
    /// Says which part is missing, malformed or not supported.
    pub fn new(file: &[u8]) -> Result<Self, TableError> {
        let file: File = rmp_serde::from_slice(file).map_err(|e| error(e.to_string()))?;
        let mut tokenizer = Self {
            prefix: compile("prefix_search", file.prefix_search)?,
            suffix: compile("suffix_search", file.suffix_search)?,
            infix: compile("infix_finditer", file.infix_finditer)?,
            token_match: compile("token_match", file.token_match)?,
            url_match: compile("url_match", file.url_match)?,
            exceptions: FxHashMap::default(),
            exception_bytes_max: 0,
            split_exceptions: FxHashMap::default(),
        };
        let texts: Vec<String> = file.exceptions.keys().cloned().collect();
        for (text, tokens) in file.exceptions {
            let tokens = exception_tokens(&text, tokens)?;
            tokenizer.exception_bytes_max = tokenizer.exception_bytes_max.max(text.len());
            tokenizer.exceptions.insert(text.into(), tokens);
        }
        let mut scratch = Scratch::default();
        for text in &texts {
            if !file.faster_heuristics.unwrap_or(true) || tokenizer.would_split(text, &mut scratch) {
                tokenizer.add_split_exception(text, &mut scratch);
            }
        }
        Ok(tokenizer)
    }

    /// Tells whether the affix rules find anything in an exception.
    fn would_split(&self, text: &str, scratch: &mut Scratch) -> bool {
        let found = |pattern: &Option<Pattern>, scratch: &mut Scratch| {
            pattern.as_ref().is_some_and(|pattern| pattern.search(text, 0, scratch).is_some())
        };
        text.contains(' ')
            || found(&self.prefix, scratch)
            || found(&self.suffix, scratch)
            || found(&self.infix, scratch)
    }

    fn add_split_exception(&mut self, text: &str, scratch: &mut Scratch) {
        let mut words: Vec<CompactString> = Vec::new();
        for_each_chunk(text, |event| {
            if let ChunkEvent::Chunk(start, end) = event {
                let mut at = start;
                self.split(&text[start..end], false, scratch, &mut |(len, _)| {
                    words.push(text[at..at + len].into());
                    at += len;
                });
            }
        });
        if words.is_empty() {
            return;
        }
        let rest = words.split_off(1);
        let first = words.pop().expect("one word is left");
        let rests = self.split_exceptions.entry(first).or_default();
        if !rests.contains(&rest) {
            rests.push(rest);
        }
    }

    /// Splits a text of less than 4 GiB into tokens, appended to nothing: `out` is replaced.
    pub fn tokenize(
        &self,
        tables: &LexicalTables,
        text: &str,
        state: &mut TokenizerState,
        out: &mut Vec<Token>,
    ) {
        out.clear();
        let mut may_begin = false;
        for_each_chunk(text, |event| match event {
            ChunkEvent::Chunk(start, end) => {
                let first = out.len();
                self.chunk(tables, text, start, end, state, out);
                may_begin |= out[first..].iter().any(|token| state.may_begin[token.lexeme.index()]);
            }
            ChunkEvent::Space => {
                if let Some(token) = out.last_mut() {
                    token.space_after = true;
                }
            }
        });
        if may_begin {
            self.join_exceptions(tables, text, state, out);
        }
    }

    /// Appends the tokens of the chunk `text[start..end]`.
    fn chunk(
        &self,
        tables: &LexicalTables,
        text: &str,
        start: usize,
        end: usize,
        state: &mut TokenizerState,
        out: &mut Vec<Token>,
    ) {
        let chunk = &text[start..end];
        let mut at = offset(start);
        if let Some(&(first, count)) = state.memo.get(chunk) {
            for &(lexeme, len) in &state.memo_tokens[first as usize..(first + count) as usize] {
                out.push(Token { lexeme, start: at, len, space_after: false });
                at += len;
            }
            return;
        }
        let first = out.len();
        let mut scratch = std::mem::take(&mut state.scratch);
        let mut position = start;
        self.split(chunk, true, &mut scratch, &mut |(len, norm)| {
            let lexeme = self.intern(tables, &text[position..position + len], norm, state);
            out.push(Token { lexeme, start: offset(position), len: offset(len), space_after: false });
            position += len;
        });
        state.scratch = scratch;
        if chunk.len() <= MEMO_CHUNK_BYTES_MAX {
            let place = offset(state.memo_tokens.len());
            state.memo_tokens.extend(out[first..].iter().map(|token| (token.lexeme, token.len)));
            state.memo.insert(chunk.into(), (place, offset(out.len() - first)));
        }
    }

    fn intern(
        &self,
        tables: &LexicalTables,
        text: &str,
        norm: Option<&str>,
        state: &mut TokenizerState,
    ) -> LexemeId {
        let id = state.lexicon.intern(tables, text, norm);
        if id.index() == state.may_begin.len() {
            state.may_begin.push(self.split_exceptions.contains_key(text));
        }
        id
    }

    fn exception(&self, text: &str) -> Option<&[ExceptionToken]> {
        // Long strings are not hashed again and again while they are stripped.
        if text.len() > self.exception_bytes_max {
            return None;
        }
        self.exceptions.get(text).map(Vec::as_slice)
    }

    /// Splits a chunk, calling `emit` with its pieces from left to right.
    ///
    /// With `exceptions` off, exceptions are split like anything else.
    fn split<'a>(
        &'a self,
        chunk: &str,
        exceptions: bool,
        scratch: &mut Scratch,
        emit: &mut impl FnMut(Piece<'a>),
    ) {
        let find = |text: &str| if exceptions { self.exception(text) } else { None };
        let is_exception = |text: &str| !text.is_empty() && find(text).is_some();
        let mut suffixes = Vec::new();
        let mut rest = chunk;
        let mut last = usize::MAX;
        while !rest.is_empty() && rest.len() != last {
            if matches(&self.token_match, rest, scratch) || is_exception(rest) {
                break;
            }
            last = rest.len();
            let prefix = search_len(&self.prefix, rest, scratch);
            if prefix > 0 && is_exception(&rest[prefix..]) {
                emit((prefix, None));
                rest = &rest[prefix..];
                break;
            }
            let suffix = search_len(&self.suffix, &rest[prefix..], scratch);
            if suffix > 0 && is_exception(&rest[..rest.len() - suffix]) {
                suffixes.push(suffix);
                rest = &rest[..rest.len() - suffix];
                break;
            }
            if prefix > 0 {
                emit((prefix, None));
            }
            if suffix > 0 {
                suffixes.push(suffix);
            }
            // The suffix was looked for behind the prefix, so the two never overlap.
            rest = &rest[prefix..rest.len() - suffix];
        }
        if !rest.is_empty() {
            if let Some(tokens) = find(rest) {
                for token in tokens {
                    emit((token.len as usize, token.norm.as_deref()));
                }
            } else if matches(&self.token_match, rest, scratch) || matches(&self.url_match, rest, scratch) {
                emit((rest.len(), None));
            } else {
                self.split_infixes(rest, scratch, emit);
            }
        }
        for &suffix in suffixes.iter().rev() {
            emit((suffix, None));
        }
    }

    fn split_infixes<'a>(&'a self, text: &str, scratch: &mut Scratch, emit: &mut impl FnMut(Piece<'a>)) {
        let mut start = 0;
        if let Some(infix) = &self.infix {
            infix.for_each_match(text, scratch, |from, to| {
                if from == 0 {
                    return;
                }
                if from != start {
                    emit((from - start, None));
                }
                if to != from {
                    emit((to - from, None));
                }
                start = to;
            });
        }
        if start < text.len() {
            emit((text.len() - start, None));
        }
    }

    /// Second pass: finds exceptions whose tokens the affix rules have split.
    fn join_exceptions(
        &self,
        tables: &LexicalTables,
        text: &str,
        state: &mut TokenizerState,
        tokens: &mut Vec<Token>,
    ) {
        let word = |token: &Token| &text[token.start as usize..(token.start + token.len) as usize];
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (i, token) in tokens.iter().enumerate() {
            if !state.may_begin[token.lexeme.index()] {
                continue;
            }
            for rest in self.split_exceptions.get(word(token)).into_iter().flatten() {
                let following = tokens.get(i + 1..i + 1 + rest.len());
                if following.is_some_and(|tokens| tokens.iter().map(word).eq(rest.iter())) {
                    found.push((i, rest.len() + 1));
                }
            }
        }
        if found.is_empty() {
            return;
        }
        found.sort_unstable_by_key(|&(start, len)| (std::cmp::Reverse(len), start));
        let mut covered: FxHashSet<usize> = FxHashSet::default();
        let mut accepted: Vec<(usize, usize)> = Vec::new();
        for (start, len) in found {
            if !covered.contains(&start) && !covered.contains(&(start + len - 1)) {
                accepted.push((start, len));
            }
            covered.extend(start..start + len);
        }
        accepted.sort_unstable();
        let old = std::mem::take(tokens);
        let mut next = 0;
        for (start, len) in accepted {
            tokens.extend_from_slice(&old[next..start]);
            next = start + len;
            let span = &old[start..next];
            let last = span[len - 1];
            let bytes = span[0].start as usize..(last.start + last.len) as usize;
            let Some(exception) = self.exception(&text[bytes]) else {
                tokens.extend_from_slice(span);
                continue;
            };
            let mut at = span[0].start;
            for token in exception {
                let piece = &text[at as usize..(at + token.len) as usize];
                let lexeme = self.intern(tables, piece, token.norm.as_deref(), state);
                tokens.push(Token { lexeme, start: at, len: token.len, space_after: false });
                at += token.len;
            }
            tokens.last_mut().expect("exceptions have tokens").space_after = last.space_after;
        }
        tokens.extend_from_slice(&old[next..]);
    }
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("texts are under 4 GiB")
}

fn search_len(pattern: &Option<Pattern>, text: &str, scratch: &mut Scratch) -> usize {
    pattern.as_ref().map_or(0, |pattern| pattern.search_len(text, scratch))
}

fn matches(pattern: &Option<Pattern>, text: &str, scratch: &mut Scratch) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.matches_start(text, scratch))
}

enum ChunkEvent {
    /// The chunk of these bytes.
    Chunk(usize, usize),
    /// The token before is followed by a U+0020 of no token.
    Space,
}

/// Cuts a text where white space begins or ends; a U+0020 that ends a word is swallowed.
fn for_each_chunk(text: &str, mut found: impl FnMut(ChunkEvent)) {
    let bytes = text.as_bytes();
    let (mut start, mut at) = (0, 0);
    let mut in_space = None;
    while at < bytes.len() {
        let (space, len) = if bytes[at] < 0x80 {
            (chars::is_space(char::from(bytes[at])), 1)
        } else {
            let c = text[at..].chars().next().expect("not at the end");
            (chars::is_space(c), c.len_utf8())
        };
        if in_space.is_some_and(|before| before != space) {
            if start < at {
                found(ChunkEvent::Chunk(start, at));
            }
            if bytes[at] == b' ' {
                found(ChunkEvent::Space);
                start = at + 1;
            } else {
                start = at;
            }
        }
        in_space = Some(space);
        at += len;
    }
    if start < at {
        found(ChunkEvent::Chunk(start, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer() -> (Tokenizer, LexicalTables) {
        let exceptions: BTreeMap<&str, Vec<BTreeMap<u64, &str>>> = BTreeMap::from([
            ("don't", vec![BTreeMap::from([(65, "do")]), BTreeMap::from([(65, "n't"), (67, "not")])]),
            (":)", vec![BTreeMap::from([(65, ":)")])]),
            ("a.m.", vec![BTreeMap::from([(65, "a.m.")])]),
        ]);
        #[derive(serde::Serialize)]
        struct Out<'a> {
            prefix_search: &'a str,
            suffix_search: &'a str,
            infix_finditer: &'a str,
            token_match: Option<&'a str>,
            url_match: &'a str,
            exceptions: BTreeMap<&'a str, Vec<BTreeMap<u64, &'a str>>>,
        }
        let file = rmp_serde::to_vec_named(&Out {
            prefix_search: r#"^"|^\(|^:|^\)"#,
            suffix_search: r#""$|\)$|:$|,$|\.\.+$|(?<=[a-z])\.$"#,
            infix_finditer: r"\.\.+|(?<=[a-z])-(?=[a-z])",
            token_match: None,
            url_match: r"(?u)^(?:[a-z]+\.)+(?:org)(?:/\S*)?$",
            exceptions,
        });
        let empty = rmp_serde::to_vec(&BTreeMap::<u8, u8>::new()).expect("encodes");
        (
            Tokenizer::new(&file.expect("encodes")).expect("a valid file"),
            LexicalTables::new(b"{}", b"{}", &empty).expect("tables"),
        )
    }

    fn words(text: &str) -> Vec<String> {
        let (tokenizer, tables) = tokenizer();
        let (mut state, mut out) = (TokenizerState::default(), Vec::new());
        tokenizer.tokenize(&tables, text, &mut state, &mut out);
        let mut end = 0;
        for token in &out {
            assert_eq!(token.start, end);
            end += token.len + u32::from(token.space_after);
        }
        assert_eq!(end as usize, text.len());
        let first = out.clone();
        tokenizer.tokenize(&tables, text, &mut state, &mut out);
        assert_eq!(first, out, "the memo changes nothing");
        out.iter()
            .map(|token| {
                let space = if token.space_after { "_" } else { "" };
                format!("{}{space}", state.lexicon.text(token.lexeme))
            })
            .collect()
    }

    #[test]
    fn splits_affixes_exceptions_and_addresses() {
        assert_eq!(words("(They don't, \"say\")."), ["(", "They_", "do", "n't", ",_", "\"", "say\")."]);
        assert_eq!(
            words("see well-known: a...b x.org/a-b"),
            ["see_", "well", "-", "known", ":_", "a", "...", "b_", "x.org/a-b"]
        );
        assert_eq!(words("10 a.m. end."), ["10_", "a.m._", "end", "."]);
    }

    #[test]
    fn white_space_belongs_to_tokens_but_for_one_blank() {
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words("  a  b\n\nc "), ["  ", "a_", " ", "b", "\n\n", "c_"]);
        assert_eq!(words("\n word"), ["\n ", "word"]);
    }

    #[test]
    fn finds_split_exceptions_again() {
        assert_eq!(words("ok:) :) (:))"), ["ok", ":)_", ":)_", "(", ":)", ")"]);
    }

    #[test]
    fn adversarial_strings_take_linear_time() {
        for text in ["(".repeat(100_000), ")".repeat(100_000), "a.".repeat(500_000), "a-".repeat(300_000)] {
            words(&text);
        }
    }
}
