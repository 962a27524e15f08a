//! A server that answers as badly as it is told, and a fetcher that takes it for a public host.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ureq::tls::Certificate;

use crate::fetcher::Fetcher;
use crate::http::{Guard, Lookup, Parts};
use crate::transport::Limits;

/// What a test server does with a connection after it has read a request: head and path are given.
type Behaviour = dyn Fn(&str, &str, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// A listener of the loopback, answering until it is dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub(super) fn start(
        behaviour: impl Fn(&str, &str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, stopped) = (Arc::clone(&connections), Arc::clone(&stop));
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                counted.fetch_add(1, Ordering::Relaxed);
                let Ok(mut stream) = stream else { continue };
                let behaviour = Arc::clone(&behaviour);
                std::thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                    let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
                    let head = read_head(&mut stream);
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    let _ = behaviour(&head, &path, &mut stream);
                });
            }
        });
        Self { address, connections, stop }
    }

    /// Answers every request with the same bytes, head included.
    pub(super) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, _, stream| stream.write_all(&answer))
    }

    /// Connections so far.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// A URL of a "public" host that leads here.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://public.example:{}{path}", self.address.port())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

pub(super) fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 64 << 10 {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A whole answer: status line, headers, length, body.
pub(super) fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    out
}

/// A name server out of memory: each look-up of a name takes the next of its answers, the last for ever.
#[derive(Default, Clone)]
pub(super) struct Names {
    answers: Arc<Mutex<BTreeMap<String, Vec<Vec<SocketAddr>>>>>,
    pub(super) asked: Arc<AtomicUsize>,
}

impl Names {
    pub(super) fn tell(self, host: &str, answers: &[&[SocketAddr]]) -> Self {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        self.answers.lock().unwrap().insert(host.to_owned(), answers);
        self
    }
}

impl Lookup for Names {
    fn lookup(&self, host: &str, _port: u16, _most: Duration) -> Result<Vec<SocketAddr>, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.answers.lock().unwrap();
        let answers = answers.get_mut(host).ok_or("no such name")?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// Limits that let a test end soon.
pub(super) fn tight() -> Limits {
    Limits {
        body_bytes_max: 1 << 20,
        head_bytes_max: 16 << 10,
        total: Duration::from_millis(1_200),
        idle: Duration::from_millis(400),
        connect: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// A fetcher for which `public.example` is the given server, and nothing else of this computer is exempt.
pub(super) fn fetcher(server: &Server) -> Fetcher {
    fetcher_with(
        Names::default().tell("public.example", &[&[server.address]]),
        &[server.address],
        tight(),
        Vec::new(),
    )
}

pub(super) fn fetcher_with(
    names: Names,
    exempt: &[SocketAddr],
    limits: Limits,
    roots: Vec<Certificate<'static>>,
) -> Fetcher {
    let parts = Parts {
        user_agent: crate::fetcher::user_agent(Some("https://desk.example/bot")).unwrap(),
        limits,
        guard: Guard { allow_private: false, exempt: exempt.to_vec() },
        lookup: Box::new(names),
        roots,
        stop: Arc::default(),
    };
    Fetcher::of(parts, false)
}
