//! What a function with `trigger = "event"` takes.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use super::{Decode, FromItem, Item, Origin, Raw, encoded, next_id, wrong_item};
use crate::error::Failure;
use crate::output::Encode;
use crate::private::kind;

/// An event with the attributes that the `CloudEvents` specification 1.0 gives it. Its data is read as JSON into `T`;
/// [`Raw`](super::Raw) takes it as it is.
///
/// `EventBridge`'s events come as: `detail-type` the type, `detail` the data, `resources[0]` the subject, `account` and
/// `region` extensions.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize)]
/// struct Paid {
///     order: u64,
/// }
///
/// #[tusk_fn(trigger = "event", type = "com.example.paid")]
/// async fn paid(event: CloudEvent<Paid>) {
///     println!("order {} was paid, says {}", event.data.order, event.source);
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CloudEvent<T> {
    /// The event's id: no other event of its source has it.
    pub id: String,
    /// Where it happened.
    pub source: String,
    /// What happened: the attribute `type`.
    pub event_type: String,
    /// What it happened to.
    pub subject: Option<String>,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// The media type of the data.
    pub data_content_type: Option<String>,
    /// What describes the data.
    pub data_schema: Option<String>,
    /// Further attributes, by their names.
    pub extensions: BTreeMap<String, String>,
    /// The data.
    pub data: T,
}

impl<T: Encode> CloudEvent<T> {
    /// An event that happened just now, as a test delivers it.
    pub fn new(event_type: impl Into<String>, source: impl Into<String>, data: T) -> Self {
        Self {
            id: next_id("event"),
            source: source.into(),
            event_type: event_type.into(),
            subject: None,
            time: Some(Timestamp::now()),
            data_content_type: Some("application/json".to_owned()),
            data_schema: None,
            extensions: BTreeMap::new(),
            data,
        }
    }

    /// The same, and what it happened to.
    #[must_use]
    pub fn with_subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    pub(crate) fn into_raw(self) -> Result<CloudEvent<Raw>, Failure> {
        self.map(|data| encoded(&data))
    }
}

impl<T> CloudEvent<T> {
    /// The same event with other data.
    fn map<U>(self, data: impl FnOnce(T) -> Result<U, Failure>) -> Result<CloudEvent<U>, Failure> {
        Ok(CloudEvent {
            data: data(self.data)?,
            id: self.id,
            source: self.source,
            event_type: self.event_type,
            subject: self.subject,
            time: self.time,
            data_content_type: self.data_content_type,
            data_schema: self.data_schema,
            extensions: self.extensions,
        })
    }
}

impl CloudEvent<Raw> {
    /// As a provider decodes it.
    pub(crate) fn into_item(self) -> EventItem {
        let Self { data: Raw(data), id, source, event_type, subject, time, data_content_type, data_schema, extensions } =
            self;
        CloudEvent { id, source, event_type, subject, time, data_content_type, data_schema, extensions, data }
    }
}

/// An event as a provider decoded it.
pub type EventItem = CloudEvent<Bytes>;

impl<T> CloudEvent<T> {
    /// What tells it from every other event: its source and its id, with a `#` between them that the source does not have.
    pub(crate) fn delivery_id(&self) -> String {
        format!("{}#{}", self.source.replace('%', "%25").replace('#', "%23"), self.id)
    }
}

impl Default for EventItem {
    fn default() -> Self {
        Self {
            id: String::new(),
            source: String::new(),
            event_type: String::new(),
            subject: None,
            time: None,
            data_content_type: None,
            data_schema: None,
            extensions: BTreeMap::new(),
            data: Bytes::new(),
        }
    }
}

impl<T: Decode> FromItem<kind::Event> for CloudEvent<T> {
    fn from_item(item: &Item, _: &Origin<'_>) -> Result<Self, Failure> {
        let Item::Event(event) = item else { return Err(wrong_item("events", item)) };
        // An event without data is one of `()`, of an `Option`, or of `Raw`.
        let read = |data: Bytes| match T::decode(&data) {
            Err(_) if data.is_empty() => T::decode(&Bytes::from_static(b"null")),
            read => read,
        };
        event.clone().map(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_events_have_one_delivery_id() {
        let id = |source: &str, id: &str| {
            EventItem { source: source.into(), id: id.into(), ..EventItem::default() }.delivery_id()
        };
        assert_ne!(id("/x#1", "2"), id("/x", "1#2"));
        assert_ne!(id("/x%23", "1"), id("/x#", "1"));
        assert_eq!(id("/x", "1"), "/x#1");
    }
}
