//! Who speaks: the subject of the words of saying, the maker of a document, or nobody that the text names.

use watchkeeper_record::Mentions;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, TokenIndex};
use watchkeeper_record::mention::{PhraseIndex, Speaker};

use super::Reader;
use crate::frame::{self, Roles, children_with, lemma};
use crate::ground::entity_label;

impl Reader<'_> {
    /// Who speaks, and how sure that is; `None` where nobody does.
    pub(super) fn speaker(
        &self,
        verb: TokenIndex,
        roles: &Roles,
        word: &str,
        mentions: &mut Mentions,
    ) -> Option<(Speaker, f32)> {
        let doc = self.doc;
        let mut head = roles.doers().first().copied();
        if head.is_none() {
            // Inverted after a quotation: `"…," said the minister` with the subject read as something else.
            head = doc.children(verb).iter().copied().find(|&other| {
                other > verb
                    && matches!(doc.token(other).dep, Dep::Dobj | Dep::Attr | Dep::Npadvmod | Dep::Oprd)
                    && self.person_like(other)
            });
        }
        let head = head?;
        // A subject that only the grammar lends must be able to speak; deeds never do.
        let lent = roles.subject_found.is_some_and(|found| found != frame::Found::Here);
        let deed = doc.token(head).pos == Pos::Noun
            && self.lexicon.lists.deed_nouns.contains(lemma(doc, head).as_ref());
        if deed || lent && !self.person_like(head) {
            return None;
        }
        self.speaker_of(head, word, self.quotation(verb).is_some(), mentions)
    }

    /// The speaker that a noun denotes.
    pub(super) fn speaker_of(
        &self,
        head: TokenIndex,
        word: &str,
        in_quotation: bool,
        mentions: &mut Mentions,
    ) -> Option<(Speaker, f32)> {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let name = lemma(doc, head).into_owned();
        let text = doc.token(head).text.to_ascii_lowercase();
        if doc.token(head).pos == Pos::Pron && matches!(text.as_str(), "i" | "we" | "us" | "me") {
            // Inside a quotation it is the quoted one, who is a speaker already.
            return (!in_quotation).then_some((Speaker::Author, 0.8));
        }
        if lists.no_subjects.contains(text.as_str()) || frame::negation(doc, head).is_some() {
            return None;
        }
        if matches!(text.as_str(), "you" | "this" | "that" | "these" | "those")
            && doc.token(head).pos == Pos::Pron
        {
            return None;
        }
        if lists.document_nouns.contains(name.as_str()) {
            let owner = frame::noun_owner(doc, &self.codebook.frame, head, 1)
                .and_then(|owners| owners.first().copied())
                .or_else(|| {
                    frame::prep_objects(doc, head, &["by", "from", "of"])
                        .into_iter()
                        .find(|&other| self.person_like(other))
                })
                .or_else(|| {
                    // `an army statement`
                    children_with(doc, head, Dep::Compound).chain(children_with(doc, head, Dep::Amod)).find(
                        |&other| {
                            other < head
                                && (self.person_like(other)
                                    || entity_label(doc, other)
                                        .is_some_and(|label| label == EntityLabel::Norp))
                        },
                    )
                });
            let owner = owner.unwrap_or(head);
            if frame::word_is(doc, owner, &["our", "my"]) && !in_quotation {
                return Some((Speaker::Author, 0.8));
            }
            return Some((Speaker::Phrase(self.phrase(owner, mentions)), 0.8));
        }
        let needs_person = matches!(
            word,
            "suggest"
                | "indicate"
                | "show"
                | "find"
                | "see"
                | "consider"
                | "feel"
                | "hope"
                | "imply"
                | "signal"
                | "view"
                | "regard"
                | "reveal"
                | "understand"
                | "learn"
                | "determine"
                | "press"
                | "agree"
                | "hint"
                | "threaten"
                | "identify"
                | "reject"
                | "dismiss"
                | "call"
                | "speak"
                | "talk"
                | "demand"
                | "ask"
                | "promise"
                | "commit"
                | "think"
        );
        if needs_person && !self.person_like(head) {
            return None;
        }
        if matches!(text.as_str(), "it")
            && matches!(word, "suggest" | "show" | "indicate" | "find" | "feel" | "see" | "think")
        {
            return None;
        }
        let phrase = self.phrase(head, mentions);
        if self.is_anonymous(head, &name) {
            return Some((Speaker::Anonymous(Some(phrase)), 0.85));
        }
        Some((Speaker::Phrase(phrase), 0.9))
    }

    pub(super) fn phrase(&self, head: TokenIndex, mentions: &mut Mentions) -> PhraseIndex {
        mentions.phrase(frame::noun_phrase(self.doc, &self.codebook.frame, head))
    }

    /// A common noun for a person, with no name in its phrase or set against it.
    pub(super) fn is_anonymous(&self, head: TokenIndex, name: &str) -> bool {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let sentence = &doc.sentences()[doc.sentence_of(head) as usize].tokens;
        let shy =
            sentence.clone().any(|index| lists.anonymity_words.contains(doc.token(index).text.as_str()));
        if doc.token(head).pos == Pos::Propn {
            return false;
        }
        if shy && self.person_like(head) && doc.token(head).pos == Pos::Noun {
            return true;
        }
        if !lists.anonymous_nouns.contains(name) {
            return false;
        }
        let named = doc.children(head).iter().any(|&other| {
            let tok = doc.token(other);
            tok.dep == Dep::Appos && tok.pos == Pos::Propn
                || tok.dep == Dep::Compound && entity_label(doc, other) == Some(EntityLabel::Person)
        });
        !named
    }

    /// Whether a noun can speak: a person, a body, a state, a pronoun for one.
    pub(super) fn person_like(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        match tok.pos {
            Pos::Propn => !matches!(
                entity_label(doc, head),
                Some(
                    EntityLabel::Date
                        | EntityLabel::Time
                        | EntityLabel::Event
                        | EntityLabel::WorkOfArt
                        | EntityLabel::Law
                        | EntityLabel::Language
                )
            ),
            Pos::Pron => frame::word_is(
                doc,
                head,
                &[
                    "he", "she", "they", "i", "we", "who", "it", "some", "many", "others", "both", "one",
                    "most", "those",
                ],
            ),
            Pos::Noun => {
                let name = lemma(doc, head);
                matches!(
                    entity_label(doc, head),
                    Some(EntityLabel::Person | EntityLabel::Org | EntityLabel::Gpe | EntityLabel::Norp)
                ) || self.codebook.ground.actors.contains(name.as_ref())
                    || self.lexicon.lists.anonymous_nouns.contains(name.as_ref())
                    || self.lexicon.lists.state_words.contains(name.as_ref())
                    || self.lexicon.lists.document_nouns.contains(name.as_ref())
            }
            Pos::Num | Pos::Adj | Pos::Det => {
                matches!(tok.dep, Dep::Nsubj | Dep::Nsubjpass | Dep::Agent | Dep::Conj)
            }
            _ => false,
        }
    }
}
