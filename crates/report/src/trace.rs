//! The trace of one record: what decided it, on which words, and what refers to it.

use watchkeeper_record::span::CodePoints;
use watchkeeper_record::{Reading, Span};

use crate::words::{Lookup, certainty, toll};

/// Renders the trace of one record.
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    /// Whether to show the names of private persons.
    pub reveal_private: bool,
}

impl Trace {
    /// Renders the record with this id; `None` when the reading has none. Ends with a line break.
    #[must_use]
    pub fn render(&self, reading: &Reading, id: &str) -> Option<String> {
        let lookup = Lookup::new(reading, self.reveal_private);
        let mut lines = record(&lookup, id)?;
        lines.extend(references(reading, id));
        let mut out = format!("{id}\n");
        for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
            let value: String = value.chars().filter(|character| !character.is_control()).collect();
            out.push_str(&format!("  {name:14} {value}\n"));
        }
        Some(out)
    }
}

type Lines = Vec<(&'static str, String)>;

fn record(lookup: &Lookup<'_>, id: &str) -> Option<Lines> {
    let reading = lookup.reading;
    let mut lines: Lines = Vec::new();
    let mut why: &[String] = &[];
    let evidence: &[Span];
    if let Some(one) = reading.events.iter().find(|one| one.id == id) {
        lines.push(("event", format!("{} {}", one.category, one.mode.map_or("", |mode| mode.as_str()))));
        lines.push(("type", one.incident_type.map_or_else(String::new, |kind| kind.to_string())));
        lines.push(("trigger", lookup.quote(one.trigger)));
        lines.push(("actors", lookup.names(&one.actors)));
        lines.push(("recipients", lookup.names(&one.recipients)));
        lines.push(("place", one.place.as_deref().map_or_else(String::new, |id| lookup.name(id).to_owned())));
        lines.push(("time", one.time.as_deref().map_or_else(String::new, |id| lookup.name(id).to_owned())));
        lines.push(("toll", toll(&one.toll)));
        lines.push(("realis", format!("{}{}", one.realis, if one.background { ", background" } else { "" })));
        lines.push(("asserted by", one.asserted_by.clone().unwrap_or_default()));
        lines.push(("score", format!("{:.3}", one.score)));
        (why, evidence) = (&one.why, &one.evidence);
    } else if let Some(one) = reading.statements.iter().find(|one| one.id == id) {
        lines.push(("statement", format!("{} ({})", one.kind, one.polarity)));
        lines.push(("cue", lookup.quote(one.cue)));
        lines.push(("content", lookup.quote(one.content)));
        lines.push(("about", lookup.names(&one.about)));
        lines.push(("how sure", one.certainty.as_ref().map_or_else(String::new, certainty)));
        lines.push(("score", format!("{:.3}", one.score)));
        (why, evidence) = (&one.why, &one.evidence);
    } else if let Some(one) = reading.relations.iter().find(|one| one.id == id) {
        lines.push((
            "relation",
            format!("{} — {} → {}", lookup.name(&one.from), one.kind, lookup.name(&one.to)),
        ));
        lines.push(("realis", one.realis.to_string()));
        lines.push(("score", format!("{:.3}", one.score)));
        (why, evidence) = (&one.why, &one.evidence);
    } else if let Some(one) = reading.control.iter().find(|one| one.id == id) {
        lines.push((
            "control",
            format!("{}: {} by {}", lookup.name(&one.place), one.status, lookup.name(&one.holder)),
        ));
        lines.push(("realis", one.realis.to_string()));
        lines.push(("score", format!("{:.3}", one.score)));
        (why, evidence) = (&one.why, &one.evidence);
    } else if let Some(one) = reading.incidents.iter().find(|one| one.id == id) {
        lines.push(("incident", one.r#type.map_or_else(String::new, |kind| kind.to_string())));
        lines.push(("events", one.events.join(" ")));
        lines.push(("toll", toll(&one.toll)));
        (why, evidence) = (&one.why, &one.evidence);
    } else if let Some(one) = reading.actors.iter().find(|one| one.id == id) {
        lines.push(("actor", lookup.name(id).to_owned()));
        lines.push(("kind", one.kind.to_string()));
        lines.push(("registry", one.registry.clone().unwrap_or_default()));
        lines.push(("role", lookup.privacy.words(one.role.as_deref().unwrap_or_default())));
        (why, evidence) = (&one.why, &one.mentions);
    } else if let Some(one) = reading.places.iter().find(|one| one.id == id) {
        lines.push(("place", lookup.name(id).to_owned()));
        for candidate in &one.candidates {
            let place = format!(
                "{} at {:.2}, {:.2}, score {:.3}",
                candidate.name, candidate.lat, candidate.lon, candidate.score
            );
            lines.push(("candidate", place));
        }
        (why, evidence) = (&one.why, &one.mentions);
    } else if let Some(one) = reading.times.iter().find(|one| one.id == id) {
        lines.push(("time", lookup.name(id).to_owned()));
        lines.push(("timex3", one.timex3.clone().unwrap_or_default()));
        lines.push(("anchor", one.anchor.to_string()));
        evidence = &one.mentions;
    } else {
        return None;
    }
    let points = CodePoints::new(&reading.document.text);
    lines.extend(why.iter().map(|rule| ("why", lookup.privacy.words(rule))));
    lines.extend(evidence.iter().map(|span| {
        (
            "words",
            format!(
                "“{}” (characters {}..{})",
                lookup.quote(*span),
                points.at(span.start()),
                points.at(span.end())
            ),
        )
    }));
    Some(lines)
}

/// Which records name this one.
fn references(reading: &Reading, id: &str) -> Lines {
    let mut lines: Lines = Vec::new();
    let holds = |ids: &[String]| ids.iter().any(|other| other == id);
    let is = |other: &Option<String>| other.as_deref() == Some(id);
    for one in &reading.events {
        if holds(&one.actors)
            || holds(&one.recipients)
            || is(&one.place)
            || is(&one.time)
            || is(&one.asserted_by)
        {
            lines.push(("named by", one.id.clone()));
        }
    }
    for one in &reading.relations {
        if one.from == id || one.to == id || is(&one.since) || is(&one.until) || is(&one.asserted_by) {
            lines.push(("named by", one.id.clone()));
        }
    }
    for one in &reading.control {
        if one.place == id
            || one.holder == id
            || is(&one.counterpart)
            || is(&one.time)
            || is(&one.asserted_by)
        {
            lines.push(("named by", one.id.clone()));
        }
    }
    for one in &reading.statements {
        if is(&one.speaker.actor) || holds(&one.about) {
            lines.push(("named by", one.id.clone()));
        }
    }
    for one in &reading.incidents {
        if holds(&one.events) || is(&one.place) || is(&one.time) {
            lines.push(("named by", one.id.clone()));
        }
    }
    lines
}
