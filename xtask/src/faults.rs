//! `cargo xtask faults`: what may go wrong around a record, played with the program itself, every run a process of its own: killed
//! writers, a full disk, files that can't be written, two writers, damage, other programs' files, a lost log.
//!
//! Wanted everywhere: nothing that was there is lost, nothing is there twice, every refusal names the file and says what to do, no
//! panic, and no wrong answer that `verify` and `doctor` let pass.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::reports::{Dice, make, table};

const USAGE: &str = "usage: cargo xtask faults --program PROGRAM [--kills N] [--hurts N] [--only CASE]";

/// The program, and a folder to play in.
struct Play {
    program: PathBuf,
    folder: PathBuf,
    kills: u64,
    hurts: u64,
}

/// What became of a case: what was seen, or why it can't be played here.
enum Seen {
    Held(String),
    Skipped(String),
}

type Case = (&'static str, fn(&Play) -> Result<Seen>);

const CASES: [Case; 8] = [
    ("refused", refused),
    ("log lost", log_lost),
    ("two writers", two_writers),
    ("backup beside a writer", backup),
    ("read only", read_only),
    ("disk full", disk_full),
    ("damaged", damaged),
    ("killed", killed),
];

/// Plays all cases and prints a table.
///
/// # Errors
/// When a case doesn't hold, or can't be played for another reason than missing rights.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (mut program, mut kills, mut hurts, mut only) = (None, 200, 200, None);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--program" => program = Some(PathBuf::from(value)),
            [name, value] if name == "--kills" => kills = value.parse().context("--kills")?,
            [name, value] if name == "--hurts" => hurts = value.parse().context("--hurts")?,
            [name, value] if name == "--only" => only = Some(value.clone()),
            _ => bail!(USAGE),
        }
    }
    let program = program.context(USAGE)?.canonicalize().context("the program")?;
    let folder = std::env::temp_dir().join(format!("watchkeeper-faults-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let play = Play { program, folder, kills, hurts };
    let mut broken = 0;
    for (name, case) in CASES {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let start = Instant::now();
        let (mark, words) = match case(&play) {
            Ok(Seen::Held(words)) => ("held", words),
            Ok(Seen::Skipped(words)) => ("SKIPPED", words),
            Err(error) => {
                broken += 1;
                ("BROKEN", format!("{error:#}"))
            }
        };
        println!("{name:<24} {mark:<8} {:>5} s  {words}", start.elapsed().as_secs());
    }
    let _ = std::fs::remove_dir_all(&play.folder);
    if broken > 0 {
        bail!("{broken} cases are broken");
    }
    Ok(())
}

impl Play {
    /// An empty folder for a case.
    fn fresh(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Writes invented reports as a table.
    fn reports(&self, path: &Path, seed: u64, count: usize) -> Result<()> {
        std::fs::write(path, table(&make(seed, count))).with_context(|| path.display().to_string())
    }

    fn command(&self, arguments: &[&str], db: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--db").arg(db).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end; a panic or a signal is an error.
    fn ask(&self, arguments: &[&str], db: &Path) -> Result<Output> {
        let output = self.command(arguments, db).output()?;
        sane(&output).with_context(|| arguments.join(" "))?;
        Ok(output)
    }

    /// Runs the program, which must succeed.
    fn sure(&self, arguments: &[&str], db: &Path) -> Result<String> {
        let output = self.ask(arguments, db)?;
        if !output.status.success() {
            bail!("{}: {}", arguments.join(" "), said(&output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs the program, which must refuse and name the file.
    fn refuses(&self, arguments: &[&str], db: &Path, words: &str) -> Result<()> {
        let output = self.ask(arguments, db)?;
        let text = said(&output);
        let name = db.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if output.status.success() || !text.contains(&name) || !text.contains(words) {
            bail!("{} was to be refused with `{name}` and `{words}`: {text}", arguments.join(" "));
        }
        Ok(())
    }

    fn start(&self, arguments: &[&str], db: &Path) -> Result<Child> {
        Ok(self.command(arguments, db).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }

    /// Number of documents, as `verify` counts them; all must be well.
    fn sound(&self, db: &Path) -> Result<u64> {
        let text = self.sure(&["verify"], db)?;
        text.split(' ')
            .next()
            .and_then(|number| number.parse().ok())
            .with_context(|| format!("verify: {text}"))
    }

    /// The incidents of a record, whatever the order in which documents came: each as it was merged.
    fn incidents(&self, db: &Path) -> Result<BTreeSet<String>> {
        let text = self.sure(&["incidents", "--json", "--limit", "10000"], db)?;
        text.lines()
            .map(|line| {
                let value: serde_json::Value = serde_json::from_str(line)?;
                Ok(format!("{} {} {}", value["key"], value["reports"], value["whole"]))
            })
            .collect()
    }
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout).chars().take(400).collect::<String>(),
        String::from_utf8_lossy(&output.stderr).trim()
    )
}

/// No panic, no signal.
fn sane(output: &Output) -> Result<()> {
    match output.status.code() {
        None => bail!("ended by a signal: {}", said(output)),
        Some(101) => bail!("panicked: {}", said(output)),
        Some(_) => Ok(()),
    }
}

/// Kills `add` at random moments, again and again; in the end everything is there once, and put together as if nothing had happened.
fn killed(play: &Play) -> Result<Seen> {
    let folder = play.fresh("killed")?;
    let (table, db, whole) = (folder.join("reports.csv"), folder.join("w.db"), folder.join("whole.db"));
    let count = 40 + play.kills as usize * 12;
    play.reports(&table, 3, count)?;
    let file = table.to_string_lossy().into_owned();
    let add = ["add", file.as_str()];
    let start = Instant::now();
    play.sure(&add, &whole)?;
    let takes = start.elapsed().as_millis() as u64;
    let mut dice = Dice(17);
    let (mut there, mut writing) = (0, 0);
    for kill in 0..play.kills {
        let mut child = play.start(&add, &db)?;
        // While there is much to do a run is long; later most moments lie in putting together.
        std::thread::sleep(Duration::from_millis(5 + dice.below(takes.min(4_000))));
        if child.try_wait()?.is_none() {
            writing += 1;
        }
        child.kill()?;
        child.wait()?;
        if !db.exists() {
            continue;
        }
        let doctor = play.ask(&["doctor"], &db)?;
        let text = said(&doctor);
        let now = text
            .split(" documents in")
            .next()
            .and_then(|head| head.rsplit([' ', '\n']).next()?.parse::<u64>().ok());
        if let Some(now) = now {
            if now < there {
                bail!("kill {kill}: {there} documents were there, {now} are");
            }
            there = now;
        } else if there > 0 {
            bail!("kill {kill}: {text}");
        }
        if kill % 25 == 24 && there > 0 {
            play.sound(&db)?;
        }
        if there as usize == count && kill % 4 == 3 {
            // Begun anew, so that kills meet every part of the work.
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", db.display()));
            }
            there = 0;
        }
    }
    play.ask(&add, &db)?;
    if play.sound(&db)? != play.sound(&whole)? {
        bail!("the killed record has other documents than the one that was never killed");
    }
    if play.incidents(&db)? != play.incidents(&whole)? {
        bail!("the killed record has other incidents than the one that was never killed");
    }
    Ok(Seen::Held(format!(
        "{} kills, {writing} while it ran; {count} documents, each once, incidents as of a run without kills",
        play.kills
    )))
}

/// Adds on a file system of a few megabytes.
fn disk_full(play: &Play) -> Result<Seen> {
    let folder = play.fresh("full")?;
    let (table, disk) = (folder.join("reports.csv"), folder.join("disk"));
    play.reports(&table, 4, 1_500)?;
    std::fs::create_dir(&disk)?;
    let mount = |options: &str| {
        let target = disk.to_string_lossy().into_owned();
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs", &target]).output();
        done.is_ok_and(|output| output.status.success())
    };
    if !mount("size=3m") {
        return Ok(Seen::Skipped(
            "a small file system can't be mounted without the rights of root".to_owned(),
        ));
    }
    let played = (|| {
        let db = disk.join("w.db");
        let file = table.to_string_lossy().into_owned();
        play.refuses(&["add", &file], &db, "full")?;
        let kept = play.sound(&db)?;
        play.refuses(&["add", &file], &db, "full")?;
        let again = play.sound(&db)?;
        if again < kept {
            bail!("{kept} documents were kept, then {again}");
        }
        if !mount("remount,size=200m") {
            bail!("the small file system couldn't be made larger");
        }
        play.sure(&["add", &file], &db)?;
        let all = play.sound(&db)?;
        Ok(Seen::Held(format!("3 MB: {kept} documents kept, then {again}; with room again {all}, sound")))
    })();
    let _ = Command::new("umount").arg(&disk).output();
    played
}

/// Files and folders that may not be written, as a user without rights.
fn read_only(play: &Play) -> Result<Seen> {
    let folder = play.fresh("readonly")?;
    let (table, inner) = (folder.join("reports.csv"), folder.join("archive"));
    std::fs::create_dir(&inner)?;
    let db = inner.join("w.db");
    play.reports(&table, 5, 30)?;
    let file = table.to_string_lossy().into_owned();
    play.sure(&["add", &file], &db)?;
    let program = folder.join("program");
    std::fs::copy(&play.program, &program)?;
    let run = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    run(Command::new("chmod").arg("755").args([&play.folder, &folder, &program]));
    run(Command::new("chmod").arg("444").args([&db, &table]));
    run(Command::new("chmod").arg("555").arg(&inner));
    let nobody = |arguments: &[&str]| -> Result<Output> {
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(&program)
            .args(arguments)
            .arg("--db")
            .arg(&db)
            .output()?;
        sane(&output)?;
        Ok(output)
    };
    if !nobody(&["doctor"]).is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("documents"))
    {
        return Ok(Seen::Skipped("no other user can be played here (setpriv, root)".to_owned()));
    }
    let listed = nobody(&["incidents", "--limit", "3"])?;
    if !listed.status.success() {
        bail!("asking needs no right to write: {}", said(&listed));
    }
    for arguments in [
        vec!["add", file.as_str()],
        vec!["review", "undo", "0123456789abcdef", "--author", "a", "--reason", "b"],
    ] {
        let output = nobody(&arguments)?;
        let text = said(&output);
        if output.status.success() || !text.contains("w.db") {
            bail!("{} was to be refused with the file's name: {text}", arguments[0]);
        }
    }
    run(Command::new("chmod").arg("755").arg(&inner));
    if play.sound(&db)? != 30 {
        bail!("the record has changed");
    }
    Ok(Seen::Held("asked and refused as another user: file and folder read only".to_owned()))
}

/// Two processes add other documents to one record at once.
fn two_writers(play: &Play) -> Result<Seen> {
    let folder = play.fresh("two")?;
    let db = folder.join("w.db");
    let mut files = Vec::new();
    for seed in [6, 7] {
        let path = folder.join(format!("reports-{seed}.csv"));
        play.reports(&path, seed, 700)?;
        files.push(path.to_string_lossy().into_owned());
    }
    let run = |file: &String| {
        play.command(&["add", file], &db).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    };
    let children = [run(&files[0])?, run(&files[1])?];
    let mut refusals = 0;
    for child in children {
        let output = child.wait_with_output()?;
        sane(&output)?;
        if !output.status.success() {
            refusals += 1;
            let text = said(&output);
            if !text.contains("another process") {
                bail!("a second writer is refused in words: {text}");
            }
        }
    }
    let kept = play.sound(&db)?;
    for file in &files {
        play.ask(&["add", file], &db)?;
    }
    let all = play.sound(&db)?;
    let alone = folder.join("alone.db");
    for file in &files {
        play.sure(&["add", file], &alone)?;
    }
    if all != play.sound(&alone)? || play.incidents(&db)? != play.incidents(&alone)? {
        bail!("two at once gave another record than one after the other");
    }
    Ok(Seen::Held(format!(
        "{refusals} refused in words, {kept} documents at once, {all} after all; incidents as of one writer"
    )))
}

/// Copies while another process adds.
fn backup(play: &Play) -> Result<Seen> {
    let folder = play.fresh("backup")?;
    let (table, db) = (folder.join("reports.csv"), folder.join("w.db"));
    play.reports(&table, 8, 2_500)?;
    let file = table.to_string_lossy().into_owned();
    let mut child = play.start(&["add", &file], &db)?;
    let (mut copies, mut last) = (0, 0);
    while child.try_wait()?.is_none() && copies < 40 {
        let copy = folder.join(format!("copy-{copies}.db"));
        let to = copy.to_string_lossy().into_owned();
        let output = play.ask(&["backup", &to], &db)?;
        if !output.status.success() {
            // Before the first commit there is no record to copy.
            if db.exists() && copies > 0 {
                bail!("a copy beside a writer: {}", said(&output));
            }
            std::thread::sleep(Duration::from_millis(50));
            continue;
        }
        let there = play.sound(&copy)?;
        if there < last {
            bail!("a later copy has fewer documents: {there} after {last}");
        }
        last = there;
        copies += 1;
        std::fs::remove_file(&copy)?;
    }
    child.wait()?;
    if copies == 0 {
        bail!("no copy was made while the writer ran");
    }
    Ok(Seen::Held(format!(
        "{copies} copies while another process added, all sound, the last of {last} documents"
    )))
}

/// What is no record.
fn refused(play: &Play) -> Result<Seen> {
    let folder = play.fresh("refused")?;
    let (table, db) = (folder.join("reports.csv"), folder.join("w.db"));
    play.reports(&table, 9, 10)?;
    let file = table.to_string_lossy().into_owned();
    play.sure(&["add", &file], &db)?;
    let bytes = std::fs::read(&db)?;
    let asked: [&[&str]; 3] = [&["incidents"], &["verify"], &["search", "attack"]];
    let mut refusals = 0;
    let mut all = |path: &Path, words: &str, add: bool| -> Result<()> {
        for arguments in asked {
            play.refuses(arguments, path, words)?;
            refusals += 1;
        }
        if add {
            play.refuses(&["add", &file], path, words)?;
        }
        let doctor = play.ask(&["doctor"], path)?;
        if doctor.status.success() || !said(&doctor).contains('→') {
            bail!("doctor says nothing to do: {}", said(&doctor));
        }
        Ok(())
    };
    let future = folder.join("future.db");
    let mut later = bytes.clone();
    // `user_version` stands at byte 60 of the file, big-endian.
    later[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&future, later)?;
    all(&future, "update watchkeeper", true)?;
    let text = folder.join("text.db");
    std::fs::write(&text, "This is a letter, not a database.\n".repeat(400))?;
    all(&text, "not a record", true)?;
    let inner = folder.join("folder.db");
    std::fs::create_dir(&inner)?;
    all(&inner, "not a", true)?;
    let empty = folder.join("empty.db");
    std::fs::write(&empty, "")?;
    all(&empty, "empty", false)?;
    let none = folder.join("none.db");
    all(&none, "", false)?;
    let other = folder.join("other.db");
    let mut foreign = bytes;
    // `application_id` stands at byte 68.
    foreign[68..72].copy_from_slice(&7_u32.to_be_bytes());
    std::fs::write(&other, foreign)?;
    all(&other, "another program", true)?;
    Ok(Seen::Held(format!(
        "{refusals} refusals that name the file: future schema, text, folder, empty, missing, another program's"
    )))
}

/// A killed writer leaves a log beside the file; somebody deletes it, or puts another's in its place.
fn log_lost(play: &Play) -> Result<Seen> {
    let folder = play.fresh("log")?;
    let (table, db) = (folder.join("reports.csv"), folder.join("w.db"));
    play.reports(&table, 10, 2_000)?;
    let file = table.to_string_lossy().into_owned();
    let mut left = Vec::new();
    for wait in [1_500, 2_500, 4_000, 6_000] {
        let mut child = play.start(&["add", &file], &db)?;
        std::thread::sleep(Duration::from_millis(wait));
        child.kill()?;
        child.wait()?;
        let log = PathBuf::from(format!("{}-wal", db.display()));
        let had = std::fs::metadata(&log).is_ok_and(|data| data.len() > 0);
        let _ = std::fs::remove_file(&log);
        let _ = std::fs::remove_file(format!("{}-shm", db.display()));
        let output = play.ask(&["verify"], &db)?;
        left.push((had, output.status.success()));
        if !output.status.success() && !said(&output).contains("w.db") && said(&output).trim().is_empty() {
            bail!("what is wrong isn't said");
        }
        if !output.status.success() {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", db.display()));
            }
        }
    }
    play.ask(&["add", &file], &db)?;
    let all = play.sound(&db)?;
    let lost = left.iter().filter(|(had, _)| *had).count();
    let sound = left.iter().filter(|(_, sound)| *sound).count();
    Ok(Seen::Held(format!(
        "{lost} logs deleted: {sound} of {} records sound as of their last checkpoint, the others say so; after adding again {all}",
        left.len()
    )))
}

/// Bits that flip and files that are cut: a refusal, a finding, or the right answer.
fn damaged(play: &Play) -> Result<Seen> {
    let folder = play.fresh("damaged")?;
    let (table, db, hurt) = (folder.join("reports.csv"), folder.join("w.db"), folder.join("hurt.db"));
    play.reports(&table, 11, 120)?;
    let file = table.to_string_lossy().into_owned();
    play.sure(&["add", &file], &db)?;
    let queries: [&[&str]; 4] = [
        &["incidents", "--json", "--limit", "1000"],
        &["incidents", "--json", "--sort", "killed", "--killed-min", "3"],
        &["search", "attack", "--json", "--limit", "1000"],
        &["statements", "--json", "--limit", "1000"],
    ];
    let right = queries.iter().map(|query| play.sure(query, &db)).collect::<Result<Vec<_>>>()?;
    let bytes = std::fs::read(&db)?;
    let mut dice = Dice(23);
    let (mut refusals, mut told, mut unseen, mut silent) = (0, 0, 0, Vec::new());
    for case in 0..play.hurts {
        let mut now = bytes.clone();
        let what = if case % 8 == 7 {
            let cut = dice.below(bytes.len() as u64) as usize;
            now.truncate(cut);
            format!("cut at {cut}")
        } else {
            // Most of a small file is room to grow, where a bit means nothing.
            let mut at = dice.below(bytes.len() as u64) as usize;
            while now[at] == 0 {
                at = dice.below(bytes.len() as u64) as usize;
            }
            let bit = dice.below(8);
            now[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        };
        std::fs::write(&hurt, now)?;
        let (mut refused, mut wrong) = (false, None);
        for (query, right) in queries.iter().zip(&right) {
            let output = play.ask(query, &hurt).with_context(|| what.clone())?;
            if output.status.success() {
                if String::from_utf8_lossy(&output.stdout) != right.as_str() {
                    wrong = Some(query[0]);
                }
            } else {
                refused = true;
                if !said(&output).contains("hurt.db") {
                    bail!("{what}: a refusal that doesn't name the file: {}", said(&output));
                }
            }
        }
        let verify = play.ask(&["verify"], &hurt).with_context(|| what.clone())?;
        play.ask(&["doctor"], &hurt).with_context(|| what.clone())?;
        match (refused, verify.status.success(), wrong) {
            (true, _, _) => refusals += 1,
            (false, false, _) => told += 1,
            (false, true, None) => unseen += 1,
            (false, true, Some(query)) => silent.push(format!("{what} ({query})")),
        }
        for end in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", hurt.display()));
        }
    }
    if !silent.is_empty() {
        bail!("{} wrong answers that verify lets pass: {}", silent.len(), silent.join("; "));
    }
    Ok(Seen::Held(format!(
        "{} cases: {refusals} refused by a query, {told} found by verify alone, {unseen} where nothing that is read changed",
        play.hurts
    )))
}
