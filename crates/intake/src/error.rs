//! Why something wasn't read.

use std::fmt;
use std::io;

use crate::sniff::Kind;

/// One thing that wasn't read. The rest of its source goes on.
#[derive(Debug)]
pub struct Refusal {
    /// Input and place: `day.zip!a.html`, `crawl.warc.gz#17`, `table.csv#31`.
    pub origin: String,
    /// What it looked like; `None` where it couldn't be opened.
    pub kind: Option<Kind>,
    /// Why.
    pub reason: Error,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.reason)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.reason)
    }
}

/// What went wrong with one input, member, record or row. Sizes are bytes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused.
    Io(io::Error),
    /// No bytes, or only white space.
    Empty,
    /// A kind that holds no text to read, in words: `a PNG image`.
    LooksLike(&'static str),
    /// Longer than a limit allows: what, and the limit in bytes.
    TooLarge {
        /// What is too long: `page`, `row`, `record`.
        what: &'static str,
        /// The limit in bytes.
        limit: u64,
    },
    /// More of something than a limit allows.
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// Archives in archives beyond the limit.
    TooDeep {
        /// The limit.
        limit: u32,
    },
    /// Expands far beyond what its size lets expect.
    Expands {
        /// Bytes made so far.
        made: u64,
        /// Bytes read for them.
        read: u64,
    },
    /// So many things in so few bytes that nobody wrote them.
    Crowded {
        /// Things found so far.
        items: u64,
        /// Bytes read for them.
        read: u64,
    },
    /// Ends before its end, or its parts contradict one another: what is wrong.
    Damaged(String),
    /// Locked by a password.
    Encrypted,
    /// A way of packing that isn't read, in words.
    Unsupported(String),
    /// A table has none of the columns looked for.
    NoColumn {
        /// What was looked for: `the text column` or the name given.
        wanted: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A row, mail or document without text.
    NoText,
    /// The child process that reads PDFs was not given, could not start, was ended over a limit, or said no.
    PdfReader(String),
    /// Further refusals of one source that aren't told one by one.
    AndMore(u64),
}

impl Error {
    /// Stable kebab-case word for counting.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "unreadable",
            Self::Empty => "empty",
            Self::LooksLike(_) => "not-text",
            Self::TooLarge { .. } => "too-large",
            Self::TooMany { .. } => "too-many",
            Self::TooDeep { .. } => "too-deep",
            Self::Expands { .. } | Self::Crowded { .. } => "bomb",
            Self::Damaged(_) => "damaged",
            Self::Encrypted => "encrypted",
            Self::Unsupported(_) => "unsupported",
            Self::NoColumn { .. } => "no-column",
            Self::NoText => "no-text",
            Self::PdfReader(_) => "pdf",
            Self::AndMore(_) => "and-more",
        }
    }

    /// Whether going on with the same stream is of no use: it is a bomb, or the disk failed.
    pub(crate) fn ends_stream(&self) -> bool {
        matches!(self, Self::Expands { .. } | Self::Io(_))
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Empty => f.write_str("holds no text"),
            Self::LooksLike(what) => write!(f, "looks like {what}, which isn't read"),
            Self::TooLarge { what, limit } => write!(f, "the {what} is longer than {} MB", megabytes(*limit)),
            Self::TooMany { what, limit } => write!(f, "more than {limit} {what}"),
            Self::TooDeep { limit } => write!(f, "archives inside archives more than {limit} deep"),
            Self::Expands { made, read } => write!(
                f,
                "expands to more than {} MB from {} MB, as bombs do; the rest is not read",
                megabytes(*made),
                megabytes(*read)
            ),
            Self::Crowded { items, read } => write!(
                f,
                "holds more than {items} things in {} MB, as bombs do; the rest is not read",
                megabytes(*read)
            ),
            Self::Damaged(what) => write!(f, "damaged: {what}"),
            Self::Encrypted => f.write_str("locked by a password"),
            Self::Unsupported(what) => write!(f, "{what} is not read"),
            Self::NoColumn { wanted, columns } => {
                let shown: Vec<String> = columns.iter().take(30).map(|name| shortened(name)).collect();
                let more = if columns.len() > shown.len() { ", …" } else { "" };
                write!(f, "has no {wanted}; its columns are: {}{more}", shown.join(", "))?;
                // What is longer or a mere number is a row's, not a column's name.
                let names = |name: &String| name.len() <= NAME_BYTES && name.parse::<f64>().is_err();
                match columns.iter().all(names) {
                    true => Ok(()),
                    false => f.write_str(" (the first row has to name the columns)"),
                }
            }
            Self::NoText => f.write_str("has no text"),
            Self::PdfReader(why) => write!(f, "the PDF's text was not read: {why}"),
            Self::AndMore(count) => write!(f, "{count} more refusals are not told one by one"),
        }
    }
}

/// Longest name of a column, in bytes, that is told whole.
const NAME_BYTES: usize = 60;

/// A column's name, cut where it is long.
fn shortened(name: &str) -> String {
    match name.len() <= NAME_BYTES {
        true => name.to_owned(),
        false => format!("{}…", &name[..name.floor_char_boundary(NAME_BYTES)]),
    }
}

/// Bytes as megabytes with one decimal below ten.
fn megabytes(bytes: u64) -> String {
    if bytes >= 10_000_000 {
        format!("{}", bytes / 1_000_000)
    } else {
        format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    /// Takes our own error back out of where a reader had to wrap it; what a decoder says of its bytes is damage.
    fn from(error: io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<Self>()) {
            let inner = error.into_inner().expect("just seen");
            return *inner.downcast::<Self>().expect("just seen");
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::damaged("it ends before its end"),
            io::ErrorKind::OutOfMemory => Self::damaged("a packing that asks for more memory than its limit"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Io(error),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}
