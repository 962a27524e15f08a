//! Charts and tables of what may come, on one self-contained page that loads nothing and runs no script, or as a picture.
//!
//! In: numbers with their names. Out: SVG inside HTML, PNG, and words for probabilities. What it does not do: compute any of the numbers.

pub(crate) mod chart;
mod likelihood;

use std::fmt::Write as _;

pub use crate::map::{Surroundings, World, doubtful, surroundings};
pub use crate::picture::{Error as PictureError, View};
pub use chart::{Chart, Scale, Series, Shape};
pub use likelihood::{likelihood, percent, stated};

use crate::page::escape;

/// A piece of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A table: names of columns, then rows. Cells that begin with a digit, a sign or `<` stand to the right.
    Table(Vec<String>, Vec<Vec<String>>),
    /// A chart.
    Chart(Chart),
    /// A map of countries.
    Map(World),
}

/// A page of charts and tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
}

const STYLE: &str = include_str!("sheet.css");

impl Sheet {
    /// The whole page.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
            escape(&self.title)
        );
        for piece in &self.pieces {
            let _ = match piece {
                Piece::Heading(text) => writeln!(out, "<h2>{}</h2>", escape(text)),
                Piece::Text(text) => writeln!(out, "<p>{}</p>", escape(text)),
                Piece::Map(world) => write!(out, "{}", world.render()),
                Piece::Chart(chart) => write!(out, "{}", chart.render()),
                Piece::Table(names, rows) => {
                    out.push_str("<div class=\"table\"><table>\n<thead><tr>");
                    for name in names {
                        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(name));
                    }
                    out.push_str("</tr></thead>\n<tbody>\n");
                    for row in rows {
                        out.push_str("<tr>");
                        for cell in row {
                            let right = cell
                                .starts_with(|first: char| first.is_ascii_digit() || "-+<>".contains(first));
                            let _ = write!(
                                out,
                                "<td{}>{}</td>",
                                if right { " class=\"n\"" } else { "" },
                                escape(cell)
                            );
                        }
                        out.push_str("</tr>\n");
                    }
                    writeln!(out, "</tbody></table></div>")
                }
            };
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_loads_nothing_and_escapes_all() {
        let sheet = Sheet {
            title: "<Tails>".to_owned(),
            pieces: vec![
                Piece::Heading("a & b".to_owned()),
                Piece::Table(vec!["x".to_owned()], vec![vec!["<script>".to_owned()], vec!["12".to_owned()]]),
            ],
        };
        let page = sheet.render();
        assert!(!page.contains("<script") && !page.contains("http") && page.contains("a &amp; b"));
        assert!(page.contains("<td class=\"n\">12</td>"));
    }
}
