//! The writer's own judgements: hedged propositions and rated threats in the writer's voice, outside all quotation.

use std::ops::Range;

use watchkeeper_record::Mentions;
use watchkeeper_record::article::BlockKind;
use watchkeeper_record::codebook::{Category, Polarity, StatementKind};
use watchkeeper_record::document::{Dep, Document, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::Speaker;

use super::cue::trimmed;
use super::hedge::Found;
use super::lexicon::Voice;
use super::{Draft, Reader, threat};
use crate::frame::{self, child, is_verb, lemma, parent};

/// Fewest events of force that a text tells before its bare modals count as judgements on conflict.
const FORCE_MIN: usize = 2;

/// Adds the writer's judgements: at most one a clause.
pub(super) fn judgements(reader: &mut Reader<'_>, mentions: &mut Mentions) {
    let doc = reader.doc;
    let force = mentions
        .events
        .iter()
        .filter(|event| {
            matches!(
                event.category,
                Category::Assault
                    | Category::Threaten
                    | Category::Mobilize
                    | Category::Retreat
                    | Category::Coerce
            )
        })
        .count();
    let on_conflict = force >= FORCE_MIN;
    // Tokens that a statement by somebody holds already.
    let mut held = vec![false; doc.tokens().len()];
    for statement in &mentions.statements {
        for index in statement.content_tokens.clone() {
            held[index as usize] = true;
        }
        let first = doc.tokens().partition_point(|tok| tok.span.end() <= statement.cue.start());
        // The words around a cue (`has not ruled out`) belong to it.
        for index in first.saturating_sub(2)..(first + 2).min(held.len()) {
            held[index] = true;
        }
    }
    let hedges = reader.hedges.clone();
    let mut last_clause: Option<Range<TokenIndex>> = None;
    for hedge in &hedges {
        let at = hedge.tokens.end - 1;
        let row = &reader.lexicon.hedges[hedge.row as usize];
        let voice = row.voice;
        if voice == Voice::Weak || held[at as usize] || reader.quotation(at).is_some() || !own_block(doc, at)
        {
            continue;
        }
        let Some(head) = clause_head(doc, hedge.tokens.start) else { continue };
        if voice == Voice::Modal && !(on_conflict && is_forecast(reader, hedge, head)) {
            continue;
        }
        if voice == Voice::Strong && !on_conflict && !is_main(doc, head) {
            continue;
        }
        // What hangs on words of saying is their statement, found or not.
        let said = doc.token(head).dep == Dep::Ccomp
            && reader.lexicon.verbs.contains_key(lemma(doc, doc.token(head).head).as_ref())
            && !child(doc, doc.token(head).head, Dep::Nsubj)
                .is_some_and(|subject| frame::word_is(doc, subject, &["i", "we"]));
        if said || asks(doc, head) {
            continue;
        }
        let tokens = trimmed(doc, clause(doc, head));
        if last_clause.as_ref().is_some_and(|last| last.contains(&at)) {
            continue;
        }
        last_clause = Some(tokens.clone());
        for index in tokens.clone() {
            held[index as usize] = true;
        }
        reader.push(
            Draft {
                speaker: Speaker::Author,
                kind: StatementKind::Assessment,
                cue: hedge.tokens.clone(),
                content: tokens,
                head,
                quoted: false,
                polarity: match frame::negation(doc, head) {
                    Some(word) if !hedge.tokens.contains(&word) => Polarity::Denies,
                    _ => Polarity::Affirms,
                },
                score: if voice == Voice::Strong { 0.8 } else { 0.6 },
                why: "the writer's own hedged judgement".to_owned(),
            },
            mentions,
        );
    }
    rated_threats(reader, &held, mentions);
}

/// `There is an elevated threat of …`, `The threat remains high`, in the writer's voice.
fn rated_threats(reader: &mut Reader<'_>, held: &[bool], mentions: &mut Mentions) {
    let doc = reader.doc;
    for index in 0..doc.tokens().len() as TokenIndex {
        let tok = doc.token(index);
        if tok.pos != Pos::Noun
            || held[index as usize]
            || reader.quotation(index).is_some()
            || !own_block(doc, index)
        {
            continue;
        }
        if !matches!(lemma(doc, index).as_ref(), "threat" | "risk" | "danger" | "menace") {
            continue;
        }
        let Some(head) = clause_head(doc, index) else { continue };
        // The rating is what the clause says: its subject or predicate, not a phrase on the way.
        let governor = parent(doc, index).unwrap_or(index);
        let states = matches!(tok.dep, Dep::Attr | Dep::Nsubj | Dep::Nsubjpass) && governor == head
            || tok.dep == Dep::Dobj
                && governor == head
                && matches!(
                    lemma(doc, head).as_ref(),
                    "pose"
                        | "present"
                        | "represent"
                        | "face"
                        | "constitute"
                        | "see"
                        | "raise"
                        | "lower"
                        | "put"
                        | "set"
                        | "keep"
                )
            || tok.dep == Dep::Compound && lemma(doc, governor) == "level"
            || tok.dep == Dep::Pobj && matches!(lemma(doc, head).as_ref(), "be" | "remain");
        if !states || asks(doc, head) {
            continue;
        }
        let tokens = trimmed(doc, clause(doc, head));
        let cue = index..index + 1;
        let rated = threat::read(doc, reader.lexicon, mentions, &tokens, &cue, &mut reader.places);
        if rated.is_none_or(|rated| rated.words.is_none()) {
            continue;
        }
        reader.push(
            Draft {
                speaker: Speaker::Author,
                kind: StatementKind::Assessment,
                cue,
                content: tokens,
                head,
                quoted: false,
                polarity: Polarity::Affirms,
                score: 0.75,
                why: "a threat rated in the writer's voice".to_owned(),
            },
            mentions,
        );
    }
}

/// Whether a token stands in running text or a list, not in a headline.
fn own_block(doc: &Document, index: TokenIndex) -> bool {
    let block = doc.sentences()[doc.sentence_of(index) as usize].block as usize;
    doc.article()
        .blocks
        .get(block)
        .is_none_or(|block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem))
}

/// The predicate of the clause that a hedge belongs to.
fn clause_head(doc: &Document, index: TokenIndex) -> Option<TokenIndex> {
    let verb = if is_verb(doc, index) && doc.token(index).dep != Dep::Aux {
        index
    } else {
        frame::governing_verb(doc, index)?
    };
    let mut at = verb;
    for _ in 0..6 {
        let tok = doc.token(at);
        if matches!(tok.dep, Dep::Xcomp | Dep::Pcomp) && is_verb(doc, tok.head) {
            at = tok.head;
        } else {
            break;
        }
    }
    Some(at)
}

/// The clause of a predicate; a conjunct's clause doesn't take the others in.
fn clause(doc: &Document, head: TokenIndex) -> Range<TokenIndex> {
    let mut range = doc.subtree(head);
    // What is coordinated after it is another proposition.
    for &member in doc.children(head) {
        if member > head
            && doc.token(member).dep == Dep::Conj
            && is_verb(doc, member)
            && child(doc, member, Dep::Nsubj).is_some()
        {
            range.end = range.end.min(doc.subtree(member).start.max(head + 1));
        }
    }
    range
}

/// Whether a predicate is the main one of its sentence, or coordinated with it, or what somebody in it thinks.
fn is_main(doc: &Document, head: TokenIndex) -> bool {
    let mut at = head;
    for _ in 0..6 {
        let tok = doc.token(at);
        match tok.dep {
            Dep::Root => return true,
            Dep::Conj | Dep::Parataxis | Dep::Ccomp if is_verb(doc, tok.head) => at = tok.head,
            _ => return false,
        }
    }
    false
}

/// Whether the sentence of a predicate is a question.
fn asks(doc: &Document, head: TokenIndex) -> bool {
    let sentence = &doc.sentences()[doc.sentence_of(head) as usize].tokens;
    frame::word_is(doc, sentence.end - 1, &["?"])
}

/// Whether a bare modal tells what may come or be, rather than what one was able or allowed to do.
fn is_forecast(reader: &Reader<'_>, hedge: &Found, head: TokenIndex) -> bool {
    let doc = reader.doc;
    if !is_main(doc, head) {
        return false;
    }
    let modal = hedge.tokens.start;
    let tok = doc.token(modal);
    if tok.tag == Tag::Md {
        let verb = parent(doc, modal).unwrap_or(head);
        let word = lemma(doc, verb);
        let negated = frame::negation(doc, verb).is_some()
            || doc
                .children(verb)
                .iter()
                .any(|&other| frame::word_is(doc, other, &["no", "not", "only", "hardly"]));
        if reader.lexicon.lists.ability_verbs.contains(word.as_ref())
            && (negated || frame::is_passive(doc, verb))
        {
            return false;
        }
        // "could not": was not able to. "you may": a permission or a manner of speaking.
        if negated && frame::word_is(doc, modal, &["could"]) {
            return false;
        }
        let subject = child(doc, verb, Dep::Nsubj);
        if subject.is_some_and(|subject| frame::word_is(doc, subject, &["you", "i", "one", "who"])) {
            return false;
        }
        return subject.is_some()
            || child(doc, verb, Dep::Nsubjpass).is_some()
            || child(doc, verb, Dep::Expl).is_some()
            || doc.token(verb).dep == Dep::Conj;
    }
    if doc.token(modal).pos == Pos::Verb || doc.token(hedge.tokens.end - 1).tag == Tag::To {
        // `is expected to`, `appears to`: in the present.
        let verb = if doc.token(modal).pos == Pos::Verb { modal } else { head };
        return matches!(doc.token(verb).tag, Tag::Vbz | Tag::Vbp)
            || frame::auxiliaries(doc, verb)
                .iter()
                .any(|&aux| frame::word_is(doc, aux, &["is", "are", "'s"]));
    }
    true
}
