//! `cargo xtask clients`: shows exports to the programs that they are for (`checks/clients.py`).
//!
//! The whole list (`checks/clients.txt`) is some 600 MB and left to whoever asks for it. The light one (`checks/clients-light.txt`, some
//! 230 MB, half a minute to install) is part of `cargo xtask ci`, which installs it itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

/// Where no Python is, or it lacks clients: neither a fault of the exports nor a check that passed.
const UNAVAILABLE: u8 = 3;

/// Reports that every client is shown.
const REPORTS: &[&str] = &["examples/tour", "examples/reports", "examples/scenarios"];

/// A list of clients and where they are installed.
struct Clients {
    /// File of pinned packages.
    list: &'static str,
    /// Folder under `target`.
    folder: &'static str,
    /// What `checks/clients.py` is told beside.
    options: &'static [&'static str],
}

const ALL: Clients = Clients { list: "checks/clients.txt", folder: "clients", options: &["--require"] };
const LIGHT: Clients =
    Clients { list: "checks/clients-light.txt", folder: "clients-light", options: &["--require", "--light"] };

/// Adds the example reports to a record, exports every format and shows all to the clients; `--install` puts those into a virtual
/// environment under `target` first, `--light` asks those alone that continuous integration asks, `--program PROGRAM` takes a built
/// program instead of building one. Exit code 0: all is well; 1: a check failed; 2: wrong arguments; 3: Python or a client isn't there.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    let (mut install, mut clients, mut program) = (false, &ALL, None);
    let mut given = arguments.iter();
    while let Some(argument) = given.next() {
        match (argument.as_str(), given.len()) {
            ("--install", _) => install = true,
            ("--light", _) => clients = &LIGHT,
            ("--program", 1..) => program = given.next().map(PathBuf::from),
            _ => {
                eprintln!("usage: cargo xtask clients [--light] [--install] [--program PROGRAM]");
                return ExitCode::from(2);
            }
        }
    }
    let found = if install { installed(root, clients) } else { Ok(there(root, clients)) };
    let code = found.and_then(|found| match found {
        Found::Python(python) => shown(root, clients, &python, program),
        Found::Not(why) => {
            println!(
                "CLIENTS NOT RUN: {why} (try: cargo xtask clients --install). Exports were NOT checked by other programs."
            );
            Ok(UNAVAILABLE)
        }
    });
    match code {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The light clients as a step of continuous integration, which installs them itself: what they refuse fails; where they can't be
/// installed (no Python, no package index in reach) the step is skipped, loudly. Takes the program that the tests built.
pub(crate) fn light(root: &Path) -> Result<()> {
    let why = match installed(root, &LIGHT)? {
        Found::Python(python) => match shown(root, &LIGHT, &python, tested(root))? {
            0 => return Ok(()),
            _ => bail!("{} was installed, but a client is missing", LIGHT.list),
        },
        Found::Not(why) => why,
    };
    println!("################################################################################");
    println!("# CLIENTS SKIPPED: {why:<59} #");
    println!("# Exports were NOT shown to other programs in this run.                        #");
    println!("################################################################################");
    Ok(())
}

/// A Python that has the clients, or why there is none.
enum Found {
    Python(PathBuf),
    Not(&'static str),
}

fn shown(root: &Path, clients: &Clients, python: &Path, program: Option<PathBuf>) -> Result<u8> {
    let program = match program {
        Some(program) => program,
        None => built(root)?,
    };
    let status = Command::new(python)
        .arg("checks/clients.py")
        .args(clients.options)
        .arg("--program")
        .arg(program)
        .args(REPORTS)
        .current_dir(root)
        .status()
        .context("checks/clients.py could not start")?;
    match status.code() {
        Some(0) => Ok(0),
        Some(3) => {
            println!(
                "CLIENTS MISSING: exports were checked in part only (try: cargo xtask clients --install)."
            );
            Ok(UNAVAILABLE)
        }
        _ => bail!("exports failed a check of checks/clients.py"),
    }
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// The virtual environment's Python, else the system's.
fn there(root: &Path, clients: &Clients) -> Found {
    let own = target(root).join(clients.folder).join("bin/python");
    let mut candidates = [own, PathBuf::from("python3")].into_iter();
    let found = candidates.find(|python| runs(python, &["-c", "import sqlite3"]));
    found.map_or(Found::Not("there is no Python 3"), Found::Python)
}

/// Makes the virtual environment and installs the list into it. An environment that is there already is used as far as it works.
///
/// # Errors
/// When the packages can't be installed though the package index answers: the list is wrong.
fn installed(root: &Path, clients: &Clients) -> Result<Found> {
    let place = target(root).join(clients.folder);
    let own = place.join("bin/python");
    let told = place.display().to_string();
    if !runs(Path::new("python3"), &["-c", "import sqlite3"]) {
        return Ok(Found::Not("there is no Python 3"));
    }
    if !runs(&own, &["-m", "pip", "--version"])
        && !runs(Path::new("python3"), &["-m", "venv", "--clear", &told])
    {
        return Ok(Found::Not("Python lacks venv (Debian: python3-venv)"));
    }
    const PIP: &[&str] =
        &["-m", "pip", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"];
    let pip = |arguments: &[&str]| runs(&own, &[PIP, arguments].concat());
    if pip(&["install", "-r", clients.list]) {
        return Ok(Found::Python(own));
    }
    // Is it the index, or the list?
    let probe = place.join("probe").display().to_string();
    if pip(&["download", "--no-deps", "--no-cache-dir", "--dest", &probe, "six"]) {
        bail!("{} can't be installed, though the package index answers", clients.list);
    }
    Ok(Found::Not("the package index can't be reached"))
}

/// Whether a program ends well; what it says is not shown.
fn runs(program: &Path, arguments: &[&str]) -> bool {
    let mut run = Command::new(program);
    run.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    run.status().is_ok_and(|status| status.success())
}

/// The program as `cargo test --workspace` left it: building it alone may choose other features and build for minutes.
fn tested(root: &Path) -> Option<PathBuf> {
    let program = target(root).join("debug").join(format!("watchkeeper{}", std::env::consts::EXE_SUFFIX));
    program.is_file().then_some(program)
}

/// Builds the program, as the tests do.
fn built(root: &Path) -> Result<PathBuf> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--locked",
            "--package",
            "watchkeeper-cli",
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo build could not start")?;
    if !output.status.success() {
        bail!("cargo build failed");
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next().map(PathBuf::from))
        .next_back()
        .context("cargo names no program")
}
