//! Tests of the whole room against servers of their own: no test leaves this computer.

mod addresses;
mod answers;
mod feeds;
mod robots;
mod server;
mod tls;
mod watching;
mod world;
