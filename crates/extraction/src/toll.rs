//! Losses: which counts of a clause are killed, wounded, abducted, arrested, displaced, and whose they are.
//!
//! In: a trigger that counts losses and the heads of those who suffered them. Out: the contract's toll with its span.

use watchkeeper_record::Document;
use watchkeeper_record::codebook::TollGroup;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};
use watchkeeper_record::reading::{Count, GroupCount, Toll};

use crate::argument::{Scene, Site};
use crate::codebook::{Kind, Row, TollKind};
use crate::quantity::{self, Amount};
use crate::{frame, quantity::amount};

/// The losses that a trigger tells.
pub(crate) fn of_trigger(scene: &Scene<'_>, site: &Site, row: &Row, recipients: &[TokenIndex]) -> Toll {
    let mut toll = Toll::default();
    let Some(kind) = row.toll else { return toll };
    let mut heads: Vec<TokenIndex> = recipients.to_vec();
    // Counts that are no participants by themselves: "killed 12".
    if heads.is_empty() && site.kind != Kind::Noun {
        let bare =
            if row.actor.is_empty() { site.roles.subjects.clone() } else { site.roles.undergoers().to_vec() };
        heads.extend(bare.into_iter().filter(|&head| scene.doc.token(head).tag == Tag::Cd));
    }
    // "claimed nine lives"
    let lives = |head: &TokenIndex| frame::lemma(scene.doc, *head) == "life";
    if heads.is_empty() && site.kind == Kind::Verb && row.result {
        heads.extend(site.roles.undergoers().iter().copied().filter(lives));
    }
    // "killing between 10 and 15 people"
    if heads.is_empty() && site.kind == Kind::Verb {
        heads = frame::prep_objects(scene.doc, site.head, &["between", "around", "about", "over", "up"]);
    }
    if let Some((count, by)) = count(scene, &heads) {
        put(&mut toll, kind, count);
        if kind == TollKind::Killed {
            toll.by = by;
        }
    }
    toll
}

/// Counts those who suffered, conjuncts added up, with the groups the words give.
fn count(scene: &Scene<'_>, heads: &[TokenIndex]) -> Option<(Count, Vec<GroupCount>)> {
    let doc = scene.doc;
    let lexicon = &scene.codebook.quantity;
    let mut sum: Option<Amount> = None;
    let mut by: Vec<GroupCount> = Vec::new();
    let mut span = None;
    let mut all_counted = true;
    for &head in heads {
        // "killing 11 people, seven of them police officers": parsers take the part for a second object.
        if is_part(doc, head) {
            part(scene, head, &mut by);
            continue;
        }
        let denoted = frame::denoted(doc, &scene.codebook.frame, head);
        let body = doc.token(head).tag == Tag::Nn
            && (scene.codebook.events.is("bodies", &frame::lemma(doc, head))
                || scene.codebook.frame.partitives.contains(frame::lemma(doc, head).as_ref()));
        let person = !body && scene.sense(denoted).human
            || matches!(doc.token(denoted).tag, Tag::Cd | Tag::Prp)
            || doc.token(denoted).pos == Pos::Pron
            || frame::lemma(doc, denoted) == "life"
            || scene.codebook.events.is("anybody", &frame::lemma(doc, denoted));
        if !person {
            continue;
        }
        let Some(amount) = amount(doc, lexicon, head) else {
            all_counted = false;
            continue;
        };
        if amount.best == Some(0) {
            continue;
        }
        sum = Some(sum.map_or(amount, |sum| sum.plus(amount)));
        let here = doc.span(frame::noun_phrase(doc, &scene.codebook.frame, head).tokens);
        span = Some(span.map_or(here, |span: watchkeeper_record::Span| span.cover(here)));
        if let Some(group) = group(scene, denoted) {
            add_group(&mut by, group, amount);
        }
        included(scene, head, &mut by);
        // "left 20 people dead, 14 of them soldiers": the part hangs on the verb.
        let verb = doc.token(head).head;
        for &other in doc.children(verb) {
            if other > head && !heads.contains(&other) && is_part(doc, other) {
                part(scene, other, &mut by);
            }
        }
        if denoted != head {
            included(scene, denoted, &mut by);
        }
    }
    let mut sum = sum?;
    if !all_counted {
        // "two soldiers and villagers": at least the counted.
        sum = Amount { low: sum.low.or(sum.best), best: None, high: None };
    }
    Some((Count { low: sum.low, best: sum.best, high: sum.high, span: span? }, by))
}

/// Whose loss a noun's is; none for words that name nobody in particular (`people`, `others`).
fn group(scene: &Scene<'_>, head: TokenIndex) -> Option<TollGroup> {
    let lemma = frame::lemma(scene.doc, head);
    if scene.codebook.events.is("anybody", &lemma) {
        return None;
    }
    // "eight police personnel", "army officers": the modifier says whose.
    for &member in scene.doc.children(head) {
        if matches!(scene.doc.token(member).dep, Dep::Compound | Dep::Amod | Dep::Nmod)
            && member < head
            && let Some(group @ (TollGroup::Military | TollGroup::Police)) = scene.sense(member).group
        {
            return Some(group);
        }
    }
    scene.sense(head).group
}

/// `including six children`, `among them two soldiers`, `23 of them children`.
fn included(scene: &Scene<'_>, head: TokenIndex, by: &mut Vec<GroupCount>) {
    let doc = scene.doc;
    for &member in doc.children(head) {
        let tok = doc.token(member);
        if tok.dep == Dep::Prep && member > head && frame::word_is(doc, member, &["including", "among"]) {
            for object in frame::children_with(doc, member, Dep::Pobj) {
                for part in frame::conjuncts(doc, object) {
                    if let (Some(amount), Some(group)) =
                        (quantity::amount(doc, &scene.codebook.quantity, part), group(scene, part))
                    {
                        add_group(by, group, amount);
                    }
                }
            }
        }
        if tok.dep == Dep::Appos && tok.tag == Tag::Cd {
            let of = frame::prep_objects(doc, member, &["of"]);
            let them = of.iter().any(|&object| frame::word_is(doc, object, &["them", "whom"]));
            let noun = doc
                .children(member)
                .iter()
                .chain(of.iter().flat_map(|&object| doc.children(object)))
                .copied()
                .find(|&other| group(scene, other).is_some());
            if let (true, Some(noun), Some(amount)) =
                (them, noun, quantity::amount(doc, &scene.codebook.quantity, member))
                && let Some(group) = group(scene, noun)
            {
                add_group(by, group, amount);
            }
        }
    }
}

/// Whether a counted noun is a part of those named before: `seven of them police officers`.
fn is_part(doc: &Document, head: TokenIndex) -> bool {
    doc.children(head).iter().any(|&count| {
        count < head
            && doc.token(count).tag == Tag::Cd
            && frame::prep_objects(doc, count, &["of"])
                .iter()
                .any(|&object| frame::word_is(doc, object, &["them", "whom"]))
    })
}

/// Counts a part of those named before, where its words say whose loss it is.
fn part(scene: &Scene<'_>, head: TokenIndex, by: &mut Vec<GroupCount>) {
    let amount = quantity::amount(scene.doc, &scene.codebook.quantity, head);
    if let (Some(amount), Some(group)) = (amount, group(scene, head)) {
        add_group(by, group, amount);
    }
}

fn add_group(by: &mut Vec<GroupCount>, group: TollGroup, amount: Amount) {
    if let Some(known) = by.iter_mut().find(|known| known.group == group) {
        let sum = Amount { low: known.low, best: known.best, high: known.high }.plus(amount);
        *known = GroupCount { group, low: sum.low, best: sum.best, high: sum.high };
    } else {
        by.push(GroupCount { group, low: amount.low, best: amount.best, high: amount.high });
    }
}

fn put(toll: &mut Toll, kind: TollKind, count: Count) {
    let slot = match kind {
        TollKind::Killed => &mut toll.killed,
        TollKind::Wounded => &mut toll.wounded,
        TollKind::Abducted => &mut toll.abducted,
        TollKind::Arrested => &mut toll.arrested,
        TollKind::Displaced => &mut toll.displaced,
    };
    if slot.is_none() {
        *slot = Some(count);
    }
}

/// Takes over what the first toll lacks.
pub(crate) fn merge(toll: &mut Toll, other: &Toll) {
    if toll.killed.is_none() && other.killed.is_some() {
        toll.by.clone_from(&other.by);
    }
    let take = |own: &mut Option<Count>, other: &Option<Count>| {
        if own.is_none() {
            own.clone_from(other);
        }
    };
    take(&mut toll.killed, &other.killed);
    take(&mut toll.wounded, &other.wounded);
    take(&mut toll.abducted, &other.abducted);
    take(&mut toll.arrested, &other.arrested);
    take(&mut toll.displaced, &other.displaced);
}
