//! Words of saying that aren't an active verb: passives without an agent, `according to`, nouns, adverbs of hearsay.

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Polarity, StatementKind};
use watchkeeper_record::document::{Dep, Document, Tag, TokenIndex};
use watchkeeper_record::mention::Speaker;

use super::cue::{Content, trimmed};
use super::lexicon::Place;
use super::{Draft, Reader};
use crate::frame::{self, child, children_with, is_verb, lemma, parent};

impl Reader<'_> {
    /// `is believed to be`, `it was reported that`: the text names nobody.
    pub(super) fn passive(&mut self, verb: TokenIndex, word: &str, negated: bool, mentions: &mut Mentions) {
        let doc = self.doc;
        let kind = match word {
            "believe" | "think" | "expect" | "suspect" | "fear" | "estimate" | "consider" | "assume"
            | "presume" | "predict" | "judge" | "assess" => StatementKind::Assessment,
            "say" | "report" | "allege" | "claim" => StatementKind::Report,
            "deny" | "dismiss" | "reject" => return,
            _ => return,
        };
        let infinitive = children_with(doc, verb, Dep::Xcomp)
            .chain(children_with(doc, verb, Dep::Ccomp))
            .find(|&other| other > verb)
            .or_else(|| children_with(doc, verb, Dep::Oprd).find(|&other| other > verb));
        let Some(infinitive) = infinitive else { return };
        let finite = children_with(doc, infinitive, Dep::Mark).next().is_some();
        let subject = child(doc, verb, Dep::Nsubjpass);
        let tokens = match subject {
            Some(subject) if !finite && !matches!(lemma(doc, subject).as_ref(), "it") => {
                doc.subtree(subject).start.min(verb)..doc.subtree(infinitive).end
            }
            _ => doc.subtree(infinitive),
        };
        let end = if frame::word_is(doc, verb + 1, &["to"]) { verb + 2 } else { verb + 1 };
        // The words of the writer who expects: a schedule is no judgement.
        if word == "expect" && !self.violent(&doc.subtree(infinitive)) {
            return;
        }
        self.push(
            Draft {
                speaker: Speaker::Anonymous(None),
                kind,
                cue: verb..end,
                content: trimmed(doc, tokens),
                head: infinitive,
                quoted: false,
                polarity: if negated { Polarity::Denies } else { Polarity::Affirms },
                score: 0.7,
                why: format!("passive {word} without an agent"),
            },
            mentions,
        );
    }

    /// `according to X`
    pub(super) fn according(&mut self, index: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let to = doc.children(index).iter().copied().find(|&other| frame::word_is(doc, other, &["to"]));
        let Some(object) = to.and_then(|to| child(doc, to, Dep::Pobj)) else { return };
        let Some(governor) = parent(doc, index) else { return };
        let clause_head = if is_verb(doc, governor) {
            governor
        } else {
            frame::governing_verb(doc, governor).unwrap_or(governor)
        };
        let clause_head = same_clause_top(doc, clause_head);
        let whole = doc.subtree(clause_head);
        let own = doc.subtree(index);
        let tokens = if own.start <= whole.start + 1 && own.end < whole.end {
            own.end..whole.end
        } else if own.end + 2 >= whole.end && own.start > whole.start {
            whole.start..own.start
        } else {
            whole
        };
        let mut content =
            Content { tokens: trimmed(doc, tokens), place: Place::Clause, object: None, head: clause_head };
        let Some((speaker, score)) =
            self.speaker_of(object, "say", self.quotation(index).is_some(), mentions)
        else {
            return;
        };
        let quoted = self.stretch_over_quotation(index, &mut content);
        let draft = Draft {
            speaker,
            kind: StatementKind::Report,
            cue: index..index + 2,
            content: content.tokens.clone(),
            head: content.head,
            quoted,
            polarity: Polarity::Affirms,
            score,
            why: "according to".to_owned(),
        };
        self.push(draft, mentions);
    }

    /// A noun of saying with its owner: `the group's threat to attack`, `a warning by the army that …`.
    pub(super) fn noun(&mut self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let word = lemma(doc, noun).into_owned();
        let Some(cues) = self.lexicon.nouns.get(word.as_str()) else { return };
        if frame::negation(doc, noun).is_some() {
            return;
        }
        let owner = child(doc, noun, Dep::Poss)
            .or_else(|| frame::prep_objects(doc, noun, &["by", "from"]).first().copied());
        let Some(owner) = owner else { return };
        let Some(row) = cues.first() else { return };
        let mut found = None;
        for &place in &row.places {
            let head = match place {
                Place::Clause => children_with(doc, noun, Dep::Acl)
                    .chain(children_with(doc, noun, Dep::Ccomp))
                    .find(|&other| {
                        other > noun
                            && children_with(doc, other, Dep::Mark)
                                .any(|mark| frame::word_is(doc, mark, &["that"]))
                    }),
                Place::Infinitive => children_with(doc, noun, Dep::Acl)
                    .chain(children_with(doc, noun, Dep::Relcl))
                    .find(|&other| {
                        other > noun && doc.children(other).iter().any(|&to| doc.token(to).tag == Tag::To)
                    }),
                Place::Of => children_with(doc, noun, Dep::Prep)
                    .find(|&prep| prep > noun && frame::word_is(doc, prep, &["of"]))
                    .and_then(|prep| child(doc, prep, Dep::Pobj)),
                _ => None,
            };
            if found.is_none() {
                found = head.map(|head| Content {
                    tokens: trimmed(doc, doc.subtree(head)),
                    place,
                    object: None,
                    head,
                });
            }
        }
        let Some(mut content) = found else { return };
        let Some((speaker, score)) = self.speaker_of(owner, "noun", self.quotation(noun).is_some(), mentions)
        else {
            return;
        };
        if speaker == Speaker::Author || !self.person_like(owner) {
            return;
        }
        let quoted = self.stretch_over_quotation(noun, &mut content);
        let draft = Draft {
            speaker,
            kind: row.kind,
            cue: noun..noun + 1,
            content: content.tokens.clone(),
            head: content.head,
            quoted,
            polarity: if row.kind == StatementKind::Denial { Polarity::Denies } else { Polarity::Affirms },
            score: score - 0.1,
            why: format!("noun {word}, content as {:?}", content.place),
        };
        let draft = self.refined(draft, &word);
        self.push(draft, mentions);
    }

    /// `reportedly`, `allegedly`: somebody says so whom the text doesn't name.
    pub(super) fn adverb(&mut self, adverb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        if !frame::word_is(doc, adverb, &["reportedly", "allegedly", "purportedly", "supposedly"]) {
            return;
        }
        let Some(head) = parent(doc, adverb) else { return };
        let verb = if is_verb(doc, head) { Some(head) } else { None };
        let tokens = match verb {
            Some(verb) => frame::clause(doc, verb),
            None => doc.subtree(head),
        };
        let tokens = trimmed(doc, tokens);
        self.push(
            Draft {
                speaker: Speaker::Anonymous(None),
                kind: StatementKind::Report,
                cue: adverb..adverb + 1,
                content: tokens,
                head,
                quoted: false,
                polarity: Polarity::Affirms,
                score: 0.7,
                why: "adverb of hearsay".to_owned(),
            },
            mentions,
        );
    }
}

/// The top of the clause that a verb belongs to, without leaving it: `was killed and buried`, from `buried` to `killed`.
fn same_clause_top(doc: &Document, verb: TokenIndex) -> TokenIndex {
    let mut at = verb;
    for _ in 0..4 {
        let tok = doc.token(at);
        if !matches!(tok.dep, Dep::Xcomp | Dep::Conj | Dep::Pcomp) || !is_verb(doc, tok.head) {
            break;
        }
        at = tok.head;
    }
    at
}
