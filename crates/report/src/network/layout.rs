//! Where actors and labels stand: forces between them (Fruchterman and Reingold 1991) from a fixed start, then boxes pushed apart, then
//! labels put where nothing else is. No randomness: the same network gives the same drawing.

use std::collections::BTreeSet;

use super::Network;

/// Letters of a line in a node.
const LINE_LETTERS: usize = 20;
/// Widths of a letter in a node and in a label, with some to spare for fonts that run wide.
const LETTER: f64 = 7.6;
const LABEL_LETTER: f64 = 6.4;
/// Distance that an edge wants.
const WANTED: f64 = 190.0;
/// Least distance between nodes.
const GAP: f64 = 34.0;
/// Times the drawing is stretched to make room for labels.
const STRETCHES: usize = 14;

/// A box by its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Frame {
    pub(super) fn touches(&self, other: &Self, gap: f64) -> bool {
        (self.x - other.x).abs() < (self.w + other.w) / 2.0 + gap
            && (self.y - other.y).abs() < (self.h + other.h) / 2.0 + gap
    }

    fn holds(&self, (x, y): (f64, f64), gap: f64) -> bool {
        (self.x - x).abs() < self.w / 2.0 + gap && (self.y - y).abs() < self.h / 2.0 + gap
    }

    /// Where the way from the middle to a point leaves the box.
    fn border(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (dx, dy) = (x - self.x, y - self.y);
        let along = |d: f64, half: f64| if d.abs() < 1e-9 { f64::INFINITY } else { half / d.abs() };
        let t = along(dx, self.w / 2.0 + 3.0).min(along(dy, self.h / 2.0 + 3.0)).min(1.0);
        (self.x + dx * t, self.y + dy * t)
    }
}

/// A quadratic curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Curve {
    pub(super) start: (f64, f64),
    pub(super) bend: (f64, f64),
    pub(super) end: (f64, f64),
}

impl Curve {
    fn at(&self, t: f64) -> (f64, f64) {
        let u = 1.0 - t;
        let one = |a: f64, b: f64, c: f64| u * u * a + 2.0 * u * t * b + t * t * c;
        (one(self.start.0, self.bend.0, self.end.0), one(self.start.1, self.bend.1, self.end.1))
    }
}

/// The drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    /// For each actor its box and its name in lines.
    pub(super) nodes: Vec<(Frame, Vec<String>)>,
    /// For each edge its curve, and the box and lines of its label where there is room for one.
    pub(super) edges: Vec<(Curve, Option<Frame>, [String; 2])>,
}

pub(super) fn layout(network: &Network) -> Drawing {
    let lines: Vec<Vec<String>> = network.nodes.iter().map(|node| lines(&node.name)).collect();
    let sizes: Vec<(f64, f64)> = lines
        .iter()
        .map(|lines| {
            let letters = lines.iter().map(|line| line.chars().count()).max().unwrap_or(1);
            (letters as f64 * LETTER + 20.0, lines.len() as f64 * 17.0 + 12.0)
        })
        .collect();
    let mut frames = arranged(network, &sizes);
    let mut edges = drawn(network, &frames);
    for _ in 0..STRETCHES {
        if edges.iter().all(|(_, label, _)| label.is_some()) {
            break;
        }
        for frame in &mut frames {
            frame.x *= 1.1;
            frame.y *= 1.1;
        }
        edges = drawn(network, &frames);
    }
    let mut drawing =
        Drawing { width: 0.0, height: 0.0, nodes: frames.into_iter().zip(lines).collect(), edges };
    fit(&mut drawing);
    drawing
}

/// A name in at most three lines.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let letters = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + letters <= LINE_LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > 3 {
        lines.truncate(3);
        lines[2].push('…');
    }
    for line in &mut lines {
        if line.chars().count() > 30 {
            *line = line.chars().take(29).chain(['…']).collect();
        }
    }
    if lines.is_empty() { vec!["?".to_owned()] } else { lines }
}

/// Boxes of all actors: each part that hangs together by itself, then the parts in rows.
fn arranged(network: &Network, sizes: &[(f64, f64)]) -> Vec<Frame> {
    let mut frames: Vec<Frame> = sizes.iter().map(|(w, h)| Frame { x: 0.0, y: 0.0, w: *w, h: *h }).collect();
    let mut parts = parts(network);
    parts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    for part in &parts {
        spread(network, part, &mut frames);
        part_boxes(part, &mut frames);
    }
    // Rows, the largest part first.
    let pad = 70.0;
    let bounds: Vec<(f64, f64, f64, f64)> = parts.iter().map(|part| bound(part, &frames)).collect();
    let area: f64 = bounds.iter().map(|(x0, y0, x1, y1)| (x1 - x0 + pad) * (y1 - y0 + pad)).sum();
    let widest = bounds.iter().map(|(x0, _, x1, _)| x1 - x0 + pad).fold(0.0, f64::max);
    let row_width = (area * 1.5).sqrt().max(widest);
    let (mut x, mut y, mut tall) = (0.0, 0.0, 0.0_f64);
    for (part, (x0, y0, x1, y1)) in parts.iter().zip(bounds) {
        let (w, h) = (x1 - x0 + pad, y1 - y0 + pad);
        if x > 0.0 && x + w > row_width {
            x = 0.0;
            y += tall;
            tall = 0.0;
        }
        for node in part {
            frames[*node].x += x - x0;
            frames[*node].y += y - y0;
        }
        x += w;
        tall = tall.max(h);
    }
    frames
}

fn parts(network: &Network) -> Vec<Vec<usize>> {
    let mut left: BTreeSet<usize> = (0..network.nodes.len()).collect();
    let mut parts = Vec::new();
    while let Some(first) = left.pop_first() {
        let mut part = vec![first];
        let mut at = 0;
        while at < part.len() {
            for edge in &network.edges {
                for (one, other) in [(edge.from, edge.to), (edge.to, edge.from)] {
                    if one == part[at] && left.remove(&other) {
                        part.push(other);
                    }
                }
            }
            at += 1;
        }
        parts.push(part);
    }
    parts
}

fn bound(part: &[usize], frames: &[Frame]) -> (f64, f64, f64, f64) {
    part.iter().map(|node| frames[*node]).fold(
        (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY),
        |(x0, y0, x1, y1), frame| {
            (
                x0.min(frame.x - frame.w / 2.0),
                y0.min(frame.y - frame.h / 2.0),
                x1.max(frame.x + frame.w / 2.0),
                y1.max(frame.y + frame.h / 2.0),
            )
        },
    )
}

/// Forces: everything pushes everything, edges pull. Starts on a spiral in the order of walking from the best tied one.
fn spread(network: &Network, part: &[usize], frames: &mut [Frame]) {
    for (at, node) in part.iter().enumerate() {
        // The golden angle spreads any number evenly.
        let (angle, radius) = (at as f64 * 2.399_963, WANTED * 0.6 * (at as f64).sqrt());
        frames[*node].x = radius * libm_cos(angle);
        frames[*node].y = radius * libm_cos(angle - std::f64::consts::FRAC_PI_2);
    }
    let rounds = 400;
    for round in 0..rounds {
        let heat = WANTED * 0.5 * (1.0 - round as f64 / rounds as f64) + 0.5;
        let mut moves = vec![(0.0_f64, 0.0_f64); part.len()];
        for (i, one) in part.iter().enumerate() {
            for (j, other) in part.iter().enumerate() {
                if i == j {
                    continue;
                }
                let (dx, dy) = (frames[*one].x - frames[*other].x, frames[*one].y - frames[*other].y);
                // Boxes are wider than high: distance counts more upwards.
                let distance = (dx * dx * 0.5 + dy * dy * 1.6).sqrt().max(1.0);
                let push = WANTED * WANTED / (distance * distance);
                moves[i].0 += dx * push;
                moves[i].1 += dy * push;
            }
        }
        let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
        for edge in &network.edges {
            pairs.insert((edge.from.min(edge.to), edge.from.max(edge.to)));
        }
        for (from, to) in pairs {
            let (Some(i), Some(j)) =
                (part.iter().position(|node| *node == from), part.iter().position(|node| *node == to))
            else {
                continue;
            };
            let (dx, dy) = (frames[from].x - frames[to].x, frames[from].y - frames[to].y);
            let pull = (dx * dx + dy * dy).sqrt() / WANTED;
            for (at, sign) in [(i, -1.0), (j, 1.0)] {
                moves[at].0 += sign * dx * pull;
                moves[at].1 += sign * dy * pull;
            }
        }
        for (node, (dx, dy)) in part.iter().zip(moves) {
            let length = (dx * dx + dy * dy).sqrt().max(1e-9);
            let step = length.min(heat);
            frames[*node].x += dx / length * step;
            frames[*node].y += dy / length * step;
        }
    }
}

/// Cosine by its series after folding into a half turn: the same bits on every platform.
fn libm_cos(angle: f64) -> f64 {
    let turn = std::f64::consts::TAU;
    let x = angle - (angle / turn).round() * turn;
    let square = x * x;
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..14 {
        let n = f64::from(n);
        term *= -square / ((2.0 * n - 1.0) * (2.0 * n));
        sum += term;
    }
    sum
}

/// Pushes boxes apart until none touch.
fn part_boxes(part: &[usize], frames: &mut [Frame]) {
    for _ in 0..2000 {
        let mut moved = false;
        for (at, one) in part.iter().enumerate() {
            for other in &part[at + 1..] {
                let (a, b) = (frames[*one], frames[*other]);
                if !a.touches(&b, GAP) {
                    continue;
                }
                moved = true;
                let over_x = (a.w + b.w) / 2.0 + GAP + 0.5 - (a.x - b.x).abs();
                let over_y = (a.h + b.h) / 2.0 + GAP + 0.5 - (a.y - b.y).abs();
                if over_x < over_y {
                    let sign = if a.x < b.x { -0.5 } else { 0.5 };
                    frames[*one].x += sign * over_x;
                    frames[*other].x -= sign * over_x;
                } else {
                    let sign = if a.y < b.y { -0.5 } else { 0.5 };
                    frames[*one].y += sign * over_y;
                    frames[*other].y -= sign * over_y;
                }
            }
        }
        if !moved {
            break;
        }
    }
}

fn drawn(network: &Network, frames: &[Frame]) -> Vec<(Curve, Option<Frame>, [String; 2])> {
    let mut placed: Vec<Frame> = Vec::new();
    let mut used: Vec<(usize, usize, i32)> = Vec::new();
    let mut out = Vec::with_capacity(network.edges.len());
    for edge in &network.edges {
        let ends = (edge.from.min(edge.to), edge.from.max(edge.to));
        let others: Vec<Frame> = (0..frames.len())
            .filter(|node| *node != edge.from && *node != edge.to)
            .map(|node| frames[node])
            .collect();
        // Several edges between two actors bend apart; one that would run through a third actor bends around it.
        let bends = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5];
        let free = bends.into_iter().filter(|bend| !used.contains(&(ends.0, ends.1, *bend)));
        let curves: Vec<(i32, Curve)> =
            free.map(|bend| (bend, curve(frames, edge.from, edge.to, bend))).collect();
        let clear = |curve: &Curve| {
            (1..24).all(|at| others.iter().all(|frame| !frame.holds(curve.at(f64::from(at) / 24.0), 6.0)))
        };
        let chosen = curves.iter().find(|(_, curve)| clear(curve)).or(curves.first());
        let (bend, curve) = chosen.copied().unwrap_or_else(|| (0, curve(frames, edge.from, edge.to, 0)));
        used.push((ends.0, ends.1, bend));
        let label = label(edge);
        let letters = label.iter().map(|line| line.chars().count()).max().unwrap_or(1);
        let (w, h) = (letters as f64 * LABEL_LETTER + 8.0, 30.0);
        let mut spot = None;
        'spots: for t in [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8] {
            for shift in [0.0, 20.0, -20.0] {
                let (x, y) = curve.at(t);
                let frame = Frame { x, y: y + shift, w, h };
                let free = frames.iter().all(|node| !frame.touches(node, 2.0))
                    && placed.iter().all(|other| !frame.touches(other, 3.0));
                if free {
                    spot = Some(frame);
                    break 'spots;
                }
            }
        }
        placed.extend(spot);
        out.push((curve, spot, label));
    }
    out
}

/// `part of ×3` over `2021-03 – 2021-06`.
fn label(edge: &super::Edge) -> [String; 2] {
    let times = if edge.evidence.len() > 1 { format!(" ×{}", edge.evidence.len()) } else { String::new() };
    let month = |evidence: Option<&super::Evidence>| {
        evidence.map(|one| one.known.to_string().get(..7).unwrap_or_default().to_owned()).unwrap_or_default()
    };
    let (first, last) = (month(edge.evidence.first()), month(edge.evidence.last()));
    let days = match (edge.evidence.first(), edge.evidence.last()) {
        (Some(one), Some(other)) if one.known == other.known => one.known.to_string(),
        _ if first == last => first,
        _ => format!("{first} – {last}"),
    };
    [format!("{}{times}", edge.words()), days]
}

fn curve(frames: &[Frame], from: usize, to: usize, bend: i32) -> Curve {
    let (a, b) = (frames[from], frames[to]);
    // Bends are told from the lower number's side, so that opposite edges part too.
    let sign = if from < to { 1.0 } else { -1.0 };
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let out = f64::from(bend) * 46.0 * sign;
    let middle = ((a.x + b.x) / 2.0 - dy / length * out, (a.y + b.y) / 2.0 + dx / length * out);
    Curve { start: a.border(middle), bend: middle, end: b.border(middle) }
}

/// Moves all to where it begins at a margin, and takes the size.
fn fit(drawing: &mut Drawing) {
    let margin = 24.0;
    let mut frames: Vec<Frame> = drawing.nodes.iter().map(|(frame, _)| *frame).collect();
    for (curve, label, _) in &drawing.edges {
        frames.extend(label);
        for at in 0..=8 {
            let (x, y) = curve.at(f64::from(at) / 8.0);
            frames.push(Frame { x, y, w: 4.0, h: 4.0 });
        }
    }
    let all: Vec<usize> = (0..frames.len()).collect();
    let (x0, y0, x1, y1) = bound(&all, &frames);
    if frames.is_empty() {
        return;
    }
    let (dx, dy) = (margin - x0, margin - y0);
    for (frame, _) in &mut drawing.nodes {
        frame.x += dx;
        frame.y += dy;
    }
    for (curve, label, _) in &mut drawing.edges {
        for point in [&mut curve.start, &mut curve.bend, &mut curve.end] {
            point.0 += dx;
            point.1 += dy;
        }
        if let Some(frame) = label {
            frame.x += dx;
            frame.y += dy;
        }
    }
    drawing.width = x1 - x0 + 2.0 * margin;
    drawing.height = y1 - y0 + 2.0 * margin;
}

#[cfg(test)]
pub(super) fn tests_network(actors: usize) -> Network {
    tests::network(actors)
}

#[cfg(test)]
mod tests {
    use super::super::tests::tie;
    use super::*;

    /// A network of so many actors: a tree with chords, some parts apart, several ties between two.
    pub(super) fn network(actors: usize) -> Network {
        let name = |at: usize| format!("Movement for the Liberation of Province {at}");
        let mut ties = Vec::new();
        for at in 1..actors {
            if at % 9 == 0 {
                continue;
            }
            ties.push(tie(&name(at), "part_of", &name(at / 3), "2021-01-02"));
            if at % 4 == 0 {
                ties.push(tie(&name(at), "opposes", &name(at - 1), "2021-05-02"));
                ties.push(tie(&name(at), "opposes", &name(at / 3), "2021-05-02"));
            }
        }
        Network::new(ties, 60)
    }

    #[test]
    fn boxes_and_labels_touch_nothing() {
        for actors in [2, 5, 12, 30, 60] {
            let network = network(actors);
            let drawing = layout(&network);
            assert_eq!(drawing, layout(&network), "no chance in it");
            let boxes: Vec<Frame> = drawing.nodes.iter().map(|(frame, _)| *frame).collect();
            let labels: Vec<Frame> = drawing.edges.iter().filter_map(|(_, label, _)| *label).collect();
            assert_eq!(labels.len(), network.edges.len(), "{actors}: every edge has its label");
            let all: Vec<Frame> = boxes.into_iter().chain(labels).collect();
            for (at, one) in all.iter().enumerate() {
                assert!(
                    one.x - one.w / 2.0 >= 0.0 && one.x + one.w / 2.0 <= drawing.width,
                    "{actors}: {one:?}"
                );
                for other in &all[at + 1..] {
                    assert!(!one.touches(other, 0.0), "{actors}: {one:?} and {other:?}");
                }
            }
        }
    }

    #[test]
    fn long_names_are_cut_into_lines() {
        assert_eq!(lines("Islamic State in the Greater Sahara"), ["Islamic State in the", "Greater Sahara"]);
        assert_eq!(lines(""), ["?"]);
        assert_eq!(lines(&"x".repeat(50))[0].chars().count(), 30);
        assert!((libm_cos(7.0) - 7.0_f64.cos()).abs() < 1e-9);
    }
}
