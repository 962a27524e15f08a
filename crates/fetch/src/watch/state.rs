//! What a watch knows between two polls, and between two runs.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use watchkeeper_record::Moment;

use crate::Error;
use crate::feed::FeedItem;
use crate::follow::Validators;

/// The number of this form of state.
const VERSION: u32 = 1;

/// Everything that a later run needs to go on. Written and read as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    version: u32,
    /// Where the generator of jitter stands.
    pub(super) rng: u64,
    /// Feeds in the order in which they were added.
    pub(super) feeds: Vec<FeedState>,
    /// Items whose pages are still to be fetched.
    #[serde(default)]
    pub(super) queue: VecDeque<Pending>,
    /// Pages lately fetched, so that an item of two feeds comes once.
    #[serde(default)]
    pub(super) pages: Memory,
}

impl State {
    /// A state without feeds. The seed decides all jitter to come.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            version: VERSION,
            rng: seed,
            feeds: Vec::new(),
            queue: VecDeque::new(),
            pages: Memory::default(),
        }
    }

    /// Reads a state that [`State::to_json`] wrote.
    ///
    /// # Errors
    /// [`Error::Setup`] when it is none, or one of a later form.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        let state: Self = serde_json::from_slice(bytes).map_err(|error| Error::Setup {
            why: format!("the state of the watch can't be read: {error}"),
        })?;
        if state.version != VERSION {
            let why =
                format!("the state of the watch is of form {}, this program knows {VERSION}", state.version);
            return Err(Error::Setup { why });
        }
        Ok(state)
    }

    /// Writes the state.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The feeds.
    #[must_use]
    pub fn feeds(&self) -> &[FeedState] {
        &self.feeds
    }

    /// Items whose pages are still to be fetched.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }
}

/// One feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedState {
    /// Its URL, in its one true spelling.
    pub url: String,
    /// Its name: its own, or the one it was added under.
    pub title: Option<String>,
    /// The page that it belongs to.
    pub page: Option<String>,
    /// How it fares.
    pub health: Health,
    /// Seconds between polls, as it has turned out.
    pub interval_seconds: u64,
    /// When it is polled next.
    pub due: Option<Moment>,
    /// The host asked to be left alone until then.
    pub not_before: Option<Moment>,
    pub(super) validators: Validators,
    pub(super) seen: Memory,
}

/// How a feed fares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Health {
    /// When it was last polled.
    pub polled: Option<Moment>,
    /// When that last went well; an unchanged feed went well.
    pub last_success: Option<Moment>,
    /// What went wrong last, in words; kept until a poll goes well.
    pub last_error: Option<String>,
    /// Polls in a row that went wrong.
    pub failures: u32,
    /// Polls in all.
    pub polls: u64,
    /// Polls that were answered with "not modified".
    pub unchanged: u64,
    /// Items seen for the first time.
    pub items_seen: u64,
    /// Of these, those that the filter kept out.
    pub items_filtered: u64,
    /// Of these, those that another feed had brought already.
    pub items_double: u64,
    /// Pages given on, whole or as the feed holds them.
    pub pages: u64,
    /// Of these, those that couldn't be fetched and are given as the feed holds them.
    pub pages_failed: u64,
    /// Why the last of those couldn't be fetched.
    pub last_page_error: Option<String>,
    /// What is odd about the feed as last read.
    pub remarks: Vec<String>,
    /// Where the feed says it has moved for good.
    pub moved: Option<String>,
}

impl FeedState {
    pub(super) fn new(url: String, title: Option<String>, interval_seconds: u64) -> Self {
        Self {
            url,
            title,
            page: None,
            health: Health::default(),
            interval_seconds,
            due: None,
            not_before: None,
            validators: Validators::default(),
            seen: Memory::default(),
        }
    }

    /// How the feed fares, on one line for a person.
    #[must_use]
    pub fn words(&self) -> String {
        let health = &self.health;
        let name = self.title.as_deref().unwrap_or(&self.url);
        let mut line = match (&health.last_error, health.last_success) {
            (Some(error), Some(success)) => {
                format!("{name}: failed {} times in a row since {success}: {error}", health.failures)
            }
            (Some(error), None) => format!("{name}: never read, failed {} times: {error}", health.failures),
            (None, Some(success)) => format!("{name}: well, last read {success}"),
            (None, None) => format!("{name}: not polled yet"),
        };
        if health.polls > 0 {
            line.push_str(&format!(
                "; {} polls ({} unchanged), {} items ({} filtered out, {} known from other feeds), {} pages ({} from the feed alone)",
                health.polls,
                health.unchanged,
                health.items_seen,
                health.items_filtered,
                health.items_double,
                health.pages,
                health.pages_failed
            ));
        }
        if let Some(moved) = &health.moved {
            line.push_str(&format!("; has moved to {moved}"));
        }
        for remark in &health.remarks {
            line.push_str(&format!("; {remark}"));
        }
        line
    }
}

/// An item whose page is still to be fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// URL of the feed.
    pub(super) feed: String,
    pub(super) item: FeedItem,
    /// Not before (milliseconds since 1970).
    pub(super) due_ms: u64,
    /// Times it was tried.
    pub(super) tries: u32,
}

/// The latest keys of a kind, bounded: of more, the one met longest ago is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub(super) struct Memory {
    /// When each key was met.
    met: BTreeMap<u64, u64>,
    /// Keys by when they were met.
    order: BTreeMap<u64, u64>,
    next: u64,
}

impl Memory {
    /// Whether a key is known; from now on it is, and is the latest.
    pub(super) fn meet(&mut self, key: u64) -> bool {
        let before = self.met.insert(key, self.next);
        if let Some(before) = before {
            self.order.remove(&before);
        }
        self.order.insert(self.next, key);
        self.next += 1;
        before.is_some()
    }

    /// Forgets all but the latest keys.
    pub(super) fn keep(&mut self, most: usize) {
        while self.met.len() > most {
            let Some((_, key)) = self.order.pop_first() else { return };
            self.met.remove(&key);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.met.len()
    }
}

impl From<Memory> for String {
    /// Sixteen hexadecimal digits a key, the oldest first.
    fn from(memory: Memory) -> Self {
        memory.order.values().map(|key| format!("{key:016x}")).collect()
    }
}

impl From<String> for Memory {
    fn from(text: String) -> Self {
        let mut memory = Self::default();
        for digits in text.as_bytes().chunks_exact(16) {
            let key =
                std::str::from_utf8(digits).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
            key.map(|key| memory.meet(key));
        }
        memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_forgets_what_it_met_longest_ago() {
        let mut memory = Memory::default();
        for key in [1, 2, 3, 1, 4] {
            memory.meet(key);
        }
        memory.keep(3);
        assert_eq!(memory.len(), 3);
        let written: String = memory.clone().into();
        let mut read = Memory::from(written);
        assert!(read.meet(1) && read.meet(3) && read.meet(4) && !read.meet(2));
    }

    #[test]
    fn a_state_of_another_form_is_refused() {
        let state = State::new(7);
        assert_eq!(State::from_json(&state.to_json()), Ok(state));
        assert!(State::from_json(b"{\"version\":9,\"rng\":1,\"feeds\":[]}").is_err());
        assert!(State::from_json(b"").is_err());
    }
}
