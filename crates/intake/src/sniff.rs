//! What a run of bytes is, told from its content.

use std::borrow::Cow;

/// What a file, stream or member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// No bytes, or white space only.
    Empty,
    /// Plain text in any encoding.
    Text,
    /// Markdown.
    Markdown,
    /// HTML or XHTML.
    Html,
    /// PDF.
    Pdf,
    /// A zip of any sort: documents of office programs are told apart by their members.
    Zip,
    /// A text document of a word processor (Office Open XML); never told from a prefix.
    Docx,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// One Internet message (RFC 5322).
    Message,
    /// A mailbox (mbox).
    Mbox,
    /// A WARC.
    Warc,
    /// One JSON value a line.
    JsonLines,
    /// One JSON array or object over several lines.
    Json,
    /// A table, and its delimiter.
    Table(u8),
    /// RSS, Atom, JSON Feed or OPML.
    Feed,
    /// Anything else, in words: `a PNG image`.
    Other(&'static str),
}

impl Kind {
    /// The word for it in summaries.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Zip => "zip",
            Self::Docx => "docx",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Message => "mail",
            Self::Mbox => "mailbox",
            Self::Warc => "warc",
            Self::JsonLines => "json lines",
            Self::Json => "json",
            Self::Table(_) => "table",
            Self::Feed => "feed",
            Self::Other(_) => "other",
        }
    }
}

/// Openings of kinds that are not text: bytes, where they stand, what they are.
const MAGIC: &[(&[u8], usize, Kind)] = &[
    (b"\x1f\x8b", 0, Kind::Gzip),
    (b"\x28\xb5\x2f\xfd", 0, Kind::Zstd),
    (b"\xfd7zXZ\0", 0, Kind::Xz),
    (b"PK\x03\x04", 0, Kind::Zip),
    (b"PK\x05\x06", 0, Kind::Zip),
    (b"PK\x07\x08", 0, Kind::Zip),
    (b"\x89PNG\r\n\x1a\n", 0, Kind::Other("a PNG image")),
    (b"\xff\xd8\xff", 0, Kind::Other("a JPEG image")),
    (b"GIF87a", 0, Kind::Other("a GIF image")),
    (b"GIF89a", 0, Kind::Other("a GIF image")),
    (b"WEBP", 8, Kind::Other("a WebP image")),
    (b"WAVE", 8, Kind::Other("a WAV sound")),
    (b"AVI ", 8, Kind::Other("an AVI video")),
    (b"ftypavif", 4, Kind::Other("an AVIF image")),
    (b"ftypheic", 4, Kind::Other("an HEIC image")),
    (b"ftyp", 4, Kind::Other("a video or sound (MP4)")),
    (b"II*\0", 0, Kind::Other("a TIFF image")),
    (b"MM\0*", 0, Kind::Other("a TIFF image")),
    (b"\0\0\x01\0", 0, Kind::Other("an icon")),
    (b"ID3", 0, Kind::Other("an MP3 sound")),
    (b"OggS", 0, Kind::Other("an Ogg sound or video")),
    (b"fLaC", 0, Kind::Other("a FLAC sound")),
    (b"\x1a\x45\xdf\xa3", 0, Kind::Other("a Matroska or WebM video")),
    (b"\x7fELF", 0, Kind::Other("a program (ELF)")),
    (b"\xca\xfe\xba\xbe", 0, Kind::Other("a program (Mach-O or Java)")),
    (b"\xcf\xfa\xed\xfe", 0, Kind::Other("a program (Mach-O)")),
    (b"\0asm", 0, Kind::Other("a program (WebAssembly)")),
    (b"SQLite format 3\0", 0, Kind::Other("an SQLite database")),
    (b"PAR1", 0, Kind::Other("a Parquet table")),
    (b"ARROW1", 0, Kind::Other("an Arrow table")),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0,
        Kind::Other("a document of an old office program (.doc, .xls, .msg)"),
    ),
    (b"{\\rtf", 0, Kind::Other("a rich text document (RTF)")),
    (b"%!PS", 0, Kind::Other("PostScript")),
    (b"7z\xbc\xaf\x27\x1c", 0, Kind::Other("a 7z archive")),
    (b"Rar!\x1a\x07", 0, Kind::Other("a RAR archive")),
    (b"\x04\x22\x4d\x18", 0, Kind::Other("LZ4-compressed data")),
    (b"ustar", 257, Kind::Other("a tar archive")),
    (b"wOFF", 0, Kind::Other("a font")),
    (b"wOF2", 0, Kind::Other("a font")),
    (b"OTTO", 0, Kind::Other("a font")),
    (b"\0\x01\0\0\0", 0, Kind::Other("a font")),
];

/// Bytes of text that tell its kind.
const TEXT: usize = 16 * 1024;

/// Tells what bytes are from their beginning (64 KB are plenty), whatever their name says. `name` only decides between text and
/// Markdown, and whether text with separators is a table.
#[must_use]
pub fn sniff(prefix: &[u8], name: Option<&str>) -> Kind {
    if prefix.is_empty() {
        return Kind::Empty;
    }
    for (magic, at, kind) in MAGIC {
        if prefix.get(*at..).is_some_and(|rest| rest.starts_with(magic)) {
            return *kind;
        }
    }
    // Zstandard files may open with skippable frames.
    if prefix.len() >= 8 && (0x50..=0x5f).contains(&prefix[0]) && prefix[1..4] == [0x2a, 0x4d, 0x18] {
        return Kind::Zstd;
    }
    let bzip2 = prefix.starts_with(b"BZh") && prefix.get(3).is_some_and(u8::is_ascii_digit);
    if bzip2 && prefix.get(4..10).is_none_or(|rest| rest == b"1AY&SY" || rest == b"\x17\x72\x45\x38\x50\x90")
    {
        return Kind::Bzip2;
    }
    if prefix.starts_with(b"MZ") && prefix.iter().take(1024).any(|byte| *byte == 0) {
        return Kind::Other("a program (Windows)");
    }
    if memchr::memmem::find(&prefix[..prefix.len().min(1024)], b"%PDF-").is_some() {
        return Kind::Pdf;
    }
    // Heads in plain characters before anything.
    let bare = prefix.trim_ascii_start();
    if bare.starts_with(b"WARC/") && bare.get(5).is_some_and(u8::is_ascii_digit) {
        return Kind::Warc;
    }
    let opening = &bare[..bare.len().min(80)];
    let first = memchr::memchr(b'\n', opening).map_or(opening, |end| &opening[..end]);
    if bare.starts_with(b"From ") || first.contains(&b':') {
        let head = memchr::memmem::find(bare, b"\n\n")
            .into_iter()
            .chain(memchr::memmem::find(bare, b"\n\r\n"))
            .min()
            .map_or(bare, |end| &bare[..end + 1]);
        if let Some(kind) = mail(&String::from_utf8_lossy(head)) {
            return kind;
        }
    }
    let text = readable(&prefix[..prefix.len().min(TEXT)]);
    let Some(text) = text else { return Kind::Other("binary data") };
    textual(&text, name)
}

/// The prefix as text good enough to tell its kind: `None` where it isn't text in any encoding.
fn readable(prefix: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(prefix) {
        return Some(encoding.decode(prefix).0);
    }
    if let Some(encoding) = utf16_without_mark(prefix) {
        let text = encoding.decode_without_bom_handling(&prefix[..prefix.len() & !1]).0;
        let (mut control, mut all) = (0usize, 0usize);
        for c in text.chars().take(8192) {
            all += 1;
            control += usize::from(c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()));
        }
        if control * 20 <= all {
            return Some(text);
        }
    }
    let head = prefix;
    let control = head
        .iter()
        .filter(|byte| (**byte < 9 || (14..27).contains(*byte) || (28..32).contains(*byte)) && **byte != 8)
        .count();
    // A stray control character is found in real pages; a twentieth of them is not text, nor are runs of zeros.
    if control * 20 > head.len() {
        return None;
    }
    Some(String::from_utf8_lossy(prefix))
}

/// UTF-16 told from where its zeros stand: every other byte of most Western text.
pub(crate) fn utf16_without_mark(prefix: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &prefix[..prefix.len().min(4096) & !1];
    if head.len() < 4 {
        return None;
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    if odd * 10 >= pairs * 4 && even * 50 <= pairs {
        Some(encoding_rs::UTF_16LE)
    } else if even * 10 >= pairs * 4 && odd * 50 <= pairs {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

fn textual(text: &str, name: Option<&str>) -> Kind {
    let text = text.trim_start_matches('\u{feff}');
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\0');
    if trimmed.is_empty() {
        return Kind::Empty;
    }
    if trimmed.starts_with('<')
        && let Some(kind) = markup(trimmed)
    {
        return kind;
    }
    if let Some(kind) = json(trimmed) {
        return kind;
    }
    if let Some(kind) = mail(trimmed) {
        return kind;
    }
    let ending = name
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default();
    if let Some(delimiter) = table(trimmed, &ending) {
        return Kind::Table(delimiter);
    }
    if is_markdown(trimmed, &ending) {
        return Kind::Markdown;
    }
    // HTML without an opening of its own: text before the first tags.
    if matches!(ending.as_str(), "html" | "htm" | "xhtml") && trimmed.contains("</") {
        return Kind::Html;
    }
    Kind::Text
}

/// Opening tags that only HTML has (WHATWG MIME Sniffing §7.1, and a few that saved fragments begin with).
const TAGS: &[&str] = &[
    "!doctype html",
    "html",
    "head",
    "body",
    "title",
    "meta",
    "link",
    "script",
    "style",
    "iframe",
    "h1",
    "h2",
    "h3",
    "div",
    "font",
    "table",
    "a",
    "b",
    "br",
    "p",
    "span",
    "article",
    "section",
    "main",
    "header",
    "nav",
    "ul",
    "ol",
    "img",
    "center",
    "form",
    "figure",
    "blockquote",
];

/// The kind of text that opens with `<`.
fn markup(text: &str) -> Option<Kind> {
    let mut rest = text;
    let mut declared = false;
    // Declarations, comments and instructions before the root.
    for _ in 0..64 {
        rest = rest.trim_start();
        if rest.starts_with("<!--") {
            rest = &rest[rest.find("-->")? + 3..];
        } else if rest.starts_with("<?") {
            declared |= rest.starts_with("<?xml");
            rest = &rest[rest.find('>')? + 1..];
        } else {
            let doctype = rest.get(..9).is_some_and(|open| open.eq_ignore_ascii_case("<!doctype"));
            if !doctype {
                break;
            }
            if rest.get(9..).is_some_and(|rest| {
                rest.trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html"))
            }) {
                return Some(Kind::Html);
            }
            // An internal subset may hold `>`: its end is `]>`.
            let end = match (rest.find('['), rest.find('>')) {
                (Some(subset), Some(close)) if subset < close => rest.find("]>").map(|at| at + 2),
                (_, close) => close.map(|at| at + 1),
            };
            declared = true;
            rest = &rest[end?..];
        }
    }
    let name: String = rest
        .strip_prefix('<')?
        .chars()
        .take(64)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '!'))
        .collect();
    let lower = name.to_ascii_lowercase();
    let local = lower.rsplit(':').next().unwrap_or_default();
    match local {
        "rss" | "feed" | "opml" => return Some(Kind::Feed),
        "rdf" if rest.contains("purl.org/rss/") => return Some(Kind::Feed),
        _ => {}
    }
    if TAGS.contains(&local) {
        return Some(Kind::Html);
    }
    if declared {
        let svg = local == "svg";
        return Some(Kind::Other(if svg { "an SVG image" } else { "XML that is neither a page nor a feed" }));
    }
    let custom =
        !name.is_empty() && (rest.contains("</div>") || rest.contains("</p>") || rest.contains("</body>"));
    custom.then_some(Kind::Html)
}

fn json(text: &str) -> Option<Kind> {
    let after = |open: char| text.strip_prefix(open).map(str::trim_start);
    if let Some(rest) = after('{') {
        if !(rest.starts_with('"') || rest.starts_with('}')) {
            return None;
        }
        let head = &text[..text.char_indices().nth(4096).map_or(text.len(), |(at, _)| at)];
        if head.contains("jsonfeed.org/version") {
            return Some(Kind::Feed);
        }
        // A line that is a value of its own, or too long to see: JSON lines.
        let line = text.lines().next().unwrap_or_default();
        let alone = line.len() == text.len() || line.trim_end().ends_with('}');
        return Some(if alone { Kind::JsonLines } else { Kind::Json });
    }
    let rest = after('[')?;
    let array = rest.starts_with(['{', ']', '[']);
    let plain = rest.starts_with(['"']) && rest.contains("\",");
    (array || plain).then_some(Kind::Json)
}

/// Whether text opens as a mailbox or a message does.
fn mail(text: &str) -> Option<Kind> {
    if text.starts_with("From ") && is_postmark(text.lines().next().unwrap_or_default()) {
        let next = text.lines().nth(1).unwrap_or_default();
        if next.is_empty() || header_name(next).is_some() || next.starts_with(">From ") {
            return Some(Kind::Mbox);
        }
    }
    is_message(text).then_some(Kind::Message)
}

/// A mailbox's dividing line: `From sender Mon Oct 23 14:05:00 2017`.
pub(crate) fn is_postmark(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("From ") else { return false };
    let words: Vec<&str> = rest.split_ascii_whitespace().take(12).collect();
    let year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let clock = |word: &str| word.len() >= 4 && word.contains(':') && word.as_bytes()[0].is_ascii_digit();
    words.len() >= 4 && words.iter().any(|word| year(word)) && words.iter().any(|word| clock(word))
}

/// The name of a header field that a line opens with, in lower case.
fn header_name(line: &str) -> Option<String> {
    let (name, _) = line.split_once(':')?;
    let name = name.trim_end_matches([' ', '\t']);
    let token = !name.is_empty() && name.len() <= 76 && name.bytes().all(|byte| (33..127).contains(&byte));
    token.then(|| name.to_ascii_lowercase())
}

/// Fields that only programs write.
const WIRE: &[&str] = &[
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "delivered-to",
    "dkim-signature",
    "x-mailer",
    "content-transfer-encoding",
];

/// Whether text opens with the head of a message: fields to the first empty line, at least one of them of the kind only programs
/// write (or an address as sender), at least two of the usual ones. A report that opens with `Title:` and `Date:` is none.
fn is_message(text: &str) -> bool {
    let (mut wire, mut usual, mut fields) = (false, 0, 0);
    for line in text.lines().take(400) {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) && fields > 0 {
            continue;
        }
        let Some(name) = header_name(line) else { return false };
        fields += 1;
        wire |= WIRE.contains(&name.as_str()) || (name == "from" && line.contains('@'));
        let known = matches!(
            name.as_str(),
            "from" | "to" | "date" | "subject" | "sender" | "reply-to" | "content-type"
        );
        usual += u32::from(known || WIRE.contains(&name.as_str()));
    }
    wire && usual >= 2
}

/// Column names that tell a table of documents.
const COLUMN_NAMES: &[&str] = &[
    "text",
    "body",
    "content",
    "fulltext",
    "full_text",
    "article",
    "title",
    "headline",
    "url",
    "link",
    "date",
    "published",
    "published_at",
    "source",
    "author",
    "id",
    "description",
    "notes",
];

/// The delimiter, if the text is a table: named as one and divided at all, or divided the same way on each of the first rows under a
/// line of column names.
fn table(text: &str, ending: &str) -> Option<u8> {
    let named = matches!(ending, "csv" | "tsv" | "tab");
    let head = text.lines().next()?;
    let mut best: Option<(u8, usize)> = None;
    for delimiter in [b',', b'\t', b';', b'|'] {
        let fields = split(head, delimiter);
        if fields.len() > best.map_or(1, |(_, count)| count) {
            best = Some((delimiter, fields.len()));
        }
    }
    let Some((delimiter, count)) = best else {
        // One column only: a table if its name says so.
        return named.then_some(if ending == "csv" { b',' } else { b'\t' });
    };
    if named {
        return Some(delimiter);
    }
    let fields = split(head, delimiter);
    let short = fields.iter().all(|field| field.chars().count() <= 40 && !field.ends_with('.'));
    let known = fields
        .iter()
        .filter(|field| COLUMN_NAMES.contains(&field.trim().trim_matches('"').to_ascii_lowercase().as_str()))
        .count();
    let same = text.lines().skip(1).take(20).filter(|line| split(line, delimiter).len() == count).count();
    (short && known >= 2 && count >= 2 && same >= 1).then_some(delimiter)
}

/// Fields of one line, quotes minded; good enough to count them.
fn split(line: &str, delimiter: u8) -> Vec<&str> {
    let (mut fields, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in line.bytes().enumerate() {
        if byte == b'"' {
            quoted = !quoted;
        } else if byte == delimiter && !quoted {
            fields.push(&line[start..at]);
            start = at + 1;
        }
    }
    fields.push(&line[start..]);
    fields
}

/// Markdown: named so, or with two sorts of its marks.
fn is_markdown(text: &str, ending: &str) -> bool {
    if matches!(ending, "md" | "markdown" | "mdown" | "mkd") {
        return true;
    }
    let (mut heading, mut link, mut strong, mut fence, mut front) = (false, false, false, false, false);
    for (number, line) in text.lines().take(200).enumerate() {
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        heading |= (1..=6).contains(&hashes) && line[hashes..].starts_with(' ');
        link |= line.contains("](http");
        strong |= line.matches("**").count() >= 2;
        fence |= line.starts_with("```");
        front |= number == 0 && line.trim_end() == "---";
    }
    [heading, link, strong, fence, front].iter().filter(|mark| **mark).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_content() {
        let mail = "Received: by mx\r\nSubject: x\r\nFrom: a\r\n\r\nBody";
        for (bytes, name, kind) in [
            (&b""[..], None, Kind::Empty),
            (b"  \n", None, Kind::Empty),
            (b"Troops crossed the river.", None, Kind::Text),
            (b"Title: A raid\nDate: 3 May 2020\n\nTroops came.", None, Kind::Text),
            (b"\xef\xbb\xbf <!-- saved --> <!DOCTYPE html><p>x", Some("a.txt"), Kind::Html),
            (b"<?xml version='1.0'?><html xmlns='x'>", None, Kind::Html),
            (b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a '>'>]><rss version='2.0'>", None, Kind::Feed),
            (b"<?xml version='1.0'?><kml>", None, Kind::Other("XML that is neither a page nor a feed")),
            (b"{\"version\": \"https://jsonfeed.org/version/1.1\"}", None, Kind::Feed),
            (b"{\"a\":1}\n{\"a\":2}\n", None, Kind::JsonLines),
            (b"{\n \"a\":1}", None, Kind::Json),
            (b"[ {\"a\":1} ]", None, Kind::Json),
            (b"[Kyiv] The town fell.", None, Kind::Text),
            (b"%PDF-1.7", Some("x.html"), Kind::Pdf),
            (b"\x1f\x8b\x08", None, Kind::Gzip),
            (b"PK\x03\x04", None, Kind::Zip),
            (b"WARC/1.1\r\n", None, Kind::Warc),
            (mail.as_bytes(), None, Kind::Message),
            (b"From a@b Mon Oct 23 14:05:00 2017\nSubject: x\n\nHi", None, Kind::Mbox),
            (b"From Kabul to Herat in 2017 it took 10:30 hours\nand more", None, Kind::Text),
            (b"title,text\nA,B\n", None, Kind::Table(b',')),
            (b"headline;body\n\"a;b\";c\n", None, Kind::Table(b';')),
            (b"x\ty\n1\t2", Some("t.tsv"), Kind::Table(b'\t')),
            (b"In May, troops came, and left.\nThen, others, came.", None, Kind::Text),
            (b"# A raid\n\nSee [this](http://x).", None, Kind::Markdown),
            (b"A raid", Some("a.md"), Kind::Markdown),
            (&[0; 100], None, Kind::Other("binary data")),
            (b"\x89PNG\r\n\x1a\n", Some("a.html"), Kind::Other("a PNG image")),
            (b"<\0h\0t\0m\0l\0>\0", None, Kind::Html),
            (b"\0<\0h\0t\0m\0l\0>", None, Kind::Html),
            (b"\xc0\xe9t\xe9 \xe0 Paris", None, Kind::Text),
        ] {
            assert_eq!(sniff(bytes, name), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_some_kind(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), text in "[<>{}\\[\"!a-z:\\n,é -]{0,80}") {
            let _ = sniff(&bytes, Some("x.csv"));
            let _ = sniff(text.as_bytes(), Some("x.csv"));
            let _ = sniff(format!("<{text}").as_bytes(), None);
            let _ = sniff(format!("<!doctype {text}").as_bytes(), None);
        }
    }
}
