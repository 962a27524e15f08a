//! Inputs: what the user names becomes a list of sources.

use std::fmt;
use std::path::{Path, PathBuf};

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes that are already there, e.g. of a page that was fetched.
    Bytes {
        /// How they are named in messages and in `document.origin`; its ending counts as a file's does.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

impl Source {
    /// How the input is named in messages and in `document.origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
            Self::Bytes { name, .. } => name.clone(),
        }
    }
}

/// A name that leads to no input.
#[derive(Debug)]
pub struct SourceError {
    /// The name as given.
    pub name: String,
    /// Why, in one line.
    pub message: String,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for SourceError {}

/// What is taken from folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExpandOptions {
    /// Whether tables (`.csv`, `.tsv`, `.json`, `.jsonl`, `.ndjson`) in folders are read: when a column was named.
    pub tables: bool,
}

/// Endings of files that hold data or code, never a report.
const DATA: &[&str] = &[
    "geojson", "toml", "yaml", "yml", "xml", "db", "sqlite", "parquet", "css", "js", "py", "r", "rs", "sh",
    "log",
];

/// Endings of tables, which may hold reports or anything else.
const TABLES: &[&str] = &["json", "jsonl", "ndjson", "csv", "tsv"];

/// Endings of compression, looked through for the ending that counts.
const PACKED: &[&str] = &["gz", "zst", "bz2", "xz"];

/// Whether a file's ending says that it holds data or code.
pub(crate) fn is_data(path: &Path, options: ExpandOptions) -> bool {
    let ending = |path: &Path| {
        path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).unwrap_or_default()
    };
    let mut last = ending(path);
    if PACKED.contains(&last.as_str())
        && let Some(stem) = path.file_stem()
    {
        last = ending(Path::new(stem));
    }
    DATA.contains(&last.as_str()) || (!options.tables && TABLES.contains(&last.as_str()))
}

/// Expands names: `-` is standard input, a folder stands for every file below it (hidden ones and those whose ending says data or
/// code left out: a folder of reports often holds readings too; tables only with [`ExpandOptions::tables`]; links to folders not followed), a name with `*`, `?` or `[` that is no file is a pattern. Files of one name are sorted by path.
///
/// What can't be expanded is given beside the rest, in the order of the names.
#[must_use]
pub fn expand(names: &[impl AsRef<Path>], options: ExpandOptions) -> Vec<Result<Source, SourceError>> {
    let mut sources = Vec::new();
    for name in names {
        let path = name.as_ref();
        if path == Path::new("-") {
            sources.push(Ok(Source::Stdin));
        } else if path.is_dir() {
            folder(path, options, &mut sources);
        } else if let Some(name) =
            path.to_str().filter(|name| !path.exists() && name.contains(['*', '?', '[']))
        {
            pattern(name, &mut sources);
        } else {
            // A file that doesn't exist is reported when it is opened, like any other that can't be read.
            sources.push(Ok(Source::File(path.to_path_buf())));
        }
    }
    sources
}

fn failed(name: &Path, message: String) -> Result<Source, SourceError> {
    Err(SourceError { name: name.display().to_string(), message })
}

fn folder(path: &Path, options: ExpandOptions, sources: &mut Vec<Result<Source, SourceError>>) {
    let before = sources.len();
    // An explicit stack: folders may nest deeper than the machine's stack is long.
    let mut open = vec![path.to_path_buf()];
    while let Some(next) = open.pop() {
        let is_link = next.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
        if next.is_dir() && (!is_link || next == path) {
            match std::fs::read_dir(&next) {
                Ok(entries) => {
                    let mut names: Vec<PathBuf> = Vec::new();
                    for entry in entries {
                        match entry {
                            Ok(entry) if !entry.file_name().as_encoded_bytes().starts_with(b".") => {
                                names.push(entry.path())
                            }
                            Ok(_) => {}
                            Err(error) => sources.push(failed(&next, error.to_string())),
                        }
                    }
                    names.sort();
                    open.extend(names.into_iter().rev());
                }
                Err(error) => sources.push(failed(&next, error.to_string())),
            }
        } else if next.is_file() && !is_data(&next, options) {
            sources.push(Ok(Source::File(next)));
        }
    }
    if sources.len() == before {
        sources.push(failed(path, "the folder holds no file to read".to_owned()));
    }
}

fn pattern(name: &str, sources: &mut Vec<Result<Source, SourceError>>) {
    let before = sources.len();
    match glob::glob(name) {
        Ok(paths) => {
            for path in paths {
                match path {
                    Ok(path) if path.is_dir() => {}
                    Ok(path) => sources.push(Ok(Source::File(path))),
                    Err(error) => sources.push(failed(error.path(), error.error().to_string())),
                }
            }
            if sources.len() == before {
                sources.push(failed(Path::new(name), "no file fits the pattern".to_owned()));
            }
        }
        Err(error) => sources.push(failed(Path::new(name), format!("not a pattern: {}", error.msg))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_in_order_and_an_empty_one_is_said() {
        let root = std::env::temp_dir().join(format!("watchkeeper-intake-source-{}", std::process::id()));
        for folder in ["a/b", "empty", "a/.hidden"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in
            ["a/2.txt", "a/b/1.txt", "a/10.txt", "a/.hidden/x.txt", "a/.y", "a/readings.jsonl", "a/t.csv.gz"]
        {
            std::fs::write(root.join(file), "x").unwrap();
        }
        let name = |part: &str| root.join(part).display().to_string();
        let found: Vec<String> = expand(
            &[name("a"), "-".to_owned(), name("a/*.txt"), name("none/*.txt"), name("empty")],
            ExpandOptions::default(),
        )
        .into_iter()
        .map(|source| match source {
            Ok(source) => source.origin().replace(&name(""), ""),
            Err(error) => format!("! {}", error.message),
        })
        .collect();
        let expected = [
            "a/10.txt",
            "a/2.txt",
            "a/b/1.txt",
            "-",
            "a/10.txt",
            "a/2.txt",
            "! no file fits the pattern",
            "! the folder holds no file to read",
        ];
        let tables = expand(&[name("a")], ExpandOptions { tables: true }).len();
        #[cfg(unix)]
        let looped = {
            std::os::unix::fs::symlink(root.join("a"), root.join("a/b/loop")).unwrap();
            std::os::unix::fs::symlink(root.join("a/b/x"), root.join("a/b/y")).unwrap();
            std::os::unix::fs::symlink(root.join("a/b/y"), root.join("a/b/x")).unwrap();
            expand(&[name("a")], ExpandOptions::default()).len()
        };
        #[cfg(not(unix))]
        let looped = 3;
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, expected);
        assert_eq!((tables, looped), (5, 3));
    }
}
