//! `watchkeeper-eval`: predicts on the benchmarks, scores them and guards the figures reached.
//!
//! The benchmarks lie in `../shared/data` beside the project, on developers' machines and in CI only.
//! Exit codes: 0 all is well; 1 a floor is broken; 2 wrong arguments; 3 an input can't be read or is malformed;
//! 4 the benchmarks are not there.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod actors;
mod attribution;
mod attribution_training;
mod boost;
mod clean;
mod clean_task;
mod cost;
mod debris;
mod distance;
mod draws;
mod duplicates;
mod gate;
mod marginals;
mod merge;
mod metric;
mod muc4;
mod outlook;
mod over;
mod partition;
mod plover;
mod re3d;
mod realis;
mod recognition;
mod runs;
mod task;
mod timex;
mod toponyms;
mod truecase;

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
        #[command(flatten)]
        sources: muc4::command::Sources,
    },
    /// Prints what was taken for what on a table of clauses with their realis.
    Confusion {
        /// The table, such as `evaluation/realis/a.tsv`.
        #[arg(long)]
        input: PathBuf,
        /// Also lists the misses, but for those of half b, which stays unseen.
        #[arg(long)]
        misses: bool,
    },
    /// Trains on all folds of the development sets but one and scores that one, for each: out-of-fold figures.
    Cv {
        /// What to train.
        task: Trained,
        /// Folder of the benchmarks.
        #[arg(long, default_value = "../shared/data")]
        data: PathBuf,
        /// Number of folds, by documents.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
        folds: u8,
        /// Also leaves out each group of features and each part of the gazetteer in turn.
        #[arg(long)]
        ablate: bool,
        /// Lists names put in the wrong place in this file.
        #[arg(long)]
        false_pins: Option<PathBuf>,
        /// What an encoder that hasn't seen the document says of each: `{id, rows, begins, kinds}` a line (task muc4).
        #[arg(long)]
        marginals: Option<PathBuf>,
    },
    /// Trains on the whole development sets and writes the weights.
    Train {
        /// What to train.
        task: Trained,
        /// Folder of the benchmarks.
        #[arg(long, default_value = "../shared/data")]
        data: PathBuf,
        /// The weight file.
        #[arg(long, default_value = "weights/places-en.wkw")]
        output: PathBuf,
        /// What an encoder that hasn't seen the document says of each: `{id, rows, begins, kinds}` a line (task muc4).
        #[arg(long)]
        marginals: Option<PathBuf>,
        /// Fewer folds, where there is a choice.
        #[arg(long)]
        quick: bool,
        /// Where predictions out of fold go (attribution only).
        #[arg(long)]
        predictions: Option<PathBuf>,
    },
    /// Measures how much of cased texts' annotation survives their being put in capitals and re-cased.
    Truecase {
        /// A file of `{id, text}` lines in usual case.
        #[arg(long)]
        input: PathBuf,
    },
    /// Measures what recognising and resolving places and times costs beside the whole of reading.
    Cost {
        /// A file of `{id, text}` lines.
        #[arg(long)]
        input: PathBuf,
        /// Number of rounds; the median counts.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
        rounds: u8,
    },
    /// Scores every task whose files are there and keeps the figures: `<date>-<machine>.json` and a table in Markdown.
    Run {
        /// Folder of the benchmarks.
        #[arg(long, default_value = "../shared/data")]
        data: PathBuf,
        /// File of tasks and their floors.
        #[arg(long, default_value = "evaluation/baseline.json")]
        baseline: PathBuf,
        /// What the machine is called in the file's name.
        #[arg(long, default_value = "shared-2-cores")]
        machine: String,
        /// Where the figures go.
        #[arg(long, default_value = "evaluation/runs")]
        output: PathBuf,
    },
    /// Writes what a role tagger says of texts, one JSON object a line: `{id, rows, begins, kinds}`.
    Marginals {
        /// A file of `{id, text}` lines.
        #[arg(long)]
        input: PathBuf,
        /// Where it goes.
        #[arg(long)]
        output: PathBuf,
        /// Weight file of vocabulary, embeddings and first layers.
        #[arg(long, default_value = "weights/roles-encoder-base.wkw")]
        base: PathBuf,
        /// Weight files of the taggers; their probabilities are averaged.
        #[arg(long, required = true, num_args = 1..)]
        tagger: Vec<PathBuf>,
        /// Number of the first document.
        #[arg(long, default_value_t = 0)]
        from: usize,
        /// Number of the document after the last.
        #[arg(long, default_value_t = usize::MAX)]
        to: usize,
    },
    /// Writes the tokens of texts, one JSON object a line: `{id, tokens: [[start, end, word]], sentences: [[first, end]]}`, offsets in
    /// code points. What recipes in other languages train on, so that their tokens are the program's own.
    Tokens {
        /// A file of `{id, text}` lines.
        #[arg(long)]
        input: PathBuf,
        /// Where the tokens go.
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

/// A task whose model is trained here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Trained {
    /// Place names and their points.
    Toponyms,
    /// Which spans are place names.
    Recognition,
    /// Incidents with their roles.
    Muc4,
    /// Who said or thought what.
    Attribution,
    /// Copies of one story.
    Duplicates,
    /// Which articles tell of the same happening.
    Merge,
    /// Whether reports of one happening meet in one incident of the record (with `--ablate`, lists what was missed).
    Over,
}

/// Whether the benchmarks are there; says so where they aren't.
fn present(data: &std::path::Path) -> bool {
    if !data.is_dir() {
        eprintln!(
            "watchkeeper-eval: the benchmarks are not in {} (they lie beside the project on developers' machines and in CI only)",
            data.display()
        );
    }
    data.is_dir()
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Predict { task, input, output, sources } => {
            task::predict(task, &input, &output, &sources).map(|()| ExitCode::SUCCESS)
        }
        Command::Marginals { input, output, base, tagger, from, to } => {
            marginals::run(&input, &output, &base, &tagger, (from, to)).map(|()| ExitCode::SUCCESS)
        }
        Command::Tokens { input, output } => task::tokens(&input, &output).map(|()| ExitCode::SUCCESS),
        Command::Confusion { input, misses } => realis::confusion(&input, misses).map(|table| {
            println!("{table}");
            ExitCode::SUCCESS
        }),
        Command::Cv { ref data, .. }
        | Command::Train { ref data, .. }
        | Command::Run { ref data, .. }
        | Command::Gate { ref data, .. }
            if !present(data) =>
        {
            return ExitCode::from(4);
        }
        Command::Cv { task: Trained::Toponyms, data, folds, ablate, false_pins, .. } => {
            toponyms::cross_validate(&data, folds.into(), ablate, false_pins.as_deref())
                .map(|()| ExitCode::SUCCESS)
        }
        Command::Cv { task: Trained::Recognition, data, folds, .. } => {
            recognition::cross_validate(&data, folds.into()).map(|()| ExitCode::SUCCESS)
        }
        Command::Train { task: Trained::Attribution, data, output, quick, predictions, .. } => {
            attribution_training::train_all(&data, &output, quick, predictions.as_deref())
                .map(|()| ExitCode::SUCCESS)
        }
        Command::Cv { task: Trained::Duplicates, data, folds, .. } => {
            duplicates::cross_validate(&data, folds.into()).map(|()| ExitCode::SUCCESS)
        }
        Command::Cv { task: Trained::Merge, data, folds, ablate, .. } => {
            merge::cross_validate(&data, folds.into(), ablate).map(|()| ExitCode::SUCCESS)
        }
        Command::Cv { task: Trained::Over, data, folds, ablate, .. } => {
            over::run(&data, folds.into(), ablate).map(|()| ExitCode::SUCCESS)
        }
        Command::Train { task: Trained::Over, .. } => {
            Err(anyhow::anyhow!("incidents are merged by weights set by hand and those of `train merge`"))
        }
        Command::Train { task: Trained::Merge, data, output, .. } => {
            merge::train(&data, &output).map(|()| ExitCode::SUCCESS)
        }
        Command::Train { task: Trained::Duplicates, .. } => {
            Err(anyhow::anyhow!("copies are told by three fixed bounds; `cv duplicates` tries others"))
        }
        Command::Cv { task: Trained::Attribution, .. } => {
            Err(anyhow::anyhow!("`train attribution` prints the figures out of fold"))
        }
        Command::Train { task: Trained::Recognition, data, output, .. } => {
            recognition::train_all(&data, &output).map(|()| ExitCode::SUCCESS)
        }
        Command::Cv { task: Trained::Muc4, data, folds, ablate, marginals, .. } => {
            muc4::command::cross_validate(&data, folds.into(), ablate, marginals.as_deref())
                .map(|()| ExitCode::SUCCESS)
        }
        Command::Train { task: Trained::Muc4, data, output, marginals, .. } => {
            muc4::command::train_all(&data, &output, marginals.as_deref()).map(|()| ExitCode::SUCCESS)
        }
        Command::Train { task: Trained::Toponyms, data, output, .. } => {
            toponyms::train(&data, &output).map(|()| ExitCode::SUCCESS)
        }
        Command::Run { data, baseline, machine, output } => runs::run(&data, &baseline, &machine, &output)
            .map(|table| {
                println!("{table}");
                ExitCode::SUCCESS
            }),
        Command::Truecase { input } => truecase::run(&input).map(|()| ExitCode::SUCCESS),
        Command::Cost { input, rounds } => cost::run(&input, rounds.into()).map(|()| ExitCode::SUCCESS),
        Command::Gate { data, baseline } => gate::run(&data, &baseline)
            .map(|passed| if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("watchkeeper-eval: {error:#}");
        ExitCode::from(3)
    })
}
