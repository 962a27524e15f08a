//! The `watchkeeper` command: what a user meets.
//!
//! Data goes to standard output, messages to standard error. Nothing is asked for, nothing is sent anywhere.
//! Exit codes: 0 all was read; 1 some inputs couldn't be read, the others were; 2 wrong arguments; 3 nothing could be read, or
//! the program's own data or a file named by an option is unusable; 4 a result couldn't be written.
//! A reader that closes the pipe early is no error.

#![allow(clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod command;
mod inputs;
mod stop;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Reads news reports, commentary and situation reports about armed conflict and terrorism into a sourced record.
///
/// Every field of a reading opens the exact words it came from. Works offline; nothing leaves this machine.
#[derive(Parser)]
#[command(name = "watchkeeper", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 all was read; 1 some inputs could not be read, the others were; 2 wrong arguments;
3 nothing could be read, or a file named by an option is unusable; 4 a result could not be written.";

#[derive(Subcommand)]
enum Command {
    Read(command::read::Arguments),
    Add(command::add::Arguments),
    Watch(command::watch::Arguments),
    Gazetteer(command::gazetteer::Arguments),
    Codebook(command::codebook::Arguments),
    /// Reads a PDF from standard input and writes its text, for the program itself.
    #[command(name = inputs::PDF_COMMAND, hide = true)]
    PdfText,
}

/// How a command ended.
pub(crate) enum Outcome {
    /// All was read.
    Complete,
    /// Some inputs couldn't be read.
    Partial,
    /// Nothing could be read, or the engine couldn't start.
    Nothing,
    /// A result couldn't be written.
    Unwritten,
}

impl Outcome {
    /// How a command ends whose last act was to write its result. A reader that closes the pipe has had enough: no fault.
    fn of_writing(written: std::io::Result<()>) -> Self {
        match written {
            Ok(()) => Self::Complete,
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Self::Complete,
            Err(error) => {
                command::read::complain(&format!("cannot write the result: {error}"));
                Self::Unwritten
            }
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Complete => 0,
            Outcome::Partial => 1,
            Outcome::Nothing => 3,
            Outcome::Unwritten => 4,
        })
    }
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Read(arguments) => command::read::run(&arguments).into(),
        Command::Add(arguments) => command::add::run(&arguments).into(),
        Command::Watch(arguments) => command::watch::run(&arguments).into(),
        Command::Gazetteer(arguments) => command::gazetteer::run(&arguments).into(),
        Command::Codebook(arguments) => command::codebook::run(&arguments).into(),
        Command::PdfText => {
            let done = watchkeeper_intake::pdf::child_main(std::io::stdin().lock(), std::io::stdout().lock());
            done.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
    }
}
