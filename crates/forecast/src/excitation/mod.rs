//! Self-exciting series of days: how far one attack brings others.
//!
//! In: counts of consecutive days. Out: background rate, branching ratio (mean number of events that one event brings) and half-life,
//! with errors and checks of the fit. The process is Hawkes' (1971) with an exponential kernel, in days:
//! `lambda_t = mu + branching (1 - e) / e r_t`, `r_{t+1} = e (r_t + c_t)`, `e = exp(-decay)`, half-life `ln 2 / decay`. What it does not
//! do: tell contagion from a hidden common cause; a drifting background also looks like excitation, which `drift` warns of.

mod ahead;
mod fit;
mod process;
mod simulate;

pub use ahead::{Ahead, Expected, Refits, ahead};
pub use fit::{Background, Diagnostics, Excitation, Failure, fit};
pub use process::{Process, unevenness, waits};
pub use simulate::simulate;
