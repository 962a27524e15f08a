//! Series drawn from the process.

use super::process::Process;
use crate::random::Stream;

/// Counts of `days` days, Poisson about the rate that the days before leave. `background` gives mu for a day. Stops growing at a rate of a
/// million a day.
pub fn simulate(
    background: impl Fn(usize) -> f64,
    branching: f64,
    half_life_days: f64,
    days: usize,
    stream: &mut Stream,
) -> Vec<u32> {
    Process { knots: Vec::new(), branching, half_life_days }.go_on(background, 0.0, days, stream)
}
