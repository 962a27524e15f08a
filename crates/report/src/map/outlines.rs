//! The built-in outlines of countries and the towns for orientation.
//!
//! In: `data/map/outlines.wkm` and `data/map/towns.tsv` (drawn in `data/map/README.md`), which lie in the program. Out: shapes and, on
//! demand, the arcs they are made of. Reading the shapes takes a tenth of a millisecond; arcs are decoded only where a map shows them.

use std::cell::OnceCell;

/// Units of the outlines a degree.
const UNITS: f64 = 200.0;
/// Opening bytes of the file.
const MAGIC: &[u8; 8] = b"WKMAP\0\0\x01";

static OUTLINES: &[u8] = include_bytes!("../../../../data/map/outlines.wkm");
static TOWNS: &str = include_str!("../../../../data/map/towns.tsv");

/// What a line of the outlines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    /// Between land and sea.
    Coast,
    /// Between two countries.
    Border,
    /// Disputed, provisional, or between two parts of one country.
    Disputed,
}

/// A box in degrees, its east greater than its west and maybe beyond 180.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
}

/// One polygon: its box, its rings (the first the outer one), each of arcs: number · 2, + 1 when backwards.
#[derive(Debug)]
pub(crate) struct Polygon {
    pub(crate) bounds: Bounds,
    pub(crate) rings: Vec<Vec<usize>>,
}

/// A country or a part of one.
#[derive(Debug)]
pub(crate) struct Shape {
    /// ISO 3166-1 alpha-3 as the gazetteer writes it; empty for none.
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
    pub(crate) polygons: Vec<Polygon>,
}

/// A town for orientation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Town {
    pub(crate) name: &'static str,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    pub(crate) capital: bool,
}

/// The outlines.
#[derive(Debug)]
pub(crate) struct Outlines {
    /// In order of codes.
    pub(crate) shapes: Vec<Shape>,
    /// The most important first.
    pub(crate) towns: Vec<Town>,
    offsets: &'static [u8],
    packed: &'static [u8],
    /// Arcs that were needed so far.
    arcs: Vec<OnceCell<Arc>>,
}

/// What a line is, and its points as (longitude, latitude).
type Arc = (Line, Vec<(f64, f64)>);

impl Outlines {
    /// Reads the built-in file.
    pub(crate) fn built_in() -> Self {
        Self::read(OUTLINES).expect("the built-in outlines are whole: a test reads all of them")
    }

    fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut head = Cursor(bytes.strip_prefix(MAGIC)?);
        let mut count = || head.word();
        let [shapes, body, arcs, packed] = [count()?, count()?, count()?, count()?];
        let (body, rest) = head.0.split_at_checked(body)?;
        let (offsets, packed_arcs) = rest.split_at_checked(arcs * 4)?;
        if packed_arcs.len() != packed {
            return None;
        }
        let mut cursor = Cursor(body);
        let shapes = (0..shapes).map(|_| cursor.shape()).collect::<Option<Vec<Shape>>>()?;
        let cells = (0..arcs).map(|_| OnceCell::new()).collect();
        Some(Self { shapes, towns: towns().collect(), offsets, packed: packed_arcs, arcs: cells })
    }

    /// An arc by its number, decoded when it is first asked for.
    pub(crate) fn arc(&self, number: usize) -> &Arc {
        self.arcs[number].get_or_init(|| {
            self.decode(number).expect("the built-in outlines are whole: a test reads all of them")
        })
    }

    fn decode(&self, number: usize) -> Option<Arc> {
        let offset = Cursor(self.offsets.get(number * 4..)?).word()?;
        let mut cursor = Cursor(self.packed.get(offset..)?);
        let line = match cursor.byte()? {
            0 => Line::Coast,
            1 => Line::Border,
            2 => Line::Disputed,
            _ => return None,
        };
        let count = cursor.number()?;
        let (mut lon, mut lat) = (0, 0);
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            lon += cursor.signed()?;
            lat += cursor.signed()?;
            points.push((f64::from(lon) / UNITS, f64::from(lat) / UNITS));
        }
        Some((line, points))
    }

    /// The shapes of a country: none, one, or several.
    pub(crate) fn of<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Shape> + 'a {
        self.shapes.iter().filter(move |shape| !code.is_empty() && shape.code == code)
    }

    /// A country's area in square kilometres, coarsely; 0 for an unknown one.
    pub(crate) fn area_km2(&self, code: &str) -> f64 {
        self.of(code).flat_map(|shape| &shape.polygons).map(|polygon| self.polygon_area_km2(polygon)).sum()
    }

    fn polygon_area_km2(&self, polygon: &Polygon) -> f64 {
        let middle = f64::midpoint(polygon.bounds.south, polygon.bounds.north);
        let mut ring = Vec::new();
        for (arc, turn) in self.turned(polygon, polygon.rings.first().map_or(&[], Vec::as_slice)) {
            let (_, points) = self.arc(arc / 2);
            let points = points.iter().map(|(lon, lat)| (lon + turn, *lat));
            if arc % 2 == 1 { ring.extend(points.rev()) } else { ring.extend(points) }
        }
        let twice: f64 =
            ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
        (twice / 2.0).abs() * 111.2 * 111.2 * middle.to_radians().cos()
    }

    /// The arcs of a polygon's ring with the turns (in degrees) that make it run on: over the antimeridian, the source's arcs may be a turn apart.
    pub(crate) fn turned(&self, polygon: &Polygon, ring: &[usize]) -> Vec<(usize, f64)> {
        let mut turned = Vec::with_capacity(ring.len());
        let mut last: Option<f64> = None;
        for &arc in ring {
            let (_, points) = self.arc(arc / 2);
            let ends = points.first().zip(points.last());
            let Some((begin, end)) =
                ends.map(|(first, last)| if arc % 2 == 1 { (last.0, first.0) } else { (first.0, last.0) })
            else {
                continue;
            };
            // A hole begins inside its polygon's box.
            let near = last.unwrap_or_else(|| begin.clamp(polygon.bounds.west, polygon.bounds.east));
            let turn = ((near - begin) / 360.0).round() * 360.0;
            turned.push((arc, turn));
            last = Some(end + turn);
        }
        turned
    }

    /// The boxes of the parts of a country that a map of it should show: the largest polygon and those a quarter its size.
    pub(crate) fn main_parts(&self, code: &str) -> Vec<Bounds> {
        let sizes: Vec<(f64, Bounds)> = self
            .of(code)
            .flat_map(|shape| &shape.polygons)
            .map(|polygon| (self.polygon_area_km2(polygon), polygon.bounds))
            .collect();
        let largest = sizes.iter().map(|(size, _)| *size).fold(0.0, f64::max);
        sizes.into_iter().filter(|(size, _)| *size >= largest * 0.25).map(|(_, bounds)| bounds).collect()
    }
}

/// Towns, the most important first.
fn towns() -> impl Iterator<Item = Town> {
    TOWNS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        let name = cells.next()?;
        let mut degrees = || cells.next()?.parse::<i32>().ok().map(|number| f64::from(number) / 100.0);
        let (lat, lon) = (degrees()?, degrees()?);
        Some(Town { name, lat, lon, capital: cells.next() == Some("C") })
    })
}

/// What is left to read.
struct Cursor(&'static [u8]);

impl Cursor {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn bytes(&mut self, count: usize) -> Option<&'static [u8]> {
        let (first, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(first)
    }

    fn word(&mut self) -> Option<usize> {
        let bytes = self.bytes(4)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    /// Groups of seven bits, the lowest first.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = usize::from(self.byte()?);
            number |= (byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number whose lowest bit is its sign.
    fn signed(&mut self) -> Option<i32> {
        let number = u32::try_from(self.number()?).ok()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn text(&mut self, count: usize) -> Option<&'static str> {
        std::str::from_utf8(self.bytes(count)?).ok()
    }

    fn shape(&mut self) -> Option<Shape> {
        let code = self.text(3)?.trim_matches('\0');
        let length = self.number()?;
        let label = self.text(length)?;
        let count = self.number()?;
        let polygons = (0..count).map(|_| self.polygon()).collect::<Option<Vec<Polygon>>>()?;
        Some(Shape { code, label, polygons })
    }

    fn polygon(&mut self) -> Option<Polygon> {
        let mut degrees = || self.signed().map(|units| f64::from(units) / UNITS);
        let [west, south, wide, high] = [degrees()?, degrees()?, degrees()?, degrees()?];
        let bounds = Bounds { west, south, east: west + wide, north: south + high };
        let count = self.number()?;
        let mut rings = Vec::with_capacity(count);
        for _ in 0..count {
            let arcs = self.number()?;
            rings.push((0..arcs).map(|_| self.number()).collect::<Option<Vec<usize>>>()?);
        }
        Some(Polygon { bounds, rings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arc_can_be_read_and_every_ring_runs_on_and_closes() {
        let outlines = Outlines::built_in();
        assert!(outlines.shapes.len() > 230);
        for polygon in outlines.shapes.iter().flat_map(|shape| &shape.polygons) {
            for ring in &polygon.rings {
                let mut points: Vec<(f64, f64)> = Vec::new();
                for (arc, turn) in outlines.turned(polygon, ring) {
                    let arc_points = outlines.arc(arc / 2).1.iter().map(|(lon, lat)| (lon + turn, *lat));
                    if arc % 2 == 1 { points.extend(arc_points.rev()) } else { points.extend(arc_points) }
                }
                assert!(points.len() >= 3 && points.first() == points.last());
                let Bounds { west, south, east, north } = polygon.bounds;
                for pair in points.windows(2) {
                    assert!((pair[0].0 - pair[1].0).abs() < 30.0, "a jump at {:?}", pair[0]);
                    assert!(
                        (west - 0.01..=east + 0.01).contains(&pair[0].0),
                        "{:?} {pair:?}",
                        polygon.bounds
                    );
                    assert!((south - 0.01..=north + 0.01).contains(&pair[0].1));
                }
            }
        }
    }

    #[test]
    fn areas_are_about_right() {
        let outlines = Outlines::built_in();
        for (code, expected) in [("MLI", 1.24e6), ("LBN", 10_400.0), ("UKR", 603_500.0), ("SOM", 637_000.0)] {
            let area = outlines.area_km2(code);
            assert!((area / expected - 1.0).abs() < 0.1, "{code}: {area}");
        }
        assert!(outlines.area_km2("") == 0.0 && outlines.area_km2("QQQ") == 0.0);
    }

    #[test]
    fn towns_can_be_read() {
        assert!(towns().count() > 4_000);
        assert!(towns().take(200).all(|town| town.capital && town.lat.abs() < 80.0));
    }

    #[test]
    fn a_file_cut_short_is_refused() {
        for length in [0, 7, 8, 20, 24, 100, OUTLINES.len() - 1] {
            assert!(Outlines::read(&OUTLINES[..length]).is_none());
        }
    }
}
