//! Paper that is drawn on in units of the drawing; a scale leads to pixels.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash,
    Transform,
};

use super::Error;
use super::colour::{Colour, PAPER};
use super::face::{Face, turned};

/// A place in units of the drawing.
pub(super) type Place = (f32, f32);

/// Paper of a size in pixels.
pub(super) struct Canvas<'a> {
    pixels: Pixmap,
    face: &'a Face<'a>,
    scale: f32,
    /// What leads from units to pixels.
    at: Transform,
    /// What may be drawn on; none where all may.
    clip: Option<Mask>,
}

fn paint(colour: Colour, share: f32) -> Paint<'static> {
    let [red, green, blue] = colour;
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, (share * 255.0).round() as u8);
    paint
}

impl<'a> Canvas<'a> {
    /// Empty paper; none where there is no room for it.
    pub(super) fn new(width: u32, height: u32, scale: f32, face: &'a Face<'a>) -> Option<Self> {
        let mut pixels = Pixmap::new(width, height)?;
        pixels.fill(Color::from_rgba8(PAPER[0], PAPER[1], PAPER[2], 255));
        Some(Self { pixels, face, scale, at: Transform::from_scale(scale, scale), clip: None })
    }

    /// Draws what follows moved by so much, and `scale` times as large.
    pub(super) fn moved(&mut self, x: f32, y: f32, scale: f32) {
        self.at = Transform::from_scale(self.scale * scale, self.scale * scale)
            .post_translate(x * self.scale, y * self.scale);
    }

    /// Keeps what follows inside a rectangle, until [`Canvas::free`].
    pub(super) fn within(&mut self, (width, height): Place) {
        let mask = Mask::new(self.pixels.width(), self.pixels.height());
        self.clip = mask.zip(Rect::from_xywh(0.0, 0.0, width, height)).map(|(mut mask, rect)| {
            mask.fill_path(&PathBuilder::from_rect(rect), FillRule::Winding, true, self.at);
            mask
        });
    }

    /// Lets what follows be drawn anywhere.
    pub(super) fn free(&mut self) {
        self.clip = None;
    }

    /// A filled rectangle.
    pub(super) fn fill(&mut self, (x, y): Place, (width, height): Place, colour: Colour, share: f32) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            self.pixels.fill_rect(rect, &paint(colour, share), self.at, self.clip.as_ref());
        }
    }

    /// A filled polygon.
    pub(super) fn area(&mut self, points: &[(f64, f64)], colour: Colour, share: f32) {
        if let Some(path) = joined(points, true) {
            self.path(&path, colour, share);
        }
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], colour: Colour, wide: f32, dashes: &[f32]) {
        if let Some(path) = joined(points, false) {
            self.stroke(&path, colour, wide, dashes);
        }
    }

    /// A disc.
    pub(super) fn dot(&mut self, (x, y): Place, radius: f32, colour: Colour) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.path(&path, colour, 1.0);
        }
    }

    /// Fills a path.
    pub(super) fn path(&mut self, path: &Path, colour: Colour, share: f32) {
        self.pixels.fill_path(path, &paint(colour, share), FillRule::Winding, self.at, self.clip.as_ref());
    }

    /// Draws a path's line; `dashes` are lengths of drawn and undrawn pieces.
    pub(super) fn stroke(&mut self, path: &Path, colour: Colour, wide: f32, dashes: &[f32]) {
        let stroke = Stroke {
            width: wide,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash: StrokeDash::new(dashes.to_vec(), 0.0),
            ..Stroke::default()
        };
        self.pixels.stroke_path(path, &paint(colour, 1.0), &stroke, self.at, self.clip.as_ref());
    }

    /// Letters whose base line begins at a place.
    pub(super) fn word(&mut self, text: &str, size: f32, (x, y): Place, colour: Colour) {
        if let Some(path) = self.face.outline(text, size, x, y) {
            self.path(&path, colour, 1.0);
        }
    }

    /// Letters running upwards, their middle at a place.
    pub(super) fn word_upwards(&mut self, text: &str, size: f32, (x, y): Place, colour: Colour) {
        let begin = x - self.face.width(text, size) / 2.0;
        let path = self.face.outline(text, size, begin, y).and_then(|path| path.transform(turned(x, y)));
        if let Some(path) = path {
            self.path(&path, colour, 1.0);
        }
    }

    /// The font.
    pub(super) fn face(&self) -> &'a Face<'a> {
        self.face
    }

    /// The file.
    pub(super) fn png(self) -> Result<Vec<u8>, Error> {
        self.pixels.encode_png().map_err(|error| Error::Packing(error.to_string()))
    }
}

fn joined(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (number, (x, y)) in points.iter().enumerate() {
        let (x, y) = (*x as f32, *y as f32);
        if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// A path from SVG's data as `map::ground` writes it: `M` to a place, `l` and numbers alone by steps, `z`; whole tenths of a unit.
pub(super) fn outline(data: &str) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (mut x, mut y) = (0.0_f32, 0.0_f32);
    let mut absolute = false;
    let mut across: Option<f32> = None;
    let mut rest = data;
    while let Some(first) = rest.chars().next() {
        match first {
            'M' => absolute = true,
            'l' => absolute = false,
            'z' => path.close(),
            '-' | '0'..='9' => {
                let end =
                    rest[1..].find(|letter: char| !letter.is_ascii_digit()).map_or(rest.len(), |at| at + 1);
                let value = rest[..end].parse::<f32>().ok()? / 10.0;
                rest = &rest[end..];
                match across.take() {
                    None => across = Some(value),
                    Some(step) if absolute => {
                        (x, y) = (step, value);
                        path.move_to(x, y);
                    }
                    Some(step) => {
                        (x, y) = (x + step, y + value);
                        path.line_to(x, y);
                    }
                }
                continue;
            }
            _ => {}
        }
        rest = &rest[first.len_utf8()..];
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_data_is_read_as_svg_reads_it() {
        let path = outline("M100 50l10 0-10 20zM0 0l-5-5").expect("a path");
        let bounds = path.bounds();
        assert_eq!((bounds.left(), bounds.top(), bounds.right(), bounds.bottom()), (-0.5, -0.5, 11.0, 7.0));
        assert!(outline("").is_none() && outline("M5").is_none() && outline("–é").is_none());
    }
}
