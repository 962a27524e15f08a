//! Bytes to text: what the input is, which encoding it has, and the text it holds.
//!
//! In: foreign bytes. Out: UTF-8 text, or a reason why this isn't readable text. It doesn't unpack archives, run OCR
//! or strip markup.
//!
//! The text is what the encoding says and nothing else: a byte order mark is part of the encoding and goes; line ends
//! (`\n`, `\r\n`, `\r`), NUL and other control characters stay in the text and are left out of the readable pieces.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use watchkeeper_record::article::without_width;

use crate::Error;

/// Share of control characters (white space apart) above which text is taken for binary data, in thousandths.
const CONTROL_SHARE_MAX: usize = 50;

/// Decoded text with what was learned on the way.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text.
    pub(crate) text: String,
    /// WHATWG name of the encoding, or `UTF-32`.
    pub(crate) encoding: &'static str,
    /// Whether the encoding was guessed from the bytes.
    pub(crate) guessed: bool,
    /// Whether some bytes had no meaning in it and became U+FFFD.
    pub(crate) damaged: bool,
}

/// Decodes bytes, or says what they look like.
///
/// # Errors
/// [`Error::Empty`], [`Error::TooLarge`], [`Error::Binary`].
pub(crate) fn decode(bytes: &[u8], size_max: usize) -> Result<Decoded, Error> {
    let wide =
        utf32(bytes).is_some() || Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != UTF_8);
    let wide = wide || looks_like_utf16(bytes).is_some();
    let size_allowed = if wide { size_max.saturating_mul(2) } else { size_max };
    if bytes.len() > size_allowed {
        return Err(Error::TooLarge { size: bytes.len(), size_max });
    }
    if let Some(what) = magic(bytes) {
        return Err(Error::Binary { what });
    }
    let decoded = decode_text(bytes);
    if decoded.text.len() > size_max.saturating_mul(2) {
        return Err(Error::TooLarge { size: decoded.text.len(), size_max });
    }
    let control = decoded.text.chars().filter(|&c| c.is_control() && !c.is_whitespace()).count();
    let visible = decoded.text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !without_width(c));
    if control * 1000 > CONTROL_SHARE_MAX * decoded.text.chars().count() {
        return Err(Error::Binary { what: "binary data (too many control characters for text)" });
    }
    if !visible {
        return Err(Error::Empty);
    }
    Ok(decoded)
}

fn decode_text(bytes: &[u8]) -> Decoded {
    if let Some(text) = utf32(bytes) {
        let damaged = text.contains('\u{FFFD}');
        return Decoded { text, encoding: "UTF-32", guessed: false, damaged };
    }
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes[skip..]);
        return Decoded { text: text.into_owned(), encoding: encoding.name(), guessed: false, damaged };
    }
    if let Some(encoding) = looks_like_utf16(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        return Decoded { text: text.into_owned(), encoding: encoding.name(), guessed: true, damaged };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.to_owned(), encoding: UTF_8.name(), guessed: false, damaged: false };
    }
    let encoding = if mostly_utf8(bytes) {
        UTF_8
    } else {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, Utf8Detection::Allow)
    };
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding: encoding.name(), guessed: true, damaged }
}

/// Text in UTF-32 with its byte order mark; damaged units become U+FFFD.
pub(crate) fn utf32(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 4]) -> u32 = match bytes.get(..4)? {
        [0xFF, 0xFE, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xFE, 0xFF] => u32::from_be_bytes,
        _ => return None,
    };
    let unit = |unit: &[u8]| unit.try_into().ok().and_then(|unit| char::from_u32(read(unit)));
    // The same mark opens a text in UTF-16 that begins with NUL: its units make no sense here.
    let wrong = bytes[4..].chunks(4).filter(|bytes| unit(bytes).is_none()).count();
    let text = || bytes[4..].chunks(4).map(|bytes| unit(bytes).unwrap_or('\u{FFFD}')).collect();
    (wrong * 32 <= bytes.len()).then(text)
}

/// UTF-16 without a byte order mark: nearly every second byte of the first 4 KiB is NUL and the others are not.
pub(crate) fn looks_like_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    if head.len() < 16 {
        return None;
    }
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if odd * 10 > half * 7 && even * 20 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 7 && odd * 20 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether damaged bytes are rare beside well-formed multi-byte characters, so that this is UTF-8 with a few wounds.
pub(crate) fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

/// What well-known binary formats look like at their start.
fn magic(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"GIF87a", "a GIF image"),
        (b"GIF89a", "a GIF image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"PK\x03\x04", "a ZIP archive (or a DOCX, XLSX, ODT or EPUB document)"),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"\x1F\x8B", "gzip-packed data"),
        (b"BZh", "bzip2-packed data"),
        (b"\xFD7zXZ\0", "xz-packed data"),
        (b"\x28\xB5\x2F\xFD", "zstd-packed data"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"Rar!\x1A\x07", "a RAR archive"),
        (b"\x7FELF", "a program (ELF)"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Microsoft Office document"),
        (b"{\\rtf", "a rich text (RTF) document"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"OggS", "an Ogg sound or video file"),
        (b"ID3\x02", "an MP3 sound file"),
        (b"ID3\x03", "an MP3 sound file"),
        (b"ID3\x04", "an MP3 sound file"),
        (b"fLaC", "a FLAC sound file"),
        (b"PAR1", "a Parquet table"),
        (b"%!PS", "a PostScript document"),
        (b"wOFF", "a web font"),
        (b"wOF2", "a web font"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(what);
    }
    if bytes.starts_with(b"RIFF") && bytes.len() > 12 {
        return match &bytes[8..12] {
            b"WEBP" => Some("a WebP image"),
            b"WAVE" => Some("a WAV sound file"),
            b"AVI " => Some("an AVI video"),
            _ => None,
        };
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("an MP4, HEIC or AVIF media file");
    }
    let program = bytes.starts_with(b"MZ") && bytes.iter().take(512).filter(|&&byte| byte == 0).count() > 16;
    program.then_some("a program (Windows)")
}

/// Whether bytes open like an HTML page, by their first tag; in UTF-8, an encoding that agrees with ASCII, or UTF-16.
pub(crate) fn opens_html(bytes: &[u8]) -> bool {
    let letters: Vec<u8> = bytes
        .iter()
        .take(2048)
        .filter(|byte| **byte != 0)
        .skip_while(|byte| !byte.is_ascii() || byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .collect();
    let opens = |text: &[u8]| letters.starts_with(text);
    if opens(b"<?xml") || opens(b"<!--") {
        let has = |name: &[u8]| memchr::memmem::find(&letters, name).is_some();
        return has(b"<html") || has(b"<!doctype html");
    }
    opens(b"<!doctype html")
        || opens(b"<html")
        || opens(b"<head>")
        || opens(b"<body")
        || opens(b"<meta ")
        || opens(b"<script")
}

/// Whether markup is a feed or another XML document, no page.
pub(crate) fn is_feed(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || without_width(c));
    let head: String = start.chars().take(64).collect::<String>().to_ascii_lowercase();
    ["<?xml", "<rss", "<feed"].iter().any(|opening| head.starts_with(opening))
}

/// Whether the text is markup: a page or feed, or so many tags that they are its structure.
pub(crate) fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || without_width(c));
    let head: String = start.chars().take(64).collect::<String>().to_ascii_lowercase();
    const OPENINGS: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head>",
        "<body",
        "<?xml",
        "<rss",
        "<feed",
        "<!doctype",
        "<meta ",
        "<script",
    ];
    if OPENINGS.iter().any(|opening| head.starts_with(opening)) {
        return true;
    }
    let mut structural = 0usize;
    for (at, _) in text.match_indices('<') {
        let tag = text.as_bytes()[at + 1..].iter().take(12);
        let name: Vec<u8> = tag
            .skip_while(|&&byte| byte == b'/')
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect();
        structural += usize::from(matches!(
            name.as_slice(),
            b"div"
                | b"html"
                | b"body"
                | b"head"
                | b"script"
                | b"style"
                | b"link"
                | b"meta"
                | b"nav"
                | b"table"
                | b"td"
                | b"tr"
                | b"ul"
                | b"li"
                | b"article"
                | b"section"
                | b"header"
                | b"footer"
                | b"iframe"
                | b"span"
                | b"p"
                | b"a"
        ));
    }
    // One such tag in 200 bytes is a page; a stray tag in a text is not.
    structural >= 8 && structural * 200 > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes, 1000).expect("text").text
    }

    #[test]
    fn encodings_come_out_as_utf8() {
        let want = "Rebels in Coruña said “no” – twice.";
        assert_eq!(text(want.as_bytes()), want);
        assert_eq!(text(&[b"\xEF\xBB\xBF", want.as_bytes()].concat()), want);
        for (bom, order) in [(true, true), (true, false), (false, true), (false, false)] {
            let units = bom.then_some(0xFEFF).into_iter().chain(want.encode_utf16());
            let bytes: Vec<u8> = units
                .flat_map(|unit: u16| if order { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect();
            assert_eq!(text(&bytes), want);
        }
        let utf32: Vec<u8> =
            std::iter::once('\u{FEFF}').chain(want.chars()).flat_map(|c| (c as u32).to_le_bytes()).collect();
        assert_eq!(text(&utf32), want);
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(want);
        assert_eq!(text(&latin), want);
        let russian = "Вооружённые люди напали на колонну военных в пригороде столицы.";
        let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
        assert_eq!(text(&cyrillic), russian);
    }

    #[test]
    fn a_cut_letter_does_not_change_the_encoding() {
        let bytes = "Četiri vojnika su ubijena, kaže „ministarstvo“. Još šest je ranjeno. Ž".as_bytes();
        let decoded = decode(&bytes[..bytes.len() - 1], 1000).expect("text");
        assert!(decoded.damaged && decoded.text.starts_with("Četiri"));
    }

    #[test]
    fn binary_empty_and_huge_input_is_refused() {
        assert!(matches!(decode(b"", 1000), Err(Error::Empty)));
        assert!(matches!(decode(b" \n\t\xEF\xBB\xBF ", 1000), Err(Error::Empty)));
        assert!(matches!(decode(b"%PDF-1.7\n...", 1000), Err(Error::Binary { what: "a PDF document" })));
        assert!(matches!(decode(&[1, 2, 3, 4, 5, 6, 0, 9, 7, 7], 1000), Err(Error::Binary { .. })));
        assert!(matches!(decode(&[b'a'; 1001], 1000), Err(Error::TooLarge { size: 1001, size_max: 1000 })));
    }

    #[test]
    fn pages_are_told_from_text_with_tags() {
        assert!(looks_like_html("\n<!DOCTYPE html><html><p>News"));
        assert!(looks_like_html(&"<div><p>Police said.</p></div>".repeat(9)));
        assert!(!looks_like_html("Police <b>said</b> that x < y and a<b.<br>"));
    }
}
