//! Whether the name of a country stands for its state (it acts) or for the ground (something is there).

use watchkeeper_record::document::{Dep, Document, Pos, TokenIndex};

use super::lexicon::{Lexicon, NounKind};
use crate::frame::{self, lemma};

/// Whether a country's name that heads a phrase is the name of a party.
pub(super) fn acts(doc: &Document, lexicon: &Lexicon, head: TokenIndex) -> bool {
    let mut at = head;
    for _ in 0..frame::CONJUNCTS_MAX {
        let tok = doc.token(at);
        let governor = tok.head;
        match tok.dep {
            Dep::Nsubj => {
                // `Iraq is a country where …` tells of the ground; an act tells of the state.
                return !frame::word_is(
                    doc,
                    governor,
                    &["is", "was", "remains", "lies", "borders", "has", "'s"],
                ) || doc.token(governor).pos == Pos::Aux && doc.token(governor).dep != Dep::Root;
            }
            Dep::Agent => return true,
            Dep::Nsubjpass => return lexicon.lists.done_to.contains(lemma(doc, governor).as_ref()),
            Dep::Dobj | Dep::Dative => return lexicon.lists.done_to.contains(lemma(doc, governor).as_ref()),
            Dep::Poss => return owns_act(doc, lexicon, governor),
            Dep::Pobj => {
                let word = doc.token(governor).text.to_ascii_lowercase();
                if doc.token(governor).dep == Dep::Agent {
                    return true;
                }
                if word == "of" {
                    return bodies(doc, lexicon, doc.token(governor).head);
                }
                // `call on X`, `pressure on X`
                let addressed = matches!(word.as_str(), "on" | "upon")
                    && matches!(
                        lemma(doc, doc.token(governor).head).as_ref(),
                        "call" | "rely" | "press" | "pressure" | "impose" | "depend" | "sanction"
                    );
                return addressed || lexicon.lists.party_preps.contains(word.as_str());
            }
            Dep::Conj => at = governor,
            Dep::Appos => {
                if bodies(doc, lexicon, governor) {
                    return true;
                }
                at = governor;
            }
            Dep::Compound | Dep::Nmod | Dep::Amod => return modifies_act(doc, lexicon, governor),
            _ => return false,
        }
        if governor == head {
            return false;
        }
    }
    false
}

/// Whether a noun is an act, so that a country's name before it is who does it.
pub(super) fn modifies_act(doc: &Document, lexicon: &Lexicon, noun: TokenIndex) -> bool {
    let word = lemma(doc, noun);
    let text = doc.token(noun).text.to_lowercase();
    let stem = text.strip_suffix('s').unwrap_or(&text);
    lexicon.lists.acts.contains(word.as_ref())
        || lexicon.lists.acts.contains(text.as_str())
        || lexicon.lists.acts.contains(stem)
}

/// `Iraq's efforts` and `Iraq's army` are the state's, `Iraq's cities` lie there.
fn owns_act(doc: &Document, lexicon: &Lexicon, noun: TokenIndex) -> bool {
    !matches!(lexicon.get(lemma(doc, noun).as_ref()), Some(NounKind::Place | NounKind::People))
        && !matches!(lemma(doc, noun).as_ref(), "capital" | "people" | "economy" | "history")
}

/// Whether a noun is one for bodies: `countries such as Jordan`.
fn bodies(doc: &Document, lexicon: &Lexicon, noun: TokenIndex) -> bool {
    matches!(lexicon.get(lemma(doc, noun).as_ref()), Some(NounKind::Body))
}
