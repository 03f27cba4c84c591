//! Records of Kafka, as a `KafkaSource` or Kafka's own broker sends them.
//!
//! The event's data is the record's value, its extension `key` the record's key, its subject `partition:P#O` with the offset
//! (`knative-extensions/eventing-kafka-broker`, `docs` and `CloudEvents`' "Kafka Protocol Binding").

use tusk_fn_spec::trigger::Trigger;

use super::item;
use crate::event::{EventItem, Item, MessageItem, RecordItem};
use crate::provider::container::Opened;

/// The type of its events.
pub(super) const TYPE: &str = "dev.knative.kafka.event";

pub(super) fn open(event: &EventItem, trigger: &Trigger) -> Opened {
    let key = event.extensions.get("key").cloned();
    let place = event.subject.as_deref().and_then(|subject| subject.strip_prefix("partition:")?.split_once('#'));
    match trigger {
        Trigger::Stream(_) => {
            let (partition, offset) = place.unwrap_or(("", &event.id));
            let record = RecordItem {
                body: event.data.clone(),
                partition: key.unwrap_or_else(|| partition.to_owned()),
                sequence: offset.to_owned(),
                time: event.time,
            };
            item(Item::Record(record), event)
        }
        Trigger::Queue(_) | Trigger::Topic(_) => {
            // What a producer said in headers comes as extensions of this prefix.
            let attributes = event
                .extensions
                .iter()
                .filter_map(|(name, value)| Some((name.strip_prefix("kafkaheader")?.to_owned(), value.clone())));
            let message = MessageItem {
                body: event.data.clone(),
                attributes: attributes.collect(),
                id: event.id.clone(),
                group: key,
                enqueued_at: event.time,
            };
            item(Item::Message(message), event)
        }
        _ => Opened::Foreign,
    }
}
