//! What a function with `trigger = "event"` takes, and what it may answer.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::HeaderValue;
use jiff::Timestamp;

use super::{Decode, FromItem, Item, Origin, Raw, encoded, next_id, wrong_item};
use crate::error::Failure;
use crate::idempotency::sha256;
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
///
/// # Replies
///
/// On Knative a function may answer an event with another one, which goes to the broker, or to where the channel's subscription
/// says. No other platform takes a reply, so such a function says that it is for Knative; elsewhere an event is sent by a
/// [`Sender`](crate::Sender).
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// /// Passes on the orders that are worth something.
/// #[tusk_fn(trigger = "event", type = "com.example.ordered", targets = ["knative"])]
/// async fn worth(order: CloudEvent<u64>) -> Option<CloudEvent<u64>> {
///     (order.data > 0).then(|| CloudEvent::new("com.example.ordered.worth", "", order.data))
/// }
/// ```
///
/// A reply without a source has the function's, `/functions/NAME`; one without an id has one that is equal for each delivery of what
/// it answers, so that who gets it twice can tell. It is lost where the sender takes no reply, and a line of the log says so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloudEvent<T> {
    /// The event's id: no other event of its source has it. Empty where it is still to be given one.
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
    /// An event that happened just now, as a function answers with it or a test delivers it. It has no id: it is given one where
    /// it goes.
    pub fn new(event_type: impl Into<String>, source: impl Into<String>, data: T) -> Self {
        Self {
            id: String::new(),
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
        let mut event = self.map(|data| encoded(&data))?;
        if event.id.is_empty() {
            event.id = next_id("event");
        }
        Ok(event)
    }

    /// As a function answers with it.
    pub(crate) fn into_reply(self) -> Result<EventItem, Failure> {
        let event = self.map(|data| encoded(&data))?.into_item();
        let unfit = |why: String| Failure::new("UnfitReply", format!("the event cannot be a reply: {why}"));
        if event.event_type.is_empty() {
            return Err(unfit("it has no type".to_owned()));
        }
        if let Some(name) = event.extensions.keys().find(|name| !EventItem::names_extension(name)) {
            return Err(unfit(format!(
                "`{name}` cannot be an extension's name: it has small letters and digits, and is none that every event has"
            )));
        }
        if event.data_content_type.as_deref().is_some_and(|kind| HeaderValue::from_str(kind).is_err()) {
            return Err(unfit("its `data_content_type` is no media type".to_owned()));
        }
        Ok(event)
    }
}

/// The attributes of every event, which no extension can be. `data` is none of them, and no name for an extension either.
const OWN: [&str; 9] =
    ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"];

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

impl EventItem {
    /// Whether an extension can have that name ("Naming Conventions").
    pub(crate) fn names_extension(name: &str) -> bool {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        !name.is_empty() && is_plain && !OWN.contains(&name)
    }

    /// As a caller takes it.
    pub(crate) fn into_raw_data(self) -> CloudEvent<Raw> {
        let Self { data, id, source, event_type, subject, time, data_content_type, data_schema, extensions } = self;
        CloudEvent {
            id,
            source,
            event_type,
            subject,
            time,
            data_content_type,
            data_schema,
            extensions,
            data: Raw(data),
        }
    }

    /// The same with what a reply may leave out: `delivery` is the id of what the function answers.
    pub(crate) fn reply_of(mut self, function: &str, delivery: &str) -> Self {
        if self.id.is_empty() {
            self.id = sha256(format!("{function}#{delivery}").as_bytes());
        }
        if self.source.is_empty() {
            self.source = format!("/functions/{function}");
        }
        self
    }
}

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
