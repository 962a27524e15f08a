//! One account a source: what was read from outside, what was made of it by unpacking.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::error::Error;
use crate::limits::Limits;

/// The account. All layers of one source, however deep, share it, so that nesting buys nothing.
#[derive(Debug)]
pub(crate) struct Budget {
    read: Cell<u64>,
    made: Cell<u64>,
    slack: u64,
    ratio: u64,
    items: Cell<u64>,
    items_slack: u64,
    bytes_per_item: u64,
    windows: Cell<u64>,
}

/// Bytes that the windows of all open decoders of one source may take together: one of the longest, or several usual ones.
const WINDOWS: u64 = 136 * 1024 * 1024;
/// Bytes of a window that a decoder gets in any case: what RFC 8878 (§3.1.1.1.2) asks every Zstandard decoder to support.
const WINDOW_LEAST: u64 = 8 * 1024 * 1024;

/// The room for one decoder's window, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Window {
    /// Most bytes the window may have.
    pub(crate) bytes: u64,
    budget: Rc<Budget>,
}

impl Drop for Window {
    fn drop(&mut self) {
        self.budget.windows.set(self.budget.windows.get().saturating_sub(self.bytes));
    }
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Rc<Self> {
        Rc::new(Self {
            read: Cell::new(0),
            made: Cell::new(0),
            slack: limits.slack_bytes,
            ratio: limits.ratio,
            items: Cell::new(0),
            items_slack: limits.items,
            bytes_per_item: limits.bytes_per_item,
            windows: Cell::new(0),
        })
    }

    /// Enters bytes that came from outside.
    pub(crate) fn add_read(&self, bytes: u64) {
        self.read.set(self.read.get().saturating_add(bytes));
    }

    /// Enters bytes that unpacking made.
    ///
    /// # Errors
    /// [`Error::Expands`] once they are more than the slack and the ratio allow.
    pub(crate) fn add_made(&self, bytes: u64) -> Result<(), Error> {
        self.made.set(self.made.get().saturating_add(bytes));
        self.check()
    }

    /// Room for a decoder's window of at most `most` bytes: less where decoders around it hold much of the room already.
    pub(crate) fn window(self: &Rc<Self>, most: u64) -> Window {
        let taken = self.windows.get();
        let bytes = most.min(WINDOWS.saturating_sub(taken).max(WINDOW_LEAST));
        self.windows.set(taken.saturating_add(bytes));
        Window { bytes, budget: Rc::clone(self) }
    }

    /// Enters one thing found.
    ///
    /// # Errors
    /// [`Error::Crowded`] once they are more than the source's size allows.
    pub(crate) fn add_item(&self) -> Result<(), Error> {
        let (items, read) = (self.items.get().saturating_add(1), self.read.get());
        self.items.set(items);
        if items > self.items_slack.saturating_add(read / self.bytes_per_item.max(1)) {
            return Err(Error::Crowded { items: items - 1, read });
        }
        Ok(())
    }

    /// Whether the account is overdrawn.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (made, read) = (self.made.get(), self.read.get());
        if made > self.slack.saturating_add(read.saturating_mul(self.ratio)) {
            return Err(Error::Expands { made, read });
        }
        Ok(())
    }
}

/// Counts what comes from outside.
pub(crate) struct Counted<R> {
    pub(crate) inner: R,
    pub(crate) budget: Rc<Budget>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.budget.add_read(bytes as u64);
        Ok(bytes)
    }
}

/// Holds what unpacking makes against the account.
pub(crate) struct Made<R> {
    pub(crate) inner: R,
    pub(crate) budget: Rc<Budget>,
}

impl<R: Read> Read for Made<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.budget.check()?;
        let bytes = self.inner.read(buffer)?;
        self.budget.add_made(bytes as u64)?;
        Ok(bytes)
    }
}
