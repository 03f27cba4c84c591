//! What functions take that no request invokes: messages, blobs, changes, records, events.
//!
//! A provider decodes what its platform sends into [`Item`]s, one for each thing that happened, and knows nothing of the types
//! that handlers take. A handler's argument is made of an item when the handler is called, so that what cannot be read is
//! known to be the item's fault, and is dead-lettered instead of being tried again for ever.
//!
//! Each kind of trigger has a file here: the type that its functions take, and what an item of its kind holds.

mod batch;
mod blob;
mod change;
mod cloud_event;
mod message;
mod payload;
mod record;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::Bytes;
#[cfg(provider_aws)]
use jiff::Timestamp;

pub use self::batch::{Batch, Report};
pub use self::blob::{Blob, BlobEvent, BlobItem};
pub use self::change::{Change, ChangeItem, ChangeKey, ChangeKind, Image};
pub use self::cloud_event::{CloudEvent, EventItem};
pub use self::message::{Message, MessageItem};
#[cfg(any(provider_aws, provider_azure, provider_google, provider_knative))]
pub(crate) use self::payload::discreet;
pub(crate) use self::payload::value_at;
pub use self::payload::{Decode, Raw};
pub use self::record::{Record, RecordItem};
use crate::error::Failure;
use crate::output::{Cloud, Encode};
use crate::private::Requirement;

/// One thing that happened, as a provider decoded it.
#[derive(Clone, Debug)]
pub enum Item {
    /// A message of a queue or a topic.
    Message(MessageItem),
    /// An object was written or deleted.
    Blob(BlobItem),
    /// An item of a table changed.
    Change(ChangeItem),
    /// A record of a stream.
    Record(RecordItem),
    /// An event.
    Event(EventItem),
}

impl Item {
    /// What must stay in order with others of the same.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Message(message) => message.group.as_deref(),
            Self::Record(record) => Some(&record.partition),
            Self::Blob(_) | Self::Change(_) | Self::Event(_) => None,
        }
    }

    /// The payload, for what looks into it without knowing its type. Empty for what has none.
    pub(crate) fn body(&self) -> Bytes {
        match self {
            Self::Message(message) => message.body.clone(),
            Self::Record(record) => record.body.clone(),
            Self::Event(event) => event.data.clone(),
            Self::Change(change) => change.as_json().into(),
            Self::Blob(_) => Bytes::new(),
        }
    }

    /// What it is, for a message.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "a message",
            Self::Blob(_) => "a blob",
            Self::Change(_) => "a change",
            Self::Record(_) => "a record",
            Self::Event(_) => "an event",
        }
    }
}

/// An argument that is made of one item of kind `K`.
///
/// Implemented by the types of this module; a handler's own types come in as their `T`.
pub trait FromItem<K>: Sized {
    /// Makes it.
    ///
    /// # Errors
    /// The item cannot be read as such a value, and never will be: it is dead-lettered.
    fn from_item(item: &Item, origin: &Origin<'_>) -> Result<Self, Failure>;

    /// What must be there for it. It is generic so that it is looked at in programs that take such an argument only.
    #[doc(hidden)]
    fn requirement<Q>() -> Requirement {
        Requirement::None
    }
}

/// Where an item comes from, as far as an argument may need it.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub(crate) attempt: u32,
    pub(crate) cloud: &'a Arc<dyn Cloud>,
}

/// A payload as bytes, for an item that no platform sent.
fn encoded(body: &impl Encode) -> Result<Raw, Failure> {
    body.encode().map(Raw).map_err(|why| Failure::new("NotSerializable", why))
}

/// An id for an item that no platform sent.
fn next_id(of: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("{of}-{}", NUMBER.fetch_add(1, Relaxed))
}

/// The failure of an item of another kind, which only a fault in a provider could deliver.
pub(crate) fn wrong_item(wanted: &str, item: &Item) -> Failure {
    Failure::new("WrongTrigger", format!("{} was delivered to a function for {wanted}", item.name())).rejecting()
}

#[cfg(provider_aws)]
/// A moment that a platform gives in milliseconds since 1970, if it is one.
pub(crate) fn moment_of_millis(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok()
}
