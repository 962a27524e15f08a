//! `watchkeeper compare`: the record beside incidents that an analyst coded.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use watchkeeper_pipeline::{compare, read_coded};
use watchkeeper_report::compared::{COLUMNS, rows, screen};

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::record::{Database, Narrow, Shape, csv_cell, fail, plain};

/// Match the record's incidents with an analyst's own: which were found, which missed, which are extra, and what differs.
///
/// Columns of ACLED and of UCDP GED are known from their headers; others are named with --column (docs/compare.md).
#[derive(Args)]
pub(crate) struct Arguments {
    /// The table of coded incidents.
    #[arg(value_name = "FILE.csv")]
    table: PathBuf,
    /// What a column is for, e.g. date=Datum. Fields: id, date, date_end, date_precision, place, admin1, country, latitude, longitude,
    /// place_precision, type, subtype, actors (may come again), killed, killed_low, killed_high.
    #[arg(long = "column", value_name = "FIELD=HEADER", value_parser = mapping)]
    columns: Vec<(String, String)>,
    /// Days by which dates may differ.
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u32).range(0..=60))]
    days: u32,
    /// Kilometres by which exact places may differ.
    #[arg(long, value_name = "KM", default_value = "40")]
    km: f64,
    /// Cut no list on the screen.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    narrow: Narrow,
    #[command(flatten)]
    shape: Shape,
}

fn mapping(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, name)) if !field.is_empty() && !name.is_empty() => {
            Ok((field.trim().to_owned(), name.trim().to_owned()))
        }
        _ => Err("wanted: FIELD=HEADER, e.g. date=Datum".to_owned()),
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let name = arguments.table.display();
    if !(arguments.km >= 0.0 && arguments.km <= 2000.0) {
        complain("--km wants kilometres between 0 and 2000");
        return Outcome::Nothing;
    }
    let store = match arguments.database.open_to_show(arguments.shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let bytes = match std::fs::read(&arguments.table) {
        Ok(bytes) => bytes,
        Err(error) => {
            complain(&format!("{name}: {error}"));
            return Outcome::Nothing;
        }
    };
    let table = match read_coded(&bytes, &arguments.columns) {
        Ok(table) => table,
        Err(error) => {
            complain(&format!("{name}: {error}"));
            return Outcome::Nothing;
        }
    };
    drop(bytes);
    for fault in &table.faults {
        complain(&format!("{name}: {fault}"));
    }
    if table.faulty > table.faults.len() {
        complain(&format!("{name}: {} more rows can't be read", table.faulty - table.faults.len()));
    }
    if table.rows.is_empty() {
        complain(&format!("{name}: no row that can be compared"));
        return Outcome::Nothing;
    }
    let compared = arguments
        .narrow
        .filter(&store)
        .and_then(|filter| compare(&store, &table, &filter, arguments.days, arguments.km));
    let compared = match compared {
        Ok(compared) => compared,
        Err(error) => return fail(&error),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let columns = width(std::io::stdout().is_terminal());
    let shape = &arguments.shape;
    let mut write = || -> std::io::Result<()> {
        if shape.json {
            writeln!(out, "{}", serde_json::to_string(&compared).unwrap_or_default())?;
        } else if shape.csv {
            writeln!(out, "{}", COLUMNS.join(","))?;
            for row in rows(&compared) {
                writeln!(out, "{}", row.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(","))?;
            }
        } else {
            out.write_all(crate::text::block(&plain(&screen(&compared, arguments.all)), columns).as_bytes())?;
        }
        out.flush()
    };
    match Outcome::of_writing(write()) {
        Outcome::Complete if table.faulty > 0 => Outcome::Partial,
        outcome => outcome,
    }
}
