//! Inputs made to break readers, by generators: shared by the tests and by `cargo xtask hostile`.
//!
//! Behind the feature `hostile`. Each generator is small and deterministic; sizes are chosen so that a reader without limits would
//! fail while writing the input takes well under a second.

use std::io::{self, Write};

mod packed;
mod text;
mod web;

pub use packed::{bzip2_of_letters, xz_of, zstd_bomb};

/// One hostile input.
pub struct Hostile {
    /// Name of its file.
    pub name: &'static str,
    /// The class of limit that has to hold: `size`, `ratio`, `count`, `depth`, `structure`, `encoding`.
    pub class: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many pages a reader should still give, at least: what stands beside the hostile part.
    pub pages_min: u64,
    /// Whether something has to be refused.
    pub refused: bool,
}

fn case(name: &'static str, class: &'static str, bytes: Vec<u8>) -> Hostile {
    Hostile { name, class, bytes, pages_min: 0, refused: true }
}

impl Hostile {
    fn giving(mut self, pages: u64) -> Self {
        self.pages_min = pages;
        self
    }

    fn unrefused(mut self) -> Self {
        self.refused = false;
        self
    }
}

/// All of them, in a fixed order.
#[must_use]
pub fn all() -> Vec<Hostile> {
    let mut all = packed::all();
    all.extend(zips());
    all.extend(warcs());
    all.extend(mails());
    all.extend(tables());
    all.extend(pdfs());
    all.extend(others());
    all.extend(web::all());
    all.extend(text::all());
    all
}

/// Packs bytes as one gzip member.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
    // Writing into memory doesn't fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn gzip_of(part: &[u8], times: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
    for _ in 0..times {
        let _ = encoder.write_all(part);
    }
    encoder.finish().unwrap_or_default()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(1));
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// A member for [`zip_of`].
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its bytes as they are packed.
    pub packed: Vec<u8>,
    /// 0 stored, 8 deflated.
    pub method: u16,
    /// Flags; bit 0 says encrypted.
    pub flags: u16,
}

impl Member {
    /// A deflated member.
    #[must_use]
    pub fn deflated(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), packed: deflate(bytes), method: 8, flags: 0x800 }
    }

    /// A stored member.
    #[must_use]
    pub fn stored(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), packed: bytes.to_vec(), method: 0, flags: 0x800 }
    }
}

/// A zip of members. `shared`: all entries of the directory point to the first member.
#[must_use]
pub fn zip_of(members: &[Member], shared: bool) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let mut first = 0u32;
    for (number, member) in members.iter().enumerate() {
        let mut at = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let packed = if shared && number > 0 { &members[0].packed } else { &member.packed };
        let size = u32::try_from(packed.len()).unwrap_or(u32::MAX);
        let name = u16::try_from(member.name.len()).unwrap_or(u16::MAX);
        let mut common = Vec::new();
        for word in [20, member.flags, member.method, 0, 0] {
            common.extend_from_slice(&u16::to_le_bytes(word));
        }
        for word in [0, size, size] {
            common.extend_from_slice(&u32::to_le_bytes(word));
        }
        common.extend_from_slice(&name.to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        if shared && number > 0 {
            at = first;
        } else {
            first = at;
            bytes.extend_from_slice(b"PK\x03\x04");
            bytes.extend_from_slice(&common);
            bytes.extend_from_slice(member.name.as_bytes());
            bytes.extend_from_slice(packed);
        }
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(member.name.as_bytes());
    }
    let count = u16::try_from(members.len()).unwrap_or(u16::MAX).to_le_bytes();
    let (start, size) = (bytes.len(), directory.len());
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&[count, count].concat());
    for word in [size, start] {
        bytes.extend_from_slice(&u32::try_from(word).unwrap_or(u32::MAX).to_le_bytes());
    }
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

fn zips() -> Vec<Hostile> {
    let text = b"Troops crossed the river on Monday.";
    let slip = [
        "../../etc/passwd.txt",
        "/etc/cron.d/x.txt",
        "..\\..\\windows\\x.txt",
        "a\u{0}b\u{1b}[2J.txt",
        "C:\\x.txt",
        ".",
    ];
    let slips: Vec<Member> = slip.iter().map(|name| Member::stored(*name, text)).collect();
    let kernel = vec![b'a'; 20_000_000];
    let shared: Vec<Member> = (0..20_000)
        .map(|number| {
            if number == 0 {
                Member::deflated("0.txt", &kernel)
            } else {
                Member::stored(format!("{number}.txt"), b"")
            }
        })
        .collect();
    let stored_shared: Vec<Member> = (0..20_000)
        .map(|number| {
            Member::stored(format!("{number}.txt"), if number == 0 { &kernel[..5_000_000] } else { b"" })
        })
        .collect();
    let wide: Vec<Member> =
        (0..64).map(|number| Member::deflated(format!("{number}.txt"), &kernel)).collect();
    // 42.zip: zips of zips of zips, each of the same member many times.
    let mut nested = zip_of(&[Member::deflated("a.txt", &kernel)], false);
    for _ in 0..5 {
        let members: Vec<Member> =
            (0..16).map(|number| Member::deflated(format!("{number}.zip"), &nested)).collect();
        nested = zip_of(&members, false);
    }
    let locked = vec![
        Member { flags: 1, ..Member::stored("secret.txt", b"xxxxxxxxxxxxxxxx") },
        Member::stored("open.txt", text),
    ];
    let many: Vec<Member> = (0..60_000).map(|number| Member::stored(format!("{number}.txt"), b"")).collect();
    let mut lying = zip_of(&[Member::deflated("a.txt", text)], false);
    let at = lying.len() - 22 + 12;
    lying[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut looped = zip_of(&[Member::stored("a.txt", text)], false);
    // The directory's own start as its only entry's member.
    let directory = memchr::memmem::find(&looped, b"PK\x01\x02").unwrap_or_default();
    looped[directory + 42..directory + 46]
        .copy_from_slice(&u32::try_from(directory).unwrap_or_default().to_le_bytes());
    vec![
        case("slip.zip", "structure", zip_of(&slips, false)).giving(6).unrefused(),
        case("shared-deflated.zip", "ratio", zip_of(&shared, true)),
        case("shared-stored.zip", "structure", zip_of(&stored_shared, true)),
        case("wide-bomb.zip", "ratio", zip_of(&wide, false)),
        case("zips-in-zips.zip", "depth", nested),
        case("locked.zip", "structure", zip_of(&locked, false)).giving(1),
        case("empty-members.zip", "count", zip_of(&many, false)),
        case("directory-outside.zip", "structure", lying),
        case("directory-is-member.zip", "structure", looped),
        case("no-directory.zip", "structure", b"PK\x03\x04 and nothing of a zip".to_vec()),
        case(
            "document-bomb.docx",
            "ratio",
            zip_of(&[Member::deflated("word/document.xml", &vec![b'<'; 80_000_000])], false),
        ),
        case(
            "deep.docx",
            "depth",
            zip_of(&[Member::deflated("word/document.xml", "<a>".repeat(5_000_000).as_bytes())], false),
        ),
        case(
            "entities.docx",
            "structure",
            zip_of(&[Member::deflated("word/document.xml", LAUGHS.as_bytes())], false),
        )
        .unrefused(),
    ]
}

/// Entities of entities, in a document's text.
const LAUGHS: &str = "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]><w:document><w:p><w:t>Troops &c;&x; came.</w:t></w:p></w:document>";

/// One WARC record. `length`: what it says its length is, if not its length.
#[must_use]
pub fn warc_record(kind: &str, url: &str, block: &[u8], length: Option<u64>) -> Vec<u8> {
    let mut bytes = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-05-03T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        length.unwrap_or(block.len() as u64)
    )
    .into_bytes();
    bytes.extend_from_slice(block);
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

/// An HTTP answer with a page.
#[must_use]
pub fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n").as_bytes(), body].concat()
}

fn warcs() -> Vec<Hostile> {
    let page = answer("", b"<html><body><p>Troops crossed the river.</p></body></html>");
    let good = warc_record("response", "http://a.example/", &page, None);
    let around = |middle: Vec<u8>| [good.clone(), middle, good.clone()].concat();
    let liar = |length| warc_record("response", "http://a.example/", &page, Some(length));
    let mut cut = good.repeat(3);
    cut.truncate(cut.len() - 40);
    let big = answer("", &vec![b'a'; 80_000_000]);
    let packed_cut = {
        let mut bytes = gzip(&good);
        let mut middle = gzip(&good);
        let half = middle.len() / 2;
        middle.truncate(half);
        bytes.extend(middle);
        bytes.extend(gzip(&good));
        bytes
    };
    let codings = |header: &str, body: &[u8]| {
        warc_record(
            "response",
            "http://a.example/",
            &answer(&format!("Content-Encoding: {header}\r\n"), body),
            None,
        )
    };
    let mut coded = gzip(b"<p>Troops");
    for _ in 0..20 {
        coded = gzip(&coded);
    }
    let head = format!("WARC/1.0\r\n{}", "X-Field: value\r\n".repeat(400_000));
    let line = [b"WARC/1.0\r\nX: ".as_slice(), &vec![b'a'; 30_000_000]].concat();
    let http_head = warc_record(
        "response",
        "http://a/",
        format!("HTTP/1.1 200 OK\r\n{}", "A: b\r\n".repeat(400_000)).as_bytes(),
        None,
    );
    let chunks = answer("Transfer-Encoding: chunked\r\n", "1\r\na\r\n".repeat(1_000_000).as_bytes());
    let chunk = answer("Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\nTroops crossed the river.");
    vec![
        case("too-short.warc", "structure", around(liar(20))).giving(2),
        case("too-long.warc", "structure", around(liar(400))).giving(2),
        case("endless.warc", "structure", around(liar(u64::MAX))).giving(2),
        case("all-lie.warc", "count", liar(40_000_000).repeat(60_000)),
        case("cut.warc", "structure", cut).giving(2),
        case("oversized.warc", "size", around(warc_record("response", "http://a.example/big", &big, None)))
            .giving(2),
        case("cut-member.warc.gz", "structure", packed_cut).giving(2),
        case("noise.warc", "structure", around(b"neither record nor line\n".repeat(100_000))).giving(2),
        case("codings.warc", "depth", around(codings(&"gzip, ".repeat(20), &coded))).giving(2),
        case("coded-bomb.warc", "ratio", around(codings("gzip", &gzip_of(&vec![b'a'; 1_000_000], 150))))
            .giving(2),
        case("brotli-bomb.warc", "ratio", around(codings("br", BROTLI_BOMB))).giving(2),
        case("zstd-coded-bomb.warc", "ratio", around(codings("zstd", &zstd_bomb(b'a', 40_000, 0x38))))
            .giving(2),
        case("head-without-end.warc", "size", around(head.into_bytes())).giving(1),
        case("line-without-end.warc", "size", line),
        case("answer-head-without-end.warc", "size", around(http_head)).giving(2),
        case("chunks.warc", "count", around(warc_record("response", "http://a/", &chunks, None)))
            .giving(2)
            .unrefused(),
        case("chunk-lies.warc", "structure", around(warc_record("response", "http://a/", &chunk, None)))
            .giving(3)
            .unrefused(),
        case("empty-records.warc", "count", b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n".repeat(200_000))
            .unrefused(),
    ]
}

/// 200 MB of one letter as Brotli packs them.
#[rustfmt::skip]
const BROTLI_BOMB: &[u8] = &[
    0xcb, 0xff, 0xff, 0x3f, 0x00, 0x24, 0xc2, 0xe2, 0xb1, 0x40, 0x72, 0xef, 0xff, 0xf8, 0xff, 0xff, 0x07, 0x80,
    0x04, 0x40, 0x1c, 0x16, 0x80, 0xee, 0xfd, 0x1f, 0xff, 0xff, 0xff, 0x00, 0x90, 0x00, 0x88, 0xc3, 0x02, 0xd0,
    0xbd, 0xff, 0xe3, 0xff, 0xff, 0x1f, 0x00, 0x12, 0x00, 0x71, 0x58, 0x00, 0xba, 0xf7, 0x7f, 0xfc, 0xff, 0xff,
    0x03, 0x40, 0x02, 0x20, 0x0e, 0x0b, 0x40, 0xf7, 0xfe, 0x8f, 0xff, 0xff, 0x7f, 0x00, 0x48, 0x00, 0xc4, 0x61,
    0x01, 0xe8, 0xde, 0xff, 0xf1, 0xff, 0xff, 0x0f, 0x00, 0x09, 0x80, 0x38, 0x2c, 0x00, 0xdd, 0xfb, 0x3f, 0xfe,
    0xff, 0xff, 0x01, 0x20, 0x01, 0x10, 0x87, 0x05, 0xa0, 0x7b, 0xff, 0xc7, 0xff, 0xff, 0x3f, 0x00, 0x24, 0x00,
    0xe2, 0xb0, 0x00, 0x74, 0xef, 0xff, 0xf8, 0xff, 0xff, 0x07, 0x80, 0x04, 0x40, 0x1c, 0x16, 0x80, 0xee, 0xfd,
    0x1f, 0xff, 0xff, 0xff, 0x00, 0x90, 0x00, 0x88, 0xc3, 0x02, 0xd0, 0xbd, 0xff, 0xe3, 0xff, 0xff, 0x1f, 0x00,
    0x12, 0x00, 0x71, 0x58, 0x00, 0xba, 0xf7, 0x7f, 0xfc, 0xff, 0xff, 0x03, 0x40, 0x02, 0x20, 0x0e, 0x0b, 0x40,
    0xf7, 0xfe, 0x8f, 0xff, 0xff, 0x7f, 0x00, 0x48, 0x00, 0xc4, 0x61, 0x01, 0xe8, 0xde, 0xff, 0xf1, 0xff, 0xff,
    0x0f, 0x00, 0x09, 0x80, 0x38, 0x2c, 0x00, 0xdd, 0xfb, 0x3f, 0xfe, 0xff, 0xff, 0x01, 0x20, 0x01, 0x10, 0x87,
    0x05, 0xa0, 0x7b, 0xff, 0xc7, 0xff, 0xff, 0x3f, 0x00, 0x24, 0x00, 0xe2, 0xb0, 0x00, 0x74, 0xef, 0xff, 0xf8,
    0xff, 0xff, 0x07, 0x80, 0x04, 0x40, 0x1c, 0x16, 0x80, 0xee, 0xfd, 0x1f, 0xff, 0xff, 0xff, 0x00, 0x90, 0x00,
    0x88, 0xc3, 0x02, 0xd0, 0xbd, 0xff, 0xe3, 0xff, 0xff, 0x1f, 0x00, 0x12, 0x00, 0x71, 0x58, 0x00, 0xba, 0xf7,
    0x7f, 0xfc, 0xff, 0xff, 0x03, 0x40, 0x02, 0x20, 0x0e, 0x0b, 0x40, 0xf7, 0xfe, 0x8f, 0xff, 0xff, 0x7f, 0x00,
    0x48, 0x00, 0xc4, 0x61, 0x01, 0xe8, 0xde, 0xff, 0xf1, 0xff, 0xff, 0x0f, 0x00, 0x09, 0x80, 0x38, 0x2c, 0x00,
    0xdd, 0xfb, 0xbf, 0xfc, 0x0f, 0x5e, 0x03, 0x20, 0x01, 0x10, 0x87, 0x05, 0xa0, 0x9b, 0xbb, 0x06,
];

fn mails() -> Vec<Hostile> {
    let head =
        "From: a@b.example\r\nSubject: Raid\r\nDate: Mon, 3 May 2021 10:00:00 +0000\r\nMIME-Version: 1.0\r\n";
    let multi = |boundary: &str| format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n");
    let parts =
        format!("{head}{}{}", multi("x"), "--x\r\n\r\nTroops crossed the river.\r\n".repeat(1_000_000));
    let mut deep = head.to_owned();
    for depth in 0..20_000 {
        deep.push_str(&multi(&format!("b{depth}")));
        deep.push_str(&format!("--b{depth}\r\n"));
    }
    deep.push_str("\r\nTroops crossed the river.");
    let messages = format!("{head}{}Body", "Content-Type: message/rfc822\r\n\r\n".repeat(100_000));
    let digests =
        format!("{head}{}", "Content-Type: multipart/digest; boundary=x\r\n\r\n--x\r\n\r\n".repeat(50_000));
    let headers = format!("{head}{}\r\nTroops", "X-Header: value\r\n".repeat(500_000));
    let line = format!("{head}Subject: {}", "a".repeat(30_000_000));
    let words =
        format!("{head}Subject: {}\r\n\r\nTroops crossed the river.", "=?utf-8?B?YQ==?= ".repeat(50_000));
    let comments = format!("{head}From: {}\r\n\r\nTroops crossed the river.", "(".repeat(900_000));
    let charset = format!(
        "{head}Content-Type: text/plain; charset=utf-7-klingon\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nTroops =E9 =ZZ ="
    );
    let base64 = format!("{head}Content-Transfer-Encoding: base64\r\n\r\n!!!not base64 at all%%%");
    let boundary =
        format!("{head}Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n{}", "--\r\n".repeat(1_000_000));
    let postmarks = "From a@b Mon May  3 10:00:00 2021\n\n".repeat(500_000);
    let mailbox = format!("From a@b Mon May  3 10:00:00 2021\n{}", "a".repeat(80_000_000));
    let zip = zip_of(&[Member::deflated("a.txt", &vec![b'a'; 60_000_000])], false);
    let attached = format!(
        "{head}{}--x\r\n\r\nTroops crossed the river.\r\n--x\r\nContent-Type: application/zip; name=\"../../a.zip\"\r\nContent-Disposition: attachment\r\n\r\n",
        multi("x")
    );
    let attached = [attached.as_bytes(), &zip, b"\r\n--x--\r\n"].concat();
    vec![
        case("million-parts.eml", "count", parts.into_bytes()).giving(1).unrefused(),
        case("deep-multipart.eml", "depth", deep.into_bytes()),
        case("deep-messages.eml", "depth", messages.into_bytes()),
        case("deep-digests.eml", "depth", digests.into_bytes()),
        case("headers.eml", "count", headers.into_bytes()),
        case("header-without-end.eml", "size", line.into_bytes()),
        case("encoded-words.eml", "count", words.into_bytes()).giving(1).unrefused(),
        case("comments.eml", "depth", comments.into_bytes()).giving(1).unrefused(),
        case("unknown-charset.eml", "encoding", charset.into_bytes()).giving(1).unrefused(),
        case("no-base64.eml", "encoding", base64.into_bytes()).giving(1).unrefused(),
        case("empty-boundary.eml", "structure", boundary.into_bytes()).unrefused(),
        case("empty-messages.mbox", "count", postmarks.into_bytes()).unrefused(),
        case("message-without-end.mbox", "size", mailbox.into_bytes()),
        case("attached-bomb.eml", "ratio", attached).giving(1),
    ]
}

fn tables() -> Vec<Hostile> {
    let columns = format!("title,text{}\n1,2\n", ",x".repeat(1_000_000));
    let wide = format!("title,text\nA raid,Troops came.\n{}\nA reply,They left.\n", ",".repeat(1_000_000));
    let row = [b"title,text\nA,\"".as_slice(), &vec![b'a'; 40_000_000], b"\"\nA reply,They left.\n"].concat();
    let quotes = format!("title,text\nA,\"{}\n", "\"".repeat(5_000_001));
    let latin = b"title;text\nCaf\xe9;Soldats bless\xe9s \xe0 Paris.\n\xff\xfe;\x00\x01\n".to_vec();
    let mut utf16 = vec![0xff, 0xfe];
    for unit in "title\ttext\nA raid\tTroops came \u{e9}.\n".encode_utf16() {
        utf16.extend_from_slice(&unit.to_le_bytes());
    }
    utf16.extend_from_slice(&[0x00, 0xd8, 0x41]);
    let lone = "text\nTroops came.\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let empty = format!("title,text\n{}", "x,\n".repeat(500_000));
    let deep =
        ["{\"text\":".to_owned(), "[".repeat(30_000_000), "\n{\"text\":\"Troops came.\"}\n".to_owned()]
            .concat();
    let deep_inside =
        format!("{{\"a\":{}1{},\"text\":\"Troops came.\"}}\n", "[".repeat(2_000_000), "]".repeat(2_000_000));
    let keys: String = (0..300_000).map(|key| format!("\"k{key}\":1,")).collect();
    let keys = format!("{{{keys}\"text\":\"x\"}}\n{{\"text\":\"Troops came.\"}}\n");
    let broken = "{\"text\": \"\\ud800\"}\n{\"text\": \"a\n{nonsense}\n{\"text\":\"Troops came.\"}\n"
        .as_bytes()
        .to_vec();
    let array = ["[{\"text\":\"Troops came.\"},".to_owned(), "[".repeat(20_000_000)].concat();
    let commas = format!("[{}{{\"text\":\"Troops came.\"}}]", ",".repeat(10_000_000));
    vec![
        case("million-columns.csv", "count", columns.into_bytes()),
        case("wide-row.csv", "count", wide.into_bytes()).giving(2),
        case("row-of-40-mb.csv", "size", row).giving(1),
        case("quotes.csv", "structure", quotes.into_bytes()).unrefused(),
        case("latin.csv", "encoding", latin).giving(1).unrefused(),
        case("utf16.tsv", "encoding", utf16).giving(1).unrefused(),
        case("utf16-without-mark.csv", "encoding", lone).giving(1).unrefused(),
        case("rows-without-text.csv", "count", empty.into_bytes()),
        case("deep.jsonl", "depth", deep.into_bytes()).giving(1),
        case("deep-inside.jsonl", "depth", deep_inside.into_bytes()).unrefused(),
        case("keys.jsonl", "count", keys.into_bytes()).giving(1),
        case("broken.jsonl", "structure", broken).giving(1),
        case("deep.json", "depth", array.into_bytes()).giving(1),
        case("commas.json", "count", commas.into_bytes()).giving(1).unrefused(),
    ]
}

/// A PDF of numbered objects (from 1), the first the catalogue.
#[must_use]
pub fn pdf_of(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        bytes.extend_from_slice(object);
        bytes.extend_from_slice(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        bytes.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer =
        format!("trailer\n<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    bytes.extend_from_slice(trailer.as_bytes());
    bytes
}

/// A stream object packed by deflate, as often as `times`.
fn stream(bytes: &[u8], times: usize) -> Vec<u8> {
    let mut packed = bytes.to_vec();
    for _ in 0..times {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(1));
        let _ = encoder.write_all(&packed);
        packed = encoder.finish().unwrap_or_default();
    }
    let filters = "/FlateDecode ".repeat(times);
    let head = format!("<</Length {}/Filter [{filters}]>>\nstream\n", packed.len());
    [head.as_bytes(), &packed, b"\nendstream"].concat()
}

/// Objects of a PDF of one page with a content stream.
fn one_page(content: Vec<u8>) -> Vec<Vec<u8>> {
    vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>".to_vec(),
        content,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
    ]
}

/// A plain PDF with one line of text.
#[must_use]
pub fn pdf_with(text: &str, trailer: &str) -> Vec<u8> {
    pdf_of(&one_page(stream(format!("BT /F 12 Tf 60 700 Td ({text}) Tj ET").as_bytes(), 1)), trailer)
}

fn pdfs() -> Vec<Hostile> {
    let text = b"BT /F 12 Tf 60 700 Td (Troops crossed the river.) Tj ET";
    let mut kids = one_page(stream(text, 1));
    kids[1] = b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3/Parent 2 0 R>>".to_vec();
    let mut parents = one_page(stream(text, 1));
    parents[2] = b"<</Type/Page/Parent 3 0 R/Contents 4 0 R>>".to_vec();
    let mut form = one_page(stream(b"/X Do", 1));
    let inner = b"/X Do /X Do";
    form.push(
        [
            format!(
                "<</Type/XObject/Subtype/Form/Resources<</XObject<</X 6 0 R>>>>/Length {}>>\nstream\n",
                inner.len()
            )
            .as_bytes(),
            inner,
            b"\nendstream",
        ]
        .concat(),
    );
    let mut chain = one_page(stream(text, 1));
    chain[3] = b"6 0 R".to_vec();
    chain.push(b"7 0 R".to_vec());
    chain.push(b"6 0 R".to_vec());
    let mut length = one_page(b"<</Length 4 0 R>>\nstream\nBT ET\nendstream".to_vec());
    length.truncate(5);
    let bomb = pdf_of(&one_page(stream(&vec![b' '; 300_000_000], 1)), "");
    let layers = pdf_of(&one_page(stream(&vec![b' '; 100_000_000], 8)), "");
    let glyphs = pdf_of(
        &one_page(stream(
            format!(
                "BT /F 1 Tf {} ET",
                "(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ".repeat(400_000)
            )
            .as_bytes(),
            1,
        )),
        "",
    );
    let nested = pdf_of(&one_page(stream(format!("BT {} ET", "[".repeat(3_000_000)).as_bytes(), 1)), "");
    let array = pdf_of(&[b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), "[".repeat(2_000_000).into_bytes()], "");
    let saves = pdf_of(&one_page(stream("q ".repeat(5_000_000).as_bytes(), 1)), "");
    let pages: String = (0..200_000).map(|_| "3 0 R ").collect();
    let mut many = one_page(stream(text, 1));
    many[1] = format!("<</Type/Pages/Kids[{pages}]/Count 200000>>").into_bytes();
    let mut objects = one_page(stream(text, 1));
    let numbers: String = (0..100_000).map(|number| format!("{} {} ", 100 + number, number * 3)).collect();
    let body = [numbers.as_bytes(), " 1 ".repeat(20_000_000).as_bytes()].concat();
    let packed = stream(&body, 1);
    let head = format!("<</Type/ObjStm/N 100000/First {}", numbers.len());
    objects.push([head.as_bytes(), &packed[2..]].concat());
    let mut previous = pdf_with("Troops", "");
    let at = memchr::memmem::rfind(&previous, b"xref\n0").unwrap_or_default();
    previous = String::from_utf8_lossy(&previous[..0]).into_owned().into_bytes();
    previous.extend(pdf_with("Troops", &format!("/Prev {at}")));
    let garbage = [
        b"%PDF-1.4\n".as_slice(),
        &(0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect::<Vec<u8>>(),
    ]
    .concat();
    let mut cut = pdf_with("Troops crossed the river.", "");
    cut.truncate(cut.len() / 2);
    vec![
        case("kids-loop.pdf", "structure", pdf_of(&kids, "")).unrefused(),
        case("parent-loop.pdf", "structure", pdf_of(&parents, "")),
        case("form-loop.pdf", "depth", pdf_of(&form, "")),
        case("reference-loop.pdf", "depth", pdf_of(&chain, "")),
        case("length-loop.pdf", "depth", pdf_of(&length, "")),
        case("previous-loop.pdf", "depth", previous).unrefused(),
        case("stream-bomb.pdf", "ratio", bomb),
        case("filter-layers.pdf", "ratio", layers),
        case("glyphs.pdf", "count", glyphs).unrefused(),
        case("nested-content.pdf", "depth", nested),
        case("nested-object.pdf", "depth", array),
        case("saved-states.pdf", "count", saves),
        case("pages.pdf", "count", pdf_of(&many, "")).unrefused(),
        case("object-stream.pdf", "size", pdf_of(&objects, "")).unrefused(),
        case("garbage.pdf", "structure", garbage),
        case("cut.pdf", "structure", cut).unrefused(),
        case(
            "locked.pdf",
            "structure",
            pdf_with("Troops", "/Encrypt<</Filter/Standard/V 99/R 9/O()/U()/P 0>>/ID[()()]"),
        ),
    ]
}

fn others() -> Vec<Hostile> {
    let control: Vec<u8> = (0..2_000_000u32).map(|n| (n % 8) as u8).collect();
    let line = vec![b'a'; 60_000_000];
    let tags = "<div>".repeat(2_000_000);
    let subset = format!("<!DOCTYPE x [{}", "<!ENTITY a 'b'>".repeat(200_000));
    vec![
        case("control.txt", "encoding", control),
        case("line-of-60-mb.txt", "size", line),
        case("deep.html", "depth", tags.into_bytes()).giving(1).unrefused(),
        case("subset.xml", "structure", subset.into_bytes()).unrefused(),
        case("empty.txt", "structure", Vec::new()),
        case("blank.txt", "structure", b" \n\t ".repeat(10_000)),
    ]
}

/// Writes all of them into a folder.
///
/// # Errors
/// Where the folder can't be written.
pub fn write_to(folder: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for hostile in all() {
        std::fs::write(folder.join(hostile.name), &hostile.bytes)?;
    }
    Ok(())
}
