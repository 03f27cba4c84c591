//! Pub/Sub: messages to topics (`googleapis`, "google/pubsub/v1/pubsub.proto"; Pub/Sub's "Quotas and limits").
//!
//! A request is accepted as a whole or not at all, and all its messages have the same ordering key. So messages go out in
//! lanes, one for each key: one request of a lane after the other, and several lanes at the same time.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::environment::Service;
use super::{Call, Client, path};
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::{Cause, ClientError};
use crate::provider::client::json;
use crate::provider::client::retry::Patience;

/// How many lanes are sent at the same time.
const LANES: usize = 8;

/// A message for a topic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) data: Bytes,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Those of the same key stay in order, for a subscription that keeps one.
    pub(crate) ordering_key: Option<String>,
}

impl Client {
    /// Sends messages to a topic; the id that each was given, in their order.
    pub(crate) async fn publish(
        &self,
        topic: &str,
        messages: Vec<Message>,
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        let topic = Topic { client: self, name: topic };
        let mut outcomes: Vec<Option<Result<String, ClientError>>> = messages.iter().map(|_| None).collect();
        let stopped = OnceLock::new();
        let send = async |lane: Lane| {
            let sent = match stopped.get() {
                Some(failed) => lane.messages.iter().map(|_| Err(ClientError::clone(failed))).collect(),
                None => send_all(&self.shared.policy, &topic, &lane.messages, deadline).await,
            };
            // What failed for another reason than what was sent fails again, and would only take time.
            if let Some(Err(failed)) = sent.iter().find(|sent| matches!(sent, Err(failed) if failed.is_of_place())) {
                let _ = stopped.set(failed.clone());
            }
            (lane.positions, sent)
        };
        let mut lanes = futures_util::stream::iter(lanes(messages)).map(send).buffer_unordered(LANES);
        while let Some((positions, sent)) = lanes.next().await {
            for (position, sent) in positions.into_iter().zip(sent) {
                outcomes[position] = Some(sent);
            }
        }
        let unsaid = || Err(ClientError::new(Topic::OPERATION, topic.name, Cause::Unreadable));
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unsaid)).collect()
    }
}

/// The messages of one key, and where they stand among all.
#[derive(Default)]
struct Lane {
    positions: Vec<usize>,
    messages: Vec<Message>,
}

/// The lanes in the order of their first messages.
fn lanes(messages: Vec<Message>) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut known: HashMap<Option<String>, usize> = HashMap::new();
    for (position, message) in messages.into_iter().enumerate() {
        let lane = *known.entry(message.ordering_key.clone()).or_insert_with(|| {
            lanes.push(Lane::default());
            lanes.len() - 1
        });
        lanes[lane].positions.push(position);
        lanes[lane].messages.push(message);
    }
    lanes
}

struct Topic<'a> {
    client: &'a Client,
    /// As in `projects/p/topics/t`.
    name: &'a str,
}

impl Batch for Topic<'_> {
    type Entry = Message;

    const OPERATION: &'static str = "Publish";
    const ENTRIES: usize = 1_000;
    const IS_WHOLE: bool = true;
    /// A request has 10 MB at most. Data in base64 are a third longer.
    const BYTES: usize = 7_000_000;
    /// Its data, at most.
    const ENTRY_BYTES: usize = 10_000_000;

    fn resource(&self) -> &str {
        self.name
    }

    fn size(message: &Message) -> usize {
        let attributes: usize = message.attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
        message.data.len() + attributes + message.ordering_key.as_ref().map_or(0, String::len)
    }

    fn group<'a>(&self, message: &'a Message) -> Option<&'a str> {
        message.ordering_key.as_deref()
    }

    async fn send(&self, messages: &[&Message], patience: Patience) -> Result<Outcomes, ClientError> {
        let body = json::write(&Publish { messages: messages.iter().map(|message| Written::from(*message)).collect() });
        let mut call = Call {
            service: Service::PubSub,
            operation: Self::OPERATION,
            resource: self.name,
            path: format!("v1/{}:publish", path(self.name)),
            body: None,
        };
        call.body = Some(body.map_err(|fault| call.error(fault))?);
        let (answer, _) = self.client.call(&call, patience).await;
        let answer = answer.and_then(|body| json::read(&body));
        let Published { message_ids } = answer.map_err(|fault| call.error(fault))?;
        // They are told apart by their places alone.
        let mut outcomes: Outcomes = message_ids.into_iter().map(Ok).collect();
        outcomes.resize_with(messages.len(), || Err(Cause::Unreadable.into()));
        Ok(outcomes)
    }
}

#[derive(Serialize)]
struct Publish<'a> {
    messages: Vec<Written<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    data: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordering_key: Option<&'a str>,
}

impl<'a> From<&'a Message> for Written<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            data: BASE64_STANDARD.encode(&message.data),
            attributes: &message.attributes,
            ordering_key: message.ordering_key.as_deref(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    #[serde(default)]
    message_ids: Vec<String>,
}
