//! `watchkeeper add`: documents into the record.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use watchkeeper_pipeline::{
    Gathered, Recorder, RunOptions, Settled, Settling, gather, page_digest, read_pages_then, ready,
};
use watchkeeper_store::{Mode, Store};

use crate::Outcome;
use crate::command::read::complain;
use crate::inputs::{EngineArguments, Inputs, Tally, progress, steps};
use crate::stop::{now, stopped, watch_for_stop};

/// Put documents into the record: read once, kept whole, put together with other reports of the same happenings.
///
/// Takes what `read` takes. A document that is in the record already (the same bytes) is not read again, so an interrupted run goes on
/// where it stopped when it is started again.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// The record; made where there is none.
    #[arg(long, value_name = "FILE", default_value = "watchkeeper.db", env = "WATCHKEEPER_DB")]
    db: PathBuf,
    /// Read documents again that the record has, with today's program and weights; older readings are kept.
    #[arg(long)]
    reread: bool,
    #[command(flatten)]
    engine: EngineArguments,
}

/// Shows how far putting together has come.
fn show(bar: &indicatif::ProgressBar, so_far: Settling) {
    if bar.message() != so_far.step {
        bar.reset();
        bar.set_message(so_far.step);
    }
    bar.set_length(so_far.total as u64);
    bar.set_position(so_far.done as u64);
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (inputs, unfound) = match arguments.inputs.expand() {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    if inputs.is_empty() {
        // What is wrong has been said; no record is made for nothing.
        return Outcome::Nothing;
    }
    let opened = Recorder::open(&arguments.db).and_then(|recorder| {
        Ok((recorder.with_jobs(arguments.engine.jobs()), Store::open(&arguments.db, Mode::Read)?))
    });
    let (mut recorder, known) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            complain(&error.to_string());
            return Outcome::Unwritten;
        }
    };
    let engine = match arguments.engine.open() {
        Ok(engine) => engine,
        Err(outcome) => return outcome,
    };
    watch_for_stop();
    let mut tally = Tally::default();
    tally.unfound(unfound);
    let bar = progress(&inputs);
    let there = AtomicUsize::new(0);
    let (doors, options) = (arguments.inputs.doors(), arguments.inputs.options());
    let mut fetch = arguments.inputs.fetch();
    let (passed, ticks, again) = (&there, bar.clone(), arguments.reread);
    let produce = move |sink: &mut dyn FnMut(_) -> bool| {
        gather(inputs, &doors, &mut fetch, &mut |gathered| {
            let is_known = |gathered: &Gathered| {
                known.has(&page_digest(&gathered.page), &gathered.page.origin).unwrap_or(false)
            };
            if !again && gathered.as_ref().is_ok_and(is_known) {
                passed.fetch_add(1, Ordering::Relaxed);
                ticks.inc(1);
                return !stopped();
            }
            sink(gathered)
        });
    };
    let mut failure = None;
    let jobs = RunOptions { jobs: arguments.engine.jobs() };
    let finish = |read| (ready(&read, now()), read);
    read_pages_then(&engine, &options, jobs, produce, finish, |outcome| {
        bar.inc(1);
        match outcome {
            Ok((ready, read)) => {
                tally.read(&read);
                failure = ready.and_then(|ready| recorder.take(ready)).err();
            }
            Err(refused) => {
                tally.failed(&refused);
                bar.suspend(|| complain(&refused.to_string()));
            }
        }
        failure.is_none() && !stopped()
    });
    let mut failure = failure.or_else(|| recorder.commit().err());
    bar.finish_and_clear();
    let mut settled = Settled::default();
    if failure.is_none() {
        let bar = steps();
        let done = recorder.settle_with(now(), &mut |so_far| {
            show(&bar, so_far);
            !stopped()
        });
        bar.finish_and_clear();
        match done {
            Ok(done) => settled = done,
            Err(error) => failure = Some(error),
        }
    }
    let recorded = recorder.recorded();
    let there = there.into_inner() + recorded.same;
    let mut parts = vec![format!("{} added", recorded.new)];
    if recorded.reread > 0 {
        parts.push(format!("{} read anew", recorded.reread));
    }
    if there > 0 {
        parts.push(format!("{there} there already"));
    }
    complain(&format!("{}: {}", arguments.db.display(), parts.join(", ")));
    if let Some(error) = failure {
        complain(&error.to_string());
        return Outcome::Unwritten;
    }
    tally.lines().iter().for_each(|line| complain(line));
    complain(&settled.to_string());
    if stopped() {
        complain("stopped; the same command goes on from here");
        return Outcome::Partial;
    }
    match tally.outcome() {
        // What was there already counts as read.
        Outcome::Nothing if there > 0 => Outcome::Partial,
        outcome => outcome,
    }
}
