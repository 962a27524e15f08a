//! The names of a text, each with what bears it: the registry's word first, then the recogniser of places, then that of entities.

use std::ops::Range;

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
        if range.is_empty() || range.end > self.at.len() || self.at[range.clone()].iter().any(|&taken| taken > 0) {
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
    let mut add_known = |names: &mut Names, sure: bool| {
        for name in known.iter().filter(|name| name.sure == sure) {
            let kind = bearer(name.bearer);
            let why = if sure { "name in the registry" } else { "name of the text alone" };
            names.add(Name { tokens: trim(doc, name.tokens.clone()), kind, sure, why });
        }
    };
    add_known(&mut names, true);
    for place in mentions.places.iter().filter(|place| place.score >= PLACE_SCORE_MIN) {
        names.add(Name { tokens: place.tokens.clone(), kind: NameKind::Place, sure: false, why: "name of a place" });
    }
    add_known(&mut names, false);
    for entity in doc.entities() {
        let kind = match entity.label {
            EntityLabel::Person => NameKind::Person,
            EntityLabel::Org => NameKind::Body,
            EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac => NameKind::Place,
            EntityLabel::Norp => NameKind::People,
            EntityLabel::Product => NameKind::Platform,
            EntityLabel::WorkOfArt | EntityLabel::Law => NameKind::Document,
            EntityLabel::Money => NameKind::Money,
            EntityLabel::Event | EntityLabel::Language => NameKind::Nothing,
            _ => continue,
        };
        let tokens = trim(doc, entity.tokens.clone());
        names.add(Name { tokens, kind, sure: false, why: "entity" });
    }
    for place in &mentions.places {
        names.add(Name { tokens: place.tokens.clone(), kind: NameKind::Place, sure: false, why: "name of a place" });
    }
    names
}

/// Takes articles, marks and line ends off a name.
fn trim(doc: &Document, tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let (mut start, mut end) = (tokens.start, tokens.end);
    while start < end && matches!(doc.token(start).tag, Tag::Dt | Tag::PrpS | Tag::OpenQuote | Tag::Comma) {
        start += 1;
    }
    while start < end && matches!(doc.token(end - 1).tag, Tag::Pos | Tag::CloseQuote | Tag::Comma | Tag::Stop) {
        end -= 1;
    }
    start..end
}
