//! The network as one self-contained page: the drawing, whose actors and edges lead to the evidence below it. No script, nothing loaded.

use std::fmt::Write as _;

use super::layout::layout;
use super::{Edge, Family, Network};
use crate::page::escape;

const STYLE: &str = concat!(include_str!("../timeline/page.css"), include_str!("page.css"));

/// The page; `notes` stand below its title.
#[must_use]
pub fn page(network: &Network, title: &str, notes: &[String]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{0}</h1>\n",
        escape(title)
    );
    let _ = write!(out, "<p>{} actors, {} edges.", network.nodes.len(), network.edges.len());
    if network.left_out > 0 {
        let _ = write!(out, " {} actors with less evidence are left out.", network.left_out);
    }
    for note in notes {
        let _ = write!(out, " {}.", escape(note.trim_end_matches('.')));
    }
    out.push_str("</p></header>\n<main>\n");
    if network.edges.is_empty() {
        out.push_str("<p>Nothing of the record keeps the filters.</p>\n</main>\n</body>\n</html>\n");
        return out;
    }
    drawing(&mut out, network);
    evidence(&mut out, network);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// `A — part of → B: 3 reports, 2021-01-02 to 2021-03-02`.
fn words(network: &Network, edge: &Edge) -> String {
    let arrow = if edge.is_directed() { "→" } else { "—" };
    let name = |at: usize| network.nodes.get(at).map_or("?", |node| node.name.as_str());
    format!(
        "{} — {} {arrow} {}: {}, {}",
        name(edge.from),
        edge.words(),
        name(edge.to),
        edge.count(),
        edge.days()
    )
}

fn drawing(out: &mut String, network: &Network) {
    let drawing = layout(network);
    let (w, h) = (drawing.width, drawing.height);
    let _ = write!(
        out,
        "<figure>\n<div class=\"wide\"><svg viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" role=\"group\" \
         aria-label=\"Actors and their relations; each leads to its evidence below\">\n<defs>\n"
    );
    for family in FAMILIES {
        let name = family.as_str();
        let _ = writeln!(
            out,
            "<marker id=\"m-{name}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto-start-reverse\">\
             <path class=\"tip {name}\" d=\"M0 0L10 5L0 10z\"/></marker>"
        );
    }
    out.push_str("</defs>\n");
    for (at, ((curve, label, lines), edge)) in drawing.edges.iter().zip(&network.edges).enumerate() {
        let told = escape(&words(network, edge));
        let family = edge.family.as_str();
        let path = format!(
            "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
            curve.start.0, curve.start.1, curve.bend.0, curve.bend.1, curve.end.0, curve.end.1
        );
        let tip =
            if edge.is_directed() { format!(" marker-end=\"url(#m-{family})\"") } else { String::new() };
        let doubted = if edge.realis == "actual" { "" } else { " doubted" };
        let _ = write!(
            out,
            "<a href=\"#r{at}\" aria-label=\"{told}\"><title>{told}</title><path class=\"hit\" d=\"{path}\"/><path class=\"edge {family}{doubted}\" d=\"{path}\"{tip}/>"
        );
        if let Some(frame) = label {
            let _ = write!(
                out,
                "<rect class=\"under\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\"/>",
                frame.x - frame.w / 2.0,
                frame.y - frame.h / 2.0,
                frame.w,
                frame.h
            );
            for (line, text) in lines.iter().enumerate() {
                let _ = write!(
                    out,
                    "<text class=\"label {family}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" aria-hidden=\"true\">{}</text>",
                    frame.x,
                    frame.y - 3.0 + 13.0 * line as f64,
                    escape(text)
                );
            }
        }
        out.push_str("</a>\n");
    }
    for (at, ((frame, lines), node)) in drawing.nodes.iter().zip(&network.nodes).enumerate() {
        let name = escape(&node.name);
        let _ = write!(
            out,
            "<a href=\"#a{at}\" aria-label=\"{name}\"><title>{name}</title><rect class=\"node\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"7\"/>",
            frame.x - frame.w / 2.0,
            frame.y - frame.h / 2.0,
            frame.w,
            frame.h
        );
        for (line, text) in lines.iter().enumerate() {
            let y = frame.y + 5.0 + 17.0 * (line as f64 - (lines.len() as f64 - 1.0) / 2.0);
            let _ = write!(
                out,
                "<text class=\"name\" x=\"{:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" aria-hidden=\"true\">{}</text>",
                frame.x,
                escape(text)
            );
        }
        out.push_str("</a>\n");
    }
    out.push_str("</svg></div>\n<figcaption>");
    for family in FAMILIES.iter().filter(|family| network.edges.iter().any(|edge| edge.family == **family)) {
        let what = match family {
            Family::Alliance => "solid green: alliance, backing, pledge",
            Family::Belonging => "solid blue: wing, part, member, leader, split, merger",
            Family::Conflict => "dashed red: opposition, attacks",
            Family::Naming => "dotted: other and former names",
        };
        let _ = write!(out, "<span class=\"key {}\">{what}</span>; ", family.as_str());
    }
    out.push_str("faint: denied, planned or otherwise not said to hold. ×3: so many reports; the months below are those from which they are known.");
    let bare = drawing.edges.iter().filter(|(_, label, _)| label.is_none()).count();
    if bare > 0 {
        let _ = write!(out, " {bare} edges have no room for their label: see below.");
    }
    out.push_str("</figcaption>\n</figure>\n");
}

const FAMILIES: [Family; 4] = [Family::Alliance, Family::Belonging, Family::Conflict, Family::Naming];

fn evidence(out: &mut String, network: &Network) {
    out.push_str("<h2>Actors</h2>\n<ul class=\"actors\">\n");
    for (at, node) in network.nodes.iter().enumerate() {
        let _ = write!(out, "<li id=\"a{at}\"><b>{}</b>", escape(&node.name));
        for (number, edge) in network.edges.iter().enumerate() {
            if edge.from == at || edge.to == at {
                let _ = write!(out, "<br><a href=\"#r{number}\">{}</a>", escape(&words(network, edge)));
            }
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n<h2>Evidence</h2>\n");
    for (number, edge) in network.edges.iter().enumerate() {
        let _ = writeln!(out, "<section id=\"r{number}\"><h3>{}</h3>\n<ul>", escape(&words(network, edge)));
        for one in &edge.evidence {
            let quote =
                if one.quote.is_empty() { String::new() } else { format!(" <q>{}</q>", escape(&one.quote)) };
            let _ = writeln!(
                out,
                "<li>{}{quote} {} <span class=\"id\">{}</span></li>",
                one.known,
                escape(&one.outlet),
                escape(&one.id)
            );
        }
        out.push_str("</ul></section>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::tests_network;
    use super::*;

    #[test]
    fn the_page_loads_nothing_and_every_edge_leads_to_its_evidence() {
        let network = tests_network(12);
        let page = page(&network, "Actors", &[]);
        assert!(!page.contains("<script") && !page.contains("http"));
        for at in 0..network.edges.len() {
            assert!(
                page.contains(&format!("href=\"#r{at}\"")) && page.contains(&format!("id=\"r{at}\"")),
                "{at}"
            );
        }
        assert!(page.contains("&lt;and&gt;"));
        let xml = page
            .replace("<!doctype html>", "")
            .replace("<meta charset=\"utf-8\">", "")
            .replace("<br>", "<br/>");
        let xml = xml.replace("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "");
        roxmltree::Document::parse(&xml).expect("well-formed");
    }
}
