//! Series drawn from the process.

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
    let e = 0.5_f64.powf(1.0 / half_life_days);
    let mut trace = 0.0;
    (0..days)
        .map(|day| {
            let rate = (background(day) + branching * (1.0 - e) / e * trace).clamp(0.0, 1e6);
            let count = stream.poisson(rate) as u32;
            trace = e * (trace + f64::from(count));
            count
        })
        .collect()
}
