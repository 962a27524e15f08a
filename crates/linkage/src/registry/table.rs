//! Tab-separated tables with a header line and comment lines, read without copying.

use std::str::FromStr;

/// A row that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryError {
    /// The file as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for RegistryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for RegistryError {}

/// An open table.
pub(super) struct Rows<'a> {
    file: &'a str,
    columns: Vec<&'a str>,
    body: &'a str,
    comments: &'a str,
    /// Line of the header, from 1.
    pub(super) header_line: usize,
}

impl<'a> Rows<'a> {
    /// Reads comments and header.
    pub(super) fn open(file: &'a str, text: &'a str) -> Result<Self, RegistryError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut at = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let next = at + line.len();
            let content = line.trim_end_matches(['\n', '\r']);
            if !content.is_empty() && !content.starts_with('#') {
                let columns: Vec<&str> = content.split('\t').collect();
                return Ok(Self {
                    file,
                    columns,
                    body: &text[next..],
                    comments: &text[..at],
                    header_line: number + 1,
                });
            }
            at = next;
        }
        let message = "no header line: the first line that isn't a comment names the columns".to_owned();
        Err(RegistryError { file: file.to_owned(), line: 1, message })
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }

    /// Whether its comments say that a recipe made it.
    pub(super) fn generated(&self) -> bool {
        self.comments.starts_with("# Made by ")
    }

    pub(super) fn error(&self, line: usize, message: impl Into<String>) -> RegistryError {
        RegistryError { file: self.file.to_owned(), line, message: message.into() }
    }

    /// The rows; comments and empty lines are left out.
    pub(super) fn iter(&self) -> impl Iterator<Item = Result<Row<'_>, RegistryError>> {
        self.body.split('\n').enumerate().filter_map(move |(number, line)| {
            let line = line.trim_end_matches('\r');
            if line.is_empty() || line.starts_with('#') {
                return None;
            }
            let number = self.header_line + 1 + number;
            let mut fields = Vec::with_capacity(self.columns.len());
            fields.extend(line.split('\t').map(str::trim));
            let count = fields.len();
            if count != self.columns.len() {
                let message = format!("{count} fields, but the header names {} columns", self.columns.len());
                return Some(Err(self.error(number, message)));
            }
            Some(Ok(Row { rows: self, fields, number }))
        })
    }
}

/// One row.
pub(super) struct Row<'a> {
    rows: &'a Rows<'a>,
    fields: Vec<&'a str>,
    number: usize,
}

impl<'a> Row<'a> {
    /// A field; empty where the table lacks the column.
    pub(super) fn get(&self, column: &str) -> &'a str {
        let place = self.rows.columns.iter().position(|name| *name == column);
        place.and_then(|place| self.fields.get(place).copied()).unwrap_or("")
    }

    pub(super) fn error(&self, message: String) -> RegistryError {
        self.rows.error(self.number, message)
    }

    /// A field of a closed vocabulary; `None` when empty.
    pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &self,
        column: &str,
    ) -> Result<Option<T>, RegistryError> {
        match self.get(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|error| self.error(format!("`{column}`: {error}"))),
        }
    }

    /// A country code; `None` when empty.
    pub(super) fn country(&self, column: &str) -> Result<Option<String>, RegistryError> {
        match self.get(column) {
            "" => Ok(None),
            code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Ok(Some(code.to_owned()))
            }
            code => Err(self.error(format!("`{column}`: `{code}` is not an ISO 3166-1 alpha-3 code"))),
        }
    }

    /// An ISO year, month or day; `None` when empty.
    pub(super) fn date(&self, column: &str) -> Result<Option<String>, RegistryError> {
        let text = self.get(column);
        let part = |range: std::ops::Range<usize>| {
            text.get(range).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let bytes = text.as_bytes();
        let good = match bytes.len() {
            0 => return Ok(None),
            4 => part(0..4),
            7 => part(0..4) && bytes[4] == b'-' && part(5..7),
            10 => part(0..4) && bytes[4] == b'-' && part(5..7) && bytes[7] == b'-' && part(8..10),
            _ => false,
        };
        if good {
            Ok(Some(text.to_owned()))
        } else {
            Err(self.error(format!("`{column}`: `{text}` is not YYYY, YYYY-MM or YYYY-MM-DD")))
        }
    }
}
