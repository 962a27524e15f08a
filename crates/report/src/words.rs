//! Short phrases that the views share.

use std::collections::BTreeMap;

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::reading::{Certainty, Count, DocumentHead, Incident, Place, Toll};
use watchkeeper_record::{Reading, Span};

use crate::privacy::Privacy;

/// A reading with look-up by id and names hidden.
pub(crate) struct Lookup<'a> {
    pub(crate) reading: &'a Reading,
    pub(crate) privacy: Privacy,
    names: BTreeMap<&'a str, String>,
}

impl<'a> Lookup<'a> {
    /// `, foiled` for an incident of which nothing came about.
    pub(crate) fn foiled(&self, incident: &Incident) -> &'static str {
        let events = || {
            incident.events.iter().filter_map(|id| self.reading.events.iter().find(|event| event.id == *id))
        };
        let foiled = events().next().is_some() && events().all(|event| event.realis == Realis::Foiled);
        if foiled { ", foiled" } else { "" }
    }

    pub(crate) fn new(reading: &'a Reading, reveal_private: bool) -> Self {
        let privacy = Privacy::of(reading, reveal_private);
        let mut names = BTreeMap::new();
        for actor in &reading.actors {
            names.insert(actor.id.as_str(), plain(&privacy.words(&actor.name)));
        }
        for place in &reading.places {
            let precision = place.precision.as_str();
            let name = place_name(&privacy, place);
            let words = match (&place.country, precision) {
                (Some(country), "exact") => format!("{name} ({country})"),
                (Some(country), _) => format!("{name} ({country}, {precision})"),
                (None, _) => format!("{name} ({precision})"),
            };
            names.insert(place.id.as_str(), plain(&words));
        }
        for time in &reading.times {
            let words = match (&time.start, &time.end) {
                (Some(start), Some(end)) if start == end => start.clone(),
                (Some(start), Some(end)) => format!("{start} to {end}"),
                (Some(start), None) => format!("from {start}"),
                (None, Some(end)) => format!("until {end}"),
                (None, None) => time
                    .mentions
                    .first()
                    .map_or_else(String::new, |span| format!("“{}”", span.of(&reading.document.text))),
            };
            names.insert(time.id.as_str(), plain(&words));
        }
        Self { reading, privacy, names }
    }

    /// What an id of an actor, place or time stands for.
    pub(crate) fn name<'b>(&'b self, id: &'b str) -> &'b str {
        self.names.get(id).map_or(id, String::as_str)
    }

    pub(crate) fn names(&self, ids: &[String]) -> String {
        ids.iter().map(|id| self.name(id)).collect::<Vec<_>>().join("; ")
    }

    /// Words of the text on one line, private names hidden.
    pub(crate) fn quote(&self, span: Span) -> String {
        plain(&self.privacy.slice(&self.reading.document.text, span))
    }

    /// Quotes of several spans, joined by an ellipsis.
    pub(crate) fn quotes(&self, spans: &[Span]) -> String {
        spans.iter().map(|span| self.quote(*span)).collect::<Vec<_>>().join(" … ")
    }
}

/// A place's name. One that the gazetteer knows is shown even where a private person bears it too; one that it doesn't know may be that
/// person's, and is hidden.
pub(crate) fn place_name(privacy: &Privacy, place: &Place) -> String {
    if place.lat.is_some() { plain(&place.name) } else { plain(&privacy.words(&place.name)) }
}

/// What is known of a document: where it came from, who published it, who wrote it, when.
pub(crate) fn facts<S>(head: &DocumentHead<S>) -> Vec<String> {
    let mut facts: Vec<String> = Vec::new();
    facts.extend(head.origin.clone());
    facts.extend(head.outlet.clone());
    if !head.byline.is_empty() {
        facts.push(format!("by {}", head.byline.join(", ")));
    }
    facts.push(match &head.published {
        Some(day) if day.start == day.end => format!("published {} ({})", day.start, day.basis),
        Some(day) => format!("published {} to {} ({})", day.start, day.end, day.basis),
        None => "publication date unknown".to_owned(),
    });
    facts
}

/// Words on one line, without control characters: a text's own escapes must not steer a terminal.
pub(crate) fn plain(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|character| !character.is_control()).collect()
}

/// A count in words: `at least 28`, `11 to 14`, `about 24 or more`.
pub(crate) fn count<S>(count: &Count<S>) -> String {
    range(count.low, count.best, count.high)
}

/// A range of counts in words.
pub(crate) fn range(low: Option<u32>, best: Option<u32>, high: Option<u32>) -> String {
    match (low, best, high) {
        (Some(low), _, Some(high)) if low == high => low.to_string(),
        (Some(low), Some(best), None) if low == best => format!("at least {low}"),
        (Some(low), Some(best), Some(high)) => format!("{best} ({low} to {high})"),
        (Some(low), None, Some(high)) => format!("{low} to {high}"),
        (Some(low), Some(best), None) => format!("{best}, at least {low}"),
        (Some(low), None, None) => format!("at least {low}"),
        (None, Some(best), Some(high)) => format!("{best}, at most {high}"),
        (None, None, Some(high)) => format!("at most {high}"),
        (None, Some(best), None) => best.to_string(),
        (None, None, None) => "some".to_owned(),
    }
}

/// Losses in words, empty where none is told.
pub(crate) fn toll<S>(toll: &Toll<S>) -> String {
    let mut parts = Vec::new();
    for (what, told) in [
        ("killed", &toll.killed),
        ("wounded", &toll.wounded),
        ("abducted", &toll.abducted),
        ("arrested", &toll.arrested),
        ("displaced", &toll.displaced),
    ] {
        if let Some(told) = told {
            parts.push(format!("{what} {}", count(told)));
        }
    }
    for group in &toll.by {
        parts.push(format!("of them {} {}", group.group, range(group.low, group.best, group.high)));
    }
    parts.join(", ")
}

/// Hedging words with their range.
pub(crate) fn certainty(certainty: &Certainty) -> String {
    match (certainty.low, certainty.high, &certainty.scale) {
        (Some(low), Some(high), Some(scale)) => {
            format!("“{}” = {:.0} to {:.0} % ({scale})", certainty.words, low * 100.0, high * 100.0)
        }
        _ => format!("“{}”", certainty.words),
    }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_in_words() {
        assert_eq!(range(Some(4), Some(4), Some(4)), "4");
        assert_eq!(range(Some(28), Some(28), None), "at least 28");
        assert_eq!(range(Some(24), None, None), "at least 24");
        assert_eq!(range(Some(11), Some(14), Some(16)), "14 (11 to 16)");
    }
}
