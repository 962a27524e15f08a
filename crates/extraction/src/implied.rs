//! Participants that a clause only implies: the speaker that a pronoun stands for, the owner of what acts, whom a protest addresses.
//!
//! In: a trigger's participants as its own slots give them. Out: heads of better phrases. Pronouns are only followed to the subject
//! of the report that they stand in; all else is coreference, which `linkage` does.

use watchkeeper_record::codebook::{Category, TargetType};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};

use crate::argument::{Scene, Site};
use crate::codebook::Kind;
use crate::frame;

/// Verbs whose complement says what the people in the street want.
const DEMANDS: [&str; 14] = [
    "demand",
    "call",
    "protest",
    "denounce",
    "condemn",
    "urge",
    "oppose",
    "press",
    "seek",
    "accuse",
    "want",
    "ask",
    "criticize",
    "criticise",
];
/// Nouns after `in` that lead to whom a protest is addressed.
const STANCES: [&str; 5] = ["protest", "defiance", "opposition", "response", "anger"];

/// Puts the speaker in the place of a pronoun: `Sudan said it had expelled …`. Returns whether any head changed.
pub(crate) fn name_speakers(scene: &Scene<'_>, heads: &mut [TokenIndex], category: Category) -> bool {
    let mut changed = false;
    for head in heads {
        if let Some(speaker) = speaker_for(scene, *head, category) {
            *head = speaker;
            changed = true;
        }
    }
    changed
}

/// What a pronoun may stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    Thing,
    Person,
    Several,
}

fn number_of(scene: &Scene<'_>, index: TokenIndex) -> Option<Number> {
    Some(match scene.doc.token(index).text.to_ascii_lowercase().as_str() {
        "it" | "its" => Number::Thing,
        "he" | "she" | "his" | "her" | "i" | "my" => Number::Person,
        "they" | "their" | "we" | "our" => Number::Several,
        _ => return None,
    })
}

fn speaker_for(scene: &Scene<'_>, head: TokenIndex, category: Category) -> Option<TokenIndex> {
    let doc = scene.doc;
    let number = number_of(scene, head)?;
    let owner = doc.token(head).tag == Tag::PrpS;
    if doc.token(head).pos != Pos::Pron && !owner {
        return None;
    }
    let mut at = head;
    for step in 0..frame::CLIMB_MAX {
        let up = frame::parent(doc, at)?;
        if frame::is_verb(doc, up)
            && (doc.token(at).dep == Dep::Ccomp || owner && step > 0)
            && let Some(subject) = frame::child(doc, up, Dep::Nsubj)
            && subject < head
            && subject != at
        {
            let own = doc.children(subject).iter().any(|&member| doc.token(member).tag == Tag::PrpS);
            if number_of(scene, subject).is_none()
                && !own
                && !frame::is_relative(doc, &scene.codebook.frame, subject)
            {
                return (agrees(scene, subject, number) && may_do(scene, subject, category))
                    .then_some(subject);
            }
        }
        at = up;
    }
    None
}

/// Whether a noun may be what the pronoun stands for.
fn agrees(scene: &Scene<'_>, noun: TokenIndex, number: Number) -> bool {
    let doc = scene.doc;
    let tok = doc.token(noun);
    let label = scene.entity[noun as usize];
    let denoted = frame::denoted(doc, &scene.codebook.frame, noun);
    let lemma = frame::lemma(doc, denoted);
    let plural = matches!(tok.tag, Tag::Nns | Tag::Nnps) || frame::conjuncts(doc, noun).len() > 1;
    let body = matches!(label, Some(EntityLabel::Org | EntityLabel::Gpe))
        || scene.codebook.events.is("bodies", &lemma)
        || scene.codebook.frame.partitives.contains(lemma.as_ref())
        || matches!(
            scene.sense(denoted).target,
            Some(TargetType::Government | TargetType::Military | TargetType::Police)
        ) && !scene.codebook.events.is("notables", &lemma)
        || tok.pos == Pos::Propn && label.is_none();
    match number {
        Number::Thing => body && !plural,
        Number::Several => plural || body && label != Some(EntityLabel::Gpe),
        Number::Person => {
            !plural && !body && (scene.sense(denoted).human || label == Some(EntityLabel::Person))
        }
    }
}

/// Whether a speaker may be who did it: those who tell of an attack are seldom the attackers, unless they bear arms or a name.
fn may_do(scene: &Scene<'_>, speaker: TokenIndex, category: Category) -> bool {
    if !matches!(category, Category::Assault | Category::Coerce | Category::Mobilize) {
        return true;
    }
    let denoted = frame::denoted(scene.doc, &scene.codebook.frame, speaker);
    let sense = scene.sense(denoted);
    sense.armed
        || matches!(sense.target, Some(TargetType::Government | TargetType::Military | TargetType::Police))
        || matches!(
            scene.entity[speaker as usize],
            Some(EntityLabel::Org | EntityLabel::Gpe | EntityLabel::Norp)
        )
}

/// Who acts where the subject alone is nobody: the nation's bulldozers, the two sides, a party's forum.
pub(crate) fn behind_subjects(
    scene: &Scene<'_>,
    subjects: &[TokenIndex],
    category: Category,
) -> Vec<TokenIndex> {
    let doc = scene.doc;
    // Who agrees, asks or accuses is somebody, whatever the noun.
    let speaks = matches!(
        category,
        Category::Agree | Category::Request | Category::Reject | Category::Accuse | Category::Consult
    );
    let mut found = Vec::new();
    for &subject in subjects {
        let tok = doc.token(subject);
        if tok.pos != Pos::Noun || scene.entity[subject as usize].is_some() {
            continue;
        }
        let lemma = frame::lemma(doc, subject);
        let happening = scene.codebook.events.nouns.contains_key(lemma.as_ref())
            || scene.codebook.events.is("causes", &lemma);
        if happening {
            continue;
        }
        let owned = doc.children(subject).iter().any(|&member| {
            let other = doc.token(member);
            member < subject
                && (matches!(
                    scene.entity[member as usize],
                    Some(EntityLabel::Norp | EntityLabel::Gpe | EntityLabel::Org)
                ) || other.dep == Dep::Compound && other.pos == Pos::Noun && scene.sense(member).human
                    || other.dep == Dep::Poss && other.tag != Tag::PrpS && scene.is_somebody(member))
        });
        let plain = speaks
            && scene.sense(subject).weapon.is_none()
            && !["tion", "ment", "ness", "ity", "ism", "ance", "ence", "ing"]
                .iter()
                .any(|end| lemma.ends_with(end));
        if owned || plain {
            found.push(subject);
        }
    }
    found
}

/// Whom a protest addresses: in what its people demand, or in a phrase such as `in defiance of`.
pub(crate) fn addressed(scene: &Scene<'_>, site: &Site) -> Vec<TokenIndex> {
    let doc = scene.doc;
    let mut places = vec![site.head];
    match site.kind {
        Kind::Noun => places.extend(site.light.map(|(verb, _)| verb).or_else(|| {
            matches!(doc.token(site.head).dep, Dep::Dobj | Dep::Nsubj | Dep::Nsubjpass)
                .then(|| frame::parent(doc, site.head))
                .flatten()
        })),
        Kind::Verb | Kind::Adjective => places.extend(site.roles.objects.iter().copied()),
    }
    let mut found = Vec::new();
    for at in places {
        for &member in doc.children(at) {
            let tok = doc.token(member);
            if matches!(tok.dep, Dep::Advcl | Dep::Xcomp | Dep::Acl | Dep::Conj | Dep::Relcl)
                && frame::is_verb(doc, member)
                && DEMANDS.contains(&frame::lemma(doc, member).as_ref())
            {
                scene.within_clause(member, 2, &mut found);
            } else if tok.dep == Dep::Prep {
                for noun in frame::children_with(doc, member, Dep::Pobj) {
                    let stance = frame::word_is(doc, member, &["in"])
                        && STANCES.contains(&frame::lemma(doc, noun).as_ref());
                    let against = frame::word_is(doc, member, &["against", "at", "over"]);
                    if stance || against {
                        for word in ["against", "of", "at", "to", "over"] {
                            for object in frame::prep_objects(doc, noun, &[word]) {
                                if scene.is_somebody(object) {
                                    found.push(object);
                                } else {
                                    scene.within_noun(object, 2, &mut found);
                                }
                            }
                        }
                    }
                    if against && found.is_empty() {
                        scene.within_noun(noun, 2, &mut found);
                    }
                }
            }
            if !found.is_empty() {
                found.dedup();
                return found;
            }
        }
    }
    found
}

/// Whether a noun is called theirs: `their countries`.
pub(crate) fn owned_by_them(scene: &Scene<'_>, noun: TokenIndex) -> bool {
    scene.doc.children(noun).iter().any(|&member| {
        scene.doc.token(member).tag == Tag::PrpS && frame::word_is(scene.doc, member, &["their", "its"])
    })
}
