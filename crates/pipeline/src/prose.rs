//! How much of an article is read: what of it is prose, up to a number of words.
//!
//! Every word costs the language layer and the rooms behind it about the same (docs/inputs.md), so a bound on words is a bound on the time and
//! the memory that one document takes, whatever its text. What lies behind it stays in the text, and a remark says where the reading ended.

use std::ops::Range;

use watchkeeper_record::article::Block;
use watchkeeper_record::document::{Dep, Sentence, Tag, Token};
use watchkeeper_record::{Article, Diagnostic, Document, Span};

/// Default of [`crate::ReadOptions::words_max`]: a hundred pages, more than reports of situation have; dense texts of that length take some four seconds.
pub const WORDS_MAX: usize = 50_000;
/// Shortest block, in bytes, that is looked at for whether it is prose.
const PROSE_LOOK: usize = 2_000;
/// Bytes of one run of letters and digits that count as a word: no shorter than the longest words there are.
const WORD_BYTES: usize = 32;
/// Bytes from where the reading ended that its remark quotes.
const QUOTED: usize = 80;

/// Leaves unread what is no prose and what lies behind the first `words_max` words, and says so.
pub(crate) fn hold(article: &mut Article, words_max: usize) {
    leave_out_marks(article);
    leave_out_rest(article, words_max);
}

/// Leaves long blocks unread that are mostly marks (rules, dumps, floods of punctuation) and says so: they hold nothing to read, and a token
/// a mark costs as much as a word.
fn leave_out_marks(article: &mut Article) {
    let Article { text, blocks, diagnostics, .. } = article;
    let before = blocks.len();
    blocks.retain(|block| {
        if block.pieces.iter().map(|piece| piece.end() - piece.start()).sum::<usize>() < PROSE_LOOK {
            return true;
        }
        let characters = block.pieces.iter().flat_map(|piece| piece.of(text).chars());
        let (mut words, mut all) = (0_usize, 0_usize);
        for character in characters.filter(|character| !character.is_whitespace()) {
            all += 1;
            words += usize::from(character.is_alphanumeric());
        }
        words * 2 >= all
    });
    let left = before - blocks.len();
    if left > 0 {
        let what = if left == 1 { "1 long block is" } else { "some long blocks are" };
        diagnostics.push(Diagnostic::document("not-prose", format!("{what} mostly marks and not read")));
    }
}

/// Cuts the blocks where the words are used up, at white space where there is any near.
fn leave_out_rest(article: &mut Article, words_max: usize) {
    let Article { text, blocks, diagnostics, .. } = article;
    let mut count = Count::default();
    let mut cut = None;
    'all: for (number, block) in blocks.iter().enumerate() {
        for (part, piece) in block.pieces.iter().enumerate() {
            if let Some(at) = count.end(piece.of(text), words_max) {
                cut = Some((number, part, piece.start() + at));
                break 'all;
            }
        }
    }
    let Some((number, part, at)) = cut else { return };
    let end = blocks.last().and_then(|block| block.pieces.last()).map_or(at, |piece| piece.end());
    let stop = floor(text, (at + QUOTED).min(blocks[number].pieces[part].end()));
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    diagnostics.push(Diagnostic::at(
        "cut-at-words",
        format!(
            "only the first {words_max} words are read; the last {:.2} of {:.2} MB are kept and not read",
            megabytes(end - at),
            megabytes(text.len()),
        ),
        Span::from_range(at..stop),
    ));
    blocks.truncate(number + 1);
    shorten(&mut blocks[number], part, at, text);
    if blocks[number].pieces.is_empty() {
        blocks.pop();
    }
}

/// Ends a block at byte `at` of its piece `part`.
fn shorten(block: &mut Block, part: usize, at: usize, text: &str) {
    block.pieces.truncate(part + 1);
    let piece = block.pieces[part];
    let kept = text[piece.start()..at].trim_end().len();
    block.pieces.truncate(part);
    if kept > 0 {
        block.pieces.push(Span::from_range(piece.start()..piece.start() + kept));
    }
}

/// Most tokens of a sentence. Few sentences that people write have more, those of resolutions and treaties, which have marks to cut behind; what
/// has more is a list or a flood, and rooms look from each word of a sentence over the whole of it.
const SENTENCE_TOKENS: u32 = 250;

/// Cuts sentences that nobody wrote into parts of at most [`SENTENCE_TOKENS`], behind a mark where there is one, and says so.
///
/// Words whose governor lies in another part hang on their part's first such word. A name across a cut is none.
pub(crate) fn cut_sentences(doc: Document) -> Document {
    let long = |sentence: &Sentence| sentence.tokens.end - sentence.tokens.start > SENTENCE_TOKENS;
    let Some(first) = doc.sentences().iter().find(|sentence| long(sentence)) else { return doc };
    let mut article = doc.article().clone();
    let begins = doc.span(first.tokens.start..first.tokens.start + 8);
    let message = format!(
        "what has no end of a sentence for {SENTENCE_TOKENS} words and marks is cut and read in parts"
    );
    article.diagnostics.push(Diagnostic::at("sentence-cut", message, begins));
    let mut tokens = doc.tokens().to_vec();
    let mut sentences = Vec::with_capacity(doc.sentences().len() + 8);
    let mut cuts = Vec::new();
    for sentence in doc.sentences() {
        let mut rest = sentence.tokens.clone();
        while rest.end - rest.start > SENTENCE_TOKENS {
            let cut = cut(&tokens, rest.start);
            cuts.push(cut);
            sentences.push(Sentence { tokens: rest.start..cut, block: sentence.block });
            rest.start = cut;
        }
        sentences.push(Sentence { tokens: rest, block: sentence.block });
    }
    for sentence in &sentences {
        hang(&mut tokens, sentence.tokens.clone());
    }
    let mut entities = doc.entities().to_vec();
    entities.retain(|entity| {
        let next = cuts.partition_point(|&cut| cut <= entity.tokens.start);
        cuts.get(next).is_none_or(|&cut| cut >= entity.tokens.end)
    });
    Document::new(article, tokens, sentences, entities)
}

/// Where a part that begins at `start` ends: behind the last mark of its second half, else where it is full.
fn cut(tokens: &[Token], start: u32) -> u32 {
    let full = start + SENTENCE_TOKENS;
    let marks = [Tag::Comma, Tag::Colon, Tag::Stop];
    let behind = |at: &u32| marks.contains(&tokens[*at as usize - 1].tag);
    (start + SENTENCE_TOKENS / 2..=full).rev().find(behind).unwrap_or(full)
}

/// Gives the words of a part whose governor lies outside one inside.
fn hang(tokens: &mut [Token], part: Range<u32>) {
    let outside = |tokens: &[Token], at: u32| !part.contains(&tokens[at as usize].head);
    let is_root = |tokens: &[Token], at: u32| tokens[at as usize].head == at;
    let Some(root) = part.clone().find(|&at| outside(tokens, at) || is_root(tokens, at)) else { return };
    for at in part.clone() {
        if outside(tokens, at) {
            tokens[at as usize].head = root;
            tokens[at as usize].dep = if at == root { Dep::Root } else { Dep::Dep };
        }
    }
}

/// The last border of characters up to `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Words and marks so far.
#[derive(Default)]
struct Count {
    words: usize,
    marks: usize,
}

impl Count {
    /// Counts on through a piece. The byte at which the words are used up, if they are: at the beginning of a word or mark, or within a run
    /// without end.
    ///
    /// A word is a run of letters and digits of up to [`WORD_BYTES`]; a longer run counts as several. Marks cost as much as words; of
    /// those, one for four words is free, since prose has fewer.
    fn end(&mut self, piece: &str, words_max: usize) -> Option<usize> {
        let tokens_max = words_max.saturating_add(words_max / 4);
        // Bytes of the run so far that no word was counted for.
        let mut run: Option<usize> = None;
        for (at, character) in piece.char_indices() {
            if character.is_alphanumeric() {
                let length = run.map_or(WORD_BYTES, |length| length) + character.len_utf8();
                if length <= WORD_BYTES {
                    run = Some(length);
                    continue;
                }
                run = Some(character.len_utf8());
                self.words += 1;
            } else if character.is_whitespace() {
                run = None;
                continue;
            } else {
                run = None;
                self.marks += 1;
            }
            if self.words > words_max || self.words + self.marks > tokens_max {
                return Some(at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchkeeper_record::article::BlockKind;

    fn article(parts: &[&str]) -> Article {
        let (mut text, mut blocks) = (String::new(), Vec::new());
        for part in parts {
            let start = text.len();
            text.push_str(part);
            blocks.push(Block {
                kind: BlockKind::Paragraph,
                pieces: vec![Span::from_range(start..start + part.trim_end().len())],
            });
        }
        Article::of_blocks(text, blocks)
    }

    fn read(article: &Article) -> Vec<&str> {
        article.blocks.iter().flat_map(|block| &block.pieces).map(|piece| piece.of(&article.text)).collect()
    }

    #[test]
    fn what_fits_is_read_whole() {
        let mut article = article(&["Rebels left the army said ", "Nobody died"]);
        let before = article.clone();
        hold(&mut article, 7);
        assert_eq!(article, before);
    }

    #[test]
    fn the_rest_is_kept_unread_and_the_place_named() {
        let mut article = article(&["Rebels left the army said ", "Nobody died in Gao. ", "All fled."]);
        let text = article.text.clone();
        hold(&mut article, 7);
        assert_eq!(read(&article), ["Rebels left the army said", "Nobody died"]);
        assert_eq!(article.text, text);
        let remark = &article.diagnostics[0];
        assert_eq!(
            (remark.code.as_str(), remark.span.map(|span| span.of(&text))),
            ("cut-at-words", Some("in Gao."))
        );
    }

    #[test]
    fn a_cut_between_blocks_leaves_no_empty_block() {
        let mut article = article(&["Rebels left ", "Nobody died"]);
        hold(&mut article, 2);
        assert_eq!(read(&article), ["Rebels left"]);
    }

    #[test]
    fn runs_without_end_and_floods_of_marks_count() {
        let mut long = article(&["ü".repeat(2000).as_str()]);
        hold(&mut long, 10);
        assert_eq!(read(&long), ["ü".repeat(160)]);
        let dots = "a.".repeat(500);
        let mut marks = article(&[dots.as_str(), "."]);
        hold(&mut marks, 100);
        assert_eq!(read(&marks).concat().len(), 125);
        assert_eq!(marks.diagnostics.len(), 1);
    }
}
