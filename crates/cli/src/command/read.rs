//! `watchkeeper read`: one-off readings to the screen, as JSON, or as an annotated page.

use std::io::{BufWriter, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use watchkeeper_pipeline::{
    Engine, EngineOptions, Failure, ReadOptions, RunOptions, Source, expand, read_all,
};
use watchkeeper_record::Reading;
use watchkeeper_record::article::{Date, NotADate};
use watchkeeper_report::{Page, Screen, Trace};

use crate::Outcome;

/// Read texts and print what they say, every field tied to its words.
///
/// Reads plain text in any encoding. A folder is read with all that lies below it; one file that can't be read is reported
/// and the rest are read.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Files, folders (all below them but hidden files and .json, .csv, .toml and the like), patterns such as 'reports/*.txt', or -
    /// for standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Day of publication, for dates such as "on Tuesday"; without it the text's own date is used, if it has one.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    published: Option<Date>,
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
    /// Read with the transformer encoder too: finds more perpetrators, some forty times slower.
    #[arg(long)]
    deep: bool,
    /// Number of threads [default: all cores]. Never changes a reading.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Actors of your own, over the built-in registry (format: data/registry/README.md). May be given again.
    #[arg(long, value_name = "FILE")]
    registry: Vec<PathBuf>,
    /// Places of your own, beside the built-in ones (format: docs/gazetteer_extra.md). May be given again.
    #[arg(long, value_name = "FILE")]
    gazetteer_extra: Vec<PathBuf>,
    /// A spaCy en_core_web_{sm,md,lg} 3.7 or 3.8 package directory in place of the built-in language weights.
    #[arg(long, value_name = "DIR")]
    language_model: Option<PathBuf>,
    /// Longest text that is read, in megabytes.
    #[arg(long, value_name = "MB", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=1000))]
    size_max: u32,
}

fn day(text: &str) -> Result<Date, NotADate> {
    text.parse()
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
    let options = EngineOptions {
        language_model: arguments.language_model.clone(),
        registry: arguments.registry.clone(),
        gazetteer_extra: arguments.gazetteer_extra.clone(),
        deep: arguments.deep,
        ..EngineOptions::default()
    };
    let engine = match Engine::open(&options) {
        Ok(engine) => engine,
        Err(error) => {
            complain(&format!("{error}"));
            return Outcome::Nothing;
        }
    };
    let mut counts = Counts::default();
    let mut sources = Vec::new();
    for source in expand(&arguments.paths) {
        match source {
            Ok(source) => sources.push(source),
            Err(error) => {
                complain(&format!("{error}"));
                counts.failed += 1;
            }
        }
    }
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        complain("standard input (-) is named more than once");
        return Outcome::Nothing;
    }
    if let Some(file) = arguments.html.as_deref().filter(|file| overwrites(file, &sources)) {
        complain(&format!("--html {} would write over an input", file.display()));
        return Outcome::Nothing;
    }
    let mut view = view(arguments);
    if matches!(view, View::Explain(_)) && sources.len() > 1 {
        complain(&format!("--explain takes one document, not {}", sources.len()));
        return Outcome::Nothing;
    }
    let bar = progress(sources.len());
    let read =
        ReadOptions { published: arguments.published, size_max: arguments.size_max as usize * 1_000_000 };
    let jobs =
        arguments.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut end = Writing::Fine;
    read_all(&engine, &sources, &read, RunOptions { jobs }, |outcome| {
        bar.inc(1);
        match outcome {
            Ok(reading) => {
                counts.read += 1;
                end = show(&mut view, reading, arguments.reveal_private, counts.read, &mut out);
            }
            Err(failure) => {
                counts.failed += 1;
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
        Writing::Closed | Writing::Fine => {}
    }
    if sources.len() > 1 && counts.failed > 0 {
        complain(&format!("{} read, {} could not be read", counts.read, counts.failed));
    }
    match (counts.read, counts.failed) {
        (_, 0) => Outcome::Complete,
        (0, _) if !matches!(end, Writing::Closed) => Outcome::Nothing,
        _ => Outcome::Partial,
    }
}

#[derive(Default)]
struct Counts {
    read: usize,
    failed: usize,
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

fn progress(count: usize) -> ProgressBar {
    if count < 20 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} documents, {per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count as u64).with_style(style)
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
fn overwrites(file: &Path, sources: &[Source]) -> bool {
    let Ok(target) = file.canonicalize() else { return false };
    sources.iter().any(|source| match source {
        Source::File(path) => path.canonicalize().is_ok_and(|path| path == target),
        Source::Stdin => false,
    })
}
