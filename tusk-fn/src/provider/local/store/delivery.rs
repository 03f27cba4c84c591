//! Receiving messages and settling them.
//!
//! A lease is taken and ended in memory. Only what must outlive the process goes through the writer: that a message is done, has
//! failed, or has moved. While that is written the lease is marked, so that it neither expires nor is settled twice.
//!
//! Reading blocks for as long as the file takes, which is seldom more than a copy from the system's cache.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use redb::{ReadOnlyTable, ReadTransaction};

use super::batch::Batch;
use super::codec::{Content, Entry, timestamp};
use super::disk::{CONTENTS, MESSAGES};
use super::error::Fault;
use super::index::Change;
use super::line::{Claim, Next, Take};
use super::message::{Count, Fate, Message, MessageId, Peeked, Policy, Receipt, Receive, Received};
use super::{Store, StoreError};

/// The longest sleep: the machine may be suspended, or its clock set, and both are seen after this.
const LONGEST_SLEEP: Duration = Duration::from_secs(20);
/// Why a message failed whose receiver said nothing.
const EXPIRED: &str = "the visibility timeout passed";
/// About how many bytes it takes to change a message's state.
const STATE_WEIGHT: usize = 256;

impl Store {
    /// Receives up to `most` visible messages, the oldest first, and keeps others from them until the visibility timeout
    /// passes. Those whose timeout has passed by `now` have failed; that is written first.
    pub(crate) async fn receive(
        &self,
        queue: &str,
        how: &Receive,
        now: Timestamp,
    ) -> Result<Vec<Received>, StoreError> {
        self.expire(queue, now.as_microsecond()).await?;
        let name: Arc<str> = queue.into();
        let taken = self.take(&name, how, now.as_microsecond());
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let received = self.shared.disk.read(|read| {
            let messages = Messages::open(read, self)?;
            let mut received = Vec::with_capacity(taken.len());
            for (receipt, attempts) in &taken {
                // One that was purged just now is not there any more.
                let Some((message, _)) = messages.get(receipt.number)? else { continue };
                received.push(Received { message, receipt: receipt.clone(), attempt: attempts.saturating_add(1) });
            }
            Ok(received)
        });
        if received.is_err() {
            for (receipt, _) in &taken {
                let _ = self.release(receipt);
            }
        }
        received
    }

    fn take(&self, queue: &Arc<str>, how: &Receive, now: i64) -> Vec<(Receipt, u32)> {
        let Receive { most, ordered, ref policy, .. } = *how;
        let until = after(now, how.visibility);
        let mut lines = self.shared.index.lock();
        let (line, leases) = lines.line_and_leases(queue);
        let taken = line.take(&Take { most, ordered, now, until, policy }, leases).into_iter();
        taken.map(|(number, lease, attempts)| (Receipt { queue: Arc::clone(queue), number, lease }, attempts)).collect()
    }

    async fn expire(&self, queue: &str, now: i64) -> Result<(), StoreError> {
        let claims = self.shared.index.lock().line(queue).claim_expired(now);
        if claims.is_empty() {
            return Ok(());
        }
        let queue: Arc<str> = queue.into();
        let expire = move |batch: &mut Batch<'_>| {
            for claim in &claims {
                settle_failure(batch, &queue, claim, EXPIRED, now, now)?;
            }
            Ok(())
        };
        self.submit(STATE_WEIGHT, expire).await
    }

    /// Waits until a receive may give something: at once, when a message comes or is given back, when a delay or a visibility
    /// timeout passes, when [`wake`](Self::wake) is called, and sometimes for nothing.
    pub(crate) async fn wait(&self, queue: &str, now: Timestamp) {
        let now = now.as_microsecond();
        let changed = Arc::clone(&self.shared.index.lock().line(queue).changed);
        let notified = changed.notified();
        tokio::pin!(notified);
        // From here on no change is missed.
        notified.as_mut().enable();
        let next = self.shared.index.lock().line(queue).next(now);
        let sleep = match next {
            Next::Now => return,
            Next::At(at) => Duration::from_micros(at.abs_diff(now)).min(LONGEST_SLEEP),
            Next::Unknown => return notified.await,
        };
        tokio::select! {
            () = notified => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }

    /// Wakes all who wait. Whoever moves the clock calls this.
    pub(crate) fn wake(&self) {
        self.shared.index.lock().wake();
    }

    /// Removes messages that are done, for good. Gives back the receipts that are stale: their messages stay.
    pub(crate) async fn ack(&self, receipts: Vec<Receipt>) -> Result<Vec<Receipt>, StoreError> {
        let (claimed, stale) = self.claim_all(receipts);
        if claimed.is_empty() {
            return Ok(stale);
        }
        let remove = move |batch: &mut Batch<'_>| {
            for receipt in claimed {
                batch.remove(&receipt.queue, receipt.number)?;
            }
            Ok(())
        };
        self.submit(STATE_WEIGHT, remove).await?;
        Ok(stale)
    }

    fn claim_all(&self, receipts: Vec<Receipt>) -> (Vec<Receipt>, Vec<Receipt>) {
        let mut lines = self.shared.index.lock();
        receipts.into_iter().partition(|it| lines.line(&it.queue).claim(it.number, it.lease).is_some())
    }

    fn claim(&self, receipt: &Receipt) -> Result<Claim, StoreError> {
        let claim = self.shared.index.lock().line(&receipt.queue).claim(receipt.number, receipt.lease);
        claim.ok_or_else(|| receipt.stale())
    }

    /// Counts a failed attempt. The message is visible again after `backoff`, or goes to the dead-letter queue.
    pub(crate) async fn fail(
        &self,
        receipt: &Receipt,
        reason: &str,
        now: Timestamp,
        backoff: Duration,
    ) -> Result<Fate, StoreError> {
        let claim = self.claim(receipt)?;
        let (receipt, reason, now) = (receipt.clone(), reason.to_owned(), now.as_microsecond());
        let fail = move |batch: &mut Batch<'_>| {
            let fate = settle_failure(batch, &receipt.queue, &claim, &reason, now, after(now, backoff))?;
            fate.ok_or_else(|| Fault::Refused(receipt.stale()))
        };
        self.submit(STATE_WEIGHT, fail).await
    }

    /// Moves a message to the dead-letter queue, however many attempts it had.
    pub(crate) async fn reject(&self, receipt: &Receipt, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        let claim = self.claim(receipt)?;
        let (receipt, reason) = (receipt.clone(), reason.to_owned());
        let bury = move |batch: &mut Batch<'_>| {
            let there = batch.bury(&receipt.queue, &claim, &reason, now.as_microsecond())?;
            if there { Ok(()) } else { Err(Fault::Refused(receipt.stale())) }
        };
        self.submit(STATE_WEIGHT, bury).await
    }

    /// Gives a message back unused: it is visible at once, and no attempt is counted.
    pub(crate) fn release(&self, receipt: &Receipt) -> Result<(), StoreError> {
        let released = self.shared.index.lock().line(&receipt.queue).release(receipt.number, receipt.lease);
        if released { Ok(()) } else { Err(receipt.stale()) }
    }

    /// Gives a message back unused: it is visible again after `by`, and no attempt is counted.
    pub(crate) fn postpone(&self, receipt: &Receipt, by: Duration, now: Timestamp) -> Result<(), StoreError> {
        let at = after(now.as_microsecond(), by);
        let postponed = self.shared.index.lock().line(&receipt.queue).postpone(receipt.number, receipt.lease, at);
        if postponed { Ok(()) } else { Err(receipt.stale()) }
    }

    /// Makes what is to become visible after `now` visible earlier by so much. Whoever sets the clock back calls this: else what
    /// was sent while it was ahead would wait until it is there again.
    pub(crate) async fn bring_forward(&self, by: Duration, now: Timestamp) -> Result<(), StoreError> {
        let (by, now) = (i64::try_from(by.as_micros()).unwrap_or(i64::MAX), now.as_microsecond());
        self.submit(STATE_WEIGHT, move |batch| batch.bring_forward(by, now)).await
    }

    /// Looks at up to `most` messages of a queue, the oldest first, from the one after `after` on.
    pub(crate) fn peek(&self, queue: &str, after: Option<MessageId>, most: usize) -> Result<Vec<Peeked>, StoreError> {
        let from = after.map_or(0, |after| after.number.saturating_add(1));
        let lines = self.shared.index.lock();
        let numbers: Vec<_> = lines.find(queue).into_iter().flat_map(|line| line.numbers(from)).take(most).collect();
        drop(lines);
        self.shared.disk.read(|read| {
            let messages = Messages::open(read, self)?;
            let mut peeked = Vec::with_capacity(numbers.len());
            for (number, in_flight) in numbers {
                let Some((message, entry)) = messages.get(number)? else { continue };
                let visible_at = timestamp(entry.visible_at);
                peeked.push(Peeked { message, attempts: entry.attempts, visible_at, in_flight });
            }
            Ok(peeked)
        })
    }

    /// How many messages a queue has.
    pub(crate) fn count(&self, queue: &str, now: Timestamp) -> Count {
        self.shared.index.lock().find(queue).map(|line| line.count(now.as_microsecond())).unwrap_or_default()
    }

    /// Removes all messages of a queue, also those in flight, and says how many.
    pub(crate) async fn purge(&self, queue: &str) -> Result<usize, StoreError> {
        let queue: Arc<str> = queue.into();
        let purge = move |batch: &mut Batch<'_>| {
            let numbers = batch.numbers(&queue);
            let mut removed = 0;
            for number in numbers {
                removed += usize::from(batch.remove(&queue, number)?);
            }
            Ok(removed)
        };
        self.submit(STATE_WEIGHT, purge).await
    }

    /// Moves dead messages back to the queues that they were in, to begin with no attempts: those that died in `from`, if it is
    /// given, and those with the ids, or all. What is in flight stays, and so does what came into the queue alive. Says how many
    /// went.
    pub(crate) async fn redrive(
        &self,
        dead: &str,
        from: Option<&str>,
        ids: Option<Vec<MessageId>>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let held = self.hold(dead, ids.as_deref());
        let (dead, from): (Arc<str>, Option<Arc<str>>) = (dead.into(), from.map(Arc::from));
        let revive = move |batch: &mut Batch<'_>| {
            let mut moved = 0;
            for (number, lease) in held {
                if batch.revive(&dead, from.as_deref(), number, now.as_microsecond())? {
                    moved += 1;
                } else {
                    batch.changes.push(Change::Released { queue: Arc::clone(&dead), number, lease });
                }
            }
            Ok(moved)
        };
        self.submit(STATE_WEIGHT, revive).await
    }

    /// Keeps others from messages that are about to be moved.
    fn hold(&self, queue: &str, ids: Option<&[MessageId]>) -> Vec<(u64, u64)> {
        let mut lines = self.shared.index.lock();
        let (line, mut lease) = lines.line_and_leases(queue);
        let wanted: Vec<u64> = match ids {
            Some(ids) => ids.iter().filter(|id| id.store == self.shared.store).map(|id| id.number).collect(),
            None => line.numbers(0).map(|(number, _)| number).collect(),
        };
        let policy = Arc::new(Policy { max_attempts: 1, dead_letter: None });
        let held = wanted.into_iter().map(|number| (number, lease()));
        held.filter(|(number, lease)| line.hold(*number, *lease, &policy)).collect()
    }
}

/// Counts a failed attempt. `None` if the message is gone.
fn settle_failure(
    batch: &mut Batch<'_>,
    queue: &Arc<str>,
    claim: &Claim,
    reason: &str,
    now: i64,
    visible_at: i64,
) -> Result<Option<Fate>, Fault> {
    let last = claim.attempts.saturating_add(1) >= claim.policy.max_attempts;
    let (there, fate) = if last {
        (batch.bury(queue, claim, reason, now)?, Fate::Dead)
    } else {
        (batch.retry(queue, claim, visible_at)?, Fate::Retry { at: timestamp(visible_at) })
    };
    Ok(there.then_some(fate))
}

/// A time after another, both in microseconds.
fn after(now: i64, duration: Duration) -> i64 {
    now.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

/// The messages in the file.
struct Messages {
    entries: ReadOnlyTable<u64, &'static [u8]>,
    contents: ReadOnlyTable<u64, &'static [u8]>,
    store: u64,
}

impl Messages {
    fn open(read: &ReadTransaction, store: &Store) -> Result<Self, Fault> {
        let (entries, contents) = (read.open_table(MESSAGES)?, read.open_table(CONTENTS)?);
        Ok(Self { entries, contents, store: store.shared.store })
    }

    fn get(&self, number: u64) -> Result<Option<(Message, Entry)>, Fault> {
        let (Some(entry), Some(content)) = (self.entries.get(number)?, self.contents.get(number)?) else {
            return Ok(None);
        };
        let mut entry = Entry::decode(entry.value())?;
        let Content { enqueued_at, head, attributes, body } = Content::decode(content.value())?;
        let message = Message {
            id: MessageId { store: self.store, number },
            body,
            attributes,
            head,
            group: entry.group.take(),
            enqueued_at: timestamp(enqueued_at),
            death: entry.death.take(),
        };
        Ok(Some((message, entry)))
    }
}
