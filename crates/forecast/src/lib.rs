//! What may come: rates, tails and self-excitation with their uncertainty, and the scores of what was said before.
//!
//! In: series and panels as of a date, seeds. Out: fits, draws and scores. What it does not do: read files, know a clock, store.
