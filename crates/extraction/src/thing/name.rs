//! The names of a text, each with what bears it: the registry's word first, then the recogniser of places, then that of entities.

use std::ops::Range;

use crate::frame;
use watchkeeper_record::document::{Document, EntityLabel, Tag, TokenIndex};
use watchkeeper_record::mention::{KnownName, Mentions, NameBearer};

/// What bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    Person,
    Body,
    Country,
    People,
    Place,
    Platform,
    Document,
    Money,
    /// An event, a language, an ordinal: no thing here.
    Nothing,
    /// A name of something.
    Other,
}

/// One name.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) tokens: Range<TokenIndex>,
    pub(super) kind: NameKind,
    /// Whether a registry knows it: then the words of the name don't overrule it.
    pub(super) sure: bool,
    pub(super) why: &'static str,
}

/// The names of a text, not overlapping.
#[derive(Debug, Default)]
pub(super) struct Names {
    list: Vec<Name>,
    /// For each token 1 + index of its name, or 0.
    at: Vec<u32>,
}

impl Names {
    /// The name that covers a token.
    pub(super) fn at(&self, index: TokenIndex) -> Option<&Name> {
        let number = (*self.at.get(index as usize)? as usize).checked_sub(1)?;
        self.list.get(number)
    }

    fn add(&mut self, name: Name) {
        let range = name.tokens.start as usize..name.tokens.end as usize;
        if range.is_empty()
            || range.end > self.at.len()
            || self.at[range.clone()].iter().any(|&taken| taken > 0)
        {
            return;
        }
        self.list.push(name);
        self.at[range].fill(self.list.len() as u32);
    }
}

/// How sure the recogniser of places has to be to overrule a body that only the text names.
const PLACE_SCORE_MIN: f32 = 0.6;

/// Finds the names of a text.
pub(super) fn find(doc: &Document, mentions: &Mentions, known: &[KnownName]) -> Names {
    let mut names = Names { list: Vec::new(), at: vec![0; doc.tokens().len()] };
    let bearer = |bearer: NameBearer| match bearer {
        NameBearer::Person => NameKind::Person,
        NameBearer::Body => NameKind::Body,
        NameBearer::State => NameKind::Country,
        NameBearer::People => NameKind::People,
        NameBearer::Place => NameKind::Place,
    };
    let add_known = |names: &mut Names, sure: bool| {
        for name in known.iter().filter(|name| name.sure == sure) {
            let kind = bearer(name.bearer);
            let why = if sure { "name in the registry" } else { "name of the text alone" };
            let tokens = trim(doc, name.tokens.clone());
            if tokens.is_empty() {
                continue;
            }
            let kind = if sure && !frame::word_is(doc, tokens.start, &["operation"]) {
                kind
            } else {
                unsure(doc, &tokens, kind)
            };
            names.add(Name { tokens, kind, sure, why });
        }
    };
    add_known(&mut names, true);
    for place in mentions.places.iter().filter(|place| place.score >= PLACE_SCORE_MIN) {
        names.add(Name {
            tokens: place.tokens.clone(),
            kind: NameKind::Place,
            sure: false,
            why: "name of a place",
        });
    }
    add_known(&mut names, false);
    for entity in doc.entities() {
        let kind = match entity.label {
            EntityLabel::Person => NameKind::Person,
            EntityLabel::Org => NameKind::Body,
            EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac => NameKind::Place,
            EntityLabel::Norp => NameKind::People,
            EntityLabel::Product => NameKind::Platform,
            EntityLabel::Language => NameKind::People,
            EntityLabel::WorkOfArt | EntityLabel::Law => NameKind::Document,
            EntityLabel::Money => NameKind::Money,
            EntityLabel::Event => NameKind::Nothing,
            _ => continue,
        };
        let tokens = trim(doc, entity.tokens.clone());
        if tokens.is_empty() {
            continue;
        }
        let kind = unsure(doc, &tokens, kind);
        names.add(Name { tokens, kind, sure: false, why: "entity" });
    }
    for place in &mentions.places {
        names.add(Name {
            tokens: place.tokens.clone(),
            kind: NameKind::Place,
            sure: false,
            why: "name of a place",
        });
    }
    let places: Vec<String> = mentions
        .places
        .iter()
        .filter(|place| place.score >= PLACE_SCORE_MIN)
        .map(|place| place.span.of(doc.text()).to_lowercase())
        .collect();
    agree(doc, &mut names, &places);
    names
}

/// The kind of a name of which only a recogniser tells.
fn unsure(doc: &Document, tokens: &Range<TokenIndex>, kind: NameKind) -> NameKind {
    if let Some(kind) = by_form(doc, tokens) {
        return kind;
    }
    match kind {
        NameKind::Person if located(doc, tokens) => NameKind::Place,
        // `40 per cent` is no sum.
        NameKind::Money if frame::word_is(doc, tokens.end - 1, &["cent", "percent", "%"]) => {
            NameKind::Nothing
        }
        NameKind::Document
            if !frame::word_is(
                doc,
                tokens.end - 1,
                &["act", "law", "report", "resolution", "treaty", "convention", "agreement", "charter"],
            ) =>
        {
            NameKind::Other
        }
        _ => kind,
    }
}

/// Takes articles, marks and a preposition that a capital made part of it off a name.
fn trim(doc: &Document, tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let (mut start, mut end) = (tokens.start, tokens.end);
    while start < end
        && (matches!(doc.token(start).tag, Tag::Dt | Tag::PrpS | Tag::OpenQuote | Tag::Comma)
            || frame::word_is(doc, start, &["near", "in", "at", "from", "around", "outside"]))
    {
        start += 1;
    }
    while start < end && matches!(doc.token(end - 1).tag, Tag::Pos | Tag::CloseQuote | Tag::Comma | Tag::Stop)
    {
        end -= 1;
    }
    start..end
}

/// Whether a preposition of place leads to a name.
fn located(doc: &Document, tokens: &Range<TokenIndex>) -> bool {
    let words = ["near", "in", "around", "outside", "inside", "across", "throughout"];
    let mut before = tokens.start;
    if before > 0 && doc.token(before - 1).tag == Tag::Dt {
        before -= 1;
    }
    let of = before > 1
        && frame::word_is(doc, before - 1, &["of"])
        && frame::word_is(
            doc,
            before - 2,
            &[
                "vicinity",
                "city",
                "town",
                "village",
                "outskirts",
                "province",
                "district",
                "liberation",
                "isolation",
                "siege",
                "recapture",
                "encirclement",
            ],
        );
    before > 0 && (of || frame::word_is(doc, before - 1, &words))
}

/// What a name that no registry knows is by its own words: ships, operations, Arabic bynames.
fn by_form(doc: &Document, tokens: &Range<TokenIndex>) -> Option<NameKind> {
    let first = doc.token(tokens.start).text.as_str();
    if frame::word_is(doc, tokens.start, &["operation", "exercise"]) && tokens.len() > 1 {
        return Some(NameKind::Nothing);
    }
    // The prefix may stand in the name or before it.
    let before = tokens.start.saturating_sub(1);
    if (before..tokens.end - 1).any(|at| SHIPS.contains(&doc.token(at).text.as_str())) {
        return Some(NameKind::Platform);
    }
    if tokens.len() > 1 && matches!(first, "Abu" | "Umm" | "Sheikh" | "Sheik") {
        return Some(NameKind::Person);
    }
    aircraft(doc.token(tokens.end - 1).text.as_str()).then_some(NameKind::Platform)
}

/// Prefixes of ships' names.
const SHIPS: [&str; 13] =
    ["USS", "HMS", "USNS", "HMAS", "HMCS", "HMNZS", "RFA", "FS", "INS", "ITS", "MV", "MT", "USCGC"];

/// `F-16`, `MQ-9`, `Su-24M`: letters, a hyphen, a number.
fn aircraft(text: &str) -> bool {
    let Some((letters, number)) = text.split_once('-') else { return false };
    (1..=3).contains(&letters.len())
        && letters.starts_with(|letter: char| letter.is_ascii_uppercase())
        && letters.chars().all(|letter| letter.is_ascii_alphabetic())
        && (1..=4).contains(&number.len())
        && number.starts_with(|letter: char| letter.is_ascii_digit())
        && !matches!(letters, "AK" | "G" | "RPG" | "M" | "PK" | "DC" | "COVID")
}

/// Gives names that a recogniser took for something else the kind that the rest of the text gives them: the surname of a person
/// named in full, a place named as one elsewhere.
fn agree(doc: &Document, names: &mut Names, places: &[String]) {
    let text = |tokens: &Range<TokenIndex>| doc.span(tokens.clone()).of(doc.text()).to_lowercase();
    let mut surnames: Vec<String> = Vec::new();
    let mut ships: Vec<String> = Vec::new();
    for name in &names.list {
        if name.kind == NameKind::Person && name.tokens.len() > 1 {
            surnames.push(text(&(name.tokens.end - 1..name.tokens.end)));
            surnames.push(text(&name.tokens));
        }
        let before = name.tokens.start.saturating_sub(1);
        if name.kind == NameKind::Platform
            && (before..name.tokens.end).any(|at| SHIPS.contains(&doc.token(at).text.as_str()))
        {
            ships.push(text(&(name.tokens.end - 1..name.tokens.end)));
        }
    }
    for name in names.list.iter_mut().filter(|name| !name.sure) {
        let words = text(&name.tokens);
        if name.kind == NameKind::Person && ships.contains(&words) {
            name.kind = NameKind::Platform;
            name.why = "named as a ship elsewhere";
        } else if matches!(name.kind, NameKind::Person | NameKind::Body) && places.contains(&words) {
            name.kind = NameKind::Place;
            name.why = "named as a place elsewhere";
        } else if matches!(name.kind, NameKind::Body | NameKind::Place | NameKind::People)
            && surnames.contains(&words)
        {
            name.kind = NameKind::Person;
            name.why = "named as a person elsewhere";
        }
    }
}
