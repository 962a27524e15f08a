//! Habits, laws and kinds of deeds.
//!
//! In: a trigger in sight of its governors. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::document::{Dep, EntityLabel, Tag, TokenIndex};

use crate::argument::Scene;
use crate::codebook::Kind;
use crate::frame;
use crate::irrealis::{Sight, has_child, infinitive};
use crate::realis::{Decision, decided, modifier_in};

/// Tokens of a clause that are looked through for names, days and numbers.
const NAMED_NEAR: usize = 40;

impl Sight<'_, '_> {
    /// Habits, laws, kinds.
    pub(super) fn kind_of_thing(&self) -> Decision {
        let doc = self.doc();
        let lexicon = self.lexicon;
        let head = self.site.head;
        if !matches!(self.first.realis, Realis::Actual | Realis::Hypothetical) {
            return None;
        }
        let noun = self.site.kind == Kind::Noun;
        let actual = self.first.realis == Realis::Actual;
        let of_a_kind = noun
            && doc.children(head).iter().any(|&member| {
                frame::word_is(doc, member, &["of", "like"])
                    && frame::child(doc, member, Dep::Pobj).is_some_and(|object| {
                        frame::word_is(doc, object, &["kind", "sort", "type", "nature", "these", "those"])
                    })
            });
        if actual
            && (of_a_kind && doc.token(head).tag == Tag::Nns
                || noun && modifier_in(self.scene, head, &lexicon.typical_modifiers))
        {
            return decided(Realis::Generic, "of a kind", "");
        }
        if noun && has_child(doc, head, &["such"]) && actual && doc.token(head).tag == Tag::Nns {
            return decided(Realis::Generic, "such", "");
        }
        for (below, above) in self.links() {
            let word = frame::lemma(doc, above);
            let present = frame::is_verb(doc, above) && self.present(above);
            let under = matches!(
                doc.token(below).dep,
                Dep::Xcomp
                    | Dep::Dobj
                    | Dep::Nsubjpass
                    | Dep::Nsubj
                    | Dep::Ccomp
                    | Dep::Csubj
                    | Dep::Prep
                    | Dep::Pcomp
            );
            if frame::is_verb(doc, above)
                && under
                && present
                && lexicon.penal_verbs.contains(word.as_ref())
                && (!self.definite() || self.law_speaks(above))
            {
                return decided(Realis::Generic, "rule", &word);
            }
            if actual
                && doc.token(below).dep == Dep::Prep
                && (lexicon.habit_nouns.contains(word.as_ref())
                    || lexicon.habit_verbs.contains(word.as_ref()))
                && (present || !frame::is_verb(doc, above))
                && !self.definite()
            {
                return decided(Realis::Generic, "habit of", &word);
            }
            if infinitive(doc, below)
                && (word == "use" && doc.token(below).dep == Dep::Xcomp && doc.token(above).tag == Tag::Vbd
                    || lexicon.crime_words.contains(word.as_ref()))
            {
                return decided(Realis::Generic, "under", &word);
            }
            if infinitive(doc, below) && lexicon.habit_verbs.contains(word.as_ref()) {
                return decided(Realis::Generic, "habit of", &word);
            }
        }
        if !actual {
            return None;
        }
        let anyone = self
            .chain
            .iter()
            .take(6)
            .any(|&at| frame::word_is(doc, at, &["anyone", "whoever", "anybody", "everyone"]));
        if anyone {
            return decided(Realis::Generic, "anyone", "");
        }
        for (below, above) in self.links().take(3) {
            let notorious = doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["for"])
                && frame::word_is(doc, above, &["notorious", "infamous", "famous", "renowned"])
                && !self.definite();
            let means = doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["by"])
                && doc.token(frame::coordination_head(doc, head)).dep == Dep::Pcomp
                && frame::is_verb(doc, above)
                && self.present(above)
                && !self.dated(above);
            if notorious || means {
                return decided(Realis::Generic, "habit of", &doc.token(above).text);
            }
        }
        let verb = if self.site.kind == Kind::Verb { head } else { self.predicate()? };
        if self.site.kind == Kind::Verb && self.present(verb) {
            // "anyone who kidnaps", "whoever bombs"
            let subject = frame::child(doc, verb, Dep::Nsubj);
            let whoever = subject
                .is_some_and(|subject| frame::word_is(doc, subject, &["whoever", "anyone", "everyone"]))
                || doc.token(verb).dep == Dep::Relcl
                    && frame::parent(doc, verb).is_some_and(|up| {
                        frame::word_is(doc, up, &["anyone", "those", "everyone", "anybody", "whoever"])
                            || doc.token(up).tag == Tag::Nn
                                && has_child(doc, up, &["a", "an", "any"])
                                && !self.dated(verb)
                            || doc.token(up).tag == Tag::Nns
                                && !has_child(doc, up, &["the", "these", "those", "two", "three"])
                    });
            if whoever {
                return decided(Realis::Generic, "anyone who", "");
            }
        }
        let recurs = doc.children(verb).iter().any(|&member| {
            matches!(doc.token(member).dep, Dep::Npadvmod | Dep::Advcl | Dep::Advmod | Dep::Prep)
                && (has_child(doc, member, &["every", "each", "whenever", "most"])
                    && matches!(doc.token(member).dep, Dep::Npadvmod | Dep::Advcl)
                    || lexicon.habit_adverbs.contains(doc.token(member).text.to_ascii_lowercase().as_str()))
        });
        let progressive = doc.token(verb).tag == Tag::Vbg;
        // "each month", "every dry season"
        let clause = frame::clause(doc, verb);
        let every = clause.take(NAMED_NEAR).any(|at| {
            frame::word_is(doc, at, &["each", "every"])
                && (at + 1..at + 4)
                    .take_while(|&next| (next as usize) < doc.tokens().len())
                    .any(|next| lexicon.time_nouns.contains(frame::lemma(doc, next).as_ref()))
        });
        let course =
            clause_says(self.scene, verb, &[&["matter", "of", "course"], &["matter", "of", "routine"]]);
        let recurs = recurs || every || course;
        // "Kidnapping is a growth industry": a gerund of which the present tense says what it is.
        let gerund = self.site.kind == Kind::Verb
            && progressive
            && matches!(doc.token(head).dep, Dep::Nsubj | Dep::Csubj)
            && frame::auxiliaries(doc, head).is_empty()
            && frame::parent(doc, head).is_some_and(|up| frame::is_verb(doc, up) && self.present(up));
        // "Torture was common"
        let rife = noun
            && doc.token(head).dep == Dep::Nsubj
            && !self.definite()
            && frame::parent(doc, head).is_some_and(|up| {
                doc.children(up).iter().any(|&member| {
                    doc.token(member).dep == Dep::Acomp
                        && frame::word_is(
                            doc,
                            member,
                            &[
                                "common",
                                "widespread",
                                "rife",
                                "routine",
                                "frequent",
                                "commonplace",
                                "endemic",
                                "rare",
                            ],
                        )
                })
            });
        if gerund || rife {
            return decided(Realis::Generic, "of any", &doc.token(head).text);
        }
        if recurs
            && !progressive
            && (self.site.kind == Kind::Verb && self.present(verb) || noun && !self.definite())
        {
            return decided(Realis::Generic, "recurs", "");
        }
        // "Kidnapping is a business", "torture is banned"
        let bare = noun
            && !self.definite()
            && !doc.children(head).iter().any(|&member| {
                matches!(doc.token(member).dep, Dep::Det | Dep::Nummod | Dep::Poss)
                    || member < head && self.scene.entity[member as usize].is_some()
            });
        // "The killing of civilians is a war crime"
        let crime = frame::parent(doc, head).filter(|&verb| frame::is_verb(doc, verb)).is_some_and(|verb| {
            noun && matches!(doc.token(head).dep, Dep::Nsubj | Dep::Nsubjpass)
                && self.present(verb)
                && !has_child(doc, head, &["this", "that", "these", "those"])
                && doc.children(verb).iter().any(|&member| {
                    matches!(doc.token(member).dep, Dep::Attr | Dep::Acomp)
                        && lexicon.crime_words.contains(frame::lemma(doc, member).as_ref())
                })
        });
        if crime {
            return decided(Realis::Generic, "is called", "a crime");
        }
        let top = frame::coordination_head(doc, head);
        let subject = matches!(doc.token(top).dep, Dep::Nsubj | Dep::Nsubjpass);
        let named = doc
            .subtree(verb)
            .take(NAMED_NEAR)
            .any(|index| self.scene.entity[index as usize].is_some_and(|label| label != EntityLabel::Norp));
        if bare && subject && self.present(verb) && !progressive && !named {
            return decided(Realis::Generic, "bare subject", &doc.token(head).text);
        }
        None
    }
}

/// Whether one of these phrases stands in the clause of a verb.
fn clause_says(scene: &Scene<'_>, verb: TokenIndex, phrases: &[&[&str]]) -> bool {
    let doc = scene.doc;
    let range = frame::clause(doc, verb);
    let end = range.end;
    range.take(NAMED_NEAR).any(|at| {
        phrases.iter().any(|phrase| {
            (at..end).zip(phrase.iter()).filter(|(at, word)| frame::word_is(doc, *at, &[word])).count()
                == phrase.len()
        })
    })
}

impl Sight<'_, '_> {
    /// Whether the subject of a verb is a law, a treaty, a faith.
    fn law_speaks(&self, verb: TokenIndex) -> bool {
        frame::child(self.doc(), verb, Dep::Nsubj).is_some_and(|subject| {
            matches!(
                frame::lemma(self.doc(), subject).as_ref(),
                "law"
                    | "convention"
                    | "treaty"
                    | "code"
                    | "constitution"
                    | "charter"
                    | "rule"
                    | "statute"
                    | "protocol"
                    | "custom"
                    | "religion"
                    | "islam"
                    | "faith"
                    | "doctrine"
            )
        })
    }
}

/// A bare plural that nothing ties to a place, a day, a number or a doer: a kind of thing.
pub(crate) fn generic_noun(scene: &Scene<'_>, noun: TokenIndex) -> Decision {
    let doc = scene.doc;
    if doc.token(noun).tag != Tag::Nns {
        return None;
    }
    let range = doc.subtree(noun);
    let range = range.start..range.end.min(noun + 24);
    for index in range.clone() {
        if index == noun {
            continue;
        }
        let tok = doc.token(index);
        if index < noun && matches!(tok.dep, Dep::Det | Dep::Poss | Dep::Nummod) && tok.head == noun {
            return None;
        }
        if scene.entity[index as usize].is_some_and(|label| {
            matches!(
                label,
                EntityLabel::Gpe
                    | EntityLabel::Loc
                    | EntityLabel::Fac
                    | EntityLabel::Date
                    | EntityLabel::Norp
                    | EntityLabel::Org
                    | EntityLabel::Person
                    | EntityLabel::Cardinal
                    | EntityLabel::Time
            )
        }) {
            return None;
        }
        if index < noun
            && tok.dep == Dep::Amod
            && tok.head == noun
            && frame::word_is(
                doc,
                index,
                &[
                    "several",
                    "many",
                    "recent",
                    "deadly",
                    "separate",
                    "two",
                    "latest",
                    "few",
                    "numerous",
                    "multiple",
                    "fresh",
                    "new",
                    "heavy",
                    "fierce",
                    "repeated",
                    "successive",
                ],
            )
        {
            return None;
        }
        if tok.dep == Dep::Relcl || tok.dep == Dep::Acl {
            let tag = frame::auxiliaries(doc, index).first().map_or(tok.tag, |&aux| doc.token(aux).tag);
            if matches!(tag, Tag::Vbd | Tag::Vbn) {
                return None;
            }
        }
    }
    // Its verb in the past tells of happenings: "attacks killed dozens".
    let top = frame::coordination_head(doc, noun);
    if let Some(verb) = frame::governing_verb(doc, top) {
        let finite = frame::auxiliaries(doc, verb).first().copied().unwrap_or(verb);
        let past = matches!(doc.token(finite).tag, Tag::Vbd);
        let told = matches!(doc.token(top).dep, Dep::Nsubj | Dep::Nsubjpass) && past;
        let dated = doc.children(verb).iter().any(|&other| {
            scene.entity[other as usize] == Some(EntityLabel::Date)
                || doc.token(other).dep == Dep::Prep
                    && frame::child(doc, other, Dep::Pobj).is_some_and(|object| {
                        matches!(
                            scene.entity[object as usize],
                            Some(EntityLabel::Date | EntityLabel::Gpe | EntityLabel::Loc)
                        )
                    })
        });
        if told || dated && past {
            return None;
        }
    }
    decided(Realis::Generic, "bare plural", &doc.token(noun).text)
}
