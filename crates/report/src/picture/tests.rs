//! Pictures are decoded again and looked at: their size, whether letters and lines are where they belong, the same bytes twice.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::colour::{Colour, INK, PAPER, SEA, SERIES, SHADES};
use super::*;
use crate::plot::{Chart, Scale, Series, Shape, World};

fn chart(title: &str) -> Chart {
    Chart {
        title: title.to_owned(),
        across: ("month".to_owned(), Scale::Linear),
        up: ("deaths".to_owned(), Scale::Log1p),
        words: vec![(0.0, "2026-01".to_owned()), (9.0, "2026-10".to_owned())],
        series: vec![
            Series {
                name: Some("90 %".to_owned()),
                colour: 1,
                shape: Shape::Band((0..10).map(|x| (f64::from(x), 1.0, 40.0 + f64::from(x))).collect()),
            },
            Series {
                name: Some("median".to_owned()),
                colour: 2,
                shape: Shape::Line((0..10).map(|x| (f64::from(x), 12.0)).collect()),
            },
        ],
    }
}

fn sheet() -> Sheet {
    Sheet {
        title: "Outlook from 2026-12".to_owned(),
        pieces: vec![
            Piece::Text("A paragraph of what was counted.".to_owned()),
            Piece::Map(World {
                title: "Probability of 25 or more deaths.".to_owned(),
                units: vec![
                    ("Mali".to_owned(), 0.9, "words".to_owned()),
                    ("Niger".to_owned(), 0.3, String::new()),
                ],
            }),
            Piece::Heading("Warnings".to_owned()),
            Piece::Table(
                vec!["unit".to_owned(), "25 or more".to_owned()],
                vec![vec!["Mali".to_owned(), "90 %".to_owned()], vec!["Niger".to_owned(), "30 %".to_owned()]],
            ),
            Piece::Heading("Fan charts".to_owned()),
            Piece::Chart(chart("Mali: what may come.")),
            Piece::Chart(chart("Niger: what may come.")),
            Piece::Chart(chart("Tchad: what may come.")),
        ],
    }
}

fn decoded(png: &[u8]) -> Pixmap {
    Pixmap::decode_png(png).expect("a picture")
}

/// Share of the pixels of a rectangle (left, top, right, bottom, as shares of the picture) of about a colour.
fn share(picture: &Pixmap, (left, top, right, bottom): (f32, f32, f32, f32), colour: Colour) -> f32 {
    let (wide, tall) = (picture.width() as f32, picture.height() as f32);
    let (mut all, mut hits) = (0.0, 0.0);
    for y in (top * tall) as u32..(bottom * tall) as u32 {
        for x in (left * wide) as u32..(right * wide) as u32 {
            let near = |one: PremultipliedColorU8| {
                [one.red(), one.green(), one.blue()].iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 12)
            };
            all += 1.0;
            hits += f32::from(u8::from(picture.pixel(x, y).is_some_and(near)));
        }
    }
    hits / all
}

#[test]
fn a_sheet_is_as_wide_as_asked_and_the_same_twice() {
    for width in [400, 1600] {
        let png = sheet().png(width).expect("a picture");
        let picture = decoded(&png);
        assert_eq!(picture.width(), width);
        assert!(picture.height() > width, "{}", picture.height());
        assert_eq!(png, sheet().png(width).expect("a picture"));
    }
}

#[test]
fn letters_stand_where_the_title_is() {
    let picture = decoded(&sheet().png(1600).expect("a picture"));
    let tall = picture.height() as f32;
    let band = (0.0, 20.0 / tall, 0.35, 70.0 / tall);
    assert!(share(&picture, band, INK) > 0.02, "{}", share(&picture, band, INK));
    // Right of the title there is paper.
    assert!(share(&picture, (0.6, 20.0 / tall, 1.0, 70.0 / tall), PAPER) > 0.999);
    let untitled = Sheet { title: ".".to_owned(), ..sheet() };
    let picture = decoded(&untitled.png(1600).expect("a picture"));
    assert!(share(&picture, band, INK) < 0.005);
}

#[test]
fn every_view_is_a_picture_of_its_own() {
    let views = sheet().views(800).expect("pictures");
    let names: Vec<&str> = views.iter().map(|view| view.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "01-map-probability-of-25-or-more-deaths",
            "02-table-warnings",
            "03-chart-mali",
            "04-chart-niger",
            "05-chart-tchad"
        ]
    );
    for view in &views {
        assert_eq!(decoded(&view.png).width(), 800, "{}", view.name);
    }
    let whole = (0.0, 0.0, 1.0, 1.0);
    let map = decoded(&views[0].png);
    assert!(share(&map, whole, SHADES[5]) > 0.01 && share(&map, whole, SHADES[3]) > 0.01);
    assert!(share(&map, whole, SEA) < 0.7);
    let fan = decoded(&views[2].png);
    // The line of the median, and the band's blue on paper.
    let band = [0, 1, 2].map(|at| {
        (f32::from(SERIES[1][at]) * super::colour::BAND + f32::from(PAPER[at]) * (1.0 - super::colour::BAND))
            as u8
    });
    assert!(share(&fan, whole, SERIES[2]) > 0.001 && share(&fan, whole, band) > 0.1);
    assert_ne!(views[2].png, views[3].png, "titles differ");
}

#[test]
fn odd_sheets_break_nothing() {
    let odd = Chart {
        title: "x\u{0}العربية 漢字".repeat(50),
        across: (String::new(), Scale::Log),
        up: (String::new(), Scale::Linear),
        words: Vec::new(),
        series: vec![
            Series {
                name: None,
                colour: 255,
                shape: Shape::Points(vec![(f64::NAN, 1.0), (f64::INFINITY, 1e300)]),
            },
            Series { name: None, colour: 9, shape: Shape::Bars(vec![(1.0, 1.0, -3.0)]) },
            Series { name: None, colour: 9, shape: Shape::Band(Vec::new()) },
        ],
    };
    let pieces = vec![
        Piece::Table(Vec::new(), Vec::new()),
        Piece::Table(vec!["a".to_owned()], vec![vec!["b".to_owned(), "c".repeat(9_000)], Vec::new()]),
        Piece::Map(World { title: String::new(), units: Vec::new() }),
        Piece::Chart(odd),
    ];
    let sheet = Sheet { title: String::new(), pieces };
    assert_eq!(decoded(&sheet.png(500).expect("a picture")).width(), 500);
    assert_eq!(sheet.views(300).expect("pictures").len(), 4);
    assert_eq!(decoded(&Sheet::default().png(10).expect("a picture")).width(), 10);
    let Err(Error::Large { .. }) = sheet.png(200_000) else { panic!("too large") };
}
