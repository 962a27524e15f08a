//! The usual tails, all discrete and all on the same sizes (Clauset, Shalizi, Newman 2009, table 1).
//!
//! Log-normal and stretched exponential are those of a real number rounded to the nearest whole one, so that a size `x` stands
//! for `x - 1/2 .. x + 1/2`; the exponential is geometric; the power law with cut-off is `x^-alpha exp(-lambda x)`, summed exactly.

use super::{Error, Sample, fit_at};
use crate::numeric::{curvature, ln_upper_normal, newton2, simplex, upper_normal, zeta};

/// A family of tails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// `x^-alpha`.
    #[serde(rename = "powerlaw")]
    PowerLaw,
    /// `x^-alpha exp(-lambda x)`.
    CutOff,
    /// A normal distribution of ln(x) with mean mu and standard deviation sigma.
    #[serde(rename = "lognormal")]
    LogNormal,
    /// `P(X >= x) = exp(-(x / tau)^beta)`, also named after Weibull.
    StretchedExponential,
    /// `exp(-lambda x)`.
    Exponential,
}

impl Family {
    /// All families, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::PowerLaw, Self::CutOff, Self::LogNormal, Self::StretchedExponential, Self::Exponential];

    /// The word of the benchmark and of files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PowerLaw => "powerlaw",
            Self::CutOff => "cut_off",
            Self::LogNormal => "lognormal",
            Self::StretchedExponential => "stretched_exponential",
            Self::Exponential => "exponential",
        }
    }

    /// The name in sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PowerLaw => "power law",
            Self::CutOff => "power law with cut-off",
            Self::LogNormal => "log-normal",
            Self::StretchedExponential => "stretched exponential",
            Self::Exponential => "exponential",
        }
    }

    /// Names of its parameters, in order.
    #[must_use]
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::PowerLaw => &["alpha"],
            Self::CutOff => &["alpha", "lambda"],
            Self::LogNormal => &["mu", "sigma"],
            Self::StretchedExponential => &["tau", "beta"],
            Self::Exponential => &["lambda"],
        }
    }
}

/// A tail with its parameters, ready to be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// Its family.
    pub family: Family,
    /// Its smallest size.
    pub xmin: u64,
    /// Its parameters, as `Family::parameters` names them; the second is 0 where there is one.
    pub parameters: [f64; 2],
    /// ln of the normalising sum or of the share at or above `xmin`.
    ln_norm: f64,
}

impl Tail {
    /// A tail of given parameters.
    #[must_use]
    pub fn new(family: Family, xmin: u64, parameters: [f64; 2]) -> Self {
        let xmin = xmin.max(1);
        let mut tail = Self { family, xmin, parameters, ln_norm: 0.0 };
        tail.ln_norm = tail.ln_above(xmin);
        tail
    }

    /// ln of what lies at or above a size, before normalising.
    fn ln_above(&self, size: u64) -> f64 {
        let [a, b] = self.parameters;
        let edge = size as f64 - 0.5;
        match self.family {
            Family::PowerLaw => zeta(a, size as f64).ln(),
            Family::CutOff => cut_off_sum(a, b, size).ln() - b * size as f64,
            Family::LogNormal => ln_upper_normal((edge.ln() - a) / b),
            Family::StretchedExponential => -(edge / a).powf(b),
            Family::Exponential => -a * size as f64,
        }
    }

    /// `ln P(X = size)` given `X >= xmin`.
    #[must_use]
    pub fn ln_share(&self, size: u64) -> f64 {
        let [a, b] = self.parameters;
        let x = size as f64;
        let raw = match self.family {
            Family::PowerLaw => -a * x.ln(),
            Family::CutOff => -a * x.ln() - b * x,
            Family::Exponential => -a * x + (-(-a).exp_m1()).ln(),
            Family::StretchedExponential => {
                let (low, high) = (((x - 0.5) / a).powf(b), ((x + 0.5) / a).powf(b));
                -low + (-(low - high).exp_m1()).max(1e-300).ln()
            }
            Family::LogNormal => {
                let (low, high) = (((x - 0.5).ln() - a) / b, ((x + 0.5).ln() - a) / b);
                if low > 8.0 || high - low < 1e-6 {
                    // The density over the width of the step; differences would cancel.
                    let middle = (x.ln() - a) / b;
                    -0.5 * middle * middle - (x * b * (2.0 * std::f64::consts::PI).sqrt()).ln()
                } else if low > 0.0 {
                    (upper_normal(low) - upper_normal(high)).max(1e-300).ln()
                } else {
                    (upper_normal(-high) - upper_normal(-low)).max(1e-300).ln()
                }
            }
        };
        raw - self.ln_norm
    }

    /// `P(X >= size)` given `X >= xmin`; 1 at and below `xmin`.
    #[must_use]
    pub fn above(&self, size: u64) -> f64 {
        if size <= self.xmin { 1.0 } else { (self.ln_above(size) - self.ln_norm).exp().clamp(0.0, 1.0) }
    }

    /// A size drawn from the tail: the largest whose share at or above it exceeds a uniform number.
    #[must_use]
    pub fn draw(&self, stream: &mut crate::random::Stream) -> u64 {
        let u = stream.unit();
        let (mut low, mut width) = (self.xmin, 1);
        while width < 1 << 52 && self.above(low + width) > u {
            low += width;
            width *= 2;
        }
        let mut high = low + width;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.above(middle) > u { low = middle } else { high = middle }
        }
        low
    }

    /// ln of the likelihood of a sample's tail.
    #[must_use]
    pub fn ln_likelihood(&self, sample: &Sample) -> f64 {
        sample.from(self.xmin).iter().map(|(size, count)| *count as f64 * self.ln_share(*size)).sum()
    }

    /// Kolmogorov-Smirnov distance of a sample's tail over all whole numbers.
    #[must_use]
    pub fn distance(&self, sample: &Sample) -> f64 {
        let events = sample.events_from(self.xmin).max(1) as f64;
        let (mut seen, mut worst) = (0, 0.0_f64);
        for (size, count) in sample.from(self.xmin) {
            worst = worst.max((seen as f64 / events - 1.0 + self.above(*size)).abs());
            seen += count;
            worst = worst.max((seen as f64 / events - 1.0 + self.above(size.saturating_add(1))).abs());
        }
        worst
    }
}

/// Nodes and weights of Gauss and Legendre's rule of eight points on -1..1, the positive half.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];

/// The sum of `x^-alpha exp(-lambda (x - from))` over `x >= from`: the first terms one by one, the rest by Euler and Maclaurin.
fn cut_off_sum(alpha: f64, lambda: f64, from: u64) -> f64 {
    if lambda < 1e-13 {
        return zeta(alpha, from as f64);
    }
    let first = from as f64;
    let term = |x: f64| (-alpha * x.ln() - lambda * (x - first)).exp();
    let mut sum = 0.0;
    let mut x = first;
    for _ in 0..48 {
        let part = term(x);
        sum += part;
        x += 1.0;
        if part < 1e-17 * sum {
            return sum;
        }
    }
    let (edge, slope) = (term(x), alpha / x + lambda);
    sum += edge * (0.5 + slope / 12.0 - slope.powi(3) / 720.0);
    // The integral from x on, in u = ln(t / x), until the exponential has gone.
    let reach = (1.0 + 45.0 / (lambda * x)).ln();
    let reach = if alpha > 1.0 { reach.min(45.0 / (alpha - 1.0)) } else { reach };
    let panels = (reach / 0.5).ceil().max(1.0);
    let half = reach / panels / 2.0;
    let mut integral = 0.0;
    for panel in 0..panels as u32 {
        let middle = half * (2.0 * f64::from(panel) + 1.0);
        for (node, weight) in GAUSS {
            for u in [middle - half * node, middle + half * node] {
                integral += weight * ((1.0 - alpha) * u - lambda * x * u.exp_m1()).exp();
            }
        }
    }
    sum + integral * half * x * edge
}

/// A tail fitted to a sample by maximum likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedTail {
    /// The tail.
    pub tail: Tail,
    /// Number of events in it.
    pub events: u64,
    /// ln of the likelihood.
    pub ln_likelihood: f64,
    /// Kolmogorov-Smirnov distance over all whole numbers.
    pub ks: f64,
    /// Central 90 % intervals of the parameters by the information at the maximum, `xmin` being held; positive ones on
    /// the scale of their logarithm. NaN where the maximum lies on the edge of what is allowed.
    pub intervals: [(f64, f64); 2],
}

/// The free variables of an optimiser and back.
fn from_free(family: Family, free: [f64; 2]) -> [f64; 2] {
    match family {
        Family::PowerLaw => [free[0], 0.0],
        Family::CutOff | Family::LogNormal => [free[0], free[1].exp()],
        Family::StretchedExponential => [free[0].exp(), free[1].exp()],
        Family::Exponential => [free[0].exp(), 0.0],
    }
}

/// Whether free variables lie where the family is defined and tells something.
fn allowed(family: Family, free: [f64; 2]) -> bool {
    let [x, y] = free;
    match family {
        Family::PowerLaw => x > 1.0,
        Family::CutOff => (0.0..30.0).contains(&x) && (-25.0..3.0).contains(&y) && (x > 1.001 || y > -18.0),
        Family::LogNormal => (-60.0..30.0).contains(&x) && (-4.0..3.0).contains(&y),
        Family::StretchedExponential => (-60.0..30.0).contains(&x) && (-4.0..2.0).contains(&y),
        Family::Exponential => true,
    }
}

/// Fits a family to a sample's sizes of at least `xmin`. `near` starts from known parameters and is quicker, for bootstraps.
///
/// # Errors
/// When the tail holds fewer than two different sizes.
pub fn fit(sample: &Sample, family: Family, xmin: u64, near: Option<[f64; 2]>) -> Result<FittedTail, Error> {
    let xmin = xmin.max(1);
    let counts = sample.from(xmin);
    let events: u64 = counts.iter().map(|(_, count)| count).sum();
    if counts.len() < 2 {
        return Err(Error::TooFew { xmin, events, sizes: counts.len() });
    }
    let n = events as f64;
    let mean = counts.iter().map(|(x, c)| *x as f64 * *c as f64).sum::<f64>() / n;
    let excess = mean - xmin as f64;
    let free = match family {
        Family::PowerLaw => {
            let law = fit_at(sample, xmin)?;
            let tail = Tail::new(family, xmin, [law.alpha, 0.0]);
            let half = 1.644_853_627 * law.alpha_error;
            return Ok(FittedTail {
                tail,
                events,
                ln_likelihood: tail.ln_likelihood(sample),
                ks: law.ks,
                intervals: [(law.alpha - half, law.alpha + half), (0.0, 0.0)],
            });
        }
        Family::Exponential => [(1.0 / excess).ln_1p().ln(), 0.0],
        Family::CutOff | Family::LogNormal | Family::StretchedExponential => {
            let cost = |x: f64, y: f64| {
                if !allowed(family, [x, y]) {
                    return f64::INFINITY;
                }
                -Tail::new(family, xmin, from_free(family, [x, y])).ln_likelihood(sample) / n
            };
            let mean_ln = counts.iter().map(|(x, c)| (*x as f64).ln() * *c as f64).sum::<f64>() / n;
            let spread =
                (counts.iter().map(|(x, c)| ((*x as f64).ln() - mean_ln).powi(2) * *c as f64).sum::<f64>()
                    / n)
                    .sqrt();
            match near {
                Some([a, b]) => newton2(
                    cost,
                    match family {
                        Family::StretchedExponential => [a.ln(), b.ln()],
                        _ => [a, b.ln()],
                    },
                    12,
                ),
                None => {
                    let starts: &[[f64; 2]] = &match family {
                        Family::LogNormal => {
                            [[mean_ln, spread.max(0.2).ln()], [mean_ln - 3.0, spread.max(0.2).ln() + 0.7]]
                        }
                        Family::StretchedExponential => [[mean_ln, -0.3], [mean_ln - 3.0, -1.2]],
                        _ => [[1.5, (0.3 / (excess + 1.0)).ln()], [2.2, (0.01 / (excess + 1.0)).ln()]],
                    };
                    let mut best: Option<(Vec<f64>, f64)> = None;
                    for start in starts {
                        let found = simplex(|p| cost(p[0], p[1]), start, 0.3, 200);
                        if best.as_ref().is_none_or(|(_, value)| found.1 < *value) {
                            best = Some(found);
                        }
                    }
                    let point = best.map_or(starts[0].to_vec(), |(point, _)| point);
                    [point[0], point[1]]
                }
            }
        }
    };
    let tail = Tail::new(family, xmin, from_free(family, free));
    let intervals =
        if near.is_some() { [(f64::NAN, f64::NAN); 2] } else { intervals(sample, family, xmin, free, n) };
    Ok(FittedTail {
        tail,
        events,
        ln_likelihood: tail.ln_likelihood(sample),
        ks: tail.distance(sample),
        intervals,
    })
}

fn intervals(sample: &Sample, family: Family, xmin: u64, free: [f64; 2], n: f64) -> [(f64, f64); 2] {
    let cost = |x: f64, y: f64| -Tail::new(family, xmin, from_free(family, [x, y])).ln_likelihood(sample) / n;
    let (_, _, [xx, xy, yy]) = curvature(cost, free[0], free[1], 1e-3);
    let one = family == Family::Exponential;
    let determinant = if one { 1.0 } else { xx * yy - xy * xy };
    let variances = if one { [1.0 / xx / n, 0.0] } else { [yy / determinant / n, xx / determinant / n] };
    if variances.iter().any(|variance| !variance.is_finite() || *variance < 0.0) || xx <= 0.0 {
        return [(f64::NAN, f64::NAN); 2];
    }
    let at = |sign: f64, which: usize| {
        let mut moved = free;
        moved[which] += sign * 1.644_853_627 * variances[which].sqrt();
        from_free(family, moved)[which]
    };
    [(at(-1.0, 0), at(1.0, 0)), (at(-1.0, 1), at(1.0, 1))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_and_agree_with_what_lies_above() {
        for (family, parameters) in [
            (Family::PowerLaw, [2.5, 0.0]),
            (Family::CutOff, [1.4, 0.02]),
            (Family::CutOff, [0.4, 0.3]),
            (Family::LogNormal, [0.7, 1.3]),
            (Family::StretchedExponential, [1.5, 0.45]),
            (Family::Exponential, [0.12, 0.0]),
        ] {
            for xmin in [1, 7] {
                let tail = Tail::new(family, xmin, parameters);
                let mut sum = 0.0;
                for x in xmin..xmin + 400 {
                    assert!(
                        (1.0 - sum - tail.above(x)).abs() < 1e-8,
                        "{family:?} {x} {} {}",
                        1.0 - sum,
                        tail.above(x)
                    );
                    sum += tail.ln_share(x).exp();
                }
            }
        }
    }

    #[test]
    fn a_vanishing_cut_off_is_the_power_law() {
        let (law, cut) =
            (Tail::new(Family::PowerLaw, 3, [2.2, 0.0]), Tail::new(Family::CutOff, 3, [2.2, 1e-9]));
        for x in [3, 10, 1_000, 30_000] {
            assert!((law.above(x) / cut.above(x) - 1.0).abs() < 1e-3, "{x}");
        }
    }
}
