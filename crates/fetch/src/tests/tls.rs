//! https: whom is trusted, and that an https page doesn't lead to a http one.

use std::io::Write;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use ureq::tls::Certificate;

use super::server::{Names, Server, answer, fetcher_with, read_head, tight};
use crate::{Error, Fetched};

const AUTHORITY: &[u8] = include_bytes!("../../testdata/ca.pem");
const LEAF: &[u8] = include_bytes!("../../testdata/leaf.pem");
const KEY: &[u8] = include_bytes!("../../testdata/leaf.key");

/// Answers over TLS as `public.example`; the request's head was read by nobody before.
fn secure(answer: Vec<u8>) -> (std::net::SocketAddr, std::thread::JoinHandle<usize>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = vec![CertificateDer::from_pem_slice(LEAF).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = rustls::ServerConnection::new(config).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        let head = read_head(&mut stream);
        if !head.is_empty() {
            let _ = stream.write_all(&answer);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        head.len()
    });
    (address, thread)
}

fn authority() -> Vec<Certificate<'static>> {
    vec![Certificate::from_pem(AUTHORITY).unwrap().to_owned()]
}

#[test]
fn a_host_that_proves_who_it_is_is_read() {
    let (address, server) = secure(answer("200 OK", &[("content-type", "text/html")], b"<p>sealed"));
    let names = Names::default().tell("public.example", &[&[address]]);
    let fetcher = fetcher_with(names, &[address], tight(), authority());
    let fetched = fetcher.get(&format!("https://public.example:{}/", address.port()), None);
    let Ok(Fetched::Page(page)) = fetched else { panic!("{fetched:?}") };
    assert_eq!(page.bytes, b"<p>sealed");
    assert!(server.join().unwrap() > 0);
}

#[test]
fn a_host_that_can_t_is_told_nothing() {
    // Another name than the certificate's; an authority that nobody trusts; no authority at all; no TLS.
    let other = Certificate::from_pem(LEAF).unwrap().to_owned();
    for (host, roots) in [("other.example", authority()), ("public.example", vec![other])] {
        let (address, server) = secure(answer("200 OK", &[], b"secret"));
        let names = Names::default().tell(host, &[&[address]]);
        let fetcher = fetcher_with(names, &[address], tight(), roots);
        let error = fetcher.get(&format!("https://{host}:{}/", address.port()), None).unwrap_err();
        assert!(matches!(error, Error::Tls { .. }), "{host}: {error:?}");
        assert_eq!(server.join().unwrap(), 0, "no request was sent");
    }
    let plain = Server::saying(answer("200 OK", &[], b"plain"));
    let names = Names::default().tell("public.example", &[&[plain.address]]);
    let url = format!("https://public.example:{}/", plain.address.port());
    let fetcher = fetcher_with(names.clone(), &[plain.address], tight(), authority());
    assert!(fetcher.get(&url, None).is_err());
    let fetcher = fetcher_with(names, &[plain.address], tight(), Vec::new());
    assert!(matches!(fetcher.get(&url, None), Err(Error::Tls { .. })));
}

#[test]
fn a_sealed_page_that_leads_to_an_open_one_is_not_followed() {
    let open = Server::saying(answer("200 OK", &[], b"open"));
    let (address, server) = secure(answer("302 Found", &[("location", &open.url("/"))], b""));
    let names = Names::default().tell("public.example", &[&[address], &[open.address]]);
    let fetcher = fetcher_with(names, &[address, open.address], tight(), authority());
    let error = fetcher.get(&format!("https://public.example:{}/", address.port()), None).unwrap_err();
    assert!(matches!(error, Error::Redirect { .. }), "{error:?}");
    assert_eq!(open.connections(), 0);
    assert!(server.join().unwrap() > 0);
}
