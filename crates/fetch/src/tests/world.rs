//! A simulated world: hosts that answer out of memory, and a clock that jumps. An hour passes in milliseconds.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::clock::Clock;
use crate::transport::{Answer, Request, Transport};
use crate::{Error, clock};

/// When the worlds begin: 2023-11-14T22:13:20Z.
pub(super) const START: Duration = Duration::from_secs(1_700_000_000);

/// One request as a host saw it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) at: Duration,
    pub(super) until: Duration,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str())
    }
}

/// What a host does with a request: it sees when it came and how many it has had on that path.
type Host = dyn Fn(&Asked, usize) -> Result<Answer, Error>;

/// Hosts and time. Shared by the transport, the clock and the test.
#[derive(Clone)]
pub(super) struct World {
    now: Rc<Cell<Duration>>,
    hosts: Rc<RefCell<BTreeMap<String, Rc<Host>>>>,
    log: Rc<RefCell<Vec<Asked>>>,
    /// Set when simulated time passes this.
    ends: Rc<Cell<Duration>>,
    pub(super) stop: Rc<AtomicBool>,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            now: Rc::new(Cell::new(START)),
            hosts: Rc::default(),
            log: Rc::default(),
            ends: Rc::new(Cell::new(Duration::MAX)),
            stop: Rc::default(),
        }
    }

    /// Puts a host into the world; it has no robots.txt unless it answers for one itself.
    pub(super) fn host(&self, name: &str, host: impl Fn(&Asked, usize) -> Result<Answer, Error> + 'static) {
        self.hosts.borrow_mut().insert(name.to_owned(), Rc::new(host));
    }

    pub(super) fn log(&self) -> Vec<Asked> {
        self.log.borrow().clone()
    }

    pub(super) fn asked(&self, host: &str, path: &str) -> Vec<Asked> {
        self.log().into_iter().filter(|asked| asked.host == host && asked.path == path).collect()
    }

    pub(super) fn now(&self) -> Duration {
        self.now.get()
    }

    /// Sets the stop flag once that much time has passed from now.
    pub(super) fn end_after(&self, time: Duration) {
        self.ends.set(self.now.get() + time);
        self.stop.store(false, std::sync::atomic::Ordering::Relaxed);
    }

    fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
        if self.now.get() >= self.ends.get() {
            self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

impl Clock for World {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn wait(&self, how_long: Duration, _stop: &AtomicBool) {
        let left = self.ends.get().saturating_sub(self.now.get());
        self.pass(how_long.min(left.max(Duration::from_millis(1))));
    }
}

impl Transport for World {
    fn ask(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let asked = Asked {
            at: self.now.get(),
            until: self.now.get(),
            host: request.target.host().to_owned(),
            path: request.target.path().to_owned(),
            headers: request.headers.to_vec(),
        };
        let before = self.asked(&asked.host, &asked.path).len();
        let host = self.hosts.borrow().get(&asked.host).cloned();
        let answer = match host {
            None => Err(Error::Unresolved { host: asked.host.clone(), why: "no such name".to_owned() }),
            Some(host) => host(&asked, before),
        };
        let took = match &answer {
            Ok(answer) => answer.took.max(Duration::from_millis(50)),
            Err(Error::Time { .. }) => request.left,
            Err(_) => Duration::from_millis(50),
        };
        self.pass(took);
        self.log.borrow_mut().push(Asked { until: self.now.get(), ..asked });
        let mut answer = answer?;
        answer.took = took;
        if answer.body.len() as u64 > request.limits.body_bytes_max {
            let url = request.target.to_string();
            return Err(Error::TooLarge { url, what: "body", limit: request.limits.body_bytes_max });
        }
        Ok(answer)
    }
}

/// An answer of a status with headers and a body.
pub(super) fn says(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Result<Answer, Error> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ok(Answer { status, headers, body: body.into(), took: Duration::ZERO })
}

/// A feed of the items with these numbers, the newest first, with links to pages of `host`.
pub(super) fn rss(host: &str, numbers: impl DoubleEndedIterator<Item = usize>) -> String {
    let mut out =
        format!("<rss version=\"2.0\"><channel><title>The {host} feed</title><link>https://{host}/</link>");
    for number in numbers.rev() {
        out.push_str(&format!(
            "<item><guid isPermaLink=\"false\">{host}-{number}</guid><title>Item {number}</title><link>https://{host}/page/{number}</link>\
             <description>What item {number} of {host} says.</description></item>"
        ));
    }
    out.push_str("</channel></rss>");
    out
}

/// Seconds since the world began.
pub(super) fn seconds(time: Duration) -> u64 {
    time.saturating_sub(START).as_secs()
}

#[test]
fn time_jumps() {
    let world = World::new();
    world.wait(Duration::from_secs(3_600), &AtomicBool::new(false));
    assert_eq!(clock::moment(world.now()).unwrap().to_string(), "2023-11-14T23:13:20Z");
    assert_eq!(seconds(world.now()), 3_600);
}
