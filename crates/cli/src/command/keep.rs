//! `watchkeeper backup`, `verify`, `doctor`: keeping the record.

use std::path::PathBuf;

use clap::Args;
use watchkeeper_store::{Mode, Weight, doctor};

use crate::Outcome;
use crate::command::read::complain;
use crate::inputs::steps;
use crate::record::{Database, fail};

/// Make a consistent copy of the record while others write.
#[derive(Args)]
pub(crate) struct BackupArguments {
    /// Where the copy goes; must not be there yet.
    #[arg(value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    database: Database,
}

/// Check the record from end to end: bytes, quotes, the log's chain, indexes.
#[derive(Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    database: Database,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Say in words what is wrong with the record, and how to mend it.
#[derive(Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    database: Database,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Copies the record.
pub(crate) fn backup(arguments: &BackupArguments) -> Outcome {
    let store = match arguments.database.open(Mode::Read) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let parent = arguments.to.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent.filter(|parent| !parent.is_dir()) {
        complain(&format!(
            "cannot write {}: there is no folder {}",
            arguments.to.display(),
            parent.display()
        ));
        return Outcome::Unwritten;
    }
    match store.backup(&arguments.to) {
        Ok(copied) => {
            complain(&format!(
                "{}: {}, {} bytes",
                copied.to.display(),
                counted(copied.documents, "document", "documents"),
                copied.bytes
            ));
            Outcome::Complete
        }
        Err(error) => {
            fail(&error);
            Outcome::Unwritten
        }
    }
}

/// Checks the record; findings end the command with code 1.
pub(crate) fn verify(arguments: &VerifyArguments) -> Outcome {
    let store = match arguments.database.open(Mode::Read) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let bar = steps();
    bar.set_message("documents checked");
    let verified = store.verify(&mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let verified = match verified {
        Ok(verified) => verified,
        Err(error) => return fail(&error),
    };
    let text = if arguments.json {
        serde_json::to_string(&verified).unwrap_or_default() + "\n"
    } else {
        let mut text = format!(
            "{}, {}, {} of the log checked: {}\n",
            counted(verified.documents, "document", "documents"),
            counted(verified.readings, "reading", "readings"),
            counted(verified.entries, "entry", "entries"),
            match verified.findings.len() {
                0 => "all is well".to_owned(),
                1 => "1 finding".to_owned(),
                count => format!("{count} findings"),
            }
        );
        for finding in &verified.findings {
            text.push_str(&format!("{}  {}  {}\n", finding.check, finding.on, finding.what));
        }
        text
    };
    match Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())) {
        Outcome::Complete if !verified.findings.is_empty() => Outcome::Partial,
        outcome => outcome,
    }
}

/// Looks the record over; trouble ends the command with code 1.
pub(crate) fn look_over(arguments: &DoctorArguments) -> Outcome {
    let told = doctor(&arguments.database.db);
    let mut text = String::new();
    for advice in &told {
        if arguments.json {
            text.push_str(&(serde_json::to_string(advice).unwrap_or_default() + "\n"));
            continue;
        }
        let mark = match advice.weight {
            Weight::Fine => "ok      ",
            Weight::Hint => "hint    ",
            Weight::Trouble => "trouble ",
        };
        text.push_str(&format!("{mark}{}\n", advice.what));
        if !advice.mend.is_empty() {
            text.push_str(&format!("        → {}\n", advice.mend));
        }
    }
    let trouble = told.iter().any(|advice| advice.weight == Weight::Trouble);
    match Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())) {
        Outcome::Complete if trouble => Outcome::Partial,
        outcome => outcome,
    }
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
