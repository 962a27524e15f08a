//! `watchkeeper review`: what a human says of the record. Nothing is lost: every correction is kept, with author, time and reason.

use clap::{Args, Subcommand};
use serde_json::Value;
use watchkeeper_pipeline::{Ground, Recorder, Waiting, queue};
use watchkeeper_record::correction::{Action, Correction, Target};
use watchkeeper_store::{Error, Grade, Graded, Grading, Mode, Store};

use crate::Outcome;
use crate::command::list::incident_line_of;
use crate::command::read::complain;
use crate::command::sample::SampleArguments;
use crate::record::{Database, Line, Narrow, Shape, fail, plain, print};
use crate::stop::now;

/// Accept, correct, merge, split, reject; undo any of it. Or list what most wants a look.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Deed,
}

/// Who says so, and why.
#[derive(Args)]
struct Signed {
    /// Why.
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// Who says so.
    #[arg(long, value_name = "NAME", env = "WATCHKEEPER_AUTHOR")]
    author: String,
    #[command(flatten)]
    database: Database,
}

#[derive(Subcommand)]
enum Deed {
    /// List incidents by doubt and importance, with the reasons, those first that most want a look.
    Queue {
        #[command(flatten)]
        database: Database,
        /// Most results.
        #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        #[command(flatten)]
        narrow: Narrow,
        #[command(flatten)]
        shape: Shape,
    },
    /// Draw a random sample to judge, or report what the judgements say of the whole.
    Sample(SampleArguments),
    /// A thing is right or wrong as the record has it: counted by `sample --report`, corrected by nothing.
    Judge {
        /// An incident, or DOCUMENT#s1: a record of a document.
        id: String,
        /// `right` or `wrong`.
        #[arg(value_parser = ["right", "wrong"])]
        verdict: String,
        /// Which side of it: whole, date, place, type, actors, toll, merging; of statements speaker, content, certainty.
        #[arg(long, value_name = "SIDE", default_value = "whole")]
        field: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// A record is right as read.
    Accept {
        /// DOCUMENT#e1: a record of a document.
        id: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// A record is no such thing: lists leave it out.
    Reject {
        /// DOCUMENT#e1: a record of a document.
        id: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// One field of a record is other than read.
    Edit {
        /// DOCUMENT#e1: a record of a document.
        id: String,
        /// Where in the record: a JSON pointer such as /realis or /toll/killed/best.
        field: String,
        /// What it is instead, as JSON; plain words are taken for a text.
        value: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// Two or more incidents are one.
    Merge {
        /// Ids of incidents or accounts.
        #[arg(required = true, num_args = 2..)]
        ids: Vec<String>,
        #[command(flatten)]
        signed: Signed,
    },
    /// Accounts of an incident tell of another one.
    Split {
        /// The incident.
        incident: String,
        /// The accounts that don't belong to it.
        #[arg(required = true)]
        accounts: Vec<String>,
        #[command(flatten)]
        signed: Signed,
    },
    /// One actor is another.
    MergeActors {
        /// Key of the actor that goes.
        from: String,
        /// Key of the actor that stays.
        into: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// A new actor is one of its own.
    AcceptActor {
        /// Its key.
        actor: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// What was taken for an actor is none.
    RejectActor {
        /// Its key.
        actor: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// An earlier correction no longer holds.
    Undo {
        /// Its id, as `review log` lists it.
        correction: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// How far an outlet may be relied on: A (completely) to F (can't be judged).
    Grade {
        /// The outlet.
        outlet: String,
        /// A, B, C, D, E or F.
        grade: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// How credible a report is: 1 (confirmed) to 6 (can't be judged).
    Credibility {
        /// The document.
        document: String,
        /// 1 to 6.
        #[arg(value_parser = clap::value_parser!(u8).range(1..=6))]
        credibility: u8,
        #[command(flatten)]
        signed: Signed,
    },
    /// List outlets with their grades and how many reports of theirs the record holds.
    Outlets {
        #[command(flatten)]
        database: Database,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// List every correction, grade and credibility that was set, oldest first.
    Log {
        #[command(flatten)]
        database: Database,
        /// List instead who asked for the names of private persons, when and with which command.
        #[arg(long)]
        reveals: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let done = match &arguments.action {
        Deed::Queue { database, limit, narrow, shape } => return waiting(database, *limit, narrow, shape),
        Deed::Sample(arguments) => return super::sample::run(arguments),
        Deed::Judge { id, verdict, field, signed } => {
            return super::sample::judge(
                &signed.database,
                id,
                verdict == "right",
                field,
                &signed.author,
                &signed.reason,
            );
        }
        Deed::Outlets { database, json } => return outlets(database, *json),
        Deed::Log { database, reveals: true, json } => return reveals(database, *json),
        Deed::Log { database, json, .. } => return log(database, *json),
        Deed::Accept { id, signed } => {
            with(signed, |store| Ok(Action::Accept { target: target(store, id)? }))
        }
        Deed::Reject { id, signed } => {
            with(signed, |store| Ok(Action::Reject { target: target(store, id)? }))
        }
        Deed::Edit { id, field, value, signed } => with(signed, |store| {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.clone()));
            Ok(Action::Edit { target: target(store, id)?, field: field.clone(), value })
        }),
        Deed::Merge { ids, signed } => with(signed, |store| {
            let mut accounts = Vec::new();
            for id in ids {
                accounts.extend(store.incident(id)?.accounts);
            }
            accounts.sort();
            accounts.dedup();
            let one = store.incident(&ids[0])?;
            if accounts.iter().all(|account| one.accounts.contains(account)) {
                return Err(Error::Query(format!(
                    "all of them are incident {} already: nothing to merge",
                    one.id
                )));
            }
            Ok(Action::Merge { accounts })
        }),
        Deed::Split { incident, accounts, signed } => with(signed, |store| {
            let whole = store.incident(incident)?;
            if let Some(stranger) = accounts.iter().find(|account| !whole.accounts.contains(account)) {
                return Err(Error::Query(format!(
                    "`{stranger}` is no account of incident {}: it has {}",
                    whole.id,
                    whole.accounts.join(", ")
                )));
            }
            if accounts.len() >= whole.accounts.len() {
                return Err(Error::Query(format!(
                    "these are all accounts of incident {}: nothing would stay",
                    whole.id
                )));
            }
            let from = whole.accounts;
            let from = from.into_iter().filter(|account| !accounts.contains(account)).collect();
            Ok(Action::Split { accounts: accounts.clone(), from })
        }),
        Deed::MergeActors { from, into, signed } => {
            with(signed, |_| Ok(Action::MergeActors { from: from.clone(), into: into.clone() }))
        }
        Deed::AcceptActor { actor, signed } => {
            with(signed, |_| Ok(Action::AcceptActor { actor: actor.clone() }))
        }
        Deed::RejectActor { actor, signed } => {
            with(signed, |_| Ok(Action::RejectActor { actor: actor.clone() }))
        }
        Deed::Undo { correction, signed } => {
            with(signed, |_| Ok(Action::Undo { correction: correction.clone() }))
        }
        Deed::Grade { outlet, grade, signed } => signed.database.open(Mode::Write).and_then(|mut store| {
            let grade: Grade = grade.parse().map_err(|error| fail(&error))?;
            let of = |outlets: Vec<watchkeeper_store::Outlet>| {
                outlets
                    .iter()
                    .find(|one| one.name.eq_ignore_ascii_case(outlet))
                    .map_or(0, |one| one.documents)
            };
            let documents = store.outlets().map(of).map_err(|error| fail(&error))?;
            store
                .set_grade(outlet, grade, &signed.author, &signed.reason, now())
                .map_err(|error| fail(&error))?;
            complain(&match documents {
                0 => format!(
                    "grade {} kept for {outlet}, of which the record has no report yet",
                    grade.as_str()
                ),
                1 => format!("grade {} kept for {outlet}: 1 report", grade.as_str()),
                count => format!("grade {} kept for {outlet}: {count} reports", grade.as_str()),
            });
            Ok(())
        }),
        Deed::Credibility { document, credibility, signed } => {
            signed.database.open(Mode::Write).and_then(|mut store| {
                let number = store.find_document(document).map_err(|error| fail(&error))?;
                store
                    .set_credibility(number, *credibility, &signed.author, &signed.reason, now())
                    .map_err(|error| fail(&error))?;
                complain(&format!("credibility {credibility} kept for {document}"));
                Ok(())
            })
        }
    };
    match done {
        Ok(()) => Outcome::Complete,
        Err(outcome) => outcome,
    }
}

/// Enters a correction and puts the incidents that it touches together anew.
fn with(signed: &Signed, action: impl FnOnce(&Store) -> Result<Action, Error>) -> Result<(), Outcome> {
    // The record must be there: a correction makes none.
    drop(signed.database.open(Mode::Write)?);
    let mut recorder = Recorder::open(&signed.database.db).map_err(|error| fail(&error))?;
    let action = action(recorder.store()).map_err(|error| fail(&error))?;
    let correction =
        Correction { author: signed.author.clone(), moment: now(), reason: signed.reason.clone(), action };
    let entered = recorder.store_mut().correct(&correction).map_err(|error| fail(&error))?;
    let settled = recorder.settle_said(now()).map_err(|error| fail(&error))?;
    let changed = match settled.incidents {
        1 => "1 incident changed".to_owned(),
        count => format!("{count} incidents changed"),
    };
    complain(&format!("correction {} kept; {changed}", entered.id));
    Ok(())
}

/// `DOCUMENT#e1` → what names the record for later versions too.
fn target(store: &Store, id: &str) -> Result<Target, Error> {
    let (document, local) = id.split_once('#').ok_or_else(|| {
        Error::Query(format!(
            "`{id}` names no record of a document; wanted: DOCUMENT#e1 (see `watchkeeper show DOCUMENT`)"
        ))
    })?;
    store.target(store.find_document(document)?, local)
}

fn waiting(database: &Database, limit: u32, narrow: &Narrow, shape: &Shape) -> Outcome {
    let store = match database.open_to_show(shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let found = narrow.filter(&store).and_then(|filter| queue(&store, &filter, limit as usize));
    match found {
        Ok(found) if found.is_empty() => {
            complain("nothing waits: no incident keeps the filters, or all were accepted, edited or judged");
            Outcome::Complete
        }
        Ok(found) => {
            let lines = found.into_iter().enumerate().map(|(at, one)| waiting_line(at + 1, &one)).collect();
            print(&store, shape, &[], lines, None)
        }
        Err(error) => fail(&error),
    }
}

fn waiting_line(place: usize, one: &Waiting) -> Line {
    let grounds = |grounds: &[Ground]| {
        let words: Vec<String> =
            grounds.iter().map(|ground| format!("{} (+{:.2})", ground.words, ground.points)).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
    };
    let incident = incident_line_of(&one.incident, one.documents.clone());
    let mut cells = vec![
        ("rank", format!("{:.2}", one.rank)),
        ("doubt", format!("{:.2}", one.doubt)),
        ("importance", format!("{:.2}", one.importance)),
        ("doubted_for", grounds(&one.doubts)),
        ("matters_for", grounds(&one.weights)),
    ];
    cells.extend(incident.cells);
    Line {
        text: format!(
            "{place:>3}  {:.2} = doubt {:.2} × importance {:.2}  {}\n     doubted: {}\n     matters: {}",
            one.rank,
            one.doubt,
            one.importance,
            incident.text,
            grounds(&one.doubts),
            grounds(&one.weights)
        ),
        cells,
        whole: serde_json::to_value(one).unwrap_or(Value::Null),
        documents: one.documents.clone(),
    }
}

/// Every outlet, those of most reports first.
fn outlets(database: &Database, json: bool) -> Outcome {
    let found =
        match database.open(Mode::Read).and_then(|store| store.outlets().map_err(|error| fail(&error))) {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
    let mut found = found;
    found.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.name.cmp(&b.name)));
    let mut text = String::new();
    for outlet in found {
        if json {
            let whole = serde_json::json!({"outlet": outlet.name, "grade": outlet.grade, "documents": outlet.documents});
            text.push_str(&format!("{whole}\n"));
        } else {
            let reports = if outlet.documents == 1 { "report" } else { "reports" };
            text.push_str(&format!(
                "{}  {:>5} {reports:<7}  {}\n",
                outlet.grade,
                outlet.documents,
                plain(&outlet.name)
            ));
        }
    }
    Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()))
}

/// Who asked for the names of private persons.
fn reveals(database: &Database, json: bool) -> Outcome {
    let looks =
        match database.open(Mode::Read).and_then(|store| store.reveals().map_err(|error| fail(&error))) {
            Ok(looks) => looks,
            Err(outcome) => return outcome,
        };
    let mut text = String::new();
    for look in looks {
        if json {
            text.push_str(&(serde_json::to_string(&look).unwrap_or_default() + "\n"));
        } else {
            let line = format!("{}  {}  {}", look.moment, look.author, look.command.join(" "));
            let plain = line.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
            text.extend(plain.chain(['\n']));
        }
    }
    Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()))
}

/// Corrections, which have an id, and grades, which have the number of their entry in the audit log.
fn log(database: &Database, json: bool) -> Outcome {
    let read = |store: Store| {
        let found = store.corrections().and_then(|entered| Ok((entered, store.gradings()?)));
        found.map_err(|error| fail(&error))
    };
    let (entered, graded) = match database.open(Mode::Read).and_then(read) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let mut lines = Vec::new();
    for one in entered {
        let state = if one.holds { "" } else { "  (undone)" };
        let Correction { author, moment, reason, action } = &one.correction;
        let text = format!("{}  {moment}  {author}  {}  “{reason}”{state}", one.id, deed(action));
        lines.push((*moment, text, serde_json::to_value(&one).unwrap_or_default()));
    }
    for one in graded {
        let state = if one.holds { "" } else { "  (replaced)" };
        let what = match &one.action {
            Grading::Grade { outlet, grade } => format!("grade {outlet}: {grade}"),
            Grading::Credibility { document, credibility } => {
                format!("credibility {}: {credibility}", document.get(..8).unwrap_or_default())
            }
        };
        let Graded { author, moment, reason, .. } = &one;
        let entry = format!("entry {}", one.entry);
        let text = format!("{entry:16}  {moment}  {author}  {what}  “{reason}”{state}");
        lines.push((*moment, text, serde_json::to_value(&one).unwrap_or_default()));
    }
    if lines.is_empty() {
        complain("nothing was corrected, judged or graded yet");
    }
    // Each list stands in the order of its coming.
    lines.sort_by_key(|line| line.0);
    let mut text = String::new();
    for (_, line, whole) in lines {
        if json {
            text.push_str(&format!("{whole}\n"));
        } else {
            text.push_str(&(plain(&line).replace('\n', " ") + "\n"));
        }
    }
    Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()))
}

/// The key of an actor, unless it is made of a person's name.
fn key(key: &str) -> &str {
    if key.starts_with("~person:") { "~person:[name hidden]" } else { key }
}

/// What a correction does, to what. Words of reports are left out: they may name private persons.
fn deed(action: &Action) -> String {
    let on = |target: &Target| {
        format!("{} of {} at {}", target.kind, target.document.get(..8).unwrap_or_default(), target.start)
    };
    match action {
        Action::Accept { target } => format!("accept {}", on(target)),
        Action::Reject { target } => format!("reject {}", on(target)),
        Action::Edit { target, field, value } => format!("edit {}: {field} = {value}", on(target)),
        Action::Merge { accounts } => format!("merge {}", accounts.join(" ")),
        Action::Split { accounts, from } => format!("split {} from {}", accounts.join(" "), from.join(" ")),
        Action::MergeActors { from, into } => format!("merge-actors {} into {}", key(from), key(into)),
        Action::AcceptActor { actor } => format!("accept-actor {}", key(actor)),
        Action::RejectActor { actor } => format!("reject-actor {}", key(actor)),
        Action::Draw { sample } => format!("draw a sample of {} (seed {})", sample.of, sample.seed),
        Action::Judge { of, aspect, right } => {
            let what = match of {
                watchkeeper_record::sample::Judged::Incident { incident } => incident.clone(),
                watchkeeper_record::sample::Judged::Record { target } => on(target),
            };
            format!("judge {what}: {aspect} {}", if *right { "right" } else { "wrong" })
        }
        Action::Undo { correction } => format!("undo {correction}"),
    }
}
