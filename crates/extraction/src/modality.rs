//! Whether what a verb or noun of control or relation says holds: done, meant, threatened, prevented, denied, or only thought of.
//!
//! In: the dependencies around the word. Out: a [`Realis`]. Events have a finer judgement of their own; this one is for states and changes
//! of actors and ground.

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::document::{Dep, Document, Tag, TokenIndex};

use crate::control::Lists;
use crate::frame::{self, CLIMB_MAX, is_verb, lemma, parent};

/// Realis of a verb's clause.
pub(crate) fn of_verb(doc: &Document, lists: &Lists, verb: TokenIndex) -> Realis {
    let mut at = verb;
    for _ in 0..CLIMB_MAX {
        let own = own_mood(doc, at);
        if own != Realis::Actual {
            return own;
        }
        let tok = doc.token(at);
        let Some(head) = parent(doc, at) else { return Realis::Actual };
        let word = lemma(doc, head);
        let to = doc.children(at).iter().any(|&other| doc.token(other).tag == Tag::To);
        match tok.dep {
            Dep::Xcomp | Dep::Ccomp if is_verb(doc, head) => {
                if lists.denied_verbs.contains(word.as_ref()) {
                    return Realis::Negated;
                }
                let infinitive = to || tok.tag == Tag::Vbg || tok.tag == Tag::Vb;
                if (infinitive && !lists.done_verbs.contains(word.as_ref()) && tok.dep == Dep::Xcomp
                    || (to && tok.dep == Dep::Ccomp))
                    && let Some(realis) = governed(lists, word.as_ref())
                {
                    return realis;
                }
                if tok.dep == Dep::Ccomp && !to {
                    // What somebody says holds as it is said; a "would" of the saying doesn't count.
                    return Realis::Actual;
                }
                at = head;
            }
            Dep::Acl | Dep::Relcl if !is_verb(doc, head) => {
                if to {
                    return if lists.meant_nouns.contains(word.as_ref()) {
                        Realis::Planned
                    } else {
                        Realis::Hypothetical
                    };
                }
                // `Reports that the town fell were false.`
                return if found_false(doc, head) { Realis::Negated } else { Realis::Actual };
            }
            Dep::Advcl if to => {
                // Purpose: "advanced to retake the town".
                return Realis::Planned;
            }
            Dep::Advcl => {
                return Realis::Actual;
            }
            Dep::Conj if is_verb(doc, head) => at = head,
            Dep::Pcomp => {
                // "prevented them from taking", "after losing", "accused of holding"
                let Some(up) = parent(doc, head) else { return Realis::Actual };
                let word = lemma(doc, up);
                if lists.foiled_verbs.contains(word.as_ref()) {
                    return Realis::Foiled;
                }
                if frame::word_is(doc, head, &["without"]) {
                    return Realis::Negated;
                }
                if frame::word_is(doc, head, &["of", "at", "for"])
                    && lists.meant_nouns.contains(word.as_ref())
                {
                    return Realis::Planned;
                }
                return Realis::Actual;
            }
            _ => return Realis::Actual,
        }
    }
    Realis::Actual
}

/// Whether a noun's own predicate calls it untrue.
fn found_false(doc: &Document, noun: TokenIndex) -> bool {
    let Some(verb) = parent(doc, noun).filter(|&verb| is_verb(doc, verb)) else { return false };
    doc.children(verb).iter().any(|&other| {
        matches!(doc.token(other).dep, Dep::Acomp | Dep::Attr | Dep::Oprd)
            && frame::word_is(
                doc,
                other,
                &["false", "untrue", "wrong", "unfounded", "fake", "baseless", "incorrect", "premature"],
            )
    })
}

fn governed(lists: &Lists, word: &str) -> Option<Realis> {
    if lists.threatened_verbs.contains(word) {
        Some(Realis::Threatened)
    } else if lists.foiled_verbs.contains(word) {
        Some(Realis::Foiled)
    } else if lists.planned_verbs.contains(word) {
        Some(Realis::Planned)
    } else {
        None
    }
}

/// What a verb's own auxiliaries and marks say.
fn own_mood(doc: &Document, verb: TokenIndex) -> Realis {
    if frame::negation(doc, verb).is_some() {
        return Realis::Negated;
    }
    if let Some(modal) = frame::modal(doc, verb) {
        return if frame::word_is(doc, modal, &["will", "shall", "'ll", "’ll"]) {
            Realis::Planned
        } else {
            Realis::Hypothetical
        };
    }
    let conditional = doc.children(verb).iter().any(|&mark| {
        doc.token(mark).dep == Dep::Mark
            && frame::word_is(doc, mark, &["if", "unless", "whether", "until", "lest"])
            || doc.token(mark).tag == Tag::Wrb && frame::word_is(doc, mark, &["whenever"])
    });
    if conditional { Realis::Hypothetical } else { Realis::Actual }
}

/// Realis of a noun: `the capture of X`, `a planned withdrawal`, `hopes of control`.
pub(crate) fn of_noun(doc: &Document, lists: &Lists, noun: TokenIndex) -> Realis {
    if frame::negation(doc, noun).is_some() {
        return Realis::Negated;
    }
    for &other in doc.children(noun) {
        if doc.token(other).dep == Dep::Amod {
            match lemma(doc, other).as_ref() {
                "plan" | "planned" | "future" | "imminent" | "expected" | "intend" | "upcoming" => {
                    return Realis::Planned;
                }
                "possible" | "potential" | "likely" | "eventual" | "hypothetical" => {
                    return Realis::Hypothetical;
                }
                "attempted" | "failed" => return Realis::Foiled,
                _ => {}
            }
        }
    }
    let Some(head) = parent(doc, noun) else { return Realis::Actual };
    let tok = doc.token(noun);
    if tok.dep == Dep::Pobj {
        let Some(up) = parent(doc, head) else { return Realis::Actual };
        if is_verb(doc, up) {
            // "after the capture of X": told as done, whatever the main verb's mood.
            if frame::word_is(
                doc,
                head,
                &["after", "since", "following", "with", "despite", "before", "by", "until"],
            ) {
                return Realis::Actual;
            }
            return if frame::word_is(doc, head, &["for", "to"]) {
                max(of_verb(doc, lists, up), Realis::Planned, doc, up)
            } else {
                of_verb(doc, lists, up)
            };
        }
        let word = lemma(doc, up);
        if lists.meant_nouns.contains(word.as_ref()) {
            return Realis::Planned;
        }
        return Realis::Actual;
    }
    if is_verb(doc, head) {
        let word = lemma(doc, head);
        if tok.dep == Dep::Dobj
            && let Some(realis) = governed(lists, word.as_ref())
        {
            return realis;
        }
        return of_verb(doc, lists, head);
    }
    Realis::Actual
}

/// `fights for control`: meant; `was hailed for the capture`: done.
fn max(own: Realis, meant: Realis, doc: &Document, verb: TokenIndex) -> Realis {
    let strives = matches!(
        lemma(doc, verb).as_ref(),
        "fight"
            | "battle"
            | "struggle"
            | "plan"
            | "prepare"
            | "push"
            | "vie"
            | "compete"
            | "hope"
            | "call"
            | "wait"
            | "bid"
    );
    if own == Realis::Actual && strives { meant } else { own }
}
