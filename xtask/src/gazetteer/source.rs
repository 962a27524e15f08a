//! Reads the tables that the gazetteer is built from.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};

/// One row of a table with its column names.
#[derive(Debug)]
pub(super) struct Row {
    columns: Rc<HashMap<String, usize>>,
    line: String,
}

impl Row {
    pub(super) fn get(&self, column: &str) -> Result<&str> {
        let at = *self.columns.get(column).with_context(|| format!("no column {column}"))?;
        Ok(self.line.split('\t').nth(at).unwrap_or(""))
    }

    pub(super) fn number(&self, column: &str) -> Result<u64> {
        let text = self.get(column)?;
        text.parse::<u64>().with_context(|| format!("column {column}: `{text}` is no number"))
    }

    pub(super) fn point(&self) -> Result<(f64, f64)> {
        Ok((self.get("lat")?.parse()?, self.get("lon")?.parse()?))
    }
}

/// A gzipped table with a header line.
pub(super) fn table(source: &Path, name: &str) -> Result<Vec<Row>> {
    let path = source.join(format!("{name}.tsv.gz"));
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .with_context(|| format!("cannot unpack {}", path.display()))?;
    let mut lines = text.lines();
    let head = lines.next().context("empty table")?;
    let columns = Rc::new(
        head.split('\t').enumerate().map(|(at, name)| (name.to_owned(), at)).collect::<HashMap<_, _>>(),
    );
    Ok(lines.map(|line| Row { columns: Rc::clone(&columns), line: line.to_owned() }).collect())
}

/// A table kept by hand: tab-separated, comments begin with `#`, every row has as many cells.
pub(super) fn hand_kept(path: &Path, columns: usize) -> Result<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        ensure!(cells.len() == columns, "{}: a row has not {columns} columns: {line}", path.display());
        rows.push(cells);
    }
    Ok(rows)
}
