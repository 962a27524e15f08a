//! Where the content of a saying stands, for each way in which a verb takes it.

use std::ops::Range;

use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};

use super::lexicon::{Lexicon, Place};
use crate::frame::{self, Roles, child, children_with, is_verb, lemma, parent};

/// A content that was found, and how.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) tokens: Range<TokenIndex>,
    pub(super) place: Place,
    /// The object, where the content is one or holds one.
    pub(super) object: Option<TokenIndex>,
    /// The head of the clause or phrase.
    pub(super) head: TokenIndex,
}

/// Tokens without punctuation, quotation marks and `that` at the edges.
pub(super) fn trimmed(doc: &Document, mut tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let edge = |index: TokenIndex| matches!(doc.token(index).pos, Pos::Punct | Pos::Space);
    while tokens.end - tokens.start > 1 && edge(tokens.end - 1) {
        tokens.end -= 1;
    }
    while tokens.end - tokens.start > 1
        && (edge(tokens.start)
            || (doc.token(tokens.start).dep == Dep::Mark && frame::word_is(doc, tokens.start, &["that"]))
            || doc.token(tokens.start).dep == Dep::Cc && doc.token(tokens.start).head < tokens.start)
    {
        tokens.start += 1;
    }
    tokens
}

/// The content that a verb of saying takes at one place.
pub(super) fn content(
    doc: &Document,
    lexicon: &Lexicon,
    verb: TokenIndex,
    place: Place,
    roles: &Roles,
) -> Option<Content> {
    let of = |tokens: Range<TokenIndex>, head, object| {
        let tokens = trimmed(doc, without(tokens, verb));
        (!tokens.contains(&verb)).then_some(Content { tokens, place, object, head })
    };
    let subtree = |head: TokenIndex| of(doc.subtree(head), head, None);
    match place {
        Place::Clause => clause(doc, verb),
        Place::Infinitive => children_with(doc, verb, Dep::Xcomp)
            .chain(children_with(doc, verb, Dep::Ccomp))
            .chain(children_with(doc, verb, Dep::Advcl))
            .find(|&other| {
                other > verb && matches!(doc.token(other).tag, Tag::Vb | Tag::Vbn) && has_to(doc, other)
            })
            .and_then(subtree),
        Place::Gerund => children_with(doc, verb, Dep::Xcomp)
            .chain(children_with(doc, verb, Dep::Ccomp))
            .find(|&other| {
                other > verb && matches!(doc.token(other).tag, Tag::Vbg) || gerund_have(doc, other)
            })
            .and_then(subtree),
        Place::ObjectClaim => {
            let object = *roles.undergoers().first()?;
            let deed = frame::prep_objects(doc, object, &["for"])
                .into_iter()
                .any(|deed| lexicon.lists.deed_nouns.contains(lemma(doc, deed).as_ref()));
            let fits = matches!(lemma(doc, object).as_ref(), "responsibility" | "credit") && deed;
            fits.then(|| of(doc.subtree(object), object, Some(object))).flatten()
        }
        Place::Object | Place::ObjectSpeech | Place::ObjectThreat => {
            let object = *roles.undergoers().first()?;
            let word = lemma(doc, object);
            let lists = &lexicon.lists;
            let fits = match place {
                Place::ObjectSpeech => {
                    lists.speech_nouns.contains(word.as_ref()) || lists.deed_nouns.contains(word.as_ref())
                }
                Place::ObjectThreat => {
                    lists.deed_nouns.contains(word.as_ref())
                        || lists.threat_contents.contains(word.as_ref())
                        || matches!(word.as_ref(), "sanction" | "boycott" | "action" | "legal")
                }
                _ => true,
            };
            if !fits || object == verb {
                return None;
            }
            let tokens = if doc.subtree(object).contains(&verb) {
                object..object + 1
            } else {
                with_trailers(doc, verb, doc.subtree(object))
            };
            of(tokens, object, Some(object))
        }
        Place::ObjectAs | Place::ObjectOf | Place::ObjectSaying | Place::ObjectAt => {
            let words: &[&str] = match place {
                Place::ObjectAt => &["at"],
                Place::ObjectOf => &["of", "for", "on"],
                _ => &["as"],
            };
            let object = *roles.undergoers().first()?;
            if place == Place::ObjectAt
                && !matches!(
                    lemma(doc, object).as_ref(),
                    "toll"
                        | "number"
                        | "figure"
                        | "strength"
                        | "loss"
                        | "total"
                        | "chance"
                        | "probability"
                        | "risk"
                        | "threat"
                        | "count"
                        | "size"
                        | "damage"
                )
            {
                return None;
            }
            let prep = doc.children(verb).iter().chain(doc.children(object)).copied().find(|&prep| {
                matches!(doc.token(prep).dep, Dep::Prep | Dep::Advcl | Dep::Mark)
                    && prep > verb.min(object)
                    && frame::word_is(doc, prep, words)
                    && (place != Place::ObjectAs || prep > verb)
                    && (doc.token(prep).head == verb
                        || place != Place::ObjectOf
                        || frame::word_is(doc, prep, &["for"]))
            })?;
            let tail = doc.subtree(prep);
            let tokens = if object > verb {
                doc.subtree(object).start..tail.end.max(doc.subtree(object).end)
            } else {
                tail
            };
            of(
                tokens,
                child(doc, prep, Dep::Pobj).or_else(|| child(doc, prep, Dep::Pcomp)).unwrap_or(object),
                Some(object),
            )
        }
        Place::ObjectPredicate => {
            let predicate = doc.children(verb).iter().copied().find(|&other| {
                other > verb
                    && (matches!(doc.token(other).dep, Dep::Oprd | Dep::Acomp)
                        || doc.token(other).dep == Dep::Ccomp && !is_verb(doc, other))
            })?;
            let object = child(doc, verb, Dep::Dobj)
                .or_else(|| child(doc, predicate, Dep::Nsubj))
                .or(roles.undergoers().first().copied())?;
            let start = if object > verb { doc.subtree(object).start } else { doc.subtree(predicate).start };
            let mut end = doc.subtree(predicate).end;
            // `consider it unlikely that …`: the clause behind belongs to it.
            if lemma(doc, object) == "it" {
                end = end.max(doc.subtree(verb).end);
            }
            (start < end).then(|| of(start..end, predicate, Some(object))).flatten()
        }
        Place::ObjectInfinitive => {
            let infinitive = children_with(doc, verb, Dep::Xcomp)
                .chain(children_with(doc, verb, Dep::Ccomp))
                .find(|&other| other > verb && has_to(doc, other))?;
            let object = child(doc, verb, Dep::Dobj).or_else(|| child(doc, infinitive, Dep::Nsubj));
            let tokens = doc.subtree(infinitive);
            let start = match object {
                Some(object) if object > verb => tokens.start.min(doc.subtree(object).start),
                _ => tokens.start,
            };
            of(start..tokens.end, infinitive, object)
        }
        Place::For | Place::Of => {
            let words: &[&str] = if place == Place::For { &["for"] } else { &["of", "about", "against"] };
            let prep = children_with(doc, verb, Dep::Prep)
                .find(|&prep| prep > verb && frame::word_is(doc, prep, words))?;
            let object = child(doc, prep, Dep::Pobj).or_else(|| child(doc, prep, Dep::Pcomp))?;
            if place == Place::Of && !is_verb(doc, object) && matches!(doc.token(object).pos, Pos::Num) {
                return None;
            }
            of(doc.subtree(object), object, Some(object))
        }
        Place::OnInfinitive => {
            children_with(doc, verb, Dep::Prep)
                .find(|&prep| prep > verb && frame::word_is(doc, prep, &["on", "upon", "to"]))?;
            let infinitive = doc
                .children(verb)
                .iter()
                .copied()
                .find(|&other| {
                    other > verb
                        && matches!(doc.token(other).dep, Dep::Xcomp | Dep::Advcl | Dep::Ccomp)
                        && has_to(doc, other)
                })
                .or_else(|| {
                    // The parser may hang the infinitive on the one who is called on.
                    frame::prep_objects(doc, verb, &["on", "upon", "to"])
                        .into_iter()
                        .flat_map(|object| doc.children(object).to_vec())
                        .find(|&other| {
                            matches!(doc.token(other).dep, Dep::Acl | Dep::Relcl) && has_to(doc, other)
                        })
                })?;
            of(doc.subtree(infinitive), infinitive, None)
        }
    }
}

/// Cuts a verb out of a range that begins or ends with it.
fn without(mut tokens: Range<TokenIndex>, verb: TokenIndex) -> Range<TokenIndex> {
    if tokens.contains(&verb) {
        if verb - tokens.start > tokens.end - verb {
            tokens.end = verb;
        } else {
            tokens.start = verb + 1;
        }
        if tokens.is_empty() {
            tokens = verb..verb + 1;
        }
    }
    tokens
}

fn has_to(doc: &Document, verb: TokenIndex) -> bool {
    doc.children(verb)
        .iter()
        .any(|&other| doc.token(other).tag == Tag::To && matches!(doc.token(other).dep, Dep::Aux | Dep::Mark))
}

/// `having taken part`
fn gerund_have(doc: &Document, verb: TokenIndex) -> bool {
    doc.children(verb)
        .iter()
        .any(|&other| doc.token(other).dep == Dep::Aux && frame::word_is(doc, other, &["having", "being"]))
}

/// A that-clause, before or after the verb, or the clause that a parenthesis of saying interrupts.
fn clause(doc: &Document, verb: TokenIndex) -> Option<Content> {
    let made = |tokens: Range<TokenIndex>, head| {
        let tokens = trimmed(doc, tokens);
        (!tokens.contains(&verb) || head != verb).then_some(Content {
            tokens,
            place: Place::Clause,
            object: None,
            head,
        })
    };
    let complement = children_with(doc, verb, Dep::Ccomp).find(|&other| {
        // `said to be` and `asked to go` are infinitives, not clauses; `whether` asks.
        let infinitive = doc.token(other).tag == Tag::Vb && has_to(doc, other);
        let asks = doc
            .children(other)
            .iter()
            .any(|&mark| doc.token(mark).dep == Dep::Mark && frame::word_is(doc, mark, &["whether", "if"]));
        // `We expect none: the minister has said …`: a colon parts two clauses.
        let parted = other < verb && {
            let end = doc.subtree(other).end;
            (end.saturating_sub(1)..(end + 1).min(verb)).any(|index| frame::word_is(doc, index, &[":", ";"]))
        };
        !infinitive && !asks && !parted
    });
    // `assesses with confidence that …`, `told reporters that …`: the clause may hang on a phrase between.
    let complement = complement.or_else(|| {
        let that = |noun: TokenIndex| {
            doc.children(noun).iter().copied().find(|&other| {
                other > verb
                    && is_verb(doc, other)
                    && matches!(doc.token(other).dep, Dep::Acl | Dep::Ccomp | Dep::Relcl)
                    && children_with(doc, other, Dep::Mark).any(|mark| frame::word_is(doc, mark, &["that"]))
            })
        };
        doc.children(verb).iter().copied().filter(|&member| member > verb).find_map(|member| {
            match doc.token(member).dep {
                Dep::Prep => child(doc, member, Dep::Pobj).and_then(that),
                Dep::Dative | Dep::Npadvmod => that(member),
                Dep::Dobj if matches!(lemma(doc, verb).as_ref(), "tell" | "warn" | "assure" | "inform") => {
                    that(member)
                }
                _ => None,
            }
        })
    });
    if let Some(head) = complement {
        let tokens = doc.subtree(head);
        // The clause may enclose the verb: `The army, he said, has left`.
        let tokens = if tokens.contains(&verb) { tokens } else { cut_at_subject(doc, verb, tokens) };
        return made(tokens, head);
    }
    // `The army has left, he said`, `as he said`: the verb hangs on the content.
    let tok = doc.token(verb);
    let head = parent(doc, verb)?;
    let finite = matches!(tok.tag, Tag::Vbd | Tag::Vbz | Tag::Vbp);
    let own_subject = children_with(doc, verb, Dep::Nsubj).next().is_some();
    let parenthesis = match tok.dep {
        Dep::Parataxis => true,
        Dep::Ccomp | Dep::Dep => is_verb(doc, head) && own_subject && set_off(doc, verb),
        Dep::Advcl => {
            let marks = doc.children(verb).iter().any(|&mark| doc.token(mark).dep == Dep::Mark);
            own_subject && !marks && set_off(doc, verb)
                || doc.children(verb).iter().any(|&mark| {
                    matches!(doc.token(mark).dep, Dep::Mark) && frame::word_is(doc, mark, &["as"])
                })
        }
        _ => false,
    };
    if !parenthesis || !finite || !own_subject {
        return None;
    }
    let whole = doc.subtree(head);
    let own = doc.subtree(verb);
    let tokens = if own.end + 1 >= whole.end {
        whole.start..own.start
    } else if own.start <= whole.start + 1 {
        own.end..whole.end
    } else {
        whole
    };
    (!tokens.is_empty()).then(|| made(tokens, head)).flatten()
}

/// An object with the phrases of manner and condition that follow it: `a strike if the killings go on`, `this in the strongest terms`.
fn with_trailers(doc: &Document, verb: TokenIndex, object: Range<TokenIndex>) -> Range<TokenIndex> {
    let mut end = object.end;
    for &member in doc.children(verb) {
        let own = doc.subtree(member);
        if own.start != end {
            continue;
        }
        let manner = doc.token(member).dep == Dep::Prep
            && frame::word_is(doc, member, &["in", "as", "with", "against", "for", "to"])
            && child(doc, member, Dep::Pobj).is_some_and(|object| {
                !matches!(
                    crate::ground::entity_label(doc, object),
                    Some(EntityLabel::Date | EntityLabel::Time | EntityLabel::Gpe)
                )
            });
        let condition = doc.token(member).dep == Dep::Advcl
            && children_with(doc, member, Dep::Mark).any(|mark| frame::word_is(doc, mark, &["if", "unless"]));
        if manner || condition {
            end = own.end;
        }
    }
    object.start..end
}

/// A clause before its verb must end before the verb's subject, one after it begin after the verb.
fn cut_at_subject(doc: &Document, verb: TokenIndex, tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let subject = child(doc, verb, Dep::Nsubj);
    match subject {
        Some(subject) if tokens.contains(&subject) && tokens.end <= verb => {
            let start = doc.subtree(subject).start;
            if start > tokens.start { tokens.start..start } else { tokens }
        }
        _ => tokens,
    }
}

/// Whether the subtree of a parenthesis stands between commas, dashes or the sentence's edges.
fn set_off(doc: &Document, verb: TokenIndex) -> bool {
    let own = doc.subtree(verb);
    let sentence = &doc.sentences()[doc.sentence_of(verb) as usize].tokens;
    let punct = |index: TokenIndex| doc.token(index).pos == Pos::Punct;
    let before = own.start == sentence.start || punct(own.start - 1) || punct(own.start);
    let after = own.end >= sentence.end || punct(own.end) || punct(own.end - 1);
    before && after && own.end - own.start <= 25
}
