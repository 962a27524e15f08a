//! JSON lines and JSON arrays of objects, one object a page.
//!
//! Values are kept as their bytes until one is asked for: building a tree of a hostile value costs forty times its size.

use std::fmt;
use std::io::{self, BufRead};
use std::ops::ControlFlow;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::rows::{Roles, Row};
use crate::sniff::Kind;
use crate::stream::Stream;
use crate::table::utf8;
use crate::walk::{Flow, Place, Walk};

impl Walk<'_> {
    /// One object a line; numbers are lines'.
    pub(crate) fn json_lines(&mut self, place: Place, stream: Stream<'_>) -> Flow {
        let mut stream = utf8(stream);
        let limit = self.limits.row_bytes;
        let (mut line, mut number, mut blank) = (Vec::new(), 0u64, 0u64);
        loop {
            number += 1;
            match stream.line(&mut line, limit) {
                Ok(0) => return ControlFlow::Continue(()),
                Ok(length) if length > limit => {
                    let reason = Error::TooLarge { what: "row", limit };
                    self.refuse(&place.record(number), Some(Kind::JsonLines), reason)?;
                }
                Ok(_) if line.trim_ascii().is_empty() => {
                    blank += 1;
                    // A flood of empty lines is one of things found, though cheaper.
                    if blank % 64 == 0 {
                        self.count(&place)?;
                    }
                }
                Ok(_) => self.object(&place, number, &line, Kind::JsonLines, true)?,
                Err(error) => {
                    let error = Error::from(error);
                    let stop = error.ends_stream() || self.budget.check().is_err() || stream.is_over();
                    self.refuse(&place.record(number), Some(Kind::JsonLines), error)?;
                    if stop {
                        return ControlFlow::Continue(());
                    }
                }
            }
        }
    }

    /// An array of objects, or one object: a page itself, or the holder of such an array.
    pub(crate) fn json(&mut self, place: Place, stream: Stream<'_>) -> Flow {
        let mut stream = utf8(stream);
        while let Some(byte) = stream.peek(1).first().copied() {
            if !byte.is_ascii_whitespace() {
                break;
            }
            stream.consume(1);
        }
        if stream.peek(1) == b"[" {
            return self.elements(&place, stream);
        }
        let bytes = match stream.whole("page", self.limits.page_bytes) {
            Ok(bytes) => bytes,
            Err(error) => return self.refuse(&place, Some(Kind::Json), error),
        };
        if top(&bytes, self.limits.columns).is_err() {
            // Objects one after another, each over several lines.
            return self.elements(&place, Stream::new(bytes.as_slice()));
        }
        self.object(&place, 1, &bytes, Kind::Json, true)
    }

    /// The objects of an array, or objects without one, told apart by their brackets.
    fn elements(&mut self, place: &Place, mut stream: Stream<'_>) -> Flow {
        let limit = self.limits.row_bytes;
        let (mut element, mut number) = (Vec::new(), 0u64);
        let array = stream.peek(1) == b"[";
        if array {
            stream.consume(1);
        }
        loop {
            match value(&mut stream, &mut element, limit) {
                Ok(None) => return ControlFlow::Continue(()),
                Ok(Some(length)) => {
                    number += 1;
                    if length > limit {
                        let reason = Error::TooLarge { what: "row", limit };
                        self.refuse(&place.record(number), Some(Kind::Json), reason)?;
                    } else {
                        self.object(place, number, &element, Kind::Json, false)?;
                    }
                }
                Err(error) => {
                    return self.refuse(&place.record(number + 1), Some(Kind::Json), error.into());
                }
            }
        }
    }

    /// One object. `outer`: it may hold the array that is meant; only then, so that nesting can't go on.
    fn object(&mut self, place: &Place, number: u64, bytes: &[u8], kind: Kind, outer: bool) -> Flow {
        let fields = match top(bytes, self.limits.columns) {
            Ok(fields) => fields,
            Err(error) => return self.refuse(&place.record(number), Some(kind), error),
        };
        let mut names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let mut values: Vec<&RawValue> = fields.iter().map(|(_, value)| *value).collect();
        // `article.text`: a column asked for may lie inside another.
        let columns = &self.options.columns;
        let asked = [
            &columns.text,
            &columns.title,
            &columns.date,
            &columns.url,
            &columns.outlet,
            &columns.author,
            &columns.id,
            &columns.language,
        ];
        for path in asked.into_iter().flatten().filter(|path| path.contains('.')) {
            let mut steps = path.split('.');
            let mut found = steps
                .next()
                .and_then(|step| fields.iter().find(|(name, _)| name == step))
                .map(|(_, raw)| *raw);
            for step in steps {
                let inner = found.and_then(|raw| top(raw.get().as_bytes(), self.limits.columns).ok());
                found = inner
                    .and_then(|inner| inner.into_iter().find(|(name, _)| name == step))
                    .map(|(_, raw)| raw);
            }
            if let Some(raw) = found {
                names.push(path.clone());
                values.push(raw);
            }
        }
        // Objects leave out what they don't have: only what is asked for the text must be there.
        let lenient = columns_there(columns, &names);
        let roles = match Roles::find(&names, &lenient) {
            Ok(roles) => roles,
            Err(error) => {
                let held = values.iter().find(|raw| {
                    let raw = raw.get();
                    raw.starts_with('[') && raw[1..].trim_start().starts_with('{')
                });
                return match held {
                    Some(raw) if outer => self.elements(place, Stream::new(raw.get().as_bytes())),
                    _ => self.refuse(&place.record(number), Some(kind), error),
                };
            }
        };
        let texts = |at: Option<usize>| at.map(|at| strings(values[at])).unwrap_or_default();
        let text = |at: Option<usize>| texts(at).into_iter().next().unwrap_or_default();
        let mut row = Row {
            text: texts(roles.text).join("\n\n"),
            title: text(roles.title),
            date: text(roles.date),
            url: text(roles.url),
            outlet: text(roles.outlet),
            authors: texts(roles.author),
            id: text(roles.id),
            language: text(roles.language),
            source: Vec::new(),
        };
        if !row.text.trim().is_empty() {
            row.source = bytes.trim_ascii().to_vec();
        }
        self.row(place, number, row, Some(kind))
    }
}

/// The columns asked for without those that an object doesn't have; the text's stays.
fn columns_there(asked: &crate::limits::Columns, names: &[String]) -> crate::limits::Columns {
    let there = |name: &Option<String>| name.clone().filter(|name| names.contains(name));
    crate::limits::Columns {
        text: asked.text.clone(),
        title: there(&asked.title),
        date: there(&asked.date),
        url: there(&asked.url),
        outlet: there(&asked.outlet),
        author: there(&asked.author),
        id: there(&asked.id),
        language: there(&asked.language),
    }
}

/// A string, number or truth value as text; the strings of an array, and the names of its objects.
fn strings(raw: &RawValue) -> Vec<String> {
    let raw = raw.get();
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map(|text| vec![text]).unwrap_or_default(),
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
            let text = |value: &&RawValue| match value.get().as_bytes().first() {
                Some(b'"') => serde_json::from_str(value.get()).ok(),
                Some(b'{') => {
                    let fields = top(value.get().as_bytes(), 64).ok()?;
                    let (_, name) = fields.into_iter().find(|(name, _)| name == "name")?;
                    serde_json::from_str(name.get()).ok()
                }
                _ => None,
            };
            values.iter().take(1000).filter_map(text).collect()
        }
        Some(b'{') => {
            let fields = top(raw.as_bytes(), 64).unwrap_or_default();
            let named = fields.into_iter().find(|(name, _)| name == "name" || name == "title");
            named
                .and_then(|(_, name)| serde_json::from_str(name.get()).ok())
                .map(|text| vec![text])
                .unwrap_or_default()
        }
        Some(b'n') | None => Vec::new(),
        Some(_) => vec![raw.to_owned()],
    }
}

/// The fields of an object, their values as bytes.
fn top(bytes: &[u8], most: usize) -> Result<Vec<(String, &RawValue)>, Error> {
    struct Fields(usize);
    impl<'de> Visitor<'de> for Fields {
        type Value = Vec<(String, &'de RawValue)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object of at most {} fields", self.0)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
                if fields.len() > self.0 {
                    return Err(serde::de::Error::custom("too many fields"));
                }
            }
            Ok(fields)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let fields = reader.deserialize_map(Fields(most)).and_then(|fields| reader.end().map(|()| fields));
    fields.map_err(|error| Error::Damaged(format!("not a JSON object: {error}")))
}

/// Reads the next value of an array into `element`, at most `limit` bytes of it: its length, `None` at the end.
fn value(stream: &mut Stream<'_>, element: &mut Vec<u8>, limit: u64) -> io::Result<Option<u64>> {
    element.clear();
    let (mut depth, mut length, mut quoted, mut escaped) = (0u64, 0u64, false, false);
    loop {
        let available = stream.fill_buf()?;
        if available.is_empty() {
            if length > 0 {
                return Err(Error::damaged("the array ends inside a value").into());
            }
            return Ok(None);
        }
        let (mut from, mut to, mut done) = (0, available.len(), false);
        for (at, byte) in available.iter().enumerate() {
            if quoted {
                quoted = escaped || *byte != b'"';
                escaped = !escaped && *byte == b'\\';
                continue;
            }
            match byte {
                b'"' => quoted = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => {
                    // The array's own end.
                    (to, done) = (at, true);
                    break;
                }
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        (to, done) = (at + 1, true);
                        break;
                    }
                }
                b',' if depth == 0 => {
                    if length == 0 && available[from..at].trim_ascii().is_empty() {
                        from = at + 1;
                        continue;
                    }
                    (to, done) = (at, true);
                    break;
                }
                _ => {}
            }
        }
        let part = &available[from..to];
        let part = if length == 0 { part.trim_ascii_start() } else { part };
        let room = usize::try_from(limit.saturating_sub(element.len() as u64)).unwrap_or(usize::MAX);
        element.extend_from_slice(&part[..part.len().min(room)]);
        length += part.len() as u64;
        let ended = done && length == 0;
        let used = if ended { available.len() } else { to };
        stream.consume(used);
        if ended {
            return Ok(None);
        }
        if done {
            return Ok(Some(length));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_an_array_are_told_apart() {
        let json = br#" {"a":"]}\"["}, [1,[2]] ,3,
            {"b":{}} ] trailing"#;
        let mut stream = Stream::new(&json[..]);
        let (mut element, mut found) = (Vec::new(), Vec::new());
        while value(&mut stream, &mut element, 1000).unwrap().is_some() {
            found.push(String::from_utf8_lossy(&element).trim().to_owned());
        }
        assert_eq!(found, [r#"{"a":"]}\"["}"#, "[1,[2]]", "3", r#"{"b":{}}"#]);
    }
}
