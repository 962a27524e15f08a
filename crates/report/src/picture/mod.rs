//! A sheet of charts, maps and tables as a picture (PNG), with the program's own font.
//!
//! In: a [`Sheet`], and how many pixels wide. Out: the bytes of a file: of the whole sheet, or of each view. The same sheet gives the same
//! bytes. Colours are those of the page in daylight. What it does not do: scripts other than Latin, Greek and Cyrillic, whose letters are
//! drawn as boxes; and choose what is shown.

mod canvas;
mod colour;
mod face;
mod flow;

use crate::plot::{Piece, Sheet};
use canvas::Canvas;
use face::Face;
use flow::{Block, Flow, MARGIN, SHEET};

/// Most pixels of one picture: 480 MB while it is drawn.
const PIXELS_MAX: f64 = 120e6;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// It would be larger than 120 million pixels.
    Large {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u64,
    },
    /// It couldn't be packed.
    Packing(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Large { width, height } => {
                write!(
                    out,
                    "a picture of {width} by {height} pixels is too large; ask for fewer pixels or show less"
                )
            }
            Self::Packing(why) => write!(out, "the picture couldn't be packed: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// One view of a sheet, as a picture of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What it shows, as part of a file name: its place in the sheet, its kind and its first words, in lower case.
    pub name: String,
    /// The file.
    pub png: Vec<u8>,
}

impl Sheet {
    /// The whole sheet as one picture, its pieces one below the other and charts by twos.
    ///
    /// # Errors
    /// When it is too large.
    pub fn png(&self, width: u32) -> Result<Vec<u8>, Error> {
        let face = Face::built_in();
        let mut flow = Flow::new(&face, SHEET);
        flow.title(&self.title);
        for piece in &self.pieces {
            flow.piece(piece, SHEET);
        }
        painted(&face, flow.blocks(), SHEET, width)
    }

    /// Each chart, map and table as a picture.
    ///
    /// # Errors
    /// When one is too large.
    pub fn views(&self, width: u32) -> Result<Vec<View>, Error> {
        let face = Face::built_in();
        let mut views = Vec::new();
        let mut heading = "";
        for piece in &self.pieces {
            let (kind, words) = match piece {
                Piece::Heading(text) => {
                    heading = text;
                    continue;
                }
                Piece::Text(_) => continue,
                Piece::Chart(chart) => ("chart", chart.title.as_str()),
                Piece::Map(world) => ("map", world.title.as_str()),
                Piece::Table(..) => ("table", heading),
            };
            let across = flow::natural(&face, piece);
            let mut flow = Flow::new(&face, across);
            if matches!(piece, Piece::Table(..)) {
                flow.title(if heading.is_empty() { &self.title } else { heading });
            }
            flow.piece(piece, across);
            let png = painted(&face, flow.blocks(), across, width)?;
            let name = format!("{:02}-{kind}-{}", views.len() + 1, slug(words));
            views.push(View { name: name.trim_end_matches('-').to_owned(), png });
        }
        Ok(views)
    }
}

/// First words in lower case, joined by hyphens; letters and digits of ASCII alone, so that every file system takes them.
fn slug(words: &str) -> String {
    let mut out = String::new();
    for letter in words.split([':', '.']).next().unwrap_or_default().chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.truncate(40);
    out.trim_end_matches('-').to_owned()
}

/// Blocks one below the other on paper `across` units wide, margins not counted, as a file `width` pixels wide.
fn painted(face: &Face<'_>, blocks: Vec<Block<'_>>, across: f32, width: u32) -> Result<Vec<u8>, Error> {
    let scale = width as f32 / (across + 2.0 * MARGIN);
    let tall: f32 = blocks.iter().map(|block| block.height).sum::<f32>() + 2.0 * MARGIN;
    let height = (tall * scale).ceil().max(1.0);
    let large = || Error::Large { width, height: height as u64 };
    if f64::from(height) * f64::from(width) > PIXELS_MAX {
        return Err(large());
    }
    let mut canvas = Canvas::new(width, height as u32, scale, face).ok_or_else(large)?;
    let mut down = MARGIN;
    for block in blocks {
        let height = block.height;
        block.paint(&mut canvas, MARGIN, down);
        down += height;
    }
    canvas.png()
}

#[cfg(test)]
mod tests;
