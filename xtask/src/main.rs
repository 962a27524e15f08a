//! All automation of the workspace: `cargo xtask ci`, `cargo xtask tidy`, `cargo xtask gate`.
//!
//! Needs `cargo` and `git` on the path and nothing else. Exit code 0: all is well; 1: a check failed; 2: wrong arguments; 3: a program
//! that a check needs is not installed.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod clients;
mod faults;
mod gazetteer;
mod hostile;
mod map;
mod reports;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  ci              everything continuous integration runs, in this order: fmt, clippy, test, clients, doc, tidy, gate
  tidy            allowed imports, licence headers of data, weights' digests, absolute paths, docs in step, file sizes, licences of dependencies
  gate            scores the benchmarks beside the project and compares with evaluation/baseline.json (skipped, loudly, where they are absent)
  clients [--light] [--install] [--program PROGRAM]   shows exports of the examples to the programs that they are for; exit code 3 where those
                  aren't installed. --light: those alone that ci installs itself (and skips, loudly, without a package index)
  hostile [--program PROGRAM [ARGUMENT...]]   runs each hostile input in its own process; fails over 5 s of processor time or 512 MB
  faults --program PROGRAM [--kills N] [--hurts N] [--only CASE]   what may go wrong around a record, with the program itself; each case its own process
  reports --count N --to FOLDER [--seed N]   invented but ordinary reports as tables, to measure the record by
  gazetteer --source FOLDER [--measure]   builds data/gazetteer/places.wkg from the tables of FOLDER, or measures its loose key
  map --outlines FILE --gazetteer FOLDER   builds data/map/outlines.wkm and towns.tsv (recipe: data/map/README.md)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|command| command == "clients") {
        return clients::run(&root(), &arguments[1..]);
    }
    let outcome = match arguments.first().map(String::as_str) {
        Some("ci") if arguments.len() == 1 => ci(),
        Some("tidy") if arguments.len() == 1 => tidy::run(&root()),
        Some("gate") if arguments.len() == 1 => gate(),
        Some("hostile") => hostile::run(&root(), &arguments[1..]),
        Some("faults") => faults::run(&arguments[1..]),
        Some("reports") => reports::run(&arguments[1..]),
        Some("gazetteer") => gazetteer::run(&arguments[1..]),
        Some("map") => map::run(&arguments[1..]),
        Some("-h" | "--help" | "help") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Root of the workspace: the folder above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

fn ci() -> Result<()> {
    let start = Instant::now();
    cargo("fmt", &["fmt", "--all", "--check"], &[])?;
    cargo("clippy", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[])?;
    cargo("test", &["test", "--workspace", "--locked", "--no-fail-fast"], &[])?;
    step("clients");
    let clients = Instant::now();
    clients::light(&root())?;
    println!("== clients: done in {} s", clients.elapsed().as_secs());
    cargo("doc", &["doc", "--workspace", "--no-deps", "--locked"], &[("RUSTDOCFLAGS", "-D warnings")])?;
    step("tidy");
    tidy::run(&root())?;
    gate()?;
    println!("xtask ci: all steps passed in {} s", start.elapsed().as_secs());
    Ok(())
}

/// Runs the evaluation gate. The benchmarks lie beside the project on developers' machines and in CI only.
fn gate() -> Result<()> {
    step("gate");
    if !root().join("../shared/data").is_dir() {
        println!("################################################################################");
        println!("# EVALUATION GATE SKIPPED: the benchmarks (../shared/data) are not beside this #");
        println!("# checkout. Scores were NOT checked in this run.                               #");
        println!("################################################################################");
        return Ok(());
    }
    cargo("gate", &["run", "--quiet", "--locked", "--package", "watchkeeper-eval", "--", "gate"], &[])
}

fn step(name: &str) {
    println!("\n== {name}");
}

fn cargo(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    step(name);
    let start = Instant::now();
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root())
        .status()
        .with_context(|| format!("cargo {} could not start", arguments.join(" ")))?;
    if !status.success() {
        bail!("step `{name}` failed: cargo {}", arguments.join(" "));
    }
    println!("== {name}: passed in {} s", start.elapsed().as_secs());
    Ok(())
}
