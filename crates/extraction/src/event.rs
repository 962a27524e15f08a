//! Events: triggers found, their arguments filled, doubles joined.
//!
//! In: a document, the codebook, the places and times found before. Out: event mentions in text order. One happening told by
//! two words of a sentence (`an attack that killed five`) is one mention; what several sentences tell is joined in `linkage`.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::codebook::{Category, Claim, IncidentType, Mode, Realis, TargetType};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{EventMention, Mentions, PhraseIndex};
use watchkeeper_record::reading::{Toll, Weapon};
use watchkeeper_record::span::Span;

use crate::argument::{Scene, Site};
use crate::codebook::{Codebook, Kind, Row, Slot};
use crate::domain::{Domain, Figurative};
use crate::realis::Verdict;
use crate::{attachment, claim, coding, frame, history, implied, join, realis, toll};

/// A trigger that matched a row, before doubles are joined.
pub(crate) struct Draft<'a> {
    pub(crate) row: &'a Row,
    pub(crate) site: Site,
    /// Heads of participants.
    pub(crate) actors: Vec<TokenIndex>,
    pub(crate) recipients: Vec<TokenIndex>,
    pub(crate) claim: Option<Claim>,
    pub(crate) verdict: Verdict,
    pub(crate) toll: Toll,
    pub(crate) category: Category,
    pub(crate) mode: Option<Mode>,
    pub(crate) incident: Option<IncidentType>,
    pub(crate) weapons: Vec<Weapon>,
    pub(crate) score: f32,
    pub(crate) why: Vec<String>,
    /// Further triggers that were joined to this one.
    pub(crate) joined: Vec<TokenIndex>,
    pub(crate) dropped: bool,
}

/// Least row score of a protest that other events stand beside.
const LEAST_BESIDE: f32 = 0.5;

/// Finds the events of a document.
pub(crate) fn run(doc: &Document, codebook: &Codebook, mentions: &mut Mentions) {
    let scene = Scene::new(doc, codebook, &mentions.places);
    let domain = Domain::read(doc, &codebook.domains);
    let looks_back = history::looks_back(&scene);
    let mut back = false;
    let mut block = 0;
    for (number, sentence) in doc.sentences().iter().enumerate() {
        if sentence.block != block {
            block = sentence.block;
            back &= looks_back;
        }
        match history::tide(&scene, sentence.tokens.clone()) {
            history::Tide::Back => back = true,
            history::Tide::Present => back = false,
            history::Tide::Still => {}
        }
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for index in sentence.tokens.clone() {
            if let Some(draft) = draft(&scene, &domain, index, sentence.block) {
                drafts.push(draft);
            }
        }
        if back {
            for draft in &mut drafts {
                let told = draft.verdict.realis == Realis::Actual && !draft.verdict.background;
                if told && history::told_in_past(&scene, &draft.site) {
                    draft.verdict.background = true;
                    draft.why.push("background: the passage is set in the past".to_owned());
                }
            }
        }
        // "the protesters": people of a protest that the sentence tells anyhow.
        if drafts.len() > 1 {
            drafts.retain(|draft| draft.row.score >= LEAST_BESIDE || draft.category != Category::Protest);
        }
        join::drop_doubles(&scene, &mut drafts);
        join::join_results(&scene, &mut drafts);
        for draft in drafts.into_iter().filter(|draft| !draft.dropped) {
            let number = u32::try_from(number).expect("fewer sentences than tokens");
            let event = finish(&scene, mentions, draft, number);
            mentions.events.push(event);
        }
    }
}

/// Reads one token as a trigger.
fn draft<'a>(scene: &Scene<'a>, domain: &Domain, index: TokenIndex, block: u32) -> Option<Draft<'a>> {
    let (kind, rows, site) = match rows_of(scene, index) {
        Some((kind, rows)) => (kind, rows, site(scene, index, kind)),
        None => verb_among_nouns(scene, index).or_else(|| participle(scene, index))?,
    };
    // Most conditions first; of equals a row that says it is nothing, then the first.
    let mut best: Option<(&Row, usize)> = None;
    for &(number, bonus) in &rows {
        let row = &scene.codebook.events.rows[number as usize];
        if row.needs.iter().all(|need| scene.holds(&site, need))
            && best.is_none_or(|(known, needs)| {
                let own = row.needs.len() + bonus;
                own > needs || own == needs && row.category.is_none() && known.category.is_some()
            })
        {
            best = Some((row, row.needs.len() + bonus));
        }
    }
    let (row, needs) = best?;
    let category = row.category?;
    if kind == Kind::Noun && refers_by_superlative(scene, index) {
        return None;
    }
    let (mut actors, actor_slot) = fill(scene, &site, &row.actor, true, category);
    let (mut recipients, recipient_slot) = fill(scene, &site, &row.recipient, false, category);
    if let Some((_, true)) = site.light {
        // "came under attack": the subject undergoes.
        recipients = site
            .light_roles
            .subjects
            .iter()
            .copied()
            .filter(|&head| scene.is_participant(head, false))
            .collect();
        actors.retain(|head| !recipients.contains(head));
    }
    recipients.retain(|head| !actors.contains(head));
    let mut why = vec![format!(
        "trigger {} ({}, row {})",
        row.name.split('|').next().unwrap_or(""),
        category,
        row.line
    )];
    if let Some(slot) = actor_slot.filter(|_| !actors.is_empty()) {
        why.push(format!("role actor: {}", slot_name(slot)));
    }
    if let Some(slot) = recipient_slot.filter(|_| !recipients.is_empty()) {
        why.push(format!("role recipient: {}", slot_name(slot)));
    }
    let span_of = |head: TokenIndex| phrase_span(scene, head);
    let mut weapons = scene.weapons(&site, span_of);
    let toll = toll::of_trigger(scene, &site, row, &recipients);
    let counted = toll != Toll::default();
    let mut evidence = Evidence::of(scene, &site, &actors, &recipients, !weapons.is_empty(), counted);
    if category != Category::Assault {
        evidence.human |= actors.iter().any(|&head| scene.is_somebody(head));
    }
    let figurative = domain.figurative(block);
    let literal = scene.codebook.events.is("literal", &frame::lemma(scene.doc, index))
        && (kind == Kind::Noun
            || !site.roles.objects.is_empty()
            || site.roles.passive
            || site.roles.subjects.iter().any(|&head| scene.is_somebody(head)));
    let by_people =
        actors.iter().any(|&head| scene.sense(frame::denoted(scene.doc, &scene.codebook.frame, head)).human);
    if row.weak && evidence.count() == 0 && matches!(category, Category::Assault | Category::Coerce) {
        evidence.armed = armed_near(scene, index);
    }
    let told = Told { literal, by_people, conflict_rate: domain.conflict_rate };
    if !admitted(row, category, &evidence, figurative, &told) || caused_by_nature(scene, &site, row) {
        return None;
    }
    if weapons.is_empty()
        && let Some(kind) = row.weapon
    {
        weapons.push(Weapon { r#type: kind, span: scene.doc.token(site.head).span });
    }
    let attributed = claim::attributed(scene, &site);
    let mut claimed = None;
    if let Some((heads, claim)) = attributed
        && (category == Category::Assault || category == Category::Coerce)
    {
        let heads: Vec<_> = heads.into_iter().filter(|&head| scene.is_participant(head, true)).collect();
        if !heads.is_empty() {
            why.push(format!("role actor: {claim} by attribution"));
            recipients.retain(|head| !heads.contains(head));
            actors = heads;
            claimed = Some(claim);
        }
    }
    // Words and politics without anybody are too little to record.
    let verbal = !matches!(
        category,
        Category::Assault | Category::Coerce | Category::Protest | Category::Mobilize | Category::Retreat
    );
    // "Talks collapsed on Tuesday": the words say what it was about.
    let about = kind == Kind::Verb
        && row.needs.iter().any(|need| {
            !need.absent && !need.words.is_empty() && matches!(need.slot, Slot::Object | Slot::Subject)
        });
    let nobody = actors.is_empty() && recipients.is_empty();
    if verbal && actors.is_empty() && (nobody && !about || kind == Kind::Noun && row.weak) {
        return None;
    }
    if category == Category::Protest && recipients.is_empty() {
        recipients = implied::addressed(scene, &site);
        recipients.retain(|head| !actors.contains(head));
        if !recipients.is_empty() {
            why.push("role recipient: addressed by the demand".to_owned());
        }
    }
    let shared = matches!(category, Category::Agree | Category::Consult | Category::Cooperate);
    if shared && actors.len() + recipients.len() > 1 {
        // "agreed that their countries …": the sides themselves.
        recipients.retain(|&head| !implied::owned_by_them(scene, head));
    }
    if implied::name_speakers(scene, &mut actors, category) {
        why.push("role actor: the speaker, for a pronoun".to_owned());
    }
    implied::name_speakers(scene, &mut recipients, category);
    recipients.retain(|head| !actors.contains(head));
    let mut verdict = realis::decide(scene, &site, category, counted);
    // "The ministry condemns …": who says it in the present says it.
    let says = matches!(
        category,
        Category::Accuse
            | Category::Support
            | Category::Request
            | Category::Reject
            | Category::Threaten
            | Category::Agree
            | Category::Concede
    );
    if says && verdict.realis == Realis::Generic && kind != Kind::Noun {
        verdict.realis = Realis::Actual;
        verdict.why.push("realis actual: said in the present tense".to_owned());
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of conditions")]
    let mut score = 0.62 + 0.05 * needs.min(2) as f32;
    score += if actors.is_empty() { 0.0 } else { 0.1 } + if recipients.is_empty() { 0.0 } else { 0.1 };
    if counted {
        score += 0.06;
    }
    score *= row.score;
    if row.weak && evidence.count() == 0 {
        score *= 0.7;
    }
    if verdict.realis != Realis::Actual {
        score *= 0.85;
    }
    if verbal && nobody || scene.doc.token(index).dep == Dep::Amod && site.roles.passive {
        score *= 0.6;
    }
    why.extend(verdict.why.iter().cloned());
    why.extend(predicate_words(scene, &site, row));
    let mut draft = Draft {
        row,
        site,
        actors,
        recipients,
        claim: claimed,
        verdict,
        toll,
        category,
        mode: row.mode,
        incident: row.incident,
        weapons,
        score,
        why,
        joined: Vec::new(),
        dropped: false,
    };
    coding::shift_category(scene, &mut draft);
    Some(draft)
}

/// The words that make the predicate together with its trigger: the light verb of a noun, `fire` in `opened fire`.
fn predicate_words(scene: &Scene<'_>, site: &Site, row: &Row) -> Vec<String> {
    let doc = scene.doc;
    let mut words: Vec<TokenIndex> = site.light.iter().map(|&(verb, _)| verb).collect();
    // "assassination attempt"
    if site.kind == Kind::Noun && doc.token(site.head).dep == Dep::Compound {
        words.push(doc.token(site.head).head);
    }
    for need in row.needs.iter().filter(|need| !need.absent && !need.words.is_empty()) {
        let fillers = match need.slot {
            Slot::Complement | Slot::ComplementModal | Slot::Modifier => continue,
            Slot::Near => {
                let range = frame::clause(doc, site.head);
                range.start.max(site.head.saturating_sub(NEAR))..range.end.min(site.head + NEAR)
            }
            .filter(|&at| at != site.head)
            .collect(),
            _ => scene.fillers(site, &need.slot),
        };
        words.extend(fillers.into_iter().filter(|&at| {
            need.words.contains(frame::lemma(doc, at).as_ref())
                || need.words.contains(doc.token(at).text.to_ascii_lowercase().as_str())
        }));
    }
    words.dedup();
    words.into_iter().map(|at| format!("with: {}", doc.token(at).text)).collect()
}

/// Tokens to either side in which the words of a predicate are looked for.
const NEAR: TokenIndex = 40;

fn slot_name(slot: &Slot) -> &str {
    match slot {
        Slot::Subject => "subject",
        Slot::Object => "object",
        Slot::Dative => "dative",
        Slot::Complement => "complement",
        Slot::Possessor => "possessor",
        Slot::Modifier => "modifier",
        Slot::Light => "light verb",
        Slot::Near => "near",
        Slot::Inside => "inside the object",
        Slot::ComplementModal => "modal",
        Slot::Preposition(word) => word,
    }
}

/// The rows whose trigger a token may be.
fn rows_of(scene: &Scene<'_>, index: TokenIndex) -> Option<(Kind, Vec<(u32, usize)>)> {
    let doc = scene.doc;
    let lexicon = &scene.codebook.events;
    let tok = doc.token(index);
    let mut rows: Vec<(u32, usize)> = Vec::new();
    let plain = |found: &Vec<u32>| found.iter().map(|&row| (row, 0)).collect::<Vec<_>>();
    match tok.pos {
        Pos::Verb => {
            if tok.dep == Dep::Amod || matches!(tok.dep, Dep::Compound) {
                return None;
            }
            let lemma = frame::lemma(doc, index);
            if lexicon.phrasal.contains(lemma.as_ref()) {
                // "shot dead two policemen": parsers hang the particle on the object after it.
                let stray = doc.tokens().get(index as usize + 1).is_some_and(|next| {
                    next.dep == Dep::Amod && next.text == "dead" && doc.token(next.head).head == index
                });
                let stray = stray.then_some(index + 1);
                for member in doc.children(index).iter().copied().chain(stray) {
                    if Some(member) == stray
                        || matches!(
                            doc.token(member).dep,
                            Dep::Prt
                                | Dep::Prep
                                | Dep::Advmod
                                | Dep::Acomp
                                | Dep::Oprd
                                | Dep::Dobj
                                | Dep::Advcl
                        )
                    {
                        let key = format!("{lemma} {}", doc.token(member).text.to_ascii_lowercase());
                        if let Some(found) = lexicon.verbs.get(&key) {
                            let particle = usize::from(doc.token(member).dep != Dep::Prep);
                            rows.extend(found.iter().map(|&row| (row, particle)));
                        }
                    }
                }
            }
            if let Some(found) = lexicon.verbs.get(lemma.as_ref()) {
                rows.extend(plain(found));
            }
            (!rows.is_empty()).then_some((Kind::Verb, rows))
        }
        Pos::Noun | Pos::Propn => {
            // "assassination attempt", "kidnap plot": the first noun tells what was tried.
            let tried = tok.dep == Dep::Compound && tok.pos == Pos::Noun && {
                let head = frame::lemma(doc, tok.head);
                let lexicon = &scene.codebook.realis;
                // "bombing campaign", "capable of hijacking airliners"
                let series = matches!(head.as_ref(), "campaign" | "spree" | "wave" | "spate");
                let gerund = tok.text.ends_with("ing")
                    && doc.token(tok.head).tag == Tag::Nns
                    && index > 0
                    && tok.head == index + 1
                    && doc.token(index - 1).pos == Pos::Adp;
                series
                    || gerund
                    || [&lexicon.attempt_nouns, &lexicon.plan_nouns, &lexicon.threat_nouns]
                        .iter()
                        .any(|list| list.contains(head.as_ref()))
            };
            if matches!(tok.dep, Dep::Compound | Dep::Amod | Dep::Nmod) && !tried {
                return None;
            }
            if tok.pos == Pos::Propn
                && (scene.entity[index as usize].is_some()
                    || !doc.children(index).iter().all(|&member| doc.token(member).pos != Pos::Propn))
            {
                return None;
            }
            let key = scene.joined(index).filter(|joined| lexicon.nouns.contains_key(joined));
            let lemma = frame::lemma(doc, index);
            let found = lexicon.nouns.get(key.as_deref().unwrap_or(lemma.as_ref()))?;
            Some((Kind::Noun, plain(found)))
        }
        Pos::Adj => {
            if tok.dep == Dep::Amod {
                return None;
            }
            let lemma = frame::lemma(doc, index);
            Some((Kind::Adjective, plain(lexicon.adjectives.get(lemma.as_ref())?)))
        }
        _ => None,
    }
}

/// A trigger with its kind, its rows (each with what speaks for it beside its conditions) and its place.
type Match = (Kind, Vec<(u32, usize)>, Site);

/// A verb of violence that the tagger took for a noun between its subject and its object: `Mobs lynch two thieves`.
fn verb_among_nouns(scene: &Scene<'_>, index: TokenIndex) -> Option<Match> {
    let doc = scene.doc;
    let lexicon = &scene.codebook.events;
    let tok = doc.token(index);
    if tok.pos != Pos::Noun || tok.dep != Dep::Compound || tok.tag != Tag::Nn {
        return None;
    }
    let lemma = frame::lemma(doc, index);
    if lexicon.nouns.contains_key(lemma.as_ref()) || !lexicon.is("literal", &lemma) {
        return None;
    }
    let rows = lexicon.verbs.get(lemma.as_ref())?;
    let before = index.checked_sub(1).filter(|&at| doc.sentence_of(at) == doc.sentence_of(index))?;
    let plural = matches!(doc.token(before).tag, Tag::Nns | Tag::Nnps | Tag::Nnp);
    if !plural || doc.token(tok.head).tag != Tag::Nns || tok.head < index {
        return None;
    }
    let roles = frame::Roles {
        subjects: vec![before],
        subject_found: Some(frame::Found::Here),
        objects: vec![tok.head],
        ..frame::Roles::default()
    };
    let site =
        Site { head: index, kind: Kind::Verb, roles, light: None, light_roles: frame::Roles::default() };
    Some((Kind::Verb, rows.iter().map(|&row| (row, 0)).collect(), site))
}

/// A participle before a noun: `the kidnapped girls`, and a past tense that the parser took for one (`The junta dissolved parliament`).
fn participle(scene: &Scene<'_>, index: TokenIndex) -> Option<Match> {
    let doc = scene.doc;
    let tok = doc.token(index);
    if tok.pos != Pos::Verb || tok.dep != Dep::Amod || tok.tag != Tag::Vbn || tok.head < index {
        return None;
    }
    let lexicon = &scene.codebook.events;
    let lemma = frame::lemma(doc, index);
    let rows = lexicon.verbs.get(lemma.as_ref())?;
    let literal = lexicon.is("literal", &lemma);
    let mut roles = frame::Roles { subject_found: Some(frame::Found::Here), ..frame::Roles::default() };
    let subject = doc.children(tok.head).iter().copied().find(|&member| {
        member < index && doc.token(member).dep == Dep::Nsubj && !frame::is_verb(doc, tok.head)
    });
    // "armed with a knife stabbed passengers"
    let after_noun = index > 0
        && doc.token(index - 1).pos == Pos::Noun
        && doc.token(index - 1).head == tok.head
        && matches!(doc.token(index - 1).dep, Dep::Nmod | Dep::Compound);
    if let Some(subject) = subject {
        roles.subjects = frame::conjuncts(doc, subject);
        roles.objects = vec![tok.head];
    } else if literal && after_noun {
        roles.objects = vec![tok.head];
    } else if literal && scene.sense(tok.head).human {
        roles.passive = true;
        roles.subjects = vec![tok.head];
    } else {
        return None;
    }
    let site =
        Site { head: index, kind: Kind::Verb, roles, light: None, light_roles: frame::Roles::default() };
    Some((Kind::Verb, rows.iter().map(|&row| (row, 0)).collect(), site))
}

fn site(scene: &Scene<'_>, head: TokenIndex, kind: Kind) -> Site {
    let lexicon = &scene.codebook.frame;
    let doc = scene.doc;
    let mut site = Site {
        head,
        kind,
        roles: frame::Roles::default(),
        light: None,
        light_roles: frame::Roles::default(),
    };
    match kind {
        Kind::Verb => site.roles = frame::roles(doc, lexicon, head),
        Kind::Adjective => {
            let verb = if matches!(doc.token(head).dep, Dep::Acomp | Dep::Oprd | Dep::Conj) {
                frame::governing_verb(doc, head)
            } else {
                None
            };
            site.roles = frame::roles(doc, lexicon, verb.unwrap_or(head));
            if verb.is_some() {
                let objects = std::mem::take(&mut site.roles.objects);
                // "left nine people dead": it is the object that is dead.
                if doc.token(head).dep == Dep::Oprd && !objects.is_empty() {
                    site.roles.subjects = objects;
                }
            }
        }
        Kind::Noun => {
            site.light = frame::light_verb(doc, lexicon, head);
            if let Some((verb, _)) = site.light {
                site.light_roles = frame::roles(doc, lexicon, verb);
            }
        }
    }
    site
}

/// The participants of the first slot that holds any.
fn fill<'r>(
    scene: &Scene<'_>,
    site: &Site,
    slots: &'r [Slot],
    as_actor: bool,
    category: Category,
) -> (Vec<TokenIndex>, Option<&'r Slot>) {
    // Words and politics are done to somebody; force and seizure also to things.
    let to_things = matches!(category, Category::Assault | Category::Coerce | Category::Mobilize);
    let accepts = |head: TokenIndex| {
        if as_actor || to_things { scene.is_participant(head, as_actor) } else { scene.is_somebody(head) }
    };
    for slot in slots {
        let fillers = scene.fillers(site, slot);
        let mut heads: Vec<TokenIndex> =
            fillers.iter().copied().filter(|&head| head != site.head && accepts(head)).collect();
        if heads.is_empty() && as_actor && *slot == Slot::Subject {
            heads = implied::behind_subjects(scene, &fillers, category);
        }
        // "demanded the removal of the governor and his men": whoever stands inside the first object comes first.
        if !heads.is_empty()
            && !as_actor
            && !to_things
            && *slot == Slot::Object
            && fillers.first().is_some_and(|&first| !accepts(first))
        {
            let mut inside = Vec::new();
            scene.within_noun(fillers[0], 2, &mut inside);
            inside.extend(heads.iter().copied().filter(|head| !inside.contains(head)).collect::<Vec<_>>());
            heads = inside;
        }
        // Where it happened is no one it happened to.
        let local = matches!(slot, Slot::Preposition(word) if matches!(word.as_str(), "in" | "at" | "near" | "outside" | "inside" | "over"));
        if local && category == Category::Assault {
            heads.retain(|&head| !is_named_place(scene, head) && !is_some_area(scene, head));
        }
        if heads.is_empty() && !as_actor && !to_things {
            heads = scene.within(site, slot);
        }
        heads.dedup();
        if !heads.is_empty() {
            return (heads, Some(slot));
        }
    }
    (Vec::new(), None)
}

/// `in the same city`, `in the country's north`: where it was, told by no name.
fn is_some_area(scene: &Scene<'_>, head: TokenIndex) -> bool {
    let areas = [
        "area", "capital", "city", "country", "county", "district", "east", "north", "province", "region",
        "south", "state", "town", "west",
    ];
    areas.contains(&frame::lemma(scene.doc, head).as_ref())
}

fn is_named_place(scene: &Scene<'_>, head: TokenIndex) -> bool {
    scene.in_place[head as usize]
        || matches!(scene.entity[head as usize], Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac))
}

/// `one of the deadliest attacks`: a comparison, not another happening.
fn refers_by_superlative(scene: &Scene<'_>, noun: TokenIndex) -> bool {
    let doc = scene.doc;
    matches!(doc.token(noun).dep, Dep::Pobj | Dep::Attr)
        && doc.children(noun).iter().any(|&member| {
            let tok = doc.token(member);
            tok.tag == Tag::Jjs && !frame::word_is(doc, member, &["latest", "most"])
                || tok.tag == Tag::Rbs
                || doc.children(member).iter().any(|&inner| doc.token(inner).tag == Tag::Rbs)
        })
}

/// What speaks for a real happening at a weak trigger.
struct Evidence {
    armed: bool,
    human: bool,
    weapon: bool,
    counted: bool,
    /// An actor is a name or a pronoun, or nobody acts.
    named: bool,
}

impl Evidence {
    fn of(
        scene: &Scene<'_>,
        site: &Site,
        actors: &[TokenIndex],
        recipients: &[TokenIndex],
        weapon: bool,
        counted: bool,
    ) -> Self {
        let lexicon = &scene.codebook.frame;
        let named = actors.is_empty()
            || actors
                .iter()
                .any(|&head| matches!(scene.doc.token(head).pos, Pos::Propn | Pos::Pron | Pos::Num));
        let mut evidence = Self { armed: false, human: false, weapon, counted, named };
        for &head in actors.iter().chain(recipients) {
            let sense = scene.sense(frame::denoted(scene.doc, lexicon, head));
            evidence.armed |= sense.armed
                || sense.target == Some(TargetType::Military)
                || sense.target == Some(TargetType::Police);
        }
        for &head in recipients {
            let sense = scene.sense(frame::denoted(scene.doc, lexicon, head));
            evidence.human |= sense.human || sense.target.is_some();
        }
        for &member in scene.doc.children(site.head) {
            evidence.armed |= scene.doc.token(member).dep != Dep::Conj && scene.sense(member).armed;
        }
        evidence
    }

    fn count(&self) -> u32 {
        u32::from(self.armed) + u32::from(self.human) + u32::from(self.weapon) + u32::from(self.counted)
    }
}

/// Whether the sentence names somebody armed near a trigger: `an attempt by soldiers to storm the prison`.
fn armed_near(scene: &Scene<'_>, index: TokenIndex) -> bool {
    let sentence = scene.doc.sentences()[scene.doc.sentence_of(index) as usize].tokens.clone();
    (sentence.start.max(index.saturating_sub(ARMED_NEAR))..sentence.end.min(index + ARMED_NEAR)).any(
        |other| {
            let sense = scene.sense(other);
            other != index && sense.armed && sense.target != Some(TargetType::Police)
        },
    )
}

/// Tokens to either side within which somebody armed speaks for a weak trigger.
const ARMED_NEAR: TokenIndex = 20;

/// What the word and the text say of a weak match.
struct Told {
    /// The word is seldom a figure of speech.
    literal: bool,
    /// People do it.
    by_people: bool,
    /// Conflict words per hundred words of the document.
    conflict_rate: f32,
}

/// Whether a match counts here: figures of speech and bare weak words don't.
fn admitted(row: &Row, category: Category, evidence: &Evidence, figurative: Figurative, told: &Told) -> bool {
    let violent = matches!(
        category,
        Category::Assault
            | Category::Threaten
            | Category::Mobilize
            | Category::Retreat
            | Category::Protest
            | Category::Coerce
    );
    if figurative != Figurative::No {
        let literal = !row.weak && evidence.human && category == Category::Coerce;
        let strong = evidence.armed && evidence.human && (evidence.counted || evidence.weapon);
        return literal && row.toll.is_some() || strong && violent && figurative == Figurative::Passage;
    }
    if row.weak && evidence.count() == 0 && violent {
        // A verb whose only participant is some ordinary noun is a figure of speech more often than not.
        let known = row.kind != Kind::Verb || evidence.named || told.by_people && row.score >= 0.7;
        return told.literal || told.conflict_rate >= 0.7 && known;
    }
    true
}

/// Deaths by storms, crashes and disease are no assaults.
fn caused_by_nature(scene: &Scene<'_>, site: &Site, row: &Row) -> bool {
    if !row.result {
        return false;
    }
    let doc = scene.doc;
    let cause = |head: TokenIndex| scene.codebook.events.is("causes", &frame::lemma(doc, head));
    let nature = |head: TokenIndex| {
        cause(head)
            || doc
                .children(head)
                .iter()
                .any(|&member| doc.token(member).dep == Dep::Compound && cause(member))
    };
    let accident = doc.children(site.head).iter().any(|&member| {
        matches!(doc.token(member).dep, Dep::Advcl | Dep::Conj)
            && doc
                .subtree(member)
                .take(14)
                .any(|inner| scene.codebook.events.is("accidents", &frame::lemma(doc, inner)))
    });
    if accident || site.roles.doers().iter().any(|&head| nature(head)) {
        return true;
    }
    frame::preps(doc, site.head).any(|(prep, object)| {
        frame::word_is(doc, prep, &["in", "from", "of", "by", "to", "during", "after", "with", "for"])
            && object.is_some_and(|object| frame::conjuncts(doc, object).into_iter().any(nature))
    })
}

fn phrase_span(scene: &Scene<'_>, head: TokenIndex) -> Span {
    scene.doc.span(frame::noun_phrase(scene.doc, &scene.codebook.frame, head).tokens)
}

/// Turns a draft into a mention.
fn finish(scene: &Scene<'_>, mentions: &mut Mentions, mut draft: Draft<'_>, sentence: u32) -> EventMention {
    let doc = scene.doc;
    let lexicon = &scene.codebook.frame;
    coding::refine_by_weapon(scene, &mut draft);
    let claim = draft.claim.unwrap_or_else(|| claim::of_frame(scene, &draft.site, &draft.actors));
    let mut targets = Vec::new();
    if matches!(draft.category, Category::Assault) {
        let mut heads = draft.recipients.clone();
        if draft.site.kind == Kind::Noun {
            heads.extend(frame::children_with(doc, draft.site.head, Dep::Compound));
        }
        for (prep, object) in frame::preps(doc, draft.site.head) {
            if frame::word_is(doc, prep, &["at", "on", "against", "near", "outside", "inside", "in", "into"])
            {
                heads.extend(object);
            }
        }
        targets = scene.targets(&heads, |head| phrase_span(scene, head));
    }
    let contexts = coding::contexts(scene, &draft);
    let trigger = trigger_tokens(scene, &draft);
    let mut phrases = |heads: &[TokenIndex]| -> Vec<PhraseIndex> {
        let mut found: Vec<PhraseIndex> = Vec::new();
        for &head in heads {
            let index = mentions.phrase(frame::noun_phrase(doc, lexicon, head));
            if !found.contains(&index) {
                found.push(index);
            }
        }
        found
    };
    let actors = phrases(&draft.actors);
    let recipients = phrases(&draft.recipients);
    let mut evidence = vec![doc.span(frame::clause(doc, draft.site.head))];
    let trigger_span = doc.span(trigger.clone());
    if !evidence[0].contains(trigger_span) {
        evidence.push(trigger_span);
    }
    let (places, time) = attachment::attachments(scene, mentions, &draft);
    EventMention {
        sentence,
        trigger,
        category: draft.category,
        mode: draft.mode,
        contexts,
        incident_type: draft.incident,
        actors,
        recipients,
        claim,
        places,
        time,
        weapons: draft.weapons,
        targets,
        toll: draft.toll,
        realis: draft.verdict.realis,
        background: draft.verdict.background,
        asserted_by: None,
        score: draft.score.clamp(0.05, 0.97),
        why: draft.why,
        evidence,
    }
}

fn trigger_tokens(scene: &Scene<'_>, draft: &Draft<'_>) -> Range<TokenIndex> {
    let doc = scene.doc;
    let head = draft.site.head;
    let mut end = head + 1;
    if draft.site.kind == Kind::Verb {
        for &member in doc.children(head) {
            if member == end && doc.token(member).dep == Dep::Prt {
                end = member + 1;
            }
        }
    }
    let start = if scene.joined(head).is_some() { head - 2 } else { head };
    start..end
}
