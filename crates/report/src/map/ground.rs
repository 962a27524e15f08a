//! Land, borders and coasts of a frame as paths of the drawing, and which country lies where on it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::frame::{Frame, WIDTH};
use super::outlines::{Line, Outlines, Polygon};

/// Side of a cell of the coarse picture of who lies where, in units.
pub(super) const CELL: f64 = 10.0;
/// How far beyond the frame shapes are drawn, in units, so that no line runs along its edge.
const MARGIN: f64 = 6.0;

/// A point of the drawing.
type Point = (f64, f64);

/// The ground of a map.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    /// Land that isn't shaded; its edge is the coast. Paths are in tenths of a unit.
    pub(super) land: String,
    /// Countries to shade, by code, where they show.
    pub(super) shaded: BTreeMap<&'a str, Shaded>,
    pub(super) border: String,
    pub(super) disputed: String,
    pub(super) cells: Cells<'a>,
}

/// A shaded country.
#[derive(Debug)]
pub(super) struct Shaded {
    pub(super) path: String,
    /// Corners of what shows of it, in units.
    pub(super) low: (f64, f64),
    pub(super) high: (f64, f64),
}

/// Which country lies in which cell of a coarse grid over the frame.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Row by row: number of the country in `names` + 1; 0 for the sea.
    owner: Vec<u16>,
    /// Code and label.
    pub(super) names: Vec<(&'a str, &'a str)>,
}

impl Cells<'_> {
    /// The number of the country in a cell.
    pub(super) fn owner(&self, column: usize, row: usize) -> Option<usize> {
        let owner = *self.owner.get(row * self.columns + column)?;
        usize::from(owner).checked_sub(1)
    }

    /// The middles of a country's cells.
    pub(super) fn of(&self, number: usize) -> impl Iterator<Item = (f64, f64)> {
        let own = self.owner.iter().enumerate().filter(move |(_, owner)| usize::from(**owner) == number + 1);
        own.map(|(cell, _)| {
            (
                (cell % self.columns) as f64 * CELL + CELL / 2.0,
                (cell / self.columns) as f64 * CELL + CELL / 2.0,
            )
        })
    }

    /// The middle of what shows of a country; `None` where nothing does.
    pub(super) fn middle(&self, number: usize) -> Option<(f64, f64)> {
        let (mut x, mut y, mut count) = (0.0, 0.0, 0.0);
        for at in self.of(number) {
            (x, y, count) = (x + at.0, y + at.1, count + 1.0);
        }
        (count > 0.0).then(|| (x / count, y / count))
    }
}

/// Draws the ground of a frame. Points closer than `step` units are one; islands smaller than a square of it are left out.
pub(super) fn draw<'a>(
    outlines: &'a Outlines,
    frame: &Frame,
    shade: &BTreeSet<&str>,
    step: f64,
) -> Ground<'a> {
    let (columns, rows) = ((WIDTH / CELL) as usize, (frame.height / CELL).ceil() as usize);
    let mut ground = Ground {
        land: String::new(),
        shaded: BTreeMap::new(),
        border: String::new(),
        disputed: String::new(),
        cells: Cells { columns, rows, owner: vec![0; columns * rows], names: Vec::new() },
    };
    let mut arcs: BTreeMap<(usize, i64), (Line, Vec<Point>)> = BTreeMap::new();
    let mut land = Path::default();
    for shape in &outlines.shapes {
        let mut rings: Vec<Vec<(f64, f64)>> = Vec::new();
        for polygon in &shape.polygons {
            for turn in frame.turns(&polygon.bounds) {
                rings.extend(polygon_rings(outlines, frame, polygon, turn, step, &mut arcs));
            }
        }
        if rings.is_empty() {
            continue;
        }
        ground.cells.fill((shape.code, shape.label), &rings);
        if shade.contains(shape.code) {
            let mut path = Path::default();
            let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
            for ring in &rings {
                path.ring(ring);
                for point in ring {
                    low = (low.0.min(point.0), low.1.min(point.1));
                    high = (high.0.max(point.0), high.1.max(point.1));
                }
            }
            let shaded = ground.shaded.entry(shape.code).or_insert(Shaded { path: String::new(), low, high });
            shaded.path.push_str(&path.text);
            shaded.low = (shaded.low.0.min(low.0), shaded.low.1.min(low.1));
            shaded.high = (shaded.high.0.max(high.0), shaded.high.1.max(high.1));
        } else {
            for ring in rings.iter().filter(|ring| area(ring) > step * step) {
                land.ring(ring);
            }
        }
    }
    ground.land = land.text;
    let (mut border, mut disputed) = (Path::default(), Path::default());
    for (line, points) in arcs.values() {
        match line {
            Line::Coast => {}
            Line::Border => border.open(points, frame),
            Line::Disputed => disputed.open(points, frame),
        }
    }
    ground.border = border.text;
    ground.disputed = disputed.text;
    ground
}

/// The rings of a polygon inside the frame's clip.
fn polygon_rings(
    outlines: &Outlines,
    frame: &Frame,
    polygon: &Polygon,
    turn: f64,
    step: f64,
    arcs: &mut BTreeMap<(usize, i64), (Line, Vec<Point>)>,
) -> Vec<Vec<(f64, f64)>> {
    let mut rings = Vec::new();
    for ring in &polygon.rings {
        let mut points = Vec::new();
        for (arc, own) in outlines.turned(polygon, ring) {
            let turn = turn + own;
            let (_, line) = arcs.entry((arc / 2, turn as i64)).or_insert_with(|| {
                let (line, points) = outlines.arc(arc / 2);
                (*line, thin(points.iter().map(|(lon, lat)| frame.project(lon + turn, *lat)), step))
            });
            let line = line.iter().copied();
            if arc % 2 == 1 { points.extend(line.rev()) } else { points.extend(line) }
        }
        let clipped = clip(points, frame.height);
        if clipped.len() >= 3 {
            rings.push(clipped);
        }
    }
    rings
}

/// Leaves out points that fall together; keeps the ends, so that neighbours still meet.
fn thin(points: impl Iterator<Item = Point>, step: f64) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    let mut skipped = None;
    for point in points {
        match kept.last() {
            Some(last) if (last.0 - point.0).hypot(last.1 - point.1) < step => {
                skipped = Some(point);
            }
            _ => {
                kept.push(point);
                skipped = None;
            }
        }
    }
    kept.extend(skipped);
    kept
}

/// Cuts a ring to the frame and its margin (Sutherland and Hodgman, 1974).
fn clip(mut ring: Vec<(f64, f64)>, height: f64) -> Vec<(f64, f64)> {
    let (low, right, bottom) = (-MARGIN, WIDTH + MARGIN, height + MARGIN);
    for side in 0..4 {
        let inside = |point: (f64, f64)| match side {
            0 => point.0 >= low,
            1 => point.0 <= right,
            2 => point.1 >= low,
            _ => point.1 <= bottom,
        };
        let cut = |a: (f64, f64), b: (f64, f64)| {
            let edge = [low, right, low, bottom][side];
            if side < 2 {
                (edge, a.1 + (b.1 - a.1) * (edge - a.0) / (b.0 - a.0))
            } else {
                (a.0 + (b.0 - a.0) * (edge - a.1) / (b.1 - a.1), edge)
            }
        };
        let mut out = Vec::with_capacity(ring.len());
        let Some(mut last) = ring.last().copied() else { return ring };
        for point in ring {
            if inside(point) != inside(last) {
                out.push(cut(last, point));
            }
            if inside(point) {
                out.push(point);
            }
            last = point;
        }
        ring = out;
    }
    ring
}

/// Area of a ring, in square units.
fn area(ring: &[(f64, f64)]) -> f64 {
    let twice: f64 = ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    (twice / 2.0).abs()
}

impl<'a> Cells<'a> {
    /// Gives the cells whose middle lies in the rings (even-odd) to a country.
    fn fill(&mut self, name: (&'a str, &'a str), rings: &[Vec<(f64, f64)>]) {
        let number = match self.names.iter().position(|known| *known == name) {
            Some(number) => number,
            None => {
                self.names.push(name);
                self.names.len() - 1
            }
        };
        let Ok(owner) = u16::try_from(number + 1) else { return };
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); self.rows];
        for ring in rings {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let (low, high) = (a.1.min(b.1), a.1.max(b.1));
                let first = (low / CELL - 0.5).ceil().max(0.0) as usize;
                for (row, crossings) in crossings.iter_mut().enumerate().skip(first) {
                    let y = (row as f64 + 0.5) * CELL;
                    if y >= high {
                        break;
                    }
                    crossings.push(a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1));
                }
            }
        }
        for (row, mut crossings) in crossings.into_iter().enumerate() {
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let first = (pair[0] / CELL - 0.5).ceil().max(0.0) as usize;
                let end = (pair[1] / CELL - 0.5).ceil().clamp(0.0, self.columns as f64) as usize;
                for column in first..end.max(first) {
                    self.owner[row * self.columns + column] = owner;
                }
            }
        }
    }
}

/// Path data in whole tenths of a unit, each point relative to the last.
#[derive(Debug, Default)]
struct Path {
    text: String,
    at: (i64, i64),
}

impl Path {
    fn ring(&mut self, points: &[(f64, f64)]) {
        let Some((first, rest)) = points.split_first() else { return };
        self.at = (0, 0);
        self.step('M', *first);
        let mut command = 'l';
        for point in rest {
            if self.step(command, *point) {
                command = ' ';
            }
        }
        self.text.push('z');
    }

    /// An open line: pieces outside the frame are left out.
    fn open(&mut self, points: &[Point], frame: &Frame) {
        let mut drawing = false;
        let mut command = 'l';
        for pair in points.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            let out = ax.max(bx) < -MARGIN
                || ax.min(bx) > WIDTH + MARGIN
                || ay.max(by) < -MARGIN
                || ay.min(by) > frame.height + MARGIN;
            if out {
                drawing = false;
                continue;
            }
            if !drawing {
                self.at = (0, 0);
                self.step('M', (ax, ay));
                command = 'l';
                drawing = true;
            }
            if self.step(command, (bx, by)) {
                command = ' ';
            }
        }
    }

    /// Appends a point; a step of no length is left out. `false` when it was.
    fn step(&mut self, command: char, point: (f64, f64)) -> bool {
        let to = ((point.0 * 10.0).round() as i64, (point.1 * 10.0).round() as i64);
        let (dx, dy) = (to.0 - self.at.0, to.1 - self.at.1);
        if command != 'M' && (dx, dy) == (0, 0) {
            return false;
        }
        if command != ' ' || dx >= 0 {
            self.text.push(command);
        }
        let between = if dy >= 0 { " " } else { "" };
        let _ = write!(self.text, "{dx}{between}{dy}");
        self.at = to;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame;
    use super::*;

    #[test]
    fn cells_know_their_country() {
        let outlines = Outlines::built_in();
        let frame = Frame::fit(frame::around(17.0, -2.0, 900.0));
        let ground = draw(&outlines, &frame, &BTreeSet::from(["MLI"]), 0.8);
        let at = |lat: f64, lon: f64| {
            let (x, y) = frame.place(lat, lon);
            let owner = ground.cells.owner((x / CELL) as usize, (y / CELL) as usize);
            owner.map_or("", |number| ground.cells.names[number].0)
        };
        assert_eq!([at(17.0, -2.0), at(12.3, -1.5), at(27.0, 2.0)], ["MLI", "BFA", "DZA"]);
        assert!(ground.shaded.contains_key("MLI") && !ground.border.is_empty());
    }

    #[test]
    fn land_runs_on_over_the_antimeridian() {
        let outlines = Outlines::built_in();
        let frame = Frame::fit(frame::around(67.5, 180.0, 300.0));
        let ground = draw(&outlines, &frame, &BTreeSet::from(["RUS"]), 1.0);
        let at = |lon: f64| {
            let (x, y) = frame.place(67.5, lon);
            ground
                .cells
                .owner((x / CELL) as usize, (y / CELL) as usize)
                .map(|number| ground.cells.names[number].0)
        };
        assert_eq!([at(178.0), at(179.9), at(-179.9), at(-178.0)], [Some("RUS"); 4]);
        // And far from it nothing of that land is smeared over the map.
        let frame = Frame::fit(frame::around(67.5, 0.0, 300.0));
        assert!(draw(&outlines, &frame, &BTreeSet::from(["RUS"]), 1.0).shaded.is_empty());
    }

    #[test]
    fn rings_are_cut_to_the_frame() {
        let all = clip(vec![(-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)], 400.0);
        assert!((area(&all) - (WIDTH + 2.0 * MARGIN) * (400.0 + 2.0 * MARGIN)).abs() < 1.0);
        assert!(clip(vec![(-9.0, 0.0), (-8.0, 0.0), (-8.0, 5.0)], 400.0).is_empty());
        assert!(clip(Vec::new(), 400.0).is_empty());
    }
}
