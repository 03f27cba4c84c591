//! What functions send, store and read, done by the local cloud.

#[cfg(feature = "blob-store")]
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
#[cfg(feature = "blob-store")]
use object_store::{ObjectStore, local::LocalFileSystem};
use serde_json::{Map, Value};
use tusk_fn_spec::output::{Output, OutputKind};

use super::LocalCloud;
#[cfg(feature = "blob-store")]
use crate::output::BucketName;
use crate::output::{Cloud, Condition, OutputError, OutputErrorKind, Parcel, Reply};

impl Cloud for LocalCloud {
    fn check(&self, output: &Output) -> Result<(), OutputErrorKind> {
        match output.kind {
            OutputKind::Secret => self.read_secret(&output.name).map(drop),
            OutputKind::Queue | OutputKind::Topic | OutputKind::Event | OutputKind::Bucket | OutputKind::Table => {
                Ok(())
            }
        }
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        // Together they share a transaction. They are asked for in their order, which ordered queues keep.
        Box::pin(join_all(parcels.into_iter().map(move |parcel| async move {
            let sent = self.send_one(to, parcel).await;
            // A topic without subscribers gives no id.
            let id = sent.map(|ids| ids.first().map(ToString::to_string).unwrap_or_default());
            id.map_err(|kind| OutputError::new(to, kind))
        })))
    }

    fn get<'a>(&'a self, table: &'a Output, key: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        let item = self.read_item(&table.name, key).map_err(|kind| OutputError::new(table, kind));
        Box::pin(std::future::ready(item))
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        item: Map<String, Value>,
        condition: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        Box::pin(async move {
            let written = self.write_item(&table.name, key, Some(item), condition).await;
            written.map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn delete<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        condition: Condition,
    ) -> Reply<'a, Result<(), OutputError>> {
        Box::pin(async move {
            let written = self.write_item(&table.name, key, None, condition).await;
            written.map(drop).map_err(|kind| OutputError::new(table, kind))
        })
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        let value = self.read_secret(&secret.name).map_err(|kind| OutputError::new(secret, kind));
        Box::pin(std::future::ready(value))
    }

    #[cfg(feature = "blob-store")]
    fn bucket(&self, name: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind> {
        let (BucketName::Logical(name) | BucketName::Physical(name)) = name;
        let folder = self.bucket_folder(name);
        let failed = |why: String| OutputErrorKind::Other(format!("{}: {why}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(|error| failed(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| failed(error.to_string()))?;
        Ok(Arc::new(store))
    }
}
