//! Quotations and their speakers: those that a verb takes, and those that go on from the speaker before.

use std::ops::Range;

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Polarity, StatementKind};
use watchkeeper_record::document::TokenIndex;
use watchkeeper_record::mention::Speaker;

use super::cue::{Content, trimmed};
use super::lexicon::Place;
use super::{Draft, Reader, root_of};
use crate::frame::is_verb;

impl Reader<'_> {
    /// Quotations that no verb took: they go on from the speaker before, in the same paragraph or as a paragraph of their own.
    pub(super) fn loose_quotations(&mut self, mentions: &mut Mentions) {
        let doc = self.doc;
        mentions.statements.sort_by_key(|statement| statement.content.start());
        let count = mentions.statements.len();
        let mut last: Option<(usize, u32)> = None;
        let mut next = 0;
        for number in 0..self.quotations.len() {
            let inner = self.quotations[number].inner.clone();
            while next < count && mentions.statements[next].content_tokens.start < inner.start {
                let statement = &mentions.statements[next];
                if statement.quoted && !matches!(statement.speaker, Speaker::Author) {
                    let block =
                        doc.sentences()[doc.sentence_of(statement.content_tokens.end - 1) as usize].block;
                    last = Some((next, block));
                }
                next += 1;
            }
            if self.attributed[number] {
                continue;
            }
            let sentence = doc.sentence_of(inner.start) as usize;
            let block = doc.sentences()[sentence].block;
            let opens_sentence = inner.start <= doc.sentences()[sentence].tokens.start + 1;
            let says_something =
                inner.end - inner.start >= 4 && inner.clone().any(|index| is_verb(doc, index));
            let Some((from, from_block)) = last else { continue };
            let statement = &mentions.statements[from];
            let near = if block == from_block {
                sentence as u32 <= doc.sentence_of(statement.content_tokens.end - 1) + 2
            } else {
                block == from_block + 1 && self.fills_block(&inner)
            };
            if !(near && opens_sentence && says_something) {
                continue;
            }
            let cue_span = statement.cue;
            let speaker = statement.speaker;
            let tokens = trimmed(doc, inner);
            let head = root_of(doc, &tokens);
            self.push(
                Draft {
                    speaker,
                    kind: StatementKind::Report,
                    cue: tokens.start..tokens.start + 1,
                    content: tokens,
                    head,
                    quoted: true,
                    polarity: Polarity::Affirms,
                    score: 0.65,
                    why: "quotation that goes on from the speaker before".to_owned(),
                },
                mentions,
            );
            if let Some(added) = mentions.statements.last_mut() {
                added.cue = cue_span;
            }
            last = Some((mentions.statements.len() - 1, block));
        }
    }

    /// Whether a quotation is all that its block says.
    pub(super) fn fills_block(&self, inner: &Range<TokenIndex>) -> bool {
        let doc = self.doc;
        let first = doc.sentence_of(inner.start) as usize;
        let last = doc.sentence_of(inner.end - 1) as usize;
        let sentences = doc.sentences();
        let block = sentences[first].block;
        let opens = inner.start <= sentences[first].tokens.start + 1
            && (first == 0 || sentences[first - 1].block != block);
        let closes = inner.end + 3 >= sentences[last].tokens.end
            && sentences.get(last + 1).is_none_or(|sentence| sentence.block != block);
        opens && closes
    }

    /// A quotation beside a verb that governs no clause: `"…," said the minister` where the parser lost the link.
    pub(super) fn quoted_beside(&self, verb: TokenIndex) -> Option<Content> {
        let doc = self.doc;
        if self.quotation(verb).is_some() {
            return None;
        }
        let sentence = doc.sentences()[doc.sentence_of(verb) as usize].tokens.clone();
        let at = self.quotations.partition_point(|quotation| quotation.inner.end <= verb);
        let before = at.checked_sub(1).map(|index| &self.quotations[index]);
        let after = self.quotations.get(at);
        let near_before = before.filter(|quotation| {
            quotation.inner.end >= sentence.start
                && verb - quotation.inner.end <= 12
                && quotation.inner.end - quotation.inner.start >= 3
        });
        let near_after = after.filter(|quotation| {
            let next_sentence =
                quotation.inner.start <= sentence.end + 2 && doc.token(sentence.end - 1).text == ":";
            (quotation.inner.start < sentence.end && quotation.inner.start - verb <= 25 || next_sentence)
                && quotation.inner.end - quotation.inner.start >= 3
        });
        let chosen = near_before.or(near_after)?;
        let tokens = trimmed(doc, chosen.inner.clone());
        let head = root_of(doc, &tokens);
        Some(Content { tokens, place: Place::Clause, object: None, head })
    }

    /// Widens a content to the whole quotation that it is part of. Returns whether any of it is quoted.
    pub(super) fn stretch_over_quotation(&mut self, verb: TokenIndex, content: &mut Content) -> bool {
        let inside = self.quotation(verb);
        let first = self.quotations.partition_point(|quotation| quotation.inner.end <= content.tokens.start);
        let mut quoted = false;
        for number in first..self.quotations.len() {
            let inner = self.quotations[number].inner.clone();
            if inner.start >= content.tokens.end {
                break;
            }
            if Some(number) == inside || inner.contains(&verb) {
                continue;
            }
            quoted = true;
            self.attributed[number] = true;
            if content.place == Place::Clause || content.place == Place::Infinitive {
                let start = content.tokens.start.min(inner.start);
                let end = content.tokens.end.max(inner.end);
                let joined = trimmed(self.doc, start..end);
                // A quotation on the far side of the verb is another piece.
                if !joined.contains(&verb) || content.tokens.contains(&verb) {
                    content.tokens = joined;
                }
            } else if content.tokens.end < inner.end {
                content.tokens.end = inner.end;
            }
        }
        quoted
    }
}
