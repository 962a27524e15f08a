//! The doors: whatever lies in files, archives and streams becomes [`watchkeeper_record::RawPage`]s.
//!
//! In: a path or a stream of bytes with limits. Out: pages one after another, each beside the remarks on it; what can't be
//! read is said by name and never takes the rest down. What it does not do: open sockets, read meaning out of pages.
