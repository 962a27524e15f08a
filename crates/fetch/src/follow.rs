//! One page from its URL: requests, redirects and content codings, every hop checked anew.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use watchkeeper_record::page::{Exchange, Form};
use watchkeeper_record::{Moment, RawPage};

use crate::coding::{self, Fault};
use crate::error::shown;
use crate::target::Target;
use crate::transport::{Answer, Limits, Request, Transport};
use crate::{Error, civil};

/// What a host gave with an earlier answer, to ask whether anything has changed since (RFC 9110 §13).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// Its `etag`, as it was.
    pub etag: Option<String>,
    /// Its `last-modified`, as it was.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Takes them from an answer.
    #[must_use]
    pub fn of(exchange: &Exchange) -> Self {
        let kept = |name| {
            exchange
                .header(name)
                .filter(|value| value.len() <= 1_024 && is_sendable(value))
                .map(str::to_owned)
        };
        Self { etag: kept("etag"), last_modified: kept("last-modified") }
    }
}

/// Whether a header's value can be sent back as it came.
fn is_sendable(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// What to ask for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The `accept` header.
    pub accept: &'a str,
    /// What was given last time, if the page may be unchanged.
    pub validators: Option<&'a Validators>,
    /// A smaller bound than [`Limits::body_bytes_max`].
    pub body_bytes_max: Option<u64>,
    /// Whether a larger body is cut there instead of failing.
    pub cut: bool,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self { accept: Self::PAGE, validators: None, body_bytes_max: None, cut: false }
    }
}

impl Ask<'_> {
    /// `accept` of a page.
    pub const PAGE: &'static str =
        "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.5";
    /// `accept` of a feed.
    pub const FEED: &'static str = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5";
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// A page, as it came after content codings were undone.
    Page(Box<RawPage>),
    /// The host says that nothing has changed since the validators were given.
    NotModified(Exchange),
}

/// What a run of requests is bound by.
pub(crate) struct Terms<'a> {
    pub(crate) limits: &'a Limits,
    /// Whether an https page may lead to a http one.
    pub(crate) allow_downgrade: bool,
    pub(crate) now: Option<Moment>,
}

/// Asks for a page and follows redirects. `gate` is asked before each request whether and when it may be made.
pub(crate) fn follow(
    transport: &impl Transport,
    terms: &Terms<'_>,
    url: &str,
    ask: &Ask<'_>,
    gate: &mut dyn FnMut(&Target) -> Result<(), Error>,
) -> Result<Fetched, Error> {
    let mut limits = terms.limits.clone();
    limits.body_bytes_max =
        ask.body_bytes_max.map_or(limits.body_bytes_max, |most| most.min(limits.body_bytes_max));
    let headers = headers(ask);
    let mut target = Target::parse(url)?;
    let mut seen = BTreeSet::new();
    let mut redirects = Vec::new();
    let mut used = Duration::ZERO;
    loop {
        gate(&target)?;
        let left = limits.total.saturating_sub(used);
        if left.is_zero() {
            return Err(Error::Time { url: shown(url), what: "it took longer than allowed" });
        }
        let request = Request { target: &target, headers: &headers, limits: &limits, left, cut: ask.cut };
        let answer = transport.ask(&request)?;
        used += answer.took;
        let failed = |why: String| Error::Redirect { url: shown(url), why };
        let location =
            matches!(answer.status, 301 | 302 | 303 | 307 | 308).then(|| answer.header("location"));
        let Some(location) = location else {
            return finish(answer, url, &target, redirects, terms, &limits, ask);
        };
        let location = location
            .filter(|location| !location.trim().is_empty())
            .ok_or_else(|| failed(format!("answered {} without saying where to go", answer.status)))?;
        if redirects.len() >= limits.redirects_max {
            return Err(failed(format!("more than {} redirects", limits.redirects_max)));
        }
        let next = target.join(location)?;
        if target.is_secure() && !next.is_secure() && !terms.allow_downgrade {
            return Err(failed(format!("redirects from https to {}", shown(next.as_str()))));
        }
        redirects.push((target.as_str().to_owned(), answer.status));
        seen.insert(target);
        if seen.contains(&next) {
            return Err(failed(format!("redirects in a circle through {}", shown(next.as_str()))));
        }
        target = next;
    }
}

fn headers(ask: &Ask<'_>) -> Vec<(&'static str, String)> {
    let mut headers =
        vec![("accept", ask.accept.to_owned()), ("accept-encoding", "gzip, deflate, br, zstd".to_owned())];
    if let Some(validators) = ask.validators {
        let given = [("if-none-match", &validators.etag), ("if-modified-since", &validators.last_modified)];
        for (name, value) in given {
            headers
                .extend(value.as_ref().filter(|value| is_sendable(value)).map(|value| (name, value.clone())));
        }
    }
    headers
}

fn finish(
    answer: Answer,
    origin: &str,
    target: &Target,
    redirects: Vec<(String, u16)>,
    terms: &Terms<'_>,
    limits: &Limits,
    ask: &Ask<'_>,
) -> Result<Fetched, Error> {
    let url = || shown(target.as_str());
    let conditional = ask.validators.is_some_and(|validators| *validators != Validators::default());
    let is_unchanged = answer.status == 304 && conditional;
    if !is_unchanged && !(200..=203).contains(&answer.status) {
        let retry_after = answer.header("retry-after").and_then(|value| retry_after(value, terms.now));
        return Err(Error::Status { url: url(), status: answer.status, retry_after });
    }
    if let Some(kind) = answer.textless() {
        return Err(Error::Kind { url: url(), kind: shown(&kind) });
    }
    let encodings = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "content-encoding")
        .map(|(_, value)| value.as_str())
        .collect::<Vec<_>>()
        .join(",");
    let media_type = answer.media_type();
    let exchange = Exchange {
        url: target.as_str().to_owned(),
        status: answer.status,
        redirects,
        headers: answer.headers,
    };
    if is_unchanged {
        return Ok(Fetched::NotModified(exchange));
    }
    let bytes = coding::undo(answer.body, &encodings, limits, ask.cut).map_err(|fault| match fault {
        Fault::TooLarge => {
            Error::TooLarge { url: url(), what: "unpacked body", limit: limits.body_bytes_max }
        }
        Fault::Broken(why) => Error::Coding { url: url(), why },
    })?;
    let form = form_of(media_type.as_deref().unwrap_or_default(), &bytes);
    let mut page = RawPage::new(origin.trim(), form, bytes);
    page.fetched = terms.now;
    page.http = Some(exchange);
    Ok(Fetched::Page(Box::new(page)))
}

/// `Retry-After`: seconds, or a date (RFC 9110 §10.2.3).
fn retry_after(value: &str, now: Option<Moment>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = civil::parse(value)?;
    u64::try_from(until.unix() - now?.unix()).ok().map(Duration::from_secs)
}

/// A first guess at what a page is, from its media type and first bytes. Archives and tables are told apart by whoever opens them.
fn form_of(media_type: &str, bytes: &[u8]) -> Form {
    if bytes.starts_with(b"%PDF-") || media_type == "application/pdf" {
        return Form::Pdf;
    }
    match media_type {
        "text/html" | "application/xhtml+xml" => Form::Html,
        "text/markdown" => Form::Markdown,
        "message/rfc822" => Form::Message,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Form::Docx,
        "text/plain" | "text/csv" | "application/json" => Form::Text,
        _ => {
            let start = bytes
                .iter()
                .find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf | 0));
            if start == Some(&b'<') { Form::Html } else { Form::Text }
        }
    }
}
