//! The actor graph as GraphML: actors are nodes, each relation of each report is an edge, so contradictory ones stand side by side.

use std::collections::BTreeMap;
use std::io::Write;

use super::hide::Veil;
use super::html::escape;
use super::input::{Actor, Relation};
use super::{Error, Options, common};
use crate::privacy::HIDDEN;

/// Keys of the attributes: id, of what, name, type.
const KEYS: &[(&str, &str, &str, &str)] = &[
    ("attribution", "graph", "attribution", "string"),
    ("made", "graph", "made", "string"),
    ("as_of", "graph", "as_of", "string"),
    ("name", "node", "name", "string"),
    ("kind", "node", "kind", "string"),
    ("country", "node", "country", "string"),
    ("sector", "node", "sector", "string"),
    ("relation", "edge", "relation", "string"),
    ("realis", "edge", "realis", "string"),
    ("since", "edge", "since", "string"),
    ("until", "edge", "until", "string"),
    ("score", "edge", "score", "double"),
    ("outlet", "edge", "outlet", "string"),
    ("known", "edge", "known", "string"),
    ("title", "edge", "title", "string"),
    ("url", "edge", "url", "string"),
    ("document", "edge", "document", "string"),
    ("grade", "edge", "source_grade", "string"),
    ("quote", "edge", "quote", "string"),
];

/// Writes the graph of actors: nodes by key, edges in their order. An actor that only relations name becomes a node with its key for
/// a name; private persons lose name and key unless revealed. Private persons without a relation become no node: give them so that
/// their names are hidden in quotes and titles. Returns the number of edges.
///
/// # Errors
/// [`Error::Write`]; [`Error::Late`] for a relation not known by [`Options::as_of`].
pub fn graph(
    actors: &[Actor],
    relations: &[Relation],
    options: &Options,
    out: &mut impl Write,
) -> Result<usize, Error> {
    if let Some(as_of) = options.as_of
        && let Some(late) = relations.iter().find(|relation| relation.report.known > as_of)
    {
        return Err(Error::Late { incident: late.id.clone(), known: late.report.known, as_of });
    }
    let mut nodes: BTreeMap<&str, Option<&Actor>> = BTreeMap::new();
    for relation in relations {
        nodes.insert(&relation.from, None);
        nodes.insert(&relation.to, None);
    }
    for actor in actors {
        // A private person without a relation is here for the name alone.
        if !actor.private || nodes.contains_key(actor.key.as_str()) {
            nodes.insert(&actor.key, Some(actor));
        }
    }
    let private =
        |actor: &Option<&Actor>| !options.reveal_private && actor.is_some_and(|actor| actor.private);
    let names = actors.iter().filter(|actor| private(&Some(actor))).map(|actor| actor.name.as_str());
    let veil = Veil::persons(names);

    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" \
          xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns \
          http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n",
    )?;
    for (id, of, name, kind) in KEYS {
        writeln!(out, "<key id=\"{of}_{id}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>")?;
    }
    out.write_all(b"<graph id=\"actors\" edgedefault=\"directed\">\n")?;
    data("graph_attribution", &common::attribution(), out)?;
    data("graph_made", &options.made.to_string(), out)?;
    data("graph_as_of", &options.as_of.map_or_else(String::new, |day| day.to_string()), out)?;
    // Numbers, as keys may be anything.
    let numbers: BTreeMap<&str, usize> =
        nodes.keys().enumerate().map(|(number, key)| (*key, number)).collect();
    for (number, (key, actor)) in nodes.iter().enumerate() {
        write!(out, "<node id=\"n{number}\">")?;
        let name = actor.map_or(*key, |actor| actor.name.as_str());
        data("node_name", if private(actor) { HIDDEN } else { name }, out)?;
        if let Some(actor) = actor {
            data("node_kind", actor.kind.map_or("", |kind| kind.as_str()), out)?;
            data("node_country", actor.country.as_deref().unwrap_or(""), out)?;
            data("node_sector", actor.sector.as_deref().unwrap_or(""), out)?;
        }
        out.write_all(b"</node>\n")?;
    }
    for (number, relation) in relations.iter().enumerate() {
        let mut report = relation.report.clone();
        veil.report(&mut report);
        let end = |key: &String| numbers.get(key.as_str()).copied().unwrap_or_default();
        write!(
            out,
            "<edge id=\"e{number}\" source=\"n{}\" target=\"n{}\">",
            end(&relation.from),
            end(&relation.to)
        )?;
        data("edge_relation", relation.kind.as_str(), out)?;
        data("edge_realis", relation.realis.as_str(), out)?;
        data("edge_since", &relation.since.map_or_else(String::new, |day| day.to_string()), out)?;
        data("edge_until", &relation.until.map_or_else(String::new, |day| day.to_string()), out)?;
        if relation.score.is_finite() {
            data("edge_score", &relation.score.to_string(), out)?;
        }
        data("edge_outlet", report.outlet.as_deref().unwrap_or(""), out)?;
        data("edge_known", &report.known.to_string(), out)?;
        data("edge_title", report.title.as_deref().unwrap_or(""), out)?;
        data("edge_url", report.url.as_deref().unwrap_or(""), out)?;
        data("edge_document", &report.document, out)?;
        data("edge_grade", &format!("{}{}", report.grade, report.credibility), out)?;
        data("edge_quote", report.quote.as_deref().unwrap_or(""), out)?;
        out.write_all(b"</edge>\n")?;
    }
    out.write_all(b"</graph>\n</graphml>\n")?;
    out.flush()?;
    Ok(relations.len())
}

/// An attribute; nothing where it is empty.
fn data(key: &str, text: &str, out: &mut impl Write) -> std::io::Result<()> {
    let text = common::line(text);
    if text.is_empty() { Ok(()) } else { write!(out, "<data key=\"{key}\">{}</data>", escape(&text)) }
}
