//! Pub/Sub: topics, and subscriptions whose messages are pushed until they are acknowledged ("Push subscriptions", "Order messages",
//! "Filter messages from a subscription", "Dead-letter topics").

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::filter;
use super::project_of;

/// The statuses by which a push endpoint acknowledges a message.
const ACKNOWLEDGING: [u16; 5] = [102, 200, 201, 202, 204];

/// A message in a topic.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    /// In base64.
    pub(crate) data: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Empty where it has none.
    pub(crate) ordering_key: String,
    pub(crate) published: String,
}

/// A subscription, as it was made.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) topic: String,
    pub(crate) ordered: bool,
    /// Empty where every message passes.
    pub(crate) filter: String,
    /// Where messages go after so many attempts.
    pub(crate) dead_letters: Option<(String, u32)>,
    pub(super) waiting: Vec<Waiting>,
}

/// A message in a subscription, and how often its delivery failed.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    message: Message,
    failed: u32,
}

/// A message that is pushed.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) message: Message,
    /// Which attempt it is, where the subscription counts.
    pub(crate) attempt: Option<u32>,
}

#[derive(Default)]
pub(crate) struct PubSub {
    pub(crate) topics: BTreeSet<String>,
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
    /// What was published to each topic, ever.
    pub(crate) published: Vec<(String, Message)>,
}

impl PubSub {
    /// `Topics.Publish`: the ids of the messages, none if there is no such topic.
    pub(crate) fn publish(&mut self, topic: &str, body: &Value, now: &str) -> Option<Vec<String>> {
        if !self.topics.contains(topic) {
            return None;
        }
        let messages = body["messages"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let keys: BTreeSet<String> = messages.iter().map(|message| text(&message["orderingKey"])).collect();
        assert_eq!(keys.len(), 1, "all messages of a request have the same ordering key: {body}");
        let ids = messages.iter().map(|message| {
            let attributes = message["attributes"].as_object().into_iter().flatten();
            self.put(
                topic,
                Message {
                    id: String::new(),
                    data: text(&message["data"]),
                    attributes: attributes.map(|(name, value)| (name.clone(), text(value))).collect(),
                    ordering_key: text(&message["orderingKey"]),
                    published: now.to_owned(),
                },
            )
        });
        Some(ids.collect())
    }

    /// Puts a message into a topic, under an id of its own: to each subscription whose filter lets it through.
    pub(crate) fn put(&mut self, topic: &str, message: Message) -> String {
        let id = format!("{}", 10_000_000_000 + self.published.len());
        let message = Message { id: id.clone(), ..message };
        for subscription in self.subscriptions.values_mut().filter(|subscription| subscription.topic == topic) {
            if filter::passes(&subscription.filter, &message.attributes) {
                subscription.waiting.push(Waiting { message: message.clone(), failed: 0 });
            }
        }
        self.published.push((topic.to_owned(), message));
        id
    }

    /// What a subscription pushes before it has an answer: of the messages with one ordering key the first, if it keeps their order.
    pub(crate) fn outstanding(&self, subscription: &str) -> Vec<Pushed> {
        let subscription = &self.subscriptions[subscription];
        let mut keys = BTreeSet::new();
        let mut is_first = |key: &str| !subscription.ordered || key.is_empty() || keys.insert(key.to_owned());
        let first = subscription.waiting.iter().filter(|waiting| is_first(&waiting.message.ordering_key));
        let counts = subscription.dead_letters.is_some();
        first.map(|it| Pushed { message: it.message.clone(), attempt: counts.then_some(it.failed + 1) }).collect()
    }

    /// What becomes of a message that was answered with a status, or not at all.
    pub(crate) fn answered(&mut self, name: &str, id: &str, status: Option<u16>, now: &str) {
        let subscription = self.subscriptions.get_mut(name).unwrap();
        let at = subscription.waiting.iter().position(|waiting| waiting.message.id == id).unwrap();
        if status.is_some_and(|status| ACKNOWLEDGING.contains(&status)) {
            subscription.waiting.remove(at);
            return;
        }
        let waiting = &mut subscription.waiting[at];
        waiting.failed += 1;
        if let Some((topic, attempts)) = subscription.dead_letters.clone()
            && waiting.failed >= attempts
        {
            let Waiting { message, failed } = subscription.waiting.remove(at);
            self.forward(name, &topic, message, failed, now);
        }
    }

    /// Forwards a message that nobody could handle.
    fn forward(&mut self, subscription: &str, topic: &str, mut message: Message, attempts: u32, now: &str) {
        assert!(self.topics.contains(topic), "there is no {topic}: messages would stay where they are");
        let id = subscription.rsplit('/').next().unwrap();
        let published = std::mem::replace(&mut message.published, now.to_owned());
        message.attributes.extend(
            [
                ("CloudPubSubDeadLetterSourceDeliveryCount", attempts.to_string()),
                ("CloudPubSubDeadLetterSourceSubscription", id.to_owned()),
                ("CloudPubSubDeadLetterSourceSubscriptionProject", project_of(subscription).to_owned()),
                ("CloudPubSubDeadLetterSourceTopicPublishTime", published),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        self.put(topic, message);
    }

    /// The subscriptions in which messages wait.
    pub(crate) fn waited_for(&self) -> impl Iterator<Item = &str> {
        self.subscriptions.iter().filter(|(_, it)| !it.waiting.is_empty()).map(|(name, _)| name.as_str())
    }
}

impl Pushed {
    /// The body of the request ("Receive messages").
    pub(crate) fn wrapped(&self, subscription: &str) -> Value {
        let Message { id, data, attributes, ordering_key, published } = &self.message;
        let mut message =
            json!({ "messageId": id, "message_id": id, "publishTime": published, "publish_time": published });
        for (name, value) in
            [("data", json!(data)), ("attributes", json!(attributes)), ("orderingKey", json!(ordering_key))]
        {
            if value != json!("") && value != json!({}) {
                message[name] = value;
            }
        }
        let mut body = json!({ "message": message, "subscription": subscription });
        if let Some(attempt) = self.attempt {
            body["deliveryAttempt"] = attempt.into();
        }
        body
    }
}
