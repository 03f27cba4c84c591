//! Lists of any length for operations that take ten entries at a time and answer for each.
//!
//! Entries go out in their order, one request after the other. What a service refuses for the moment is sent again alone, so
//! that nothing is sent twice that was accepted. That is also why order within a group of a FIFO queue holds only as long as
//! no entry is refused: the service accepts the ones after it.

use std::future::Future;
use std::ops::Range;
use std::time::Instant;

use super::Client;
use super::error::{Cause, ClientError, Fault};
use super::retry::Attempts;

/// What became of each entry, in their order: the id that the service gave it, or why it was refused.
pub(super) type Outcomes = Vec<Result<String, Fault>>;

/// An operation that takes several entries.
pub(super) trait Batch: Sync {
    type Entry: Sync;

    /// As AWS names it.
    const OPERATION: &'static str;
    /// How many bytes all entries of a request may have.
    const BYTES: usize;
    /// How many bytes one entry may have at most.
    const ENTRY_BYTES: usize;

    /// Where the entries go.
    fn resource(&self) -> &str;

    /// The bytes of an entry, as the service counts them.
    fn size(entry: &Self::Entry) -> usize;

    /// Sends some entries with one request.
    fn send(
        &self,
        client: &Client,
        entries: &[&Self::Entry],
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<Outcomes, ClientError>> + Send;
}

/// How many entries a request takes, in every service.
const ENTRIES: usize = 10;

impl Client {
    /// Sends all entries.
    pub(super) async fn send_all<B: Batch>(
        &self,
        batch: &B,
        entries: &[B::Entry],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        let mut outcomes = Vec::with_capacity(entries.len());
        for range in ranges::<B>(entries) {
            // What failed for a reason of the whole request fails again, and would only take time.
            let failed = match self.send_some(batch, &entries[range.clone()], deadline).await {
                Ok(some) => {
                    outcomes.extend(some);
                    continue;
                }
                Err(failed) => failed,
            };
            outcomes.resize_with(entries.len(), || Err(failed.clone()));
            break;
        }
        outcomes
    }

    /// Sends as many entries as one request takes, and those again that were refused for the moment.
    async fn send_some<B: Batch>(
        &self,
        batch: &B,
        entries: &[B::Entry],
        deadline: Option<Instant>,
    ) -> Result<Vec<Result<String, ClientError>>, ClientError> {
        if let [entry] = entries
            && B::size(entry) > B::ENTRY_BYTES
        {
            let fault = Cause::TooLarge { size: B::size(entry), limit: B::ENTRY_BYTES }.into();
            return Ok(vec![Err(ClientError::new(B::OPERATION, batch.resource(), fault))]);
        }
        let mut attempts = Attempts::new(&self.shared.policy, deadline);
        let mut latest: Outcomes = entries.iter().map(|_| Err(Cause::Unreadable.into())).collect();
        let mut pending: Vec<usize> = (0..entries.len()).collect();
        loop {
            let some: Vec<&B::Entry> = pending.iter().map(|&index| &entries[index]).collect();
            match batch.send(self, &some, deadline).await {
                Ok(outcomes) => pending.iter().zip(outcomes).for_each(|(&index, outcome)| latest[index] = outcome),
                // What was accepted before stays so.
                Err(failed) if pending.len() < entries.len() => {
                    return Ok(finished(batch, latest, |index| pending.contains(&index).then(|| failed.clone())));
                }
                Err(failed) => return Err(failed),
            }
            pending.retain(|&index| latest[index].as_ref().is_err_and(|fault| fault.class().is_passing()));
            let class = pending.iter().filter_map(|&index| latest[index].as_ref().err()).map(Fault::class).max();
            let Some(pause) = class.and_then(|class| attempts.pause(class)) else {
                return Ok(finished(batch, latest, |_| None));
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// The outcomes as they are told; `over` may know better.
fn finished<B: Batch>(
    batch: &B,
    outcomes: Outcomes,
    over: impl Fn(usize) -> Option<ClientError>,
) -> Vec<Result<String, ClientError>> {
    let told = |(index, outcome): (usize, Result<String, Fault>)| match over(index) {
        Some(failed) => Err(failed),
        None => outcome.map_err(|fault| ClientError::new(B::OPERATION, batch.resource(), fault)),
    };
    outcomes.into_iter().enumerate().map(told).collect()
}

/// The entries of each request: at most ten, of at most so many bytes; one that is larger is alone.
fn ranges<B: Batch>(entries: &[B::Entry]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut bytes) = (0, 0_usize);
    for (index, entry) in entries.iter().enumerate() {
        let size = B::size(entry);
        let is_full = index - start == ENTRIES || bytes.saturating_add(size) > B::BYTES;
        if is_full && index > start {
            ranges.push(start..index);
            (start, bytes) = (index, 0);
        }
        bytes = bytes.saturating_add(size);
    }
    if start < entries.len() {
        ranges.push(start..entries.len());
    }
    ranges
}
