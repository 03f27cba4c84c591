//! SQS: messages to queues.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Client;
use super::endpoint::{Place, Service};
use super::json::{Operation, V1_0};
use super::refusal::refused;
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::{Cause, ClientError};
use crate::provider::client::retry::Patience;

const SEND_MESSAGE_BATCH: Operation =
    Operation { service: Service::Sqs, name: "SendMessageBatch", target: "AmazonSQS.SendMessageBatch", version: V1_0 };
const SEND_MESSAGE: Operation =
    Operation { service: Service::Sqs, name: "SendMessage", target: "AmazonSQS.SendMessage", version: V1_0 };

/// A message for a queue.
#[derive(Clone, Default)]
pub(crate) struct Message {
    pub(crate) body: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The group within which order is kept; a FIFO queue demands it.
    pub(crate) group: Option<String>,
    /// Two messages with the same one, shortly after each other, are one.
    pub(crate) deduplication: Option<String>,
    /// Whole seconds, at most 15 minutes; a FIFO queue takes none.
    pub(crate) delay: Option<Duration>,
}

impl Client {
    /// Sends messages to a queue; the id that each was given, in their order.
    pub(crate) async fn send_message_batch(
        &self,
        queue_url: &str,
        messages: &[Message],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Queue { client: self, url: queue_url }, messages, deadline).await
    }

    /// Sends one message to a queue, such as the one for dead letters; the id that it was given.
    ///
    /// # Errors
    /// The queue did not take it.
    pub(crate) async fn send_message(
        &self,
        queue_url: &str,
        message: &Message,
        deadline: Option<Instant>,
    ) -> Result<String, ClientError> {
        let input = SendMessage { queue_url, message: message.into() };
        let sent: Sent = self.call_json(&SEND_MESSAGE, Place::of_queue(queue_url), &input, deadline).await?;
        Ok(sent.message_id)
    }
}

/// What the names of queues end in that keep an order, and of no others.
pub(crate) const FIFO: &str = ".fifo";

/// How many entries a request takes, of SQS and of SNS.
pub(super) const ENTRIES: usize = 10;

struct Queue<'a> {
    client: &'a Client,
    url: &'a str,
}

impl Batch for Queue<'_> {
    type Entry = Message;

    const OPERATION: &'static str = SEND_MESSAGE_BATCH.name;
    const ENTRIES: usize = ENTRIES;
    const BYTES: usize = 1 << 20;
    const ENTRY_BYTES: usize = 1 << 20;

    fn resource(&self) -> &str {
        Place::of_queue(self.url).name
    }

    /// A queue that keeps an order says so in its name, and keeps it within groups.
    fn group<'a>(&self, message: &'a Message) -> Option<&'a str> {
        message.group.as_deref().filter(|_| self.url.ends_with(FIFO))
    }

    fn size(message: &Message) -> usize {
        message.body.len() + sizes(&message.attributes)
    }

    async fn send(&self, messages: &[&Message], patience: Patience) -> Result<Outcomes, ClientError> {
        let entries =
            messages.iter().enumerate().map(|(id, message)| Entry { id: id.to_string(), message: (*message).into() });
        let input = SendMessageBatch { queue_url: self.url, entries: entries.collect() };
        let answer: BatchAnswer =
            self.client.call_json(&SEND_MESSAGE_BATCH, Place::of_queue(self.url), &input, patience).await?;
        Ok(answer.outcomes(messages.len()))
    }
}

/// The bytes of attributes, as SQS and SNS count them: name, type and value.
pub(super) fn sizes(attributes: &BTreeMap<String, String>) -> usize {
    attributes.iter().map(|(name, value)| name.len() + STRING.len() + value.len()).sum()
}

/// The type of every attribute.
pub(super) const STRING: &str = "String";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessageBatch<'a> {
    queue_url: &'a str,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    queue_url: &'a str,
    #[serde(flatten)]
    message: Fields<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    /// Its place in the request.
    id: String,
    #[serde(flatten)]
    message: Fields<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Fields<'a> {
    message_body: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<&'a str, Attribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_deduplication_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_seconds: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute<'a> {
    data_type: &'static str,
    string_value: &'a str,
}

impl<'a> From<&'a Message> for Fields<'a> {
    fn from(message: &'a Message) -> Self {
        let attribute = |(name, value): (&'a String, &'a String)| {
            (name.as_str(), Attribute { data_type: STRING, string_value: value })
        };
        Self {
            message_body: &message.body,
            message_attributes: message.attributes.iter().map(attribute).collect(),
            message_group_id: message.group.as_deref(),
            message_deduplication_id: message.deduplication.as_deref(),
            // A second too late is right, a second too early is not.
            delay_seconds: message.delay.map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    message_id: String,
}

/// What became of the entries of a batch, of SQS and of SNS.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct BatchAnswer {
    pub(super) successful: Vec<Accepted>,
    pub(super) failed: Vec<Failed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Accepted {
    id: String,
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Failed {
    id: String,
    code: String,
    message: Option<String>,
}

impl BatchAnswer {
    /// By the entries' places; of one that the answer does not name, nothing is known.
    pub(super) fn outcomes(self, entries: usize) -> Outcomes {
        let mut outcomes: Outcomes = (0..entries).map(|_| Err(Cause::Unreadable.into())).collect();
        let accepted = self.successful.into_iter().map(|entry| (entry.id, Ok(entry.message_id)));
        let failed =
            self.failed.into_iter().map(|entry| (entry.id, Err(refused(&entry.code, None, entry.message.as_deref()))));
        for (id, outcome) in accepted.chain(failed) {
            if let Some(place) = id.parse().ok().and_then(|place: usize| outcomes.get_mut(place)) {
                *place = outcome;
            }
        }
        outcomes
    }
}
