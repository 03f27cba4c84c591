//! Messages of Pub/Sub, in the three forms that it pushes them in.
//!
//! - wrapped, by a push subscription: `{"message": {…}, "subscription"}`
//! - unwrapped, by one with `--push-no-wrapper` and `--push-no-wrapper-write-metadata`: the body is the message's data,
//!   and headers are what Pub/Sub knows of it and its attributes
//! - in an event, by Eventarc or [`background`](super::background): a `CloudEvent` of type [`PUBLISHED`], whose data is
//!   the wrapped form
//!
//! Unwrapped messages have the names of their attributes in lower case, as headers do. Without
//! `--push-no-wrapper-write-metadata` they do not even have an id: nothing tells them from any other request, and they
//! are refused. (Pub/Sub's "Receive messages from push subscriptions", "Payload unwrapping", "Quotas and limits".)

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::value::RawValue;
use tusk_fn_spec::trigger::Trigger;

use super::data::json;
use super::text::{self, LONGEST_ID};
use crate::event::{EventItem, Item, MessageItem, RecordItem};
use crate::provider::cloud_events;
use crate::provider::container::Opened;
use crate::provider::field::{self, Fault, Raw};

/// The type of the event that Eventarc makes of a message.
pub(super) const PUBLISHED: &str = "google.cloud.pubsub.topic.v1.messagePublished";

/// The attribute that has the deduplication id of a message that a function sent.
pub(super) const DEDUPLICATION: &str = "tusk-fn-deduplication";

/// The longest ordering key.
const LONGEST_KEY: usize = 1024;
/// How many attributes a message may have, and how long their names and values may be.
const MOST_ATTRIBUTES: usize = 100;
const LONGEST_NAME: usize = 256;
const LONGEST_VALUE: usize = 1024;

/// A message, and which attempt this is.
#[derive(Clone, Debug)]
pub(super) struct Pushed {
    pub(super) message: MessageItem,
    pub(super) attempt: u32,
}

#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow, rename = "deliveryAttempt")]
    attempt: Raw<'a>,
}

/// Pub/Sub writes some names in two ways.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    attributes: Raw<'a>,
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow, rename = "messageId")]
    id: Raw<'a>,
    #[serde(borrow, rename = "message_id")]
    id_again: Raw<'a>,
    #[serde(borrow, rename = "publishTime")]
    time: Raw<'a>,
    #[serde(borrow, rename = "publish_time")]
    time_again: Raw<'a>,
    #[serde(borrow, rename = "orderingKey")]
    ordering_key: Raw<'a>,
}

/// The message in a request's body.
pub(super) fn wrapped(text: &str) -> Result<Pushed, Fault> {
    within(text, "the request", "")
}

/// The message in an event.
pub(super) fn of_event(event: &EventItem) -> Result<Pushed, Fault> {
    within(json(event)?, "`data`", "data.")
}

/// The message in a wrapper. `place` stands before the names of its fields.
fn within(text: &str, what: &str, place: &str) -> Result<Pushed, Fault> {
    let wrapper: Wrapper<'_> = field::object(text, what)?;
    let place = format!("{place}message");
    let message: Message<'_> = field::inner(wrapper.message, &place)?;
    let name = |field: &str| format!("{place}.{field}");
    let data = message.data.map(|data| field::base64(Some(data), &name("data")));
    let group = text::optional(message.ordering_key, &name("orderingKey"), LONGEST_KEY)?;
    let message = MessageItem {
        body: data.transpose()?.unwrap_or_default(),
        attributes: attributes(message.attributes, &name("attributes"))?,
        id: text::required(message.id.or(message.id_again), &name("messageId"), LONGEST_ID)?.into_owned(),
        group: group.map(Cow::into_owned),
        enqueued_at: text::moment(message.time.or(message.time_again), &name("publishTime"))?,
    };
    Ok(Pushed { message, attempt: attempt(wrapper.attempt)? })
}

/// A subscription without a dead-letter topic does not count, and says nothing or 0.
fn attempt(field: Raw<'_>) -> Result<u32, Fault> {
    let Some(field) = field else { return Ok(1) };
    let count: Result<u32, _> = serde_json::from_str(field.get());
    count
        .map(|count| count.max(1))
        .map_err(|error| Fault(format!("`deliveryAttempt` is no number of attempts: {error}")))
}

fn attributes(field: Raw<'_>, place: &str) -> Result<BTreeMap<String, String>, Fault> {
    let Some(_) = field else { return Ok(BTreeMap::new()) };
    let raw: BTreeMap<String, &RawValue> = field::inner(field, place)?;
    if raw.len() > MOST_ATTRIBUTES {
        return Err(Fault(format!("`{place}` has {} attributes, and {MOST_ATTRIBUTES} is the most", raw.len())));
    }
    let one = |(name, value): (String, &RawValue)| {
        if name.len() > LONGEST_NAME {
            return Err(Fault(format!("`{place}` has a name of {} bytes, and {LONGEST_NAME} is the most", name.len())));
        }
        let place = format!("{place}.{name}");
        let value = text::short(field::text(Some(value), &place)?, &place, LONGEST_VALUE)?;
        Ok((name, value.into_owned()))
    };
    raw.into_iter().map(one).collect()
}

/// Headers that tell what Pub/Sub knows of an unwrapped message begin so.
const METADATA: &str = "x-goog-pubsub-";
/// Headers that are no attributes, but the request's own or those of the servers that it passes.
const OTHERS: [&str; 18] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "forwarded",
    "from",
    "host",
    "te",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];
/// What such headers begin with.
const PREFIXES: [&str; 4] = ["x-cloud-trace-", "x-forwarded-", "x-goog-", "x-serverless-"];

/// The message that a request is, if it is an unwrapped one.
pub(super) fn unwrapped(headers: &HeaderMap, body: &Bytes) -> Option<Result<Pushed, Fault>> {
    let tells = headers.keys().any(|name| name.as_str().starts_with(METADATA));
    tells.then(|| unwrap(headers, body).map(|message| Pushed { message, attempt: 1 }))
}

fn unwrap(headers: &HeaderMap, body: &Bytes) -> Result<MessageItem, Fault> {
    let metadata = |name: &str, longest: usize| -> Result<Option<&str>, Fault> {
        let name = format!("{METADATA}{name}");
        let Some(value) = headers.get(&name) else { return Ok(None) };
        Ok(Some(text::short(utf8(value, &name)?, &name, longest)?).filter(|value| !value.is_empty()))
    };
    let id = metadata("message-id", LONGEST_ID)?;
    let id = id.ok_or_else(|| Fault(format!("the header `{METADATA}message-id` is missing or empty")))?;
    let time = metadata("publish-time", LONGEST_ID)?;
    let time = time.map(|time| text::instant(time, &format!("{METADATA}publish-time"))).transpose()?;
    Ok(MessageItem {
        body: body.clone(),
        attributes: headers_as_attributes(headers)?,
        id: id.to_owned(),
        group: metadata("ordering-key", LONGEST_KEY)?.map(str::to_owned),
        enqueued_at: time,
    })
}

fn headers_as_attributes(headers: &HeaderMap) -> Result<BTreeMap<String, String>, Fault> {
    let mut attributes = BTreeMap::new();
    for (name, value) in headers {
        let own = !OTHERS.contains(&name.as_str()) && !PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix));
        if own {
            // What carries an event is its binary form over HTTP.
            let value = match name.as_str().strip_prefix(cloud_events::PREFIX) {
                Some(_) => cloud_events::decoded(name, value)?,
                None => utf8(value, name.as_str())?.to_owned(),
            };
            attributes.insert(name.as_str().to_owned(), value);
        }
    }
    // The media type is an attribute where it tells of an event.
    let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let carries = attributes.keys().any(|name| name.starts_with(cloud_events::PREFIX));
    if let Some(kind) = kind.filter(|kind| carries || is_structured(kind)) {
        attributes.insert(CONTENT_TYPE.to_owned(), kind.to_owned());
    }
    Ok(attributes)
}

fn utf8<'a>(value: &'a HeaderValue, name: &str) -> Result<&'a str, Fault> {
    std::str::from_utf8(value.as_bytes()).map_err(|_| Fault(format!("the header `{name}` is not UTF-8")))
}

/// The attribute that has the media type of the data.
const CONTENT_TYPE: &str = "content-type";

fn is_structured(kind: &str) -> bool {
    let prefix = "application/cloudevents";
    kind.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The event that a message carries, if it does ("Google Cloud Pub/Sub Protocol Binding for `CloudEvents`", section 3).
pub(super) fn carried_event(message: &MessageItem) -> Option<Result<EventItem, Fault>> {
    let kind =
        message.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE)).map(|(_, kind)| kind);
    if let Some(kind) = kind.filter(|kind| is_structured(kind)) {
        return Some(structured(kind, &message.body));
    }
    let own =
        |(name, value): (&String, &String)| Some((name.strip_prefix(cloud_events::PREFIX)?.to_owned(), value.clone()));
    let mut attributes: BTreeMap<String, String> = message.attributes.iter().filter_map(own).collect();
    if attributes.is_empty() {
        return None;
    }
    // The binding says the former; its examples have the latter.
    let kind = attributes.remove("datacontenttype").or_else(|| kind.cloned());
    let event = cloud_events::event(attributes, cloud_events::PREFIX, kind, message.body.clone());
    Some(event.map_err(|Fault(why)| Fault(format!("in `message.attributes`: {why}"))))
}

fn structured(kind: &str, body: &Bytes) -> Result<EventItem, Fault> {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(kind)
        .map_err(|_| Fault(format!("`message.attributes.{CONTENT_TYPE}` is no media type")))?;
    headers.insert(http::header::CONTENT_TYPE, value);
    match cloud_events::mode(&headers)? {
        Some(mode @ cloud_events::Mode::Structured) => {
            let events = cloud_events::read(mode, &headers, body);
            let event = events?.pop().ok_or_else(|| Fault("`message.data` holds no event".to_owned()))?;
            Ok(event)
        }
        _ => {
            Err(Fault(format!("`message.attributes.{CONTENT_TYPE}` is `{kind}`: a message has one event, not a batch")))
        }
    }
}

/// A message for a function. Two of the same deduplication id are one delivery, for a function that is `idempotent`.
pub(super) fn open(pushed: &Pushed, trigger: &Trigger) -> Opened {
    let Pushed { message, attempt } = pushed;
    let mut message = message.clone();
    let deduplication = message.attributes.remove(DEDUPLICATION).filter(|id| !id.is_empty());
    let id = deduplication.unwrap_or_else(|| message.id.clone());
    let item = match trigger {
        Trigger::Topic(topic) if !topic.filter.iter().all(|condition| condition.holds(&message.attributes)) => {
            return Opened::Unwanted;
        }
        Trigger::Queue(_) | Trigger::Topic(_) => Item::Message(message),
        Trigger::Stream(_) => Item::Record(RecordItem {
            body: message.body,
            partition: message.group.unwrap_or_default(),
            sequence: message.id,
            time: message.enqueued_at,
        }),
        _ => return Opened::Foreign,
    };
    Opened::Item { item, id, attempt: *attempt }
}
