//! The frame of a map: which piece of the world it shows, and how degrees become units of the drawing.
//!
//! Mercator for all but wide views, since it keeps circles round; equirectangular, true to scale at the middle latitude, for views over more
//! than a third of the globe. Longitudes run on over the antimeridian inside a frame.

use super::outlines::Bounds;

/// Width of every map, in units; at full size a unit is a CSS pixel.
pub(crate) const WIDTH: f64 = 700.0;
/// Kilometres a degree of a great circle.
pub(crate) const KM_PER_DEGREE: f64 = 111.2;
/// Smallest width and height of the ground that a map shows.
const EXTENT_KM_MIN: f64 = 260.0;
/// What is added around the places, as a share of their extent on each side.
const PAD: f64 = 0.16;
/// Least and greatest height as a share of the width.
const ASPECT: (f64, f64) = (0.55, 0.72);
/// Degrees of longitude from which a view is wide.
const WIDE_DEGREES: f64 = 120.0;
/// Latitudes that wide views show.
const WORLD: (f64, f64) = (-58.0, 80.0);
/// Latitudes beyond which nothing is drawn.
const LATITUDE_MAX: f64 = 84.0;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Projection {
    Mercator,
    /// Equirectangular, true at this latitude (its cosine is kept).
    Plain {
        cosine: f64,
    },
}

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    /// What it shows; its west is in -180..180, its east may be beyond 180.
    pub(crate) bounds: Bounds,
    /// Units.
    pub(crate) height: f64,
    projection: Projection,
    /// Units a degree of longitude.
    scale: f64,
}

/// A box around a point, in degrees; its longitudes may run over the antimeridian.
pub(crate) fn around(lat: f64, lon: f64, km: f64) -> Bounds {
    let high = (km / KM_PER_DEGREE).min(60.0);
    let wide = (high / lat.to_radians().cos().max(0.1)).min(170.0);
    Bounds {
        west: lon - wide,
        south: (lat - high).clamp(-LATITUDE_MAX, LATITUDE_MAX),
        east: lon + wide,
        north: (lat + high).clamp(-LATITUDE_MAX, LATITUDE_MAX),
    }
}

/// The smallest box over all boxes, the short way around the globe; `None` for no box.
pub(crate) fn cover(boxes: &[Bounds]) -> Option<Bounds> {
    let first = boxes.first()?;
    let (mut south, mut north) = (first.south, first.north);
    let mut arcs: Vec<(f64, f64)> = Vec::with_capacity(boxes.len());
    for one in boxes {
        south = south.min(one.south);
        north = north.max(one.north);
        let west = wrap(one.west);
        arcs.push((west, west + (one.east - one.west).min(360.0)));
    }
    arcs.sort_by(|one, other| one.0.total_cmp(&other.0));
    // The widest gap between arcs stays outside. An arc may reach over the seam into the first ones.
    let mut gap = (f64::MIN, 0);
    let mut reach = arcs.iter().map(|arc| arc.1 - 360.0).fold(f64::MIN, f64::max);
    for (number, arc) in arcs.iter().enumerate() {
        if arc.0 - reach > gap.0 {
            gap = (arc.0 - reach, number);
        }
        reach = reach.max(arc.1);
    }
    let west = arcs[gap.1].0;
    if gap.0 <= 0.0 {
        return Some(Bounds { west: -180.0, south, east: 180.0, north });
    }
    Some(Bounds { west, south, east: west + 360.0 - gap.0, north })
}

/// A longitude in -180..180.
pub(crate) fn wrap(lon: f64) -> f64 {
    (lon + 180.0).rem_euclid(360.0) - 180.0
}

/// Largest extent of a box, in kilometres.
pub(crate) fn extent_km(bounds: Bounds) -> f64 {
    let cosine = f64::midpoint(bounds.south, bounds.north).to_radians().cos();
    ((bounds.east - bounds.west) * cosine).max(bounds.north - bounds.south) * KM_PER_DEGREE
}

/// Mercator's northing of a latitude, in degrees of longitude at the equator.
fn northing(lat: f64) -> f64 {
    let phi = lat.clamp(-LATITUDE_MAX, LATITUDE_MAX).to_radians();
    (std::f64::consts::FRAC_PI_4 + phi / 2.0).tan().ln().to_degrees()
}

/// The latitude of a northing.
fn latitude(northing: f64) -> f64 {
    2.0 * northing.to_radians().exp().atan().to_degrees() - 90.0
}

impl Frame {
    /// A frame around a box, with some ground about it.
    pub(crate) fn fit(bounds: Bounds) -> Self {
        let middle = f64::midpoint(bounds.south, bounds.north).clamp(-75.0, 75.0);
        let cosine = middle.to_radians().cos();
        let least = EXTENT_KM_MIN / KM_PER_DEGREE;
        let pad = 1.0 + 2.0 * PAD;
        let wide = ((bounds.east - bounds.west) * pad).max(least / cosine);
        if wide > WIDE_DEGREES {
            return Self::wide(bounds, wide);
        }
        let centre = f64::midpoint(bounds.west, bounds.east);
        let (low, high) = (northing(bounds.south), northing(bounds.north));
        let tall = ((high - low) * pad).max(least / cosine);
        let aspect = (tall / wide).clamp(ASPECT.0, ASPECT.1);
        let wide = wide.max(tall / aspect);
        if wide > WIDE_DEGREES {
            return Self::wide(bounds, wide);
        }
        let tall = wide * aspect;
        // Near the end of what Mercator shows the frame is moved rather than cut.
        let end = northing(LATITUDE_MAX - 1.0) - tall / 2.0;
        let level = f64::midpoint(low, high).clamp(-end, end);
        let west = wrap(centre - wide / 2.0);
        Self {
            bounds: Bounds {
                west,
                south: latitude(level - tall / 2.0),
                east: west + wide,
                north: latitude(level + tall / 2.0),
            },
            height: (WIDTH * aspect).round(),
            projection: Projection::Mercator,
            scale: WIDTH / wide,
        }
    }

    /// A view over a large part of the globe.
    fn wide(bounds: Bounds, wide: f64) -> Self {
        let cosine = 35f64.to_radians().cos();
        let pad = (bounds.north - bounds.south) * PAD;
        let tall = (bounds.north - bounds.south + 2.0 * pad).min(WORLD.1 - WORLD.0);
        let wide = wide.max(tall / cosine / ASPECT.1);
        // Most of the globe is all of it, cut through the Pacific.
        let (west, wide) = if wide > 300.0 {
            (-170.0, 360.0)
        } else {
            (f64::midpoint(bounds.west, bounds.east) - wide / 2.0, wide)
        };
        let middle = f64::midpoint(bounds.south, bounds.north);
        let tall = tall.max(wide * cosine * 0.48).min(WORLD.1 - WORLD.0);
        let south = (middle - tall / 2.0).clamp(WORLD.0, WORLD.1 - tall);
        let scale = WIDTH / wide;
        Self {
            bounds: Bounds { west: wrap(west), south, east: wrap(west) + wide, north: south + tall },
            height: (tall * scale / cosine).round(),
            projection: Projection::Plain { cosine },
            scale,
        }
    }

    /// The name of the projection.
    pub(crate) fn projection(&self) -> &'static str {
        match self.projection {
            Projection::Mercator => "Mercator projection",
            Projection::Plain { .. } => "equirectangular projection, true to scale at 35° north and south",
        }
    }

    /// Where a scale bar is true.
    pub(crate) fn scale_latitude(&self) -> f64 {
        match self.projection {
            Projection::Mercator => {
                latitude(f64::midpoint(northing(self.bounds.south), northing(self.bounds.north)))
            }
            Projection::Plain { .. } => 35.0,
        }
    }

    /// Units of a point whose longitude already runs with the frame's.
    pub(crate) fn project(&self, lon: f64, lat: f64) -> (f64, f64) {
        let x = (lon - self.bounds.west) * self.scale;
        let y = match self.projection {
            Projection::Mercator => (northing(self.bounds.north) - northing(lat)) * self.scale,
            Projection::Plain { cosine } => (self.bounds.north - lat) * self.scale / cosine,
        };
        (x, y)
    }

    /// Units of any point: of its copies around the globe the one nearest to the middle.
    pub(crate) fn place(&self, lat: f64, lon: f64) -> (f64, f64) {
        let middle = f64::midpoint(self.bounds.west, self.bounds.east);
        self.project(middle + wrap(lon - middle), lat)
    }

    /// Whether a point of the drawing lies in it, `margin` units from its edge.
    pub(crate) fn holds(&self, (x, y): (f64, f64), margin: f64) -> bool {
        (margin..=WIDTH - margin).contains(&x) && (margin..=self.height - margin).contains(&y)
    }

    /// Units of a kilometre at a latitude, along the parallel and the meridian.
    pub(crate) fn units_per_km(&self, lat: f64) -> (f64, f64) {
        let here = lat.clamp(-LATITUDE_MAX, LATITUDE_MAX).to_radians().cos();
        let along = self.scale / (KM_PER_DEGREE * here);
        match self.projection {
            Projection::Mercator => (along, along),
            Projection::Plain { cosine } => (along, self.scale / cosine / KM_PER_DEGREE),
        }
    }

    /// The turns of the globe (in degrees) at which a box shows in this frame.
    pub(crate) fn turns(&self, bounds: &Bounds) -> impl Iterator<Item = f64> + use<> {
        let (frame, bounds) = (self.bounds, *bounds);
        [-360.0, 0.0, 360.0].into_iter().filter(move |turn| {
            bounds.west + turn <= frame.east
                && bounds.east + turn >= frame.west
                && bounds.south <= frame.north
                && bounds.north >= frame.south
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-6
    }

    #[test]
    fn boxes_over_the_antimeridian_are_covered_the_short_way() {
        let fiji = cover(&[around(-17.0, 179.0, 10.0), around(-17.0, -179.0, 10.0)]);
        let fiji = fiji.expect("two boxes have a cover");
        assert!(fiji.east - fiji.west < 3.0 && fiji.east > 180.0, "{fiji:?}");
        let frame = Frame::fit(fiji);
        let (one, other) = (frame.place(-17.0, 179.0), frame.place(-17.0, -179.0));
        assert!(one.0 < other.0 && frame.holds(one, 20.0) && frame.holds(other, 20.0));
        let both = Bounds { west: -180.0, south: 0.0, east: 180.0, north: 1.0 };
        assert_eq!(cover(&[both, around(0.0, 5.0, 1.0)]).map(|all| all.east - all.west), Some(360.0));
        assert_eq!(cover(&[]), None);
    }

    #[test]
    fn every_frame_is_sound() {
        for (lat, lon) in [(0.0, 0.0), (89.9, 10.0), (-90.0, -180.0), (64.0, 180.0), (35.0, 540.0)] {
            for km in [0.0, 5.0, 700.0, 9_000.0, 1e9] {
                let frame = Frame::fit(around(lat, lon, km));
                let Bounds { west, south, east, north } = frame.bounds;
                assert!((-180.0..=180.0).contains(&west) && east > west && east - west <= 360.0);
                assert!(north > south && north <= 85.0 && south >= -85.0, "{frame:?}");
                assert!(frame.height > 200.0 && frame.height < 560.0, "{frame:?}");
                assert!(frame.units_per_km(lat).0.is_finite());
                let corner = frame.project(east, south);
                assert!(
                    near(corner.0, WIDTH) && (corner.1 - frame.height).abs() < 1.0,
                    "{frame:?} {corner:?}"
                );
            }
        }
    }

    #[test]
    fn distances_are_true_at_their_latitude() {
        let frame = Frame::fit(around(48.0, 37.0, 200.0));
        let (one, other) = (frame.place(48.0, 37.0), frame.place(49.0, 37.0));
        let km = (one.1 - other.1) / frame.units_per_km(48.5).1;
        assert!((km - KM_PER_DEGREE).abs() < 1.0, "{km}");
    }
}
