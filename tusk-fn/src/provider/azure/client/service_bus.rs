//! Service Bus: messages to queues and topics ("Send Message Batch").
//!
//! Also one message alone is sent as a batch. The other form has attributes as headers, whose names lose their case there, and a text
//! that looks like a number or a date is taken for one unless it stands in quotes. A batch is accepted as a whole or not at all.

use std::collections::BTreeMap;
use std::time::Instant;

use http::{HeaderName, HeaderValue, Method, header};
use jiff::Timestamp;
use serde::Serialize;

use super::identity::Service;
use super::place::Place;
use super::{Call, Client, dated, none_foreseen};
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::ClientError;
use crate::provider::client::json;
use crate::provider::client::retry::Patience;

/// A message for a queue or a topic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) body: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Two messages with the same one, shortly after each other, are one where the queue looks for that.
    pub(crate) id: String,
    /// The session, within which order is kept. A message without one has a session of its own, which has the message's id: a queue
    /// with sessions takes no others.
    pub(crate) group: Option<String>,
    /// When it is delivered at the earliest.
    pub(crate) not_before: Option<Timestamp>,
}

impl Client {
    /// Sends messages to a queue or a topic; their ids, in their order.
    pub(crate) async fn send_messages(
        &self,
        place: &Place,
        messages: &[Message],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Entity { client: self, place }, messages, deadline).await
    }
}

struct Entity<'a> {
    client: &'a Client,
    place: &'a Place,
}

impl Batch for Entity<'_> {
    type Entry = Message;

    const OPERATION: &'static str = "Send Message Batch";
    const ENTRIES: usize = 100;
    const IS_WHOLE: bool = true;
    /// 256 KB of a request are accepted ("Service Bus quotas", tier Standard), in which JSON may write each byte of a text as two.
    const BYTES: usize = 128 << 10;
    const ENTRY_BYTES: usize = 256 << 10;

    fn resource(&self) -> &str {
        self.place.name()
    }

    fn size(message: &Message) -> usize {
        /// What JSON and the service put around a message.
        const FRAME: usize = 256;
        let attributes: usize = message.attributes.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
        FRAME + message.body.len() + attributes
    }

    /// Whether the queue keeps an order, its name does not say.
    fn group<'a>(&self, message: &'a Message) -> Option<&'a str> {
        message.group.as_deref()
    }

    async fn send(&self, messages: &[&Message], patience: Patience) -> Result<Outcomes, ClientError> {
        let entries: Vec<Entry<'_>> = messages.iter().map(|message| Entry::from(*message)).collect();
        let call = Call {
            service: Service::Bus,
            operation: Self::OPERATION,
            resource: self.place.name(),
            method: Method::POST,
            url: format!("{}/messages", self.place.url()),
            headers: vec![KIND],
            body: json::write(&entries).map_err(|fault| ClientError::new(Self::OPERATION, self.place.name(), fault))?,
            foreseen: none_foreseen,
        };
        self.client.call(&call, patience).await?;
        Ok(messages.iter().map(|message| Ok(message.id.clone())).collect())
    }
}

const KIND: (HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.microsoft.servicebus.json"));

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    body: &'a str,
    broker_properties: BrokerProperties<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    user_properties: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BrokerProperties<'a> {
    message_id: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_enqueue_time_utc: Option<String>,
}

impl<'a> From<&'a Message> for Entry<'a> {
    fn from(message: &'a Message) -> Self {
        let broker_properties = BrokerProperties {
            message_id: &message.id,
            session_id: message.group.as_deref().unwrap_or(&message.id),
            scheduled_enqueue_time_utc: message.not_before.map(|moment| dated(whole(moment))),
        };
        Self { body: &message.body, broker_properties, user_properties: &message.attributes }
    }
}

/// The next whole second: one too late is right, one too early is not.
fn whole(moment: Timestamp) -> Timestamp {
    let up = i64::from(moment.subsec_nanosecond() > 0);
    Timestamp::from_second(moment.as_second().saturating_add(up)).unwrap_or(moment)
}
