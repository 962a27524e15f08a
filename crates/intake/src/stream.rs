//! A stream that can be looked at before it is read.

use std::io::{self, BufRead, Read};

use crate::error::Error;

/// Bytes looked at to tell what a stream is.
pub(crate) const PEEK: usize = 64 * 1024;

/// A buffered stream of any origin, with a look ahead of up to [`PEEK`] bytes.
pub(crate) struct Stream<'a> {
    inner: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    over: bool,
    /// A fault met while looking ahead, given when the bytes before it are read.
    fault: Option<io::Error>,
    /// What was read last, where it may have to be read again.
    recent: Option<Vec<u8>>,
}

/// Bytes kept for reading again.
const RECENT: usize = 64 * 1024;

impl<'a> Stream<'a> {
    pub(crate) fn new(inner: impl Read + 'a) -> Self {
        Self {
            inner: Box::new(inner),
            buffer: vec![0; 2 * PEEK],
            start: 0,
            end: 0,
            over: false,
            fault: None,
            recent: None,
        }
    }

    /// The next bytes, at most `count` (up to [`PEEK`]), fewer only at the end or before a fault.
    pub(crate) fn peek(&mut self, count: usize) -> &[u8] {
        let count = count.min(PEEK);
        while self.end - self.start < count && !self.over && self.fault.is_none() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            match self.inner.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.over = true,
                Ok(bytes) => self.end += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.fault = Some(error),
            }
        }
        &self.buffer[self.start..self.end.min(self.start + count)]
    }

    /// Takes the fault that looking ahead met, if there is nothing before it.
    pub(crate) fn fault(&mut self) -> Option<Error> {
        if self.start == self.end { self.fault.take().map(Error::from) } else { None }
    }

    /// Keeps the last [`RECENT`] bytes read from here on.
    pub(crate) fn remember(&mut self) {
        let mut recent = self.recent.take().unwrap_or_default();
        recent.clear();
        self.recent = Some(recent);
    }

    /// What was read since [`Self::remember`], as far as it is kept.
    pub(crate) fn recent(&self) -> &[u8] {
        self.recent.as_deref().unwrap_or_default()
    }

    /// Whether nothing is left and nothing will come.
    pub(crate) fn is_over(&mut self) -> bool {
        self.peek(1).is_empty() && self.fault.is_none()
    }

    /// Puts bytes before what is left.
    pub(crate) fn push_back(&mut self, bytes: &[u8]) {
        let mut buffer = Vec::with_capacity((bytes.len() + self.end - self.start).max(2 * PEEK));
        buffer.extend_from_slice(bytes);
        buffer.extend_from_slice(&self.buffer[self.start..self.end]);
        (self.start, self.end) = (0, buffer.len());
        buffer.resize(buffer.len().max(2 * PEEK), 0);
        self.buffer = buffer;
    }

    /// Everything to the end.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond `limit` bytes, and what reading gives.
    pub(crate) fn whole(&mut self, what: &'static str, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge { what, limit });
        }
        Ok(bytes)
    }

    /// Reads on to the end of a line, `\n` included, keeping at most `limit` bytes of it. Gives the line's whole length; 0 at the end.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>, limit: u64) -> io::Result<u64> {
        line.clear();
        let mut length = 0u64;
        loop {
            let available = match self.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(length);
            }
            let found = memchr::memchr(b'\n', available);
            let used = found.map_or(available.len(), |at| at + 1);
            let room = usize::try_from(limit.saturating_sub(line.len() as u64)).unwrap_or(usize::MAX);
            line.extend_from_slice(&available[..used.min(room)]);
            length += used as u64;
            self.consume(used);
            if found.is_some() {
                return Ok(length);
            }
        }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let direct = self.recent.is_none() && self.fault.is_none() && !self.over;
        if direct && self.start == self.end && buffer.len() >= PEEK {
            return self.inner.read(buffer);
        }
        let available = self.fill_buf()?;
        let bytes = available.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&available[..bytes]);
        self.consume(bytes);
        Ok(bytes)
    }
}

impl BufRead for Stream<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            if !self.over {
                self.start = 0;
                self.end = self.inner.read(&mut self.buffer)?;
                self.over = self.end == 0;
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, bytes: usize) {
        let to = (self.start + bytes).min(self.end);
        if let Some(recent) = &mut self.recent {
            recent.extend_from_slice(&self.buffer[self.start..to]);
            if recent.len() > 4 * RECENT {
                recent.drain(..recent.len() - RECENT);
            }
        }
        self.start = to;
    }
}
