//! `watchkeeper show`: one thing with its evidence.

use std::fmt::Write as _;
use std::io::IsTerminal;

use clap::Args;
use serde_json::json;
use watchkeeper_record::incident::{Incident, TollHistory};
use watchkeeper_store::{Shown, ShownDocument};

use crate::Outcome;
use crate::command::list::{fact_line, range};
use crate::command::read::width;
use crate::record::{Database, Hidden, fail};

/// Show one thing of the record with all its evidence: an incident, a document, a record of a document, an actor.
#[derive(Args)]
pub(crate) struct Arguments {
    /// An incident's id, a document's (its first digits are enough), DOCUMENT#e1 for one record of it, an actor's key or name.
    #[arg(required = true, value_name = "ID")]
    id: String,
    #[command(flatten)]
    database: Database,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Show the names of private persons, which are hidden otherwise. It is logged who asks (`WATCHKEEPER_AUTHOR`, else the user), when and for what.
    #[arg(long)]
    reveal_private: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let store = match arguments.database.open_to_show(arguments.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let shown = match store.show(&arguments.id) {
        Ok(shown) => shown,
        Err(error) => return fail(&error),
    };
    let mut hidden = Hidden::new(&store, arguments.reveal_private);
    let (text, mut whole, documents) = match &shown {
        Shown::Incident { incident, reports } => {
            let documents: Vec<String> =
                reports.iter().map(|report| report.source.document.clone()).collect();
            let mut text = of_incident(incident);
            text.push_str("\nReports\n");
            for report in reports {
                let _ = writeln!(text, "  {}", fact_line(report).text);
                if let Some(title) = &report.source.title {
                    let _ = writeln!(text, "      {title}");
                }
                if let Some(quote) = &report.quote {
                    let _ = writeln!(text, "      “{quote}”");
                }
            }
            (text, json!({"incident": incident, "reports": reports}), documents)
        }
        Shown::Document(document) => {
            let id = document.item.source.document.clone();
            (
                of_document(document),
                json!({"document": document.item, "origins": document.origins, "readings": document.readings,
                "reading": document.corrected.reading, "edited": document.corrected.edited, "accepted": document.corrected.accepted,
                "rejected": document.corrected.rejected, "corrections": document.corrections}),
                vec![id],
            )
        }
        Shown::Record { document, record, .. } => {
            let text = serde_json::to_string_pretty(record).unwrap_or_default() + "\n";
            (
                text,
                json!({"document": document.item.source, "record": record}),
                vec![document.item.source.document.clone()],
            )
        }
        Shown::Actor(actor) => {
            let text = format!(
                "{}  {}\nkey        {}\nstate      {}\ncountry    {}\nsector     {}\ndocuments  {}\nnames      {}\n",
                actor.name,
                actor.kind,
                actor.key,
                actor.state,
                actor.country.as_deref().unwrap_or("unknown"),
                actor.sector.as_deref().unwrap_or("unknown"),
                actor.documents,
                actor.names.join("; ")
            );
            (text, serde_json::to_value(actor).unwrap_or_default(), Vec::new())
        }
        _ => (String::new(), serde_json::Value::Null, Vec::new()),
    };
    let text = if arguments.json {
        hidden.value(&mut whole, &documents);
        format!("{whole}\n")
    } else {
        let columns = width(std::io::stdout().is_terminal());
        let mut wrapped = String::new();
        for line in hidden.words(&text, &documents).lines() {
            let clean: String =
                line.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
            let indent = clean.len() - clean.trim_start().len();
            let lead = " ".repeat(indent);
            wrapped.push_str(&crate::text::wrapped(
                clean.trim_start(),
                &lead,
                &format!("{lead}    "),
                columns,
            ));
        }
        wrapped
    };
    Outcome::of_writing(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()))
}

/// An incident in words: what, where, when, who, how many by whom, and why its reports belong together.
fn of_incident(incident: &Incident) -> String {
    let mut text = format!(
        "{}  {}\n",
        incident.id,
        incident.kind.map_or("incident", watchkeeper_record::codebook::IncidentType::as_str)
    );
    if let Some((start, end)) = incident.time {
        let _ = if start == end {
            writeln!(text, "when      {start}")
        } else {
            writeln!(text, "when      {start} to {end}")
        };
    }
    if let Some(place) = &incident.place {
        let point = place.point().map_or_else(String::new, |(lat, lon)| format!(" · {lat:.2}, {lon:.2}"));
        let country = place.country.as_deref().unwrap_or("?");
        let _ = writeln!(
            text,
            "where     {} ({country}, {}){point} · {:.2}",
            place.name, place.precision, place.score
        );
    }
    for who in &incident.perpetrators {
        let name = if who.party.private { "a private person" } else { &who.party.name };
        let _ = writeln!(
            text,
            "who       {name}: {}, in {}",
            who.party.claim,
            counted(who.accounts.len(), "report")
        );
    }
    for (word, toll) in
        [("killed", &incident.killed), ("wounded", &incident.wounded), ("abducted", &incident.abducted)]
    {
        if let Some(toll) = toll {
            let _ = writeln!(text, "{word:<9} {}", range(toll));
            history(&mut text, toll);
        }
    }
    let _ = writeln!(
        text,
        "reports   {} ({} independent), known from {} to {}",
        incident.accounts.len(),
        incident.independent,
        incident.known.0,
        incident.known.1
    );
    if !incident.undated.is_empty() {
        let _ = writeln!(text, "undated   {} count from the day they were added", incident.undated.len());
    }
    for join in &incident.joins {
        let _ = writeln!(
            text,
            "joined    {} to {} ({:+.1}): {}",
            join.account,
            join.with,
            join.weight,
            join.reasons.join(", ")
        );
    }
    text
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn history(text: &mut String, toll: &TollHistory) {
    if toll.told.len() < 2 {
        return;
    }
    for told in &toll.told {
        let figure = told.figure.number().map_or_else(|| "?".to_owned(), |number| number.to_string());
        let outlet = told.outlet.as_deref().unwrap_or("unknown outlet");
        let state = if told.current { "" } else { " (superseded or a copy)" };
        let _ = writeln!(text, "          {}  {figure}  {outlet}{state}", told.known);
    }
}

fn of_document(document: &ShownDocument) -> String {
    let item = &document.item;
    let mut text = format!(
        "{}\n{}\nfrom      {} [{}{}] {}{}\nlanguage  {}\nadded     {}\n",
        item.source.title.as_deref().unwrap_or("(no headline)"),
        item.source.document,
        item.source.outlet.as_deref().unwrap_or("unknown outlet"),
        item.source.grade,
        item.source.credibility,
        item.source.known,
        if item.source.dated { "" } else { " (added; undated)" },
        item.language,
        item.added
    );
    for origin in &document.origins {
        let _ = writeln!(text, "origin    {}", origin.origin);
    }
    for reading in &document.readings {
        let _ = writeln!(
            text,
            "reading   version {}, made {}{}",
            reading.version,
            reading.made,
            if reading.current { "" } else { " (older)" }
        );
    }
    for (_, share, why) in &document.copies {
        let _ = writeln!(text, "copies    {share:.2}: {why}");
    }
    for entered in &document.corrections {
        let state = if entered.holds { "" } else { " (undone)" };
        let _ = writeln!(
            text,
            "corrected {} by {} on {}: {}{state}",
            entered.id, entered.correction.author, entered.correction.moment, entered.correction.reason
        );
    }
    let reading = &document.corrected.reading;
    text.push('\n');
    for event in &reading.events {
        let state = if document.corrected.rejected.contains(&event.id) { " (rejected)" } else { "" };
        let _ = writeln!(
            text,
            "  {}  {} {}{state}  “{}”",
            event.id,
            event.category,
            event.realis,
            event.evidence.first().map_or("", |quote| &quote.quote)
        );
    }
    for incident in &reading.incidents {
        let kind = incident.r#type.map_or("incident", watchkeeper_record::codebook::IncidentType::as_str);
        let state = if document.corrected.rejected.contains(&incident.id) { " (rejected)" } else { "" };
        let _ = writeln!(text, "  {}  {kind}{state}  {}", incident.id, incident.events.join(" "));
    }
    text
}
