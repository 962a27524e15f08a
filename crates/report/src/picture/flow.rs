//! Where the pieces of a sheet lie: one below the other, each a block that knows how tall it is and how it is drawn.

use super::canvas::{Canvas, outline};
use super::colour::{BAND, EDGE, FAINT, INK, LAND, LINE, SEA, SERIES, SHADES as SHADE_COLOURS};
use super::face::Face;
use crate::map::{NO_FIGURES, NO_MAP, SHADES, WIDTH as MAP};
use crate::plot::chart::{Anchor, HEIGHT, Mark, Role, WIDTH};
use crate::plot::{Chart, Piece, Shape, World};

/// White around all, in units.
pub(super) const MARGIN: f32 = 24.0;
/// Width of a whole sheet: two charts and what lies between.
pub(super) const SHEET: f32 = 2.0 * CHART + GAP;
const CHART: f32 = WIDTH as f32;
const GAP: f32 = 24.0;
/// Width of a map on a whole sheet.
const MAP_WIDE: f32 = 960.0;
/// Narrowest and widest table of its own.
const TABLE: (f32, f32) = (320.0, SHEET);
/// Sizes of letters: the page's title, headings, text, tables and keys, axes.
const TITLE: f32 = 24.0;
const HEADING: f32 = 17.0;
const TEXT: f32 = 14.0;
const SMALL: f32 = 12.5;
const AXIS: f32 = 11.0;
/// From one line of letters to the next, in their size.
const LEADING: f32 = 1.4;
/// Between the columns of a table.
const BETWEEN: f32 = 14.0;
/// No column is made narrower than this so that a table fits.
const COLUMN_MIN: f32 = 60.0;

type Painter<'a> = Box<dyn FnOnce(&mut Canvas<'_>, f32, f32) + 'a>;

/// Something drawn at a place.
pub(super) struct Block<'a> {
    /// How much room it takes, white below it included, in units.
    pub(super) height: f32,
    paint: Painter<'a>,
}

impl Block<'_> {
    /// Draws it with its upper left corner at a place.
    pub(super) fn paint(self, canvas: &mut Canvas<'_>, x: f32, y: f32) {
        (self.paint)(canvas, x, y);
        canvas.moved(0.0, 0.0, 1.0);
    }
}

/// How wide a piece is by itself.
pub(super) fn natural(face: &Face<'_>, piece: &Piece) -> f32 {
    match piece {
        Piece::Table(names, rows) => {
            let widths = natural_widths(face, names, rows);
            (widths.iter().sum::<f32>() + BETWEEN * widths.len() as f32).clamp(TABLE.0, TABLE.1)
        }
        Piece::Map(_) => MAP as f32,
        _ => CHART,
    }
}

/// Blocks as they come.
pub(super) struct Flow<'a> {
    face: &'a Face<'a>,
    across: f32,
    blocks: Vec<Block<'a>>,
    /// A chart that waits for another one beside it.
    waiting: Option<&'a Chart>,
}

impl<'a> Flow<'a> {
    /// For paper of a width, margins not counted.
    pub(super) fn new(face: &'a Face<'a>, across: f32) -> Self {
        Self { face, across, blocks: Vec::new(), waiting: None }
    }

    /// All blocks.
    pub(super) fn blocks(mut self) -> Vec<Block<'a>> {
        self.settle();
        self.blocks
    }

    /// The name of the whole.
    pub(super) fn title(&mut self, text: &str) {
        self.letters(text, TITLE, INK, 10.0);
    }

    /// Adds a piece. Charts stand by twos where there is room.
    pub(super) fn piece(&mut self, piece: &'a Piece, across: f32) {
        if let Piece::Chart(chart) = piece {
            if across < SHEET {
                self.charts(chart, None);
            } else if let Some(first) = self.waiting.take() {
                self.charts(first, Some(chart));
            } else {
                self.waiting = Some(chart);
            }
            return;
        }
        self.settle();
        match piece {
            Piece::Heading(text) => {
                self.space(12.0);
                self.letters(text, HEADING, INK, 2.0);
                let wide = self.across;
                self.push(12.0, move |canvas, x, y| canvas.fill((x, y), (wide, 1.0), LINE, 1.0));
            }
            Piece::Text(text) => self.letters(text, TEXT, INK, 8.0),
            Piece::Map(world) => self.map(world, across.min(MAP_WIDE)),
            Piece::Table(names, rows) => self.table(names, rows),
            Piece::Chart(_) => {}
        }
    }

    fn settle(&mut self) {
        if let Some(chart) = self.waiting.take() {
            self.charts(chart, None);
        }
    }

    fn push(&mut self, height: f32, paint: impl FnOnce(&mut Canvas<'_>, f32, f32) + 'a) {
        self.blocks.push(Block { height, paint: Box::new(paint) });
    }

    fn space(&mut self, height: f32) {
        self.push(height, |_, _, _| {});
    }

    /// A paragraph, with white below it.
    fn letters(&mut self, text: &str, size: f32, colour: super::colour::Colour, below: f32) {
        let lines: Vec<String> =
            text.lines().flat_map(|line| self.face.wrapped(line, size, self.across)).collect();
        let height = lines.len() as f32 * size * LEADING;
        self.push(height + below, move |canvas, x, y| lines_at(canvas, &lines, size, (x, y), colour));
    }

    fn charts(&mut self, one: &'a Chart, two: Option<&'a Chart>) {
        let parts: Vec<(Vec<String>, Vec<Entry>, &Chart)> = [Some(one), two]
            .into_iter()
            .flatten()
            .map(|chart| (self.face.wrapped(&chart.title, TEXT, CHART), key_of_chart(chart), chart))
            .collect();
        let head =
            parts.iter().map(|(title, ..)| title.len()).max().unwrap_or(0) as f32 * TEXT * LEADING + 4.0;
        let keys: Vec<Vec<Vec<Entry>>> =
            parts.iter().map(|(_, key, _)| rows_of(self.face, key, CHART)).collect();
        let foot = keys.iter().map(Vec::len).max().unwrap_or(0) as f32 * SMALL * LEADING;
        self.push(head + HEIGHT as f32 + foot + 20.0, move |canvas, x, y| {
            for (number, ((title, _, chart), key)) in parts.iter().zip(keys).enumerate() {
                let left = x + number as f32 * (CHART + GAP);
                lines_at(canvas, title, TEXT, (left, y), INK);
                canvas.moved(left, y + head, 1.0);
                for mark in chart.marks() {
                    draw(canvas, &mark);
                }
                canvas.moved(0.0, 0.0, 1.0);
                keys_at(canvas, key, left, y + head + HEIGHT as f32);
            }
        });
    }

    fn map(&mut self, world: &World, wide: f32) {
        let Some(drawn) = world.drawn() else {
            self.letters(NO_MAP, TEXT, INK, 8.0);
            return;
        };
        self.letters(&world.title, TEXT, INK, 4.0);
        let scale = wide / MAP as f32;
        let tall = drawn.height as f32;
        let paths: Vec<_> =
            drawn.shaded.iter().filter_map(|(shade, data, _)| Some((*shade, outline(data)?))).collect();
        let (land, border, disputed) =
            (outline(&drawn.land), outline(&drawn.border), outline(&drawn.disputed));
        self.push(tall * scale + 6.0, move |canvas, x, y| {
            canvas.moved(x, y, scale);
            // Land runs on a little beyond the frame.
            canvas.within((MAP as f32, tall));
            canvas.fill((0.0, 0.0), (MAP as f32, tall), SEA, 1.0);
            if let Some(land) = land {
                canvas.path(&land, LAND, 1.0);
                canvas.stroke(&land, EDGE, 0.2, &[]);
            }
            for (shade, path) in paths {
                canvas.path(&path, SHADE_COLOURS[shade.min(5)], 1.0);
                canvas.stroke(&path, EDGE, 0.2, &[]);
            }
            for (path, dashes) in [(border, &[][..]), (disputed, &[2.4, 1.8][..])] {
                if let Some(path) = path {
                    canvas.stroke(&path, EDGE, 0.6, dashes);
                }
            }
            canvas.free();
        });
        let mut key: Vec<Entry> = SHADES
            .iter()
            .enumerate()
            .map(|(number, (_, words))| Entry {
                sign: Sign::Box(SHADE_COLOURS[number], 1.0),
                words: (*words).to_owned(),
            })
            .collect();
        key.push(Entry { sign: Sign::Box(LAND, 1.0), words: NO_FIGURES.to_owned() });
        let rows = rows_of(self.face, &key, wide);
        self.push(rows.len() as f32 * SMALL * LEADING + 4.0, move |canvas, x, y| keys_at(canvas, rows, x, y));
        let lines = self.face.wrapped(&drawn.note, SMALL, wide);
        self.push(lines.len() as f32 * SMALL * LEADING + 8.0, move |canvas, x, y| {
            lines_at(canvas, &lines, SMALL, (x, y), FAINT);
        });
    }

    fn table(&mut self, names: &[String], rows: &[Vec<String>]) {
        let widths = fitted(natural_widths(self.face, names, rows), self.across);
        let step = SMALL * LEADING;
        let face = self.face;
        let cells_of = |cells: &[String]| -> Vec<Vec<String>> {
            cells.iter().zip(&widths).map(|(cell, wide)| face.wrapped(cell, SMALL, *wide)).collect()
        };
        let whole: f32 = widths.iter().map(|wide| wide + BETWEEN).sum::<f32>() - BETWEEN;
        let all = std::iter::once((FAINT, cells_of(names)))
            .chain(rows.iter().map(|row| (INK, cells_of(row))))
            .collect::<Vec<_>>();
        for (colour, cells) in all {
            let tall = cells.iter().map(Vec::len).max().unwrap_or(1) as f32 * step;
            let widths = widths.clone();
            self.push(tall + 5.0, move |canvas, x, y| {
                let mut left = x;
                for (cell, wide) in cells.iter().zip(&widths) {
                    // Numbers stand to the right, as on the page.
                    let right = colour == INK
                        && cell.len() == 1
                        && cell[0]
                            .starts_with(|first: char| first.is_ascii_digit() || "-+<>".contains(first));
                    let shift = if right { wide - canvas.face().width(&cell[0], SMALL) } else { 0.0 };
                    lines_at(canvas, cell, SMALL, (left + shift, y), colour);
                    left += wide + BETWEEN;
                }
                canvas.fill((x, y + tall + 1.5), (whole, 0.8), LINE, 1.0);
            });
        }
        self.space(10.0);
    }
}

/// Width of each column, were it on paper without end.
fn natural_widths(face: &Face<'_>, names: &[String], rows: &[Vec<String>]) -> Vec<f32> {
    let count = rows.iter().map(Vec::len).chain([names.len()]).max().unwrap_or(0);
    (0..count)
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at)).chain(names.get(at));
            cells.map(|cell| face.width(cell, SMALL) + 0.5).fold(0.0, f32::max)
        })
        .collect()
}

/// Columns made narrower, the widest first, until all fit.
fn fitted(mut widths: Vec<f32>, across: f32) -> Vec<f32> {
    let room = across - BETWEEN * widths.len().saturating_sub(1) as f32;
    for _ in 0..widths.len() * 2 {
        let over = widths.iter().sum::<f32>() - room;
        if over <= 0.0 {
            break;
        }
        let widest = widths.iter().copied().fold(0.0, f32::max);
        let next = widths.iter().copied().filter(|wide| *wide < widest).fold(COLUMN_MIN, f32::max);
        let many = widths.iter().filter(|wide| **wide >= widest).count() as f32;
        let to = (widest - over / many).max(next).max(COLUMN_MIN);
        for wide in widths.iter_mut().filter(|wide| **wide >= widest) {
            *wide = to;
        }
    }
    widths
}

/// What stands before a name in a key.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Line(super::colour::Colour),
    Dashes(super::colour::Colour),
    Dot(super::colour::Colour),
    Box(super::colour::Colour, f32),
}

#[derive(Debug, Clone)]
struct Entry {
    sign: Sign,
    words: String,
}

/// Room for a sign, and white behind an entry.
const SIGN: f32 = 26.0;
const APART: f32 = 16.0;

fn key_of_chart(chart: &Chart) -> Vec<Entry> {
    let entries = chart.series.iter().filter_map(|series| {
        let colour = SERIES[usize::from(series.colour) % SERIES.len()];
        let sign = match series.shape {
            Shape::Line(_) => Sign::Line(colour),
            Shape::Dashes(_) => Sign::Dashes(colour),
            Shape::Points(_) => Sign::Dot(colour),
            Shape::Band(_) | Shape::Bars(_) => Sign::Box(colour, BAND),
        };
        Some(Entry { sign, words: series.name.clone()? })
    });
    entries.collect()
}

/// Entries of a key in rows that fit.
fn rows_of(face: &Face<'_>, key: &[Entry], across: f32) -> Vec<Vec<Entry>> {
    let mut rows: Vec<Vec<Entry>> = Vec::new();
    let mut used = f32::MAX;
    for entry in key {
        let wide = SIGN + face.width(&entry.words, SMALL) + APART;
        if used + wide > across + APART {
            rows.push(Vec::new());
            used = 0.0;
        }
        used += wide;
        if let Some(row) = rows.last_mut() {
            row.push(entry.clone());
        }
    }
    rows
}

fn keys_at(canvas: &mut Canvas<'_>, rows: Vec<Vec<Entry>>, x: f32, y: f32) {
    for (number, row) in rows.into_iter().enumerate() {
        let base = y + (number as f32 * LEADING + 1.0) * SMALL;
        let middle = base - SMALL * 0.35;
        let mut left = x;
        for entry in row {
            let ends = [(f64::from(left), f64::from(middle)), (f64::from(left + 20.0), f64::from(middle))];
            match entry.sign {
                Sign::Line(colour) => canvas.line(&ends, colour, 1.6, &[]),
                Sign::Dashes(colour) => canvas.line(&ends, colour, 1.6, &[5.0, 4.0]),
                Sign::Dot(colour) => canvas.dot((left + 10.0, middle), 2.4, colour),
                Sign::Box(colour, share) => {
                    canvas.fill((left, middle - 5.0), (20.0, 10.0), FAINT, 1.0);
                    canvas.fill((left + 0.7, middle - 4.3), (18.6, 8.6), super::colour::PAPER, 1.0);
                    canvas.fill((left + 0.7, middle - 4.3), (18.6, 8.6), colour, share);
                }
            }
            canvas.word(&entry.words, SMALL, (left + SIGN, base), FAINT);
            left += SIGN + canvas.face().width(&entry.words, SMALL) + APART;
        }
    }
}

/// Lines of letters one below the other, the first with its upper edge at a place.
fn lines_at(
    canvas: &mut Canvas<'_>,
    lines: &[String],
    size: f32,
    (x, y): (f32, f32),
    colour: super::colour::Colour,
) {
    for (number, line) in lines.iter().enumerate() {
        canvas.word(line, size, (x, y + (number as f32 * LEADING + 1.0) * size), colour);
    }
}

fn draw(canvas: &mut Canvas<'_>, mark: &Mark) {
    let colour = |number: &u8| SERIES[usize::from(*number) % SERIES.len()];
    match mark {
        Mark::Rule { axis, y, from, to } => {
            let colour = if *axis { INK } else { LINE };
            canvas.line(&[(*from, *y), (*to, *y)], colour, 1.0, &[]);
        }
        Mark::Word { role, at: (x, y), anchor, turned, text } => {
            let size = if *role == Role::Tick { AXIS } else { SMALL };
            let at = (*x as f32, *y as f32);
            if *turned {
                canvas.word_upwards(text, size, at, FAINT);
                return;
            }
            let wide = canvas.face().width(text, size);
            let begin = if *anchor == Anchor::End { at.0 - wide } else { at.0 - wide / 2.0 };
            canvas.word(text, size, (begin, at.1), FAINT);
        }
        Mark::Line { colour: number, dashed, points } => {
            canvas.line(points, colour(number), 1.6, if *dashed { &[5.0, 4.0] } else { &[] });
        }
        Mark::Area { colour: number, points } => canvas.area(points, colour(number), BAND),
        Mark::Dot { colour: number, at: (x, y) } => {
            canvas.dot((*x as f32, *y as f32), 2.4, colour(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_give_way_the_widest_first() {
        assert_eq!(fitted(vec![100.0, 80.0], 500.0), [100.0, 80.0]);
        let widths = fitted(vec![100.0, 600.0, 300.0], 428.0 + 200.0);
        assert!((widths.iter().sum::<f32>() - 600.0).abs() < 0.01 && widths[0] == 100.0, "{widths:?}");
        let widths = fitted(vec![400.0; 3], 100.0);
        assert_eq!(widths, [COLUMN_MIN; 3]);
    }
}
