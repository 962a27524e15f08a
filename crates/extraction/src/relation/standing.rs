//! Standing relations told by nouns: `the army's war against X`, `Y's support for X`, `an alliance that includes A and B`,
//! `formerly X`.

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Realis, RelationKind};
use watchkeeper_record::document::{Dep, Pos, TokenIndex};

use super::{Draft, Reader};
use crate::frame::{self, children_with, is_verb, lemma};
use crate::modality;

impl Reader<'_> {
    /// A noun of enmity or of support with both sides named.
    pub(super) fn stand(&self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let word = lemma(doc, noun);
        let (kind, preps): (_, &[&str]) = if lists.enmity.contains(word.as_ref()) {
            (RelationKind::Opposes, &["against"])
        } else if lists.support.contains(word.as_ref()) {
            (RelationKind::Backs, &["for", "of", "to"])
        } else {
            return;
        };
        let mut tos: Vec<TokenIndex> = frame::prep_objects(doc, noun, preps)
            .into_iter()
            .map(|to| self.owner_of_act(to).unwrap_or(to))
            .filter(|&to| self.is_party(to))
            .collect();
        let mut froms = self.who_stands(noun);
        // `with the support of X`: X backs the clause's subject.
        if kind == RelationKind::Backs && froms.is_empty() {
            let of = frame::prep_objects(doc, noun, &["of", "from"]);
            let with =
                doc.token(noun).dep == Dep::Pobj && frame::word_is(doc, doc.token(noun).head, &["with"]);
            let verb = frame::governing_verb(doc, noun).filter(|_| with);
            let (Some(verb), false) = (verb, of.is_empty()) else { return };
            froms = of;
            tos = frame::roles(doc, &self.codebook.frame, verb).doers().to_vec();
        } else if kind == RelationKind::Backs
            && doc.children(noun).iter().any(|&other| frame::word_is(doc, other, &["of"]))
        {
            // `X's support of Y` is read; `the support of Y` without an owner isn't.
            tos.retain(|to| !froms.contains(to));
        }
        let realis = modality::of_noun(doc, &self.codebook.control.lists, noun);
        for &from in froms.iter().filter(|&&from| self.is_party(from)) {
            for &to in tos.iter().filter(|&&to| self.is_party(to)) {
                let draft = Draft {
                    kind,
                    from,
                    to,
                    site: noun,
                    realis,
                    score: 0.7,
                    why: format!("noun {word} of standing"),
                };
                self.push(draft, mentions);
            }
        }
    }

    /// Who has a war or gives support: the possessor, a name before the noun, or the subject of a light verb.
    fn who_stands(&self, noun: TokenIndex) -> Vec<TokenIndex> {
        let doc = self.doc;
        let owners: Vec<TokenIndex> = children_with(doc, noun, Dep::Poss)
            .chain(
                children_with(doc, noun, Dep::Compound).filter(|&other| doc.token(other).pos == Pos::Propn),
            )
            .flat_map(|owner| frame::conjuncts(doc, owner))
            .collect();
        if !owners.is_empty() {
            return owners;
        }
        let by = frame::prep_objects(doc, noun, &["by"]);
        if !by.is_empty() {
            return by;
        }
        let head = doc.token(noun).head;
        let light = doc.token(noun).dep == Dep::Dobj
            && is_verb(doc, head)
            && (self.codebook.frame.light_verbs_active.contains(lemma(doc, head).as_ref())
                || matches!(
                    lemma(doc, head).as_ref(),
                    "wage" | "fight" | "lead" | "provide" | "send" | "supply" | "lend" | "pledge"
                ));
        if light { frame::roles(doc, &self.codebook.frame, head).doers().to_vec() } else { Vec::new() }
    }

    /// `Russia's war` stands for Russia: the possessor of an act.
    fn owner_of_act(&self, noun: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let word = lemma(doc, noun);
        let lists = &self.lexicon.lists;
        (lists.enmity.contains(word.as_ref())
            || matches!(word.as_ref(), "effort" | "cause" | "invasion" | "military"))
        .then(|| frame::child(doc, noun, Dep::Poss))
        .flatten()
    }

    /// Whether a noun is a named party to a conflict or a group.
    fn is_party(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        match doc.token(head).pos {
            Pos::Propn => self.is_group(head) || self.is_state(head),
            Pos::Noun => self.is_group(head),
            Pos::Pron => frame::word_is(doc, head, &["their", "its"]),
            _ => false,
        }
    }

    /// `The alliance includes A and B`, `a coalition made up of A and B`, `the bloc, including A`.
    pub(super) fn members(&self, word_at: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let word = lemma(doc, word_at);
        let (whole, parts) = match word.as_ref() {
            "include" | "comprise" | "encompass" if is_verb(doc, word_at) => {
                let roles = frame::roles(doc, &self.codebook.frame, word_at);
                let described = doc.token(word_at).dep == Dep::Acl;
                let whole =
                    if described { Some(doc.token(word_at).head) } else { roles.doers().first().copied() };
                (whole, roles.objects)
            }
            "consist" => {
                let roles = frame::roles(doc, &self.codebook.frame, word_at);
                (roles.doers().first().copied(), frame::prep_objects(doc, word_at, &["of"]))
            }
            "make" | "compose" if frame::is_passive(doc, word_at) => {
                let roles = frame::roles(doc, &self.codebook.frame, word_at);
                (roles.undergoers().first().copied(), frame::prep_objects(doc, word_at, &["of"]))
            }
            _ if frame::word_is(doc, word_at, &["including"]) && doc.token(word_at).dep == Dep::Prep => {
                (Some(doc.token(word_at).head), frame::prep_objects(doc, word_at, &["including"]))
            }
            _ => return,
        };
        let Some(whole) = whole else { return };
        let parts = if parts.is_empty() && doc.token(word_at).dep == Dep::Prep {
            children_with(doc, word_at, Dep::Pobj).flat_map(|object| frame::conjuncts(doc, object)).collect()
        } else {
            parts
        };
        let noun = lemma(doc, whole);
        let name = doc.token(whole).pos == Pos::Propn && self.is_named_group(whole);
        if !(name || self.lexicon.lists.umbrella_nouns.contains(noun.as_ref())) {
            return;
        }
        let realis = if is_verb(doc, word_at) {
            modality::of_verb(doc, &self.codebook.control.lists, word_at)
        } else {
            Realis::Actual
        };
        for part in self.apart_names(parts) {
            let draft = Draft {
                kind: RelationKind::MemberOf,
                from: part,
                to: whole,
                site: word_at,
                realis,
                score: 0.75,
                why: format!("members by {word}"),
            };
            self.push(draft, mentions);
        }
    }

    /// The named bodies and states of a list.
    fn apart_names(&self, heads: Vec<TokenIndex>) -> Vec<TokenIndex> {
        heads
            .into_iter()
            .filter(|&head| {
                self.doc.token(head).pos == Pos::Propn && (self.is_group(head) || self.is_state(head))
            })
            .collect()
    }

    /// `Jabhat X (formerly Y)`, `X, previously Y, …`, `Formerly Y, X …`.
    pub(super) fn formerly(&self, adverb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        if !frame::word_is(doc, adverb, &["formerly", "previously"]) {
            return;
        }
        let Some(old) = self.name_after(adverb) else { return };
        if !self.is_named_group(old) {
            return;
        }
        let sentence = doc.sentences()[doc.sentence_of(adverb) as usize].tokens.clone();
        let new = if adverb == sentence.start {
            // The subject of the clause that follows.
            let root = sentence.clone().find(|&at| doc.token(at).dep == Dep::Root);
            root.and_then(|root| frame::subject(doc, root)).filter(|&subject| subject > old)
        } else if adverb > sentence.start + 1 && frame::word_is(doc, adverb - 1, &["(", ","]) {
            let before = adverb - 2;
            (doc.token(before).pos == Pos::Propn).then_some(before).map(|before| {
                crate::ground::entity(doc, before)
                    .and_then(|(_, tokens)| tokens.clone().find(|&at| !tokens.contains(&doc.token(at).head)))
                    .unwrap_or(before)
            })
        } else {
            None
        };
        if let Some(new) =
            new.filter(|&new| new != old && (self.is_group(new) || doc.token(new).pos == Pos::Pron))
        {
            let draft = Draft {
                kind: RelationKind::FormerlyNamed,
                from: new,
                to: old,
                site: adverb,
                realis: Realis::Actual,
                score: 0.75,
                why: "formerly".to_owned(),
            };
            self.push(draft, mentions);
        }
    }
}
