//! `cargo xtask hostile`: every hostile input in a process of its own, with its time by the clock and of the processor, and its peak of
//! memory.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Longest processor time for one input, child processes included.
const PROCESSOR_MAX: f64 = 5.0;
/// Longest time by the clock, after which an input is ended: shared machines make anything several times as slow.
const CLOCK_MAX: f64 = 20.0;
/// Most memory for one input, megabytes, child processes included.
const MEGABYTES_MAX: f64 = 512.0;

/// Writes the inputs and runs the program on each: `[--program PROGRAM [ARGUMENT…]]`, the last argument being the input's path.
/// Without arguments, those of `watchkeeper` (`read --json`); without a program, `intake`'s example is built and run: the doors alone.
///
/// # Errors
/// When an input breaks a limit, ends by a signal, or nothing can be run.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("watchkeeper-hostile-{}", std::process::id()));
    let command = match arguments.first().map(String::as_str) {
        Some("--program") if arguments.len() == 2 => {
            vec![arguments[1].clone(), "read".to_owned(), "--json".to_owned()]
        }
        Some("--program") if arguments.len() > 2 => arguments[1..].to_vec(),
        None => vec![example(root, "intake")?, "--quiet".to_owned()],
        _ => bail!("usage: cargo xtask hostile [--program PROGRAM [ARGUMENT...]]"),
    };
    let writer = example(root, "hostile")?;
    let output = Command::new(&writer).arg(&folder).output().with_context(|| writer.clone())?;
    if !output.status.success() {
        bail!("the inputs were not written: {}", String::from_utf8_lossy(&output.stderr));
    }
    let list = String::from_utf8(output.stdout)?;
    println!(
        "{:<28} {:<10} {:>12} {:>8} {:>11} {:>8} {:>6}",
        "input", "class", "bytes", "clock s", "processor s", "MB", "exit"
    );
    let (mut breaches, mut worst) = (Vec::new(), Cost::default());
    for line in list.lines() {
        let mut fields = line.split('\t');
        let (name, class, bytes) = (
            fields.next().unwrap_or_default(),
            fields.next().unwrap_or_default(),
            fields.next().unwrap_or_default(),
        );
        let (cost, exit) = measured(&command, &folder.join(name))?;
        let Cost { clock, processor, megabytes } = cost;
        println!(
            "{name:<28} {class:<10} {bytes:>12} {clock:>8.2} {processor:>11.2} {megabytes:>8.0} {exit:>6}"
        );
        worst.clock = worst.clock.max(clock);
        worst.processor = worst.processor.max(processor);
        worst.megabytes = worst.megabytes.max(megabytes);
        let ended = matches!(exit.as_str(), "signal" | "killed" | "101");
        if processor > PROCESSOR_MAX || megabytes > MEGABYTES_MAX || ended {
            breaches.push(name.to_owned());
        }
    }
    std::fs::remove_dir_all(&folder).ok();
    println!(
        "slowest {:.2} s by the clock, {:.2} s of the processor, most memory {:.0} MB",
        worst.clock, worst.processor, worst.megabytes
    );
    if breaches.is_empty() {
        return Ok(());
    }
    bail!(
        "over {PROCESSOR_MAX} s of the processor, {CLOCK_MAX} s by the clock or {MEGABYTES_MAX} MB, or broken down: {}",
        breaches.join(", ")
    )
}

/// Builds an example of `intake` and gives its path.
fn example(root: &Path, name: &str) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "build",
            "--profile",
            "quick",
            "-p",
            "watchkeeper-intake",
            "--features",
            "hostile",
            "--example",
            name,
        ])
        .args(["--message-format", "json"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not start")?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let built = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| {
            let target = message["target"]["name"].as_str() == Some(name);
            target.then(|| message["executable"].as_str().map(str::to_owned)).flatten()
        });
    built.with_context(|| format!("the example `{name}` was not built"))
}

/// What reading one input cost.
#[derive(Debug, Default)]
struct Cost {
    /// Seconds by the clock.
    clock: f64,
    /// Seconds of the processor, ended child processes included.
    processor: f64,
    /// Sum of the peaks of resident memory of the process and its children.
    megabytes: f64,
}

/// Runs a command on an input: its cost and how it ended.
fn measured(command: &[String], input: &Path) -> Result<(Cost, String)> {
    let (start, used) = (Instant::now(), processor_of_children());
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .arg(input)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| command[0].clone())?;
    let mut stderr = child.stderr.take().context("no standard error")?;
    let drained =
        std::thread::spawn(move || std::io::copy(&mut stderr.by_ref().take(1 << 30), &mut std::io::sink()));
    let mut peaks = std::collections::BTreeMap::new();
    let status = loop {
        // The kernel keeps each process's peak; it is read while the process lives.
        for id in family(child.id()) {
            if let Some(peak) = peak(id) {
                peaks.insert(id, peak);
            }
        }
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > Duration::from_secs_f64(CLOCK_MAX) {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let clock = start.elapsed().as_secs_f64();
    drop(drained.join());
    let exit = match status.map(|status| status.code()) {
        Some(Some(code)) => code.to_string(),
        Some(None) => "signal".to_owned(),
        None => "killed".to_owned(),
    };
    let processor = processor_of_children() - used;
    Ok((Cost { clock, processor, megabytes: peaks.values().sum::<u64>() as f64 / 1024.0 }, exit))
}

/// Processor time of all ended children of this process and of theirs, in seconds; 0 where there is no `/proc`.
fn processor_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets come fields 3 and on; 16 and 17 count hundredths of a second (proc(5)).
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_ascii_whitespace();
    fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// A process and its direct children.
fn family(id: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    std::iter::once(id).chain(children.split_ascii_whitespace().filter_map(|id| id.parse().ok())).collect()
}

/// The peak of a process's resident memory, KiB; `None` where there is no such process or no `/proc`.
fn peak(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
