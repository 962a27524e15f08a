//! The tail of sizes per event: how large the largest may be.
//!
//! In: sizes (deaths per event, whole numbers of at least 1). Out: the power law of Clauset, Shalizi and Newman (2009, "Power-law
//! distributions in empirical data", SIAM Review 51) with its smallest size by Kolmogorov-Smirnov scan and its goodness of fit, the other
//! usual tails on the same sizes, their comparison, and the probability of a size never seen (Clauset and Woodard 2013, "Estimating the
//! historical and future probabilities of large terrorist events", Annals of Applied Statistics 7). All tails are meant to be
//! shown side by side. What it does not do: say which mechanism made the sizes.

mod choice;
mod exceed;
mod power;
mod tail;

pub use choice::{Choice, Comparison, Weighed, choose, vuong};
pub use exceed::{Exceedance, at_least_one, exceedance};
pub use power::{Fit, Goodness, fit_at, goodness, scan};
pub use tail::{Family, FittedTail, Tail, fit};

/// Why sizes can't be fitted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Fewer than two different sizes at or above the smallest size of the tail.
    TooFew {
        /// Smallest size of the tail.
        xmin: u64,
        /// Number of events in it.
        events: u64,
        /// Number of different sizes in it.
        sizes: usize,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooFew { xmin, events, sizes } => write!(
                out,
                "too few events for a tail: {events} of size {xmin} or more, with {sizes} different sizes; at least two different sizes are needed (give a longer series or a lower xmin)"
            ),
        }
    }
}

impl std::error::Error for Error {}

/// Sizes of events, counted. Sizes of 0 are not events of this kind and are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Different sizes, ascending, each with its number of events.
    counts: Vec<(u64, u64)>,
    events: u64,
}

impl Sample {
    /// Counts sizes in any order.
    #[must_use]
    pub fn new(mut sizes: Vec<u64>) -> Self {
        sizes.retain(|size| *size > 0);
        sizes.sort_unstable();
        let mut counts: Vec<(u64, u64)> = Vec::new();
        for size in sizes {
            match counts.last_mut() {
                Some((last, count)) if *last == size => *count += 1,
                _ => counts.push((size, 1)),
            }
        }
        Self::of_counts(counts)
    }

    /// From ascending different sizes with their numbers.
    pub(crate) fn of_counts(counts: Vec<(u64, u64)>) -> Self {
        let events = counts.iter().map(|(_, count)| count).sum();
        Self { counts, events }
    }

    /// Different sizes, ascending, with the number of events of each.
    #[must_use]
    pub fn counts(&self) -> &[(u64, u64)] {
        &self.counts
    }

    /// Number of events.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The largest size, where there is an event.
    #[must_use]
    pub fn largest(&self) -> Option<u64> {
        self.counts.last().map(|(size, _)| *size)
    }

    /// Events at or above a size.
    #[must_use]
    pub fn from(&self, xmin: u64) -> &[(u64, u64)] {
        &self.counts[self.counts.partition_point(|(size, _)| *size < xmin)..]
    }

    /// Number of events of at least a size.
    #[must_use]
    pub fn events_from(&self, xmin: u64) -> u64 {
        self.from(xmin).iter().map(|(_, count)| count).sum()
    }

    /// The same without one event of the largest size.
    #[must_use]
    pub fn without_largest(&self) -> Self {
        let mut counts = self.counts.clone();
        if let Some(last) = counts.last_mut() {
            last.1 -= 1;
        }
        counts.retain(|(_, count)| *count > 0);
        Self::of_counts(counts)
    }

    /// As many events drawn from these with replacement.
    #[must_use]
    pub fn resampled(&self, stream: &mut crate::random::Stream) -> Self {
        let ends: Vec<u64> = self
            .counts
            .iter()
            .scan(0, |sum, (_, count)| {
                *sum += count;
                Some(*sum)
            })
            .collect();
        let mut drawn = vec![0_u64; self.counts.len()];
        // Most events are small: a linear look from the start finds them at once.
        for _ in 0..self.events {
            let at = stream.below(self.events as usize) as u64;
            let place = if ends[0] > at { 0 } else { ends.partition_point(|end| *end <= at) };
            drawn[place] += 1;
        }
        let counts =
            self.counts.iter().zip(drawn).filter(|(_, n)| *n > 0).map(|((x, _), n)| (*x, n)).collect();
        Self::of_counts(counts)
    }
}
