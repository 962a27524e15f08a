//! Random numbers by counting: a stream is named by a seed and labels, and gives the same numbers wherever it is read.
//!
//! The generator is `SplitMix64` (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", §4): its state is
//! a counter, so streams need no memory and can't interfere. Not for secrets.

/// Step of the counter: the odd integer next to 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of `SplitMix64`.
const fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of a seed and labels, such as the number of a bootstrap or a country and a month.
    #[must_use]
    pub fn new(seed: u64, labels: &[u64]) -> Self {
        let mut state = mixed(seed ^ STEP);
        for label in labels {
            state = mixed(state.wrapping_mul(STEP) ^ mixed(label.wrapping_add(STEP)));
        }
        Self { state }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// A number in `0 <= u < 1`, uniform.
    pub fn unit(&mut self) -> f64 {
        // 53 bits fit exactly.
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A number in `0 < u <= 1`, uniform.
    pub fn positive_unit(&mut self) -> f64 {
        1.0 - self.unit()
    }

    /// A whole number in `0..bound`, uniform up to 2^-64 (multiply-shift; Lemire 2019). 0 where `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.bits()) * (bound as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A standard normal number (polar method of Marsaglia).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// A gamma-distributed number of mean `shape` and scale 1 (Marsaglia and Tsang 2000). 0 where `shape` isn't positive.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape.is_nan() || shape <= 0.0 {
            return 0.0;
        }
        if shape < 1.0 {
            let boost = self.positive_unit().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.positive_unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// A Poisson count: by multiplication below a mean of 30, above by splitting off a gamma waiting time (Ahrens and Dieter 1974).
    pub fn poisson(&mut self, mut mean: f64) -> u64 {
        let mut count = 0_u64;
        if !mean.is_finite() || mean <= 0.0 {
            return 0;
        }
        while mean > 30.0 {
            if mean > 1e12 {
                // Relative spread below a millionth: the mean serves.
                return count.saturating_add(mean as u64);
            }
            let part = (mean * 0.875).floor();
            let waiting = self.gamma(part);
            if waiting > mean {
                return count.saturating_add(self.binomial(part as u64 - 1, mean / waiting));
            }
            count = count.saturating_add(part as u64);
            mean -= waiting;
        }
        let floor = (-mean).exp();
        let mut product = self.positive_unit();
        while product > floor {
            count += 1;
            product *= self.positive_unit();
        }
        count
    }

    /// A binomial count of `trials` at `share`, by halving with beta-distributed order statistics (Relles 1972; Devroye 1986, X.4).
    pub fn binomial(&mut self, mut trials: u64, mut share: f64) -> u64 {
        let mut count = 0;
        while trials > 20 {
            let middle = trials / 2 + 1;
            let (x, y) = (self.gamma(middle as f64), self.gamma((trials + 1 - middle) as f64));
            let order = x / (x + y);
            if order <= share {
                count += middle;
                trials -= middle;
                share = ((share - order) / (1.0 - order)).clamp(0.0, 1.0);
            } else {
                trials = middle - 1;
                share = (share / order).clamp(0.0, 1.0);
            }
        }
        count + (0..trials).map(|_| u64::from(self.unit() < share)).sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(count: usize, mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let draws: Vec<f64> = (0..count).map(|_| draw()).collect();
        let mean = draws.iter().sum::<f64>() / count as f64;
        (mean, draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64)
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut stream = Stream::new(7, &[1]);
        let near = |(mean, variance): (f64, f64), m: f64, v: f64| {
            assert!((mean - m).abs() < 5.0 * (v / 40_000.0).sqrt(), "mean {mean} for {m}");
            assert!((variance / v - 1.0).abs() < 0.1, "variance {variance} for {v}");
        };
        near(moments(40_000, || stream.unit()), 0.5, 1.0 / 12.0);
        near(moments(40_000, || stream.normal()), 0.0, 1.0);
        for shape in [0.3, 1.0, 7.5] {
            near(moments(40_000, || stream.gamma(shape)), shape, shape);
        }
        for mean in [0.2, 12.0, 55.0, 4_000.0] {
            near(moments(40_000, || stream.poisson(mean) as f64), mean, mean);
        }
        near(moments(40_000, || stream.binomial(900, 0.3) as f64), 270.0, 189.0);
    }

    #[test]
    fn streams_repeat_and_differ() {
        let take = |labels: &[u64]| Stream::new(3, labels).bits();
        assert_eq!(take(&[1, 2]), take(&[1, 2]));
        let mut seen: Vec<u64> = (0..100).flat_map(|a| (0..100).map(move |b| take(&[a, b]))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 10_000);
    }
}
