//! Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed.
//!
//! Own readers over `quick-xml` and `serde_json`: `feed-rs` 3.0.0, tried first, panics on an author such as `J —joe@x.example`, gives nothing
//! of a feed whose last item is cut off, and wants a version on every `<rss>`. Here a document type is skipped, so an
//! entity that it declares stays as it is written and nothing outside the bytes is ever looked at; nesting, items and
//! texts are bounded; what stands before a fault is kept, and the fault is told.

mod json;
mod text;
mod xml;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use url::Url;
use watchkeeper_record::page::{Body, Form, Told};
use watchkeeper_record::{Diagnostic, Moment, RawPage};

use crate::Error;
pub(crate) use text::{plain, unescape};

/// Bytes of a feed that are read; a larger one is refused.
pub const BYTES_MAX: u64 = 16 << 20;
/// Items of a feed that are read; the rest is told of in a diagnostic.
pub const ITEMS_MAX: usize = 2_000;
/// Elements inside one another.
const DEPTH_MAX: usize = 200;
/// Bytes of the content or summary of an item that are kept.
const CONTENT_BYTES_MAX: usize = 1 << 20;
/// Bytes of any other text that are kept.
const TEXT_BYTES_MAX: usize = 2_000;
/// Authors of an item that are kept.
const AUTHORS_MAX: usize = 20;
/// Bytes of a link that is kept.
const LINK_BYTES_MAX: usize = 8_192;

/// The kinds of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// RSS 0.9x, 1.0 (RDF) and 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.0 and 1.1.
    Json,
}

/// A feed as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its kind.
    pub kind: Kind,
    /// Its name, plain text.
    pub title: Option<String>,
    /// The page that it belongs to.
    pub link: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// Minutes for which it asks not to be fetched again (RSS `ttl`, `sy:updatePeriod`).
    pub minutes_fresh: Option<u32>,
    /// Its items in their order.
    pub items: Vec<FeedItem>,
    /// What was wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// One item of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeedItem {
    /// What the feed calls it; its link, or a digest of title and text, where the feed gives no name.
    pub id: String,
    /// Its page: absolute, http or https.
    pub url: Option<String>,
    /// Headline, plain text.
    pub title: Option<String>,
    /// Authors' names.
    #[serde(default)]
    pub authors: Vec<String>,
    /// When it was published.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub updated: Option<Moment>,
    /// Its summary as HTML.
    pub summary: Option<String>,
    /// Its content as HTML.
    pub content: Option<String>,
    /// BCP 47 language, the feed's where the item names none.
    pub language: Option<String>,
    /// Who published it first, where a feed gathers from several.
    pub source: Option<String>,
}

impl FeedItem {
    /// What the feed tells of the item's page. `feed` is the feed's name, taken as the outlet where the item names none.
    #[must_use]
    pub fn told(&self, feed: Option<&str>) -> Told {
        Told {
            title: self.title.clone(),
            authors: self.authors.clone(),
            outlet: self.source.clone().or_else(|| feed.map(str::to_owned)),
            published: self.published.map(Moment::date),
            updated: self.updated.map(Moment::date),
            language: self.language.clone(),
            url: self.url.clone(),
            charset: None,
        }
    }

    /// The item as a page of its own, read from what the feed holds of it: its content, else its summary, else its
    /// headline. `bytes` is the item as JSON.
    #[must_use]
    pub fn page(&self, feed_url: &str, feed: Option<&str>) -> RawPage {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        let origin = self.url.clone().unwrap_or_else(|| format!("{feed_url}#{}", self.id));
        let mut page = RawPage::new(origin, Form::Item, bytes);
        let text = self.content.clone().or_else(|| self.summary.clone());
        let text = text
            .or_else(|| self.title.as_deref().map(|title| format!("<p>{}</p>", text::escape(title))))
            .unwrap_or_default();
        page.body = Some(Body { form: Form::Html, bytes: text.into_bytes(), by: "feed 1".to_owned() });
        page.told = Told { charset: Some("utf-8".to_owned()), ..self.told(feed) };
        page
    }

    /// Bytes it takes in memory, about.
    pub(crate) fn weight(&self) -> usize {
        let texts = [&self.url, &self.title, &self.summary, &self.content, &self.language, &self.source];
        256 + self.id.len()
            + texts.iter().filter_map(|text| text.as_ref()).map(String::len).sum::<usize>()
            + self.authors.iter().map(|author| author.len() + 24).sum::<usize>()
    }
}

/// Reads a feed. `base` is the URL that it came from, against which relative links are read; `charset` what its
/// `content-type` named.
///
/// Linear in the bytes. Nothing is fetched, no entity is expanded.
///
/// # Errors
/// [`Error::Feed`] when the bytes are no feed, or so broken that neither a title nor an item could be read, or larger than
/// [`BYTES_MAX`].
pub fn parse(bytes: &[u8], base: Option<&str>, charset: Option<&str>) -> Result<Feed, Error> {
    if bytes.len() as u64 > BYTES_MAX {
        return Err(fault(format!("the feed is larger than {BYTES_MAX} bytes")));
    }
    let text = decode(bytes, charset);
    let base = base.and_then(|base| Url::parse(base).ok());
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    match start.chars().next() {
        None => Err(fault("the feed is empty".to_owned())),
        Some('{') => json::parse(start, base.as_ref()),
        Some(first) => {
            let read = match first {
                '<' => xml::parse(start, base.clone()),
                _ => Err(fault("not a feed: neither XML nor JSON".to_owned())),
            };
            // Some hosts print warnings before the feed.
            let head = &start[..start.floor_char_boundary(10_000)];
            let marks = ["<?xml", "<rss", "<feed", "<rdf:RDF"];
            match marks.iter().filter_map(|mark| head.find(mark)).min() {
                Some(at) if at > 0 && read.is_err() => xml::parse(&start[at..], base).or(read),
                _ => read,
            }
        }
    }
}

fn fault(why: String) -> Error {
    Error::Feed { why }
}

/// Text of any encoding: by byte order mark, then UTF-8 if it can only be that, then what the transport said, what
/// the XML declaration says, UTF-16 without a mark, UTF-8, and Windows-1252 for bytes that are none.
pub(crate) fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    let is_utf8 = std::str::from_utf8(bytes).ok();
    if let Some(text) = is_utf8.filter(|text| !text.is_ascii()) {
        return text.to_owned();
    }
    let declared = || {
        let head = &bytes[..bytes.len().min(200)];
        let at = head.windows(9).position(|window| window.eq_ignore_ascii_case(b"encoding="))?;
        let quoted = head.get(at + 10..)?;
        Encoding::for_label(quoted.split(|byte| matches!(byte, b'"' | b'\'')).next()?)
    };
    let wide = match bytes {
        [0, b'<' | b'{', ..] => Some(encoding_rs::UTF_16BE),
        [b'<' | b'{', 0, ..] => Some(encoding_rs::UTF_16LE),
        _ => None,
    };
    let named =
        wide.or_else(|| charset.and_then(|label| Encoding::for_label(label.as_bytes()))).or_else(declared);
    let named = named
        .filter(|named| wide.is_some() || named.is_ascii_compatible() || *named == encoding_rs::ISO_2022_JP);
    let otherwise = if is_utf8.is_some() { encoding_rs::UTF_8 } else { encoding_rs::WINDOWS_1252 };
    let named = named.filter(|named| *named != encoding_rs::UTF_8).unwrap_or(otherwise);
    named.decode_without_bom_handling(bytes).0.into_owned()
}

/// What was gathered of an item before it is put in order.
#[derive(Debug, Default)]
struct Draft {
    item: FeedItem,
    /// Links by relation: the page itself, and whatever else could serve.
    link: Option<String>,
    spare: Option<String>,
}

impl Draft {
    /// Puts an item in order; `None` for one that says nothing.
    fn finish(self, base: Option<&Url>, language: Option<&str>) -> Option<FeedItem> {
        let Self { mut item, link, spare } = self;
        item.url = [link, spare].into_iter().flatten().find_map(|link| absolute(&link, base));
        if item.url.is_none() && item.title.is_none() && item.content.is_none() && item.summary.is_none() {
            return None;
        }
        if item.id.is_empty() {
            item.id = item.url.clone().unwrap_or_else(|| {
                let texts = [&item.title, &item.summary, &item.content];
                digest(texts.iter().map(|text| text.as_deref().unwrap_or_default()))
            });
        }
        item.language = item.language.or_else(|| language.map(str::to_owned));
        Some(item)
    }
}

/// A link as an absolute http(s) URL.
fn absolute(link: &str, base: Option<&Url>) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || link.len() > LINK_BYTES_MAX {
        return None;
    }
    let url = match base {
        Some(base) => base.join(link).ok()?,
        None => Url::parse(link).ok()?,
    };
    let proper = matches!(url.scheme(), "http" | "https") && url.as_str().len() <= LINK_BYTES_MAX;
    proper.then(|| url.into())
}

/// Sixteen hexadecimal digits that stand for texts.
fn digest<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A text cut to a number of bytes, at a character.
fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
    }
    text
}

/// A short text without white space around it; `None` when nothing is left.
fn short(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| cut(text.to_owned(), TEXT_BYTES_MAX))
}

/// A language tag, if it looks like one (BCP 47).
fn language(text: &str) -> Option<String> {
    let text = text.trim();
    let proper = (2..=35).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    proper.then(|| text.to_owned())
}
