//! The annotated page: one self-contained HTML file that loads nothing and runs no script.
//!
//! On top a map, below it left the text with coloured marks, masked debris greyed, right the lists. Every mark is a link to its record and
//! every record links back to its words, so the page can be used with the keyboard alone: only events are tab stops in the text, all else is
//! reached from the lists. Colours follow the reader's light or dark setting and are never the only sign: each kind of mark also has its own line.

mod lists;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use watchkeeper_record::codebook::Realis;
use watchkeeper_record::{Reading, Span};

use crate::map::{Map, Outlines};
use crate::words::{Lookup, facts, plain};

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
        let titles: Vec<String> = readings
            .iter()
            .map(|reading| Lookup::new(reading, self.reveal_private).privacy.words(heading(reading)))
            .collect();
        let title = match titles.as_slice() {
            [one] => one.clone(),
            many => format!("{} readings", many.len()),
        };
        let _ = write!(
            out,
            "{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the reading</a>\n",
            escape(&plain(&title))
        );
        let several = readings.len() != 1;
        if several {
            let _ = writeln!(
                out,
                "<header><h1>{title}</h1></header>\n<nav id=\"top\" aria-label=\"Readings\"><ol>"
            );
            for (number, title) in titles.iter().enumerate() {
                let _ = writeln!(out, "<li><a href=\"#d{number}\">{}</a></li>", escape(title));
            }
            out.push_str("</ol></nav>\n");
        }
        out.push_str("<main id=\"main\">\n");
        let outlines = Outlines::built_in();
        for (number, reading) in readings.iter().enumerate() {
            let lookup = Lookup::new(reading, self.reveal_private);
            Document { lookup, number, several }.render(&outlines, &mut out);
        }
        out.push_str("</main>\n</body>\n</html>\n");
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
    /// Whether the page has other documents beside it.
    several: bool,
}

impl Document<'_> {
    fn render(&self, outlines: &Outlines, out: &mut String) {
        let reading = self.lookup.reading;
        let (number, level) = (self.number, if self.several { 2 } else { 1 });
        let mut text = String::new();
        let linked = self.text(&mut text);
        let mut map = String::new();
        let mapped = Map { lookup: &self.lookup, outlines, number, level: level + 1 }.render(&mut map);
        let mut lists = String::new();
        let parts = self.lists(&mut lists, level + 1, &linked, &mapped);
        let _ = writeln!(
            out,
            "<article id=\"d{number}\" aria-labelledby=\"d{number}-title\">\n<header><h{level} id=\"d{number}-title\">{}</h{level}>",
            escape(&self.lookup.privacy.words(heading(reading)))
        );
        let mut told = facts(&reading.document);
        told.push(format!("watchkeeper {}", reading.produced_by.version));
        let _ = writeln!(out, "<p>{}</p>", escape(&plain(&told.join(" · "))));
        out.push_str(
            "<p class=\"key\"><span class=\"trigger\">event</span> <span class=\"trigger unreal\">event that did not happen</span> \
             <span class=\"actor\">actor</span> <span class=\"place\">place</span> <span class=\"time\">time</span> \
             <span class=\"content\">statement</span> <span class=\"masked\">masked, not read</span></p>\n",
        );
        let _ = write!(
            out,
            "<nav aria-label=\"Parts of this reading\"><a href=\"#d{number}-map\">Where</a> <a href=\"#d{number}-text\">Text</a>"
        );
        for (name, count) in &parts {
            let _ = write!(out, " <a href=\"#{}\">{name}\u{a0}({count})</a>", self.section(name));
        }
        if self.several {
            out.push_str(" <a href=\"#top\">All readings</a>");
        }
        out.push_str("</nav>\n</header>\n");
        out.push_str(&map);
        let below = level + 1;
        let _ = write!(
            out,
            "<div class=\"columns\">\n<section id=\"d{number}-text\" aria-labelledby=\"d{number}-text-head\">\
             <h{below} id=\"d{number}-text-head\">Text</h{below}>\n<div class=\"text\">{text}</div></section>\n\
             <section class=\"lists\" aria-label=\"Records\">\n{lists}</section>\n</div>\n</article>\n"
        );
    }

    /// An id that is unique on the page.
    fn anchor(&self, id: &str) -> String {
        format!("d{}-{id}", self.number)
    }

    /// The id of a list.
    fn section(&self, name: &str) -> String {
        self.anchor(&name.to_lowercase())
    }

    /// Where in the text records that have no mark of their own begin: offsets with ids, in order.
    fn begins(&self) -> Vec<(usize, &str)> {
        let reading = self.lookup.reading;
        let first = |spans: &[Span]| spans.iter().map(|span| span.start()).min();
        let incidents = reading.incidents.iter().map(|one| (first(&one.evidence), one.id.as_str()));
        let control = reading.control.iter().map(|one| (first(&one.evidence), one.id.as_str()));
        let relations = reading.relations.iter().map(|one| (first(&one.evidence), one.id.as_str()));
        let all = incidents.chain(control).chain(relations);
        let mut begins: Vec<(usize, &str)> = all.filter_map(|(at, id)| Some((at?, id))).collect();
        begins.sort_unstable();
        begins
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
        let anchors = self.begins();
        cuts.extend(anchors.iter().map(|(offset, _)| *offset));
        let mut anchors = anchors.into_iter().peekable();
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
            while let Some((_, id)) = anchors.next_if(|(offset, _)| *offset <= from) {
                linked.insert(id.to_owned());
                let _ = write!(out, "<span id=\"{}\"></span>", self.anchor(&format!("{id}-text")));
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
            let mut stop = false;
            for (kind, index) in &active {
                let id = marks[*index].id.as_str();
                if !id.is_empty() && linked.insert(id.to_owned()) {
                    stop |= *kind == Kind::Trigger;
                    let _ = write!(out, "<span id=\"{}\"></span>", self.anchor(&format!("{id}-text")));
                }
            }
            let id = &marks[*first].id;
            if id.is_empty() {
                let _ = write!(out, "<span class=\"{classes}\" title=\"{tip}\">{words}</span>");
            } else {
                let stop = if stop { "" } else { " tabindex=\"-1\"" };
                let _ = write!(
                    out,
                    "<a class=\"{classes}\" href=\"#{}\" title=\"{tip}\"{stop}>{words}</a>",
                    self.anchor(id)
                );
            }
        }
        linked
    }
}

/// Escapes text for HTML content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
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
