//! `cargo xtask clients`: shows exports to the programs that they are for (`checks/clients.py`).

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

/// Where no Python is, or it lacks clients: neither a fault of the exports nor a check that passed.
const UNAVAILABLE: u8 = 3;

/// Reports that every client is shown.
const REPORTS: &[&str] = &["examples/tour", "examples/reports", "examples/scenarios"];

/// Adds the example reports to a record, exports every format and shows all to the clients; `--install` puts those into a virtual
/// environment under `target` first, `--program PROGRAM` takes a built program instead of building one. Exit code 0: all is well; 1: a
/// check failed; 2: wrong arguments; 3: Python or a client isn't there.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    let (mut install, mut program) = (false, None);
    let mut given = arguments.iter();
    while let Some(argument) = given.next() {
        match (argument.as_str(), given.len()) {
            ("--install", _) => install = true,
            ("--program", 1..) => program = given.next().map(PathBuf::from),
            _ => {
                eprintln!("usage: cargo xtask clients [--install] [--program PROGRAM]");
                return ExitCode::from(2);
            }
        }
    }
    match shown(root, install, program) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn shown(root: &Path, install: bool, program: Option<PathBuf>) -> Result<u8> {
    let Some(python) = python(root, install)? else {
        println!(
            "CLIENTS NOT RUN: no Python 3 with the packages of checks/clients.txt (try: cargo xtask clients --install). Exports were NOT checked by other programs."
        );
        return Ok(UNAVAILABLE);
    };
    let program = match program {
        Some(program) => program,
        None => built(root)?,
    };
    let status = Command::new(python)
        .args(["checks/clients.py", "--require", "--program"])
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

/// The Python that has the clients: that of `target/clients`, else the system's.
fn python(root: &Path, install: bool) -> Result<Option<PathBuf>> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let place = target.join("clients");
    let own = place.join("bin/python");
    let works = |program: &Path, arguments: &[&str]| {
        let run = Command::new(program).args(arguments).current_dir(root).status();
        run.is_ok_and(|status| status.success())
    };
    let system = Path::new("python3");
    if install {
        std::fs::create_dir_all(&target)?;
        let made = own.exists() || works(system, &["-m", "venv", &place.display().to_string()]);
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "checks/clients.txt"];
        if !made || !works(&own, &pip) {
            return Ok(None);
        }
    }
    let candidates = [own.as_path(), system];
    Ok(candidates.into_iter().find(|python| works(python, &["-c", "import sqlite3"])).map(Path::to_path_buf))
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
