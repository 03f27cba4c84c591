//! How the store keeps what is no message: the body of its queue's message is one of these, as JSON.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;
use tusk_fn_spec::trigger::database::ChangeEvent;

use super::super::store::Message;
use crate::error::Failure;
use crate::event::{
    Blob, BlobItem, ChangeItem, ChangeKey, ChangeKind, CloudEvent, EventItem, Image, Item, MessageItem, RecordItem,
};

/// A change of an item.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ChangeWire {
    pub(super) event: ChangeEvent,
    pub(super) key: String,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
}

/// What happened to an object.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct BlobWire {
    pub(super) event: BlobEvent,
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) size: Option<u64>,
    pub(super) etag: Option<String>,
}

/// An event, in the JSON format of `CloudEvents` 1.0.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::provider::local) struct EventWire {
    #[serde(default = "spec_version")]
    specversion: String,
    #[serde(default)]
    pub(super) id: String,
    pub(super) source: String,
    #[serde(rename = "type")]
    pub(super) event_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dataschema: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    data: Value,
    #[serde(flatten)]
    extensions: BTreeMap<String, Value>,
}

fn spec_version() -> String {
    "1.0".to_owned()
}

impl EventWire {
    pub(super) fn new(event_type: &str, source: String, subject: Option<String>, data: Value) -> Self {
        Self {
            specversion: spec_version(),
            id: String::new(),
            source,
            event_type: event_type.to_owned(),
            subject,
            time: None,
            datacontenttype: Some("application/json".to_owned()),
            dataschema: None,
            data,
            extensions: BTreeMap::new(),
        }
    }

    /// An event of a function of this program.
    pub(super) fn of(event: &EventItem) -> Result<Self, String> {
        let data = if event.data.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&event.data) };
        let data = data.map_err(|error| format!("the local cloud takes events with JSON as their data: {error}"))?;
        Ok(Self {
            id: event.id.clone(),
            time: event.time,
            datacontenttype: event.data_content_type.clone(),
            dataschema: event.data_schema.clone(),
            extensions: event.extensions.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect(),
            ..Self::new(&event.event_type, event.source.clone(), event.subject.clone(), data)
        })
    }

    /// Why somebody else's event cannot be taken.
    pub(in crate::provider::local) fn fault(&self) -> Option<&'static str> {
        if self.specversion != "1.0" {
            return Some("`specversion` must be \"1.0\"; or leave it out");
        }
        if self.event_type.is_empty() || self.source.is_empty() {
            return Some("an event's `type` and `source` must not be empty");
        }
        if self.extensions.contains_key("data_base64") {
            return Some("`data_base64` is not taken; give JSON as `data`");
        }
        None
    }

    fn into_item(self) -> EventItem {
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let data = if self.data.is_null() { Bytes::new() } else { self.data.to_string().into() };
        CloudEvent {
            id: self.id,
            source: self.source,
            event_type: self.event_type,
            subject: self.subject,
            time: self.time,
            data_content_type: self.datacontenttype,
            data_schema: self.dataschema,
            extensions: self.extensions.into_iter().map(|(name, value)| (name, text(value))).collect(),
            data,
        }
    }
}

/// A message of a function's queue as the function takes it.
pub(super) fn item(record: &FunctionRecord, message: &Message) -> Result<Item, Failure> {
    let id = message.id.to_string();
    Ok(match &record.trigger {
        Trigger::Queue(_) | Trigger::Topic(_) => Item::Message(MessageItem {
            body: message.body.clone(),
            attributes: message.attributes.clone(),
            id,
            group: message.group.as_deref().map(str::to_owned),
            enqueued_at: Some(message.enqueued_at),
        }),
        Trigger::Stream(_) => Item::Record(RecordItem {
            body: message.body.clone(),
            partition: message.group.as_deref().unwrap_or_default().to_owned(),
            sequence: id,
            time: Some(message.enqueued_at),
        }),
        Trigger::Event(_) => Item::Event(read::<EventWire>(message)?.into_item()),
        Trigger::Database(_) => Item::Change(change(read(message)?, id, message.enqueued_at)),
        Trigger::Blob(trigger) => {
            let wire: BlobWire = read(message)?;
            let captures = trigger.path.captures(&wire.key).ok_or_else(|| {
                let message = format!("the blob {:?} does not match the path `{}`", wire.key, trigger.path);
                Failure::new("OtherPath", message).rejecting()
            })?;
            let mut blob = Blob::of(wire.event, wire.bucket, wire.key);
            blob.size = wire.size;
            blob.etag = wire.etag;
            blob.time = Some(message.enqueued_at);
            Item::Blob(BlobItem { blob, captures })
        }
        Trigger::Http(_) | Trigger::Timer(_) => {
            return Err(
                Failure::new("WrongTrigger", "a message was delivered to a function without a queue").rejecting()
            );
        }
    })
}

/// What was written by this program, or by an earlier version of it.
fn read<T: for<'de> Deserialize<'de>>(message: &Message) -> Result<T, Failure> {
    let failed = |error: serde_json::Error| {
        Failure::new("UndecodableMessage", format!("the store's message cannot be read: {error}")).rejecting()
    };
    serde_json::from_slice(&message.body).map_err(failed)
}

fn change(wire: ChangeWire, sequence: String, time: Timestamp) -> ChangeItem {
    let mut key = ChangeKey::new(wire.key);
    key.sequence = sequence;
    key.time = Some(time);
    let kind = match wire.event {
        ChangeEvent::Insert => ChangeKind::Insert,
        ChangeEvent::Modify => ChangeKind::Modify,
        ChangeEvent::Remove => ChangeKind::Remove,
    };
    ChangeItem { kind, key, old: wire.old.map(Image::Json), new: wire.new.map(Image::Json) }
}

/// Reads bytes as everything that is kept so.
#[cfg(fuzzing)]
pub fn fuzz(bytes: &[u8]) {
    let _ = serde_json::from_slice::<EventWire>(bytes).map(EventWire::into_item);
    let _ = serde_json::from_slice::<ChangeWire>(bytes).map(|wire| change(wire, String::new(), Timestamp::UNIX_EPOCH));
    let _ = serde_json::from_slice::<BlobWire>(bytes);
}
