//! A document as it came in, before anything is read out of it; what leaves the doors and the fetcher.

use serde::{Deserialize, Serialize};

use crate::article::Date;
use crate::moment::Moment;

/// What a run of bytes is, told from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Plain text in any encoding.
    Text,
    /// Markdown.
    Markdown,
    /// An HTML or XHTML page.
    Html,
    /// A PDF document.
    Pdf,
    /// An Office Open XML text document.
    Docx,
    /// An Internet message (RFC 5322).
    Message,
    /// One row of a table, or one object of JSON lines: a JSON object of its named columns.
    Row,
    /// One item of a feed: a JSON object of its fields.
    Item,
}

impl Form {
    /// The word for it in messages and summaries.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Message => "message",
            Self::Row => "row",
            Self::Item => "feed item",
        }
    }
}

/// One document as it came in. The bytes are kept as they were, so that reading can be repeated by a later version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPage {
    /// How it is named in messages and in `document.origin`: a path or URL; members of archives follow `!`
    /// (`day.zip!reports/a.html`), records and rows a `#` (`crawl.warc.gz#17`).
    pub origin: String,
    /// What the bytes are.
    pub form: Form,
    /// The bytes after transfer and content codings and compression were undone.
    pub bytes: Vec<u8>,
    /// What is read in place of `bytes` where those aren't text themselves: the text layer of a PDF, the part of a message.
    pub body: Option<Body>,
    /// When it was got: from the network, or as its archive says. `None` for a local file.
    pub fetched: Option<Moment>,
    /// How the network gave it.
    pub http: Option<Exchange>,
    /// What its container says of it (a feed, a table's columns, a message's head); each wins over what the text says.
    pub told: Told,
}

impl RawPage {
    /// A page of nothing but bytes of a form.
    #[must_use]
    pub fn new(origin: impl Into<String>, form: Form, bytes: Vec<u8>) -> Self {
        Self {
            origin: origin.into(),
            form,
            bytes,
            body: None,
            fetched: None,
            http: None,
            told: Told::default(),
        }
    }

    /// The bytes to read and what they are: of the body, where there is one.
    #[must_use]
    pub fn readable(&self) -> (Form, &[u8]) {
        self.body
            .as_ref()
            .map_or((self.form, self.bytes.as_slice()), |body| (body.form, body.bytes.as_slice()))
    }
}

/// What stands for bytes that aren't text themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// [`Form::Text`], [`Form::Markdown`] or [`Form::Html`].
    pub form: Form,
    /// UTF-8, or HTML in any encoding.
    pub bytes: Vec<u8>,
    /// What made it, with its version, e.g. `pdf-text 1`.
    pub by: String,
}

/// How a page came over the network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// The URL that gave the bytes, after all redirects.
    pub url: String,
    /// The HTTP status, 100..=599.
    pub status: u16,
    /// The redirects before it, in order: the URL asked and the status it answered.
    pub redirects: Vec<(String, u16)>,
    /// Response headers in their order, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Exchange {
    /// The first header of a name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The charset that `content-type` names, in lower case.
    #[must_use]
    pub fn charset(&self) -> Option<String> {
        let parameters = self.header("content-type")?.split(';').skip(1);
        parameters.filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
            let named = name.trim().eq_ignore_ascii_case("charset");
            named
                .then(|| value.trim().trim_matches('"').to_ascii_lowercase())
                .filter(|label| !label.is_empty())
        })
    }
}

/// What a page's container says of it. What isn't said is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    /// Headline.
    pub title: Option<String>,
    /// Authors' names, in order.
    pub authors: Vec<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Day of publication.
    pub published: Option<Date>,
    /// Day of the last change.
    pub updated: Option<Date>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// The page's own address.
    pub url: Option<String>,
    /// Label of the encoding (WHATWG Encoding), where the container names one outside `http`.
    pub charset: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_is_read_from_the_content_type() {
        let with = |value: &str| Exchange {
            headers: vec![("content-type".to_owned(), value.to_owned())],
            ..Exchange::default()
        };
        assert_eq!(with("text/html; Charset=\"ISO-8859-1\"; x=y").charset().as_deref(), Some("iso-8859-1"));
        assert_eq!(with("text/html").charset(), None);
        assert_eq!(with("text/html; charset=").charset(), None);
    }
}
