//! From a source to its pages: what is found is opened layer by layer.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use watchkeeper_record::page::{Exchange, Form, Told};
use watchkeeper_record::{Diagnostic, Moment, RawPage};

use crate::budget::{Budget, Counted, Made};
use crate::error::{Error, Refusal};
use crate::limits::{Limits, Options};
use crate::sniff::{Kind, sniff};
use crate::source::Source;
use crate::stream::{PEEK, Stream};
use crate::unpack;

/// One thing found in a source.
#[derive(Debug)]
pub enum Outcome {
    /// A page.
    Page(Found),
    /// A feed: its parser lives elsewhere.
    Feed(Feed),
    /// A row that names an address and has no text: whoever has a network may get it.
    Link(Link),
    /// What wasn't read.
    Refused(Refusal),
}

/// A page and the remarks on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The page.
    pub page: RawPage,
    /// What was poor about it: parts left out, running heads dropped, a cut.
    pub remarks: Vec<Diagnostic>,
}

/// The bytes of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// As of a page.
    pub origin: String,
    /// RSS, Atom, JSON Feed or OPML, as it came.
    pub bytes: Vec<u8>,
}

/// An address without a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// As of a page: `table.csv#31`.
    pub origin: String,
    /// The address as it stands there.
    pub url: String,
    /// What the row says of it.
    pub told: Told,
}

/// What reading one source came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Pages given.
    pub pages: u64,
    /// Feeds given.
    pub feeds: u64,
    /// Links given.
    pub links: u64,
    /// Refusals, those not told one by one included.
    pub refused: u64,
    /// What was passed over by its nature (`request record`, `a PNG image`), and how often.
    pub skipped: BTreeMap<String, u64>,
    /// Whether the sink asked to stop.
    pub stopped: bool,
}

/// Reads a source: everything found goes to `sink`, in order, until that says stop. Nothing found is no error: whatever fails is an
/// [`Outcome::Refused`], the file that doesn't open included. Memory is bounded by `limits`.
pub fn read(
    source: Source,
    limits: &Limits,
    options: &Options,
    sink: &mut dyn FnMut(Outcome) -> ControlFlow<()>,
) -> Summary {
    let origin = source.origin();
    let mut walk = Walk {
        limits,
        options,
        budget: Budget::new(limits),
        sink,
        summary: Summary::default(),
        untold: 0,
        given_up: false,
        origin: origin.clone(),
    };
    let flow = match source {
        Source::File(path) => walk.file(&path),
        Source::Stdin => {
            let counted = Counted { inner: std::io::stdin().lock(), budget: Rc::clone(&walk.budget) };
            walk.open(Place::new(origin.clone()), Stream::new(counted), 0)
        }
        Source::Bytes { bytes, .. } => {
            let counted = Counted { inner: bytes.as_slice(), budget: Rc::clone(&walk.budget) };
            walk.open(Place::new(origin.clone()), Stream::new(counted), 0)
        }
    };
    let stopped = flow.is_break() && !walk.given_up;
    if !stopped && walk.untold > 0 {
        let reason = Error::AndMore(walk.untold);
        let _ = (walk.sink)(Outcome::Refused(Refusal { origin, kind: None, reason }));
    }
    walk.summary.stopped = stopped;
    walk.summary
}

/// Where a stream lies and what its containers say of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) origin: String,
    /// The name that may break ties, without endings of compression.
    pub(crate) name: String,
    pub(crate) told: Told,
    pub(crate) fetched: Option<Moment>,
    pub(crate) http: Option<Exchange>,
    /// Whether what holds no text is passed over rather than refused: images of a crawl, pictures in a mail.
    pub(crate) lenient: bool,
}

impl Place {
    pub(crate) fn new(origin: String) -> Self {
        let name = origin.rsplit(['!', '/', '\\']).next().unwrap_or_default().to_owned();
        Self { origin, name, ..Self::default() }
    }

    /// A member of this container.
    pub(crate) fn member(&self, name: &str) -> Self {
        Self { lenient: self.lenient, ..Self::new(format!("{}!{}", self.origin, shown(name))) }
    }

    /// A record or row of this container.
    pub(crate) fn record(&self, number: impl std::fmt::Display) -> Self {
        Self { origin: format!("{}#{number}", self.origin), lenient: self.lenient, ..Self::default() }
    }

    /// Makes the page of bytes at this place.
    pub(crate) fn page(self, form: Form, bytes: Vec<u8>) -> RawPage {
        RawPage {
            fetched: self.fetched,
            http: self.http,
            told: self.told,
            ..RawPage::new(self.origin, form, bytes)
        }
    }
}

/// A member's name as it is shown: no control characters, no way up the tree, at most 200 characters. It is never used as a path.
pub(crate) fn shown(name: &str) -> String {
    let parts: Vec<&str> =
        name.split(['/', '\\']).filter(|part| !part.is_empty() && *part != "." && *part != "..").collect();
    let joined = parts.join("/");
    let clean: String =
        joined.chars().map(|c| if c.is_control() || c == '\u{fffd}' { '_' } else { c }).take(200).collect();
    if clean.is_empty() { "_".to_owned() } else { clean }
}

/// Goes on or stops, as the sink says.
pub(crate) type Flow = ControlFlow<()>;

/// One reading of one source.
pub(crate) struct Walk<'s> {
    pub(crate) limits: &'s Limits,
    pub(crate) options: &'s Options,
    pub(crate) budget: Rc<Budget>,
    sink: &'s mut dyn FnMut(Outcome) -> ControlFlow<()>,
    summary: Summary,
    untold: u64,
    /// Whether the source was left because it is a bomb, not because the sink asked.
    given_up: bool,
    origin: String,
}

impl Walk<'_> {
    fn file(&mut self, path: &Path) -> Flow {
        let place = Place::new(path.display().to_string());
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return self.refuse(&place, None, Error::Io(error)),
        };
        // A zip is read where it lies; everything else, pipes included, as a stream.
        if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            let mut head = [0; 4];
            let zip = file.read_exact(&mut head).is_ok() && sniff(&head, None) == Kind::Zip;
            match file.seek(SeekFrom::Start(0)) {
                Ok(_) if zip => return self.zip(place, std::io::BufReader::new(file), 1, true),
                Ok(_) => {}
                Err(error) => return self.refuse(&place, None, Error::Io(error)),
            }
        }
        let counted = Counted { inner: file, budget: Rc::clone(&self.budget) };
        self.open(place, Stream::new(counted), 0)
    }

    /// Opens a stream `depth` containers deep, whatever it is.
    pub(crate) fn open(&mut self, place: Place, mut stream: Stream<'_>, depth: u32) -> Flow {
        let name = (!place.name.is_empty()).then_some(place.name.as_str());
        let kind = sniff(stream.peek(PEEK), name);
        if let Some(fault) = stream.fault() {
            return self.refuse(&place, None, fault);
        }
        let container = !matches!(
            kind,
            Kind::Empty | Kind::Text | Kind::Markdown | Kind::Html | Kind::Pdf | Kind::Feed | Kind::Other(_)
        );
        if container && depth >= self.limits.depth {
            return self.refuse(&place, Some(kind), Error::TooDeep { limit: self.limits.depth });
        }
        match kind {
            Kind::Empty => self.refuse(&place, Some(kind), Error::Empty),
            Kind::Other(what) if place.lenient => self.skip(what),
            Kind::Other(what) => self.refuse(&place, Some(kind), Error::LooksLike(what)),
            Kind::Text => self.plain(place, Form::Text, kind, stream),
            Kind::Markdown => self.plain(place, Form::Markdown, kind, stream),
            Kind::Html => self.plain(place, Form::Html, kind, stream),
            Kind::Gzip | Kind::Zstd | Kind::Bzip2 | Kind::Xz => self.unpack(place, kind, stream, depth + 1),
            Kind::Feed => match stream.whole("feed", self.limits.page_bytes) {
                Ok(bytes) => {
                    self.summary.feeds += 1;
                    (self.sink)(Outcome::Feed(Feed { origin: place.origin, bytes }))
                }
                Err(error) => self.refuse(&place, Some(kind), error),
            },
            Kind::Zip | Kind::Docx => self.spool_zip(place, stream, depth + 1),
            Kind::Pdf => self.pdf(place, stream),
            Kind::Message => self.message(place, stream, depth + 1),
            Kind::Mbox => self.mailbox(place, stream, depth + 1),
            Kind::Warc => self.warc(place, stream, depth + 1),
            Kind::JsonLines => self.json_lines(place, stream),
            Kind::Json => self.json(place, stream),
            Kind::Table(delimiter) => self.table(place, stream, delimiter),
        }
    }

    /// A page that is its bytes. What a damaged stream gave before the damage is kept, and said.
    fn plain(&mut self, place: Place, form: Form, kind: Kind, mut stream: Stream<'_>) -> Flow {
        let limit = self.limits.page_bytes;
        let mut bytes = Vec::new();
        let ended = (&mut stream).take(limit + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > limit {
            return self.refuse(&place, Some(kind), Error::TooLarge { what: "page", limit });
        }
        let mut remarks = Vec::new();
        if let Err(error) = ended {
            let error = Error::from(error);
            if error.ends_stream() || bytes.is_empty() {
                return self.refuse(&place, Some(kind), error);
            }
            remarks.push(Diagnostic::document("page-cut", format!("{error}; read up to there")));
        }
        self.page(place.page(form, bytes), remarks)
    }

    fn unpack(&mut self, mut place: Place, kind: Kind, stream: Stream<'_>, depth: u32) -> Flow {
        for ending in [".gz", ".zst", ".bz2", ".xz"] {
            if let Some(stem) = place.name.strip_suffix(ending) {
                place.name = stem.to_owned();
                break;
            }
        }
        match unpack::unpacked(kind, stream, &self.budget) {
            Some(inner) => {
                let made = Made { inner, budget: Rc::clone(&self.budget) };
                self.open(place, Stream::new(made), depth)
            }
            None => self.refuse(&place, Some(kind), Error::Unsupported(kind.word().to_owned())),
        }
    }

    /// Enters one thing found; leaves the source where it holds too many for its size.
    pub(crate) fn count(&mut self, place: &Place) -> Flow {
        let Err(reason) = self.budget.add_item() else { return Flow::Continue(()) };
        self.given_up = true;
        self.summary.refused += 1;
        let _ = (self.sink)(Outcome::Refused(Refusal { origin: place.origin.clone(), kind: None, reason }));
        Flow::Break(())
    }

    /// Gives a page.
    pub(crate) fn page(&mut self, page: RawPage, remarks: Vec<Diagnostic>) -> Flow {
        if self.budget.add_item().is_err() {
            return self.count(&Place::new(page.origin));
        }
        self.summary.pages += 1;
        (self.sink)(Outcome::Page(Found { page, remarks }))
    }

    /// Counts what is passed over by its nature.
    pub(crate) fn skip(&mut self, what: &str) -> Flow {
        if self.budget.add_item().is_err() {
            return self.count(&Place::new(self.origin.clone()));
        }
        if let Some(count) = self.summary.skipped.get_mut(what) {
            *count += 1;
        } else {
            self.summary.skipped.insert(what.to_owned(), 1);
        }
        Flow::Continue(())
    }

    /// Gives an address.
    pub(crate) fn link(&mut self, link: Link) -> Flow {
        if self.budget.add_item().is_err() {
            return self.count(&Place::new(link.origin));
        }
        self.summary.links += 1;
        (self.sink)(Outcome::Link(link))
    }

    /// Tells a refusal, or counts it beyond the limit.
    pub(crate) fn refuse(&mut self, place: &Place, kind: Option<Kind>, reason: Error) -> Flow {
        self.count(place)?;
        self.summary.refused += 1;
        if self.summary.refused > self.limits.refusals {
            self.untold += 1;
            return Flow::Continue(());
        }
        // A decoder may have wrapped the overdrawn account in an error of its own.
        let reason = match (reason, self.budget.check()) {
            (Error::Damaged(_), Err(overdrawn)) => overdrawn,
            (reason, _) => reason,
        };
        (self.sink)(Outcome::Refused(Refusal { origin: place.origin.clone(), kind, reason }))
    }
}
