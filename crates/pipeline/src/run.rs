//! Many documents on many threads, in order and in bounded memory.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

use watchkeeper_record::{Article, Reading};

use crate::engine::{Engine, ReadOptions, Worker};
use crate::error::Failure;
use crate::source::Source;

/// How many bytes of input one thread takes at a time. Larger batches make the language layer's products larger, up to a point.
const BATCH_BYTES: u64 = 96 * 1024;
/// How many inputs one thread takes at a time at most.
const BATCH_FILES: usize = 64;

/// Options of a run over many documents.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Number of threads, at least 1. Never changes a reading.
    pub jobs: usize,
}

/// Progress that threads share.
struct Shared {
    next: usize,
    emitted: usize,
}

/// Reads every source and hands each outcome to `sink`, in the order of the sources.
///
/// A source that can't be read gives a [`Failure`]; the others are read all the same. `sink` returns whether to go on: after
/// `false` no further outcome is handed over. Memory is bounded by `jobs` batches, whatever the number of sources.
pub fn read_all(
    engine: &Engine,
    sources: &[Source],
    read: &ReadOptions,
    run: RunOptions,
    mut sink: impl FnMut(Result<Reading, Failure>) -> bool,
) {
    let batches = batches(sources);
    let jobs = run.jobs.clamp(1, batches.len().max(1));
    let window = jobs * 2;
    let shared = Mutex::new(Shared { next: 0, emitted: 0 });
    let moved = Condvar::new();
    let stop = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            let (shared, moved, stop, batches) = (&shared, &moved, &stop, &batches);
            scope.spawn(move || {
                let mut worker = engine.worker();
                while let Some(number) = take(shared, moved, stop, window, batches.len()) {
                    let outcome = batch(engine, &mut worker, &sources[batches[number].clone()], read);
                    if sender.send((number, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: BTreeMap<usize, Vec<Result<Reading, Failure>>> = BTreeMap::new();
        let mut expected = 0;
        'all: for (number, outcome) in receiver {
            waiting.insert(number, outcome);
            while let Some(outcomes) = waiting.remove(&expected) {
                expected += 1;
                for outcome in outcomes {
                    if !sink(outcome) {
                        break 'all;
                    }
                }
                shared.lock().unwrap_or_else(PoisonError::into_inner).emitted = expected;
                moved.notify_all();
            }
        }
        stop.store(true, Ordering::Relaxed);
        moved.notify_all();
    });
}

/// Takes the next batch, waiting while too many are finished but not yet handed over.
fn take(
    shared: &Mutex<Shared>,
    moved: &Condvar,
    stop: &AtomicBool,
    window: usize,
    count: usize,
) -> Option<usize> {
    let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if stop.load(Ordering::Relaxed) || state.next >= count {
            return None;
        }
        if state.next < state.emitted + window {
            state.next += 1;
            return Some(state.next - 1);
        }
        // The timeout only bounds how long a stop can go unseen.
        let waited = moved.wait_timeout(state, std::time::Duration::from_millis(100));
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn batches(sources: &[Source]) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, source) in sources.iter().enumerate() {
        let size = match source {
            Source::File(path) => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Source::Stdin => BATCH_BYTES,
        };
        if index > start && (bytes + size > BATCH_BYTES || index - start >= BATCH_FILES) {
            batches.push(start..index);
            (start, bytes) = (index, 0);
        }
        bytes += size;
    }
    if start < sources.len() {
        batches.push(start..sources.len());
    }
    batches
}

fn batch<'e>(
    engine: &'e Engine,
    worker: &mut Worker<'e>,
    sources: &[Source],
    read: &ReadOptions,
) -> Vec<Result<Reading, Failure>> {
    let mut articles = Vec::with_capacity(sources.len());
    let mut outcomes: Vec<Option<Failure>> = Vec::with_capacity(sources.len());
    for source in sources {
        let origin = source.origin();
        let article = bytes(source, read)
            .map_err(|error| error.to_string())
            .and_then(|bytes| engine.article(&bytes, Some(&origin), read));
        match article {
            Ok(article) => {
                articles.push(article);
                outcomes.push(None);
            }
            Err(message) => outcomes.push(Some(Failure { origin, message })),
        }
    }
    let mut readings = guarded(engine, worker, articles, read).into_iter();
    let mut filled = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        filled.push(match outcome {
            Some(failure) => Err(failure),
            None => readings.next().expect("one outcome for each article"),
        });
    }
    filled
}

/// Reads articles together; should a room panic (a bug), reads them one by one, so that only the one at fault is lost.
fn guarded<'e>(
    engine: &'e Engine,
    worker: &mut Worker<'e>,
    articles: Vec<Article>,
    read: &ReadOptions,
) -> Vec<Result<Reading, Failure>> {
    if let Ok(readings) = catch_unwind(AssertUnwindSafe(|| worker.read_articles(articles.clone(), read))) {
        return readings.into_iter().map(Ok).collect();
    }
    *worker = engine.worker();
    let mut outcomes = Vec::with_capacity(articles.len());
    for article in articles {
        let origin = article.origin.clone().unwrap_or_default();
        let alone = catch_unwind(AssertUnwindSafe(|| worker.read_articles(vec![article], read).pop()));
        outcomes.push(alone.ok().flatten().ok_or_else(|| {
            *worker = engine.worker();
            Failure {
                origin,
                message: "a fault of this program stopped the reading; please report it with the text"
                    .to_owned(),
            }
        }));
    }
    outcomes
}

/// Reads an input, but not more of it than can be accepted: an over-long one is refused without being held in memory.
fn bytes(source: &Source, read: &ReadOptions) -> std::io::Result<Vec<u8>> {
    // UTF-16 and UTF-32 take up to four bytes for one of text; the article room gives the exact refusal.
    let most = read.size_max.saturating_mul(4).saturating_add(4);
    let mut bytes = Vec::new();
    let mut limited: Box<dyn Read> = match source {
        Source::File(path) => {
            let file = std::fs::File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(std::io::Error::other("a folder, not a file"));
            }
            Box::new(file.take(most as u64))
        }
        Source::Stdin => Box::new(std::io::stdin().lock().take(most as u64)),
    };
    limited.read_to_end(&mut bytes)?;
    Ok(bytes)
}
