//! What several commands share: the inputs a user names, the engine they ask for, and the tally of what became of the documents.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use watchkeeper_fetch::{Fetched, Fetcher};
use watchkeeper_intake::{Columns, PdfReader, Source};
use watchkeeper_pipeline::{
    Doors, Engine, EngineOptions, Failure, Input, Read, ReadOptions, WORDS_MAX, inputs,
};
use watchkeeper_record::RawPage;
use watchkeeper_record::article::{Date, NotADate};
use watchkeeper_record::page::Form;

use crate::Outcome;
use crate::command::read::complain;

/// Name of the hidden command that reads the text of one PDF.
pub(crate) const PDF_COMMAND: &str = "pdf-text";

/// What is read, and how documents are opened.
#[derive(Args)]
pub(crate) struct Inputs {
    /// Files of any kind, folders (all below them but hidden files, data and code), patterns such as 'reports/*.html',
    /// http(s) addresses, or - for standard input.
    #[arg(required = true, value_name = "PATH|URL")]
    pub(crate) paths: Vec<PathBuf>,
    /// Day of publication, for dates such as "on Tuesday"; without it the document's own date is used, if it has one.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) published: Option<Date>,
    /// Longest text that is taken, in megabytes.
    #[arg(long, value_name = "MB", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) size_max: u32,
    /// Words of one document that are read; what lies behind them is kept, and a remark says where the reading ended.
    #[arg(long, value_name = "N", default_value_t = WORDS_MAX as u32, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) words_max: u32,
    /// Also fetch from private and local addresses, which are refused otherwise.
    #[arg(long)]
    allow_private: bool,
    /// Column of a table (CSV, TSV, JSON lines) that holds the text, where its name doesn't tell; also reads tables in folders.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    text_column: Option<String>,
    /// Column that holds the headline.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    title_column: Option<String>,
    /// Column that holds the day of publication.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    date_column: Option<String>,
    /// Column that holds the address.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    url_column: Option<String>,
    /// Column that holds who published it.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    outlet_column: Option<String>,
    /// Column that holds the authors.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    author_column: Option<String>,
    /// Column that names the row.
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    id_column: Option<String>,
}

impl Inputs {
    /// The doors that open these inputs.
    pub(crate) fn doors(&self) -> Doors {
        let mut doors = pdf_doors();
        doors.options.columns = self.columns();
        doors
    }

    fn columns(&self) -> Columns {
        Columns {
            text: self.text_column.clone(),
            title: self.title_column.clone(),
            date: self.date_column.clone(),
            url: self.url_column.clone(),
            outlet: self.outlet_column.clone(),
            author: self.author_column.clone(),
            id: self.id_column.clone(),
            language: None,
        }
    }

    /// The inputs, and how many names led to none (said already); `Err` where the names contradict one another.
    pub(crate) fn expand(&self) -> Result<(Vec<Input>, usize), Outcome> {
        let mut failed = 0;
        let mut found = Vec::new();
        for input in inputs(&self.paths, self.columns().any()) {
            match input {
                Ok(input) => found.push(input),
                Err(error) => {
                    complain(&error.to_string());
                    failed += 1;
                }
            }
        }
        if found.iter().filter(|input| **input == Input::Source(Source::Stdin)).count() > 1 {
            complain("standard input (-) is named more than once");
            return Err(Outcome::Nothing);
        }
        Ok((found, failed))
    }

    /// What gets the pages of addresses; no connection is opened before one is asked for.
    pub(crate) fn fetch(&self) -> impl FnMut(&str) -> Result<RawPage, String> + Send + use<> {
        let allow_private = self.allow_private;
        let mut fetcher: Option<Fetcher> = None;
        move |url| {
            let options =
                watchkeeper_fetch::Options { allow_private, ..watchkeeper_fetch::Options::default() };
            let fetcher = match &mut fetcher {
                Some(fetcher) => fetcher,
                None => fetcher.insert(Fetcher::new(options).map_err(|error| error.to_string())?),
            };
            match fetcher.get(url, None).map_err(|error| error.to_string())? {
                Fetched::Page(page) => Ok(*page),
                Fetched::NotModified(_) => Err("the host says that nothing has changed".to_owned()),
            }
        }
    }

    /// How one document is read.
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions {
            published: self.published,
            size_max: self.size_max as usize * 1_000_000,
            words_max: self.words_max as usize,
        }
    }
}

/// Doors that read PDFs through a child process of this program.
pub(crate) fn pdf_doors() -> Doors {
    let mut doors = Doors::default();
    doors.options.pdf = std::env::current_exe()
        .ok()
        .map(|program| PdfReader { program, arguments: vec![PDF_COMMAND.to_owned()] });
    doors
}

fn day(text: &str) -> Result<Date, NotADate> {
    text.parse()
}

/// The engine that reads.
#[derive(Args)]
pub(crate) struct EngineArguments {
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
}

impl EngineArguments {
    /// Opens the engine; what stops it is said.
    pub(crate) fn open(&self) -> Result<Engine, Outcome> {
        let options = EngineOptions {
            language_model: self.language_model.clone(),
            registry: self.registry.clone(),
            gazetteer_extra: self.gazetteer_extra.clone(),
            deep: self.deep,
            ..EngineOptions::default()
        };
        Engine::open(&options).map_err(|error| {
            complain(&error.to_string());
            Outcome::Nothing
        })
    }

    /// How many threads read.
    pub(crate) fn jobs(&self) -> usize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}

/// What became of the documents.
#[derive(Default)]
pub(crate) struct Tally {
    read: BTreeMap<Form, usize>,
    copies: usize,
    texts: BTreeSet<[u8; 16]>,
    foreign: BTreeMap<String, usize>,
    failed: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Counts a document that was read.
    pub(crate) fn read(&mut self, read: &Read) {
        *self.read.entry(read.page.form).or_default() += 1;
        if !matches!(read.article.language.as_str(), "en" | "und") {
            *self.foreign.entry(read.article.language.clone()).or_default() += 1;
        }
        // Few bytes each, however many documents: digests, not texts.
        if !self.texts.insert(watchkeeper_pipeline::text_digest(&read.article.text)) {
            self.copies += 1;
        }
    }

    /// Counts what wasn't read.
    pub(crate) fn failed(&mut self, failure: &Failure) {
        *self.failed.entry(failure.code).or_default() += 1;
    }

    /// Counts a name that led to no input.
    pub(crate) fn unfound(&mut self, count: usize) {
        if count > 0 {
            *self.failed.entry("not-found").or_default() += count;
        }
    }

    /// Number of documents read.
    pub(crate) fn count(&self) -> usize {
        self.read.values().sum()
    }

    /// Number of those that weren't.
    pub(crate) fn failures(&self) -> usize {
        self.failed.values().sum()
    }

    /// One line for each kind of outcome that there was.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.count() > 0 {
            let forms = self.read.iter().map(|(form, count)| format!("{count} {}", form.word()));
            lines.push(format!("{} read: {}", self.count(), forms.collect::<Vec<_>>().join(", ")));
        }
        if self.copies > 0 {
            let word = if self.copies == 1 { "is a duplicate" } else { "are duplicates" };
            lines.push(format!("{} of them {word} (the same text as one before)", self.copies));
        }
        let foreign: usize = self.foreign.values().sum();
        if foreign > 0 {
            let tongues = self.foreign.iter().map(|(language, count)| format!("{count} {language}"));
            lines.push(format!(
                "{foreign} of them not English, kept but not read for events: {}",
                tongues.collect::<Vec<_>>().join(", ")
            ));
        }
        if self.failures() > 0 {
            let reasons = self.failed.iter().map(|(code, count)| format!("{count} {code}"));
            lines.push(format!(
                "{} could not be read: {}",
                self.failures(),
                reasons.collect::<Vec<_>>().join(", ")
            ));
        }
        lines
    }

    /// How a run ends that read these.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.count(), self.failures()) {
            (_, 0) => Outcome::Complete,
            (0, _) => Outcome::Nothing,
            _ => Outcome::Partial,
        }
    }
}

/// A bar where a terminal shows it and there is something to wait for.
pub(crate) fn progress(inputs: &[Input]) -> ProgressBar {
    let containers = inputs.iter().any(|input| match input {
        Input::Source(Source::File(path)) => is_container(path),
        _ => true,
    });
    if !std::io::stderr().is_terminal() || inputs.len() < 20 && !containers {
        return ProgressBar::hidden();
    }
    // How many documents an archive or a stream holds is known at its end.
    let (bar, template) = if containers {
        (ProgressBar::new_spinner(), "{spinner} {pos} documents, {per_sec}")
    } else {
        (ProgressBar::new(inputs.len() as u64), "{bar:30} {pos}/{len} documents, {per_sec}, {eta} left")
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A bar for work whose steps are told by name, where a terminal shows it.
pub(crate) fn steps() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "{bar:30} {pos}/{len} {msg}, {per_sec}, {eta} left";
    ProgressBar::new(0)
        .with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Whether a file may hold many documents, by its ending: for the progress bar alone.
fn is_container(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    ["zip", "warc", "gz", "zst", "bz2", "xz", "mbox", "csv", "tsv", "jsonl", "json"]
        .contains(&ending.as_str())
}
