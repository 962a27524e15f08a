//! Quotations and their speakers: those that a verb takes, and those that go on from the speaker before.

use std::ops::Range;

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Polarity, StatementKind};
use watchkeeper_record::document::{EntityLabel, Pos, TokenIndex};
use watchkeeper_record::mention::Speaker;

use super::cue::{Content, trimmed};
use super::lexicon::Place;
use super::{Draft, Reader, root_of};
use crate::frame::{self, is_verb};
use crate::ground::{entity, entity_label};

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
            // `The full text of the statement follows`: whoever spoke last made it.
            if next > 0 && block > 0 && self.fills_block(&inner) && self.announces_text(block - 1, sentence) {
                let maker = (0..next)
                    .rev()
                    .find(|&index| matches!(mentions.statements[index].speaker, Speaker::Phrase(_)));
                last = maker.map(|index| (index, block - 1)).or(last);
            }
            let Some((from, from_block)) = last else { continue };
            let statement = &mentions.statements[from];
            let near = if block == from_block && statement.content_tokens.end <= inner.start {
                sentence as u32 <= doc.sentence_of(statement.content_tokens.end - 1) + 2
            } else {
                block <= from_block + 1 && self.fills_block(&inner)
            };
            if !(near && opens_sentence && says_something) {
                continue;
            }
            let cue_span = statement.cue;
            let speaker = statement.speaker;
            let tokens = trimmed(doc, inner);
            let head = root_of(doc, &tokens);
            let draft = Draft {
                speaker,
                kind: StatementKind::Report,
                cue: tokens.start..tokens.start + 1,
                content: tokens,
                head,
                quoted: true,
                polarity: Polarity::Affirms,
                score: 0.65,
                why: "quotation that goes on from the speaker before".to_owned(),
            };
            let draft = self.refined(draft, "say");
            self.push(draft, mentions);
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

    /// Whether the block before a sentence announces a text: `The full text of the statement is given below`.
    fn announces_text(&self, block: u32, sentence: usize) -> bool {
        let doc = self.doc;
        let Some(before) = sentence.checked_sub(1).map(|index| &doc.sentences()[index]) else { return false };
        before.block == block
            && before
                .tokens
                .clone()
                .any(|index| self.lexicon.lists.document_nouns.contains(doc.token(index).lemma.as_str()))
            && before.tokens.clone().any(|index| {
                frame::word_is(doc, index, &["below", "follows", "full", "text", "read", "reads", ":"])
            })
    }

    /// Speakers named beside what they say: `Name: …` at the head of a line, `“…” — Name`.
    pub(super) fn labels(&mut self, mentions: &mut Mentions) {
        let doc = self.doc;
        for sentence in doc.sentences() {
            self.label_before(sentence.tokens.clone(), mentions);
        }
        for number in 0..self.quotations.len() {
            let inner = self.quotations[number].inner.clone();
            let dash = inner.end + 1;
            let last = doc.tokens().len() as TokenIndex;
            if self.attributed[number] || dash + 1 >= last || inner.end - inner.start < 4 {
                continue;
            }
            let block = |index: TokenIndex| doc.sentences()[doc.sentence_of(index) as usize].block;
            if !frame::word_is(doc, dash, &["―", "—", "–", "--", "-"])
                || block(dash) != block(inner.start)
                || block(dash + 1) != block(dash)
            {
                continue;
            }
            let name = dash + 1;
            let Some((EntityLabel::Person | EntityLabel::Org, tokens)) = entity(doc, name) else { continue };
            let head =
                tokens.clone().find(|&at| !tokens.contains(&doc.token(at).head)).unwrap_or(tokens.end - 1);
            self.labelled(head, dash..dash + 1, trimmed(doc, inner), mentions);
        }
    }

    fn label_before(&mut self, tokens: Range<TokenIndex>, mentions: &mut Mentions) {
        let doc = self.doc;
        let Some(colon) = tokens.clone().take(8).find(|&index| frame::word_is(doc, index, &[":"])) else {
            return;
        };
        let name = tokens.start..colon;
        let says = colon + 1..tokens.end;
        if name.is_empty() || says.end < says.start + 4 || !says.clone().any(|index| is_verb(doc, index)) {
            return;
        }
        let plain = name.clone().all(|index| {
            matches!(doc.token(index).pos, Pos::Propn | Pos::Noun | Pos::Adj | Pos::Det)
                || frame::word_is(doc, index, &["of", ",", "."])
        });
        let Some(head) =
            name.clone().rev().find(|&index| matches!(doc.token(index).pos, Pos::Propn | Pos::Noun))
        else {
            return;
        };
        let label = entity_label(doc, head);
        let named = matches!(label, Some(EntityLabel::Person | EntityLabel::Org));
        let office = doc.token(head).pos == Pos::Noun
            && label.is_none()
            && name.end - name.start <= 4
            && self.person_like(head)
            && !self.lexicon.lists.document_nouns.contains(doc.token(head).lemma.as_str());
        if !plain || !(named || office) || says.clone().all(|index| self.quotation(index).is_none()) && !named
        {
            return;
        }
        self.labelled(head, colon..colon + 1, trimmed(doc, says), mentions);
    }

    fn labelled(
        &mut self,
        head: TokenIndex,
        cue: Range<TokenIndex>,
        content: Range<TokenIndex>,
        mentions: &mut Mentions,
    ) {
        let doc = self.doc;
        let quoted = content.clone().any(|index| self.quotation(index).is_some());
        let speaker = Speaker::Phrase(self.phrase(head, mentions));
        let draft = Draft {
            speaker,
            kind: StatementKind::Report,
            cue,
            head: root_of(doc, &content),
            content,
            quoted,
            polarity: Polarity::Affirms,
            score: 0.7,
            why: "speaker's name beside the words".to_owned(),
        };
        let draft = self.refined(draft, "say");
        self.push(draft, mentions);
    }

    /// Acts of speech in the first person inside quotations: their speaker is whoever is quoted.
    pub(super) fn quoted_acts(&mut self, mentions: &mut Mentions) {
        let doc = self.doc;
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return;
        }
        let mut holder: Vec<Option<Speaker>> = vec![None; doc.tokens().len()];
        for statement in &mentions.statements {
            if statement.speaker != Speaker::Author {
                for index in statement.content_tokens.clone() {
                    holder[index as usize] = Some(statement.speaker);
                }
            }
        }
        for (verb, word, kind, content) in pending {
            if let Some(speaker) = holder[verb as usize] {
                self.finish_verb(verb, &word, kind, content, speaker, 0.75, false, mentions);
            }
        }
    }
}
