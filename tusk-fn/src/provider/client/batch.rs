//! Lists of any length for operations that take some entries at a time and answer for each.
//!
//! Entries go out in their order, one request after the other. What a service refuses for the moment is sent again alone, so
//! that nothing is sent twice that was accepted. A request and all that follows from it have the attempts of one call.
//!
//! Where a service keeps the order of a group, so does this: an entry that was refused while later ones of its group
//! were accepted is not sent again, and of a group of which an entry failed nothing more is sent. Once something was
//! refused, a request has one entry of each group, so that none can overtake another. A service that takes a request as a
//! whole or not at all needs none of this.

use std::collections::HashSet;
use std::future::Future;
use std::ops::Range;
use std::time::Instant;

use super::error::{Cause, Class, ClientError, Fault};
use super::retry::{Attempts, Patience, Policy};

/// What became of each entry, in their order: the id that the service gave it, or why it was refused.
pub(crate) type Outcomes = Vec<Result<String, Fault>>;

/// An operation that takes several entries.
pub(crate) trait Batch: Sync {
    type Entry: Sync;

    /// As the service names it.
    const OPERATION: &'static str;
    /// How many entries a request takes.
    const ENTRIES: usize;
    /// Whether a request is accepted as a whole or not at all.
    const IS_WHOLE: bool = false;
    /// How many bytes all entries of a request may have.
    const BYTES: usize;
    /// How many bytes one entry may have at most.
    const ENTRY_BYTES: usize;

    /// Where the entries go, for messages.
    fn resource(&self) -> &str;

    /// The bytes of an entry, as the service counts them.
    fn size(entry: &Self::Entry) -> usize;

    /// The group within which the service keeps the order, if it keeps one.
    fn group<'a>(&self, _: &'a Self::Entry) -> Option<&'a str> {
        None
    }

    /// Sends some entries with one request.
    fn send(
        &self,
        entries: &[&Self::Entry],
        patience: Patience,
    ) -> impl Future<Output = Result<Outcomes, ClientError>> + Send;
}

/// Sends all entries.
pub(crate) async fn send_all<B: Batch>(
    policy: &Policy,
    batch: &B,
    entries: &[B::Entry],
    deadline: Option<Instant>,
) -> Vec<Result<String, ClientError>> {
    let mut list = List::new(batch, entries);
    for range in ranges::<B>(entries) {
        // What failed for another reason than what was sent fails again, and would only take time.
        if let Err(failed) = send_some(policy, &mut list, range, deadline).await {
            list.end(&failed);
            break;
        }
    }
    list.finished()
}

/// Sends as many entries as one request takes, and those again that were refused for the moment. It fails if no entry of
/// the list can be sent.
async fn send_some<B: Batch>(
    policy: &Policy,
    list: &mut List<'_, B>,
    range: Range<usize>,
    deadline: Option<Instant>,
) -> Result<(), ClientError> {
    let mut attempts = Attempts::new(policy, deadline);
    loop {
        let due = list.due(range.clone());
        if due.is_empty() {
            return Ok(());
        }
        let some: Vec<&B::Entry> = due.iter().map(|&index| &list.entries[index]).collect();
        let (class, failed) = match list.batch.send(&some, Patience::Once(attempts.until())).await {
            Ok(outcomes) => (list.note(&due, outcomes), None),
            Err(failed) if failed.is_of_contents() => {
                for index in due {
                    list.settle(index, Err(failed.clone()));
                }
                continue;
            }
            Err(failed) => {
                list.is_careful = !B::IS_WHOLE;
                (Some(failed.class()), Some(failed))
            }
        };
        let Some(class) = class else { continue };
        match (attempts.pause(class), failed) {
            (Some(pause), _) => tokio::time::sleep(pause).await,
            (None, Some(failed)) => return Err(failed),
            (None, None) => list.give_up(&due),
        }
    }
}

/// A list on its way.
struct List<'a, B: Batch> {
    batch: &'a B,
    entries: &'a [B::Entry],
    states: Vec<State>,
    /// The groups of which an entry failed.
    stopped: HashSet<&'a str>,
    /// Whether something was refused, so that more may be.
    is_careful: bool,
}

/// What is known of an entry.
enum State {
    /// It was not sent.
    Waiting,
    /// It was refused for the moment.
    Refused(ClientError),
    /// It is sent, or cannot be.
    Settled(Result<String, ClientError>),
}

impl<'a, B: Batch> List<'a, B> {
    fn new(batch: &'a B, entries: &'a [B::Entry]) -> Self {
        let states = entries.iter().map(|_| State::Waiting).collect();
        Self { batch, entries, states, stopped: HashSet::new(), is_careful: false }
    }

    fn error(&self, fault: impl Into<Fault>) -> ClientError {
        ClientError::new(B::OPERATION, self.batch.resource(), fault)
    }

    fn group(&self, index: usize) -> Option<&'a str> {
        self.batch.group(&self.entries[index])
    }

    /// What the next request is made of. What can never be sent is settled.
    fn due(&mut self, range: Range<usize>) -> Vec<usize> {
        let mut due = Vec::new();
        let mut groups = HashSet::new();
        for index in range {
            if matches!(self.states[index], State::Settled(_)) {
                continue;
            }
            let group = self.group(index);
            let size = B::size(&self.entries[index]);
            if group.is_some_and(|group| self.stopped.contains(group)) {
                self.settle(index, Err(self.error(Cause::Withheld)));
            } else if size > B::ENTRY_BYTES {
                self.settle(index, Err(self.error(Cause::TooLarge { size, limit: B::ENTRY_BYTES })));
            } else if group.is_none_or(|group| groups.insert(group) || !self.is_careful) {
                due.push(index);
            }
        }
        due
    }

    /// Keeps what became of a request's entries, and tells how it is with those that may be sent again.
    fn note(&mut self, due: &[usize], outcomes: Outcomes) -> Option<Class> {
        let mut again = None;
        // From the last one on: an entry must not come after those of its group that are behind it.
        let mut overtaken = HashSet::new();
        for (&index, outcome) in due.iter().zip(outcomes).rev() {
            let group = self.group(index);
            match outcome {
                Ok(id) => {
                    overtaken.extend(group);
                    self.settle(index, Ok(id));
                }
                Err(fault) => {
                    let (class, error) = (fault.class(), self.error(fault));
                    self.is_careful = true;
                    if class.is_passing() && group.is_none_or(|group| !overtaken.contains(group)) {
                        self.states[index] = State::Refused(error);
                        again = again.max(Some(class));
                    } else {
                        self.settle(index, Err(error));
                    }
                }
            }
        }
        again
    }

    /// Takes the latest refusal of each for the last one.
    fn give_up(&mut self, due: &[usize]) {
        for &index in due {
            if let State::Refused(error) = &self.states[index] {
                let error = error.clone();
                self.settle(index, Err(error));
            }
        }
    }

    fn settle(&mut self, index: usize, outcome: Result<String, ClientError>) {
        if outcome.is_err() {
            self.stopped.extend(self.group(index));
        }
        self.states[index] = State::Settled(outcome);
    }

    /// Whatever is not settled fails.
    fn end(&mut self, failed: &ClientError) {
        for state in self.states.iter_mut().filter(|state| !matches!(state, State::Settled(_))) {
            *state = State::Settled(Err(failed.clone()));
        }
    }

    fn finished(self) -> Vec<Result<String, ClientError>> {
        let unsaid = self.error(Cause::Unreadable);
        let told = |state| match state {
            State::Settled(outcome) => outcome,
            State::Refused(error) => Err(error),
            State::Waiting => Err(unsaid.clone()),
        };
        self.states.into_iter().map(told).collect()
    }
}

/// The entries of each request: at most so many, of at most so many bytes; one that is larger is alone.
fn ranges<B: Batch>(entries: &[B::Entry]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut bytes) = (0, 0_usize);
    for (index, entry) in entries.iter().enumerate() {
        let size = B::size(entry);
        let is_full = index - start == B::ENTRIES || bytes.saturating_add(size) > B::BYTES;
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
