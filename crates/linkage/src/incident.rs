//! Events on one happening → incidents.

use watchkeeper_record::reading::Incident;
use watchkeeper_record::{Document, Mentions, Reading};

use crate::assemble::Traces;

/// Joins the events of a reading that tell one happening.
pub(crate) fn incidents(
    _doc: &Document,
    _mentions: &Mentions,
    _traces: &Traces,
    _reading: &Reading,
) -> Vec<Incident> {
    Vec::new()
}
