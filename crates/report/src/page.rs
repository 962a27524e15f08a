//! The annotated page: one self-contained HTML file that loads nothing and runs no script.
//!
//! Left the text with coloured marks, masked debris greyed; right the lists. Every mark is a link to its record and every record
//! links back to its words, so the page can be used with the keyboard alone. Colours follow the reader's light or dark setting
//! and are never the only sign: each kind of mark also has its own line.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::{Reading, Span};

use crate::words::{Lookup, certainty, plain, range, toll};

/// Renders readings as one page.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Whether to show the names of private persons.
    pub reveal_private: bool,
}

const STYLE: &str = include_str!("page.css");

impl Page {
    /// Renders readings in their order. The page loads nothing from elsewhere.
    #[must_use]
    pub fn render(&self, readings: &[Reading]) -> String {
        let mut out = String::from(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        );
        let title = match readings {
            [one] => one
                .document
                .title
                .clone()
                .or_else(|| one.document.origin.clone())
                .unwrap_or_else(|| "A reading".to_owned()),
            many => format!("{} readings", many.len()),
        };
        let hidden = match readings {
            [one] => Lookup::new(one, self.reveal_private).privacy.words(&title),
            _ => title,
        };
        let _ = write!(out, "{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n", escape(&hidden));
        if readings.len() > 1 {
            out.push_str("<nav><h1>Readings</h1><ol>\n");
            for (number, reading) in readings.iter().enumerate() {
                let lookup = Lookup::new(reading, self.reveal_private);
                let name = lookup.privacy.words(heading(reading));
                let _ = writeln!(out, "<li><a href=\"#d{number}\">{}</a></li>", escape(&name));
            }
            out.push_str("</ol></nav>\n");
        }
        for (number, reading) in readings.iter().enumerate() {
            Document { lookup: Lookup::new(reading, self.reveal_private), number }.render(&mut out);
        }
        out.push_str("</body>\n</html>\n");
        out
    }
}

fn heading(reading: &Reading) -> &str {
    reading.document.title.as_deref().or(reading.document.origin.as_deref()).unwrap_or("untitled")
}

/// A mark on the text. The order of kinds is the order in which one of several gives its link to a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Trigger,
    Place,
    Time,
    Actor,
    Content,
    Masked,
}

struct Mark {
    span: Span,
    kind: Kind,
    /// Id of the record, empty for a mask.
    id: String,
    tip: String,
    class: &'static str,
}

struct Document<'a> {
    lookup: Lookup<'a>,
    number: usize,
}

impl Document<'_> {
    fn render(&self, out: &mut String) {
        let reading = self.lookup.reading;
        let head = &reading.document;
        let _ = writeln!(
            out,
            "<article id=\"d{}\">\n<header><h1>{}</h1>",
            self.number,
            escape(&self.lookup.privacy.words(heading(reading)))
        );
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
        facts.push(format!("watchkeeper {}", reading.produced_by.version));
        let _ = writeln!(out, "<p>{}</p>", escape(&facts.join(" · ")));
        out.push_str(
            "<p class=\"key\"><span class=\"trigger\">event</span> <span class=\"trigger unreal\">event that did not happen</span> \
             <span class=\"actor\">actor</span> <span class=\"place\">place</span> <span class=\"time\">time</span> \
             <span class=\"content\">statement</span> <span class=\"masked\">masked, not read</span></p></header>\n",
        );
        out.push_str("<div class=\"columns\">\n<section class=\"text\" aria-label=\"Text\">");
        let linked = self.text(out);
        out.push_str("</section>\n<section class=\"lists\" aria-label=\"Reading\">\n");
        self.lists(out, &linked);
        out.push_str("</section>\n</div>\n</article>\n");
    }

    /// An id that is unique on the page.
    fn anchor(&self, id: &str) -> String {
        format!("d{}-{id}", self.number)
    }

    fn marks(&self) -> Vec<Mark> {
        let lookup = &self.lookup;
        let reading = lookup.reading;
        let mut marks = Vec::new();
        for event in &reading.events {
            let who = lookup.names(&event.actors);
            let whom = lookup.names(&event.recipients);
            let tip = format!(
                "{} {}: {} → {} ({})",
                event.id,
                event.category,
                if who.is_empty() { "?" } else { &who },
                if whom.is_empty() { "?" } else { &whom },
                event.realis
            );
            let class = if event.realis == Realis::Actual { "trigger" } else { "trigger unreal" };
            marks.push(Mark { span: event.trigger, kind: Kind::Trigger, id: event.id.clone(), tip, class });
        }
        for place in &reading.places {
            for span in &place.mentions {
                let tip = format!("{} {}", place.id, lookup.name(&place.id));
                marks.push(Mark {
                    span: *span,
                    kind: Kind::Place,
                    id: place.id.clone(),
                    tip,
                    class: "place",
                });
            }
        }
        for time in &reading.times {
            for span in &time.mentions {
                let tip = format!("{} {}", time.id, lookup.name(&time.id));
                marks.push(Mark { span: *span, kind: Kind::Time, id: time.id.clone(), tip, class: "time" });
            }
        }
        for actor in &reading.actors {
            for span in &actor.mentions {
                let tip = format!("{} {} ({})", actor.id, lookup.name(&actor.id), actor.kind);
                marks.push(Mark {
                    span: *span,
                    kind: Kind::Actor,
                    id: actor.id.clone(),
                    tip,
                    class: "actor",
                });
            }
        }
        for statement in &reading.statements {
            let tip = format!("{} {}", statement.id, statement.kind);
            marks.push(Mark {
                span: statement.content,
                kind: Kind::Content,
                id: statement.id.clone(),
                tip,
                class: "content",
            });
        }
        for mask in &reading.document.masked {
            let tip = format!("masked: {} ({})", mask.kind, mask.why);
            marks.push(Mark { span: mask.span, kind: Kind::Masked, id: String::new(), tip, class: "masked" });
        }
        marks.retain(|mark| !mark.span.is_empty());
        marks
    }

    /// Writes the text, cut wherever a mark or a hidden name begins or ends.
    ///
    /// Returns the ids of the records that have a place in it to go back to.
    fn text(&self, out: &mut String) -> BTreeSet<String> {
        let text = &self.lookup.reading.document.text;
        let marks = self.marks();
        let mut begins: Vec<(usize, usize)> =
            marks.iter().enumerate().map(|(index, mark)| (mark.span.start(), index)).collect();
        let mut ends: Vec<(usize, usize)> =
            marks.iter().enumerate().map(|(index, mark)| (mark.span.end(), index)).collect();
        begins.sort_unstable();
        ends.sort_unstable();
        let mut cuts: BTreeSet<usize> = begins.iter().chain(&ends).map(|(offset, _)| *offset).collect();
        cuts.insert(0);
        cuts.insert(text.len());
        let hidden = self.lookup.privacy.ranges();
        for range in hidden {
            cuts.extend([range.start(), range.end()]);
        }
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let (mut begin, mut end, mut hide) = (0, 0, 0);
        let mut active: BTreeSet<(Kind, usize)> = BTreeSet::new();
        let mut linked: BTreeSet<String> = BTreeSet::new();
        for pair in cuts.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            while end < ends.len() && ends[end].0 <= from {
                active.remove(&(marks[ends[end].1].kind, ends[end].1));
                end += 1;
            }
            while begin < begins.len() && begins[begin].0 <= from {
                active.insert((marks[begins[begin].1].kind, begins[begin].1));
                begin += 1;
            }
            while hide < hidden.len() && hidden[hide].end() <= from {
                hide += 1;
            }
            let words = match hidden.get(hide) {
                Some(range) if range.start() == from => "[name hidden]".to_owned(),
                Some(range) if range.start() < from => String::new(),
                _ => escape(&text[from..to]),
            };
            let Some((_, first)) = active.first() else {
                out.push_str(&words);
                continue;
            };
            let classes: BTreeSet<&str> =
                active.iter().flat_map(|(_, index)| marks[*index].class.split(' ')).collect();
            let classes = classes.into_iter().collect::<Vec<_>>().join(" ");
            let tips: Vec<&str> = active.iter().map(|(_, index)| marks[*index].tip.as_str()).collect();
            let tip = escape(&plain(&tips.join(" | ")));
            for (_, index) in &active {
                let id = marks[*index].id.as_str();
                if !id.is_empty() && linked.insert(id.to_owned()) {
                    let _ = write!(out, "<span id=\"{}\"></span>", self.anchor(&format!("{id}-text")));
                }
            }
            let id = &marks[*first].id;
            if id.is_empty() {
                let _ = write!(out, "<span class=\"{classes}\" title=\"{tip}\">{words}</span>");
            } else {
                let _ = write!(
                    out,
                    "<a class=\"{classes}\" href=\"#{}\" title=\"{tip}\">{words}</a>",
                    self.anchor(id)
                );
            }
        }
        linked
    }

    fn lists(&self, out: &mut String, linked: &BTreeSet<String>) {
        let lookup = &self.lookup;
        let reading = lookup.reading;
        self.list(
            out,
            linked,
            "Incidents",
            reading.incidents.iter().map(|one| {
                let who: Vec<String> = one
                    .perpetrators
                    .iter()
                    .map(|who| {
                        format!(
                            "{} ({})",
                            who.actor
                                .as_deref()
                                .map_or_else(|| lookup.quotes(&who.spans), |id| lookup.name(id).to_owned()),
                            who.claim
                        )
                    })
                    .collect();
                let whom: Vec<String> = one
                    .victims
                    .iter()
                    .map(|whom| {
                        let name = whom
                            .actor
                            .as_deref()
                            .map_or_else(|| lookup.quotes(&whom.spans), |id| lookup.name(id).to_owned());
                        whom.count.as_ref().map_or(name.clone(), |count| {
                            format!("{name} × {}", range(count.low, count.best, count.high))
                        })
                    })
                    .collect();
                let fields = vec![
                    ("who", who.join("; ")),
                    ("whom", whom.join("; ")),
                    ("at", self.at(one.place.as_deref(), one.time.as_deref())),
                    ("toll", toll(&one.toll)),
                    ("events", one.events.join(" ")),
                ];
                (
                    one.id.as_str(),
                    one.r#type.map_or_else(|| "incident".to_owned(), |kind| kind.to_string()),
                    fields,
                    String::new(),
                    one.why.join("; "),
                )
            }),
        );
        self.list(
            out,
            linked,
            "Events",
            reading.events.iter().map(|one| {
                let mut head = format!("{} {}", one.category, one.mode.map_or("", |mode| mode.as_str()));
                let _ = write!(head, " · {}{}", one.realis, if one.background { ", background" } else { "" });
                let weapons: Vec<&str> = one.weapons.iter().map(|weapon| weapon.r#type.as_str()).collect();
                let fields = vec![
                    ("type", one.incident_type.map_or_else(String::new, |kind| kind.to_string())),
                    ("who", lookup.names(&one.actors)),
                    ("whom", lookup.names(&one.recipients)),
                    ("at", self.at(one.place.as_deref(), one.time.as_deref())),
                    ("toll", toll(&one.toll)),
                    ("with", weapons.join(", ")),
                    ("said in", one.asserted_by.clone().unwrap_or_default()),
                ];
                (one.id.as_str(), head, fields, lookup.quotes(&one.evidence), one.why.join("; "))
            }),
        );
        self.list(
            out,
            linked,
            "Control",
            reading.control.iter().map(|one| {
                let head =
                    format!("{}: {} by {}", lookup.name(&one.place), one.status, lookup.name(&one.holder));
                let fields = vec![
                    (
                        "other side",
                        one.counterpart.as_deref().map_or_else(String::new, |id| lookup.name(id).to_owned()),
                    ),
                    ("at", self.at(None, one.time.as_deref())),
                    ("realis", one.realis.to_string()),
                ];
                (one.id.as_str(), head, fields, lookup.quotes(&one.evidence), one.why.join("; "))
            }),
        );
        self.list(
            out,
            linked,
            "Relations",
            reading.relations.iter().map(|one| {
                let kind = one.kind.as_str().replace('_', " ");
                let head = format!("{} — {kind} → {}", lookup.name(&one.from), lookup.name(&one.to));
                let fields = vec![("realis", one.realis.to_string())];
                (one.id.as_str(), head, fields, lookup.quotes(&one.evidence), one.why.join("; "))
            }),
        );
        self.list(
            out,
            linked,
            "Statements",
            reading.statements.iter().map(|one| {
                let speaker = &one.speaker;
                let who = match (&speaker.actor, speaker.author, speaker.span) {
                    (_, true, _) => "the author".to_owned(),
                    (Some(actor), _, _) => lookup.name(actor).to_owned(),
                    (None, _, Some(span)) => lookup.quote(span),
                    (None, _, None) => "unnamed".to_owned(),
                };
                let threat = one.threat.as_ref().map_or_else(String::new, |threat| {
                    let mut parts: Vec<String> =
                        threat.words.iter().map(|words| format!("“{words}”")).collect();
                    parts.extend(threat.targets.iter().map(|target| format!("to {}", target.r#type)));
                    parts.extend(threat.area.iter().map(|id| format!("area {}", lookup.name(id))));
                    parts.join(" · ")
                });
                let fields = vec![
                    ("threat", threat),
                    ("how sure", one.certainty.as_ref().map_or_else(String::new, certainty)),
                    ("about", lookup.names(&one.about)),
                ];
                (
                    one.id.as_str(),
                    format!("{} · {who}", one.kind),
                    fields,
                    lookup.quote(one.content),
                    one.why.join("; "),
                )
            }),
        );
        self.list(
            out,
            linked,
            "Actors",
            reading.actors.iter().map(|one| {
                let mut kind = one.kind.to_string();
                for fact in
                    [one.country.clone(), one.sector.map(|sector| sector.to_string())].into_iter().flatten()
                {
                    let _ = write!(kind, " · {fact}");
                }
                let fields = vec![
                    ("kind", kind),
                    ("registry", one.registry.clone().unwrap_or_default()),
                    ("role", lookup.privacy.words(one.role.as_deref().unwrap_or_default())),
                    ("also", lookup.privacy.words(&one.aliases.join("; "))),
                ];
                (one.id.as_str(), lookup.name(&one.id).to_owned(), fields, String::new(), one.why.join("; "))
            }),
        );
        self.list(
            out,
            linked,
            "Places",
            reading.places.iter().map(|one| {
                let point = match (one.lat, one.lon) {
                    (Some(lat), Some(lon)) => format!("{lat:.2}, {lon:.2}, {}", one.precision),
                    _ => one.precision.to_string(),
                };
                let fields = vec![
                    ("in", one.admin1.clone().unwrap_or_default()),
                    ("point", point),
                    ("score", format!("{:.2}", one.score)),
                ];
                (one.id.as_str(), lookup.name(&one.id).to_owned(), fields, String::new(), one.why.join("; "))
            }),
        );
        self.list(
            out,
            linked,
            "Times",
            reading.times.iter().map(|one| {
                let fields = vec![
                    ("grain", one.granularity.to_string()),
                    ("timex3", one.timex3.clone().unwrap_or_default()),
                ];
                (one.id.as_str(), lookup.name(&one.id).to_owned(), fields, String::new(), String::new())
            }),
        );
        self.list(
            out,
            linked,
            "Remarks",
            reading.diagnostics.iter().map(|one| {
                ("", one.message.clone(), vec![("code", one.code.clone())], String::new(), String::new())
            }),
        );
    }

    fn at(&self, place: Option<&str>, time: Option<&str>) -> String {
        [place, time].into_iter().flatten().map(|id| self.lookup.name(id)).collect::<Vec<_>>().join(" · ")
    }

    fn list<'b>(
        &self,
        out: &mut String,
        linked: &BTreeSet<String>,
        name: &str,
        records: impl ExactSizeIterator<Item = Entry<'b>>,
    ) {
        if records.len() == 0 {
            return;
        }
        let _ = writeln!(out, "<h2>{name} ({})</h2>\n<ul>", records.len());
        for (id, head, fields, quote, why) in records {
            let head = escape(&plain(&head));
            if id.is_empty() {
                let _ = write!(out, "<li>{head}");
            } else {
                let own = self.anchor(id);
                // A record without a mark of its own in the text (an incident, a relation) links to itself.
                let target =
                    if linked.contains(id) { self.anchor(&format!("{id}-text")) } else { own.clone() };
                let _ = write!(
                    out,
                    "<li id=\"{own}\"><a class=\"id\" href=\"#{target}\">{id}</a> <strong>{head}</strong>"
                );
            }
            out.push_str("<dl>");
            for (label, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
                let _ = write!(out, "<dt>{label}</dt><dd>{}</dd>", escape(&plain(value)));
            }
            out.push_str("</dl>");
            if !quote.is_empty() {
                let _ = write!(out, "<q>{}</q>", escape(&quote));
            }
            if !why.is_empty() {
                let why = escape(&plain(&self.lookup.privacy.words(&why)));
                let _ = write!(out, "<details><summary>why</summary>{why}</details>");
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
}

/// One entry of a list: id, heading, fields, quote, trace.
type Entry<'a> = (&'a str, String, Vec<(&'static str, String)>, String, String);

/// Escapes text for HTML content and quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            control if control.is_control() && control != '\n' && control != '\t' => {}
            other => out.push(other),
        }
    }
    out
}
