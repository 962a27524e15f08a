//! The fetcher: the only room that opens sockets. Pages and feeds come in politely and safely.
//!
//! In: URLs, limits, a clock. Out: [`watchkeeper_record::RawPage`]s and feed items. What it does not do: read meaning out of
//! pages, keep cookies, run scripts, take a proxy from the environment, send anything but the requests it is asked for.
//!
//! - [`Fetcher::get`] asks for one page: the URL is checked ([`target`]), each resolved address is checked ([`address`]) and
//!   connected to as it was checked, at most five redirects are followed with every check anew, content codings are
//!   undone under caps.
//! - [`Polite`] asks as a guest should: robots.txt, a pause between requests to a host, `Retry-After`.
//! - [`feed`] reads RSS, Atom and JSON Feed, [`opml`] lists of feeds.
//! - [`watch::Watch`] polls a list of feeds for days, with a clock and a [`Transport`] that tests replace.

pub mod address;
mod civil;
pub mod clock;
mod coding;
mod error;
pub mod feed;
mod fetcher;
mod follow;
mod http;
pub mod opml;
mod polite;
mod robots;
pub mod target;
mod transport;
pub mod watch;

pub use clock::{Clock, SystemClock};
pub use error::Error;
pub use fetcher::{Fetcher, Options};
pub use follow::{Ask, Fetched, Validators};
pub use polite::{Manners, Polite};
pub use robots::Rules;
pub use transport::{Answer, Limits, Request, Transport};

#[cfg(test)]
mod tests;

/// The name under which robots.txt files address this program (RFC 9309 §2.2.1).
pub const PRODUCT: &str = "watchkeeper";
