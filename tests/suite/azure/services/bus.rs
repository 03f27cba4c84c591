//! Service Bus: queues, with sessions or without, topics with subscriptions, attempts and dead letters ("Service Bus dead-letter
//! queues", "Message sessions", "Duplicate message detection", "Chain Service Bus entities with autoforwarding").

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::filter::Filter;
use super::status;
use crate::server::{Answer, Request};

/// A message, as a receiver sees it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) session: Option<String>,
    pub(crate) body: String,
    pub(crate) properties: Map<String, Value>,
    /// Its number in the queue that it is in.
    pub(crate) sequence: u64,
    /// How often it was delivered, this time too.
    pub(crate) deliveries: u32,
}

/// How a queue or a subscription is set up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) most_deliveries: u32,
    pub(crate) sessions: bool,
    pub(crate) detects_duplicates: bool,
    /// Where dead letters go, if they do not stay.
    pub(crate) forwards_to: Option<String>,
}

#[derive(Default)]
struct Queue {
    rules: Rules,
    waiting: Vec<Message>,
    dead: Vec<Message>,
    known: BTreeSet<String>,
    /// How many messages came in all.
    arrived: usize,
}

/// A namespace. A subscription's messages wait in a queue of its own.
#[derive(Default)]
pub(crate) struct Bus {
    queues: BTreeMap<String, Queue>,
    topics: BTreeMap<String, Vec<(String, Filter)>>,
    sequence: u64,
}

/// What the queue of a subscription is called.
pub(crate) fn subscription(topic: &str, name: &str) -> String {
    format!("{topic}/subscriptions/{name}")
}

impl Bus {
    pub(crate) fn add_queue(&mut self, name: &str, rules: Rules) {
        self.queues.insert(name.to_owned(), Queue { rules, ..Queue::default() });
    }

    pub(crate) fn add_topic(&mut self, name: &str) {
        self.topics.insert(name.to_owned(), Vec::new());
    }

    /// Adds a subscription with the SQL of its one rule.
    pub(crate) fn subscribe(&mut self, topic: &str, name: &str, rules: Rules, filter: &str) {
        let queue = subscription(topic, name);
        self.add_queue(&queue, rules);
        self.topics.get_mut(topic).expect("a topic").push((queue, Filter::read(filter)));
    }

    pub(crate) fn has_sessions(&self, queue: &str) -> bool {
        self.queue(queue).rules.sessions
    }

    fn queue(&self, name: &str) -> &Queue {
        self.queues.get(name).unwrap_or_else(|| panic!("there is no queue {name}"))
    }

    fn queue_mut(&mut self, name: &str) -> &mut Queue {
        self.queues.get_mut(name).unwrap_or_else(|| panic!("there is no queue {name}"))
    }

    /// "Send Message Batch". A batch is accepted as a whole or not at all.
    pub(super) fn answer(&mut self, entity: &str, request: &Request) -> Answer {
        if !self.queues.contains_key(entity) && !self.topics.contains_key(entity) {
            return status(404);
        }
        let kind = request.headers.get("content-type").map(String::as_str);
        assert_eq!(kind, Some("application/vnd.microsoft.servicebus.json"), "it would be one message");
        let Value::Array(entries) = request.json() else { return status(400) };
        let messages: Vec<Message> = entries.iter().map(read).collect();
        let needs_session = self.queues.get(entity).is_some_and(|queue| queue.rules.sessions);
        if needs_session && messages.iter().any(|message| message.session.is_none()) {
            return status(400);
        }
        for message in messages {
            self.send(entity, message);
        }
        status(201)
    }

    /// Sends a message to a queue or a topic.
    pub(crate) fn send(&mut self, entity: &str, message: Message) {
        let Some(subscriptions) = self.topics.get(entity) else { return self.enqueue(entity, message) };
        let wanted = subscriptions.iter().filter(|(_, filter)| filter.matches(&message.properties));
        let queues: Vec<String> = wanted.map(|(queue, _)| queue.clone()).collect();
        for queue in queues {
            self.enqueue(&queue, message.clone());
        }
    }

    fn enqueue(&mut self, queue: &str, message: Message) {
        self.sequence += 1;
        let message = Message { sequence: self.sequence, deliveries: 0, ..message };
        let queue = self.queue_mut(queue);
        assert!(!queue.rules.sessions || message.session.is_some(), "it has no session: {message:?}");
        if !queue.rules.detects_duplicates || queue.known.insert(message.id.clone()) {
            queue.arrived += 1;
            queue.waiting.push(message);
        }
    }

    /// What waits there, in its order.
    pub(crate) fn waiting(&self, queue: &str) -> &[Message] {
        &self.queue(queue).waiting
    }

    /// How many messages came there in all.
    pub(crate) fn arrived(&self, queue: &str) -> usize {
        self.queue(queue).arrived
    }

    /// Delivers what waits: the first message of each session, or all where there are no sessions.
    pub(crate) fn receive(&mut self, queue: &str) -> Vec<Message> {
        let queue = self.queue_mut(queue);
        let mut locked = BTreeSet::new();
        let is_first = |message: &&mut Message| !queue.rules.sessions || locked.insert(message.session.clone());
        let delivered = queue.waiting.iter_mut().filter(is_first).map(|message| {
            message.deliveries += 1;
            message.clone()
        });
        delivered.collect()
    }

    /// A message was handled.
    pub(crate) fn complete(&mut self, queue: &str, sequence: u64) {
        self.queue_mut(queue).waiting.retain(|message| message.sequence != sequence);
    }

    /// A message was not handled, or nobody said so in time: it waits where it was, or is a dead letter.
    pub(crate) fn abandon(&mut self, queue: &str, sequence: u64) {
        let held = self.queue_mut(queue);
        let at = held.waiting.iter().position(|message| message.sequence == sequence).expect("it was delivered");
        if held.waiting[at].deliveries < held.rules.most_deliveries {
            return;
        }
        let mut message = held.waiting.remove(at);
        message.properties.insert("DeadLetterReason".to_owned(), "MaxDeliveryCountExceeded".into());
        match held.rules.forwards_to.clone() {
            Some(other) => self.enqueue(&other, message),
            None => held.dead.push(message),
        }
    }

    /// The queues and subscriptions in which something is, dead letters too.
    pub(crate) fn left(&self) -> Vec<String> {
        let left = self.queues.iter().filter(|(_, queue)| !queue.waiting.is_empty() || !queue.dead.is_empty());
        left.map(|(name, _)| name.clone()).collect()
    }
}

/// A message as it is sent.
fn read(entry: &Value) -> Message {
    let broker = &entry["BrokerProperties"];
    assert!(broker.get("ScheduledEnqueueTimeUtc").is_none(), "nothing here waits for a time: {entry}");
    Message {
        id: broker["MessageId"].as_str().unwrap().to_owned(),
        session: broker["SessionId"].as_str().map(str::to_owned),
        body: entry["Body"].as_str().unwrap().to_owned(),
        properties: entry["UserProperties"].as_object().cloned().unwrap_or_default(),
        sequence: 0,
        deliveries: 0,
    }
}
