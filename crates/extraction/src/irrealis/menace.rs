//! What is told of deeds to come: a threat, a promise, a forecast.
//!
//! In: a trigger in sight of its governors. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::{Category, Realis, TargetType};
use watchkeeper_record::document::{Dep, Tag, TokenIndex};

use crate::codebook::Kind;
use crate::frame;
use crate::irrealis::{Sight, has_child, infinitive};
use crate::realis::{Decision, decided};

impl Sight<'_, '_> {
    /// Threat, promise or prediction: who says it of whom, and what.
    pub(super) fn menace(&self) -> Decision {
        let doc = self.doc();
        let lexicon = self.lexicon;
        let first = self.first.realis;
        let verb = self.predicate();
        // "or be killed", "or face bombardment"
        if let Some(head) = verb
            && first == Realis::Actual
            && self.violent()
        {
            let bare = doc.token(head).tag == Tag::Vb || has_child(doc, head, &["be"]);
            let or = frame::parent(doc, head)
                .is_some_and(|up| doc.token(head).dep == Dep::Conj && has_child(doc, up, &["or"]));
            if bare && or && frame::modal(doc, head).is_none() {
                return decided(Realis::Threatened, "or", &doc.token(head).text);
            }
        }
        // "Hand over the money or the girl dies"
        let ultimatum = matches!(first, Realis::Actual | Realis::Generic)
            && self.violent()
            && self.site.kind == Kind::Verb
            && doc.token(self.site.head).dep == Dep::Conj
            && frame::parent(doc, self.site.head).is_some_and(|up| {
                doc.token(up).tag == Tag::Vb
                    && frame::subject(doc, up).is_none()
                    && frame::auxiliaries(doc, up).is_empty()
                    && (has_child(doc, up, &["or"])
                        || has_child(doc, up, &["and"])
                            && frame::subject(doc, self.site.head)
                                .is_some_and(|subject| frame::word_is(doc, subject, &["i", "we"])))
            });
        if ultimatum {
            return decided(Realis::Threatened, "or", &doc.token(self.site.head).text);
        }
        // "gave them three days before they would be executed"
        let respite = self.violent()
            && verb
                .is_some_and(|verb| has_child(doc, verb, &["before"]) && doc.token(verb).dep == Dep::Advcl)
            && self.chain.iter().any(|&up| {
                frame::lemma(doc, up) == "give"
                    && doc.children(up).iter().any(|&member| {
                        matches!(
                            frame::lemma(doc, member).as_ref(),
                            "day" | "hour" | "week" | "minute" | "deadline" | "ultimatum" | "month"
                        )
                    })
            });
        if respite && first != Realis::Foiled {
            return decided(Realis::Threatened, "given time", "");
        }
        let report = self.chain.windows(2).find_map(|pair| {
            (doc.token(pair[0]).dep == Dep::Ccomp && frame::is_verb(doc, pair[1])).then_some(pair[1])
        });
        let threatens =
            report.is_some_and(|up| lexicon.threat_verbs.contains(frame::lemma(doc, up).as_ref()));
        let warns = report.is_some_and(|up| frame::lemma(doc, up) == "warn");
        let own = verb.is_some_and(|verb| self.speaks_of_itself(verb));
        if let Some(verb) = verb
            && self.first.future
            && first == Realis::Planned
        {
            let condition = self.conditional(verb) || report.is_some_and(|up| self.conditional(up));
            let cruel = lexicon.cruel_verbs.contains(frame::lemma(doc, self.site.head).as_ref());
            if threatens && (!warns || own || cruel) {
                return self.promised("under", report.map_or("", |up| doc.token(up).text.as_str()));
            }
            let said = report.is_none_or(|up| lexicon.saying_verbs.contains(frame::lemma(doc, up).as_ref()));
            let speaker_armed = report.is_some_and(|up| {
                frame::child(doc, up, Dep::Nsubj).is_some_and(|subject| {
                    self.scene.sense(subject).armed
                        || lexicon.menacer_nouns.contains(frame::lemma(doc, subject).as_ref())
                })
            });
            let victims = frame::is_passive(doc, verb);
            let whoever = self.site.roles.subjects.iter().any(|&subject| {
                has_child(doc, subject, &["any", "every", "all"])
                    || frame::word_is(doc, subject, &["anyone", "whoever", "anybody", "everyone"])
            });
            let bomb = matches!(frame::lemma(doc, self.site.head).as_ref(), "explode" | "detonate")
                && report.is_some();
            let official = report.is_some_and(|up| {
                frame::child(doc, up, Dep::Nsubj).is_some_and(|subject| {
                    matches!(
                        self.scene.sense(subject).target,
                        Some(TargetType::Police | TargetType::Government)
                    )
                })
            });
            let menaced = report.is_some() && victims && cruel && !official
                || own && (condition || cruel)
                || report.is_some()
                    && (condition && cruel && (victims || speaker_armed) || victims && whoever || bomb);
            if self.category == Category::Assault && said && menaced {
                return decided(Realis::Threatened, "says that it will", &doc.token(verb).text);
            }
            let predicted = report.is_some_and(|up| {
                frame::child(doc, up, Dep::Nsubj)
                    .is_some_and(|subject| lexicon.pundit_nouns.contains(frame::lemma(doc, subject).as_ref()))
            }) || doc.children(verb).iter().any(|&member| {
                frame::word_is(doc, member, &["probably", "likely", "surely", "inevitably", "undoubtedly"])
            });
            if predicted && !own {
                return decided(Realis::Hypothetical, "predicted", "");
            }
            if whoever && report.is_none() {
                return decided(Realis::Generic, "whoever", "");
            }
            if condition && !own {
                return decided(Realis::Hypothetical, "if", &doc.token(verb).text);
            }
            if let Some(up) = report.filter(|&up| {
                warns
                    || lexicon.fear_verbs.contains(frame::lemma(doc, up).as_ref())
                    || lexicon.opinion_verbs.contains(frame::lemma(doc, up).as_ref())
            }) {
                return decided(Realis::Hypothetical, "thought of:", &doc.token(up).text);
            }
        }
        if first == Realis::Planned
            && self.violent()
            && self.chain[1..].iter().take(3).any(|&up| {
                frame::is_verb(doc, up)
                    && frame::child(doc, up, Dep::Nsubj)
                        .is_some_and(|subject| frame::word_is(doc, subject, &["we", "i"]))
            })
            && lexicon.cruel_verbs.contains(frame::lemma(doc, self.site.head).as_ref())
        {
            return decided(Realis::Threatened, "we mean to", "");
        }
        // "their vow to kill", whatever the parse says
        if first == Realis::Planned
            && self.violent()
            && self.chain.get(1).is_some_and(|&noun| {
                lexicon.threat_nouns.contains(frame::lemma(doc, noun).as_ref()) && !frame::is_verb(doc, noun)
            })
        {
            return decided(Realis::Threatened, "under", &doc.token(self.chain[1]).text);
        }
        if first == Realis::Hypothetical && threatens && self.violent() && own {
            return decided(Realis::Threatened, "warns that it might", "");
        }
        let expected = first == Realis::Planned
            && matches!(self.category, Category::Assault | Category::Coerce)
            && self.links().take(3).any(|(below, above)| {
                infinitive(doc, below) && frame::lemma(doc, above) == "expect" && !self.dated(below)
            });
        if expected {
            return decided(Realis::Hypothetical, "expected", "");
        }
        // "we are ready to strike", "will not hesitate to strike"
        let ready = self.category == Category::Assault
            && matches!(first, Realis::Hypothetical | Realis::Negated)
            && self.links().take(3).any(|(below, above)| {
                let word = frame::lemma(doc, above);
                let spoken = self.chain.windows(2).any(|pair| {
                    doc.token(pair[0]).dep == Dep::Ccomp
                        && lexicon.saying_verbs.contains(frame::lemma(doc, pair[1]).as_ref())
                });
                infinitive(doc, below)
                    && (word == "hesitate" && frame::negation(doc, above).is_some()
                        || matches!(word.as_ref(), "ready" | "prepared")
                            && spoken
                            && frame::parent(doc, above).is_some_and(|copula| self.speaks_of_itself(copula)))
            });
        if ready {
            return decided(Realis::Threatened, "ready to", "");
        }
        if first == Realis::Threatened {
            let word = self.first.why.last().map_or("", |why| why.rsplit(' ').next().unwrap_or(""));
            let advice = word == "warn" && self.first.why.last().is_some_and(|why| why.contains("under"));
            if advice {
                let warner = self.chain.iter().copied().find(|&up| frame::lemma(doc, up) == "warn");
                let armed = warner.is_some_and(|up| {
                    frame::child(doc, up, Dep::Nsubj).is_some_and(|subject| {
                        self.scene.sense(subject).armed
                            || lexicon.menacer_nouns.contains(frame::lemma(doc, subject).as_ref())
                    })
                });
                if !(own || armed && self.violent()) {
                    return decided(Realis::Hypothetical, "warned of", "");
                }
            }
            if matches!(word, "promise" | "pledge" | "vow" | "swear") && !self.violent() {
                return decided(Realis::Planned, "promised", word);
            }
        }
        None
    }

    pub(super) fn promised(&self, rule: &str, word: &str) -> Decision {
        let realis = if self.violent() { Realis::Threatened } else { Realis::Planned };
        decided(realis, rule, word)
    }

    /// Whether the doer is the speaker: `we`, `they` and `it` under a report, `its forces`.
    pub(super) fn speaks_of_itself(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        let Some(subject) = frame::subject(doc, verb) else { return false };
        let passive = frame::is_passive(doc, verb);
        let by_police = self.chain.iter().any(|&up| {
            frame::child(doc, up, Dep::Nsubj).is_some_and(|other| {
                other != subject
                    && matches!(
                        self.scene.sense(other).target,
                        Some(TargetType::Police | TargetType::Government)
                    )
            })
        });
        let reported = self.chain.iter().any(|&other| doc.token(other).dep == Dep::Ccomp);
        !passive
            && (frame::word_is(doc, subject, &["i", "we"])
                || reported && frame::word_is(doc, subject, &["it", "they"])
                || reported && !by_police && frame::word_is(doc, subject, &["he", "she"])
                || doc.children(subject).iter().any(|&member| {
                    doc.token(member).dep == Dep::Poss && frame::word_is(doc, member, &["my", "our"])
                        || reported
                            && doc.token(member).dep == Dep::Poss
                            && frame::word_is(doc, member, &["its", "their", "his", "her"])
                }))
    }
}
