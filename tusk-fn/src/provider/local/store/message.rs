//! Messages as callers hand them in and get them back, and the limits that they keep.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::error::StoreError;

/// The most bytes of a message's body, and of its attributes and head together.
pub(crate) const MESSAGE_LIMIT: usize = 1 << 20;
/// The most bytes of the name of a queue, a table or a state, of a group, and of a deduplication id.
pub(crate) const NAME_LIMIT: usize = 256;
/// How long a deduplication id is remembered.
pub(crate) const DEDUPLICATION_WINDOW: Duration = Duration::from_mins(5);
/// The most bytes that are kept of the reason of a failure.
const REASON_LIMIT: usize = 4096;

/// A message to be put into a queue.
#[derive(Clone, Debug)]
pub(crate) struct Put {
    /// The queue, which comes into being with its first message.
    pub(crate) queue: Arc<str>,
    /// The content.
    pub(crate) body: Bytes,
    /// What the sender says about it.
    pub(crate) attributes: BTreeMap<String, String>,
    /// What the layer above keeps with it. The store does not look into it.
    pub(crate) head: Bytes,
    /// Messages of a group are received in order by those who ask for order.
    pub(crate) group: Option<Arc<str>>,
    /// A second message of the queue with the same id, within [`DEDUPLICATION_WINDOW`], is accepted and dropped.
    pub(crate) deduplication: Option<String>,
    /// When it was sent.
    pub(crate) enqueued_at: Timestamp,
    /// When it can be received first.
    pub(crate) visible_at: Timestamp,
}

impl Put {
    /// A message that is visible at once.
    pub(crate) fn new(queue: impl Into<Arc<str>>, body: impl Into<Bytes>, now: Timestamp) -> Self {
        Self {
            queue: queue.into(),
            body: body.into(),
            attributes: BTreeMap::new(),
            head: Bytes::new(),
            group: None,
            deduplication: None,
            enqueued_at: now,
            visible_at: now,
        }
    }

    /// Checks the limits.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        check_name("the queue", &self.queue)?;
        if let Some(group) = &self.group {
            check_name("the group", group)?;
        }
        if let Some(id) = &self.deduplication {
            check_name("the deduplication id", id)?;
        }
        check_size(|| format!("the body of a message for queue `{}`", self.queue), self.body.len())?;
        check_size(|| format!("the metadata of a message for queue `{}`", self.queue), self.metadata())
    }

    fn metadata(&self) -> usize {
        self.head.len() + self.attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        self.body.len() + self.metadata()
    }
}

fn check_size(what: impl FnOnce() -> String, size: usize) -> Result<(), StoreError> {
    if size > MESSAGE_LIMIT {
        return Err(StoreError::TooLarge { what: what(), size, limit: MESSAGE_LIMIT });
    }
    Ok(())
}

pub(super) fn check_name(what: &'static str, name: &str) -> Result<(), StoreError> {
    check_length(what, name, NAME_LIMIT)
}

pub(super) fn check_length(what: &'static str, name: &str, limit: usize) -> Result<(), StoreError> {
    if name.is_empty() || name.len() > limit {
        return Err(StoreError::Name { what, name: name.to_owned(), limit });
    }
    Ok(())
}

/// The part of a reason that is kept.
pub(super) fn shorten(reason: &str) -> &str {
    &reason[..reason.floor_char_boundary(REASON_LIMIT)]
}

/// Names a message: for as long as the message lives, and in no other store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId {
    /// The store's own random number, so that two stores on one machine have no id in common.
    pub(super) store: u64,
    /// The message's number, in the order of enqueueing.
    pub(super) number: u64,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}", self.store, self.number)
    }
}

impl FromStr for MessageId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let parse = |part: &str| u64::from_str_radix(part, 16).ok().filter(|_| part.len() == 16);
        let parts = text.split_once('-').and_then(|(store, number)| parse(store).zip(parse(number)));
        let (store, number) = parts.ok_or_else(|| StoreError::NoId { text: text.to_owned() })?;
        Ok(Self { store, number })
    }
}

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its id, which it keeps in a dead-letter queue.
    pub(crate) id: MessageId,
    /// The content.
    pub(crate) body: Bytes,
    /// What the sender says about it.
    pub(crate) attributes: BTreeMap<String, String>,
    /// What the layer above keeps with it.
    pub(crate) head: Bytes,
    /// Its group.
    pub(crate) group: Option<Arc<str>>,
    /// When it was sent, to the microsecond.
    pub(crate) enqueued_at: Timestamp,
    /// How it came into a dead-letter queue.
    pub(crate) death: Option<Death>,
}

/// How a message came into a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Death {
    /// The queue that it was in.
    pub(crate) queue: Arc<str>,
    /// Why its last attempt failed.
    pub(crate) reason: String,
    /// How many attempts failed.
    pub(crate) attempts: u32,
    /// When.
    pub(crate) at: Timestamp,
}

/// A message that is in flight: nobody else gets it until the lease ends.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The message.
    pub(crate) message: Message,
    /// What settles it.
    pub(crate) receipt: Receipt,
    /// Which attempt this is, from 1.
    pub(crate) attempt: u32,
}

/// What settles a message that is in flight. It becomes stale when the lease ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Receipt {
    pub(super) queue: Arc<str>,
    pub(super) number: u64,
    pub(super) lease: u64,
}

impl Receipt {
    pub(super) fn stale(&self) -> StoreError {
        StoreError::StaleReceipt { queue: self.queue.to_string(), number: self.number }
    }
}

/// A message that is looked at without being received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peeked {
    /// The message.
    pub(crate) message: Message,
    /// How many attempts have failed.
    pub(crate) attempts: u32,
    /// When it could be received first, or again.
    pub(crate) visible_at: Timestamp,
    /// Whether somebody has received it and not settled it.
    pub(crate) in_flight: bool,
}

/// When a queue's messages die, and where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// After so many failed attempts a message goes to the dead-letter queue; 0 counts as 1.
    pub(crate) max_attempts: u32,
    /// The dead-letter queue; without one, `dead/` and the queue's name.
    pub(crate) dead_letter: Option<Arc<str>>,
}

impl Policy {
    pub(super) fn dead_letter_of(&self, queue: &str) -> Arc<str> {
        self.dead_letter.clone().unwrap_or_else(|| format!("dead/{queue}").into())
    }
}

/// How messages are received.
#[derive(Clone, Debug)]
pub(crate) struct Receive {
    /// The most messages.
    pub(crate) most: usize,
    /// How long they stay in flight unless they are settled.
    pub(crate) visibility: Duration,
    /// Whether a group's messages wait for the earlier ones of their group. All who receive from a queue should agree on it:
    /// the queue is sorted anew when it changes.
    pub(crate) ordered: bool,
    /// What becomes of those that fail.
    pub(crate) policy: Arc<Policy>,
}

/// What became of a message that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is visible again at that time.
    Retry {
        /// The time.
        at: Timestamp,
    },
    /// It is in the dead-letter queue.
    Dead,
}

/// How many messages a queue has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Neither in flight nor delayed. Some may wait for earlier ones of their group.
    pub(crate) visible: usize,
    /// Received and not settled.
    pub(crate) in_flight: usize,
    /// To become visible later.
    pub(crate) delayed: usize,
}
