//! `watchkeeper gazetteer`: what a place name may mean, with reasons.

use std::io::{BufWriter, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use watchkeeper_pipeline::{Found, LookUp, LookedUp, look_up};

use crate::Outcome;
use crate::command::read::{complain, width};
use crate::text::wrapped;

/// Show the places a name may mean, with scores and reasons.
///
/// A reading weighs what its text says; here only the name counts, and what the options say. Scores are shares, not probabilities.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The name; several words are one name.
    #[arg(required = true, value_name = "NAME")]
    name: Vec<String>,
    /// A place it lies near: a name, "NAME, COUNTRY", or degrees north and east.
    #[arg(long, value_name = "PLACE|LAT,LON", allow_hyphen_values = true)]
    near: Option<String>,
    /// The country it lies in: an ISO 3166-1 alpha-3 code such as SYR, or a name.
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Print one JSON object a line, one line a place.
    #[arg(long)]
    json: bool,
    /// Most places that are shown.
    #[arg(long, value_name = "N", default_value = "10")]
    limit: NonZeroUsize,
    /// Places of your own, beside the built-in ones (format: docs/gazetteer_extra.md). May be given again.
    #[arg(long, value_name = "FILE")]
    gazetteer_extra: Vec<PathBuf>,
}

/// Most places of one name that the gazetteer gives.
const COUNTED_MAX: usize = 200;

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let name = arguments.name.join(" ");
    let asked = LookUp {
        name: name.clone(),
        near: arguments.near.clone(),
        country: arguments.country.clone(),
        extra: arguments.gazetteer_extra.clone(),
    };
    let looked = match look_up(&asked) {
        Ok(looked) => looked,
        Err(error) => {
            complain(&error.to_string());
            return Outcome::Nothing;
        }
    };
    if looked.found.is_empty() {
        let like = match &looked.suggestions[..] {
            [] => String::new(),
            names => format!("; like it: {}", names.join(", ")),
        };
        let within = asked.country.as_deref().map_or(String::new(), |country| format!(" in {country}"));
        complain(&format!("no place `{name}`{within} in the gazetteer{like}"));
        return Outcome::Nothing;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = if arguments.json {
        lines(&looked, arguments.limit.get(), &mut out)
    } else {
        let terminal = std::io::stdout().is_terminal();
        write!(out, "{}", table(&name, &looked, arguments.limit.get(), width(terminal)))
    };
    Outcome::of_writing(written.and_then(|()| out.flush()))
}

fn lines(looked: &LookedUp, limit: usize, out: &mut impl Write) -> std::io::Result<()> {
    for found in looked.found.iter().take(limit) {
        let score = (found.score * 10_000.0).round() / 10_000.0;
        let line = json!({
            "name": found.name,
            "kind": found.kind,
            "admin1": found.admin1,
            "admin2": found.admin2,
            "country": found.country,
            "lat": found.lat,
            "lon": found.lon,
            "radius_km": found.radius_km,
            "population": found.population,
            "id": found.id,
            "how": found.how,
            "score": score,
            "km": found.km.map(|km| (km * 10.0).round() / 10.0),
            "why": found.why,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The places as text: a line with score, name and units, and below it what is known of the place, wrapped to `width` columns.
fn table(name: &str, looked: &LookedUp, limit: usize, width: usize) -> String {
    let count = looked.found.len();
    let shown = count.min(limit);
    let places = match count {
        1 => "place",
        COUNTED_MAX.. => "places and more",
        _ => "places",
    };
    let mut head = format!("{}: {count} {places}", plain(name));
    if shown < count {
        head.push_str(&format!(", {shown} shown"));
    }
    if let Some((near, lat, lon)) = &looked.near {
        let named = near.starts_with(|first: char| !first.is_ascii_digit() && first != '-');
        let name = if named { format!("{} ", plain(near)) } else { String::new() };
        head.push_str(&format!(", near {name}({lat:.2}, {lon:.2})"));
    }
    let mut text = wrapped(&head, "", "  ", width);
    for found in looked.found.iter().take(limit) {
        let units = [found.admin2.as_deref(), found.admin1.as_deref(), found.country.as_deref()];
        let mut title = plain(&found.name);
        let mut before = found.name.as_str();
        for unit in units.into_iter().flatten() {
            if unit != before {
                title.push_str(", ");
                title.push_str(&plain(unit));
            }
            before = unit;
        }
        text.push_str(&wrapped(&title, &format!("{:.2}  ", found.score), "      ", width));
        text.push_str(&wrapped(&facts(found), "      ", "      ", width));
    }
    text
}

/// What is known of a place, parts between middle dots.
fn facts(found: &Found) -> String {
    let mut parts = vec![found.kind.to_owned()];
    if let Some(population) = found.population {
        parts.push(format!("about {} people", thousands(population)));
    }
    match (found.lat, found.lon) {
        (Some(lat), Some(lon)) => parts.push(format!("{lat:.4}, {lon:.4}")),
        _ => parts.push("no point known".to_owned()),
    }
    if let Some(radius) = found.radius_km.filter(|radius| *radius > 0.0) {
        parts.push(format!("reaches {radius:.0} km"));
    }
    if let Some(km) = found.km {
        parts.push(format!("{km:.0} km away"));
    }
    parts.push(plain(&found.id));
    parts.push(found.why.join("; "));
    parts.join(" · ")
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Without control characters: a user's table and a user's name may hold any.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_within_the_width() {
        let text = wrapped("one two three · four five", "0.50  ", "      ", 16);
        assert!(text.lines().all(|line| line.chars().count() <= 16), "{text}");
        assert_eq!(wrapped("incomprehensible", "", "", 4), "incomprehensible\n");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(999), "999");
    }
}
