//! What is only feared, asked for, played, told in fiction or set under a condition.
//!
//! In: a trigger in sight of its governors. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::{Category, Realis};
use watchkeeper_record::document::{Dep, Tag, TokenIndex};

use crate::codebook::Kind;
use crate::frame;
use crate::irrealis::{Sight, infinitive};
use crate::realis::{Decision, decided, modifier_in};

impl Sight<'_, '_> {
    /// Fiction, exercises, ability, conditions without `if`.
    pub(super) fn supposed(&self) -> Decision {
        let doc = self.doc();
        let lexicon = self.lexicon;
        if !matches!(self.first.realis, Realis::Actual | Realis::Generic | Realis::Planned) {
            return None;
        }
        let doubted = self.chain.windows(2).any(|pair| {
            let word = frame::lemma(doc, pair[1]);
            doc.token(pair[0]).dep == Dep::Ccomp
                && frame::is_verb(doc, pair[1])
                && (lexicon.doubt_verbs.contains(word.as_ref())
                    || frame::child(doc, pair[1], Dep::Nsubj).is_some_and(|subject| {
                        matches!(
                            frame::lemma(doc, subject).as_ref(),
                            "rumour" | "rumor" | "speculation" | "gossip"
                        )
                    }))
                || doc.token(pair[0]).tag == Tag::Vbg
                    && matches!(doc.token(pair[0]).dep, Dep::Xcomp | Dep::Ccomp | Dep::Dobj)
                    && matches!(
                        word.as_ref(),
                        "debate"
                            | "discuss"
                            | "consider"
                            | "weigh"
                            | "mull"
                            | "contemplate"
                            | "propose"
                            | "suggest"
                            | "recommend"
                            | "advocate"
                            | "risk"
                            | "favour"
                            | "favor"
                            | "imagine"
                            | "envisage"
                    )
        });
        let rather = self.site.kind == Kind::Verb
            && doc.token(self.site.head).tag == Tag::Vb
            && self.site.head > 0
            && frame::word_is(doc, self.site.head - 1, &["than"]);
        if (doubted || rather) && self.first.realis != Realis::Planned {
            return decided(Realis::Hypothetical, "doubted", "");
        }
        let uncertain = self.chain.windows(2).any(|pair| {
            let asks_how = doc
                .children(pair[0])
                .iter()
                .any(|&member| matches!(doc.token(member).tag, Tag::Wrb | Tag::Wp));
            !asks_how
                && matches!(doc.token(pair[0]).dep, Dep::Ccomp | Dep::Csubj | Dep::Advcl | Dep::Xcomp)
                && doc.children(pair[1]).iter().any(|&member| {
                    matches!(doc.token(member).dep, Dep::Acomp | Dep::Oprd)
                        && lexicon.uncertain_adjectives.contains(frame::lemma(doc, member).as_ref())
                })
        });
        let in_case = self.chain.iter().any(|&at| {
            let begins = doc.subtree(at).start;
            let case = |at: TokenIndex| {
                frame::word_is(doc, at, &["in"])
                    && at + 1 < doc.tokens().len() as TokenIndex
                    && frame::word_is(doc, at + 1, &["case"])
            };
            frame::is_verb(doc, at)
                && doc.token(at).dep != Dep::Root
                && (case(begins) || begins >= 2 && case(begins - 2))
        });
        if uncertain || in_case {
            return decided(Realis::Hypothetical, "uncertain", "");
        }
        for (at, (below, above)) in self.links().enumerate() {
            let word = frame::lemma(doc, above);
            let possibly = frame::modal(doc, above)
                .is_some_and(|modal| frame::word_is(doc, modal, &["may", "might", "could"]));
            if self.first.realis == Realis::Planned && possibly && lexicon.plan_verbs.contains(word.as_ref())
            {
                return decided(Realis::Hypothetical, "perhaps", &word);
            }
            let preposition =
                |words: &[&str]| doc.token(below).dep == Dep::Prep && frame::word_is(doc, below, words);
            // "called for the release", "demanded the withdrawal"
            let asked = preposition(&["for"])
                && matches!(
                    word.as_ref(),
                    "call"
                        | "appeal"
                        | "ask"
                        | "plead"
                        | "beg"
                        | "press"
                        | "push"
                        | "lobby"
                        | "campaign"
                        | "hope"
                        | "pray"
                        | "wait"
                )
                || matches!(doc.token(below).dep, Dep::Dobj | Dep::Nsubjpass)
                    && matches!(
                        word.as_ref(),
                        "demand"
                            | "request"
                            | "urge"
                            | "seek"
                            | "want"
                            | "propose"
                            | "recommend"
                            | "advocate"
                            | "discuss"
                            | "debate"
                    )
                    && !matches!(self.category, Category::Consult | Category::Agree);
            let asked = asked && !(word == "call" && self.category == Category::Protest);
            if asked && at <= 1 && self.first.realis != Realis::Planned && !frame::is_verb(doc, below) {
                return decided(Realis::Hypothetical, "asked for:", &word);
            }
            let shielded = preposition(&["from"])
                && matches!(
                    word.as_ref(),
                    "protect" | "shield" | "safeguard" | "defend" | "insulate" | "safe" | "immune"
                );
            if shielded && !self.definite() {
                return decided(Realis::Hypothetical, "shielded from", "");
            }
            if preposition(&["against"])
                && !self.definite()
                && (lexicon.guard_verbs.contains(word.as_ref())
                    || self.chain.iter().any(|&up| {
                        doc.children(up).iter().any(|&member| {
                            lexicon.guard_verbs.contains(frame::lemma(doc, member).as_ref())
                                && member < self.site.head
                        })
                    }))
            {
                return decided(Realis::Hypothetical, "guarded against", "");
            }
            if preposition(&["to", "of"])
                && lexicon.exposed_adjectives.contains(word.as_ref())
                && !self.definite()
            {
                return decided(Realis::Hypothetical, "under", &word);
            }
            // "wants the police to arrest him", "hopes that they will leave"
            let others = infinitive(doc, below)
                && frame::child(doc, below, Dep::Nsubj).is_some()
                && matches!(word.as_ref(), "want" | "expect" | "need" | "like" | "prefer" | "wish");
            let feared = matches!(doc.token(below).dep, Dep::Acl | Dep::Ccomp | Dep::Relcl)
                && !frame::is_verb(doc, above)
                && lexicon.possible_nouns.contains(word.as_ref());
            if others || feared {
                return decided(Realis::Hypothetical, "under", &word);
            }
        }
        if modifier_in(self.scene, self.site.head, &lexicon.feigned_modifiers) {
            return decided(Realis::Hypothetical, "feigned", "");
        }
        // "If the killing of three is to be more than a footnote": the killing itself is taken as known.
        let told = self.site.kind == Kind::Noun && self.site.light.is_none() && self.definite();
        for &at in self.chain.iter().take(6) {
            if frame::is_verb(doc, at) {
                if told {
                    continue;
                }
                if self.inverted(at) {
                    return decided(Realis::Hypothetical, "inverted condition", &doc.token(at).text);
                }
                let as_if = doc.children(at).iter().any(|&mark| {
                    doc.token(mark).dep == Dep::Mark
                        && frame::word_is(doc, mark, &["if", "unless", "whether", "lest"])
                }) && doc.token(at).dep != Dep::Root;
                if as_if {
                    return decided(Realis::Hypothetical, "condition", "if");
                }
                let fiction = frame::preps(doc, at).any(|(prep, object)| {
                    frame::word_is(doc, prep, &["in", "during", "for"])
                        && object.is_some_and(|object| {
                            let told = frame::word_is(
                                doc,
                                object,
                                &[
                                    "novel",
                                    "film",
                                    "movie",
                                    "thriller",
                                    "dream",
                                    "nightmare",
                                    "screenplay",
                                    "script",
                                ],
                            );
                            lexicon.fiction_nouns.contains(frame::lemma(doc, object).as_ref())
                                && (told || !matches!(doc.token(at).tag, Tag::Vbd | Tag::Vbn))
                        })
                });
                let tells = frame::child(doc, at, Dep::Nsubj).is_some_and(|subject| {
                    lexicon.fiction_nouns.contains(frame::lemma(doc, subject).as_ref())
                        && at != self.site.head
                });
                if fiction || tells {
                    return decided(Realis::Hypothetical, "fiction", "");
                }
            }
        }
        // "said that an invasion was one option"
        let called = frame::parent(doc, self.site.head).filter(|&up| {
            self.site.kind == Kind::Noun
                && self.first.realis == Realis::Actual
                && doc.token(self.site.head).dep == Dep::Nsubj
                && frame::lemma(doc, up) == "be"
        });
        if let Some(attr) = called.and_then(|up| frame::child(doc, up, Dep::Attr))
            && !self.definite()
            && lexicon.possible_nouns.contains(frame::lemma(doc, attr).as_ref())
        {
            return decided(Realis::Hypothetical, "is called", &doc.token(attr).text);
        }
        for (below, above) in self.links() {
            let word = frame::lemma(doc, above);
            let withstood = matches!(doc.token(below).dep, Dep::Dobj | Dep::Xcomp)
                && infinitive(doc, above)
                && lexicon.resist_verbs.contains(word.as_ref())
                && !self.definite();
            // "rehearsed their response to a bombing"
            let answered = doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["to"])
                && matches!(word.as_ref(), "response" | "reaction" | "answer")
                && frame::governing_verb(doc, above).is_some_and(|verb| {
                    let verb = frame::lemma(doc, verb);
                    lexicon.feign_verbs.contains(verb.as_ref())
                        || matches!(
                            verb.as_ref(),
                            "practise" | "practice" | "train" | "plan" | "prepare" | "test"
                        )
                })
                && !self.definite();
            if withstood || answered {
                return decided(Realis::Hypothetical, "in case of", &word);
            }
            if self.first.realis != Realis::Planned
                && frame::is_verb(doc, above)
                && lexicon.feign_verbs.contains(word.as_ref())
                && matches!(doc.token(below).dep, Dep::Dobj | Dep::Xcomp | Dep::Nsubjpass | Dep::Pcomp)
            {
                return decided(Realis::Hypothetical, "only", &word);
            }
            if doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["of"])
                && matches!(word.as_ref(), "capable" | "afraid" | "fearful" | "wary" | "incapable")
                || matches!(doc.token(below).dep, Dep::Prep)
                    && frame::word_is(doc, below, &["of", "about", "over"])
                    && lexicon.anxious_adjectives.contains(word.as_ref())
                    && (doc.token(self.site.head).dep != Dep::Pobj || !self.definite())
            {
                return decided(Realis::Hypothetical, "under", &word);
            }
            if self.first.realis == Realis::Actual
                && doc.token(above).dep == Dep::Ccomp
                && frame::parent(doc, above).is_some_and(|up| {
                    frame::is_verb(doc, up)
                        && matches!(
                            frame::lemma(doc, up).as_ref(),
                            "recommend" | "propose" | "suggest" | "demand" | "urge" | "insist"
                        )
                        && doc.token(below).tag == Tag::Vb
                })
            {
                return decided(Realis::Hypothetical, "asked", "");
            }
        }
        // "What if …?", "Will they attack?"
        let sentence = doc.sentences()[doc.sentence_of(self.site.head) as usize].tokens.clone();
        let asks = doc.token(sentence.end - 1).text == "?";
        let opening = doc.token(sentence.start);
        let open = matches!(opening.tag, Tag::Md)
            || ["is", "are", "was", "were", "did", "does", "do", "has", "have", "had"]
                .iter()
                .any(|word| opening.text.eq_ignore_ascii_case(word));
        if asks && open {
            return decided(Realis::Hypothetical, "question", "?");
        }
        None
    }
}
