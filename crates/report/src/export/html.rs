//! One page to print: incidents with their reports, then all sources. It loads nothing and runs no script.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use watchkeeper_record::incident::TollHistory;

use super::input::{Exported, Report};
use super::{ATTRIBUTION, Error, Options, common};

const STYLE: &str = "body{font:1rem/1.45 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
h1,h2,h3{font-family:sans-serif;line-height:1.2}h2{font-size:1.15rem;border-top:1px solid #999;padding-top:.8rem}h3{font-size:1rem}\
dl{display:grid;grid-template-columns:9rem 1fr;gap:.15rem 1rem}dt{color:#555}dd{margin:0}table{border-collapse:collapse;width:100%;font-size:.9rem}\
td,th{text-align:left;vertical-align:top;border-bottom:1px solid #ccc;padding:.2rem .5rem .2rem 0}blockquote{margin:.2rem 0;color:#333}\
.old{color:#666;text-decoration:line-through}footer,.meta{font-size:.85rem;color:#444}.id{overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none;font-size:10pt}section{break-inside:avoid}h2,h3{break-after:avoid}a{color:inherit;text-decoration:none}\
a[href]::after{content:\" (\" attr(href) \")\";font-size:8pt;overflow-wrap:anywhere}@page{margin:18mm}}";

/// The page so far: the sources to list at its end.
pub(super) struct Html {
    sources: BTreeMap<(String, String), Report>,
}

/// Text for content or a quoted attribute; characters that XML forbids become a sign.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(character),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ if character.is_control() => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

impl Html {
    pub(super) fn begin(options: &Options, out: &mut impl Write) -> Result<Self, Error> {
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Incidents</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>Incidents</h1>\n<p class=\"meta\">watchkeeper {}, made {}",
            escape(&options.version),
            options.made
        )?;
        if let Some(query) = &options.query {
            write!(out, "; asked for {}", escape(&common::line(query)))?;
        }
        if let Some(as_of) = options.as_of {
            write!(out, ", as known by {as_of}")?;
        }
        if !options.reveal_private {
            out.write_all(b"; names of private persons are hidden")?;
        }
        if let Some(km) = options.coarsen_km {
            write!(out, "; places are coarse ({km} km)")?;
        }
        out.write_all(b".</p></header>\n<main>\n")?;
        Ok(Self { sources: BTreeMap::new() })
    }

    pub(super) fn incident(&mut self, told: &Exported, out: &mut impl Write) -> Result<(), Error> {
        Ok(out.write_all(self.section(told).as_bytes())?)
    }

    fn section(&mut self, told: &Exported) -> String {
        let incident = &told.incident;
        let mut page = format!("<section>\n<h2>{}</h2>\n<dl>\n", escape(&common::heading(incident)));
        let mut fact = |name: &str, text: &str| {
            if !text.is_empty() {
                let _ = writeln!(page, "<dt>{name}</dt><dd>{}</dd>", escape(&common::line(text)));
            }
        };
        let who = incident.perpetrators.iter().map(|accused| {
            let (claim, accounts) = (accused.party.claim, accused.accounts.len());
            format!("{} ({claim}, {accounts} {})", accused.party.name, plural(accounts, "report"))
        });
        fact("Held responsible", &who.collect::<Vec<_>>().join("; "));
        fact("Victims", &common::names(incident.victims.iter()).join("; "));
        let words = |codes: Vec<&str>| codes.join(", ").replace('_', " ");
        fact("Targets", &words(incident.targets.iter().map(|code| code.as_str()).collect()));
        fact("Weapons", &words(incident.weapons.iter().map(|code| code.as_str()).collect()));
        let tolls =
            [("Killed", &incident.killed), ("Wounded", &incident.wounded), ("Abducted", &incident.abducted)];
        for (name, toll) in tolls {
            fact(name, &toll.as_ref().and_then(common::toll).unwrap_or_default());
        }
        fact("Reports", &format!("{} ({} independent)", told.reports.len(), incident.independent));
        fact("Corrected", if told.corrected { "by a human" } else { "" });
        let _ = writeln!(page, "<dt>Id</dt><dd class=\"id\">{}</dd>\n</dl>", escape(&incident.id));
        for (name, toll) in tolls {
            history(name, toll.as_ref(), &mut page);
        }
        if !told.reports.is_empty() {
            page.push_str("<h3>Reports</h3>\n<ul>\n");
        }
        for report in &told.reports {
            let _ = write!(page, "<li>{}", cited(report));
            if let Some(quote) = &report.quote {
                let _ = write!(page, "<blockquote>“{}”</blockquote>", escape(&common::line(quote)));
            }
            page.push_str("</li>\n");
            let outlet = report.outlet.clone().unwrap_or_default();
            self.sources
                .entry((outlet, report.document.clone()))
                .or_insert_with(|| Report { quote: None, ..report.clone() });
        }
        if !told.reports.is_empty() {
            page.push_str("</ul>\n");
        }
        if !told.statements.is_empty() {
            page.push_str("<h3>Statements</h3>\n<ul>\n");
        }
        for statement in &told.statements {
            let speaker = match &statement.speaker {
                Some(speaker) => speaker.name.as_str(),
                None if statement.author => "the writer",
                None => "somebody unnamed",
            };
            let _ = writeln!(
                page,
                "<li>{} ({}, {}): “{}”</li>",
                escape(&common::line(speaker)),
                statement.kind.as_str().replace('_', " "),
                statement.polarity,
                escape(&common::line(&statement.content))
            );
        }
        if !told.statements.is_empty() {
            page.push_str("</ul>\n");
        }
        if !incident.joins.is_empty() {
            page.push_str("<h3>Why these reports are one incident</h3>\n<ul>\n");
            for join in &incident.joins {
                let _ = writeln!(page, "<li>{}</li>", escape(&common::line(&join.reasons.join("; "))));
            }
            page.push_str("</ul>\n");
        }
        page.push_str("</section>\n");
        page
    }

    pub(super) fn end(self, out: &mut impl Write) -> Result<(), Error> {
        out.write_all(b"</main>\n<footer>\n<h2>Sources</h2>\n<ol>\n")?;
        for report in self.sources.values() {
            writeln!(
                out,
                "<li>{} <span class=\"id\">SHA-256 {}</span></li>",
                cited(report),
                escape(&report.document)
            )?;
        }
        out.write_all(b"</ol>\n<p>Grades: reliability of the outlet A to F, credibility of the report 1 to 6 (Admiralty); F and 6: can't be judged.</p>\n")?;
        for line in ATTRIBUTION {
            writeln!(out, "<p>{}</p>", escape(line))?;
        }
        Ok(out.write_all(b"</footer>\n</body>\n</html>\n")?)
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// A report as a line; only web addresses become links.
fn cited(report: &Report) -> String {
    let title = escape(&common::line(report.title.as_deref().unwrap_or("untitled")));
    let web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
    let title = match report.url.as_ref().filter(web) {
        Some(url) => format!("<a href=\"{}\" rel=\"noreferrer\">{title}</a>", escape(url)),
        None => title,
    };
    let outlet = escape(&common::line(report.outlet.as_deref().unwrap_or("unknown outlet")));
    let dated = if report.dated { "" } else { " (day added; undated)" };
    format!(
        "{outlet}, {}{dated}: {title} [{}{}]",
        report.known,
        escape(&report.grade.to_string()),
        report.credibility
    )
}

/// How a figure changed, where more than one was told.
fn history(name: &str, toll: Option<&TollHistory>, page: &mut String) {
    let Some(toll) = toll.filter(|toll| toll.told.len() > 1) else { return };
    let _ = writeln!(
        page,
        "<h3>{name}, as told</h3>\n<table><tr><th>known</th><th>outlet</th><th>figure</th></tr>"
    );
    for told in &toll.told {
        let figure = match (told.figure.low, told.figure.best, told.figure.high) {
            (_, Some(best), _) => best.to_string(),
            (Some(low), None, Some(high)) => format!("{low}–{high}"),
            (Some(low), None, None) => format!("at least {low}"),
            (None, None, Some(high)) => format!("at most {high}"),
            (None, None, None) => continue,
        };
        let class = if told.current { "" } else { " class=\"old\"" };
        let outlet = escape(&common::line(told.outlet.as_deref().unwrap_or("unknown")));
        let _ = writeln!(page, "<tr{class}><td>{}</td><td>{outlet}</td><td>{figure}</td></tr>", told.known);
    }
    page.push_str("</table>\n");
}
