//! Tricks that would lead a fetcher to where it must not go.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use super::server::{Names, Server, answer, fetcher, fetcher_with, tight};
use crate::{Error, Fetched, Fetcher, Options};

fn page() -> Vec<u8> {
    answer("200 OK", &[("content-type", "text/html")], b"<p>secret</p>")
}

#[test]
fn no_spelling_of_a_local_address_reaches_a_listener() {
    let server = Server::saying(page());
    let port = server.address.port();
    let fetcher = Fetcher::new(Options::default()).unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "2130706433",
        "0177.0.0.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::127.0.0.1]",
        "[::127.0.0.1]",
        "localhost",
        "LOCALHOST.",
        "x.localhost",
        "0",
        "0.0.0.0",
        "[::]",
        "100.64.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "１２７.0.0.1",
        "127。0。0。1",
        "ⓛocalhost",
        "good@127.0.0.1",
        "good.example%40127.0.0.1@127.0.0.1",
        "127.0.0.1#@good.example",
        "127.0.0.1\\@good.example",
    ] {
        let url = match host.split_once(['#', '\\']) {
            Some((host, rest)) => format!("http://{host}:{port}{}{rest}", &"#\\"[..1]),
            None => format!("http://{host}:{port}/"),
        };
        let error = fetcher.get(&url, None).unwrap_err();
        assert!(matches!(error, Error::Refused { .. } | Error::Url { .. }), "{url}: {error}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_name_that_resolves_to_a_private_address_is_refused() {
    let server = Server::saying(page());
    let private: SocketAddr = ([192, 168, 1, 1], 80).into();
    let public: SocketAddr = ([93, 184, 215, 14], 80).into();
    let names = Names::default()
        .tell("inner.example", &[&[private]])
        .tell("metadata.example", &[&[([169, 254, 169, 254], 80).into()]])
        .tell("loop.example", &[&[server.address]])
        .tell("mixed.example", &[&[public, private]])
        .tell("six.example", &[&["[::ffff:10.0.0.1]:80".parse().unwrap()]])
        .tell("nowhere.example", &[&[]]);
    let fetcher = fetcher_with(names, &[], tight(), Vec::new());
    for host in ["inner.example", "metadata.example", "loop.example", "mixed.example", "six.example"] {
        let error = fetcher.get(&format!("http://{host}:{}/", server.address.port()), None).unwrap_err();
        assert!(matches!(error, Error::Refused { address: Some(_), .. }), "{host}: {error}");
    }
    assert!(matches!(fetcher.get("http://nowhere.example/", None), Err(Error::Unresolved { .. })));
    assert!(matches!(fetcher.get("http://unknown.example/", None), Err(Error::Unresolved { .. })));
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_public_page_that_redirects_inside_is_refused() {
    let inner = Server::saying(page());
    for to in [
        format!("http://{}/", inner.address),
        format!("http://localhost:{}/", inner.address.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", inner.address.port()),
        format!("//0x7f000001:{}/", inner.address.port()),
        format!("http://inner.example:{}/", inner.address.port()),
        format!("http://u@public.example:{}/", inner.address.port()),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:70/_x".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let outer = Server::saying(answer("302 Found", &[("location", &to)], b""));
        let names = Names::default()
            .tell("public.example", &[&[outer.address]])
            .tell("inner.example", &[&[inner.address]]);
        let fetcher = fetcher_with(names, &[outer.address], tight(), Vec::new());
        let error = fetcher.get(&outer.url("/start"), None).unwrap_err();
        assert!(matches!(error, Error::Refused { .. } | Error::Url { .. }), "{to}: {error}");
        assert_eq!(outer.connections(), 1, "{to}");
    }
    assert_eq!(inner.connections(), 0);
}

#[test]
fn an_answer_of_the_name_server_that_changes_changes_nothing() {
    let server = Server::saying(page());
    let elsewhere = Server::saying(page());
    // First the public address, ever after an inner one.
    let names = Names::default().tell("public.example", &[&[server.address], &[elsewhere.address]]);
    let asked = names.asked.clone();
    let fetcher = fetcher_with(names, &[server.address], tight(), Vec::new());
    assert!(matches!(fetcher.get(&server.url("/"), None), Ok(Fetched::Page(_))));
    // One look-up for one request: what was checked is what was connected to.
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // The next request meets the changed answer and is refused by it.
    assert!(matches!(fetcher.get(&server.url("/"), None), Err(Error::Refused { .. })));
    assert_eq!((server.connections(), elsewhere.connections()), (1, 0));
}

#[test]
fn an_answer_that_changes_between_two_hops_is_met_by_a_check() {
    let server = Server::start(|_, path, stream| {
        let location = if path == "/start" { "/inner" } else { "/start" };
        stream.write_all(&answer("302 Found", &[("location", location)], b""))
    });
    let inner = Server::saying(page());
    let names = Names::default().tell("public.example", &[&[server.address], &[inner.address]]);
    let fetcher = fetcher_with(names, &[server.address], tight(), Vec::new());
    assert!(matches!(fetcher.get(&server.url("/start"), None), Err(Error::Refused { .. })));
    assert_eq!((server.connections(), inner.connections()), (1, 0));
}

#[test]
fn redirects_are_followed_a_little_way() {
    let server = Server::start(|_, path, stream| {
        let number: usize = path.trim_start_matches("/n").parse().unwrap_or(0);
        if number == 0 {
            return stream.write_all(&page());
        }
        let location = format!("/n{}", number - 1);
        stream.write_all(&answer("301 Moved Permanently", &[("location", &location)], b""))
    });
    let fetcher = fetcher(&server);
    let Ok(Fetched::Page(page)) = fetcher.get(&server.url("/n5"), None) else { panic!("five are followed") };
    let http = page.http.unwrap();
    assert_eq!(http.url, server.url("/n0"));
    assert_eq!(http.redirects.len(), 5);
    assert_eq!(http.redirects[0], (server.url("/n5"), 301));
    assert!(matches!(fetcher.get(&server.url("/n6"), None), Err(Error::Redirect { .. })));
}

#[test]
fn circles_and_redirects_to_nowhere_end() {
    for (status, headers) in [
        ("302 Found", vec![("location", "/start")]),
        ("302 Found", vec![("location", "/start#other")]),
        ("301 Moved", vec![]),
        ("307 Temporary Redirect", vec![("location", " ")]),
    ] {
        let server = Server::saying(answer(status, &headers, b""));
        let error = fetcher(&server).get(&server.url("/start"), None).unwrap_err();
        assert!(matches!(error, Error::Redirect { .. }), "{headers:?}: {error}");
        assert_eq!(server.connections(), 1);
    }
    let server = Server::start(|_, path, stream| {
        let location = if path == "/a" { "/b" } else { "/a" };
        stream.write_all(&answer("302 Found", &[("location", location)], b""))
    });
    assert!(matches!(fetcher(&server).get(&server.url("/a"), None), Err(Error::Redirect { .. })));
    assert_eq!(server.connections(), 2);
}

#[test]
fn with_leave_private_addresses_are_fetched() {
    let server = Server::saying(page());
    let fetcher = Fetcher::new(Options { allow_private: true, ..Options::default() }).unwrap();
    let Ok(Fetched::Page(page)) = fetcher.get(&format!("http://127.1:{}/", server.address.port()), None)
    else {
        panic!("allowed")
    };
    assert_eq!(page.bytes, b"<p>secret</p>");
    assert!(matches!(fetcher.get("http://u:p@127.0.0.1/", None), Err(Error::Url { .. })));
}
