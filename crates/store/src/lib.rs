//! The record on disk: one SQLite file with pages, articles, readings, incidents, corrections and an audit log.
//!
//! In: what the other rooms make. Out: what was put in, and answers to queries. What it does not do: read, merge or judge.
