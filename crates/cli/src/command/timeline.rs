//! `watchkeeper timeline`: incidents over time, with changes of control and claims beside them.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use watchkeeper_pipeline::{Texts, incident_of};
use watchkeeper_report::timeline::{Entry, Mark, Step, Timeline, What, page, screen};
use watchkeeper_store::{Error, Filter, Party, Sort, Store, Window};

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::record::{Database, Hidden, Narrow, Shape, csv_cell, fail, plain, write_beside};

/// Show incidents over time as bars, with changes of control and claims of responsibility beside them.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How long a bar is [default: what gives some sixty bars].
    #[arg(long, value_name = "STEP", value_enum)]
    by: Option<By>,
    /// Mark also denials, threats, demands and promises.
    #[arg(long)]
    statements: bool,
    /// Write one self-contained page with a drawing instead.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "csv"])]
    html: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    narrow: Narrow,
    #[command(flatten)]
    shape: Shape,
}

/// Lengths of bars.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum By {
    /// A day.
    Day,
    /// A week from Monday.
    Week,
    /// A month.
    Month,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let store = match arguments.database.open_to_show(arguments.shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let gathered = arguments.narrow.filter(&store).and_then(|filter| gather(&store, arguments, &filter));
    let (entries, marks, undated) = match gathered {
        Ok(gathered) => gathered,
        Err(error) => return fail(&error),
    };
    let mut notes = Vec::new();
    if let Some(day) = arguments.narrow.as_of() {
        notes.push(format!("As known by {day}"));
    }
    if undated > 0 {
        notes.push(format!("Left out, since no day is known: {undated}"));
    }
    let step = arguments.by.map(|by| match by {
        By::Day => Step::Day,
        By::Week => Step::Week,
        By::Month => Step::Month,
    });
    let timeline = match Timeline::new(entries, marks, step, notes) {
        Ok(timeline) => timeline,
        Err(message) => {
            complain(&message);
            return Outcome::Nothing;
        }
    };
    if timeline.bins.is_empty() {
        complain("nothing to show: no incident with a known day, control or claim keeps the filters");
    }
    if let Some(path) = &arguments.html {
        return write_beside(path, page(&timeline, "Incidents over time").as_bytes());
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let columns = width(std::io::stdout().is_terminal());
    let mut write = || -> std::io::Result<()> {
        if arguments.shape.json {
            writeln!(out, "{}", serde_json::to_string(&timeline).unwrap_or_default())?;
        } else if arguments.shape.csv {
            writeln!(out, "{}", Timeline::COLUMNS.join(","))?;
            for row in timeline.rows() {
                writeln!(out, "{}", row.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(","))?;
            }
        } else if !timeline.bins.is_empty() || !timeline.vague.is_empty() {
            out.write_all(plain(&screen(&timeline, columns)).as_bytes())?;
        }
        out.flush()
    };
    Outcome::of_writing(write())
}

type Gathered = (Vec<Entry>, Vec<Mark>, usize);

fn gather(store: &Store, arguments: &Arguments, filter: &Filter) -> Result<Gathered, Error> {
    let mut hidden = Hidden::new(store, arguments.shape.reveal_private);
    let (mut entries, mut undated) = (Vec::new(), 0);
    let mut seen = std::collections::BTreeSet::new();
    let texts = Texts::new(store);
    every(
        |window| store.incidents(filter, window),
        Sort::Happened,
        |item| {
            let Some(incident) = incident_of(&texts, &item) else { return };
            if !seen.insert(incident.id.clone()) {
                return;
            }
            let Some((day, end)) = incident.time else {
                undated += 1;
                return;
            };
            let who: Vec<String> = incident
                .perpetrators
                .iter()
                .take(3)
                .map(|who| {
                    format!(
                        "{} ({})",
                        name(&who.party.name, who.party.private && !arguments.shape.reveal_private),
                        who.party.claim
                    )
                })
                .collect();
            let place = incident.place.as_ref().map_or_else(
                || "place unknown".to_owned(),
                |place| {
                    place
                        .country
                        .as_ref()
                        .map_or(place.name.clone(), |code| format!("{}, {code}", place.name))
                },
            );
            entries.push(Entry {
                day,
                end,
                kind: incident.kind.map_or("incident", |kind| kind.as_str()).to_owned(),
                place,
                killed: incident.killed.as_ref().and_then(|toll| toll.best.or(toll.low).or(toll.high)),
                who: hidden.words(&who.join("; "), std::slice::from_ref(&item.lead.source.document)),
                independent: incident.independent,
                id: incident.id,
            });
        },
    )?;
    let mut marks = Vec::new();
    // What is said or held has no type, toll or perpetrator: those filters are for incidents.
    let said = Filter { types: Vec::new(), killed_min: None, ..filter.clone() };
    let reveal = arguments.shape.reveal_private;
    let who = |party: &Party| name(&party.name, party.private && !reveal).to_owned();
    every(
        |window| store.control(&said, window),
        Sort::Happened,
        |hold| {
            let documents = [hold.source.document.clone()];
            marks.push(Mark {
                id: hold.id,
                day: hold.start.unwrap_or(hold.source.known),
                what: What::Control,
                words: hidden.words(
                    &format!(
                        "{}: {} {}{}",
                        hold.place.name,
                        who(&hold.holder),
                        hold.status,
                        if hold.realis == "actual" { String::new() } else { format!(" ({})", hold.realis) }
                    ),
                    &documents,
                ),
                quote: hidden.words(&hold.quote, &documents),
                outlet: hold.source.outlet.unwrap_or_else(|| "unknown outlet".to_owned()),
            });
        },
    )?;
    // Statements have no day of their own: the days asked for are those of publication.
    let told =
        Filter { since: None, until: None, known_since: filter.since, known_until: filter.until, ..said };
    every(
        |window| store.statements(&told, window),
        Sort::Known,
        |saying| {
            let what = match saying.kind.as_str() {
                "responsibility_claim" => What::Claim,
                "denial" | "threat" | "demand" | "promise" if arguments.statements => What::Statement,
                _ => return,
            };
            let documents = [saying.source.document.clone()];
            let speaker = match &saying.speaker {
                Some(speaker) => who(speaker),
                None if saying.author => "the author".to_owned(),
                None => "somebody unnamed".to_owned(),
            };
            marks.push(Mark {
                id: saying.id,
                day: saying.source.known,
                what,
                words: hidden.words(&format!("{speaker}: {}", saying.kind.replace('_', " ")), &documents),
                quote: hidden.words(&saying.content, &documents),
                outlet: saying.source.outlet.unwrap_or_else(|| "unknown outlet".to_owned()),
            });
        },
    )?;
    Ok((entries, marks, undated))
}

fn name(name: &str, hide: bool) -> &str {
    if hide { "a private person" } else { name }
}

/// Every result of a list.
pub(crate) fn every<T>(
    ask: impl Fn(&Window) -> Result<watchkeeper_store::Listed<T>, Error>,
    sort: Sort,
    mut each: impl FnMut(T),
) -> Result<(), Error> {
    let mut window = Window { limit: 1000, ..Window::first(sort) };
    loop {
        let listed = ask(&window)?;
        listed.items.into_iter().for_each(&mut each);
        match listed.next {
            Some(next) => window.after = Some(next),
            None => return Ok(()),
        }
    }
}
