//! What a noun phrase without a name denotes, as far as its own words tell.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use super::names::{Meaning, Name, Names};
use super::noun::{self, Pointing};
use crate::registry::{ActorIndex, Agent, AgentClass, Registry, StateIndex};

/// A noun phrase taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Described {
    /// The head that was described: that of `of …` where the phrase's own only counts.
    pub(super) head: TokenIndex,
    /// The noun of the lexicon, in base form.
    pub(super) noun: String,
    /// What the lexicon says of it.
    pub(super) agent: Agent,
    /// Where an office heads the phrase: whether its bearer speaks for the body (`spokesman`, `official`).
    pub(super) office: Option<Bearer>,
    /// A body named in it: `Hamas fighters`, `members of the NFU`.
    pub(super) body: Option<Meaning>,
    /// The state that its own words name.
    pub(super) state: Option<StateIndex>,
    /// A pronoun or noun that owns it: `its fighters`, `the group's leader`.
    pub(super) owner: Option<TokenIndex>,
    /// Words that make it but a part of the state's organ: `local`, `state`, a region.
    pub(super) local: bool,
    /// Words that keep it out of the text's own state: `Western`, `foreign`.
    pub(super) foreign: bool,
    /// `former`, `retired`: no longer what the noun says.
    pub(super) former: bool,
    /// How it points.
    pub(super) pointing: Pointing,
    /// Whether it speaks of several.
    pub(super) plural: bool,
}

/// Who bears an office without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearer {
    /// Speaks or acts for the body: `spokesman`, `official`, `member`.
    ForBody,
    /// A person of weight: `leader`, `minister`.
    Person,
}

/// Titles whose bearer stands for the body.
const FOR_BODY: &[&str] = &[
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "official",
    "source",
    "member",
    "operative",
    "representative",
    "officer",
    "spokesmen",
    "spokespeople",
    "senior official",
    "military spokesman",
    "army spokesman",
    "police spokesman",
    "military spokesperson",
    "army spokesperson",
    "police spokesperson",
    "deputy spokesman",
    "chief spokesman",
    "police spokeswoman",
    "military spokeswoman",
    "intelligence official",
    "intelligence officer",
    "police officer",
];

/// Words after a state's name and a hyphen that keep the state out of the phrase: `U.S.-backed rebels`.
const NOT_OF: &[&str] = &[
    "backed",
    "supported",
    "allied",
    "trained",
    "aligned",
    "funded",
    "armed",
    "linked",
    "sponsored",
    "friendly",
    "style",
    "made",
    "led",
    "affiliated",
    "supplied",
    "occupied",
    "controlled",
    "held",
    "run",
    "born",
    "imposed",
    "designated",
    "sanctioned",
    "inspired",
    "loyal",
];

/// Takes a phrase apart; `None` where its head is no noun for actors.
pub(super) fn describe(
    doc: &Document,
    registry: &Registry,
    names: &Names,
    tokens: &Range<TokenIndex>,
    head: TokenIndex,
) -> Option<Described> {
    let mut head = head;
    let mut from = tokens.start.min(head);
    for _ in 0..3 {
        let agent = noun::agent(doc, registry, head, from).map(|(_, agent)| agent.class);
        let counts = matches!(agent, Some(AgentClass::Quantity | AgentClass::Nominal))
            || doc.token(head).tag == Tag::Cd;
        let Some(inner) = counts.then(|| of_object(doc, head)).flatten() else { break };
        let more = noun::agent(doc, registry, inner, inner)
            .is_some_and(|(_, agent)| agent.class != AgentClass::Quantity)
            || noun::office_at(doc, registry, inner, inner).is_some();
        if !more {
            break;
        }
        head = inner;
        from = doc.subtree(inner).start.max(from);
    }
    let left = doc.subtree(head).start.max(head.saturating_sub(16)).max(sentence_start(doc, head));
    let from = left.min(head);
    let found = noun::agent(doc, registry, head, from);
    let title = noun::office_at(doc, registry, head, from);
    let (noun_start, agent, office) = match (found, title) {
        // The longer wins: `rebel commander` over `commander`, `military spokesman` over `spokesman`.
        (Some((start, agent)), Some((title_start, office)))
            if start > title_start || agent.class == AgentClass::People && start == title_start =>
        {
            let _ = office;
            bearer(doc, registry, title_start, head, from, Some(agent))
        }
        (Some((start, agent)), Some((title_start, _)))
            if start == title_start && is_title(doc, title_start, head) =>
        {
            bearer(doc, registry, title_start, head, from, Some(agent))
        }
        (Some((start, agent)), _) => (start, agent, None),
        (None, Some((start, _))) => bearer(doc, registry, start, head, from, None),
        (None, None) => (head, by_ending(doc, head)?, None),
    };
    let noun = (noun_start..=head)
        .map(|token| {
            if token == head {
                noun::lemma(doc, token)
            } else {
                doc.token(token).text.as_str().to_lowercase()
            }
        })
        .collect::<Vec<_>>()
        .join(" ");
    let mut described = Described {
        head,
        noun,
        agent,
        office,
        body: None,
        state: None,
        owner: None,
        local: false,
        foreign: false,
        former: false,
        pointing: noun::pointing(doc, head),
        plural: noun::is_plural(doc, head),
    };
    look_left(doc, registry, names, from..noun_start, &mut described);
    look_right(doc, names, &mut described);
    Some(described)
}

fn sentence_start(doc: &Document, token: TokenIndex) -> TokenIndex {
    doc.sentences()[doc.sentence_of(token) as usize].tokens.start
}

/// Whether the lexicon's office, not its noun, says what the phrase is: `spokesman`, `official`.
fn is_title(doc: &Document, start: TokenIndex, head: TokenIndex) -> bool {
    let title = (start..=head).map(|token| noun::lemma(doc, token)).collect::<Vec<_>>().join(" ");
    FOR_BODY.contains(&title.as_str())
}

fn bearer(
    doc: &Document,
    registry: &Registry,
    start: TokenIndex,
    head: TokenIndex,
    from: TokenIndex,
    agent: Option<Agent>,
) -> (TokenIndex, Agent, Option<Bearer>) {
    let title = (start..=head).map(|token| noun::lemma(doc, token)).collect::<Vec<_>>().join(" ");
    let last = noun::lemma(doc, head);
    let for_body = FOR_BODY.contains(&title.as_str()) || FOR_BODY.contains(&last.as_str());
    // The body that the words before the title name: `army spokesman`, `rebel leader`, `police officer`.
    let before = (from..start).rev().find_map(|token| {
        noun::agent(doc, registry, token, from)
            .map(|(_, agent)| agent)
            .filter(|agent| agent.class != AgentClass::People)
    });
    let sector = noun::office_at(doc, registry, head, from).and_then(|(_, office)| office.sector);
    let organ = match sector {
        Some(Sector::Mil) => Some("military"),
        Some(Sector::Cop) => Some("police"),
        Some(Sector::Spy) => Some("intelligence"),
        _ => None,
    };
    let agent = before.or(agent.filter(|agent| agent.class != AgentClass::People)).unwrap_or(Agent {
        class: AgentClass::Body,
        kind: match sector {
            Some(Sector::Mil) => ActorKind::Military,
            Some(Sector::Cop) => ActorKind::Police,
            Some(Sector::Spy) => ActorKind::Intelligence,
            Some(Sector::Jud) => ActorKind::Judiciary,
            Some(Sector::Reb | Sector::Crm) => ActorKind::ArmedGroup,
            Some(Sector::Gov | Sector::Leg) => ActorKind::Government,
            _ => ActorKind::Other,
        },
        sector,
        organ,
    });
    (start, agent, Some(if for_body { Bearer::ForBody } else { Bearer::Person }))
}

/// People by what they do, where the lexicon lacks the noun: `hairdresser`, `violinist`.
fn by_ending(doc: &Document, head: TokenIndex) -> Option<Agent> {
    let word = doc.token(head);
    let lemma = noun::lemma(doc, head);
    let person = [
        "ist", "man", "men", "woman", "women", "people", "goer", "worker", "maker", "keeper", "holder",
        "dweller", "mate",
    ]
    .iter()
    .any(|ending| lemma.ends_with(ending));
    (word.pos == Pos::Noun && person && lemma.len() > 4).then_some(Agent {
        class: AgentClass::People,
        kind: ActorKind::PopulationGroup,
        sector: Some(Sector::Cvl),
        organ: None,
    })
}

/// The object of `of` on a noun.
fn of_object(doc: &Document, head: TokenIndex) -> Option<TokenIndex> {
    let of =
        doc.children(head).iter().copied().find(|&child| {
            child > head && doc.token(child).dep == Dep::Prep && doc.token(child).lemma == "of"
        })?;
    doc.children(of).iter().copied().find(|&child| doc.token(child).dep == Dep::Pobj)
}

/// Names, owners and words of place before the noun.
fn look_left(
    doc: &Document,
    registry: &Registry,
    names: &Names,
    tokens: Range<TokenIndex>,
    described: &mut Described,
) {
    for name in names.within(tokens.clone()) {
        if name.tokens.end > tokens.end + 1 {
            continue;
        }
        if !modifies(doc, name, described.head) {
            // `Russian-installed authorities` aren't those of the country.
            described.local = true;
            continue;
        }
        take(registry, names, name, described);
    }
    for token in tokens {
        if names.at(token).is_some() {
            continue;
        }
        let word = doc.token(token);
        let lower = noun::lemma(doc, token);
        if matches!(
            lower.as_str(),
            "local"
                | "provincial"
                | "regional"
                | "municipal"
                | "district"
                | "county"
                | "village"
                | "city"
                | "town"
                | "tribal"
                | "state"
        ) && matches!(word.dep, Dep::Amod | Dep::Compound | Dep::Nmod)
        {
            described.local = true;
        }
        if matches!(lower.as_str(), "former" | "retired" | "ex" | "ousted" | "deposed") {
            // No longer of the body: an actor of its own.
            described.agent =
                Agent { class: AgentClass::Body, sector: Some(Sector::Eli), organ: None, ..described.agent };
            described.former = true;
            described.local = true;
        }
        if matches!(
            lower.as_str(),
            "western"
                | "foreign"
                | "european"
                | "african"
                | "arab"
                | "international"
                | "asian"
                | "diplomatic"
                | "rival"
                | "enemy"
                | "opposing"
                | "neighbouring"
                | "neighboring"
        ) {
            described.foreign = true;
            described.local = true;
        }
        let owns = word.dep == Dep::Poss
            || word.dep == Dep::Compound && matches!(lower.as_str(), "coalition" | "alliance");
        if owns && described.owner.is_none() {
            described.owner = Some(token);
        }
    }
}

/// Whether a name before a noun belongs to it: not `U.S.-backed`, not `pro-Russian`.
fn modifies(doc: &Document, name: &Name, head: TokenIndex) -> bool {
    let after = name.tokens.end;
    if after + 1 < head && doc.token(after).text == "-" {
        let word = doc.token(after + 1).text.to_lowercase();
        if NOT_OF.contains(&word.as_str()) || doc.token(after + 1).tag == Tag::Vbn {
            return word == "based";
        }
    }
    if name.tokens.start >= 2 && doc.token(name.tokens.start - 1).text == "-" {
        let before = doc.token(name.tokens.start - 2).text.to_lowercase();
        if matches!(before.as_str(), "pro" | "anti" | "ex" | "non" | "mid") {
            return false;
        }
    }
    let glued = doc.token(name.tokens.end - 1).text.to_lowercase();
    !NOT_OF.iter().any(|word| glued.ends_with(&format!("-{word}")))
        && !glued.starts_with("pro-")
        && !glued.starts_with("anti-")
}

/// Takes over what a name in the phrase tells.
fn take(registry: &Registry, names: &Names, name: &Name, described: &mut Described) {
    match name.meaning {
        Meaning::Actor(actor) => {
            let row = registry.actor(actor);
            let person = row.kind == ActorKind::Person;
            // `Yazidi fighters`, `Tuareg rebels`: of a people, but not the people.
            if row.kind == ActorKind::PopulationGroup || person {
                if described.state.is_none() && row.kind == ActorKind::PopulationGroup {
                    described.state = row
                        .country
                        .as_deref()
                        .and_then(|code| registry.state_index(code))
                        .filter(|_| described.agent.class == AgentClass::Organ);
                }
            } else if described.body.is_none() {
                described.body = Some(name.meaning);
            }
        }
        Meaning::New(_) => described.body = described.body.or(Some(name.meaning)),
        Meaning::Region(_) => {
            described.local = true;
            described.state = described.state.or(names.state_of(name));
        }
        Meaning::State(_) | Meaning::People(_) | Meaning::Seat(_) => {
            described.state = described.state.or(names.state_of(name))
        }
    }
}

/// Names in `of …`, `from …`, `in …` after the noun.
fn look_right(doc: &Document, names: &Names, described: &mut Described) {
    let head = described.head;
    for &child in doc.children(head) {
        let word = doc.token(child);
        if child < head || word.dep != Dep::Prep {
            continue;
        }
        let member = matches!(&*word.lemma, "of" | "from" | "for" | "with" | "at");
        let place = &*word.lemma == "in";
        if !(member || place) {
            continue;
        }
        let Some(object) =
            doc.children(child).iter().copied().find(|&object| doc.token(object).dep == Dep::Pobj)
        else {
            continue;
        };
        match names.at(object) {
            Some(name) => match name.meaning {
                Meaning::Actor(_) | Meaning::New(_) if member => {
                    described.body = described.body.or(Some(name.meaning));
                }
                Meaning::Actor(_) | Meaning::New(_) => {}
                _ => described.state = described.state.or(names.state_of(name)),
            },
            None if &*word.lemma == "of" && described.owner.is_none() => described.owner = Some(object),
            None => {}
        }
    }
}

impl Described {
    /// Whether the phrase's body is a known one of these kinds.
    pub(super) fn known_body(&self) -> Option<ActorIndex> {
        match self.body {
            Some(Meaning::Actor(actor)) => Some(actor),
            _ => None,
        }
    }
}
