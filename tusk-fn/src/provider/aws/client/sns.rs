//! SNS: messages to topics.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Deserialize;

use super::Client;
use super::endpoint::{Place, Service};
use super::query::{Form, Operation};
use super::sqs::{Accepted, BatchAnswer, ENTRIES, Failed, STRING, sizes};
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::ClientError;
use crate::provider::client::retry::Patience;

const PUBLISH_BATCH: Operation = Operation { service: Service::Sns, name: "PublishBatch", version: "2010-03-31" };

/// A message for a topic.
#[derive(Clone, Default)]
pub(crate) struct Notification {
    pub(crate) body: String,
    /// The line above an e-mail.
    pub(crate) subject: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The group within which order is kept; a FIFO topic demands it.
    pub(crate) group: Option<String>,
    /// Two messages with the same one, shortly after each other, are one.
    pub(crate) deduplication: Option<String>,
}

impl Client {
    /// Sends messages to a topic; the id that each was given, in their order.
    pub(crate) async fn publish_batch(
        &self,
        topic_arn: &str,
        messages: &[Notification],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Topic { client: self, arn: topic_arn }, messages, deadline).await
    }
}

struct Topic<'a> {
    client: &'a Client,
    arn: &'a str,
}

impl Topic<'_> {
    /// By the name, which ends the ARN.
    fn place(&self) -> Place<'_> {
        Place { name: self.arn.rsplit(':').next().unwrap_or(self.arn), ..Place::of(self.arn) }
    }
}

impl Batch for Topic<'_> {
    type Entry = Notification;

    const OPERATION: &'static str = PUBLISH_BATCH.name;
    const ENTRIES: usize = ENTRIES;
    /// What every topic takes.
    const BYTES: usize = 256 << 10;
    /// What a topic takes whose `MaximumMessageSize` says so.
    const ENTRY_BYTES: usize = 1 << 20;

    fn resource(&self) -> &str {
        self.place().name
    }

    fn size(message: &Notification) -> usize {
        message.body.len() + message.subject.as_ref().map_or(0, String::len) + sizes(&message.attributes)
    }

    async fn send(&self, messages: &[&Notification], patience: Patience) -> Result<Outcomes, ClientError> {
        let mut form = vec![("TopicArn".to_owned(), self.arn.to_owned())];
        for (place, message) in messages.iter().enumerate() {
            write(&mut form, place, message);
        }
        let answer: PublishBatchResponse = self.client.call_query(&PUBLISH_BATCH, self.place(), form, patience).await?;
        let PublishBatchResult { successful, failed } = answer.publish_batch_result;
        Ok(BatchAnswer { successful: successful.member, failed: failed.member }.outcomes(messages.len()))
    }
}

/// Writes an entry into the form; forms count from one.
fn write(form: &mut Form, place: usize, message: &Notification) {
    let prefix = format!("PublishBatchRequestEntries.member.{}", place + 1);
    let mut field = |name: &str, value: &str| form.push((format!("{prefix}.{name}"), value.to_owned()));
    field("Id", &place.to_string());
    field("Message", &message.body);
    let optional = [
        ("Subject", &message.subject),
        ("MessageGroupId", &message.group),
        ("MessageDeduplicationId", &message.deduplication),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            field(name, value);
        }
    }
    for (index, (name, value)) in message.attributes.iter().enumerate() {
        let attribute = format!("MessageAttributes.entry.{}", index + 1);
        field(&format!("{attribute}.Name"), name);
        field(&format!("{attribute}.Value.DataType"), STRING);
        field(&format!("{attribute}.Value.StringValue"), value);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PublishBatchResponse {
    publish_batch_result: PublishBatchResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PublishBatchResult {
    #[serde(default = "Members::none")]
    successful: Members<Accepted>,
    #[serde(default = "Members::none")]
    failed: Members<Failed>,
}

#[derive(Deserialize)]
struct Members<T> {
    #[serde(default = "Vec::new")]
    member: Vec<T>,
}

impl<T> Members<T> {
    fn none() -> Self {
        Self { member: Vec::new() }
    }
}
