//! What programs of this framework send through a broker, as `CloudEvents`.
//!
//! | trigger | type | subject | data |
//! |---|---|---|---|
//! | `queue` | `tusk-fn.queue` | the queue | the message |
//! | `topic` | `tusk-fn.topic` | the topic | the message |
//! | `stream` | `tusk-fn.stream` | the stream | the record |
//! | `blob` | `tusk-fn.blob.created`, `tusk-fn.blob.deleted` | `bucket/key` | `{"size", "etag"}`, if anything |
//! | `database` | `tusk-fn.database.insert`, `.modify`, `.upsert`, `.remove` | the table | `{"key": {…}, "old", "new"}` |
//!
//! A group or a partition is the extension `partitionkey`, a record's number the extension `sequence`, as `CloudEvents`' own
//! extensions have them. All other extensions are the attributes of a message.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;
use tusk_fn_spec::trigger::database::ChangeEvent;

use super::item;
use crate::event::{
    Blob, BlobItem, ChangeItem, ChangeKey, ChangeKind, EventItem, Image, Item, MessageItem, RecordItem, discreet,
};
use crate::provider::container::Opened;
use crate::provider::field::Fault;

/// The types of what a queue, a topic and a stream hold.
pub(super) const QUEUE: &str = "tusk-fn.queue";
pub(super) const TOPIC: &str = "tusk-fn.topic";
const STREAM: &str = "tusk-fn.stream";
/// The extension that keeps events in order ("Partitioning extension").
pub(super) const GROUP: &str = "partitionkey";
/// The extension that numbers events ("Sequence extension").
const SEQUENCE: &str = "sequence";
/// Extensions that are no attributes of a message.
pub(super) const RESERVED: [&str; 4] = [GROUP, SEQUENCE, "traceparent", "tracestate"];

/// The event for a function. One that is named takes the data of any event as a message.
pub(super) fn open(event: &EventItem, trigger: &Trigger, named: bool) -> Opened {
    let subject = event.subject.as_deref();
    let is = |kind: &str, name: &str| event.event_type == kind && subject == Some(name);
    match trigger {
        Trigger::Queue(queue) if named || is(QUEUE, &queue.queue) => item(Item::Message(message(event)), event),
        Trigger::Topic(topic) if named || is(TOPIC, &topic.topic) => {
            let message = message(event);
            if topic.filter.iter().all(|condition| condition.holds(&message.attributes)) {
                item(Item::Message(message), event)
            } else {
                Opened::Unwanted
            }
        }
        Trigger::Stream(stream) if named || is(STREAM, &stream.stream) => {
            let record = RecordItem {
                body: event.data.clone(),
                partition: event.extensions.get(GROUP).cloned().unwrap_or_default(),
                sequence: event.extensions.get(SEQUENCE).unwrap_or(&event.id).clone(),
                time: event.time,
            };
            item(Item::Record(record), event)
        }
        Trigger::Blob(trigger) => {
            let happened = match &*event.event_type {
                "tusk-fn.blob.created" => BlobEvent::Created,
                "tusk-fn.blob.deleted" => BlobEvent::Deleted,
                _ => return Opened::Foreign,
            };
            match blob(event, happened) {
                Ok(blob) if blob.bucket != trigger.path.bucket() => Opened::Foreign,
                Ok(blob) if trigger.events.contains(&happened) => match trigger.path.captures(&blob.key) {
                    Some(captures) => item(Item::Blob(BlobItem { blob, captures }), event),
                    None => Opened::Unwanted,
                },
                Ok(_) => Opened::Unwanted,
                Err(fault) => Opened::Broken(fault),
            }
        }
        Trigger::Database(database) => {
            let (kind, wanted) = match &*event.event_type {
                "tusk-fn.database.insert" => (ChangeKind::Insert, ChangeEvent::Insert),
                "tusk-fn.database.modify" => (ChangeKind::Modify, ChangeEvent::Modify),
                "tusk-fn.database.upsert" => (ChangeKind::Upsert, ChangeEvent::Modify),
                "tusk-fn.database.remove" => (ChangeKind::Remove, ChangeEvent::Remove),
                _ => return Opened::Foreign,
            };
            if subject != Some(&*database.table) {
                return Opened::Foreign;
            }
            // Of an upsert it is not known which of two it is: it is for both.
            let inserts = kind == ChangeKind::Upsert && database.events.contains(&ChangeEvent::Insert);
            if !inserts && !database.events.contains(&wanted) {
                return Opened::Unwanted;
            }
            change(event, kind).map_or_else(Opened::Broken, |change| item(Item::Change(change), event))
        }
        _ => Opened::Foreign,
    }
}

fn message(event: &EventItem) -> MessageItem {
    let is_attribute = |(name, _): &(&String, &String)| !RESERVED.contains(&name.as_str());
    let attributes = event.extensions.iter().filter(is_attribute);
    MessageItem {
        body: event.data.clone(),
        attributes: attributes.map(|(name, value)| (name.clone(), value.clone())).collect(),
        id: event.id.clone(),
        group: event.extensions.get(GROUP).cloned(),
        enqueued_at: event.time,
    }
}

#[derive(Default, Deserialize)]
struct BlobData {
    size: Option<u64>,
    etag: Option<String>,
}

fn blob(event: &EventItem, happened: BlobEvent) -> Result<Blob, Fault> {
    let subject = event.subject.as_deref().unwrap_or_default();
    let Some((bucket, key)) = subject.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
    else {
        return Err(Fault(format!(
            "`subject` is {subject:?}, and must be a bucket and a key, as in \"uploads/a.csv\""
        )));
    };
    let data = if event.data.is_empty() { BlobData::default() } else { data(event)? };
    let mut blob = Blob::of(happened, bucket, key);
    (blob.size, blob.etag, blob.time) = (data.size, data.etag, event.time);
    Ok(blob)
}

#[derive(Deserialize)]
struct ChangeData {
    key: BTreeMap<String, Value>,
    old: Option<Value>,
    new: Option<Value>,
}

fn change(event: &EventItem, kind: ChangeKind) -> Result<ChangeItem, Fault> {
    let ChangeData { key: values, old, new } = data(event)?;
    if kind != ChangeKind::Remove && new.is_none() {
        return Err(Fault("`data.new` is missing".to_owned()));
    }
    let sequence = event.extensions.get(SEQUENCE).unwrap_or(&event.id).clone();
    let key = ChangeKey { values, sequence, time: event.time };
    Ok(ChangeItem { kind, key, old: old.map(Image::Json), new: new.map(Image::Json) })
}

fn data<'a, T: Deserialize<'a>>(event: &'a EventItem) -> Result<T, Fault> {
    serde_json::from_slice(&event.data).map_err(|error| Fault(format!("`data` cannot be read: {}", discreet(&error))))
}
