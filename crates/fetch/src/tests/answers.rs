//! Answers that are slow, large, coded, cut off, or no answers at all.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use watchkeeper_record::page::Form;

use super::server::{Names, Server, answer, fetcher, fetcher_with, tight};
use crate::{Error, Fetched, Fetcher, Limits, Options, Validators};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_page_is_kept_as_it_came() {
    let (sender, heads) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let body = gzip("<html><p>Cafés reopened.</p>".as_bytes());
    let server = Server::start(move |head, _, stream| {
        sender.lock().unwrap().send(head.to_owned()).unwrap();
        let headers = [
            ("Content-Type", "text/html; charset=UTF-8"),
            ("Content-Encoding", "gzip"),
            ("ETag", "\"v1\""),
            ("Set-Cookie", "id=1"),
        ];
        stream.write_all(&answer("200 OK", &headers, &body))
    });
    let Ok(Fetched::Page(page)) = fetcher(&server).get(&server.url("/a?b=c#d"), None) else {
        panic!("a page")
    };
    assert_eq!(page.bytes, "<html><p>Cafés reopened.</p>".as_bytes());
    assert_eq!((page.form, page.origin.as_str()), (Form::Html, server.url("/a?b=c#d").as_str()));
    assert!(page.fetched.is_some());
    let http = page.http.unwrap();
    assert_eq!(
        (http.status, http.url.as_str(), http.charset().as_deref()),
        (200, server.url("/a?b=c").as_str(), Some("utf-8"))
    );
    assert_eq!((http.header("etag"), http.header("set-cookie")), (Some("\"v1\""), None));
    let head = heads.recv().unwrap().to_ascii_lowercase();
    assert!(head.starts_with("get /a?b=c http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nuser-agent: watchkeeper/0.1 (+https://desk.example/bot)\r\n"), "{head}");
    assert!(head.contains("\r\naccept-encoding: gzip, deflate, br, zstd\r\n"), "{head}");
    for absent in ["cookie", "authorization", "referer", "if-none-match"] {
        assert!(!head.contains(absent), "{head}");
    }
}

#[test]
fn validators_are_sent_and_heeded() {
    let server = Server::start(|head, _, stream| {
        let head = head.to_ascii_lowercase();
        let known = head.contains("if-none-match: \"v1\"")
            && head.contains("if-modified-since: fri, 20 oct 2017 14:05:00 gmt");
        let status = if known { "304 Not Modified" } else { "200 OK" };
        stream.write_all(&answer(
            status,
            &[("etag", "\"v1\""), ("last-modified", "Fri, 20 Oct 2017 14:05:00 GMT")],
            b"",
        ))
    });
    let fetcher = fetcher(&server);
    let Ok(Fetched::Page(page)) = fetcher.get(&server.url("/"), None) else { panic!("a page") };
    let validators = Validators::of(page.http.as_ref().unwrap());
    assert!(matches!(fetcher.get(&server.url("/"), Some(&validators)), Ok(Fetched::NotModified(_))));
    // Told that nothing changed without having asked is no answer.
    let liar = Server::saying("HTTP/1.1 304 Not Modified\r\n\r\n");
    let error = super::server::fetcher(&liar).get(&liar.url("/"), Some(&Validators::default())).unwrap_err();
    assert!(matches!(error, Error::Status { status: 304, .. }), "{error}");
}

#[test]
fn statuses_are_told_in_words() {
    for (status, headers, passing, words) in [
        ("404 Not Found", vec![], false, "answered 404 (not found)"),
        ("403 Forbidden", vec![], false, "answered 403 (forbidden)"),
        ("410 Gone", vec![], false, "answered 410 (gone for good)"),
        ("429 Slow Down", vec![("retry-after", "120")], true, "asks to come back after 120 s"),
        ("500 Oops", vec![], true, "answered 500 (server error)"),
        (
            "503 Busy",
            vec![("retry-after", "Fri, 20 Oct 2017 14:05:00 GMT")],
            true,
            "answered 503 (unavailable for now)",
        ),
        ("204 No Content", vec![], false, "answered 204 (no content)"),
        ("206 Partial Content", vec![], false, "a part only"),
        ("300 Multiple Choices", vec![("location", "/x")], false, "several choices"),
        ("999 Denied", vec![], false, "answered 999"),
    ] {
        let server = Server::saying(answer(status, &headers, b"words that aren't read"));
        let error = fetcher(&server).get(&server.url("/"), None).unwrap_err();
        assert!(error.to_string().contains(words), "{status}: {error}");
        assert_eq!(error.is_passing(), passing, "{status}");
    }
}

#[test]
fn bombs_of_every_coding_end_within_bounds() {
    let zeros = vec![0; 24 << 20];
    let mut brotli = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut zeros.as_slice(), &mut brotli, &parameters).unwrap();
    let zstd = zstd::encode_all(zeros.as_slice(), 3).unwrap();
    let gzip_once = gzip(&zeros);
    for (coding, body) in [
        ("gzip", gzip_once.clone()),
        ("br", brotli),
        ("zstd", zstd),
        ("gzip, gzip", gzip(&gzip_once)),
        ("gzip, gzip, gzip, gzip, gzip", gzip(&gzip_once)),
        ("gzip,", b"\x1f\x8b\x08\x00 broken".to_vec()),
        ("br", b"not brotli at all, not even close".to_vec()),
        ("exi", b"x".to_vec()),
    ] {
        let server = Server::saying(answer(
            "200 OK",
            &[("content-encoding", coding), ("content-type", "text/html")],
            &body,
        ));
        let started = Instant::now();
        let error = fetcher(&server).get(&server.url("/"), None).unwrap_err();
        assert!(matches!(error, Error::Coding { .. } | Error::TooLarge { .. }), "{coding}: {error}");
        assert!(started.elapsed() < Duration::from_secs(5), "{coding}: {:?}", started.elapsed());
    }
}

#[test]
fn lying_lengths_are_found_out() {
    // Promises more than it sends.
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort");
    let error = fetcher(&server).get(&server.url("/"), None).unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }), "{error}");
    // Sends more than it promises: what was promised is read.
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshort and more");
    let Ok(Fetched::Page(page)) = fetcher(&server).get(&server.url("/"), None) else { panic!("a page") };
    assert_eq!(page.bytes, b"short");
    // Promises more than is allowed: not even begun.
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nx");
    let error = fetcher(&server).get(&server.url("/"), None).unwrap_err();
    assert!(matches!(error, Error::TooLarge { what: "body", .. }), "{error}");
    // Two lengths, or none that is a number.
    for lengths in [
        "content-length: 5\r\ncontent-length: 900\r\n",
        "content-length: -5\r\n",
        "content-length: 99999999999999999999999999\r\n",
    ] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\n{lengths}\r\nshort"));
        let result = fetcher(&server).get(&server.url("/"), None);
        assert!(
            result.is_err() || matches!(&result, Ok(Fetched::Page(page)) if page.bytes.len() <= 5),
            "{lengths}: {result:?}"
        );
    }
    // A chunked body that breaks off.
    let server = Server::saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nonly this");
    assert!(fetcher(&server).get(&server.url("/"), None).is_err());
}

/// Writes the same bytes until the other side has enough.
fn endless(head: &'static [u8], again: &'static [u8]) -> Server {
    Server::start(move |_, _, stream| {
        stream.write_all(head)?;
        let many = again.repeat((16 << 10) / again.len() + 1);
        for _ in 0..20_000 {
            stream.write_all(&many)?;
        }
        Ok(())
    })
}

#[test]
fn what_never_ends_is_ended() {
    for (head, again) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], &b"x-more: and more and more\r\n"[..]),
        (b"HTTP/1.1 200 OK\r\nx: ", b"aaaaaaaaaaaaaaaa"),
        (b"HTTP/1.1 200 ", b"aaaaaaaaaaaaaaaa"),
        (b"", b"no http at all"),
        (b"", b"\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n", b"<p>more</p>"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"10\r\n0123456789abcdef\r\n"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", b"extension=and-more;"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"0000000000000000"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"trailer: and more\r\n"),
    ] {
        let server = endless(head, again);
        let started = Instant::now();
        let result = fetcher(&server).get(&server.url("/"), None);
        let shown = String::from_utf8_lossy(again);
        // A body that has ended may be followed by trailers; the rest must fail.
        if !head.ends_with(b"0\r\n") {
            assert!(result.is_err(), "{shown}: {result:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(4), "{shown}: {:?}", started.elapsed());
    }
}

/// Writes one byte after another, with a pause between.
fn trickle(head: &'static [u8], pause: Duration) -> Server {
    Server::start(move |_, _, stream| {
        for byte in head.iter().chain(std::iter::repeat_n(&b'a', 1_000)) {
            stream.write_all(&[*byte])?;
            stream.flush()?;
            std::thread::sleep(pause);
        }
        Ok(())
    })
}

/// Says nothing.
fn silent() -> Server {
    Server::start(|_, _, _| {
        std::thread::sleep(Duration::from_secs(4));
        Ok(())
    })
}

#[test]
fn the_slow_and_the_silent_run_out_of_time() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n";
    for (server, expected) in [
        // Says nothing, or nothing more.
        (silent(), "the host fell silent"),
        (
            Server::start(|_, _, stream| {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")?;
                std::thread::sleep(Duration::from_secs(4));
                Ok(())
            }),
            "the host fell silent",
        ),
        // Says one byte at a time, in head and body: no byte is late, all of it is.
        (trickle(b"HTTP/1.1 200 OK\r\nx: ", Duration::from_millis(60)), "it took longer than allowed"),
        (trickle(&head[..], Duration::from_millis(40)), "it took longer than allowed"),
    ] {
        let started = Instant::now();
        let error = fetcher(&server).get(&server.url("/"), None).unwrap_err();
        assert!(matches!(&error, Error::Time { what, .. } if *what == expected), "{expected}: {error}");
        assert!(error.is_passing());
        assert!(started.elapsed() < Duration::from_millis(3_500), "{:?}", started.elapsed());
    }
}

#[test]
fn time_is_one_budget_for_all_redirects() {
    let server = Server::start(|_, path, stream| {
        std::thread::sleep(Duration::from_millis(450));
        let number: usize = path.trim_start_matches("/n").parse().unwrap_or(0);
        stream.write_all(&answer("302 Found", &[("location", &format!("/n{}", number + 1))], b""))
    });
    let limits = Limits { total: Duration::from_secs(1), idle: Duration::from_secs(1), ..tight() };
    let names = Names::default().tell("public.example", &[&[server.address]]);
    let fetcher = fetcher_with(names, &[server.address], limits, Vec::new());
    let started = Instant::now();
    assert!(matches!(fetcher.get(&server.url("/n0"), None), Err(Error::Time { .. })));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_stop_is_noticed_while_waiting() {
    let server = silent();
    let stop = Arc::new(AtomicBool::new(false));
    let options = Options { allow_private: true, stop: Arc::clone(&stop), ..Options::default() };
    let fetcher = Fetcher::new(options).unwrap();
    let waker = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::Relaxed);
    });
    let started = Instant::now();
    let error = fetcher.get(&format!("http://{}/", server.address), None).unwrap_err();
    assert_eq!(error, Error::Stopped);
    assert!(started.elapsed() < Duration::from_secs(2));
    waker.join().unwrap();
}

#[test]
fn pictures_aren_t_read() {
    let server = Server::saying(answer("200 OK", &[("content-type", "Image/PNG")], &[0; 1_000]));
    assert!(matches!(fetcher(&server).get(&server.url("/"), None), Err(Error::Kind { .. })));
    for (kind, body, form) in [
        ("application/pdf", &b"%PDF-1.7"[..], Form::Pdf),
        ("text/html", b"%PDF-1.4 mislabelled", Form::Pdf),
        ("text/plain", b"<p>", Form::Text),
        ("application/octet-stream", b"  <!doctype html>", Form::Html),
        ("", b"plain", Form::Text),
    ] {
        let server = Server::saying(answer("200 OK", &[("content-type", kind)], body));
        let Ok(Fetched::Page(page)) = fetcher(&server).get(&server.url("/"), None) else { panic!("{kind}") };
        assert_eq!(page.form, form, "{kind}");
    }
}

#[test]
fn no_proxy_is_taken_from_the_environment() {
    // A child process, since the environment belongs to all tests.
    if std::env::var_os("WATCHKEEPER_TEST_PROXY").is_some() {
        let server = Server::saying(answer("200 OK", &[], b"straight"));
        let Ok(Fetched::Page(page)) = fetcher(&server).get(&server.url("/"), None) else { panic!("a page") };
        assert_eq!(page.bytes, b"straight");
        return;
    }
    let proxy = Server::saying(answer("200 OK", &[], b"by proxy"));
    let address = format!("http://{}", proxy.address);
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::answers::no_proxy_is_taken_from_the_environment"])
        .env("WATCHKEEPER_TEST_PROXY", "1")
        .envs(
            ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"]
                .map(|name| (name, &address)),
        )
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(proxy.connections(), 0);
}
