//! WARC (ISO 28500), streamed record by record.
//!
//! Pages are responses, resources and conversions; requests, metadata and revisits are counted. A record that is cut, too long or
//! lies about its length is refused and reading goes on at the next line that opens a record.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use watchkeeper_record::Moment;
use watchkeeper_record::page::{Exchange, Form};

use crate::budget::Made;
use crate::error::Error;
use crate::sniff::{Kind, sniff};
use crate::stream::{PEEK, Stream};
use crate::unpack;
use crate::walk::{Flow, Place, Walk};

/// Records that may lie about their length before the rest is given up: each costs going back over what it swallowed.
const LIES: u32 = 20;
/// Codings that may be laid over one another in one answer.
const CODINGS: usize = 3;

impl Walk<'_> {
    pub(crate) fn warc(&mut self, place: Place, mut stream: Stream<'_>, depth: u32) -> Flow {
        let mut number = 0u64;
        let mut lost = false;
        let mut lies = 0;
        loop {
            if self.budget.check().is_err() {
                return ControlFlow::Continue(());
            }
            match head(&mut stream, self.limits.head_bytes) {
                Ok(Opening::End) => {
                    if number == 0 {
                        return self.refuse(&place, Some(Kind::Warc), Error::Empty);
                    }
                    return ControlFlow::Continue(());
                }
                Ok(Opening::Noise) => {
                    // What isn't a record is told once, up to the next record.
                    if !lost {
                        lost = true;
                        let record = place.record(number.max(1));
                        self.refuse(
                            &record,
                            Some(Kind::Warc),
                            Error::damaged("bytes that belong to no record follow it"),
                        )?;
                    }
                }
                Ok(Opening::Record(fields)) => {
                    lost = false;
                    number += 1;
                    if let Err(error) = self.record(&place, number, &fields, &mut stream, depth)? {
                        self.refuse(&place.record(number), Some(Kind::Warc), error)?;
                        lost = true;
                        lies += 1;
                        if lies > LIES {
                            let reason = Error::TooMany { what: "damaged records", limit: u64::from(LIES) };
                            return self.refuse(&place, Some(Kind::Warc), reason);
                        }
                    }
                }
                Err(error) => {
                    let error = Error::from(error);
                    let stop = error.ends_stream() || self.budget.check().is_err();
                    number += 1;
                    self.refuse(&place.record(number), Some(Kind::Warc), error)?;
                    if stop || stream.is_over() {
                        return ControlFlow::Continue(());
                    }
                    lost = true;
                }
            }
        }
    }

    /// Reads one record's block. The inner error has to be told by the caller.
    fn record(
        &mut self,
        place: &Place,
        number: u64,
        fields: &[(String, String)],
        stream: &mut Stream<'_>,
        depth: u32,
    ) -> ControlFlow<(), Result<(), Error>> {
        let field =
            |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let Some(length) = field("content-length").and_then(|length| length.trim().parse::<u64>().ok())
        else {
            return ControlFlow::Continue(Err(Error::damaged("the record doesn't say how long it is")));
        };
        let kind = field("warc-type").unwrap_or_default().to_ascii_lowercase();
        if !matches!(kind.as_str(), "response" | "resource" | "conversion") {
            self.skip(&format!(
                "{} record",
                if kind.is_empty() || kind.len() > 20 { "unknown" } else { &kind }
            ))?;
            return ControlFlow::Continue(pass(stream, length).map_err(Error::from));
        }
        let limit = self.limits.page_bytes + self.limits.head_bytes;
        if length > limit {
            let passed = pass(stream, length);
            let error = passed.map_or_else(Error::from, |()| Error::TooLarge { what: "record", limit });
            return ControlFlow::Continue(Err(error));
        }
        let mut block = Vec::new();
        let ended = stream.by_ref().take(length).read_to_end(&mut block);
        if let Err(error) = ended {
            return ControlFlow::Continue(Err(error.into()));
        }
        if (block.len() as u64) < length {
            // Its length may lie: records that it swallowed are given back.
            if let Some(at) = memchr::memmem::find(&block, b"\r\n\r\nWARC/1.") {
                stream.push_back(&block[at + 4..]);
                return ControlFlow::Continue(Err(Error::damaged(
                    "the record's length reaches over other records",
                )));
            }
            return ControlFlow::Continue(Err(Error::damaged("the record ends before its end")));
        }
        if !closed(stream) {
            let swallowed = memchr::memmem::find(&block, b"\r\n\r\nWARC/1.");
            if let Some(at) = swallowed {
                stream.push_back(&block[at + 4..]);
            }
            return ControlFlow::Continue(Err(Error::damaged("the record's length is not its length")));
        }
        let url = field("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned());
        let mut record = place.record(number);
        record.lenient = true;
        record.fetched = field("warc-date").and_then(|date| date.parse::<Moment>().ok());
        record.told.url = url.clone();
        let http = kind == "response" && block.starts_with(b"HTTP/");
        if !http {
            if kind == "response" && !url.as_deref().is_some_and(|url| url.starts_with("http")) {
                self.skip("response of another protocol")?;
                return ControlFlow::Continue(Ok(()));
            }
            let content = field("content-type").unwrap_or_default().to_ascii_lowercase();
            self.payload(record, &content, block, depth)?;
            return ControlFlow::Continue(Ok(()));
        }
        self.response(record, url.unwrap_or_default(), &block, depth).map_continue(Ok)
    }

    /// An HTTP answer.
    fn response(&mut self, mut record: Place, url: String, block: &[u8], depth: u32) -> Flow {
        let Some((status, headers, body)) = answer(block, self.limits.head_bytes) else {
            return self.refuse(&record, Some(Kind::Warc), Error::damaged("the head of the answer"));
        };
        if !(200..300).contains(&status) || matches!(status, 204..=206) {
            return self.skip(&format!("answer of status {status}"));
        }
        let exchange = Exchange { url, status, redirects: Vec::new(), headers };
        let limit = self.limits.page_bytes;
        let chunked = exchange
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        let body = if chunked { unchunked(body) } else { body.into() };
        let codings: Vec<String> = exchange
            .headers
            .iter()
            .filter(|(name, _)| name == "content-encoding")
            .flat_map(|(_, value)| value.split(',').map(|coding| coding.trim().to_ascii_lowercase()))
            .filter(|coding| !coding.is_empty() && coding != "identity")
            .collect();
        if codings.len() > CODINGS {
            return self.refuse(
                &record,
                Some(Kind::Warc),
                Error::TooMany { what: "content codings", limit: CODINGS as u64 },
            );
        }
        let content = exchange.header("content-type").unwrap_or_default().to_ascii_lowercase();
        record.http = Some(exchange);
        let mut bytes = body.into_owned();
        for coding in codings.iter().rev() {
            let packed = std::mem::take(&mut bytes);
            let Some(inner) = unpack::decoded(coding, Stream::new(packed.as_slice()), &self.budget) else {
                let reason =
                    Error::Unsupported(format!("the content coding `{}`", crate::told::one_line(coding, 40)));
                return self.refuse(&record, Some(Kind::Warc), reason);
            };
            let made = Made { inner, budget: Rc::clone(&self.budget) };
            match Stream::new(made).whole("page", limit) {
                Ok(unpacked) => bytes = unpacked,
                Err(error) => return self.refuse(&record, Some(Kind::Warc), error),
            }
        }
        self.payload(record, &content, bytes, depth)
    }

    /// A page's bytes; what isn't text to read is counted, for a crawl holds much of it.
    fn payload(&mut self, record: Place, content: &str, bytes: Vec<u8>, depth: u32) -> Flow {
        if bytes.len() as u64 > self.limits.page_bytes {
            let limit = self.limits.page_bytes;
            return self.refuse(&record, Some(Kind::Warc), Error::TooLarge { what: "page", limit });
        }
        let machine =
            ["css", "javascript", "ecmascript", "json", "image/", "font", "audio/", "video/", "warc-fields"]
                .iter()
                .any(|part| content.contains(part));
        let kind = sniff(&bytes[..bytes.len().min(PEEK)], None);
        match kind {
            Kind::Empty => self.skip("empty answer"),
            _ if machine && kind != Kind::Feed => self.skip("style, script, data or picture"),
            Kind::Text | Kind::Table(_) | Kind::Message | Kind::Mbox if content.contains("html") => {
                let page = record.page(Form::Html, bytes);
                self.page(page, Vec::new())
            }
            Kind::Table(_) | Kind::Message | Kind::Mbox => {
                let page = record.page(Form::Text, bytes);
                self.page(page, Vec::new())
            }
            Kind::Html
            | Kind::Text
            | Kind::Markdown
            | Kind::Pdf
            | Kind::Feed
            | Kind::Zip
            | Kind::Other(_) => self.open(record, Stream::new(bytes.as_slice()), depth),
            _ => self.skip(&format!("{} answer", kind.word())),
        }
    }
}

/// Fields of a head, names in lower case.
type Fields = Vec<(String, String)>;

/// What stands where a record may open.
enum Opening {
    Record(Fields),
    Noise,
    End,
}

/// Reads a record's head, or one line that is none.
fn head(stream: &mut Stream<'_>, limit: u64) -> io::Result<Opening> {
    let mut line = Vec::new();
    loop {
        if stream.line(&mut line, 4096)? == 0 {
            return Ok(Opening::End);
        }
        if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
            break;
        }
    }
    if !line.starts_with(b"WARC/") {
        return Ok(Opening::Noise);
    }
    fields(stream, limit).map(Opening::Record)
}

/// Reads fields up to an empty line, names in lower case; folded lines are joined.
fn fields(stream: &mut impl Lines, limit: u64) -> io::Result<Fields> {
    let (mut fields, mut line, mut total) = (Fields::new(), Vec::new(), 0u64);
    loop {
        let length = stream.next_line(&mut line, 64 * 1024)?;
        total += length;
        if total > limit {
            return Err(Error::TooLarge { what: "head of the record", limit }.into());
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if text.is_empty() {
            return Ok(fields);
        }
        if text.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(text.trim());
            }
        } else if let Some((name, value)) = text.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

/// Whatever gives lines.
trait Lines {
    fn next_line(&mut self, line: &mut Vec<u8>, limit: u64) -> io::Result<u64>;
}

impl Lines for Stream<'_> {
    fn next_line(&mut self, line: &mut Vec<u8>, limit: u64) -> io::Result<u64> {
        self.line(line, limit)
    }
}

impl Lines for &[u8] {
    fn next_line(&mut self, line: &mut Vec<u8>, limit: u64) -> io::Result<u64> {
        line.clear();
        let used = memchr::memchr(b'\n', self).map_or(self.len(), |at| at + 1);
        let kept = used.min(usize::try_from(limit).unwrap_or(usize::MAX));
        line.extend_from_slice(&self[..kept]);
        *self = &self[used..];
        Ok(used as u64)
    }
}

/// Passes over a block, but never over a line that opens another record after an empty one: its length may lie.
fn pass(stream: &mut Stream<'_>, length: u64) -> io::Result<()> {
    let mark = b"\r\n\r\nWARC/1.";
    let mut left = length;
    while left > 0 {
        let ahead = stream.peek(PEEK);
        if ahead.is_empty() {
            return match stream.fault() {
                Some(fault) => Err(fault.into()),
                None => Err(Error::damaged("the record ends before its end").into()),
            };
        }
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(ahead.len());
        if let Some(at) = memchr::memmem::find(&ahead[..here], mark) {
            stream.consume(at + 4);
            return Err(Error::damaged("the record's length reaches over other records").into());
        }
        // The mark may lie across the end of what is seen.
        let used = if here == ahead.len() && ahead.len() > mark.len() { here - mark.len() + 1 } else { here };
        stream.consume(used);
        left -= used as u64;
    }
    Ok(())
}

/// Whether a block is followed by what has to follow: empty lines, then a record or the end.
fn closed(stream: &mut Stream<'_>) -> bool {
    let ahead = stream.peek(16);
    let rest = ahead.trim_ascii_start();
    // Two line ends close a block whatever comes then.
    ahead.starts_with(b"\r\n\r\n") || rest.is_empty() || rest.starts_with(&b"WARC/"[..rest.len().min(5)])
}

/// Status, headers and body of an HTTP answer.
fn answer(block: &[u8], limit: u64) -> Option<(u16, Fields, &[u8])> {
    let mut rest = block;
    let mut line = Vec::new();
    rest.next_line(&mut line, 4096).ok()?;
    let status = String::from_utf8_lossy(&line).split_ascii_whitespace().nth(1)?.parse().ok()?;
    let headers = fields(&mut rest, limit).ok()?;
    Some((status, headers, rest))
}

/// Undoes chunks (RFC 9112 §7.1); a body that isn't chunked, as many crawlers store it, stays as it is.
fn unchunked(body: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let (mut rest, mut joined, mut line) = (body, Vec::new(), Vec::new());
    loop {
        if rest.next_line(&mut line, 1024).is_err() || line.is_empty() {
            break;
        }
        let size = String::from_utf8_lossy(&line);
        let size = size.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(size, 16) else {
            if joined.is_empty() {
                return body.into();
            }
            break;
        };
        if size == 0 {
            break;
        }
        let here = size.min(rest.len());
        joined.extend_from_slice(&rest[..here]);
        rest = &rest[here..];
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        if rest.is_empty() {
            break;
        }
    }
    joined.into()
}
