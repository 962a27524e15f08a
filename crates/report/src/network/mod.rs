//! Actors and what ties them, as a drawing on a page and as rows: who is allied with, belongs to, fights whom, by which reports.
//!
//! In: relations of single reports ([`Tie`]), names of private persons hidden already. Ties of one kind between the same two actors
//! become one [`Edge`] with all its evidence; contradictory ones stay side by side. The layout is a function of the edges.

mod layout;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use watchkeeper_record::article::Date;

pub use page::page;

/// What an edge is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Allies, backers, pledges.
    Alliance,
    /// Wings, parts, members, leaders, splits, mergers.
    Belonging,
    /// Opponents and attacks.
    Conflict,
    /// Other and former names.
    Naming,
}

impl Family {
    /// The family of a kind of relation; `attacked` is one too.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        match kind {
            "opposes" | "attacked" => Self::Conflict,
            "allied_with" | "backs" | "pledged_to" | "affiliated_with" => Self::Alliance,
            "alias_of" | "formerly_named" => Self::Naming,
            _ => Self::Belonging,
        }
    }

    /// The word, also the class in the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alliance => "alliance",
            Self::Belonging => "belonging",
            Self::Conflict => "conflict",
            Self::Naming => "naming",
        }
    }
}

/// An actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its key; of private persons a number.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// What one report says of two actors, or one incident in which one attacks the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// The day from which it is known.
    pub known: Date,
    /// `DOCUMENT#r1`, or an incident's id.
    pub id: String,
    /// The words of the report.
    pub quote: String,
    /// Who published it.
    pub outlet: String,
}

/// One relation as one report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// From whom.
    pub from: Node,
    /// To whom.
    pub to: Node,
    /// Which kind, `part_of`; or `attacked`.
    pub kind: String,
    /// Whether it holds: `actual`, `negated`, `planned` …
    pub realis: String,
    /// Who says so.
    pub evidence: Evidence,
}

/// All that ties two actors in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Number of the actor it comes from, in [`Network::nodes`].
    pub from: usize,
    /// Number of the actor it goes to.
    pub to: usize,
    /// Kind.
    pub kind: String,
    /// What it is about.
    pub family: Family,
    /// Whether it holds.
    pub realis: String,
    /// Evidence, by day.
    pub evidence: Vec<Evidence>,
}

impl Edge {
    /// Whether it has a direction.
    #[must_use]
    pub fn is_directed(&self) -> bool {
        !matches!(self.kind.as_str(), "allied_with" | "opposes" | "alias_of")
    }

    /// `part of`, `part of (denied)`.
    #[must_use]
    pub fn words(&self) -> String {
        let kind = self.kind.replace('_', " ");
        match self.realis.as_str() {
            "actual" => kind,
            "negated" => format!("{kind} (denied)"),
            other => format!("{kind} ({other})"),
        }
    }

    /// First and last day from which it is known.
    #[must_use]
    pub fn days(&self) -> String {
        match (self.evidence.first(), self.evidence.last()) {
            (Some(first), Some(last)) if first.known != last.known => {
                format!("{} to {}", first.known, last.known)
            }
            (Some(first), _) => first.known.to_string(),
            _ => String::new(),
        }
    }

    /// `3 reports`, of attacks `3 incidents`.
    #[must_use]
    pub fn count(&self) -> String {
        let one = if self.kind == "attacked" { "incident" } else { "report" };
        if self.evidence.len() == 1 { format!("1 {one}") } else { format!("{} {one}s", self.evidence.len()) }
    }
}

/// Actors and edges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Actors, those with most evidence first, ties by key.
    pub nodes: Vec<Node>,
    /// Edges by their ends, then kind.
    pub edges: Vec<Edge>,
    /// Actors left out, as others have more evidence.
    pub left_out: usize,
}

impl Network {
    /// Puts ties together. Of more than `most` actors those with most evidence stay, with the edges among them.
    #[must_use]
    pub fn new(ties: Vec<Tie>, most: usize) -> Self {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        type Key = (String, String, String, String);
        let mut edges: BTreeMap<Key, BTreeSet<Evidence>> = BTreeMap::new();
        for tie in ties {
            if tie.from.key == tie.to.key {
                continue;
            }
            let mut ends = [tie.from, tie.to];
            if matches!(tie.kind.as_str(), "allied_with" | "opposes" | "alias_of")
                && ends[0].key > ends[1].key
            {
                ends.swap(0, 1);
            }
            let [from, to] = ends;
            for node in [&from, &to] {
                *told.entry(node.key.clone()).or_default() += 1;
                names.entry(node.key.clone()).or_insert_with(|| node.name.clone());
            }
            edges.entry((from.key, to.key, tie.kind, tie.realis)).or_default().insert(tie.evidence);
        }
        let mut order: Vec<(&String, usize)> = told.iter().map(|(key, count)| (key, *count)).collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let kept: BTreeSet<&String> = order.iter().take(most.max(2)).map(|(key, _)| *key).collect();
        let edges: Vec<(Key, BTreeSet<Evidence>)> =
            edges.into_iter().filter(|(key, _)| kept.contains(&key.0) && kept.contains(&key.1)).collect();
        // Who has lost all its edges goes too.
        let tied: BTreeSet<&str> =
            edges.iter().flat_map(|(key, _)| [key.0.as_str(), key.1.as_str()]).collect();
        let nodes: Vec<Node> = order
            .iter()
            .filter(|(key, _)| tied.contains(key.as_str()))
            .map(|(key, _)| Node { key: (*key).clone(), name: names.get(*key).cloned().unwrap_or_default() })
            .collect();
        let number: BTreeMap<&str, usize> =
            nodes.iter().enumerate().map(|(at, node)| (node.key.as_str(), at)).collect();
        let mut merged: Vec<Edge> = edges
            .iter()
            .map(|((from, to, kind, realis), evidence)| Edge {
                from: number[from.as_str()],
                to: number[to.as_str()],
                kind: kind.clone(),
                family: Family::of(kind),
                realis: realis.clone(),
                evidence: evidence.iter().cloned().collect(),
            })
            .collect();
        merged.sort_by(|a, b| (a.from, a.to, &a.kind, &a.realis).cmp(&(b.from, b.to, &b.kind, &b.realis)));
        let left_out = told.len() - nodes.len();
        Self { nodes, edges: merged, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn tie(from: &str, kind: &str, to: &str, day: &str) -> Tie {
        let node = |name: &str| Node { key: name.to_lowercase(), name: name.to_owned() };
        Tie {
            from: node(from),
            to: node(to),
            kind: kind.to_owned(),
            realis: "actual".to_owned(),
            evidence: Evidence {
                known: day.parse().expect("a day"),
                id: format!("{from}{to}{day}#r1"),
                quote: format!("{from} <and> {to}"),
                outlet: "Wire".to_owned(),
            },
        }
    }

    #[test]
    fn ties_become_edges_with_their_evidence() {
        let ties = vec![
            tie("A", "part_of", "B", "2021-01-02"),
            tie("A", "part_of", "B", "2021-03-02"),
            tie("B", "opposes", "A", "2021-01-05"),
            tie("A", "opposes", "B", "2021-01-04"),
            tie("C", "allied_with", "A", "2021-01-04"),
            tie("C", "backs", "C", "2021-01-04"),
        ];
        let network = Network::new(ties.clone(), 60);
        assert_eq!((network.nodes.len(), network.edges.len(), network.left_out), (3, 3, 0));
        let part = network.edges.iter().find(|edge| edge.kind == "part_of").expect("an edge");
        assert_eq!((part.count().as_str(), part.days().as_str()), ("2 reports", "2021-01-02 to 2021-03-02"));
        let opposed = network.edges.iter().find(|edge| edge.kind == "opposes").expect("an edge");
        assert_eq!(opposed.evidence.len(), 2, "either way round");
        let small = Network::new(ties, 2);
        assert_eq!((small.nodes.len(), small.left_out), (2, 1));
        assert!(Network::new(Vec::new(), 60).nodes.is_empty());
    }
}
