//! Time as it passes: the one thing that a watch of days and its test of a second see differently.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use watchkeeper_record::Moment;

/// Tells the time and lets it pass. [`SystemClock`] is the real one; tests bring one that jumps.
pub trait Clock {
    /// Time since 1970-01-01T00:00:00Z.
    fn now(&self) -> Duration;

    /// Returns after `how_long`, or soon after `stop` is set.
    fn wait(&self, how_long: Duration, stop: &AtomicBool);
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// How long a set `stop` may go unnoticed.
const NOTICE: Duration = Duration::from_millis(100);

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn wait(&self, how_long: Duration, stop: &AtomicBool) {
        let end = std::time::Instant::now() + how_long;
        while !stop.load(Ordering::Relaxed) {
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(NOTICE));
        }
    }
}

/// The second that a time lies in; `None` after the year 9999.
pub(crate) fn moment(time: Duration) -> Option<Moment> {
    Moment::from_unix(i64::try_from(time.as_secs()).ok()?)
}

/// Time since 1970 of a moment; zero for one before it.
pub(crate) fn since_1970(moment: Moment) -> Duration {
    Duration::from_secs(u64::try_from(moment.unix()).unwrap_or(0))
}
