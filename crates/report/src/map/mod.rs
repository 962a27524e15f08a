//! The map of a reading: where it says what happened, drawn as precisely as it is known and no more.
//!
//! In: a reading's places and what lies at them. Out: a section of the page with one inline drawing (SVG), a key, and a list of all that
//! the drawing shows and doesn't. It loads nothing and runs nothing. A named place is a small sign; `near` is a circle of the recorded
//! radius; a unit or region is a disc of about its reach; a country is its outline, shaded, never a sign at a point of it. Not here: what a place
//! is, which is the reading's business.

mod around;
mod drawing;
mod frame;
mod ground;
mod labels;
mod marks;
mod outlines;
mod world;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::page::escape;
use crate::words::{Lookup, place_name};
pub use around::{Surroundings, surroundings};
use drawing::{Drawing, Size};
use frame::Frame;
pub(crate) use frame::WIDTH;
use marks::{Extent, Group, Mark, Marks};
use outlines::Bounds;
pub(crate) use outlines::Outlines;
pub(crate) use world::{NO_FIGURES, NO_MAP, SHADES};
pub use world::{World, doubtful};

/// Marks farther apart than this are on two maps, if most are together, in kilometres.
const CLUSTER_KM: f64 = 1_200.0;
/// Share of the records that a cluster must hold for the map to be drawn around it alone.
const CLUSTER_SHARE: f64 = 0.5;
/// How much wider the view of all must be for that.
const CLUSTER_GAIN: f64 = 2.5;
/// How far a country that is only named as a whole may widen the view of the places.
const COUNTRY_GAIN: f64 = 2.2;
/// Least distance of two points of a line on the map, in units.
const DETAIL: f64 = 0.9;
/// The same for the overview, which is shown at half the size.
const DETAIL_OVERVIEW: f64 = 2.4;
/// Regions that reach farther than this are treated like countries, in kilometres.
const REGION_KM: f64 = 400.0;
/// Extent up to which such a country is shown whole, in kilometres.
const COUNTRY_KM: f64 = 1_300.0;

/// Draws the map of one reading.
pub(crate) struct Map<'a> {
    pub(crate) lookup: &'a Lookup<'a>,
    pub(crate) outlines: &'a Outlines,
    /// Number of the document on the page.
    pub(crate) number: usize,
    /// Level of the section's heading.
    pub(crate) level: u8,
}

impl Map<'_> {
    /// Appends the section; one line where there is nothing to draw.
    ///
    /// Returns the ids of the places that the section's list has an entry for (`d0-p1-map`).
    pub(crate) fn render(&self, out: &mut String) -> BTreeSet<String> {
        let marks = Marks::of(self.lookup, self.outlines);
        let (number, level) = (self.number, self.level);
        let _ = writeln!(
            out,
            "<section class=\"where\" id=\"d{number}-map\" aria-labelledby=\"d{number}-map-head\">\n\
             <h{level} id=\"d{number}-map-head\">Where</h{level}>"
        );
        let views = views(&marks.drawn, self.outlines);
        if views.is_empty() {
            out.push_str("<p>No map: the text names no place that could be found.</p>\n");
        } else {
            self.figure(out, &marks.drawn, &views);
        }
        let listed = self.list(out, &marks, views.first());
        out.push_str("</section>\n");
        listed
    }

    fn figure(&self, out: &mut String, marks: &[Mark<'_>], views: &[Frame]) {
        out.push_str("<figure>\n");
        for (index, frame) in views.iter().enumerate() {
            let number = self.number;
            let detail = if index == 0 { DETAIL } else { DETAIL_OVERVIEW };
            let drawing = Drawing::new(self.outlines, frame, marks, number, detail);
            let (class, title) = match index {
                0 => ("map", "Map of the places in the text"),
                _ => ("map overview", "Overview map: all places, the frame of the first map outlined"),
            };
            let _ = writeln!(
                out,
                "<svg class=\"{class}\" viewBox=\"0 0 {:.0} {:.0}\" role=\"group\" aria-labelledby=\"d{number}-mt{index} d{number}-md{index}\">\n\
                 <title id=\"d{number}-mt{index}\">{title}</title>\n<desc id=\"d{number}-md{index}\">{}</desc>",
                frame::WIDTH,
                frame.height,
                escape(&description(frame, marks))
            );
            drawing.ground(out);
            if index == 0 {
                drawing.signs(out, Size::Large, None);
                drawing.signs(out, Size::Small, None);
            } else {
                drawing.outline(out, &views[0]);
                drawing.signs(out, Size::Overview, Some(&views[0]));
            }
            out.push_str("</svg>\n");
        }
        let _ = writeln!(
            out,
            "<figcaption>{}. Outlines: Natural Earth, coarse; dashed lines are disputed or provisional; no boundary is endorsed. \
             Towns: GeoNames, CC BY 4.0.</figcaption>\n</figure>",
            capital(views[0].projection())
        );
    }

    /// The key and the list.
    fn list(&self, out: &mut String, marks: &Marks<'_>, frame: Option<&Frame>) -> BTreeSet<String> {
        let mut listed = BTreeSet::new();
        out.push_str("<div class=\"where-list\">\n");
        if frame.is_some() {
            key(out, &marks.drawn);
        }
        let (told, named): (Vec<&Mark<'_>>, Vec<&Mark<'_>>) =
            marks.listed.iter().partition(|mark| mark.group != Group::Mentioned);
        let outside = |mark: &Mark<'_>| {
            frame.is_some_and(|frame| {
                mark.extent != Extent::Country && !frame.holds(frame.place(mark.lat, mark.lon), 0.0)
            })
        };
        if !told.is_empty() {
            out.push_str("<ul>\n");
            for mark in told {
                let _ = write!(out, "<li{}>{} ", self.own(mark, &mut listed), drawing::swatch(mark));
                let _ = write!(out, "{} <span class=\"faint\">({}", self.link(mark), mark.extent_words());
                if outside(mark) {
                    out.push_str("; outside the first map");
                }
                out.push_str(")</span>: ");
                for (index, id) in mark.records.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    let _ = write!(out, "{comma}<a href=\"#d{}-{id}\">{}</a>", self.number, escape(id));
                }
                out.push_str("</li>\n");
            }
            out.push_str("</ul>\n");
        }
        if !named.is_empty() {
            out.push_str("<p>Only mentioned: ");
            for (index, mark) in named.into_iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                let _ = write!(out, "{comma}<span{}>{}</span>", self.own(mark, &mut listed), self.link(mark));
            }
            out.push_str(".</p>\n");
        }
        if !marks.undrawn.is_empty() {
            out.push_str("<p>Not drawn: ");
            for (index, (place, reason)) in marks.undrawn.iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                let anchor = format!("d{}-{}", self.number, place.id);
                let _ = write!(
                    out,
                    "{comma}<span id=\"{anchor}-map\"><a href=\"#{anchor}\">{}</a></span> ({reason})",
                    escape(&place_name(&self.lookup.privacy, place))
                );
                listed.insert(place.id.clone());
            }
            out.push_str(".</p>\n");
        }
        out.push_str("</div>\n");
        listed
    }

    /// The entry's own id, as an attribute.
    fn own(&self, mark: &Mark<'_>, listed: &mut BTreeSet<String>) -> String {
        listed.insert(mark.place.id.clone());
        format!(" id=\"d{}-{}-map\"", self.number, mark.place.id)
    }

    fn link(&self, mark: &Mark<'_>) -> String {
        format!("<a href=\"#d{}-{}\">{}</a>", self.number, mark.place.id, escape(&mark.name))
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What the drawing shows, for those who don't see it.
fn description(frame: &Frame, marks: &[Mark<'_>]) -> String {
    let mut words = String::new();
    let told: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.group != Group::Mentioned).collect();
    for mark in told.iter().take(12) {
        let _ = write!(
            words,
            "{}: {}, {}, {}. ",
            mark.name,
            mark.group.words(),
            mark.count_words(),
            mark.extent_words()
        );
    }
    if told.len() > 12 {
        let _ = write!(words, "And {} more. ", told.len() - 12);
    }
    let faint = marks.len() - told.len();
    if faint > 0 {
        let _ = write!(words, "{faint} more only mentioned. ");
    }
    let _ = write!(words, "The list of places follows the map. {}.", capital(frame.projection()));
    words
}

/// The key: only what the map shows.
fn key(out: &mut String, marks: &[Mark<'_>]) {
    out.push_str("<ul class=\"map-key\" aria-label=\"Key of the map\">\n");
    for group in Group::ALL {
        if marks.iter().any(|mark| mark.group == group) {
            let _ = writeln!(out, "<li>{} {}</li>", drawing::group_swatch(group), group.words());
        }
    }
    let any = |test: fn(&Mark<'_>) -> bool| marks.iter().any(test);
    for (shown, form, words) in [
        (
            any(|mark| mark.extent == Extent::Point),
            "point",
            "named place: the sign's size says nothing of its extent",
        ),
        (
            any(|mark| matches!(mark.extent, Extent::Within(_))),
            "within",
            "within the distance that the text gives",
        ),
        (
            any(|mark| matches!(mark.extent, Extent::About(_))),
            "about",
            "province, district or region: approximate extent",
        ),
        (
            any(|mark| mark.extent == Extent::Country && mark.group != Group::Mentioned),
            "country",
            "known only to be in the country",
        ),
        (any(|mark| mark.count > 1), "count", "a number: so many events and changes of control told there"),
        (any(|mark| mark.place.score < marks::SURE_SCORE), "doubt", "?: more likely not this place"),
    ] {
        if shown {
            let _ = writeln!(out, "<li>{} {words}</li>", drawing::form_swatch(form));
        }
    }
    out.push_str("</ul>\n");
}

/// The frames to draw: none, one, or one around most and one over all.
fn views(marks: &[Mark<'_>], outlines: &Outlines) -> Vec<Frame> {
    let told: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.group != Group::Mentioned).collect();
    let idle = told.is_empty();
    let all: Vec<&Mark<'_>> = if idle { marks.iter().collect() } else { told };
    let Some(over_all) = bounds(&all, outlines) else { return Vec::new() };
    let cluster = cluster(&all);
    let weight = |marks: &[&Mark<'_>]| marks.iter().map(|mark| mark.count.max(1)).sum::<usize>() as f64;
    if cluster.len() < all.len()
        && weight(&cluster) >= weight(&all) * CLUSTER_SHARE
        && let Some(near) = bounds(&cluster, outlines)
        && frame::extent_km(over_all) > frame::extent_km(near) * CLUSTER_GAIN
    {
        // Where nothing happened, one map is enough.
        return if idle { vec![Frame::fit(near)] } else { vec![Frame::fit(near), Frame::fit(over_all)] };
    }
    vec![Frame::fit(over_all)]
}

/// The box over marks: places decide, whole countries and large regions join in where they don't widen it much.
fn bounds(marks: &[&Mark<'_>], outlines: &Outlines) -> Option<Bounds> {
    let is_large = |mark: &Mark<'_>| mark.extent == Extent::Country || mark.reach() > REGION_KM;
    let small = marks.iter().filter(|mark| !is_large(mark));
    let mut boxes: Vec<Bounds> = small.filter_map(|mark| mark.bounds()).collect();
    for mark in marks.iter().filter(|mark| is_large(mark)) {
        let parts = mark.bounds().map_or_else(|| outlines.main_parts(mark.country()), |bounds| vec![bounds]);
        let Some(before) = frame::cover(&boxes) else {
            boxes.extend(parts);
            continue;
        };
        let with: Vec<Bounds> = boxes.iter().copied().chain(parts).collect();
        let after = frame::cover(&with).map_or(f64::MAX, frame::extent_km);
        if after <= (frame::extent_km(before) * COUNTRY_GAIN).max(COUNTRY_KM) {
            boxes = with;
        }
    }
    frame::cover(&boxes)
}

/// The marks that lie together with most records: each within [`CLUSTER_KM`] of another.
fn cluster<'a, 'b>(marks: &[&'b Mark<'a>]) -> Vec<&'b Mark<'a>> {
    let mut left: Vec<&Mark<'_>> = marks.to_vec();
    let mut best: (usize, Vec<&Mark<'_>>) = (0, Vec::new());
    while let Some(seed) = left.first().copied() {
        let mut together = vec![seed];
        left.remove(0);
        let mut next = 0;
        while next < together.len() {
            let one = together[next];
            let (near, far): (Vec<&Mark<'_>>, Vec<&Mark<'_>>) =
                left.iter().partition(|other| one.distance_km(other) <= CLUSTER_KM);
            together.extend(near);
            left = far;
            next += 1;
        }
        let weight = together.iter().map(|mark| mark.count.max(1)).sum();
        if weight > best.0 {
            best = (weight, together);
        }
    }
    best.1
}
