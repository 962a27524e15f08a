//! Documents that were read → the record: checked, packed, written in batches by one writer.

use std::path::Path;

use watchkeeper_linkage::over::Counted;
use watchkeeper_record::Moment;
use watchkeeper_store::{Entry, Error, Mode, Prepared, Put, Store, prepare};

use crate::run::Read;
use crate::told::{Told, Untold};

/// Documents that are written together.
const BATCH_DOCUMENTS: usize = 256;
/// Bytes of text that are written together.
const BATCH_BYTES: usize = 16 << 20;

/// What came of documents that were put into the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// New ones.
    pub new: usize,
    /// Known ones that were read by another version, other weights or options.
    pub reread: usize,
    /// Known ones, with nothing new about them.
    pub same: usize,
    /// Known ones from an origin that wasn't.
    pub origins: usize,
}

/// A document that was read, checked and packed: all that needs no record.
#[derive(Debug)]
pub struct Ready {
    prepared: Prepared,
    /// Of its text.
    bytes: usize,
    told: Told,
}

/// Makes a document ready for [`Recorder::take`]; any thread may.
///
/// # Errors
/// When the reading breaks its contract: a bug.
pub fn ready(read: &Read, now: Moment) -> Result<Ready, Error> {
    let reading = read.reading.quoted();
    let prepared = prepare(Entry { page: &read.page, reading: &reading, moment: now })?;
    let (known, dated) = prepared.known();
    let told = Told::of(&reading, &prepared.sha256(), Counted { known, dated });
    Ok(Ready { prepared, bytes: read.article.text.len(), told })
}

/// One writer to the record. What [`commit`](Self::commit) has counted is safe on the disk, whatever happens after.
#[derive(Debug)]
pub struct Recorder {
    pub(crate) store: Store,
    waiting: Vec<Ready>,
    bytes: usize,
    recorded: Recorded,
    /// What new documents tell, as long as they wait for settling; of the first ones only.
    pub(crate) told: Untold,
    /// Threads that settling may use.
    pub(crate) jobs: usize,
}

impl Recorder {
    /// Opens a record, or makes one.
    ///
    /// # Errors
    /// Whatever keeps the file from being a record that can be written to; the message names it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let store = Store::open(path, Mode::Create)?;
        Ok(Self {
            store,
            waiting: Vec::new(),
            bytes: 0,
            recorded: Recorded::default(),
            told: Untold::default(),
            jobs: 1,
        })
    }

    /// Lets settling use so many threads, at least one. Never changes what comes of it.
    #[must_use]
    pub fn with_jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// The record.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The record, to be written to otherwise; documents that wait are not in it yet.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Takes a document; every so often what was taken is written and committed.
    ///
    /// # Errors
    /// When the record can't be written to. Documents of earlier commits are safe.
    pub fn add(&mut self, read: &Read, now: Moment) -> Result<(), Error> {
        self.take(ready(read, now)?)
    }

    /// As [`Recorder::add`], of what [`ready`] made on another thread.
    ///
    /// # Errors
    /// As [`Recorder::add`].
    pub fn take(&mut self, ready: Ready) -> Result<(), Error> {
        self.bytes += ready.bytes;
        self.waiting.push(ready);
        if self.waiting.len() >= BATCH_DOCUMENTS || self.bytes >= BATCH_BYTES {
            self.commit()?;
        }
        Ok(())
    }

    /// Writes what was taken and makes it durable.
    ///
    /// # Errors
    /// When the record can't be written to: then nothing since the last commit was kept.
    pub fn commit(&mut self) -> Result<(), Error> {
        let mut now = self.recorded;
        let mut writer = self.store.writer();
        let mut new = Vec::new();
        for ready in std::mem::take(&mut self.waiting) {
            match writer.put(&ready.prepared)? {
                Put::New(document) => {
                    now.new += 1;
                    new.push((document, ready.told));
                }
                Put::Reread(_) => now.reread += 1,
                Put::Same { new_origin, .. } => {
                    now.same += 1;
                    now.origins += usize::from(new_origin);
                }
            }
        }
        writer.commit()?;
        drop(writer);
        self.recorded = now;
        for (document, told) in new {
            self.told.keep(document, told);
        }
        self.bytes = 0;
        Ok(())
    }

    /// What is safe so far.
    #[must_use]
    pub fn recorded(&self) -> Recorded {
        self.recorded
    }
}
