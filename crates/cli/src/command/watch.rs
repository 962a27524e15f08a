//! `watchkeeper watch`: feeds, polled politely, into the record.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use watchkeeper_fetch::opml;
use watchkeeper_fetch::watch::{Ended, Event, Filter, Settings, State, Watch};
use watchkeeper_pipeline::{Gathered, Input, Recorder, Worker, gather};
use watchkeeper_record::RawPage;
use watchkeeper_record::page::Form;

use crate::Outcome;
use crate::command::read::complain;
use crate::inputs::{EngineArguments, pdf_doors};
use crate::stop::{flag, now, watch_for_stop};

/// How often the state is written while a watch runs.
const CHECKPOINT: Duration = Duration::from_secs(60);

/// Follow feeds: poll them politely and put each new page into the record (docs/watch.md).
///
/// RSS, Atom and JSON Feed. Asks only what changed, keeps to robots.txt and to a pause between requests, backs off from hosts
/// that fail. Runs until it is stopped; started again it goes on where it was.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Addresses of feeds, or OPML files that list some.
    #[arg(value_name = "URL|FILE")]
    feeds: Vec<String>,
    /// The record; made where there is none.
    #[arg(long, value_name = "FILE", default_value = "watchkeeper.db", env = "WATCHKEEPER_DB")]
    db: PathBuf,
    /// What the watch remembers: feeds, what it has seen, how feeds fare.
    #[arg(long, value_name = "FILE", default_value = "watchkeeper.watch.json")]
    state: PathBuf,
    /// Poll every feed once and stop when its items are in.
    #[arg(long)]
    once: bool,
    /// Keep items with this word or phrase only; with a minus before it, items without it. May be given again.
    #[arg(long, value_name = "WORDS", allow_hyphen_values = true)]
    filter: Vec<String>,
    /// Shortest time between two polls of a feed, in minutes.
    #[arg(long, value_name = "MINUTES", default_value = "15", value_parser = clap::value_parser!(u64).range(5..=10_080))]
    interval: u64,
    /// Keep what feeds hold of their items; fetch no pages.
    #[arg(long)]
    no_follow: bool,
    /// A URL or e-mail address under which hosts reach you; sent with each request.
    #[arg(long, value_name = "CONTACT")]
    contact: Option<String>,
    /// Also fetch from private and local addresses, which are refused otherwise.
    #[arg(long)]
    allow_private: bool,
    /// Print how the feeds of the state fare, and stop.
    #[arg(long)]
    health: bool,
    /// Write the feeds as OPML, and stop.
    #[arg(long, value_name = "FILE")]
    opml_export: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match watch(arguments) {
        Ok(outcome) => outcome,
        Err((message, outcome)) => {
            complain(&message);
            outcome
        }
    }
}

fn watch(arguments: &Arguments) -> Result<Outcome, (String, Outcome)> {
    let nothing = |message: String| (message, Outcome::Nothing);
    let state = match std::fs::read(&arguments.state) {
        Ok(bytes) => State::from_json(&bytes)
            .map_err(|error| nothing(format!("{}: {error}", arguments.state.display())))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => State::new(seed()),
        Err(error) => return Err(nothing(format!("{}: {error}", arguments.state.display()))),
    };
    let settings = Settings {
        interval_min: Duration::from_secs(arguments.interval * 60),
        interval_max: Settings::default().interval_max.max(Duration::from_secs(arguments.interval * 60)),
        follow: !arguments.no_follow,
        filter: Filter::of_terms(arguments.filter.iter().map(String::as_str)),
        ..Settings::default()
    };
    let options = watchkeeper_fetch::Options {
        contact: arguments.contact.clone(),
        allow_private: arguments.allow_private,
        stop: flag(),
        ..watchkeeper_fetch::Options::default()
    };
    let mut watch = Watch::open(settings, state, options).map_err(|error| nothing(error.to_string()))?;
    for feed in &arguments.feeds {
        add(&mut watch, feed).map_err(nothing)?;
    }
    if let Some(file) = &arguments.opml_export {
        std::fs::write(file, opml::write(&watch.outlines()))
            .map_err(|error| (format!("cannot write {}: {error}", file.display()), Outcome::Unwritten))?;
        return Ok(Outcome::Complete);
    }
    if arguments.health {
        let lines: String = watch.state().feeds().iter().map(|feed| feed.words() + "\n").collect();
        return Ok(Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes())));
    }
    if watch.state().feeds().is_empty() {
        return Err(nothing("no feed to watch: name one, or an OPML file".to_owned()));
    }
    let unwritten = |error: watchkeeper_store::Error| (error.to_string(), Outcome::Unwritten);
    let recorder = Recorder::open(&arguments.db).map_err(unwritten)?;
    let engine = match arguments.engine.open() {
        Ok(engine) => engine,
        Err(outcome) => return Ok(outcome),
    };
    watch_for_stop();
    let mut keeper = Keeper { recorder, worker: engine.worker(), pages: 0, unread: 0, fault: None };
    let mut written = Instant::now();
    let stop = flag();
    let ended = watch.run(arguments.once, &stop, &mut |event| match event {
        Event::Page { page, instead, .. } => {
            if let Some(error) = instead {
                complain(&format!("{}: as the feed holds it, since {error}", page.origin));
            }
            keeper.keep(*page)
        }
        Event::Polled(feed) => {
            if let Some(error) = &feed.health.last_error {
                complain(&format!("{}: {error}", feed.title.as_deref().unwrap_or(&feed.url)));
            }
            ControlFlow::Continue(())
        }
        Event::Checkpoint(state) => {
            // The record first: a page may come twice, but none is lost.
            let mut flow = keeper.commit();
            if flow.is_continue() && written.elapsed() >= CHECKPOINT {
                written = Instant::now();
                keeper.save(&arguments.state, state);
                flow = keeper.settle();
            }
            flow
        }
        _ => ControlFlow::Continue(()),
    });
    if keeper.commit().is_continue() {
        let _ = keeper.settle();
    }
    keeper.save(&arguments.state, watch.state());
    let recorded = keeper.recorder.recorded();
    complain(&format!(
        "{}: {} pages, {} added, {} there already, {} could not be read",
        arguments.db.display(),
        keeper.pages,
        recorded.new,
        recorded.same + recorded.reread,
        keeper.unread
    ));
    if let Some(fault) = keeper.fault {
        return Err((fault, Outcome::Unwritten));
    }
    let failing = watch.state().feeds().iter().any(|feed| feed.health.last_error.is_some());
    Ok(match ended {
        Ended::Done if failing || keeper.unread > 0 => Outcome::Partial,
        _ => Outcome::Complete,
    })
}

/// Adds a feed by its address, or the feeds of an OPML file.
fn add<T: watchkeeper_fetch::Transport, C: watchkeeper_fetch::Clock>(
    watch: &mut Watch<T, C>,
    feed: &str,
) -> Result<(), String> {
    if feed.contains("://") {
        return watch.add(feed, None).map(|_| ()).map_err(|error| error.to_string());
    }
    let bytes = std::fs::read(feed).map_err(|error| format!("{feed}: {error}"))?;
    let outlines = opml::parse(&bytes).map_err(|error| format!("{feed}: {error}"))?;
    if outlines.is_empty() {
        return Err(format!("{feed}: lists no feed"));
    }
    for outline in outlines {
        if let Err(error) = watch.add(&outline.url, outline.title.as_deref()) {
            complain(&format!("{feed}: {error}"));
        }
    }
    Ok(())
}

/// Puts pages into the record as they come.
struct Keeper<'e> {
    recorder: Recorder,
    worker: Worker<'e>,
    pages: usize,
    unread: usize,
    fault: Option<String>,
}

impl Keeper<'_> {
    fn keep(&mut self, page: RawPage) -> ControlFlow<()> {
        self.pages += 1;
        let mut gathered = Vec::new();
        if page.form == Form::Item {
            gathered.push(Ok(Gathered { page, remarks: Vec::new() }));
        } else {
            // Whatever lies behind the address is opened like a file: a page, a PDF, plain text.
            let mut page = Some(page);
            let url = page.as_ref().map(|page| page.origin.clone()).unwrap_or_default();
            let mut fetch = |_: &str| page.take().ok_or_else(|| "not followed".to_owned());
            gather(vec![Input::Url(url)], &pdf_doors(), &mut fetch, &mut |found| {
                gathered.push(found);
                gathered.len() < 1000
            });
        }
        for found in gathered {
            let read = found.and_then(|found| {
                self.worker.read_page(found, &watchkeeper_pipeline::ReadOptions::default())
            });
            match read {
                Ok(read) => {
                    if let Err(error) = self.recorder.add(&read, now()) {
                        self.fault = Some(error.to_string());
                        return ControlFlow::Break(());
                    }
                }
                Err(failure) => {
                    self.unread += 1;
                    complain(&failure.to_string());
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn commit(&mut self) -> ControlFlow<()> {
        if self.fault.is_some() {
            return ControlFlow::Break(());
        }
        match self.recorder.commit() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.fault = Some(error.to_string());
                ControlFlow::Break(())
            }
        }
    }

    /// Puts what came among what was there.
    fn settle(&mut self) -> ControlFlow<()> {
        match self.recorder.settle(now()) {
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                self.fault = Some(error.to_string());
                ControlFlow::Break(())
            }
        }
    }

    /// Writes the state beside its place first, so that a crash leaves the old or the new one.
    fn save(&mut self, path: &Path, state: &State) {
        let beside = path.with_extension("json.new");
        let written = std::fs::write(&beside, state.to_json()).and_then(|()| std::fs::rename(&beside, path));
        if let Err(error) = written {
            self.fault = Some(format!("cannot write {}: {error}", path.display()));
        }
    }
}

/// A seed for the spread of polls over time; any number does.
fn seed() -> u64 {
    now().unix().unsigned_abs() ^ u64::from(std::process::id()) << 32
}
