//! Bytes → feed, list of feeds, robots.txt: never panics; what is read of a feed is bounded, absolute and comes through JSON
//! unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchkeeper_fetch::feed::{self, FeedItem, ITEMS_MAX};
use watchkeeper_fetch::{Rules, opml};

fuzz_target!(|bytes: &[u8]| {
    for charset in [None, Some("utf-16le"), Some("shift_jis")] {
        let Ok(feed) = feed::parse(bytes, Some("https://post.example/feeds/all.xml"), charset) else { continue };
        assert!(feed.items.len() <= ITEMS_MAX);
        for item in &feed.items {
            assert!(!item.id.is_empty());
            assert!(item.url.as_ref().is_none_or(|url| url.starts_with("http://") || url.starts_with("https://")));
            let page = item.page("https://post.example/feeds/all.xml", feed.title.as_deref());
            let again: FeedItem = serde_json::from_slice(&page.bytes).expect("it was just written");
            assert!(again == *item);
        }
    }
    if let Ok(feeds) = opml::parse(bytes) {
        let again = opml::parse(opml::write(&feeds).as_bytes()).expect("it was just written");
        assert_eq!(again.len(), feeds.len());
    }
    let rules = Rules::parse(bytes, "watchkeeper");
    assert!(rules.allows("/robots.txt"));
    let _ = rules.allows("/a/b?c=%64&d=*$");
});
