//! Maximum likelihood, errors and checks.

use super::process::{Process, distance};
use crate::numeric::{ln_gamma, simplex};

/// How the background may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// One rate for all days.
    Constant,
    /// Straight lines in the logarithm between this many knots spread evenly over the series (at least 2).
    Moving(usize),
}

/// Why a series can't be fitted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// Too few days or events.
    TooShort {
        /// Days of the series.
        days: usize,
        /// Events in it.
        events: u64,
    },
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooShort { days, events } => write!(
                out,
                "{events} events in {days} days are too few for self-excitation; at least 30 days and 10 events are needed"
            ),
        }
    }
}

impl std::error::Error for Failure {}

/// What the fit leaves unexplained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diagnostics {
    /// Variance of the Pearson residuals; 1 where counts are Poisson about the rate.
    pub residual_variance: f64,
    /// Correlation of residuals of neighbouring days.
    pub residual_correlation: f64,
    /// Kolmogorov-Smirnov distance of the randomised transforms from a uniform distribution (with ties split evenly).
    pub ks: f64,
    /// Twice the gain in log likelihood of a moving background, less than a hundredth of which comes by chance beyond 9.2 for two
    /// further parameters.
    pub drift_statistic: f64,
    /// p of that gain if the background were constant (chi-squared).
    pub drift_p: f64,
    /// Whether the series drifts: `drift_p` below .01, or a branching of 1 and more (no steady state), or a half-life above a tenth of the
    /// series: slow excitation imitates a rising background. The branching of a constant background is then not to be trusted.
    pub drift: bool,
    /// Twice the gain over a process without excitation.
    pub excitation_statistic: f64,
}

/// A fitted process.
#[derive(Debug, Clone, PartialEq)]
pub struct Excitation {
    /// Background events a day, the mean over the series.
    pub mu: f64,
    /// Mean number of events that one event brings.
    pub branching: f64,
    /// Days after which half of them have come.
    pub half_life_days: f64,
    /// Standard errors of mu, branching and half-life by the curvature at the maximum; none where it tells nothing.
    pub errors: [Option<f64>; 3],
    /// Log likelihood.
    pub ln_likelihood: f64,
    /// Its gain over a constant rate, a day.
    pub gain_per_day: f64,
    /// ln of the background at the knots, where it may move.
    pub knots: Vec<f64>,
    /// Checks of the fit; for a constant background only.
    pub diagnostics: Option<Diagnostics>,
}

const HALF_LIFE: (f64, f64) = (0.05, 2_000.0);
const BRANCHING_MAX: f64 = 1.5;

/// ln of the background on a day from ln at the knots.
fn ln_background(knots: &[f64], day: usize, days: usize) -> f64 {
    if knots.len() == 1 {
        return knots[0];
    }
    let place = day as f64 / (days - 1).max(1) as f64 * (knots.len() - 1) as f64;
    let at = (place as usize).min(knots.len() - 2);
    knots[at] + (place - at as f64) * (knots[at + 1] - knots[at])
}

impl Excitation {
    /// Its parameters.
    #[must_use]
    pub fn process(&self) -> Process {
        Process { knots: self.knots.clone(), branching: self.branching, half_life_days: self.half_life_days }
    }
}

/// Parameters on a scale without bounds: ln mu at the knots, then branching and ln half-life.
pub(super) struct Point<'a> {
    pub(super) knots: &'a [f64],
    pub(super) branching: f64,
    pub(super) half_life: f64,
}

impl<'a> Point<'a> {
    fn of(free: &'a [f64]) -> Option<Self> {
        let (knots, rest) = free.split_at(free.len() - 2);
        let (branching, half_life) = (rest[0], rest[1].exp());
        let inside =
            (0.0..=BRANCHING_MAX).contains(&branching) && (HALF_LIFE.0..=HALF_LIFE.1).contains(&half_life);
        (inside && knots.iter().all(|knot| (-25.0..15.0).contains(knot))).then_some(Self {
            knots,
            branching,
            half_life,
        })
    }

    /// Calls `each` with every day's background.
    pub(super) fn backgrounds(&self, days: usize, mut each: impl FnMut(f64)) {
        if let [knot] = self.knots {
            let mu = knot.exp();
            (0..days).for_each(|_| each(mu));
            return;
        }
        // A straight line in the logarithm is a constant factor a day; anew every 32 days, so that nothing adds up.
        let apart = (self.knots.len() - 1) as f64 / (days - 1).max(1) as f64;
        let (mut mu, mut factor, mut until) = (0.0, 1.0, 0);
        for day in 0..days {
            if day == until {
                mu = ln_background(self.knots, day, days).exp();
                let segment = ((day as f64 * apart) as usize).min(self.knots.len() - 2);
                factor = ((self.knots[segment + 1] - self.knots[segment]) * apart).exp();
                let bend = ((segment + 1) as f64 / apart).ceil() as usize;
                until = (day + 32).min(bend.max(day + 1));
            } else {
                mu *= factor;
            }
            each(mu);
        }
    }

    /// Calls `each` with every day's count and rate.
    pub(super) fn rates(&self, counts: &[u32], mut each: impl FnMut(u32, f64)) {
        let e = 0.5_f64.powf(1.0 / self.half_life);
        let factor = self.branching * (1.0 - e) / e;
        let mut trace = 0.0;
        let mut days = counts.iter();
        self.backgrounds(counts.len(), |mu| {
            let count = days.next().copied().unwrap_or(0);
            each(count, mu + factor * trace);
            trace = e * (trace + f64::from(count));
        });
    }

    /// Minus the log likelihood, without the factorials.
    fn cost(&self, counts: &[u32]) -> f64 {
        let mut sum = 0.0;
        self.rates(counts, |count, rate| {
            sum += rate;
            if count > 0 {
                sum -= f64::from(count) * rate.max(1e-300).ln();
            }
        });
        sum
    }
}

/// Fits a series.
///
/// # Errors
/// When it is shorter than 30 days or holds fewer than 10 events.
pub fn fit(counts: &[u32], background: Background) -> Result<Excitation, Failure> {
    let events: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let days = counts.len();
    if days < 30 || events < 10 {
        return Err(Failure::TooShort { days, events });
    }
    let knots = match background {
        Background::Constant => 1,
        Background::Moving(knots) => knots.max(2),
    };
    let mean = events as f64 / days as f64;
    let (free, cost) = maximum(counts, knots, mean, None);
    let point = Point::of(&free).unwrap_or(Point { knots: &free[..knots], branching: 0.0, half_life: 1.0 });
    let factorials: f64 =
        counts.iter().filter(|count| **count > 1).map(|count| ln_gamma(f64::from(*count) + 1.0)).sum();
    let flat = events as f64 - events as f64 * mean.ln();
    let errors = errors(counts, &free);
    let mu = (0..days).map(|day| ln_background(point.knots, day, days).exp()).sum::<f64>() / days as f64;
    let diagnostics = (background == Background::Constant).then(|| {
        let (_, moved) = maximum(counts, 3, mean, Some(&free));
        diagnostics(counts, &point, cost, moved, flat)
    });
    Ok(Excitation {
        mu,
        branching: point.branching,
        half_life_days: point.half_life,
        errors,
        ln_likelihood: -cost - factorials,
        gain_per_day: (flat - cost) / days as f64,
        knots: point.knots.to_vec(),
        diagnostics,
    })
}

/// The maximum of several starts, or of one near the maximum of a constant background.
fn maximum(counts: &[u32], knots: usize, mean: f64, near: Option<&[f64]>) -> (Vec<f64>, f64) {
    let cost = |free: &[f64]| Point::of(free).map_or(f64::INFINITY, |point| point.cost(counts));
    let mut starts: Vec<Vec<f64>> = Vec::new();
    for (branching, half_life) in
        [(0.15, 3.0_f64), (0.5, 1.0), (0.5, 12.0), (0.85, 5.0), (0.85, 40.0), (0.5, 150.0)]
    {
        let mut start = vec![(mean * (1.0 - branching)).ln(); knots];
        start.extend([branching, half_life.ln()]);
        starts.push(start);
    }
    if let Some(near) = near {
        let mut start = vec![near[0]; knots];
        start.extend(&near[near.len() - 2..]);
        starts.truncate(2);
        starts.push(start);
    }
    let mut best: Option<(Vec<f64>, f64)> = None;
    for start in starts {
        let found = simplex(cost, &start, 0.25, 160 * knots.max(1));
        if best.as_ref().is_none_or(|(_, least)| found.1 < *least) {
            best = Some(found);
        }
    }
    let (free, least) = best.unwrap_or_default();
    // A second, small simplex: the first may have stopped on a ridge.
    let again = simplex(cost, &free, 0.05, 200 * knots.max(1));
    if again.1 < least { again } else { (free, least) }
}

/// Fits a series drawn from a process, from its parameters on. None where nothing happened in it.
pub(super) fn refit(counts: &[u32], near: &Process) -> Option<Process> {
    if counts.iter().all(|count| *count == 0) {
        return None;
    }
    let cost = |free: &[f64]| Point::of(free).map_or(f64::INFINITY, |point| point.cost(counts));
    let mut start = near.knots.clone();
    start.extend([near.branching.clamp(0.02, BRANCHING_MAX), near.half_life_days.ln()]);
    let knots = near.knots.len();
    let (free, _) = simplex(cost, &start, 0.25, 160 * knots);
    let (free, _) = simplex(cost, &free, 0.05, 100 * knots);
    let point = Point::of(&free)?;
    Some(Process { knots: point.knots.to_vec(), branching: point.branching, half_life_days: point.half_life })
}

/// Standard errors by the inverse of the matrix of second derivatives (constant background only).
fn errors(counts: &[u32], free: &[f64]) -> [Option<f64>; 3] {
    let none = [None; 3];
    if free.len() != 3 || free[1] < 1e-3 {
        return none;
    }
    let cost = |moved: &[f64]| Point::of(moved).map_or(f64::NAN, |point| point.cost(counts));
    let step = [1e-3, 1e-3_f64.min(free[1] / 2.0), 2e-3];
    let mut matrix = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in i..3 {
            let mut sum = 0.0;
            for (a, b, sign) in [(1.0, 1.0, 1.0), (1.0, -1.0, -1.0), (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0)] {
                let mut moved = free.to_vec();
                moved[i] += a * step[i];
                moved[j] += b * step[j];
                sum += sign * cost(&moved);
            }
            matrix[i][j] = sum / (4.0 * step[i] * step[j]);
            matrix[j][i] = matrix[i][j];
        }
    }
    let minor = |a: usize, b: usize| matrix[a][a] * matrix[b][b] - matrix[a][b] * matrix[b][a];
    let determinant = matrix[0][0] * minor(1, 2)
        - matrix[0][1] * (matrix[1][0] * matrix[2][2] - matrix[1][2] * matrix[2][0])
        + matrix[0][2] * (matrix[1][0] * matrix[2][1] - matrix[1][1] * matrix[2][0]);
    if !determinant.is_finite() || determinant <= 0.0 {
        return none;
    }
    let error = |variance: f64| (variance.is_finite() && variance > 0.0).then(|| variance.sqrt());
    [
        error(minor(1, 2) / determinant).map(|e| e * free[0].exp()),
        error(minor(0, 2) / determinant),
        error(minor(0, 1) / determinant).map(|e| e * free[2].exp()),
    ]
}

fn diagnostics(counts: &[u32], point: &Point<'_>, cost: f64, moved: f64, flat: f64) -> Diagnostics {
    let mut residuals = Vec::with_capacity(counts.len());
    point.rates(counts, |count, rate| {
        let rate = rate.max(1e-12);
        residuals.push((f64::from(count) - rate) / rate.sqrt());
    });
    let n = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / n;
    let variance = residuals.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n;
    let neighbours = residuals.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum::<f64>() / n;
    let process =
        Process { knots: point.knots.to_vec(), branching: point.branching, half_life_days: point.half_life };
    let ks = distance(counts, &process);
    let drift_statistic = (2.0 * (cost - moved)).max(0.0);
    // Chi-squared with two degrees of freedom.
    let drift_p = (-drift_statistic / 2.0).exp();
    Diagnostics {
        residual_variance: variance,
        residual_correlation: if variance > 0.0 { neighbours / variance } else { 0.0 },
        ks,
        drift_statistic,
        drift_p,
        drift: drift_p < 0.01 || point.branching >= 1.0 || point.half_life > counts.len() as f64 / 10.0,
        excitation_statistic: (2.0 * (flat - cost)).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excitation::simulate;
    use crate::random::Stream;

    #[test]
    fn simulated_parameters_come_back_within_two_errors() {
        let mut inside = [0; 3];
        let rounds = 40;
        for round in 0..rounds {
            let counts = simulate(|_| 0.1, 0.6, 5.0, 2_000, &mut Stream::new(1, &[round]));
            let found = fit(&counts, Background::Constant).unwrap();
            let truth = [0.1, 0.6, 5.0];
            let own = [found.mu, found.branching, found.half_life_days];
            for at in 0..3 {
                let error = found.errors[at].unwrap();
                inside[at] += u32::from((own[at] - truth[at]).abs() <= 2.0 * error);
            }
        }
        assert!(inside.iter().all(|count| *count >= 34), "{inside:?} of {rounds}");
    }

    #[test]
    fn drift_is_flagged_and_its_absence_is_not() {
        let steady = simulate(|_| 0.3, 0.4, 4.0, 2_000, &mut Stream::new(3, &[]));
        assert!(!fit(&steady, Background::Constant).unwrap().diagnostics.unwrap().drift);
        let rising = simulate(|day| 0.05 + day as f64 / 1_500.0, 0.2, 3.0, 2_000, &mut Stream::new(3, &[]));
        assert!(fit(&rising, Background::Constant).unwrap().diagnostics.unwrap().drift);
    }

    #[test]
    fn short_series_are_refused() {
        assert!(fit(&[0; 400], Background::Constant).is_err());
        assert!(fit(&[5; 10], Background::Constant).unwrap_err().to_string().contains("at least 30 days"));
    }
}
