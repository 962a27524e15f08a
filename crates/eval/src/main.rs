//! `watchkeeper-eval`: predicts on the benchmarks, scores them and guards the figures reached.
//!
//! The benchmarks lie in `../shared/data` beside the project, on developers' machines and in CI only.
//! Exit codes: 0 all is well; 1 a floor is broken; 2 wrong arguments; 3 an input can't be read or is malformed;
//! 4 the benchmarks are not there.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod boost;
mod debris;
mod gate;
mod metric;
mod plover;
mod task;
mod timex;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Scores watchkeeper on its benchmarks.
#[derive(Parser)]
#[command(name = "watchkeeper-eval", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes predictions for a task's input, one JSON object a line.
    Predict {
        /// What to predict.
        task: task::Task,
        /// The task's `<split>.in.jsonl`.
        #[arg(long)]
        input: PathBuf,
        /// Where the predictions go.
        #[arg(long)]
        output: PathBuf,
    },
    /// Scores every task that has a floor and compares with the floors.
    Gate {
        /// Folder of the benchmarks.
        #[arg(long, default_value = "../shared/data")]
        data: PathBuf,
        /// File of floors.
        #[arg(long, default_value = "evaluation/baseline.json")]
        baseline: PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Predict { task, input, output } => {
            task::predict(task, &input, &output).map(|()| ExitCode::SUCCESS)
        }
        Command::Gate { data, baseline } => {
            if !data.is_dir() {
                eprintln!(
                    "watchkeeper-eval: the benchmarks are not in {} (they lie beside the project on developers' machines and in CI only)",
                    data.display()
                );
                return ExitCode::from(4);
            }
            gate::run(&data, &baseline)
                .map(|passed| if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("watchkeeper-eval: {error:#}");
        ExitCode::from(3)
    })
}
