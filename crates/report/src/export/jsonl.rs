//! One JSON object a line: everything that the record holds of an incident, with the hidden left out.

use std::io::Write;

use serde::Serialize;
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;

use super::input::Exported;
use super::{ATTRIBUTION, Error, Options, common};

/// Name and version of the form of a line; the number rises when a field changes its meaning or goes.
const SCHEMA: &str = "watchkeeper/incident/1";

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    name: String,
    #[serde(flatten)]
    told: &'a Exported,
    as_of: Option<Date>,
    made: Moment,
    version: &'a str,
    private_hidden: bool,
    coarsened_km: Option<f64>,
    attribution: &'static [&'static str],
}

pub(super) fn incident(told: &Exported, options: &Options, out: &mut impl Write) -> Result<(), Error> {
    let line = Line {
        schema: SCHEMA,
        name: common::heading(&told.incident),
        told,
        as_of: options.as_of,
        made: options.made,
        version: &options.version,
        private_hidden: !options.reveal_private,
        coarsened_km: options.coarsen_km,
        attribution: ATTRIBUTION,
    };
    serde_json::to_writer(&mut *out, &line)?;
    Ok(out.write_all(b"\n")?)
}
