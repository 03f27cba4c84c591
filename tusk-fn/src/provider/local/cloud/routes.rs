//! Which function's queue gets what.
//!
//! Every function that an event source invokes has one queue of the store: a topic's message, an event, a change or a record is
//! put into the queue of each function that wants it, all of them in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::{Blob, BlobEvent};
use tusk_fn_spec::trigger::database::{ChangeEvent, Database};
use tusk_fn_spec::trigger::event::Event;
use tusk_fn_spec::trigger::queue::DEFAULT_ATTEMPTS;
use tusk_fn_spec::trigger::topic::Topic;

use super::super::store::Policy;

/// The functions that want something of the local cloud, each with its queue.
#[derive(Debug, Default)]
pub(super) struct Routes {
    topics: Vec<(Topic, Arc<str>)>,
    events: Vec<(Event, Arc<str>)>,
    tables: Vec<(Database, Arc<str>)>,
    streams: Vec<(String, Arc<str>)>,
    blobs: Vec<(Blob, Arc<str>)>,
    /// The names of the queues that keep order.
    ordered: Vec<String>,
}

impl Routes {
    pub(super) fn new<'a>(records: impl Iterator<Item = &'a FunctionRecord>) -> Self {
        let mut routes = Self::default();
        for record in records {
            let Some(queue) = queue_of(record) else { continue };
            match &record.trigger {
                Trigger::Topic(topic) => routes.topics.push((topic.clone(), queue)),
                Trigger::Event(event) => routes.events.push((event.clone(), queue)),
                Trigger::Database(table) => routes.tables.push((table.clone(), queue)),
                Trigger::Stream(stream) => routes.streams.push((stream.stream.clone(), queue)),
                Trigger::Blob(blob) => routes.blobs.push((blob.clone(), queue)),
                // A queue is the function's queue itself.
                Trigger::Queue(queue) if queue.ordered => routes.ordered.push(queue.queue.clone()),
                Trigger::Queue(_) | Trigger::Http(_) | Trigger::Timer(_) => {}
            }
        }
        routes
    }

    /// The queues of those who want a message of a topic.
    pub(super) fn topic(&self, topic: &str, attributes: &BTreeMap<String, String>) -> Vec<Arc<str>> {
        let wants = |it: &Topic| it.topic == topic && it.filter.iter().all(|condition| condition.holds(attributes));
        self.topics.iter().filter(|(it, _)| wants(it)).map(|(_, queue)| Arc::clone(queue)).collect()
    }

    /// The queues of those who want an event.
    pub(super) fn event(&self, event_type: &str, source: &str, subject: Option<&str>) -> Vec<Arc<str>> {
        let wants = |it: &Event| it.wants(event_type, source, subject);
        self.events.iter().filter(|(it, _)| wants(it)).map(|(_, queue)| Arc::clone(queue)).collect()
    }

    /// The queues of those who want a change of a table.
    pub(super) fn table(&self, table: &str, event: ChangeEvent) -> Vec<Arc<str>> {
        let wants = |it: &Database| it.table == table && it.events.contains(&event);
        self.tables.iter().filter(|(it, _)| wants(it)).map(|(_, queue)| Arc::clone(queue)).collect()
    }

    /// The queues of those who want the records of a stream.
    pub(super) fn stream(&self, stream: &str) -> Vec<Arc<str>> {
        self.streams.iter().filter(|(it, _)| it == stream).map(|(_, queue)| Arc::clone(queue)).collect()
    }

    /// The queues of those who want what happened to an object.
    pub(super) fn blob(&self, bucket: &str, key: &str, event: BlobEvent) -> Vec<Arc<str>> {
        let wants =
            |it: &Blob| it.path.bucket() == bucket && it.events.contains(&event) && it.path.captures(key).is_some();
        self.blobs.iter().filter(|(it, _)| wants(it)).map(|(_, queue)| Arc::clone(queue)).collect()
    }

    /// Whether a function reads that queue in order.
    pub(super) fn is_ordered(&self, queue: &str) -> bool {
        self.ordered.iter().any(|ordered| ordered == queue)
    }

    /// The buckets that somebody wants to know of.
    pub(super) fn buckets(&self) -> Vec<String> {
        let mut buckets: Vec<String> = self.blobs.iter().map(|(it, _)| it.path.bucket().to_owned()).collect();
        buckets.sort();
        buckets.dedup();
        buckets
    }
}

/// The queue of a function, if an event source invokes it.
pub(in crate::provider::local) fn queue_of(record: &FunctionRecord) -> Option<Arc<str>> {
    let name = &record.name;
    Some(match &record.trigger {
        Trigger::Http(_) | Trigger::Timer(_) => return None,
        Trigger::Queue(queue) => queue_named(&queue.queue),
        Trigger::Topic(topic) => format!("topic/{}/{name}", topic.topic).into(),
        Trigger::Event(_) => format!("event/{name}").into(),
        Trigger::Database(database) => format!("table/{}/{name}", database.table).into(),
        Trigger::Stream(stream) => format!("stream/{}/{name}", stream.stream).into(),
        Trigger::Blob(blob) => format!("blob/{}/{name}", blob.path.bucket()).into(),
    })
}

/// The store's name of a queue.
pub(in crate::provider::local) fn queue_named(name: &str) -> Arc<str> {
    format!("queue/{name}").into()
}

/// When the messages of a function's queue are given up, and where they go then.
pub(super) fn policy_of(record: &FunctionRecord) -> Policy {
    let (max_attempts, dead_letter) = match &record.trigger {
        Trigger::Queue(queue) => (queue.delivery.max_attempts, queue.dead_letter.as_deref().map(queue_named)),
        Trigger::Topic(topic) => (topic.delivery.max_attempts, None),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => (DEFAULT_ATTEMPTS, None),
    };
    Policy { max_attempts, dead_letter }
}

/// The queue that a function's dead letters are in.
pub(in crate::provider::local) fn dead_letters_of(record: &FunctionRecord) -> Option<Arc<str>> {
    let queue = queue_of(record)?;
    Some(policy_of(record).dead_letter.unwrap_or_else(|| format!("dead/{queue}").into()))
}
