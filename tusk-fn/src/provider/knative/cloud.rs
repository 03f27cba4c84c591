//! What functions send and read on Knative: events to the sink of the process, and secrets out of mounted files. There is nothing
//! to store in.

mod event;
mod sink;
#[cfg(test)]
mod tests;

#[cfg(feature = "blob-store")]
use std::sync::Arc;

use bytes::Bytes;
#[cfg(feature = "blob-store")]
use object_store::ObjectStore;
use serde_json::{Map, Value};
use tusk_fn_spec::output::{Output, OutputKind};

use self::sink::{SINK, Sink};
use crate::idempotency::TableStore;
#[cfg(feature = "blob-store")]
use crate::output::BucketName;
use crate::output::{Cloud, Condition, OutputError, OutputErrorKind, Parcel, Reply};
use crate::provider::client::parcels::{join, split};
use crate::provider::client::resources::Resources;
use crate::provider::client::retry::Policy;

/// The sink and the secrets of a process.
pub(super) struct KnativeCloud {
    /// None if nobody told the process of one.
    sink: Option<Sink>,
    resources: Resources,
}

impl KnativeCloud {
    /// Those that the environment names.
    pub(super) fn open() -> Result<Self, String> {
        let sink = Sink::read(&|name| std::env::var_os(name), Policy::default());
        let sink = sink.map_err(|error| crate::error::chain(&error))?;
        Ok(Self { sink, resources: Resources::of_process()? })
    }

    fn sink(&self) -> Result<&Sink, OutputErrorKind> {
        self.sink.as_ref().ok_or_else(|| {
            OutputErrorKind::Unknown(format!(
                "`{SINK}` is missing; deploy with the manifests that belong to this program: a `SinkBinding` sets it once the \
                 broker has an address, and the next revision has it"
            ))
        })
    }

    async fn send(&self, to: &Output, parcels: Vec<Parcel>) -> Vec<Result<String, OutputErrorKind>> {
        let sink = match self.sink() {
            Ok(sink) => sink,
            Err(kind) => return vec![Err(kind); parcels.len()],
        };
        let event = |parcel: Parcel| {
            let group = parcel.group.clone();
            Ok((group, event::event(to, parcel, &sink.overrides)?))
        };
        let (events, positions) = split(parcels, event);
        join(positions, sink.send(events).await)
    }

    /// A secret's value. It is read each time: a file in memory, which Kubernetes replaces when its Secret changes.
    fn read_secret(&self, secret: &Output) -> Result<Bytes, OutputErrorKind> {
        let path = self.resources.of(secret)?;
        let read = std::fs::read(path).map(Bytes::from);
        read.map_err(|error| OutputErrorKind::NotFound(format!("`{path}` cannot be read: {error}")))
    }
}

/// Of tables and buckets.
fn nothing(output: &Output) -> OutputErrorKind {
    OutputErrorKind::Other(if output.kind == OutputKind::Table && output.name == TableStore::NAME {
        "Knative has no tables; give the program a store of its own: `App::new().idempotency(store)`".to_owned()
    } else {
        format!("Knative has no {}s", output.kind.name())
    })
}

impl Cloud for KnativeCloud {
    fn check(&self, output: &Output) -> Result<(), OutputErrorKind> {
        match output.kind {
            OutputKind::Queue | OutputKind::Topic | OutputKind::Event => self.sink().map(drop),
            OutputKind::Secret => self.read_secret(output).map(drop),
            OutputKind::Bucket | OutputKind::Table => Err(nothing(output)),
        }
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        Box::pin(async move {
            let sent = self.send(to, parcels).await;
            sent.into_iter().map(|sent| sent.map_err(|kind| OutputError::new(to, kind))).collect()
        })
    }

    fn get<'a>(&'a self, table: &'a Output, _: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        Box::pin(async move { Err(OutputError::new(table, nothing(table))) })
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        _: &'a str,
        _: Map<String, Value>,
        _: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        Box::pin(async move { Err(OutputError::new(table, nothing(table))) })
    }

    fn delete<'a>(&'a self, table: &'a Output, _: &'a str, _: Condition) -> Reply<'a, Result<(), OutputError>> {
        Box::pin(async move { Err(OutputError::new(table, nothing(table))) })
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        let value = self.read_secret(secret).map_err(|kind| OutputError::new(secret, kind));
        Box::pin(std::future::ready(value))
    }

    #[cfg(feature = "blob-store")]
    fn bucket(&self, _: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind> {
        Err(OutputErrorKind::Other("Knative has no buckets".to_owned()))
    }
}
