//! What functions send, store and read, on Google.
//!
//! | output | service |
//! |---|---|
//! | queue, topic | a topic of Pub/Sub |
//! | event | a channel of Eventarc |
//! | table | a collection of Firestore; an item's version is the time of its last change |
//! | bucket | Cloud Storage |
//! | secret | Secret Manager |
//!
//! Manifests tell a process where everything is, in one variable. A document has a number that is another one after each
//! write (`tusk_fn_version`): by it a write whose answer was lost is told from one that another was faster than.

mod fit;
mod table;
#[cfg(test)]
mod tests;

#[cfg(feature = "blob-store")]
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use jiff::Timestamp;
#[cfg(feature = "blob-store")]
use object_store::ObjectStore;
use serde_json::{Map, Value};
use tusk_fn_spec::output::{Output, OutputKind};

use super::client::{Client, Event};
use super::names;
#[cfg(feature = "blob-store")]
use crate::output::BucketName;
use crate::output::{Cloud, Condition, OutputError, OutputErrorKind, Parcel, Reply};
use crate::provider::client::parcels::{join, split};
use crate::provider::client::random;
use crate::provider::client::resources::Resources;
use crate::provider::client::secrets::Secrets;

/// The resources of a process.
pub(super) struct GoogleCloud {
    client: Client,
    resources: Resources,
    secrets: Secrets,
}

impl GoogleCloud {
    /// Those that the environment names.
    pub(super) fn open() -> Result<Self, String> {
        let client = Client::from_environment().map_err(|error| error.to_string())?;
        Ok(Self { client, resources: Resources::of_process()?, secrets: Secrets::default() })
    }

    /// What Google calls an output.
    fn name(&self, output: &Output) -> Result<&str, OutputErrorKind> {
        let name = self.resources.of(output)?;
        if names::is_of(output.kind, name) {
            return Ok(name);
        }
        Err(OutputErrorKind::Unknown(format!(
            "it is to be `{name}`, and must be as in `{}`; deploy with what `cargo tusk build --provider google` writes",
            names::shape(output.kind)
        )))
    }

    async fn publish(&self, topic: &str, parcels: Vec<Parcel>) -> Vec<Result<String, OutputErrorKind>> {
        let (messages, positions) = split(parcels, fit::message);
        join(positions, self.client.publish(topic, messages, None).await)
    }

    async fn publish_events(
        &self,
        channel: &str,
        event_type: &str,
        parcels: Vec<Parcel>,
    ) -> Vec<Result<String, OutputErrorKind>> {
        let event = |parcel: Parcel| {
            Ok(Event {
                id: format!("{:016x}{:016x}", random()?, random()?),
                source: parcel.source,
                kind: event_type.to_owned(),
                subject: parcel.subject,
                time: Timestamp::now(),
                data: fit::text(&parcel.body)?,
            })
        };
        let (events, positions) = split(parcels, event);
        join(positions, self.client.publish_events(channel, &events, None).await)
    }

    async fn fetch_secret(&self, name: &str, now: Instant) -> Result<Bytes, OutputErrorKind> {
        Ok(self.secrets.get(name, now, self.client.access_secret(name, None)).await?)
    }
}

impl Cloud for GoogleCloud {
    fn check(&self, output: &Output) -> Result<(), OutputErrorKind> {
        self.name(output).map(drop)
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        Box::pin(async move {
            let total = parcels.len();
            let sent = match (self.name(to), to.kind) {
                (Err(kind), _) => vec![Err(kind); total],
                (Ok(topic), OutputKind::Queue | OutputKind::Topic) => self.publish(topic, parcels).await,
                (Ok(channel), OutputKind::Event) => self.publish_events(channel, &to.name, parcels).await,
                (Ok(_), OutputKind::Bucket | OutputKind::Table | OutputKind::Secret) => {
                    vec![Err(OutputErrorKind::Other("nothing can be sent there".to_owned())); total]
                }
            };
            sent.into_iter().map(|sent| sent.map_err(|kind| OutputError::new(to, kind))).collect()
        })
    }

    fn get<'a>(&'a self, table: &'a Output, key: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        Box::pin(async move {
            let item = async { self.table(table)?.read(key).await };
            item.await.map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        item: Map<String, Value>,
        condition: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        Box::pin(async move {
            let written = async { self.table(table)?.write(key, item, condition).await };
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
            let deleted = async { self.table(table)?.remove(key, condition).await };
            deleted.await.map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        Box::pin(async move {
            let value = async { self.fetch_secret(self.name(secret)?, Instant::now()).await };
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
