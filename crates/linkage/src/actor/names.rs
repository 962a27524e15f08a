//! Names in a document: which known actor, state or new body each stands for, and which country the text is about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::codebook::ActorKind;
use watchkeeper_record::document::{EntityLabel, Tag, TokenIndex};

use super::noun;
use crate::registry::{ActorIndex, Hit, Mark, Piece, Registry, StateIndex, pieces_of};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
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
    /// A body that the registry doesn't know: index into [`Names::new_bodies`].
    New(usize),
}

/// A name at one place of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) tokens: Range<TokenIndex>,
    pub(super) meaning: Meaning,
}

/// A body that only the text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewBody {
    /// As first written, without article.
    pub(super) name: String,
    /// Tokens of the first mention.
    pub(super) tokens: Range<TokenIndex>,
    /// What the language layer takes it for.
    pub(super) label: EntityLabel,
    /// The state that its name names.
    pub(super) state: Option<StateIndex>,
}

/// All names of a document.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// In text order, not overlapping.
    pub(super) list: Vec<Name>,
    /// For each token 1 + index of the name that covers it, or 0.
    at: Vec<u32>,
    /// How often the text points to each state; its first sentences count threefold.
    pub(super) weights: Vec<u32>,
    /// For each block the state it points to most, if one stands out.
    block_state: BTreeMap<u32, StateIndex>,
    /// Bodies that the registry lacks.
    pub(super) new_bodies: Vec<NewBody>,
}

impl Names {
    /// The name that covers a token.
    pub(super) fn at(&self, token: TokenIndex) -> Option<&Name> {
        self.index_at(token).map(|index| &self.list[index])
    }

    /// Index of the name that covers a token.
    pub(super) fn index_at(&self, token: TokenIndex) -> Option<usize> {
        (*self.at.get(token as usize)? as usize).checked_sub(1)
    }

    /// The names that begin in a token range.
    pub(super) fn within(&self, tokens: Range<TokenIndex>) -> &[Name] {
        let first = self.list.partition_point(|name| name.tokens.start < tokens.start);
        let last = self.list.partition_point(|name| name.tokens.start < tokens.end);
        &self.list[first..last.max(first)]
    }

    /// The state that a name tells of, whether it names it, its people, its capital or a region.
    pub(super) fn state_of(&self, name: &Name) -> Option<StateIndex> {
        match name.meaning {
            Meaning::State(state)
            | Meaning::People(state)
            | Meaning::Seat(state)
            | Meaning::Region(state) => Some(state),
            Meaning::Actor(_) | Meaning::New(_) => None,
        }
    }

    /// The state that a place of the text is about: the text's, if one stands out, else that of the block.
    pub(super) fn context_state(&self, doc: &Document, token: TokenIndex) -> Option<StateIndex> {
        let all = self.weights.iter().enumerate().map(|(index, weight)| (index as StateIndex, *weight));
        outstanding(all, 4).or_else(|| {
            let block = doc.sentences()[doc.sentence_of(token) as usize].block;
            self.block_state.get(&block).copied()
        })
    }
}

/// The state with at least so many pointers, two in five of all, and half as many again as the next.
fn outstanding(weights: impl Iterator<Item = (StateIndex, u32)>, least: u32) -> Option<StateIndex> {
    let (mut total, mut best, mut second) = (0, (0, 0), 0);
    for (state, weight) in weights {
        total += weight;
        if weight > best.1 {
            second = best.1;
            best = (state, weight);
        } else {
            second = second.max(weight);
        }
    }
    (best.1 >= least && best.1 * 5 >= total * 2 && best.1 * 2 >= second * 3).then_some(best.0)
}

/// The state that each block points to most.
fn block_states(doc: &Document, names: &Names) -> BTreeMap<u32, StateIndex> {
    let mut weights: BTreeMap<u32, BTreeMap<StateIndex, u32>> = BTreeMap::new();
    for name in &names.list {
        if let Some(state) = names.state_of(name) {
            let block = doc.sentences()[doc.sentence_of(name.tokens.start) as usize].block;
            let weight = if matches!(name.meaning, Meaning::State(_) | Meaning::Region(_)) { 2 } else { 1 };
            *weights.entry(block).or_default().entry(state).or_default() += weight;
        }
    }
    weights
        .into_iter()
        .filter_map(|(block, weights)| Some((block, outstanding(weights.into_iter(), 3)?)))
        .collect()
}

/// Finds the names of a document.
pub(super) fn find(doc: &Document, registry: &Registry) -> Names {
    let entity_at = entities_by_token(doc);
    let mut found: Vec<(Hit, Range<TokenIndex>)> = Vec::new();
    for sent in doc.sentences() {
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        for token in sent.tokens.clone() {
            let folded = pieces_of(&doc.token(token).text);
            pieces.extend(folded.map(|(folded, case)| Piece { folded, case, token }));
        }
        for hit in registry.find(&pieces) {
            let tokens = pieces[hit.start].token..pieces[hit.end - 1].token + 1;
            if !part_of_a_persons_name(doc, registry, &entity_at, &hit, &tokens) {
                found.push((hit, tokens));
            }
        }
    }
    let mut context = Context::new(doc, registry, &entity_at);
    context.weigh(&found);
    let mut names = Names { at: vec![0; doc.tokens().len()], ..Names::default() };
    for (hit, tokens) in &found {
        if let Some(meaning) = context.meaning(hit, tokens) {
            names.list.push(Name { tokens: tokens.clone(), meaning });
        }
    }
    names.weights = context.weights;
    names.block_state = block_states(doc, &names);
    for (number, name) in names.list.iter().enumerate() {
        for token in name.tokens.clone() {
            names.at[token as usize] = number as u32 + 1;
        }
    }
    add_new_bodies(doc, registry, &mut names);
    add_acronyms(doc, &mut names);
    names
}

/// For each token 1 + index of the entity that covers it, or 0.
fn entities_by_token(doc: &Document) -> Vec<u32> {
    let mut at = vec![0; doc.tokens().len()];
    for (number, ent) in doc.entities().iter().enumerate() {
        for token in ent.tokens.clone() {
            at[token as usize] = number as u32 + 1;
        }
    }
    at
}

/// `Jordan` in `Michael Jordan`: a name that is but a part of a longer person's name, unless it names a person itself.
fn part_of_a_persons_name(
    doc: &Document,
    registry: &Registry,
    entity_at: &[u32],
    hit: &Hit,
    tokens: &Range<TokenIndex>,
) -> bool {
    let Some(index) = (entity_at[tokens.start as usize] as usize).checked_sub(1) else { return false };
    let ent = &doc.entities()[index];
    let person = hit.actors.iter().any(|(actor, _)| registry.actor(*actor).kind == ActorKind::Person);
    // `Malian President X` and `Hamas leader Y` are sometimes one entity: what stands first in it isn't the person's name.
    let adjective = !hit.people.is_empty() && tokens.start == ent.tokens.start;
    ent.label == EntityLabel::Person
        && tokens.len() == 1
        && ent.tokens.len() > 1
        && tokens.end == ent.tokens.end
        && !person
        && !adjective
}

/// Sentences that tell what a text is about: headline and lead.
const LEAD: u32 = 3;

/// What decides between the meanings of a name.
struct Context<'a> {
    doc: &'a Document,
    registry: &'a Registry,
    entity_at: &'a [u32],
    weights: Vec<u32>,
    named: BTreeSet<ActorIndex>,
    year: Option<i32>,
}

impl<'a> Context<'a> {
    fn new(doc: &'a Document, registry: &'a Registry, entity_at: &'a [u32]) -> Self {
        Self {
            doc,
            registry,
            entity_at,
            weights: vec![0; registry.states().len()],
            named: BTreeSet::new(),
            year: doc.article().published.map(|published| published.end.year()),
        }
    }

    /// Counts what points to each state, and notes who is named beyond doubt.
    fn weigh(&mut self, found: &[(Hit, Range<TokenIndex>)]) {
        for (hit, tokens) in found {
            let lead = if self.doc.sentence_of(tokens.start) < LEAD { 3 } else { 1 };
            for (state, mark) in &hit.states {
                self.weights[*state as usize] += if *mark == Mark::Plain { 2 * lead } else { 0 };
            }
            let other =
                hit.people.iter().chain(hit.regions.iter()).chain(hit.seats.iter().map(|(state, _)| state));
            for state in other {
                self.weights[*state as usize] += lead;
            }
            let plain: Vec<ActorIndex> = hit
                .actors
                .iter()
                .filter(|(actor, mark)| *mark == Mark::Plain && self.existed(*actor))
                .map(|(actor, _)| *actor)
                .collect();
            if let [actor] = plain[..]
                && hit.actors.len() == 1
            {
                self.named.insert(actor);
                if let Some(state) = self.state(actor) {
                    self.weights[state] += lead;
                }
            }
        }
        // Names that need their country may in turn carry those that need an introduction.
        for (hit, tokens) in found {
            if let Some(Meaning::Actor(actor)) = self.meaning(hit, tokens) {
                self.named.insert(actor);
            }
        }
    }

    fn state(&self, actor: ActorIndex) -> Option<usize> {
        let code = self.registry.actor(actor).country.as_deref()?;
        self.registry.state_index(code).map(usize::from)
    }

    /// Whether the actor had begun when the text was published.
    fn existed(&self, actor: ActorIndex) -> bool {
        let start =
            self.registry.actor(actor).start.as_deref().and_then(|start| start.get(..4)?.parse::<i32>().ok());
        !matches!((self.year, start), (Some(year), Some(start)) if start > year)
    }

    fn meaning(&self, hit: &Hit, tokens: &Range<TokenIndex>) -> Option<Meaning> {
        if let Some(state) =
            hit.states.iter().find(|(state, mark)| *mark == Mark::Plain || self.weights[*state as usize] > 0)
        {
            return Some(Meaning::State(state.0));
        }
        let mut candidates: Vec<((bool, u32, bool), ActorIndex)> = Vec::new();
        for &(actor, mark) in &hit.actors {
            let weight = self.state(actor).map_or(0, |state| self.weights[state]);
            let named = self.named.contains(&actor);
            let told =
                named || weight > 0 || (self.registry.actor(actor).country.is_none() && self.is_body(tokens));
            let good = match mark {
                Mark::Plain => true,
                Mark::Country => told,
                Mark::Introduced => named,
            };
            if good && self.existed(actor) {
                candidates.push(((named, weight, self.registry.actor(actor).rank == 0), actor));
            }
        }
        candidates.sort_by(|a, b| b.cmp(a));
        let actor = match candidates[..] {
            [] => None,
            [(_, actor)] => Some(actor),
            [(first, actor), (second, _), ..] => (first != second).then_some(actor),
        };
        if let Some(actor) = actor {
            let weak =
                self.registry.actor(actor).rank == 1 && !(hit.people.is_empty() && hit.regions.is_empty());
            if !weak {
                return Some(Meaning::Actor(actor));
            }
        }
        let people = hit
            .people
            .iter()
            .max_by_key(|state| self.weights[**state as usize])
            .map(|state| Meaning::People(*state));
        let seat =
            hit.seats.iter().find(|(state, mark)| *mark == Mark::Plain || self.weights[*state as usize] > 1);
        let region = hit.regions.iter().max_by_key(|state| self.weights[**state as usize]);
        people
            .or(seat.map(|(state, _)| Meaning::Seat(*state)))
            .or(region.map(|state| Meaning::Region(*state)))
    }

    fn is_body(&self, tokens: &Range<TokenIndex>) -> bool {
        let index = (self.entity_at[tokens.start as usize] as usize).checked_sub(1);
        index.is_some_and(|index| {
            matches!(self.doc.entities()[index].label, EntityLabel::Org | EntityLabel::Norp)
        })
    }
}

/// Adds the bodies that the language layer names and the registry lacks.
fn add_new_bodies(doc: &Document, registry: &Registry, names: &mut Names) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut added = Vec::new();
    for ent in doc.entities() {
        if !matches!(ent.label, EntityLabel::Org | EntityLabel::Norp | EntityLabel::Product) {
            continue;
        }
        let tokens = trim(doc, ent.tokens.clone());
        // A known name inside of it that ends it is the better reading: `the Syrian branch of Hamas`.
        let covered = tokens.clone().any(|token| {
            names.at(token).is_some_and(|name| {
                matches!(name.meaning, Meaning::Actor(_))
                    || name.tokens.end == tokens.end
                    || name.tokens.end > tokens.end
            })
        });
        if tokens.is_empty() || covered || !doc.token(tokens.start).text.starts_with(char::is_uppercase) {
            continue;
        }
        // `Defense Ministry`, `Afghan Air Force`: nouns with capitals are described as nouns.
        if let Some((start, _)) = noun::agent(doc, registry, tokens.end - 1, tokens.start) {
            let only_states = (tokens.start..start)
                .all(|token| names.at(token).is_some_and(|name| names.state_of(name).is_some()));
            if only_states {
                continue;
            }
        }
        let words: Vec<&str> = tokens.clone().map(|token| &*doc.token(token).text).collect();
        let folded = words.join(" ").to_lowercase();
        let index = *known.entry(folded).or_insert_with(|| {
            let span = doc.span(tokens.clone());
            let name = span.of(doc.text()).split_whitespace().collect::<Vec<_>>().join(" ");
            let state = names.within(tokens.clone()).iter().find_map(|inner| names.state_of(inner));
            names.new_bodies.push(NewBody { name, tokens: tokens.clone(), label: ent.label, state });
            names.new_bodies.len() - 1
        });
        added.push(Name { tokens, meaning: Meaning::New(index) });
    }
    insert(names, added);
}

/// Puts more names among those that are there, over smaller ones.
fn insert(names: &mut Names, added: Vec<Name>) {
    if added.is_empty() {
        return;
    }
    let mut list = std::mem::take(&mut names.list);
    // Adjectives inside a new body's name stay as pointers to a state only by weight.
    let covered: BTreeSet<TokenIndex> = added.iter().flat_map(|name| name.tokens.clone()).collect();
    list.retain(|name| !name.tokens.clone().any(|token| covered.contains(&token)));
    list.extend(added);
    list.sort_by_key(|name| name.tokens.start);
    names.at.fill(0);
    for (number, name) in list.iter().enumerate() {
        for token in name.tokens.clone() {
            names.at[token as usize] = number as u32 + 1;
        }
    }
    names.list = list;
}

/// Takes articles and possessive marks off the ends.
fn trim(doc: &Document, tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let (mut start, mut end) = (tokens.start, tokens.end);
    while start < end && matches!(doc.token(start).tag, Tag::Dt | Tag::PrpS | Tag::OpenQuote) {
        start += 1;
    }
    if let Some(open) = (start + 1..end).find(|&token| doc.token(token).tag == Tag::OpenBracket) {
        end = open;
    }
    while start < end && matches!(doc.token(end - 1).tag, Tag::Pos | Tag::CloseQuote | Tag::Comma | Tag::Stop)
    {
        end -= 1;
    }
    start..end
}

/// `National Front for Unity (NFU)`: the acronym means what it stands behind, here and in the rest of the text.
fn add_acronyms(doc: &Document, names: &mut Names) {
    let tokens = doc.tokens();
    let mut introduced: BTreeMap<&str, (Meaning, TokenIndex)> = BTreeMap::new();
    for open in 1..tokens.len().saturating_sub(2) {
        if tokens[open].text != "(" || tokens[open + 2].text != ")" || !is_acronym(&tokens[open + 1].text) {
            continue;
        }
        let mut before = open as TokenIndex - 1;
        if tokens[before as usize].tag == Tag::Pos && before > 0 {
            before -= 1;
        }
        if let Some(name) = names.at(before)
            && name.tokens.end == before + 1
            && matches!(name.meaning, Meaning::Actor(_) | Meaning::New(_))
        {
            introduced.entry(&tokens[open + 1].text).or_insert((name.meaning, open as TokenIndex));
        }
    }
    if introduced.is_empty() {
        return;
    }
    let mut added = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Some((meaning, since)) = introduced.get(&*token.text) else { continue };
        let index = index as TokenIndex;
        let taken = names.at(index).is_some_and(|name| name.meaning == *meaning || name.tokens.len() > 1);
        if index > *since && !taken {
            added.push(Name { tokens: index..index + 1, meaning: *meaning });
        }
    }
    insert(names, added);
}

/// Two to eight characters, capitals but for at most one letter, and no digit first.
fn is_acronym(text: &str) -> bool {
    let length = text.chars().count();
    let capitals = text.chars().filter(|character| character.is_uppercase()).count();
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    (2..=8).contains(&length)
        && capitals >= 2
        && capitals + 1 >= letters
        && text.starts_with(char::is_alphabetic)
}
