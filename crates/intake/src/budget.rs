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
