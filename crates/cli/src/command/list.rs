//! `watchkeeper incidents`, `statements`, `relations`, `control`, `actors`, `search`: lists from the record.

use clap::Args;
use serde_json::{Value, json};
use watchkeeper_pipeline::{Texts, incident_of};
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::ActorKind;
use watchkeeper_record::incident::{Incident, TollHistory};
use watchkeeper_store::{
    ActorItem, Error, Fact, Hold, Listed, OverItem, Party, Saying, Site, Sort, Store, Tie,
};

use crate::Outcome;
use crate::command::read::complain;
use crate::record::{Database, Filters, LISTED, Line, Shape, country, day, fail, print};

/// Arguments of a list.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    filters: Filters,
}

/// Arguments of a list of things of several kinds.
#[derive(Args)]
pub(crate) struct KindArguments {
    /// Of this kind alone, as the list names it. May be given again.
    #[arg(long = "kind", value_name = "KIND", help_heading = "Filters")]
    kinds: Vec<String>,
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
    #[arg(long, help_heading = "Filters")]
    new: bool,
    /// Those whose name, key or other names hold these words.
    #[arg(long, value_name = "WORDS", help_heading = "Filters")]
    name: Option<String>,
    /// Of this kind, e.g. armed_group. May be given again.
    #[arg(long = "kind", value_name = "KIND", help_heading = "Filters")]
    kinds: Vec<String>,
    /// Of this country: its code (ISO 3166-1, `MLI`) or its short English name.
    #[arg(long, value_name = "COUNTRY", help_heading = "Filters")]
    country: Option<String>,
    /// What was known then: nothing published (undated: added) later is used.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Filters")]
    as_of: Option<Date>,
    /// Most results [default: 50].
    #[arg(long, value_name = "N", default_value_t = LISTED, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Go on where an earlier list ended: the cursor that it gave (with --json also `next` of its last object).
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    #[command(flatten)]
    shape: Shape,
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
    columns: &[&str],
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
                complain("more documents fit than were ranked: the latest were; narrow the search");
            }
            if found.items.is_empty() {
                filters.nothing(&store);
            }
            let lines = found.items.into_iter().map(line).collect();
            print(&store, &filters.shape, columns, lines, found.next.as_deref())
        }
        Err(error) => fail(&error),
    }
}

/// Columns of incidents in CSV.
const INCIDENT: [&str; 30] = [
    "id",
    "start",
    "end",
    "type",
    "place",
    "country",
    "admin1",
    "latitude",
    "longitude",
    "precision",
    "radius_km",
    "place_score",
    "killed_low",
    "killed",
    "killed_high",
    "wounded",
    "abducted",
    "perpetrators",
    "victims",
    "targets",
    "weapons",
    "reports",
    "independent",
    "outlets",
    "known_first",
    "known_last",
    "undated",
    "realis",
    "corrected",
    "score",
];

/// Lists incidents over reports.
pub(crate) fn incidents(arguments: &Arguments) -> Outcome {
    let ask = |store: &Store| {
        let (filter, window) = arguments.filters.query(store, Sort::Happened)?;
        let Listed { items, next, capped } = store.incidents(&filter, &window)?;
        let texts = Texts::new(store);
        let merged = |item: OverItem| (incident_of(&texts, &item), item);
        Ok(Listed { items: items.into_iter().map(merged).collect(), next, capped })
    };
    listed(&arguments.database, &arguments.filters, &INCIDENT, ask, incident_line)
}

pub(crate) fn incident_line((incident, item): (Option<Incident>, OverItem)) -> Line {
    let documents: Vec<String> = vec![item.lead.source.document.clone()];
    let lead = &item.lead;
    let Some(incident) = incident else {
        // What didn't happen, or isn't merged yet, stands as its report tells it, under the same names.
        let place = lead.place.as_ref();
        let parties = |role: &str| {
            let of = lead.parties.iter().filter(|party| party.role == role);
            of.map(self::party).collect::<Vec<_>>().join("; ")
        };
        let whole = json!({
            "id": lead.id, "realis": lead.realis, "kind": lead.r#type, "time": lead.start.zip(lead.end), "place": place,
            "killed": {"low": lead.killed[0], "best": lead.killed[1], "high": lead.killed[2]},
            "known": [lead.source.known, lead.source.known], "independent": 1, "report": lead,
        });
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        let cells = [
            lead.id.clone(),
            number(lead.start),
            number(lead.end),
            text(lead.r#type.as_ref()),
            text(place.map(|place| &place.name)),
            text(place.and_then(|place| place.country.as_ref())),
            text(place.and_then(|place| place.admin1.as_ref())),
            number(place.and_then(|place| place.lat)),
            number(place.and_then(|place| place.lon)),
            text(place.map(|place| &place.precision)),
            String::new(),
            String::new(),
            number(lead.killed[0]),
            number(lead.killed[1]),
            number(lead.killed[2]),
            number(lead.wounded),
            String::new(),
            parties("actor"),
            parties("recipient"),
            String::new(),
            String::new(),
            "1".to_owned(),
            "1".to_owned(),
            text(lead.source.outlet.as_ref()),
            lead.source.known.to_string(),
            lead.source.known.to_string(),
            u8::from(!lead.source.dated).to_string(),
            lead.realis.clone(),
            lead.corrected.unwrap_or_default().to_owned(),
            format!("{:.3}", lead.score),
        ];
        let cells = INCIDENT.into_iter().zip(cells).collect();
        return Line { whole, documents, cells, ..fact_line(lead) };
    };
    let mut line = incident_line_of(&incident, documents);
    if let Value::Object(fields) = &mut line.whole {
        fields.insert("realis".to_owned(), json!(lead.realis));
        fields.insert("score".to_owned(), json!(lead.score));
        fields.insert("corrected".to_owned(), json!(lead.corrected));
    }
    for (name, cell) in &mut line.cells {
        match *name {
            "realis" => cell.clone_from(&lead.realis),
            "corrected" => *cell = lead.corrected.unwrap_or_default().to_owned(),
            "score" => *cell = format!("{:.3}", lead.score),
            _ => {}
        }
    }
    line
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
        cells: INCIDENT.into_iter().zip(incident_cells(incident, kind, &who)).collect(),
        whole: serde_json::to_value(incident).unwrap_or(Value::Null),
        documents,
    }
}

/// The cells of [`INCIDENT`] but what only a report of it tells.
fn incident_cells(incident: &Incident, kind: &str, who: &[String]) -> [String; 30] {
    let place = incident.place.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let best = |toll: &Option<TollHistory>| number(toll.as_ref().and_then(|toll| toll.best));
    let victims: Vec<&str> = incident.victims.iter().map(|party| name(&party.name, party.private)).collect();
    let targets: Vec<&str> = incident.targets.iter().map(|target| target.as_str()).collect();
    let weapons: Vec<&str> = incident.weapons.iter().map(|weapon| weapon.as_str()).collect();
    [
        incident.id.clone(),
        number(incident.time.map(|time| time.0)),
        number(incident.time.map(|time| time.1)),
        kind.to_owned(),
        text(place.map(|place| &place.name)),
        text(place.and_then(|place| place.country.as_ref())),
        text(place.and_then(|place| place.admin1.as_ref())),
        number(place.and_then(|place| place.lat)),
        number(place.and_then(|place| place.lon)),
        place.map_or_else(String::new, |place| place.precision.as_str().to_owned()),
        number(place.and_then(|place| place.radius_km)),
        place.map_or_else(String::new, |place| format!("{:.2}", place.score)),
        number(incident.killed.as_ref().and_then(|toll| toll.low)),
        best(&incident.killed),
        number(incident.killed.as_ref().and_then(|toll| toll.high)),
        best(&incident.wounded),
        best(&incident.abducted),
        who.join("; "),
        victims.join("; "),
        targets.join("; "),
        weapons.join("; "),
        incident.accounts.len().to_string(),
        incident.independent.to_string(),
        incident.outlets.join("; "),
        incident.known.0.to_string(),
        incident.known.1.to_string(),
        incident.undated.len().to_string(),
        String::new(),
        String::new(),
        String::new(),
    ]
}

fn number<T: std::fmt::Display>(number: Option<T>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn name(name: &str, private: bool) -> &str {
    if private { "a private person" } else { name }
}

/// `12 (11–14)`.
pub(crate) fn range(toll: &TollHistory) -> String {
    let best = match (toll.best, toll.low, toll.high) {
        (Some(best), ..) => best.to_string(),
        (None, Some(low), Some(high)) if low == high => low.to_string(),
        (None, Some(low), None) => return format!("at least {low}"),
        (None, None, Some(high)) => return format!("at most {high}"),
        (None, Some(low), Some(high)) => return format!("{low}–{high}"),
        (None, None, None) => "?".to_owned(),
    };
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

/// Columns of statements in CSV.
const STATEMENT: [&str; 21] = [
    "id",
    "kind",
    "polarity",
    "speaker",
    "certainty",
    "certainty_low",
    "certainty_high",
    "scale",
    "about",
    "content",
    "quoted",
    "score",
    "outlet",
    "known",
    "dated",
    "grade",
    "credibility",
    "title",
    "url",
    "document",
    "corrected",
];

/// Columns of relations in CSV.
const RELATION: [&str; 17] = [
    "id",
    "from",
    "kind",
    "to",
    "realis",
    "since",
    "until",
    "quote",
    "outlet",
    "known",
    "dated",
    "grade",
    "credibility",
    "title",
    "url",
    "document",
    "corrected",
];

/// Columns of control in CSV.
const CONTROL: [&str; 22] = [
    "id",
    "start",
    "end",
    "place",
    "country",
    "admin1",
    "latitude",
    "longitude",
    "holder",
    "status",
    "counterpart",
    "realis",
    "quote",
    "outlet",
    "known",
    "dated",
    "grade",
    "credibility",
    "title",
    "url",
    "document",
    "corrected",
];

/// Columns of actors in CSV.
const ACTOR: [&str; 10] =
    ["key", "name", "kind", "country", "sector", "state", "documents", "first", "last", "names"];

/// Columns of documents in CSV.
const FOUND: [&str; 12] = [
    "document",
    "title",
    "outlet",
    "known",
    "dated",
    "grade",
    "credibility",
    "url",
    "language",
    "copy",
    "origin",
    "snippet",
];

/// The last nine cells of whatever one report tells.
fn source_cells(source: &watchkeeper_store::Source, corrected: Option<&str>) -> [String; 9] {
    [
        source.outlet.clone().unwrap_or_default(),
        source.known.to_string(),
        source.dated.to_string(),
        source.grade.clone(),
        source.credibility.to_string(),
        source.title.clone().unwrap_or_default(),
        source.url.clone().unwrap_or_default(),
        source.document.clone(),
        corrected.unwrap_or_default().to_owned(),
    ]
}

/// Words of a closed vocabulary.
fn kinds<K: std::str::FromStr>(given: &[String]) -> Result<Vec<K>, Error>
where
    K::Err: std::fmt::Display,
{
    given.iter().map(|name| name.parse::<K>().map_err(|error| Error::Query(error.to_string()))).collect()
}

/// Lists statements.
pub(crate) fn statements(arguments: &KindArguments) -> Outcome {
    let ask = |store: &Store| {
        let (mut filter, window) = arguments.filters.query(store, Sort::Known)?;
        filter.statement_kinds = kinds(&arguments.kinds)?;
        store.statements(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, &STATEMENT, ask, |saying| statement_line(&saying))
}

/// A statement in a list.
pub(crate) fn statement_line(saying: &Saying) -> Line {
    let speaker = match &saying.speaker {
        Some(speaker) => party(speaker).to_owned(),
        None if saying.author => "the author".to_owned(),
        None => "somebody unnamed".to_owned(),
    };
    let sure = saying.certainty.as_ref().map_or_else(String::new, |words| format!("  “{words}”"));
    let denies = if saying.polarity == "denies" && saying.kind != "denial" { " denies" } else { "" };
    let cells = [
        saying.id.clone(),
        saying.kind.clone(),
        saying.polarity.clone(),
        speaker.clone(),
        saying.certainty.clone().unwrap_or_default(),
        number(saying.certainty_low),
        number(saying.certainty_high),
        saying.scale.clone().unwrap_or_default(),
        saying.about.iter().map(party).collect::<Vec<_>>().join("; "),
        saying.content.clone(),
        saying.quoted.to_string(),
        format!("{:.3}", saying.score),
    ];
    let cells = cells.into_iter().chain(source_cells(&saying.source, saying.corrected));
    Line {
        cells: STATEMENT.into_iter().zip(cells).collect(),
        text: format!(
            "{}  {}{denies}  {}{sure}  “{}”  {}",
            short(&saying.id),
            saying.kind,
            speaker,
            saying.content,
            source(&saying.source)
        ),
        documents: vec![saying.source.document.clone()],
        whole: serde_json::to_value(saying).unwrap_or(Value::Null),
    }
}

/// Lists relations.
pub(crate) fn relations(arguments: &KindArguments) -> Outcome {
    let ask = |store: &Store| {
        let (mut filter, window) = arguments.filters.query(store, Sort::Known)?;
        filter.relation_kinds = kinds(&arguments.kinds)?;
        store.relations(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, &RELATION, ask, |tie| tie_line(&tie))
}

/// A relation in a list.
pub(crate) fn tie_line(tie: &Tie) -> Line {
    Line {
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
        cells: {
            let cells = [
                tie.id.clone(),
                party(&tie.from).to_owned(),
                tie.kind.clone(),
                party(&tie.to).to_owned(),
                tie.realis.clone(),
                number(tie.since),
                number(tie.until),
                tie.quote.clone(),
            ];
            let cells = cells.into_iter().chain(source_cells(&tie.source, tie.corrected));
            RELATION.into_iter().zip(cells).collect()
        },
        documents: vec![tie.source.document.clone()],
        whole: serde_json::to_value(tie).unwrap_or(Value::Null),
    }
}

/// Lists who holds what, in the order of time.
pub(crate) fn control(arguments: &KindArguments) -> Outcome {
    let ask = |store: &Store| {
        let (mut filter, window) = arguments.filters.query(store, Sort::Happened)?;
        filter.control_status = kinds(&arguments.kinds)?;
        store.control(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, &CONTROL, ask, |hold: Hold| {
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
            cells: {
                let cells = [
                    hold.id.clone(),
                    number(hold.start),
                    number(hold.end),
                    hold.place.name.clone(),
                    hold.place.country.clone().unwrap_or_default(),
                    hold.place.admin1.clone().unwrap_or_default(),
                    number(hold.place.lat),
                    number(hold.place.lon),
                    party(&hold.holder).to_owned(),
                    hold.status.clone(),
                    hold.counterpart.as_ref().map_or_else(String::new, |other| party(other).to_owned()),
                    hold.realis.clone(),
                    hold.quote.clone(),
                ];
                let cells = cells.into_iter().chain(source_cells(&hold.source, hold.corrected));
                CONTROL.into_iter().zip(cells).collect()
            },
            documents: vec![hold.source.document.clone()],
            whole: serde_json::to_value(&hold).unwrap_or(Value::Null),
        }
    })
}

/// Lists actors over documents.
pub(crate) fn actors(arguments: &ActorArguments) -> Outcome {
    let store = match arguments.database.open_to_show(arguments.shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let (items, next) = match wanted_actors(&store, arguments) {
        Ok(found) => found,
        Err(error) => return fail(&error),
    };
    if items.is_empty() {
        complain(if arguments.after.is_some() { "nothing follows" } else { "no actor in the record fits" });
    }
    let lines = items.into_iter().map(actor_line).collect();
    print(&store, &arguments.shape, &ACTOR, lines, next.as_deref())
}

/// The actors that are asked for, and where they go on. The record is walked in windows; the last one is asked for again as far as it is
/// needed, so that its cursor stands behind the last actor that is shown.
fn wanted_actors(
    store: &Store,
    arguments: &ActorArguments,
) -> Result<(Vec<ActorItem>, Option<String>), Error> {
    const WINDOW: u32 = 500;
    let kinds: Vec<ActorKind> = kinds(&arguments.kinds)?;
    let country = arguments.country.as_deref().map(country).transpose()?;
    let words = arguments.name.as_ref().map(|name| name.to_lowercase());
    let fits = |actor: &ActorItem| {
        let named = |words: &String| {
            [&actor.name, &actor.key]
                .into_iter()
                .chain(&actor.names)
                .any(|name| name.to_lowercase().contains(words))
        };
        (arguments.shape.reveal_private || !actor.private)
            && (kinds.is_empty() || kinds.iter().any(|kind| kind.as_str() == actor.kind))
            && country.is_none_or(|code| actor.country.as_deref() == Some(code))
            && words.as_ref().is_none_or(named)
    };
    let most = arguments.limit as usize;
    let (mut items, mut after): (Vec<ActorItem>, Option<String>) = (Vec::new(), arguments.after.clone());
    loop {
        let ask = |limit: u32| store.actors(arguments.new, arguments.as_of, limit, after.as_deref());
        let window = ask(WINDOW)?;
        let fitting: Vec<usize> =
            window.items.iter().enumerate().filter(|(_, actor)| fits(actor)).map(|(at, _)| at).collect();
        let free = most - items.len();
        if fitting.len() >= free
            && let Some(last) = fitting.get(free.saturating_sub(1))
        {
            let part = ask(u32::try_from(last + 1).unwrap_or(WINDOW))?;
            items.extend(part.items.into_iter().filter(|actor| fits(actor)));
            return Ok((items, part.next));
        }
        items.extend(window.items.into_iter().filter(|actor| fits(actor)));
        match window.next {
            Some(next) => after = Some(next),
            None => return Ok((items, None)),
        }
    }
}

fn actor_line(actor: ActorItem) -> Line {
    let country = actor.country.as_ref().map_or_else(String::new, |country| format!(", {country}"));
    let documents =
        if actor.documents == 1 { "1 document".to_owned() } else { format!("{} documents", actor.documents) };
    let cells = [
        actor.key.clone(),
        actor.name.clone(),
        actor.kind.clone(),
        actor.country.clone().unwrap_or_default(),
        actor.sector.clone().unwrap_or_default(),
        actor.state.clone(),
        actor.documents.to_string(),
        number(actor.first),
        number(actor.last),
        actor.names.join("; "),
    ];
    Line {
        text: format!("{}  {}{country}  {}  {}  {documents}", actor.name, actor.kind, actor.key, actor.state),
        cells: ACTOR.into_iter().zip(cells).collect(),
        documents: Vec::new(),
        whole: serde_json::to_value(&actor).unwrap_or(Value::Null),
    }
}

/// Searches the texts.
pub(crate) fn search(arguments: &SearchArguments) -> Outcome {
    let ask = |store: &Store| {
        let (mut filter, window) = arguments.filters.query(store, Sort::Relevance)?;
        filter.text = Some(arguments.words.join(" "));
        store.documents(&filter, &window)
    };
    listed(&arguments.database, &arguments.filters, &FOUND, ask, |item: watchkeeper_store::DocumentItem| {
        let title = item.source.title.clone().unwrap_or_else(|| item.origin.clone());
        let copy = if item.copy { "  (a copy)" } else { "" };
        Line {
            text: format!(
                "{}  {title}  {}{copy}  {}",
                item.source.document.get(..8).unwrap_or_default(),
                source(&item.source),
                item.snippet.clone().unwrap_or_default()
            ),
            cells: {
                let cells = [
                    item.source.document.clone(),
                    item.source.title.clone().unwrap_or_default(),
                    item.source.outlet.clone().unwrap_or_default(),
                    item.source.known.to_string(),
                    item.source.dated.to_string(),
                    item.source.grade.clone(),
                    item.source.credibility.to_string(),
                    item.source.url.clone().unwrap_or_default(),
                    item.language.clone(),
                    item.copy.to_string(),
                    item.origin.clone(),
                    item.snippet.clone().unwrap_or_default(),
                ];
                FOUND.into_iter().zip(cells).collect()
            },
            documents: vec![item.source.document.clone()],
            whole: serde_json::to_value(&item).unwrap_or(Value::Null),
        }
    })
}
