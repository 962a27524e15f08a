//! The fetcher: the only room that opens sockets. Pages and feeds come in politely and safely.
//!
//! In: URLs, limits, a clock. Out: [`watchkeeper_record::RawPage`]s and feed items. What it does not do: read meaning out of
//! pages, keep cookies, run scripts, send anything but the requests it is asked for.
