//! PDFs: their text layer, read by a child process with limits of its own.
//!
//! A PDF is a program more than a text: its objects may refer to themselves, its streams unpack to anything, and its readers were
//! never written for hostile ones. So the parent starts a program of the caller's choice for each PDF (usually itself with a hidden
//! command that calls [`child_main`]), writes the bytes to its standard input, reads at most one page's size from its standard
//! output, and ends it when its time is over. The child limits its own memory and processor time before it reads a byte.
//!
//! The text is made of where the glyphs stand (`layout`): lines, columns, paragraphs; hyphens at line ends are undone, lines that
//! repeat on pages left out. A scan without a text layer is refused as such.

mod child;
mod layout;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use watchkeeper_record::Diagnostic;
use watchkeeper_record::page::{Body, Form};

pub use child::child_main;
#[cfg(feature = "hostile")]
pub use child::child_main_unconfined;

use crate::error::Error;
use crate::limits::{Limits, PdfReader};
use crate::sniff::Kind;
use crate::stream::Stream;
use crate::told::{day, plausible_name, plausible_title};
use crate::walk::{Flow, Place, Walk};

/// What opens the child's answer: a crate that prints to standard output can't be taken for it.
const MARK: &str = "\nwatchkeeper-pdf-1 ";

/// What the parent asks: one line of JSON before the PDF.
#[derive(Debug, Serialize, Deserialize)]
struct Ask {
    memory: u64,
    milliseconds: u64,
    pages: u32,
    text: u64,
}

/// What the child answers.
#[derive(Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
struct Answer {
    /// Why there is no text.
    refused: Option<String>,
    text: String,
    title: String,
    author: String,
    created: String,
    modified: String,
    /// Codes and sentences.
    remarks: Vec<(String, String)>,
}

impl Walk<'_> {
    pub(crate) fn pdf(&mut self, mut place: Place, mut stream: Stream<'_>) -> Flow {
        let kind = Some(Kind::Pdf);
        let Some(reader) = &self.options.pdf else {
            return self.refuse(&place, kind, Error::PdfReader("no reader was given".to_owned()));
        };
        let bytes = match stream.whole("PDF", self.limits.page_bytes) {
            Ok(bytes) => bytes,
            Err(error) => return self.refuse(&place, kind, error),
        };
        let answer = match ask(reader, self.limits, &bytes) {
            Ok(answer) => answer,
            Err(why) => return self.refuse(&place, kind, Error::PdfReader(why)),
        };
        if let Some(why) = answer.refused {
            return self.refuse(&place, kind, Error::PdfReader(why));
        }
        if answer.text.trim().is_empty() {
            let why = "it has no text layer (a scan?)".to_owned();
            return self.refuse(&place, kind, Error::PdfReader(why));
        }
        let told = &mut place.told;
        told.title = told.title.take().or_else(|| plausible_title(&answer.title));
        if told.authors.is_empty() {
            told.authors.extend(plausible_name(&answer.author));
        }
        // The day of making is no day of publication: a page printed years later has today's.
        told.updated =
            told.updated.or_else(|| pdf_day(&answer.modified)).or_else(|| pdf_day(&answer.created));
        let remarks = answer
            .remarks
            .into_iter()
            .map(|(code, message)| Diagnostic { code, message, span: None })
            .collect();
        let mut page = place.page(Form::Pdf, bytes);
        page.body =
            Some(Body { form: Form::Text, bytes: answer.text.into_bytes(), by: "pdf-text 1".to_owned() });
        self.page(page, remarks)
    }
}

/// A day as PDF writes it: `D:20171023140500+02'00'` (ISO 32000-1 §7.9.4).
fn pdf_day(text: &str) -> Option<watchkeeper_record::article::Date> {
    let digits: String =
        text.trim().trim_start_matches("D:").chars().take_while(char::is_ascii_digit).take(8).collect();
    if digits.len() == 8 { day(&digits) } else { day(text) }
}

/// Starts the reader for one PDF and holds it to its limits.
fn ask(reader: &PdfReader, limits: &Limits, bytes: &[u8]) -> Result<Answer, String> {
    let request = Ask {
        memory: limits.pdf_memory,
        milliseconds: u64::try_from(limits.pdf_time.as_millis()).unwrap_or(u64::MAX),
        pages: limits.pdf_pages,
        text: limits.page_bytes,
    };
    let mut request = serde_json::to_vec(&request).map_err(|error| error.to_string())?;
    request.push(b'\n');
    let mut child = Command::new(&reader.program)
        .args(&reader.arguments)
        .env("RAYON_NUM_THREADS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("the reader could not start: {error}"))?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let limit = limits.page_bytes.saturating_mul(2);
    let start = Instant::now();
    let (status, answer) = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A reader that ends early closes its input: what it answered tells why.
            if let Some(mut input) = input {
                let _ = input.write_all(&request).and_then(|()| input.write_all(bytes));
            }
        });
        let answer = scope.spawn(move || {
            let mut answer = Vec::new();
            if let Some(output) = output {
                let _ = output.take(limit).read_to_end(&mut answer);
            }
            answer
        });
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if start.elapsed() < limits.pdf_time => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(16));
                }
                Ok(None) | Err(_) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break None;
                }
            }
        };
        (status, answer.join().unwrap_or_default())
    });
    let Some(status) = status else {
        return Err(format!("it took more than {} s", limits.pdf_time.as_secs_f32()));
    };
    let found = memchr::memmem::rfind(&answer, MARK.as_bytes()).map(|at| &answer[at + MARK.len()..]);
    match found.and_then(|answer| serde_json::from_slice(answer).ok()) {
        Some(answer) => Ok(answer),
        None if status.success() => Err("the reader gave no answer".to_owned()),
        None => Err(format!("the reader broke down or ran out of memory ({status})")),
    }
}
