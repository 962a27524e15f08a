//! What is known of a candidate in words: hashed features in four groups.
//!
//! In: a document and a candidate. Out: indices into a table of [`BUCKETS`] weights. Groups: *lexical* (its own words), *path* (the way
//! up the tree to verbs and nouns, and their other arguments), *context* (neighbouring words and the sentence) and *place* (where in
//! the document). Hashes are of lemmas and labels, so that one table serves every text.

use rustc_hash::FxHashMap;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use super::candidates::{Candidate, Form, is_quantity};
use super::lexicon::Lexicon;

/// Number of weights for each target.
pub const BUCKETS: usize = 1 << 20;
/// Number of groups of features.
pub const GROUPS: usize = 4;
/// Names of the groups.
pub const GROUP_NAMES: [&str; GROUPS] = ["words", "path", "context", "position"];

/// Hashed features of one candidate; group `g` is `indices[..ends[0]]`, `indices[ends[0]..ends[1]]` and so on.
#[derive(Debug, Clone, Default)]
pub struct Sparse {
    /// Indices below [`BUCKETS`].
    pub indices: Vec<u32>,
    /// Where each group ends.
    pub ends: [u32; GROUPS],
}

/// Hashes of a document's tokens, made once.
#[derive(Debug)]
pub struct Words {
    /// Of the lemma in lower case; digits are one.
    pub lemma: Vec<u64>,
    /// Of the word in lower case; digits are one.
    pub word: Vec<u64>,
    /// How often the lemma stands in the document.
    pub count: Vec<u32>,
    /// What a noun denotes; 0 where the lexicon doesn't know it.
    pub noun: Vec<u8>,
    /// What kind of event a trigger tells; 0 where it is none.
    pub event: Vec<u8>,
}

const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;

/// Hashes a text in lower case; digits count alike.
#[must_use]
pub fn hash(text: &str) -> u64 {
    let mut state = 0xCBF2_9CE4_8422_2325_u64;
    for byte in text.bytes() {
        let byte = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() };
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    state
}

/// Joins two hashes; the order counts.
#[must_use]
pub fn join(a: u64, b: u64) -> u64 {
    let x = (a.rotate_left(23) ^ b).wrapping_mul(PRIME);
    x ^ (x >> 29)
}

/// The bucket of a hash.
#[must_use]
pub fn bucket(hash: u64) -> u32 {
    let x = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((x >> 40) as usize & (BUCKETS - 1)) as u32
}

impl Words {
    /// Hashes the tokens of a document.
    #[must_use]
    pub fn new(doc: &Document, lexicon: &Lexicon) -> Self {
        let indices = 0..doc.tokens().len() as TokenIndex;
        let lemma: Vec<u64> = doc.tokens().iter().map(|tok| hash(&tok.lemma)).collect();
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        for &lemma in &lemma {
            *counts.entry(lemma).or_default() += 1;
        }
        Self {
            noun: indices.clone().map(|index| lexicon.noun(doc, index)).collect(),
            event: indices.map(|index| lexicon.event(doc, index)).collect(),
            count: lemma.iter().map(|lemma| counts.get(lemma).copied().unwrap_or_default()).collect(),
            lemma,
            word: doc.tokens().iter().map(|tok| hash(&tok.text)).collect(),
        }
    }
}

/// Collects one candidate's features.
struct Collector {
    out: Sparse,
}

impl Collector {
    fn add(&mut self, template: u64, value: u64) {
        self.out.indices.push(bucket(join(template.wrapping_mul(PRIME), value)));
    }

    fn end(&mut self, group: usize) {
        self.out.ends[group] = self.out.indices.len() as u32;
    }
}

/// How a nominal stands to the verb or noun above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The verb or noun; `None` at the root.
    pub governor: Option<TokenIndex>,
    /// The preposition between, if any.
    pub preposition: Option<TokenIndex>,
    /// Its label there, of the first conjunct.
    pub dep: Dep,
    /// Whether the governor is a passive verb.
    pub passive: bool,
    /// Whether the preposition is the `by` of a passive.
    pub is_agent: bool,
}

impl Slot {
    /// A number for the deep relation: 0 other, 1 doer, 2 undergoer, 3 by-agent, 4 prepositional object, 5 possessor, 6 compound,
    /// 7 apposition or attribute.
    #[must_use]
    pub fn class(&self) -> u64 {
        match self.dep {
            Dep::Nsubj if !self.passive => 1,
            Dep::Nsubjpass | Dep::Dobj | Dep::Nsubj => 2,
            Dep::Pobj if self.is_agent => 3,
            Dep::Pobj => 4,
            Dep::Poss => 5,
            Dep::Compound | Dep::Amod | Dep::Nmod => 6,
            Dep::Attr | Dep::Appos => 7,
            _ => 0,
        }
    }
}

/// Whether a verb is passive by its own dependents, or a participle that describes a noun.
fn is_passive(doc: &Document, verb: TokenIndex) -> bool {
    let tok = doc.token(verb);
    doc.children(verb)
        .iter()
        .any(|&other| matches!(doc.token(other).dep, Dep::Auxpass | Dep::Nsubjpass | Dep::Agent))
        || tok.tag == Tag::Vbn && tok.dep == Dep::Acl
}

/// The token that stands for a whole coordination or apposition, and how many steps were taken.
fn first_conjunct(doc: &Document, index: TokenIndex) -> (TokenIndex, u32) {
    let mut at = index;
    for step in 0..6 {
        let tok = doc.token(at);
        if !matches!(tok.dep, Dep::Conj | Dep::Appos) || tok.head == at {
            return (at, step);
        }
        at = tok.head;
    }
    (at, 6)
}

/// How a nominal stands to what governs it.
#[must_use]
pub fn slot(doc: &Document, index: TokenIndex) -> Slot {
    let (at, _) = first_conjunct(doc, index);
    let tok = doc.token(at);
    let mut slot = Slot { governor: None, preposition: None, dep: tok.dep, passive: false, is_agent: false };
    if tok.head == at {
        return slot;
    }
    let mut governor = tok.head;
    if matches!(tok.dep, Dep::Pobj | Dep::Pcomp) {
        let prep = doc.token(governor);
        slot.preposition = Some(governor);
        slot.is_agent = prep.dep == Dep::Agent;
        governor = prep.head;
        // "out of", "because of".
        if doc.token(governor).dep == Dep::Prep && doc.token(governor).head != governor {
            governor = doc.token(governor).head;
        }
    }
    slot.governor = Some(governor);
    slot.passive = matches!(doc.token(governor).pos, Pos::Verb | Pos::Aux) && is_passive(doc, governor);
    slot
}

/// Makes the features of one candidate.
#[must_use]
pub fn features(doc: &Document, words: &Words, candidate: &Candidate) -> Sparse {
    let mut to = Collector { out: Sparse { indices: Vec::with_capacity(96), ends: [0; GROUPS] } };
    lexical(doc, words, candidate, &mut to);
    to.end(0);
    path(doc, words, candidate, &mut to);
    to.end(1);
    context(doc, words, candidate, &mut to);
    to.end(2);
    position(doc, words, candidate, &mut to);
    to.end(3);
    to.out
}

fn lexical(doc: &Document, words: &Words, candidate: &Candidate, to: &mut Collector) {
    let (start, end, head) = (candidate.tokens.start, candidate.tokens.end, candidate.head);
    let lemma = |index: TokenIndex| words.lemma[index as usize];
    let word = |index: TokenIndex| words.word[index as usize];
    let head_tok = doc.token(head);
    to.add(1, lemma(head));
    to.add(2, word(head));
    to.add(3, join(lemma(head), head_tok.tag as u64));
    to.add(4, suffix(&head_tok.text, 3));
    to.add(5, suffix(&head_tok.text, 5));
    let whole = candidate.tokens.clone().fold(7, |sum, index| join(sum, word(index)));
    to.add(6, whole);
    to.add(7, word(start));
    to.add(8, word(end - 1));
    for index in candidate.tokens.clone() {
        if index != head {
            to.add(9, lemma(index));
        }
    }
    to.add(10, join(lemma(start), lemma(head)));
    if head > start {
        to.add(11, join(lemma(head - 1), lemma(head)));
    }
    let entity = doc.entities().partition_point(|entity| entity.tokens.end <= head);
    let entity = doc.entities().get(entity).filter(|entity| entity.tokens.contains(&head));
    let (label, exact) =
        entity.map_or((99, false), |entity| (entity.label as u64, entity.tokens == candidate.tokens));
    to.add(12, join(label, u64::from(exact)));
    to.add(13, join(label, lemma(head)));
    let proper = candidate.tokens.clone().filter(|&index| doc.token(index).pos == Pos::Propn).count() as u64;
    let digits =
        candidate.tokens.clone().any(|index| doc.token(index).text.starts_with(|c: char| c.is_ascii_digit()));
    let length = u64::from(end - start);
    to.add(14, join(proper.min(4), length.min(6)));
    to.add(15, join(u64::from(proper == length), join(label, head_tok.tag as u64)));
    to.add(16, join(u64::from(digits), head_tok.tag as u64));
    to.add(17, candidate.form as u64);
    to.add(18, join(candidate.form as u64, lemma(head)));
    let noun = |index: TokenIndex| u64::from(words.noun[index as usize]);
    to.add(100, noun(head));
    to.add(101, join(noun(head), head_tok.tag as u64));
    to.add(102, join(noun(head), label));
    for index in candidate.tokens.clone().filter(|&index| index != head && noun(index) != 0) {
        to.add(103, join(noun(index), noun(head)));
    }
    // What stands before, inside and outside of the noun phrase.
    if start > candidate.chunk.start {
        to.add(19, lemma(start - 1));
        to.add(20, join(doc.token(start - 1).tag as u64, doc.token(start).tag as u64));
        to.add(21, join(lemma(start - 1), lemma(head)));
    } else {
        to.add(19, 1);
    }
    let shape = candidate.tokens.clone().fold(11, |sum, index| join(sum, doc.token(index).tag as u64));
    to.add(22, shape);
    if head + 1 < end {
        to.add(23, lemma(head + 1));
        to.add(24, lemma(end - 1));
        to.add(25, join(lemma(head), lemma(end - 1)));
        to.add(26, u64::from(end - head));
    }
    if candidate.form == Form::Inside || head < candidate.chunk.end - 1 && candidate.chunk.contains(&head) {
        let phrase = candidate.chunk.end - 1;
        to.add(27, lemma(phrase));
        to.add(104, join(noun(phrase), label));
        to.add(28, join(lemma(phrase), lemma(head)));
        to.add(29, join(lemma(phrase), label));
        to.add(59, u64::from(phrase - head));
    }
    // Determiners of the phrase.
    let first = doc.token(candidate.chunk.start);
    if matches!(first.pos, Pos::Det | Pos::Num | Pos::Pron | Pos::Adj) {
        to.add(30, word(candidate.chunk.start));
        to.add(31, join(word(candidate.chunk.start), head_tok.tag as u64));
    } else {
        to.add(30, head_tok.tag as u64);
    }
}

/// The last characters of a word.
fn suffix(text: &str, length: usize) -> u64 {
    let start = text.char_indices().rev().nth(length - 1).map_or(0, |(at, _)| at);
    hash(&text[start..])
}

fn path(doc: &Document, words: &Words, candidate: &Candidate, to: &mut Collector) {
    let lemma = |index: TokenIndex| words.lemma[index as usize];
    let mut head = candidate.head;
    // Words inside a noun phrase speak through its head.
    let phrase = candidate.chunk.end - 1;
    let inside = candidate.chunk.contains(&head) && head != phrase;
    if inside {
        head = phrase;
    }
    let mark = u64::from(inside);
    let (first, shared) = first_conjunct(doc, head);
    to.add(32, join(doc.token(candidate.head).dep as u64, mark));
    let slot = slot(doc, head);
    let class = join(slot.class(), mark);
    let noun = |index: TokenIndex| u64::from(words.noun[index as usize]);
    let event = |index: TokenIndex| u64::from(words.event[index as usize]);
    let own_class = noun(candidate.head);
    if let Some(governor) = slot.governor {
        let word = slot.preposition.map_or(0, lemma);
        to.add(105, join(class, event(governor)));
        to.add(106, join(join(class, event(governor)), join(word, own_class)));
        to.add(107, join(join(class, event(governor)), word));
        to.add(108, join(join(class, lemma(governor)), own_class));
        let preposition = slot.preposition.map_or(0, lemma);
        to.add(33, join(class, lemma(governor)));
        to.add(34, join(class, join(preposition, lemma(governor))));
        to.add(35, join(class, preposition));
        to.add(36, join(class, doc.token(governor).tag as u64));
        to.add(37, join(lemma(governor), lemma(candidate.head)));
        for &other in doc.children(governor) {
            let tok = doc.token(other);
            if other == first || Some(other) == slot.preposition {
                continue;
            }
            match tok.dep {
                Dep::Nsubj
                | Dep::Nsubjpass
                | Dep::Dobj
                | Dep::Attr
                | Dep::Acomp
                | Dep::Xcomp
                | Dep::Prt
                | Dep::Oprd => {
                    to.add(38, join(class, join(tok.dep as u64, lemma(other))));
                    if noun(other) != 0 {
                        to.add(109, join(join(class, event(governor)), join(tok.dep as u64, noun(other))));
                    }
                    to.add(39, join(join(class, lemma(governor)), join(tok.dep as u64, lemma(other))));
                }
                Dep::Prep | Dep::Agent => {
                    to.add(40, join(class, join(lemma(governor), lemma(other))));
                    for &object in doc.children(other) {
                        to.add(41, join(class, join(lemma(other), lemma(object))));
                    }
                }
                Dep::Neg => to.add(42, class),
                Dep::Aux => to.add(43, join(class, lemma(other))),
                Dep::Compound | Dep::Amod | Dep::Poss => to.add(44, join(class, lemma(other))),
                _ => {}
            }
        }
    }
    // The way up, step by step.
    let mut at = first;
    let mut way = join(17, mark);
    let mut nouns_and_verbs = 0;
    for _ in 0..7 {
        let tok = doc.token(at);
        if tok.head == at {
            to.add(45, join(way, 3));
            break;
        }
        way = join(way, tok.dep as u64);
        at = tok.head;
        let next = doc.token(at);
        if matches!(next.pos, Pos::Verb | Pos::Noun | Pos::Propn | Pos::Aux) {
            let voice = u64::from(next.pos == Pos::Verb && is_passive(doc, at));
            to.add(46, join(join(way, voice), lemma(at)));
            to.add(47, join(join(way, voice), next.tag as u64));
            to.add(48, join(tok.dep as u64, join(lemma(at), voice)));
            to.add(49, lemma(at));
            if event(at) != 0 {
                to.add(110, join(join(way, voice), event(at)));
                to.add(111, join(tok.dep as u64, join(event(at), voice)));
                to.add(112, join(event(at), own_class));
            }
            nouns_and_verbs += 1;
            if nouns_and_verbs == 3 {
                break;
            }
        } else if next.pos == Pos::Adp {
            way = join(way, lemma(at));
        }
    }
    to.add(50, u64::from(shared));
    // What is said of it.
    for &other in doc.children(candidate.head) {
        let tok = doc.token(other);
        match tok.dep {
            Dep::Relcl | Dep::Acl => {
                let role = doc
                    .children(other)
                    .iter()
                    .copied()
                    .find(|&word| matches!(doc.token(word).tag, Tag::Wdt | Tag::Wp));
                let role = role.map_or(77, |word| doc.token(word).dep as u64);
                to.add(51, join(lemma(other), u64::from(is_passive(doc, other))));
                to.add(
                    113,
                    join(join(tok.dep as u64, role), join(event(other), u64::from(is_passive(doc, other)))),
                );
                to.add(52, join(join(tok.dep as u64, role), lemma(other)));
            }
            Dep::Appos => {
                to.add(53, lemma(other));
                to.add(114, noun(other));
            }
            Dep::Conj => to.add(54, lemma(other)),
            Dep::Prep => to.add(55, lemma(other)),
            _ => {}
        }
    }
    let own = doc.token(candidate.head);
    if own.head != candidate.head {
        match own.dep {
            Dep::Appos => {
                to.add(56, lemma(own.head));
                to.add(115, noun(own.head));
            }
            Dep::Conj => {
                to.add(57, lemma(own.head));
                to.add(116, noun(own.head));
            }
            Dep::Attr => to.add(58, lemma(own.head)),
            _ => {}
        }
    }
}

fn context(doc: &Document, words: &Words, candidate: &Candidate, to: &mut Collector) {
    let number = doc.sentence_of(candidate.tokens.start) as usize;
    let sent = doc.sentences()[number].tokens.clone();
    let lemma = |index: TokenIndex| words.lemma[index as usize];
    let (start, end) = (candidate.tokens.start, candidate.tokens.end);
    let before = |back: u32| if start >= sent.start + back { lemma(start - back) } else { 1 };
    let after = |on: u32| if end + on < sent.end { lemma(end + on) } else { 2 };
    to.add(60, before(1));
    to.add(61, join(before(2), before(1)));
    to.add(62, after(0));
    to.add(63, join(after(0), after(1)));
    to.add(64, before(2));
    to.add(65, after(1));
    to.add(66, join(before(1), after(0)));
    to.add(67, join(before(1), doc.token(candidate.head).tag as u64));
    // Verbs and nouns of the sentence, those before and those behind.
    let mut count = 0;
    for index in sent.clone() {
        let tok = doc.token(index);
        if matches!(tok.pos, Pos::Verb | Pos::Noun) && !candidate.tokens.contains(&index) && count < 40 {
            to.add(68, lemma(index));
            let event = u64::from(words.event[index as usize]);
            if event != 0 {
                to.add(117, event);
                to.add(118, join(event, u64::from(words.noun[candidate.head as usize])));
            }
            if tok.pos == Pos::Verb {
                to.add(69, join(lemma(index), u64::from(index < start)));
            }
            count += 1;
        }
    }
    // Main verbs of the sentences around.
    for (template, other) in [(70, number.checked_sub(1)), (71, Some(number + 1))] {
        if let Some(other) = other.and_then(|other| doc.sentences().get(other)) {
            for index in other.tokens.clone().take(60) {
                let tok = doc.token(index);
                if tok.dep == Dep::Root
                    || tok.pos == Pos::Verb && matches!(tok.dep, Dep::Ccomp | Dep::Conj | Dep::Relcl)
                {
                    to.add(template, lemma(index));
                    to.add(template + 49, u64::from(words.event[index as usize]));
                }
            }
        }
    }
}

fn position(doc: &Document, words: &Words, candidate: &Candidate, to: &mut Collector) {
    let number = doc.sentence_of(candidate.tokens.start);
    let lemma = words.lemma[candidate.head as usize];
    to.add(80, u64::from(number.min(12)));
    to.add(81, join(lemma, u64::from(number.min(2))));
    let block = doc.sentences()[number as usize].block;
    to.add(82, u64::from(block.min(8)));
    let same = u64::from(words.count[candidate.head as usize]);
    to.add(83, same.min(8));
    to.add(84, join(lemma, same.min(4)));
    let entity = doc.entities().partition_point(|entity| entity.tokens.end <= candidate.head);
    let entity = doc.entities().get(entity).filter(|entity| entity.tokens.contains(&candidate.head));
    let quantity = entity.is_some_and(|entity| is_quantity(entity.label));
    to.add(85, u64::from(quantity));
}

/// Hashed features of a whole document, for what it tells: lemmas, pairs along dependencies, the first sentences' words.
#[must_use]
pub fn document(doc: &Document, words: &Words) -> Vec<u32> {
    let mut to = Collector { out: Sparse::default() };
    let event = |index: TokenIndex| u64::from(words.event[index as usize]);
    let noun = |index: TokenIndex| u64::from(words.noun[index as usize]);
    for (number, sent) in doc.sentences().iter().enumerate() {
        let dated = sent.tokens.clone().any(|index| {
            matches!(
                doc.token(index).text.to_ascii_lowercase().as_str(),
                "today" | "yesterday" | "tonight" | "morning" | "afternoon" | "evening" | "night" | "hours"
            )
        });
        for index in sent.tokens.clone() {
            let tok = doc.token(index);
            let lemma = words.lemma[index as usize];
            if event(index) != 0 {
                to.add(120, join(event(index), u64::from(dated)));
                to.add(121, join(event(index), u64::from(number.min(3) as u32)));
                let passive = u64::from(is_passive(doc, index));
                for &child in doc.children(index) {
                    let other = doc.token(child);
                    if noun(child) != 0 {
                        to.add(122, join(join(event(index), passive), join(other.dep as u64, noun(child))));
                    }
                    if other.dep == Dep::Prep || other.dep == Dep::Agent {
                        for &object in doc.children(child).iter().filter(|&&object| noun(object) != 0) {
                            to.add(123, join(join(event(index), words.lemma[child as usize]), noun(object)));
                        }
                    }
                    if other.pos == Pos::Propn {
                        to.add(124, join(join(event(index), passive), other.dep as u64));
                    }
                }
                to.add(125, join(event(index), tok.tag as u64));
            }
            if matches!(tok.pos, Pos::Verb | Pos::Noun | Pos::Adj | Pos::Propn) {
                to.add(90, lemma);
                if number < 3 {
                    to.add(91, lemma);
                }
                if tok.head != index && matches!(doc.token(tok.head).pos, Pos::Verb | Pos::Noun) {
                    let way = if is_passive(doc, tok.head) { 1 } else { 0 };
                    to.add(92, join(join(lemma, words.lemma[tok.head as usize]), join(tok.dep as u64, way)));
                }
                if tok.dep == Dep::Pobj {
                    let above = doc.token(tok.head).head;
                    to.add(93, join(lemma, words.lemma[above as usize]));
                }
                if tok.pos == Pos::Verb {
                    to.add(94, join(lemma, tok.tag as u64));
                }
            }
        }
    }
    to.out.indices.sort_unstable();
    to.out.indices.dedup();
    to.out.indices
}
