//! Feeds of every kind, and what is sent in their place.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use watchkeeper_record::page::Form;

use super::server::Server;
use crate::Error;
use crate::feed::{self, Feed, FeedItem, ITEMS_MAX, Kind};

fn read(text: &str) -> Feed {
    feed::parse(text.as_bytes(), Some("https://post.example/feeds/all.xml"), None).unwrap()
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Valley &amp; Hill Post</title><link>https://post.example/</link><description>All of it</description><language>en-gb</language><ttl>45</ttl>
<image><title>Logo</title><url>https://post.example/l.png</url><link>https://logo.example/</link></image>
<item><title><![CDATA[Bridge <b>closed</b> &amp; guarded]]></title><link>/2023/bridge?a=1&amp;b=2</link><guid isPermaLink="false">post-17</guid>
<pubDate>Wed, 05 Apr 2023 06:07:08 +0200</pubDate><dc:creator>Ana Doe</dc:creator><dc:creator>Ben Roe</dc:creator>
<description>The bridge &lt;em&gt;closed&lt;/em&gt; on Monday.</description><c:encoded><![CDATA[<p>The bridge <em>closed</em>.</p>]]></c:encoded>
<media:content url="x"><media:title>Not this</media:title><media:description>Nor this</media:description></media:content>
<source url="https://wire.example/rss">Hill Wire</source></item>
<item><guid>https://post.example/2023/second</guid><title>Second</title><author>desk@post.example (Cem Poe)</author><description>Plain <b>and</b> marked</description></item>
<item></item>
</channel></rss>"#;

#[test]
fn rss_is_read() {
    let feed = read(RSS);
    assert_eq!(
        (feed.kind, feed.title.as_deref(), feed.link.as_deref()),
        (Kind::Rss, Some("Valley & Hill Post"), Some("https://post.example/"))
    );
    assert_eq!(
        (feed.language.as_deref(), feed.minutes_fresh, feed.items.len()),
        (Some("en-gb"), Some(45), 2)
    );
    assert_eq!(feed.diagnostics, []);
    let first = &feed.items[0];
    assert_eq!(first.id, "post-17");
    assert_eq!(first.url.as_deref(), Some("https://post.example/2023/bridge?a=1&b=2"));
    assert_eq!(first.title.as_deref(), Some("Bridge closed & guarded"));
    assert_eq!(first.authors, ["Ana Doe", "Ben Roe"]);
    assert_eq!(first.published.unwrap().to_string(), "2023-04-05T04:07:08Z");
    assert_eq!(first.summary.as_deref(), Some("The bridge <em>closed</em> on Monday."));
    assert_eq!(first.content.as_deref(), Some("<p>The bridge <em>closed</em>.</p>"));
    assert_eq!((first.language.as_deref(), first.source.as_deref()), (Some("en-gb"), Some("Hill Wire")));
    let second = &feed.items[1];
    assert_eq!(second.url.as_deref(), Some("https://post.example/2023/second"));
    assert_eq!(second.authors, ["Cem Poe"]);
    assert_eq!(second.summary.as_deref(), Some("Plain <b>and</b> marked"));
}

#[test]
fn rdf_is_read() {
    let feed = read(
        r##"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://r.example/"><title>R</title><link>https://r.example/</link><items><rdf:Seq><rdf:li resource="x"/></rdf:Seq></items></channel>
        <item rdf:about="https://r.example/1"><title>One</title><link>https://r.example/1</link><dc:date>2023-04-05</dc:date></item></rdf:RDF>"##,
    );
    assert_eq!((feed.title.as_deref(), feed.items.len()), (Some("R"), 1));
    assert_eq!(
        (feed.items[0].id.as_str(), feed.items[0].published.unwrap().to_string().as_str()),
        ("https://r.example/1", "2023-04-05T00:00:00Z")
    );
}

#[test]
fn atom_is_read() {
    let feed = read(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://a.example/blog/"><title type="text">A &lt; B</title>
        <link rel="self" href="feed.xml"/><link href="./"/><author><name>Ed Itor</name><email>ed@a.example</email></author>
        <entry xml:lang="fr"><id>urn:1</id><title type="html">Le &lt;b>pont&lt;/b> &amp;eacute;</title><link rel="enclosure" href="x.mp3"/><link rel="alternate" type="text/html" href="un"/>
        <published>2023-04-05T06:07:08Z</published><updated>2023-04-06T00:00:00+01:00</updated><author><email>ana@a.example</email><name>Ana</name><uri>x</uri></author>
        <source><id>urn:s</id><title>Wire</title><updated>2001-01-01T00:00:00Z</updated></source>
        <summary>1 &lt; 2</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p class="x">a &amp; b<br/></p></div></content></entry>
        <entry><id>urn:2</id><title>B</title><link href="/deux"/><content type="html">&lt;p>x&lt;/p></content></entry></feed>"#,
    );
    assert_eq!(
        (feed.kind, feed.title.as_deref(), feed.link.as_deref()),
        (Kind::Atom, Some("A < B"), Some("https://a.example/blog/"))
    );
    let first = &feed.items[0];
    assert_eq!(
        (first.url.as_deref(), first.title.as_deref()),
        (Some("https://a.example/blog/un"), Some("Le pont é"))
    );
    assert_eq!(
        (first.id.as_str(), first.language.as_deref(), first.source.as_deref()),
        ("urn:1", Some("fr"), Some("Wire"))
    );
    assert_eq!(first.authors, ["Ana"]);
    assert_eq!(first.updated.unwrap().to_string(), "2023-04-05T23:00:00Z");
    assert_eq!(first.summary.as_deref(), Some("1 &lt; 2"));
    assert_eq!(
        first.content.as_deref(),
        Some(r#"<div xmlns="http://www.w3.org/1999/xhtml"><p class="x">a &amp; b<br></p></div>"#)
    );
    let second = &feed.items[1];
    assert_eq!(
        (second.url.as_deref(), second.content.as_deref()),
        (Some("https://a.example/deux"), Some("<p>x</p>"))
    );
    assert_eq!(
        (second.authors.as_slice(), second.language.as_deref()),
        (["Ed Itor".to_owned()].as_slice(), Some("en"))
    );
}

#[test]
fn an_item_becomes_a_page_of_its_own() {
    let feed = read(RSS);
    let page = feed.items[0].page("https://post.example/feeds/all.xml", feed.title.as_deref());
    assert_eq!((page.form, page.origin.as_str()), (Form::Item, "https://post.example/2023/bridge?a=1&b=2"));
    let (form, bytes) = page.readable();
    assert_eq!((form, bytes), (Form::Html, &b"<p>The bridge <em>closed</em>.</p>"[..]));
    assert_eq!(serde_json::from_slice::<FeedItem>(&page.bytes).unwrap(), feed.items[0]);
    assert_eq!(page.told.published.unwrap().to_string(), "2023-04-05");
    assert_eq!(
        (page.told.outlet.as_deref(), page.told.title.as_deref()),
        (Some("Hill Wire"), Some("Bridge closed & guarded"))
    );
    let bare = FeedItem { id: "x".to_owned(), title: Some("A < B".to_owned()), ..FeedItem::default() };
    let page = bare.page("https://post.example/f", Some("Post"));
    assert_eq!(
        (page.origin.as_str(), page.readable().1),
        ("https://post.example/f#x", &b"<p>A &lt; B</p>"[..])
    );
    assert_eq!(page.told.outlet.as_deref(), Some("Post"));
}

#[test]
fn encodings_are_told_apart() {
    let latin =
        "<?xml version='1.0' encoding='ISO-8859-1'?><rss><channel><title>Caf\u{e9}</title></channel></rss>";
    let bytes: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let title = |bytes: &[u8], charset| feed::parse(bytes, None, charset).unwrap().title.unwrap();
    assert_eq!(title(&bytes, None), "Café");
    assert_eq!(title(&bytes, Some("windows-1252")), "Café");
    // Says one thing and is another.
    assert_eq!(title(latin.as_bytes(), Some("iso-8859-1")), "Café");
    assert_eq!(title(&bytes, Some("utf-8")), "Café");
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend(latin.as_bytes());
    assert_eq!(title(&marked, None), "Café");
    for little in [false, true] {
        let wide: Vec<u8> = latin
            .encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect();
        assert_eq!(title(&wide, None), "Café");
    }
}

#[test]
fn broken_feeds_give_what_can_be_read() {
    let whole = "<item><title>One</title><link>https://a.example/1</link></item>";
    for (text, items, remarks) in [
        (format!("<rss><channel><title>T</title>{whole}<item><title>Tw"), 1, 1),
        (format!("<rss><channel>{whole}<item><title>Two</title><link>https://a.exam"), 1, 1),
        (format!("<rss><channel>{whole}<item><title attr='x"), 1, 2),
        (format!("<rss><channel>{whole}<![CDATA[ never closed"), 1, 1),
        (format!("<rss><channel>{whole}{whole}</rss>"), 2, 0),
        (format!("\n\n  <?xml version='1.0'?><rss>{whole}"), 1, 0),
        (format!("<b>Warning</b>: mysql on line 1<br/>\n<?xml version='1.0'?><rss>{whole}</rss>"), 1, 0),
        (
            "<rss><item><title>A<b>B</title><description>x & y &nbsp;&bogus; < z</description></item></rss>"
                .to_owned(),
            1,
            0,
        ),
        ("<rss><item><title>One<item><title>Two</title></item></rss>".to_owned(), 1, 0),
        (
            "<rss><item><title>One</b></i></title></item></channel></channel><item><title>Two</title></item>"
                .to_owned(),
            2,
            0,
        ),
    ] {
        let feed = feed::parse(text.as_bytes(), None, None).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((feed.items.len(), feed.diagnostics.len()), (items, remarks), "{text}: {feed:?}");
    }
}

#[test]
fn what_is_no_feed_is_told() {
    for text in [
        "",
        "   ",
        "plain words",
        "<!doctype html><html><head><title>Not found</title></head></html>",
        "<opml/>",
        "<?xml version='1.0'?>",
        "{\"a\":1}",
        "[1,2]",
        "<",
        "\u{0}\u{1}",
        "<rss><channel><item><title>cut",
    ] {
        let error = feed::parse(text.as_bytes(), None, None).unwrap_err();
        assert!(matches!(error, Error::Feed { .. }), "{text}: {error}");
    }
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let server = Server::saying("HTTP/1.1 200 OK\r\n\r\nsecret");
    let secret = std::env::temp_dir().join(format!("watchkeeper-entity-{}", std::process::id()));
    std::fs::write(&secret, "a secret of this computer").unwrap();
    let mut lol = String::from("<!DOCTYPE rss [<!ENTITY l0 \"lol\">");
    for level in 1..30 {
        lol.push_str(&format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)));
    }
    let address = format!("http://{}", server.address);
    let path = secret.display();
    let doctypes = [
        format!("{lol}]>"),
        format!("<!DOCTYPE rss SYSTEM \"{address}/dtd\">"),
        format!("<!DOCTYPE rss PUBLIC \"x\" \"{address}/dtd\" [<!ENTITY l29 SYSTEM \"file://{path}\">]>"),
        format!(
            "<!DOCTYPE rss [<!ENTITY % p SYSTEM \"{address}/p\"> %p; <!ENTITY l29 SYSTEM \"{address}/e\">]>"
        ),
        "<!DOCTYPE rss [<!ENTITY l29 \"<![CDATA[ ]]> ]>\"> ]>".to_owned(),
        format!(
            "<?xml-stylesheet href=\"{address}/s.xsl\"?><!DOCTYPE rss [<!ENTITY l29 SYSTEM \"{path}\">]>"
        ),
    ];
    let started = Instant::now();
    for doctype in doctypes {
        let xml = format!(
            "<?xml version=\"1.0\"?>{doctype}<rss xmlns:xi=\"http://www.w3.org/2001/XInclude\" xml:base=\"{address}/\"><channel><title>t</title><item><title>&l29;</title><link>https://a.example/&l29;</link>\
             <description>&l29;<xi:include href=\"file://{path}\"/></description></item></channel></rss>"
        );
        let feed = match feed::parse(xml.as_bytes(), None, None) {
            Ok(feed) => feed,
            Err(error) => {
                assert!(matches!(error, Error::Feed { .. }));
                continue;
            }
        };
        let shown = format!("{feed:?}");
        assert!(shown.len() < 20_000 && !shown.contains("secret"), "{shown}");
    }
    assert!(started.elapsed() < Duration::from_secs(2));
    std::fs::remove_file(&secret).unwrap();
    assert_eq!(server.connections(), 0);
}

#[test]
fn huge_and_deep_feeds_are_bounded() {
    let started = Instant::now();
    let whole = "<item><title>One</title></item>";
    for (text, items) in [
        (format!("<rss><title>t</title>{}", "<a>".repeat(3_000_000)), 0),
        (format!("<rss>{whole}<item><description>{}", "<a>".repeat(3_000_000)), 1),
        (format!("<rss>{}", "<item><title>x</title>".repeat(400_000)), ITEMS_MAX),
        (
            format!(
                "<rss>{whole}<item><title>{}</title><description>{}</description></item></rss>",
                "long ".repeat(1_000_000),
                "x".repeat(8_000_000)
            ),
            2,
        ),
        (
            format!(
                "<rss>{whole}<item><title>x</title>{}</item></rss>",
                "<author>a</author>".repeat(500_000)
            ),
            2,
        ),
        (
            format!(
                "<rss {}>{whole}</rss>",
                (0..300_000).map(|n| format!("xmlns:a{n}='u' ")).collect::<String>()
            ),
            1,
        ),
        (format!("<rss>{whole}<item {}><title>x</title></item></rss>", "a='b' ".repeat(2_000_000)), 2),
        (format!("<rss>{whole}{}</rss>", "&#120;".repeat(2_000_000)), 1),
        (format!("<rss>{whole}<item><title>{}</title></item></rss>", "&amp;".repeat(2_000_000)), 2),
        (format!("<rss>{whole}{}", "<!-- x ".repeat(1_000_000)), 1),
        (format!("<rss>{whole}{}", "</item>".repeat(2_000_000)), 1),
        (format!("<rss>{whole}{}</rss>", "<![CDATA[<]]>".repeat(1_000_000)), 1),
        (format!("<rss>{whole}<item><title>{}</title></item></rss>", "<b".repeat(3_000_000)), 2),
    ] {
        let one = Instant::now();
        let result = feed::parse(text.as_bytes(), None, None);
        assert!(one.elapsed() < Duration::from_secs(5), "{}: {:?}", &text[..60], one.elapsed());
        match result {
            Ok(feed) => {
                assert_eq!(feed.items.len(), items, "{}", &text[..60]);
                assert!(feed.items.iter().all(|item| item.weight() < 3 << 20 && item.authors.len() <= 20));
            }
            Err(error) => {
                assert!(items == 0 || text.len() as u64 > feed::BYTES_MAX, "{}: {error}", &text[..60])
            }
        }
    }
    assert!(matches!(feed::parse(&vec![b'<'; 17 << 20], None, None), Err(Error::Feed { .. })));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn authors_are_names() {
    for (written, name) in [
        ("Jane Doe", Some("Jane Doe")),
        ("jane@x.example (Jane Doe)", Some("Jane Doe")),
        ("Jane Doe &lt;jane@x.example&gt;", Some("Jane Doe")),
        ("jane@x.example", None),
        ("J —joe@x.example", Some("J")),
        ("Émilie Ünal, staff", Some("Émilie Ünal, staff")),
        ("()", None),
        ("@desk", None),
        ("&lt;b&gt;Jane&lt;/b&gt;", Some("Jane")),
    ] {
        let feed = read(&format!("<rss><item><title>t</title><author>{written}</author></item></rss>"));
        assert_eq!(feed.items[0].authors.first().map(String::as_str), name, "{written}");
    }
}

/// Pieces of feeds in any order: nearer to what breaks a reader than bytes by chance.
fn shards() -> impl Strategy<Value = String> {
    let shard = prop::sample::select(vec![
        "<rss>",
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'>",
        "<channel>",
        "</channel>",
        "<item>",
        "</item>",
        "<feed>",
        "<entry>",
        "</entry>",
        "<title>",
        "</title>",
        "<title type='html'>",
        "<title type='xhtml'>",
        "<link>",
        "</link>",
        "<link href='a b'/>",
        "<guid>",
        "</guid>",
        "<author>",
        "</author>",
        "<name>",
        "</name>",
        "<source>",
        "</source>",
        "<content type='xhtml'>",
        "</content>",
        "<description>",
        "</description>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&#x41;",
        "&#xFFFFFFFF;",
        "&bogus;",
        "&",
        "<",
        ">",
        "é—",
        "J —joe@x.example",
        "<pubDate>",
        "</pubDate>",
        "5 Apr 2023 1:2",
        "<dc:date>",
        "</dc:date>",
        "<br/>",
        "<a href=\"",
        "\"",
        "'",
        "<?xml version='1.0' encoding='utf-16'?>",
        "<!DOCTYPE x [",
        "]>",
        "<image>",
        "</image>",
        "https://a.example/",
        "\u{0}",
        "\u{202e}",
        "=",
        "/>",
        "xml:base='http://['",
        "<ttl>",
        "</ttl>",
        "99999999999999",
        "</",
        "<:>",
        "<a:b:c>",
        "</:>",
    ]);
    prop::collection::vec(shard, 0..40).prop_map(|shards| shards.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn no_shards_panic(text in shards()) {
        let bare = feed::parse(text.as_bytes(), Some("https://post.example/f"), None);
        let rooted = feed::parse(format!("<rss>{text}").as_bytes(), None, Some("latin1"));
        for feed in [bare, rooted].into_iter().flatten() {
            for item in &feed.items {
                prop_assert!(!item.id.is_empty());
                prop_assert!(item.url.as_ref().is_none_or(|url| url.starts_with("http")));
                prop_assert_eq!(&serde_json::from_slice::<FeedItem>(&item.page("f", None).bytes).unwrap(), item);
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, json in "\\{(\"(version|items|title|id|authors)\":|https://jsonfeed.org/version/1|[\\[\\]{},:\"0-9]){0,20}") {
        let _ = feed::parse(&bytes, None, None);
        let _ = feed::parse(json.as_bytes(), None, Some("utf-8"));
    }

    /// A feed cut anywhere still gives a start of its items.
    #[test]
    fn a_cut_feed_gives_a_start(at in 0..RSS.len()) {
        let at = RSS.floor_char_boundary(at);
        let whole = read(RSS).items;
        if let Ok(feed) = feed::parse(&RSS.as_bytes()[..at], Some("https://post.example/feeds/all.xml"), None) {
            let mut start = feed.items;
            // The language stands before the items, so only its cut would show in them.
            start.iter_mut().for_each(|item| item.language = Some("en-gb".to_owned()));
            prop_assert!(whole.starts_with(&start));
        }
    }
}
