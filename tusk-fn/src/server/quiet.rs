//! When nothing more comes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A process goes on serving after it was asked to end until nothing came for this long: the platform may still send
/// what it had accepted.
const QUIET: Duration = Duration::from_millis(500);

/// The requests that came so far.
#[derive(Default)]
pub(crate) struct Requests {
    begun: AtomicU64,
}

impl Requests {
    /// Counts one.
    pub(crate) fn begin(&self) {
        self.begun.fetch_add(1, Relaxed);
    }

    /// Returns when none came for a while.
    pub(crate) async fn quiet(&self) {
        let mut seen = self.begun.load(Relaxed);
        loop {
            tokio::time::sleep(QUIET).await;
            let now = self.begun.load(Relaxed);
            if now == seen {
                return;
            }
            seen = now;
        }
    }
}
