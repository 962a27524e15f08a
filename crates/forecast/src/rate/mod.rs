//! How many deaths, or events, a unit may see in coming months.
//!
//! In: a panel as of its last month, and who borders on whom. Out: a distribution for each unit and horizon. Forecasters: the plain ones that any other must beat
//! (zero, last value, the last twelve months as they were, climatology), counts with pooled spread, histories like this one from
//! anywhere, and a mixture of them whose weights are those that would have scored best on months already past. What it does not do: know why.

mod analog;
mod around;
mod atoms;
mod count;
mod features;
mod forecaster;
mod stack;

pub use analog::Nearness;
pub use around::Around;
pub use atoms::Atoms;
pub use forecaster::{Forecaster, Method, Part, Settings, draws};
