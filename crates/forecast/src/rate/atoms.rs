//! A distribution as weighted points: what every forecaster hands on, and what mixing and exact scoring work with.

/// Most points above zero that a distribution keeps.
const POINTS_MAX: usize = 64;

/// Points with weights that sum to 1, ascending, none negative.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Atoms {
    points: Vec<(f64, f64)>,
}

impl Atoms {
    /// All weight at zero.
    #[must_use]
    pub fn zero() -> Self {
        Self { points: vec![(0.0, 1.0)] }
    }

    /// From points in any order with weights of any positive sum. Zero keeps its exact weight; many points above it become
    /// `POINTS_MAX` of equal weight, each the mean of what it stands for. Without weight all lies at zero.
    #[must_use]
    pub fn new(mut points: Vec<(f64, f64)>) -> Self {
        points.retain(|(value, weight)| value.is_finite() && *weight > 0.0);
        let total: f64 = points.iter().map(|(_, weight)| weight).sum();
        if points.is_empty() || total.is_nan() || total <= 0.0 {
            return Self::zero();
        }
        points.sort_by(|one, two| one.0.total_cmp(&two.0));
        let mut out: Vec<(f64, f64)> = Vec::with_capacity(POINTS_MAX + 1);
        let zero: f64 = points.iter().take_while(|(value, _)| *value <= 0.0).map(|(_, weight)| weight).sum();
        if zero > 0.0 {
            out.push((0.0, zero / total));
        }
        let above = &points[points.partition_point(|(value, _)| *value <= 0.0)..];
        if above.len() <= POINTS_MAX {
            for (value, weight) in above {
                match out.last_mut() {
                    Some(last) if last.0 == *value => last.1 += weight / total,
                    _ => out.push((*value, weight / total)),
                }
            }
            return Self { points: out };
        }
        let share = above.iter().map(|(_, weight)| weight).sum::<f64>() / POINTS_MAX as f64;
        let (mut sum, mut held) = (0.0, 0.0);
        for (value, weight) in above {
            let mut left = *weight;
            while held + left >= share {
                let part = share - held;
                out.push(((sum + part * value) / share, share / total));
                left -= part;
                (sum, held) = (0.0, 0.0);
            }
            sum += left * value;
            held += left;
        }
        if held > 1e-9 * share {
            out.push((sum / held, held / total));
        }
        Self { points: out }
    }

    /// Points of equal weight.
    #[must_use]
    pub fn equal(values: impl IntoIterator<Item = f64>) -> Self {
        Self::new(values.into_iter().map(|value| (value, 1.0)).collect())
    }

    /// A mixture.
    #[must_use]
    pub fn mixed<'a>(parts: impl IntoIterator<Item = (&'a Self, f64)>) -> Self {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (part, weight) in parts {
            if weight > 1e-6 {
                points.extend(part.points.iter().map(|(value, share)| (*value, share * weight)));
            }
        }
        points.sort_by(|one, two| one.0.total_cmp(&two.0));
        let total: f64 = points.iter().map(|(_, weight)| weight).sum();
        if points.is_empty() || total <= 0.0 {
            return Self::zero();
        }
        for point in &mut points {
            point.1 /= total;
        }
        Self { points }
    }

    /// The points, ascending, with their weights.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.points.iter().map(|(value, weight)| value * weight).sum()
    }

    /// Weight at or above a value.
    #[must_use]
    pub fn at_least(&self, bound: f64) -> f64 {
        self.points.iter().filter(|(value, _)| *value >= bound).map(|(_, weight)| weight).sum()
    }

    /// `E |X - y|`, on values passed through `scale`.
    #[must_use]
    pub fn error(&self, outcome: f64, scale: impl Fn(f64) -> f64) -> f64 {
        let y = scale(outcome);
        self.points.iter().map(|(value, weight)| weight * (scale(*value) - y).abs()).sum()
    }

    /// Ensemble values at the middles of `count` equal shares, as whole numbers, ascending.
    #[must_use]
    pub fn quantiles(&self, count: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(count);
        let (mut at, mut below) = (0, 0.0);
        for number in 0..count {
            let share = (number as f64 + 0.5) / count as f64;
            while at + 1 < self.points.len() && below + self.points[at].1 <= share {
                below += self.points[at].1;
                at += 1;
            }
            let (value, weight) = self.points.get(at).copied().unwrap_or((0.0, 1.0));
            // Between the middles of neighbouring points above zero the values run on a line, so that few points don't make steps.
            let place = ((share - below) / weight).clamp(0.0, 1.0) - 0.5;
            let beside = if place >= 0.0 { at + 1 } else { at.wrapping_sub(1) };
            let smooth = match self.points.get(beside) {
                Some((other, _)) if value > 0.0 && *other > 0.0 => value + place.abs() * (other - value),
                _ => value,
            };
            out.push(smooth.round().max(0.0));
        }
        out
    }
}

/// Points of a distribution on some scale: what the quadratic form of the score needs.
pub(crate) struct Scaled {
    values: Vec<(f64, f64)>,
}

impl Scaled {
    /// Passes the values through a rising function.
    pub(crate) fn new(atoms: &Atoms, scale: impl Fn(f64) -> f64) -> Self {
        Self { values: atoms.points.iter().map(|(value, weight)| (scale(*value), *weight)).collect() }
    }

    /// `E |X - y|`.
    pub(crate) fn error(&self, outcome: f64) -> f64 {
        self.values.iter().map(|(value, weight)| weight * (value - outcome).abs()).sum()
    }

    /// `E |X - X'|` of two distributions: the integral of `F (1 - G) + G (1 - F)`.
    pub(crate) fn apart(&self, other: &Self) -> f64 {
        let (mut i, mut j) = (0, 0);
        let (mut f, mut g, mut sum) = (0.0, 0.0, 0.0);
        let mut last = f64::NEG_INFINITY;
        while i < self.values.len() || j < other.values.len() {
            let one = self.values.get(i).map_or(f64::INFINITY, |point| point.0);
            let two = other.values.get(j).map_or(f64::INFINITY, |point| point.0);
            let here = one.min(two);
            if last.is_finite() {
                sum += (here - last) * (f * (1.0 - g) + g * (1.0 - f));
            }
            last = here;
            if one <= two {
                f += self.values[i].1;
                i += 1;
            } else {
                g += other.values[j].1;
                j += 1;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_means_over_pairs() {
        let one = Atoms::new(vec![(0.0, 2.0), (3.0, 1.0), (10.0, 1.0)]);
        let two = Atoms::new(vec![(1.0, 1.0), (3.0, 1.0)]);
        let slow: f64 = one
            .points()
            .iter()
            .flat_map(|(a, p)| two.points().iter().map(move |(b, q)| p * q * (a - b).abs()))
            .sum();
        let fast = Scaled::new(&one, |x| x).apart(&Scaled::new(&two, |x| x));
        assert!((slow - fast).abs() < 1e-12);
        assert!((Scaled::new(&one, |x| x).apart(&Scaled::new(&one, |x| x)) - 4.125).abs() < 1e-12);
    }

    #[test]
    fn many_points_keep_mean_and_zero() {
        let values: Vec<f64> = (0..500).map(|at| if at % 3 == 0 { 0.0 } else { f64::from(at) }).collect();
        let mean = values.iter().sum::<f64>() / 500.0;
        let atoms = Atoms::equal(values);
        assert!((atoms.mean() - mean).abs() < 1e-9);
        assert!((atoms.points()[0].1 - 167.0 / 500.0).abs() < 1e-12);
        assert!(atoms.points().len() <= POINTS_MAX + 2);
    }

    #[test]
    fn quantiles_of_one_point_are_that_point() {
        assert_eq!(Atoms::equal([4.0]).quantiles(3), vec![4.0; 3]);
        let half = Atoms::equal([0.0, 0.0, 8.0, 8.0]).quantiles(100);
        assert_eq!(half.iter().filter(|value| **value > 0.0).count(), 50);
    }
}
