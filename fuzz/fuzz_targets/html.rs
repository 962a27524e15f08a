//! Bytes as an HTML page → article: never panics; blocks in bounds and order, the map in order and inside the page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchkeeper_article::{ArticleOptions, extract_page};
use watchkeeper_record::page::{Form, RawPage};

fuzz_target!(|bytes: &[u8]| {
    let page = RawPage::new("fuzz", Form::Html, bytes.to_vec());
    let Ok(article) = extract_page(&page, &ArticleOptions::default()) else { return };
    let text = &article.text;
    assert!(!text.contains('\0'));
    let map = article.map.as_ref().expect("a page has a map");
    let mut before = 0;
    for block in &article.blocks {
        assert!(!block.pieces.is_empty());
        for piece in &block.pieces {
            assert!(piece.start() >= before && !article.is_masked(*piece) && !piece.of(text).trim().is_empty());
            before = piece.end();
            let range = map.page(*piece).expect("the page holds every piece");
            assert!(range.start < range.end && range.end <= bytes.len());
        }
    }
    for by in article.byline.iter().filter_map(|by| by.span) {
        assert!(!by.of(text).is_empty());
    }
});
