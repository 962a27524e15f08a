//! `watchkeeper incidents`, `statements`, `relations`, `control`, `actors`, `search`: lists from the record.

use clap::Args;
use serde_json::{Value, json};
use watchkeeper_pipeline::incident_of;
use watchkeeper_record::incident::{Incident, TollHistory};
use watchkeeper_store::{
    ActorItem, Error, Fact, Hold, Listed, OverItem, Party, Saying, Site, Sort, Store, Tie,
};

use crate::Outcome;
use crate::record::{Database, Filters, Line, fail, print};

/// Arguments of a list.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    filters: Filters,
}

/// Arguments of the list of actors.
#[derive(Args)]
pub(crate) struct ActorArguments {
    #[command(flatten)]
    database: Database,
    /// Those that wait for review alone: names that no registry knows.
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    filters: Filters,
}

/// Arguments of a search.
#[derive(Args)]
pub(crate) struct SearchArguments {
    /// Words that the text holds; "a phrase" in quotation marks, OR and NOT between words.
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    filters: Filters,
}

fn listed<T>(
    database: &Database,
    filters: &Filters,
    ask: impl FnOnce(&Store) -> Result<Listed<T>, Error>,
    line: impl Fn(T) -> Line,
) -> Outcome {
    let store = match database.open_to_show(filters.shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    match ask(&store) {
        Ok(found) => {
            if found.capped {
                crate::command::read::complain(
                    "more documents fit than were ranked: the latest were; narrow the search",
                );
            }
            let lines = found.items.into_iter().map(line).collect();
            print(&store, &filters.shape, lines, found.next.as_deref())
        }
        Err(error) => fail(&error),
    }
}

/// Lists incidents over reports.
pub(crate) fn incidents(arguments: &Arguments) -> Outcome {
    let ask = |store: &Store| {
        let (filter, window) = arguments.filters.query()?;
        let Listed { items, next, capped } = store.incidents(&filter, &window)?;
        let merged = |item: OverItem| (incident_of(store, &item), item);
        Ok(Listed { items: items.into_iter().map(merged).collect(), next, capped })
    };
    listed(&arguments.database, &arguments.filters, ask, incident_line)
}

fn incident_line((incident, item): (Option<Incident>, OverItem)) -> Line {
    let documents: Vec<String> = vec![item.lead.source.document.clone()];
    let Some(incident) = incident else {
        let line = fact_line(&item.lead);
        return Line { whole: json!({"id": item.lead.id, "report": item.lead}), documents, ..line };
    };
    incident_line_of(&incident, documents)
}

/// An incident in a list.
pub(crate) fn incident_line_of(incident: &Incident, documents: Vec<String>) -> Line {
    let days = incident.time.map_or_else(
        || "day unknown".to_owned(),
        |(start, end)| if start == end { start.to_string() } else { format!("{start}..{end}") },
    );
    let kind = incident.kind.map_or("incident", watchkeeper_record::codebook::IncidentType::as_str);
    let place = incident.place.as_ref().map_or_else(
        || "place unknown".to_owned(),
        |place| {
            let country = place.country.as_ref().map_or_else(String::new, |country| format!(", {country}"));
            let coarse =
                if place.is_fine() { String::new() } else { format!(" [{}]", place.precision.as_str()) };
            format!("{}{country}{coarse}", place.name)
        },
    );
    let who: Vec<String> = incident
        .perpetrators
        .iter()
        .take(3)
        .map(|who| format!("{} ({})", name(&who.party.name, who.party.private), who.party.claim.as_str()))
        .collect();
    let killed =
        incident.killed.as_ref().map_or_else(String::new, |toll| format!("  killed {}", range(toll)));
    let reports = if incident.accounts.len() == 1 {
        "1 report".to_owned()
    } else {
        format!("{} reports ({} independent)", incident.accounts.len(), incident.independent)
    };
    let by = if who.is_empty() { String::new() } else { format!("  by {}", who.join("; ")) };
    Line {
        text: format!("{}  {days}  {kind}  {place}{killed}{by}  {reports}", incident.id),
        cells: vec![
            ("id", incident.id.clone()),
            ("start", incident.time.map_or_else(String::new, |time| time.0.to_string())),
            ("end", incident.time.map_or_else(String::new, |time| time.1.to_string())),
            ("type", kind.to_owned()),
            ("place", incident.place.as_ref().map_or_else(String::new, |place| place.name.clone())),
            ("country", incident.place.as_ref().and_then(|place| place.country.clone()).unwrap_or_default()),
            ("latitude", number(incident.place.as_ref().and_then(|place| place.lat))),
            ("longitude", number(incident.place.as_ref().and_then(|place| place.lon))),
            (
                "precision",
                incident.place.as_ref().map_or_else(String::new, |place| place.precision.as_str().to_owned()),
            ),
            ("killed_low", number(incident.killed.as_ref().and_then(|toll| toll.low))),
            ("killed", number(incident.killed.as_ref().and_then(|toll| toll.best))),
            ("killed_high", number(incident.killed.as_ref().and_then(|toll| toll.high))),
            ("perpetrators", who.join("; ")),
            ("reports", incident.accounts.len().to_string()),
            ("independent", incident.independent.to_string()),
            ("outlets", incident.outlets.join("; ")),
            ("known_first", incident.known.0.to_string()),
            ("known_last", incident.known.1.to_string()),
        ],
        whole: serde_json::to_value(incident).unwrap_or(Value::Null),
        documents,
    }
}

fn number<T: std::fmt::Display>(number: Option<T>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn name(name: &str, private: bool) -> &str {
    if private { "a private person" } else { name }
}

/// `12 (11–14)`.
pub(crate) fn range(toll: &TollHistory) -> String {
    let best = toll.best.map_or_else(|| "?".to_owned(), |best| best.to_string());
    match (toll.low, toll.high) {
        (Some(low), Some(high)) if low != high => format!("{best} ({low}–{high})"),
        _ => best,
    }
}

fn days(
    start: Option<watchkeeper_record::article::Date>,
    end: Option<watchkeeper_record::article::Date>,
) -> String {
    match (start, end) {
        (Some(start), Some(end)) if start == end => start.to_string(),
        (Some(start), Some(end)) => format!("{start}..{end}"),
        _ => "day unknown".to_owned(),
    }
}

fn party(party: &Party) -> &str {
    name(&party.name, party.private)
}

fn site(site: &Site) -> String {
    match &site.country {
        Some(country) => format!("{}, {country}", site.name),
        None => site.name.clone(),
    }
}

/// `S [A/1]`: outlet, grade and credibility.
fn source(source: &watchkeeper_store::Source) -> String {
    let outlet = source.outlet.as_deref().unwrap_or("unknown outlet");
    let dated = if source.dated { "" } else { ", added" };
    format!("{outlet} [{}{}] {}{dated}", source.grade, source.credibility, source.known)
}

fn short(id: &str) -> String {
    let (sha, local) = id.split_once('#').unwrap_or((id, ""));
    format!("{}#{local}", sha.get(..8).unwrap_or(sha))
}

pub(crate) fn fact_line(fact: &Fact) -> Line {
    let kind = fact.r#type.as_deref().or(fact.category.as_deref()).unwrap_or("event");
    let place = fact.place.as_ref().map_or_else(|| "place unknown".to_owned(), site);
    let killed =
        fact.killed[1].or(fact.killed[0]).map_or_else(String::new, |killed| format!("  killed {killed}"));
    Line {
        text: format!(
            "{}  {}  {kind}  {place}{killed}  {}  {}",
            short(&fact.id),
            days(fact.start, fact.end),
            fact.realis,
            source(&fact.source)
        ),
        cells: vec![("id", fact.id.clone()), ("type", kind.to_owned()), ("place", place)],
        whole: serde_json::to_value(fact).unwrap_or(Value::Null),
        documents: vec![fact.source.document.clone()],
    }
}

/// Lists statements.
pub(crate) fn statements(arguments: &Arguments) -> Outcome {
    let ask = |store: &Store| {
        let (filter, mut window) = arguments.filters.query()?;
        window.sort = Sort::Known;
        store.statements(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, ask, |saying: Saying| {
        let speaker = match &saying.speaker {
            Some(speaker) => party(speaker).to_owned(),
            None if saying.author => "the author".to_owned(),
            None => "somebody unnamed".to_owned(),
        };
        let sure = saying.certainty.as_ref().map_or_else(String::new, |words| format!("  “{words}”"));
        Line {
            text: format!(
                "{}  {}  {}{sure}  “{}”  {}",
                short(&saying.id),
                saying.kind,
                speaker,
                saying.content,
                source(&saying.source)
            ),
            cells: vec![
                ("id", saying.id.clone()),
                ("kind", saying.kind.clone()),
                ("speaker", speaker),
                ("certainty", saying.certainty.clone().unwrap_or_default()),
                ("certainty_low", number(saying.certainty_low)),
                ("certainty_high", number(saying.certainty_high)),
                ("scale", saying.scale.clone().unwrap_or_default()),
                ("content", saying.content.clone()),
                ("outlet", saying.source.outlet.clone().unwrap_or_default()),
                ("known", saying.source.known.to_string()),
            ],
            documents: vec![saying.source.document.clone()],
            whole: serde_json::to_value(&saying).unwrap_or(Value::Null),
        }
    })
}

/// Lists relations.
pub(crate) fn relations(arguments: &Arguments) -> Outcome {
    let ask = |store: &Store| {
        let (filter, mut window) = arguments.filters.query()?;
        window.sort = Sort::Known;
        store.relations(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, ask, |tie: Tie| Line {
        text: format!(
            "{}  {} — {} → {}  {}  “{}”  {}",
            short(&tie.id),
            party(&tie.from),
            tie.kind.replace('_', " "),
            party(&tie.to),
            tie.realis,
            tie.quote,
            source(&tie.source)
        ),
        cells: vec![
            ("id", tie.id.clone()),
            ("from", party(&tie.from).to_owned()),
            ("kind", tie.kind.clone()),
            ("to", party(&tie.to).to_owned()),
            ("realis", tie.realis.clone()),
            ("since", number(tie.since)),
            ("until", number(tie.until)),
            ("quote", tie.quote.clone()),
            ("outlet", tie.source.outlet.clone().unwrap_or_default()),
            ("known", tie.source.known.to_string()),
        ],
        documents: vec![tie.source.document.clone()],
        whole: serde_json::to_value(&tie).unwrap_or(Value::Null),
    })
}

/// Lists who holds what, in the order of time.
pub(crate) fn control(arguments: &Arguments) -> Outcome {
    let ask = |store: &Store| {
        let (filter, window) = arguments.filters.query()?;
        store.control(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, ask, |hold: Hold| {
        let against = hold
            .counterpart
            .as_ref()
            .map_or_else(String::new, |other| format!(" (other side: {})", party(other)));
        Line {
            text: format!(
                "{}  {}  {}  {} {}{against}  {}  “{}”  {}",
                short(&hold.id),
                days(hold.start, hold.end),
                site(&hold.place),
                party(&hold.holder),
                hold.status,
                hold.realis,
                hold.quote,
                source(&hold.source)
            ),
            cells: vec![
                ("id", hold.id.clone()),
                ("start", number(hold.start)),
                ("end", number(hold.end)),
                ("place", hold.place.name.clone()),
                ("country", hold.place.country.clone().unwrap_or_default()),
                ("holder", party(&hold.holder).to_owned()),
                ("status", hold.status.clone()),
                (
                    "counterpart",
                    hold.counterpart.as_ref().map_or_else(String::new, |other| party(other).to_owned()),
                ),
                ("realis", hold.realis.clone()),
                ("quote", hold.quote.clone()),
                ("outlet", hold.source.outlet.clone().unwrap_or_default()),
                ("known", hold.source.known.to_string()),
            ],
            documents: vec![hold.source.document.clone()],
            whole: serde_json::to_value(&hold).unwrap_or(Value::Null),
        }
    })
}

/// Lists actors over documents.
pub(crate) fn actors(arguments: &ActorArguments) -> Outcome {
    let reveal = arguments.filters.shape.reveal_private;
    let ask = |store: &Store| {
        let (limit, after) = arguments.filters.part();
        let mut found = store.actors(arguments.new, arguments.filters.as_of(), limit, after)?;
        found.items.retain(|actor| reveal || !actor.private);
        Ok(found)
    };
    listed(&arguments.database, &arguments.filters, ask, |actor: ActorItem| {
        let country = actor.country.as_ref().map_or_else(String::new, |country| format!(", {country}"));
        let documents = if actor.documents == 1 {
            "1 document".to_owned()
        } else {
            format!("{} documents", actor.documents)
        };
        Line {
            text: format!(
                "{}  {}{country}  {}  {}  {documents}",
                actor.name, actor.kind, actor.key, actor.state
            ),
            cells: vec![
                ("key", actor.key.clone()),
                ("name", actor.name.clone()),
                ("kind", actor.kind.clone()),
                ("country", actor.country.clone().unwrap_or_default()),
                ("sector", actor.sector.clone().unwrap_or_default()),
                ("state", actor.state.clone()),
                ("documents", actor.documents.to_string()),
                ("first", number(actor.first)),
                ("last", number(actor.last)),
                ("names", actor.names.join("; ")),
            ],
            documents: Vec::new(),
            whole: serde_json::to_value(&actor).unwrap_or(Value::Null),
        }
    })
}

/// Searches the texts.
pub(crate) fn search(arguments: &SearchArguments) -> Outcome {
    let ask = |store: &Store| {
        let (mut filter, mut window) = arguments.filters.query()?;
        filter.text = Some(arguments.words.join(" "));
        window.sort = Sort::Relevance;
        store.documents(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, ask, |item: watchkeeper_store::DocumentItem| {
        let title = item.source.title.clone().unwrap_or_else(|| item.origin.clone());
        let copy = if item.copy { "  (a copy)" } else { "" };
        Line {
            text: format!(
                "{}  {title}  {}{copy}  {}",
                item.source.document.get(..8).unwrap_or_default(),
                source(&item.source),
                item.snippet.clone().unwrap_or_default()
            ),
            cells: vec![
                ("document", item.source.document.clone()),
                ("title", item.source.title.clone().unwrap_or_default()),
                ("outlet", item.source.outlet.clone().unwrap_or_default()),
                ("known", item.source.known.to_string()),
                ("language", item.language.clone()),
                ("origin", item.origin.clone()),
                ("snippet", item.snippet.clone().unwrap_or_default()),
            ],
            documents: vec![item.source.document.clone()],
            whole: serde_json::to_value(&item).unwrap_or(Value::Null),
        }
    })
}
