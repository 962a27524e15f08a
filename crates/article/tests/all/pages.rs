//! Pages of `testdata/pages` and what is read of them: the article whole, nothing of the widgets around and inside it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use watchkeeper_article::{ArticleOptions, Error, extract, extract_page};
use watchkeeper_record::article::{Article, BlockKind};
use watchkeeper_record::page::{Exchange, Form, RawPage, Told};

/// What a page gives, in the form of the files beside the pages.
fn shown(article: &Article) -> String {
    let mut out = format!("title: {}\n", article.title.as_deref().unwrap_or_default());
    if let Some(published) = article.published {
        out.push_str(&format!("published: {}\n", published.start));
    }
    if !article.byline.is_empty() {
        let names: Vec<&str> = article.byline.iter().map(|by| by.name.as_str()).collect();
        out.push_str(&format!("authors: {}\n", names.join("; ")));
    }
    out.push('\n');
    for block in article.blocks.iter().filter(|block| block.kind != BlockKind::Title) {
        out.push_str(&block.view(&article.text).text);
        out.push('\n');
    }
    out
}

#[test]
fn widgets_leak_nothing_into_the_reading() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/pages");
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    pages.sort();
    assert!(pages.len() >= 12);
    let mut wrong = Vec::new();
    for path in &pages {
        let article = extract(&std::fs::read(path).unwrap(), &ArticleOptions::default()).unwrap();
        let want = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let found = shown(&article);
        if found != want {
            wrong.push(format!("{}\n--- wanted\n{want}--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} pages:\n{}", wrong.len(), pages.len(), wrong.join("\n"));
}

const STORY: &str = "<article><h1>Rebels take the bridge at Orla</h1><p>Rebels took the bridge at Orla on Monday after a night of shelling, the governor of the province said.</p><p>Four soldiers were killed and eleven wounded, according to the hospital in the town.</p></article>";

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Rebels take the bridge at Orla</title></head><body>{body}</body></html>"
    )
}

#[test]
fn what_the_container_says_wins() {
    let mut raw = RawPage::new("https://post.example/a", Form::Html, page(STORY).into_bytes());
    raw.http = Some(Exchange { url: "https://post.example/2020/02/03/a".to_owned(), ..Exchange::default() });
    let article = extract_page(&raw, &ArticleOptions::default()).unwrap();
    assert_eq!(article.title.as_deref(), Some("Rebels take the bridge at Orla"));
    assert_eq!(article.published.unwrap().start.to_string(), "2020-02-03");
    assert_eq!(article.url.as_deref(), Some("https://post.example/2020/02/03/a"));
    raw.told = Told {
        title: Some("Bridge falls".to_owned()),
        authors: vec!["Ada Renn".to_owned()],
        outlet: Some("Post".to_owned()),
        published: "2020-02-04".parse().ok(),
        ..Told::default()
    };
    let article = extract_page(&raw, &ArticleOptions::default()).unwrap();
    assert_eq!(article.title.as_deref(), Some("Bridge falls"));
    assert_eq!(article.byline[0].name, "Ada Renn");
    assert_eq!(article.outlet.as_deref(), Some("Post"));
    assert_eq!(article.published.unwrap().start.to_string(), "2020-02-04");
}

#[test]
fn a_transport_charset_is_used() {
    let source = page(STORY).replace("<meta charset=utf-8>", "").replace("Orla", "Žižkov");
    let (bytes, _, _) = encoding_rs::ISO_8859_2.encode(&source);
    let mut raw = RawPage::new("x.html", Form::Html, bytes.into_owned());
    raw.http = Some(Exchange {
        headers: vec![("content-type".to_owned(), "text/html; charset=iso-8859-2".to_owned())],
        ..Exchange::default()
    });
    let article = extract_page(&raw, &ArticleOptions::default()).unwrap();
    assert!(article.text.contains("bridge at Žižkov"), "{}", article.text);
}

#[test]
fn feeds_and_empty_pages_are_told() {
    let options = ArticleOptions::default();
    let feed = "<?xml version='1.0'?><rss><channel><item><title>x</title></item></channel></rss>";
    assert_eq!(extract(feed.as_bytes(), &options), Err(Error::Markup));
    assert_eq!(
        extract(b"<html><head><title>x</title></head><body><script>1</script></body></html>", &options),
        Err(Error::Empty)
    );
    assert!(matches!(
        extract_page(&RawPage::new("x.pdf", Form::Pdf, b"%PDF-1.7".to_vec()), &options),
        Err(Error::Binary { .. })
    ));
}

/// Pages by class of attack, each far beyond what a page needs; the sentinel is read where it can be.
fn hostile() -> Vec<(&'static str, Vec<u8>, bool)> {
    let many = |part: &str, count: usize| part.repeat(count);
    let with = |tail: String| page(&format!("{STORY}{tail}")).into_bytes();
    let mut pages: Vec<(&'static str, Vec<u8>, bool)> = vec![
        ("deep sections", with(many("<section>", 50_000)), true),
        ("deep spans in a paragraph", with(format!("<p>{}x", many("<span>", 60_000))), true),
        ("deep mixed tables and lists", with(many("<table><tr><td><ul><li>", 10_000)), true),
        ("unclosed paragraphs", with(many("<p>x", 100_000)), true),
        ("ends without starts", with(many("</div></p></b></table>", 60_000)), true),
        (
            "misnested formatting",
            with(format!("{}{}", many("<b><i><p>", 8_000), many("</b></i></p>", 8_000))),
            true,
        ),
        ("links in links", with(format!("{}{}", many("<a href=x><b>", 30_000), many("</a>", 30_000))), true),
        (
            "many attributes",
            with(format!("<p {}>x</p>", (0..150_000).map(|i| format!("b{i}='{i}' ")).collect::<String>())),
            true,
        ),
        ("the same attribute", with(format!("<p {}>x</p>", many("class=a ", 150_000))), true),
        (
            "a long class on many",
            with(format!(
                "<div class='{}'>{}</div>",
                many("body ", 100_000),
                many("<p class=x>y</p>", 20_000)
            )),
            true,
        ),
        ("a long attribute", with(format!("<p style='{}'>x</p>", many("a:b;", 300_000))), true),
        ("quotes that never end", with(many("<a b=\"", 100_000) + &many("<a b='", 100_000)), false),
        ("comments that never end", with(many("<!-- x", 200_000)), true),
        ("declarations that never end", with(many("<!x <?y ", 100_000)), true),
        ("scripts that never end", with(many("<script>", 100_000)), true),
        ("styles and titles that never end", with(many("<title><textarea><style>", 40_000)), true),
        ("ends that never end", with(many("</", 500_000)), true),
        ("script ends that aren't", with(format!("<script>{}</script>", many("</scripx", 200_000))), true),
        ("tags that aren't", with(many("<<<", 300_000)), true),
        ("entities", with(format!("<p>{}</p>", many("&amp;&#x41;&notanentity", 100_000))), true),
        ("endless numbers", with(format!("<p>&#{}</p>", many("9", 1_000_000))), true),
        ("zero bytes", with(format!("<p>{}</p>", many("\0", 500_000))), true),
        ("marks without width", with(format!("<p>{}</p>", many("\u{200B}\u{AD}", 200_000))), true),
        ("one long word", with(format!("<p>{}</p>", many("a", 2_000_000))), true),
        ("one long line of digits", with(format!("<p>{}</p>", many("12.", 400_000))), true),
        (
            "many headings equal to the title",
            with(many("<h1>Rebels take the bridge at Orla</h1>", 20_000)),
            false,
        ),
        ("many dates", with(many("<time datetime='2020-01-01'>1 January 2020</time>", 30_000)), true),
        (
            "many bylines",
            with(many("<span class=author>By Ada Renn, Bo Lim and Cy Dorn</span>", 20_000)),
            true,
        ),
        ("many metas", with(many("<meta name=author content='Ada Renn'>", 50_000)), true),
        (
            "deep linked data",
            with(format!("<script type='application/ld+json'>{}</script>", many("[{\"a\":", 100_000))),
            true,
        ),
        (
            "wide linked data",
            with(format!(
                "<script type='application/ld+json'>[{}0]</script>",
                many("{\"@type\":\"Article\",\"author\":{\"@id\":\"x\"}},", 20_000)
            )),
            true,
        ),
        (
            "a huge linked body",
            with(format!(
                "<script type='application/ld+json'>{{\"@type\":\"Article\",\"articleBody\":\"{}\"}}</script>{}",
                many("Soldiers left the town. ", 40_000),
                many("<p>Soldiers left the town of Orla and went home.</p>", 10_000)
            )),
            false,
        ),
        ("many cells", with(format!("<table>{}</table>", many("<tr><td>a<td>b", 60_000))), true),
        ("many breaks", with(format!("<p>{}</p>", many("x<br>", 150_000))), true),
        ("many lists of options", with(format!("<select>{}</select>", many("<option>a", 100_000))), true),
        ("svg in svg", with(many("<svg><g/><title>x", 30_000)), true),
        (
            "many bars in a title",
            page(STORY).replace("<title>", &format!("<title>{}", many("a | b - ", 50_000))).into_bytes(),
            true,
        ),
    ];
    let text = page(STORY);
    pages.push(("utf-16 without a mark", text.encode_utf16().flat_map(u16::to_le_bytes).collect(), true));
    pages.push((
        "utf-16 cut in a unit",
        text.encode_utf16().flat_map(u16::to_be_bytes).chain([0]).collect(),
        true,
    ));
    pages.push(("utf-8 called utf-16", text.replace("utf-8", "utf-16").into_bytes(), true));
    pages.push(("utf-8 called nonsense", text.replace("utf-8", "x-nonsense-9").into_bytes(), true));
    pages.push(("utf-8 called utf-7", text.replace("utf-8", "utf-7").into_bytes(), true));
    let mut cut = page(&format!("{STORY}<p>Łódź")).into_bytes();
    cut.truncate(cut.windows(3).rposition(|three| three == b"d\xC5\xBA").unwrap() + 2);
    pages.push(("cut in a letter", cut, true));
    pages
}

#[test]
fn hostile_pages_end_soon_and_tell() {
    for (name, bytes, sentinel) in hostile() {
        let started = std::time::Instant::now();
        let read = extract(&bytes, &ArticleOptions::default());
        let spent = started.elapsed();
        assert!(spent.as_secs() < 5, "{name}: {spent:?}");
        match read {
            Ok(article) => {
                assert!(!article.text.contains('\0'), "{name}");
                let found = article.text.contains("Rebels took the bridge at Orla on Monday");
                assert!(
                    found || !sentinel,
                    "{name}: the story is lost: {:?}",
                    &article.text.chars().take(200).collect::<String>()
                );
            }
            Err(error) => assert!(!sentinel, "{name}: {error}"),
        }
    }
}

/// What a stretch of a page shows: tags out, references decoded, white space and marks without ink out.
fn letters(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if inside || c.is_whitespace() || c.is_control() || c == '\u{FEFF}' => {}
            c => out.push(c),
        }
    }
    out.replace("&amp;", "&")
        .replace("&eacute;", "é")
        .replace("&#8217;", "’")
        .replace("&nbsp;", "")
        .replace("&hellip;", "…")
}

type Decode = fn(&[u8]) -> String;

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(60))]
    /// Whatever a span of the text points to in the page, read again, is the span.
    #[test]
    fn the_map_leads_back_to_the_page(
        words in proptest::collection::vec("[a-zA-Zäöß]{1,9}", 30..60),
        joints in proptest::collection::vec(0_usize..9, 60),
        encoding in 0_usize..4,
        cuts in proptest::collection::vec((0.0_f64..1.0, 0.0_f64..1.0), 12),
    ) {
        let joint = [" ", "  \n ", " <b>x</b> ", "&nbsp;", " caf&eacute; ", " <i>it</i>&#8217;s ", "&hellip; ", " A &amp; B ", " "];
        let story: String = words.iter().zip(&joints).flat_map(|(word, &at)| [word.as_str(), joint[at]]).collect();
        let source = page(&format!("<article><h1>Rebels take the bridge</h1><p>Rebels took the bridge on Monday, {story} officials said.</p><p>Four soldiers were killed, {story} said the governor.</p></article>"));
        let (bytes, decode): (Vec<u8>, Decode) = match encoding {
            0 => (source.clone().into_bytes(), |bytes| String::from_utf8_lossy(bytes).into_owned()),
            1 => ([b"\xEF\xBB\xBF", source.as_bytes()].concat(), |bytes| String::from_utf8_lossy(bytes).into_owned()),
            2 => (
                encoding_rs::WINDOWS_1252.encode(&source.replace("charset=utf-8", "charset=iso-8859-1")).0.into_owned(),
                |bytes| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
            ),
            _ => (
                source.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                |bytes| encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
            ),
        };
        let article = extract(&bytes, &ArticleOptions::default()).unwrap();
        let map = article.map.as_ref().unwrap();
        proptest::prop_assert!(article.text.contains("Rebels took the bridge on Monday"));
        for block in &article.blocks {
            for piece in &block.pieces {
                let range = map.page(*piece).unwrap();
                proptest::prop_assert_eq!(letters(&decode(&bytes[range])), squeezed(piece.of(&article.text)));
            }
        }
        // Any span inside: the page's bytes hold it, and no more than whole references around it.
        for (a, b) in cuts {
            let at = |share: f64| {
                let at = (article.text.len() as f64 * share) as usize;
                (0..=at).rev().find(|&at| article.text.is_char_boundary(at)).unwrap()
            };
            let (start, end) = (at(a.min(b)), at(a.max(b)));
            if start == end {
                continue;
            }
            let span = watchkeeper_record::Span::from_range(start..end);
            let Some(range) = map.page(span) else { continue };
            let shown = letters(&decode(&bytes[range]));
            proptest::prop_assert!(shown.contains(&squeezed(span.of(&article.text))), "{:?} in {:?}", span.of(&article.text), shown);
        }
    }
}

#[test]
fn the_day_of_publication_is_told_from_days_beside_it() {
    let published = |head: &str, above: &str, address: &str| {
        let source = format!(
            "<!doctype html><html lang=de><head><meta charset=utf-8><title>Rebels take the bridge at Orla</title>{head}</head><body>{above}{STORY}</body></html>"
        );
        let raw = RawPage::new(address, Form::Html, source.into_bytes());
        extract_page(&raw, &ArticleOptions::default()).unwrap().published.map(|day| day.start.to_string())
    };
    let head = "<meta property=article:published_time content=2019-10-18T14:31:33+02:00>";
    let today =
        "<div class=current-date>Sa, 19. Oktober 2019</div><div class=entry-date>Fr, 18. Oktober 2019</div>";
    let address = "https://post.example/a";
    assert_eq!(
        published(head, today, address).as_deref(),
        Some("2019-10-18"),
        "today's day above the page's own"
    );
    let moved = "https://post.example/2017/07/12/a";
    assert_eq!(published(head, "", moved).as_deref(), Some("2017-07-12"), "moved after two years");
    let soon = "https://post.example/2019/10/12/a";
    assert_eq!(published(head, "", soon).as_deref(), Some("2019-10-18"), "an address some days older");
}
