//! What a function with `trigger = "queue"` or `trigger = "topic"` takes.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use super::{Decode, FromItem, Item, Origin, Raw, encoded, next_id, wrong_item};
use crate::error::Failure;
use crate::output::Encode;
use crate::private::kind;

/// A message of a queue or a topic. Its body is read as JSON into `T`; [`Raw`](super::Raw) takes it as it is.
///
/// Where only the body is wanted, a function takes [`Json<T>`](crate::Json), `String` or `Bytes` instead.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize)]
/// struct Order {
///     id: u64,
/// }
///
/// #[tusk_fn(trigger = "queue", queue = "orders")]
/// async fn fulfil(message: Message<Order>) {
///     println!("order {} of {:?}, attempt {}", message.body.id, message.attributes.get("region"), message.attempt);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message<T> {
    /// What was sent.
    pub body: T,
    /// The attributes that it was sent with. Binary ones are in base64.
    pub attributes: BTreeMap<String, String>,
    /// The message's id, equal for each attempt.
    pub id: String,
    /// Which attempt this is, counted from 1.
    pub attempt: u32,
    /// When it was sent, if the platform says so.
    pub enqueued_at: Option<Timestamp>,
    /// The group within which messages keep their order, in an ordered queue.
    pub group: Option<String>,
}

impl<T: Encode> Message<T> {
    /// A message that was just sent, as a test delivers it.
    pub fn new(body: T) -> Self {
        let enqueued_at = Some(Timestamp::now());
        Self { body, attributes: BTreeMap::new(), id: next_id("message"), attempt: 1, enqueued_at, group: None }
    }

    /// The same with an attribute.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// The same, delivered for the `attempt`th time.
    #[must_use]
    pub fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// The same with an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    pub(crate) fn into_raw(self) -> Result<Message<Raw>, Failure> {
        let Self { body, attributes, id, attempt, enqueued_at, group } = self;
        Ok(Message { body: encoded(&body)?, attributes, id, attempt, enqueued_at, group })
    }
}

impl Message<Raw> {
    /// As a provider decodes it.
    pub(crate) fn into_item(self) -> MessageItem {
        let Self { body: Raw(body), attributes, id, enqueued_at, group, .. } = self;
        MessageItem { body, attributes, id, group, enqueued_at }
    }
}

/// A message as a provider decoded it.
#[derive(Clone, Debug, Default)]
pub struct MessageItem {
    pub(crate) body: Bytes,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) id: String,
    pub(crate) group: Option<String>,
    pub(crate) enqueued_at: Option<Timestamp>,
}

impl<T: Decode> Message<T> {
    fn read(item: &Item, attempt: u32) -> Result<Self, Failure> {
        let Item::Message(message) = item else { return Err(wrong_item("messages", item)) };
        Ok(Self {
            body: T::decode(&message.body)?,
            attributes: message.attributes.clone(),
            id: message.id.clone(),
            attempt,
            enqueued_at: message.enqueued_at,
            group: message.group.clone(),
        })
    }
}

impl<T: Decode> FromItem<kind::Queue> for Message<T> {
    fn from_item(item: &Item, origin: &Origin<'_>) -> Result<Self, Failure> {
        Self::read(item, origin.attempt)
    }
}

impl<T: Decode> FromItem<kind::Topic> for Message<T> {
    fn from_item(item: &Item, origin: &Origin<'_>) -> Result<Self, Failure> {
        Self::read(item, origin.attempt)
    }
}
