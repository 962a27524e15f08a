//! OPML: lists of feeds, as feed readers exchange them (opml.org/spec2).

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::Error;
use crate::feed::{decode, unescape};

/// Bytes of a list that are read; a larger one is refused.
pub const BYTES_MAX: usize = 16 << 20;
/// Feeds of a list that are read.
pub const FEEDS_MAX: usize = 20_000;

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Outline {
    /// The feed's URL, as written.
    pub url: String,
    /// Its name.
    pub title: Option<String>,
    /// The page that it belongs to.
    pub page: Option<String>,
}

/// Reads the feeds of a list, in their order, each URL once. Folders are opened, outlines without a feed passed over.
///
/// # Errors
/// [`Error::Feed`] when the bytes are no OPML. A list that breaks off gives what stands before.
pub fn parse(bytes: &[u8]) -> Result<Vec<Outline>, Error> {
    let fault = |why: &str| Error::Feed { why: why.to_owned() };
    if bytes.len() > BYTES_MAX {
        return Err(fault("the list of feeds is larger than 16 MiB"));
    }
    let text = decode(bytes, None);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut known = BTreeSet::new();
    let mut feeds = Vec::new();
    let mut is_opml = false;
    // An error ends the list like the end of the file: what was read before it is a list too.
    while let Ok(event) = reader.read_event() {
        let tag = match event {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => break,
            _ => continue,
        };
        let name = tag.name();
        if !is_opml {
            if !name.as_ref().eq_ignore_ascii_case("opml") {
                return Err(fault("not a list of feeds: no OPML"));
            }
            is_opml = true;
            continue;
        }
        if !name.as_ref().eq_ignore_ascii_case("outline") {
            continue;
        }
        let mut outline = Outline::default();
        let mut spare = None;
        for attribute in tag.attributes().with_checks(false).take(64).flatten() {
            let value = unescape(&attribute.value).trim().to_owned();
            if value.is_empty() || value.len() > 8_192 {
                continue;
            }
            match attribute.key.as_ref() {
                "xmlUrl" | "xmlurl" | "xmlURL" => outline.url = value,
                "htmlUrl" | "htmlurl" => outline.page = Some(value),
                "title" => outline.title = Some(value),
                "text" => spare = Some(value),
                _ => {}
            }
        }
        outline.title = outline.title.or(spare);
        if !outline.url.is_empty() && feeds.len() < FEEDS_MAX && known.insert(outline.url.clone()) {
            feeds.push(outline);
        }
    }
    if is_opml { Ok(feeds) } else { Err(fault("not a list of feeds: no OPML")) }
}

/// Writes a list as OPML 2.0.
#[must_use]
pub fn write(feeds: &[Outline]) -> String {
    let escape = |text: &str| {
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        quick_xml::escape::escape(plain).into_owned()
    };
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head><title>watchkeeper feeds</title></head>\n  <body>\n",
    );
    for feed in feeds {
        let title = escape(feed.title.as_deref().unwrap_or(&feed.url));
        let page =
            feed.page.as_deref().map(|page| format!(" htmlUrl=\"{}\"", escape(page))).unwrap_or_default();
        let url = escape(&feed.url);
        out.push_str(&format!(
            "    <outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{url}\"{page}/>\n"
        ));
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_opened_and_doubles_dropped() {
        let opml = r#"<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
            <outline text="World"><outline text="A &amp; B" xmlUrl="https://a.example/f?x=1&amp;y=2" htmlUrl="https://a.example/"/>
            <outline text="Deeper"><outline title="C" text="c" type="rss" xmlUrl="https://c.example/f"></outline></outline></outline>
            <outline text="A again" xmlUrl="https://a.example/f?x=1&amp;y=2"/><outline text="no feed"/>"#;
        let feeds = parse(opml.as_bytes()).unwrap();
        assert_eq!(feeds.len(), 2);
        assert_eq!(feeds[0].url, "https://a.example/f?x=1&y=2");
        assert_eq!(feeds[0].title.as_deref(), Some("A & B"));
        assert_eq!(feeds[1].title.as_deref(), Some("C"));
    }

    #[test]
    fn what_is_no_list_is_told() {
        for text in ["", "{}", "<html><body></body></html>", "plain"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        let bomb = "<!DOCTYPE opml [<!ENTITY a \"x\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><opml><body><outline xmlUrl=\"https://a.example/&a;&b;\"/></body></opml>";
        assert_eq!(parse(bomb.as_bytes()).unwrap()[0].url, "https://a.example/&a;&b;");
        let deep = format!("<opml>{}", "<outline xmlUrl=\"x\">".repeat(200_000));
        assert_eq!(parse(deep.as_bytes()).unwrap().len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(urls in proptest::collection::btree_set("https?://[a-z&?=<>\"'é]{1,20}", 0..8), title in "\\PC{1,20}") {
            let title = title.trim();
            let feeds: Vec<Outline> = urls
                .into_iter()
                .map(|url| Outline { url, title: (!title.is_empty()).then(|| title.to_owned()), page: None })
                .collect();
            let read = parse(write(&feeds).as_bytes()).unwrap();
            let urls = |feeds: &[Outline]| feeds.iter().map(|feed| feed.url.clone()).collect::<Vec<_>>();
            proptest::prop_assert_eq!(urls(&read), urls(&feeds));
            if !title.is_empty() {
                proptest::prop_assert_eq!(read, feeds);
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }
    }
}
