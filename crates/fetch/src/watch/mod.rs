//! Polls a list of feeds for days, politely, in bounded memory, and gives on each new page once.
//!
//! One request at a time: whatever is due first whose host is free. Each feed has its own interval, shorter while it brings news, longer
//! while it brings none or fails. Items wait in a queue until their pages could be fetched; while the queue is full, no
//! feed is polled. Time comes from a [`Clock`] and answers from a [`Transport`], so that hours pass in a test's second.
//! The whole state can be written at any moment and read by a later run; a page may then come twice, but none is lost.

mod filter;
mod state;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use watchkeeper_record::RawPage;
use watchkeeper_record::page::Exchange;

use crate::clock::{Clock, SystemClock, moment, since_1970};
use crate::feed::{self, Feed, FeedItem};
use crate::fetcher::{Fetcher, Options};
use crate::follow::{Ask, Fetched, Validators};
use crate::opml::Outline;
use crate::polite::{Manners, Polite};
use crate::target::Target;
use crate::transport::{Limits, Transport};
use crate::{Error, error};
pub use filter::Filter;
use state::Pending;
pub use state::{FeedState, Health, State};

/// How a watch behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Shortest time between two polls of a feed.
    pub interval_min: Duration,
    /// Longest time between two polls of a feed that answers.
    pub interval_max: Duration,
    /// Longest time between two polls of a feed that fails.
    pub backoff_max: Duration,
    /// Whether the pages of items are fetched; otherwise the feed's own content is given.
    pub follow: bool,
    /// Which items are wanted.
    pub filter: Filter,
    /// Tries for a page whose failure may pass.
    pub tries_max: u32,
    /// Items waiting at which polling pauses.
    pub queue_max: usize,
    /// Bytes of items waiting at which polling pauses.
    pub queue_bytes_max: usize,
    /// How polite.
    pub manners: Manners,
    /// Bounds on each page.
    pub limits: Limits,
}

impl Default for Settings {
    /// Polls every 15 minutes to 6 hours, a failing feed once a day at least; follows links; three tries; 2,000 items or 64 MiB waiting.
    fn default() -> Self {
        Self {
            interval_min: Duration::from_secs(15 * 60),
            interval_max: Duration::from_secs(6 * 3600),
            backoff_max: Duration::from_secs(24 * 3600),
            follow: true,
            filter: Filter::default(),
            tries_max: 3,
            queue_max: 2_000,
            queue_bytes_max: 64 << 20,
            manners: Manners::default(),
            limits: Limits::default(),
        }
    }
}

/// Keys of items that each feed's memory holds beyond those of its last poll.
const SEEN_SPARE: usize = 500;
/// Pages remembered across feeds.
const PAGES_MAX: usize = 20_000;
/// Wait before a page is tried again; four times as long each time.
const RETRY_MIN: Duration = Duration::from_secs(60);
/// A host that wants to be left alone for longer isn't waited for: the feed's content is given.
const RETRY_MAX: Duration = Duration::from_secs(3600);

/// What a watch has to say.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A new page, whole, or ([`watchkeeper_record::page::Form::Item`]) as the feed holds it.
    Page {
        /// The page.
        page: Box<RawPage>,
        /// URL of the feed that brought it.
        feed: &'a str,
        /// Why the page itself couldn't be had, where the feed's content stands in.
        instead: Option<Error>,
    },
    /// A feed was polled; its health says how that went.
    Polled(&'a FeedState),
    /// The state has changed: the moment to write it, if the last time was a while ago.
    Checkpoint(&'a State),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All was done that one round does.
    Done,
    /// The stop flag was set.
    Stopped,
    /// Whoever takes the events wanted no more.
    Refused,
}

/// A list of feeds under watch.
#[derive(Debug)]
pub struct Watch<T, C> {
    settings: Settings,
    state: State,
    polite: Polite<T, C>,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// Index into the queue.
    Page(usize),
    /// Index into the feeds.
    Poll(usize),
}

impl Watch<Fetcher, SystemClock> {
    /// A watch over the network, in real time. The bounds are those of `settings`, not of `options`.
    ///
    /// # Errors
    /// As [`Fetcher::new`].
    pub fn open(settings: Settings, state: State, options: Options) -> Result<Self, Error> {
        let options = Options { limits: settings.limits.clone(), ..options };
        Ok(Self::new(settings, state, Fetcher::new(options)?, SystemClock))
    }
}

impl<T: Transport, C: Clock> Watch<T, C> {
    /// A watch that goes on where `state` stands.
    pub fn new(settings: Settings, state: State, transport: T, clock: C) -> Self {
        let mut polite = Polite::new(transport, clock, settings.limits.clone(), settings.manners.clone());
        for feed in &state.feeds {
            if let Some(until) = feed.not_before {
                polite.hold(&feed.url, since_1970(until));
            }
        }
        Self { settings, state, polite }
    }

    /// Adds a feed; `false` when it is there already.
    ///
    /// # Errors
    /// [`Error::Url`] when the URL can't be one of a feed.
    pub fn add(&mut self, url: &str, title: Option<&str>) -> Result<bool, Error> {
        let url = Target::parse(url)?.as_str().to_owned();
        if self.state.feeds.iter().any(|feed| feed.url == url) {
            return Ok(false);
        }
        let interval = self.settings.interval_min.as_secs();
        self.state.feeds.push(FeedState::new(url, title.map(str::to_owned), interval));
        Ok(true)
    }

    /// The state, to be written.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The feeds as a list for other programs.
    #[must_use]
    pub fn outlines(&self) -> Vec<Outline> {
        let outline = |feed: &FeedState| Outline {
            url: feed.url.clone(),
            title: feed.title.clone(),
            page: feed.page.clone(),
        };
        self.state.feeds.iter().map(outline).collect()
    }

    /// Polls until `stop` is set, or `once` over all feeds and their items.
    ///
    /// `sink` hears of each page, poll and checkpoint, and ends the run by breaking. The last event is a checkpoint.
    pub fn run(
        &mut self,
        once: bool,
        stop: &AtomicBool,
        sink: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Ended {
        let mut polled = BTreeSet::new();
        let ended = loop {
            if stop.load(Ordering::Relaxed) {
                break Ended::Stopped;
            }
            let Some((ready, task)) = self.next(once, &polled) else { break Ended::Done };
            let now = self.polite.clock().now();
            if ready > now {
                self.polite.clock().wait(ready - now, stop);
                continue;
            }
            let flow = match task {
                Task::Page(at) => self.fetch(at, once, stop, sink),
                Task::Poll(at) => {
                    polled.insert(at);
                    self.poll(at, stop, sink)
                }
            };
            if flow.is_break() {
                break Ended::Refused;
            }
        };
        let _ = sink(Event::Checkpoint(&self.state));
        ended
    }

    /// The first thing that may be done, and when (since 1970).
    fn next(&self, once: bool, polled: &BTreeSet<usize>) -> Option<(Duration, Task)> {
        let pages = self.state.queue.iter().enumerate().map(|(at, pending)| {
            let due = Duration::from_millis(pending.due_ms);
            let url = pending.item.url.as_deref().filter(|_| self.settings.follow);
            (due.max(url.map_or(Duration::ZERO, |url| self.polite.free_at(url))), Task::Page(at))
        });
        let weight: usize = self.state.queue.iter().map(|pending| pending.item.weight()).sum();
        let has_room =
            self.state.queue.len() < self.settings.queue_max && weight < self.settings.queue_bytes_max;
        let feeds =
            self.state.feeds.iter().enumerate().filter(|(at, _)| has_room && !(once && polled.contains(at)));
        let polls = feeds.map(|(at, feed)| {
            let due = if once { feed.not_before } else { feed.due.max(feed.not_before) };
            let due = due.map_or(Duration::ZERO, since_1970);
            (due.max(self.polite.free_at(&feed.url)), Task::Poll(at))
        });
        let late = self.polite.clock().now() + self.settings.manners.wait_max;
        // A single round doesn't wait for a host that asked for a long rest: a page is given as the feed holds it.
        let unwaited = |(ready, task): (Duration, Task)| match task {
            Task::Page(_) if once && ready > late => Some((Duration::ZERO, task)),
            Task::Poll(_) if once && ready > late => None,
            _ => Some((ready, task)),
        };
        pages.chain(polls).filter_map(unwaited).min()
    }

    /// Between nine and eleven tenths of a time.
    fn jittered(&mut self, time: Duration) -> Duration {
        let mut rng = fastrand::Rng::with_seed(self.state.rng);
        let jittered = time.mul_f64(0.9 + 0.2 * rng.f64());
        self.state.rng = rng.get_seed();
        jittered
    }

    fn poll(
        &mut self,
        at: usize,
        stop: &AtomicBool,
        sink: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(feed) = self.state.feeds.get_mut(at) else { return ControlFlow::Continue(()) };
        let ask = Ask {
            accept: Ask::FEED,
            validators: Some(&feed.validators),
            body_bytes_max: Some(feed::BYTES_MAX),
            cut: false,
        };
        let fetched = self.polite.get(&feed.url, &ask, stop);
        let now = self.polite.clock().now();
        if let Err(Error::Later { wait, .. }) = &fetched {
            feed.due = moment(now + *wait + Duration::from_secs(1));
            feed.not_before = feed.due;
            return ControlFlow::Continue(());
        }
        if matches!(fetched, Err(Error::Stopped)) {
            return ControlFlow::Continue(());
        }
        feed.health.polls += 1;
        feed.health.polled = moment(now);
        feed.not_before = None;
        let read = fetched.and_then(|fetched| match fetched {
            Fetched::NotModified(exchange) => Ok((exchange, None)),
            Fetched::Page(page) => {
                let exchange = page.http.unwrap_or_default();
                let charset = exchange.charset();
                let parsed = feed::parse(&page.bytes, Some(&exchange.url), charset.as_deref())
                    .map_err(|error| Error::Feed { why: format!("{}: {error}", error::shown(&feed.url)) })?;
                Ok((exchange, Some(parsed)))
            }
        });
        let wait = match read {
            Ok((exchange, parsed)) => self.went_well(at, &exchange, parsed),
            Err(error) => self.went_wrong(at, &error),
        };
        let feed = &mut self.state.feeds[at];
        feed.due = moment(now + wait + Duration::from_millis(999));
        sink(Event::Polled(&self.state.feeds[at]))?;
        sink(Event::Checkpoint(&self.state))
    }

    /// Keeps what a feed brought; says when to come again.
    fn went_well(&mut self, at: usize, exchange: &Exchange, parsed: Option<Feed>) -> Duration {
        let now = self.polite.clock().now();
        let (shortest, longest) =
            (self.settings.interval_min, self.settings.interval_max.max(self.settings.interval_min));
        let feed = &mut self.state.feeds[at];
        feed.health.failures = 0;
        feed.health.last_error = None;
        feed.health.last_success = moment(now);
        let permanent = exchange.redirects.iter().all(|(_, status)| matches!(status, 301 | 308));
        feed.health.moved = (permanent && !exchange.redirects.is_empty()).then(|| exchange.url.clone());
        let mut fresh = cached_for(exchange);
        let is_news = match parsed {
            None => {
                feed.health.unchanged += 1;
                false
            }
            Some(parsed) => {
                feed.validators = Validators::of(exchange);
                feed.title = parsed.title.clone().or(feed.title.take());
                feed.page = parsed.link.clone().or(feed.page.take());
                feed.health.remarks =
                    parsed.diagnostics.iter().map(|remark| remark.message.clone()).collect();
                fresh = fresh
                    .max(parsed.minutes_fresh.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)));
                self.take(at, parsed.items)
            }
        };
        let feed = &mut self.state.feeds[at];
        let interval = Duration::from_secs(feed.interval_seconds);
        let interval = if is_news { interval * 2 / 3 } else { interval * 3 / 2 }.clamp(shortest, longest);
        feed.interval_seconds = interval.as_secs();
        let interval = interval.max(fresh.unwrap_or_default().min(longest));
        self.jittered(interval).max(shortest)
    }

    fn went_wrong(&mut self, at: usize, error: &Error) -> Duration {
        let now = self.polite.clock().now();
        let longest = self.settings.backoff_max.max(self.settings.interval_min);
        let feed = &mut self.state.feeds[at];
        feed.health.failures = feed.health.failures.saturating_add(1);
        feed.health.last_error = Some(error.to_string());
        let is_gone = matches!(error, Error::Status { status: 410, .. });
        let doubled =
            Duration::from_secs(feed.interval_seconds).saturating_mul(1 << feed.health.failures.min(10));
        let wait = if is_gone { longest } else { doubled.min(longest) };
        let asked = error.retry_after().map(|asked| asked.min(self.settings.manners.retry_after_max));
        if let Some(asked) = asked {
            feed.not_before = moment(now + asked + Duration::from_millis(999));
        }
        let shortest = self.settings.interval_min.max(asked.unwrap_or_default());
        self.jittered(wait).max(shortest)
    }

    /// Puts new items into the queue, the oldest first; `true` when there were any.
    fn take(&mut self, at: usize, items: Vec<FeedItem>) -> bool {
        let State { feeds, queue, pages, .. } = &mut self.state;
        let Some(feed) = feeds.get_mut(at) else { return false };
        let count = items.len();
        let mut is_news = false;
        for item in items.into_iter().rev() {
            if feed.seen.meet(key(&item.id)) {
                continue;
            }
            is_news = true;
            feed.health.items_seen += 1;
            if !self.settings.filter.wants(&item) {
                feed.health.items_filtered += 1;
            } else if item.url.as_deref().is_some_and(|url| pages.meet(key(url))) {
                feed.health.items_double += 1;
            } else {
                queue.push_back(Pending { feed: feed.url.clone(), item, due_ms: 0, tries: 0 });
            }
        }
        feed.seen.keep(count + SEEN_SPARE);
        pages.keep(PAGES_MAX);
        is_news
    }

    /// Gives on an item of the queue, its page if that can be had.
    fn fetch(
        &mut self,
        at: usize,
        once: bool,
        stop: &AtomicBool,
        sink: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(mut pending) = self.state.queue.remove(at) else { return ControlFlow::Continue(()) };
        let url = pending.item.url.clone().filter(|_| self.settings.follow);
        let fetched = url.map(|url| self.polite.get(&url, &Ask::default(), stop));
        let home = self.state.feeds.iter().position(|feed| feed.url == pending.feed);
        let name = home.and_then(|home| self.state.feeds[home].title.clone());
        let (page, instead) = match fetched {
            Some(Ok(Fetched::Page(mut page))) => {
                page.told = pending.item.told(None);
                (page, None)
            }
            Some(Err(error))
                if matches!(error, Error::Stopped) || self.tries_again(&mut pending, &error, once) =>
            {
                self.state.queue.push_back(pending);
                return ControlFlow::Continue(());
            }
            other => {
                let page = Box::new(pending.item.page(&pending.feed, name.as_deref()));
                (page, other.and_then(Result::err))
            }
        };
        if let Some(feed) = home.map(|home| &mut self.state.feeds[home]) {
            feed.health.pages += 1;
            if let Some(error) = &instead {
                feed.health.pages_failed += 1;
                feed.health.last_page_error = Some(error.to_string());
            }
        }
        sink(Event::Page { page, feed: &pending.feed, instead })?;
        sink(Event::Checkpoint(&self.state))
    }

    /// Whether a page is tried again, and if so sets when.
    fn tries_again(&mut self, pending: &mut Pending, error: &Error, once: bool) -> bool {
        let now = self.polite.clock().now();
        let asked = error.retry_after().unwrap_or_default();
        if once || !error.is_passing() || asked > RETRY_MAX {
            return false;
        }
        if !matches!(error, Error::Later { .. }) {
            pending.tries += 1;
        }
        if pending.tries >= self.settings.tries_max {
            return false;
        }
        let wait =
            self.jittered(RETRY_MIN.saturating_mul(4u32.saturating_pow(pending.tries.saturating_sub(1))));
        pending.due_ms = u64::try_from((now + wait.max(asked)).as_millis()).unwrap_or(u64::MAX);
        true
    }
}

/// For how long an answer may be taken as fresh (RFC 9111 §5.2.2.1).
fn cached_for(exchange: &Exchange) -> Option<Duration> {
    let directives = exchange.header("cache-control")?.split(',');
    let ages = directives.filter_map(|directive| directive.trim().strip_prefix("max-age=")?.parse().ok());
    ages.map(Duration::from_secs).next()
}

/// Eight bytes that stand for a text.
fn key(text: &str) -> u64 {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}
