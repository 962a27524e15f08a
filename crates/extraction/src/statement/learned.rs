//! Statements that learned weights find and no rule does, and what the weights say of those that rules found.
//!
//! In: attributions (`crate::attribution`). Out: statements, new or in place of one whose content or source the weights see otherwise,
//! where the words of the cue tell a kind; plans, wishes and support, which
//! the weights also know, have none and are left out.

use std::ops::Range;

use watchkeeper_record::codebook::{Polarity, StatementKind};
use watchkeeper_record::document::{Pos, Tag, TokenIndex};
use watchkeeper_record::mention::Speaker;
use watchkeeper_record::{Document, Mentions};

use super::cue::trimmed;
use super::lexicon::Place;
use super::{Draft, Reader, root_of};
use crate::attribution::{self, Attribution};
use crate::frame;

/// Least probability of a statement that only the weights find.
const ENOUGH: f32 = 0.6;
/// The same where only the senses of the cue's word tell the kind.
const ENOUGH_BY_SENSE: f32 = 0.7;
/// Least share of a word's senses that tells the kind of a statement.
const SENSE: f32 = 0.5;
/// Fewest tokens of what is told or judged: a bare name or noun tells nothing.
const TELLING_MIN: TokenIndex = 3;
/// Most words between pieces of a content that are given as one.
const GAP_MAX: TokenIndex = 16;

/// Adds what rules didn't find, and puts right what they found with another content or source.
pub(super) fn add(reader: &mut Reader<'_>, mentions: &mut Mentions) {
    let doc = reader.doc;
    let found = attribution::find(doc, reader.codebook, Some(ENOUGH));
    for one in found {
        let tokens = whole(doc, &one);
        if tokens.is_empty() {
            continue;
        }
        let same_cue =
            mentions.statements.iter().position(|other| other.cue.overlaps(doc.span(one.cue.clone())));
        match same_cue {
            Some(at) => revise(reader, mentions, at, one, tokens),
            None if mentions.statements.iter().any(|other| alike(&other.content_tokens, &tokens)) => {}
            None => {
                if let Some(Learned { draft, head_of_cue }) = draft(reader, one, tokens, mentions) {
                    let word = frame::lemma(doc, head_of_cue).into_owned();
                    let refined = reader.refined(draft, &word);
                    reader.push(refined, mentions);
                }
            }
        }
    }
}

/// Whether two ranges share more than half of all their tokens.
fn alike(a: &Range<TokenIndex>, b: &Range<TokenIndex>) -> bool {
    let common = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    2 * common > (a.end - a.start) + (b.end - b.start) - common
}

/// Takes the content and source of the weights for a plain saying or judgement that a rule found with others: where the two differ,
/// the weights are right ten times as often. Acts (claims of responsibility, threats, denials) stay as the rules have them.
fn revise(
    reader: &mut Reader<'_>,
    mentions: &mut Mentions,
    at: usize,
    one: Attribution,
    tokens: Range<TokenIndex>,
) {
    let doc = reader.doc;
    let old = &mentions.statements[at];
    let plain = matches!(old.kind, StatementKind::Report | StatementKind::Assessment)
        && old.polarity == Polarity::Affirms
        && old.speaker != Speaker::Author;
    let same_content = alike(&old.content_tokens, &tokens);
    let same_source = match (old.speaker, &one.source) {
        (Speaker::Phrase(phrase) | Speaker::Anonymous(Some(phrase)), Some(source)) => {
            let own = &mentions.phrases[phrase as usize].tokens;
            own.start < source.end && source.start < own.end
        }
        // The maker of a document is found by rules.
        (_, None) => true,
        _ => false,
    };
    if !plain || same_content && same_source {
        return;
    }
    let speaker = old.speaker;
    let Some(Learned { mut draft, head_of_cue }) = draft(reader, one, tokens, mentions) else { return };
    if same_source {
        draft.speaker = speaker;
    }
    let word = frame::lemma(doc, head_of_cue).into_owned();
    let old = mentions.statements.remove(at);
    draft.score = draft.score.max(old.score);
    draft.why = format!("{}; in place of: {}", draft.why, old.why.first().map_or("", String::as_str));
    let refined = reader.refined(draft, &word);
    if !reader.push(refined, mentions) {
        mentions.statements.push(old);
    }
}

/// A draft with the head of its cue.
struct Learned {
    draft: Draft,
    head_of_cue: TokenIndex,
}

/// The pieces of a content that a sentence holds as one range; what goes on in later sentences is a statement of its own.
fn whole(doc: &Document, one: &Attribution) -> Range<TokenIndex> {
    let Some(first) = one.content.first() else { return 0..0 };
    let mut range = first.clone();
    for piece in &one.content[1..] {
        let joined = doc.sentence_of(range.end - 1) == doc.sentence_of(piece.start);
        if !joined || piece.start - range.end > GAP_MAX {
            break;
        }
        range.end = piece.end;
    }
    range
}

fn draft(
    reader: &Reader<'_>,
    one: Attribution,
    tokens: Range<TokenIndex>,
    mentions: &mut Mentions,
) -> Option<Learned> {
    let doc = reader.doc;
    let negated = frame::negation(doc, one.head).is_some();
    let content = trimmed(doc, tokens);
    let quoted = reader.quotes_in(&content);
    let kind = kind(reader, &one, &content, quoted)?;
    let telling = matches!(kind, StatementKind::Report | StatementKind::Assessment);
    if telling && !quoted && content.end - content.start < TELLING_MIN {
        return None;
    }
    // "did not say": nothing; "doesn't believe": a judgement.
    if negated && kind != StatementKind::Assessment || !reader.asserted(one.head, "") {
        return None;
    }
    // "asked whether": nothing is demanded.
    let asks = matches!(doc.token(content.start).tag, Tag::Wp | Tag::Wrb | Tag::Wdt)
        || frame::word_is(doc, content.start, &["whether", "if"]);
    if kind == StatementKind::Demand && asks {
        return None;
    }
    let speaker = match one.source_head {
        None => {
            // "is expected to": the writer's own judgement, where it is one.
            if reader
                .hedges
                .iter()
                .any(|hedge| hedge.tokens.start < one.cue.end && one.cue.start < hedge.tokens.end)
            {
                return None;
            }
            Speaker::Anonymous(None)
        }
        Some(head) => reader.speaker_of(head, "say", reader.quotation(one.head).is_some(), mentions)?.0,
    };
    if speaker == Speaker::Author {
        return None;
    }
    let draft = Draft {
        speaker,
        kind,
        cue: one.cue,
        head: root_of(doc, &content),
        content,
        quoted,
        polarity: if negated { Polarity::Denies } else { Polarity::Affirms },
        score: one.score,
        why: one.why,
    };
    Some(Learned { draft, head_of_cue: one.head })
}

/// The kind that a cue tells: that of its row, if one takes such a content, or by what the word mostly means.
fn kind(
    reader: &Reader<'_>,
    one: &Attribution,
    content: &Range<TokenIndex>,
    quoted: bool,
) -> Option<StatementKind> {
    let doc = reader.doc;
    let head = one.head;
    let word = frame::lemma(doc, head);
    let (verb, noun) = (frame::is_verb(doc, head), doc.token(head).pos == Pos::Noun);
    let clausal = quoted
        || content.clone().any(|index| {
            matches!(doc.token(index).tag, Tag::Vbd | Tag::Vbz | Tag::Vbp | Tag::Md | Tag::To)
                && doc.token(index).pos != Pos::Adp
        });
    let wordy = content
        .clone()
        .any(|index| !matches!(doc.token(index).pos, Pos::Pron | Pos::Det | Pos::Punct | Pos::Adp));
    if !wordy {
        return None;
    }
    let rows = if noun { &reader.lexicon.nouns } else { &reader.lexicon.verbs };
    if let Some(rows) = rows.get(word.as_ref()) {
        let nominal = |place: &Place| {
            !matches!(place, Place::Clause | Place::Infinitive | Place::Gerund | Place::OnInfinitive)
        };
        let row = rows.iter().find(|row| row.places.iter().any(|place| clausal != nominal(place)));
        return row.or(rows.first().filter(|_| clausal)).map(|row| row.kind);
    }
    if frame::word_is(doc, head, &["according", "per"]) {
        return Some(StatementKind::Report);
    }
    if !clausal || one.score < ENOUGH_BY_SENSE {
        return None;
    }
    let senses = &reader.codebook.senses;
    let (thought, speech) = if verb {
        let shares = senses.verb(&word);
        (shares[0], shares[1])
    } else if noun {
        let shares = senses.noun(&word);
        (shares[3], shares[2])
    } else {
        return None;
    };
    if speech >= SENSE && speech >= thought {
        Some(StatementKind::Report)
    } else {
        (thought >= SENSE).then_some(StatementKind::Assessment)
    }
}
