//! The network itself: names resolved and checked, connections pinned to what was checked, HTTP/1.1 and TLS by `ureq` and
//! `rustls`.
//!
//! Connections aren't reused: a kept connection would have been checked for another request.

use std::io::Read;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport as Socket,
    time,
};

use crate::Error;
use crate::address::refusal;
use crate::error::shown;
use crate::target::Target;
use crate::transport::{Answer, Limits, Request};

/// How many addresses of one host are tried.
const ADDRESSES_MAX: usize = 4;
/// Names being resolved at once; a resolver that hangs must not gather threads.
const LOOKUPS_MAX: usize = 16;
/// How long a set stop flag may go unnoticed.
const NOTICE: Duration = Duration::from_millis(200);

/// Turns a name into addresses: the system's resolver, or a table in tests.
pub(crate) trait Lookup: Send + Sync + 'static {
    /// All addresses of a name.
    fn lookup(&self, host: &str, port: u16, most: Duration) -> Result<Vec<SocketAddr>, String>;
}

/// The system's resolver, bounded in time.
#[derive(Debug, Default)]
pub(crate) struct SystemLookup {
    under_way: Arc<AtomicUsize>,
}

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str, port: u16, most: Duration) -> Result<Vec<SocketAddr>, String> {
        if self.under_way.load(Ordering::Relaxed) >= LOOKUPS_MAX {
            return Err("the resolver hangs".to_owned());
        }
        self.under_way.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = mpsc::sync_channel(1);
        let (asked, under_way) = ((host.to_owned(), port), Arc::clone(&self.under_way));
        let spawned = std::thread::Builder::new().name("resolve".to_owned()).spawn(move || {
            let found = asked.to_socket_addrs().map(Iterator::collect).map_err(|error| error.to_string());
            under_way.fetch_sub(1, Ordering::Relaxed);
            let _ = sender.send(found);
        });
        if let Err(error) = spawned {
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            return Err(error.to_string());
        }
        receiver.recv_timeout(most).unwrap_or_else(|_| Err("the resolver didn't answer in time".to_owned()))
    }
}

/// Who may be connected to.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// Private and special addresses too.
    pub(crate) allow_private: bool,
    /// Tests only: listeners of the test itself, which stand for public hosts.
    #[cfg(test)]
    pub(crate) exempt: Vec<SocketAddr>,
}

impl Guard {
    fn refusal(&self, address: SocketAddr) -> Option<&'static str> {
        #[cfg(test)]
        if self.exempt.contains(&address) {
            return None;
        }
        if self.allow_private { None } else { refusal(address.ip()) }
    }
}

struct CheckedResolver {
    lookup: Box<dyn Lookup>,
    guard: Guard,
    most: Duration,
}

impl std::fmt::Debug for CheckedResolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedResolver").field("guard", &self.guard).finish_non_exhaustive()
    }
}

impl Resolver for CheckedResolver {
    /// Resolves once and checks every answer; the connection goes to these addresses and no others, so that a second,
    /// different answer of the name server changes nothing. One bad address among good ones refuses the host.
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        _config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = match bare.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self
                .lookup
                .lookup(bare, port, self.most.min(*timeout.after))
                .map_err(|why| own(Error::Unresolved { host: shown(bare), why }))?,
        };
        let mut checked = self.empty();
        for address in &found {
            if let Some(why) = self.guard.refusal(*address) {
                let url = shown(&uri.to_string());
                return Err(own(Error::Refused { url, address: Some(address.ip()), why }));
            }
        }
        for address in found.into_iter().take(ADDRESSES_MAX) {
            checked.push(SocketAddr::new(address.ip(), port));
        }
        if checked.is_empty() {
            return Err(own(Error::Unresolved { host: shown(bare), why: "no address".to_owned() }));
        }
        Ok(checked)
    }
}

fn own(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

/// Wraps a connection so that a stop flag is noticed while it waits.
#[derive(Debug)]
struct StopConnector(Arc<AtomicBool>);

impl<In: Socket> Connector<In> for StopConnector {
    type Out = Stoppable<In>;
    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        Ok(chained.map(|socket| Stoppable { socket, stop: Arc::clone(&self.0) }))
    }
}

#[derive(Debug)]
struct Stoppable<S> {
    socket: S,
    stop: Arc<AtomicBool>,
}

impl<S: Socket> Socket for Stoppable<S> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.socket.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.socket.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let whole = timeout.for_read();
        let started = Instant::now();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(own(Error::Stopped));
            }
            let left = whole.after.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(ureq::Error::Timeout(whole.reason));
            }
            let slice = NextTimeout {
                after: time::Duration::Exact(left.min(NOTICE)),
                reason: whole.reason,
                ..NextTimeout::default()
            };
            match self.socket.await_input(slice) {
                Err(ureq::Error::Timeout(_)) => {}
                other => return other,
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.socket.is_open()
    }

    fn is_tls(&self) -> bool {
        self.socket.is_tls()
    }
}

/// Asks over the network.
pub(crate) struct Http {
    agent: ureq::Agent,
    guard: Guard,
    /// Whether there is anyone to trust over TLS.
    trusts: bool,
}

/// What [`Http`] is made of.
pub(crate) struct Parts {
    pub(crate) user_agent: String,
    pub(crate) limits: Limits,
    pub(crate) guard: Guard,
    pub(crate) lookup: Box<dyn Lookup>,
    pub(crate) roots: Vec<Certificate<'static>>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Http {
    pub(crate) fn new(parts: Parts) -> Self {
        let trusts = !parts.roots.is_empty();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::new_with_certs(&parts.roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(parts.user_agent)
            .max_response_header_size(parts.limits.head_bytes_max)
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .timeout_connect(Some(parts.limits.connect))
            .timeout_resolve(Some(parts.limits.connect))
            .timeout_per_read(Some(parts.limits.idle))
            .timeout_per_write(Some(parts.limits.idle))
            .tls_config(tls)
            .build();
        let resolver =
            CheckedResolver { lookup: parts.lookup, guard: parts.guard.clone(), most: parts.limits.connect };
        let connector =
            ().chain(TcpConnector::default())
                .chain(StopConnector(parts.stop))
                .chain(RustlsConnector::default());
        Self { agent: ureq::Agent::with_parts(config, connector, resolver), guard: parts.guard, trusts }
    }

    /// Asks and reads at most as much as the limits say.
    pub(crate) fn ask(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let target = request.target;
        if !self.guard.allow_private {
            self.check_host(target)?;
        }
        if target.is_secure() && !self.trusts {
            let why = "this system has no list of trusted authorities; install `ca-certificates`".to_owned();
            return Err(Error::Tls { url: shown(target.as_str()), why });
        }
        let started = Instant::now();
        let fault = |error| fault(target, request.limits, error);
        let mut builder = self.agent.get(target.as_str());
        for (name, value) in request.headers {
            builder = builder.header(*name, value);
        }
        let response = builder.config().timeout_global(Some(request.left)).build().call().map_err(fault)?;
        let (head, body) = response.into_parts();
        let headers = head
            .headers
            .iter()
            .filter(|(name, _)| *name != "set-cookie" && *name != "set-cookie2")
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut answer = Answer { status: head.status.as_u16(), headers, ..Answer::default() };
        if answer.is_readable() {
            answer.body = read_body(body.into_reader(), &answer, request)?;
        }
        answer.took = started.elapsed();
        Ok(answer)
    }

    #[cfg(not(test))]
    fn check_host(&self, target: &Target) -> Result<(), Error> {
        target.check_host()
    }

    /// A listener of the test itself may be named by its address.
    #[cfg(test)]
    fn check_host(&self, target: &Target) -> Result<(), Error> {
        let listener =
            target.address().is_some_and(|address| self.guard.exempt.iter().any(|e| e.ip() == address));
        if listener { Ok(()) } else { target.check_host() }
    }
}

fn read_body(mut reader: impl Read, answer: &Answer, request: &Request<'_>) -> Result<Vec<u8>, Error> {
    let most = request.limits.body_bytes_max;
    let too_large = || Error::TooLarge { url: shown(request.target.as_str()), what: "body", limit: most };
    let promised: Option<u64> = answer.header("content-length").and_then(|value| value.parse().ok());
    if promised.is_some_and(|promised| promised > most) && !request.cut {
        return Err(too_large());
    }
    let mut body = Vec::new();
    let mut chunk = [0; 16 << 10];
    loop {
        let read = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => return Err(fault(request.target, request.limits, ureq::Error::from(error))),
        };
        body.extend_from_slice(&chunk[..read]);
        if body.len() as u64 > most {
            if !request.cut {
                return Err(too_large());
            }
            body.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            break;
        }
    }
    Ok(body)
}

/// `ureq`'s errors in our words.
fn fault(target: &Target, limits: &Limits, error: ureq::Error) -> Error {
    let url = shown(target.as_str());
    let host = || shown(target.host());
    match error {
        ureq::Error::Other(inner) => match inner.downcast::<Error>() {
            Ok(own) => *own,
            Err(other) => Error::Connection { url, why: other.to_string() },
        },
        ureq::Error::Timeout(reason) => Error::Time { url, what: time_words(reason) },
        ureq::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(own) => own.clone(),
            None if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
                Error::Tls { url, why: error.to_string() }
            }
            None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Error::Protocol { url, why: "it ended before what it promised".to_owned() }
            }
            None => Error::Connection { url, why: error.to_string() },
        },
        ureq::Error::HostNotFound => Error::Unresolved { host: host(), why: "no such name".to_owned() },
        ureq::Error::LargeResponseHeader(..) => {
            Error::TooLarge { url, what: "head", limit: limits.head_bytes_max as u64 }
        }
        ureq::Error::Rustls(error) => Error::Tls { url, why: error.to_string() },
        ureq::Error::Tls(why) => Error::Tls { url, why: why.to_owned() },
        ureq::Error::BadUri(why) => Error::Url { url, why },
        ureq::Error::Http(error) => Error::Url { url, why: error.to_string() },
        ureq::Error::ConnectionFailed => Error::Connection { url, why: "none could be made".to_owned() },
        other => Error::Protocol { url, why: other.to_string() },
    }
}

fn time_words(reason: ureq::Timeout) -> &'static str {
    match reason {
        ureq::Timeout::PerRead | ureq::Timeout::PerWrite => "the host fell silent",
        ureq::Timeout::Connect => "the host couldn't be connected to in time",
        ureq::Timeout::Resolve => "the host's name couldn't be resolved in time",
        _ => "it took longer than allowed",
    }
}
