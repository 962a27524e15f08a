//! Sentence frames: who is subject, object and agent of a predicate, what phrase a noun heads, how a verb is inflected.
//!
//! In: dependencies of ClearNLP style. Out: token indices and phrases. It knows no event type. Every walk is bounded by
//! [`CLIMB_MAX`] steps up and visits each dependent at most once, so a document costs linear time.

use std::ops::Range;

use serde::Deserialize;
use watchkeeper_record::document::{Dep, Document, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::Phrase;

use crate::codebook::Words;

/// Most steps that any walk towards the root takes.
pub(crate) const CLIMB_MAX: usize = 12;
/// Most conjuncts that one coordination is read to have.
pub(crate) const CONJUNCTS_MAX: usize = 24;

/// Words that frames need; see `data/lexicon/en/frame.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    /// Light verbs whose subject does what the noun says.
    pub(crate) light_verbs_active: Words,
    /// Light verbs whose subject undergoes what the noun says.
    pub(crate) light_verbs_passive: Words,
    /// Nouns that stand for what follows `of`.
    pub(crate) partitives: Words,
    /// Nouns that keep their `of` phrase.
    pub(crate) offices: Words,
    /// Verbs whose object does the embedded act.
    pub(crate) object_control: Words,
    /// Verbs of perceiving: their subject is not the one who does it.
    pub(crate) witness: Words,
    /// Relative pronouns.
    pub(crate) relative_words: Words,
}

/// How a participant was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A dependent of the predicate itself.
    Here,
    /// The noun that a relative or reduced clause describes.
    Described,
    /// Shared with the verb it is coordinated with.
    Shared,
    /// Taken from the clause that governs it.
    Governor,
}

/// Participants of one verb, as deep roles where voice decides: heads only, conjuncts expanded, in text order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    /// Whether the verb is in the passive (or a reduced passive).
    pub(crate) passive: bool,
    /// Surface subjects (the undergoers, where passive).
    pub(crate) subjects: Vec<TokenIndex>,
    /// How the subject was found; `None` without one.
    pub(crate) subject_found: Option<Found>,
    /// Direct objects (and the described noun, where that is one).
    pub(crate) objects: Vec<TokenIndex>,
    /// Indirect objects.
    pub(crate) datives: Vec<TokenIndex>,
    /// `by` phrases of a passive.
    pub(crate) agents: Vec<TokenIndex>,
}

impl Roles {
    /// Who does it: subjects of an active verb, agents of a passive one.
    pub(crate) fn doers(&self) -> &[TokenIndex] {
        if self.passive { &self.agents } else { &self.subjects }
    }

    /// Who undergoes it: objects of an active verb, subjects of a passive one.
    pub(crate) fn undergoers(&self) -> &[TokenIndex] {
        if self.passive { &self.subjects } else { &self.objects }
    }
}

/// First dependent with a label.
pub(crate) fn child(doc: &Document, index: TokenIndex, dep: Dep) -> Option<TokenIndex> {
    doc.children(index).iter().copied().find(|&other| doc.token(other).dep == dep)
}

/// The first noun subject of a verb.
pub(crate) fn subject(doc: &Document, verb: TokenIndex) -> Option<TokenIndex> {
    doc.children(verb)
        .iter()
        .copied()
        .find(|&other| matches!(doc.token(other).dep, Dep::Nsubj | Dep::Nsubjpass))
}

/// Whether a verb form is of the simple present: also a bare form with a subject and no auxiliary (`guards here shoot first`).
pub(crate) fn simple_present(doc: &Document, verb: TokenIndex) -> bool {
    match doc.token(verb).tag {
        Tag::Vbz | Tag::Vbp => true,
        Tag::Vb => child(doc, verb, Dep::Nsubj).is_some() && child(doc, verb, Dep::Aux).is_none(),
        _ => false,
    }
}

/// Whether a verb is an infinitive with `to`, active or passive: `to attack`, `to be attacked`.
pub(crate) fn infinitive(doc: &Document, verb: TokenIndex) -> bool {
    let tok = doc.token(verb);
    let to = doc
        .children(verb)
        .iter()
        .any(|&other| doc.token(other).dep == Dep::Aux && doc.token(other).tag == Tag::To);
    to && (tok.tag == Tag::Vb || tok.tag == Tag::Vbn && child(doc, verb, Dep::Auxpass).is_some())
}

/// Dependents with a label, ascending.
pub(crate) fn children_with(
    doc: &Document,
    index: TokenIndex,
    dep: Dep,
) -> impl Iterator<Item = TokenIndex> + '_ {
    doc.children(index).iter().copied().filter(move |&other| doc.token(other).dep == dep)
}

/// The governor; `None` at the root of a sentence.
pub(crate) fn parent(doc: &Document, index: TokenIndex) -> Option<TokenIndex> {
    let head = doc.token(index).head;
    (head != index).then_some(head)
}

/// Whether a token is a verb form (auxiliaries included).
pub(crate) fn is_verb(doc: &Document, index: TokenIndex) -> bool {
    matches!(doc.token(index).pos, Pos::Verb | Pos::Aux)
}

/// Whether a token is a noun, name, pronoun or number used as one.
pub(crate) fn is_nominal(doc: &Document, index: TokenIndex) -> bool {
    let tok = doc.token(index);
    matches!(tok.pos, Pos::Noun | Pos::Propn | Pos::Pron | Pos::Num)
        || (matches!(tok.tag, Tag::Dt | Tag::Jj | Tag::Cd)
            && matches!(
                tok.dep,
                Dep::Nsubj | Dep::Nsubjpass | Dep::Dobj | Dep::Pobj | Dep::Conj | Dep::Dative | Dep::Attr
            ))
}

/// The lemma in lower case where it has capitals. Verbs whose forms the language package takes for those of a shorter verb
/// (`staged` for a form of `stag`) get their own.
pub(crate) fn lemma(doc: &Document, index: TokenIndex) -> std::borrow::Cow<'_, str> {
    let tok = doc.token(index);
    let text = tok.lemma.as_str();
    if tok.pos == Pos::Verb
        && let Some(repaired) = repaired_lemma(text, &tok.text)
    {
        return repaired.into();
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

/// The verb that a form belongs to where the lemmatizer names another: (its lemma, how the form begins, the verb).
fn repaired_lemma(lemma: &str, form: &str) -> Option<&'static str> {
    const REPAIRS: [(&str, &str, &str); 12] = [
        ("stag", "stag", "stage"),
        ("rap", "rape", "rape"),
        ("rap", "rapi", "rape"),
        ("wag", "wage", "wage"),
        ("wag", "wagi", "wage"),
        ("hop", "hope", "hope"),
        ("hop", "hopi", "hope"),
        ("fin", "fine", "fine"),
        ("can", "cane", "cane"),
        ("cordone", "cordon", "cordon"),
        ("resupplie", "resupplie", "resupply"),
        ("waterboarde", "waterboard", "waterboard"),
    ];
    let begins = |start: &str| {
        form.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    REPAIRS.iter().find(|(wrong, start, _)| *wrong == lemma && begins(start)).map(|&(_, _, verb)| verb)
}

/// The hyphenated form that ends in a token, in lower case: `cease-fire`. None where no hyphen joins it to the word before.
pub(crate) fn joined(doc: &Document, index: TokenIndex) -> Option<String> {
    if index < 2 || doc.token(index - 1).text != "-" || doc.token(index - 2).space_after {
        return None;
    }
    if doc.sentence_of(index - 2) != doc.sentence_of(index) {
        return None;
    }
    Some(format!("{}-{}", doc.token(index - 2).text.to_ascii_lowercase(), lemma(doc, index)))
}

/// Whether the word (its text, whatever its case) is one of these.
pub(crate) fn word_is(doc: &Document, index: TokenIndex, words: &[&str]) -> bool {
    words.iter().any(|word| doc.token(index).text.eq_ignore_ascii_case(word))
}

/// Objects of the prepositions `words` that depend on a token (also one preposition further: `as part of`, `out of`), conjuncts expanded.
pub(crate) fn prep_objects(doc: &Document, index: TokenIndex, words: &[&str]) -> Vec<TokenIndex> {
    let mut found = Vec::new();
    for &prep in doc.children(index) {
        if matches!(doc.token(prep).dep, Dep::Prep | Dep::Dative | Dep::Agent) && word_is(doc, prep, words) {
            for object in children_with(doc, prep, Dep::Pobj) {
                conjuncts_into(doc, object, &mut found);
            }
        }
    }
    found
}

/// The prepositions that depend on a token, each with its object where it has one.
pub(crate) fn preps(
    doc: &Document,
    index: TokenIndex,
) -> impl Iterator<Item = (TokenIndex, Option<TokenIndex>)> + '_ {
    doc.children(index)
        .iter()
        .copied()
        .filter(|&prep| {
            matches!(doc.token(prep).dep, Dep::Prep | Dep::Agent | Dep::Dative)
                && doc.token(prep).pos != Pos::Noun
        })
        .map(|prep| (prep, child(doc, prep, Dep::Pobj)))
}

/// A head and all that is coordinated with it, in text order.
pub(crate) fn conjuncts(doc: &Document, head: TokenIndex) -> Vec<TokenIndex> {
    let mut found = Vec::new();
    conjuncts_into(doc, head, &mut found);
    found
}

fn conjuncts_into(doc: &Document, head: TokenIndex, found: &mut Vec<TokenIndex>) {
    let first = found.len();
    found.push(head);
    let mut at = first;
    while at < found.len() && found.len() - first < CONJUNCTS_MAX {
        let members = children_with(doc, found[at], Dep::Conj)
            .filter(|&member| is_nominal(doc, member) || doc.token(member).pos == doc.token(head).pos);
        found.extend(members);
        at += 1;
    }
    found[first..].sort_unstable();
}

/// The first member of the coordination that a token is in.
pub(crate) fn coordination_head(doc: &Document, index: TokenIndex) -> TokenIndex {
    let mut at = index;
    for _ in 0..CONJUNCTS_MAX {
        if doc.token(at).dep != Dep::Conj || doc.token(at).head == at {
            break;
        }
        at = doc.token(at).head;
    }
    at
}

/// Whether a token is a relative pronoun.
pub(crate) fn is_relative(doc: &Document, lexicon: &Lexicon, index: TokenIndex) -> bool {
    let tok = doc.token(index);
    matches!(tok.tag, Tag::Wdt | Tag::Wp | Tag::WpS)
        || (tok.tag == Tag::In && lexicon.relative_words.contains(lemma(doc, index).as_ref()))
}

/// The noun phrase of a head: determiners, modifiers and compounds before it; after it an `of` phrase where the head
/// alone doesn't say who (`a group of militants`), and a name set against it without a comma (`the rebel group M23`).
pub(crate) fn noun_phrase(doc: &Document, lexicon: &Lexicon, head: TokenIndex) -> Phrase {
    Phrase { tokens: left_edge(doc, head)..right_edge(doc, lexicon, head, 3), head }
}

fn left_edge(doc: &Document, head: TokenIndex) -> TokenIndex {
    let mut left = head;
    for &member in doc.children(head).iter().rev() {
        if member >= head {
            continue;
        }
        let tok = doc.token(member);
        // "shot dead two farmers": the verb's own word, which parsers hang on its object.
        if tok.dep == Dep::Amod && tok.text == "dead" && member > 0 && is_verb(doc, member - 1) {
            break;
        }
        let belongs = match tok.dep {
            Dep::Det
            | Dep::Amod
            | Dep::Compound
            | Dep::Nummod
            | Dep::Poss
            | Dep::Nmod
            | Dep::Quantmod
            | Dep::Predet
            | Dep::Case => true,
            Dep::Advmod => doc.subtree(member).end == left && !matches!(tok.tag, Tag::Wrb),
            Dep::Punct => {
                tok.tag == Tag::Hyph
                    || (matches!(tok.text.as_str(), "\"" | "“" | "‘" | "'") && member + 1 == left)
            }
            Dep::Npadvmod => tok.pos != Pos::Punct && doc.subtree(member).end == left,
            _ => false,
        };
        let range = doc.subtree(member);
        if !belongs || range.end > head || (range.end != left && left != head && tok.dep == Dep::Advmod) {
            if matches!(tok.dep, Dep::Punct) {
                continue;
            }
            if !belongs {
                break;
            }
        }
        left = left.min(range.start.max(member.saturating_sub(12)));
    }
    // An opening quotation mark stays only if the phrase closes it.
    while left < head && (doc.token(left).pos == Pos::Punct && doc.token(left).tag != Tag::Hyph) {
        left += 1;
    }
    // "On Sunday gunmen killed": parsers hang the day or the town that opens the sentence on the noun after it, and leave the
    // preposition without an object.
    let orphan = left > 0
        && word_is(doc, left - 1, &["on", "in", "at", "near"])
        && doc.token(left - 1).dep == Dep::Prep
        && child(doc, left - 1, Dep::Pobj).is_none();
    if orphan && doc.token(head).pos == Pos::Noun {
        let names = (left..head).take_while(|&at| doc.token(at).pos == Pos::Propn).count();
        left += names as TokenIndex;
    }
    left
}

fn right_edge(doc: &Document, lexicon: &Lexicon, head: TokenIndex, depth: u32) -> TokenIndex {
    let mut right = head + 1;
    let tok = doc.token(head);
    for &member in doc.children(head) {
        if member <= head {
            continue;
        }
        let other = doc.token(member);
        match other.dep {
            Dep::Case | Dep::Nummod if member == right => right = member + 1,
            Dep::Appos | Dep::Nmod if left_edge(doc, member) == right && other.pos == Pos::Propn => {
                right = member + 1;
            }
            Dep::Prep if member == right && depth > 0 && word_is(doc, member, &["of"]) => {
                let Some(object) = child(doc, member, Dep::Pobj) else { continue };
                let word = lemma(doc, head);
                let keeps = lexicon.partitives.contains(word.as_ref())
                    || lexicon.offices.contains(word.as_ref())
                    || tok.tag == Tag::Cd
                    || matches!(tok.pos, Pos::Propn | Pos::Pron | Pos::Num)
                        && doc.token(object).pos == Pos::Propn
                    || matches!(tok.tag, Tag::Dt | Tag::Jj | Tag::Jjs | Tag::Jjr);
                if keeps && object > member {
                    right = right_edge(doc, lexicon, object, depth - 1);
                }
            }
            Dep::Punct | Dep::Cc | Dep::Conj => {}
            _ => {
                if member >= right && !matches!(other.dep, Dep::Prep) {
                    break;
                }
            }
        }
    }
    right
}

/// What a partitive stands for: `militants` in `a group of militants`, `two of the militants`; else the head itself.
pub(crate) fn denoted(doc: &Document, lexicon: &Lexicon, head: TokenIndex) -> TokenIndex {
    let mut at = head;
    for _ in 0..3 {
        let word = lemma(doc, at);
        if !(lexicon.partitives.contains(word.as_ref()) || doc.token(at).tag == Tag::Cd) {
            break;
        }
        let of = doc
            .children(at)
            .iter()
            .copied()
            .find(|&prep| prep > at && doc.token(prep).dep == Dep::Prep && word_is(doc, prep, &["of"]));
        match of.and_then(|prep| child(doc, prep, Dep::Pobj)) {
            Some(object) => at = object,
            None => break,
        }
    }
    at
}

/// Verbs of violence that have an object wherever they are active.
const TRANSITIVE: [&str; 17] = [
    "kill", "shoot", "stab", "hack", "behead", "murder", "rape", "torture", "abduct", "kidnap", "arrest",
    "wound", "injure", "hang", "execute", "strangle", "detain",
];

/// Other verbs of violence that headlines leave without their auxiliary.
const IN_HEADLINES: [&str; 13] = [
    "ambush", "attack", "bomb", "burn", "capture", "free", "raid", "release", "seize", "shell", "storm",
    "target", "slay",
];

/// Whether a verb is a participle that a headline leaves without its auxiliary: "Two policemen shot dead", "Convoy ambushed near Mara".
/// What headlines say in the active stands in the present: a past form without an object undergoes.
fn headline_participle(doc: &Document, verb: TokenIndex) -> bool {
    let tok = doc.token(verb);
    if !matches!(tok.tag, Tag::Vbd | Tag::Vbn) || !doc.in_title(verb) {
        return false;
    }
    let word = lemma(doc, verb);
    if !TRANSITIVE.contains(&word.as_ref()) && !IN_HEADLINES.contains(&word.as_ref()) {
        return false;
    }
    let children = doc.children(verb);
    let after_subject = children.iter().any(|&other| other < verb && doc.token(other).dep == Dep::Nsubj);
    // "shot at", "stormed into"; but nobody "kidnaps on": "Five traders abducted on road to Mara".
    let aims = word == "shoot" || !TRANSITIVE.contains(&word.as_ref());
    let active = children.iter().any(|&other| {
        matches!(doc.token(other).dep, Dep::Dobj | Dep::Aux | Dep::Dative | Dep::Conj | Dep::Prt)
            || aims
                && other > verb
                && doc.token(other).dep == Dep::Prep
                && word_is(doc, other, &["at", "on", "upon", "into"])
    });
    after_subject && !active
}

/// Whether a verb is passive: `was killed`, `got shot`, a reduced `the men killed by`, and a participle that shares one's auxiliary.
pub(crate) fn is_passive(doc: &Document, verb: TokenIndex) -> bool {
    let mut at = verb;
    for _ in 0..CLIMB_MAX {
        if doc.children(at).iter().any(|&other| {
            matches!(doc.token(other).dep, Dep::Auxpass | Dep::Nsubjpass | Dep::Csubjpass | Dep::Agent)
        }) {
            return true;
        }
        let tok = doc.token(at);
        if at == verb && headline_participle(doc, verb) {
            return true;
        }
        // "were dragged out and hacked to death": taggers take the later participle for a past tense.
        let shared = tok.tag == Tag::Vbd
            && tok.dep == Dep::Conj
            && doc.token(tok.head).tag == Tag::Vbn
            && TRANSITIVE.contains(&lemma(doc, at).as_ref());
        if tok.tag != Tag::Vbn && !shared {
            return false;
        }
        let has_own = doc
            .children(at)
            .iter()
            .any(|&other| matches!(doc.token(other).dep, Dep::Aux | Dep::Nsubj | Dep::Dobj));
        // "14 others wounded": a participle with a subject and no auxiliary of its own is no perfect.
        let bare = child(doc, at, Dep::Nsubj).is_some()
            && child(doc, at, Dep::Aux).is_none()
            && child(doc, at, Dep::Dobj).is_none();
        if bare {
            return true;
        }
        match tok.dep {
            Dep::Acl => return true,
            Dep::Amod => return true,
            Dep::Conj if !has_own => at = tok.head,
            // "was found strangled", "saw him shot"
            Dep::Xcomp => return !has_own,
            Dep::Advcl | Dep::Relcl | Dep::Oprd | Dep::Root | Dep::Dep => {
                return !has_own || (tok.dep == Dep::Oprd);
            }
            _ => return false,
        }
    }
    false
}

/// Participants of a verb, each with its conjuncts, recovered through relative and reduced clauses, coordination,
/// infinitives and participles.
pub(crate) fn roles(doc: &Document, lexicon: &Lexicon, verb: TokenIndex) -> Roles {
    let mut roles = Roles { passive: is_passive(doc, verb), ..Roles::default() };
    let tok = doc.token(verb);
    let relative = tok.dep == Dep::Relcl;
    let mut relative_used = false;
    let described = |index: TokenIndex| if relative { Some(doc.token(index).head) } else { None };
    for &member in doc.children(verb) {
        match doc.token(member).dep {
            Dep::Nsubj | Dep::Nsubjpass | Dep::Csubj | Dep::Csubjpass => {
                if is_relative(doc, lexicon, member) {
                    if let Some(noun) = antecedent(doc, verb) {
                        relative_used = true;
                        roles.subjects.push(noun);
                        roles.subject_found = Some(Found::Described);
                    }
                } else {
                    conjuncts_into(doc, member, &mut roles.subjects);
                    roles.subject_found = Some(Found::Here);
                }
            }
            Dep::Dobj => {
                if is_relative(doc, lexicon, member) {
                    if let Some(noun) = antecedent(doc, verb) {
                        relative_used = true;
                        roles.objects.push(noun);
                    }
                } else {
                    conjuncts_into(doc, member, &mut roles.objects);
                }
            }
            Dep::Dative => {
                if is_nominal(doc, member) {
                    conjuncts_into(doc, member, &mut roles.datives);
                } else if let Some(object) = child(doc, member, Dep::Pobj) {
                    conjuncts_into(doc, object, &mut roles.datives);
                }
            }
            Dep::Agent => {
                for object in children_with(doc, member, Dep::Pobj) {
                    conjuncts_into(doc, object, &mut roles.agents);
                }
            }
            Dep::Prep if roles.passive && word_is(doc, member, &["by"]) => {
                for object in children_with(doc, member, Dep::Pobj) {
                    conjuncts_into(doc, object, &mut roles.agents);
                }
            }
            _ => {}
        }
    }
    // "the man they killed": the described noun is the object where the clause has a subject and no object of its own.
    if relative && !relative_used && roles.objects.is_empty() && !roles.subjects.is_empty() && !roles.passive
    {
        let by_prep = doc.children(verb).iter().any(|&other| {
            doc.token(other).dep == Dep::Prep
                && child(doc, other, Dep::Pobj).is_some_and(|object| is_relative(doc, lexicon, object))
                || doc.token(other).tag == Tag::Wrb
        });
        if let Some(noun) = described(verb).filter(|_| !by_prep) {
            roles.objects.push(noun);
        }
    }
    if roles.subjects.is_empty()
        && let Some((subjects, found)) = borrowed_subject(doc, lexicon, verb, roles.passive, 4)
    {
        roles.subjects = subjects;
        roles.subject_found = Some(found);
    }
    // "A force of fighters, called the Wing, has struck": parsers hang the subject on the participle that describes it.
    if roles.subjects.is_empty() {
        let described = doc.children(verb).iter().copied().find(|&member| {
            let other = doc.token(member);
            member < verb
                && other.dep == Dep::Ccomp
                && (other.tag == Tag::Vbn
                    || other.tag == Tag::Vbd && member > 0 && doc.token(member - 1).text == ",")
                && child(doc, member, Dep::Aux).is_none()
        });
        if let Some(subject) = described.and_then(|member| child(doc, member, Dep::Nsubj)) {
            conjuncts_into(doc, subject, &mut roles.subjects);
            roles.subject_found = Some(Found::Described);
        }
    }
    // Objects shared by coordinated verbs: "attacked and burned the village".
    if roles.objects.is_empty() && !roles.passive {
        let shared = doc.children(verb).iter().copied().find(|&other| {
            doc.token(other).dep == Dep::Conj && is_verb(doc, other) && doc.token(other).tag == tok.tag
        });
        if let Some(other) = shared {
            let bare = !doc.children(verb).iter().any(|&other| {
                matches!(doc.token(other).dep, Dep::Prep | Dep::Xcomp | Dep::Ccomp | Dep::Prt | Dep::Dative)
            });
            if bare && other <= verb + 3 {
                for object in children_with(doc, other, Dep::Dobj) {
                    conjuncts_into(doc, object, &mut roles.objects);
                }
            }
        }
    }
    // An agent after the last of coordinated participles: "attacked and killed by militants".
    if roles.passive && roles.agents.is_empty() {
        let mut at = verb;
        for _ in 0..3 {
            let next = children_with(doc, at, Dep::Conj).find(|&other| doc.token(other).tag == Tag::Vbn);
            let Some(next) = next else { break };
            for agent in children_with(doc, next, Dep::Agent) {
                for object in children_with(doc, agent, Dep::Pobj) {
                    conjuncts_into(doc, object, &mut roles.agents);
                }
            }
            if !roles.agents.is_empty() {
                break;
            }
            at = next;
        }
    }
    roles
}

/// What a day stands beside: a mine `near Kantchari on Wednesday, which killed nine people`; a day kills nobody.
fn before_day(doc: &Document, noun: TokenIndex) -> TokenIndex {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let day = |at: TokenIndex| DAYS.contains(&doc.token(at).text.to_lowercase().as_str());
    let beside = parent(doc, noun).filter(|&prep| day(noun) && doc.token(prep).dep == Dep::Prep);
    let mut at = beside.and_then(|prep| parent(doc, prep)).unwrap_or(noun);
    // `near Kantchari on Wednesday`: the day may hang on the town.
    while at != noun && doc.token(at).dep == Dep::Pobj {
        let Some(up) = parent(doc, at).and_then(|prep| parent(doc, prep)) else { break };
        at = up;
    }
    if matches!(doc.token(at).pos, Pos::Noun | Pos::Propn) { at } else { noun }
}

/// The noun that a relative clause describes, also for a verb coordinated inside it.
pub(crate) fn antecedent(doc: &Document, verb: TokenIndex) -> Option<TokenIndex> {
    let mut at = verb;
    for _ in 0..CLIMB_MAX {
        let tok = doc.token(at);
        match tok.dep {
            Dep::Relcl => return (tok.head != at).then(|| before_day(doc, tok.head)),
            Dep::Conj | Dep::Xcomp | Dep::Ccomp | Dep::Advcl if tok.head != at => at = tok.head,
            _ => return None,
        }
    }
    None
}

/// The subject that a verb without one of its own is understood to have.
fn borrowed_subject(
    doc: &Document,
    lexicon: &Lexicon,
    verb: TokenIndex,
    passive: bool,
    depth: u32,
) -> Option<(Vec<TokenIndex>, Found)> {
    if depth == 0 {
        return None;
    }
    let tok = doc.token(verb);
    let head = parent(doc, verb)?;
    let one = |index: TokenIndex, found: Found| Some((vec![index], found));
    match tok.dep {
        Dep::Acl | Dep::Relcl | Dep::Amod => {
            if tok.tag == Tag::Vb {
                // "a plan to attack": whoever has the plan.
                return noun_owner(doc, lexicon, head, depth - 1).map(|subjects| (subjects, Found::Governor));
            }
            if is_verb(doc, head) {
                return own_or_borrowed(doc, lexicon, head, depth - 1)
                    .map(|(subjects, _)| (subjects, Found::Governor));
            }
            one(head, Found::Described)
        }
        Dep::Conj => {
            if !is_verb(doc, head) {
                return None;
            }
            own_or_borrowed(doc, lexicon, head, depth - 1).map(|(subjects, _)| (subjects, Found::Shared))
        }
        Dep::Xcomp | Dep::Advcl | Dep::Ccomp | Dep::Dep | Dep::Parataxis | Dep::Oprd | Dep::Acomp => {
            if !is_verb(doc, head) {
                // "was able to attack": an adjective hangs on its copula.
                let up = parent(doc, head)?;
                if is_verb(doc, up) {
                    return own_or_borrowed(doc, lexicon, up, depth - 1)
                        .map(|(subjects, _)| (subjects, Found::Governor));
                }
                return None;
            }
            if tok.dep == Dep::Ccomp && !matches!(tok.tag, Tag::Vb | Tag::Vbg | Tag::Vbn) {
                return None;
            }
            let control = matches!(tok.dep, Dep::Xcomp | Dep::Ccomp)
                && lexicon.object_control.contains(lemma(doc, head).as_ref());
            governed(doc, lexicon, head, control, depth - 1)
        }
        Dep::Pcomp => {
            let up = parent(doc, head)?;
            if is_verb(doc, up) {
                let control = lexicon.object_control.contains(lemma(doc, up).as_ref());
                let found = governed(doc, lexicon, up, control, depth - 1);
                if found.is_some() || passive {
                    return found;
                }
                return None;
            }
            // "is guilty of violating": an adjective hangs on its copula.
            if doc.token(up).dep == Dep::Acomp {
                let copula = parent(doc, up)?;
                return own_or_borrowed(doc, lexicon, copula, depth - 1)
                    .map(|(subjects, _)| (subjects, Found::Governor));
            }
            noun_owner(doc, lexicon, up, depth - 1).map(|subjects| (subjects, Found::Governor))
        }
        _ => None,
    }
}

fn governed(
    doc: &Document,
    lexicon: &Lexicon,
    head: TokenIndex,
    object_control: bool,
    depth: u32,
) -> Option<(Vec<TokenIndex>, Found)> {
    if object_control && !is_passive(doc, head) {
        let objects = child(doc, head, Dep::Dobj).or_else(|| child(doc, head, Dep::Dative));
        if let Some(object) = objects {
            return Some((conjuncts(doc, object), Found::Governor));
        }
    }
    if witnesses(doc, lexicon, head) {
        return None;
    }
    own_or_borrowed(doc, lexicon, head, depth).map(|(subjects, _)| (subjects, Found::Governor))
}

/// Whether a verb tells what somebody perceives, who then isn't the one that does it: `residents heard shooting`.
fn witnesses(doc: &Document, lexicon: &Lexicon, verb: TokenIndex) -> bool {
    lexicon.witness.contains(lemma(doc, verb).as_ref()) && !is_passive(doc, verb)
}

fn own_or_borrowed(
    doc: &Document,
    lexicon: &Lexicon,
    verb: TokenIndex,
    depth: u32,
) -> Option<(Vec<TokenIndex>, Found)> {
    let own = doc
        .children(verb)
        .iter()
        .copied()
        .find(|&member| matches!(doc.token(member).dep, Dep::Nsubj | Dep::Nsubjpass | Dep::Csubj));
    match own {
        Some(member) if is_relative(doc, lexicon, member) => {
            antecedent(doc, verb).map(|noun| (vec![noun], Found::Described))
        }
        Some(member) => Some((conjuncts(doc, member), Found::Here)),
        None => borrowed_subject(doc, lexicon, verb, is_passive(doc, verb), depth),
    }
}

/// Whoever has, makes or does what a noun says: its possessor, its `by` phrase, or the subject of the verb it is object of.
pub(crate) fn noun_owner(
    doc: &Document,
    lexicon: &Lexicon,
    noun: TokenIndex,
    depth: u32,
) -> Option<Vec<TokenIndex>> {
    if depth == 0 {
        return None;
    }
    if let Some(owner) = child(doc, noun, Dep::Poss) {
        return Some(conjuncts(doc, owner));
    }
    let by = prep_objects(doc, noun, &["by"]);
    if !by.is_empty() {
        return Some(by);
    }
    let tok = doc.token(noun);
    let head = parent(doc, noun)?;
    match tok.dep {
        Dep::Dobj | Dep::Attr | Dep::Oprd if is_verb(doc, head) && !witnesses(doc, lexicon, head) => {
            own_or_borrowed(doc, lexicon, head, depth - 1).map(|(subjects, _)| subjects)
        }
        Dep::Pobj => {
            let up = parent(doc, head)?;
            if is_verb(doc, up) && !is_passive(doc, up) {
                own_or_borrowed(doc, lexicon, up, depth - 1).map(|(subjects, _)| subjects)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The nearest verb that governs a token (not the token itself): the predicate of its clause.
pub(crate) fn governing_verb(doc: &Document, index: TokenIndex) -> Option<TokenIndex> {
    let mut at = index;
    for _ in 0..CLIMB_MAX {
        at = parent(doc, at)?;
        if is_verb(doc, at) {
            return Some(at);
        }
    }
    None
}

/// Tokens of the clause that a token stands in: the subtree of its clause's predicate, without clauses that report it.
/// Always inside the sentence, never empty.
pub(crate) fn clause(doc: &Document, index: TokenIndex) -> Range<TokenIndex> {
    let mut at = index;
    for _ in 0..CLIMB_MAX {
        let tok = doc.token(at);
        if is_verb(doc, at)
            && matches!(
                tok.dep,
                Dep::Root
                    | Dep::Ccomp
                    | Dep::Relcl
                    | Dep::Advcl
                    | Dep::Conj
                    | Dep::Parataxis
                    | Dep::Pcomp
                    | Dep::Acl
            )
        {
            break;
        }
        match parent(doc, at) {
            Some(head) => at = head,
            None => break,
        }
    }
    let mut range = doc.subtree(at);
    while range.end - range.start > 1 && doc.token(range.end - 1).pos == Pos::Punct {
        range.end -= 1;
    }
    while range.end - range.start > 1 && doc.token(range.start).pos == Pos::Punct {
        range.start += 1;
    }
    range
}

/// The modal and other auxiliaries of a verb, its own or those of the verb it is coordinated with.
pub(crate) fn auxiliaries(doc: &Document, verb: TokenIndex) -> Vec<TokenIndex> {
    let mut at = verb;
    for _ in 0..CLIMB_MAX {
        let own: Vec<_> = doc
            .children(at)
            .iter()
            .copied()
            .filter(|&other| matches!(doc.token(other).dep, Dep::Aux | Dep::Auxpass))
            .collect();
        let tok = doc.token(at);
        if !own.is_empty() || subject(doc, at).is_some() || tok.dep != Dep::Conj || !is_verb(doc, tok.head) {
            return own;
        }
        if !matches!(tok.tag, Tag::Vb | Tag::Vbn | Tag::Vbg) {
            return own;
        }
        at = tok.head;
    }
    Vec::new()
}

/// The modal of a verb, in lower case: `may`, `would`, `ca` (of can't), or none.
pub(crate) fn modal(doc: &Document, verb: TokenIndex) -> Option<TokenIndex> {
    auxiliaries(doc, verb).into_iter().find(|&other| doc.token(other).tag == Tag::Md)
}

/// The word that negates a predicate directly: `not`, `n't`, `never`, or `no` on a noun.
pub(crate) fn negation(doc: &Document, index: TokenIndex) -> Option<TokenIndex> {
    doc.children(index).iter().copied().find(|&other| {
        let tok = doc.token(other);
        tok.dep == Dep::Neg
            || (tok.dep == Dep::Det && word_is(doc, other, &["no", "neither"]))
            || (tok.dep == Dep::Advmod && word_is(doc, other, &["never", "hardly", "nowhere"]))
            || (tok.dep == Dep::Preconj && word_is(doc, other, &["neither"]))
    })
}

/// How a noun is the real predicate of a light verb: the verb, and whether its subject undergoes rather than does.
pub(crate) fn light_verb(doc: &Document, lexicon: &Lexicon, noun: TokenIndex) -> Option<(TokenIndex, bool)> {
    let top = coordination_head(doc, noun);
    let tok = doc.token(top);
    let head = parent(doc, top)?;
    match tok.dep {
        Dep::Dobj | Dep::Nsubjpass if is_verb(doc, head) => {
            let word = lemma(doc, head);
            if lexicon.light_verbs_active.contains(word.as_ref()) {
                return Some((head, false));
            }
            lexicon.light_verbs_passive.contains(word.as_ref()).then_some((head, true))
        }
        Dep::Pobj => {
            let up = parent(doc, head)?;
            if !is_verb(doc, up) {
                return None;
            }
            let word = lemma(doc, up);
            let under = word_is(doc, head, &["under"]);
            if under && lexicon.light_verbs_passive.contains(word.as_ref()) {
                return Some((up, true));
            }
            None
        }
        Dep::Relcl => None,
        _ => {
            // "the attack they carried out": a relative clause on the noun holds the light verb.
            let relative = children_with(doc, noun, Dep::Relcl)
                .chain(children_with(doc, noun, Dep::Acl))
                .find(|&verb| {
                    let word = lemma(doc, verb);
                    lexicon.light_verbs_active.contains(word.as_ref())
                        && !matches!(
                            word.as_ref(),
                            "announce" | "declare" | "order" | "threaten" | "plan" | "offer" | "promise"
                        )
                });
            relative.map(|verb| (verb, false))
        }
    }
}
