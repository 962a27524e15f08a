//! Requests as a guest makes them: robots.txt first, a pause between two requests to a host, and not before a host says so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::clock::{Clock, moment};
use crate::follow::{Ask, Fetched, Terms, follow};
use crate::robots::{self, Rules};
use crate::target::Target;
use crate::transport::{Limits, Transport};
use crate::{Error, PRODUCT};

/// How polite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// Least time between the end of a request to a host and the next one to it.
    pub pause: Duration,
    /// Longest `Crawl-delay` that is heeded.
    pub crawl_delay_max: Duration,
    /// Longest `Retry-After` that is heeded.
    pub retry_after_max: Duration,
    /// Longest wait for a host inside one call; beyond it [`Error::Later`] is returned.
    pub wait_max: Duration,
    /// How long a robots.txt is kept (RFC 9309 §2.4: a day at most).
    pub robots_age_max: Duration,
    /// Hosts remembered; of more, the one asked longest ago is forgotten.
    pub hosts_max: usize,
    /// Whether an https page may redirect to a http one.
    pub allow_downgrade: bool,
}

impl Default for Manners {
    /// A pause of 2 s, delays up to 60 s, `Retry-After` up to a day, 60 s of waiting, robots.txt for a day, 1,000 hosts.
    fn default() -> Self {
        Self {
            pause: Duration::from_secs(2),
            crawl_delay_max: Duration::from_secs(60),
            retry_after_max: Duration::from_secs(86_400),
            wait_max: Duration::from_secs(60),
            robots_age_max: Duration::from_secs(86_400),
            hosts_max: 1_000,
            allow_downgrade: false,
        }
    }
}

/// First wait before a robots.txt that couldn't be had is asked for again; doubled each time.
const ROBOTS_RETRY_MIN: Duration = Duration::from_secs(600);
/// Longest such wait.
const ROBOTS_RETRY_MAX: Duration = Duration::from_secs(6 * 3600);
/// A host that answers 429 or 503 without saying until when is left alone this long; doubled each time, up to an hour.
const BUSY_MIN: Duration = Duration::from_secs(60);
const BUSY_MAX: Duration = Duration::from_secs(3600);

/// Fetches as a guest. Requests are made one at a time, so there is never more than one connection to a host.
#[derive(Debug)]
pub struct Polite<T, C> {
    transport: T,
    clock: C,
    limits: Limits,
    gate: Gate,
}

/// What is known of hosts and their rules. Bounded by [`Manners::hosts_max`].
#[derive(Debug)]
struct Gate {
    manners: Manners,
    hosts: BTreeMap<String, Host>,
    robots: BTreeMap<String, Known>,
}

#[derive(Debug, Default, Clone)]
struct Host {
    /// Not before (since 1970).
    next: Duration,
    /// Last asked (since 1970).
    asked: Duration,
    /// Times in a row that it was too busy.
    busy: u32,
}

/// A robots.txt: the rules, or that it can't be had.
#[derive(Debug, Clone)]
struct Known {
    rules: Option<Rules>,
    /// When it is asked for again (since 1970).
    stale: Duration,
    /// Times in a row that it couldn't be had.
    failures: u32,
    used: Duration,
}

impl<T: Transport, C: Clock> Polite<T, C> {
    /// Makes a guest that knows no host yet.
    pub fn new(transport: T, clock: C, limits: Limits, manners: Manners) -> Self {
        let gate = Gate { manners, hosts: BTreeMap::new(), robots: BTreeMap::new() };
        Self { transport, clock, limits, gate }
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// When the host of a URL may be asked next (since 1970); zero for one that is free.
    #[must_use]
    pub fn free_at(&self, url: &str) -> Duration {
        let Ok(target) = Target::parse(url) else { return Duration::ZERO };
        self.gate.hosts.get(target.host()).map_or(Duration::ZERO, |host| host.next)
    }

    /// Hosts and robots.txt files in memory.
    #[cfg(test)]
    pub(crate) fn known(&self) -> (usize, usize) {
        (self.gate.hosts.len(), self.gate.robots.len())
    }

    /// Leaves the host of a URL alone until a time (since 1970), as an earlier run was asked to.
    pub fn hold(&mut self, url: &str, until: Duration) {
        if let Ok(target) = Target::parse(url) {
            let host = self.gate.hosts.entry(target.host().to_owned()).or_default();
            host.next = host.next.max(until);
        }
    }

    /// Fetches a page: waits until its host is free, asks for and heeds its robots.txt, and the same for each redirect.
    ///
    /// # Errors
    /// [`Error::Robots`] where robots.txt says no or can't be had, [`Error::Later`] where the wait would be longer than
    /// [`Manners::wait_max`], [`Error::Stopped`] when `stop` is set, and those of [`crate::Fetcher::get`].
    pub fn get(&mut self, url: &str, ask: &Ask<'_>, stop: &AtomicBool) -> Result<Fetched, Error> {
        let Self { transport, clock, limits, gate } = self;
        let transport = Timed { transport, last: std::cell::RefCell::new(None) };
        let terms = Terms { limits, allow_downgrade: gate.manners.allow_downgrade, now: moment(clock.now()) };
        let mut permit = |target: &Target| -> Result<(), Error> {
            gate.settle(transport.last.take(), clock.now());
            gate.heed_robots(&transport, clock, limits, target, stop)?;
            gate.settle(transport.last.take(), clock.now());
            gate.wait(clock, target, stop)
        };
        let fetched = follow(&transport, &terms, url, ask, &mut permit);
        gate.settle(transport.last.take(), clock.now());
        gate.note(&fetched, clock.now());
        fetched
    }
}

/// Remembers which host was asked last, so that its pause counts from the end of the answer.
struct Timed<'a, T> {
    transport: &'a T,
    last: std::cell::RefCell<Option<String>>,
}

impl<T: Transport> Transport for Timed<'_, T> {
    fn ask(&self, request: &crate::Request<'_>) -> Result<crate::Answer, Error> {
        let answer = self.transport.ask(request);
        self.last.replace(Some(request.target.host().to_owned()));
        answer
    }
}

impl Gate {
    /// Starts the pause of a host that was just asked.
    fn settle(&mut self, host: Option<String>, now: Duration) {
        let Some(name) = host else { return };
        let asks: Duration = self
            .robots
            .iter()
            .filter(|(origin, _)| origin_host(origin) == name)
            .filter_map(|(_, known)| known.rules.as_ref()?.delay())
            .max()
            .unwrap_or_default();
        let pause = self.manners.pause.max(asks.min(self.manners.crawl_delay_max));
        let host = self.hosts.entry(name).or_default();
        host.asked = now;
        host.next = host.next.max(now + pause);
        self.forget(now);
    }

    /// Waits until the host is free.
    fn wait(&mut self, clock: &impl Clock, target: &Target, stop: &AtomicBool) -> Result<(), Error> {
        let next = self.hosts.get(target.host()).map_or(Duration::ZERO, |host| host.next);
        let wait = next.saturating_sub(clock.now());
        if wait > self.manners.wait_max {
            return Err(Error::Later { host: target.host().to_owned(), wait });
        }
        if !wait.is_zero() {
            clock.wait(wait, stop);
        }
        if stop.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Keeps in mind what an answer says of its host.
    fn note(&mut self, fetched: &Result<Fetched, Error>, now: Duration) {
        let url = match fetched {
            Ok(Fetched::Page(page)) => page.http.as_ref().map(|http| http.url.clone()),
            Ok(Fetched::NotModified(exchange)) => Some(exchange.url.clone()),
            Err(Error::Status { url, .. }) => Some(url.clone()),
            Err(_) => None,
        };
        let Some(target) = url.and_then(|url| Target::parse(&url).ok()) else { return };
        let most = self.manners.retry_after_max;
        let host = self.hosts.entry(target.host().to_owned()).or_default();
        match fetched {
            Err(Error::Status { status: 429 | 503, retry_after, .. }) => {
                let own = BUSY_MIN.saturating_mul(1 << host.busy.min(10)).min(BUSY_MAX);
                host.busy = host.busy.saturating_add(1);
                host.next = host.next.max(now + retry_after.map_or(own, |asked| asked.min(most)));
            }
            _ => host.busy = 0,
        }
    }

    /// Asks for a robots.txt that isn't known or is old, and heeds it (RFC 9309 §2.3.1).
    fn heed_robots(
        &mut self,
        transport: &impl Transport,
        clock: &impl Clock,
        limits: &Limits,
        target: &Target,
        stop: &AtomicBool,
    ) -> Result<(), Error> {
        let origin = target.origin();
        if self.robots.get(&origin).is_none_or(|known| known.stale <= clock.now()) {
            let known = self.ask_robots(transport, clock, limits, target, stop)?;
            self.robots.insert(origin.clone(), known);
        }
        let no = |why| Err(Error::Robots { url: crate::error::shown(target.as_str()), why });
        let Some(known) = self.robots.get_mut(&origin) else { return Ok(()) };
        known.used = clock.now();
        match &known.rules {
            None => no("robots.txt of its host couldn't be had"),
            Some(rules) if !rules.allows(target.path()) => no("robots.txt of its host says no"),
            Some(_) => Ok(()),
        }
    }

    fn ask_robots(
        &mut self,
        transport: &impl Transport,
        clock: &impl Clock,
        limits: &Limits,
        target: &Target,
        stop: &AtomicBool,
    ) -> Result<Known, Error> {
        let url = format!("{}/robots.txt", target.origin());
        let ask = Ask {
            accept: "text/plain,*/*;q=0.5",
            validators: None,
            body_bytes_max: Some(robots::BYTES_MAX),
            cut: true,
        };
        let terms = Terms { limits, allow_downgrade: self.manners.allow_downgrade, now: moment(clock.now()) };
        let timed = Timed { transport, last: std::cell::RefCell::new(None) };
        let fetched = follow(&timed, &terms, &url, &ask, &mut |target| {
            self.settle(timed.last.take(), clock.now());
            self.wait(clock, target, stop)
        });
        self.settle(timed.last.take(), clock.now());
        self.note(&fetched, clock.now());
        let now = clock.now();
        let fresh = |rules| {
            Ok(Known { rules: Some(rules), stale: now + self.manners.robots_age_max, failures: 0, used: now })
        };
        match fetched {
            Ok(Fetched::Page(page)) => fresh(Rules::parse(&page.bytes, PRODUCT)),
            // Unavailable: nothing is forbidden. 429 is a host in need of rest, not one without rules.
            Err(Error::Status { status, .. }) if (400..500).contains(&status) && status != 429 => {
                fresh(Rules::default())
            }
            Ok(Fetched::NotModified(_)) | Err(Error::Redirect { .. } | Error::Kind { .. }) => {
                fresh(Rules::default())
            }
            Err(
                error @ (Error::Url { .. } | Error::Refused { .. } | Error::Stopped | Error::Later { .. }),
            ) => Err(error),
            // Unreachable: everything is forbidden, unless an older copy says otherwise.
            Err(_) => {
                let old = self.robots.get(&target.origin());
                let failures = old.map_or(0, |known| known.failures).saturating_add(1);
                let wait = ROBOTS_RETRY_MIN.saturating_mul(1 << (failures - 1).min(10)).min(ROBOTS_RETRY_MAX);
                let rules = old.and_then(|known| known.rules.clone());
                Ok(Known { rules, stale: now + wait, failures, used: now })
            }
        }
    }

    /// Keeps the memory within bounds: hosts that are free go first, those asked longest ago before others.
    fn forget(&mut self, now: Duration) {
        while self.hosts.len() > self.manners.hosts_max.max(1) {
            let oldest = self.hosts.iter().min_by_key(|(_, host)| (host.next > now, host.asked));
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { return };
            self.hosts.remove(&name);
        }
        while self.robots.len() > self.manners.hosts_max.max(1) {
            let oldest = self.robots.iter().min_by_key(|(_, known)| known.used);
            let Some(origin) = oldest.map(|(origin, _)| origin.clone()) else { return };
            self.robots.remove(&origin);
        }
    }
}

/// The host of an origin such as `https://example.org:8443`.
fn origin_host(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    match rest.rfind(':') {
        Some(at) if !rest[at..].contains(']') => &rest[..at],
        _ => rest,
    }
}
