//! Calling functions in a test: no server, no platform, the same code.
//!
//! [`App::start`](crate::App::start) gives the functions; [`Functions::invoke`](crate::Functions::invoke) calls one with a
//! request, an instant, a message, a blob, a change, a record or an event; an [`Outbox`] keeps what they send and store.
//!
//! ```
//! use tusk_fn::prelude::*;
//! use tusk_fn::testing::Outbox;
//! use tusk_fn::App;
//! # tusk_fn::library!();
//!
//! #[tusk_fn(trigger = "queue", queue = "orders")]
//! async fn fulfil(Json(order): Json<u64>, #[topic("fulfilled")] fulfilled: Sender<u64>) -> Result<(), OutputError> {
//!     fulfilled.send(order).await.map(drop)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let outbox = Outbox::new();
//! let functions = App::new().outbox(&outbox).start().await?;
//! functions.invoke("fulfil", Message::new(7)).await?;
//! assert_eq!(outbox.sent::<u64>("topic", "fulfilled")?, [7]);
//! # Ok(())
//! # }
//! ```

#[cfg(provider_aws)]
mod wire;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
#[cfg(feature = "blob-store")]
use object_store::{ObjectStore, memory::InMemory};
use serde_json::{Map, Value};
use tusk_fn_spec::output::Output;

use crate::error::Failure;
use crate::event::Decode;
#[cfg(feature = "blob-store")]
use crate::output::BucketName;
use crate::output::{Cloud, Condition, OutputError, OutputErrorKind, Parcel, Reply};

#[cfg(provider_aws)]
pub use self::wire::Wire;

/// Takes the place of a cloud in a test: keeps what is sent, has tables in memory, and gives the secrets that it was given.
#[derive(Clone, Default)]
pub struct Outbox {
    inner: Arc<Mutex<Inner>>,
}

impl fmt::Debug for Outbox {
    /// How much it has of what was sent and stored; of secrets the names, since what is printed is often kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        let items: BTreeMap<&String, usize> = inner.tables.iter().map(|(name, items)| (name, items.len())).collect();
        let secrets: BTreeSet<&String> = inner.secrets.keys().collect();
        let mut shown = f.debug_struct("Outbox");
        shown.field("sent", &inner.sent.len()).field("items", &items).field("secrets", &secrets).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Inner {
    sent: Vec<Sent>,
    tables: HashMap<String, BTreeMap<String, (Value, u64)>>,
    secrets: HashMap<String, Bytes>,
    #[cfg(feature = "blob-store")]
    buckets: HashMap<String, Arc<InMemory>>,
    /// What cannot be used, and why.
    broken: HashMap<(String, String), String>,
}

/// A message as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// `queue`, `topic` or `event`.
    pub kind: String,
    /// The queue, the topic, or the event's type.
    pub name: String,
    /// What was sent.
    pub body: Bytes,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its group.
    pub group: Option<String>,
    /// Of an event: what it happened to.
    pub subject: Option<String>,
}

impl Outbox {
    /// One in which nothing is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a secret.
    #[must_use]
    pub fn with_secret(self, name: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.lock().secrets.insert(name.into(), value.into());
        self
    }

    /// Makes an output fail from now on, as if the platform did not accept anything for it.
    pub fn breaks(&self, kind: impl Into<String>, name: impl Into<String>, why: impl Into<String>) {
        self.lock().broken.insert((kind.into(), name.into()), why.into());
    }

    /// All that was sent, in its order.
    pub fn all(&self) -> Vec<Sent> {
        self.lock().sent.clone()
    }

    /// What was sent to a `queue` or a `topic` of that name, or as an `event` of that type, as values.
    ///
    /// # Errors
    /// Something of it is no `T`.
    pub fn sent<T: Decode>(&self, kind: &str, name: &str) -> Result<Vec<T>, Failure> {
        let sent = self.all();
        sent.iter().filter(|sent| sent.kind == kind && sent.name == name).map(|sent| T::decode(&sent.body)).collect()
    }

    /// An item of a table.
    pub fn item(&self, table: &str, key: &str) -> Option<Value> {
        self.lock().tables.get(table)?.get(key).map(|(item, _)| item.clone())
    }

    /// A bucket, to put into it what functions read, and to see what they wrote.
    #[cfg(feature = "blob-store")]
    pub fn bucket(&self, name: &str) -> Arc<dyn ObjectStore> {
        Arc::clone(self.lock().buckets.entry(name.to_owned()).or_default()) as Arc<dyn ObjectStore>
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with what is kept, unless the output is broken.
    fn with<T>(
        &self,
        output: &Output,
        act: impl FnOnce(&mut Inner) -> Result<T, OutputErrorKind>,
    ) -> Result<T, OutputError> {
        let mut inner = self.lock();
        let broken = inner.broken.get(&(output.kind.name().to_owned(), output.name.clone())).cloned();
        let done = match broken {
            Some(why) => Err(OutputErrorKind::Other(why)),
            None => act(&mut inner),
        };
        done.map_err(|kind| OutputError::new(output, kind))
    }
}

/// Whether a condition holds for an item that is there in a version, or not there.
fn holds(condition: Condition, version: Option<u64>) -> Result<(), OutputErrorKind> {
    let holds = match condition {
        Condition::None => true,
        Condition::Absent => version.is_none(),
        Condition::Version(wanted) => version == Some(wanted),
    };
    if holds { Ok(()) } else { Err(OutputErrorKind::ConditionFailed) }
}

impl Cloud for Outbox {
    fn check(&self, _: &Output) -> Result<(), OutputErrorKind> {
        Ok(())
    }

    fn send<'a>(&'a self, to: &'a Output, parcels: Vec<Parcel>) -> Reply<'a, Vec<Result<String, OutputError>>> {
        let keep = |parcel: Parcel| {
            self.with(to, |inner| {
                inner.sent.push(Sent {
                    kind: to.kind.name().to_owned(),
                    name: to.name.clone(),
                    body: parcel.body,
                    attributes: parcel.attributes,
                    group: parcel.group,
                    subject: parcel.subject,
                });
                Ok(format!("sent-{}", inner.sent.len()))
            })
        };
        let sent = parcels.into_iter().map(keep).collect();
        Box::pin(std::future::ready(sent))
    }

    fn get<'a>(&'a self, table: &'a Output, key: &'a str) -> Reply<'a, Result<Option<(Value, u64)>, OutputError>> {
        let found = self.with(table, |inner| Ok(inner.tables.get(&table.name).and_then(|it| it.get(key)).cloned()));
        Box::pin(std::future::ready(found))
    }

    fn put<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        item: Map<String, Value>,
        condition: Condition,
    ) -> Reply<'a, Result<u64, OutputError>> {
        let written = self.with(table, |inner| {
            let items = inner.tables.entry(table.name.clone()).or_default();
            let version = items.get(key).map(|(_, version)| *version);
            holds(condition, version)?;
            let next = version.unwrap_or(0) + 1;
            items.insert(key.to_owned(), (Value::Object(item), next));
            Ok(next)
        });
        Box::pin(std::future::ready(written))
    }

    fn delete<'a>(
        &'a self,
        table: &'a Output,
        key: &'a str,
        condition: Condition,
    ) -> Reply<'a, Result<(), OutputError>> {
        let deleted = self.with(table, |inner| {
            let items = inner.tables.entry(table.name.clone()).or_default();
            holds(condition, items.get(key).map(|(_, version)| *version))?;
            items.remove(key);
            Ok(())
        });
        Box::pin(std::future::ready(deleted))
    }

    fn secret<'a>(&'a self, secret: &'a Output) -> Reply<'a, Result<Bytes, OutputError>> {
        let missing = || OutputErrorKind::Unknown("give it to the outbox by `with_secret`".to_owned());
        let value = self.with(secret, |inner| inner.secrets.get(&secret.name).cloned().ok_or_else(missing));
        Box::pin(std::future::ready(value))
    }

    #[cfg(feature = "blob-store")]
    fn bucket(&self, name: BucketName<'_>) -> Result<Arc<dyn ObjectStore>, OutputErrorKind> {
        let (BucketName::Logical(name) | BucketName::Physical(name)) = name;
        Ok(Self::bucket(self, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outbox_shows_no_secret() {
        let outbox = Outbox::new().with_secret("stripe-key", "sk_live_1");
        outbox.lock().tables.entry("stock".to_owned()).or_default().insert("a".to_owned(), (Value::Null, 1));
        let shown = format!("{outbox:?}");
        assert_eq!(shown, "Outbox { sent: 0, items: {\"stock\": 1}, secrets: {\"stripe-key\"}, .. }");
    }
}
