//! The font: how wide words are, where lines break, and the outlines of letters.

use tiny_skia::{Path, PathBuilder, Transform};
use ttf_parser::{GlyphId, OutlineBuilder};

static FONT: &[u8] = include_bytes!("../../../../data/font/DejaVuSansCondensed-subset.ttf");

/// The built-in font; letters that it lacks are its box. Damaged bytes would draw nothing.
pub(super) struct Face<'a>(Option<ttf_parser::Face<'a>>);

impl Face<'_> {
    /// Opens it in place.
    pub(super) fn built_in() -> Self {
        Self(ttf_parser::Face::parse(FONT, 0).ok())
    }

    /// Letters of a text with their widths, in parts of the letters' size.
    fn letters<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (GlyphId, f32)> + 't {
        let face = self.0.as_ref();
        text.chars().filter(|letter| !letter.is_control()).filter_map(move |letter| {
            let face = face?;
            let glyph = face.glyph_index(letter).unwrap_or(GlyphId(0));
            let width =
                f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / f32::from(face.units_per_em());
            Some((glyph, width))
        })
    }

    /// Width of a text in letters of a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        self.letters(text).map(|(_, width)| width).sum::<f32>() * size
    }

    /// The outlines of a text that begins at a place and runs on from there; none where nothing is seen.
    pub(super) fn outline(&self, text: &str, size: f32, x: f32, y: f32) -> Option<Path> {
        let face = self.0.as_ref()?;
        let scale = size / f32::from(face.units_per_em());
        let mut pen = Pen { path: PathBuilder::new(), x, y, scale };
        for (glyph, width) in self.letters(text) {
            let _ = face.outline_glyph(glyph, &mut pen);
            pen.x += width * size;
        }
        pen.path.finish()
    }

    /// A text as lines no wider than given; a word that is wider alone is cut.
    pub(super) fn wrapped(&self, text: &str, size: f32, most: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        let space = self.width(" ", size);
        for word in text.split_whitespace() {
            let wide = self.width(word, size);
            let line = lines.last_mut().expect("there is a first line");
            if !line.is_empty() && used + space + wide <= most {
                line.push(' ');
                line.push_str(word);
                used += space + wide;
                continue;
            }
            if !line.is_empty() {
                lines.push(String::new());
            }
            used = 0.0;
            for letter in word.chars() {
                let wide = self.width(letter.encode_utf8(&mut [0; 4]), size);
                if used > 0.0 && used + wide > most {
                    lines.push(String::new());
                    used = 0.0;
                }
                lines.last_mut().expect("there is a first line").push(letter);
                used += wide;
            }
        }
        lines
    }
}

/// Takes a letter's outline over, upside down, since drawings count downwards.
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }
    fn close(&mut self) {
        self.path.close();
    }
}

/// Turned by a quarter against the clock around a place.
pub(super) fn turned(x: f32, y: f32) -> Transform {
    Transform::from_rotate_at(-90.0, x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_is_there_and_knows_the_letters_of_names() {
        let face = Face::built_in();
        let font = face.0.as_ref().expect("a font");
        for letter in "Côte d'Ivoire Ağrı Łódź Київ Ελλάς “–—…•≥±".chars() {
            assert!(font.glyph_index(letter).is_some(), "{letter}");
        }
        assert!(face.width("Mali", 10.0) > 10.0 && face.width("", 10.0) == 0.0);
        assert!(
            face.outline("Mali", 10.0, 0.0, 0.0).is_some() && face.outline("  ", 10.0, 0.0, 0.0).is_none()
        );
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let face = Face::built_in();
        let text = "what weighs most: like histories, latest level; incomprehensibilitiesandmoreofthem";
        let lines = face.wrapped(text, 10.0, 90.0);
        assert!(lines.len() > 3 && lines.iter().all(|line| face.width(line, 10.0) <= 90.0), "{lines:?}");
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(bare(&lines.join(" ")), bare(text));
        assert_eq!(face.wrapped("", 10.0, 90.0), [""]);
    }
}
