//! What is denied, called untrue, left off, given up or never came.
//!
//! In: a trigger in sight of its governors. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::document::{Dep, Tag, TokenIndex};

use crate::codebook::Kind;
use crate::frame;
use crate::irrealis::{Sight, has_child, infinitive, says_no, verb_in};
use crate::realis::{Decision, decided, modifier_in};

impl Sight<'_, '_> {
    /// No sign of it, a false report of it, something else instead of it, no such order or plan.
    pub(super) fn absent(&self) -> Decision {
        let doc = self.doc();
        let lexicon = self.lexicon;
        let head = self.site.head;
        let wrongly = self.chain.iter().find(|&&at| {
            frame::is_verb(doc, at)
                && doc.children(at).iter().any(|&member| {
                    doc.token(member).dep == Dep::Advmod
                        && frame::word_is(
                            doc,
                            member,
                            &["falsely", "wrongly", "mistakenly", "erroneously", "incorrectly"],
                        )
                })
                && matches!(
                    frame::lemma(doc, at).as_ref(),
                    "report"
                        | "say"
                        | "claim"
                        | "accuse"
                        | "blame"
                        | "allege"
                        | "announce"
                        | "believe"
                        | "state"
                        | "describe"
                )
        });
        if let Some(&at) = wrongly {
            return decided(Realis::Negated, "wrongly", &doc.token(at).text);
        }
        let untrue = std::iter::once(head)
            .chain(
                self.links()
                    .map(|(_, above)| above)
                    .filter(|&at| lexicon.tale_nouns.contains(frame::lemma(doc, at).as_ref())),
            )
            .find(|&at| !frame::is_verb(doc, at) && modifier_in(self.scene, at, &lexicon.untrue_modifiers));
        if let Some(at) = untrue {
            return decided(Realis::Negated, "untrue", &doc.token(at).text);
        }
        let longer = doc
            .children(head)
            .iter()
            .any(|&member| frame::word_is(doc, member, &["longer"]) && has_child(doc, member, &["no"]));
        if longer {
            return decided(Realis::Negated, "no", "longer");
        }
        // "had promised to free the nurse but they did not"
        let but_not = self.first.realis != Realis::Actual
            && self.chain.iter().any(|&verb| {
                frame::is_verb(doc, verb)
                    && has_child(doc, verb, &["but"])
                    && doc.children(verb).iter().any(|&other| {
                        doc.token(other).dep == Dep::Conj
                            && frame::lemma(doc, other) == "do"
                            && frame::negation(doc, other).is_some()
                            && other > head
                    })
            });
        if but_not {
            return decided(Realis::Negated, "but did", "not");
        }
        if let Some(word) = self.inverted_negation() {
            return decided(Realis::Negated, "negation", word);
        }
        if let Some(noun) =
            self.chain.iter().find(|&&at| frame::word_is(doc, at, &["nothing", "nobody", "none"]))
        {
            let shown = self.chain[1..].iter().any(|&at| {
                matches!(
                    frame::lemma(doc, at).as_ref(),
                    "suggest" | "show" | "indicate" | "prove" | "confirm" | "support"
                )
            });
            if shown {
                return decided(Realis::Negated, "shown by", &doc.token(*noun).text);
            }
        }
        // "rather than bombing", "stopped short of an attack"
        let mut at = head;
        for _ in 0..3 {
            let Some(before) =
                at.checked_sub(1).filter(|&other| doc.sentence_of(other) == doc.sentence_of(head))
            else {
                break;
            };
            if let Some(first) = before.checked_sub(1) {
                let pair =
                    (doc.token(first).text.to_ascii_lowercase(), doc.token(before).text.to_ascii_lowercase());
                if matches!(
                    (pair.0.as_str(), pair.1.as_str()),
                    ("rather", "than") | ("instead" | "short", "of") | ("far", "from")
                ) {
                    return decided(Realis::Negated, "in place of it:", &pair.0);
                }
            }
            if !matches!(doc.token(before).dep, Dep::Det | Dep::Amod | Dep::Poss | Dep::Compound) {
                break;
            }
            at = before;
        }
        for (below, above) in self.links() {
            let word = frame::lemma(doc, above);
            let word = word.as_ref();
            let of = doc.token(below).dep == Dep::Prep && frame::word_is(doc, below, &["of"]);
            let absolves = |verb: TokenIndex| {
                lexicon.absolve_verbs.contains(frame::lemma(doc, verb).as_ref())
                    && frame::negation(doc, verb).is_none()
            };
            let cleared = of
                && (absolves(above)
                    || doc.token(above).dep == Dep::Dobj && frame::parent(doc, above).is_some_and(absolves));
            // "what they took for gunfire"
            let mistaken = doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["for"])
                && (word == "mistake" || word == "take" && has_child(doc, above, &["what"]));
            if mistaken {
                return decided(Realis::Negated, "mistaken for it:", word);
            }
            if cleared {
                return decided(Realis::Negated, "cleared of", word);
            }
            let left_off = doc.token(below).dep == Dep::Xcomp
                && doc.token(below).tag == Tag::Vbg
                && matches!(word, "stop" | "cease" | "halt" | "quit")
                && frame::child(doc, above, Dep::Dobj).is_none()
                || doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["from"])
                    && matches!(word, "refrain" | "abstain" | "desist" | "shrink" | "forbear");
            if left_off && frame::negation(doc, above).is_none() {
                return decided(Realis::Negated, "left off:", word);
            }
            if frame::is_verb(doc, above) {
                let noun = !frame::is_verb(doc, below);
                let negated = frame::negation(doc, above).is_some();
                if noun && word == "avoid" && matches!(doc.token(below).dep, Dep::Dobj | Dep::Nsubjpass) {
                    let realis = if self.works(above) { Realis::Negated } else { Realis::Hypothetical };
                    return decided(realis, "under", word);
                }
                let excluded = noun
                    && negated
                    && matches!(doc.token(below).dep, Dep::Nsubjpass | Dep::Dobj)
                    && (matches!(word, "exclude" | "discount" | "preclude")
                        || verb_in(doc, above, &lexicon.cancel_verbs));
                if excluded {
                    return decided(Realis::Hypothetical, "not excluded", word);
                }
                let nothing = noun
                    && self.first.realis != Realis::Actual
                    && (word == "come" || word == "amount")
                    && frame::prep_objects(doc, above, &["to"])
                        .iter()
                        .any(|&at| frame::word_is(doc, at, &["nothing", "naught"]));
                if nothing && below != head {
                    return decided(Realis::Negated, "came to", "nothing");
                }
                if noun
                    && negated
                    && matches!(doc.token(below).dep, Dep::Nsubj | Dep::Nsubjpass)
                    && (lexicon.occurrence_verbs.contains(word)
                        || verb_in(doc, above, &lexicon.occurrence_verbs))
                {
                    return decided(Realis::Negated, "did not", word);
                }
                if matches!(word, "have" | "be")
                    && doc.token(below).dep == Dep::Xcomp
                    && has_child(doc, above, &["yet"])
                {
                    return decided(Realis::Negated, "yet to", word);
                }
                let willed =
                    [&lexicon.plan_verbs, &lexicon.wish_verbs, &lexicon.threat_verbs, &lexicon.attempt_verbs]
                        .iter()
                        .any(|list| list.contains(word));
                if negated && willed && self.first.realis != Realis::Actual {
                    return decided(Realis::Negated, "not", word);
                }
                if doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["against"])
                    && matches!(word, "decide" | "opt" | "vote" | "choose" | "rule")
                {
                    return decided(Realis::Negated, "against", word);
                }
                continue;
            }
            let none = says_no(doc, above)
                || frame::governing_verb(doc, above).is_some_and(|verb| {
                    matches!(doc.token(above).dep, Dep::Dobj | Dep::Attr)
                        && frame::negation(doc, verb).is_some()
                });
            let matter = [
                &lexicon.evidence_nouns,
                &lexicon.plan_nouns,
                &lexicon.threat_nouns,
                &lexicon.tale_nouns,
                &lexicon.attempt_nouns,
                &lexicon.possible_nouns,
            ];
            if none && matter.iter().any(|list| list.contains(word)) {
                return decided(Realis::Negated, "no", word);
            }
            let feared = [&lexicon.tale_nouns, &lexicon.possible_nouns, &lexicon.threat_nouns]
                .iter()
                .any(|list| list.contains(word));
            if feared && self.called_untrue(above) {
                return decided(Realis::Negated, "untrue", word);
            }
        }
        None
    }

    /// `nor did they attack`, `at no time did they attack`, `not one was killed`, `fireworks, not gunfire`.
    pub(super) fn inverted_negation(&self) -> Option<&'static str> {
        let doc = self.doc();
        let head = self.site.head;
        let sentence = doc.sentences()[doc.sentence_of(head) as usize].tokens.clone();
        if self.site.kind == Kind::Noun {
            let mut before = head.checked_sub(1).filter(|&at| at >= sentence.start)?;
            // "and not a car bombing"
            while before > sentence.start
                && matches!(doc.token(before).dep, Dep::Det | Dep::Amod | Dep::Compound)
                && !frame::word_is(doc, before, &["the"])
            {
                before -= 1;
            }
            let only = frame::word_is(doc, head, &["only", "just"]);
            return (frame::word_is(doc, before, &["not", "without"]) && !only).then_some("not");
        }
        // "At no point did the guards open fire"
        let at_no = (sentence.start..head.min(sentence.start + 12)).any(|at| {
            frame::word_is(doc, at, &["no"])
                && frame::word_is(doc, at + 1, &["point", "time", "stage", "circumstances", "moment"])
                && at + 2 < head
                && frame::word_is(doc, at + 2, &["did", "was", "were", "had", "has", "have", "do", "does"])
        });
        if at_no {
            return Some("at no time");
        }
        // "did not so much as fire a shot"
        let as_much = head >= sentence.start + 4
            && ["so", "much", "as"]
                .iter()
                .zip(head - 3..head)
                .all(|(word, at)| frame::word_is(doc, at, &[word]))
            && frame::word_is(doc, head - 4, &["not", "n't", "without"]);
        if as_much {
            return Some("not");
        }
        let nor =
            (sentence.start.max(head.saturating_sub(5))..head).any(|at| frame::word_is(doc, at, &["nor"]));
        if nor {
            return Some("nor");
        }
        doc.children(head).iter().copied().filter(|&member| member < head).find_map(|member| {
            let tok = doc.token(member);
            match tok.dep {
                Dep::Nsubj | Dep::Nsubjpass => {
                    let none = has_child(doc, member, &["not", "hardly", "no", "neither", "scarcely"])
                        && !has_child(doc, member, &["only", "just"]);
                    let begins = doc.subtree(member).start;
                    let word = frame::word_is(doc, begins, &["not", "hardly", "scarcely", "neither", "none"]);
                    (none || word && begins < member && !frame::word_is(doc, begins + 1, &["only", "just"]))
                        .then_some("no subject")
                }
                Dep::Prep => frame::child(doc, member, Dep::Pobj)
                    .filter(|&object| {
                        has_child(doc, object, &["no"])
                            && frame::word_is(
                                doc,
                                object,
                                &["time", "point", "circumstances", "circumstance", "way", "stage", "case"],
                            )
                    })
                    .map(|_| "no time"),
                _ => None,
            }
        })
    }

    /// `The story of a massacre was invented`, `reports … turned out to be false`.
    pub(super) fn called_untrue(&self, tale: TokenIndex) -> bool {
        let doc = self.doc();
        let Some(verb) = frame::parent(doc, tale).filter(|&verb| frame::is_verb(doc, verb)) else {
            return false;
        };
        if frame::negation(doc, verb).is_some() {
            return false;
        }
        let dep = doc.token(tale).dep;
        if matches!(dep, Dep::Dobj | Dep::Nsubjpass)
            && self.lexicon.untruth_verbs.contains(frame::lemma(doc, verb).as_ref())
        {
            return true;
        }
        let says = |verb: TokenIndex| {
            doc.children(verb).iter().any(|&member| {
                matches!(doc.token(member).dep, Dep::Acomp | Dep::Attr | Dep::Oprd)
                    && self.lexicon.false_words.contains(frame::lemma(doc, member).as_ref())
            })
        };
        matches!(dep, Dep::Nsubj | Dep::Nsubjpass | Dep::Dobj)
            && (says(verb)
                || doc.children(verb).iter().any(|&below| doc.token(below).dep == Dep::Xcomp && says(below)))
    }

    /// Cancelled, ruled out, given up.
    pub(super) fn called_off(&self) -> Decision {
        let doc = self.doc();
        for (at, (below, above)) in self.links().enumerate() {
            if !frame::is_verb(doc, above) || frame::negation(doc, above).is_some() {
                continue;
            }
            let object =
                matches!(doc.token(below).dep, Dep::Dobj | Dep::Nsubjpass) && !frame::is_verb(doc, below);
            let own =
                at == 0 || self.first.realis == Realis::Planned || self.first.realis == Realis::Threatened;
            if object
                && own
                && frame::modal(doc, above).is_none()
                && verb_in(doc, above, &self.lexicon.cancel_verbs)
            {
                return decided(Realis::Negated, "called off:", &doc.token(above).text);
            }
            if object && at == 0 && frame::lemma(doc, above) == "deny" && !infinitive(doc, above) {
                return decided(Realis::Negated, "denied", "");
            }
        }
        None
    }
}
