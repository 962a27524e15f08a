//! Where pronouns and pointing nouns go back to.
//!
//! The last actor of a fitting kind within three sentences, the subject of its sentence first, never another argument of the
//! same verb. What finds nothing is left alone.

use watchkeeper_record::codebook::{ActorKind, Sector};
use watchkeeper_record::document::{Dep, TokenIndex};
use watchkeeper_record::mention::Speaker;

use super::coref::{Linker, Seen};
use super::draft::Draft;
use super::phrase::Described;
use super::{noun, person};

/// Sentences that a pointing word reaches back.
const REACH: u32 = 3;

/// Mentions that a pointing word looks at, so that long lists stay cheap.
const LOOK_BACK: usize = 48;

/// Sentences that a noun reaches back which repeats the word of a name: `the coalition`, `the ministry`.
const CALLED_REACH: u32 = 12;

/// Statements that are looked through for the speaker of a `we`.
const STATEMENTS_MAX: usize = 512;

impl Linker<'_> {
    /// Antecedents from the nearest back, in reach of a token and not arguments of the same verb.
    pub(super) fn antecedents(&self, head: TokenIndex) -> impl Iterator<Item = &Seen> {
        let sentence = self.doc.sentence_of(head);
        let governor = noun::governor(self.doc, head);
        let argument = matches!(
            self.doc.token(head).dep,
            Dep::Nsubj | Dep::Nsubjpass | Dep::Dobj | Dep::Pobj | Dep::Agent | Dep::Dative
        );
        self.seen.iter().rev().take(LOOK_BACK).filter(move |seen| {
            seen.head != head
                && seen.sentence + REACH >= sentence
                && seen.sentence <= sentence
                && !(argument && seen.sentence == sentence && noun::governor(self.doc, seen.head) == governor)
        })
    }

    /// The best antecedent: of the nearest sentence that has one, its subject, else its last.
    pub(super) fn best(&self, head: TokenIndex, fits: impl Fn(&Seen) -> bool) -> Option<usize> {
        let mut best: Option<&Seen> = None;
        for seen in self.antecedents(head).filter(|seen| fits(seen)) {
            match best {
                None => best = Some(seen),
                Some(known) if known.sentence != seen.sentence => break,
                Some(known) if !known.subject && seen.subject => best = Some(seen),
                Some(_) => {}
            }
        }
        best.map(|seen| seen.draft)
    }

    /// What `the group`, `the militants`, `the country` points back to.
    pub(super) fn back_to(&self, described: &Described) -> Option<usize> {
        use ActorKind as K;
        let noun = described.noun.as_str();
        let sector = described.agent.sector;
        self.best(described.head, |seen| {
            let draft = &self.drafts.list[seen.draft];
            let kind = draft.actor.kind;
            match described.agent.kind {
                K::State => kind == K::State,
                K::InternationalOrg => matches!(
                    kind,
                    K::InternationalOrg | K::Government | K::Intelligence | K::Police | K::CivilSociety
                ),
                _ if matches!(
                    noun,
                    "group"
                        | "organization"
                        | "organisation"
                        | "movement"
                        | "network"
                        | "outfit"
                        | "force"
                        | "side"
                ) =>
                {
                    matches!(kind, K::ArmedGroup | K::Party | K::CivilSociety)
                        || (kind == K::Other && draft.actor.registry.is_none() && draft.noun.is_empty())
                }
                _ if sector == Some(Sector::Uaf) => {
                    kind == K::ArmedGroup
                        || kind == K::PopulationGroup
                            && matches!(draft.noun.as_str(), "man" | "men" | "youth" | "suspect")
                }
                _ => {
                    kind == K::ArmedGroup
                        && (sector != Some(Sector::Crm) || draft.actor.sector == Some(Sector::Crm))
                }
            }
        })
    }

    /// The actor that was called by this noun before.
    pub(super) fn called(&self, noun: &str, head: TokenIndex) -> Option<usize> {
        let sentence = self.doc.sentence_of(head);
        let near = self
            .seen
            .iter()
            .rev()
            .take(LOOK_BACK)
            .filter(|seen| seen.head != head && seen.sentence + CALLED_REACH >= sentence);
        let mut found = near.filter(|seen| {
            let draft = &self.drafts.list[seen.draft];
            let ends = |name: &str| name.to_lowercase().split(' ').next_back() == noun.split(' ').next_back();
            draft.noun == noun
                || (draft.noun.is_empty()
                    && draft.actor.kind != ActorKind::Person
                    && (ends(&draft.actor.name) || draft.actor.aliases.iter().any(|alias| ends(alias))))
        });
        found.next().map(|seen| seen.draft)
    }

    /// The named person whose office has this title.
    pub(super) fn office_holder(&self, title: &str, head: TokenIndex) -> Option<usize> {
        let fits = |draft: &Draft| {
            let role = draft.actor.role.as_deref().unwrap_or("").to_lowercase();
            draft.actor.kind == ActorKind::Person
                && role
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| title.split(' ').next_back() == Some(word))
        };
        self.antecedents(head).find(|seen| fits(&self.drafts.list[seen.draft])).map(|seen| seen.draft)
    }

    /// What a pronoun points to.
    pub(super) fn pronoun(&mut self, head: TokenIndex) -> Option<usize> {
        use ActorKind as K;
        let word = self.doc.token(head);
        let lower = word.text.to_lowercase();
        match lower.as_str() {
            "who" | "which" | "that" | "whom" | "whose" => self.relative(head),
            "he" | "him" | "his" | "she" | "her" | "hers" | "himself" | "herself" => {
                self.best(head, |seen| {
                    let draft = &self.drafts.list[seen.draft];
                    draft.actor.kind == K::Person && !seen.plural
                        || (draft.actor.kind == K::PopulationGroup
                            && !seen.plural
                            && !draft.noun.is_empty()
                            && draft.noun != "people"
                            && draft.noun != "region")
                })
            }
            "it" | "its" | "itself" => self.best(head, |seen| {
                let kind = self.drafts.kind(seen.draft);
                !seen.plural && !matches!(kind, K::Person | K::PopulationGroup)
            }),
            "they" | "them" | "their" | "theirs" | "themselves" => {
                let plural = self.best(head, |seen| seen.plural && self.drafts.kind(seen.draft) != K::Person);
                plural.or_else(|| {
                    self.best(head, |seen| {
                        matches!(
                            self.drafts.kind(seen.draft),
                            K::ArmedGroup
                                | K::Military
                                | K::Police
                                | K::Party
                                | K::Government
                                | K::PopulationGroup
                                | K::CivilSociety
                        )
                    })
                })
            }
            _ => None,
        }
    }

    /// `soldiers who …`: the noun that the clause hangs on.
    fn relative(&self, head: TokenIndex) -> Option<usize> {
        let mut at = self.doc.token(head).head;
        for _ in 0..6 {
            let word = self.doc.token(at);
            if word.dep == Dep::Relcl {
                let noun = word.head;
                let direct = self.linked.get(&noun).copied();
                return direct.or_else(|| {
                    let name = self.names.at(noun)?;
                    self.linked.get(&person::root(self.doc, &name.tokens)).copied()
                });
            }
            if word.head == at {
                return None;
            }
            at = word.head;
        }
        None
    }

    /// `we`, `our`, `I` in what somebody says: the speaker.
    pub(super) fn first_persons(&mut self) {
        for (index, phrase) in self.mentions.phrases.iter().enumerate() {
            let word = self.doc.token(phrase.head);
            let lower = word.text.to_lowercase();
            let plural = matches!(lower.as_str(), "we" | "us" | "our" | "ours");
            if self.of_phrase[index].is_some() || !(plural || matches!(lower.as_str(), "i" | "me" | "my")) {
                continue;
            }
            let statement = self
                .mentions
                .statements
                .iter()
                .take(STATEMENTS_MAX)
                .find(|statement| statement.quoted && statement.content_tokens.contains(&phrase.head));
            let Some(Speaker::Phrase(speaker)) = statement.map(|statement| statement.speaker) else {
                continue;
            };
            let Some(draft) = self.of_phrase.get(speaker as usize).copied().flatten() else { continue };
            let person = self.drafts.kind(draft) == ActorKind::Person;
            if person != plural {
                self.drafts.mention(self.doc, draft, word.span, false);
                self.of_phrase[index] = Some(draft);
            }
        }
    }
}
