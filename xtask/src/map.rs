//! Builds the files of `data/map` that the page's map is drawn from.
//!
//! `cargo xtask map --outlines FILE --gazetteer FOLDER`. In: `countries-50m.json` of the npm package world-atlas 2.0.2 (TopoJSON made from
//! Natural Earth), the hand-kept tables beside the output, and the table `cities500` of the gazetteer's sources. Out: `outlines.wkm`
//! (drawn in `data/map/README.md`), `towns.tsv`, and their counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Units of the outlines a degree.
const UNITS: f64 = 200.0;
/// Opening bytes of `outlines.wkm`.
const MAGIC: &[u8; 8] = b"WKMAP\0\0\x01";
/// Shapes that are left out.
const LEFT_OUT: &str = "Antarctica";
/// Fewest people of a seat of a first-order unit that is kept.
const SEAT_POPULATION: u64 = 20_000;
/// Fewest people of any other town that is kept.
const TOWN_POPULATION: u64 = 150_000;

/// What an arc of the outlines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Coast = 0,
    Border = 1,
    Disputed = 2,
}

/// One shape of the source.
struct Shape {
    name: String,
    code: String,
    label: String,
    /// Polygons, each of rings, each of arcs (`!n` = arc n backwards).
    polygons: Vec<Vec<Vec<i64>>>,
}

/// Runs the builder.
pub(crate) fn run(args: &[String]) -> Result<()> {
    const USAGE: &str = "usage: cargo xtask map --outlines FILE --gazetteer FOLDER";
    let (mut outlines, mut gazetteer) = (None, None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--outlines" => outlines = args.next(),
            "--gazetteer" => gazetteer = args.next(),
            other => bail!("unknown argument `{other}`; {USAGE}"),
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/map");
    let file = outlines.context(USAGE)?;
    let text = std::fs::read_to_string(file).with_context(|| file.clone())?;
    let bytes = self::outlines(&serde_json::from_str(&text)?, &folder)?;
    std::fs::write(folder.join("outlines.wkm"), bytes)?;
    let towns = towns(Path::new(gazetteer.context(USAGE)?))?;
    std::fs::write(folder.join("towns.tsv"), towns)?;
    Ok(())
}

/// Rows of a hand-kept table.
fn rows(path: &Path, columns: usize) -> Result<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let row: Vec<String> = line.split('\t').map(str::to_owned).collect();
        ensure!(row.len() == columns, "{}: `{line}` has not {columns} columns", path.display());
        rows.push(row);
    }
    Ok(rows)
}

/// The outlines as one file.
fn outlines(source: &Value, folder: &Path) -> Result<Vec<u8>> {
    let arcs = arcs(source)?;
    let mut shapes = shapes(source, &rows(&folder.join("countries.tsv"), 4)?)?;
    let disputed = rows(&folder.join("disputed.tsv"), 5)?;
    for row in disputed.iter().filter(|row| row[0] == "polygon") {
        recount(&mut shapes, &arcs, row)?;
    }
    let lines = classify(&shapes, arcs.len(), &disputed);
    shapes.sort_by(|one, other| (&one.code, &one.name).cmp(&(&other.code, &other.name)));

    // Arcs that no kept shape uses are dropped and the rest numbered anew.
    let mut number: BTreeMap<i64, usize> = BTreeMap::new();
    for shape in &shapes {
        for &arc in shape.polygons.iter().flatten().flatten() {
            let next = number.len();
            number.entry(forward(arc)).or_insert(next);
        }
    }
    let mut order: Vec<(usize, i64)> = number.iter().map(|(arc, number)| (*number, *arc)).collect();
    order.sort_unstable();

    let (mut body, mut polygons) = (Vec::new(), 0);
    for shape in &shapes {
        let code = if shape.code == "-" { "\0\0\0" } else { &shape.code };
        let label = if shape.label == "-" { "" } else { &shape.label };
        ensure!(code.len() == 3 && label.len() < 128, "{}: bad code or label", shape.name);
        body.extend_from_slice(code.as_bytes());
        put_number(&mut body, label.len() as u64);
        body.extend_from_slice(label.as_bytes());
        put_number(&mut body, shape.polygons.len() as u64);
        for rings in &shape.polygons {
            polygons += 1;
            let points = rings.first().map_or_else(Vec::new, |outer| ring(&arcs, outer));
            let of = |pick: fn(&(i64, i64)) -> i64| {
                let values = points.iter().map(pick);
                (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
            };
            let (west, east) = of(|point| point.0);
            let (south, north) = of(|point| point.1);
            for bound in [west, south, east - west, north - south] {
                put_signed(&mut body, bound);
            }
            put_number(&mut body, rings.len() as u64);
            for ring in rings {
                put_number(&mut body, ring.len() as u64);
                for arc in ring {
                    put_number(&mut body, (number[&forward(*arc)] * 2 + usize::from(*arc < 0)) as u64);
                }
            }
        }
    }
    let (mut offsets, mut packed, mut points) = (Vec::new(), Vec::new(), 0);
    for (_, arc) in &order {
        offsets.extend_from_slice(&u32::try_from(packed.len())?.to_le_bytes());
        let (arc, line) = (&arcs[*arc as usize], lines[*arc as usize]);
        packed.push(line as u8);
        put_number(&mut packed, arc.len() as u64);
        let mut last = (0, 0);
        for point in arc {
            put_signed(&mut packed, point.0 - last.0);
            put_signed(&mut packed, point.1 - last.1);
            last = *point;
        }
        points += arc.len();
    }
    let mut out = MAGIC.to_vec();
    for count in [shapes.len(), body.len(), order.len(), packed.len()] {
        out.extend_from_slice(&u32::try_from(count)?.to_le_bytes());
    }
    out.extend_from_slice(&body);
    out.extend_from_slice(&offsets);
    out.extend_from_slice(&packed);
    let count = |line: Line| order.iter().filter(|(_, arc)| lines[*arc as usize] == line).count();
    println!(
        "outlines.wkm: {} bytes; {} shapes, {polygons} polygons, {} arcs ({} coast, {} border, {} disputed), {points} points",
        out.len(),
        shapes.len(),
        order.len(),
        count(Line::Coast),
        count(Line::Border),
        count(Line::Disputed)
    );
    Ok(out)
}

/// Number of an arc without its direction.
fn forward(arc: i64) -> i64 {
    if arc < 0 { !arc } else { arc }
}

/// The whole turns nearest to a difference of longitudes.
fn turn(difference: i64) -> i64 {
    let whole = (360.0 * UNITS) as i64;
    (difference + whole / 2).div_euclid(whole) * whole
}

/// Points of a ring, its arcs turned so that it runs on.
fn ring(arcs: &[Vec<(i64, i64)>], ring: &[i64]) -> Vec<(i64, i64)> {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for &arc in ring {
        let points = &arcs[forward(arc) as usize];
        let first = if arc < 0 { points.last() } else { points.first() };
        let shift = match (out.last(), first) {
            (Some(last), Some(first)) => turn(last.0 - first.0),
            _ => 0,
        };
        let points = points.iter().map(|point| (point.0 + shift, point.1));
        if arc < 0 { out.extend(points.rev()) } else { out.extend(points) }
    }
    out
}

/// The source's arcs as (longitude, latitude) in [`UNITS`]; points that fall together are one.
fn arcs(source: &Value) -> Result<Vec<Vec<(i64, i64)>>> {
    let pair = |value: &Value| -> Result<(f64, f64)> {
        let numbers = value.as_array().context("a pair of numbers is missing")?;
        let number = |index: usize| numbers.get(index).and_then(Value::as_f64).context("no number");
        Ok((number(0)?, number(1)?))
    };
    let scale = pair(&source["transform"]["scale"])?;
    let shift = pair(&source["transform"]["translate"])?;
    let mut arcs = Vec::new();
    for arc in source["arcs"].as_array().context("no arcs")? {
        let (mut x, mut y) = (0.0, 0.0);
        let mut points: Vec<(i64, i64)> = Vec::new();
        for step in arc.as_array().context("an arc is no list")? {
            let (dx, dy) = pair(step)?;
            x += dx;
            y += dy;
            let units = |value: f64, scale: f64, shift: f64| ((value * scale + shift) * UNITS).round() as i64;
            let mut point = (units(x, scale.0, shift.0), units(y, scale.1, shift.1));
            // The source joins shapes over the antimeridian: their lines run on here rather than jump.
            if let Some(last) = points.last() {
                point.0 += turn(last.0 - point.0);
            }
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
        arcs.push(points);
    }
    Ok(arcs)
}

fn shapes(source: &Value, codes: &[Vec<String>]) -> Result<Vec<Shape>> {
    let mut shapes = Vec::new();
    for shape in source["objects"]["countries"]["geometries"].as_array().context("no countries")? {
        let name = shape["properties"]["name"].as_str().context("a shape has no name")?;
        if name == LEFT_OUT {
            continue;
        }
        let row = codes
            .iter()
            .find(|row| row[1] == name)
            .with_context(|| format!("countries.tsv: no row for `{name}`"))?;
        let polygons = match shape["type"].as_str() {
            Some("Polygon") => vec![serde_json::from_value(shape["arcs"].clone())?],
            Some("MultiPolygon") => serde_json::from_value(shape["arcs"].clone())?,
            other => bail!("{name}: a shape of type {other:?}"),
        };
        shapes.push(Shape { name: name.to_owned(), code: row[2].clone(), label: row[3].clone(), polygons });
    }
    Ok(shapes)
}

/// Moves the polygon that holds a point to a shape of its own with another country's code.
fn recount(shapes: &mut Vec<Shape>, arcs: &[Vec<(i64, i64)>], row: &[String]) -> Result<()> {
    let (lat, lon) = row[3].split_once(',').context("disputed.tsv: a polygon needs a point")?;
    let (lat, lon) = (lat.parse::<f64>()? * UNITS, lon.parse::<f64>()? * UNITS);
    let label = shapes.iter().find(|shape| shape.code == row[2]).map(|shape| shape.label.clone());
    let label = label.with_context(|| format!("disputed.tsv: no shape of {}", row[2]))?;
    let shape = shapes.iter_mut().find(|shape| shape.code == row[1]);
    let shape = shape.with_context(|| format!("disputed.tsv: no shape of {}", row[1]))?;
    let inside = |rings: &Vec<Vec<i64>>| {
        let outer = rings.first().map_or_else(Vec::new, |outer| ring(arcs, outer));
        let ring: Vec<(f64, f64)> = outer.into_iter().map(|point| (point.0 as f64, point.1 as f64)).collect();
        let crossings = ring.iter().zip(ring.iter().cycle().skip(1)).filter(|(a, b)| {
            (a.1 > lat) != (b.1 > lat) && lon < (b.0 - a.0) * (lat - a.1) / (b.1 - a.1) + a.0
        });
        crossings.count() % 2 == 1
    };
    let found = shape.polygons.iter().position(inside).context("disputed.tsv: no polygon holds the point")?;
    let polygon = shape.polygons.remove(found);
    shapes.push(Shape { name: row[4].clone(), code: row[2].clone(), label, polygons: vec![polygon] });
    Ok(())
}

/// What each arc is: a coast belongs to one shape, a border to two.
fn classify(shapes: &[Shape], count: usize, disputed: &[Vec<String>]) -> Vec<Line> {
    let mut users: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for (number, shape) in shapes.iter().enumerate() {
        for arc in shape.polygons.iter().flatten().flatten() {
            users[forward(*arc) as usize].insert(number);
        }
    }
    let is = |shape: &Shape, word: &str| shape.code == word || shape.name == word;
    let mut lines = Vec::new();
    for users in users {
        let users: Vec<&Shape> = users.into_iter().map(|number| &shapes[number]).collect();
        lines.push(match users[..] {
            [one, other] => {
                let listed = disputed.iter().filter(|row| row[0] == "line").any(|row| {
                    (is(one, &row[1]) && is(other, &row[2])) || (is(other, &row[1]) && is(one, &row[2]))
                });
                if listed || one.code == other.code { Line::Disputed } else { Line::Border }
            }
            _ => Line::Coast,
        });
    }
    lines
}

/// Writes a number in groups of seven bits, the lowest first.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a signed number, its sign in the lowest bit.
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Capitals, seats and cities for orientation, the most important first.
fn towns(folder: &Path) -> Result<String> {
    let path = folder.join("cities500.tsv.gz");
    let file = std::fs::File::open(&path).with_context(|| path.display().to_string())?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().context("cities500 is empty")?.split('\t').collect();
    let column = |name: &str| {
        columns.iter().position(|column| *column == name).with_context(|| format!("cities500: no `{name}`"))
    };
    let [name, lat, lon, feature, population] =
        [column("name")?, column("lat")?, column("lon")?, column("fcode")?, column("population")?];
    let mut towns = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        ensure!(cells.len() == columns.len(), "cities500: a bad row");
        let people: u64 = cells[population].parse().unwrap_or(0);
        let capital = cells[feature] == "PPLC";
        // A quarter of a city (PPLX) is no town.
        let kept = capital
            || (cells[feature] == "PPLA" && people >= SEAT_POPULATION)
            || (people >= TOWN_POPULATION && cells[feature] != "PPLX");
        if kept {
            let degrees = |text: &str| -> Result<i64> { Ok((text.parse::<f64>()? * 100.0).round() as i64) };
            towns.push((
                !capital,
                std::cmp::Reverse(people),
                cells[name],
                degrees(cells[lat])?,
                degrees(cells[lon])?,
            ));
        }
    }
    towns.sort();
    let mut out = String::from(
        "# What: capitals, seats of first-order units of 20,000 people and cities of 150,000, for orientation on the map; capitals first, then the\n\
         #   more populous first; columns: name, latitude and longitude in hundredths of a degree, C for capitals. Built: `cargo xtask map`.\n\
         # Source: GeoNames (geonames.org), selected and rounded.\n\
         # Licence: CC BY 4.0.\n",
    );
    for (other, _, name, lat, lon) in &towns {
        writeln!(out, "{name}\t{lat}\t{lon}\t{}", if *other { "" } else { "C" })?;
    }
    println!("towns.tsv: {} bytes, {} towns", out.len(), towns.len());
    Ok(out)
}
