//! The kind of a statement in the light of what is said: a denial, a threat, a promise, a claim of responsibility.

use std::ops::Range;

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Category, Claim, Polarity, Realis, StatementKind};
use watchkeeper_record::document::{Dep, Document, Pos, TokenIndex};
use watchkeeper_record::mention::{EventMention, Speaker};

use super::{Draft, Reader, hedge};
use crate::frame::{self, child, children_with, is_verb, lemma};

impl Reader<'_> {
    /// The kind in the light of what is said.
    pub(super) fn refined(&self, mut draft: Draft, word: &str) -> Draft {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let content = draft.content.clone();
        let says = matches!(draft.kind, StatementKind::Report);
        let head = draft.head;
        let subject = if is_verb(doc, head) {
            child(doc, head, Dep::Nsubj).or_else(|| child(doc, head, Dep::Nsubjpass))
        } else {
            None
        };
        let own = subject.is_some_and(|subject| {
            doc.subtree(subject).any(|index| {
                frame::word_is(
                    doc,
                    index,
                    &["its", "his", "her", "their", "our", "my", "we", "i", "they", "it", "he", "she"],
                )
            })
        });
        let negated = frame::negation(doc, head).is_some()
            || subject.is_some_and(|subject| {
                doc.subtree(subject)
                    .any(|index| frame::word_is(doc, index, &["no", "none", "neither", "nobody", "not"]))
            })
            // `had no part in it`, but not `saw no tanks`.
            || lemma(doc, head) == "have"
                && child(doc, head, Dep::Dobj).is_some_and(|object| {
                    // `has nothing to do with it`
                    frame::negation(doc, object).is_some() || frame::word_is(doc, object, &["nothing"])
                });
        let modal = frame::modal(doc, head).map(|modal| doc.token(modal).text.to_ascii_lowercase());
        // In direct speech "would" is no future.
        let direct = self.quotation(head).is_some();
        let future = modal.as_deref().is_some_and(|modal| {
            matches!(modal, "will" | "'ll" | "’ll" | "shall") || modal == "would" && !direct
        });
        let violent = content.clone().any(|index| {
            hedge::in_main_clause(doc, index, &content)
                && (self.assault[index as usize]
                    || is_verb(doc, index) && lists.violent_verbs.contains(lemma(doc, index).as_ref())
                    || lists.threat_contents.contains(doc.token(index).text.as_str()))
        });
        // `Any ship that passes will burn`: menace in the speaker's own words.
        let menace = draft.quoted
            && content.clone().any(|index| {
                let will = |verb: TokenIndex| {
                    frame::modal(doc, verb)
                        .is_some_and(|modal| frame::word_is(doc, modal, &["will", "'ll", "’ll", "shall"]))
                };
                is_verb(doc, index)
                    && will(index)
                    && (lists.menace_verbs.contains(lemma(doc, index).as_ref())
                        || child(doc, index, Dep::Attr).is_some_and(|attr| lemma(doc, attr) == "target"))
            });
        match draft.kind {
            StatementKind::Report if menace => {
                draft.kind = StatementKind::Threat;
                draft.why.push_str("; menace");
            }
            StatementKind::Promise if violent => {
                draft.kind = StatementKind::Threat;
                draft.why.push_str("; violence vowed");
            }
            StatementKind::Assessment if word == "warn" && violent && future && (own || draft.quoted) => {
                draft.kind = StatementKind::Threat;
                draft.why.push_str("; violence ahead");
            }
            // `said the reports were false`
            _ if says && modal.is_none() && self.calls_false(head) => {
                draft.kind = StatementKind::Denial;
                draft.polarity = Polarity::Denies;
                draft.why.push_str("; called untrue");
            }
            _ if says && negated && own && modal.is_none() => {
                draft.kind = StatementKind::Denial;
                draft.polarity = Polarity::Denies;
                draft.why.push_str("; own part denied");
            }
            _ if says
                && own
                && self.on_conflict
                && self.deed_done(head, &content)
                && self.may_claim(&draft) =>
            {
                draft.kind = StatementKind::ResponsibilityClaim;
                draft.why.push_str("; own deed told");
            }
            _ if says
                && own
                && future
                && matches!(word, "say" | "add" | "announce" | "state" | "declare" | "insist" | "tell") =>
            {
                let pronoun = subject.is_some_and(|subject| doc.token(subject).pos == Pos::Pron);
                if pronoun && !negated {
                    draft.kind = if violent && self.may_claim_speaker(draft.speaker) {
                        StatementKind::Threat
                    } else {
                        StatementKind::Promise
                    };
                    draft.why.push_str("; own act ahead");
                }
            }
            _ => {}
        }
        draft
    }

    /// Whether a clause calls its subject untrue.
    fn calls_false(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        lemma(doc, head) == "be"
            && frame::negation(doc, head).is_none()
            && doc.children(head).iter().any(|&other| {
                matches!(doc.token(other).dep, Dep::Acomp | Dep::Attr)
                    && self.lexicon.lists.untrue.contains(lemma(doc, other).as_ref())
            })
    }

    /// Whether a content tells a done act of violence as its main clause.
    pub(super) fn deed_done(&self, head: TokenIndex, content: &Range<TokenIndex>) -> bool {
        let doc = self.doc;
        let light = |noun: TokenIndex| {
            frame::light_verb(doc, &self.codebook.frame, noun)
                .is_some_and(|(verb, undergoes)| verb == head && !undergoes)
        };
        let behind = lemma(doc, head) == "be"
            && frame::prep_objects(doc, head, &["behind"]).into_iter().any(|object| {
                self.assault[object as usize]
                    || self.lexicon.lists.deed_nouns.contains(lemma(doc, object).as_ref())
            });
        let main = self.assault[head as usize] && is_verb(doc, head)
            || behind
            || children_with(doc, head, Dep::Dobj)
                .any(|other| content.contains(&other) && self.assault[other as usize] && light(other));
        main && frame::modal(doc, head).is_none()
            && frame::negation(doc, head).is_none()
            && !frame::is_passive(doc, head)
    }

    pub(super) fn may_claim(&self, draft: &Draft) -> bool {
        self.may_claim_speaker(draft.speaker)
    }

    /// Whether a speaker is one whose own attacks are claims of responsibility rather than an army's report.
    pub(super) fn may_claim_speaker(&self, speaker: Speaker) -> bool {
        // Judged on the words alone; linkage knows better who it is.
        match speaker {
            Speaker::Phrase(_) => true,
            Speaker::Anonymous(_) | Speaker::Author => false,
        }
    }
}

/// Marks the violence inside a claim of responsibility as claimed by its speaker.
pub(super) fn claim_events(doc: &Document, mentions: &mut Mentions, draft: &Draft) {
    let Speaker::Phrase(claimer) = draft.speaker else { return };
    let sentence = doc.sentence_of(draft.cue.start);
    let inside = |event: &EventMention| {
        event.category == Category::Assault && draft.content.contains(&event.trigger.start)
    };
    let mut touched: Vec<usize> =
        (0..mentions.events.len()).filter(|&index| inside(&mentions.events[index])).collect();
    if touched.is_empty() {
        // "claimed responsibility": for the attack of this sentence, or of the one before.
        let nearest = mentions.events.iter().rposition(|event| {
            event.category == Category::Assault
                && event.realis == Realis::Actual
                && (event.sentence == sentence || event.sentence + 1 == sentence)
                && event.trigger.start < draft.cue.start
        });
        touched.extend(nearest);
    }
    for index in touched {
        let event = &mut mentions.events[index];
        event.claim = Claim::Claimed;
        if event.actors.is_empty() {
            event.actors.push(claimer);
        }
        event.why.push("claimed by the speaker of a statement".to_owned());
    }
}
