//! `watchkeeper review sample` and `review judge`: how much of the record is right, by a random sample.

use std::fmt::Write as _;
use std::io::IsTerminal;

use clap::Args;
use watchkeeper_pipeline::{Appraisal, Appraised, Item, appraise, draw, draws, judged};
use watchkeeper_record::correction::{Action, Correction};
use watchkeeper_record::sample::{Aspect, Judged, Sample, Sampled};
use watchkeeper_record::share::Share;
use watchkeeper_store::{Entered, Error, Mode, Store};

use crate::Outcome;
use crate::command::list::incident_line_of;
use crate::command::read::{complain, width};
use crate::record::{Database, Line, Narrow, Shape, fail, plain, print};
use crate::stop::now;

/// Arguments of `review sample`.
#[derive(Args)]
pub(crate) struct SampleArguments {
    /// From what: incidents or statements.
    #[arg(long, value_name = "WHAT", default_value = "incidents", value_parser = ["incidents", "statements"])]
    of: String,
    /// How many are drawn.
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    size: u32,
    /// What the draw follows from: the same record, filters, size and seed draw the same.
    #[arg(long, value_name = "S", default_value = "1")]
    seed: u64,
    /// Say what the judgements say of the whole instead of drawing.
    #[arg(long)]
    report: bool,
    /// An earlier sample by its id [with --report: the last one].
    #[arg(long, value_name = "ID")]
    sample: Option<String>,
    /// Who draws it.
    #[arg(long, value_name = "NAME", env = "WATCHKEEPER_AUTHOR")]
    author: Option<String>,
    /// Why.
    #[arg(long, value_name = "WORDS", default_value = "a sample to judge")]
    reason: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    narrow: Narrow,
    #[command(flatten)]
    shape: Shape,
}

/// Runs `review sample`.
pub(crate) fn run(arguments: &SampleArguments) -> Outcome {
    if arguments.report || arguments.sample.is_some() {
        let store = match arguments.database.open_to_show(arguments.shape.reveal_private) {
            Ok(store) => store,
            Err(outcome) => return outcome,
        };
        return match known(&store, arguments) {
            Ok(Some(appraised)) if arguments.report => report(&store, arguments, &appraised),
            Ok(Some(appraised)) => list(&store, arguments, &appraised),
            Ok(None) => {
                complain("no sample was drawn yet: `watchkeeper review sample` draws one");
                Outcome::Complete
            }
            Err(error) => fail(&error),
        };
    }
    let Some(author) = &arguments.author else {
        complain("a sample is kept in the log: say who draws it (--author NAME or WATCHKEEPER_AUTHOR)");
        return Outcome::Nothing;
    };
    if arguments.shape.reveal_private
        && let Err(outcome) = arguments.database.open_to_show(true)
    {
        return outcome;
    }
    let mut store = match arguments.database.open(Mode::Write) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    match drawn(&mut store, arguments, author) {
        Ok(appraised) => list(&store, arguments, &appraised),
        Err(error) => fail(&error),
    }
}

fn known(store: &Store, arguments: &SampleArguments) -> Result<Option<Appraised>, Error> {
    let mut all = draws(store)?;
    let found = match &arguments.sample {
        Some(id) => match all.into_iter().find(|(entered, _)| entered.id.starts_with(id.as_str())) {
            Some(found) => Some(found),
            None => return Err(Error::Unknown { id: id.clone() }),
        },
        None => all.pop(),
    };
    found.map(|(entered, sample)| appraise(store, &entered, &sample)).transpose()
}

/// Draws, or finds the very same draw again.
fn drawn(store: &mut Store, arguments: &SampleArguments, author: &str) -> Result<Appraised, Error> {
    let of = if arguments.of == "statements" { Sampled::Statements } else { Sampled::Incidents };
    let sample: Sample = draw(store, of, &arguments.narrow.filter(store)?, arguments.size, arguments.seed)?;
    let before: Option<(Entered, Sample)> = draws(store)?.into_iter().find(|(_, before)| *before == sample);
    let (entered, sample) = match before {
        Some(before) => before,
        None => {
            let correction = Correction {
                author: author.to_owned(),
                moment: now(),
                reason: arguments.reason.clone(),
                action: Action::Draw { sample: sample.clone() },
            };
            (store.correct(&correction)?, sample)
        }
    };
    let strata = sample.strata.iter().filter(|stratum| !stratum.drawn.is_empty()).count();
    let appraised = appraise(store, &entered, &sample)?;
    complain(&format!(
        "sample {}: {} of {} {}; strata by {}: {strata}; {} judged so far",
        appraised.id,
        appraised.drawn,
        appraised.population,
        appraised.of,
        if sample.by.is_empty() {
            "nothing, as the sample is too small".to_owned()
        } else {
            sample.by.join(" × ")
        },
        appraised.judged
    ));
    Ok(appraised)
}

fn list(store: &Store, arguments: &SampleArguments, appraised: &Appraised) -> Outcome {
    let lines = appraised.items.iter().map(|item| line(store, item)).collect();
    print(store, &arguments.shape, &[], lines, None)
}

fn line(store: &Store, item: &Item) -> Line {
    let said: Vec<String> = item
        .said
        .iter()
        .map(|(aspect, right)| format!("{aspect} {}", if *right { "right" } else { "wrong" }))
        .collect();
    let state = if said.is_empty() { "not judged".to_owned() } else { said.join(", ") };
    let (text, documents) = match &item.drawn.is {
        Judged::Incident { incident } => match store.incident(incident) {
            Ok(incident) => {
                let reports = store.reports_of(&incident.id, None).unwrap_or_default();
                let documents: Vec<String> =
                    reports.into_iter().map(|report| report.source.document).collect();
                (incident_line_of(&incident, documents.clone()).text, documents)
            }
            Err(_) => (format!("{}  (no longer in the record)", item.drawn.id), Vec::new()),
        },
        Judged::Record { target } => {
            let short = item.drawn.id.split_once('#').map_or(item.drawn.id.clone(), |(sha, local)| {
                format!("{}#{local}", sha.get(..8).unwrap_or(sha))
            });
            let text = format!("{short}  {}  {}  “{}”", item.drawn.kind, item.drawn.outlet, target.quote);
            (text, vec![target.document.clone()])
        }
    };
    Line {
        text: format!("{text}  [{state}]"),
        cells: vec![
            ("id", item.drawn.id.clone()),
            ("region", item.drawn.region.clone()),
            ("type", item.drawn.kind.clone()),
            ("outlet", item.drawn.outlet.clone()),
            ("stratum", item.stratum.clone()),
            ("weight", format!("{:.3}", item.weight)),
            ("judged", said.join("; ")),
        ],
        whole: serde_json::to_value(item).unwrap_or_default(),
        documents,
    }
}

fn report(store: &Store, arguments: &SampleArguments, appraised: &Appraised) -> Outcome {
    let shape = &arguments.shape;
    if shape.json {
        let whole = serde_json::to_value(appraised).unwrap_or_default();
        let line = Line { text: String::new(), whole, cells: Vec::new(), documents: documents(appraised) };
        return print(store, shape, &[], vec![line], None);
    }
    if shape.csv {
        let lines = appraised.aspects.iter().flat_map(rows).map(|(aspect, part, name, share)| Line {
            text: String::new(),
            whole: serde_json::Value::Null,
            cells: vec![
                ("field", aspect.as_str().to_owned()),
                ("part", part.to_owned()),
                ("name", name.to_owned()),
                ("right", share.hits.to_string()),
                ("judged", share.of.to_string()),
                ("share", share.share.map_or_else(String::new, |share| format!("{share:.4}"))),
                ("low", format!("{:.4}", share.low)),
                ("high", format!("{:.4}", share.high)),
                ("effective", format!("{:.1}", share.effective)),
            ],
            documents: Vec::new(),
        });
        return print(store, shape, &[], lines.collect(), None);
    }
    let mut text = format!(
        "Sample {} of {} (seed {}), drawn {} by {}\n{} of {} drawn, {} judged as a whole; strata by {}\n",
        appraised.id,
        appraised.of,
        appraised.seed,
        appraised.moment,
        appraised.author,
        appraised.drawn,
        appraised.population,
        appraised.judged,
        if appraised.by.is_empty() {
            "nothing, as the sample is too small".to_owned()
        } else {
            appraised.by.join(" × ")
        }
    );
    if appraised.aspects.is_empty() {
        text.push_str("Nothing was judged yet: `watchkeeper review judge ID right|wrong`\n");
    } else {
        text.push_str(
            "Each judged thing counts for (size of its stratum) / (judged in it). Intervals: 95 %, Wilson, for the effective number (Σw)²/Σw².\n",
        );
        if appraised.judged < appraised.drawn {
            text.push_str(
                "The sample is not judged to its end: if what was left is harder, the shares are too high.\n",
            );
        }
        if appraised.silent.0 > 0 {
            let _ = writeln!(
                text,
                "Nothing was judged in {} strata with {} of {}: no figure speaks for them.",
                appraised.silent.0, appraised.silent.1, appraised.of
            );
        }
    }
    for appraisal in &appraised.aspects {
        let mut last = "";
        for (aspect, part, name, share) in rows(appraisal) {
            if part == "all" {
                let _ = writeln!(
                    text,
                    "\n{aspect}: {share} right ({} of {} judged, as {:.0} equal ones)",
                    share.hits, share.of, share.effective
                );
                continue;
            }
            if part != last {
                let _ = writeln!(text, "  by {part}");
                last = part;
            }
            let _ = writeln!(text, "    {share:<18}  {:>4} of {:<4}  {name}", share.hits, share.of);
        }
    }
    let columns = width(std::io::stdout().is_terminal());
    let text = crate::text::block(&plain(&text), columns);
    Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()))
}

fn rows(appraisal: &Appraisal) -> Vec<(Aspect, &'static str, &str, &Share)> {
    let mut rows = vec![(appraisal.aspect, "all", "", &appraisal.all)];
    let parts = [("region", &appraisal.regions), ("type", &appraisal.types), ("outlet", &appraisal.outlets)];
    for (part, shares) in parts {
        rows.extend(shares.iter().map(|(name, share)| (appraisal.aspect, part, name.as_str(), share)));
    }
    rows
}

fn documents(appraised: &Appraised) -> Vec<String> {
    let of = appraised.items.iter().filter_map(|item| match &item.drawn.is {
        Judged::Record { target } => Some(target.document.clone()),
        Judged::Incident { .. } => None,
    });
    let mut documents: Vec<String> = of.collect();
    documents.sort();
    documents.dedup();
    documents
}

/// Runs `review judge`.
pub(crate) fn judge(
    database: &Database,
    id: &str,
    right: bool,
    field: &str,
    author: &str,
    reason: &str,
) -> Outcome {
    let mut store = match database.open(Mode::Write) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let done = (|| {
        let aspect: Aspect = field.parse().map_err(|_| {
            let known: Vec<&str> = Aspect::ALL.iter().map(|aspect| aspect.as_str()).collect();
            Error::Query(format!("`{field}` can't be judged; there are: {}", known.join(", ")))
        })?;
        let of = judged(&store, id)?;
        let action = Action::Judge { of, aspect, right };
        let correction =
            Correction { author: author.to_owned(), moment: now(), reason: reason.to_owned(), action };
        store.correct(&correction)
    })();
    match done {
        Ok(entered) => {
            complain(&format!("judgement {} kept", entered.id));
            Outcome::Complete
        }
        Err(error) => fail(&error),
    }
}
