//! How a perpetrator is known: told as fact, claimed by itself, named by others, suspected.
//!
//! In: a trigger and its actors. Out: the contract's `claim`, and perpetrators that stand outside the trigger's own frame
//! (`claimed responsibility for the attack`, `an attack blamed on the group`, `was the work of`).

use watchkeeper_record::codebook::Claim;
use watchkeeper_record::document::{Dep, TokenIndex};

use crate::argument::{Scene, Site};
use crate::codebook::Kind;
use crate::frame;

/// Perpetrators that a sentence ascribes a noun event to, and how they are known.
pub(crate) fn attributed(scene: &Scene<'_>, site: &Site) -> Option<(Vec<TokenIndex>, Claim)> {
    let (mut heads, claim) = ascribed(scene, site)?;
    // "Nobody claimed the attack", "no group has admitted it"
    heads.retain(|&head| {
        let none = frame::word_is(scene.doc, head, &["nobody", "none", "neither"]);
        let no = |&member: &TokenIndex| frame::word_is(scene.doc, member, &["no", "neither"]);
        !none && !scene.doc.children(head).iter().any(no)
    });
    some(heads, claim)
}

fn ascribed(scene: &Scene<'_>, site: &Site) -> Option<(Vec<TokenIndex>, Claim)> {
    if site.kind != Kind::Noun {
        return None;
    }
    let doc = scene.doc;
    let lexicon = &scene.codebook.frame;
    let noun = frame::coordination_head(doc, site.head);
    // A clause on the noun: "attacks attributed to X", "claimed by X", "for which X is blamed".
    for &member in doc.children(site.head) {
        if matches!(doc.token(member).dep, Dep::Acl | Dep::Relcl)
            && let Some(found) = by_verb(scene, member)
        {
            return Some(found);
        }
    }
    let head = frame::parent(doc, noun)?;
    match doc.token(noun).dep {
        Dep::Nsubjpass | Dep::Nsubj | Dep::Dobj if frame::is_verb(doc, head) => {
            if doc.token(noun).dep == Dep::Dobj {
                // "claimed the attack", "blamed the attack on X"
                let verb = frame::lemma(doc, head);
                if matches!(verb.as_ref(), "claim" | "admit") {
                    return some(frame::roles(doc, lexicon, head).doers().to_vec(), Claim::Claimed);
                }
            }
            by_verb(scene, head)
        }
        Dep::Pobj => {
            let up = frame::parent(doc, head)?;
            let word = frame::lemma(doc, up);
            let preposition = doc.token(head).text.to_ascii_lowercase();
            match (word.as_ref(), preposition.as_str()) {
                ("responsibility" | "credit", "for" | "of") => {
                    let verb = frame::governing_verb(doc, up)?;
                    let lemma = frame::lemma(doc, verb);
                    if matches!(
                        lemma.as_ref(),
                        "claim" | "accept" | "take" | "assume" | "admit" | "acknowledge"
                    ) {
                        if frame::negation(doc, verb).is_some() {
                            return None;
                        }
                        return some(frame::roles(doc, lexicon, verb).doers().to_vec(), Claim::Claimed);
                    }
                    None
                }
                ("responsible" | "guilty" | "accountable", "for" | "of") => {
                    let verb = frame::governing_verb(doc, up)?;
                    if frame::negation(doc, verb).is_some() {
                        return None;
                    }
                    let roles = frame::roles(doc, lexicon, verb);
                    let held = frame::lemma(doc, verb) == "hold";
                    let hedged = hedged(scene, verb);
                    let heads = if held { roles.undergoers().to_vec() } else { roles.subjects.clone() };
                    some(
                        heads,
                        if held {
                            Claim::Accused
                        } else if hedged {
                            Claim::Suspected
                        } else {
                            Claim::Confirmed
                        },
                    )
                }
                (
                    "accuse" | "blame" | "suspect" | "convict" | "charge" | "condemn" | "criticize"
                    | "criticise",
                    "of" | "for" | "with",
                ) => {
                    if matches!(word.as_ref(), "condemn" | "criticize" | "criticise") {
                        return None;
                    }
                    let claim = match word.as_ref() {
                        "suspect" => Claim::Suspected,
                        "convict" => Claim::Confirmed,
                        _ => Claim::Accused,
                    };
                    some(frame::roles(doc, lexicon, up).undergoers().to_vec(), claim)
                }
                ("be" | "lie" | "stand", "behind") => {
                    let hedged = hedged(scene, up);
                    some(
                        frame::roles(doc, lexicon, up).subjects,
                        if hedged { Claim::Suspected } else { Claim::Accused },
                    )
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// "attributed to X", "blamed on X", "claimed by X", "was the work of X", "came at the hands of X".
fn by_verb(scene: &Scene<'_>, verb: TokenIndex) -> Option<(Vec<TokenIndex>, Claim)> {
    let doc = scene.doc;
    if frame::negation(doc, verb).is_some() {
        return None;
    }
    match frame::lemma(doc, verb).as_ref() {
        "attribute" | "ascribe" | "link" | "trace" | "tie" => {
            some(frame::prep_objects(doc, verb, &["to"]), Claim::Accused)
        }
        "blame" | "pin" => some(frame::prep_objects(doc, verb, &["on", "upon"]), Claim::Accused),
        "claim" if frame::is_passive(doc, verb) => {
            some(frame::roles(doc, &scene.codebook.frame, verb).agents, Claim::Claimed)
        }
        "be" => {
            let work = frame::child(doc, verb, Dep::Attr)?;
            if !frame::word_is(doc, work, &["work", "doing", "handiwork"]) {
                return None;
            }
            let claim = if hedged(scene, verb) { Claim::Suspected } else { Claim::Accused };
            some(frame::prep_objects(doc, work, &["of"]), claim)
        }
        "come" => {
            let hands = frame::prep_objects(doc, verb, &["at"])
                .into_iter()
                .find(|&object| frame::word_is(doc, object, &["hands"]))?;
            some(frame::prep_objects(doc, hands, &["of"]), Claim::Confirmed)
        }
        _ => None,
    }
}

fn some(heads: Vec<TokenIndex>, claim: Claim) -> Option<(Vec<TokenIndex>, Claim)> {
    (!heads.is_empty()).then_some((heads, claim))
}

fn hedged(scene: &Scene<'_>, verb: TokenIndex) -> bool {
    let doc = scene.doc;
    frame::modal(doc, verb).is_some()
        || doc.children(verb).iter().any(|&member| {
            frame::word_is(
                doc,
                member,
                &[
                    "reportedly",
                    "allegedly",
                    "likely",
                    "probably",
                    "apparently",
                    "believed",
                    "suspected",
                    "thought",
                ],
            )
        })
        || doc.token(verb).dep == Dep::Xcomp
}

/// How the actors of a frame are known.
pub(crate) fn of_frame(scene: &Scene<'_>, site: &Site, actors: &[TokenIndex]) -> Claim {
    let doc = scene.doc;
    if actors.is_empty() {
        return Claim::Unknown;
    }
    let suspected = actors.iter().any(|&actor| {
        doc.children(actor)
            .iter()
            .any(|&member| frame::word_is(doc, member, &["suspected", "alleged", "presumed", "apparent"]))
    });
    if suspected {
        return Claim::Suspected;
    }
    // Up through what governs it: who says so.
    let mut at = site.light.map_or(site.head, |(verb, _)| verb);
    for _ in 0..6 {
        if doc.children(at).iter().any(|&member| {
            frame::word_is(doc, member, &["allegedly", "reportedly", "apparently", "suspected"])
        }) {
            return Claim::Suspected;
        }
        let Some(up) = frame::parent(doc, at) else { break };
        let word = frame::lemma(doc, up);
        let word = word.as_ref();
        match doc.token(at).dep {
            Dep::Pcomp
            | Dep::Xcomp
            | Dep::Ccomp
            | Dep::Prep
            | Dep::Pobj
            | Dep::Acl
            | Dep::Advcl
            | Dep::Conj => {}
            _ => break,
        }
        match word {
            "accuse" | "blame" | "allege" | "charge" | "indict" => return Claim::Accused,
            "suspect" | "believe" | "think" | "presume" => return Claim::Suspected,
            "convict" | "sentence" => return Claim::Confirmed,
            "claim" | "say" | "state" | "announce" | "admit" | "boast" | "confirm" | "report" | "tell"
            | "add"
                if doc.token(at).dep == Dep::Ccomp || doc.token(at).dep == Dep::Xcomp =>
            {
                let speakers = frame::roles(doc, &scene.codebook.frame, up).subjects;
                let same = speakers.iter().any(|&speaker| same_words(scene, speaker, actors));
                if same || word == "claim" && doc.token(at).dep == Dep::Xcomp || word == "admit" {
                    return Claim::Claimed;
                }
                return Claim::Accused;
            }
            _ => {}
        }
        at = up;
    }
    Claim::Confirmed
}

/// Whether a speaker is one of the actors: the same head word, or the actor is `it`, `its forces`, `they`, `we`.
fn same_words(scene: &Scene<'_>, speaker: TokenIndex, actors: &[TokenIndex]) -> bool {
    let doc = scene.doc;
    actors.iter().any(|&actor| {
        speaker == actor
            || frame::word_is(doc, actor, &["it", "they", "we", "he", "she"])
            || doc.children(actor).iter().any(|&member| {
                doc.token(member).dep == Dep::Poss
                    && frame::word_is(doc, member, &["its", "their", "our", "his", "her"])
            })
            || doc.token(actor).text == doc.token(speaker).text
    })
}
