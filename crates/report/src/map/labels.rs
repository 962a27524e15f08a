//! Where names go: beside their signs, inside their countries, never over one another.
//!
//! A name that finds no room is left out; the list beside the map has all of them.

use super::frame::{Frame, WIDTH};
use super::ground::{CELL, Cells};

/// Distance that names keep from the frame, in units.
const EDGE: f64 = 3.0;
/// Share of a country's name that must lie on the country.
const ON_COUNTRY: f64 = 0.72;

/// A box of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    /// A box of this size around a point.
    pub(super) fn around((x, y): (f64, f64), wide: f64, high: f64) -> Self {
        Self { left: x - wide / 2.0, top: y - high / 2.0, right: x + wide / 2.0, bottom: y + high / 2.0 }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Width of bold words as a share of plain ones.
pub(super) const BOLD: f64 = 1.12;

/// Width of words in units, at a size of letters: generous, since fonts differ.
pub(super) fn width(words: &str, size: f64) -> f64 {
    let of = |character: char| match character {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' ' | '.' | ',' | '\'' | '’' | '-' | '(' | ')' => 0.36,
        'm' | 'w' | 'M' | 'W' => 0.88,
        character if character.is_uppercase() => 0.68,
        character if u32::from(character) >= 0x1100 => 1.0,
        _ => 0.58,
    };
    words.chars().map(of).sum::<f64>() * size
}

/// Which room is taken.
#[derive(Debug)]
pub(super) struct Room {
    height: f64,
    taken: Vec<Area>,
}

impl Room {
    pub(super) fn new(frame: &Frame) -> Self {
        Self { height: frame.height, taken: Vec::new() }
    }

    /// Takes room whether or not it is free.
    pub(super) fn take(&mut self, area: Area) {
        self.taken.push(area);
    }

    pub(super) fn free(&self, area: &Area) -> bool {
        area.left >= EDGE
            && area.top >= EDGE
            && area.right <= WIDTH - EDGE
            && area.bottom <= self.height - EDGE
            && !self.taken.iter().any(|taken| taken.overlaps(area))
    }

    /// The middle of words beside a sign of a radius: right, left, below, above, then the corners.
    pub(super) fn beside(
        &mut self,
        point: (f64, f64),
        radius: f64,
        wide: f64,
        high: f64,
    ) -> Option<(f64, f64)> {
        let (x, y) = point;
        let (across, down) = (radius + high * 0.2 + wide / 2.0, radius + 1.0 + high / 2.0);
        let slant = (radius * 0.7 + 2.0 + wide / 2.0, radius * 0.7 + high / 2.0);
        let spots = [
            (x + across, y),
            (x - across, y),
            (x, y + down),
            (x, y - down),
            (x + slant.0, y - slant.1),
            (x + slant.0, y + slant.1),
            (x - slant.0, y - slant.1),
            (x - slant.0, y + slant.1),
        ];
        self.first(spots, wide, high)
    }

    /// The middle of words inside a disc, or else beside it.
    pub(super) fn inside(
        &mut self,
        point: (f64, f64),
        radius: f64,
        wide: f64,
        high: f64,
    ) -> Option<(f64, f64)> {
        // A disc that reaches out of the frame has its name where it shows.
        let x = point.0.clamp(EDGE + wide / 2.0, (WIDTH - EDGE - wide / 2.0).max(EDGE + wide / 2.0));
        let y = point.1.clamp(EDGE + high / 2.0, self.height - EDGE - high / 2.0);
        let steps = [0.0, -0.35, 0.35, -0.65, 0.65, -0.9, 0.9];
        let spots: Vec<(f64, f64)> = steps
            .iter()
            .map(|step| (x, y + step * radius))
            .chain(steps[1..].iter().map(|step| (x + step * radius, y)))
            .collect();
        self.first(spots, wide, high).or_else(|| self.beside(point, radius, wide, high))
    }

    fn first(
        &mut self,
        spots: impl IntoIterator<Item = (f64, f64)>,
        wide: f64,
        high: f64,
    ) -> Option<(f64, f64)> {
        let spot = spots.into_iter().find(|spot| self.free(&Area::around(*spot, wide, high)))?;
        self.take(Area::around(spot, wide, high));
        Some(spot)
    }

    /// The middle of a country's name: well inside what shows of the country, near the middle of it, and rather not over what is drawn in it.
    pub(super) fn within(
        &mut self,
        cells: &Cells<'_>,
        number: usize,
        (wide, high): (f64, f64),
        avoid: &[Area],
    ) -> Option<(f64, f64)> {
        let centre = cells.middle(number)?;
        let mut best: Option<(f64, (f64, f64))> = None;
        for at in cells.of(number) {
            let area = Area::around(at, wide, high);
            if !self.free(&area) {
                continue;
            }
            let (mut on, mut all) = (0.0, 0.0);
            let (first, last) = ((area.left / CELL) as usize, (area.right / CELL) as usize);
            for row in (area.top / CELL) as usize..=(area.bottom / CELL) as usize {
                for column in first..=last {
                    all += 1.0;
                    on += f64::from(u8::from(cells.owner(column, row) == Some(number)));
                }
            }
            let share = on / all;
            let covered = avoid.iter().filter(|other| other.overlaps(&area)).count() as f64;
            let value = share * 200.0 - (at.0 - centre.0).hypot(at.1 - centre.1) - covered * 250.0;
            if share >= ON_COUNTRY && best.is_none_or(|(known, _)| value > known) {
                best = Some((value, at));
            }
        }
        let (_, at) = best?;
        self.take(Area::around(at, wide, high));
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame;
    use super::*;

    #[test]
    fn names_keep_apart_and_inside() {
        let mut room = Room::new(&Frame::fit(frame::around(10.0, 10.0, 100.0)));
        let first = room.beside((350.0, 200.0), 5.0, 60.0, 14.0);
        let second = room.beside((350.0, 200.0), 5.0, 60.0, 14.0);
        assert!(first.is_some() && second.is_some() && first != second);
        assert!((0..20).filter_map(|_| room.beside((350.0, 200.0), 5.0, 60.0, 14.0)).count() < 8);
        let edge = room.beside((695.0, 200.0), 5.0, 60.0, 14.0).expect("there is room to the left");
        assert!(edge.0 < 690.0);
        assert_eq!(room.beside((350.0, 300.0), 5.0, 900.0, 14.0), None);
        assert_eq!(room.inside((350.0, 300.0), 50.0, 900.0, 14.0), None);
    }
}
