//! What was stopped before it was done, what failed by itself, and what nobody managed to stop.
//!
//! In: a trigger in sight of its governors. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::{Category, Realis};
use watchkeeper_record::document::{Dep, Tag};

use crate::codebook::Kind;
use crate::frame;
use crate::irrealis::{Sight, has_child, infinitive, verb_in};
use crate::realis::{Decision, decided, modifier_in};

impl Sight<'_, '_> {
    /// "failed to stop the attack": it happened; "to prevent attacks": they are only thought of.
    pub(super) fn prevention_failed(&self) -> Decision {
        if self.first.realis != Realis::Foiled {
            return None;
        }
        let doc = self.doc();
        for (_, above) in self.links() {
            if !frame::is_verb(doc, above) || !verb_in(doc, above, &self.lexicon.foil_verbs) {
                continue;
            }
            let failed = frame::negation(doc, above).is_some()
                || frame::parent(doc, above).is_some_and(|up| {
                    infinitive(doc, above)
                        && (self.lexicon.fail_verbs.contains(frame::lemma(doc, up).as_ref())
                            || self.lexicon.unable_adjectives.contains(frame::lemma(doc, up).as_ref()))
                });
            let too_late = frame::modal(doc, above).is_some()
                && frame::auxiliaries(doc, above).iter().any(|&other| frame::word_is(doc, other, &["have"]));
            if failed || too_late {
                return decided(Realis::Actual, "not prevented:", &doc.token(above).text);
            }
            if !self.works(above) {
                return decided(Realis::Hypothetical, "meant to", &doc.token(above).text);
            }
            return None;
        }
        None
    }

    /// Stopped before it was done, or failed by itself.
    pub(super) fn foiled(&self) -> Decision {
        if !self.violent() && self.category != Category::Protest {
            return None;
        }
        let doc = self.doc();
        let lexicon = self.lexicon;
        let head = self.site.head;
        let first = self.first.realis;
        // "did not explode", "failed to go off", "failed to seize the town"
        let lemma = frame::lemma(doc, head);
        let device = self.site.kind == Kind::Verb
            && (matches!(lemma.as_ref(), "explode" | "detonate" | "ignite")
                || lemma == "go" && has_child(doc, head, &["off"]));
        let under_fail = self.links().take(2).any(|(below, above)| {
            doc.token(below).dep == Dep::Xcomp
                && (frame::word_is(doc, above, &["unable"])
                    || lexicon.fail_verbs.contains(frame::lemma(doc, above).as_ref()))
        });
        let hostile = self.category == Category::Assault
            || matches!(lemma.as_ref(), "seize" | "capture" | "take" | "retake" | "recapture" | "overrun");
        if first == Realis::Negated
            && (device && self.site.roles.subject_found.is_some() || under_fail && hostile)
        {
            return decided(Realis::Foiled, "failed by itself:", &lemma);
        }
        // "the coup collapsed", "the plot unravelled"
        for (below, above) in self.links().take(5) {
            let word = frame::lemma(doc, below);
            let attempt =
                below == head && self.site.kind == Kind::Noun && lexicon.sudden_nouns.contains(word.as_ref())
                    || below != head
                        && (lexicon.plan_nouns.contains(word.as_ref())
                            || lexicon.attempt_nouns.contains(word.as_ref()));
            if attempt
                && matches!(doc.token(below).dep, Dep::Nsubj | Dep::Nsubjpass)
                && frame::is_verb(doc, above)
                && frame::negation(doc, above).is_none()
                && frame::modal(doc, above).is_none()
                && verb_in(doc, above, &lexicon.collapse_verbs)
            {
                return decided(Realis::Foiled, "came to grief:", &doc.token(above).text);
            }
        }
        // "The attack was repulsed before anyone got in"
        let beaten = self.site.kind == Kind::Noun
            && matches!(doc.token(head).dep, Dep::Dobj | Dep::Nsubjpass)
            && first == Realis::Actual
            && frame::parent(doc, head).is_some_and(|up| {
                matches!(frame::lemma(doc, up).as_ref(), "repulse" | "repel")
                    && doc.children(up).iter().any(|&member| has_child(doc, member, &["before"]))
                    && self.works(up)
            });
        if beaten {
            return decided(Realis::Foiled, "beaten back", "");
        }
        let modified =
            std::iter::once(head).chain(self.links().map(|(_, above)| above)).take(4).find(|&noun| {
                !frame::is_verb(doc, noun) && modifier_in(self.scene, noun, &lexicon.foiled_modifiers)
            });
        if let Some(noun) = modified.filter(|&noun| noun == head || first != Realis::Actual) {
            return decided(Realis::Foiled, "modifier of", &doc.token(noun).text);
        }
        let mut verbs = 0;
        for (below, above) in std::iter::once((head, head)).chain(self.links()) {
            if !frame::is_verb(doc, above) {
                // "defused a bomb that was meant to kill"
                continue;
            }
            verbs += 1;
            // "before they could carry out the attack"
            let could =
                frame::modal(doc, above).is_some_and(|modal| frame::word_is(doc, modal, &["could", "can"]));
            if verbs <= 3 && could && has_child(doc, above, &["before"]) {
                return decided(Realis::Foiled, "before", "could");
            }
            if above == head {
                continue;
            }
            let past = !matches!(doc.token(above).tag, Tag::Vbz | Tag::Vbp) || frame::is_passive(doc, above);
            if first != Realis::Actual
                && first != Realis::Generic
                && first != Realis::Negated
                && verb_in(doc, above, &lexicon.foil_verbs)
                && self.works(above)
                && doc.token(below).dep != Dep::Ccomp
            {
                return decided(Realis::Foiled, "stopped:", &doc.token(above).text);
            }
            let caught = verb_in(doc, above, &lexicon.caught_verbs) && past && self.works(above);
            if !caught || !matches!(first, Realis::Planned | Realis::Hypothetical | Realis::Actual) {
                continue;
            }
            // "was arrested before detonating", "as he was about to", "on their way to", "while trying to"
            let clause = doc.token(below).dep == Dep::Advcl
                && has_child(doc, below, &["before", "as", "while", "when"])
                && (first != Realis::Actual);
            let before = doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["before"])
                && self.chain.iter().any(|&verb| doc.token(verb).dep == Dep::Pcomp);
            let eve = first == Realis::Planned
                && doc.children(above).iter().any(|&member| {
                    frame::word_is(doc, member, &["before"])
                        || frame::child(doc, member, Dep::Pobj)
                            .is_some_and(|object| frame::word_is(doc, object, &["eve", "way"]))
                });
            let at_work = matches!(doc.token(below).dep, Dep::Dobj | Dep::Nsubjpass)
                && first == Realis::Planned
                && !matches!(
                    frame::lemma(doc, above).as_ref(),
                    "arrest" | "detain" | "find" | "discover" | "kill"
                );
            if clause || eve || at_work || before && first != Realis::Generic {
                return decided(Realis::Foiled, "caught:", &doc.token(above).text);
            }
        }
        if matches!(first, Realis::Planned | Realis::Hypothetical) {
            // "a bomb meant to kill" that somebody defused
            let defused = self.chain.windows(2).any(|pair| {
                matches!(doc.token(pair[0]).dep, Dep::Dobj | Dep::Nsubjpass)
                    && (self.lexicon.defuse_verbs.contains(frame::lemma(doc, pair[1]).as_ref())
                        || self.lexicon.arms_nouns.contains(frame::lemma(doc, pair[0]).as_ref())
                            && self.lexicon.seizure_verbs.contains(frame::lemma(doc, pair[1]).as_ref()))
                    && self.works(pair[1])
            });
            if defused {
                return decided(Realis::Foiled, "the means were", "made harmless");
            }
        }
        if matches!(first, Realis::Planned | Realis::Hypothetical | Realis::Foiled) {
            // "planned to bomb the station but were arrested"
            let but = self.chain.iter().find_map(|&verb| {
                doc.children(verb).iter().copied().find(|&other| {
                    doc.token(other).dep == Dep::Conj
                        && other > head
                        && frame::is_verb(doc, other)
                        && has_child(doc, verb, &["but"])
                        && (verb_in(doc, other, &lexicon.caught_verbs)
                            || verb_in(doc, other, &lexicon.foil_verbs)
                            || lexicon.fail_verbs.contains(frame::lemma(doc, other).as_ref()))
                        && frame::negation(doc, other).is_none()
                })
            });
            if let Some(but) = but {
                return decided(Realis::Foiled, "but", &doc.token(but).text);
            }
        }
        None
    }
}
