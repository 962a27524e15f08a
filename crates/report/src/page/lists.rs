//! The lists beside the text: one entry a record, each with links to its words and to the records it speaks of.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Document, escape};
use crate::words::{certainty, plain, range, toll};

/// One entry of a list.
#[derive(Default)]
struct Entry<'a> {
    /// Empty for a remark.
    id: &'a str,
    head: String,
    /// Label and HTML; empty ones are left out.
    fields: Vec<(&'static str, String)>,
    quote: String,
    why: String,
}

/// Words as HTML on one line.
fn html(words: &str) -> String {
    escape(&plain(words))
}

impl Document<'_> {
    /// Appends all lists with headings of a level; `linked` are the ids that the text has a mark for, `mapped` those that the map's list
    /// has. Returns names and lengths of the lists.
    pub(super) fn lists(
        &self,
        out: &mut String,
        level: u8,
        linked: &BTreeSet<String>,
        mapped: &BTreeSet<String>,
    ) -> Vec<(&'static str, usize)> {
        let mut parts = Vec::new();
        let reading = self.lookup.reading;
        let all = [
            ("Incidents", self.incidents()),
            ("Events", self.events()),
            ("Control", self.control()),
            ("Relations", self.relations()),
            ("Statements", self.statements()),
            ("Actors", self.actors()),
            ("Places", self.places(mapped)),
            ("Times", self.times()),
            (
                "Remarks",
                reading
                    .diagnostics
                    .iter()
                    .map(|one| Entry {
                        head: one.message.clone(),
                        fields: vec![("code", html(&one.code))],
                        ..Entry::default()
                    })
                    .collect(),
            ),
        ];
        for (name, entries) in all.into_iter().filter(|(_, entries)| !entries.is_empty()) {
            parts.push((name, entries.len()));
            let _ = writeln!(
                out,
                "<h{level} id=\"{}\">{name} ({})</h{level}>\n<ul>",
                self.section(name),
                entries.len()
            );
            for entry in entries {
                self.entry(out, &entry, linked);
            }
            out.push_str("</ul>\n");
        }
        parts
    }

    fn entry(&self, out: &mut String, entry: &Entry<'_>, linked: &BTreeSet<String>) {
        let (id, head) = (entry.id, html(&entry.head));
        if id.is_empty() {
            let _ = write!(out, "<li>{head}");
        } else {
            let own = self.anchor(id);
            // A record without words of its own in the text has nowhere to lead to.
            let label = if linked.contains(id) {
                format!("<a class=\"id\" href=\"#{own}-text\" title=\"to the words of {id}\">{id}</a>")
            } else {
                format!("<span class=\"id\">{id}</span>")
            };
            let _ = write!(out, "<li id=\"{own}\">{label} <strong>{head}</strong>");
        }
        if entry.fields.iter().any(|(_, value)| !value.is_empty()) {
            out.push_str("<dl>");
            for (label, value) in entry.fields.iter().filter(|(_, value)| !value.is_empty()) {
                let _ = write!(out, "<dt>{label}</dt><dd>{value}</dd>");
            }
            out.push_str("</dl>");
        }
        if !entry.quote.is_empty() {
            let _ = write!(out, "<q>{}</q>", escape(&entry.quote));
        }
        if !entry.why.is_empty() {
            let why = html(&self.lookup.privacy.words(&entry.why));
            let _ = write!(out, "<details><summary>why</summary>{why}</details>");
        }
        out.push_str("</li>\n");
    }

    /// A link to a record under its name (actors, places, times) or its id (all else). Named ones are no tab stops: each of them has its own
    /// entry, and a list of events would have ten stops an entry.
    fn to(&self, id: &str) -> String {
        let name = self.lookup.name(id);
        let stop = if name == id { "" } else { " tabindex=\"-1\"" };
        format!("<a href=\"#{}\"{stop}>{}</a>", escape(&self.anchor(id)), html(name))
    }

    fn to_all<'b>(&self, ids: impl IntoIterator<Item = &'b String>, between: &str) -> String {
        ids.into_iter().map(|id| self.to(id)).collect::<Vec<_>>().join(between)
    }

    fn at(&self, place: Option<&str>, time: Option<&str>) -> String {
        [place, time].into_iter().flatten().map(|id| self.to(id)).collect::<Vec<_>>().join(" · ")
    }

    /// An actor, or the words where none is known.
    fn who(&self, actor: Option<&str>, spans: &[watchkeeper_record::Span]) -> String {
        actor.map_or_else(|| html(&self.lookup.quotes(spans)), |id| self.to(id))
    }

    fn incidents(&self) -> Vec<Entry<'_>> {
        let entry = |one: &'_ watchkeeper_record::reading::Incident| {
            let who: Vec<String> = one
                .perpetrators
                .iter()
                .map(|who| format!("{} ({})", self.who(who.actor.as_deref(), &who.spans), who.claim))
                .collect();
            let whom: Vec<String> = one
                .victims
                .iter()
                .map(|whom| {
                    let name = self.who(whom.actor.as_deref(), &whom.spans);
                    match &whom.count {
                        Some(count) => format!("{name} × {}", range(count.low, count.best, count.high)),
                        None => name,
                    }
                })
                .collect();
            vec![
                ("who", who.join("; ")),
                ("whom", whom.join("; ")),
                ("at", self.at(one.place.as_deref(), one.time.as_deref())),
                ("toll", html(&toll(&one.toll))),
                ("events", self.to_all(&one.events, " ")),
            ]
        };
        let all = self.lookup.reading.incidents.iter().map(|one| Entry {
            id: &one.id,
            head: one.r#type.map_or_else(|| "incident".to_owned(), |kind| kind.to_string())
                + self.lookup.foiled(one),
            fields: entry(one),
            quote: String::new(),
            why: one.why.join("; "),
        });
        all.collect()
    }

    fn events(&self) -> Vec<Entry<'_>> {
        let all = self.lookup.reading.events.iter().map(|one| {
            let mut head = format!("{} {}", one.category, one.mode.map_or("", |mode| mode.as_str()));
            let _ = write!(head, " · {}{}", one.realis, if one.background { ", background" } else { "" });
            let weapons: Vec<&str> = one.weapons.iter().map(|weapon| weapon.r#type.as_str()).collect();
            Entry {
                id: &one.id,
                head,
                fields: vec![
                    ("type", one.incident_type.map_or_else(String::new, |kind| kind.to_string())),
                    ("who", self.to_all(&one.actors, "; ")),
                    ("whom", self.to_all(&one.recipients, "; ")),
                    ("at", self.at(one.place.as_deref(), one.time.as_deref())),
                    ("toll", html(&toll(&one.toll))),
                    ("with", html(&weapons.join(", "))),
                    ("said in", self.to_all(&one.asserted_by, "")),
                ],
                quote: self.lookup.quotes(&one.evidence),
                why: one.why.join("; "),
            }
        });
        all.collect()
    }

    fn control(&self) -> Vec<Entry<'_>> {
        let lookup = &self.lookup;
        let all = lookup.reading.control.iter().map(|one| Entry {
            id: &one.id,
            head: format!("{}: {} by {}", lookup.name(&one.place), one.status, lookup.name(&one.holder)),
            fields: vec![
                ("place", self.to(&one.place)),
                ("holder", self.to(&one.holder)),
                ("other side", self.to_all(&one.counterpart, "")),
                ("at", self.at(None, one.time.as_deref())),
                ("realis", one.realis.to_string()),
                ("said in", self.to_all(&one.asserted_by, "")),
            ],
            quote: lookup.quotes(&one.evidence),
            why: one.why.join("; "),
        });
        all.collect()
    }

    fn relations(&self) -> Vec<Entry<'_>> {
        let lookup = &self.lookup;
        let all = lookup.reading.relations.iter().map(|one| Entry {
            id: &one.id,
            head: format!(
                "{} — {} → {}",
                lookup.name(&one.from),
                one.kind.as_str().replace('_', " "),
                lookup.name(&one.to)
            ),
            fields: vec![
                ("from", self.to(&one.from)),
                ("to", self.to(&one.to)),
                ("realis", one.realis.to_string()),
                ("said in", self.to_all(&one.asserted_by, "")),
            ],
            quote: lookup.quotes(&one.evidence),
            why: one.why.join("; "),
        });
        all.collect()
    }

    fn statements(&self) -> Vec<Entry<'_>> {
        let lookup = &self.lookup;
        let all = lookup.reading.statements.iter().map(|one| {
            let speaker = &one.speaker;
            let who = match (&speaker.actor, speaker.author, speaker.span) {
                (_, true, _) => "the author".to_owned(),
                (Some(actor), _, _) => lookup.name(actor).to_owned(),
                (None, _, Some(span)) => lookup.quote(span),
                (None, _, None) => "unnamed".to_owned(),
            };
            let threat = one.threat.as_ref().map_or_else(String::new, |threat| {
                let mut parts: Vec<String> =
                    threat.words.iter().map(|words| html(&format!("“{words}”"))).collect();
                parts.extend(threat.targets.iter().map(|target| format!("to {}", target.r#type)));
                parts.extend(threat.area.iter().map(|id| format!("area {}", self.to(id))));
                parts.join(" · ")
            });
            Entry {
                id: &one.id,
                head: format!("{} · {who}", one.kind),
                fields: vec![
                    ("speaker", self.to_all(speaker.actor.as_ref().filter(|_| !speaker.author), "")),
                    ("threat", threat),
                    (
                        "how sure",
                        one.certainty.as_ref().map_or_else(String::new, |words| html(&certainty(words))),
                    ),
                    ("about", self.to_all(&one.about, "; ")),
                ],
                quote: lookup.quote(one.content),
                why: one.why.join("; "),
            }
        });
        all.collect()
    }

    fn actors(&self) -> Vec<Entry<'_>> {
        let lookup = &self.lookup;
        let all = lookup.reading.actors.iter().map(|one| {
            let mut kind = one.kind.to_string();
            for fact in
                [one.country.clone(), one.sector.map(|sector| sector.to_string())].into_iter().flatten()
            {
                let _ = write!(kind, " · {fact}");
            }
            Entry {
                id: &one.id,
                head: lookup.name(&one.id).to_owned(),
                fields: vec![
                    ("kind", html(&kind)),
                    ("registry", html(one.registry.as_deref().unwrap_or_default())),
                    ("role", html(&lookup.privacy.words(one.role.as_deref().unwrap_or_default()))),
                    ("also", html(&lookup.privacy.words(&one.aliases.join("; ")))),
                ],
                quote: String::new(),
                why: one.why.join("; "),
            }
        });
        all.collect()
    }

    fn places(&self, mapped: &BTreeSet<String>) -> Vec<Entry<'_>> {
        let lookup = &self.lookup;
        let all = lookup.reading.places.iter().map(|one| {
            let mut point = match (one.lat, one.lon) {
                (Some(lat), Some(lon)) => format!("{lat:.2}, {lon:.2}, {}", one.precision),
                _ => one.precision.to_string(),
            };
            if let Some(km) = one.radius_km {
                let _ = write!(point, ", within {km:.0} km");
            }
            let map = if mapped.contains(&one.id) {
                format!("<a href=\"#{}-map\">on the map’s list</a>", self.anchor(&one.id))
            } else {
                String::new()
            };
            Entry {
                id: &one.id,
                head: lookup.name(&one.id).to_owned(),
                fields: vec![
                    ("in", html(one.admin1.as_deref().unwrap_or_default())),
                    ("point", html(&point)),
                    ("score", format!("{:.2}", one.score)),
                    ("here", self.happened(&one.id)),
                    ("map", map),
                ],
                quote: String::new(),
                why: one.why.join("; "),
            }
        });
        all.collect()
    }

    /// Links to what lies at a place.
    fn happened(&self, place: &str) -> String {
        let reading = self.lookup.reading;
        let here = |id: &Option<String>| id.as_deref() == Some(place);
        let incidents = reading.incidents.iter().filter(|one| here(&one.place)).map(|one| &one.id);
        let events = reading.events.iter().filter(|one| here(&one.place)).map(|one| &one.id);
        let control = reading.control.iter().filter(|one| one.place == place).map(|one| &one.id);
        self.to_all(incidents.chain(events).chain(control), " ")
    }

    fn times(&self) -> Vec<Entry<'_>> {
        let all = self.lookup.reading.times.iter().map(|one| Entry {
            id: &one.id,
            head: self.lookup.name(&one.id).to_owned(),
            fields: vec![
                ("grain", one.granularity.to_string()),
                ("timex3", html(one.timex3.as_deref().unwrap_or_default())),
            ],
            ..Entry::default()
        });
        all.collect()
    }
}
