//! Words in quotation marks: which tokens stand between which marks, over sentences and paragraphs.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::document::TokenIndex;

/// A stretch between quotation marks, inside one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quotation {
    /// The words between the marks; never empty.
    pub(crate) inner: Range<TokenIndex>,
    /// Whether it goes on in the next block, which opens with a mark of its own.
    pub(crate) continues: bool,
}

/// Every quotation of a document in order; they don't overlap. Marks without a partner open nothing that crosses a block.
pub(crate) fn quotations(doc: &Document) -> Vec<Quotation> {
    let mut found: Vec<Quotation> = Vec::new();
    let mut sentence = 0;
    let sentences = doc.sentences();
    while sentence < sentences.len() {
        let block = sentences[sentence].block;
        let start = sentences[sentence].tokens.start;
        while sentence < sentences.len() && sentences[sentence].block == block {
            sentence += 1;
        }
        let end = sentences[sentence - 1].tokens.end;
        block_quotations(doc, start..end, &mut found);
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open(char),
    Close(char),
    /// `"` is either, as `''` is where no opening mark of its own came before.
    Straight(char),
}

fn mark(doc: &Document, index: TokenIndex) -> Option<Mark> {
    let text = doc.token(index).text.as_str();
    Some(match text {
        "“" | "„" => Mark::Open('”'),
        "«" => Mark::Open('»'),
        "‘" => Mark::Open('’'),
        "``" => Mark::Open('\''),
        "”" => Mark::Close('”'),
        "»" => Mark::Close('»'),
        "''" => Mark::Straight('\''),
        "’" => Mark::Close('’'),
        "\"" => Mark::Straight('"'),
        _ => return None,
    })
}

fn block_quotations(doc: &Document, tokens: Range<TokenIndex>, found: &mut Vec<Quotation>) {
    let mut open: Option<(TokenIndex, Option<char>)> = None;
    for index in tokens.clone() {
        let Some(mark) = mark(doc, index) else { continue };
        match (open, mark) {
            (None, Mark::Open(close)) => open = Some((index, Some(close))),
            (None, Mark::Straight(close)) => open = Some((index, Some(close))),
            (Some((start, Some(close))), Mark::Straight(this)) if this == close => {
                push(found, start + 1..index, false);
                open = None;
            }
            (Some((start, Some(close))), Mark::Close(this)) if this == close => {
                push(found, start + 1..index, false);
                open = None;
            }
            // A new opening mark before the old one closed: the old one was no quotation, or lost its end.
            (Some((_, Some('’'))), Mark::Open(close)) => open = Some((index, Some(close))),
            _ => {}
        }
    }
    if let Some((start, close)) = open {
        // Paragraph after paragraph of one quotation opens with a mark; only the last one closes.
        let whole = start <= tokens.start + 1 && close != Some('’');
        let next_opens = tokens.end < doc.tokens().len() as TokenIndex
            && matches!(mark(doc, tokens.end), Some(Mark::Open(_) | Mark::Straight(_)));
        if whole && next_opens || (next_opens && close != Some('’') && tokens.end - start > 4) {
            push(found, start + 1..tokens.end, true);
        }
    }
}

fn push(found: &mut Vec<Quotation>, inner: Range<TokenIndex>, continues: bool) {
    if !inner.is_empty() {
        found.push(Quotation { inner, continues });
    }
}
