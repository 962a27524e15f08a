//! `watchkeeper graph`: actors and what ties them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use watchkeeper_pipeline::{Texts, incident_of};
use watchkeeper_report::network::{Edge, Evidence, Network, Node, Tie, page};
use watchkeeper_store::{Error, Filter, Party, Sort, Store};

use crate::Outcome;
use crate::command::read::complain;
use crate::command::timeline::every;
use crate::record::{Database, Hidden, Line, Narrow, Shape, fail, print, write_beside};

/// Show actors and what ties them: alliances, wings and parts, oppositions and attacks, each with its evidence.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Most actors: those with most evidence.
    #[arg(long, value_name = "N", default_value = "60", value_parser = clap::value_parser!(u32).range(2..=400))]
    actors: u32,
    /// Only what reports say of relations, without who attacks whom in incidents.
    #[arg(long)]
    relations_only: bool,
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

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let store = match arguments.database.open_to_show(arguments.shape.reveal_private) {
        Ok(store) => store,
        Err(outcome) => return outcome,
    };
    let ties = match arguments.narrow.filter(&store).and_then(|filter| gather(&store, arguments, &filter)) {
        Ok(ties) => ties,
        Err(error) => return fail(&error),
    };
    let network = Network::new(ties, arguments.actors as usize);
    if network.edges.is_empty() {
        complain("nothing to show: no relation or attack between named actors keeps the filters");
    }
    if network.left_out > 0 {
        complain(&format!("{} actors with less evidence left out (--actors N)", network.left_out));
    }
    if let Some(path) = &arguments.html {
        let mut notes = Vec::new();
        if let Some(day) = arguments.narrow.as_of() {
            notes.push(format!("As known by {day}"));
        }
        return write_beside(path, page(&network, "Actors and what ties them", &notes).as_bytes());
    }
    let lines = network.edges.iter().map(|edge| line(&network, edge)).collect();
    print(&store, &arguments.shape, &[], lines, None)
}

fn line(network: &Network, edge: &Edge) -> Line {
    let name = |at: usize| network.nodes.get(at).map_or("?", |node| node.name.as_str()).to_owned();
    let key = |at: usize| network.nodes.get(at).map_or("?", |node| node.key.as_str()).to_owned();
    let arrow = if edge.is_directed() { "→" } else { "—" };
    let short = |id: &str| match id.split_once('#') {
        Some((sha, local)) => format!("{}#{local}", sha.get(..8).unwrap_or(sha)),
        None => id.to_owned(),
    };
    let ids: Vec<&str> = edge.evidence.iter().map(|one| one.id.as_str()).collect();
    let shown: Vec<String> = ids.iter().take(4).map(|id| short(id)).collect();
    let more = if ids.len() > shown.len() { format!(" +{}", ids.len() - shown.len()) } else { String::new() };
    Line {
        text: format!(
            "{} — {} {arrow} {}  {}  {}  [{}{more}]",
            name(edge.from),
            edge.words(),
            name(edge.to),
            edge.count(),
            edge.days(),
            shown.join(" ")
        ),
        cells: vec![
            ("from", name(edge.from)),
            ("kind", edge.kind.clone()),
            ("to", name(edge.to)),
            ("family", edge.family.as_str().to_owned()),
            ("realis", edge.realis.clone()),
            ("reports", edge.evidence.len().to_string()),
            ("first", edge.evidence.first().map_or_else(String::new, |one| one.known.to_string())),
            ("last", edge.evidence.last().map_or_else(String::new, |one| one.known.to_string())),
            ("from_key", key(edge.from)),
            ("to_key", key(edge.to)),
            ("evidence", ids.join(" ")),
        ],
        whole: json!({"from": network.nodes.get(edge.from), "to": network.nodes.get(edge.to), "kind": edge.kind,
            "family": edge.family, "realis": edge.realis, "evidence": edge.evidence}),
        documents: Vec::new(),
    }
}

/// Actors as nodes; private persons lose name and key unless revealed.
struct Names {
    reveal: bool,
    hidden: BTreeMap<String, usize>,
}

impl Names {
    fn node(&mut self, key: &str, name: &str, private: bool) -> Node {
        if !private || self.reveal {
            return Node { key: key.to_owned(), name: name.to_owned() };
        }
        let next = self.hidden.len() + 1;
        let number = *self.hidden.entry(key.to_owned()).or_insert(next);
        Node { key: format!("private-{number}"), name: format!("a private person ({number})") }
    }

    fn party(&mut self, party: &Party) -> Node {
        self.node(&party.key, &party.name, party.private)
    }
}

fn gather(store: &Store, arguments: &Arguments, filter: &Filter) -> Result<Vec<Tie>, Error> {
    let reveal = arguments.shape.reveal_private;
    let mut hidden = Hidden::new(store, reveal);
    let mut names = Names { reveal, hidden: BTreeMap::new() };
    let mut ties = Vec::new();
    every(
        |window| store.relations(filter, window),
        Sort::Known,
        |tie| {
            let documents = [tie.source.document.clone()];
            ties.push(Tie {
                from: names.party(&tie.from),
                to: names.party(&tie.to),
                kind: tie.kind,
                realis: tie.realis,
                evidence: Evidence {
                    known: tie.source.known,
                    id: tie.id,
                    quote: hidden.words(&tie.quote, &documents),
                    outlet: tie.source.outlet.unwrap_or_else(|| "unknown outlet".to_owned()),
                },
            });
        },
    )?;
    if arguments.relations_only {
        return Ok(ties);
    }
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
            // Only actors of the registry: a described or once named one can't be told from another.
            let known = |key: &Option<String>| key.clone().filter(|key| !key.starts_with('~'));
            for who in &incident.perpetrators {
                for whom in &incident.victims {
                    let (Some(from), Some(to)) = (known(&who.party.key), known(&whom.key)) else { continue };
                    let kind = incident.kind.map_or("incident", |kind| kind.as_str()).replace('_', " ");
                    let place = incident.place.as_ref().map_or("place unknown", |place| place.name.as_str());
                    let day =
                        incident.time.map_or_else(|| "day unknown".to_owned(), |time| time.0.to_string());
                    ties.push(Tie {
                        from: names.node(&from, &who.party.name, who.party.private),
                        to: names.node(&to, &whom.name, whom.private),
                        kind: "attacked".to_owned(),
                        realis: "actual".to_owned(),
                        evidence: Evidence {
                            known: incident.known.0,
                            id: incident.id.clone(),
                            quote: format!("{kind}, {place}, {day}; {} responsible", who.party.claim),
                            outlet: incident.outlets.join("; "),
                        },
                    });
                }
            }
        },
    )?;
    Ok(ties)
}
