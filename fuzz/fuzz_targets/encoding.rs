//! A label and bytes → article: the label of the transport may be anything; the page's own may be anything too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchkeeper_article::{ArticleOptions, extract_page};
use watchkeeper_record::page::{Form, RawPage};

fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.first().map_or(0, |&first| usize::from(first % 24) + 1).min(bytes.len());
    let (label, body) = bytes.split_at(cut);
    let label: String = label.iter().skip(1).map(|&byte| char::from(byte)).collect();
    let head = format!("<meta charset='{label}'><p>Police said: ");
    let mut page = RawPage::new("fuzz", Form::Html, [head.as_bytes(), body].concat());
    for told in [None, Some(label.clone())] {
        page.told.charset = told;
        let Ok(article) = extract_page(&page, &ArticleOptions::default()) else { continue };
        let map = article.map.as_ref().expect("a page has a map");
        for piece in article.blocks.iter().flat_map(|block| &block.pieces) {
            let range = map.page(*piece).expect("the page holds every piece");
            assert!(range.start < range.end && range.end <= page.bytes.len());
        }
    }
});
