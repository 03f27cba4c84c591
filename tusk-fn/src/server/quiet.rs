//! When nothing more comes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A process goes on serving after it was asked to end until nothing came for this long: the platform may still send
/// what it had accepted.
const QUIET: Duration = Duration::from_millis(500);
/// But no longer than this: where requests never cease to come, somebody else must take them.
const LONGEST: Duration = Duration::from_secs(3);

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

    /// Returns when none came for a while, or after a longer one.
    pub(crate) async fn quiet(&self) {
        // At the end either way.
        let _ = tokio::time::timeout(LONGEST, self.silence()).await;
    }

    async fn silence(&self) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test(start_paused = true)]
    async fn it_ends_where_requests_never_cease() {
        let requests = Arc::new(Requests::default());
        let steady = Arc::clone(&requests);
        tokio::spawn(async move {
            loop {
                steady.begin();
                tokio::time::sleep(QUIET / 2).await;
            }
        });
        let begun = tokio::time::Instant::now();
        requests.quiet().await;
        assert_eq!(begun.elapsed(), LONGEST);
    }
}
