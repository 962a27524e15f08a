//! Inputs: what the user names becomes pages, through the doors and, for addresses, the fetcher.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};
use watchkeeper_intake as intake;
use watchkeeper_record::page::Told;
use watchkeeper_record::{Diagnostic, RawPage};

use crate::error::Failure;

/// One thing that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, standard input, or bytes.
    Source(intake::Source),
    /// An address to be fetched.
    Url(String),
}

impl Input {
    /// How it is named in messages.
    #[must_use]
    pub fn origin(&self) -> String {
        match self {
            Self::Source(source) => source.origin(),
            Self::Url(url) => url.clone(),
        }
    }
}

/// A page with what its door remarks on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The page.
    pub page: RawPage,
    /// Remarks, e.g. on parts that were left out.
    pub remarks: Vec<Diagnostic>,
}

/// A name that leads to no input.
#[derive(Debug)]
pub struct InputError {
    /// The name as given.
    pub name: String,
    /// Why, in one line.
    pub message: String,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for InputError {}

/// Makes inputs of names: `http:` and `https:` addresses, `-` for standard input, files, folders, patterns ([`intake::expand`]).
/// `tables` also takes tables in folders. What can't be expanded stands beside the rest, in the order of the names.
#[must_use]
pub fn inputs(names: &[impl AsRef<Path>], tables: bool) -> Vec<Result<Input, InputError>> {
    let mut all = Vec::new();
    for name in names {
        match name.as_ref().to_str().filter(|name| is_url(name)) {
            Some(url) => all.push(Ok(Input::Url(url.to_owned()))),
            None => all.extend(intake::expand(&[name], intake::ExpandOptions { tables }).into_iter().map(
                |source| {
                    source
                        .map(Input::Source)
                        .map_err(|error| InputError { name: error.name, message: error.message })
                },
            )),
        }
    }
    all
}

fn is_url(name: &str) -> bool {
    let start = name.get(..8).unwrap_or(name).to_ascii_lowercase();
    start.starts_with("http://") || start.starts_with("https://")
}

/// What opens inputs.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// What one source may cost.
    pub limits: intake::Limits,
    /// Columns of tables, the reader of PDFs.
    pub options: intake::Options,
}

/// Gets the page of an address; an error is told in words.
pub type Fetch<'f> = dyn FnMut(&str) -> Result<RawPage, String> + 'f;

/// Opens inputs one after another and hands every page to `sink`, which answers whether to go on. What can't be read is handed over
/// as a [`Failure`], and the rest is read all the same.
pub fn gather(
    inputs: Vec<Input>,
    doors: &Doors,
    fetch: &mut Fetch<'_>,
    sink: &mut dyn FnMut(Result<Gathered, Failure>) -> bool,
) {
    for input in inputs {
        let on = match input {
            Input::Source(source) => open(source, None, doors, fetch, sink),
            Input::Url(url) => got(&url, None, doors, fetch, sink),
        };
        if !on {
            return;
        }
    }
}

/// Opens one source; `from` is the exchange that gave its bytes, where a network did. Whether to go on.
fn open(
    source: intake::Source,
    from: Option<&RawPage>,
    doors: &Doors,
    fetch: &mut Fetch<'_>,
    sink: &mut dyn FnMut(Result<Gathered, Failure>) -> bool,
) -> bool {
    let mut on = true;
    let origin = source.origin();
    intake::read(source, &doors.limits, &doors.options, &mut |outcome| {
        on = match outcome {
            intake::Outcome::Page(mut found) => {
                if let Some(from) = from {
                    found.page.fetched = found.page.fetched.or(from.fetched);
                    if found.page.origin == origin {
                        found.page.http.clone_from(&from.http);
                    }
                }
                sink(Ok(Gathered { page: found.page, remarks: found.remarks }))
            }
            intake::Outcome::Link(link) => got(&link.url, Some(link.told), doors, fetch, sink),
            intake::Outcome::Feed(feed) => items(&feed, sink),
            intake::Outcome::Refused(refusal) => sink(Err(Failure {
                message: refusal.reason.to_string(),
                code: refusal.reason.code(),
                origin: refusal.origin,
            })),
        };
        if on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    on
}

/// Hands over the items of a feed as the feed holds them: what they link to isn't fetched.
fn items(feed: &intake::Feed, sink: &mut dyn FnMut(Result<Gathered, Failure>) -> bool) -> bool {
    let parsed = match watchkeeper_fetch::feed::parse(&feed.bytes, None, None) {
        Ok(parsed) => parsed,
        Err(error) => {
            let (origin, message) = (feed.origin.clone(), error.to_string());
            return sink(Err(Failure { origin, code: "feed", message }));
        }
    };
    let outlet = parsed.title.as_deref();
    for (number, item) in parsed.items.iter().enumerate() {
        let mut page = item.page(&feed.origin, outlet);
        page.origin = format!("{}#{}", feed.origin, number + 1);
        if !sink(Ok(Gathered { page, remarks: Vec::new() })) {
            return false;
        }
    }
    true
}

/// Fetches an address; what comes is opened like a file, whatever it is.
fn got(
    url: &str,
    told: Option<Told>,
    doors: &Doors,
    fetch: &mut Fetch<'_>,
    sink: &mut dyn FnMut(Result<Gathered, Failure>) -> bool,
) -> bool {
    let page = match fetch(url) {
        Ok(page) => page,
        Err(message) => {
            // The failure names the address already.
            let message = message.strip_prefix(&format!("{url}: ")).map_or(message.clone(), str::to_owned);
            return sink(Err(Failure { origin: url.to_owned(), code: "not-fetched", message }));
        }
    };
    let source = intake::Source::Bytes { name: url.to_owned(), bytes: page.bytes.clone() };
    // What a fetched page links to isn't followed: it was not asked for.
    let mut none = |_: &str| Err("addresses inside fetched tables are not followed".to_owned());
    open(source, Some(&page), doors, &mut none, &mut |gathered| {
        sink(gathered.map(|mut gathered| {
            complete(&mut gathered.page.told, &page.told);
            if let Some(told) = &told {
                complete(&mut gathered.page.told, told);
            }
            gathered
        }))
    })
}

/// Fills what a page's own container doesn't say from what the table that named it says.
fn complete(told: &mut Told, from: &Told) {
    let fill = |to: &mut Option<String>, from: &Option<String>| {
        if to.is_none() {
            to.clone_from(from);
        }
    };
    fill(&mut told.title, &from.title);
    fill(&mut told.outlet, &from.outlet);
    fill(&mut told.language, &from.language);
    fill(&mut told.url, &from.url);
    told.published = told.published.or(from.published);
    told.updated = told.updated.or(from.updated);
    if told.authors.is_empty() {
        told.authors.clone_from(&from.authors);
    }
}

/// SHA-256 of a page's bytes, hex: the document's id.
#[must_use]
pub fn page_digest(page: &RawPage) -> String {
    crate::engine::digest(&page.bytes)
}

/// A digest of what a text says, whatever its white space and case: equal for exact duplicates.
#[must_use]
pub fn text_digest(text: &str) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for word in text.split_whitespace() {
        hasher.update(word.to_lowercase().as_bytes());
        hasher.update(b" ");
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize()[..16]);
    digest
}
