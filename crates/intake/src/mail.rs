//! Mail: one message (RFC 5322, MIME) or a mailbox (mbox) of them.
//!
//! Heads are read by `mail-parser`; the tree of parts is walked here, so that depth and number of parts are ours to limit.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Address, Message, MessageParser, MimeHeaders};
use watchkeeper_record::Diagnostic;
use watchkeeper_record::article::Date;
use watchkeeper_record::page::{Body, Form, Told};

use crate::error::Error;
use crate::limits::Limits;
use crate::sniff::{Kind, is_postmark};
use crate::source::{ExpandOptions, is_data};
use crate::stream::Stream;
use crate::told::one_line;
use crate::walk::{Flow, Place, Walk};

/// Plain text shorter than this beside HTML is a stub ("view in browser"), characters.
const STUB: usize = 200;

impl Walk<'_> {
    /// One message and what is attached to it.
    pub(crate) fn message(&mut self, place: Place, mut stream: Stream<'_>, depth: u32) -> Flow {
        match stream.whole("message", self.limits.page_bytes) {
            Ok(bytes) => self.mail(place, bytes, depth),
            Err(error) => self.refuse(&place, Some(Kind::Message), error),
        }
    }

    fn mail(&mut self, mut place: Place, bytes: Vec<u8>, depth: u32) -> Flow {
        let mut parts = Parts::new(self.limits);
        let head = match parts.walk(&bytes, 0, None) {
            Ok(head) => head,
            Err(error) => return self.refuse(&place, Some(Kind::Message), error),
        };
        let mut remarks = Vec::new();
        if parts.cut {
            let message = format!(
                "the mail has more than {} parts or nests deeper than {}; the rest isn't read",
                self.limits.mail_parts, self.limits.mail_depth
            );
            remarks.push(Diagnostic::document("mail-parts-cut", message));
        }
        let body = parts.body();
        let attached: Vec<(String, Vec<u8>, bool)> = parts
            .leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| leaf.attached)
            .map(|(number, leaf)| {
                let name = leaf.name.clone().unwrap_or_else(|| format!("part-{}", number + 1));
                (name, leaf.decoded().into_owned(), leaf.kind.starts_with("message/"))
            })
            .collect();
        if let Some(head) = head {
            tell(&head, &mut place.told);
        }
        let outer = Place { origin: place.origin.clone(), lenient: true, ..Place::default() };
        if let Some((body, charset)) = body {
            place.told.charset = charset;
            let mut page = place.page(Form::Message, bytes);
            page.body = Some(body);
            self.page(page, remarks)?;
        } else if attached.is_empty() {
            return self.refuse(&place, Some(Kind::Message), Error::NoText);
        }
        let tables = self.options.columns.any();
        for (name, bytes, nested) in attached {
            if nested {
                let member = outer.member(&name);
                if depth >= self.limits.depth {
                    let reason = Error::TooDeep { limit: self.limits.depth };
                    self.refuse(&member, Some(Kind::Message), reason)?;
                } else {
                    self.mail(member, bytes, depth + 1)?;
                }
                continue;
            }
            if is_data(Path::new(&name), ExpandOptions { tables }) {
                self.skip("attachment that holds data or code")?;
                continue;
            }
            if bytes.is_empty() {
                self.skip("empty attachment")?;
                continue;
            }
            self.open(outer.member(&name), Stream::new(bytes.as_slice()), depth)?;
        }
        ControlFlow::Continue(())
    }

    /// A mailbox: messages after lines `From sender date` (RFC 4155); `>From ` is undone.
    pub(crate) fn mailbox(&mut self, place: Place, mut stream: Stream<'_>, depth: u32) -> Flow {
        let limit = self.limits.page_bytes;
        let (mut line, mut message, mut number) = (Vec::new(), Vec::<u8>::new(), 0u64);
        let (mut over, mut blank) = (false, true);
        loop {
            let room = limit.saturating_sub(message.len() as u64).max(4096);
            let length = match stream.line(&mut line, room) {
                Ok(length) => length,
                Err(error) => {
                    let error = Error::from(error);
                    let going_on = matches!(error, Error::Damaged(_)) && self.budget.check().is_ok();
                    self.refuse(&place, Some(Kind::Mbox), error)?;
                    if going_on && !stream.is_over() {
                        continue;
                    }
                    0
                }
            };
            let ended = length == 0;
            let divides = blank
                && line.starts_with(b"From ")
                && is_postmark(&String::from_utf8_lossy(&line[..line.len().min(300)]));
            if ended || divides {
                if number > 0 {
                    let record = place.record(number);
                    if over {
                        self.refuse(
                            &record,
                            Some(Kind::Message),
                            Error::TooLarge { what: "message", limit },
                        )?;
                    } else if message.iter().any(|byte| !byte.is_ascii_whitespace()) {
                        self.mail(record, std::mem::take(&mut message), depth)?;
                    }
                }
                if ended {
                    return ControlFlow::Continue(());
                }
                number += 1;
                message.clear();
                over = false;
                continue;
            }
            blank = line.iter().all(u8::is_ascii_whitespace);
            over |= message.len() as u64 + length > limit;
            if !over {
                let quoted = line.iter().take_while(|byte| **byte == b'>').count();
                let unquoted = quoted > 0 && line[quoted..].starts_with(b"From ");
                message.extend_from_slice(&line[usize::from(unquoted)..]);
            }
        }
    }
}

/// One part that holds no others.
struct Leaf<'m> {
    kind: String,
    charset: Option<String>,
    name: Option<String>,
    attached: bool,
    flowed: bool,
    coding: String,
    bytes: &'m [u8],
}

impl Leaf<'_> {
    /// The bytes with the transfer coding undone; as they are where that fails.
    fn decoded(&self) -> Cow<'_, [u8]> {
        let decoded = match self.coding.as_str() {
            "base64" => base64_decode(self.bytes),
            "quoted-printable" => quoted_printable_decode(self.bytes),
            _ => None,
        };
        decoded.map_or(Cow::Borrowed(self.bytes), Cow::Owned)
    }
}

/// The walk over a message's parts.
struct Parts<'m, 'l> {
    limits: &'l Limits,
    leaves: Vec<Leaf<'m>>,
    count: u32,
    cut: bool,
}

impl<'m, 'l> Parts<'m, 'l> {
    fn new(limits: &'l Limits) -> Self {
        Self { limits, leaves: Vec::new(), count: 0, cut: false }
    }

    /// Reads one part and those in it, `depth` multiparts down. Gives its head.
    fn walk(
        &mut self,
        bytes: &'m [u8],
        depth: u32,
        within: Option<&str>,
    ) -> Result<Option<Message<'m>>, Error> {
        self.count += 1;
        let (head, body) = divide(bytes);
        if head.len() as u64 > self.limits.head_bytes {
            if depth == 0 {
                return Err(Error::TooLarge { what: "mail's head", limit: self.limits.head_bytes });
            }
            self.cut = true;
            return Ok(None);
        }
        let message = MessageParser::default().parse_headers(head);
        let part = message.as_ref().map(|message| message.root_part());
        let content = part.and_then(|part| part.content_type());
        let implied = if within == Some("digest") { "message/rfc822" } else { "text/plain" };
        let kind = content.map_or(implied.to_owned(), |content| {
            format!("{}/{}", content.ctype(), content.subtype().unwrap_or_default()).to_ascii_lowercase()
        });
        let boundary = content.and_then(|content| content.attribute("boundary"));
        if let (Some(subtype), Some(boundary)) = (kind.strip_prefix("multipart/"), boundary) {
            if depth >= self.limits.mail_depth {
                self.cut = true;
                return Ok(message);
            }
            let divided = Divided { rest: body, boundary: boundary.as_bytes(), begun: false };
            for inner in divided {
                if self.count >= self.limits.mail_parts {
                    self.cut = true;
                    break;
                }
                self.walk(inner, depth + 1, Some(subtype))?;
            }
            return Ok(message);
        }
        let disposition = part.and_then(|part| part.content_disposition());
        let name = part.and_then(|part| part.attachment_name()).map(|name| one_line(name, 200));
        let text = matches!(kind.as_str(), "text/plain" | "text/html");
        let attachment =
            disposition.is_some_and(|disposition| disposition.ctype().eq_ignore_ascii_case("attachment"));
        // Signatures, calendars, receipts and the like are neither text nor documents.
        let machine = [
            "text/calendar",
            "text/vcard",
            "text/x-vcard",
            "text/css",
            "text/rfc822-headers",
            "text/x-amp-html",
        ]
        .contains(&kind.as_str())
            || kind.starts_with("application/pgp")
            || kind.contains("pkcs7")
            || kind == "application/ms-tnef"
            || kind == "message/delivery-status"
            || kind == "message/disposition-notification"
            || kind.starts_with("image/")
            || kind.starts_with("audio/")
            || kind.starts_with("video/");
        if !machine {
            let coding = part.and_then(|part| part.content_transfer_encoding()).unwrap_or_default();
            let attribute =
                |name: &str| content.and_then(|content| content.attribute(name)).map(str::to_ascii_lowercase);
            let nested = kind.starts_with("message/");
            self.leaves.push(Leaf {
                charset: attribute("charset"),
                flowed: attribute("format").as_deref() == Some("flowed"),
                name: if nested {
                    Some(name.unwrap_or_else(|| format!("message-{}", self.count)))
                } else {
                    name.clone()
                },
                attached: attachment || !text || (name_of(part).is_some() && depth > 0),
                coding: coding.trim().to_ascii_lowercase(),
                bytes: body,
                kind,
            });
        }
        Ok(message)
    }

    /// The text to read: the plain parts, unless they are a stub beside HTML. With the charset of an HTML part.
    fn body(&self) -> Option<(Body, Option<String>)> {
        let shown = || self.leaves.iter().filter(|leaf| !leaf.attached);
        let mut plain = String::new();
        for leaf in shown().filter(|leaf| leaf.kind == "text/plain") {
            let text = decode(&leaf.decoded(), leaf.charset.as_deref());
            let text = if leaf.flowed { unflow(&text) } else { text };
            if !text.trim().is_empty() {
                if !plain.is_empty() {
                    plain.push_str("\n\n");
                }
                plain.push_str(text.trim_end());
            }
        }
        let html =
            shown().find(|leaf| leaf.kind == "text/html").map(|leaf| (leaf.decoded(), leaf.charset.clone()));
        let html = html.filter(|(bytes, _)| bytes.iter().any(|byte| !byte.is_ascii_whitespace()));
        let by = "mail-part 1".to_owned();
        if plain.chars().take(STUB).count() >= STUB || html.is_none() {
            let body = Body { form: Form::Text, bytes: plain.into_bytes(), by };
            return (!body.bytes.is_empty()).then_some((body, None));
        }
        html.map(|(bytes, charset)| (Body { form: Form::Html, bytes: bytes.into_owned(), by }, charset))
    }
}

fn name_of<'a>(part: Option<&'a mail_parser::MessagePart<'_>>) -> Option<&'a str> {
    part.and_then(|part| part.attachment_name())
}

/// Head and body, divided at the first empty line.
fn divide(bytes: &[u8]) -> (&[u8], &[u8]) {
    if bytes.starts_with(b"\r\n") || bytes.starts_with(b"\n") {
        return (&[], bytes.trim_ascii_start());
    }
    let mut at = 0;
    for newline in memchr::memchr_iter(b'\n', bytes) {
        let line = &bytes[at..newline];
        if line.is_empty() || line == b"\r" {
            return (&bytes[..newline + 1], &bytes[newline + 1..]);
        }
        at = newline + 1;
    }
    (bytes, &[])
}

/// The parts between a boundary's lines (RFC 2046 §5.1.1).
struct Divided<'m, 'b> {
    rest: &'m [u8],
    boundary: &'b [u8],
    begun: bool,
}

impl<'m> Divided<'m, '_> {
    /// The next boundary line: where it begins, where the next line does, whether it is the last.
    fn next_line(&self) -> Option<(usize, usize, bool)> {
        let needle = [b"--", self.boundary].concat();
        memchr::memmem::find_iter(self.rest, &needle).find_map(|at| {
            if at > 0 && self.rest[at - 1] != b'\n' {
                return None;
            }
            let after = &self.rest[at + needle.len()..];
            let end = memchr::memchr(b'\n', after).map_or(after.len(), |newline| newline + 1);
            let tail = after[..end].trim_ascii();
            (tail.is_empty() || tail == b"--").then_some((at, at + needle.len() + end, !tail.is_empty()))
        })
    }
}

impl<'m> Iterator for Divided<'m, '_> {
    type Item = &'m [u8];
    fn next(&mut self) -> Option<&'m [u8]> {
        if !self.begun {
            self.begun = true;
            let (_, after, last) = self.next_line()?;
            self.rest = if last { &[] } else { &self.rest[after..] };
        }
        if self.rest.is_empty() {
            return None;
        }
        let (part, rest) = match self.next_line() {
            Some((at, after, last)) => (&self.rest[..at], if last { &[][..] } else { &self.rest[after..] }),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        let part = part.strip_suffix(b"\n").unwrap_or(part);
        Some(part.strip_suffix(b"\r").unwrap_or(part))
    }
}

/// Text of a charset by its label; UTF-8 where it is, else Windows-1252, for one that is missing, unknown or plainly wrong.
fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let named = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    match named {
        Some(encoding) if encoding != encoding_rs::UTF_8 => encoding.decode(bytes).0.into_owned(),
        _ => plain(bytes),
    }
}

/// UTF-8 where it is, else Windows-1252.
pub(crate) fn plain(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Joins the soft line ends of `format=flowed` (RFC 3676).
fn unflow(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        joined.push_str(line);
        if !line.ends_with(' ') || line == "-- " {
            joined.push('\n');
        }
    }
    joined
}

/// What a message's head says. The sender counts as outlet only where the mail says that it goes to a list: else it may be whoever
/// forwarded a report.
fn tell(head: &Message<'_>, told: &mut Told) {
    if let Some(subject) = head.subject() {
        let mut subject = one_line(subject, 500);
        while let Some((prefix, rest)) = subject.split_once(':') {
            if !["re", "fw", "fwd", "aw", "wg", "tr", "rv"]
                .contains(&prefix.trim().to_ascii_lowercase().as_str())
            {
                break;
            }
            subject = rest.trim().to_owned();
        }
        told.title = Some(subject).filter(|subject| !subject.is_empty());
    }
    if let Some(date) = head.date() {
        told.published = Date::new(i32::from(date.year), u32::from(date.month), u32::from(date.day));
    }
    let bulk = ["List-Id", "List-Unsubscribe"].iter().any(|name| head.header_raw(*name).is_some());
    if bulk && let Some(Address::List(senders)) = head.from() {
        let name = senders.first().and_then(|sender| sender.name.as_deref());
        told.outlet =
            name.map(|name| one_line(name, 200)).filter(|name| !name.is_empty() && !name.contains('@'));
    }
}
