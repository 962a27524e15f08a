//! `watchkeeper export`: the record in the formats of other tools.

use std::collections::BTreeMap;
use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use watchkeeper_pipeline::{Texts, incident_of};
use watchkeeper_record::codebook::Realis;
use watchkeeper_report::export::{self, Actor, Export, Exported, Format, Options, Report, Statement};
use watchkeeper_store::{Error, Fact, Party, Sort, Source, Store, Window};

use crate::Outcome;
use crate::command::read::complain;
use crate::record::{Database, Filters, fail};
use crate::stop::now;

/// Write incidents for other tools: JSON lines, CSV with the columns of UCDP GED or ACLED, GeoJSON, Parquet, STIX 2.1, a page to print; or
/// the graph of actors as GraphML (docs/exports.md).
#[derive(Args)]
pub(crate) struct Arguments {
    /// In which format.
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["jsonl", "ged", "acled", "geojson", "parquet", "stix", "html", "graphml"]))]
    format: String,
    /// Where it goes, `-` for standard output [default: standard output]. A file that is there is replaced once all is written.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Make places coarse: points to a grid of so many kilometres.
    #[arg(long, value_name = "KM")]
    coarsen_km: Option<f64>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    filters: Filters,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.coarsen_km.is_some_and(|km| !(km > 0.0 && km <= 1000.0)) {
        complain("--coarsen-km wants kilometres between 0 and 1000");
        return Outcome::Nothing;
    }
    let shape = &arguments.filters.shape;
    if shape.json || shape.csv {
        complain("an export's form is told by --format: jsonl for JSON, ged or acled for CSV");
        return Outcome::Nothing;
    }
    let output = arguments.output.as_deref().filter(|path| *path != Path::new("-"));
    if let Some(refused) = output.and_then(refusal) {
        complain(&refused);
        return Outcome::Unwritten;
    }
    if output.is_none() && arguments.format == "parquet" && std::io::stdout().is_terminal() {
        complain("Parquet is no text for a terminal: name a file with --output");
        return Outcome::Unwritten;
    }
    let store = match arguments.database.open_to_show(shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let options = Options {
        reveal_private: arguments.filters.shape.reveal_private,
        as_of: arguments.filters.as_of(),
        query: arguments.filters.told(&store),
        coarsen_km: arguments.coarsen_km,
        made: now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    if options.reveal_private {
        complain("names of private persons are written out: keep the file accordingly");
    }
    // Written beside its place first: a failed export leaves no half file.
    let beside = output.map(|path| {
        let mut name = path.as_os_str().to_owned();
        name.push(".partial");
        PathBuf::from(name)
    });
    let mut out: Box<dyn Write> = match &beside {
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
        Some(path) => match std::fs::File::create(path) {
            Ok(file) => Box::new(BufWriter::new(file)),
            Err(error) => {
                let path = output.unwrap_or(path);
                complain(&format!("cannot write {}: {error}", path.display()));
                return Outcome::Unwritten;
            }
        },
    };
    let written = if arguments.format == "graphml" {
        graph(&store, arguments, &options, &mut out)
    } else {
        incidents(&store, arguments, options, &mut out)
    };
    let ended =
        written.and_then(|count| out.flush().map(|()| count).map_err(|error| Stop::Export(error.into())));
    drop(out);
    match (ended, beside, output) {
        (Ok(count), Some(beside), Some(path)) => match std::fs::rename(&beside, path) {
            Ok(()) => {
                let what = match (arguments.format.as_str(), count) {
                    ("graphml", 1) => "relation",
                    ("graphml", _) => "relations",
                    (_, 1) => "incident",
                    _ => "incidents",
                };
                let none = if count == 0 { ": nothing in the record fits the filters" } else { "" };
                complain(&format!("{}: {count} {what} written{none}", path.display()));
                Outcome::Complete
            }
            Err(error) => {
                complain(&format!("cannot write {}: {error}", path.display()));
                Outcome::Unwritten
            }
        },
        (Ok(_), ..) => Outcome::Complete,
        (Err(stop), beside, _) => {
            if let Some(beside) = beside {
                let _ = std::fs::remove_file(beside);
            }
            match stop {
                Stop::Store(error) => fail(&error),
                Stop::Export(export::Error::Write(error)) => Outcome::of_writing(Err(error)),
                Stop::Export(error) => {
                    complain(&error.to_string());
                    Outcome::Unwritten
                }
            }
        }
    }
}

/// Why a file may not be written: a folder, or a database, which would be lost.
fn refusal(path: &Path) -> Option<String> {
    let told = path.display();
    if path.is_dir() {
        return Some(format!("{told} is a folder: name a file in it"));
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.is_dir()) {
        return Some(format!("cannot write {told}: there is no folder {}", parent.display()));
    }
    let mut head = Vec::new();
    let there = std::fs::File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    (there.is_ok() && head == b"SQLite format 3\0").then(|| {
        format!("{told} is a database, maybe the record itself: it is not replaced; name another file")
    })
}

/// Why an export ended early.
enum Stop {
    Store(Error),
    Export(export::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<export::Error> for Stop {
    fn from(error: export::Error) -> Self {
        Self::Export(error)
    }
}

/// Things read from the record at once.
const AT_ONCE: u32 = 500;

/// How many are wanted; the window is set to the first of them.
fn limit(arguments: &Arguments, window: &mut Window) -> u64 {
    let left = arguments.filters.limit().map_or(u64::MAX, u64::from);
    window.limit = u32::try_from(left).unwrap_or(u32::MAX).min(AT_ONCE);
    left
}

fn go_on(window: &mut Window, next: String, left: u64) {
    window.after = Some(next);
    window.limit = u32::try_from(left).unwrap_or(u32::MAX).min(AT_ONCE);
}

fn incidents(
    store: &Store,
    arguments: &Arguments,
    options: Options,
    out: &mut Box<dyn Write>,
) -> Result<u64, Stop> {
    let format = Format::ALL
        .iter()
        .copied()
        .find(|format| format.as_str() == arguments.format)
        .unwrap_or(Format::Jsonl);
    let as_of = options.as_of;
    let mut export = Export::begin(format, options, out)?;
    let texts = Texts::new(store);
    let mut actors = BTreeMap::new();
    let (filter, mut window) = arguments.filters.query(store, Sort::Happened)?;
    let mut left = limit(arguments, &mut window);
    loop {
        let listed = store.incidents(&filter, &window)?;
        for item in &listed.items {
            let Some(incident) = incident_of(&texts, item) else { continue };
            let facts = match &item.key {
                Some(key) => store.reports_of(key, as_of)?,
                None => vec![item.lead.clone()],
            };
            export.incident(&exported(store, incident, &facts, &mut actors)?)?;
            left -= 1;
        }
        match listed.next {
            Some(next) if left > 0 => go_on(&mut window, next, left),
            _ => break,
        }
    }
    Ok(export.end()?)
}

/// An incident with all that the record holds of it. `known` keeps actors by their keys: the same ones come again and again, and to look
/// one up reads hundreds of rows.
fn exported(
    store: &Store,
    incident: watchkeeper_record::incident::Incident,
    facts: &[Fact],
    known: &mut BTreeMap<String, Option<Actor>>,
) -> Result<Exported, Error> {
    let accounts = store.accounts_with(&incident.accounts)?;
    let mut reports: BTreeMap<(watchkeeper_record::article::Date, String), Report> = BTreeMap::new();
    let mut private_names = Vec::new();
    let mut statements = Vec::new();
    for fact in facts {
        let key = (fact.source.known, fact.source.document.clone());
        if reports.contains_key(&key) {
            continue;
        }
        let reading = store.reading(store.find_document(&fact.source.document)?)?;
        let persons = reading.actors.iter().filter(|actor| actor.private);
        private_names.extend(persons.flat_map(|actor| {
            [actor.name.clone()].into_iter().chain(actor.mentions.iter().map(|mention| mention.quote.clone()))
        }));
        for saying in &reading.statements {
            let mut told = accounts.iter().filter(|account| account.document == fact.source.document);
            let of_it = told.any(|account| {
                let local = reading.incidents.iter().find(|one| one.id == account.local);
                local.is_some_and(|one| {
                    reading.events.iter().any(|event| {
                        one.events.contains(&event.id) && event.asserted_by.as_ref() == Some(&saying.id)
                    })
                })
            });
            if !of_it {
                continue;
            }
            let speaker = saying
                .speaker
                .actor
                .as_ref()
                .and_then(|id| reading.actors.iter().find(|actor| actor.id == *id));
            statements.push(Statement {
                id: format!("{}#{}", fact.source.document, saying.id),
                document: fact.source.document.clone(),
                kind: saying.kind,
                speaker: speaker.map(|actor| watchkeeper_record::incident::Party {
                    key: actor.registry.clone(),
                    name: actor.name.clone(),
                    private: actor.private,
                    claim: watchkeeper_record::codebook::Claim::Unknown,
                }),
                author: saying.speaker.author,
                polarity: saying.polarity,
                certainty: saying.certainty.as_ref().map(|sure| sure.words.clone()),
                content: saying.content.quote.clone(),
                known: fact.source.known,
            });
        }
        reports.insert(key, report(&fact.source, fact.quote.clone()));
    }
    let mut actors = BTreeMap::new();
    let parties = incident.perpetrators.iter().map(|who| &who.party).chain(&incident.victims);
    for key in parties.filter_map(|party| party.key.as_ref()) {
        if !known.contains_key(key) {
            let found = store.actor(key, None).ok().map(|found| Actor {
                key: key.clone(),
                name: found.name,
                kind: found.kind.parse().ok(),
                country: found.country,
                sector: found.sector,
                private: found.private,
            });
            known.insert(key.clone(), found);
        }
        if let Some(Some(actor)) = known.get(key) {
            actors.insert(key.clone(), actor.clone());
        }
    }
    private_names.sort();
    private_names.dedup();
    Ok(Exported {
        accounts,
        incident,
        reports: reports.into_values().collect(),
        actors: actors.into_values().collect(),
        statements,
        private_names,
        corrected: facts.iter().any(|fact| fact.corrected.is_some()),
    })
}

fn report(source: &Source, quote: Option<String>) -> Report {
    Report {
        document: source.document.clone(),
        title: source.title.clone(),
        outlet: source.outlet.clone(),
        grade: source.grade.chars().next().unwrap_or('F'),
        credibility: source.credibility,
        known: source.known,
        dated: source.dated,
        url: source.url.clone(),
        quote,
    }
}

fn graph(
    store: &Store,
    arguments: &Arguments,
    options: &Options,
    out: &mut Box<dyn Write>,
) -> Result<u64, Stop> {
    let (filter, mut window) = arguments.filters.query(store, Sort::Known)?;
    let mut left = limit(arguments, &mut window);
    let (mut actors, mut relations) = (BTreeMap::new(), Vec::new());
    let mut documents = std::collections::BTreeSet::new();
    let actor = |party: &Party| Actor {
        key: party.key.clone(),
        name: party.name.clone(),
        kind: None,
        country: None,
        sector: None,
        private: party.private,
    };
    loop {
        let listed = store.relations(&filter, &window)?;
        left -= listed.items.len() as u64;
        for tie in listed.items {
            let (Ok(kind), Ok(realis)) = (tie.kind.parse(), tie.realis.parse::<Realis>()) else { continue };
            for party in [&tie.from, &tie.to] {
                actors.entry(party.key.clone()).or_insert_with(|| actor(party));
            }
            // Persons of the report who stand in no relation are hidden in its quotes all the same.
            if documents.insert(tie.source.document.clone()) {
                let reading = store.reading(store.find_document(&tie.source.document)?)?;
                for person in reading.actors.iter().filter(|actor| actor.private) {
                    let key = format!("{}#{}", tie.source.document, person.id);
                    let (name, private) = (person.name.clone(), true);
                    let hidden =
                        Actor { key: key.clone(), name, kind: None, country: None, sector: None, private };
                    actors.insert(key, hidden);
                }
            }
            relations.push(export::Relation {
                id: tie.id,
                from: tie.from.key,
                to: tie.to.key,
                kind,
                realis,
                since: tie.since,
                until: tie.until,
                score: tie.score,
                report: report(&tie.source, Some(tie.quote)),
            });
        }
        match listed.next {
            Some(next) if left > 0 => go_on(&mut window, next, left),
            _ => break,
        }
    }
    let actors: Vec<Actor> = actors.into_values().collect();
    let written = export::graph(&actors, &relations, options, out)?;
    Ok(written as u64)
}
