//! `watchkeeper codebook`: what a category, mode or incident type means, and its codes in other schemes.

use std::io::{BufWriter, IsTerminal, Write};

use clap::Args;
use serde_json::json;
use watchkeeper_record::crosswalk::{Crosswalks, Link, Looseness, Meaning, Scheme};

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::text::wrapped;

/// Show what the terms of readings mean, and their codes in CAMEO, ACLED, UCDP and GTD.
///
/// Terms are PLOVER categories (ASSAULT), modes (ASSAULT/firearms, or firearms) and incident types (suicide_bombing). Each code says
/// how loose it is and which clause it follows; rows without a codebook at hand say so.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A term, or a code as SCHEME:CODE (cameo:195, gtd:3); without one every term is listed.
    #[arg(value_name = "NAME")]
    name: Vec<String>,
    /// Print one JSON object a line, one line a term.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let crosswalks = match Crosswalks::built_in() {
        Ok(crosswalks) => crosswalks,
        Err(error) => {
            complain(&format!("the built-in codebook is damaged: {error}"));
            return Outcome::Nothing;
        }
    };
    let name = arguments.name.join(" ");
    let found: Vec<&Meaning> =
        if name.is_empty() { crosswalks.terms.iter().collect() } else { crosswalks.named(&name) };
    if found.is_empty() {
        complain(&format!(
            "no category, mode, incident type or code `{name}`; without a name all are listed"
        ));
        return Outcome::Nothing;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let terminal = std::io::stdout().is_terminal();
    let written = found.iter().try_for_each(|meaning| {
        let links: Vec<&Link> = crosswalks.of(meaning.term).collect();
        if arguments.json {
            writeln!(out, "{}", line(meaning, &links))
        } else if name.is_empty() {
            write!(
                out,
                "{}",
                wrapped(&format!("{}: {}", meaning.term, meaning.meaning), "", "    ", width(terminal))
            )
        } else {
            write!(out, "{}", text(meaning, &links, width(terminal)))
        }
    });
    Outcome::of_writing(written.and_then(|()| out.flush()))
}

/// One term as a JSON object.
fn line(meaning: &Meaning, links: &[&Link]) -> serde_json::Value {
    let codes: Vec<serde_json::Value> = links
        .iter()
        .map(|link| {
            json!({
                "scheme": link.scheme,
                "code": link.code,
                "relation": link.looseness,
                "direction": link.direction,
                "clause": link.clause,
                "why": Some(link.why).filter(|why| !why.is_empty()),
            })
        })
        .collect();
    json!({
        "term": meaning.term.to_string(),
        "meaning": meaning.meaning,
        "clause": meaning.clause,
        "codes": codes,
    })
}

/// One term as text: its meaning, then a line for each scheme.
fn text(meaning: &Meaning, links: &[&Link], width: usize) -> String {
    let mut text = wrapped(&meaning.term.to_string(), "", "", width);
    text.push_str(&wrapped(meaning.meaning, "  ", "  ", width));
    text.push_str(&wrapped(&format!("({})", meaning.clause), "  ", "  ", width));
    for scheme in Scheme::ALL {
        let of: Vec<&&Link> = links.iter().filter(|link| link.scheme == *scheme).collect();
        let label = format!("  {:6}", scheme.as_str().to_uppercase());
        let codes = of.iter().filter_map(|link| {
            let code = link.code?;
            Some(match link.looseness {
                Looseness::Exact => code.to_owned(),
                looseness => format!("{code} ({looseness})"),
            })
        });
        let codes = codes.collect::<Vec<_>>().join(", ");
        let codes = if codes.is_empty() { "no counterpart".to_owned() } else { codes };
        text.push_str(&wrapped(&codes, &label, "        ", width));
        for link in of.iter().filter(|link| !link.why.is_empty()).take(REASONS_MAX) {
            let reason = format!("{}: {}", link.code.unwrap_or("none"), link.why);
            text.push_str(&wrapped(&reason, "        · ", "          ", width));
        }
    }
    text.push('\n');
    text
}

/// Reasons that are shown for a scheme; `--json` gives all.
const REASONS_MAX: usize = 3;
