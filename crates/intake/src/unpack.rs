//! Compression: gzip, Zstandard, bzip2, xz and Brotli as streams.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;

use crate::budget::{Budget, Window};
use crate::error::Error;
use crate::sniff::Kind;
use crate::stream::Stream;

/// Largest dictionary of an xz block and its decoder, bytes: `xz -9` asks for 65 MB.
const XZ_WINDOW: u64 = 72 * 1024 * 1024;
/// Members or frames of fewer than [`TINY`] bytes that one stream may hold: setting up for one costs as much as 10 KB of text.
const TINY_MAX: u32 = 10_000;
/// Bytes of a member or frame that is hardly one.
const TINY: u64 = 128;
/// Damaged members after which the rest of a stream is given up: going on means reading some of it again.
const DAMAGED_MAX: u32 = 500;
/// Largest window of a Zstandard frame, bytes: what `zstd --long` makes.
const ZSTD_WINDOW: u64 = 128 * 1024 * 1024;

/// A reader that undoes the compression of a stream.
///
/// Where a gzip member is damaged, reading gives one error and then goes on with the next member, so that one bad record of a crawl
/// costs that record alone. `None` for a kind that isn't compression.
pub(crate) fn unpacked<'a>(
    kind: Kind,
    stream: Stream<'a>,
    budget: &Rc<Budget>,
) -> Option<Box<dyn Read + 'a>> {
    Some(match kind {
        Kind::Gzip => {
            Box::new(Gzip { state: State::Between(stream), members: 0, made: 0, tiny: 0, damaged: 0 })
        }
        Kind::Zstd => {
            let window = budget.window(ZSTD_WINDOW);
            Box::new(Zstd { state: Frame::Between(stream), window, made: 0, tiny: 0 })
        }
        Kind::Bzip2 => Box::new(Bzip2 { state: Bundle::Between(stream), made: 0, tiny: 0 }),
        Kind::Xz => {
            let window = budget.window(XZ_WINDOW);
            let memory = u32::try_from(window.bytes / 1024).unwrap_or(u32::MAX);
            busy(stream, |fed| Held {
                inner: lzma_rust2::XzReader::new_mem_limit(fed, true, memory),
                _window: window,
            })
        }
        _ => return None,
    })
}

/// Undoes a content coding of HTTP by its name; `None` for a name that isn't known. `identity` is the stream itself.
pub(crate) fn decoded<'a>(
    coding: &str,
    mut stream: Stream<'a>,
    budget: &Rc<Budget>,
) -> Option<Box<dyn Read + 'a>> {
    Some(match coding {
        "" | "identity" | "none" => Box::new(stream),
        // Crawlers often store the body unpacked and leave the header as it was.
        "gzip" | "x-gzip" if !stream.peek(2).starts_with(b"\x1f\x8b") => Box::new(stream),
        "gzip" | "x-gzip" => unpacked(Kind::Gzip, stream, budget)?,
        "deflate" => {
            let head = stream.peek(2);
            let zlib = head.len() == 2
                && head[0] & 0x0f == 8
                && u16::from_be_bytes([head[0], head[1]]).is_multiple_of(31);
            if zlib { busy(stream, flate2::bufread::ZlibDecoder::new) } else { inflated(stream) }
        }
        "br" => busy(stream, |fed| brotli_decompressor::Decompressor::new(fed, 16 * 1024)),
        "zstd" if !stream.peek(4).starts_with(b"\x28\xb5\x2f\xfd") => Box::new(stream),
        "zstd" => unpacked(Kind::Zstd, stream, budget)?,
        _ => return None,
    })
}

/// Undoes deflate as zip members have it.
pub(crate) fn inflated<'a>(stream: Stream<'a>) -> Box<dyn Read + 'a> {
    busy(stream, flate2::bufread::DeflateDecoder::new)
}

/// Bytes a decoder may take in before what it made is asked for.
const IDLE: u64 = 1_000_000;
/// Bytes a decoder may take in beyond [`IDLE`] for each byte made. What packs nothing makes 1; xz streams of a line each, 0.3.
const IDLE_PER_BYTE: u64 = 8;

/// A decoder's input and output in one account, so that a flood of blocks that make nothing, each of which costs the setting up of
/// tables, ends early whatever the packing.
fn busy<'a, R: Read + 'a>(stream: Stream<'a>, decoder: impl FnOnce(Fed<'a>) -> R) -> Box<dyn Read + 'a> {
    let made = Rc::new(Cell::new(0));
    let inner = decoder(Fed { stream, taken: 0, made: Rc::clone(&made) });
    Box::new(Busy { inner, made })
}

/// The input side.
struct Fed<'a> {
    stream: Stream<'a>,
    taken: u64,
    made: Rc<Cell<u64>>,
}

impl Fed<'_> {
    fn check(&self) -> io::Result<()> {
        if self.taken > IDLE.saturating_add(self.made.get().saturating_mul(IDLE_PER_BYTE)) {
            return Err(Error::damaged("a compressed stream that makes next to nothing, as bombs do").into());
        }
        Ok(())
    }
}

impl Read for Fed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let bytes = self.stream.read(buffer)?;
        self.taken += bytes as u64;
        Ok(bytes)
    }
}

impl BufRead for Fed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.stream.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        self.stream.consume(bytes);
    }
}

/// The output side.
struct Busy<R> {
    inner: R,
    made: Rc<Cell<u64>>,
}

impl<R: Read> Read for Busy<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.made.set(self.made.get() + bytes as u64);
        Ok(bytes)
    }
}

/// A decoder and the room its window takes.
struct Held<R> {
    inner: R,
    _window: Window,
}

impl<R: Read> Read for Held<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

/// gzip members one after another.
struct Gzip<'a> {
    state: State<'a>,
    members: u64,
    /// Bytes of the member that is open.
    made: u64,
    tiny: u32,
    damaged: u32,
}

enum State<'a> {
    Between(Stream<'a>),
    Inside(Box<GzDecoder<Stream<'a>>>),
    Over,
}

impl Read for Gzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Ok(0),
                State::Between(mut stream) => {
                    let Some(skipped) = to_member(&mut stream)? else { return Ok(0) };
                    stream.remember();
                    self.made = 0;
                    self.state = State::Inside(Box::new(GzDecoder::new(stream)));
                    if skipped && self.members > 0 {
                        return Err(Error::damaged("bytes between two gzip members").into());
                    }
                    self.members += 1;
                }
                State::Inside(mut decoder) => match decoder.read(buffer) {
                    Ok(0) => {
                        self.tiny += u32::from(self.made < TINY);
                        if self.tiny > TINY_MAX {
                            return Err(too_many());
                        }
                        self.state = State::Between(decoder.into_inner());
                    }
                    Ok(bytes) => {
                        self.made += bytes as u64;
                        self.state = State::Inside(decoder);
                        return Ok(bytes);
                    }
                    Err(error) => {
                        let own = error.get_ref().is_some_and(|inner| inner.is::<Error>());
                        let mut stream = decoder.into_inner();
                        if own || error.kind() == io::ErrorKind::Interrupted {
                            // An overdrawn account stays overdrawn: going on gives the same error again.
                            self.state = State::Between(stream);
                            return Err(error);
                        }
                        self.damaged += 1;
                        if self.damaged > DAMAGED_MAX {
                            return Err(too_many());
                        }
                        // The next member may begin in what was taken for a part of this one.
                        let recent = stream.recent();
                        let again = recent
                            .get(10..)
                            .and_then(|rest| memchr::memmem::find(rest, MEMBER))
                            .map(|at| at + 10);
                        if let Some(again) = again.map(|at| recent[at..].to_vec()) {
                            stream.push_back(&again);
                        }
                        self.state = State::Between(stream);
                        let what = match error.kind() {
                            io::ErrorKind::UnexpectedEof => "a gzip member ends before its end".to_owned(),
                            _ => format!("a gzip member: {error}"),
                        };
                        return Err(Error::Damaged(what).into());
                    }
                },
            }
        }
    }
}

/// What opens a gzip member.
const MEMBER: &[u8] = b"\x1f\x8b\x08";

fn too_many() -> io::Error {
    Error::TooMany { what: "empty or damaged members in a compressed stream", limit: u64::from(TINY_MAX) }
        .into()
}

/// Goes to the next gzip member: whether anything had to be skipped, `None` where no member follows.
fn to_member(stream: &mut Stream<'_>) -> io::Result<Option<bool>> {
    let mut skipped = false;
    loop {
        let ahead = stream.peek(4096);
        if ahead.len() < 4 {
            return match stream.fault() {
                Some(fault) => Err(fault.into()),
                None => Ok(None),
            };
        }
        let found = memchr::memmem::find_iter(ahead, MEMBER)
            .find(|at| ahead.get(at + 3).is_none_or(|flags| flags & 0xe0 == 0));
        match found {
            Some(0) => return Ok(Some(skipped)),
            Some(at) => stream.consume(at),
            None => {
                let all = ahead.len() - 3;
                stream.consume(all);
            }
        }
        skipped = true;
    }
}

/// Zstandard frames one after another.
struct Zstd<'a> {
    state: Frame<'a>,
    window: Window,
    made: u64,
    tiny: u32,
}

type Decoder<'a> = ruzstd::decoding::StreamingDecoder<Stream<'a>, ruzstd::decoding::FrameDecoder>;

enum Frame<'a> {
    Between(Stream<'a>),
    Inside(Box<Decoder<'a>>),
    Over,
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, Frame::Over) {
                Frame::Over => return Ok(0),
                Frame::Between(mut stream) => {
                    let ahead = stream.peek(8);
                    if ahead.is_empty() {
                        return stream.fault().map_or(Ok(0), |fault| Err(fault.into()));
                    }
                    let skippable = ahead.len() == 8
                        && (0x50..=0x5f).contains(&ahead[0])
                        && ahead[1..4] == [0x2a, 0x4d, 0x18];
                    if skippable {
                        self.tiny += 1;
                        if self.tiny > TINY_MAX {
                            return Err(too_many());
                        }
                        let size = u32::from_le_bytes([ahead[4], ahead[5], ahead[6], ahead[7]]);
                        stream.consume(8);
                        io::copy(&mut (&mut stream).take(u64::from(size)), &mut io::sink())?;
                        self.state = Frame::Between(stream);
                        continue;
                    }
                    let decoder = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(
                        stream,
                        self.window.bytes,
                    )
                    .map_err(|error| Error::Damaged(format!("a Zstandard frame: {error}")))?;
                    self.made = 0;
                    self.state = Frame::Inside(Box::new(decoder));
                }
                Frame::Inside(mut decoder) => match decoder.read(buffer)? {
                    0 => {
                        self.tiny += u32::from(self.made < TINY);
                        if self.tiny > TINY_MAX {
                            return Err(too_many());
                        }
                        self.state = Frame::Between(decoder.into_inner());
                    }
                    bytes => {
                        self.made += bytes as u64;
                        self.state = Frame::Inside(decoder);
                        return Ok(bytes);
                    }
                },
            }
        }
    }
}

/// Empty bzip2 streams one file may hold: each sets up 4 MB.
const BZIP2_TINY_MAX: u32 = 1000;

/// bzip2 streams one after another; what follows the last is left.
struct Bzip2<'a> {
    state: Bundle<'a>,
    made: u64,
    tiny: u32,
}

enum Bundle<'a> {
    Between(Stream<'a>),
    Inside(Box<bzip2::bufread::BzDecoder<Stream<'a>>>),
    Over,
}

impl Read for Bzip2<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, Bundle::Over) {
                Bundle::Over => return Ok(0),
                Bundle::Between(mut stream) => {
                    if !stream.peek(3).starts_with(b"BZh") {
                        return stream.fault().map_or(Ok(0), |fault| Err(fault.into()));
                    }
                    self.made = 0;
                    self.state = Bundle::Inside(Box::new(bzip2::bufread::BzDecoder::new(stream)));
                }
                Bundle::Inside(mut decoder) => match decoder.read(buffer)? {
                    0 => {
                        self.tiny += u32::from(self.made < TINY);
                        if self.tiny > BZIP2_TINY_MAX {
                            return Err(too_many());
                        }
                        self.state = Bundle::Between(decoder.into_inner());
                    }
                    bytes => {
                        self.made += bytes as u64;
                        self.state = Bundle::Inside(decoder);
                        return Ok(bytes);
                    }
                },
            }
        }
    }
}
