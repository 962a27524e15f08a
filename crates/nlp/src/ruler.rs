//! Attribute ruler: tags, words and labels to coarse tags, features and fixed lemmas.
//!
//! In: the package's pattern list and, per token, fine tag, word and dependency label. Out: per
//! token the final tag and label, coarse tag, morphology and, where a pattern gives one, the lemma.
//! All patterns look at the input annotation; where several write one attribute of a token the
//! last pattern wins. Patterns of one token are compiled on first need to a table row per
//! (tag, word class, label, white space). Not here: the rule lemmatizer.

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::lexeme::{LexemeId, Lexicon, TableError};
use crate::pyre::{Pattern, Scratch};

/// Rows kept by a worker before the table is begun anew.
const ROWS_MAX: usize = 1 << 16;
/// Marks a word class of words that no pattern names; the low bits say which expressions match.
const UNNAMED: u32 = 1 << 31;
/// The attributes that patterns write.
const WRITTEN: usize = 5;
const TAG: usize = 0;
const DEP: usize = 1;
const POS: usize = 2;
const MORPH: usize = 3;
const LEMMA: usize = 4;

/// What the ruler says of a token. Indexes point into the ruler's name lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruled {
    /// Fine tag, into [`Ruler::tags`].
    pub tag: u16,
    /// Dependency label, into [`Ruler::deps`].
    pub dep: u16,
    /// Coarse tag, into [`Ruler::coarse_tags`]; 0 is none.
    pub pos: u16,
    /// Morphological features, into [`Ruler::morphs`]; 0 is none.
    pub morph: u16,
    /// Lemma, into [`Ruler::lemmas`], where a pattern fixes it.
    pub lemma: Option<u16>,
}

/// Names in order of first use.
#[derive(Debug, Default)]
struct Names(Vec<CompactString>);

impl Names {
    fn index(&mut self, name: &str) -> u16 {
        let at = self.0.iter().position(|other| other == name).unwrap_or_else(|| {
            self.0.push(name.into());
            self.0.len() - 1
        });
        u16::try_from(at).expect("bounded by the size of the pattern list")
    }
}

#[derive(Debug)]
enum Test {
    In(Vec<CompactString>),
    NotIn(Vec<CompactString>),
    /// Index into the ruler's expressions.
    Matches(usize),
}

#[derive(Debug)]
enum Predicate {
    Tag(Test),
    Lower(Test),
    Dep(Test),
    IsSpace(bool),
}

/// One alternative of a pattern.
#[derive(Debug)]
struct Alternative {
    pattern: u16,
    tokens: Vec<Vec<Predicate>>,
    /// Position in the match of the token that is written.
    target: usize,
    writes: [Option<u16>; WRITTEN],
}

/// A value and the pattern that wrote it.
type Writes = [Option<(u16, u16)>; WRITTEN];

#[derive(Debug)]
struct Row {
    writes: Writes,
    /// Alternatives of several tokens whose first token this may be.
    starts: Vec<usize>,
}

/// A compiled pattern list. Shared between workers.
#[derive(Debug)]
pub struct Ruler {
    alternatives: Vec<Alternative>,
    expressions: Vec<Pattern>,
    named_words: FxHashMap<CompactString, u32>,
    /// Named words by their class.
    words: Vec<CompactString>,
    tags: Names,
    deps: Names,
    coarse_tags: Names,
    morphs: Names,
    lemmas: Names,
}

/// What one worker keeps between documents.
#[derive(Debug, Default)]
pub struct RulerState {
    generation: u64,
    /// Word class by word, `u32::MAX` where not yet known.
    classes: Vec<u32>,
    rows: Vec<Row>,
    row_of: FxHashMap<Key, u32>,
    keys: Vec<Key>,
    writes: Vec<Writes>,
    scratch: Scratch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    word: u32,
    tag: u16,
    dep: u16,
    is_space: bool,
}

#[derive(Deserialize)]
struct Entry {
    patterns: Vec<Vec<std::collections::BTreeMap<String, Condition>>>,
    attrs: std::collections::BTreeMap<String, CompactString>,
    index: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Condition {
    Flag(bool),
    Equals(CompactString),
    Operators(std::collections::BTreeMap<String, Operand>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Operand {
    One(CompactString),
    Many(Vec<CompactString>),
}

fn error(message: impl Into<String>) -> TableError {
    TableError { table: "attribute ruler", message: message.into() }
}

impl Ruler {
    /// Compiles a package's `attribute_ruler/patterns` (msgpack).
    ///
    /// `tags` and `deps` are the names behind the tag and label indexes of the input.
    ///
    /// # Errors
    /// Says which pattern is malformed or uses something unsupported.
    pub fn new<S: AsRef<str>>(file: &[u8], tags: &[S], deps: &[S]) -> Result<Self, TableError> {
        let entries: Vec<Entry> = rmp_serde::from_slice(file).map_err(|e| error(e.to_string()))?;
        let names = |list: &[S]| Names(list.iter().map(|name| name.as_ref().into()).collect());
        let mut ruler = Self {
            alternatives: Vec::new(),
            expressions: Vec::new(),
            named_words: FxHashMap::default(),
            words: Vec::new(),
            tags: names(tags),
            deps: names(deps),
            coarse_tags: Names(vec![CompactString::default()]),
            morphs: Names(vec![CompactString::default()]),
            lemmas: Names::default(),
        };
        for (number, entry) in entries.into_iter().enumerate() {
            let pattern = u16::try_from(number).map_err(|_| error("more than 65535 patterns"))?;
            ruler.add(pattern, entry).map_err(|message| error(format!("pattern {number}: {message}")))?;
        }
        Ok(ruler)
    }

    fn add(&mut self, pattern: u16, entry: Entry) -> Result<(), String> {
        let mut writes = [None; WRITTEN];
        for (attribute, value) in &entry.attrs {
            let value = if attribute == "MORPH" && value == "_" { "" } else { value.as_str() };
            let (slot, names) = match attribute.as_str() {
                "TAG" => (TAG, &mut self.tags),
                "DEP" => (DEP, &mut self.deps),
                "POS" => (POS, &mut self.coarse_tags),
                "MORPH" => (MORPH, &mut self.morphs),
                "LEMMA" => (LEMMA, &mut self.lemmas),
                other => return Err(format!("unsupported attribute {other}")),
            };
            writes[slot] = Some(names.index(value));
        }
        for tokens in entry.patterns {
            let len = i64::try_from(tokens.len()).map_err(|e| e.to_string())?;
            let target = if entry.index < 0 { len + entry.index } else { entry.index };
            if !(0..len).contains(&target) {
                return Err("index outside the pattern".to_owned());
            }
            let target = usize::try_from(target).map_err(|e| e.to_string())?;
            let tokens = tokens.into_iter().map(|token| self.predicates(token)).collect::<Result<_, _>>()?;
            self.alternatives.push(Alternative { pattern, tokens, target, writes });
        }
        Ok(())
    }

    fn predicates(
        &mut self,
        token: std::collections::BTreeMap<String, Condition>,
    ) -> Result<Vec<Predicate>, String> {
        let mut out = Vec::new();
        for (attribute, condition) in token {
            match (attribute.as_str(), condition) {
                ("IS_SPACE", Condition::Flag(flag)) => out.push(Predicate::IsSpace(flag)),
                (attribute @ ("TAG" | "LOWER" | "DEP"), condition) => {
                    for test in self.tests(attribute == "LOWER", condition)? {
                        out.push(match attribute {
                            "TAG" => Predicate::Tag(test),
                            "LOWER" => Predicate::Lower(test),
                            _ => Predicate::Dep(test),
                        });
                    }
                }
                (attribute, _) => return Err(format!("unsupported condition on {attribute}")),
            }
        }
        Ok(out)
    }

    fn tests(&mut self, words: bool, condition: Condition) -> Result<Vec<Test>, String> {
        let tests = match condition {
            Condition::Flag(_) => return Err("a flag where a string is needed".to_owned()),
            Condition::Equals(value) => vec![Test::In(vec![value])],
            Condition::Operators(operators) => operators
                .into_iter()
                .map(|(operator, operand)| match (operator.as_str(), operand) {
                    ("IN", Operand::Many(values)) => Ok(Test::In(values)),
                    ("NOT_IN", Operand::Many(values)) => Ok(Test::NotIn(values)),
                    ("REGEX", Operand::One(source)) if words => {
                        let expression = Pattern::new(&source).map_err(|e| e.to_string())?;
                        self.expressions.push(expression);
                        if self.expressions.len() > 31 {
                            return Err("more than 31 expressions".to_owned());
                        }
                        Ok(Test::Matches(self.expressions.len() - 1))
                    }
                    (operator, _) => Err(format!("unsupported operator {operator}")),
                })
                .collect::<Result<_, _>>()?,
        };
        if words {
            for test in &tests {
                if let Test::In(values) | Test::NotIn(values) = test {
                    for value in values {
                        let class = u32::try_from(self.words.len()).map_err(|e| e.to_string())?;
                        if self.named_words.insert(value.clone(), class).is_none() {
                            self.words.push(value.clone());
                        } else {
                            let class = self.words.iter().position(|word| word == value);
                            let class = class.and_then(|class| u32::try_from(class).ok());
                            self.named_words.insert(value.clone(), class.expect("named before"));
                        }
                    }
                }
            }
        }
        Ok(tests)
    }

    /// Names of fine tags: those given, then those that patterns write.
    pub fn tags(&self) -> &[CompactString] {
        &self.tags.0
    }

    /// Names of dependency labels: those given, then those that patterns write.
    pub fn deps(&self) -> &[CompactString] {
        &self.deps.0
    }

    /// Names of coarse tags; the first is "".
    pub fn coarse_tags(&self) -> &[CompactString] {
        &self.coarse_tags.0
    }

    /// Morphological feature strings; the first is "".
    pub fn morphs(&self) -> &[CompactString] {
        &self.morphs.0
    }

    /// Lemmas that patterns fix.
    pub fn lemmas(&self) -> &[CompactString] {
        &self.lemmas.0
    }

    /// Applies all patterns to the tokens of one document; `out` is replaced.
    ///
    /// # Panics
    /// When the slices differ in length or an index is outside the name lists.
    pub fn apply(
        &self,
        lexicon: &Lexicon,
        words: &[LexemeId],
        tags: &[u16],
        deps: &[u16],
        state: &mut RulerState,
        out: &mut Vec<Ruled>,
    ) {
        assert!(words.len() == tags.len() && words.len() == deps.len(), "one tag and label for each token");
        if state.generation != lexicon.generation() || state.rows.len() > ROWS_MAX {
            *state = RulerState { generation: lexicon.generation(), ..RulerState::default() };
        }
        state.classes.resize(lexicon.len().max(state.classes.len()), u32::MAX);
        state.keys.clear();
        state.writes.clear();
        for ((&word, &tag), &dep) in words.iter().zip(tags).zip(deps) {
            let class = self.class(lexicon, word, state);
            let is_space = lexicon.attributes(word).is_space;
            state.keys.push(Key { word: class, tag, dep, is_space });
        }
        let mut starts = Vec::new();
        for i in 0..words.len() {
            let row = self.row(state.keys[i], state);
            let row = &state.rows[row as usize];
            state.writes.push(row.writes);
            starts.extend(row.starts.iter().map(|&alternative| (i, alternative)));
        }
        for (i, alternative) in starts {
            self.apply_long(i, &self.alternatives[alternative], state);
        }
        out.clear();
        out.extend(state.writes.iter().zip(&state.keys).map(|(writes, key)| {
            let value = |slot: usize| writes[slot].map(|(_, value)| value);
            Ruled {
                tag: value(TAG).unwrap_or(key.tag),
                dep: value(DEP).unwrap_or(key.dep),
                pos: value(POS).unwrap_or(0),
                morph: value(MORPH).unwrap_or(0),
                lemma: value(LEMMA),
            }
        }));
    }

    fn apply_long(&self, start: usize, alternative: &Alternative, state: &mut RulerState) {
        let RulerState { keys, writes, .. } = state;
        let Some(keys) = keys.get(start..start + alternative.tokens.len()) else {
            return;
        };
        let hit = alternative
            .tokens
            .iter()
            .zip(keys)
            .all(|(predicates, &key)| predicates.iter().all(|predicate| self.holds(predicate, key)));
        if hit {
            merge(&mut writes[start + alternative.target], alternative);
        }
    }

    /// Returns the class of a word: its number if patterns name it, else which expressions match.
    fn class(&self, lexicon: &Lexicon, word: LexemeId, state: &mut RulerState) -> u32 {
        let known = state.classes[word.index()];
        if known != u32::MAX {
            return known;
        }
        let lower = lexicon.lower(word);
        let class = self.named_words.get(lower).copied().unwrap_or_else(|| {
            let mut class = UNNAMED;
            for (bit, expression) in self.expressions.iter().enumerate() {
                if expression.search(lower, 0, &mut state.scratch).is_some() {
                    class |= 1 << bit;
                }
            }
            class
        });
        state.classes[word.index()] = class;
        class
    }

    fn row(&self, key: Key, state: &mut RulerState) -> u32 {
        if let Some(&row) = state.row_of.get(&key) {
            return row;
        }
        let mut row = Row { writes: [None; WRITTEN], starts: Vec::new() };
        for (index, alternative) in self.alternatives.iter().enumerate() {
            let Some(first) = alternative.tokens.first() else {
                continue;
            };
            if !first.iter().all(|predicate| self.holds(predicate, key)) {
                continue;
            }
            if alternative.tokens.len() == 1 {
                merge(&mut row.writes, alternative);
            } else {
                row.starts.push(index);
            }
        }
        let place = u32::try_from(state.rows.len()).expect("bounded by ROWS_MAX and one document");
        state.rows.push(row);
        state.row_of.insert(key, place);
        place
    }

    fn holds(&self, predicate: &Predicate, key: Key) -> bool {
        match predicate {
            Predicate::IsSpace(flag) => *flag == key.is_space,
            Predicate::Tag(test) => self.names_hold(test, &self.tags.0[usize::from(key.tag)]),
            Predicate::Dep(test) => self.names_hold(test, &self.deps.0[usize::from(key.dep)]),
            Predicate::Lower(test) if key.word & UNNAMED == 0 => {
                self.names_hold(test, &self.words[key.word as usize])
            }
            Predicate::Lower(Test::In(_)) => false,
            Predicate::Lower(Test::NotIn(_)) => true,
            Predicate::Lower(Test::Matches(bit)) => key.word >> bit & 1 == 1,
        }
    }

    fn names_hold(&self, test: &Test, name: &str) -> bool {
        match test {
            Test::In(names) => names.iter().any(|other| other == name),
            Test::NotIn(names) => names.iter().all(|other| other != name),
            Test::Matches(index) => {
                self.expressions[*index].search(name, 0, &mut Scratch::default()).is_some()
            }
        }
    }
}

/// Writes what an alternative writes where no later pattern has written.
fn merge(writes: &mut Writes, alternative: &Alternative) {
    for (slot, value) in writes.iter_mut().zip(alternative.writes) {
        if let Some(value) = value
            && slot.is_none_or(|(pattern, _)| pattern <= alternative.pattern)
        {
            *slot = Some((alternative.pattern, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexeme::LexicalTables;

    fn rule(words: &str, tags: &[u16], deps: &[u16]) -> Vec<String> {
        let file = serde_json::json!([
            {"patterns": [[{"TAG": "NN"}]], "attrs": {"POS": "NOUN", "MORPH": "Number=Sing"}, "index": 0},
            {"patterns": [[{"TAG": "MD"}]], "attrs": {"POS": "AUX", "MORPH": "_"}, "index": 0},
            {"patterns": [[{"LOWER": "gon"}, {"LOWER": {"REGEX": "^n[ao]$"}}]], "attrs": {"LEMMA": "to"}, "index": -1},
            {"patterns": [[{"TAG": {"NOT_IN": ["MD"]}, "DEP": {"IN": ["aux"]}}], [{"LOWER": "had"}]],
             "attrs": {"POS": "VERB"}, "index": 0},
            {"patterns": [[{"IS_SPACE": true}]], "attrs": {"TAG": "_SP", "POS": "SPACE", "MORPH": "_"}, "index": 0},
        ]);
        let file = rmp_serde::to_vec(&file).expect("encodes");
        let ruler = Ruler::new(&file, &["NN", "MD"], &["ROOT", "aux"]).expect("patterns");
        let empty = rmp_serde::to_vec(&std::collections::BTreeMap::<u8, u8>::new()).expect("encodes");
        let tables = LexicalTables::new(b"{}", b"{}", &empty).expect("tables");
        let (mut lexicon, mut state, mut out) = (Lexicon::default(), RulerState::default(), Vec::new());
        let words: Vec<_> = words.split('|').map(|word| lexicon.intern(&tables, word, None)).collect();
        ruler.apply(&lexicon, &words, tags, deps, &mut state, &mut out);
        let first = out.clone();
        ruler.apply(&lexicon, &words, tags, deps, &mut state, &mut out);
        assert_eq!(first, out);
        out.iter()
            .map(|ruled| {
                format!(
                    "{} {} {} {}",
                    ruler.tags()[usize::from(ruled.tag)],
                    ruler.coarse_tags()[usize::from(ruled.pos)],
                    ruler.morphs()[usize::from(ruled.morph)],
                    ruled.lemma.map_or("-", |lemma| ruler.lemmas()[usize::from(lemma)].as_str()),
                )
            })
            .collect()
    }

    #[test]
    fn later_patterns_win_per_attribute() {
        assert_eq!(
            rule("dog|Had|can", &[0, 0, 1], &[0, 0, 1]),
            ["NN NOUN Number=Sing -", "NN VERB Number=Sing -", "MD AUX  -"]
        );
        assert_eq!(rule("x|\n", &[0, 0], &[1, 1]), ["NN VERB Number=Sing -", "_SP SPACE  -"]);
    }

    #[test]
    fn patterns_of_two_tokens_match_neighbours() {
        assert_eq!(rule("GON|na|gon|nb|gon", &[0; 5], &[0; 5]).concat().matches("to").count(), 1);
        assert!(rule("gon|no", &[0; 2], &[0; 2])[1].ends_with("to"));
    }
}
