//! Weights of forecasters by what their mixtures would have scored (Yao and others 2018, "Using stacking to average Bayesian predictive
//! distributions", with the CRPS for the score).
//!
//! The CRPS of a mixture is a quadratic form of its weights: `sum w_i E|X_i - y| - 1/2 sum w_i w_j E|X_i - X_j|`. So past cells are summed
//! into one small problem, which a few multiplicative steps solve.

use super::atoms::{Atoms, Scaled};

/// Most forecasters of a mixture.
pub(crate) const PARTS_MAX: usize = 10;

/// Sums of the form over cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Form {
    pub(crate) cells: f64,
    error: [f64; PARTS_MAX],
    apart: [[f64; PARTS_MAX]; PARTS_MAX],
}

impl Default for Form {
    fn default() -> Self {
        Self { cells: 0.0, error: [0.0; PARTS_MAX], apart: [[0.0; PARTS_MAX]; PARTS_MAX] }
    }
}

impl Form {
    /// The form of one cell: on `ln(1 + x)`, and on deaths over a scale that makes cells of all levels count alike.
    pub(crate) fn of(parts: &[Atoms], outcome: f64, raw_share: f64, unit: f64) -> Self {
        let mut form = Self { cells: 1.0, ..Self::default() };
        let raw = raw_share / unit;
        for (factor, scale) in [(1.0 - raw_share, f64::ln_1p as fn(f64) -> f64), (raw, |x| x)] {
            if factor <= 0.0 {
                continue;
            }
            let scaled: Vec<Scaled> = parts.iter().map(|part| Scaled::new(part, scale)).collect();
            for (i, part) in scaled.iter().enumerate() {
                form.error[i] += factor * part.error(scale(outcome));
                for (j, other) in scaled.iter().enumerate().skip(i) {
                    let apart = factor * part.apart(other);
                    form.apart[i][j] += apart;
                    if i != j {
                        form.apart[j][i] += apart;
                    }
                }
            }
        }
        form
    }

    /// Adds cells, each counted `weight` times.
    pub(crate) fn add(&mut self, other: &Self, weight: f64) {
        self.cells += weight * other.cells;
        for i in 0..PARTS_MAX {
            self.error[i] += weight * other.error[i];
            for j in 0..PARTS_MAX {
                self.apart[i][j] += weight * other.apart[i][j];
            }
        }
    }

    /// The best weights of `count` forecasters, drawn a little towards equal ones where there are few cells.
    pub(crate) fn weights(&self, count: usize) -> Vec<f64> {
        let mut weights = vec![1.0 / count as f64; count];
        if self.cells <= 0.0 {
            return weights;
        }
        for round in 0..600 {
            let slope: Vec<f64> = (0..count)
                .map(|i| {
                    let pull: f64 = (0..count).map(|j| weights[j] * self.apart[i][j]).sum();
                    (self.error[i] - pull) / self.cells
                })
                .collect();
            let mean: f64 = slope.iter().zip(&weights).map(|(s, w)| s * w).sum();
            let size = slope.iter().map(|s| (s - mean).abs()).fold(1e-12, f64::max);
            let rate = 1.0 / (1.0 + f64::from(round) / 60.0) / size;
            let mut total = 0.0;
            for (weight, slope) in weights.iter_mut().zip(&slope) {
                *weight = (*weight * (-rate * (slope - mean)).exp()).max(1e-9);
                total += *weight;
            }
            for weight in &mut weights {
                *weight /= total;
            }
        }
        let even = 8.0 / (8.0 + self.cells);
        weights.iter().map(|weight| (1.0 - even) * weight + even / count as f64).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_score_of_the_mixture() {
        let parts = [Atoms::equal([0.0, 2.0, 5.0]), Atoms::equal([1.0, 9.0])];
        let form = Form::of(&parts, 4.0, 1.0, 1.0);
        let mixed = Atoms::mixed([(&parts[0], 0.3), (&parts[1], 0.7)]);
        let scaled = Scaled::new(&mixed, |x| x);
        let score = scaled.error(4.0) - 0.5 * scaled.apart(&scaled);
        let w = [0.3, 0.7];
        let own: f64 = (0..2)
            .map(|i| w[i] * form.error[i] - 0.5 * (0..2).map(|j| w[i] * w[j] * form.apart[i][j]).sum::<f64>())
            .sum();
        assert!((score - own).abs() < 1e-12);
    }

    #[test]
    fn the_better_forecaster_gets_the_weight() {
        let parts = [Atoms::equal([3.0, 4.0, 5.0]), Atoms::equal([90.0, 100.0])];
        let mut form = Form::default();
        for outcome in [3.0, 4.0, 5.0, 4.0] {
            form.add(&Form::of(&parts, outcome, 0.0, 1.0), 200.0);
        }
        assert!(form.weights(2)[0] > 0.95);
    }
}
