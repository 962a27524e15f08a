//! Bytes in, pages out: every door by small inputs of its own making.

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::ControlFlow;

use crate::with_pdf;
use watchkeeper_intake::hostile::{Member, answer, gzip, pdf_with, warc_record, zip_of};
use watchkeeper_intake::{Columns, Limits, Options, Outcome, PdfReader, Source, Summary, read};

/// What was found, one line each.
fn found_with(name: &str, bytes: &[u8], options: &Options, limits: &Limits) -> (String, Summary) {
    let mut found = String::new();
    let source = Source::Bytes { name: name.to_owned(), bytes: bytes.to_vec() };
    let summary = read(source, limits, options, &mut |outcome| {
        let line = match outcome {
            Outcome::Page(page) => {
                let told = &page.page.told;
                let (form, text) = page.page.readable();
                let mut line = format!("{} {}>{}", page.page.origin, page.page.form.word(), form.word());
                for part in [&told.title, &told.outlet, &told.url, &told.language].into_iter().flatten() {
                    write!(line, " [{part}]").unwrap();
                }
                for part in &told.authors {
                    write!(line, " by {part}").unwrap();
                }
                for day in [told.published, told.updated].into_iter().flatten() {
                    write!(line, " on {day}").unwrap();
                }
                if let Some(fetched) = page.page.fetched {
                    write!(line, " got {fetched}").unwrap();
                }
                for remark in &page.remarks {
                    write!(line, " ({})", remark.code).unwrap();
                }
                format!("{line}: {}", String::from_utf8_lossy(text).replace('\n', "|"))
            }
            Outcome::Feed(feed) => format!("{} feed", feed.origin),
            Outcome::Link(link) => format!("{} -> {}", link.origin, link.url),
            Outcome::Refused(refusal) => format!("! {refusal}"),
        };
        writeln!(found, "{line}").unwrap();
        ControlFlow::Continue(())
    });
    (found, summary)
}

fn found(name: &str, bytes: &[u8]) -> String {
    found_with(name, bytes, &Options::default(), &Limits::default()).0
}

#[test]
fn plain_pages_and_what_is_none() {
    assert_eq!(found("a.txt", b"Troops came."), "a.txt text>text: Troops came.\n");
    assert_eq!(found("a.txt", b"<html><p>x"), "a.txt html>html: <html><p>x\n");
    assert_eq!(found("a", b"<rss version='2.0'/>"), "a feed\n");
    assert_eq!(found("a.html", b"\x89PNG\r\n\x1a\n"), "! a.html: looks like a PNG image, which isn't read\n");
    assert_eq!(found("a.pdf", b"%PDF-1.4"), "! a.pdf: the PDF's text was not read: no reader was given\n");
}

#[test]
fn compression_is_undone_and_named_after_its_file() {
    let text = b"Troops came.";
    let mut bzip = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip.write_all(text).unwrap();
    assert_eq!(found("a.txt.bz2", &bzip.finish().unwrap()), "a.txt.bz2 text>text: Troops came.\n");
    assert_eq!(found("a.md.gz", &gzip(&gzip(text))), "a.md.gz markdown>markdown: Troops came.\n");
    let two = [gzip(b"Troops "), gzip(b"came.")].concat();
    assert_eq!(found("a.gz", &two), "a.gz text>text: Troops came.\n");
    let zstd = ruzstd::encoding::compress_to_vec(&text[..], ruzstd::encoding::CompressionLevel::Fastest);
    assert_eq!(found("a.zst", &[zstd.clone(), zstd].concat()), "a.zst text>text: Troops came.Troops came.\n");
    let whole = gzip("Troops came. ".repeat(500).as_bytes());
    assert!(found("a.gz", &whole[..whole.len() - 9]).contains("(page-cut): Troops came."));
}

#[test]
fn zips_give_their_members_and_documents_themselves() {
    let inner = zip_of(&[Member::deflated("b.txt", b"They left.")], false);
    let zip = zip_of(
        &[
            Member::deflated("a/a.html", b"<p>Troops came.</p>"),
            Member::stored("../in.zip", &inner),
            Member::stored("__MACOSX/a.txt", b"x"),
            Member::stored("rows.csv", b"text\nx"),
            Member::stored("p.jpg", b"\xff\xd8\xff"),
            Member { method: 9, ..Member::stored("d.txt", b"x") },
        ],
        false,
    );
    assert_eq!(
        found("day.zip", &zip),
        "day.zip!a/a.html html>html: <p>Troops came.</p>\n\
         day.zip!in.zip!b.txt text>text: They left.\n\
         ! day.zip!p.jpg: looks like a JPEG image, which isn't read\n\
         ! day.zip!d.txt: a zip member packed by Deflate64 is not read\n"
    );
    let core = b"<c><dc:title>A raid</dc:title><dc:creator>Anna Field</dc:creator><d:modified>2021-05-03T10:00:00Z</d:modified></c>";
    let docx = zip_of(
        &[
            Member::deflated("docProps/core.xml", core),
            Member::deflated(
                "word/document.xml",
                b"<w:p><w:r><w:t>Troops came.</w:t></w:r></w:p><w:p><w:r><w:t>They left.</w:t></w:r></w:p>",
            ),
        ],
        false,
    );
    let expected = "x.docx docx>text [A raid] by Anna Field on 2021-05-03: Troops came.||They left.\n";
    assert_eq!(found("x.docx", &docx), expected);
    let book = zip_of(&[Member::stored("xl/workbook.xml", b"x")], false);
    assert!(found("x", &book).contains("a workbook (XLSX)"));
    // Archives that unpack themselves have a program before them.
    let mut shifted = b"PK\x03\x04 a head of some sort".to_vec();
    shifted.extend(zip_of(&[Member::stored("a.txt", b"Troops came.")], false));
    assert_eq!(found("s", &shifted), "s!a.txt text>text: Troops came.\n");
}

#[test]
fn mail_gives_its_text_and_its_documents() {
    let mail = "From: \"The Daily\" <a@b.example>\r\nSubject: Fwd: =?utf-8?Q?Raid_in_Caf=C3=A9?=\r\nDate: Mon, 3 May 2021 10:00:00 +0200\r\n\
        List-Id: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\npreamble\r\n--x\r\n\
        Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nView online\r\n\
        --y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Troops came.</p>\r\n--y--\r\n\
        --x\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"../a.html\"\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+VGhleSBsZWZ0LjwvcD4=\r\n\
        --x\r\nContent-Type: image/png\r\n\r\nx\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: Inner\r\n\r\nA third text.\r\n--x--\r\n";
    let expected = "m.eml message>html [Raid in Café] [The Daily] on 2021-05-03: <p>Troops came.</p>\n\
        m.eml!a.html html>html: <p>They left.</p>\n\
        m.eml!message-7 message>text [Inner]: A third text.\n";
    assert_eq!(found("m.eml", mail.as_bytes()), expected);
    let flowed = "From: a@b.example\nSubject: x\nContent-Type: text/plain; format=flowed; charset=windows-1252\n\nTroops \ncame \x26 left.\nEnd\n";
    assert_eq!(found("m", flowed.as_bytes()), "m message>text [x]: Troops came & left.|End\n");
    let mailbox = "From a@b Mon May  3 10:00:00 2021\nSubject: One\nFrom: a@b.example\n\nFirst.\n>From here on.\n\nFrom a@b Mon May  3 11:00:00 2021\nSubject: Two\nFrom: a@b.example\n\nSecond.\n";
    let expected =
        "m.mbox#1 message>text [One]: First.|From here on.\nm.mbox#2 message>text [Two]: Second.\n";
    assert_eq!(found("m.mbox", mailbox.as_bytes()), expected);
}

#[test]
fn crawls_give_their_pages_and_count_the_rest() {
    let page = b"<p>Troops came.</p>";
    let records = [
        warc_record("warcinfo", "", b"software: x", None),
        warc_record("request", "http://a.example/", b"GET / HTTP/1.1\r\n\r\n", None),
        warc_record("response", "http://a.example/1", &answer("", page), None),
        warc_record(
            "response",
            "http://a.example/2",
            &answer("Content-Encoding: gzip\r\n", &gzip(page)),
            None,
        ),
        warc_record(
            "response",
            "http://a.example/3",
            &answer("Transfer-Encoding: chunked\r\n", b"4\r\n<p>T\r\n6;x\r\nhey le\r\n0\r\n\r\n"),
            None,
        ),
        warc_record("response", "http://a.example/4", b"HTTP/1.1 404 Not Found\r\n\r\nNo", None),
        warc_record(
            "response",
            "http://a.example/5",
            b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n",
            None,
        ),
        warc_record("revisit", "http://a.example/1", b"HTTP/1.1 200 OK\r\n\r\n", None),
        warc_record("conversion", "http://a.example/6", b"Plain text of a page.", None),
    ];
    let expected = "#3 html>html [http://a.example/1] got 2021-05-03T10:00:00Z: <p>Troops came.</p>\n\
        #4 html>html [http://a.example/2] got 2021-05-03T10:00:00Z: <p>Troops came.</p>\n\
        #5 html>html [http://a.example/3] got 2021-05-03T10:00:00Z: <p>They le\n\
        #9 text>text [http://a.example/6] got 2021-05-03T10:00:00Z: Plain text of a page.\n";
    let (plain, summary) = found_with("c.warc", &records.concat(), &Options::default(), &Limits::default());
    assert_eq!(plain.replace("c.warc", ""), expected);
    let skipped: Vec<String> =
        summary.skipped.iter().map(|(what, count)| format!("{what} {count}")).collect();
    assert_eq!(
        skipped,
        [
            "answer of status 404 1",
            "request record 1",
            "revisit record 1",
            "style, script, data or picture 1",
            "warcinfo record 1"
        ]
    );
    let members: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    assert_eq!(found("c.warc.gz", &members).replace("c.warc.gz", ""), expected);
    let bad = [gzip(&records[2]), gzip(&records[2])[..60].to_vec(), gzip(&records[3])].concat();
    let bad = found("c.warc.gz", &bad);
    assert!(
        bad.contains("#1 html")
            && bad.contains("[http://a.example/2]")
            && bad.contains("! c.warc.gz#2: damaged"),
        "{bad}"
    );
}

#[test]
fn tables_and_json_give_rows_with_what_their_columns_say() {
    let csv = "\u{feff}Headline;Body;Published;URL;Source;Author\r\nA raid;\"Troops\r\ncame.\";3 May 2021;http://a.example/;The Daily;Anna Field\r\nx;;3/4/21;http://b.example/;;\r\ny;<p>They</p><br>left;3/4/2021;;;\r\n;;;;;\r\nz;;;;;\r\n";
    let expected = "t.csv#2 row>text [A raid] [The Daily] [http://a.example/] by Anna Field on 2021-05-03: Troops|came.\n\
        t.csv#3 -> http://b.example/\n\
        t.csv#4 row>html [y] (told-date-unread): <p>They</p><br>left\n\
        ! t.csv#6: has no text\n"
        .replace('|', "\r|");
    assert_eq!(found("t.csv", csv.as_bytes()), expected);
    let utf16: Vec<u8> =
        "text\ttitle\nTroops came é.\tA\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found("t.tsv", &utf16), "t.tsv#2 row>text [A]: Troops came é.\n");
    assert_eq!(found("t.csv", b"text,title\nCaf\xe9,A\n"), "t.csv#2 row>text [A]: Café\n");
    assert_eq!(
        found("t.csv", b"a,b\n1,2\n"),
        "! t.csv: has no text column (name it with --text-column); its columns are: a, b\n"
    );
    let rows = format!("1,{}\n2,{0}\n", "Troops came. ".repeat(9));
    let told = found("t.csv", rows.as_bytes());
    assert!(told.ends_with("… (the first row has to name the columns)\n") && told.len() < 200, "{told}");
    let lines = "{\"id\":\"n7\",\"text\":\"Troops came.\",\"authors\":[{\"name\":\"A F\"},\"B G\"],\"date\":1620036000}\n\nnonsense\n{\"url\":\"http://a.example/\"}\n{\"a\":{\"b\":\"Deep.\"}}\n";
    let expected = "j.jsonl#n7 row>text by A F by B G on 2021-05-03: Troops came.\n\
        ! j.jsonl#3: damaged: not a JSON object: expected ident at line 1 column 2\n\
        j.jsonl#4 -> http://a.example/\n\
        ! j.jsonl#5: has no text column (name it with --text-column); its columns are: a\n";
    assert_eq!(found("j.jsonl", lines.as_bytes()), expected);
    let options = Options {
        columns: Columns { text: Some("a.b".to_owned()), ..Columns::default() },
        ..Options::default()
    };
    let deep = found_with("j.jsonl", b"{\"a\":{\"b\":\"Deep.\"}}\n", &options, &Limits::default()).0;
    assert_eq!(deep, "j.jsonl#1 row>text: Deep.\n");
    let array = b"[ {\"text\": \"Troops came.\"},\n {\"content\": \"They left.\"} ]";
    let expected = "j.json#1 row>text: Troops came.\nj.json#2 row>text: They left.\n";
    assert_eq!(found("j.json", array), expected);
    let held = [b"{\n \"count\": 2,\n \"articles\": ".as_slice(), array, b"}"].concat();
    assert_eq!(found("j.json", &held), expected);
}

#[test]
fn a_pdf_is_read_by_a_child_and_its_text_made_plain() {
    let pdf = pdf_with(
        "Troops crossed the river.",
        "/Info<</Title(A raid)/Author(Anna Field)/CreationDate(D:20210503100000Z)>>",
    );
    let (found, _) = found_with("r.pdf", &pdf, &with_pdf(), &Limits::default());
    assert_eq!(found, "r.pdf pdf>text [A raid] by Anna Field on 2021-05-03: Troops crossed the river.\n");
    let none = Options {
        pdf: Some(PdfReader { program: "no-such-program".into(), arguments: Vec::new() }),
        ..Options::default()
    };
    assert!(found_with("r.pdf", &pdf, &none, &Limits::default()).0.contains("could not start"));
    let slow = Options {
        pdf: Some(PdfReader { program: "sleep".into(), arguments: vec!["5".to_owned()] }),
        ..Options::default()
    };
    let limits = Limits { pdf_time: std::time::Duration::from_millis(100), ..Limits::default() };
    assert!(found_with("r.pdf", &pdf, &slow, &limits).0.contains("took more than 0.1 s"));
}

#[test]
fn a_sink_may_stop_and_limits_hold() {
    let mut count = 0;
    let source = Source::Bytes { name: "t.csv".into(), bytes: b"text\na\nb\nc\n".to_vec() };
    let summary = read(source, &Limits::default(), &Options::default(), &mut |_| {
        count += 1;
        ControlFlow::Break(())
    });
    assert_eq!((count, summary.stopped), (1, true));
    let limits = Limits { page_bytes: 10, ..Limits::default() };
    let long = found_with("a.txt", b"Troops crossed the river.", &Options::default(), &limits).0;
    assert_eq!(long, "! a.txt: the page is longer than 0.0 MB\n");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Any damage to any of these ends without a panic.
    #[test]
    fn damaged_inputs_never_panic(which in 0usize..7, cut in 0usize..4000, at in 0usize..4000, byte: u8, run in 0usize..8) {
        let page = answer("Content-Encoding: gzip\r\n", &gzip(b"<p>Troops came.</p>"));
        let record = warc_record("response", "http://a.example/", &page, None);
        let mut bytes = match which {
            0 => zip_of(&[Member::deflated("a.txt", b"Troops came."), Member::stored("word/x", b"<w:p>")], false),
            1 => zip_of(&[Member::deflated("word/document.xml", b"<w:p><w:r><w:t>Troops</w:t>")], false),
            2 => [record.clone(), record].concat(),
            3 => [gzip(&record), gzip(&record)].concat(),
            4 => b"From: a@b.example\nSubject: =?utf-8?Q?x?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nTroops\n--x\nContent-Type: text/html; charset=utf-16\nContent-Transfer-Encoding: base64\n\nPHA+\n--x--".to_vec(),
            5 => b"title,text\n\"A\",\"Troops \"\"came\"\n1,2,3\n".to_vec(),
            _ => b"{\"text\":\"Troops\",\"date\":\"3 May 2021\"}\n{\"text\":[1,{}],\"a\":null}\n".to_vec(),
        };
        let length = bytes.len();
        for byte_at in bytes.iter_mut().skip(at % length).take(run) {
            *byte_at = byte;
        }
        bytes.truncate(length - cut % length / 3);
        let _ = found("x", &bytes);
    }
}
