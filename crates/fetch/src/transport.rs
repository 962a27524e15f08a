//! One request, one answer: what the network does for this crate, and what a simulated one does in tests.

use std::time::Duration;

use crate::Error;
use crate::target::Target;

/// Bounds on what one answer may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body, both as it comes and after content codings are undone.
    pub body_bytes_max: u64,
    /// Bytes of status line and headers.
    pub head_bytes_max: usize,
    /// Times its own size that a coded body may unpack to; the first MiB is always allowed.
    pub ratio_max: u64,
    /// Content codings on top of one another.
    pub codings_max: usize,
    /// Redirects followed.
    pub redirects_max: usize,
    /// From resolving the first name to the last byte, redirects included.
    pub total: Duration,
    /// Without a single byte.
    pub idle: Duration,
    /// For resolving a name, and for connecting to its addresses.
    pub connect: Duration,
}

impl Default for Limits {
    /// 16 MiB, head 64 KiB, ratio 200, two codings, five redirects, 60 s in all, 15 s idle, 10 s to connect.
    fn default() -> Self {
        Self {
            body_bytes_max: 16 << 20,
            head_bytes_max: 64 << 10,
            ratio_max: 200,
            codings_max: 2,
            redirects_max: 5,
            total: Duration::from_secs(60),
            idle: Duration::from_secs(15),
            connect: Duration::from_secs(10),
        }
    }
}

/// One GET, to be answered without following anything.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What is asked for.
    pub target: &'a Target,
    /// Headers besides `host`, `user-agent` and `connection`, names in lower case.
    pub headers: &'a [(&'static str, String)],
    /// Bounds.
    pub limits: &'a Limits,
    /// What is left of [`Limits::total`].
    pub left: Duration,
    /// Whether a body larger than allowed is cut there instead of failing.
    pub cut: bool,
}

/// What one request got.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status, 100..=999.
    pub status: u16,
    /// Headers in their order, names in lower case; without `set-cookie`, since nothing of cookies is kept.
    pub headers: Vec<(String, String)>,
    /// The body, content codings still on it. Empty where it isn't worth reading: on redirects, errors, pictures.
    pub body: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// The first header of a name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The media type in lower case, without parameters.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?.split(';').next()?.trim();
        (!value.is_empty()).then(|| value.to_ascii_lowercase())
    }

    /// Whether the body is worth reading: a page, and not one of pictures, sound or film.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        (200..=203).contains(&self.status) && self.textless().is_none()
    }

    /// The media type, if it is one that holds no text.
    pub(crate) fn textless(&self) -> Option<String> {
        let kind = self.media_type()?;
        let textless =
            ["image/", "audio/", "video/", "font/", "model/"].iter().any(|head| kind.starts_with(head));
        (textless && kind != "image/svg+xml").then_some(kind)
    }
}

/// Answers requests: [`crate::Fetcher`] over the network, tests out of memory.
pub trait Transport {
    /// Answers one request.
    ///
    /// # Errors
    /// Whatever kept an answer from coming; a status of 400 or 500 is an answer.
    fn ask(&self, request: &Request<'_>) -> Result<Answer, Error>;
}

impl<T: Transport + ?Sized> Transport for &T {
    fn ask(&self, request: &Request<'_>) -> Result<Answer, Error> {
        (**self).ask(request)
    }
}
