//! Events: `eventGridTrigger`, in Event Grid's own schema and in that of `CloudEvents` 1.0; and `serviceBusTrigger` of a queue
//! that Event Grid delivers to, whose messages are such events.
//!
//! A message's own id is Event Grid's and new for each delivery, so that the event's id tells deliveries apart.
//!
//! | Event Grid | `CloudEvents` |
//! |---|---|
//! | `id`, `subject` | the same |
//! | `topic` | `source` |
//! | `eventType` | `type` |
//! | `eventTime` | `time` |
//! | `dataVersion` | the extension `dataversion` |
//! | `data` | `data`, as JSON |
//!
//! A blob's events are `Microsoft.Storage.BlobCreated` and `Microsoft.Storage.BlobDeleted`, with the subject
//! `/blobServices/default/containers/CONTAINER/blobs/NAME`. An event for a function with `trigger = "topic"` is a
//! message: its data is the body, its extensions are the attributes.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use serde_json::Value;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::blob::{Blob as BlobTrigger, BlobEvent};
use tusk_fn_spec::trigger::event::Event as EventTrigger;
use tusk_fn_spec::trigger::topic::Topic;

use super::{One, Opened, attempt, blob, message, unwanted};
use crate::delivery::Order;
use crate::event::{Blob, EventItem, Item, MessageItem};
use crate::provider::azure::metadata::moment;
use crate::provider::azure::wire::{Sent, list};
use crate::provider::cloud_events::{self, Mode};
use crate::provider::field::{self, Fault, Raw};

/// An event in Event Grid's own schema.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    topic: Raw<'a>,
    #[serde(borrow)]
    subject: Raw<'a>,
    #[serde(borrow)]
    event_type: Raw<'a>,
    #[serde(borrow)]
    event_time: Raw<'a>,
    #[serde(borrow)]
    data_version: Raw<'a>,
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow)]
    specversion: Raw<'a>,
}

/// Of a function with `trigger = "event"`.
pub(super) fn events(function: &FunctionRecord, trigger: &EventTrigger, sent: &Sent<'_>) -> Result<Opened, Fault> {
    each(sent, |event| {
        if trigger.wants(&event.event_type, &event.source, event.subject.as_deref()) {
            return Ok(Some(Item::Event(event)));
        }
        let what = format!("an event of type {:?} from {:?} is not wanted", event.event_type, event.source);
        unwanted(function, &what, Some(&event.id));
        Ok(None)
    })
}

/// Of a function with `trigger = "topic"`.
pub(super) fn messages(function: &FunctionRecord, trigger: &Topic, sent: &Sent<'_>) -> Result<Opened, Fault> {
    each(sent, |event| {
        if let Some(condition) = trigger.filter.iter().find(|condition| !condition.holds(&event.extensions)) {
            unwanted(function, &format!("the message does not meet `{condition}`"), Some(&event.id));
            return Ok(None);
        }
        let EventItem { id, data: body, extensions: attributes, time: enqueued_at, .. } = event;
        Ok(Some(Item::Message(MessageItem { body, attributes, id, group: None, enqueued_at })))
    })
}

/// Of a function with `trigger = "blob"`.
pub(super) fn blobs(function: &FunctionRecord, trigger: &BlobTrigger, sent: &Sent<'_>) -> Result<Opened, Fault> {
    each(sent, |event| {
        let happened = match &*event.event_type {
            "Microsoft.Storage.BlobCreated" => BlobEvent::Created,
            "Microsoft.Storage.BlobDeleted" => BlobEvent::Deleted,
            other => {
                unwanted(function, &format!("{other:?} neither writes nor deletes"), Some(&event.id));
                return Ok(None);
            }
        };
        Ok(blob::wanted(function, trigger, object(&event, happened)?))
    })
}

/// The blob that an event tells of.
fn object(event: &EventItem, happened: BlobEvent) -> Result<Blob, Fault> {
    let subject = event.subject.as_deref().unwrap_or_default();
    let place = || subject.strip_prefix("/blobServices/default/containers/")?.split_once("/blobs/");
    let (container, key) =
        place().filter(|(container, key)| !container.is_empty() && !key.is_empty()).ok_or_else(|| {
            Fault(format!(
                "`subject` is {subject:?}, and must be \"/blobServices/default/containers/CONTAINER/blobs/NAME\""
            ))
        })?;
    let data: BTreeMap<String, Value> = serde_json::from_slice(&event.data)
        .map_err(|error| Fault(format!("`data` cannot be read as what is said of a blob: {error}")))?;
    let mut blob = Blob::of(happened, container, key);
    blob.size = data.get("contentLength").and_then(Value::as_u64).filter(|_| happened == BlobEvent::Created);
    blob.etag = data.get("eTag").and_then(Value::as_str).map(|tag| tag.trim_matches('"').to_owned());
    blob.time = event.time;
    Ok(blob)
}

/// The item of each event, of those that have one.
fn each(sent: &Sent<'_>, item: impl Fn(EventItem) -> Result<Option<Item>, Fault>) -> Result<Opened, Fault> {
    let name = sent.named();
    let mut items = Vec::new();
    let mut open = |text: &str, attempt: u32| {
        for text in texts(text, &name)? {
            let event = read(text, &name)?;
            let id = Some(event.delivery_id());
            items.extend(item(event)?.map(|item| One { item, id, attempt }));
        }
        Ok(())
    };
    match message::parcels(sent)? {
        Some(parcels) => {
            for parcel in parcels {
                open(field::utf8(&parcel.body)?, parcel.attempt)?;
            }
        }
        None => open(&sent.json()?, attempt(&sent.metadata(), None))?,
    }
    Ok(Opened::Items { items, order: Order::Any })
}

/// One event, or those of a list.
fn texts<'t>(text: &'t str, name: &str) -> Result<Vec<&'t str>, Fault> {
    if text.trim_start().starts_with('[') {
        return Ok(list(text, name)?.into_iter().map(serde_json::value::RawValue::get).collect());
    }
    Ok(vec![text])
}

fn read(text: &str, name: &str) -> Result<EventItem, Fault> {
    let event: Envelope<'_> = field::object(text, &format!("`{name}`"))?;
    if event.specversion.is_some() {
        let kind =
            HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/cloudevents+json"))]);
        let events = cloud_events::read(Mode::Structured, &kind, &Bytes::copy_from_slice(text.as_bytes()))?;
        return events.into_iter().next().ok_or_else(|| Fault(format!("`{name}` holds no event")));
    }
    let time = field::text(event.event_time, "eventTime")?;
    let time = moment(&time).ok_or_else(|| Fault(format!("`eventTime` is {time:?}, which is no moment")))?;
    let version = field::hint(event.data_version).filter(|version| !version.is_empty());
    Ok(EventItem {
        id: field::text(event.id, "id")?.into_owned(),
        source: field::text(event.topic, "topic")?.into_owned(),
        event_type: field::text(event.event_type, "eventType")?.into_owned(),
        subject: Some(field::text(event.subject, "subject")?.into_owned()).filter(|subject| !subject.is_empty()),
        time: Some(time),
        data_content_type: event.data.map(|_| "application/json".to_owned()),
        data_schema: None,
        extensions: version.map(|version| ("dataversion".to_owned(), version.into_owned())).into_iter().collect(),
        data: event.data.map(|data| Bytes::copy_from_slice(data.get().as_bytes())).unwrap_or_default(),
    })
}
