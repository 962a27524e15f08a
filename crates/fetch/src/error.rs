//! What can go wrong between a URL and its page, in words that a person can act on.

use std::net::IpAddr;
use std::time::Duration;

/// Why something couldn't be fetched or read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The URL isn't one, or isn't one that is fetched.
    Url {
        /// As it was given, shortened.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The URL leads to where nothing is fetched from: a private, local or special address.
    Refused {
        /// The URL that led there.
        url: String,
        /// The address, unless the name alone is refused.
        address: Option<IpAddr>,
        /// What the address or name is.
        why: &'static str,
    },
    /// robots.txt asks this program to stay away.
    Robots {
        /// The URL that wasn't asked for.
        url: String,
        /// Whether the file says so, or couldn't be had, which RFC 9309 §2.3.1.4 reads as a no.
        why: &'static str,
    },
    /// The host isn't due yet: it asked for a pause, or its last answer was a moment ago.
    Later {
        /// The host.
        host: String,
        /// How long it wants to be left alone.
        wait: Duration,
    },
    /// The name has no address.
    Unresolved {
        /// The host.
        host: String,
        /// What the resolver said.
        why: String,
    },
    /// No connection, or one that broke.
    Connection {
        /// The URL.
        url: String,
        /// What the system said.
        why: String,
    },
    /// The host couldn't prove who it is.
    Tls {
        /// The URL.
        url: String,
        /// What failed.
        why: String,
    },
    /// A time limit ran out.
    Time {
        /// The URL.
        url: String,
        /// Which one.
        what: &'static str,
    },
    /// More bytes than the limit.
    TooLarge {
        /// The URL.
        url: String,
        /// `head`, `body` or `unpacked body`.
        what: &'static str,
        /// The limit in bytes.
        limit: u64,
    },
    /// A content coding that couldn't be undone within its limits.
    Coding {
        /// The URL.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// The answer isn't HTTP, or ended before what it promised.
    Protocol {
        /// The URL.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// Redirects that aren't followed.
    Redirect {
        /// The URL asked first.
        url: String,
        /// Why.
        why: String,
    },
    /// An answer that isn't a page.
    Status {
        /// The URL that answered.
        url: String,
        /// The HTTP status.
        status: u16,
        /// For how long the host asked to be left alone (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// A page of a kind that holds no text: a picture, a film.
    Kind {
        /// The URL.
        url: String,
        /// Its content type.
        kind: String,
    },
    /// Bytes that are no feed or list of feeds, or one beyond the limits.
    Feed {
        /// What is wrong.
        why: String,
    },
    /// The program is stopping.
    Stopped,
    /// The fetcher couldn't be set up.
    Setup {
        /// What is wrong.
        why: String,
    },
}

impl Error {
    /// Whether the same request may go well later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Later { .. }
            | Self::Unresolved { .. }
            | Self::Connection { .. }
            | Self::Time { .. }
            | Self::Protocol { .. }
            | Self::Stopped => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502..=504 | 520..=529),
            _ => false,
        }
    }

    /// For how long the host asked to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Later { wait, .. } => Some(*wait),
            _ => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url { url, why } => write!(f, "{url}: {why}"),
            Self::Refused { url, address: Some(address), why } => {
                write!(
                    f,
                    "{url}: leads to {address}, which is {why}; such addresses are refused unless private ones are allowed"
                )
            }
            Self::Refused { url, address: None, why } => write!(f, "{url}: refused, {why}"),
            Self::Robots { url, why } => write!(f, "{url}: not asked for, {why}"),
            Self::Later { host, wait } => {
                write!(f, "{host}: wants to be left alone for {} s", wait.as_secs())
            }
            Self::Unresolved { host, why } => write!(f, "{host}: has no address ({why})"),
            Self::Connection { url, why } => write!(f, "{url}: no connection ({why})"),
            Self::Tls { url, why } => write!(f, "{url}: the host couldn't prove who it is ({why})"),
            Self::Time { url, what } => write!(f, "{url}: {what}"),
            Self::TooLarge { url, what, limit } => {
                write!(f, "{url}: its {what} is larger than {limit} bytes")
            }
            Self::Coding { url, why } => write!(f, "{url}: its content coding can't be undone ({why})"),
            Self::Protocol { url, why } => write!(f, "{url}: not a proper answer ({why})"),
            Self::Redirect { url, why } => write!(f, "{url}: {why}"),
            Self::Status { url, status, retry_after } => {
                write!(f, "{url}: answered {status}{}", status_words(*status))?;
                match retry_after {
                    Some(wait) => write!(f, "; asks to come back after {} s", wait.as_secs()),
                    None => Ok(()),
                }
            }
            Self::Kind { url, kind } => write!(f, "{url}: is {kind}, which holds no text"),
            Self::Feed { why } => write!(f, "{why}"),
            Self::Stopped => write!(f, "stopped"),
            Self::Setup { why } => write!(f, "{why}"),
        }
    }
}

impl std::error::Error for Error {}

/// The words for a status, with a leading blank; empty for one without a name (RFC 9110 §15, RFC 6585).
fn status_words(status: u16) -> &'static str {
    match status {
        204 => " (no content)",
        206 => " (a part only)",
        300 => " (several choices)",
        304 => " (not modified), though it wasn't asked whether",
        400 => " (bad request)",
        401 => " (asks for a password)",
        402 => " (asks for payment)",
        403 => " (forbidden)",
        404 => " (not found)",
        405 => " (method not allowed)",
        406 => " (not acceptable)",
        408 => " (request timed out)",
        410 => " (gone for good)",
        421 => " (wrong server)",
        425 => " (too early)",
        429 => " (too many requests)",
        451 => " (withheld for legal reasons)",
        500 => " (server error)",
        501 => " (not implemented)",
        502 => " (bad gateway)",
        503 => " (unavailable for now)",
        504 => " (gateway timed out)",
        520..=529 => " (the host's front server got no proper answer)",
        _ => "",
    }
}

/// A URL as it is named in messages: control characters dropped, 200 characters at most.
pub(crate) fn shown(url: &str) -> String {
    let mut shown: String = url.chars().filter(|c| !c.is_control()).take(201).collect();
    if shown.chars().count() > 200 {
        shown.pop();
        shown.push('…');
    }
    shown
}
