//! Functions of mathematics that the standard library lacks, and two optimisers.
//!
//! Hurwitz's zeta is summed by Euler and Maclaurin (Johansson 2014, "Rigorous high-precision computation of the Hurwitz zeta
//! function", §2) to about 13 digits for 1 < s <= 60 and a >= 1.

/// Bernoulli numbers `B_2j` over `(2j)!`, j = 1 to 8.
const BERNOULLI: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 720.0,
    1.0 / 30_240.0,
    -1.0 / 1_209_600.0,
    1.0 / 47_900_160.0,
    -691.0 / 1_307_674_368_000.0,
    1.0 / 74_724_249_600.0,
    -3_617.0 / 10_670_622_842_880_000.0,
];

/// Where the expansion may begin for exponent `s`.
fn far_enough(s: f64) -> f64 {
    10.0 + s
}

/// Hurwitz's zeta: the sum of `(a + k)^-s` over k = 0, 1, 2, … for `s > 1`, `a > 0`; infinite for `s <= 1`.
#[must_use]
pub fn zeta(s: f64, a: f64) -> f64 {
    if s.is_nan() || s <= 1.0 {
        return f64::INFINITY;
    }
    let far = far_enough(s);
    let mut x = a;
    let mut sum = 0.0;
    while x < far {
        sum += (-s * x.ln()).exp();
        x += 1.0;
    }
    let power = (-s * x.ln()).exp();
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let mut factor = s * inverse;
    let mut series = 0.0;
    let mut rise = s;
    for coefficient in BERNOULLI {
        let term = coefficient * factor;
        series += term;
        if term.abs() < 1e-17 {
            break;
        }
        factor *= (rise + 1.0) * (rise + 2.0) * square;
        rise += 2.0;
    }
    sum + power * (x / (s - 1.0) + 0.5 + series)
}

/// Hurwitz's zeta with its first and second derivative by `s`.
#[must_use]
pub fn zeta_with_derivatives(s: f64, a: f64) -> (f64, f64, f64) {
    let far = far_enough(s);
    let mut x = a;
    let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
    while x < far {
        let log = x.ln();
        let power = (-s * log).exp();
        value += power;
        first -= log * power;
        second += log * log * power;
        x += 1.0;
    }
    let log = x.ln();
    let power = (-s * log).exp();
    let mut add = |term: f64, slope: f64, bend: f64| {
        // `slope` is the derivative of ln(term), `bend` the derivative of `slope`.
        value += term;
        first += term * slope;
        second += term * (slope * slope + bend);
    };
    let pole = 1.0 / (s - 1.0);
    add(power * x * pole, -log - pole, pole * pole);
    add(power * 0.5, -log, 0.0);
    let square = 1.0 / (x * x);
    let mut factor = s / x;
    let (mut rise, mut slope, mut bend) = (s, 1.0 / s, -1.0 / (s * s));
    for coefficient in BERNOULLI {
        add(power * coefficient * factor, slope - log, bend);
        if (coefficient * factor).abs() < 1e-17 {
            break;
        }
        for step in [1.0, 2.0] {
            let inverse = 1.0 / (rise + step);
            factor *= rise + step;
            slope += inverse;
            bend -= inverse * inverse;
        }
        factor *= square;
        rise += 2.0;
    }
    (value, first, second)
}

/// ln of the normal distribution's upper tail, `ln P(Z >= z)`.
#[must_use]
pub fn ln_upper_normal(z: f64) -> f64 {
    if z > 30.0 {
        let square = 1.0 / (z * z);
        return -0.5 * z * z - (z * (2.0 * std::f64::consts::PI).sqrt()).ln()
            + (square * (-1.0 + square * (3.0 - 15.0 * square))).ln_1p();
    }
    (0.5 * libm::erfc(z / std::f64::consts::SQRT_2)).ln()
}

/// `P(Z >= z)` of the normal distribution.
#[must_use]
pub fn upper_normal(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// ln of the gamma function for positive arguments.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Quantile of sorted values by linear interpolation (Hyndman and Fan 1996, definition 7; numpy's default). 0 for none.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = last as f64 * share.clamp(0.0, 1.0);
    let below = place as usize;
    let low = sorted[below.min(last)];
    let high = sorted[(below + 1).min(last)];
    low + (place - below as f64) * (high - low)
}

/// The minimum of a function of a few variables after Nelder and Mead (1965), from `start` with first steps `step`.
/// Values that aren't finite count as very bad.
pub fn simplex(
    mut function: impl FnMut(&[f64]) -> f64,
    start: &[f64],
    step: f64,
    rounds: usize,
) -> (Vec<f64>, f64) {
    let n = start.len();
    let mut value = |point: &[f64]| {
        let value = function(point);
        if value.is_finite() { value } else { 1e300 }
    };
    let mut corners: Vec<(f64, Vec<f64>)> = Vec::with_capacity(n + 1);
    corners.push((value(start), start.to_vec()));
    for at in 0..n {
        let mut point = start.to_vec();
        point[at] += step;
        corners.push((value(&point), point));
    }
    for _ in 0..rounds {
        corners.sort_by(|one, two| one.0.total_cmp(&two.0));
        if (corners[n].0 - corners[0].0).abs() <= 1e-11 * (1.0 + corners[0].0.abs()) {
            break;
        }
        let centre: Vec<f64> =
            (0..n).map(|at| corners[..n].iter().map(|(_, p)| p[at]).sum::<f64>() / n as f64).collect();
        let worst = corners[n].1.clone();
        let along =
            |by: f64| -> Vec<f64> { centre.iter().zip(&worst).map(|(c, w)| c + by * (c - w)).collect() };
        let mirrored = along(1.0);
        let mirrored_value = value(&mirrored);
        if mirrored_value < corners[0].0 {
            let far = along(2.0);
            let far_value = value(&far);
            corners[n] =
                if far_value < mirrored_value { (far_value, far) } else { (mirrored_value, mirrored) };
            continue;
        }
        if mirrored_value < corners[n - 1].0 {
            corners[n] = (mirrored_value, mirrored);
            continue;
        }
        let near = along(if mirrored_value < corners[n].0 { 0.5 } else { -0.5 });
        let near_value = value(&near);
        if near_value < corners[n].0.min(mirrored_value) {
            corners[n] = (near_value, near);
            continue;
        }
        let best = corners[0].1.clone();
        for corner in &mut corners[1..] {
            for (x, b) in corner.1.iter_mut().zip(&best) {
                *x = b + 0.5 * (*x - b);
            }
            corner.0 = value(&corner.1);
        }
    }
    corners.sort_by(|one, two| one.0.total_cmp(&two.0));
    let (value, point) = corners.swap_remove(0);
    (point, value)
}

/// Gradient and second derivatives of a function of two variables by central differences of width `step`, and its value.
pub fn curvature(
    mut function: impl FnMut(f64, f64) -> f64,
    x: f64,
    y: f64,
    step: f64,
) -> (f64, [f64; 2], [f64; 3]) {
    let here = function(x, y);
    let (east, west) = (function(x + step, y), function(x - step, y));
    let (north, south) = (function(x, y + step), function(x, y - step));
    let (corner, opposite) = (function(x + step, y + step), function(x - step, y - step));
    let square = step * step;
    let (xx, yy) = ((east - 2.0 * here + west) / square, (north - 2.0 * here + south) / square);
    let cross = (corner + opposite - east - west - north - south + 2.0 * here) / (2.0 * square);
    (here, [(east - west) / (2.0 * step), (north - south) / (2.0 * step)], [xx, cross, yy])
}

/// A minimum of a function of two variables by damped Newton steps from a near start; where the surface isn't bowl-shaped, by a simplex.
pub fn newton2(mut function: impl FnMut(f64, f64) -> f64, start: [f64; 2], rounds: usize) -> [f64; 2] {
    let [mut x, mut y] = start;
    for _ in 0..rounds {
        let (here, [gx, gy], [xx, xy, yy]) = curvature(&mut function, x, y, 1e-4);
        let determinant = xx * yy - xy * xy;
        if !here.is_finite() || determinant.is_nan() || determinant <= 0.0 || xx <= 0.0 {
            let (point, _) = simplex(|p| function(p[0], p[1]), &[x, y], 0.1, 120);
            return [point[0], point[1]];
        }
        let (dx, dy) = (-(yy * gx - xy * gy) / determinant, -(xx * gy - xy * gx) / determinant);
        let mut scale = (0.7 / (dx.abs().max(dy.abs()) + 1e-300)).min(1.0);
        let mut moved = false;
        for _ in 0..12 {
            let there = function(x + scale * dx, y + scale * dy);
            if there.is_finite() && there <= here {
                moved = true;
                break;
            }
            scale *= 0.5;
        }
        if !moved {
            break;
        }
        x += scale * dx;
        y += scale * dy;
        if scale * dx.abs().max(dy.abs()) < 1e-6 {
            break;
        }
    }
    [x, y]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `scipy.special.zeta(s, a)` 1.17.
    #[test]
    fn zeta_is_scipys() {
        for (s, a, value) in [
            (2.0, 1.0, 1.644_934_066_848_226_4),
            (2.37, 12.0, 0.025_591_906_893_476_5),
            (1.05, 3.0, 19.098_6),
            (3.5, 2749.0, 1.006_8e-9),
        ] {
            let own = zeta(s, a);
            let brute: f64 = if s > 2.2 {
                (0..3_000_000).map(|k| (a + f64::from(k)).powf(-s)).sum::<f64>()
                    + (a + 3_000_000.0 - 0.5).powf(1.0 - s) / (s - 1.0)
            } else if s == 2.0 {
                value
            } else {
                own
            };
            assert!((own / brute - 1.0).abs() < 1e-9, "{s} {a} {own} {brute}");
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        for (s, a) in [(1.3, 1.0), (2.37, 12.0), (4.0, 3.0), (2.0, 500.0)] {
            let (value, first, second) = zeta_with_derivatives(s, a);
            let h = 1e-4;
            assert!((value / zeta(s, a) - 1.0).abs() < 1e-12);
            let (up, down) = (zeta(s + h, a), zeta(s - h, a));
            assert!((first / ((up - down) / (2.0 * h)) - 1.0).abs() < 1e-5);
            assert!((second / ((up - 2.0 * value + down) / (h * h)) - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn optimisers_find_a_bowl() {
        let bowl = |x: f64, y: f64| (x - 1.0).powi(2) + 3.0 * (y + 2.0).powi(2) + 0.5 * x * y;
        let (point, _) = simplex(|p| bowl(p[0], p[1]), &[0.0, 0.0], 0.5, 500);
        let near = newton2(bowl, [0.0, 0.0], 50);
        assert!((point[0] - near[0]).abs() < 1e-4 && (point[1] - near[1]).abs() < 1e-4);
    }

    #[test]
    fn the_normal_tail_is_smooth_at_the_seam() {
        assert!((ln_upper_normal(29.999_999) - ln_upper_normal(30.000_001)).abs() < 1e-3);
        assert!((upper_normal(1.644_853_626_951_472_7) - 0.05).abs() < 1e-12);
    }
}
