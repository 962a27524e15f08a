//! The process with given parameters: what it says of past days, and days drawn from it.

use super::fit::Point;
use crate::random::Stream;

/// Parameters of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// ln of the background, events a day: one for all days, or at knots spread evenly over the series, straight lines between.
    pub knots: Vec<f64>,
    /// Mean number of events that one event brings.
    pub branching: f64,
    /// Days after which half of them have come.
    pub half_life_days: f64,
}

impl Process {
    pub(super) fn point(&self) -> Point<'_> {
        Point { knots: &self.knots, branching: self.branching, half_life: self.half_life_days }
    }

    /// Background and whole rate of each day, events a day, as the days before leave them.
    #[must_use]
    pub fn rates(&self, counts: &[u32]) -> Vec<(f64, f64)> {
        let mut rates = Vec::with_capacity(counts.len());
        self.point().backgrounds(counts.len(), |mu| rates.push((mu, 0.0)));
        let mut day = 0;
        self.point().rates(counts, |_, rate| {
            rates[day].1 = rate;
            day += 1;
        });
        rates
    }

    /// Background of the last day; it is held on to for days to come.
    #[must_use]
    pub fn background_last(&self) -> f64 {
        self.knots.last().map_or(0.0, |knot| knot.exp())
    }

    /// What past days leave to the first day after them: the rate without the background, events a day.
    #[must_use]
    pub fn carried(&self, counts: &[u32]) -> f64 {
        let e = 0.5_f64.powf(1.0 / self.half_life_days);
        let trace = counts.iter().fold(0.0, |trace, count| e * (trace + f64::from(*count)));
        self.branching * (1.0 - e) / e * trace
    }

    /// Probability of at least one event within so many days, from what past days leave (`carried`). Exact: as long as nothing happens the
    /// rate falls as it must.
    #[must_use]
    pub fn any_within(&self, carried: f64, days: usize) -> f64 {
        let e = 0.5_f64.powf(1.0 / self.half_life_days);
        let sum = carried * (1.0 - e.powf(days as f64)) / (1.0 - e);
        -(-(sum + self.background_last() * days as f64)).exp_m1()
    }

    /// Counts of `days` days after those that leave `carried`, Poisson about the rate. Stops growing at a rate of a million a day.
    pub(super) fn go_on(
        &self,
        background: impl Fn(usize) -> f64,
        carried: f64,
        days: usize,
        stream: &mut Stream,
    ) -> Vec<u32> {
        let e = 0.5_f64.powf(1.0 / self.half_life_days);
        let each = self.branching * (1.0 - e);
        let mut left = carried;
        (0..days)
            .map(|day| {
                let count = stream.poisson((background(day) + left).clamp(0.0, 1e6)) as u32;
                left = e * left + each * f64::from(count);
                count
            })
            .collect()
    }
}

/// Share of the transforms of all days that lie at or below places 0.02, 0.04 … 0.98, the mean over what chance could make of them (Czado,
/// Gneiting and Held 2009, §2): each place with its share, equal where counts are Poisson about the rates. It is the check by time rescaling
/// (Brown et al. 2002) for counts of days.
#[must_use]
fn uniformity(counts: &[u32], process: &Process) -> Vec<(f64, f64)> {
    let mut transforms = Vec::with_capacity(counts.len());
    process.point().rates(counts, |count, rate| {
        let rate = rate.max(1e-12);
        let (mut below, mut share) = (0.0, (-rate).exp());
        for k in 0..count {
            below += share;
            share *= rate / f64::from(k + 1);
        }
        transforms.push((below, share));
    });
    let n = transforms.len().max(1) as f64;
    (1..50)
        .map(|step| {
            let u = f64::from(step) / 50.0;
            let sum: f64 = transforms
                .iter()
                .map(|(below, share)| {
                    if *share <= 0.0 {
                        f64::from(u8::from(u > *below))
                    } else {
                        ((u - below) / share).clamp(0.0, 1.0)
                    }
                })
                .sum();
            (u, sum / n)
        })
        .collect()
}

/// Greatest distance of those shares from their places.
#[must_use]
pub(super) fn distance(counts: &[u32], process: &Process) -> f64 {
    uniformity(counts, process).iter().fold(0.0, |most: f64, (u, share)| most.max((share - u).abs()))
}

/// Waiting times between events on the clock of the fit, ascending, each as the share of an exponential distribution below it (0 to 1): evenly
/// spread where the fit is right (Brown et al. 2002, time rescaling). Events of one day are spread evenly over it, so that short waits are coarse
/// (Haslinger, Pipa and Brown 2010): set them beside those of drawn series, not beside tables.
#[must_use]
pub fn waits(counts: &[u32], process: &Process) -> Vec<f64> {
    let (mut waited, mut all) = (0.0, Vec::new());
    process.point().rates(counts, |count, rate| {
        if count == 0 {
            waited += rate;
            return;
        }
        let between = rate / f64::from(count);
        waited += between / 2.0;
        for _ in 0..count {
            all.push(-(-waited).exp_m1());
            waited = between;
        }
        waited = between / 2.0;
    });
    all.sort_by(f64::total_cmp);
    all
}

/// Greatest distance of waits from an even spread (Kolmogorov-Smirnov). 0 where nothing happened.
#[must_use]
pub fn unevenness(waits: &[f64]) -> f64 {
    let n = waits.len() as f64;
    let both = |(at, wait): (usize, &f64)| (wait - at as f64 / n).max((at + 1) as f64 / n - wait);
    waits.iter().enumerate().map(both).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_carry_on_where_the_past_ends() {
        let process = Process { knots: vec![0.1_f64.ln()], branching: 0.5, half_life_days: 3.0 };
        let counts = [0, 2, 0, 1, 4, 0];
        let next = process.rates(&[&counts[..], &[0]].concat())[counts.len()];
        assert!((next.0 - 0.1).abs() < 1e-12);
        assert!((next.1 - next.0 - process.carried(&counts)).abs() < 1e-12);
    }

    #[test]
    fn waits_add_up_to_the_clock_of_the_fit() {
        let process = Process { knots: vec![0.3_f64.ln()], branching: 0.4, half_life_days: 2.0 };
        let counts = [0, 1, 0, 2, 0, 0, 3];
        let waits = waits(&counts, &process);
        let clock: f64 = waits.iter().map(|wait| -(1.0 - wait).ln()).sum();
        let rates = process.rates(&counts);
        // Up to the last event, half a step before the end of its day.
        let all: f64 = rates.iter().map(|(_, rate)| rate).sum::<f64>() - rates[6].1 / 6.0;
        assert!((clock - all).abs() < 1e-9, "{clock} {all}");
        assert!((unevenness(&[0.25, 0.5, 0.75]) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn the_probability_of_any_is_that_of_the_draws() {
        let process = Process { knots: vec![0.02_f64.ln()], branching: 0.8, half_life_days: 5.0 };
        let carried = 0.1;
        let said = process.any_within(carried, 10);
        let came = (0..4_000)
            .filter(|round| {
                let drawn =
                    process.go_on(|_| 0.02, carried, 10, &mut Stream::new(4, &[u64::from(*round as u32)]));
                drawn.iter().any(|count| *count > 0)
            })
            .count() as f64
            / 4_000.0;
        assert!((said - came).abs() < 0.03, "{said} {came}");
    }
}
