//! The child's side: limits on itself, then the PDF.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use pdf_extract::{Document, MediaBox, Object, OutputDev, OutputError, Transform};

use super::layout::{Glyph, Page, text};
use super::{Answer, Ask, MARK};

/// Glyphs of one page; a dense broadsheet has 40,000.
const GLYPHS: usize = 400_000;
/// Pages tried one by one after one of them broke the reader.
const SINGLE: u32 = 200;

/// What the child process does: limits its own memory and time, reads a request and a PDF from `input`, writes its text to `output`.
/// It must be alone in its process: it takes over the panic hook and, where the system has them, the process's limits.
///
/// # Errors
/// Where the pipes fail or the request is none; a bad PDF is an answer.
pub fn child_main(input: impl Read, output: impl Write) -> io::Result<()> {
    serve(input, output, true)
}

/// [`child_main`] without limits on the process, for fuzzing in one process.
///
/// # Errors
/// As [`child_main`].
#[cfg(feature = "hostile")]
pub fn child_main_unconfined(input: impl Read, output: impl Write) -> io::Result<()> {
    serve(input, output, false)
}

fn serve(input: impl Read, mut output: impl Write, confined: bool) -> io::Result<()> {
    let start = Instant::now();
    std::panic::set_hook(Box::new(|_| {}));
    let mut input = BufReader::new(input);
    let mut line = String::new();
    input.by_ref().take(4096).read_line(&mut line)?;
    let ask: Ask = serde_json::from_str(&line)?;
    if confined {
        confine(&ask);
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    // Half a second, or a fifth of the time, is kept for making text of what was read by then.
    let time = Duration::from_millis(ask.milliseconds - (ask.milliseconds / 5).min(500));
    let answer = catch_unwind(AssertUnwindSafe(|| read(&bytes, &ask, start, time)))
        .unwrap_or_else(|_| refused("its structure is broken"));
    write!(output, "{MARK}")?;
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()
}

/// Limits data memory and processor time. Address space is left alone: a program may map large files that it never touches.
#[cfg(unix)]
fn confine(ask: &Ask) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |value| Rlimit { current: Some(value), maximum: Some(value) };
    // A system that knows no such limit leaves the parent's clock and the output's cap.
    let _ = setrlimit(Resource::Data, limit(ask.memory));
    let _ = setrlimit(Resource::Cpu, limit(ask.milliseconds / 1000 + 2));
    let _ = setrlimit(Resource::Core, limit(0));
    let _ = setrlimit(Resource::Fsize, limit(0));
}

#[cfg(not(unix))]
fn confine(_ask: &Ask) {}

fn refused(why: &str) -> Answer {
    Answer { refused: Some(why.to_owned()), ..Answer::default() }
}

fn read(bytes: &[u8], ask: &Ask, start: Instant, time: Duration) -> Answer {
    let mut doc = match catch_unwind(|| Document::load_mem(bytes)) {
        Ok(Ok(doc)) => doc,
        Ok(Err(error)) => return refused(&format!("its structure is broken ({error})")),
        Err(_) => return refused("its structure is broken"),
    };
    if doc.is_encrypted() {
        let unlocked = catch_unwind(AssertUnwindSafe(|| doc.decrypt("").is_ok())).unwrap_or(false);
        if !unlocked {
            return refused("it is locked by a password");
        }
    }
    if !rooted(&doc) {
        return refused("its pages refer to themselves");
    }
    let mut device = Device {
        pages: Vec::new(),
        open: None,
        until: start + time,
        pages_max: usize::try_from(ask.pages).unwrap_or(usize::MAX),
        text_max: usize::try_from(ask.text).unwrap_or(usize::MAX),
        text: 0,
        stopped: None,
    };
    let mut broken = 0u32;
    let done = catch_unwind(AssertUnwindSafe(|| pdf_extract::output_doc(&doc, &mut device).is_ok()))
        .unwrap_or(false);
    if !done && device.stopped.is_none() {
        // One page broke the reader: the others are tried one by one.
        broken += 1;
        let numbers: Vec<u32> =
            catch_unwind(AssertUnwindSafe(|| doc.get_pages().into_keys().collect())).unwrap_or_default();
        let from = device.pages.len();
        device.keep();
        for number in numbers.into_iter().skip(from + 1).take(SINGLE as usize) {
            let before = device.pages.len();
            let done = catch_unwind(AssertUnwindSafe(|| {
                pdf_extract::output_doc_page(&doc, &mut device, number).is_ok()
            }))
            .unwrap_or(false);
            if device.stopped.is_some() {
                break;
            }
            if !done {
                broken += 1;
                if device.pages.len() == before {
                    device.keep();
                }
            }
        }
    }
    device.keep();
    let mut answer = Answer::default();
    let mut remark = |code: &str, message: String| answer.remarks.push((code.to_owned(), message));
    if broken > 0 {
        remark("pdf-pages-broken", format!("{broken} pages of the PDF were not read or only in part"));
    }
    if let Some(why) = device.stopped {
        remark("pdf-cut", format!("the PDF was read only as far as page {}: {why}", device.pages.len()));
    }
    let (body, dropped) = text(&device.pages);
    if let Some(example) = dropped.first() {
        let count = dropped.len();
        remark(
            "pdf-running-lines",
            format!("{count} lines repeated on pages were left out, such as “{example}”"),
        );
    }
    answer.text = body;
    let info = catch_unwind(AssertUnwindSafe(|| {
        ["Title", "Author", "CreationDate", "ModDate"].map(|key| info(&doc, key).unwrap_or_default())
    }));
    if let Ok([title, author, created, modified]) = info {
        answer = Answer { title, author, created, modified, ..answer };
    }
    answer
}

/// Whether each page's parents lead to an end.
fn rooted(doc: &Document) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    for first in doc.page_iter().take(100_000) {
        let mut id = first;
        for depth in 0.. {
            if depth > 64 {
                return false;
            }
            // What was seen before led to an end.
            if depth > 0 && seen.contains(&id) {
                break;
            }
            let parent =
                doc.get_dictionary(id).and_then(|page| page.get(b"Parent")).and_then(Object::as_reference);
            let Ok(parent) = parent else {
                seen.insert(id);
                break;
            };
            id = parent;
        }
    }
    true
}

/// A string of the document's information dictionary (ISO 32000-1 §14.3.3).
fn info(doc: &Document, key: &str) -> Option<String> {
    let info = match doc.trailer.get(b"Info").ok()? {
        Object::Reference(id) => doc.get_object(*id).ok()?,
        direct => direct,
    };
    let value = match info.as_dict().ok()?.get(key.as_bytes()).ok()? {
        Object::Reference(id) => doc.get_object(*id).ok()?,
        direct => direct,
    };
    let bytes = value.as_str().ok()?;
    let bytes = &bytes[..bytes.len().min(4000)];
    Some(match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    })
}

/// Collects where glyphs stand.
struct Device {
    pages: Vec<Page>,
    open: Option<Page>,
    until: Instant,
    pages_max: usize,
    text_max: usize,
    text: usize,
    stopped: Option<&'static str>,
}

impl Device {
    /// Closes the page that is open.
    fn keep(&mut self) {
        self.pages.extend(self.open.take().map(Page::lined));
    }

    fn stop(&mut self, why: &'static str) -> Result<(), OutputError> {
        self.stopped = Some(why);
        Err(OutputError::FormatError(std::fmt::Error))
    }
}

impl OutputDev for Device {
    fn begin_page(
        &mut self,
        _number: u32,
        media: &MediaBox,
        _art: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.keep();
        if self.pages.len() >= self.pages_max {
            return self.stop("it has more pages than are read");
        }
        if Instant::now() > self.until {
            return self.stop("its time was over");
        }
        self.open = Some(Page::of_height((media.ury - media.lly).abs()));
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        self.keep();
        Ok(())
    }

    fn output_character(
        &mut self,
        trm: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        character: &str,
    ) -> Result<(), OutputError> {
        let Some(page) = &mut self.open else { return Ok(()) };
        // The direction of the baseline, and the size across it.
        let along = (trm.m11.hypot(trm.m12), trm.m21.hypot(trm.m22));
        let size = ((along.0 * along.1).sqrt() * font_size.abs()).max(0.01);
        if !(size.is_finite() && trm.m31.is_finite() && trm.m32.is_finite() && width.is_finite()) {
            return Ok(());
        }
        let turn = if trm.m11.abs() >= trm.m12.abs() {
            if trm.m11 >= 0.0 { 0 } else { 2 }
        } else if trm.m12 > 0.0 {
            1
        } else {
            3
        };
        // Seen along the baseline, downwards.
        let (x, y) = match turn {
            0 => (trm.m31, -trm.m32),
            1 => (trm.m32, trm.m31),
            2 => (-trm.m31, trm.m32),
            _ => (-trm.m32, -trm.m31),
        };
        self.text += character.len();
        page.push(Glyph { x, y, end: x + width * size, size, turn }, character);
        let glyphs = page.glyphs.len();
        if glyphs > GLYPHS || self.text > self.text_max {
            return self.stop("a page holds more glyphs than are read");
        }
        if glyphs.is_multiple_of(4096) && Instant::now() > self.until {
            return self.stop("its time was over");
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        if let Some(page) = &mut self.open {
            page.word();
        }
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
