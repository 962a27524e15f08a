//! What a source may cost, and what the caller wants of it.

use std::path::PathBuf;
use std::time::Duration;

/// What one source may cost. Everything foreign is held against one of these classes: size, ratio, count, depth, time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one page, message, attachment or PDF. Default 50 MB: the largest saved pages and illustrated reports are about
    /// half of that.
    pub page_bytes: u64,
    /// Bytes of one row of a table or one JSON value. Default 10 MB: a long report is below 1 MB.
    pub row_bytes: u64,
    /// Columns of a table. Default 4,096.
    pub columns: usize,
    /// Bytes made by unpacking before the ratio counts. Default 128 MB: more than two of the longest pages, so that no single page
    /// is refused for how well it packs, and about a second's work of the slowest decoder (bzip2, 50 to 100 MB/s).
    pub slack_bytes: u64,
    /// Bytes that may be made for each byte read beyond the slack. Default 50: text packs 3 to 15 times, crawls of pages of one
    /// template 20 to 40; with it, work stays within some seconds for each 10 MB of hostile input.
    pub ratio: u64,
    /// Containers inside one another (compression, zip, mbox, mail, WARC each count one). Default 6: a zipped mailbox with a mail
    /// that holds a zip with a packed page is 5.
    pub depth: u32,
    /// Pages, links, refusals and things passed over of one source before their number is held against its size. Default 10,000.
    pub items: u64,
    /// Bytes that each of them beyond that must have cost in the source, on average. Default 16: a row of a table with a text packs
    /// to more than twice that.
    pub bytes_per_item: u64,
    /// Members of one zip. Default 1,000,000.
    pub members: u64,
    /// Parts of one mail. Default 1,000.
    pub mail_parts: u32,
    /// Multiparts and messages inside one another in one mail. Default 16.
    pub mail_depth: u32,
    /// Bytes of the head of a message, record or HTTP answer. Default 1 MB.
    pub head_bytes: u64,
    /// Bytes of a zip that comes from a stream, kept in an unnamed temporary file beyond 16 MB. Default 4 GB.
    pub spool_bytes: u64,
    /// Refusals of one source that are told one by one; more are counted. Default 1,000.
    pub refusals: u64,
    /// Time for the text of one PDF. Default 4 s.
    pub pdf_time: Duration,
    /// Memory of the child process for one PDF, bytes. Default 256 MB.
    pub pdf_memory: u64,
    /// Pages of one PDF that are read; the rest is said in a remark. Default 2,000.
    pub pdf_pages: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            page_bytes: 50_000_000,
            row_bytes: 10_000_000,
            columns: 4096,
            slack_bytes: 128_000_000,
            ratio: 50,
            depth: 6,
            items: 10_000,
            bytes_per_item: 16,
            members: 1_000_000,
            mail_parts: 1000,
            mail_depth: 16,
            head_bytes: 1_000_000,
            spool_bytes: 4_000_000_000,
            refusals: 1000,
            pdf_time: Duration::from_secs(4),
            pdf_memory: 256_000_000,
            pdf_pages: 2000,
        }
    }
}

/// What the caller wants of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Names of a table's columns.
    pub columns: Columns,
    /// The program that reads PDFs; without it they are refused.
    pub pdf: Option<PdfReader>,
}

/// Names of a table's columns, in any case; what isn't named is guessed from usual names (`text`, `body`, `content` …).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    /// The text, plain or HTML.
    pub text: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The day of publication.
    pub date: Option<String>,
    /// The address.
    pub url: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// The authors.
    pub author: Option<String>,
    /// What replaces the row's number in the origin (`table.csv#id-17`).
    pub id: Option<String>,
    /// The language.
    pub language: Option<String>,
}

impl Columns {
    /// Whether any column was named: then tables in folders are read too.
    #[must_use]
    pub fn any(&self) -> bool {
        self != &Self::default()
    }
}

/// The program that is started for each PDF; it must answer with [`crate::pdf::child_main`] on its standard input and output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfReader {
    /// The program, usually the running one.
    pub program: PathBuf,
    /// Its arguments, usually one hidden command.
    pub arguments: Vec<String>,
}
