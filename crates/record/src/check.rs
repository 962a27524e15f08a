//! Whether a reading keeps its contract: quotes equal their text, no id dangles, every record has evidence, nothing comes from
//! a masked range. A reading with a breach must be refused.

use std::collections::BTreeSet;

use crate::reading::{Reading, Toll};
use crate::span::{Quote, Span};

/// Lists what a published reading breaks, empty when it keeps the contract.
///
/// Cost: linear in the text and the number of spans.
#[must_use]
pub fn breaches(reading: &Reading<Quote>) -> Vec<String> {
    let mut found = Vec::new();
    let offsets: Vec<usize> = reading
        .document
        .text
        .char_indices()
        .map(|(offset, _)| offset)
        .chain([reading.document.text.len()])
        .collect();
    let text = &reading.document.text;
    let bytes = |quote: &Quote| -> Option<Span> {
        let start = *offsets.get(quote.start as usize)?;
        let end = *offsets.get(quote.end as usize)?;
        (start <= end && text[start..end] == quote.quote).then(|| Span::from_range(start..end))
    };
    let mut masked: Vec<Span> = reading.document.masked.iter().filter_map(|mask| bytes(&mask.span)).collect();
    masked.sort();
    for mask in &reading.document.masked {
        if bytes(&mask.span).is_none() {
            found.push(format!("mask {}..{} doesn't quote the text", mask.span.start, mask.span.end));
        }
    }
    let mut span = |owner: &str, quote: &Quote| match bytes(quote) {
        None => found.push(format!("{owner}: {}..{} doesn't quote the text", quote.start, quote.end)),
        Some(span) if span.is_empty() => found.push(format!("{owner}: an empty span at {}", quote.start)),
        Some(span) => {
            let first = masked.partition_point(|mask| mask.end() <= span.start());
            if masked.get(first).is_some_and(|mask| mask.overlaps(span)) {
                found.push(format!("{owner}: “{}” touches a masked range", quote.quote));
            }
        }
    };
    let toll = |owner: &str, toll: &Toll<Quote>, span: &mut dyn FnMut(&str, &Quote)| {
        for count in [&toll.killed, &toll.wounded, &toll.abducted, &toll.arrested, &toll.displaced]
            .into_iter()
            .flatten()
        {
            span(owner, &count.span);
        }
    };
    for one in &reading.actors {
        one.mentions.iter().for_each(|quote| span(&one.id, quote));
    }
    for one in &reading.places {
        one.mentions.iter().for_each(|quote| span(&one.id, quote));
    }
    for one in &reading.times {
        one.mentions.iter().for_each(|quote| span(&one.id, quote));
    }
    for one in &reading.events {
        span(&one.id, &one.trigger);
        one.evidence.iter().for_each(|quote| span(&one.id, quote));
        one.weapons.iter().for_each(|weapon| span(&one.id, &weapon.span));
        one.targets.iter().for_each(|target| span(&one.id, &target.span));
        toll(&one.id, &one.toll, &mut span);
    }
    for one in &reading.relations {
        one.evidence.iter().for_each(|quote| span(&one.id, quote));
    }
    for one in &reading.control {
        one.evidence.iter().for_each(|quote| span(&one.id, quote));
    }
    for one in &reading.statements {
        span(&one.id, &one.cue);
        span(&one.id, &one.content);
        one.speaker.span.iter().for_each(|quote| span(&one.id, quote));
        one.evidence.iter().for_each(|quote| span(&one.id, quote));
        if let Some(threat) = &one.threat {
            threat.targets.iter().for_each(|target| span(&one.id, &target.span));
        }
    }
    for one in &reading.incidents {
        one.evidence.iter().for_each(|quote| span(&one.id, quote));
        one.perpetrators.iter().flat_map(|who| &who.spans).for_each(|quote| span(&one.id, quote));
        one.victims.iter().flat_map(|whom| &whom.spans).for_each(|quote| span(&one.id, quote));
        one.targets.iter().flat_map(|what| &what.spans).for_each(|quote| span(&one.id, quote));
        one.weapons.iter().flat_map(|what| &what.spans).for_each(|quote| span(&one.id, quote));
        toll(&one.id, &one.toll, &mut span);
    }
    reading.diagnostics.iter().flat_map(|one| &one.span).for_each(|quote| {
        if bytes(quote).is_none() {
            found.push(format!("a remark: {}..{} doesn't quote the text", quote.start, quote.end));
        }
    });
    ids(reading, &mut found);
    found
}

/// Checks ids: each given once, each named one there; and that every record has evidence.
fn ids(reading: &Reading<Quote>, found: &mut Vec<String>) {
    let mut known = BTreeSet::new();
    let mut record = |id: &str, evidence: usize| {
        if !known.insert(id.to_owned()) {
            found.push(format!("{id}: given twice"));
        }
        if evidence == 0 {
            found.push(format!("{id}: no evidence"));
        }
    };
    reading.actors.iter().for_each(|one| record(&one.id, one.mentions.len()));
    reading.places.iter().for_each(|one| record(&one.id, one.mentions.len()));
    reading.times.iter().for_each(|one| record(&one.id, one.mentions.len()));
    reading.events.iter().for_each(|one| record(&one.id, one.evidence.len()));
    reading.relations.iter().for_each(|one| record(&one.id, one.evidence.len()));
    reading.control.iter().for_each(|one| record(&one.id, one.evidence.len()));
    reading.statements.iter().for_each(|one| record(&one.id, one.evidence.len()));
    reading.incidents.iter().for_each(|one| record(&one.id, one.evidence.len()));
    let mut named = |owner: &str, id: &str, kind: char| {
        if !known.contains(id) || !id.starts_with(kind) {
            found.push(format!("{owner}: names `{id}`, which isn't there"));
        }
    };
    for one in &reading.events {
        one.actors.iter().chain(&one.recipients).for_each(|id| named(&one.id, id, 'a'));
        one.place.iter().for_each(|id| named(&one.id, id, 'p'));
        one.time.iter().for_each(|id| named(&one.id, id, 't'));
        one.asserted_by.iter().for_each(|id| named(&one.id, id, 's'));
    }
    for one in &reading.relations {
        [&one.from, &one.to].into_iter().for_each(|id| named(&one.id, id, 'a'));
        one.since.iter().chain(&one.until).for_each(|id| named(&one.id, id, 't'));
        one.asserted_by.iter().for_each(|id| named(&one.id, id, 's'));
    }
    for one in &reading.control {
        named(&one.id, &one.place, 'p');
        [&one.holder].into_iter().chain(&one.counterpart).for_each(|id| named(&one.id, id, 'a'));
        one.time.iter().for_each(|id| named(&one.id, id, 't'));
        one.asserted_by.iter().for_each(|id| named(&one.id, id, 's'));
    }
    for one in &reading.statements {
        one.speaker.actor.iter().chain(&one.about).for_each(|id| named(&one.id, id, 'a'));
        one.threat.iter().flat_map(|threat| &threat.area).for_each(|id| named(&one.id, id, 'p'));
    }
    for one in &reading.incidents {
        one.events.iter().for_each(|id| named(&one.id, id, 'e'));
        one.place.iter().for_each(|id| named(&one.id, id, 'p'));
        one.time.iter().for_each(|id| named(&one.id, id, 't'));
        one.perpetrators.iter().flat_map(|who| &who.actor).for_each(|id| named(&one.id, id, 'a'));
        one.victims.iter().flat_map(|whom| &whom.actor).for_each(|id| named(&one.id, id, 'a'));
    }
}
