//! What functions send, store and read, on AWS.
//!
//! Manifests tell a process where everything is, in one variable. A version of an item is a random number: it only has to differ
//! from the one before, and so a write whose answer was lost is told from one that another was faster than. An item
//! that another program wrote has none, which is as good a version: it has one as soon as it is written here.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
#[cfg(feature = "blob-store")]
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
#[cfg(feature = "blob-store")]
use object_store::ObjectStore;
use serde_dynamo::{AttributeValue, Item};
use serde_json::{Map, Value};
use tusk_fn_spec::output::{Output, OutputKind};

use super::client::{Client, Condition as Expected, Event, FIFO, Message, Notification, SecretValue, Write};
#[cfg(feature = "blob-store")]
use crate::output::BucketName;
use crate::output::{Cloud, Condition, KEY, OutputError, OutputErrorKind, Parcel, Reply, VERSION};
use crate::provider::client::parcels::{join, split};
use crate::provider::client::random;
use crate::provider::client::resources::Resources;
use crate::provider::client::secrets::Secrets;

/// The attribute of a notification that has no other: a filter on what is missing sees no message without any.
const PLAIN: (&str, &str) = ("tusk_fn", "1");

/// The resources of a process.
pub(super) struct AwsCloud {
    client: Client,
    resources: Resources,
    secrets: Secrets,
}

impl AwsCloud {
    /// Those that the environment names.
    pub(super) fn open() -> Result<Self, String> {
        let client = Client::of_process().map_err(|error| error.to_string())?;
        Ok(Self { client, resources: Resources::of_process()?, secrets: Secrets::default() })
    }

    async fn send_to_queue(&self, url: &str, parcels: Vec<Parcel>) -> Vec<Result<String, OutputErrorKind>> {
        let ordered = url.ends_with(FIFO);
        let message = |parcel: Parcel| {
            if ordered && parcel.delay.is_some() {
                let why = "the queue is ordered, and delays no messages; send it without `delay`".to_owned();
                return Err(OutputErrorKind::Unfit(why));
            }
            // What an ordered queue must be told, and no other may be.
            let unique = |given: Option<String>| match given {
                Some(given) => Ok(Some(given)),
                None => random().map(|number| Some(format!("{number:016x}"))),
            };
            Ok(Message {
                body: text(&parcel.body)?,
                attributes: parcel.attributes,
                group: if ordered { unique(parcel.group)? } else { parcel.group },
                deduplication: if ordered { unique(parcel.deduplication)? } else { parcel.deduplication },
                delay: parcel.delay,
            })
        };
        let (messages, positions) = split(parcels, message);
        let sent = self.client.send_message_batch(url, &messages, None).await;
        join(positions, sent)
    }

    async fn publish(&self, arn: &str, parcels: Vec<Parcel>) -> Vec<Result<String, OutputErrorKind>> {
        let notification = |mut parcel: Parcel| {
            if parcel.attributes.is_empty() {
                parcel.attributes.insert(PLAIN.0.to_owned(), PLAIN.1.to_owned());
            }
            let body = text(&parcel.body)?;
            Ok(Notification { body, subject: None, attributes: parcel.attributes, group: None, deduplication: None })
        };
        let (notifications, positions) = split(parcels, notification);
        let sent = self.client.publish_batch(arn, &notifications, None).await;
        join(positions, sent)
    }

    async fn put_events(&self, bus: &str, kind: &str, parcels: Vec<Parcel>) -> Vec<Result<String, OutputErrorKind>> {
        let event = |parcel: Parcel| {
            let detail = text(&parcel.body)?;
            let resources = parcel.subject.into_iter().collect();
            Ok(Event { source: parcel.source, detail_type: kind.to_owned(), detail, resources, time: None })
        };
        let (events, positions) = split(parcels, event);
        let sent = self.client.put_events(bus, &events, None).await;
        join(positions, sent)
    }

    async fn read(&self, table: &str, key: &str) -> Result<Option<(Value, u64)>, OutputErrorKind> {
        let found = self.client.get_item(table, &key_of(key), true, None).await?;
        let Some(item) = found else { return Ok(None) };
        let version = version_of(&item);
        let mut value: Value = serde_dynamo::from_item(item)
            .map_err(|error| OutputErrorKind::Unfit(format!("the item cannot be read: {error}")))?;
        if let Value::Object(fields) = &mut value {
            fields.remove(VERSION);
        }
        Ok(Some((value, version)))
    }

    async fn write(
        &self,
        table: &str,
        mut fields: Map<String, Value>,
        condition: Condition,
    ) -> Result<u64, OutputErrorKind> {
        // What fits a number of JavaScript's, since people look at tables with tools; nought is no version.
        let version = (random()? >> 11).max(1);
        fields.insert(VERSION.to_owned(), version.into());
        let item: Item = serde_dynamo::to_item(fields)
            .map_err(|error| OutputErrorKind::Unfit(format!("the item cannot be written: {error}")))?;
        match self.client.put_item(table, &item, expected(condition), None).await {
            Ok(Write::Done) => Ok(version),
            // It was written all the same: only the answer was lost, and the write tried again.
            Ok(Write::ConditionFailed { found: Some(found) }) if version_of(&found) == version => Ok(version),
            Ok(Write::ConditionFailed { .. }) => Err(OutputErrorKind::ConditionFailed),
            Err(error) => Err(error.into()),
        }
    }

    async fn remove(&self, table: &str, key: &str, condition: Condition) -> Result<(), OutputErrorKind> {
        match self.client.delete_item(table, &key_of(key), expected(condition), None).await {
            Ok(Write::Done) => Ok(()),
            Ok(Write::ConditionFailed { .. }) => Err(OutputErrorKind::ConditionFailed),
            Err(error) => Err(error.into()),
        }
    }

    async fn fetch_secret(&self, arn: &str, now: Instant) -> Result<Bytes, OutputErrorKind> {
        let fetch = async {
            Ok(match self.client.get_secret_value(arn, None).await? {
                SecretValue::Text(text) => Bytes::from(text),
                SecretValue::Binary(bytes) => bytes,
            })
        };
        Ok(self.secrets.get(arn, now, fetch).await?)
    }
}

/// The version of an item; nought if another program wrote it, which gives it none.
fn version_of(item: &Item) -> u64 {
    match item.get(VERSION) {
        Some(AttributeValue::N(number)) => number.parse().unwrap_or(0),
        _ => 0,
    }
}

/// What the services take is text.
fn text(body: &Bytes) -> Result<String, OutputErrorKind> {
    let text = String::from_utf8(body.to_vec());
    text.map_err(|_| OutputErrorKind::Unfit("what is sent on AWS is text: encode bytes in base64".to_owned()))
}

fn key_of(key: &str) -> Item {
    Item::from(HashMap::from([(KEY.to_owned(), AttributeValue::S(key.to_owned()))]))
}

fn expected(condition: Condition) -> Expected<'static> {
    match condition {
        Condition::None => Expected::None,
        Condition::Absent => Expected::Absent(KEY),
        Condition::Version(0) => Expected::Without(KEY, VERSION),
        Condition::Version(version) => Expected::Equal(VERSION, AttributeValue::N(version.to_string())),
    }
}

impl Cloud for AwsCloud {
    fn check(&self, output: &Output) -> Result<(), OutputErrorKind> {
        self.resources.of(output).map(drop)
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        Box::pin(async move {
            let total = parcels.len();
            let sent = match (self.resources.of(to), to.kind) {
                (Err(kind), _) => vec![Err(kind); total],
                (Ok(url), OutputKind::Queue) => self.send_to_queue(url, parcels).await,
                (Ok(arn), OutputKind::Topic) => self.publish(arn, parcels).await,
                (Ok(bus), OutputKind::Event) => self.put_events(bus, &to.name, parcels).await,
                (Ok(_), OutputKind::Bucket | OutputKind::Table | OutputKind::Secret) => {
                    vec![Err(OutputErrorKind::Other("nothing can be sent there".to_owned())); total]
                }
            };
            sent.into_iter().map(|sent| sent.map_err(|kind| OutputError::new(to, kind))).collect()
        })
    }

    fn get<'a>(&'a self, table: &'a Output, key: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        Box::pin(async move {
            let item = async { self.read(self.resources.of(table)?, key).await };
            item.await.map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        _: &'a str,
        item: Map<String, Value>,
        condition: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        Box::pin(async move {
            let written = async { self.write(self.resources.of(table)?, item, condition).await };
            written.await.map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn delete<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        condition: Condition,
    ) -> Reply<'a, Result<(), OutputError>> {
        Box::pin(async move {
            let deleted = async { self.remove(self.resources.of(table)?, key, condition).await };
            deleted.await.map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        Box::pin(async move {
            let value = async { self.fetch_secret(self.resources.of(secret)?, Instant::now()).await };
            value.await.map_err(|kind| OutputError::new(secret, kind))
        })
    }

    #[cfg(feature = "blob-store")]
    fn bucket(&self, name: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind> {
        let physical = match name {
            BucketName::Logical(name) => self.resources.named(&format!("bucket/{name}"))?,
            BucketName::Physical(name) => name,
        };
        self.client.bucket(physical).map_err(|error| OutputErrorKind::Other(crate::error::chain(&error)))
    }
}
