//! One happening that a sentence tells with two words: an attack and its losses, a light verb and its noun.
//!
//! In: the drafts of one sentence. Out: the same, doubles marked as dropped and their fields taken over.

use watchkeeper_record::Document;
use watchkeeper_record::codebook::{Category, Mode, Realis};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};

use crate::argument::Scene;
use crate::codebook::{Kind, Row, Slot, TollKind};
use crate::event::Draft;
use crate::{frame, toll};

/// A noun that a verb's row already spoke for (`launched an offensive`) is no second event.
pub(crate) fn drop_doubles(scene: &Scene<'_>, drafts: &mut [Draft<'_>]) {
    for at in 0..drafts.len() {
        if drafts[at].site.kind != Kind::Noun {
            continue;
        }
        let head = drafts[at].site.head;
        let spoken = (0..drafts.len()).find(|&other| {
            other != at
                && drafts[other].site.kind == Kind::Verb
                && !drafts[other].dropped
                && drafts[other].row.needs.iter().any(|need| {
                    !need.absent
                        && !need.words.is_empty()
                        && !matches!(need.slot, Slot::Near | Slot::Complement)
                        && scene.fillers(&drafts[other].site, &need.slot).contains(&head)
                })
                && (drafts[other].category == drafts[at].category || !drafts[other].row.speech)
        });
        if let Some(other) = spoken {
            let ends = matches!(
                drafts[other].category,
                Category::Retreat
                    | Category::Reject
                    | Category::Concede
                    | Category::Accuse
                    | Category::Support
            );
            // "called off the offensive": ending it is one thing, that it never came is another.
            if ends && drafts[at].verdict.realis != Realis::Actual {
                continue;
            }
            drafts[at].dropped = true;
            if !ends {
                drafts[other].why.push(format!("joined: {}", scene.doc.token(head).text));
            }
            if drafts[other].actors.is_empty() {
                drafts[other].actors = std::mem::take(&mut drafts[at].actors);
            }
            if drafts[other].recipients.is_empty() {
                drafts[other].recipients = std::mem::take(&mut drafts[at].recipients);
            }
            if drafts[other].category == drafts[at].category {
                let (mode, incident) = (drafts[at].mode, drafts[at].incident);
                // "staged a hunger strike": the noun's own modifier tells more than the verb's object.
                let modified =
                    drafts[at].row.needs.iter().any(|need| need.slot == Slot::Modifier && !need.absent);
                drafts[other].mode =
                    if modified { mode.or(drafts[other].mode) } else { drafts[other].mode.or(mode) };
                drafts[other].incident = drafts[other].incident.or(incident);
            }
        }
    }
    // "shot him dead", "left ten dead": the verb tells it.
    for at in 0..drafts.len() {
        if drafts[at].site.kind != Kind::Adjective || !drafts[at].row.result {
            continue;
        }
        let up = frame::governing_verb(scene.doc, drafts[at].site.head);
        let verb =
            (0..drafts.len()).find(|&other| up == Some(drafts[other].site.head) && !drafts[other].dropped);
        if let Some(other) = verb {
            drafts[at].dropped = true;
            let toll = drafts[at].toll.clone();
            toll::merge(&mut drafts[other].toll, &toll);
        }
    }
}

/// Whether what one row tells may be part of what another tells: losses of an attack, the wounded beside the killed.
fn joins(losses: &Row, attack: &Row) -> bool {
    let counts_none = attack.toll.is_none() && !attack.result;
    let killed = attack.toll == Some(TollKind::Killed);
    counts_none
        || killed && losses.toll == Some(TollKind::Wounded)
        || killed && losses.result && !attack.result
}

/// Joins what came of an attack to the attack where the sentence ties them.
pub(crate) fn join_results(scene: &Scene<'_>, drafts: &mut [Draft<'_>]) {
    for at in 0..drafts.len() {
        let tells_losses = drafts[at].row.result || drafts[at].row.toll == Some(TollKind::Killed);
        if !tells_losses || drafts[at].dropped {
            continue;
        }
        let partner = (0..drafts.len())
            .filter(|&other| {
                other != at
                    && !drafts[other].dropped
                    && drafts[other].category == Category::Assault
                    && joins(drafts[at].row, drafts[other].row)
                    && (drafts[other].verdict.realis == drafts[at].verdict.realis
                        || told_by_result(scene, &drafts[at], &drafts[other]))
                    && tied(scene, &drafts[at], &drafts[other])
            })
            .min_by_key(|&other| {
                // "attacked the village, killing five and stealing livestock": the losses are the attack's.
                let plain = drafts[other].incident.is_none();
                (drafts[other].row.result, plain, drafts[other].site.head.abs_diff(drafts[at].site.head))
            });
        let Some(other) = partner else { continue };
        let (low, high) = (at.min(other), at.max(other));
        let (left, right) = drafts.split_at_mut(high);
        let (result, attack) =
            if at < other { (&mut left[low], &mut right[0]) } else { (&mut right[0], &mut left[low]) };
        join(scene, result, attack);
    }
}

/// `Air strikes kill ten`: a bare plural is no kind of thing where it is told what it did.
fn told_by_result(scene: &Scene<'_>, result: &Draft<'_>, attack: &Draft<'_>) -> bool {
    result.verdict.realis == Realis::Actual
        && attack.verdict.realis == Realis::Generic
        && scene.doc.token(attack.site.head).head == result.site.head
        && result.site.roles.subjects.contains(&attack.site.head)
}

fn join(scene: &Scene<'_>, result: &mut Draft<'_>, attack: &mut Draft<'_>) {
    result.dropped = true;
    if attack.verdict.realis != result.verdict.realis {
        attack.verdict = result.verdict.clone();
        attack.why.push(format!("realis {}: it has done something", attack.verdict.realis));
    }
    if attack.mode.is_none() && result.mode == Some(Mode::Targeted) {
        attack.mode = result.mode;
    }
    attack.joined.push(result.site.head);
    attack.why.push(format!("joined: {}", scene.doc.token(result.site.head).text));
    toll::merge(&mut attack.toll, &result.toll);
    if attack.actors.is_empty() {
        attack.actors =
            result.actors.iter().copied().filter(|head| !attack.recipients.contains(head)).collect();
    }
    let inanimate = !attack
        .recipients
        .iter()
        .any(|&head| scene.sense(frame::denoted(scene.doc, &scene.codebook.frame, head)).human);
    if attack.recipients.is_empty() || inanimate {
        for &head in &result.recipients {
            if !attack.recipients.contains(&head) && !attack.actors.contains(&head) {
                attack.recipients.push(head);
            }
        }
    }
    for weapon in result.weapons.drain(..) {
        if !attack.weapons.iter().any(|other| other.r#type == weapon.r#type) {
            attack.weapons.push(weapon);
        }
    }
    attack.verdict.background |= result.verdict.background;
    attack.score = (attack.score.max(result.score) + 0.05).min(0.97);
}

/// Whether a result and an attack are one happening by grammar.
fn tied(scene: &Scene<'_>, result: &Draft<'_>, attack: &Draft<'_>) -> bool {
    let doc = scene.doc;
    let mut of_result = vec![result.site.head];
    // "the attack left nine dead and twelve wounded", "opened fire, leaving nine dead": what leaves them so is the attack.
    if let Some(verb) = leaves(doc, result.site.head) {
        let subjects = frame::roles(doc, &scene.codebook.frame, verb).subjects;
        if subjects.contains(&attack.site.head) {
            return true;
        }
        of_result.push(verb);
    }
    let mut of_attack = vec![attack.site.head];
    of_attack.extend(attack.site.light.map(|(verb, _)| verb));
    // "the attack killed five", "killed by an explosion"
    if result.site.roles.doers().contains(&attack.site.head)
        || result.site.roles.subjects.contains(&attack.site.head)
    {
        return true;
    }
    // "an ambush near X in March in which four were killed"
    let which = doc.token(result.site.head).dep == Dep::Relcl
        && attack.site.head < result.site.head
        && frame::preps(doc, result.site.head)
            .any(|(_, object)| object.is_some_and(|object| frame::word_is(doc, object, &["which"])));
    if which {
        return true;
    }
    // "a bomb hit a convoy; two soldiers died": what stands after the semicolon came of what stands before it.
    if attack.site.head < result.site.head
        && attack.incident.is_some()
        && (attack.site.head + 1..result.site.head).any(|index| doc.token(index).text == ";")
        && result.site.kind == Kind::Verb
        && result.actors.is_empty()
        && result.row.result
    {
        return true;
    }
    let destroys = attack.mode == Some(Mode::Destroy) && attack.site.kind == Kind::Verb;
    // One hangs on the other by a short chain that passes no report.
    let hangs = |from: TokenIndex, to: &[TokenIndex]| {
        let mut at = from;
        for _ in 0..5 {
            let tok = doc.token(at);
            let Some(up) = frame::parent(doc, at) else { return false };
            let passes = match tok.dep {
                // "by the same cell that killed a headman last month" is of another deed.
                Dep::Relcl => {
                    let other = |member: &TokenIndex| frame::word_is(doc, *member, &["same"]);
                    !doc.children(up).iter().any(other)
                        && !doc.children(at).iter().any(|&member| {
                            scene.entity[member as usize] == Some(EntityLabel::Date)
                                && doc.token(member).dep == Dep::Npadvmod
                                && frame::is_verb(doc, at)
                                && !to.contains(&up)
                        })
                }
                Dep::Advcl
                | Dep::Acl
                | Dep::Xcomp
                | Dep::Pobj
                | Dep::Prep
                | Dep::Pcomp
                | Dep::Agent
                | Dep::Appos => true,
                // "killed ten people and burned the houses" are two deeds.
                Dep::Conj => !(destroys && doc.token(at).pos == Pos::Verb),
                Dep::Dobj | Dep::Nsubj | Dep::Nsubjpass => to.contains(&up) || frame::is_verb(doc, up),
                Dep::Compound => true,
                _ => false,
            };
            let apart = tok.dep == Dep::Advcl
                && doc.children(at).iter().any(|&member| {
                    let apart = [
                        "since", "before", "until", "although", "though", "while", "because", "if", "unless",
                    ];
                    matches!(doc.token(member).dep, Dep::Mark | Dep::Advmod)
                        && frame::word_is(doc, member, &apart)
                });
            if !passes || apart || is_counted_from(doc, at) {
                return false;
            }
            if to.contains(&up) {
                return true;
            }
            at = up;
        }
        false
    };
    of_attack.iter().any(|&from| hangs(from, &of_result))
        || of_result.iter().any(|&from| hangs(from, &of_attack))
}

/// Whether a clause tells of another happening by the time between the two: `two days after gunmen killed the mayor`, not `two days after
/// gunmen shot him`.
pub(crate) fn is_counted_from(doc: &Document, verb: TokenIndex) -> bool {
    let children = doc.children(verb);
    let mark = children.iter().copied().find(|&child| {
        matches!(doc.token(child).dep, Dep::Mark | Dep::Advmod) && frame::word_is(doc, child, &["after"])
    });
    let length = |mark: TokenIndex| {
        children.iter().any(|&child| child + 1 == mark && doc.token(child).dep == Dep::Npadvmod)
            || mark > 0 && ["day", "week", "month", "year"].contains(&frame::lemma(doc, mark - 1).as_ref())
    };
    let pronoun = frame::child(doc, verb, Dep::Dobj).is_some_and(|object| doc.token(object).pos == Pos::Pron);
    let own = frame::child(doc, verb, Dep::Nsubj).or_else(|| frame::child(doc, verb, Dep::Nsubjpass));
    mark.is_some_and(length) && !pronoun && own.is_some_and(|subject| doc.token(subject).pos != Pos::Pron)
}

/// The `leave` of `left nine dead`, also where `and twelve wounded` is told beside it.
fn leaves(doc: &Document, state: TokenIndex) -> Option<TokenIndex> {
    let dep = doc.token(state).dep;
    let up = frame::parent(doc, state)?;
    let leave = |verb: TokenIndex| frame::is_verb(doc, verb) && frame::lemma(doc, verb) == "leave";
    match dep {
        Dep::Oprd | Dep::Acomp | Dep::Ccomp | Dep::Xcomp if leave(up) => Some(up),
        Dep::Conj if leave(up) && doc.token(state).tag == Tag::Vbn => Some(up),
        Dep::Conj if doc.token(up).dep == Dep::Oprd => frame::parent(doc, up).filter(|&verb| leave(verb)),
        _ => None,
    }
}
