//! A page's bytes to text: which encoding, and the way back from the text to the bytes.
//!
//! In this order: a byte order mark; UTF-16 that shows by its zeros; bytes that are sound UTF-8 whatever the label says; UTF-8
//! with a few wounds; the label of the container, then of the page's own `meta`; a guess. A Latin label of a page that
//! is full of high bytes is not believed.

use std::ops::Range;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::decode::{looks_like_utf16, mostly_utf8, utf32};

/// Bytes in which a page's own label is looked for.
const LABEL_REACH: usize = 65_536;
/// Longest label.
const LABEL_MAX: usize = 40;

/// A decoded page.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Name of the encoding (WHATWG, or `UTF-32`).
    pub(crate) encoding: &'static str,
    /// Bytes of the mark before the text.
    skip: usize,
    /// Whether it was guessed.
    pub(crate) guessed: bool,
    /// Whether the label names another encoding than was found: what it says.
    pub(crate) mislabelled: Option<String>,
    /// Whether some bytes have no meaning in it and became U+FFFD.
    pub(crate) damaged: bool,
    /// The codec to walk again for offsets; `None` where text and bytes are the same.
    codec: Option<&'static Encoding>,
}

/// Decodes a page. `told` is the label of its container.
pub(crate) fn decode(bytes: &[u8], told: Option<&str>) -> Decoded {
    if let Some(text) = utf32(bytes) {
        let damaged = text.contains('\u{FFFD}');
        return Decoded {
            text,
            encoding: "UTF-32",
            skip: 4,
            guessed: false,
            mislabelled: None,
            damaged,
            codec: None,
        };
    }
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return with(bytes, encoding, skip, false, None);
    }
    if let Some(encoding) = looks_like_utf16(bytes) {
        return with(bytes, encoding, 0, true, None);
    }
    let own = label(bytes);
    let label = told.map(str::to_owned).or_else(|| own.clone());
    let named = [told, own.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|label| Encoding::for_label(label.trim().as_bytes()))
        // A label that was read byte by byte can't be UTF-16.
        .map(|encoding| {
            if encoding.is_ascii_compatible() || !encoding.name().starts_with("UTF-16") {
                encoding
            } else {
                UTF_8
            }
        });
    let wrong = |found: &'static Encoding| label.clone().filter(|_| named != Some(found));
    let escapes =
        named.is_some_and(|encoding| !encoding.is_ascii_compatible() && encoding != encoding_rs::REPLACEMENT);
    if std::str::from_utf8(bytes).is_ok() && !escapes {
        let label = if bytes.is_ascii() { None } else { wrong(UTF_8) };
        return with(bytes, UTF_8, 0, false, label);
    }
    if mostly_utf8(bytes) {
        return with(bytes, UTF_8, 0, named != Some(UTF_8), wrong(UTF_8));
    }
    match named {
        Some(encoding)
            if encoding != UTF_8 && encoding != encoding_rs::REPLACEMENT && !doubtful(encoding, bytes) =>
        {
            with(bytes, encoding, 0, false, None)
        }
        _ => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            let found = detector.guess(None, Utf8Detection::Deny);
            with(bytes, found, 0, true, wrong(found))
        }
    }
}

fn with(
    bytes: &[u8],
    encoding: &'static Encoding,
    skip: usize,
    guessed: bool,
    mislabelled: Option<String>,
) -> Decoded {
    let (text, damaged) = encoding.decode_without_bom_handling(&bytes[skip..]);
    let codec = (encoding != UTF_8 || damaged).then_some(encoding);
    Decoded { text: text.into_owned(), encoding: encoding.name(), skip, guessed, mislabelled, damaged, codec }
}

/// Whether a Latin label stands on bytes of another script: most letters are high bytes.
fn doubtful(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if encoding != WINDOWS_1252 {
        return encoding.decode_without_bom_handling(bytes).1 && !encoding.is_single_byte();
    }
    let body = memchr::memmem::find(bytes, b"<body").unwrap_or(0);
    let high = bytes[body..].iter().filter(|&&byte| byte >= 0xC0).count();
    // Markup is ASCII; so many high bytes beside it are another script.
    high * 5 > bytes.len() - body
}

/// The label that a page gives itself: `<meta charset=…>`, `<meta … content="…; charset=…">`, `<?xml … encoding=…?>`.
fn label(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(LABEL_REACH)];
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'<', &head[at..]) {
        let start = at + next;
        let tag = &head[start..head.len().min(start + 400)];
        let opens = |name: &[u8]| tag.len() > name.len() && tag[..name.len()].eq_ignore_ascii_case(name);
        if opens(b"<body") {
            return None;
        }
        if opens(b"<!--") {
            at = start + memchr::memmem::find(&head[start..], b"-->").map_or(4, |end| end + 3);
            continue;
        }
        let key: &[u8] = if opens(b"<meta") {
            b"charset"
        } else if opens(b"<?xml") {
            b"encoding"
        } else {
            at = start + 1;
            continue;
        };
        let tag = &tag[..memchr::memchr(b'>', tag).unwrap_or(tag.len())];
        let found = (0..tag.len().saturating_sub(key.len()))
            .filter(|&at| tag[at..at + key.len()].eq_ignore_ascii_case(key))
            .find_map(|at| {
                let rest = tag[at + key.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
                let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
                let length = rest
                    .iter()
                    .take(LABEL_MAX)
                    .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte))
                    .count();
                (length > 0).then(|| String::from_utf8_lossy(&rest[..length]).into_owned())
            });
        if found.is_some() {
            return found;
        }
        at = start + 1;
    }
    None
}

/// The way from offsets of the text to offsets of the bytes.
#[derive(Debug)]
pub(crate) struct Offsets {
    skip: usize,
    /// (text, bytes) where a stretch begins in which both run in step; each character outside ASCII is a stretch of its own.
    /// Empty where all is in step.
    steps: Vec<(u32, u32)>,
    end: (u32, u32),
}

impl Decoded {
    /// Makes the way back. Cost: none for sound UTF-8, else linear in the bytes.
    pub(crate) fn offsets(&self, bytes: &[u8]) -> Offsets {
        let end = (self.text.len() as u32, bytes.len() as u32);
        let steps = match (self.encoding, self.codec) {
            ("UTF-32", _) => self.by_width(4),
            (_, None) => Vec::new(),
            (_, Some(codec)) => self.walk(codec, bytes),
        };
        Offsets { skip: self.skip, steps, end }
    }

    fn by_width(&self, width: usize) -> Vec<(u32, u32)> {
        let at = |(i, (text, _)): (usize, (usize, char))| (text as u32, (self.skip + i * width) as u32);
        self.text.char_indices().enumerate().map(at).collect()
    }

    /// Decodes byte by byte and notes where characters come out.
    fn walk(&self, codec: &'static Encoding, bytes: &[u8]) -> Vec<(u32, u32)> {
        let mut decoder = codec.new_decoder_without_bom_handling();
        let mut steps: Vec<(u32, u32)> = Vec::new();
        let mut buffer = [0_u8; 32];
        let (mut text, mut from) = (0_u32, self.skip);
        let mut in_step = false;
        for at in self.skip..=bytes.len() {
            let last = at == bytes.len();
            let input = if last { &[][..] } else { &bytes[at..=at] };
            let (_, _, written, _) = decoder.decode_to_utf8(input, &mut buffer, last);
            if written == 0 {
                continue;
            }
            let next = if last { at } else { at + 1 };
            let plain = written == 1 && next - from == 1;
            if !(plain && in_step) {
                steps.push((text, from as u32));
            }
            in_step = plain;
            text += written as u32;
            from = next;
        }
        steps
    }
}

impl Offsets {
    /// The byte at which the character at a text offset begins.
    pub(crate) fn byte(&self, text: usize) -> usize {
        let text = text as u32;
        if self.steps.is_empty() {
            return text as usize + self.skip;
        }
        if text >= self.end.0 {
            return self.end.1 as usize;
        }
        let (from, byte) = self.steps[self.steps.partition_point(|step| step.0 <= text).saturating_sub(1)];
        (byte + (text - from)) as usize
    }

    /// The text offsets inside a range at which text and bytes fall out of step.
    pub(crate) fn breaks(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let first = self.steps.partition_point(|step| step.0 as usize <= range.start);
        self.steps[first..].iter().map(|step| step.0 as usize).take_while(move |&at| at < range.end)
    }

    /// Whether text and bytes are the same all over.
    pub(crate) fn same(&self) -> bool {
        self.steps.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(label: &str, words: &str) -> String {
        format!("<html><head><meta charset=\"{label}\"></head><body><p>{words}</p></body></html>")
    }

    #[test]
    fn labels_are_believed_unless_the_bytes_speak_against_them() {
        let words = "Ein Überfall in Köln – „größer“ als gestern";
        let utf8 = page("iso-8859-1", words);
        assert_eq!(decode(utf8.as_bytes(), None).text, utf8);
        let source = page("utf-8", words);
        let (latin, _, _) = WINDOWS_1252.encode(&source);
        let found = decode(&latin, None);
        assert_eq!((found.text.as_str(), found.guessed), (source.as_str(), true));
        let source = page("windows-1250", "Čtyři vojáci zahynuli v pondělí nedaleko města");
        let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(&source);
        assert_eq!(decode(&bytes, None).text, source);
        let source = page(
            "iso-8859-1",
            "Четверо военных погибли возле города в понедельник, сообщили власти области и жители",
        );
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&source);
        assert_eq!(decode(&bytes, None).text, source);
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("<p>Они ушли</p>");
        assert_eq!(decode(&bytes, Some("windows-1251")).text, "<p>Они ушли</p>");
    }

    #[test]
    fn offsets_lead_back_to_bytes() {
        let source = page("x", "Öl – 日本 & 🙂 end");
        let encodings =
            [encoding_rs::UTF_8, encoding_rs::GBK, encoding_rs::SHIFT_JIS, encoding_rs::EUC_KR, WINDOWS_1252];
        let check = |bytes: &[u8], found: &Decoded, one: &dyn Fn(&[u8]) -> String| {
            let offsets = found.offsets(bytes);
            for (at, c) in found.text.char_indices() {
                let range = offsets.byte(at)..offsets.byte(at + c.len_utf8());
                assert_eq!(one(&bytes[range]), c.to_string(), "{} at {at}", found.encoding);
            }
        };
        for encoding in encodings {
            let (bytes, _, _) = encoding.encode(&source);
            let found = with(&bytes, encoding, 0, false, None);
            check(&bytes, &found, &|bytes| encoding.decode_without_bom_handling(bytes).0.into_owned());
        }
        let bytes: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let found = decode(&bytes, None);
        check(&bytes, &found, &|bytes| {
            encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
        });
        let mut bytes = page("x", "Über Öl – größere Mengen – für 日本 & 🙂 end").into_bytes();
        bytes.splice(40..40, [0xFF]);
        bytes.push(0xC3);
        let found = decode(&bytes, None);
        assert!(found.damaged);
        check(&bytes, &found, &|bytes| String::from_utf8_lossy(bytes).into_owned());
    }
}
