//! Random damage to inputs of every kind, in this process, for so many seconds: `mutate SECONDS [SEED]`. A stand-in for
//! coverage-guided fuzzing where no fuzzer is installed; a panic ends it with the input's seed. Times are of the
//! processor.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use watchkeeper_intake::hostile::{Member, answer, gzip, pdf_with, warc_record, zip_of};
use watchkeeper_intake::{Limits, Options, Source, pdf, read};

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let time = Duration::from_secs(arguments.next().unwrap_or(10));
    let mut seed = arguments.next().unwrap_or(1);
    let seeds = seeds();
    let limits = Limits { page_bytes: 1_000_000, slack_bytes: 4_000_000, ..Limits::default() };
    let (start, mut rounds, mut slowest) = (Instant::now(), vec![0u64; seeds.len() + 1], Duration::ZERO);
    while start.elapsed() < time {
        let first = seed;
        let which = below(&mut seed, seeds.len() + 1);
        // The last kind is the PDF child's, read in this process: its panics are caught, so what counts is that it comes back.
        let mut bytes = seeds.get(which).cloned().unwrap_or_else(|| pdf_with("Troops came.", ""));
        damage(&mut bytes, &seeds, &mut seed);
        let begun = processor_time();
        if which == seeds.len() {
            let ask = b"{\"memory\":4000000000,\"milliseconds\":2000,\"pages\":20,\"text\":1000000}\n";
            let input = [ask.as_slice(), &bytes].concat();
            let _ = pdf::child_main_unconfined(input.as_slice(), std::io::sink());
        } else {
            let source = Source::Bytes { name: "x".to_owned(), bytes };
            let caught = std::panic::catch_unwind(|| {
                read(source, &limits, &Options::default(), &mut |_| ControlFlow::Continue(()))
            });
            if caught.is_err() {
                eprintln!("seed {first}: kind {which} panicked");
                std::process::exit(1);
            }
        }
        let took = processor_time().saturating_sub(begun);
        if took > Duration::from_secs(1) {
            eprintln!("seed {first}: kind {which} took {took:?}");
        }
        slowest = slowest.max(took);
        rounds[which] += 1;
    }
    println!("{} inputs, slowest {slowest:?}, by kind {rounds:?}", rounds.iter().sum::<u64>());
}

/// Processor time of this thread so far: by the clock, a loaded machine makes any input look slow.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Where threads have no clock of their own, the wall's.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// A number below `limit` (splitmix64).
fn below(seed: &mut u64, limit: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ z >> 31) % limit.max(1) as u64).unwrap_or(0)
}

fn damage(bytes: &mut Vec<u8>, others: &[Vec<u8>], seed: &mut u64) {
    const TOKENS: &[&[u8]] = &[
        b"\r\n",
        b"\n\n",
        b"--x",
        b"WARC/1.0\r\n",
        b"Content-Length: 99999999\r\n",
        b"PK\x01\x02",
        b"\x1f\x8b\x08",
        b"\xff\xff\xff\xff",
        b"\"",
        b"{",
        b"[",
        b",",
        b"From a@b Mon May  3 10:00:00 2021\n",
        b"=?utf-8?B?",
        b"&#x110000;",
        b"<w:p>",
        b"endobj",
        b" 0 R",
        b"<<",
        b"/Kids",
        b"/Length",
        b"stream",
        b"\xf0\x9f",
        b"\0",
    ];
    for _ in 0..=below(seed, 6) {
        let at = below(seed, bytes.len() + 1);
        match below(seed, 7) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(below(seed, 256)).unwrap_or(0),
            1 if at < bytes.len() => bytes[at] ^= 1 << below(seed, 8),
            2 => drop(bytes.splice(at..at, TOKENS[below(seed, TOKENS.len())].iter().copied())),
            3 => drop(bytes.drain(at..(at + below(seed, 40)).min(bytes.len()))),
            4 => {
                let part = bytes[at..(at + below(seed, 200)).min(bytes.len())].to_vec();
                let to = below(seed, bytes.len() + 1);
                drop(bytes.splice(to..to, part.repeat(1 + below(seed, 3))));
            }
            5 => {
                let other = &others[below(seed, others.len())];
                let from = below(seed, other.len());
                drop(bytes.splice(at..at, other[from..(from + 300).min(other.len())].iter().copied()));
            }
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let page =
        answer("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", &gzip(b"<p>Troops came.</p>"));
    let record = warc_record("response", "http://a.example/", &page, None);
    let zip =
        zip_of(&[Member::deflated("a.txt", b"Troops came."), Member::stored("b/c.html", b"<p>x</p>")], false);
    let core = b"<c><dc:title>A raid</dc:title><d:modified>2021-05-03T10:00:00Z</d:modified></c>";
    let document = b"<w:p><w:r><w:t>Troops &amp; came.</w:t></w:r></w:p><w:p><w:numPr></w:numPr><w:r><w:t>x</w:t></w:r></w:p>";
    let docx = zip_of(
        &[Member::stored("word/document.xml", document), Member::stored("docProps/core.xml", core)],
        false,
    );
    let mail = b"From: \"A\" <a@b.example>\r\nSubject: =?utf-8?Q?Raid?=\r\nDate: Mon, 3 May 2021 10:00:00 +0200\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nTroops =E9 \r\n--x\r\nContent-Type: text/html; name*=utf-8''a%20b\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+x\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: y\r\n\r\nThird.\r\n--x--\r\n".to_vec();
    let mailbox = [
        b"From a@b Mon May  3 10:00:00 2021\n".as_slice(),
        &mail,
        b"\n\nFrom a@b Mon May  3 10:00:00 2021\n",
        &mail,
    ]
    .concat();
    let xz: &[u8] = &[
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x00, 0x21, 0x01, 0x16,
        0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x01, 0x61, 0x0a, 0x00, 0x00, 0x00,
    ];
    vec![
        [record.clone(), record.clone()].concat(),
        [gzip(&record), gzip(&record)].concat(),
        zip,
        docx,
        mail,
        mailbox,
        b"title,text,date\n\"A\",\"Troops \"\"came\"\n1,2,3\n,,\n".to_vec(),
        b"{\"text\":\"Troops\",\"date\":\"3 May 2021\",\"authors\":[{\"name\":\"x\"}]}\n{\"text\":[1,{}],\"a\":null}\n".to_vec(),
        b"[{\"text\":\"Troops\"},\n {\"url\":\"http://a\"}]".to_vec(),
        ruzstd::encoding::compress_to_vec(&b"Troops came to the river and left it again."[..], ruzstd::encoding::CompressionLevel::Fastest),
        watchkeeper_intake::hostile::bzip2_of_letters(),
        xz.to_vec(),
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><html><body><p>Troops</p></body></html>".to_vec(),
        b"# A raid\n\nSee [this](http://x). \xff\xfet\0e\0x\0t\0".to_vec(),
    ]
}
