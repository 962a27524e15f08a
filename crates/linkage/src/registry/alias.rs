//! Names as sequences of folded pieces, and the search for them.
//!
//! A piece is a run of letters and digits in lower case without diacritics, or one punctuation mark that ends a name. Hyphens,
//! slashes, dots and apostrophes are folded away (`Da'esh`, `al-Shabaab`, `al Shabaab`, `U.S.`); `'s` is a piece of its own.
//! So the matcher doesn't depend on how a tokenizer cuts names.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use super::{ActorIndex, StateIndex};

/// What a name needs beside its words before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing.
    Plain,
    /// `~`: the text names the actor's country, or the actor by another name.
    Country,
    /// `~~`: the text names the actor by another name.
    Introduced,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A known actor.
    Actor(ActorIndex),
    /// A state.
    State(StateIndex),
    /// Adjective or people of a state.
    People(StateIndex),
    /// Seat of a state's government.
    Seat(StateIndex),
    /// A region of a state.
    Region(StateIndex),
}

/// One meaning of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) target: Target,
    pub(super) mark: Mark,
}

/// What a found name may stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hit {
    /// First piece.
    pub start: usize,
    /// One past the last piece.
    pub end: usize,
    /// Known actors with what each needs.
    pub actors: Vec<(ActorIndex, Mark)>,
    /// States that it names.
    pub states: Vec<(StateIndex, Mark)>,
    /// States whose adjective or people it is.
    pub people: Vec<StateIndex>,
    /// States whose seat of government it is.
    pub seats: Vec<(StateIndex, Mark)>,
    /// States that it is a region of.
    pub regions: Vec<StateIndex>,
}

/// Takes the marks off a name: `IS~`, `ISI~~@2006..2013`. The dates are for readers of the table.
pub(super) fn parse(alias: &str) -> (&str, Mark) {
    let alias =
        alias.rsplit_once('@').filter(|(_, dates)| dates.contains("..")).map_or(alias, |(name, _)| name);
    if let Some(name) = alias.strip_suffix("~~") {
        (name, Mark::Introduced)
    } else if let Some(name) = alias.strip_suffix('~') {
        (name, Mark::Country)
    } else {
        (alias, Mark::Plain)
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Folded.
    pub folded: Cow<'a, str>,
    /// How it was written.
    pub case: Case,
    /// What the caller counts in (a token).
    pub token: u32,
}

/// How a piece was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// No capital first.
    Lower,
    /// A capital first.
    Title,
    /// Capitals only, at least two; or a single capital letter.
    Upper,
}

/// The pieces of a string, folded, with how each was written.
pub fn pieces_of(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Case)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let mut characters = rest.char_indices();
            let (_, first) = characters.next()?;
            if !first.is_alphanumeric() {
                let width = first.len_utf8();
                let (mark, after) = rest.split_at(width);
                rest = after;
                if first.is_whitespace() || is_joiner(first) {
                    continue;
                }
                return Some((Cow::Borrowed(mark), Case::Lower));
            }
            let mut end = rest.len();
            for (at, character) in characters {
                if character.is_alphanumeric() || is_combining(character) {
                    continue;
                }
                let after = &rest[at + character.len_utf8()..];
                if is_apostrophe(character) {
                    let possessive = after
                        .strip_prefix(['s', 'S'])
                        .is_some_and(|tail| !tail.starts_with(char::is_alphanumeric));
                    if possessive || !after.starts_with(char::is_alphanumeric) {
                        end = at;
                        break;
                    }
                    continue;
                }
                if character == '.'
                    && after.starts_with(char::is_alphanumeric)
                    && at <= 4
                    && is_initials(&rest[..at])
                {
                    continue;
                }
                end = at;
                break;
            }
            let (word, after) = rest.split_at(end);
            rest = after;
            return Some((fold(word), case_of(word)));
        }
    })
}

/// `U`, `U.S`: single letters apart by dots.
fn is_initials(text: &str) -> bool {
    text.split('.').all(|part| part.chars().count() == 1)
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | '`' | 'ʼ' | 'ʻ' | 'ʿ' | 'ʾ' | '´')
}

/// Marks inside names that carry no meaning.
fn is_joiner(character: char) -> bool {
    is_apostrophe(character) || matches!(character, '-' | '‐' | '‑' | '–' | '/' | '.' | '\u{ad}' | '·')
}

fn is_combining(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn case_of(word: &str) -> Case {
    let mut letters = word.chars().filter(|character| character.is_alphabetic());
    let Some(first) = letters.next() else { return Case::Upper };
    if !first.is_uppercase() {
        Case::Lower
    } else if letters.all(char::is_uppercase) {
        Case::Upper
    } else {
        Case::Title
    }
}

/// Lower case, without diacritics and apostrophes.
fn fold(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return Cow::Owned(
            word.bytes()
                .filter(u8::is_ascii_alphanumeric)
                .map(|byte| byte.to_ascii_lowercase() as char)
                .collect(),
        );
    }
    let mut folded = String::with_capacity(word.len());
    for character in word.nfd() {
        if is_combining(character) || is_apostrophe(character) || character == '.' {
            continue;
        }
        match character {
            'ı' | 'İ' => folded.push('i'),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' => folded.push('d'),
            'ß' => folded.push_str("ss"),
            _ => folded.extend(character.to_lowercase()),
        }
    }
    Cow::Owned(folded)
}

/// How a piece of a name must be written in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// In any way.
    Any,
    /// With a capital first.
    Capital,
    /// An acronym: in capitals, or with a capital first where it is long enough to be read as a word.
    AcronymOrTitle,
    /// In capitals.
    Upper,
}

impl Need {
    fn met(self, case: Case) -> bool {
        match self {
            Self::Any => true,
            Self::Capital | Self::AcronymOrTitle => case != Case::Lower,
            Self::Upper => case == Case::Upper,
        }
    }
}

/// A name's end in the trie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    needs: Vec<Need>,
    alias: Alias,
}

/// All names, as a trie over pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Aliases {
    pieces: FxHashMap<Box<str>, u32>,
    edges: FxHashMap<(u32, u32), u32>,
    ends: FxHashMap<u32, Vec<End>>,
    nodes: u32,
}

/// Room for the shipped registry's names, so that loading doesn't grow the tables step by step.
const EDGES_EXPECTED: usize = 40_000;

/// Words of names that reports write with and without a capital.
const COMMON: &[&str] = &[
    "alliance",
    "army",
    "battalion",
    "brigade",
    "brigades",
    "cartel",
    "clan",
    "coalition",
    "council",
    "division",
    "faction",
    "fighters",
    "force",
    "forces",
    "front",
    "gang",
    "government",
    "group",
    "insurgents",
    "militants",
    "militia",
    "movement",
    "network",
    "organisation",
    "organization",
    "party",
    "province",
    "rebels",
    "regiment",
    "separatists",
    "state",
    "unit",
    "wing",
];

impl Aliases {
    /// Adds one meaning of a name. A meaning given before stays with the weaker mark.
    pub(super) fn add(&mut self, name: &str, alias: Alias) {
        let mut node = 0;
        let mut needs = Vec::new();
        let mut first = true;
        if self.edges.is_empty() {
            self.edges.reserve(EDGES_EXPECTED);
            self.ends.reserve(EDGES_EXPECTED / 2);
            self.pieces.reserve(EDGES_EXPECTED / 4);
        }
        let leading = name.starts_with("The ") && name.split(' ').count() > 2;
        for (piece, case) in pieces_of(name) {
            let acronym = case == Case::Upper
                && piece.len() > 1
                && piece.bytes().any(|byte| byte.is_ascii_alphabetic());
            needs.push(match case {
                Case::Lower => Need::Any,
                Case::Upper
                    if acronym && (piece.len() < 4 || alias.mark != Mark::Plain || !piece.is_ascii()) =>
                {
                    Need::Upper
                }
                Case::Upper if acronym => Need::AcronymOrTitle,
                Case::Upper if piece.bytes().all(|byte| byte.is_ascii_digit()) => Need::Any,
                Case::Title if first && leading => Need::Any,
                Case::Upper | Case::Title if !first && COMMON.contains(&&*piece) => Need::Any,
                Case::Upper | Case::Title => Need::Capital,
            });
            first = false;
            let next = u32::try_from(self.pieces.len()).expect("fewer pieces than u32 holds");
            let id = match self.pieces.get(&*piece) {
                Some(&id) => id,
                None => *self.pieces.entry(piece.into()).or_insert(next),
            };
            let nodes = &mut self.nodes;
            node = *self.edges.entry((node, id)).or_insert_with(|| {
                *nodes += 1;
                *nodes
            });
        }
        if node == 0 {
            return;
        }
        let ends = self.ends.entry(node).or_default();
        match ends.iter_mut().find(|end| end.alias.target == alias.target && end.needs == needs) {
            Some(end) => end.alias.mark = end.alias.mark.min(alias.mark),
            None => ends.push(End { needs, alias }),
        }
    }

    /// All longest names, left to right, not overlapping.
    pub(super) fn find(&self, pieces: &[Piece<'_>]) -> Vec<Hit> {
        let ids: Vec<Option<u32>> =
            pieces.iter().map(|piece| self.pieces.get(&*piece.folded).copied()).collect();
        let mut hits = Vec::new();
        let mut start = 0;
        while start < pieces.len() {
            match self.longest(pieces, &ids, start) {
                Some(hit) => {
                    start = hit.end;
                    hits.push(hit);
                }
                None => start += 1,
            }
        }
        hits
    }

    fn longest(&self, pieces: &[Piece<'_>], ids: &[Option<u32>], start: usize) -> Option<Hit> {
        let mut node = 0;
        let mut best: Option<(usize, u32)> = None;
        for (offset, id) in ids[start..].iter().enumerate() {
            let Some(next) = id.and_then(|id| self.edges.get(&(node, id))) else { break };
            node = *next;
            let met =
                |end: &End| end.needs.iter().zip(&pieces[start..]).all(|(need, piece)| need.met(piece.case));
            if self.ends.get(&node).is_some_and(|ends| ends.iter().any(met)) {
                best = Some((start + offset + 1, node));
            }
        }
        let (end, node) = best?;
        let mut hit = Hit { start, end, ..Hit::default() };
        for found in &self.ends[&node] {
            if !found.needs.iter().zip(&pieces[start..]).all(|(need, piece)| need.met(piece.case)) {
                continue;
            }
            let mark = found.alias.mark;
            match found.alias.target {
                Target::Actor(actor) => match hit.actors.iter_mut().find(|known| known.0 == actor) {
                    Some(known) => known.1 = known.1.min(mark),
                    None => hit.actors.push((actor, mark)),
                },
                Target::State(state) => hit.states.push((state, mark)),
                Target::People(state) => hit.people.push(state),
                Target::Seat(state) => hit.seats.push((state, mark)),
                Target::Region(state) => hit.regions.push(state),
            }
        }
        Some(hit)
    }
}
