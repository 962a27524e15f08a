//! Countries shaded by a probability.
//!
//! In: units with a probability each, named by code or name. Out: one drawing (SVG) with a key, and the units it can't show, named. What it does
//! not do: guess which country a unit it doesn't know may lie in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::frame::{Frame, WIDTH, cover};
use super::ground;
use super::outlines::{Bounds, Outlines};
use crate::page::escape;

/// Other names of countries, with their codes.
static NAMES: &str = include_str!("../../../../data/map/names.tsv");
/// Lower bounds of the shades above the first, with what the key says.
pub(crate) const SHADES: [(f64, &str); 6] = [
    (0.0, "below 1 %"),
    (0.01, "1 to 5 %"),
    (0.05, "5 to 20 % (very unlikely)"),
    (0.20, "20 to 45 % (unlikely)"),
    (0.45, "45 to 80 % (roughly even, likely)"),
    (0.80, "80 % and more (very likely, almost certain)"),
];
/// Least distance of two points of a line, in units of the drawing.
const DETAIL: f64 = 0.9;
/// What stands for a map where there is none.
pub(crate) const NO_MAP: &str = "No map: no unit names a country (a code of ISO 3166-1 or a name).";
/// What the colour of other land stands for.
pub(crate) const NO_FIGURES: &str = "no figures";
/// Units that are named because they can't be shown.
const NAMED_MAX: usize = 8;

/// A map of countries, shaded.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// What is shown, in one sentence.
    pub title: String,
    /// Unit, probability 0..=1, and what is said of it where the pointer rests. A unit is an ISO 3166-1 alpha-3 code, a country's name, or
    /// `country/province`, of which the highest counts.
    pub units: Vec<(String, f64, String)>,
}

/// The code of the country that a unit names.
pub(crate) fn code_of(outlines: &Outlines, unit: &str) -> Option<String> {
    let country = unit.split('/').next().unwrap_or(unit).trim();
    let known = |name: &str| {
        let name = name.trim();
        let shape = outlines.shapes.iter().find(|shape| {
            !shape.code.is_empty() && (shape.code == name || shape.label.eq_ignore_ascii_case(name))
        });
        shape.map(|shape| shape.code.to_owned()).or_else(|| {
            NAMES
                .lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once('\t'))
                .find(|(other, _)| other.eq_ignore_ascii_case(name))
                .map(|(_, code)| code.to_owned())
        })
    };
    // UCDP writes an older name behind the present one: "DR Congo (Zaire)".
    known(country).or_else(|| country.split_once('(').and_then(|(before, _)| known(before)))
}

/// Of some units those that name no country, where most of the others do: they may be misspelt.
#[must_use]
pub fn doubtful(units: &[String]) -> Vec<&str> {
    let outlines = Outlines::built_in();
    let unknown: Vec<&str> =
        units.iter().map(String::as_str).filter(|unit| code_of(&outlines, unit).is_none()).collect();
    if unknown.len() * 2 < units.len() { unknown } else { Vec::new() }
}

/// Which shade a probability has.
fn shade(probability: f64) -> usize {
    SHADES.partition_point(|(bound, _)| *bound <= probability).saturating_sub(1)
}

impl World {
    /// Where everything lies; none where no unit names a country.
    pub(crate) fn drawn(&self) -> Option<Drawn> {
        let outlines = Outlines::built_in();
        let mut shown: BTreeMap<String, (f64, &str, &str)> = BTreeMap::new();
        let mut other: BTreeSet<&str> = BTreeSet::new();
        for (unit, probability, words) in &self.units {
            // Some small countries have no outline.
            match code_of(&outlines, unit).filter(|code| outlines.of(code).next().is_some()) {
                Some(code) => {
                    let entry = shown.entry(code).or_insert((*probability, unit, words));
                    if *probability > entry.0 {
                        *entry = (*probability, unit, words);
                    }
                }
                None => {
                    other.insert(unit.split('/').next().unwrap_or(unit));
                }
            }
        }
        let boxes: Vec<Bounds> = shown.keys().flat_map(|code| outlines.main_parts(code)).collect();
        let frame = Frame::fit(cover(&boxes)?);
        let codes: BTreeSet<&str> = shown.keys().map(String::as_str).collect();
        let ground = ground::draw(&outlines, &frame, &codes, DETAIL);
        let shaded = ground.shaded.iter().filter_map(|(code, shaded)| {
            let (probability, unit, words) = shown.get(*code)?;
            Some((shade(*probability), shaded.path.clone(), format!("{unit}: {words}")))
        });
        let mut note = String::new();
        if !other.is_empty() {
            let named: Vec<&str> = other.iter().copied().take(NAMED_MAX).collect();
            let more = other.len() - named.len();
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = write!(note, "Not on the map: {}{rest}. ", named.join(", "));
        }
        let _ = write!(
            note,
            "Outlines: Natural Earth, coarse; dashed lines are disputed or provisional; no boundary is endorsed; {}.",
            frame.projection()
        );
        Some(Drawn {
            height: frame.height,
            shaded: shaded.collect(),
            note,
            land: ground.land,
            border: ground.border,
            disputed: ground.disputed,
        })
    }

    /// Draws it; a sentence alone where no unit names a country.
    #[must_use]
    pub fn render(&self) -> String {
        let Some(drawn) = self.drawn() else { return format!("<p>{NO_MAP}</p>\n") };
        let mut out = format!(
            "<figure class=\"world\"><svg viewBox=\"0 0 {WIDTH:.0} {:.0}\" role=\"img\" aria-label=\"{}\">\n<rect class=\"sea\" width=\"{WIDTH:.0}\" height=\"{:.0}\"/>\n<g transform=\"scale(.1)\">\n",
            drawn.height,
            escape(&self.title),
            drawn.height
        );
        let mut path = |class: &str, data: &str, words: &str| {
            if !data.is_empty() {
                let title = if words.is_empty() {
                    String::new()
                } else {
                    format!("<title>{}</title>", escape(words))
                };
                let _ = writeln!(out, "<path class=\"{class}\" d=\"{data}\">{title}</path>");
            }
        };
        path("land", &drawn.land, "");
        for (shade, data, words) in &drawn.shaded {
            path(&format!("s{shade}"), data, words);
        }
        path("border", &drawn.border, "");
        path("border disputed", &drawn.disputed, "");
        out.push_str("</g></svg>\n<figcaption>");
        out.push_str(&escape(&self.title));
        for (number, (_, words)) in SHADES.iter().enumerate() {
            let _ =
                write!(out, " <span class=\"key\"><span class=\"swatch k{number}\"></span>{words}</span>");
        }
        let _ = writeln!(
            out,
            " <span class=\"key\"><span class=\"swatch none\"></span>{NO_FIGURES}</span>. {}</figcaption></figure>",
            escape(&drawn.note)
        );
        out
    }
}

/// A map's parts. Paths are data of SVG in whole tenths of a unit of a drawing `frame::WIDTH` wide.
pub(crate) struct Drawn {
    /// Height of the drawing, in its units.
    pub(crate) height: f64,
    pub(crate) land: String,
    /// Number of the shade, path, and what is said where the pointer rests.
    pub(crate) shaded: Vec<(usize, String, String)>,
    pub(crate) border: String,
    pub(crate) disputed: String,
    /// What stands below.
    pub(crate) note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(units: &[(&str, f64)]) -> String {
        let units = units.iter().map(|(unit, p)| ((*unit).to_owned(), *p, "some words".to_owned())).collect();
        World { title: "A map.".to_owned(), units }.render()
    }

    #[test]
    fn units_are_found_by_code_name_and_older_name() {
        let outlines = Outlines::built_in();
        for (unit, code) in [
            ("MLI", "MLI"),
            ("Mali", "MLI"),
            ("DR Congo (Zaire)", "COD"),
            ("Myanmar (Burma)", "MMR"),
            ("Bosnia-Herzegovina", "BIH"),
            ("Yemen (North Yemen)", "YEM"),
            ("Niger/Tillaberi", "NER"),
            ("United States of America", "USA"),
        ] {
            assert_eq!(code_of(&outlines, unit).as_deref(), Some(code), "{unit}");
        }
        assert_eq!(code_of(&outlines, "Cascadia"), None);
        assert_eq!(code_of(&outlines, ""), None);
    }

    #[test]
    fn every_other_name_leads_to_a_country() {
        let outlines = Outlines::built_in();
        for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
            let (name, code) = line.split_once('\t').expect("two fields");
            let drawn = outlines.of(code).next().is_some();
            assert!(drawn || code == "TUV", "{name} {code}");
        }
    }

    #[test]
    fn shades_change_at_their_bounds_and_the_highest_province_counts() {
        assert_eq!([0.0, 0.0099, 0.01, 0.2, 0.79, 0.8, 1.0].map(shade), [0, 0, 1, 3, 4, 5, 5]);
        let drawn = world(&[("Mali/Kidal", 0.03), ("Mali/Gao", 0.5), ("Niger", 0.02), ("<b>", 0.9)]);
        assert!(
            drawn.contains("class=\"s4\"")
                && drawn.contains("class=\"s1\"")
                && !drawn.contains("class=\"s5\"")
        );
        assert!(
            drawn.contains("<title>Mali/Gao: some words</title>")
                && drawn.contains("Not on the map: &lt;b&gt;.")
        );
        assert!(!drawn.contains("http") && !drawn.contains("<script"));
    }

    #[test]
    fn a_stranger_among_countries_is_doubtful() {
        let units = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(doubtful(&units(&["Mali", "Nigr", "Chad"])), ["Nigr"]);
        assert!(doubtful(&units(&["Aland x", "Borduria", "Chad"])).is_empty());
    }

    #[test]
    fn nothing_known_is_a_sentence() {
        assert!(world(&[("Cascadia", 0.4)]).starts_with("<p>No map"));
        assert!(world(&[]).starts_with("<p>No map"));
        assert!(world(&[("Tuvalu", 0.2)]).starts_with("<p>No map"));
        assert!(world(&[("Tuvalu", 0.2), ("Fiji", 0.1)]).contains("Not on the map: Tuvalu."));
    }
}
