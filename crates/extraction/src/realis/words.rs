//! What an event noun's own words say of it: `no`, `possible`, `planned`, `foiled`.
//!
//! In: a noun. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::document::{Dep, TokenIndex};

use crate::argument::Scene;
use crate::codebook::Words;
use crate::frame;
use crate::realis::{Decision, decided};

pub(crate) fn modifier_in(scene: &Scene<'_>, noun: TokenIndex, words: &Words) -> bool {
    scene.doc.children(noun).iter().any(|&member| {
        matches!(scene.doc.token(member).dep, Dep::Amod | Dep::Compound | Dep::Nmod | Dep::Advmod)
            && words.contains(scene.doc.token(member).text.to_ascii_lowercase().as_str())
    })
}

pub(super) fn modifier_shared(scene: &Scene<'_>, top: TokenIndex, noun: TokenIndex) -> bool {
    // "possible attacks and kidnappings": the later conjunct has no determiner of its own.
    noun > top && !scene.doc.children(noun).iter().any(|&member| scene.doc.token(member).dep == Dep::Det)
}

/// The words on an event noun: `no`, `possible`, `planned`, `foiled`.
pub(super) fn noun_words(scene: &Scene<'_>, noun: TokenIndex) -> Decision {
    let doc = scene.doc;
    let lexicon = &scene.codebook.realis;
    for &member in doc.children(noun) {
        if member > noun {
            break;
        }
        let word = doc.token(member).text.to_ascii_lowercase();
        match doc.token(member).dep {
            Dep::Det | Dep::Neg if matches!(word.as_str(), "no" | "neither") => {
                return decided(Realis::Negated, "negation", &word);
            }
            Dep::Det if word == "any" => return decided(Realis::Hypothetical, "any", ""),
            Dep::Amod | Dep::Compound | Dep::Advmod | Dep::Nmod => {
                if lexicon.foiled_modifiers.contains(word.as_str()) {
                    return decided(Realis::Foiled, "modifier", &word);
                }
                if lexicon.planned_modifiers.contains(word.as_str()) {
                    let top = frame::coordination_head(doc, noun);
                    let stopped = matches!(doc.token(top).dep, Dep::Dobj | Dep::Nsubjpass)
                        && lexicon.foil_verbs.contains(frame::lemma(doc, doc.token(top).head).as_ref());
                    if stopped {
                        return decided(Realis::Foiled, "modifier and verb", &word);
                    }
                    return decided(Realis::Planned, "modifier", &word);
                }
                if lexicon.threatened_modifiers.contains(word.as_str()) {
                    return decided(Realis::Threatened, "modifier", &word);
                }
                if lexicon.possible_modifiers.contains(word.as_str()) {
                    return decided(Realis::Hypothetical, "modifier", &word);
                }
            }
            _ => {}
        }
    }
    // "attacks such as these", "9/11-style attacks": a kind, not a happening.
    let style = doc.children(noun).iter().any(|&member| {
        let text = doc.token(member).text.to_ascii_lowercase();
        member < noun && (text == "style" || text.ends_with("-style") || text == "like" && member + 1 == noun)
    });
    if style {
        return decided(Realis::Generic, "modifier", "style");
    }
    None
}
