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
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Rc<Self> {
        Rc::new(Self {
            read: Cell::new(0),
            made: Cell::new(0),
            slack: limits.slack_bytes,
            ratio: limits.ratio,
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
