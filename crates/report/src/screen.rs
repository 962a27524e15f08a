//! The terminal view.

use std::fmt::Write as _;

use textwrap::{Options, WordSplitter};
use watchkeeper_record::Reading;
use watchkeeper_record::codebook::Realis;

use crate::words::{Lookup, certainty, facts, plain, range, toll};

/// Renders readings for a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Whether to use ANSI colours.
    pub colour: bool,
    /// Columns. Lines are wrapped to it, down to 30.
    pub width: usize,
    /// Whether to show the names of private persons.
    pub reveal_private: bool,
}

#[derive(Clone, Copy)]
enum Style {
    Title,
    Head,
    Id,
    Sure,
    Unsure,
    Faint,
}

impl Screen {
    /// Renders one reading. Ends with a line break.
    #[must_use]
    pub fn render(&self, reading: &Reading) -> String {
        let lookup = Lookup::new(reading, self.reveal_private);
        let mut out = String::new();
        self.document(&lookup, &mut out);
        self.incidents(&lookup, &mut out);
        self.events(&lookup, &mut out);
        self.control(&lookup, &mut out);
        self.relations(&lookup, &mut out);
        self.statements(&lookup, &mut out);
        self.actors(&lookup, &mut out);
        self.places(&lookup, &mut out);
        self.rest(&lookup, &mut out);
        out
    }

    fn document(&self, lookup: &Lookup<'_>, out: &mut String) {
        let head = &lookup.reading.document;
        let title = head.title.as_deref().or(head.origin.as_deref()).unwrap_or("untitled");
        self.line(out, "", &self.paint(Style::Title, &lookup.privacy.words(title)));
        self.line(out, "", &self.paint(Style::Faint, &facts(head).join(" · ")));
    }

    fn incidents(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Incidents", lookup.reading.incidents.len());
        for incident in &lookup.reading.incidents {
            let kind = incident.r#type.map_or("incident", |kind| kind.as_str());
            self.record(
                out,
                &incident.id,
                &format!(
                    "{kind}{}  {}",
                    lookup.foiled(incident),
                    self.paint(Style::Faint, &incident.events.join(" "))
                ),
            );
            let who: Vec<String> = incident
                .perpetrators
                .iter()
                .map(|one| {
                    let name = one
                        .actor
                        .as_deref()
                        .map_or_else(|| lookup.quotes(&one.spans), |id| lookup.name(id).to_owned());
                    format!("{name} ({})", one.claim)
                })
                .collect();
            self.field(out, "who", &who.join("; "));
            let whom: Vec<String> = incident
                .victims
                .iter()
                .map(|one| {
                    let name = one
                        .actor
                        .as_deref()
                        .map_or_else(|| lookup.quotes(&one.spans), |id| lookup.name(id).to_owned());
                    match &one.count {
                        Some(count) => format!("{name} × {}", range(count.low, count.best, count.high)),
                        None => name,
                    }
                })
                .collect();
            self.field(out, "whom", &whom.join("; "));
            self.where_when(lookup, out, incident.place.as_deref(), incident.time.as_deref());
            self.field(out, "toll", &toll(&incident.toll));
        }
    }

    fn events(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Events", lookup.reading.events.len());
        for event in &lookup.reading.events {
            let mut head = event.category.to_string();
            if let Some(mode) = event.mode {
                let _ = write!(head, " {mode}");
            }
            if let Some(kind) = event.incident_type {
                let _ = write!(head, " · {kind}");
            }
            let style = if event.realis == Realis::Actual { Style::Sure } else { Style::Unsure };
            let mut realis = event.realis.to_string();
            if event.background {
                realis.push_str(", background");
            }
            self.record(out, &event.id, &format!("{head} · {}", self.paint(style, &realis)));
            self.field(out, "who", &lookup.names(&event.actors));
            self.field(out, "whom", &lookup.names(&event.recipients));
            self.where_when(lookup, out, event.place.as_deref(), event.time.as_deref());
            self.field(out, "toll", &toll(&event.toll));
            let weapons: Vec<&str> = event.weapons.iter().map(|weapon| weapon.r#type.as_str()).collect();
            self.field(out, "with", &weapons.join(", "));
            if let Some(statement) = &event.asserted_by {
                self.field(out, "said in", statement);
            }
            self.quote(lookup, out, &event.evidence);
        }
    }

    fn where_when(&self, lookup: &Lookup<'_>, out: &mut String, place: Option<&str>, time: Option<&str>) {
        let parts: Vec<&str> = [place, time].into_iter().flatten().map(|id| lookup.name(id)).collect();
        self.field(out, "at", &parts.join(" · "));
    }

    fn control(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Control", lookup.reading.control.len());
        for control in &lookup.reading.control {
            let other = control
                .counterpart
                .as_deref()
                .map_or_else(String::new, |id| format!(" (other side: {})", lookup.name(id)));
            let when =
                control.time.as_deref().map_or_else(String::new, |id| format!(" · {}", lookup.name(id)));
            let line = format!(
                "{}: {} by {}{other}{when} · {}",
                lookup.name(&control.place),
                control.status,
                lookup.name(&control.holder),
                control.realis
            );
            self.record(out, &control.id, &line);
            self.quote(lookup, out, &control.evidence);
        }
    }

    fn relations(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Relations", lookup.reading.relations.len());
        for relation in &lookup.reading.relations {
            let kind = relation.kind.as_str().replace('_', " ");
            let realis = if relation.realis == Realis::Actual {
                String::new()
            } else {
                format!(" · {}", relation.realis)
            };
            let line =
                format!("{} — {kind} → {}{realis}", lookup.name(&relation.from), lookup.name(&relation.to));
            self.record(out, &relation.id, &line);
            self.quote(lookup, out, &relation.evidence);
        }
    }

    fn statements(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Statements", lookup.reading.statements.len());
        for statement in &lookup.reading.statements {
            let speaker = &statement.speaker;
            let who = match (&speaker.actor, speaker.author, speaker.span) {
                (_, true, _) => "the author".to_owned(),
                (Some(actor), _, _) => lookup.name(actor).to_owned(),
                (None, _, Some(span)) => lookup.quote(span),
                (None, _, None) => "unnamed".to_owned(),
            };
            self.record(out, &statement.id, &format!("{} · {who}", statement.kind));
            if let Some(threat) = &statement.threat {
                let mut parts: Vec<String> =
                    threat.words.iter().map(|words| format!("“{}”", plain(words))).collect();
                parts.extend(threat.targets.iter().map(|target| format!("to {}", target.r#type)));
                parts.extend(threat.area.iter().map(|id| format!("area {}", lookup.name(id))));
                self.field(out, "threat", &parts.join(" · "));
            }
            if let Some(words) = &statement.certainty {
                self.field(out, "how sure", &certainty(words));
            }
            self.field(out, "about", &lookup.names(&statement.about));
            self.quote(lookup, out, &[statement.content]);
        }
    }

    fn actors(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Actors", lookup.reading.actors.len());
        for actor in &lookup.reading.actors {
            let mut facts = vec![actor.kind.to_string()];
            facts.extend(actor.country.clone());
            facts.extend(actor.sector.map(|sector| sector.to_string()));
            facts.extend(actor.registry.as_ref().map(|key| format!("registry {key}")));
            facts.extend(actor.private.then(|| "private person".to_owned()));
            let line =
                format!("{}  {}", lookup.name(&actor.id), self.paint(Style::Faint, &facts.join(" · ")));
            self.record(out, &actor.id, &line);
            self.field(out, "role", &plain(&lookup.privacy.words(actor.role.as_deref().unwrap_or_default())));
            self.field(out, "also", &plain(&lookup.privacy.words(&actor.aliases.join("; "))));
        }
    }

    fn places(&self, lookup: &Lookup<'_>, out: &mut String) {
        self.section(out, "Places", lookup.reading.places.len());
        for place in &lookup.reading.places {
            let mut facts = Vec::new();
            facts.extend(place.admin1.clone());
            if let (Some(lat), Some(lon)) = (place.lat, place.lon) {
                facts.push(format!("{lat:.2}, {lon:.2}"));
            }
            facts.extend(place.geonames.map(|id| format!("GeoNames {id}")));
            facts.push(format!("{:.2}", place.score));
            let line =
                format!("{}  {}", lookup.name(&place.id), self.paint(Style::Faint, &facts.join(" · ")));
            self.record(out, &place.id, &line);
        }
    }

    fn rest(&self, lookup: &Lookup<'_>, out: &mut String) {
        let masked = &lookup.reading.document.masked;
        self.section(out, "Masked, not read", masked.len());
        for mask in masked {
            self.line(
                out,
                "  ",
                &format!("{}: {}", mask.kind, self.paint(Style::Faint, &lookup.quote(mask.span))),
            );
        }
        self.section(out, "Remarks", lookup.reading.diagnostics.len());
        for remark in &lookup.reading.diagnostics {
            self.line(out, "  ", &plain(&format!("{}: {}", remark.code, remark.message)));
        }
    }

    fn section(&self, out: &mut String, name: &str, count: usize) {
        if count > 0 {
            out.push('\n');
            self.line(out, "", &self.paint(Style::Head, &format!("{name} ({count})")));
        }
    }

    fn record(&self, out: &mut String, id: &str, line: &str) {
        self.line(
            out,
            "  ",
            &format!("{}{} {line}", self.paint(Style::Id, id), " ".repeat(4usize.saturating_sub(id.len()))),
        );
    }

    fn field(&self, out: &mut String, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(
                out,
                "       ",
                &format!(
                    "{}{} {value}",
                    self.paint(Style::Faint, name),
                    " ".repeat(8usize.saturating_sub(name.len()))
                ),
            );
        }
    }

    fn quote(&self, lookup: &Lookup<'_>, out: &mut String, spans: &[watchkeeper_record::Span]) {
        self.line(out, "       ", &self.paint(Style::Faint, &format!("“{}”", lookup.quotes(spans))));
    }

    /// Writes one line, wrapped to the width with a hanging indent.
    fn line(&self, out: &mut String, indent: &str, words: &str) {
        let hanging = format!("{indent}     ");
        let options = Options::new(self.width.max(30))
            .initial_indent(indent)
            .subsequent_indent(&hanging)
            .word_splitter(WordSplitter::NoHyphenation);
        for line in textwrap::wrap(words.trim_end(), options) {
            out.push_str(&line);
            out.push('\n');
        }
    }

    fn paint(&self, style: Style, words: &str) -> String {
        let words = plain(words);
        if !self.colour || words.is_empty() {
            return words;
        }
        let code = match style {
            Style::Title => "1",
            Style::Head => "1;36",
            Style::Id => "33",
            Style::Sure => "32",
            Style::Unsure => "35",
            Style::Faint => "2",
        };
        format!("\u{1b}[{code}m{words}\u{1b}[0m")
    }
}
