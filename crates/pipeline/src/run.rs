//! Many pages on many threads, in order and in bounded memory.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

use watchkeeper_record::{Article, RawPage, Reading};

use crate::engine::{Engine, ReadOptions, Worker};
use crate::error::Failure;
use crate::gather::Gathered;

/// How many bytes of input one thread takes at a time. Larger batches make the language layer's products larger, up to a point.
const BATCH_BYTES: usize = 96 * 1024;
/// How many pages one thread takes at a time at most.
const BATCH_PAGES: usize = 64;

/// Options of a run over many documents.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Number of threads, at least 1. Never changes a reading.
    pub jobs: usize,
}

/// What became of one page.
#[derive(Debug)]
pub struct Read {
    /// The page as it came in.
    pub page: RawPage,
    /// What it says once cleaned.
    pub article: Article,
    /// What the article says.
    pub reading: Reading,
}

type Batch = (usize, Vec<Result<Gathered, Failure>>);

/// How far the run has come; what producer and consumer share.
#[derive(Default)]
struct Progress {
    emitted: usize,
    stopped: bool,
}

/// Reads every page that `produce` hands over and gives each outcome to `sink`, in the order in which they came.
///
/// `produce` runs on a thread of its own and is given a function to call for each page, or for each input that can't be made one;
/// it answers whether to go on. A page that can't be read gives a [`Failure`]; the others are read all the same. `sink` returns
/// whether to go on: after `false` no further outcome is handed over. Memory is bounded by `jobs` batches, whatever the number of pages.
pub fn read_pages(
    engine: &Engine,
    read: &ReadOptions,
    run: RunOptions,
    produce: impl FnOnce(&mut dyn FnMut(Result<Gathered, Failure>) -> bool) + Send,
    sink: impl FnMut(Result<Read, Failure>) -> bool,
) {
    read_pages_then(engine, read, run, produce, |read| read, sink);
}

/// As [`read_pages`], with something to do about each page that was read on the thread that read it: what goes to `sink` is what
/// `finish` makes of it.
pub fn read_pages_then<T: Send>(
    engine: &Engine,
    read: &ReadOptions,
    run: RunOptions,
    produce: impl FnOnce(&mut dyn FnMut(Result<Gathered, Failure>) -> bool) + Send,
    finish: impl Fn(Read) -> T + Sync,
    mut sink: impl FnMut(Result<T, Failure>) -> bool,
) {
    let jobs = run.jobs.max(1);
    let window = jobs * 2;
    let (progress, moved) = (Mutex::new(Progress::default()), Condvar::new());
    let (tasks, taken) = mpsc::channel::<Batch>();
    let taken = Mutex::new(taken);
    let (sender, receiver) = mpsc::channel::<(usize, Vec<Result<T, Failure>>)>();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            let (taken, finish) = (&taken, &finish);
            scope.spawn(move || {
                let mut worker = engine.worker();
                loop {
                    // The lock is let go as soon as a batch is there.
                    let task = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, pages)) = task else { return };
                    let outcomes = batch(engine, &mut worker, pages, read).into_iter();
                    let done = outcomes.map(|outcome| outcome.map(finish)).collect();
                    if sender.send((number, done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (progress, moved) = (&progress, &moved);
        scope.spawn(move || {
            let mut batches =
                Batches { waiting: Vec::new(), bytes: 0, next: 0, window, tasks, progress, moved };
            produce(&mut |page| batches.add(page));
            batches.send();
        });
        let mut waiting: BTreeMap<usize, Vec<Result<T, Failure>>> = BTreeMap::new();
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
                progress.lock().unwrap_or_else(PoisonError::into_inner).emitted = expected;
                moved.notify_all();
            }
        }
        progress.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        moved.notify_all();
    });
}

/// Puts pages together to batches and hands these over, waiting while too many are on their way.
struct Batches<'r> {
    waiting: Vec<Result<Gathered, Failure>>,
    bytes: usize,
    next: usize,
    window: usize,
    tasks: mpsc::Sender<Batch>,
    progress: &'r Mutex<Progress>,
    moved: &'r Condvar,
}

impl Batches<'_> {
    /// Takes a page; whether to go on.
    fn add(&mut self, page: Result<Gathered, Failure>) -> bool {
        let size = page.as_ref().map_or(0, |gathered| gathered.page.readable().1.len());
        if !self.waiting.is_empty() && self.bytes + size > BATCH_BYTES && !self.send() {
            return false;
        }
        self.bytes += size;
        self.waiting.push(page);
        if self.bytes >= BATCH_BYTES || self.waiting.len() >= BATCH_PAGES {
            return self.send();
        }
        true
    }

    fn send(&mut self) -> bool {
        if self.waiting.is_empty() {
            return true;
        }
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        while !progress.stopped && self.next >= progress.emitted + self.window {
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        if progress.stopped {
            return false;
        }
        drop(progress);
        self.bytes = 0;
        self.next += 1;
        self.tasks.send((self.next - 1, std::mem::take(&mut self.waiting))).is_ok()
    }
}

/// Reads pages together, an outcome for each, in order.
pub(crate) fn batch<'e>(
    engine: &'e Engine,
    worker: &mut Worker<'e>,
    pages: Vec<Result<Gathered, Failure>>,
    read: &ReadOptions,
) -> Vec<Result<Read, Failure>> {
    let mut articles = Vec::with_capacity(pages.len());
    let pages: Vec<Result<RawPage, Failure>> = pages
        .into_iter()
        .map(|page| {
            let Gathered { page, remarks } = page?;
            match catch_unwind(AssertUnwindSafe(|| engine.article(&page, read))) {
                Ok(Ok(mut article)) => {
                    article.diagnostics.extend(remarks);
                    articles.push(article);
                }
                Ok(Err((code, message))) => return Err(Failure { origin: page.origin, code, message }),
                Err(_) => return Err(fault(page.origin)),
            }
            Ok(page)
        })
        .collect();
    let mut readings = guarded(engine, worker, &articles, read).into_iter().zip(articles);
    pages
        .into_iter()
        .map(|page| {
            let page = page?;
            let (reading, article) = readings.next().expect("one outcome for each article");
            Ok(Read { page, article, reading: reading? })
        })
        .collect()
}

/// A bug: what no text may cause.
fn fault(origin: String) -> Failure {
    let message = "a fault of this program stopped the reading; please report it with the text".to_owned();
    Failure { origin, code: "fault", message }
}

/// Reads articles together; should a room panic (a bug), reads them one by one, so that only the one at fault is lost.
fn guarded<'e>(
    engine: &'e Engine,
    worker: &mut Worker<'e>,
    articles: &[Article],
    read: &ReadOptions,
) -> Vec<Result<Reading, Failure>> {
    if let Ok(readings) = catch_unwind(AssertUnwindSafe(|| worker.read_articles(articles.to_vec(), read))) {
        return readings.into_iter().map(Ok).collect();
    }
    *worker = engine.worker();
    let mut outcomes = Vec::with_capacity(articles.len());
    for article in articles {
        let alone =
            catch_unwind(AssertUnwindSafe(|| worker.read_articles(vec![article.clone()], read).pop()));
        outcomes.push(alone.ok().flatten().ok_or_else(|| {
            *worker = engine.worker();
            fault(article.origin.clone().unwrap_or_default())
        }));
    }
    outcomes
}
