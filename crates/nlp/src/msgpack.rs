//! A small MessagePack reader that borrows its input.
//!
//! In: bytes of a spaCy package file. Out: a [`Value`] tree, or an error with the byte offset. It exists because package
//! files mix string and binary map keys and nest packed arrays, which typed readers refuse. Depth and lengths are checked
//! before anything is allocated, so a damaged file costs no memory. Extension types are not read.

use std::fmt;

const DEPTH_MAX: usize = 32;

/// One MessagePack value; strings and binary data borrow the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// nil
    Nil,
    /// A boolean.
    Bool(bool),
    /// An unsigned integer.
    Unsigned(u64),
    /// A negative integer.
    Signed(i64),
    /// A floating-point number.
    Float(f64),
    /// UTF-8 text.
    Text(&'a str),
    /// Binary data.
    Binary(&'a [u8]),
    /// An array.
    List(Vec<Value<'a>>),
    /// A map in file order; keys are usually [`Value::Text`].
    Map(Vec<(Value<'a>, Value<'a>)>),
}

/// The file is not MessagePack, or uses a type this reader does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MsgpackError {
    /// Byte offset of the first thing that could not be read.
    pub at: usize,
}

impl fmt::Display for MsgpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "damaged MessagePack data at byte {}", self.at)
    }
}

impl std::error::Error for MsgpackError {}

impl<'a> Value<'a> {
    /// Returns the value of a map entry whose key is this text (as text or as bytes).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        let Value::Map(entries) = self else { return None };
        entries.iter().find_map(|(k, v)| match k {
            Value::Text(t) if *t == key => Some(v),
            Value::Binary(b) if *b == key.as_bytes() => Some(v),
            _ => None,
        })
    }

    /// Returns the items of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[Value<'a>]> {
        if let Value::List(items) = self { Some(items) } else { None }
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        if let Value::Text(t) = self { Some(t) } else { None }
    }

    /// Returns binary data, or the bytes of a text.
    #[must_use]
    pub fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Value::Binary(b) => Some(b),
            Value::Text(t) => Some(t.as_bytes()),
            _ => None,
        }
    }

    /// Returns a non-negative integer.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        if let Value::Unsigned(n) = self { Some(*n) } else { None }
    }
}

/// Reads one value that must fill the whole input.
///
/// # Errors
/// [`MsgpackError`] at the first unreadable byte, or where data follow the value.
pub fn parse(bytes: &[u8]) -> Result<Value<'_>, MsgpackError> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    if reader.at == bytes.len() { Ok(value) } else { Err(MsgpackError { at: reader.at }) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], MsgpackError> {
        let error = MsgpackError { at: self.at };
        let end = self.at.checked_add(n).ok_or(error)?;
        let slice = self.bytes.get(self.at..end).ok_or(error)?;
        self.at = end;
        Ok(slice)
    }

    fn uint(&mut self, width: usize) -> Result<u64, MsgpackError> {
        Ok(self.take(width)?.iter().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    fn length(&mut self, width: usize) -> Result<usize, MsgpackError> {
        let at = self.at;
        let n = usize::try_from(self.uint(width)?).map_err(|_| MsgpackError { at })?;
        // Every element takes at least one byte, so a longer count is damage.
        if n > self.bytes.len() - self.at { Err(MsgpackError { at }) } else { Ok(n) }
    }

    fn text(&mut self, n: usize) -> Result<Value<'a>, MsgpackError> {
        let at = self.at;
        std::str::from_utf8(self.take(n)?).map(Value::Text).map_err(|_| MsgpackError { at })
    }

    fn list(&mut self, n: usize, depth: usize) -> Result<Value<'a>, MsgpackError> {
        (0..n).map(|_| self.value(depth + 1)).collect::<Result<_, _>>().map(Value::List)
    }

    fn map(&mut self, n: usize, depth: usize) -> Result<Value<'a>, MsgpackError> {
        (0..n)
            .map(|_| Ok((self.value(depth + 1)?, self.value(depth + 1)?)))
            .collect::<Result<_, _>>()
            .map(Value::Map)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, MsgpackError> {
        let at = self.at;
        if depth > DEPTH_MAX {
            return Err(MsgpackError { at });
        }
        let tag = self.take(1)?[0];
        let signed = |n: i64| if n < 0 { Value::Signed(n) } else { Value::Unsigned(n.unsigned_abs()) };
        Ok(match tag {
            0x00..=0x7f => Value::Unsigned(u64::from(tag)),
            0x80..=0x8f => self.map(usize::from(tag & 0x0f), depth)?,
            0x90..=0x9f => self.list(usize::from(tag & 0x0f), depth)?,
            0xa0..=0xbf => self.text(usize::from(tag & 0x1f))?,
            0xc0 => Value::Nil,
            0xc2 => Value::Bool(false),
            0xc3 => Value::Bool(true),
            0xc4..=0xc6 => {
                let n = self.length(1 << (tag - 0xc4))?;
                Value::Binary(self.take(n)?)
            }
            0xca => Value::Float(f64::from(f32::from_be_bytes(self.array()?))),
            0xcb => Value::Float(f64::from_be_bytes(self.array()?)),
            0xcc..=0xcf => Value::Unsigned(self.uint(1 << (tag - 0xcc))?),
            0xd0 => signed(i64::from(i8::from_be_bytes(self.array()?))),
            0xd1 => signed(i64::from(i16::from_be_bytes(self.array()?))),
            0xd2 => signed(i64::from(i32::from_be_bytes(self.array()?))),
            0xd3 => signed(i64::from_be_bytes(self.array()?)),
            0xd9..=0xdb => {
                let n = self.length(1 << (tag - 0xd9))?;
                self.text(n)?
            }
            0xdc | 0xdd => {
                let n = self.length(2 << (tag - 0xdc))?;
                self.list(n, depth)?
            }
            0xde | 0xdf => {
                let n = self.length(2 << (tag - 0xde))?;
                self.map(n, depth)?
            }
            0xe0..=0xff => Value::Signed(i64::from(i8::from_be_bytes([tag]))),
            _ => return Err(MsgpackError { at }),
        })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MsgpackError> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| MsgpackError { at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_nested_values() {
        // {"a": [1, -2, null, true], b"b": "é"}
        let bytes = b"\x82\xa1a\x94\x01\xfe\xc0\xc3\xc4\x01b\xa2\xc3\xa9";
        let value = parse(bytes).unwrap();
        let expected = [Value::Unsigned(1), Value::Signed(-2), Value::Nil, Value::Bool(true)];
        assert_eq!(value.get("a").unwrap().list().unwrap(), expected);
        assert_eq!(value.get("b").unwrap().text(), Some("é"));
    }

    #[test]
    fn damage_is_an_error() {
        assert_eq!(parse(b"\xdd\xff\xff\xff\xff"), Err(MsgpackError { at: 1 }));
        assert!(parse(b"\xa3ab").is_err());
        assert!(parse(b"\x01\x01").is_err());
        assert!(parse(&[0x91; 100]).is_err());
        assert!(parse(b"").is_err());
        assert!(parse(b"\xc1").is_err());
    }
}
