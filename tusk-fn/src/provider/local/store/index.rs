//! All queues in memory. The file is what counts; this is made from it when the store opens and follows each commit.
//!
//! Leases are nowhere else: when the process dies, they are gone, and nobody's attempts are counted for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::line::{Line, Slot};

/// What a commit changed.
#[derive(Debug)]
pub(super) enum Change {
    Added { queue: Arc<str>, number: u64, slot: Slot },
    Removed { queue: Arc<str>, number: u64 },
    Retried { queue: Arc<str>, number: u64, attempts: u32, visible_at: i64 },
    Released { queue: Arc<str>, number: u64, lease: u64 },
    Rescheduled { queue: Arc<str>, number: u64, visible_at: i64 },
    Moved { from: Arc<str>, to: Arc<str>, number: u64, visible_at: i64 },
}

/// The queues, for one thread at a time.
#[derive(Debug)]
pub(super) struct Index(Mutex<Lines>);

#[derive(Debug)]
pub(super) struct Lines {
    lines: HashMap<Arc<str>, Line>,
    /// The last lease's id. It begins at a random number, so that a receipt from before a restart fits no lease.
    lease: u64,
}

impl Index {
    pub(super) fn new(first_lease: u64) -> Self {
        Self(Mutex::new(Lines { lines: HashMap::new(), lease: first_lease }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// The queue. Asking for one that nobody has put a message into is no mistake.
    pub(super) fn line(&mut self, queue: &str) -> &mut Line {
        self.lines.entry(queue.into()).or_default()
    }

    /// The queue, and what numbers its leases.
    pub(super) fn line_and_leases(&mut self, queue: &str) -> (&mut Line, impl FnMut() -> u64) {
        let Self { lines, lease } = self;
        let next = move || {
            *lease = lease.wrapping_add(1);
            *lease
        };
        (lines.entry(queue.into()).or_default(), next)
    }

    pub(super) fn find(&self, queue: &str) -> Option<&Line> {
        self.lines.get(queue)
    }

    /// The messages that are to become visible after a time, each with its queue.
    pub(super) fn later_than(&self, time: i64) -> Vec<(Arc<str>, u64)> {
        let of = |(queue, line): (&Arc<str>, &Line)| -> Vec<_> {
            line.later_than(time).map(|number| (Arc::clone(queue), number)).collect()
        };
        self.lines.iter().flat_map(of).collect()
    }

    /// Wakes all who wait, on whatever queue.
    pub(super) fn wake(&self) {
        for line in self.lines.values() {
            line.changed.notify_waiters();
        }
    }

    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Added { queue, number, slot } => self.line(&queue).add(number, slot),
            Change::Removed { queue, number } => {
                self.line(&queue).remove(number);
            }
            Change::Retried { queue, number, attempts, visible_at } => {
                self.line(&queue).retry(number, attempts, visible_at);
            }
            Change::Released { queue, number, lease } => self.line(&queue).unhold(number, lease),
            Change::Rescheduled { queue, number, visible_at } => self.line(&queue).reschedule(number, visible_at),
            Change::Moved { from, to, number, visible_at } => {
                if let Some(slot) = self.line(&from).remove(number) {
                    self.line(&to).add(number, Slot { visible_at, attempts: 0, ..slot });
                }
            }
        }
    }
}
