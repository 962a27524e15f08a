//! What may come: rates, tails and self-excitation with their uncertainty, and the scores of what was said before.
//!
//! In: series and panels as of a date, seeds. Out: fits, draws and scores. What it does not do: read files, know a clock, store.
//! Draws come from counter-based streams (`random`), so that they never depend on the number of threads.

#![warn(clippy::disallowed_methods)]

pub mod backtest;
pub mod excitation;
pub mod ledger;
pub mod numeric;
pub mod panel;
pub mod parallel;
pub mod random;
pub mod rate;
pub mod scoring;
pub mod severity;
pub mod table;
