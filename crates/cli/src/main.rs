//! The `watchkeeper` command: what a user meets.
//!
//! Data goes to standard output, messages to standard error. Nothing is asked for; nothing is sent anywhere but requests for addresses and feeds that the user names.
//! Exit codes: 0 all was read; 1 some inputs couldn't be read, the others were; 2 wrong arguments; 3 nothing could be read, or
//! the program's own data or a file named by an option is unusable; 4 a result couldn't be written.
//! A reader that closes the pipe early is no error.

#![allow(clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod command;
mod counted;
mod inputs;
mod ledger;
mod outlook;
mod record;
mod stop;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Reads news reports, commentary and situation reports about armed conflict and terrorism into a sourced record.
///
/// Every field of a reading opens the exact words it came from. Works offline; only addresses and feeds that you name are fetched, and nothing else leaves this machine.
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
    /// List incidents over reports: one happening a line, however many reports tell of it.
    Incidents(command::list::Arguments),
    /// List who said what, how sure.
    Statements(command::list::KindArguments),
    /// List which groups belong to which, who leads, backs, joins, splits off.
    Relations(command::list::KindArguments),
    /// List who holds, takes or loses which place, in the order of time.
    Control(command::list::KindArguments),
    /// List actors over documents, those named most first.
    Actors(command::list::ActorArguments),
    /// Search the texts of the record.
    Search(command::list::SearchArguments),
    Show(command::show::Arguments),
    Review(command::review::Arguments),
    Compare(command::compare::Arguments),
    Timeline(command::timeline::Arguments),
    Graph(command::graph::Arguments),
    Export(command::export::Arguments),
    Backup(command::keep::BackupArguments),
    Verify(command::keep::VerifyArguments),
    Doctor(command::keep::DoctorArguments),
    Gazetteer(command::gazetteer::Arguments),
    Codebook(command::codebook::Arguments),
    Severity(command::severity::Arguments),
    Forecast(command::forecast::Arguments),
    Excitation(command::excitation::Arguments),
    Score(command::score::Arguments),
    /// Reads a PDF from standard input and writes its text, for the program itself.
    #[command(name = inputs::PDF_COMMAND, hide = true)]
    PdfText,
}

/// How a command ended.
#[derive(Debug)]
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
        Command::Incidents(arguments) => command::list::incidents(&arguments).into(),
        Command::Statements(arguments) => command::list::statements(&arguments).into(),
        Command::Relations(arguments) => command::list::relations(&arguments).into(),
        Command::Control(arguments) => command::list::control(&arguments).into(),
        Command::Actors(arguments) => command::list::actors(&arguments).into(),
        Command::Search(arguments) => command::list::search(&arguments).into(),
        Command::Show(arguments) => command::show::run(&arguments).into(),
        Command::Review(arguments) => command::review::run(&arguments).into(),
        Command::Compare(arguments) => command::compare::run(&arguments).into(),
        Command::Timeline(arguments) => command::timeline::run(&arguments).into(),
        Command::Graph(arguments) => command::graph::run(&arguments).into(),
        Command::Export(arguments) => command::export::run(&arguments).into(),
        Command::Backup(arguments) => command::keep::backup(&arguments).into(),
        Command::Verify(arguments) => command::keep::verify(&arguments).into(),
        Command::Doctor(arguments) => command::keep::look_over(&arguments).into(),
        Command::Gazetteer(arguments) => command::gazetteer::run(&arguments).into(),
        Command::Codebook(arguments) => command::codebook::run(&arguments).into(),
        Command::Severity(arguments) => command::severity::run(&arguments).into(),
        Command::Forecast(arguments) => command::forecast::run(&arguments).into(),
        Command::Excitation(arguments) => command::excitation::run(&arguments).into(),
        Command::Score(arguments) => command::score::run(&arguments).into(),
        Command::PdfText => {
            let done = watchkeeper_intake::pdf::child_main(std::io::stdin().lock(), std::io::stdout().lock());
            done.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
    }
}
