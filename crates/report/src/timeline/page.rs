//! The timeline as one self-contained page: a drawing whose bars and signs lead to lists below it. No script, nothing loaded.

use std::fmt::Write as _;

use super::{Bin, Timeline, What, plural};
use crate::page::escape;

const STYLE: &str = include_str!("page.css");
/// Height of the bars' field.
const HEIGHT: f64 = 220.0;
/// Room for the scale at the left and names below.
const LEFT: f64 = 44.0;
const TOP: f64 = 14.0;

/// The page.
#[must_use]
pub fn page(timeline: &Timeline, title: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{0}</h1>\n",
        escape(title)
    );
    let total: usize = timeline.bins.iter().map(|bin| bin.incidents.len()).sum();
    let killed: u64 = timeline.bins.iter().map(|bin| u64::from(bin.killed)).sum();
    let marks: usize = timeline.bins.iter().map(|bin| bin.marks.len()).sum();
    let _ = write!(
        out,
        "<p>{} by {}, {killed} killed as told best; {}.",
        plural(total, "incident"),
        timeline.step.as_str(),
        plural(marks, "mark")
    );
    for note in &timeline.notes {
        let _ = write!(out, " {}.", escape(note.trim_end_matches('.')));
    }
    out.push_str("</p></header>\n<main>\n");
    if timeline.bins.is_empty() {
        out.push_str("<p>Nothing of the record keeps the filters.</p>\n");
    } else {
        drawing(&mut out, timeline);
        lists(&mut out, timeline);
    }
    if !timeline.vague.is_empty() {
        out.push_str("<section><h2>Known within more than a month only (in no bar)</h2>\n");
        incidents(&mut out, &timeline.vague);
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn words(bin: &Bin) -> String {
    let mut words =
        format!("{}: {}, {} killed", bin.name, plural(bin.incidents.len(), "incident"), bin.killed);
    for what in [What::Control, What::Claim, What::Statement] {
        let count = bin.marks.iter().filter(|mark| mark.what == what).count();
        if count > 0 {
            let one = if what == What::Control { "report of control" } else { what.as_str() };
            let many =
                if what == What::Control { "reports of control".to_owned() } else { format!("{one}s") };
            let _ = write!(words, ", {count} {}", if count == 1 { one } else { &many });
        }
    }
    words
}

fn drawing(out: &mut String, timeline: &Timeline) {
    let count = timeline.bins.len();
    let pitch = (900.0 / count as f64).clamp(7.0, 40.0);
    let field = pitch * count as f64;
    let width = LEFT + field + 60.0;
    let kinds: Vec<What> = [What::Control, What::Claim, What::Statement]
        .into_iter()
        .filter(|what| timeline.bins.iter().flat_map(|bin| &bin.marks).any(|mark| mark.what == *what))
        .collect();
    let foot = TOP + HEIGHT;
    let height = foot + 22.0 + 18.0 * kinds.len() as f64 + 6.0;
    let most = timeline.most().max(1);
    let _ = write!(
        out,
        "<figure>\n<div class=\"wide\"><svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"group\" \
         aria-label=\"Incidents by {}; each bar leads to its list below\">\n",
        timeline.step.as_str()
    );
    let step = (1..)
        .map(|power| 10_usize.pow(power / 3) * [1, 2, 5][power as usize % 3])
        .find(|step| most / step <= 5);
    let step = step.unwrap_or(most).max(1);
    for value in (0..=most).step_by(step) {
        let y = foot - HEIGHT * value as f64 / most as f64;
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" aria-hidden=\"true\">{value}</text>",
            LEFT + field,
            LEFT - 6.0,
            y + 4.0
        );
    }
    // Names where they don't touch: some 78 units each.
    let every = (78.0 / pitch).ceil().max(1.0) as usize;
    for (at, bin) in timeline.bins.iter().enumerate() {
        let x = LEFT + pitch * at as f64;
        if at % every == 0 {
            let name = match timeline.step {
                super::Step::Month => bin.name.clone(),
                _ => bin.start.to_string(),
            };
            let _ = writeln!(
                out,
                "<line class=\"axis\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{foot}\" y2=\"{:.1}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" aria-hidden=\"true\">{name}</text>",
                foot + 5.0,
                x + 1.0,
                foot + 17.0
            );
        }
        if bin.incidents.is_empty() && bin.marks.is_empty() {
            continue;
        }
        let told = escape(&words(bin));
        let _ = write!(out, "<a href=\"#b{at}\" aria-label=\"{told}\"><title>{told}</title>");
        // The whole column answers to the pointer and to focus.
        let _ = write!(
            out,
            "<rect class=\"column\" x=\"{x:.1}\" y=\"{TOP}\" width=\"{pitch:.1}\" height=\"{:.1}\"/>",
            height - TOP
        );
        let tall = HEIGHT * bin.incidents.len() as f64 / most as f64;
        let _ = write!(
            out,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"/>",
            x + pitch * 0.1,
            foot - tall,
            pitch * 0.8
        );
        for (row, what) in kinds.iter().enumerate() {
            if bin.marks.iter().any(|mark| mark.what == *what) {
                let (cx, cy) = (x + pitch / 2.0, foot + 31.0 + 18.0 * row as f64);
                let r = (pitch * 0.38).clamp(2.6, 5.0);
                let _ = match what {
                    What::Control => write!(
                        out,
                        "<path class=\"control\" d=\"M{:.1} {:.1}h{:.1}l-{r:.1} -{:.1}z\"/>",
                        cx - r,
                        cy + r,
                        r * 2.0,
                        r * 2.0
                    ),
                    What::Claim => {
                        write!(out, "<circle class=\"claim\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"{r:.1}\"/>")
                    }
                    What::Statement => {
                        write!(
                            out,
                            "<circle class=\"statement\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"{r:.1}\"/>"
                        )
                    }
                };
            }
        }
        out.push_str("</a>\n");
    }
    let _ = writeln!(
        out,
        "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{foot}\" y2=\"{foot}\"/>",
        LEFT + field
    );
    out.push_str("</svg></div>\n<figcaption>Bars: incidents.");
    for what in kinds {
        let _ = match what {
            What::Control => {
                write!(out, " <span class=\"control\">▲</span> ground changes hands or is held.")
            }
            What::Claim => write!(out, " <span class=\"claim\">●</span> somebody claims responsibility."),
            What::Statement => write!(out, " <span class=\"statement\">○</span> denials, threats, demands."),
        };
    }
    out.push_str(" A bar or sign leads to its list.</figcaption>\n</figure>\n");
}

fn incidents(out: &mut String, entries: &[super::Entry]) {
    out.push_str(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Day</th><th scope=\"col\">Type</th><th scope=\"col\">Place</th>\
         <th scope=\"col\">Killed</th><th scope=\"col\">Held responsible</th><th scope=\"col\">Reports</th><th scope=\"col\">Id</th></tr></thead>\n<tbody>\n",
    );
    for entry in entries {
        let day = if entry.day == entry.end {
            entry.day.to_string()
        } else {
            format!("{} to {}", entry.day, entry.end)
        };
        let _ = writeln!(
            out,
            "<tr><td>{day}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"id\">{}</td></tr>",
            escape(&entry.kind.replace('_', " ")),
            escape(&entry.place),
            entry.killed.map_or_else(|| "–".to_owned(), |killed| killed.to_string()),
            escape(&entry.who),
            entry.independent,
            escape(&entry.id)
        );
    }
    out.push_str("</tbody></table></div>\n");
}

fn lists(out: &mut String, timeline: &Timeline) {
    for (at, bin) in timeline.bins.iter().enumerate() {
        if bin.incidents.is_empty() && bin.marks.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<section id=\"b{at}\"><h2>{}</h2>", escape(&words(bin)));
        if !bin.incidents.is_empty() {
            incidents(out, &bin.incidents);
        }
        if !bin.marks.is_empty() {
            out.push_str("<ul>\n");
            for mark in &bin.marks {
                let _ = writeln!(
                    out,
                    "<li><span class=\"{0}\" aria-hidden=\"true\">{1}</span> {2} {0}: {3} <q>{4}</q> {5} <span class=\"id\">{6}</span></li>",
                    mark.what.as_str(),
                    mark.what.sign(),
                    mark.day,
                    escape(&mark.words),
                    escape(&mark.quote),
                    escape(&mark.outlet),
                    escape(&mark.id)
                );
            }
            out.push_str("</ul>\n");
        }
        out.push_str("</section>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_nothing_escapes_all_and_every_bar_leads_to_its_list() {
        let page = page(&super::super::tests::example(), "Mali & <Niger>");
        assert!(!page.contains("<script") && !page.contains("http"), "{page}");
        assert!(page.contains("Mali &amp; &lt;Niger&gt;") && page.contains("MLI &lt;north&gt;"));
        for at in [0, 1, 7] {
            assert!(
                page.contains(&format!("href=\"#b{at}\"")) && page.contains(&format!("id=\"b{at}\"")),
                "{at}"
            );
        }
        assert!(page.contains("aria-label=\"week of 2021-03-08: 2 incidents, 3 killed\""));
        let xml = page.replace("<!doctype html>", "").replace("<meta charset=\"utf-8\">", "");
        let xml = xml.replace("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "");
        roxmltree::Document::parse(&xml).expect("well-formed");
    }
}
