//! Named persons: which mentions are one person, in which office the text shows them, and whether they act in public.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};
use watchkeeper_record::Document;
use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::PlaceMention;

use super::names::{Meaning, Names};
use super::noun;
use crate::registry::{ActorIndex, AgentClass, Office, Registry, pieces_of};

/// A person whom the text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Fullest name in the text, or the registry's.
    pub(super) name: String,
    /// Folded pieces of the fullest name.
    pieces: Vec<String>,
    /// Tokens of each mention, in text order.
    pub(super) mentions: Vec<Range<TokenIndex>>,
    /// The row of a public figure.
    pub(super) registry: Option<ActorIndex>,
    /// What the text says of the person's office.
    pub(super) role: Option<Role>,
}

/// An office as the text gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    /// The words, without article; empty where a clause tells it (`who leads …`).
    pub(super) words: String,
    /// Sector of the office or of the body it belongs to.
    pub(super) sector: Option<Sector>,
    /// ISO 3166-1 alpha-3.
    pub(super) country: Option<String>,
    /// Whether who bears it acts in public.
    pub(super) public: bool,
}

/// The named persons of a document.
#[derive(Debug, Default)]
pub(super) struct Persons {
    pub(super) list: Vec<Person>,
    /// For each token 1 + index of the person it names, or 0.
    at: Vec<u32>,
}

impl Persons {
    /// The person whom a token names.
    pub(super) fn at(&self, token: TokenIndex) -> Option<usize> {
        (*self.at.get(token as usize)? as usize).checked_sub(1)
    }
}

/// Finds the persons of a document.
pub(super) fn find(doc: &Document, registry: &Registry, names: &Names, places: &[PlaceMention]) -> Persons {
    let mut persons = Persons { list: Vec::new(), at: vec![0; doc.tokens().len()] };
    let mentions = mentions(doc, registry, names, places);
    // Full names first, so that a surname in the headline finds its bearer.
    let mut by_row: FxHashMap<ActorIndex, usize> = FxHashMap::default();
    let mut by_ends: FxHashMap<(String, String), usize> = FxHashMap::default();
    for mention in mentions.iter().filter(|mention| mention.is_full()) {
        let ends = (
            mention.pieces.first().cloned().unwrap_or_default(),
            mention.pieces.last().cloned().unwrap_or_default(),
        );
        let full = mention.weight() > 1;
        let known =
            mention.registry.and_then(|row| by_row.get(&row)).or_else(|| by_ends.get(&ends).filter(|_| full));
        let index = known.copied().unwrap_or_else(|| {
            persons.list.push(Person::new(doc, registry, mention));
            persons.list.len() - 1
        });
        if let Some(row) = mention.registry {
            by_row.entry(row).or_insert(index);
        }
        if full {
            by_ends.entry(ends).or_insert(index);
        }
        let person = &mut persons.list[index];
        if mention.pieces.len() > person.pieces.len() && person.registry.is_none() {
            person.pieces.clone_from(&mention.pieces);
            person.name = words(doc, mention.tokens.clone());
        }
        person.mentions.push(mention.tokens.clone());
    }
    let mut by_piece: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (index, person) in persons.list.iter().enumerate() {
        for piece in &person.pieces {
            by_piece.entry(piece.clone()).or_default().push(index);
        }
    }
    let singles = mentions.iter().filter(|mention| !mention.is_full());
    for mention in singles.chain(&mislabelled(doc, names, &persons)) {
        let single = mention.pieces.last().cloned().unwrap_or_default();
        let bearers = by_piece.entry(single.clone()).or_default();
        // The bearer of the surname named last before, else of another part of the name, else the next one named.
        let known = bearers.iter().take(BEARERS_MAX).copied().max_by_key(|&index| {
            let person = &persons.list[index];
            let before = person.mentions.partition_point(|tokens| tokens.start < mention.tokens.start);
            let latest = before.checked_sub(1).map(|last| person.mentions[last].start);
            (person.pieces.last() == Some(&single), latest, std::cmp::Reverse(index))
        });
        let index = known.unwrap_or_else(|| {
            persons.list.push(Person::new(doc, registry, mention));
            bearers.push(persons.list.len() - 1);
            persons.list.len() - 1
        });
        let person = &mut persons.list[index].mentions;
        let place = person.partition_point(|tokens| tokens.start < mention.tokens.start);
        person.insert(place, mention.tokens.clone());
    }
    for person in &mut persons.list {
        person.mentions.sort_by_key(|tokens| tokens.start);
        person.role = person.mentions.iter().find_map(|tokens| role(doc, registry, names, tokens.clone()));
    }
    for (number, person) in persons.list.iter().enumerate() {
        for token in person.mentions.iter().flat_map(Clone::clone) {
            persons.at[token as usize] = number as u32 + 1;
        }
    }
    persons
}

struct Mention {
    tokens: Range<TokenIndex>,
    pieces: Vec<String>,
    registry: Option<ActorIndex>,
}

/// Bearers of one name that are looked at; more than that are too many to tell apart.
const BEARERS_MAX: usize = 16;

/// Parts of names that don't tell a person apart.
const PARTICLES: &[&str] = &[
    "al", "el", "bin", "ibn", "ben", "abu", "abdel", "abdul", "ag", "ould", "de", "da", "do", "dos", "del",
    "van", "von", "der", "la", "le", "ul", "ur", "jr", "sr", "ii", "iii",
];

impl Mention {
    fn is_full(&self) -> bool {
        self.weight() > 1 || self.registry.is_some()
    }

    fn weight(&self) -> usize {
        self.pieces.iter().filter(|piece| !PARTICLES.contains(&piece.as_str())).count()
    }
}

impl Person {
    fn new(doc: &Document, registry: &Registry, mention: &Mention) -> Self {
        let name = match mention.registry {
            Some(actor) => registry.actor(actor).name.clone(),
            None => words(doc, mention.tokens.clone()),
        };
        let pieces = match mention.registry {
            Some(_) => pieces_of(&name).map(|(piece, _)| piece.into_owned()).collect(),
            None => mention.pieces.clone(),
        };
        Self { name, pieces, mentions: Vec::new(), registry: mention.registry, role: None }
    }
}

/// Every mention of a person by name, in text order.
fn mentions(doc: &Document, registry: &Registry, names: &Names, places: &[PlaceMention]) -> Vec<Mention> {
    let placed: FxHashSet<TokenIndex> = places.iter().flat_map(|place| place.tokens.clone()).collect();
    let mut list = Vec::new();
    for name in &names.list {
        if let Meaning::Actor(actor) = name.meaning
            && registry.actor(actor).kind == ActorKind::Person
        {
            list.push(mention(doc, name.tokens.clone(), Some(actor)));
        }
    }
    for ent in doc.entities().iter().filter(|ent| ent.label == EntityLabel::Person) {
        let tokens = bare(doc, registry, names, ent.tokens.clone());
        if tokens.is_empty()
            || tokens.clone().any(|token| placed.contains(&token))
            || is_place(doc, names, &tokens)
            || tokens.clone().any(|token| is_taken(registry, names, token))
        {
            continue;
        }
        list.push(mention(doc, tokens, None));
    }
    titled(doc, registry, names, &mut list);
    list.sort_by_key(|mention| mention.tokens.start);
    list
}

/// Persons whom the language layer doesn't see but whose title stands before the name: `Detective Superintendent X`.
fn titled(doc: &Document, registry: &Registry, names: &Names, list: &mut Vec<Mention>) {
    let labelled: FxHashSet<TokenIndex> = list.iter().flat_map(|mention| mention.tokens.clone()).collect();
    let proper = |token: TokenIndex| {
        doc.token(token).pos == Pos::Propn && names.at(token).is_none() && !labelled.contains(&token)
    };
    let count = doc.tokens().len() as TokenIndex;
    let mut at = 0;
    while at < count {
        let sentence = doc.sentences()[doc.sentence_of(at) as usize].tokens.end;
        if !proper(at) {
            at += 1;
            continue;
        }
        let run = (at..sentence.min(at + 8)).find(|&token| !proper(token)).unwrap_or(sentence.min(at + 8));
        let mut start = at;
        while let Some((length, _)) =
            (start < run).then(|| noun::longest_office(doc, registry, start..run)).flatten()
        {
            start += length;
        }
        let name = start > at && start < run && registry.kind_by_name(&words(doc, start..run)).is_none();
        if name
            && noun::agent(doc, registry, run - 1, start).is_none()
            && run < count
            && doc.token(run - 1).tag == Tag::Nnp
        {
            list.push(mention(doc, start..run, None));
        }
        at = run;
    }
}

/// A single word that names a state or region, or stands where places stand: `in Zalingei`.
fn is_place(doc: &Document, names: &Names, tokens: &Range<TokenIndex>) -> bool {
    let words = tokens
        .clone()
        .filter(|&token| {
            doc.token(token).pos != Pos::Punct
                && !PARTICLES.contains(&doc.token(token).text.to_lowercase().as_str())
        })
        .count();
    if words != 1 {
        return false;
    }
    let root = doc.token(root(doc, tokens));
    let named =
        tokens.len() == 1 && names.at(tokens.start).is_some_and(|name| names.state_of(name).is_some());
    let above = doc.token(root.head);
    named
        || (root.dep == Dep::Pobj
            && matches!(
                &*above.lemma,
                "in" | "at" | "near" | "outside" | "towards" | "toward" | "around" | "across"
            ))
}

fn mention(doc: &Document, tokens: Range<TokenIndex>, registry: Option<ActorIndex>) -> Mention {
    let pieces = tokens.clone().flat_map(|token| {
        pieces_of(&doc.token(token).text).map(|(piece, _)| piece.into_owned()).collect::<Vec<_>>()
    });
    Mention {
        pieces: pieces.filter(|piece| piece.starts_with(char::is_alphanumeric)).collect(),
        tokens,
        registry,
    }
}

/// Whether a name that is no person's covers a token.
fn is_taken(registry: &Registry, names: &Names, token: TokenIndex) -> bool {
    names.at(token).is_some_and(|name| match name.meaning {
        Meaning::Actor(actor) => registry.actor(actor).kind != ActorKind::Person || name.tokens.len() > 1,
        Meaning::State(_) | Meaning::Region(_) | Meaning::Seat(_) | Meaning::People(_) => {
            name.tokens.len() > 1
        }
        Meaning::New(_) => true,
    })
}

/// Surnames of persons named in full where the language layer doesn't see a person.
fn mislabelled(doc: &Document, names: &Names, persons: &Persons) -> Vec<Mention> {
    let surnames: FxHashSet<&str> =
        persons.list.iter().filter_map(|person| person.pieces.last()).map(String::as_str).collect();
    let labelled: FxHashSet<TokenIndex> =
        persons.list.iter().flat_map(|person| person.mentions.iter().cloned().flatten()).collect();
    let in_entity: FxHashSet<TokenIndex> = doc
        .entities()
        .iter()
        .filter(|ent| ent.label == EntityLabel::Person || ent.tokens.len() > 1)
        .flat_map(|ent| ent.tokens.clone())
        .collect();
    let mut list = Vec::new();
    for (index, token) in doc.tokens().iter().enumerate() {
        let index = index as TokenIndex;
        let part = token.dep == Dep::Compound && doc.token(token.head).pos == Pos::Propn;
        if token.pos != Pos::Propn || part || labelled.contains(&index) || in_entity.contains(&index) {
            continue;
        }
        let taken = names
            .at(index)
            .is_some_and(|name| name.tokens.len() > 1 || !matches!(name.meaning, Meaning::New(_)));
        if taken {
            continue;
        }
        let mention = mention(doc, index..index + 1, None);
        if mention.pieces.len() == 1 && surnames.contains(mention.pieces[0].as_str()) {
            list.push(mention);
        }
    }
    list
}

/// A person's name without titles, adjectives of states, commas and possessive marks at its ends.
fn bare(doc: &Document, registry: &Registry, names: &Names, tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let (mut start, mut end) = (tokens.start, tokens.end);
    while end > start
        && (doc.token(end - 1).tag == Tag::Pos
            || doc.token(end - 1).pos == Pos::Punct
            || doc.token(end - 1).text.ends_with("'s"))
    {
        end -= 1;
    }
    while start + 1 < end {
        let token = doc.token(start);
        let title = registry.office(&token.text.to_lowercase()).is_some()
            || matches!(&*token.text, "Mr." | "Mrs." | "Ms." | "Mr" | "Mrs" | "Ms" | "Sir" | "the");
        let people = names.at(start).is_some_and(|name| matches!(name.meaning, Meaning::People(_)));
        if !(title || people || token.pos == Pos::Punct || token.tag == Tag::Dt) {
            break;
        }
        start += 1;
    }
    let capital = start < end && doc.token(start).text.starts_with(char::is_uppercase);
    let lower_particle = start + 1 < end;
    if capital || lower_particle { start..end } else { start..start }
}

/// The token of a range that the others depend on.
pub(super) fn root(doc: &Document, tokens: &Range<TokenIndex>) -> TokenIndex {
    tokens
        .clone()
        .find(|&token| !tokens.contains(&doc.token(token).head) || doc.token(token).head == token)
        .unwrap_or(tokens.end - 1)
}

pub(super) fn words(doc: &Document, tokens: Range<TokenIndex>) -> String {
    doc.span(tokens).of(doc.text()).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The office that the text around one mention of a person gives.
fn role(doc: &Document, registry: &Registry, names: &Names, tokens: Range<TokenIndex>) -> Option<Role> {
    let root = root(doc, &tokens);
    // `CIA Director X`, `Mali's President X`: what the name's phrase holds before the name.
    let left = doc.subtree(root).start.max(tokens.start.saturating_sub(12));
    let title = role_in(doc, registry, names, left..tokens.start, true);
    // A mere rank (`Col.`) says less than what the text adds: `its spokesman, Col. X`.
    let rank = title
        .as_ref()
        .is_some_and(|role| role.words.split(' ').count() <= 2 && role.sector == Some(Sector::Mil));
    if title.is_some() && !rank {
        return title;
    }
    // `X, the acting secretary of …,`
    for &child in doc.children(root) {
        let appositive = child >= tokens.end && matches!(doc.token(child).dep, Dep::Appos | Dep::Npadvmod);
        if appositive && let Some(role) = role_in(doc, registry, names, noun_phrase(doc, child), false) {
            return Some(role);
        }
        // `X, who leads …`
        let verb = doc.token(child);
        if verb.dep == Dep::Relcl
            && matches!(&*verb.lemma, "lead" | "head" | "command" | "chair" | "found" | "direct")
        {
            let phrase = child..doc.subtree(child).end.min(child + 12);
            let (sector, country) = affiliation(doc, registry, names, phrase.clone(), child..child + 1);
            return Some(Role { words: String::new(), sector, country, public: true });
        }
    }
    let token = doc.token(root);
    // `the group's leader, X,`
    if token.dep == Dep::Appos && token.head < root {
        let head = token.head;
        let phrase = doc.subtree(head).start..tokens.start;
        if let Some(role) = role_in(doc, registry, names, cut(doc, phrase, head), true) {
            return Some(role);
        }
    }
    // `X is the head of …`
    if token.dep == Dep::Nsubj && doc.token(token.head).lemma == "be" {
        let attribute = doc.children(token.head).iter().find(|&&child| doc.token(child).dep == Dep::Attr);
        if let Some(&attribute) = attribute {
            return role_in(doc, registry, names, noun_phrase(doc, attribute), false).or(title);
        }
    }
    title
}

/// A noun with what stands before it and the prepositional phrases after it, up to a comma or a clause.
pub(super) fn noun_phrase(doc: &Document, head: TokenIndex) -> Range<TokenIndex> {
    cut(doc, doc.subtree(head), head)
}

fn cut(doc: &Document, tokens: Range<TokenIndex>, head: TokenIndex) -> Range<TokenIndex> {
    let start = tokens.start.max(head.saturating_sub(10)).min(head);
    let limit = tokens.end.min(head + 16);
    let end = (head + 1..limit).find(|&token| {
        let token = doc.token(token);
        matches!(
            token.tag,
            Tag::Comma
                | Tag::Colon
                | Tag::Stop
                | Tag::OpenBracket
                | Tag::CloseQuote
                | Tag::OpenQuote
                | Tag::Wp
                | Tag::Wdt
                | Tag::Wrb
        ) || matches!(token.dep, Dep::Relcl)
            || (token.pos == Pos::Verb && token.dep == Dep::Acl)
    });
    start..end.unwrap_or(limit).max(head + 1)
}

/// The office in a run of words, if there is one; `before`: the run stands before the name, so that the last office counts.
fn role_in(
    doc: &Document,
    registry: &Registry,
    names: &Names,
    tokens: Range<TokenIndex>,
    before: bool,
) -> Option<Role> {
    let mut start = tokens.start;
    let mut end = tokens.end;
    // Nothing of another noun phrase or clause to the left.
    for token in tokens.clone().rev() {
        let word = doc.token(token);
        let stop = matches!(word.tag, Tag::Comma | Tag::Colon | Tag::Stop | Tag::OpenQuote | Tag::CloseQuote)
            && before;
        if (stop && token + 1 < tokens.end)
            || word.pos == Pos::Verb && word.tag != Tag::Vbg && word.tag != Tag::Vbn
        {
            start = token + 1;
            break;
        }
    }
    while start < end
        && matches!(
            doc.token(start).pos,
            Pos::Det | Pos::Punct | Pos::Cconj | Pos::Adp | Pos::Num | Pos::Space
        )
    {
        start += 1;
    }
    while start < end
        && (doc.token(end - 1).pos == Pos::Punct && !doc.token(end - 1).text.ends_with('.')
            || doc.token(end - 1).pos == Pos::Cconj)
    {
        end -= 1;
    }
    if start >= end {
        return None;
    }
    let (office_tokens, office) = office_in(doc, registry, start..end, before)?;
    let (mut sector, mut country) = affiliation(doc, registry, names, start..end, office_tokens.clone());
    sector = office.sector.or(sector);
    if sector.is_none() && country.is_some() && office.public {
        sector = Some(Sector::Gov);
    }
    // Soldiers, police and local officials are those of the country that the text is about.
    let local = || {
        (start..end).any(|token| {
            matches!(
                &*doc.token(token).lemma.to_lowercase(),
                "local" | "provincial" | "regional" | "district" | "governor" | "mayor" | "police"
            )
        })
    };
    let owned = (tokens.start..end).any(|token| doc.token(token).tag == Tag::PrpS);
    if country.is_none()
        && !owned
        && (matches!(sector, Some(Sector::Cop | Sector::Mil | Sector::Jud)) || local())
    {
        country = names.context_state(doc, start).map(|state| registry.states()[state as usize].iso3.clone());
    }
    // `for the next hours the director`: nothing before the office's own article.
    if before {
        let article = (start..office_tokens.start).rev().find(|&token| doc.token(token).tag == Tag::Dt);
        start = article.map_or(start, |article| article + 1);
    }
    let role = words(doc, start..end);
    if role.eq_ignore_ascii_case("mr.") || role.is_empty() {
        return None;
    }
    Some(Role { words: role, sector, country, public: office.public })
}

/// The office whose title stands in a run of words: the last before a name, else the first.
fn office_in(
    doc: &Document,
    registry: &Registry,
    tokens: Range<TokenIndex>,
    last: bool,
) -> Option<(Range<TokenIndex>, Office)> {
    let mut found = None;
    let mut at = tokens.start;
    while at < tokens.end {
        match noun::longest_office(doc, registry, at..tokens.end) {
            Some((length, office)) => {
                // `the prime minister's office`: the title of another.
                let possessive = at + length < tokens.end
                    && doc.token(at + length).tag == Tag::Pos
                    && at + length + 1 < tokens.end;
                if !possessive {
                    found = Some((at..at + length, office));
                    if !last {
                        break;
                    }
                }
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Sector and country of the first body, organ or state in a run of words.
fn affiliation(
    doc: &Document,
    registry: &Registry,
    names: &Names,
    tokens: Range<TokenIndex>,
    office: Range<TokenIndex>,
) -> (Option<Sector>, Option<String>) {
    let mut sector = None;
    let mut country = None;
    for name in names.within(tokens.clone()) {
        match name.meaning {
            Meaning::Actor(actor) => {
                let actor = registry.actor(actor);
                sector = sector.or(actor.sector);
                country = country.or_else(|| actor.country.clone());
            }
            Meaning::New(body) => {
                sector = sector.or_else(|| registry.kind_by_name(&names.new_bodies[body].name)?.1);
            }
            _ => {
                let state = names.state_of(name).map(|state| registry.states()[state as usize].iso3.clone());
                country = country.or(state);
            }
        }
    }
    if sector.is_none() {
        sector = tokens.clone().filter(|token| !office.contains(token)).find_map(|token| {
            let agent = registry.agent(&doc.token(token).lemma.to_lowercase())?;
            matches!(agent.class, AgentClass::Organ | AgentClass::Body | AgentClass::Group)
                .then_some(agent.sector)?
        });
    }
    if sector.is_none() {
        let after = office.end.max(tokens.start)..tokens.end;
        if !after.is_empty() {
            sector = registry.kind_by_name(&words(doc, after)).and_then(|(_, sector)| sector);
        }
    }
    (sector, country)
}
