//! The moment and the wish to stop: what commands that run for long ask for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use watchkeeper_record::Moment;

static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// The flag that a signal sets.
pub(crate) fn flag() -> Arc<AtomicBool> {
    Arc::clone(STOP.get_or_init(Arc::default))
}

/// From now on Ctrl-C and termination ask to stop; the second one ends the program at once.
pub(crate) fn watch_for_stop() {
    let flag = flag();
    // Without the handler a signal ends the program as it would any other: what was committed stands.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        crate::command::read::complain("stopping after what is under way; again to stop at once");
    });
}

/// Whether somebody wants the program to stop.
pub(crate) fn stopped() -> bool {
    flag().load(Ordering::Relaxed)
}

/// Now, by the system's clock.
pub(crate) fn now() -> Moment {
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(seconds)
        .ok()
        .and_then(Moment::from_unix)
        .unwrap_or_else(|| Moment::from_unix(0).expect("1970 is a moment"))
}
