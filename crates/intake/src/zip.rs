//! Zip archives, read by their directory, member by member.
//!
//! Own code rather than a crate, for two reasons: a crate's directory lies in memory whole (a million members make a gigabyte), and
//! members that share bytes, as the bombs of D. Fifield ("A better zip bomb", 2019) do, have to be told. APPNOTE.TXT 6.3.10.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use crate::budget::{Budget, Counted, Made};
use crate::error::Error;
use crate::sniff::Kind;
use crate::source::{ExpandOptions, is_data};
use crate::stream::Stream;
use crate::unpack;
use crate::walk::{Flow, Place, Walk};

/// Members looked at to tell what an archive is.
const LOOK: u64 = 4096;
/// Streams are kept in memory up to this size, then in an unnamed temporary file.
const SPOOL_MEMORY: usize = 16_000_000;

/// One entry of the directory.
struct Entry {
    name: String,
    flags: u16,
    method: u16,
    packed: u64,
    at: u64,
}

/// Where the directory lies.
struct Directory {
    start: u64,
    end: u64,
    /// Bytes before the archive proper, as of one that unpacks itself.
    shift: u64,
}

impl Walk<'_> {
    /// A zip that comes as a stream is kept first: its directory stands at its end.
    pub(crate) fn spool_zip(&mut self, place: Place, mut stream: Stream<'_>, depth: u32) -> Flow {
        let limit = self.limits.spool_bytes;
        let mut spool = tempfile::SpooledTempFile::new(SPOOL_MEMORY);
        let mut kept = 0u64;
        let mut buffer = vec![0; 64 * 1024];
        let copied = loop {
            match stream.read(&mut buffer) {
                Ok(0) => break Ok(()),
                Ok(bytes) => {
                    kept += bytes as u64;
                    if kept > limit {
                        break Err(Error::TooLarge { what: "zip in a stream", limit });
                    }
                    if let Err(error) = spool.write_all(&buffer[..bytes]) {
                        break Err(Error::Io(error));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error.into()),
            }
        };
        match copied {
            Ok(()) => self.zip(place, spool, depth, false),
            Err(error) => self.refuse(&place, Some(Kind::Zip), error),
        }
    }

    /// Reads a zip: a text document as one page, else its members. `outer`: the file itself, whose bytes count as read from outside.
    pub(crate) fn zip(&mut self, place: Place, mut file: impl Read + Seek, depth: u32, outer: bool) -> Flow {
        let directory = match directory(&mut file) {
            Ok(directory) => directory,
            Err(error) => return self.refuse(&place, Some(Kind::Zip), error),
        };
        match office(&mut file, &directory) {
            Ok(Some(Kind::Docx)) => return self.docx(place, &mut file, &directory, outer),
            Ok(Some(Kind::Other(what))) if place.lenient => return self.skip(what),
            Ok(Some(Kind::Other(what))) => {
                return self.refuse(&place, Some(Kind::Other(what)), Error::LooksLike(what));
            }
            Ok(_) => {}
            Err(error) => return self.refuse(&place, Some(Kind::Zip), error),
        }
        let tables = self.options.columns.any();
        let (mut at, mut count) = (directory.start, 0u64);
        let mut taken = BTreeMap::new();
        while at < directory.end {
            let entry = match entry(&mut file, &directory, &mut at) {
                Ok(entry) => entry,
                Err(error) => return self.refuse(&place, Some(Kind::Zip), error),
            };
            count += 1;
            if count > self.limits.members {
                let reason = Error::TooMany { what: "members", limit: self.limits.members };
                return self.refuse(&place, Some(Kind::Zip), reason);
            }
            if entry.name.ends_with(['/', '\\']) {
                continue;
            }
            let hidden =
                |part: &str| (part.starts_with('.') && part != ".." && part != ".") || part == "__MACOSX";
            if entry.name.split(['/', '\\']).any(hidden) {
                self.skip("hidden member")?;
                continue;
            }
            if is_data(Path::new(&entry.name), ExpandOptions { tables }) {
                self.skip("member that holds data or code")?;
                continue;
            }
            let member = place.member(&entry.name);
            match data(&mut file, &directory, &entry, &mut taken) {
                Ok(()) => {
                    let packed = (&mut file).take(entry.packed);
                    let stream = if outer {
                        Stream::new(Counted { inner: packed, budget: Rc::clone(&self.budget) })
                    } else {
                        Stream::new(packed)
                    };
                    match inflated(entry.method, stream, &self.budget) {
                        Ok(inner) => {
                            let made = Made { inner, budget: Rc::clone(&self.budget) };
                            self.open(member, Stream::new(made), depth)?;
                        }
                        Err(error) => self.refuse(&member, None, error)?,
                    }
                }
                Err(error) => self.refuse(&member, None, error)?,
            }
            if self.budget.check().is_err() {
                return ControlFlow::Continue(());
            }
        }
        if count == 0 {
            return self.refuse(&place, Some(Kind::Zip), Error::Empty);
        }
        ControlFlow::Continue(())
    }

    fn docx(
        &mut self,
        place: Place,
        file: &mut (impl Read + Seek),
        directory: &Directory,
        outer: bool,
    ) -> Flow {
        let mut parts = BTreeMap::new();
        let (mut at, mut taken, mut count) = (directory.start, BTreeMap::new(), 0);
        while at < directory.end && count < LOOK {
            count += 1;
            let entry = match entry(file, directory, &mut at) {
                Ok(entry) => entry,
                Err(error) => return self.refuse(&place, Some(Kind::Docx), error),
            };
            if !matches!(entry.name.as_str(), "word/document.xml" | "docProps/core.xml") {
                continue;
            }
            let read = data(file, directory, &entry, &mut taken).and_then(|()| {
                if outer {
                    self.budget.add_read(entry.packed);
                }
                let inner = inflated(entry.method, Stream::new(file.take(entry.packed)), &self.budget)?;
                Stream::new(Made { inner, budget: Rc::clone(&self.budget) })
                    .whole("document", self.limits.page_bytes)
            });
            match read {
                Ok(bytes) => drop(parts.insert(entry.name, bytes)),
                Err(_) if entry.name == "docProps/core.xml" => {}
                Err(error) => return self.refuse(&place, Some(Kind::Docx), error),
            }
        }
        // What is kept is the document itself, as every page's bytes are.
        let kept = file.seek(SeekFrom::Start(0)).map_err(Error::from).and_then(|_| {
            let mut bytes = Vec::new();
            file.take(self.limits.page_bytes + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > self.limits.page_bytes {
                return Err(Error::TooLarge { what: "document", limit: self.limits.page_bytes });
            }
            Ok(bytes)
        });
        match kept {
            Ok(bytes) => {
                let text = parts.remove("word/document.xml").unwrap_or_default();
                self.docx_page(place, bytes, &text, parts.get("docProps/core.xml").map(Vec::as_slice))
            }
            Err(error) => self.refuse(&place, Some(Kind::Docx), error),
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |part| u16::from_le_bytes([part[0], part[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |part| u32::from_le_bytes([part[0], part[1], part[2], part[3]]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Finds the directory by the record at the archive's end (§4.3.14 – 4.3.16).
fn directory(file: &mut (impl Read + Seek)) -> Result<Directory, Error> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail = length.min(66_000);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    let at = memchr::memmem::rfind_iter(&bytes, b"PK\x05\x06")
        .find(|at| bytes.len() >= at + 22 && at + 22 + usize::from(u16_at(&bytes, at + 20)) <= bytes.len())
        .ok_or_else(|| Error::damaged("the zip has no directory at its end; it may be cut short"))?;
    let (mut size, mut start) = (u64::from(u32_at(&bytes, at + 12)), u64::from(u32_at(&bytes, at + 16)));
    let mut end = length - tail + at as u64;
    if at >= 20 && bytes[at - 20..].starts_with(b"PK\x06\x07") {
        let wide = u64_at(&bytes, at - 20 + 8);
        if wide.checked_add(56).is_none_or(|past| past > length) {
            return Err(Error::damaged("the zip's wide directory record lies outside of it"));
        }
        file.seek(SeekFrom::Start(wide))?;
        let mut record = [0; 56];
        file.read_exact(&mut record)?;
        if record.starts_with(b"PK\x06\x06") {
            (size, start, end) = (u64_at(&record, 40), u64_at(&record, 48), wide);
        }
    }
    let shift = start.checked_add(size).and_then(|past| end.checked_sub(past));
    let shift = shift.ok_or_else(|| Error::damaged("the zip's directory lies outside of it"))?;
    Ok(Directory { start: start + shift, end: start + shift + size, shift })
}

/// Reads the entry at `at` and moves on (§4.3.12).
fn entry(file: &mut (impl Read + Seek), directory: &Directory, at: &mut u64) -> Result<Entry, Error> {
    file.seek(SeekFrom::Start(*at))?;
    let mut head = [0; 46];
    file.read_exact(&mut head)?;
    if !head.starts_with(b"PK\x01\x02") {
        return Err(Error::damaged("an entry of the zip's directory"));
    }
    let lengths = [28, 30, 32].map(|at| usize::from(u16_at(&head, at)));
    let mut rest = vec![0; lengths[0] + lengths[1]];
    file.read_exact(&mut rest)?;
    *at += 46 + lengths.iter().sum::<usize>() as u64;
    if *at > directory.end {
        return Err(Error::damaged("the zip's directory runs over its end"));
    }
    let (name, mut extra) = rest.split_at(lengths[0]);
    let mut packed = u64::from(u32_at(&head, 20));
    let mut start = u64::from(u32_at(&head, 42));
    let full = u32_at(&head, 24) == u32::MAX;
    while extra.len() >= 4 {
        let (id, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let field = extra.get(4..4 + size).unwrap_or_default();
        if id == 1 {
            // The wide fields stand in this order, each only where the narrow one is all ones.
            let mut place = if full { 8 } else { 0 };
            if packed == u64::from(u32::MAX) {
                packed = u64_at(field, place);
                place += 8;
            }
            if start == u64::from(u32::MAX) {
                start = u64_at(field, place);
            }
        }
        extra = extra.get(4 + size..).unwrap_or_default();
    }
    let name = match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(name).0.into_owned(),
    };
    Ok(Entry { name, flags: u16_at(&head, 8), method: u16_at(&head, 10), packed, at: start })
}

/// Goes to a member's bytes; `taken` holds the ranges of members so far.
fn data(
    file: &mut (impl Read + Seek),
    directory: &Directory,
    entry: &Entry,
    taken: &mut BTreeMap<u64, u64>,
) -> Result<(), Error> {
    if entry.flags & 1 != 0 {
        return Err(Error::Encrypted);
    }
    let outside = || Error::damaged("the member lies outside of the zip");
    let at = entry.at.checked_add(directory.shift).ok_or_else(outside)?;
    if at.checked_add(30).is_none_or(|past| past > directory.start) {
        return Err(outside());
    }
    file.seek(SeekFrom::Start(at))?;
    let mut head = [0; 30];
    file.read_exact(&mut head)?;
    if !head.starts_with(b"PK\x03\x04") {
        return Err(Error::damaged("the member doesn't begin where the directory says"));
    }
    let start = at + 30 + u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
    let end = start.checked_add(entry.packed).filter(|end| *end <= directory.start).ok_or_else(outside)?;
    let before = taken.range(..end).next_back().map(|(start, end)| (*start, *end));
    if before.is_some_and(|(_, past)| past > at) {
        return Err(Error::damaged("shares its bytes with another member, as bombs do"));
    }
    // Neighbours become one range, so that an ordinary archive needs one.
    match before {
        Some((first, past)) if past == at => drop(taken.insert(first, end)),
        _ => drop(taken.insert(at, end)),
    }
    file.seek(SeekFrom::Start(start))?;
    Ok(())
}

/// Undoes a member's compression (§4.4.5).
fn inflated<'a>(method: u16, stream: Stream<'a>, budget: &Rc<Budget>) -> Result<Box<dyn Read + 'a>, Error> {
    let other = match method {
        0 => return Ok(Box::new(stream)),
        8 => return Ok(unpack::inflated(stream)),
        12 => return unpack::unpacked(Kind::Bzip2, stream, budget).ok_or(Error::Empty),
        93 => return unpack::unpacked(Kind::Zstd, stream, budget).ok_or(Error::Empty),
        95 => return unpack::unpacked(Kind::Xz, stream, budget).ok_or(Error::Empty),
        9 => "Deflate64",
        14 => "LZMA",
        98 => "PPMd",
        99 => return Err(Error::Encrypted),
        _ => return Err(Error::Unsupported(format!("a zip member packed by method {method}"))),
    };
    Err(Error::Unsupported(format!("a zip member packed by {other}")))
}

/// What program's document an archive is, told by its first members' names; `None` for a plain archive.
fn office(file: &mut (impl Read + Seek), directory: &Directory) -> Result<Option<Kind>, Error> {
    let (mut at, mut count) = (directory.start, 0);
    while at < directory.end && count < LOOK {
        count += 1;
        let entry = entry(file, directory, &mut at)?;
        let kind = match entry.name.as_str() {
            "word/document.xml" => Kind::Docx,
            "xl/workbook.xml" | "xl/workbook.bin" => Kind::Other("a workbook (XLSX); save its sheets as CSV"),
            "ppt/presentation.xml" => Kind::Other("a presentation (PPTX)"),
            "META-INF/container.xml" => Kind::Other("an e-book (EPUB)"),
            "content.xml" => Kind::Other("an OpenDocument file; save it as DOCX or PDF"),
            "AndroidManifest.xml" | "META-INF/MANIFEST.MF" => Kind::Other("a program (Java or Android)"),
            _ => continue,
        };
        return Ok(Some(kind));
    }
    Ok(None)
}
