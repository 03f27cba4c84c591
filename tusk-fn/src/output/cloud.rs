//! Who does what clients say: one implementation for each provider, and one for tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
#[cfg(feature = "blob-store")]
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "blob-store")]
use object_store::ObjectStore;
use serde_json::{Map, Value};
use tusk_fn_spec::output::Output;

#[cfg(feature = "blob-store")]
use super::BucketName;
use super::{OutputError, OutputErrorKind};

/// What an asynchronous method of a trait object returns.
pub(crate) type Reply<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A message as it is handed over: encoded, and with all that may be said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parcel {
    pub(crate) body: Bytes,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The group within which order is kept.
    pub(crate) group: Option<String>,
    /// Two messages with the same one, shortly after each other, are one.
    pub(crate) deduplication: Option<String>,
    pub(crate) delay: Option<Duration>,
    /// Of an event: what it happened to.
    pub(crate) subject: Option<String>,
    /// Of an event: where it happened.
    pub(crate) source: String,
}

/// What must hold for a write to a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    #[default]
    None,
    /// The item is not there.
    Absent,
    /// The item is there, in this version.
    Version(u64),
}

/// Does what clients say. Each error names the output.
pub(crate) trait Cloud: Send + Sync + 'static {
    /// Says whether an output can be used at all, before the first event.
    fn check(&self, output: &Output) -> Result<(), OutputErrorKind>;

    /// Sends to a queue, a topic, or as events; the id that each was given, in their order.
    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>>;

    /// The item of that key and its version, if it is there.
    fn get<'a>(&'a self, table: &'a Output, key: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>>;

    /// Writes an item; its new version.
    fn put<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        item: Map<String, Value>,
        condition: Condition,
    ) -> Reply<'a, Result<u64, OutputError>>;

    /// Deletes an item. One that is not there is none to delete, unless the condition wants it.
    fn delete<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        condition: Condition,
    ) -> Reply<'a, Result<(), OutputError>>;

    /// A secret's value.
    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>>;

    /// A bucket. It is not asked whether it is there.
    #[cfg(feature = "blob-store")]
    fn bucket(&self, name: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind>;
}

/// Where there are no outputs: says why of each.
pub(crate) struct Nowhere(pub(crate) Cow<'static, str>);

impl Nowhere {
    fn error(&self, output: &Output) -> OutputError {
        OutputError::new(output, OutputErrorKind::Unknown(self.0.clone().into_owned()))
    }
}

impl Cloud for Nowhere {
    fn check(&self, _: &Output) -> Result<(), OutputErrorKind> {
        Err(OutputErrorKind::Unknown(self.0.clone().into_owned()))
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        Box::pin(async move { parcels.iter().map(|_| Err(self.error(to))).collect() })
    }

    fn get<'a>(&'a self, table: &'a Output, _: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        Box::pin(async move { Err(self.error(table)) })
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        _: &'a str,
        _: Map<String, Value>,
        _: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        Box::pin(async move { Err(self.error(table)) })
    }

    fn delete<'a>(&'a self, table: &'a Output, _: &'a str, _: Condition) -> Reply<'a, Result<(), OutputError>> {
        Box::pin(async move { Err(self.error(table)) })
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        Box::pin(async move { Err(self.error(secret)) })
    }

    #[cfg(feature = "blob-store")]
    fn bucket(&self, _: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind> {
        Err(OutputErrorKind::Unknown(self.0.clone().into_owned()))
    }
}
