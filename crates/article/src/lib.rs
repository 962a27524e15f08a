//! From bytes to a clean article: decoding, blocks, metadata, debris masks.
//!
//! In: the bytes of one document and [`ArticleOptions`]. Out: an [`Article`] whose text is the decoded input, never
//! rewritten after that, or an [`Error`] that says what the input looks like instead. Everything that isn't reading matter is
//! masked by ranges (module `debris`) or left out of the blocks' pieces (datelines, time stamps, bullets).
//!
//! HTML pages (module [`html`]) are read by what of them looks like the article; their text is put together from the kept blocks, and
//! [`Article::map`] leads from every byte of it back to the page.
//!
//! What it does not do: fetch, read files, guess what the text doesn't say. Words
//! and patterns are in `data/lexicon`. Where a rule isn't sure, it doesn't mask: a paragraph wrongly masked is lost,
//! a plug left in is noise.
//!
//! Control characters, NUL among them, and zero-width marks stay in the text; the view of a block
//! ([`watchkeeper_record::article::Block::view`]) leaves them out. Line ends stay as they are (`\r\n`, `\r`, `\n`).
//!
//! Everything is linear in the length of the text and a function of the bytes and the options alone.

#![warn(clippy::disallowed_methods)]

mod dateline;
mod dates;
mod debris;
mod decode;

pub mod html;
mod language;
mod lexicon;
mod lines;
mod metadata;
pub mod near;
mod pieces;
mod title;

use sha2::{Digest, Sha256};
use watchkeeper_record::article::{Article, Byline, Date, Published};
use watchkeeper_record::codebook::DateBasis;
use watchkeeper_record::diagnostic::Diagnostic;
use watchkeeper_record::page::{Exchange, Form, RawPage, Told};

/// Default of [`ArticleOptions::size_max`]: 5 MB.
pub const SIZE_MAX: usize = 5_000_000;

/// What the caller knows about a document, and how large it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleOptions {
    /// Path or URL, copied into the article.
    pub origin: Option<String>,
    /// Day of publication; wins over what the text says.
    pub published: Option<Date>,
    /// Who published it; wins over what the text says.
    pub outlet: Option<String>,
    /// Headline from outside the text; paragraphs equal to it are masked as repeated.
    pub title: Option<String>,
    /// Largest text in bytes; input in UTF-16 or UTF-32 may have twice as many.
    pub size_max: usize,
}

impl Default for ArticleOptions {
    fn default() -> Self {
        Self { origin: None, published: None, outlet: None, title: None, size_max: SIZE_MAX }
    }
}

/// Why bytes are no article.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No byte, or nothing but white space and invisible characters.
    Empty,
    /// More text than allowed; nothing was read.
    TooLarge {
        /// Size found, bytes.
        size: usize,
        /// Size allowed, bytes.
        size_max: usize,
    },
    /// No text but something else.
    Binary {
        /// What it looks like, e.g. `a PDF document`.
        what: &'static str,
    },
    /// A feed or another XML document that is no page.
    Markup,
}

impl Error {
    /// Stable kebab-case word for counting.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::Binary { .. } => "not-text",
            Self::Markup => "markup",
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("the document is empty: no visible character in it"),
            Self::TooLarge { size, size_max } => write!(
                f,
                "the document has {} of text and the limit is {}; split it, or raise the limit",
                megabytes(*size),
                megabytes(*size_max)
            ),
            Self::Binary { what } => write!(f, "this is no plain text; it looks like {what}"),
            Self::Markup => f.write_str("this is a feed or another XML document, no page with an article"),
        }
    }
}

impl std::error::Error for Error {}

/// Bytes as a readable size, e.g. `5.2 MB`.
fn megabytes(bytes: usize) -> String {
    if bytes < 100_000 {
        format!("{bytes} bytes")
    } else {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    }
}

/// Makes an article of the bytes of one document: plain text, or an HTML page.
///
/// Cost: linear in their number; oversized input is refused before it is looked at.
///
/// # Errors
/// When the bytes are neither readable plain text nor a page: [`Error`] says what they are. Poor text is no error; remarks on it are in
/// [`Article::diagnostics`].
pub fn extract(bytes: &[u8], options: &ArticleOptions) -> Result<Article, Error> {
    if decode::opens_html(bytes) {
        return html::page::read(bytes, &Told::default(), None, None, options);
    }
    let decoded = decode::decode(bytes, options.size_max)?;
    if decode::looks_like_html(&decoded.text) {
        return match decode::is_feed(&decoded.text) {
            true => Err(Error::Markup),
            false => html::page::read(bytes, &Told::default(), None, None, options),
        };
    }
    Ok(plain(bytes, decoded, &Told::default(), options))
}

/// Makes an article of a raw page: of its body where it has one, else of its bytes. What the page's container says ([`Told`])
/// wins over what the page says, and what `options` say over both; an HTTP response's charset and address are used.
///
/// # Errors
/// As [`extract`]; [`Error::Binary`] for a form that is no text and has no body.
pub fn extract_page(page: &RawPage, options: &ArticleOptions) -> Result<Article, Error> {
    let (form, bytes) = page.readable();
    let mut options = options.clone();
    options.origin.get_or_insert_with(|| page.origin.clone());
    let charset = page.http.as_ref().and_then(Exchange::charset);
    let address = page.http.as_ref().map(|http| http.url.as_str()).or(page.told.url.as_deref());
    let web = |origin: &str| origin.starts_with("http://") || origin.starts_with("https://");
    let address = address.or_else(|| Some(page.origin.as_str()).filter(|origin| web(origin)));
    // The body was made of the bytes: its offsets and encoding aren't the transport's.
    let charset = charset.filter(|_| page.body.is_none());
    match form {
        Form::Html => html::page::read(bytes, &page.told, charset.as_deref(), address, &options),
        Form::Text | Form::Markdown => {
            let decoded = decode::decode(bytes, options.size_max)?;
            Ok(plain(bytes, decoded, &page.told, &options))
        }
        Form::Pdf => Err(Error::Binary { what: "a PDF document without its text layer" }),
        Form::Docx => Err(Error::Binary { what: "an Office document without its text" }),
        Form::Message | Form::Row | Form::Item => {
            Err(Error::Binary { what: "a container without the text of its document" })
        }
    }
}

/// An article of plain text.
fn plain(bytes: &[u8], decoded: decode::Decoded, told: &Told, options: &ArticleOptions) -> Article {
    let text = decoded.text;
    let mut diagnostics = Vec::new();
    if decoded.guessed {
        diagnostics.push(Diagnostic::document(
            "encoding-guessed",
            format!("read as {}, guessed from the bytes", decoded.encoding),
        ));
    }
    if decoded.damaged {
        diagnostics.push(Diagnostic::document(
            "encoding-damaged",
            format!("some bytes mean nothing in {} and became U+FFFD", decoded.encoding),
        ));
    }
    let raws = lines::raw_blocks(&text);
    let mut masks = debris::Masks::default();
    let given = metadata::Given {
        title: options.title.as_deref().or(told.title.as_deref()),
        outlet: options.outlet.as_deref().or(told.outlet.as_deref()),
        published: options.published,
    };
    let found = metadata::read(&text, &raws, &given, in_capitals(&text), &mut masks);
    debris::find(&text, &raws, &found, &mut masks);
    let masked = masks.finish(&text, found.dateline.as_ref().map(|dateline| dateline.span));
    let blocks = pieces::blocks(&text, &raws, &masked, &found);
    let language = language::language(&text);
    let told_day = told.published.filter(|_| options.published.is_none());
    let published = told_day
        .map(|day| Published { start: day, end: day, basis: DateBasis::Metadata })
        .or(found.published);
    remark_on_reading(&language, published.is_some(), blocks.is_empty(), &mut diagnostics);
    let authors =
        told.authors.iter().map(|name| Byline { name: name.clone(), span: None }).collect::<Vec<_>>();
    Article {
        id: digest(bytes),
        origin: options.origin.clone(),
        outlet: found.outlet,
        title: found.title,
        byline: if authors.is_empty() { found.byline } else { authors },
        published,
        updated: told.updated,
        url: told.url.clone(),
        dateline: found.dateline,
        language,
        text,
        masked,
        blocks,
        diagnostics,
        map: None,
    }
}

/// Remarks that every kind of document has.
fn remark_on_reading(language: &str, dated: bool, nothing: bool, diagnostics: &mut Vec<Diagnostic>) {
    if language == "und" {
        diagnostics.push(Diagnostic::document("language-unknown", "the language of the text can't be told"));
    } else if language != "en" {
        diagnostics.push(Diagnostic::document(
            "language-unsupported",
            format!("the text is in `{language}`; only English is read"),
        ));
    }
    if !dated {
        diagnostics.push(Diagnostic::document(
            "published-unknown",
            "no publication date is given or found; relative dates stay open",
        ));
    }
    if nothing {
        diagnostics.push(Diagnostic::document("nothing-to-read", "all of the text is debris"));
    }
}

/// SHA-256 of the input, 64 lower-case hex digits.
fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Whether a text is written in capitals: hardly a letter of the first 4,000 is small.
fn in_capitals(text: &str) -> bool {
    let (mut upper, mut lower) = (0usize, 0usize);
    for c in text.chars().take(4000) {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    upper > 20 && lower * 10 < upper
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
