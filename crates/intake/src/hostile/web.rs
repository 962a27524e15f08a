//! Pages made to break readers of HTML: depth, misnesting, floods of attributes, entities and marks, lying encodings.

use super::{Hostile, case};

/// A page around a hostile part.
fn page(head: &str, body: &str) -> Vec<u8> {
    let text = "<p>Troops crossed the river on Monday, the ministry said. Two people were killed.</p>";
    format!(
        "<!DOCTYPE html><html><head><title>A raid</title>{head}</head><body>{text}{body}{text}</body></html>"
    )
    .into_bytes()
}

/// All of them. A page is given by the door; what its reading makes of it is the reader's matter.
pub(super) fn all() -> Vec<Hostile> {
    let giving = |name, class, bytes| case(name, class, bytes).giving(1).unrefused();
    let attributes: String = (0..200_000).map(|number| format!(" a{number}=\"{number}\"")).collect();
    let classes = format!("<div class=\"{}\">x</div>", "a ".repeat(2_000_000));
    let numbers: String = (0..60_000).map(|number| format!("<b id=\"i{number}\">")).collect();
    let cells = format!("<table>{}</table>", "<tr><td>1<td>2<td>3".repeat(100_000));
    let metas: String = (0..100_000)
        .map(|number| format!("<meta property=\"article:author\" content=\"Ann {number}\">"))
        .collect();
    let deep_data = format!(
        "<script type=\"application/ld+json\">{}{}</script>",
        "{\"@graph\":[".repeat(200_000),
        "]}".repeat(200_000)
    );
    let wide_data = format!(
        "<script type=\"application/ld+json\">[{}1]</script>",
        "{\"@type\":\"NewsArticle\",\"author\":{\"name\":\"Ann\"}},".repeat(60_000)
    );
    let mut nuls = page("", &"<p>Tro\0ops\0 came.\0</p>".repeat(50_000));
    nuls.extend(vec![0; 2_000_000]);
    let utf16: Vec<u8> = page("<meta charset=\"utf-8\">", &"<p>Troops came.</p>".repeat(2000))
        .iter()
        .flat_map(|byte| [*byte, 0])
        .collect();
    let broken =
        [page("<meta charset=\"utf-8\">", ""), b"\xc3\x28\xff\xfe\xed\xa0\x80\xf8<p>x".repeat(100_000)]
            .concat();
    let shift = [page("<meta charset=\"iso-2022-jp\">", ""), b"\x1b$B\x1b(B<p>x".repeat(200_000)].concat();
    let many_charsets =
        page(&"<meta charset=\"x-user-defined\"><meta charset=\"utf-16\">".repeat(20_000), "");
    vec![
        giving("deep-divs.html", "depth", page("", &"<div>".repeat(200_000))),
        giving(
            "deep-spans-closed.html",
            "depth",
            page("", &format!("{}x{}", "<span>".repeat(100_000), "</span>".repeat(100_000))),
        ),
        giving("misnested.html", "structure", page("", &"<b><i><u><p>Troops</b></i></u>".repeat(30_000))),
        giving("formatting.html", "structure", page("", &format!("{}{}", numbers, "<p>x</b>".repeat(3000)))),
        giving("anchors.html", "structure", page("", &"<a href=x><div>Troops ".repeat(50_000))),
        giving("foster.html", "structure", page("", &"<table><b>x<tr>y<td><table>".repeat(20_000))),
        giving("cells.html", "count", page("", &cells)),
        giving("attributes.html", "count", page("", &format!("<p{attributes}>Troops came.</p>"))),
        giving("classes.html", "size", page("", &classes)),
        giving(
            "entities.html",
            "count",
            page("", &format!("<p>{}</p>", "&amp;&notit;&#x1F600;&#99999999;".repeat(125_000))),
        ),
        giving("entity-without-end.html", "size", page("", &format!("<p>&#x{}", "0".repeat(3_000_000)))),
        giving(
            "script-without-end.html",
            "structure",
            page("", &format!("<script>{}", "<!--<script>".repeat(300_000))),
        ),
        giving(
            "comment-without-end.html",
            "structure",
            page("", &format!("<!--{}", "-- >".repeat(1_000_000))),
        ),
        giving("comments.html", "count", page("", &"<!-->".repeat(500_000))),
        giving("tag-without-end.html", "size", page("", &format!("<p title=\"{}", "x>".repeat(2_000_000)))),
        giving("select.html", "structure", page("", &"<select><option><svg><select>".repeat(30_000))),
        giving("foreign.html", "depth", page("", &"<svg><math><mi><foreignObject>".repeat(30_000))),
        giving("templates.html", "depth", page("", &"<template>".repeat(50_000))),
        giving("frames.html", "count", page("", &"<frameset><iframe srcdoc='<p>x'>".repeat(50_000))),
        giving("paragraphs.html", "count", page("", &"<p>Troops came. ".repeat(200_000))),
        giving("letters.html", "size", page("", &format!("<p>{}</p>", "a".repeat(5_000_000)))),
        giving("sentence.html", "size", page("", &format!("<p>{}</p>", "troops came and ".repeat(60_000)))),
        giving("stops.html", "count", page("", &format!("<p>{}</p>", ". ".repeat(500_000)))),
        giving(
            "quotes.html",
            "count",
            page("", &format!("<p>{}</p>", "\u{201c}A, \u{201d}".repeat(100_000))),
        ),
        giving(
            "capitals.html",
            "count",
            page("", &format!("<p>{}</p>", "Ali Khan of Kabul, ".repeat(20_000))),
        ),
        giving(
            "marks.html",
            "count",
            page("", &format!("<p>{}</p>", "a\u{301}\u{302}\u{202e}\u{200d}".repeat(200_000))),
        ),
        giving(
            "dates.html",
            "count",
            page("", &format!("<p>{}</p>", "on Monday, 3 May 2021, ".repeat(20_000))),
        ),
        giving("metas.html", "count", page(&metas, "")),
        giving("deep-data.html", "depth", page(&deep_data, "")),
        giving("wide-data.html", "count", page(&wide_data, "")),
        // So many that it is taken for what isn't text.
        case("nuls.html", "encoding", nuls),
        giving("utf16-as-utf8.html", "encoding", utf16),
        giving("broken-utf8.html", "encoding", broken),
        giving("escapes.html", "encoding", shift),
        giving("charsets.html", "encoding", many_charsets),
    ]
}
