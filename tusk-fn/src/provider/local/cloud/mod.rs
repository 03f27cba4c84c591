//! The local cloud: queues, topics, tables, streams, buckets and events on the programmer's machine.
//!
//! Everything is a queue of the [`store`], one for each function that wants something, so that nothing is lost by
//! a restart or a kill, and all kinds are tried again and dead-lettered alike.
//!
//! - [`routes`]: which function's queue gets what
//! - [`wire`]: how the store keeps what is no message
//! - [`consumer`]: hands the messages of a function's queue to the function
//! - [`folders`]: a folder for each bucket, watched
//! - [`clock`]: a clock that can be moved
//! - [`outputs`]: what functions send, store and read
//! - [`secrets`]: variables and files
//! - this module: sending, storing, reading

mod clock;
mod consumer;
mod folders;
mod outputs;
mod routes;
mod secrets;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tusk_fn_spec::output::{Output, OutputKind};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::database::ChangeEvent;

pub(super) use self::clock::Clock;
pub(super) use self::consumer::run;
use self::routes::Routes;
pub(super) use self::routes::{dead_letters_of, queue_named, queue_of};
use self::wire::ChangeWire;
pub(super) use self::wire::EventWire;
#[cfg(fuzzing)]
pub use self::wire::fuzz;
use super::store::{self, MessageId, NAME_LIMIT, Put, Store, StoreError, Write, WriteError};
use crate::output::{Condition, OutputErrorKind, Parcel};
use crate::provider::variable;

/// The variable that names the folder in which the local cloud keeps everything. Without it, it is `.tusk` in the package that
/// cargo runs, or in the current folder.
const FOLDER_VARIABLE: &str = "TUSK_FN_DATA";
/// Under which name the store keeps by how much the clock was moved.
const CLOCK_STATE: &str = "clock";

/// The local cloud of a program.
pub(crate) struct LocalCloud {
    pub(super) store: Store,
    pub(super) clock: Arc<Clock>,
    routes: Arc<Routes>,
    folder: PathBuf,
}

/// Whether a program has anything to do with the local cloud. One that has not makes no folder.
pub(crate) fn is_needed(records: &[&FunctionRecord]) -> bool {
    records.iter().any(|record| queue_of(record).is_some() || !record.outputs.is_empty() || record.idempotent.is_some())
}

/// Where the local cloud keeps everything.
fn folder() -> PathBuf {
    let named = variable(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    named.unwrap_or_else(|| variable("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join(".tusk"))
}

impl LocalCloud {
    /// Opens the one of these functions.
    pub(crate) fn open(records: &[&FunctionRecord]) -> Result<Self, StoreError> {
        let folder = folder();
        let is_new = !folder.exists();
        let store = Store::open(&folder)?;
        if is_new {
            // There may be secrets in it. Without this it works as well.
            let _ = std::fs::write(folder.join(".gitignore"), "*\n");
        }
        let ahead = store.state(CLOCK_STATE)?.and_then(|micros| std::str::from_utf8(&micros).ok()?.parse().ok());
        let clock = Arc::new(Clock::new(ahead.unwrap_or(0)));
        let routes = Arc::new(Routes::new(records.iter().copied()));
        Ok(Self { store, clock, routes, folder })
    }

    /// The folder in which everything is.
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Moves the clock, so that it is ahead of the machine's by that much. Set back, it takes what waits with it: what was to be
    /// delivered in a minute still is.
    pub(super) async fn put_clock_ahead(&self, micros: i64) -> Result<(), StoreError> {
        let back = u64::try_from(self.clock.ahead_micros().saturating_sub(micros)).unwrap_or(0);
        self.store.set_state(CLOCK_STATE, micros.to_string()).await?;
        self.clock.put_ahead(micros);
        if back > 0 {
            self.store.bring_forward(Duration::from_micros(back), self.clock.now()).await?;
        }
        self.store.wake();
        Ok(())
    }

    /// What is to be put into which queues for something that is sent.
    fn puts(&self, to: &Output, parcel: Parcel, now: Timestamp) -> Result<Vec<Put>, OutputErrorKind> {
        let put = |queue: Arc<str>, parcel: &Parcel| {
            let mut put = Put::new(queue, parcel.body.clone(), now);
            put.attributes.clone_from(&parcel.attributes);
            put.group = parcel.group.as_deref().map(Arc::from);
            put.deduplication.clone_from(&parcel.deduplication);
            put.visible_at = parcel.delay.and_then(|delay| now.checked_add(delay).ok()).unwrap_or(now);
            put
        };
        match to.kind {
            OutputKind::Queue if parcel.delay.is_some() && self.routes.is_ordered(&to.name) => {
                Err(OutputErrorKind::Unfit(
                    "the queue is ordered, and delays no messages; send it without `delay`".to_owned(),
                ))
            }
            OutputKind::Queue => Ok(vec![put(queue_named(&to.name), &parcel)]),
            OutputKind::Topic => {
                let queues = self.routes.topic(&to.name, &parcel.attributes);
                Ok(queues.into_iter().map(|queue| put(queue, &parcel)).collect())
            }
            OutputKind::Event => {
                let data = serde_json::from_slice(&parcel.body)
                    .map_err(|error| OutputErrorKind::Unfit(format!("an event's data is JSON: {error}")))?;
                self.event_puts(EventWire::new(&to.name, parcel.source, parcel.subject, data), now)
            }
            OutputKind::Bucket | OutputKind::Table | OutputKind::Secret => {
                Err(OutputErrorKind::Other("nothing can be sent there".to_owned()))
            }
        }
    }

    /// What is to be put into which queues for an event.
    fn event_puts(&self, mut event: EventWire, now: Timestamp) -> Result<Vec<Put>, OutputErrorKind> {
        if event.id.is_empty() {
            event.id = random_id()?;
        }
        event.time.get_or_insert(now);
        let queues = self.routes.event(&event.event_type, &event.source, event.subject.as_deref());
        let body = serde_json::to_vec(&event).map_err(|error| OutputErrorKind::Unfit(error.to_string()))?;
        let body = Bytes::from(body);
        Ok(queues.into_iter().map(|queue| Put::new(queue, body.clone(), now)).collect())
    }

    /// Sends; the id for each queue that got it.
    pub(super) async fn send_one(&self, to: &Output, parcel: Parcel) -> Result<Vec<MessageId>, OutputErrorKind> {
        let puts = self.puts(to, parcel, self.clock.now())?;
        self.enqueue(puts).await
    }

    /// Puts messages into their queues.
    async fn enqueue(&self, puts: Vec<Put>) -> Result<Vec<MessageId>, OutputErrorKind> {
        self.store.enqueue(puts).await.map_err(output_error)
    }

    /// Lets an event happen; how many functions want it.
    pub(super) async fn emit(&self, event: EventWire) -> Result<usize, OutputErrorKind> {
        let puts = self.event_puts(event, self.clock.now())?;
        let wanted = puts.len();
        self.enqueue(puts).await?;
        Ok(wanted)
    }

    /// Writes a record to a stream; how many functions read it.
    pub(super) async fn write_record(
        &self,
        stream: &str,
        partition: &str,
        body: Bytes,
    ) -> Result<usize, OutputErrorKind> {
        let now = self.clock.now();
        let put = |queue| Put { group: Some(partition.into()), ..Put::new(queue, body.clone(), now) };
        let puts: Vec<Put> = self.routes.stream(stream).into_iter().map(put).collect();
        let readers = puts.len();
        self.enqueue(puts).await?;
        Ok(readers)
    }

    /// Writes or deletes an item, and tells the functions that want to know of it.
    pub(super) async fn write_item(
        &self,
        table: &str,
        key: &str,
        item: Option<Map<String, Value>>,
        condition: Condition,
    ) -> Result<u64, OutputErrorKind> {
        let write = match item {
            Some(fields) => Write::Put(Value::Object(fields).to_string().into()),
            None => Write::Delete,
        };
        let condition = match condition {
            Condition::None => store::Condition::None,
            Condition::Absent => store::Condition::Absent,
            Condition::Version(version) => store::Condition::VersionIs(version),
        };
        let (routes, now) = (Arc::clone(&self.routes), self.clock.now());
        let (of, by) = (table.to_owned(), key.to_owned());
        let changes = move |old: Option<&[u8]>, new: Option<&[u8]>| change_puts(&routes, &of, &by, old, new, now);
        match self.store.write(table, key, condition, write, changes).await {
            Ok(written) => Ok(written.version),
            Err(WriteError::Condition(_)) => Err(OutputErrorKind::ConditionFailed),
            Err(WriteError::Store(error)) => Err(output_error(error)),
        }
    }

    pub(super) fn read_item(&self, table: &str, key: &str) -> Result<Option<(Value, u64)>, OutputErrorKind> {
        let row = self.store.get(table, key).map_err(output_error)?;
        let Some(row) = row else { return Ok(None) };
        let value = serde_json::from_slice(&row.value)
            .map_err(|error| OutputErrorKind::Other(format!("the item cannot be read: {error}")))?;
        Ok(Some((value, row.version)))
    }
}

/// What is to be put into which queues for a change of an item.
fn change_puts(
    routes: &Routes,
    table: &str,
    key: &str,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
    now: Timestamp,
) -> Vec<Put> {
    let event = match (old, new) {
        (None, Some(_)) => ChangeEvent::Insert,
        // DynamoDB tells nobody of a write that changes nothing.
        (Some(old), Some(new)) if old == new => return Vec::new(),
        (Some(_), Some(_)) => ChangeEvent::Modify,
        (Some(_), None) => ChangeEvent::Remove,
        (None, None) => return Vec::new(),
    };
    let queues = routes.table(table, event);
    if queues.is_empty() {
        return Vec::new();
    }
    let value = |bytes: Option<&[u8]>| bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
    let wire = ChangeWire { event, key: key.to_owned(), old: value(old), new: value(new) };
    let body = Bytes::from(serde_json::to_vec(&wire).unwrap_or_default());
    // A key may be longer than a group's name; keys that begin alike then share one.
    let group = &key[..key.floor_char_boundary(NAME_LIMIT)];
    let put = |queue| Put { group: Some(group.into()), ..Put::new(queue, body.clone(), now) };
    queues.into_iter().map(put).collect()
}

/// Tells what the sender did wrong from what the store did.
fn output_error(error: StoreError) -> OutputErrorKind {
    match error {
        StoreError::TooLarge { .. } | StoreError::Name { .. } => OutputErrorKind::Unfit(error.to_string()),
        other => OutputErrorKind::Other(other.to_string()),
    }
}

fn random_id() -> Result<String, OutputErrorKind> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| OutputErrorKind::Other(error.to_string()))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
