//! Bytes → article: never panics; spans in bounds, masks sorted and disjoint, pieces apart from masks, views aligned.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchkeeper_article::{ArticleOptions, extract};

fuzz_target!(|bytes: &[u8]| {
    let Ok(article) = extract(bytes, &ArticleOptions::default()) else { return };
    let text = &article.text;
    let mut before = 0;
    for mask in &article.masked {
        assert!(mask.span.start() >= before && !mask.span.of(text).trim().is_empty());
        before = mask.span.end();
    }
    let mut before = 0;
    for block in &article.blocks {
        assert!(!block.pieces.is_empty());
        for piece in &block.pieces {
            assert!(piece.start() >= before && !article.is_masked(*piece) && !piece.of(text).trim().is_empty());
            before = piece.end();
        }
        let view = block.view(text);
        assert!(!view.text.is_empty() && view.text == view.text.trim());
        for (offset, c) in view.text.char_indices().filter(|(_, c)| *c != ' ') {
            assert_eq!(view.source(offset, offset + c.len_utf8()).of(text).chars().next(), Some(c));
        }
    }
    for by in article.byline.iter().filter_map(|by| by.span) {
        assert!(!by.of(text).is_empty());
    }
    if let Some(dateline) = &article.dateline {
        let parts = [dateline.place, dateline.date, dateline.agency];
        assert!(parts.iter().flatten().all(|part| dateline.span.contains(*part) && !part.of(text).is_empty()));
    }
});
