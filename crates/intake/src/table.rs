//! Tables with a line of column names: CSV, TSV and their kin.
//!
//! Rows are numbered as spreadsheets number them: the line of names is row 1. Memory is bounded by one row.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use csv_core::ReadRecordResult;

use crate::error::Error;
use crate::mail::plain;
use crate::rows::{Roles, Row};
use crate::sniff::{Kind, utf16_without_mark};
use crate::stream::{PEEK, Stream};
use crate::walk::{Flow, Place, Walk};

impl Walk<'_> {
    pub(crate) fn table(&mut self, place: Place, stream: Stream<'_>, delimiter: u8) -> Flow {
        let kind = Some(Kind::Table(delimiter));
        let limits = self.limits;
        let mut records = Records::new(utf8(stream), delimiter, limits.row_bytes, limits.columns);
        let names = match records.next() {
            Some(Ok(())) => records.fields().map(|field| plain(field).trim().to_owned()).collect::<Vec<_>>(),
            Some(Err(error)) => return self.refuse(&place, kind, error),
            None => return self.refuse(&place, kind, Error::Empty),
        };
        let roles = match Roles::find(&names, &self.options.columns) {
            Ok(roles) => roles,
            Err(error) => return self.refuse(&place, kind, error),
        };
        let mut number = 1u64;
        while let Some(next) = records.next() {
            number += 1;
            if let Err(error) = next {
                let stop = error.ends_stream() || matches!(error, Error::Damaged(_));
                self.refuse(&place.record(number), kind, error)?;
                if stop {
                    break;
                }
                continue;
            }
            let fields: Vec<&[u8]> = records.fields().collect();
            if fields.iter().all(|field| field.trim_ascii().is_empty()) {
                continue;
            }
            let value = |at: Option<usize>| {
                at.and_then(|at| fields.get(at)).map(|field| plain(field)).unwrap_or_default()
            };
            let mut row = Row {
                text: value(roles.text),
                title: value(roles.title),
                date: value(roles.date),
                url: value(roles.url),
                outlet: value(roles.outlet),
                authors: vec![value(roles.author)],
                id: value(roles.id),
                language: value(roles.language),
                source: Vec::new(),
            };
            if !row.text.trim().is_empty() {
                row.source = object(&names, &fields);
            }
            self.row(&place, number, row, kind)?;
        }
        ControlFlow::Continue(())
    }
}

/// A row as a JSON object of its columns, in the columns' order.
fn object(names: &[String], fields: &[&[u8]]) -> Vec<u8> {
    let mut json = vec![b'{'];
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        let unnamed = format!("column {}", at + 1);
        let name = names.get(at).filter(|name| !name.is_empty()).unwrap_or(&unnamed);
        // Writing a string into memory doesn't fail.
        let _ = serde_json::to_writer(&mut json, name);
        json.push(b':');
        let _ = serde_json::to_writer(&mut json, &plain(field));
    }
    json.push(b'}');
    json
}

/// A stream without its byte order mark, UTF-16 turned into UTF-8.
pub(crate) fn utf8(mut stream: Stream<'_>) -> Stream<'_> {
    let ahead = stream.peek(PEEK);
    let (encoding, mark) = match encoding_rs::Encoding::for_bom(ahead) {
        Some(found) => found,
        None => (utf16_without_mark(ahead).unwrap_or(encoding_rs::UTF_8), 0),
    };
    stream.consume(mark);
    if encoding == encoding_rs::UTF_8 {
        return stream;
    }
    let decoder = encoding.new_decoder_without_bom_handling();
    Stream::new(Transcoded { stream, decoder, ready: Vec::new(), at: 0, over: false })
}

/// UTF-8 of another encoding, bit by bit.
struct Transcoded<'a> {
    stream: Stream<'a>,
    decoder: encoding_rs::Decoder,
    ready: Vec<u8>,
    at: usize,
    over: bool,
}

impl Read for Transcoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            if self.over {
                return Ok(0);
            }
            self.at = 0;
            self.ready.resize(32 * 1024, 0);
            let available = self.stream.fill_buf()?;
            self.over = available.is_empty();
            let (_, used, made, _) = self.decoder.decode_to_utf8(available, &mut self.ready, self.over);
            self.stream.consume(used);
            self.ready.truncate(made);
        }
        let bytes = buffer.len().min(self.ready.len() - self.at);
        buffer[..bytes].copy_from_slice(&self.ready[self.at..self.at + bytes]);
        self.at += bytes;
        Ok(bytes)
    }
}

/// Records of a table, one at a time in the same buffers.
struct Records<'a> {
    stream: Stream<'a>,
    reader: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    bytes_max: usize,
    fields_max: usize,
    over: bool,
}

impl<'a> Records<'a> {
    fn new(stream: Stream<'a>, delimiter: u8, bytes_max: u64, fields_max: usize) -> Self {
        Self {
            stream,
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            output: vec![0; 4096],
            ends: vec![0; 64],
            fields: 0,
            bytes_max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            fields_max,
            over: false,
        }
    }

    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends[..self.fields].iter().map(move |end| {
            let field = self.output.get(start..*end).unwrap_or_default();
            start = *end;
            field
        })
    }

    /// Reads the next record. One that is too long is passed over to its end and told.
    fn next(&mut self) -> Option<Result<(), Error>> {
        if self.over {
            return None;
        }
        let (mut made, mut fields) = (0, 0);
        let mut error = None;
        loop {
            let available = match self.stream.fill_buf() {
                Ok(available) => available,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                Err(fault) => {
                    self.over = true;
                    return Some(Err(fault.into()));
                }
            };
            let (result, used, out, ends) =
                self.reader.read_record(available, &mut self.output[made..], &mut self.ends[fields..]);
            self.stream.consume(used);
            made += out;
            fields += ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    if self.output.len() < self.bytes_max {
                        let size = (self.output.len() * 2).min(self.bytes_max);
                        self.output.resize(size, 0);
                    } else {
                        error = Some(Error::TooLarge { what: "row", limit: self.bytes_max as u64 });
                        made = 0;
                    }
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() < self.fields_max {
                        let size = (self.ends.len() * 2).min(self.fields_max);
                        self.ends.resize(size, 0);
                    } else {
                        error = Some(Error::TooMany { what: "columns", limit: self.fields_max as u64 });
                        fields = 0;
                    }
                }
                ReadRecordResult::Record => {
                    self.fields = fields;
                    return Some(error.map_or(Ok(()), Err));
                }
                ReadRecordResult::End => {
                    self.over = true;
                    return error.map(Err);
                }
            }
        }
    }
}
