//! The door: pages from the network.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::clock::{Clock, SystemClock, moment};
use crate::follow::{Ask, Fetched, Terms, Validators, follow};
use crate::http::{Guard, Http, Parts, SystemLookup};
use crate::transport::{Answer, Limits, Request, Transport};
use crate::{Error, PRODUCT};

/// How a [`Fetcher`] behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A URL or e-mail address under which hosts reach whoever runs this; sent with each request.
    pub contact: Option<String>,
    /// Whether private, local and special addresses may be fetched from. Off, unless a user asks in so many words.
    pub allow_private: bool,
    /// Whether an https page may redirect to a http one.
    pub allow_downgrade: bool,
    /// Bounds on each page.
    pub limits: Limits,
    /// When set, requests under way end with [`Error::Stopped`].
    pub stop: Arc<AtomicBool>,
}

/// Fetches pages. One is enough for a program; it keeps no cookies and no connections.
pub struct Fetcher {
    http: Http,
    limits: Limits,
    allow_downgrade: bool,
}

impl Fetcher {
    /// Sets up with the system's resolver and trusted authorities. Opens no connection.
    ///
    /// # Errors
    /// [`Error::Setup`] when the contact can't stand in a header.
    pub fn new(options: Options) -> Result<Self, Error> {
        let found = rustls_native_certs::load_native_certs();
        let roots = found
            .certs
            .iter()
            .map(|certificate| ureq::tls::Certificate::from_der(certificate.as_ref()).to_owned())
            .collect();
        let parts = Parts {
            user_agent: user_agent(options.contact.as_deref())?,
            limits: options.limits,
            guard: Guard {
                allow_private: options.allow_private,
                #[cfg(test)]
                exempt: Vec::new(),
            },
            lookup: Box::<SystemLookup>::default(),
            roots,
            stop: options.stop,
        };
        Ok(Self::of(parts, options.allow_downgrade))
    }

    pub(crate) fn of(parts: Parts, allow_downgrade: bool) -> Self {
        Self { limits: parts.limits.clone(), http: Http::new(parts), allow_downgrade }
    }

    /// Fetches a page, following redirects. With validators of an earlier answer, the host may say that nothing changed.
    ///
    /// robots.txt and pauses between requests are [`crate::Polite`]'s business: this is for a page that a person asked for.
    /// The form is a guess; `origin` is the URL as given.
    ///
    /// # Errors
    /// Whatever kept the page from coming; each variant of [`Error`] names the URL.
    pub fn get(&self, url: &str, validators: Option<&Validators>) -> Result<Fetched, Error> {
        let ask = Ask { validators, ..Ask::default() };
        let terms = Terms {
            limits: &self.limits,
            allow_downgrade: self.allow_downgrade,
            now: moment(SystemClock.now()),
        };
        follow(self, &terms, url, &ask, &mut |_| Ok(()))
    }

    /// The bounds it was set up with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Transport for Fetcher {
    fn ask(&self, request: &Request<'_>) -> Result<Answer, Error> {
        self.http.ask(request)
    }
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// `watchkeeper/0.1`, with the contact if there is one.
pub(crate) fn user_agent(contact: Option<&str>) -> Result<String, Error> {
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    let Some(contact) = contact.map(str::trim).filter(|contact| !contact.is_empty()) else {
        return Ok(format!("{PRODUCT}/{version}"));
    };
    let plain = contact.len() <= 200
        && contact.bytes().all(|byte| (0x21..0x7f).contains(&byte) && !b"()\\".contains(&byte));
    if !plain {
        let why =
            format!("the contact `{}` isn't a plain URL or e-mail address", crate::error::shown(contact));
        return Err(Error::Setup { why });
    }
    Ok(format!("{PRODUCT}/{version} (+{contact})"))
}
