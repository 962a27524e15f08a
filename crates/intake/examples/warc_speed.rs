//! Makes a WARC of so many megabytes, plain and packed by record, and reads both: `warc_speed [MEGABYTES]`.

#![allow(clippy::print_stdout, reason = "a command-line tool talks to its user")]

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Instant;

use watchkeeper_intake::hostile::{answer, gzip, warc_record};
use watchkeeper_intake::{Limits, Options, Outcome, Source, read};

fn main() -> std::io::Result<()> {
    let megabytes: usize = std::env::args().nth(1).and_then(|argument| argument.parse().ok()).unwrap_or(500);
    let folder = std::env::temp_dir();
    let words = [
        "troops", "river", "the", "crossed", "minister", "said", "on", "Monday", "village", "a", "convoy",
        "near",
    ];
    let (plain, packed) = (folder.join("watchkeeper-speed.warc"), folder.join("watchkeeper-speed.warc.gz"));
    let (mut out, mut out_packed) = (std::fs::File::create(&plain)?, std::fs::File::create(&packed)?);
    let (mut state, mut written) = (7u32, 0);
    while written < megabytes * 1_000_000 {
        let mut page = String::from("<html><head><title>x</title></head><body>");
        for _ in 0..4000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            page.push_str(words[(state >> 16) as usize % words.len()]);
            page.push_str(if (state >> 24).is_multiple_of(9) { "</p>\n<p class=\"x\">" } else { " " });
        }
        let records = [
            warc_record("request", "http://a.example/", b"GET / HTTP/1.1\r\n\r\n", None),
            warc_record("response", "http://a.example/", &answer("", page.as_bytes()), None),
        ];
        for record in records {
            written += record.len();
            out.write_all(&record)?;
            out_packed.write_all(&gzip(&record))?;
        }
    }
    for path in [plain, packed] {
        let (start, before) = (Instant::now(), processor());
        let (mut pages, mut bytes) = (0u64, 0usize);
        let summary =
            read(Source::File(path.clone()), &Limits::default(), &Options::default(), &mut |outcome| {
                if let Outcome::Page(found) = outcome {
                    pages += 1;
                    bytes += found.page.bytes.len();
                }
                ControlFlow::Continue(())
            });
        let (wall, seconds) = (start.elapsed().as_secs_f64(), (processor() - before).max(0.01));
        println!(
            "{}: {pages} pages of {} MB in {seconds:.2} s of processor time ({wall:.2} s), {:.0} MB/s of pages, refused {}",
            path.extension().and_then(|ending| ending.to_str()).unwrap_or_default(),
            bytes / 1_000_000,
            bytes as f64 / 1e6 / seconds,
            summary.refused
        );
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// Seconds of processor time of this process so far, where the system tells (in hundredths).
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
