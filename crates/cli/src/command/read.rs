//! `watchkeeper read`: one-off readings to the screen, as JSON, or as an annotated page.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use watchkeeper_intake::Source;
use watchkeeper_pipeline::{Failure, Input, RunOptions, gather, read_pages};
use watchkeeper_record::Reading;
use watchkeeper_report::{Page, Screen, Trace};

use crate::Outcome;
use crate::inputs::{EngineArguments, Inputs, Tally, progress};

/// Read documents and print what they say, every field tied to its words.
///
/// Reads web pages, PDF, Word documents, mail, archives (zip, WARC), tables and plain text in any encoding and compression; what a
/// file is, is told from its content (docs/inputs.md). What can't be read is reported and the rest is read.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Print one JSON object a line, one line a document (docs/reading.schema.json). Private persons are marked, not hidden.
    #[arg(long, conflicts_with_all = ["html", "explain"])]
    json: bool,
    /// Write one self-contained page: the text with coloured marks and the lists beside it.
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    html: Option<PathBuf>,
    /// Show how one record was decided, e.g. e3 or a1: its rules, its words, what refers to it. One document only.
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Show the names of private persons (victims, witnesses, suspects), which are hidden otherwise.
    #[arg(long)]
    reveal_private: bool,
    #[command(flatten)]
    engine: EngineArguments,
}

/// What is done with readings.
enum View {
    Screen(Screen),
    Json,
    Html { readings: Vec<Reading>, file: PathBuf },
    Explain(String),
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (inputs, unfound) = match arguments.inputs.expand() {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    if let Some(file) = arguments.html.as_deref().filter(|file| overwrites(file, &inputs)) {
        complain(&format!("--html {} would write over an input", file.display()));
        return Outcome::Nothing;
    }
    let mut view = view(arguments);
    if matches!(view, View::Explain(_)) && inputs.len() > 1 {
        complain(&format!("--explain takes one document, not {}", inputs.len()));
        return Outcome::Nothing;
    }
    let engine = match arguments.engine.open() {
        Ok(engine) => engine,
        Err(outcome) => return outcome,
    };
    let mut tally = Tally::default();
    tally.unfound(unfound);
    let bar = progress(&inputs);
    let doors = arguments.inputs.doors();
    let read = arguments.inputs.options();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut end = Writing::Fine;
    let mut fetch = arguments.inputs.fetch();
    let produce = |sink: &mut dyn FnMut(_) -> bool| gather(inputs, &doors, &mut fetch, sink);
    read_pages(&engine, &read, RunOptions { jobs: arguments.engine.jobs() }, produce, |outcome| {
        bar.inc(1);
        match outcome {
            Ok(read) => {
                tally.read(&read);
                end = show(&mut view, read.reading, arguments.reveal_private, tally.count(), &mut out);
            }
            Err(failure) => {
                tally.failed(&failure);
                bar.suspend(|| report(&failure));
            }
        }
        matches!(end, Writing::Fine)
    });
    bar.finish_and_clear();
    if matches!(end, Writing::Fine) {
        end = finish(view, arguments.reveal_private, &mut out);
    }
    match end {
        Writing::Broken => return Outcome::Unwritten,
        Writing::NotFound => return Outcome::Nothing,
        Writing::Closed => return Outcome::Complete,
        Writing::Fine => {}
    }
    if tally.count() + tally.failures() > 1 {
        tally.lines().iter().for_each(|line| complain(line));
    }
    tally.outcome()
}

/// How writing stands.
enum Writing {
    Fine,
    /// The reader of the pipe has gone: stop quietly.
    Closed,
    /// The disk is full, or the like; it has been said.
    Broken,
    /// `--explain` names no record; it has been said.
    NotFound,
}

impl From<std::io::Result<()>> for Writing {
    fn from(result: std::io::Result<()>) -> Self {
        match result {
            Ok(()) => Self::Fine,
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Self::Closed,
            Err(error) => {
                complain(&format!("cannot write the result: {error}"));
                Self::Broken
            }
        }
    }
}

fn view(arguments: &Arguments) -> View {
    if let Some(id) = &arguments.explain {
        return View::Explain(id.clone());
    }
    if let Some(file) = &arguments.html {
        return View::Html { readings: Vec::new(), file: file.clone() };
    }
    if arguments.json {
        return View::Json;
    }
    let terminal = std::io::stdout().is_terminal();
    let colour = terminal
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    View::Screen(Screen { colour, width: width(terminal), reveal_private: arguments.reveal_private })
}

/// Width of the terminal in columns; 100 where there is none.
pub(crate) fn width(terminal: bool) -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or_else(|| if terminal { measured() } else { None }).unwrap_or(100)
}

fn show(
    view: &mut View,
    reading: Reading,
    reveal_private: bool,
    number: usize,
    out: &mut impl Write,
) -> Writing {
    match view {
        View::Screen(screen) => {
            let between = if number > 1 { "\n" } else { "" };
            write!(out, "{between}{}", screen.render(&reading)).into()
        }
        View::Json => match serde_json::to_string(&reading.quoted()) {
            Ok(line) => writeln!(out, "{line}").into(),
            Err(error) => {
                complain(&format!("cannot write the result: {error}"));
                Writing::Broken
            }
        },
        View::Html { readings, .. } => {
            readings.push(reading);
            Writing::Fine
        }
        View::Explain(_) if number > 1 => {
            complain("--explain takes one document, and the input holds more");
            Writing::NotFound
        }
        View::Explain(id) => match (Trace { reveal_private }).render(&reading, id) {
            Some(text) => write!(out, "{text}").into(),
            None => {
                complain(&format!(
                    "the reading has no record `{id}` (ids look like e1, a2, s3; --json or the plain view lists them)"
                ));
                Writing::NotFound
            }
        },
    }
}

fn finish(view: View, reveal_private: bool, out: &mut impl Write) -> Writing {
    if let View::Html { readings, file } = view {
        if readings.is_empty() {
            return Writing::Fine;
        }
        let page = Page { reveal_private }.render(&readings);
        if file.as_path() == Path::new("-") {
            return write!(out, "{page}").and_then(|()| out.flush()).into();
        }
        return match std::fs::write(&file, page) {
            Ok(()) => Writing::Fine,
            Err(error) => {
                complain(&format!("cannot write {}: {error}", file.display()));
                Writing::Broken
            }
        };
    }
    out.flush().into()
}

fn report(failure: &Failure) {
    complain(&failure.to_string());
}

/// Writes a message to standard error, on one line and without control characters: names of files may hold any. A standard error
/// that can't be written to is no reason to stop.
pub(crate) fn complain(message: &str) {
    let line: String =
        message.chars().map(|character| if character.is_control() { '?' } else { character }).collect();
    let _ = writeln!(std::io::stderr(), "watchkeeper: {line}");
}

/// Whether a page would be written over one of the inputs.
fn overwrites(file: &Path, inputs: &[Input]) -> bool {
    let Ok(target) = file.canonicalize() else { return false };
    inputs.iter().any(|input| match input {
        Input::Source(Source::File(path)) => path.canonicalize().is_ok_and(|path| path == target),
        _ => false,
    })
}
