//! PLOVER's rules beyond the single trigger: categories of what is only intended, modes by content and weapon, contexts.
//!
//! In: a draft with its verdict. Out: its category, mode, type of incident and contexts. Rules follow the manual's "potential ambiguities".

use watchkeeper_record::codebook::{Category, Context, IncidentType, Mode, Realis, TargetType, WeaponType};
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use crate::argument::{Scene, Site};
use crate::codebook::{Kind, TollKind};
use crate::event::Draft;
use crate::frame;

/// PLOVER's rules on what is only intended: future cooperation is AGREE, a refusal to cooperate is REJECT.
pub(crate) fn shift_category(scene: &Scene<'_>, draft: &mut Draft<'_>) {
    let cooperative =
        matches!(draft.category, Category::Consult | Category::Support | Category::Cooperate | Category::Aid);
    if cooperative && draft.verdict.future && draft.verdict.realis == Realis::Planned {
        draft.category = Category::Agree;
        draft.mode = None;
        draft.verdict.realis = Realis::Actual;
        draft.why.push("category AGREE: cooperation in the future tense".to_owned());
    }
    let yielding =
        cooperative || matches!(draft.category, Category::Agree | Category::Retreat | Category::Concede);
    if yielding && draft.verdict.realis == Realis::Negated && draft.site.kind != Kind::Noun {
        let refuses = frame::modal(scene.doc, draft.site.head).is_some()
            || frame::governing_verb(scene.doc, draft.site.head)
                .is_some_and(|verb| frame::word_is(scene.doc, verb, &["going"]));
        if refuses {
            draft.mode = content_mode(draft.category);
            draft.category = Category::Reject;
            draft.verdict.realis = Realis::Actual;
            draft.why.push("category REJECT: cooperation refused".to_owned());
        }
    }
    let hostile = matches!(
        draft.category,
        Category::Protest | Category::Sanction | Category::Coerce | Category::Mobilize | Category::Assault
    );
    if hostile
        && draft.verdict.future
        && draft.verdict.realis == Realis::Planned
        && announced_by_itself(scene, draft)
    {
        if draft.category == Category::Assault {
            draft.verdict.realis = Realis::Threatened;
            draft.why.push("realis threatened: announced by the actor".to_owned());
        } else {
            draft.mode = Some(threat_of(scene, draft));
            draft.category = Category::Threaten;
            draft.verdict.realis = Realis::Actual;
            draft.why.push("category THREATEN: hostile act announced by its actor".to_owned());
        }
    }
    if matches!(draft.category, Category::Request | Category::Reject) && draft.mode.is_none() {
        draft.mode = asked_category(scene, &draft.site).and_then(content_mode);
    }
    if draft.category == Category::Assault
        && draft.mode.is_none()
        && draft.row.toll == Some(TollKind::Killed)
        && draft.recipients.iter().any(|&head| is_notable(scene, head))
    {
        draft.mode = Some(Mode::Targeted);
        draft.why.push("mode targeted: somebody of rank was killed".to_owned());
    }
    if draft.category == Category::Threaten && draft.mode.is_none() {
        draft.mode = threatened_mode(scene, &draft.site);
    }
    if draft.category == Category::Consult {
        draft.mode = meeting_mode(scene, draft);
    }
    let police = |head: &TokenIndex| {
        let denoted = frame::denoted(scene.doc, &scene.codebook.frame, *head);
        scene.sense(denoted).target == Some(TargetType::Police)
    };
    if draft.category == Category::Mobilize
        && draft.mode == Some(Mode::Troops)
        && draft.actors.iter().any(police)
    {
        draft.mode = Some(Mode::Police);
    }
}

/// What an announced hostile act threatens.
fn threat_of(scene: &Scene<'_>, draft: &Draft<'_>) -> Mode {
    let embargo = draft
        .site
        .roles
        .objects
        .iter()
        .any(|&noun| scene.codebook.events.is("sanction", &frame::lemma(scene.doc, noun)));
    match (draft.category, draft.mode) {
        (Category::Coerce, Some(Mode::Arrest)) => Mode::Arrest,
        (Category::Coerce, Some(Mode::Deport)) | (Category::Sanction, Some(Mode::Expel)) => Mode::Expel,
        (Category::Coerce, Some(Mode::Seize)) if draft.row.contexts.contains(&Context::Territory) => {
            Mode::Territory
        }
        (Category::Sanction, _) if !embargo => Mode::Relations,
        (Category::Mobilize, _) => Mode::Violence,
        _ => Mode::Restrict,
    }
}

/// What a threat holds, by the words of its complement: the manual's mode is the content of a threat.
fn threatened_mode(scene: &Scene<'_>, site: &Site) -> Option<Mode> {
    const CONTENTS: [(Mode, &[&str]); 5] = [
        (Mode::Arrest, &["arrest", "detain", "jail", "imprison", "imprisonment", "prison"]),
        (Mode::Expel, &["expel", "deport", "expulsion", "deportation"]),
        (Mode::Territory, &["occupy", "annex", "annexation", "occupation"]),
        (
            Mode::Restrict,
            &[
                "boycott",
                "strike",
                "embargo",
                "sanction",
                "blockade",
                "curfew",
                "ban",
                "outlaw",
                "martial",
                "tariff",
                "emergency",
                "block",
                "paralyse",
                "paralyze",
            ],
        ),
        (
            Mode::Relations,
            &[
                "tie",
                "relation",
                "relations",
                "talk",
                "talks",
                "negotiation",
                "aid",
                "assistance",
                "cooperation",
                "ambassador",
                "embassy",
                "dialogue",
                "treaty",
                "agreement",
                "accord",
                "alliance",
                "membership",
            ],
        ),
    ];
    let doc = scene.doc;
    if threatens_violence(scene, site) {
        return Some(Mode::Violence);
    }
    let mut words: Vec<TokenIndex> = Vec::new();
    for verb in scene.complements(site) {
        words.extend(doc.subtree(verb).filter(|&at| at >= verb).take(8));
    }
    words.extend(site.roles.objects.iter().copied());
    words.extend(frame::prep_objects(doc, site.head, &["with", "of"]));
    for (mode, contents) in CONTENTS {
        let told = words.iter().any(|&at| {
            matches!(doc.token(at).pos, Pos::Noun | Pos::Verb | Pos::Adj)
                && contents.contains(&frame::lemma(doc, at).as_ref())
        });
        if told {
            return Some(mode);
        }
    }
    asked_category(scene, site).and_then(|category| match category {
        Category::Assault => Some(Mode::Violence),
        Category::Coerce | Category::Protest => Some(Mode::Restrict),
        Category::Sanction => Some(Mode::Relations),
        _ => None,
    })
}

/// How two sides met, by the other words of the sentence: on a visit, by telephone, in a league of states.
fn meeting_mode(scene: &Scene<'_>, draft: &Draft<'_>) -> Option<Mode> {
    let doc = scene.doc;
    let clause = frame::clause(doc, draft.site.head);
    let said =
        |words: &[&str]| clause.clone().take(60).any(|at| words.contains(&frame::lemma(doc, at).as_ref()));
    let league = draft.actors.iter().chain(&draft.recipients).any(|&head| {
        doc.subtree(head).take(12).chain(std::iter::once(head)).any(|at| {
            doc.token(at).pos == Pos::Propn
                && matches!(
                    doc.token(at).text.as_str(),
                    "League"
                        | "Nations"
                        | "UN"
                        | "U.N."
                        | "EU"
                        | "Union"
                        | "NATO"
                        | "ASEAN"
                        | "OAU"
                        | "ECOWAS"
                        | "IGAD"
                        | "OAS"
                        | "Commonwealth"
                        | "Organization"
                        | "Organisation"
                )
        })
    });
    match draft.mode {
        Some(Mode::ThirdParty) if league => Some(Mode::Multilateral),
        None if said(&["telephone", "phone"]) => Some(Mode::Phone),
        None if said(&["visit", "visiting", "tour", "trip", "arrive"]) => Some(Mode::Visit),
        known => known,
    }
}

/// Whether a victim is named by an office or a rank of leadership: `the head of the border guard`.
fn is_notable(scene: &Scene<'_>, head: TokenIndex) -> bool {
    let doc = scene.doc;
    let denoted = frame::denoted(doc, &scene.codebook.frame, head);
    let title = |index: TokenIndex| scene.codebook.events.is("notables", &frame::lemma(doc, index));
    title(denoted)
        || doc.token(denoted).pos == Pos::Propn
            && doc.children(denoted).iter().any(|&member| {
                matches!(doc.token(member).dep, Dep::Compound | Dep::Appos | Dep::Nmod) && title(member)
            })
}

/// Whether the complement of a threat holds a word of violence: `threatened to start a war`.
fn threatens_violence(scene: &Scene<'_>, site: &Site) -> bool {
    let doc = scene.doc;
    let lexicon = &scene.codebook.events;
    let violent = |index: TokenIndex| {
        let lemma = frame::lemma(doc, index);
        matches!(doc.token(index).pos, Pos::Noun | Pos::Adj)
            && (lexicon.is("terrorist", &lemma)
                || lexicon.nouns.get(lemma.as_ref()).is_some_and(|rows| {
                    rows.iter().any(|&row| lexicon.rows[row as usize].category == Some(Category::Assault))
                }))
    };
    scene.complements(site).into_iter().any(|verb| doc.subtree(verb).take(10).any(violent))
}

/// Whether the actor of a future act is who announces it: `they said they would …`.
fn announced_by_itself(scene: &Scene<'_>, draft: &Draft<'_>) -> bool {
    let doc = scene.doc;
    let mut at = draft.site.light.map_or(draft.site.head, |(verb, _)| verb);
    for _ in 0..4 {
        if doc.token(at).dep == Dep::Ccomp {
            let Some(up) = frame::parent(doc, at) else { return false };
            let speakers = frame::roles(doc, &scene.codebook.frame, up).subjects;
            return frame::is_verb(doc, up)
                && draft.actors.iter().any(|&actor| {
                    frame::word_is(doc, actor, &["it", "they", "he", "she", "we", "i"])
                        || doc.children(actor).iter().any(|&member| doc.token(member).tag == Tag::PrpS)
                        || speakers.iter().any(|&speaker| doc.token(speaker).text == doc.token(actor).text)
                });
        }
        if !matches!(doc.token(at).dep, Dep::Conj | Dep::Xcomp) {
            return false;
        }
        let Some(up) = frame::parent(doc, at) else { return false };
        at = up;
    }
    false
}

/// The category of what is asked, refused or threatened.
fn asked_category(scene: &Scene<'_>, site: &Site) -> Option<Category> {
    let doc = scene.doc;
    let lexicon = &scene.codebook.events;
    let first = |rows: &Vec<u32>| rows.iter().find_map(|&row| lexicon.rows[row as usize].category);
    for verb in scene.complements(site) {
        if let Some(category) = lexicon.verbs.get(frame::lemma(doc, verb).as_ref()).and_then(first) {
            return Some(category);
        }
    }
    let mut nouns = site.roles.objects.clone();
    nouns.extend(frame::prep_objects(doc, site.head, &["for", "of", "to", "with"]));
    nouns.into_iter().find_map(|noun| lexicon.nouns.get(frame::lemma(doc, noun).as_ref()).and_then(first))
}

fn content_mode(category: Category) -> Option<Mode> {
    match category {
        Category::Aid | Category::Cooperate | Category::Support => Some(Mode::Assist),
        Category::Retreat | Category::Concede => Some(Mode::Yield),
        Category::Consult | Category::Agree => Some(Mode::Meet),
        _ => None,
    }
}

fn is_aircraft(scene: &Scene<'_>, head: TokenIndex) -> bool {
    matches!(
        frame::lemma(scene.doc, head).as_ref(),
        "aircraft"
            | "plane"
            | "warplane"
            | "jet"
            | "helicopter"
            | "bomber"
            | "gunship"
            | "fighter-bomber"
            | "predator"
    )
}

/// What the weapon says of the mode and the type of incident.
pub(crate) fn refine_by_weapon(scene: &Scene<'_>, draft: &mut Draft<'_>) {
    if draft.category != Category::Assault {
        draft.incident = None;
        draft.weapons.clear();
        return;
    }
    let generic_type = matches!(draft.incident, None | Some(IncidentType::ArmedAssault));
    // "Russian aircraft killed …"
    if draft.mode.is_none() && draft.actors.iter().any(|&head| is_aircraft(scene, head)) {
        draft.mode = Some(Mode::Aerial);
        if generic_type {
            draft.incident = Some(IncidentType::Airstrike);
        }
    }
    for weapon in &draft.weapons {
        let (mode, incident) = match weapon.r#type {
            WeaponType::Firearm => (Mode::Firearms, IncidentType::ArmedAssault),
            WeaponType::Explosive => (Mode::Explosives, IncidentType::Bombing),
            WeaponType::Knife => (Mode::Primitive, IncidentType::Stabbing),
            WeaponType::Vehicle => (Mode::Primitive, IncidentType::VehicleAttack),
            WeaponType::Incendiary => (Mode::Primitive, IncidentType::Arson),
            WeaponType::Aircraft => (Mode::Aerial, IncidentType::Airstrike),
            WeaponType::Drone => (Mode::Drone, IncidentType::DroneStrike),
            WeaponType::Missile => (Mode::HeavyWeapons, IncidentType::Shelling),
            WeaponType::Chemical => (Mode::Unconventional, IncidentType::ArmedAssault),
            WeaponType::Other => continue,
        };
        if draft.mode.is_none() {
            draft.mode = Some(mode);
        }
        if generic_type && (draft.mode == Some(mode)) {
            draft.incident = Some(incident);
        }
        break;
    }
    if draft.mode == Some(Mode::SuicideAttack) {
        draft.incident = Some(IncidentType::SuicideBombing);
    }
}

pub(crate) fn contexts(scene: &Scene<'_>, draft: &Draft<'_>) -> Vec<Context> {
    let doc = scene.doc;
    let mut contexts = draft.row.contexts.clone();
    let mut state_force = false;
    for &head in draft.actors.iter().chain(&draft.recipients) {
        let denoted = frame::denoted(doc, &scene.codebook.frame, head);
        let lemma = frame::lemma(doc, denoted);
        if scene.codebook.events.is("terrorist", &lemma)
            || doc
                .children(denoted)
                .iter()
                .any(|&member| scene.codebook.events.is("terrorist", &frame::lemma(doc, member)))
        {
            contexts.push(Context::Terrorism);
        }
        if scene.codebook.events.is("state_military", &lemma) {
            contexts.push(Context::Military);
            state_force |= draft.actors.contains(&head);
        }
        state_force |=
            draft.actors.contains(&head) && scene.sense(denoted).target == Some(TargetType::Police);
    }
    if draft.incident == Some(IncidentType::SuicideBombing) {
        contexts.push(Context::Terrorism);
    }
    let dissent = draft.recipients.iter().any(|&head| {
        scene
            .codebook
            .events
            .is("dissenters", &frame::lemma(doc, frame::denoted(doc, &scene.codebook.frame, head)))
    });
    if state_force && dissent && matches!(draft.category, Category::Assault | Category::Coerce) {
        contexts.push(Context::Repression);
    }
    contexts.sort_unstable();
    contexts.dedup();
    contexts
}
