//! The long fault campaign: kills a process that adds documents at random moments, again and again, and checks after each kill that
//! every acknowledged document is there, none twice, and the record is sound.
//!
//! `cargo run --profile quick -p watchkeeper-store --example faults -- FILE KILLS`. With `--add FILE FROM ACKNOWLEDGED` it is the process that is killed:
//! it adds from document FROM on and writes each commit's last number to the file ACKNOWLEDGED.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that plays with processes")]

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use synthetic::{Dice, make};
use watchkeeper_record::Moment;
use watchkeeper_store::{Entry, Mode, Store, prepare};

type Run<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Run<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--add", file, from, acknowledged] => add(Path::new(file), from.parse()?, Path::new(acknowledged)),
        [file, kills] => campaign(Path::new(file), kills.parse()?),
        _ => Err("FILE KILLS".into()),
    }
}

fn add(file: &Path, from: u64, acknowledged: &Path) -> Run<()> {
    let mut store = Store::open(file, Mode::Create)?;
    let mut writer = store.writer();
    let moment = Moment::from_unix(1_700_000_000).ok_or("a moment")?;
    let mut list = std::fs::OpenOptions::new().create(true).append(true).open(acknowledged)?;
    let mut dice = Dice(from);
    let mut number = from;
    loop {
        for _ in 0..1 + dice.below(12) {
            let made = make(9, number);
            writer.put(&prepare(Entry { page: &made.page, reading: &made.reading, moment })?)?;
            number += 1;
        }
        writer.commit()?;
        writeln!(list, "{number}")?;
    }
}

/// The highest number acknowledged: all below it are in the record.
fn acknowledged(file: &Path) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    // A last line that was cut while it was written was not acknowledged.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().last().and_then(|line| line.parse().ok()).unwrap_or(0)
}

fn campaign(file: &Path, kills: u64) -> Run<()> {
    let list = PathBuf::from(format!("{}.acknowledged", file.display()));
    let mut dice = Dice(2_026);
    let mut torn = 0;
    for kill in 0..kills {
        // Starts a few documents back, so that some come twice.
        let from = acknowledged(&list).saturating_sub(5);
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--add".as_ref(), file.as_os_str(), from.to_string().as_ref(), list.as_os_str()])
            .stderr(Stdio::null())
            .spawn()?;
        std::thread::sleep(Duration::from_millis(5 + dice.below(400)));
        if let Some(status) = child.try_wait()? {
            return Err(format!("the adding process ended by itself: {status}").into());
        }
        child.kill()?;
        child.wait()?;
        let sure = acknowledged(&list);
        if !file.exists() {
            continue;
        }
        let Ok(store) = Store::open(file, Mode::Read) else {
            // Killed before the record was made: nothing was acknowledged.
            assert_eq!(sure, 0, "an acknowledged record doesn't open");
            continue;
        };
        let there = store.count()?;
        assert!(there >= sure, "kill {kill}: {sure} were acknowledged, {there} are there");
        torn += u64::from(there > sure);
        for number in sure.saturating_sub(30)..sure {
            let made = make(9, number);
            let document = store.find_document(&made.reading.document.id)?;
            assert!(store.page(document)? == made.page, "kill {kill}: document {number} is another");
        }
        if kill % 20 == 19 || kill + 1 == kills {
            let findings = store.verify(&mut |_, _| {})?.findings;
            assert!(findings.is_empty(), "kill {kill}: {findings:?}");
            println!(
                "{} kills, {there} documents, {torn} times more there than acknowledged, sound",
                kill + 1
            );
        }
    }
    Ok(())
}
