//! The local cloud's clock: the machine's, moved by as much as the programmer says, so that what happens tonight can be seen now.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

/// The longest sleep: the machine may be suspended, or its clock set, and both are seen after this.
const LONGEST_SLEEP: Duration = Duration::from_secs(20);

/// A clock. Whoever waits for an instant is woken when it is moved.
#[derive(Debug)]
pub(in crate::provider::local) struct Clock {
    ahead_micros: AtomicI64,
    moved: watch::Sender<()>,
}

impl Clock {
    /// A clock that is ahead by that much.
    pub(in crate::provider::local) fn new(ahead_micros: i64) -> Self {
        Self { ahead_micros: AtomicI64::new(ahead_micros), moved: watch::channel(()).0 }
    }

    pub(in crate::provider::local) fn now(&self) -> Timestamp {
        let now = Timestamp::now().as_microsecond().saturating_add(self.ahead_micros());
        Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX)
    }

    /// By how much it is ahead of the machine's.
    pub(in crate::provider::local) fn ahead_micros(&self) -> i64 {
        self.ahead_micros.load(Relaxed)
    }

    /// Moves it, so that it is ahead by that much.
    pub(in crate::provider::local) fn put_ahead(&self, micros: i64) {
        self.ahead_micros.store(micros, Relaxed);
        self.moved.send_replace(());
    }

    /// Tells when it is moved, from this call on.
    pub(in crate::provider::local) fn watch(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Waits until the clock shows an instant.
    pub(in crate::provider::local) async fn sleep_until(&self, instant: Timestamp) {
        let mut moved = self.watch();
        loop {
            match Duration::try_from(instant.duration_since(self.now())) {
                Ok(remaining) if !remaining.is_zero() => tokio::select! {
                    () = tokio::time::sleep(remaining.min(LONGEST_SLEEP)) => {}
                    _ = moved.changed() => {}
                },
                _ => return,
            }
        }
    }
}
