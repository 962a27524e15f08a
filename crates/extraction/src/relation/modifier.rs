//! Relations told by participles, adjectives and nouns beside the verb frames: `U.S.-backed`, `loyal to`, `ties to`, mergers.

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Realis, RelationKind};
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use super::{Draft, Reader};
use crate::frame::{self, Roles, child, children_with, is_verb, lemma, parent};
use crate::modality;

impl Reader<'_> {
    /// `X was formed when A and B merged`, `A and B merged to form X`.
    pub(super) fn merged(&self, verb: TokenIndex, roles: &Roles, realis: Realis, mentions: &mut Mentions) {
        let doc = self.doc;
        let formed = doc.children(verb).iter().copied().find(|&other| {
            matches!(lemma(doc, other).as_ref(), "form" | "create" | "become") && is_verb(doc, other)
        });
        let to = match formed {
            Some(formed) => child(doc, formed, Dep::Dobj).or_else(|| child(doc, formed, Dep::Attr)),
            None => parent(doc, verb)
                .filter(|&head| {
                    is_verb(doc, head)
                        && matches!(lemma(doc, head).as_ref(), "form" | "create" | "establish" | "found")
                })
                .and_then(|head| frame::roles(doc, &self.codebook.frame, head).undergoers().first().copied()),
        };
        let Some(to) = to else { return };
        let mut froms = Vec::new();
        for &subject in roles.doers() {
            froms.push(subject);
            // `four factions, among them A and B`
            for prep in children_with(doc, subject, Dep::Prep) {
                if frame::word_is(doc, prep, &["among", "including"]) {
                    for object in children_with(doc, prep, Dep::Pobj) {
                        froms.extend(
                            frame::conjuncts(doc, object)
                                .into_iter()
                                .filter(|&member| doc.token(member).pos == Pos::Propn),
                        );
                    }
                }
            }
        }
        if let (Some(first), true) = (froms.first().copied(), froms.len() > 1)
            && doc.token(first).pos != Pos::Propn
        {
            froms.remove(0);
        }
        for from in froms {
            self.push(
                Draft {
                    kind: RelationKind::MergedInto,
                    from,
                    to,
                    site: verb,
                    realis,
                    score: 0.75,
                    why: "verb merge".to_owned(),
                },
                mentions,
            );
        }
    }

    /// `X was formed by a merger of A with B`
    pub(super) fn merger(&self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let Some(verb) = frame::governing_verb(doc, noun) else { return };
        if !matches!(lemma(doc, verb).as_ref(), "form" | "create" | "establish" | "found" | "emerge") {
            return;
        }
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let Some(&to) = roles.subjects.first() else { return };
        let mut froms = frame::prep_objects(doc, noun, &["of", "between", "with"]);
        for from in froms.clone() {
            froms.extend(frame::prep_objects(doc, from, &["with", "and"]));
        }
        for from in froms {
            self.push(
                Draft {
                    kind: RelationKind::MergedInto,
                    from,
                    to,
                    site: noun,
                    realis: Realis::Actual,
                    score: 0.75,
                    why: "noun merger".to_owned(),
                },
                mentions,
            );
        }
    }

    /// `X has close ties to Y`
    pub(super) fn ties(&self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let Some(verb) =
            parent(doc, noun).filter(|&verb| is_verb(doc, verb) && doc.token(noun).dep == Dep::Dobj)
        else {
            return;
        };
        if !matches!(
            lemma(doc, verb).as_ref(),
            "have" | "maintain" | "keep" | "forge" | "establish" | "build" | "develop"
        ) {
            return;
        }
        let tos = frame::prep_objects(doc, noun, &["to", "with"]);
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let realis = modality::of_verb(doc, &self.codebook.control.lists, verb);
        let realis = if frame::negation(doc, noun).is_some() { Realis::Negated } else { realis };
        for &from in roles.doers() {
            for &to in tos.iter().filter(|&&to| self.is_group(to)) {
                self.push(
                    Draft {
                        kind: RelationKind::AffiliatedWith,
                        from,
                        to,
                        site: noun,
                        realis,
                        score: 0.75,
                        why: "ties".to_owned(),
                    },
                    mentions,
                );
            }
        }
    }

    /// The name that the next sentence opens with for what a nominal introduced: `its overseas wing. A small force called the X …`.
    pub(super) fn named_next(&self, noun: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let number = doc.sentence_of(noun) as usize;
        let next = doc.sentences().get(number + 1)?;
        if next.block != doc.sentences()[number].block
            || !frame::word_is(doc, next.tokens.start, &["a", "an", "this", "the"])
        {
            return None;
        }
        let called = next
            .tokens
            .clone()
            .take(14)
            .find(|&index| frame::word_is(doc, index, &["called", "known", "dubbed", "named"]))?;
        let group = (next.tokens.start..called)
            .any(|index| self.lexicon.lists.groups.contains(lemma(doc, index).as_ref()));
        group.then(|| self.name_after(called)).flatten()
    }

    /// `U.S.-backed forces`, `al-Qaeda-linked militants`.
    pub(super) fn participle(&self, index: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let tok = doc.token(index);
        if tok.dep != Dep::Amod {
            return;
        }
        let text = tok.text.to_ascii_lowercase();
        let last = text.rsplit(['-', '–']).next().unwrap_or_default();
        let Some(&(kind, before)) = self.lexicon.participles.get(last) else { return };
        let whole = last.len() < text.len();
        let start = doc.sentences()[doc.sentence_of(index) as usize].tokens.start;
        let other = if whole {
            index
        } else if index > start + 1 && frame::word_is(doc, index - 1, &["-", "–"]) {
            index - 2
        } else {
            return;
        };
        let Some(noun) = parent(doc, index) else { return };
        if !self.is_group(noun) || !(whole || self.is_group(other) || self.is_state(other)) {
            return;
        }
        let (from, to) = if before { (other, noun) } else { (noun, other) };
        self.push(
            Draft {
                kind,
                from,
                to,
                site: index,
                realis: Realis::Actual,
                score: 0.85,
                why: format!("participle {text}"),
            },
            mentions,
        );
    }

    /// `fighters loyal to X`, `close to X`, `has ties to X`.
    pub(super) fn loyal(&self, index: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let word = doc.token(index).text.to_ascii_lowercase();
        let tok = doc.token(index);
        if !self.lexicon.lists.loyal.contains(word.as_str()) || is_verb(doc, index) && tok.tag != Tag::Vbn {
            return;
        }
        // A participle with a verb's own frame is read there.
        if is_verb(doc, index)
            && matches!(word.as_str(), "linked" | "affiliated" | "aligned" | "allied")
            && tok.dep != Dep::Amod
        {
            return;
        }
        let tos = frame::prep_objects(doc, index, &["to", "with"]);
        let Some(&to) = tos.iter().find(|&&to| self.is_group(to) || self.is_state(to)) else { return };
        let Some(head) = parent(doc, index) else { return };
        let from = match tok.dep {
            Dep::Amod | Dep::Relcl | Dep::Acl | Dep::Appos if !is_verb(doc, head) => Some(head),
            Dep::Acomp | Dep::Attr => frame::roles(doc, &self.codebook.frame, head).subjects.first().copied(),
            _ => None,
        };
        let Some(from) =
            from.filter(|&from| self.is_group(from) || self.is_people(from) || self.names_group(from))
        else {
            return;
        };
        let kind = match word.as_str() {
            "allied" | "aligned" => RelationKind::AlliedWith,
            "opposed" | "hostile" => RelationKind::Opposes,
            _ => RelationKind::AffiliatedWith,
        };
        let realis = if is_verb(doc, head) {
            modality::of_verb(doc, &self.codebook.control.lists, head)
        } else {
            Realis::Actual
        };
        self.push(
            Draft { kind, from, to, site: index, realis, score: 0.75, why: format!("adjective {word}") },
            mentions,
        );
    }
}
