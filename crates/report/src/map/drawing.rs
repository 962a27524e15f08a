//! One drawing: the ground, then what is known only roughly, then signs, then names.
//!
//! Signs and names are drawn twice, for wide and for narrow screens, since a drawing shrinks as a whole; the style sheet shows one of the two.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::frame::{Frame, WIDTH};
use super::ground::{self, Ground};
use super::labels::{Area, BOLD, Room, width};
use super::marks::{Extent, Group, Mark};
use super::outlines::Outlines;
use crate::page::escape;

/// Views wider than this show no towns, in degrees of longitude.
const TOWNS_DEGREES: f64 = 50.0;
/// Discs smaller than this are drawn as rings of this radius, in units.
const RING_MIN: f64 = 8.0;
/// Discs larger than this are filled more faintly, in units.
const VAST: f64 = 170.0;
/// Places of one name nearer than this have one name on the map, in kilometres.
const SAME_KM: f64 = 30.0;
/// A shaded country smaller than this gets a ring, in units.
const COUNTRY_MIN: f64 = 12.0;

/// For which width of the screen signs and names are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Large,
    Small,
    Overview,
}

impl Size {
    /// How much larger than at full size.
    fn factor(self) -> f64 {
        match self {
            Self::Large => 1.0,
            Self::Small => 1.9,
            Self::Overview => 2.1,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Small => "small",
            Self::Overview => "over",
        }
    }

    fn towns_max(self) -> usize {
        match self {
            Self::Large => 9,
            Self::Small => 4,
            Self::Overview => 0,
        }
    }
}

/// One drawing.
#[derive(Debug)]
pub(super) struct Drawing<'a> {
    outlines: &'a Outlines,
    frame: &'a Frame,
    marks: &'a [Mark<'a>],
    ground: Ground<'a>,
    /// Number of the document on the page.
    number: usize,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(
        outlines: &'a Outlines,
        frame: &'a Frame,
        marks: &'a [Mark<'a>],
        number: usize,
        detail: f64,
    ) -> Self {
        let shade: BTreeSet<&str> = marks
            .iter()
            .filter(|mark| mark.extent == Extent::Country && mark.group != Group::Mentioned)
            .map(Mark::country)
            .collect();
        Self { outlines, frame, marks, ground: ground::draw(outlines, frame, &shade, detail), number }
    }

    /// Sea, land, shaded countries, lines.
    pub(super) fn ground(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "<g aria-hidden=\"true\"><rect class=\"sea\" width=\"{WIDTH:.0}\" height=\"{:.0}\"/>\n<g transform=\"scale(.1)\">",
            self.frame.height
        );
        let mut path = |class: &str, data: &str| {
            if !data.is_empty() {
                let _ = writeln!(out, "<path class=\"{class}\" d=\"{data}\"/>");
            }
        };
        path("land", &self.ground.land);
        for (code, shaded) in &self.ground.shaded {
            let group =
                self.marks.iter().find(|mark| mark.extent == Extent::Country && mark.country() == *code);
            path("land", &shaded.path);
            path(&format!("shade {}", group.map_or("", |mark| mark.group.class())), &shaded.path);
        }
        path("border", &self.ground.border);
        // The land's edge lies below a line; a dashed one needs it out of the way.
        path("gap", &self.ground.disputed);
        path("border disputed", &self.ground.disputed);
        out.push_str("</g></g>\n");
    }

    /// The frame of another drawing.
    pub(super) fn outline(&self, out: &mut String, other: &Frame) {
        let (left, top) = self.frame.place(other.bounds.north, other.bounds.west);
        let (right, bottom) = self.frame.project(
            self.frame.bounds.west
                + left / WIDTH * (self.frame.bounds.east - self.frame.bounds.west)
                + other.bounds.east
                - other.bounds.west,
            other.bounds.south,
        );
        let _ = writeln!(
            out,
            "<rect class=\"frame\" aria-hidden=\"true\" x=\"{left:.0}\" y=\"{top:.0}\" width=\"{:.0}\" height=\"{:.0}\"/>",
            right - left,
            bottom - top
        );
    }

    /// Everything over the ground, for one size. Marks inside the frame of another drawing have their names there.
    pub(super) fn signs(&self, out: &mut String, size: Size, other: Option<&Frame>) {
        let elsewhere = |mark: &Mark<'_>| {
            mark.extent != Extent::Country
                && other.is_some_and(|frame| frame.holds(frame.place(mark.lat, mark.lon), 0.0))
        };
        let factor = size.factor();
        let mut room = Room::new(self.frame);
        let _ = writeln!(out, "<g class=\"{}\">", size.class());
        let mut discs: Vec<&Mark<'_>> = self.marks.iter().filter(|mark| self.disc(mark).is_some()).collect();
        // Small discs over large ones, so that each can be clicked.
        discs.sort_by(|one, other| other.reach().total_cmp(&one.reach()));
        for mark in discs {
            self.draw_disc(out, mark, factor);
        }
        let points: Vec<&Mark<'_>> = self
            .marks
            .iter()
            .rev()
            .filter(|mark| mark.extent == Extent::Point && self.frame.holds(self.at(mark), 1.0))
            .collect();
        for mark in &points {
            self.draw_point(out, mark, factor);
            let radius = sign_radius(mark) * factor;
            room.take(Area::around(self.at(mark), radius * 2.0, radius * 2.0));
        }
        if size != Size::Overview {
            self.scale_bar(out, &mut room, factor);
        }
        // The gravest first: it finds room.
        for mark in self.marks.iter().filter(|mark| mark.group != Group::Mentioned && !elsewhere(mark)) {
            self.name(out, &mut room, mark, factor);
        }
        if size != Size::Overview {
            self.countries(out, &mut room, factor);
        }
        // `near X` beside `X` says it all.
        let told = |mark: &Mark<'_>| {
            self.marks.iter().any(|other| {
                other.group != Group::Mentioned
                    && other.place.name == mark.place.name
                    && other.distance_km(mark) < SAME_KM
            })
        };
        for mark in
            self.marks.iter().filter(|mark| mark.group == Group::Mentioned && !told(mark) && !elsewhere(mark))
        {
            self.name(out, &mut room, mark, factor);
        }
        self.towns(out, &mut room, size);
        out.push_str("</g>\n");
    }

    fn at(&self, mark: &Mark<'_>) -> (f64, f64) {
        self.frame.place(mark.lat, mark.lon)
    }

    /// Radii of a mark's disc in units, if it has one and it shows.
    fn disc(&self, mark: &Mark<'_>) -> Option<(f64, f64)> {
        let km = match mark.extent {
            Extent::Within(km) | Extent::About(km) => km,
            Extent::Point | Extent::Country => return None,
        };
        if mark.group == Group::Mentioned && mark.is_vague() {
            return None;
        }
        let (x, y) = self.at(mark);
        let units = self.frame.units_per_km(mark.lat);
        let radii = (km * units.0, km * units.1);
        let shows =
            x + radii.0 > 0.0 && x - radii.0 < WIDTH && y + radii.1 > 0.0 && y - radii.1 < self.frame.height;
        shows.then_some(radii)
    }

    /// The inner squares of the discs.
    fn discs(&self) -> Vec<Area> {
        let inner = |mark: &Mark<'_>| {
            let (across, along) = self.disc(mark)?;
            Some(Area::around(self.at(mark), across * 1.8, along * 1.8))
        };
        self.marks.iter().filter(|mark| mark.group != Group::Mentioned).filter_map(inner).collect()
    }

    fn draw_disc(&self, out: &mut String, mark: &Mark<'_>, factor: f64) {
        let Some((across, along)) = self.disc(mark) else { return };
        let (x, y) = self.at(mark);
        let least = RING_MIN * factor;
        let form = match mark.extent {
            Extent::Within(_) => "within",
            _ if across > VAST => "about vast",
            _ => "about",
        };
        let _ = writeln!(
            out,
            "{}<ellipse class=\"disc {form} {}\" cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{:.1}\" ry=\"{:.1}\"/></a>",
            self.open_link(mark),
            mark.group.class(),
            across.max(least),
            along.max(least)
        );
    }

    fn draw_point(&self, out: &mut String, mark: &Mark<'_>, factor: f64) {
        let (x, y) = self.at(mark);
        let _ = write!(out, "{}", self.open_link(mark));
        sign(out, mark.group, (x, y), sign_radius(mark) * factor);
        if mark.count > 1 {
            let size = 9.5 * factor;
            let _ = write!(
                out,
                "<text class=\"count {}\" x=\"{x:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\">{}</text>",
                mark.group.class(),
                y + size * 0.36,
                mark.count
            );
        }
        out.push_str("</a>\n");
    }

    /// The link around a mark's parts, with its tooltip. The list beside the map has the same links in reading order, so these are no tab stops.
    fn open_link(&self, mark: &Mark<'_>) -> String {
        let tip = format!(
            "{}: {}; {}; {}; score {:.2}",
            mark.name,
            mark.group.words(),
            mark.count_words(),
            mark.extent_words(),
            mark.place.score
        );
        let target = match mark.records.as_slice() {
            [only] => only,
            _ => mark.place.id.as_str(),
        };
        format!(
            "<a href=\"#d{}-{}\" tabindex=\"-1\"><title>{}</title>",
            self.number,
            escape(target),
            escape(&tip)
        )
    }

    /// A mark's name, where there is room for it.
    fn name(&self, out: &mut String, room: &mut Room, mark: &Mark<'_>, factor: f64) {
        let mentioned = mark.group == Group::Mentioned;
        let size = if mentioned { 10.5 } else { 13.0 } * factor;
        let mut label = mark.label();
        if mark.count > 1 && mark.extent != Extent::Point {
            let _ = write!(label, " ({})", mark.count);
        }
        let bold = if mentioned { 1.0 } else { BOLD };
        let (wide, high) = (width(&label, size) * bold, size * 1.15);
        let at = self.at(mark);
        let spot = match mark.extent {
            Extent::Point if self.frame.holds(at, 1.0) => {
                room.beside(at, sign_radius(mark) * factor, wide, high)
            }
            Extent::Within(_) | Extent::About(_) => self.disc(mark).and_then(|radii| {
                if radii.0 > wide * 0.6 {
                    room.inside(at, radii.1, wide, high)
                } else {
                    room.beside(at, radii.0.max(RING_MIN * factor), wide, high)
                }
            }),
            Extent::Country if !mentioned => self.country_spot(room, mark, wide, high),
            Extent::Point | Extent::Country => None,
        };
        if mark.extent == Extent::Country && !mentioned {
            self.small_country(out, mark, factor);
        }
        let Some((x, y)) = spot else { return };
        let _ = writeln!(
            out,
            "{}<text class=\"name {}\" x=\"{x:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\">{}</text></a>",
            self.open_link(mark),
            mark.group.class(),
            y + size * 0.34,
            escape(&label)
        );
    }

    fn country_spot(&self, room: &mut Room, mark: &Mark<'_>, wide: f64, high: f64) -> Option<(f64, f64)> {
        let cells = &self.ground.cells;
        let number = cells.names.iter().position(|(code, _)| *code == mark.country());
        let inside = number.and_then(|number| room.within(cells, number, (wide, high), &self.discs()));
        inside.or_else(|| {
            let shaded = self.ground.shaded.get(mark.country())?;
            let middle = number.and_then(|number| cells.middle(number)).unwrap_or((
                f64::midpoint(shaded.low.0, shaded.high.0).clamp(0.0, WIDTH),
                f64::midpoint(shaded.low.1, shaded.high.1).clamp(0.0, self.frame.height),
            ));
            room.beside(middle, COUNTRY_MIN, wide, high)
        })
    }

    /// A ring around a shaded country that is too small to be seen.
    fn small_country(&self, out: &mut String, mark: &Mark<'_>, factor: f64) {
        let Some(shaded) = self.ground.shaded.get(mark.country()) else { return };
        let size = (shaded.high.0 - shaded.low.0).max(shaded.high.1 - shaded.low.1);
        if size < COUNTRY_MIN * factor {
            let _ = writeln!(
                out,
                "{}<circle class=\"disc about {}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\"/></a>",
                self.open_link(mark),
                mark.group.class(),
                f64::midpoint(shaded.low.0, shaded.high.0),
                f64::midpoint(shaded.low.1, shaded.high.1),
                COUNTRY_MIN * factor
            );
        }
    }

    /// Names of the countries that show; those that the text mentions are links.
    fn countries(&self, out: &mut String, room: &mut Room, factor: f64) {
        let size = 11.5 * factor;
        let cells = &self.ground.cells;
        let discs = self.discs();
        for (number, (code, label)) in cells.names.iter().enumerate() {
            let mark =
                self.marks.iter().find(|mark| mark.extent == Extent::Country && mark.country() == *code);
            if label.is_empty() || mark.is_some_and(|mark| mark.group != Group::Mentioned) {
                continue;
            }
            // Letters are spaced.
            let wide = width(label, size) + label.chars().count() as f64 * size * 0.06;
            let Some((x, y)) = room.within(cells, number, (wide, size * 1.2), &discs) else { continue };
            let text = format!(
                "<text class=\"land-name\" x=\"{x:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\">{}</text>",
                y + size * 0.34,
                escape(label)
            );
            match mark {
                Some(mark) => {
                    let _ = writeln!(out, "{}{text}</a>", self.open_link(mark));
                }
                None => {
                    let _ = writeln!(out, "<g aria-hidden=\"true\">{text}</g>");
                }
            }
        }
    }

    /// A few towns for orientation.
    fn towns(&self, out: &mut String, room: &mut Room, size: Size) {
        if self.frame.bounds.east - self.frame.bounds.west > TOWNS_DEGREES {
            return;
        }
        let factor = size.factor();
        let (letters, radius) = (10.5 * factor, 1.8 * factor);
        let mut left = size.towns_max();
        out.push_str("<g aria-hidden=\"true\">\n");
        for town in &self.outlines.towns {
            if left == 0 {
                break;
            }
            let bounds = &self.frame.bounds;
            if town.lat < bounds.south || town.lat > bounds.north {
                continue;
            }
            let at = self.frame.place(town.lat, town.lon);
            let known = |mark: &Mark<'_>| mark.extent == Extent::Point && mark.name == town.name;
            let apart = 13.0 * factor;
            if !self.frame.holds(at, 8.0)
                || !room.free(&Area::around(at, apart, apart))
                || self.marks.iter().any(known)
            {
                continue;
            }
            let Some((x, y)) = room.beside(at, radius, width(town.name, letters), letters * 1.15) else {
                continue;
            };
            room.take(Area::around(at, radius * 2.0, radius * 2.0));
            let class = if town.capital { "town capital" } else { "town" };
            let _ = writeln!(
                out,
                "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\"/>\
                 <text class=\"town-name\" x=\"{x:.1}\" y=\"{:.1}\" font-size=\"{letters:.1}\">{}</text>",
                at.0,
                at.1,
                y + letters * 0.34,
                escape(town.name)
            );
            left -= 1;
        }
        out.push_str("</g>\n");
    }

    /// A scale bar of a round number of kilometres.
    fn scale_bar(&self, out: &mut String, room: &mut Room, factor: f64) {
        let unit = self.frame.units_per_km(self.frame.scale_latitude()).0;
        let longest = WIDTH * 0.2 * factor.min(1.5) / unit;
        let power = 10f64.powf(longest.log10().floor());
        let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= longest).unwrap_or(1.0);
        let km = step * power;
        let long = km * unit;
        let size = 11.0 * factor;
        let (left, base) = (10.0, self.frame.height - 10.0);
        let words = format!("{km:.0} km");
        let wide = long + width(&words, size) + 14.0;
        let top = base - size;
        room.take(Area { left: 0.0, top: top - 6.0, right: left + wide + 6.0, bottom: self.frame.height });
        let _ = writeln!(
            out,
            "<g aria-hidden=\"true\"><rect class=\"plate\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\"/>\
             <path class=\"bar\" d=\"M{left:.1} {:.1}v{:.1}h{long:.1}v-{:.1}\"/>\
             <text class=\"bar-text\" x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\">{words}</text></g>",
            left - 5.0,
            top - 3.0,
            wide + 6.0,
            size + 8.0,
            base - 6.0 * factor,
            6.0 * factor,
            6.0 * factor,
            left + long + 6.0,
            base
        );
    }
}

/// Radius of a point's sign at full size, in units.
fn sign_radius(mark: &Mark<'_>) -> f64 {
    match (mark.group, mark.count) {
        (Group::Mentioned, _) => 3.0,
        (_, 0 | 1) => 5.5,
        (_, 2..=9) => 8.0,
        _ => 9.5,
    }
}

/// A sign: its form tells the group without its colour.
fn sign(out: &mut String, group: Group, (x, y): (f64, f64), radius: f64) {
    let class = group.class();
    let _ = match group {
        Group::Attack | Group::Unreal | Group::History | Group::Mentioned => {
            write!(out, "<circle class=\"sign {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>")
        }
        Group::Control => {
            let side = radius * 1.8;
            let (left, top) = (x - side / 2.0, y - side / 2.0);
            write!(
                out,
                "<rect class=\"sign {class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{side:.1}\" height=\"{side:.1}\"/>"
            )
        }
        Group::Conflict => {
            let r = radius * 1.25;
            write!(
                out,
                "<path class=\"sign {class}\" d=\"M{x:.1} {:.1}l{r:.1} {r:.1}l-{r:.1} {r:.1}l-{r:.1} -{r:.1}z\"/>",
                y - r
            )
        }
        Group::Talks => {
            let r = radius * 1.3;
            let (half, high) = (r * 0.95, r * 1.55);
            write!(
                out,
                "<path class=\"sign {class}\" d=\"M{x:.1} {:.1}l{half:.1} {high:.1}h-{:.1}z\"/>",
                y - r,
                half * 2.0
            )
        }
    };
}

/// A small drawing for the key.
fn swatch_of(inner: &str) -> String {
    format!("<svg class=\"swatch\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\">{inner}</svg>")
}

/// A group's sign for the key.
pub(super) fn group_swatch(group: Group) -> String {
    let mut inner = String::new();
    sign(&mut inner, group, (0.0, 0.0), if group == Group::Mentioned { 3.0 } else { 5.5 });
    swatch_of(&inner)
}

/// A mark's sign for the list: its form as on the map.
pub(super) fn swatch(mark: &Mark<'_>) -> String {
    let class = mark.group.class();
    match mark.extent {
        Extent::Point => group_swatch(mark.group),
        Extent::Within(_) => swatch_of(&format!("<circle class=\"disc within {class}\" r=\"7\"/>")),
        Extent::About(_) => swatch_of(&format!("<circle class=\"disc about {class}\" r=\"7\"/>")),
        Extent::Country => swatch_of(&format!(
            "<g transform=\"scale(.1)\"><path class=\"shade {class}\" d=\"M-70 -50l90 -20 50 50 -30 80 -90 10z\"/></g>"
        )),
    }
}

/// The key's drawing of a way to show precision.
pub(super) fn form_swatch(form: &str) -> String {
    swatch_of(match form {
        "point" => "<circle class=\"sign g-form\" r=\"5.5\"/>",
        "within" => "<circle class=\"disc within g-form\" r=\"7.5\"/>",
        "about" => "<circle class=\"disc about g-form\" r=\"7.5\"/>",
        "country" => {
            "<g transform=\"scale(.1)\"><path class=\"shade g-form\" d=\"M-70 -50l90 -20 50 50 -30 80 -90 10z\"/></g>"
        }
        "count" => {
            "<circle class=\"sign g-form\" r=\"8\"/><text class=\"count g-form\" y=\"3.6\" font-size=\"10\">3</text>"
        }
        _ => "<text class=\"name g-form\" y=\"5\" font-size=\"14\">?</text>",
    })
}
