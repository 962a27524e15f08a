//! One chart: where its lines and letters lie, and the same as inline SVG.

use std::fmt::Write as _;

use crate::page::escape;

/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm; values at or below 0 aren't drawn.
    Log,
    /// By `ln(1 + x)`, so that 0 has a place.
    Log1p,
}

impl Scale {
    fn at(self, value: f64) -> Option<f64> {
        let placed = match self {
            Self::Linear => value,
            Self::Log if value > 0.0 => value.log10(),
            Self::Log => return None,
            Self::Log1p => value.max(0.0).ln_1p(),
        };
        placed.is_finite().then_some(placed)
    }

    /// Places for ticks between two values.
    fn ticks(self, low: f64, high: f64) -> Vec<f64> {
        match self {
            Self::Linear => {
                let span = (high - low).max(1e-12);
                let power = 10_f64.powf((span / 5.0).log10().floor());
                let step =
                    [1.0, 2.0, 5.0, 10.0].into_iter().map(|by| by * power).find(|step| span / step <= 6.0);
                let step = step.unwrap_or(power * 10.0);
                let first = (low / step).ceil() as i64;
                (first..first + 8).map(|at| at as f64 * step).filter(|at| *at <= high + step * 1e-6).collect()
            }
            Self::Log => {
                let (first, last) =
                    (low.max(1e-300).log10().ceil() as i32, high.max(1e-300).log10().floor() as i32);
                let step = ((last - first) / 6 + 1).max(1) as usize;
                (first..=last).step_by(step).map(|power| 10_f64.powi(power)).collect()
            }
            Self::Log1p => [0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6]
                .into_iter()
                .filter(|at| (low..=high).contains(at))
                .collect(),
        }
    }
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A line through points.
    Line(Vec<(f64, f64)>),
    /// A dashed line through points.
    Dashes(Vec<(f64, f64)>),
    /// An area between two values at each place.
    Band(Vec<(f64, f64, f64)>),
    /// Single points.
    Points(Vec<(f64, f64)>),
    /// Bars from 0 up: from, to, height.
    Bars(Vec<(f64, f64, f64)>),
}

/// One series with its name in the key. Colours are those of the page, by number; shape and place tell series apart too.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in the key; none for series that need none.
    pub name: Option<String>,
    /// Number of the colour, 0 to 5.
    pub colour: u8,
    /// What is drawn.
    pub shape: Shape,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows, in a sentence; also its text for those who don't see it.
    pub title: String,
    /// Name and scale of the horizontal axis.
    pub across: (String, Scale),
    /// Name and scale of the vertical axis.
    pub up: (String, Scale),
    /// Words for places on the horizontal axis, in place of numbers.
    pub words: Vec<(f64, String)>,
    /// The series, drawn in order.
    pub series: Vec<Series>,
}

pub(crate) const WIDTH: f64 = 640.0;
pub(crate) const HEIGHT: f64 = 360.0;
/// Number of colours; series of further numbers begin anew.
const COLOURS: u8 = 6;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 48.0;

/// A number as it stands beside an axis.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e6).contains(&size) => format!("{value:.0e}"),
        size if size >= 10.0 || (value - value.round()).abs() < 1e-9 => format!("{value:.0}"),
        size if size >= 0.1 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

impl Chart {
    /// The lowest and highest value of each axis.
    fn reach(&self) -> [(f64, f64); 2] {
        let mut across: Vec<f64> = Vec::new();
        let mut up: Vec<f64> = Vec::new();
        for series in &self.series {
            match &series.shape {
                Shape::Line(points) | Shape::Dashes(points) | Shape::Points(points) => {
                    across.extend(points.iter().map(|(x, _)| *x));
                    up.extend(points.iter().map(|(_, y)| *y));
                }
                Shape::Band(points) => {
                    across.extend(points.iter().map(|(x, _, _)| *x));
                    up.extend(points.iter().flat_map(|(_, low, high)| [*low, *high]));
                }
                Shape::Bars(bars) => {
                    across.extend(bars.iter().flat_map(|(from, to, _)| [*from, *to]));
                    up.extend(bars.iter().flat_map(|(_, _, height)| [0.0, *height]));
                }
            }
        }
        [(across, self.across.1), (up, self.up.1)].map(|(values, scale)| {
            let placed = values.into_iter().filter(|value| scale.at(*value).is_some());
            let (low, high) =
                placed.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
            match (low.is_finite(), high > low) {
                (false, _) => (0.0, 1.0),
                (true, false) => (low, low + 1.0),
                _ => (low, high),
            }
        })
    }

    /// Where everything lies, in the order in which it is drawn; what the page and the picture share.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let [(left, right), (low, high)] = self.reach();
        let place = |value: f64, scale: Scale, from: f64, to: f64, start: f64, end: f64| -> Option<f64> {
            let (at, a, b) = (scale.at(value)?, scale.at(from)?, scale.at(to)?);
            Some(start + (at - a) / (b - a) * (end - start))
        };
        let x = |value: f64| place(value, self.across.1, left, right, LEFT, WIDTH - RIGHT);
        let y = |value: f64| place(value, self.up.1, low, high, HEIGHT - BOTTOM, TOP);
        let word = |role: Role, x: f64, y: f64, anchor: Anchor, text: String| Mark::Word {
            role,
            at: (x, y),
            anchor,
            turned: false,
            text,
        };
        let mut marks = Vec::new();
        for tick in self.up.1.ticks(low, high) {
            if let Some(at) = y(tick) {
                marks.push(Mark::Rule { axis: false, y: at, from: LEFT, to: WIDTH - RIGHT });
                marks.push(word(Role::Tick, LEFT - 6.0, at + 4.0, Anchor::End, number(tick)));
            }
        }
        let words: Vec<(f64, String)> = if self.words.is_empty() {
            self.across.1.ticks(left, right).into_iter().map(|tick| (tick, number(tick))).collect()
        } else {
            let step = self.words.len().div_ceil(8);
            self.words.iter().step_by(step.max(1)).cloned().collect()
        };
        for (tick, text) in words {
            if let Some(at) = x(tick) {
                marks.push(word(Role::Tick, at, HEIGHT - BOTTOM + 18.0, Anchor::Middle, text));
            }
        }
        let put = |(a, b): (f64, f64)| Some((x(a)?, y(b)?));
        for series in &self.series {
            let colour = series.colour % COLOURS;
            match &series.shape {
                Shape::Line(points) | Shape::Dashes(points) => marks.push(Mark::Line {
                    colour,
                    dashed: matches!(series.shape, Shape::Dashes(_)),
                    points: points.iter().copied().filter_map(put).collect(),
                }),
                Shape::Band(points) => {
                    let there = points.iter().map(|(x, low, _)| (*x, *low));
                    let back = points.iter().rev().map(|(x, _, high)| (*x, *high));
                    marks.push(Mark::Area { colour, points: there.chain(back).filter_map(put).collect() });
                }
                Shape::Bars(bars) => {
                    for (from, to, height) in bars {
                        let corners = [(*from, 0.0), (*from, *height), (*to, *height), (*to, 0.0)];
                        marks.push(Mark::Area {
                            colour,
                            points: corners.into_iter().filter_map(put).collect(),
                        });
                    }
                }
                Shape::Points(points) => {
                    let dots = points.iter().copied().filter_map(put);
                    marks.extend(dots.map(|at| Mark::Dot { colour, at }));
                }
            }
        }
        marks.push(Mark::Rule { axis: true, y: HEIGHT - BOTTOM, from: LEFT, to: WIDTH - RIGHT });
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        marks.push(word(Role::Name, middle, HEIGHT - 8.0, Anchor::Middle, self.across.0.clone()));
        marks.push(Mark::Word {
            role: Role::Name,
            at: (14.0, f64::midpoint(TOP, HEIGHT - BOTTOM)),
            anchor: Anchor::Middle,
            turned: true,
            text: self.up.0.clone(),
        });
        marks
    }

    /// The chart as one `<figure>` with its key in words.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = format!(
            "<figure class=\"chart\"><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n",
            escape(&self.title)
        );
        for mark in self.marks() {
            mark.write(&mut out);
        }
        let _ = write!(out, "</svg>\n<figcaption>{}", escape(&self.title));
        for series in &self.series {
            if let Some(name) = &series.name {
                let (sign, dashed) = match series.shape {
                    Shape::Points(_) => ("•", ""),
                    Shape::Band(_) | Shape::Bars(_) => ("▒", ""),
                    Shape::Line(_) => ("—", ""),
                    Shape::Dashes(_) => ("- -", " dashed"),
                };
                let _ = write!(
                    out,
                    " <span class=\"key{dashed} t{}\">{sign} {}</span>",
                    series.colour % COLOURS,
                    escape(name)
                );
            }
        }
        out.push_str("</figcaption></figure>\n");
        out
    }
}

/// What the letters of a chart are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A number beside an axis.
    Tick,
    /// The name of an axis.
    Name,
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Middle,
    End,
}

/// One thing drawn, in units of a drawing of 640 by 360.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A line from side to side: the axis or a line of the grid.
    Rule { axis: bool, y: f64, from: f64, to: f64 },
    /// Letters on their base line; turned, they run upwards.
    Word { role: Role, at: (f64, f64), anchor: Anchor, turned: bool, text: String },
    /// A line through points.
    Line { colour: u8, dashed: bool, points: Vec<(f64, f64)> },
    /// A shaded area.
    Area { colour: u8, points: Vec<(f64, f64)> },
    /// A point.
    Dot { colour: u8, at: (f64, f64) },
}

impl Mark {
    fn write(&self, out: &mut String) {
        let joined = |points: &[(f64, f64)]| {
            points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
        };
        let _ = match self {
            Self::Rule { axis, y, from, to } => {
                let class = if *axis { "axis" } else { "grid" };
                writeln!(
                    out,
                    "<line class=\"{class}\" x1=\"{from}\" x2=\"{to}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
                )
            }
            Self::Word { role, at: (x, y), anchor, turned, text } => {
                let class = if *role == Role::Tick { "tick" } else { "name" };
                let anchor = if *anchor == Anchor::End { "end" } else { "middle" };
                let turn =
                    if *turned { format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"") } else { String::new() };
                writeln!(
                    out,
                    "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{turn}>{}</text>",
                    escape(text)
                )
            }
            Self::Line { colour, dashed, points } => {
                let dashed = if *dashed { " dashed" } else { "" };
                writeln!(out, "<polyline class=\"line{dashed} c{colour}\" points=\"{}\"/>", joined(points))
            }
            Self::Area { colour, points } => {
                writeln!(out, "<polygon class=\"band f{colour}\" points=\"{}\"/>", joined(points))
            }
            Self::Dot { colour, at: (x, y) } => {
                writeln!(out, "<circle class=\"f{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.4\"/>")
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, f64)>) -> Chart {
        Chart {
            title: "Sizes < all".to_owned(),
            across: ("size".to_owned(), Scale::Log),
            up: ("share".to_owned(), Scale::Log),
            words: Vec::new(),
            series: vec![Series { name: Some("seen".to_owned()), colour: 0, shape: Shape::Points(points) }],
        }
    }

    #[test]
    fn points_lie_inside_and_words_are_escaped() {
        let drawn = chart(vec![(1.0, 1.0), (10.0, 0.1), (100.0, 0.01)]).render();
        assert!(drawn.contains("Sizes &lt; all") && !drawn.contains("Sizes < all"));
        assert_eq!(drawn.matches("<circle").count(), 3);
        assert!(drawn.contains("cx=\"64.0\" cy=\"12.0\""), "{drawn}");
        assert!(drawn.contains("cx=\"628.0\" cy=\"312.0\""), "{drawn}");
    }

    #[test]
    fn odd_values_draw_nothing_and_break_nothing() {
        for points in
            [vec![], vec![(0.0, 0.0)], vec![(f64::NAN, 1.0), (f64::INFINITY, 2.0)], vec![(5.0, 5.0)]]
        {
            assert!(!chart(points).render().contains("NaN"));
        }
    }
}
