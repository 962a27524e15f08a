//! What may come in the days after a series, and how sure the fit is: by series drawn from it and fitted anew.

use std::num::NonZeroUsize;

use super::fit::{Excitation, refit};
use super::process::{Process, unevenness, waits};
use crate::numeric::quantile;
use crate::parallel;
use crate::random::Stream;

/// Fits of series drawn from a fit (parametric bootstrap): their spread is that of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Refits {
    /// What was found in each.
    pub processes: Vec<Process>,
    /// Share of them (and the fit itself) whose waits (`waits`) are spread as unevenly as those of the data or more: p of the fit. It takes
    /// into account that parameters were fitted.
    pub p: f64,
}

/// A branching from which no series of full length is drawn: they would hardly end.
const DRAWN_MAX: f64 = 0.995;

impl Refits {
    /// Draws as long series as the one fitted and fits them anew. None where one event brings one more or nearly (there is no steady state), or
    /// where drawn series are empty.
    #[must_use]
    pub fn of(
        counts: &[u32],
        fitted: &Excitation,
        rounds: usize,
        seed: u64,
        workers: NonZeroUsize,
    ) -> Option<Self> {
        if fitted.branching >= DRAWN_MAX {
            return None;
        }
        let process = fitted.process();
        let backgrounds: Vec<f64> = process.rates(counts).iter().map(|(mu, _)| *mu).collect();
        let found = parallel::map(workers, rounds, |round| {
            let mut stream = Stream::new(seed, &[1, round as u64]);
            let drawn = process.go_on(|day| backgrounds[day], 0.0, counts.len(), &mut stream);
            let again = refit(&drawn, &process)?;
            let off = unevenness(&waits(&drawn, &again));
            Some((again, off))
        });
        let own = unevenness(&waits(counts, &process));
        let found: Vec<(Process, f64)> = found.into_iter().flatten().collect();
        if found.len() * 2 < rounds.max(1) {
            return None;
        }
        let as_far = found.iter().filter(|(_, off)| *off >= own).count();
        let p = (as_far + 1) as f64 / (found.len() + 1) as f64;
        Some(Self { processes: found.into_iter().map(|(process, _)| process).collect(), p })
    }

    /// Central 90 % of what was found, of a figure of the process.
    #[must_use]
    pub fn interval(&self, figure: impl Fn(&Process) -> f64) -> (f64, f64) {
        let mut all: Vec<f64> = self.processes.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        (quantile(&all, 0.05), quantile(&all, 0.95))
    }
}

/// A number of events to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Mean, exact (without draws): the mean over the parameters.
    pub mean: f64,
    /// Their middle.
    pub median: f64,
    /// Ends of their central 90 %.
    pub interval: (f64, f64),
}

impl Expected {
    fn of(mean: f64, mut draws: Vec<f64>) -> Self {
        draws.sort_by(f64::total_cmp);
        Self {
            mean,
            median: quantile(&draws, 0.5),
            interval: (quantile(&draws, 0.05), quantile(&draws, 0.95)),
        }
    }
}

/// Days to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    /// Events on each day.
    pub days: Vec<Expected>,
    /// Events up to each day.
    pub totals: Vec<Expected>,
}

/// Draws the days after a series. Each draw takes the parameters of one refit in turn, so that what isn't known of them shows; without any
/// all take those of the fit. A moving background stays where it was last.
#[must_use]
pub fn ahead(
    counts: &[u32],
    fitted: &Excitation,
    refits: &[Process],
    days: usize,
    (draws, seed, workers): (usize, u64, NonZeroUsize),
) -> Ahead {
    let own = [fitted.process()];
    let processes = if refits.is_empty() { &own[..] } else { refits };
    let carried: Vec<f64> = processes.iter().map(|process| process.carried(counts)).collect();
    let drawn = parallel::map(workers, draws, |round| {
        let at = round % processes.len();
        let process = &processes[at];
        let mu = process.background_last();
        process.go_on(|_| mu, carried[at], days, &mut Stream::new(seed, &[2, round as u64]))
    });
    let mut so_far = vec![0.0; drawn.len()];
    let (mut left, mut total) = (carried.clone(), 0.0);
    let (mut each, mut totals) = (Vec::with_capacity(days), Vec::with_capacity(days));
    for day in 0..days {
        for (sum, draw) in so_far.iter_mut().zip(&drawn) {
            *sum += f64::from(draw[day]);
        }
        let mut mean = 0.0;
        for (process, left) in processes.iter().zip(&mut left) {
            let rate = process.background_last() + *left;
            mean += rate / processes.len() as f64;
            let e = 0.5_f64.powf(1.0 / process.half_life_days);
            *left = e * *left + process.branching * (1.0 - e) * rate;
        }
        total += mean;
        each.push(Expected::of(mean, drawn.iter().map(|draw| f64::from(draw[day])).collect()));
        totals.push(Expected::of(total, so_far.clone()));
    }
    Ahead { days: each, totals }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excitation::{Background, fit, simulate};

    #[test]
    fn intervals_hold_the_truth_and_what_comes() {
        let (mut inside, mut total, rounds) = ([0_u32; 3], 0_u32, 24_u64);
        for round in 0..rounds {
            let counts = simulate(|_| 0.2, 0.6, 4.0, 1_030, &mut Stream::new(9, &[round]));
            let (past, after) = counts.split_at(1_000);
            let found = fit(past, Background::Constant).unwrap();
            let refits = Refits::of(past, &found, 60, round, NonZeroUsize::MIN).unwrap();
            for (at, (truth, figure)) in [
                (0.6, (|one: &Process| one.branching) as fn(&Process) -> f64),
                (4.0, |one| one.half_life_days),
                (0.2, |one| one.background_last()),
            ]
            .into_iter()
            .enumerate()
            {
                let (low, high) = refits.interval(figure);
                inside[at] += u32::from((low..=high).contains(&truth));
            }
            let said = ahead(past, &found, &refits.processes, 30, (600, round, NonZeroUsize::MIN));
            let came: f64 = after.iter().map(|count| f64::from(*count)).sum();
            let (low, high) = said.totals[29].interval;
            assert!((low..=high).contains(&said.totals[29].mean) && said.totals[29].median <= high);
            total += u32::from((low..=high).contains(&came));
        }
        // 90 % of 24 are 21.6; 17 and fewer come by chance in less than two of a hundred.
        assert!(inside.iter().all(|count| *count >= 17) && total >= 18, "{inside:?} {total} of {rounds}");
    }

    #[test]
    fn threads_never_show() {
        let counts = simulate(|_| 0.2, 0.5, 4.0, 400, &mut Stream::new(2, &[]));
        let found = fit(&counts, Background::Constant).unwrap();
        let of = |workers| {
            let workers = NonZeroUsize::new(workers).unwrap();
            let refits = Refits::of(&counts, &found, 20, 3, workers).unwrap();
            let said = ahead(&counts, &found, &refits.processes, 10, (100, 3, workers));
            (refits, said)
        };
        assert_eq!(of(1), of(3));
    }

    #[test]
    fn a_poor_fit_has_a_small_p() {
        // Two counts a day on every second day: far from Poisson.
        let counts: Vec<u32> = (0..600).map(|day| if day % 2 == 0 { 3 } else { 0 }).collect();
        let found = fit(&counts, Background::Constant).unwrap();
        let refits = Refits::of(&counts, &found, 39, 1, NonZeroUsize::MIN).unwrap();
        assert!(refits.p <= 0.05, "{}", refits.p);
    }
}
