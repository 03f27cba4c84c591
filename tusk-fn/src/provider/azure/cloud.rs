//! What functions send, store and read, on Azure.
//!
//! Manifests tell a process where everything is, in one variable of URLs.
//!
//! Documents have a version of our own, a random number, as items have it on AWS: it only has to differ from the one before, and so a
//! write whose answer was lost is told from one that another was faster than. What the service compares is its own tag
//! of the document, which is remembered for what this process read or wrote, and else read again ([`tags`]).
//!
//! A read sees what was written before where the account's default consistency is strong, which manifests see to. Where it is
//! weaker, a read may miss what another process wrote just before. A condition holds or fails rightly in any case, since the service
//! looks at the tag.

mod items;
mod parcels;
mod tags;
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

use self::items::{fit, live_until_expiry, version_of};
use self::parcels::{event, message, plain};
use self::tags::Tags;
use super::client::{Client, Document, Kind, Place, Write};
use super::document;
use crate::idempotency::TableStore;
#[cfg(feature = "blob-store")]
use crate::output::BucketName;
use crate::output::{Cloud, Condition, KEY, OutputError, OutputErrorKind, Parcel, Reply, VERSION};
use crate::provider::RESOURCES_VARIABLE;
use crate::provider::client::parcels::{join, split};
use crate::provider::client::random;
use crate::provider::client::resources::Resources;
use crate::provider::client::secrets::Secrets;

/// The resources of a process.
pub(super) struct AzureCloud {
    client: Client,
    resources: Resources,
    secrets: Secrets,
    tags: Tags,
}

impl AzureCloud {
    /// Those that the environment names. Nothing is called yet.
    pub(super) fn open() -> Result<Self, String> {
        let resources = Resources::of_process()?;
        if let Some((key, _)) = resources.iter().find(|(_, url)| !Place::may_be_told(url)) {
            return Err(format!(
                "`{key}` in `{RESOURCES_VARIABLE}` is an `http` url of another machine, and on the way there anyone could read the \
                 token that is sent; write `https`"
            ));
        }
        let client = Client::from_environment().map_err(|error| crate::error::chain(&error))?;
        Ok(Self::new(client, resources))
    }

    fn new(client: Client, resources: Resources) -> Self {
        Self { client, resources, secrets: Secrets::default(), tags: Tags::default() }
    }

    /// Where an output is, and what is there.
    fn place(&self, output: &Output) -> Result<(Place, Kind), OutputErrorKind> {
        let url = self.resources.of(output)?;
        let kind = match output.kind {
            OutputKind::Queue => return Place::of_queue(url).map_err(OutputErrorKind::Unknown),
            OutputKind::Topic => Kind::Messages,
            OutputKind::Event => Kind::Events,
            OutputKind::Table => Kind::Documents,
            OutputKind::Bucket => Kind::Blobs,
            OutputKind::Secret => Kind::Secret,
        };
        Place::of(url, kind).map(|place| (place, kind)).map_err(OutputErrorKind::Unknown)
    }

    async fn send_to(
        &self,
        to: &Output,
        parcels: Vec<Parcel>,
    ) -> Result<Vec<Result<String, OutputErrorKind>>, OutputErrorKind> {
        let (place, kind) = self.place(to)?;
        Ok(match kind {
            Kind::Messages => {
                let now = Timestamp::now();
                let (messages, positions) = split(parcels, |parcel| message(parcel, now));
                join(positions, self.client.send_messages(&place, &messages, None).await)
            }
            Kind::StorageQueue => {
                let (messages, positions) = split(parcels, |parcel| plain(&parcel));
                join(positions, self.client.put_messages(&place, &messages, None).await)
            }
            Kind::Events => {
                let (events, positions) = split(parcels, |parcel| event(&parcel, &to.name));
                join(positions, self.client.publish(&place, &events, None).await)
            }
            Kind::Documents | Kind::Blobs | Kind::Secret => {
                return Err(OutputErrorKind::Other("nothing can be sent there".to_owned()));
            }
        })
    }

    async fn read(&self, table: &Output, key: &str) -> Result<Option<(Value, u64)>, OutputErrorKind> {
        let (place, _) = self.place(table)?;
        let id = document::id(key).map_err(OutputErrorKind::Unfit)?;
        let Some(Document { fields, tag }) = self.client.get_document(&place, &id, None).await? else {
            return Ok(None);
        };
        let version = version_of(&fields);
        if table.access.writes() {
            self.tags.keep(&place, &id, version, tag);
        }
        let mut fields = document::item(fields);
        fields.remove(VERSION);
        Ok(Some((Value::Object(fields), version)))
    }

    async fn write(
        &self,
        table: &Output,
        key: &str,
        mut fields: Map<String, Value>,
        condition: Condition,
    ) -> Result<u64, OutputErrorKind> {
        let (place, _) = self.place(table)?;
        let id = document::id(key).map_err(OutputErrorKind::Unfit)?;
        fit(&fields)?;
        // What fits a number of Cosmos DB's, which are JavaScript's; nought is no version.
        let version = (random()? >> 11).max(1);
        fields.insert(KEY.to_owned(), id.clone().into());
        fields.insert(VERSION.to_owned(), version.into());
        if table.name == TableStore::NAME {
            live_until_expiry(&mut fields, Timestamp::now());
        }
        let written = match condition {
            Condition::None => self.client.upsert_document(&place, &id, &fields, None).await?,
            Condition::Absent => self.client.create_document(&place, &id, &fields, None).await?,
            Condition::Version(before) => {
                let tag = self.tag(&place, &id, before).await?;
                self.client.replace_document(&place, &id, &fields, &tag, None).await?
            }
        };
        match written {
            Write::Done(tag) => {
                if let Some(tag) = tag {
                    self.tags.keep(&place, &id, version, tag);
                }
                Ok(version)
            }
            Write::Refused { is_first: true } => Err(OutputErrorKind::ConditionFailed),
            // Perhaps it was written all the same: only the answer was lost, and the write tried again.
            Write::Refused { is_first: false } => match self.client.get_document(&place, &id, None).await? {
                Some(found) if version_of(&found.fields) == version => {
                    self.tags.keep(&place, &id, version, found.tag);
                    Ok(version)
                }
                _ => Err(OutputErrorKind::ConditionFailed),
            },
        }
    }

    async fn remove(&self, table: &Output, key: &str, condition: Condition) -> Result<(), OutputErrorKind> {
        let (place, _) = self.place(table)?;
        let id = document::id(key).map_err(OutputErrorKind::Unfit)?;
        let tag = match condition {
            Condition::None => None,
            Condition::Absent => {
                return match self.client.get_document(&place, &id, None).await? {
                    None => Ok(()),
                    Some(_) => Err(OutputErrorKind::ConditionFailed),
                };
            }
            Condition::Version(version) => Some(self.tag(&place, &id, version).await?),
        };
        match self.client.delete_document(&place, &id, tag.as_deref(), None).await? {
            Write::Refused { .. } if tag.is_some() => Err(OutputErrorKind::ConditionFailed),
            Write::Done(_) | Write::Refused { .. } => Ok(()),
        }
    }

    /// The tag of a document in that version.
    async fn tag(&self, place: &Place, id: &str, version: u64) -> Result<String, OutputErrorKind> {
        if let Some(tag) = self.tags.of(place, id, version) {
            return Ok(tag);
        }
        match self.client.get_document(place, id, None).await? {
            Some(found) if version_of(&found.fields) == version => Ok(found.tag),
            _ => Err(OutputErrorKind::ConditionFailed),
        }
    }

    async fn fetch_secret(&self, secret: &Output, now: Instant) -> Result<Bytes, OutputErrorKind> {
        let (place, _) = self.place(secret)?;
        Ok(self.secrets.get(&place.url(), now, self.client.get_secret(&place, None)).await?)
    }

    /// Of a container that an event names, only the name is known.
    #[cfg(feature = "blob-store")]
    fn container(&self, name: BucketName<'_>) -> Result<Place, OutputErrorKind> {
        let of = |url: &str| Place::of(url, Kind::Blobs).map_err(OutputErrorKind::Unknown);
        let name = match name {
            BucketName::Logical(name) => return of(self.resources.named(&format!("bucket/{name}"))?),
            BucketName::Physical(name) => name,
        };
        let buckets = self.resources.iter().filter(|(key, _)| key.starts_with("bucket/"));
        let mut named: Vec<&str> =
            buckets.map(|(_, url)| url).filter(|url| of(url).is_ok_and(|it| it.name() == name)).collect();
        named.dedup();
        match named[..] {
            [url] => of(url),
            [] => Err(OutputErrorKind::Unknown(format!(
                "`{RESOURCES_VARIABLE}` has no bucket whose container is `{name}`; deploy with the template that belongs to this \
                 program"
            ))),
            _ => Err(OutputErrorKind::Unknown(format!(
                "`{RESOURCES_VARIABLE}` has containers named `{name}` in several accounts, and an event does not tell which one it is \
                 of; give them different names"
            ))),
        }
    }
}

impl Cloud for AzureCloud {
    fn check(&self, output: &Output) -> Result<(), OutputErrorKind> {
        self.place(output).map(drop)
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        Box::pin(async move {
            let total = parcels.len();
            let sent = self.send_to(to, parcels).await.unwrap_or_else(|kind| vec![Err(kind); total]);
            sent.into_iter().map(|sent| sent.map_err(|kind| OutputError::new(to, kind))).collect()
        })
    }

    fn get<'a>(&'a self, table: &'a Output, key: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        Box::pin(async move { self.read(table, key).await.map_err(|kind| OutputError::new(table, kind)) })
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        item: Map<String, Value>,
        condition: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        Box::pin(
            async move { self.write(table, key, item, condition).await.map_err(|kind| OutputError::new(table, kind)) },
        )
    }

    fn delete<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        condition: Condition,
    ) -> Reply<'a, Result<(), OutputError>> {
        Box::pin(async move { self.remove(table, key, condition).await.map_err(|kind| OutputError::new(table, kind)) })
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        Box::pin(async move {
            let value = self.fetch_secret(secret, Instant::now()).await;
            value.map_err(|kind| OutputError::new(secret, kind))
        })
    }

    #[cfg(feature = "blob-store")]
    fn bucket(&self, name: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind> {
        let place = self.container(name)?;
        self.client.container(&place).map_err(|error| OutputErrorKind::Other(crate::error::chain(&error)))
    }
}
