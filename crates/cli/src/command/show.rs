//! `watchkeeper show`: one thing with its evidence.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::IsTerminal;

use clap::Args;
use serde_json::{Value, json};
use watchkeeper_pipeline::{Texts, incident_of};
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::{Incident, TollHistory};
use watchkeeper_store::{
    ActorItem, Error, Fact, Filter, OverItem, Saying, Shown, ShownDocument, Sort, Store, Who, Window,
};

use crate::Outcome;
use crate::command::list::{fact_line, incident_line, range, statement_line, tie_line};
use crate::command::read::width;
use crate::record::{Database, Hidden, day, fail};

/// Show one thing of the record with all its evidence: an incident, a document, a record of a document, an actor.
#[derive(Args)]
pub(crate) struct Arguments {
    /// An incident's id, a document's (its first digits are enough), DOCUMENT#e1 for one record of it, an actor's key or name.
    #[arg(required = true, value_name = "ID")]
    id: String,
    #[command(flatten)]
    database: Database,
    /// What was known then of an incident or an actor: nothing published (undated: added) later is used.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<Date>,
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
    let found = store.show(&arguments.id).and_then(|shown| as_known(&store, shown, arguments.as_of));
    let shown = match found {
        Ok(shown) => shown,
        Err(error) => return fail(&error),
    };
    let mut hidden = Hidden::new(&store, arguments.reveal_private);
    let (text, mut whole, documents) = match &shown {
        Shown::Incident { incident, reports } => {
            let documents: Vec<String> =
                reports.iter().map(|report| report.source.document.clone()).collect();
            let sayings = match sayings(&store, reports) {
                Ok(sayings) => sayings,
                Err(error) => return fail(&error),
            };
            let mut text = of_incident(incident, &arguments.id);
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
            if !sayings.is_empty() {
                text.push_str("\nWho says so\n");
                for saying in &sayings {
                    let _ = writeln!(text, "  {}", statement_line(saying).text);
                }
            }
            (text, json!({"incident": incident, "reports": reports, "statements": sayings}), documents)
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
        Shown::Record { document, record, local } => {
            let source = &document.item.source;
            let reading = serde_json::to_value(&document.corrected.reading).unwrap_or_default();
            let mut text = format!(
                "{local}  of {}\n          {}\n",
                source.document,
                source.title.as_deref().unwrap_or("(no headline)")
            );
            Words { reading: &reading }.fields(&mut text, record);
            (text, json!({"document": source, "record": record}), vec![source.document.clone()])
        }
        Shown::Actor(actor) => match of_actor(&store, actor, arguments.as_of) {
            Ok(shown) => shown,
            Err(error) => return fail(&error),
        },
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

/// What was shown as it was known on a day.
fn as_known(store: &Store, shown: Shown, day: Option<Date>) -> Result<Shown, Error> {
    let Some(day) = day else { return Ok(shown) };
    let later = |what: &str| Error::Query(format!("nothing of {what} was known on {day}"));
    match shown {
        Shown::Incident { incident, .. } => {
            let reports = store.reports_of(&incident.id, Some(day))?;
            let Some(lead) = reports.first() else { return Err(later(&format!("incident {}", incident.id))) };
            let accounts = store.accounts_with(&incident.accounts)?.into_iter();
            let item = OverItem {
                key: Some(incident.id.clone()),
                lead: lead.clone(),
                reports: reports.len(),
                whole: (incident.known.1 <= day).then(|| (*incident).clone()),
                accounts: accounts.filter(|account| account.known <= day).collect(),
            };
            let then = incident_of(&Texts::new(store), &item).ok_or_else(|| later(&incident.id))?;
            Ok(Shown::Incident { incident: Box::new(then), reports })
        }
        Shown::Actor(actor) => {
            let actor = store.actor(&actor.key, Some(day))?;
            if actor.documents == 0 { Err(later(&actor.name)) } else { Ok(Shown::Actor(Box::new(actor))) }
        }
        Shown::Document(document) | Shown::Record { document, .. } if document.item.source.known > day => {
            Err(later(&document.item.source.document))
        }
        other => Ok(other),
    }
}

/// Statements of the reports that tell of the incident's events: who says that it happened, who claims, who denies.
fn sayings(store: &Store, reports: &[Fact]) -> Result<Vec<Saying>, Error> {
    let documents: BTreeSet<&str> = reports.iter().map(|report| report.source.document.as_str()).collect();
    let mut found = Vec::new();
    for document in documents {
        let reading = store.corrected(store.find_document(document)?)?.reading;
        let own = |fact: &&Fact| fact.source.document == document;
        let locals =
            reports.iter().filter(own).filter_map(|fact| fact.id.split_once('#').map(|(_, local)| local));
        let events: BTreeSet<&String> = locals
            .filter_map(|local| reading.incidents.iter().find(|one| one.id == local))
            .flat_map(|one| &one.events)
            .collect();
        let told = reading.events.iter().filter(|event| events.contains(&event.id));
        let by: BTreeSet<&String> = told.filter_map(|event| event.asserted_by.as_ref()).collect();
        if by.is_empty() {
            continue;
        }
        let known = reports.iter().find(own).map(|fact| fact.source.known);
        let filter = Filter { known_since: known, known_until: known, ..Filter::default() };
        let mut window = Window { limit: 1000, ..Window::first(Sort::Known) };
        loop {
            let part = store.statements(&filter, &window)?;
            found.extend(part.items.into_iter().filter(|saying| {
                saying.source.document == document
                    && saying.id.split_once('#').is_some_and(|(_, local)| by.iter().any(|id| *id == local))
            }));
            match part.next {
                Some(next) => window.after = Some(next),
                None => break,
            }
        }
    }
    found.sort_by(|a, b| a.source.known.cmp(&b.source.known).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

/// Incidents and relations that are told of an actor.
const TOLD: u32 = 20;

/// An actor with what the record tells of it.
fn of_actor(
    store: &Store,
    actor: &ActorItem,
    as_of: Option<Date>,
) -> Result<(String, Value, Vec<String>), Error> {
    let mut text = format!(
        "{}  {}
key       {}
state     {}
country   {}
sector    {}
named in  {}",
        actor.name,
        actor.kind,
        actor.key,
        actor.state,
        actor.country.as_deref().unwrap_or("unknown"),
        actor.sector.as_deref().unwrap_or("unknown"),
        counted(usize::try_from(actor.documents).unwrap_or(0), "document"),
    );
    if let (Some(first), Some(last)) = (actor.first, actor.last) {
        let _ = write!(text, ", known from {first} to {last}");
    }
    let _ = writeln!(
        text,
        "
names     {}",
        actor.names.join("; ")
    );
    let who = Some(Who { actor: actor.key.clone(), wings: false });
    let filter = Filter { who, as_of, ..Filter::default() };
    let window = |sort| Window { limit: TOLD, ..Window::first(sort) };
    let ties = store.relations(&filter, &window(Sort::Known))?;
    let over = store.incidents(&filter, &window(Sort::Happened))?;
    let mut documents: Vec<String> = ties.items.iter().map(|tie| tie.source.document.clone()).collect();
    let more = |text: &mut String, next: &Option<String>, command: &str| {
        if next.is_some() {
            let _ = writeln!(text, "  … more: watchkeeper {command} --actor {}", actor.key);
        }
    };
    if !ties.items.is_empty() {
        text.push_str(
            "
Relations
",
        );
        for tie in &ties.items {
            let _ = writeln!(text, "  {}", tie_line(tie).text);
        }
        more(&mut text, &ties.next, "relations");
    }
    if !over.items.is_empty() {
        text.push_str(
            "
Incidents
",
        );
    }
    let mut incidents = Vec::new();
    let texts = Texts::new(store);
    for item in over.items {
        documents.push(item.lead.source.document.clone());
        let line = incident_line((incident_of(&texts, &item), item));
        let _ = writeln!(text, "  {}", line.text);
        incidents.push(line.whole);
    }
    more(&mut text, &over.next, "incidents");
    let mut whole = serde_json::to_value(actor).unwrap_or_default();
    whole["relations"] = serde_json::to_value(&ties.items).unwrap_or_default();
    whole["incidents"] = Value::Array(incidents);
    Ok((text, whole, documents))
}

/// A record of a reading in words: its fields, with names for ids and the words of evidence in quotation marks.
struct Words<'r> {
    reading: &'r Value,
}

impl Words<'_> {
    fn fields(&self, text: &mut String, record: &Value) {
        let Some(fields) = record.as_object() else { return };
        for (name, value) in fields.iter().filter(|(name, _)| *name != "id") {
            let lines = match value {
                Value::Array(items) if items.iter().any(|item| item.is_object()) || name == "why" => {
                    items.iter().map(|item| self.value(item)).collect()
                }
                other => vec![self.value(other)],
            };
            for line in lines.into_iter().filter(|line| !line.is_empty()) {
                let _ = writeln!(text, "{:<13} {line}", name.replace('_', " "));
            }
        }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::String(word) => self.named(word),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.value(item)).filter(|item| !item.is_empty());
                items.collect::<Vec<_>>().join("; ")
            }
            Value::Object(fields) => {
                if let Some(quote) = fields.get("quote").and_then(Value::as_str) {
                    return format!("“{quote}” ({}–{})", fields["start"], fields["end"]);
                }
                let parts = fields.iter().map(|(name, value)| (name, self.value(value)));
                let told = parts.filter(|(_, value)| !value.is_empty());
                told.map(|(name, value)| format!("{} {value}", name.replace('_', " ")))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            other => other.to_string(),
        }
    }

    /// `Houthis (a1)` of `a1`.
    fn named(&self, word: &str) -> String {
        for (list, name) in [("actors", "name"), ("places", "name"), ("times", "timex3")] {
            let records = self.reading[list].as_array();
            let found = records.and_then(|records| records.iter().find(|record| record["id"] == word));
            if let Some(name) = found.and_then(|record| record[name].as_str()) {
                return format!("{name} ({word})");
            }
        }
        word.to_owned()
    }
}

/// An incident in words: what, where, when, who, how many by whom, and why its reports belong together. `asked`: the id that led here.
fn of_incident(incident: &Incident, asked: &str) -> String {
    let mut text = format!(
        "{}  {}
",
        incident.id,
        incident.kind.map_or("incident", watchkeeper_record::codebook::IncidentType::as_str)
    );
    if asked != incident.id {
        let how = if incident.accounts.iter().any(|account| account == asked) {
            "an account of it"
        } else {
            "merged into it"
        };
        let _ = writeln!(text, "asked for {asked}: {how}");
    }
    match incident.time {
        None => text.push_str(
            "when      day unknown
",
        ),
        Some((start, end)) if start == end => {
            let _ = writeln!(text, "when      {start}");
        }
        Some((start, end)) => {
            let _ = writeln!(text, "when      {start} to {end}");
        }
    }
    match &incident.place {
        None => text.push_str(
            "where     place unknown
",
        ),
        Some(place) => {
            let point = place.point().map_or_else(String::new, |(lat, lon)| format!(" · {lat:.2}, {lon:.2}"));
            let unit = place.admin1.as_ref().filter(|unit| **unit != place.name);
            let unit = unit.map_or_else(String::new, |unit| format!(" · {unit}"));
            let radius = place.radius_km.map_or_else(String::new, |km| format!(" within {km:.0} km"));
            let country = place.country.as_deref().unwrap_or("?");
            let _ = writeln!(
                text,
                "where     {} ({country}, {}{radius}){unit}{point} · probability {:.2}",
                place.name, place.precision, place.score
            );
        }
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
    let victims: Vec<&str> = incident
        .victims
        .iter()
        .map(|party| if party.private { "a private person" } else { party.name.as_str() })
        .collect();
    let targets: Vec<&str> = incident.targets.iter().map(|target| target.as_str()).collect();
    let weapons: Vec<&str> = incident.weapons.iter().map(|weapon| weapon.as_str()).collect();
    for (word, told) in [("whom", victims), ("targets", targets), ("weapons", weapons)] {
        if !told.is_empty() {
            let _ = writeln!(text, "{word:<9} {}", told.join("; "));
        }
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
