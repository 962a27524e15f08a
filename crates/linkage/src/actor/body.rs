//! Bodies and names that the registry lacks: made from the text, never forced onto a known actor.

use std::ops::Range;

use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::document::{EntityLabel, Pos, TokenIndex};

use super::coref::Linker;
use super::draft::{self, Draft, Identity};
use super::names::Meaning;
use super::{noun, person};
use crate::registry::{AgentClass, StateIndex};

impl Linker<'_> {
    /// The draft of a body that only the text names.
    pub(super) fn new_body(&mut self, index: usize) -> usize {
        let body = &self.names.new_bodies[index];
        let (kind, sector, country) = self.judge(body.name.as_str(), &body.tokens, body.label, body.state);
        self.drafts.of(Identity::New(index), || {
            let mut actor = draft::plain(body.name.clone(), kind);
            actor.sector = sector;
            actor.country = country;
            actor.why.push("named by the text alone".to_owned());
            Draft { actor, used: false, noun: String::new() }
        })
    }

    /// Kind, sector and country of a body that only the text names, by the words of its name and beside it.
    fn judge(
        &self,
        name: &str,
        tokens: &Range<TokenIndex>,
        label: EntityLabel,
        state: Option<StateIndex>,
    ) -> (ActorKind, Option<Sector>, Option<String>) {
        let mut country = self.code(state);
        let root = person::root(self.doc, tokens);
        let left = self.doc.subtree(root).start.max(tokens.start.saturating_sub(8));
        let beside = self
            .names
            .within(left..tokens.start)
            .iter()
            .find_map(|inner| self.code(self.names.state_of(inner)));
        country = country.or(beside);
        let mut kind = None;
        // The last word of the name that the lexicon knows: `Defence Ministry`, `Popular Resistance Brigades`.
        for token in tokens.clone().rev().chain((left..tokens.start).rev()) {
            if let Some((_, agent)) = noun::agent(self.doc, self.registry, token, token)
                && agent.class != AgentClass::Quantity
            {
                kind = Some((agent.kind, agent.sector));
                break;
            }
        }
        let (kind, sector) = match (self.registry.kind_by_name(name), kind) {
            (Some(found), _) | (None, Some(found)) => found,
            (None, None) if label == EntityLabel::Norp => (ActorKind::PopulationGroup, Some(Sector::Cvl)),
            (None, None) => (ActorKind::Other, None),
        };
        let of_state = matches!(
            kind,
            ActorKind::Military
                | ActorKind::Police
                | ActorKind::Government
                | ActorKind::Judiciary
                | ActorKind::Intelligence
        );
        if country.is_none() && of_state {
            country = self.code(self.names.context_state(self.doc, tokens.start));
        }
        (kind, sector, country)
    }

    /// A capitalised name that the language layer gave no label.
    pub(super) fn unlabelled(&mut self, tokens: &Range<TokenIndex>, head: TokenIndex) -> usize {
        let named = noun::name_tokens(self.doc, tokens.clone(), head);
        // `the ECOWAS Commission`: a part of a known body.
        let inner = self.names.within(named.start..head).first().map(|name| name.meaning);
        if let Some(Meaning::Actor(actor)) = inner
            && matches!(self.registry.actor(actor).kind, ActorKind::InternationalOrg | ActorKind::ArmedGroup)
        {
            return self.known(actor);
        }
        let words = person::words(self.doc, named.clone());
        let speaks = matches!(
            &*self.doc.token(noun::governor(self.doc, head)).lemma,
            "say" | "tell" | "add" | "warn" | "claim" | "insist" | "argue" | "explain" | "recall"
        );
        let names_only = named.len() >= 2
            && named.clone().all(|token| self.doc.token(token).pos == Pos::Propn)
            && self.registry.kind_by_name(&words).is_none();
        if speaks && names_only && !noun::is_plural(self.doc, head) {
            let draft = self.describe_as(&words, ActorKind::Person, Some(Sector::Cvl), None, "name");
            self.drafts.list[draft].actor.private = true;
            return draft;
        }
        let (kind, sector, country) = self.judge(&words, &named, EntityLabel::Org, None);
        self.describe_as(&words, kind, sector, country, "name")
    }
}
