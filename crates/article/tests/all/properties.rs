//! Properties that hold for any bytes: spans in bounds, masks disjoint, pieces apart from masks, views aligned, nothing
//! slow.

use proptest::prelude::*;
use watchkeeper_article::{ArticleOptions, Error, extract};
use watchkeeper_record::article::Article;

/// Checks what every article has to keep.
fn check(article: &Article) {
    let text = &article.text;
    let mut before = 0;
    for mask in &article.masked {
        assert!(mask.span.start() >= before && !mask.span.is_empty(), "masks are sorted and disjoint");
        assert!(!mask.span.of(text).trim().is_empty() && !mask.why.is_empty());
        before = mask.span.end();
    }
    let mut before = 0;
    for block in &article.blocks {
        assert!(!block.pieces.is_empty());
        for piece in &block.pieces {
            assert!(piece.start() >= before && !piece.is_empty(), "pieces are in order");
            assert!(!article.is_masked(*piece), "a piece lies in a mask");
            assert!(!piece.of(text).trim().is_empty());
            before = piece.end();
        }
        let view = block.view(text);
        assert!(!view.text.is_empty(), "a block without a visible character");
        assert_eq!(view.text, view.text.trim());
        for (offset, c) in view.text.char_indices().filter(|(_, c)| *c != ' ') {
            assert_eq!(view.source(offset, offset + c.len_utf8()).of(text).chars().next(), Some(c));
        }
    }
    for by in &article.byline {
        assert!(by.span.is_none_or(|span| !span.of(text).is_empty()));
    }
    if let Some(dateline) = &article.dateline {
        let parts = [dateline.place, dateline.date, dateline.agency];
        assert!(!dateline.span.of(text).is_empty());
        assert!(
            parts.iter().flatten().all(|part| dateline.span.contains(*part) && !part.of(text).is_empty())
        );
    }
    for diagnostic in &article.diagnostics {
        assert!(diagnostic.span.is_none_or(|span| text.get(span.range()).is_some()));
    }
}

fn read(bytes: &[u8]) -> Option<Article> {
    let article = extract(bytes, &ArticleOptions::default()).ok()?;
    check(&article);
    assert_eq!(extract(bytes, &ArticleOptions::default()).as_ref(), Ok(&article), "the same twice");
    Some(article)
}

/// Parts that rules look for, and parts that trouble them.
fn part() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Sen. Ann Lee",
        "Ann Mary LeeLee backs bill",
        "MORE",
        "By Ann Lee and Bo Orr",
        "NAIROBI, Kenya, May 3 (Agency) — ",
        "ALSO READ: What now?",
        "© 2014 Daily Post. All rights reserved.",
        "(Photo: Bo Orr/AFP)",
        "Most read",
        "1. A headline",
        "• an item",
        "Sign up for our newsletter",
        "Ann Lee is a reporter in Kano.",
        "[TEXT]",
        "<b>",
        "</p>",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\u{c}",
        " ",
        "\t",
        "\0",
        "\u{feff}",
        "\u{200f}",
        "é",
        "e\u{301}",
        "شهر",
        "軍",
        "🙂",
        "Ǆ",
        "ß",
        "İ",
        "…",
        "“",
        "”",
        "((((",
        "...",
        "10:14 GMT",
        "Updated 3 May 2021",
        "12 APR 89",
        "READ MORE: ",
        "A. ",
        "lower",
        "UPPER",
        "x|y",
        "/",
        "Home » News",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_keep_the_rules(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn any_text_keeps_the_rules(parts in prop::collection::vec(part(), 0..60)) {
        read(parts.concat().as_bytes());
    }

    #[test]
    fn utf16_reads_like_utf8(parts in prop::collection::vec(part(), 1..30)) {
        let text = parts.concat();
        let wide: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        if let (Some(narrow), Some(wide)) = (read(text.trim_start_matches('\u{feff}').as_bytes()), read(&wide)) {
            prop_assert_eq!(narrow.text.trim_start_matches('\u{feff}'), wide.text.trim_start_matches('\u{feff}'));
        }
    }
}

/// Seconds that reading takes, the best of three.
fn seconds(text: &str) -> f64 {
    let once = || {
        let start = std::time::Instant::now();
        let _ = extract(text.as_bytes(), &ArticleOptions::default());
        start.elapsed().as_secs_f64()
    };
    (0..3).map(|_| once()).fold(f64::MAX, f64::min)
}

#[test]
fn nothing_is_quadratic() {
    let _ = seconds("warm up: patterns are compiled once");
    for part in [
        " ",
        "\n",
        "\r",
        "a",
        "a ",
        "A",
        "aB",
        "a.B",
        "(",
        "((",
        "[READ MORE ",
        "Ann LeeAnn Lee",
        "Lee)Lee ",
        "MORE ",
        "Advertisement\n",
        "• x\n",
        "1. A b c\n",
        "Most read\n",
        "NAIROBI, Kenya (AP) — Police said so. ",
        "KABUL, May 3 (AP) — x\n",
        "© ",
        "word. ",
        "word.\n",
        "10:14 GMT\n\n",
        "\u{200f}",
        "\0 a b c d e f g h i j k l m n o p q r s t ",
        "READ ALSO: x ",
        "Sign up for x. ",
        "<b ",
        "By Ann Lee\n",
        "é",
        "Photo: A/B ",
        "Ann Lee is a reporter.\n\n",
        ".”",
        "....",
        "a-",
    ] {
        // Sixteen times the text may take sixteen times the time; a quadratic rule takes 256 times.
        let small = seconds(&part.repeat(20_000 / part.len())).max(0.004);
        let large = seconds(&part.repeat(320_000 / part.len()));
        assert!(large < small * 100.0, "{part:?}: {small:.4} s, then {large:.4} s");
    }
}

#[test]
fn huge_and_odd_input_is_answered() {
    let spaces = vec![b' '; 5_000_000];
    assert_eq!(extract(&spaces, &ArticleOptions::default()), Err(Error::Empty));
    assert!(matches!(
        extract(&vec![b'a'; 5_000_001], &ArticleOptions::default()),
        Err(Error::TooLarge { .. })
    ));
    assert!(read(&b"word ".repeat(100_000)).is_some());
    let article = read(b"One.\rTwo people died.\rThree.").expect("text");
    assert_eq!(article.blocks.len(), 3);
    assert!(extract(b"<!doctype html><p>News of the day</p>", &ArticleOptions::default()).is_ok());
}

#[test]
fn messages_say_what_is_wrong() {
    let message = |bytes: &[u8], size_max| {
        extract(bytes, &ArticleOptions { size_max, ..ArticleOptions::default() })
            .expect_err("no text")
            .to_string()
    };
    assert_eq!(message(b"%PDF-1.4", 100), "this is no plain text; it looks like a PDF document");
    assert_eq!(
        message(&vec![b'a'; 6_300_000], 5_000_000),
        "the document has 6.3 MB of text and the limit is 5.0 MB; split it, or raise the limit"
    );
    assert!(message(b"", 100).contains("empty"));
}
